/* From the canonical form to an exact answer: K independent trees, coupled pivots between them,
 * then integers.
 *
 * 1. Without an earlier basis: a network simplex per commodity, in parallel, as if nothing were
 * shared. Their trees with all coupling rows loose are a dual feasible basis of the whole.
 * 2. Dual simplex on the partitioned basis (kernels/coord.h) under slightly perturbed costs,
 * then primal simplex on the true ones. With an earlier basis: the same from there.
 * 3. The final basis gives flows and prices again in exact integers. A vertex may have
 * fractional flows; they are put on integers by small network problems around the vertex.
 * engine/certificate.c judges the result. */
#include "coordinate.h"

#include "../kernels/coord.h"
#include "../kernels/ns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    steppe_ctx *ctx;
    const model *md;
    answer *out;
    basis_store *store;
    coord_lp lp;
    coord_basis bs;
    double *true_cost; /* m */
    int64_t base, all; /* m + n, m + n + rows */
    double slack;      /* how far a limitless row's bound lies beyond its arcs */
} job;

/* ---- memory
 * -------------------------------------------------------------------------------------- */

static bool new_sparse(coord_sparse *v, int64_t size)
{
    v->value = MEM_ZERO(double, size);
    v->list = MEM_NEW(int64_t, size);
    v->listed = MEM_ZERO(uint8_t, size);
    v->count = 0;
    return v->value && v->list && v->listed;
}

static void free_sparse(coord_sparse *v)
{
    mem_free(v->value);
    mem_free(v->list);
    mem_free(v->listed);
}

/* Room for q working arcs; what is there stays. */
static bool grow_work(job *j, int32_t cap)
{
    coord_basis *bs = &j->bs;
    int64_t *work = MEM_NEW(int64_t, cap);
    int32_t *tight = MEM_NEW(int32_t, cap);
    double *inv = MEM_NEW(double, (int64_t)cap *cap),
           *scratch = MEM_NEW(double, 4 * (int64_t)cap);
    if (!work || !tight || !inv || !scratch) {
        mem_free(work);
        mem_free(tight);
        mem_free(inv);
        mem_free(scratch);
        return false;
    }
    for (int32_t p = 0; p < bs->q; p++) {
        work[p] = bs->work_arc[p];
        tight[p] = bs->tight_row[p];
        memcpy(inv + (size_t)p * (size_t)cap, bs->inv + (size_t)p * (size_t)bs->q_cap,
               (size_t)bs->q * sizeof *inv);
    }
    mem_free(bs->work_arc);
    mem_free(bs->tight_row);
    mem_free(bs->inv);
    mem_free(bs->scratch);
    bs->work_arc = work;
    bs->tight_row = tight;
    bs->inv = inv;
    bs->scratch = scratch;
    bs->q_cap = cap;
    return true;
}

static void job_free(job *j)
{
    coord_lp *lp = &j->lp;
    coord_basis *bs = &j->bs;
    mem_free((void *)(uintptr_t)lp->b);
    mem_free((void *)(uintptr_t)lp->arc_weight);
    mem_free((void *)(uintptr_t)lp->row_weight);
    mem_free((void *)(uintptr_t)lp->node_first);
    mem_free((void *)(uintptr_t)lp->node_arc);
    mem_free(bs->tree);
    mem_free(bs->pi);
    mem_free(bs->x);
    mem_free(bs->low);
    mem_free(bs->up);
    mem_free(bs->cost);
    mem_free(bs->rc);
    mem_free(bs->weight);
    mem_free(bs->state);
    mem_free(bs->lambda);
    mem_free(bs->tight_at);
    mem_free(bs->work_at);
    mem_free(bs->work_arc);
    mem_free(bs->tight_row);
    mem_free(bs->inv);
    mem_free(bs->scratch);
    mem_free(bs->bucket);
    mem_free(bs->bucket_next);
    mem_free(bs->order);
    free_sparse(&bs->dx);
    free_sparse(&bs->row);
    free_sparse(&bs->price);
    free_sparse(&bs->shift);
    free_sparse(&bs->bad);
    mem_free(j->true_cost);
}

