#include "partition.h"

#include <amd.h>
#include <metis.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#if IDXTYPEWIDTH != 32
#error "METIS is built with another width of indices than 32 bits"
#endif

/* METIS sets handlers of signals for the whole process and puts back those it found: one solve at a time, or the wrong
 * ones would be put back. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void mask_signals(int threads, int how)
{
    (void)threads;
#pragma omp parallel num_threads(threads) default(none) shared(how)
    {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        pthread_sigmask(how, &set, NULL);
    }
}

bool part_begin(const steppe_ctx *ctx)
{
    sigset_t was;
    pthread_mutex_lock(&turn);
    pthread_sigmask(SIG_BLOCK, NULL, &was);
    if (sigismember(&was, SIGTERM) == 1) return false;
    mask_signals(ctx->set.threads, SIG_BLOCK);
    return true;
}

void part_end(const steppe_ctx *ctx, bool masked)
{
    if (masked) mask_signals(ctx->set.threads, SIG_UNBLOCK);
    pthread_mutex_unlock(&turn);
}

static steppe_status run_metis(steppe_ctx *ctx, int32_t n, idx_t *first, idx_t *index,
                               idx_t *weight, idx_t *perm, idx_t *inverse)
{
    idx_t options[METIS_NOPTIONS], nodes = n;
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_NUMBERING] = 0;
    options[METIS_OPTION_SEED] = 1;
    options[METIS_OPTION_NITER] = 5;
    const int res = METIS_NodeND(&nodes, first, index, weight, options, perm, inverse);
    if (res == METIS_OK) return STEPPE_OK;
    if (res == METIS_ERROR_MEMORY) return steppe_no_memory(ctx);
    return steppe_fail(ctx, STEPPE_INTERNAL, "METIS refuses a graph of %d nodes", (int)n);
}

/* The quotient graph: group[i] for each kept node, -1 for one that stays out. Its lists without doubles. */
typedef struct {
    idx_t *first, *index, *weight, *perm, *inverse;
    int32_t *mark, *start, *member;
} quotient;

static void quotient_free(quotient *q)
{
    mem_free(q->first);
    mem_free(q->index);
    mem_free(q->weight);
    mem_free(q->perm);
    mem_free(q->inverse);
    mem_free(q->mark);
    mem_free(q->start);
    mem_free(q->member);
}

static bool quotient_new(const part_graph *g, const int32_t *group, int32_t groups, quotient *q)
{
    memset(q, 0, sizeof *q);
    q->first = MEM_NEW(idx_t, (int64_t)groups + 1);
    q->weight = MEM_ZERO(idx_t, groups);
    q->perm = MEM_NEW(idx_t, groups);
    q->inverse = MEM_NEW(idx_t, groups);
    q->mark = MEM_NEW(int32_t, groups);
    q->start = MEM_ZERO(int32_t, (int64_t)groups + 2);
    q->member = MEM_NEW(int32_t, g->n);
    if (!q->first || !q->weight || !q->perm || !q->inverse || !q->mark || !q->start ||
        !q->member)
        return false;
    for (int32_t i = 0; i < g->n; i++)
        if (group[i] >= 0) q->start[group[i] + 2]++;
    for (int32_t k = 0; k < groups; k++) q->start[k + 2] += q->start[k + 1];
    for (int32_t i = 0; i < g->n; i++)
        if (group[i] >= 0) q->member[q->start[group[i] + 1]++] = i;
    for (int pass = 0; pass < 2; pass++) {
        idx_t at = 0;
        for (int32_t k = 0; k < groups; k++) q->mark[k] = -1;
        for (int32_t k = 0; k < groups; k++) {
            q->first[k] = at;
            q->weight[k] = q->start[k + 1] - q->start[k];
            q->mark[k] = k;
            for (int32_t e = q->start[k]; e < q->start[k + 1]; e++)
                for (int64_t f = g->first[q->member[e]]; f < g->first[q->member[e] + 1]; f++) {
                    const int32_t other = group[g->index[f]];
                    if (other < 0 || q->mark[other] == k) continue;
                    q->mark[other] = k;
                    if (pass == 1) q->index[at] = other;
                    if (at == INT32_MAX) return false;
                    at++;
                }
        }
        q->first[groups] = at;
        if (pass == 0) q->index = MEM_NEW(idx_t, at);
        if (!q->index) return false;
    }
    return true;
}

/* A node that so many others meet belongs to every separator. */
static int64_t dense_degree(int32_t n)
{
    int64_t root = 1;
    while (root * root < n) root++;
    return 10 * root + 40;
}

steppe_status part_dissect(steppe_ctx *ctx, const part_graph *g, const int32_t *group,
                           int32_t groups, int32_t *perm)
{
    const int64_t dense = dense_degree(g->n);
    int32_t *own = MEM_NEW(int32_t, g->n), at = 0;
    quotient q = {0};
    steppe_status st = own ? STEPPE_OK : steppe_no_memory(ctx);
    if (st != STEPPE_OK) goto done;
    if (!group) groups = 0;
    for (int32_t i = 0; i < g->n; i++)
        own[i] = g->first[i + 1] - g->first[i] > dense ? -1 : group ? group[i] : groups++;
    if (groups > 0) {
        st = quotient_new(g, own, groups, &q)
                 ? run_metis(ctx, groups, q.first, q.index, q.weight, q.perm, q.inverse)
                 : steppe_no_memory(ctx);
        if (st != STEPPE_OK) goto done;
        for (int32_t k = 0; k < groups; k++)
            for (int32_t e = q.start[q.perm[k]]; e < q.start[q.perm[k] + 1]; e++)
                perm[at++] = q.member[e];
    }
    for (int32_t i = 0; i < g->n; i++)
        if (own[i] < 0) perm[at++] = i;
done:
    quotient_free(&q);
    mem_free(own);
    return st;
}

steppe_status part_min_degree(steppe_ctx *ctx, const part_graph *g, int32_t *perm)
{
    const int64_t entries = g->first[g->n];
    if (entries > INT32_MAX / 2) return steppe_no_memory(ctx); /* AMD counts in 32 bits */
    int32_t *first = MEM_NEW(int32_t, (int64_t)g->n + 1);
    if (!first) return steppe_no_memory(ctx);
    for (int32_t i = 0; i <= g->n; i++) first[i] = (int32_t)g->first[i];
    const int res = amd_order(g->n, first, g->index, perm, NULL, NULL);
    mem_free(first);
    return res == AMD_OUT_OF_MEMORY ? steppe_no_memory(ctx) : STEPPE_OK;
}
