/* Primal-dual interior point with Mehrotra's corrector [M92] on the restricted master.
 *
 * The step in y solves
 *
 *     (D + sum_k sum_j d_j b_j b_j' - m_k m_k' / t_k) dy = rhs,    d_j = t_j / z_j,  b_j = a_j - a_base(k),
 *     D = s / y + q / (box - y),   m_k = sum_j d_j b_j,   t_k = sum_j d_j,
 *
 * in which the convexity rows are eliminated. Differences to the heaviest column of a block are sparser than the columns, and
 * nothing cancels when one weight is near 1. Any y in its box is dual feasible with theta low enough, so that z is computed
 * anew, never updated, and a start is free to choose: the centre of the last prices [GGM13].
 *
 * [M92] S. Mehrotra: On the implementation of a primal-dual interior point method. SIAM J. Optim. 2 (1992).
 * [GGM13] J. Gondzio, P. Gonzalez-Brevis, P. Munari: New developments in the primal-dual column generation
 * technique. EJOR 224 (2013). */
#include "master.h"

#include "team.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static double entry_product(const master_problem *p, int32_t j, const double *y)
{
    double s = 0.0;
    for (int64_t e = p->first[j]; e < p->first[j + 1]; e++) s += p->load[e] * y[p->row[e]];
    return s;
}

/* Residuals and objectives of the point. rhs: what rows miss. */
static void judge(const master_problem *p, master_work *w)
{
    w->comp = w->miss = w->off = w->primal = w->dual = w->overflow = 0.0;
    for (int32_t r = 0; r < p->rows; r++) {
        w->rhs[r] = p->limit[r] - w->slack[r] + w->over[r];
        w->comp += w->slack[r] * w->y[r] + w->over[r] * (p->box[r] - w->y[r]);
        w->overflow += p->box[r] * w->over[r];
        w->dual -= w->y[r] * p->limit[r];
    }
    for (int32_t k = 0; k < p->blocks; k++) {
        double sum = 0.0;
        for (int32_t j = p->block_first[k]; j < p->block_first[k + 1]; j++) {
            sum += w->t[j];
            w->comp += w->t[j] * w->z[j];
            w->primal += w->t[j] * p->cost[j];
            for (int64_t e = p->first[j]; e < p->first[j + 1]; e++)
                w->rhs[p->row[e]] -= p->load[e] * w->t[j];
        }
        w->short_by[k] = 1.0 - sum;
        w->dual += w->theta[k];
        w->miss += fabs(w->theta[k] * w->short_by[k]);
    }
    w->primal += w->overflow;
    for (int32_t r = 0; r < p->rows; r++) {
        w->off += w->y[r] * fabs(w->rhs[r]);
        w->miss += fmax(w->y[r], w->worth[r]) * fabs(w->rhs[r]);
    }
}

void master_center(const master_problem *p, master_work *w, double mu)
{
    for (int32_t r = 0; r < p->rows; r++) {
        double y = w->y[r];
        const double edge = 1e-9 * p->box[r];
        y = y < edge ? edge : y > p->box[r] - edge ? p->box[r] - edge : y;
        w->y[r] = y;
        w->slack[r] = mu / y;
        w->over[r] = mu / (p->box[r] - y);
    }
    for (int32_t k = 0; k < p->blocks; k++) {
        const int32_t from = p->block_first[k], to = p->block_first[k + 1];
        double least = INFINITY;
        for (int32_t j = from; j < to; j++) {
            w->z[j] = p->cost[j] + entry_product(p, j, w->y);
            if (w->z[j] < least) least = w->z[j];
        }
        /* theta = least - gap with sum mu / (z - theta) = 1; the sum is convex in gap: Newton from the left */
        double gap = mu;
        for (int i = 0; i < 60; i++) {
            double sum = -1.0, slope = 0.0;
            for (int32_t j = from; j < to; j++) {
                const double d = 1.0 / (w->z[j] - least + gap);
                sum += mu * d;
                slope += mu * d * d;
            }
            if (sum < 1e-12) break;
            gap += sum / slope;
        }
        w->theta[k] = least - gap;
        for (int32_t j = from; j < to; j++) {
            w->z[j] = w->z[j] - least + gap;
            w->t[j] = mu / w->z[j];
        }
        w->base[k] = -1;
    }
    judge(p, w);
}

