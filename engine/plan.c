/* Volumes of an earlier answer -> volumes of the groups of this case. See plan.h. */
#include "plan.h"

#include <jansson.h>
#include <string.h>

void volumes_free(link_volumes *lv)
{
    for (int64_t i = 0; i < lv->count; i++) mem_free(lv->key[i]);
    mem_free(lv->key);
    mem_free(lv->volume);
    names_free(&lv->map);
    memset(lv, 0, sizeof *lv);
}

static bool volumes_start(link_volumes *lv)
{
    memset(lv, 0, sizeof *lv);
    return names_init(&lv->map, 1024);
}

/* Takes the key, whatever happens. */
static bool volumes_append(link_volumes *lv, char *key, wide v)
{
    if (key && lv->count == lv->cap) {
        const int64_t cap = lv->cap ? 2 * lv->cap : 1024;
        char **keys = mem_resize(lv->key, (size_t)cap, sizeof *keys);
        if (keys) lv->key = keys;
        wide *volumes = keys ? mem_resize(lv->volume, (size_t)cap, sizeof *volumes) : NULL;
        if (volumes) lv->volume = volumes;
        if (volumes) lv->cap = cap;
    }
    if (!key || lv->count == lv->cap || names_add(&lv->map, key, lv->count) == -2) {
        mem_free(key);
        return false;
    }
    lv->key[lv->count] = key;
    lv->volume[lv->count++] = v;
    return true;
}

steppe_status volumes_copy(steppe_ctx *ctx, const link_volumes *from, link_volumes *out)
{
    bool ok = volumes_start(out);
    for (int64_t i = 0; i < from->count && ok; i++)
        ok = volumes_append(out, mem_copy_text(from->key[i]), from->volume[i]);
    if (ok) return STEPPE_OK;
    volumes_free(out);
    return steppe_no_memory(ctx);
}

static char *key_of(const char *link, const char *good, const char *at)
{
    text t = {0};
    text_addf(&t, "%s|%s|%s", link, good, at);
    if (!t.failed) return t.data;
    text_free(&t);
    return NULL;
}

static bool volumes_add(link_volumes *lv, const char *link, const char *good, const char *at,
                        wide v)
{
    char *key = key_of(link, good, at);
    if (!key) return false;
    const int64_t known = names_find(&lv->map, key);
    if (known >= 0) {
        lv->volume[known] += v;
        mem_free(key);
        return true;
    }
    return volumes_append(lv, key, v);
}

steppe_status volumes_of_answer(steppe_ctx *ctx, const model *md, const int64_t *x,
                                link_volumes *out)
{
    const wide unit = FIX_ONE / wide_pow10(md->flow_places);
    bool ok = volumes_start(out);
    for (int64_t a = 0; a < md->m && ok; a++) {
        const model_ref *r = &md->arc[a];
        if (r->kind != ARC_LINK || x[a] == 0) continue;
        ok = volumes_add(out, md->cs->links[r->object].id,
                         md->cs->commodities[md->layer[r->layer].good].id,
                         md->hz->periods[r->period].id, x[a] * unit);
    }
    if (ok) return STEPPE_OK;
    volumes_free(out);
    return steppe_no_memory(ctx);
}

/* Only a result of this case on this cut of its horizon says something of its periods. */
static steppe_status check_result(steppe_ctx *ctx, const char *dir, const char *case_name,
                                  const horizon *hz)
{
    text path = {0};
    char *bytes = NULL;
    size_t len = 0;
    json_error_t error;
    text_addf(&path, "%s/result.json", dir);
    steppe_status st =
        path.failed ? steppe_no_memory(ctx) : file_read(ctx, path.data, &bytes, &len);
    json_t *json = st == STEPPE_OK ? json_loadb(bytes, len, 0, &error) : NULL;
    if (st == STEPPE_OK) {
        const char *name = json_string_value(json_object_get(json, "case"));
        const json_int_t T = json_integer_value(json_object_get(json, "periods"));
        const char *first = json_string_value(json_object_get(json, "first_day"));
        char day[16];
        if (!name || strcmp(name, case_name) != 0)
            st = steppe_fail(ctx, STEPPE_BAD_INPUT,
                             "%s: found a result of %s, expected one of %s", path.data,
                             name ? name : "no case", case_name);
        else if (T != hz->T ||
                 (hz->dated &&
                  (!first || strcmp(first, day_text(day, hz->periods[0].first_day)))))
            st = steppe_fail(ctx, STEPPE_BAD_INPUT,
                             "%s: found %lld periods from %s, expected those of this solve: %d "
                             "from %s",
                             path.data, (long long)T, first ? first : "no date", hz->T,
                             hz->dated ? day_text(day, hz->periods[0].first_day) : "no date");
    }
    json_decref(json);
    mem_free(bytes);
    text_free(&path);
    return st;
}

