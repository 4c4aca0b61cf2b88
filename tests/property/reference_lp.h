/* The linear program of a drawn case, built anew from the words of datasets/FORMAT.md.
 *
 * It looks at every day by itself, keeps apart what a rule names, splits every place into
 * arrivals and departures and drops no row, so it shares no decision with the engine's network_*.c;
 * the optimum has to be the same. */
#ifndef STEPPE_REFERENCE_LP_H
#define STEPPE_REFERENCE_LP_H

#include "reference_days.h"

/* ---- ways to a goal -------------------------------------------------------------------- */

static inline bool ref_ever_open(const reference *r, int i, int good)
{
    double cost;
    bool open = false;
    for (int t = 0; t < r->T; t++) open |= ref_link_cost(r, i, good, t, &cost);
    return open;
}

static inline void ref_mark_goals(reference *r, int good)
{
    const draw_case *c = r->c;
    bool *arrive = r->leads[0];
    memset(r->leads, 0, sizeof r->leads);
    for (int m = 0; m < c->modes; m++) {
        for (int d = 0; d < c->demands; d++)
            if (c->demand[d].good == good && ref_place_open(c, c->demand[d].place))
                arrive[c->demand[d].place * c->modes + m] = true;
        for (int i = 0; i < c->conversions; i++)
            for (int f = 0; f < c->conversion[i].flows; f++)
                if (c->conversion[i].good[f] == good && !c->conversion[i].out[f])
                    arrive[c->conversion[i].place * c->modes + m] = true;
    }
    for (int i = 0; i < c->storages; i++)
        if (c->storage[i].good == good)
            arrive[c->storage[i].place * c->modes + c->storage[i].mode] = true;
}

/* leads[0]: arrivals, leads[1]: departures from which the good can get to where it is wanted. A link that leads nowhere
 * carries nothing, not even over the end of an open horizon. */
static inline void ref_find_ways(reference *r, int good)
{
    const draw_case *c = r->c;
    const int class = c->class_of[good];
    bool *arrive = r->leads[0], *depart = r->leads[1], more = true;
    ref_mark_goals(r, good);
    while (more) {
        more = false;
        for (int i = 0; i < c->places * c->modes; i++) {
            bool found = arrive[i] || depart[i];
            for (int x = 0; x < c->transfers; x++)
                found |= c->transfer[x].place == i / c->modes &&
                         c->transfer[x].from == i % c->modes &&
                         (c->transfer[x].carries >> class & 1) &&
                         depart[c->transfer[x].place * c->modes + c->transfer[x].to];
            for (int x = 0; x < c->storages; x++) /* a stock takes what is about to leave */
                if (c->storage[x].good == good &&
                    i == c->storage[x].place * c->modes + c->storage[x].mode && !depart[i])
                    more = depart[i] = true;
            more |= found && !arrive[i];
            arrive[i] = found;
        }
        for (int i = 0; i < c->links; i++) {
            const draw_link *l = &c->link[i];
            if (!ref_ever_open(r, i, good)) continue;
            for (int back = 0; back <= l->two_way; back++) {
                const int from = (back ? l->to : l->from) * c->modes + l->mode;
                const int to = (back ? l->from : l->to) * c->modes + l->mode;
                more |= arrive[to] && !depart[from];
                depart[from] |= arrive[to];
            }
        }
    }
}

/* ---- layers ----------------------------------------------------------------------------- */

static inline uint32_t ref_selections(const draw_case *c, int s)
{
    uint32_t of = 0;
    for (int i = 0; i < c->policies; i++)
        if ((c->policy[i].supplies >> s & 1) &&
            (c->policy[i].good < 0 || c->policy[i].good == c->supply[s].good))
            of |= 1u << i;
    return of;
}

static inline void ref_choose_layers(reference *r)
{
    const draw_case *c = r->c;
    for (int g = 0; g < c->goods; g++)
        r->layer_good[r->layers++] = g; /* no rule asks for more */
    for (int s = 0; s < c->supplies; s++) {
        const uint32_t of = ref_selections(c, s);
        bool alone = false;
        int like = -1;
        for (int k = 0; k < c->contracts; k++) alone |= c->contract[k].supply == s;
        for (int o = 0; o < s && !alone; o++)
            if (c->supply[o].good == c->supply[s].good && ref_selections(c, o) == of &&
                r->layer_of[o] >= c->goods) {
                bool other = false;
                for (int k = 0; k < c->contracts; k++) other |= c->contract[k].supply == o;
                if (!other) like = r->layer_of[o];
            }
        if (!alone && of == 0) like = c->supply[s].good;
        if (like < 0) {
            like = r->layers++;
            r->layer_good[like] = c->supply[s].good;
        }
        r->layer_of[s] = like;
        r->layer_supplies[like] |= 1u << s;
    }
}

