/* See dense.h. One tile kernel in three forms, the rest is written once around it. */
#include "dense.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_X86 1
#else
#define HAVE_X86 0
#endif

dense_kind dense_best(void)
{
#if HAVE_X86
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma")) return DENSE_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return DENSE_AVX2;
#endif
    return DENSE_PLAIN;
}

/* ---- c(g) -= a(g) b' for a group of up to three strips -------------------------------- */

/* a: strips `stride` doubles apart, of which columns 0 .. k-1 count; b: one strip, its rows are the columns of the
 * tiles; c: one tile of 8 x w for each strip. */
static void tile_plain(int group, int64_t k, const double *a, ptrdiff_t stride, const double *b,
                       double *const *c, int w)
{
    for (int g = 0; g < group; g++)
        for (int j = 0; j < w; j++)
            for (int i = 0; i < STRIP; i++) {
                double x = c[g][STRIP * j + i];
                for (int64_t e = 0; e < k; e++)
                    x = fma(-a[g * stride + STRIP * e + i], b[STRIP * e + j], x);
                c[g][STRIP * j + i] = x;
            }
}

#if HAVE_X86
#define AVX512 __attribute__((target("avx512f")))
#define AVX2 __attribute__((target("avx2,fma")))

AVX512 static void tile3_512(int64_t k, const double *a, ptrdiff_t stride, const double *b,
                             double *const *c)
{
    __m512d x[3][STRIP];
    for (int g = 0; g < 3; g++)
        for (int j = 0; j < STRIP; j++) x[g][j] = _mm512_loadu_pd(c[g] + STRIP * j);
    const double *a1 = a + stride, *a2 = a1 + stride;
    for (int64_t e = 0; e < k; e++) {
        const __m512d l0 = _mm512_loadu_pd(a + STRIP * e), l1 = _mm512_loadu_pd(a1 + STRIP * e),
                      l2 = _mm512_loadu_pd(a2 + STRIP * e);
#pragma GCC unroll 8
        for (int j = 0; j < STRIP; j++) {
            const __m512d r = _mm512_set1_pd(b[STRIP * e + j]);
            x[0][j] = _mm512_fnmadd_pd(l0, r, x[0][j]);
            x[1][j] = _mm512_fnmadd_pd(l1, r, x[1][j]);
            x[2][j] = _mm512_fnmadd_pd(l2, r, x[2][j]);
        }
    }
    for (int g = 0; g < 3; g++)
        for (int j = 0; j < STRIP; j++) _mm512_storeu_pd(c[g] + STRIP * j, x[g][j]);
}

AVX512 static void tile1_512(int64_t k, const double *a, const double *b, double *c)
{
    __m512d x[STRIP];
    for (int j = 0; j < STRIP; j++) x[j] = _mm512_loadu_pd(c + STRIP * j);
    for (int64_t e = 0; e < k; e++) {
        const __m512d l = _mm512_loadu_pd(a + STRIP * e);
#pragma GCC unroll 8
        for (int j = 0; j < STRIP; j++)
            x[j] = _mm512_fnmadd_pd(l, _mm512_set1_pd(b[STRIP * e + j]), x[j]);
    }
    for (int j = 0; j < STRIP; j++) _mm512_storeu_pd(c + STRIP * j, x[j]);
}

AVX512 static void column_512(int64_t k, const double *a, const double *b, double *c)
{
    __m512d x = _mm512_loadu_pd(c);
    for (int64_t e = 0; e < k; e++)
        x = _mm512_fnmadd_pd(_mm512_loadu_pd(a + STRIP * e), _mm512_set1_pd(b[STRIP * e]), x);
    _mm512_storeu_pd(c, x);
}

AVX512 static void tile_512(int group, int64_t k, const double *a, ptrdiff_t stride,
                            const double *b, double *const *c, int w)
{
    if (w == STRIP && group == 3) {
        tile3_512(k, a, stride, b, c);
        return;
    }
    for (int g = 0; g < group; g++) {
        if (w == STRIP)
            tile1_512(k, a + g * stride, b, c[g]);
        else
            for (int j = 0; j < w; j++) column_512(k, a + g * stride, b + j, c[g] + STRIP * j);
    }
}

