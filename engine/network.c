/* Tables -> canonical form: places by mode, transfers, handling limits, shared links,
 * contracts.
 *
 * Per class of goods there is one graph of (place, mode) nodes. A place needs separate arrival
 * and departure nodes for a mode when a path could otherwise change mode twice in one stop, or
 * when passing costs something (a transfer row with from_mode = to_mode). Each commodity keeps
 * the part of its class graph that lies on a way from one of its supplies to one of its
 * demands. Every commodity has a hub that closes its balance:
 *
 *     hub -> supply (above the quantity)   supply -> hub (shut in)   supply -> place
 * (production) place -> demand                      hub -> demand (shortage, in two price
 * steps)   demand -> hub (above base)
 *
 * A supply gets a commodity of its own only where a contract names it and somebody else could
 * serve the same demand. Where several commodities of one good serve a demand, its quantity is
 * a coupling row. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

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

/* ---- numbers
 * ---------------------------------------------------------------------------------- */

static int64_t flow_units(const builder *bd, wide v)
{
    return (int64_t)(v / (FIX_ONE / bd->unit));
}

static int64_t cost_units(const builder *bd, wide v)
{
    return (int64_t)(v / (FIX_ONE / (int64_t)wide_pow10(bd->md->cost_places)));
}

static int places_of(wide v)
{
    int places = FIX_PLACES;
    while (places > 0 && v % 10 == 0) {
        v /= 10;
        places--;
    }
    return v == 0 ? 0 : places;
}

static void widen(int *places, wide v)
{
    const int p = places_of(v);
    if (p > *places) *places = p;
}

/* Flow unit: the finest power of ten with which no total leaves the integers a double holds
 * exactly (2^53); never coarser than the data. A vertex of the linear program may be a
 * fraction: the finer the unit, the less is lost when the answer is put on integers. */
static steppe_status choose_units(builder *bd)
{
    const case_data *cs = bd->cs;
    int need = 0, cost = 6;
    wide most = FIX_ONE, high = 0;
    wide *total = MEM_ZERO(wide, 2 * cs->commodity_count);
    if (!total) return steppe_no_memory(bd->ctx);
    for (int32_t i = 0; i < cs->supply_count; i++) {
        const supply *s = &cs->supplies[i];
        widen(&need, s->quantity);
        widen(&need, s->max);
        widen(&cost, s->cost);
        widen(&cost, s->shut_in_cost);
        if (s->shut_in_cost > high) high = s->shut_in_cost;
        if (s->commodity >= 0) total[2 * s->commodity] += s->max;
    }
    for (int32_t i = 0; i < cs->demand_count; i++) {
        const demand *d = &cs->demands[i];
        widen(&need, d->base);
        widen(&need, d->min);
        widen(&need, d->max);
        widen(&cost, d->shortage_cost);
        widen(&cost, d->min_shortage_cost);
        if (d->min_shortage_cost > high) high = d->min_shortage_cost;
        if (d->commodity >= 0) total[2 * d->commodity + 1] += d->max;
    }
    for (int k = 0; k < 2 * cs->commodity_count; k++)
        if (total[k] > most) most = total[k];
    mem_free(total);
    for (int64_t i = 0; i < cs->link_count; i++) {
        const case_link *l = &cs->links[i];
        widen(&need, l->capacity);
        widen(&need, l->background);
        widen(&cost, l->cost);
        if (l->capacity > most) most = l->capacity;
        if (l->cost > high) high = l->cost;
    }
    for (int64_t i = 0; i < cs->transfer_count; i++) {
        widen(&cost, cs->transfers[i].cost);
        if (cs->transfers[i].capacity >= 0) widen(&need, cs->transfers[i].capacity);
        if (cs->transfers[i].capacity > most) most = cs->transfers[i].capacity;
    }
    for (int64_t i = 0; i < cs->handling_count; i++) {
        widen(&need, cs->handlings[i].capacity);
        if (cs->handlings[i].capacity > most) most = cs->handlings[i].capacity;
    }
    for (int32_t i = 0; i < cs->contract_count; i++) {
        widen(&need, cs->contracts[i].min);
        if (cs->contracts[i].max >= 0) widen(&need, cs->contracts[i].max);
        if (cs->contracts[i].max > most) most = cs->contracts[i].max;
        if (cs->contracts[i].shortfall_cost > high) high = cs->contracts[i].shortfall_cost;
        widen(&cost, cs->contracts[i].shortfall_cost < 0 ? 0 : cs->contracts[i].shortfall_cost);
    }
    for (int64_t i = 0; i < cs->group_count; i++) {
        widen(&need, cs->groups[i].capacity);
        widen(&need, cs->groups[i].min);
        if (cs->groups[i].capacity > most) most = cs->groups[i].capacity;
    }
    for (int64_t i = 0; i < cs->rule_count; i++)
        if (cs->rules[i].cost >= 0) widen(&cost, cs->rules[i].cost);
    int places = FIX_PLACES;
    while (places > 0 && most / FIX_ONE * wide_pow10(places) > (wide)4000000000000000) places--;
    if (places < need || cost > 9 ||
        high / FIX_ONE * wide_pow10(cost) > (wide)1000000000000000000)
        return steppe_fail(bd->ctx, STEPPE_OVERFLOW,
                           "found quantities with %d decimals beside a total of %.6g and costs "
                           "with %d decimals up to %.6g, "
                           "expected ranges that fit 15 digits each: choose a larger flow unit",
                           need, fix_double(most), cost, fix_double(high));
    bd->md->flow_places = places;
    bd->md->cost_places = cost;
    bd->unit = (int64_t)wide_pow10(places);
    return STEPPE_OK;
}

/* ---- class graphs
 * ------------------------------------------------------------------------------- */

static void graph_free(graph *g)
{
    mem_free(g->node);
    mem_free(g->at);
    mem_free(g->arrive);
    mem_free(g->arc);
    mem_free(g->out);
    mem_free(g->out_arc);
    mem_free(g->in);
    mem_free(g->in_arc);
    memset(g, 0, sizeof *g);
}

/* Lists of arc numbers by node: end-point `by_tail ? tail : head`. */
static bool list_arcs(const graph *g, bool by_tail, int64_t **first, int64_t **list)
{
    *first = MEM_ZERO(int64_t, g->nodes + 1);
    *list = MEM_NEW(int64_t, g->arcs);
    if (!*first || !*list) return false;
    for (int64_t a = 0; a < g->arcs; a++)
        (*first)[(by_tail ? g->arc[a].tail : g->arc[a].head) + 1]++;
    for (int32_t i = 0; i < g->nodes; i++) (*first)[i + 1] += (*first)[i];
    for (int64_t a = 0; a < g->arcs; a++)
        (*list)[(*first)[by_tail ? g->arc[a].tail : g->arc[a].head]++] = a;
    for (int32_t i = g->nodes; i > 0; i--) (*first)[i] = (*first)[i - 1];
    (*first)[0] = 0;
    return true;
}

