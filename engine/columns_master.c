/* The restricted master: which rows it knows, and the arrays that its kernel works on. */
#include "columns_job.h"

#include <math.h>
#include <string.h>

/* ---- rows ----------------------------------------------------------------------------- */

void set_loads(generator *g)
{
    memset(g->load, 0, (size_t)g->md->rows * sizeof *g->load);
    for (int64_t j = 0; j < g->cols; j++) {
        const column *c = &g->col[j];
        for (int32_t i = 0; i < c->rows; i++) g->load[c->row[i]] += c->weight * c->load[i];
    }
}

/* What the master's row asks: load at most that, or -load. */
static double side_limit(const model *md, int64_t side)
{
    const int64_t r = side / 2;
    if (side % 2 != 0) return md->row_low[r] == NO_LOW ? INFINITY : -(double)md->row_low[r];
    return md->row_up[r] == NO_UP ? INFINITY : (double)md->row_up[r];
}

double side_excess(const generator *g, int64_t side)
{
    const double load = g->load[side / 2];
    return ((side % 2 != 0 ? -load : load) - side_limit(g->md, side)) * g->row_scale[side / 2];
}

int32_t add_sides(generator *g, double price)
{
    int32_t fresh = 0;
    g->sides = 0;
    for (int64_t s = 0; s < 2 * g->md->rows; s++) {
        if (g->place[s] < 0) {
            if (side_excess(g, s) <= 1e-7) continue;
            g->y[s] = price;
            fresh++;
        }
        g->place[s] = g->sides;
        g->side[g->sides++] = (int32_t)s;
    }
    return fresh;
}

double mean_price(const generator *g)
{
    double sum = 0.0;
    for (int32_t i = 0; i < g->sides; i++) sum += g->y[g->side[i]];
    return g->sides > 0 ? sum / (double)g->sides : 0.0;
}

/* ---- arrays --------------------------------------------------------------------------- */

void master_free(generator *g)
{
    master_problem *p = &g->mp;
    master_work *w = &g->mw;
    void *const list[] = {(void *)(uintptr_t)p->block_first,
                          (void *)(uintptr_t)p->first,
                          (void *)(uintptr_t)p->row,
                          (void *)(uintptr_t)p->load,
                          (void *)(uintptr_t)p->cost,
                          (void *)(uintptr_t)p->limit,
                          (void *)(uintptr_t)p->box,
                          w->y,
                          w->t,
                          w->total,
                          w->mean,
                          w->base,
                          w->diff_first,
                          w->diff_row,
                          w->diff,
                          w->matrix,
                          w->inverse,
                          w->solve,
                          w->near_first,
                          w->near_row,
                          w->square_at,
                          w->batch_first,
                          w->square,
                          w->panel,
                          w->local};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
    memset(p, 0, sizeof *p);
    memset(w, 0, sizeof *w);
}

/* Vectors of the kernel by rows, by columns, by blocks: three pieces of memory. */
static bool new_vectors(master_work *w, int64_t rows, int64_t columns, int64_t blocks)
{
    double **const by_row[] = {&w->y,  &w->slack, &w->over, &w->ds,
                               &w->dq, &w->dy,    &w->rhs,  &w->worth};
    double **const by_column[] = {&w->t, &w->z, &w->dt, &w->dz, &w->ratio, &w->push};
    double **const by_block[] = {&w->total, &w->theta, &w->short_by, &w->shift};
    double *r = MEM_ZERO(double, 8 * rows), *c = MEM_ZERO(double, 6 * columns),
           *b = MEM_ZERO(double, 4 * blocks);
    for (int64_t i = 0; i < 8 && r; i++) *by_row[i] = r + i * rows;
    for (int64_t i = 0; i < 6 && c; i++) *by_column[i] = c + i * columns;
    for (int64_t i = 0; i < 4 && b; i++) *by_block[i] = b + i * blocks;
    return r && c && b;
}

/* How many entries of column c the master sees. */
static int64_t seen_entries(const generator *g, const column *c)
{
    int64_t count = 0;
    for (int32_t i = 0; i < c->rows; i++)
        count += (g->place[2 * c->row[i]] >= 0) + (g->place[2 * c->row[i] + 1] >= 0);
    return count;
}

/* Firsts of blocks, columns and of their differences, for which a column needs the room of two. */
static void lay_out(generator *g, int32_t *block_first, int64_t *first)
{
    int64_t entries = 0, room = 0, most = 0;
    for (int64_t j = 0; j < g->cols; j++) {
        const int64_t count = seen_entries(g, &g->col[j]);
        first[j] = entries;
        entries += count;
        block_first[g->col[j].block + 1] = (int32_t)j + 1;
        if (count > most) most = count;
    }
    first[g->cols] = entries;
    for (int64_t j = 0; j <= g->cols; j++) {
        g->mw.diff_first[j] = room;
        if (j < g->cols) room += first[j + 1] - first[j] + most;
    }
}

