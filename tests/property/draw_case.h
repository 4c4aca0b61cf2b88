/* Random cases: the network, the goods and the terms of one year. What has to do with time, and
 * the rules, are drawn on top by draw_rules.h. Quantities and costs are in thousandths. */
#ifndef STEPPE_DRAW_CASE_H
#define STEPPE_DRAW_CASE_H

#include "tests/check.h"

enum {
    MOST_PLACES = 40,
    MOST_MODES = 4,
    MOST_GOODS = 5,
    MOST_LINKS = 160,
    MOST_ENDS = 24,
    MOST_ROWS = 60,
    MOST_PERIODS = 6,
    MOST_PROFILES = 4,
    MOST_RULES = 8 /* storages, conversions, policies, ramps */
};

typedef struct {
    int from, to, mode, carries, status, year, length;
    bool two_way, permit;
    int64_t capacity, background, cost, risk; /* cost -1: of the mode */
    int profile;                              /* of the case, from 1; 0: none */
    int loss;                                 /* thousandths of a percent; 0: of the mode */
    int transit;                              /* tenths of a day; 0: length / speed */
    int emission;                             /* g per tkm */
    bool inserted;                            /* only a change of the scenario inserts it */
} draw_link;

typedef struct {
    int place, from, to, carries;
    int64_t cost, capacity; /* capacity -1: none */
    int profile;
} draw_transfer;

typedef struct {
    int place, class;
    int64_t capacity;
    int profile;
} draw_handling;

typedef struct {
    int place, good, status;
    int64_t quantity, max, cost, shut_in;
    int profile;
} draw_supply;

typedef struct {
    int place, good;
    int64_t base, min, max, shortage, min_shortage;
    int profile, market;
} draw_demand;

typedef struct {
    int supply, demand;
    int64_t min, max, shortfall; /* -1: none, hard */
    bool by_period;
    int profile;
} draw_contract;

typedef struct {
    int link, good;
    bool allowed;
    int64_t use, cost; /* cost -1: the link's */
} draw_rule;

typedef struct {
    int group, link, good; /* good -1: all */
    int64_t weight;
} draw_member;

/* Other terms of a link: in a period, or (period -1) between two days. */
typedef struct {
    int link, period, first, last;
    int64_t availability, capacity, cost; /* -1: as usual */
} draw_link_period;

typedef struct {
    int link, good, day;
    bool back;
    int64_t quantity;
} draw_under_way;

typedef enum { CYCLIC, FIXED, AT_LEAST, ANYTHING } draw_final;

typedef struct {
    int place, good, mode;
    draw_final rule;
    int64_t capacity, min, in_rate, out_rate, in_cost, out_cost, holding, initial, final;
    int64_t loss; /* thousandths of a percent a year */
} draw_storage;

typedef struct {
    bool of_supply;
    int object, steps;
    int64_t from[3], add[3];
} draw_curve;

typedef struct {
    int place, flows, profile;
    int64_t capacity, cost;
    int good[4];
    bool out[4];
    int64_t quantity[4];
} draw_conversion;

typedef enum {
    EMBARGO,
    QUOTA,
    OBLIGATION,
    MAX_SHARE,
    MIN_SHARE,
    DIVERSIFICATION,
    EMISSION_PRICE,
    EMISSION_CAP
} draw_kind;

typedef struct {
    draw_kind kind;
    int good, into, market;   /* -1: all, everywhere */
    uint32_t supplies;        /* a bit for each that the selector names; 0: all */
    int link[3], links, mode; /* links 0 and mode -1: all */
    int64_t value;
    bool by_period;
    int first, last; /* days from the first of the horizon; -1: open */
} draw_policy;

typedef struct {
    int group;
    int64_t up, down, cost;
} draw_ramp;

