/* Memory of a solve, and the canonical form as the coupled simplex wants it: doubles, all bounds finite. */
#include "coordinate_job.h"

#include <math.h>
#include <string.h>

/* ---- memory -------------------------------------------------------------------------- */

static bool new_sparse(coord_sparse *v, int64_t size)
{
    v->value = MEM_ZERO(double, size);
    v->list = MEM_NEW(int64_t, size);
    v->listed = MEM_ZERO(uint8_t, size);
    v->count = 0;
    return v->value && v->list && v->listed;
}

static void free_sparse(coord_sparse *v)
{
    mem_free(v->value);
    mem_free(v->list);
    mem_free(v->listed);
}

/* Room for q working arcs; what is there stays. */
bool job_grow(job *j, int32_t cap)
{
    coord_basis *bs = &j->bs;
    int64_t *work = MEM_NEW(int64_t, cap);
    int32_t *tight = MEM_NEW(int32_t, cap);
    double *inv = MEM_NEW(double, (int64_t)cap *cap),
           *scratch = MEM_NEW(double, 4 * (int64_t)cap);
    if (!work || !tight || !inv || !scratch) {
        mem_free(work);
        mem_free(tight);
        mem_free(inv);
        mem_free(scratch);
        return false;
    }
    for (int32_t p = 0; p < bs->q; p++) {
        work[p] = bs->work_arc[p];
        tight[p] = bs->tight_row[p];
        memcpy(inv + (size_t)p * (size_t)cap, bs->inv + (size_t)p * (size_t)bs->q_cap,
               (size_t)bs->q * sizeof *inv);
    }
    mem_free(bs->work_arc);
    mem_free(bs->tight_row);
    mem_free(bs->inv);
    mem_free(bs->scratch);
    bs->work_arc = work;
    bs->tight_row = tight;
    bs->inv = inv;
    bs->scratch = scratch;
    bs->q_cap = cap;
    return true;
}

void job_free(job *j)
{
    coord_lp *lp = &j->lp;
    coord_basis *bs = &j->bs;
    mem_free((void *)(uintptr_t)lp->b);
    mem_free((void *)(uintptr_t)lp->arc_weight);
    mem_free((void *)(uintptr_t)lp->row_weight);
    mem_free((void *)(uintptr_t)lp->node_first);
    mem_free((void *)(uintptr_t)lp->node_arc);
    mem_free(bs->tree);
    mem_free(bs->pi);
    mem_free(bs->x);
    mem_free(bs->low);
    mem_free(bs->up);
    mem_free(bs->cost);
    mem_free(bs->rc);
    mem_free(bs->weight);
    mem_free(bs->state);
    mem_free(bs->lambda);
    mem_free(bs->tight_at);
    mem_free(bs->work_at);
    mem_free(bs->work_arc);
    mem_free(bs->tight_row);
    mem_free(bs->inv);
    mem_free(bs->scratch);
    mem_free(bs->bucket);
    mem_free(bs->bucket_next);
    mem_free(bs->order);
    free_sparse(&bs->dx);
    free_sparse(&bs->row);
    free_sparse(&bs->price);
    free_sparse(&bs->shift);
    free_sparse(&bs->bad);
    mem_free(j->true_cost);
}

/* ---- the linear program in floating point -------------------------------------------- */

static bool lp_nodes(job *j)
{
    const model *md = j->md;
    double *b = MEM_NEW(double, md->n);
    int64_t *first = MEM_ZERO(int64_t, md->n + 2), *list = MEM_NEW(int64_t, 2 * md->m);
    j->lp.b = b;
    j->lp.node_first = first;
    j->lp.node_arc = list;
    if (!b || !first || !list) return false;
    for (int32_t i = 0; i < md->n; i++) b[i] = (double)md->b[i];
    for (int64_t a = 0; a < md->m; a++) {
        if (md->tail[a] == md->head[a]) continue;
        first[md->tail[a] + 2]++;
        first[md->head[a] + 2]++;
    }
    for (int32_t i = 0; i < md->n; i++) first[i + 2] += first[i + 1];
    for (int64_t a = 0; a < md->m; a++) {
        if (md->tail[a] == md->head[a]) continue;
        list[first[md->tail[a] + 1]++] = a;
        list[first[md->head[a] + 1]++] = a;
    }
    return true;
}

