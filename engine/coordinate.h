/* The solve: K trees, coupled pivots, exact answer. */
#ifndef STEPPE_COORDINATE_H
#define STEPPE_COORDINATE_H

#include "model.h"

/* Where each arc and row stood in the last basis, by key, for the next solve of the same or
 * another scenario. */
typedef struct {
    uint64_t *key; /* slots, open addressing; 0 = free */
    uint8_t *state;
    size_t slots;
} basis_store;

typedef struct {
    int64_t *x;   /* m: exact flows */
    wide *pi;     /* n: potentials, cost units * 10^DUAL_EXTRA per flow unit */
    wide *lambda; /* rows: prices of capacity, the same unit; <= 0 at an upper limit */
    int64_t tree_pivots, pivots, tight_rows;
    bool warm, infeasible, stopped;
} answer;

/* Prices are finer than costs by so many decimals, so that rounding them costs nothing that
 * shows in the gap. */
#define DUAL_EXTRA 6

/* store may hold an earlier basis to start from; with `save` it holds the new one afterwards.
 */
steppe_status coordinate(steppe_ctx *ctx, const model *md, basis_store *store, bool save,
                         answer *out);
void answer_free(answer *an);
void basis_store_free(basis_store *store);

#endif
