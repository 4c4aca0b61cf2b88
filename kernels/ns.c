/* Primal network simplex [AMO93, ch. 11; K15].
 *
 *     a = (i,j) may enter  iff  state(a) * rc(a) < 0,     rc(a) = c(a) + pi(i) - pi(j),
 *     state = +1 at lower bound, -1 at upper bound, 0 in the tree.
 *
 * Proves: at the end every arc obeys its sign, so flows and potentials are an exact primal-dual
 * optimum. The tree is kept strongly feasible [C76] (a leaving arc is the last blocking one on
 * the cycle, walked along its direction from the apex), which rules out cycling. Cost per
 * pivot: cycle + moved subtree + the pricing blocks scanned, or its share of the lists (price_list).
 *
 * The artificial root has one arc per node, at a cost M that no path of real arcs reaches.
 *
 * [C76] W. H. Cunningham: A network simplex method. Mathematical Programming 11 (1976).
 * [K15] P. Kovacs: Minimum-cost flow algorithms: an experimental evaluation. Optim. Methods
 * Softw. 30 (2015). Departs from [K15]: child lists in one record per node instead of thread
 * arrays; whichever of the two subtrees is cut from the root moves (never the root's side). */
#include "ns.h"

#include <stdlib.h>

typedef struct {
    const ns_net *g;
    ns_work *w; /* big: cost M of artificial arcs; next: where pricing goes on; block: arcs per
                   pricing block */
} ns_state;

/* M = 1 + 2 * sum over nodes of the dearest arc out of it: a path visits a node once and uses
 * at most two arcs that leave it, so no path of real arcs costs M. false: potentials could
 * leave 64 bits. */
static bool choose_big(ns_state *s)
{
    const ns_net *g = s->g;
    int64_t *most = s->w->pi, sum = 1;
    for (int32_t i = 0; i < g->n; i++) most[i] = 0;
    for (int64_t a = 0; a < g->m; a++) {
        if (g->cost[a] == INT64_MIN) return false;
        const int64_t c = g->cost[a] < 0 ? -g->cost[a] : g->cost[a];
        if (c > most[g->tail[a]]) most[g->tail[a]] = c;
    }
    for (int32_t i = 0; i < g->n; i++) {
        if (most[i] > INT64_MAX / 16 - sum) return false;
        sum += 2 * most[i];
        if (sum > INT64_MAX / 16) return false;
    }
    s->w->big = sum;
    return true;
}

/* All nodes hang on the root by artificial arcs; arcs at the bound their cost prefers. */
static void cold_basis(ns_state *s)
{
    const ns_net *g = s->g;
    ns_work *w = s->w;
    const int32_t root = g->n;
    for (int32_t i = 0; i <= root; i++) tree_clear(w->tree, i);
    for (int32_t i = 0; i < root; i++) w->x[g->m + i] = g->b[i];
    for (int64_t a = 0; a < g->m; a++) {
        const bool at_up = g->cost[a] < 0 && g->tail[a] == g->head[a];
        w->state[a] = at_up ? NS_UPPER : NS_LOWER;
        w->x[a] = at_up ? g->up[a] : g->low[a];
        w->x[g->m + g->tail[a]] -= w->x[a];
        w->x[g->m + g->head[a]] += w->x[a];
    }
    w->pi[root] = 0;
    for (int32_t i = 0; i < root; i++) {
        const int64_t a = g->m + i;
        w->art_up[i] = w->x[a] >= 0; /* zero flow points to the root: strongly feasible */
        if (w->x[a] < 0) w->x[a] = -w->x[a];
        w->state[a] = NS_TREE;
        tree_hang(w->tree, i, root, a, w->art_up[i]);
        /* rc = 0 on i -> root: pi(i) = pi(root) - M; on root -> i: pi(i) = pi(root) + M */
        w->pi[i] = w->art_up[i] ? -s->w->big : s->w->big;
    }
    w->tree[root].size = root + 1;
}

