/* Writes a drawn case as a folder of tables. */
#ifndef STEPPE_WRITE_CASE_H
#define STEPPE_WRITE_CASE_H

#include "draw_case.h"

static inline const char *draw_number(int64_t v)
{
    static char ring[32][32];
    static int next;
    char *out = ring[next++ & 31];
    if (v < 0) return ""; /* unknown: an empty cell */
    if (v % 1000 == 0)
        snprintf(out, sizeof ring[0], "%" PRId64, v / 1000);
    else
        snprintf(out, sizeof ring[0], "%" PRId64 ".%03d", v / 1000, (int)(v % 1000));
    return out;
}

/* "" for 0: the default, another row or the mode says it. */
static inline const char *draw_number_or_empty(int64_t v)
{
    return v == 0 ? "" : draw_number(v);
}

static inline const char *draw_name(const char *prefix, int number)
{
    static char ring[16][32];
    static int next;
    char *out = ring[next++ & 15];
    out[0] = '\0';
    if (number >= 0) snprintf(out, sizeof ring[0], "%s%d", prefix, number);
    return out;
}

static inline const char *draw_profile_cell(int profile)
{
    return draw_name("season", profile > 0 ? profile : -1);
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

/* Day 0 is 2023-01-01. */
static inline void draw_calendar(int day, int *year, int *month, int *of_month)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    *year = 2023;
    *month = 1;
    for (;;) {
        const int days = length[*month - 1] + (*month == 2 && *year % 4 == 0);
        if (day < days) break;
        day -= days;
        if (++*month == 13) {
            *month = 1;
            ++*year;
        }
    }
    *of_month = day + 1;
}

static inline const char *draw_date(const draw_case *c, int day)
{
    static char ring[8][48];
    static int next;
    char *out = ring[next++ & 7];
    int year, month, of_month;
    out[0] = '\0';
    if (day < 0) return out;
    draw_calendar(c->first_day + day, &year, &month, &of_month);
    snprintf(out, sizeof ring[0], "%04d-%02d-%02d", year, month, of_month);
    return out;
}

/* A table whose rows go out in file order, or in an order drawn from *d. */
typedef struct {
    char row[MOST_LINKS + MOST_ENDS][512];
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
        char keep[512];
        memcpy(keep, t->row[i], sizeof keep);
        memcpy(t->row[i], t->row[j], sizeof keep);
        memcpy(t->row[j], keep, sizeof keep);
    }
    for (int i = 0; i < t->rows; i++) fprintf(f, "%s\n", t->row[i]);
    fclose(f);
    t->rows = 0;
}

/* A table that many cases do without. */
static inline void draw_put_some(draw_rows *t, draw *d, const char *folder, const char *name,
                                 const char *head)
{
    if (t->rows > 0) draw_put_table(t, d, folder, name, head);
}

#define ROW(...) snprintf(draw_next_row(&t), 512, __VA_ARGS__)

/* The cells of a link: as a line of the table, or as the value of an insert. */
static inline void draw_link_cells(const draw_case *c, int i, bool insert, char *out,
                                   size_t size)
{
    static const char *const column[] = {"link_id",
                                         "from_node_id",
                                         "to_node_id",
                                         "directed",
                                         "length",
                                         "mode",
                                         "carries",
                                         "flow_unit",
                                         "capacity_per_y",
                                         "background_per_y",
                                         "cost_usd_per_unit",
                                         "risk_premium_usd_per_unit",
                                         "permit",
                                         "profile",
                                         "loss_pct",
                                         "transit_days",
                                         "ef_gco2e_per_tkm"};
    const draw_link *l = &c->link[i];
    const char *const cell[] = {draw_name("L", i),
                                draw_name("N", l->from),
                                draw_name("N", l->to),
                                l->two_way ? "false" : "true",
                                draw_number((int64_t)l->length * 1000),
                                draw_name("mode", l->mode),
                                draw_classes(c, l->carries),
                                "Mt",
                                draw_number(l->capacity),
                                draw_number(l->background),
                                draw_number(l->cost),
                                draw_number(l->risk),
                                l->permit ? "1" : "0",
                                draw_profile_cell(l->profile),
                                draw_number_or_empty(l->loss),
                                draw_number_or_empty((int64_t)l->transit * 100),
                                draw_number_or_empty((int64_t)l->emission * 1000)};
    size_t len = 0;
    for (size_t k = 0; k < sizeof cell / sizeof *cell && len < size; k++) {
        if (insert && !cell[k][0]) continue;
        len +=
            (size_t)snprintf(out + len, size - len, "%s%s%s%s", len ? insert ? ";" : "," : "",
                             insert ? column[k] : "", insert ? "=" : "", cell[k]);
    }
}

