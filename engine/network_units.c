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

typedef struct {
    int need, cost;  /* decimals of quantities, of costs */
    wide most, high; /* largest total, largest cost */
} ranges;

static void see_quantity(ranges *rg, wide v)
{
    if (v < 0) return;
    build_widen(&rg->need, v);
    if (v > rg->most) rg->most = v;
}

static void see_cost(ranges *rg, wide v)
{
    if (v < 0) return;
    build_widen(&rg->cost, v);
    if (v > rg->high) rg->high = v;
}

static void see_network(ranges *rg, const case_data *cs)
{
    for (int64_t i = 0; i < cs->link_count; i++) {
        see_quantity(rg, cs->links[i].capacity);
        see_quantity(rg, cs->links[i].background);
        see_cost(rg, cs->links[i].cost);
    }
    for (int64_t i = 0; i < cs->transfer_count; i++) {
        see_cost(rg, cs->transfers[i].cost);
        see_quantity(rg, cs->transfers[i].capacity);
    }
    for (int64_t i = 0; i < cs->handling_count; i++)
        see_quantity(rg, cs->handlings[i].capacity);
    for (int64_t i = 0; i < cs->rule_count; i++) see_cost(rg, cs->rules[i].cost);
    for (int64_t i = 0; i < cs->link_period_count; i++) {
        see_quantity(rg, cs->link_periods[i].capacity);
        see_cost(rg, cs->link_periods[i].cost);
    }
}

static void see_goods(ranges *rg, const case_data *cs)
{
    for (int32_t i = 0; i < cs->contract_count; i++) {
        see_quantity(rg, cs->contracts[i].min);
        see_quantity(rg, cs->contracts[i].max);
        see_cost(rg, cs->contracts[i].shortfall_cost);
    }
    for (int64_t i = 0; i < cs->group_count; i++) {
        see_quantity(rg, cs->groups[i].capacity);
        see_quantity(rg, cs->groups[i].min);
    }
    for (int64_t i = 0; i < cs->storage_count; i++) {
        const storage *s = &cs->storages[i];
        see_quantity(rg, s->capacity);
        see_quantity(rg, s->min_stock);
        see_quantity(rg, s->initial);
        see_quantity(rg, s->final);
        see_quantity(rg, s->in_rate);
        see_quantity(rg, s->out_rate);
        see_cost(rg, s->in_cost);
        see_cost(rg, s->out_cost);
        see_cost(rg, s->holding_cost);
    }
    for (int64_t i = 0; i < cs->conversion_count; i++) {
        see_quantity(rg, cs->conversions[i].capacity);
        see_cost(rg, cs->conversions[i].cost);
    }
    for (int64_t i = 0; i < cs->curve_step_count; i++) {
        see_quantity(rg, cs->curve_steps[i].from);
        see_cost(rg, cs->curve_steps[i].add);
    }
    for (int64_t i = 0; i < cs->ramp_count; i++) {
        see_quantity(rg, cs->ramps[i].up);
        see_quantity(rg, cs->ramps[i].down);
        see_cost(rg, cs->ramps[i].cost);
    }
    for (int64_t i = 0; i < cs->under_way_count; i++)
        see_quantity(rg, cs->under_ways[i].quantity);
}

static bool see_ends(ranges *rg, const case_data *cs)
{
    wide *total = MEM_ZERO(wide, 2 * cs->commodity_count);
    if (!total) return false;
    for (int32_t i = 0; i < cs->supply_count; i++) {
        const supply *s = &cs->supplies[i];
        see_quantity(rg, s->quantity);
        see_quantity(rg, s->max);
        see_cost(rg, s->cost);
        see_cost(rg, s->shut_in_cost);
        if (s->commodity >= 0) total[2 * s->commodity] += s->max;
    }
    for (int32_t i = 0; i < cs->demand_count; i++) {
        const demand *d = &cs->demands[i];
        see_quantity(rg, d->base);
        see_quantity(rg, d->min);
        see_quantity(rg, d->max);
        see_cost(rg, d->shortage_cost);
        see_cost(rg, d->min_shortage_cost);
        if (d->commodity >= 0) total[2 * d->commodity + 1] += d->max;
    }
    for (int k = 0; k < 2 * cs->commodity_count; k++)
        if (total[k] > rg->most) rg->most = total[k];
    mem_free(total);
    return true;
}

/* Flow unit: the finest power of ten with which no total leaves the integers a double holds
 * exactly (2^53); never coarser than the data. A vertex of the linear program may be a
 * fraction: the finer the unit, the less is lost when the answer is put on integers. */
steppe_status build_choose_units(builder *bd)
{
    ranges rg = {0, 6, FIX_ONE, 0};
    for (int s = 0; s < bd->hz->states; s++) {
        const case_data *cs = &bd->hz->cs[s];
        if (!see_ends(&rg, cs)) return steppe_no_memory(bd->ctx);
        see_network(&rg, cs);
        see_goods(&rg, cs);
    }
    if (bd->hz->days > 365) rg.most = rg.most * bd->hz->days / 365;
    int places = FIX_PLACES;
    while (places > 0 && rg.most / FIX_ONE * wide_pow10(places) > (wide)4000000000000000)
        places--;
    if (places < rg.need || rg.cost > 9 ||
        rg.high / FIX_ONE * wide_pow10(rg.cost) > (wide)1000000000000000000)
        return steppe_fail(bd->ctx, STEPPE_OVERFLOW,
                           "found quantities with %d decimals beside a total of %.6g and costs "
                           "with %d decimals up to %.6g, "
                           "expected ranges that fit 15 digits each: choose a larger flow unit",
                           rg.need, fix_double(rg.most), rg.cost, fix_double(rg.high));
    bd->md->flow_places = places;
    bd->md->cost_places = rg.cost;
    bd->unit = (int64_t)wide_pow10(places);
    return STEPPE_OK;
}
