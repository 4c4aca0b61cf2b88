/* What has to do with time and the rules, drawn on top of a case of one year. */
#ifndef STEPPE_DRAW_RULES_H
#define STEPPE_DRAW_RULES_H

#include "draw_case.h"

/* What a case may have. */
enum {
    WITH_PERIODS = 1 << 0,
    WITH_PROFILES = 1 << 1,
    WITH_LINK_PERIODS = 1 << 2,
    WITH_DATES = 1 << 3,
    WITH_TRANSIT = 1 << 4,
    WITH_STORAGE = 1 << 5,
    WITH_LOSSES = 1 << 6,
    WITH_CURVES = 1 << 7,
    WITH_CONTRACTS = 1 << 8,
    WITH_GROUPS = 1 << 9,
    WITH_POLICIES = 1 << 10,
    WITH_CONVERSIONS = 1 << 11,
    WITH_RAMPS = 1 << 12,
    FEATURES = 13,
    /* where whole flow units are not exact */
    WITH_FRACTIONS =
        WITH_STORAGE | WITH_LOSSES | WITH_GROUPS | WITH_POLICIES | WITH_CONVERSIONS | WITH_RAMPS
};

static inline int draw_horizon(const draw_case *c)
{
    int days = 0;
    for (int i = 0; i < c->periods; i++) days += c->days[i];
    return c->periods > 0 ? days : 365;
}

/* A period of days, weeks, months or anything between. */
static inline void draw_periods(draw *d, draw_case *c)
{
    static const int usual[] = {1, 7, 28, 30, 31, 92};
    c->periods = (int)draw_int(d, 1, 5);
    c->first_day = (int)draw_int(d, 0, 1200);
    const int style = (int)draw_int(d, 0, 3);
    for (int i = 0; i < c->periods; i++)
        c->days[i] = style == 0   ? 1
                     : style == 1 ? (int)draw_int(d, 28, 31)
                     : style == 2 ? usual[draw_int(d, 0, 5)]
                                  : (int)draw_int(d, 1, 150);
}

static inline int draw_profile(draw *d, const draw_case *c)
{
    return draw_chance(d, 50) ? (int)draw_int(d, 1, c->profiles) : 0;
}

static inline void draw_profiles(draw *d, draw_case *c)
{
    c->profiles = (int)draw_int(d, 1, 3);
    for (int i = 1; i <= c->profiles; i++) {
        for (int m = 1; m <= 12; m++)
            c->factor[i][m] = draw_chance(d, 30) ? -1 : (int)draw_int(d, 0, 1600);
        c->factor[i][draw_int(d, 1, 12)] = 700; /* a profile has a row */
    }
    for (int i = 0; i < c->supplies; i++) c->supply[i].profile = draw_profile(d, c);
    for (int i = 0; i < c->demands; i++) c->demand[i].profile = draw_profile(d, c);
    for (int i = 0; i < c->links; i++) c->link[i].profile = draw_profile(d, c);
    for (int i = 0; i < c->transfers; i++) c->transfer[i].profile = draw_profile(d, c);
    for (int i = 0; i < c->handlings; i++) c->handling[i].profile = draw_profile(d, c);
}

/* At most one row speaks of a link. */
static inline void draw_link_periods(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, MOST_RULES), days = draw_horizon(c);
    for (int i = 0; i < count; i++) {
        draw_link_period x = {.link = (int)draw_int(d, 0, c->links - 1), .period = -1};
        x.availability = draw_chance(d, 60) ? draw_int(d, 0, 1000) : -1;
        x.capacity = draw_chance(d, 40) ? c->link[x.link].background + draw_amount(d, 20) : -1;
        x.cost = draw_chance(d, 40) ? draw_cost(d, 2) : -1;
        x.first = (int)draw_int(d, 0, days - 1);
        x.last = (int)draw_int(d, x.first, days - 1);
        if (draw_chance(d, 50)) x.period = (int)draw_int(d, 0, c->periods - 1);
        bool again = false;
        for (int j = 0; j < c->link_periods; j++) again |= c->link_period[j].link == x.link;
        if (!again) c->link_period[c->link_periods++] = x;
    }
}

