#!/usr/bin/env python3
"""Write the case datasets/eurasia from the Eurasian corridor facts collection.

usage: make_eurasia.py FACTS_DIR OUT_DIR

FACTS_DIR holds the facts collection (nodes.csv, links.csv, supply.csv, ...).
OUT_DIR receives the tables of datasets/FORMAT.md and a datapackage.json that
describes them. README.md of the case is written by hand and is not touched.

The conversion is deterministic: the same facts give the same bytes. Numbers
pass through as the text they have in the facts; the few computed ones are
computed in decimal arithmetic. Every rule that adds or changes something is
in this file and is repeated in words in the README of the case.

Python 3, standard library only.
"""

import csv
import fnmatch
import json
import os
import sys
from decimal import Decimal

BASE_YEAR = "2025"
NOT_YET_BUILT = ("planned", "under_construction")
TONNES_PER_1000_M3 = "0.73"

# The facts note calls the default gas cost "USD/1000 m3 per 100 km", but the
# gas links themselves cost 0.007 to 0.137 USD per 1000 m3 and km (median
# 0.015), so the figure 0.02 already is per km; only the note is corrected.
GAS_MODE_NOTE = ("USD per 1000 m3 and km, as the links have it (median 0.015); 0.2 pct fuel per 100 km modern, "
                 "0.35 Soviet-era; methane leakage not included")

# A domestic obligation must outrank every export: missing obligations cost
# this many times the higher of the row's and the commodity's reference price.
OBLIGATION_FACTOR = 2
# Missing contract minimums cost this many times the commodity's reference price.
CONTRACT_FACTOR = 2

# ---------------------------------------------------------------- helpers