typedef enum {
    LINK_CAPACITY,
    LINK_COST,
    LINK_STATUS,
    LINK_REMOVED,
    LINK_INSERTED,
    SUPPLY_QUANTITY,
    SUPPLY_MAX,
    SUPPLY_COST,
    SUPPLY_SHUT_IN,
    SUPPLY_STATUS,
    DEMAND_MIN,
    DEMAND_MAX,
    DEMAND_SHORTAGE,
    CONTRACT_MIN,
    TRANSFER_COST,
    TRANSFER_CAPACITY,
    HANDLING_CAPACITY,
    CONVERSION_CAPACITY,
    FIELDS
} draw_field;

/* A row of scenario_change; days from the first of the horizon, -1: open. */
typedef struct {
    draw_field field;
    int row, status, first, last;
    char operation; /* set, scale, add */
    int64_t value;
} draw_change;

typedef struct {
    int places, modes, classes, goods;
    int place_status[MOST_PLACES];
    int class_of[MOST_GOODS];
    bool requires[MOST_GOODS];
    int64_t mode_fixed[MOST_MODES], mode_var[MOST_MODES];
    draw_link link[MOST_LINKS];
    draw_transfer transfer[MOST_ROWS];
    draw_handling handling[MOST_ROWS];
    draw_supply supply[MOST_ENDS];
    draw_demand demand[MOST_ENDS];
    draw_contract contract[MOST_ROWS];
    draw_rule rule[MOST_ROWS];
    int64_t group_capacity[MOST_ROWS], group_min[MOST_ROWS];
    draw_member member[MOST_ROWS];
    bool group_by_horizon[MOST_ROWS];
    int links, transfers, handlings, supplies, demands, contracts, rules, groups, members;

    int periods, first_day, days[MOST_PERIODS]; /* no periods: a year without dates */
    bool open_horizon;
    int profiles, factor[MOST_PROFILES + 1][13];       /* by month; -1: no row */
    int mode_speed[MOST_MODES], mode_loss[MOST_MODES]; /* km a day; 0.001 % per 100 km */
    int country[MOST_PLACES], mass[MOST_GOODS];        /* thousandths; 0: by default */
    draw_link_period link_period[MOST_RULES];
    draw_under_way under_way[MOST_RULES];
    draw_storage storage[MOST_RULES];
    draw_curve curve[MOST_RULES];
    draw_conversion conversion[MOST_RULES];
    draw_policy policy[MOST_RULES];
    draw_ramp ramp[MOST_RULES];
    int64_t plan[MOST_ROWS][MOST_PERIODS];
    draw_change change[MOST_RULES];
    int link_periods, under_ways, storages, curves, conversions, policies, ramps, changes;
} draw_case;

enum { OPEN, CLOSED, LIMITED, IDLE, PLANNED_PAST, PLANNED_LATER };

static inline bool draw_is_open(int status)
{
    return status == OPEN || status == LIMITED || status == PLANNED_PAST;
}

/* ---- drawing ------------------------------------------------------------------------- */

/* A quantity: whole, halves or thousandths, so that ties and odd fractions both come up. */
static inline int64_t draw_amount(draw *d, int64_t most)
{
    switch (draw_int(d, 0, 4)) {
    case 0:
        return 1000 * draw_int(d, 0, most);
    case 1:
        return 500 * draw_int(d, 0, 2 * most);
    case 2:
        return draw_int(d, 0, 1000 * most);
    default:
        return 1000 * draw_int(d, 1, most);
    }
}

static inline int64_t draw_cost(draw *d, int style)
{
    static const int64_t range[] = {1, 10, 1000, 100000, 10000000, 1000000000};
    if (style == 0) return 1000 * draw_int(d, 0, 3); /* many ties */
    if (style == 1) return 1000 * draw_int(d, 1, 40);
    if (style == 2) return draw_int(d, 0, 50000);
    return draw_int(d, 0, range[draw_int(d, 0, 5)]); /* costs far apart */
}

static inline int draw_status(draw *d)
{
    return draw_chance(d, 88) ? OPEN : (int)draw_int(d, CLOSED, PLANNED_LATER);
}