static inline void draw_transit(draw *d, draw_case *c)
{
    const int most = draw_chance(d, 50) ? 60 : 1200; /* tenths of a day */
    c->open_horizon = draw_chance(d, 50);
    for (int m = 0; m < c->modes; m++)
        c->mode_speed[m] = draw_chance(d, 50) ? 100 * (int)draw_int(d, 1, 8) : 0;
    for (int i = 0; i < c->links; i++) {
        c->link[i].length -= c->link[i].length % 100;
        if (draw_chance(d, 60))
            c->link[i].transit = (int)draw_int(d, 1, most) / (draw_chance(d, 50) ? 1 : 10) * 5;
    }
    const int days = draw_horizon(c), count = c->open_horizon ? (int)draw_int(d, 0, 3) : 0;
    for (int i = 0; i < count; i++) {
        const draw_demand *dm = &c->demand[draw_int(d, 0, c->demands - 1)];
        for (int l = 0; l < c->links; l++) {
            const draw_link *k = &c->link[l];
            const bool back = k->from == dm->place;
            if ((!back && k->to != dm->place) || (back && !k->two_way) ||
                !(k->carries >> c->class_of[dm->good] & 1) || !draw_is_open(k->status) ||
                c->place_status[dm->place] != OPEN || (c->requires[dm->good] && !k->permit))
                continue;
            c->under_way[c->under_ways++] =
                (draw_under_way){l, dm->good, (int)draw_int(d, 0, days - 1), back,
                                 draw_int(d, 0, dm->base / 10)};
            break;
        }
    }
}

static inline void draw_storages(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, 3);
    for (int i = 0; i < count; i++) {
        draw_storage s = {.good = (int)draw_int(d, 0, c->goods - 1)};
        const draw_link *l = &c->link[draw_int(d, 0, c->links - 1)];
        if (!(l->carries >> c->class_of[s.good] & 1)) continue;
        s.place = draw_chance(d, 50) ? l->from : l->to;
        s.mode = l->mode;
        s.capacity = draw_amount(d, 10);
        s.rule = (draw_final)draw_int(d, CYCLIC, ANYTHING);
        s.min = draw_chance(d, 40) ? draw_int(d, 0, s.capacity) / 4 : 0;
        s.initial =
            s.rule == CYCLIC && draw_chance(d, 60) ? -1 : draw_int(d, s.min, s.capacity);
        s.final = s.rule == FIXED || s.rule == AT_LEAST ? draw_int(d, s.min, s.capacity) : -1;
        s.in_rate = draw_chance(d, 50) ? draw_amount(d, 40) : -1;
        s.out_rate = draw_chance(d, 50) ? draw_amount(d, 40) : -1;
        s.in_cost = draw_chance(d, 50) ? draw_int(d, 0, 3000) : 0;
        s.out_cost = draw_chance(d, 50) ? draw_int(d, 0, 3000) : 0;
        s.holding = draw_chance(d, 60) ? draw_int(d, 0, 9000) : 0;
        s.loss = draw_chance(d, 50) ? 365 * draw_int(d, 0, 100) : 0;
        /* one period that follows on itself keeps nothing, so it loses nothing */
        if (s.rule == CYCLIC && s.initial < 0 && c->periods < 2) s.min = s.loss = 0;
        c->storage[c->storages++] = s;
    }
}

/* Rounding may cost a few flow units: dear shortages would make that seen. */
static inline void draw_cheaper(draw_case *c)
{
    const int64_t most = 1000000;
    for (int i = 0; i < c->demands; i++) {
        draw_demand *m = &c->demand[i];
        if (m->shortage > most) m->shortage = most;
        if (m->min_shortage > 2 * most) m->min_shortage = 2 * most;
    }
    for (int i = 0; i < c->supplies; i++)
        if (c->supply[i].shut_in > most) c->supply[i].shut_in = most;
}

static inline void draw_losses(draw *d, draw_case *c)
{
    for (int m = 0; m < c->modes; m++)
        c->mode_loss[m] = draw_chance(d, 40) ? 10 * (int)draw_int(d, 0, 60) : 0;
    for (int i = 0; i < c->links; i++)
        if (draw_chance(d, 50))
            c->link[i].loss =
                (int)(draw_chance(d, 50) ? draw_int(d, 1, 3000) : 1000 * draw_int(d, 1, 50));
}

static inline void draw_curves(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, 6);
    for (int i = 0; i < count; i++) {
        draw_curve x = {.of_supply = draw_chance(d, 50), .steps = (int)draw_int(d, 1, 3)};
        x.object = (int)draw_int(d, 0, (x.of_supply ? c->supplies : c->links) - 1);
        for (int k = 0; k < x.steps; k++) {
            x.from[k] = k ? x.from[k - 1] + draw_int(d, 1, 8000) : draw_int(d, 0, 5000);
            x.add[k] = k ? x.add[k - 1] + draw_int(d, 1, 30000) : draw_int(d, 0, 30000);
        }
        bool again = false;
        for (int j = 0; j < c->curves; j++)
            again |= c->curve[j].of_supply == x.of_supply && c->curve[j].object == x.object;
        if (!again) c->curve[c->curves++] = x;
    }
}

