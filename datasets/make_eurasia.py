#!/usr/bin/env python3
"""Write the case datasets/eurasia from the Eurasian corridor facts collection.

usage: make_eurasia.py FACTS_DIR OUT_DIR

FACTS_DIR holds the facts collection (nodes.csv, links.csv, supply.csv, ...).
OUT_DIR receives the tables of datasets/FORMAT.md and a datapackage.json that
describes them. README.md of the case is written by hand and is not touched.

The conversion is deterministic: the same facts give the same bytes. Numbers
pass through as the text they have in the facts; the few computed ones are
computed in decimal arithmetic. Every rule that adds or changes something is
in this file and eurasia_rules.py and is repeated in words in the README of the case.

Python 3, standard library only.
"""

import csv
import fnmatch
import json
import os
import sys
from decimal import Decimal

from eurasia_package import BASE_YEAR, TABLES, data_package
from eurasia_rules import (CONVERSIONS, HORIZON_END, HORIZON_START, POLICIES, RAMP_UP, SMELTER, SMELTER_CAPACITY,
                           SMELTER_DEMAND, SMELTER_SUPPLY, SMELTER_YIELD, STABILITY_COST, gas_profile,
                           make_conversion_flows, make_cost_curves, make_group_members, make_groups, make_periods,
                           make_profiles, make_storages, plain, replayed, when)

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
        if n["supply_id"] == SMELTER_SUPPLY:
            made = Decimal(SMELTER_CAPACITY) * Decimal(SMELTER_YIELD)
            for column in ("quantity_per_y", "max_per_y"):
                n[column] = plain(Decimal(row[column]) - made)
            n["native_quantity"] = plain(Decimal(row["native_quantity"]) - 1000 * made)
            n["note"] = "total %s Mt/y less %s from bought concentrate (conversion %s)" % (
                row["quantity_per_y"], plain(made), SMELTER)
        out.append(n)
    return out


def make_demands(demand, price):
    out = []
    for row in demand:
        n = renamed(row, demand_id="id", data_grade="grade")
        n["shortage_cost_usd_per_unit"] = ""
        n["profile"] = gas_profile(row["market"]) if row["commodity"] == "natural_gas" else ""
        if n["demand_id"] == SMELTER_DEMAND:
            n.update(base_per_y="0", max_per_y="0",
                     note="%s Mt/y goes into the conversion %s" % (row["base_per_y"], SMELTER))
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


def insert(table, reason, **cells):
    return change(table, "*", "", "insert", ";".join("%s=%s" % c for c in cells.items()), reason)


def ramps():
    """The ramps of an outage scenario; they hold all through the horizon, not only on the days of the outage."""
    return [dict(insert("ramp", "other ways take up oil only slowly", ramp_id="RAMP_" + route[2:], group_id=route,
                        flow_unit="Mt", max_up_per_y=up,
                        stability_cost_usd_per_unit="0" if route == "R_CPC_OTHERS" else STABILITY_COST, data_grade="C",
                        source_id="S_REROUTE" if route == "R_CPC_OTHERS" else "EST"),
                 start_date=HORIZON_START, end_date=HORIZON_END) for route, up in RAMP_UP.items()]


# ---------------------------------------------------------------- scenarios

# Events that say the same as one of the named scenarios below: they get no
# scenario of their own.
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

# Outages of the CPC, in which the other ways take up oil only slowly.
RAMPED = {"E_CPC_APR25", "E_CPC_MAR22", "E_KROPOTKIN"}

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
    """The meaning of one row of events.csv as scenario changes."""
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
    text = "%s: %s. " % (name, ", ".join(parts))
    text += when(*replayed(event["start_date"], event["end_date"]), event["start_date"], event["end_date"])
    return text + (" Note: %s." % event["note"] if event["note"] else "")


