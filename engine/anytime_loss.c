/* Flows of one commodity from its network. Arcs that lose deliver less: what is lost on the way into a node is taken as
 * a demand there, in whole units, and found by turns, since losses change little from one flow to the next. */
#include "anytime_part.h"

#include <string.h>

#define PPM 1000000

static int64_t loss_of(const model *md, int64_t a)
{
    return md->loss_ppm ? md->loss_ppm[a] : 0;
}

/* Flows of the arcs: what is in the window, beyond and below together. */
static void read_flows(anytime *at, const part *p, int64_t *x)
{
    (void)at;
    for (int64_t a = 0; a < p->m; a++) x[a] = p->work.x[a];
    for (int64_t a = p->m; a < p->net.m; a++) x[p->beside[a]] += p->work.x[a];
}

/* What x loses on the way into each node: in wide parts of a million, into net. */
static void sum_losses(const anytime *at, const part *p, const int64_t *x, wide *net)
{
    const model *md = at->md;
    const int64_t first = md->first_arc[p - at->parts];
    memset(net, 0, (size_t)p->net.n * sizeof *net);
    for (int64_t a = 0; a < p->m; a++) net[p->head[a]] += (wide)x[a] * loss_of(md, first + a);
}

/* The losses of x as demands. Whole units that are there already and will do stay, if keep. Returns whether all did. */
static bool set_losses(anytime *at, part *p, const int64_t *x, wide *net, bool keep)
{
    bool same = true;
    sum_losses(at, p, x, net);
    for (int32_t i = 0; i < p->net.n; i++) {
        const wide have = (wide)p->lost[i] * PPM;
        const wide most = keep ? net[i] + PPM : net[i] + PPM - 1;
        if (i == p->free_node || (have >= net[i] && have <= most)) continue;
        p->lost[i] = (int64_t)((net[i] + PPM - 1) / PPM);
        same = false;
    }
    return same;
}

/* The flow of local arc a that takes up the rest of the node at one end, whole units; the other end feels it. */
static void take_up(const anytime *at, const part *p, int64_t a, bool of_tail, int64_t *x,
                    wide *net)
{
    const int64_t kept = PPM - loss_of(at->md, at->md->first_arc[p - at->parts] + a);
    const int32_t u = p->tail[a], v = p->head[a];
    wide f = 0;
    if (of_tail) /* down, so that a part of a unit may stay */
        f = net[u] >= 0 ? net[u] / PPM : -((-net[u] + PPM - 1) / PPM);
    else if (kept > 0)
        f = net[v] <= 0 ? (-net[v] + kept - 1) / kept : -(net[v] / kept);
    net[u] -= f * PPM;
    net[v] += f * kept;
    x[a] += (int64_t)f;
}

/* The tree takes up what the others leave, with losses: leaves first, towards the node without balance. */
static void settle_tree(anytime *at, part *p, int64_t *x, wide *net)
{
    const model *md = at->md;
    const int k = (int)(p - at->parts);
    const int64_t first = md->first_arc[k];
    const tree_node *t = p->work.tree;
    const int32_t root = p->net.n;
    int32_t *below =
        at->plant.up +
        md->first_node[k]; /* on the way up from the free node: the node before; else -1 */
    for (int32_t i = 0; i < root; i++) {
        net[i] = (wide)md->b[md->first_node[k] + i] * PPM;
        below[i] = -1;
        if (t[i].arc < p->net.m) x[p->beside[t[i].arc]] -= p->work.x[t[i].arc];
    }
    for (int64_t a = 0; a < p->m; a++) {
        net[p->tail[a]] -= (wide)x[a] * PPM;
        net[p->head[a]] += (wide)x[a] * (PPM - loss_of(md, first + a));
    }
    int32_t i = p->free_node, top = i;
    for (; i >= 0 && i != root; i = t[i].parent) {
        if (t[i].parent != root) below[t[i].parent] = i;
        top = i;
    }
    i = root;
    while (t[i].child >= 0) i = t[i].child;
    while (i != root) {
        if (t[i].parent != root && i != p->free_node && below[i] < 0) {
            const int64_t a = p->beside[t[i].arc];
            take_up(at, p, a, t[i].up, x, net);
        }
        if (t[i].next < 0) {
            i = t[i].parent;
            continue;
        }
        i = t[i].next;
        while (t[i].child >= 0) i = t[i].child;
    }
    for (i = top; i >= 0 && below[i] >= 0; i = below[i])
        take_up(at, p, p->beside[t[below[i]].arc], !t[below[i]].up, x, net);
}

enum { TURNS = 12 };

ns_result loss_solve(anytime *at, part *p)
{
    int64_t *x = at->x + at->md->first_arc[p - at->parts];
    if (!p->lost) {
        const ns_result r = part_solve(at, p, true);
        if (r == NS_OPTIMAL) read_flows(at, p, x);
        return r;
    }
    wide *net = at->pi; /* as scratch */
    ns_result r = NS_LIMIT;
    set_losses(at, p, x, net, true);
    for (int turn = 0; turn < TURNS; turn++) {
        r = part_solve(at, p, true);
        if (r != NS_OPTIMAL && r != NS_INFEASIBLE) return r;
        /* what cannot be lost, since nothing arrives there, the next turn will not ask for */
        read_flows(at, p, x);
        if (set_losses(at, p, x, net, r == NS_OPTIMAL)) return r;
    }
    if (r == NS_OPTIMAL) settle_tree(at, p, x, net);
    return r;
}
