/* See ipm.h. */
#include "ipm_parts.h"

#include <string.h>

/* In rows whose logical is fixed, where theta would be zero: each step pays for moving their prices. Without it the prices of parts of the
 * network that nothing holds drift so far that reduced costs drown in their rounding [AG99]. */
#define PROXIMAL 1e-12
#define LEAST_MU 1e-14 /* products below are rounding */

void ipm_times(const ipm *p, const double *x, double *v)
{
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++)
            v[i] = row_dot(p, (int32_t)i, x) + x[p->a.m + i];
    }
}

void ipm_scaled_transposed(const ipm *p, const double *y, double *t)
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
        p->part[IPM_SUMS * part] = s;
    }
    return sum_parts(p, 0);
}

/* ---- normal equations ------------------------------------------------------------------ */

void ipm_factor(ipm *p, double *y)
{
    const double start = p->clock();
    chol_factor(p->f, p->theta, p->theta + p->a.m, y);
    p->seconds_factor += p->clock() - start;
}

enum { CG_MOST = 20 };

/* dy += (A theta A' + E)^-1 r to a residual of `small`, by conjugate gradients that the factors precondition; r = cg[0], spent.
 * p->cx is scratch. */
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
        ipm_scaled_transposed(p, d, p->cx);
        ipm_times(p, p->cx, q);
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

void ipm_solve_normal(ipm *p, const double *rhs, double *dy, double tol)
{
    const int32_t n = p->a.n;
    memcpy(dy, rhs, (size_t)n * sizeof *dy);
    chol_solve(p->f, dy);
    p->solves++;
    ipm_scaled_transposed(p, dy, p->cx);
    ipm_times(p, p->cx, p->cg[3]);
    keep_residual(p, rhs, p->cg[3]);
    refine(p, dy, tol * sqrt(dot(p, n, rhs, rhs)));
}

/* ---- one iteration in few passes -------------------------------------------------------- */

/* In the predictor the products aimed at are zero, so that with rc = c - A'y
 *
 *     dx = theta (A'dy - rc),   dzl = -zl (1 + dx / xl),   dzu = -zu (1 - dx / xu).
 *
 * A corrector aims at products of its own, divided by the distances: cl, cu. With A cx = 0
 *
 *     cx = theta (A'cy + cl - cu),   czl = cl - zl cx / xl,   czu = cu + zu cx / xu.
 *
 * Of it as much is added as makes the longest step, primal and dual by weights of their own [CG08]. */

static void look_at_rows(ipm *p)
{
    ipm_times(p, p->x, p->rp);
    FOR_PARTS(p)
    {
        double *s = p->part + IPM_SUMS * (ptrdiff_t)part;
        s[0] = s[1] = 0.0;
        const int64_t end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++) {
            p->rp[i] = p->b[i] - p->rp[i];
            if (fabs(p->rp[i]) > s[0]) s[0] = fabs(p->rp[i]);
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
                p->rd[v] = p->dx[v] = 0.0;
                p->theta[v] = v < m ? 0.0 : PROXIMAL;
                dual += rc * p->x[v];
                continue;
            }
            const double zl = p->zl[v], xl = p->xl[v], bound = p->bound[v];
            double steep = zl / xl, off = rc - zl;
            product += xl * zl;
            if (p->kind[v] & IPM_LOW) dual += bound * zl;
            if (p->kind[v] & IPM_UP) {
                const double zu = p->zu[v], xu = p->xu[v];
                steep += zu / xu;
                off += zu;
                product += xu * zu;
                dual -= (p->kind[v] & IPM_LOW ? bound + (xl + xu) : bound) * zu;
            }
            p->rd[v] = off;
            p->theta[v] = 1.0 / steep;
            p->dx[v] = rc / steep;
            if (fabs(off) > worst) worst = fabs(off);
        }
        double *s = p->part + IPM_SUMS * (ptrdiff_t)part;
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

