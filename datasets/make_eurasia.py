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

import calendar
import csv
import datetime
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

# The horizon: twelve months, the winter first.
FIRST_YEAR, FIRST_MONTH = 2025, 11
HORIZON_START, HORIZON_END = "2025-11-01", "2026-10-31"

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


# ---------------------------------------------------------------- time

# Gas demand over the year, January to December, by broad climate: own
# estimates of shape (C). The mean over the days of the horizon is 1, so that
# quantities per year hold; make_profiles checks it.
PROFILES = {
    "gas_cold": "1.68 1.63 1.29 0.91 0.65 0.50 0.45 0.45 0.60 0.95 1.34 1.59",
    "gas_central_asia": "1.22 1.19 1.08 0.94 0.88 0.87 0.88 0.88 0.88 0.93 1.08 1.18",
    "gas_caucasus": "1.49 1.45 1.24 0.95 0.74 0.68 0.71 0.71 0.69 0.84 1.14 1.39",
    "gas_turkey": "1.49 1.42 1.28 0.93 0.74 0.69 0.74 0.74 0.69 0.79 1.13 1.38",
    "gas_europe": "1.24 1.22 1.09 0.97 0.89 0.85 0.85 0.85 0.87 0.92 1.07 1.20",
    "gas_china": "1.28 1.20 1.04 0.90 0.85 0.85 0.89 0.89 0.87 0.91 1.09 1.24",
    "gas_iran": "1.48 1.38 1.18 0.90 0.76 0.73 0.76 0.76 0.74 0.86 1.12 1.35",
}
PROFILE_NOTES = {
    "gas_cold": "cold continental winter, mostly heat: Kazakhstan, Kyrgyzstan",
    "gas_central_asia": "milder winter, much power, chemicals and own use: Turkmenistan, Uzbekistan",
    "gas_caucasus": "Azerbaijan, Georgia, Armenia",
    "gas_turkey": "Turkey",
    "gas_europe": "pipeline imports of the modelled suppliers only; flatter than burning, as stores not modelled even it out",
    "gas_china": "pipeline imports from the west; flatter than burning in the north",
    "gas_iran": "north of Iran",
}
PROFILE_OF_MARKET = {"gas_cold": "KZ KG", "gas_central_asia": "TM UZ", "gas_caucasus": "AZ GE AM", "gas_turkey": "TR",
                     "gas_europe": "IT GR BG RS HU RO SK AT DE", "gas_china": "CN", "gas_iran": "IR"}


def gas_profile(market):
    return next((p for p, markets in PROFILE_OF_MARKET.items() if market in markets.split()), "")


def make_periods():
    out, year, month = [], FIRST_YEAR, FIRST_MONTH
    for _ in range(12):
        start = datetime.date(year, month, 1)
        out.append(dict(period_id=start.strftime("%Y-%m"), name="%s %d" % (calendar.month_name[month], year),
                        start_date=start.isoformat(),
                        end_date=start.replace(day=calendar.monthrange(year, month)[1]).isoformat()))
        month = month % 12 + 1
        year += month == 1
    assert (out[0]["start_date"], out[-1]["end_date"]) == (HORIZON_START, HORIZON_END)
    return out


def make_profiles(periods):
    days = {}
    for p in periods:
        start, end = (datetime.date.fromisoformat(p[c]) for c in ("start_date", "end_date"))
        days[start.month] = (end - start).days + 1
    out = []
    for name, text in PROFILES.items():
        factors = [Decimal(f) for f in text.split()]
        mean = sum(days[m + 1] * f for m, f in enumerate(factors)) / sum(days.values())
        if abs(mean - 1) > Decimal("0.0006"):
            raise SystemExit("profile %s: mean %s" % (name, mean))
        for m, f in enumerate(factors):
            out.append(dict(profile_id=name, month=str(m + 1), factor=plain(f), data_grade="C", source_id="EST",
                            note=PROFILE_NOTES[name] if m == 0 else ""))
    return out


def replayed(start, end):
    """The dates on which a scenario holds: its own, if they touch the horizon.

    What is past by the first day of the horizon is replayed on the same days
    of the year; what has no end and began before it, or begins only after it,
    holds throughout (both dates empty).
    """
    if not start or (not end and start < HORIZON_START) or start > HORIZON_END:
        return "", ""
    if end and end < HORIZON_START:
        year = FIRST_YEAR if int(start[5:7]) >= FIRST_MONTH else FIRST_YEAR + 1
        shift = year - int(start[:4])
        return tuple("%d%s" % (int(d[:4]) + shift, d[4:]) for d in (start, end))
    return start, end


