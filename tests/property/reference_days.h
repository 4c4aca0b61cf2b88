/* What the words of datasets/FORMAT.md say of a drawn case, for its linear program in reference_lp.h.
 * Every day is looked at by itself, which the engine never does. */
#ifndef STEPPE_REFERENCE_DAYS_H
#define STEPPE_REFERENCE_DAYS_H

#include "write_case.h"

#include <glpk.h>

enum { MOST_LAYERS = MOST_ENDS + MOST_GOODS, MOST_ENTRIES = 512, COUNTRIES = 3, MARKETS = 2 };

typedef struct {
    const draw_case *c;
    bool changed; /* with the changes of the scenario */
    glp_prob *lp;
    int T, first[MOST_PERIODS], days[MOST_PERIODS], horizon;
    int layers, layer_good[MOST_LAYERS], layer_of[MOST_ENDS]; /* of supplies */
    uint32_t layer_supplies[MOST_LAYERS];
    int *arrive, *depart; /* of the layer at hand, see ref_place() */
    int link_row[MOST_PERIODS][MOST_LINKS], link_curve[MOST_PERIODS][MOST_LINKS][3];
    int transfer_row[MOST_PERIODS][MOST_ROWS], handling_row[MOST_PERIODS][MOST_ROWS];
    int group_row[MOST_PERIODS][MOST_ROWS], ramp_row[MOST_PERIODS][MOST_ROWS];
    int demand_row[MOST_PERIODS][MOST_ENDS], contract_row[MOST_PERIODS][MOST_ROWS];
    int use_row[MOST_PERIODS][MOST_ENDS]; /* supplies: produced, where it goes */
    int policy_row[MOST_PERIODS][MOST_RULES];
    int entry_row[MOST_PERIODS][MOST_RULES][MARKETS][MOST_GOODS][COUNTRIES];
    int in_row[MOST_PERIODS][MOST_RULES], out_row[MOST_PERIODS][MOST_RULES];
    int stock_row[MOST_PERIODS][MOST_RULES];   /* stock at the end of a period, all layers */
    int balance_row[MOST_PERIODS][MOST_RULES]; /* of the layer at hand */
    int feed_row[MOST_PERIODS][MOST_RULES][4]; /* conversions: what goes in and comes out */
    bool leads[2][MOST_PLACES * MOST_MODES];   /* of the good at hand, see ref_find_ways() */
    int index[MOST_ENTRIES];
    double value[MOST_ENTRIES];
    int entries;
} reference;

static inline int ref_row(reference *r, int type, double low, double up)
{
    const int i = glp_add_rows(r->lp, 1);
    glp_set_row_bnds(r->lp, i, type == GLP_DB && low == up ? GLP_FX : type, low, up);
    return i;
}

static inline int ref_sum_zero(reference *r)
{
    return ref_row(r, GLP_FX, 0.0, 0.0);
}

static inline void ref_entry(reference *r, int row, double v)
{
    if (row <= 0 || v == 0.0) return;
    for (int e = 1; e <= r->entries; e++) {
        if (r->index[e] != row) continue;
        r->value[e] += v;
        return;
    }
    if (r->entries + 1 == MOST_ENTRIES) exit(2);
    r->index[++r->entries] = row;
    r->value[r->entries] = v;
}

/* A column with the entries collected so far; up < 0: none. */
static inline void ref_column(reference *r, double cost, double up)
{
    const int j = glp_add_cols(r->lp, 1);
    glp_set_obj_coef(r->lp, j, cost);
    glp_set_col_bnds(r->lp, j, up < 0.0 ? GLP_LO : up > 0.0 ? GLP_DB : GLP_FX, 0.0, up);
    int kept = 0;
    for (int e = 1; e <= r->entries; e++) {
        if (r->value[e] == 0.0) continue;
        r->index[++kept] = r->index[e];
        r->value[kept] = r->value[e];
    }
    glp_set_mat_col(r->lp, j, kept, r->index, r->value);
    r->entries = 0;
}