/* y := r + A t + its logicals; r NULL: zero. */
static void fill_rows(const ipm *p, const double *r, const double *t, double *y)
{
    const int64_t m = p->a.m;
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++)
            y[i] = (r ? r[i] : 0.0) + row_dot(p, (int32_t)i, t) + t[m + i];
    }
}

/* Of a corrector, and the steps that they allow. */
typedef struct {
    double primal, dual, ap, ad;
} weights;

enum { WEIGHTS = IPM_SUMS / 2 };

#define LEAST_WEIGHT 0.1

static inline double weight_at(double least, int k)
{
    return least + (1.0 - least) * k / (WEIGHTS - 1);
}

static inline void hold(double *step, double at, double d)
{
    if (at + *step * d < 0.0) *step = -at / d;
}

/* The predictor's dx, how far it goes (the product of its steps into *reach), and the sums of products from which those after a step
 * follow. Returns what share of the mean product to aim at. */
static double predict(ipm *p, double *reach)
{
    const int64_t m = p->a.m, V = size_of(p);
    FOR_PARTS(p)
    {
        double ap = 1.0, ad = 1.0, by_x = 0.0, by_z = 0.0, by_both = 0.0;
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_FIXED) continue;
            const bool bounded = p->kind[v] & IPM_UP;
            const double xl = p->xl[v], zl = p->zl[v], zu = bounded ? p->zu[v] : 0.0;
            const double at = v < m ? column_dot(p, v, p->dy) : p->dy[v - m];
            const double d = p->theta[v] * (at - (p->rd[v] + zl - zu));
            const double dl = -zl * (1.0 + d / xl);
            p->dx[v] = d;
            hold(&ap, xl, d);
            hold(&ad, zl, dl);
            by_x += d * (zl - zu);
            by_z += xl * dl;
            by_both += d * dl;
            if (!bounded) continue;
            const double xu = p->xu[v], du = -zu * (1.0 - d / xu);
            hold(&ap, xu, -d);
            hold(&ad, zu, du);
            by_z += xu * du;
            by_both -= d * du;
        }
        double *s = p->part + IPM_SUMS * (ptrdiff_t)part;
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
    *reach = ap * ad;
    double sigma = fmin(fmax(then / now, 0.0), 1.0);
    sigma = sigma * sigma * sigma;
    return fmin(ap, ad) < 0.1 ? fmax(sigma, 0.3) : sigma;
}

/* The first corrector [M92]: products of `target` less what the predictor would make of them. cx := theta (cu - cl), for the right-hand
 * side; the predictor's dzl, dzu. */
static void aim(ipm *p, double target)
{
    const int64_t V = size_of(p);
    FOR_PARTS(p)
    {
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            const double d = p->dx[v], zl = p->zl[v], low = d / p->xl[v];
            double aimed = 0.0;
            p->dzl[v] = -zl * (1.0 + low);
            if (p->kind[v] & IPM_LOW) aimed = target / p->xl[v] + low * zl * (1.0 + low);
            p->cl[v] = aimed;
            if (p->kind[v] & IPM_UP) {
                const double zu = p->zu[v], up = d / p->xu[v];
                p->dzu[v] = -zu * (1.0 - up);
                p->cu[v] = target / p->xu[v] - up * zu * (1.0 - up);
                aimed -= p->cu[v];
            }
            p->cx[v] = -p->theta[v] * aimed;
        }
    }
}

/* How far a product is from the range around the target. */
static inline double off_range(double product, double target)
{
    const double low = 0.1 * target, high = 10.0 * target;
    return product < low          ? low - product
           : product <= high      ? 0.0
           : product < 2.0 * high ? high - product
                                  : -high;
}

/* Adds the corrector, and aims at the next one [G96]: products that would be far from the target after a longer step, of
 * lengths `ap`, `ad`, come nearer. ap < 0: there is no next one. */
