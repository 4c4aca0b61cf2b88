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

void report_flow(const report *rp, text *t, wide v)
{
    char b[64];
    text_add(t, wide_text(b, v, rp->md->flow_places));
}

void report_price(const report *rp, text *t, wide v)
{
    char b[64];
    text_add(t, wide_text(b, v, rp->md->cost_places + DUAL_EXTRA));
}

double report_units(const report *rp, wide v)
{
    return (double)v / pow(10.0, rp->md->flow_places);
}

static const char *unit_of(const report *rp, int k)
{
    const int good = rp->md->commodity[k].good;
    return rp->md->cs && good >= 0 ? rp->md->cs->commodities[good].unit : "unit";
}

const char *report_period(const model *md, int t)
{
    return t < 0 || !md->hz ? "" : md->hz->periods[t].id;
}

/* ---- the exact answer ---------------------------------------------------------------- */

/* Ids of a case need no quotes; what a file calls its own may. */
static void add_given(const model *md, int64_t at, text *t)
{
    csv_add(t, md->given.bytes + at);
}

static steppe_status make_flow(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    char b[64];
    text_add(t, "variable,kind,period,flow,flow_unit,cost_usd_per_unit\n");
    for (int k = 0; k < md->K; k++) {
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            if (rp->x[a] == 0) continue;
            if (md->given.bytes)
                add_given(md, md->given.arc[a], t);
            else
                model_arc_name(md, a, t);
            text_addf(t, ",%s,%s,", model_arc_kind(md->arc[a].kind),
                      report_period(md, md->arc[a].period));
            report_flow(rp, t, rp->x[a]);
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
    case ROW_CONTRACT:
        text_addf(t, "contract %s", cs->contracts[ref->object].id);
        break;
    case ROW_STOCK:
    case ROW_INJECT:
    case ROW_WITHDRAW:
        text_addf(t, "%s, %s of %s", cs->places[cs->storages[ref->object].place].name,
                  model_row_kind(ref->kind), cs->storages[ref->object].id);
        break;
    case ROW_CURVE:
        text_addf(t, "dearer beyond a step: %s",
                  cs->curve_steps[ref->object].of == CURVE_LINK
                      ? cs->links[cs->curve_steps[ref->object].object].name
                      : cs->supplies[cs->curve_steps[ref->object].object].id);
        break;
    case ROW_POLICY:
        text_add(t, cs->policies[ref->object].name[0] ? cs->policies[ref->object].name
                                                      : cs->policies[ref->object].id);
        if (ref->other >= 0) text_addf(t, ", %s", md->label[ref->other]);
        break;
    case ROW_RAMP:
        text_addf(t, "plan of %s", cs->groups[cs->ramps[ref->object].group].id);
        break;
    case ROW_CONVERSION:
        text_addf(t, "yield of %s", model_conversion(cs, ref->object)->id);
        break;
    case ROW_PLAIN:
    case ROW_EQUATION:
        break;
    }
    if (md->hz->dated && ref->period >= 0)
        text_addf(t, ", %s", md->hz->periods[ref->period].id);
}

