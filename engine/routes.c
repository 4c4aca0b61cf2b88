#include "routes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    steppe_ctx *ctx;
    const model *md;
    route_list *out;
    int64_t *left;        /* m: flow not yet on a route */
    int64_t *first, *arc; /* arcs by tail, inside the model */
    int32_t *stamp;       /* n: position on the current way, -1 */
    int64_t route_cap, arc_cap;
    int64_t *way; /* arcs of the current way */
} tracer;

/* Ways end where a demand is served; hub arcs (shut-in, shortage) are no ways. */
static bool on_a_way(int kind)
{
    return kind <= ARC_YIELD;
}

int32_t route_place(const model *md, int32_t node)
{
    const case_data *cs = md->cs;
    const model_ref *r = &md->node[node];
    switch ((node_kind)r->kind) {
    case NODE_SUPPLY:
        return cs->supplies[r->object].place;
    case NODE_DEMAND:
    case NODE_COUNT:
        return cs->demands[r->object].place;
    case NODE_STOCK:
        return cs->storages[r->object].place;
    case NODE_FEED:
    case NODE_YIELD:
        return model_conversion(cs, r->object)->place;
    case NODE_PLACE:
    case NODE_ARRIVE:
        return r->object;
    case NODE_HUB:
    case NODE_PLAIN:
        break;
    }
    return -1;
}

const char *route_id(const model *md, int32_t node)
{
    const case_data *cs = md->cs;
    const model_ref *r = &md->node[node];
    switch ((node_kind)r->kind) {
    case NODE_SUPPLY:
        return cs->supplies[r->object].id;
    case NODE_DEMAND:
    case NODE_COUNT:
        return cs->demands[r->object].id;
    case NODE_STOCK:
        return cs->storages[r->object].id;
    case NODE_FEED:
    case NODE_YIELD:
        return model_conversion(cs, r->object)->id;
    case NODE_PLACE:
    case NODE_ARRIVE:
    case NODE_HUB:
    case NODE_PLAIN:
        break;
    }
    return "";
}

static bool list_by_tail(tracer *tr)
{
    const model *md = tr->md;
    tr->left = MEM_NEW(int64_t, md->m);
    tr->first = MEM_ZERO(int64_t, md->n + 2);
    tr->arc = MEM_NEW(int64_t, md->m);
    tr->stamp = MEM_NEW(int32_t, md->n);
    tr->way = MEM_NEW(int64_t, md->n + 1);
    if (!tr->left || !tr->first || !tr->arc || !tr->stamp || !tr->way) return false;
    for (int32_t i = 0; i < md->n; i++) tr->stamp[i] = -1;
    for (int64_t a = 0; a < md->m; a++) tr->first[md->tail[a] + 2]++;
    for (int32_t i = 0; i < md->n; i++) tr->first[i + 2] += tr->first[i + 1];
    for (int64_t a = 0; a < md->m; a++) tr->arc[tr->first[md->tail[a] + 1]++] = a;
    return true;
}

static bool push_route(tracer *tr, route r, const int64_t *way, int64_t length)
{
    route_list *out = tr->out;
    if (out->count == tr->route_cap) {
        const int64_t cap = tr->route_cap ? 2 * tr->route_cap : 256;
        route *more = mem_resize(out->list, (size_t)cap, sizeof *more);
        if (!more) return false;
        out->list = more;
        tr->route_cap = cap;
    }
    while (out->arcs + length > tr->arc_cap) {
        const int64_t cap = tr->arc_cap ? 2 * tr->arc_cap : 4096;
        int64_t *more = mem_resize(out->arc, (size_t)cap, sizeof *more);
        if (!more) return false;
        out->arc = more;
        tr->arc_cap = cap;
    }
    r.first = out->arcs;
    memcpy(out->arc + out->arcs, way, (size_t)length * sizeof *way);
    out->arcs += length;
    r.end = out->arcs;
    out->list[out->count++] = r;
    return true;
}

/* Takes a circle that ends at way[length - 1] and starts behind position from off the flows. */
static void drop_circle(tracer *tr, int64_t from, int64_t length)
{
    int64_t least = INT64_MAX;
    for (int64_t i = from; i < length; i++)
        if (tr->left[tr->way[i]] < least) least = tr->left[tr->way[i]];
    for (int64_t i = from; i < length; i++) tr->left[tr->way[i]] -= least;
}

static int64_t widest(const tracer *tr, int32_t node)
{
    int64_t best = -1;
    for (int64_t e = tr->first[node]; e < tr->first[node + 1]; e++) {
        const int64_t a = tr->arc[e];
        if (on_a_way(tr->md->arc[a].kind) && tr->left[a] > 0 &&
            (best < 0 || tr->left[a] > tr->left[best]))
            best = a;
    }
    return best;
}

