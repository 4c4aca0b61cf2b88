#!/usr/bin/env python3
"""Compares a base result with the published figures of the case's observation.csv.

    observe.py CASE RESULT [--scenario-dir DIR] [--csv FILE]

RESULT is a folder of `steppe solve CASE --out RESULT`; DIR one of `steppe scenarios CASE --out DIR`.
This is a report, not a test: figures off by more than 25 % are shown with what the tables say about
the cause, and nothing is fitted. Observations of short events are set beside static scenarios, as if
the event held all year. Exit code 0 whatever the figures are; 2 where a table is missing.
"""
import argparse
import csv
import gzip
import heapq
import os
import shutil
import sys
import textwrap

BARRELS_PER_T = 7.9  # CPC Blend, commodity.csv column conversion (crude: 7.3-8.0 bbl/t)
DAYS = 365.0
OFF = 0.25  # a row further off than this gets a reason
EU = set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
STATIC = "a year-round plan reroutes at once, without the ramp limits of a month"


def read_table(folder, name, needed=True):
    for path, opener in ((name + ".csv", open), (name + ".csv.gz", gzip.open)):
        path = os.path.join(folder, path)
        if os.path.exists(path):
            with opener(path, "rt", encoding="utf-8-sig", newline="") as f:
                return list(csv.DictReader(f))
    if needed:
        sys.exit("%s: found no table %s there" % (folder, name))
    return []


def number(text, default=0.0):
    return float(text) if text else default


class Result:
    """One result folder, with the questions that observations ask of it."""

    def __init__(self, folder):
        self.folder = folder
        self.link_flow = read_table(folder, "link_flow")
        self.routes = read_table(folder, "route")
        self.supply = read_table(folder, "supply_use")
        self.demand = read_table(folder, "demand_use")
        self.balance = read_table(folder, "place_balance")

    def link(self, link_id, good=None):
        return sum(number(r["flow"]) for r in self.link_flow
                   if r["link_id"] == link_id and good in (None, r["commodity"]))

    def route(self, good=None, origin=None, to=None, supply=None, passing=None, avoiding=None):
        total = 0.0
        for r in self.routes:
            places = r["places"].split(" > ")
            if ((good is None or r["commodity"] == good)
                    and (origin is None or r["origin_country"] == origin)
                    and (to is None or r["destination_country"] in to)
                    and (supply is None or r["supply_id"] == supply)
                    and (passing is None or follows(places, passing))
                    and (avoiding is None or not follows(places, avoiding))):
                total += number(r["flow"])
        return total

    def exports(self, good, country, avoiding=None):
        return (self.route(good, country, avoiding=avoiding)
                - self.route(good, country, to={country}, avoiding=avoiding))

    def loaded(self, good, country):
        return sum(number(r["loaded"]) for r in self.supply
                   if r["commodity"] == good and r["country"] == country)

    def delivered(self, good, country):
        return sum(number(r["delivered"]) for r in self.demand
                   if r["commodity"] == good and r["country"] == country)

    def through(self, place, good):
        return sum(number(r["in"]) for r in self.balance
                   if r["node_id"] == place and r["commodity"] == good)

    def price(self, place, good):
        """The mean over the periods."""
        prices = [number(r["price_usd_per_unit"]) for r in self.balance
                  if r["node_id"] == place and r["commodity"] == good and r["price_usd_per_unit"]]
        return sum(prices) / len(prices) if prices else None

    def missing(self, good, country):
        return sum(number(r["shut_in"]) for r in self.supply
                   if r["commodity"] == good and r["country"] == country)


def follows(places, part):
    """Does the route pass these places one after the other?"""
    return any(places[i:i + len(part)] == part for i in range(len(places)))


