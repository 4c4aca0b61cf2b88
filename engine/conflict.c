/* Why is there no answer? From the row of the dual simplex that no variable can mend: the limits that take part in it, thinned out
 * one by one until none can be spared (a deletion filter, [C08] ch. 4): an irreducible set of the case's own limits. Then
 * the least change of one of them that would mend it.
 *
 * [C08] J. W. Chinneck: Feasibility and infeasibility in optimization. Springer, 2008. */
#include "coordinate_job.h"

#include <math.h>

enum { MOST_LIMITS = 300 }; /* each costs a short solve */

static const double FAR = 4e15; /* flow units: no limit at all */

/* A variable of the linear program whose bounds stand for a limit of the case: the logical of a coupling row, of a
 * balance with a quantity (a contract minimum, a supply), or an arc with a bound of its own. */
typedef struct {
    int64_t variable;
    double low, up; /* as the case has it */
    bool needed;
} limit;

typedef struct {
    job *j;
    limit *list;
    int64_t count;
    bool cut; /* there were more than could be looked at */
} conflict;

static bool own_bound(const model *md, int64_t a)
{
    const int kind = md->arc[a].kind;
    return kind == ARC_STOCK || kind == ARC_CONVERT_IN || kind == ARC_INJECT ||
           kind == ARC_WITHDRAW || kind == ARC_DELIVER || kind == ARC_PLAIN ||
           kind == ARC_ABOVE_PLAN || kind == ARC_BELOW_PLAN || kind == ARC_SHORTFALL;
}

static void add_limit(conflict *cf, int64_t v)
{
    const lp_basis *bs = &cf->j->bs;
    for (int64_t i = 0; i < cf->count; i++)
        if (cf->list[i].variable == v) return;
    if (cf->count == MOST_LIMITS) {
        cf->cut = true;
        return;
    }
    cf->list[cf->count++] = (limit){v, bs->low[v], bs->up[v], false};
}

/* Is the variable a limit that a person has set? */
static bool is_limit(const job *j, int64_t v)
{
    const model *md = j->md;
    if (v >= j->base) return true;
    if (v >= md->m) return md->b[v - md->m] != 0 && md->balance[v - md->m] != BALANCE_FREE;
    return own_bound(md, v);
}

static void collect(conflict *cf, int32_t leaving)
{
    const job *j = cf->j;
    const lp_basis *bs = &j->bs;
    if (is_limit(j, bs->head[leaving])) add_limit(cf, bs->head[leaving]);
    for (int32_t i = 0; i < bs->rho.count; i++) {
        const int32_t r = bs->rho.list[i];
        if (fabs(bs->rho.value[r]) > 1e-9 && is_limit(j, j->md->m + r))
            add_limit(cf, j->md->m + r);
    }
    for (int64_t i = 0; i < bs->row.count; i++) {
        const int64_t v = bs->row.list[i];
        if (v < j->md->m && fabs(bs->row.value[i]) > 1e-9 && is_limit(j, v)) add_limit(cf, v);
    }
}

/* With the bounds as they are now: is there an answer? */
static steppe_status feasible(conflict *cf, bool *yes)
{
    job *j = cf->j;
    lp_basis *bs = &j->bs;
    lp_result res = LP_OPTIMAL;
    int32_t leaving;
    lp_refresh(&j->lp, bs);
    const steppe_status st = job_run(j, true, &res, &leaving);
    *yes = st == STEPPE_OK && res == LP_OPTIMAL;
    /* what contradicts itself still may do so by other limits than before */
    if (st == STEPPE_OK && res == LP_INFEASIBLE) collect(cf, leaving);
    if (st == STEPPE_OK && res == LP_STOPPED) cf->j->out->stopped = true;
    return st;
}

static void relax(conflict *cf, int64_t i)
{
    lp_basis *bs = &cf->j->bs;
    const int64_t v = cf->list[i].variable;
    bs->low[v] = v < cf->j->md->m ? fmin(0.0, cf->list[i].low) : -FAR;
    bs->up[v] = FAR;
}

static void restore(conflict *cf, int64_t i)
{
    lp_basis *bs = &cf->j->bs;
    bs->low[cf->list[i].variable] = cf->list[i].low;
    bs->up[cf->list[i].variable] = cf->list[i].up;
}

/* Spares one limit after the other as long as the rest still contradicts itself. */
static steppe_status thin_out(conflict *cf)
{
    for (int64_t i = 0; i < cf->count && !cf->j->out->stopped; i++) {
        bool yes;
        relax(cf, i);
        STEPPE_TRY(feasible(cf, &yes));
        cf->list[i].needed = yes;
        if (yes) restore(cf, i);
    }
    return STEPPE_OK;
}

/* ---- in words ------------------------------------------------------------------------ */

static void add_amount(const model *md, double v, text *t)
{
    char b[64];
    text_add(t, wide_text(b, (wide)rint(v), md->flow_places));
}

static void add_period(const model *md, const model_ref *r, text *t)
{
    if (md->hz && md->hz->dated && r->period >= 0)
        text_addf(t, " in %s", md->hz->periods[r->period].id);
}