static inline int *ref_place(const reference *r, int *of, int t, int place, int mode)
{
    return &of[(t * r->c->places + place) * r->c->modes + mode];
}

/* ---- rows that goods share -------------------------------------------------------------- */

static inline void ref_link_rows(reference *r, int t)
{
    const draw_case *c = r->c;
    for (int i = 0; i < c->links; i++)
        r->link_row[t][i] = ref_row(r, GLP_UP, 0.0, ref_link_capacity(r, i, t));
    for (int i = 0; i < c->curves; i++) {
        const draw_curve *x = &c->curve[i];
        if (x->of_supply) continue;
        for (int k = 0; k < x->steps; k++) {
            const int row = ref_row(r, GLP_UP, 0.0, ref_share(r, x->from[k], t));
            r->link_curve[t][x->object][k] = row;
            ref_entry(r, row, -1.0);
            ref_column(r, ref_number(x->add[k] - (k ? x->add[k - 1] : 0)), -1.0);
        }
    }
}

static inline void ref_shared_rows(reference *r, int t)
{
    const draw_case *c = r->c;
    ref_link_rows(r, t);
    for (int i = 0; i < c->transfers; i++) {
        const draw_transfer *x = &c->transfer[i];
        if (x->capacity >= 0)
            r->transfer_row[t][i] = ref_row(
                r, GLP_UP, 0.0, ref_sum(r, TRANSFER_CAPACITY, i, x->capacity, x->profile, t));
    }
    for (int i = 0; i < c->handlings; i++)
        r->handling_row[t][i] =
            ref_row(r, GLP_UP, 0.0,
                    ref_sum(r, HANDLING_CAPACITY, i, c->handling[i].capacity,
                            c->handling[i].profile, t));
    for (int i = 0; i < c->groups; i++) {
        const bool later = c->group_by_horizon[i] && t > 0;
        const double years = (c->group_by_horizon[i] ? r->horizon : r->days[t]) / 365.0;
        const double min = ref_number(c->group_min[i]) * years;
        if (later)
            r->group_row[t][i] = r->group_row[0][i];
        else if (c->group_capacity[i] >= 0)
            r->group_row[t][i] =
                ref_row(r, GLP_DB, min, ref_number(c->group_capacity[i]) * years);
        else
            r->group_row[t][i] = ref_row(r, GLP_LO, min, 0.0);
    }
    for (int i = 0; i < c->ramps; i++) {
        const draw_ramp *x = &c->ramp[i];
        const double plan = ref_number(c->plan[x->group][t]);
        const int row = ref_row(r, GLP_FX, plan, plan);
        r->ramp_row[t][i] = row;
        ref_entry(r, row, -1.0);
        ref_column(r, ref_number(x->cost), x->up < 0 ? -1.0 : ref_share(r, x->up, t));
        ref_entry(r, row, 1.0);
        ref_column(r, ref_number(x->cost), x->down < 0 ? -1.0 : ref_share(r, x->down, t));
    }
}

static inline void ref_demand_rows(reference *r, int t)
{
    const draw_case *c = r->c;
    for (int i = 0; i < c->demands; i++) {
        const draw_demand *m = &c->demand[i];
        if (!ref_place_open(c, m->place)) continue;
        const double base = ref_sum(r, FIELDS, i, m->base, m->profile, t);
        const double min = ref_sum(r, DEMAND_MIN, i, m->min, m->profile, t);
        const double max = ref_sum(r, DEMAND_MAX, i, m->max, m->profile, t);
        const double cost =
            ref_cost(ref_sum(r, DEMAND_SHORTAGE, i, m->shortage, 0, t) / r->days[t] * 365.0);
        const int row = ref_row(r, GLP_FX, base, base);
        r->demand_row[t][i] = row;
        ref_entry(r, row, 1.0);
        ref_column(r, cost, base - min);
        ref_entry(r, row, 1.0);
        ref_column(r, ref_number(m->min_shortage), min);
        ref_entry(r, row, -1.0);
        ref_column(r, 0.0, max - base);
    }
}

