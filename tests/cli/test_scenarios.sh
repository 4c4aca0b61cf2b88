#!/bin/sh
# needs: python3; scenarios: the base and every scenario of a case, each as solve would answer it, and the list written last.
. "$(dirname "$0")/lib.sh"

for case_dir in "$TINY"/*; do
    name=$(basename "$case_dir")
    ids=$(sed 1d "$case_dir/scenario.csv" | cut -d, -f1)
    tour=$W/tour_$name
    solved=$(solvable "$case_dir")
    case $solved in
    base*) expect 0 "$name: the tour ends well" scenarios "$case_dir" --out "$tour" ;;
    *) expect 4 "$name: the tour says that the base has no solution" scenarios "$case_dir" --out "$tour" ;;
    esac
    same "$name: the list names the base and all scenarios in their order" \
        "$(sed 1d "$tour/scenarios.csv" | cut -d, -f1 | tr '\n' ' ')" "$(printf '%s ' base $ids)"
    for id in base $ids; do
        out_has "$name: $id is on the screen" "^$id "
    done
    for id in $solved; do
        expect 0 "$name: the result of $id is proven" verify "$case_dir" "$tour/$id"
        expect 0 "$name: $id is solved alone" solve "$case_dir" --scenario "$id" --quiet --out "$W/alone"
        same "$name: $id costs what solve says" \
            "$(json_key "$tour/$id/result.json" objective)" "$(json_key "$W/alone/result.json" objective)"
        same "$name: the list has that cost" \
            "$(sed -n "s/^$id,optimal,\([^,]*\),.*/\1/p" "$tour/scenarios.csv")" \
            "$(printf '%.6f' "$(json_key "$W/alone/result.json" objective)")"
    done
    same "$name: the folder holds these results and the list" "$(ls "$tour" | sort | tr '\n' ' ')" \
        "$(printf '%s\n' $solved scenarios.csv | sort | tr '\n' ' ')"
    holds "$name: every row of the list has as many cells as its head" awk -F, \
        'NR == 1 { n = NF } NF != n || n < 2 { exit 1 }' "$tour/scenarios.csv"
    same "$name: nothing is younger than the list" "$(find "$tour" -type f -newer "$tour/scenarios.csv")" ""
done
no_leftovers "a tour leaves no temporary files" "$W"
same "two_path: the list has the change against the base" \
    "$(sed -n 's/^cheap_half,//p' "$W/tour_two_path/scenarios.csv" | cut -d, -f1-4)" "optimal,405.000000,45.000000,0.000000"
same "shortage: the list has what stays unserved" \
    "$(sed -n 's/^base,//p' "$W/tour_shortage/scenarios.csv" | cut -d, -f1-4)" "optimal,498.000000,0.000000,260.000000"

# twice into the same folder, and with other threads: the same bytes, but for pivots, which tell of the way there
case_dir=$TINY/transfer_port
expect 0 "a tour replaces an earlier one" scenarios "$case_dir" --threads 1 --quiet --out "$W/again"
expect 0 "a tour replaces an earlier one" scenarios "$case_dir" --threads 2 --quiet --out "$W/again"
out_empty "--quiet prints nothing"
err_empty "--quiet prints nothing on standard error"
holds "two tours are the same" diff -r "$W/tour_transfer_port" "$W/again"

# ---- --only
expect 0 "--only two of many" scenarios "$CASES/eurasia" --periods year --only no_russia,carbon_price --quiet --out "$W/only"
same "--only: the list has the base and these, in the order of the case" \
    "$(sed 1d "$W/only/scenarios.csv" | cut -d, -f1 | tr '\n' ' ')" "base no_russia carbon_price "
same "--only: the folder has the base and these" "$(ls "$W/only" | tr '\n' ' ')" "base carbon_price no_russia scenarios.csv "
for id in base no_russia carbon_price; do
    expect 0 "eurasia: the result of $id is proven" verify "$CASES/eurasia" "$W/only/$id"
done
expect 0 "--only base" scenarios "$TINY/two_path" --only base --quiet --out "$W/base"
same "--only base: nothing but the base" "$(ls "$W/base" | tr '\n' ' ')" "base scenarios.csv "
expect 2 "--only with an unknown id is refused" scenarios "$TINY/two_path" --only cheap_half,nowhere --out "$W/none"
err_has "the unknown id is named" "--only: found 'nowhere', expected ids of scenario.csv"
absent "a refused tour leaves no folder" "$W/none"
expect 2 "the beginning of an id is not the id" scenarios "$TINY/two_path" --only cheap --out "$W/none"

