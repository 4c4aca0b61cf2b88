/* Why is something left over? For an unserved demand: the cheapest way, at table costs, from a
 * supply that could give more, and the capacities on it that are full and have a price. For a
 * shut-in supply: the same towards a demand that would take more. Dijkstra on the commodity's
 * network; costs are not negative but for loading, which is paid once, at an end. */
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
    const report *rp;
    int32_t from, n;
    int64_t first, m;
    wide *dist;
    int64_t *via;
    int64_t *start, *arc; /* arcs by tail */
    char *goal, *more;
    heap queue;
} search;

static void search_free(search *s)
{
    mem_free(s->dist);
    mem_free(s->via);
    mem_free(s->start);
    mem_free(s->arc);
    mem_free(s->goal);
    mem_free(s->more);
    mem_free(s->queue.item);
}

static bool search_new(const report *rp, int k, search *s)
{
    const model *md = rp->md;
    memset(s, 0, sizeof *s);
    s->rp = rp;
    s->from = md->first_node[k];
    s->n = md->first_node[k + 1] - s->from;
    s->first = md->first_arc[k];
    s->m = md->first_arc[k + 1] - s->first;
    s->dist = MEM_NEW(wide, s->n);
    s->via = MEM_NEW(int64_t, s->n);
    s->start = MEM_ZERO(int64_t, s->n + 2);
    s->arc = MEM_NEW(int64_t, s->m);
    s->goal = MEM_ZERO(char, s->n);
    s->more = MEM_ZERO(char, s->n);
    s->queue.item = MEM_NEW(heap_item, s->m + s->n + 1);
    if (!s->dist || !s->via || !s->start || !s->arc || !s->goal || !s->more || !s->queue.item)
        return false;
    for (int32_t i = 0; i < s->n; i++) s->via[i] = -2; /* not reached */
    for (int64_t a = 0; a < s->m; a++) s->start[md->tail[s->first + a] - s->from + 2]++;
    for (int32_t i = 0; i < s->n; i++) s->start[i + 2] += s->start[i + 1];
    for (int64_t a = 0; a < s->m; a++)
        s->arc[s->start[md->tail[s->first + a] - s->from + 1]++] = s->first + a;
    return true;
}

static bool way_arc(int kind)
{
    return kind <= ARC_LOCAL;
}

static void add_source(search *s, int32_t i)
{
    s->dist[i] = 0;
    s->via[i] = -1;
    heap_push(&s->queue, 0, i);
}

/* The nearest goal, or -1. */
static int32_t run(search *s)
{
    const model *md = s->rp->md;
    while (s->queue.count > 0) {
        const heap_item top = heap_pop(&s->queue);
        const int32_t i = top.node;
        if (top.key > s->dist[i]) continue;
        if (s->goal[i]) return i;
        for (int64_t e = s->start[i]; e < s->start[i + 1]; e++) {
            const int64_t a = s->arc[e];
            const int32_t j = md->head[a] - s->from;
            const wide c = md->cost[a] > 0 ? md->cost[a] : 0;
            if (!way_arc(md->arc[a].kind) || (s->via[j] != -2 && s->dist[j] <= top.key + c))
                continue;
            s->dist[j] = top.key + c;
            s->via[j] = a;
            heap_push(&s->queue, s->dist[j], j);
        }
    }
    return -1;
}

/* more[i] for the nodes of commodity k: a supply that can give more, or a demand that can take
 * more. */
