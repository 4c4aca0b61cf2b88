/* Random cases, and their linear program built anew from the words of datasets/FORMAT.md.
 *
 * The program here keeps every supply apart, splits every place into arrivals and departures
 * and drops no row, so it shares no decision with engine/network.c; the optimum has to be the
 * same. Quantities and costs are in thousandths. */
#ifndef STEPPE_DRAW_CASE_H
#define STEPPE_DRAW_CASE_H

#include "tests/check.h"

#include <glpk.h>

enum {
    MOST_PLACES = 40,
    MOST_MODES = 4,
    MOST_GOODS = 5,
    MOST_LINKS = 160,
    MOST_ENDS = 24,
    MOST_ROWS = 60
};

typedef struct {
    int from, to, mode, carries, status, year, length;
    bool two_way, permit;
    int64_t capacity, background, cost, risk; /* cost -1: of the mode */
} draw_link;

typedef struct {
    int place, from, to, carries;
    int64_t cost, capacity; /* capacity -1: none */
} draw_transfer;

typedef struct {
    int place, class;
    int64_t capacity;
} draw_handling;

typedef struct {
    int place, good, status;
    int64_t quantity, max, cost, shut_in;
} draw_supply;

typedef struct {
    int place, good;
    int64_t base, min, max, shortage, min_shortage;
} draw_demand;

typedef struct {
    int supply, demand;
    int64_t min, max, shortfall; /* -1: none, hard */
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
    int links, transfers, handlings, supplies, demands, contracts, rules, groups, members;
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
        draw_transfer x;
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
        draw_handling h = {(int)draw_int(d, 0, c->places - 1),
                           (int)draw_int(d, 0, c->classes - 1), draw_amount(d, 25)};
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
        draw_contract k;
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

/* ---- writing ------------------------------------------------------------------------- */

static inline const char *draw_number(int64_t v)
{
    static char ring[16][32];
    static int next;
    char *out = ring[next++ & 15];
    if (v < 0) return ""; /* unknown: an empty cell */
    if (v % 1000 == 0)
        snprintf(out, sizeof ring[0], "%" PRId64, v / 1000);
    else
        snprintf(out, sizeof ring[0], "%" PRId64 ".%03d", v / 1000, (int)(v % 1000));
    return out;
}

static inline const char *draw_classes(const draw_case *c, int carries)
{
    static char ring[4][64];
    static int next;
    char *out = ring[next++ & 3];
    out[0] = '\0';
    for (int k = 0; k < c->classes; k++)
        if (carries >> k & 1)
            snprintf(out + strlen(out), 32, "%sclass%d", out[0] ? ";" : "", k);
    return out[0] ? out : "class0";
}

static inline const char *draw_status_cells(int status)
{
    static const char *const text[] = {"operating,", "closed,",      "limited,",
                                       "idle,",      "planned,2024", "planned,2030"};
    return text[status];
}

/* A table whose rows go out in file order, or in an order drawn from *d. */
typedef struct {
    char row[MOST_LINKS + MOST_ENDS][256];
    int rows;
} draw_rows;

static inline char *draw_next_row(draw_rows *t)
{
    return t->row[t->rows++];
}

static inline void draw_put_table(draw_rows *t, draw *d, const char *folder, const char *name,
                                  const char *head)
{
    char path[1100];
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    FILE *f = fopen(path, "w");
    if (!f) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(2);
    }
    fprintf(f, "%s\n", head);
    for (int i = t->rows - 1; d && i > 0; i--) {
        const int j = (int)draw_int(d, 0, i);
        char keep[256];
        memcpy(keep, t->row[i], sizeof keep);
        memcpy(t->row[i], t->row[j], sizeof keep);
        memcpy(t->row[j], keep, sizeof keep);
    }
    for (int i = 0; i < t->rows; i++) fprintf(f, "%s\n", t->row[i]);
    fclose(f);
    t->rows = 0;
}

