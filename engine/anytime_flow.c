/* Feasible flows. The commodities are solved one after the other, each as a network simplex in what the others leave of
 * the coupling rows; what goes beyond a limit pays a penalty, and rows that stay beyond learn a price, so that those who
 * can go elsewhere do [MM95]. Once no row is beyond its limits the same without prices and with hard limits makes the
 * flows cheaper: a commodity always has the flow it had, so that every step is feasible.
 *
 * [MM95] L. McMurchie, C. Ebeling: PathFinder, a negotiation-based performance-driven router. FPGA 1995. */
#include "anytime_part.h"

#include <math.h>
#include <string.h>

/* ---- windows --------------------------------------------------------------------------- */

static int64_t clip(wide v, int64_t low, int64_t up)
{
    return v < low ? low : v > up ? up : (int64_t)v;
}

/* The zones of all rows that the commodity is in, and its part in their loads. */
static void see_rows(anytime *at, int k)
{
    const model *md = at->md;
    at->now++;
    for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
        if (at->is_filler[a]) continue;
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
            const int32_t r = md->arc_row[e];
            if (at->stamp[r] != at->now) {
                at->stamp[r] = at->now;
                at->zone[r] = row_zone_at(at, r);
                at->own[r] = at->seen[r] = 0;
                at->own_load[r] = 0.0;
            }
            at->own[r]++;
            at->own_load[r] += fabs((double)md->arc_weight[e]) * (double)at->x[a];
        }
    }
}

enum { TURNS_FROM = 6 }; /* sweeps */

/* The arc's part of the room of a row, in flow units: all of it where arcs are trusted not to want it at once. Of what is
 * too much (raise: too little) each one gives by what it has (all give the same). */
static wide share(const anytime *at, int32_t r, int64_t weight, int64_t x, wide room,
                  bool raise)
{
    const wide w = weight < 0 ? -weight : weight;
    if (room >= ROOM_MOST) return room;
    if (at->own[r] == 1) return room >= 0 ? room / w : -((-room + w - 1) / w);
    const double own = at->own_load[r] > 0.0 ? (double)w * (double)x / at->own_load[r] : 0.0;
    if (room < 0) {
        const double part_of = fmin(1.0, at->eager * (raise ? 1.0 / at->own[r] : own));
        return -(wide)ceil(part_of * (double)-room / (double)w);
    }
    if (!at->careful) return room / w;
    if (at->hard || at->sweep < TURNS_FROM)
        return (wide)((double)room * (0.5 * own + 0.49 / at->own[r]) / (double)w);
    /* most of it to one of them, by turns */
    const double turn = (at->seen[r] + at->sweep) % at->own[r] == 0 ? 0.8 : 0.0;
    return (wide)((double)room * (turn + 0.1 * own + 0.09 / at->own[r]) / (double)w);
}

typedef struct {
    wide lo, hi;
    double mid, over, under; /* slopes */
} window;

/* A row's zone as seen from an arc of weight w: more on the arc is more load, or less. */
static void narrow(anytime *at, int64_t a, int32_t r, int64_t w, window *win)
{
    const row_zone *z = &at->zone[r];
    const double unit = (double)w / (double)at->md->row_scale[r];
    const int64_t x = at->x[a];
    const double price = at->priced ? -at->price[r] * unit : 0.0;
    const wide more = share(at, r, w, x, w > 0 ? z->over : z->under, false),
               less = share(at, r, w, x, w > 0 ? z->under : z->over, true);
    at->seen[r]++;
    win->mid += z->slope * unit + price;
    win->over += (w > 0 ? z->over_slope : z->under_slope) * unit + price;
    win->under += (w > 0 ? z->under_slope : z->over_slope) * unit + price;
    if (more < ROOM_MOST && x + more < win->hi) win->hi = x + more;
    if (less < ROOM_MOST && x - less > win->lo) win->lo = x - less;
}

