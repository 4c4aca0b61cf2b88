#!/bin/sh
# What each exit code stands for, and what is left behind. Codes 1, 2 and 75 have scripts of their own.
. "$(dirname "$0")/lib.sh"

# 0
expect 0 "a case that is solved and verified ends with 0" solve "$TINY/two_path" --out "$W/base"
holds "its result folder is there" test -f "$W/base/result.json"
expect 0 "unserved demand is no error by itself" solve "$TINY/shortage"
expect 0 "a case path may end with a slash" solve "$TINY/two_path/" --quiet

# 3: see test_bad_tables.sh for the tables
expect 3 "a case that is not there is bad input" solve "$W/nowhere" --out "$W/r3"
err_has "it is named" "nowhere"
expect 3 "an empty path is bad input" solve ""
mkdir "$W/empty"
expect 3 "a folder without tables is bad input" solve "$W/empty" --out "$W/r3"
for table in node link commodity supply demand; do
    err_has "table $table is named as missing" "empty/$table.csv:1:1: found no such file, expected the table"
done
expect 3 "an unknown scenario is bad input" solve "$TINY/two_path" --scenario nowhere --out "$W/r3"
err_has "the unknown scenario is named" "found scenario 'nowhere', expected an id of scenario.csv"
expect 3 "an empty scenario id is bad input" solve "$TINY/two_path" --scenario "" --out "$W/r3"
expect 3 "an unknown scenario is bad input for convert" convert "$TINY/two_path" "$W/m.mps" --scenario nowhere
absent "a refused convert leaves no file" "$W/m.mps"
expect 3 "a result that is not there is bad input for verify" verify "$TINY/two_path" "$W/nowhere"
expect 3 "a case that is not there is bad input for verify" verify "$W/nowhere" "$W/base"
expect 3 "a case that is not there is bad input for scenarios" scenarios "$W/nowhere" --out "$W/r3"
absent "bad input leaves no output folder" "$W/r3"
no_leftovers "bad input leaves no temporary files" "$W"

# 4: contract_split with a way from A to D for only 1 of the 2 Mt that must go there
copy_case contract_split
sed 's/^\(A_D,.*\),Mt,20,/\1,Mt,1,/' "$case_copy/link.csv" >"$W/t" && mv "$W/t" "$case_copy/link.csv"
expect 4 "a hard minimum that cannot flow is infeasible" solve "$case_copy" --out "$W/r4"
out_has "the summary says infeasible" "Infeasible"
err_has "the full link of the conflict is named" "infeasible: .*link:A_D"
err_has "the other side of the conflict is named" "infeasible: .*D_D"
absent "an infeasible case leaves no output folder" "$W/r4"
expect 4 "--json and infeasible" solve "$case_copy" --json
holds "--json of an infeasible case is one valid line" one_json_line
out_has "--json says infeasible" '"outcome":"infeasible"'
expect 0 "the same case is feasible where the contract may be paid off" solve "$case_copy" --scenario may_pay --out "$W/r4"
expect 4 "a tour whose base is infeasible ends with 4" scenarios "$case_copy" --out "$W/tour4"
no_leftovers "an infeasible tour leaves no temporary files" "$W"
# two hard contracts on one field that cannot feed both
copy_case contract_split
cat >"$case_copy/contract.csv" <<TABLE
contract_id,supply_id,demand_id,flow_unit,min_per_y,max_per_y,shortfall_cost_usd_per_unit
C_AD,S_A,D_D,Mt,3,,
C_AC,S_A,D_C,Mt,3,,
TABLE
expect 4 "two hard minimums above the field's production are infeasible" solve "$case_copy"
err_has "the field in conflict is named" "infeasible: .*S_A"
printf 'p min 2 1\nn 1 7\nn 2 -7\na 1 2 0 5 1\n' >"$W/narrow.min"
expect 4 "an instance whose arc is too narrow is infeasible" solve "$W/narrow.min" --out "$W/r4min"
err_has "what cannot flow is said with its amount" "mended when this one gives way by 2: k0:arc:1"
absent "an infeasible instance leaves no output folder" "$W/r4min"
printf 'p mmcf 2 2 2 1\nn 0 0 3\nn 0 1 -3\nn 1 0 3\nn 1 1 -3\nj 0 5\na 0 0 1 1 -1 0 1\na 1 0 1 1 -1 0 1\n' >"$W/narrow.mmcf"
expect 4 "two commodities that do not fit a joint row are infeasible" solve "$W/narrow.mmcf"
err_has "the joint row is named" "infeasible: .*row:1"