enum { FROM_OTHER = 1, TO_OTHER = 2, CLEARANCE = 4 };

static void add_graph_arc(graph *g, int32_t tail, int32_t head, arc_kind kind, int dir,
                          int mode, int32_t object)
{
    g->arc[g->arcs++] =
        (graph_arc){tail, head, {(uint8_t)kind, (uint8_t)dir, (int16_t)mode, object, -1}};
}

static steppe_status graph_build(const builder *bd, int class, graph *g)
{
    const case_data *cs = bd->cs;
    const int64_t cells = (int64_t)cs->place_count * cs->mode_count;
    uint8_t *role = MEM_ZERO(uint8_t, cells);
    int64_t most = 0;
    g->at = MEM_NEW(int32_t, cells);
    if (!role || !g->at) goto fail;
    for (int64_t i = 0; i < cells; i++) g->at[i] = -1;
#define CELL(place, mode) ((int64_t)(place)*cs->mode_count + (mode))
    for (int64_t i = 0; i < cs->link_count; i++) {
        const case_link *l = &cs->links[i];
        if (!(l->carries >> class & 1)) continue;
        most += 2;
        g->at[CELL(l->from, l->mode)] = g->at[CELL(l->to, l->mode)] = 0;
    }
    for (int64_t i = 0; i < cs->transfer_count; i++) {
        const transfer *x = &cs->transfers[i];
        if (!(x->carries >> class & 1) || g->at[CELL(x->place, x->from)] < 0 ||
            g->at[CELL(x->place, x->to)] < 0)
            continue;
        most++;
        role[CELL(x->place, x->from)] |= x->from == x->to ? CLEARANCE : TO_OTHER;
        role[CELL(x->place, x->to)] |= x->from == x->to ? CLEARANCE : FROM_OTHER;
    }
    for (int64_t i = 0; i < cells; i++) {
        const bool split = (role[i] & CLEARANCE) || role[i] == (FROM_OTHER | TO_OTHER);
        if (g->at[i] < 0) continue;
        g->at[i] = g->nodes;
        g->nodes += split ? 2 : 1;
        most += split;
    }
    g->node = MEM_NEW(model_ref, g->nodes);
    g->arrive = MEM_NEW(int32_t, g->nodes);
    g->arc = MEM_NEW(graph_arc, most);
    if (!g->node || !g->arrive || !g->arc) goto fail;
    for (int32_t p = 0; p < cs->place_count; p++) {
        for (int mode = 0; mode < cs->mode_count; mode++) {
            const int32_t i = g->at[CELL(p, mode)];
            const uint8_t r = role[CELL(p, mode)];
            if (i < 0) continue;
            g->node[i] = (model_ref){NODE_PLACE, 0, (int16_t)mode, p, -1};
            g->arrive[i] = i;
            if (!(r & CLEARANCE) && r != (FROM_OTHER | TO_OTHER)) continue;
            g->arrive[i] = g->arrive[i + 1] = i + 1;
            g->node[i + 1] = (model_ref){NODE_ARRIVE, 0, (int16_t)mode, p, -1};
            if (!(r & CLEARANCE)) add_graph_arc(g, i + 1, i, ARC_PASS, 0, mode, p);
        }
    }
    for (int64_t i = 0; i < cs->link_count; i++) {
        const case_link *l = &cs->links[i];
        if (!(l->carries >> class & 1)) continue;
        const int32_t from = g->at[CELL(l->from, l->mode)], to = g->at[CELL(l->to, l->mode)];
        add_graph_arc(g, from, g->arrive[to], ARC_LINK, 0, l->mode, (int32_t)i);
        if (l->two_way) add_graph_arc(g, to, g->arrive[from], ARC_LINK, 1, l->mode, (int32_t)i);
    }
    for (int64_t i = 0; i < cs->transfer_count; i++) {
        const transfer *x = &cs->transfers[i];
        if (!(x->carries >> class & 1)) continue;
        const int32_t from = g->at[CELL(x->place, x->from)], to = g->at[CELL(x->place, x->to)];
        if (from >= 0 && to >= 0)
            add_graph_arc(g, g->arrive[from], to, ARC_TRANSFER, 0, x->from, (int32_t)i);
    }
#undef CELL
    mem_free(role);
    if (!list_arcs(g, true, &g->out, &g->out_arc) || !list_arcs(g, false, &g->in, &g->in_arc)) {
        role = NULL;
        goto fail;
    }
    return STEPPE_OK;
fail:
    mem_free(role);
    return steppe_no_memory(bd->ctx);
}

/* ---- growing the model
 * ---------------------------------------------------------------------------- */

#define GROW(array, cap)                                                                       \
    (more = mem_resize(array, (size_t)(cap), sizeof *(array))) ? ((array) = more, true) : false

static bool reserve_arcs(builder *bd, int64_t want)
{
    model *md = bd->md;
    void *more;
    if (want <= bd->arc_cap) return true;
    const int64_t cap = want > 2 * bd->arc_cap ? want : 2 * bd->arc_cap;
    const bool ok = (GROW(md->tail, cap)) && (GROW(md->head, cap)) && (GROW(md->low, cap)) &&
                    (GROW(md->up, cap)) && (GROW(md->cost, cap)) && (GROW(md->arc, cap));
    if (ok) bd->arc_cap = cap;
    return ok;
}

static bool reserve_nodes(builder *bd, int64_t want)
{
    model *md = bd->md;
    void *more;
    if (want <= bd->node_cap) return true;
    if (want > INT32_MAX / 2) return false;
    const int64_t cap = want > 2 * (int64_t)bd->node_cap ? want : 2 * (int64_t)bd->node_cap;
    const bool ok = (GROW(md->b, cap)) && (GROW(md->node, cap));
    if (ok) bd->node_cap = (int32_t)cap;
    return ok;
}

static bool reserve_rows(builder *bd, int64_t want)
{
    model *md = bd->md;
    void *more;
    if (want <= bd->row_cap) return true;
    const int64_t cap = want > 2 * bd->row_cap ? want : 2 * bd->row_cap;
    const bool ok = (GROW(md->row_low, cap)) && (GROW(md->row_up, cap)) &&
                    (GROW(md->row_scale, cap)) && (GROW(md->row, cap));
    if (ok) bd->row_cap = cap;
    return ok;
}

static bool add_entry(builder *bd, int64_t row, int64_t arc, int64_t weight)
{
    void *more;
    if (bd->entries == bd->entry_cap) {
        const int64_t cap = bd->entry_cap ? 2 * bd->entry_cap : 1024;
        if (!((GROW(bd->entry_row, cap)) && (GROW(bd->entry_arc, cap)) &&
              (GROW(bd->entry_weight, cap))))
            return false;
        bd->entry_cap = cap;
    }
    bd->entry_row[bd->entries] = row;
    bd->entry_arc[bd->entries] = arc;
    bd->entry_weight[bd->entries++] = weight;
    return true;
}