static void mark_more(const report *rp, int k, bool at_supplies, char *more)
{
    const model *md = rp->md;
    const int32_t from = md->first_node[k];
    const int64_t end = md->first_arc[k + 1];
    for (int64_t a = md->first_arc[k]; a < end; a++) {
        const int kind = md->arc[a].kind;
        const bool shut_in = kind == ARC_SHUT_IN && rp->x[a] > 0;
        const bool spare = kind == ARC_EXTRA_SUPPLY && rp->x[a] < md->up[a];
        const bool missing = (kind == ARC_SHORTAGE || kind == ARC_MIN_SHORTAGE) && rp->x[a] > 0;
        const bool open = kind == ARC_EXTRA_DEMAND && rp->x[a] < md->up[a];
        if (at_supplies ? shut_in : open) more[md->tail[a] - from] = 1;
        if (at_supplies ? spare : missing && md->tail[a] != md->head[a])
            more[md->head[a] - from] = 1;
    }
    for (int64_t a = md->first_arc[k]; a < end && !at_supplies; a++) {
        if (md->arc[a].kind != ARC_DELIVER || rp->x[a] >= md->up[a]) continue;
        bool takes = md->node[md->head[a]].kind == NODE_DEMAND && more[md->head[a] - from];
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
            const int64_t r = md->arc_row[e]; /* a demand shared by several commodities */
            if (md->row[r].kind != ROW_DEMAND) continue;
            wide load = 0, missed = 0;
            for (int64_t i = md->row_first[r]; i < md->row_first[r + 1]; i++) {
                load += (wide)md->row_weight[i] * rp->x[md->row_arc[i]];
                const int kind = md->arc[md->row_arc[i]].kind;
                if (kind == ARC_SHORTAGE || kind == ARC_MIN_SHORTAGE)
                    missed += rp->x[md->row_arc[i]];
            }
            takes |= load < md->row_up[r] || missed > 0;
        }
        if (takes) more[md->tail[a] - from] = 1;
    }
}

static void add_way(const search *s, int32_t end, text *t)
{
    const report *rp = s->rp;
    const model *md = rp->md;
    int full = 0;
    for (int32_t i = end; s->via[i] >= 0; i = md->tail[s->via[i]] - s->from) {
        const int64_t a = s->via[i];
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
            const int64_t r = md->arc_row[e];
            if (rp->lambda[r] >= 0 || md->row[r].kind == ROW_DEMAND) continue;
            text_add(t, full++ ? "; " : "full on the cheapest way: ");
            model_row_name(md, r, t);
        }
    }
    if (full == 0) text_add(t, "costs more than it is worth");
}

steppe_status report_reason(steppe_ctx *ctx, const report *rp, bool at_supply, int32_t index,
                            text *t)
{
    const model *md = rp->md;
    const int node = at_supply ? NODE_SUPPLY : NODE_DEMAND;
    steppe_status st = STEPPE_OK;
    bool other_end = false, found = false;
    const int good =
        at_supply ? md->cs->supplies[index].commodity : md->cs->demands[index].commodity;
    search best;
    int32_t best_end = -1;
    memset(&best, 0, sizeof best);
    for (int k = 0; k < md->K && st == STEPPE_OK; k++) {
        if (md->commodity[k].good != good) continue;
        search s;
        if (!search_new(rp, k, &s)) {
            st = steppe_no_memory(ctx);
            search_free(&s);
            break;
        }
        bool ends = false, mine = false;
        mark_more(rp, k, !at_supply, s.more);
        for (int32_t i = 0; i < s.n; i++) {
            const model_ref *r = &md->node[s.from + i];
            const bool me = r->object == index &&
                            (r->kind == node || (!at_supply && r->kind == NODE_COUNT));
            const bool there = s.more[i];
            mine |= me;
            ends |= there;
            if (at_supply ? me : there) add_source(&s, i);
            s.goal[i] = at_supply ? there : me;
        }
        other_end |= ends;
        const int32_t end = mine && ends ? run(&s) : -1;
        if (end >= 0 && (!found || s.dist[end] < best.dist[best_end])) {
            search_free(&best);
            best = s;
            best_end = end;
            found = true;
        } else {
            search_free(&s);
        }
    }
    if (st == STEPPE_OK) {
        if (found)
            add_way(&best, best_end, t);
        else if (!other_end)
            text_add(t, at_supply ? "no demand takes more" : "no supply has more");
        else
            text_add(t, "no way is open");
    }
    search_free(&best);
    return st == STEPPE_OK && t->failed ? steppe_no_memory(ctx) : st;
}
