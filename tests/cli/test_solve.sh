#!/bin/sh
# needs: python3; threads: what solve prints and writes, and that neither threads nor the form of the tables change the answer.
. "$(dirname "$0")/lib.sh"

escape=$(printf '\033')
no_escapes()
{
    if grep -q "$escape" "$W/out" "$W/err"; then fail "$1"; show_last; else pass; fi
}

# ---- the summary: numbers of the hand-computed cases
expect 0 "two_path is solved" solve "$TINY/two_path"
out_has "the summary names the scenario" '^the base'
out_has "the summary gives the cost by cause" \
    'Cost 360.0 million USD over 365 days: transport 160.0, transfers 0.0, supply 200.0, unserved 0.0, shut in 0.0'
out_has "the summary gives demand and served" '^crude  *Mt  *10.00  *10.00  *- '
out_has "the summary names the bottleneck and its price" 'link:A_B  *6.00  *15.00 USD'
out_has "the summary gives the proof" 'Proven optimal: exact gap 0 '
no_escapes "no escape codes where nobody looks"
expect 0 "a scenario is solved" solve "$TINY/two_path" --scenario cheap_half
out_has "the summary names the scenario" 'cheap_half\|Cheap line at half'
out_has "the summary gives the scenario's cost" 'Cost 405.0 million USD'
expect 0 "shortage is solved" solve "$TINY/shortage"
out_has "the summary shows unserved demand" '^crude  *Mt  *11.00  *9.00  *2.00'
out_has "the summary shows supply shut in" '^fuel  *Mt  *2.00  *1.00  *1.00  *-  *1.00'

copy_case two_path
sed -e '1s/$/,colour/' -e '2,$s/$/,red/' "$case_copy/node.csv" >"$W/t" && cp "$W/t" "$case_copy/node.csv"
expect 0 "columns that Steppe does not know are no fault" solve "$case_copy"
err_has "columns that Steppe does not know are named" '^note: .*node.colour'
# every table of FORMAT.md that the solver does not use is named when it is there
printf 'investment_id,name\nI1,line\n' >"$case_copy/investment.csv"
expect 0 "a table for later versions is no fault" solve "$case_copy"
err_has "a table for later versions is named" '^note: .*investment'

# ---- --quiet and --json
expect 0 "--quiet solves" solve "$TINY/two_path" --quiet --out "$W/quiet"
out_empty "--quiet prints nothing on standard output"
err_empty "--quiet prints nothing on standard error"
expect 0 "--json solves" solve "$TINY/two_path" --json --out "$W/json"
holds "--json prints one valid JSON line" one_json_line
for word in '"outcome":"optimal"' '"objective":360,' '"bound":360,' '"gap_rel":0,' '"scenario":null' '"unserved_musd":0,' \
    '"arcs":7,' '"coupling_rows":3,' '"commodities":1,'; do
    out_has "--json says $word" "$word"
done
expect 0 "--json of a scenario" solve "$TINY/two_path" --json --scenario cheap_half
out_has "--json names the scenario" '"scenario":"cheap_half"'
expect 0 "--json --quiet" solve "$TINY/two_path" --json --quiet
holds "--json --quiet prints the line and nothing else" one_json_line
err_empty "--json --quiet prints nothing on standard error"
cp -R "$TINY/two_path" "$W/a \"case\\ of 2"
expect 0 "a case with blanks, quotes and backslashes in its name" solve "$W/a \"case\\ of 2" --json --out "$W/odd"
holds "--json escapes them" one_json_line
if have python3; then
    holds "result.json escapes them" python3 -m json.tool "$W/odd/result.json"
    expect 0 "the result of such a case is proven" verify "$W/a \"case\\ of 2" "$W/odd"
    copy_case two_path
    for t in scenario scenario_change; do
        sed 's/^cheap_half/a\\b/' "$case_copy/$t.csv" >"$W/t" && cp "$W/t" "$case_copy/$t.csv"
    done
    run solve "$case_copy" --scenario 'a\b' --json
    holds "--json escapes a backslash in a scenario id, or the id is refused" sh -c \
        "[ $code -eq 3 ] || python3 -m json.tool '$W/out'"
else
    skip "python3 is not installed: JSON syntax"
fi

# ---- colors: only on a terminal, and not when they are unwanted
NO_COLOR=1 TERM=xterm
export NO_COLOR TERM
expect 0 "NO_COLOR solves" solve "$TINY/two_path"
no_escapes "NO_COLOR gives no escape codes"
unset NO_COLOR
expect 0 "a pipe solves" solve "$TINY/two_path"
no_escapes "a file gets no escape codes even where TERM has colors"
if have script && script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    on_terminal()
    {
        script -qec "'$STEPPE' solve '$TINY/two_path' $2" /dev/null >"$W/out" 2>/dev/null </dev/null
        : >"$W/err"
        if [ "$1" = colors ]; then
            holds "a terminal gets colors" grep -q "$escape" "$W/out"
        else
            no_escapes "$3"
        fi
    }
    on_terminal colors ''
    NO_COLOR=1 && export NO_COLOR
    on_terminal plain '' "a terminal with NO_COLOR gets no escape codes"
    unset NO_COLOR
    TERM=dumb
    on_terminal plain '' "a dumb terminal gets no escape codes"
    TERM=xterm
    on_terminal plain --json "--json gives no escape codes on a terminal"