/* Of arcs a .. end-1 the first that gains most, if more than *worst <= 0 says; else `enter`. */
static inline int64_t best_of(const ns_state *s, int64_t a, int64_t end, int64_t enter,
                              int64_t *worst)
{
    const int64_t *cost = s->g->cost, *pi = s->w->pi;
    const int32_t *tail = s->g->tail, *head = s->g->head;
    const uint8_t *state = s->w->state;
    int64_t least = *worst;
    for (; a < end; a++) {
        const int64_t rc = cost[a] + pi[tail[a]] - pi[head[a]];
        const int64_t bad = state[a] == NS_LOWER ? rc : state[a] == NS_UPPER ? -rc : 0;
        if (bad < least) least = bad, enter = a;
    }
    *worst = least;
    return enter;
}

/* Best arc of the next block that has an eligible one; -1: the basis is optimal. */
static int64_t price_block(ns_state *s)
{
    const int64_t m = s->g->m;
    int64_t enter = -1, worst = 0, a = s->w->next, left = s->w->block;
    for (int64_t seen = 0; seen < m;) {
        int64_t count = left < m - a ? left : m - a;
        if (count > m - seen) count = m - seen;
        enter = best_of(s, a, a + count, enter, &worst);
        seen += count;
        left -= count;
        a = a + count < m ? a + count : 0;
        if (left > 0) continue;
        if (enter >= 0) break;
        left = s->w->block;
    }
    s->w->next = a;
    return enter;
}

/* Large sparse networks: most pivots hang subtrees without flow elsewhere, and the worse an arc the larger they are, as a rule. Pricing then
 * lists all that may enter, worst first, and takes of the list what still gains this share of what it did. Measured: half the time on corridors in
 * time and tcorr, a tenth to none on others; on random networks with eight arcs a node, whose gains change with every pivot, four times the time. */
enum { LIST_NODES = 10000, LIST_ARCS_EACH = 6 };
#define STILL_GAINS 0.5

static bool lists_arcs(const ns_net *g)
{
    return g->n >= LIST_NODES && g->m <= (int64_t)LIST_ARCS_EACH * g->n;
}

static inline int64_t gain_of(const ns_state *s, int64_t a)
{
    const int64_t rc = s->g->cost[a] + s->w->pi[s->g->tail[a]] - s->w->pi[s->g->head[a]];
    return s->w->state[a] == NS_LOWER ? rc : s->w->state[a] == NS_UPPER ? -rc : 0;
}

static int worst_first(const void *a, const void *b)
{
    const ns_listed *p = a, *q = b;
    if (p->gain != q->gain) return p->gain < q->gain ? -1 : 1;
    return (p->arc > q->arc) - (p->arc < q->arc);
}

static void list_arcs(ns_state *s)
{
    ns_work *w = s->w;
    const int64_t m = s->g->m;
    int64_t a = w->next;
    w->listed = w->tried = 0;
    for (int64_t seen = 0; seen < m && w->listed < NS_LIST; seen++) {
        const int64_t gain = gain_of(s, a);
        if (gain < 0) w->list[w->listed++] = (ns_listed){gain, a};
        a = a + 1 < m ? a + 1 : 0;
    }
    w->next = a;
    qsort(w->list, (size_t)w->listed, sizeof *w->list, worst_first);
}

/* The next of the list, or of a new one; -1: the basis is optimal. */
static int64_t price_list(ns_state *s)
{
    ns_work *w = s->w;
    for (;;) {
        while (w->tried < w->listed) {
            const ns_listed at = w->list[w->tried++];
            if ((double)gain_of(s, at.arc) <= STILL_GAINS * (double)at.gain) return at.arc;
        }
        list_arcs(s);
        if (w->listed == 0) return -1;
    }
}

static inline int64_t room(const ns_state *s, int64_t a, bool forward)
{
    const ns_work *w = s->w;
    if (a >= s->g->m) return forward ? INT64_MAX : w->x[a];
    return forward ? s->g->up[a] - w->x[a] : w->x[a] - s->g->low[a];
}

/* How far the potential of the root may drift: others stay within 3 M < 2^61 of it. */
#define DRIFT_MOST ((int64_t)1 << 60)

/* The subtree of `in` by `shift`, or all others by -shift, whichever are fewer: only differences count. */
static void shift_potentials(ns_state *s, int32_t in, int64_t shift)
{
    const tree_node *t = s->w->tree;
    const int32_t root = s->g->n;
    int64_t *pi = s->w->pi;
    const int64_t drift = pi[root] - shift;
    if (2 * (int64_t)t[in].size <= root || drift > DRIFT_MOST || drift < -DRIFT_MOST) {
        for (int32_t i = in; i >= 0; i = tree_next(t, i, in)) pi[i] += shift;
        return;
    }
    for (int32_t i = root; i >= 0;) {
        if (i == in) {
            i = tree_skip(t, i, root);
            continue;
        }
        pi[i] -= shift;
        i = tree_next(t, i, root);
    }
}

