/* Finite bounds for columns that have none in the file: the canonical form wants two for every arc.
 *
 * 1. What a row says alone: from its limit and the least its other columns can add. Each bound is found at most once, so
 * this is O(entries), whatever circles there are.
 * 2. What an optimal answer needs: take one in which no circle of flow can be taken away. An arc is harmless when
 * taking flow off it costs nothing and breaks no coupling row. A flow less its lower bounds is a sum of ways between
 * nodes with quantities and of circles (a free hub closes ways that end at no such node); each circle has an arc that
 * is not harmless, so no arc carries more than all quantities and the room of all harmful arcs of its part of the
 * network. That is only said of parts without losses.
 *
 * Derived bounds are rounded outwards, so doubles are good enough. */
#include "instance_mps.h"

#include <math.h>
#include <string.h>

static const double FARTHEST = 1e15; /* a bound beyond is none */

typedef struct {
    double sum, size; /* of the finite terms, of their absolute values */
    int64_t infinite; /* terms that are not */
} activity;

typedef struct {
    const mps_file *f;
    const mps_network *net;
    mps_bounds *b;
    int64_t *first;         /* rows + 1 */
    int64_t *list;          /* entries by row */
    int32_t *column;        /* of entries */
    activity *least, *most; /* rows */
    int64_t *queue;         /* rows, each at most once at a time */
    uint8_t *queued;
    int64_t head, count;
    double *room; /* rows, at the first row of a part: what no arc of it exceeds */
} tightener;

static double units(wide v)
{
    return fix_double(v);
}

static void add_term(activity *a, double term)
{
    if (isinf(term)) {
        a->infinite++;
        return;
    }
    a->sum += term;
    a->size += fabs(term);
}

static bool new_tightener(tightener *tg)
{
    const mps_file *f = tg->f;
    tg->first = MEM_ZERO(int64_t, f->rows + 2);
    tg->list = MEM_NEW(int64_t, f->entries);
    tg->column = MEM_NEW(int32_t, f->entries);
    tg->least = MEM_ZERO(activity, f->rows);
    tg->most = MEM_ZERO(activity, f->rows);
    tg->queue = MEM_NEW(int64_t, f->rows + 1);
    tg->queued = MEM_ZERO(uint8_t, f->rows);
    tg->room = MEM_ZERO(double, f->rows);
    tg->b->low = MEM_NEW(double, f->columns);
    tg->b->up = MEM_NEW(double, f->columns);
    tg->b->slack = MEM_ZERO(double, f->rows);
    if (!tg->first || !tg->list || !tg->column || !tg->least || !tg->most || !tg->queue ||
        !tg->queued || !tg->room || !tg->b->low || !tg->b->up || !tg->b->slack)
        return false;
    for (int64_t e = 0; e < f->entries; e++) tg->first[f->entry[e].row + 2]++;
    for (int64_t i = 0; i < f->rows; i++) tg->first[i + 2] += tg->first[i + 1];
    for (int64_t j = 0; j < f->columns; j++) {
        tg->b->low[j] = mps_has_low(f->column[j].low) ? units(f->column[j].low) : -INFINITY;
        tg->b->up[j] = mps_has_up(f->column[j].up) ? units(f->column[j].up) : INFINITY;
        for (int64_t e = f->column[j].first; e < f->column[j + 1].first; e++) {
            tg->list[tg->first[f->entry[e].row + 1]++] = e;
            tg->column[e] = (int32_t)j;
        }
    }
    return true;
}

