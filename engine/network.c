/* Tables -> canonical form: places by mode, transfers, handling limits, shared links,
 * contracts.
 *
 * Per class of goods there is one graph of (place, mode) nodes. A place needs separate arrival
 * and departure nodes for a mode when a path could otherwise change mode twice in one stop, or
 * when passing costs something (a transfer row with from_mode = to_mode). Each commodity keeps
 * the part of its class graph that lies on a way from one of its supplies to one of its
 * demands. Every commodity has a hub that closes its balance:
 *
 *     hub -> supply (above the quantity)   supply -> hub (shut in)   supply -> place
 * (production) place -> demand                      hub -> demand (shortage, in two price
 * steps)   demand -> hub (above base)
 *
 * A supply gets a commodity of its own only where a contract names it and somebody else could
 * serve the same demand. Where several commodities of one good serve a demand, its quantity is
 * a coupling row. */
#include "network_build.h"

#include <stdlib.h>
#include <string.h>

/* ---- one good ------------------------------------------------------------------------ */

typedef struct {
    int good;
    const graph *g;
    char *open;                /* graph arcs this good may use */
    int32_t *supply, supplies; /* open supplies of the good */
    int32_t *demand, demands;
    char *fore, *back; /* scratch: graph nodes reached */
    int32_t *queue;
    int32_t *local;       /* scratch: graph node -> model node */
    char *own;            /* supplies: gets a commodity of its own */
    char *reaches;        /* supplies x demands */
    int32_t *member_node; /* commodities x demands: node that counts the delivery, -1 */
    int members;          /* commodities of this good */
} good_work;

static bool arc_open(const builder *bd, const graph_arc *a, int good)
{
    const case_data *cs = bd->cs;
    const link_rule *terms;
    switch (a->ref.kind) {
    case ARC_LINK:
        return case_link_open(cs, &cs->links[a->ref.object], good, &terms);
    case ARC_TRANSFER:
        return cs->places[cs->transfers[a->ref.object].place].open;
    default:
        return cs->places[a->ref.object].open;
    }
}

/* Marks what can be reached from the marked nodes in queue[0 .. count). */
static void spread(const good_work *w, char *mark, int32_t count, bool forward, bool any)
{
    const graph *g = w->g;
    const int64_t *first = forward ? g->out : g->in, *list = forward ? g->out_arc : g->in_arc;
    for (int32_t q = 0; q < count; q++) {
        const int32_t i = w->queue[q];
        for (int64_t e = first[i]; e < first[i + 1]; e++) {
            const int32_t j = forward ? g->arc[list[e]].head : g->arc[list[e]].tail;
            if ((!any && !w->open[list[e]]) || mark[j]) continue;
            mark[j] = 1;
            w->queue[count++] = j;
        }
    }
}

static int32_t seed_supply(const builder *bd, const good_work *w, const supply *s, char *mark,
                           int32_t count)
{
    for (int mode = 0; mode < bd->cs->mode_count; mode++) {
        const int32_t i = w->g->at[(int64_t)s->place * bd->cs->mode_count + mode];
        if (i < 0 || mark[i]) continue;
        mark[i] = 1;
        w->queue[count++] = i;
    }
    return count;
}

static bool reached(const builder *bd, const good_work *w, const demand *d, const char *mark)
{
    for (int mode = 0; mode < bd->cs->mode_count; mode++) {
        const int32_t i = w->g->at[(int64_t)d->place * bd->cs->mode_count + mode];
        if (i >= 0 && mark[w->g->arrive[i]]) return true;
    }
    return false;
}

/* reaches[s * demands + d], for goods with contracts: a search per supply. */
static void find_reach(const builder *bd, good_work *w)
{
    const case_data *cs = bd->cs;
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        memset(w->fore, 0, (size_t)w->g->nodes);
        spread(w, w->fore, seed_supply(bd, w, sp, w->fore, 0), true, false);
        for (int32_t d = 0; d < w->demands; d++) {
            const demand *dm = &cs->demands[w->demand[d]];
            w->reaches[(int64_t)s * w->demands + d] =
                dm->place == sp->place || reached(bd, w, dm, w->fore);
        }
    }
}