/* The caller has reserved. */
static int32_t add_node(builder *bd, node_kind kind, int mode, int32_t object, int64_t b)
{
    model *md = bd->md;
    md->node[md->n] = (model_ref){(uint8_t)kind, 0, (int16_t)mode, object, -1};
    md->b[md->n] = b;
    return md->n++;
}

static int64_t add_arc(builder *bd, int32_t tail, int32_t head, int64_t up, int64_t cost,
                       model_ref ref)
{
    model *md = bd->md;
    const int64_t a = md->m++;
    md->tail[a] = tail;
    md->head[a] = head;
    md->low[a] = 0;
    md->up[a] = up;
    md->cost[a] = cost;
    md->arc[a] = ref;
    return a;
}

static int64_t add_row(builder *bd, row_kind kind, int32_t object, int64_t low, int64_t up,
                       int64_t scale)
{
    model *md = bd->md;
    if (!reserve_rows(bd, md->rows + 1)) return -1;
    md->row[md->rows] = (model_ref){(uint8_t)kind, 0, -1, object, -1};
    md->row_low[md->rows] = low;
    md->row_up[md->rows] = up;
    md->row_scale[md->rows] = scale;
    return md->rows++;
}

/* ---- one good
 * ------------------------------------------------------------------------------------- */

typedef struct {
    int good;
    const graph *g;
    char *open;                /* graph arcs this good may use */
    int32_t *supply, supplies; /* open supplies of the good */
    int32_t *demand, demands;
    char *fore, *back; /* scratch: graph nodes reached */
    int32_t *queue;
    int32_t *local;       /* scratch: graph node -> model node */
    char *own;            /* supplies: gets a commodity of its own */
    char *reaches;        /* supplies x demands */
    int32_t *member_node; /* commodities x demands: node that counts the delivery, -1 */
    int members;          /* commodities of this good */
} good_work;

static bool arc_open(const builder *bd, const graph_arc *a, int good)
{
    const case_data *cs = bd->cs;
    const link_rule *terms;
    switch (a->ref.kind) {
    case ARC_LINK:
        return case_link_open(cs, &cs->links[a->ref.object], good, &terms);
    case ARC_TRANSFER:
        return cs->places[cs->transfers[a->ref.object].place].open;
    default:
        return cs->places[a->ref.object].open;
    }
}

/* Marks what can be reached from the marked nodes in queue[0 .. count). */
static void spread(const good_work *w, char *mark, int32_t count, bool forward, bool any)
{
    const graph *g = w->g;
    const int64_t *first = forward ? g->out : g->in, *list = forward ? g->out_arc : g->in_arc;
    for (int32_t q = 0; q < count; q++) {
        const int32_t i = w->queue[q];
        for (int64_t e = first[i]; e < first[i + 1]; e++) {
            const int32_t j = forward ? g->arc[list[e]].head : g->arc[list[e]].tail;
            if ((!any && !w->open[list[e]]) || mark[j]) continue;
            mark[j] = 1;
            w->queue[count++] = j;
        }
    }
}

static int32_t seed_supply(const builder *bd, const good_work *w, const supply *s, char *mark,
                           int32_t count)
{
    for (int mode = 0; mode < bd->cs->mode_count; mode++) {
        const int32_t i = w->g->at[(int64_t)s->place * bd->cs->mode_count + mode];
        if (i < 0 || mark[i]) continue;
        mark[i] = 1;
        w->queue[count++] = i;
    }
    return count;
}

static bool reached(const builder *bd, const good_work *w, const demand *d, const char *mark)
{
    for (int mode = 0; mode < bd->cs->mode_count; mode++) {
        const int32_t i = w->g->at[(int64_t)d->place * bd->cs->mode_count + mode];
        if (i >= 0 && mark[w->g->arrive[i]]) return true;
    }
    return false;
}

/* reaches[s * demands + d], for goods with contracts: a search per supply. */
static void find_reach(const builder *bd, good_work *w)
{
    const case_data *cs = bd->cs;
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        memset(w->fore, 0, (size_t)w->g->nodes);
        spread(w, w->fore, seed_supply(bd, w, sp, w->fore, 0), true, false);
        for (int32_t d = 0; d < w->demands; d++) {
            const demand *dm = &cs->demands[w->demand[d]];
            w->reaches[(int64_t)s * w->demands + d] =
                dm->place == sp->place || reached(bd, w, dm, w->fore);
        }
    }
}

static int32_t seed_demand(const builder *bd, const good_work *w, const demand *d, char *mark,
                           int32_t count)
{
    for (int mode = 0; mode < bd->cs->mode_count; mode++) {
        const int32_t at = w->g->at[(int64_t)d->place * bd->cs->mode_count + mode];
        if (at < 0 || mark[w->g->arrive[at]]) continue;
        mark[w->g->arrive[at]] = 1;
        w->queue[count++] = w->g->arrive[at];
    }
    return count;
}

/* The fault of a supply cut off from every demand even if all links were open: one search backwards from all. */
static void check_supplies(builder *bd, good_work *w)
{
    const case_data *cs = bd->cs;
    int32_t count = 0;
    memset(w->back, 0, (size_t)w->g->nodes);
    for (int32_t d = 0; d < cs->demand_count; d++)
        if (cs->demands[d].commodity == w->good && cs->demands[d].place >= 0)
            count = seed_demand(bd, w, &cs->demands[d], w->back, count);
    spread(w, w->back, count, false, true);
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        bool any = false;
        for (int mode = 0; mode < cs->mode_count && !any; mode++) {
            const int32_t i = w->g->at[(int64_t)sp->place * cs->mode_count + mode];
            any = i >= 0 && w->back[i];
        }
        for (int32_t d = 0; d < cs->demand_count && !any; d++)
            any = cs->demands[d].commodity == w->good && cs->demands[d].place == sp->place;
        const table *t = cs->src->tab[T_SUPPLY];
        if (!any)
            steppe_fault(bd->ctx,
                         "%s:%lld:1: found supply %s, which no demand for %s can reach, "
                         "expected a way to one over "
                         "links and transfers",
                         t->path, (long long)table_row_number(t, sp->row), sp->id,
                         cs->commodities[w->good].id);
    }
}

static int32_t position(const int32_t *list, int32_t count, int32_t what)
{
    int32_t i = 0;
    while (i < count && list[i] != what) i++;
    return i;
}

/* A contract needs its supply apart when another supply could reach the same demand, or has a contract with it too. */
static void choose_splits(const builder *bd, good_work *w)
{
    const case_data *cs = bd->cs;
    for (int32_t c = 0; c < cs->contract_count; c++) {
        const int32_t s = position(w->supply, w->supplies, cs->contracts[c].supply);
        const int32_t d = position(w->demand, w->demands, cs->contracts[c].demand);
        if (s == w->supplies || d == w->demands) continue;
        for (int32_t o = 0; o < w->supplies && !w->own[s]; o++)
            w->own[s] = (char)(o != s && w->reaches[(int64_t)o * w->demands + d]);
        for (int32_t e = 0; e < cs->contract_count && !w->own[s]; e++)
            w->own[s] =
                (char)(e != c && cs->contracts[e].demand == cs->contracts[c].demand &&
                       position(w->supply, w->supplies, cs->contracts[e].supply) < w->supplies);
    }
}

