/* Where the coupled simplex starts: the trees of the commodities solved apart, or an earlier basis. */
#include "coordinate_job.h"

#include "../kernels/ns.h"

#include <string.h>

/* ---- step 1: K trees ----------------------------------------------------------------- */

typedef struct {
    ns_net net;
    ns_work work;
    int32_t *tail, *head;
    ns_result result;
} block;

static bool block_new(const model *md, int k, block *bl)
{
    const int32_t from = md->first_node[k], n = md->first_node[k + 1] - from;
    const int64_t first = md->first_arc[k], m = md->first_arc[k + 1] - first;
    memset(bl, 0, sizeof *bl);
    bl->tail = MEM_NEW(int32_t, m);
    bl->head = MEM_NEW(int32_t, m);
    bl->work.tree = MEM_NEW(tree_node, n + 1);
    bl->work.pi = MEM_NEW(int64_t, n + 1);
    bl->work.x = MEM_NEW(int64_t, m + n);
    bl->work.state = MEM_NEW(uint8_t, m + n);
    bl->work.art_up = MEM_NEW(uint8_t, n);
    if (!bl->tail || !bl->head || !bl->work.tree || !bl->work.pi || !bl->work.x ||
        !bl->work.state || !bl->work.art_up)
        return false;
    for (int64_t a = 0; a < m; a++) {
        bl->tail[a] = md->tail[first + a] - from;
        bl->head[a] = md->head[first + a] - from;
    }
    bl->net = (ns_net){
        n,           m, bl->tail, bl->head, md->low + first, md->up + first, md->cost + first,
        md->b + from};
    return true;
}

static void block_free(block *bl)
{
    mem_free(bl->tail);
    mem_free(bl->head);
    mem_free(bl->work.tree);
    mem_free(bl->work.pi);
    mem_free(bl->work.x);
    mem_free(bl->work.state);
    mem_free(bl->work.art_up);
}

static void report_missing(const job *j, int k, const block *bl)
{
    const model *md = j->md;
    int shown = 0;
    for (int32_t i = 0; i < bl->net.n && shown < 20; i++) {
        const int64_t a = bl->net.m + i;
        if (bl->work.state[a] != NS_TREE || bl->work.x[a] == 0) continue;
        text name = {0};
        char amount[64];
        model_node_name(md, md->first_node[k] + i, &name);
        steppe_note(j->ctx, "infeasible: %s of %s at %s",
                    bl->work.art_up[i] ? "no way out for" : "nothing can bring",
                    wide_text(amount, bl->work.x[a], md->flow_places),
                    name.data ? name.data : "?");
        text_free(&name);
        shown++;
    }
}

/* The trees of all blocks become one tree under the common root n; flows to their bounds or
 * basic. */
static void adopt_trees(job *j, block *blocks)
{
    const model *md = j->md;
    coord_basis *bs = &j->bs;
    tree_clear(bs->tree, md->n);
    for (int32_t i = 0; i < md->n; i++) tree_clear(bs->tree, i);
    for (int32_t i = 0; i < md->n; i++) bs->state[md->m + i] = CV_LOWER;
    for (int k = 0; k < md->K; k++) {
        const block *bl = &blocks[k];
        const int32_t from = md->first_node[k], n = bl->net.n;
        for (int64_t a = 0; a < bl->net.m; a++)
            bs->state[md->first_arc[k] + a] =
                bl->work.state[a] == NS_UPPER ? CV_UPPER : CV_LOWER;
        for (int32_t i = tree_next(bl->work.tree, n, n); i >= 0;
             i = tree_next(bl->work.tree, i, n)) {
            const tree_node *t = &bl->work.tree[i];
            const bool art = t->arc >= bl->net.m;
            const int64_t a = art ? md->m + from + i : md->first_arc[k] + t->arc;
            const int32_t parent = t->parent == n ? md->n : from + t->parent;
            tree_hang(bs->tree, from + i, parent, a, art ? 1 : t->up);
            bs->tree[from + i].depth = bs->tree[parent].depth + 1;
            bs->state[a] = CV_TREE;
        }
    }
    for (int64_t r = 0; r < md->rows; r++) bs->state[j->base + r] = CV_LOOSE;
    bs->q = 0;
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
    while (running > 0 && !steppe_report(j->ctx, "trees", pivots, 0.0)) {
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
        if (blocks[k].result == NS_INFEASIBLE) {
            j->out->infeasible = true;
            report_missing(j, k, &blocks[k]);
        }
    }
    if (st == STEPPE_OK && !j->out->infeasible && !j->out->stopped) adopt_trees(j, blocks);
done:
    for (int k = 0; blocks && k < md->K; k++) block_free(&blocks[k]);
    mem_free(blocks);
    return st;
}

