#!/usr/bin/env python3
"""Instances of many commodities, of any size, as .mmcf or .mmcf.gz:

    mmcf.py corridor OUT --sites 500 --commodities 12 [--periods 12] [--tight 0.8] [--wide 2800] [--seed 1]
    mmcf.py random OUT --nodes 256 --commodities 64 [--degree 8] [--joint 90] [--seed 1]

corridor: sites in a long band, denser at towns; layers of road, rail, sea, oil and gas pipe with transfer arcs; capacities of links and ports
that all commodities share, each with its weight; periods with seasons, stocks and ships that arrive a period later. A demand that
cannot be met costs 5000 a unit, so every instance has a solution. The same sites and seed give the same network, and commodity k is
the same whatever their number; --tight multiplies what the links were built for.
random: networks as Mnetgen draws them. A skeleton of chains, wide enough for everything, makes them feasible; on top arcs between random
nodes, each for some of the commodities, --joint percent of them with a capacity that those share.

The format stands at the head of engine/instance.c. Only random.Random(seed).random() is drawn: the same arguments give the same instance.
"""
import argparse
import gzip
import heapq
import math
import random
import sys

# ---- what the corridor is made of; costs are per unit of flow, lengths in km

LONG, WIDE = 16500.0, 2800.0
ROAD, RAIL, SEA, OIL, GAS = range(5)
KINDS = 3  # commodity k is oil (0), gas (1) or dry (2) by k mod 3: what it may use and what that costs
LINK = {  # layer -> (fixed cost, cost per km of each kind, None: may not)
    ROAD: (1.0, (0.090, 0.120, 0.090)),
    RAIL: (0.5, (0.026, 0.045, 0.022)),
    SEA: (2.0, (0.0075, 0.0125, 0.0075)),
    OIL: (0.2, (0.0082, None, None)),
    GAS: (0.2, (None, 0.0075, None)),
}
SECOND_TRACK = 0.913  # cost per km of a second, parallel railway, against the first
TRANSFER = {RAIL: (3.0, 6.0, 3.0), SEA: (3.0, 14.0, 4.0), OIL: (1.0, None, None), GAS: (None, 1.5, None)}
WEIGHT = ((0.90, 1.10), (1.35, 1.65), (1.00, 1.30))  # use of a shared capacity by one unit
STORE = ((1.0, 1.5), (3.0, 4.0), (1.0, 1.5))  # a period in a store on the way, at the customer
SHORTAGE = 5000.0
FAR = 2200.0  # km; a longer sea lane takes a period, where there are several
ROAD_EXTRA = 20.0  # a road carries this much more than it was built for
SEASON = 0.35
BUILT = (1.2, 1.2, 1.6, 1.6, 1.6)  # capacity of a link against the flows it was built for, by layer; SEA: ports
LEAST = 0.055  # its least capacity, in weighted supply over the square root of the sites
TRIES = 3  # plans over which the flows are averaged


class Draw:
    """Random choices made of random() alone."""

    def __init__(self, *seed):
        self.unit = random.Random(":".join(map(str, seed))).random

    def between(self, low, high):
        return low + (high - low) * self.unit()

    def whole(self, low, high):
        """An integer from low to high, both included."""
        return low + min(high - low, int((high - low + 1) * self.unit()))

    def chance(self, p):
        return self.unit() < p

    def bell(self):
        """About normal: mean 0, deviation 1."""
        return sum(self.unit() for _ in range(12)) - 6.0

    def sample(self, items, count):
        items = list(items)
        count = min(count, len(items))
        for i in range(count):
            j = self.whole(i, len(items) - 1)
            items[i], items[j] = items[j], items[i]
        return items[:count]


# ---- geometry


def distance(a, b):
    return math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]))


def nearest(points, count):
    """For each point its `count` nearest others as (distance, index), nearest first."""
    count = min(count, len(points) - 1)
    side = math.sqrt(LONG * WIDE / max(1.0, len(points) / 3.0))
    cells = {}
    for i, p in enumerate(points):
        cells.setdefault((int(p[0] / side), int(p[1] / side)), []).append(i)
    found = []
    for i, p in enumerate(points):
        cx, cy = int(p[0] / side), int(p[1] / side)
        ring, near = 0, []
        while True:
            for x in range(cx - ring, cx + ring + 1):
                rows = range(cy - ring, cy + ring + 1) if abs(x - cx) == ring else (cy - ring, cy + ring)
                for y in rows:
                    near.extend((distance(p, points[j]), j) for j in cells.get((x, y), ()) if j != i)
            # nothing outside the rings is nearer than ring * side
            if len(near) >= count:
                near.sort()
                if near[count - 1][0] <= ring * side:
                    break
            ring += 1
        found.append(near[:count])
    return found