static void measure(const model *md, const int64_t *way, int64_t length, route *r)
{
    const case_data *cs = md->cs;
    const double unit = pow(10.0, -md->cost_places);
    const char *home = cs->places[route_place(md, r->start)].country;
    const double mass = fix_double(cs->commodities[md->commodity[r->k].good].mass);
    double kept = 1.0; /* of a unit that set out */
    r->exit = -1;
    r->cost = r->days = r->emission = r->km = 0.0;
    for (int64_t i = 0; i < length; i++) {
        const model_ref *ref = &md->arc[way[i]];
        const double part = kept;
        r->cost += part * (double)md->cost[way[i]] * unit;
        if (md->loss_ppm) kept *= 1.0 - 1e-6 * md->loss_ppm[way[i]];
        if (ref->kind == ARC_TRANSFER && cs->transfers[ref->object].days > 0)
            r->days += fix_double(cs->transfers[ref->object].days);
        if (ref->kind == ARC_STOCK) r->days += md->hz->periods[ref->period].days;
        if (ref->kind != ARC_LINK) continue;
        const case_link *l = &cs->links[ref->object];
        if (l->days > 0) r->days += fix_double(l->days);
        if (l->length > 0) {
            r->km += fix_double(l->length);
            r->emission +=
                part * fix_double(l->length) * fix_double(l->emission) * mass / 1000.0;
        }
        const int32_t to = ref->dir ? l->from : l->to;
        if (r->exit < 0 && strcmp(cs->places[to].country, home) != 0) r->exit = ref->object;
    }
}

static bool is_end(int kind)
{
    return kind == NODE_DEMAND || kind == NODE_COUNT || kind == NODE_FEED || kind == NODE_HUB;
}

/* What the narrowest arc of a way lets pass of a flow that sets out at its beginning, losses taken off on the way. */
static int64_t narrowest(const tracer *tr, int64_t length)
{
    const model *md = tr->md;
    double kept = 1.0, least = INFINITY;
    if (!md->loss_ppm) {
        int64_t low = INT64_MAX;
        for (int64_t i = 0; i < length; i++)
            if (tr->left[tr->way[i]] < low) low = tr->left[tr->way[i]];
        return low;
    }
    for (int64_t i = 0; i < length; i++) {
        const double room = (double)tr->left[tr->way[i]] / kept;
        if (room < least) least = room;
        kept *= 1.0 - 1e-6 * md->loss_ppm[tr->way[i]];
    }
    return (int64_t)least;
}

/* Takes the flow off the way; returns what arrives. A unit or two that rounding leaves on an arc goes with it. */
static int64_t take_off(tracer *tr, int64_t length, int64_t flow)
{
    const model *md = tr->md;
    double kept = 1.0;
    for (int64_t i = 0; i < length; i++) {
        const int64_t a = tr->way[i];
        const int64_t here = md->loss_ppm ? (int64_t)((double)flow * kept) : flow;
        tr->left[a] -= here < tr->left[a] ? here : tr->left[a];
        if (md->loss_ppm && tr->left[a] <= 2 * length) tr->left[a] = 0;
        if (md->loss_ppm) kept *= 1.0 - 1e-6 * md->loss_ppm[a];
    }
    return md->loss_ppm ? (int64_t)((double)flow * kept) : flow;
}

/* All ways out of one node where goods set out, at most `most` of them. */
static bool trace_start(tracer *tr, int k, int32_t start, int64_t most)
{
    const model *md = tr->md;
    while (most > 0) {
        int64_t length = 0;
        int32_t at = start;
        bool circle = false;
        tr->stamp[start] = 0;
        while (!is_end(md->node[at].kind)) {
            const int64_t a = widest(tr, at);
            if (a < 0) break;
            tr->way[length++] = a;
            at = md->head[a];
            if (tr->stamp[at] >= 0) {
                drop_circle(tr, tr->stamp[at], length);
                circle = true;
                break;
            }
            tr->stamp[at] = (int32_t)length;
        }
        tr->stamp[start] = -1;
        for (int64_t i = 0; i < length; i++) tr->stamp[md->head[tr->way[i]]] = -1;
        if (circle) continue;
        if (length == 0) return true;
        route r = {0};
        r.k = k;
        r.period = md->node[start].period;
        r.start = start;
        r.end_node = at;
        r.flow = narrowest(tr, length);
        if (r.flow > most) r.flow = most;
        most -= r.flow;
        r.delivered = take_off(tr, length, r.flow);
        if (r.flow <= 0) /* less than a unit reaches the end: the arc that holds it is done */
            for (int64_t i = 0; i < length; i++) tr->left[tr->way[i]] = 0;
        if (r.flow <= 0 || !is_end(md->node[at].kind)) continue;
        measure(md, tr->way, length, &r);
        if (!push_route(tr, r, tr->way, length)) return false;
    }
    return true;
}

