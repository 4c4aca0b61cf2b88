#include "report.h"

#include "coordinate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void csv_add(text *t, const char *cell)
{
    if (!strpbrk(cell, ",\"\n\r")) {
        text_add(t, cell);
        return;
    }
    text_add(t, "\"");
    for (const char *s = cell; *s; s++)
        text_add_bytes(t, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
    text_add(t, "\"");
}

steppe_status report_begin(steppe_ctx *ctx, const model *md, const int64_t *x, const wide *pi,
                           const wide *lambda, report *out)
{
    *out = (report){md, x, pi, lambda, {NULL, 0, NULL, 0}};
    return routes_build(ctx, md, x, &out->routes);
}

void report_end(report *rp)
{
    routes_free(&rp->routes);
}

static void add_flow(const report *rp, text *t, wide v)
{
    char b[64];
    text_add(t, wide_text(b, v, rp->md->flow_places));
}

static void add_price(const report *rp, text *t, wide v)
{
    char b[64];
    text_add(t, wide_text(b, v, rp->md->cost_places + DUAL_EXTRA));
}

static double units(const report *rp, wide v)
{
    return (double)v / pow(10.0, rp->md->flow_places);
}

static const char *unit_of(const report *rp, int k)
{
    return rp->md->cs ? rp->md->cs->commodities[rp->md->commodity[k].good].unit : "unit";
}

/* ---- the exact answer ---------------------------------------------------------------- */

static steppe_status make_flow(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    char b[64];
    text_add(t, "variable,kind,flow_per_y,flow_unit,cost_usd_per_unit\n");
    for (int k = 0; k < md->K; k++) {
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            if (rp->x[a] == 0) continue;
            model_arc_name(md, a, t);
            text_addf(t, ",%s,", model_arc_kind(md->arc[a].kind));
            add_flow(rp, t, rp->x[a]);
            text_addf(t, ",%s,%s\n", unit_of(rp, k),
                      wide_text(b, md->cost[a], md->cost_places));
        }
    }
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

static wide load_of(const report *rp, int64_t r)
{
    wide load = 0;
    for (int64_t e = rp->md->row_first[r]; e < rp->md->row_first[r + 1]; e++)
        load += (wide)rp->md->row_weight[e] * rp->x[rp->md->row_arc[e]];
    return load;
}

static int scale_places(int64_t scale)
{
    int places = 0;
    for (; scale > 1; scale /= 10) places++;
    return places;
}

/* What a row is called by people: the link, the place, the group. */
static void add_row_title(const model *md, int64_t r, text *t)
{
    const model_ref *ref = &md->row[r];
    const case_data *cs = md->cs;
    if (!cs) return;
    switch ((row_kind)ref->kind) {
    case ROW_LINK:
        text_add(t, cs->links[ref->object].name);
        break;
    case ROW_TRANSFER:
        text_addf(t, "%s, %s to %s", cs->places[cs->transfers[ref->object].place].name,
                  cs->modes[cs->transfers[ref->object].from],
                  cs->modes[cs->transfers[ref->object].to]);
        break;
    case ROW_HANDLING:
        text_addf(t, "%s, handling of %s", cs->places[cs->handlings[ref->object].place].name,
                  cs->classes[cs->handlings[ref->object].class]);
        break;
    case ROW_GROUP:
        text_add(t, cs->groups[ref->object].name[0] ? cs->groups[ref->object].name
                                                    : cs->groups[ref->object].id);
        break;
    case ROW_DEMAND:
        text_addf(t, "demand of %s", cs->places[cs->demands[ref->object].place].name);
        break;
    case ROW_CONVERSION:
    case ROW_PLAIN:
        break;
    }
}

static steppe_status make_capacity(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    char b[64];
    text title = {0};
    text_add(t, "row,kind,load_per_y,low_per_y,limit_per_y,"
                "price_usd_per_unit_of_limit_negative_saves,name\n");
    for (int64_t r = 0; r < md->rows; r++) {
        model_row_name(md, r, t);
        text_addf(
            t, ",%s,%s,", model_row_kind(md->row[r].kind),
            wide_text(b, load_of(rp, r), md->flow_places + scale_places(md->row_scale[r])));
        if (md->row_low[r] != NO_LOW) add_flow(rp, t, md->row_low[r]);
        text_add(t, ",");
        if (md->row_up[r] != NO_UP) add_flow(rp, t, md->row_up[r]);
        text_add(t, ",");
        add_price(rp, t, rp->lambda[r]);
        text_add(t, ",");
        title.len = 0;
        text_add(&title, "");
        add_row_title(md, r, &title);
        csv_add(t, title.data ? title.data : "");
        text_add(t, "\n");
    }
    t->failed |= title.failed;
    text_free(&title);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

static steppe_status make_potential(steppe_ctx *ctx, const report *rp, text *t)
{
    text_add(t, "balance,price_usd_per_unit\n");
    for (int32_t i = 0; i < rp->md->n; i++) {
        if (rp->pi[i] == 0) continue;
        model_node_name(rp->md, i, t);
        text_add(t, ",");
        add_price(rp, t, rp->pi[i]);
        text_add(t, "\n");
    }
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

/* ---- links and routes ---------------------------------------------------------------- */

static steppe_status make_link_flow(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(
        t, "link_id,name,mode,from_node_id,to_node_id,countries,commodity,direction,flow_per_y,"
           "flow_unit,cost_musd_per_y,tonne_km_million,emission_kt_co2e\n");
    if (!cs) return STEPPE_OK;
    int64_t *flow = MEM_NEW(int64_t, 2 * cs->link_count);
    wide *cost = MEM_NEW(wide, 2 * cs->link_count);
    if (!flow || !cost) t->failed = true;
    for (int good = 0; good < cs->commodity_count && !t->failed; good++) {
        memset(flow, 0, 2 * (size_t)cs->link_count * sizeof *flow);
        memset(cost, 0, 2 * (size_t)cs->link_count * sizeof *cost);
        for (int k = 0; k < md->K; k++) {
            if (md->commodity[k].good != good) continue;
            for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
                if (md->arc[a].kind != ARC_LINK) continue;
                const int64_t at = 2 * (int64_t)md->arc[a].object + md->arc[a].dir;
                flow[at] += rp->x[a];
                cost[at] += (wide)rp->x[a] * md->cost[a];
            }
        }
        const double mass = fix_double(cs->commodities[good].mass);
        for (int64_t at = 0; at < 2 * cs->link_count; at++) {
            if (flow[at] == 0) continue;
            const case_link *l = &cs->links[at / 2];
            const bool back = at % 2 == 1;
            const double km = l->length > 0 ? fix_double(l->length) : 0.0;
            const double tkm = units(rp, flow[at]) * mass * km;
            csv_add(t, l->id);
            text_add(t, ",");
            csv_add(t, l->name);
            text_addf(t, ",%s,%s,%s,", cs->modes[l->mode],
                      cs->places[back ? l->to : l->from].id,
                      cs->places[back ? l->from : l->to].id);
            csv_add(t, l->countries);
            text_addf(t, ",%s,%s,", cs->commodities[good].id, back ? "backward" : "forward");
            add_flow(rp, t, flow[at]);
            text_addf(t, ",%s,%.6f,%.6f,%.6f\n", cs->commodities[good].unit,
                      certificate_value(md, cost[at]), tkm,
                      tkm * fix_double(l->emission) / 1000.0);
        }
    }
    mem_free(flow);
    mem_free(cost);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

static steppe_status make_route(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text words = {0};
    text_add(t, "commodity,supply_id,demand_id,origin_country,destination_country,countries,"
                "exit_link_id,flow_per_y,flow_unit,cost_usd_per_unit,days,km,kg_co2e_per_unit,"
                "summary,places\n");
    for (int64_t i = 0; i < rp->routes.count && cs; i++) {
        const route *r = &rp->routes.list[i];
        const supply *s = &cs->supplies[r->supply];
        const demand *d = &cs->demands[r->demand];
        text_addf(t, "%s,%s,%s,", cs->commodities[s->commodity].id, s->id, d->id);
        csv_add(t, cs->places[s->place].country);
        text_add(t, ",");
        csv_add(t, cs->places[d->place].country);
        text_add(t, ",");
        words.len = 0;
        text_add(&words, "");
        route_countries(md, &rp->routes, r, &words);
        csv_add(t, words.data ? words.data : "");
        text_addf(t, ",%s,", r->exit >= 0 ? cs->links[r->exit].id : "");
        add_flow(rp, t, r->flow);
        text_addf(t, ",%s,%.4f,%.2f,%.1f,%.3f,", cs->commodities[s->commodity].unit, r->cost,
                  r->days, r->km, r->emission);
        words.len = 0;
        route_places(md, &rp->routes, r, true, &words);
        csv_add(t, words.data ? words.data : "");
        text_add(t, ",");
        route_places(md, &rp->routes, r, false, t);
        text_add(t, "\n");
    }
    t->failed |= words.failed;
    text_free(&words);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

/* ---- supplies, demands, places ------------------------------------------------------- */

typedef struct {
    wide *loaded, *extra_supply, *shut_in;     /* by supply */
    wide *delivered, *shortage, *min_shortage; /* by demand */
    wide *supply_price, *demand_price;         /* cost units * 10^DUAL_EXTRA */
    wide *missed;                              /* by contract */
} ledger;

static void ledger_free(ledger *g)
{
    mem_free(g->loaded);
    mem_free(g->extra_supply);
    mem_free(g->shut_in);
    mem_free(g->delivered);
    mem_free(g->shortage);
    mem_free(g->min_shortage);
    mem_free(g->supply_price);
    mem_free(g->demand_price);
    mem_free(g->missed);
}

static bool ledger_new(const report *rp, ledger *g)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    memset(g, 0, sizeof *g);
    g->loaded = MEM_ZERO(wide, cs->supply_count);
    g->extra_supply = MEM_ZERO(wide, cs->supply_count);
    g->shut_in = MEM_ZERO(wide, cs->supply_count);
    g->supply_price = MEM_ZERO(wide, cs->supply_count);
    g->delivered = MEM_ZERO(wide, cs->demand_count);
    g->shortage = MEM_ZERO(wide, cs->demand_count);
    g->min_shortage = MEM_ZERO(wide, cs->demand_count);
    g->demand_price = MEM_ZERO(wide, cs->demand_count);
    g->missed = MEM_ZERO(wide, cs->contract_count);
    if (!g->loaded || !g->extra_supply || !g->shut_in || !g->supply_price || !g->delivered ||
        !g->shortage || !g->min_shortage || !g->demand_price || !g->missed)
        return false;
    for (int64_t a = 0; a < md->m; a++) {
        const model_ref *r = &md->arc[a];
        const wide x = rp->x[a];
        switch ((arc_kind)r->kind) {
        case ARC_LOAD:
            g->loaded[r->object] += x;
            break;
        case ARC_LOCAL:
            g->loaded[r->other] += x;
            g->delivered[r->object] += x;
            break;
        case ARC_UNLOAD:
            g->delivered[r->object] += x;
            break;
        case ARC_EXTRA_SUPPLY:
            g->extra_supply[r->object] += x;
            break;
        case ARC_SHUT_IN:
            g->shut_in[r->object] += x;
            break;
        case ARC_SHORTAGE:
            g->shortage[r->object] += x;
            break;
        case ARC_MIN_SHORTAGE:
            g->min_shortage[r->object] += x;
            break;
        case ARC_SHORTFALL:
            g->missed[r->object] += x;
            break;
        default:
            break;
        }
    }
    for (int32_t i = 0; i < md->n; i++) {
        if (md->node[i].kind == NODE_SUPPLY) g->supply_price[md->node[i].object] = rp->pi[i];
        if (md->node[i].kind == NODE_DEMAND) g->demand_price[md->node[i].object] = rp->pi[i];
    }
    for (int64_t r = 0; r < md->rows; r++)
        if (md->row[r].kind == ROW_DEMAND) g->demand_price[md->row[r].object] = rp->lambda[r];
    return true;
}

static int64_t in_units(const report *rp, wide v)
{
    return (int64_t)(v / (FIX_ONE / wide_pow10(rp->md->flow_places)));
}

static steppe_status make_supply(steppe_ctx *ctx, const report *rp, text *t)
{
    const case_data *cs = rp->md->cs;
    text_add(t,
             "supply_id,node_id,name,country,commodity,quantity_per_y,loaded_per_y,extra_per_y,"
             "shut_in_per_y,flow_unit,price_usd_per_unit\n");
    if (!cs) return STEPPE_OK;
    ledger g;
    if (!ledger_new(rp, &g)) t->failed = true;
    for (int32_t i = 0; i < cs->supply_count && !t->failed; i++) {
        const supply *s = &cs->supplies[i];
        text_addf(t, "%s,%s,", s->id, cs->places[s->place].id);
        csv_add(t, cs->places[s->place].name);
        text_add(t, ",");
        csv_add(t, cs->places[s->place].country);
        text_addf(t, ",%s,", cs->commodities[s->commodity].id);
        add_flow(rp, t, s->open ? in_units(rp, s->quantity) : 0);
        text_add(t, ",");
        add_flow(rp, t, g.loaded[i]);
        text_add(t, ",");
        add_flow(rp, t, g.extra_supply[i]);
        text_add(t, ",");
        add_flow(rp, t, g.shut_in[i]);
        text_addf(t, ",%s,", cs->commodities[s->commodity].unit);
        add_price(rp, t, g.supply_price[i]);
        text_add(t, "\n");
    }
    ledger_free(&g);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

static steppe_status make_demand(steppe_ctx *ctx, const report *rp, text *t)
{
    const case_data *cs = rp->md->cs;
    text_add(t,
             "demand_id,node_id,name,country,commodity,base_per_y,delivered_per_y,extra_per_y,"
             "shortage_per_y,of_which_minimum_per_y,flow_unit,price_usd_per_unit\n");
    if (!cs) return STEPPE_OK;
    ledger g;
    if (!ledger_new(rp, &g)) t->failed = true;
    for (int32_t i = 0; i < cs->demand_count && !t->failed; i++) {
        const demand *d = &cs->demands[i];
        const wide base = d->open ? in_units(rp, d->base) : 0;
        const wide missing = g.shortage[i] + g.min_shortage[i];
        text_addf(t, "%s,%s,", d->id, cs->places[d->place].id);
        csv_add(t, cs->places[d->place].name);
        text_add(t, ",");
        csv_add(t, cs->places[d->place].country);
        text_addf(t, ",%s,", cs->commodities[d->commodity].id);
        add_flow(rp, t, base);
        text_add(t, ",");
        add_flow(rp, t, g.delivered[i]);
        text_add(t, ",");
        add_flow(rp, t, g.delivered[i] + missing - base);
        text_add(t, ",");
        add_flow(rp, t, missing);
        text_add(t, ",");
        add_flow(rp, t, g.min_shortage[i]);
        text_addf(t, ",%s,", cs->commodities[d->commodity].unit);
        add_price(rp, t, g.demand_price[i]);
        text_add(t, "\n");
    }
    ledger_free(&g);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

void report_good(const report *rp, int good, good_balance *out)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    memset(out, 0, sizeof *out);
    for (int32_t i = 0; i < cs->supply_count; i++)
        if (cs->supplies[i].commodity == good && cs->supplies[i].open)
            out->quantity += in_units(rp, cs->supplies[i].quantity);
    for (int32_t i = 0; i < cs->demand_count; i++)
        if (cs->demands[i].commodity == good && cs->demands[i].open)
            out->base += in_units(rp, cs->demands[i].base);
    for (int k = 0; k < md->K; k++) {
        if (md->commodity[k].good != good) continue;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const int kind = md->arc[a].kind;
            if (kind == ARC_LOAD || kind == ARC_LOCAL) out->produced += rp->x[a];
            if (kind == ARC_UNLOAD || kind == ARC_LOCAL) out->delivered += rp->x[a];
            if (kind == ARC_SHUT_IN) out->shut_in += rp->x[a];
            if (kind == ARC_SHORTAGE || kind == ARC_MIN_SHORTAGE) out->shortage += rp->x[a];
        }
    }
    out->extra = out->delivered + out->shortage - out->base;
}

/* What enters and leaves a place by link, and the price of the good there: the lowest potential
 * over modes and origins. */
static steppe_status make_place(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(t, "node_id,name,country,commodity,in_per_y,out_per_y,loaded_per_y,unloaded_per_y,"
                "flow_unit,price_usd_per_unit\n");
    if (!cs) return STEPPE_OK;
    wide *sum = MEM_NEW(wide, 4 * (int64_t)cs->place_count),
         *price = MEM_NEW(wide, cs->place_count);
    char *seen = MEM_NEW(char, cs->place_count);
    if (!sum || !price || !seen) t->failed = true;
    for (int good = 0; good < cs->commodity_count && !t->failed; good++) {
        memset(sum, 0, 4 * (size_t)cs->place_count * sizeof *sum);
        memset(seen, 0, (size_t)cs->place_count);
        for (int k = 0; k < md->K; k++) {
            if (md->commodity[k].good != good) continue;
            for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
                const model_ref *r = &md->arc[a];
                if (r->kind == ARC_LINK) {
                    const case_link *l = &cs->links[r->object];
                    sum[4 * (r->dir ? l->from : l->to)] += rp->x[a];
                    sum[4 * (r->dir ? l->to : l->from) + 1] += rp->x[a];
                }
                if (r->kind == ARC_LOAD) sum[4 * cs->supplies[r->object].place + 2] += rp->x[a];
                if (r->kind == ARC_UNLOAD || r->kind == ARC_LOCAL)
                    sum[4 * cs->demands[r->object].place + 3] += rp->x[a];
                if (r->kind == ARC_LOCAL) sum[4 * cs->supplies[r->other].place + 2] += rp->x[a];
            }
            for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
                const int32_t p = md->node[i].object;
                if (md->node[i].kind != NODE_PLACE) continue;
                if (!seen[p] || rp->pi[i] < price[p]) price[p] = rp->pi[i];
                seen[p] = 1;
            }
        }
        for (int32_t p = 0; p < cs->place_count; p++) {
            const wide *v = sum + 4 * p;
            if (v[0] == 0 && v[1] == 0 && v[2] == 0 && v[3] == 0) continue;
            text_addf(t, "%s,", cs->places[p].id);
            csv_add(t, cs->places[p].name);
            text_add(t, ",");
            csv_add(t, cs->places[p].country);
            text_addf(t, ",%s", cs->commodities[good].id);
            for (int i = 0; i < 4; i++) {
                text_add(t, ",");
                add_flow(rp, t, v[i]);
            }
            text_addf(t, ",%s,", cs->commodities[good].unit);
            if (seen[p]) add_price(rp, t, price[p]);
            text_add(t, "\n");
        }
    }
    mem_free(sum);
    mem_free(price);
    mem_free(seen);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

/* ---- what is not done ---------------------------------------------------------------- */

enum { REASONS = 200 }; /* a search each; beyond that the cell says so */

static void add_missing(const report *rp, text *t, const char *kind, const char *id, int32_t p,
                        int good, wide quantity, wide cost, const char *why)
{
    const case_data *cs = rp->md->cs;
    text_addf(t, "%s,%s,%s,", kind, id, cs->places[p].id);
    csv_add(t, cs->places[p].name);
    text_add(t, ",");
    csv_add(t, cs->places[p].country);
    text_addf(t, ",%s,", cs->commodities[good].id);
    add_flow(rp, t, quantity);
    text_addf(t, ",%s,%.6f,", cs->commodities[good].unit, certificate_value(rp->md, cost));
    csv_add(t, why);
    text_add(t, "\n");
}

static steppe_status make_shortage(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    steppe_status st = STEPPE_OK;
    text why = {0};
    int searched = 0;
    text_add(t,
             "kind,id,node_id,name,country,commodity,quantity_per_y,flow_unit,cost_musd_per_y,"
             "blocked_by\n");
    for (int64_t a = 0; a < md->m && cs && st == STEPPE_OK; a++) {
        const model_ref *r = &md->arc[a];
        const wide cost = (wide)rp->x[a] * md->cost[a];
        const bool demand_side = r->kind == ARC_SHORTAGE || r->kind == ARC_MIN_SHORTAGE;
        if (rp->x[a] == 0) continue;
        if (demand_side || r->kind == ARC_SHUT_IN) {
            const int32_t p =
                demand_side ? cs->demands[r->object].place : cs->supplies[r->object].place;
            const int good = demand_side ? cs->demands[r->object].commodity
                                         : cs->supplies[r->object].commodity;
            why.len = 0;
            text_add(&why, searched < REASONS ? "" : "not looked for");
            if (searched++ < REASONS)
                st = report_reason(ctx, rp, !demand_side, r->object, &why);
            add_missing(rp, t, model_arc_kind(r->kind),
                        demand_side ? cs->demands[r->object].id : cs->supplies[r->object].id, p,
                        good, rp->x[a], cost, why.data ? why.data : "");
        } else if (r->kind == ARC_SHORTFALL) {
            const contract *c = &cs->contracts[r->object];
            add_missing(rp, t, "shortfall", c->id, cs->demands[c->demand].place,
                        cs->demands[c->demand].commodity, rp->x[a], cost, "");
        }
    }
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
        const double mass = cs ? fix_double(cs->commodities[md->commodity[k].good].mass) : 1.0;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            sum[md->arc[a].kind] += (wide)rp->x[a] * md->cost[a];
            if (md->arc[a].kind != ARC_LINK || rp->x[a] == 0) continue;
            const case_link *l = &cs->links[md->arc[a].object];
            const double tkm =
                l->length > 0 ? units(rp, rp->x[a]) * mass * fix_double(l->length) : 0.0;
            out->tonne_km += tkm;
            out->emission += tkm * fix_double(l->emission) / 1000.0;
        }
    }
    out->transport = certificate_value(md, sum[ARC_LINK] + sum[ARC_PLAIN]);
    out->transfer = certificate_value(md, sum[ARC_TRANSFER]);
    out->supply = certificate_value(md, sum[ARC_LOAD] + sum[ARC_LOCAL]);
    out->shortage = certificate_value(md, sum[ARC_SHORTAGE]);
    out->min_shortage = certificate_value(md, sum[ARC_MIN_SHORTAGE]);
    out->shut_in = certificate_value(md, sum[ARC_SHUT_IN]);
    out->shortfall = certificate_value(md, sum[ARC_SHORTFALL]);
}

