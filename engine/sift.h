/* Sifting: the coupled problem on the few arcs that prices ask for, as a start for the coupled simplex. */
#ifndef STEPPE_SIFT_H
#define STEPPE_SIFT_H

#include "interior.h"

/* Few arcs share something: most flows are free to go elsewhere, and rounds are few. */
bool sift_suits(const model *md);
/* The optimum as a point, with weights by which vertex.h finds its basis again. out->failed: there is no such point, because arcs
 * lose, a commodity cannot flow even alone, or it is not found. Not `whatever`: declined where the commodities, each by itself, overrun
 * so many rows that rounds would be many. */
steppe_status sift_point(job *j, bool whatever, interior_point *out);
/* The same from a point inside that tells arcs that carry flow from others (its gap at most SIFT_FROM): the first part are these. */
steppe_status sift_from(job *j, const interior_point *from, interior_point *out);
/* The model has no losses and something to coordinate, as both need. */
bool sift_can(const model *md);

/* Measured: see benchmarks/RESULTS.md. */
#define SIFT_FROM 2e-2

#endif
