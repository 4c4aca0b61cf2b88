/* See ipm.h. Sums run over IPM_PARTS fixed blocks, so that they do not depend on threads. */
#include "ipm.h"

#include <math.h>
#include <string.h>

/* Below so many columns a second thread costs more than it brings. */
enum { WORTH_SHARING = 20000 };

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

static int64_t size_of(const ipm *p)
{
    return p->a.m + p->a.n;
}

static double sum_parts(const ipm *p, int which)
{
    double s = 0.0;
    for (int i = 0; i < IPM_PARTS; i++) s += p->part[8 * i + which];
    return s;
}

static double most_of_parts(const ipm *p, int which)
{
    double s = 0.0;
    for (int i = 0; i < IPM_PARTS; i++) s = fmax(s, p->part[8 * i + which]);
    return s;
}

static double least_of_parts(const ipm *p, int which)
{
    double s = p->part[which];
    for (int i = 1; i < IPM_PARTS; i++) s = fmin(s, p->part[8 * i + which]);
    return s;
}

/* ---- products ------------------------------------------------------------------------- */

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
static void times(const ipm *p, const double *x, double *v)
{
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++)
            v[i] = row_dot(p, (int32_t)i, x) + x[p->a.m + i];
    }
}

/* t := theta A'y, 0 where fixed. */
static void scaled_transposed(const ipm *p, const double *y, double *t)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_FIXED)
                t[v] = 0.0;
            else
                t[v] = p->theta[v] * (v < p->a.m ? column_dot(p, v, y) : y[v - p->a.m]);
        }
    }
}

static double dot(const ipm *p, int64_t n, const double *a, const double *b)
{
    FOR_PARTS(p)
    {
        double s = 0.0;
        const int64_t end = part_begin(n, part + 1);
        for (int64_t i = part_begin(n, part); i < end; i++) s += a[i] * b[i];
        p->part[8 * part] = s;
    }
    return sum_parts(p, 0);
}

/* ---- normal equations ------------------------------------------------------------------ */

enum { CG_MOST = 20 };

/* dy += (A theta A' + E)^-1 r to a residual of `small`, by conjugate gradients that the factors precondition; r = cg[0], spent.
 * p->dx is scratch. */
static void refine(ipm *p, double *dy, double small)
{
    const int32_t n = p->a.n;
    double *r = p->cg[0], *z = p->cg[1], *d = p->cg[2], *q = p->cg[3];
    double rz_before = 0.0, left = sqrt(dot(p, n, r, r));
    for (int step = 0; step < CG_MOST && left > small; step++) {
        memcpy(z, r, (size_t)n * sizeof *z);
        chol_solve(p->f, z);
        p->solves++;
        p->cg_steps++;
        const double rz = dot(p, n, r, z);
        const double beta = step > 0 ? rz / rz_before : 0.0;
        rz_before = rz;
        for (int32_t i = 0; i < n; i++) d[i] = step > 0 ? z[i] + beta * d[i] : z[i];
        scaled_transposed(p, d, p->dx);
        times(p, p->dx, q);
        for (int32_t i = 0; i < n; i++)
            if (p->f->inverse[i] == 0.0) q[i] = 0.0;
        const double dq = dot(p, n, d, q);
        if (!(dq > 0.0)) break;
        const double alpha = rz / dq;
        for (int32_t i = 0; i < n; i++) {
            dy[i] += alpha * d[i];
            r[i] -= alpha * q[i];
        }
        left = sqrt(dot(p, n, r, r));
    }
}

/* cg[0] := rhs - v in the rows that have a pivot. */
static void keep_residual(ipm *p, const double *rhs, const double *v)
{
    double *r = p->cg[0];
    for (int32_t i = 0; i < p->a.n; i++) r[i] = p->f->inverse[i] == 0.0 ? 0.0 : rhs[i] - v[i];
}

/* dy := (A theta A' + E)^-1 rhs to a relative residual of tol. p->dx is scratch. */
static void solve_normal(ipm *p, const double *rhs, double *dy, double tol)
{
    const int32_t n = p->a.n;
    memcpy(dy, rhs, (size_t)n * sizeof *dy);
    chol_solve(p->f, dy);
    p->solves++;
    scaled_transposed(p, dy, p->dx);
    times(p, p->dx, p->cg[3]);
    keep_residual(p, rhs, p->cg[3]);
    refine(p, dy, tol * sqrt(dot(p, n, rhs, rhs)));
}

