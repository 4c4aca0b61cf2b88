/* The handle, as the stages behind the solve see it. */
#ifndef STEPPE_SOLVE_H
#define STEPPE_SOLVE_H

#include "certificate.h"
#include "coordinate.h"
#include "kept.h"
#include "plan.h"

#define UPDATE_FIELD_END                                                                       \
    '\x1f' /* between the five words of an update, which may hold anything else */

struct steppe_solver {
    steppe_ctx ctx;
    char *path;
    bool is_case;     /* a folder of tables; else an instance file */
    case_tables base; /* as read */
    char *scenario;   /* NULL: base */
    text updates;     /* updates since, one per line, five words each */
    horizon hz;       /* scenario and updates applied */
    bool has_horizon; /* false: it has to be built */
    bool is_stale;    /* its records are older than its tables */
    bool is_recut;    /* so are its periods */
    char *
        reference; /* folder of the plan that ramps are measured against; NULL: the base case */
    link_volumes volumes; /* of the reference, or of the base once it was needed */
    bool has_volumes;
    char *plan_file; /* verify: the plan that a result was made with */
    model md;
    bool has_model, has_answer;
    bool is_set_up; /* an instance has its model from the start, its figures from setup */
    answer an;
    certificate cert;
    basis_store store;
    kept_answer kept; /* of the solve that store is of, or of one before */
    bool hold_basis;  /* solves start from these and leave them as they are */
    steppe_info info;
};

/* steppe_open; probe false: the network of a case is not built to be checked, as it is built soon. */
steppe_status solver_open(steppe_solver **out, const char *path, const steppe_settings *set,
                          bool probe);

/* A context at the start of a call; NULL: the defaults. */
void context_init(steppe_ctx *ctx, const steppe_settings *set);

/* The five words of each line of s->updates, in place. *list has *count entries; NULL and NO_MEMORY on failure. Ends
 * with mem_free of *list and *copy. */
steppe_status updates_split(steppe_ctx *ctx, const text *updates, char **copy,
                            horizon_update **list, int64_t *count);

/* coarse.c: a start for md from the same case (base: without scenario and updates) on a coarser cut of the horizon; *out stays empty where that is not worth
 * it or has no answer. Its pivots are added to s->info. */
bool coarse_worth(const model *md);
steppe_status coarse_start(steppe_solver *s, const model *md, bool base, basis_store *out);

/* The gap up to which an answer is called optimal. */
double gap_allowed(const steppe_settings *set, const model *md);

steppe_status instance_read(steppe_ctx *ctx, const char *path, model *out);
bool instance_path(const char *path); /* .min .mcfmin .mmcf .mps, also .gz */

#endif