def read_table(directory, name):
    with open(os.path.join(directory, name), encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def write_table(directory, name, columns, rows):
    path = os.path.join(directory, name + ".csv")
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(columns)
        for row in rows:
            out.writerow([row.get(c, "") for c in columns])


def plain(value):
    """A Decimal as plain decimal text without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def renamed(row, **names):
    """A copy of row; names gives new=old columns, old ones go."""
    out = dict(row)
    for new, old in names.items():
        out[new] = out.pop(old)
    return out


# ---------------------------------------------------------------- base tables


def make_nodes(nodes, links):
    """A place not yet built is available from the first year one of its links is.

    A place whose road or railway works already (Torugart, Bakhty, Herat, ...)
    is so from the base year: only its new line is planned, and that line has
    its own year.
    """
    out = []
    for row in nodes:
        n = renamed(row, node_id="id", node_type="kind", x_coord="lon_deg", y_coord="lat_deg", data_grade="grade")
        years = []
        if n["status"] in NOT_YET_BUILT:
            for link in links:
                if n["node_id"] in (link["from_node"], link["to_node"]):
                    if link["status"] in ("operating", "limited"):
                        years.append(BASE_YEAR)
                    elif link["available_from_year"]:
                        years.append(link["available_from_year"])
        n["available_from_year"] = min(years, default="")
        # What a refinery can process does not limit the oil that passes by in
        # the trunk line (10 Mt/y pass the 5.5 Mt/y refinery of Pavlodar), so it
        # is carried here and not as a handling limit; max_per_y of the demand
        # says what the refinery can take.
        n["refining_capacity_mt_per_y"] = row["cap_crude_mt_y"] if row["kind"] == "refinery" else ""
        out.append(n)
    return out


# Figures of the facts that are the size of one line or store at the place and
# would, read as a limit on all that enters it, stop flows that are observed.
NOT_A_HANDLING_LIMIT = {
    ("UZ_GAZLI", "natural_gas"),      # 30 bcm/y is the hub and store; 55 bcm/y pass it in the line to China
    ("AZ_SANGACHAL", "natural_gas"),  # 81 mcm/d is Shah Deniz alone (its line has the same limit); ACG comes on top
    ("TR_ERZURUM", "natural_gas"),    # 8.8 bcm/y is the line from Georgia (it has the same limit); Iranian gas on top
}


def make_handling(nodes):
    out = []
    for row in nodes:
        for column, carries, unit in (("cap_crude_mt_y", "crude", "Mt"), ("cap_dry_mt_y", "dry", "Mt"),
                                      ("cap_gas_bcm_y", "natural_gas", "bcm")):
            if (row["id"], carries) in NOT_A_HANDLING_LIMIT or (row["kind"] == "refinery" and carries == "crude"):
                continue
            if row[column]:
                out.append(dict(node_id=row["id"], carries=carries, capacity_per_y=row[column], flow_unit=unit,
                                data_grade=row["grade"], source_id=row["source_id"]))
    return out


def make_links(links):
    out = []
    for row in links:
        n = renamed(row, link_id="id", from_node_id="from_node", to_node_id="to_node", length="length_km",
                    length_grade="grade_length", capacity_grade="grade_capacity", cost_grade="grade_cost",
                    data_grade="grade")
        n["directed"] = {"0": "true", "1": "false"}[row["bidirectional"]]
        # Permission column for the commodities that a scenario may put under a
        # transit ban; in the base year nothing requires it.
        n["rare_metals_allowed"] = "1"
        out.append(n)
    return out


def make_modes(modes, links):
    """carries of a mode covers the classes of all its links (one 1435 mm section also takes crude)."""
    out = []
    for row in modes:
        n = renamed(row, cost_grade="grade_cost", ef_grade="grade_ef")
        carries = row["carries"].split(";")
        for link in links:
            if link["mode"] == row["mode"]:
                carries += [c for c in link["carries"].split(";") if c not in carries]
        n["carries"] = ";".join(carries)
        if n["mode"] == "gas_pipeline":
            n["note"] = GAS_MODE_NOTE
        out.append(n)
    return out


def make_commodities(commodities):
    out = []
    for row in commodities:
        n = renamed(row, data_grade="grade")
        n["mass_t_per_unit"] = TONNES_PER_1000_M3 if n["carries"] == "natural_gas" else "1"
        n["requires"] = "class7_allowed" if n["commodity"] == "uranium_u" else ""
        out.append(n)
    return out


def make_supplies(supply):
    out = []
    for row in supply:
        n = renamed(row, supply_id="id", data_grade="grade")
        n["shut_in_cost_usd_per_unit"] = ""
        n["available_from_year"] = row["year"] if row["status"] in NOT_YET_BUILT else ""
        out.append(n)
    return out


def make_demands(demand, price):
    out = []
    for row in demand:
        n = renamed(row, demand_id="id", data_grade="grade")
        n["shortage_cost_usd_per_unit"] = ""
        highest = max(Decimal(row["reference_price_usd_per_unit"]), price[row["commodity"]])
        n["min_shortage_cost_usd_per_unit"] = plain(OBLIGATION_FACTOR * highest)
        out.append(n)
    return out


def make_contracts(contracts, commodity_of_supply, price):
    out = []
    for row in contracts:
        n = renamed(row, contract_id="id", data_grade="grade")
        n["shortfall_cost_usd_per_unit"] = plain(CONTRACT_FACTOR * price[commodity_of_supply[row["supply_id"]]])
        out.append(n)
    return out


# ---------------------------------------------------------------- scenarios

# Events that say the same as one of the named scenarios below when they are
# taken to hold all year: they get no scenario of their own.
ALIAS = {
    "E_CPC_SPM2": "cpc_spm2_out",
    "E_CPC_HALT": "cpc_out",
    "E_CPC_NOV25": "cpc_out",
    "E_CPC_DEC25": "cpc_dec2025",
    "E_BOSPORUS_CLOSE": "bosporus_closed",
    "E_DRUZHBA_DE_STOP": "druzhba_germany_halted",
    "E_EU_RUGAS_BAN": "eu_russian_gas_ban",
}

# Events at a place that concern one class of goods only, as their text says
# (tankers, oil terminal).
EVENT_CLASS = {"E_NOVO_NOV14": "crude", "E_BOSPORUS_Q22": "crude", "E_BOSPORUS_CLOSE": "crude"}

RARE_METALS = ("titanium_sponge", "beryllium_prod", "tantalum_prod", "rhenium", "tungsten_conc", "antimony",
               "molybdenum", "gallium")


def change(table, selector, field, operation, value, reason):
    return dict(table=table, selector=selector, field=field, operation=operation, value=value, reason=reason)


def selects(row, selector):
    """Whether the selector of FORMAT.md selects the row."""
    if selector == "*":
        return True
    for condition in selector.split("&"):
        column, pattern = condition.split("=", 1)
        negated = column.endswith("!")
        column = column.rstrip("!")
        hit = any(fnmatch.fnmatchcase(row[column], p) for p in pattern.split("|"))
        if hit == negated:
            return False
    return True


def derate_links(links, selector, factor, add, reason):
    """Changes that scale the capacity of the selected links and add to their cost."""
    chosen = [n for n in links if selects(n, selector)]
    out = []
    if Decimal(factor) == 0:
        out.append(change("link", selector, "capacity_per_y", "set", "0", reason))
        if any(n["background_per_y"] for n in chosen):
            out.append(change("link", selector, "background_per_y", "set", "0",
                              "traffic not modelled stops with the link"))
    elif Decimal(factor) != 1:
        out.append(change("link", selector, "capacity_per_y", "scale", factor, reason))
        for n in chosen:
            if n["background_per_y"] and Decimal(n["background_per_y"]) > Decimal(n["capacity_per_y"]) * Decimal(factor):
                out.append(change("link", "link_id=" + n["link_id"], "background_per_y", "scale", factor,
                                  "traffic not modelled shrinks with the link"))
    if Decimal(add) != 0:
        out.append(change("link", selector, "cost_usd_per_unit", "add", add, reason))
    return out


def event_changes(event, case):
    """The year-long meaning of one row of events.csv as scenario changes."""
    kind, target, reason = event["target_type"], event["target_id"], event["name"]
    factor, add = event["capacity_factor"], event["cost_add_usd_per_unit"]
    if kind == "link":
        return derate_links(case["link"], "link_id=" + target, factor, add, reason)
    if kind == "supply":
        selector = "supply_id=" + target
        operation = ("set", "0") if Decimal(factor) == 0 else ("scale", factor)
        return [change("supply", selector, f, *operation, reason) for f in ("quantity_per_y", "max_per_y")]
    if kind != "node":
        raise SystemExit("event %s: no rule for target_type %s" % (event["id"], kind))

    # A place: scale its handling limits; where it has none, its links.
    goods = EVENT_CLASS.get(event["id"], "")
    suffix = "&carries=" + goods if goods else ""
    out = []
    selector = "node_id=" + target + suffix
    if Decimal(factor) != 1:
        if any(selects(n, selector) for n in case["handling"]):
            operation = ("set", "0") if Decimal(factor) == 0 else ("scale", factor)
            out.append(change("handling", selector, "capacity_per_y", *operation, reason))
        else:
            out += derate_links(case["link"], "from_node_id=" + target + suffix, factor, "0", reason)
            out += derate_links(case["link"], "to_node_id=" + target + suffix, factor, "0", reason)
    # The added cost falls on what is loaded or unloaded there between ship and
    # shore; where nothing is (straits, fields), on the links that start there.
    if Decimal(add) != 0:
        ashore = ["node_id=%s&%s=sea_*%s" % (target, side, suffix) for side in ("from_mode", "to_mode")]
        ashore = [s for s in ashore if any(selects(n, s) for n in case["transfer"])]
        for s in ashore:
            out.append(change("transfer", s, "cost_usd_per_unit", "add", add, reason))
        if not ashore:
            out.append(change("link", "from_node_id=" + target + suffix, "cost_usd_per_unit", "add", add, reason))
    return out


def target_name(event, case):
    """The event's target in words, and what is derated there."""
    target = event["target_id"]
    if event["target_type"] == "link":
        return next(n["name"] for n in case["link"] if n["link_id"] == target), "capacity"
    place = target
    if event["target_type"] == "supply":
        place = next(n["node_id"] for n in case["supply"] if n["supply_id"] == target)
    return (next(n["name"] for n in case["node"] if n["node_id"] == place),
            "output" if event["target_type"] == "supply" else "capacity")


def event_name(event, events, case):
    name = event["name"]
    if sum(e["name"] == name for e in events) > 1:
        name += ": " + target_name(event, case)[0]
    return name


def event_description(event, case):
    name, what = target_name(event, case)
    factor, add = Decimal(event["capacity_factor"]), event["cost_add_usd_per_unit"]
    parts = []
    if event["target_type"] == "policy":
        parts.append("no dry goods on the lanes from China to Japan")
    elif factor != 1:
        parts.append("%s at %s %% of the base" % (what, plain(factor * 100)))
    if Decimal(add) != 0:
        parts.append("%s USD per unit more" % add)
    text = "%s: %s, as if it held all year." % (name, ", ".join(parts))
    return text + (" Note: %s." % event["note"] if event["note"] else "")


def make_scenarios(events, case):
    """scenario rows and scenario_change rows: the named scenarios, then the events."""
    event = {e["id"]: e for e in events}
    scenarios, changes = [], []

    def scenario(sid, name, description, rows, parent="", like="", start="", end="", kind="scenario", grade="C",
                 source="EST"):
        if like:
            e = event[like]
            start, end, kind, grade, source = (e["start_date"], e["end_date"], e["kind"], e["grade"], e["source_id"])
        scenarios.append(dict(scenario_id=sid, parent_id=parent, name=name, description=description, start_date=start,
                              end_date=end, kind=kind, data_grade=grade, source_id=source))
        changes.extend(dict(r, scenario_id=sid) for r in rows)

    def of(*ids):
        return [r for i in ids for r in event_changes(event[i], case)]

    # ---- the Caspian Pipeline Consortium terminal
    scenario("cpc_spm2_out", "CPC mooring 2 out",
             "Mooring SPM-2 is lost for the year. Two of three moorings remain, which together carry the 83 Mt/y of "
             "the terminal: the spare is gone, and no capacity as long as both others work.",
             of("E_CPC_SPM2"), like="E_CPC_SPM2")
    scenario("cpc_one_mooring", "CPC on one mooring",
             "Mooring SPM-2 is lost and SPM-3 is under repair, as in December 2025, all year: 41.5 Mt/y remain.",
             of("E_CPC_SPM3_MAINT"), parent="cpc_spm2_out", like="E_CPC_SPM3_MAINT")
    scenario("cpc_out", "CPC terminal out",
             "Nothing is loaded at the CPC marine terminal; all Kazakh oil that used it must find other ways.",
             of("E_CPC_HALT"), kind="scenario", source="S_MT29NOV")
    scenario("cpc_dec2025", "CPC as in December 2025",
             "The CPC marine terminal loads at the rate observed in December 2025, 1.14 mb/d or 63.5 % of 83 Mt/y. "
             "An alternative to the mooring scenarios, not to be combined with them.",
             of("E_CPC_DEC25"), like="E_CPC_DEC25")
    scenario("kashagan_china", "Kashagan oil to China",
             "On top of the CPC terminal as in December 2025, at least 50 kt of Kashagan oil a month (0.6 Mt/y, up to "
             "5 Mt/y) go to the Dushanzi refinery by Atyrau, Kenkiyak, Kumkol and Atasu.",
             [change("contract", "*", "", "insert",
                     "contract_id=C_KASH_CN;supply_id=S_CRUDE_KZ_KASHAGAN;demand_id=D_CRUDE_CN_DUSHANZI;flow_unit=Mt;"
                     "min_per_y=0.6;max_per_y=5;shortfall_cost_usd_per_unit=1000;data_grade=A;source_id=S_KASHCN;"
                     "note=50 kt in December 2025 (CNPC 30 and Inpex 20) taken as a yearly minimum",
                     "first Kashagan shipments to China in December 2025")],
             parent="cpc_dec2025", start="2025-12-01", kind="scenario", grade="A", source="S_KASHCN")

    # ---- Russia
    into, out_of = "from_node_id!=RU_*&to_node_id=RU_*", "from_node_id=RU_*&to_node_id!=RU_*"
    scenario("no_russia", "Nothing crosses Russia",
             "No goods from elsewhere may cross Russia: oil and gas of Kazakhstan, Turkmenistan, Azerbaijan and "
             "Uzbekistan may not enter it (CPC, Atyrau-Samara, Makhachkala, Karachaganak gas to Orenburg), dry goods "
             "may enter for Russian markets but not leave. Russia's own oil and gas exports go on, and Karachaganak "
             "oil still reaches the Orenburg refineries.",
             [change("link", into + "&carries=crude&link_id!=OP_KZ_KARACHAGANAK__RU_ORENBURG", "status", "set",
                     "closed", "oil from elsewhere may not enter Russia"),
              change("transfer", "node_id=RU_ORENBURG&from_mode=oil_pipeline&to_mode=rail_1520&carries=crude", "",
                     "remove", "", "oil for the Orenburg refineries goes no further"),
              change("link", into + "&carries=natural_gas", "status", "set", "closed",
                     "gas from elsewhere may not enter Russia"),
              change("link", into + "&carries=dry*crude", "carries", "set", "dry",
                     "railways into Russia: dry goods for Russian markets only"),
              change("link", into + "&directed=false", "directed", "set", "true",
                     "into Russia only: what entered may not leave"),
              change("link", out_of + "&carries=dry", "status", "set", "closed", "no dry goods leave Russia"),
              change("link", out_of + "&carries=dry*crude", "carries", "set", "crude",
                     "railways out of Russia: Russian oil only"),
              change("link", out_of + "&directed=false", "directed", "set", "true", "out of Russia only")])
    scenario("druzhba_germany_halted", "Druzhba to Germany halted",
             "Russia lets no Kazakh oil pass by the Druzhba line to Germany; Ust-Luga, Gdansk and Rostock remain.",
             of("E_DRUZHBA_DE_STOP"), like="E_DRUZHBA_DE_STOP")
    scenario("eu_russian_gas_ban", "EU ban on Russian pipeline gas",
             "TurkStream gas to the Union ends but for a tenth that stands for Serbia, and the Russian-Hungarian "
             "contract loses its minimum. Gas mixed in the Turkish grid can still reach Bulgaria.",
             of("E_EU_RUGAS_BAN") + [change("contract", "contract_id=C_RU_HU", "min_per_y", "set", "0",
                                            "the ban voids the obligation")],
             like="E_EU_RUGAS_BAN")

    # ---- straits
    scenario("bosporus_closed", "Bosporus closed to tankers",
             "No tanker passes the Bosporus; container ships still do.", of("E_BOSPORUS_CLOSE"),
             like="E_BOSPORUS_CLOSE")
    scenario("hormuz_closed", "Strait of Hormuz closed",
             "Nothing passes the Strait of Hormuz: Bandar Abbas and Jebel Ali are cut off from the sea. (The event "
             "hormuz26 is the observed state, a tenth of the capacity at 15 USD/t more.)",
             [change("handling", "node_id=OM_HORMUZ", "capacity_per_y", "set", "0", "the strait is closed"),
              change("link", "to_node_id=AE_JEBELALI&mode=sea_container&from_node_id!=OM_HORMUZ", "capacity_per_y",
                     "set", "0", "these lanes pass the strait too")],
             start="2026-03-01", kind="scenario", grade="A", source="S_HORMUZ26")

    # ---- the Caspian Sea
    scenario("caspian_level_drop", "Low Caspian Sea",
             "The payload losses of 2025 on ferries, tankers and feeders together with the state expected for Aktau in "
             "2030 if the level falls on without dredging (55 % of the port, 5 USD/t more between ship and shore).",
             of("E_CASP_LEVEL25_FERRY_KURYK", "E_CASP_LEVEL25_FERRY_TM", "E_CASP_LEVEL25_TANKER",
                "E_CASP_LEVEL25_CONT", "E_CASP_LEVEL30"), source="S_CASPLEVEL")

    # ---- China
    scenario("cn_rare_metals_ban", "China bars transit of uranium and rare metals",
             "No uranium (already so) and no " + ", ".join(RARE_METALS) + " may cross China to third countries; "
             "deliveries into China go on. Lanes from abroad become one-way into China, lanes that start in Chinese "
             "ports bar these goods.",
             [change("link", "from_node_id!=CN_*&to_node_id=CN_*&directed=false", "directed", "set", "true",
                     "into China only; no dry goods are produced there in this case"),
              change("link", "from_node_id=CN_*&to_node_id!=CN_*&carries=dry", "rare_metals_allowed", "set", "0",
                     "rare metals may not leave China"),
              change("commodity", "commodity=" + "|".join(RARE_METALS), "requires", "set", "rare_metals_allowed",
                     "goods under the ban")],
             start="2025-12-25", kind="scenario", grade="B", source="S_JPRE")

    # ---- the events, one by one
    for e in events:
        if e["id"] in ALIAS:
            continue
        if e["id"] == "E_CN_CLASS7_REFUSE":
            rows = derate_links(case["link"], "from_node_id=CN_*&to_node_id=JP_*", "0", "0", e["note"])
        else:
            rows = event_changes(e, case)
        if e["id"] == "E_OFAC_ROSNEFT":
            rows.append(change("contract", "contract_id=C_ROSN_CNPC", "min_per_y", "set", "0",
                               "the sanction voids the obligation"))
        scenario(e["id"][2:].lower(), event_name(e, events, case), event_description(e, case), rows, like=e["id"])
    return scenarios, changes


def event_scenario(event_id):
    return ALIAS.get(event_id, event_id[2:].lower())


# ---------------------------------------------------------------- tables

# name: (columns, primary key, foreign keys as (columns, table, columns))
TABLES = {
    "config": ("dataset_name long_length speed crs currency id_type base_year", "", []),
    "node": ("node_id name x_coord y_coord node_type country_iso2 rail_gauge_mm owner status available_from_year "
             "refining_capacity_mt_per_y data_grade source_id note", "node_id", [("source_id", "source", "source_id")]),
    "link": ("link_id name from_node_id to_node_id directed length mode carries flow_unit capacity_per_y "
             "background_per_y cost_usd_per_unit risk_premium_usd_per_unit transit_days loss_pct ef_gco2e_per_tkm "
             "class7_allowed rare_metals_allowed status available_from_year countries owner throughput_per_y "
             "throughput_year length_grade capacity_grade cost_grade data_grade source_id cost_source_id note",
             "link_id", [("from_node_id", "node", "node_id"), ("to_node_id", "node", "node_id"),
                         ("mode", "mode", "mode"), ("source_id", "source", "source_id"),
                         ("cost_source_id", "source", "source_id")]),
    "mode": ("mode carries fixed_cost_usd_per_unit var_cost_usd_per_unit_km speed_km_per_day ef_gco2e_per_tkm "
             "loss_pct_per_100km cost_grade ef_grade cost_source_id ef_source_id note", "mode",
             [("cost_source_id", "source", "source_id"), ("ef_source_id", "source", "source_id")]),
    "transfer": ("node_id from_mode to_mode carries cost_usd_per_unit days capacity_per_y flow_unit data_grade "
                 "source_id note", "node_id from_mode to_mode carries",
                 [("node_id", "node", "node_id"), ("from_mode", "mode", "mode"), ("to_mode", "mode", "mode"),
                  ("source_id", "source", "source_id")]),
    "handling": ("node_id carries capacity_per_y flow_unit data_grade source_id", "node_id carries",
                 [("node_id", "node", "node_id"), ("source_id", "source", "source_id")]),
    "commodity": ("commodity carries flow_unit reference_price_usd_per_unit mass_t_per_unit requires conversion "
                  "constraint data_grade source_id", "commodity", [("source_id", "source", "source_id")]),
    "supply": ("supply_id node_id commodity flow_unit quantity_per_y max_per_y supply_cost_usd_per_unit "
               "shut_in_cost_usd_per_unit native_quantity native_unit year status available_from_year data_grade "
               "source_id note", "supply_id", [("node_id", "node", "node_id"), ("commodity", "commodity", "commodity"),
                                               ("source_id", "source", "source_id")]),
    "demand": ("demand_id node_id commodity flow_unit base_per_y min_per_y max_per_y market "
               "reference_price_usd_per_unit shortage_cost_usd_per_unit min_shortage_cost_usd_per_unit data_grade "
               "source_id note", "demand_id", [("node_id", "node", "node_id"), ("commodity", "commodity", "commodity"),
                                               ("source_id", "source", "source_id")]),
    "contract": ("contract_id supply_id demand_id flow_unit min_per_y max_per_y shortfall_cost_usd_per_unit data_grade "
                 "source_id note", "contract_id", [("supply_id", "supply", "supply_id"),
                                                   ("demand_id", "demand", "demand_id"),
                                                   ("source_id", "source", "source_id")]),
    "project": ("project_id name target_type target_id capacity_added_per_y flow_unit cost_musd start_year online_year "
                "status data_grade source_id note", "project_id", [("source_id", "source", "source_id")]),
    "event": ("event_id name start_date end_date target_type target_id capacity_factor cost_add_usd_per_unit kind "
              "scenario_id data_grade source_id note", "event_id",
              [("scenario_id", "scenario", "scenario_id"), ("source_id", "source", "source_id")]),
    "observation": ("observation_id metric value unit period target_type target_id data_grade source_id note",
                    "observation_id", [("source_id", "source", "source_id")]),
    "source": ("source_id title address date supports", "source_id", []),
    "scenario": ("scenario_id parent_id name description start_date end_date kind data_grade source_id", "scenario_id",
                 [("parent_id", "scenario", "scenario_id"), ("source_id", "source", "source_id")]),
    "scenario_change": ("scenario_id table selector field operation value reason", "",
                        [("scenario_id", "scenario", "scenario_id")]),
}

NUMBERS = set("x_coord y_coord length capacity_per_y background_per_y risk_premium_usd_per_unit transit_days loss_pct "
              "ef_gco2e_per_tkm throughput_per_y refining_capacity_mt_per_y var_cost_usd_per_unit_km speed_km_per_day "
              "loss_pct_per_100km days mass_t_per_unit quantity_per_y max_per_y base_per_y min_per_y native_quantity "
              "capacity_added_per_y cost_musd capacity_factor".split())
YEARS = set("base_year available_from_year throughput_year year start_year online_year".split())
FLAGS = set("directed class7_allowed rare_metals_allowed".split())
DATES = set("start_date end_date".split())
REQUIRED = {
    "node": "x_coord y_coord", "link": "from_node_id to_node_id directed mode carries", "mode": "",
    "transfer": "cost_usd_per_unit flow_unit", "handling": "capacity_per_y flow_unit", "commodity": "carries flow_unit",
    "supply": "node_id commodity flow_unit quantity_per_y", "demand": "node_id commodity flow_unit base_per_y",
    "contract": "supply_id demand_id flow_unit", "scenario_change": "scenario_id table selector operation",
}

TITLES = {
    "config": "Units and base year (GMNS)", "node": "Places (GMNS node with further columns)",
    "link": "Pipelines, railways, sea lanes, roads, air lanes (GMNS link with further columns)",
    "mode": "Defaults of the modes", "transfer": "Changes of mode and border clearances at a place",
    "handling": "Most of a class of goods that may enter a place in a year", "commodity": "Goods",
    "supply": "Production", "demand": "Demand", "contract": "Least and most from one supply to one demand",
    "project": "Investments, running and planned", "event": "Outages, seasonal derating, policy",
    "observation": "Published figures to compare with", "source": "Sources", "scenario": "Scenarios",
    "scenario_change": "What the scenarios change",
}


def field_type(table, column):
    if column in FLAGS:
        return "boolean"
    if column in YEARS:
        return "integer"
    if column in DATES:
        return "date"
    if column in NUMBERS or column.endswith("_usd_per_unit") or (table == "observation" and column == "value"):
        return "number"
    return "string"


def data_package():
    resources = []
    for name, (columns, primary, foreign) in TABLES.items():
        required = set(primary.split()) | set(REQUIRED.get(name, "").split())
        fields = []
        for c in columns.split():
            field = {"name": c, "type": field_type(name, c)}
            if c in required:
                field["constraints"] = {"required": True}
            fields.append(field)
        schema = {"fields": fields, "missingValues": [""]}
        if primary:
            schema["primaryKey"] = primary.split()
        if foreign:
            schema["foreignKeys"] = [
                {"fields": [f], "reference": {"resource": "" if t == name else t, "fields": [g]}}
                for f, t, g in foreign]
        resources.append({"name": name, "path": name + ".csv", "title": TITLES[name],
                          "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv",
                          "encoding": "utf-8", "schema": schema})
    return {
        "profile": "tabular-data-package",
        "name": "steppe-eurasia",
        "title": "Eurasian corridors of oil, gas and minerals, base year " + BASE_YEAR,
        "description": "A case for Steppe: the network, goods, contracts and scenarios of README.md, "
                       "in the tables of datasets/FORMAT.md. node and link follow GMNS.",
        "sources": [
            {"title": "Global Energy Monitor trackers (GOGET, GGIT, GOIT), CC BY 4.0",
             "path": "https://globalenergymonitor.org"},
            {"title": "Eurostat marnet sea network as distributed with searoute-py",
             "path": "https://github.com/genthalili/searoute-py"},
            {"title": "Further pages and data files: see source.csv"},
        ],
        "resources": resources,
    }


# ---------------------------------------------------------------- main


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    facts, out = sys.argv[1], sys.argv[2]
    os.makedirs(out, exist_ok=True)

    nodes, links = read_table(facts, "nodes.csv"), read_table(facts, "links.csv")
    commodities, supply = read_table(facts, "commodities.csv"), read_table(facts, "supply.csv")
    events = read_table(facts, "events.csv")
    price = {c["commodity"]: Decimal(c["reference_price_usd_per_unit"]) for c in commodities}
    commodity_of_supply = {s["id"]: s["commodity"] for s in supply}

    case = {
        "config": [dict(dataset_name="Eurasian corridors " + BASE_YEAR, long_length="km", speed="km/h",
                        crs="EPSG:4326", currency="USD", id_type="string", base_year=BASE_YEAR)],
        "node": make_nodes(nodes, links),
        "link": make_links(links),
        "mode": make_modes(read_table(facts, "modes.csv"), links),
        "transfer": [renamed(r, data_grade="grade") for r in read_table(facts, "transfers.csv")],
        "handling": make_handling(nodes),
        "commodity": make_commodities(commodities),
        "supply": make_supplies(supply),
        "demand": make_demands(read_table(facts, "demand.csv"), price),
        "contract": make_contracts(read_table(facts, "contracts.csv"), commodity_of_supply, price),
        "project": [renamed(r, project_id="id", data_grade="grade") for r in read_table(facts, "projects.csv")],
        "observation": [renamed(r, observation_id="id", data_grade="grade")
                        for r in read_table(facts, "observations.csv")],
        "source": [renamed(r, source_id="id") for r in read_table(facts, "sources.csv")],
        "event": [renamed(dict(r, scenario_id=event_scenario(r["id"])), event_id="id", data_grade="grade")
                  for r in events],
    }
    case["scenario"], case["scenario_change"] = make_scenarios(events, case)

    for name, (columns, _, _) in TABLES.items():
        write_table(out, name, columns.split(), case[name])
    with open(os.path.join(out, "datapackage.json"), "w", encoding="utf-8", newline="\n") as f:
        json.dump(data_package(), f, indent=1, ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    main()
