#!/bin/sh
# Signals and limits during a long solve: exit codes 75, 6 and 7, and whole folders or none.
. "$(dirname "$0")/lib.sh"

# 200 commodities on a 16 x 16 grid whose arcs they all share: takes far longer than the test waits.
# The generator is Park and Miller's, so that the file is the same everywhere.
awk -v K=200 -v n=16 '
    function draw() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
    function pair(u, v) { end[A++] = u " " v; end[A++] = v " " u }
    BEGIN {
        seed = 12345; N = n * n; A = 0
        for (y = 0; y < n; y++)
            for (x = 0; x < n; x++) {
                if (x < n - 1) pair(y * n + x, y * n + x + 1)
                if (y < n - 1) pair(y * n + x, (y + 1) * n + x)
            }
        print "p mmcf", K, N, K * A, A
        for (k = 0; k < K; k++) {
            a = int(draw() * N); b = int(draw() * N); if (a == b) b = (a + 1) % N
            d = 1 + int(draw() * 9)
            print "n", k, a, d; print "n", k, b, -d
        }
        for (j = 0; j < A; j++) print "j", j, 20 + int(draw() * 20)
        for (k = 0; k < K; k++) for (j = 0; j < A; j++) print "a", k, end[j], 1 + int(draw() * 100), -1, j, 1
    }' >"$W/long.mmcf"

# The same with nearly no room on the arcs has no answer, however long one waits.
sed 's/^j \([0-9]*\) .*/j \1 1/' "$W/long.mmcf" >"$W/none.mmcf"

# ---- a time limit
expect 7 "a limit before it is known that there is no answer ends with 7" solve "$W/none.mmcf" --time-limit 0.001 --out "$W/r"
out_has "the summary says so" 'Stopped before there was a feasible answer'
absent "no result folder is left" "$W/r"
expect 7 "and with 7 under --json" solve "$W/none.mmcf" --time-limit 0.001 --json
holds "--json prints one valid line" one_json_line
out_has "--json says unknown" '"outcome":"unknown"'
expect 6 "a limit at once still ends with an answer" solve "$W/long.mmcf" --time-limit 0.001 --out "$W/r"
expect 0 "which can be proven" verify "$W/long.mmcf" "$W/r"
rm -rf "$W/r"
run solve "$W/long.mmcf" --time-limit 2 --quiet --out "$W/r"
case $code in
7) absent "a limit of two seconds, without an answer: no folder" "$W/r" ;;
6) expect 0 "a limit of two seconds, with an answer: it can be proven" verify "$W/long.mmcf" "$W/r" ;;
0) skip "two seconds are enough on this machine" ;;
*) fail "a limit of two seconds ends with 6 or 7" && show_last ;;
esac
rm -rf "$W/r"
expect 7 "a tour that reaches the limit at once without an answer ends with 7" \
    scenarios "$W/none.mmcf" --time-limit 0.001 --quiet --out "$W/tour"
no_leftovers "a limit leaves no temporary files" "$W"

# ---- a gap
expect 0 "where the optimum takes less than a look for the gap, a gap ends with it" solve "$W/long.mmcf" --gap 0.1 --out "$W/r"
expect 0 "as verify finds" verify "$W/long.mmcf" "$W/r"
rm -rf "$W/r"
expect 0 "a gap that is reached ends the solve" solve "$W/long.mmcf" --gap 0.9 --time-limit 0.001 --out "$W/r"
out_has "and counts as optimal" 'gap'
expect 8 "verify asks for less by itself" verify "$W/long.mmcf" "$W/r"
expect 0 "and takes the same gap" verify "$W/long.mmcf" "$W/r" --gap 0.9
rm -rf "$W/r"

# ---- signals
if [ ! -r /proc/self/status ]; then
    skip "there is no /proc: signals"
    done_testing
fi

# Is SIGTERM (bit 14) caught by the process? Before it has become the command, it is a shell that catches signals, too,
# and loses them.
listens()
{
    grep -q '^Name:[[:space:]]*steppe' "/proc/$1/status" 2>/dev/null &&
        grep -q '^SigCgt:.*[4-7c-f]...$' "/proc/$1/status" 2>/dev/null
}

# stopped SENTENCE SIGNAL ARGS: the command is sent the signal as soon as it listens
stopped()
{
    sentence=$1 signal=$2
    shift 2
    "$STEPPE" "$@" >"$W/out" 2>"$W/err" </dev/null &
    child=$!
    while kill -0 $child 2>/dev/null && ! listens $child; do sleep 0.02; done
    kill -"$signal" $child 2>/dev/null
    wait $child
    code=$?
    sane "$*"
    same "$sentence ends with 75" "$code" 75
    if [ "$code" -ne 75 ]; then show_last; fi
}
whole_or_absent()
{
    if [ -e "$2" ]; then
        expect 0 "$1: the folder that was written can be proven" verify "$W/long.mmcf" "$2"
    else
        pass
    fi
}
# An interrupt that a shell without job control sets to be ignored for its children stays ignored; TERM and HUP do not.
for signal in TERM HUP; do
    stopped "solve stopped by SIG$signal" $signal solve "$W/long.mmcf" --out "$W/r"
    whole_or_absent "solve stopped by SIG$signal" "$W/r"
    rm -rf "$W/r"
done
stopped "solve --json stopped" TERM solve "$W/long.mmcf" --json
holds "solve --json stopped: one valid line" one_json_line
expect 0 "an earlier result" solve "$TINY/two_path" --quiet --out "$W/earlier"
stopped "solve stopped over an earlier result" TERM solve "$W/long.mmcf" --out "$W/earlier"
if [ "$(json_key "$W/earlier/result.json" case)" = two_path ]; then
    expect 0 "the earlier result is whole" verify "$TINY/two_path" "$W/earlier"
else
    whole_or_absent "solve stopped over an earlier result" "$W/earlier"
fi
stopped "scenarios stopped" TERM scenarios "$W/long.mmcf" --out "$W/tour2"
absent "a tour that was stopped has no list of scenarios" "$W/tour2/scenarios.csv"
whole_or_absent "a tour that was stopped" "$W/tour2/base"
no_leftovers "signals leave no temporary files" "$W"

# A second signal ends the command at once, as the first one asked it to; nothing half written either.
"$STEPPE" solve "$W/long.mmcf" --out "$W/r" >"$W/out" 2>"$W/err" </dev/null &
child=$!
while kill -0 $child 2>/dev/null && ! listens $child; do sleep 0.02; done
kill -TERM $child 2>/dev/null
kill -TERM $child 2>/dev/null
wait $child
code=$?
case $code in
75 | 143) pass ;;
*) fail "two signals end the command" && show_last ;;
esac
whole_or_absent "two signals" "$W/r"
done_testing