/* ---- what the tables say on a day ------------------------------------------------------ */

static inline double ref_number(int64_t v)
{
    return (double)v / 1000.0;
}

/* A cost is a whole number of the cost unit; the tables drawn here need no more than six places. */
static inline double ref_cost(double v)
{
    return floor(v * 1e6 + 0.5 + 1e-6) / 1e6;
}

static inline bool ref_holds(const draw_change *x, int day)
{
    return day >= x->first && (x->last < 0 || day <= x->last);
}

static inline double ref_today(const reference *r, draw_field field, int row, int64_t v,
                               int day)
{
    double now = ref_number(v);
    for (int i = 0; r->changed && i < r->c->changes; i++) {
        const draw_change *x = &r->c->change[i];
        if (x->field != field || x->row != row || !ref_holds(x, day)) continue;
        const double by = ref_number(x->value);
        now = x->operation == 's' ? by : x->operation == 'x' ? now * by : now + by;
    }
    return now;
}

static inline bool ref_place_open(const draw_case *c, int place)
{
    return c->place_status[place] == OPEN;
}

static inline bool ref_link_open(const reference *r, int i, int day)
{
    const draw_link *l = &r->c->link[i];
    int status = l->status;
    bool there = !l->inserted;
    for (int k = 0; r->changed && k < r->c->changes; k++) {
        const draw_change *x = &r->c->change[k];
        if (x->row != i || !ref_holds(x, day)) continue;
        if (x->field == LINK_STATUS) status = x->status;
        if (x->field == LINK_REMOVED) there = false;
        if (x->field == LINK_INSERTED) there = true;
    }
    return there && draw_is_open(status) && ref_place_open(r->c, l->from) &&
           ref_place_open(r->c, l->to);
}

static inline bool ref_supply_open(const reference *r, int i, int day)
{
    int status = r->c->supply[i].status;
    for (int k = 0; r->changed && k < r->c->changes; k++)
        if (r->c->change[k].field == SUPPLY_STATUS && r->c->change[k].row == i &&
            ref_holds(&r->c->change[k], day))
            status = r->c->change[k].status;
    return draw_is_open(status) && ref_place_open(r->c, r->c->supply[i].place);
}

/* The mean of a profile over the days of a period. */
static inline double ref_season(const reference *r, int profile, int t)
{
    double sum = 0.0;
    if (profile == 0) return 1.0;
    for (int day = r->first[t]; day < r->first[t] + r->days[t]; day++) {
        int year, month, of_month;
        draw_calendar(r->c->first_day + day, &year, &month, &of_month);
        const int factor = r->c->factor[profile][month];
        sum += factor < 0 ? 1.0 : ref_number(factor);
    }
    return sum / r->days[t];
}

/* A yearly amount in period t, day by day; v -1: none. */
static inline double ref_sum(const reference *r, draw_field field, int row, int64_t v,
                             int profile, int t)
{
    double sum = 0.0;
    for (int day = r->first[t]; day < r->first[t] + r->days[t]; day++)
        sum += ref_today(r, field, row, v, day);
    return v < 0 ? -1.0 : sum * ref_season(r, profile, t) / 365.0;
}

static inline double ref_share(const reference *r, int64_t v, int t)
{
    return ref_number(v) * r->days[t] / 365.0;
}

static inline double ref_supply_sum(const reference *r, draw_field field, int s, int64_t v,
                                    int t)
{
    double sum = 0.0;
    for (int day = r->first[t]; day < r->first[t] + r->days[t]; day++)
        if (ref_supply_open(r, s, day)) sum += ref_today(r, field, s, v, day);
    return sum;
}

static inline int ref_supply_days(const reference *r, int s, int t)
{
    int open = 0;
    for (int day = r->first[t]; day < r->first[t] + r->days[t]; day++)
        open += ref_supply_open(r, s, day);
    return open;
}

