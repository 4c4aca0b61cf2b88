#include "factor.h"

#include <string.h>

/* Orders tried, cheapest first. */
enum { BY_DEGREE, BY_PLACES, BY_GRAPH, ORDERS };
static const char *const order_name[] = {"minimum degree", "places", "nested dissection"};

typedef struct {
    part_graph g;
    int32_t *perm, *parent, *count; /* n: of the order at hand */
    int32_t *best, *best_parent, *best_count;
    int32_t *work; /* 6 n */
    double flops;  /* of the best; < 0: none yet */
} search;

static bool search_new(const chol_matrix *a, search *s)
{
    const int64_t n = a->n;
    s->flops = -1.0;
    s->g.n = a->n;
    s->g.first = MEM_NEW(int64_t, n + 1);
    s->work = MEM_NEW(int32_t, 6 * n);
    s->perm = MEM_NEW(int32_t, n);
    s->parent = MEM_NEW(int32_t, n);
    s->count = MEM_NEW(int32_t, n);
    s->best = MEM_NEW(int32_t, n);
    s->best_parent = MEM_NEW(int32_t, n);
    s->best_count = MEM_NEW(int32_t, n);
    if (!s->g.first || !s->work || !s->perm || !s->parent || !s->count || !s->best ||
        !s->best_parent || !s->best_count)
        return false;
    chol_graph(a, s->g.first, NULL, s->work);
    s->g.index = MEM_NEW(int32_t, s->g.first[n]);
    if (!s->g.index) return false;
    chol_graph(a, s->g.first, s->g.index, s->work);
    return true;
}

static void search_free(search *s)
{
    mem_free(s->g.first);
    mem_free(s->g.index);
    mem_free(s->work);
    mem_free(s->perm);
    mem_free(s->parent);
    mem_free(s->count);
    mem_free(s->best);
    mem_free(s->best_parent);
    mem_free(s->best_count);
}

static void swap(int32_t **a, int32_t **b)
{
    int32_t *const t = *a;
    *a = *b;
    *b = t;
}

static steppe_status try_order(steppe_ctx *ctx, search *s, int kind, const int32_t *group,
                               int32_t groups, factor *fa)
{
    if (kind == BY_DEGREE)
        STEPPE_TRY(part_min_degree(ctx, &s->g, s->perm));
    else
        STEPPE_TRY(part_dissect(ctx, &s->g, kind == BY_PLACES ? group : NULL, groups, s->perm));
    const double flops =
        chol_tree(s->g.n, s->g.first, s->g.index, s->perm, s->parent, s->count, s->work);
    if (s->flops >= 0.0 && flops >= s->flops) return STEPPE_OK;
    s->flops = flops;
    fa->order = order_name[kind];
    swap(&s->perm, &s->best);
    swap(&s->parent, &s->best_parent);
    swap(&s->count, &s->best_count);
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
                             int32_t groups, factor *out)
{
    search s = {0};
    chol *f = &out->f;
    steppe_status st = STEPPE_OK;
    memset(out, 0, sizeof *out);
    double *work = NULL;
    if (!search_new(a, &s)) goto no_memory;
    for (int kind = 0; kind < ORDERS && st == STEPPE_OK; kind++) {
        if (kind == BY_PLACES && !group) continue;
        st = try_order(ctx, &s, kind, group, groups, out);
    }
    if (st != STEPPE_OK) goto done;
    out->perm = MEM_NEW(int32_t, a->n);
    f->row_first = MEM_NEW(int64_t, (int64_t)a->n + 1);
    if (!out->perm || !f->row_first || !new_tree(f, a->n)) goto no_memory;
    memcpy(out->perm, s.best, (size_t)a->n * sizeof *out->perm);
    chol_fronts(f, s.best_parent, s.best_count, s.work);
    int32_t *inverse = s.work, *mark = s.work + a->n;
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
