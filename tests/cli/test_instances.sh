#!/bin/sh
# Instance files from the command line: solved, written, proven; and every way a file can be wrong.
. "$(dirname "$0")/lib.sh"

expect 0 "a .min file is solved" solve "$HERE/two_arcs.min" --out "$W/r"
out_has "its cost is on the screen" '^Objective 160$'
out_has "with the proof" 'Proven optimal: exact gap 0 '
expect 0 "its result is proven" verify "$HERE/two_arcs.min" "$W/r"
same "its flows are named by arc" "$(sed 1d "$W/r/flow.csv" | cut -d, -f1,4 | tr '\n' ' ')" "k0:arc:1,6 k0:arc:2,4 "
expect 0 "--quiet" solve "$HERE/two_arcs.min" --quiet
out_empty "--quiet prints nothing"
expect 0 "--json" solve "$HERE/two_arcs.min" --json
holds "--json prints one valid JSON line" one_json_line
gzip -c "$HERE/two_arcs.min" >"$W/two_arcs.min.gz"
awk '{ printf "%s\r\n", $0 }' "$HERE/two_arcs.min" >"$W/crlf.min"
expect 0 "a .min.gz file is solved" solve "$W/two_arcs.min.gz" --json
out_has "at the same cost" '"objective":160,'
expect 0 "a file with CRLF is solved" solve "$W/crlf.min" --json
out_has "at the same cost" '"objective":160,'
expect 0 "the result is proven with the compressed file" verify "$W/two_arcs.min.gz" "$W/r"
printf 'p mmcf 1 2 2 1\nn 0 0 10\nn 0 1 -10\nj 0 6\na 0 0 1 10 -1 0 1\na 0 0 1 25 8 -1 1\n' >"$W/m.mmcf"
expect 0 "a .mmcf file is solved" solve "$W/m.mmcf" --json --out "$W/m"
out_has "at the same cost" '"objective":160,'
expect 0 "its result is proven" verify "$W/m.mmcf" "$W/m"
gzip -c "$W/m.mmcf" >"$W/m.mmcf.gz"
expect 0 "a .mmcf.gz file is solved" solve "$W/m.mmcf.gz" --json
out_has "at the same cost" '"objective":160,'
for threads in 1 2 8; do
    expect 0 "with $threads threads" solve "$W/m.mmcf" --threads $threads --quiet --out "$W/threads$threads"
    holds "with $threads threads: the same bytes" diff -r "$W/m" "$W/threads$threads"
done
cp "$HERE/two_arcs.min" "$W/two_arcs.mcfmin"
expect 0 "a .min file under its other name is solved" solve "$W/two_arcs.mcfmin" --json
out_has "at the same cost" '"objective":160,'
cp "$W/two_arcs.min.gz" "$W/two_arcs.mcfmin.gz"
expect 0 "and compressed" solve "$W/two_arcs.mcfmin.gz" --json
out_has "at the same cost" '"objective":160,'

# ---- linear programs
cat >"$W/lp.mps" <<'FILE'
* two ways from A to B, of which R lets 6 through
NAME          TWO
ROWS
 N  COST
 E  A
 E  B
 L  R
COLUMNS
    CHEAP     COST            10.0   A                1.0
    CHEAP     B               -1.0   R                0.5
    DEAR      COST            25.0   A                1.0
    DEAR      B               -1.0
RHS
    RHS       A               10.0   B              -10.0
    RHS       R                3.0
