/* See ipm.h. Sums run over IPM_PARTS fixed blocks, so that they do not depend on threads. */
#include "ipm.h"

#include <math.h>
#include <string.h>

/* Below so many columns a second thread costs more than it brings. */
enum { WORTH_SHARING = 100000 };

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

/* t := theta (A'y - sub), 0 where fixed; sub may be NULL. */
static void scaled_transposed(const ipm *p, const double *y, const double *sub, double *t)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_FIXED) {
                t[v] = 0.0;
                continue;
            }
            const double d = v < p->a.m ? column_dot(p, v, y) : y[v - p->a.m];
            t[v] = p->theta[v] * (sub ? d - sub[v] : d);
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

/* dy := (A theta A' + E)^-1 rhs to a relative residual of tol. p->dx is scratch. */
static void solve_normal(ipm *p, const double *rhs, double *dy, double tol)
{
    const int32_t n = p->a.n;
    double *r = p->cg[0], *z = p->cg[1], *d = p->cg[2], *q = p->cg[3];
    memcpy(dy, rhs, (size_t)n * sizeof *dy);
    chol_solve(p->f, dy);
    p->solves++;
    const double size = sqrt(dot(p, n, rhs, rhs));
    scaled_transposed(p, dy, NULL, p->dx);
    times(p, p->dx, q);
    for (int32_t i = 0; i < n; i++) r[i] = p->f->inverse[i] == 0.0 ? 0.0 : rhs[i] - q[i];
    double rz_before = 0.0;
    double best = sqrt(dot(p, n, r, r));
    for (int step = 0; step < CG_MOST && best > tol * size; step++) {
        memcpy(z, r, (size_t)n * sizeof *z);
        chol_solve(p->f, z);
        p->solves++;
        p->cg_steps++;
        const double rz = dot(p, n, r, z);
        const double beta = step > 0 ? rz / rz_before : 0.0;
        rz_before = rz;
        for (int32_t i = 0; i < n; i++) d[i] = step > 0 ? z[i] + beta * d[i] : z[i];
        scaled_transposed(p, d, NULL, p->dx);
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
        best = sqrt(dot(p, n, r, r));
    }
}

/* Directions for the residuals rp, rd and the products rl, ru. */
static void solve_newton(ipm *p, const double *rp, double tol)
{
    const int64_t m = p->a.m, V = size_of(p);
    /* g = rd - rl / xl + ru / xu, into dzl for the time being */
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            double g = p->rd[v];
            if (p->kind[v] & IPM_LOW) g -= p->rl[v] / p->xl[v];
            if (p->kind[v] & IPM_UP) g += p->ru[v] / p->xu[v];
            p->dzl[v] = g;
            p->dx[v] = p->kind[v] & IPM_FIXED ? 0.0 : p->theta[v] * g;
        }
    }
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++)
            p->rhs[i] = rp[i] + row_dot(p, (int32_t)i, p->dx) + p->dx[m + i];
    }
    solve_normal(p, p->rhs, p->dy, tol);
    scaled_transposed(p, p->dy, p->dzl, p->dx);
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            p->dzl[v] =
                p->kind[v] & IPM_LOW ? (p->rl[v] - p->zl[v] * p->dx[v]) / p->xl[v] : 0.0;
            p->dzu[v] = p->kind[v] & IPM_UP ? (p->ru[v] + p->zu[v] * p->dx[v]) / p->xu[v] : 0.0;
        }
    }
}

/* Largest steps in [0, 1] that keep everything positive. */
static void step_lengths(const ipm *p, double *primal, double *dual)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        double ap = 1.0, ad = 1.0;
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_LOW) {
                if (p->xl[v] + ap * p->dx[v] < 0.0) ap = -p->xl[v] / p->dx[v];
                if (p->zl[v] + ad * p->dzl[v] < 0.0) ad = -p->zl[v] / p->dzl[v];
            }
            if (p->kind[v] & IPM_UP) {
                if (p->xu[v] - ap * p->dx[v] < 0.0) ap = p->xu[v] / p->dx[v];
                if (p->zu[v] + ad * p->dzu[v] < 0.0) ad = -p->zu[v] / p->dzu[v];
            }
        }
        p->part[8 * part] = ap;
        p->part[8 * part + 1] = ad;
    }
    *primal = least_of_parts(p, 0);
    *dual = least_of_parts(p, 1);
}

/* Sum of products after steps; *count of them. */
static double products(const ipm *p, double ap, double ad, double *count)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        double s = 0.0, k = 0.0;
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_LOW)
                s += (p->xl[v] + ap * p->dx[v]) * (p->zl[v] + ad * p->dzl[v]), k += 1.0;
            if (p->kind[v] & IPM_UP)
                s += (p->xu[v] - ap * p->dx[v]) * (p->zu[v] + ad * p->dzu[v]), k += 1.0;
        }
        p->part[8 * part] = s;
        p->part[8 * part + 1] = k;
    }
    *count = sum_parts(p, 1);
    return sum_parts(p, 0);
}

/* ---- residuals ------------------------------------------------------------------------- */

