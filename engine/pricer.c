#include "pricer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

pricer *pricers_new(const model *md)
{
    pricer *list = MEM_ZERO(pricer, md->K);
    bool memory = list != NULL;
    for (int k = 0; k < md->K && memory; k++) {
        pricer *p = &list[k];
        p->turn = k;
        memory = block_new(md, k, &p->bl);
        p->cost = MEM_NEW(int64_t, md->first_arc[k + 1] - md->first_arc[k]);
        p->bl.net.cost = p->cost;
        memory = memory && p->cost;
    }
    if (memory) return list;
    pricers_free(md, list);
    return NULL;
}

void pricers_free(const model *md, pricer *p)
{
    for (int k = 0; p && k < md->K; k++) {
        block_free(&p[k].bl);
        mem_free(p[k].cost);
    }
    mem_free(p);
}

void pricers_set_whole(const model *md, pricer *p, const int64_t *price, int64_t fine)
{
    for (int k = 0; k < md->K; k++) {
        const int64_t from = md->first_arc[k];
        for (int64_t a = from; a < md->first_arc[k + 1]; a++) {
            int64_t c = md->cost[a] * fine;
            for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++)
                c += md->arc_weight[e] * price[md->arc_row[e]];
            p[k].cost[a - from] = c;
        }
    }
}

/* Of arc a, at prices of load. */
static inline double row_costs(const model *md, int64_t a, const double *price)
{
    double c = 0.0;
    for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
        const int32_t r = md->arc_row[e];
        c += (double)md->arc_weight[e] / (double)md->row_scale[r] * price[r];
    }
    return c;
}

void pricers_set(const steppe_ctx *ctx, const model *md, pricer *p, const double *price,
                 int64_t fine)
{
    const int K = md->K, threads = ctx->set.threads;
    (void)threads; /* without OpenMP */
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(md, p, K, price, fine)      \
    num_threads(threads)
    for (int k = 0; k < K; k++) {
        const int64_t from = md->first_arc[k];
        for (int64_t a = from; a < md->first_arc[k + 1]; a++)
            p[k].cost[a - from] =
                md->cost[a] * fine + llround(row_costs(md, a, price) * (double)fine);
    }
}

#define FINEST 0x1p40
#define PATH_MOST                                                                              \
    2e17 /* less than half of what kernels/ns.c can bear, for what rounding adds */

int64_t pricers_fineness(const model *md, const double *price, double *scratch)
{
    double longest = 1.0;
    memset(scratch, 0, (size_t)md->n * sizeof *scratch);
    for (int k = 0; k < md->K; k++) {
        double sum = 1.0; /* of the dearest arc out of each node: as ns.c bounds a path */
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const double c = fabs((double)md->cost[a]) + fabs(row_costs(md, a, price));
            scratch[md->tail[a]] = fmax(scratch[md->tail[a]], c);
        }
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++)
            sum += 2.0 * scratch[i];
        longest = fmax(longest, sum);
    }
    double fine = FINEST;
    while (fine > 1.0 && longest * fine > PATH_MOST) fine *= 0.5;
    return longest * fine > PATH_MOST ? 0 : (int64_t)fine;
}

typedef struct {
    int64_t pivots;
    int k;
} long_answer;

static int longest_first(const void *a, const void *b)
{
    const long_answer *p = a, *q = b;
    if (p->pivots != q->pivots) return p->pivots > q->pivots ? -1 : 1;
    return (p->k > q->k) - (p->k < q->k);
}

/* Those that took longest come first the next time, so that no thread ends with a long one while others wait. */
static void set_turns(const model *md, pricer *p)
{
    long_answer *list = MEM_NEW(long_answer, md->K);
    if (!list) return; /* any order does */
    for (int k = 0; k < md->K; k++) list[k] = (long_answer){p[k].last, k};
    qsort(list, (size_t)md->K, sizeof *list, longest_first);
    for (int k = 0; k < md->K; k++) p[k].turn = list[k].k;
    mem_free(list);
}

bool pricers_answer(const steppe_ctx *ctx, const model *md, pricer *p, bool first, wide *value)
{
    const int K = md->K, threads = ctx->set.threads;
    bool fit = true;
    (void)threads; /* without OpenMP */
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(p, K, first)                \
    num_threads(threads)
    for (int q = 0; q < K; q++) {
        const int k = p[q].turn;
        block *bl = &p[k].bl;
        const int64_t before = first ? 0 : bl->work.pivots;
        bl->result = first ? ns_start(&bl->net, &bl->work) : ns_reprice(&bl->net, &bl->work);
        if (bl->result == NS_LIMIT) bl->result = ns_run(&bl->net, &bl->work, INT64_MAX);
        p[k].last = bl->work.pivots - before;
        p[k].value = 0;
        for (int64_t a = 0; a < bl->net.m && bl->result == NS_OPTIMAL; a++)
            p[k].value += (wide)p[k].cost[a] * bl->work.x[a];
    }
    *value = 0;
    for (int k = 0; k < K; k++) {
        fit &= p[k].bl.result == NS_OPTIMAL;
        *value += p[k].value;
    }
    set_turns(md, p);
    return fit;
}

void pricers_costs(const model *md, const pricer *p, int64_t fine, double *rc)
{
    for (int k = 0; k < md->K; k++) {
        const block *bl = &p[k].bl;
        const int64_t *pi = bl->work.pi;
        for (int64_t a = 0; a < bl->net.m; a++)
            rc[md->first_arc[k] + a] =
                (double)(p[k].cost[a] + pi[bl->tail[a]] - pi[bl->head[a]]) / (double)fine;
    }
}