/* ---- one iteration in few passes -------------------------------------------------------- */

/* In the predictor the products aimed at are zero, so that with rc = c - A'y
 *
 *     dx = theta (A'dy - rc),   dzl = -zl (1 + dx / xl),   dzu = -zu (1 - dx / xu),
 *
 * and nothing but dx has to be kept of it. The corrector keeps rl, ru: its aims over the distances. */

static void look_at_rows(ipm *p)
{
    times(p, p->x, p->rp);
    FOR_PARTS(p)
    {
        double *s = p->part + 8 * (ptrdiff_t)part;
        s[0] = s[1] = 0.0;
        const int64_t end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++) {
            p->rp[i] = p->b[i] - p->rp[i];
            s[0] = fmax(s[0], fabs(p->rp[i]));
            s[1] += p->b[i] * p->y[i];
        }
    }
    p->bad_primal = most_of_parts(p, 0);
    p->dual = sum_parts(p, 1);
}

/* Residuals, objectives, theta = 1 / (zl / xl + zu / xu), and dx := theta rc for the predictor's right-hand side. */
static void look_at_columns(ipm *p)
{
    const int64_t m = p->a.m, V = size_of(p);
    FOR_PARTS(p)
    {
        double worst = 0.0, dual = 0.0, primal = 0.0, product = 0.0;
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            const double rc = p->c[v] - (v < m ? column_dot(p, v, p->y) : p->y[v - m]);
            primal += p->c[v] * p->x[v];
            if (p->kind[v] & IPM_FIXED) { /* whatever its reduced cost: it cannot move */
                p->rd[v] = p->theta[v] = p->dx[v] = 0.0;
                dual += rc * p->x[v];
                continue;
            }
            const double zl = p->zl[v], zu = p->zu[v], low = p->bound[v],
                         up = p->kind[v] & IPM_LOW ? low + p->range[v] : low;
            const double theta = 1.0 / (zl / p->xl[v] + zu / p->xu[v]);
            p->rd[v] = rc - zl + zu;
            p->theta[v] = theta;
            p->dx[v] = theta * rc;
            worst = fmax(worst, fabs(p->rd[v]));
            product += p->xl[v] * zl + p->xu[v] * zu;
            if (p->kind[v] & IPM_LOW) dual += low * zl;
            if (p->kind[v] & IPM_UP) dual -= up * zu;
        }
        double *s = p->part + 8 * (ptrdiff_t)part;
        s[0] = worst;
        s[1] = dual;
        s[2] = primal;
        s[3] = product;
    }
    p->bad_dual = most_of_parts(p, 0);
    p->dual += sum_parts(p, 1);
    p->primal = sum_parts(p, 2);
    p->mu = sum_parts(p, 3) / p->pairs;
    p->gap = fabs(p->primal - p->dual) / (1.0 + fabs(p->primal));
}

/* rhs := rp + A dx + its logicals; then dy from it. */
static void solve_rows(ipm *p)
{
    const int64_t m = p->a.m;
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++)
            p->rhs[i] = p->rp[i] + row_dot(p, (int32_t)i, p->dx) + p->dx[m + i];
    }
    memcpy(p->dy, p->rhs, (size_t)p->a.n * sizeof *p->dy);
    chol_solve(p->f, p->dy);
    p->solves++;
}

static inline void hold(double *step, double at, double d)
{
    if (at + *step * d < 0.0) *step = -at / d;
}

