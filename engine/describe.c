/* The summary of one solve for a person. */
#include "report.h"
#include "solve.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int good;
    const char *country;
    int32_t exit;                      /* link, -1: consumed at home */
    double flow, cost, days, emission; /* sums weighted by flow */
    const char
        *to[64]; /* countries of destination, most first is not kept: in order of appearance */
    int to_count;
} exit_sum;

static int by_cost(const void *a, const void *b)
{
    const exit_sum *p = a, *q = b;
    if (p->good != q->good) return p->good < q->good ? -1 : 1;
    if (p->flow != q->flow) return p->flow > q->flow ? -1 : 1;
    return (p->exit > q->exit) - (p->exit < q->exit);
}

static void add_cost_line(words *w, const steppe_solver *s, const report *rp)
{
    char b[64];
    report_totals sum;
    report_total(rp, &sum);
    words_tone(w, 'b');
    text_addf(w->t, "Cost %s million USD", words_number(b, s->info.objective, 1, false));
    text_addf(w->t, " over %d days", (int)s->md.hz->days);
    if (s->md.T > 1) text_addf(w->t, " in %d periods", s->md.T);
    words_tone(w, 0);
    const struct {
        const char *name;
        double value;
    } part[] = {{"transport", sum.transport}, {"transfers", sum.transfer},
                {"supply", sum.supply},       {"unserved", sum.shortage + sum.min_shortage},
                {"shut in", sum.shut_in},     {"contracts missed", sum.shortfall}};
    text_add(w->t, ":");
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
        if (i < 6 || part[i].value != 0.0)
            text_addf(w->t, "%s %s %s", i ? "," : "", part[i].name,
                      words_number(b, part[i].value, 1, false));
    text_addf(w->t, "\nMoved %s billion t-km",
              words_number(b, sum.tonne_km / 1000.0, 1, false));
    text_addf(w->t, ", %s Mt CO2e from transport\n",
              words_number(b, sum.emission / 1000.0, 2, false));
}

static void add_goods(words *w, const steppe_solver *s, const report *rp)
{
    const case_data *cs = s->md.cs;
    const double unit = pow(10.0, -s->md.flow_places);
    words_heading(w, "Commodity              unit       demand       served     unserved       "
                     "extra      shut in");
    for (int g = 0; g < cs->commodity_count; g++) {
        good_balance v;
        char b[64];
        report_good(rp, g, &v);
        if (v.base == 0 && v.quantity == 0) continue;
        words_left(w, cs->commodities[g].id, 22);
        text_add(w->t, " ");
        words_left(w, cs->commodities[g].unit, 4);
        words_right(w, words_quantity(b, (double)v.base * unit, false), 13);
        words_right(w, words_quantity(b, (double)(v.base - v.shortage) * unit, false), 13);
        if (v.shortage > 0) words_tone(w, 'r');
        words_right(
            w, v.shortage > 0 ? words_quantity(b, (double)v.shortage * unit, false) : "-", 13);
        words_tone(w, 0);
        words_right(w, v.extra > 0 ? words_quantity(b, (double)v.extra * unit, false) : "-",
                    12);
        if (v.shut_in > 0) words_tone(w, 'r');
        words_right(w, v.shut_in > 0 ? words_quantity(b, (double)v.shut_in * unit, false) : "-",
                    13);
        words_tone(w, 0);
        text_add(w->t, "\n");
    }
}

static bool sum_exits(const steppe_solver *s, const report *rp, exit_sum **out, int64_t *count)
{
    const case_data *cs = s->md.cs;
    const double unit = pow(10.0, -s->md.flow_places);
    *count = 0;
    *out = MEM_ZERO(exit_sum, rp->routes.count);
    if (!*out) return false;
    for (int64_t i = 0; i < rp->routes.count; i++) {
        const route *r = &rp->routes.list[i];
        const int good = s->md.commodity[r->k].good;
        const int32_t end = route_place(&s->md, r->end_node);
        const char *country = cs->places[route_place(&s->md, r->start)].country;
        int64_t e = 0;
        while (e < *count && ((*out)[e].good != good || (*out)[e].exit != r->exit ||
                              strcmp((*out)[e].country, country) != 0))
            e++;
        exit_sum *x = &(*out)[e];
        if (e == *count) {
            *count += 1;
            x->good = good;
            x->country = country;
            x->exit = r->exit;
        }
        const double flow = (double)r->flow * unit;
        x->flow += flow;
        x->cost += flow * r->cost;
        x->days += flow * r->days;
        x->emission += flow * r->emission;
        const char *to = end >= 0 ? cs->places[end].country : "later";
        int k = 0;
        while (k < x->to_count && strcmp(x->to[k], to) != 0) k++;
        if (k == x->to_count && k < 64) x->to[x->to_count++] = to;
    }
    qsort(*out, (size_t)*count, sizeof **out, by_cost);
    return true;
}