AVX2 static void tile_256(int group, int64_t k, const double *a, ptrdiff_t stride,
                          const double *b, double *const *c, int w)
{
    for (int g = 0; g < group; g++) {
        const double *l = a + g * stride;
        int j = 0;
        for (; j + 4 <= w; j += 4) {
            __m256d x[4][2];
            double *t = c[g] + STRIP * j;
#pragma GCC unroll 4
            for (int q = 0; q < 4; q++) {
                x[q][0] = _mm256_loadu_pd(t + STRIP * q);
                x[q][1] = _mm256_loadu_pd(t + STRIP * q + 4);
            }
            for (int64_t e = 0; e < k; e++) {
                const __m256d l0 = _mm256_loadu_pd(l + STRIP * e),
                              l1 = _mm256_loadu_pd(l + STRIP * e + 4);
#pragma GCC unroll 4
                for (int q = 0; q < 4; q++) {
                    const __m256d r = _mm256_broadcast_sd(b + STRIP * e + j + q);
                    x[q][0] = _mm256_fnmadd_pd(l0, r, x[q][0]);
                    x[q][1] = _mm256_fnmadd_pd(l1, r, x[q][1]);
                }
            }
#pragma GCC unroll 4
            for (int q = 0; q < 4; q++) {
                _mm256_storeu_pd(t + STRIP * q, x[q][0]);
                _mm256_storeu_pd(t + STRIP * q + 4, x[q][1]);
            }
        }
        for (; j < w; j++) {
            __m256d x0 = _mm256_loadu_pd(c[g] + STRIP * j),
                    x1 = _mm256_loadu_pd(c[g] + STRIP * j + 4);
            for (int64_t e = 0; e < k; e++) {
                const __m256d r = _mm256_broadcast_sd(b + STRIP * e + j);
                x0 = _mm256_fnmadd_pd(_mm256_loadu_pd(l + STRIP * e), r, x0);
                x1 = _mm256_fnmadd_pd(_mm256_loadu_pd(l + STRIP * e + 4), r, x1);
            }
            _mm256_storeu_pd(c[g] + STRIP * j, x0);
            _mm256_storeu_pd(c[g] + STRIP * j + 4, x1);
        }
    }
}
#endif

static void tile(dense_kind kind, int group, int64_t k, const double *a, ptrdiff_t stride,
                 const double *b, double *const *c, int w)
{
#if HAVE_X86
    if (kind == DENSE_AVX512) {
        tile_512(group, k, a, stride, b, c, w);
        return;
    }
    if (kind == DENSE_AVX2) {
        tile_256(group, k, a, stride, b, c, w);
        return;
    }
#endif
    (void)kind;
    tile_plain(group, k, a, stride, b, c, w);
}

/* ---- eight columns of a panel --------------------------------------------------------- */

/* v -= f u, a column of a strip each. */
static inline void take_column(double *restrict v, const double *restrict u, double f)
{
    for (int i = 0; i < STRIP; i++) v[i] -= u[i] * f;
}

/* Columns 0 .. w-1 of the strip whose first w rows are the diagonal block; d: the tile. */
static int64_t factor_diagonal(double *d, int w, double tiny, double *inverse)
{
    int64_t skipped = 0;
    for (int c = 0; c < w; c++) {
        const double pivot = d[STRIP * c + c];
        if (!(pivot > tiny)) {
            for (int i = 0; i < STRIP; i++) d[STRIP * c + i] = 0.0;
            inverse[c] = 0.0;
            skipped++;
            continue;
        }
        const double root = sqrt(pivot), inv = 1.0 / root;
        inverse[c] = inv;
        for (int i = 0; i < STRIP; i++) d[STRIP * c + i] *= inv;
        for (int i = 0; i < c; i++) d[STRIP * c + i] = 0.0;
        d[STRIP * c + c] = root;
        for (int q = c + 1; q < w; q++) /* what is above the diagonal means nothing yet */
            take_column(d + STRIP * q, d + STRIP * c, d[STRIP * c + q]);
    }
    return skipped;
}

