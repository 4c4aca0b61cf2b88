/* Stocks and conversions of a good. */
#include "network_good.h"

/* ---- stocks -------------------------------------------------------------------------- */

static bool limit(builder *bd, int64_t row, int64_t arc)
{
    return row < 0 || build_add_entry(bd, row, arc, 1);
}

/* Is the stock there at some time? */
static bool stock_exists(const builder *bd, int64_t s)
{
    for (int i = 0; i < bd->hz->states; i++)
        if (bd->hz->cs[i].storages[s].open) return true;
    return false;
}

/* Bounds of the stock at the end of period t: the last one keeps the rule of the horizon. */
static void stock_bounds(const builder *bd, int64_t s, int t, int64_t *low, int64_t *up)
{
    const storage *st = time_storage(bd, s, t);
    const wide unit = FIX_ONE / bd->unit;
    *low = (int64_t)(st->min_stock / unit);
    *up = (int64_t)(st->capacity / unit);
    if (t + 1 < bd->hz->T) return;
    const bool level = st->rule == FINAL_CYCLIC && st->initial >= 0;
    if (st->rule == FINAL_FIXED || level)
        *low = *up = (int64_t)((level ? st->initial : st->final) / unit);
    if (st->rule == FINAL_MIN) *low = (int64_t)(st->final / unit);
    if (st->rule == FINAL_FREE) *low = 0;
}

bool good_add_stock_rows(good_work *w)
{
    builder *bd = w->bd;
    for (int64_t s = 0; s < bd->cs->storage_count; s++) {
        const storage *st = &bd->cs->storages[s];
        if (st->commodity != w->good || !stock_exists(bd, s)) continue;
        for (int t = 0; t < w->T; t++) {
            const int64_t at = s * w->T + t, in = time_stock_rate(bd, s, t, false),
                          out = time_stock_rate(bd, s, t, true);
            int64_t low, up;
            stock_bounds(bd, s, t, &low, &up);
            if (low ==
                up) { /* whole units of each layer: their sum keeps the level to one unit each */
                low -= w->layers;
                up += w->layers;
            }
            w->stock_row[at] =
                w->layers == 1
                    ? -1
                    : build_add_row(bd, (model_ref){ROW_STOCK, 0, -1, (int32_t)s, -1, -1, t},
                                    low > 0 ? low : NO_LOW, up, 1);
            if (in >= 0)
                w->inject_row[at] = build_add_row(
                    bd, (model_ref){ROW_INJECT, 0, -1, (int32_t)s, -1, -1, t}, NO_LOW, in, 1);
            if (out >= 0)
                w->withdraw_row[at] =
                    build_add_row(bd, (model_ref){ROW_WITHDRAW, 0, -1, (int32_t)s, -1, -1, t},
                                  NO_LOW, out, 1);
            if ((w->layers > 1 && w->stock_row[at] < 0) || (in >= 0 && w->inject_row[at] < 0) ||
                (out >= 0 && w->withdraw_row[at] < 0))
                return false;
        }
    }
    return true;
}

/* Into the stock from the node of the place in period t; dir 1: from its departures. */
static bool add_injection(good_work *w, int32_t layer, int64_t s, int t, int32_t i, int dir)
{
    builder *bd = w->bd;
    const storage *st = &bd->cs->storages[s];
    const int64_t at = s * w->T + t, in = time_stock_rate(bd, s, t, false);
    if (i < 0 || !w->fore[i]) return true;
    const int32_t from = good_local_node(w, i, layer, t);
    model_ref ref = good_arc_ref(ARC_INJECT, st->mode, (int32_t)s, -1, layer, t);
    ref.dir = (uint8_t)dir;
    if (from < 0) return false;
    const int64_t a = build_add_arc(bd, from, w->stock_node[at], in >= 0 ? in : w->total,
                                    cost_units(bd, time_storage(bd, s, t)->in_cost), ref);
    return a >= 0 && limit(bd, w->inject_row[at], a);
}

