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
 * Solves visit the nonzeros only, in the order of the pivots: a bit per pivot says what is still to be
 * done, so that the order needs no search of the graph [GP88] before the numbers and what cancels is
 * not followed. An exchange appends one eta of the product form. Transposed solves find the
 * etas that a row takes part in by lists, so that both directions cost what they touch.
 *
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

/* An entry of a triangle: row and when that row is pivoted. */
typedef struct {
    int32_t row, rank;
    double value;
} lu_entry;

/* The pivot of a rank: w[rank] *= inverse, then w[entry.rank] -= entry.value * w[rank] from first to the first of
 * the next rank. */
typedef struct {
    int32_t row, first;
    double inverse; /* of the pivot; 1 in L */
} lu_pivot;

typedef struct {
    lu_pivot *pivot; /* n + 1, by rank */
    lu_entry *entry; /* fill_cap */
} lu_triangle;

/* An entry of an eta, in the column of the eta and in the list of its row. */
typedef struct {
    double value;
    int32_t row, eta, next;
} lu_eta_entry;

/* The column that took the place of the one at `row`, in terms of the basis before. */
typedef struct {
    int64_t first;
    double pivot;
    int32_t row;
    int32_t before;  /* the eta of the same row before this one, -1 */
    int32_t entries; /* list of the row's entries in the etas between the two, -1 */
} lu_eta;

/* Columns while singletons are looked for: rows without a pivot, and their numbers by exclusive or, which is the
 * row itself once there is only one. */
typedef struct {
    int32_t count, rows;
} lu_line;

/* Of a solve; zero between solves, but work. */
typedef struct {
    double *by_rank;            /* n: its vector */
    uint64_t *todo, *next_todo; /* n / 64 + 1: ranks that it has yet to visit */
    int64_t work; /* entries of etas visited by all solves since the factorization */
} lu_scratch;

enum { LU_SOLVES = 2 }; /* at the same time */

/* The caller's memory. fill_cap (below 2^30) bounds the entries of L, of U and of the nucleus; eta_cap those of the
 * updates. */
typedef struct {
    int32_t n;
    int64_t fill_cap, eta_cap;
    int32_t eta_most;
    lu_triangle l, lt, u, ut; /* L by columns, by rows; U by columns, by rows */
    int32_t *rank;            /* n: row -> when it was pivoted */
    int32_t *place;           /* n: column given to lu_factor -> row */
    lu_scratch scratch[LU_SOLVES];
    /* etas of exchanges */
    int32_t etas;
    lu_eta *eta;             /* eta_most + 1 */
    lu_eta_entry *eta_entry; /* eta_cap */
    int32_t *row_entries,
        *row_eta;    /* n: of the last eta of the row and later: entries, the eta itself; -1 */
    double *eta_sum; /* eta_most, zero between solves */
    uint64_t *eta_todo;  /* eta_most / 64 + 1, zero between solves */
    int64_t factor_work; /* entries visited by the factorization */
    /* work of the factorization */
    int64_t *row_first, *col_first; /* n */
    int32_t *row_count, *col_count; /* n */
    int32_t *row_room, *col_room;   /* n */
    lu_entry *row_entry;            /* 2 fill_cap: .row is the column */
    int32_t *col_index;             /* 2 fill_cap */
    int32_t *head, *next, *prev;    /* 2 n + 2, 2 n, 2 n: lines by count */
    lu_line *line;                  /* n */
    int32_t *queue;                 /* n */
    uint8_t *state;                 /* 2 n */
    double *dense;                  /* n */
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
/* lu_solve on scratch of its own: another solve may run at the same time. */
void lu_solve_beside(lu_factors *f, lu_vector *x);
/* Entries of etas that all solves have visited since the factorization. */
static inline int64_t lu_eta_work(const lu_factors *f)
{
    return f->scratch[0].work + f->scratch[1].work;
}
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
