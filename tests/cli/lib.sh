# Sourced by every test_*.sh. Wants the environment
#
#   STEPPE  the command under test
#   CASES   the folder datasets/
#   TMP     a folder for scratch files; each script makes its own folder there and removes it
#
# A sentence that does not hold is printed with what the command did, and the run goes on; done_testing prints
# `N passed, M failed` and ends the script. Exit code 77: a tool the whole script needs is missing.

: "${STEPPE:?STEPPE must name the command to test}"
: "${CASES:?CASES must name the folder datasets/}"
: "${TMP:?TMP must name a scratch folder}"

LC_ALL=C
TERM=dumb
export LC_ALL TERM
unset NO_COLOR

case $STEPPE in
*/*) STEPPE=$(cd "$(dirname "$STEPPE")" && pwd)/$(basename "$STEPPE") ;;
esac
CASES=$(cd "$CASES" && pwd) || exit 1
TINY=$CASES/tiny
HERE=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$TMP" || exit 1
W=$(cd "$TMP" && pwd)/$(basename "$0" .sh).$$
rm -rf "$W"
mkdir "$W" || exit 1
trap 'rm -rf "$W"' EXIT
trap 'exit 1' HUP INT TERM

passed=0
failed=0
code=0

pass()
{
    passed=$((passed + 1))
}

fail()
{
    failed=$((failed + 1))
    printf 'not so: %s\n' "$1"
}

skip()
{
    printf 'skipped: %s\n' "$1"
}

have()
{
    command -v "$1" >/dev/null 2>&1
}

# python3 itself and not a starter in front of it: some scripts call it hundreds of times
if have python3; then
    python3_path=$(python3 -c 'import sys; print(sys.executable)')
    python3()
    {
        "$python3_path" "$@"
    }
fi

# need TOOL: without it the script cannot say anything
need()
{
    have "$1" && return 0
    skip "$1 is not installed"
    exit 77
}

show_last()
{
    printf '  exit code %s\n' "$code"
    sed 's/^/  stdout: /' "$W/out" | head -n 12
    sed 's/^/  stderr: /' "$W/err" | head -n 12
}

# run ARGS: the command; its exit code in $code, what it said in $W/out and $W/err
run()
{
    "$STEPPE" "$@" >"$W/out" 2>"$W/err" </dev/null
    code=$?
    sane "$*"
}

# No sanitizer has anything to say, ever.
sane()
{
    if grep -q 'Sanitizer\|runtime error:' "$W/err"; then
        fail "no sanitizer complains about steppe $1"
        show_last
    fi
}

# expect CODE SENTENCE ARGS: the command with ARGS ends with CODE
expect()
{
    want=$1 sentence=$2
    shift 2
    run "$@"
    if [ "$code" -eq "$want" ]; then
        pass
    else
        fail "$sentence (exit code $want)"
        printf '  steppe %s\n' "$*"
        show_last
    fi
}

# holds SENTENCE COMMAND: the command succeeds
holds()
{
    sentence=$1
    shift
    if "$@" >"$W/holds" 2>&1; then
        pass
    else
        fail "$sentence"
        head -n 8 "$W/holds" | sed 's/^/  /'
    fi
}

# fails SENTENCE COMMAND: the command does not succeed
fails()
{
    sentence=$1
    shift
    if "$@" >"$W/holds" 2>&1; then
        fail "$sentence"
        head -n 8 "$W/holds" | sed 's/^/  /'
    else
        pass
    fi
}

# out_has, err_has SENTENCE PATTERN: a line the last run printed matches the basic regular expression
out_has()
{
    if grep -q -e "$2" "$W/out"; then pass; else fail "$1 (expected: $2)"; show_last; fi
}

err_has()
{
    if grep -q -e "$2" "$W/err"; then pass; else fail "$1 (expected: $2)"; show_last; fi
}

out_empty()
{
    if [ -s "$W/out" ]; then fail "$1"; show_last; else pass; fi
}

err_empty()
{
    if [ -s "$W/err" ]; then fail "$1"; show_last; else pass; fi
}

same()
{
    if [ "$2" = "$3" ]; then pass; else fail "$1"; printf '  found %s, expected %s\n' "$2" "$3"; fi
}

absent()
{
    if [ -e "$2" ] || [ -L "$2" ]; then fail "$1"; ls -la "$2" | head -n 5 | sed 's/^/  /'; else pass; fi
}

# No temporary file or folder is left anywhere below a folder.
no_leftovers()
{
    left=$(find "$2" -name '*.part*' -o -name '*.old-*' | head -n 5)
    if [ -n "$left" ]; then fail "$1"; printf '  left: %s\n' "$left"; else pass; fi
}

# key of a result.json or another JSON file, one level, as text
json_key()
{
    sed -n 's/^ *"'"$2"'": *"\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$1" | head -n 1
}

one_json_line()
{
    [ "$(wc -l <"$W/out")" -eq 1 ] || return 1
    ! have python3 || python3 -m json.tool "$W/out" >/dev/null
}

# copy_case NAME: a writable copy of a tiny case, its path in $case_copy
copy_case()
{
    case_copy=$W/$1
    rm -rf "$case_copy"
    cp -R "$TINY/$1" "$case_copy"
    chmod -R u+w "$case_copy"
}

# Scenarios of a case that have a solution. The base of `infeasible` has none, by design.
solvable()
{
    [ "$(basename "$1")" = infeasible ] || echo base
    sed 1d "$1/scenario.csv" | cut -d, -f1
}

done_testing()
{
    printf '%s: %d passed, %d failed\n' "$(basename "$0" .sh)" "$passed" "$failed"
    [ "$failed" -eq 0 ]
    exit
}
