#include "interior.h"

#include "../kernels/ipm.h"
#include "factor.h"
#include "spare.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows, groups ------------------------------------------------------------------------ */

typedef struct {
    uint64_t key;
    int32_t node;
} keyed;

static int by_key(const void *a, const void *b)
{
    const keyed *p = a, *q = b;
    if (p->key != q->key) return p->key < q->key ? -1 : 1;
    return (p->node > q->node) - (p->node < q->node);
}

/* Nodes of the same place in all commodities form a group, every coupling row one of its own. Returns how many; 0: no memory. */
static int32_t group_places(const job *j, int32_t *group_of)
{
    const model *md = j->md;
    keyed *list = MEM_NEW(keyed, md->n);
    int32_t groups = 0;
    if (!list) return 0;
    for (int32_t i = 0; i < md->n; i++) {
        const model_ref *r = &md->node[i];
        list[i] = (keyed){((uint64_t)r->kind << 56) ^ ((uint64_t)(uint16_t)r->mode << 40) ^
                              (uint64_t)(uint32_t)r->object,
                          i};
    }
    qsort(list, (size_t)md->n, sizeof *list, by_key);
    for (int32_t i = 0; i < md->n; i++) {
        if (i > 0 && list[i].key != list[i - 1].key) groups++;
        group_of[list[i].node] = groups;
    }
    groups += md->n > 0;
    for (int32_t r = md->n; r < j->lp.n; r++) group_of[r] = groups++;
    mem_free(list);
    return groups;
}

/* An order by places needs most commodities at most places; else they have little structure in common. */
static bool places_fit(const model *md, int32_t groups)
{
    return 2 * (int64_t)md->n > (groups - md->rows) * md->K;
}

/* ---- the scaled program in the order of the factors --------------------------------------- */

typedef struct {
    job *j;
    ipm p;
    factor fa;
    int64_t *arc;  /* p.a.m: arc of the column */
    int32_t *row;  /* n: new -> old */
    double *scale; /* n, old rows: power of two that makes the largest coefficient about one */
    double flow, cost; /* a flow of the program times `flow` is one of the tables */
    int64_t *col_first, *row_first;
    int32_t *col_row, *row_col;
    double *col_value, *row_value;
    double *block; /* all vectors of p */
} interior;