def when(start, end, true_start="", true_end=""):
    """In words: on which days a scenario holds."""
    if not start:
        text = "It holds for the whole horizon"
        if true_start:
            text += " (%s %s)" % ("in fact since" if true_start < HORIZON_START else "in fact from", true_start)
        return text + "."
    text = "It holds from %s to %s" % (start, end or "the end of the horizon")
    if true_start and true_start != start:
        text += ", a replay of %s to %s" % (true_start, true_end)
    return text + "."


# ---------------------------------------------------------------- stores

# Underground gas stores and tank farms: general knowledge and own estimates,
# not from the facts. id, place, mode, unit, capacity, in per year, out per
# year, first stock (1 November), grade, source, note.
GAS_STORES = """
G_KZ_BOZOI|KZ_BOZOI|4|8|10|3|B|GK|design 4 bcm; rates estimated
G_KZ_AKYRTOBE|KZ_GASMK_S|0.3|0.8|1.1|0.25|C|GK|Akyrtobe near Taraz
G_UZ_GAZLI|UZ_GAZLI|4|8|12|3.2|C|GK|3 bcm before the extension to 10; state of the extension not known
G_UZ_FERGANA|UZ_GASMK|1.8|4|6|1.4|C|GK|North Sokh and Khojaabad
G_AZ_GARADAGH|AZ_SANGACHAL|2|3|3.5|1.6|C|GK|both stores together about 3.5 bcm
G_AZ_GALMAZ|AZ_HAJIGABUL|1.5|2|2.5|1.2|C|GK|both stores together about 3.5 bcm
G_TR_SILIVRI|TR_GASMK|4.6|16|27|4.2|B|GK|75 million m3 a day out, 45 in
G_TR_TUZGOLU|TR_GASMK|2|8|15|1.7|C|GK|under extension to 5.4 bcm
G_IR_SHURIJEH|IR_MASHHAD|2.4|3.6|7|2|C|GK|
G_IR_SARAJEH|IR_GASMK_N|1.1|2|3.5|0.9|C|GK|
G_RU_STEPNOVSKOYE|RU_ALGAI_GAS|1|2|3|0.9|C|EST|a share of the Volga stores for the modelled routes only
G_RU_KASIMOV|RU_POCHINKI|4|8|12|3.6|C|EST|a share of the central Russian stores for the modelled routes only
G_IT_STOGIT|IT_GASMK|1.5|3|5|1.3|C|EST|a share in proportion to the demand modelled here; the country has about 17 bcm
G_AT_HAIDACH|AT_BAUMG|1|2|3|0.8|C|EST|a share in proportion to the demand modelled here; Haidach alone has about 2.9 bcm
G_HU_MMBF|HU_GASMK|1.5|3|5|1.2|C|EST|a share in proportion to the demand modelled here; the country has about 6.5 bcm
G_BG_CHIREN|BG_GASMK|0.55|1.1|1.4|0.5|B|GK|
G_RS_BANATSKI|RS_GASMK|0.45|1|1.8|0.4|B|GK|
G_CN_HUTUBI|CN_KHORGOS|4.5|6|10|3.6|B|GK|lies on the line from Khorgos east
G_CN_EAST|CN_GASMK_E|2.5|5|9|2|C|GK|Jintan, Liuzhuang and others on the coast
"""
OIL_STORES = """
T_RU_CPC_TERM|RU_CPC_TERM|oil_pipeline|1|0.5|B|GK|about 1.3 million m3 of tanks, less what cannot be used
T_KZ_TENGIZ|KZ_TENGIZ|oil_pipeline|0.3|0.1|C|EST|
T_KZ_ATYRAU|KZ_ATYRAU|oil_pipeline|0.3|0.15|C|EST|
T_KZ_AKTAU_PORT|KZ_AKTAU_PORT|oil_pipeline|0.25|0.1|C|EST|
T_KZ_ATASU|KZ_ATASU|oil_pipeline|0.2|0.1|C|EST|
T_RU_SAMARA|RU_SAMARA|oil_pipeline|0.5|0.25|C|EST|what a transit client may use
T_AZ_SANGACHAL|AZ_SANGACHAL|oil_pipeline|0.4|0.2|B|GK|about 3 million barrels
T_TR_CEYHAN|TR_CEYHAN|oil_pipeline|0.9|0.4|B|GK|seven tanks of 150 000 m3
T_GE_BATUMI|GE_BATUMI|rail_1520|0.3|0.1|C|GK|
T_IT_TRIESTE|IT_TRIESTE|sea_tanker|1.5|0.7|B|GK|about 2 million m3 of tanks before the line to the north
T_CN_DUSHANZI|CN_DUSHANZI|oil_pipeline|1|0.5|C|EST|commercial part only
"""