/* The predictor's dx, how far it goes, and the sums of products from which those after a step follow. */
static double predict(ipm *p)
{
    const int64_t m = p->a.m, V = size_of(p);
    FOR_PARTS(p)
    {
        double ap = 1.0, ad = 1.0, by_x = 0.0, by_z = 0.0, by_both = 0.0;
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_FIXED) continue;
            const double xl = p->xl[v], xu = p->xu[v], zl = p->zl[v], zu = p->zu[v];
            const double at = v < m ? column_dot(p, v, p->dy) : p->dy[v - m];
            const double d = p->theta[v] * (at - (p->rd[v] + zl - zu));
            const double dl = -zl * (1.0 + d / xl), du = -zu * (1.0 - d / xu);
            p->dx[v] = d;
            hold(&ap, xl, d);
            hold(&ap, xu, -d);
            hold(&ad, zl, dl);
            hold(&ad, zu, du);
            by_x += d * (zl - zu);
            by_z += xl * dl + xu * du;
            by_both += d * (dl - du);
        }
        double *s = p->part + 8 * (ptrdiff_t)part;
        s[0] = ap;
        s[1] = ad;
        s[2] = by_x;
        s[3] = by_z;
        s[4] = by_both;
    }
    const double ap = least_of_parts(p, 0), ad = least_of_parts(p, 1);
    const double now = p->mu * p->pairs;
    const double then =
        now + ap * sum_parts(p, 2) + ad * sum_parts(p, 3) + ap * ad * sum_parts(p, 4);
    double sigma = fmin(fmax(then / now, 0.0), 1.0);
    sigma = sigma * sigma * sigma;
    return fmin(ap, ad) < 0.1 ? fmax(sigma, 0.3) : sigma;
}

/* rl, ru for products of `target` less what the predictor would make of them; dx := theta g, g = rd - rl + ru. */
static void aim(ipm *p, double target)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            const double d = p->dx[v], zl = p->zl[v], zu = p->zu[v];
            double l = 0.0, u = 0.0;
            if (p->kind[v] & IPM_LOW) {
                const double r = d / p->xl[v];
                l = target / p->xl[v] - zl + r * zl * (1.0 + r);
            }
            if (p->kind[v] & IPM_UP) {
                const double r = d / p->xu[v];
                u = target / p->xu[v] - zu - r * zu * (1.0 - r);
            }
            p->rl[v] = l;
            p->ru[v] = u;
            p->dx[v] = p->theta[v] * (p->rd[v] - l + u);
        }
    }
}

/* The step for dy, and how far it goes. */
static void follow(ipm *p, double *primal, double *dual)
{
    const int64_t m = p->a.m, V = size_of(p);
    FOR_PARTS(p)
    {
        double ap = 1.0, ad = 1.0;
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_FIXED) continue;
            const double at = v < m ? column_dot(p, v, p->dy) : p->dy[v - m];
            const double d = p->theta[v] * (at - (p->rd[v] - p->rl[v] + p->ru[v]));
            const double dl = p->rl[v] - p->zl[v] * (d / p->xl[v]),
                         du = p->ru[v] + p->zu[v] * (d / p->xu[v]);
            p->dx[v] = d;
            p->dzl[v] = dl;
            p->dzu[v] = du;
            hold(&ap, p->xl[v], d);
            hold(&ap, p->xu[v], -d);
            hold(&ad, p->zl[v], dl);
            hold(&ad, p->zu[v], du);
        }
        p->part[8 * part] = ap;
        p->part[8 * part + 1] = ad;
    }
    *primal = least_of_parts(p, 0);
    *dual = least_of_parts(p, 1);
}

/* The corrector's step: what rows miss after it is what the factors left of the normal equations. */
static void correct(ipm *p, double tol, double *primal, double *dual)
{
    solve_rows(p);
    follow(p, primal, dual);
    times(p, p->dx, p->cg[3]);
    keep_residual(p, p->rp, p->cg[3]);
    const double small = tol * sqrt(dot(p, p->a.n, p->rhs, p->rhs));
    if (dot(p, p->a.n, p->cg[0], p->cg[0]) <= small * small) return;
    refine(p, p->dy, small);
    follow(p, primal, dual);
}

static void move(ipm *p, double ap, double ad)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_FIXED) continue;
            p->xl[v] += ap * p->dx[v];
            p->xu[v] -= ap * p->dx[v];
            p->zl[v] += ad * p->dzl[v];
            p->zu[v] += ad * p->dzu[v];
            p->x[v] = p->kind[v] & IPM_LOW ? p->bound[v] + p->xl[v] : p->bound[v] - p->xu[v];
        }
        end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++) p->y[i] += ad * p->dy[i];
    }
}

/* ---- start ----------------------------------------------------------------------------- */

