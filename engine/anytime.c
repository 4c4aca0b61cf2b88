/* The best bound and the best answer of all that was offered; see anytime.h. */
#include "anytime_part.h"

#include <math.h>
#include <string.h>

anytime *anytime_new(steppe_ctx *ctx, const model *md)
{
    anytime *at = MEM_ZERO(anytime, 1);
    if (!at) return NULL;
    at->ctx = ctx;
    at->md = md;
    at->until = INFINITY;
    return at;
}

void anytime_free(anytime *at)
{
    if (!at) return;
    part_free_all(at);
    row_free_all(at);
    plant_free(at);
    void *const list[] = {at->best_x, at->best_pi, at->best_lambda, at->x,       at->pi,
                          at->last,   at->lambda,  at->load,        at->price,   at->zone,
                          at->own,    at->seen,    at->stamp,       at->own_load};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
    mem_free(at);
}

static void measure_costs(anytime *at)
{
    double sum = 0.0, count = 0.0;
    for (int64_t a = 0; a < at->md->m; a++) {
        const double c = fabs((double)at->md->cost[a]);
        if (c > at->dear) at->dear = c;
        if (c > 0.0) sum += c, count += 1.0;
    }
    at->typical = count > 0.0 ? sum / count : 1.0;
    if (at->dear < 1.0) at->dear = 1.0;
}

static steppe_status get_ready(anytime *at)
{
    const model *md = at->md;
    at->quiet = *at->ctx;
    at->quiet.set.log = NULL; /* what is tried and fails is no news */
    if (at->ready) return STEPPE_OK;
    at->best_x = MEM_NEW(int64_t, md->m);
    at->best_pi = MEM_NEW(wide, md->n);
    at->best_lambda = MEM_NEW(wide, md->rows);
    at->x = MEM_ZERO(int64_t, md->m);
    at->last = MEM_NEW(int64_t, md->m);
    at->pi = MEM_ZERO(wide, md->n);
    at->lambda = MEM_ZERO(wide, md->rows);
    at->load = MEM_ZERO(wide, md->rows);
    at->price = MEM_ZERO(double, md->rows);
    at->zone = MEM_NEW(row_zone, md->rows);
    at->own = MEM_ZERO(int32_t, md->rows);
    at->seen = MEM_ZERO(int32_t, md->rows);
    at->own_load = MEM_ZERO(double, md->rows);
    at->stamp = MEM_ZERO(int64_t, md->rows);
    if (!at->best_x || !at->best_pi || !at->best_lambda || !at->x || !at->last || !at->pi ||
        !at->lambda || !at->load || !at->price || !at->zone || !at->own || !at->seen ||
        !at->own_load || !at->stamp || !row_new_all(at) || !part_new_all(at) || !plant_new(at))
        return steppe_no_memory(at->ctx);
    measure_costs(at);
    at->ready = true;
    return STEPPE_OK;
}

/* ---- prices ---------------------------------------------------------------------------- */

/* Rounded, as far as the row has such a limit; less than 10^-9 USD is noise. */
static wide round_price(const model *md, int64_t r, double y)
{
    if (!(fabs(y) < 1e25) || fabs(y) < 1e-9 * pow(10.0, md->cost_places + DUAL_EXTRA)) return 0;
    if (md->row_low[r] == md->row_up[r]) return (wide)rint(y);
    return y > 0.0 ? (md->row_low[r] == NO_LOW ? 0 : (wide)rint(y))
                   : (md->row_up[r] == NO_UP ? 0 : (wide)rint(y));
}

static void take_prices(anytime *at, const double *dual)
{
    const model *md = at->md;
    const double unit = pow(10.0, md->cost_places + DUAL_EXTRA);
    for (int64_t r = 0; r < md->rows; r++) {
        at->lambda[r] = dual ? round_price(md, r, -dual[md->n + r] * unit) : 0;
        at->price[r] = (double)at->lambda[r] * 1e-6; /* DUAL_EXTRA */
    }
    for (int32_t i = 0; i < md->n && dual; i++) {
        const double y = -dual[i] * unit;
        at->pi[i] = md->balance[i] != BALANCE_FREE && fabs(y) < 1e25 ? (wide)rint(y) : 0;
    }
}

