/* The answer in integers: flows by rounding on a forest of the basis, prices by rounding, potentials from them. */
#include "coordinate_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PPM 1000000

static int64_t nearest(double x)
{
    return (int64_t)llround(x);
}

static int64_t kept_ppm(const model *md, int64_t a)
{
    return md->loss_ppm ? PPM - md->loss_ppm[a] : PPM;
}

static wide divide_up(wide a, wide b) /* b > 0 */
{
    if (a >= INT64_MIN && a <= INT64_MAX && b <= INT64_MAX) { /* by hardware */
        const int64_t p = (int64_t)a, d = (int64_t)b, q = p / d;
        return q + (p % d > 0);
    }
    const wide q = a / b;
    return q * b < a ? q + 1 : q;
}

static wide divide_down(wide a, wide b)
{
    return -divide_up(-a, b);
}

/* ---- the forest ---------------------------------------------------------------------- */

/* Scratch of the rounding: basic arcs by weight, a spanning forest of them, its nodes parents first. */
typedef struct {
    double weight;
    int64_t arc;
} weighted_arc;

typedef struct {
    wide *net;           /* n: what is still to leave the node, flow units * 10^6 */
    weighted_arc *basic; /* m: of each block, from its first arc on */
    weighted_arc *other; /* m: while they are sorted */
    int32_t *up;         /* n: union-find, then the other end of the arc towards the root */
    int64_t *first;      /* n + 2 K: of each block, from its first node + 2 k on */
    int64_t *list;       /* 2 n: likewise, from twice its first node on */
    int64_t *above;      /* n: forest arc towards the root, -1 */
    int32_t *order;      /* n */
    int *block;          /* K: in the order of rounding */
    bool converts;       /* some block waits for another */
    bool loops;          /* some row has loop arcs (fills) */
    int32_t *root;       /* n: of the tree of the node */
    uint8_t *avoid;      /* m: how often the arc, or a row it is in, was overrun */
    bool avoiding;
    int trouble;   /* tries in which more than rows was overrun */
    int tightened; /* tries whose flows overran something */
    char *torn;    /* n, at roots: the tree has a rest that no free node takes */
} rounding;

static void rounding_free(rounding *rd)
{
    mem_free(rd->net);
    mem_free(rd->basic);
    mem_free(rd->other);
    mem_free(rd->up);
    mem_free(rd->first);
    mem_free(rd->list);
    mem_free(rd->above);
    mem_free(rd->order);
    mem_free(rd->block);
    mem_free(rd->root);
    mem_free(rd->torn);
    mem_free(rd->avoid);
}

static int by_weight(const void *a, const void *b)
{
    const weighted_arc *p = a, *q = b;
    if (p->weight != q->weight) return p->weight > q->weight ? -1 : 1;
    return (p->arc > q->arc) - (p->arc < q->arc);
}

/* Larger weights have smaller keys. */
static uint64_t key_of(double weight)
{
    uint64_t bits;
    const double w = weight + 0.0; /* one zero */
    memcpy(&bits, &w, sizeof bits);
    return bits >> 63 ? bits : ~bits & INT64_MAX;
}

enum { DIGIT = 11, DIGITS = 6, RADIX = 1 << DIGIT, FEW_TO_SORT = 400 };

/* By falling weight, by rising arc where it is the same, which is how they come: radix sort. */
static void sort_arcs(weighted_arc *list, int64_t count, weighted_arc *other)
{
    if (count < FEW_TO_SORT) {
        qsort(list, (size_t)count, sizeof *list, by_weight);
        return;
    }
    int32_t begin[DIGITS][RADIX] = {{0}};
    for (int64_t i = 0; i < count; i++) {
        const uint64_t key = key_of(list[i].weight);
        for (int d = 0; d < DIGITS; d++) begin[d][key >> (DIGIT * d) & (RADIX - 1)]++;
    }
    weighted_arc *from = list, *to = other;
    for (int d = 0; d < DIGITS; d++) {
        int32_t sum = 0, most = 0;
        for (int b = 0; b < RADIX; b++) {
            const int32_t here = begin[d][b];
            if (here > most) most = here;
            begin[d][b] = sum;
            sum += here;
        }
        if (most == count) continue; /* the same digit everywhere */
        for (int64_t i = 0; i < count; i++) {
            const uint64_t key = key_of(from[i].weight);
            to[begin[d][key >> (DIGIT * d) & (RADIX - 1)]++] = from[i];
        }
        weighted_arc *const swap = from;
        from = to;
        to = swap;
    }
    if (from != list) memcpy(list, from, (size_t)count * sizeof *list);
}