static const contract *contract_between(const builder *bd, const good_work *w, int32_t origin,
                                        int32_t d)
{
    for (int32_t c = 0; c < bd->cs->contract_count; c++) {
        const contract *k = &bd->cs->contracts[c];
        if (k->demand != w->demand[d]) continue;
        int32_t s = 0;
        while (s < w->supplies && w->supply[s] != k->supply) s++;
        if (s == w->supplies) continue; /* a closed supply owes nothing */
        if (origin >= 0 ? k->supply == origin : !w->own[s]) return k;
    }
    return NULL;
}

static int64_t weight_of(wide use, int64_t scale)
{
    return (int64_t)(use * scale / FIX_ONE);
}

/* Entries of a new arc that carries goods through a place or a link. */
static bool couple(builder *bd, int64_t a, const model_ref *ref, int good, int32_t entered)
{
    const case_data *cs = bd->cs;
    const int class = cs->commodities[good].class;
    if (ref->kind == ARC_LINK && bd->link_row[ref->object] >= 0) {
        const link_rule *terms;
        case_link_open(cs, &cs->links[ref->object], good, &terms);
        const int64_t row = bd->link_row[ref->object];
        const int64_t w = weight_of(terms ? terms->use : FIX_ONE, bd->md->row_scale[row]);
        if (w != 0 && !add_entry(bd, row, a, w)) return false;
    }
    if (ref->kind == ARC_TRANSFER && bd->transfer_row[ref->object] >= 0 &&
        !add_entry(bd, bd->transfer_row[ref->object], a, 1))
        return false;
    if (entered >= 0) {
        const int32_t h = bd->handling_at[(int64_t)entered * cs->class_count + class];
        if (h >= 0 && !add_entry(bd, bd->handling_row[h], a, 1)) return false;
    }
    return true;
}

static int64_t graph_arc_cost(const builder *bd, const graph_arc *a, int good)
{
    const case_data *cs = bd->cs;
    if (a->ref.kind == ARC_TRANSFER) return cost_units(bd, cs->transfers[a->ref.object].cost);
    if (a->ref.kind != ARC_LINK) return 0;
    const link_rule *terms;
    case_link_open(cs, &cs->links[a->ref.object], good, &terms);
    return cost_units(bd,
                      terms && terms->cost >= 0 ? terms->cost : cs->links[a->ref.object].cost);
}

static int32_t local_node(builder *bd, good_work *w, int32_t i)
{
    if (w->local[i] < 0)
        w->local[i] = add_node(bd, (node_kind)w->g->node[i].kind, w->g->node[i].mode,
                               w->g->node[i].object, 0);
    return w->local[i];
}

/* Arcs of supply s (index in the good): production by mode, local delivery is added with the
 * demands. */
static bool add_supply(builder *bd, good_work *w, int32_t s, int32_t hub, int64_t total)
{
    const case_data *cs = bd->cs;
    const supply *sp = &cs->supplies[w->supply[s]];
    const int64_t quantity = flow_units(bd, sp->quantity), max = flow_units(bd, sp->max);
    const int32_t node = add_node(bd, NODE_SUPPLY, -1, w->supply[s], quantity);
    bd->md->b[hub] -= quantity;
    model_ref ref = {ARC_EXTRA_SUPPLY, 0, -1, w->supply[s], -1};
    if (max > quantity) add_arc(bd, hub, node, max - quantity, 0, ref);
    ref.kind = ARC_SHUT_IN;
    if (quantity > 0) add_arc(bd, node, hub, quantity, cost_units(bd, sp->shut_in_cost), ref);
    for (int mode = 0; mode < cs->mode_count; mode++) {
        const int32_t i = w->g->at[(int64_t)sp->place * cs->mode_count + mode];
        if (i < 0 || !w->fore[i] || !w->back[i]) continue;
        ref = (model_ref){ARC_LOAD, 0, (int16_t)mode, w->supply[s], -1};
        const int64_t a = add_arc(bd, node, local_node(bd, w, i), max < total ? max : total,
                                  cost_units(bd, sp->cost), ref);
        if (!couple(bd, a, &ref, w->good, sp->place)) return false;
    }
    return true;
}

/* Arcs from the places of demand d, and from supplies of this commodity at the same place, to
 * node. */
static bool add_arrivals(builder *bd, good_work *w, int32_t d, int32_t node, int64_t total,
                         const int32_t *supply_node)
{
    const case_data *cs = bd->cs;
    const demand *dm = &cs->demands[w->demand[d]];
    for (int mode = 0; mode < cs->mode_count; mode++) {
        const int32_t at = w->g->at[(int64_t)dm->place * cs->mode_count + mode];
        if (at < 0) continue;
        const int32_t i = w->g->arrive[at];
        if (!w->fore[i] || !w->back[i]) continue;
        const model_ref ref = {ARC_UNLOAD, 0, (int16_t)mode, w->demand[d], -1};
        add_arc(bd, local_node(bd, w, i), node, total, 0, ref);
    }
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        if (supply_node[s] < 0 || sp->place != dm->place) continue;
        const model_ref ref = {ARC_LOCAL, 0, -1, w->demand[d], w->supply[s]};
        const int64_t a =
            add_arc(bd, supply_node[s], node, total, cost_units(bd, sp->cost), ref);
        if (!couple(bd, a, &ref, w->good, sp->place)) return false;
    }
    return true;
}

/* The price steps of a demand. In one network: arcs between hub and node. As a row: loops at
 * the hub, which only the row sees. */
static bool add_steps(builder *bd, const demand *dm, int32_t index, int32_t hub, int32_t node,
                      int64_t row)
{
    const int64_t base = flow_units(bd, dm->base), min = flow_units(bd, dm->min);
    const int64_t max = flow_units(bd, dm->max);
    model_ref ref = {ARC_SHORTAGE, 0, -1, index, -1};
    int64_t a;
    if (base > min) {
        a = add_arc(bd, hub, node, base - min, cost_units(bd, dm->shortage_cost), ref);
        if (row >= 0 && !add_entry(bd, row, a, 1)) return false;
    }
    ref.kind = ARC_MIN_SHORTAGE;
    if (min > 0) {
        a = add_arc(bd, hub, node, min, cost_units(bd, dm->min_shortage_cost), ref);
        if (row >= 0 && !add_entry(bd, row, a, 1)) return false;
    }
    ref.kind = ARC_EXTRA_DEMAND;
    if (row < 0 && max > base) add_arc(bd, node, hub, max - base, 0, ref);
    return true;
}

