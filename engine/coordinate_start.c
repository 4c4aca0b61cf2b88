/* Where the coupled simplex starts: the trees of the commodities solved apart, or an earlier basis. */
#include "coordinate_block.h"

#include <string.h>

/* ---- step 1: K trees ----------------------------------------------------------------- */

enum { TREE_BATCH = 2000 }; /* pivots between two looks at the clock */

steppe_status start_cold(job *j)
{
    const model *md = j->md;
    STEPPE_TRY(job_open(j));
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
    if (st == STEPPE_OK && !j->out->stopped) st = blocks_adopt(j, blocks);
done:
    for (int k = 0; blocks && k < md->K; k++) block_free(&blocks[k]);
    mem_free(blocks);
    return st;
}

/* ---- the stored basis ---------------------------------------------------------------- */

enum { STORED_NONE = 255 };

static size_t slot_of(const basis_store *st, uint64_t key)
{
    size_t s = (size_t)(key ^ (key >> 31)) & (st->slots - 1);
    while (st->slot[s] && st->list[st->slot[s] - 1].key != key) s = (s + 1) & (st->slots - 1);
    return s;
}

static void store_put(basis_store *st, uint64_t key, uint8_t state, double weight)
{
    const size_t s = slot_of(st, key);
    if (!st->slot[s]) st->slot[s] = (uint32_t)++st->count;
    st->list[st->slot[s] - 1] = (stored_variable){key, (float)weight, state};
}

static uint32_t sieve_bit(uint64_t key)
{
    return (uint32_t)((key ^ (key >> 33)) % NODE_SIEVE);
}

static void store_put_node(basis_store *st, uint64_t key, uint8_t state, double weight)
{
    const uint32_t bit = sieve_bit(key);
    st->nodes[bit / 64] |= (uint64_t)1 << (bit % 64);
    store_put(st, key, state, weight);
}

enum { WINDOW = 16 }; /* variables of a list that are looked through for the next one */

/* The variable of the key, or NULL. *next: behind the one found last, from where the search begins: in its order no slot is needed. */
static const stored_variable *store_find(const basis_store *st, uint64_t key, int64_t *next)
{
    if (st->count == 0) return NULL;
    const int64_t end = *next + WINDOW < st->count ? *next + WINDOW : st->count;
    for (int64_t i = *next; i < end; i++)
        if (st->list[i].key == key) {
            *next = i + 1;
            return &st->list[i];
        }
    const size_t s = slot_of(st, key);
    if (!st->slot[s]) return NULL;
    *next = st->slot[s];
    return &st->list[st->slot[s] - 1];
}

static uint8_t store_get(const basis_store *st, uint64_t key, int64_t *next)
{
    const stored_variable *v = store_find(st, key, next);
    return v ? v->state : STORED_NONE;
}

/* Most nodes are not stored; the sieve says so without a look at the list. */
static uint8_t store_get_node(const basis_store *st, uint64_t key, int64_t *next)
{
    const uint32_t bit = sieve_bit(key);
    return st->nodes[bit / 64] >> (bit % 64) & 1 ? store_get(st, key, next) : STORED_NONE;
}

void basis_store_free(basis_store *store)
{
    mem_free(store->list);
    mem_free(store->slot);
    mem_free(store->as);
    memset(store, 0, sizeof *store);
}

static double weight_of(const job *j, int64_t v)
{
    return j->bs.state[v] == LP_BASIC ? j->bs.weight[j->bs.at[v]] : 1.0;
}

steppe_status start_save(job *j, int64_t more)
{
    const model *md = j->md;
    basis_store fresh = {0};
    fresh.slots = 64;
    while (fresh.slots < 2 * (size_t)(j->all + more)) fresh.slots *= 2;
    fresh.slot = MEM_ZERO(uint32_t, fresh.slots);
    fresh.list = MEM_NEW(stored_variable, j->all + more);
    if (!fresh.slot || !fresh.list) {
        basis_store_free(&fresh);
        return steppe_no_memory(j->ctx);
    }
    for (int k = 0; k < md->K; k++)
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            store_put(&fresh, model_arc_key(md, a, k, NULL), j->bs.state[a], weight_of(j, a));
    for (
        int k = 0; k < md->K;
        k++) /* a part of a network that hangs on the root by itself; a node that may lose a unit and does */
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++)
            if (j->bs.state[md->m + i] != LP_LOWER)
                store_put_node(&fresh, model_node_key(md, i, k, NULL), j->bs.state[md->m + i],
                               weight_of(j, md->m + i));
    for (int64_t r = 0; r < md->rows; r++)
        store_put(&fresh, model_row_key(md, r, NULL), j->bs.state[j->base + r],
                  weight_of(j, j->base + r));
    basis_store_free(j->keep);
    *j->keep = fresh;
    return STEPPE_OK;
}