static int64_t round_into(const model *md, int64_t a, double x)
{
    int64_t v = (int64_t)x;
    if ((double)v != x) v = nearest(x);
    return v < md->low[a] ? md->low[a] : v > md->up[a] ? md->up[a] : v;
}

/* What a conversion takes and gives beside its first input is bound to that by a ratio: no forest may move it. */
static bool bound_to_ratio(const model *md, int64_t a)
{
    const model_ref *r = &md->arc[a];
    return (r->kind == ARC_CONVERT_IN || r->kind == ARC_CONVERT_OUT) &&
           model_conversion(md->cs, r->object)->first_flow != r->object;
}

typedef struct {
    int64_t leads, follows; /* arcs of a conversion row */
    wide w_leads, w_follows;
} ratio;

static ratio ratio_of_row(const model *md, int64_t r)
{
    const int64_t e = md->row_first[r];
    const int second = md->arc[md->row_arc[e]].object == md->row[r].object;
    return (ratio){md->row_arc[e + second], md->row_arc[e + 1 - second],
                   llabs(md->row_weight[e + second]), llabs(md->row_weight[e + 1 - second])};
}

/* The other flows of conversions into block k follow from their first input. */
static void follow_ratios(const job *j, rounding *rd, int k)
{
    const model *md = j->md;
    int64_t *x = j->out->x;
    for (int64_t r = 0; r < md->rows; r++) {
        if (md->row[r].kind != ROW_CONVERSION) continue;
        const ratio q = ratio_of_row(md, r);
        if (model_arc_block(md, q.follows) != k) continue;
        const wide have = x[q.leads] * q.w_leads;
        const bool out = md->arc[q.follows].kind == ARC_CONVERT_OUT;
        const wide room = md->row_up[r] * md->row_scale[r];
        /* as near to the vertex as the ratio allows */
        const wide least = divide_up(out ? have - room : have, q.w_follows);
        const wide most = divide_down(out ? have : have + room, q.w_follows);
        wide near = x[q.follows];
        if (near < least) near = least;
        if (near > most) near = most;
        if (near < 0) near = 0;
        const int64_t to = (int64_t)near;
        rd->net[md->tail[q.follows]] -= (wide)(to - x[q.follows]) * PPM;
        rd->net[md->head[q.follows]] += (wide)(to - x[q.follows]) * PPM;
        x[q.follows] = to;
    }
}

/* Blocks in an order in which what is converted comes before what it becomes; circles are cut anywhere. */
static void order_blocks(const job *j, int *order, char *done)
{
    const model *md = j->md;
    memset(done, 0, (size_t)md->K);
    for (int count = 0; count < md->K; count++) {
        int best = -1;
        for (int k = 0; k < md->K && best < 0; k++) {
            bool ready = !done[k];
            for (int64_t r = 0; r < md->rows && ready; r++) {
                if (md->row[r].kind != ROW_CONVERSION) continue;
                const ratio q = ratio_of_row(md, r);
                const int from = model_arc_block(md, q.leads);
                ready = model_arc_block(md, q.follows) != k || from == k || done[from];
            }
            if (ready) best = k;
        }
        for (int k = 0; k < md->K && best < 0; k++)
            if (!done[k]) best = k;
        done[best] = 1;
        order[count] = best;
    }
}

/* Loop arcs of one row: only the row sees them, so they can make up for what rounding leaves. */
static bool fills(const model *md, int64_t a)
{
    return md->tail[a] == md->head[a] && md->arc_first[a + 1] - md->arc_first[a] == 1;
}