steppe_status volumes_of_result(steppe_ctx *ctx, const char *dir, const char *case_name,
                                const horizon *hz, link_volumes *out)
{
    table *t = NULL;
    text path = {0};
    memset(out, 0, sizeof *out);
    STEPPE_TRY(check_result(ctx, dir, case_name, hz));
    text_addf(&path, "%s/link_flow.csv", dir);
    memset(out, 0, sizeof *out);
    const int64_t faults = ctx->faults;
    steppe_status st =
        path.failed ? steppe_no_memory(ctx) : table_read(ctx, path.data, "link_flow", &t);
    if (st == STEPPE_OK && ctx->faults > faults) st = STEPPE_BAD_INPUT;
    if (st == STEPPE_OK && !volumes_start(out)) st = steppe_no_memory(ctx);
    static const char *const head[] = {"link_id", "commodity", "period", "flow"};
    int col[4] = {0};
    for (int i = 0; i < 4 && st == STEPPE_OK; i++) {
        col[i] = table_column(t, head[i]);
        if (col[i] < 0)
            st = steppe_fail(ctx, STEPPE_BAD_INPUT,
                             "%s:1:1: found no column %s, expected a result of Steppe",
                             path.data, head[i]);
    }
    for (int64_t i = 0; st == STEPPE_OK && i < t->rows; i++) {
        wide v;
        const char *cell = table_cell(t, i, col[3]);
        const fix_result got = fix_parse(cell, &v);
        if (got != FIX_OK && got != FIX_ROUNDED)
            st = steppe_fail(ctx, STEPPE_BAD_INPUT, "%s:%lld:%d: found '%s', expected a number",
                             path.data, (long long)table_row_number(t, i), col[3] + 1, cell);
        else if (!volumes_add(out, table_cell(t, i, col[0]), table_cell(t, i, col[1]),
                              table_cell(t, i, col[2]), v))
            st = steppe_no_memory(ctx);
    }
    table_free(t);
    text_free(&path);
    if (st != STEPPE_OK) volumes_free(out);
    return st;
}

bool plan_needed(const horizon *hz)
{
    for (int s = 0; s < hz->states; s++)
        for (int64_t i = 0; i < hz->cs[s].ramp_count; i++)
            if (hz->cs[s].ramps[i].open) return true;
    return false;
}

/* A volume that reference_plan gives, -1. Its periods are those of the table, not of another cut. */
static wide given(const horizon *hz, int32_t g, int t)
{
    for (int s = 0; s < hz->states; s++) {
        const case_data *cs = &hz->cs[s];
        for (int64_t i = 0; i < cs->plan_volume_count; i++) {
            const plan_volume *v = &cs->plan_volumes[i];
            const bool same = cs->period_count == 0 ||
                              strcmp(cs->periods[v->period].id, hz->periods[t].id) == 0;
            if (v->open && v->group == g && same) return v->quantity;
        }
    }
    return -1;
}

