/* Dual simplex with bound flipping [K05, sec. 6.2] and steepest edge weights [FG92].
 *
 * Where every variable has two finite bounds, any basis is made dual feasible by moving nonbasic
 * variables to their other bound, and no first phase is needed. Leaving: the basic variable
 * with the largest violation^2 / weight. Entering: ratios are passed in growing order as long
 * as the leaving variable stays infeasible when the passed variables go to their other bound;
 * among ties within the tolerance the largest pivot wins, and costs of variables that step over
 * zero are shifted (the caller takes shifts back at the end).
 *
 * Infeasible: no variable can move the leaving one towards its bound; the row rho is the proof. */
#include "lp.h"

#include <math.h>

static inline double violation(const lp_problem *lp, const lp_basis *bs, int64_t v)
{
    if (bs->x[v] < bs->low[v] - lp->flow_tol) return bs->x[v] - bs->low[v];
    if (bs->x[v] > bs->up[v] + lp->flow_tol) return bs->x[v] - bs->up[v];
    return 0.0;
}

static inline void note_violation(const lp_problem *lp, lp_basis *bs, int32_t r)
{
    if (!bs->bad_mark[r] && violation(lp, bs, bs->head[r]) != 0.0) {
        bs->bad_mark[r] = 1;
        bs->bad[bs->bad_count++] = r;
    }
}

static void note_all(const lp_problem *lp, lp_basis *bs)
{
    for (int32_t i = 0; i < bs->bad_count; i++) bs->bad_mark[bs->bad[i]] = 0;
    bs->bad_count = 0;
    for (int32_t r = 0; r < lp->n; r++) note_violation(lp, bs, r);
}

static int32_t choose_leaving(const lp_problem *lp, lp_basis *bs)
{
    int32_t best = -1, keep = 0;
    double most = 0.0;
    for (int32_t i = 0; i < bs->bad_count; i++) {
        const int32_t r = bs->bad[i];
        const double d = violation(lp, bs, bs->head[r]);
        if (d == 0.0) {
            bs->bad_mark[r] = 0;
            continue;
        }
        bs->bad[keep++] = r;
        const double merit = d * d / bs->weight[r];
        if (merit > most || (merit == most && best >= 0 && bs->head[r] < bs->head[best]))
            most = merit, best = r;
    }
    bs->bad_count = keep;
    return best;
}

/* How far rc[v] may be on the wrong side is not its sign but cost_tol; ratios are taken at
 * zero. */
static inline double ratio_of(const lp_basis *bs, int64_t v)
{
    const double rc = bs->state[v] == LP_LOWER ? bs->rc[v] : -bs->rc[v];
    return (rc > 0.0 ? rc : 0.0) / fabs(bs->row.value[v]);
}

/* The best of the passed variables enters where the pivots behind them are all poor; *passed is cut to those
 * with smaller ratios. */
static int64_t step_back(lp_basis *bs, int64_t done, int64_t *passed)
{
    double better = 0.0;
    int64_t best = 0;
    for (int64_t i = 0; i < done; i++)
        if (fabs(bs->row.value[bs->order[i]]) > better)
            better = fabs(bs->row.value[bs->order[i]]), best = i;
    const int64_t v = bs->order[best];
    const double limit = ratio_of(bs, v);
    int64_t keep = 0;
    for (int64_t i = 0; i < done; i++)
        if (i != best && ratio_of(bs, bs->order[i]) < limit) bs->order[keep++] = bs->order[i];
    *passed = keep;
    return v;
}

/* Entering variable for a leaving one that is off its bound by `gap` (its sign says where); the
 * passed variables, which flip, stand in order[0 .. *passed). -1: none. */
static int64_t ratio_test(const lp_problem *lp, lp_basis *bs, double gap, int64_t *passed)
{
    /* d x(leaving) / d x(v) = -row(v): it has to move against the sign of gap */
    const double sign = gap < 0.0 ? -1.0 : 1.0;
    int64_t *order = bs->order, count = 0, done = 0;
    for (int64_t i = 0; i < bs->row.count; i++) {
        const int64_t v = bs->row.list[i];
        const double a = sign * bs->row.value[v];
        if (bs->low[v] == bs->up[v] || fabs(a) < 1e-9) continue;
        if (bs->state[v] == LP_LOWER ? a > 0.0 : a < 0.0) order[count++] = v;
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
        if (most < 1e-7 && done > 0) return step_back(bs, done, passed);
        *passed = done;
        return order[best];
    }
    return -1;
}