/* One commodity: the supplies with own[s] == (origin >= 0), of origin only. */
static steppe_status add_commodity(builder *bd, good_work *w, int32_t origin, int member)
{
    const case_data *cs = bd->cs;
    model *md = bd->md;
    const graph *g = w->g;
    int32_t count = 0;
    int64_t total = 0;
    memset(w->fore, 0, (size_t)g->nodes);
    memset(w->back, 0, (size_t)g->nodes);
    int32_t *supply_node = MEM_NEW(int32_t, w->supplies);
    if (!supply_node) return steppe_no_memory(bd->ctx);
    for (int32_t s = 0; s < w->supplies; s++) {
        const bool mine = origin >= 0 ? w->supply[s] == origin : !w->own[s];
        supply_node[s] = mine ? 0 : -1;
        if (!mine) continue;
        count = seed_supply(bd, w, &cs->supplies[w->supply[s]], w->fore, count);
        total += flow_units(bd, cs->supplies[w->supply[s]].max);
    }
    spread(w, w->fore, count, true, false);
    count = 0;
    for (int32_t d = 0; d < w->demands; d++)
        count = seed_demand(bd, w, &cs->demands[w->demand[d]], w->back, count);
    spread(w, w->back, count, false, false);
    for (int32_t i = 0; i < g->nodes; i++) w->local[i] = -1;
    steppe_status st = STEPPE_OK;
    if (!reserve_nodes(bd, (int64_t)md->n + 1 + g->nodes + w->supplies + 2 * w->demands) ||
        !reserve_arcs(bd, md->m + g->arcs +
                              (int64_t)w->supplies * (2 + cs->mode_count + w->demands) +
                              (int64_t)w->demands * (8 + cs->mode_count)))
        goto no_memory;
    md->commodity[md->K] = (model_commodity){w->good, origin};
    md->first_node[md->K] = md->n;
    md->first_arc[md->K] = md->m;
    md->K++;
    const int32_t hub = add_node(bd, NODE_HUB, -1, w->good, 0);
    for (int32_t s = 0; s < w->supplies; s++) {
        if (supply_node[s] < 0) continue;
        supply_node[s] = md->n;
        if (!add_supply(bd, w, s, hub, total)) goto no_memory;
    }
    for (int64_t a = 0; a < g->arcs; a++) {
        const graph_arc *e = &g->arc[a];
        if (!w->open[a] || !w->fore[e->tail] || !w->back[e->head]) continue;
        /* on a way from supply to demand: its tail is reached, and a demand is reached from its
         * head */
        const int32_t tail = local_node(bd, w, e->tail), head = local_node(bd, w, e->head);
        const int64_t at =
            add_arc(bd, tail, head, total, graph_arc_cost(bd, e, w->good), e->ref);
        const int32_t entered = e->ref.kind == ARC_LINK ? g->node[e->head].object : -1;
        if (!couple(bd, at, &e->ref, w->good, entered)) goto no_memory;
    }
    for (int32_t d = 0; d < w->demands; d++) {
        const contract *k = contract_between(bd, w, origin, d);
        const demand *dm = &cs->demands[w->demand[d]];
        bool serves = k != NULL || reached(bd, w, dm, w->fore);
        for (int32_t s = 0; s < w->supplies && !serves; s++)
            serves = supply_node[s] >= 0 && cs->supplies[w->supply[s]].place == dm->place;
        int32_t *node = &w->member_node[(int64_t)member * w->demands + d];
        *node = -1;
        if (!serves) continue;
        *node = add_node(bd, NODE_COUNT, -1, w->demand[d], 0);
        if (!add_arrivals(bd, w, d, *node, total, supply_node)) goto no_memory;
    }
    goto done;
no_memory:
    st = steppe_no_memory(bd->ctx);
done:
    mem_free(supply_node);
    return st;
}

/* Contract terms on what a commodity brings to a demand: `node` gets what arrives; the minimum
 * stays there, the rest passes to `to` over the deliver arc, a missed minimum is taken back
 * from `to` over the shortfall arc. row >= 0: the demand is a row that counts both. */
static bool add_contract(builder *bd, const contract *k, int32_t demand_index, int32_t node,
                         int32_t to, int64_t total, int64_t row)
{
    const int64_t min = k ? flow_units(bd, k->min) : 0;
    const int64_t max = k && k->max >= 0 ? flow_units(bd, k->max) : (min > total ? min : total);
    const model_ref ref = {ARC_DELIVER, 0, -1, demand_index, -1};
    bd->md->b[node] -= min;
    bd->md->b[to] += min;
    int64_t a = add_arc(bd, node, to, max - min, 0, ref);
    if (row >= 0 && !add_entry(bd, row, a, 1)) return false;
    if (min == 0 || k->shortfall_cost < 0) return true;
    const model_ref miss = {ARC_SHORTFALL, 0, -1, (int32_t)(k - bd->cs->contracts), -1};
    a = add_arc(bd, to, node, min, cost_units(bd, k->shortfall_cost), miss);
    return row < 0 || add_entry(bd, row, a, -1);
}

/* Second half of a commodity: what it brings to the demands. Demands that only one commodity
 * serves are nodes of its network; the others are rows. */
static steppe_status add_demands(builder *bd, good_work *w, int member, int k,
                                 int64_t *demand_row)
{
    const case_data *cs = bd->cs;
    model *md = bd->md;
    const int32_t hub = md->first_node[k], origin = md->commodity[k].origin;
    int64_t total = 0;
    for (int32_t s = 0; s < w->supplies; s++)
        if (origin >= 0 ? w->supply[s] == origin : !w->own[s])
            total += flow_units(bd, cs->supplies[w->supply[s]].max);
    for (int32_t d = 0; d < w->demands; d++) {
        const demand *dm = &cs->demands[w->demand[d]];
        const int32_t node = w->member_node[(int64_t)member * w->demands + d];
        int serving = 0, first = -1;
        for (int o = 0; o < w->members; o++) {
            if (w->member_node[(int64_t)o * w->demands + d] < 0) continue;
            if (first < 0) first = o;
            serving++;
        }
        const bool owner = member == (first < 0 ? 0 : first);
        const int64_t base = flow_units(bd, dm->base), max = flow_units(bd, dm->max);
        const contract *c = node >= 0 ? contract_between(bd, w, origin, d) : NULL;
        if (!reserve_nodes(bd, (int64_t)md->n + 1) || !reserve_arcs(bd, md->m + 8))
            return steppe_no_memory(bd->ctx);
        bool ok = true;
        if (serving <= 1) {
            if (!owner) continue;
            int32_t at = node;
            if (node >= 0 && !c)
                md->node[node].kind = NODE_DEMAND;
            else
                at = add_node(bd, NODE_DEMAND, -1, w->demand[d], 0);
            md->b[at] -= base;
            md->b[hub] += base;
            if (c) ok = add_contract(bd, c, w->demand[d], node, at, total, -1);
            ok = ok && add_steps(bd, dm, w->demand[d], hub, at, -1);
        } else {
            if (owner) {
                demand_row[d] = add_row(bd, ROW_DEMAND, w->demand[d], base, max, 1);
                ok = demand_row[d] >= 0 &&
                     add_steps(bd, dm, w->demand[d], hub, hub, demand_row[d]);
            }
            if (ok && node >= 0) {
                ok = add_contract(bd, c, w->demand[d], node, hub, total, demand_row[d]);
                if (c) { /* the minimum counts as delivered */
                    md->row_low[demand_row[d]] -= flow_units(bd, c->min);
                    md->row_up[demand_row[d]] -= flow_units(bd, c->min);
                }
            }
        }
        if (!ok) return steppe_no_memory(bd->ctx);
    }
    return STEPPE_OK;
}

