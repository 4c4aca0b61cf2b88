/* One sifting at work: what its files share. */
#ifndef STEPPE_SIFT_PART_H
#define STEPPE_SIFT_PART_H

#include "interior.h"
#include "pricer.h"
#include "reduce.h"

typedef struct {
    job *j;
    const model *md;
    const interior_point *from; /* or NULL */
    steppe_ctx quiet;           /* of the solves of the part */
    pricer *pricer;
    int64_t fine;   /* of the last prices */
    uint8_t *keep;  /* m: the part */
    double *price;  /* rows: cost units per flow unit of load, > 0: upper limit */
    double *beyond; /* rows: what overrunning it costs */
    double *node;   /* n: scratch */
    basis_store store;
    uint8_t *basic; /* m: in the basis that is stored */
    reduction rd;
    double *x;       /* m: flows of the whole, of the last part or answers; borrowed */
    double *small_x; /* of the small model's arcs */
    uint8_t *small_state;
    interior_hint hint; /* for a point inside of the part, from s->x and the last answers */
    double bound;       /* best so far */
    double value;       /* of the part */
    double excess;      /* what overrunning its rows costs, as a share of value */
    double gap;         /* of value above bound */
    double near;        /* gap from which on vertices are worth it */
    bool at_vertex;
    enum { PIVOTING, INSIDE, ENDING } phase;
} sift;

/* sift_part.c: makes the arcs of s->keep a small model. */
steppe_status sift_part_new(sift *s);
/* An interior point of the part to a gap of tol. *ok: there is one. */
steppe_status sift_part_inside(sift *s, double tol, bool *ok);
/* The vertex of the part, from that of the last one, or from trees or from inside where there was none. most: work of pivots after which
 * it is given up, 0: never. */
steppe_status sift_part_vertex(sift *s, steppe_method first, double most, bool *ok);
void sift_part_free(sift *s);

#endif