/* false: no memory */
static bool volume_of(const case_data *cs, const group *g, const link_volumes *lv,
                      const char *at, wide *sum)
{
    *sum = 0;
    for (int64_t i = g->first_member; i < g->end_member; i++) {
        const group_member *m = &cs->members[i];
        for (int k = 0; k < cs->commodity_count; k++) {
            if (m->commodity >= 0 && m->commodity != k) continue;
            char *key = key_of(cs->links[m->link].id, cs->commodities[k].id, at);
            if (!key) return false;
            const int64_t found = names_find(&lv->map, key);
            mem_free(key);
            if (found >= 0)
                *sum += lv->volume[found] / FIX_ONE * m->weight +
                        lv->volume[found] % FIX_ONE * m->weight / FIX_ONE;
        }
    }
    return true;
}

steppe_status plan_make(steppe_ctx *ctx, const horizon *hz, const link_volumes *lv,
                        wide **volume)
{
    const case_data *cs = &hz->cs[0];
    *volume = MEM_NEW(wide, cs->group_count * hz->T);
    bool ok = *volume != NULL;
    for (int64_t g = 0; g < cs->group_count && ok; g++)
        for (int t = 0; t < hz->T && ok; t++) {
            wide *v = &(*volume)[g * hz->T + t];
            *v = given(hz, (int32_t)g, t);
            if (*v < 0 && lv) ok = volume_of(cs, &cs->groups[g], lv, hz->periods[t].id, v);
        }
    if (ok) return STEPPE_OK;
    mem_free(*volume);
    *volume = NULL;
    return steppe_no_memory(ctx);
}

static int64_t find_group(const case_data *cs, const char *id)
{
    for (int64_t g = 0; g < cs->group_count; g++)
        if (strcmp(cs->groups[g].id, id) == 0) return g;
    return -1;
}

static int find_period(const horizon *hz, const char *id)
{
    for (int t = 0; t < hz->T; t++)
        if (strcmp(hz->periods[t].id, id) == 0) return t;
    return -1;
}

steppe_status plan_read(steppe_ctx *ctx, const char *path, const horizon *hz, wide **volume)
{
    const int64_t cells = hz->cs[0].group_count * hz->T, faults = ctx->faults;
    table *t = NULL;
    *volume = NULL;
    steppe_status st = table_read(ctx, path, "plan", &t);
    if (st == STEPPE_OK && ctx->faults > faults) st = STEPPE_BAD_INPUT;
    if (st == STEPPE_OK) {
        *volume = MEM_NEW(wide, cells);
        if (!*volume) st = steppe_no_memory(ctx);
    }
    for (int64_t i = 0; i < cells && st == STEPPE_OK; i++) (*volume)[i] = -1;
    for (int64_t i = 0; st == STEPPE_OK && i < t->rows; i++) {
        const int64_t g = find_group(&hz->cs[0], table_cell(t, i, table_column(t, "group_id")));
        const int p = find_period(hz, table_cell(t, i, table_column(t, "period")));
        wide v;
        const fix_result got = fix_parse(table_cell(t, i, table_column(t, "quantity")), &v);
        if (g < 0 || p < 0 || (got != FIX_OK && got != FIX_ROUNDED))
            st = steppe_fail(ctx, STEPPE_BAD_INPUT,
                             "%s:%lld:1: found a row that is none of this case, expected "
                             "group_id, period and quantity",
                             path, (long long)table_row_number(t, i));
        else
            (*volume)[g * hz->T + p] = v;
    }
    for (int64_t i = 0; i < cells && st == STEPPE_OK; i++) {
        const wide v = given(hz, (int32_t)(i / hz->T), (int)(i % hz->T));
        char want[FIX_TEXT], found[FIX_TEXT];
        if (v >= 0 && v != (*volume)[i])
            st = steppe_fail(ctx, STEPPE_BAD_INPUT,
                             "%s:1:1: found %s for group '%s' in period %s, expected %s as in "
                             "reference_plan",
                             path, (*volume)[i] < 0 ? "nothing" : fix_text(found, (*volume)[i]),
                             hz->cs[0].groups[i / hz->T].id, hz->periods[i % hz->T].id,
                             fix_text(want, v));
    }
    table_free(t);
    if (st != STEPPE_OK) {
        mem_free(*volume);
        *volume = NULL;
    }
    return st;
}
