/* What happens at supplies, demands and places, period by period; what is not done, and the totals. */
#include "report.h"

#include <string.h>

/* Sums by supply, demand or contract and period: index * T + t. */
typedef struct {
    wide *loaded, *extra_supply, *shut_in;
    wide *delivered, *shortage, *min_shortage;
    int32_t *supply_node, *demand_node; /* -1: none in the model */
} ledger;

static void ledger_free(ledger *g)
{
    void *const list[] = {g->loaded,   g->extra_supply, g->shut_in,     g->delivered,
                          g->shortage, g->min_shortage, g->supply_node, g->demand_node};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

static void count_arc(const report *rp, ledger *g, int64_t a)
{
    const model_ref *r = &rp->md->arc[a];
    const int T = rp->md->T;
    const wide x = rp->x[a];
#define AT(object) ((int64_t)(object)*T + r->period)
    switch ((arc_kind)r->kind) {
    case ARC_LOAD:
        g->loaded[AT(r->object)] += x;
        break;
    case ARC_LOCAL:
        g->loaded[AT(r->other)] += x;
        g->delivered[AT(r->object)] += x;
        break;
    case ARC_FEED:
        if (r->other >= 0) g->loaded[AT(r->other)] += x;
        break;
    case ARC_UNLOAD:
        g->delivered[AT(r->object)] += x;
        break;
    case ARC_WITHDRAW:
    case ARC_YIELD:
        if (r->other >= 0) g->delivered[AT(r->other)] += x;
        break;
    case ARC_EXTRA_SUPPLY:
        g->extra_supply[AT(r->object)] += x;
        break;
    case ARC_SHUT_IN:
        g->shut_in[AT(r->object)] += x;
        break;
    case ARC_SHORTAGE:
        g->shortage[AT(r->object)] += x;
        break;
    case ARC_MIN_SHORTAGE:
        g->min_shortage[AT(r->object)] += x;
        break;
    default:
        break;
    }
#undef AT
}

static bool ledger_new(const report *rp, ledger *g)
{
    const model *md = rp->md;
    const int64_t supplies = (int64_t)md->cs->supply_count * md->T,
                  demands = (int64_t)md->cs->demand_count * md->T;
    memset(g, 0, sizeof *g);
    g->loaded = MEM_ZERO(wide, supplies);
    g->extra_supply = MEM_ZERO(wide, supplies);
    g->shut_in = MEM_ZERO(wide, supplies);
    g->supply_node = MEM_NEW(int32_t, supplies);
    g->delivered = MEM_ZERO(wide, demands);
    g->shortage = MEM_ZERO(wide, demands);
    g->min_shortage = MEM_ZERO(wide, demands);
    g->demand_node = MEM_NEW(int32_t, demands);
    if (!g->loaded || !g->extra_supply || !g->shut_in || !g->supply_node || !g->delivered ||
        !g->shortage || !g->min_shortage || !g->demand_node)
        return false;
    for (int64_t i = 0; i < supplies; i++) g->supply_node[i] = -1;
    for (int64_t i = 0; i < demands; i++) g->demand_node[i] = -1;
    for (int64_t a = 0; a < md->m; a++)
        if (rp->x[a] != 0) count_arc(rp, g, a);
    for (int32_t i = 0; i < md->n; i++) {
        const model_ref *r = &md->node[i];
        if (r->kind == NODE_SUPPLY) g->supply_node[(int64_t)r->object * md->T + r->period] = i;
        if (r->kind == NODE_DEMAND) g->demand_node[(int64_t)r->object * md->T + r->period] = i;
    }
    return true;
}

/* id, place, name, country, good, period */
static void add_place(const report *rp, text *t, const char *id, int32_t p, int good, int at)
{
    const case_data *cs = rp->md->cs;
    text_addf(t, "%s,%s,", id, cs->places[p].id);
    csv_add(t, cs->places[p].name);
    text_add(t, ",");
    csv_add(t, cs->places[p].country);
    text_addf(t, ",%s,%s", cs->commodities[good].id, report_period(rp->md, at));
}

static void add_flows(const report *rp, text *t, const wide *v, int count)
{
    for (int i = 0; i < count; i++) {
        text_add(t, ",");
        report_flow(rp, t, v[i]);
    }
}

steppe_status report_supply_use(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(t, "supply_id,node_id,name,country,commodity,period,quantity,loaded,extra,"
                "shut_in,flow_unit,price_usd_per_unit\n");
    if (!cs) return STEPPE_OK;
    ledger g;
    if (!ledger_new(rp, &g)) t->failed = true;
    for (int32_t i = 0; i < cs->supply_count && !t->failed; i++) {
        const supply *s = &cs->supplies[i];
        for (int p = 0; p < md->T; p++) {
            const int64_t at = (int64_t)i * md->T + p;
            const wide v[4] = {model_supply_quantity(md, i, p), g.loaded[at],
                               g.extra_supply[at], g.shut_in[at]};
            add_place(rp, t, s->id, s->place, s->commodity, p);
            add_flows(rp, t, v, 4);
            text_addf(t, ",%s,", cs->commodities[s->commodity].unit);
            report_price(rp, t, g.supply_node[at] >= 0 ? rp->pi[g.supply_node[at]] : 0);
            text_add(t, "\n");
        }
    }
    ledger_free(&g);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

steppe_status report_demand_use(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(t, "demand_id,node_id,name,country,commodity,period,base,delivered,extra,"
                "shortage,of_which_minimum,flow_unit,price_usd_per_unit\n");
    if (!cs) return STEPPE_OK;
    ledger g;
    if (!ledger_new(rp, &g)) t->failed = true;
    for (int32_t i = 0; i < cs->demand_count && !t->failed; i++) {
        const demand *d = &cs->demands[i];
        for (int p = 0; p < md->T; p++) {
            const int64_t at = (int64_t)i * md->T + p;
            const wide base = model_demand_base(md, i, p);
            const wide missing = g.shortage[at] + g.min_shortage[at];
            const wide v[5] = {base, g.delivered[at], g.delivered[at] + missing - base, missing,
                               g.min_shortage[at]};
            add_place(rp, t, d->id, d->place, d->commodity, p);
            add_flows(rp, t, v, 5);
            text_addf(t, ",%s,", cs->commodities[d->commodity].unit);
            report_price(rp, t, g.demand_node[at] >= 0 ? rp->pi[g.demand_node[at]] : 0);
            text_add(t, "\n");
        }
    }
    ledger_free(&g);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

/* What an arc loses, flow units rounded down. */
static wide lost_on(const report *rp, int64_t a)
{
    return rp->md->loss_ppm ? (wide)rp->x[a] * rp->md->loss_ppm[a] / 1000000 : 0;
}

void report_good(const report *rp, int good, good_balance *out)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    memset(out, 0, sizeof *out);
    for (int t = 0; t < md->T; t++) {
        for (int32_t i = 0; i < cs->supply_count; i++)
            if (cs->supplies[i].commodity == good)
                out->quantity += model_supply_quantity(md, i, t);
        for (int32_t i = 0; i < cs->demand_count; i++)
            if (cs->demands[i].commodity == good) out->base += model_demand_base(md, i, t);
    }
    for (int k = 0; k < md->K; k++) {
        if (md->commodity[k].good != good) continue;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const int kind = md->arc[a].kind;
            const wide x = rp->x[a];
            const bool other = md->arc[a].other >= 0;
            if (kind == ARC_LOAD || kind == ARC_LOCAL || (kind == ARC_FEED && other))
                out->produced += x;
            if (kind == ARC_UNLOAD || kind == ARC_LOCAL ||
                ((kind == ARC_WITHDRAW || kind == ARC_YIELD) && other))
                out->delivered += x;
            if (kind == ARC_SHUT_IN) out->shut_in += x;
            if (kind == ARC_SHORTAGE || kind == ARC_MIN_SHORTAGE) out->shortage += x;
            if (kind == ARC_INJECT) out->injected += x;
            if (kind == ARC_WITHDRAW) out->withdrawn += x;
            if (kind == ARC_CONVERT_IN) out->converted_in += x;
            if (kind == ARC_CONVERT_OUT) out->converted_out += x;
            out->lost += lost_on(rp, a);
        }
    }
    out->extra = out->delivered + out->shortage - out->base;
}

/* ---- places -------------------------------------------------------------------------- */

enum { P_IN, P_OUT, P_LOADED, P_UNLOADED, P_STORED, P_CONVERTED, P_SUMS };

/* Sums of one good: place * T + t, P_SUMS each. */
static void sum_places(const report *rp, int k, wide *sum)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
#define PLACE(p, t) (sum + ((int64_t)(p)*md->T + (t)) * P_SUMS)
    for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
        const model_ref *r = &md->arc[a];
        const wide x = rp->x[a];
        if (x == 0 || r->period < 0) continue;
        switch ((arc_kind)r->kind) {
        case ARC_LINK: {
            const case_link *l = &cs->links[r->object];
            const int32_t arrives = md->node[md->head[a]].period;
            PLACE(r->dir ? l->to : l->from, r->period)[P_OUT] += x;
            if (arrives >= 0)
                PLACE(r->dir ? l->from : l->to, arrives)[P_IN] += x - lost_on(rp, a);
            break;
        }
        case ARC_LOAD:
            PLACE(cs->supplies[r->object].place, r->period)[P_LOADED] += x;
            break;
        case ARC_LOCAL:
            PLACE(cs->supplies[r->other].place, r->period)[P_LOADED] += x;
            PLACE(cs->demands[r->object].place, r->period)[P_UNLOADED] += x;
            break;
        case ARC_UNLOAD:
            PLACE(cs->demands[r->object].place, r->period)[P_UNLOADED] += x;
            break;
        case ARC_INJECT:
            PLACE(cs->storages[r->object].place, r->period)[P_STORED] += x;
            break;
        case ARC_WITHDRAW:
            PLACE(cs->storages[r->object].place, r->period)[P_STORED] -= x;
            if (r->other >= 0) PLACE(cs->demands[r->other].place, r->period)[P_UNLOADED] += x;
            break;
        case ARC_FEED:
            if (r->other >= 0) PLACE(cs->supplies[r->other].place, r->period)[P_LOADED] += x;
            break;
        case ARC_YIELD:
            if (r->other >= 0) PLACE(cs->demands[r->other].place, r->period)[P_UNLOADED] += x;
            break;
        case ARC_CONVERT_IN:
            PLACE(model_conversion(cs, r->object)->place, r->period)[P_CONVERTED] -= x;
            break;
        case ARC_CONVERT_OUT:
            PLACE(model_conversion(cs, r->object)->place, r->period)[P_CONVERTED] += x;
            break;
        default:
            break;
        }
    }
