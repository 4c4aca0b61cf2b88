/* One good at work: what network_good.c, network_reach.c and network_stock.c share. */
#ifndef STEPPE_NETWORK_GOOD_H
#define STEPPE_NETWORK_GOOD_H

#include "network_build.h"

typedef struct {
    builder *bd;
    int good, T;
    const graph *g;
    char *open; /* graph arcs that are open for the good at some time */
    int32_t *supply, supplies, *demand, demands; /* open at some time */
    int32_t *layer_of;                           /* supplies */
    int32_t first_layer, layers;
    char *reaches;     /* supplies x demands */
    char *fore, *back; /* scratch: graph nodes reached */
    int32_t *queue;
    int32_t *local;       /* graph node * T + t -> model node, of the layer being built */
    int32_t *supply_node; /* supplies * T */
    int32_t *demand_node; /* demands * T */
    int32_t *feed_node;   /* conversion_flow * T */
    int32_t *yield_node;  /* conversion_flow * T */
    int32_t *stock_node;  /* storage * T, of the layer being built */
    int64_t *stock_row, *inject_row, *withdraw_row; /* storage * T: shared by the layers, -1 */
    int64_t total; /* no arc of the good carries more over the horizon */
    int32_t hub;
} good_work;

/* network_reach.c: graph nodes of a place by mode, -1; what can be reached. */
int32_t good_departure(const good_work *w, int32_t spot, int mode);
int32_t good_arrival(const good_work *w, int32_t spot, int mode);
bool good_place_marked(const good_work *w, int32_t spot, const char *mark);
/* Fills w->reaches: a search per supply. */
void good_find_reach(const good_work *w);
/* Fills w->fore and w->back for a layer. */
void good_reach_layer(const good_work *w, int32_t layer);
/* The fault of a supply cut off from every goal even if all links were open. */
void good_check_supplies(const good_work *w);

/* network_good.c: names and shared pieces. Functions that add return false (or -1): no memory. */
model_ref good_arc_ref(arc_kind kind, int mode, int32_t object, int32_t other, int32_t layer,
                       int t);
model_ref good_node_ref(node_kind kind, int mode, int32_t object, int32_t layer, int t);
/* The place's handling limit counts what enters: an arc that arrives in period t, its loss taken off. */
bool good_count_entering(builder *bd, int64_t arc, int good, int32_t spot, int t, int32_t loss);
int32_t good_local_node(good_work *w, int32_t i, int32_t layer, int t);
bool good_add_arrivals(good_work *w, int32_t layer, int32_t spot, int t, int32_t node,
                       arc_kind unload, arc_kind local, int32_t object);

/* network_stock.c: stocks and conversions. */
bool good_add_stock_rows(good_work *w);
bool good_add_stock(good_work *w, int32_t layer, int64_t s);
bool good_add_stock_arrivals(good_work *w, int32_t layer, int32_t spot, int t, int32_t node,
                             int32_t other);
bool good_add_conversion_nodes(good_work *w);
bool good_add_feeds(good_work *w, int32_t layer);
bool good_add_yield_arrivals(good_work *w, int32_t spot, int t, int32_t node, int32_t other);

#endif