class Case:
    def __init__(self, folder):
        self.folder = folder
        self.links = {r["link_id"]: r for r in read_table(folder, "link")}
        self.country = {r["node_id"]: r["country_iso2"] for r in read_table(folder, "node")}
        self.modes = {r["mode"]: r for r in read_table(folder, "mode", False)}
        self.transfers = read_table(folder, "transfer", False)
        self.observations = read_table(folder, "observation")

    def room(self, link_id):
        r = self.links[link_id]
        return number(r["capacity_per_y"]) - number(r.get("background_per_y"))

    def crossing(self, result, one, other, good=None):
        """Flow over all Caspian links between two countries, either way."""
        return sum(number(r["flow"]) for r in result.link_flow
                   if ("caspian" in r["mode"] or r["mode"] == "rail_ferry")
                   and {self.country[r["from_node_id"]], self.country[r["to_node_id"]]} == {one, other}
                   and good in (None, r["commodity"]))

    def at_limit(self, result, link_id):
        return result.link(link_id) >= self.room(link_id) - 1e-9

    def link_days(self, r):
        if r["transit_days"]:
            return number(r["transit_days"])
        speed = number(self.modes.get(r["mode"], {}).get("speed_km_per_day"))
        return number(r["length"]) / speed if speed else 0.0

    def link_cost(self, r):
        mode = self.modes.get(r["mode"], {})
        cost = r["cost_usd_per_unit"]
        own = number(cost) if cost else (number(mode.get("fixed_cost_usd_per_unit"))
                                         + number(mode.get("var_cost_usd_per_unit_km")) * number(r["length"]))
        return own + number(r.get("risk_premium_usd_per_unit"))

    def cheapest_days(self, start, goal, good_class):
        """Days of the cheapest way over open links, as if it were free; None: there is none."""
        out, change = {}, {}
        for r in self.links.values():
            if good_class not in r["carries"].split(";") or r["status"] not in ("", "operating", "limited"):
                continue
            for a, b in ((r["from_node_id"], r["to_node_id"]), (r["to_node_id"], r["from_node_id"])):
                if a == r["from_node_id"] or r["directed"] == "false":
                    out.setdefault((a, r["mode"]), []).append((b, self.link_cost(r), self.link_days(r)))
        for r in self.transfers:
            if good_class in r["carries"].split(";"):
                change.setdefault((r["node_id"], r["from_mode"]), []).append(
                    (r["to_mode"], number(r["cost_usd_per_unit"]), number(r.get("days"))))
        queue = [(0.0, 0.0, start, mode) for place, mode in out if place == start]
        heapq.heapify(queue)
        done = set()
        while queue:
            cost, days, place, mode = heapq.heappop(queue)
            if place == goal:
                return days
            if (place, mode) in done:
                continue
            done.add((place, mode))
            clear = [c for c in change.get((place, mode), []) if c[0] == mode and place != start]
            cost, days = cost + sum(c[1] for c in clear), days + sum(c[2] for c in clear)
            for to, c, d in out.get((place, mode), []):
                heapq.heappush(queue, (cost + c, days + d, to, mode))
            for to, c, d in change.get((place, mode), []):
                if to != mode:
                    heapq.heappush(queue, (cost + c, days + d, place, to))
        return None


class Report:
    def __init__(self, case, base, scenario_dir):
        self.case, self.base, self.scenario_dir = case, base, scenario_dir
        self.scenarios = {}
        self.rows = []

    def scenario(self, name):
        if name not in self.scenarios:
            folder = os.path.join(self.scenario_dir, name) if self.scenario_dir else None
            self.scenarios[name] = Result(folder) if folder and os.path.isdir(folder) else None
        return self.scenarios[name]

    def add(self, o, model, how, why="", note="", limit=False):
        published = number(o["value"])
        ratio = model / published if published else None
        if model is None:
            verdict = "not comparable"
        elif limit:
            verdict = "within" if model <= published * (1 + 1e-9) else "above the limit"
        elif ratio is None:
            verdict = "off" if model > 0 else "as published"
        else:
            verdict = "near" if abs(ratio - 1.0) <= OFF else "off"
        reason = why if verdict in ("off", "above the limit", "not comparable") else ""
        self.rows.append((o, model, ratio, verdict, how, "; ".join(t for t in (reason, note) if t)))

    def skip(self, o, why):
        self.rows.append((o, None, None, "not comparable", "", why))


# ---- one function per observation: what of the result answers it, and why it may differ


def link_reason(rp, link_id):
    case, base = rp.case, rp.base
    row = case.links[link_id]
    if case.at_limit(base, link_id):
        return "the link is at its limit of %g %s/y: it is cheap, and the model has no quota, shipping programme or contract that keeps flow off it" % (
            case.room(link_id), row["flow_unit"])
    return "%.3g of %.3g %s/y of the link are used; the cheaper ways to the same markets are taken first" % (
        base.link(link_id), case.room(link_id), row["flow_unit"])


def by_link(rp, o):
    link_id = o["target_id"]
    rp.add(o, rp.base.link(link_id), "flow of the link, all goods", link_reason(rp, link_id))


