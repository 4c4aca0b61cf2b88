/* From a point inside (interior point, column generation) to a basis. */
#ifndef STEPPE_VERTEX_H
#define STEPPE_VERTEX_H

#include "interior.h"

/* A basis near the point: not factored, states set, nonbasic variables at the bounds they are nearer to. */
steppe_status vertex_basis(job *j, const interior_point *ip);

#endif