static wide fine_cost(double c)
{
    const double most = 1e30, fine = c * 1e6; /* DUAL_EXTRA */
    return (wide)(fine > most ? most : fine < -most ? -most : fine);
}

static void set_windows(anytime *at, int k)
{
    const model *md = at->md;
    part *p = &at->parts[k];
    const int64_t first = md->first_arc[k];
    const wide fine = wide_pow10(DUAL_EXTRA);
    see_rows(at, k);
    for (int64_t a = 0; a < p->m; a++) {
        const int64_t g = first + a, low = md->low[g], up = md->up[g];
        const wide cost = md->cost[g] * fine;
        window win = {low, up, 0.0, 0.0, 0.0};
        if (at->is_filler[g]) win.hi = low;
        for (int64_t e = md->arc_first[g]; e < md->arc_first[g + 1] && !at->is_filler[g]; e++)
            if (md->arc_weight[e] != 0) narrow(at, g, md->arc_row[e], md->arc_weight[e], &win);
        const int32_t over = p->over[a], under = p->under[a];
        const int64_t hi = over < 0 && !at->is_filler[g] ? up : clip(win.hi, low, up),
                      lo = under < 0 ? low : clip(win.lo, low, hi);
        p->want[a] = cost + fine_cost(win.mid);
        p->low[a] = low;
        p->up[a] = low + (hi - lo);
        if (over >= 0) {
            p->want[over] = cost + fine_cost(fmax(win.over, win.mid));
            p->up[over] = at->hard ? 0 : up - hi;
        }
        if (under >= 0) {
            p->want[under] = cost + fine_cost(fmin(win.under, win.mid));
            p->up[under] = lo - low;
            p->low[under] = at->hard ? lo - low : 0;
        }
    }
}

/* ---- sweeps ---------------------------------------------------------------------------- */

/* Adds the commodity's loads, sign times. */
static void add_loads(anytime *at, int k, int sign)
{
    const model *md = at->md;
    for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
        if (at->is_filler[a] || at->x[a] == 0) continue;
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++)
            at->load[md->arc_row[e]] += sign * (wide)md->arc_weight[e] * at->x[a];
    }
}

/* Rounding where arcs lose may push a flow over a bound, or over what its window allows. */
static bool inside(const anytime *at, int k)
{
    const model *md = at->md;
    bool ok = true;
    for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1] && ok; a++) {
        ok = at->x[a] >= md->low[a] && at->x[a] <= md->up[a];
        for (int64_t e = md->arc_first[a]; at->hard && e < md->arc_first[a + 1] && ok; e++)
            ok = row_violation(at, md->arc_row[e]) == 0;
    }
    return ok;
}

/* Commodity k anew, or as it was where that cannot be. The loads follow. */
static ns_result turn(anytime *at, int k)
{
    const model *md = at->md;
    const int64_t from = md->first_arc[k], count = md->first_arc[k + 1] - from;
    memcpy(at->last, at->x + from, (size_t)count * sizeof *at->x);
    set_windows(at, k);
    add_loads(at, k, -1);
    const ns_result r = loss_solve(at, &at->parts[k]);
    add_loads(at, k, 1);
    if (r == NS_OPTIMAL && (!at->hard || !at->parts[k].lost || inside(at, k))) return r;
    add_loads(at, k, -1);
    memcpy(at->x + from, at->last, (size_t)count * sizeof *at->x);
    add_loads(at, k, 1);
    return at->hard && r == NS_INFEASIBLE ? NS_OPTIMAL : r;
}

/* Which commodities can do something about rows that are beyond their limits? */
static void find_stirred(anytime *at, bool *stirred)
{
    const model *md = at->md;
    memset(stirred, 0, (size_t)md->K * sizeof *stirred);
    for (int64_t r = 0; r < md->rows; r++) {
        const wide v = row_violation(at, r);
        if (v == 0) continue;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            const int64_t a = md->row_arc[e];
            const bool less = (v > 0) == (md->row_weight[e] > 0);
            if (less ? at->x[a] > md->low[a] : at->x[a] < md->up[a])
                stirred[model_arc_block(md, a)] = true;
        }
    }
}