static inline void draw_contracts(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, 4);
    for (int i = 0; i < count; i++) {
        draw_contract k = {.supply = (int)draw_int(d, 0, c->supplies - 1)};
        k.demand = (int)draw_int(d, 0, c->demands - 1);
        if (c->supply[k.supply].good != c->demand[k.demand].good) continue;
        k.min = draw_chance(d, 80) ? draw_amount(d, 6) : 0;
        k.max = draw_chance(d, 40) ? k.min + draw_amount(d, 6) : -1;
        k.shortfall = draw_chance(d, 80) ? draw_cost(d, 2) : -1;
        bool again = false;
        for (int j = 0; j < c->contracts; j++)
            again |= c->contract[j].supply == k.supply && c->contract[j].demand == k.demand;
        if (!again) c->contract[c->contracts++] = k;
    }
    for (int i = 0; i < c->contracts; i++) {
        c->contract[i].by_period = draw_chance(d, 50);
        if (c->contract[i].by_period && c->profiles > 0)
            c->contract[i].profile = draw_profile(d, c);
    }
}

static inline void draw_members(draw *d, draw_case *c, int group)
{
    const int members = (int)draw_int(d, 1, 4);
    for (int i = 0; i < members; i++)
        c->member[c->members++] =
            (draw_member){group, (int)draw_int(d, 0, c->links - 1),
                          draw_chance(d, 50) ? -1 : (int)draw_int(d, 0, c->goods - 1),
                          draw_chance(d, 50) ? 1000 : draw_int(d, 0, 2500)};
}

static inline void draw_groups(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, 3);
    for (int i = 0; i < count; i++) {
        const int g = c->groups++;
        c->group_by_horizon[g] = draw_chance(d, 60);
        c->group_capacity[g] = draw_chance(d, 80) ? draw_amount(d, 15) : -1;
        c->group_min[g] = draw_chance(d, 20) && c->group_capacity[g] > 0
                              ? draw_int(d, 0, c->group_capacity[g] / 4)
                              : 0;
        draw_members(d, c, g);
    }
}

static inline void draw_ramps(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, 2);
    for (int i = 0; i < count; i++) {
        const int g = c->groups++;
        c->group_by_horizon[g] = false;
        c->group_capacity[g] = draw_chance(d, 70) ? -1 : draw_amount(d, 30);
        c->group_min[g] = 0;
        draw_members(d, c, g);
        c->ramp[c->ramps++] = (draw_ramp){g, draw_chance(d, 50) ? draw_amount(d, 20) : -1,
                                          draw_chance(d, 40) ? draw_amount(d, 20) : -1,
                                          draw_chance(d, 70) ? draw_int(d, 0, 40000) : 0};
    }
    for (int g = 0; g < c->groups; g++)
        for (int t = 0; t < c->periods; t++)
            c->plan[g][t] = draw_chance(d, 30) ? 0 : draw_int(d, 0, 10000) * c->days[t] / 365;
}

static inline void draw_conversions(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, 3);
    for (int i = 0; i < count && c->goods > 1; i++) {
        draw_conversion x = {.place = (int)draw_int(d, 0, c->places - 1)};
        x.capacity = draw_amount(d, 15);
        x.cost = draw_chance(d, 60) ? draw_cost(d, 2) : 0;
        x.profile = c->profiles > 0 ? draw_profile(d, c) : 0;
        /* goods become goods of higher numbers: nothing is made of what is made of it */
        const int first = (int)draw_int(d, 0, c->goods - 2);
        const int most = c->goods - first < 4 ? c->goods - first : 4;
        const int flows = (int)draw_int(d, 2, most), ins = (int)draw_int(d, 1, flows - 1);
        for (int f = 0; f < flows; f++) {
            x.good[f] = first + f;
            x.out[f] = f >= ins;
            x.quantity[f] = f == 0 ? 1000 : draw_int(d, 1, 1500);
        }
        x.flows = flows;
        c->conversion[c->conversions++] = x;
    }
}

static inline void draw_selection(draw *d, const draw_case *c, draw_policy *p)
{
    if (draw_chance(d, 60)) {
        const int named = (int)draw_int(d, 1, 3);
        for (int i = 0; i < named; i++) p->supplies |= 1u << draw_int(d, 0, c->supplies - 1);
    }
    if (draw_chance(d, 30)) {
        p->mode = c->link[draw_int(d, 0, c->links - 1)].mode;
    } else if (draw_chance(d, 60)) {
        p->links = (int)draw_int(d, 1, 3);
        for (int i = 0; i < p->links; i++) p->link[i] = (int)draw_int(d, 0, c->links - 1);
    }
    if (draw_chance(d, 40)) p->into = c->country[draw_int(d, 0, c->places - 1)];
}

