#!/bin/sh
# needs: clp, glpsol; convert: the model as files of other codes, which say the same; and .min only where there is room for it.
. "$(dirname "$0")/lib.sh"

# The objective another code finds, or nothing.
glpsol_says()
{
    glpsol --freemps "$1" -o "$W/sol" >/dev/null 2>&1 && sed -n 's/^Objective:  cost = \([^ ]*\) .*/\1/p' "$W/sol"
}
clp_says() # its own tolerance of 1e-7 is a tenth of what some goods move in a year
{
    clp "$1" -primalTolerance 1e-9 -dualTolerance 1e-9 -dualsimplex 2>/dev/null | sed -n 's/^Optimal objective \([^ ]*\).*/\1/p'
}
close_to() # FOUND EXPECTED [RELATIVE]
{
    awk -v a="$1" -v b="$2" -v e="${3:-1e-7}" 'BEGIN {
        if (a == "" || b == "") exit 1
        d = a - b; if (d < 0) d = -d; m = b < 0 ? -b : b; if (m < 1) m = 1; exit !(d <= e * m) }'
}

codes=
for tool in glpsol clp; do
    if have $tool; then codes="$codes $tool"; else skip "$tool is not installed: objectives by $tool"; fi
done

for case_dir in "$TINY"/* "$CASES/eurasia"; do
    name=$(basename "$case_dir")
    ids=$(solvable "$case_dir") cut=
    [ "$name" = eurasia ] && ids="base no_russia" cut="--periods year"
    for id in $ids; do
        # shellcheck disable=SC2086
        expect 0 "$name, $id, is written as MPS" convert "$case_dir" "$W/m.mps" --scenario "$id" $cut
        out_has "$name, $id: the command says what it wrote" "m.mps: [0-9]* arcs, [0-9]* balances, [0-9]* coupling rows"
        arcs=$(sed -n 's/.*m.mps: \([0-9]*\) arcs.*/\1/p' "$W/out")
        same "$name, $id: the file has one upper bound for every arc" "$(grep -c '^ UP bnd ' "$W/m.mps")" "$arcs"
        same "$name, $id: the file ends as MPS does" "$(tail -n 1 "$W/m.mps")" ENDATA
        expect 0 "$name, $id, is written as compressed MPS" convert "$case_dir" "$W/m.mps.gz" --scenario "$id" $cut --quiet
        out_empty "--quiet prints nothing"
        holds "$name, $id: the compressed file is sound" gzip -t "$W/m.mps.gz"
        gzip -dc "$W/m.mps.gz" >"$W/unpacked"
        holds "$name, $id: it holds the same bytes" cmp "$W/unpacked" "$W/m.mps"
        cp "$W/m.mps.gz" "$W/first.gz"
        run convert "$case_dir" "$W/m.mps.gz" --scenario "$id" $cut --quiet
        holds "$name, $id: written twice, the same bytes" cmp "$W/first.gz" "$W/m.mps.gz"
        run solve "$case_dir" --scenario "$id" $cut --json
        ours=$(sed 's/.*"objective":\([^,]*\),.*/\1/' "$W/out")
        expect 0 "$name, $id: what was written is solved as a linear program" solve "$W/m.mps.gz" --json
        back=$(sed 's/.*"objective":\([^,]*\),.*/\1/' "$W/out")
        holds "$name, $id: at the same cost ($back, ours $ours)" close_to "$back" "$ours"
        for tool in $codes; do
            theirs=$("${tool}_says" "$W/m.mps")
            close=1e-7
            [ "$name.$tool" = eurasia.glpsol ] && close=1e-6 # its tolerance cannot be set
            holds "$name, $id: $tool finds the same cost ($theirs, ours $ours)" close_to "$theirs" "$ours" $close
        done
    done
done
if have glpsol; then
    expect 0 "a compressed model" convert "$TINY/shortage" "$W/m.mps.gz" --quiet
    holds "glpsol reads the compressed file as it is" close_to "$(glpsol_says "$W/m.mps.gz")" 498
fi
no_leftovers "convert leaves no temporary files" "$W"

# ---- .min: one commodity, no coupling rows
for name in two_path shared_link shortage transfer_port conversion periods_storage; do
    expect 3 "$name has coupling rows and is refused as .min" convert "$TINY/$name" "$W/no.min"
    err_has "$name: the message says why" 'commodities and .* coupling rows, expected one commodity and none'
    absent "$name: no file is left" "$W/no.min"