/* ---- the linear program in floating point
 * ---------------------------------------------------------- */

static bool lp_nodes(job *j)
{
    const model *md = j->md;
    double *b = MEM_NEW(double, md->n);
    int64_t *first = MEM_ZERO(int64_t, md->n + 2), *list = MEM_NEW(int64_t, 2 * md->m);
    j->lp.b = b;
    j->lp.node_first = first;
    j->lp.node_arc = list;
    if (!b || !first || !list) return false;
    for (int32_t i = 0; i < md->n; i++) b[i] = (double)md->b[i];
    for (int64_t a = 0; a < md->m; a++) {
        if (md->tail[a] == md->head[a]) continue;
        first[md->tail[a] + 2]++;
        first[md->head[a] + 2]++;
    }
    for (int32_t i = 0; i < md->n; i++) first[i + 2] += first[i + 1];
    for (int64_t a = 0; a < md->m; a++) {
        if (md->tail[a] == md->head[a]) continue;
        list[first[md->tail[a] + 1]++] = a;
        list[first[md->head[a] + 1]++] = a;
    }
    return true;
}

static bool lp_rows(job *j)
{
    const model *md = j->md;
    const int64_t entries = md->row_first[md->rows];
    double *by_row = MEM_NEW(double, entries), *by_arc = MEM_NEW(double, entries);
    j->lp.row_weight = by_row;
    j->lp.arc_weight = by_arc;
    if (!by_row || !by_arc) return false;
    for (int64_t r = 0; r < md->rows; r++)
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
            by_row[e] = (double)md->row_weight[e] / (double)md->row_scale[r];
    for (int64_t e = 0; e < entries; e++)
        by_arc[e] = (double)md->arc_weight[e] / (double)md->row_scale[md->arc_row[e]];
    return true;
}

static bool job_new(job *j)
{
    const model *md = j->md;
    coord_lp *lp = &j->lp;
    coord_basis *bs = &j->bs;
    const int64_t all = j->all;
    lp->n = md->n;
    lp->m = md->m;
    lp->rows = md->rows;
    lp->tail = md->tail;
    lp->head = md->head;
    lp->arc_first = md->arc_first;
    lp->arc_row = md->arc_row;
    lp->row_first = md->row_first;
    lp->row_arc = md->row_arc;
    if (!lp_nodes(j) || !lp_rows(j)) return false;
    bs->tree = MEM_NEW(tree_node, md->n + 1);
    bs->pi = MEM_NEW(double, md->n + 1);
    bs->x = MEM_ZERO(double, all);
    bs->low = MEM_ZERO(double, all);
    bs->up = MEM_ZERO(double, all);
    bs->cost = MEM_ZERO(double, all);
    bs->rc = MEM_ZERO(double, all);
    bs->weight = MEM_NEW(double, all);
    bs->state = MEM_NEW(uint8_t, all);
    bs->lambda = MEM_ZERO(double, md->rows);
    bs->tight_at = MEM_NEW(int32_t, md->rows);
    bs->work_at = MEM_NEW(int32_t, j->base);
    bs->bucket = MEM_NEW(int32_t, md->n + 2);
    bs->bucket_next = MEM_NEW(int32_t, md->n + 1);
    bs->order = MEM_NEW(int64_t, all + 1);
    j->true_cost = MEM_NEW(double, md->m);
    if (!bs->tree || !bs->pi || !bs->x || !bs->low || !bs->up || !bs->cost || !bs->rc ||
        !bs->weight || !bs->state || !bs->lambda || !bs->tight_at || !bs->work_at ||
        !bs->bucket || !bs->bucket_next || !bs->order || !j->true_cost ||
        !new_sparse(&bs->dx, all) || !new_sparse(&bs->row, all) ||
        !new_sparse(&bs->price, md->rows) || !new_sparse(&bs->shift, md->n + 1) ||
        !new_sparse(&bs->bad, all) || !grow_work(j, 64))
        return false;
    double most = 1.0, dear = 0.0;
    const double unit = pow(10.0, -md->cost_places);
    for (int64_t a = 0; a < md->m; a++) {
        bs->low[a] = (double)md->low[a];
        bs->up[a] = (double)md->up[a];
        j->true_cost[a] = bs->cost[a] = (double)md->cost[a] * unit;
        if (fabs(bs->cost[a]) > dear) dear = fabs(bs->cost[a]);
        bs->work_at[a] = -1;
    }
    for (int32_t i = 0; i < md->n; i++) {
        if (fabs(lp->b[i]) > most) most = fabs(lp->b[i]);
        bs->work_at[md->m + i] = -1;
        bs->bucket[i] = -1;
    }
    bs->bucket[md->n] = bs->bucket[md->n + 1] = -1;
    for (int64_t r = 0; r < md->rows; r++) {
        double low = 0.0, up = 0.0;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            const double w = lp->row_weight[e], l = bs->low[md->row_arc[e]],
                         u = bs->up[md->row_arc[e]];
            low += w > 0.0 ? w * l : w * u;
            up += w > 0.0 ? w * u : w * l;
        }
        const double beyond = 1.0 + 0.01 * (up - low);
        bs->low[j->base + r] = md->row_low[r] == NO_LOW ? low - beyond : (double)md->row_low[r];
        bs->up[j->base + r] = md->row_up[r] == NO_UP ? up + beyond : (double)md->row_up[r];
        bs->tight_at[r] = -1;
    }
    /* flows of 10^14 units carry 0.02 units of rounding noise; costs of 10^8 USD carry 10^-8 */
    lp->flow_tol = fmax(0.25, 1e-13 * most);
    lp->cost_tol = fmax(1e-9, 1e-15 * dear);
    return true;
}

