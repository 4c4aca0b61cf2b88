/* Primal simplex on the partitioned basis: takes away what perturbation and shifts of the dual
 * left, and re-solves when only costs changed. Entering: largest reduced cost over its scale
 * (Dantzig on few candidates); leaving: the two-pass ratio test of Harris with the flow
 * tolerance. */
#include "coord.h"

#include <math.h>

static double wrong_sign(const coord_lp *lp, const coord_basis *bs, int64_t v)
{
    if (bs->state[v] > CV_UPPER || bs->low[v] == bs->up[v]) return 0.0;
    const double bad = bs->state[v] == CV_LOWER ? -bs->rc[v] : bs->rc[v];
    return bad > lp->cost_tol ? bad : 0.0;
}

/* Room of basic v when it changes at rate d, with its bound loosened by tol. */
static inline double room(const coord_basis *bs, int64_t v, double d, double tol)
{
    const double r =
        d > 0.0 ? (bs->up[v] + tol - bs->x[v]) / d : (bs->low[v] - tol - bs->x[v]) / d;
    return r > 0.0 ? r : 0.0;
}

/* Leaving variable for the column in dx moved in direction sign; -1: the entering one reaches
 * its other bound. */
static int64_t choose_leaving(const coord_lp *lp, const coord_basis *bs, int64_t q, double sign,
                              double *step)
{
    double reach = bs->up[q] - bs->low[q];
    int64_t r = -1;
    double most = 0.0, bound = reach;
    for (int64_t i = 0; i < bs->dx.count; i++) {
        const int64_t v = bs->dx.list[i];
        const double d = sign * bs->dx.value[v];
        if (bs->state[v] <= CV_UPPER || fabs(d) < 1e-9) continue;
        const double t = room(bs, v, d, lp->flow_tol);
        if (t < reach) reach = t;
    }
    for (int64_t i = 0; i < bs->dx.count; i++) {
        const int64_t v = bs->dx.list[i];
        const double d = sign * bs->dx.value[v];
        if (bs->state[v] <= CV_UPPER || fabs(d) < 1e-9) continue;
        const double t = room(bs, v, d, 0.0);
        if (t <= reach && fabs(d) > most) most = fabs(d), r = v, bound = t;
    }
    *step = bound;
    return r;
}

coord_result coord_primal(const coord_lp *lp, coord_basis *bs, int64_t limit)
{
    const int64_t all = lp->m + lp->n + lp->rows;
    for (int64_t done = 0; done < limit; done++) {
        if (bs->q + 1 >= bs->q_cap) return COORD_GROW;
        int64_t q = -1;
        double most = 0.0;
        for (int64_t v = 0; v < all; v++) {
            const double bad = wrong_sign(lp, bs, v);
            if (bad > most) most = bad, q = v;
        }
        if (q < 0) return COORD_OPTIMAL;
        const double sign = bs->state[q] == CV_LOWER ? 1.0 : -1.0;
        coord_clear(&bs->dx);
        coord_add(&bs->dx, q, 1.0);
        coord_column(lp, bs);
        double step;
        const int64_t r = choose_leaving(lp, bs, q, sign, &step);
        for (int64_t i = 0; i < bs->dx.count; i++) {
            const int64_t v = bs->dx.list[i];
            if (bs->state[v] > CV_UPPER) bs->x[v] += sign * step * bs->dx.value[v];
        }
        bs->pivots++;
        if (r < 0) {
            bs->state[q] = sign > 0.0 ? CV_UPPER : CV_LOWER;
            bs->x[q] = sign > 0.0 ? bs->up[q] : bs->low[q];
            continue;
        }
        bs->x[q] += sign * step;
        coord_row(lp, bs, r);
        if (fabs(bs->row.listed[q] ? bs->row.value[q] - bs->dx.value[r] : bs->dx.value[r]) >
            1e-6 * (1.0 + fabs(bs->dx.value[r])))
            return COORD_LIMIT;
        const double theta = bs->rc[q] / bs->row.value[q];
        for (int64_t i = 0; i < bs->row.count; i++)
            bs->rc[bs->row.list[i]] -= theta * bs->row.value[bs->row.list[i]];
        bs->rc[q] = 0.0;
        bs->rc[r] = theta;
        const bool to_lower = sign * bs->dx.value[r] < 0.0;
        bs->x[r] = to_lower ? bs->low[r] : bs->up[r];
        bs->weight[q] = 1.0;
        if (!coord_pivot(lp, bs, r, q, to_lower ? CV_LOWER : CV_UPPER)) return COORD_LIMIT;
    }
    return COORD_LIMIT;
}