static void interior_close(interior *w)
{
    factor_free(&w->fa);
    void *const list[] = {w->arc,     w->scale,     w->col_first, w->row_first, w->row_col,
                          w->col_row, w->col_value, w->row_value, w->block,     w->p.kind};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

static void choose_scales(interior *w)
{
    const lp_problem *lp = &w->j->lp;
    for (int32_t i = 0; i < lp->n; i++) w->scale[i] = 0.0;
    for (int64_t e = 0; e < lp->col_first[lp->m]; e++)
        w->scale[lp->col_row[e]] = fmax(w->scale[lp->col_row[e]], fabs(lp->col_value[e]));
    for (int32_t i = 0; i < lp->n; i++) {
        const double most = w->scale[i];
        int power = 0;
        if (most > 0.0) frexp(most, &power);
        w->scale[i] = i < w->j->md->n || most == 0.0 ? 1.0 : ldexp(1.0, 1 - power);
    }
}

/* Columns that can move, in the order of `arc`; rows by `at_new` (old -> new), or as they are. */
static void fill_columns(interior *w, const int32_t *at_new)
{
    const lp_problem *lp = &w->j->lp;
    int64_t at = 0;
    for (int64_t c = 0; c < w->p.a.m; c++) {
        const int64_t a = w->arc[c];
        w->col_first[c] = at;
        for (int64_t e = lp->col_first[a]; e < lp->col_first[a + 1]; e++) {
            const int32_t i = lp->col_row[e];
            w->col_row[at] = at_new ? at_new[i] : i;
            w->col_value[at++] = lp->col_value[e] * w->scale[i];
        }
    }
    w->col_first[w->p.a.m] = at;
    memset(w->row_first, 0, ((size_t)lp->n + 2) * sizeof *w->row_first);
    for (int64_t e = 0; e < at; e++) w->row_first[w->col_row[e] + 2]++;
    for (int32_t i = 0; i < lp->n; i++) w->row_first[i + 2] += w->row_first[i + 1];
    for (int64_t c = 0; c < w->p.a.m; c++)
        for (int64_t e = w->col_first[c]; e < w->col_first[c + 1]; e++) {
            const int64_t q = w->row_first[w->col_row[e] + 1]++;
            w->row_col[q] = (int32_t)c;
            w->row_value[q] = w->col_value[e];
        }
}

static steppe_status build_matrix(interior *w)
{
    const lp_problem *lp = &w->j->lp;
    const lp_basis *bs = &w->j->bs;
    const int64_t entries = lp->col_first[lp->m];
    steppe_ctx *ctx = w->j->ctx;
    w->arc = MEM_NEW(int64_t, lp->m);
    w->scale = MEM_NEW(double, lp->n);
    w->col_first = MEM_NEW(int64_t, lp->m + 1);
    w->col_row = MEM_NEW(int32_t, entries);
    w->col_value = MEM_NEW(double, entries);
    w->row_first = MEM_NEW(int64_t, (int64_t)lp->n + 2);
    w->row_col = MEM_NEW(int32_t, entries);
    w->row_value = MEM_NEW(double, entries);
    if (!w->arc || !w->scale || !w->col_first || !w->col_row || !w->col_value ||
        !w->row_first || !w->row_col || !w->row_value)
        return steppe_no_memory(ctx);
    choose_scales(w);
    int64_t m = 0;
    for (int64_t a = 0; a < lp->m; a++)
        if (bs->low[a] < bs->up[a]) w->arc[m++] = a;
    w->p.a = (chol_matrix){lp->n,        m,         w->col_first, w->col_row, w->col_value,
                           w->row_first, w->row_col};
    w->p.row_value = w->row_value;
    fill_columns(w, NULL);
    return STEPPE_OK;
}

/* Orders rows for the factors (see factor_analyse) and columns by the first of their rows that is eliminated, so that what meets lies together. */
static steppe_status order_matrix(interior *w, double first, double most)
{
    steppe_ctx *ctx = w->j->ctx;
    const int32_t n = w->j->lp.n;
    const int64_t m = w->p.a.m;
    int32_t *at_new = MEM_NEW(int32_t, n), groups = 0;
    int64_t *arc = MEM_NEW(int64_t, m), *begin = MEM_ZERO(int64_t, (int64_t)n + 2);
    steppe_status st = STEPPE_OK;
    if (!at_new || !arc || !begin) goto no_memory;
    if (w->j->md->T <= 1) {
        groups = group_places(w->j, at_new);
        if (groups == 0) goto no_memory;
        if (!places_fit(w->j->md, groups)) groups = 0;
    }
    st = factor_analyse(ctx, &w->p.a, groups > 0 ? at_new : NULL, groups, first, most, &w->fa);
    if (st != STEPPE_OK || w->fa.hopeless) goto done;
    w->row = w->fa.perm;
    for (int32_t i = 0; i < n; i++) at_new[w->row[i]] = i;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t c = 0; c < m; c++) {
            int32_t begins = n;
            for (int64_t e = w->col_first[c]; e < w->col_first[c + 1]; e++)
                if (at_new[w->col_row[e]] < begins) begins = at_new[w->col_row[e]];
            if (pass == 0)
                begin[begins + 1]++;
            else
                arc[begin[begins]++] = w->arc[c];
        }
        for (int32_t i = 0; i <= n && pass == 0; i++) begin[i + 1] += begin[i];
    }
    memcpy(w->arc, arc, (size_t)m * sizeof *arc);
    fill_columns(w, at_new);
    goto done;
no_memory:
    st = steppe_no_memory(ctx);
done:
    mem_free(at_new);
    mem_free(arc);
    mem_free(begin);
    return st;
}

enum { LONGS = 14, SHORTS = 10 };

/* Bytes that the factors and the vectors will take. */
static double bytes_needed(const interior *w)
{
    const double n = w->p.a.n, V = (double)w->p.a.m + n;
    return factor_bytes(&w->fa, &w->p.a) + sizeof(double) * (LONGS * V + SHORTS * n);
}

