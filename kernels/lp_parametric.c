/* Parametric primal simplex [GS55]: from the optimum of a program whose limits have moved to the new one. Basic variables that are
 * now beyond a bound may be there for a price lambda a unit, which grows from zero: at each lambda the basis is optimal for the
 * costs with these prices. A variable that comes back to its bound leaves there, its reduced cost being lambda, and its price goes.
 * When none is left, the basis is optimal for the true costs and limits. Where one limit concerns everything (a cap on all
 * emissions) no pivot before the last one knows of its row, which in the dual simplex each has to multiply through.
 *
 * [GS55] S. Gass, T. Saaty: The computational algorithm for the parametric objective function. Naval Res. Logist. Q. 2 (1955). */
#include "lp.h"

#include <math.h>

/* By how much the horizon is farther than the next breakpoint, and breakpoints within it that are few or many. */
#define FIRST_REACH 0.1
enum { FEW_LISTED = 200, MANY_LISTED = 4000 };

static int64_t all_of(const lp_problem *lp)
{
    return lp->m + lp->n;
}

/* Does the reduced cost of v head for the wrong sign? */
static bool heads_wrong(const lp_basis *bs, const lp_growth *g, int64_t v)
{
    if (bs->state[v] == LP_BASIC || bs->low[v] == bs->up[v]) return false;
    return bs->state[v] == LP_LOWER ? g->slope[v] < -g->least : g->slope[v] > g->least;
}

/* The lambda at which it is beyond zero by tol. */
static double breakpoint(const lp_basis *bs, const lp_growth *g, int64_t v, double tol)
{
    const double rc = bs->state[v] == LP_LOWER ? bs->rc[v] : -bs->rc[v];
    return (rc + tol) / fabs(g->slope[v]);
}

static void list_offer(lp_basis *bs, lp_growth *g, int64_t v)
{
    if (bs->offer[v].listed) return;
    bs->offer[v].listed = 1;
    bs->offer[g->listed++].list = (int32_t)v;
}

/* All that break before a new horizon are listed. false: nothing ever breaks. */
static bool look_farther(const lp_problem *lp, lp_basis *bs, lp_growth *g)
{
    double next = INFINITY;
    for (int64_t v = 0; v < all_of(lp); v++) {
        bs->offer[v].listed = 0;
        if (heads_wrong(bs, g, v)) next = fmin(next, breakpoint(bs, g, v, lp->cost_tol));
    }
    g->listed = 0;
    if (!isfinite(next)) return false;
    next = fmax(next, g->lambda);
    g->horizon = next + g->reach * next;
    for (int64_t v = 0; v < all_of(lp); v++)
        if (heads_wrong(bs, g, v) && breakpoint(bs, g, v, 0.0) <= g->horizon)
            list_offer(bs, g, v);
    if (g->listed < FEW_LISTED) g->reach *= 2.0;
    if (g->listed > MANY_LISTED) g->reach *= 0.5;
    return true;
}

/* Of those listed the one of largest slope among those that break first, within the tolerance of reduced costs. -1: none. */
static int64_t choose_entering(const lp_problem *lp, lp_basis *bs, lp_growth *g)
{
    double reach = g->horizon, most = 0.0;
    int64_t keep = 0, q = -1;
    for (int64_t i = 0; i < g->listed; i++) {
        const int32_t v = bs->offer[i].list;
        if (!heads_wrong(bs, g, v)) {
            bs->offer[v].listed = 0;
            continue;
        }
        bs->offer[keep++].list = v;
        reach = fmin(reach, breakpoint(bs, g, v, lp->cost_tol));
    }
    g->listed = keep;
    for (int64_t i = 0; i < keep; i++) {
        const int32_t v = bs->offer[i].list;
        const double size = fabs(g->slope[v]);
        if (breakpoint(bs, g, v, 0.0) <= reach && (size > most || (size == most && v < q)))
            most = size, q = v;
    }
    if (q >= 0) g->lambda = fmax(g->lambda, breakpoint(bs, g, q, 0.0));
    return q;
}

/* Reduced costs and slopes after q has come in for `out` at `pivot`; bs->row holds the row. */
static void update_slopes(lp_basis *bs, lp_growth *g, int64_t q, int64_t out, double pivot)
{
    const double own = bs->rc[q] / pivot, slope = g->slope[q] / pivot;
    for (int64_t i = 0; i < bs->row.count; i++) {
        const int32_t v = bs->row.list[i];
        if (v == q) continue;
        bs->rc[v] -= own * bs->row.value[i];
        g->slope[v] -= slope * bs->row.value[i];
        if (heads_wrong(bs, g, v) && breakpoint(bs, g, v, 0.0) <= g->horizon)
            list_offer(bs, g, v);
    }
    bs->rc[q] = g->slope[q] = 0.0;
    bs->rc[out] = -own;
    g->slope[out] = -slope;
}

static void put_back(lp_basis *bs, const lp_moved *p)
{
    bs->low[p->v] = p->low;
    bs->up[p->v] = p->up;
}