/* Rows beyond their limits learn; how many there are. */
static int64_t teach(anytime *at, double step)
{
    int64_t count = 0;
    for (int64_t r = 0; r < at->md->rows; r++) {
        const wide v = row_violation(at, r);
        if (v == 0) continue;
        count++;
        at->price[r] += v > 0 ? -step : step;
    }
    return count;
}

steppe_status flow_keep(anytime *at, bool *feasible)
{
    const model *md = at->md;
    certificate cert;
    row_fill(at);
    const steppe_status st = certify_flows(&at->quiet, md, at->x, &cert);
    *feasible = st == STEPPE_OK && cert.feasible;
    at->now_cost = cert.objective;
    if (st == STEPPE_OVERFLOW) return STEPPE_OK;
    STEPPE_TRY(st);
    if (!cert.feasible || (at->has_answer && cert.objective >= at->cost)) return STEPPE_OK;
    memcpy(at->best_x, at->x, (size_t)md->m * sizeof *at->x);
    at->cost = cert.objective;
    at->has_answer = true;
    return STEPPE_OK;
}

enum {
    SWEEPS = 120,
    HOPE = 30, /* after so many sweeps only a few rows may be beyond their limits */
    FEW_ROWS = 10,
    POLISH = 16
};

/* From feasible flows to cheaper ones. */
static steppe_status polish(anytime *at)
{
    at->careful = at->hard = true;
    at->priced = false;
    /* where a stop has nothing to prove yet, that comes first */
    const int sweeps = isfinite(at->until) && !at->has_bound ? 1 : POLISH;
    for (int sweep = 0; sweep < sweeps; sweep++) {
        const double before = (double)at->now_cost;
        bool feasible;
        bool late = false;
        at->sweep = sweep;
        for (int i = 0; i < at->md->K && !late; i++)
            late = part_late(at, true) ||
                   turn(at, sweep % 2 ? at->md->K - 1 - i : i) != NS_OPTIMAL;
        STEPPE_TRY(flow_keep(at, &feasible));
        if (late || !feasible || before - (double)at->now_cost < 1e-4 * fabs(before)) break;
    }
    return STEPPE_OK;
}

static steppe_status negotiate(anytime *at, bool *stirred)
{
    const int K = at->md->K;
    at->careful = true;
    at->hard = false;
    at->priced = true;
    at->penalty = at->typical;
    for (int k = 0; k < K; k++) stirred[k] = true;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        at->sweep = sweep;
        at->eager = 1.0 + sweep; /* where some cannot give, others have to give more */
        for (int i = 0; i < K; i++) {
            const int k = sweep % 2 ? K - 1 - i : i;
            if (!stirred[k]) continue;
            if (sweep == 0 && at->planted) plant_tree(at, k);
            if (part_late(at, true) || turn(at, k) != NS_OPTIMAL) return STEPPE_OK;
        }
        const int64_t beyond = teach(at, 0.25 * at->typical * (1.0 + sweep));
        if (sweep >= HOPE && beyond > FEW_ROWS) break;
        if (beyond == 0) {
            bool feasible;
            STEPPE_TRY(flow_keep(at, &feasible));
            return feasible ? polish(at) : STEPPE_OK;
        }
        if (at->penalty < 100.0 * at->dear) at->penalty *= 4.0;
        find_stirred(at, stirred);
    }
    return STEPPE_OK;
}

steppe_status flow_find(anytime *at)
{
    bool *stirred = MEM_NEW(bool, at->md->K);
    if (!stirred) return steppe_no_memory(at->ctx);
    row_loads(at);
    const steppe_status st = negotiate(at, stirred);
    mem_free(stirred);
    return st;
}