enum { EXITS_SHOWN = 8 };

/* For the goods that weigh most: by which link they leave their country. */
static bool add_exits(words *w, const steppe_solver *s, const report *rp)
{
    const case_data *cs = s->md.cs;
    exit_sum *list;
    int64_t count;
    if (!sum_exits(s, rp, &list, &count)) return false;
    int shown_goods = 0;
    for (int64_t i = 0; i < count;) {
        int64_t end = i;
        double total = 0.0;
        for (; end < count && list[end].good == list[i].good; end++) total += list[end].flow;
        const commodity *g = &cs->commodities[list[i].good];
        if (total >= 5.0 && shown_goods++ < 3) {
            char head[160], b[64];
            snprintf(head, sizeof head, "Where %.40s goes: out of its country by ...", g->id);
            words_heading(w, head);
            words_tone(w, 'd');
            words_left(w, "from  link", 52);
            text_addf(w->t, "%9s %8s %6s %8s  to\n", g->unit, "USD", "days", "kg CO2e");
            words_tone(w, 0);
            int64_t rest = 0;
            double rest_flow = 0.0;
            for (int64_t e = i; e < end; e++) {
                const exit_sum *x = &list[e];
                if (e - i >= EXITS_SHOWN + 4 || x->flow < 0.005 * total) {
                    rest++;
                    rest_flow += x->flow;
                    continue;
                }
                char name[256];
                snprintf(name, sizeof name, "%-4.4s  %.200s", x->country,
                         x->exit >= 0 ? cs->links[x->exit].name : "(used at home)");
                words_left(w, name, 52);
                words_right(w, words_quantity(b, x->flow, false), 9);
                words_right(w, words_number(b, x->cost / x->flow, 1, false), 9);
                words_right(w, words_number(b, x->days / x->flow, 0, false), 7);
                words_right(w, words_number(b, x->emission / x->flow, 1, false), 9);
                text_add(w->t, " ");
                for (int k = 0; k < x->to_count && k < 8; k++) text_addf(w->t, " %s", x->to[k]);
                text_add(w->t, "\n");
            }
            if (rest > 0) {
                words_tone(w, 'd');
                text_addf(w->t, "      %lld more with %s %s together\n", (long long)rest,
                          words_quantity(b, rest_flow, false), g->unit);
                words_tone(w, 0);
            }
        }
        i = end;
    }
    mem_free(list);
    return true;
}

enum { ROUTES_SHOWN = 8 };

static void add_routes(words *w, const steppe_solver *s, const report *rp)
{
    const case_data *cs = s->md.cs;
    const double unit = pow(10.0, -s->md.flow_places);
    if (rp->routes.count == 0) return;
    words_heading(w, "Largest routes abroad");
    int shown = 0;
    /* routes are sorted inside a commodity; the largest ones overall by repeated search, few as
     * they are */
    int64_t last_flow = INT64_MAX, last_index = -1;
    while (shown < ROUTES_SHOWN) {
        int64_t best = -1;
        for (int64_t i = 0; i < rp->routes.count; i++) {
            const route *r = &rp->routes.list[i];
            if (r->exit < 0 || r->flow > last_flow || (r->flow == last_flow && i <= last_index))
                continue;
            if (best < 0 || r->flow > rp->routes.list[best].flow) best = i;
        }
        if (best < 0) break;
        const route *r = &rp->routes.list[best];
        last_flow = r->flow;
        last_index = best;
        char b[64];
        text_add(w->t, "  ");
        route_places(&s->md, &rp->routes, r, true, w->t);
        const char *u = cs->commodities[s->md.commodity[r->k].good].unit;
        const char *per = strcmp(u, "bcm") == 0 ? "1000 m3" : "t";
        text_addf(w->t, "\n      %s: %s %s%s%s", cs->commodities[s->md.commodity[r->k].good].id,
                  words_quantity(b, (double)r->flow * unit, false), u,
                  s->md.hz->dated ? " in " : " a year",
                  s->md.hz->dated ? s->md.hz->periods[r->period].id : "");
        text_addf(w->t, ", %s USD/%s", words_number(b, r->cost, 1, false), per);
        text_addf(w->t, ", %s days", words_number(b, r->days, 0, false));
        text_addf(w->t, ", %s kg CO2e/%s\n", words_number(b, r->emission, 1, false), per);
        shown++;
    }
}