static void residuals(ipm *p)
{
    const int64_t m = p->a.m, V = size_of(p);
    times(p, p->x, p->rp);
    FOR_PARTS(p)
    {
        double *s = p->part + 8 * (ptrdiff_t)part;
        s[0] = s[1] = s[2] = s[3] = s[4] = s[5] = s[6] = s[7] = 0.0;
        int64_t end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++) {
            p->rp[i] = p->b[i] - p->rp[i];
            s[0] = fmax(s[0], fabs(p->rp[i]));
            s[1] += p->b[i] * p->y[i];
        }
        end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            const double at = v < m ? column_dot(p, v, p->y) : p->y[v - m];
            if (p->kind[v] & IPM_FIXED) { /* whatever its reduced cost: it cannot move */
                p->rd[v] = 0.0;
                s[4] += p->c[v] * p->x[v];
                s[1] += (p->c[v] - at) * p->x[v];
                continue;
            }
            p->rd[v] = p->c[v] - at - p->zl[v] + p->zu[v];
            s[2] = fmax(s[2], fabs(p->rd[v]));
            s[4] += p->c[v] * p->x[v];
            if (p->kind[v] & IPM_LOW) {
                s[3] += p->xl[v] * p->zl[v];
                s[5] += 1.0;
                s[1] += p->bound[v] * p->zl[v];
            }
            if (p->kind[v] & IPM_UP) {
                s[3] += p->xu[v] * p->zu[v];
                s[5] += 1.0;
                const double up =
                    p->kind[v] & IPM_LOW ? p->bound[v] + p->range[v] : p->bound[v];
                s[1] -= up * p->zu[v];
            }
        }
    }
    p->bad_primal = most_of_parts(p, 0);
    p->bad_dual = most_of_parts(p, 2);
    p->dual = sum_parts(p, 1);
    p->primal = sum_parts(p, 4);
    p->mu = sum_parts(p, 3) / sum_parts(p, 5);
    p->gap = fabs(p->primal - p->dual) / (1.0 + fabs(p->primal));
}

/* theta = 1 / (zl / xl + zu / xu); E of the rows from the logicals. */
static void scale_columns(ipm *p)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            double t = 0.0;
            if (p->kind[v] & IPM_LOW) t += p->zl[v] / p->xl[v];
            if (p->kind[v] & IPM_UP) t += p->zu[v] / p->xu[v];
            p->theta[v] = p->kind[v] & IPM_FIXED ? 0.0 : 1.0 / t;
        }
    }
}

/* ---- start ----------------------------------------------------------------------------- */

void ipm_start(ipm *p)
{
    const int64_t m = p->a.m, V = size_of(p);
    double sum = 0.0, count = 0.0;
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
    scaled_transposed(p, p->dy, NULL, p->dx);
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
        p->xl[v] = p->xu[v] = INFINITY;
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
        if (low) p->zl[v] = fmax(p->ru[v], 0.0) + least_z;
        if (up) p->zu[v] = fmax(-p->ru[v], 0.0) + least_z;
    }
    p->iterations = 0;
}

/* ---- an iteration ---------------------------------------------------------------------- */

static void set_products(ipm *p, double target, bool second_order)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            double l = target - p->xl[v] * p->zl[v], u = target - p->xu[v] * p->zu[v];
            if (second_order) {
                l -= p->dx[v] * p->dzl[v];
                u += p->dx[v] * p->dzu[v];
            }
            p->rl[v] = p->kind[v] & IPM_LOW ? l : 0.0;
            p->ru[v] = p->kind[v] & IPM_UP ? u : 0.0;
        }
    }
}

static void move(ipm *p, double ap, double ad)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            const bool low = p->kind[v] & IPM_LOW, up = p->kind[v] & IPM_UP;
            if (low) {
                p->xl[v] += ap * p->dx[v];
                p->zl[v] += ad * p->dzl[v];
                p->x[v] = p->bound[v] + p->xl[v];
            }
            if (up) {
                p->xu[v] -= ap * p->dx[v];
                p->zu[v] += ad * p->dzu[v];
                if (!low) p->x[v] = p->bound[v] - p->xu[v];
            }
        }
    }
    for (int32_t i = 0; i < p->a.n; i++) p->y[i] += ad * p->dy[i];
}

ipm_result ipm_step(ipm *p, double tol)
{
    double ap, ad, count;
    residuals(p);
    if (p->gap <= tol && p->bad_primal <= tol && p->bad_dual <= tol) return IPM_DONE;
    if (!isfinite(p->mu) || !isfinite(p->gap)) return IPM_STALLED;
    scale_columns(p);
    chol_factor(p->f, p->theta, p->theta + p->a.m);
    /* predictor */
    set_products(p, 0.0, false);
    solve_newton(p, p->rp, 1e-6);
    step_lengths(p, &ap, &ad);
    const double now = products(p, 0.0, 0.0, &count), then = products(p, ap, ad, &count);
    double sigma = then / now;
    sigma = sigma * sigma * sigma;
    if (fmin(ap, ad) < 0.1) sigma = fmax(sigma, 0.3);
    const double target = fmax(sigma * p->mu, 1e-14);
    /* corrector */
    set_products(p, target, true);
    solve_newton(p, p->rp, 1e-8);
    step_lengths(p, &ap, &ad);
    const double back = 0.99;
    move(p, ap < 1.0 ? back * ap : 1.0, ad < 1.0 ? back * ad : 1.0);
    p->iterations++;
    return ap < 1e-8 && ad < 1e-8 ? IPM_STALLED : IPM_GOING;
}