ENDATA
FILE
expect 0 "a .mps file is solved" solve "$W/lp.mps" --out "$W/lp"
out_has "its cost is on the screen" '^Objective 160$'
out_has "the full row is named as in the file" '^  R  .* 30.00 USD per unit'
expect 0 "its result is proven" verify "$W/lp.mps" "$W/lp"
same "its flows are named as in the file" "$(sed 1d "$W/lp/flow.csv" | cut -d, -f1,4 | tr '\n' ' ')" "CHEAP,6 DEAR,4 "
gzip -c "$W/lp.mps" >"$W/lp.mps.gz"
expect 0 "a .mps.gz file is solved" solve "$W/lp.mps.gz" --json
out_has "at the same cost" '"objective":160,'
expect 0 "the result is proven with the compressed file" verify "$W/lp.mps.gz" "$W/lp"
expect 0 "it goes round" convert "$W/lp.mps" "$W/a.mps" --quiet
expect 0 "it goes round twice" convert "$W/a.mps" "$W/b.mps" --quiet
holds "the second time nothing changes" cmp "$W/a.mps" "$W/b.mps"
expect 0 "what was written is solved" solve "$W/a.mps" --json
out_has "at the same cost" '"objective":160,'
expect 0 "an instance of many commodities as MPS" convert "$W/m.mmcf" "$W/m.mps.gz" --quiet
expect 0 "is solved" solve "$W/m.mps.gz" --json
out_has "with its commodities" '"objective":160,.*"commodities":1,.*"nodes":2,.*"coupling_rows":1,'
for threads in 1 2 8; do
    expect 0 "with $threads threads" solve "$W/lp.mps" --threads $threads --quiet --out "$W/threads$threads"
    holds "with $threads threads: the same bytes" diff -r "$W/lp" "$W/threads$threads"
done
sed 's/ 10.0   B              -10.0/  10.0   B               -9.0/' "$W/lp.mps" >"$W/odd.mps"
expect 4 "one that asks for more than comes is infeasible" solve "$W/odd.mps" --out "$W/no"
absent "no result" "$W/no"
run solve "$HERE/two_arcs.min" --scenario cheap_half
holds "a scenario of an instance is refused" test "$code" -eq 2 -o "$code" -eq 3
err_has "with the reason" 'an instance file has no scenarios'
printf 'p min 3 0\n' >"$W/none.min"
expect 0 "an instance in which nothing has to move is solved" solve "$W/none.min" --json --out "$W/none"
out_has "at no cost" '"objective":0,'
expect 0 "and proven" verify "$W/none.min" "$W/none"

for empty in 0 1 2; do
    a=$(((empty + 1) % 3)) b=$(((empty + 2) % 3))
    printf 'p mmcf 3 2 2 1\nn %d 0 4\nn %d 1 -4\nn %d 0 1\nn %d 1 -1\nj 0 9\na %d 0 1 1 -1 0 1\na %d 0 1 1 -1 0 1\n' \
        $a $a $b $b $a $b >"$W/idle.mmcf"
    expect 0 "commodity $empty of three with neither nodes nor arcs" solve "$W/idle.mmcf" --json --out "$W/idle"
    out_has "commodity $empty of three with neither nodes nor arcs costs nothing" '"objective":5,'
    expect 0 "commodity $empty of three with neither nodes nor arcs: the result is proven" verify "$W/idle.mmcf" "$W/idle"
done

# An overflow must not pass as an answer: 10^15 x 1 on a row of 5 does not fit, so the second arc is taken.
printf 'p mmcf 1 2 2 1\nn 0 0 1\nn 0 1 -1\nj 0 5\na 0 0 1 1 -1 0 1000000000000000\na 0 0 1 2 -1 0 0.000000000001\n' >"$W/wide.mmcf"
run solve "$W/wide.mmcf" --json
case $code in
0) out_has "weights of 10^15 and 10^-12 on one row are solved rightly or refused" '"objective":2,' ;;
3) pass ;;
*) fail "weights of 10^15 and 10^-12 on one row are solved rightly or refused" && show_last ;;
esac
# Without bounds of their own two arcs in a circle of negative cost have no optimum.
printf 'p mmcf 1 2 2 0\nn 0 0 1\nn 0 1 -1\na 0 0 1 1 -1 -1 1\na 0 1 0 -3 -1 -1 1\n' >"$W/circle.mmcf"
run solve "$W/circle.mmcf" --json
holds "a circle of negative cost without bounds is not called optimal" sh -c "! grep -q optimal '$W/out'"

