#include "factor.h"

#include <math.h>
#include <string.h>

enum { BY_DEGREE, BY_PLACES, BY_GRAPH };
static const char *const order_name[] = {"minimum degree", "places", "nested dissection"};

/* An order, and the elimination tree that it makes. */
typedef struct {
    int32_t *perm, *parent, *count; /* n */
    int32_t *work;                  /* 6 n */
    double flops;
    int kind;
    steppe_status st;
} attempt;

typedef struct {
    part_graph g;
    const int32_t *group;
    int32_t groups;
    double first,
        most; /* flops beyond which factors are of no use: by the orders that cost little, and by any */
    attempt degree, places, graph;
} search;

static bool attempt_new(int64_t n, attempt *t)
{
    t->work = MEM_NEW(int32_t, 6 * n);
    t->perm = MEM_NEW(int32_t, n);
    t->parent = MEM_NEW(int32_t, n);
    t->count = MEM_NEW(int32_t, n);
    t->flops = INFINITY;
    return t->work && t->perm && t->parent && t->count;
}

static void attempt_free(attempt *t)
{
    mem_free(t->perm);
    mem_free(t->parent);
    mem_free(t->count);
    mem_free(t->work);
}

static bool search_new(const chol_matrix *a, search *s)
{
    const int64_t n = a->n;
    s->g.n = a->n;
    s->g.first = MEM_NEW(int64_t, n + 1);
    if (!s->g.first || !attempt_new(n, &s->degree) || !attempt_new(n, &s->places) ||
        !attempt_new(n, &s->graph))
        return false;
    chol_graph(a, s->g.first, NULL, s->degree.work);
    s->g.index = MEM_NEW(int32_t, s->g.first[n]);
    if (!s->g.index) return false;
    chol_graph(a, s->g.first, s->g.index, s->degree.work);
    return true;
}

static void search_free(search *s)
{
    mem_free(s->g.first);
    mem_free(s->g.index);
    attempt_free(&s->degree);
    attempt_free(&s->places);
    attempt_free(&s->graph);
}

static void run_attempt(steppe_ctx *ctx, const search *s, int kind, attempt *t)
{
    t->kind = kind;
    if (kind == BY_DEGREE)
        t->st = part_min_degree(ctx, &s->g, t->perm);
    else
        t->st =
            part_dissect(ctx, &s->g, kind == BY_PLACES ? s->group : NULL, s->groups, t->perm);
    if (t->st == STEPPE_OK)
        t->flops =
            chol_tree(s->g.n, s->g.first, s->g.index, t->perm, t->parent, t->count, t->work);
}

/* Flops of a factorization that dissecting the whole graph has to save for each of its edges: it takes about 1 us for an edge, and some
 * thirty factorizations at 20 to 35 Gflop/s follow. Where the order by places fits, the whole graph is 2 to 11 % better (corridors of one
 * period: 400 to 1,700 flops for an edge by places); where it does not, anything is possible (up to three times better). */
#define WORTH_EDGE 600.0
#define FITTING_EDGE 3000.0
#define SHARE_FITTING 0.1
#define SHARE_ELSE 0.5
#define BEST_GAIN 4.0 /* times less work than by the other orders: not seen */

static bool graph_pays(const search *s, const attempt *best)
{
    const double edges = (double)s->g.first[s->g.n];
    if (best->flops > BEST_GAIN * s->most) return false;
    const bool fits = best->kind == BY_PLACES && best->flops < FITTING_EDGE * edges;
    return (fits ? SHARE_FITTING : SHARE_ELSE) * best->flops > WORTH_EDGE * edges;
}

/* The order by places, and where it is not good enough that of the whole graph, too. */
static void dissect(steppe_ctx *ctx, search *s)
{
    if (s->group) run_attempt(ctx, s, BY_PLACES, &s->places);
    if (s->group && s->places.st == STEPPE_OK && s->first == INFINITY &&
        graph_pays(s, &s->places))
        run_attempt(ctx, s, BY_GRAPH, &s->graph);
}

static attempt *better(attempt *a, attempt *b)
{
    return b->flops < a->flops ? b : a;
}

/* The best order into *best: minimum degree beside dissections, then the whole graph where that may pay after all. */
static steppe_status find_order(steppe_ctx *ctx, search *s, attempt **best)
{
    const int threads = ctx->set.threads;
    steppe_ctx quiet = *ctx; /* messages are one thread's business */
    quiet.set.log = NULL;
    const bool masked = part_begin(ctx);
    (void)threads; /* without OpenMP */
#pragma omp parallel sections num_threads(threads < 2 ? 1 : 2) default(none) shared(s, quiet)
    {
#pragma omp section
        dissect(&quiet, s);
#pragma omp section
        run_attempt(&quiet, s, BY_DEGREE, &s->degree);
    }
    attempt *good = better(&s->places, &s->degree);
    if (good->flops <= s->first && s->graph.flops == INFINITY && graph_pays(s, good))
        run_attempt(&quiet, s, BY_GRAPH, &s->graph);
    good = better(good, &s->graph);
    part_end(ctx, masked);
    *best = good;
    attempt *const all[] = {&s->degree, &s->places, &s->graph};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const steppe_status st = all[i]->st;
        if (st == STEPPE_NO_MEMORY) return steppe_no_memory(ctx);
        if (st != STEPPE_OK)
            return steppe_fail(ctx, st, "METIS refuses a graph of %d nodes", (int)s->g.n);
    }
    return STEPPE_OK;
}