/* The root's potential is zero again. */
static void settle_potentials(ns_state *s)
{
    const int32_t root = s->g->n;
    const int64_t drift = s->w->pi[root];
    for (int32_t i = 0; i <= root && drift != 0; i++) s->w->pi[i] -= drift;
}

/* Brings arc `enter` into the basis. */
static void pivot(ns_state *s, int64_t enter)
{
    const ns_net *g = s->g;
    ns_work *w = s->w;
    tree_node *t = w->tree;
    const bool forward = w->state[enter] == NS_LOWER;
    /* flow is pushed first -> second over the entering arc and back through the tree */
    const int32_t first = forward ? g->tail[enter] : g->head[enter];
    const int32_t second = forward ? g->head[enter] : g->tail[enter];
    int32_t i = first, j = second;
    int64_t delta = room(s, enter, forward);
    int32_t cut = -1; /* node whose parent arc leaves */
    bool cut_first = false;
    /* The cycle, along its direction from the apex: apex down to first, entering arc, second up
     * to the apex. The last blocking arc of that order leaves, so ties go to the second side,
     * and there to the node nearest the apex; on the first side to the node nearest `first`. */
    int32_t cut1 = -1, cut2 = -1;
    int64_t room1 = INT64_MAX, room2 = INT64_MAX;
    while (i != j) {
        if (t[i].size <= t[j].size) {
            const int64_t r = room(s, t[i].arc, !t[i].up); /* flow runs parent -> i */
            if (r < room1) room1 = r, cut1 = i;
            i = t[i].parent;
        } else {
            const int64_t r = room(s, t[j].arc, t[j].up); /* flow runs j -> parent */
            if (r <= room2) room2 = r, cut2 = j;
            j = t[j].parent;
        }
    }
    const int32_t apex = i;
    if (room1 < delta) delta = room1, cut = cut1, cut_first = true;
    if (room2 <= delta && cut2 >= 0) delta = room2, cut = cut2, cut_first = false;
    if (delta > 0) {
        w->x[enter] += forward ? delta : -delta;
        for (i = first; i != apex; i = t[i].parent) w->x[t[i].arc] += t[i].up ? -delta : delta;
        for (j = second; j != apex; j = t[j].parent) w->x[t[j].arc] += t[j].up ? delta : -delta;
    }
    if (cut < 0) { /* the entering arc goes from bound to bound */
        w->state[enter] = forward ? NS_UPPER : NS_LOWER;
        return;
    }
    const int64_t leave = t[cut].arc;
    w->state[leave] =
        leave < g->m && w->x[leave] == g->up[leave] && g->up[leave] > g->low[leave] ? NS_UPPER
                                                                                    : NS_LOWER;
    w->state[enter] = NS_TREE;
    const int32_t in = cut_first ? first : second, under = cut_first ? second : first;
    const int32_t up = in == g->tail[enter];
    tree_move(t, cut, in, under, enter, up, apex);
    const int64_t rc = g->cost[enter] + w->pi[g->tail[enter]] - w->pi[g->head[enter]];
    shift_potentials(s, in, up ? -rc : rc);
}

ns_result ns_start(const ns_net *g, ns_work *w)
{
    ns_state s = {g, w};
    if (!choose_big(&s)) return NS_TOO_LARGE;
    ns_begin_pricing(g, w);
    w->pivots = 0;
    w->missing = 0;
    cold_basis(&s);
    return NS_LIMIT;
}

/* The flow of node i's arc to its parent, and what it leaves at i. The tree stays strongly feasible: an arc that could
 * not take more towards the root leaves it. */
static int64_t settle_arc(ns_state *s, int32_t i, int64_t excess)
{
    const ns_net *g = s->g;
    ns_work *w = s->w;
    tree_node *t = &w->tree[i];
    const int64_t a = t->arc, f = t->up ? excess : -excess;
    if (f >= g->low[a] && f <= g->up[a] && (t->up ? f < g->up[a] : f > g->low[a])) {
        w->x[a] = f;
        return 0;
    }
    const bool high = f >= g->up[a] && g->up[a] > g->low[a];
    w->x[a] = high ? g->up[a] : g->low[a];
    w->state[a] = high ? NS_UPPER : NS_LOWER;
    return t->up ? excess - w->x[a] : excess + w->x[a];
}

