/* Fronts of a factorization: supernodes of the elimination tree, amalgamated where one larger front takes less time than two [DR83].
 *
 * The network gives supernodes of one column mostly, whose update matrices take more time to be moved than to be made. A front takes in any of
 * its children, not the last one alone: the columns of a child may as well be eliminated right before those of its front, as nothing
 * between them depends on them. So columns are numbered anew. */
#include "chol.h"

#include <stdlib.h>
#include <string.h>

/* What an entry of an update matrix takes until it is in the front above, one of a panel in the factorization and some four solves, and a front
 * by itself, in flops of an update: measured, and half or twice of them make no difference above the noise. */
#define EACH_MOVED 60.0
#define EACH_HELD 160.0
#define EACH_FRONT 4000.0

double chol_front_work(int64_t cols, int64_t below)
{
    const double nc = (double)cols, nu = (double)below;
    return nc * nu * nu + nc * nc * nu + nc * nc * nc / 3.0 + EACH_MOVED * nu * nu / 2.0 +
           EACH_HELD * nc * (nc / 2.0 + nu) + EACH_FRONT;
}

/* Supernodes by their numbers; a front is named by the one at its top. */
typedef struct {
    int32_t *start, *end;         /* columns of a supernode */
    int32_t *cols;                /* of a front */
    int32_t *child, *last, *next; /* fronts below a front, a list; -1 */
    int32_t *more, *tail;         /* supernodes of a front: a list from the one at its top on */
    const int32_t *count;
} growth;

typedef struct {
    int32_t below, front;
} ranked;

static int32_t rows_below(const growth *g, int32_t s)
{
    return g->count[g->end[s] - 1] - 1;
}

/* A column joins the one before when that is its child with one row more. */
static int32_t find_supernodes(const chol *f, const int32_t *parent, growth *g)
{
    const int32_t *count = g->count;
    int32_t s = -1;
    for (int32_t j = 0; j < f->n; j++) {
        const bool joins = j > 0 && parent[j - 1] == j && count[j - 1] == count[j] + 1;
        if (!joins) g->start[++s] = j;
        g->end[s] = j + 1;
        f->front_of[j] = s;
    }
    const int32_t supernodes = s + 1;
    for (s = 0; s < supernodes; s++) {
        g->cols[s] = g->end[s] - g->start[s];
        g->child[s] = g->last[s] = g->next[s] = g->more[s] = -1;
        g->tail[s] = s;
    }
    return supernodes;
}

static void hang(growth *g, int32_t s, int32_t under)
{
    g->next[s] = -1;
    if (g->child[under] < 0)
        g->child[under] = s;
    else
        g->next[g->last[under]] = s;
    g->last[under] = s;
}

/* Front s takes in its child c; those of c are its own then. */
static void take_in(growth *g, int32_t s, int32_t c)
{
    g->cols[s] += g->cols[c];
    g->more[g->tail[s]] = c;
    g->tail[s] = g->tail[c];
    if (g->child[c] < 0) return;
    if (g->child[s] < 0)
        g->child[s] = g->child[c];
    else
        g->next[g->last[s]] = g->child[c];
    g->last[s] = g->last[c];
}

static int most_rows_first(const void *a, const void *b)
{
    const ranked *p = a, *q = b;
    if (p->below != q->below) return p->below > q->below ? -1 : 1;
    return (p->front > q->front) - (p->front < q->front);
}

/* Front s takes in those of its children with which it is quicker, those that bring the fewest zeros first. list: scratch. */
static void grow(growth *g, int32_t s, ranked *list)
{
    int64_t count = 0;
    for (int32_t c = g->child[s]; c >= 0; c = g->next[c])
        list[count++] = (ranked){rows_below(g, c), c};
    qsort(list, (size_t)count, sizeof *list, most_rows_first);
    g->child[s] = g->last[s] = -1;
    const int32_t below = rows_below(g, s);
    double work = chol_front_work(g->cols[s], below);
    for (int64_t i = 0; i < count; i++) {
        const int32_t c = list[i].front;
        const double together = chol_front_work(g->cols[s] + g->cols[c], below);
        if (together > work + chol_front_work(g->cols[c], list[i].below)) {
            hang(g, c, s);
            continue;
        }
        take_in(g, s, c);
        work = together;
    }
}

/* Fronts with a parent in the front lists of those, all others are roots: in postorder, with their columns. f: first columns, front of each
 * new column, parents. order: old numbers of columns. stack: scratch. */
static void number_fronts(chol *f, growth *g, int32_t supernodes, const bool *root,
                          int32_t *order, int32_t *stack)
{
    int32_t at = 0, *number = g->tail,
            *above = g->next; /* both have been used up when they are set */
    f->fronts = 0;
    for (int32_t r = 0; r < supernodes; r++) {
        int32_t top = 0;
        if (!root[r]) continue;
        stack[0] = r;
        above[r] = -1;
        while (top >= 0) {
            const int32_t s = stack[top], c = g->child[s];
            if (c >= 0) {
                g->child[s] = g->next[c];
                above[c] = s;
                stack[++top] = c;
                continue;
            }
            number[s] = f->fronts;
            f->parent[f->fronts] = above[s];
            f->front_first[f->fronts] = at;
            for (int32_t q = s; q >= 0; q = g->more[q])
                for (int32_t j = g->start[q]; j < g->end[q]; j++) {
                    f->front_of[at] = f->fronts;
                    order[at++] = j;
                }
            f->fronts++;
            top--;
        }
    }
    f->front_first[f->fronts] = at;
    for (int32_t q = 0; q < f->fronts; q++)
        if (f->parent[q] >= 0) f->parent[q] = number[f->parent[q]];
}

void chol_fronts(chol *f, const int32_t *parent, const int32_t *count, int32_t *perm,
                 int32_t *work)
{
    const int64_t n = f->n;
    growth g = {.start = work,
                .end = work + n,
                .cols = work + 2 * n,
                .child = work + 3 * n,
                .last = work + 4 * n,
                .next = work + 5 * n,
                .more = work + 6 * n,
                .tail = work + 7 * n,
                .count = count};
    int32_t *order = work + 8 * n;
    ranked *list = (ranked *)(void *)(work + 9 * n);
    bool *root = (bool *)(void *)(work + 11 * n);
    const int32_t supernodes = find_supernodes(f, parent, &g);
    for (int32_t s = 0; s < supernodes; s++) {
        const int32_t up = parent[g.end[s] - 1];
        root[s] = up < 0;
        if (up >= 0) hang(&g, s, f->front_of[up]);
    }
    for (int32_t s = 0; s < supernodes; s++) grow(&g, s, list);
    number_fronts(f, &g, supernodes, root, order, (int32_t *)(void *)list);
    for (int32_t j = 0; j < f->n; j++) order[j] = perm[order[j]];
    memcpy(perm, order, (size_t)n * sizeof *perm);
}
