/* One good: its block of nodes and arcs over all periods.
 *
 *     hub -> supply (above the quantity)   supply -> hub (shut in)    supply -> place (production)
 *     hub -> demand (shortage, two steps)  demand -> hub (above base) place -> demand
 *
 * The hub is a free node: it closes the balance of the good, whatever is lost, converted, stored
 * or under way. Each layer has its own copy of the part of the class graph that lies on a way from
 * one of its sources to one of the goals of the good. Supplies, demands and the hub exist once,
 * in every period. */
#include "network_good.h"

#include <string.h>

/* ---- arcs ---------------------------------------------------------------------------- */

model_ref good_arc_ref(arc_kind kind, int mode, int32_t object, int32_t other, int32_t layer,
                       int t)
{
    return (model_ref){(uint8_t)kind, 0, (int16_t)mode, object, other, layer, t};
}

model_ref good_node_ref(node_kind kind, int mode, int32_t object, int32_t layer, int t)
{
    return (model_ref){(uint8_t)kind, 0, (int16_t)mode, object, -1, layer, t};
}

/* The place's handling limit counts what enters: `ppm` of the arc arrives in period t. */
bool good_count_entering(builder *bd, int64_t arc, int good, int32_t spot, int t, int32_t loss)
{
    const int class = bd->cs->commodities[good].class;
    const int32_t h = bd->handling_at[(int64_t)spot * bd->cs->class_count + class];
    if (h < 0) return true;
    const int64_t row = bd->handling_row[(int64_t)h * bd->hz->T + t];
    if (row < 0) return true;
    const int64_t scale = bd->md->row_scale[row];
    return build_add_entry(bd, row, arc, scale - loss * (scale / 1000000));
}

/* Model node of a graph node of the layer in period t. -1: no memory. */
int32_t good_local_node(good_work *w, int32_t i, int32_t layer, int t)
{
    int32_t *at = &w->local[(int64_t)i * w->T + t];
    if (*at >= 0) return *at;
    if (!build_reserve_nodes(w->bd, (int64_t)w->bd->md->n + 1)) return -1;
    model_ref ref = w->g->node[i];
    ref.layer = layer;
    ref.period = t;
    return *at = build_add_node(w->bd, ref, 0);
}

/* One arc of the class graph entered in period t. */
static bool add_graph_arc(good_work *w, const graph_arc *e, int32_t layer, int t)
{
    builder *bd = w->bd;
    int64_t cost;
    if (time_arc(bd, e, w->good, t, &cost) == 0) return true;
    const int arrives = time_arrival(bd, e, t);
    const int32_t tail = good_local_node(w, e->tail, layer, t);
    /* on an open horizon what arrives behind the last day has left */
    const int32_t head = arrives >= w->T ? w->hub : good_local_node(w, e->head, layer, arrives);
    model_ref ref = e->ref;
    ref.layer = layer;
    ref.period = t;
    if (tail < 0 || head < 0) return false;
    if (e->ref.kind == ARC_LINK)
        cost += policy_emission_cost(bd, e->ref.object, e->ref.dir, w->good, layer, t);
    const int64_t a = build_add_arc(bd, tail, head, w->total, cost, ref);
    if (a < 0) return false;
    if (e->ref.kind == ARC_TRANSFER) {
        const int64_t row = bd->transfer_row[(int64_t)e->ref.object * w->T + t];
        return row < 0 || build_add_entry(bd, row, a, 1);
    }
    if (e->ref.kind != ARC_LINK) return true;
    const int32_t loss = bd->cs->links[e->ref.object].loss_ppm;
    const int64_t row = bd->link_row[(int64_t)e->ref.object * w->T + t];
    const int64_t use = weight_of(time_use(bd, e->ref.object, w->good), bd->md->row_scale[row]);
    if (use != 0 && !build_add_entry(bd, row, a, use)) return false;
    if (loss > 0 && arrives < w->T && !build_set_loss(bd, a, loss)) return false;
    return arrives >= w->T ||
           good_count_entering(bd, a, w->good, w->g->node[e->head].object, arrives, loss);
}

/* ---- supplies and demands ------------------------------------------------------------- */

