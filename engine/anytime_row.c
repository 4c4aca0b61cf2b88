/* Coupling rows as piecewise linear costs of their loads. Loops that only one row sees (steps of a cost curve, ramps,
 * shortfalls) make up for what it lacks, the cheapest first, until nothing is left and the limit is hard. */
#include "anytime_part.h"

#include <stdlib.h>

static bool makes_up(const model *md, int64_t a)
{
    return md->tail[a] == md->head[a] && md->arc_first[a + 1] - md->arc_first[a] == 1 &&
           md->cost[a] >= 0;
}

static int by_cost(const void *a, const void *b)
{
    const filler *p = a, *q = b;
    if (p->cost != q->cost) return p->cost < q->cost ? -1 : 1;
    return (p->arc > q->arc) - (p->arc < q->arc);
}

bool row_new_all(anytime *at)
{
    const model *md = at->md;
    at->is_filler = MEM_ZERO(uint8_t, md->m);
    at->fill_first = MEM_ZERO(int64_t, md->rows + 1);
    if (!at->is_filler || !at->fill_first) return false;
    int64_t count = 0;
    for (int64_t a = 0; a < md->m; a++) count += at->is_filler[a] = makes_up(md, a);
    at->fill = MEM_NEW(filler, count);
    if (!at->fill) return false;
    count = 0;
    for (int64_t r = 0; r < md->rows; r++) {
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            const int64_t a = md->row_arc[e], w = md->row_weight[e];
            if (!at->is_filler[a] || w == 0) continue;
            const double cost = (double)md->cost[a] * (double)md->row_scale[r] /
                                (w > 0 ? (double)w : -(double)w);
            at->fill[count++] = (filler){a, w, cost};
        }
        at->fill_first[r + 1] = count;
        qsort(at->fill + at->fill_first[r], (size_t)(count - at->fill_first[r]),
              sizeof *at->fill, by_cost);
    }
    return true;
}

void row_free_all(anytime *at)
{
    mem_free(at->is_filler);
    mem_free(at->fill_first);
    mem_free(at->fill);
}

void row_loads(anytime *at)
{
    const model *md = at->md;
    for (int64_t r = 0; r < md->rows; r++) {
        wide load = 0;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            const int64_t a = md->row_arc[e];
            load += (wide)md->row_weight[e] * (at->is_filler[a] ? md->low[a] : at->x[a]);
        }
        at->load[r] = load;
    }
}

/* One side of a row: what fillers on that side make up for `need` > 0 beyond the limit. */
typedef struct {
    wide inside,
        outside; /* room to the next bend towards the limit, and away from it; outside < 0: too far */
    double slope, next, last; /* here, beyond, and nearer to the limit */
} side;

static side side_at(const anytime *at, int64_t r, wide need, bool too_high)
{
    const model *md = at->md;
    wide made = 0;
    bool within = false;
    side s = {need, -need, 0.0, at->penalty, 0.0};
    for (int64_t i = at->fill_first[r]; i < at->fill_first[r + 1]; i++) {
        const filler *f = &at->fill[i];
        const wide size =
            (wide)(md->up[f->arc] - md->low[f->arc]) * (f->weight < 0 ? -f->weight : f->weight);
        if ((f->weight < 0) != too_high || size == 0) continue;
        if (within || need == made) { /* this one is the next */
            if (!within) s.outside = 0;
            s.next = f->cost;
            return s;
        }
        within = need < made + size;
        s.last = s.slope;
        s.slope = f->cost;
        s.inside = need - made;
        made += size;
        s.outside = made - need;
    }
    return s;
}

row_zone row_zone_at(const anytime *at, int64_t r)
{
    const model *md = at->md;
    const wide t = at->load[r], scale = md->row_scale[r];
    const bool has_up = md->row_up[r] != NO_UP, has_low = md->row_low[r] != NO_LOW;
    const wide up = has_up ? md->row_up[r] * scale : 0,
               low = has_low ? md->row_low[r] * scale : 0;
    const side high = side_at(at, r, has_up && t > up ? t - up : 0, true);
    const side deep = side_at(at, r, has_low && t < low ? low - t : 0, false);
    row_zone z = {ROOM_MOST, ROOM_MOST, 0.0, 0.0, 0.0};
    if (has_up && t > up) {
        z = (row_zone){high.outside, high.inside, high.slope, high.next, high.last};
        /* back at the limit: the other one may be just there, or nothing bends before it */
        if (high.last == 0.0 && has_low && (low == up || high.slope == 0.0)) {
            z.under = t - low;
            z.under_slope = -deep.next;
        } else if (high.slope == 0.0) {
            z.under = ROOM_MOST;
        }
    } else if (has_low && t < low) {
        z = (row_zone){deep.inside, deep.outside, -deep.slope, -deep.last, -deep.next};
        if (deep.last == 0.0 && has_up && (low == up || deep.slope == 0.0)) {
            z.over = up - t;
            z.over_slope = high.next;
        } else if (deep.slope == 0.0) {
            z.over = ROOM_MOST;
        }
    } else {
        if (has_up) {
            z.over = up - t;
            z.over_slope = high.next;
        }
        if (has_low) {
            z.under = t - low;
            z.under_slope = -deep.next;
        }
    }
    return z;
}

wide row_violation(const anytime *at, int64_t r)
{
    const row_zone z = row_zone_at(at, r);
    return z.over < 0 ? -z.over : z.under < 0 ? z.under : 0;
}

void row_fill(anytime *at)
{
    const model *md = at->md;
    for (int64_t a = 0; a < md->m; a++)
        if (at->is_filler[a]) at->x[a] = md->low[a];
    for (int64_t r = 0; r < md->rows; r++) {
        const wide scale = md->row_scale[r], t = at->load[r];
        wide need = 0;
        if (md->row_up[r] != NO_UP && t > md->row_up[r] * scale)
            need = t - md->row_up[r] * scale;
        if (md->row_low[r] != NO_LOW && t < md->row_low[r] * scale)
            need = t - md->row_low[r] * scale;
        for (int64_t i = at->fill_first[r]; i < at->fill_first[r + 1] && need != 0; i++) {
            const filler *f = &at->fill[i];
            if ((f->weight < 0) != (need > 0)) continue;
            const wide w = f->weight < 0 ? -f->weight : f->weight,
                       size = need < 0 ? -need : need, room = md->up[f->arc] - md->low[f->arc];
            wide units = (size + w - 1) / w;
            if (units > room) units = room;
            at->x[f->arc] += (int64_t)units;
            /* the last unit may take the load across both limits of a narrow row: the certificate will see */
            const wide rest = size - units * w;
            need = rest <= 0 ? 0 : need > 0 ? rest : -rest;
        }
    }
}