/* Flows of the tree, children before parents; the artificial arcs hold what is still to leave their nodes. */
static void settle_flows(ns_state *s)
{
    const ns_net *g = s->g;
    ns_work *w = s->w;
    tree_node *t = w->tree;
    const int32_t root = g->n;
    for (int32_t i = 0; i < root; i++) w->x[g->m + i] = g->b[i];
    for (int64_t a = 0; a < g->m; a++) {
        if (w->state[a] == NS_TREE) continue;
        w->x[a] = w->state[a] == NS_UPPER ? g->up[a] : g->low[a];
        w->x[g->m + g->tail[a]] -= w->x[a];
        w->x[g->m + g->head[a]] += w->x[a];
    }
    int32_t i = root;
    while (t[i].child >= 0) i = t[i].child;
    while (i != root) {
        const bool real = t[i].arc < g->m;
        const int64_t excess = w->x[g->m + i], rest = real ? settle_arc(s, i, excess) : excess;
        /* what the arc takes is the parent's; a rest makes it leave the tree */
        if (real && t[i].parent != root) w->x[g->m + t[i].parent] += excess - rest;
        w->art_up[i] = rest >= 0;
        w->x[g->m + i] = rest < 0 ? -rest : rest;
        w->state[g->m + i] = real && w->state[t[i].arc] == NS_TREE ? NS_LOWER : NS_TREE;
        if (t[i].next < 0) {
            i = t[i].parent;
            continue;
        }
        i = t[i].next;
        while (t[i].child >= 0) i = t[i].child;
    }
}

/* From the tree, parents first. */
static void set_potentials(ns_state *s)
{
    const ns_net *g = s->g;
    const tree_node *t = s->w->tree;
    const int32_t root = g->n;
    int64_t *pi = s->w->pi;
    pi[root] = 0;
    for (int32_t i = tree_next(t, root, root); i >= 0; i = tree_next(t, i, root)) {
        const int64_t a = t[i].arc, c = a < g->m ? g->cost[a] : s->w->big;
        pi[i] = pi[t[i].parent] + (t[i].up ? -c : c);
    }
}

ns_result ns_restart(const ns_net *g, ns_work *w)
{
    ns_state s = {g, w};
    tree_node *t = w->tree;
    const int32_t root = g->n;
    if (!choose_big(&s)) return NS_TOO_LARGE;
    w->missing = 0;
    w->listed = w->tried = 0;
    settle_flows(&s);
    for (int32_t i = 0; i < root; i++) {
        if (w->state[g->m + i] != NS_TREE) continue;
        tree_cut(t, i);
        tree_hang(t, i, root, g->m + i, w->art_up[i]);
    }
    tree_count(t, root);
    set_potentials(&s);
    return NS_LIMIT;
}

ns_result ns_reprice(const ns_net *g, ns_work *w)
{
    ns_state s = {g, w};
    if (!choose_big(&s)) return NS_TOO_LARGE;
    w->listed = w->tried = 0;
    set_potentials(&s);
    return NS_LIMIT;
}

ns_result ns_run(const ns_net *g, ns_work *w, int64_t limit)
{
    ns_state s = {g, w};
    const bool lists = lists_arcs(g);
    bool optimal = false;
    for (; limit > 0; limit--) {
        const int64_t enter = lists ? price_list(&s) : price_block(&s);
        optimal = enter < 0;
        if (optimal) break;
        pivot(&s, enter);
        w->pivots++;
    }
    settle_potentials(&s);
    if (!optimal) return NS_LIMIT;
    w->missing = 0;
    for (int32_t i = 0; i < g->n; i++)
        w->missing += w->state[g->m + i] == NS_TREE ? w->x[g->m + i] : 0;
    return w->missing > 0 ? NS_INFEASIBLE : NS_OPTIMAL;
}

ns_result ns_solve(const ns_net *g, ns_work *w)
{
    const ns_result r = ns_start(g, w);
    return r == NS_LIMIT ? ns_run(g, w, INT64_MAX) : r;
}
