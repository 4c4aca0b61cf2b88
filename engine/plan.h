/* The reference plan that ramps are measured against: volumes of capacity groups by period. */
#ifndef STEPPE_PLAN_H
#define STEPPE_PLAN_H

#include "model.h"

/* Volume on each link, of each good, in each period of an earlier answer, by their ids, both ways together. */
typedef struct {
    names map;
    char **key; /* count: "link|good|period" */
    wide *volume;
    int64_t count, cap;
} link_volumes;

steppe_status volumes_of_answer(steppe_ctx *ctx, const model *md, const int64_t *x,
                                link_volumes *out);
/* From link_flow.csv of a result folder of the case on the same periods; BAD_INPUT where it is another one's. */
steppe_status volumes_of_result(steppe_ctx *ctx, const char *dir, const char *case_name,
                                const horizon *hz, link_volumes *out);
steppe_status volumes_copy(steppe_ctx *ctx, const link_volumes *from, link_volumes *out);
void volumes_free(link_volumes *lv);

/* Does any ramp hold at some time? */
bool plan_needed(const horizon *hz);
/* volume[group * T + t], 12 places; rows of reference_plan first, then lv (NULL: none), else -1. */
steppe_status plan_make(steppe_ctx *ctx, const horizon *hz, const link_volumes *lv,
                        wide **volume);
/* The same as plan.csv has it, which may not contradict the rows of reference_plan. */
steppe_status plan_read(steppe_ctx *ctx, const char *path, const horizon *hz, wide **volume);

#endif