# wrong SENTENCE ENDING PLACE TEXT: the file is bad input, the fault at PLACE (row:column)
wrong()
{
    rm -rf "$W/no"
    printf "$4" >"$W/wrong.$2"
    expect 3 "$1 is bad input" solve "$W/wrong.$2" --out "$W/no"
    err_has "$1 is named with its place" "wrong.$2:$3: found .*, expected "
    out_empty "$1: nothing on standard output"
    absent "$1: no result" "$W/no"
}
head_min='p min 2 1\nn 1 4\nn 2 -4\n'
wrong "an empty file" min 1:1 ''
wrong "nothing but comments" min 3:1 'c one\nc two\n'
wrong "a file without its first line" min 1:1 'n 1 4\nn 2 -4\na 1 2 0 5 1\n'
wrong "another kind of problem" min 1:2 'p max 2 1\na 1 2 0 5 1\n'
wrong "a first line that ends early" min 1:4 'p min 2\n'
wrong "a first line with a word" min 1:3 'p min two 1\n'
wrong "a negative number of nodes" min 1:3 'p min -2 1\n'
wrong "a number of arcs beyond all memory" min 1:1 'p min 2 900000000000\na 1 2 0 5 1\n'
wrong "a second first line" min 5:1 "${head_min}a 1 2 0 5 1\np min 2 1\n"
wrong "an unknown line" min 4:1 "${head_min}x 1 2 0 5 1\n"
wrong "a joint row in a .min file" min 4:1 "${head_min}j 0 5\na 1 2 0 5 1\n"
wrong "a node of number 0" min 2:2 'p min 2 1\nn 0 4\nn 2 -4\na 1 2 0 5 1\n'
wrong "a node beyond the last" min 4:3 "${head_min}a 1 3 0 5 1\n"
wrong "a node that is a word" min 4:2 "${head_min}a one 2 0 5 1\n"
wrong "a node with decimals" min 4:2 "${head_min}a 1.5 2 0 5 1\n"
wrong "a supply that is a word" min 2:3 'p min 2 1\nn 1 four\nn 2 -4\na 1 2 0 5 1\n'
wrong "a supply that is missing" min 2:3 'p min 2 1\nn 1\nn 2 -4\na 1 2 0 5 1\n'
wrong "a supply with decimals where integers are wanted" min 2:3 'p min 2 1\nn 1 4.5\nn 2 -4.5\na 1 2 0 5 1\n'
wrong "a supply given twice" min 3:2 'p min 2 1\nn 1 4\nn 1 4\nn 2 -4\na 1 2 0 5 1\n'
wrong "supplies that do not sum to zero" min 1:1 'p min 2 1\nn 1 4\nn 2 -3\na 1 2 0 5 1\n'
wrong "an arc that ends early" min 4:6 "${head_min}a 1 2 0 5\n"
wrong "an arc with nothing" min 4:2 "${head_min}a\n"
wrong "a cost that is a word" min 4:6 "${head_min}a 1 2 0 5 free\n"
wrong "a cost with decimals where integers are wanted" min 4:6 "${head_min}a 1 2 0 5 1.5\n"
wrong "a capacity below the lower bound" min 4:5 "${head_min}a 1 2 6 5 1\n"
wrong "a capacity beyond 64 bits" min 4:5 "${head_min}a 1 2 0 99999999999999999999 1\n"
wrong "fewer arcs than said" min '4:1' 'p min 2 2\nn 1 4\nn 2 -4\na 1 2 0 5 1\n'
wrong "more arcs than said" min 5:1 "${head_min}a 1 2 0 5 1\na 1 2 0 5 1\n"
wrong "a file cut in the middle of a line" min 4:4 "${head_min}a 1 2"

head_mmcf='p mmcf 2 3 1 1\nn 0 0 4\nn 0 1 -4\nj 0 9\n'
wrong "a first line that ends early" mmcf 1:6 'p mmcf 2 3 1\n'
wrong "no commodities" mmcf 1:3 'p mmcf 0 3 1 1\n'
wrong "too many commodities" mmcf 1:3 'p mmcf 99999999 3 1 1\n'
wrong "a commodity beyond the last" mmcf 5:2 "${head_mmcf}a 2 0 1 1 -1 0 1\n"
wrong "a negative commodity" mmcf 5:2 "${head_mmcf}a -1 0 1 1 -1 0 1\n"
wrong "a node beyond the last" mmcf 5:4 "${head_mmcf}a 0 0 3 1 -1 0 1\n"
wrong "a joint row beyond the last" mmcf 5:7 "${head_mmcf}a 0 0 1 1 -1 1 1\n"
wrong "a weight that is missing" mmcf 5:8 "${head_mmcf}a 0 0 1 1 -1 0\n"
wrong "a weight that is a word" mmcf 5:8 "${head_mmcf}a 0 0 1 1 -1 0 heavy\n"
wrong "a cost that is nan" mmcf 5:5 "${head_mmcf}a 0 0 1 nan -1 0 1\n"
wrong "a bound that is inf" mmcf 5:6 "${head_mmcf}a 0 0 1 1 inf 0 1\n"
wrong "a bound beyond 10^15" mmcf 5:6 "${head_mmcf}a 0 0 1 1 1e16 0 1\n"
wrong "a negative joint capacity" mmcf 4:3 'p mmcf 2 3 1 1\nn 0 0 4\nn 0 1 -4\nj 0 -9\na 0 0 1 1 -1 0 1\n'
wrong "a joint capacity that is missing" mmcf 1:1 'p mmcf 1 2 1 1\nn 0 0 4\nn 0 1 -4\na 0 0 1 1 -1 0 1\n'
wrong "a joint capacity given twice" mmcf 5:2 "${head_mmcf}j 0 8\na 0 0 1 1 -1 0 1\n"
wrong "supplies of one commodity that do not sum to zero" mmcf 1:1 "${head_mmcf}n 1 0 4\na 0 0 1 1 -1 0 1\n"
wrong "a .min file under the name .mmcf" mmcf '[0-9]*:[0-9]*' 'p min 2 x\n'

