/* First trees of the networks from flows and prices: arcs far from their bounds first, then those whose cost is nearly what
 * the prices say. */
#include "anytime_part.h"

#include <math.h>
#include <string.h>

enum { HINT_LOW, HINT_UP, HINT_TREE };
enum {
    BUCKETS = 128,
    LIKELY = 64
}; /* by powers of two: distance from a bound, then reduced cost */

bool plant_new(anytime *at)
{
    const model *md = at->md;
    plant *pl = &at->plant;
    pl->hint = MEM_ZERO(uint8_t, md->m);
    pl->bucket = MEM_NEW(uint8_t, md->m);
    pl->order = MEM_NEW(int32_t, md->m);
    pl->up = MEM_NEW(int32_t, md->n);
    pl->first = MEM_NEW(int32_t, (int64_t)md->n + 2 * (int64_t)md->K);
    pl->list = MEM_NEW(int32_t, 2 * (int64_t)md->n);
    return pl->hint && pl->bucket && pl->order && pl->up && pl->first && pl->list;
}

void plant_free(anytime *at)
{
    plant *pl = &at->plant;
    mem_free(pl->hint);
    mem_free(pl->bucket);
    mem_free(pl->order);
    mem_free(pl->up);
    mem_free(pl->first);
    mem_free(pl->list);
}

static int32_t root_of(int32_t *up, int32_t i)
{
    while (up[i] != i) i = up[i] = up[up[i]];
    return i;
}

static int bucket_of(const anytime *at, const part *p, int64_t a, double x)
{
    const int64_t g = a + at->md->first_arc[p - at->parts];
    const double low = (double)at->md->low[g], up = (double)at->md->up[g];
    const double inside = fmin(x - low, up - x);
    if (inside > 0.5) {
        const int e = ilogb(inside) + 1;
        return LIKELY + (e > 63 ? 63 : e);
    }
    const wide *pi = at->pi + at->md->first_node[p - at->parts];
    const double rc = fabs((double)(p->want[a] + pi[p->tail[a]] - pi[p->head[a]]));
    const int e = rc < 1.0 ? 0 : ilogb(rc) + 1;
    return LIKELY - 1 - (e > 63 ? 63 : e);
}

void plant_choose(anytime *at, int k, const double *x)
{
    part *p = &at->parts[k];
    const int64_t first = at->md->first_arc[k];
    plant *pl = &at->plant;
    uint8_t *hint = pl->hint + first, *bucket = pl->bucket + first;
    int32_t *order = pl->order + first, *up = pl->up + at->md->first_node[k];
    int64_t count[BUCKETS + 1] = {0};
    for (int64_t a = 0; a < p->m; a++) {
        const double low = (double)at->md->low[first + a], high = (double)at->md->up[first + a];
        hint[a] = x[first + a] - low > high - x[first + a] ? HINT_UP : HINT_LOW;
        bucket[a] = (uint8_t)bucket_of(at, p, a, x[first + a]);
        count[BUCKETS - bucket[a]]++;
    }
    for (int b = 0; b < BUCKETS; b++) count[b + 1] += count[b];
    for (int64_t a = 0; a < p->m; a++) order[count[BUCKETS - 1 - bucket[a]]++] = (int32_t)a;
    for (int32_t i = 0; i < p->net.n; i++) up[i] = i;
    for (int64_t q = 0; q < p->m; q++) {
        const int32_t a = order[q], u = root_of(up, p->tail[a]), v = root_of(up, p->head[a]);
        if (u == v || at->is_filler[first + a]) continue;
        up[u] = v;
        hint[a] = HINT_TREE;
    }
}

void plant_tree(anytime *at, int k)
{
    part *p = &at->parts[k];
    const int32_t n = p->net.n, from = at->md->first_node[k];
    plant *pl = &at->plant;
    const uint8_t *hint = pl->hint + at->md->first_arc[k];
    int32_t *first = pl->first + from + 2 * k, *list = pl->list + 2 * (int64_t)from;
    int32_t *queue = pl->up + from;
    tree_node *t = p->work.tree;
    memset(first, 0, ((size_t)n + 2) * sizeof *first);
    for (int64_t a = 0; a < p->net.m; a++) p->work.state[a] = NS_LOWER;
    for (int64_t a = 0; a < p->m; a++) {
        p->work.state[a] = hint[a] == HINT_TREE ? NS_TREE
                           : hint[a] == HINT_UP ? NS_UPPER
                                                : NS_LOWER;
        if (hint[a] != HINT_TREE) continue;
        first[p->tail[a] + 2]++;
        first[p->head[a] + 2]++;
    }
    for (int32_t i = 0; i < n; i++) first[i + 2] += first[i + 1];
    for (int64_t a = 0; a < p->m; a++) {
        if (hint[a] != HINT_TREE) continue;
        list[first[p->tail[a] + 1]++] = (int32_t)a;
        list[first[p->head[a] + 1]++] = (int32_t)a;
    }
    for (int32_t i = 0; i <= n; i++) tree_clear(t, i);
    int32_t count = 0;
    for (int32_t r = -1; r < n;
         r++) { /* the free node first, then a root for every other part */
        const int32_t i = r < 0 ? p->free_node : r;
        if (i < 0 || t[i].parent >= 0) continue;
        p->work.state[p->net.m + i] = NS_TREE;
        p->work.art_up[i] = 1;
        tree_hang(t, i, n, p->net.m + i, 1);
        int32_t done = count;
        queue[count++] = i;
        for (; done < count; done++) {
            const int32_t u = queue[done];
            for (int32_t e = first[u]; e < first[u + 1]; e++) {
                const int32_t a = list[e], v = p->tail[a] == u ? p->head[a] : p->tail[a];
                if (t[v].parent >= 0) continue;
                tree_hang(t, v, u, a, p->tail[a] == v);
                p->work.state[p->net.m + v] = NS_LOWER;
                queue[count++] = v;
            }
        }
    }
    p->work.pivots = p->started ? p->work.pivots : 0;
    ns_begin_pricing(&p->net, &p->work);
    p->started = true;
}