static inline void draw_write_network(const draw_case *c, draw *d, const char *folder)
{
    static draw_rows t;
    t.rows = 0;
    for (int m = 0; m < c->modes; m++)
        ROW("mode%d,%s,%s,%s,%s", m, draw_number(c->mode_fixed[m]), draw_number(c->mode_var[m]),
            draw_number_or_empty((int64_t)c->mode_speed[m] * 1000),
            draw_number_or_empty(c->mode_loss[m]));
    draw_put_table(&t, d, folder, "mode",
                   "mode,fixed_cost_usd_per_unit,var_cost_usd_per_unit_km,speed_km_per_day,"
                   "loss_pct_per_100km");
    for (int p = 0; p < c->places; p++)
        ROW("N%d,%d,%d,%s,C%d", p, p, p % 7, c->place_status[p] == OPEN ? "" : "closed",
            c->country[p]);
    draw_put_table(&t, d, folder, "node", "node_id,x_coord,y_coord,status,country_iso2");
    for (int i = 0; i < c->links; i++) {
        char cells[200];
        if (c->link[i].inserted) continue;
        draw_link_cells(c, i, false, cells, sizeof cells);
        ROW("%s,%s", cells, draw_status_cells(c->link[i].status));
    }
    draw_put_table(
        &t, d, folder, "link",
        "link_id,from_node_id,to_node_id,directed,length,mode,carries,flow_unit,capacity_per_y,"
        "background_per_y,cost_usd_per_unit,risk_premium_usd_per_unit,permit,profile,loss_pct,"
        "transit_days,ef_gco2e_per_tkm,status,available_from_year");
    for (int i = 0; i < c->transfers; i++) {
        const draw_transfer *x = &c->transfer[i];
        ROW("N%d,mode%d,mode%d,%s,%s,%s,Mt,%s", x->place, x->from, x->to,
            draw_classes(c, x->carries), draw_number(x->cost), draw_number(x->capacity),
            draw_profile_cell(x->profile));
    }
    draw_put_table(
        &t, d, folder, "transfer",
        "node_id,from_mode,to_mode,carries,cost_usd_per_unit,capacity_per_y,flow_unit,profile");
    for (int i = 0; i < c->handlings; i++)
        ROW("N%d,class%d,%s,Mt,%s", c->handling[i].place, c->handling[i].class,
            draw_number(c->handling[i].capacity), draw_profile_cell(c->handling[i].profile));
    draw_put_table(&t, d, folder, "handling",
                   "node_id,carries,capacity_per_y,flow_unit,profile");
}

static inline void draw_write_ends(const draw_case *c, draw *d, const char *folder)
{
    static draw_rows t;
    t.rows = 0;
    for (int g = 0; g < c->goods; g++)
        ROW("good%d,class%d,Mt,100,%s,%s", g, c->class_of[g], c->requires[g] ? "permit" : "",
            draw_number_or_empty(c->mass[g]));
    draw_put_table(
        &t, d, folder, "commodity",
        "commodity,carries,flow_unit,reference_price_usd_per_unit,requires,mass_t_per_unit");
    for (int i = 0; i < c->supplies; i++) {
        const draw_supply *s = &c->supply[i];
        ROW("S%d,N%d,good%d,Mt,%s,%s,%s,%s,%s,%s", i, s->place, s->good,
            draw_number(s->quantity), draw_number(s->max), draw_number(s->cost),
            draw_number(s->shut_in), draw_profile_cell(s->profile),
            draw_status_cells(s->status));
    }
    draw_put_table(&t, d, folder, "supply",
                   "supply_id,node_id,commodity,flow_unit,quantity_per_y,max_per_y,supply_cost_"
                   "usd_per_unit,shut_in_cost_usd_per_unit,profile,status,available_from_year");
    for (int i = 0; i < c->demands; i++) {
        const draw_demand *m = &c->demand[i];
        ROW("D%d,N%d,good%d,Mt,%s,%s,%s,%s,%s,%s,m%d", i, m->place, m->good,
            draw_number(m->base), draw_number(m->min), draw_number(m->max),
            draw_number(m->shortage), draw_number(m->min_shortage),
            draw_profile_cell(m->profile), m->market);
    }
    draw_put_table(&t, d, folder, "demand",
                   "demand_id,node_id,commodity,flow_unit,base_per_y,min_per_y,max_per_y,"
                   "shortage_cost_usd_per_unit,min_shortage_cost_usd_per_unit,profile,market");
    for (int i = 0; i < c->contracts; i++) {
        const draw_contract *k = &c->contract[i];
        ROW("C%d,S%d,D%d,Mt,%s,%s,%s,%s,%s", i, k->supply, k->demand, draw_number(k->min),
            draw_number(k->max), draw_number(k->shortfall), k->by_period ? "period" : "",
            draw_profile_cell(k->profile));
    }
    draw_put_table(&t, d, folder, "contract",
                   "contract_id,supply_id,demand_id,flow_unit,min_per_y,max_per_y,shortfall_"
                   "cost_usd_per_unit,per,profile");
}

