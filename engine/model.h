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

#include "case.h"

typedef enum {
    ARC_LINK,         /* object: link; dir 1 = against from -> to */
    ARC_TRANSFER,     /* transfer */
    ARC_PASS,         /* place; same mode, no row, costs nothing */
    ARC_LOAD,         /* supply -> place by mode */
    ARC_UNLOAD,       /* place by mode -> demand */
    ARC_LOCAL,        /* supply -> demand at the same place; object: demand, other: supply */
    ARC_EXTRA_SUPPLY, /* supply above its quantity */
    ARC_SHUT_IN,      /* supply not produced */
    ARC_DELIVER,  /* counts what a commodity brings to a demand, above its contract minimum */
    ARC_SHORTAGE, /* base demand not met */
    ARC_MIN_SHORTAGE, /* minimum demand not met */
    ARC_EXTRA_DEMAND, /* demand above its base */
    ARC_SHORTFALL,    /* contract minimum not met; object: contract */
    ARC_CONVERT_IN,   /* what a conversion takes; object: conversion_flow */
    ARC_CONVERT_OUT,  /* what it gives; object: conversion_flow */
    ARC_PLAIN         /* an instance file's arc */
} arc_kind;

typedef enum {
    NODE_HUB,    /* closes the balance of a commodity */
    NODE_SUPPLY, /* supply */
    NODE_DEMAND, /* demand */
    NODE_COUNT,  /* what one commodity brings to a demand under a contract or a shared demand */
    NODE_PLACE,  /* place, mode; arrivals and departures */
    NODE_ARRIVE, /* place, mode; arrivals only */
    NODE_PLAIN
} node_kind;

typedef enum {
    ROW_LINK,       /* both ways of a link, all commodities */
    ROW_TRANSFER,   /* transfer */
    ROW_HANDLING,   /* handling */
    ROW_GROUP,      /* capacity_group */
    ROW_DEMAND,     /* a demand several commodities of one good can serve */
    ROW_CONVERSION, /* output = ratio x input; object: conversion_flow */
    ROW_PLAIN
} row_kind;

typedef struct {
    uint8_t kind, dir;
    int16_t mode;   /* -1 */
    int32_t object; /* index in the table of the kind; arc number in an instance */
    int32_t other;  /* -1 */
} model_ref;

typedef struct {
    int good;       /* commodity of the table, or its number in an instance */
    int32_t origin; /* supply that has this commodity for itself, or -1 */
} model_commodity;

enum { BALANCE_EXACT, BALANCE_LOSSY, BALANCE_FREE };

typedef struct {
    const case_data *cs; /* NULL for an instance file */
    int K;               /* commodities */
    int periods;         /* 1 in this version */
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
    wide offset; /* flow units x cost units */
    int flow_places, cost_places;
} model;

#define NO_LOW INT64_MIN
#define NO_UP INT64_MAX

/* Tables -> canonical form. Faults (a supply that no demand can reach) are counted in ctx;
 * OVERFLOW when the numbers are too far apart for exact arithmetic. */
steppe_status model_build(steppe_ctx *ctx, const case_data *cs, bool check_reach, model *out);
/* Row lists by arc from row lists by row. */
steppe_status model_index_rows(steppe_ctx *ctx, model *md);
void model_free(model *md);

/* Names for MPS and result files: "crude@S_TENGIZ:link:OP_A__B:f". Appended to t. */
void model_arc_name(const model *md, int64_t a, text *t);
void model_node_name(const model *md, int32_t i, text *t);
void model_row_name(const model *md, int64_t r, text *t);
void model_commodity_name(const model *md, int k, text *t);
const char *model_arc_kind(int kind);
const char *model_row_kind(int kind);
const char *model_node_kind(int kind);
/* A key that is the same for the same thing in another scenario of the case. */
uint64_t model_arc_key(const model *md, int64_t a, int k);
uint64_t model_row_key(const model *md, int64_t r);
uint64_t model_node_key(const model *md, int32_t i, int k);

#endif