#undef PLACE
}

/* What enters and leaves a place by link, and the price of the good there: the lowest potential
 * over modes and layers. */
steppe_status report_place_balance(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(t, "node_id,name,country,commodity,period,in,out,loaded,unloaded,stored,converted,"
                "flow_unit,price_usd_per_unit\n");
    if (!cs) return STEPPE_OK;
    const int64_t cells = (int64_t)cs->place_count * md->T;
    wide *sum = MEM_NEW(wide, P_SUMS * cells), *price = MEM_NEW(wide, cells);
    char *seen = MEM_NEW(char, cells);
    if (!sum || !price || !seen) t->failed = true;
    for (int k = 0; k < md->K && !t->failed; k++) {
        const int good = md->commodity[k].good;
        if (good < 0) continue;
        memset(sum, 0, P_SUMS * (size_t)cells * sizeof *sum);
        memset(seen, 0, (size_t)cells);
        sum_places(rp, k, sum);
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
            if (md->node[i].kind != NODE_PLACE) continue;
            const int64_t p = (int64_t)md->node[i].object * md->T + md->node[i].period;
            if (!seen[p] || rp->pi[i] < price[p]) price[p] = rp->pi[i];
            seen[p] = 1;
        }
        for (int64_t at = 0; at < cells; at++) {
            const wide *v = sum + P_SUMS * at;
            bool any = false;
            for (int i = 0; i < P_SUMS; i++) any |= v[i] != 0;
            if (!any) continue;
            const place *p = &cs->places[at / md->T];
            text_addf(t, "%s,", p->id);
            csv_add(t, p->name);
            text_add(t, ",");
            csv_add(t, p->country);
            text_addf(t, ",%s,%s", cs->commodities[good].id,
                      report_period(md, (int)(at % md->T)));
            add_flows(rp, t, v, P_SUMS);
            text_addf(t, ",%s,", cs->commodities[good].unit);
            if (seen[at]) report_price(rp, t, price[at]);
            text_add(t, "\n");
        }
    }
    mem_free(sum);
    mem_free(price);
    mem_free(seen);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

