/* One solve at work: what the files of the coordination share. */
#ifndef STEPPE_COORDINATE_JOB_H
#define STEPPE_COORDINATE_JOB_H

#include "../kernels/lp.h"
#include "anytime.h"

/* A point from which the interior point may begin. */
typedef struct {
    double *x;     /* m: flows */
    double *price; /* n: of the rows, as lp_basis.dual */
    double gap;    /* between them, relative */
} interior_hint;

typedef struct {
    steppe_ctx *ctx;
    const model *md;
    answer *out;
    const basis_store *start;
    basis_store *keep;
    const interior_hint *hint; /* or NULL */
    lp_problem lp;
    lp_basis bs;
    double *true_cost; /* m */
    int64_t base, all; /* m + n (the first row's logical), m + n + rows */
    anytime *any;      /* bounds and answers on the way; NULL: not wanted */
    bool opened;       /* there is room for pivots (job_open) */
    bool watched;      /* what is pivoting now is the way to the optimum */
    bool enough;       /* the gap asked for is proven */
    bool rounding; /* limits are being tightened: an optimum need not stand on fresh factors */
    bool factored; /* the first basis is */
    bool near;     /* the first basis is near: its vertex is kept rather than its costs */
    bool few_shifts; /* and few costs are in its way */
    int64_t
        work_most; /* of pivots (lp_basis.work), beyond which they are given up as if stopped; 0: no limit */
    int64_t next_offer; /* of coordinate_stop.c: work */
    bool late;          /* and an offer was made because a time limit came near */
} job;

/* coordinate_job.c: memory, and the linear program in floating point. */
/* The linear program by columns, and its bounds; after ctx, md, out, store, base, all are set. false: no memory. */
bool job_new(job *j);
/* Every arc has finite bounds; a row without a limit gets one that its arcs cannot reach, so that any basis can be made dual feasible. */
void job_set_bounds(job *j);
/* The columns may go while something else needs the room; job_open makes them again, or this does. false: no memory. */
void job_drop_columns(job *j);
bool job_make_columns(job *j);
/* All that pivots need, once a first basis is to be made, and the columns where they went; nothing to do the second time. */
steppe_status job_open(job *j);
void job_free(job *j);
/* Room for factors with so many entries. false: no memory. */
bool job_grow(job *j, int64_t entries);

/* coordinate_start.c: first bases. Cold: a tree per commodity, whatever is shared; sets out->stopped. Warm: from
 * the stored basis; *ok false where nothing usable is stored. */
steppe_status start_cold(job *j);
steppe_status start_warm(job *j, bool *ok);
/* Into j->keep, with room for `more` basic variables that the model does not have. */
steppe_status start_save(job *j, int64_t more);
/* One variable more, or another state of one that is stored. */
void start_save_as(basis_store *store, uint64_t key, uint8_t state);

/* coordinate.c: factors of the basis named by its heads, then x, prices and reduced costs; a dual or primal simplex to its end. */
steppe_status job_factor(job *j);
void job_use_true_costs(job *j);
/* The dual simplex has shifted costs, or they are perturbed. */
bool job_costs_shifted(const job *j);
steppe_status job_run(job *j, bool dual, lp_result *res, int32_t *leaving);

/* From the stored basis (j->start), or a first one, to that of the optimum, unless it is stopped or infeasible. */
steppe_status job_optimize(job *j);

/* conflict.c: after LP_INFEASIBLE: names the smallest set of limits that contradict each other, and what would mend it. The
 * basis and the bounds are spent afterwards. */
steppe_status conflict_explain(job *j, int32_t leaving);

/* coordinate_exact.c: the basis as integers, into out. */
steppe_status exact_answer(job *j);

/* coordinate_stop.c: now and then, by work, what the dual simplex has is offered as bound and answer; sets enough.
 * Then what a stopped solve ends with: the best of these and of where it stands. */
steppe_status stop_watch(job *j);
steppe_status stop_answer(job *j);
/* At a stop: a point inside and its prices, as offer; sets enough. */
steppe_status stop_offer(job *j, const double *x, const double *price);

/* Union-find with path halving. */
static inline int32_t find_root(int32_t *up, int32_t i)
{
    while (up[i] != i) i = up[i] = up[up[i]];
    return i;
}

#endif
