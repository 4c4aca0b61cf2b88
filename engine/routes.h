/* Flows as routes: supply, places, demand. */
#ifndef STEPPE_ROUTES_H
#define STEPPE_ROUTES_H

#include "model.h"

typedef struct {
    int k; /* block of the model */
    int period;
    int32_t start,
        end_node; /* nodes: a supply, a stock or a conversion, under way; a demand, a conversion, or the hub (left the case) */
    int64_t flow; /* flow units that set out */
    int64_t delivered;  /* flow units that arrive, losses taken off */
    int64_t first, end; /* arcs of the way in route_list.arc */
    int32_t exit;       /* first link that leaves the country of the start, or -1 */
    double cost;        /* USD per unit, supply cost included */
    double days;
    double emission; /* kg CO2e per unit of flow */
    double km;
} route;

typedef struct {
    route *list;
    int64_t count;
    int64_t *arc;
    int64_t arcs;
} route_list;

/* Splits x (m flows) into routes, largest flow first at every fork. Where one commodity has
 * several supplies and demands the split is one of many with the same flows. Circles carry
 * nothing anywhere and are left out, and so is a stock that goes round with a cyclic horizon. Sorted by block, period,
 * then falling flow. */
steppe_status routes_build(steppe_ctx *ctx, const model *md, const int64_t *x, route_list *out);
void routes_free(route_list *r);
/* Place where a node lies, and the id of the supply, demand, storage, conversion it stands for ("" for others). */
int32_t route_place(const model *md, int32_t node);
const char *route_id(const model *md, int32_t node);
/* "A > B > C": every place, or (brief) the ends, borders, ports, terminals and straits by name.
 */
void route_places(const model *md, const route_list *rl, const route *r, bool brief, text *t);
/* Countries in the order of the way: "KZ>RU>TR". */
void route_countries(const model *md, const route_list *rl, const route *r, text *t);

#endif
