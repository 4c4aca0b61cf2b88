/* Partitioned-basis simplex: one linear program of many network blocks that share coupling
 * rows.
 *
 *     min c.x   s.t.  conservation at every node,  y = W x,  low <= x <= up,  row_low <= y <=
 * row_up
 *
 * A basis is a spanning forest of all networks (one tree under a common root, its K subtrees
 * the commodities), q further basic arcs ("working arcs") and the logicals y(r) of all rows but
 * q ("tight rows"). Only the q x q inverse
 *
 *     inv[p][t] = d x(working arc p) / d y(tight row t)
 *
 * is kept as a matrix; every other entry of the basis inverse follows from walks in the tree.
 *
 * [HK95] generalized upper-bound and partitioned bases for multicommodity networks: J. L.
 * Kennington, R. V. Helgason, Algorithms for Network Programming, Wiley 1980, ch. 7; A. I. Ali,
 * R. V. Helgason, J. L. Kennington, H. Lall, Computational comparison among three
 * multicommodity network flow algorithms, Oper. Res. 28 (1980). [K05] A. Koberstein: The dual
 * simplex method, techniques for a fast and stable implementation. Paderborn 2005 (bound
 * flipping, Harris test with cost shifting). */
#ifndef STEPPE_COORD_H
#define STEPPE_COORD_H

#include "tree.h"

#include <stdbool.h>

/* Borrowed arrays. Every bound is finite: rows without a limit get the one that their arcs
 * imply. */
typedef struct {
    int32_t n; /* nodes, all blocks; the common root is node n */
    int64_t m; /* arcs */
    int64_t rows;
    const int32_t *tail, *head;
    const double *b;          /* n */
    const int64_t *arc_first; /* m + 1: row entries by arc */
    const int32_t *arc_row;
    const double *arc_weight;
    const int64_t *row_first; /* rows + 1: the same by row */
    const int64_t *row_arc;
    const double *row_weight;
    const int64_t *node_first; /* n + 1: arcs at a node, loops left out */
    const int64_t *node_arc;
    double flow_tol; /* primal feasibility, flow units */
    double cost_tol; /* dual feasibility, cost units */
} coord_lp;

/* Variables: 0 .. m-1 arcs, m .. m+n-1 artificial arcs node -> root fixed at 0, m+n .. logicals
 * of the rows. */
enum { CV_LOWER, CV_UPPER, CV_TREE, CV_WORK, CV_LOOSE };

/* One change of a sparse vector over variables, nodes or rows: dense values with a list of
 * touched places. */
typedef struct {
    double *value;
    int64_t *list;
    uint8_t *listed;
    int64_t count;
} coord_sparse;

/* Caller's memory. V = m + n + rows. */
typedef struct {
    tree_node *tree;      /* n + 1 */
    double *pi;           /* n + 1 */
    double *x, *low, *up; /* V */
    double *cost;         /* V: as solved, with perturbation and shifts; 0 for logicals */
    double *rc;           /* V: reduced costs of nonbasic variables */
    double *weight;       /* V: Devex reference weights of basic variables */
    uint8_t *state;       /* V */
    double *lambda;       /* rows: prices, <= 0 at an upper limit */
    int32_t *tight_at;    /* rows: position among the tight rows, -1 */
    int32_t *work_at;     /* m + n: position among the working arcs, -1 */
    int64_t *work_arc;    /* q_cap */
    int32_t *tight_row;   /* q_cap */
    double *inv;          /* q_cap * q_cap, row p from p * q_cap on */
    double *scratch;      /* 4 * q_cap */
    int32_t q, q_cap;
    coord_sparse dx;               /* V: column or sum of columns */
    coord_sparse row;              /* V: row of the leaving variable */
    coord_sparse price;            /* rows: row prices of the leaving variable */
    coord_sparse shift;            /* n + 1: node potentials of the leaving variable */
    coord_sparse bad;              /* V: variables that may be infeasible */
    int32_t *bucket, *bucket_next; /* n + 2, n + 1: nodes by depth */
    int64_t *order;                /* V: candidates of a ratio test */
    int64_t pivots, flips, rebuilds;
} coord_basis;

typedef enum {
    COORD_OPTIMAL,
    COORD_INFEASIBLE, /* row `price` + shift prove it; leaving is the variable that cannot reach
                         its bound */
    COORD_STOPPED, /* never by the kernels: the caller's own word for a limit between two calls */
    COORD_GROW, /* q_cap is too small: enlarge work_arc, tight_row, inv, scratch and call again */
    COORD_LIMIT /* the pivots granted for this call are used up */
} coord_result;

/* From work_arc, tight_row, tree, state, bounds: fills inv. false: the basis is singular;
 * *p_bad and *t_bad then name a working arc and a tight row to take out. */
bool coord_invert(const coord_lp *lp, coord_basis *bs, int32_t *p_bad, int32_t *t_bad);
/* x, pi, lambda, rc from the basis. Returns the largest residual of a tight row, flow units. */
double coord_refresh(const coord_lp *lp, coord_basis *bs);
/* Takes position p and tight position t out of the working basis (the caller has set the
 * states). */
void coord_drop(coord_basis *bs, int32_t p, int32_t t);
/* Nonbasic variables with a reduced cost of the wrong sign go to their other bound. Returns how
 * many. */
int64_t coord_flip_to_dual(const coord_lp *lp, coord_basis *bs);

/* Runs at most `limit` pivots. *leaving: see COORD_INFEASIBLE. Both need a refreshed basis; the
 * dual a dual feasible one, the primal a primal feasible one. */
coord_result coord_dual(const coord_lp *lp, coord_basis *bs, int64_t limit, int64_t *leaving);
coord_result coord_primal(const coord_lp *lp, coord_basis *bs, int64_t limit);

/* ---- shared by the two, in coord_basis.c ------------------------------------------------ */

void coord_clear(coord_sparse *v);
static inline void coord_add(coord_sparse *v, int64_t i, double d)
{
    if (!v->listed[i]) {
        v->listed[i] = 1;
        v->list[v->count++] = i;
        v->value[i] = d;
    } else {
        v->value[i] += d;
    }
}
/* dx := change of all basic variables when each listed (variable, amount) changes. Begin with
 * coord_clear(&bs->dx), add nonbasic variables, then solve. */
void coord_column(const coord_lp *lp, coord_basis *bs);
/* row := d x(v) / d x(j) for all nonbasic j; price := its part on the tight rows. */
void coord_row(const coord_lp *lp, coord_basis *bs, int64_t v);
/* Exchanges basic r and nonbasic q. Needs dx = column of q, row and price of r. state of r is
 * set to `to` (CV_LOWER or CV_UPPER). false: column and row contradict each other, the basis is
 * unchanged. */
bool coord_pivot(const coord_lp *lp, coord_basis *bs, int64_t r, int64_t q, int to);
bool coord_inside(const coord_basis *bs, int32_t node, int32_t top);

#endif
