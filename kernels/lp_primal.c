/* Primal simplex: takes away what perturbation and shifts of the dual
 * left, and re-solves when only costs changed or columns came. Entering: largest rc^2 / weight [H73] among those with a reduced
 * cost of the wrong sign, which are listed; leaving: the two-pass ratio test of Harris with the flow tolerance. */
#include "lp.h"

#include <math.h>

static double wrong_sign(const lp_problem *lp, const lp_basis *bs, int64_t v)
{
    if (bs->state[v] == LP_BASIC || bs->low[v] == bs->up[v]) return 0.0;
    const double bad = bs->state[v] == LP_LOWER ? -bs->rc[v] : bs->rc[v];
    return bad > lp->cost_tol ? bad : 0.0;
}

/* All weights are one again, and the list is made anew. Returns its length. */
static int64_t begin_offers(const lp_problem *lp, lp_basis *bs)
{
    int64_t count = 0;
    for (int64_t v = 0; v < lp->m + lp->n; v++) {
        lp_offer *o = &bs->offer[v];
        o->weight = 1.0;
        o->listed = wrong_sign(lp, bs, v) > 0.0;
        if (o->listed) bs->offer[count++].list = (int32_t)v;
    }
    return count;
}

/* The best offer, -1: none. Those that are none any more leave the list. */
static int64_t choose_entering(const lp_problem *lp, lp_basis *bs, int64_t *count)
{
    int64_t q = -1, keep = 0;
    double most = 0.0;
    for (int64_t i = 0; i < *count; i++) {
        const int32_t v = bs->offer[i].list;
        const double bad = wrong_sign(lp, bs, v);
        bs->offer[v].listed = bad > 0.0;
        if (bad == 0.0) continue;
        bs->offer[keep++].list = v;
        const double merit = bad * bad / bs->offer[v].weight;
        if (merit > most || (merit == most && v < q)) most = merit, q = v;
    }
    *count = keep;
    return q;
}

/* Reduced costs and weights after q has come in for `out` at `pivot`; bs->row holds the row. */
static void update_offers(const lp_problem *lp, lp_basis *bs, int64_t q, int64_t out,
                          double pivot, int64_t *count)
{
    const double theta = bs->rc[q] / pivot, own = bs->offer[q].weight;
    bs->rc[q] = 0.0;
    for (int64_t i = 0; i < bs->row.count; i++) {
        const int32_t v = bs->row.list[i];
        if (v == q) continue;
        const double share = bs->row.value[i] / pivot, weight = share * share * own;
        lp_offer *o = &bs->offer[v];
        bs->rc[v] -= theta * bs->row.value[i];
        if (weight > o->weight) o->weight = weight;
        if (o->listed || wrong_sign(lp, bs, v) == 0.0) continue;
        o->listed = 1;
        bs->offer[(*count)++].list = v;
    }
    bs->rc[out] = -theta;
    bs->offer[out].weight = fmax(own / (pivot * pivot), 1.0);
}

/* Room of basic v when it changes at rate d, with its bound loosened by tol. */
static inline double room(const lp_basis *bs, int64_t v, double d, double tol)
{
    const double r =
        d > 0.0 ? (bs->up[v] + tol - bs->x[v]) / d : (bs->low[v] - tol - bs->x[v]) / d;
    return r > 0.0 ? r : 0.0;
}

int32_t lp_primal_leaving(const lp_problem *lp, const lp_basis *bs, int64_t q, double sign,
                          double *step)
{
    double reach = bs->up[q] - bs->low[q];
    int32_t r = -1;
    double most = 0.0, bound = reach;
    for (int32_t i = 0; i < bs->column.count; i++) {
        const int32_t k = bs->column.list[i];
        const double d = -sign * bs->column.value[k];
        if (fabs(d) < 1e-9) continue;
        const double t = room(bs, bs->head[k], d, lp->flow_tol);
        if (t < reach) reach = t;
    }
    for (int32_t i = 0; i < bs->column.count; i++) {
        const int32_t k = bs->column.list[i];
        const double d = -sign * bs->column.value[k];
        if (fabs(d) < 1e-9) continue;
        const double t = room(bs, bs->head[k], d, 0.0);
        if (t <= reach && fabs(d) > most) most = fabs(d), r = k, bound = t;
    }
    *step = bound;
    return r;
}

void lp_primal_move(lp_basis *bs, int64_t q, double sign, double step, bool flips)
{
    for (int32_t i = 0; i < bs->column.count; i++) {
        const int32_t k = bs->column.list[i];
        bs->x[bs->head[k]] -= sign * step * bs->column.value[k];
    }
    if (!flips) {
        bs->x[q] += sign * step;
        return;
    }
    bs->state[q] = sign > 0.0 ? LP_UPPER : LP_LOWER;
    bs->x[q] = sign > 0.0 ? bs->up[q] : bs->low[q];
    bs->pivots++;
}

lp_result lp_primal(const lp_problem *lp, lp_basis *bs, int64_t limit)
{
    int64_t offers = begin_offers(lp, bs);
    for (int64_t done = 0; done < limit; done++) {
        const int64_t q = choose_entering(lp, bs, &offers);
        if (q < 0) return LP_OPTIMAL;
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
            if (fabs(same - pivot) > 1e-6 * (1.0 + fabs(pivot))) return LP_LIMIT;
        }
        lp_primal_move(bs, q, sign, step, r < 0);
        if (r < 0) continue;
        const int64_t out = bs->head[r];
        update_offers(lp, bs, q, out, pivot, &offers);
        bs->work += bs->rho.count + bs->row.count + bs->column.count;
        const bool to_lower = -sign * pivot < 0.0;
        bs->x[out] = to_lower ? bs->low[out] : bs->up[out];
        bs->weight[r] = 1.0;
        if (lp_exchange(lp, bs, r, q, to_lower ? LP_LOWER : LP_UPPER)) continue;
        const lp_result res = lp_renew(lp, bs);
        if (res != LP_OPTIMAL) return res;
        if (bs->repaired) offers = begin_offers(lp, bs);
    }
    return LP_LIMIT;
}