static int32_t seed_demand(const builder *bd, const good_work *w, const demand *d, char *mark,
                           int32_t count)
{
    for (int mode = 0; mode < bd->cs->mode_count; mode++) {
        const int32_t at = w->g->at[(int64_t)d->place * bd->cs->mode_count + mode];
        if (at < 0 || mark[w->g->arrive[at]]) continue;
        mark[w->g->arrive[at]] = 1;
        w->queue[count++] = w->g->arrive[at];
    }
    return count;
}

/* The fault of a supply cut off from every demand even if all links were open: one search backwards from all. */
static void check_supplies(builder *bd, good_work *w)
{
    const case_data *cs = bd->cs;
    int32_t count = 0;
    memset(w->back, 0, (size_t)w->g->nodes);
    for (int32_t d = 0; d < cs->demand_count; d++)
        if (cs->demands[d].commodity == w->good && cs->demands[d].place >= 0)
            count = seed_demand(bd, w, &cs->demands[d], w->back, count);
    spread(w, w->back, count, false, true);
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        bool any = false;
        for (int mode = 0; mode < cs->mode_count && !any; mode++) {
            const int32_t i = w->g->at[(int64_t)sp->place * cs->mode_count + mode];
            any = i >= 0 && w->back[i];
        }
        for (int32_t d = 0; d < cs->demand_count && !any; d++)
            any = cs->demands[d].commodity == w->good && cs->demands[d].place == sp->place;
        const table *t = cs->src->tab[T_SUPPLY];
        if (!any)
            steppe_fault(bd->ctx,
                         "%s:%lld:1: found supply %s, which no demand for %s can reach, "
                         "expected a way to one over "
                         "links and transfers",
                         t->path, (long long)table_row_number(t, sp->row), sp->id,
                         cs->commodities[w->good].id);
    }
}

static int32_t position(const int32_t *list, int32_t count, int32_t what)
{
    int32_t i = 0;
    while (i < count && list[i] != what) i++;
    return i;
}

/* A contract needs its supply apart when another supply could reach the same demand, or has a contract with it too. */
static void choose_splits(const builder *bd, good_work *w)
{
    const case_data *cs = bd->cs;
    for (int32_t c = 0; c < cs->contract_count; c++) {
        const int32_t s = position(w->supply, w->supplies, cs->contracts[c].supply);
        const int32_t d = position(w->demand, w->demands, cs->contracts[c].demand);
        if (s == w->supplies || d == w->demands) continue;
        for (int32_t o = 0; o < w->supplies && !w->own[s]; o++)
            w->own[s] = (char)(o != s && w->reaches[(int64_t)o * w->demands + d]);
        for (int32_t e = 0; e < cs->contract_count && !w->own[s]; e++)
            w->own[s] =
                (char)(e != c && cs->contracts[e].demand == cs->contracts[c].demand &&
                       position(w->supply, w->supplies, cs->contracts[e].supply) < w->supplies);
    }
}

static const contract *contract_between(const builder *bd, const good_work *w, int32_t origin,
                                        int32_t d)
{
    for (int32_t c = 0; c < bd->cs->contract_count; c++) {
        const contract *k = &bd->cs->contracts[c];
        if (k->demand != w->demand[d]) continue;
        int32_t s = 0;
        while (s < w->supplies && w->supply[s] != k->supply) s++;
        if (s == w->supplies) continue; /* a closed supply owes nothing */
        if (origin >= 0 ? k->supply == origin : !w->own[s]) return k;
    }
    return NULL;
}

/* Entries of a new arc that carries goods through a place or a link. */
static bool couple(builder *bd, int64_t a, const model_ref *ref, int good, int32_t entered)
{
    const case_data *cs = bd->cs;
    const int class = cs->commodities[good].class;
    if (ref->kind == ARC_LINK && bd->link_row[ref->object] >= 0) {
        const link_rule *terms;
        case_link_open(cs, &cs->links[ref->object], good, &terms);
        const int64_t row = bd->link_row[ref->object];
        const int64_t w = weight_of(terms ? terms->use : FIX_ONE, bd->md->row_scale[row]);
        if (w != 0 && !build_add_entry(bd, row, a, w)) return false;
    }
    if (ref->kind == ARC_TRANSFER && bd->transfer_row[ref->object] >= 0 &&
        !build_add_entry(bd, bd->transfer_row[ref->object], a, 1))
        return false;
    if (entered >= 0) {
        const int32_t h = bd->handling_at[(int64_t)entered * cs->class_count + class];
        if (h >= 0 && !build_add_entry(bd, bd->handling_row[h], a, 1)) return false;
    }
    return true;
}