/* The limit as its table says it: where it stands and what it asks for. */
static void add_words(const conflict *cf, const limit *li, text *t)
{
    const model *md = cf->j->md;
    const case_data *cs = md->cs;
    const int64_t v = li->variable;
    if (v < md->m) {
        model_arc_name(md, v, t);
        text_add(t, li->low > 0.0 ? ": at least " : ": at most ");
        add_amount(md, li->low > 0.0 ? li->low : li->up, t);
        return;
    }
    if (v < cf->j->base) {
        const int32_t i = (int32_t)(v - md->m);
        const model_ref *r = &md->node[i];
        if (r->kind == NODE_COUNT && md->b[i] < 0)
            text_addf(t, "contract minimum of %s into %s: at least ", md->layer[r->layer].name,
                      cs->demands[r->object].id);
        else if (r->kind == NODE_SUPPLY)
            text_addf(t, "supply %s: at most its maximum, ", cs->supplies[r->object].id);
        else
            model_node_name(md, i, t), text_add(t, ": exactly ");
        add_amount(md, fabs((double)md->b[i]), t);
        if (cs) add_period(md, r, t);
        return;
    }
    const int64_t r = v - cf->j->base;
    model_row_name(md, r, t);
    if (md->row_low[r] != NO_LOW) {
        text_add(t, ": at least ");
        add_amount(md, (double)md->row_low[r], t);
    }
    if (md->row_up[r] != NO_UP) {
        text_add(t, md->row_low[r] != NO_LOW ? " and at most " : ": at most ");
        add_amount(md, (double)md->row_up[r], t);
    }
}

/* How good it is to give way here: what asks for a minimum before what holds a capacity. */
static int rank_of(const conflict *cf, const limit *li)
{
    const model *md = cf->j->md;
    const int64_t v = li->variable;
    if (v >= md->m && v < cf->j->base) return md->node[v - md->m].kind == NODE_COUNT ? 4 : 1;
    if (v < md->m) return li->low > 0.0 ? 3 : 1;
    const int kind = md->row[v - cf->j->base].kind;
    if (kind == ROW_POLICY || kind == ROW_CONTRACT) return 4;
    return md->row_low[v - cf->j->base] != NO_LOW ? 3 : 2;
}

/* The least change of one limit that leaves an answer: its own variable is the only cost. */
static steppe_status least_change(conflict *cf, int64_t i, double *change)
{
    job *j = cf->j;
    lp_basis *bs = &j->bs;
    const limit *li = &cf->list[i];
    const int64_t v = li->variable;
    lp_result res = LP_OPTIMAL;
    int32_t leaving;
    bool yes;
    *change = NAN;
    relax(cf, i);
    STEPPE_TRY(feasible(cf, &yes));
    if (!yes) return STEPPE_OK;
    /* below the lower limit or above the upper one, whichever the answer now is */
    const bool below = bs->x[v] < li->low - j->lp.flow_tol;
    for (int64_t a = 0; a < j->md->m; a++) bs->cost[a] = 0.0;
    if (below)
        bs->up[v] = li->low;
    else
        bs->low[v] = li->up;
    bs->cost[v] = below ? -1.0 : 1.0;
    if (bs->state[v] != LP_BASIC) bs->state[v] = (uint8_t)(below ? LP_UPPER : LP_LOWER);
    lp_refresh(&j->lp, bs);
    if (!lp_primal_feasible(&j->lp, bs)) STEPPE_TRY(job_run(j, true, &res, &leaving));
    if (lp_primal_feasible(&j->lp, bs)) {
        STEPPE_TRY(job_run(j, false, &res, &leaving));
        if (res == LP_OPTIMAL) *change = below ? li->low - bs->x[v] : bs->x[v] - li->up;
    }
    bs->cost[v] = 0.0;
    return STEPPE_OK;
}

static steppe_status tell(conflict *cf)
{
    const job *j = cf->j;
    text t = {0};
    int64_t needed = 0, best = -1;
    for (int64_t i = 0; i < cf->count; i++) {
        needed += cf->list[i].needed;
        if (cf->list[i].needed &&
            (best < 0 || rank_of(cf, &cf->list[i]) > rank_of(cf, &cf->list[best])))
            best = i;
    }
    steppe_note(
        j->ctx, "infeasible: %s",
        needed == 0 ? "no way leads where the quantities of these balances have to go:"
        : needed == 1
            ? "this limit cannot be kept:"
            : "these limits cannot be kept together, and each of them is needed for that:");
    for (int64_t i = 0; i < cf->count && !t.failed; i++) {
        if (!cf->list[i].needed && needed > 0) continue;
        t.len = 0;
        add_words(cf, &cf->list[i], &t);
        if (t.data && !t.failed) steppe_note(j->ctx, "infeasible:   %s", t.data);
    }
    if (cf->cut)
        steppe_note(j->ctx, "infeasible: more limits take part than could be looked at (%d)",
                    MOST_LIMITS);
    steppe_status st = STEPPE_OK;
    if (best >= 0 && !t.failed) {
        double change;
        st = least_change(cf, best, &change);
        t.len = 0;
        add_words(cf, &cf->list[best], &t);
        if (st == STEPPE_OK && isfinite(change) && change > 0.0 && !t.failed) {
            text amount = {0};
            add_amount(j->md, ceil(change - 0.01), &amount);
            if (amount.data)
                steppe_note(j->ctx, "infeasible: mended when this one gives way by %s: %s",
                            amount.data, t.data);
            text_free(&amount);
        }
    }
    const bool failed = t.failed;
    text_free(&t);
    return failed ? steppe_no_memory(j->ctx) : st;
}

steppe_status conflict_explain(job *j, int32_t leaving)
{
    conflict cf = {j, MEM_NEW(limit, MOST_LIMITS), 0, false};
    if (!cf.list) return steppe_no_memory(j->ctx);
    collect(&cf, leaving);
    steppe_status st = thin_out(&cf);
    if (st == STEPPE_OK && !j->out->stopped) st = tell(&cf);
    mem_free(cf.list);
    return st;
}