/* Declines, or fails where this way was asked for, when there is not so much memory. */
static steppe_status check_memory(const interior *w, interior_when when, interior_point *out)
{
    steppe_ctx *ctx = w->j->ctx;
    const double unit = 1024.0 * 1024.0 * 1024.0, needed = bytes_needed(w);
    const double most = ctx->set.memory > 0.0 ? ctx->set.memory * unit : spare_memory();
    if (needed <= most) return STEPPE_OK;
    if (when == INSIDE_ON_REQUEST)
        return steppe_fail(ctx, STEPPE_NO_MEMORY,
                           "the interior point needs %.2f GiB, found %.2f GiB: another method, "
                           "or more memory",
                           needed / unit, most / unit);
    steppe_note(ctx, "no interior point: it needs %.2f GiB, found %.2f GiB", needed / unit,
                most / unit);
    out->declined = true;
    return STEPPE_OK;
}

static bool new_vectors(interior *w)
{
    ipm *p = &w->p;
    const int64_t n = p->a.n, V = p->a.m + n;
    double **const longs[] = {&p->c,  &p->bound, &p->x,   &p->xl,    &p->xu, &p->zl, &p->zu,
                              &p->dx, &p->dzl,   &p->dzu, &p->theta, &p->cx, &p->cl, &p->cu};
    double **const shorts[] = {&p->b,   &p->y,     &p->dy,    &p->cy,    &p->rp,
                               &p->rhs, &p->cg[0], &p->cg[1], &p->cg[2], &p->cg[3]};
    static_assert(sizeof longs / sizeof *longs == LONGS, "as many as are counted");
    static_assert(sizeof shorts / sizeof *shorts == SHORTS, "as many as are counted");
    w->block = MEM_NEW(double, LONGS *V + SHORTS * n + IPM_SUMS * IPM_PARTS);
    p->kind = MEM_NEW(uint8_t, V);
    if (!w->block || !p->kind) return false;
    double *at = w->block;
    for (size_t i = 0; i < LONGS; i++, at += V) *longs[i] = at;
    p->rd = p->cx; /* of use one after the other */
    for (size_t i = 0; i < SHORTS; i++, at += n) *shorts[i] = at;
    p->part = at;
    return true;
}

static void set_variable(ipm *p, int64_t v, double low, double up, bool fixed)
{
    p->kind[v] = 0;
    p->bound[v] = isfinite(low) ? low : isfinite(up) ? up : 0.0;
    p->xu[v] = up - low; /* until ipm_start */
    if (fixed)
        p->kind[v] = IPM_FIXED;
    else
        p->kind[v] = (uint8_t)((isfinite(low) ? IPM_LOW : 0) | (isfinite(up) ? IPM_UP : 0));
    if (p->kind[v] == 0) { /* a free row: no balance, its logical takes everything */
        p->kind[v] = IPM_FIXED;
        p->bound[v] = 0.0;
    }
}

/* Where no cost is negative and nothing is lost, some optimal flow has no circles: no arc carries more than all supplies of its
 * block, and a bound beyond that is none. */
static double block_total(const model *md, int k)
{
    double total = 0.0;
    for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
        if (md->balance[i] != BALANCE_EXACT) return INFINITY;
        if (md->b[i] > 0) total += (double)md->b[i];
    }
    for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
        if (md->cost[a] < 0 || md->low[a] != 0) return INFINITY;
    return total;
}

static double power_of_two(double x)
{
    int power;
    frexp(x, &power);
    return ldexp(1.0, power);
}

/* Bounds of a coupling row as the model has them: without a limit, none. */
static void row_bounds(const job *j, int32_t i, double *low, double *up)
{
    const model *md = j->md;
    const int64_t v = md->m + i;
    *low = j->bs.low[v];
    *up = j->bs.up[v];
    if (i < md->n) return;
    if (md->row_low[i - md->n] == NO_LOW) *low = -INFINITY;
    if (md->row_up[i - md->n] == NO_UP) *up = INFINITY;
}

