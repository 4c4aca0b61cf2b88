/* Coupling rows: links, transfers, places, groups; which of them can bind; the lists by row. */
#include "network_build.h"

#include <stdlib.h>
#include <string.h>

steppe_status build_add_capacity_rows(builder *bd)
{
    const case_data *cs = bd->cs;
    /* places[l]: decimals of the weights on link l; its scale makes all of them integers */
    int *places = MEM_ZERO(int, cs->link_count);
    if (!places) return steppe_no_memory(bd->ctx);
    for (int64_t i = 0; i < cs->rule_count; i++)
        build_widen(&places[cs->rules[i].link], cs->rules[i].use);
    bool ok = true;
    for (int64_t i = 0; i < cs->link_count && ok; i++) {
        const case_link *l = &cs->links[i];
        bd->link_row[i] = build_add_row(bd, ROW_LINK, (int32_t)i, NO_LOW,
                                        flow_units(bd, l->capacity - l->background),
                                        (int64_t)wide_pow10(places[i]));
        ok = bd->link_row[i] >= 0;
    }
    mem_free(places);
    for (int64_t i = 0; i < cs->transfer_count && ok; i++) {
        bd->transfer_row[i] = -1;
        if (cs->transfers[i].capacity < 0) continue;
        bd->transfer_row[i] = build_add_row(bd, ROW_TRANSFER, (int32_t)i, NO_LOW,
                                            flow_units(bd, cs->transfers[i].capacity), 1);
        ok = bd->transfer_row[i] >= 0;
    }
    for (int64_t i = 0; i < cs->handling_count && ok; i++) {
        const handling *h = &cs->handlings[i];
        bd->handling_row[i] =
            build_add_row(bd, ROW_HANDLING, (int32_t)i, NO_LOW, flow_units(bd, h->capacity), 1);
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
        build_widen(&places, cs->members[i].weight);
    const int64_t scale = (int64_t)wide_pow10(places);
    const int64_t row =
        build_add_row(bd, ROW_GROUP, (int32_t)g, p->min > 0 ? flow_units(bd, p->min) : NO_LOW,
                      flow_units(bd, p->capacity), scale);
    const int64_t start = bd->entries;
    if (row < 0) return false;
    for (int64_t i = p->first_member; i < p->end_member; i++) {
        const group_member *m = &cs->members[i];
        if (m->weight == 0) continue;
        for (int64_t e = first[m->link]; e < first[m->link + 1]; e++) {
            if (m->commodity >= 0 && m->commodity != good_of_arc(bd->md, list[e])) continue;
            if (!build_add_entry(bd, row, list[e], weight_of(m->weight, scale))) return false;
        }
    }
    return merge_entries(bd, start);
}

steppe_status build_add_group_rows(builder *bd)
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
