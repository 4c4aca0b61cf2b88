#!/usr/bin/env python3
"""Large cases for Steppe: a folder in the format of datasets/FORMAT.md, of any size.

    large_case.py OUT --places 5000 --goods 8 --seed 1
    large_case.py OUT --graph EURASIA_GRAPH --goods 8 --seed 1

Without --graph the places are a jittered grid and the land network its Gabriel graph: road on every
edge, railways of two gauges on part of them, oil and gas trunk lines on every eighth row and column,
round seas with ports, tanker and container lanes. With --graph the network is the open Eurasia
freight graph (node.csv.gz and link.csv.gz of that data set). Both get the same invented goods:
supplies, demands in three price tiers, contracts, handling limits, background traffic, costs.
All of these are made up; they exercise the solver and say nothing about the world.

Only random.Random(seed).random() is drawn, so the same arguments give the same bytes everywhere.
"""
import argparse
import csv
import gzip
import io
import math
import os
import random
import sys

LON, LAT, WIDE, HIGH = 20.0, 30.0, 100.0, 30.0  # the synthetic country, degrees
TRUNK = 8  # every so many grid rows and columns carry a trunk line
CLASSES = ("crude", "natural_gas", "dry")
UNIT = {"crude": "Mt", "natural_gas": "bcm", "dry": "Mt"}
PRICE = {"crude": 500.0, "natural_gas": 300.0, "dry": 900.0}

# mode: classes, fixed cost, cost per km, km a day, g CO2e per t-km, free capacity a year (low, high)
MODES = {
    "road": ("dry", 1.0, 0.0945, 450, 85, (0.5, 4.0)),
    "rail_1520": ("dry;crude", 0.5, 0.035, 450, 18, (4.0, 24.0)),
    "rail_1435": ("dry;crude", 0.5, 0.045, 400, 16, (4.0, 24.0)),
    "oil_pipeline": ("crude", 0.0, 0.019, 100, 5, (10.0, 50.0)),
    "gas_pipeline": ("natural_gas", 0.0, 0.020, 700, 30, (10.0, 40.0)),
    "sea_tanker": ("crude", 0.3, 0.0034, 520, 6, (999.0, 999.0)),
    "sea_container": ("dry", 0.3, 0.0100, 600, 9, (999.0, 999.0)),
    "sea_lng": ("natural_gas", 0.3, 0.0150, 700, 12, (999.0, 999.0)),
}
# change of mode at a place, USD per unit and days
CHANGE = {"crude": (2.0, 2), "natural_gas": (45.0, 3), "dry": (6.0, 2)}

README = """# {name}

Made by `datasets/gen/large_case.py {words}` for measuring and testing.
{network}
Supplies, demands, contracts, capacities, costs and background traffic are drawn at random (seed {seed}); they exercise the
solver and say nothing about the world.

| table | rows |
|---|--:|
{rows}
"""
GRID_NETWORK = "Places, links and seas are synthetic too: a jittered grid and its Gabriel graph.\n"
REAL_NETWORK = """
The network is the open Eurasia freight graph, simplified. Attribution to keep with any copy:

> Made with Natural Earth. Contains data from Global Energy Monitor (Global Gas Infrastructure Tracker, Global Oil
> Infrastructure Tracker, Global Oil and Gas Extraction Tracker, Global Coal Terminals Tracker, Global Iron and Steel Tracker,
> Global Iron Ore Mines Tracker), CC BY 4.0; GeoNames, CC BY 4.0; the marnet shipping network (Oak Ridge National Laboratory,
> Eurostat SeaRoute, searoute-py), Apache-2.0; World Port Index, US National Geospatial-Intelligence Agency, public domain.
> Data were noded, joined and simplified.

Capacities published for pipelines are not used.
"""


class Draw:
    """Random choices made of random() alone."""

    def __init__(self, seed):
        self.unit = random.Random(seed).random

    def between(self, low, high):
        return low + (high - low) * self.unit()

    def index(self, count):
        return min(count - 1, int(self.unit() * count))

    def sample(self, items, count):
        items = list(items)
        count = min(count, len(items))
        for i in range(count):
            j = i + self.index(len(items) - i)
            items[i], items[j] = items[j], items[i]
        return items[:count]


