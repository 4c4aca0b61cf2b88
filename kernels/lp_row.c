/* Rows of the simplex tableau from the matrix by rows. See lp.h. */
#include "lp.h"

#include <math.h>
#include <string.h>

#define TINY 1e-14 /* smaller sums are rounding noise */

/* ---- the matrix by rows ---------------------------------------------------------------- */

bool lp_is_pair(const lp_problem *lp, int64_t v)
{
    const int64_t e = lp->col_first[v];
    return lp->col_first[v + 1] >= e + 2 &&
           ((lp->col_value[e] == 1.0 && lp->col_value[e + 1] == -1.0) ||
            (lp->col_value[e] == -1.0 && lp->col_value[e + 1] == 1.0));
}

void lp_list_rows(const lp_problem *lp, lp_basis *bs)
{
    lp_rows *rows = &bs->rows;
    const int64_t all = lp->m + lp->n;
    memset(rows->pair_first, 0, ((size_t)lp->n + 1) * sizeof *rows->pair_first);
    memset(rows->term_first, 0, ((size_t)lp->n + 1) * sizeof *rows->term_first);
    for (int64_t v = 0; v < all; v++) {
        const int64_t first = lp->col_first[v], terms = lp_is_pair(lp, v) ? first + 2 : first;
        for (int64_t e = first; e < lp->col_first[v + 1]; e++)
            (e < terms ? rows->pair_first : rows->term_first)[lp->col_row[e] + 1]++;
    }
    for (int32_t r = 0; r < lp->n; r++) {
        rows->pair_first[r + 1] += rows->pair_first[r];
        rows->term_first[r + 1] += rows->term_first[r];
        rows->pairs[r] = rows->terms[r] = 0;
    }
    for (int64_t v = 0; v < all; v++) {
        const int64_t first = lp->col_first[v], terms = lp_is_pair(lp, v) ? first + 2 : first;
        for (int64_t e = first; e < lp->col_first[v + 1]; e++) {
            const int32_t r = lp->col_row[e];
            if (e < terms) {
                const int32_t other = lp->col_row[e == first ? first + 1 : first];
                rows->pair[rows->pair_first[r] + rows->pairs[r]++] =
                    (lp_pair){(int32_t)v, lp->col_value[e] > 0.0 ? other : ~other};
            } else {
                rows->term[rows->term_first[r] + rows->terms[r]++] =
                    (lp_term){(int32_t)v, lp->col_value[e]};
            }
        }
    }
}

static inline bool may_enter(const lp_basis *bs, int64_t v)
{
    return bs->state[v] != LP_BASIC && bs->low[v] != bs->up[v];
}

void lp_sort_rows(const lp_problem *lp, lp_basis *bs)
{
    lp_rows *rows = &bs->rows;
    for (int32_t r = 0; r < lp->n; r++) {
        int64_t keep = rows->pair_first[r];
        for (int64_t e = keep; e < rows->pair_first[r + 1]; e++) {
            const lp_pair p = rows->pair[e];
            if (!may_enter(bs, p.col)) continue;
            rows->pair[e] = rows->pair[keep];
            rows->pair[keep++] = p;
        }
        rows->pairs[r] = (int32_t)(keep - rows->pair_first[r]);
        keep = rows->term_first[r];
        for (int64_t e = keep; e < rows->term_first[r + 1]; e++) {
            const lp_term t = rows->term[e];
            if (!may_enter(bs, t.col)) continue;
            rows->term[e] = rows->term[keep];
            rows->term[keep++] = t;
        }
        rows->terms[r] = (int32_t)(keep - rows->term_first[r]);
    }
}

void lp_may_enter(const lp_problem *lp, lp_basis *bs, int64_t v, bool may)
{
    lp_rows *rows = &bs->rows;
    const int64_t first = lp->col_first[v], terms = lp_is_pair(lp, v) ? first + 2 : first;
    for (int64_t k = first; k < lp->col_first[v + 1]; k++) {
        const int32_t r = lp->col_row[k];
        if (k < terms) {
            int64_t e = rows->pair_first[r] + (may ? rows->pairs[r] : 0);
            while (rows->pair[e].col != v) e++;
            const int64_t to =
                rows->pair_first[r] + (may ? rows->pairs[r]++ : --rows->pairs[r]);
            const lp_pair p = rows->pair[e];
            rows->pair[e] = rows->pair[to];
            rows->pair[to] = p;
        } else {
            int64_t e = rows->term_first[r] + (may ? rows->terms[r] : 0);
            while (rows->term[e].col != v) e++;
            const int64_t to =
                rows->term_first[r] + (may ? rows->terms[r]++ : --rows->terms[r]);
            const lp_term t = rows->term[e];
            rows->term[e] = rows->term[to];
            rows->term[to] = t;
        }
    }
}

/* ---- a row of the tableau ---------------------------------------------------------------- */

static inline void add(lp_sparse *row, int32_t v, double d)
{
    double *const value = &row->value[v];
    if (*value == 0.0) row->list[row->count++] = v;
    *value += d;
    if (*value == 0.0) *value = 1e-300; /* still listed */
}

/* What cancelled leaves the list. */
static void drop_zeros(lp_sparse *row)
{
    int64_t keep = 0;
    for (int64_t i = 0; i < row->count; i++) {
        const int32_t v = row->list[i];
        if (fabs(row->value[v]) < TINY)
            row->value[v] = 0.0;
        else
            row->list[keep++] = v;
    }
    row->count = keep;
}

static void invert_row(lp_basis *bs, int32_t r)
{
    lu_clear(&bs->rho);
    for (int64_t i = 0; i < bs->row.count; i++) bs->row.value[bs->row.list[i]] = 0.0;
    bs->row.count = 0;
    lu_add(&bs->rho, r, 1.0);
    lu_solve_transposed(&bs->lu, &bs->rho);
}

void lp_row(lp_basis *bs, int32_t r)
{
    const lp_rows *rows = &bs->rows;
    const double *rho = bs->rho.value;
    lp_sparse *row = &bs->row;
    invert_row(bs, r);
    for (int32_t k = 0; k < bs->rho.count; k++) {
        const int32_t i = bs->rho.list[k];
        const double d = rho[i];
        const lp_pair *p = rows->pair + rows->pair_first[i], *pairs = p + rows->pairs[i];
        for (; p < pairs; p++) {
            const int32_t other = p->partner ^ (p->partner >> 31); /* ~ undone */
            if (rho[other] == d) continue;
            if (p->partner >= 0)
                add(row, p->col, d - rho[other]);
            else if (rho[other] == 0.0) /* else the entry 1 sees to it */
                add(row, p->col, -d);
        }
        const lp_term *t = rows->term + rows->term_first[i], *terms = t + rows->terms[i];
        for (; t < terms; t++) add(row, t->col, d * t->value);
    }
    drop_zeros(row);
}

void lp_full_row(const lp_problem *lp, lp_basis *bs, int32_t r)
{
    invert_row(bs, r);
    for (int32_t k = 0; k < bs->rho.count; k++) {
        const int32_t i = bs->rho.list[k];
        const double d = bs->rho.value[i];
        for (int64_t e = lp->row_first[i]; e < lp->row_first[i + 1]; e++)
            if (bs->state[lp->row_col[e]] != LP_BASIC)
                add(&bs->row, (int32_t)lp->row_col[e], d * lp->row_value[e]);
        if (bs->state[lp->m + i] != LP_BASIC) add(&bs->row, (int32_t)(lp->m + i), d);
    }
    drop_zeros(&bs->row);
}