static inline void draw_policies(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, 4), days = draw_horizon(c);
    for (int i = 0; i < count; i++) {
        draw_policy p = {.kind = (draw_kind)draw_int(d, EMBARGO, EMISSION_CAP),
                         .good = -1,
                         .into = -1,
                         .market = -1,
                         .mode = -1,
                         .first = -1,
                         .last = -1};
        if (draw_chance(d, 60)) p.good = (int)draw_int(d, 0, c->goods - 1);
        if (p.kind != DIVERSIFICATION)
            draw_selection(d, c, &p);
        else if (draw_chance(d, 50))
            p.market = c->demand[draw_int(d, 0, c->demands - 1)].market;
        p.by_period = draw_chance(d, 50);
        if (draw_chance(d, 40) && c->periods > 0) {
            if (draw_chance(d, 70)) p.first = (int)draw_int(d, 0, days - 1);
            if (draw_chance(d, 70))
                p.last = (int)draw_int(d, p.first < 0 ? 0 : p.first, days - 1);
        }
        p.value = p.kind == QUOTA                                    ? draw_amount(d, 8)
                  : p.kind == OBLIGATION                             ? draw_int(d, 0, 1000)
                  : p.kind == MAX_SHARE || p.kind == DIVERSIFICATION ? draw_int(d, 0, 1000)
                  : p.kind == MIN_SHARE                              ? draw_int(d, 0, 150)
                  : p.kind == EMISSION_PRICE ? 1000 * draw_int(d, 0, 100)
                                             : 1000 * draw_int(d, 0, 2000000);
        c->policy[c->policies++] = p;
    }
    for (int i = 0; i < c->links; i++)
        c->link[i].emission = draw_chance(d, 70) ? (int)draw_int(d, 1, 90) : 0;
    for (int g = 0; g < c->goods; g++)
        c->mass[g] = draw_chance(d, 40) ? 1000 * (int)draw_int(d, 1, 4) : 0;
}

/* Whether changes and rules of the case name the link by its id. */
static inline bool draw_link_is_named(const draw_case *c, int link)
{
    bool named = false;
    for (int i = 0; i < c->rules; i++) named |= c->rule[i].link == link;
    for (int i = 0; i < c->members; i++) named |= c->member[i].link == link;
    for (int i = 0; i < c->link_periods; i++) named |= c->link_period[i].link == link;
    for (int i = 0; i < c->under_ways; i++) named |= c->under_way[i].link == link;
    for (int i = 0; i < c->curves; i++)
        named |= !c->curve[i].of_supply && c->curve[i].object == link;
    for (int i = 0; i < c->changes; i++)
        named |= c->change[i].field <= LINK_INSERTED && c->change[i].row == link;
    for (int i = 0; i < c->policies; i++)
        for (int l = 0; l < c->policy[i].links; l++) named |= c->policy[i].link[l] == link;
    for (int i = 0; i < c->storages; i++) /* the place has to have the mode at all times */
        named |= c->storage[i].mode == c->link[link].mode;
    return named;
}

static inline bool draw_supply_is_named(const draw_case *c, int supply)
{
    bool named = false;
    for (int i = 0; i < c->contracts; i++) named |= c->contract[i].supply == supply;
    return named;
}