static bool add_supply_nodes(good_work *w)
{
    builder *bd = w->bd;
    for (int32_t s = 0; s < w->supplies; s++) {
        const int32_t id = w->supply[s], layer = w->layer_of[s];
        for (int t = 0; t < w->T; t++) {
            const int64_t quantity = time_supply(bd, id, t, 0);
            const int64_t max = time_supply(bd, id, t, 1);
            if (!build_reserve_nodes(bd, (int64_t)bd->md->n + 1)) return false;
            const int32_t node =
                build_add_node(bd, good_node_ref(NODE_SUPPLY, -1, id, layer, t), quantity);
            w->supply_node[(int64_t)s * w->T + t] = node;
            if (max > quantity &&
                build_add_arc(bd, w->hub, node, max - quantity, 0,
                              good_arc_ref(ARC_EXTRA_SUPPLY, -1, id, -1, layer, t)) < 0)
                return false;
            if (quantity > 0 &&
                build_add_arc(bd, node, w->hub, quantity, time_supply_cost(bd, id, t, true),
                              good_arc_ref(ARC_SHUT_IN, -1, id, -1, layer, t)) < 0)
                return false;
        }
    }
    return true;
}

static bool add_demand_nodes(good_work *w)
{
    builder *bd = w->bd;
    for (int32_t d = 0; d < w->demands; d++) {
        const int32_t id = w->demand[d];
        for (int t = 0; t < w->T; t++) {
            const int64_t base = time_demand(bd, id, t, 0);
            int64_t min = time_demand(bd, id, t, 1), max = time_demand(bd, id, t, 2);
            if (min > base) min = base; /* each is rounded by itself */
            if (!build_reserve_nodes(bd, (int64_t)bd->md->n + 1)) return false;
            const int32_t node =
                build_add_node(bd, good_node_ref(NODE_DEMAND, -1, id, -1, t), -base);
            w->demand_node[(int64_t)d * w->T + t] = node;
            if (base > min && build_add_arc(bd, w->hub, node, base - min,
                                            time_shortage_cost(bd, id, t, false),
                                            good_arc_ref(ARC_SHORTAGE, -1, id, -1, -1, t)) < 0)
                return false;
            if (min > 0 &&
                build_add_arc(bd, w->hub, node, min, time_shortage_cost(bd, id, t, true),
                              good_arc_ref(ARC_MIN_SHORTAGE, -1, id, -1, -1, t)) < 0)
                return false;
            if (max > base &&
                build_add_arc(bd, node, w->hub, max - base, 0,
                              good_arc_ref(ARC_EXTRA_DEMAND, -1, id, -1, -1, t)) < 0)
                return false;
        }
    }
    return true;
}

/* An arc out of a supply's node: production at its cost, counted where it enters the place. */
static bool add_production(good_work *w, int32_t s, int t, int32_t head, model_ref ref)
{
    builder *bd = w->bd;
    const supply *sp = &bd->cs->supplies[w->supply[s]];
    const int64_t max = time_supply(bd, w->supply[s], t, 1);
    const int64_t a = build_add_arc(bd, w->supply_node[(int64_t)s * w->T + t], head, max,
                                    time_supply_cost(bd, w->supply[s], t, false), ref);
    return a >= 0 && good_count_entering(bd, a, w->good, sp->place, t, 0);
}

static bool add_loads(good_work *w, int32_t layer)
{
    const case_data *cs = w->bd->cs;
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        if (w->layer_of[s] != layer) continue;
        for (int mode = 0; mode < cs->mode_count; mode++) {
            const int32_t i = good_departure(w, sp->place, mode);
            if (i < 0 || !w->fore[i] || !w->back[i]) continue;
            for (int t = 0; t < w->T; t++) {
                const int32_t head = good_local_node(w, i, layer, t);
                if (head < 0 ||
                    !add_production(w, s, t, head,
                                    good_arc_ref(ARC_LOAD, mode, w->supply[s], -1, layer, t)))
                    return false;
            }
        }
    }
    return true;
}

