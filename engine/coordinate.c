/* From the canonical form to an exact answer: K independent trees, coupled pivots between them,
 * then integers.
 *
 * 1. Without an earlier basis: in large cases sifting (sift.c), a coupled interior point (interior.c) or column
 * generation (columns.c), and a basis near it (vertex.c). Else a network simplex per commodity, in parallel, as if nothing were
 * shared: their trees with all coupling rows loose are a dual feasible basis of the whole.
 * 2. Dual simplex on the whole (kernels/lp.h) under slightly perturbed costs,
 * then primal simplex on the true ones. With an earlier basis: the same from there.
 * 3. The final basis gives flows and prices again in exact integers. Where a vertex has fractional
 * flows, limits that rounding overruns are tightened by those few units (coordinate_exact.c).
 * engine/certificate.c judges the result. */
#include "columns_point.h"
#include "coordinate_job.h"
#include "sift.h"
#include "vertex.h"

#include <math.h>
#include <string.h>

/* ---- step 2: coupled pivots ---------------------------------------------------------- */

steppe_status job_factor(job *j)
{
    while (lp_factor(&j->lp, &j->bs) == LP_GROW)
        if (!job_grow(j, 2 * j->bs.lu.fill_cap)) return steppe_no_memory(j->ctx);
    lp_refresh(&j->lp, &j->bs);
    return STEPPE_OK;
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
    lp_basis *bs = &j->bs;
    double sum = 0.0;
    int64_t count = 0;
    for (int64_t a = 0; a < j->md->m; a++)
        if (j->true_cost[a] != 0.0) sum += fmin(fabs(j->true_cost[a]), 1e4), count++;
    const double typical = count > 0 ? sum / (double)count : 1.0;
    for (int64_t a = 0; a < j->md->m; a++) {
        const double size = 5e-7 * (fmin(fabs(j->true_cost[a]), 1e4) + typical) * fraction(a);
        if (bs->state[a] == LP_LOWER) bs->cost[a] += size;
        if (bs->state[a] == LP_UPPER) bs->cost[a] -= size;
    }
}

void job_use_true_costs(job *j)
{
    memcpy(j->bs.cost, j->true_cost, (size_t)j->md->m * sizeof(double));
}

bool job_costs_shifted(const job *j)
{
    return memcmp(j->bs.cost, j->true_cost, (size_t)j->md->m * sizeof(double)) != 0;
}

enum { BATCH = 500 };

/* One way of pivoting until it ends; GROW is handled. The basis is factored and refreshed, before and
 * after. */
steppe_status job_run(job *j, bool dual, lp_result *res, int32_t *leaving)
{
    lp_basis *bs = &j->bs;
    int64_t stuck = 0;
    for (;;) {
        const int64_t before = bs->pivots;
        if (dual && lp_flip_to_dual(&j->lp, bs) > 0) lp_refresh(&j->lp, bs);
        *res = dual ? lp_dual(&j->lp, bs, BATCH, leaving) : lp_primal(&j->lp, bs, BATCH);
        if (*res == LP_OPTIMAL || *res == LP_INFEASIBLE) {
            const bool fresh = bs->lu.etas == 0 && bs->pivots == before;
            if (fresh || (*res == LP_OPTIMAL && (dual || j->rounding))) return STEPPE_OK;
            /* the verdict has to stand on fresh numbers, and so have the prices; behind a dual that ends well the primal still looks at both */
            STEPPE_TRY(job_factor(j));
            continue;
        }
        if (*res == LP_UNBOUNDED) return STEPPE_OK;
        stuck = bs->pivots == before ? stuck + 1 : 0;
        if (*res == LP_GROW || stuck > 0) STEPPE_TRY(job_factor(j));
        STEPPE_TRY(stop_watch(j));
        const bool spent = j->work_most > 0 && bs->work > j->work_most;
        if (j->enough || spent || steppe_report(j->ctx, "coupling", bs->pivots)) {
            *res = LP_STOPPED;
            return STEPPE_OK;
        }
        if (stuck > 20)
            return steppe_fail(j->ctx, STEPPE_INTERNAL,
                               "the coupled simplex lost its footing after %lld pivots",
                               (long long)bs->pivots);
    }
}

/* ---- step 1: a first basis ----------------------------------------------------------- */

/* Arcs times coupling rows from which other starts than trees pay, measured on corridors, random networks and PDS; with some
 * commodities, and with few. */
#define LARGE 1e7
#define LARGE_FEW 1e8

enum { SOME_COMMODITIES = 6 };

/* Share of the arcs that commodities use by themselves: 0.2 on random networks, 0.02 to 0.06 else. Sifting then leaves few of them out. */
#define DENSE 0.1

