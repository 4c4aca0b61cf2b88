/* The horizon: periods, and what the tables say in each part of them.
 *
 * Changes of a scenario have dates. Between two dates on which one begins or ends the tables stay the same: a
 * *state*. Every state is read and checked as a case of its own; the records of all states have the
 * same indices, since a row that a dated change removes or inserts stays in all of them and is
 * not `open` while it does not hold. A period is a list of (state, days). */
#ifndef STEPPE_HORIZON_H
#define STEPPE_HORIZON_H

#include "case.h"
#include "day.h"

typedef struct {
    char id[32], name[64];
    int32_t first_day; /* since 1970-01-01; 0 where the case has no dates */
    int32_t days;
} period;

typedef struct {
    int state;
    int32_t first_day, days;
} period_part;

typedef struct {
    int T;
    period *periods;
    bool
        dated; /* false: no period table; one period `year` of 365 days, dates are not looked at */
    bool open;    /* open horizon; else the last period is followed by the first */
    int32_t days; /* of all periods */
    int states;
    case_tables *tabs;   /* states */
    case_data *cs;       /* states; [0] serves for names */
    int64_t *first_part; /* T + 1 */
    period_part *part;
    wide
        *factor; /* profiles * T: day-weighted mean of the profile over the period, 12 places */
} horizon;

/* One change that a caller made by hand, on top of the scenario; holds at all times. */
typedef struct {
    const char *table, *selector, *field, *operation, *value;
} horizon_update;

/* Applies scenario `id` (NULL: the base) and the updates. split: NULL the rows of period.csv, or
 * "year" (the whole horizon as one period), "month", "week", "day": the same span cut anew.
 * Faults are logged and counted in ctx; BAD_INPUT when there were any. */
steppe_status horizon_build(steppe_ctx *ctx, const case_tables *base, const char *id,
                            const horizon_update *updates, int64_t update_count,
                            const char *split, horizon *out);
/* One more update in all states; the records are stale until horizon_refresh. A refused one may leave the
 * horizon half edited: build it anew. */
steppe_status horizon_edit(steppe_ctx *ctx, const case_tables *base, const horizon_update *u,
                           horizon *hz);
/* Records and factors of the tables as they are now. */
steppe_status horizon_refresh(steppe_ctx *ctx, horizon *hz);
void horizon_free(horizon *hz, const case_tables *base);

#endif
