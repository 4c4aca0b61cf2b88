#!/usr/bin/env python3
"""Cuts the part of a case that concerns some commodities: `part_case.py CASE OUT crude [natural_gas ...] [--drop TABLE]...`

Supplies, demands and stocks of other commodities go, with their contracts and all conversions; --drop leaves a table out
(contract, policy, scenario ...). The result is a case of its own, for measurements on finer cuts of the horizon.
"""
import argparse
import csv
import pathlib
import shutil
import sys


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("goods", nargs="+")
    parser.add_argument("--drop", action="append", default=[])
    o = parser.parse_args()
    if o.out.exists():
        sys.exit(f"{o.out}: found something there, expected a new folder")
    commodity = rows_of(o.case / "commodity.csv")
    unknown = set(o.goods) - {r["commodity"] for r in commodity}
    if unknown:
        sys.exit(f"found {', '.join(sorted(unknown))}, expected commodities of {o.case}")
    ids = {t: {r[f"{t}_id"] for r in rows_of(o.case / f"{t}.csv") if r["commodity"] in o.goods} for t in ("supply", "demand")}
    o.out.mkdir(parents=True)
    for path in sorted(o.case.glob("*.csv")):
        name = path.stem
        if name in o.drop:
            continue
        if name not in ("supply", "demand", "storage", "contract", "conversion", "conversion_flow", "cost_curve", "under_way"):
            shutil.copy(path, o.out / path.name)
            continue
        with open(path, newline="", encoding="utf-8") as f:
            head = next(csv.reader(f))
        keep = []
        for r in rows_of(path):
            if name in ("conversion", "conversion_flow"):
                continue
            if "commodity" in r and r["commodity"] not in o.goods:
                continue
            if name == "contract" and (r["supply_id"] not in ids["supply"] or r["demand_id"] not in ids["demand"]):
                continue
            if name == "cost_curve" and r["table"] == "supply" and r["id"] not in ids["supply"]:
                continue
            keep.append(r)
        with open(o.out / path.name, "w", newline="", encoding="utf-8") as f:
            w = csv.DictWriter(f, head, lineterminator="\n")
            w.writeheader()
            w.writerows(keep)


if __name__ == "__main__":
    main()