static void add(ipm *p, weights w, double target, double ap, double ad)
{
    const int64_t V = size_of(p);
    const bool next = ap >= 0.0;
    FOR_PARTS(p)
    {
        int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_FIXED) continue;
            const double xl = p->xl[v], zl = p->zl[v], cx = p->cx[v];
            const double dx = p->dx[v] + w.primal * cx,
                         dl = p->dzl[v] + w.dual * (p->cl[v] - zl * (cx / xl));
            double aimed = 0.0;
            p->dx[v] = dx;
            p->dzl[v] = dl;
            if (next && (p->kind[v] & IPM_LOW))
                aimed = off_range((xl + ap * dx) * (zl + ad * dl), target) / xl;
            if (next) p->cl[v] = aimed;
            if (p->kind[v] & IPM_UP) {
                const double xu = p->xu[v], zu = p->zu[v];
                const double du = p->dzu[v] + w.dual * (p->cu[v] + zu * (cx / xu));
                p->dzu[v] = du;
                if (next) {
                    p->cu[v] = off_range((xu - ap * dx) * (zu + ad * du), target) / xu;
                    aimed -= p->cu[v];
                }
            }
            if (next) p->cx[v] = -p->theta[v] * aimed;
        }
        end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++) p->dy[i] += w.dual * p->cy[i];
    }
}

/* Shortens the steps of all weights from w0 up to 1 that the values d0 + weight * c would make negative. *most: the longest. */
static inline void hold_all(double *step, double *most, double w0, double at, double d0,
                            double c)
{
    const double at0 = d0 + w0 * c, at1 = d0 + c;
    if (at + *most * (at0 < at1 ? at0 : at1) >= 0.0) return;
    *most = 0.0;
    for (int k = 0; k < WEIGHTS; k++) {
        hold(&step[k], at, d0 + weight_at(w0, k) * c);
        if (step[k] > *most) *most = step[k];
    }
}

/* cx of the corrector for cy, and the best weights for it, w0 or more, with the steps they allow. */
static weights weigh(ipm *p, double w0)
{
    const int64_t m = p->a.m, V = size_of(p);
    FOR_PARTS(p)
    {
        double ap[WEIGHTS], ad[WEIGHTS], most_p = 1.0, most_d = 1.0;
        for (int k = 0; k < WEIGHTS; k++) ap[k] = ad[k] = 1.0;
        const int64_t end = part_begin(V, part + 1);
        for (int64_t v = part_begin(V, part); v < end; v++) {
            if (p->kind[v] & IPM_FIXED) continue;
            const double xl = p->xl[v], zl = p->zl[v];
            const double at = v < m ? column_dot(p, v, p->cy) : p->cy[v - m];
            const double cx = p->theta[v] * at - p->cx[v], dx = p->dx[v];
            p->cx[v] = cx;
            hold_all(ap, &most_p, w0, xl, dx, cx);
            hold_all(ad, &most_d, w0, zl, p->dzl[v], p->cl[v] - zl * (cx / xl));
            if (!(p->kind[v] & IPM_UP)) continue;
            const double xu = p->xu[v], zu = p->zu[v];
            hold_all(ap, &most_p, w0, xu, -dx, -cx);
            hold_all(ad, &most_d, w0, zu, p->dzu[v], p->cu[v] + zu * (cx / xu));
        }
        double *s = p->part + IPM_SUMS * (ptrdiff_t)part;
        memcpy(s, ap, sizeof ap);
        memcpy(s + WEIGHTS, ad, sizeof ad);
    }
    weights best = {0.0, 0.0, -1.0, -1.0};
    for (int k = 0; k < WEIGHTS; k++) {
        const double ap = least_of_parts(p, k), ad = least_of_parts(p, WEIGHTS + k);
        if (ap >= best.ap) best.primal = weight_at(w0, k), best.ap = ap;
        if (ad >= best.ad) best.dual = weight_at(w0, k), best.ad = ad;
    }
    return best;
}