void start_save_as(basis_store *store, uint64_t key, uint8_t state)
{
    store_put(store, key, state, 1.0);
}

/* Weights of what is basic again; the others keep 1. */
static void stored_weights(job *j, const key_view *view)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    int64_t next = 0;
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
        const stored_variable *was = store_find(j->start, key, &next);
        if (was && was->state == LP_BASIC) bs->weight[p] = was->weight;
    }
}

/* Of arc a of block k: by its own period, or as it stood in any. */
static uint8_t stored_arc(const job *j, int64_t a, int k, const key_view *own, int64_t *next)
{
    const key_view any = {own->as, true};
    const uint8_t s = store_get(j->start, model_arc_key(j->md, a, k, own), next);
    return s != STORED_NONE ? s : store_get(j->start, model_arc_key(j->md, a, k, &any), next);
}

/* What was basic is so again: arcs that close a circle too, be it because a row is tight or because the circle loses and needs no
 * root; only where there are more than rows some of them go. Where there are fewer, parts of the forest are joined, or get a root.
 * What does not fit together is left to the factorization. false in *ok: nothing usable was stored. */
steppe_status start_warm(job *j, bool *ok)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    const key_view own = {(const period_id *)j->start->as, false};
    *ok = false;
    if (j->start->slots == 0) return STEPPE_OK;
    STEPPE_TRY(job_open(j));
    int32_t *up = MEM_NEW(int32_t, (int64_t)md->n + 1);
    if (!up) return steppe_no_memory(j->ctx);
    for (int32_t i = 0; i <= md->n; i++) up[i] = i;
    int64_t next = 0, known = 0, basic = 0; /* in the end at most lp.n */
    for (int k = 0; k < md->K; k++) {
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const uint8_t s = stored_arc(j, a, k, &own, &next);
            bs->state[a] = s == STORED_NONE ? LP_LOWER : s;
            known += s != STORED_NONE;
            basic += s == LP_BASIC;
        }
    }
    if (2 * known < md->m) goto done;
    for (int64_t r = 0; r < md->rows; r++) {
        const uint8_t s = store_get(j->start, model_row_key(md, r, &own), &next);
        bs->state[j->base + r] = s == STORED_NONE ? LP_BASIC : s;
        basic += bs->state[j->base + r] == LP_BASIC;
    }
    /* roots: free nodes, those stored; then the stored basic arcs; then arcs of which nothing is known, as far as they
     * join parts; at last a root for every part that hangs on none */
    for (int pass = 0; pass < 3; pass++) {
        for (int k = 0; k < md->K; k++) {
            for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
                if (pass == 0) bs->state[md->m + i] = LP_LOWER;
                if (pass == 0 && md->balance[i] != BALANCE_FREE) continue;
                if (pass == 1) {
                    const uint8_t s =
                        store_get_node(j->start, model_node_key(md, i, k, &own), &next);
                    if (s == LP_UPPER && md->balance[i] != BALANCE_FREE)
                        bs->state[md->m + i] = s;
                    if (s != LP_BASIC) continue;
                }
                const int32_t u = find_root(up, i), v = find_root(up, md->n);
                if (u == v || (pass == 2 && basic >= j->lp.n)) continue;
                up[u] = v;
                bs->state[md->m + i] = LP_BASIC;
                basic++;
            }
        }
        if (pass != 1) continue;
        for (int64_t a = 0; a < md->m; a++) {
            if (bs->state[a] != LP_BASIC) continue;
            const int32_t u = find_root(up, md->tail[a]), v = find_root(up, md->head[a]);
            if (u != v) {
                up[u] = v;
            } else if (basic > j->lp.n) {
                bs->state[a] = LP_LOWER;
                basic--;
            }
        }
        for (int k = 0; k < md->K; k++)
            for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
                const int32_t u = find_root(up, md->tail[a]), v = find_root(up, md->head[a]);
                if (u == v || basic >= j->lp.n ||
                    stored_arc(j, a, k, &own, &next) != STORED_NONE)
                    continue;
                up[u] = v;
                bs->state[a] = LP_BASIC;
                basic++;
            }
    }
    job_list_heads(j);
    stored_weights(j, &own);
    *ok = true;
done:
    mem_free(up);
    return STEPPE_OK;
}