static int64_t graph_arc_cost(const builder *bd, const graph_arc *a, int good)
{
    const case_data *cs = bd->cs;
    if (a->ref.kind == ARC_TRANSFER) return cost_units(bd, cs->transfers[a->ref.object].cost);
    if (a->ref.kind != ARC_LINK) return 0;
    const link_rule *terms;
    case_link_open(cs, &cs->links[a->ref.object], good, &terms);
    return cost_units(bd,
                      terms && terms->cost >= 0 ? terms->cost : cs->links[a->ref.object].cost);
}

static int32_t local_node(builder *bd, good_work *w, int32_t i)
{
    if (w->local[i] < 0)
        w->local[i] = build_add_node(bd, (node_kind)w->g->node[i].kind, w->g->node[i].mode,
                                     w->g->node[i].object, 0);
    return w->local[i];
}

/* Arcs of supply s (index in the good): production by mode, local delivery is added with the
 * demands. */
static bool add_supply(builder *bd, good_work *w, int32_t s, int32_t hub, int64_t total)
{
    const case_data *cs = bd->cs;
    const supply *sp = &cs->supplies[w->supply[s]];
    const int64_t quantity = flow_units(bd, sp->quantity), max = flow_units(bd, sp->max);
    const int32_t node = build_add_node(bd, NODE_SUPPLY, -1, w->supply[s], quantity);
    bd->md->b[hub] -= quantity;
    model_ref ref = {ARC_EXTRA_SUPPLY, 0, -1, w->supply[s], -1};
    if (max > quantity) build_add_arc(bd, hub, node, max - quantity, 0, ref);
    ref.kind = ARC_SHUT_IN;
    if (quantity > 0)
        build_add_arc(bd, node, hub, quantity, cost_units(bd, sp->shut_in_cost), ref);
    for (int mode = 0; mode < cs->mode_count; mode++) {
        const int32_t i = w->g->at[(int64_t)sp->place * cs->mode_count + mode];
        if (i < 0 || !w->fore[i] || !w->back[i]) continue;
        ref = (model_ref){ARC_LOAD, 0, (int16_t)mode, w->supply[s], -1};
        const int64_t a =
            build_add_arc(bd, node, local_node(bd, w, i), max < total ? max : total,
                          cost_units(bd, sp->cost), ref);
        if (!couple(bd, a, &ref, w->good, sp->place)) return false;
    }
    return true;
}

/* Arcs from the places of demand d, and from supplies of this commodity at the same place, to
 * node. */
static bool add_arrivals(builder *bd, good_work *w, int32_t d, int32_t node, int64_t total,
                         const int32_t *supply_node)
{
    const case_data *cs = bd->cs;
    const demand *dm = &cs->demands[w->demand[d]];
    for (int mode = 0; mode < cs->mode_count; mode++) {
        const int32_t at = w->g->at[(int64_t)dm->place * cs->mode_count + mode];
        if (at < 0) continue;
        const int32_t i = w->g->arrive[at];
        if (!w->fore[i] || !w->back[i]) continue;
        const model_ref ref = {ARC_UNLOAD, 0, (int16_t)mode, w->demand[d], -1};
        build_add_arc(bd, local_node(bd, w, i), node, total, 0, ref);
    }
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        if (supply_node[s] < 0 || sp->place != dm->place) continue;
        const model_ref ref = {ARC_LOCAL, 0, -1, w->demand[d], w->supply[s]};
        const int64_t a =
            build_add_arc(bd, supply_node[s], node, total, cost_units(bd, sp->cost), ref);
        if (!couple(bd, a, &ref, w->good, sp->place)) return false;
    }
    return true;
}

