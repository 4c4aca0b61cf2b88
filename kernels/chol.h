/* Sparse Cholesky factors of normal equations, A D A' + E = L L', for the coupled interior point.
 *
 * A has one row per node of every commodity and per coupling row, few entries per column. The
 * analysis is made once per matrix; factors for new D, E as often as wanted:
 *
 *     graph of A A'  ->  an order (from outside: engine/partition.c)  ->  elimination tree [L90],
 *     column counts [GNP94]  ->  supernodes, amalgamated to fronts by predicted time [DR83]
 *     ->  rows of every front, where each goes in the front above  ->  for every front the list
 *     of entries of A that meet in it.
 *
 * Numbers are multifrontal [DR83]: a front collects its entries of A D A' and the update matrices
 * of its children, in a fixed order, is factored by dense.h and leaves an update matrix. Subtrees
 * are shared among threads, the fronts above them are worked on by all threads together; the
 * bytes do not depend on it. Pivots of at most 1e-28 of the largest diagonal entry are skipped:
 * A has dependent rows (one per connected part, coupling rows that repeat), and towards the end
 * of an interior point D is next to singular [W99].
 *
 * [DR83] I. S. Duff, J. K. Reid: The multifrontal solution of indefinite sparse symmetric linear
 * systems. ACM TOMS 9 (1983). [GNP94] J. R. Gilbert, E. G. Ng, B. W. Peyton: An efficient
 * algorithm to compute row and column counts for sparse Cholesky factorization. SIAM J. Matrix
 * Anal. Appl. 15 (1994). [L90] J. W. H. Liu: The role of elimination trees in sparse
 * factorization. SIAM J. Matrix Anal. Appl. 11 (1990). [W99] S. J. Wright: Modified Cholesky
 * factorizations in interior-point algorithms for linear programming. SIAM J. Optim. 9 (1999). */
#ifndef STEPPE_CHOL_H
#define STEPPE_CHOL_H

#include "dense.h"

#include <stdbool.h>
#include <stddef.h>

/* A by columns and by rows; borrowed. */
typedef struct {
    int32_t n;
    int64_t m;
    const int64_t *col_first; /* m + 1 */
    const int32_t *col_row;
    const double *col_value;
    const int64_t *row_first; /* n + 1 */
    const int32_t *row_col;   /* m is below 2^31 */
} chol_matrix;

typedef struct {
    int32_t pos; /* in the panel */
    int32_t col; /* of A; ~i: row i of E */
    double value;
} chol_entry;

/* A subtree: fronts first .. last, its root. */
typedef struct {
    double work;
    int64_t hand;    /* where the update matrix of the root lies in handed */
    int64_t skipped; /* pivots of the last factorization */
    int32_t first, last;
} chol_piece;

/* Sizes in brackets; memory is the caller's. */
typedef struct {
    int32_t n, fronts;
    int32_t *front_first;  /* fronts + 1: columns */
    int32_t *front_of;     /* n */
    int32_t *parent;       /* fronts; -1 */
    int32_t *child, *next; /* fronts: children in falling order of number, -1 */
    int64_t *row_first;    /* fronts + 1: rows of the front behind its own columns */
    int32_t *row;          /* row_first[fronts] */
    int32_t *rel;          /* the same: place in the front above */
    int64_t *panel;        /* fronts + 1: where the panel lies in l */
    int64_t *entry_first;  /* fronts + 1 */
    chol_entry *entry;     /* entry_first[fronts] */
    double *l;             /* panel[fronts] */
    double *inverse;       /* n */
    double *carry;         /* row_first[fronts] + 8: what a solve hands upwards */
    double flops;
    int64_t nonzeros; /* of L, without filling */
    int32_t largest;  /* rows of the largest front */
    /* parallel work: subtrees that lie in one piece each, then the fronts above in order */
    int32_t pieces, tops;
    chol_piece *piece; /* pieces, longest work first */
    int32_t *piece_of; /* fronts: whose root the front is, -1 */
    int32_t *top;      /* tops */
    int64_t hand_size;
    double *handed;           /* hand_size: update matrices of the roots of pieces */
    int64_t arena, top_arena; /* doubles that the update matrices of a piece, of the top need */
    double *stack;            /* threads * arena + top_arena */
    double *front_vector;     /* threads * (largest + 16): zero but in a solve */
    int threads;
    dense_kind kind;
    int64_t skipped; /* pivots of the last factorization */
} chol;

/* ---- analysis (chol_analyse.c) ---------------------------------------------------------- */

/* Neighbours of each row in the graph of A A'. first: n + 1; index NULL: only counts. mark: n. */
void chol_graph(const chol_matrix *a, int64_t *first, int32_t *index, int32_t *mark);
/* Elimination tree under the order new -> old, then relabelled in postorder: perm changes. parent, count (with the diagonal), for new numbers.
 * work: 6 n. Returns flops of the factorization: the sum of count^2. */
double chol_tree(int32_t n, const int64_t *first, const int32_t *index, int32_t *perm,
                 int32_t *parent, int32_t *count, int32_t *work);
/* Time of a front in flops of its update: of so many columns, and rows below them. What is moved and held counts, too. */
double chol_front_work(int64_t cols, int64_t below);
/* Fronts: front_first, front_of, parent of f from tree and counts (chol_fronts.c); perm changes so that the columns of a front stand together. work:
 * CHOL_FRONTS_WORK n. */
enum { CHOL_FRONTS_WORK = 12 };
void chol_fronts(chol *f, const int32_t *parent, const int32_t *count, int32_t *perm,
                 int32_t *work);
/* Rows of the fronts: f->row NULL: counts alone into row_first. inverse_perm: old -> new. work: fronts + 1 of 64 bits, mark: fronts. */
void chol_rows(chol *f, const int64_t *first, const int32_t *index, const int32_t *perm,
               const int32_t *inverse_perm, int32_t *mark);
/* Places in the front above, panels, flops, pieces for `threads`, sizes of the stacks. */
void chol_plan(chol *f, int threads, double *work);
/* Entries of the fronts for a matrix whose rows are numbered in the new order. entry NULL: counts. map: n. */
void chol_entries(chol *f, const chol_matrix *a, int32_t *map);

/* ---- numbers (chol.c) ------------------------------------------------------------------- */

/* Factors of A D A' + E; d: m, e: n, not negative, rows in the new order. x: n, a right-hand side that is solved forwards on the way: chol_back
 * ends it; or NULL. */
void chol_factor(chol *f, const double *d, const double *e, double *x);
void chol_back(chol *f, double *x);
/* x := (L L')^-1 x. */
void chol_solve(chol *f, double *x);

#endif
