/* What the tables say of a period: amounts in flow units, mean costs, lags. */
#include "network_build.h"

wide time_times(wide a, wide b)
{
    /* |a| < 10^27, |b| < 10^15: neither product leaves 128 bits */
    return a / FIX_ONE * b + a % FIX_ONE * b / FIX_ONE;
}

/* Beyond every sum of flows (a good is at most 4e15 units), and two of them still are an int64_t. */
#define MOST_UNITS ((wide)4000000000000000000)

int64_t time_bounded(wide units)
{
    return (int64_t)(units < MOST_UNITS ? units : MOST_UNITS);
}

static wide year_of(const builder *bd)
{
    return 365 * (FIX_ONE / bd->unit);
}

int64_t time_units(const builder *bd, wide rate_days)
{
    return time_bounded(rate_days / year_of(bd));
}

static wide factor_of(const builder *bd, int id, int t)
{
    return id < 0 ? FIX_ONE : bd->hz->factor[(int64_t)id * bd->hz->T + t];
}

int64_t time_rate(const builder *bd, wide rate, int t)
{
    if (rate < 0) return -1;
    return time_units(bd, rate * (t < 0 ? bd->hz->days : bd->hz->periods[t].days));
}

/* ---- amounts whose sums are exact ---------------------------------------------------- */

static wide supply_days(const builder *bd, int32_t s, int t, int which)
{
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const supply *v = &bd->hz->cs[p->state].supplies[s];
        if (v->open)
            sum += p->days *
                   time_times(which == 0 ? v->quantity : v->max, factor_of(bd, v->profile, t));
    }
    return sum;
}

static wide demand_days(const builder *bd, int32_t d, int t, int which)
{
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const demand *v = &bd->hz->cs[p->state].demands[d];
        if (v->open)
            sum += p->days * time_times(which == 0   ? v->base
                                        : which == 1 ? v->min
                                                     : v->max,
                                        factor_of(bd, v->profile, t));
    }
    return sum;
}

/* Units up to the end of period t less those up to its beginning. */
#define STEP(of, index)                                                                        \
    wide before = 0;                                                                           \
    for (int i = 0; i < t; i++) before += of(bd, index, i, which);                             \
    const wide after = before + of(bd, index, t, which), year = year_of(bd);                   \
    return time_bounded(after / year - before / year)

int64_t time_supply(const builder *bd, int32_t s, int t, int which)
{
    STEP(supply_days, s);
}

int64_t time_demand(const builder *bd, int32_t d, int t, int which)
{
    STEP(demand_days, d);
}

static wide contract_days(const builder *bd, int32_t c, int t, int which)
{
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const case_data *cs = &bd->hz->cs[p->state];
        const contract *v = &cs->contracts[c];
        /* nothing is owed on a day on which the supply or the demand is closed */
        const bool owed = cs->supplies[v->supply].open && cs->demands[v->demand].open;
        if (!v->open || (which == 0 && !owed)) continue;
        const wide rate = which == 0 ? v->min : v->max;
        if (rate >= 0) sum += p->days * time_times(rate, factor_of(bd, v->profile, t));
    }
    return sum;
}

int64_t time_contract(const builder *bd, int32_t c, int t, int which)
{
    if (which == 1) /* a maximum holds where it is given on every day */
        for (int s = 0; s < bd->hz->states; s++)
            if (!bd->hz->cs[s].contracts[c].open || bd->hz->cs[s].contracts[c].max < 0)
                return -1;
    if (t >= 0 && which == 0) return time_units(bd, contract_days(bd, c, t, 0));
    if (t >= 0) {
        STEP(contract_days, c);
    }
    wide sum = 0;
    wide units = 0; /* of a minimum: rounded like the capacities it has to pass */
    for (int i = 0; i < bd->hz->T; i++) {
        const wide days = contract_days(bd, c, i, which);
        sum += days;
        units += time_units(bd, days);
    }
    return which == 0 ? time_bounded(units) : time_units(bd, sum);
}

/* ---- capacities ---------------------------------------------------------------------- */

static int32_t overlap(int32_t first, int32_t days, int32_t from, int32_t to)
{
    const int32_t a = first > from ? first : from;
    const int32_t b = first + days - 1 < to ? first + days - 1 : to;
    return b >= a ? b - a + 1 : 0;
}

