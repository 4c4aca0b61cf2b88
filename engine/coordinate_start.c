/* Where the coupled simplex starts: the trees of the commodities solved apart, or an earlier basis. */
#include "coordinate_job.h"

#include "../kernels/ns.h"

#include <string.h>

/* ---- step 1: K trees ----------------------------------------------------------------- */

typedef struct {
    ns_net net;
    ns_work work;
    int32_t *tail, *head;
    int64_t *b;
    ns_result result;
} block;

static bool block_new(const model *md, int k, block *bl)
{
    const int32_t from = md->first_node[k], n = md->first_node[k + 1] - from;
    const int64_t first = md->first_arc[k], m = md->first_arc[k + 1] - first;
    memset(bl, 0, sizeof *bl);
    bl->tail = MEM_NEW(int32_t, m);
    bl->head = MEM_NEW(int32_t, m);
    bl->b = MEM_NEW(int64_t, n);
    bl->work.tree = MEM_NEW(tree_node, n + 1);
    bl->work.pi = MEM_NEW(int64_t, n + 1);
    bl->work.x = MEM_NEW(int64_t, m + n);
    bl->work.state = MEM_NEW(uint8_t, m + n);
    bl->work.art_up = MEM_NEW(uint8_t, n);
    if (!bl->tail || !bl->head || !bl->b || !bl->work.tree || !bl->work.pi || !bl->work.x ||
        !bl->work.state || !bl->work.art_up)
        return false;
    for (int64_t a = 0; a < m; a++) {
        bl->tail[a] = md->tail[first + a] - from;
        bl->head[a] = md->head[first + a] - from;
    }
    /* a free node closes the balance of the pure network */
    int64_t sum = 0;
    for (int32_t i = 0; i < n; i++) sum += bl->b[i] = md->b[from + i];
    for (int32_t i = 0; i < n; i++)
        if (md->balance[from + i] == BALANCE_FREE) {
            bl->b[i] = -sum;
            break;
        }
    bl->net = (ns_net){
        n, m, bl->tail, bl->head, md->low + first, md->up + first, md->cost + first, bl->b};
    return true;
}

static void block_free(block *bl)
{
    mem_free(bl->tail);
    mem_free(bl->head);
    mem_free(bl->b);
    mem_free(bl->work.tree);
    mem_free(bl->work.pi);
    mem_free(bl->work.x);
    mem_free(bl->work.state);
    mem_free(bl->work.art_up);
}

/* The basis from the states: every basic variable gets a row, in any order; rows left over are empty (-1). */
static void list_heads(job *j)
{
    lp_basis *bs = &j->bs;
    int32_t count = 0;
    for (int64_t v = 0; v < j->all; v++)
        if (bs->state[v] == LP_BASIC) bs->head[count++] = v;
    while (count < j->lp.n) bs->head[count++] = -1;
    for (int32_t r = 0; r < j->lp.n; r++) bs->weight[r] = 1.0;
}

/* Steepest edge weights of a forest with all rows loose: the row of a tree arc in the inverse is the
 * subtree behind it, that of a loose row itself and the subtrees behind its tree arcs (taken as disjoint). size: nodes behind each arc, 0: no tree arc. */
static void forest_weights(job *j, const double *size)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    for (int32_t p = 0; p < j->lp.n; p++) {
        const int64_t v = bs->head[p], r = v - j->base;
        if (v >= 0 && v < md->m) bs->weight[p] = size[v];
        if (r < 0) continue;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            const double w = (double)md->row_weight[e] / (double)md->row_scale[r];
            bs->weight[p] += w * w * size[md->row_arc[e]];
        }
    }
}

static void count_subtrees(const block *bl, double *size)
{
    const tree_node *t = bl->work.tree;
    const int32_t root = bl->net.n;
    int32_t i = root;
    while (t[i].child >= 0) i = t[i].child;
    for (; i != root;) { /* children before parents */
        double nodes = 1.0;
        for (int32_t c = t[i].child; c >= 0; c = t[c].next) nodes += size[t[c].arc];
        size[t[i].arc] = nodes;
        if (t[i].next < 0) {
            i = t[i].parent;
            continue;
        }
        i = t[i].next;
        while (t[i].child >= 0) i = t[i].child;
    }
}