/* The price steps of a demand. In one network: arcs between hub and node. As a row: loops at
 * the hub, which only the row sees. */
static bool add_steps(builder *bd, const demand *dm, int32_t index, int32_t hub, int32_t node,
                      int64_t row)
{
    const int64_t base = flow_units(bd, dm->base), min = flow_units(bd, dm->min);
    const int64_t max = flow_units(bd, dm->max);
    model_ref ref = {ARC_SHORTAGE, 0, -1, index, -1};
    int64_t a;
    if (base > min) {
        a = build_add_arc(bd, hub, node, base - min, cost_units(bd, dm->shortage_cost), ref);
        if (row >= 0 && !build_add_entry(bd, row, a, 1)) return false;
    }
    ref.kind = ARC_MIN_SHORTAGE;
    if (min > 0) {
        a = build_add_arc(bd, hub, node, min, cost_units(bd, dm->min_shortage_cost), ref);
        if (row >= 0 && !build_add_entry(bd, row, a, 1)) return false;
    }
    ref.kind = ARC_EXTRA_DEMAND;
    if (row < 0 && max > base) build_add_arc(bd, node, hub, max - base, 0, ref);
    return true;
}

/* One commodity: the supplies with own[s] == (origin >= 0), of origin only. */
static steppe_status add_commodity(builder *bd, good_work *w, int32_t origin, int member)
{
    const case_data *cs = bd->cs;
    model *md = bd->md;
    const graph *g = w->g;
    int32_t count = 0;
    int64_t total = 0;
    memset(w->fore, 0, (size_t)g->nodes);
    memset(w->back, 0, (size_t)g->nodes);
    int32_t *supply_node = MEM_NEW(int32_t, w->supplies);
    if (!supply_node) return steppe_no_memory(bd->ctx);
    for (int32_t s = 0; s < w->supplies; s++) {
        const bool mine = origin >= 0 ? w->supply[s] == origin : !w->own[s];
        supply_node[s] = mine ? 0 : -1;
        if (!mine) continue;
        count = seed_supply(bd, w, &cs->supplies[w->supply[s]], w->fore, count);
        total += flow_units(bd, cs->supplies[w->supply[s]].max);
    }
    spread(w, w->fore, count, true, false);
    count = 0;
    for (int32_t d = 0; d < w->demands; d++)
        count = seed_demand(bd, w, &cs->demands[w->demand[d]], w->back, count);
    spread(w, w->back, count, false, false);
    for (int32_t i = 0; i < g->nodes; i++) w->local[i] = -1;
    steppe_status st = STEPPE_OK;
    if (!build_reserve_nodes(bd,
                             (int64_t)md->n + 1 + g->nodes + w->supplies + 2 * w->demands) ||
        !build_reserve_arcs(bd, md->m + g->arcs +
                                    (int64_t)w->supplies * (2 + cs->mode_count + w->demands) +
                                    (int64_t)w->demands * (8 + cs->mode_count)))
        goto no_memory;
    md->commodity[md->K] = (model_commodity){w->good, origin};
    md->first_node[md->K] = md->n;
    md->first_arc[md->K] = md->m;
    md->K++;
    const int32_t hub = build_add_node(bd, NODE_HUB, -1, w->good, 0);
    for (int32_t s = 0; s < w->supplies; s++) {
        if (supply_node[s] < 0) continue;
        supply_node[s] = md->n;
        if (!add_supply(bd, w, s, hub, total)) goto no_memory;
    }
    for (int64_t a = 0; a < g->arcs; a++) {
        const graph_arc *e = &g->arc[a];
        if (!w->open[a] || !w->fore[e->tail] || !w->back[e->head]) continue;
        /* on a way from supply to demand: its tail is reached, and a demand is reached from its
         * head */
        const int32_t tail = local_node(bd, w, e->tail), head = local_node(bd, w, e->head);
        const int64_t at =
            build_add_arc(bd, tail, head, total, graph_arc_cost(bd, e, w->good), e->ref);
        const int32_t entered = e->ref.kind == ARC_LINK ? g->node[e->head].object : -1;
        if (!couple(bd, at, &e->ref, w->good, entered)) goto no_memory;
    }
    for (int32_t d = 0; d < w->demands; d++) {
        const contract *k = contract_between(bd, w, origin, d);
        const demand *dm = &cs->demands[w->demand[d]];
        bool serves = k != NULL || reached(bd, w, dm, w->fore);
        for (int32_t s = 0; s < w->supplies && !serves; s++)
            serves = supply_node[s] >= 0 && cs->supplies[w->supply[s]].place == dm->place;
        int32_t *node = &w->member_node[(int64_t)member * w->demands + d];
        *node = -1;
        if (!serves) continue;
        *node = build_add_node(bd, NODE_COUNT, -1, w->demand[d], 0);
        if (!add_arrivals(bd, w, d, *node, total, supply_node)) goto no_memory;
    }
    goto done;
no_memory:
    st = steppe_no_memory(bd->ctx);
done:
    mem_free(supply_node);
    return st;
}