/* ---- step 1: K trees
 * ---------------------------------------------------------------------------- */

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

static steppe_status cold_start(job *j)
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

/* ---- the stored basis
 * ------------------------------------------------------------------------------- */

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

static steppe_status save_basis(job *j)
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

static int32_t find_root(int32_t *up, int32_t i)
{
    while (up[i] != i) i = up[i] = up[up[i]];
    return i;
}

/* A spanning tree from the arcs that were basic, tree arcs first; those that close a circle
 * become working arcs. Then as many tight rows as working arcs. false in *ok: nothing usable
 * was stored. */
static steppe_status warm_start(job *j, bool *ok)
{
    const model *md = j->md;
    coord_basis *bs = &j->bs;
    *ok = false;
    if (j->store->slots == 0) return STEPPE_OK;
    steppe_status st = STEPPE_OK;
    int32_t *up = MEM_NEW(int32_t, md->n + 1), *queue = MEM_NEW(int32_t, md->n + 1);
    int64_t *first = MEM_ZERO(int64_t, md->n + 2),
            *list = MEM_NEW(int64_t, 2 * (int64_t)md->n + 2);
    int64_t *extra = MEM_NEW(int64_t, md->m);
    if (!up || !queue || !first || !list || !extra) {
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
    bs->q = 0;
    for (int64_t r = 0; r < md->rows; r++) {
        const uint8_t s = store_get(j->store, model_row_key(md, r));
        bs->state[j->base + r] = CV_LOOSE;
        if (s != CV_LOWER && s != CV_UPPER) continue;
        if (bs->q == extras) continue;
        if (bs->q + 2 >= bs->q_cap && !grow_work(j, 2 * bs->q_cap)) {
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
    mem_free(queue);
    mem_free(first);
    mem_free(list);
    mem_free(extra);
    return st;
}

/* ---- step 2: coupled pivots
 * ---------------------------------------------------------------------------- */

/* inv from scratch; pairs that make it singular leave the basis. */
static void rebuild(job *j)
{
    coord_basis *bs = &j->bs;
    int32_t p, t;
    while (bs->q > 0 && !coord_invert(&j->lp, bs, &p, &t)) {
        const int64_t a = bs->work_arc[p];
        const int32_t r = bs->tight_row[t];
        bs->state[a] = CV_LOWER;
        bs->work_at[a] = -1;
        bs->state[j->base + r] = CV_LOOSE;
        bs->tight_at[r] = -1;
        coord_drop(bs, p, t);
    }
}

static void refresh(job *j)
{
    if (coord_refresh(&j->lp, &j->bs) <= j->lp.flow_tol) return;
    rebuild(j);
    coord_refresh(&j->lp, &j->bs);
}

/* A fixed stream of numbers in [0.5, 1): the same perturbation whenever, wherever. */
static double fraction(int64_t i)
{
    uint64_t z = (uint64_t)i * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return 0.5 + (double)(z >> 12) / 9007199254740992.0;
}

/* Ties between reduced costs are broken by making nonbasic arcs a little worse than they are.
 */
static void perturb(job *j)
{
    coord_basis *bs = &j->bs;
    double sum = 0.0;
    int64_t count = 0;
    for (int64_t a = 0; a < j->md->m; a++)
        if (j->true_cost[a] != 0.0) sum += fmin(fabs(j->true_cost[a]), 1e4), count++;
    const double typical = count > 0 ? sum / (double)count : 1.0;
    for (int64_t a = 0; a < j->md->m; a++) {
        const double size = 5e-7 * (fmin(fabs(j->true_cost[a]), 1e4) + typical) * fraction(a);
        if (bs->state[a] == CV_LOWER) bs->cost[a] += size;
        if (bs->state[a] == CV_UPPER) bs->cost[a] -= size;
    }
}

static void use_true_costs(job *j)
{
    memcpy(j->bs.cost, j->true_cost, (size_t)j->md->m * sizeof(double));
}

static bool primal_feasible(const job *j)
{
    const coord_basis *bs = &j->bs;
    for (int64_t v = 0; v < j->all; v++)
        if (bs->state[v] > CV_UPPER &&
            (bs->x[v] < bs->low[v] - j->lp.flow_tol || bs->x[v] > bs->up[v] + j->lp.flow_tol))
            return false;
    return true;
}

static void report_conflict(const job *j, int64_t leaving)
{
    const model *md = j->md;
    const coord_basis *bs = &j->bs;
    text name = {0};
    if (leaving < md->m)
        model_arc_name(md, leaving, &name);
    else if (leaving < j->base)
        model_node_name(md, (int32_t)(leaving - md->m), &name);
    else
        model_row_name(md, leaving - j->base, &name);
    steppe_note(j->ctx, "infeasible: %s cannot be brought within its limits, against:",
                name.data ? name.data : "?");
    int shown = 0;
    for (int64_t i = 0; i < bs->price.count && shown < 30; i++) {
        const int64_t r = bs->price.list[i];
        if (fabs(bs->price.value[r]) < 1e-9 || r == leaving - j->base) continue;
        name.len = 0;
        model_row_name(md, r, &name);
        if (name.data) steppe_note(j->ctx, "infeasible:   %s", name.data);
        shown++;
    }
    for (int64_t i = 0; i < bs->shift.count && shown < 30; i++) {
        const int64_t v = bs->shift.list[i];
        if (v >= md->n || fabs(bs->shift.value[v]) < 1e-9 || md->b[v] == 0 ||
            md->node[v].kind == NODE_HUB)
            continue;
        name.len = 0;
        model_node_name(md, (int32_t)v, &name);
        if (name.data) steppe_note(j->ctx, "infeasible:   %s", name.data);
        shown++;
    }
    text_free(&name);
}

enum { BATCH = 100 };

/* One way of pivoting until it ends; GROW is handled. Returns its result. */
static steppe_status run(job *j, bool dual, coord_result *res, int64_t *leaving)
{
    coord_basis *bs = &j->bs;
    int64_t stuck = 0;
    for (;;) {
        const int64_t before = bs->pivots;
        if (dual && coord_flip_to_dual(&j->lp, bs) > 0) refresh(j);
        *res = dual ? coord_dual(&j->lp, bs, BATCH, leaving) : coord_primal(&j->lp, bs, BATCH);
        if (*res == COORD_GROW && !grow_work(j, 2 * bs->q_cap)) return steppe_no_memory(j->ctx);
        if (*res ==
            COORD_LIMIT) { /* a contradiction between row and column ends a batch early */
            if (bs->pivots == before) rebuild(j);
            stuck = bs->pivots == before ? stuck + 1 : 0;
        }
        refresh(j);
        if (*res == COORD_OPTIMAL || *res == COORD_INFEASIBLE || *res == COORD_STOPPED)
            return STEPPE_OK;
        if (steppe_report(j->ctx, "coupling", bs->pivots, 0.0)) {
            *res = COORD_STOPPED;
            return STEPPE_OK;
        }
        if (stuck > 20)
            return steppe_fail(j->ctx, STEPPE_INTERNAL,
                               "the coupled simplex lost its footing after %lld pivots",
                               (long long)bs->pivots);
    }
}

static steppe_status pivot_to_optimum(job *j)
{
    coord_basis *bs = &j->bs;
    coord_result res = COORD_OPTIMAL;
    int64_t leaving = 0;
    rebuild(j);
    refresh(j);
    for (int round = 0; round < 50; round++) {
        if (!primal_feasible(j)) {
            for (int64_t v = 0; v < j->all; v++) bs->weight[v] = 1.0;
            if (round < 6) perturb(j);
            refresh(j);
            STEPPE_TRY(run(j, true, &res, &leaving));
            if (res == COORD_INFEASIBLE && round > 0) {
                j->out->infeasible = true;
                report_conflict(j, leaving);
                return STEPPE_OK;
            }
            /* the first verdict may rest on stale numbers: build everything anew and ask again
             */
            if (res == COORD_INFEASIBLE) {
                rebuild(j);
                use_true_costs(j);
                refresh(j);
                continue;
            }
            if (res == COORD_STOPPED) break;
        }
        use_true_costs(j);
        refresh(j);
        STEPPE_TRY(run(j, false, &res, &leaving));
        if (res == COORD_STOPPED) break;
        if (primal_feasible(j)) return STEPPE_OK;
        coord_flip_to_dual(&j->lp, bs);
        refresh(j);
    }
    if (res == COORD_STOPPED) {
        j->out->stopped = true;
        use_true_costs(j);
        refresh(j);
        return STEPPE_OK;
    }
    return steppe_fail(j->ctx, STEPPE_INTERNAL, "the coupled simplex did not settle");
}

/* ---- step 3: exact
 * ------------------------------------------------------------------------------------ */

static int64_t nearest(double x)
{
    return (int64_t)llround(x);
}

/* Scratch of the rounding: basic arcs by weight, a spanning forest of them, its nodes parents first. */
typedef struct {
    double weight;
    int64_t arc;
} weighted_arc;

typedef struct {
    wide *net;           /* n */
    weighted_arc *basic; /* n + q */
    int32_t *up;         /* n: union-find, then the other end of the arc towards the root */
    int64_t *first;      /* n + 2 */
    int64_t *list;       /* 2 n */
    int64_t *above;      /* n: forest arc towards the root, -1 */
    int32_t *order;      /* n */
} rounding;

static void rounding_free(rounding *rd)
{
    mem_free(rd->net);
    mem_free(rd->basic);
    mem_free(rd->up);
    mem_free(rd->first);
    mem_free(rd->list);
    mem_free(rd->above);
    mem_free(rd->order);
}

static bool rounding_new(const job *j, rounding *rd)
{
    const int64_t n = j->md->n;
    memset(rd, 0, sizeof *rd);
    rd->net = MEM_NEW(wide, n);
    rd->basic = MEM_NEW(weighted_arc, n + j->md->rows);
    rd->up = MEM_NEW(int32_t, n);
    rd->first = MEM_NEW(int64_t, n + 2);
    rd->list = MEM_NEW(int64_t, 2 * n);
    rd->above = MEM_NEW(int64_t, n);
    rd->order = MEM_NEW(int32_t, n);
    return rd->net && rd->basic && rd->up && rd->first && rd->list && rd->above && rd->order;
}

static int by_weight(const void *a, const void *b)
{
    const weighted_arc *p = a, *q = b;
    if (p->weight != q->weight) return p->weight > q->weight ? -1 : 1;
    return (p->arc > q->arc) - (p->arc < q->arc);
}

static int64_t round_into(const model *md, int64_t a, double x)
{
    const int64_t v = nearest(x);
    return v < md->low[a] ? md->low[a] : v > md->up[a] ? md->up[a] : v;
}

/* The forest of the basic arcs farthest from their bounds takes up what rounding the others leaves: an arc that
 * happens to be basic at a bound is never pushed over it. All other arcs get their rounded flow. */
static void choose_forest(job *j, rounding *rd)
{
    const model *md = j->md;
    const coord_basis *bs = &j->bs;
    int64_t *x = j->out->x, basics = 0;
    for (int32_t i = 0; i < md->n; i++) {
        rd->net[i] = md->b[i];
        rd->up[i] = i;
    }
    for (int64_t a = 0; a < md->m; a++) {
        const int state = bs->state[a];
        if (state == CV_TREE || state == CV_WORK)
            rd->basic[basics++] = (weighted_arc){
                fmin(bs->x[a] - (double)md->low[a], (double)md->up[a] - bs->x[a]), a};
        x[a] = state == CV_TREE ? 0
                                : round_into(md, a,
                                             state == CV_LOWER   ? bs->low[a]
                                             : state == CV_UPPER ? bs->up[a]
                                                                 : bs->x[a]);
    }
    qsort(rd->basic, (size_t)basics, sizeof *rd->basic, by_weight);
    memset(rd->first, 0, ((size_t)md->n + 2) * sizeof *rd->first);
    int64_t kept = 0;
    for (int64_t i = 0; i < basics; i++) {
        const int64_t a = rd->basic[i].arc;
        const int32_t u = find_root(rd->up, md->tail[a]), v = find_root(rd->up, md->head[a]);
        if (u == v) {
            x[a] = round_into(md, a, bs->x[a]);
            continue;
        }
        rd->up[u] = v;
        rd->basic[kept++].arc = a;
        rd->first[md->tail[a] + 2]++;
        rd->first[md->head[a] + 2]++;
        x[a] = 0;
    }
    for (int32_t i = 0; i < md->n; i++) rd->first[i + 2] += rd->first[i + 1];
    for (int64_t i = 0; i < kept; i++) {
        const int64_t a = rd->basic[i].arc;
        rd->list[rd->first[md->tail[a] + 1]++] = a;
        rd->list[rd->first[md->head[a] + 1]++] = a;
    }
    for (int64_t a = 0; a < md->m; a++) {
        rd->net[md->tail[a]] -= x[a];
        rd->net[md->head[a]] += x[a];
    }
}

/* Flows of the basis in integers that balance at every node. */
static void exact_flows(job *j, rounding *rd)
{
    const model *md = j->md;
    choose_forest(j, rd);
    int32_t count = 0;
    for (int32_t i = 0; i < md->n; i++) rd->above[i] = -2; /* not seen */
    for (int32_t root = 0; root < md->n; root++) {
        if (rd->above[root] != -2) continue;
        rd->above[root] = -1;
        rd->order[count++] = root;
        for (int32_t q = count - 1; q < count; q++) {
            const int32_t i = rd->order[q];
            for (int64_t e = rd->first[i]; e < rd->first[i + 1]; e++) {
                const int64_t a = rd->list[e];
                const int32_t other = md->tail[a] == i ? md->head[a] : md->tail[a];
                if (rd->above[other] != -2) continue;
                rd->above[other] = a;
                rd->up[other] = i;
                rd->order[count++] = other;
            }
        }
    }
    while (count-- > 0) { /* leaves first */
        const int32_t i = rd->order[count];
        const int64_t a = rd->above[i];
        if (a < 0) continue;
        j->out->x[a] = (int64_t)(md->tail[a] == i ? rd->net[i] : -rd->net[i]);
        rd->net[rd->up[i]] += rd->net[i];
    }
}

static wide row_load(const model *md, int64_t r, const int64_t *x)
{
    wide load = 0;
    for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
        load += (wide)md->row_weight[e] * x[md->row_arc[e]];
    return load;
}

/* Loop arcs of a row: only the row sees them, so they can make up for what rounding leaves. */
static bool fills(const model *md, int64_t a, int64_t w)
{
    return md->tail[a] == md->head[a] && w > 0 && md->arc_first[a + 1] - md->arc_first[a] == 1;
}

/* Lower limits of rows are met by loop arcs (shortages): the only variables that no balance
 * holds. */
static void fill_rows(const job *j)
{
    const model *md = j->md;
    int64_t *x = j->out->x;
    for (int64_t r = 0; r < md->rows; r++) {
        if (md->row_low[r] == NO_LOW) continue;
        wide missing = md->row_low[r] * (wide)md->row_scale[r] - row_load(md, r, x);
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1] && missing != 0; e++) {
            const int64_t a = md->row_arc[e], w = md->row_weight[e];
            if (!fills(md, a, w)) continue;
            /* missing < 0: a shortage counted too high may shrink */
            wide d = missing > 0 ? (missing + w - 1) / w : -(-missing / w);
            if (x[a] + d > md->up[a]) d = md->up[a] - x[a];
            if (x[a] + d < md->low[a]) d = md->low[a] - x[a];
            x[a] += (int64_t)d;
            missing -= d * w;
        }
    }
}

/* Moves the limit of a row inwards by twice what it was overrun and what the pivots tolerate. A
 * row with loop arcs is shifted down whole: the loops top it up again after rounding. */
static void tighten_row(job *j, int64_t r, double over)
{
    const model *md = j->md;
    coord_basis *bs = &j->bs;
    const int64_t y = j->base + r;
    const double step = 2.0 * (fabs(over) + j->lp.flow_tol);
    bool loops = false;
    for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
        loops |= fills(md, md->row_arc[e], md->row_weight[e]);
    if (over > 0.0) {
        bs->up[y] -= step;
        if (loops && bs->low[y] > bs->up[y]) bs->low[y] = bs->up[y];
    } else {
        bs->low[y] += step;
    }
    if (bs->low[y] > bs->up[y]) bs->low[y] = bs->up[y] = 0.5 * (bs->low[y] + bs->up[y]);
}

/* Rows and arcs that the rounded flows overrun; their limits are tightened for the next try.
 * Returns how many. */
static int64_t tighten_overrun(job *j)
{
    const model *md = j->md;
    coord_basis *bs = &j->bs;
    const int64_t *x = j->out->x;
    int64_t count = 0;
    for (int64_t a = 0; a < md->m; a++) {
        if (x[a] >= md->low[a] && x[a] <= md->up[a]) continue;
        count++;
        if (x[a] < md->low[a])
            bs->low[a] = fmin(bs->low[a] + 2.0 * ((double)(md->low[a] - x[a]) + j->lp.flow_tol),
                              bs->up[a]);
        if (x[a] > md->up[a])
            bs->up[a] = fmax(bs->up[a] - 2.0 * ((double)(x[a] - md->up[a]) + j->lp.flow_tol),
                             bs->low[a]);
    }
    for (int64_t r = 0; r < md->rows; r++) {
        const wide load = row_load(md, r, x), scale = md->row_scale[r];
        double over = 0.0;
        if (md->row_up[r] != NO_UP && load > md->row_up[r] * scale)
            over = (double)(load - md->row_up[r] * scale) / (double)scale;
        if (md->row_low[r] != NO_LOW && load < md->row_low[r] * scale)
            over = (double)(load - md->row_low[r] * scale) / (double)scale;
        if (over == 0.0) continue;
        count++;
        tighten_row(j, r, over);
    }
    return count;
}

/* A vertex may have fractional flows. Rounding them overruns limits by a few units; those
 * limits are moved inwards by that much and the dual simplex, whose basis this leaves dual
 * feasible, finds the vertex of the tightened problem, until the rounded flows obey the true
 * limits. The cost of the units given away shows in the certificate. */
static steppe_status exact_primal(job *j)
{
    rounding rd;
    steppe_status st = rounding_new(j, &rd) ? STEPPE_OK : steppe_no_memory(j->ctx);
    for (int tries = 0; st == STEPPE_OK; tries++) {
        coord_result res = COORD_OPTIMAL;
        int64_t leaving;
        exact_flows(j, &rd);
        fill_rows(j);
        if (tighten_overrun(j) == 0 || tries == 30) break;
        refresh(j);
        st = run(j, true, &res, &leaving);
        if (st != STEPPE_OK) break;
        use_true_costs(j);
        refresh(j);
        /* the certificate will say what does not hold, by how much */
        if (res == COORD_INFEASIBLE || res == COORD_STOPPED) break;
    }
    rounding_free(&rd);
    return st;
}

static wide divide_up(wide a, wide b)
{
    const wide q = a / b;
    return q * b < a ? q + 1 : q;
}

/* Prices rounded to 10^-DUAL_EXTRA cost units; potentials from them so that tree arcs come out
 * at zero. */
static void exact_dual(job *j)
{
    const model *md = j->md;
    const coord_basis *bs = &j->bs;
    const wide fine = wide_pow10(DUAL_EXTRA);
    const double unit = pow(10.0, md->cost_places + DUAL_EXTRA);
    j->out->tight_rows = 0;
    for (int64_t r = 0; r < md->rows; r++) {
        wide y = (wide)rint(bs->lambda[r] * unit);
        if ((y > 0 && md->row_low[r] == NO_LOW) || (y < 0 && md->row_up[r] == NO_UP)) y = 0;
        if (bs->tight_at[r] < 0) y = 0;
        /* less than 10^-9 USD is rounding noise, not a price */
        if (fabs(bs->lambda[r]) < j->lp.cost_tol) y = 0;
        j->out->lambda[r] = y;
        j->out->tight_rows += y != 0;
    }
    wide *pi = j->out->pi;
    for (int32_t i = tree_next(bs->tree, md->n, md->n); i >= 0;
         i = tree_next(bs->tree, i, md->n)) {
        const tree_node *t = &bs->tree[i];
        wide c = 0;
        if (t->arc < md->m) {
            c = md->cost[t->arc] * fine;
            for (int64_t e = md->arc_first[t->arc]; e < md->arc_first[t->arc + 1]; e++)
                c -= divide_up((wide)md->arc_weight[e] * j->out->lambda[md->arc_row[e]],
                               md->row_scale[md->arc_row[e]]);
        }
        const wide above = t->parent == md->n ? 0 : pi[t->parent];
        pi[i] = above + (t->up ? -c : c);
    }
    for (int k = 0; k < md->K; k++) { /* potentials are relative: the hub is zero */
        if (md->first_node[k] == md->first_node[k + 1]) continue;
        const wide hub = pi[md->first_node[k]];
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) pi[i] -= hub;
    }
}

