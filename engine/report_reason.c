/* Why is something left over? For an unserved demand: the cheapest way, at table costs, from a
 * supply that could give more, and the capacities on it that are full and have a price. For a
 * shut-in supply: the same towards a demand that would take more. One Dijkstra search per good and side,
 * forwards from all such supplies, backwards from all such demands; costs are not negative but for loading, which is paid once, at an end. */
#include "report.h"

#include <string.h>

typedef struct {
    wide key;
    int32_t node;
} heap_item;

typedef struct {
    heap_item *item;
    int64_t count;
} heap;

static void heap_push(heap *h, wide key, int32_t node)
{
    int64_t i = h->count++;
    for (; i > 0 && h->item[(i - 1) / 2].key > key; i = (i - 1) / 2)
        h->item[i] = h->item[(i - 1) / 2];
    h->item[i] = (heap_item){key, node};
}

static heap_item heap_pop(heap *h)
{
    const heap_item top = h->item[0], last = h->item[--h->count];
    int64_t i = 0;
    for (int64_t c; (c = 2 * i + 1) < h->count; i = c) {
        if (c + 1 < h->count && h->item[c + 1].key < h->item[c].key) c++;
        if (h->item[c].key >= last.key) break;
        h->item[i] = h->item[c];
    }
    h->item[i] = last;
    return top;
}

typedef struct {
    wide *dist;   /* nodes of the block */
    int64_t *via; /* arc that led here; -1 a source, -2 not reached */
    bool any;     /* there is a source */
} search;

struct reasons {
    const report *rp;
    search *done;         /* 2 K: demands (ways from supplies), supplies (ways to demands) */
    int64_t *first, *arc; /* arcs by tail, then by head, of the block at hand */
    heap queue;
};

static bool way_arc(int kind)
{
    return kind <= ARC_YIELD || kind == ARC_DELIVER;
}

reasons *reasons_new(const report *rp)
{
    reasons *rs = MEM_ZERO(reasons, 1);
    if (!rs) return NULL;
    rs->rp = rp;
    rs->done = MEM_ZERO(search, 2 * rp->md->K);
    if (rs->done) return rs;
    mem_free(rs);
    return NULL;
}

void reasons_free(reasons *rs)
{
    if (!rs) return;
    for (int i = 0; i < 2 * rs->rp->md->K; i++) {
        mem_free(rs->done[i].dist);
        mem_free(rs->done[i].via);
    }
    mem_free(rs->done);
    mem_free(rs);
}

/* Can the supply give more, does the demand take more? */
static void mark_more(const report *rp, int k, bool supplies, char *more)
{
    const model *md = rp->md;
    const int32_t from = md->first_node[k];
    for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
        const int kind = md->arc[a].kind;
        const bool some = rp->x[a] > 0, room = rp->x[a] < md->up[a];
        if (supplies && kind == ARC_SHUT_IN && some) more[md->tail[a] - from] = 1;
        if (supplies && kind == ARC_EXTRA_SUPPLY && room) more[md->head[a] - from] = 1;
        if (!supplies && (kind == ARC_SHORTAGE || kind == ARC_MIN_SHORTAGE) && some)
            more[md->head[a] - from] = 1;
        if (!supplies && kind == ARC_EXTRA_DEMAND && room) more[md->tail[a] - from] = 1;
    }
}

static void dijkstra(reasons *rs, search *s, int32_t from, bool forwards)
{
    const model *md = rs->rp->md;
    const int32_t *end = forwards ? md->head : md->tail;
    while (rs->queue.count > 0) {
        const heap_item top = heap_pop(&rs->queue);
        if (top.key > s->dist[top.node]) continue;
        for (int64_t e = rs->first[top.node]; e < rs->first[top.node + 1]; e++) {
            const int64_t a = rs->arc[e];
            const int32_t j = end[a] - from;
            const wide c = md->cost[a] > 0 ? md->cost[a] : 0;
            if (md->balance[end[a]] == BALANCE_FREE ||
                (s->via[j] != -2 && s->dist[j] <= top.key + c))
                continue;
            s->dist[j] = top.key + c;
            s->via[j] = a;
            heap_push(&rs->queue, s->dist[j], j);
        }
    }
}

/* From all supplies with more to give (forwards), or back from all demands that take more. */
static bool run_search(reasons *rs, int k, bool forwards)
{
    const model *md = rs->rp->md;
    const int32_t from = md->first_node[k], n = md->first_node[k + 1] - from;
    const int64_t first = md->first_arc[k], end = md->first_arc[k + 1];
    search *s = &rs->done[2 * k + !forwards];
    char *more = MEM_ZERO(char, n);
    s->dist = MEM_NEW(wide, n);
    s->via = MEM_NEW(int64_t, n);
    rs->first = MEM_ZERO(int64_t, (int64_t)n + 2);
    rs->arc = MEM_NEW(int64_t, end - first);
    rs->queue.item = MEM_NEW(heap_item, end - first + n + 1);
    rs->queue.count = 0;
    const bool ok = more && s->dist && s->via && rs->first && rs->arc && rs->queue.item;
    if (ok) {
        const int32_t *side = forwards ? md->tail : md->head;
        for (int64_t a = first; a < end; a++)
            if (way_arc(md->arc[a].kind)) rs->first[side[a] - from + 2]++;
        for (int32_t i = 0; i < n; i++) rs->first[i + 2] += rs->first[i + 1];
        for (int64_t a = first; a < end; a++)
            if (way_arc(md->arc[a].kind)) rs->arc[rs->first[side[a] - from + 1]++] = a;
        mark_more(rs->rp, k, forwards, more);
        for (int32_t i = 0; i < n; i++) {
            s->via[i] = more[i] ? -1 : -2;
            if (!more[i]) continue;
            s->any = true;
            s->dist[i] = 0;
            heap_push(&rs->queue, 0, i);
        }
        dijkstra(rs, s, from, forwards);
    }
    mem_free(more);
    mem_free(rs->first);
    mem_free(rs->arc);
    mem_free(rs->queue.item);
    return ok;
}

steppe_status reasons_add(steppe_ctx *ctx, reasons *rs, int32_t node, text *t)
{
    const report *rp = rs->rp;
    const model *md = rp->md;
    const bool demand_side = md->node[node].kind == NODE_DEMAND;
    const int k = model_node_block(md, node);
    const int32_t from = md->first_node[k];
    search *s = &rs->done[2 * k + !demand_side];
    if (!s->via && !run_search(rs, k, demand_side)) return steppe_no_memory(ctx);
    if (s->via[node - from] == -2) {
        text_add(t, !s->any ? demand_side ? "no supply has more" : "no demand takes more"
                            : "no way is open");
        return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
    }
    int full = 0;
    for (int32_t i = node - from; s->via[i] >= 0;) {
        const int64_t a = s->via[i];
        i = (demand_side ? md->tail[a] : md->head[a]) - from;
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
            const int64_t r = md->arc_row[e];
            if (rp->lambda[r] >= 0) continue;
            text_add(t, full++ ? "; " : "full on the cheapest way: ");
            model_row_name(md, r, t);
        }
    }
    if (full == 0) text_add(t, "costs more than it is worth");
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}