/* Arcs of a layer into `node`, which stands for a demand (other conversions) of the place, in period t. */
bool good_add_arrivals(good_work *w, int32_t layer, int32_t spot, int t, int32_t node,
                       arc_kind unload, arc_kind local, int32_t object)
{
    builder *bd = w->bd;
    const case_data *cs = bd->cs;
    for (int mode = 0; mode < cs->mode_count; mode++) {
        const int32_t i = good_arrival(w, spot, mode);
        if (i < 0 || !w->fore[i] || !w->back[i]) continue;
        const int32_t tail = good_local_node(w, i, layer, t);
        if (tail < 0 || build_add_arc(bd, tail, node, w->total, 0,
                                      good_arc_ref(unload, mode, object, -1, layer, t)) < 0)
            return false;
    }
    for (int32_t s = 0; s < w->supplies; s++)
        if (w->layer_of[s] == layer && cs->supplies[w->supply[s]].place == spot &&
            !add_production(w, s, t, node,
                            good_arc_ref(local, -1, object, w->supply[s], layer, t)))
            return false;
    return true;
}

static bool serves(const good_work *w, int32_t layer, int32_t d)
{
    const case_data *cs = w->bd->cs;
    const demand *dm = &cs->demands[w->demand[d]];
    if (good_place_marked(w, dm->place, w->fore)) return true;
    for (int32_t s = 0; s < w->supplies; s++)
        if (w->layer_of[s] == layer && cs->supplies[w->supply[s]].place == dm->place)
            return true;
    if (layer != w->first_layer) return false;
    for (int64_t c = 0; c < cs->conversion_count; c++)
        if (cs->conversions[c].place == dm->place) return true;
    for (int64_t s = 0; s < cs->storage_count; s++)
        if (cs->storages[s].place == dm->place && cs->storages[s].commodity == w->good)
            return true;
    return false;
}

/* The node of a layer that counts what it brings under contract c, and the arcs from there to the demand. Per period:
 * the minimum stays at the node, the rest passes, a missed minimum is taken back. Over the horizon: a row
 * counts what passes. -1: no memory. */
static int32_t add_contract(good_work *w, int32_t layer, int32_t c, int32_t d, int t)
{
    builder *bd = w->bd;
    model *md = bd->md;
    const contract *k = &bd->cs->contracts[c];
    const int32_t to = w->demand_node[(int64_t)d * w->T + t];
    if (!build_reserve_nodes(bd, (int64_t)md->n + 1)) return -1;
    const int32_t node =
        build_add_node(bd, good_node_ref(NODE_COUNT, -1, w->demand[d], layer, t), 0);
    const model_ref ref = good_arc_ref(ARC_DELIVER, -1, w->demand[d], c, layer, t);
    if (bd->contract_row[c] >= 0) {
        const int64_t a = build_add_arc(bd, node, to, w->total, 0, ref);
        return a >= 0 && build_add_entry(bd, bd->contract_row[c], a, 1) ? node : -1;
    }
    const int64_t min = time_contract(bd, c, t, 0), most = time_contract(bd, c, t, 1);
    const int64_t max = most >= 0 ? most : min > w->total ? min : w->total;
    md->b[node] -= min;
    md->b[to] += min;
    if (build_add_arc(bd, node, to, max > min ? max - min : 0, 0, ref) < 0) return -1;
    if (min > 0 && k->shortfall_cost >= 0 &&
        build_add_arc(bd, to, node, min, cost_units(bd, k->shortfall_cost),
                      good_arc_ref(ARC_SHORTFALL, -1, c, -1, layer, t)) < 0)
        return -1;
    return node;
}

/* ---- one layer ------------------------------------------------------------------------ */

static bool add_under_way(good_work *w, int32_t layer)
{
    builder *bd = w->bd;
    const case_data *cs = bd->cs;
    for (int64_t u = 0; u < cs->under_way_count && layer == w->first_layer; u++) {
        const under_way *v = &cs->under_ways[u];
        const case_link *l = &cs->links[v->link];
        if (v->commodity != w->good || !v->open) continue;
        const int32_t i = good_arrival(w, v->dir ? l->from : l->to, l->mode);
        if (i < 0 || !w->fore[i] || !w->back[i]) continue;
        for (int t = 0; t < w->T; t++) {
            const period *p = &bd->hz->periods[t];
            if (v->arrival_day < p->first_day || v->arrival_day >= p->first_day + p->days)
                continue;
            const int32_t node = good_local_node(w, i, layer, t);
            if (node < 0) return false;
            bd->md->b[node] += (int64_t)(v->quantity / (FIX_ONE / bd->unit));
        }
    }
    return true;
}