# ---- --json
expect 0 "--json" scenarios "$TINY/two_path" --json --out "$W/json"
same "--json prints a line for each" "$(grep -c '^{.*}$' "$W/out")" 2
same "--json prints nothing else" "$(wc -l <"$W/out" | tr -d ' ')" 2
if have python3; then
    while IFS= read -r line; do
        printf '%s\n' "$line" >"$W/line"
        holds "--json: each line is valid" python3 -m json.tool "$W/line"
    done <"$W/out"
fi
out_has "--json: the base" '"scenario":null,"outcome":"optimal","objective":360,'
out_has "--json: the scenario" '"scenario":"cheap_half","outcome":"optimal","objective":405,'
out_has "--json: a scenario starts from the basis of the base" '"scenario":"cheap_half".*"warm":true'

# ---- one scenario that cannot be read or solved does not stop the others
copy_case two_path
cat >"$case_copy/scenario.csv" <<TABLE
scenario_id,parent_id,name,description,start_date,end_date
wrong,,Selects nothing,,,
cheap_half,,Cheap line at half,,,
child,cheap_half,Half of the half,,,
TABLE
cat >"$case_copy/scenario_change.csv" <<TABLE
scenario_id,table,selector,field,operation,value,reason
wrong,link,link_id=NONE,capacity_per_y,scale,0.5,
cheap_half,link,link_id=A_B,capacity_per_y,scale,0.5,
child,link,link_id=A_B,capacity_per_y,scale,0.5,
TABLE
expect 3 "a wrong scenario gives the tour its exit code" scenarios "$case_copy" --out "$W/wrong"
err_has "the wrong scenario is named" "link_id=NONE"
absent "the wrong scenario has no result" "$W/wrong/wrong"
same "the others are solved, the child with its parent's changes" \
    "$(sed -n 's/^\(cheap_half\|child\),optimal,\([0-9]*\)\..*/\1 \2/p' "$W/wrong/scenarios.csv" | tr '\n' ' ')" \
    "cheap_half 405 child 905 "
# child: 1.5 Mt on the cheap line, 8 over C, 0.5 neither made nor there: 190 + 15 + 200 + 250 + 250
copy_case contract_split
cat >>"$case_copy/scenario_change.csv" <<TABLE
too_much,contract,contract_id=C_AD,min_per_y,set,5,
too_much,link,link_id=A_D,capacity_per_y,set,1,
TABLE
echo 'too_much,,Contract above the link,,,' >>"$case_copy/scenario.csv"
expect 4 "an infeasible scenario gives the tour its exit code" scenarios "$case_copy" --out "$W/infeasible"
same "the list has it as infeasible" "$(sed -n 's/^too_much,\([^,]*\),.*/\1/p' "$W/infeasible/scenarios.csv")" infeasible
absent "it has no result" "$W/infeasible/too_much"
expect 0 "the others are proven" verify "$case_copy" "$W/infeasible/may_pay"

# A result of an earlier tour must not stand for a scenario that has none now.
expect 0 "a tour in which all is well" scenarios "$TINY/contract_split" --quiet --out "$W/stale"
cp -R "$W/stale/may_pay" "$W/stale/too_much"
run scenarios "$case_copy" --quiet --out "$W/stale"
absent "an earlier result of a scenario that is infeasible now is gone" "$W/stale/too_much"

# an id is a name and not a way out of the folder
copy_case two_path
for t in scenario scenario_change; do
    sed 's#^cheap_half#../outside#' "$case_copy/$t.csv" >"$W/t" && cp "$W/t" "$case_copy/$t.csv"
done
mkdir "$W/inner"
run scenarios "$case_copy" --quiet --out "$W/inner/tour"
absent "a scenario id with ../ writes nothing outside the folder" "$W/inner/outside"
expect 0 "an instance file has a base only" scenarios "$HERE/two_arcs.min" --quiet --out "$W/instance"
same "an instance file has a base only" "$(ls "$W/instance" | tr '\n' ' ')" "base scenarios.csv "
done_testing
