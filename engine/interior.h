/* The coupled interior point on the linear program of a solve: kernels/ipm.h with its memory, order and scaling. */
#ifndef STEPPE_INTERIOR_H
#define STEPPE_INTERIOR_H

#include "coordinate_job.h"

/* So many commodities make pivots dear, and may suit column generation. */
enum { MANY_COMMODITIES = 16 };

typedef struct {
    double *x;     /* m + n: flows, loads of the logicals */
    double *price; /* n: of the rows, as lp_basis.dual */
    double
        *weight; /* m + n: how far inside its bounds a variable is against its reduced cost */
    double *rc;  /* m: reduced costs that prove the flows best at these prices, or NULL */
    double gap, bad_primal, bad_dual; /* reached, relative */
    double used; /* declined by sifting: share of the arcs that commodities use by themselves */
    int iterations;
    const char *order;                    /* of elimination */
    double factor_nonzeros, factor_flops; /* of one factorization */
    bool stopped,
        declined; /* declined: factors would cost more than pivots do; there is no point */
    bool failed;  /* no progress: infeasible, or numbers too far apart */
} interior_point;

/* Declined where sifting is quicker; where pivots are; only where it does not fit into memory; never: then that is an error. */
typedef enum {
    INSIDE_IF_CHEAP,
    INSIDE_IF_IT_PAYS,
    INSIDE_IF_IT_FITS,
    INSIDE_ON_REQUEST
} interior_when;

/* To a relative gap and residuals of tol, or as near as it gets; where factors are dear enough for another way to end it better, only of
 * `rough`. */
steppe_status interior_solve(job *j, double tol, double rough, interior_when when,
                             interior_point *out);
void interior_free(interior_point *ip);

#endif