static void good_free(good_work *w)
{
    mem_free(w->open);
    mem_free(w->supply);
    mem_free(w->demand);
    mem_free(w->fore);
    mem_free(w->back);
    mem_free(w->queue);
    mem_free(w->local);
    mem_free(w->own);
    mem_free(w->reaches);
    mem_free(w->member_node);
}

/* Arcs of a commodity have to be contiguous, but whether a demand is a node or a row depends on
 * all commodities of the good. So the commodities are built first and their demand arcs moved
 * behind their own arcs afterwards. */
static steppe_status sort_arcs(builder *bd, int first_k, int64_t from, const int *commodity_of)
{
    model *md = bd->md;
    const int64_t count = md->m - from;
    const int members = md->K - first_k;
    int64_t *to = MEM_NEW(int64_t, count), *start = MEM_ZERO(int64_t, members + 1);
    int32_t *tail = MEM_NEW(int32_t, count), *head = MEM_NEW(int32_t, count);
    int64_t *up = MEM_NEW(int64_t, count), *cost = MEM_NEW(int64_t, count);
    model_ref *arc = MEM_NEW(model_ref, count);
    const bool ok = to && start && tail && head && up && cost && arc;
    if (ok) {
        for (int64_t i = 0; i < count; i++) start[commodity_of[i] + 1]++;
        for (int k = 0; k < members; k++) {
            start[k + 1] += start[k];
            md->first_arc[first_k + k] = from + start[k];
        }
        for (int64_t i = 0; i < count; i++) to[i] = start[commodity_of[i]]++;
        for (int64_t i = 0; i < count; i++) {
            tail[to[i]] = md->tail[from + i];
            head[to[i]] = md->head[from + i];
            up[to[i]] = md->up[from + i];
            cost[to[i]] = md->cost[from + i];
            arc[to[i]] = md->arc[from + i];
        }
        memcpy(md->tail + from, tail, (size_t)count * sizeof *tail);
        memcpy(md->head + from, head, (size_t)count * sizeof *head);
        memcpy(md->up + from, up, (size_t)count * sizeof *up);
        memcpy(md->cost + from, cost, (size_t)count * sizeof *cost);
        memcpy(md->arc + from, arc, (size_t)count * sizeof *arc);
        for (int64_t e = 0; e < bd->entries; e++)
            if (bd->entry_arc[e] >= from) bd->entry_arc[e] = from + to[bd->entry_arc[e] - from];
    }
    mem_free(to);
    mem_free(start);
    mem_free(tail);
    mem_free(head);
    mem_free(up);
    mem_free(cost);
    mem_free(arc);
    return ok ? STEPPE_OK : steppe_no_memory(bd->ctx);
}

/* The same for nodes. */
static steppe_status sort_nodes(builder *bd, int first_k, int32_t from, int64_t first_arc,
                                const int *commodity_of)
{
    model *md = bd->md;
    const int32_t count = md->n - from;
    const int members = md->K - first_k;
    int32_t *to = MEM_NEW(int32_t, count), *start = MEM_ZERO(int32_t, members + 1);
    int64_t *b = MEM_NEW(int64_t, count);
    model_ref *node = MEM_NEW(model_ref, count);
    const bool ok = to && start && b && node;
    if (ok) {
        for (int32_t i = 0; i < count; i++) start[commodity_of[i] + 1]++;
        for (int k = 0; k < members; k++) {
            start[k + 1] += start[k];
            md->first_node[first_k + k] = from + start[k];
        }
        for (int32_t i = 0; i < count; i++) to[i] = start[commodity_of[i]]++;
        for (int32_t i = 0; i < count; i++) {
            b[to[i]] = md->b[from + i];
            node[to[i]] = md->node[from + i];
        }
        memcpy(md->b + from, b, (size_t)count * sizeof *b);
        memcpy(md->node + from, node, (size_t)count * sizeof *node);
        for (int64_t a = first_arc; a < md->m; a++) {
            md->tail[a] = from + to[md->tail[a] - from];
            md->head[a] = from + to[md->head[a] - from];
        }
    }
    mem_free(to);
    mem_free(start);
    mem_free(b);
    mem_free(node);
    return ok ? STEPPE_OK : steppe_no_memory(bd->ctx);
}

/* Marks what was added since the last call as belonging to member. */
static bool own_new(int **list, int64_t from, int64_t *known, int64_t now, int member)
{
    int *more = mem_resize(*list, (size_t)(now - from), sizeof *more);
    if (!more) return false;
    *list = more;
    for (int64_t i = *known; i < now; i++) more[i - from] = member;
    *known = now;
    return true;
}

static steppe_status build_members(builder *bd, good_work *w)
{
    model *md = bd->md;
    const int first_k = md->K;
    const int64_t first_arc = md->m, first_node = md->n;
    int64_t arcs = md->m, nodes = md->n;
    int *arc_owner = NULL, *node_owner = NULL;
    int64_t *demand_row = MEM_NEW(int64_t, w->demands);
    bool memory = demand_row != NULL;
    steppe_status st = STEPPE_OK;
    for (int32_t s = -1; s < w->supplies && memory && st == STEPPE_OK; s++) {
        bool rest = false;
        for (int32_t o = 0; o < w->supplies; o++) rest |= !w->own[o];
        if (s < 0 ? !rest && w->supplies > 0 : !w->own[s]) continue;
        const int member = md->K - first_k;
        st = add_commodity(bd, w, s < 0 ? -1 : w->supply[s], member);
        memory = st == STEPPE_OK && own_new(&arc_owner, first_arc, &arcs, md->m, member) &&
                 own_new(&node_owner, first_node, &nodes, md->n, member);
    }
    w->members = md->K - first_k;
    for (int o = 0; o < w->members && memory && st == STEPPE_OK; o++) {
        st = add_demands(bd, w, o, first_k + o, demand_row);
        memory = st == STEPPE_OK && own_new(&arc_owner, first_arc, &arcs, md->m, o) &&
                 own_new(&node_owner, first_node, &nodes, md->n, o);
    }
    if (st == STEPPE_OK && !memory) st = steppe_no_memory(bd->ctx);
    if (st == STEPPE_OK) st = sort_arcs(bd, first_k, first_arc, arc_owner);
    if (st == STEPPE_OK)
        st = sort_nodes(bd, first_k, (int32_t)first_node, first_arc, node_owner);
    mem_free(arc_owner);
    mem_free(node_owner);
    mem_free(demand_row);
    return st;
}