static bool rounding_new(const job *j, rounding *rd)
{
    const int64_t n = j->md->n;
    memset(rd, 0, sizeof *rd);
    rd->net = MEM_NEW(wide, n);
    rd->basic = MEM_NEW(weighted_arc, j->md->m);
    rd->other = MEM_NEW(weighted_arc, j->md->m);
    rd->root = MEM_NEW(int32_t, n);
    rd->torn = MEM_NEW(char, n);
    rd->avoid = MEM_ZERO(uint8_t, j->md->m);
    rd->up = MEM_NEW(int32_t, n);
    rd->first = MEM_NEW(int64_t, n + 2 * (int64_t)j->md->K);
    rd->list = MEM_NEW(int64_t, 2 * n);
    rd->above = MEM_NEW(int64_t, n);
    rd->order = MEM_NEW(int32_t, n);
    rd->block = MEM_NEW(int, j->md->K);
    char *done = MEM_NEW(char, j->md->K);
    const bool ok = rd->block && done;
    if (ok) order_blocks(j, rd->block, done);
    mem_free(done);
    for (int64_t r = 0; r < j->md->rows; r++)
        rd->converts |= j->md->row[r].kind == ROW_CONVERSION;
    for (int64_t a = 0; a < j->md->m; a++) rd->loops |= fills(j->md, a);
    return ok && rd->net && rd->basic && rd->other && rd->up && rd->first && rd->list &&
           rd->above && rd->order && rd->root && rd->torn && rd->avoid;
}

/* Arcs of the forest of block k that meet node i of it. */
static int64_t *arcs_of(const model *md, const rounding *rd, int k, int32_t i, int64_t *count)
{
    const int32_t from = md->first_node[k];
    const int64_t *first = rd->first + from + 2 * k + (i - from);
    *count = first[1] - first[0];
    return rd->list + 2 * (int64_t)from + first[0];
}

/* The forest of the basic arcs of block k farthest from their bounds takes up what rounding the others leaves: an arc that
 * happens to be basic at a bound is never pushed over it. All other arcs get their rounded flow. */
static void choose_forest(job *j, rounding *rd, int k, bool flows)
{
    const model *md = j->md;
    const lp_basis *bs = &j->bs;
    const int32_t from = md->first_node[k], nodes = md->first_node[k + 1] - from;
    const int64_t begin = md->first_arc[k], end = md->first_arc[k + 1];
    weighted_arc *basic = rd->basic + begin;
    int64_t *x = j->out->x, *first = rd->first + from + 2 * k,
            *list = rd->list + 2 * (int64_t)from, basics = 0;
    for (int32_t i = from; i < from + nodes; i++) {
        rd->net[i] = (wide)md->b[i] * PPM;
        rd->up[i] = i;
    }
    for (int64_t a = begin; a < end; a++) {
        const bool loop = md->tail[a] == md->head[a];
        const double at = bs->state[a] == LP_LOWER   ? bs->low[a]
                          : bs->state[a] == LP_UPPER ? bs->up[a]
                                                     : bs->x[a];
        /* of flows, one that is not basic but was moved off its true bound takes up a rest as well; in need any that
         * may take a unit on one side */
        const bool free = bs->state[a] == LP_BASIC ||
                          (flows && at > (double)md->low[a] && at < (double)md->up[a]) ||
                          (flows && rd->avoiding && md->low[a] < md->up[a]);
        if (free && !loop && !bound_to_ratio(md, a))
            basic[basics++] =
                (weighted_arc){rd->avoiding && rd->avoid[a]
                                   ? -(double)rd->avoid[a]
                                   : fmin(at - (double)md->low[a], (double)md->up[a] - at),
                               a};
        x[a] = round_into(md, a, at);
    }
    sort_arcs(basic, basics, rd->other + begin);
    memset(first, 0, ((size_t)nodes + 2) * sizeof *first);
    int64_t kept = 0;
    for (int64_t i = 0; i < basics; i++) {
        const int64_t a = basic[i].arc;
        const int32_t u = find_root(rd->up, md->tail[a]), v = find_root(rd->up, md->head[a]);
        if (u == v) continue;
        rd->up[u] = v;
        basic[kept++].arc = a;
        first[md->tail[a] - from + 2]++;
        first[md->head[a] - from + 2]++;
        x[a] = 0;
    }
    for (int32_t i = 0; i < nodes; i++) first[i + 2] += first[i + 1];
    for (int64_t i = 0; i < kept; i++) {
        const int64_t a = basic[i].arc;
        list[first[md->tail[a] - from + 1]++] = a;
        list[first[md->head[a] - from + 1]++] = a;
    }
    for (int64_t a = begin; a < end; a++) {
        if (x[a] == 0 || md->tail[a] == md->head[a]) continue;
        rd->net[md->tail[a]] -= (wide)x[a] * PPM;
        rd->net[md->head[a]] += (wide)x[a] * kept_ppm(md, a);
    }
}

