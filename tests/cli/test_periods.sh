#!/bin/sh
# Periods and the plan of ramps: the horizon cut anew, --reference, and what results say of both.
. "$(dirname "$0")/lib.sh"

cost_of()
{
    json_key "$1/result.json" objective
}

# ---- --periods
expect 0 "a case is solved by its own periods" solve "$TINY/periods_storage" --quiet --out "$W/own"
same "its own periods" "$(json_key "$W/own/result.json" periods)" 3
same "the result names no cut" "$(json_key "$W/own/result.json" cut)" null
# 219 days from 2025-01-01: 1, 8, 32 and 219 pieces
for cut in year:1 month:8 week:32 day:219; do
    n=${cut#*:} cut=${cut%:*}
    expect 0 "by $cut" solve "$TINY/periods_storage" --periods "$cut" --json --out "$W/$cut"
    out_has "by $cut: there are $n periods" "\"periods\":$n,"
    same "by $cut: the result names the cut" "$(json_key "$W/$cut/result.json" cut)" "$cut"
    same "by $cut: the horizon is as long as it was" "$(json_key "$W/$cut/result.json" horizon_days)" 219
    expect 0 "by $cut: the result is proven" verify "$TINY/periods_storage" "$W/$cut"
done
# nothing is scarce; months and weeks have a short last piece, in which less arrives than is wanted
same "the whole horizon as one period costs the same" "$(cost_of "$W/year")" 243
same "days cost the same, but for the rounding of 219 costs of holding" "$(printf '%.3f' "$(cost_of "$W/day")")" 243.000
same "a month of the result is a calendar month" \
    "$(sed -n '2,$p' "$W/month/storage_use.csv" | cut -d, -f6 | tr '\n' ' ')" \
    "2025-01 2025-02 2025-03 2025-04 2025-05 2025-06 2025-07 2025-08 "
expect 0 "a scenario by days" solve "$TINY/periods_storage" --scenario outage --periods day --quiet --out "$W/outage"
expect 0 "a scenario by days is proven" verify "$TINY/periods_storage" "$W/outage"
expect 0 "a tour by months" scenarios "$TINY/periods_storage" --periods month --quiet --out "$W/tour"
for id in base outage; do
    expect 0 "a tour by months: $id is proven" verify "$TINY/periods_storage" "$W/tour/$id"
    same "a tour by months: $id names the cut" "$(json_key "$W/tour/$id/result.json" cut)" month
done
expect 0 "a model by weeks" convert "$TINY/periods_storage" "$W/weeks.mps" --periods week
holds "a model by weeks has columns of all weeks" grep -q ':2025-W32 ' "$W/weeks.mps"
expect 0 "a case without dates is a year" solve "$TINY/two_path" --periods year --json
out_has "at the same cost" '"objective":360,'
for cut in month week day; do
    expect 3 "a case without dates has no ${cut}s" solve "$TINY/two_path" --periods $cut --out "$W/none"
    err_has "the table that is missing is named" "two_path/period.csv:1:1: found no such table"
    absent "nothing is written" "$W/none"
done
expect 2 "an instance has no periods" solve "$HERE/two_arcs.min" --periods month --out "$W/none"
err_has "an instance has no periods" "an instance file has no periods"

# ---- --reference
expect 0 "ramp, base" solve "$TINY/ramp" --quiet --out "$W/ramp"
expect 0 "reference_plan comes before --reference" solve "$TINY/ramp" --scenario main_out --reference "$W/ramp" --quiet --out "$W/r"
same "reference_plan comes before --reference" "$(cost_of "$W/r")" 183.3
copy_case ramp
sed 2,9d "$TINY/ramp/reference_plan.csv" >"$case_copy/reference_plan.csv"
expect 0 "without a plan the base has no ramps" solve "$case_copy" --quiet --out "$W/base"
same "all goes by the main line" "$(cost_of "$W/base")" 120
expect 0 "a scenario is measured against the base" solve "$case_copy" --scenario main_out --quiet --out "$W/by_base"
expect 0 "and against the base's result" solve "$case_copy" --scenario main_out --reference "$W/base" --quiet --out "$W/by_result"
# P2: 1 Mt by the other way, 2 off the plan; 1 Mt not made and missing: 10 + 15 + 2 + 20 + 100, and 40 twice
same "the cost against the base" "$(cost_of "$W/by_base")" 227
same "the cost against the base's result, to the last digit" "$(cost_of "$W/by_result")" "$(cost_of "$W/by_base")"
holds "both are the same plan" cmp "$W/by_result/plan.csv" "$W/by_base/plan.csv"
for r in by_base by_result; do
    expect 0 "a result with a plan is proven" verify "$case_copy" "$W/$r"
done
expect 0 "the base against itself" solve "$case_copy" --reference "$W/base" --quiet --out "$W/itself"
same "the base against itself costs what it costs alone" "$(cost_of "$W/itself")" 120
expect 0 "the base against the plan of the scenario" solve "$case_copy" --reference "$W/by_base" --quiet --out "$W/back"
expect 0 "is proven" verify "$case_copy" "$W/back"
same "going back from 1 Mt is held to 0.2 Mt, at 2 a t: 0.8 x 25 + 1.2 x 20 + 0.4" "$(cost_of "$W/back")" 124.4
expect 0 "a tour measures its scenarios against its base" scenarios "$case_copy" --quiet --out "$W/ramps"
same "a tour measures its scenarios against its base" "$(cost_of "$W/ramps/main_out")" 227
expect 0 "a tour with a reference" scenarios "$case_copy" --reference "$W/by_base" --quiet --out "$W/ramps2"
same "a tour with a reference: the base" "$(cost_of "$W/ramps2/base")" 124.4
expect 0 "a model has the plan too" convert "$case_copy" "$W/ramp.mps" --scenario main_out --reference "$W/base"
holds "a model has the plan too" grep -q 'ramp:R_ALT:P2' "$W/ramp.mps"
expect 3 "a plan on other periods is refused" solve "$case_copy" --reference "$W/base" --periods year
err_has "both cuts are named" "found 3 periods from .*, expected those of this solve: 1 from"
for folder in "$W/nowhere" "$case_copy" "$W/weeks.mps"; do
    run solve "$case_copy" --reference "$folder" --out "$W/none"
    holds "a reference that is no result is bad input" test "$code" -eq 3
    err_has "its table is named" "result.json"
    absent "nothing is written" "$W/none"
done
sed 's/,flow,/,volume,/' "$W/base/link_flow.csv" >"$W/t" && cp "$W/t" "$W/base/link_flow.csv"
expect 3 "a reference without flows is bad input" solve "$case_copy" --reference "$W/base"
err_has "the column is named" "link_flow.csv:1:1: found no column flow"
expect 2 "an instance has no plan" solve "$HERE/two_arcs.min" --reference "$W/ramp"
no_leftovers "nothing is left behind" "$W"

# ---- limits that no flow can reach
mkdir "$W/wide"
cp "$TINY"/policy_quota/* "$W/wide"
printf 'policy_id,kind,commodity,value,value_unit\nQ,quota,crude,900000000000000,Mt\nC,emission_cap,*,900000000000000,t\n' >"$W/wide/policy.csv"
expect 0 "a quota and a cap beyond all flows are read" solve "$W/wide" --json --out "$W/wide_out"
out_has "they cost nothing" '"objective":200,'
expect 0 "and the result is proven" verify "$W/wide" "$W/wide_out"
done_testing
