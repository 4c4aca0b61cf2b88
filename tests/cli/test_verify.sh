#!/bin/sh
# needs: python3; verify: passes what solve wrote, and finds every planted fault, one at a time, both with the sum in result.json as it
# was and with the sum corrected to match the tampered file.
. "$(dirname "$0")/lib.sh"
need python3

for case_dir in "$TINY"/*; do
    name=$(basename "$case_dir")
    for scenario in $(solvable "$case_dir"); do
        expect 0 "$name, $scenario, is solved" solve "$case_dir" --scenario "$scenario" --quiet --no-verify --out "$W/ok"
        expect 0 "$name, $scenario, is proven" verify "$case_dir" "$W/ok"
        out_has "$name, $scenario, is said to be proven" '^Verified: .* 15 files; cost .*, gap [0-9.e-]*$'
    done
done
for scenario in base no_russia; do
    expect 0 "eurasia, $scenario, is solved" \
        solve "$CASES/eurasia" --periods year --scenario $scenario --quiet --no-verify --out "$W/eurasia_$scenario"
    expect 0 "eurasia, $scenario, is proven" verify "$CASES/eurasia" "$W/eurasia_$scenario"
done
expect 0 "--quiet verifies" verify --quiet "$CASES/eurasia" "$W/eurasia_base"
out_empty "verify --quiet prints nothing"
err_empty "verify --quiet prints nothing on standard error"
expect 0 "--json verifies" verify --json "$CASES/eurasia" "$W/eurasia_base"
holds "verify --json prints one valid line" one_json_line
out_has "verify --json says yes" '"verified":true'

# refuted SENTENCE CASE PATTERN: $W/bad is no proven result of the case; the message matches
refuted()
{
    expect 8 "$1 is found" verify "$2" "$W/bad"
    out_empty "$1: nothing is said to be verified"
    err_has "$1: the file is named" "$3"
}
# planted CASE RESULT SENTENCE PATTERN FAULT [FILE]: found with and without the right sum
planted()
{
    case_dir=$1 good=$2 what=$3 pattern=$4
    shift 4
    for sum in "" --sum; do
        rm -rf "$W/bad"
        cp -R "$good" "$W/bad"
        if ! python3 "$HERE/tamper.py" "$W/bad" "$@" $sum 2>"$W/t"; then
            fail "the fault can be planted: $what"
            sed 's/^/  /' "$W/t"
            return
        fi
        refuted "$what${sum:+, with its sum corrected,}" "$case_dir" "$pattern"
    done
}

# faults_of LABEL CASE RESULT all|some|time|rules: rules only what rules add to a result, time that and the exact tables
faults_of()
{
    label=$1 case_dir=$2 good=$3
    plant() { planted "$case_dir" "$good" "$label: $1" "$2" $3 $4; }
    if [ "$4" != rules ]; then
        plant "a flow that is one smallest unit too large" "bad/" flow_more
        plant "a flow that is one smallest unit too small" "bad/" flow_less
        plant "a flow below zero" "bad/" flow_negative
        plant "a flow of too many decimals" "flow.csv" flow_decimals
        plant "a flow that is no number" "flow.csv" flow_word
        plant "a flow of sixty digits" "flow.csv" flow_huge
        plant "a flow that was set to zero" "bad/" variable_zero
        plant "an unknown variable" "flow.csv:2: found '.*_', which the case does not have" variable_unknown
        plant "a variable given twice" "flow.csv:.*a second time" variable_twice
        plant "a price of a row" "bad/" row_price
        plant "a price of the wrong sign" "bad/" row_price_positive
        plant "a limit of a row" "capacity.csv" row_limit
        plant "a load of a row" "capacity.csv" row_load
        plant "an unknown row" "capacity.csv:2: found '.*_', which the case does not have" row_unknown
        plant "a potential" "bad/" potential
        plant "a price of another period" "bad/" period capacity.csv
        plant "an unknown balance" "potential.csv:2: found '.*_', which the case does not have" potential_unknown
        plant "a flow on the map" "flow.geojson" map
    fi
    for file in plan storage_use conversion_use month; do # what periods and rules add to a result
        [ "$4" = time ] || [ "$4" = rules ] || break
        [ "$(wc -l <"$good/$file.csv")" -ge 2 ] || continue
        plant "a number in $file.csv" "$file.csv" number $file.csv
        plant "a row of $file.csv that is missing" "bad/" row_gone $file.csv
        plant "a row of $file.csv of another period" "$file.csv" period $file.csv
        case $file in
        storage_use | month) plant "a stock in $file.csv" "$file.csv" stock $file.csv ;;
        esac
    done
    if [ "$4" = rules ] && [ "$(wc -l <"$good/plan.csv")" -ge 2 ]; then
        plant "plan.csv made empty" plan.csv empty plan.csv
        plant "plan.csv cut short" plan.csv cut plan.csv
        rm -rf "$W/bad"
        cp -R "$good" "$W/bad"
        rm "$W/bad/plan.csv"
        refuted "$label: plan.csv missing" "$case_dir" plan.csv
    fi
    [ "$4" = all ] || return
    for file in plan link_flow supply_use demand_use place_balance route shortage storage_use conversion_use month; do
        [ "$(wc -l <"$good/$file.csv")" -ge 2 ] || continue
        plant "a number in $file.csv" "$file.csv" number $file.csv
        plant "a word in $file.csv" "$file.csv" word $file.csv
    done
    for file in flow capacity potential plan link_flow supply_use demand_use place_balance route shortage storage_use \
        conversion_use month; do
        [ "$(wc -l <"$good/$file.csv")" -ge 2 ] || continue
        plant "a row of $file.csv that is missing" "bad/" row_gone $file.csv
        plant "a row of $file.csv written twice" "$file.csv" row_more $file.csv
        plant "$file.csv cut short" "$file.csv" cut $file.csv
    done
    for file in flow.csv capacity.csv potential.csv plan.csv link_flow.csv supply_use.csv demand_use.csv place_balance.csv \
        route.csv shortage.csv storage_use.csv conversion_use.csv month.csv flow.geojson; do
        plant "$file made empty" "$file" empty $file
        plant "$file with a blank at its end" "$file" byte $file
        rm -rf "$W/bad"
        cp -R "$good" "$W/bad"
        rm "$W/bad/$file"
        refuted "$label: $file missing" "$case_dir" "$file"
    done
}
expect 0 "shortage is solved" solve "$TINY/shortage" --quiet --out "$W/of_shortage"
faults_of shortage "$TINY/shortage" "$W/of_shortage" all
expect 0 "periods_storage, outage, is solved" solve "$TINY/periods_storage" --scenario outage --quiet --out "$W/outage"
faults_of "periods_storage, outage" "$TINY/periods_storage" "$W/outage" time
expect 0 "periods_storage by weeks is solved" solve "$TINY/periods_storage" --periods week --quiet --out "$W/weeks"
expect 0 "and proven with the cut that it names" verify "$TINY/periods_storage" "$W/weeks"
expect 0 "ramp, main_out, is solved" solve "$TINY/ramp" --scenario main_out --quiet --out "$W/main_out"
faults_of "ramp, main_out" "$TINY/ramp" "$W/main_out" rules
expect 0 "conversion is solved" solve "$TINY/conversion" --quiet --out "$W/conversion"
faults_of conversion "$TINY/conversion" "$W/conversion" rules
expect 0 "transfer_port, strike, is solved" solve "$TINY/transfer_port" --scenario strike --quiet --out "$W/strike"
faults_of "transfer_port, strike" "$TINY/transfer_port" "$W/strike" some
# and a few in the large one
for fault in flow_more flow_less row_price potential_end row_limit; do
    planted "$CASES/eurasia" "$W/eurasia_no_russia" "eurasia, no_russia: $fault" "bad/" $fault
done
planted "$CASES/eurasia" "$W/eurasia_no_russia" "eurasia, no_russia: a row of route.csv" route.csv row_gone route.csv

# ---- result.json
claim()
{
    rm -rf "$W/bad"
    cp -R "${4:-$W/of_shortage}" "$W/bad"
    if python3 "$HERE/tamper.py" "$W/bad" "$2" "$3" 2>"$W/t"; then
        refuted "$1" "${5:-$TINY/shortage}" "bad/"
    else
        fail "the fault can be planted: $1"
        sed 's/^/  /' "$W/t"
    fi
}
claim "another objective" claim objective='"497"'
claim "an objective that is a number" claim objective=498
claim "an objective with one digit more" claim objective='"498.000000000001"'
claim "another bound" claim bound='"499"'
claim "another outcome" claim outcome='"feasible"'
claim "no outcome" claim_gone outcome
claim "no objective" claim_gone objective
claim "no bound" claim_gone bound
claim "no sums" claim_gone files
claim "no sums of the tables" claim_gone inputs
claim "another scenario" claim scenario='"line_cut"'
claim "an unknown scenario" claim scenario='"nowhere"'
claim "the base in place of the scenario" claim scenario=null "$W/strike" "$TINY/transfer_port"
claim "updates that were not made" claim updates='"link\u001flink_id=A_H\u001fcapacity_per_y\u001fset\u001f5\n"'
claim "updates that mean nothing" claim updates='"nonsense"'
# what people read there must be true as well
claim "another cost of transport" claim cost_musd.transport=1
claim "another cost of shortage" claim cost_musd.shortage=0
claim "another gap" claim gap_rel=0.5
claim "other tonne-km" claim tonne_km_million=1
claim "other emissions" claim emission_kt_co2e=1
claim "another number of arcs" claim arcs=1
claim "another number of full rows" claim tight_rows=0
claim "another unit" claim objective_unit='"USD per year"'
claim "another smallest unit" claim flow_unit_smallest='"1"'
claim "another number of periods" claim periods=2
claim "another horizon" claim horizon_days=366
claim "another first day" claim first_day='"2024-01-01"' "$W/outage" "$TINY/periods_storage"
claim "another last day" claim last_day='"2024-01-01"' "$W/outage" "$TINY/periods_storage"
claim "another cut of the horizon" claim cut='"year"' "$W/outage" "$TINY/periods_storage"
claim "an unknown cut of the horizon" claim cut='"decade"' "$W/outage" "$TINY/periods_storage"
claim "a cut that a case without dates cannot take" claim cut='"month"'
claim "no cut in place of one" claim cut=null "$W/weeks" "$TINY/periods_storage"
claim "another cost of storage" claim cost_musd.storage=1 "$W/outage" "$TINY/periods_storage"

rm -rf "$W/bad" && cp -R "$W/of_shortage" "$W/bad"
size=$(wc -c <"$W/of_shortage/result.json")
for part in 1 10 300 $((size / 2)) $((size - 3)); do
    head -c "$part" "$W/of_shortage/result.json" >"$W/bad/result.json"
    refuted "result.json cut after $part bytes" "$TINY/shortage" result.json
done
for content in '' '[]' '"optimal"' '{}' 'null' '{"outcome": "optimal"}'; do
    printf '%s' "$content" >"$W/bad/result.json"
    refuted "result.json with nothing but '$content'" "$TINY/shortage" result.json
done
rm "$W/bad/result.json"
run verify "$TINY/shortage" "$W/bad"
holds "a folder without result.json is not verified" test "$code" -eq 3 -o "$code" -eq 8
err_has "a folder without result.json: the file is named" result.json

# ---- results of something else
expect 0 "shortage, line_cut, is solved" solve "$TINY/shortage" --scenario line_cut --quiet --out "$W/line_cut"
for file in flow.csv capacity.csv potential.csv; do
    rm -rf "$W/bad" && cp -R "$W/of_shortage" "$W/bad"
    cp "$W/line_cut/$file" "$W/bad/$file"
    refuted "$file of another scenario" "$TINY/shortage" "bad/"
done
rm -rf "$W/bad" && cp -R "$W/line_cut" "$W/bad"
sed 's/"scenario": "line_cut"/"scenario": null/' "$W/line_cut/result.json" >"$W/bad/result.json"
refuted "a whole result of a scenario that says it is the base" "$TINY/shortage" "bad/"
rm -rf "$W/bad" && cp -R "$W/of_shortage" "$W/bad"
sed 's/"scenario": null/"scenario": "line_cut"/' "$W/of_shortage/result.json" >"$W/bad/result.json"
refuted "a whole result of the base that says it is a scenario" "$TINY/shortage" "bad/"
rm -rf "$W/bad" && cp -R "$W/of_shortage" "$W/bad"
refuted "a result of another case" "$TINY/two_path" "bad/"
printf 'p min 2 1\nn 1 7\nn 2 -7\na 1 2 0 9 3\n' >"$W/one.min"
expect 0 "an instance is solved" solve "$W/one.min" --quiet --out "$W/one"
expect 0 "the result of an instance is proven" verify "$W/one.min" "$W/one"
refuted "a result of a case for an instance" "$W/one.min" "bad/"
for change in 's/9 3/9 4/' 's/9 3/6 3/' 's/7$/6/' 's/0 9 3/8 9 3/'; do
    sed "$change" "$W/one.min" >"$W/other.min"
    rm -rf "$W/bad" && cp -R "$W/one" "$W/bad"
    run verify "$W/other.min" "$W/bad"
    holds "an instance changed by $change after the solve is not verified" test "$code" -eq 8
done

# ---- a table changed after the solve, any of them, by any byte
copy_case shortage
expect 0 "a copy of the case is the same case" verify "$case_copy" "$W/of_shortage"
for change in "link s/,Mt,10,5,/,Mt,10,5.0,/" "link s/,Mt,10,5,/,Mt,11,5,/" "node s/Field/Well/" "supply s/,2,2,0,30,/,2,2,0,31,/" \
    "demand s/,4,3,6,/,4,2,6,/" "commodity s/,60,1,hazard/,61,1,hazard/" "mode s/0.03/0.04/" "config s/2025/2026/" \
    "scenario s/washed/x/;s/Line/line/" "scenario_change s/1.5/1.6/"; do
    table=${change%% *}
    copy_case shortage
    sed "${change#* }" "$TINY/shortage/$table.csv" >"$case_copy/$table.csv"
    rm -rf "$W/bad" && cp -R "$W/of_shortage" "$W/bad"
    refuted "table $table changed after the solve (${change#* })" "$case_copy" "another version of table '$table'"
    # and with the sum of the table in result.json corrected, where the table bears on the answer
    case $table in
    link | supply | demand)
        [ "$change" = "link s/,Mt,10,5,/,Mt,10,5.0,/" ] && continue
        cat >"$W/sum.py" <<'PY'
import hashlib, json, sys
path, table, file = sys.argv[1:]
result = json.load(open(path))
result["inputs"][table] = hashlib.sha256(open(file, "rb").read()).hexdigest()
json.dump(result, open(path, "w"))
PY
        python3 "$W/sum.py" "$W/bad/result.json" "$table" "$case_copy/$table.csv"
        refuted "table $table changed after the solve and its sum corrected (${change#* })" "$case_copy" "bad/"
        ;;
    esac
done
copy_case shortage
printf 'group_id,name,flow_unit,capacity_per_y\n' >"$case_copy/capacity_group.csv"
rm -rf "$W/bad" && cp -R "$W/of_shortage" "$W/bad"
refuted "a table added after the solve" "$case_copy" "another version of table 'capacity_group'"
copy_case shortage
rm "$case_copy/config.csv"
refuted "a table removed after the solve" "$case_copy" "another version of table 'config'"

# ---- a lie that fits together: optimal for a case that is not this one
copy_case two_path
sed '/^A_B/s/,6,10,/,6,30,/' "$TINY/two_path/link.csv" >"$case_copy/link.csv"
expect 0 "a case with another cost is solved" solve "$case_copy" --quiet --out "$W/bad"
expect 0 "the case itself is solved" solve "$TINY/two_path" --quiet --out "$W/of_two_path"
python3 - "$W/bad/result.json" "$W/of_two_path/result.json" <<'PY'
import json, sys
bad, good = (json.load(open(p)) for p in sys.argv[1:])
bad["inputs"] = good["inputs"]
json.dump(bad, open(sys.argv[1], "w"))
PY
refuted "the optimum of other costs under the sums of this case" "$TINY/two_path" "bad/"

# the same with the plan that ramps are measured against: what reference_plan gives is not for the result to choose
copy_case ramp
sed 's/,0\.5$/,1/' "$TINY/ramp/reference_plan.csv" >"$case_copy/reference_plan.csv"
rm -rf "$W/bad"
expect 0 "a case with another plan is solved" solve "$case_copy" --quiet --out "$W/bad"
expect 0 "the case itself is solved" solve "$TINY/ramp" --quiet --out "$W/of_ramp"
python3 - "$W/bad/result.json" "$W/of_ramp/result.json" <<'PY'
import re, sys
bad, good = (open(p).read() for p in sys.argv[1:])
inputs = re.compile(r'"inputs": \{.*?\}', re.S)
open(sys.argv[1], "w").write(inputs.sub(lambda m: inputs.search(good).group(0), bad))
PY
refuted "the optimum of another plan under the sums of this case" "$TINY/ramp" "bad/plan.csv"

# solve itself refuses to call verified what it cannot read back
expect 0 "--no-verify writes the same bytes" solve "$TINY/two_path" --quiet --no-verify --out "$W/unverified"
holds "--no-verify writes the same bytes" diff -r "$W/of_two_path" "$W/unverified"
done_testing
