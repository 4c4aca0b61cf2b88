/* What the files of the anytime answer share: each commodity as a network of its own, and the coupling rows as
 * piecewise linear costs of their loads. */
#ifndef STEPPE_ANYTIME_PART_H
#define STEPPE_ANYTIME_PART_H

#include "../kernels/ns.h"
#include "anytime.h"
#include "certificate.h"

/* An arc in a coupling row is three parallel ones: what it may carry (its window), what goes beyond, and what must not be
 * missing below. Outside of the window each unit costs a penalty. */
typedef struct {
    ns_net net;
    ns_work work;
    int64_t m;            /* arcs of the commodity; the others are those beyond and below */
    int32_t *tail, *head; /* net.m */
    int64_t *low, *up, *cost;
    int64_t *b;            /* n */
    int32_t *over, *under; /* m: the arc beyond, below; -1 */
    int32_t *beside;       /* net.m: the arc of the commodity that it belongs to */
    int64_t *lost;     /* n: what losses take at the node, whole units; NULL: no arc loses */
    int32_t free_node; /* -1: none */
    wide *want;        /* net.m: costs wanted, 10^-DUAL_EXTRA cost units */
    int64_t grid;      /* so much of that is one cost unit of the network */
    bool started;      /* there is a tree to go on from */
} part;

/* A loop that only one row sees makes up for what the row lacks, at a price. */
typedef struct {
    int64_t arc, weight;
    double cost; /* per unit of load */
} filler;

/* The cost of a row's load near where it is: a slope here, another one after so much more or less. */
typedef struct {
    wide over, under; /* room, load times scale; < 0: the limit lies on the other side */
    double slope, over_slope, under_slope;
} row_zone;

/* What first trees are made from. */
typedef struct {
    uint8_t *hint;   /* m */
    uint8_t *bucket; /* m */
    int32_t *order;  /* m */
    int32_t *up;     /* n */
    int32_t *first;  /* n + 2 K */
    int32_t *list;   /* 2 n */
} plant;

#define ROOM_MOST ((wide)1 << 100)

struct anytime {
    steppe_ctx *ctx;
    const model *md;
    steppe_ctx quiet;
    bool ready;  /* the memory below is there */
    part *parts; /* K */
    plant plant;
    bool graced;  /* a stop has let an offer go on */
    bool tried;   /* this is not the first offer */
    bool planted; /* the hints of plant are of this offer */
    /* the best so far */
    bool has_answer, has_bound;
    int64_t *best_x;
    wide *best_pi, *best_lambda;
    wide cost, bound;
    wide now_cost; /* of the last flows that were looked at */
    /* at work */
    double until;
    int64_t *x;    /* m */
    int64_t *last; /* m: of the commodity at work, what it had */
    wide *pi;      /* n */
    wide *lambda;  /* rows */
    wide *load;    /* rows: fillers at their lower bound */
    double *price; /* rows: <= 0 at an upper limit, cost units; what the rows have learned */
    row_zone *zone;
    int32_t *own;  /* rows: arcs of the commodity at work */
    int32_t *seen; /* rows: how many of them have their window */
    int sweep;
    double *own_load; /* rows: their load without signs */
    int64_t *stamp;   /* rows: when the three above were made */
    int64_t now;
    uint8_t *is_filler;   /* m */
    int64_t *fill_first;  /* rows + 1 */
    filler *fill;         /* by cost */
    double penalty;       /* cost units per unit of load / scale beyond a limit */
    double typical, dear; /* costs of arcs */
    bool priced;          /* the rows' prices count besides costs */
    bool careful;         /* windows of one row never add up to more than its room */
    double eager;         /* arcs that are asked for the whole of what a row lacks */
    bool hard;            /* nothing beyond windows */
};

/* anytime_part.c */
bool part_new_all(anytime *at); /* false: no memory */
void part_free_all(anytime *at);
/* The cheapest flow of part p at the costs wanted, from its last tree; into p->work. NS_LIMIT: the clock; NS_TOO_LARGE: no
 * grid makes the costs fit. poll: the caller may be asked whether to stop (not in parallel). */
ns_result part_solve(anytime *at, part *p, bool poll);
/* Is the time for this offer over? */
bool part_late(anytime *at, bool poll);

/* anytime_plant.c: which arcs the tree of part k should have, by flows x (m) and the potentials in at->pi; then that
 * tree, in place of the one it has. */
bool plant_new(anytime *at);
void plant_free(anytime *at);
void plant_choose(anytime *at, int k, const double *x);
void plant_tree(anytime *at, int k);

/* anytime_row.c */
bool row_new_all(anytime *at);
void row_free_all(anytime *at);
void row_loads(anytime *at);
row_zone row_zone_at(const anytime *at, int64_t r);
/* How far beyond its hard limits: > 0 too high. */
wide row_violation(const anytime *at, int64_t r);
/* Fillers of all rows as cheap as the loads allow. */
void row_fill(anytime *at);

/* anytime_bound.c: at->lambda and, as potentials to compare with, at->pi (given: they are set) -> best bound. Before it,
 * first trees from flows x, NULL: those of earlier runs. */
void bound_plant(anytime *at, const double *x);
steppe_status bound_find(anytime *at, bool given);
/* What at->lambda and at->pi prove as they are. */
steppe_status bound_given(anytime *at);

/* anytime_flow.c: from at->x, its commodities not yet balanced, to feasible flows and to cheaper ones. */
steppe_status flow_find(anytime *at);
/* at->x, with fillers, becomes the best answer if it is one. */
steppe_status flow_keep(anytime *at, bool *feasible);

/* anytime_loss.c: flows of part p from its network, at->x of its arcs. Where arcs lose, the network takes what is lost
 * as a demand, which is found by turns; at last the tree takes up what is left. false: not balanced. */
ns_result loss_solve(anytime *at, part *p);
#endif