static void choose_forests(job *j, rounding *rd, bool flows)
{
    const int K = j->md->K, threads = j->ctx->set.threads;
    (void)threads; /* without OpenMP */
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(j, rd, K, flows)            \
    num_threads(threads)
    for (int k = 0; k < K; k++) choose_forest(j, rd, k, flows);
}

/* The nodes of block k parents first, into rd->order from its first node on: the tree of the free node, which takes any rest, then
 * the others. Returns how many. */
static int32_t order_forest(const model *md, rounding *rd, int k)
{
    int32_t count = 0, *order = rd->order + md->first_node[k];
    for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++)
        rd->above[i] = -2; /* not seen */
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t root = md->first_node[k]; root < md->first_node[k + 1]; root++) {
            if (rd->above[root] != -2) continue;
            if (pass == 0 && md->balance[root] != BALANCE_FREE) continue;
            rd->above[root] = -1;
            order[count++] = root;
            for (int32_t q = count - 1; q < count; q++) {
                const int32_t i = order[q];
                int64_t arcs;
                const int64_t *list = arcs_of(md, rd, k, i, &arcs);
                for (int64_t e = 0; e < arcs; e++) {
                    const int64_t a = list[e];
                    const int32_t other = md->tail[a] == i ? md->head[a] : md->tail[a];
                    if (rd->above[other] != -2) continue;
                    rd->above[other] = a;
                    rd->up[other] = i;
                    order[count++] = other;
                }
            }
        }
    }
    return count;
}

/* ---- flows --------------------------------------------------------------------------- */

static bool rest_is_wrong(const model *md, const rounding *rd, int32_t i)
{
    if (md->balance[i] == BALANCE_FREE || rd->net[i] == 0) return false;
    return md->balance[i] == BALANCE_EXACT || rd->net[i] < 0 || rd->net[i] > PPM;
}

/* What leaves a node by the arc towards its root, the leaves first. */
static void exact_block(job *j, rounding *rd, int k)
{
    const model *md = j->md;
    const int32_t *order = rd->order + md->first_node[k];
    if (rd->converts) follow_ratios(j, rd, k);
    int32_t count = order_forest(md, rd, k);
    for (int32_t q = 0; q < count; q++) {
        const int32_t i = order[q];
        rd->root[i] = rd->above[i] < 0 ? i : rd->root[rd->up[i]];
    }
    while (count-- > 0) {
        const int32_t i = order[count];
        const int64_t a = rd->above[i];
        if (a < 0) rd->torn[i] = (char)rest_is_wrong(md, rd, i);
        if (a < 0) continue;
        int64_t *x = &j->out->x[a];
        if (md->tail[a] == i) {
            *x = (int64_t)divide_down(rd->net[i], PPM);
            rd->net[rd->up[i]] += (wide)*x * kept_ppm(md, a);
        } else {
            *x = (int64_t)divide_up(-rd->net[i], kept_ppm(md, a));
            rd->net[rd->up[i]] -= (wide)*x * PPM;
        }
    }
}

/* Flows of the basis in integers that balance at every node; at a node where losses arrive less than one unit is
 * left over. */