static steppe_status make_capacity(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    char b[64];
    text title = {0};
    text_add(t, "row,kind,period,load,low,limit,"
                "price_usd_per_unit_of_limit_negative_saves,name\n");
    for (int64_t r = 0; r < md->rows; r++) {
        if (md->given.bytes)
            add_given(md, md->given.row[r], t);
        else
            model_row_name(md, r, t);
        text_addf(
            t, ",%s,%s,%s,", model_row_kind(md->row[r].kind),
            report_period(md, md->row[r].period),
            wide_text(b, load_of(rp, r), md->flow_places + scale_places(md->row_scale[r])));
        if (md->row_low[r] != NO_LOW) report_flow(rp, t, md->row_low[r]);
        text_add(t, ",");
        if (md->row_up[r] != NO_UP) report_flow(rp, t, md->row_up[r]);
        text_add(t, ",");
        report_price(rp, t, rp->lambda[r]);
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
        if (rp->md->given.bytes)
            add_given(rp->md, rp->md->given.node[i], t);
        else
            model_node_name(rp->md, i, t);
        text_add(t, ",");
        report_price(rp, t, rp->pi[i]);
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
        t,
        "link_id,name,mode,from_node_id,to_node_id,countries,commodity,direction,period,flow,"
        "flow_unit,cost_musd,tonne_km_million,emission_kt_co2e\n");
    if (!cs) return STEPPE_OK;
    const int64_t cells = 2 * cs->link_count * md->T;
    int64_t *flow = MEM_NEW(int64_t, cells);
    wide *cost = MEM_NEW(wide, cells);
    if (!flow || !cost) t->failed = true;
    for (int k = 0; k < md->K && !t->failed; k++) {
        const int good = md->commodity[k].good;
        if (good < 0) continue;
        memset(flow, 0, (size_t)cells * sizeof *flow);
        memset(cost, 0, (size_t)cells * sizeof *cost);
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const model_ref *r = &md->arc[a];
            if (r->kind != ARC_LINK) continue;
            const int64_t at = (2 * (int64_t)r->object + r->dir) * md->T + r->period;
            flow[at] += rp->x[a];
            cost[at] += (wide)rp->x[a] * md->cost[a];
        }
        const double mass = fix_double(cs->commodities[good].mass);
        for (int64_t at = 0; at < cells; at++) {
            if (flow[at] == 0) continue;
            const case_link *l = &cs->links[at / md->T / 2];
            const bool back = at / md->T % 2 == 1;
            const double km = l->length > 0 ? fix_double(l->length) : 0.0;
            const double tkm = report_units(rp, flow[at]) * mass * km;
            csv_add(t, l->id);
            text_add(t, ",");
            csv_add(t, l->name);
            text_addf(t, ",%s,%s,%s,", cs->modes[l->mode],
                      cs->places[back ? l->to : l->from].id,
                      cs->places[back ? l->from : l->to].id);
            csv_add(t, l->countries);
            text_addf(t, ",%s,%s,%s,", cs->commodities[good].id, back ? "backward" : "forward",
                      report_period(md, (int)(at % md->T)));
            report_flow(rp, t, flow[at]);
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
                "exit_link_id,period,flow,delivered,flow_unit,cost_usd_per_unit,days,km,kg_"
                "co2e_per_unit,"
                "summary,places\n");
    for (int64_t i = 0; i < rp->routes.count && cs; i++) {
        const route *r = &rp->routes.list[i];
        const int32_t from = route_place(md, r->start), to = route_place(md, r->end_node);
        const commodity *g = &cs->commodities[md->commodity[r->k].good];
        text_addf(t, "%s,%s,%s,", g->id, route_id(md, r->start), route_id(md, r->end_node));
        csv_add(t, cs->places[from].country);
        text_add(t, ",");
        csv_add(t, to >= 0 ? cs->places[to].country : "");
        text_add(t, ",");
        words.len = 0;
        text_add(&words, "");
        route_countries(md, &rp->routes, r, &words);
        csv_add(t, words.data ? words.data : "");
        text_addf(t, ",%s,%s,", r->exit >= 0 ? cs->links[r->exit].id : "",
                  report_period(md, r->period));
        report_flow(rp, t, r->flow);
        text_add(t, ",");
        report_flow(rp, t, r->delivered);
        text_addf(t, ",%s,%.4f,%.2f,%.1f,%.3f,", g->unit, r->cost, r->days, r->km, r->emission);
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

const report_table report_tables[] = {{"flow.csv", make_flow},
                                      {"capacity.csv", make_capacity},
                                      {"potential.csv", make_potential},
                                      {"plan.csv", report_plan},
                                      {"link_flow.csv", make_link_flow},
                                      {"route.csv", make_route},
                                      {"supply_use.csv", report_supply_use},
                                      {"demand_use.csv", report_demand_use},
                                      {"place_balance.csv", report_place_balance},
                                      {"storage_use.csv", report_storage_use},
                                      {"conversion_use.csv", report_conversion_use},
                                      {"shortage.csv", report_shortage},
                                      {"month.csv", report_month},
                                      {"flow.geojson", report_map}};
const int report_table_count = (int)(sizeof report_tables / sizeof report_tables[0]);
