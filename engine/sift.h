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

#endif
