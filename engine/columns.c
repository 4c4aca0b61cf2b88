/* Column generation [DW60] by commodity: a master over the flows seen so far prices the coupling rows, a network simplex per
 * commodity, from its last tree, answers with its best flow at these prices.
 *
 * Prices are whole numbers and the answers exact, so each round bounds the optimum from below without a tolerance. The master
 * knows the sides of rows that its averages once overran. Its prices come from the middle of what it knows
 * (kernels/master.h), solved only so far as the columns are worth; they are tried, and a point between them and the best ones
 * so far as well [W97], which halved the rounds on random networks of 64 commodities (25 instead of 40, 45 instead of 89);
 * tighter boxes and columns of neighbouring vertices did not pay.
 *
 * Suited to many commodities with few tight rows each: 64 commodities with 146 tight rows take 26 rounds, with 346 take 50; with
 * a master of 1,200 rows 125, in which the master is nearly all of the time.
 *
 * [DW60] G. B. Dantzig, P. Wolfe: Decomposition principle for linear programs. Oper. Res. 8 (1960). [W97] P. Wentges: Weighted
 * Dantzig-Wolfe decomposition for linear mixed-integer programming. Int. Trans. Oper. Res. 4 (1997). */
#include "columns_job.h"

#include <math.h>
#include <string.h>

enum { ROUNDS_MOST = 300, STEPS_MOST = 40, RAISES_MOST = 5 };

#define BOX_START 10.0 /* dearest arc */
#define BOX_GROWTH 4.0
#define START_MISS 10.0 /* x gap: rows of a centre that miss more make it no start */
#define TOWARDS_BEST 0.6
#define COST_LIMIT 5e17 /* of an arc with its prices */

/* What the last master was worth, scaled. */
typedef struct {
    double primal, dual, miss, overflow;
    double bound; /* at its prices */
    double gap;   /* of primal above the best bound */
} verdict;

/* ---- scales --------------------------------------------------------------------------- */

/* Costs in fractions of the first answer, loads in fractions of limits. The box of a price starts at a multiple of the
 * dearest arc. */
static void set_scales(generator *g, double dear)
{
    const model *md = g->md;
    double total = 0.0;
    for (int64_t j = 0; j < g->cols; j++) {
        total += fabs(g->col[j].cost);
        g->col[j].weight = 1.0;
    }
    g->cost_scale = total > 0.0 ? 1.0 / total : 1.0;
    set_loads(g);
    for (int64_t r = 0; r < md->rows; r++) {
        double most = fabs(g->load[r]);
        if (md->row_up[r] != NO_UP) most = fmax(most, fabs((double)md->row_up[r]));
        if (md->row_low[r] != NO_LOW) most = fmax(most, fabs((double)md->row_low[r]));
        g->row_scale[r] = most > 0.0 ? 1.0 / most : 1.0;
        g->box[2 * r] = g->box[2 * r + 1] = BOX_START * dear * g->cost_scale / g->row_scale[r];
    }
}

/* As fine as prices can be while costs with boxes raised to the last stay in 64 bits. */
static double set_fine(generator *g)
{
    const model *md = g->md;
    double dear = 1.0, heavy = 1.0;
    for (int64_t a = 0; a < md->m; a++) {
        double weight = 1.0;
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++)
            weight += fabs((double)md->arc_weight[e] / (double)md->row_scale[md->arc_row[e]]);
        dear = fmax(dear, fabs((double)md->cost[a]));
        heavy = fmax(heavy, weight);
    }
    g->fine = 1000000;
    while (g->fine > 1 && 100.0 * BOX_START * dear * heavy * (double)g->fine > COST_LIMIT)
        g->fine /= 10;
    return dear;
}

/* ---- prices --------------------------------------------------------------------------- */

/* Whole prices for `mix` parts of the best ones so far, the rest of the master's. */
static void set_prices(generator *g, double mix)
{
    const model *md = g->md;
    memset(g->price, 0, (size_t)md->rows * sizeof *g->price);
    for (int32_t i = 0; i < g->sides; i++) {
        const int32_t s = g->side[i];
        const int64_t r = s / 2;
        const double y = (g->y[s] + mix * (g->best_y[s] - g->y[s])) * g->row_scale[r] /
                         g->cost_scale * (double)g->fine;
        const int64_t whole = (int64_t)llround(fmin(y, COST_LIMIT) / (double)md->row_scale[r]);
        g->price[r] += s % 2 != 0 ? -whole : whole;
    }
}