#define COLUMNS_GAP 1e-7 /* averages of flows are clean */
#define INSIDE_GAP 1e-8  /* the vertex near such a point is the optimal one, as a rule */
#define NEAR_INSIDE 1e-5 /* no need to go on otherwise from there */

static bool found(const interior_point *ip)
{
    return !ip->declined && !ip->failed;
}

/* A point inside; where nothing is lost and factors are dear, only as near as it tells the arcs that carry flow from the others, and sifting
 * goes on from these. */
static steppe_status point_inside(job *j, interior_when when, interior_point *ip)
{
    if (j->ctx->bare || !sift_can(j->md))
        return interior_solve(j, INSIDE_GAP, INSIDE_GAP, when, ip);
    interior_point rough = {0};
    STEPPE_TRY(interior_solve(j, INSIDE_GAP, SIFT_FROM, when, &rough));
    if (!found(&rough) || rough.stopped || rough.gap <= NEAR_INSIDE) {
        *ip = rough;
        return STEPPE_OK;
    }
    const steppe_status st = sift_from(j, &rough, ip);
    ip->iterations += rough.iterations;
    ip->order = rough.order;
    ip->factor_nonzeros = rough.factor_nonzeros;
    ip->factor_flops = rough.factor_flops;
    interior_free(&rough);
    if (st != STEPPE_OK || found(ip) || ip->stopped) return st;
    interior_free(ip);
    return interior_solve(j, INSIDE_GAP, INSIDE_GAP, when, ip);
}

/* What fits best comes first: many commodities with few overrun rows each, then what sifting is quick at, then factors that are not
 * too dear. */
static steppe_status find_best_point(job *j, interior_point *ip)
{
    const model *md = j->md;
    const double size = (double)md->m * (double)md->rows;
    if (size < (md->K >= SOME_COMMODITIES ? LARGE : LARGE_FEW)) return STEPPE_OK;
    const bool many = md->K >= MANY_COMMODITIES;
    if (many) {
        STEPPE_TRY(columns_point(j, COLUMNS_GAP, false, ip));
        if (found(ip) || ip->stopped) return STEPPE_OK;
        interior_free(ip);
    }
    STEPPE_TRY(sift_point(j, many || sift_suits(md), ip));
    if (found(ip) || ip->stopped) return STEPPE_OK;
    const bool tried = ip->failed, dense = ip->used > DENSE;
    interior_free(ip);
    STEPPE_TRY(point_inside(j, tried || dense ? INSIDE_IF_IT_PAYS : INSIDE_IF_CHEAP, ip));
    if (!ip->declined || tried) return STEPPE_OK;
    interior_free(ip);
    return sift_point(j, true, ip);
}

/* The point, declined or failed where it is not worth it or there is no way to it. */
static steppe_status find_point(job *j, interior_point *ip)
{
    ip->declined = true;
    if (j->md->rows == 0) return STEPPE_OK; /* trees: nothing is shared */
    switch (j->ctx->set.method) {
    case STEPPE_SIMPLEX:
        return STEPPE_OK;
    case STEPPE_COLUMNS:
        return columns_point(j, COLUMNS_GAP, true, ip);
    case STEPPE_INTERIOR:
        return point_inside(j, j->ctx->bare ? INSIDE_IF_IT_FITS : INSIDE_ON_REQUEST, ip);
    case STEPPE_SIFTING:
        return sift_point(j, true, ip);
    case STEPPE_AUTO:
        break;
    }
    return j->ctx->bare ? STEPPE_OK : find_best_point(j, ip);
}

/* A point inside where it is asked for or pays, and a basis from it; else, and where it finds no way, the trees. */
static steppe_status start_first(job *j)
{
    interior_point ip = {0};
    STEPPE_TRY(find_point(j, &ip));
    steppe_status st = STEPPE_OK;
    double now = clock_now();
    if (ip.declined || ip.failed) {
        interior_free(&ip);
        st = start_cold(j);
        clock_add(&j->ctx->stages.trees, &now);
        return st;
    }
    j->out->iterations = ip.iterations;
    j->out->order = ip.order;
    j->out->factor_nonzeros = ip.factor_nonzeros;
    j->out->factor_flops = ip.factor_flops;
    /* a gap that is asked for is no reason to stop here: the optimum next to the point takes less time than an offer */
    if (ip.stopped) st = stop_offer(j, ip.x, ip.price);
    j->out->stopped = ip.stopped;
    if (st == STEPPE_OK && !ip.stopped) {
        st = vertex_basis(j, &ip);
        j->near = j->factored = true;
        clock_add(&j->ctx->stages.vertex, &now);
    }
    interior_free(&ip);
    return st;
}