static steppe_status add_good(builder *bd, int good)
{
    const case_data *cs = bd->cs;
    good_work w = {0};
    w.good = good;
    w.g = &bd->class[cs->commodities[good].class];
    w.open = MEM_NEW(char, w.g->arcs);
    w.supply = MEM_NEW(int32_t, cs->supply_count);
    w.demand = MEM_NEW(int32_t, cs->demand_count);
    w.fore = MEM_NEW(char, w.g->nodes);
    w.back = MEM_NEW(char, w.g->nodes);
    w.queue = MEM_NEW(int32_t, w.g->nodes);
    w.local = MEM_NEW(int32_t, w.g->nodes);
    bool memory = w.open && w.supply && w.demand && w.fore && w.back && w.queue && w.local;
    for (int32_t i = 0; memory && i < cs->supply_count; i++)
        if (cs->supplies[i].open && cs->supplies[i].commodity == good)
            w.supply[w.supplies++] = i;
    for (int32_t i = 0; memory && i < cs->demand_count; i++)
        if (cs->demands[i].open && cs->demands[i].commodity == good) w.demand[w.demands++] = i;
    for (int64_t a = 0; memory && a < w.g->arcs; a++)
        w.open[a] = (char)arc_open(bd, &w.g->arc[a], good);
    w.own = MEM_ZERO(char, w.supplies);
    w.reaches = MEM_ZERO(char, (int64_t)w.supplies *w.demands);
    w.member_node = MEM_NEW(int32_t, (int64_t)(w.supplies + 1) * w.demands);
    memory = memory && w.own && w.reaches && w.member_node;
    steppe_status st = memory ? STEPPE_OK : steppe_no_memory(bd->ctx);
    if (st == STEPPE_OK && (w.supplies > 0 || w.demands > 0)) {
        bool contracts = false;
        for (int32_t c = 0; c < cs->contract_count; c++)
            contracts |= cs->supplies[cs->contracts[c].supply].commodity == good;
        if (bd->check_reach) check_supplies(bd, &w);
        if (contracts) {
            find_reach(bd, &w);
            choose_splits(bd, &w);
        }
        st = build_members(bd, &w);
    }
    good_free(&w);
    return st;
}

/* ---- rows
 * ------------------------------------------------------------------------------------------ */

static steppe_status add_capacity_rows(builder *bd)
{
    const case_data *cs = bd->cs;
    /* places[l]: decimals of the weights on link l; its scale makes all of them integers */
    int *places = MEM_ZERO(int, cs->link_count);
    if (!places) return steppe_no_memory(bd->ctx);
    for (int64_t i = 0; i < cs->rule_count; i++)
        widen(&places[cs->rules[i].link], cs->rules[i].use);
    bool ok = true;
    for (int64_t i = 0; i < cs->link_count && ok; i++) {
        const case_link *l = &cs->links[i];
        bd->link_row[i] = add_row(bd, ROW_LINK, (int32_t)i, NO_LOW,
                                  flow_units(bd, l->capacity - l->background),
                                  (int64_t)wide_pow10(places[i]));
        ok = bd->link_row[i] >= 0;
    }
    mem_free(places);
    for (int64_t i = 0; i < cs->transfer_count && ok; i++) {
        bd->transfer_row[i] = -1;
        if (cs->transfers[i].capacity < 0) continue;
        bd->transfer_row[i] = add_row(bd, ROW_TRANSFER, (int32_t)i, NO_LOW,
                                      flow_units(bd, cs->transfers[i].capacity), 1);
        ok = bd->transfer_row[i] >= 0;
    }
    for (int64_t i = 0; i < cs->handling_count && ok; i++) {
        const handling *h = &cs->handlings[i];
        bd->handling_row[i] =
            add_row(bd, ROW_HANDLING, (int32_t)i, NO_LOW, flow_units(bd, h->capacity), 1);
        bd->handling_at[(int64_t)h->place * cs->class_count + h->class] = (int32_t)i;
        ok = bd->handling_row[i] >= 0;
    }
    return ok ? STEPPE_OK : steppe_no_memory(bd->ctx);
}

/* Arcs of each link, all commodities: list[first[l] .. first[l + 1]). */
static bool arcs_of_links(const builder *bd, int64_t **first, int64_t **list)
{
    const model *md = bd->md;
    const int64_t links = bd->cs->link_count;
    *first = MEM_ZERO(int64_t, links + 2);
    *list = MEM_NEW(int64_t, md->m);
    if (!*first || !*list) return false;
    for (int64_t a = 0; a < md->m; a++)
        if (md->arc[a].kind == ARC_LINK) (*first)[md->arc[a].object + 2]++;
    for (int64_t l = 0; l < links; l++) (*first)[l + 2] += (*first)[l + 1];
    for (int64_t a = 0; a < md->m; a++)
        if (md->arc[a].kind == ARC_LINK) (*list)[(*first)[md->arc[a].object + 1]++] = a;
    return true;
}

static int good_of_arc(const model *md, int64_t a)
{
    int low = 0, high = md->K;
    while (high - low > 1) {
        const int mid = (low + high) / 2;
        *(md->first_arc[mid] <= a ? &low : &high) = mid;
    }
    return md->commodity[low].good;
}

typedef struct {
    int64_t arc, weight;
} weighted;

static int by_arc(const void *a, const void *b)
{
    const weighted *p = a, *q = b;
    return (p->arc > q->arc) - (p->arc < q->arc);
}

/* The entries of a row from `start` on, in the order of the arcs; a link named twice counts twice in one entry. */
static bool merge_entries(builder *bd, int64_t start)
{
    const int64_t count = bd->entries - start, row = count > 0 ? bd->entry_row[start] : 0;
    weighted *list = MEM_NEW(weighted, count);
    if (!list) return false;
    for (int64_t i = 0; i < count; i++)
        list[i] = (weighted){bd->entry_arc[start + i], bd->entry_weight[start + i]};
    qsort(list, (size_t)count, sizeof *list, by_arc);
    int64_t to = start;
    for (int64_t i = 0; i < count; i++) {
        const bool again = to > start && bd->entry_arc[to - 1] == list[i].arc;
        if (again) {
            bd->entry_weight[to - 1] += list[i].weight;
            continue;
        }
        bd->entry_row[to] = row;
        bd->entry_arc[to] = list[i].arc;
        bd->entry_weight[to++] = list[i].weight;
    }
    bd->entries = to;
    mem_free(list);
    return true;
}