steppe_status coordinate(steppe_ctx *ctx, const model *md, basis_store *store, bool save,
                         answer *out)
{
    memset(out, 0, sizeof *out);
    job j = {0};
    j.ctx = ctx;
    j.md = md;
    j.out = out;
    j.store = store;
    j.base = md->m + md->n;
    j.all = j.base + md->rows;
    steppe_status st = STEPPE_OK;
    out->x = MEM_ZERO(int64_t, md->m);
    out->pi = MEM_ZERO(wide, md->n);
    out->lambda = MEM_ZERO(wide, md->rows);
    if (!out->x || !out->pi || !out->lambda || !job_new(&j)) {
        st = steppe_no_memory(ctx);
        goto done;
    }
    if (!ctx->set.cold) st = warm_start(&j, &out->warm);
    if (st == STEPPE_OK && !out->warm) {
        for (int64_t r = 0; r < md->rows; r++) j.bs.tight_at[r] = -1;
        st = cold_start(&j);
    }
    const bool trees = st == STEPPE_OK && !out->infeasible && !out->stopped;
    if (trees) st = pivot_to_optimum(&j);
    out->pivots = j.bs.pivots;
    if (trees && st == STEPPE_OK && !out->infeasible) {
        st = exact_primal(&j);
        exact_dual(&j);
        if (st == STEPPE_OK && save && !out->stopped) st = save_basis(&j);
    }
done:
    job_free(&j);
    if (st != STEPPE_OK) answer_free(out);
    return st;
}

void answer_free(answer *an)
{
    mem_free(an->x);
    mem_free(an->pi);
    mem_free(an->lambda);
    memset(an, 0, sizeof *an);
}
