"""Plants one fault in a result folder: tamper.py DIR FAULT [FILE] [--sum]

With --sum the sums in result.json are made to match the tampered file.
"""
import csv
import hashlib
import json
import os
import re
import sys
from decimal import Decimal

QUANTITIES = ("flow", "quantity", "base", "in", "injected", "produced")

words = [w for w in sys.argv[1:] if w != "--sum"]
folder, fault = words[0], words[1]
name = words[2] if len(words) > 2 else None
json_path = os.path.join(folder, "result.json")


def text(decimal):
    return format(decimal.normalize(), "f")


def read(file):
    with open(os.path.join(folder, file), newline="", encoding="utf-8") as f:
        return f.read()


def write(file, content):
    with open(os.path.join(folder, file), "w", newline="", encoding="utf-8") as f:
        f.write(content)


def lines_of(file):
    lines = read(file).split("\n")
    assert lines[-1] == "" and len(lines) > 2, file + " has no row to tamper with"
    return lines[:-1]


def change_cell(file, column, change, row=1):
    """change(cell) in a row, counted from the end when negative; all other bytes stay."""
    lines = lines_of(file)
    head = lines[0].split(",")
    cells = next(csv.reader([lines[row]]))
    at = head.index(column)
    cells[at] = change(cells[at])
    quoted = ['"%s"' % c.replace('"', '""') if re.search('[,"]', c) else c for c in cells]
    lines[row] = ",".join(quoted)
    write(file, "\n".join(lines) + "\n")


def add(amount):
    return lambda cell: text(Decimal(cell or "0") + Decimal(amount))


def first_priced_row(file, column):
    lines = lines_of(file)
    at = lines[0].split(",").index(column)
    for i, cells in enumerate(csv.reader(lines)):
        if i and Decimal(cells[at]) != 0:
            return i
    return 1


result = json.loads(read("result.json"))
unit = result["flow_unit_smallest"]
price = "price_usd_per_unit_of_limit_negative_saves"
file = name

if fault == "flow_more":
    file = "flow.csv"
    change_cell(file, "flow", add(unit))
elif fault == "flow_less":
    file = "flow.csv"
    change_cell(file, "flow", add("-" + unit), -1)
elif fault == "flow_negative":
    file = "flow.csv"
    change_cell(file, "flow", lambda c: "-" + c)
elif fault == "flow_decimals":
    file = "flow.csv"
    change_cell(file, "flow", lambda c: c + ("" if "." in c else ".") + "0" * 30 + "1")
elif fault == "flow_word":
    file = "flow.csv"
    change_cell(file, "flow", lambda c: "much")
elif fault == "flow_huge":
    file = "flow.csv"
    change_cell(file, "flow", lambda c: "9" * 60)
elif fault == "variable_unknown":
    file = "flow.csv"
    change_cell(file, "variable", lambda c: c + "_")
elif fault == "variable_twice":
    file = "flow.csv"
    lines = lines_of(file)
    write(file, "\n".join(lines + [lines[1]]) + "\n")
elif fault == "variable_zero":
    file = "flow.csv"
    change_cell(file, "flow", lambda c: "0")
elif fault == "row_price":
    file = "capacity.csv"
    change_cell(file, price, add("-0.001"), first_priced_row(file, price))
elif fault == "row_price_positive":
    file = "capacity.csv"
    change_cell(file, price, lambda c: "5")
elif fault == "row_limit":
    file = "capacity.csv"
    change_cell(file, "limit", add("1"))
elif fault == "row_load":
    file = "capacity.csv"
    change_cell(file, "load", add(unit))
elif fault == "row_unknown":
    file = "capacity.csv"
    change_cell(file, "row", lambda c: c + "_")
elif fault == "potential":
    file = "potential.csv"
    change_cell(file, "price_usd_per_unit", add("0.001"), -1)
elif fault == "potential_end":  # of the last supply or demand
    file = "potential.csv"
    lines = lines_of(file)
    ends = [i for i, line in enumerate(lines) if ":supply:" in line or ":demand:" in line]
    change_cell(file, "price_usd_per_unit", add("0.001"), ends[-1])
elif fault == "potential_unknown":
    file = "potential.csv"
    change_cell(file, "balance", lambda c: c + "_")
elif fault == "number":  # the first quantity of the first row of any table
    lines = lines_of(file)
    head = lines[0].split(",")
    cells = next(csv.reader([lines[1]]))
    at = next(i for i, h in enumerate(head) if h in QUANTITIES and cells[i])
    change_cell(file, head[at], add("1"))
elif fault == "stock":  # what is left at the end of the first period
    change_cell(file, "stock_end", add(unit))
elif fault == "period":  # the first row says it is of another period
    change_cell(file, "period", lambda c: "Q" + c)
elif fault == "word":  # the first cell
    change_cell(file, lines_of(file)[0].split(",")[0], lambda c: c + "x")
elif fault == "row_gone":
    write(file, "\n".join(lines_of(file)[:-1]) + "\n")
elif fault == "row_more":
    lines = lines_of(file)
    write(file, "\n".join(lines + [lines[-1]]) + "\n")
elif fault == "cut":  # in the middle of the last row
    write(file, read(file)[:-5])
elif fault == "empty":
    write(file, "")
elif fault == "byte":  # one blank at the end
    write(file, read(file) + " ")
elif fault == "map":
    file = "flow.geojson"
    write(file, re.sub(r'"flow":([0-9.]+)', lambda m: '"flow":1' + m.group(1), read(file), count=1))
elif fault == "gone":
    os.remove(os.path.join(folder, file))
elif fault == "claim":  # claim KEY=VALUE, KEY with dots
    key, value = name.split("=", 1)
    file = None
    at = result
    *path, last = key.split(".")
    for part in path:
        at = at[part]
    assert last in at and at[last] != json.loads(value), "the claim is already " + name
    at[last] = json.loads(value)
    write("result.json", json.dumps(result, indent=2))
elif fault == "claim_gone":
    del result[name]
    file = None
    write("result.json", json.dumps(result, indent=2))
else:
    sys.exit("no such fault: " + fault)

if "--sum" in sys.argv and file and os.path.exists(os.path.join(folder, file)):
    with open(os.path.join(folder, file), "rb") as f:
        new = hashlib.sha256(f.read()).hexdigest()
    content = read("result.json")
    old = result["files"][file]
    assert old != new, "nothing was tampered with"
    write("result.json", content.replace(old, new))
