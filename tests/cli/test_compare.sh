#!/bin/sh
# compare: what two results of a case differ in, by the numbers; and what it refuses.
. "$(dirname "$0")/lib.sh"

for name in two_path transfer_port shortage; do
    expect 0 "$name is toured" scenarios "$TINY/$name" --quiet --out "$W/$name"
done

# cell FILE KEY COLUMN: of the row that begins with the key
cell()
{
    awk -F, -v key="$2" -v want="$3" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == want) c = i }
        NR > 1 && index($0, key ",") == 1 { print $c }' "$1"
}
# change FILE KEY BEFORE AFTER CHANGE
change()
{
    for word in "before $3" "after $4" "change $5"; do
        same "$1: $2: ${word% *}" "$(cell "$W/c/$1" "$2" "${word% *}")" "${word#* }"
    done
}

expect 0 "two_path: base and cheap_half are compared" compare "$W/two_path/base" "$W/two_path/cheap_half" --out "$W/c"
out_has "the screen names both" 'base -> cheap_half'
out_has "the screen has the cost" 'total  *360.*405.*+45'
out_has "the screen has the percentage" '(+12.5 %)'
same "the tables are the nine and result.json" "$(ls "$W/c" | tr '\n' ' ')" \
    "change_commodity.csv change_country.csv change_exit.csv change_extra.csv change_link.csv change_price.csv \
change_route.csv change_shortage.csv change_shut_in.csv result.json "
change change_link.csv A_B,crude,forward 6 3 -3
change change_link.csv A_C,crude,forward 4 7 3
change change_link.csv C_B,crude,forward 4 7 3
same "nothing else moves" "$(wc -l <"$W/c/change_link.csv" | tr -d ' ')" 4
for table in commodity country exit extra shortage shut_in price route; do
    same "change_$table.csv has no rows where nothing changes" "$(wc -l <"$W/c/change_$table.csv" | tr -d ' ')" 1
done
same "result.json has the cost before" "$(json_key "$W/c/result.json" objective_before)" 360.000000
same "result.json has the cost after" "$(json_key "$W/c/result.json" objective_after)" 405.000000
same "result.json names what was compared" "$(json_key "$W/c/result.json" before) $(json_key "$W/c/result.json" after)" \
    "base cheap_half"
# the other way round: all signs turn, and the earlier comparison is replaced
expect 0 "the other way round" compare "$W/two_path/cheap_half" "$W/two_path/base" --quiet --out "$W/c"
out_empty "--quiet prints nothing"
err_empty "--quiet prints nothing on standard error"
change change_link.csv A_B,crude,forward 3 6 3
change change_link.csv A_C,crude,forward 7 4 -3
expect 0 "a result and itself" compare "$W/two_path/base" "$W/two_path/base" --out "$W/c"
for table in link commodity country exit extra shortage shut_in price route; do
    same "a result and itself: change_$table.csv has no rows" "$(wc -l <"$W/c/change_$table.csv" | tr -d ' ')" 1
done

expect 0 "transfer_port: base and strike" compare "$W/transfer_port/base" "$W/transfer_port/strike" --out "$W/c"
change change_link.csv F_P,crude,forward 7 3.5 -3.5
change change_link.csv P_M,crude,forward 5 3.5 -1.5
change change_link.csv P_B,crude,forward 2 0 -2
change change_link.csv F_B,crude,forward 2 5.5 3.5
change change_link.csv B_M,crude,forward 4 5.5 1.5
change change_country.csv AZ,crude 4 5.5 1.5
same "the importer gets as much as before" "$(cell "$W/c/change_country.csv" GE,crude change)" ""
out_has "the screen has the cost" 'total  *197.*215.*+18'

expect 0 "shortage: base and line_cut" compare "$W/shortage/base" "$W/shortage/line_cut" --out "$W/c"
change change_shortage.csv D_HOME,crude,"Home market" 1 2.5 1.5
change change_shortage.csv D_FUEL,fuel,"Export market" 1 2 1
change change_shut_in.csv S_OIL,crude,Field 0 0.5 0.5
change change_shut_in.csv S_FUEL,fuel,Field 1 2 1
change change_commodity.csv crude,Mt 9 7.5 -1.5
change change_commodity.csv fuel,Mt 1 0 -1
change change_price.csv "link:A_H,Line home" 0 -225 -225
out_has "the screen has the shortage" 'Home market'

# ---- what differs in kind
expect 0 "results of two cases can be compared" compare "$W/two_path/base" "$W/shortage/base"
err_has "results of two cases: a note says so" 'note: the results are of different cases: two_path and shortage'
expect 0 "results of one case give no such note" compare "$W/two_path/base" "$W/two_path/cheap_half"
holds "results of one case give no such note" sh -c "! grep -q 'different cases' '$W/err'"
expect 0 "--json" compare "$W/two_path/base" "$W/two_path/cheap_half" --json
holds "--json prints one valid JSON line and no summary" one_json_line

# ---- what is refused
expect 3 "a missing folder before is refused" compare "$W/nowhere" "$W/two_path/base" --out "$W/none"
err_has "the missing folder is named" nowhere
expect 3 "a missing folder after is refused" compare "$W/two_path/base" "$W/nowhere" --out "$W/none"
err_has "the missing folder is named" nowhere
expect 3 "a case is no result" compare "$TINY/two_path" "$W/two_path/base" --out "$W/none"
expect 3 "a comparison is no result" compare "$W/c" "$W/shortage/base" --out "$W/none"
expect 3 "a tour is no result" compare "$W/two_path" "$W/two_path/base" --out "$W/none"
absent "a refused comparison leaves no folder" "$W/none"

cut_case()
{
    rm -rf "$W/cut"
    cp -R "$W/shortage/line_cut" "$W/cut"
}
for file in route link_flow demand_use supply_use capacity; do
    cut_case
    rm "$W/cut/$file.csv"
    expect 3 "a result without $file.csv is refused" compare "$W/shortage/base" "$W/cut" --out "$W/none"
    err_has "$file.csv is named" "cut/$file.csv"
    cut_case
    : >"$W/cut/$file.csv"
    expect 3 "a result with an empty $file.csv is refused" compare "$W/shortage/base" "$W/cut" --out "$W/none"
    cut_case
    size=$(wc -c <"$W/shortage/line_cut/$file.csv")
    head -c $((size - 12)) "$W/shortage/line_cut/$file.csv" >"$W/cut/$file.csv"
    expect 3 "$file.csv cut within a row is refused" compare "$W/shortage/base" "$W/cut" --out "$W/none"
    err_has "$file.csv is named" "cut/$file.csv"
    cut_case
    sed '$d' "$W/shortage/line_cut/$file.csv" >"$W/cut/$file.csv"
    expect 3 "$file.csv without its last row is refused" compare "$W/shortage/base" "$W/cut" --out "$W/none"
    absent "no comparison is left" "$W/none"
    rm -rf "$W/none"
done
cut_case
rm "$W/cut/result.json"
expect 3 "a result without result.json is refused" compare "$W/shortage/base" "$W/cut" --out "$W/none"
for part in 0 1 100 400; do
    head -c $part "$W/shortage/line_cut/result.json" >"$W/cut/result.json"
    expect 3 "result.json cut after $part bytes is refused" compare "$W/shortage/base" "$W/cut" --out "$W/none"
    err_has "result.json is named" "cut/result.json:[0-9]*:[0-9]*: found "
done
no_leftovers "comparisons leave no temporary files" "$W"
done_testing