#define ROW(...) snprintf(draw_next_row(&t), 256, __VA_ARGS__)

static inline void draw_write_network(const draw_case *c, draw *d, const char *folder)
{
    static draw_rows t;
    t.rows = 0;
    for (int m = 0; m < c->modes; m++)
        ROW("mode%d,%s,%s", m, draw_number(c->mode_fixed[m]), draw_number(c->mode_var[m]));
    draw_put_table(&t, d, folder, "mode",
                   "mode,fixed_cost_usd_per_unit,var_cost_usd_per_unit_km");
    for (int p = 0; p < c->places; p++)
        ROW("N%d,%d,%d,%s", p, p, p % 7, c->place_status[p] == OPEN ? "" : "closed");
    draw_put_table(&t, d, folder, "node", "node_id,x_coord,y_coord,status");
    for (int i = 0; i < c->links; i++) {
        const draw_link *l = &c->link[i];
        ROW("L%d,N%d,N%d,%s,%d,mode%d,%s,Mt,%s,%s,%s,%s,%d,%s", i, l->from, l->to,
            l->two_way ? "false" : "true", l->length, l->mode, draw_classes(c, l->carries),
            draw_number(l->capacity), draw_number(l->background), draw_number(l->cost),
            draw_number(l->risk), l->permit, draw_status_cells(l->status));
    }
    draw_put_table(
        &t, d, folder, "link",
        "link_id,from_node_id,to_node_id,directed,length,mode,carries,flow_unit,capacity_per_y,"
        "background_per_y,cost_usd_per_unit,risk_premium_usd_per_unit,permit,status,"
        "available_from_year");
    for (int i = 0; i < c->transfers; i++) {
        const draw_transfer *x = &c->transfer[i];
        ROW("N%d,mode%d,mode%d,%s,%s,%s,Mt", x->place, x->from, x->to,
            draw_classes(c, x->carries), draw_number(x->cost), draw_number(x->capacity));
    }
    draw_put_table(
        &t, d, folder, "transfer",
        "node_id,from_mode,to_mode,carries,cost_usd_per_unit,capacity_per_y,flow_unit");
    for (int i = 0; i < c->handlings; i++)
        ROW("N%d,class%d,%s,Mt", c->handling[i].place, c->handling[i].class,
            draw_number(c->handling[i].capacity));
    draw_put_table(&t, d, folder, "handling", "node_id,carries,capacity_per_y,flow_unit");
}