static inline void draw_links(draw *d, draw_case *c, int count, int style)
{
    c->links = 0;
    for (int i = 0; i < count; i++) {
        draw_link *l = &c->link[c->links];
        if (i > 0 && draw_chance(d, 12)) {
            *l = c->link[draw_int(d, 0, c->links - 1)]; /* a parallel link */
            l->cost = draw_cost(d, style);
        } else {
            l->from = (int)draw_int(d, 0, c->places - 1);
            l->to = (l->from + (int)draw_int(d, 1, c->places - 1)) % c->places;
            l->mode = (int)draw_int(d, 0, c->modes - 1);
            l->carries = (int)draw_int(d, 1, (1 << c->classes) - 1);
            l->two_way = draw_chance(d, 50);
            l->length = (int)draw_int(d, 0, 3000);
            l->cost = draw_chance(d, 15) ? -1 : draw_cost(d, style);
            l->risk = draw_chance(d, 10) ? draw_cost(d, style) : 0;
            l->permit = draw_chance(d, 60);
        }
        l->status = draw_status(d);
        l->capacity = draw_chance(d, 8) ? 0 : draw_amount(d, draw_chance(d, 50) ? 12 : 60);
        l->background = draw_chance(d, 20) ? draw_int(d, 0, l->capacity) : 0;
        c->links++;
    }
}

static inline void draw_places_rows(draw *d, draw_case *c, int style)
{
    const int transfers = (int)draw_int(d, 0, c->places);
    for (int i = 0; i < transfers && c->modes > 1; i++) {
        draw_transfer x = {0};
        x.place = (int)draw_int(d, 0, c->places - 1);
        x.from = (int)draw_int(d, 0, c->modes - 1);
        x.to = draw_chance(d, 20) ? x.from : (int)draw_int(d, 0, c->modes - 1);
        x.carries = (int)draw_int(d, 1, (1 << c->classes) - 1);
        x.cost = draw_cost(d, style);
        x.capacity = draw_chance(d, 40) ? draw_amount(d, 15) : -1;
        bool again = false;
        for (int j = 0; j < c->transfers; j++)
            again |= c->transfer[j].place == x.place && c->transfer[j].from == x.from &&
                     c->transfer[j].to == x.to && c->transfer[j].carries == x.carries;
        if (!again) c->transfer[c->transfers++] = x;
    }
    const int handlings = (int)draw_int(d, 0, 3);
    for (int i = 0; i < handlings; i++) {
        draw_handling h = {.place = (int)draw_int(d, 0, c->places - 1)};
        h.class = (int)draw_int(d, 0, c->classes - 1);
        h.capacity = draw_amount(d, 25);
        bool again = false;
        for (int j = 0; j < c->handlings; j++)
            again |= c->handling[j].place == h.place && c->handling[j].class == h.class;
        if (!again) c->handling[c->handlings++] = h;
    }
}

static inline void draw_ends(draw *d, draw_case *c, int style, int most)
{
    for (int g = 0; g < c->goods; g++) {
        const int supplies = (int)draw_int(d, 1, most), demands = (int)draw_int(d, 1, most);
        for (int i = 0; i < supplies; i++) {
            draw_supply *s = &c->supply[c->supplies++];
            s->place = (int)draw_int(d, 0, c->places - 1);
            s->good = g;
            s->quantity = draw_amount(d, 15);
            s->max = s->quantity + (draw_chance(d, 40) ? draw_amount(d, 8) : 0);
            s->cost = draw_chance(d, 50) ? draw_cost(d, style) : 0;
            s->shut_in = draw_cost(d, style);
            s->status = draw_status(d);
        }
        for (int i = 0; i < demands; i++) {
            draw_demand *m = &c->demand[c->demands++];
            m->place = (int)draw_int(d, 0, c->places - 1);
            m->good = g;
            m->base = draw_amount(d, 15);
            m->min = draw_chance(d, 40) ? draw_int(d, 0, m->base / 1000) * 1000 : 0;
            m->max = m->base + (draw_chance(d, 40) ? draw_amount(d, 8) : 0);
            m->shortage = 20 * draw_cost(d, style);
            m->min_shortage = m->shortage + draw_cost(d, style);
        }
    }
}