void ipm_start(ipm *p)
{
    const int64_t m = p->a.m, V = size_of(p);
    double sum = 0.0, count = 0.0, pairs = 0.0;
    p->team = m > WORTH_SHARING ? p->threads : 1;
    for (int64_t v = 0; v < V; v++) {
        p->theta[v] = p->kind[v] & IPM_FIXED ? 0.0 : 1.0;
        p->x[v] = p->bound[v];
        if ((p->kind[v] & IPM_LOW) && (p->kind[v] & IPM_UP))
            p->x[v] += fmin(0.5 * p->range[v], 1.0);
        p->rd[v] = p->c[v];
        p->dzl[v] = 0.0;
    }
    chol_factor(p->f, p->theta, p->theta + m);
    /* the point nearest to x with A x + s = b */
    times(p, p->x, p->rp);
    for (int32_t i = 0; i < p->a.n; i++) p->rp[i] = p->b[i] - p->rp[i];
    solve_normal(p, p->rp, p->dy, 1e-6);
    scaled_transposed(p, p->dy, p->dx);
    for (int64_t v = 0; v < V; v++) p->rl[v] = p->x[v] + p->dx[v];
    /* least squares prices */
    for (int64_t v = 0; v < V; v++) p->dx[v] = p->theta[v] * p->c[v];
    times(p, p->dx, p->rhs);
    solve_normal(p, p->rhs, p->y, 1e-6);
    for (int64_t v = 0; v < V; v++) {
        if (p->kind[v] & IPM_FIXED) continue;
        sum += fabs(p->rl[v] - p->bound[v]);
        count += 1.0;
    }
    const double far = count > 0.0 ? sum / count : 1.0;
    sum = 0.0;
    for (int64_t v = 0; v < V; v++) {
        if (p->kind[v] & IPM_FIXED) continue;
        const double z = p->c[v] - (v < m ? column_dot(p, v, p->y) : p->y[v - m]);
        p->ru[v] = z;
        sum += fabs(z);
    }
    const double dear = count > 0.0 ? sum / count : 1.0;
    /* measured: much dearer than the mean, not much farther */
    const double least_x = 3.0 * fmax(far, 1e-3), least_z = 10.0 * fmax(dear, 1e-3);
    for (int64_t v = 0; v < V; v++) {
        p->xl[v] = p->xu[v] = NO_BOUND;
        p->zl[v] = p->zu[v] = 0.0;
        if (p->kind[v] & IPM_FIXED) {
            p->x[v] = p->bound[v];
            continue;
        }
        const bool low = p->kind[v] & IPM_LOW, up = p->kind[v] & IPM_UP;
        if (low && up) {
            const double r = p->range[v], d = fmin(least_x, 0.5 * r);
            p->xl[v] = fmin(fmax(p->rl[v] - p->bound[v], d), r - d);
            p->xu[v] = r - p->xl[v];
            p->x[v] = p->bound[v] + p->xl[v];
        } else if (low) {
            p->xl[v] = fmax(p->rl[v] - p->bound[v], least_x);
            p->x[v] = p->bound[v] + p->xl[v];
        } else {
            p->xu[v] = fmax(p->bound[v] - p->rl[v], least_x);
            p->x[v] = p->bound[v] - p->xu[v];
        }
        if (low) p->zl[v] = fmax(p->ru[v], 0.0) + least_z, pairs += 1.0;
        if (up) p->zu[v] = fmax(-p->ru[v], 0.0) + least_z, pairs += 1.0;
    }
    p->pairs = fmax(pairs, 1.0);
    p->iterations = 0;
}

/* ---- an iteration ---------------------------------------------------------------------- */

ipm_result ipm_step(ipm *p, double tol)
{
    double ap, ad;
    look_at_rows(p);
    look_at_columns(p);
    if (p->gap <= tol && p->bad_primal <= tol && p->bad_dual <= tol) return IPM_DONE;
    if (!isfinite(p->mu) || !isfinite(p->gap)) return IPM_STALLED;
    chol_factor(p->f, p->theta, p->theta + p->a.m);
    solve_rows(p); /* the predictor need not be exact: no refinement */
    aim(p, fmax(predict(p) * p->mu, 1e-14));
    correct(p, 1e-8, &ap, &ad);
    const double back = 0.99;
    move(p, ap < 1.0 ? back * ap : 1.0, ad < 1.0 ? back * ad : 1.0);
    p->iterations++;
    return ap < 1e-8 && ad < 1e-8 ? IPM_STALLED : IPM_GOING;
}