head_mps='NAME\nROWS\n N c\n E A\n E B\nCOLUMNS\n x c 1 A 1\n x B -1\n'
wrong "an empty file" mps 1:1 ''
wrong "an instance of another kind" mps 1:1 'p min 2 1\n'
wrong "a file without its end" mps 11:1 "${head_mps}RHS\n r A 1 B -1\n"
wrong "a file cut in the middle of a line" mps '8:3' 'NAME\nROWS\n N c\n E A\n E B\nCOLUMNS\n x c 1 A 1\n x B'
wrong "an unknown row" mps 10:2 "${head_mps}RHS\n r Z 1\nENDATA\n"
wrong "an unknown column" mps 10:3 "${head_mps}BOUNDS\n UP b z 1\nENDATA\n"
wrong "a quadratic part" mps 9:1 "${head_mps}QUADOBJ\n x x 1\nENDATA\n"
wrong "an integer bound" mps 10:1 "${head_mps}BOUNDS\n BV b x\nENDATA\n"
wrong "more than 12 decimals" mps 10:4 "${head_mps}BOUNDS\n UP b x 0.1234567890123\nENDATA\n"
wrong "a column that nothing bounds and that pays" mps 7:1 'NAME\nROWS\n N c\n E A\n E B\nCOLUMNS\n x c -1 A 1\n x B -1\n y A -1 B 1\nENDATA\n'
wrong "a program that is no network" mps 8:3 'NAME\nROWS\n N c\n L A\n L B\nCOLUMNS\n x A 2 B 3\n y A 1 B 5\nENDATA\n'

# several faults, one run
printf 'p min 2 2\nn 1 four\nn 9 -4\na 1 2 0 five 1\na 1 2 0\n' >"$W/many.min"
expect 3 "many faults are bad input" solve "$W/many.min"
for place in 2:3 3:2 4:5 5:5 5:6; do
    err_has "the fault at $place is reported in the same run" "many.min:$place: found "
done

# files that are no text
expect 3 "a file that is not there" solve "$W/nowhere.min"
err_has "it is named" "nowhere.min: found nothing there"
mkdir "$W/folder.min"
expect 3 "a folder with such a name" solve "$W/folder.min"
err_has "it is named" "folder.min"
head -c 40 "$W/two_arcs.min.gz" >"$W/cut.min.gz"
expect 3 "a compressed file that is cut short" solve "$W/cut.min.gz"
err_has "it is named" "cut.min.gz: damaged or cut-short gzip file"
head -c 100 "$W/lp.mps.gz" >"$W/cut.mps.gz"
expect 3 "a compressed linear program that is cut short" solve "$W/cut.mps.gz"
err_has "it is named" "cut.mps.gz: damaged or cut-short gzip file"
printf 'p min 2 1\nn 1 4\nn 2 -4\na 1 2 0 5 1\n\000\001\002 junk\n' >"$W/binary.min"
expect 3 "bytes that are no text behind the last arc" solve "$W/binary.min"
cp "$HERE/two_arcs.min" "$W/two_arcs.txt"
expect 3 "a file with another ending" solve "$W/two_arcs.txt"
no_leftovers "instances leave no temporary files" "$W"
done_testing
