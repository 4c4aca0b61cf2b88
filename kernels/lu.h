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
 * not followed. An exchange changes U [FT72]: the row of the column that goes is eliminated by those behind it, which is kept
 * as a transform of one row, and comes last, with the new column. So what is added is as sparse as the column in terms of L, not
 * as B^-1 has it, which in networks is a path.
 *
 * Indices of both sides are rows: the basic variable whose column was pivoted on row r is said
 * to stand at r.
 *
 * [FT72] J. J. H. Forrest, J. A. Tomlin: Updated triangular factors of the basis to maintain sparsity in the product form simplex
 * method. Math. Prog. 2 (1972). [GP88] J. R. Gilbert, T. Peierls: Sparse partial pivoting in time proportional to arithmetic
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

/* A value at a rank. */
typedef struct {
    double value;
    int32_t rank;
} lu_term;

/* An entry that an exchange added to a row of U; `next` in the same row, -1. */
typedef struct {
    double value;
    int32_t rank, next;
} lu_added;

/* A rank takes part in the transform of an exchange; `next` of the same rank, -1. */
typedef struct {
    double value;
    int32_t eta, next;
} lu_hit;

/* An exchange: w[to] := w[from] - sum of term.value * w[term.rank] from first to the first of the next one; nothing is at `from`
 * any more. */
typedef struct {
    int32_t from, to;
    int64_t first;
} lu_eta;

/* Columns while singletons are looked for: rows without a pivot, and their numbers by exclusive or, which is the
 * row itself once there is only one. */
typedef struct {
    int32_t count, rows;
} lu_line;

/* Of a solve; zero between solves, but work. */
typedef struct {
    double *by_rank;            /* n + eta_most: its vector */
    uint64_t *todo, *next_todo; /* (n + eta_most) / 64 + 1: ranks that it has yet to visit */
    double *eta_sum;            /* eta_most: of the terms of each exchange, */
    uint64_t *eta_todo;         /* eta_most / 64 + 1: where there are some */
    int64_t work; /* by which exchanges made all solves since the factorization longer */
} lu_scratch;

enum { LU_SOLVES = 2 }; /* at the same time */

/* The caller's memory. fill_cap (below 2^30) bounds the entries of L, of U and of the nucleus; eta_cap those that exchanges add to
 * U, and those of the transforms. fill_cap + eta_cap < 2^31. */
typedef struct {
    int32_t n;
    int64_t fill_cap, eta_cap;
    int32_t eta_most;
    lu_triangle l, lt, u,
        ut; /* L by columns, by rows; U by columns, by rows; u.entry has room for eta_cap more, pivots of U for
                               * eta_most more */
    int32_t *rank;  /* n: row -> when it was pivoted */
    int32_t *place; /* n: column given to lu_factor -> row */
    lu_scratch scratch[LU_SOLVES];
    /* exchanges */
    int32_t etas;
    lu_eta *eta;       /* eta_most + 1 */
    lu_term *term;     /* eta_cap: of all transforms */
    int32_t *rank_now; /* n: row -> its rank in U */
    lu_hit *
        hit; /* eta_cap + eta_most: the terms by rank, and what moves as if it were one of value -1 */
    int64_t hits;
    int32_t *hit_of; /* n + eta_most: the last one of each rank, -1 */
    lu_added *added; /* eta_cap */
    int64_t adds;
    int32_t *chain; /* n + eta_most: the last one of each rank's row, -1 */
    lu_term *spike; /* n: the last lu_solve_entering between L and U */
    int32_t spikes;
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
 * row where column p stands from now on. Drops all exchanges. */
lu_result lu_factor(lu_factors *f, const int64_t *first, const int64_t *end,
                    const int32_t *index, const double *value);
/* x := B^-1 x, and x := B^-T x. */
void lu_solve(lu_factors *f, lu_vector *x);
void lu_solve_transposed(lu_factors *f, lu_vector *x);
/* lu_solve of a column that may enter the basis by lu_exchange, the last before it. */
void lu_solve_entering(lu_factors *f, lu_vector *x);
/* lu_solve on scratch of its own: another solve may run at the same time. */
void lu_solve_beside(lu_factors *f, lu_vector *x);
/* By which exchanges made all solves since the factorization longer, in entries. */
static inline int64_t lu_eta_work(const lu_factors *f)
{
    return f->scratch[0].work + f->scratch[1].work;
}
/* The column at row r is exchanged; x = B^-1 (new column), from lu_solve_entering. false: nothing has changed, as there is no room, or as the
 * new pivot is another one than x says. */
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