/* Contracts: what is delivered, and what is short of a minimum that has a price. */
static inline void ref_contract_rows(reference *r)
{
    const draw_case *c = r->c;
    for (int i = 0; i < c->contracts; i++) {
        const draw_contract *k = &c->contract[i];
        if (!ref_supply_open(r, k->supply, 0) || !ref_place_open(c, c->demand[k->demand].place))
            continue; /* void; no change opens or shuts the supply of a contract */
        for (int t = 0; t < r->T; t++) {
            double min = 0.0, max = 0.0;
            if (!k->by_period && t > 0) {
                r->contract_row[t][i] = r->contract_row[0][i];
                continue;
            }
            for (int q = k->by_period ? t : 0; q < (k->by_period ? t + 1 : r->T); q++) {
                min += ref_sum(r, CONTRACT_MIN, i, k->min, k->profile, q);
                max += ref_sum(r, FIELDS, i, k->max, k->profile, q);
            }
            const int row = ref_row(r, k->max < 0 ? GLP_LO : GLP_DB, min, max);
            r->contract_row[t][i] = row;
            if (min <= 0.0 || k->shortfall < 0) continue;
            ref_entry(r, row, 1.0);
            ref_column(r, ref_number(k->shortfall), min);
        }
    }
}

static inline bool ref_market_has(const draw_case *c, int market, int good, int country)
{
    bool any = false;
    for (int d = 0; d < c->demands; d++)
        any |= c->demand[d].market == market && c->demand[d].good == good &&
               (country < 0 || c->country[c->demand[d].place] == country);
    return any;
}

/* One row for each market and each country that is not of it. */
static inline void ref_diversification(reference *r, int p, int t)
{
    const draw_case *c = r->c;
    const draw_policy *k = &c->policy[p];
    for (int m = 0; m < MARKETS; m++)
        for (int g = 0; g < c->goods; g++)
            for (int from = 0; from < COUNTRIES; from++) {
                int *row = &r->entry_row[t][p][m][g][from];
                if ((k->good >= 0 && k->good != g) || (k->market >= 0 && k->market != m) ||
                    !ref_market_has(c, m, g, -1) || ref_market_has(c, m, g, from) ||
                    ref_covered(r, k, t) == 0)
                    continue;
                for (int q = 0; q < t && !k->by_period && *row == 0; q++)
                    *row = r->entry_row[q][p][m][g][from];
                if (*row == 0) *row = ref_row(r, GLP_UP, 0.0, 0.0);
            }
}

static inline bool ref_policy_takes_link(const draw_case *c, const draw_policy *p, int link,
                                         bool back)
{
    const draw_link *l = &c->link[link];
    const int from = c->country[back ? l->to : l->from],
              to = c->country[back ? l->from : l->to];
    bool named = p->links == 0;
    for (int i = 0; i < p->links; i++) named |= p->link[i] == link;
    return named && (p->mode < 0 || p->mode == l->mode) &&
           (p->into < 0 || (to == p->into && from != to));
}

/* What an embargo leaves: what its links could carry on the days that it does not cover. */
static inline double ref_free_days(const reference *r, const draw_policy *p, int t)
{
    double sum = 0.0;
    for (int i = 0; i < r->c->links; i++)
        if (ref_policy_takes_link(r->c, p, i, false) || ref_policy_takes_link(r->c, p, i, true))
            sum += ref_link_capacity(r, i, t);
    return sum * (r->days[t] - ref_covered(r, p, t)) / r->days[t];
}

