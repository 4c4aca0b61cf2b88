/* Factors of normal equations on random matrices against dense elimination, for every kind of arithmetic and several thread
 * counts: same solution, same bytes. threads */
#include "check.h"
#include "factor.h"
#include "mem.h"

#include <math.h>
#include <string.h>

static uint64_t stream;

static uint32_t draw_below(uint32_t below)
{
    stream = stream * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(stream >> 33) % below;
}

typedef struct {
    chol_matrix a;
    int64_t *col_first, *row_first;
    int32_t *row_col;
    int32_t *col_row;
    double *col_value;
} sparse;

/* A network of n nodes with m arcs, of which some meet one of `rows` coupling rows; rows renumbered by at_new (NULL: not). */
static void fill(sparse *s, int32_t n, int64_t m, const int32_t *at_new, uint64_t seed)
{
    const int32_t nodes = n - n / 4;
    int64_t at = 0;
    stream = seed;
    for (int64_t c = 0; c < m; c++) {
        s->col_first[c] = at;
        const int32_t u = (int32_t)draw_below((uint32_t)nodes),
                      v = (u + 1 + (int32_t)draw_below(3)) % nodes;
        const int32_t r = nodes + (int32_t)draw_below((uint32_t)(n - nodes));
        const bool meets = draw_below(3) == 0;
        s->col_row[at] = at_new ? at_new[u] : u;
        s->col_value[at++] = 1.0;
        if (u != v) {
            s->col_row[at] = at_new ? at_new[v] : v;
            s->col_value[at++] = -1.0;
        }
        if (meets) {
            s->col_row[at] = at_new ? at_new[r] : r;
            s->col_value[at++] = 0.5 + draw_below(3);
        }
    }
    s->col_first[m] = at;
    memset(s->row_first, 0, ((size_t)n + 2) * sizeof *s->row_first);
    for (int64_t e = 0; e < at; e++) s->row_first[s->col_row[e] + 2]++;
    for (int32_t i = 0; i < n; i++) s->row_first[i + 2] += s->row_first[i + 1];
    for (int64_t c = 0; c < m; c++)
        for (int64_t e = s->col_first[c]; e < s->col_first[c + 1]; e++)
            s->row_col[s->row_first[s->col_row[e] + 1]++] = (int32_t)c;
    s->a =
        (chol_matrix){n, m, s->col_first, s->col_row, s->col_value, s->row_first, s->row_col};
}

static void new_sparse(sparse *s, int32_t n, int64_t m)
{
    s->col_first = MEM_NEW(int64_t, m + 1);
    s->row_first = MEM_NEW(int64_t, n + 2);
    s->row_col = MEM_NEW(int32_t, 3 * m);
    s->col_row = MEM_NEW(int32_t, 3 * m);
    s->col_value = MEM_NEW(double, 3 * m);
}

static void free_sparse(sparse *s)
{
    mem_free(s->col_first);
    mem_free(s->row_first);
    mem_free(s->row_col);
    mem_free(s->col_row);
    mem_free(s->col_value);
}

/* Largest residual of (A D A' + E) x = b against the size of b. */
static double residual(const chol_matrix *a, const double *d, const double *e, const double *x,
                       const double *b)
{
    double worst = 0.0, size = 1.0, *r = MEM_NEW(double, a->n);
    for (int32_t i = 0; i < a->n; i++) r[i] = b[i] - e[i] * x[i];
    for (int64_t c = 0; c < a->m; c++) {
        double t = 0.0;
        for (int64_t q = a->col_first[c]; q < a->col_first[c + 1]; q++)
            t += a->col_value[q] * x[a->col_row[q]];
        for (int64_t q = a->col_first[c]; q < a->col_first[c + 1]; q++)
            r[a->col_row[q]] -= a->col_value[q] * d[c] * t;
    }
    for (int32_t i = 0; i < a->n; i++) {
        worst = fmax(worst, fabs(r[i]));
        size = fmax(size, fabs(b[i]));
    }
    mem_free(r);
    return worst / size;
}

static steppe_ctx one_thread(void)
{
    steppe_ctx ctx = {0};
    ctx.set = steppe_default_settings();
    ctx.set.threads = 1;
    return ctx;
}

