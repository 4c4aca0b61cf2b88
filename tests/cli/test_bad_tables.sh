#!/bin/sh
# Wrong tables: exit code 3, every fault of every table in one run as file:row:column: found ..., expected ..., and
# nothing written.
. "$(dirname "$0")/lib.sh"

# edit TABLE SED-SCRIPT: in the copy of a case
edit()
{
    sed "$2" "$case_copy/$1.csv" >"$W/t" || exit 1
    if cmp -s "$W/t" "$case_copy/$1.csv"; then
        fail "the test changes $1.csv by $2"
    fi
    cp "$W/t" "$case_copy/$1.csv"
}

# wrong SENTENCE TABLE SED-SCRIPT PLACE: the fault is found at PLACE (row:column) of the table
wrong()
{
    copy_case two_path
    edit "$2" "$3"
    expect 3 "$1 is bad input" solve "$case_copy" --out "$W/r"
    err_has "$1 is named with its place" "two_path/$2.csv:$4: found .*, expected "
    out_empty "$1: nothing on standard output"
    absent "$1: no result folder" "$W/r"
}

wrong "a word where a number must be" link '/^A_B/s/,6,10,/,six,10,/' 2:10
wrong "a negative capacity" link '/^A_B/s/,6,10,/,-6,10,/' 2:10
wrong "an empty required cell" link '/^A_B/s/,Mt,6,/,,6,/' 2:9
wrong "nan" link '/^A_B/s/,6,10,/,nan,10,/' 2:10
wrong "inf" link '/^A_B/s/,6,10,/,inf,10,/' 2:10
wrong "a hexadecimal number" link '/^A_B/s/,6,10,/,0x6,10,/' 2:10
wrong "a decimal comma" link '/^A_B/s/,6,10,/,"6,5",10,/' 2:10
wrong "a number with a blank" link '/^A_B/s/,6,10,/,6 000,10,/' 2:10
wrong "a number beyond 10^15" link '/^A_B/s/,6,10,/,1e16,10,/' 2:10
wrong "an unknown place" link '/^A_C/s/,A,C,/,A,X,/' 3:4
wrong "a link from a place to itself" link '/^A_C/s/,A,C,/,A,A,/' 3:4
wrong "an id used twice" link '/^C_B/s/^C_B/A_B/' 4:1
wrong "an id with a blank" node 's/^C,/C C,/' 4:1
wrong "a word for directed" link '/^A_B/s/,true,/,yes,/' 2:5
wrong "an unknown status" node 's/hub,KZ,operating/hub,KZ,open/' 4:7
wrong "an unknown class of goods" link '/^A_B/s/,crude,Mt/,oil,Mt/' 2:8
wrong "a link in another unit" link '/^A_B/s/,Mt,6/,bcm,6/' 2:9
wrong "an unknown commodity" supply 's/,crude,Mt/,oil,Mt/' 2:3
wrong "a longitude that is no number" node 's/^A,Field,50/A,Field,east/' 2:3
wrong "a row that is too short" supply 's/,operating$//' '2:[0-9]*'
wrong "a row that is too long" supply 's/,operating$/,operating,and,more/' '2:[0-9]*'
wrong "a column that is missing" link '1s/capacity_per_y/capacity/' '1:[0-9]*'
wrong "a column given twice" link '1s/,name,/,link_id,/' 1:2
wrong "a column without a name" link '1s/,name,/,,/' 1:2
wrong "a quote that is never closed" node 's/Junction/"Junction/' 4:2
wrong "text behind a quote" node 's/Junction/"Junc"tion/' 4:2
wrong "a change to a table that is not there" scenario_change 's/,link,/,links,/' 2:2
wrong "an unknown operation" scenario_change 's/,scale,/,halve,/' 2:5
wrong "a scenario that is its own parent" scenario 's/^cheap_half,,/cheap_half,cheap_half,/' 2:2
wrong "a scenario with the name of the base" scenario 's/^cheap_half/base/' 2:1