/* The trees of all blocks, their roots and the logicals of all rows are the basis. */
static steppe_status adopt_trees(job *j, block *blocks)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    for (int k = 0; k < md->K; k++) {
        const block *bl = &blocks[k];
        const int32_t from = md->first_node[k], n = bl->net.n;
        for (int64_t a = 0; a < bl->net.m; a++)
            bs->state[md->first_arc[k] + a] = bl->work.state[a] == NS_UPPER  ? LP_UPPER
                                              : bl->work.state[a] == NS_TREE ? LP_BASIC
                                                                             : LP_LOWER;
        for (int32_t i = 0; i < n; i++) {
            const bool root = bl->work.tree[i].arc >= bl->net.m;
            bs->state[md->m + from + i] = root ? LP_BASIC : LP_LOWER;
        }
        for (int32_t i = 0; i < n; i++) { /* the free node is the root of its part */
            if (md->balance[from + i] != BALANCE_FREE) continue;
            int32_t root = i;
            while (bl->work.tree[root].parent != n) root = bl->work.tree[root].parent;
            bs->state[md->m + from + root] = LP_LOWER;
            bs->state[md->m + from + i] = LP_BASIC;
        }
    }
    for (int64_t r = 0; r < md->rows; r++) bs->state[j->base + r] = LP_BASIC;
    list_heads(j);
    double *size = MEM_ZERO(double, md->m + md->n), *part = size;
    if (!size) return steppe_no_memory(j->ctx);
    for (int k = 0; k < md->K;
         k++) { /* artificial arcs of one block lie where the next begins: they are cleared */
        const int64_t m = blocks[k].net.m;
        part = size + md->first_arc[k];
        count_subtrees(&blocks[k], part);
        memset(part + m, 0, (size_t)blocks[k].net.n * sizeof *part);
    }
    forest_weights(j, size);
    mem_free(size);
    return STEPPE_OK;
}

enum { TREE_BATCH = 2000 }; /* pivots between two looks at the clock */

steppe_status start_cold(job *j)
{
    const model *md = j->md;
    steppe_status st = STEPPE_OK;
    block *blocks = MEM_ZERO(block, md->K);
    bool memory = blocks != NULL;
    for (int k = 0; k < md->K && memory; k++) memory = block_new(md, k, &blocks[k]);
    if (!memory) {
        st = steppe_no_memory(j->ctx);
        goto done;
    }
    const int K = md->K;
    const int threads = j->ctx->set.threads;
    (void)threads; /* without OpenMP */
    int64_t pivots = 0, running = K;
    for (int k = 0; k < K; k++) blocks[k].result = ns_start(&blocks[k].net, &blocks[k].work);
    while (running > 0 && !steppe_report(j->ctx, "trees", pivots)) {
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(blocks, K)                  \
    num_threads(threads)
        for (int k = 0; k < K; k++)
            if (blocks[k].result == NS_LIMIT)
                blocks[k].result = ns_run(&blocks[k].net, &blocks[k].work, TREE_BATCH);
        pivots = running = 0;
        for (int k = 0; k < K; k++) {
            pivots += blocks[k].work.pivots;
            running += blocks[k].result == NS_LIMIT;
        }
    }
    j->out->stopped = running > 0;
    for (int k = 0; k < K; k++) {
        j->out->tree_pivots += blocks[k].work.pivots;
        if (blocks[k].result == NS_TOO_LARGE)
            st = steppe_fail(j->ctx, STEPPE_OVERFLOW,
                             "costs along a path leave 64 bits: choose a larger cost unit");
    }
    /* what one block alone cannot bring, the whole cannot either: the coupled simplex says why */
    if (st == STEPPE_OK && !j->out->stopped) st = adopt_trees(j, blocks);
done:
    for (int k = 0; blocks && k < md->K; k++) block_free(&blocks[k]);
    mem_free(blocks);
    return st;
}

/* ---- the stored basis ---------------------------------------------------------------- */

enum { STORED_NONE = 255 };

static void store_put(basis_store *st, uint64_t key, uint8_t state, double weight)
{
    if (key == 0) key = 1;
    size_t s = (size_t)(key ^ (key >> 31)) & (st->slots - 1);
    while (st->key[s] && st->key[s] != key) s = (s + 1) & (st->slots - 1);
    st->key[s] = key;
    st->state[s] = state;
    st->weight[s] = (float)weight;
}

/* Slot of the key, or SIZE_MAX. */
static size_t store_find(const basis_store *st, uint64_t key)
{
    if (st->slots == 0) return SIZE_MAX;
    if (key == 0) key = 1;
    size_t s = (size_t)(key ^ (key >> 31)) & (st->slots - 1);
    while (st->key[s] && st->key[s] != key) s = (s + 1) & (st->slots - 1);
    return st->key[s] ? s : SIZE_MAX;
}

static uint8_t store_get(const basis_store *st, uint64_t key)
{
    const size_t s = store_find(st, key);
    return s == SIZE_MAX ? STORED_NONE : st->state[s];
}

void basis_store_free(basis_store *store)
{
    mem_free(store->key);
    mem_free(store->state);
    mem_free(store->weight);
    mem_free(store->as);
    memset(store, 0, sizeof *store);
}

static double weight_of(const job *j, int64_t v)
{
    return j->bs.state[v] == LP_BASIC ? j->bs.weight[j->bs.at[v]] : 1.0;
}