static void exact_flows(job *j, rounding *rd)
{
    const int K = j->md->K, threads = rd->converts ? 1 : j->ctx->set.threads;
    (void)threads; /* without OpenMP */
    choose_forests(j, rd, true);
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(j, rd, K)                   \
    num_threads(threads)
    for (int b = 0; b < K; b++) exact_block(j, rd, rd->block[b]);
}

static wide row_load(const model *md, int64_t r, const int64_t *x)
{
    wide load = 0;
    for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
        load += (wide)md->row_weight[e] * x[md->row_arc[e]];
    return load;
}

/* How far the load of a row is beyond its limits, times its scale: > 0 too high. */
static wide overrun(const model *md, int64_t r, const int64_t *x)
{
    const wide load = row_load(md, r, x), scale = md->row_scale[r];
    if (md->row_up[r] != NO_UP && load > md->row_up[r] * scale)
        return load - md->row_up[r] * scale;
    if (md->row_low[r] != NO_LOW && load < md->row_low[r] * scale)
        return load - md->row_low[r] * scale;
    return 0;
}

static void fill_rows(const job *j)
{
    const model *md = j->md;
    int64_t *x = j->out->x;
    for (int64_t r = 0; r < md->rows; r++) {
        wide over = overrun(md, r, x);
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1] && over != 0; e++) {
            const int64_t a = md->row_arc[e];
            const wide w = md->row_weight[e];
            if (!fills(md, a)) continue;
            /* the least change of x(a) that takes the row back inside */
            const bool raise = (over > 0) == (w < 0);
            const wide size = divide_up(over < 0 ? -over : over, w < 0 ? -w : w);
            wide to = raise ? x[a] + size : x[a] - size;
            if (to > md->up[a]) to = md->up[a];
            if (to < md->low[a]) to = md->low[a];
            x[a] = (int64_t)to;
            over = overrun(md, r, x);
        }
    }
}

enum { TRIES = 40, PATIENCE = 4 };

/* How far a limit moves that was overrun by so much: twice that, and more and more when that does not help and the room between the limits
 * is so wide that nobody will miss it. */
static double inwards(double over, double room, int tries)
{
    const double little = 2.0 * over;
    return fmax(little, fmin(little * (1 + tries), 1e-10 * room));
}

/* Moves the limit of a row inwards by more than it was overrun and what the pivots tolerate. A
 * row with loop arcs that cannot move inwards is shifted whole: the loops take the rest after rounding. */
static void tighten_row(job *j, int64_t r, double over, int tries)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    const int64_t y = j->base + r;
    const double step = inwards(fabs(over) + j->lp.flow_tol, bs->up[y] - bs->low[y], tries);
    bool loops = false;
    for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
        loops |= fills(md, md->row_arc[e]);
    if (over > 0.0) {
        bs->up[y] -= step;
        if (loops && bs->low[y] > bs->up[y]) bs->low[y] = bs->up[y];
    } else {
        bs->low[y] += step;
        if (loops && bs->low[y] > bs->up[y]) bs->up[y] = bs->low[y];
    }
    if (bs->low[y] > bs->up[y]) bs->low[y] = bs->up[y] = 0.5 * (bs->low[y] + bs->up[y]);
}

/* Moves the vertex into the room of the ratio, so that the flow that follows can be rounded either way. */
static void keep_ratio_inside(job *j, int64_t a)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
        const int32_t r = md->arc_row[e];
        if (md->row[r].kind != ROW_CONVERSION) continue;
        bs->low[j->base + r] = fmax(bs->low[j->base + r], (double)md->row_low[r] + 1.5);
        bs->up[j->base + r] = fmin(bs->up[j->base + r], (double)md->row_up[r] - 1.5);
    }
}

/* A tree that a ratio or a loss keeps from the free node may have a rest of a few units. Its arcs to the free node move
 * off their bounds, so that the next forest has one of them. Returns how many trees there are. */
