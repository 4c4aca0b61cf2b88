/* Column generation at work: what its files share. */
#ifndef STEPPE_COLUMNS_JOB_H
#define STEPPE_COLUMNS_JOB_H

#include "../kernels/master.h"
#include "columns.h"
#include "pricer.h"

/* A flow of one commodity that has been an answer. What is zero is not listed. */
typedef struct {
    int32_t block, arcs, rows;
    int64_t *arc;
    double *flow;
    int32_t *row;      /* of the model, growing */
    double *load;      /* flow units */
    double cost;       /* cost units x flow units */
    double weight, rc; /* in the last master */
    uint64_t hash;
} column;

/* A side of a row is 2 r, its upper limit, or 2 r + 1, its lower one. The master counts in fractions: flows of row_scale,
 * costs of cost_scale. */
typedef struct {
    steppe_ctx *ctx;
    const model *md;
    columns_info *info;
    pricer *pricer; /* K */
    int64_t fine;   /* prices and costs of the pricers are in cost units / fine */
    int64_t *
        price; /* rows: whole; times row_scale of the model / fine = cost units per flow unit; > 0: upper limit */
    int64_t *best_price; /* rows: those of the best bound */
    double bound;        /* cost units x flow units */
    column *col;         /* by block */
    int64_t cols, col_room;
    double *load;    /* rows: of the weighted columns, flow units */
    double *scratch; /* rows, zero */
    int32_t *place;  /* sides: row of the master, -1 */
    double *box;     /* sides: most of a price, scaled */
    double *y;       /* sides: price, scaled */
    double *best_y;  /* sides: of the best bound */
    int32_t *side;   /* sides: of each row of the master, growing */
    int32_t sides;   /* rows of the master */
    double cost_scale, *row_scale;
    master_problem mp;
    master_work mw;
} generator;

/* columns_price.c: answers of the commodities at g->price, taken as columns where they are new. *bound: what they prove; *fit
 * false: no answer (a commodity that cannot flow by itself, numbers too large). */
steppe_status price_all(generator *g, bool first, double *bound, bool *fit);
void columns_free(generator *g);
/* Forgets columns of little weight whose reduced cost is above width (scaled). */
void columns_drop(generator *g, double width);

/* columns_master.c: the master over all columns and sides at hand, and its end. */
bool master_new(generator *g);
void master_free(generator *g);
/* Loads of the weighted columns; and the sides that these overrun join the master. Returns how many. */
void set_loads(generator *g);
double mean_price(const generator *g); /* of the sides in the master, scaled */
int32_t add_sides(generator *g, double price);
/* How far the side is overrun at g->load, scaled; below 0: not. -INFINITY: it has no limit. */
double side_excess(const generator *g, int64_t side);

#endif
