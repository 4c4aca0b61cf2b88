/* What the files of the interior point share. Sums run over IPM_PARTS fixed blocks, so that they do not depend on threads. */
#ifndef STEPPE_IPM_PARTS_H
#define STEPPE_IPM_PARTS_H

#include "ipm.h"

#include <math.h>

#define NO_BOUND                                                                               \
    1e300 /* the distance to a bound that is not there: quotients by it are nothing */

#define FOR_PARTS(p)                                                                           \
    _Pragma("omp parallel for schedule(static) num_threads(p->team)") for (int part = 0;       \
                                                                           part < IPM_PARTS;   \
                                                                           part++)

static inline int64_t part_begin(int64_t n, int part)
{
    return n * part / IPM_PARTS;
}

static inline int64_t size_of(const ipm *p)
{
    return p->a.m + p->a.n;
}

static inline double sum_parts(const ipm *p, int which)
{
    double s = 0.0;
    for (int i = 0; i < IPM_PARTS; i++) s += p->part[IPM_SUMS * i + which];
    return s;
}

static inline double most_of_parts(const ipm *p, int which)
{
    double s = 0.0;
    for (int i = 0; i < IPM_PARTS; i++) s = fmax(s, p->part[IPM_SUMS * i + which]);
    return s;
}

static inline double least_of_parts(const ipm *p, int which)
{
    double s = p->part[which];
    for (int i = 1; i < IPM_PARTS; i++) s = fmin(s, p->part[IPM_SUMS * i + which]);
    return s;
}

/* A'y of column c. */
static inline double column_dot(const ipm *p, int64_t c, const double *y)
{
    double s = 0.0;
    for (int64_t e = p->a.col_first[c]; e < p->a.col_first[c + 1]; e++)
        s += p->a.col_value[e] * y[p->a.col_row[e]];
    return s;
}

/* A x of row i. */
static inline double row_dot(const ipm *p, int32_t i, const double *x)
{
    double s = 0.0;
    for (int64_t e = p->a.row_first[i]; e < p->a.row_first[i + 1]; e++)
        s += p->row_value[e] * x[p->a.row_col[e]];
    return s;
}

/* v := A x + s over rows, x of length V. */
void ipm_times(const ipm *p, const double *x, double *v);
/* t := theta A'y, 0 where fixed. */
void ipm_scaled_transposed(const ipm *p, const double *y, double *t);
/* Factors at theta. y: a right-hand side that is solved forwards on the way, or NULL. */
void ipm_factor(ipm *p, double *y);
/* dy := (A theta A' + E)^-1 rhs to a relative residual of tol. p->cx is scratch. */
void ipm_solve_normal(ipm *p, const double *rhs, double *dy, double tol);

#endif