def two_nearest(points):
    """Edges from each point to its two nearest."""
    return sorted({(min(i, j), max(i, j)) for i, near in enumerate(nearest(points, 2)) for _, j in near})


def components(count, edges):
    up = list(range(count))

    def find(x):
        while up[x] != x:
            up[x] = up[up[x]]
            x = up[x]
        return x

    for i, j in edges:
        i, j = find(i), find(j)
        up[max(i, j)] = min(i, j)
    return [find(i) for i in range(count)]


def road_edges(points, draw):
    """The relative neighbourhood graph, each site's two nearest, and an eighth of the rest of the Gabriel graph."""
    near = nearest(points, 14)
    edges = set()
    for i, row in enumerate(near):
        for rank, (d, j) in enumerate(row):
            if (j, i) in edges or (i, j) in edges:
                continue
            gabriel = relative = True
            for e, k in row[:rank]:  # only points nearer to i can lie between
                f = distance(points[k], points[j])
                relative &= f >= d
                gabriel &= e * e + f * f >= d * d
                if not gabriel:
                    break
            if rank < 2 or relative or (gabriel and i < j and draw.chance(0.13)):
                edges.add((min(i, j), max(i, j)))
    # sites whose nearest are all of one town may stand apart
    while True:
        part = components(len(points), edges)
        if len(set(part)) == 1:
            return sorted(edges)
        main = max(set(part), key=lambda p: (part.count(p), -p))
        apart = [i for i in range(len(points)) if part[i] != main]
        rest = [i for i in range(len(points)) if part[i] == main]
        edges.add(min((distance(points[i], points[j]), (min(i, j), max(i, j))) for i in apart[:50] for j in rest)[1])


# ---- the network of one period


