/* The solve: K trees, coupled pivots, exact answer. */
#ifndef STEPPE_COORDINATE_H
#define STEPPE_COORDINATE_H

#include "model.h"

/* How a variable stood in a basis. */
typedef struct {
    uint64_t key;
    float weight; /* steepest edge weight of a basic variable */
    uint8_t state;
} stored_variable;

enum { NODE_SIEVE = 1 << 16 };

/* Where each arc and row stood in the last basis, by key, for the next solve of the same or another scenario: mostly in the
 * same order. */
typedef struct {
    stored_variable *list; /* count */
    uint32_t *slot;        /* slots, open addressing: number in the list + 1; 0 = free */
    size_t slots;          /* 0: nothing is stored; the basis of an empty model is */
    int64_t count;
    uint64_t nodes[NODE_SIEVE / 64]; /* a bit for each node that is stored: most are not */
    period_id *
        as; /* of a coarser cut: the stored period for each of the model to be solved; else NULL */
} basis_store;

typedef struct {
    int64_t *x;   /* m: exact flows */
    wide *pi;     /* n: potentials, cost units * 10^DUAL_EXTRA per flow unit */
    wide *lambda; /* rows: prices of capacity, the same unit; <= 0 at an upper limit */
    int64_t tree_pivots, pivots, tight_rows;
    int iterations; /* of the interior point or rounds of columns or sifting; 0: none was used */
    const char
        *order; /* of elimination in the factors of the interior point; NULL: there were none */
    double factor_nonzeros, factor_flops;
    bool warm, infeasible, stopped;
    bool far; /* picky: the start is too far off to be worth it; nothing else is set */
} answer;

/* Prices are finer than costs by so many decimals, so that rounding them costs nothing that
 * shows in the gap. */
#define DUAL_EXTRA 6

/* start: an earlier basis to start from, or NULL (an empty one is the same). picky: give up before the first pivot where too many
 * variables of it are out of their bounds, or a row that many arcs share is far out of its own (out->far). keep: gets the new
 * one; NULL: nobody wants it. The two may be the same. */
steppe_status coordinate(steppe_ctx *ctx, const model *md, const basis_store *start, bool picky,
                         basis_store *keep, answer *out);
void answer_free(answer *an);
void basis_store_free(basis_store *store);

#endif