copy_case two_path
: >"$case_copy/node.csv"
expect 3 "an empty table is bad input" solve "$case_copy" --out "$W/r"
err_has "an empty table is named" "node.csv:1:1: found an empty file, expected a header line"
copy_case two_path
printf 'A2,Fi\377ld,50,45,field,KZ,operating\n' >>"$case_copy/node.csv"
expect 3 "bytes that are not UTF-8 are bad input" solve "$case_copy" --out "$W/r"
err_has "the byte is named with its row" "node.csv:5:1: found byte 0xff, expected UTF-8"
copy_case two_path
gzip "$case_copy/link.csv"
head -c 60 "$case_copy/link.csv.gz" >"$W/t" && mv "$W/t" "$case_copy/link.csv.gz"
expect 3 "a compressed table that is cut short is bad input" solve "$case_copy" --out "$W/r"
err_has "the damaged file is named" "link.csv.gz: damaged or cut-short gzip file"
copy_case two_path
rm "$case_copy/link.csv"
mkdir "$case_copy/link.csv"
expect 3 "a folder in the place of a table is bad input" solve "$case_copy" --out "$W/r"
err_has "the folder is named" "link.csv: cannot read"

# several tables, several faults each: all in one run
copy_case two_path
edit link '/^A_B/s/,6,10,/,six,ten,/;/^C_B/s/,C,B,/,C,Z,/'
edit node 's/^A,Field,50,45/A,Field,50,north/'
edit supply 's/,S_A*//;s/,10,10,20,/,many,10,20,/'
edit demand 's/^D_B,B,/D_B,Y,/'
edit commodity 's/,500,1,/,-500,1,/'
expect 3 "faults in five tables are bad input" solve "$case_copy" --out "$W/r"
for place in link.csv:2:10 link.csv:2:11 link.csv:4:4 node.csv:2:4 supply.csv:2:5 demand.csv:2:2 commodity.csv:2:4; do
    err_has "the fault at $place is reported in the same run" "$place: found .*, expected "
done
expect 3 "faults are faults for scenarios" scenarios "$case_copy" --out "$W/r"
expect 3 "faults are faults for convert" convert "$case_copy" "$W/m.mps"
absent "convert of a wrong case leaves no file" "$W/m.mps"
expect 3 "faults are shown under --quiet as well" solve "$case_copy" --quiet
err_has "faults are shown under --quiet as well" "link.csv:2:10: found "
expect 3 "faults are shown under --json as well" solve "$case_copy" --json
out_empty "--json prints no line for a case that cannot be read"

# a scenario that makes the tables wrong names the change
scenario_fault()
{
    copy_case two_path
    printf 'scenario_id,table,selector,field,operation,value,reason\n%s\n' "$2" >"$case_copy/scenario_change.csv"
    expect 0 "$1: the base stays usable" solve "$case_copy" --quiet
    expect 3 "$1 is bad input" solve "$case_copy" --scenario cheap_half --out "$W/r"
    err_has "$1 is named" "$3"
    absent "$1: no result folder" "$W/r"
}
scenario_fault "a selector that selects nothing" 'cheap_half,link,link_id=A_X,capacity_per_y,scale,0.5,' \
    "scenario_change.csv:2:selector: found 'link_id=A_X', expected a selector that selects at least one row"
scenario_fault "a selector on an unknown column" 'cheap_half,link,link=A_B,capacity_per_y,scale,0.5,' \
    "scenario_change.csv:2:selector: found 'link', expected a column"
scenario_fault "scaling an unknown number" 'cheap_half,link,link_id=A_C,cost_usd_per_unit,scale,0.5,' \
    "scenario_change.csv:2:field: found '', expected a number"
scenario_fault "scaling by a word" 'cheap_half,link,link_id=A_B,capacity_per_y,scale,half,' \
    "scenario_change.csv:2:value: found 'half', expected a number"
scenario_fault "a value that makes the table wrong" 'cheap_half,link,link_id=A_B,capacity_per_y,add,-7,' \
    "link.csv:2:10: found '-1', expected .* after the changes of the scenario"
scenario_fault "an inserted row that is wrong" 'cheap_half,demand,*,,insert,demand_id=D2;node_id=X;commodity=crude,' \
    "scenario_change.csv:2:value: inserts into demand"
no_leftovers "wrong tables leave no temporary files" "$W"
done_testing
