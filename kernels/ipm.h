/* Primal-dual interior point for the whole coupled problem [M92, G96]; its first points are in ipm_start.c.
 *
 *     min c x   s.t.  A x + s = b,  low <= x <= up,  s(i) = 0 or low(i) <= s(i) <= up(i)
 *
 * Bounds are kept exactly inside (distances to them are iterates of their own), the balances are
 * met in the course. Each iteration factors A D A' + E of all commodities and coupling rows at
 * once (chol.h) and solves for Mehrotra's predictor and corrector, then for up to three centrality correctors [G96], more
 * the dearer a factorization is against a solve. Of each corrector as much is taken as makes the longest step [CG08]. What
 * the factors leave is taken away by conjugate gradients. Balances have a small proximal term on the diagonal, a price for moving
 * potentials [AG99]; pivots that vanish all the same are skipped (chol.h).
 *
 * [AG99] A. Altman, J. Gondzio: Regularized symmetric indefinite systems in interior point methods for linear and quadratic
 * optimization. Optim. Methods Softw. 11 (1999). [CG08] M. Colombo, J. Gondzio: Further development of multiple centrality correctors for interior point methods. Comput.
 * Optim. Appl. 41 (2008). [G96] J. Gondzio: Multiple centrality corrections in a primal-dual method for linear
 * programming. Comput. Optim. Appl. 6 (1996). [M92] S. Mehrotra: On the implementation of a
 * primal-dual interior point method. SIAM J. Optim. 2 (1992). */
#ifndef STEPPE_IPM_H
#define STEPPE_IPM_H

#include "chol.h"

enum { IPM_LOW = 1, IPM_UP = 2, IPM_FIXED = 4 };

/* Memory is the caller's. V = m + n: columns of A, then one logical per row (a fixed one for a balance). Columns and rows in
 * the order of the factors. Costs, bounds and right-hand side scaled to a size of about one. */
typedef struct {
    chol_matrix a;
    const double *row_value; /* as a.row_col */
    chol *f;
    double *b;     /* n */
    double *c;     /* V */
    double *bound; /* V: lower bound, where there is none the upper one */
    uint8_t *kind; /* V: IPM_LOW | IPM_UP, or IPM_FIXED */
    /* iterates */
    double *x, *xl, *xu, *zl,
        *zu; /* V: x, and distances to the bounds and their prices; xu before ipm_start: upper - lower bound, INFINITY with one */
    double *y; /* n */
    /* directions and scratch */
    double *dx, *dzl, *dzu, *theta; /* V */
    double *rd;           /* V: what dual feasibility misses, until the predictor; may be cx */
    double *cx, *cl, *cu; /* V: of a corrector */
    double *dy, *cy, *rp, *rhs, *cg[4]; /* n */
    double *part;                       /* IPM_PARTS * IPM_SUMS: sums of blocks */
    double pairs;                       /* products x z */
    double (*clock)(void);              /* seconds */
    int threads;
    int correctors; /* after Mehrotra's, at the most; from ipm_start */
    int team;       /* threads for the vectors; from ipm_start */
    /* out */
    double seconds_factor; /* of all factorizations, by `clock` */
    int iterations, solves, cg_steps;
    double primal, dual;                  /* objectives */
    double mu, gap, bad_primal, bad_dual; /* relative */
} ipm;

enum { IPM_PARTS = 64, IPM_SUMS = 32 };

typedef enum { IPM_GOING, IPM_DONE, IPM_STALLED } ipm_result;

/* A first point; factors once. */
void ipm_start(ipm *p);
/* From a point at hand, x of the arcs and y, whose objectives are a relative gap apart: the distances and prices of all bounds that are near it and
 * whose products are some ten times as large as that gap asks, so that the way along the centre is open again. Saves a third to a half of the iterations. Where
 * there is nothing to go by, as ipm_start. */
void ipm_start_from(ipm *p, double gap);
/* As ipm_start, after steps that led nowhere. */
void ipm_start_again(ipm *p);
/* One iteration. IPM_DONE: gap and residuals are at most tol (nothing was changed then). */
ipm_result ipm_step(ipm *p, double tol);

#endif