static inline void draw_write_terms(const draw_case *c, draw *d, const char *folder)
{
    static draw_rows t;
    t.rows = 0;
    for (int i = 0; i < c->rules; i++)
        ROW("L%d,good%d,%d,%s,%s", c->rule[i].link, c->rule[i].good, c->rule[i].allowed,
            draw_number(c->rule[i].use), draw_number(c->rule[i].cost));
    draw_put_table(&t, d, folder, "link_commodity",
                   "link_id,commodity,allowed,capacity_use,cost_usd_per_unit");
    for (int i = 0; i < c->groups; i++)
        ROW("G%d,Mt,%s,%s,%s", i, draw_number(c->group_capacity[i]),
            draw_number(c->group_min[i]), c->group_by_horizon[i] ? "horizon" : "");
    draw_put_table(&t, d, folder, "capacity_group",
                   "group_id,flow_unit,capacity_per_y,min_per_y,per");
    for (int i = 0; i < c->members; i++)
        ROW("G%d,L%d,%s,%s", c->member[i].group, c->member[i].link,
            draw_name("good", c->member[i].good), draw_number(c->member[i].weight));
    draw_put_table(&t, d, folder, "capacity_group_member", "group_id,link_id,commodity,weight");
    for (int i = 0; i < c->link_periods; i++) {
        const draw_link_period *x = &c->link_period[i];
        ROW("L%d,%s,%s,%s,%s,%s,%s", x->link, draw_name("T", x->period),
            x->period < 0 ? draw_date(c, x->first) : "",
            x->period < 0 ? draw_date(c, x->last) : "", draw_number(x->availability),
            draw_number(x->capacity), draw_number(x->cost));
    }
    draw_put_some(&t, d, folder, "link_period",
                  "link_id,period_id,start_date,end_date,availability,capacity_per_y,"
                  "cost_usd_per_unit");
    for (int i = 0; i < c->curves; i++)
        for (int k = 0; k < c->curve[i].steps; k++)
            ROW("%s,%s,%s,%s", c->curve[i].of_supply ? "supply" : "link",
                draw_name(c->curve[i].of_supply ? "S" : "L", c->curve[i].object),
                draw_number(c->curve[i].from[k]), draw_number(c->curve[i].add[k]));
    /* the rows of one curve are in order */
    draw_put_some(&t, NULL, folder, "cost_curve", "table,id,from_per_y,cost_add_usd_per_unit");
}

static inline void draw_write_time(const draw_case *c, draw *d, const char *folder)
{
    static draw_rows t;
    t.rows = 0;
    if (c->open_horizon) ROW("drawn,open");
    draw_put_some(&t, d, folder, "config", "dataset_name,horizon");
    for (int i = 0, day = 0; i < c->periods; day += c->days[i++])
        ROW("T%d,%s,%s", i, draw_date(c, day), draw_date(c, day + c->days[i] - 1));
    draw_put_some(&t, NULL, folder, "period", "period_id,start_date,end_date");
    for (int i = 1; i <= c->profiles; i++)
        for (int m = 1; m <= 12; m++)
            if (c->factor[i][m] >= 0) ROW("season%d,%d,%s", i, m, draw_number(c->factor[i][m]));
    draw_put_some(&t, d, folder, "profile", "profile_id,month,factor");
    for (int i = 0; i < c->under_ways; i++) {
        const draw_under_way *u = &c->under_way[i];
        ROW("L%d,%s,good%d,Mt,%s,%s", u->link, u->back ? "backward" : "forward", u->good,
            draw_date(c, u->day), draw_number(u->quantity));
    }
    draw_put_some(&t, d, folder, "under_way",
                  "link_id,direction,commodity,flow_unit,arrival_date,quantity");
}