/* What the rows have learned while flows were sought, as prices for a bound of their own. */
static void learned_prices(anytime *at)
{
    const model *md = at->md;
    for (int64_t r = 0; r < md->rows; r++)
        at->lambda[r] = round_price(md, r, at->price[r] * 1e6); /* DUAL_EXTRA */
}

/* ---- flows ----------------------------------------------------------------------------- */

/* Within the bounds of the arcs, whole. Without x: as little as there may be. */
static void take_flows(anytime *at, const double *x)
{
    const model *md = at->md;
    for (int k = 0; k < md->K; k++) {
        const part *p = &at->parts[k];
        for (int64_t a = 0; a < p->m; a++) {
            const int64_t g = md->first_arc[k] + a;
            const double low = (double)md->low[g], up = (double)md->up[g];
            int64_t v = md->low[g];
            if (x && x[g] > low) v = x[g] < up ? (int64_t)llround(x[g]) : md->up[g];
            at->x[g] = at->is_filler[g] || v < md->low[g] ? md->low[g] : v;
            if (at->x[g] > md->up[g]) at->x[g] = md->up[g];
        }
    }
}

steppe_status anytime_offer(anytime *at, const double *x, const double *dual, double until)
{
    STEPPE_TRY(get_ready(at));
    const bool had = at->has_answer, urgent = !had && isfinite(until);
    at->until = until;
    take_prices(at, dual);
    bound_plant(at, x);
    if (!urgent) STEPPE_TRY(bound_find(at, dual != NULL));
    if (urgent && dual) STEPPE_TRY(bound_given(at));
    /* the first flows are far from anything: room that they take is better left to who comes first */
    const bool first = !at->tried;
    at->tried = true;
    take_flows(at, first ? NULL : x);
    STEPPE_TRY(flow_find(at));
    if (!at->has_answer && x && !part_late(at, true)) {
        take_prices(at, dual);
        take_flows(at, first ? x : NULL);
        STEPPE_TRY(flow_find(at));
    }
    if (part_late(at, true)) return STEPPE_OK;
    if (urgent)
        take_prices(at, dual);
    else
        learned_prices(at);
    return bound_find(at, urgent && dual);
}

steppe_status anytime_offer_flows(anytime *at, const int64_t *x)
{
    bool feasible;
    STEPPE_TRY(get_ready(at));
    memcpy(at->x, x, (size_t)at->md->m * sizeof *x);
    row_loads(at);
    return flow_keep(at, &feasible);
}

/* ---- what is known --------------------------------------------------------------------- */

bool anytime_has_answer(const anytime *at)
{
    return at && at->has_answer;
}

bool anytime_has_bound(const anytime *at)
{
    return at && at->has_bound;
}

double anytime_gap(const anytime *at)
{
    return at && at->has_answer && at->has_bound ? certificate_gap(at->cost, at->bound)
                                                 : INFINITY;
}

double anytime_cost(const anytime *at)
{
    return anytime_has_answer(at) ? certificate_value(at->md, at->cost) : NAN;
}

double anytime_bound(const anytime *at)
{
    return anytime_has_bound(at) ? certificate_value(at->md, at->bound) : NAN;
}

double anytime_grace(const anytime *at)
{
    const double spent = clock_now() - at->ctx->start;
    if (at->graced) return 1.0;
    return at->has_answer ? fmax(1.0, 0.05 * spent) : fmax(3.0, 0.1 * spent);
}

void anytime_copy_best(const anytime *at, answer *out)
{
    const model *md = at->md;
    if (at->has_answer) memcpy(out->x, at->best_x, (size_t)md->m * sizeof *out->x);
    if (!at->has_bound) return;
    memcpy(out->pi, at->best_pi, (size_t)md->n * sizeof *out->pi);
    memcpy(out->lambda, at->best_lambda, (size_t)md->rows * sizeof *out->lambda);
    out->tight_rows = 0;
    for (int64_t r = 0; r < md->rows; r++) out->tight_rows += out->lambda[r] != 0;
}
