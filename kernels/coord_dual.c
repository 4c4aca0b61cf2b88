/* Dual simplex on the partitioned basis, with bound flipping [K05, sec. 6.2] and Devex weights.
 *
 * Every variable has two finite bounds, so any basis is made dual feasible by moving nonbasic
 * variables to their other bound, and no first phase is needed. Leaving: the basic variable
 * with the largest violation^2 / weight. Entering: ratios are passed in growing order as long
 * as the leaving variable stays infeasible when the passed variables go to their other bound;
 * among ties within the tolerance the largest pivot wins, and costs of variables that step over
 * zero are shifted (the caller takes shifts back at the end).
 *
 * Infeasible: no variable can move the leaving one towards its bound; price and shift of its
 * row are the proof. */
#include "coord.h"

#include <math.h>
#include <stdlib.h>

static double violation(const coord_lp *lp, const coord_basis *bs, int64_t v)
{
    if (bs->x[v] < bs->low[v] - lp->flow_tol) return bs->x[v] - bs->low[v];
    if (bs->x[v] > bs->up[v] + lp->flow_tol) return bs->x[v] - bs->up[v];
    return 0.0;
}

static void note_violation(const coord_lp *lp, coord_basis *bs, int64_t v)
{
    if (bs->state[v] > CV_UPPER && !bs->bad.listed[v] && violation(lp, bs, v) != 0.0)
        coord_add(&bs->bad, v, 0.0);
}

static int64_t choose_leaving(const coord_lp *lp, coord_basis *bs)
{
    int64_t best = -1, keep = 0;
    double most = 0.0;
    for (int64_t i = 0; i < bs->bad.count; i++) {
        const int64_t v = bs->bad.list[i];
        const double d = bs->state[v] > CV_UPPER ? violation(lp, bs, v) : 0.0;
        if (d == 0.0) {
            bs->bad.listed[v] = 0;
            continue;
        }
        bs->bad.list[keep++] = v;
        const double merit = d * d / bs->weight[v];
        if (merit > most || (merit == most && best >= 0 && v < best)) most = merit, best = v;
    }
    bs->bad.count = keep;
    return best;
}

/* How far rc[v] may be on the wrong side is not its sign but cost_tol; ratios are taken at
 * zero. */
static inline double ratio_of(const coord_basis *bs, int64_t v)
{
    const double rc = bs->state[v] == CV_LOWER ? bs->rc[v] : -bs->rc[v];
    return (rc > 0.0 ? rc : 0.0) / fabs(bs->row.value[v]);
}

/* Entering variable for a leaving one that is off its bound by `gap` (its sign says where); the
 * passed variables, which flip, stand in order[0 .. *passed). -1: none. */
static int64_t ratio_test(const coord_lp *lp, coord_basis *bs, double gap, int64_t *passed)
{
    const double sign = gap < 0.0 ? 1.0 : -1.0; /* the leaving variable has to move this way */
    int64_t *order = bs->order, count = 0, done = 0;
    for (int64_t i = 0; i < bs->row.count; i++) {
        const int64_t v = bs->row.list[i];
        const double a = sign * bs->row.value[v];
        if (bs->low[v] == bs->up[v] || fabs(a) < 1e-9) continue;
        if (bs->state[v] == CV_LOWER ? a > 0.0 : a < 0.0) order[count++] = v;
    }
    double slope = fabs(gap);
    while (done < count) {
        double reach = INFINITY;
        for (int64_t i = done; i < count; i++) {
            const double r =
                ratio_of(bs, order[i]) + lp->cost_tol / fabs(bs->row.value[order[i]]);
            if (r < reach) reach = r;
        }
        int64_t group = done, best = -1;
        double most = 0.0, drop = 0.0;
        for (int64_t i = done; i < count; i++) {
            const int64_t v = order[i];
            if (ratio_of(bs, v) > reach) continue;
            const double a = fabs(bs->row.value[v]);
            drop += a * (bs->up[v] - bs->low[v]);
            order[i] = order[group];
            order[group] = v;
            if (a > most * (1.0 + 1e-9)) most = a, best = group;
            group++;
        }
        /* go on while all of them may flip and the leaving variable is still off, and others
         * remain */
        if (slope - drop > 0.0 && group < count) {
            slope -= drop;
            done = group;
            continue;
        }
        if (most < 1e-7 &&
            done > 0) { /* a poor pivot: the last passed group had a better one */
            double better = 0.0;
            for (int64_t i = 0; i < done; i++)
                if (fabs(bs->row.value[order[i]]) > better)
                    better = fabs(bs->row.value[order[i]]), best = i;
            const int64_t v = order[best];
            const double limit = ratio_of(bs, v);
            int64_t keep = 0;
            for (int64_t i = 0; i < done; i++)
                if (i != best && ratio_of(bs, order[i]) < limit) order[keep++] = order[i];
            *passed = keep;
            return v;
        }
        *passed = done;
        return order[best];
    }
    return -1;
}