steppe_status start_save(job *j)
{
    const model *md = j->md;
    basis_store fresh = {0};
    fresh.slots = 64;
    while (fresh.slots < 2 * (size_t)(md->m + md->n + md->rows)) fresh.slots *= 2;
    fresh.key = MEM_ZERO(uint64_t, fresh.slots);
    fresh.state = MEM_NEW(uint8_t, fresh.slots);
    fresh.weight = MEM_NEW(float, fresh.slots);
    if (!fresh.key || !fresh.state || !fresh.weight) {
        basis_store_free(&fresh);
        return steppe_no_memory(j->ctx);
    }
    for (int k = 0; k < md->K; k++)
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            store_put(&fresh, model_arc_key(md, a, k, NULL), j->bs.state[a], weight_of(j, a));
    for (int k = 0; k < md->K; k++) /* a part of a network that hangs on the root by itself */
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++)
            if (j->bs.state[md->m + i] == LP_BASIC)
                store_put(&fresh, model_node_key(md, i, k, NULL), LP_BASIC,
                          weight_of(j, md->m + i));
    for (int64_t r = 0; r < md->rows; r++)
        store_put(&fresh, model_row_key(md, r, NULL), j->bs.state[j->base + r],
                  weight_of(j, j->base + r));
    basis_store_free(j->keep);
    *j->keep = fresh;
    return STEPPE_OK;
}

/* Weights of what is basic again; the others keep 1. */
static void stored_weights(job *j, const key_view *view)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    for (int32_t p = 0; p < j->lp.n; p++) {
        const int64_t v = bs->head[p];
        if (v < 0) continue;
        uint64_t key;
        if (v < md->m)
            key = model_arc_key(md, v, model_arc_block(md, v), view);
        else if (v < j->base)
            key = model_node_key(md, (int32_t)(v - md->m),
                                 model_node_block(md, (int32_t)(v - md->m)), view);
        else
            key = model_row_key(md, v - j->base, view);
        const size_t s = store_find(j->start, key);
        if (s != SIZE_MAX && j->start->state[s] == LP_BASIC)
            bs->weight[p] = j->start->weight[s];
    }
}

/* From the arcs that were basic: a spanning forest, each part with a root; then as many of those that
 * close a circle as there are tight rows. false in *ok: nothing usable was stored. */
steppe_status start_warm(job *j, bool *ok)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    const key_view own = {(const period_id *)j->start->as, false}, plain = {own.as, true};
    *ok = false;
    if (j->start->slots == 0) return STEPPE_OK;
    int32_t *up = MEM_NEW(int32_t, (int64_t)md->n + 1);
    if (!up) return steppe_no_memory(j->ctx);
    for (int32_t i = 0; i <= md->n; i++) up[i] = i;
    int64_t known = 0, extra = 0;
    for (int k = 0; k < md->K; k++) {
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            uint8_t s = store_get(j->start, model_arc_key(md, a, k, &own));
            if (s == STORED_NONE) s = store_get(j->start, model_arc_key(md, a, k, &plain));
            bs->state[a] = s == STORED_NONE ? LP_LOWER : s;
            known += s != STORED_NONE;
        }
    }
    if (2 * known < md->m) goto done;
    for (int64_t r = 0; r < md->rows; r++) {
        const uint8_t s = store_get(j->start, model_row_key(md, r, &own));
        bs->state[j->base + r] = s == STORED_NONE ? LP_BASIC : s;
        extra += bs->state[j->base + r] != LP_BASIC;
    }
    /* roots: free nodes, those stored; then the stored basic arcs; then arcs of which nothing is known, as far as they
     * join parts; at last a root for every part that hangs on none */
    for (int pass = 0; pass < 3; pass++) {
        for (int k = 0; k < md->K; k++) {
            for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
                if (pass == 0) bs->state[md->m + i] = LP_LOWER;
                if (pass == 0 && md->balance[i] != BALANCE_FREE) continue;
                if (pass == 1 &&
                    store_get(j->start, model_node_key(md, i, k, &own)) != LP_BASIC)
                    continue;
                const int32_t u = find_root(up, i), v = find_root(up, md->n);
                if (u == v) continue;
                up[u] = v;
                bs->state[md->m + i] = LP_BASIC;
            }
        }
        if (pass != 1) continue;
        for (int64_t a = 0; a < md->m; a++) {
            if (bs->state[a] != LP_BASIC) continue;
            const int32_t u = find_root(up, md->tail[a]), v = find_root(up, md->head[a]);
            if (u != v)
                up[u] = v;
            else if (extra > 0)
                extra--;
            else
                bs->state[a] = LP_LOWER;
        }
        for (int k = 0; k < md->K; k++)
            for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
                const int32_t u = find_root(up, md->tail[a]), v = find_root(up, md->head[a]);
                if (u == v ||
                    store_get(j->start, model_arc_key(md, a, k, &own)) != STORED_NONE ||
                    store_get(j->start, model_arc_key(md, a, k, &plain)) != STORED_NONE)
                    continue;
                up[u] = v;
                bs->state[a] = LP_BASIC;
            }
    }
    list_heads(j);
    stored_weights(j, &own);
    *ok = true;
done:
    mem_free(up);
    return STEPPE_OK;
}
