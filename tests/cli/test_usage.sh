#!/bin/sh
# --help, --version, and every call that is wrong in itself: exit code 2, one line on standard error.
. "$(dirname "$0")/lib.sh"

case_dir=$TINY/two_path

for word in --help -h help; do
    expect 0 "$word is answered" "$word"
    out_has "$word lists the commands" 'steppe solve CASE'
    err_empty "$word says nothing on standard error"
done
for command in solve scenarios compare verify convert; do
    expect 0 "$command --help is answered" "$command" --help
    out_has "$command --help prints the help" 'Exit codes: 0 '
done
run --help
holds "no line of the help is wider than 132 columns" awk 'length > 132 { exit 1 }' "$W/out"

for word in --version version; do
    expect 0 "$word is answered" "$word"
    holds "$word prints one line, the name and a version" grep -qx 'steppe [0-9]*\.[0-9]*\.[0-9]*' "$W/out"
    same "$word prints one line" "$(wc -l <"$W/out" | tr -d ' ')" 1
    err_empty "$word says nothing on standard error"
done

# usage SENTENCE PATTERN ARGS
usage()
{
    sentence=$1 pattern=$2
    shift 2
    expect 2 "$sentence" "$@"
    out_empty "$sentence: nothing goes to standard output"
    err_has "$sentence: the message says what is wrong" "$pattern"
    same "$sentence: the message is one line" "$(grep -c -v '^note: ' "$W/err")" 1
}

run
same "without arguments the exit code is 2" "$code" 2
out_empty "without arguments nothing goes to standard output"
err_has "without arguments the help goes to standard error" 'steppe solve CASE'

usage "an unknown command is refused" "unknown command slove" slove "$case_dir"
usage "an option before the command is refused" "unknown command --quiet" --quiet solve "$case_dir"
usage "an empty command is refused" "unknown command" ""
usage "an unknown option is refused" "unknown option --fast" solve "$case_dir" --fast
usage "an unknown short option is refused" "unknown option -x" solve "$case_dir" -x
usage "an option with = is refused and not ignored" "unknown option --out=x" solve "$case_dir" --out=x
for command in solve scenarios compare verify convert; do
    usage "$command without arguments is refused" "expected after the command" "$command"
    usage "$command with four arguments is refused" "too many arguments at" "$command" a b c d
done
usage "solve with two cases is refused" "expected after the command: CASE" solve "$case_dir" "$case_dir"
usage "scenarios with two cases is refused" "expected after the command: CASE" scenarios "$case_dir" "$case_dir"
usage "compare with one folder is refused" "DIR_BEFORE DIR_AFTER" compare "$case_dir"
usage "compare with three folders is refused" "DIR_BEFORE DIR_AFTER" compare a b c
usage "verify with one folder is refused" "CASE RESULT" verify "$case_dir"
usage "convert without a file is refused" "CASE FILE" convert "$case_dir"
usage "arguments behind -- count as well" "too many arguments at d" solve a b c -- d
usage "scenarios without --out is refused" "needs --out" scenarios "$case_dir"
usage "scenarios --only with an unknown id is refused" "found 'nowhere'" \
    scenarios "$case_dir" --only cheap_half,nowhere --out "$W/tour"
absent "a refused scenarios call leaves no folder" "$W/tour"
for option in --scenario --out --only --gap --time-limit --threads --periods --reference --method --memory; do
    usage "$option without a value is refused" "no value after $option" solve "$case_dir" "$option"
done
for value in x '' -1 1.5 nan inf 1e-3x; do
    usage "--gap '$value' is refused" "number from 0 to 1 after --gap" solve "$case_dir" --gap "$value"
done
for value in x '' 0 -1 nan inf 1e99 5s; do
    usage "--time-limit '$value' is refused" "number of seconds after --time-limit" \
        solve "$case_dir" --time-limit "$value"
done
for value in x '' 0 -1 1.5 99999 nan 2x; do
    usage "--threads '$value' is refused" "number of threads after --threads" solve "$case_dir" --threads "$value"
done
for value in x '' 0 -1 nan inf 1e99 5G; do
    usage "--memory '$value' is refused" "number of GiB after --memory" solve "$case_dir" --memory "$value"
done
for value in x '' Year decade 12 months; do
    usage "--periods '$value' is refused" "year, month, week or day after --periods" \
        solve "$case_dir" --periods "$value"
done
usage "verify takes the cut from the result" "does not take --periods" verify "$case_dir" a --periods year
usage "compare does not take a cut" "does not take --periods" compare a b --periods year
usage "verify takes the plan from the result" "does not take --reference" verify "$case_dir" a --reference b
usage "compare does not take a plan" "does not take --reference" compare a b --reference c

expect 0 "-- ends the options" solve -- "$case_dir"
(cd "$W" && cp -R "$case_dir" ./-case) || exit 1
cd "$W" || exit 1
expect 0 "a case whose name begins with a dash can be solved behind --" solve --quiet -- -case
cd "$HERE" || exit 1
expect 0 "options may stand before and behind the case" solve --quiet "$case_dir" --gap 0
expect 0 "--scenario base is the base" solve --json "$case_dir" --scenario base
out_has "--scenario base is the base" '"scenario":null'
expect 0 "-q is --quiet" solve -q "$case_dir"
out_empty "-q is --quiet"

# A text that nobody could read is an error, not a success.
if [ -w /dev/full ]; then
    for call in --help --version "solve --help" "solve $case_dir" "solve --json $case_dir" "verify --help"; do
        case $case_dir in *' '*) continue ;; esac
        # shellcheck disable=SC2086
        "$STEPPE" $call >/dev/full 2>"$W/err" </dev/null
        code=$?
        : >"$W/out"
        same "steppe ${call% /*} on a full standard output ends with exit code 1" "$code" 1
        err_has "steppe ${call% /*} on a full standard output says so" "cannot write to standard output"
    done
else
    skip "there is no /dev/full"
fi
done_testing