/* Differences of all columns of block k to column b. */
static void make_differences(const master_problem *p, master_work *w, int32_t k, int32_t b)
{
    for (int32_t j = p->block_first[k]; j < p->block_first[k + 1]; j++) {
        int64_t at = w->diff_first[j], e = p->first[j], f = p->first[b];
        const int64_t e_end = j == b ? e : p->first[j + 1],
                      f_end = j == b ? f : p->first[b + 1];
        while (e < e_end || f < f_end) {
            const int32_t re = e < e_end ? p->row[e] : INT32_MAX,
                          rf = f < f_end ? p->row[f] : INT32_MAX, r = re < rf ? re : rf;
            const double v = (re == r ? p->load[e] : 0.0) - (rf == r ? p->load[f] : 0.0);
            e += re == r;
            f += rf == r;
            if (v == 0.0) continue;
            w->diff_row[at] = r;
            w->diff[at++] = v;
        }
        for (const int64_t end = w->diff_first[j + 1]; at < end; at++)
            w->diff_row[at] = INT32_MAX;
    }
}

static inline int64_t diff_end(const master_work *w, int32_t j)
{
    return w->diff_first[j + 1];
}

#define MISS_MORE                                                                              \
    5.0 /* what rows miss at prices of other points may be so much more than the gap */

/* ---- the matrix of the step ------------------------------------------------------------ */

/* With c_k = m_k / t_k, block k adds sum_j d_j (b_j - c_k) (b_j - c_k)', the base column's b = 0 among them: a dense square over
 * the rows that it knows, which the kernels of dense.h make, spread over the matrix afterwards. Nothing is subtracted. */

enum { BAND = 4 * STRIP, SQUARES_MOST = 4 << 20 };

static int32_t columns_of(const master_problem *p, int32_t k)
{
    return p->block_first[k + 1] - p->block_first[k];
}

/* Columns of a panel: whole strips, so that its square begins with a strip. */
static int32_t panel_columns(const master_problem *p, int32_t k)
{
    return (int32_t)dense_strips(columns_of(p, k)) * STRIP;
}

int64_t master_rooms(const master_problem *p, master_work *w)
{
    int64_t room = 0, sum = 0;
    w->batches = 0;
    w->panel_room = 0;
    for (int32_t k = 0; k < p->blocks; k++) {
        const int32_t nc = panel_columns(p, k),
                      nr = nc + (int32_t)(w->near_first[k + 1] - w->near_first[k]);
        const int64_t square = dense_update_size(nr, nc), panel = dense_panel_size(nr, nc);
        if (k == 0 || sum + square > SQUARES_MOST) {
            w->batch_first[w->batches++] = k;
            sum = 0;
        }
        w->square_at[k] = sum;
        sum += square;
        if (sum > room) room = sum;
        if (panel > w->panel_room) w->panel_room = panel;
    }
    w->batch_first[w->batches] = p->blocks;
    return room;
}

static void make_square(const master_problem *p, master_work *w, int32_t k, int thread)
{
    const int32_t *near = w->near_row + w->near_first[k];
    const int32_t nc = panel_columns(p, k),
                  u = (int32_t)(w->near_first[k + 1] - w->near_first[k]), nr = nc + u;
    int32_t *local = w->local + (int64_t)thread * p->rows;
    double *panel = w->panel + thread * w->panel_room;
    const double *mean = w->mean + (int64_t)k * p->rows;
    memset(panel, 0, (size_t)dense_panel_size(nr, nc) * sizeof *panel);
    for (int32_t i = 0; i < u; i++) local[near[i]] = i;
    double *low = panel + dense_panel_size(nc, nc);
    for (int32_t c = 0; c < columns_of(p, k); c++) {
        const int32_t j = p->block_first[k] + c;
        const double root = sqrt(w->ratio[j]);
        double *at = low + STRIP * (int64_t)c;
        for (int64_t e = w->diff_first[j]; e < diff_end(w, j) && w->diff_row[e] < INT32_MAX;
             e++) {
            const int32_t i = local[w->diff_row[e]];
            at[(int64_t)(i / STRIP) * STRIP * nc + i % STRIP] = root * w->diff[e];
        }
    }
    for (int32_t i = 0; i < u; i++) {
        const double c = mean[near[i]] / w->total[k];
        if (c == 0.0) continue;
        double *at = low + (int64_t)(i / STRIP) * STRIP * nc + i % STRIP;
        for (int32_t q = 0; q < columns_of(p, k); q++)
            at[STRIP * (int64_t)q] -= sqrt(w->ratio[p->block_first[k] + q]) * c;
    }
    double *square = w->square + w->square_at[k];
    memset(square, 0, (size_t)dense_update_size(nr, nc) * sizeof *square);
    dense_update(w->kind, panel, nr, nc, square, 1);
}

/* Where column 0 of row r lies; columns follow STRIP apart (dense.h). */
static inline double *line_of(const master_work *w, int32_t n, int32_t r)
{
    return w->matrix + (int64_t)(r / STRIP) * STRIP * n + r % STRIP;
}

