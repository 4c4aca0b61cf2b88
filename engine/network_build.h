/* Expansion at work: what the files of network_*.c share. */
#ifndef STEPPE_NETWORK_BUILD_H
#define STEPPE_NETWORK_BUILD_H

#include "model.h"

typedef struct {
    int32_t tail, head; /* class-graph nodes */
    model_ref ref;      /* layer and period unset */
} graph_arc;

/* The (place, mode) graph of one class: whatever is open at some time. */
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
    const horizon *hz;
    const case_data *cs; /* the first state: for what does not change with time */
    model *md;
    int64_t arc_cap;
    int32_t node_cap;
    graph *class; /* by class */
    /* growing lists of row entries, sorted by row at the end */
    int64_t *entry_row, *entry_arc, *entry_weight;
    int64_t entries, entry_cap;
    int64_t row_cap;
    int64_t *link_row, *transfer_row, *handling_row; /* index * T + t; -1: none */
    int32_t *handling_at;  /* place * classes + class -> handling, -1 */
    int32_t *hub;          /* by good: its free node, -1 */
    int32_t plan_hub;      /* of the block of loop arcs */
    int64_t *convert_arc;  /* conversion_flow * T + t: its arc between node and hub, -1 */
    int64_t *contract_row; /* contract: its row over the horizon, -1 */
    int64_t unit;          /* flow units per table unit: 10^flow_places */
    bool check_reach;
} builder;

static inline int64_t cost_units(const builder *bd, wide v)
{
    const wide one = FIX_ONE / (int64_t)wide_pow10(bd->md->cost_places);
    return (int64_t)(v >= 0 ? (v + one / 2) / one : -((-v + one / 2) / one));
}

static inline int64_t weight_of(wide use, int64_t scale)
{
    return (int64_t)(use * scale / FIX_ONE);
}

/* network_time.c: amounts, costs and lags by period. */

#define FOR_PARTS(bd, t, p)                                                                    \
    for (const period_part *p = &(bd)->hz->part[(bd)->hz->first_part[t]];                      \
         p < &(bd)->hz->part[(bd)->hz->first_part[(t) + 1]]; p++)

/* a * b for two numbers of 12 places. */
wide time_times(wide a, wide b);
/* A limit in flow units as the model keeps it: one that no flow can reach is cut to 4e18. */
int64_t time_bounded(wide units);
/* Flow units of `rate_days` (rate per year, 12 places, times days), rounded down; bounded. */
int64_t time_units(const builder *bd, wide rate_days);
/* Sum over the days of a period of what a supply, demand, contract gives per year, rounded so that sums
 * from the first period on are exact to one unit. which: 0, 1, 2 of the record's quantities. */
int64_t time_supply(const builder *bd, int32_t s, int t, int which); /* quantity, max */
int64_t time_demand(const builder *bd, int32_t d, int t, int which); /* base, min, max */
int64_t time_contract(const builder *bd, int32_t c, int t,
                      int which); /* min, max (-1: none); t < 0: the horizon */
int64_t time_link(const builder *bd, int64_t l, int t);     /* capacity left by others */
int64_t time_transfer(const builder *bd, int64_t x, int t); /* -1: no limit */
int64_t time_handling(const builder *bd, int64_t h, int t); /* -1: no limit */
int64_t time_conversion(const builder *bd, int64_t c, int t);
/* A rate per year over the days of period t, or of the horizon (t < 0); -1 stays -1. */
int64_t time_rate(const builder *bd, wide rate, int t);
/* Days of period t on which the arc is open for the good; with the cost of those days in *cost. */
int32_t time_arc(const builder *bd, const graph_arc *a, int good, int t, int64_t *cost);
/* Mean over the days of period t, cost units. */
int64_t time_supply_cost(const builder *bd, int32_t s, int t, bool shut_in);
int64_t time_shortage_cost(const builder *bd, int32_t d, int t, bool of_minimum);
/* Periods from entering the arc in period t to arriving: index of the period, may be T or more on an open
 * horizon (counted as T). */
int time_arrival(const builder *bd, const graph_arc *a, int t);
/* Days of period t which policy p covers; *value_days: its value summed over them. */
int32_t time_policy(const builder *bd, int64_t p, int t, wide *value_days);
/* Terms of stock s at the end of period t; what goes in or out in it (-1: no limit), nothing on days on which it is closed. */
const storage *time_storage(const builder *bd, int64_t s, int t);
int64_t time_stock_rate(const builder *bd, int64_t s, int t, bool out);
int64_t time_conversion_cost(const builder *bd, int64_t c, int t);
/* Cost of holding and loss of stock s in period t. */
int64_t time_holding(const builder *bd, int64_t s, int t);
int32_t time_stock_loss(const builder *bd, int64_t s, int t);
/* Terms of a good on a link, of the first state in which it is open. */
wide time_use(const builder *bd, int64_t link, int good);

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
int32_t build_add_node(builder *bd, model_ref ref, int64_t b);
/* -1: no memory. */
int64_t build_add_arc(builder *bd, int32_t tail, int32_t head, int64_t up, int64_t cost,
                      model_ref ref);
int64_t build_add_row(builder *bd, model_ref ref, int64_t low, int64_t up, int64_t scale);
/* The arc loses so many parts in a million. false: no memory. */
bool build_set_loss(builder *bd, int64_t arc, int32_t ppm);
/* Index of a new label, -1: no memory. */
int32_t build_add_label(builder *bd, const char *label);

/* network_layers.c: which supplies have to be kept apart. layer_of[i]: model layer of the good's supply i; the layer
 * of what no rule keeps apart comes first, from *first on. */
steppe_status layers_choose(builder *bd, int good, const int32_t *supply, int32_t supplies,
                            const int32_t *demand, int32_t demands, const char *reaches,
                            int32_t *layer_of);
/* Contract between a layer and a demand, -1. */
int32_t layers_contract(const builder *bd, const int32_t *supply, const int32_t *layer_of,
                        int32_t supplies, int32_t layer, int32_t demand);

/* network_good.c: one good: its block of nodes and arcs. */
steppe_status good_build(builder *bd, int good);

/* network_rows.c: capacities before the goods, the other rows after them; then the row lists. */
steppe_status build_add_capacity_rows(builder *bd);
steppe_status build_add_other_rows(builder *bd);
steppe_status build_finish_rows(builder *bd);

/* network_policy.c. */
bool policy_takes_good(const builder *bd, int64_t p, int good);
bool policy_takes_layer(const builder *bd, int64_t p, int32_t layer);
bool policy_takes_link(const builder *bd, int64_t p, int64_t link, int dir);
/* Price of the emissions of one unit of a good over a link in period t, cost units. */
int64_t policy_emission_cost(const builder *bd, int64_t link, int dir, int good, int32_t layer,
                             int t);
/* t CO2e per unit of a good over a link, 6 places. */
int64_t policy_emission(const builder *bd, int64_t link, int good);
steppe_status policy_add_rows(builder *bd, const int64_t *link_first, const int64_t *link_arc);
/* Sorts the entries from `start` on by arc and joins those of one arc. false: no memory. */
bool build_merge_entries(builder *bd, int64_t start);

#endif