/* Where `out` is one of those beyond their bounds, it is so no more. Returns the bound it leaves to. */
static uint8_t leave(lp_basis *bs, lp_growth *g, int64_t out, bool to_lower)
{
    for (int64_t i = 0; i < g->count; i++) {
        const lp_moved p = g->moved[i];
        if (p.v != out) continue;
        put_back(bs, &p);
        g->slope[out] += p.below ? 1.0 : -1.0; /* its own price */
        g->moved[i] = g->moved[--g->count];
        return p.below ? LP_LOWER : LP_UPPER;
    }
    return to_lower ? LP_LOWER : LP_UPPER;
}

/* Are all that were beyond their bounds back, if only within the tolerance? */
static bool all_back(const lp_problem *lp, const lp_basis *bs, const lp_growth *g)
{
    for (int64_t i = 0; i < g->count; i++) {
        const lp_moved *p = &g->moved[i];
        const double x = bs->x[p->v];
        if (p->below ? x < p->low - lp->flow_tol : x > p->up + lp->flow_tol) return false;
    }
    return true;
}

int64_t lp_growth_begin(const lp_problem *lp, lp_basis *bs, lp_growth *g)
{
    lu_vector *y = &bs->tau;
    g->count = g->listed = 0;
    g->lambda = g->horizon = 0.0;
    g->reach = FIRST_REACH;
    for (int32_t r = 0; r < lp->n; r++) {
        const int64_t v = bs->head[r];
        const bool below = bs->x[v] < bs->low[v] - lp->flow_tol;
        if (!below && bs->x[v] <= bs->up[v] + lp->flow_tol) continue;
        g->moved[g->count++] = (lp_moved){v, bs->low[v], bs->up[v], below};
        if (below)
            bs->up[v] = bs->low[v], bs->low[v] = -INFINITY;
        else
            bs->low[v] = bs->up[v], bs->up[v] = INFINITY;
        lu_add(y, r, below ? -1.0 : 1.0);
    }
    lu_solve_transposed(&bs->lu, y);
    double most = 0.0;
    for (int64_t v = 0; v < all_of(lp); v++) {
        double s = 0.0;
        for (int64_t e = lp->col_first[v]; bs->state[v] != LP_BASIC && e < lp->col_first[v + 1];
             e++)
            s -= lp->col_value[e] * y->value[lp->col_row[e]];
        g->slope[v] = s;
        most = fmax(most, fabs(s));
    }
    lu_clear(y);
    g->least = 1e-11 * fmax(most, 1.0);
    look_farther(lp, bs, g);
    return g->count;
}

void lp_growth_end(lp_basis *bs, lp_growth *g)
{
    for (int64_t i = 0; i < g->count; i++) {
        const lp_moved *p = &g->moved[i];
        put_back(bs, p);
        if (bs->state[p->v] != LP_BASIC) bs->state[p->v] = p->below ? LP_LOWER : LP_UPPER;
    }
    g->count = 0;
}

lp_result lp_parametric(const lp_problem *lp, lp_basis *bs, lp_growth *g, int64_t limit)
{
    for (int64_t done = 0; done < limit; done++) {
        if (all_back(lp, bs, g)) return LP_OPTIMAL;
        int64_t q;
        while ((q = choose_entering(lp, bs, g)) < 0)
            if (!look_farther(lp, bs, g)) return LP_INFEASIBLE;
        const double sign = bs->state[q] == LP_LOWER ? 1.0 : -1.0;
        lp_column(lp, bs, q);
        double step;
        const int32_t r = lp_primal_leaving(lp, bs, q, sign, &step);
        if (!isfinite(step)) return LP_UNBOUNDED;
        const double pivot = r < 0 ? 0.0 : bs->column.value[r];
        if (r >= 0) { /* the pivot has to be the same from both sides */
            double same = 0.0;
            lp_row(bs, r);
            for (int64_t i = 0; i < bs->row.count; i++)
                if (bs->row.list[i] == q) same = bs->row.value[i];
            if (fabs(same - pivot) > 1e-6 * (1.0 + fabs(pivot))) {
                if (bs->lu.etas == 0) return LP_UNBOUNDED;
                const lp_result res = lp_renew(lp, bs); /* and once more */
                if (res != LP_OPTIMAL) return res;
                if (bs->repaired) return LP_UNBOUNDED;
                continue;
            }
        }
        lp_primal_move(bs, q, sign, step, r < 0);
        if (r < 0) continue;
        const int64_t out = bs->head[r];
        update_slopes(bs, g, q, out, pivot);
        bs->work += bs->rho.count + bs->row.count + bs->column.count;
        const bool to_lower = -sign * pivot < 0.0;
        const uint8_t to = leave(bs, g, out, to_lower);
        bs->x[out] = to == LP_LOWER ? bs->low[out] : bs->up[out];
        bs->weight[r] = 1.0;
        const bool kept = lp_exchange(lp, bs, r, q, to);
        if (heads_wrong(bs, g, out) && breakpoint(bs, g, out, 0.0) <= g->horizon)
            list_offer(bs, g, out);
        if (kept) continue;
        const lp_result res = lp_renew(lp, bs);
        if (res != LP_OPTIMAL) return res;
        if (bs->repaired) return LP_UNBOUNDED;
    }
    return LP_LIMIT;
}