/* The passed variables go to their other bound; basic variables follow. */
static void flip(const lp_problem *lp, lp_basis *bs, int64_t passed)
{
    lu_vector *t = &bs->tau;
    if (passed == 0) return;
    for (int64_t i = 0; i < passed; i++) {
        const int64_t v = bs->order[i];
        const bool up = bs->state[v] == LP_LOWER;
        const double d = up ? bs->up[v] - bs->low[v] : bs->low[v] - bs->up[v];
        bs->state[v] = up ? LP_UPPER : LP_LOWER;
        bs->x[v] = up ? bs->up[v] : bs->low[v];
        lp_add_column(lp, v, -d, t);
    }
    lu_solve(&bs->lu, t);
    for (int32_t i = 0; i < t->count; i++) {
        const int32_t r = t->list[i];
        bs->x[bs->head[r]] += t->value[r];
        note_violation(lp, bs, r);
    }
    lu_clear(t);
    bs->flips += passed;
}

/* Reduced costs after the exchange; a cost is shifted where one would come out on the wrong
 * side. */
static void update_costs(lp_basis *bs, int64_t arcs, int64_t out, int64_t q, bool to_lower)
{
    const double alpha = bs->row.value[q];
    double step = bs->rc[q] / alpha;          /* rc(out) becomes -step */
    if (to_lower ? step > 0.0 : step < 0.0) { /* within the tolerance: shift rc(q) to zero */
        if (q < arcs) bs->cost[q] -= bs->rc[q];
        step = 0.0;
    }
    for (int64_t i = 0; i < bs->row.count; i++) {
        const int64_t v = bs->row.list[i];
        if (v == q) continue;
        double rc = bs->rc[v] - step * bs->row.value[v];
        if (v < arcs && (bs->state[v] == LP_LOWER ? rc < 0.0 : rc > 0.0)) {
            bs->cost[v] -= rc; /* a logical keeps its small error: its cost is always zero */
            rc = 0.0;
        }
        bs->rc[v] = rc;
    }
    bs->rc[q] = 0.0;
    bs->rc[out] = -step;
}

/* Weights ||row r of B^-1||^2 of the rows; tau = B^-1 rho. */
static void update_weights(lp_basis *bs, int32_t r)
{
    lu_vector *tau = &bs->tau;
    const double pivot = bs->column.value[r];
    double w = 0.0;
    for (int32_t i = 0; i < bs->rho.count; i++) {
        const double d = bs->rho.value[bs->rho.list[i]];
        w += d * d;
        if (d != 0.0) lu_add(tau, bs->rho.list[i], d);
    }
    lu_solve(&bs->lu, tau);
    for (int32_t i = 0; i < bs->column.count; i++) {
        const int32_t k = bs->column.list[i];
        const double f = bs->column.value[k] / pivot;
        if (k == r || f == 0.0) continue;
        const double now = bs->weight[k] + f * (f * w - 2.0 * tau->value[k]);
        const double least = 1e-4 + f * f; /* the row has this much of row r at the least */
        bs->weight[k] = now > least ? now : least;
    }
    lu_clear(tau);
    bs->weight[r] = w / (pivot * pivot) > 1e-4 ? w / (pivot * pivot) : 1e-4;
}

lp_result lp_dual(const lp_problem *lp, lp_basis *bs, int64_t limit, int32_t *leaving)
{
    note_all(lp, bs);
    for (int64_t done = 0; done < limit; done++) {
        const int32_t r = choose_leaving(lp, bs);
        if (r < 0) return LP_OPTIMAL;
        const int64_t out = bs->head[r];
        const double gap = violation(lp, bs, out);
        lp_row(lp, bs, r);
        int64_t passed = 0;
        const int64_t q = ratio_test(lp, bs, gap, &passed);
        *leaving = r;
        if (q < 0) return LP_INFEASIBLE;
        lp_column(lp, bs, q);
        const double pivot = bs->column.value[r];
        if (fabs(pivot - bs->row.value[q]) > 1e-7 * (1.0 + fabs(pivot))) {
            if (bs->lu.etas == 0) return LP_LIMIT;
            const lp_result res = lp_factor(lp, bs);
            if (res != LP_OPTIMAL) return res;
            lp_refresh(lp, bs);
            note_all(lp, bs);
            continue;
        }
        flip(lp, bs, passed);
        const bool to_lower = gap < 0.0;
        const double target = to_lower ? bs->low[out] : bs->up[out];
        const double step = (bs->x[out] - target) / pivot;
        for (int32_t i = 0; i < bs->column.count; i++) {
            const int32_t k = bs->column.list[i];
            bs->x[bs->head[k]] -= step * bs->column.value[k];
        }
        bs->x[q] += step;
        bs->x[out] = target;
        update_costs(bs, lp->m, out, q, to_lower);
        update_weights(bs, r);
        bool fresh = false;
        const lp_result res = lp_exchange(lp, bs, r, q, to_lower ? LP_LOWER : LP_UPPER, &fresh);
        if (res != LP_OPTIMAL) return res;
        if (fresh) {
            note_all(lp, bs);
            continue;
        }
        for (int32_t i = 0; i < bs->column.count; i++)
            note_violation(lp, bs, bs->column.list[i]);
    }
    return LP_LIMIT;
}
