/* Crossover that knows the network [GWXY21]:
 *
 * 1. Per commodity a spanning tree of largest weight: how far inside its bounds an arc is
 *    against its reduced cost.
 * 2. Of the arcs outside the trees and the logicals of the coupling rows, as many as there are
 *    rows, those of largest weight, are basic as well.
 * 3. With these held where they are, a network simplex per commodity at costs plus prices of the
 *    rows: the flows stay, but tree arcs without flow, which the weights choose at random, are
 *    exchanged for those that the prices want.
 *
 * The whole basis goes to the coupled simplex, which mends what is left: mostly nothing.
 *
 * [GWXY21] D. Ge, C. Wang, Z. Xiong, Y. Ye: From an interior point to a corner point: smart
 * crossover. arXiv 2102.09420 (2021). */
#include "vertex.h"

#include "coordinate_block.h"

#include <math.h>
#include <string.h>

/* ---- by weight --------------------------------------------------------------------------- */

enum { BUCKETS = 4096 };

/* A weight is a distance to the bound over a reduced cost, both against what is usual in the program: near a vertex they
 * are far from one. */
#define INSIDE 1.0

/* Larger weights first, eight classes to a factor of two. */
static int bucket_of(double weight)
{
    if (!(weight > 0.0)) return BUCKETS - 1;
    if (weight > 1e200) return 0;
    const int b = BUCKETS / 2 - (int)floor(8.0 * log2(weight));
    return b < 0 ? 0 : b > BUCKETS - 1 ? BUCKETS - 1 : b;
}

/* Variables from .. end-1 in falling order of weight into list (by their numbers within a class). */
static void sort_by_weight(const double *weight, int64_t from, int64_t end, int64_t *list)
{
    int64_t begin[BUCKETS + 1] = {0};
    for (int64_t v = from; v < end; v++) begin[bucket_of(weight[v]) + 1]++;
    for (int b = 0; b < BUCKETS; b++) begin[b + 1] += begin[b];
    for (int64_t v = from; v < end; v++) list[begin[bucket_of(weight[v])]++] = v;
}

/* ---- trees ------------------------------------------------------------------------------- */

typedef struct {
    job *j;
    const interior_point *ip;
    block *blocks;
    int64_t *cost; /* m: with the prices of the rows */
    int64_t *low,
        *up; /* m, where reduced costs are known: bounds by which arcs of trees stay there */
    int64_t *list; /* all, 3 n + 1 at the least: scratch */
    int32_t *root; /* n + 1: scratch */
    uint8_t *held; /* all: basic outside the trees */
} vertex;

static void vertex_free(vertex *w)
{
    for (int k = 0; w->blocks && k < w->j->md->K; k++) block_free(&w->blocks[k]);
    mem_free(w->blocks);
    mem_free(w->cost);
    mem_free(w->low);
    mem_free(w->up);
    mem_free(w->list);
    mem_free(w->root);
    mem_free(w->held);
}

static bool vertex_new(vertex *w)
{
    const model *md = w->j->md;
    w->blocks = MEM_ZERO(block, md->K);
    w->cost = MEM_NEW(int64_t, md->m);
    const int64_t tree = 3 * (int64_t)md->n + 1; /* hang_tree: firsts, and each arc twice */
    w->list = MEM_NEW(int64_t, w->j->all > tree ? w->j->all : tree);
    w->root = MEM_NEW(int32_t, (int64_t)md->n + 1);
    w->held = MEM_ZERO(uint8_t, w->j->all);
    if (w->ip->rc) {
        w->low = MEM_NEW(int64_t, md->m);
        w->up = MEM_NEW(int64_t, md->m);
        if (!w->low || !w->up) return false;
    }
    bool ok = w->blocks && w->cost && w->list && w->root && w->held;
    for (int k = 0; k < md->K && ok; k++) ok = block_new(md, k, &w->blocks[k]);
    return ok;
}