def make_storages():
    out = []
    for line in GAS_STORES.split("\n")[1:-1]:
        sid, place, capacity, inject, withdraw, stock, grade, source, note = line.split("|")
        out.append(dict(storage_id=sid, node_id=place, commodity="natural_gas", flow_unit="bcm", mode="gas_pipeline",
                        capacity=capacity, inject_per_y=inject, withdraw_per_y=withdraw, inject_cost_usd_per_unit="5",
                        withdraw_cost_usd_per_unit="3", holding_cost_usd_per_unit_y="10", loss_pct_per_y="0.5",
                        final_rule="cyclic", initial=stock, status="operating", data_grade=grade, source_id=source,
                        note=note))
    for line in OIL_STORES.split("\n")[1:-1]:
        sid, place, mode, capacity, stock, grade, source, note = line.split("|")
        out.append(dict(storage_id=sid, node_id=place, commodity="crude", flow_unit="Mt", mode=mode, capacity=capacity,
                        inject_cost_usd_per_unit="0.3", withdraw_cost_usd_per_unit="0.3",
                        holding_cost_usd_per_unit_y="24", final_rule="cyclic", initial=stock, status="operating",
                        data_grade=grade, source_id=source, note=note))
    return out


# ---------------------------------------------------------------- conversion, curves, rules

# The facts give the cathode of Balkhash and, apart from it, a demand there for
# concentrate of other mines. That concentrate becomes cathode which is part of
# the same total, so its share is taken out of the supply: 0.22 x 0.25 = 0.055.
SMELTER, SMELTER_DEMAND, SMELTER_SUPPLY = "V_KZ_BALKHASH_CU", "D_COPPER_CONC_KZ_BALKHASH", "S_COPPER_CATHODE_KZ_BALKHASH"
SMELTER_CAPACITY = "0.22"
SMELTER_YIELD = "0.25"  # project P_AKT_SMELT: 1.2 Mt of concentrate become 0.3 Mt of cathode

CONVERSIONS = [
    dict(conversion_id=SMELTER, node_id="KZ_BALKHASH", flow_unit="Mt", capacity_per_y=SMELTER_CAPACITY,
         cost_usd_per_unit="", status="operating", data_grade="C", source_id="EST",
         note="concentrate bought from other mines; cost not known, counts as 0 like that of the mineral supplies"),
    dict(conversion_id="V_KZ_AKTOGAY_CU", node_id="KZ_AKTOGAY", flow_unit="Mt", capacity_per_y="1.2",
         cost_usd_per_unit="", status="under_construction", available_from_year="2028", data_grade="B",
         source_id="S_AKTSMELT", note="project P_AKT_SMELT; cost not known"),
]


def make_conversion_flows():
    out = []
    for c in CONVERSIONS:
        for commodity, direction, quantity in (("copper_conc", "in", "1"), ("copper_cathode", "out", SMELTER_YIELD)):
            out.append(dict(conversion_id=c["conversion_id"], commodity=commodity, flow_unit="Mt", direction=direction,
                            quantity_per_unit=quantity, data_grade="C", source_id="S_AKTSMELT"))
    return out


# What more than today's volume costs: spare tankers, locomotives, spot cargoes.
COST_CURVES = """
link|CT_KZ_AKTAU_PORT__AZ_SANGACHAL|1.7|6|today's volume; more needs tankers from other lanes
link|CT_KZ_AKTAU_PORT__AZ_SANGACHAL|3|14|
link|CT_KZ_AKTAU_PORT__AZ_DUBENDI|0.8|6|the same ships
link|CT_KZ_AKTAU_PORT__AZ_DUBENDI|1.6|14|
link|RB_KZ_TENGIZ__KZ_MAKAT|1|5|tank cars and locomotives beyond the usual
link|RB_GE_TBILISI__GE_AKHALKALAKI|1|4|BTK: locomotives and bogie change beyond the usual
link|RB_GE_TBILISI__GE_AKHALKALAKI|3|10|
supply|S_GAS_TR_LNG|14|60|spot cargoes
supply|S_GAS_TR_LNG|18|120|
"""


def make_cost_curves():
    return [dict(zip(("table", "id", "from_per_y", "cost_add_usd_per_unit", "note"), line.split("|")), data_grade="C",
                 source_id="EST") for line in COST_CURVES.split("\n")[1:-1]]