static inline void ref_policy_rows(reference *r)
{
    const draw_case *c = r->c;
    for (int p = 0; p < c->policies; p++) {
        const draw_policy *k = &c->policy[p];
        const bool each = k->by_period || k->kind == EMBARGO;
        int row = 0;
        double covered = 0.0;
        for (int t = 0; t < r->T; t++) covered += ref_covered(r, k, t);
        for (int t = 0; t < r->T; t++) {
            if (k->kind == DIVERSIFICATION) ref_diversification(r, p, t);
            if (ref_covered(r, k, t) == 0 || k->kind == DIVERSIFICATION ||
                k->kind == EMISSION_PRICE)
                continue;
            const double limit =
                ref_number(k->value) * (each ? ref_covered(r, k, t) : covered) / 365.0;
            if (row == 0 || each) {
                if (k->kind == EMBARGO) row = ref_row(r, GLP_UP, 0.0, ref_free_days(r, k, t));
                if (k->kind == QUOTA) row = ref_row(r, GLP_UP, 0.0, limit);
                if (k->kind == EMISSION_CAP) row = ref_row(r, GLP_UP, 0.0, limit / 1e6);
                if (k->kind == OBLIGATION) row = ref_row(r, GLP_LO, limit, 0.0);
                if (k->kind == MAX_SHARE) row = ref_row(r, GLP_UP, 0.0, 0.0);
                if (k->kind == MIN_SHARE) row = ref_row(r, GLP_LO, 0.0, 0.0);
            }
            r->policy_row[t][p] = row;
        }
    }
}

/* ---- production ----------------------------------------------------------------------- */

static inline bool ref_policy_takes(const reference *r, const draw_policy *p, int layer)
{
    return (p->good < 0 || p->good == r->layer_good[layer]) &&
           (p->supplies == 0 || (p->supplies & r->layer_supplies[layer]));
}

static inline void ref_production(reference *r, int s, int t)
{
    const draw_case *c = r->c;
    const draw_supply *x = &c->supply[s];
    const int open = ref_supply_days(r, s, t);
    int curve[3] = {0};
    if (open == 0) return;
    const double years = ref_season(r, x->profile, t) / 365.0;
    const double quantity = ref_supply_sum(r, SUPPLY_QUANTITY, s, x->quantity, t) * years;
    const double max = ref_supply_sum(r, SUPPLY_MAX, s, x->max, t) * years;
    const int balance = ref_row(r, GLP_FX, quantity, quantity);
    r->use_row[t][s] = ref_sum_zero(r);
    ref_entry(r, balance, 1.0);
    ref_column(r, ref_cost(ref_supply_sum(r, SUPPLY_SHUT_IN, s, x->shut_in, t) / open),
               quantity);
    ref_entry(r, balance, -1.0);
    ref_column(r, 0.0, max - quantity);
    for (int i = 0; i < c->curves; i++) {
        const draw_curve *k = &c->curve[i];
        for (int q = 0; q < k->steps && k->of_supply && k->object == s; q++) {
            const int row = ref_row(r, GLP_UP, 0.0, ref_share(r, k->from[q], t));
            ref_entry(r, row, -1.0);
            ref_column(r, ref_number(k->add[q] - (q ? k->add[q - 1] : 0)), -1.0);
            curve[q] = row;
        }
    }
    for (int q = 0; q < 3; q++) ref_entry(r, curve[q], 1.0);
    ref_entry(r, balance, 1.0);
    ref_entry(r, r->use_row[t][s], -1.0);
    for (int h = 0; h < c->handlings; h++)
        if (c->handling[h].place == x->place && c->handling[h].class == c->class_of[x->good])
            ref_entry(r, r->handling_row[t][h], 1.0);
    for (int p = 0; p < c->policies; p++)
        if ((c->policy[p].kind == MAX_SHARE || c->policy[p].kind == MIN_SHARE) &&
            ref_policy_takes(r, &c->policy[p], r->layer_of[s]))
            ref_entry(r, r->policy_row[t][p], -ref_number(c->policy[p].value));
    ref_column(r, ref_cost(ref_supply_sum(r, SUPPLY_COST, s, x->cost, t) / open), -1.0);
}

/* ---- ways ------------------------------------------------------------------------------ */

static inline void ref_enter(reference *r, int place, int class, int t, double much)
{
    for (int h = 0; h < r->c->handlings; h++)
        if (r->c->handling[h].place == place && r->c->handling[h].class == class)
            ref_entry(r, r->handling_row[t][h], much);
}

