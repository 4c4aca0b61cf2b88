/* Coupling rows: links, transfers, places, groups; which of them can bind; the lists by row. */
#include "network_build.h"

#include <stdlib.h>
#include <string.h>

static model_ref row_ref(row_kind kind, int64_t object, int t)
{
    return (model_ref){(uint8_t)kind, 0, -1, (int32_t)object, -1, -1, t};
}

/* Classes of which some link loses a part: their handling rows count what arrives in parts in a million. */
static class_set losing_classes(const case_data *cs)
{
    class_set classes = 0;
    for (int64_t i = 0; i < cs->link_count; i++)
        if (cs->links[i].loss_ppm > 0) classes |= cs->links[i].carries;
    return classes;
}

steppe_status build_add_capacity_rows(builder *bd)
{
    const case_data *cs = bd->cs;
    const int T = bd->hz->T;
    /* places[l]: decimals of the weights on link l; its scale makes all of them integers */
    int *places = MEM_ZERO(int, cs->link_count);
    if (!places) return steppe_no_memory(bd->ctx);
    for (int s = 0; s < bd->hz->states; s++)
        for (int64_t i = 0; i < bd->hz->cs[s].rule_count; i++)
            build_widen(&places[bd->hz->cs[s].rules[i].link], bd->hz->cs[s].rules[i].use);
    bool ok = true;
    for (int64_t i = 0; i < cs->link_count && ok; i++)
        for (int t = 0; t < T && ok; t++) {
            const int64_t row =
                build_add_row(bd, row_ref(ROW_LINK, i, t), NO_LOW, time_link(bd, i, t),
                              (int64_t)wide_pow10(places[i]));
            bd->link_row[i * T + t] = row;
            ok = row >= 0;
        }
    mem_free(places);
    for (int64_t i = 0; i < cs->transfer_count && ok; i++)
        for (int t = 0; t < T && ok; t++) {
            const int64_t up = time_transfer(bd, i, t);
            bd->transfer_row[i * T + t] =
                up < 0 ? -1 : build_add_row(bd, row_ref(ROW_TRANSFER, i, t), NO_LOW, up, 1);
            ok = up < 0 || bd->transfer_row[i * T + t] >= 0;
        }
    const class_set losing = losing_classes(cs);
    for (int64_t i = 0; i < cs->handling_count && ok; i++) {
        const handling *h = &cs->handlings[i];
        const int64_t scale = losing >> h->class & 1 ? 1000000 : 1;
        bd->handling_at[(int64_t)h->place * cs->class_count + h->class] = (int32_t)i;
        for (int t = 0; t < T && ok; t++) {
            const int64_t up = time_handling(bd, i, t);
            bd->handling_row[i * T + t] =
                up < 0 ? -1 : build_add_row(bd, row_ref(ROW_HANDLING, i, t), NO_LOW, up, scale);
            ok = up < 0 || bd->handling_row[i * T + t] >= 0;
        }
    }
    for (int32_t c = 0; c < cs->contract_count && ok; c++) {
        bd->contract_row[c] = -1;
        if (T == 1 || cs->contracts[c].by_period) continue;
        const int64_t min = time_contract(bd, c, -1, 0), max = time_contract(bd, c, -1, 1);
        bd->contract_row[c] = build_add_row(bd, row_ref(ROW_CONTRACT, c, -1),
                                            min > 0 ? min : NO_LOW, max >= 0 ? max : NO_UP, 1);
        ok = bd->contract_row[c] >= 0;
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

typedef struct {
    int64_t arc, weight;
} weighted;

static int by_arc(const void *a, const void *b)
{
    const weighted *p = a, *q = b;
    return (p->arc > q->arc) - (p->arc < q->arc);
}

/* The entries of a row from `start` on, in the order of the arcs; a link named twice counts twice in one entry. */
bool build_merge_entries(builder *bd, int64_t start)
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

/* Entries of the members of a group in period t (t < 0: in all). */
static bool add_members(builder *bd, int64_t row, const group *p, int64_t scale, int t,
                        const int64_t *first, const int64_t *list)
{
    const case_data *cs = bd->cs;
    const model *md = bd->md;
    const int64_t start = bd->entries;
    for (int64_t i = p->first_member; i < p->end_member; i++) {
        const group_member *m = &cs->members[i];
        if (m->weight == 0 || !m->open) continue;
        for (int64_t e = first[m->link]; e < first[m->link + 1]; e++) {
            const model_ref *ref = &md->arc[list[e]];
            if (m->commodity >= 0 && m->commodity != md->layer[ref->layer].good) continue;
            if (t >= 0 && ref->period != t) continue;
            if (!build_add_entry(bd, row, list[e], weight_of(m->weight, scale))) return false;
        }
    }
    return build_merge_entries(bd, start);
}

static int64_t group_scale(const case_data *cs, const group *p)
{
    int places = 0;
    for (int64_t i = p->first_member; i < p->end_member; i++)
        build_widen(&places, cs->members[i].weight);
    return (int64_t)wide_pow10(places);
}

/* Limits of a group in a period, or over the horizon: what it says in each state for its days. */
static void group_limits(const builder *bd, int64_t g, int t, int64_t *low, int64_t *up)
{
    wide min = 0, max = 0;
    const int from = t < 0 ? 0 : t, end = t < 0 ? bd->hz->T : t + 1;
    bool limited = true;
    wide units = 0; /* of the minimum: rounded like the capacities it has to pass */
    for (int i = from; i < end; i++) {
        min = 0;
        FOR_PARTS(bd, i, part)
        {
            const group *p = &bd->hz->cs[part->state].groups[g];
            limited &= p->open && p->capacity >= 0;
            if (!p->open) continue;
            min += part->days * p->min;
            if (p->capacity >= 0) max += part->days * p->capacity;
        }
        units += time_units(bd, min);
    }
    *low = units > 0 ? time_bounded(units) : NO_LOW;
    *up = limited ? time_units(bd, max) : NO_UP;
}

static bool add_group_rows(builder *bd, int64_t g, const int64_t *first, const int64_t *list)
{
    const group *p = &bd->cs->groups[g];
    const int64_t scale = group_scale(bd->cs, p);
    const int rows = p->over_horizon ? 1 : bd->hz->T;
    for (int i = 0; i < rows; i++) {
        const int t = p->over_horizon ? -1 : i;
        int64_t low, up;
        group_limits(bd, g, t, &low, &up);
        if (low == NO_LOW && up == NO_UP) continue;
        const int64_t row = build_add_row(bd, row_ref(ROW_GROUP, g, t), low, up, scale);
        if (row < 0 || !add_members(bd, row, p, scale, t, first, list)) return false;
    }
    return true;
}

#define MOST_FLOW ((int64_t)4000000000000000) /* of an arc: doubles hold it */

/* A column that only coupling rows see. */
static int64_t add_loop(builder *bd, arc_kind kind, int64_t object, int t, int64_t up,
                        int64_t cost)
{
    const model_ref ref = {(uint8_t)kind, 0, -1, (int32_t)object, -1, -1, t};
    return build_add_arc(bd, bd->plan_hub, bd->plan_hub, up < MOST_FLOW ? up : MOST_FLOW, cost,
                         ref);
}

/* Volume of a group in period t, plus what falls short, less what goes beyond, is the plan. */
static bool add_ramp_rows(builder *bd, int64_t i, const int64_t *first, const int64_t *list)
{
    const ramp *rp = &bd->cs->ramps[i];
    const group *p = &bd->cs->groups[rp->group];
    const int64_t scale = group_scale(bd->cs, p);
    for (int t = 0; t < bd->hz->T; t++) {
        const wide volume =
            bd->md->plan ? bd->md->plan[(int64_t)rp->group * bd->hz->T + t] : -1;
        int32_t days = 0;
        FOR_PARTS(bd, t, part) days += bd->hz->cs[part->state].ramps[i].open ? part->days : 0;
        if (volume < 0 || days == 0) continue; /* no plan to keep to */
        const int64_t plan_units = (int64_t)(volume / (FIX_ONE / bd->unit));
        /* on the days without the rule the group may do what it likes */
        const int64_t up = days < bd->hz->periods[t].days ? -1 : time_rate(bd, rp->up, t);
        int64_t down = days < bd->hz->periods[t].days ? -1 : time_rate(bd, rp->down, t);
        if (down < 0 || down > plan_units) down = plan_units;
        const int64_t cost = cost_units(bd, rp->cost);
        const int64_t row =
            /* with weights in fractions whole units keep to the plan within one */
            build_add_row(bd, row_ref(ROW_RAMP, i, t), plan_units - (scale > 1), plan_units,
                          scale);
        if (row < 0 || !add_members(bd, row, p, scale, t, first, list)) return false;
        const int64_t above = add_loop(bd, ARC_ABOVE_PLAN, i, t, up < 0 ? MOST_FLOW : up, cost);
        const int64_t below = add_loop(bd, ARC_BELOW_PLAN, i, t, down, cost);
        if (above < 0 || below < 0 || !build_add_entry(bd, row, above, -scale) ||
            !build_add_entry(bd, row, below, scale))
            return false;
    }
    return true;
}

/* What goes beyond the first step of a curve is counted by loops, each as long as its step. */
static bool add_curve_rows(builder *bd, int64_t from, int64_t end, const int64_t *first,
                           const int64_t *list)
{
    const case_data *cs = bd->cs;
    const model *md = bd->md;
    const curve_step *step = cs->curve_steps;
    const bool of_link = step[from].of == CURVE_LINK;
    for (int t = 0; t < bd->hz->T; t++) {
        const int64_t scale =
            of_link ? md->row_scale[bd->link_row[(int64_t)step[from].object * bd->hz->T + t]]
                    : 1;
        const int64_t row = build_add_row(bd, row_ref(ROW_CURVE, from, t), NO_LOW,
                                          time_rate(bd, step[from].from, t), scale);
        if (row < 0) return false;
        if (of_link) {
            for (int64_t e = first[step[from].object]; e < first[step[from].object + 1]; e++) {
                const model_ref *ref = &md->arc[list[e]];
                const wide use = time_use(bd, ref->object, md->layer[ref->layer].good);
                if (ref->period == t &&
                    !build_add_entry(bd, row, list[e], weight_of(use, scale)))
                    return false;
            }
        } else {
            for (int64_t a = 0; a < md->m; a++) {
                const model_ref *ref = &md->arc[a];
                const bool of = (ref->kind == ARC_LOAD && ref->object == step[from].object) ||
                                ((ref->kind == ARC_LOCAL || ref->kind == ARC_FEED) &&
                                 ref->other == step[from].object);
                if (of && ref->period == t && !build_add_entry(bd, row, a, 1)) return false;
            }
        }
        for (int64_t i = from; i < end; i++) {
            const int64_t start = time_rate(bd, step[i].from, t);
            const int64_t length =
                i + 1 < end ? time_rate(bd, step[i + 1].from, t) - start : MOST_FLOW;
            const int64_t a =
                add_loop(bd, ARC_CURVE, i, t, length, cost_units(bd, step[i].add));
            if (a < 0 || !build_add_entry(bd, row, a, -scale)) return false;
        }
    }
    return true;
}

/* A ratio of whole units is kept to so many of them: room for rounding what meets at the conversion. */
enum { RATIO_UNITS = 4 };

/* Outputs follow inputs: 0 <= ratio x first flow - output <= RATIO_UNITS; further inputs the other way round. */
static bool add_conversion_rows(builder *bd)
{
    const case_data *cs = bd->cs;
    for (int64_t c = 0; c < cs->conversion_count; c++) {
        const conversion *k = &cs->conversions[c];
        for (int64_t f = k->first_flow + 1; f < k->end_flow; f++) {
            const conversion_flow *cf = &cs->conversion_flows[f];
            int places = 0;
            build_widen(&places, cf->quantity);
            const int64_t scale = (int64_t)wide_pow10(places),
                          ratio = weight_of(cf->quantity, scale);
            const int64_t sign = cf->output ? 1 : -1;
            for (int t = 0; t < bd->hz->T; t++) {
                const int64_t from = bd->convert_arc[k->first_flow * bd->hz->T + t],
                              to = bd->convert_arc[f * bd->hz->T + t];
                const int64_t row =
                    build_add_row(bd, row_ref(ROW_CONVERSION, f, t), 0, RATIO_UNITS, scale);
                if (row < 0 || from < 0 || to < 0 ||
                    !build_add_entry(bd, row, from, sign * ratio) ||
                    !build_add_entry(bd, row, to, -sign * scale))
                    return false;
            }
        }
    }
    return true;
}

/* A contract minimum over the horizon that is missed has its price; its row then counts what is missing. */
static bool add_shortfalls(builder *bd)
{
    for (int32_t c = 0; c < bd->cs->contract_count; c++) {
        const int64_t row = bd->contract_row[c];
        if (row < 0 || bd->md->row_low[row] == NO_LOW) continue;
        if (bd->cs->contracts[c].shortfall_cost < 0) continue;
        const int64_t a = add_loop(bd, ARC_SHORTFALL, c, -1, bd->md->row_low[row],
                                   cost_units(bd, bd->cs->contracts[c].shortfall_cost));
        if (a < 0 || !build_add_entry(bd, row, a, 1)) return false;
    }
    return true;
}

/* Rows that need all goods: groups, ramps, curves, conversions, contracts over the horizon, policies. Their loop arcs
 * are the last block. */
steppe_status build_add_other_rows(builder *bd)
{
    const case_data *cs = bd->cs;
    model *md = bd->md;
    int64_t *first = NULL, *list = NULL;
    bool ok = arcs_of_links(bd, &first, &list) && build_reserve_nodes(bd, (int64_t)md->n + 1);
    steppe_status st = STEPPE_OK;
    if (ok) {
        md->commodity[md->K].good = -1;
        md->first_node[md->K] = md->n;
        md->first_arc[md->K] = md->m;
        bd->plan_hub = build_add_node(bd, (model_ref){NODE_HUB, 0, -1, -1, -1, -1, -1}, 0);
        md->balance[bd->plan_hub] = BALANCE_FREE;
    }
    for (int64_t g = 0; g < cs->group_count && ok; g++) ok = add_group_rows(bd, g, first, list);
    for (int64_t i = 0; i < cs->ramp_count && ok; i++) ok = add_ramp_rows(bd, i, first, list);
    for (int64_t i = 0; i < cs->curve_step_count && ok;) {
        int64_t end = i + 1;
        while (end < cs->curve_step_count && cs->curve_steps[end].of == cs->curve_steps[i].of &&
               cs->curve_steps[end].object == cs->curve_steps[i].object)
            end++;
        ok = add_curve_rows(bd, i, end, first, list);
        i = end;
    }
    ok = ok && add_conversion_rows(bd) && add_shortfalls(bd);
    if (ok) st = policy_add_rows(bd, first, list);
    if (ok && md->first_arc[md->K] < md->m)
        md->K++;
    else if (ok)
        md->n--; /* nobody needed the block */
    mem_free(first);
    mem_free(list);
    return ok ? st : steppe_no_memory(bd->ctx);
}

/* Entries sorted by row; rows that nothing uses or that cannot bind whatever the flows are left
 * out. */
steppe_status build_finish_rows(builder *bd)
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