static void free_tightener(tightener *tg)
{
    void *const list[] = {tg->first, tg->list,  tg->column, tg->least,
                          tg->most,  tg->queue, tg->queued, tg->room};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

/* ---- rows alone ---------------------------------------------------------------------- */

static void count_activities(tightener *tg)
{
    const mps_file *f = tg->f;
    memset(tg->least, 0, (size_t)f->rows * sizeof *tg->least);
    memset(tg->most, 0, (size_t)f->rows * sizeof *tg->most);
    for (int64_t e = 0; e < f->entries; e++) {
        const double w = units(f->entry[e].value), low = tg->b->low[tg->column[e]],
                     up = tg->b->up[tg->column[e]];
        const int32_t i = f->entry[e].row;
        add_term(&tg->least[i], w > 0.0 ? w * low : w * up);
        add_term(&tg->most[i], w > 0.0 ? w * up : w * low);
    }
}

static void enqueue(tightener *tg, int64_t i)
{
    if (tg->queued[i]) return;
    tg->queued[i] = 1;
    tg->queue[(tg->head + tg->count++) % (tg->f->rows + 1)] = i;
}

/* Column j has a bound at last: its rows may give others. */
static void set_bound(tightener *tg, int64_t j, bool upper, double v)
{
    const mps_file *f = tg->f;
    (upper ? tg->b->up : tg->b->low)[j] = v;
    for (int64_t e = f->column[j].first; e < f->column[j + 1].first; e++) {
        const double w = units(f->entry[e].value);
        const int32_t i = f->entry[e].row;
        activity *a = (w > 0.0) == upper ? &tg->most[i] : &tg->least[i];
        a->infinite--;
        add_term(a, w * v);
        if (a->infinite < 2) enqueue(tg, i);
    }
}

/* sum >= limit (or <=, side -1) bounds what column j adds: the limit less the farthest that the others add. */
static void bound_by(tightener *tg, int64_t e, double limit, int side)
{
    const mps_file *f = tg->f;
    const int64_t j = tg->column[e];
    const double w = units(f->entry[e].value);
    const bool upper = (w > 0.0) == (side < 0);
    double *bound = upper ? &tg->b->up[j] : &tg->b->low[j];
    if (!isinf(*bound)) return;
    const activity *a = side < 0 ? &tg->least[f->entry[e].row] : &tg->most[f->entry[e].row];
    const double own = w * (upper ? tg->b->low[j] : tg->b->up[j]);
    if (a->infinite > (isinf(own) ? 1 : 0)) return;
    const double others = a->sum - (isinf(own) ? 0.0 : own),
                 margin = 1e-9 * (fabs(limit) + a->size);
    const double v = (limit - others) / w;
    const double out = upper ? v + margin / fabs(w) : v - margin / fabs(w);
    if (fabs(out) > FARTHEST) return;
    set_bound(tg, j, upper, out);
}

static void tighten_rows(tightener *tg)
{
    const mps_file *f = tg->f;
    count_activities(tg);
    for (int64_t i = 0; i < f->rows; i++) enqueue(tg, i);
    while (tg->count > 0) {
        const int64_t i = tg->queue[tg->head];
        const mps_row *row = &f->row[i];
        tg->head = (tg->head + 1) % (f->rows + 1);
        tg->count--;
        tg->queued[i] = 0;
        for (int64_t p = tg->first[i]; p < tg->first[i + 1]; p++) {
            if (mps_has_up(row->up) && tg->least[i].infinite < 2)
                bound_by(tg, tg->list[p], units(row->up), -1);
            if (mps_has_low(row->low) && tg->most[i].infinite < 2)
                bound_by(tg, tg->list[p], units(row->low), 1);
        }
    }
}

/* ---- circles ------------------------------------------------------------------------- */

/* May flow be taken off column j, down to its lower bound, at no harm but to balances? */
static bool is_harmless(const tightener *tg, int64_t j)
{
    const mps_file *f = tg->f;
    if (f->column[j].cost < 0) return false;
    for (int64_t e = f->column[j].first; e < f->column[j + 1].first; e++) {
        const mps_row *row = &f->row[f->entry[e].row];
        if (tg->net->sign[f->entry[e].row] != 0) continue;
        if (f->entry[e].value > 0 ? mps_has_low(row->low) : mps_has_up(row->up)) return false;
    }
    return true;
}

static int32_t part_of(const tightener *tg, int64_t j)
{
    const int32_t i = tg->net->tail[j] >= 0 ? tg->net->tail[j] : tg->net->head[j];
    return i < 0 ? -1 : tg->net->part[i];
}

static double larger_limit(const mps_row *row)
{
    return fmax(mps_has_up(row->up) ? fabs(units(row->up)) : 0.0,
                mps_has_low(row->low) ? fabs(units(row->low)) : 0.0);
}

static void measure_parts(tightener *tg)
{
    const mps_file *f = tg->f;
    for (int64_t i = 0; i < f->rows; i++)
        if (tg->net->sign[i] != 0)
            tg->room[tg->net->part[i]] += larger_limit(&f->row[i]) / units(tg->net->size[i]);
    for (int64_t j = 0; j < f->columns; j++) {
        const int32_t part = part_of(tg, j);
        if (part < 0) continue;
        if (mps_loss(f, tg->net, j) != 0) tg->room[part] = INFINITY;
        tg->room[part] += 2.0 * fabs(tg->b->low[j]);
        if (!is_harmless(tg, j)) tg->room[part] += tg->b->up[j] - tg->b->low[j];
    }
}

/* Upper bounds of harmless columns, from circles where rows gave none or a larger one. */
static void bound_circles(tightener *tg)
{
    const mps_file *f = tg->f;
    for (int64_t j = 0; j < f->columns; j++) {
        if (mps_has_up(f->column[j].up) || isinf(tg->b->low[j]) || !is_harmless(tg, j))
            continue;
        const int32_t part = part_of(tg, j);
        const double room = part < 0 ? 0.0 : tg->room[part] * (1.0 + 1e-9);
        if (tg->b->low[j] + room < tg->b->up[j]) tg->b->up[j] = tg->b->low[j] + room;
    }
}

/* A balance with one limit is met by a slack: how long may it be? */
static void bound_slacks(tightener *tg)
{
    const mps_file *f = tg->f;
    count_activities(tg);
    for (int64_t i = 0; i < f->rows; i++) {
        const mps_row *row = &f->row[i];
        if (tg->net->sign[i] == 0 || mps_has_up(row->up) == mps_has_low(row->low)) continue;
        const bool upper = mps_has_up(row->up);
        const activity *a = upper ? &tg->least[i] : &tg->most[i];
        const double limit = units(upper ? row->up : row->low);
        const double far = upper ? limit - a->sum : a->sum - limit;
        const double own = (far + 1e-9 * (fabs(limit) + a->size)) / units(tg->net->size[i]);
        const double room = tg->room[tg->net->part[i]] * (1.0 + 1e-9);
        /* a slack is a harmless arc to the hub */
        tg->b->slack[i] = fmax(0.0, a->infinite > 0 ? room : fmin(own, room));
    }
}

/* Faults for columns without a bound: those to blame, or, where none is, those that others leave without. */
static int64_t name_infinite(steppe_ctx *ctx, const tightener *tg, bool harmless)
{
    const mps_file *f = tg->f;
    enum { SHOWN = 20 };
    int64_t found = 0;
    for (int64_t j = 0; j < f->columns; j++) {
        const bool low = !isinf(tg->b->low[j]);
        if ((low && tg->b->up[j] <= FARTHEST) || (low && is_harmless(tg, j)) != harmless)
            continue;
        if (++found > SHOWN) continue;
        const mps_column *c = &f->column[j];
        const mps_place *at = low ? &c->up_at : &c->low_at;
        steppe_fault(
            ctx,
            "%s:%lld:%d: found column '%s' without %s bound, expected one: none follows from "
            "its rows%s",
            f->path, (long long)(at->line ? at->line : c->line), at->line ? at->field : 1,
            c->name, low ? "an upper" : "a lower",
            low && c->cost < 0 ? ", and more of it would pay" : "");
    }
    if (found > SHOWN)
        steppe_fault(ctx, "%s: found %lld more columns like these", f->path,
                     (long long)(found - SHOWN));
    return found;
}

static steppe_status refuse_infinite(steppe_ctx *ctx, const tightener *tg)
{
    return name_infinite(ctx, tg, false) > 0 || name_infinite(ctx, tg, true) > 0
               ? STEPPE_BAD_INPUT
               : STEPPE_OK;
}

steppe_status mps_find_bounds(steppe_ctx *ctx, const mps_file *f, const mps_network *net,
                              mps_bounds *out)
{
    tightener tg = {.f = f, .net = net, .b = out};
    *out = (mps_bounds){NULL, NULL, NULL};
    steppe_status st = new_tightener(&tg) ? STEPPE_OK : steppe_no_memory(ctx);
    if (st == STEPPE_OK) {
        tighten_rows(&tg);
        measure_parts(&tg);
        bound_circles(&tg);
        st = refuse_infinite(ctx, &tg);
    }
    if (st == STEPPE_OK) bound_slacks(&tg);
    free_tightener(&tg);
    return st;
}

void mps_bounds_free(mps_bounds *b)
{
    mem_free(b->low);
    mem_free(b->up);
    mem_free(b->slack);
    memset(b, 0, sizeof *b);
}