/* ---- what is not done ---------------------------------------------------------------- */

static void add_missing(const report *rp, text *t, const char *kind, const char *id, int32_t p,
                        int good, int at, const char *quantity, wide cost, const char *why)
{
    text_addf(t, "%s,", kind);
    add_place(rp, t, id, p, good, at);
    text_addf(t, ",%s,%s,%.6f,", quantity, rp->md->cs->commodities[good].unit,
              certificate_value(rp->md, cost));
    csv_add(t, why);
    text_add(t, "\n");
}

steppe_status report_shortage(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    steppe_status st = STEPPE_OK;
    text why = {0};
    text_add(t, "kind,id,node_id,name,country,commodity,period,quantity,flow_unit,cost_musd,"
                "blocked_by\n");
    reasons *rs = cs ? reasons_new(rp) : NULL;
    if (cs && !rs) t->failed = true;
    for (int64_t a = 0; a < md->m && rs && st == STEPPE_OK; a++) {
        const model_ref *r = &md->arc[a];
        const wide cost = (wide)rp->x[a] * md->cost[a];
        const bool demand_side = r->kind == ARC_SHORTAGE || r->kind == ARC_MIN_SHORTAGE;
        char amount[64];
        if (rp->x[a] == 0) continue;
        wide_text(amount, rp->x[a], md->flow_places);
        if (demand_side || r->kind == ARC_SHUT_IN) {
            why.len = 0;
            text_add(&why, "");
            st = reasons_add(ctx, rs, demand_side ? md->head[a] : md->tail[a], &why);
            const int32_t p =
                demand_side ? cs->demands[r->object].place : cs->supplies[r->object].place;
            add_missing(rp, t, model_arc_kind(r->kind),
                        demand_side ? cs->demands[r->object].id : cs->supplies[r->object].id, p,
                        demand_side ? cs->demands[r->object].commodity
                                    : cs->supplies[r->object].commodity,
                        r->period, amount, cost, why.data ? why.data : "");
        } else if (r->kind == ARC_SHORTFALL) {
            const contract *c = &cs->contracts[r->object];
            add_missing(rp, t, "shortfall", c->id, cs->demands[c->demand].place,
                        cs->demands[c->demand].commodity, r->period, amount, cost, "");
        }
    }
    reasons_free(rs);
    t->failed |= why.failed;
    text_free(&why);
    return st == STEPPE_OK && t->failed ? steppe_no_memory(ctx) : st;
}