static void keep_best(generator *g, double bound, double mix)
{
    if (bound <= g->bound) return;
    g->bound = bound;
    memcpy(g->best_price, g->price, (size_t)g->md->rows * sizeof *g->price);
    for (int64_t s = 0; s < 2 * g->md->rows; s++)
        g->best_y[s] = g->place[s] < 0 ? 0.0 : g->y[s] + mix * (g->best_y[s] - g->y[s]);
}

/* The commodities answer to the master's prices, and to some nearer the best. */
static steppe_status ask(generator *g, verdict *v, bool *fit)
{
    double between = -INFINITY, at = -INFINITY;
    set_prices(g, TOWARDS_BEST);
    STEPPE_TRY(price_all(g, false, &between, fit));
    if (!*fit) return STEPPE_OK;
    set_prices(g, 0.0);
    STEPPE_TRY(price_all(g, false, &at, fit));
    if (!*fit) return STEPPE_OK;
    v->bound = at * g->cost_scale;
    keep_best(g, at, 0.0);
    if (between > g->bound) {
        set_prices(g, TOWARDS_BEST);
        keep_best(g, between, TOWARDS_BEST);
    }
    v->gap = v->primal + v->miss - g->bound * g->cost_scale;
    return STEPPE_OK;
}

/* ---- rounds --------------------------------------------------------------------------- */

/* Solves the master until its own gap is below `target`, from the centre of the last prices at a gap of 10 x width or more: near
 * enough to take few steps, and far enough from the walls not to creep along them. */
static steppe_status solve_master(generator *g, double width, double target, verdict *v)
{
    master_work *w = &g->mw;
    if (!master_new(g)) return steppe_no_memory(g->ctx);
    const double pairs = (double)g->cols + 2.0 * (double)g->sides;
    double start = 10.0 * width;
    master_center(&g->mp, w, start / pairs);
    while (w->off > START_MISS * w->comp && start < 1.0) {
        start *= 4.0;
        master_center(&g->mp, w, start / pairs);
    }
    master_run(&g->mp, w, target, STEPS_MOST);
    g->info->steps += w->iterations;
    g->info->columns = g->cols;
    g->info->rows = g->sides;
    *v = (verdict){
        .primal = w->primal, .dual = w->dual, .miss = w->miss, .overflow = w->overflow};
    for (int32_t i = 0; i < g->sides; i++) g->y[g->side[i]] = w->y[i];
    for (int64_t j = 0; j < g->cols; j++) {
        g->col[j].weight = w->t[j];
        g->col[j].rc = w->z[j];
    }
    master_free(g);
    set_loads(g);
    return STEPPE_OK;
}

/* Prices that stand at their box may have to be higher. */
static bool raise_boxes(generator *g)
{
    bool raised = false;
    for (int32_t i = 0; i < g->sides; i++) {
        const int32_t s = g->side[i];
        if (g->y[s] < 0.5 * g->box[s]) continue;
        g->box[s] *= BOX_GROWTH;
        raised = true;
    }
    return raised;
}

static steppe_status run_rounds(generator *g, double gap)
{
    double width = 1.0;
    int raises = 0;
    for (int round = 0; round < ROUNDS_MOST; round++) {
        if (steppe_report(g->ctx, "columns", round)) {
            g->info->stopped = true;
            return STEPPE_OK;
        }
        verdict v = {0};
        bool fit;
        STEPPE_TRY(solve_master(g, width, width, &v));
        g->info->rounds++;
        const double before = g->bound;
        STEPPE_TRY(ask(g, &v, &fit));
        if (!fit) return STEPPE_OK;
        /* A column that costs so much at these prices is in no optimum, but it may keep prices from going astray: while
         * bounds do not rise all are kept, or rounds could go in a circle. */
        if ((g->bound - before) * g->cost_scale > 0.1 * v.gap)
            columns_drop(g, v.primal + v.miss - v.bound);
        const double size = fmax(fabs(v.primal), 1e-9);
        const int32_t fresh = add_sides(g, 0.1 * mean_price(g));
        if (fabs(v.gap) <= gap * size && fresh == 0) {
            g->info->reached = v.overflow <= gap * size;
            if (g->info->reached) return solve_master(g, width, 1e-3 * gap * size, &v);
            if (raises++ == RAISES_MOST || !raise_boxes(g)) return STEPPE_OK;
        }
        /* the master is solved as well as its columns are complete */
        width = fmax(v.dual - v.bound, 0.1 * (v.primal - v.dual + v.miss));
        width = fmin(fmax(fmin(width, v.gap), 0.1 * gap * size), 1.0);
    }
    return STEPPE_OK;
}

