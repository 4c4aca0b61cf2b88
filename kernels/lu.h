/* Sparse factors of a simplex basis, B = L U, and their updates.
 *
 * A basis of network blocks with coupling rows is nearly triangular: the columns that hang
 * together with a root in a tree are column singletons from the root down, subtrees behind an
 * arc that a tight row holds are row singletons from the leaves up, one-trees and the arcs
 * between tight rows remain as a small nucleus. The factorization finds these parts by
 * counting, so the spanning trees, the one-trees and the working basis of [HK95] need no
 * data structure of their own, and a loss or any other coefficient changes nothing.
 *
 *     1. column singletons (no fill, nothing in L)
 *     2. row singletons    (no fill)
 *     3. nucleus: Markowitz with threshold pivoting, counts in linked lists [SS90]
 *
 * Solves follow the nonzeros only [GP88]; an exchange appends one eta of the product form.
 * Indices of both sides are rows: the basic variable whose column was pivoted on row r is said
 * to stand at r.
 *
 * [GP88] J. R. Gilbert, T. Peierls: Sparse partial pivoting in time proportional to arithmetic
 * operations. SIAM J. Sci. Stat. Comput. 9 (1988). [HK95] see lp.h. [SS90] U. H. Suhl, L. M.
 * Suhl: Computing sparse LU factorizations for large-scale linear programming bases. ORSA J.
 * Comput. 2 (1990). */
#ifndef STEPPE_LU_H
#define STEPPE_LU_H

#include <stdbool.h>
#include <stdint.h>

/* A vector by rows: dense values with a list of the places that may not be zero. */
typedef struct {
    double *value; /* n, zero where not listed */
    int32_t *list; /* n */
    uint8_t *mark; /* n: listed */
    int32_t count;
} lu_vector;

/* A triangle as a graph: x[k] /= diag[k], then x[index[e]] -= value[e] * x[k]. */
typedef struct {
    int64_t *first; /* n + 1 */
    int32_t *index; /* cap */
    double *value;  /* cap */
} lu_triangle;

/* The caller's memory. fill_cap bounds the entries of L, of U and of the nucleus; eta_cap those of the updates. */
typedef struct {
    int32_t n;
    int64_t fill_cap, eta_cap;
    int32_t eta_most;
    lu_triangle l, lt, u, ut; /* L by columns, by rows; U by columns, by rows */
    double *diag;             /* n */
    int32_t *order;           /* n: rows in the order of their pivots */
    int32_t *place;           /* n: column given to lu_factor -> row */
    /* etas of exchanges */
    int32_t etas;
    int64_t *eta_first; /* eta_most + 1 */
    int32_t *eta_row;   /* eta_most */
    double *eta_pivot;  /* eta_most */
    int32_t *eta_index; /* eta_cap */
    double *eta_value;  /* eta_cap */
    /* work of the factorization */
    int64_t *row_first, *col_first; /* n */
    int32_t *row_count, *col_count; /* n */
    int32_t *row_room, *col_room;   /* n */
    int32_t *row_index, *col_index; /* 2 fill_cap */
    double *row_value;              /* 2 fill_cap */
    int32_t *head, *next, *prev;    /* 2 n + 2, 2 n, 2 n: lines by count */
    int32_t *queue, *col_of;        /* n: scratch; row -> column, -1 */
    uint8_t *state;                 /* 2 n */
    double *dense;                  /* n */
    int32_t *stack, *topo;          /* n */
    int64_t *at;                    /* n */
    uint8_t *seen;                  /* n */
    int32_t *bad_row, *bad_col;     /* n: out, rows and columns without a pivot */
    int32_t bad;
    int64_t nucleus, nonzeros; /* out, of the last factorization */
} lu_factors;

typedef enum {
    LU_OK,
    LU_SINGULAR, /* bad_row[i] and bad_col[i] found no pivots: exchange these columns for unit columns of these rows */
    LU_GROW      /* fill_cap is too small */
} lu_result;

/* Factors the matrix whose column p (0 <= p < n) has the entries first[p] .. end[p] of index and value. place[p] is the
 * row where column p stands from now on. Drops all etas. */
lu_result lu_factor(lu_factors *f, const int64_t *first, const int64_t *end,
                    const int32_t *index, const double *value);
/* x := B^-1 x, and x := B^-T x. */
void lu_solve(lu_factors *f, lu_vector *x);
void lu_solve_transposed(lu_factors *f, lu_vector *x);
/* The column at row r is exchanged; x = B^-1 (new column). false: no room for the eta. */
bool lu_exchange(lu_factors *f, int32_t r, const lu_vector *x);

static inline void lu_add(lu_vector *x, int32_t i, double v)
{
    if (!x->mark[i]) {
        x->mark[i] = 1;
        x->list[x->count++] = i;
    }
    x->value[i] += v;
}
static inline void lu_clear(lu_vector *x)
{
    for (int32_t i = 0; i < x->count; i++) {
        x->value[x->list[i]] = 0.0;
        x->mark[x->list[i]] = 0;
    }
    x->count = 0;
}

#endif
