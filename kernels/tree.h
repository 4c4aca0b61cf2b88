/* A rooted spanning tree of a network, as the simplex kernels need it.
 *
 * One record per node, children in doubly linked lists, and how many nodes hang on each: the larger of two subtrees is never
 * below the smaller, which finds where two paths to the root meet, and only the nodes of these paths change when a subtree is
 * hung elsewhere.
 *
 * [AMO93] R. K. Ahuja, T. L. Magnanti, J. B. Orlin: Network Flows. Prentice Hall, 1993,
 * chapter 11. */
#ifndef STEPPE_TREE_H
#define STEPPE_TREE_H

#include <stdint.h>

typedef struct {
    int64_t arc;        /* the tree arc to the parent; -1 at the root */
    int32_t parent;     /* -1 at the root */
    int32_t size;       /* nodes of its subtree, itself too */
    int32_t child;      /* first child, -1 */
    int32_t next, prev; /* siblings, -1 */
    int32_t up;         /* 1: arc leads from the node to its parent, 0: from the parent to it */
} tree_node;

static inline void tree_clear(tree_node *t, int32_t i)
{
    t[i] = (tree_node){-1, -1, 1, -1, -1, -1, 0};
}

static inline void tree_cut(tree_node *t, int32_t i)
{
    if (t[i].prev >= 0)
        t[t[i].prev].next = t[i].next;
    else if (t[i].parent >= 0)
        t[t[i].parent].child = t[i].next;
    if (t[i].next >= 0) t[t[i].next].prev = t[i].prev;
    t[i].next = t[i].prev = -1;
}

static inline void tree_hang(tree_node *t, int32_t i, int32_t parent, int64_t arc, int32_t up)
{
    t[i].parent = parent;
    t[i].arc = arc;
    t[i].up = up;
    t[i].prev = -1;
    t[i].next = t[parent].child;
    if (t[i].next >= 0) t[t[i].next].prev = i;
    t[parent].child = i;
}

/* The node behind the subtree of i in a walk over the subtree of top, parents first; -1 at its end. */
static inline int32_t tree_skip(const tree_node *t, int32_t i, int32_t top)
{
    while (i != top && t[i].next < 0) i = t[i].parent;
    return i == top ? -1 : t[i].next;
}

/* The node behind i. */
static inline int32_t tree_next(const tree_node *t, int32_t i, int32_t top)
{
    return t[i].child >= 0 ? t[i].child : tree_skip(t, i, top);
}

/* The sizes of all subtrees of a tree of nodes 0 .. root. */
static inline void tree_count(tree_node *t, int32_t root)
{
    for (int32_t i = 0; i <= root; i++) t[i].size = 1;
    int32_t i = root;
    while (t[i].child >= 0) i = t[i].child;
    while (i != root) { /* children before parents */
        t[t[i].parent].size += t[i].size;
        if (t[i].next < 0) {
            i = t[i].parent;
            continue;
        }
        i = t[i].next;
        while (t[i].child >= 0) i = t[i].child;
    }
}

/* Takes the subtree whose root `top` loses its parent arc, and hangs it by node `in` of
 * that subtree under `under` over `arc` (up: the arc leads from `in` to `under`). apex: where the paths from top and from
 * under to the root meet. */
static inline void tree_move(tree_node *t, int32_t top, int32_t in, int32_t under, int64_t arc,
                             int32_t up, int32_t apex)
{
    const int32_t all = t[top].size;
    int32_t i, parent = under, left = all;
    for (i = t[top].parent; i != apex; i = t[i].parent) t[i].size -= all;
    for (i = under; i != apex; i = t[i].parent) t[i].size += all;
    for (i = in;;) {
        const int32_t old_parent = t[i].parent, own = t[i].size;
        const int64_t old_arc = t[i].arc;
        const int32_t old_up = t[i].up;
        tree_cut(t, i);
        tree_hang(t, i, parent, arc, up);
        t[i].size = left;
        if (i == top) break;
        left = all - own;
        parent = i;
        arc = old_arc;
        up = !old_up; /* the same arc, seen from its other end */
        i = old_parent;
    }
}

#endif
