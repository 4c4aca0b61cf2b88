/* Expansion at work: what the files of network.c share. */
#ifndef STEPPE_NETWORK_BUILD_H
#define STEPPE_NETWORK_BUILD_H

#include "model.h"

typedef struct {
    int32_t tail, head; /* class-graph nodes */
    model_ref ref;
} graph_arc;

/* The (place, mode) graph of one class. */
typedef struct {
    int32_t nodes;
    model_ref *node; /* NODE_PLACE or NODE_ARRIVE */
    int32_t *at;     /* place * modes + mode -> departure node, or -1 */
    int32_t *arrive; /* departure node -> arrival node (itself where they are one) */
    graph_arc *arc;
    int64_t arcs;
    int64_t *out, *out_arc, *in, *in_arc; /* arcs by tail, by head */
} graph;

typedef struct {
    steppe_ctx *ctx;
    const case_data *cs;
    model *md;
    int64_t arc_cap;
    int32_t node_cap;
    graph *class; /* by class */
    /* growing lists of row entries, sorted by row at the end */
    int64_t *entry_row, *entry_arc, *entry_weight;
    int64_t entries, entry_cap;
    int64_t row_cap;
    int64_t *link_row, *transfer_row, *handling_row; /* by table index; -1: none */
    int32_t *handling_at; /* place * classes + class -> handling, -1 */
    int64_t unit;         /* flow units per table unit: 10^flow_places */
    bool check_reach;
} builder;

static inline int64_t flow_units(const builder *bd, wide v)
{
    return (int64_t)(v / (FIX_ONE / bd->unit));
}

static inline int64_t cost_units(const builder *bd, wide v)
{
    return (int64_t)(v / (FIX_ONE / (int64_t)wide_pow10(bd->md->cost_places)));
}

static inline int64_t weight_of(wide use, int64_t scale)
{
    return (int64_t)(use * scale / FIX_ONE);
}

/* network_units.c: the smallest units of flow and cost, from the data. */
steppe_status build_choose_units(builder *bd);
/* Raises *places to the decimals of v. */
void build_widen(int *places, wide v);

/* network_graph.c: the (place, mode) graph of a class of goods. */
void graph_free(graph *g);
steppe_status graph_build(const builder *bd, int class, graph *g);

/* network_grow.c: room in the model, then what goes in. reserve and add_row: false or -1, no memory. */
bool build_reserve_arcs(builder *bd, int64_t want);
bool build_reserve_nodes(builder *bd, int64_t want);
bool build_reserve_rows(builder *bd, int64_t want);
bool build_add_entry(builder *bd, int64_t row, int64_t arc, int64_t weight);
int32_t build_add_node(builder *bd, node_kind kind, int mode, int32_t object, int64_t b);
int64_t build_add_arc(builder *bd, int32_t tail, int32_t head, int64_t up, int64_t cost,
                      model_ref ref);
int64_t build_add_row(builder *bd, row_kind kind, int32_t object, int64_t low, int64_t up,
                      int64_t scale);

/* network_rows.c: capacities before the goods, groups after them; then the row lists. */
steppe_status build_add_capacity_rows(builder *bd);
steppe_status build_add_group_rows(builder *bd);
steppe_status build_finish_rows(builder *bd);

#endif