/* ---- map ----------------------------------------------------------------------------- */

void json_add(text *t, const char *s)
{
    text_add(t, "\"");
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_addf(t, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            text_addf(t, "\\u%04x", (unsigned)*s);
        else
            text_add_bytes(t, s, 1);
    }
    text_add(t, "\"");
}

/* A straight line; across longitude 180 two lines, as RFC 7946 wants it. */
static void add_line(text *t, const place *a, const place *b)
{
    const double jump = b->lon - a->lon;
    if (fabs(jump) <= 180.0) {
        text_addf(t, "{\"type\":\"LineString\",\"coordinates\":[[%.5f,%.5f],[%.5f,%.5f]]}",
                  a->lon, a->lat, b->lon, b->lat);
        return;
    }
    const double edge = jump < 0.0 ? 180.0 : -180.0,
                 to = b->lon + (jump < 0.0 ? 360.0 : -360.0);
    const double lat = a->lat + (b->lat - a->lat) * (edge - a->lon) / (to - a->lon);
    text_addf(t,
              "{\"type\":\"MultiLineString\",\"coordinates\":[[[%.5f,%.5f],[%.5f,%.5f]],"
              "[[%.5f,%.5f],[%.5f,%.5f]]]}",
              a->lon, a->lat, edge, lat, -edge, lat, b->lon, b->lat);
}