def make_scenarios(events, case):
    """scenario rows and scenario_change rows: the named scenarios, then the events."""
    event = {e["id"]: e for e in events}
    scenarios, changes = [], []

    def scenario(sid, name, description, rows, parent="", like="", start="", end="", kind="scenario", grade="C",
                 source="EST"):
        if like:
            e = event[like]
            start, end = replayed(e["start_date"], e["end_date"])
            kind, grade, source = e["kind"], e["grade"], e["source_id"]
        scenarios.append(dict(scenario_id=sid, parent_id=parent, name=name, description=description, start_date=start,
                              end_date=end, kind=kind, data_grade=grade, source_id=source))
        changes.extend(dict(r, scenario_id=sid) for r in rows)

    def of(*ids):
        return [r for i in ids for r in event_changes(event[i], case)]

    # ---- the Caspian Pipeline Consortium terminal
    scenario("cpc_spm2_out", "CPC mooring 2 out",
             "Mooring SPM-2 is lost from 2025-11-29 on. Two of three moorings remain, which together carry the 83 Mt/y "
             "of the terminal: the spare is gone, and no capacity as long as both others work.",
             of("E_CPC_SPM2"), like="E_CPC_SPM2")
    scenario("cpc_one_mooring", "CPC on one mooring",
             "Mooring SPM-2 is lost from 2025-11-29 on and SPM-3 is under repair from 2025-11-12 to 2026-01-30: for two "
             "months 41.5 Mt/y remain. The other ways take up oil only slowly (ramps).",
             of("E_CPC_SPM3_MAINT") + ramps(), parent="cpc_spm2_out", like="E_CPC_SPM3_MAINT")
    scenario("cpc_out", "CPC terminal out",
             "Nothing is loaded at the CPC marine terminal from 2025-11-29 to 2026-01-31, then it is back: tanks "
             "fill, other ways take up what they can (ramps), fields shut in, and from February on oil flows as before. The "
             "first day is that of the attack of 2025-11-29; a halt of two months is an assumption.",
             of("E_CPC_HALT") + ramps(), start="2025-11-29", end="2026-01-31", source="S_MT29NOV")
    scenario("cpc_dec2025", "CPC as in December 2025",
             "The CPC marine terminal loads in December 2025 at the rate observed, 1.14 mb/d or 63.5 % of 83 Mt/y; the "
             "other ways take up oil only slowly (ramps). An alternative to the mooring scenarios, not to be combined "
             "with them.",
             of("E_CPC_DEC25") + ramps(), like="E_CPC_DEC25")
    scenario("kashagan_china", "Kashagan oil to China",
             "On top of the CPC terminal as in December 2025, from then on at least 50 kt of Kashagan oil a month (0.6 Mt/y, "
             "up to 5 Mt/y) go to the Dushanzi refinery by Atyrau, Kenkiyak, Kumkol and Atasu.",
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
             "oil still reaches the Orenburg refineries. It holds for the whole horizon.",
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
             "Russia lets no Kazakh oil pass by the Druzhba line to Germany from 2026-05-01 on; Ust-Luga, Gdansk and "
             "Rostock remain.",
             of("E_DRUZHBA_DE_STOP"), like="E_DRUZHBA_DE_STOP")
    scenario("eu_russian_gas_ban", "EU ban on Russian pipeline gas",
             "TurkStream gas to the Union ends but for a tenth that stands for Serbia, and the Russian-Hungarian "
             "contract loses its minimum. Gas mixed in the Turkish grid can still reach Bulgaria. It holds for the whole "
             "horizon; the ban is to come on 2028-01-01.",
             of("E_EU_RUGAS_BAN") + [change("contract", "contract_id=C_RU_HU", "min_per_y", "set", "0",
                                            "the ban voids the obligation")],
             like="E_EU_RUGAS_BAN")

    # ---- straits
    scenario("bosporus_closed", "Bosporus closed to tankers",
             "No tanker passes the Bosporus in July 2026; container ships still do.", of("E_BOSPORUS_CLOSE"),
             like="E_BOSPORUS_CLOSE")
    scenario("hormuz_closed", "Strait of Hormuz closed",
             "Nothing passes the Strait of Hormuz from 2026-03-01 on: Bandar Abbas and Jebel Ali are cut off from the sea. "
             "(The event hormuz26 is the observed state, a tenth of the capacity at 15 USD/t more.)",
             [change("handling", "node_id=OM_HORMUZ", "capacity_per_y", "set", "0", "the strait is closed"),
              change("link", "to_node_id=AE_JEBELALI&mode=sea_container&from_node_id!=OM_HORMUZ", "capacity_per_y",
                     "set", "0", "these lanes pass the strait too")],
             start="2026-03-01", kind="scenario", grade="A", source="S_HORMUZ26")

    # ---- the Caspian Sea
    scenario("caspian_level_drop", "Low Caspian Sea",
             "The payload losses of 2025 on ferries, tankers and feeders together with the state expected for Aktau in "
             "2030 if the level falls on without dredging (55 % of the port, 5 USD/t more between ship and shore). It "
             "holds for the whole horizon.",
             of("E_CASP_LEVEL25_FERRY_KURYK", "E_CASP_LEVEL25_FERRY_TM", "E_CASP_LEVEL25_TANKER",
                "E_CASP_LEVEL25_CONT", "E_CASP_LEVEL30"), source="S_CASPLEVEL")

    # ---- China
    scenario("cn_rare_metals_ban", "China bars transit of uranium and rare metals",
             "No uranium (already so) and no " + ", ".join(RARE_METALS) + " may cross China to third countries; "
             "deliveries into China go on. Lanes from abroad become one-way into China, lanes that start in Chinese "
             "ports bar these goods. It holds for the whole horizon (the report is of 2025-12-25).",
             [change("link", "from_node_id!=CN_*&to_node_id=CN_*&directed=false", "directed", "set", "true",
                     "into China only; no dry goods are produced there in this case"),
              change("link", "from_node_id=CN_*&to_node_id!=CN_*&carries=dry", "rare_metals_allowed", "set", "0",
                     "rare metals may not leave China"),
              change("commodity", "commodity=" + "|".join(RARE_METALS), "requires", "set", "rare_metals_allowed",
                     "goods under the ban")],
             kind="scenario", grade="B", source="S_JPRE")

    # ---- rules
    scenario("carbon_price", "Carbon price of 50 USD/t",
             "Every t CO2e of transport costs 50 USD more, on all links and for all goods, for the whole horizon.",
             [insert("policy", "carbon price", policy_id="P_CARBON", name="Carbon price", kind="emission_price",
                     commodity="*", value="50", value_unit="USD/t", data_grade="C", source_id="EST")])
    scenario("emission_cap", "Cap on the emissions of transport",
             "All transport of the case emits at most 18 Mt CO2e a year, about 5 % less than the base, for the whole "
             "horizon.",
             [insert("policy", "cap", policy_id="P_CAP", name="Cap on emissions", kind="emission_cap", commodity="*",
                     value="18000000", value_unit="t", data_grade="C", source_id="EST")])
    scenario("kz_crude_not_russia_20", "A fifth of Kazakh oil exports not by Russia",
             "At most 65 % of the oil that Kazakh fields produce may enter Russia over the year. About a fifth of it "
             "stays at home, so that is about four fifths of the exports: a fifth at least goes by the Caspian and China.",
             [insert("policy", "diversity of export ways", policy_id="P_KZ_NOT_RU", name="Kazakh oil not only by Russia",
                     kind="max_share", commodity="crude", supply_selector="supply_id=S_CRUDE_KZ_*", into_country="RU",
                     value="0.65", value_unit="share", data_grade="C", source_id="EST")])
    scenario("gas_diversification", "Turkish gas: no neighbour above 60 %",
             "Over the year no neighbour brings more gas into Turkey than 60 % of what Turkey takes. Gas that passes on "
             "to the Balkans counts as well, because what enters is counted.",
             [insert("policy", "diversity of origin", policy_id="P_TR_GAS", name="Origin of gas in Turkey",
                     kind="diversification", commodity="natural_gas", market="TR", value="0.6", value_unit="share",
                     data_grade="C", source_id="EST")])
    scenario("u_inkai_not_russia", "No uranium of Inkai through Russia",
             "Uranium of Inkai may not enter Russia, as the Canadian partner wants it, for the whole horizon.",
             [insert("policy", "the partner avoids Russia", policy_id="P_INKAI", name="Inkai uranium avoids Russia",
                     kind="embargo", commodity="uranium_u", supply_selector="supply_id=S_URANIUM_U_KZ_INKAI",
                     into_country="RU", data_grade="B", source_id="S_WNNTITR")], grade="B", source="S_WNNTITR")
    scenario("winter_cold", "Cold winter",
             "Gas demand with a season is a tenth higher from 2025-12-01 to 2026-02-28; fields and stores are as they are.",
             [change("demand", "commodity=natural_gas&profile=gas_*", f, "scale", "1.1", "cold")
              for f in ("base_per_y", "min_per_y", "max_per_y")], start="2025-12-01", end="2026-02-28")

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
        if e["id"] in RAMPED:
            rows += ramps()
        scenario(e["id"][2:].lower(), event_name(e, events, case), event_description(e, case), rows, like=e["id"])
    return scenarios, changes


def event_scenario(event_id):
    return ALIAS.get(event_id, event_id[2:].lower())


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

    periods = make_periods()
    case = {
        "config": [dict(dataset_name="Eurasian corridors " + BASE_YEAR, long_length="km", speed="km/h",
                        crs="EPSG:4326", currency="USD", id_type="string", base_year=BASE_YEAR, horizon="cyclic")],
        "period": periods,
        "profile": make_profiles(periods),
        "node": make_nodes(nodes, links),
        "link": make_links(links),
        "mode": make_modes(read_table(facts, "modes.csv"), links),
        "transfer": [renamed(r, data_grade="grade") for r in read_table(facts, "transfers.csv")],
        "handling": make_handling(nodes),
        "commodity": make_commodities(commodities),
        "supply": make_supplies(supply),
        "demand": make_demands(read_table(facts, "demand.csv"), price),
        "contract": make_contracts(read_table(facts, "contracts.csv"), commodity_of_supply, price),
        "storage": make_storages(),
        "conversion": CONVERSIONS,
        "conversion_flow": make_conversion_flows(),
        "cost_curve": make_cost_curves(),
        "policy": POLICIES,
        "capacity_group": make_groups(),
        "capacity_group_member": make_group_members(),
        "ramp": [],
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
