/* Analysis and memory of the factors of normal equations (kernels/chol.h). */
#ifndef STEPPE_FACTOR_H
#define STEPPE_FACTOR_H

#include "../kernels/chol.h"
#include "partition.h"

typedef struct {
    chol f;
    int32_t *perm;     /* new -> old rows */
    const char *order; /* "nested dissection", "places", "minimum degree" */
    bool hopeless;     /* more flops than `first`: nothing else is set */
} factor;

/* Orders rows by the best of several orders by predicted work; the symbolic analysis, without entries. group: see part_dissect, or NULL.
 * most: flops of a factorization beyond which the caller has no use for it; orders that are unlikely to get there are not sought. first:
 * flops by minimum degree or places beyond which it has none, whatever the order of the whole graph would bring. */
steppe_status factor_analyse(steppe_ctx *ctx, const chol_matrix *a, const int32_t *group,
                             int32_t groups, double first, double most, factor *out);
/* Bytes that factor_fill will take. */
double factor_bytes(const factor *fa, const chol_matrix *a);
/* Entries and room for numbers; rows of `a` renumbered by perm. */
steppe_status factor_fill(steppe_ctx *ctx, const chol_matrix *a, factor *fa);
void factor_free(factor *fa);

#endif