static bool add_layer(good_work *w, int32_t layer)
{
    builder *bd = w->bd;
    const case_data *cs = bd->cs;
    const graph *g = w->g;
    good_reach_layer(w, layer);
    for (int64_t i = 0; i < (int64_t)g->nodes * w->T; i++) w->local[i] = -1;
    for (int64_t i = 0; i < cs->storage_count * w->T; i++) w->stock_node[i] = -1;
    if (!add_loads(w, layer)) return false;
    for (int64_t e = 0; e < g->arcs; e++) {
        const graph_arc *a = &g->arc[e];
        if (!w->open[e] || !w->fore[a->tail] || !w->back[a->head])
            continue; /* what is reached
                                                    * from its tail is reached from its head */
        for (int t = 0; t < w->T; t++)
            if (!add_graph_arc(w, a, layer, t)) return false;
    }
    for (int64_t s = 0; s < cs->storage_count; s++)
        if (cs->storages[s].commodity == w->good && !good_add_stock(w, layer, s)) return false;
    if (!good_add_feeds(w, layer) || !add_under_way(w, layer)) return false;
    for (int32_t d = 0; d < w->demands; d++) {
        const int32_t id = w->demand[d], spot = cs->demands[id].place;
        const int32_t c = layers_contract(bd, w->supply, w->layer_of, w->supplies, layer, id);
        if (c < 0 && !serves(w, layer, d)) continue;
        for (int t = 0; t < w->T; t++) {
            const int32_t node =
                c < 0 ? w->demand_node[(int64_t)d * w->T + t] : add_contract(w, layer, c, d, t);
            if (node < 0 ||
                !good_add_arrivals(w, layer, spot, t, node, ARC_UNLOAD, ARC_LOCAL, id) ||
                !good_add_stock_arrivals(w, layer, spot, t, node, id) ||
                (layer == w->first_layer && !good_add_yield_arrivals(w, spot, t, node, id)))
                return false;
        }
    }
    return true;
}

/* ---- the good ------------------------------------------------------------------------- */