/* Entries of a flow in the rows of policies; the result is what it pays for its emissions. */
static inline double ref_policies(reference *r, int layer, int link, bool back, int t)
{
    const draw_case *c = r->c;
    const draw_link *l = &c->link[link];
    const int good = r->layer_good[layer];
    const int from = c->country[back ? l->to : l->from],
              to = c->country[back ? l->from : l->to];
    const int64_t gram =
        (int64_t)l->length * l->emission * (c->mass[good] > 0 ? c->mass[good] : 1000);
    const double emission = round((double)gram / 1000.0) / 1e6;
    double cost = 0.0;
    for (int p = 0; p < c->policies; p++) {
        const draw_policy *k = &c->policy[p];
        for (int m = 0; m < MARKETS && k->kind == DIVERSIFICATION; m++)
            if (ref_market_has(c, m, good, to))
                ref_entry(r, r->entry_row[t][p][m][good][from], 1.0);
        if (k->kind == DIVERSIFICATION || !ref_policy_takes(r, k, layer) ||
            !ref_policy_takes_link(c, k, link, back))
            continue;
        if (k->kind == EMISSION_PRICE)
            cost += ref_number(k->value) * emission * ref_covered(r, k, t) / r->days[t];
        else
            ref_entry(r, r->policy_row[t][p], k->kind == EMISSION_CAP ? emission : 1.0);
    }
    return ref_cost(cost);
}

/* All there is of a good: no link carries more of it in a period, even where going round would pay. */
static inline double ref_total(const reference *r, int good)
{
    const draw_case *c = r->c;
    double sum = 0.0;
    for (int t = 0; t < r->T; t++) {
        for (int s = 0; s < c->supplies; s++)
            if (c->supply[s].good == good)
                sum += ref_supply_sum(r, SUPPLY_MAX, s, c->supply[s].max, t) *
                       ref_season(r, c->supply[s].profile, t) / 365.0;
        for (int i = 0; i < c->conversions; i++)
            for (int f = 0; f < c->conversion[i].flows; f++)
                if (c->conversion[i].out[f] && c->conversion[i].good[f] == good)
                    sum += ref_number(c->conversion[i].quantity[f]) *
                           ref_sum(r, CONVERSION_CAPACITY, i, c->conversion[i].capacity,
                                   c->conversion[i].profile, t);
    }
    for (int i = 0; i < c->storages; i++)
        if (c->storage[i].good == good) sum += ref_number(c->storage[i].capacity);
    for (int i = 0; i < c->under_ways; i++)
        if (c->under_way[i].good == good) sum += ref_number(c->under_way[i].quantity);
    return sum;
}

static inline void ref_links(reference *r, int layer, int t)
{
    const draw_case *c = r->c;
    const int good = r->layer_good[layer];
    const double total = ref_total(r, good);
    for (int i = 0; i < c->links; i++) {
        const draw_link *l = &c->link[i];
        double cost;
        if (!ref_link_cost(r, i, good, t, &cost)) continue;
        const int then = ref_arrival(r, l, t);
        double use = 1.0;
        for (int q = 0; q < c->rules; q++)
            if (c->rule[q].link == i && c->rule[q].good == good)
                use = ref_number(c->rule[q].use);
        for (int back = 0; back <= l->two_way; back++) {
            const int from = back ? l->to : l->from, to = back ? l->from : l->to;
            const double gets = 1.0 - ref_loss(c, l);
            if (!r->leads[0][to * c->modes + l->mode]) continue;
            ref_entry(r, *ref_place(r, r->depart, t, from, l->mode), 1.0);
            if (then < r->T) {
                ref_entry(r, *ref_place(r, r->arrive, then, to, l->mode), -gets);
                ref_enter(r, to, c->class_of[good], then, gets);
            }
            ref_entry(r, r->link_row[t][i], use);
            for (int k = 0; k < 3; k++) ref_entry(r, r->link_curve[t][i][k], use);
            for (int q = 0; q < c->members; q++) {
                const draw_member *m = &c->member[q];
                if (m->link != i || (m->good >= 0 && m->good != good)) continue;
                ref_entry(r, r->group_row[t][m->group], ref_number(m->weight));
                for (int k = 0; k < c->ramps; k++)
                    if (c->ramp[k].group == m->group)
                        ref_entry(r, r->ramp_row[t][k], ref_number(m->weight));
            }
            const double more = ref_policies(r, layer, i, back, t);
            ref_column(r, cost + more, total);
        }
    }
}