static bool add_group_row(builder *bd, int64_t g, const int64_t *first, const int64_t *list)
{
    const case_data *cs = bd->cs;
    const group *p = &cs->groups[g];
    int places = 0;
    for (int64_t i = p->first_member; i < p->end_member; i++)
        widen(&places, cs->members[i].weight);
    const int64_t scale = (int64_t)wide_pow10(places);
    const int64_t row =
        add_row(bd, ROW_GROUP, (int32_t)g, p->min > 0 ? flow_units(bd, p->min) : NO_LOW,
                flow_units(bd, p->capacity), scale);
    const int64_t start = bd->entries;
    if (row < 0) return false;
    for (int64_t i = p->first_member; i < p->end_member; i++) {
        const group_member *m = &cs->members[i];
        if (m->weight == 0) continue;
        for (int64_t e = first[m->link]; e < first[m->link + 1]; e++) {
            if (m->commodity >= 0 && m->commodity != good_of_arc(bd->md, list[e])) continue;
            if (!add_entry(bd, row, list[e], weight_of(m->weight, scale))) return false;
        }
    }
    return merge_entries(bd, start);
}

static steppe_status add_group_rows(builder *bd)
{
    int64_t *first = NULL, *list = NULL;
    if (bd->cs->group_count == 0) return STEPPE_OK;
    bool ok = arcs_of_links(bd, &first, &list);
    for (int64_t g = 0; g < bd->cs->group_count && ok; g++)
        ok = add_group_row(bd, g, first, list);
    mem_free(first);
    mem_free(list);
    return ok ? STEPPE_OK : steppe_no_memory(bd->ctx);
}

/* Entries sorted by row; rows that nothing uses or that cannot bind whatever the flows are left
 * out. */
static steppe_status finish_rows(builder *bd)
{
    model *md = bd->md;
    wide *high = MEM_ZERO(wide, md->rows), *low = MEM_ZERO(wide, md->rows);
    int64_t *to = MEM_NEW(int64_t, md->rows);
    md->row_first = MEM_ZERO(int64_t, md->rows + 1);
    md->row_arc = MEM_NEW(int64_t, bd->entries);
    md->row_weight = MEM_NEW(int64_t, bd->entries);
    const bool ok = high && low && to && md->row_first && md->row_arc && md->row_weight;
    if (ok) {
        for (int64_t e = 0; e < bd->entries; e++) {
            const wide most = (wide)bd->entry_weight[e] * md->up[bd->entry_arc[e]];
            (most > 0 ? high : low)[bd->entry_row[e]] += most;
        }
        int64_t kept = 0;
        for (int64_t r = 0; r < md->rows; r++) {
            const wide scale = md->row_scale[r];
            const bool binds = (md->row_up[r] != NO_UP && high[r] > md->row_up[r] * scale) ||
                               (md->row_low[r] != NO_LOW && low[r] < md->row_low[r] * scale);
            to[r] = binds ? kept : -1;
            if (!binds) continue;
            md->row_low[kept] = md->row_low[r];
            md->row_up[kept] = md->row_up[r];
            md->row_scale[kept] = md->row_scale[r];
            md->row[kept] = md->row[r];
            kept++;
        }
        for (int64_t e = 0; e < bd->entries; e++)
            if (to[bd->entry_row[e]] >= 0) md->row_first[to[bd->entry_row[e]] + 1]++;
        for (int64_t r = 0; r < kept; r++) md->row_first[r + 1] += md->row_first[r];
        for (int64_t e = 0; e < bd->entries; e++) {
            const int64_t r = to[bd->entry_row[e]];
            if (r < 0) continue;
            const int64_t at = md->row_first[r]++;
            md->row_arc[at] = bd->entry_arc[e];
            md->row_weight[at] = bd->entry_weight[e];
        }
        for (int64_t r = kept; r > 0; r--) md->row_first[r] = md->row_first[r - 1];
        md->row_first[0] = 0;
        md->rows = kept;
    }
    mem_free(high);
    mem_free(low);
    mem_free(to);
    return ok ? model_index_rows(bd->ctx, md) : steppe_no_memory(bd->ctx);
}

/* ---- all
 * --------------------------------------------------------------------------------------------
 */

static void builder_free(builder *bd)
{
    for (int c = 0; bd->class && c < bd->cs->class_count; c++) graph_free(&bd->class[c]);
    mem_free(bd->class);
    mem_free(bd->entry_row);
    mem_free(bd->entry_arc);
    mem_free(bd->entry_weight);
    mem_free(bd->link_row);
    mem_free(bd->transfer_row);
    mem_free(bd->handling_row);
    mem_free(bd->handling_at);
}

static steppe_status build(builder *bd)
{
    const case_data *cs = bd->cs;
    model *md = bd->md;
    const int64_t most = (int64_t)cs->commodity_count + cs->contract_count;
    const int64_t cells = (int64_t)cs->place_count * cs->class_count;
    bd->class = MEM_ZERO(graph, cs->class_count);
    bd->link_row = MEM_NEW(int64_t, cs->link_count);
    bd->transfer_row = MEM_NEW(int64_t, cs->transfer_count);
    bd->handling_row = MEM_NEW(int64_t, cs->handling_count);
    bd->handling_at = MEM_NEW(int32_t, cells);
    md->commodity = MEM_NEW(model_commodity, most);
    md->first_node = MEM_NEW(int32_t, most + 1);
    md->first_arc = MEM_NEW(int64_t, most + 1);
    if (!bd->class || !bd->link_row || !bd->transfer_row || !bd->handling_row ||
        !bd->handling_at || !md->commodity || !md->first_node || !md->first_arc ||
        !reserve_arcs(bd, 1024) || !reserve_nodes(bd, 1024) || !reserve_rows(bd, 64))
        return steppe_no_memory(bd->ctx);
    for (int64_t i = 0; i < cells; i++) bd->handling_at[i] = -1;
    STEPPE_TRY(choose_units(bd));
    for (int c = 0; c < cs->class_count; c++) STEPPE_TRY(graph_build(bd, c, &bd->class[c]));
    STEPPE_TRY(add_capacity_rows(bd));
    for (int good = 0; good < cs->commodity_count; good++) STEPPE_TRY(add_good(bd, good));
    md->first_node[md->K] = md->n;
    md->first_arc[md->K] = md->m;
    STEPPE_TRY(add_group_rows(bd));
    return finish_rows(bd);
}

steppe_status model_build(steppe_ctx *ctx, const case_data *cs, bool check_reach, model *out)
{
    memset(out, 0, sizeof *out);
    out->cs = cs;
    out->periods = 1;
    builder bd = {0};
    bd.ctx = ctx;
    bd.cs = cs;
    bd.md = out;
    bd.check_reach = check_reach;
    const int64_t faults = ctx->faults;
    steppe_status st = build(&bd);
    builder_free(&bd);
    if (st == STEPPE_OK && ctx->faults > faults) st = STEPPE_BAD_INPUT;
    if (st != STEPPE_OK) model_free(out);
    return st;
}
