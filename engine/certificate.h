/* Exact check of an answer on the unreduced model. Shares nothing with the kernels. */
#ifndef STEPPE_CERTIFICATE_H
#define STEPPE_CERTIFICATE_H

#include "model.h"

typedef struct {
    bool feasible;
    int64_t violations; /* balances, bounds, rows that do not hold */
    wide objective;     /* flow units x cost units, offset included */
    wide bound;         /* lower bound, the same unit, rounded down */
    double gap_rel;
} certificate;

/* x: m flows; pi: n and lambda: rows in cost units * 10^extra. Violations are named in the log
 * (the first 20). OVERFLOW: the numbers leave 128 bits. */
steppe_status certify(steppe_ctx *ctx, const model *md, const int64_t *x, const wide *pi,
                      const wide *lambda, int extra, certificate *out);
/* Its two halves: the first sets feasible and objective, the second bound, and feasible where the prices are valid. */
steppe_status certify_flows(steppe_ctx *ctx, const model *md, const int64_t *x,
                            certificate *out);
steppe_status certify_prices(steppe_ctx *ctx, const model *md, const wide *pi,
                             const wide *lambda, int extra, certificate *out);
double certificate_gap(wide objective, wide bound);
/* flow units x cost units -> million USD (case) or the file's unit (instance). */
double certificate_value(const model *md, wide v);

#endif
