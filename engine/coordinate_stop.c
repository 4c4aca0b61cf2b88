/* A bound and an answer on the way to the optimum, and at a stop. The dual simplex has prices at any moment, and flows that
 * balance but break limits: both go to anytime.h. */
#include "coordinate_job.h"

#include "solve.h"

#include <math.h>
#include <string.h>

/* Work of the pivots (lp_basis.work) per arc after which an offer is made, and again after so many times that: an offer takes 400 or less of these, which
 * is little against so much. Sooner where a gap may be enough, or a limit is to end with an answer; but not at once, as the optimum of most
 * cases takes less time than an offer. */
#define FIRST_OFFER 4000
#define SOON_OFFER 1000
enum { TIMES = 2 };

/* Share of a time limit after which there is to be something to fall back on, whatever it takes. */
#define LATE 0.3

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
    const steppe_settings *set = &j->ctx->set;
    const bool soon = set->time_limit > 0.0 || set->gap_rel > 1e-6;
    const bool late = set->time_limit > 0.0 && !j->late && !anytime_has_answer(j->any) &&
                      clock_now() - j->ctx->start > LATE * set->time_limit;
    const int64_t done = j->bs.work, least = (soon ? SOON_OFFER : FIRST_OFFER) * j->md->m;
    if (j->next_offer == 0) j->next_offer = least;
    if (done < j->next_offer && !late) return STEPPE_OK;
    j->late |= late; /* once: what finds no answer now may take long */
    j->next_offer = TIMES * done > least ? TIMES * done : least;
    STEPPE_TRY(anytime_offer(j->any, j->bs.x, j->bs.dual, INFINITY));
    tell(j);
    j->enough = gap_asked(j);
    return STEPPE_OK;
}

steppe_status stop_offer(job *j, const double *x, const double *price)
{
    if (!j->any) return STEPPE_OK;
    STEPPE_TRY(anytime_offer(j->any, x, price, clock_now() + anytime_grace(j->any)));
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