static void fill(const generator *g, int32_t *row, double *load, double *cost, double *limit,
                 double *box)
{
    const double mean = mean_price(g);
    int64_t at = 0;
    for (int64_t j = 0; j < g->cols; j++) {
        const column *c = &g->col[j];
        cost[j] = c->cost * g->cost_scale;
        for (int32_t i = 0; i < c->rows; i++)
            for (int64_t s = 2 * (int64_t)c->row[i]; s < 2 * (int64_t)c->row[i] + 2; s++) {
                if (g->place[s] < 0) continue;
                const double v = c->load[i] * g->row_scale[c->row[i]];
                row[at] = g->place[s];
                load[at++] = s % 2 != 0 ? -v : v;
            }
    }
    for (int32_t i = 0; i < g->sides; i++) {
        const int32_t s = g->side[i];
        limit[i] = side_limit(g->md, s) * g->row_scale[s / 2];
        box[i] = g->box[s];
        g->mw.y[i] = g->y[s];
        g->mw.worth[i] = fmax(g->best_y[s], mean);
    }
}

/* Rows that the columns of each block know. row NULL: counts. mark: rows. */
static void near_rows(const master_problem *p, int64_t *first, int32_t *row, int32_t *mark)
{
    int64_t at = 0;
    for (int32_t r = 0; r < p->rows; r++) mark[r] = -1;
    for (int32_t k = 0; k < p->blocks; k++) {
        const int64_t from = p->first[p->block_first[k]], to = p->first[p->block_first[k + 1]];
        first[k] = at;
        for (int64_t e = from; e < to; e++) mark[p->row[e]] = k;
        for (int32_t r = 0; r < p->rows; r++) {
            if (mark[r] != k) continue;
            if (row) row[at] = r;
            at++;
        }
    }
    first[p->blocks] = at;
}

/* What assembling the matrix needs. */
static bool new_squares(const master_problem *p, master_work *w)
{
    w->near_first = MEM_NEW(int64_t, (int64_t)p->blocks + 1);
    w->square_at = MEM_NEW(int64_t, p->blocks);
    w->batch_first = MEM_NEW(int32_t, (int64_t)p->blocks + 1);
    w->local = MEM_NEW(int32_t, (int64_t)w->threads * p->rows);
    if (!w->near_first || !w->square_at || !w->batch_first || !w->local) return false;
    near_rows(p, w->near_first, NULL, w->local);
    w->near_row = MEM_NEW(int32_t, w->near_first[p->blocks]);
    if (!w->near_row) return false;
    near_rows(p, w->near_first, w->near_row, w->local);
    w->square = MEM_NEW(double, master_rooms(p, w));
    w->panel = MEM_NEW(double, w->threads * w->panel_room);
    return w->square && w->panel;
}

bool master_new(generator *g)
{
    master_problem *p = &g->mp;
    master_work *w = &g->mw;
    const int64_t n = g->sides, K = g->md->K, C = g->cols;
    int32_t *block_first = MEM_ZERO(int32_t, K + 1);
    int64_t *first = MEM_NEW(int64_t, C + 1);
    p->block_first = block_first;
    p->first = first;
    w->diff_first = MEM_NEW(int64_t, C + 1);
    if (!block_first || !first || !w->diff_first || !new_vectors(w, n, C, K)) return false;
    lay_out(g, block_first, first);
    int32_t *row = MEM_NEW(int32_t, first[C]);
    double *load = MEM_NEW(double, first[C]), *cost = MEM_NEW(double, C),
           *limit = MEM_NEW(double, n), *box = MEM_NEW(double, n);
    p->row = row;
    p->load = load;
    p->cost = cost;
    p->limit = limit;
    p->box = box;
    w->base = MEM_NEW(int32_t, K);
    w->mean = MEM_NEW(double, K *n);
    w->diff_row = MEM_NEW(int32_t, w->diff_first[C]);
    w->diff = MEM_NEW(double, w->diff_first[C]);
    w->matrix = MEM_NEW(double, dense_panel_size(n, n));
    w->inverse = MEM_NEW(double, n);
    w->solve = MEM_NEW(double, dense_strips(n) * STRIP);
    w->kind = dense_best();
    if (!row || !load || !cost || !limit || !box || !w->base || !w->mean || !w->diff_row ||
        !w->diff || !w->matrix || !w->inverse || !w->solve)
        return false;
    p->blocks = (int32_t)K;
    p->rows = (int32_t)n;
    p->columns = (int32_t)C;
    w->threads = g->ctx->set.threads;
    fill(g, row, load, cost, limit, box);
    return new_squares(p, w);
}