/* One strip below: x := x L^-T. */
static inline void solve_strip(double *restrict x, const double *restrict d, int w,
                               const double *inverse)
{
    for (int c = 0; c < w; c++) {
        double *restrict v = x + STRIP * c;
        for (int q = 0; q < c; q++) take_column(v, x + STRIP * q, d[STRIP * q + c]);
        const double inv = inverse[c];
        for (int i = 0; i < STRIP; i++) v[i] *= inv;
    }
}

#if HAVE_X86
/* The same operations in the same order, a strip in registers. */
AVX512 static void solve_strip_512(double *x, const double *d, const double *inverse)
{
    __m512d v[STRIP];
#pragma GCC unroll 8
    for (int c = 0; c < STRIP; c++) {
        __m512d t = _mm512_loadu_pd(x + STRIP * c);
#pragma GCC unroll 8
        for (int q = 0; q < c; q++)
            t = _mm512_sub_pd(t, _mm512_mul_pd(v[q], _mm512_set1_pd(d[STRIP * q + c])));
        v[c] = _mm512_mul_pd(t, _mm512_set1_pd(inverse[c]));
        _mm512_storeu_pd(x + STRIP * c, v[c]);
    }
}

/* Four rows of it. */
AVX2 static void solve_half_256(double *x, const double *d, const double *inverse)
{
    __m256d v[STRIP];
#pragma GCC unroll 8
    for (int c = 0; c < STRIP; c++) {
        __m256d t = _mm256_loadu_pd(x + STRIP * c);
#pragma GCC unroll 8
        for (int q = 0; q < c; q++)
            t = _mm256_sub_pd(t, _mm256_mul_pd(v[q], _mm256_broadcast_sd(d + STRIP * q + c)));
        v[c] = _mm256_mul_pd(t, _mm256_broadcast_sd(inverse + c));
        _mm256_storeu_pd(x + STRIP * c, v[c]);
    }
}
#endif

/* x := x L^-T for one strip. */
static inline void solve_one(dense_kind kind, double *x, const double *d, int w,
                             const double *inverse)
{
#if HAVE_X86
    if (w == STRIP && kind == DENSE_AVX512) {
        solve_strip_512(x, d, inverse);
        return;
    }
    if (w == STRIP && kind == DENSE_AVX2) {
        solve_half_256(x, d, inverse);
        solve_half_256(x + STRIP / 2, d, inverse);
        return;
    }
#endif
    (void)kind;
    solve_strip(x, d, w, inverse);
}

enum { WIDE = 64, GROUP = 3 }; /* columns that one pass over the rows serves */

/* Columns [from, to) of the strips first .. last-1 take what columns [done, ..) before them give: left-looking. */
static void gather_columns(dense_kind kind, double *p, int32_t nc, int64_t first, int64_t last,
                           int32_t from, int32_t to, int32_t done)
{
    const ptrdiff_t stride = (ptrdiff_t)STRIP * nc;
    for (int64_t s = first; s < last; s += GROUP) {
        const int group = (int)(last - s < GROUP ? last - s : GROUP);
        double *const a = p + s * stride;
        for (int32_t j = from; j < to; j += STRIP) {
            const int w = to - j < STRIP ? to - j : STRIP;
            double *const c[GROUP] = {a + (ptrdiff_t)STRIP * j,
                                      a + stride + (ptrdiff_t)STRIP * j,
                                      a + 2 * stride + (ptrdiff_t)STRIP * j};
            tile(kind, group, from - done, a + (ptrdiff_t)STRIP * done, stride,
                 p + (j / STRIP) * stride + (ptrdiff_t)STRIP * done, c, w);
        }
    }
}

/* Strips below the diagonal strip of the block at j: updates from columns [done, j), then the solve. */
static void block_strips(dense_kind kind, double *p, int32_t nc, int64_t first, int64_t last,
                         int32_t j, int w, int32_t done, const double *inverse)
{
    const ptrdiff_t stride = (ptrdiff_t)STRIP * nc;
    const double *d = p + (j / STRIP) * stride + (ptrdiff_t)STRIP * j;
    if (j > done) {
        for (int64_t s = first; s < last; s += GROUP) {
            const int group = (int)(last - s < GROUP ? last - s : GROUP);
            double *const a = p + s * stride;
            double *const c[GROUP] = {a + (ptrdiff_t)STRIP * j,
                                      a + stride + (ptrdiff_t)STRIP * j,
                                      a + 2 * stride + (ptrdiff_t)STRIP * j};
            tile(kind, group, j - done, a + (ptrdiff_t)STRIP * done, stride,
                 p + (j / STRIP) * stride + (ptrdiff_t)STRIP * done, c, w);
        }
    }
    for (int64_t s = first; s < last; s++)
        solve_one(kind, p + s * stride + (ptrdiff_t)STRIP * j, d, w, inverse + j);
}