static void fill_program(interior *w, double *up_of)
{
    const job *j = w->j;
    const lp_problem *lp = &j->lp;
    const lp_basis *bs = &j->bs;
    ipm *p = &w->p;
    double most = 0.0, dear = 0.0, count = 0.0;
    for (int32_t i = 0; i < lp->n; i++)
        if (lp->rhs[i] != 0.0) most += fabs(lp->rhs[i]), count += 1.0;
    w->flow = count > 0.0 ? power_of_two(most / count) : 1.0;
    count = 0.0;
    for (int64_t c = 0; c < p->a.m; c++)
        if (j->true_cost[w->arc[c]] != 0.0) dear += fabs(j->true_cost[w->arc[c]]), count += 1.0;
    w->cost = count > 0.0 ? power_of_two(dear / count) : 1.0;
    for (int k = 0; k < j->md->K; k++) {
        const double total = block_total(j->md, k);
        for (int64_t a = j->md->first_arc[k]; a < j->md->first_arc[k + 1]; a++)
            up_of[a] = bs->up[a] >= total ? INFINITY : bs->up[a];
    }
    for (int64_t c = 0; c < p->a.m; c++) {
        const int64_t a = w->arc[c];
        p->c[c] = j->true_cost[a] / w->cost;
        set_variable(p, c, bs->low[a] / w->flow, up_of[a] / w->flow, false);
    }
    for (int32_t k = 0; k < lp->n; k++) {
        const int32_t i = w->row[k];
        const int64_t v = p->a.m + k;
        const double s = w->scale[i] / w->flow;
        double low, up;
        row_bounds(j, i, &low, &up);
        p->c[v] = 0.0;
        set_variable(p, v, low * s, up * s, low == up || i < j->md->n);
        p->b[k] = lp->rhs[i] * s;
    }
    /* fixed arcs are not in the program: what they carry goes to the right-hand sides */
    int32_t *at_new = (int32_t *)(void *)p->rhs;
    for (int32_t k = 0; k < lp->n; k++) at_new[w->row[k]] = k;
    for (int64_t a = 0; a < lp->m; a++) {
        if (bs->low[a] < bs->up[a] || bs->low[a] == 0.0) continue;
        for (int64_t e = lp->col_first[a]; e < lp->col_first[a + 1]; e++)
            p->b[at_new[lp->col_row[e]]] -=
                lp->col_value[e] * w->scale[lp->col_row[e]] * bs->low[a] / w->flow;
    }
}

static void copy_point(const interior *w, interior_point *out)
{
    const job *j = w->j;
    const ipm *p = &w->p;
    for (int64_t v = 0; v < j->base + j->md->rows; v++) {
        out->x[v] = j->bs.low[v];
        out->weight[v] = 0.0;
    }
    for (int64_t v = 0; v < p->a.m + p->a.n; v++) {
        const int64_t to = v < p->a.m ? w->arc[v] : j->lp.m + w->row[v - p->a.m];
        const double s = v < p->a.m ? w->flow : w->flow / w->scale[w->row[v - p->a.m]];
        double t = 0.0;
        if (p->kind[v] & IPM_FIXED) continue;
        if (p->kind[v] & IPM_LOW) t += p->zl[v] / p->xl[v];
        if (p->kind[v] & IPM_UP) t += p->zu[v] / p->xu[v];
        out->x[to] = p->x[v] * s;
        out->weight[to] = 1.0 / t;
    }
    for (int32_t k = 0; k < p->a.n; k++)
        out->price[w->row[k]] = p->y[k] * w->cost * w->scale[w->row[k]];
}

enum { MOST_ITERATIONS = 100 }; /* 20 to 50 are usual */

/* Flops of a factorization per arc beyond which the dual simplex from trees is the quicker way: corridors of any length and many periods
 * need 100 to 10,000, PDS and dense random networks 25,000 and more (benchmarks/RESULTS.md). Where nothing is lost, sifting stands
 * in for the trees, and is slower on dense networks; many commodities make pivots dear. */
#define MOST_FLOPS 15000.0
#define MOST_FLOPS_ELSE 500000.0
/* By minimum degree or places, beyond which sifting is quicker all the same where networks are not dense: corridors of one period and up to
 * 10,000 sites need 200 to 5,000, of many periods 8,000 and more. */
#define MOST_FLOPS_FIRST 6000.0

static double most_flops(const model *md)
{
    return md->loss_ppm && md->K < MANY_COMMODITIES ? MOST_FLOPS : MOST_FLOPS_ELSE;
}

/* Flops of a factorization per arc from which it pays to leave the interior point early: K = 3 on corridors needs 200 to 500, K = 12
 * 1,500 to 2,000. */
