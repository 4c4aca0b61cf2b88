/* Dual push of a crossover [M91]: a basic variable that has a price it should not have gives it up.
 *
 * [M91] N. Megiddo: On finding primal- and dual-optimal bases. ORSA J. Comput. 3 (1991). */
#include "lp.h"

#include <math.h>

/* How far the cost of the variable at row r may move in direction `sign` before a reduced cost changes its sign, at most
 * `far`: Harris' two passes. *at: its place in the row; -1: all the way. */
static double push_reach(const lp_problem *lp, const lp_basis *bs, double sign, double far,
                         int64_t *at)
{
    double reach = far;
    *at = -1;
    for (int pass = 0; pass < 2; pass++) {
        double most = 0.0;
        for (int64_t i = 0; i < bs->row.count; i++) {
            const int64_t v = bs->row.list[i];
            const double a = sign * bs->row.value[i];
            if (bs->low[v] == bs->up[v] || fabs(a) < 1e-9) continue;
            /* rc(v) falls by a for each unit */
            if (bs->state[v] == LP_LOWER ? a < 0.0 : a > 0.0) continue;
            double rc = bs->state[v] == LP_LOWER ? bs->rc[v] : -bs->rc[v];
            if (rc < 0.0) rc = 0.0;
            if (pass == 0) {
                const double t = (rc + lp->cost_tol) / fabs(a);
                if (t < reach) reach = t;
            } else if (rc / fabs(a) <= reach && fabs(a) > most) {
                most = fabs(a);
                *at = i;
            }
        }
        if (pass == 0 && reach >= far) return far;
    }
    if (*at < 0) return far;
    const double t = fabs(bs->rc[bs->row.list[*at]]) / fabs(bs->row.value[*at]);
    return t < far ? t : far;
}

lp_result lp_push_dual(const lp_problem *lp, lp_basis *bs, int64_t v)
{
    const double price = bs->cost[v];
    if (bs->state[v] != LP_BASIC || price == 0.0) return LP_OPTIMAL;
    const int32_t r = bs->at[v];
    lp_row(bs, r);
    const double sign = price > 0.0 ? -1.0 : 1.0; /* where the cost moves */
    int64_t at;
    const double t = push_reach(lp, bs, sign, fabs(price), &at);
    for (int64_t i = 0; i < bs->row.count; i++)
        bs->rc[bs->row.list[i]] -= sign * t * bs->row.value[i];
    bs->cost[v] = 0.0;
    if (at < 0) return LP_OPTIMAL;
    const int64_t q = bs->row.list[at];
    const double entry = bs->row.value[at];
    lp_column(lp, bs, q);
    const double pivot = bs->column.value[r];
    if (fabs(pivot - entry) > 1e-7 * (1.0 + fabs(pivot))) return LP_LIMIT;
    /* it leaves for the bound that suits the sign of what is left of its price */
    const bool lower = price < 0.0;
    const double target =
        (lower && isfinite(bs->low[v])) || !isfinite(bs->up[v]) ? bs->low[v] : bs->up[v];
    const double step = (bs->x[v] - target) / pivot;
    for (int32_t i = 0; i < bs->column.count; i++) {
        const int32_t k = bs->column.list[i];
        bs->x[bs->head[k]] -= step * bs->column.value[k];
    }
    bs->x[q] += step;
    bs->x[v] = target;
    bs->rc[q] = 0.0;
    bs->rc[v] = -(price + sign * t);
    bs->weight[r] = 1.0;
    if (lp_exchange(lp, bs, r, q, target == bs->low[v] ? LP_LOWER : LP_UPPER))
        return LP_OPTIMAL;
    return lp_renew(lp, bs);
}
