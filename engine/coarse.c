/* A horizon of many periods is first solved on a coarser cut, down to one period: its basis knows the ways and the
 * bottlenecks. Copied to each period it is a start that only has to learn what differs between the periods. */
#include "solve.h"

#include <string.h>

/* NULL: none. */
static const char *coarser_cut(const horizon *hz)
{
    if (!hz->dated || hz->T <= 2) return NULL;
    return hz->T > 40 ? "month" : "year";
}

bool coarse_worth(const model *md)
{
    return md->hz && coarser_cut(md->hz) != NULL;
}

/* For each period of hz the one of coarse that holds its middle. */
static period_id *name_periods(const horizon *hz, const horizon *coarse)
{
    period_id *as = MEM_NEW(period_id, hz->T);
    int c = 0;
    for (int t = 0; as && t < hz->T; t++) {
        const int32_t day = hz->periods[t].first_day + hz->periods[t].days / 2;
        while (c + 1 < coarse->T && coarse->periods[c + 1].first_day <= day) c++;
        memcpy(as[t], coarse->periods[c].id, sizeof as[t]);
    }
    return as;
}

static steppe_status solve_coarse(steppe_solver *s, const horizon *hz, const horizon *fine,
                                  bool base, basis_store *out)
{
    steppe_ctx quiet = s->ctx; /* what there is to say, the case itself says */
    model md;
    answer an;
    basis_store start = {0};
    quiet.set.log = NULL;
    quiet.bare = true;
    STEPPE_TRY(model_build(&quiet, hz, false, NULL, &md));
    steppe_status st = coarse_start(s, &md, base, &start);
    if (st == STEPPE_OK) st = coordinate(&quiet, &md, &start, false, out, &an);
    if (st == STEPPE_OK) {
        s->info.tree_pivots += an.tree_pivots;
        s->info.pivots += an.pivots;
        answer_free(&an);
    }
    if (st == STEPPE_OK && out->slots > 0) {
        out->as = name_periods(fine, hz);
        if (!out->as) st = steppe_no_memory(&s->ctx);
    }
    s->ctx.stopped = quiet.stopped;
    model_free(&md);
    basis_store_free(&start);
    return st;
}

steppe_status coarse_start(steppe_solver *s, const model *md, bool base, basis_store *out)
{
    const char *cut = md->hz ? coarser_cut(md->hz) : NULL;
    horizon hz;
    char *copy;
    horizon_update *list;
    int64_t count;
    memset(out, 0, sizeof *out);
    if (!cut) return STEPPE_OK;
    STEPPE_TRY(updates_split(&s->ctx, &s->updates, &copy, &list, &count));
    steppe_ctx quiet = s->ctx;
    quiet.set.log = NULL;
    steppe_status st = horizon_build(&quiet, &s->base, base ? NULL : s->scenario, list,
                                     base ? 0 : count, cut, &hz);
    mem_free(copy);
    mem_free(list);
    if (st == STEPPE_OK) {
        st = solve_coarse(s, &hz, md->hz, base, out);
        horizon_free(&hz, &s->base);
    }
    if (st == STEPPE_OK) return st;
    basis_store_free(out);
    /* a cut without an answer of its own is no fault of the case */
    return st == STEPPE_NO_MEMORY ? st : STEPPE_OK;
}