static steppe_status make_geojson(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    if (!cs) {
        text_add(t, "{\"type\":\"FeatureCollection\",\"features\":[]}\n");
        return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
    }
    int64_t goods = cs->commodity_count;
    wide *flow = MEM_ZERO(wide, cs->link_count * goods);
    wide *price = MEM_ZERO(wide, cs->link_count);
    if (!flow || !price) {
        mem_free(flow);
        mem_free(price);
        return steppe_no_memory(ctx);
    }
    for (int k = 0; k < md->K; k++)
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            if (md->arc[a].kind == ARC_LINK)
                flow[md->arc[a].object * goods + md->commodity[k].good] += rp->x[a];
    for (int64_t r = 0; r < md->rows; r++)
        if (md->row[r].kind == ROW_LINK) price[md->row[r].object] = rp->lambda[r];
    text_add(t, "{\"type\":\"FeatureCollection\",\"features\":[");
    bool first = true;
    for (int64_t i = 0; i < cs->link_count; i++) {
        const case_link *l = &cs->links[i];
        wide total = 0;
        for (int64_t g = 0; g < goods; g++) total += flow[i * goods + g];
        if (total == 0) continue;
        const double free_capacity = fix_double(l->capacity - l->background);
        text_add(t, first ? "\n" : ",\n");
        first = false;
        text_add(t, "{\"type\":\"Feature\",\"properties\":{\"link_id\":");
        json_add(t, l->id);
        text_add(t, ",\"name\":");
        json_add(t, l->name);
        text_addf(t,
                  ",\"mode\":\"%s\",\"flow_unit\":\"%s\",\"flow_per_y\":", cs->modes[l->mode],
                  l->unit);
        add_flow(rp, t, total);
        text_addf(t,
                  ",\"free_capacity_per_y\":%.6g,\"use_percent\":%.2f,\"price_usd_per_unit\":",
                  free_capacity,
                  free_capacity > 0.0 ? 100.0 * units(rp, total) / free_capacity : 0.0);
        add_price(rp, t, price[i]);
        for (int64_t g = 0; g < goods; g++) {
            if (flow[i * goods + g] == 0) continue;
            text_add(t, ",");
            json_add(t, cs->commodities[g].id);
            text_add(t, ":");
            add_flow(rp, t, flow[i * goods + g]);
        }
        text_add(t, "},\"geometry\":");
        add_line(t, &cs->places[l->from], &cs->places[l->to]);
        text_add(t, "}");
    }
    for (int64_t a = 0; a < md->m; a++) {
        const model_ref *r = &md->arc[a];
        if (rp->x[a] == 0 ||
            (r->kind != ARC_SHORTAGE && r->kind != ARC_MIN_SHORTAGE && r->kind != ARC_SHUT_IN))
            continue;
        const bool in = r->kind == ARC_SHUT_IN;
        const place *p =
            &cs->places[in ? cs->supplies[r->object].place : cs->demands[r->object].place];
        text_add(t, first ? "\n" : ",\n");
        first = false;
        text_addf(t, "{\"type\":\"Feature\",\"properties\":{\"kind\":\"%s\",\"id\":",
                  model_arc_kind(r->kind));
        json_add(t, in ? cs->supplies[r->object].id : cs->demands[r->object].id);
        text_add(t, ",\"name\":");
        json_add(t, p->name);
        text_add(t, ",\"quantity_per_y\":");
        add_flow(rp, t, rp->x[a]);
        text_addf(t, "},\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.5f,%.5f]}}", p->lon,
                  p->lat);
    }
    text_add(t, "\n]}\n");
    mem_free(flow);
    mem_free(price);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

const report_table report_tables[] = {
    {"flow.csv", make_flow},           {"capacity.csv", make_capacity},
    {"potential.csv", make_potential}, {"link_flow.csv", make_link_flow},
    {"route.csv", make_route},         {"supply_use.csv", make_supply},
    {"demand_use.csv", make_demand},   {"place_balance.csv", make_place},
    {"shortage.csv", make_shortage},   {"flow.geojson", make_geojson}};
const int report_table_count = (int)(sizeof report_tables / sizeof report_tables[0]);
