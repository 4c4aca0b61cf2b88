#!/bin/sh
# Scenarios solved beside each other: the same answers, words and rows in the same order as one after the other. threads
. "$(dirname "$0")/lib.sh"

some=no_russia,cpc_out,hormuz_closed,carbon_price
for threads in 1 3 8; do
    expect 0 "a tour of $threads threads" scenarios "$CASES/eurasia" --periods year --only $some --threads $threads --out "$W/t$threads"
    sed 's/ *[0-9.]*$//' "$W/out" >"$W/rows$threads" # without the seconds
    cp "$W/err" "$W/words$threads"
done
for threads in 3 8; do
    holds "$threads threads write what one writes" diff -r "$W/t1" "$W/t$threads"
    holds "$threads threads say what one says" cmp "$W/words1" "$W/words$threads"
    holds "$threads threads show the rows of one" cmp "$W/rows1" "$W/rows$threads"
done
same "the rows come in the order of the case" "$(sed 1d "$W/t8/scenarios.csv" | cut -d, -f1 | tr '\n' ' ')" \
    "$(printf 'base '; sed 1d "$CASES/eurasia/scenario.csv" | cut -d, -f1 | grep -x "$(echo $some | sed 's/,/\\|/g')" | tr '\n' ' ')"
no_leftovers "teams leave no temporary files" "$W"

# ---- faults of some scenarios among others, told in the order of the case
copy_case contract_split
for i in 1 2 3 4 5 6; do
    printf 'bad_%d,,Selects nothing,,,\ntight_%d,,Contract above the link,,,\ngood_%d,,Less room,,,\n' $i $i $i >>"$case_copy/scenario.csv"
    printf 'bad_%d,link,link_id=NONE_%d,capacity_per_y,scale,0.5,\n' $i $i >>"$case_copy/scenario_change.csv"
    printf 'tight_%d,contract,contract_id=C_AD,min_per_y,set,5,\ntight_%d,link,link_id=A_D,capacity_per_y,set,1,\n' $i $i >>"$case_copy/scenario_change.csv"
    printf 'good_%d,link,link_id=A_D,capacity_per_y,scale,0.9%d,\n' $i $i >>"$case_copy/scenario_change.csv"
done
for threads in 1 8; do
    run scenarios "$case_copy" --threads $threads --out "$W/mixed$threads"
    same "$threads threads: the worst of them is the exit code" "$code" 4
    cp "$W/err" "$W/words$threads"
done
holds "faults are told by a team as by one" cmp "$W/words1" "$W/words8"
holds "and the list and the results are the same" diff -r "$W/mixed1" "$W/mixed8"
same "all that have an answer are there" "$(ls "$W/mixed8" | grep -c '^good_')" 6
expect 4 "--json in a team" scenarios "$case_copy" --threads 8 --json --out "$W/json"
same "--json in a team: a line for each that could be read" "$(grep -c '^{.*}$' "$W/out")" "$(wc -l <"$W/out" | tr -d ' ')"
same "--json in a team: in the order of the case" "$(sed 's/.*"scenario":"*\([^",]*\).*/\1/' "$W/out" | tr '\n' ' ')" \
    "null may_pay $(for i in 1 2 3 4 5 6; do printf 'tight_%d good_%d ' $i $i; done)"

# ---- a base without an answer: no scenario begins where another one, whichever came before, ended
copy_case infeasible
change=$(sed 1d "$case_copy/scenario_change.csv" | head -n 1)
for i in 1 2 3 4 5 6 7 8; do
    printf 'again_%d,,The same change,,,\n' $i >>"$case_copy/scenario.csv"
    printf 'again_%d,%s\n' $i "${change#*,}" >>"$case_copy/scenario_change.csv"
done
for threads in 1 4; do
    expect 4 "$threads threads: the base has no answer" scenarios "$case_copy" --threads $threads --json --out "$W/none$threads"
    sed 's/,"seconds.*//' "$W/out" >"$W/lines$threads"
done
holds "a base without an answer: the same scenarios, answers and pivots" cmp "$W/lines1" "$W/lines4"
holds "a base without an answer: the same results" diff -r "$W/none1" "$W/none4"
same "a base without an answer: all scenarios have one" "$(ls "$W/none4" | grep -c '^again_')" 8

# ---- a gap ends each of them
expect 0 "a tour to a gap" scenarios "$CASES/eurasia" --periods year --only $some --gap 0.05 --threads 2 --quiet --out "$W/gap"
expect 0 "its results are proven to that gap" verify "$CASES/eurasia" "$W/gap/cpc_out" --gap 0.05

# ---- one result that cannot be written ends the tour of all
mkdir -p "$W/held/hormuz_closed" && : >"$W/held/hormuz_closed/mine"
expect 1 "a folder that is none of ours ends the tour" scenarios "$CASES/eurasia" --periods year --threads 4 --quiet --out "$W/held"
err_has "it is named" "hormuz_closed"
same "and said once, nothing else" "$(wc -l <"$W/err" | tr -d ' ')" 1
absent "the tour has no list of scenarios" "$W/held/scenarios.csv"
same "the folder is as it was" "$(ls "$W/held/hormuz_closed")" mine
no_leftovers "no temporary files are left" "$W/held"

# ---- a signal while a team works
"$STEPPE" scenarios "$CASES/eurasia" --periods year --threads 4 --quiet --out "$W/stopped" >"$W/out" 2>"$W/err" </dev/null &
child=$!
while kill -0 $child 2>/dev/null && [ ! -e "$W/stopped/cpc_out/result.json" ]; do sleep 0.02; done
kill -TERM $child 2>/dev/null
wait $child
code=$?
sane "scenarios, stopped"
same "a team that is stopped ends with 75" "$code" 75
absent "it has no list of scenarios" "$W/stopped/scenarios.csv"
for dir in "$W/stopped"/*; do
    run verify "$CASES/eurasia" "$dir" --gap 1
    same "what a stopped team wrote is proven: ${dir##*/}" "$code" 0
done
no_leftovers "a signal leaves no temporary files" "$W"
done_testing