/* Lengths of steps above which nothing is left to be gained, by which a corrector tries to lengthen them, and has to. */
#define LONG_STEP 0.9
#define REACH 0.5
#define GAIN 0.05

static void solve_corrector(ipm *p)
{
    fill_rows(p, NULL, p->cx, p->cy);
    chol_solve(p->f, p->cy);
    p->solves++;
}

/* From the predictor to the step, with its lengths in the result. */
static weights correct(ipm *p, double least, double target)
{
    aim(p, target);
    solve_corrector(p);
    weights now = weigh(p, least);
    for (int k = 0; k < p->correctors && fmin(now.ap, now.ad) < LONG_STEP; k++) {
        add(p, now, target, fmin(now.ap + REACH, 1.0), fmin(now.ad + REACH, 1.0));
        solve_corrector(p);
        weights then = weigh(p, LEAST_WEIGHT);
        if (then.ap < now.ap) then.ap = now.ap, then.primal = 0.0;
        if (then.ad < now.ad) then.ad = now.ad, then.dual = 0.0;
        const double gain = fmax(then.ap - now.ap, then.ad - now.ad);
        now = then;
        if (gain < GAIN) break;
    }
    add(p, now, 0.0, -1.0, -1.0);
    return now;
}

/* What rows miss after the step, more than `small`, is what the factors left of the normal equations. */
static void clean(ipm *p, double small, weights *step)
{
    const int64_t V = size_of(p);
    ipm_times(p, p->dx, p->cg[3]);
    keep_residual(p, p->rp, p->cg[3]);
    if (dot(p, p->a.n, p->cg[0], p->cg[0]) <= small * small) return;
    memset(p->cy, 0, (size_t)p->a.n * sizeof *p->cy);
    refine(p, p->cy, small);
    memset(p->cx, 0, (size_t)V * sizeof *p->cx);
    memset(p->cl, 0, (size_t)V * sizeof *p->cl);
    memset(p->cu, 0, (size_t)V * sizeof *p->cu);
    *step = weigh(p, 1.0);
    add(p, *step, 0.0, -1.0, -1.0);
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
            p->zl[v] += ad * p->dzl[v];
            if (p->kind[v] & IPM_UP) {
                p->xu[v] -= ap * p->dx[v];
                p->zu[v] += ad * p->dzu[v];
            }
            p->x[v] = p->kind[v] & IPM_LOW ? p->bound[v] + p->xl[v] : p->bound[v] - p->xu[v];
        }
        end = part_begin(p->a.n, part + 1);
        for (int64_t i = part_begin(p->a.n, part); i < end; i++) p->y[i] += ad * p->dy[i];
    }
}

/* ---- an iteration ---------------------------------------------------------------------- */

ipm_result ipm_step(ipm *p, double tol)
{
    double reach;
    look_at_rows(p);
    look_at_columns(p);
    if (p->gap <= tol && p->bad_primal <= tol && p->bad_dual <= tol) return IPM_DONE;
    if (!isfinite(p->mu) || !isfinite(p->gap) || p->mu < 2.0 * LEAST_MU) return IPM_STALLED;
    fill_rows(p, p->rp, p->dx, p->dy);
    const double small = 1e-8 * sqrt(dot(p, p->a.n, p->dy, p->dy));
    ipm_factor(p, p->dy); /* the predictor need not be exact: no refinement */
    chol_back(p->f, p->dy);
    p->solves++;
    const double target = fmax(predict(p, &reach) * p->mu, LEAST_MU);
    weights step = correct(p, reach, target);
    clean(p, small, &step);
    const double back = 0.99;
    move(p, step.ap < 1.0 ? back * step.ap : 1.0, step.ad < 1.0 ? back * step.ad : 1.0);
    p->iterations++;
    return step.ap < 1e-8 && step.ad < 1e-8 ? IPM_STALLED : IPM_GOING;
}
