/* Between a part as it was and as reduce.c has made it: flows, points and basic arcs. */
#include "reduce.h"

#include <math.h>

void reduce_flows(const reduction *rd, const double *small, double *scratch, double *x)
{
    for (int64_t q = 0; q < rd->pieces; q++) scratch[q] = (double)rd->fixed[q];
    for (int64_t a = 0; a < rd->arcs; a++) scratch[rd->of_arc[a]] += small[a];
    for (int64_t q = rd->pieces - 1; q >= 0; q--) { /* what was made of others before them */
        const piece *p = &rd->piece[q];
        if (p->arc >= 0) {
            x[p->arc] = scratch[q];
            continue;
        }
        scratch[p->free] += scratch[q];
        scratch[p->other] += scratch[q];
    }
}

static int64_t arc_of(const reduction *rd, int32_t q)
{
    while (rd->piece[q].arc < 0) q = rd->piece[q].other;
    return rd->piece[q].arc;
}

int64_t reduce_arc(const reduction *rd, int64_t a)
{
    return arc_of(rd, rd->of_arc[a]);
}

int64_t reduce_basic_arc(const reduction *rd, int64_t i)
{
    return arc_of(rd, rd->basic[i]);
}

/* Where `free` is not basic, the node hangs on a piece of its other side. That is in the small model as it was, or the one through which the
 * next node goes: then that node hangs on a piece of its other side, and so on. Where it hangs on several, the first of them goes, though another may
 * close the circle. */
int64_t reduce_spare_arc(const reduction *rd, int64_t i, const uint8_t *basic)
{
    int32_t q = rd->piece[rd->basic[i]].made;
    while (q >= 0) {
        const piece *p = &rd->piece[q];
        const int64_t a = arc_of(rd, q);
        if (!basic[a]) {
            q = p->next;
            continue;
        }
        while (rd->piece[q].on >= 0) q = rd->piece[q].on;
        if (rd->piece[q].fate == PIECE_ALIVE) return a;
        q = rd->piece[q].made;
    }
    return -1;
}

void reduce_point(const reduction *rd, const model *md, const double *x, double *small)
{
    for (int64_t a = 0; a < rd->arcs; a++) small[a] = x[reduce_arc(rd, a)];
    for (int64_t a = rd->arcs; a < rd->md.m; a++) {
        const int64_t r = rd->of_row[rd->md.arc_row[rd->md.arc_first[a]]];
        const double load = model_load(md, r, x);
        const bool upper = rd->md.arc[a].dir == 0; /* the limit that the loop lets it overrun */
        small[a] =
            fmax(upper ? load - (double)md->row_up[r] : (double)md->row_low[r] - load, 0.0);
    }
}
