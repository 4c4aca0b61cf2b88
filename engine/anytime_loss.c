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
    for (int64_t a = 0; a < p->m; a++)
        net[p->head[a]] += (wide)x[a] * loss_of(md, first + a);
}

/* The losses of x as demands. Whole units that are there already and will do stay. Returns whether all did. */
static bool set_losses(anytime *at, part *p, const int64_t *x, wide *net)
{
    bool same = true;
    sum_losses(at, p, x, net);
    for (int32_t i = 0; i < p->net.n; i++) {
        const wide have = (wide)p->lost[i] * PPM;
        if (i == p->free_node || (have >= net[i] && have <= net[i] + PPM)) continue;
        if (have == 0 && net[i] == 0) continue;
        p->lost[i] = (int64_t)((net[i] + PPM - 1) / PPM);
        same = false;
    }
    return same;
}

/* The tree takes up what the others leave, with losses: leaves first. */
static void settle_tree(anytime *at, part *p, int64_t *x, wide *net)
{
    const model *md = at->md;
    const int k = (int)(p - at->parts);
    const int64_t first = md->first_arc[k];
    const tree_node *t = p->work.tree;
    const int32_t root = p->net.n;
    for (int32_t i = 0; i < root; i++) net[i] = (wide)md->b[md->first_node[k] + i] * PPM;
    for (int32_t i = 0; i < root; i++)
        if (t[i].arc < p->net.m) x[p->beside[t[i].arc]] -= p->work.x[t[i].arc];
    for (int64_t a = 0; a < p->m; a++) {
        net[p->tail[a]] -= (wide)x[a] * PPM;
        net[p->head[a]] += (wide)x[a] * (PPM - loss_of(md, first + a));
    }
    int32_t i = root;
    while (t[i].child >= 0) i = t[i].child;
    while (i != root) {
        if (t[i].parent != root) {
            const int64_t a = p->beside[t[i].arc], kept = PPM - loss_of(md, first + a);
            wide f;
            if (t[i].up) { /* down to whole units, so that a rest stays */
                f = net[i] >= 0 ? net[i] / PPM : -((-net[i] + PPM - 1) / PPM);
                net[t[i].parent] += f * kept;
            } else {
                f = kept <= 0 ? 0 : net[i] <= 0 ? (-net[i] + kept - 1) / kept : -(net[i] / kept);
                net[t[i].parent] -= f * PPM;
            }
            x[a] += (int64_t)f;
        }
        if (t[i].next < 0) {
            i = t[i].parent;
            continue;
        }
        i = t[i].next;
        while (t[i].child >= 0) i = t[i].child;
    }
}

enum { TURNS = 6 };

ns_result loss_solve(anytime *at, part *p)
{
    int64_t *x = at->x + at->md->first_arc[p - at->parts];
    if (!p->lost) {
        const ns_result r = part_solve(at, p, true);
        if (r == NS_OPTIMAL) read_flows(at, p, x);
        return r;
    }
    wide *net = at->pi; /* as scratch */
    set_losses(at, p, x, net);
    for (int turn = 0; turn < TURNS; turn++) {
        const ns_result r = part_solve(at, p, true);
        if (r != NS_OPTIMAL) return r;
        read_flows(at, p, x);
        if (set_losses(at, p, x, net)) return r;
    }
    settle_tree(at, p, x, net);
    return NS_OPTIMAL;
}
