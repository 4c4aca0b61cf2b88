/* The basis: factors, rows, columns and exchanges. See lp.h. */
#include "lp.h"

#include <math.h>
#include <string.h>

void lp_add_column(const lp_problem *lp, int64_t v, double factor, lu_vector *x)
{
    for (int64_t e = lp->col_first[v]; e < lp->col_first[v + 1]; e++)
        lu_add(x, lp->col_row[e], factor * lp->col_value[e]);
}

/* Columns that found no pivot leave the basis for the logicals of the rows that found none. */
static void repair(const lp_problem *lp, lp_basis *bs)
{
    bs->repaired = true;
    bs->refreshed = 0;
    for (int32_t i = 0; i < bs->lu.bad; i++) {
        const int64_t out = bs->head[bs->lu.bad_col[i]], in = lp->m + bs->lu.bad_row[i];
        if (out >= 0) {
            bs->at[out] = -1;
            bs->state[out] = (uint8_t)(isfinite(bs->low[out]) ? LP_LOWER : LP_UPPER);
        }
        bs->state[in] = LP_BASIC;
        bs->head[bs->lu.bad_col[i]] = in;
        bs->weight[bs->lu.bad_col[i]] = 1.0;
    }
}

lp_result lp_factor(const lp_problem *lp, lp_basis *bs)
{
    bs->factorizations++;
    bs->repaired = false;
    for (;;) {
        for (int32_t r = 0; r < lp->n; r++) {
            const int64_t v = bs->head[r];
            bs->begin[r] = v < 0 ? 0 : lp->col_first[v];
            bs->end[r] = v < 0 ? 0 : lp->col_first[v + 1];
        }
        const lu_result res =
            lu_factor(&bs->lu, bs->begin, bs->end, lp->col_row, lp->col_value);
        if (res == LU_GROW) return LP_GROW;
        bs->work += bs->lu.factor_work;
        if (res == LU_OK) break;
        repair(lp, bs);
    }
    /* variables and their weights go to their new rows */
    double *weight = bs->tau.value; /* all zero, and again at the end */
    for (int32_t p = 0; p < lp->n; p++) {
        bs->scratch_variable[bs->lu.place[p]] = bs->head[p];
        weight[bs->lu.place[p]] = bs->weight[p];
    }
    for (int32_t r = 0; r < lp->n; r++) {
        bs->head[r] = bs->scratch_variable[r];
        bs->at[bs->head[r]] = r;
        bs->weight[r] = weight[r];
        weight[r] = 0.0;
    }
    return LP_OPTIMAL;
}

/* Prices of the basic costs, and reduced costs. */
static void prices(const lp_problem *lp, lp_basis *bs)
{
    lu_vector *y = &bs->tau;
    for (int32_t r = 0; r < lp->n; r++)
        if (bs->cost[bs->head[r]] != 0.0) lu_add(y, r, bs->cost[bs->head[r]]);
    lu_solve_transposed(&bs->lu, y);
    memcpy(bs->dual, y->value, (size_t)lp->n * sizeof *bs->dual);
    lu_clear(y);
    for (int64_t v = 0; v < lp->m; v++) {
        double rc = bs->cost[v];
        if (bs->state[v] == LP_BASIC) {
            bs->rc[v] = 0.0;
            continue;
        }
        for (int64_t e = lp->col_first[v]; e < lp->col_first[v + 1]; e++)
            rc -= lp->col_value[e] * bs->dual[lp->col_row[e]];
        bs->rc[v] = rc;
    }
    for (int32_t r = 0; r < lp->n; r++)
        bs->rc[lp->m + r] =
            bs->state[lp->m + r] == LP_BASIC ? 0.0 : bs->cost[lp->m + r] - bs->dual[r];
}