/* ---- the stored basis ---------------------------------------------------------------- */

enum { STORED_NONE = 255 };

static void store_put(basis_store *st, uint64_t key, uint8_t state)
{
    if (key == 0) key = 1;
    size_t s = (size_t)(key ^ (key >> 31)) & (st->slots - 1);
    while (st->key[s] && st->key[s] != key) s = (s + 1) & (st->slots - 1);
    st->key[s] = key;
    st->state[s] = state;
}

static uint8_t store_get(const basis_store *st, uint64_t key)
{
    if (st->slots == 0) return STORED_NONE;
    if (key == 0) key = 1;
    size_t s = (size_t)(key ^ (key >> 31)) & (st->slots - 1);
    while (st->key[s] && st->key[s] != key) s = (s + 1) & (st->slots - 1);
    return st->key[s] ? st->state[s] : STORED_NONE;
}

void basis_store_free(basis_store *store)
{
    mem_free(store->key);
    mem_free(store->state);
    memset(store, 0, sizeof *store);
}

steppe_status start_save(job *j)
{
    const model *md = j->md;
    basis_store fresh = {0};
    fresh.slots = 64;
    while (fresh.slots < 2 * (size_t)(md->m + md->n + md->rows)) fresh.slots *= 2;
    fresh.key = MEM_ZERO(uint64_t, fresh.slots);
    fresh.state = MEM_NEW(uint8_t, fresh.slots);
    if (!fresh.key || !fresh.state) {
        basis_store_free(&fresh);
        return steppe_no_memory(j->ctx);
    }
    for (int k = 0; k < md->K; k++)
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            store_put(&fresh, model_arc_key(md, a, k), j->bs.state[a]);
    for (int k = 0; k < md->K; k++) /* a part of a network that hangs on the root by itself */
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++)
            if (j->bs.state[md->m + i] == CV_TREE)
                store_put(&fresh, model_node_key(md, i, k), CV_TREE);
    for (int64_t r = 0; r < md->rows; r++)
        store_put(&fresh, model_row_key(md, r), j->bs.state[j->base + r]);
    basis_store_free(j->store);
    *j->store = fresh;
    return STEPPE_OK;
}

/* The tree under the common root from the variables that are marked CV_TREE. false: no memory. */
static bool hang_tree(job *j)
{
    const model *md = j->md;
    coord_basis *bs = &j->bs;
    int32_t *queue = MEM_NEW(int32_t, md->n + 1);
    int64_t *first = MEM_ZERO(int64_t, md->n + 2),
            *list = MEM_NEW(int64_t, 2 * (int64_t)md->n + 2);
    const bool ok = queue && first && list;
    if (ok) {
        for (int64_t v = 0; v < j->base; v++) {
            if (bs->state[v] != CV_TREE) continue;
            first[(v < md->m ? md->tail[v] : (int32_t)(v - md->m)) + 1]++;
            first[(v < md->m ? md->head[v] : md->n) + 1]++;
        }
        for (int32_t i = 0; i <= md->n; i++) first[i + 1] += first[i];
        for (int64_t v = 0; v < j->base; v++) {
            if (bs->state[v] != CV_TREE) continue;
            list[first[v < md->m ? md->tail[v] : (int32_t)(v - md->m)]++] = v;
            list[first[v < md->m ? md->head[v] : md->n]++] = v;
        }
        for (int32_t i = md->n; i > 0; i--) first[i] = first[i - 1];
        first[0] = 0;
        for (int32_t i = 0; i <= md->n; i++) tree_clear(bs->tree, i);
        queue[0] = md->n;
        for (int32_t q = 0, count = 1; q < count; q++) {
            const int32_t i = queue[q];
            const int64_t end = i < md->n ? first[i + 1] : 2 * (int64_t)md->n;
            for (int64_t e = first[i]; e < end; e++) {
                const int64_t v = list[e];
                if (v == bs->tree[i].arc) continue;
                const int32_t t = v < md->m ? md->tail[v] : (int32_t)(v - md->m);
                const int32_t h = v < md->m ? md->head[v] : md->n;
                const int32_t other = t == i ? h : t;
                tree_hang(bs->tree, other, i, v, other == t);
                bs->tree[other].depth = bs->tree[i].depth + 1;
                queue[count++] = other;
            }
        }
    }
    mem_free(queue);
    mem_free(first);
    mem_free(list);
    return ok;
}

