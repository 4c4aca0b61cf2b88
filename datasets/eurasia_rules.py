"""Periods, seasons, stores, conversions, cost curves, policies and routes of datasets/eurasia: what the facts do not have
as tables. Used by make_eurasia.py."""

import calendar
import datetime
from decimal import Decimal

# The horizon: twelve months, the winter first.
FIRST_YEAR, FIRST_MONTH = 2025, 11
HORIZON_START, HORIZON_END = "2025-11-01", "2026-10-31"

def plain(value):
    """A Decimal as plain decimal text without trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


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
