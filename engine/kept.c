#include "kept.h"

#include <string.h>

void kept_free(kept_answer *kept)
{
    mem_free(kept->key);
    mem_free(kept->x);
    mem_free(kept->pi);
    mem_free(kept->lambda);
    memset(kept, 0, sizeof *kept);
}

static bool kept_new(int64_t m, int64_t n, int64_t rows, kept_answer *out)
{
    *out = (kept_answer){.m = m, .n = n, .rows = rows};
    out->key = MEM_NEW(uint64_t, m + n + rows);
    out->x = MEM_NEW(int64_t, m);
    out->pi = MEM_NEW(wide, n);
    out->lambda = MEM_NEW(wide, rows);
    return out->key && out->x && out->pi && out->lambda;
}

static void copy_values(int64_t m, int64_t n, int64_t rows, const int64_t *x, const wide *pi,
                        const wide *lambda, kept_answer *to)
{
    if (m > 0) memcpy(to->x, x, (size_t)m * sizeof *x);
    if (n > 0) memcpy(to->pi, pi, (size_t)n * sizeof *pi);
    if (rows > 0) memcpy(to->lambda, lambda, (size_t)rows * sizeof *lambda);
}

steppe_status kept_save(steppe_ctx *ctx, const model *md, const answer *an, double gap,
                        kept_answer *out)
{
    kept_free(out);
    if (!kept_new(md->m, md->n, md->rows, out)) {
        kept_free(out);
        return steppe_no_memory(ctx);
    }
    memcpy(out->key, md->key, (size_t)(md->m + md->n + md->rows) * sizeof *out->key);
    copy_values(md->m, md->n, md->rows, an->x, an->pi, an->lambda, out);
    out->gap = gap;
    return STEPPE_OK;
}

steppe_status kept_copy(steppe_ctx *ctx, const kept_answer *from, kept_answer *to)
{
    kept_free(to);
    if (from->m == 0) return STEPPE_OK;
    if (!kept_new(from->m, from->n, from->rows, to)) {
        kept_free(to);
        return steppe_no_memory(ctx);
    }
    memcpy(to->key, from->key, (size_t)(from->m + from->n + from->rows) * sizeof *to->key);
    copy_values(from->m, from->n, from->rows, from->x, from->pi, from->lambda, to);
    to->gap = from->gap;
    return STEPPE_OK;
}

/* ---- from one model to another ------------------------------------------------------- */

enum {
    WINDOW = 64,     /* things of the kept list that are looked through for the next one */
    NEW_SHARE = 100, /* more than one new thing in so many, */
    NEW_MOST = 100   /* and more than so many: not the same case any more */
};

/* The two lists are in the same order, but for what is new and what is gone. */
typedef struct {
    const uint64_t *list;
    int64_t count, next, strange;
} cursor;

/* The place of the key in the list, or -1. */
static int64_t find(cursor *c, uint64_t key)
{
    const int64_t end = c->next + WINDOW < c->count ? c->next + WINDOW : c->count;
    for (int64_t i = c->next; i < end; i++)
        if (c->list[i] == key) {
            c->next = i + 1;
            return i;
        }
    c->strange++;
    return -1;
}

static bool strange(const cursor *c, int64_t count)
{
    return c->strange > NEW_MOST && c->strange > count / NEW_SHARE;
}

/* false: flows leave their bounds, or too much is new. */
static bool move_flows(const model *md, const kept_answer *kept, int64_t *x)
{
    cursor c = {kept->key, kept->m, 0, 0};
    for (int k = 0; k < md->K; k++) {
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const int64_t i = find(&c, model_arc_key(md, a, k, NULL));
            x[a] = i < 0 ? 0 : kept->x[i];
            if (x[a] < md->low[a] || x[a] > md->up[a]) return false;
        }
        if (strange(&c, md->m)) return false;
    }
    return true;
}

static bool move_prices(const model *md, const kept_answer *kept, answer *an)
{
    cursor c = {kept->key + kept->m, kept->n, 0, 0};
    for (int k = 0; k < md->K; k++)
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
            const int64_t at = find(&c, model_node_key(md, i, k, NULL));
            an->pi[i] = at < 0 || md->balance[i] == BALANCE_FREE ? 0 : kept->pi[at];
        }
    if (strange(&c, md->n)) return false;
    c = (cursor){kept->key + kept->m + kept->n, kept->rows, 0, 0};
    for (int64_t r = 0; r < md->rows; r++) {
        const int64_t at = find(&c, model_row_key(md, r, NULL));
        wide y = at < 0 ? 0 : kept->lambda[at];
        if ((y > 0 && md->row_low[r] == NO_LOW) || (y < 0 && md->row_up[r] == NO_UP)) y = 0;
        an->lambda[r] = y;
        an->tight_rows += y != 0;
    }
    return !strange(&c, md->rows);
}

/* The cheapest refusal first. */
static steppe_status try_on(steppe_ctx *ctx, const model *md, const kept_answer *kept,
                            double allowed, answer *an, certificate *cert, bool *holds)
{
    if (!move_flows(md, kept, an->x)) return STEPPE_OK;
    STEPPE_TRY(certify_flows(ctx, md, an->x, cert));
    if (!cert->feasible || !move_prices(md, kept, an)) return STEPPE_OK;
    certificate dual;
    STEPPE_TRY(certify_prices(ctx, md, an->pi, an->lambda, DUAL_EXTRA, &dual));
    cert->bound = dual.bound;
    cert->gap_rel = certificate_gap(cert->objective, dual.bound);
    *holds = dual.feasible && cert->gap_rel <= allowed;
    return STEPPE_OK;
}

steppe_status kept_try(steppe_ctx *ctx, const model *md, const kept_answer *kept,
                       double allowed, answer *an, certificate *cert, bool *holds)
{
    *holds = false;
    memset(an, 0, sizeof *an);
    if (kept->m == 0) return STEPPE_OK;
    an->x = MEM_NEW(int64_t, md->m);
    an->pi = MEM_NEW(wide, md->n);
    an->lambda = MEM_NEW(wide, md->rows);
    steppe_ctx quiet = *ctx; /* what does not hold is no fault of the case */
    quiet.set.log = NULL;
    const steppe_status st = an->x && an->pi && an->lambda
                                 ? try_on(&quiet, md, kept, allowed, an, cert, holds)
                                 : steppe_no_memory(ctx);
    an->warm = *holds;
    if (st != STEPPE_OK || !*holds) answer_free(an);
    return st == STEPPE_OVERFLOW ? STEPPE_OK
                                 : st; /* the solve will meet it again, and say so */
}
