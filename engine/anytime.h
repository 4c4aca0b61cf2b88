/* A lower bound and a feasible answer at any moment of a solve, whatever method is at work: it offers what it has, and the
 * best of all offers is kept. */
#ifndef STEPPE_ANYTIME_H
#define STEPPE_ANYTIME_H

#include "coordinate.h"

typedef struct anytime anytime;

/* Cheap: memory for the work itself comes with the first offer. NULL: no memory. */
anytime *anytime_new(steppe_ctx *ctx, const model *md);
void anytime_free(anytime *at);

/* One offer. x: m flows in flow units, anything from a solution to a wild guess, NULL: none. dual: prices of all n + rows
 * rows of the linear program as in lp_basis.dual, USD per flow unit, as wild; NULL: none.
 *   Bound: the prices of the coupling rows are rounded, those of a wrong sign dropped; a network simplex per commodity
 * finds the best potentials for them (where arcs lose: good ones).
 *   Answer: flows are made whole, balanced, and put inside all limits, near x where that is good. Not always found. Of the first x only trees are made.
 * Ends at `until` on the clock (clock_now; INFINITY: when done) with what it has by then. Same offers, same results, as
 * long as the clock does not end one. */
steppe_status anytime_offer(anytime *at, const double *x, const double *dual, double until);
/* Whole flows from elsewhere. */
steppe_status anytime_offer_flows(anytime *at, const int64_t *x);

bool anytime_has_answer(const anytime *at);
bool anytime_has_bound(const anytime *at);
double anytime_gap(const anytime *at); /* proven, relative; INFINITY until there are both */
/* Million USD (case) or the file's unit, NAN until there is one. */
double anytime_cost(const anytime *at);
double anytime_bound(const anytime *at);

/* Seconds that a stopped solve may take to tidy up; more where it would end with nothing. */
double anytime_grace(const anytime *at);
/* Copies the best into out->x, and into out->pi, out->lambda, out->tight_rows, as far as there is one. */
void anytime_copy_best(const anytime *at, answer *out);

#endif