static inline void ref_stops(reference *r, int layer, int t)
{
    const draw_case *c = r->c;
    const int class = c->class_of[r->layer_good[layer]];
    for (int p = 0; p < c->places; p++) {
        if (!ref_place_open(c, p)) continue;
        for (int m = 0; m < c->modes; m++) {
            bool clearance = false;
            for (int i = 0; i < c->transfers; i++) {
                const draw_transfer *x = &c->transfer[i];
                if (x->place != p || x->from != m || !(x->carries >> class & 1)) continue;
                clearance |= x->to == m;
                ref_entry(r, *ref_place(r, r->arrive, t, p, m), 1.0);
                ref_entry(r, *ref_place(r, r->depart, t, p, x->to), -1.0);
                ref_entry(r, r->transfer_row[t][i], 1.0);
                const double mean =
                    ref_sum(r, TRANSFER_COST, i, x->cost, 0, t) / r->days[t] * 365.0;
                ref_column(r, ref_cost(mean), -1.0);
            }
            if (clearance) continue;
            ref_entry(r, *ref_place(r, r->arrive, t, p, m), 1.0);
            ref_entry(r, *ref_place(r, r->depart, t, p, m), -1.0);
            ref_column(r, 0.0, -1.0);
        }
    }
}

/* ---- storage and conversion ------------------------------------------------------------- */

static inline void ref_stock_rows(reference *r)
{
    const draw_case *c = r->c;
    for (int i = 0; i < c->storages; i++) {
        const draw_storage *s = &c->storage[i];
        for (int t = 0; t < r->T && ref_place_open(c, s->place); t++) {
            double low = ref_number(s->min), up = ref_number(s->capacity);
            if (t ==
                r->T - 1) { /* the rule of the horizon takes the place of the least stock */
                if (s->rule == CYCLIC && s->initial >= 0) low = up = ref_number(s->initial);
                if (s->rule == FIXED) low = up = ref_number(s->final);
                if (s->rule == AT_LEAST) low = ref_number(s->final);
                if (s->rule == ANYTHING) low = 0.0;
            }
            r->stock_row[t][i] = ref_row(r, GLP_DB, low, up);
            if (s->in_rate >= 0)
                r->in_row[t][i] = ref_row(r, GLP_UP, 0.0, ref_share(r, s->in_rate, t));
            if (s->out_rate >= 0)
                r->out_row[t][i] = ref_row(r, GLP_UP, 0.0, ref_share(r, s->out_rate, t));
        }
    }
}

static inline void ref_stock(reference *r, int layer, int i)
{
    const draw_case *c = r->c;
    const draw_storage *s = &c->storage[i];
    const bool circle = s->rule == CYCLIC && s->initial < 0;
    if (s->good != r->layer_good[layer] || !ref_place_open(c, s->place)) return;
    for (int t = 0; t < r->T; t++) {
        const double start =
            t == 0 && layer < c->goods && s->initial > 0 ? ref_number(s->initial) : 0.0;
        r->balance_row[t][i] = ref_row(r, GLP_FX, start, start);
    }
    for (int t = 0; t < r->T; t++) {
        const int here = *ref_place(r, r->arrive, t, s->place, s->mode);
        const int leaves = *ref_place(r, r->depart, t, s->place, s->mode);
        const int balance = r->balance_row[t][i];
        for (int way = 0; way < 2; way++) {
            /* what is at the place on the mode, whether it arrived or is about to leave */
            ref_entry(r, way ? leaves : here, 1.0);
            ref_entry(r, balance, -1.0);
            ref_entry(r, r->in_row[t][i], 1.0);
            ref_column(r, ref_number(s->in_cost), -1.0);
        }
        ref_entry(r, balance, 1.0);
        ref_entry(r, here, -1.0);
        ref_entry(r, r->out_row[t][i], 1.0);
        ref_column(r, ref_number(s->out_cost), -1.0);
        const bool last = t == r->T - 1;
        const double kept =
            1.0 - round(ref_number(s->loss) / 100.0 * r->days[t] / 365.0 * 1e6) / 1e6;
        ref_entry(r, balance, 1.0);
        if (!last || circle) ref_entry(r, r->balance_row[last ? 0 : t + 1][i], -kept);
        ref_entry(r, r->stock_row[t][i], 1.0);
        ref_column(r, ref_cost(ref_share(r, s->holding, t)), -1.0);
    }
}