static bool wrong_sign(const lp_basis *bs, int64_t v)
{
    if (bs->state[v] == LP_BASIC) return false;
    return bs->state[v] == LP_LOWER ? bs->rc[v] < 0.0 : bs->rc[v] > 0.0;
}

/* Reduced costs of the wrong sign are shifted away: the vertex stays. */
static void shift_to_dual(job *j)
{
    lp_basis *bs = &j->bs;
    for (int64_t v = 0; v < j->md->m; v++)
        if (wrong_sign(bs, v)) bs->cost[v] -= bs->rc[v], bs->rc[v] = 0.0;
}

enum { MOST_FOLLOWED = 50000 }; /* pivots, beyond which the dual may be quicker after all */

/* From a vertex that is optimal but for a few limits to the optimum, unless rounding or too many pivots end the way. The basis is factored
 * and refreshed, before and after. */
static steppe_status follow_prices(job *j, lp_result *res)
{
    lp_basis *bs = &j->bs;
    const int64_t most = bs->pivots + MOST_FOLLOWED;
    lp_growth g = {.moved = MEM_NEW(lp_moved, j->lp.n), .slope = MEM_NEW(double, j->all)};
    steppe_status st = g.moved && g.slope ? STEPPE_OK : steppe_no_memory(j->ctx);
    if (st == STEPPE_OK) {
        shift_to_dual(j);
        perturb(j);
        lp_refresh(&j->lp, bs);
        lp_growth_begin(&j->lp, bs, &g);
        for (*res = LP_LIMIT; *res == LP_LIMIT && bs->pivots < most && st == STEPPE_OK;) {
            *res = lp_parametric(&j->lp, bs, &g, BATCH);
            if (*res == LP_GROW) {
                const bool repaired = bs->repaired;
                st = job_factor(j);
                *res = repaired || bs->repaired ? LP_UNBOUNDED : LP_LIMIT;
            }
            if (st == STEPPE_OK) st = stop_watch(j);
            if (j->enough) break;
            if (steppe_report(j->ctx, "coupling", bs->pivots)) *res = LP_STOPPED;
        }
        lp_growth_end(bs, &g);
        if (*res == LP_OPTIMAL) job_use_true_costs(j);
        if (st == STEPPE_OK) st = job_factor(j);
    }
    mem_free(g.moved);
    mem_free(g.slope);
    return st;
}

static steppe_status pivot_to_optimum(job *j)
{
    lp_basis *bs = &j->bs;
    lp_result res = LP_OPTIMAL;
    int32_t leaving = 0;
    if (!j->factored)
        STEPPE_TRY(job_factor(j));
    else if (!lp_is_fresh(bs))
        lp_refresh(&j->lp, bs);
    STEPPE_TRY(stop_watch(j));
    if (!j->enough && j->few_shifts && !lp_primal_feasible(&j->lp, bs))
        STEPPE_TRY(follow_prices(j, &res));
    for (int round = 0; res != LP_STOPPED && round < 50 && !j->enough; round++) {
        if (!lp_primal_feasible(&j->lp, bs)) {
            if (j->near && round == 0) shift_to_dual(j);
            if (round < 6) perturb(j);
            lp_refresh(&j->lp, bs);
            STEPPE_TRY(job_run(j, true, &res, &leaving));
            if (res == LP_INFEASIBLE) {
                j->out->infeasible = true;
                return j->ctx->bare ? STEPPE_OK : conflict_explain(j, leaving);
            }
            if (res == LP_STOPPED) break;
        }
        if (!lp_is_fresh(bs) || job_costs_shifted(j)) {
            job_use_true_costs(j);
            lp_refresh(&j->lp, bs);
        }
        STEPPE_TRY(job_run(j, false, &res, &leaving));
        if (res == LP_STOPPED) break;
        if (lp_primal_feasible(&j->lp, bs)) return STEPPE_OK;
        lp_flip_to_dual(&j->lp, bs);
        lp_refresh(&j->lp, bs);
    }
    if (j->enough) return STEPPE_OK;
    if (res == LP_STOPPED) {
        j->out->stopped = true;
        return STEPPE_OK;
    }
    return steppe_fail(j->ctx, STEPPE_INTERNAL, "the coupled simplex did not settle");
}

steppe_status job_optimize(job *j)
{
    bool warm = false;
    if (j->start) STEPPE_TRY(start_warm(j, &warm));
    if (!warm) STEPPE_TRY(start_first(j));
    if (j->out->stopped) return STEPPE_OK;
    double now = clock_now();
    const steppe_status st = pivot_to_optimum(j);
    clock_add(&j->ctx->stages.pivots, &now);
    return st;
}