/* The passed variables go to their other bound; basic variables follow. */
static void flip(const coord_lp *lp, coord_basis *bs, int64_t passed)
{
    if (passed == 0) return;
    coord_clear(&bs->dx);
    for (int64_t i = 0; i < passed; i++) {
        const int64_t v = bs->order[i];
        const bool up = bs->state[v] == CV_LOWER;
        bs->state[v] = up ? CV_UPPER : CV_LOWER;
        bs->x[v] = up ? bs->up[v] : bs->low[v];
        coord_add(&bs->dx, v, up ? bs->up[v] - bs->low[v] : bs->low[v] - bs->up[v]);
    }
    coord_column(lp, bs);
    for (int64_t i = 0; i < bs->dx.count; i++) {
        const int64_t v = bs->dx.list[i];
        if (bs->state[v] <= CV_UPPER) continue;
        bs->x[v] += bs->dx.value[v];
        note_violation(lp, bs, v);
    }
    bs->flips += passed;
}

/* Reduced costs after the exchange; a cost is shifted where one would come out on the wrong
 * side. */
static void update_costs(coord_basis *bs, int64_t arcs, int64_t r, int64_t q, bool to_lower)
{
    const double alpha = bs->row.value[q];
    double step = bs->rc[q] / alpha;          /* new rc(r) */
    if (to_lower ? step < 0.0 : step > 0.0) { /* within the tolerance: shift rc(q) to zero */
        if (q < arcs) bs->cost[q] -= bs->rc[q];
        step = 0.0;
    }
    for (int64_t i = 0; i < bs->row.count; i++) {
        const int64_t v = bs->row.list[i];
        if (v == q) continue;
        double rc = bs->rc[v] - step * bs->row.value[v];
        if (v < arcs && (bs->state[v] == CV_LOWER ? rc < 0.0 : rc > 0.0)) {
            bs->cost[v] -= rc; /* a logical keeps its small error: its cost is always zero */
            rc = 0.0;
        }
        bs->rc[v] = rc;
    }
    bs->rc[q] = 0.0;
    bs->rc[r] = step;
}

static void update_weights(coord_basis *bs, int64_t r, int64_t q)
{
    const double pivot = bs->dx.value[r], w = bs->weight[r];
    for (int64_t i = 0; i < bs->dx.count; i++) {
        const int64_t v = bs->dx.list[i];
        if (bs->state[v] <= CV_UPPER || v == r) continue;
        const double f = bs->dx.value[v] / pivot, other = f * f * w;
        if (other > bs->weight[v]) bs->weight[v] = other;
    }
    const double mine = w / (pivot * pivot);
    bs->weight[q] = mine > 1.0 ? mine : 1.0;
}

coord_result coord_dual(const coord_lp *lp, coord_basis *bs, int64_t limit, int64_t *leaving)
{
    const int64_t base = lp->m + lp->n;
    coord_clear(&bs->bad);
    for (int64_t v = 0; v < base + lp->rows; v++) note_violation(lp, bs, v);
    for (int64_t done = 0; done < limit; done++) {
        if (bs->q + 1 >= bs->q_cap) return COORD_GROW;
        const int64_t r = choose_leaving(lp, bs);
        if (r < 0) return COORD_OPTIMAL;
        const double gap = violation(lp, bs, r);
        coord_row(lp, bs, r);
        int64_t passed = 0;
        const int64_t q = ratio_test(lp, bs, gap, &passed);
        *leaving = r;
        if (q < 0) return COORD_INFEASIBLE;
        flip(lp, bs, passed);
        coord_clear(&bs->dx);
        coord_add(&bs->dx, q, 1.0);
        coord_column(lp, bs);
        const double pivot = bs->dx.listed[r] ? bs->dx.value[r] : 0.0;
        if (fabs(pivot - bs->row.value[q]) > 1e-6 * (1.0 + fabs(pivot))) return COORD_LIMIT;
        const bool to_lower = gap < 0.0;
        const double target = to_lower ? bs->low[r] : bs->up[r];
        const double step = (target - bs->x[r]) / pivot;
        for (int64_t i = 0; i < bs->dx.count; i++) {
            const int64_t v = bs->dx.list[i];
            if (bs->state[v] > CV_UPPER) bs->x[v] += step * bs->dx.value[v];
        }
        bs->x[q] += step;
        bs->x[r] = target;
        update_costs(bs, lp->m, r, q, to_lower);
        update_weights(bs, r, q);
        if (!coord_pivot(lp, bs, r, q, to_lower ? CV_LOWER : CV_UPPER)) return COORD_LIMIT;
        for (int64_t i = 0; i < bs->dx.count; i++) note_violation(lp, bs, bs->dx.list[i]);
        note_violation(lp, bs, q);
        bs->pivots++;
    }
    return COORD_LIMIT;
}
