/* Rows of the simplex tableau from the matrix by rows. See lp.h. */
#include "lp.h"

#include <math.h>
#include <string.h>

#define TINY 1e-14 /* smaller sums are rounding noise */
#define AHEAD 6    /* rows whose lists are fetched before they are needed */

/* ---- the matrix by rows ---------------------------------------------------------------- */

bool lp_is_pair(const lp_problem *lp, int64_t v)
{
    const int64_t e = lp->col_first[v];
    return lp->col_first[v + 1] >= e + 2 &&
           ((lp->col_value[e] == 1.0 && lp->col_value[e + 1] == -1.0) ||
            (lp->col_value[e] == -1.0 && lp->col_value[e + 1] == 1.0));
}

/* The first entry of v that stands as a term: those before it are a pair. */
static inline int64_t terms_of(const lp_problem *lp, int64_t v)
{
    return lp_is_pair(lp, v) ? lp->col_first[v] + 2 : lp->col_first[v];
}

void lp_list_rows(const lp_problem *lp, lp_basis *bs)
{
    lp_rows *rows = &bs->rows;
    const int64_t all = lp->m + lp->n;
    memset(rows->row, 0, ((size_t)lp->n + 1) * sizeof *rows->row);
    for (int64_t v = 0; v < all; v++) {
        const int64_t terms = terms_of(lp, v);
        for (int64_t e = lp->col_first[v]; e < lp->col_first[v + 1]; e++) {
            lp_row_list *next = &rows->row[lp->col_row[e] + 1];
            *(e < terms ? &next->pair : &next->term) += 1;
        }
    }
    for (int32_t r = 0; r < lp->n; r++) {
        rows->row[r + 1].pair += rows->row[r].pair;
        rows->row[r + 1].term += rows->row[r].term;
    }
    for (int64_t v = 0; v < all; v++) {
        const int64_t first = lp->col_first[v], terms = terms_of(lp, v);
        for (int64_t e = first; e < lp->col_first[v + 1]; e++) {
            lp_row_list *row = &rows->row[lp->col_row[e]];
            if (e < terms) {
                const int32_t other = lp->col_row[e == first ? first + 1 : first];
                rows->pair[row->pair + row->pairs++] =
                    (lp_pair){(int32_t)v, lp->col_value[e] > 0.0 ? other : ~other};
                continue;
            }
            rows->term[row->term + row->terms++] = (lp_term){(int32_t)v, lp->col_value[e]};
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
        lp_row_list *row = &rows->row[r];
        int32_t keep = row->pair;
        for (int32_t e = keep; e < row[1].pair; e++) {
            const lp_pair p = rows->pair[e];
            if (!may_enter(bs, p.col)) continue;
            rows->pair[e] = rows->pair[keep];
            rows->pair[keep++] = p;
        }
        row->pairs = keep - row->pair;
        keep = row->term;
        for (int32_t e = keep; e < row[1].term; e++) {
            const lp_term t = rows->term[e];
            if (!may_enter(bs, t.col)) continue;
            rows->term[e] = rows->term[keep];
            rows->term[keep++] = t;
        }
        row->terms = keep - row->term;
    }
}

/* The entry of v, which is found from `from` on, changes its place with the one at `to`. */
static void move_pair(lp_pair *pair, int32_t from, int32_t to, int64_t v)
{
    while (pair[from].col != v) from++;
    const lp_pair p = pair[from];
    pair[from] = pair[to];
    pair[to] = p;
}

static void move_term(lp_term *term, int32_t from, int32_t to, int64_t v)
{
    while (term[from].col != v) from++;
    const lp_term t = term[from];
    term[from] = term[to];
    term[to] = t;
}

void lp_may_enter(const lp_problem *lp, lp_basis *bs, int64_t v, bool may)
{
    const int64_t terms = terms_of(lp, v);
    for (int64_t k = lp->col_first[v]; k < lp->col_first[v + 1]; k++) {
        lp_row_list *row = &bs->rows.row[lp->col_row[k]];
        const bool pair = k < terms;
        const int32_t first = pair ? row->pair : row->term;
        int32_t *const count = pair ? &row->pairs : &row->terms;
        const int32_t from = may ? first + *count : first;
        const int32_t to = may ? first + (*count)++ : first + --*count;
        if (pair)
            move_pair(bs->rows.pair, from, to, v);
        else
            move_term(bs->rows.term, from, to, v);
    }
}

/* ---- a row of the tableau ---------------------------------------------------------------- */

static inline void add(lp_sparse *row, int32_t v, double d)
{
    double *const sum = &row->sum[v];
    if (*sum == 0.0) row->list[row->count++] = v;
    *sum += d;
    if (*sum == 0.0) *sum = 1e-300; /* still listed */
}

/* The sums become the row, without what cancelled. */
static void take_sums(lp_sparse *row)
{
    int64_t keep = 0;
    for (int64_t i = 0; i < row->count; i++) {
        const int32_t v = row->list[i];
        const double d = row->sum[v];
        row->sum[v] = 0.0;
        row->list[keep] = v;
        row->value[keep] = d;
        keep += fabs(d) >= TINY;
    }
    row->count = keep;
}

void lp_invert_row(lp_basis *bs, int32_t r)
{
    lu_clear(&bs->rho);
    lu_add(&bs->rho, r, 1.0);
    lu_solve_transposed(&bs->lu, &bs->rho);
}

void lp_multiply_row(lp_basis *bs)
{
    const lp_rows *rows = &bs->rows;
    const double *rho = bs->rho.value;
    lp_sparse *row = &bs->row;
    row->count = 0;
    const int32_t *list = bs->rho.list, count = bs->rho.count;
    for (int32_t k = 0; k < count; k++) {
        if (k + 2 * AHEAD < count) __builtin_prefetch(&rows->row[list[k + 2 * AHEAD]]);
        if (k + AHEAD < count) __builtin_prefetch(&rows->pair[rows->row[list[k + AHEAD]].pair]);
        const lp_row_list *of = &rows->row[list[k]];
        const double d = rho[list[k]];
        const lp_pair *p = rows->pair + of->pair, *pairs = p + of->pairs;
        for (; p < pairs; p++) {
            const int32_t other = p->partner ^ (p->partner >> 31); /* ~ undone */
            if (rho[other] == d) continue;
            if (p->partner >= 0)
                add(row, p->col, d - rho[other]);
            else if (rho[other] == 0.0) /* else the entry 1 sees to it */
                add(row, p->col, -d);
        }
        const lp_term *t = rows->term + of->term, *terms = t + of->terms;
        for (; t < terms; t++) add(row, t->col, d * t->value);
    }
    take_sums(row);
}

void lp_row(lp_basis *bs, int32_t r)
{
    lp_invert_row(bs, r);
    lp_multiply_row(bs);
}

void lp_full_row(const lp_problem *lp, lp_basis *bs, int32_t r)
{
    lp_invert_row(bs, r);
    bs->row.count = 0;
    for (int32_t k = 0; k < bs->rho.count; k++) {
        const int32_t i = bs->rho.list[k];
        const double d = bs->rho.value[i];
        for (int64_t e = lp->row_first[i]; e < lp->row_first[i + 1]; e++)
            if (bs->state[lp->row_col[e]] != LP_BASIC)
                add(&bs->row, lp->row_col[e], d * lp->row_value[e]);
        if (bs->state[lp->m + i] != LP_BASIC) add(&bs->row, (int32_t)(lp->m + i), d);
    }
    take_sums(&bs->row);
}