enum {
    FEW = 500,         /* so many basic variables out of their bounds, */
    FEW_SHARE = 250,   /* or one in so many, are mended from where they are */
    WIDE_LEAST = 2000, /* arcs of a wide row at the least, */
    WIDE = 50          /* and more than one in so many of all */
};

/* A wide row that is off its limit by more than this part of it moves flows everywhere: many thousand pivots of the dual, each all along the
 * row. */
#define WIDE_OFF 0.01

static bool wide_row_off(const job *j)
{
    const model *md = j->md;
    const lp_basis *bs = &j->bs;
    for (int64_t r = 0; r < md->rows; r++) {
        const int64_t v = j->base + r;
        const int64_t arcs = md->row_first[r + 1] - md->row_first[r];
        if (arcs < WIDE_LEAST || arcs <= md->m / WIDE) continue;
        if (bs->x[v] < bs->low[v] - WIDE_OFF * fabs(bs->low[v]) - j->lp.flow_tol ||
            bs->x[v] > bs->up[v] + WIDE_OFF * fabs(bs->up[v]) + j->lp.flow_tol)
            return true;
    }
    return false;
}

/* Is the stored basis near? With new costs alone it is feasible, and the primal goes on from it. Where limits have moved, few basic
 * variables are out of their bounds: these are paid for at growing prices (lp_parametric), or, where costs have changed a lot as well,
 * mended by the dual under costs that are shifted so that the vertex stays. Where many are out of their bounds, what is stored has little to
 * say of the whole: the dual begins with all arcs where their reduced costs want them, or another start is taken (out->far). */
static steppe_status judge_start(job *j)
{
    lp_basis *bs = &j->bs;
    int64_t off = 0, wrong = 0;
    STEPPE_TRY(job_factor(j));
    j->factored = true;
    for (int32_t r = 0; r < j->lp.n; r++) {
        const int64_t v = bs->head[r];
        off += bs->x[v] < bs->low[v] - j->lp.flow_tol || bs->x[v] > bs->up[v] + j->lp.flow_tol;
    }
    for (int64_t v = 0; v < j->all; v++) {
        const bool node = v >= j->md->m && v < j->base; /* one that may lose a unit */
        wrong += !node && bs->low[v] < bs->up[v] && fabs(bs->rc[v]) > j->lp.cost_tol &&
                 wrong_sign(bs, v);
    }
    j->near = off <= FEW || off <= j->lp.n / FEW_SHARE;
    j->few_shifts = j->near && (wrong <= FEW || wrong <= j->lp.n / FEW_SHARE);
    j->out->far = !j->near || (!j->few_shifts && wide_row_off(j));
    return STEPPE_OK;
}

steppe_status coordinate(steppe_ctx *ctx, const model *md, const basis_store *start, bool picky,
                         basis_store *keep, answer *out)
{
    memset(out, 0, sizeof *out);
    job j = {0};
    j.ctx = ctx;
    j.md = md;
    j.out = out;
    j.start = start;
    j.keep = keep;
    j.base = md->m + md->n;
    j.all = j.base + md->rows;
    steppe_status st = STEPPE_OK;
    out->x = MEM_ZERO(int64_t, md->m);
    out->pi = MEM_ZERO(wide, md->n);
    out->lambda = MEM_ZERO(wide, md->rows);
    if (!ctx->bare) j.any = anytime_new(ctx, md);
    if (!out->x || !out->pi || !out->lambda || !job_new(&j) || (!ctx->bare && !j.any)) {
        st = steppe_no_memory(ctx);
        goto done;
    }
    if (start) st = start_warm(&j, &out->warm);
    if (st == STEPPE_OK && !out->warm) st = start_first(&j);
    if (st == STEPPE_OK && out->warm) st = judge_start(&j);
    out->far &= picky;
    const bool based = st == STEPPE_OK && !out->far && !out->infeasible && !out->stopped;
    j.watched = true;
    double now = clock_now();
    if (based) st = pivot_to_optimum(&j);
    clock_add(&ctx->stages.pivots, &now);
    j.watched = false;
    out->pivots += j.bs.pivots;
    if (st == STEPPE_OK && !out->far && !out->infeasible) {
        if (based && !out->stopped && !j.enough) st = exact_answer(&j);
        clock_add(&ctx->stages.exact, &now);
        if (st == STEPPE_OK && !ctx->bare) st = stop_answer(&j);
        if (st == STEPPE_OK && keep && based && !out->stopped) st = start_save(&j, 0);
    }
done:
    anytime_free(j.any);
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
