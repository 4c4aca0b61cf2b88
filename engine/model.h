/* The canonical form: what every solver, the certificate and the MPS writer work on.
 *
 *     min  offset + sum_a c(a) x(a)
 *     s.t. sum of x out of i - sum of g(a) x(a) into i = b(i) - s(i)    each node i
 *          low(a) <= x(a) <= up(a)                                     each arc a
 *          row_low(r) <= sum_a w(r,a) x(a) / scale(r) <= row_up(r)     each coupling row r
 *
 * An arc delivers g(a) = 1 - loss_ppm(a) / 10^6 of what enters it. s(i) = 0, but at a node that a
 * losing arc enters, 0 <= s(i) <= 1: less than one flow unit may be lost to rounding, so that
 * integer flows exist; at a free node (the hub of a commodity) s(i) is anything: no balance.
 * Nodes and arcs of one commodity are contiguous. All numbers are integers: flows in units of
 * 10^-flow_places of the table's unit, costs in units of 10^-cost_places USD per unit, weights
 * in 1/scale(r). Every arc has finite bounds. */
#ifndef STEPPE_MODEL_H
#define STEPPE_MODEL_H

#include "horizon.h"

typedef enum {
    ARC_LINK,     /* object: link; dir 1 = against from -> to */
    ARC_TRANSFER, /* transfer */
    ARC_PASS,     /* place; same mode, no row, costs nothing */
    ARC_LOAD,     /* supply -> place by mode */
    ARC_UNLOAD,   /* place by mode -> demand */
    ARC_LOCAL,    /* supply -> demand at the same place; object: demand, other: supply */
    ARC_INJECT,   /* place -> storage */
    ARC_WITHDRAW, /* storage -> place; other: demand at the same place, -2 - conversion_flow, or -1 */
    ARC_STOCK, /* storage: from the end of the period into the next */
    ARC_FEED, /* place -> conversion; object: conversion_flow, other: supply at the place, or -1 */
    ARC_YIELD, /* conversion -> place; object: conversion_flow, other: as of ARC_WITHDRAW */
    ARC_EXTRA_SUPPLY, /* supply above its quantity */
    ARC_SHUT_IN,      /* supply not produced */
    ARC_DELIVER,      /* what a layer brings to a demand, above its contract minimum */
    ARC_SHORTAGE,     /* base demand not met */
    ARC_MIN_SHORTAGE, /* minimum demand not met */
    ARC_EXTRA_DEMAND, /* demand above its base */
    ARC_SHORTFALL,    /* contract minimum not met; object: contract */
    ARC_CONVERT_IN,   /* what a conversion takes; object: conversion_flow */
    ARC_CONVERT_OUT,  /* what it gives; object: conversion_flow */
    ARC_CURVE,        /* what flows beyond a step of a cost curve; object: curve_step */
    ARC_ABOVE_PLAN,   /* ramp */
    ARC_BELOW_PLAN,   /* ramp */
    ARC_PLAIN         /* an instance file's arc */
} arc_kind;

typedef enum {
    NODE_HUB,    /* closes the balance of a good */
    NODE_SUPPLY, /* supply */
    NODE_DEMAND, /* demand */
    NODE_COUNT,  /* what one layer brings to a demand under a contract */
    NODE_PLACE,  /* place, mode; arrivals and departures */
    NODE_ARRIVE, /* place, mode; arrivals only */
    NODE_STOCK,  /* storage */
    NODE_FEED,   /* conversion_flow: what goes in */
    NODE_YIELD,  /* conversion_flow: what comes out */
    NODE_PLAIN
} node_kind;

typedef enum {
    ROW_LINK,       /* both ways of a link, all commodities */
    ROW_TRANSFER,   /* transfer */
    ROW_HANDLING,   /* handling */
    ROW_GROUP,      /* capacity_group */
    ROW_CONTRACT,   /* contract over the horizon */
    ROW_STOCK,      /* storage that several layers share: stock, */
    ROW_INJECT,     /* what goes in, */
    ROW_WITHDRAW,   /* what comes out */
    ROW_CURVE,      /* link or supply with a cost curve; object: its first curve_step */
    ROW_POLICY,     /* policy; other: label (market and country), or -1 */
    ROW_RAMP,       /* ramp */
    ROW_CONVERSION, /* output = ratio x input; object: conversion_flow */
    ROW_PLAIN,
    ROW_EQUATION /* an instance file's, which asks for the middle: its range is for rounding only */
} row_kind;

typedef struct {
    uint8_t kind, dir;
    int16_t mode;   /* -1 */
    int32_t object; /* index in the table of the kind; arc number in an instance */
    int32_t other;  /* -1 */
    int32_t layer;  /* in model.layer; -1: of no layer */
    int32_t period; /* in which an arc is entered; -1: over the horizon */
} model_ref;

typedef struct {
    int good; /* commodity of the table; its number in an instance; -1: the block of loop arcs that
               * only coupling rows see */
} model_commodity;