/* Strips times columns that are worth a second thread: some 100 microseconds. */
enum { WORTH_SHARING = 40000 };

enum {
    CHUNK = 12
}; /* strips of one share: a multiple of GROUP, so that the groups are the same for all threads */

static int64_t factor_block(dense_kind kind, double *p, int32_t nc, int64_t strips, int32_t j,
                            int w, int32_t done, double tiny, double *inverse, int threads)
{
    const ptrdiff_t stride = (ptrdiff_t)STRIP * nc;
    const int64_t own = j / STRIP;
    double *d = p + own * stride + (ptrdiff_t)STRIP * j;
    if (j > done) {
        double *const c[GROUP] = {d, NULL, NULL};
        const double *a = p + own * stride + (ptrdiff_t)STRIP * done;
        tile(kind, 1, j - done, a, stride, a, c, w);
    }
    const int64_t skipped = factor_diagonal(d, w, tiny, inverse + j);
    const int64_t first = own + 1;
    if (threads > 1 && (strips - first) * (STRIP + j - done) > WORTH_SHARING) {
#pragma omp parallel for schedule(static) num_threads(threads) default(none)                   \
    shared(kind, p, nc, first, strips, j, w, done, inverse)
        for (int64_t s = first; s < strips; s += CHUNK)
            block_strips(kind, p, nc, s, s + CHUNK < strips ? s + CHUNK : strips, j, w, done,
                         inverse);
    } else {
        block_strips(kind, p, nc, first, strips, j, w, done, inverse);
    }
    return skipped;
}

int64_t dense_factor(dense_kind kind, double *p, int32_t nr, int32_t nc, double tiny,
                     double *inverse, int threads)
{
    const int64_t strips = dense_strips(nr);
    int64_t skipped = 0;
    for (int32_t from = 0; from < nc; from += WIDE) {
        const int32_t to = nc - from < WIDE ? nc : from + WIDE;
        const int64_t first = from / STRIP;
        if (from > 0 && threads > 1 && (strips - first) * from > WORTH_SHARING) {
#pragma omp parallel for schedule(static) num_threads(threads) default(none)                   \
    shared(kind, p, nc, first, strips, from, to)
            for (int64_t s = first; s < strips; s += CHUNK)
                gather_columns(kind, p, nc, s, s + CHUNK < strips ? s + CHUNK : strips, from,
                               to, 0);
        } else if (from > 0) {
            gather_columns(kind, p, nc, first, strips, from, to, 0);
        }
        for (int32_t j = from; j < to; j += STRIP)
            skipped += factor_block(kind, p, nc, strips, j, to - j < STRIP ? to - j : STRIP,
                                    from, tiny, inverse, threads);
    }
    return skipped;
}

/* ---- the update matrix ---------------------------------------------------------------- */

static void update_strips(dense_kind kind, const double *p, int32_t nc, int64_t base, int64_t s,
                          int64_t last, double *u)
{
    const ptrdiff_t stride = (ptrdiff_t)STRIP * nc;
    for (; s < last; s += GROUP) {
        const int group = (int)(last - s < GROUP ? last - s : GROUP);
        const double *a = p + (base + s) * stride;
        double *row[GROUP];
        for (int g = 0; g < GROUP; g++) row[g] = u + 64 * ((s + g) * (s + g + 1) / 2);
        for (int64_t t = 0; t <= s; t++) {
            double *const c[GROUP] = {row[0] + 64 * t, row[1] + 64 * t, row[2] + 64 * t};
            tile(kind, group, nc, a, stride, p + (base + t) * stride, c, STRIP);
        }
        for (int g = 1; g < group; g++) /* the triangle at the end of the group */
            for (int64_t t = s + 1; t <= s + g; t++) {
                double *const c[GROUP] = {row[g] + 64 * t, NULL, NULL};
                tile(kind, 1, nc, a + g * stride, stride, p + (base + t) * stride, c, STRIP);
            }
    }
}