static bool lp_rows(job *j)
{
    const model *md = j->md;
    const int64_t entries = md->row_first[md->rows];
    double *by_row = MEM_NEW(double, entries), *by_arc = MEM_NEW(double, entries);
    j->lp.row_weight = by_row;
    j->lp.arc_weight = by_arc;
    if (!by_row || !by_arc) return false;
    for (int64_t r = 0; r < md->rows; r++)
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
            by_row[e] = (double)md->row_weight[e] / (double)md->row_scale[r];
    for (int64_t e = 0; e < entries; e++)
        by_arc[e] = (double)md->arc_weight[e] / (double)md->row_scale[md->arc_row[e]];
    return true;
}

bool job_new(job *j)
{
    const model *md = j->md;
    coord_lp *lp = &j->lp;
    coord_basis *bs = &j->bs;
    const int64_t all = j->all;
    lp->n = md->n;
    lp->m = md->m;
    lp->rows = md->rows;
    lp->tail = md->tail;
    lp->head = md->head;
    lp->arc_first = md->arc_first;
    lp->arc_row = md->arc_row;
    lp->row_first = md->row_first;
    lp->row_arc = md->row_arc;
    if (!lp_nodes(j) || !lp_rows(j)) return false;
    bs->tree = MEM_NEW(tree_node, md->n + 1);
    bs->pi = MEM_NEW(double, md->n + 1);
    bs->x = MEM_ZERO(double, all);
    bs->low = MEM_ZERO(double, all);
    bs->up = MEM_ZERO(double, all);
    bs->cost = MEM_ZERO(double, all);
    bs->rc = MEM_ZERO(double, all);
    bs->weight = MEM_NEW(double, all);
    bs->state = MEM_NEW(uint8_t, all);
    bs->lambda = MEM_ZERO(double, md->rows);
    bs->tight_at = MEM_NEW(int32_t, md->rows);
    bs->work_at = MEM_NEW(int32_t, j->base);
    bs->bucket = MEM_NEW(int32_t, md->n + 2);
    bs->bucket_next = MEM_NEW(int32_t, md->n + 1);
    bs->order = MEM_NEW(int64_t, all + 1);
    j->true_cost = MEM_NEW(double, md->m);
    if (!bs->tree || !bs->pi || !bs->x || !bs->low || !bs->up || !bs->cost || !bs->rc ||
        !bs->weight || !bs->state || !bs->lambda || !bs->tight_at || !bs->work_at ||
        !bs->bucket || !bs->bucket_next || !bs->order || !j->true_cost ||
        !new_sparse(&bs->dx, all) || !new_sparse(&bs->row, all) ||
        !new_sparse(&bs->price, md->rows) || !new_sparse(&bs->shift, md->n + 1) ||
        !new_sparse(&bs->bad, all) || !job_grow(j, 64))
        return false;
    double most = 1.0, dear = 0.0;
    const double unit = pow(10.0, -md->cost_places);
    for (int64_t a = 0; a < md->m; a++) {
        bs->low[a] = (double)md->low[a];
        bs->up[a] = (double)md->up[a];
        j->true_cost[a] = bs->cost[a] = (double)md->cost[a] * unit;
        if (fabs(bs->cost[a]) > dear) dear = fabs(bs->cost[a]);
        bs->work_at[a] = -1;
    }
    for (int32_t i = 0; i < md->n; i++) {
        if (fabs(lp->b[i]) > most) most = fabs(lp->b[i]);
        bs->work_at[md->m + i] = -1;
        bs->bucket[i] = -1;
    }
    bs->bucket[md->n] = bs->bucket[md->n + 1] = -1;
    for (int64_t r = 0; r < md->rows; r++) {
        double low = 0.0, up = 0.0;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            const double w = lp->row_weight[e], l = bs->low[md->row_arc[e]],
                         u = bs->up[md->row_arc[e]];
            low += w > 0.0 ? w * l : w * u;
            up += w > 0.0 ? w * u : w * l;
        }
        const double beyond = 1.0 + 0.01 * (up - low);
        bs->low[j->base + r] = md->row_low[r] == NO_LOW ? low - beyond : (double)md->row_low[r];
        bs->up[j->base + r] = md->row_up[r] == NO_UP ? up + beyond : (double)md->row_up[r];
        bs->tight_at[r] = -1;
    }
    /* flows of 10^14 units carry 0.02 units of rounding noise; costs of 10^8 USD carry 10^-8 */
    lp->flow_tol = fmax(0.25, 1e-13 * most);
    lp->cost_tol = fmax(1e-9, 1e-15 * dear);
    return true;
}