def supply_in_cpc(rp, o):
    total = rp.base.route("crude", supply=o["target_id"])
    flow = rp.base.route("crude", supply=o["target_id"], passing=["RU_KROPOTKIN", "RU_CPC_TERM"])
    other = {}
    for r in rp.base.routes:
        if r["supply_id"] == o["target_id"] and "RU_CPC_TERM" not in r["places"].split(" > "):
            other[r["demand_id"]] = other.get(r["demand_id"], 0.0) + number(r["flow"])
    most = sorted(other.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    where = ", ".join("%.4g Mt to %s" % (flow, demand) for demand, flow in most)
    rp.add(o, flow, "routes of the supply that pass the CPC terminal",
           "the field's other oil goes elsewhere (%s): barrels of one good are exchangeable at Atyrau, so which field's "
           "oil takes which line is one of several plans of equal cost; %.3g Mt loaded" % (where, total))


def exports(rp, o):
    rp.add(o, rp.base.exports("crude", o["target_id"]), "routes from the country to others",
           "output, refining and exports are tied by the balance of the country")


def refining(rp, o):
    rp.add(o, rp.base.delivered("crude", o["target_id"]), "crude delivered to the country's demands",
           "refining is base demand")


def output(rp, o):
    rp.add(o, rp.base.loaded("crude", o["target_id"]), "supplies loaded in the country",
           note="base year 2025: the note of the observation expects 96.2 for 2025")


def redirected(rp, o, name):
    """Growth of the country's exports that do not pass the CPC terminal, kt a month."""
    result = rp.scenario(name)
    if result is None:
        return rp.skip(o, "needs --scenario-dir with %s" % name)
    cpc = ["RU_CPC_TERM", "RU_CPC_SEA"]
    growth = result.exports("crude", "KZ", avoiding=cpc) - rp.base.exports("crude", "KZ", avoiding=cpc)
    lost = rp.base.through("RU_CPC_SEA", "crude") - result.through("RU_CPC_SEA", "crude")
    rp.add(o, growth * 1000.0 / 12.0, "%s: more Kazakh exports past the CPC than in the base, Mt/y x 1000 / 12" % name,
           "the scenario takes %.1f Mt/y from the terminal; %s" % (lost, STATIC))


def cpc_loading(rp, o):
    result = rp.scenario("cpc_dec2025")
    if result is None:
        return rp.skip(o, "needs --scenario-dir with cpc_dec2025")
    rp.add(o, result.through("RU_CPC_SEA", "crude") * BARRELS_PER_T / DAYS,
           "cpc_dec2025: crude into the loading place, Mt/y x %g bbl/t / 365" % BARRELS_PER_T,
           note="the scenario's limit was made from this figure, so agreement is by construction")


def cpc_half(rp, o):
    result = rp.scenario("cpc_one_mooring")
    if result is None:
        return rp.skip(o, "needs --scenario-dir with cpc_one_mooring")
    base = rp.base.through("RU_CPC_SEA", "crude")
    rp.add(o, result.through("RU_CPC_SEA", "crude") / base if base else 0.0,
           "cpc_one_mooring / base: crude into the loading place",
           "one mooring carries 41.5 of the 83 Mt/y, while the base loads %.3g" % base)


def kashagan_china(rp, o):
    result = rp.scenario("kashagan_china")
    if result is None:
        return rp.skip(o, "needs --scenario-dir with kashagan_china")
    rp.add(o, result.route("crude", supply="S_CRUDE_KZ_KASHAGAN", passing=["KZ_ATASU", "CN_ALASHANKOU"]) * 1000.0 / 12.0,
           "kashagan_china: routes of the supply over the link, Mt/y x 1000 / 12",
           "the contract of the scenario allows 0.6 to 5 Mt/y and the plan takes what pays",
           note="the scenario's minimum was made from this figure")


def only_route(rp, o):
    result = rp.scenario("cpc_out")
    if result is None:
        return rp.skip(o, "needs --scenario-dir with cpc_out")
    cpc = ["RU_CPC_TERM", "RU_CPC_SEA"]
    more = result.exports("crude", "KZ", avoiding=cpc) - rp.base.exports("crude", "KZ", avoiding=cpc)
    shut = result.missing("crude", "KZ") - rp.base.missing("crude", "KZ")
    rp.add(o, more, "cpc_out: more Kazakh exports past the CPC than in the base; the statement is that they stay below",
           "other ways take more than stated", limit=True,
           note="%.1f Mt/y more are shut in; the terminal's base load is %.1f" % (shut, rp.base.through("RU_CPC_SEA", "crude")))


def aktau_btc(rp, o):
    link_id = o["target_id"]
    rp.add(o, rp.base.link(link_id, "crude"), "flow of the link", link_reason(rp, link_id),
           note="tankers from Aktau to Dubendi carry another %.3g Mt" % rp.base.link("CT_KZ_AKTAU_PORT__AZ_DUBENDI"))


def kashagan_btc(rp, o):
    rp.add(o, rp.base.route("crude", supply="S_CRUDE_KZ_KASHAGAN", passing=["KZ_AKTAU_PORT", "AZ_SANGACHAL"]),
           "routes of Kashagan oil over the link",
           "the agreement is not a contract of the case; the link is filled with oil of fields nearer to Aktau")


def russian_transit(rp, o):
    flow = rp.base.route("crude", "RU", passing=["KZ_ATASU", "CN_ALASHANKOU"])
    rp.add(o, flow, "routes from Russia over the link", "the supply S_CRUDE_RU_WSIB is %.3g Mt/y and part of it is sold on the way"
           % rp.base.route("crude", supply="S_CRUDE_RU_WSIB"))


def company_total(rp, o):
    owned = sorted(k for k, r in rp.case.links.items()
                   if "crude" in r["carries"] and r.get("owner", "").startswith(("KazTransOil", "KTO")))
    rp.skip(o, "what a company carried, each tonne once, over its whole network; only %d oil link%s of the case name it as owner (%s)"
            % (len(owned), "" if len(owned) == 1 else "s", ", ".join(owned)))


def eu_imports(rp, o):
    flow = rp.base.route("crude", "KZ", to=EU)
    turkey = rp.base.route("crude", "KZ", to={"TR"})
    kz = rp.base.exports("crude", "KZ")
    rp.add(o, flow * BARRELS_PER_T / DAYS, "routes from KZ to EU countries, Mt/y x %g bbl/t / 365" % BARRELS_PER_T,
           "%.3g of %.3g Mt exported; Turkish refineries take %.3g, and markets outside the EU the rest: the demands of the EU split "
           "published totals by assumption" % (flow, kz, turkey))


def titr(rp, o):
    kz = rp.case.crossing(rp.base, "KZ", "AZ")
    oil = rp.case.crossing(rp.base, "KZ", "AZ", "crude")
    tm = rp.case.crossing(rp.base, "TM", "AZ")
    rp.add(o, kz, "all Caspian links between KZ and AZ, all goods",
           "of it %.3g Mt are oil at port limits without quotas (published 1.7) and %.3g dry (published 2.5), for grain, steel, "
           "fertilizer and containers are not modelled" % (oil, kz - oil),
           note="TM-AZ crossings, %.3g Mt, not counted" % tm)


def titr_capacity(rp, o):
    links = [k for k, r in rp.case.links.items()
             if {rp.case.country[r["from_node_id"]], rp.case.country[r["to_node_id"]]} == {"KZ", "AZ"}
             and ("caspian" in r["mode"] or r["mode"] == "rail_ferry")]
    rp.skip(o, "a capacity, not a flow; the %d KZ-AZ links of the case offer %.3g Mt/y together, oil tankers included"
            % (len(links), sum(rp.case.room(k) for k in links)))


def route_days(rp, o):
    start, goal = o["target_id"].split(">")
    if start not in rp.case.country or goal not in rp.case.country:
        return rp.skip(o, "door to door, with waiting and the last mile; no places of the case are named")
    days = rp.case.cheapest_days(start, goal, "dry")
    if days is None:
        return rp.skip(o, "no way for dry goods between the two places")
    rp.add(o, days, "days of the cheapest way for dry goods, capacity aside",
           "links have bulk-wagon speeds with border dwell; the observation is of block trains, about twice as fast")


def uranium_quota(rp, o):
    rp.add(o, rp.case.crossing(rp.base, "KZ", "AZ", "uranium_u") * 1000.0,
           "uranium on Caspian links between KZ and AZ, Mt x 1000", "the quota is not a limit of the case", limit=True)


def uranium_china(rp, o):
    transit = [r for r in rp.base.routes if r["commodity"] == "uranium_u" and r["origin_country"] != "CN"
               and r["destination_country"] != "CN" and "CN" in r["countries"].split(">")]
    flow = sum(number(r["flow"]) for r in transit)
    way = max(transit, key=lambda r: number(r["flow"]))["summary"] if transit else ""
    rp.add(o, flow * 1000.0, "uranium routes through CN to others, Mt x 1000",
           "links with class7_allowed still lead out of China: " + way)


def gallium(rp, o):
    base = sum(number(r["base"]) for r in rp.base.demand if r["commodity"] == "gallium" and r["country"] == "JP")
    rp.skip(o, "a country's whole imports; the case has only the %.3g t/y it could take from Kazakhstan, delivered %.3g"
            % (base * 1e6, rp.base.delivered("gallium", "JP") * 1e6))


def gas_price(rp, o):
    goal = rp.case.links[o["target_id"]]["to_node_id"]
    price = rp.base.price(goal, "natural_gas")
    if price is None:
        return rp.skip(o, "no gas at %s" % goal)
    rp.add(o, price, "price of gas at the end of the link, %s" % goal,
           "the model's price is the saving by one more unit there: supply costs, tariffs and scarcity on the way, no seller's "
           "margin or negotiation")


def copper_split(rp, o):
    total = sum(rp.base.exports("copper_cathode", c) for c in ("KZ",))
    china = rp.base.route("copper_cathode", "KZ", to={"CN"})
    rp.add(o, 100.0 * china / total if total else 0.0, "share of CN in routes of cathodes from KZ to others",
           "demands of the case serve Kazakh and Uzbek cathodes together (%.3g Mt to CN from all origins)"
           % rp.base.route("copper_cathode", to={"CN"}))


def programme(rp, o):
    rp.skip(o, "an investment programme, not a flow")


MAPPING = {
    "O_CPC25": by_link, "O_CPC25KZ": by_link, "O_CPC25TEN": supply_in_cpc, "O_CPC25KAS": supply_in_cpc,
    "O_KZEXP25": exports, "O_KZREF25": refining, "O_KZPROD24": output,
    "O_REDIR22": lambda rp, o: redirected(rp, o, "cpc_mar22"),
    "O_CPCDEC": cpc_loading, "O_CPCHALF": cpc_half, "O_KASHCN": kashagan_china,
    "O_REROUTE": lambda rp, o: redirected(rp, o, "cpc_dec2025"),
    "O_ONLYROUTE": only_route, "O_BTC25KZ": aktau_btc, "O_KASHBTC": kashagan_btc,
    "O_RUTR24": russian_transit, "O_KTO24": company_total, "O_EUKZ24": eu_imports, "O_TITR25": titr,
    "O_TITRCAP": titr_capacity, "O_DAYS_ABS": route_days, "O_DAYS_DOOR": route_days,
    "O_UQUOTA": uranium_quota, "O_UCN": uranium_china, "O_JPGA": gallium, "O_UZ160": gas_price,
    "O_CUSPLIT": copper_split, "O_TOKYO": programme,
}


def figure(v):
    return "" if v is None else "%.4g" % v


def show(rows, width):
    print("%-12s %-42s %9s %9s %-10s %6s  %s" % ("observation", "metric", "model", "published", "unit", "ratio", ""))
    for o, model, ratio, verdict, how, why in rows:
        print("%-12s %-42s %9s %9s %-10s %6s  %s" % (
            o["observation_id"], o["metric"][:42], figure(model), figure(number(o["value"])), o["unit"][:10],
            "" if ratio is None else "%.2f" % ratio, verdict))
        for text in (how, why):
            for line in textwrap.wrap(text, max(40, width - 15)):
                print("               " + line)
    count = {}
    for row in rows:
        count[row[3]] = count.get(row[3], 0) + 1
    print("\n%d observations: %s; near = within %d %%" % (
        len(rows), ", ".join("%d %s" % (n, v) for v, n in sorted(count.items())), round(100 * OFF)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("case")
    parser.add_argument("result", help="result folder of the base")
    parser.add_argument("--scenario-dir", help="folder of `steppe scenarios`")
    parser.add_argument("--csv", help="also write the table to this file")
    args = parser.parse_args()
    case = Case(args.case)
    rp = Report(case, Result(args.result), args.scenario_dir)
    for o in case.observations:
        mapping = MAPPING.get(o["observation_id"])
        if mapping:
            mapping(rp, o)
        elif o["target_type"] == "link" and o["target_id"] in case.links and o["unit"] in ("Mt/y", "bcm/y"):
            by_link(rp, o)
        else:
            rp.skip(o, "no mapping to result tables")
    show(rp.rows, shutil.get_terminal_size((110, 40)).columns)
    if args.csv:
        with open(args.csv, "w", encoding="utf-8", newline="") as f:
            out = csv.writer(f, lineterminator="\n")
            out.writerow("observation_id metric period unit published model ratio verdict mapping reason".split())
            for o, model, ratio, verdict, how, why in rp.rows:
                out.writerow([o["observation_id"], o["metric"], o["period"], o["unit"], o["value"],
                              "" if model is None else "%.6g" % model, "" if ratio is None else "%.4f" % ratio,
                              verdict, how, why])


if __name__ == "__main__":
    main()
