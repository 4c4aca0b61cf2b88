/* A part of a model made small: the arcs that are kept, with nodes that only pass flow on taken out. */
#ifndef STEPPE_REDUCE_H
#define STEPPE_REDUCE_H

#include "model.h"

/* In the small model, part of others, without use, or with the flow that a leaf wants. */
enum { PIECE_ALIVE, PIECE_MERGED, PIECE_EMPTY, PIECE_FIXED };

/* An arc that is kept, or two pieces in a row through a node that is gone: `free` there carries whatever the others of the
 * node bring, and is basic in every basis. Pieces that were made of others come behind them. */
typedef struct {
    int64_t arc;            /* of the whole model; -1: made of */
    int32_t free, other;    /* these pieces */
    int32_t made;           /* the last piece made with this one as `free`; -1 */
    int32_t next;           /* the one before, made with the same `free`; -1 */
    int32_t on;             /* the piece made with this one as `other`; -1 */
    int32_t tail, head;     /* nodes of the part */
    int32_t entry, entries; /* of coupling rows */
    uint8_t fate;
    int64_t cost, up;
} piece;

typedef struct {
    int32_t row; /* of the whole model */
    int64_t weight;
} piece_entry;

/* The small model has one block more than the whole: loops, one or two for each of its rows, that let it overrun a limit at a
 * price (`beyond`), so that it is feasible whenever the kept arcs can carry what the nodes want. */
typedef struct {
    model md;
    piece *piece; /* pieces */
    int64_t pieces;
    piece_entry *entry; /* pool of all pieces */
    int64_t entries;
    int32_t *of_arc; /* of the small model's arcs, but the loops: the piece */
    int64_t arcs;
    int64_t *of_row;  /* of the small model's rows: of the whole */
    int32_t *of_node; /* of its nodes: of the whole; -1: that of the loops */
    int32_t *basic;   /* pieces that became basic with the nodes that went */
    int64_t basics;
    int64_t *fixed; /* pieces: flow of one that a leaf wanted */
    /* scratch of the making */
    int64_t piece_room, entry_room;
} reduction;

/* keep: m; what overruns a row costs beyond(r) cost units per flow unit of load. Needs a model without losses. */
steppe_status reduce_model(steppe_ctx *ctx, const model *md, const uint8_t *keep,
                           const double *beyond, reduction *out);
/* Flows of the whole model (m) from those of the small one. scratch: pieces. */
void reduce_flows(const reduction *rd, const double *small, double *scratch, double *x);
/* And the other way, for flows of md, the whole, which may overrun rows. small: the small model's m. */
void reduce_point(const reduction *rd, const model *md, const double *x, double *small);
/* The arc of the whole model that is basic or not where arc a of the small one is; of what became basic with a node. */
int64_t reduce_arc(const reduction *rd, int64_t a);
int64_t reduce_basic_arc(const reduction *rd, int64_t i);
/* An earlier basis of the whole, of which the part has one arc too many where reduce_basic_arc(i) is not basic: that which goes, as it carries
 * nothing either; -1: none does. basic: m. */
int64_t reduce_spare_arc(const reduction *rd, int64_t i, const uint8_t *basic);
void reduce_free(reduction *rd);

#endif