/* A storage of the layer: what arrives by its mode or is produced at the place goes in; what comes out may go on by the
 * same mode, change to another or be unloaded, as if it had just arrived. */
bool good_add_stock(good_work *w, int32_t layer, int64_t s)
{
    builder *bd = w->bd;
    model *md = bd->md;
    const storage *st = &bd->cs->storages[s];
    const int32_t id = (int32_t)s, leaves = good_departure(w, st->place, st->mode),
                  arrives = good_arrival(w, st->place, st->mode);
    const bool cycle = st->rule == FINAL_CYCLIC && st->initial < 0;
    if (!stock_exists(bd, s) || arrives < 0 || !w->fore[arrives] || !w->back[arrives])
        return true;
    if (!build_reserve_nodes(bd, (int64_t)md->n + w->T)) return false;
    for (int t = 0; t < w->T; t++)
        w->stock_node[s * w->T + t] =
            build_add_node(bd, good_node_ref(NODE_STOCK, -1, id, layer, t), 0);
    if (layer == w->first_layer && st->initial > 0)
        md->b[w->stock_node[s * w->T]] += (int64_t)(st->initial / (FIX_ONE / bd->unit));
    for (int t = 0; t < w->T; t++) {
        const int64_t i = s * w->T + t, out = time_stock_rate(bd, s, t, true);
        const int32_t node = w->stock_node[i], to = good_local_node(w, arrives, layer, t);
        int64_t low, up;
        stock_bounds(bd, s, t, &low, &up);
        if (to < 0 || !add_injection(w, layer, s, t, arrives, 0) ||
            (leaves != arrives && !add_injection(w, layer, s, t, leaves, 1)))
            return false;
        int64_t a = build_add_arc(bd, node, to, out >= 0 ? out : w->total,
                                  cost_units(bd, time_storage(bd, s, t)->out_cost),
                                  good_arc_ref(ARC_WITHDRAW, st->mode, id, -1, layer, t));
        if (a < 0 || !limit(bd, w->withdraw_row[i], a)) return false;
        const int32_t next = t + 1 < w->T ? w->stock_node[i + 1]
                             : cycle      ? w->stock_node[s * w->T]
                                          : w->hub;
        /* one period that follows on itself keeps no stock */
        if (next == node) continue;
        a = build_add_arc(bd, node, next, up, time_holding(bd, s, t),
                          good_arc_ref(ARC_STOCK, -1, id, -1, layer, t));
        const int32_t loss = next == w->hub ? 0 : time_stock_loss(bd, s, t);
        if (a < 0 || !limit(bd, w->stock_row[i], a)) return false;
        if (w->layers == 1) md->low[a] = low;
        if (loss > 0 && !build_set_loss(bd, a, loss)) return false;
    }
    return true;
}

/* From the stocks of the layer at a place straight to `node` there: a demand, or (other = -2 - flow) a conversion. */
bool good_add_stock_arrivals(good_work *w, int32_t layer, int32_t spot, int t, int32_t node,
                             int32_t other)
{
    builder *bd = w->bd;
    for (int64_t s = 0; s < bd->cs->storage_count; s++) {
        const storage *st = &bd->cs->storages[s];
        const int64_t i = s * w->T + t;
        if (st->commodity != w->good || st->place != spot || w->stock_node[i] < 0) continue;
        const int64_t out = time_stock_rate(bd, s, t, true);
        const int64_t a =
            build_add_arc(bd, w->stock_node[i], node, out >= 0 ? out : w->total,
                          cost_units(bd, time_storage(bd, s, t)->out_cost),
                          good_arc_ref(ARC_WITHDRAW, st->mode, (int32_t)s, other, layer, t));
        if (a < 0 || !limit(bd, w->withdraw_row[i], a)) return false;
    }
    return true;
}

/* ---- conversions --------------------------------------------------------------------- */