/* Arcs of the tree of block k get the state NS_TREE. */
static void choose_tree(vertex *w, int k)
{
    const model *md = w->j->md;
    const block *bl = &w->blocks[k];
    const int64_t first = md->first_arc[k], end = md->first_arc[k + 1];
    int32_t *up = w->root, parts = bl->net.n;
    for (int32_t i = 0; i < bl->net.n; i++) up[i] = i;
    sort_by_weight(w->ip->weight, first, end, w->list);
    memset(bl->work.state, NS_LOWER, (size_t)(bl->net.m + bl->net.n));
    for (int64_t e = 0; e < end - first && parts > 1; e++) {
        const int64_t a = w->list[e] - first;
        const int32_t u = find_root(up, bl->tail[a]), v = find_root(up, bl->head[a]);
        if (u == v) continue;
        up[u] = v;
        parts--;
        bl->work.state[a] = NS_TREE;
    }
}

/* Hangs the chosen arcs below the root, each part from its free node or its first one. */
static void hang_tree(vertex *w, int k)
{
    const model *md = w->j->md;
    const block *bl = &w->blocks[k];
    const int32_t n = bl->net.n, from = md->first_node[k];
    tree_node *t = bl->work.tree;
    int64_t *first = w->list, *arc = w->list + n + 1; /* arcs of the tree by node */
    memset(first, 0, ((size_t)n + 1) * sizeof *first);
    for (int64_t a = 0; a < bl->net.m; a++)
        if (bl->work.state[a] == NS_TREE) first[bl->tail[a]]++, first[bl->head[a]]++;
    for (int32_t i = 1; i <= n; i++) first[i] += first[i - 1]; /* ends, moved to begins below */
    for (int64_t a = 0; a < bl->net.m; a++) {
        if (bl->work.state[a] != NS_TREE) continue;
        arc[--first[bl->tail[a]]] = a;
        arc[--first[bl->head[a]]] = a;
    }
    for (int32_t i = 0; i <= n; i++) tree_clear(t, i);
    int32_t *queue = w->root;
    for (int pass = 0; pass < 2; pass++)
        for (int32_t r = 0; r < n; r++) {
            if (t[r].parent >= 0 || (pass == 0 && md->balance[from + r] != BALANCE_FREE))
                continue;
            int32_t count = 0;
            tree_hang(t, r, n, bl->net.m + r, 1);
            queue[count++] = r;
            for (int32_t q = 0; q < count; q++) {
                const int32_t i = queue[q];
                for (int64_t e = first[i]; e < first[i + 1]; e++) {
                    const int64_t a = arc[e];
                    const int32_t o = bl->tail[a] == i ? bl->head[a] : bl->tail[a];
                    if (t[o].parent >= 0) continue;
                    tree_hang(t, o, i, a, bl->tail[a] == o);
                    queue[count++] = o;
                }
            }
        }
}

/* ---- what else is basic ------------------------------------------------------------------ */

/* What lies inside its bounds: arcs outside the trees, logicals of the coupling rows; no more than there are such rows. */
static void choose_held(vertex *w)
{
    const job *j = w->j;
    const model *md = j->md;
    double *weight = j->bs.rc; /* of those to choose from; made anew with the factors */
    for (int k = 0; k < md->K; k++) {
        const block *bl = &w->blocks[k];
        for (int64_t a = 0; a < bl->net.m; a++) {
            const int64_t v = md->first_arc[k] + a;
            weight[v] = bl->work.state[a] == NS_TREE || md->low[v] == md->up[v]
                            ? -1.0
                            : w->ip->weight[v];
        }
    }
    for (int32_t i = 0; i < md->n; i++) weight[md->m + i] = -1.0;
    for (int64_t r = 0; r < md->rows; r++) weight[j->base + r] = w->ip->weight[j->base + r];
    sort_by_weight(weight, 0, j->all, w->list);
    int64_t left = md->rows;
    for (int64_t e = 0; e < j->all && left > 0; e++) {
        const int64_t v = w->list[e];
        if (weight[v] < INSIDE) continue;
        w->held[v] = 1;
        left--;
    }
}