enum { BOTTLENECKS_SHOWN = 12 };

/* One limit over all its periods. */
typedef struct {
    wide price; /* the lowest */
    int64_t row;
    int periods; /* in which it has a price */
} priced_row;

static int by_price(const void *a, const void *b)
{
    const priced_row *p = a, *q = b;
    if (p->price != q->price) return p->price < q->price ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static bool same_limit(const model_ref *a, const model_ref *b)
{
    return a->kind == b->kind && a->object == b->object && a->other == b->other;
}

/* Rows of one limit stand apart by their period; they are joined to the one with the lowest price. */
static int64_t join_periods(const model *md, priced_row *list, int64_t count)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t at = kept - 1;
        while (at >= 0 && !same_limit(&md->row[list[at].row], &md->row[list[i].row])) at--;
        if (at < 0) {
            list[kept++] = list[i];
            continue;
        }
        list[at].periods++;
        if (list[i].price < list[at].price) {
            list[at].price = list[i].price;
            list[at].row = list[i].row;
        }
    }
    return kept;
}

static bool add_bottlenecks(words *w, const steppe_solver *s)
{
    const model *md = &s->md;
    priced_row *list = MEM_NEW(priced_row, md->rows);
    if (!list) return false;
    int64_t count = 0;
    for (int64_t r = 0; r < md->rows; r++)
        if (s->an.lambda[r] < 0) list[count++] = (priced_row){s->an.lambda[r], r, 1};
    if (md->T > 1) count = join_periods(md, list, count);
    qsort(list, (size_t)count, sizeof *list, by_price);
    words_heading(w,
                  "Bottlenecks: full, and what one more unit of capacity would save at most");
    if (count == 0) text_add(w->t, "  none\n");
    for (int64_t i = 0; i < count && i < BOTTLENECKS_SHOWN; i++) {
        char b[64];
        text name = {0};
        model_row_name(md, list[i].row, &name);
        text_add(w->t, "  ");
        words_left(w, name.data ? name.data : "?", 58);
        text_free(&name);
        words_right(w,
                    words_quantity(
                        b, (double)md->row_up[list[i].row] / pow(10.0, md->flow_places), false),
                    11);
        words_right(
            w,
            words_number(b, -(double)list[i].price / pow(10.0, md->cost_places + DUAL_EXTRA), 2,
                         false),
            12);
        text_add(w->t, " USD per unit");
        if (md->T > 1) text_addf(w->t, ", in %d of %d periods", list[i].periods, md->T);
        text_add(w->t, "\n");
    }
    if (count > BOTTLENECKS_SHOWN) {
        words_tone(w, 'd');
        text_addf(w->t, "  %lld more in capacity.csv\n",
                  (long long)(count - BOTTLENECKS_SHOWN));
        words_tone(w, 0);
    }
    mem_free(list);
    return true;
}