# The rule in force; scenarios insert the others.
POLICIES = [
    dict(policy_id="P_UQUOTA", name="Uranium quota on the Middle Corridor", kind="quota", commodity="uranium_u",
         link_selector="link_id=CC_KZ_AKTAU_PORT__AZ_ALAT|RF_KZ_KURYK_PORT__AZ_ALAT", value="0.0035", value_unit="Mt",
         per="horizon", data_grade="A", source_id="S_UQUOTA",
         note="3500 t U a year; known for 2022, taken to hold still; Caspian lanes from Kazakh ports"),
]

# Routes that can take oil of the CPC; names only in the base, the ramps of the
# outage scenarios use them.
ROUTES = {
    "R_ATYRAU_SAMARA": ("Atyrau to Samara", ["OP_KZ_ATYRAU__RU_BCHERN"]),
    "R_AKTAU_BAKU": ("Aktau and Kuryk to Baku", ["CT_KZ_AKTAU_PORT__AZ_SANGACHAL", "CT_KZ_AKTAU_PORT__AZ_DUBENDI",
                                                 "RF_KZ_KURYK_PORT__AZ_ALAT_CRUDE"]),
    "R_AKTAU_MAKHACHKALA": ("Aktau to Makhachkala", ["CT_KZ_AKTAU_PORT__RU_MAKHACHKALA"]),
    "R_ATASU_ALASHANKOU": ("Atasu to Alashankou", ["OP_KZ_ATASU__CN_ALASHANKOU"]),
    "R_BTC": ("Baku to Ceyhan, all oil", ["OP_AZ_SANGACHAL__GE_GARDABANI"]),
    "R_RAIL_WEST": ("Oil by rail out of Tengiz and Atyrau", ["RB_KZ_TENGIZ__KZ_MAKAT", "RB_KZ_ATYRAU__KZ_AKSARAY"]),
}
ROUTES["R_CPC_OTHERS"] = ("All ways round the CPC together", [
    link for route in ("R_ATYRAU_SAMARA", "R_AKTAU_BAKU", "R_AKTAU_MAKHACHKALA", "R_ATASU_ALASHANKOU", "R_RAIL_WEST")
    for link in ROUTES[route][1]])
# Mt/y more than the base plan in any month: 0.3 Mt a month each, 0.6 together
# (0.3 Mt were rerouted in December 2025, 0.561 Mt in April 2022).
RAMP_UP = {route: "3.6" for route in ROUTES}
RAMP_UP["R_CPC_OTHERS"] = "7.2"
STABILITY_COST = "1"


def make_groups():
    return [dict(group_id=route, name=name, flow_unit="Mt", per="period", data_grade="C", source_id="EST")
            for route, (name, _) in ROUTES.items()]


def make_group_members():
    return [dict(group_id=route, link_id=link, commodity="crude", weight="1")
            for route, (_, links) in ROUTES.items() for link in links]


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


# ---------------------------------------------------------------- tables