/* ---- pushes ------------------------------------------------------------------------------ */

static int64_t whole(double x, int64_t low, int64_t up)
{
    const double r = rint(x);
    return r <= (double)low ? low : r >= (double)up ? up : (int64_t)r;
}

static double priced_cost(const vertex *w, int64_t a)
{
    const job *j = w->j;
    double c = j->true_cost[a];
    for (int64_t e = j->lp.col_first[a]; e < j->lp.col_first[a + 1]; e++)
        if (j->lp.col_row[e] >= j->md->n)
            c -= j->lp.col_value[e] * w->ip->price[j->lp.col_row[e]];
    return c;
}

/* The same but for potentials that are known, and for what rounding leaves: no flow is worth moving. */
static double settled_cost(const vertex *w, int64_t a)
{
    const double rc = w->ip->rc[a], x = w->ip->x[a];
    if (x <= (double)w->j->md->low[a] + 0.5) return fmax(rc, 0.0);
    return x >= (double)w->j->md->up[a] - 0.5 ? fmin(rc, 0.0) : 0.0;
}

/* Costs with the prices of the rows as integers, as fine as paths of them stay within 64 bits. */
static void price_arcs(vertex *w)
{
    const job *j = w->j;
    const model *md = j->md;
    double most = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        const double fine = most > 0.0 ? 1e17 / (most * (double)(2 * md->n + 4)) : 1.0;
        for (int64_t a = 0; a < md->m; a++) {
            const double c = w->ip->rc ? settled_cost(w, a) : priced_cost(w, a);
            if (pass == 0) most = fmax(most, fabs(c));
            if (pass == 1) w->cost[a] = (int64_t)rint(c * fine);
        }
    }
}

/* Where reduced costs are known, no flow is worth moving: arcs of the tree without one are not to leave it, as if they had no bounds. */
#define AS_FREE ((int64_t)1 << 60)

static void hold_tree(vertex *w, int k)
{
    const model *md = w->j->md;
    block *bl = &w->blocks[k];
    const int64_t first = md->first_arc[k];
    for (int64_t a = 0; a < bl->net.m; a++) {
        const int64_t v = first + a;
        const bool holds = bl->work.state[a] == NS_TREE && w->cost[v] == 0;
        w->low[v] = holds ? -AS_FREE : md->low[v];
        w->up[v] = holds ? AS_FREE : md->up[v];
    }
    bl->net.low = w->low + first;
    bl->net.up = w->up + first;
}

/* The point in integers: arcs of trees as they are, the others at a bound; supplies are what flows out. Held ones are left out. */
static void place_flows(vertex *w, int k)
{
    const model *md = w->j->md;
    block *bl = &w->blocks[k];
    const int64_t first = md->first_arc[k];
    memset(bl->b, 0, (size_t)bl->net.n * sizeof *bl->b);
    for (int64_t a = 0; a < bl->net.m; a++) {
        const int64_t v = first + a;
        int64_t x = whole(w->ip->x[v], md->low[v], md->up[v]);
        if (w->held[v]) { /* a loop that costs nothing stays out of everything */
            bl->tail[a] = bl->head[a];
            w->cost[v] = 0;
            continue;
        }
        if (bl->work.state[a] != NS_TREE) {
            const bool upper =
                w->ip->x[v] - (double)md->low[v] > (double)md->up[v] - w->ip->x[v];
            x = upper ? md->up[v] : md->low[v];
            bl->work.state[a] = upper ? NS_UPPER : NS_LOWER;
        }
        bl->b[bl->tail[a]] += x;
        bl->b[bl->head[a]] -= x;
    }
    bl->net.cost = w->cost + first;
    if (w->low) hold_tree(w, k);
    bl->work.pivots = bl->work.missing = 0;
    ns_begin_pricing(&bl->net, &bl->work);
}

