/* Starting points of the interior point, see ipm.h. */
#include "ipm_parts.h"

/* Below so many columns a second thread costs more than it brings. */
enum { WORTH_SHARING = 20000 };

/* Correctors after the first by what a factorization is against a solve, in passes over the factors (measured, see
 * benchmarks/RESULTS.md). */
static int correctors_worth(const chol *f)
{
    const double passes = f->flops / (double)(f->nonzeros > 0 ? f->nonzeros : 1);
    return passes < 30.0 ? 1 : passes < 150.0 ? 2 : 3;
}

static void begin(ipm *p)
{
    const int64_t V = size_of(p);
    double pairs = 0.0;
    for (int64_t v = 0; v < V; v++) {
        if (p->kind[v] & IPM_FIXED) continue;
        pairs += ((p->kind[v] & IPM_LOW) != 0) + ((p->kind[v] & IPM_UP) != 0);
    }
    p->team = p->a.m > WORTH_SHARING ? p->threads : 1;
    p->pairs = fmax(pairs, 1.0);
    p->iterations = 0;
    p->correctors = correctors_worth(p->f);
}

/* c - A'y of variable v. */
static inline double reduced_cost(const ipm *p, int64_t v)
{
    return p->c[v] - (v < p->a.m ? column_dot(p, v, p->y) : p->y[v - p->a.m]);
}

/* x and its distances to its bounds, at least d, or half of the range. */
static void place(ipm *p, int64_t v, double x, double d)
{
    const double range = p->xu[v], bound = p->bound[v];
    p->xl[v] = p->xu[v] = NO_BOUND;
    p->zl[v] = p->zu[v] = 0.0;
    if (p->kind[v] & IPM_FIXED) {
        p->x[v] = bound;
    } else if ((p->kind[v] & IPM_LOW) && (p->kind[v] & IPM_UP)) {
        const double least = fmin(d, 0.5 * range);
        p->xl[v] = fmin(fmax(x - bound, least), range - least);
        p->xu[v] = range - p->xl[v];
        p->x[v] = bound + p->xl[v];
    } else if (p->kind[v] & IPM_LOW) {
        p->xl[v] = fmax(x - bound, d);
        p->x[v] = bound + p->xl[v];
    } else {
        p->xu[v] = fmax(bound - x, d);
        p->x[v] = bound - p->xu[v];
    }
}

void ipm_start(ipm *p)
{
    const int64_t V = size_of(p);
    double sum = 0.0, count = 0.0;
    begin(p);
    for (int64_t v = 0; v < V; v++) {
        p->theta[v] = p->kind[v] & IPM_FIXED ? 0.0 : 1.0;
        p->x[v] = p->bound[v];
        if ((p->kind[v] & IPM_LOW) && (p->kind[v] & IPM_UP))
            p->x[v] += fmin(0.5 * p->xu[v], 1.0);
    }
    ipm_factor(p, NULL);
    /* the point nearest to x with A x + s = b */
    ipm_times(p, p->x, p->rp);
    for (int32_t i = 0; i < p->a.n; i++) p->rp[i] = p->b[i] - p->rp[i];
    ipm_solve_normal(p, p->rp, p->dy, 1e-6);
    ipm_scaled_transposed(p, p->dy, p->dx);
    for (int64_t v = 0; v < V; v++) p->cl[v] = p->x[v] + p->dx[v];
    /* least squares prices */
    for (int64_t v = 0; v < V; v++) p->dx[v] = p->theta[v] * p->c[v];
    ipm_times(p, p->dx, p->rhs);
    ipm_solve_normal(p, p->rhs, p->y, 1e-6);
    for (int64_t v = 0; v < V; v++) {
        if (p->kind[v] & IPM_FIXED) continue;
        sum += fabs(p->cl[v] - p->bound[v]);
        count += 1.0;
    }
    const double far = count > 0.0 ? sum / count : 1.0;
    sum = 0.0;
    for (int64_t v = 0; v < V; v++) {
        if (p->kind[v] & IPM_FIXED) continue;
        p->cu[v] = reduced_cost(p, v);
        sum += fabs(p->cu[v]);
    }
    const double dear = count > 0.0 ? sum / count : 1.0;
    /* measured: much dearer than the mean, not much farther */
    const double least_x = 3.0 * fmax(far, 1e-3), least_z = 10.0 * fmax(dear, 1e-3);
    for (int64_t v = 0; v < V; v++) {
        place(p, v, p->cl[v], least_x);
        if (p->kind[v] & IPM_FIXED) continue;
        if (p->kind[v] & IPM_LOW) p->zl[v] = fmax(p->cu[v], 0.0) + least_z;
        if (p->kind[v] & IPM_UP) p->zu[v] = fmax(-p->cu[v], 0.0) + least_z;
    }
}

/* So many times the gap, at the least so much (measured: 3 to 30 and 1e-3 to 0.1 take within a tenth the same iterations; vertices and points
 * next to the bounds want more). */
#define WIDER 10.0
#define LEAST_START 0.1

void ipm_start_from(ipm *p, double gap)
{
    const int64_t m = p->a.m, V = size_of(p);
    double far = 0.0, dear = 0.0, value = 0.0;
    begin(p);
    for (int32_t i = 0; i < p->a.n; i++) p->x[m + i] = 0.0;
    ipm_times(p, p->x, p->rp);
    for (int32_t i = 0; i < p->a.n; i++) p->x[m + i] = p->b[i] - p->rp[i];
    for (int64_t v = 0; v < V; v++) {
        if (p->kind[v] & IPM_FIXED) continue;
        p->cu[v] = reduced_cost(p, v);
        value += fabs(p->c[v] * p->x[v]);
        far += fabs(p->x[v] - p->bound[v]);
        dear += fabs(p->cu[v]);
    }
    const double mu = fmax(WIDER * gap, LEAST_START) * value / p->pairs;
    if (!(mu > 0.0 && far > 0.0 && dear > 0.0 && isfinite(mu))) { /* nothing to go by */
        ipm_start(p);
        return;
    }
    const double usual =
        sqrt(mu * far / dear); /* distance, where neither it nor the price is known */
    for (int64_t v = 0; v < V; v++) {
        const double rc = p->cu[v];
        place(p, v, p->x[v], fmin(usual, mu / fabs(rc)));
        if (p->kind[v] & IPM_FIXED) continue;
        if (p->kind[v] & IPM_LOW) p->zl[v] = fmax(rc, mu / p->xl[v]);
        if (p->kind[v] & IPM_UP) p->zu[v] = fmax(-rc, mu / p->xu[v]);
    }
}

void ipm_start_again(ipm *p)
{
    for (int64_t v = 0; v < size_of(p); v++)
        p->xu[v] += p->xl[v]; /* the range, where there is one */
    ipm_start(p);
}