# 5
expect 5 "--strict: unserved demand ends with 5" solve "$TINY/shortage" --strict --out "$W/r5"
out_has "--strict still prints the summary" "Cost 498.0 million USD"
holds "--strict still writes the result" test -f "$W/r5/result.json"
expect 0 "the result written under --strict is a proven one" verify "$TINY/shortage" "$W/r5"
expect 0 "--strict: nothing unserved ends with 0" solve "$TINY/two_path" --strict
expect 5 "--strict: a contract that is paid off counts as unserved" \
    solve "$TINY/contract_split" --scenario may_pay --strict
expect 5 "--strict holds for a tour" scenarios "$TINY/shortage" --strict --out "$W/tour5" --quiet
holds "a tour under --strict is complete" test -f "$W/tour5/scenarios.csv"

# 6: an answer whose gap is above what --gap allows. With 0 only an exact zero will do.
run solve "$CASES/eurasia" --periods year --gap 0 --json --out "$W/r6"
same "--gap 0: exit code 0 for an exact zero, else 6" "$code" \
    "$(case $(cat "$W/out") in *'"outcome":"optimal"'*) echo 0 ;; *'"outcome":"feasible"'*) echo 6 ;; *) echo none ;; esac)"
expect 0 "a result that is feasible only is verified as such" verify "$CASES/eurasia" "$W/r6"
sed 's/"outcome": "feasible"/"outcome": "optimal"/;s/"outcome": "optimal"/&/' "$W/r6/result.json" >"$W/t"
if ! cmp -s "$W/t" "$W/r6/result.json"; then
    cp "$W/t" "$W/r6/result.json"
    expect 8 "a feasible answer that calls itself optimal is refused" verify "$CASES/eurasia" "$W/r6"
fi
# 6 or 7: a limit that leaves no time
run solve "$CASES/eurasia" --periods year --time-limit 0.001 --json --out "$W/r7"
case $(cat "$W/out") in
*'"outcome":"unknown"'*) want=7 ;;
*'"outcome":"feasible"'*) want=6 ;;
*) want=0 ;;
esac
same "a time limit of a millisecond: the exit code is that of the outcome" "$code" "$want"
holds "the JSON line of a stopped solve is valid" one_json_line
case $code in
7) absent "without an answer there is no result folder" "$W/r7" ;;
*) expect 0 "the answer of a stopped solve can be proven" verify "$CASES/eurasia" "$W/r7" ;;
esac
no_leftovers "a stopped solve leaves no temporary files" "$W"

# 8
sed 's/"objective": "360"/"objective": "359"/' "$W/base/result.json" >"$W/t" && cp "$W/t" "$W/base/result.json"
expect 8 "a result that claims too much is not verified" verify "$TINY/two_path" "$W/base"
err_has "the claim is named" "result.json: found objective 359, expected 360"
expect 8 "--json and not verified" verify --json "$TINY/two_path" "$W/base"
holds "verify --json is one valid line" one_json_line
out_has "verify --json says no" '"verified":false'

# 9: a limit on addresses, as job queues set it, at any point: an answer or a clear end, nothing half written
under()
{
    (ulimit -v "$1" && shift && exec "$@")
}
if under 60000 "$STEPPE" --version >/dev/null 2>&1; then
    ended=' ' # exit codes met
    for kib in 20000 30000 40000 50000 60000 70000 80000 90000 100000 120000 160000 240000; do
        OMP_NUM_THREADS=1 under $kib "$STEPPE" solve "$CASES/eurasia" --periods year --quiet --out "$W/r9" >"$W/out" 2>"$W/err"
        code=$?
        case $code in
        0) holds "$kib KiB: an answer is whole" test -f "$W/r9/result.json" ;;
        *)
            absent "$kib KiB: no answer, no folder" "$W/r9"
            err_has "$kib KiB: what is missing is said" "memory\|allocate\|shared libraries"
            ;;
        esac
        no_leftovers "$kib KiB: no temporary files" "$W"
        rm -rf "$W/r9"
        ended="$ended$code "
    done
    holds "too little memory ends with 9" expr "$ended" : '.* 9 '
    holds "enough memory ends with 0" expr "$ended" : '.* 0 $'
    holds "no limit ends in a crash" expr "$ended" : '[ 01279]*$'
else
    skip "a limit on addresses: this program has no room to start under one"
fi
done_testing