void dense_update(dense_kind kind, const double *p, int32_t nr, int32_t nc, double *u,
                  int threads)
{
    const int64_t base = dense_update_base(nc), strips = dense_strips(nr) - base;
    if (threads > 1 && strips * strips * nc > WORTH_SHARING) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) default(none)               \
    shared(kind, p, nc, base, strips, u)
        for (int64_t k = 0; k < strips; k += CHUNK) { /* long rows first */
            const int64_t from = (strips - 1 - k) / CHUNK * CHUNK;
            update_strips(kind, p, nc, base, from,
                          from + CHUNK < strips ? from + CHUNK : strips, u);
        }
    } else {
        update_strips(kind, p, nc, base, 0, strips, u);
    }
}

/* ---- sums of update matrices ----------------------------------------------------------- */

#if HAVE_X86
/* What lies before row k of low, or behind row k - 1 of high, is read and not taken. */
AVX2 static void add_rows_256(const double *low, const double *high, int k, int32_t n,
                              const int32_t *to, double *target)
{
    const int own = STRIP - k; /* rows that low has */
    const __m256i place = _mm256_set_epi64x(3, 2, 1, 0);
    const __m256d first = _mm256_castsi256_pd(
                      _mm256_cmpgt_epi64(place, _mm256_set1_epi64x(own - 1))),
                  last = _mm256_castsi256_pd(
                      _mm256_cmpgt_epi64(place, _mm256_set1_epi64x(own - 5)));
    const double *v = low + k, *w = k > 0 ? high - own : v;
    for (int32_t j = 0; j < n; j++, v += STRIP, w += STRIP) {
        double *t = target + (ptrdiff_t)STRIP * to[j];
        const __m256d a = _mm256_blendv_pd(_mm256_loadu_pd(v), _mm256_loadu_pd(w), first),
                      b = _mm256_blendv_pd(_mm256_loadu_pd(v + 4), _mm256_loadu_pd(w + 4),
                                           last);
        _mm256_storeu_pd(t, _mm256_add_pd(_mm256_loadu_pd(t), a));
        _mm256_storeu_pd(t + 4, _mm256_add_pd(_mm256_loadu_pd(t + 4), b));
    }
}
#endif

void dense_add_rows(dense_kind kind, const double *low, const double *high, int k, int32_t n,
                    const int32_t *to, double *target)
{
#if HAVE_X86
    if (kind != DENSE_PLAIN) {
        add_rows_256(low, high, k, n, to, target);
        return;
    }
#endif
    (void)kind;
    for (int32_t j = 0; j < n; j++) {
        double *t = target + (ptrdiff_t)STRIP * to[j];
        for (int i = k; i < STRIP; i++) t[i - k] += low[STRIP * (ptrdiff_t)j + i];
        for (int i = 0; i < k; i++) t[STRIP - k + i] += high[STRIP * (ptrdiff_t)j + i];
    }
}

/* ---- solves --------------------------------------------------------------------------- */

/* w(strip) -= L(strip, 0 .. k-1) x for a group of up to three strips. */
static void times_plain(int group, int64_t k, const double *l, ptrdiff_t stride,
                        const double *x, double *w)
{
    for (int g = 0; g < group; g++)
        for (int i = 0; i < STRIP; i++) {
            double y = w[STRIP * g + i];
            for (int64_t e = 0; e < k; e++) y = fma(-l[g * stride + STRIP * e + i], x[e], y);
            w[STRIP * g + i] = y;
        }
}

/* w[c] -= L(., c)' v for the eight columns c from the given one on, over `strips` strips of v: sums by place in
 * the strip first, then over the places in a fixed order. */