class Network:
    """Nodes are numbered: sites, rail, sea, oil, gas, and last the source that all supply comes from."""

    def __init__(self, sites, seed):
        draw = Draw("network", sites, seed)
        self.sites = sites
        self.points = self.place(draw)
        self.site = list(range(sites))  # of each node
        self.layer = [ROAD] * sites
        self.arcs = []  # (tail, head, layer, km, factor of cost, joint row or -1): both ways of everything
        self.rows = []  # layer of each joint row; SEA: a port
        roads = road_edges(self.points, draw)
        for i, j in roads:
            self.link(ROAD, i, j)
        rail = self.rails(roads, draw)
        self.ports = sorted(draw.sample(sorted(rail.values()), max(2, round(0.04 * sites))))
        sea = {self.site[v]: self.add(SEA, self.site[v]) for v in self.ports}
        for v in self.ports:  # one capacity for what a port handles in both directions
            self.transfer(SEA, v, sea[self.site[v]], len(self.rows))
            self.rows.append(SEA)
        self.lanes(sorted(sea.values()))
        for pipe in (OIL, GAS):
            ends = [self.add(pipe, i) for i in sorted(draw.sample(range(sites), round(0.30 * sites)))]
            for i, j in two_nearest([self.points[self.site[v]] for v in ends]):
                self.link(pipe, ends[i], ends[j])
            for v in ends:
                self.transfer(pipe, self.site[v], v, -1)
        self.nodes = len(self.site)  # without the source
        self.stores = {v: 200 for v in self.ports}
        for v in draw.sample([v for v in rail.values() if v not in self.stores], round(0.25 * len(rail))):
            self.stores[v] = 60

    def place(self, draw):
        towns = [(draw.between(0.0, LONG), draw.between(0.0, WIDE)) for _ in range(max(4, self.sites // 40))]
        around = 7000.0 / math.sqrt(self.sites)
        points = []
        while len(points) < self.sites:
            x, y = draw.between(0.0, LONG), draw.between(0.0, WIDE)
            if draw.chance(0.5):
                town = towns[draw.whole(0, len(towns) - 1)]
                x, y = town[0] + around * draw.bell(), town[1] + around * draw.bell()
            if 0.0 <= x < LONG and 0.0 <= y < WIDE:
                points.append((x, y))
        return points

    def add(self, layer, site):
        self.site.append(site)
        self.layer.append(layer)
        return len(self.site) - 1

    def link(self, layer, i, j, factor=1.0, shared=True):
        km = distance(self.points[self.site[i]], self.points[self.site[j]])
        for tail, head in ((i, j), (j, i)):
            self.arcs.append((tail, head, layer, km, factor, len(self.rows) if shared else -1))
            if shared:
                self.rows.append(layer)

    def transfer(self, layer, i, j, row):
        for tail, head in ((i, j), (j, i)):
            self.arcs.append((tail, head, layer, -1.0, 1.0, row))

    def rails(self, roads, draw):
        """Railways along the roads between seven of ten sites, half of them double; site -> node."""
        rail = {i: self.add(RAIL, i) for i in range(self.sites) if draw.chance(0.71)}
        met = set()
        for i, j in roads:
            if i in rail and j in rail:
                met.update((i, j))
                self.link(RAIL, rail[i], rail[j])
                if draw.chance(0.56):
                    self.link(RAIL, rail[i], rail[j], SECOND_TRACK)
        ends = sorted(rail)
        near = nearest([self.points[i] for i in ends], 1)
        for at, i in enumerate(ends):
            if i not in met:
                j = ends[near[at][0][1]]
                met.update((i, j))
                self.link(RAIL, rail[i], rail[j])
        for i in ends:
            self.transfer(RAIL, i, rail[i], -1)
        return rail

    def lanes(self, sea):
        """Sea lanes from each port to its five nearest, without limits."""
        near = nearest([self.points[self.site[v]] for v in sea], 5)
        for i, j in sorted({(min(i, j), max(i, j)) for i, row in enumerate(near) for _, j in row}):
            self.link(SEA, sea[i], sea[j], shared=False)

    def cost(self, arc, kind):
        """None: not for this kind."""
        _, _, layer, km, factor, _ = arc
        if km < 0.0:
            return TRANSFER[layer][kind]
        fixed, rates = LINK[layer]
        return None if rates[kind] is None else fixed + rates[kind] * factor * km


class Commodity:
    def __init__(self, net, k, seed):
        draw = Draw("commodity", net.sites, seed, k)
        n = net.sites
        self.kind = k % KINDS
        self.weight = round(draw.between(*WEIGHT[self.kind]), 6)
        supplies, demands = draw.whole(3, 7 + n // 150), draw.whole(6, 15 + n // 50)
        # supplies lie in one half of the band, most demands in the other parts
        west = 0.5 * draw.unit() * LONG
        inside = [west <= x < west + 0.5 * LONG for x, _ in net.points]
        origins = draw.sample([i for i in range(n) if inside[i]] or range(n), supplies)
        goals = draw.sample([i for i in range(n) if not inside[i] or draw.chance(0.3)] or range(n), demands)
        self.demand = [(i, round(5.0 * 19.0 ** draw.unit())) for i in goals]
        self.total = sum(b for _, b in self.demand)
        share = [draw.between(0.4, 1.7) for _ in origins]
        self.supply = [(i, draw.whole(10, 70), math.ceil(1.35 * self.total * s / sum(share))) for i, s in zip(origins, share)]
        self.phase = draw.unit()
        self.draw = draw

    def season(self, t, periods):
        return 1.0 if periods == 1 else 1.0 + SEASON * math.sin(2.0 * math.pi * (t / periods + self.phase))


def planned_loads(net, goods):
    """What the rows were built for: flows of plans that did not know all costs, weighted, on the average of some plans."""
    load = [0.0] * len(net.rows)
    out = []
    for kind in range(KINDS):
        lists = [[] for _ in range(net.nodes)]
        for arc in net.arcs:
            cost = net.cost(arc, kind)
            if cost is not None:
                lists[arc[0]].append((arc[1], cost, arc[5]))
        out.append(lists)
    for good in goods:
        lists = out[good.kind]
        for _ in range(TRIES):
            worth = [0.6 + 0.8 * good.draw.unit() for _ in range(net.nodes)]  # costs as this plan sees them
            dist = [math.inf] * net.nodes
            before = [(-1, -1)] * net.nodes
            settled = []
            queue = []
            for i, _, _ in good.supply:
                dist[i] = good.draw.between(0.0, 400.0)
                queue.append((dist[i], i))
            heapq.heapify(queue)
            done = [False] * net.nodes
            while queue:
                d, v = heapq.heappop(queue)
                if done[v]:
                    continue
                done[v] = True
                settled.append(v)
                seen = worth[v]
                for head, cost, row in lists[v]:
                    if d + seen * cost < dist[head]:
                        dist[head] = d + seen * cost
                        before[head] = (v, row)
                        heapq.heappush(queue, (dist[head], head))
            flow = [0.0] * net.nodes
            for i, b in good.demand:
                flow[i] += b
            for v in reversed(settled):
                v_before, row = before[v]
                if v_before >= 0 and flow[v] > 0.0:
                    flow[v_before] += flow[v]
                    if row >= 0:
                        load[row] += flow[v] * good.weight / TRIES
    return load


def capacities(net, goods, tight, seed):
    draw = Draw("capacity", net.sites, seed)
    least = LEAST * sum(g.total * g.weight for g in goods) / math.sqrt(net.sites)
    caps = []
    for layer, load in zip(net.rows, planned_loads(net, goods)):
        built = max(load * BUILT[layer], least) * draw.between(0.7, 1.3)
        caps.append(max(5.0, round((tight * built) + (ROAD_EXTRA * draw.between(0.95, 1.05) if layer == ROAD else 0.0))))
    return caps


# ---- writing


def number(x, places=3):
    return f"{x:.{places}f}".rstrip("0").rstrip(".")


def open_out(path):
    if path.endswith(".gz"):
        raw = open(path, "wb")
        return gzip.GzipFile("", "wb", 6, raw, 0), raw  # no name, no time: the same bytes again
    return open(path, "wb"), None


def corridor_arcs(net, good, k, periods):
    """The lines of one commodity."""
    body, sources = net.nodes, net.nodes * periods
    plain = []
    for arc in net.arcs:
        cost = net.cost(arc, good.kind)
        if cost is not None:
            lag = 1 if periods > 1 and arc[2] == SEA and arc[3] > FAR else 0
            plain.append((arc[0], arc[1] + lag * body, number(cost), arc[5], lag))
    weight = number(good.weight, 6)
    on_way, at_end = (number(c) for c in STORE[good.kind])
    rows = len(net.rows)
    for t in range(periods):
        at, row0 = t * body, t * rows
        last = t == periods - 1
        lines = [f"a {k} {sources + t} {at + i} {number(SHORTAGE)} -1 -1 1" for i, _ in good.demand]
        lines += [f"a {k} {sources + t} {at + i} {cost} {up} -1 1" for i, cost, up in good.supply]
        for tail, head, cost, row, lag in plain:
            if row >= 0:
                lines.append(f"a {k} {at + tail} {at + head} {cost} -1 {row0 + row} {weight}")
            elif not (lag and last):
                lines.append(f"a {k} {at + tail} {at + head} {cost} -1 -1 1")
        if not last:
            lines += [f"a {k} {at + v} {at + v + body} {on_way} {net.stores[v]} -1 1" for v in sorted(net.stores)]
            lines += [f"a {k} {at + i} {at + i + body} {at_end} {2 * b} -1 1" for i, b in good.demand]
            lines.append(f"a {k} {sources + t} {sources + t + 1} 0 -1 -1 1")
        yield lines


def corridor(o):
    net = Network(o.sites, o.seed)
    goods = [Commodity(net, k, o.seed) for k in range(o.commodities)]
    caps = capacities(net, goods, o.tight, o.seed)
    draw = Draw("period", o.sites, o.seed)
    nodes, rows = (net.nodes + 1) * o.periods, len(net.rows) * o.periods
    first = []
    for k, good in enumerate(goods):
        for t in range(o.periods):
            need = [(i, round(b * good.season(t, o.periods))) for i, b in good.demand]
            first += [f"n {k} {t * net.nodes + i} {-b}" for i, b in need if b]
            first.append(f"n {k} {net.nodes * o.periods + t} {sum(b for _, b in need)}")
    for t in range(o.periods):
        for r, cap in enumerate(caps):
            now = cap if o.periods == 1 else round(cap * draw.between(0.86, 1.15))
            first.append(f"j {t * len(caps) + r} {number(now)}")
    chunks = [lines for k, good in enumerate(goods) for lines in corridor_arcs(net, good, k, o.periods)]
    return o.commodities, nodes, rows, first, chunks


def random_network(o):
    """As Mnetgen does it, with NETGEN's skeleton: a quarter of the nodes supplies, a quarter demands."""
    draw = Draw("random", o.nodes, o.commodities, o.degree, o.joint, o.seed)
    n, K = o.nodes, o.commodities
    ends = n // 4
    sinks = range(n - ends, n)
    supply = [[max(ends, round(3.0 * 1500.0 / ends * draw.unit() * draw.unit())) for _ in range(ends)] for _ in range(K)]
    demand = [[0] * n for _ in range(K)]
    caps, lines = [], []

    def bundle(tail, head, some, cap, bounds, high):
        row = -1
        if draw.chance(o.joint / 100.0):
            row = len(caps)
            caps.append(cap)
        for k in some:
            cost = 100.0 if draw.chance(high) else draw.between(1.0, 100.0)
            lines.append(f"a {k} {tail} {head} {cost:.10f} {bounds(k) if draw.chance(0.2) else -1} {row} 1")

    # half of the sinks may be passed through; each chain of inner nodes ends at some sinks, one at all of them
    inner = draw.sample(list(range(ends, n - ends)) + list(sinks)[: ends // 2], n)
    chains = [[i] for i in range(ends)]
    for at, v in enumerate(inner):
        chains[at if at < ends else draw.whole(0, ends - 1)].append(v)
    for i, chain in enumerate(chains):
        goals = list(sinks) if i == ends - 1 else draw.sample(sinks, draw.whole(1, min(7, ends)))
        goals = [v for v in goals if v not in chain] or [v for v in sinks if v not in chain][:1]
        cap = sum(supply[k][i] for k in range(K))
        pairs = list(zip(chain, chain[1:])) + [(chain[-1], v) for v in goals]
        for tail, head in pairs:
            bundle(tail, head, range(K), cap, lambda k: supply[k][i], 0.2)
        for k in range(K):
            cuts = sorted(draw.whole(0, supply[k][i]) for _ in goals[1:]) + [supply[k][i]]
            for v, low, high in zip(goals, [0] + cuts, cuts):
                demand[k][v] += high - low
    wanted = n * o.degree // 2 * K
    while len(lines) < wanted:
        tail, head = draw.whole(0, n - ends + ends // 2 - 1), draw.whole(ends // 2, n - 1)
        if tail != head:
            some = sorted(draw.sample(range(K), draw.whole(1, K)))
            bundle(tail, head, some, draw.whole(K, 8 * K - 1), lambda k: draw.whole(10, 99), 0.0)
    first = []
    for k in range(K):
        first += [f"n {k} {i} {b}" for i, b in enumerate(supply[k]) if b]
        first += [f"n {k} {i} {-b}" for i, b in enumerate(demand[k]) if b]
    first += [f"j {r} {cap}" for r, cap in enumerate(caps)]
    return K, n, len(caps), first, [lines]


def write(o, instance):
    commodities, nodes, rows, first, chunks = instance
    arcs = sum(len(lines) for lines in chunks)
    words = " ".join(f"--{name} {value}" for name, value in sorted(vars(o).items()) if name not in ("out", "what", "make"))
    f, raw = open_out(o.out)
    with f:
        f.write(f"c mmcf.py {o.what} {words}\np mmcf {commodities} {nodes} {arcs} {rows}\n".encode())
        for lines in [first] + chunks:
            f.write(("\n".join(lines) + "\n").encode() if lines else b"")
    if raw:
        raw.close()


def at_least(least):
    def parse(text):
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"found {value}, expected at least {least}")
        return value

    return parse


def main():
    global WIDE
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="what", required=True)
    c = kinds.add_parser("corridor")
    c.add_argument("--sites", type=at_least(30), default=500)
    c.add_argument("--periods", type=at_least(1), default=1)
    c.add_argument("--wide", type=at_least(1), default=round(WIDE), help="km across the band; less: longer than wide, with separators that grow less")
    c.add_argument("--tight", type=float, default=1.0, help="factor of the capacities; below 1 more of them are full")
    c.set_defaults(make=corridor, commodities=12)
    r = kinds.add_parser("random")
    r.add_argument("--nodes", type=at_least(16), default=128)
    r.add_argument("--degree", type=at_least(2), default=8)
    r.add_argument("--joint", type=at_least(0), default=90, help="percent of the arcs with a shared capacity")
    r.set_defaults(make=random_network, commodities=64)
    for p in (c, r):
        p.add_argument("out", help="a new file, .mmcf or .mmcf.gz")
        p.add_argument("--commodities", type=at_least(1))
        p.add_argument("--seed", type=int, default=1)
    o = parser.parse_args()
    if not o.out.endswith((".mmcf", ".mmcf.gz")):
        sys.exit(f"{o.out}: expected a name that ends in .mmcf or .mmcf.gz")
    WIDE = getattr(o, "wide", WIDE)
    write(o, o.make(o))


if __name__ == "__main__":
    main()
