/* The commodities' answers to prices, and the columns that they make. */
#include "columns_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- columns -------------------------------------------------------------------------- */

static void column_free(column *c)
{
    mem_free(c->arc);
    mem_free(c->flow);
    mem_free(c->row);
    mem_free(c->load);
}

void columns_free(generator *g)
{
    for (int64_t j = 0; j < g->cols; j++) column_free(&g->col[j]);
    mem_free(g->col);
}

static int by_number(const void *a, const void *b)
{
    const int32_t p = *(const int32_t *)a, q = *(const int32_t *)b;
    return (p > q) - (p < q);
}

/* Loads of the flow of block k by row. */
static void fill_loads(generator *g, int k, column *c)
{
    const model *md = g->md;
    const pricer *p = &g->pricer[k];
    const int64_t from = md->first_arc[k];
    int64_t entries = 0;
    for (int64_t a = 0; a < p->bl.net.m; a++) {
        if (p->bl.work.x[a] == 0) continue;
        for (int64_t e = md->arc_first[from + a]; e < md->arc_first[from + a + 1]; e++) {
            const int32_t r = md->arc_row[e];
            c->row[entries++] = r;
            g->scratch[r] +=
                (double)md->arc_weight[e] / (double)md->row_scale[r] * (double)p->bl.work.x[a];
        }
    }
    qsort(c->row, (size_t)entries, sizeof *c->row, by_number);
    for (int64_t i = 0; i < entries; i++) {
        const int32_t r = c->row[i];
        if (i > 0 && c->row[c->rows - 1] == r) continue; /* through two arcs */
        c->load[c->rows] = g->scratch[r];
        c->row[c->rows++] = r;
        g->scratch[r] = 0.0;
    }
}

static bool column_take(generator *g, int k, uint64_t hash, column *c)
{
    const model *md = g->md;
    const pricer *p = &g->pricer[k];
    const int64_t from = md->first_arc[k];
    int64_t arcs = 0, entries = 0;
    wide cost = 0;
    memset(c, 0, sizeof *c);
    for (int64_t a = 0; a < p->bl.net.m; a++) {
        if (p->bl.work.x[a] == 0) continue;
        arcs++;
        entries += md->arc_first[from + a + 1] - md->arc_first[from + a];
        cost += (wide)md->cost[from + a] * p->bl.work.x[a];
    }
    c->block = k;
    c->rc = INFINITY; /* until a master has seen it */
    c->hash = hash;
    c->cost = (double)cost;
    c->arc = MEM_NEW(int64_t, arcs);
    c->flow = MEM_NEW(double, arcs);
    c->row = MEM_NEW(int32_t, entries);
    c->load = MEM_NEW(double, entries);
    if (!c->arc || !c->flow || !c->row || !c->load) {
        column_free(c);
        return false;
    }
    for (int64_t a = 0; a < p->bl.net.m; a++) {
        if (p->bl.work.x[a] == 0) continue;
        c->arc[c->arcs] = from + a;
        c->flow[c->arcs++] = (double)p->bl.work.x[a];
    }
    fill_loads(g, k, c);
    return true;
}

static uint64_t flow_hash(const pricer *p)
{
    uint64_t h = 0;
    for (int64_t a = 0; a < p->bl.net.m; a++) {
        if (p->bl.work.x[a] == 0) continue;
        h = (h ^ (uint64_t)p->bl.work.x[a] ^ ((uint64_t)a << 32)) * 0xbf58476d1ce4e5b9u;
        h ^= h >> 29;
    }
    return h;
}

/* Takes the answers that were none before, and sorts them in. */
static steppe_status take_columns(generator *g)
{
    const int K = g->md->K;
    const int64_t old = g->cols;
    int64_t from = 0;
    if (g->cols + K > g->col_room) {
        const int64_t more = 2 * g->col_room + K;
        column *col = mem_resize(g->col, (size_t)more, sizeof *col);
        if (!col) return steppe_no_memory(g->ctx);
        g->col = col;
        g->col_room = more;
    }
    for (int k = 0; k < K; k++) {
        const uint64_t hash = flow_hash(&g->pricer[k]);
        bool known = false;
        for (; from < old && g->col[from].block == k; from++)
            known |= g->col[from].hash == hash;
        if (known) continue;
        if (!column_take(g, k, hash, &g->col[g->cols])) return steppe_no_memory(g->ctx);
        g->cols++;
    }
    for (int64_t i = old; i < g->cols; i++) { /* behind those of their block */
        const column c = g->col[i];
        int64_t at = i;
        for (; at > 0 && g->col[at - 1].block > c.block; at--) g->col[at] = g->col[at - 1];
        g->col[at] = c;
    }
    return STEPPE_OK;
}

void columns_drop(generator *g, double width)
{
    int64_t keep = 0;
    for (int64_t from = 0, to; from < g->cols; from = to) {
        double best = g->col[from].rc;
        for (to = from; to < g->cols && g->col[to].block == g->col[from].block; to++)
            if (g->col[to].rc < best) best = g->col[to].rc;
        for (int64_t j = from; j < to; j++) {
            column *c = &g->col[j];
            if (isfinite(c->rc) && c->rc - best > width && c->weight < 1e-2)
                column_free(c);
            else
                g->col[keep++] = *c;
        }
    }
    g->cols = keep;
}

steppe_status price_all(generator *g, bool first, double *bound, bool *fit)
{
    const model *md = g->md;
    wide sum;
    pricers_set_whole(md, g->pricer, g->price, g->fine);
    *fit = pricers_answer(g->ctx, md, g->pricer, first, &sum);
    if (!*fit) return STEPPE_OK;
    for (int64_t r = 0; r < md->rows; r++) {
        const int64_t y = g->price[r];
        if (y != 0)
            sum -= (wide)y * md->row_scale[r] * (y > 0 ? md->row_up[r] : md->row_low[r]);
    }
    *bound = (double)sum / (double)g->fine;
    return take_columns(g);
}
