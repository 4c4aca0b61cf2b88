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
    return kind == ARC_LINK || kind == ARC_TRANSFER || kind == ARC_PASS || kind == ARC_LOAD ||
           kind == ARC_UNLOAD || kind == ARC_LOCAL;
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
    const char *home = cs->places[cs->supplies[r->supply].place].country;
    const double mass = fix_double(cs->commodities[md->commodity[r->k].good].mass);
    r->exit = -1;
    r->cost = r->days = r->emission = r->km = 0.0;
    for (int64_t i = 0; i < length; i++) {
        const model_ref *ref = &md->arc[way[i]];
        r->cost += (double)md->cost[way[i]] * unit;
        if (ref->kind == ARC_TRANSFER && cs->transfers[ref->object].days > 0)
            r->days += fix_double(cs->transfers[ref->object].days);
        if (ref->kind != ARC_LINK) continue;
        const case_link *l = &cs->links[ref->object];
        if (l->days > 0) r->days += fix_double(l->days);
        if (l->length > 0) {
            r->km += fix_double(l->length);
            r->emission += fix_double(l->length) * fix_double(l->emission) * mass / 1000.0;
        }
        const int32_t to = ref->dir ? l->from : l->to;
        if (r->exit < 0 && strcmp(cs->places[to].country, home) != 0) r->exit = ref->object;
    }
}

/* All ways out of one supply node. */
static bool trace_supply(tracer *tr, int k, int32_t start)
{
    const model *md = tr->md;
    for (;;) {
        int64_t length = 0;
        int32_t at = start;
        bool circle = false;
        tr->stamp[start] = 0;
        while (md->node[at].kind != NODE_DEMAND && md->node[at].kind != NODE_COUNT) {
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
        r.supply = md->node[start].object;
        r.demand = md->node[at].object;
        r.flow = INT64_MAX;
        for (int64_t i = 0; i < length; i++)
            if (tr->left[tr->way[i]] < r.flow) r.flow = tr->left[tr->way[i]];
        for (int64_t i = 0; i < length; i++) tr->left[tr->way[i]] -= r.flow;
        if (md->node[at].kind != NODE_DEMAND && md->node[at].kind != NODE_COUNT)
            continue; /* cannot happen with balanced flows */
        measure(md, tr->way, length, &r);
        if (!push_route(tr, r, tr->way, length)) return false;
    }
}

static int by_flow(const void *a, const void *b)
{
    const route *p = a, *q = b;
    if (p->k != q->k) return p->k < q->k ? -1 : 1;
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
        for (int32_t i = md->first_node[k]; ok && i < md->first_node[k + 1]; i++)
            if (md->node[i].kind == NODE_SUPPLY) ok = trace_supply(&tr, k, i);
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
    const int32_t end = cs->demands[r->demand].place;
    int32_t last = cs->supplies[r->supply].place;
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
    const char *last = cs->places[cs->supplies[r->supply].place].country;
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