/* Every flow is as much as the first one says. */
static inline void ref_conversion_rows(reference *r, int t)
{
    const draw_case *c = r->c;
    for (int i = 0; i < c->conversions; i++) {
        const draw_conversion *v = &c->conversion[i];
        for (int f = 0; f < v->flows; f++) r->feed_row[t][i][f] = ref_sum_zero(r);
        if (!ref_place_open(c, v->place)) continue;
        for (int f = 0; f < v->flows; f++)
            ref_entry(r, r->feed_row[t][i][f], -ref_number(v->quantity[f]));
        ref_column(r, ref_number(v->cost),
                   ref_sum(r, CONVERSION_CAPACITY, i, v->capacity, v->profile, t));
    }
}

/* What comes out of one conversion goes into flow f of conversion i at the same place. */
static inline void ref_chain(reference *r, int i, int f, int t)
{
    const draw_case *c = r->c;
    const draw_conversion *to = &c->conversion[i];
    for (int k = 0; k < c->conversions; k++) {
        const draw_conversion *from = &c->conversion[k];
        for (int e = 0; e < from->flows; e++) {
            if (from->place != to->place || !from->out[e] || from->good[e] != to->good[f])
                continue;
            ref_entry(r, r->feed_row[t][k][e], 1.0);
            ref_entry(r, r->feed_row[t][i][f], 1.0);
            ref_enter(r, to->place, c->class_of[to->good[f]], t, 1.0);
            ref_column(r, 0.0, -1.0);
        }
    }
}

/* What arrives, or is produced there, goes in. */
static inline void ref_feeds(reference *r, int layer, int t)
{
    const draw_case *c = r->c;
    const int good = r->layer_good[layer], class = c->class_of[good];
    for (int i = 0; i < c->conversions; i++) {
        const draw_conversion *v = &c->conversion[i];
        for (int f = 0; f < v->flows; f++) {
            if (v->good[f] != good || (v->out[f] && layer >= c->goods)) continue;
            for (int m = 0; m < c->modes; m++) {
                ref_entry(r, r->feed_row[t][i][f], 1.0);
                if (v->out[f]) {
                    ref_entry(r, *ref_place(r, r->depart, t, v->place, m), -1.0);
                    ref_enter(r, v->place, class, t, 1.0);
                } else {
                    ref_entry(r, *ref_place(r, r->arrive, t, v->place, m), 1.0);
                }
                ref_column(r, 0.0, -1.0);
            }
            if (!v->out[f] && layer < c->goods) ref_chain(r, i, f, t);
            for (int s = 0; s < c->supplies && !v->out[f]; s++) {
                if (r->layer_of[s] != layer || c->supply[s].place != v->place ||
                    r->use_row[t][s] == 0)
                    continue;
                ref_entry(r, r->feed_row[t][i][f], 1.0);
                ref_entry(r, r->use_row[t][s], 1.0);
                ref_column(r, 0.0, -1.0);
            }
        }
    }
}

static inline void ref_under_way(reference *r, int layer)
{
    const draw_case *c = r->c;
    for (int i = 0; i < c->under_ways && layer < c->goods; i++) {
        const draw_under_way *u = &c->under_way[i];
        const draw_link *l = &c->link[u->link];
        int t = 0;
        if (u->good != r->layer_good[layer] || !c->open_horizon) continue;
        while (u->day >= r->first[t] + r->days[t]) t++;
        const int row = *ref_place(r, r->arrive, t, u->back ? l->from : l->to, l->mode);
        const double before = glp_get_row_lb(r->lp, row) + ref_number(u->quantity);
        glp_set_row_bnds(r->lp, row, GLP_FX, before, before);
    }
}

/* ---- deliveries -------------------------------------------------------------------------- */

/* A row that counts what a layer brings to a demand in a period, and the column of it. */
static inline int ref_delivery(reference *r, int layer, int d, int t)
{
    const draw_case *c = r->c;
    const draw_demand *m = &c->demand[d];
    const int count = ref_sum_zero(r);
    ref_entry(r, count, -1.0);
    ref_entry(r, r->demand_row[t][d], 1.0);
    for (int k = 0; k < c->contracts; k++)
        if (c->contract[k].demand == d && r->layer_of[c->contract[k].supply] == layer)
            ref_entry(r, r->contract_row[t][k], 1.0);
    for (int p = 0; p < c->policies; p++)
        for (int from = 0; from < COUNTRIES; from++)
            ref_entry(r, r->entry_row[t][p][m->market][m->good][from],
                      -ref_number(c->policy[p].value));
    ref_column(r, 0.0, -1.0);
    return count;
}