/* x of the basic variables; a second pass corrects what the first left. */
static void values(const lp_problem *lp, lp_basis *bs, int passes)
{
    const int64_t all = lp->m + lp->n;
    lu_vector *x = &bs->tau;
    for (int32_t r = 0; r < lp->n; r++) bs->x[bs->head[r]] = 0.0;
    for (int pass = 0; pass < passes; pass++) {
        for (int32_t r = 0; r < lp->n; r++)
            if (lp->rhs[r] != 0.0) lu_add(x, r, lp->rhs[r]);
        for (int64_t v = 0; v < all; v++)
            if (bs->x[v] != 0.0) lp_add_column(lp, v, -bs->x[v], x);
        lu_solve(&bs->lu, x);
        for (int32_t i = 0; i < x->count; i++)
            bs->x[bs->head[x->list[i]]] += x->value[x->list[i]];
        lu_clear(x);
    }
}

void lp_values(const lp_problem *lp, lp_basis *bs)
{
    for (int64_t v = 0; v < lp->m + lp->n; v++) {
        if (bs->state[v] == LP_LOWER) bs->x[v] = bs->low[v];
        if (bs->state[v] == LP_UPPER) bs->x[v] = bs->up[v];
    }
    values(lp, bs, 2);
}

void lp_refresh(const lp_problem *lp, lp_basis *bs)
{
    lp_values(lp, bs);
    prices(lp, bs);
    lp_sort_rows(lp, bs);
    bs->refreshed = bs->pivots + 1;
}

bool lp_is_fresh(const lp_basis *bs)
{
    return bs->lu.etas == 0 && bs->refreshed == bs->pivots + 1;
}

int64_t lp_flip_to_dual(const lp_problem *lp, lp_basis *bs)
{
    int64_t flips = 0;
    for (int64_t v = 0; v < lp->m + lp->n; v++) {
        if (bs->state[v] == LP_BASIC || bs->low[v] == bs->up[v]) continue;
        if (bs->state[v] == LP_LOWER && bs->rc[v] < -lp->cost_tol && isfinite(bs->up[v]))
            bs->state[v] = LP_UPPER;
        else if (bs->state[v] == LP_UPPER && bs->rc[v] > lp->cost_tol && isfinite(bs->low[v]))
            bs->state[v] = LP_LOWER;
        else
            continue;
        flips++;
    }
    return flips;
}

bool lp_primal_feasible(const lp_problem *lp, const lp_basis *bs)
{
    for (int32_t r = 0; r < lp->n; r++) {
        const int64_t v = bs->head[r];
        if (bs->x[v] < bs->low[v] - lp->flow_tol || bs->x[v] > bs->up[v] + lp->flow_tol)
            return false;
    }
    return true;
}

void lp_column(const lp_problem *lp, lp_basis *bs, int64_t q)
{
    lu_clear(&bs->column);
    lp_add_column(lp, q, 1.0, &bs->column);
    lu_solve_entering(&bs->lu, &bs->column);
}

bool lp_exchange(const lp_problem *lp, lp_basis *bs, int32_t r, int64_t q, int to)
{
    const int64_t out = bs->head[r];
    const bool kept = lu_exchange(&bs->lu, r, &bs->column);
    bs->state[out] = (uint8_t)to;
    bs->at[out] = -1;
    bs->state[q] = LP_BASIC;
    bs->head[r] = q;
    bs->at[q] = r;
    if (bs->low[out] != bs->up[out]) lp_may_enter(lp, bs, out, true);
    if (bs->low[q] != bs->up[q]) lp_may_enter(lp, bs, q, false);
    bs->pivots++;
    /* solves walk updates: they are given up when this has cost as much as new factors */
    return kept && bs->lu.etas < bs->lu.eta_most && lu_eta_work(&bs->lu) < bs->lu.factor_work;
}

lp_result lp_renew(const lp_problem *lp, lp_basis *bs)
{
    const lp_result res = lp_factor(lp, bs);
    if (res != LP_OPTIMAL) return res;
    if (bs->repaired)
        lp_refresh(lp, bs);
    else
        values(lp, bs, 1);
    return LP_OPTIMAL;
}