class Union:
    def __init__(self):
        self.up = {}

    def find(self, x):
        up = self.up
        root = x
        while up.setdefault(root, root) != root:
            root = up[root]
        while up[x] != root:
            up[x], x = root, up[x]
        return root

    def join(self, a, b):
        a, b = self.find(a), self.find(b)
        if a != b:
            self.up[max(a, b)] = min(a, b)


class Network:
    """What the goods are put on. places: id, name, lon, lat, type, country."""

    def __init__(self):
        self.places = []
        self.links = []  # (from, to, mode, km, two_way)
        self.ports = []  # places with a limit on handling
        self.border = []  # (place, mode): clearance
        self.supply_at = {}  # class -> places, None: anywhere
        self.demand_at = {}

    def distance(self, i, j):
        a, b = self.places[i], self.places[j]
        rad = math.pi / 180.0
        h = (
            math.sin((b[3] - a[3]) * rad / 2) ** 2
            + math.cos(a[3] * rad) * math.cos(b[3] * rad) * math.sin((b[2] - a[2]) * rad / 2) ** 2
        )
        return max(1.0, 12742.0 * math.asin(min(1.0, math.sqrt(h))))

    def link(self, i, j, mode, two_way=True, km=None):
        self.links.append((i, j, mode, km if km is not None else self.distance(i, j), two_way))


# ---- the synthetic network


