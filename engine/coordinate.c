/* From the canonical form to an exact answer: K independent trees, coupled pivots between them,
 * then integers.
 *
 * 1. Without an earlier basis: a network simplex per commodity, in parallel, as if nothing were
 * shared. Their trees with all coupling rows loose are a dual feasible basis of the whole.
 * 2. Dual simplex on the partitioned basis (kernels/coord.h) under slightly perturbed costs,
 * then primal simplex on the true ones. With an earlier basis: the same from there.
 * 3. The final basis gives flows and prices again in exact integers. Where a vertex has fractional
 * flows, limits that rounding overruns are tightened by those few units (coordinate_exact.c).
 * engine/certificate.c judges the result. */
#include "coordinate_job.h"

#include <math.h>
#include <string.h>

/* ---- step 2: coupled pivots ---------------------------------------------------------- */

/* inv from scratch; pairs that make it singular leave the basis. */
static void rebuild(job *j)
{
    coord_basis *bs = &j->bs;
    int32_t p, t;
    while (bs->q > 0 && !coord_invert(&j->lp, bs, &p, &t)) {
        const int64_t a = bs->work_arc[p];
        const int32_t r = bs->tight_row[t];
        bs->state[a] = CV_LOWER;
        bs->work_at[a] = -1;
        bs->state[j->base + r] = CV_LOOSE;
        bs->tight_at[r] = -1;
        coord_drop(bs, p, t);
    }
}

void job_refresh(job *j)
{
    if (coord_refresh(&j->lp, &j->bs) <= j->lp.flow_tol) return;
    rebuild(j);
    coord_refresh(&j->lp, &j->bs);
}

/* A fixed stream of numbers in [0.5, 1): the same perturbation whenever, wherever. */
static double fraction(int64_t i)
{
    uint64_t z = (uint64_t)i * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return 0.5 + (double)(z >> 12) / 9007199254740992.0;
}

/* Ties between reduced costs are broken by making nonbasic arcs a little worse than they are.
 */
static void perturb(job *j)
{
    coord_basis *bs = &j->bs;
    double sum = 0.0;
    int64_t count = 0;
    for (int64_t a = 0; a < j->md->m; a++)
        if (j->true_cost[a] != 0.0) sum += fmin(fabs(j->true_cost[a]), 1e4), count++;
    const double typical = count > 0 ? sum / (double)count : 1.0;
    for (int64_t a = 0; a < j->md->m; a++) {
        const double size = 5e-7 * (fmin(fabs(j->true_cost[a]), 1e4) + typical) * fraction(a);
        if (bs->state[a] == CV_LOWER) bs->cost[a] += size;
        if (bs->state[a] == CV_UPPER) bs->cost[a] -= size;
    }
}

void job_use_true_costs(job *j)
{
    memcpy(j->bs.cost, j->true_cost, (size_t)j->md->m * sizeof(double));
}

static bool primal_feasible(const job *j)
{
    const coord_basis *bs = &j->bs;
    for (int64_t v = 0; v < j->all; v++)
        if (bs->state[v] > CV_UPPER &&
            (bs->x[v] < bs->low[v] - j->lp.flow_tol || bs->x[v] > bs->up[v] + j->lp.flow_tol))
            return false;
    return true;
}

static void report_conflict(const job *j, int64_t leaving)
{
    const model *md = j->md;
    const coord_basis *bs = &j->bs;
    text name = {0};
    if (leaving < md->m)
        model_arc_name(md, leaving, &name);
    else if (leaving < j->base)
        model_node_name(md, (int32_t)(leaving - md->m), &name);
    else
        model_row_name(md, leaving - j->base, &name);
    steppe_note(j->ctx, "infeasible: %s cannot be brought within its limits, against:",
                name.data ? name.data : "?");
    int shown = 0;
    for (int64_t i = 0; i < bs->price.count && shown < 30; i++) {
        const int64_t r = bs->price.list[i];
        if (fabs(bs->price.value[r]) < 1e-9 || r == leaving - j->base) continue;
        name.len = 0;
        model_row_name(md, r, &name);
        if (name.data) steppe_note(j->ctx, "infeasible:   %s", name.data);
        shown++;
    }
    for (int64_t i = 0; i < bs->shift.count && shown < 30; i++) {
        const int64_t v = bs->shift.list[i];
        if (v >= md->n || fabs(bs->shift.value[v]) < 1e-9 || md->b[v] == 0 ||
            md->node[v].kind == NODE_HUB)
            continue;
        name.len = 0;
        model_node_name(md, (int32_t)v, &name);
        if (name.data) steppe_note(j->ctx, "infeasible:   %s", name.data);
        shown++;
    }
    text_free(&name);
}

enum { BATCH = 100 };