/* False: the case has no row that can be changed so. */
static inline bool draw_one_change(draw *d, draw_case *c, draw_change *x)
{
    const draw_field f = x->field;
    const int rows = f <= LINK_REMOVED        ? c->links
                     : f == LINK_INSERTED     ? 1
                     : f <= SUPPLY_STATUS     ? c->supplies
                     : f <= DEMAND_SHORTAGE   ? c->demands
                     : f == CONTRACT_MIN      ? c->contracts
                     : f <= TRANSFER_CAPACITY ? c->transfers
                     : f == HANDLING_CAPACITY ? c->handlings
                                              : c->conversions;
    if (rows == 0) return false;
    x->row = (int)draw_int(d, 0, rows - 1);
    x->operation = 'a';
    x->value = draw_amount(d, 12);
    if (f == LINK_COST || f == SUPPLY_SHUT_IN || f == SUPPLY_COST || f == TRANSFER_COST) {
        x->value = draw_cost(d, 2);
        if (f == LINK_COST) x->operation = 's';
    }
    if (f == SUPPLY_QUANTITY || f == DEMAND_MIN || f == DEMAND_SHORTAGE || f == CONTRACT_MIN ||
        f == HANDLING_CAPACITY || f == CONVERSION_CAPACITY || f == TRANSFER_CAPACITY ||
        (f == LINK_CAPACITY && c->link[x->row].background == 0 && draw_chance(d, 70))) {
        x->operation = 'x';
        x->value = 100 * draw_int(d, 0, 10);
    }
    if (f == TRANSFER_CAPACITY && c->transfer[x->row].capacity < 0) return false;
    if (f <= LINK_REMOVED && c->link[x->row].inserted)
        return false; /* it is not always there */
    if (f == SUPPLY_STATUS && draw_supply_is_named(c, x->row)) return false;
    if (f == LINK_REMOVED && draw_link_is_named(c, x->row)) return false;
    for (int i = 0; i < c->changes; i++) /* one that removes a row goes alone */
        if (c->change[i].field == LINK_REMOVED && f <= LINK_REMOVED &&
            c->change[i].row == x->row)
            return false;
    if (f == LINK_STATUS || f == SUPPLY_STATUS) {
        x->operation = 's';
        x->status = (int)draw_int(d, OPEN, IDLE);
    }
    if (f == LINK_INSERTED) {
        if (c->links == MOST_LINKS) return false;
        draw_link *l = &c->link[x->row = c->links];
        *l = c->link[draw_int(d, 0, c->links - 1)];
        l->carries = 1 << draw_int(d, 0, c->classes - 1);
        l->status = OPEN;
        l->inserted = true;
        l->cost = draw_cost(d, 2);
        l->capacity = l->background + draw_amount(d, 20);
        c->links++;
    }
    return true;
}

static inline void draw_changes(draw *d, draw_case *c)
{
    const int count = (int)draw_int(d, 1, 6), days = draw_horizon(c);
    for (int i = 0; i < count; i++) {
        draw_change x = {
            .field = (draw_field)draw_int(d, 0, FIELDS - 1), .first = -1, .last = -1};
        if (!draw_one_change(d, c, &x)) continue;
        if (draw_chance(d, 80)) x.first = (int)draw_int(d, 0, days - 1);
        if (draw_chance(d, 80)) x.last = (int)draw_int(d, x.first < 0 ? 0 : x.first, days - 1);
        c->change[c->changes++] = x;
    }
}

/* Flows that may run in a circle meet minimums for nothing, and how far they may is not said. */
static inline bool draw_has_minimum(const draw_case *c)
{
    bool any = c->ramps > 0;
    for (int g = 0; g < c->groups; g++) any |= c->group_min[g] > 0;
    for (int i = 0; i < c->policies; i++)
        any |= c->policy[i].kind == OBLIGATION || c->policy[i].kind == MIN_SHARE;
    return any;
}

static inline void draw_without_circles(draw_case *c)
{
    for (int i = 0; i < c->links; i++) {
        draw_link *l = &c->link[i];
        l->two_way = false;
        if (l->from < l->to) continue;
        const int from = l->from;
        l->from = l->to;
        l->to = from;
    }
}

/* features: WITH_*; periods come with all of them. */
static inline void draw_rules_of(draw *d, draw_case *c, int features)
{
    draw_periods(d, c);
    if (features & WITH_FRACTIONS) draw_cheaper(c);
    for (int p = 0; p < c->places; p++) c->country[p] = (int)draw_int(d, 0, 2);
    for (int i = 0; i < c->demands; i++) c->demand[i].market = (int)draw_int(d, 0, 1);
    if (features & WITH_PROFILES) draw_profiles(d, c);
    if (features & WITH_CONTRACTS) draw_contracts(d, c);
    if (features & WITH_GROUPS) draw_groups(d, c);
    if (features & WITH_RAMPS) draw_ramps(d, c);
    if (features & WITH_POLICIES) draw_policies(d, c);
    if (draw_has_minimum(c)) draw_without_circles(c);
    if (features & WITH_LINK_PERIODS) draw_link_periods(d, c);
    if (features & WITH_TRANSIT) draw_transit(d, c);
    if (features & WITH_STORAGE) draw_storages(d, c);
    if (features & WITH_LOSSES) draw_losses(d, c);
    if (features & WITH_CURVES) draw_curves(d, c);
    if (features & WITH_CONVERSIONS) draw_conversions(d, c);
    if (features & WITH_DATES) draw_changes(d, c);
}

#endif