/* The row of link_period that speaks of the link on the day. */
static inline const draw_link_period *ref_terms(const reference *r, int link, int t, int day)
{
    for (int i = 0; i < r->c->link_periods; i++) {
        const draw_link_period *x = &r->c->link_period[i];
        if (x->link != link) continue;
        if (x->period >= 0 ? x->period == t : day >= x->first && day <= x->last) return x;
    }
    return NULL;
}

static inline double ref_link_capacity(const reference *r, int i, int t)
{
    const draw_link *l = &r->c->link[i];
    const double season = ref_season(r, l->profile, t);
    double sum = 0.0;
    for (int day = r->first[t]; day < r->first[t] + r->days[t]; day++) {
        if (!ref_link_open(r, i, day)) continue;
        const draw_link_period *x = ref_terms(r, i, t, day);
        double now = season * ref_today(r, LINK_CAPACITY, i, l->capacity, day);
        if (x && x->capacity >= 0) now = ref_number(x->capacity);
        if (x && x->availability >= 0) now *= ref_number(x->availability);
        now -= ref_number(l->background);
        if (now > 0.0) sum += now;
    }
    return sum / 365.0;
}

/* Mean cost over the days on which the link takes the good; false: on none. */
static inline bool ref_link_cost(const reference *r, int i, int good, int t, double *cost)
{
    const draw_case *c = r->c;
    const draw_link *l = &c->link[i];
    const draw_rule *rule = NULL;
    int days = 0;
    double sum = 0.0;
    if (!(l->carries >> c->class_of[good] & 1) || (c->requires[good] && !l->permit))
        return false;
    for (int q = 0; q < c->rules; q++)
        if (c->rule[q].link == i && c->rule[q].good == good) rule = &c->rule[q];
    if (rule && !rule->allowed) return false;
    const int64_t usual =
        l->cost >= 0 ? l->cost : c->mode_fixed[l->mode] + l->length * c->mode_var[l->mode];
    for (int day = r->first[t]; day < r->first[t] + r->days[t]; day++) {
        if (!ref_link_open(r, i, day)) continue;
        const draw_link_period *x = ref_terms(r, i, t, day);
        days++;
        if (rule && rule->cost >= 0)
            sum += ref_number(rule->cost);
        else if (x && x->cost >= 0)
            sum += ref_number(x->cost);
        else
            sum += ref_today(r, LINK_COST, i, usual, day) + ref_number(l->risk);
    }
    *cost = days > 0 ? ref_cost(sum / days) : 0.0;
    return days > 0;
}

static inline double ref_loss(const draw_case *c, const draw_link *l)
{
    const double percent = l->loss > 0 ? ref_number(l->loss)
                                       : ref_number(c->mode_loss[l->mode]) * l->length / 100.0;
    return round(percent * 1e4) / 1e6;
}

/* Period of arrival of what enters the link in period t; T: it has left. */
static inline int ref_arrival(const reference *r, const draw_link *l, int t)
{
    const draw_case *c = r->c;
    const int speed = c->mode_speed[l->mode];
    if (c->periods == 0) return t;
    /* in tenths of half days, so that a border is met exactly */
    int64_t days = 2 * l->transit;
    if (l->transit == 0) days = speed > 0 ? 20 * l->length / speed : 0;
    int64_t moment = 20 * r->first[t] + 10 * r->days[t] + days;
    if (moment > 20 * r->horizon && c->open_horizon) return r->T;
    while (moment > 20 * r->horizon) moment -= 20 * r->horizon;
    /* the border between two periods belongs to the first of them */
    int at = 0;
    while (moment > 20 * (r->first[at] + r->days[at])) at++;
    return at;
}

/* How many of its days a policy covers. */
static inline int ref_covered(const reference *r, const draw_policy *p, int t)
{
    int days = 0;
    for (int day = r->first[t]; day < r->first[t] + r->days[t]; day++)
        days += day >= p->first && (p->last < 0 || day <= p->last);
    return days;
}

#endif