/* The rows of link_period for link l. */
static void terms_of(const case_data *cs, int64_t l, const link_period **from,
                     const link_period **to)
{
    int64_t low = 0, high = cs->link_period_count;
    while (low < high) {
        const int64_t mid = (low + high) / 2;
        if (cs->link_periods[mid].link < l)
            low = mid + 1;
        else
            high = mid;
    }
    *from = cs->link_periods + low;
    while (low < cs->link_period_count && cs->link_periods[low].link == l) low++;
    *to = cs->link_periods + low;
}

int64_t time_link(const builder *bd, int64_t l, int t)
{
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const case_data *cs = &bd->hz->cs[p->state];
        const case_link *k = &cs->links[l];
        const link_period *q, *end;
        int32_t left = p->days;
        if (!k->open) continue;
        const wide usual = time_times(k->capacity, factor_of(bd, k->profile, t));
        for (terms_of(cs, l, &q, &end); q < end; q++) {
            const int32_t d =
                q->open ? overlap(p->first_day, p->days, q->first_day, q->last_day) : 0;
            const wide now =
                time_times(q->capacity >= 0 ? q->capacity : usual, q->availability);
            left -= d;
            /* on a day without room for the background there is none for others, but not less */
            if (now > k->background) sum += d * (now - k->background);
        }
        if (usual > k->background) sum += left * (usual - k->background);
    }
    return time_units(bd, sum);
}

int64_t time_transfer(const builder *bd, int64_t x, int t)
{
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const transfer *k = &bd->hz->cs[p->state].transfers[x];
        if (!k->open) continue;
        if (k->capacity < 0) return -1;
        sum += p->days * time_times(k->capacity, factor_of(bd, k->profile, t));
    }
    return time_units(bd, sum);
}

int64_t time_handling(const builder *bd, int64_t h, int t)
{
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const handling *k = &bd->hz->cs[p->state].handlings[h];
        if (!k->open) return -1;
        sum += p->days * time_times(k->capacity, factor_of(bd, k->profile, t));
    }
    return time_units(bd, sum);
}

int64_t time_conversion(const builder *bd, int64_t c, int t)
{
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const conversion *k = &bd->hz->cs[p->state].conversions[c];
        if (k->open) sum += p->days * time_times(k->capacity, factor_of(bd, k->profile, t));
    }
    return time_units(bd, sum);
}

/* ---- arcs ---------------------------------------------------------------------------- */

/* Is the arc open for the good in this state? */
static bool arc_open(const case_data *cs, const graph_arc *a, int good, const link_rule **terms)
{
    const int class = cs->commodities[good].class;
    *terms = NULL;
    if (a->ref.kind == ARC_LINK) {
        const case_link *l = &cs->links[a->ref.object];
        return (a->ref.dir == 0 || l->two_way) && case_link_open(cs, l, good, terms);
    }
    if (a->ref.kind == ARC_TRANSFER) {
        const transfer *x = &cs->transfers[a->ref.object];
        return x->open && (x->carries >> class & 1) && cs->places[x->place].open;
    }
    return cs->places[a->ref.object].open;
}

int32_t time_arc(const builder *bd, const graph_arc *a, int good, int t, int64_t *cost)
{
    int32_t open = 0;
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const case_data *cs = &bd->hz->cs[p->state];
        const link_rule *terms;
        if (!arc_open(cs, a, good, &terms)) continue;
        open += p->days;
        if (a->ref.kind == ARC_TRANSFER) sum += p->days * cs->transfers[a->ref.object].cost;
        if (a->ref.kind != ARC_LINK) continue;
        if (terms && terms->cost >= 0) {
            sum += p->days * terms->cost;
            continue;
        }
        const wide usual = cs->links[a->ref.object].cost;
        const link_period *q, *end;
        int32_t left = p->days;
        for (terms_of(cs, a->ref.object, &q, &end); q < end; q++) {
            const int32_t d =
                q->open ? overlap(p->first_day, p->days, q->first_day, q->last_day) : 0;
            left -= d;
            sum += d * (q->cost >= 0 ? q->cost : usual);
        }
        sum += left * usual;
    }
    *cost = open > 0 ? cost_units(bd, sum / open) : 0;
    return open;
}

wide time_use(const builder *bd, int64_t link, int good)
{
    for (int s = 0; s < bd->hz->states; s++) {
        const case_data *cs = &bd->hz->cs[s];
        const link_rule *terms;
        if (case_link_open(cs, &cs->links[link], good, &terms))
            return terms ? terms->use : FIX_ONE;
    }
    return FIX_ONE;
}

