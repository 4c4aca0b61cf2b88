/* Stocks, conversions, and the story of the months. */
#include "report.h"

#include <string.h>

steppe_status report_storage_use(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(t, "storage_id,node_id,name,country,commodity,period,injected,withdrawn,stock_end,"
                "lost,flow_unit,price_usd_per_unit\n");
    if (!cs || cs->storage_count == 0) return STEPPE_OK;
    const int64_t cells = cs->storage_count * md->T;
    wide *in = MEM_ZERO(wide, cells), *out = MEM_ZERO(wide, cells),
         *stock = MEM_ZERO(wide, cells), *lost = MEM_ZERO(wide, cells),
         *price = MEM_ZERO(wide, cells);
    if (!in || !out || !stock || !lost || !price) t->failed = true;
    for (int64_t a = 0; a < md->m && !t->failed; a++) {
        const model_ref *r = &md->arc[a];
        const int64_t at = (int64_t)r->object * md->T + r->period;
        if (r->kind == ARC_INJECT) in[at] += rp->x[a];
        if (r->kind == ARC_WITHDRAW) out[at] += rp->x[a];
        if (r->kind != ARC_STOCK) continue;
        stock[at] += rp->x[a];
        if (md->loss_ppm) lost[at] += (wide)rp->x[a] * md->loss_ppm[a] / 1000000;
    }
    for (int32_t i = 0; i < md->n && !t->failed; i++)
        if (md->node[i].kind == NODE_STOCK)
            price[(int64_t)md->node[i].object * md->T + md->node[i].period] = rp->pi[i];
    for (int64_t s = 0; s < cs->storage_count && !t->failed; s++) {
        const storage *st = &cs->storages[s];
        for (int p = 0; p < md->T; p++) {
            const int64_t at = s * md->T + p;
            text_addf(t, "%s,%s,", st->id, cs->places[st->place].id);
            csv_add(t, cs->places[st->place].name);
            text_add(t, ",");
            csv_add(t, cs->places[st->place].country);
            text_addf(t, ",%s,%s", cs->commodities[st->commodity].id, report_period(md, p));
            const wide v[4] = {in[at], out[at], stock[at], lost[at]};
            for (int i = 0; i < 4; i++) {
                text_add(t, ",");
                report_flow(rp, t, v[i]);
            }
            text_addf(t, ",%s,", cs->commodities[st->commodity].unit);
            report_price(rp, t, price[at]);
            text_add(t, "\n");
        }
    }
    mem_free(in);
    mem_free(out);
    mem_free(stock);
    mem_free(lost);
    mem_free(price);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

steppe_status report_conversion_use(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(t, "conversion_id,node_id,name,country,commodity,direction,period,quantity,limit,"
                "flow_unit\n");
    for (int64_t a = 0; a < md->m && cs; a++) {
        const model_ref *r = &md->arc[a];
        if (r->kind != ARC_CONVERT_IN && r->kind != ARC_CONVERT_OUT) continue;
        const conversion *c = model_conversion(cs, r->object);
        const commodity *g = &cs->commodities[cs->conversion_flows[r->object].commodity];
        text_addf(t, "%s,%s,", c->id, cs->places[c->place].id);
        csv_add(t, cs->places[c->place].name);
        text_add(t, ",");
        csv_add(t, cs->places[c->place].country);
        text_addf(t, ",%s,%s,%s,", g->id, r->kind == ARC_CONVERT_IN ? "in" : "out",
                  report_period(md, r->period));
        report_flow(rp, t, rp->x[a]);
        text_add(t, ",");
        if (r->object == c->first_flow) report_flow(rp, t, md->up[a]);
        text_addf(t, ",%s\n", g->unit);
    }
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

/* The reference plan of the groups that a ramp holds to: what the model was built with. */
steppe_status report_plan(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(t, "group_id,period,quantity\n");
    for (int64_t g = 0; cs && md->plan && g < cs->group_count; g++) {
        for (int p = 0; p < md->T; p++) {
            const wide v = md->plan[g * md->T + p];
            char b[FIX_TEXT];
            if (v >= 0)
                text_addf(t, "%s,%s,%s\n", cs->groups[g].id, report_period(md, p),
                          fix_text(b, v));
        }
    }
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

/* ---- months -------------------------------------------------------------------------- */

enum {
    M_QUANTITY,
    M_PRODUCED,
    M_SHUT_IN,
    M_STORED,
    M_STOCK,
    M_BASE,
    M_DELIVERED,
    M_SHORTAGE,
    M_SUMS
};

/* Index of a place's country among the first places of each country. */
static int32_t country_of(const case_data *cs, int32_t p)
{
    for (int32_t i = 0; i < p; i++)
        if (strcmp(cs->places[i].country, cs->places[p].country) == 0) return i;
    return p;
}

static void sum_months(const report *rp, int k, const int32_t *country, wide *sum)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    const int good = md->commodity[k].good;
#define MONTH(p, t) (sum + ((int64_t)country[p] * md->T + (t)) * M_SUMS)
    for (int t = 0; t < md->T; t++) {
        for (int32_t i = 0; i < cs->supply_count; i++)
            if (cs->supplies[i].commodity == good)
                MONTH(cs->supplies[i].place, t)[M_QUANTITY] += model_supply_quantity(md, i, t);
        for (int32_t i = 0; i < cs->demand_count; i++)
            if (cs->demands[i].commodity == good)
                MONTH(cs->demands[i].place, t)[M_BASE] += model_demand_base(md, i, t);
    }
    for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
        const model_ref *r = &md->arc[a];
        const wide x = rp->x[a];
        if (x == 0 || r->period < 0) continue;
        switch ((arc_kind)r->kind) {
        case ARC_LOAD:
            MONTH(cs->supplies[r->object].place, r->period)[M_PRODUCED] += x;
            break;
        case ARC_LOCAL:
            MONTH(cs->supplies[r->other].place, r->period)[M_PRODUCED] += x;
            MONTH(cs->demands[r->object].place, r->period)[M_DELIVERED] += x;
            break;
        case ARC_FEED:
            if (r->other >= 0) MONTH(cs->supplies[r->other].place, r->period)[M_PRODUCED] += x;
            break;
        case ARC_UNLOAD:
            MONTH(cs->demands[r->object].place, r->period)[M_DELIVERED] += x;
            break;
        case ARC_YIELD:
            if (r->other >= 0) MONTH(cs->demands[r->other].place, r->period)[M_DELIVERED] += x;
            break;
        case ARC_SHUT_IN:
            MONTH(cs->supplies[r->object].place, r->period)[M_SHUT_IN] += x;
            break;
        case ARC_INJECT:
            MONTH(cs->storages[r->object].place, r->period)[M_STORED] += x;
            break;
        case ARC_WITHDRAW:
            MONTH(cs->storages[r->object].place, r->period)[M_STORED] -= x;
            if (r->other >= 0) MONTH(cs->demands[r->other].place, r->period)[M_DELIVERED] += x;
            break;
        case ARC_STOCK:
            MONTH(cs->storages[r->object].place, r->period)[M_STOCK] += x;
            break;
        case ARC_SHORTAGE:
        case ARC_MIN_SHORTAGE:
            MONTH(cs->demands[r->object].place, r->period)[M_SHORTAGE] += x;
            break;
        default:
            break;
        }
    }
#undef MONTH
}

/* Per period, good and country: what is produced and shut in there, stored there, taken there. */
steppe_status report_month(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    text_add(t, "commodity,country,period,first_day,days,quantity,produced,shut_in,stored,"
                "stock_end,base,delivered,shortage,flow_unit\n");
    if (!cs) return STEPPE_OK;
    const int64_t cells = (int64_t)cs->place_count * md->T;
    wide *sum = MEM_NEW(wide, M_SUMS * cells);
    int32_t *country = MEM_NEW(int32_t, cs->place_count);
    if (!sum || !country) t->failed = true;
    for (int32_t p = 0; p < cs->place_count && !t->failed; p++) country[p] = country_of(cs, p);
    for (int k = 0; k < md->K && !t->failed; k++) {
        const int good = md->commodity[k].good;
        if (good < 0) continue;
        memset(sum, 0, M_SUMS * (size_t)cells * sizeof *sum);
        sum_months(rp, k, country, sum);
        for (int64_t at = 0; at < cells; at++) {
            const wide *v = sum + M_SUMS * at;
            const period *p = &md->hz->periods[at % md->T];
            bool any = false;
            char day[16];
            for (int i = 0; i < M_SUMS; i++) any |= v[i] != 0;
            if (!any) continue;
            text_addf(t, "%s,", cs->commodities[good].id);
            csv_add(t, cs->places[at / md->T].country);
            text_addf(t, ",%s,%s,%d", p->id, md->hz->dated ? day_text(day, p->first_day) : "",
                      (int)p->days);
            for (int i = 0; i < M_SUMS; i++) {
                text_add(t, ",");
                report_flow(rp, t, v[i]);
            }
            text_addf(t, ",%s\n", cs->commodities[good].unit);
        }
    }
    mem_free(sum);
    mem_free(country);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

void report_months_of(const report *rp, int good, month_sum *list)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    memset(list, 0, (size_t)md->T * sizeof *list);
    for (int t = 0; t < md->T; t++)
        for (int32_t i = 0; i < cs->demand_count; i++)
            if (cs->demands[i].commodity == good) list[t].base += model_demand_base(md, i, t);
    for (int k = 0; k < md->K; k++) {
        if (md->commodity[k].good != good) continue;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const model_ref *r = &md->arc[a];
            const wide x = rp->x[a];
            if (x == 0 || r->period < 0) continue;
            month_sum *m = &list[r->period];
            const bool produced = r->kind == ARC_LOAD || r->kind == ARC_LOCAL ||
                                  (r->kind == ARC_FEED && r->other >= 0);
            if (produced) m->produced += x;
            if (r->kind == ARC_SHUT_IN) m->shut_in += x;
            if (r->kind == ARC_STOCK) m->stock += x;
            if (r->kind == ARC_SHORTAGE || r->kind == ARC_MIN_SHORTAGE) m->shortage += x;
        }
    }
}