/* Contract terms on what a commodity brings to a demand: `node` gets what arrives; the minimum
 * stays there, the rest passes to `to` over the deliver arc, a missed minimum is taken back
 * from `to` over the shortfall arc. row >= 0: the demand is a row that counts both. */
static bool add_contract(builder *bd, const contract *k, int32_t demand_index, int32_t node,
                         int32_t to, int64_t total, int64_t row)
{
    const int64_t min = k ? flow_units(bd, k->min) : 0;
    const int64_t max = k && k->max >= 0 ? flow_units(bd, k->max) : (min > total ? min : total);
    const model_ref ref = {ARC_DELIVER, 0, -1, demand_index, -1};
    bd->md->b[node] -= min;
    bd->md->b[to] += min;
    int64_t a = build_add_arc(bd, node, to, max - min, 0, ref);
    if (row >= 0 && !build_add_entry(bd, row, a, 1)) return false;
    if (min == 0 || k->shortfall_cost < 0) return true;
    const model_ref miss = {ARC_SHORTFALL, 0, -1, (int32_t)(k - bd->cs->contracts), -1};
    a = build_add_arc(bd, to, node, min, cost_units(bd, k->shortfall_cost), miss);
    return row < 0 || build_add_entry(bd, row, a, -1);
}

/* Second half of a commodity: what it brings to the demands. Demands that only one commodity
 * serves are nodes of its network; the others are rows. */
static steppe_status add_demands(builder *bd, good_work *w, int member, int k,
                                 int64_t *demand_row)
{
    const case_data *cs = bd->cs;
    model *md = bd->md;
    const int32_t hub = md->first_node[k], origin = md->commodity[k].origin;
    int64_t total = 0;
    for (int32_t s = 0; s < w->supplies; s++)
        if (origin >= 0 ? w->supply[s] == origin : !w->own[s])
            total += flow_units(bd, cs->supplies[w->supply[s]].max);
    for (int32_t d = 0; d < w->demands; d++) {
        const demand *dm = &cs->demands[w->demand[d]];
        const int32_t node = w->member_node[(int64_t)member * w->demands + d];
        int serving = 0, first = -1;
        for (int o = 0; o < w->members; o++) {
            if (w->member_node[(int64_t)o * w->demands + d] < 0) continue;
            if (first < 0) first = o;
            serving++;
        }
        const bool owner = member == (first < 0 ? 0 : first);
        const int64_t base = flow_units(bd, dm->base), max = flow_units(bd, dm->max);
        const contract *c = node >= 0 ? contract_between(bd, w, origin, d) : NULL;
        if (!build_reserve_nodes(bd, (int64_t)md->n + 1) || !build_reserve_arcs(bd, md->m + 8))
            return steppe_no_memory(bd->ctx);
        bool ok = true;
        if (serving <= 1) {
            if (!owner) continue;
            int32_t at = node;
            if (node >= 0 && !c)
                md->node[node].kind = NODE_DEMAND;
            else
                at = build_add_node(bd, NODE_DEMAND, -1, w->demand[d], 0);
            md->b[at] -= base;
            md->b[hub] += base;
            if (c) ok = add_contract(bd, c, w->demand[d], node, at, total, -1);
            ok = ok && add_steps(bd, dm, w->demand[d], hub, at, -1);
        } else {
            if (owner) {
                demand_row[d] = build_add_row(bd, ROW_DEMAND, w->demand[d], base, max, 1);
                ok = demand_row[d] >= 0 &&
                     add_steps(bd, dm, w->demand[d], hub, hub, demand_row[d]);
            }
            if (ok && node >= 0) {
                ok = add_contract(bd, c, w->demand[d], node, hub, total, demand_row[d]);
                if (c) { /* the minimum counts as delivered */
                    md->row_low[demand_row[d]] -= flow_units(bd, c->min);
                    md->row_up[demand_row[d]] -= flow_units(bd, c->min);
                }
            }
        }
        if (!ok) return steppe_no_memory(bd->ctx);
    }
    return STEPPE_OK;
}