static inline void draw_terms(draw *d, draw_case *c, int style)
{
    const int contracts = draw_chance(d, 60) ? (int)draw_int(d, 1, 5) : 0;
    for (int i = 0; i < contracts; i++) {
        draw_contract k = {0};
        k.supply = (int)draw_int(d, 0, c->supplies - 1);
        k.demand = (int)draw_int(d, 0, c->demands - 1);
        if (c->supply[k.supply].good != c->demand[k.demand].good) continue;
        k.min = draw_chance(d, 70) ? draw_amount(d, 6) : 0;
        k.max = draw_chance(d, 40) ? k.min + draw_amount(d, 6) : -1;
        k.shortfall = draw_chance(d, 75) ? draw_cost(d, style) : -1;
        bool again = false;
        for (int j = 0; j < c->contracts; j++)
            again |= c->contract[j].supply == k.supply && c->contract[j].demand == k.demand;
        if (!again) c->contract[c->contracts++] = k;
    }
    const int rules = draw_chance(d, 50) ? (int)draw_int(d, 1, 8) : 0;
    for (int i = 0; i < rules; i++) {
        draw_rule r;
        r.link = (int)draw_int(d, 0, c->links - 1);
        r.good = (int)draw_int(d, 0, c->goods - 1);
        r.allowed = draw_chance(d, 80);
        r.use = draw_chance(d, 50) ? 1000 : draw_int(d, 0, 3000);
        r.cost = draw_chance(d, 50) ? draw_cost(d, style) : -1;
        bool again = false;
        for (int j = 0; j < c->rules; j++)
            again |= c->rule[j].link == r.link && c->rule[j].good == r.good;
        if (!again) c->rule[c->rules++] = r;
    }
    c->groups = draw_chance(d, 40) ? (int)draw_int(d, 1, 3) : 0;
    for (int g = 0; g < c->groups; g++) {
        c->group_capacity[g] = draw_amount(d, 30);
        c->group_min[g] = draw_chance(d, 15) ? draw_int(d, 0, c->group_capacity[g] / 4) : 0;
        const int members = (int)draw_int(d, 1, 4);
        for (int i = 0; i < members; i++)
            c->member[c->members++] =
                (draw_member){g, (int)draw_int(d, 0, c->links - 1),
                              draw_chance(d, 50) ? -1 : (int)draw_int(d, 0, c->goods - 1),
                              draw_chance(d, 50) ? 1000 : draw_int(d, 0, 2500)};
    }
}

/* size 0: a handful of places; 2: dozens. */
static inline void draw_whole_case(draw *d, draw_case *c, int size)
{
    memset(c, 0, sizeof *c);
    const int style = (int)draw_int(d, 0, 3);
    c->places = (int)(size == 0   ? draw_int(d, 2, 5)
                      : size == 1 ? draw_int(d, 4, 12)
                                  : draw_int(d, 15, 40));
    c->modes = (int)draw_int(d, 1, size == 0 ? 2 : 4);
    c->classes = (int)draw_int(d, 1, 2);
    c->goods = (int)draw_int(d, 1, size == 0 ? 2 : 4);
    for (int p = 0; p < c->places; p++) c->place_status[p] = draw_chance(d, 96) ? OPEN : CLOSED;
    for (int g = 0; g < c->goods; g++) {
        c->class_of[g] = g < c->classes ? g : (int)draw_int(d, 0, c->classes - 1);
        c->requires[g] = draw_chance(d, 20);
    }
    if (c->goods < c->classes) c->classes = c->goods;
    for (int m = 0; m < c->modes; m++) {
        c->mode_fixed[m] = draw_cost(d, style);
        c->mode_var[m] = draw_int(d, 0, 20);
    }
    const int density = (int)draw_int(d, 1, 3);
    int links = c->places * density + 1;
    if (links > MOST_LINKS - MOST_ENDS) links = MOST_LINKS - MOST_ENDS;
    draw_links(d, c, links, style);
    draw_places_rows(d, c, style);
    draw_ends(d, c, style, size == 0 ? 2 : 4);
    draw_terms(d, c, style);
}

#endif