#define ROUGH_FLOPS 1000.0

/* Where rounding ends the way, the last point may still be a start that saves most pivots. */
#define NEAR 1e-6

static bool near(const ipm *p)
{
    return p->gap <= NEAR && p->bad_primal <= NEAR && p->bad_dual <= NEAR;
}

static void begin_near(interior *w, const interior_hint *hint)
{
    ipm *p = &w->p;
    for (int64_t c = 0; c < p->a.m; c++) p->x[c] = hint->x[w->arc[c]] / w->flow;
    for (int32_t k = 0; k < p->a.n; k++)
        p->y[k] = hint->price[w->row[k]] / (w->cost * w->scale[w->row[k]]);
    ipm_start_from(p, hint->gap);
}

/* Steps until the point is found, or it is stopped, or there is no progress. */
static void iterate(interior *w, double tol, interior_point *out)
{
    ipm_result res = IPM_GOING;
    while (w->p.iterations < MOST_ITERATIONS) {
        if (steppe_report(w->j->ctx, "interior", w->p.iterations)) {
            out->stopped = true;
            break;
        }
        res = ipm_step(&w->p, tol);
        if (res != IPM_GOING) break;
    }
    out->failed = res != IPM_DONE && !out->stopped && !near(&w->p);
    out->iterations += w->p.iterations;
}

steppe_status interior_solve(job *j, double tol, double rough, interior_when when,
                             interior_point *out)
{
    interior w = {0};
    steppe_status st = STEPPE_OK;
    memset(out, 0, sizeof *out);
    w.j = j;
    w.p.threads = j->ctx->set.threads;
    w.p.clock = clock_now;
    steppe_stages *stages = &j->ctx->stages;
    double now = clock_now();
    out->x = MEM_NEW(double, j->all);
    out->weight = MEM_NEW(double, j->all);
    out->price = MEM_NEW(double, j->lp.n);
    if (!out->x || !out->weight || !out->price || !job_make_columns(j)) {
        st = steppe_no_memory(j->ctx);
        goto done;
    }
    if ((st = build_matrix(&w)) != STEPPE_OK) goto done;
    const double arcs = (double)w.p.a.m;
    const double most = when <= INSIDE_IF_IT_PAYS ? most_flops(j->md) * arcs : INFINITY;
    const double first = when == INSIDE_IF_CHEAP ? MOST_FLOPS_FIRST * arcs : INFINITY;
    if ((st = order_matrix(&w, first, most)) != STEPPE_OK) goto done;
    clock_add(&stages->order, &now);
    out->declined = w.fa.hopeless || w.fa.f.flops > most;
    if (!out->declined) st = check_memory(&w, when, out);
    if (out->declined || st != STEPPE_OK) goto done;
    if (!new_vectors(&w)) {
        st = steppe_no_memory(j->ctx);
        goto done;
    }
    fill_program(&w, out->weight);
    job_drop_columns(j); /* the program has them in its own order */
    if ((st = factor_fill(j->ctx, &w.p.a, &w.fa)) != STEPPE_OK) goto done;
    w.p.f = &w.fa.f;
    if (w.fa.f.flops >= ROUGH_FLOPS * arcs) tol = fmax(tol, rough);
    if (j->hint)
        begin_near(&w, j->hint);
    else
        ipm_start(&w.p);
    iterate(&w, tol, out);
    if (out->failed && j->hint) { /* it misled */
        ipm_start_again(&w.p);
        iterate(&w, tol, out);
    }
    out->gap = w.p.gap;
    out->bad_primal = w.p.bad_primal;
    out->bad_dual = w.p.bad_dual;
    out->order = w.fa.order;
    out->factor_nonzeros = (double)w.fa.f.nonzeros;
    out->factor_flops = w.fa.f.flops;
    copy_point(&w, out);
    clock_add(&stages->inside, &now);
    stages->inside -= w.p.seconds_factor;
    stages->factor += w.p.seconds_factor;
done:
    interior_close(&w);
    if (st != STEPPE_OK) interior_free(out);
    return st;
}

void interior_free(interior_point *ip)
{
    mem_free(ip->x);
    mem_free(ip->price);
    mem_free(ip->weight);
    mem_free(ip->rc);
    memset(ip, 0, sizeof *ip);
}
