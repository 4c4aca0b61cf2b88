/* Units of the canonical form: integers that hold every decimal of the tables and every total. */
#include "network_build.h"

static int places_of(wide v)
{
    int places = FIX_PLACES;
    while (places > 0 && v % 10 == 0) {
        v /= 10;
        places--;
    }
    return v == 0 ? 0 : places;
}

void build_widen(int *places, wide v)
{
    const int p = places_of(v);
    if (p > *places) *places = p;
}

/* Flow unit: the finest power of ten with which no total leaves the integers a double holds
 * exactly (2^53); never coarser than the data. A vertex of the linear program may be a
 * fraction: the finer the unit, the less is lost when the answer is put on integers. */
steppe_status build_choose_units(builder *bd)
{
    const case_data *cs = bd->cs;
    int need = 0, cost = 6;
    wide most = FIX_ONE, high = 0;
    wide *total = MEM_ZERO(wide, 2 * cs->commodity_count);
    if (!total) return steppe_no_memory(bd->ctx);
    for (int32_t i = 0; i < cs->supply_count; i++) {
        const supply *s = &cs->supplies[i];
        build_widen(&need, s->quantity);
        build_widen(&need, s->max);
        build_widen(&cost, s->cost);
        build_widen(&cost, s->shut_in_cost);
        if (s->shut_in_cost > high) high = s->shut_in_cost;
        if (s->commodity >= 0) total[2 * s->commodity] += s->max;
    }
    for (int32_t i = 0; i < cs->demand_count; i++) {
        const demand *d = &cs->demands[i];
        build_widen(&need, d->base);
        build_widen(&need, d->min);
        build_widen(&need, d->max);
        build_widen(&cost, d->shortage_cost);
        build_widen(&cost, d->min_shortage_cost);
        if (d->min_shortage_cost > high) high = d->min_shortage_cost;
        if (d->commodity >= 0) total[2 * d->commodity + 1] += d->max;
    }
    for (int k = 0; k < 2 * cs->commodity_count; k++)
        if (total[k] > most) most = total[k];
    mem_free(total);
    for (int64_t i = 0; i < cs->link_count; i++) {
        const case_link *l = &cs->links[i];
        build_widen(&need, l->capacity);
        build_widen(&need, l->background);
        build_widen(&cost, l->cost);
        if (l->capacity > most) most = l->capacity;
        if (l->cost > high) high = l->cost;
    }
    for (int64_t i = 0; i < cs->transfer_count; i++) {
        build_widen(&cost, cs->transfers[i].cost);
        if (cs->transfers[i].capacity >= 0) build_widen(&need, cs->transfers[i].capacity);
        if (cs->transfers[i].capacity > most) most = cs->transfers[i].capacity;
    }
    for (int64_t i = 0; i < cs->handling_count; i++) {
        build_widen(&need, cs->handlings[i].capacity);
        if (cs->handlings[i].capacity > most) most = cs->handlings[i].capacity;
    }
    for (int32_t i = 0; i < cs->contract_count; i++) {
        build_widen(&need, cs->contracts[i].min);
        if (cs->contracts[i].max >= 0) build_widen(&need, cs->contracts[i].max);
        if (cs->contracts[i].max > most) most = cs->contracts[i].max;
        if (cs->contracts[i].shortfall_cost > high) high = cs->contracts[i].shortfall_cost;
        build_widen(&cost,
                    cs->contracts[i].shortfall_cost < 0 ? 0 : cs->contracts[i].shortfall_cost);
    }
    for (int64_t i = 0; i < cs->group_count; i++) {
        build_widen(&need, cs->groups[i].capacity);
        build_widen(&need, cs->groups[i].min);
        if (cs->groups[i].capacity > most) most = cs->groups[i].capacity;
    }
    for (int64_t i = 0; i < cs->rule_count; i++)
        if (cs->rules[i].cost >= 0) build_widen(&cost, cs->rules[i].cost);
    int places = FIX_PLACES;
    while (places > 0 && most / FIX_ONE * wide_pow10(places) > (wide)4000000000000000) places--;
    if (places < need || cost > 9 ||
        high / FIX_ONE * wide_pow10(cost) > (wide)1000000000000000000)
        return steppe_fail(bd->ctx, STEPPE_OVERFLOW,
                           "found quantities with %d decimals beside a total of %.6g and costs "
                           "with %d decimals up to %.6g, "
                           "expected ranges that fit 15 digits each: choose a larger flow unit",
                           need, fix_double(most), cost, fix_double(high));
    bd->md->flow_places = places;
    bd->md->cost_places = cost;
    bd->unit = (int64_t)wide_pow10(places);
    return STEPPE_OK;
}
