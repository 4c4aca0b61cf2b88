/* The restricted master of column generation, by an interior point that keeps its prices in the middle.
 *
 *     min  c.t + box.q   s.t.   A t + s - q = limit,   sum of t over each block = 1,   t, s, q >= 0
 *
 * t: weights of the columns, s: room left in the rows, q: excess, paid at the box of the row's price. Prices y of
 * the rows obey 0 <= y <= box, theta those of the blocks; reduced costs z = c + y A - theta. */
#ifndef STEPPE_MASTER_H
#define STEPPE_MASTER_H

#include "dense.h"

/* Borrowed arrays; columns of a block are contiguous, entries of a column in growing rows. */
typedef struct {
    int32_t blocks, rows, columns;
    const int32_t *block_first; /* blocks + 1; no block is empty */
    const int64_t *first;       /* columns + 1 */
    const int32_t *row;
    const double *load;
    const double *cost;  /* columns */
    const double *limit; /* rows */
    const double *box;   /* rows, > 0 */
} master_problem;

/* Caller's memory. */
typedef struct {
    double *y, *slack, *over; /* rows; y is in and out */
    double *worth;            /* rows, in: what a unit that a row misses costs at the least */
    double *theta;            /* blocks, out */
    double *t, *z;            /* columns, out */
    double *dt, *dz, *ratio, *push; /* columns: steps, t / z, right-hand sides */
    double *ds, *dq, *dy, *rhs;     /* rows */
    double *mean;                   /* blocks x rows: sum of ratio x differences */
    /* per block: the rows that its columns know, growing; and where their square lies in `square`, of which those of a batch
     * of blocks are made at a time */
    int64_t *near_first;  /* blocks + 1 */
    int32_t *near_row;    /* near_first[blocks] */
    int64_t *square_at;   /* blocks */
    int32_t *batch_first; /* blocks + 1; batches are counted in `batches` */
    int32_t batches;
    double *square, *panel; /* from master_rooms; panel: for each thread */
    int64_t panel_room;
    int32_t *local;                   /* threads x rows: scratch */
    double *total, *short_by, *shift; /* blocks */
    int32_t *base;       /* blocks: the column that others are differences to, -1 */
    int64_t *diff_first; /* columns + 1 */
    int32_t *diff_row;   /* diff_room */
    double *diff;
    double *matrix;  /* dense_panel_size(rows, rows) */
    double *inverse; /* rows */
    double *solve;   /* rows, filled up to whole strips */
    dense_kind kind;
    double primal, dual; /* out: objectives */
    double comp, miss; /* out: complementarity; what the sums of rows and blocks miss, priced */
    double off;        /* out: the same for rows, at the prices y alone */
    double overflow;   /* out: box.q */
    int64_t iterations; /* counted on */
    int threads;
} master_work;

/* Sets square_at, batches, panel_room from near_first. Returns the doubles of `square`. */
int64_t master_rooms(const master_problem *p, master_work *w);
/* The centre of the weights for the prices w->y, pulled into their boxes: t z = s y = q (box - y) = mu, blocks sum to 1; rows
 * may be missed. */
void master_center(const master_problem *p, master_work *w, double mu);
/* Interior point steps until comp, off and a fifth of miss are below `target`, at most `most` of them. */
void master_run(const master_problem *p, master_work *w, double target, int most);

#endif