/* One way of pivoting until it ends; GROW is handled. Returns its result. */
steppe_status job_run(job *j, bool dual, coord_result *res, int64_t *leaving)
{
    coord_basis *bs = &j->bs;
    int64_t stuck = 0;
    for (;;) {
        const int64_t before = bs->pivots;
        if (dual && coord_flip_to_dual(&j->lp, bs) > 0) job_refresh(j);
        *res = dual ? coord_dual(&j->lp, bs, BATCH, leaving) : coord_primal(&j->lp, bs, BATCH);
        if (*res == COORD_GROW && !job_grow(j, 2 * bs->q_cap)) return steppe_no_memory(j->ctx);
        if (*res ==
            COORD_LIMIT) { /* a contradiction between row and column ends a batch early */
            if (bs->pivots == before) rebuild(j);
            stuck = bs->pivots == before ? stuck + 1 : 0;
        }
        job_refresh(j);
        if (*res == COORD_OPTIMAL || *res == COORD_INFEASIBLE || *res == COORD_STOPPED)
            return STEPPE_OK;
        if (steppe_report(j->ctx, "coupling", bs->pivots, 0.0)) {
            *res = COORD_STOPPED;
            return STEPPE_OK;
        }
        if (stuck > 20)
            return steppe_fail(j->ctx, STEPPE_INTERNAL,
                               "the coupled simplex lost its footing after %lld pivots",
                               (long long)bs->pivots);
    }
}

static steppe_status pivot_to_optimum(job *j)
{
    coord_basis *bs = &j->bs;
    coord_result res = COORD_OPTIMAL;
    int64_t leaving = 0;
    rebuild(j);
    job_refresh(j);
    for (int round = 0; round < 50; round++) {
        if (!primal_feasible(j)) {
            for (int64_t v = 0; v < j->all; v++) bs->weight[v] = 1.0;
            if (round < 6) perturb(j);
            job_refresh(j);
            STEPPE_TRY(job_run(j, true, &res, &leaving));
            if (res == COORD_INFEASIBLE && round > 0) {
                j->out->infeasible = true;
                report_conflict(j, leaving);
                return STEPPE_OK;
            }
            /* the first verdict may rest on stale numbers: build everything anew and ask again */
            if (res == COORD_INFEASIBLE) {
                rebuild(j);
                job_use_true_costs(j);
                job_refresh(j);
                continue;
            }
            if (res == COORD_STOPPED) break;
        }
        job_use_true_costs(j);
        job_refresh(j);
        STEPPE_TRY(job_run(j, false, &res, &leaving));
        if (res == COORD_STOPPED) break;
        if (primal_feasible(j)) return STEPPE_OK;
        coord_flip_to_dual(&j->lp, bs);
        job_refresh(j);
    }
    if (res == COORD_STOPPED) {
        j->out->stopped = true;
        job_use_true_costs(j);
        job_refresh(j);
        return STEPPE_OK;
    }
    return steppe_fail(j->ctx, STEPPE_INTERNAL, "the coupled simplex did not settle");
}

steppe_status coordinate(steppe_ctx *ctx, const model *md, basis_store *store, bool save,
                         answer *out)
{
    memset(out, 0, sizeof *out);
    job j = {0};
    j.ctx = ctx;
    j.md = md;
    j.out = out;
    j.store = store;
    j.base = md->m + md->n;
    j.all = j.base + md->rows;
    steppe_status st = STEPPE_OK;
    out->x = MEM_ZERO(int64_t, md->m);
    out->pi = MEM_ZERO(wide, md->n);
    out->lambda = MEM_ZERO(wide, md->rows);
    if (!out->x || !out->pi || !out->lambda || !job_new(&j)) {
        st = steppe_no_memory(ctx);
        goto done;
    }
    if (!ctx->set.cold) st = start_warm(&j, &out->warm);
    if (st == STEPPE_OK && !out->warm) {
        for (int64_t r = 0; r < md->rows; r++) j.bs.tight_at[r] = -1;
        st = start_cold(&j);
    }
    const bool trees = st == STEPPE_OK && !out->infeasible && !out->stopped;
    if (trees) st = pivot_to_optimum(&j);
    out->pivots = j.bs.pivots;
    if (trees && st == STEPPE_OK && !out->infeasible) {
        st = exact_primal(&j);
        exact_dual(&j);
        if (st == STEPPE_OK && save && !out->stopped) st = start_save(&j);
    }
done:
    job_free(&j);
    if (st != STEPPE_OK) answer_free(out);
    return st;
}

void answer_free(answer *an)
{
    mem_free(an->x);
    mem_free(an->pi);
    mem_free(an->lambda);
    memset(an, 0, sizeof *an);
}