void report_total(const report *rp, report_totals *out)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    memset(out, 0, sizeof *out);
    wide sum[ARC_PLAIN + 1] = {0};
    for (int k = 0; k < md->K; k++) {
        const int good = md->commodity[k].good;
        const double mass = cs && good >= 0 ? fix_double(cs->commodities[good].mass) : 1.0;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            sum[md->arc[a].kind] += (wide)rp->x[a] * md->cost[a];
            if (md->arc[a].kind != ARC_LINK || rp->x[a] == 0) continue;
            const case_link *l = &cs->links[md->arc[a].object];
            const double tkm =
                l->length > 0 ? report_units(rp, rp->x[a]) * mass * fix_double(l->length) : 0.0;
            out->tonne_km += tkm;
            out->emission += tkm * fix_double(l->emission) / 1000.0;
        }
    }
    out->transport = certificate_value(md, sum[ARC_LINK] + sum[ARC_PLAIN]);
    out->transfer = certificate_value(md, sum[ARC_TRANSFER]);
    out->supply = certificate_value(md, sum[ARC_LOAD] + sum[ARC_LOCAL] + sum[ARC_FEED]);
    out->shortage = certificate_value(md, sum[ARC_SHORTAGE]);
    out->min_shortage = certificate_value(md, sum[ARC_MIN_SHORTAGE]);
    out->shut_in = certificate_value(md, sum[ARC_SHUT_IN]);
    out->shortfall = certificate_value(md, sum[ARC_SHORTFALL]);
    out->storage = certificate_value(md, sum[ARC_INJECT] + sum[ARC_WITHDRAW] + sum[ARC_STOCK]);
    out->conversion = certificate_value(md, sum[ARC_CONVERT_IN] + sum[ARC_CONVERT_OUT]);
    out->curve = certificate_value(md, sum[ARC_CURVE]);
    out->off_plan = certificate_value(md, sum[ARC_ABOVE_PLAN] + sum[ARC_BELOW_PLAN]);
}
