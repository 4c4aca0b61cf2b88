/* Orders of elimination: METIS nested dissection, minimum degree. The only file that calls METIS. */
#ifndef STEPPE_PARTITION_H
#define STEPPE_PARTITION_H

#include "engine.h"

/* A graph of n nodes by neighbour lists, both directions, no loops; borrowed. */
typedef struct {
    int32_t n;
    int64_t *first; /* n + 1 */
    int32_t *index;
} part_graph;

/* Around all calls of part_dissect, one solve of the process at a time: while METIS runs it catches SIGTERM with a jump into
 * its own stack, whichever thread the signal reaches, so no thread of the team may take it meanwhile. It is delivered
 * afterwards. begin is true where it has masked the signal, which end undoes; where the caller had masked it, it stays so
 * (and threads of other teams have to do the same). */
bool part_begin(const steppe_ctx *ctx);
void part_end(const steppe_ctx *ctx, bool masked);
/* Nested dissection [KK98], fixed seed, one call at a time: perm[new] = old. Nodes with very many neighbours come last.
 * group: NULL, or a node of a smaller graph for each node (0 .. groups-1): that one is dissected and the order repeated for
 * the members. [KK98] G. Karypis, V. Kumar: A fast and high quality multilevel scheme for partitioning irregular graphs.
 * SIAM J. Sci. Comput. 20 (1998). */
steppe_status part_dissect(steppe_ctx *ctx, const part_graph *g, const int32_t *group,
                           int32_t groups, int32_t *perm);
/* Approximate minimum degree [ADD96]. P. R. Amestoy, T. A. Davis, I. S. Duff: An approximate minimum degree ordering
 * algorithm. SIAM J. Matrix Anal. Appl. 17 (1996). */
steppe_status part_min_degree(steppe_ctx *ctx, const part_graph *g, int32_t *perm);

#endif
