/* Column generation as a start for the coupled simplex. */
#ifndef STEPPE_COLUMNS_POINT_H
#define STEPPE_COLUMNS_POINT_H

#include "interior.h"

/* The point where column generation ends, as one inside: what vertex.h needs. gap: relative. out->failed: no such point. Not
 * `whatever`: declined where more rows are overrun by the commodities apart than it is good for. */
steppe_status columns_point(job *j, double gap, bool whatever, interior_point *out);

#endif