def grid_places(net, places, draw):
    cols = max(TRUNK + 2, round(math.sqrt(places * 2)))
    rows = max(TRUNK + 2, round(places / cols))
    seas = [
        (draw.between(0.1, 0.9) * cols, draw.between(0.1, 0.9) * rows, draw.between(0.06, 0.14) * rows)
        for _ in range(6)
    ]
    sea = []
    for r in range(rows):
        for c in range(cols):
            x, y = c + draw.between(-0.35, 0.35), r + draw.between(-0.35, 0.35)
            wet = any((x - sx) ** 2 + (y - sy) ** 2 < sr * sr for sx, sy, sr in seas)
            lon, lat = LON + WIDE * (x + 0.5) / cols, LAT + HIGH * (y + 0.5) / rows
            country = "ABCDEFGH"[min(7, 8 * c // cols)] + "NS"[2 * r // rows]
            i = len(net.places)
            net.places.append(("P%d" % i, ("Sea " if wet else "Place ") + str(i), lon, lat,
                               "sea" if wet else "place", country, x, y))
            sea.append(wet)
    return cols, rows, sea


def gabriel_edges(net, cols, rows):
    """Edges between neighbouring cells whose circle holds no third place."""
    xy = [(p[6], p[7]) for p in net.places]
    edges = []
    for r in range(rows):
        for c in range(cols):
            i = r * cols + c
            for dr, dc in ((0, 1), (1, -1), (1, 0), (1, 1)):
                if not (0 <= c + dc < cols and r + dr < rows):
                    continue
                j = (r + dr) * cols + c + dc
                mx, my = (xy[i][0] + xy[j][0]) / 2, (xy[i][1] + xy[j][1]) / 2
                radius = (xy[i][0] - mx) ** 2 + (xy[i][1] - my) ** 2
                if not any(
                    (xy[k][0] - mx) ** 2 + (xy[k][1] - my) ** 2 < radius
                    for rr in range(max(0, r - 1), min(rows, r + 3))
                    for k in range(rr * cols + max(0, c - 2), rr * cols + min(cols, c + 3))
                    if k != i and k != j
                ):
                    edges.append((i, j))
    return edges


def grid_network(places, draw):
    net = Network()
    cols, rows, sea = grid_places(net, places, draw)
    stations, gauge_change, shore = set(), set(), set()
    for i, j in gabriel_edges(net, cols, rows):
        if sea[i] != sea[j]:
            shore.add((j, i) if sea[i] else (i, j))
        elif sea[i]:
            net.link(i, j, "sea_tanker")
            net.link(i, j, "sea_container")
        else:
            net.link(i, j, "road")
            if draw.unit() < 0.55:
                west = net.places[i][2] < LON + WIDE / 2
                net.link(i, j, "rail_1520" if west else "rail_1435")
                stations.update((i, j))
                if net.places[i][5] != net.places[j][5]:
                    gauge_change.add(i)
    ports = {land for land, _ in shore if draw.unit() < 0.3 or land % TRUNK == 0}
    for land, wet in sorted(shore):
        if land in ports:
            net.link(land, wet, "sea_tanker")
            net.link(land, wet, "sea_container")
    for first, mode in ((0, "oil_pipeline"), (TRUNK // 2, "gas_pipeline")):
        for r in range(rows):
            for c in range(cols):
                i = r * cols + c
                if r % TRUNK == first and c + 1 < cols:
                    net.link(i, i + 1, mode)
                if c % TRUNK == first and r + 1 < rows:
                    net.link(i, i + cols, mode)
        good = "crude" if mode == "oil_pipeline" else "natural_gas"
        trunk = [i for i in range(cols * rows)
                 if (i // cols % TRUNK == first or i % cols % TRUNK == first) and not sea[i]]
        fields = []
        for i in draw.sample(range(cols * rows), cols * rows // 60):
            # a one-way line from the field to a crossing of trunk lines
            to = (i // cols // TRUNK * TRUNK + first) * cols + i % cols // TRUNK * TRUNK + first
            if to < cols * rows and i % cols // TRUNK * TRUNK + first < cols and to != i:
                net.link(i, to, mode, two_way=False)
                fields.append(i)
        net.supply_at[good] = sorted(set(fields))
        net.demand_at[good] = trunk
    land = [i for i in range(cols * rows) if not sea[i]]
    net.supply_at["dry"] = net.demand_at["dry"] = land
    net.ports = sorted(ports)
    net.border = sorted((i, m) for i in gauge_change for m in ("rail_1520", "rail_1435"))
    return net


# ---- the real network


def open_table(folder, name):
    for path, opener in ((name + ".csv.gz", gzip.open), (name + ".csv", open)):
        path = os.path.join(folder, path)
        if os.path.exists(path):
            return opener(path, "rt", encoding="utf-8", newline="")
    sys.exit("%s: found no %s.csv or %s.csv.gz there" % (folder, name, name))


# transfer links run as the last stretch of the network that they join
ACCESS = {
    "rail_terminal": "rail", "road_access": "road", "gas_offtake": "gas_pipeline", "port_sea": "sea",
    "port_sea_overland": "sea", "port_rail": "rail", "port_road": "road",
    "port_oil_terminal": "oil_pipeline", "port_city": "road", "facility_rail": "rail",
    "facility_gas": "gas_pipeline", "facility_oil": "oil_pipeline", "facility_port": "sea",
}
WIDE_GAUGE = set("RU KZ UZ TM KG TJ AZ GE AM BY UA MD LV LT EE MN FI".split())


def real_network(folder):
    net = Network()
    index = {}
    gauge = {}
    kind = {}
    with open_table(folder, "node") as f:
        for row in csv.DictReader(f):
            i = index[row["node_id"]] = len(net.places)
            kind.setdefault(row["node_type"], []).append(i)
            gauge[i] = "rail_1520" if row["country"] in WIDE_GAUGE else "rail_1435"
            net.places.append(("N" + row["node_id"], row["name"] or "Node " + row["node_id"],
                               float(row["x_coord"]), float(row["y_coord"]), row["node_type"],
                               row["country"], 0, 0))
    gauge_change = set()
    with open_table(folder, "link") as f:
        for row in csv.DictReader(f):
            mode = row["mode"]
            if mode == "transfer":
                mode = ACCESS.get(row["facility_type"])
            if mode is None or row["status"] not in ("", "operating"):
                continue
            i, j = index[row["from_node_id"]], index[row["to_node_id"]]
            km = max(0.1, float(row["length_km"]))
            if i == j:
                continue
            if mode == "sea":
                for m in ("sea_tanker", "sea_container", "sea_lng"):
                    net.link(i, j, m, km=km)
            elif mode == "rail":
                net.link(i, j, gauge[i], km=km)
                if gauge[i] != gauge[j]:
                    gauge_change.add(j)
            else:
                net.link(i, j, mode, km=km)
    net.ports = kind.get("port", [])
    net.border = sorted((i, gauge[i]) for i in kind.get("rail_border", []) if i not in gauge_change)
    cities = kind.get("city", [])
    net.supply_at = {"crude": kind.get("oil_gas_field", []), "natural_gas": kind.get("oil_gas_field", []),
                     "dry": kind.get("iron_ore_mine", []) + kind.get("coal_terminal", []) + cities}
    net.demand_at = {"crude": cities + net.ports, "natural_gas": cities,
                     "dry": kind.get("steel_plant", []) + cities}
    return net


# ---- goods on a network


class Case:
    def __init__(self, net, draw, args):
        self.net, self.draw, self.args = net, draw, args
        self.table = {}

    def add(self, table, /, **cells):
        head, rows = self.table.setdefault(table, ([], []))
        for name in cells:
            if name not in head:
                head.append(name)
        rows.append([cells.get(name, "") for name in head])


def number(v):
    text = "%.3f" % v
    return text.rstrip("0").rstrip(".")


def carries(mode, good_class):
    return good_class in MODES[mode][0].split(";")


def modes_at(net):
    at = {}
    for i, j, mode, _, _ in net.links:
        at.setdefault(i, set()).add(mode)
        at.setdefault(j, set()).add(mode)
    return at


def put_network(case, at):
    net, draw = case.net, case.draw
    case.add("config", dataset_name=os.path.basename(os.path.normpath(case.args.out)),
             long_length="km", crs="EPSG:4326", currency="USD", id_type="string", base_year=2025)
    for mode, (classes, fixed, per_km, speed, emission, _) in MODES.items():
        case.add("mode", mode=mode, carries=classes, fixed_cost_usd_per_unit=number(fixed),
                 var_cost_usd_per_unit_km="%g" % per_km, speed_km_per_day=speed,
                 ef_gco2e_per_tkm=emission)
    for i, p in enumerate(net.places):
        if i in at:
            case.add("node", node_id=p[0], name=p[1], x_coord="%.5f" % p[2], y_coord="%.5f" % p[3],
                     node_type=p[4], country_iso2=p[5])
    for n, (i, j, mode, km, two_way) in enumerate(net.links):
        classes, fixed, per_km, _, _, room = MODES[mode]
        a, b = net.places[i], net.places[j]
        free = draw.between(*room) if room[0] < room[1] else room[0]
        used = free * draw.between(0.0, 0.8) if mode.startswith("r") else 0.0
        cost = (fixed + per_km * km) * draw.between(0.85, 1.15)
        case.add("link", link_id="L%d" % n, name="%s - %s" % (a[1], b[1]), from_node_id=a[0],
                 to_node_id=b[0], directed="false" if two_way else "true", length=number(km), mode=mode,
                 carries=classes, flow_unit=UNIT[classes.split(";")[0]], capacity_per_y=number(free + used),
                 background_per_y=number(used) if used else "", cost_usd_per_unit=number(cost),
                 countries=a[5] if a[5] == b[5] else a[5] + ";" + b[5])


def put_nodes(case, at):
    """Transfers between all modes of a place that carry the same class; limits of ports."""
    net, draw = case.net, case.draw
    ports = set(net.ports)
    for i in sorted(at):
        for good_class in CLASSES:
            modes = sorted(m for m in at[i] if carries(m, good_class))
            cost, days = CHANGE[good_class]
            for one in modes:
                for other in modes:
                    if one == other:
                        continue
                    both_rail = one.startswith("rail") and other.startswith("rail")
                    limit = number(draw.between(2, 20)) if both_rail else ""
                    case.add("transfer", node_id=net.places[i][0], from_mode=one, to_mode=other,
                             carries=good_class, cost_usd_per_unit=number(cost * draw.between(0.8, 1.2)),
                             days=days, capacity_per_y=limit, flow_unit=UNIT[good_class])
            if i in ports and modes:
                case.add("handling", node_id=net.places[i][0], carries=good_class,
                         capacity_per_y=number(draw.between(3, 40)), flow_unit=UNIT[good_class])
    for i, mode in net.border:
        if mode in at.get(i, ()):
            for good_class in MODES[mode][0].split(";"):
                case.add("transfer", node_id=net.places[i][0], from_mode=mode, to_mode=mode,
                         carries=good_class, cost_usd_per_unit=number(draw.between(2, 8)), days=1.5,
                         capacity_per_y="", flow_unit=UNIT[good_class])


def largest_part(net, at, good_class):
    """Places of the largest connected part for a class. One-way lines only lead into it."""
    union = Union()
    for i, j, mode, _, two_way in net.links:
        if carries(mode, good_class) and two_way:
            union.join((i, mode), (j, mode))
    for i in at:
        modes = sorted(m for m in at[i] if carries(m, good_class))
        for one, other in zip(modes, modes[1:]):
            union.join((i, one), (i, other))
    size = {}
    for key in list(union.up):
        root = union.find(key)
        size[root] = size.get(root, 0) + 1
    best = max(sorted(size), key=lambda root: size[root])
    inside = {i for i, mode in list(union.up) if union.find((i, mode)) == best}
    feeders = {i for i, j, mode, _, two_way in net.links
               if carries(mode, good_class) and not two_way and j in inside}
    return inside, feeders


def put_goods(case, at):
    """Quantities are drawn, then scaled so that demand is 95 % of supply for every good."""
    net, draw, args = case.net, case.draw, case.args
    part = {c: largest_part(net, at, c) for c in CLASSES}
    total = len(at)
    for g in range(args.goods):
        good_class = ("dry", "crude", "dry", "natural_gas")[g % 4]
        name = "%s_%d" % (good_class, g)
        unit, price = UNIT[good_class], PRICE[good_class] * draw.between(0.8, 1.2)
        case.add("commodity", commodity=name, carries=good_class, flow_unit=unit,
                 reference_price_usd_per_unit=number(price),
                 mass_t_per_unit=0.73 if good_class == "natural_gas" else 1)
        inside, feeders = part[good_class]
        sources = [i for i in net.supply_at[good_class] if i in inside or i in feeders]
        sinks = [i for i in net.demand_at[good_class] if i in inside]
        sources = draw.sample(sources, args.supplies or max(4, total // 250))
        sinks = draw.sample(sinks, args.demands or max(6, total // 120))
        if not sources or not sinks:
            sys.exit("no place for %s" % name)
        amount = [args.load * draw.between(0.5, 4.0) for _ in sources]
        wish = [draw.between(0.2, 2.0) for _ in sinks]
        factor = 0.95 * sum(amount) / sum(wish)
        for n, i in enumerate(sources):
            quantity = amount[n]
            case.add("supply", supply_id="S_%s_%d" % (name, n), node_id=net.places[i][0], commodity=name,
                     flow_unit=unit, quantity_per_y=number(quantity), max_per_y=number(1.1 * quantity),
                     supply_cost_usd_per_unit=number(draw.between(0.05, 0.3) * price))
        for n, i in enumerate(sinks):
            base = wish[n] * factor
            case.add("demand", demand_id="D_%s_%d" % (name, n), node_id=net.places[i][0], commodity=name,
                     flow_unit=unit, base_per_y=number(base), min_per_y=number(0.5 * base),
                     max_per_y=number(1.2 * base), market=net.places[i][5],
                     shortage_cost_usd_per_unit=number(price * draw.between(0.9, 1.3)),
                     min_shortage_cost_usd_per_unit=number(price * draw.between(2.0, 2.6)))
        for n in range(args.contracts):
            s, d = n % len(sources), draw.index(len(sinks))
            case.add("contract", contract_id="C_%s_%d" % (name, n), supply_id="S_%s_%d" % (name, s),
                     demand_id="D_%s_%d" % (name, d), flow_unit=unit,
                     min_per_y=number(min(0.2 * amount[s], 0.2 * wish[d] * factor)), max_per_y="",
                     shortfall_cost_usd_per_unit=number(1.5 * price))


def put_scenarios(case):
    net, draw = case.net, case.draw
    ports = [net.places[i][0] for i in draw.sample(net.ports, max(1, len(net.ports) // 4))]
    handled = {row[0] for row in case.table.get("handling", ([], []))[1]}
    ports = [p for p in ports if p in handled]
    countries = sorted({p[5] for p in net.places if p[5]})
    gone = countries[len(countries) // 2]
    todo = [("rail_half", "half the railway capacity", "link", "mode=rail_*", "capacity_per_y", "scale", "0.5"),
            ("rail_half", "", "link", "mode=rail_*&background_per_y!=", "background_per_y", "scale", "0.5"),
            ("road_dear", "road a fifth dearer", "link", "mode=road", "cost_usd_per_unit", "scale", "1.2"),
            ("country_shut", "no way through one country", "link", "countries=%s" % gone, "status", "set",
             "closed"),
            ("demand_up", "a tenth more demand at half the places", "demand", "demand_id=*1|*3|*5|*7|*9",
             "max_per_y", "scale", "1.1")]
    if ports:
        todo.append(("ports_half", "a quarter of the ports at half speed", "handling",
                     "node_id=" + "|".join(ports[:400]), "capacity_per_y", "scale", "0.5"))
    seen = set()
    for scenario, words, table, selector, field, operation, value in todo:
        if scenario not in seen:
            case.add("scenario", scenario_id=scenario, parent_id="", name=words)
            seen.add(scenario)
        case.add("scenario_change", scenario_id=scenario, table=table, selector=selector, field=field,
                 operation=operation, value=value, reason="")


def write_case(case, words):
    out, args = case.args.out, case.args
    os.makedirs(out, exist_ok=True)
    for name, (head, rows) in case.table.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(row + [""] * (len(head) - len(row)) for row in rows)
        data = text.getvalue().encode("utf-8")
        if args.gzip:
            with open(os.path.join(out, name + ".csv.gz"), "wb") as f:
                with gzip.GzipFile("", "wb", 6, f, 0) as z:
                    z.write(data)
        else:
            with open(os.path.join(out, name + ".csv"), "wb") as f:
                f.write(data)
    with open(os.path.join(out, "README.md"), "w", encoding="utf-8") as f:
        f.write(README.format(
            name=os.path.basename(os.path.normpath(out)), words=words, seed=args.seed,
            network=REAL_NETWORK if args.graph else GRID_NETWORK,
            rows="\n".join("| %s | %d |" % (n, len(r)) for n, (_, r) in case.table.items())))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", help="case folder to write")
    parser.add_argument("--places", type=int, default=5000, help="size of the synthetic network [5000]")
    parser.add_argument("--graph", help="folder with node.csv.gz and link.csv.gz of the open Eurasia graph")
    parser.add_argument("--goods", type=int, default=8, help="goods: dry, crude, dry, gas in turn [8]")
    parser.add_argument("--supplies", type=int, default=0, help="supplies per good [places / 250]")
    parser.add_argument("--demands", type=int, default=0, help="demands per good [places / 120]")
    parser.add_argument("--contracts", type=int, default=1, help="contracts per good [1]")
    parser.add_argument("--load", type=float, default=1.0, help="factor on all quantities [1.0]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gzip", action="store_true", help="write .csv.gz")
    args = parser.parse_args()
    draw = Draw(args.seed)
    net = real_network(args.graph) if args.graph else grid_network(args.places, draw)
    at = modes_at(net)
    case = Case(net, draw, args)
    put_network(case, at)
    put_nodes(case, at)
    put_goods(case, at)
    put_scenarios(case)
    words = ("--graph GRAPH" if args.graph else "--places %d" % args.places) + (
        " --goods %d --contracts %d --load %g --seed %d" % (args.goods, args.contracts, args.load, args.seed))
    if args.supplies:
        words += " --supplies %d" % args.supplies
    if args.demands:
        words += " --demands %d" % args.demands
    write_case(case, words)
    print("%s: %s" % (args.out, ", ".join("%s %d" % (n, len(r)) for n, (_, r) in case.table.items())))


if __name__ == "__main__":
    main()