/* Takes the square of block k from rows from .. to of the matrix. */
static void take_square(const master_problem *p, master_work *w, int32_t k, int32_t from,
                        int32_t to)
{
    const int32_t *near = w->near_row + w->near_first[k];
    const int32_t u = (int32_t)(w->near_first[k + 1] - w->near_first[k]);
    int32_t low = 0, high = u;
    while (low < high) { /* first row of the band */
        const int32_t mid = (low + high) / 2;
        if (near[mid] < from)
            low = mid + 1;
        else
            high = mid;
    }
    for (int32_t i = low; i < u && near[i] < to; i++) {
        const int64_t s = i / STRIP;
        const double *at = w->square + w->square_at[k] + 64 * (s * (s + 1) / 2) + i % STRIP;
        double *line = line_of(w, p->rows, near[i]);
        for (int32_t c = 0; c <= i; c++)
            line[STRIP * (int64_t)near[c]] -= at[STRIP * (int64_t)c];
    }
}

/* The matrix of the step, its means and totals. */
static void assemble(const master_problem *p, master_work *w)
{
    const int32_t n = p->rows;
    memset(w->mean, 0, (size_t)p->blocks * (size_t)n * sizeof *w->mean);
    memset(w->matrix, 0, (size_t)dense_panel_size(n, n) * sizeof *w->matrix);
    for (int32_t k = 0; k < p->blocks; k++) {
        int32_t b = p->block_first[k];
        double *mean = w->mean + (int64_t)k * n;
        w->total[k] = 0.0;
        for (int32_t j = p->block_first[k]; j < p->block_first[k + 1]; j++) {
            w->ratio[j] = w->t[j] / w->z[j];
            if (w->ratio[j] > w->ratio[b]) b = j;
            w->total[k] += w->ratio[j];
        }
        if (b != w->base[k]) make_differences(p, w, k, b);
        w->base[k] = b;
        for (int32_t j = p->block_first[k]; j < p->block_first[k + 1]; j++)
            for (int64_t e = w->diff_first[j]; e < diff_end(w, j) && w->diff_row[e] < INT32_MAX;
                 e++)
                mean[w->diff_row[e]] += w->ratio[j] * w->diff[e];
    }
    const int threads = w->threads;
    for (int32_t batch = 0; batch < w->batches; batch++) {
        const int32_t begin = w->batch_first[batch], end = w->batch_first[batch + 1];
        /* then bands of rows: an entry has one writer, and its sum one order */
#pragma omp parallel default(none) shared(p, w, n, begin, end)                                 \
    num_threads(threads) if (threads > 1 && n > 100)
        {
#pragma omp for schedule(dynamic, 1)
            for (int32_t k = begin; k < end; k++) make_square(p, w, k, thread_number());
#pragma omp for schedule(dynamic, 1)
            for (int32_t from = 0; from < n; from += BAND)
                for (int32_t k = begin; k < end; k++)
                    take_square(p, w, k, from, from + BAND < n ? from + BAND : n);
        }
    }
    for (int32_t r = 0; r < n; r++)
        line_of(w, n, r)[STRIP * (int64_t)r] +=
            w->slack[r] / w->y[r] + w->over[r] / (p->box[r] - w->y[r]);
}

/* ---- steps ----------------------------------------------------------------------------- */

/* The step for complementarity products `mu` less the second order terms of the step before it (second). What rows
 * miss stays in rhs. */