static int64_t open_torn_trees(job *j, const rounding *rd)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    int64_t count = 0;
    for (int32_t i = 0; i < md->n; i++)
        count += md->balance[i] != BALANCE_FREE && rd->root[i] == i && rd->torn[i];
    for (int64_t a = 0; a < md->m && count > 0; a++) {
        const int32_t u = md->tail[a], v = md->head[a];
        const bool from = md->balance[u] != BALANCE_FREE && md->balance[v] == BALANCE_FREE;
        const bool to = md->balance[v] != BALANCE_FREE && md->balance[u] == BALANCE_FREE;
        if ((!from && !to) || !rd->torn[rd->root[from ? u : v]]) continue;
        if (bound_to_ratio(md, a)) {
            keep_ratio_inside(j, a);
            continue;
        }
        if (md->up[a] - md->low[a] < 64) continue;
        if (bs->state[a] == LP_LOWER) bs->low[a] = fmax(bs->low[a], (double)md->low[a] + 8.0);
        if (bs->state[a] == LP_UPPER) bs->up[a] = fmin(bs->up[a], (double)md->up[a] - 8.0);
    }
    return count;
}

/* Rows and arcs that the rounded flows overrun; their limits are tightened for the next try.
 * Returns how many. */
static int64_t tighten_overrun(job *j, rounding *rd, int tries)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    const int64_t *x = j->out->x;
    int64_t count = open_torn_trees(j, rd);
    bool trouble = count > 0;
    for (int64_t a = 0; a < md->m; a++) {
        if (x[a] >= md->low[a] && x[a] <= md->up[a]) continue;
        count++;
        trouble = true;
        if (rd->avoid[a] < 100) rd->avoid[a]++;
        const double room = (double)(md->up[a] - md->low[a]);
        const double over = (double)(x[a] < md->low[a] ? md->low[a] - x[a] : x[a] - md->up[a]);
        const double step = inwards(over + j->lp.flow_tol, room, tries);
        if (x[a] < md->low[a]) bs->low[a] = fmin(bs->low[a] + step, bs->up[a]);
        if (x[a] > md->up[a]) bs->up[a] = fmax(bs->up[a] - step, bs->low[a]);
    }
    rd->trouble += trouble;
    for (int64_t r = 0; r < md->rows; r++) {
        const wide over = overrun(md, r, x);
        if (over == 0) continue;
        count++;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
            if (rd->avoid[md->row_arc[e]] < 100) rd->avoid[md->row_arc[e]]++;
        tighten_row(j, r, (double)over / (double)md->row_scale[r], tries);
    }
    return count;
}

static int64_t count_fixed(const job *j)
{
    int64_t count = 0;
    for (int64_t v = 0; v < j->all; v++) count += j->bs.low[v] == j->bs.up[v];
    return count;
}

static double half_way(double now, double was, double tol)
{
    const double half = 0.5 * (now + was);
    return now == was || fabs(half - was) < tol ? was : half;
}

/* Limits that have moved go half way back. */
static steppe_status loosen(job *j)
{
    lp_basis *bs = &j->bs;
    double *low = bs->low, *up = bs->up;
    bs->low = MEM_ZERO(double, j->all);
    bs->up = MEM_ZERO(double, j->all);
    const bool memory = bs->low && bs->up;
    if (memory) job_set_bounds(j);
    for (int64_t v = 0; v < j->all && memory; v++) {
        low[v] = half_way(low[v], bs->low[v], j->lp.flow_tol);
        up[v] = half_way(up[v], bs->up[v], j->lp.flow_tol);
    }
    mem_free(bs->low);
    mem_free(bs->up);
    bs->low = low;
    bs->up = up;
    return memory ? STEPPE_OK : steppe_no_memory(j->ctx);
}

enum { LOOSENED_MOST = 12 }; /* times in a row */