# name: (columns, primary key, foreign keys as (columns, table, columns))
TABLES = {
    "config": ("dataset_name long_length speed crs currency id_type base_year horizon", "", []),
    "period": ("period_id name start_date end_date", "period_id", []),
    "profile": ("profile_id month factor data_grade source_id note", "profile_id month",
                [("source_id", "source", "source_id")]),
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
    "demand": ("demand_id node_id commodity flow_unit base_per_y min_per_y max_per_y profile market "
               "reference_price_usd_per_unit shortage_cost_usd_per_unit min_shortage_cost_usd_per_unit data_grade "
               "source_id note", "demand_id", [("node_id", "node", "node_id"), ("commodity", "commodity", "commodity"),
                                               ("source_id", "source", "source_id")]),
    "contract": ("contract_id supply_id demand_id flow_unit min_per_y max_per_y shortfall_cost_usd_per_unit data_grade "
                 "source_id note", "contract_id", [("supply_id", "supply", "supply_id"),
                                                   ("demand_id", "demand", "demand_id"),
                                                   ("source_id", "source", "source_id")]),
    "storage": ("storage_id node_id commodity flow_unit mode capacity min_stock inject_per_y withdraw_per_y "
                "inject_cost_usd_per_unit withdraw_cost_usd_per_unit holding_cost_usd_per_unit_y loss_pct_per_y "
                "final_rule initial final status available_from_year data_grade source_id note", "storage_id",
                [("node_id", "node", "node_id"), ("commodity", "commodity", "commodity"), ("mode", "mode", "mode"),
                 ("source_id", "source", "source_id")]),
    "conversion": ("conversion_id node_id flow_unit capacity_per_y cost_usd_per_unit status available_from_year "
                   "data_grade source_id note", "conversion_id",
                   [("node_id", "node", "node_id"), ("source_id", "source", "source_id")]),
    "conversion_flow": ("conversion_id commodity flow_unit direction quantity_per_unit data_grade source_id",
                        "conversion_id commodity", [("conversion_id", "conversion", "conversion_id"),
                                                    ("commodity", "commodity", "commodity"),
                                                    ("source_id", "source", "source_id")]),
    "cost_curve": ("table id from_per_y cost_add_usd_per_unit data_grade source_id note", "table id from_per_y",
                   [("source_id", "source", "source_id")]),
    "policy": ("policy_id name kind commodity supply_selector link_selector into_country market value value_unit per "
               "start_date end_date data_grade source_id note", "policy_id", [("source_id", "source", "source_id")]),
    "capacity_group": ("group_id name flow_unit capacity_per_y min_per_y per data_grade source_id", "group_id",
                       [("source_id", "source", "source_id")]),
    "capacity_group_member": ("group_id link_id commodity weight", "group_id link_id",
                              [("group_id", "capacity_group", "group_id"), ("link_id", "link", "link_id"),
                               ("commodity", "commodity", "commodity")]),
    "ramp": ("ramp_id group_id flow_unit max_up_per_y max_down_per_y stability_cost_usd_per_unit data_grade source_id",
             "ramp_id", [("group_id", "capacity_group", "group_id"), ("source_id", "source", "source_id")]),
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
    "scenario_change": ("scenario_id table selector field operation value reason start_date end_date", "",
                        [("scenario_id", "scenario", "scenario_id")]),
}

NUMBERS = set("x_coord y_coord length capacity_per_y background_per_y risk_premium_usd_per_unit transit_days loss_pct "
              "ef_gco2e_per_tkm throughput_per_y refining_capacity_mt_per_y var_cost_usd_per_unit_km speed_km_per_day "
              "loss_pct_per_100km days mass_t_per_unit quantity_per_y max_per_y base_per_y min_per_y native_quantity "
              "capacity_added_per_y cost_musd capacity_factor factor capacity min_stock inject_per_y withdraw_per_y "
              "holding_cost_usd_per_unit_y loss_pct_per_y initial final quantity_per_unit from_per_y weight max_up_per_y "
              "max_down_per_y".split())
YEARS = set("month base_year available_from_year throughput_year year start_year online_year".split())
FLAGS = set("directed class7_allowed rare_metals_allowed".split())
DATES = set("start_date end_date".split())
REQUIRED = {
    "node": "x_coord y_coord", "link": "from_node_id to_node_id directed mode carries", "mode": "",
    "transfer": "cost_usd_per_unit flow_unit", "handling": "capacity_per_y flow_unit", "commodity": "carries flow_unit",
    "supply": "node_id commodity flow_unit quantity_per_y", "demand": "node_id commodity flow_unit base_per_y",
    "contract": "supply_id demand_id flow_unit", "period": "start_date end_date", "profile": "factor",
    "storage": "node_id commodity flow_unit capacity", "conversion": "node_id flow_unit capacity_per_y",
    "conversion_flow": "flow_unit direction quantity_per_unit", "cost_curve": "cost_add_usd_per_unit",
    "policy": "kind", "capacity_group": "flow_unit", "ramp": "group_id flow_unit", "scenario_change": "scenario_id table selector operation",
}

TITLES = {
    "config": "Units and base year (GMNS)", "node": "Places (GMNS node with further columns)",
    "link": "Pipelines, railways, sea lanes, roads, air lanes (GMNS link with further columns)",
    "mode": "Defaults of the modes", "transfer": "Changes of mode and border clearances at a place",
    "handling": "Most of a class of goods that may enter a place in a year", "commodity": "Goods",
    "supply": "Production", "demand": "Demand", "contract": "Least and most from one supply to one demand",
    "period": "The horizon, twelve months", "profile": "Seasons of gas demand", "storage": "Gas stores and tank farms",
    "conversion": "Smelters", "conversion_flow": "What goes in and comes out of a conversion",
    "cost_curve": "Cost beyond a yearly volume", "policy": "Rules in force (scenarios insert others)",
    "capacity_group": "Routes that ramps use", "capacity_group_member": "Links of a route",
    "ramp": "How fast a route may change (only scenarios insert rows)",
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
    if column in NUMBERS or column.endswith("_usd_per_unit") or (table in ("observation", "policy") and column == "value"):
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