static void one_size(steppe_ctx *ctx, int least_kind, int32_t n, int64_t m, uint64_t seed)
{
    sparse s = {0};
    double *d = MEM_NEW(double, m), *e = MEM_NEW(double, n), *b = MEM_NEW(double, n),
           *x = MEM_NEW(double, n), *first = MEM_NEW(double, n);
    int32_t *at_new = MEM_NEW(int32_t, n);
    new_sparse(&s, n, m);
    int variant = 0;
    for (int threads = 1; threads <= 8; threads *= 2) {
        for (int kind = least_kind; kind <= (int)dense_best(); kind++, variant++) {
            factor fa;
            ctx->set.threads = threads;
            fill(&s, n, m, NULL, seed);
            CHECK(factor_analyse(ctx, &s.a, NULL, 0, INFINITY, INFINITY, &fa) == STEPPE_OK);
            for (int32_t i = 0; i < n; i++) at_new[fa.perm[i]] = i;
            fill(&s, n, m, at_new, seed);
            CHECK(factor_fill(ctx, &s.a, &fa) == STEPPE_OK);
            CHECK(factor_bytes(&fa, &s.a) > 8.0 * (double)n);
            fa.f.kind = (dense_kind)kind;
            for (int64_t c = 0; c < m; c++) d[c] = pow(10.0, (double)draw_below(7) - 3.0);
            for (int32_t i = 0; i < n; i++) {
                e[i] = 1e-3 * (1 + draw_below(1000));
                x[i] = b[i] = (double)draw_below(1000) - 500.0;
            }
            const bool on_the_way = variant % 2 == 1;
            chol_factor(&fa.f, d, e, on_the_way ? x : NULL);
            CHECK(fa.f.skipped == 0);
            if (on_the_way)
                chol_back(&fa.f, x);
            else
                chol_solve(&fa.f, x);
            const double off = residual(&s.a, d, e, x, b);
            CHECK(off < 1e-8);
            if (variant == 0) memcpy(first, x, (size_t)n * sizeof *x);
            CHECK(memcmp(first, x, (size_t)n * sizeof *x) == 0);
            factor_free(&fa);
        }
    }
    free_sparse(&s);
    mem_free(d);
    mem_free(e);
    mem_free(b);
    mem_free(x);
    mem_free(first);
    mem_free(at_new);
}

/* One part of a network has dependent balances: a pivot is skipped, the others hold. */
TEST(a_dependent_row_is_skipped)
{
    steppe_ctx one = one_thread(), *ctx = &one;
    const int32_t n = 40;
    const int64_t m = 200;
    sparse s = {0};
    new_sparse(&s, n, m);
    double d[200], e[40] = {0}, x[40], b[40] = {0};
    int32_t at_new[40];
    factor fa;
    fill(&s, n, m, NULL, 7);
    for (int64_t q = 0; q < s.col_first[m]; q++)
        if (s.col_row[q] >= n - n / 4) s.col_value[q] = 0.0; /* coupling rows of nothing */
    CHECK(factor_analyse(ctx, &s.a, NULL, 0, INFINITY, INFINITY, &fa) == STEPPE_OK);
    for (int32_t i = 0; i < n; i++) at_new[fa.perm[i]] = i;
    fill(&s, n, m, at_new, 7);
    for (int64_t c = 0; c < m; c++) {
        d[c] = 1.0;
        for (int64_t q = s.col_first[c]; q < s.col_first[c + 1]; q++)
            if (fa.perm[s.col_row[q]] >= n - n / 4) s.col_value[q] = 0.0;
    }
    for (int32_t i = 0; i < n; i++) e[i] = fa.perm[i] >= n - n / 4 ? 1.0 : 0.0;
    b[at_new[0]] = 5.0;
    b[at_new[9]] = -5.0;
    memcpy(x, b, sizeof x);
    CHECK(factor_fill(ctx, &s.a, &fa) == STEPPE_OK);
    chol_factor(&fa.f, d, e, NULL);
    CHECK(fa.f.skipped <= 1); /* or rounding left a tiny pivot */
    chol_solve(&fa.f, x);
    CHECK(residual(&s.a, d, e, x, b) < 1e-6);
    factor_free(&fa);
    free_sparse(&s);
}

TEST(small_factors_solve_in_any_arithmetic)
{
    steppe_ctx ctx = one_thread();
    for (uint64_t seed = 1; seed <= 20; seed++)
        one_size(&ctx, DENSE_PLAIN, 8 + 4 * (int32_t)seed, 60, seed);
    one_size(&ctx, DENSE_PLAIN, 700, 3000, 91);
    CHECK(mem_live() == 0);
}

TEST(factors_shared_among_threads_are_the_same_bytes)
{
    steppe_ctx ctx = one_thread();
    one_size(&ctx, (int)dense_best(), 3000, 30000, 92);
    CHECK(mem_live() == 0);
}

int main(void)
{
    RUN(small_factors_solve_in_any_arithmetic);
    RUN(factors_shared_among_threads_are_the_same_bytes);
    RUN(a_dependent_row_is_skipped);
    return check_result();
}