/* The months of the goods that weigh most: what is shut in, stored, unserved. */
static bool add_months(words *w, const steppe_solver *s, const report *rp)
{
    const case_data *cs = s->md.cs;
    const double unit = pow(10.0, -s->md.flow_places);
    int shown = 0;
    if (s->md.T < 2 || s->md.T > 31) return true;
    month_sum *list = MEM_NEW(month_sum, s->md.T);
    for (int g = 0; list && g < cs->commodity_count && shown < 2; g++) {
        good_balance v;
        report_good(rp, g, &v);
        if ((double)v.quantity * unit < 50.0) continue;
        shown++;
        report_months_of(rp, g, list);
        char head[160], name[64], b[64];
        snprintf(name, sizeof name, "%.40s, %.10s", cs->commodities[g].id,
                 cs->commodities[g].unit);
        snprintf(head, sizeof head, "%-24s%12s%12s%12s%12s%12s%12s", name, "demand", "served",
                 "unserved", "produced", "shut in", "stock, end");
        words_heading(w, head);
        for (int t = 0; t < s->md.T; t++) {
            const wide row[6] = {list[t].base,     list[t].base - list[t].shortage,
                                 list[t].shortage, list[t].produced,
                                 list[t].shut_in,  list[t].stock};
            text_add(w->t, "  ");
            words_left(w, s->md.hz->periods[t].id, 22);
            for (int i = 0; i < 6; i++)
                words_right(w, words_quantity(b, (double)row[i] * unit, false), 12);
            text_add(w->t, "\n");
        }
    }
    mem_free(list);
    return list != NULL;
}

static void add_proof(words *w, const steppe_solver *s)
{
    const steppe_info *i = &s->info;
    text_add(w->t, "\n");
    words_tone(w, i->outcome == STEPPE_OPTIMAL ? 'g' : 'r');
    text_add(w->t,
             i->outcome == STEPPE_OPTIMAL ? "Proven optimal" : "Feasible, not proven optimal");
    words_tone(w, 0);
    text_addf(
        w->t, ": exact gap %.2g of the cost (%lld arcs, %lld coupling rows, %lld with a price",
        i->gap_rel, (long long)i->arcs, (long long)i->coupling_rows, (long long)i->tight_rows);
    text_add(w->t, "; ");
    if (i->iterations > 0) text_addf(w->t, "%d iterations inside, ", i->iterations);
    text_addf(w->t, "%lld + %lld pivots, %.3f s%s)\n", (long long)i->tree_pivots,
              (long long)i->pivots, i->seconds_setup + i->seconds_solve,
              i->warm ? ", warm" : "");
}

static void add_title(words *w, const steppe_solver *s)
{
    words_tone(w, 'b');
    const char *title = "the base";
    for (int64_t i = 0; s->scenario && i < steppe_scenario_count(s); i++)
        if (strcmp(steppe_scenario_id(s, i), s->scenario) == 0)
            title = steppe_scenario_name(s, i) && steppe_scenario_name(s, i)[0]
                        ? steppe_scenario_name(s, i)
                        : s->scenario;
    text_addf(w->t, "%s", s->is_case ? title : s->path);
    words_tone(w, 0);
    if (s->scenario) text_addf(w->t, "  [%s]", s->scenario);
    text_add(w->t, "\n");
}

steppe_status steppe_describe(steppe_solver *s, int color, char **out)
{
    if (!s || !out) return STEPPE_BAD_CALL;
    *out = NULL;
    if (!s->has_answer)
        return steppe_fail(&s->ctx, STEPPE_BAD_CALL, "steppe_describe without an answer");
    text t = {0};
    words w = {&t, color != 0};
    report rp;
    STEPPE_TRY(report_begin(&s->ctx, &s->md, s->an.x, s->an.pi, s->an.lambda, &rp));
    bool ok = true;
    add_title(&w, s);
    if (s->is_case) {
        add_cost_line(&w, s, &rp);
        add_goods(&w, s, &rp);
        ok = add_months(&w, s, &rp) && add_exits(&w, s, &rp);
        add_routes(&w, s, &rp);
    } else {
        text_addf(&t, "Objective %.10g\n", s->info.objective);
    }
    ok = ok && (s->md.rows == 0 || add_bottlenecks(&w, s));
    add_proof(&w, s);
    report_end(&rp);
    if (!ok || t.failed) {
        text_free(&t);
        return steppe_no_memory(&s->ctx);
    }
    *out = t.data;
    return STEPPE_OK;
}

void steppe_free_text(char *t)
{
    mem_free(t);
}