static steppe_status generate(generator *g, double gap, double most)
{
    const double dear = set_fine(g);
    bool fit;
    STEPPE_TRY(price_all(g, true, &g->bound, &fit));
    if (!fit) return STEPPE_OK;
    g->info->flows = true;
    set_scales(g, dear);
    if (add_sides(g, 0.0) == 0) {
        g->info->reached = true;
        return STEPPE_OK;
    }
    if (g->sides > most * (double)g->md->K) {
        g->info->declined = true;
        return STEPPE_OK;
    }
    for (int32_t i = 0; i < g->sides; i++) g->y[g->side[i]] = 1e-3 * g->box[g->side[i]];
    return run_rounds(g, gap);
}

/* ---- the answer ----------------------------------------------------------------------- */

static void write_answer(generator *g, double *x, double *y, double *rc)
{
    const model *md = g->md;
    columns_info *info = g->info;
    memset(x, 0, (size_t)md->m * sizeof *x);
    for (int64_t from = 0, to; from < g->cols; from = to) {
        double sum = 0.0;
        for (to = from; to < g->cols && g->col[to].block == g->col[from].block; to++)
            sum += g->col[to].weight;
        for (int64_t j = from; j < to; j++) {
            column *c = &g->col[j];
            c->weight /= sum;
            info->value += c->weight * c->cost;
            for (int32_t i = 0; i < c->arcs; i++) x[c->arc[i]] += c->weight * c->flow[i];
        }
    }
    set_loads(g);
    for (int64_t s = 0; s < 2 * md->rows; s++) {
        const double excess = side_excess(g, s);
        if (excess <= 0.0) continue;
        info->excess = fmax(info->excess, excess);
        info->value += excess * g->box[s] / g->cost_scale;
    }
    for (int64_t r = 0; r < md->rows; r++)
        y[r] = -(double)g->best_price[r] * (double)md->row_scale[r] / (double)g->fine;
    if (!rc) return;
    wide value;
    set_prices(g, 0.0); /* of the master that weighed the columns */
    pricers_set_whole(md, g->pricer, g->price, g->fine);
    pricers_answer(g->ctx, md, g->pricer, false, &value);
    pricers_costs(md, g->pricer, g->fine, rc);
}

bool columns_can(const model *md)
{
    return md->K > 0 && md->rows > 0 && !md->loss_ppm && md->rows < INT32_MAX / 2;
}

steppe_status columns_solve(steppe_ctx *ctx, const model *md, double gap, double most,
                            double *x, double *y, double *rc, columns_info *info)
{
    generator g = {.ctx = ctx, .md = md, .info = info};
    const int64_t rows = md->rows;
    memset(info, 0, sizeof *info);
    g.price = MEM_ZERO(int64_t, rows);
    g.best_price = MEM_ZERO(int64_t, rows);
    g.load = MEM_ZERO(double, rows);
    g.scratch = MEM_ZERO(double, rows);
    g.row_scale = MEM_ZERO(double, rows);
    g.place = MEM_NEW(int32_t, 2 * rows);
    g.side = MEM_NEW(int32_t, 2 * rows);
    g.box = MEM_ZERO(double, 2 * rows);
    g.y = MEM_ZERO(double, 2 * rows);
    g.best_y = MEM_ZERO(double, 2 * rows);
    bool memory = g.price && g.best_price && g.load && g.scratch && g.row_scale && g.place &&
                  g.side && g.box && g.y && g.best_y && (g.pricer = pricers_new(md)) != NULL;
    for (int64_t s = 0; s < 2 * rows && memory; s++) g.place[s] = -1;
    const steppe_status st = memory ? generate(&g, gap, most) : steppe_no_memory(ctx);
    if (st == STEPPE_OK && info->flows) write_answer(&g, x, y, rc);
    info->bound = g.bound;
    for (int k = 0; g.pricer && k < md->K; k++) info->tree_pivots += g.pricer[k].bl.work.pivots;
    master_free(&g);
    columns_free(&g);
    pricers_free(md, g.pricer);
    void *const list[] = {g.price, g.best_price, g.load, g.scratch, g.row_scale,
                          g.place, g.side,       g.box,  g.y,       g.best_y};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
    return st;
}