static void dots_plain(int64_t strips, const double *l, ptrdiff_t stride, const double *v,
                       double *w, int cols)
{
    for (int c = 0; c < cols; c++) {
        double y[STRIP] = {0};
        for (int64_t s = 0; s < strips; s++)
            for (int i = 0; i < STRIP; i++)
                y[i] = fma(l[s * stride + STRIP * c + i], v[STRIP * s + i], y[i]);
        for (int i = 0; i < 4; i++) y[i] += y[i + 4];
        w[c] -= (y[0] + y[2]) + (y[1] + y[3]);
    }
}

#if HAVE_X86
AVX512 static void times_512(int group, int64_t k, const double *l, ptrdiff_t stride,
                             const double *x, double *w)
{
    if (group == 3) {
        __m512d y0 = _mm512_loadu_pd(w), y1 = _mm512_loadu_pd(w + STRIP),
                y2 = _mm512_loadu_pd(w + 2 * STRIP);
        const double *l1 = l + stride, *l2 = l1 + stride;
        for (int64_t e = 0; e < k; e++) {
            const __m512d f = _mm512_set1_pd(x[e]);
            y0 = _mm512_fnmadd_pd(_mm512_loadu_pd(l + STRIP * e), f, y0);
            y1 = _mm512_fnmadd_pd(_mm512_loadu_pd(l1 + STRIP * e), f, y1);
            y2 = _mm512_fnmadd_pd(_mm512_loadu_pd(l2 + STRIP * e), f, y2);
        }
        _mm512_storeu_pd(w, y0);
        _mm512_storeu_pd(w + STRIP, y1);
        _mm512_storeu_pd(w + 2 * STRIP, y2);
        return;
    }
    for (int g = 0; g < group; g++) {
        __m512d y = _mm512_loadu_pd(w + STRIP * g);
        for (int64_t e = 0; e < k; e++)
            y = _mm512_fnmadd_pd(_mm512_loadu_pd(l + g * stride + STRIP * e),
                                 _mm512_set1_pd(x[e]), y);
        _mm512_storeu_pd(w + STRIP * g, y);
    }
}

AVX512 static inline double fold_512(__m512d y)
{
    const __m256d q = _mm256_add_pd(_mm512_castpd512_pd256(y), _mm512_extractf64x4_pd(y, 1));
    const __m128d h = _mm_add_pd(_mm256_castpd256_pd128(q), _mm256_extractf128_pd(q, 1));
    return _mm_cvtsd_f64(h) + _mm_cvtsd_f64(_mm_unpackhi_pd(h, h));
}

AVX512 static void dots_512(int64_t strips, const double *l, ptrdiff_t stride, const double *v,
                            double *w, int cols)
{
    if (cols == STRIP) {
        __m512d y[STRIP];
#pragma GCC unroll 8
        for (int c = 0; c < STRIP; c++) y[c] = _mm512_setzero_pd();
        for (int64_t s = 0; s < strips; s++) {
            const __m512d x = _mm512_loadu_pd(v + STRIP * s);
            const double *t = l + s * stride;
#pragma GCC unroll 8
            for (int c = 0; c < STRIP; c++)
                y[c] = _mm512_fmadd_pd(_mm512_loadu_pd(t + STRIP * c), x, y[c]);
        }
#pragma GCC unroll 8
        for (int c = 0; c < STRIP; c++) w[c] -= fold_512(y[c]);
        return;
    }
    for (int c = 0; c < cols; c++) {
        __m512d y = _mm512_setzero_pd();
        for (int64_t s = 0; s < strips; s++)
            y = _mm512_fmadd_pd(_mm512_loadu_pd(l + s * stride + STRIP * c),
                                _mm512_loadu_pd(v + STRIP * s), y);
        w[c] -= fold_512(y);
    }
}

AVX2 static void times_256(int group, int64_t k, const double *l, ptrdiff_t stride,
                           const double *x, double *w)
{
    for (int g = 0; g < group; g++) {
        double *to = w + STRIP * g;
        const double *t = l + g * stride;
        __m256d y0 = _mm256_loadu_pd(to), y1 = _mm256_loadu_pd(to + 4);
        for (int64_t e = 0; e < k; e++) {
            const __m256d f = _mm256_broadcast_sd(x + e);
            y0 = _mm256_fnmadd_pd(_mm256_loadu_pd(t + STRIP * e), f, y0);
            y1 = _mm256_fnmadd_pd(_mm256_loadu_pd(t + STRIP * e + 4), f, y1);
        }
        _mm256_storeu_pd(to, y0);
        _mm256_storeu_pd(to + 4, y1);
    }
}