static bool new_tree(chol *f, int64_t n)
{
    f->n = (int32_t)n;
    f->front_first = MEM_NEW(int32_t, n + 1);
    f->front_of = MEM_NEW(int32_t, n);
    f->parent = MEM_NEW(int32_t, n);
    return f->front_first && f->front_of && f->parent;
}

static bool new_fronts(chol *f)
{
    const int64_t s = f->fronts, rows = f->row_first[s];
    f->row = MEM_NEW(int32_t, rows);
    f->rel = MEM_NEW(int32_t, rows);
    f->child = MEM_NEW(int32_t, s);
    f->next = MEM_NEW(int32_t, s);
    f->panel = MEM_NEW(int64_t, s + 1);
    f->entry_first = MEM_NEW(int64_t, s + 1);
    f->piece = MEM_NEW(chol_piece, s);
    f->piece_of = MEM_NEW(int32_t, s);
    f->top = MEM_NEW(int32_t, s);
    return f->row && f->rel && f->child && f->next && f->panel && f->entry_first && f->piece &&
           f->piece_of && f->top;
}

steppe_status factor_analyse(steppe_ctx *ctx, const chol_matrix *a, const int32_t *group,
                             int32_t groups, double first, double most, factor *out)
{
    search s = {.group = group, .groups = groups, .first = first, .most = most};
    attempt *best;
    chol *f = &out->f;
    steppe_status st = STEPPE_OK;
    memset(out, 0, sizeof *out);
    double *work = NULL;
    int32_t *room = NULL;
    if (!search_new(a, &s)) goto no_memory;
    st = find_order(ctx, &s, &best);
    out->hopeless = st == STEPPE_OK && best->flops > first;
    if (st != STEPPE_OK || out->hopeless) goto done;
    out->order = order_name[best->kind];
    out->perm = MEM_NEW(int32_t, a->n);
    f->row_first = MEM_NEW(int64_t, (int64_t)a->n + 1);
    if (!out->perm || !f->row_first || !new_tree(f, a->n)) goto no_memory;
    memcpy(out->perm, best->perm, (size_t)a->n * sizeof *out->perm);
    room = MEM_NEW(int32_t, CHOL_FRONTS_WORK * (int64_t)a->n);
    if (!room) goto no_memory;
    chol_fronts(f, best->parent, best->count, out->perm, room);
    int32_t *inverse = best->work, *mark = best->work + a->n;
    for (int32_t i = 0; i < a->n; i++) inverse[out->perm[i]] = i;
    chol_rows(f, s.g.first, s.g.index, out->perm, inverse, mark);
    work = MEM_NEW(double, f->fronts);
    if (!work || !new_fronts(f)) goto no_memory;
    chol_rows(f, s.g.first, s.g.index, out->perm, inverse, mark);
    chol_plan(f, ctx->set.threads, work);
    goto done;
no_memory:
    st = steppe_no_memory(ctx);
done:
    mem_free(work);
    mem_free(room);
    search_free(&s);
    if (st != STEPPE_OK) factor_free(out);
    return st;
}

static int64_t numbers(const chol *f)
{
    return f->panel[f->fronts] + f->n + f->row_first[f->fronts] + f->hand_size +
           f->threads * (f->arena + f->largest + 2 * STRIP) + f->top_arena;
}

double factor_bytes(const factor *fa, const chol_matrix *a)
{
    double entries = a->n;
    for (int64_t c = 0; c < a->m; c++) {
        const double d = (double)(a->col_first[c + 1] - a->col_first[c]);
        entries += d * (d + 1.0) / 2.0;
    }
    return 8.0 * (double)numbers(&fa->f) + (double)sizeof(chol_entry) * entries;
}

steppe_status factor_fill(steppe_ctx *ctx, const chol_matrix *a, factor *fa)
{
    chol *f = &fa->f;
    int32_t *map = MEM_NEW(int32_t, a->n);
    if (!map) return steppe_no_memory(ctx);
    chol_entries(f, a, map);
    f->entry = MEM_NEW(chol_entry, f->entry_first[f->fronts]);
    if (f->entry) chol_entries(f, a, map);
    mem_free(map);
    f->l = MEM_NEW(double, f->panel[f->fronts]);
    f->inverse = MEM_NEW(double, f->n);
    f->carry = MEM_NEW(double, f->row_first[f->fronts]);
    f->handed = MEM_NEW(double, f->hand_size);
    f->stack = MEM_NEW(double, f->threads * f->arena + f->top_arena);
    f->front_vector = MEM_ZERO(double, f->threads *(int64_t)(f->largest + 2 * STRIP));
    if (!f->entry || !f->l || !f->inverse || !f->carry || !f->handed || !f->stack ||
        !f->front_vector)
        return steppe_no_memory(ctx);
    return STEPPE_OK;
}

void factor_free(factor *fa)
{
    chol *f = &fa->f;
    void *const list[] = {f->front_first, f->front_of, f->parent,  f->child, f->next,
                          f->row_first,   f->row,      f->rel,     f->panel, f->entry_first,
                          f->entry,       f->l,        f->inverse, f->carry, f->piece,
                          f->piece_of,    f->top,      f->handed,  f->stack, f->front_vector,
                          fa->perm};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
    memset(fa, 0, sizeof *fa);
}
