/* What a good can reach in its class graph: forwards from its sources, backwards from its goals. */
#include "network_good.h"

#include <string.h>

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

static int32_t mark_node(const good_work *w, int32_t i, char *mark, int32_t count)
{
    if (i < 0 || mark[i]) return count;
    mark[i] = 1;
    w->queue[count++] = i;
    return count;
}

int32_t good_departure(const good_work *w, int32_t spot, int mode)
{
    return w->g->at[(int64_t)spot * w->bd->cs->mode_count + mode];
}

int32_t good_arrival(const good_work *w, int32_t spot, int mode)
{
    const int32_t i = good_departure(w, spot, mode);
    return i < 0 ? -1 : w->g->arrive[i];
}

/* All departures, or arrivals, of a place. */
static int32_t mark_place(const good_work *w, int32_t spot, bool arrivals, char *mark,
                          int32_t count)
{
    for (int mode = 0; mode < w->bd->cs->mode_count; mode++)
        count =
            mark_node(w, arrivals ? good_arrival(w, spot, mode) : good_departure(w, spot, mode),
                      mark, count);
    return count;
}

bool good_place_marked(const good_work *w, int32_t spot, const char *mark)
{
    for (int mode = 0; mode < w->bd->cs->mode_count; mode++) {
        const int32_t i = good_arrival(w, spot, mode);
        if (i >= 0 && mark[i]) return true;
    }
    return false;
}

/* reaches[s * demands + d]: a search per supply. */
void good_find_reach(const good_work *w)
{
    const case_data *cs = w->bd->cs;
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        memset(w->fore, 0, (size_t)w->g->nodes);
        spread(w, w->fore, mark_place(w, sp->place, false, w->fore, 0), true, false);
        for (int32_t d = 0; d < w->demands; d++) {
            const demand *dm = &cs->demands[w->demand[d]];
            w->reaches[(int64_t)s * w->demands + d] =
                dm->place == sp->place || good_place_marked(w, dm->place, w->fore);
        }
    }
}

/* Where the good goes: demands (of any state), conversions, stocks. */
static int32_t mark_goals(const good_work *w, bool all_demands, char *mark)
{
    const case_data *cs = w->bd->cs;
    int32_t count = 0;
    if (all_demands) {
        for (int32_t d = 0; d < cs->demand_count; d++)
            if (cs->demands[d].commodity == w->good && cs->demands[d].place >= 0)
                count = mark_place(w, cs->demands[d].place, true, mark, count);
    } else {
        for (int32_t d = 0; d < w->demands; d++)
            count = mark_place(w, cs->demands[w->demand[d]].place, true, mark, count);
    }
    for (int64_t c = 0; c < cs->conversion_count; c++)
        for (int64_t f = cs->conversions[c].first_flow; f < cs->conversions[c].end_flow; f++)
            if (!cs->conversion_flows[f].output && cs->conversion_flows[f].commodity == w->good)
                count = mark_place(w, cs->conversions[c].place, true, mark, count);
    for (int64_t s = 0; s < cs->storage_count; s++)
        if (cs->storages[s].commodity == w->good)
            count = mark_node(w, good_arrival(w, cs->storages[s].place, cs->storages[s].mode),
                              mark, count);
    return count;
}

/* Where a layer comes from; the first layer also has stocks, conversions and what was under way. */
static int32_t mark_sources(const good_work *w, int32_t layer, char *mark)
{
    const case_data *cs = w->bd->cs;
    int32_t count = 0;
    for (int32_t s = 0; s < w->supplies; s++)
        if (w->layer_of[s] == layer)
            count = mark_place(w, cs->supplies[w->supply[s]].place, false, mark, count);
    if (layer != w->first_layer) return count;
    for (int64_t s = 0; s < cs->storage_count; s++)
        if (cs->storages[s].commodity == w->good)
            count = mark_node(w, good_arrival(w, cs->storages[s].place, cs->storages[s].mode),
                              mark, count);
    for (int64_t c = 0; c < cs->conversion_count; c++)
        for (int64_t f = cs->conversions[c].first_flow; f < cs->conversions[c].end_flow; f++)
            if (cs->conversion_flows[f].output && cs->conversion_flows[f].commodity == w->good)
                count = mark_place(w, cs->conversions[c].place, false, mark, count);
    for (int64_t u = 0; u < cs->under_way_count; u++) {
        const under_way *v = &cs->under_ways[u];
        if (v->commodity != w->good) continue;
        const case_link *l = &cs->links[v->link];
        count = mark_node(w, good_arrival(w, v->dir ? l->from : l->to, l->mode), mark, count);
    }
    return count;
}

/* A stock takes what leaves its place and gives as if it had arrived: a way that the class graph does not show. */
static void spread_through_stocks(const good_work *w, char *mark, bool forward)
{
    const case_data *cs = w->bd->cs;
    for (int64_t s = 0; s < cs->storage_count; s++) {
        const storage *st = &cs->storages[s];
        if (st->commodity != w->good) continue;
        const int32_t leaves = good_departure(w, st->place, st->mode),
                      arrives = good_arrival(w, st->place, st->mode);
        const int32_t from = forward ? leaves : arrives, to = forward ? arrives : leaves;
        if (from < 0 || !mark[from] || mark[to]) continue;
        spread(w, mark, mark_node(w, to, mark, 0), forward, false);
        s = -1; /* another stock may be reached now */
    }
}

/* The fault of a supply cut off from every goal even if all links were open: one search backwards from all. */
void good_check_supplies(const good_work *w)
{
    const case_data *cs = w->bd->cs;
    memset(w->back, 0, (size_t)w->g->nodes);
    spread(w, w->back, mark_goals(w, true, w->back), false, true);
    for (int32_t s = 0; s < w->supplies; s++) {
        const supply *sp = &cs->supplies[w->supply[s]];
        bool any = false;
        for (int mode = 0; mode < cs->mode_count && !any; mode++) {
            const int32_t i = good_departure(w, sp->place, mode);
            any = i >= 0 && w->back[i];
        }
        for (int32_t d = 0; d < cs->demand_count && !any; d++)
            any = cs->demands[d].commodity == w->good && cs->demands[d].place == sp->place;
        for (int64_t c = 0; c < cs->conversion_count && !any; c++)
            for (int64_t f = cs->conversions[c].first_flow; f < cs->conversions[c].end_flow;
                 f++)
                any |= cs->conversions[c].place == sp->place &&
                       cs->conversion_flows[f].commodity == w->good;
        const table *t = cs->src->tab[T_SUPPLY];
        if (!any)
            steppe_fault(w->bd->ctx,
                         "%s:%lld:1: found supply %s, which no demand for %s can reach, "
                         "expected a way to one over links and transfers",
                         t->path, (long long)table_row_number(t, sp->row), sp->id,
                         cs->commodities[w->good].id);
    }
}

void good_reach_layer(const good_work *w, int32_t layer)
{
    memset(w->fore, 0, (size_t)w->g->nodes);
    memset(w->back, 0, (size_t)w->g->nodes);
    spread(w, w->fore, mark_sources(w, layer, w->fore), true, false);
    spread(w, w->back, mark_goals(w, false, w->back), false, false);
    spread_through_stocks(w, w->fore, true);
    spread_through_stocks(w, w->back, false);
}
