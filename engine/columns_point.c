#include "columns_point.h"

#include "columns.h"

#include <math.h>
#include <string.h>

#define IS_INSIDE                                                                              \
    1e-6 /* of what is usual: flows of columns in use are larger, others are none */

/* Overrun rows per commodity up to which rounds are few: 2 to 4 on random networks of 64 commodities (28 and 53 rounds), 18 with 16
 * of them (137 rounds, and slower than any other way). */
#define ROWS_EACH 6.0

static double mean_size(const double *v, int64_t n)
{
    double sum = 0.0, count = 0.0;
    for (int64_t i = 0; i < n; i++)
        if (v[i] != 0.0) sum += fabs(v[i]), count += 1.0;
    return count > 0.0 ? sum / count : 1.0;
}

/* Averages of exact flows are clean, unlike points of an interior method: what no column in use has is zero. So what is inside
 * its bounds comes first, by how far it is; the rest by the price of leaving them. */
static double weight_of(const job *j, int64_t v, double x, double price, double flow,
                        double cost)
{
    const double inside = fmin(x - j->bs.low[v], j->bs.up[v] - x) / flow;
    return inside > IS_INSIDE ? inside / IS_INSIDE : 0.5 / (1.0 + fabs(price) / cost);
}

static void fill_point(const job *j, const double *y, const double *rc, interior_point *out)
{
    const model *md = j->md;
    const double unit = pow(10.0, -md->cost_places); /* as j->true_cost */
    const double flow = mean_size(j->lp.rhs, j->lp.n), cost = mean_size(j->true_cost, md->m);
    memset(out->price, 0, (size_t)j->lp.n * sizeof *out->price);
    for (int64_t a = 0; a < md->m; a++)
        out->weight[a] = weight_of(j, a, out->x[a], rc[a] * unit, flow, cost);
    for (int32_t i = 0; i < md->n; i++) out->x[md->m + i] = out->weight[md->m + i] = 0.0;
    for (int64_t r = 0; r < md->rows; r++) {
        const double load = model_load(md, r, out->x);
        out->price[md->n + r] = -y[r] * unit;
        out->x[j->base + r] = load;
        out->weight[j->base + r] = weight_of(j, j->base + r, load, y[r] * unit, flow, cost);
    }
}

steppe_status columns_point(job *j, double gap, bool whatever, interior_point *out)
{
    const model *md = j->md;
    steppe_status st = STEPPE_OK;
    columns_info info;
    double now = clock_now();
    memset(out, 0, sizeof *out);
    if (!columns_can(md)) {
        out->failed = true;
        return STEPPE_OK;
    }
    double *y = MEM_ZERO(double, md->rows), *rc = MEM_ZERO(double, md->m);
    out->x = MEM_ZERO(double, j->all);
    out->weight = MEM_NEW(double, j->all);
    out->price = MEM_NEW(double, j->lp.n);
    if (!y || !rc || !out->x || !out->weight || !out->price)
        st = steppe_no_memory(j->ctx);
    else
        st = columns_solve(j->ctx, md, gap, whatever ? INFINITY : ROWS_EACH, out->x, y, rc,
                           &info);
    if (st == STEPPE_OK) {
        out->iterations = (int)info.rounds;
        out->stopped = info.stopped;
        out->declined = info.declined;
        out->failed = !info.stopped && !info.declined && (!info.flows || !info.reached);
        j->out->tree_pivots += info.tree_pivots;
        fill_point(j, y, rc, out);
        clock_add(&j->ctx->stages.columns, &now);
    }
    mem_free(y);
    mem_free(rc);
    if (st != STEPPE_OK) interior_free(out);
    return st;
}
