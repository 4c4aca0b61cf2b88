/* The commodities as networks of their own, solved again and again from their last trees. */
#include "anytime_part.h"

#include <math.h>

static bool losing(const model *md, int64_t a)
{
    return md->loss_ppm && md->loss_ppm[a] > 0;
}

/* Does more (less) on the arc lead to a limit of a row, or to another price of its fillers? */
static void can_break(const anytime *at, int64_t a, bool *more, bool *less)
{
    const model *md = at->md;
    *more = *less = false;
    for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
        const int32_t r = md->arc_row[e];
        const bool up = md->row_up[r] != NO_UP, low = md->row_low[r] != NO_LOW;
        const bool bends = at->fill_first[r] < at->fill_first[r + 1];
        *more |= bends || (md->arc_weight[e] > 0 ? up : low);
        *less |= bends || (md->arc_weight[e] > 0 ? low : up);
    }
}

/* The arc and, where rows can be broken, the one beyond and the one below. */
static void add_arcs(const anytime *at, part *p, int64_t first)
{
    int64_t next = p->m;
    for (int64_t a = 0; a < p->m; a++) {
        bool more, less;
        can_break(at, first + a, &more, &less);
        if (at->is_filler[first + a]) more = less = false;
        p->over[a] = more ? (int32_t)next++ : -1;
        p->under[a] = less ? (int32_t)next++ : -1;
    }
    p->net.m = next;
}

static bool part_new(const anytime *at, int k, part *p)
{
    const model *md = at->md;
    const int32_t from = md->first_node[k], n = md->first_node[k + 1] - from;
    const int64_t first = md->first_arc[k];
    p->m = md->first_arc[k + 1] - first;
    p->over = MEM_NEW(int32_t, p->m);
    p->under = MEM_NEW(int32_t, p->m);
    if (!p->over || !p->under || p->m > INT32_MAX / 4) return false;
    add_arcs(at, p, first);
    const int64_t m = p->net.m;
    p->tail = MEM_NEW(int32_t, m);
    p->head = MEM_NEW(int32_t, m);
    p->beside = MEM_NEW(int32_t, m);
    p->low = MEM_ZERO(int64_t, m);
    p->up = MEM_ZERO(int64_t, m);
    p->cost = MEM_NEW(int64_t, m);
    p->want = MEM_NEW(wide, m);
    p->b = MEM_NEW(int64_t, n);
    p->work.tree = MEM_NEW(tree_node, n + 1);
    p->work.pi = MEM_NEW(int64_t, n + 1);
    p->work.list = MEM_NEW(ns_listed, NS_LIST);
    p->work.x = MEM_NEW(int64_t, m + n);
    p->work.state = MEM_NEW(uint8_t, m + n);
    p->work.art_up = MEM_NEW(uint8_t, n);
    if (!p->tail || !p->head || !p->beside || !p->low || !p->up || !p->cost || !p->want ||
        !p->b || !p->work.tree || !p->work.pi || !p->work.list || !p->work.x ||
        !p->work.state || !p->work.art_up)
        return false;
    bool loses = false;
    for (int64_t a = 0; a < p->m; a++) {
        const int32_t u = md->tail[first + a] - from, v = md->head[first + a] - from;
        const int64_t all[3] = {a, p->over[a], p->under[a]};
        for (int i = 0; i < 3; i++)
            if (all[i] >= 0)
                p->tail[all[i]] = u, p->head[all[i]] = v, p->beside[all[i]] = (int32_t)a;
        loses |= losing(md, first + a);
    }
    p->free_node = -1;
    for (int32_t i = n - 1; i >= 0; i--)
        if (md->balance[from + i] == BALANCE_FREE) p->free_node = i;
    if (loses) p->lost = MEM_ZERO(int64_t, n);
    p->grid = 1;
    p->net = (ns_net){n, m, p->tail, p->head, p->low, p->up, p->cost, p->b};
    return !loses || p->lost;
}

bool part_new_all(anytime *at)
{
    at->parts = MEM_ZERO(part, at->md->K);
    for (int k = 0; at->parts && k < at->md->K; k++)
        if (!part_new(at, k, &at->parts[k])) return false;
    return at->parts != NULL;
}

void part_free_all(anytime *at)
{
    for (int k = 0; at->parts && k < at->md->K; k++) {
        part *p = &at->parts[k];
        void *const list[] = {
            p->tail,      p->head,    p->low,       p->up,         p->cost,       p->want,
            p->b,         p->over,    p->under,     p->beside,     p->lost,       p->work.x,
            p->work.list, p->work.pi, p->work.tree, p->work.state, p->work.art_up};
        for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
    }
    mem_free(at->parts);
    at->parts = NULL;
}

bool part_late(anytime *at, bool poll)
{
    if (clock_now() > at->until) return true;
    if (isfinite(at->until)) return false;
    /* before a stop there is no clock, but there may be a stop: without an answer the work goes on for a while */
    if (!poll) {
        const double limit = at->ctx->set.time_limit;
        return limit > 0.0 && clock_now() - at->ctx->start > limit;
    }
    if (!steppe_report(at->ctx, "answer", at->now)) return false;
    at->until = clock_now() + (at->has_answer ? 0.0 : anytime_grace(at));
    at->graced = true;
    return at->has_answer;
}

static bool scale_costs(part *p)
{
    for (int64_t a = 0; a < p->net.m; a++) {
        const wide c = p->want[a] / p->grid;
        if (c > INT64_MAX / 64 || c < -(INT64_MAX / 64)) return false;
        p->cost[a] = (int64_t)c;
    }
    return true;
}

enum { PART_BATCH = 5000, GRID_STEP = 1000 };
#define GRID_MOST ((int64_t)1000000000000000)

ns_result part_solve(anytime *at, part *p, bool poll)
{
    /* nodes without balance close those of all others, losses included */
    const int32_t from = at->md->first_node[p - at->parts];
    int64_t sum = 0;
    for (int32_t i = 0; i < p->net.n; i++) {
        p->b[i] = i == p->free_node ? 0 : at->md->b[from + i] - (p->lost ? p->lost[i] : 0);
        sum += p->b[i];
    }
    if (p->free_node >= 0) p->b[p->free_node] = -sum;
    ns_result r = NS_TOO_LARGE;
    if (p->grid > 1) p->grid /= GRID_STEP;
    for (; p->grid <= GRID_MOST; p->grid *= GRID_STEP) {
        if (!scale_costs(p)) continue;
        r = p->started ? ns_restart(&p->net, &p->work) : ns_start(&p->net, &p->work);
        if (r != NS_TOO_LARGE) break;
    }
    if (r == NS_TOO_LARGE) return r;
    p->started = true;
    while ((r = ns_run(&p->net, &p->work, PART_BATCH)) == NS_LIMIT)
        if (part_late(at, poll)) break;
    return r;
}