int time_arrival(const builder *bd, const graph_arc *a, int t)
{
    const horizon *hz = bd->hz;
    if (a->ref.kind != ARC_LINK || !hz->dated) return t;
    const wide days = bd->cs->links[a->ref.object].days;
    if (days <= 0) return t;
    /* twice the moment of arrival, in days from the start of period t */
    wide twice = hz->periods[t].days + 2 * days / FIX_ONE;
    if (2 * days % FIX_ONE == 0 && twice > 0)
        twice--; /* just on the border: still in the period before */
    int at = t;
    wide end = 2 * (wide)hz->periods[t].days;
    while (twice >= end) {
        at++;
        if (hz->open && at >= hz->T) return hz->T;
        end += 2 * (wide)hz->periods[at % hz->T].days;
    }
    return at % hz->T;
}

int64_t time_supply_cost(const builder *bd, int32_t s, int t, bool shut_in)
{
    wide sum = 0;
    int32_t days = 0;
    FOR_PARTS(bd, t, p)
    {
        const supply *v = &bd->hz->cs[p->state].supplies[s];
        if (!v->open) continue;
        days += p->days;
        sum += p->days * (shut_in ? v->shut_in_cost : v->cost);
    }
    return days > 0 ? cost_units(bd, sum / days) : 0;
}

int64_t time_shortage_cost(const builder *bd, int32_t d, int t, bool of_minimum)
{
    wide sum = 0;
    int32_t days = 0;
    FOR_PARTS(bd, t, p)
    {
        const demand *v = &bd->hz->cs[p->state].demands[d];
        if (!v->open) continue;
        days += p->days;
        sum += p->days * (of_minimum ? v->min_shortage_cost : v->shortage_cost);
    }
    return days > 0 ? cost_units(bd, sum / days) : 0;
}

/* ---- policies, stocks ---------------------------------------------------------------- */

int32_t time_policy(const builder *bd, int64_t p, int t, wide *value_days)
{
    int32_t days = 0;
    *value_days = 0;
    FOR_PARTS(bd, t, part)
    {
        const policy *k = &bd->hz->cs[part->state].policies[p];
        if (!k->open) continue;
        const int32_t d = bd->hz->dated
                              ? overlap(part->first_day, part->days, k->first_day, k->last_day)
                              : part->days;
        days += d;
        *value_days += d * (k->value > 0 ? k->value : 0);
    }
    return days;
}

/* The terms of a stock at the end of the period. */
const storage *time_storage(const builder *bd, int64_t s, int t)
{
    const period_part *last = &bd->hz->part[bd->hz->first_part[t + 1] - 1];
    return &bd->hz->cs[last->state].storages[s];
}

int64_t time_stock_rate(const builder *bd, int64_t s, int t, bool out)
{
    wide sum = 0;
    FOR_PARTS(bd, t, p)
    {
        const storage *k = &bd->hz->cs[p->state].storages[s];
        const wide rate = out ? k->out_rate : k->in_rate;
        if (!k->open) continue;
        if (rate < 0) return -1;
        sum += p->days * rate;
    }
    return time_units(bd, sum);
}

int64_t time_holding(const builder *bd, int64_t s, int t)
{
    return cost_units(bd, time_storage(bd, s, t)->holding_cost * bd->hz->periods[t].days / 365);
}

int32_t time_stock_loss(const builder *bd, int64_t s, int t)
{
    /* percent per year -> parts in a million in the period */
    const wide ppm = time_storage(bd, s, t)->loss_pct * bd->hz->periods[t].days * 10000 / 365;
    return (int32_t)((ppm + FIX_ONE / 2) / FIX_ONE);
}

int64_t time_conversion_cost(const builder *bd, int64_t c, int t)
{
    wide sum = 0;
    int32_t days = 0;
    FOR_PARTS(bd, t, p)
    {
        const conversion *k = &bd->hz->cs[p->state].conversions[c];
        if (!k->open) continue;
        days += p->days;
        sum += p->days * k->cost;
    }
    return days > 0 ? cost_units(bd, sum / days) : 0;
}

/* ---- for the reports ------------------------------------------------------------------ */

static builder reader_of(const model *md)
{
    builder bd = {0};
    bd.hz = md->hz;
    bd.cs = md->cs;
    bd.unit = (int64_t)wide_pow10(md->flow_places);
    return bd;
}

int64_t model_link_capacity(const model *md, int64_t link, int t)
{
    const builder bd = reader_of(md);
    return time_link(&bd, link, t);
}

int64_t model_supply_quantity(const model *md, int32_t s, int t)
{
    const builder bd = reader_of(md);
    return time_supply(&bd, s, t, 0);
}

int64_t model_demand_base(const model *md, int32_t d, int t)
{
    const builder bd = reader_of(md);
    return time_demand(&bd, d, t, 0);
}