static inline void draw_write_goods(const draw_case *c, draw *d, const char *folder)
{
    static draw_rows t;
    t.rows = 0;
    for (int g = 0; g < c->goods; g++)
        ROW("good%d,class%d,Mt,100,%s", g, c->class_of[g], c->requires[g] ? "permit" : "");
    draw_put_table(&t, d, folder, "commodity",
                   "commodity,carries,flow_unit,reference_price_usd_per_unit,requires");
    for (int i = 0; i < c->supplies; i++) {
        const draw_supply *s = &c->supply[i];
        ROW("S%d,N%d,good%d,Mt,%s,%s,%s,%s,%s", i, s->place, s->good, draw_number(s->quantity),
            draw_number(s->max), draw_number(s->cost), draw_number(s->shut_in),
            draw_status_cells(s->status));
    }
    draw_put_table(&t, d, folder, "supply",
                   "supply_id,node_id,commodity,flow_unit,quantity_per_y,max_per_y,supply_cost_"
                   "usd_per_unit,"
                   "shut_in_cost_usd_per_unit,status,available_from_year");
    for (int i = 0; i < c->demands; i++) {
        const draw_demand *m = &c->demand[i];
        ROW("D%d,N%d,good%d,Mt,%s,%s,%s,%s,%s", i, m->place, m->good, draw_number(m->base),
            draw_number(m->min), draw_number(m->max), draw_number(m->shortage),
            draw_number(m->min_shortage));
    }
    draw_put_table(&t, d, folder, "demand",
                   "demand_id,node_id,commodity,flow_unit,base_per_y,min_per_y,max_per_y,"
                   "shortage_cost_usd_per_unit,min_shortage_cost_usd_per_unit");
    for (int i = 0; i < c->contracts; i++) {
        const draw_contract *k = &c->contract[i];
        ROW("C%d,S%d,D%d,Mt,%s,%s,%s", i, k->supply, k->demand, draw_number(k->min),
            draw_number(k->max), draw_number(k->shortfall));
    }
    draw_put_table(&t, d, folder, "contract",
                   "contract_id,supply_id,demand_id,flow_unit,min_per_y,max_per_y,shortfall_"
                   "cost_usd_per_unit");
    for (int i = 0; i < c->rules; i++)
        ROW("L%d,good%d,%d,%s,%s", c->rule[i].link, c->rule[i].good, c->rule[i].allowed,
            draw_number(c->rule[i].use), draw_number(c->rule[i].cost));
    draw_put_table(&t, d, folder, "link_commodity",
                   "link_id,commodity,allowed,capacity_use,cost_usd_per_unit");
    for (int i = 0; i < c->groups; i++)
        ROW("G%d,Mt,%s,%s", i, draw_number(c->group_capacity[i]), draw_number(c->group_min[i]));
    draw_put_table(&t, d, folder, "capacity_group",
                   "group_id,flow_unit,capacity_per_y,min_per_y");
    for (int i = 0; i < c->members; i++) {
        char good[16] = "";
        if (c->member[i].good >= 0) snprintf(good, sizeof good, "good%d", c->member[i].good);
        ROW("G%d,L%d,%s,%s", c->member[i].group, c->member[i].link, good,
            draw_number(c->member[i].weight));
    }
    draw_put_table(&t, d, folder, "capacity_group_member", "group_id,link_id,commodity,weight");
}

/* d: shuffles the rows of every table; NULL: in order. */
static inline void draw_write_case(const draw_case *c, draw *d, const char *folder)
{
    check_make_folder(folder);
    draw_write_network(c, d, folder);
    draw_write_goods(c, d, folder);
}

/* ---- the reference linear program ---------------------------------------------------- */

typedef struct {
    const draw_case *c;
    glp_prob *lp;
    int *arrive, *depart; /* place * modes + mode -> row of the supply at hand */
    int link_row[MOST_LINKS], transfer_row[MOST_ROWS], handling_row[MOST_ROWS],
        group_row[MOST_ROWS];
    int demand_row[MOST_ENDS];
    int index[MOST_ROWS + 16];
    double value[MOST_ROWS + 16];
    int entries;
} reference;

static inline int ref_row(reference *r, int type, double low, double up)
{
    const int i = glp_add_rows(r->lp, 1);
    glp_set_row_bnds(r->lp, i, type == GLP_DB && low == up ? GLP_FX : type, low, up);
    return i;
}

static inline void ref_entry(reference *r, int row, double v)
{
    if (row <= 0 || v == 0.0) return;
    for (int e = 1; e <= r->entries; e++) {
        if (r->index[e] != row) continue;
        r->value[e] += v;
        return;
    }
    r->index[++r->entries] = row;
    r->value[r->entries] = v;
}