static inline void draw_write_stocks(const draw_case *c, draw *d, const char *folder)
{
    static const char *const rule[] = {"", "fixed", "min", "free"};
    static draw_rows t;
    t.rows = 0;
    for (int i = 0; i < c->storages; i++) {
        const draw_storage *s = &c->storage[i];
        ROW("W%d,N%d,good%d,Mt,mode%d,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s", i, s->place, s->good,
            s->mode, draw_number(s->capacity), draw_number(s->min), draw_number(s->in_rate),
            draw_number(s->out_rate), draw_number(s->in_cost), draw_number(s->out_cost),
            draw_number(s->holding), draw_number(s->loss), rule[s->rule],
            draw_number(s->initial), draw_number(s->final));
    }
    draw_put_some(&t, d, folder, "storage",
                  "storage_id,node_id,commodity,flow_unit,mode,capacity,min_stock,inject_per_y,"
                  "withdraw_per_y,inject_cost_usd_per_unit,withdraw_cost_usd_per_unit,"
                  "holding_cost_usd_per_unit_y,loss_pct_per_y,final_rule,initial,final");
    for (int i = 0; i < c->conversions; i++) {
        const draw_conversion *v = &c->conversion[i];
        ROW("V%d,N%d,Mt,%s,%s,%s", i, v->place, draw_number(v->capacity), draw_number(v->cost),
            draw_profile_cell(v->profile));
    }
    draw_put_some(&t, d, folder, "conversion",
                  "conversion_id,node_id,flow_unit,capacity_per_y,cost_usd_per_unit,profile");
    for (int i = 0; i < c->conversions; i++)
        for (int f = 0; f < c->conversion[i].flows; f++)
            ROW("V%d,good%d,Mt,%s,%s", i, c->conversion[i].good[f],
                c->conversion[i].out[f] ? "out" : "in",
                draw_number(c->conversion[i].quantity[f]));
    draw_put_some(&t, NULL, folder,
                  "conversion_flow", /* the first row is the one that counts */
                  "conversion_id,commodity,flow_unit,direction,quantity_per_unit");
}

static inline void draw_write_policies(const draw_case *c, draw *d, const char *folder)
{
    static const char *const kind[] = {"embargo",        "quota",       "obligation",
                                       "max_share",      "min_share",   "diversification",
                                       "emission_price", "emission_cap"};
    static const char *const unit[] = {"", "Mt", "Mt", "share", "share", "share", "USD/t", "t"};
    static draw_rows t;
    t.rows = 0;
    for (int i = 0; i < c->policies; i++) {
        const draw_policy *p = &c->policy[i];
        char supplies[160] = "", links[80] = "";
        for (int s = 0; s < c->supplies; s++)
            if (p->supplies >> s & 1)
                snprintf(supplies + strlen(supplies), 24, "%sS%d",
                         supplies[0] ? "|" : "supply_id=", s);
        if (p->mode >= 0) snprintf(links, sizeof links, "mode=mode%d", p->mode);
        for (int l = 0; l < p->links; l++)
            snprintf(links + strlen(links), 20, "%sL%d", l ? "|" : "link_id=", p->link[l]);
        ROW("P%d,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s", i, kind[p->kind],
            draw_name("good", p->good), supplies, links, draw_name("C", p->into),
            draw_name("m", p->market), p->kind == EMBARGO ? "" : draw_number(p->value),
            unit[p->kind], p->by_period ? "period" : "", draw_date(c, p->first),
            draw_date(c, p->last));
    }
    draw_put_some(&t, d, folder, "policy",
                  "policy_id,kind,commodity,supply_selector,link_selector,into_country,market,"
                  "value,value_unit,per,start_date,end_date");
    for (int i = 0; i < c->ramps; i++)
        ROW("R%d,G%d,Mt,%s,%s,%s", i, c->ramp[i].group, draw_number(c->ramp[i].up),
            draw_number(c->ramp[i].down), draw_number(c->ramp[i].cost));
    draw_put_some(&t, d, folder, "ramp",
                  "ramp_id,group_id,flow_unit,max_up_per_y,max_down_per_y,"
                  "stability_cost_usd_per_unit");
    for (int g = 0; g < c->groups && c->ramps > 0; g++)
        for (int i = 0; i < c->periods; i++)
            ROW("G%d,T%d,Mt,%s", g, i, draw_number(c->plan[g][i]));
    draw_put_some(&t, d, folder, "reference_plan", "group_id,period_id,flow_unit,quantity");
}

