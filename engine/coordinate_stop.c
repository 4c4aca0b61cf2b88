/* A bound and an answer on the way to the optimum, and at a stop. The dual simplex has prices at any moment, and flows that
 * balance but break limits: both go to anytime.h. */
#include "coordinate_job.h"

#include "solve.h"

#include <math.h>
#include <string.h>

/* Work of the pivots (lp_basis.work) per arc: what an offer takes, 400 or less of these, is little against so much. */
#define FIRST_OFFER 4000

enum {
    SOON_OFFER =
        3000, /* pivots, after the offer at the start, where something to fall back on is wanted */
    TIMES = 2 /* each offer after so many times what the last one came after */
};

static bool gap_asked(const job *j)
{
    return j->ctx->set.gap_rel >= 0.0 &&
           anytime_gap(j->any) <= gap_allowed(&j->ctx->set, j->md);
}

static void tell(job *j)
{
    j->ctx->bound = anytime_bound(j->any);
    j->ctx->answer = anytime_cost(j->any);
}

steppe_status stop_watch(job *j)
{
    if (!j->any || !j->watched || j->ctx->stopped) return STEPPE_OK;
    /* who set a limit or a gap wants something to fall back on from the start */
    const bool soon = j->ctx->set.time_limit > 0.0 || j->ctx->set.gap_rel > 1e-6;
    const int64_t done = soon ? j->bs.pivots : j->bs.work,
                  least = soon ? SOON_OFFER : FIRST_OFFER * j->md->m;
    if (j->next_offer == 0 && !soon) j->next_offer = least;
    if (done < j->next_offer) return STEPPE_OK;
    j->next_offer = TIMES * done > least ? TIMES * done : least;
    STEPPE_TRY(anytime_offer(j->any, j->bs.x, j->bs.dual, INFINITY));
    tell(j);
    j->enough = gap_asked(j);
    return STEPPE_OK;
}

steppe_status stop_offer(job *j, const double *x, const double *price)
{
    if (!j->any) return STEPPE_OK;
    STEPPE_TRY(anytime_offer(j->any, x, price,
                             j->ctx->stopped ? clock_now() + anytime_grace(j->any) : INFINITY));
    tell(j);
    j->enough = gap_asked(j);
    return STEPPE_OK;
}

static steppe_status is_feasible(job *j, bool *feasible)
{
    steppe_ctx quiet = *j->ctx;
    certificate cert;
    quiet.set.log = NULL;
    const steppe_status st = certify_flows(&quiet, j->md, j->out->x, &cert);
    *feasible = st == STEPPE_OK && cert.feasible;
    return st == STEPPE_OVERFLOW ? STEPPE_OK : st;
}

steppe_status stop_answer(job *j)
{
    const bool pivoted = j->bs.pivots > 0;
    bool feasible = false;
    if (!j->enough) {
        if (!j->out->stopped) STEPPE_TRY(is_feasible(j, &feasible));
        if (feasible) return STEPPE_OK; /* the optimum, in whole units */
        /* prices of perturbed costs are as good: any are */
        const double until = clock_now() + anytime_grace(j->any);
        STEPPE_TRY(anytime_offer(j->any, pivoted ? j->bs.x : NULL, pivoted ? j->bs.dual : NULL,
                                 until));
        tell(j);
    }
    anytime_copy_best(j->any, j->out);
    return STEPPE_OK;
}