/* A spanning tree from the arcs that were basic, tree arcs first; those that close a circle
 * become working arcs. Then as many tight rows as working arcs. false in *ok: nothing usable
 * was stored. */
steppe_status start_warm(job *j, bool *ok)
{
    const model *md = j->md;
    coord_basis *bs = &j->bs;
    *ok = false;
    if (j->store->slots == 0) return STEPPE_OK;
    steppe_status st = STEPPE_OK;
    int32_t *up = MEM_NEW(int32_t, md->n + 1);
    int64_t *extra = MEM_NEW(int64_t, md->m);
    if (!up || !extra) {
        st = steppe_no_memory(j->ctx);
        goto done;
    }
    for (int32_t i = 0; i <= md->n; i++) up[i] = i;
    int64_t extras = 0, known = 0;
    for (int k = 0; k < md->K; k++) {
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const uint8_t s = store_get(j->store, model_arc_key(md, a, k));
            bs->state[a] = s == STORED_NONE ? CV_LOWER : s;
            known += s != STORED_NONE;
        }
    }
    if (2 * known < md->m) goto done;
    for (int pass = 0; pass < 2; pass++) { /* tree arcs and roots of parts, then working arcs */
        for (int64_t a = 0; a < md->m; a++) {
            if (bs->state[a] != (pass == 0 ? CV_TREE : CV_WORK)) continue;
            const int32_t u = find_root(up, md->tail[a]), v = find_root(up, md->head[a]);
            if (u == v) {
                bs->state[a] = CV_LOWER;
                if (pass == 1) extra[extras++] = a;
                continue;
            }
            up[u] = v;
            bs->state[a] = CV_TREE;
        }
        for (int k = 0; k < md->K; k++) {
            for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
                if (pass == 0) bs->state[md->m + i] = CV_LOWER;
                /* second pass: what hangs together with nothing yet hangs on the root */
                if (pass == 0 && store_get(j->store, model_node_key(md, i, k)) != CV_TREE)
                    continue;
                const int32_t u = find_root(up, i), v = find_root(up, md->n);
                if (u == v) continue;
                up[u] = v;
                bs->state[md->m + i] = CV_TREE;
            }
        }
    }
    if (!hang_tree(j)) {
        st = steppe_no_memory(j->ctx);
        goto done;
    }
    bs->q = 0;
    for (int64_t r = 0; r < md->rows; r++) {
        const uint8_t s = store_get(j->store, model_row_key(md, r));
        bs->state[j->base + r] = CV_LOOSE;
        if (s != CV_LOWER && s != CV_UPPER) continue;
        if (bs->q == extras) continue;
        if (bs->q + 2 >= bs->q_cap && !job_grow(j, 2 * bs->q_cap)) {
            st = steppe_no_memory(j->ctx);
            goto done;
        }
        bs->state[j->base + r] = s;
        bs->tight_at[r] = bs->q;
        bs->tight_row[bs->q] = (int32_t)r;
        bs->work_arc[bs->q] = extra[bs->q];
        bs->work_at[extra[bs->q]] = bs->q;
        bs->state[extra[bs->q]] = CV_WORK;
        bs->q++;
    }
    *ok = true;
done:
    mem_free(up);
    mem_free(extra);
    return st;
}
