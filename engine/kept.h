/* The last proven answer, for a model that is much like the one it was of. */
#ifndef STEPPE_KEPT_H
#define STEPPE_KEPT_H

#include "certificate.h"
#include "coordinate.h"

typedef struct {
    uint64_t *key; /* of arcs, nodes, rows, in the order of the model */
    int64_t *x;
    wide *pi, *lambda;
    int64_t m, n, rows; /* m = 0: nothing is kept */
    double gap;         /* that was proven */
} kept_answer;

/* In place of what was kept before; on failure nothing is kept. md has its keys. */
steppe_status kept_save(steppe_ctx *ctx, const model *md, const answer *an, double gap,
                        kept_answer *out);
steppe_status kept_copy(steppe_ctx *ctx, const kept_answer *from, kept_answer *to);
void kept_free(kept_answer *kept);

/* Does what is kept solve md as well? *holds: then it is in an, which answer_free ends, with its proof in cert: feasible, with a gap
 * of at most `allowed`. Any of it may be wrong for md: only the certificate decides. */
steppe_status kept_try(steppe_ctx *ctx, const model *md, const kept_answer *kept,
                       double allowed, answer *an, certificate *cert, bool *holds);

#endif