/* Goods of one kind and origin that a contract or a policy keeps apart from the others. */
typedef struct {
    int good;
    int32_t origin; /* a supply of the layer, or -1: what no rule keeps apart */
    char *name;     /* "crude", "crude@S_TENGIZ", "crude@P_KZ_SHARE" */
} model_layer;

enum { BALANCE_EXACT, BALANCE_LOSSY, BALANCE_FREE };

/* Names as a file gave them: where each begins in bytes. */
typedef struct {
    char *bytes; /* NULL: none are given */
    int64_t *arc, *node, *row;
    int64_t objective;
} model_names;

typedef struct {
    const case_data *cs; /* NULL for an instance file */
    const horizon *hz;   /* NULL for an instance file */
    int K;               /* blocks: one per good that moves, and one for loop arcs */
    int T;               /* periods */
    model_layer *layer;
    int layers;
    wide *plan;   /* groups * T, see model_build; NULL: none */
    char **label; /* names of things that no table names */
    int labels;
    int32_t n;
    int64_t m, rows;
    model_commodity *commodity;
    int32_t *first_node;  /* K + 1 */
    int64_t *first_arc;   /* K + 1 */
    int64_t *b;           /* n; 0 at free nodes */
    uint8_t *balance;     /* n: BALANCE_* */
    model_ref *node;      /* n */
    int32_t *tail, *head; /* m */
    int64_t *low, *up, *cost;
    int32_t *loss_ppm; /* NULL: no arc loses */
    model_ref *arc;
    int64_t *row_low, *row_up; /* rows, flow units; NO_LIMIT */
    int64_t *row_scale;
    model_ref *row;
    int64_t *row_first; /* rows + 1, into row_arc and row_weight */
    int64_t *row_arc, *row_weight;
    int64_t *arc_first; /* m + 1, into arc_row and arc_weight: the same entries by arc */
    int32_t *arc_row;
    int64_t *arc_weight;
    model_names given;
    uint64_t *
        key; /* m + n + rows: what model_arc_key and the like return without a view; NULL: not made (model_make_keys) */
    wide offset; /* flow units x cost units */
    int flow_places, cost_places;
} model;

#define NO_LOW INT64_MIN
#define NO_UP INT64_MAX

/* Tables -> canonical form. Faults (a supply that no demand can reach) are counted in ctx;
 * OVERFLOW when the numbers are too far apart for exact arithmetic. hz stays borrowed. plan: volume of each capacity
 * group in each period that ramps are measured against, 12 places, [group * T + t], -1 where none is given (NULL:
 * nowhere); it becomes the model's, whatever the outcome. */
steppe_status model_build(steppe_ctx *ctx, const horizon *hz, bool check_reach, wide *plan,
                          model *out);
/* Row lists by arc from row lists by row. */
steppe_status model_index_rows(steppe_ctx *ctx, model *md);
void model_free(model *md);

/* Names for MPS and result files: "crude@S_TENGIZ:link:OP_A__B:f". Appended to t. */
void model_arc_name(const model *md, int64_t a, text *t);
void model_node_name(const model *md, int32_t i, text *t);
void model_row_name(const model *md, int64_t r, text *t);
void model_commodity_name(const model *md, int k, text *t);
/* The block of an arc, of a node. */
int model_arc_block(const model *md, int64_t a);
int model_node_block(const model *md, int32_t i);
/* The conversion a flow of conversion_flow belongs to. */
const conversion *model_conversion(const case_data *cs, int32_t flow);
/* What the tables say of a period, in flow units (network_time.c). */
int64_t model_link_capacity(const model *md, int64_t link, int t);
int64_t model_supply_quantity(const model *md, int32_t s, int t);
int64_t model_demand_base(const model *md, int32_t d, int t);
const char *model_arc_kind(int kind);
const char *model_row_kind(int kind);
const char *model_node_kind(int kind);
typedef char period_id[32];
/* How a key names things: for those of another cut of the horizon, the id of a period there for each one here (NULL:
 * their own); without layers, for goods that a rule keeps apart only now. NULL: as they are. */
typedef struct {
    const period_id *as;
    bool plain;
} key_view;
/* A key that is the same for the same thing in another scenario of the case. */
uint64_t model_arc_key(const model *md, int64_t a, int k, const key_view *view);
uint64_t model_row_key(const model *md, int64_t r, const key_view *view);
uint64_t model_node_key(const model *md, int32_t i, int k, const key_view *view);
/* All of them at once, for who asks more than once. */
steppe_status model_make_keys(steppe_ctx *ctx, model *md);

/* Load of coupling row r, in flow units, of flows x (m). */
static inline double model_load(const model *md, int64_t r, const double *x)
{
    double load = 0.0;
    for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
        load += (double)md->row_weight[e] / (double)md->row_scale[r] * x[md->row_arc[e]];
    return load;
}

#endif