static void good_free(good_work *w)
{
    mem_free(w->open);
    mem_free(w->supply);
    mem_free(w->demand);
    mem_free(w->fore);
    mem_free(w->back);
    mem_free(w->queue);
    mem_free(w->local);
    mem_free(w->own);
    mem_free(w->reaches);
    mem_free(w->member_node);
}

/* Arcs of a commodity have to be contiguous, but whether a demand is a node or a row depends on
 * all commodities of the good. So the commodities are built first and their demand arcs moved
 * behind their own arcs afterwards. */
static steppe_status sort_arcs(builder *bd, int first_k, int64_t from, const int *commodity_of)
{
    model *md = bd->md;
    const int64_t count = md->m - from;
    const int members = md->K - first_k;
    int64_t *to = MEM_NEW(int64_t, count), *start = MEM_ZERO(int64_t, members + 1);
    int32_t *tail = MEM_NEW(int32_t, count), *head = MEM_NEW(int32_t, count);
    int64_t *up = MEM_NEW(int64_t, count), *cost = MEM_NEW(int64_t, count);
    model_ref *arc = MEM_NEW(model_ref, count);
    const bool ok = to && start && tail && head && up && cost && arc;
    if (ok) {
        for (int64_t i = 0; i < count; i++) start[commodity_of[i] + 1]++;
        for (int k = 0; k < members; k++) {
            start[k + 1] += start[k];
            md->first_arc[first_k + k] = from + start[k];
        }
        for (int64_t i = 0; i < count; i++) to[i] = start[commodity_of[i]]++;
        for (int64_t i = 0; i < count; i++) {
            tail[to[i]] = md->tail[from + i];
            head[to[i]] = md->head[from + i];
            up[to[i]] = md->up[from + i];
            cost[to[i]] = md->cost[from + i];
            arc[to[i]] = md->arc[from + i];
        }
        memcpy(md->tail + from, tail, (size_t)count * sizeof *tail);
        memcpy(md->head + from, head, (size_t)count * sizeof *head);
        memcpy(md->up + from, up, (size_t)count * sizeof *up);
        memcpy(md->cost + from, cost, (size_t)count * sizeof *cost);
        memcpy(md->arc + from, arc, (size_t)count * sizeof *arc);
        for (int64_t e = 0; e < bd->entries; e++)
            if (bd->entry_arc[e] >= from) bd->entry_arc[e] = from + to[bd->entry_arc[e] - from];
    }
    mem_free(to);
    mem_free(start);
    mem_free(tail);
    mem_free(head);
    mem_free(up);
    mem_free(cost);
    mem_free(arc);
    return ok ? STEPPE_OK : steppe_no_memory(bd->ctx);
}