/* Where goods set out: supplies, conversions, a stock or a place that holds some when the horizon begins; in this order,
 * so that a stock gives back what supplies put in. */
static bool trace_block(tracer *tr, int k)
{
    const model *md = tr->md;
    for (int pass = 0; pass < 3; pass++) {
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
            const int kind = md->node[i].kind;
            const bool source = kind == NODE_SUPPLY || kind == NODE_YIELD;
            const bool stock =
                (kind == NODE_STOCK || kind == NODE_PLACE || kind == NODE_ARRIVE) &&
                md->b[i] > 0;
            if (pass == 0 ? kind != NODE_SUPPLY : pass == 1 ? kind != NODE_YIELD : !stock)
                continue;
            if (!trace_start(tr, k, i, source ? INT64_MAX : md->b[i])) return false;
        }
    }
    return true;
}

static int by_flow(const void *a, const void *b)
{
    const route *p = a, *q = b;
    if (p->k != q->k) return p->k < q->k ? -1 : 1;
    if (p->period != q->period) return p->period < q->period ? -1 : 1;
    if (p->flow != q->flow) return p->flow > q->flow ? -1 : 1;
    return (p->first > q->first) - (p->first < q->first);
}

steppe_status routes_build(steppe_ctx *ctx, const model *md, const int64_t *x, route_list *out)
{
    memset(out, 0, sizeof *out);
    if (!md->cs) return STEPPE_OK;
    tracer tr = {0};
    tr.ctx = ctx;
    tr.md = md;
    tr.out = out;
    bool ok = list_by_tail(&tr);
    if (ok) memcpy(tr.left, x, (size_t)md->m * sizeof *x);
    for (int k = 0; ok && k < md->K; k++)
        if (md->commodity[k].good >= 0) ok = trace_block(&tr, k);
    if (ok && out->count > 0) qsort(out->list, (size_t)out->count, sizeof *out->list, by_flow);
    mem_free(tr.left);
    mem_free(tr.first);
    mem_free(tr.arc);
    mem_free(tr.stamp);
    mem_free(tr.way);
    if (ok) return STEPPE_OK;
    routes_free(out);
    return steppe_no_memory(ctx);
}

void routes_free(route_list *r)
{
    mem_free(r->list);
    mem_free(r->arc);
    memset(r, 0, sizeof *r);
}

/* ---- words --------------------------------------------------------------------------- */

static bool landmark(const char *kind)
{
    return !strcmp(kind, "border") || !strcmp(kind, "port") || !strcmp(kind, "terminal") ||
           !strcmp(kind, "chokepoint");
}

/* Names without what stands in brackets. */
static void add_name(const char *name, text *t)
{
    size_t n = strcspn(name, "(");
    while (n > 0 && name[n - 1] == ' ') n--;
    if (n == 0) n = strlen(name);
    text_add_bytes(t, name, n);
}

void route_places(const model *md, const route_list *rl, const route *r, bool brief, text *t)
{
    const case_data *cs = md->cs;
    const int32_t end = route_place(md, r->end_node);
    int32_t last = route_place(md, r->start);
    if (brief)
        add_name(cs->places[last].name, t);
    else
        text_add(t, cs->places[last].id);
    for (int64_t i = r->first; i < r->end; i++) {
        const model_ref *ref = &md->arc[rl->arc[i]];
        if (ref->kind != ARC_LINK) continue;
        const case_link *l = &cs->links[ref->object];
        const int32_t to = ref->dir ? l->from : l->to;
        if (to == last || (brief && to != end && !landmark(cs->places[to].kind))) continue;
        last = to;
        text_add(t, " > ");
        if (brief)
            add_name(cs->places[to].name, t);
        else
            text_add(t, cs->places[to].id);
    }
}

void route_countries(const model *md, const route_list *rl, const route *r, text *t)
{
    const case_data *cs = md->cs;
    const char *last = cs->places[route_place(md, r->start)].country;
    text_add(t, last);
    for (int64_t i = r->first; i < r->end; i++) {
        const model_ref *ref = &md->arc[rl->arc[i]];
        if (ref->kind != ARC_LINK) continue;
        const case_link *l = &cs->links[ref->object];
        const char *now = cs->places[ref->dir ? l->from : l->to].country;
        if (strcmp(now, last) == 0 || !now[0]) continue;
        text_addf(t, ">%s", now);
        last = now;
    }
}