static void push(vertex *w)
{
    const int K = w->j->md->K, threads = w->j->ctx->set.threads;
    (void)threads; /* without OpenMP */
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(w, K, threads)              \
    num_threads(threads)
    for (int k = 0; k < K; k++) {
        block *bl = &w->blocks[k];
        /* where costs are too far apart, the tree stays as the weights chose it */
        bl->result = ns_restart(&bl->net, &bl->work);
        if (bl->result == NS_LIMIT) bl->result = ns_run(&bl->net, &bl->work, 20 * bl->net.m);
    }
    for (int k = 0; k < K; k++) w->j->out->tree_pivots += w->blocks[k].work.pivots;
}

/* The factorization gives a row without a column its logical; where that is a balance, a tight coupling row takes its place: of
 * those that can the least tight one. */
static steppe_status swap_logicals(vertex *w)
{
    job *j = w->j;
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    for (int64_t v = md->m; v < j->base; v++) {
        if (bs->state[v] != LP_BASIC || w->held[v]) continue;
        const int32_t r = bs->at[v];
        lp_full_row(&j->lp, bs, r);
        int64_t best = -1;
        for (int64_t i = 0; i < bs->row.count; i++) {
            const int64_t q = bs->row.list[i];
            if (q < j->base || fabs(bs->row.value[i]) < 1e-4) continue;
            if (best < 0 || w->ip->weight[q] > w->ip->weight[best] ||
                (w->ip->weight[q] == w->ip->weight[best] && q < best))
                best = q;
        }
        if (best < 0) continue;
        lp_column(&j->lp, bs, best);
        if (!lp_exchange(&j->lp, bs, r, best, LP_LOWER)) STEPPE_TRY(job_factor(j));
    }
    return STEPPE_OK;
}

/* A tight row that found no column keeps its price as a cost of its logical, until that is pushed to zero. */
static steppe_status push_prices(job *j, const interior_point *ip)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    int64_t count = 0;
    for (int64_t r = 0; r < md->rows; r++) {
        const int64_t v = j->base + r;
        if (bs->state[v] != LP_BASIC || ip->weight[v] >= INSIDE) continue;
        bs->cost[v] = ip->price[md->n + r];
        count++;
    }
    if (count == 0) return STEPPE_OK;
    lp_refresh(&j->lp, bs);
    for (int64_t r = 0; r < md->rows; r++) {
        const int64_t v = j->base + r;
        if (bs->cost[v] == 0.0) continue;
        lp_result res = lp_push_dual(&j->lp, bs, v);
        bs->cost[v] = 0.0;
        if (res != LP_OPTIMAL) STEPPE_TRY(job_factor(j));
    }
    bs->refreshed = 0; /* costs have changed */
    return STEPPE_OK;
}

steppe_status vertex_basis(job *j, const interior_point *ip)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    vertex w = {.j = j, .ip = ip};
    STEPPE_TRY(job_open(j));
    steppe_status st = STEPPE_OK;
    if (!vertex_new(&w)) {
        st = steppe_no_memory(j->ctx);
        goto done;
    }
    for (int k = 0; k < md->K; k++) {
        choose_tree(&w, k);
        hang_tree(&w, k);
    }
    choose_held(&w);
    price_arcs(&w);
    for (int k = 0; k < md->K; k++) place_flows(&w, k);
    push(&w);
    blocks_states(j, w.blocks);
    for (int64_t v = md->m; v < j->base; v++) w.held[v] = bs->state[v] == LP_BASIC; /* roots */
    for (int64_t v = 0; v < j->all; v++) {
        const bool logical = v >= j->base;
        if (w.held[v]) {
            bs->state[v] = LP_BASIC;
        } else if (logical) {
            const bool upper = ip->x[v] - bs->low[v] > bs->up[v] - ip->x[v];
            bs->state[v] = upper ? LP_UPPER : LP_LOWER;
        }
    }
    /* rows that find no column among these get their logicals back (lp_factor) */
    job_list_heads(j);
    st = job_factor(j);
    if (st == STEPPE_OK) st = swap_logicals(&w);
    if (st == STEPPE_OK) st = push_prices(j, ip);
done:
    vertex_free(&w);
    return st;
}
