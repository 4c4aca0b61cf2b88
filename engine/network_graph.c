/* The (place, mode) graph of one class of goods: links, transfers, and passing through. */
#include "network_build.h"

#include <string.h>

void graph_free(graph *g)
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
    g->arc[g->arcs++] = (graph_arc){
        tail, head, {(uint8_t)kind, (uint8_t)dir, (int16_t)mode, object, -1, -1, -1}};
}

/* What holds in any state. */
static bool link_carries(const builder *bd, int64_t i, int class, bool backwards)
{
    for (int s = 0; s < bd->hz->states; s++) {
        const case_link *l = &bd->hz->cs[s].links[i];
        if ((l->carries >> class & 1) && (!backwards || l->two_way)) return true;
    }
    return false;
}

static bool transfer_carries(const builder *bd, int64_t i, int class)
{
    for (int s = 0; s < bd->hz->states; s++)
        if (bd->hz->cs[s].transfers[i].carries >> class & 1) return true;
    return false;
}

steppe_status graph_build(const builder *bd, int class, graph *g)
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
        if (!link_carries(bd, i, class, false)) continue;
        most += 2;
        g->at[CELL(l->from, l->mode)] = g->at[CELL(l->to, l->mode)] = 0;
    }
    for (int64_t i = 0; i < cs->transfer_count; i++) {
        const transfer *x = &cs->transfers[i];
        if (!transfer_carries(bd, i, class) || g->at[CELL(x->place, x->from)] < 0 ||
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
            g->node[i] = (model_ref){NODE_PLACE, 0, (int16_t)mode, p, -1, -1, -1};
            g->arrive[i] = i;
            if (!(r & CLEARANCE) && r != (FROM_OTHER | TO_OTHER)) continue;
            g->arrive[i] = g->arrive[i + 1] = i + 1;
            g->node[i + 1] = (model_ref){NODE_ARRIVE, 0, (int16_t)mode, p, -1, -1, -1};
            if (!(r & CLEARANCE)) add_graph_arc(g, i + 1, i, ARC_PASS, 0, mode, p);
        }
    }
    for (int64_t i = 0; i < cs->link_count; i++) {
        const case_link *l = &cs->links[i];
        if (!link_carries(bd, i, class, false)) continue;
        const int32_t from = g->at[CELL(l->from, l->mode)], to = g->at[CELL(l->to, l->mode)];
        add_graph_arc(g, from, g->arrive[to], ARC_LINK, 0, l->mode, (int32_t)i);
        if (link_carries(bd, i, class, true))
            add_graph_arc(g, to, g->arrive[from], ARC_LINK, 1, l->mode, (int32_t)i);
    }
    for (int64_t i = 0; i < cs->transfer_count; i++) {
        const transfer *x = &cs->transfers[i];
        if (!transfer_carries(bd, i, class)) continue;
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