static void direction(const master_problem *p, master_work *w, double mu, bool second)
{
    const int32_t n = p->rows;
    for (int32_t r = 0; r < n; r++) {
        const double v = p->box[r] - w->y[r];
        const double gs = mu - w->slack[r] * w->y[r] - (second ? w->ds[r] * w->dy[r] : 0.0);
        const double gq = mu - w->over[r] * v + (second ? w->dq[r] * w->dy[r] : 0.0);
        w->ds[r] = gs / w->y[r];
        w->dq[r] = gq / v;
        w->dy[r] = w->ds[r] - w->dq[r] - w->rhs[r];
    }
    for (int32_t k = 0; k < p->blocks; k++) {
        const double *mean = w->mean + (int64_t)k * n;
        double sum = 0.0;
        for (int32_t j = p->block_first[k]; j < p->block_first[k + 1]; j++) {
            w->push[j] =
                (mu - w->t[j] * w->z[j] - (second ? w->dt[j] * w->dz[j] : 0.0)) / w->z[j];
            sum += w->push[j];
        }
        w->shift[k] = (w->short_by[k] - sum) / w->total[k];
        for (int32_t j = p->block_first[k]; j < p->block_first[k + 1]; j++)
            for (int64_t e = w->diff_first[j]; e < diff_end(w, j) && w->diff_row[e] < INT32_MAX;
                 e++)
                w->dy[w->diff_row[e]] += w->push[j] * w->diff[e];
        /* blocks that miss their sum move along their base column */
        const int32_t b = w->base[k];
        for (int64_t e = p->first[b]; e < p->first[b + 1]; e++)
            w->dy[p->row[e]] += w->short_by[k] * p->load[e];
        for (int32_t r = 0; r < n; r++) w->dy[r] += mean[r] * w->shift[k];
    }
    memset(w->solve + n, 0, (size_t)(dense_strips(n) * STRIP - n) * sizeof *w->solve);
    memcpy(w->solve, w->dy, (size_t)n * sizeof *w->solve);
    dense_forward(w->kind, w->matrix, n, n, w->inverse, w->solve);
    dense_backward(w->kind, w->matrix, n, n, w->inverse, w->solve);
    memcpy(w->dy, w->solve, (size_t)n * sizeof *w->solve);
    for (int32_t r = 0; r < n; r++) {
        const double v = p->box[r] - w->y[r];
        w->ds[r] -= w->slack[r] / w->y[r] * w->dy[r];
        w->dq[r] += w->over[r] / v * w->dy[r];
    }
    for (int32_t k = 0; k < p->blocks; k++) {
        const double *mean = w->mean + (int64_t)k * n;
        double along = 0.0;
        for (int32_t r = 0; r < n; r++) along += mean[r] * w->dy[r];
        const double lower = w->shift[k] + along / w->total[k];
        for (int32_t j = p->block_first[k]; j < p->block_first[k + 1]; j++) {
            double dz = -lower;
            for (int64_t e = w->diff_first[j]; e < diff_end(w, j) && w->diff_row[e] < INT32_MAX;
                 e++)
                dz += w->diff[e] * w->dy[w->diff_row[e]];
            w->dz[j] = dz;
            w->dt[j] = w->push[j] - w->ratio[j] * dz;
        }
        /* d theta, for the step */
        w->shift[k] = lower + entry_product(p, w->base[k], w->dy);
    }
}

static inline void hold(double *step, double at, double d)
{
    if (d < 0.0 && -at > *step * d) *step = -at / d;
}

/* How far the step may go in weights and in prices. */
static void reach(const master_problem *p, const master_work *w, double *primal, double *dual)
{
    *primal = *dual = 1e30;
    for (int32_t r = 0; r < p->rows; r++) {
        hold(primal, w->slack[r], w->ds[r]);
        hold(primal, w->over[r], w->dq[r]);
        hold(dual, w->y[r], w->dy[r]);
        hold(dual, p->box[r] - w->y[r], -w->dy[r]);
    }
    for (int32_t j = 0; j < p->columns; j++) {
        hold(primal, w->t[j], w->dt[j]);
        hold(dual, w->z[j], w->dz[j]);
    }
}

static double comp_after(const master_problem *p, const master_work *w, double a, double b)
{
    double sum = 0.0;
    for (int32_t r = 0; r < p->rows; r++) {
        const double y = w->y[r] + b * w->dy[r];
        sum += (w->slack[r] + a * w->ds[r]) * y;
        sum += (w->over[r] + a * w->dq[r]) * (p->box[r] - y);
    }
    for (int32_t j = 0; j < p->columns; j++)
        sum += (w->t[j] + a * w->dt[j]) * (w->z[j] + b * w->dz[j]);
    return sum;
}

static void move(const master_problem *p, master_work *w, double a, double b)
{
    for (int32_t r = 0; r < p->rows; r++) {
        w->slack[r] += a * w->ds[r];
        w->over[r] += a * w->dq[r];
        w->y[r] += b * w->dy[r];
    }
    for (int32_t k = 0; k < p->blocks; k++) w->theta[k] += b * w->shift[k];
    for (int32_t j = 0; j < p->columns; j++) {
        w->t[j] += a * w->dt[j];
        w->z[j] += b * w->dz[j];
    }
}

/* A part of the way to the wall; far walls do not hold. */
static double shorten(double reach)
{
    return 0.9 * reach > 1.0 ? 1.0 : 0.9 * reach;
}

void master_run(const master_problem *p, master_work *w, double target, int most)
{
    const double pairs = (double)p->columns + 2.0 * (double)p->rows;
    judge(p, w);
    for (int i = 0; i < most; i++) {
        if (w->comp <= target && w->off <= target && w->miss <= MISS_MORE * target) break;
        double a, b;
        w->iterations++;
        assemble(p, w);
        dense_factor(w->kind, w->matrix, p->rows, p->rows, 1e-30, w->inverse, w->threads);
        direction(p, w, 0.0, false);
        reach(p, w, &a, &b);
        a = a > 1.0 ? 1.0 : a;
        b = b > 1.0 ? 1.0 : b;
        const double after = comp_after(p, w, a, b) / w->comp;
        double mu = w->comp / pairs * after * after * after;
        if (mu < 0.1 * target / pairs) mu = 0.1 * target / pairs;
        direction(p, w, mu, true);
        reach(p, w, &a, &b);
        move(p, w, shorten(a), shorten(b));
        judge(p, w);
    }
}