/* The same for nodes. */
static steppe_status sort_nodes(builder *bd, int first_k, int32_t from, int64_t first_arc,
                                const int *commodity_of)
{
    model *md = bd->md;
    const int32_t count = md->n - from;
    const int members = md->K - first_k;
    int32_t *to = MEM_NEW(int32_t, count), *start = MEM_ZERO(int32_t, members + 1);
    int64_t *b = MEM_NEW(int64_t, count);
    model_ref *node = MEM_NEW(model_ref, count);
    const bool ok = to && start && b && node;
    if (ok) {
        for (int32_t i = 0; i < count; i++) start[commodity_of[i] + 1]++;
        for (int k = 0; k < members; k++) {
            start[k + 1] += start[k];
            md->first_node[first_k + k] = from + start[k];
        }
        for (int32_t i = 0; i < count; i++) to[i] = start[commodity_of[i]]++;
        for (int32_t i = 0; i < count; i++) {
            b[to[i]] = md->b[from + i];
            node[to[i]] = md->node[from + i];
        }
        memcpy(md->b + from, b, (size_t)count * sizeof *b);
        memcpy(md->node + from, node, (size_t)count * sizeof *node);
        for (int64_t a = first_arc; a < md->m; a++) {
            md->tail[a] = from + to[md->tail[a] - from];
            md->head[a] = from + to[md->head[a] - from];
        }
    }
    mem_free(to);
    mem_free(start);
    mem_free(b);
    mem_free(node);
    return ok ? STEPPE_OK : steppe_no_memory(bd->ctx);
}

/* Marks what was added since the last call as belonging to member. */
static bool own_new(int **list, int64_t from, int64_t *known, int64_t now, int member)
{
    int *more = mem_resize(*list, (size_t)(now - from), sizeof *more);
    if (!more) return false;
    *list = more;
    for (int64_t i = *known; i < now; i++) more[i - from] = member;
    *known = now;
    return true;
}

static steppe_status build_members(builder *bd, good_work *w)
{
    model *md = bd->md;
    const int first_k = md->K;
    const int64_t first_arc = md->m, first_node = md->n;
    int64_t arcs = md->m, nodes = md->n;
    int *arc_owner = NULL, *node_owner = NULL;
    int64_t *demand_row = MEM_NEW(int64_t, w->demands);
    bool memory = demand_row != NULL;
    steppe_status st = STEPPE_OK;
    for (int32_t s = -1; s < w->supplies && memory && st == STEPPE_OK; s++) {
        bool rest = false;
        for (int32_t o = 0; o < w->supplies; o++) rest |= !w->own[o];
        if (s < 0 ? !rest && w->supplies > 0 : !w->own[s]) continue;
        const int member = md->K - first_k;
        st = add_commodity(bd, w, s < 0 ? -1 : w->supply[s], member);
        memory = st == STEPPE_OK && own_new(&arc_owner, first_arc, &arcs, md->m, member) &&
                 own_new(&node_owner, first_node, &nodes, md->n, member);
    }
    w->members = md->K - first_k;
    for (int o = 0; o < w->members && memory && st == STEPPE_OK; o++) {
        st = add_demands(bd, w, o, first_k + o, demand_row);
        memory = st == STEPPE_OK && own_new(&arc_owner, first_arc, &arcs, md->m, o) &&
                 own_new(&node_owner, first_node, &nodes, md->n, o);
    }
    if (st == STEPPE_OK && !memory) st = steppe_no_memory(bd->ctx);
    if (st == STEPPE_OK) st = sort_arcs(bd, first_k, first_arc, arc_owner);
    if (st == STEPPE_OK)
        st = sort_nodes(bd, first_k, (int32_t)first_node, first_arc, node_owner);
    mem_free(arc_owner);
    mem_free(node_owner);
    mem_free(demand_row);
    return st;
}