/* The vertex of the tightened problem. Where there is none, limits have moved beyond what is possible, and come back a little. */
static steppe_status find_tightened(job *j, int64_t fixed, lp_result *res)
{
    lp_basis *bs = &j->bs;
    int32_t leaving;
    for (int times = 0;; times++) {
        lp_values(&j->lp, bs);
        if (count_fixed(j) != fixed) lp_sort_rows(&j->lp, bs); /* they enter no more */
        STEPPE_TRY(job_run(j, true, res, &leaving));
        if (job_costs_shifted(j)) { /* on its way by the dual: the primal takes that back */
            job_use_true_costs(j);
            lp_refresh(&j->lp, bs);
            if (*res == LP_OPTIMAL) STEPPE_TRY(job_run(j, false, res, &leaving));
        }
        if (*res != LP_INFEASIBLE || times == LOOSENED_MOST) return STEPPE_OK;
        fixed = count_fixed(j);
        STEPPE_TRY(loosen(j));
    }
}

/* A vertex may have fractional flows. Rounding them overruns limits by a few units; those
 * limits are moved inwards by that much and the dual simplex, whose basis this leaves dual
 * feasible, finds the vertex of the tightened problem, until the rounded flows obey the true
 * limits. The cost of the units given away shows in the certificate. */
static steppe_status exact_primal(job *j, rounding *rd)
{
    steppe_status st = STEPPE_OK;
    j->rounding = true;
    for (int tries = 0; st == STEPPE_OK; tries++) {
        lp_result res = LP_OPTIMAL;
        /* where tightening alone does not help, other arcs take up what is left over */
        rd->avoiding = rd->trouble >= PATIENCE;
        exact_flows(j, rd);
        if (rd->loops) fill_rows(j);
        const int64_t fixed = count_fixed(j);
        if (tighten_overrun(j, rd, tries) == 0 || tries == TRIES) break;
        rd->tightened++;
        st = find_tightened(j, fixed, &res);
        if (st != STEPPE_OK) break;
        /* the certificate will say what does not hold, by how much */
        if (res == LP_INFEASIBLE || res == LP_STOPPED) break;
    }
    j->rounding = false;
    return st;
}

/* ---- prices -------------------------------------------------------------------------- */

/* Prices of all rows of the linear program in 10^-DUAL_EXTRA cost units, each correction solved from exact residuals of
 * the basic columns [iterative refinement]: two steps take the error of the pivots' floating point away. The price of a
 * node is the negative of its potential, the price of a coupling row of its lambda. */
static void refine_prices(job *j, wide *price, double unit)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    const wide fine = wide_pow10(DUAL_EXTRA);
    for (int32_t r = 0; r < j->lp.n; r++) price[r] = (wide)rint(bs->dual[r] * unit);
    for (int pass = 0; pass < 2; pass++) {
        lu_vector *y = &bs->tau;
        for (int32_t r = 0; r < j->lp.n; r++) {
            const int64_t v = bs->head[r];
            double rc;
            if (v < md->m) {
                const int32_t u = md->tail[v], w = md->head[v];
                wide whole = md->cost[v] * fine;
                double part = 0.0; /* what is not whole: losses and weights in fractions */
                if (u != w && md->balance[u] != BALANCE_FREE) whole -= price[u];
                if (u != w && md->balance[w] != BALANCE_FREE) {
                    whole += price[w];
                    if (md->loss_ppm) part -= (double)price[w] * 1e-6 * md->loss_ppm[v];
                }
                for (int64_t e = md->arc_first[v]; e < md->arc_first[v + 1]; e++) {
                    const int32_t row = md->arc_row[e];
                    const wide load = (wide)md->arc_weight[e] * price[md->n + row];
                    whole += load / md->row_scale[row];
                    part += (double)(load % md->row_scale[row]) / (double)md->row_scale[row];
                }
                rc = (double)whole + part;
            } else {
                rc = -(double)price[v - md->m];
            }
            if (rc != 0.0) lu_add(y, r, rc);
        }
        lu_solve_transposed(&bs->lu, y);
        for (int32_t i = 0; i < y->count; i++)
            price[y->list[i]] += (wide)rint(y->value[y->list[i]]);
        lu_clear(y);
    }
}

/* Most prices are sums of costs, so whole cost units: one that is as near to that as refined prices are is taken as such. */
static wide snap(wide price)
{
    const wide fine = wide_pow10(DUAL_EXTRA), near = fine / 1000;
    const wide whole = (price >= 0 ? price + fine / 2 : price - fine / 2) / fine * fine;
    const wide off = price - whole;
    return off <= near && off >= -near ? whole : price;
}