/* Nodes where a conversion takes and gives, joined to the hub by the flow that its ratio binds. */
bool good_add_conversion_nodes(good_work *w)
{
    builder *bd = w->bd;
    const case_data *cs = bd->cs;
    for (int64_t f = 0; f < cs->conversion_flow_count; f++) {
        const conversion_flow *cf = &cs->conversion_flows[f];
        if (cf->commodity != w->good) continue;
        const conversion *c = model_conversion(cs, (int32_t)f);
        for (int t = 0; t < w->T; t++) {
            const int64_t cap = time_conversion(bd, c - cs->conversions, t);
            const int64_t most = (int64_t)time_times(cap, cf->quantity) + 1;
            if (!build_reserve_nodes(bd, (int64_t)bd->md->n + 1)) return false;
            const int32_t node =
                build_add_node(bd,
                               good_node_ref(cf->output ? NODE_YIELD : NODE_FEED, -1,
                                             (int32_t)f, w->first_layer, t),
                               0);
            (cf->output ? w->yield_node : w->feed_node)[f * w->T + t] = node;
            const bool first = f == c->first_flow;
            const int64_t a = build_add_arc(
                bd, cf->output ? w->hub : node, cf->output ? node : w->hub, first ? cap : most,
                first ? time_conversion_cost(bd, c - cs->conversions, t) : 0,
                good_arc_ref(cf->output ? ARC_CONVERT_OUT : ARC_CONVERT_IN, -1, (int32_t)f, -1,
                             w->first_layer, t));
            if (a < 0) return false;
            bd->convert_arc[f * w->T + t] = a;
        }
    }
    return true;
}

/* From the conversions of a place straight to `node` there: a demand, or (other = -2 - flow) another conversion. */
bool good_add_yield_arrivals(good_work *w, int32_t spot, int t, int32_t node, int32_t other)
{
    builder *bd = w->bd;
    const case_data *cs = bd->cs;
    for (int64_t f = 0; f < cs->conversion_flow_count; f++) {
        const int32_t yield = w->yield_node[f * w->T + t];
        if (yield < 0 || model_conversion(cs, (int32_t)f)->place != spot) continue;
        const int64_t a =
            build_add_arc(bd, yield, node, w->total, 0,
                          good_arc_ref(ARC_YIELD, -1, (int32_t)f, other, w->first_layer, t));
        if (a < 0 || !good_count_entering(bd, a, w->good, spot, t, 0)) return false;
    }
    return true;
}

bool good_add_feeds(good_work *w, int32_t layer)
{
    builder *bd = w->bd;
    const case_data *cs = bd->cs;
    for (int64_t f = 0; f < cs->conversion_flow_count; f++) {
        const int32_t spot = model_conversion(cs, (int32_t)f)->place;
        for (int t = 0; t < w->T; t++) {
            const int32_t feed = w->feed_node[f * w->T + t],
                          yield = w->yield_node[f * w->T + t];
            if (feed >= 0 &&
                (!good_add_arrivals(w, layer, spot, t, feed, ARC_FEED, ARC_FEED, (int32_t)f) ||
                 !good_add_stock_arrivals(w, layer, spot, t, feed, -2 - (int32_t)f) ||
                 (layer == w->first_layer &&
                  !good_add_yield_arrivals(w, spot, t, feed, -2 - (int32_t)f))))
                return false;
            if (yield < 0 || layer != w->first_layer) continue;
            for (int mode = 0; mode < cs->mode_count; mode++) {
                const int32_t i = good_departure(w, spot, mode);
                if (i < 0 || !w->fore[i] || !w->back[i]) continue;
                const int32_t head = good_local_node(w, i, layer, t);
                const int64_t a = head < 0
                                      ? -1
                                      : build_add_arc(bd, yield, head, w->total, 0,
                                                      good_arc_ref(ARC_YIELD, mode, (int32_t)f,
                                                                   -1, layer, t));
                if (a < 0 || !good_count_entering(bd, a, w->good, spot, t, 0)) return false;
            }
        }
    }
    return true;
}