static steppe_status add_good(builder *bd, int good)
{
    const case_data *cs = bd->cs;
    good_work w = {0};
    w.good = good;
    w.g = &bd->class[cs->commodities[good].class];
    w.open = MEM_NEW(char, w.g->arcs);
    w.supply = MEM_NEW(int32_t, cs->supply_count);
    w.demand = MEM_NEW(int32_t, cs->demand_count);
    w.fore = MEM_NEW(char, w.g->nodes);
    w.back = MEM_NEW(char, w.g->nodes);
    w.queue = MEM_NEW(int32_t, w.g->nodes);
    w.local = MEM_NEW(int32_t, w.g->nodes);
    bool memory = w.open && w.supply && w.demand && w.fore && w.back && w.queue && w.local;
    for (int32_t i = 0; memory && i < cs->supply_count; i++)
        if (cs->supplies[i].open && cs->supplies[i].commodity == good)
            w.supply[w.supplies++] = i;
    for (int32_t i = 0; memory && i < cs->demand_count; i++)
        if (cs->demands[i].open && cs->demands[i].commodity == good) w.demand[w.demands++] = i;
    for (int64_t a = 0; memory && a < w.g->arcs; a++)
        w.open[a] = (char)arc_open(bd, &w.g->arc[a], good);
    w.own = MEM_ZERO(char, w.supplies);
    w.reaches = MEM_ZERO(char, (int64_t)w.supplies *w.demands);
    w.member_node = MEM_NEW(int32_t, (int64_t)(w.supplies + 1) * w.demands);
    memory = memory && w.own && w.reaches && w.member_node;
    steppe_status st = memory ? STEPPE_OK : steppe_no_memory(bd->ctx);
    if (st == STEPPE_OK && (w.supplies > 0 || w.demands > 0)) {
        bool contracts = false;
        for (int32_t c = 0; c < cs->contract_count; c++)
            contracts |= cs->supplies[cs->contracts[c].supply].commodity == good;
        if (bd->check_reach) check_supplies(bd, &w);
        if (contracts) {
            find_reach(bd, &w);
            choose_splits(bd, &w);
        }
        st = build_members(bd, &w);
    }
    good_free(&w);
    return st;
}

/* ---- all ----------------------------------------------------------------------------- */

static void builder_free(builder *bd)
{
    for (int c = 0; bd->class && c < bd->cs->class_count; c++) graph_free(&bd->class[c]);
    mem_free(bd->class);
    mem_free(bd->entry_row);
    mem_free(bd->entry_arc);
    mem_free(bd->entry_weight);
    mem_free(bd->link_row);
    mem_free(bd->transfer_row);
    mem_free(bd->handling_row);
    mem_free(bd->handling_at);
}

static steppe_status build(builder *bd)
{
    const case_data *cs = bd->cs;
    model *md = bd->md;
    const int64_t most = (int64_t)cs->commodity_count + cs->contract_count;
    const int64_t cells = (int64_t)cs->place_count * cs->class_count;
    bd->class = MEM_ZERO(graph, cs->class_count);
    bd->link_row = MEM_NEW(int64_t, cs->link_count);
    bd->transfer_row = MEM_NEW(int64_t, cs->transfer_count);
    bd->handling_row = MEM_NEW(int64_t, cs->handling_count);
    bd->handling_at = MEM_NEW(int32_t, cells);
    md->commodity = MEM_NEW(model_commodity, most);
    md->first_node = MEM_NEW(int32_t, most + 1);
    md->first_arc = MEM_NEW(int64_t, most + 1);
    if (!bd->class || !bd->link_row || !bd->transfer_row || !bd->handling_row ||
        !bd->handling_at || !md->commodity || !md->first_node || !md->first_arc ||
        !build_reserve_arcs(bd, 1024) || !build_reserve_nodes(bd, 1024) ||
        !build_reserve_rows(bd, 64))
        return steppe_no_memory(bd->ctx);
    for (int64_t i = 0; i < cells; i++) bd->handling_at[i] = -1;
    STEPPE_TRY(build_choose_units(bd));
    for (int c = 0; c < cs->class_count; c++) STEPPE_TRY(graph_build(bd, c, &bd->class[c]));
    STEPPE_TRY(build_add_capacity_rows(bd));
    for (int good = 0; good < cs->commodity_count; good++) STEPPE_TRY(add_good(bd, good));
    md->first_node[md->K] = md->n;
    md->first_arc[md->K] = md->m;
    STEPPE_TRY(build_add_group_rows(bd));
    return build_finish_rows(bd);
}

steppe_status model_build(steppe_ctx *ctx, const case_data *cs, bool check_reach, model *out)
{
    memset(out, 0, sizeof *out);
    out->cs = cs;
    out->periods = 1;
    builder bd = {0};
    bd.ctx = ctx;
    bd.cs = cs;
    bd.md = out;
    bd.check_reach = check_reach;
    const int64_t faults = ctx->faults;
    steppe_status st = build(&bd);
    builder_free(&bd);
    if (st == STEPPE_OK && ctx->faults > faults) st = STEPPE_BAD_INPUT;
    if (st != STEPPE_OK) model_free(out);
    return st;
}
