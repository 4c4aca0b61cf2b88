/* One solve at work: what the files of the coordination share. */
#ifndef STEPPE_COORDINATE_JOB_H
#define STEPPE_COORDINATE_JOB_H

#include "../kernels/coord.h"
#include "coordinate.h"

typedef struct {
    steppe_ctx *ctx;
    const model *md;
    answer *out;
    basis_store *store;
    coord_lp lp;
    coord_basis bs;
    double *true_cost; /* m */
    int64_t base, all; /* m + n, m + n + rows */
    double slack;      /* how far a limitless row's bound lies beyond its arcs */
} job;

/* coordinate_job.c: memory, and the linear program in floating point. */
bool job_new(job *j); /* after ctx, md, out, store, base, all are set; false: no memory */
void job_free(job *j);
/* Room for `cap` working arcs; what is there stays. false: no memory. */
bool job_grow(job *j, int32_t cap);

/* coordinate_start.c: first bases. Cold: a tree per commodity, whatever is shared; sets out->infeasible, out->stopped. Warm: from
 * the stored basis; *ok false where nothing usable is stored. */
steppe_status start_cold(job *j);
steppe_status start_warm(job *j, bool *ok);
steppe_status start_save(job *j);

/* coordinate.c: x, prices and reduced costs from the basis; a dual or primal simplex to its end. */
void job_refresh(job *j);
void job_use_true_costs(job *j);
steppe_status job_run(job *j, bool dual, coord_result *res, int64_t *leaving);

/* coordinate_exact.c: the basis as integers, into out. */
steppe_status exact_primal(job *j);
void exact_dual(job *j);

/* Union-find with path halving. */
static inline int32_t find_root(int32_t *up, int32_t i)
{
    while (up[i] != i) i = up[i] = up[up[i]];
    return i;
}

#endif