done
expect 0 "contract_split is one network, its layers included" convert "$TINY/contract_split" "$W/split.min"
expect 0 "and is solved as one" solve "$W/split.min" --json
# 230 million USD in units of 10^-12 Mt and 10^-6 USD/t
holds "at the cost of the case" close_to "$(sed -n 's/.*"objective":\([^,]*\),.*/\1/p' "$W/out")" 230e18
copy_case two_path
sed 's/,Mt,[68],/,Mt,100,/' "$TINY/two_path/link.csv" >"$case_copy/link.csv"
for ending in min min.gz; do
    expect 0 "a case of one commodity with room on all links is written as .$ending" convert "$case_copy" "$W/free.$ending"
    expect 0 "what was written as .$ending can be read and solved" solve "$W/free.$ending" --json
    # 10 Mt at 20 + 10 = 300 million USD, in the units of the first line of the file
    if [ $ending = min ]; then cp "$W/free.min" "$W/t"; else gzip -dc "$W/free.min.gz" >"$W/t"; fi
    places=$(sed -n 's/^c .*10^-\([0-9]*\) (flow) .*10^-\([0-9]*\) (cost).*/\1 + \2/p' "$W/t")
    theirs=$(sed -n 's/.*"objective":\([^,]*\),.*/\1/p' "$W/out")
    holds "the cost is that of the case" close_to "$(awk -v v="${theirs:-0}" -v p="$places" \
        'BEGIN { split(p, q, " [+] "); print v / 10 ^ (q[1] + q[2]) }')" 300
done
expect 0 "an instance goes round" convert "$HERE/two_arcs.min" "$W/a.min" --quiet
expect 0 "an instance goes round twice" convert "$W/a.min" "$W/b.min" --quiet
holds "the second time nothing changes" cmp "$W/a.min" "$W/b.min"
for file in "$HERE/two_arcs.min" "$W/a.min"; do
    expect 0 "$(basename "$file") is solved" solve "$file" --json
    out_has "$(basename "$file") costs 6 x 10 + 4 x 25" '"objective":160,'
done
# lower bounds, several sources, a loop, a place that nobody uses, negative costs, and a comment
cat >"$W/rich.min" <<'FILE'
c comments anywhere
p min 6 8

n 1 7
n 2 3
c here
n 4 -10
a 1 3 2 9 4
a 2 3 0 9 -1
a 3 4 0 9 2
a 1 4 1 4 7
a 2 4 0 9 8
a 3 3 0 5 1
a 4 1 0 3 -2
a 2 1 0 2 0
FILE
run solve "$W/rich.min" --json
same "a richer instance is solved" "$code" 0
ours=$(sed 's/.*"objective":\([^,]*\),.*/\1/' "$W/out")
expect 0 "a richer instance goes round" convert "$W/rich.min" "$W/a.min" --quiet
expect 0 "and is solved" solve "$W/a.min" --json
out_has "at the same cost" "\"objective\":$ours,"
expect 0 "a richer instance as MPS" convert "$W/rich.min" "$W/m.mps" --quiet
for tool in $codes; do
    theirs=$("${tool}_says" "$W/m.mps")
    holds "a richer instance: $tool finds the same cost ($theirs, ours $ours)" close_to "$theirs" "$ours"
done
cat >"$W/two.mmcf" <<'FILE'
p mmcf 2 3 6 2
n 0 0 2.5
n 0 2 -2.5
n 1 0 3
n 1 2 -3
j 0 4.25
j 1 100
a 0 0 1 1 -1 0 1
a 0 1 2 1 -1 -1 1
a 0 0 2 5 -1 1 1
a 1 0 1 1.5 -1 0 0.5
a 1 1 2 1 2 -1 1
a 1 0 2 4 -1 1 1
FILE
run solve "$W/two.mmcf" --json
ours=$(sed 's/.*"objective":\([^,]*\),.*/\1/' "$W/out")
# 2.5 x 2 for the first; of the second 2 at 2.5 and 1 at 4
same "two commodities on a joint row cost 14" "$ours" 14
expect 3 "two commodities are refused as .min" convert "$W/two.mmcf" "$W/no.min"
absent "no file is left" "$W/no.min"
expect 0 "two commodities as MPS" convert "$W/two.mmcf" "$W/m.mps.gz" --quiet
gzip -dc "$W/m.mps.gz" >"$W/m.mps"
for tool in $codes; do
    holds "two commodities: $tool finds the same cost" close_to "$("${tool}_says" "$W/m.mps")" "$ours"
done

# ---- names of files
for file in "$W/m" "$W/m.lp" "$W/m.mps.bz2" "$W/m.gz" "$W/mps"; do
    run convert "$TINY/two_path" "$file"
    holds "$(basename "$file") is refused as usage or input" test "$code" -eq 2 -o "$code" -eq 3
    err_has "$(basename "$file"): the message says what is expected" 'expected .mps, .mps.gz, .min or .min.gz'
    absent "$(basename "$file") is not written" "$file"
done
echo old >"$W/m.mps"
expect 0 "an earlier file is replaced" convert "$TINY/two_path" "$W/m.mps" --quiet
same "an earlier file is replaced whole" "$(head -n 1 "$W/m.mps")" "NAME steppe"
echo old >"$W/m.mps"
expect 3 "a wrong scenario is bad input" convert "$TINY/two_path" "$W/m.mps" --scenario nowhere
same "the earlier file is as it was" "$(cat "$W/m.mps")" old
expect 0 "--json" convert "$TINY/two_path" "$W/m.mps" --json
holds "--json prints one valid JSON line and no sentence" one_json_line
done_testing
