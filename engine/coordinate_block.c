/* One commodity apart from the others: its network, its tree, and what the tree is in the basis of the whole. */
#include "coordinate_block.h"

#include <string.h>

bool block_new(const model *md, int k, block *bl)
{
    const int32_t from = md->first_node[k], n = md->first_node[k + 1] - from;
    const int64_t first = md->first_arc[k], m = md->first_arc[k + 1] - first;
    memset(bl, 0, sizeof *bl);
    bl->tail = MEM_NEW(int32_t, m);
    bl->head = MEM_NEW(int32_t, m);
    bl->b = MEM_NEW(int64_t, n);
    bl->work.tree = MEM_NEW(tree_node, n + 1);
    bl->work.pi = MEM_NEW(int64_t, n + 1);
    bl->work.list = MEM_NEW(ns_listed, NS_LIST);
    bl->work.x = MEM_NEW(int64_t, m + n);
    bl->work.state = MEM_NEW(uint8_t, m + n);
    bl->work.art_up = MEM_NEW(uint8_t, n);
    if (!bl->tail || !bl->head || !bl->b || !bl->work.tree || !bl->work.pi || !bl->work.list ||
        !bl->work.x || !bl->work.state || !bl->work.art_up)
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

void block_free(block *bl)
{
    mem_free(bl->tail);
    mem_free(bl->head);
    mem_free(bl->b);
    mem_free(bl->work.tree);
    mem_free(bl->work.pi);
    mem_free(bl->work.list);
    mem_free(bl->work.x);
    mem_free(bl->work.state);
    mem_free(bl->work.art_up);
}

void job_list_heads(job *j)
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

void blocks_states(job *j, const block *blocks)
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
}

steppe_status blocks_adopt(job *j, const block *blocks)
{
    const model *md = j->md;
    blocks_states(j, blocks);
    job_list_heads(j);
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
