/* Network simplex for one commodity, exact in integers. */
#ifndef STEPPE_NS_H
#define STEPPE_NS_H

#include "tree.h"

#include <stdbool.h>

/* Arrays of length n or m, borrowed. Node numbers from 0. Bounds finite, low <= up. */
typedef struct {
    int32_t n;
    int64_t m;
    const int32_t *tail, *head;
    const int64_t *low, *up, *cost;
    const int64_t *b; /* > 0: supply */
} ns_net;

enum { NS_LOWER, NS_UPPER, NS_TREE };

typedef enum { NS_OPTIMAL, NS_INFEASIBLE, NS_LIMIT, NS_TOO_LARGE } ns_result;

/* An arc that may enter, and how much a unit on it gained when it was listed, < 0. */
typedef struct {
    int64_t gain, arc;
} ns_listed;

enum { NS_LIST = 2048 };

/* The caller's memory: node arrays n + 1 (the root is node n), arc arrays m + n (m + i: the
 * artificial arc of node i). */
typedef struct {
    tree_node *tree;          /* n + 1 */
    int64_t *pi;              /* n + 1, out: potentials, rc(a) = c(a) + pi(tail) - pi(head) */
    int64_t *x;               /* m + n, out: flows */
    uint8_t *state;           /* m + n, out */
    uint8_t *art_up;          /* n: 1 = artificial arc leads to the root */
    int64_t pivots;           /* out */
    int64_t missing;          /* out: flow left on artificial arcs */
    ns_listed *list;          /* NS_LIST, scratch */
    int64_t big, next, block; /* kept between calls of ns_run, as are: */
    int32_t listed, tried;    /* arcs in the list, and of them gone through */
} ns_work;

/* Arcs of a pricing block: half of the sqrt(m) of [K15], as pivots here cost less than there (measured on corridors, PDS, open graphs;
 * random dense networks would want twice as many). */
static inline int64_t ns_block(int64_t m)
{
    int64_t block = 30;
    while (4 * block * block < m) block += block / 4 + 1;
    return block;
}

/* Pricing begins anew; for callers that plant a tree of their own. */
static inline void ns_begin_pricing(const ns_net *g, ns_work *w)
{
    w->block = ns_block(g->m);
    w->next = 0;
    w->listed = w->tried = 0;
}

/* ns_start, then ns_run as long as it says NS_LIMIT: at most `limit` pivots a call, so that the
 * caller can look at the clock. The answer does not depend on how the pivots are cut. ns_solve
 * is both, to the end. */
ns_result ns_start(const ns_net *g, ns_work *w);
ns_result ns_run(const ns_net *g, ns_work *w, int64_t limit);
ns_result ns_solve(const ns_net *g, ns_work *w);
/* In place of ns_start: goes on from the tree and the states of an earlier run on the same nodes and arcs, whatever has
 * changed in costs, bounds and supplies. Tree arcs whose flow has become impossible go to a bound, and the subtrees they
 * held hang on the root. */
ns_result ns_restart(const ns_net *g, ns_work *w);
/* The same where only costs have changed since a run that ended: flows stay. */
ns_result ns_reprice(const ns_net *g, ns_work *w);

#endif