static inline void draw_selector(const draw_case *c, const draw_change *x, char *out,
                                 size_t size)
{
    if (x->field <= LINK_REMOVED)
        snprintf(out, size, "link_id=L%d", x->row);
    else if (x->field <= SUPPLY_STATUS)
        snprintf(out, size, "supply_id=S%d", x->row);
    else if (x->field <= DEMAND_SHORTAGE)
        snprintf(out, size, "demand_id=D%d", x->row);
    else if (x->field == CONTRACT_MIN)
        snprintf(out, size, "contract_id=C%d", x->row);
    else if (x->field <= TRANSFER_CAPACITY)
        snprintf(out, size, "node_id=N%d&from_mode=mode%d&to_mode=mode%d&carries=%s",
                 c->transfer[x->row].place, c->transfer[x->row].from, c->transfer[x->row].to,
                 draw_classes(c, c->transfer[x->row].carries));
    else if (x->field == HANDLING_CAPACITY)
        snprintf(out, size, "node_id=N%d&carries=class%d", c->handling[x->row].place,
                 c->handling[x->row].class);
    else
        snprintf(out, size, "conversion_id=V%d", x->row);
}

static inline void draw_write_scenario(const draw_case *c, const char *folder)
{
    static const struct {
        const char *table, *field;
    } of[FIELDS] = {{"link", "capacity_per_y"},
                    {"link", "cost_usd_per_unit"},
                    {"link", "status"},
                    {"link", ""},
                    {"link", ""},
                    {"supply", "quantity_per_y"},
                    {"supply", "max_per_y"},
                    {"supply", "supply_cost_usd_per_unit"},
                    {"supply", "shut_in_cost_usd_per_unit"},
                    {"supply", "status"},
                    {"demand", "min_per_y"},
                    {"demand", "max_per_y"},
                    {"demand", "shortage_cost_usd_per_unit"},
                    {"contract", "min_per_y"},
                    {"transfer", "cost_usd_per_unit"},
                    {"transfer", "capacity_per_y"},
                    {"handling", "capacity_per_y"},
                    {"conversion", "capacity_per_y"}};
    static const char *const status[] = {"operating", "closed", "limited", "idle"};
    static draw_rows t;
    t.rows = 0;
    if (c->changes == 0) return;
    ROW("changed");
    draw_put_table(&t, NULL, folder, "scenario", "scenario_id");
    for (int i = 0; i < c->changes; i++) {
        const draw_change *x = &c->change[i];
        char selector[100] = "*", value[360] = "";
        const char *operation = x->operation == 's'   ? "set"
                                : x->operation == 'x' ? "scale"
                                                      : "add";
        if (x->field != LINK_INSERTED) draw_selector(c, x, selector, sizeof selector);
        if (x->field == LINK_REMOVED) {
            operation = "remove";
        } else if (x->field == LINK_INSERTED) {
            operation = "insert";
            draw_link_cells(c, x->row, true, value, sizeof value);
        } else {
            const bool state = x->field == LINK_STATUS || x->field == SUPPLY_STATUS;
            snprintf(value, sizeof value, "%s",
                     state ? status[x->status] : draw_number(x->value));
        }
        char row[600];
        snprintf(row, sizeof row, "changed,%s,%s,%s,%s,%s,%s,%s", of[x->field].table, selector,
                 of[x->field].field, operation, value, draw_date(c, x->first),
                 draw_date(c, x->last));
        if (strlen(row) >= sizeof t.row[0]) exit(2);
        memcpy(draw_next_row(&t), row, strlen(row) + 1);
    }
    draw_put_table(&t, NULL, folder, "scenario_change", /* applied in the order of the rows */
                   "scenario_id,table,selector,field,operation,value,start_date,end_date");
}

/* d: shuffles the rows of every table; NULL: in order. */
static inline void draw_write_case(const draw_case *c, draw *d, const char *folder)
{
    check_make_folder(folder);
    draw_write_network(c, d, folder);
    draw_write_ends(c, d, folder);
    draw_write_terms(c, d, folder);
    draw_write_time(c, d, folder);
    draw_write_stocks(c, d, folder);
    draw_write_policies(c, d, folder);
    draw_write_scenario(c, folder);
}

#endif