else
    skip "script is not installed: output on a terminal"
fi
TERM=dumb

# ---- the result folder
same "a result folder has fifteen files" "$(ls "$W/json" | wc -l | tr -d ' ')" 15
same "result.json has the objective as an exact decimal" "$(json_key "$W/json/result.json" objective)" 360
same "result.json has the bound as an exact decimal" "$(json_key "$W/json/result.json" bound)" 360
same "result.json has the outcome" "$(json_key "$W/json/result.json" outcome)" optimal
holds "nothing of this machine is in the folder: no paths" sh -c "! grep -rqF '$W' '$W/json'"
holds "nothing of this machine is in the folder: no path of the case" sh -c "! grep -rqF '$TINY' '$W/json'"
if have python3; then
    cat >"$W/rows.py" <<'PY'
import csv, glob, json, sys
for path in glob.glob(sys.argv[1] + "/*.csv"):
    with open(path, newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f, strict=True))
    for n, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            sys.exit("%s:%d: %d cells under %d headers" % (path, n, len(row), len(rows[0])))
json.load(open(sys.argv[1] + "/flow.geojson", encoding="utf-8"))
json.load(open(sys.argv[1] + "/result.json", encoding="utf-8"))
PY
    holds "every table of the result is sound CSV, the map and result.json sound JSON" python3 "$W/rows.py" "$W/json"
    copy_case two_path
    sed -e 's/Field/"Field, ""big"" one"/' -e 's/Market,55/"Mar|ket",55/' "$case_copy/node.csv" >"$W/t" && cp "$W/t" "$case_copy/node.csv"
    expect 0 "names with commas and quotes are solved" solve "$case_copy" --out "$W/names"
    holds "names with commas and quotes come out as sound CSV and JSON" python3 "$W/rows.py" "$W/names"
    copy_case two_path
    sed 's/,KZ,/,"K,Z",/' "$case_copy/node.csv" >"$W/t" && cp "$W/t" "$case_copy/node.csv"
    run solve "$case_copy" --out "$W/country"
    holds "a country with a comma is refused, or comes out as sound CSV" sh -c \
        "[ $code -eq 3 ] || python3 '$W/rows.py' '$W/country'"
else
    skip "python3 is not installed: CSV and JSON of the result folder"
fi

# ---- the same answer every time
for case_dir in "$TINY"/* "$CASES/eurasia"; do
    name=$(basename "$case_dir")
    case $name in
    eurasia) choice="--periods year" ;;
    *) choice="--scenario $(solvable "$case_dir" | head -n 1)" ;;
    esac
    for threads in 1 2 8; do
        # shellcheck disable=SC2086
        expect 0 "$name is solved with $threads threads" \
            solve "$case_dir" $choice --threads $threads --quiet --out "$W/threads$threads"
    done
    # shellcheck disable=SC2086
    expect 0 "$name is solved again" solve "$case_dir" $choice --threads 2 --quiet --out "$W/again"
    holds "$name: 1 and 2 threads write the same bytes" diff -r "$W/threads1" "$W/threads2"
    holds "$name: 1 and 8 threads write the same bytes" diff -r "$W/threads1" "$W/threads8"
    holds "$name: two runs write the same bytes" diff -r "$W/threads2" "$W/again"
done

# ---- the same answer from the same tables in another form
for case_dir in "$TINY"/*; do
    name=$(basename "$case_dir")
    scenario=$(sed -n 2p "$case_dir/scenario.csv" | cut -d, -f1)
    run solve "$case_dir" --scenario "$scenario" --quiet --out "$W/plain"

    copy_case "$name"
    gzip -n "$case_copy"/*.csv
    expect 0 "$name: compressed tables are solved" solve "$case_copy" --scenario "$scenario" --quiet --out "$W/gz"
    holds "$name: compressed tables give the same bytes" diff -r "$W/plain" "$W/gz"
    expect 0 "$name: the result of plain tables is verified with compressed ones" verify "$case_copy" "$W/plain"

    for form in mark crlf; do
        copy_case "$name"
        for t in "$case_copy"/*.csv; do
            if [ $form = mark ]; then
                { printf '\357\273\277' && cat "$t"; } >"$W/t"
            else
                awk '{ printf "%s\r\n", $0 }' "$t" >"$W/t"
            fi
            cp "$W/t" "$t"
        done
        expect 0 "$name: tables with $form are solved" solve "$case_copy" --scenario "$scenario" --quiet --out "$W/$form"
        rm -rf "$W/left" "$W/right"
        cp -R "$W/plain" "$W/left"
        cp -R "$W/$form" "$W/right"
        # the sums of the inputs differ, nothing else does
        for side in left right; do
            sed '/"inputs": {/,/}/d' "$W/$side/result.json" >"$W/t" && cp "$W/t" "$W/$side/result.json"
        done
        holds "$name: tables with $form give the same result" diff -r "$W/left" "$W/right"
    done
done
done_testing