/* A column with the entries collected so far; up < 0: none. */
static inline void ref_column(reference *r, int64_t cost, double up)
{
    const int j = glp_add_cols(r->lp, 1);
    glp_set_obj_coef(r->lp, j, (double)cost / 1000.0);
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

static inline double ref_flow(int64_t v)
{
    return (double)v / 1000.0;
}

static inline bool ref_place_open(const draw_case *c, int place)
{
    return c->place_status[place] == OPEN;
}

static inline void ref_shared_rows(reference *r)
{
    const draw_case *c = r->c;
    for (int i = 0; i < c->links; i++)
        r->link_row[i] =
            ref_row(r, GLP_UP, 0.0, ref_flow(c->link[i].capacity - c->link[i].background));
    for (int i = 0; i < c->transfers; i++)
        r->transfer_row[i] = c->transfer[i].capacity < 0
                                 ? 0
                                 : ref_row(r, GLP_UP, 0.0, ref_flow(c->transfer[i].capacity));
    for (int i = 0; i < c->handlings; i++)
        r->handling_row[i] = ref_row(r, GLP_UP, 0.0, ref_flow(c->handling[i].capacity));
    for (int i = 0; i < c->groups; i++)
        r->group_row[i] = ref_row(r, GLP_UP, 0.0, ref_flow(c->group_capacity[i]));
    for (int i = 0; i < c->demands; i++) {
        const draw_demand *m = &c->demand[i];
        r->demand_row[i] = 0;
        if (!ref_place_open(c, m->place)) continue;
        r->demand_row[i] = ref_row(r, GLP_FX, ref_flow(m->base), ref_flow(m->base));
        ref_entry(r, r->demand_row[i], 1.0);
        ref_column(r, m->shortage, ref_flow(m->base - m->min));
        ref_entry(r, r->demand_row[i], 1.0);
        ref_column(r, m->min_shortage, ref_flow(m->min));
        ref_entry(r, r->demand_row[i], -1.0);
        ref_column(r, 0, ref_flow(m->max - m->base));
    }
}

static inline void ref_enter(reference *r, int place, int class)
{
    for (int h = 0; h < r->c->handlings; h++)
        if (r->c->handling[h].place == place && r->c->handling[h].class == class)
            ref_entry(r, r->handling_row[h], 1.0);
}

static inline void ref_links(reference *r, int good)
{
    const draw_case *c = r->c;
    const int class = c->class_of[good];
    for (int i = 0; i < c->links; i++) {
        const draw_link *l = &c->link[i];
        if (!(l->carries >> class & 1) || !draw_is_open(l->status) ||
            !ref_place_open(c, l->from) || !ref_place_open(c, l->to) ||
            (c->requires[good] && !l->permit))
            continue;
        int64_t cost =
            l->cost >= 0 ? l->cost : c->mode_fixed[l->mode] + l->length * c->mode_var[l->mode];
        int64_t use = 1000;
        bool allowed = true;
        cost += l->risk;
        for (int q = 0; q < c->rules; q++) {
            if (c->rule[q].link != i || c->rule[q].good != good) continue;
            allowed = c->rule[q].allowed;
            use = c->rule[q].use;
            if (c->rule[q].cost >= 0) cost = c->rule[q].cost;
        }
        for (int back = 0; allowed && back <= l->two_way; back++) {
            const int from = back ? l->to : l->from, to = back ? l->from : l->to;
            ref_entry(r, r->depart[from * c->modes + l->mode], 1.0);
            ref_entry(r, r->arrive[to * c->modes + l->mode], -1.0);
            ref_entry(r, r->link_row[i], (double)use / 1000.0);
            ref_enter(r, to, class);
            for (int q = 0; q < c->members; q++)
                if (c->member[q].link == i &&
                    (c->member[q].good < 0 || c->member[q].good == good))
                    ref_entry(r, r->group_row[c->member[q].group],
                              (double)c->member[q].weight / 1000.0);
            ref_column(r, cost, -1.0);
        }
    }
}

static inline void ref_stops(reference *r, int class)
{
    const draw_case *c = r->c;
    for (int p = 0; p < c->places; p++) {
        if (!ref_place_open(c, p)) continue;
        for (int m = 0; m < c->modes; m++) {
            bool clearance = false;
            for (int i = 0; i < c->transfers; i++) {
                const draw_transfer *x = &c->transfer[i];
                if (x->place != p || x->from != m || !(x->carries >> class & 1)) continue;
                clearance |= x->to == m;
                ref_entry(r, r->arrive[p * c->modes + m], 1.0);
                ref_entry(r, r->depart[p * c->modes + x->to], -1.0);
                ref_entry(r, r->transfer_row[i], 1.0);
                ref_column(r, x->cost, -1.0);
            }
            if (clearance) continue;
            ref_entry(r, r->arrive[p * c->modes + m], 1.0);
            ref_entry(r, r->depart[p * c->modes + m], -1.0);
            ref_column(r, 0, -1.0);
        }
    }
}

/* What supply s brings to demand d: a row that counts it, its contract, its share of the
 * demand. */
static inline int ref_delivery(reference *r, int s, int d)
{
    const draw_case *c = r->c;
    const int count = ref_row(r, GLP_FX, 0.0, 0.0);
    int64_t min = 0, max = -1, shortfall = -1;
    for (int k = 0; k < c->contracts; k++) {
        if (c->contract[k].supply != s || c->contract[k].demand != d) continue;
        min = c->contract[k].min;
        max = c->contract[k].max;
        shortfall = c->contract[k].shortfall;
    }
    const int terms = ref_row(r, max < 0 ? GLP_LO : GLP_DB, ref_flow(min), ref_flow(max));
    ref_entry(r, count, -1.0);
    ref_entry(r, r->demand_row[d], 1.0);
    ref_entry(r, terms, 1.0);
    ref_column(r, 0, -1.0);
    if (min > 0 && shortfall >= 0) {
        ref_entry(r, terms, 1.0);
        ref_column(r, shortfall, ref_flow(min));
    }
    return count;
}

static inline void ref_supply(reference *r, int s)
{
    const draw_case *c = r->c;
    const draw_supply *sp = &c->supply[s];
    const int class = c->class_of[sp->good];
    const int production = ref_row(r, GLP_FX, ref_flow(sp->quantity), ref_flow(sp->quantity));
    ref_entry(r, production, 1.0);
    ref_column(r, sp->shut_in, ref_flow(sp->quantity));
    ref_entry(r, production, -1.0);
    ref_column(r, 0, ref_flow(sp->max - sp->quantity));
    for (int i = 0; i < c->places * c->modes; i++) {
        r->arrive[i] = ref_row(r, GLP_FX, 0.0, 0.0);
        r->depart[i] = ref_row(r, GLP_FX, 0.0, 0.0);
    }
    for (int m = 0; m < c->modes; m++) {
        ref_entry(r, production, 1.0);
        ref_entry(r, r->depart[sp->place * c->modes + m], -1.0);
        ref_enter(r, sp->place, class);
        ref_column(r, sp->cost, -1.0);
    }
    ref_links(r, sp->good);
    ref_stops(r, class);
    for (int d = 0; d < c->demands; d++) {
        const draw_demand *dm = &c->demand[d];
        if (dm->good != sp->good || !ref_place_open(c, dm->place)) continue;
        const int count = ref_delivery(r, s, d);
        for (int m = 0; m < c->modes; m++) {
            ref_entry(r, r->arrive[dm->place * c->modes + m], 1.0);
            ref_entry(r, count, 1.0);
            ref_column(r, 0, -1.0);
        }
        if (dm->place != sp->place) continue;
        ref_entry(r, production, 1.0);
        ref_entry(r, count, 1.0);
        ref_enter(r, sp->place, class);
        ref_column(r, sp->cost, -1.0);
    }
}

/* The case as a linear program, built from the rules of the format. For glp_delete_prob(). */
static inline glp_prob *draw_reference(const draw_case *c)
{
    static int arrive[MOST_PLACES * MOST_MODES], depart[MOST_PLACES * MOST_MODES];
    static reference r;
    memset(&r, 0, sizeof r);
    r.c = c;
    r.lp = glp_create_prob();
    r.arrive = arrive;
    r.depart = depart;
    ref_shared_rows(&r);
    for (int s = 0; s < c->supplies; s++)
        if (draw_is_open(c->supply[s].status) && ref_place_open(c, c->supply[s].place))
            ref_supply(&r, s);
    return r.lp;
}

#endif