static inline void ref_deliveries(reference *r, int layer, int d, int t)
{
    const draw_case *c = r->c;
    const draw_demand *m = &c->demand[d];
    if (m->good != r->layer_good[layer] || !ref_place_open(c, m->place)) return;
    const int count = ref_delivery(r, layer, d, t);
    for (int mode = 0; mode < c->modes; mode++) {
        ref_entry(r, *ref_place(r, r->arrive, t, m->place, mode), 1.0);
        ref_entry(r, count, 1.0);
        ref_column(r, 0.0, -1.0);
    }
    for (int s = 0; s < c->supplies; s++) {
        if (r->layer_of[s] != layer || c->supply[s].place != m->place || r->use_row[t][s] == 0)
            continue;
        ref_entry(r, r->use_row[t][s], 1.0);
        ref_entry(r, count, 1.0);
        ref_column(r, 0.0, -1.0);
    }
    for (int i = 0; i < c->conversions && layer < c->goods; i++)
        for (int f = 0; f < c->conversion[i].flows; f++) {
            if (!c->conversion[i].out[f] || c->conversion[i].good[f] != m->good ||
                c->conversion[i].place != m->place)
                continue;
            ref_entry(r, r->feed_row[t][i][f], 1.0);
            ref_entry(r, count, 1.0);
            ref_enter(r, m->place, c->class_of[m->good], t, 1.0);
            ref_column(r, 0.0, -1.0);
        }
}

static inline void ref_layer(reference *r, int layer)
{
    const draw_case *c = r->c;
    ref_find_ways(r, r->layer_good[layer]);
    for (int i = 0; i < r->T * c->places * c->modes; i++) {
        r->arrive[i] = ref_sum_zero(r);
        r->depart[i] = ref_sum_zero(r);
    }
    for (int t = 0; t < r->T; t++) {
        for (int s = 0; s < c->supplies; s++) {
            if (r->layer_of[s] != layer || r->use_row[t][s] == 0) continue;
            for (int m = 0; m < c->modes; m++) {
                ref_entry(r, r->use_row[t][s], 1.0);
                ref_entry(r, *ref_place(r, r->depart, t, c->supply[s].place, m), -1.0);
                ref_column(r, 0.0, -1.0);
            }
        }
        ref_links(r, layer, t);
        ref_stops(r, layer, t);
        ref_feeds(r, layer, t);
        for (int d = 0; d < c->demands; d++) ref_deliveries(r, layer, d, t);
    }
    for (int i = 0; i < c->storages; i++) ref_stock(r, layer, i);
    ref_under_way(r, layer);
}

/* The case as a linear program, built from the rules of the format. For glp_delete_prob(). */
static inline glp_prob *draw_reference(const draw_case *c, bool changed)
{
    static int arrive[MOST_PERIODS * MOST_PLACES * MOST_MODES],
        depart[MOST_PERIODS * MOST_PLACES * MOST_MODES];
    static reference r;
    memset(&r, 0, sizeof r);
    r.c = c;
    r.changed = changed;
    r.lp = glp_create_prob();
    r.arrive = arrive;
    r.depart = depart;
    r.T = c->periods > 0 ? c->periods : 1;
    for (int t = 0; t < r.T; t++) {
        r.first[t] = r.horizon;
        r.days[t] = c->periods > 0 ? c->days[t] : 365;
        r.horizon += r.days[t];
    }
    ref_choose_layers(&r);
    for (int t = 0; t < r.T; t++) {
        ref_shared_rows(&r, t);
        ref_demand_rows(&r, t);
        ref_conversion_rows(&r, t);
    }
    ref_contract_rows(&r);
    ref_policy_rows(&r);
    ref_stock_rows(&r);
    for (int s = 0; s < c->supplies; s++)
        for (int t = 0; t < r.T; t++) ref_production(&r, s, t);
    for (int layer = 0; layer < r.layers; layer++) ref_layer(&r, layer);
    return r.lp;
}

#endif