static void good_free(good_work *w)
{
    void *const list[] = {w->open,        w->supply,      w->demand,      w->layer_of,
                          w->reaches,     w->fore,        w->back,        w->queue,
                          w->local,       w->supply_node, w->demand_node, w->feed_node,
                          w->yield_node,  w->stock_node,  w->stock_row,   w->inject_row,
                          w->withdraw_row};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

static bool open_at_some_time(const builder *bd, bool supply_side, int32_t i)
{
    for (int s = 0; s < bd->hz->states; s++)
        if (supply_side ? bd->hz->cs[s].supplies[i].open : bd->hz->cs[s].demands[i].open)
            return true;
    return false;
}

static bool good_new(good_work *w)
{
    const builder *bd = w->bd;
    const case_data *cs = bd->cs;
    const int64_t T = w->T, stocks = cs->storage_count * T,
                  flows = cs->conversion_flow_count * T;
    w->open = MEM_ZERO(char, w->g->arcs);
    w->supply = MEM_NEW(int32_t, cs->supply_count);
    w->demand = MEM_NEW(int32_t, cs->demand_count);
    w->fore = MEM_NEW(char, w->g->nodes);
    w->back = MEM_NEW(char, w->g->nodes);
    w->queue = MEM_NEW(int32_t, w->g->nodes);
    w->local = MEM_NEW(int32_t, w->g->nodes * T);
    w->feed_node = MEM_NEW(int32_t, flows);
    w->yield_node = MEM_NEW(int32_t, flows);
    w->stock_node = MEM_NEW(int32_t, stocks);
    w->stock_row = MEM_NEW(int64_t, stocks);
    w->inject_row = MEM_NEW(int64_t, stocks);
    w->withdraw_row = MEM_NEW(int64_t, stocks);
    if (!w->open || !w->supply || !w->demand || !w->fore || !w->back || !w->queue ||
        !w->local || !w->feed_node || !w->yield_node || !w->stock_node || !w->stock_row ||
        !w->inject_row || !w->withdraw_row)
        return false;
    for (int64_t i = 0; i < flows; i++) w->feed_node[i] = w->yield_node[i] = -1;
    for (int64_t i = 0; i < stocks; i++)
        w->stock_row[i] = w->inject_row[i] = w->withdraw_row[i] = w->stock_node[i] = -1;
    for (int32_t i = 0; i < cs->supply_count; i++)
        if (cs->supplies[i].commodity == w->good && open_at_some_time(bd, true, i))
            w->supply[w->supplies++] = i;
    for (int32_t i = 0; i < cs->demand_count; i++)
        if (cs->demands[i].commodity == w->good && open_at_some_time(bd, false, i))
            w->demand[w->demands++] = i;
    for (int64_t a = 0; a < w->g->arcs; a++)
        for (int t = 0; t < w->T && !w->open[a]; t++) {
            int64_t cost;
            w->open[a] = time_arc(bd, &w->g->arc[a], w->good, t, &cost) > 0;
        }
    w->layer_of = MEM_NEW(int32_t, w->supplies);
    w->reaches = MEM_ZERO(char, (int64_t)w->supplies * w->demands);
    w->supply_node = MEM_NEW(int32_t, w->supplies * T);
    w->demand_node = MEM_NEW(int32_t, w->demands * T);
    return w->layer_of && w->reaches && w->supply_node && w->demand_node;
}

/* The most that can move: supplies, stocks, conversions, what was under way. */
static void find_total(good_work *w)
{
    const builder *bd = w->bd;
    const case_data *cs = bd->cs;
    const wide unit = FIX_ONE / bd->unit;
    wide total = 0;
    for (int t = 0; t < w->T; t++) {
        for (int32_t s = 0; s < w->supplies; s++) total += time_supply(bd, w->supply[s], t, 1);
        for (int64_t f = 0; f < cs->conversion_flow_count; f++)
            if (cs->conversion_flows[f].output && cs->conversion_flows[f].commodity == w->good)
                total += time_times(
                    time_conversion(bd, model_conversion(cs, (int32_t)f) - cs->conversions, t) +
                        1,
                    cs->conversion_flows[f].quantity);
    }
    for (int64_t s = 0; s < cs->storage_count; s++)
        if (cs->storages[s].commodity == w->good)
            total += cs->storages[s].capacity / unit; /* in stock when the horizon begins */
    for (int64_t u = 0; u < cs->under_way_count; u++)
        if (cs->under_ways[u].commodity == w->good) total += cs->under_ways[u].quantity / unit;
    w->total = total < 4000000000000000 ? (int64_t)total : 4000000000000000;
}

static bool stocks_or_flows(const good_work *w)
{
    const case_data *cs = w->bd->cs;
    bool any = false;
    for (int64_t f = 0; f < cs->conversion_flow_count; f++)
        any |= cs->conversion_flows[f].commodity == w->good;
    for (int64_t s = 0; s < cs->storage_count; s++) any |= cs->storages[s].commodity == w->good;
    return any;
}

steppe_status good_build(builder *bd, int good)
{
    model *md = bd->md;
    good_work w = {0};
    w.bd = bd;
    w.good = good;
    w.T = bd->hz->T;
    w.g = &bd->class[bd->cs->commodities[good].class];
    steppe_status st = good_new(&w) ? STEPPE_OK : steppe_no_memory(bd->ctx);
    if (st == STEPPE_OK && (w.supplies > 0 || w.demands > 0 || stocks_or_flows(&w))) {
        if (bd->check_reach) good_check_supplies(&w);
        good_find_reach(&w);
        find_total(&w);
        w.first_layer = md->layers;
        st = layers_choose(bd, good, w.supply, w.supplies, w.demand, w.demands, w.reaches,
                           w.layer_of);
        w.layers = md->layers - w.first_layer;
        md->commodity[md->K].good = good;
        md->first_node[md->K] = md->n;
        md->first_arc[md->K] = md->m;
        bool ok = st == STEPPE_OK && build_reserve_nodes(bd, (int64_t)md->n + 1);
        if (ok) {
            w.hub = build_add_node(bd, good_node_ref(NODE_HUB, -1, good, -1, -1), 0);
            md->balance[w.hub] = BALANCE_FREE;
            bd->hub[good] = w.hub;
        }
        ok = ok && add_supply_nodes(&w) && add_demand_nodes(&w) &&
             good_add_conversion_nodes(&w) && good_add_stock_rows(&w);
        for (int32_t l = 0; l < w.layers && ok; l++) ok = add_layer(&w, w.first_layer + l);
        if (st == STEPPE_OK && !ok) st = steppe_no_memory(bd->ctx);
        md->K++;
    }
    good_free(&w);
    return st;
}
