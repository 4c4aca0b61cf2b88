/* The commodities one by one at prices of the coupling rows: exact flows, and the bound that they prove. */
#ifndef STEPPE_PRICER_H
#define STEPPE_PRICER_H

#include "coordinate_block.h"

/* One commodity: its network under costs that hold the prices. */
typedef struct {
    block bl;
    int64_t *cost;
    wide value;   /* of its flow at these costs */
    int64_t last; /* pivots of its last answer */
    int turn; /* of the list: which commodity is answered at this place, the longest first */
} pricer;

/* One for each commodity. NULL: no memory. */
pricer *pricers_new(const model *md);
void pricers_free(const model *md, pricer *p);
/* Costs of all arcs with the prices of their rows, in cost units / fine. Whole prices, exactly: times row_scale / fine they are cost
 * units per flow unit of load, > 0 at an upper limit. The same in floating point, rounded once for each arc, which weights of many
 * digits need. Costs have to stay below 2^60. */
void pricers_set_whole(const model *md, pricer *p, const int64_t *price, int64_t fine);
void pricers_set(const steppe_ctx *ctx, const model *md, pricer *p, const double *price,
                 int64_t fine);
/* How fine costs can be at these prices (rows) for potentials to stay in 64 bits; 0: not even whole ones. scratch: n. */
int64_t pricers_fineness(const model *md, const double *price, double *scratch);
/* Best flows of all commodities at these costs, in parallel, from their last trees but the first time, and what they cost together.
 * false: a commodity cannot flow even alone, or numbers are too large. */
bool pricers_answer(const steppe_ctx *ctx, const model *md, pricer *p, bool first, wide *value);
/* Reduced costs (m, cost units) at the last answers. */
void pricers_costs(const model *md, const pricer *p, int64_t fine, double *rc);

#endif