AVX2 static void dots_256(int64_t strips, const double *l, ptrdiff_t stride, const double *v,
                          double *w, int cols)
{
    for (int c = 0; c < cols; c++) {
        __m256d y0 = _mm256_setzero_pd(), y1 = _mm256_setzero_pd();
        const double *t = l + STRIP * c;
        for (int64_t s = 0; s < strips; s++) {
            y0 = _mm256_fmadd_pd(_mm256_loadu_pd(t + s * stride),
                                 _mm256_loadu_pd(v + STRIP * s), y0);
            y1 = _mm256_fmadd_pd(_mm256_loadu_pd(t + s * stride + 4),
                                 _mm256_loadu_pd(v + STRIP * s + 4), y1);
        }
        const __m256d q = _mm256_add_pd(y0, y1);
        const __m128d h = _mm_add_pd(_mm256_castpd256_pd128(q), _mm256_extractf128_pd(q, 1));
        w[c] -= _mm_cvtsd_f64(h) + _mm_cvtsd_f64(_mm_unpackhi_pd(h, h));
    }
}
#endif

static void times(dense_kind kind, int group, int64_t k, const double *l, ptrdiff_t stride,
                  const double *x, double *w)
{
#if HAVE_X86
    if (kind == DENSE_AVX512) {
        times_512(group, k, l, stride, x, w);
        return;
    }
    if (kind == DENSE_AVX2) {
        times_256(group, k, l, stride, x, w);
        return;
    }
#endif
    (void)kind;
    times_plain(group, k, l, stride, x, w);
}

static void dots(dense_kind kind, int64_t strips, const double *l, ptrdiff_t stride,
                 const double *v, double *w, int cols)
{
#if HAVE_X86
    if (kind == DENSE_AVX512) {
        dots_512(strips, l, stride, v, w, cols);
        return;
    }
    if (kind == DENSE_AVX2) {
        dots_256(strips, l, stride, v, w, cols);
        return;
    }
#endif
    (void)kind;
    dots_plain(strips, l, stride, v, w, cols);
}

void dense_forward(dense_kind kind, const double *p, int32_t nr, int32_t nc,
                   const double *inverse, double *w)
{
    const int64_t strips = dense_strips(nr), own = dense_strips(nc);
    const ptrdiff_t stride = (ptrdiff_t)STRIP * nc;
    for (int64_t s = 0; s < own; s++) {
        const double *l = p + s * stride;
        const int64_t before = s * STRIP;
        double *v = w + before;
        times(kind, 1, before, l, stride, w, v);
        for (int c = 0; before + c < nc && c < STRIP; c++) {
            const double *d = l + STRIP * (before + c);
            v[c] *= inverse[before + c];
            for (int i = c + 1; i < STRIP; i++) v[i] -= d[i] * v[c];
        }
    }
    for (int64_t s = own; s < strips; s += GROUP)
        times(kind, (int)(strips - s < GROUP ? strips - s : GROUP), nc, p + s * stride, stride,
              w, w + STRIP * s);
}

void dense_backward(dense_kind kind, const double *p, int32_t nr, int32_t nc,
                    const double *inverse, double *w)
{
    const int64_t strips = dense_strips(nr);
    const ptrdiff_t stride = (ptrdiff_t)STRIP * nc;
    for (int64_t s = dense_strips(nc); s-- > 0;) {
        const int64_t before = s * STRIP;
        const int cols = (int)(nc - before < STRIP ? nc - before : STRIP);
        double *v = w + before;
        dots(kind, strips - s - 1, p + (s + 1) * stride + STRIP * before, stride,
             w + before + STRIP, v, cols);
        for (int c = cols; c-- > 0;) {
            const double *d = p + s * stride + STRIP * (before + c);
            double x = v[c];
            for (int i = c + 1; i < STRIP; i++) x -= d[i] * v[i];
            v[c] = x * inverse[before + c];
        }
    }
}