/* Potentials of block k from the prices of the rows, parents first. */
static void potentials(job *j, rounding *rd, int k, const wide *price)
{
    const model *md = j->md;
    const wide fine = wide_pow10(DUAL_EXTRA);
    wide *pi = j->out->pi;
    const int32_t count = order_forest(md, rd, k), *order = rd->order + md->first_node[k];
    for (int32_t q = 0; q < count; q++) {
        const int32_t i = order[q];
        const int64_t a = rd->above[i];
        if (md->balance[i] == BALANCE_FREE || a < 0) {
            pi[i] = md->balance[i] == BALANCE_FREE ? 0 : snap(-price[i]);
            continue;
        }
        wide c = md->cost[a] * fine;
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++)
            c -= divide_up((wide)md->arc_weight[e] * j->out->lambda[md->arc_row[e]],
                           md->row_scale[md->arc_row[e]]);
        const wide above = pi[rd->up[i]];
        const int64_t kept = kept_ppm(md, a);
        if (md->tail[a] == i) /* c + pi(i) - kept * pi(above) = 0 */
            pi[i] = divide_up(above * kept, PPM) - c;
        else
            pi[i] = divide_down((c + above) * PPM, kept);
    }
}

/* Prices rounded to 10^-DUAL_EXTRA cost units; potentials from them so that the arcs of the forest come out
 * at zero (with a loss: within the rounding of one potential). */
static void exact_dual(job *j, rounding *rd, wide *price)
{
    const model *md = j->md;
    const lp_basis *bs = &j->bs;
    const double unit = pow(10.0, md->cost_places + DUAL_EXTRA);
    wide *pi = j->out->pi;
    j->out->tight_rows = 0;
    refine_prices(j, price, unit);
    for (int64_t r = 0; r < md->rows; r++) {
        wide y = snap(-price[md->n + r]);
        if ((y > 0 && md->row_low[r] == NO_LOW) || (y < 0 && md->row_up[r] == NO_UP)) y = 0;
        if (bs->state[j->base + r] == LP_BASIC) y = 0;
        /* less than 10^-9 USD is rounding noise, not a price */
        if (fabs((double)y) < 1e-9 * unit) y = 0;
        j->out->lambda[r] = y;
        j->out->tight_rows += y != 0;
    }
    /* where no limit has moved, the forest of the flows is that of the basic arcs; else it is made, and its flows are not wanted: x is put
     * back by the caller */
    if (rd->tightened > 0) choose_forests(j, rd, false);
    const int K = md->K, threads = j->ctx->set.threads;
    (void)threads; /* without OpenMP */
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(j, rd, K, price)            \
    num_threads(threads)
    for (int k = 0; k < K; k++) potentials(j, rd, k, price);
    for (int k = 0; k < md->K;
         k++) { /* without a free node potentials are relative: the first is zero */
        const int32_t from = md->first_node[k], end = md->first_node[k + 1];
        if (from == end || md->balance[from] != BALANCE_EXACT || md->cs) continue;
        const wide first = pi[from];
        for (int32_t i = from; i < end; i++) pi[i] -= first;
    }
}

steppe_status exact_answer(job *j)
{
    const model *md = j->md;
    rounding rd;
    int64_t *x = MEM_NEW(int64_t, md->m);
    wide *price = MEM_NEW(wide, j->lp.n);
    steppe_status st =
        rounding_new(j, &rd) && x && price ? exact_primal(j, &rd) : steppe_no_memory(j->ctx);
    if (st == STEPPE_OK) {
        memcpy(x, j->out->x, (size_t)md->m * sizeof *x);
        if (rd.tightened > 0 || !lp_is_fresh(&j->bs) || job_costs_shifted(j))
            lp_refresh(&j->lp, &j->bs);
        exact_dual(j, &rd, price);
        memcpy(j->out->x, x, (size_t)md->m * sizeof *x);
    }
    mem_free(x);
    mem_free(price);
    rounding_free(&rd);
    return st;
}
