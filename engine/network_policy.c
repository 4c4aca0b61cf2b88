/* Policies as coupling rows: embargo, quota, shares, diversification, emission cap; and the emission price on arcs. */
#include "network_build.h"

#include <string.h>

/* A share of whole units is kept to so many of them: a rule that leaves a single point, such as no flow at all, would
 * have no whole one beside a vertex in fractions. */
enum { SHARE_UNITS = 4 };

static bool matches(const char *pattern, const char *word)
{
    return !pattern[0] || scenario_match(pattern, word);
}

bool policy_takes_good(const builder *bd, int64_t p, int good)
{
    return matches(bd->cs->policies[p].commodity, bd->cs->commodities[good].id);
}

bool policy_takes_layer(const builder *bd, int64_t p, int32_t layer)
{
    const char *hit = bd->cs->policies[p].supply_hit;
    if (!hit) return true;
    const int32_t origin = bd->md->layer[layer].origin;
    return origin >= 0 && hit[origin];
}

bool policy_takes_link(const builder *bd, int64_t p, int64_t link, int dir)
{
    const case_data *cs = bd->cs;
    const policy *k = &cs->policies[p];
    const case_link *l = &cs->links[link];
    if (k->link_hit && !k->link_hit[link]) return false;
    if (!k->into_country[0]) return true;
    const char *from = cs->places[dir ? l->to : l->from].country;
    const char *to = cs->places[dir ? l->from : l->to].country;
    return scenario_match(k->into_country, to) && strcmp(from, to) != 0;
}

int64_t policy_emission(const builder *bd, int64_t link, int good)
{
    const case_link *l = &bd->cs->links[link];
    if (l->length < 0) return 0;
    const wide gram = time_times(time_times(l->length, l->emission > 0 ? l->emission : 0),
                                 bd->cs->commodities[good].mass);
    return (int64_t)((gram + FIX_ONE / 2) / FIX_ONE); /* g per t = t / 10^6 per t */
}

int64_t policy_emission_cost(const builder *bd, int64_t link, int dir, int good, int32_t layer,
                             int t)
{
    wide sum = 0;
    for (int64_t p = 0; p < bd->cs->policy_count; p++) {
        wide value_days;
        if (bd->cs->policies[p].kind != POLICY_EMISSION_PRICE ||
            !policy_takes_good(bd, p, good) || !policy_takes_layer(bd, p, layer) ||
            !policy_takes_link(bd, p, link, dir) || time_policy(bd, p, t, &value_days) == 0)
            continue;
        sum += value_days / bd->hz->periods[t].days * policy_emission(bd, link, good) / 1000000;
    }
    return cost_units(bd, sum);
}

/* ---- rows ---------------------------------------------------------------------------- */

typedef struct {
    builder *bd;
    int64_t p;
    const policy *k;
    const int64_t *link_first, *link_arc;
    int T;
} rule;

/* Adds what the policy selects in period t to the row; scale: one unit of flow. emission: weighted by it. */
static bool add_selected(const rule *ru, int64_t row, int t, int64_t scale, bool emission)
{
    builder *bd = ru->bd;
    const model *md = bd->md;
    for (int64_t l = 0; l < bd->cs->link_count; l++) {
        for (int64_t e = ru->link_first[l]; e < ru->link_first[l + 1]; e++) {
            const model_ref *ref = &md->arc[ru->link_arc[e]];
            const int good = md->layer[ref->layer].good;
            if (ref->period != t || !policy_takes_good(bd, ru->p, good) ||
                !policy_takes_layer(bd, ru->p, ref->layer) ||
                !policy_takes_link(bd, ru->p, l, ref->dir))
                continue;
            const int64_t w = emission ? policy_emission(bd, l, good) : scale;
            if (w != 0 && !build_add_entry(bd, row, ru->link_arc[e], w)) return false;
        }
    }
    return true;
}

/* Adds w times what the selected supplies produce in period t. */
static bool add_produced(const rule *ru, int64_t row, int t, int64_t w)
{
    builder *bd = ru->bd;
    const model *md = bd->md;
    if (w == 0) return true;
    for (int64_t a = 0; a < md->m; a++) {
        const model_ref *ref = &md->arc[a];
        const bool from_supply = ref->kind == ARC_LOAD || ref->kind == ARC_LOCAL ||
                                 (ref->kind == ARC_FEED && ref->other >= 0);
        if (!from_supply || ref->period != t ||
            !policy_takes_good(bd, ru->p, md->layer[ref->layer].good) ||
            !policy_takes_layer(bd, ru->p, ref->layer))
            continue;
        if (!build_add_entry(bd, row, a, w)) return false;
    }
    return true;
}

/* What the selected links could carry on the days of period t that the policy does not cover. */
static wide uncovered(const rule *ru, int t, int32_t days)
{
    const builder *bd = ru->bd;
    const int32_t all = bd->hz->periods[t].days;
    wide sum = 0;
    if (days >= all) return 0;
    for (int64_t l = 0; l < bd->cs->link_count; l++)
        if (policy_takes_link(bd, ru->p, l, 0) || policy_takes_link(bd, ru->p, l, 1))
            sum += (wide)time_link(bd, l, t) * (all - days) / all;
    return sum;
}

static bool is_share(policy_kind kind)
{
    return kind == POLICY_MAX_SHARE || kind == POLICY_MIN_SHARE;
}

/* One row of the rule over periods [from, end): the limits of the days covered, and the flows of all periods touched. */
static bool add_rule(const rule *ru, int from, int end)
{
    builder *bd = ru->bd;
    const policy_kind kind = ru->k->kind;
    const bool at_least = kind == POLICY_OBLIGATION || kind == POLICY_MIN_SHARE;
    int places = 0;
    wide limit = 0, free_units = 0,
         at_least_units = 0; /* a minimum is rounded like the capacities it has to pass */
    bool any = false;
    for (int t = from; t < end; t++) {
        wide value_days;
        const int32_t days = time_policy(bd, ru->p, t, &value_days);
        if (days == 0) continue;
        any = true;
        limit += value_days;
        at_least_units += time_units(bd, value_days);
        free_units += uncovered(ru, t, days);
    }
    if (!any) return true;
    if (is_share(kind)) build_widen(&places, ru->k->value);
    const int64_t scale = kind == POLICY_EMISSION_CAP ? 1000000 : (int64_t)wide_pow10(places);
    int64_t bound = at_least ? time_bounded(at_least_units) : time_units(bd, limit);
    if (kind == POLICY_EMBARGO) bound = time_bounded(free_units);
    if (kind == POLICY_EMISSION_CAP)
        bound = time_units(bd, limit / 1000000); /* t: 10^-6 of the table unit */
    if (is_share(kind)) bound = scale == 1 ? 0 : at_least ? -SHARE_UNITS : SHARE_UNITS;
    const model_ref ref = {
        ROW_POLICY, 0, -1, (int32_t)ru->p, -1, -1, end - from == 1 ? from : -1};
    const int64_t row =
        build_add_row(bd, ref, at_least ? bound : NO_LOW, at_least ? NO_UP : bound, scale);
    if (row < 0) return false;
    const int64_t start = bd->entries;
    for (int t = from; t < end; t++) {
        wide value_days;
        if (time_policy(bd, ru->p, t, &value_days) == 0) continue;
        if (!add_selected(ru, row, t, scale, kind == POLICY_EMISSION_CAP)) return false;
        if (is_share(kind) && !add_produced(ru, row, t, -weight_of(ru->k->value, scale)))
            return false;
    }
    return build_merge_entries(bd, start);
}

/* ---- diversification ------------------------------------------------------------------- */

/* Is the demand of this market and good, and if so in which country? */
static const char *market_country(const builder *bd, int32_t d, const char *market, int good)
{
    const demand *dm = &bd->cs->demands[d];
    return dm->commodity == good && strcmp(dm->market, market) == 0
               ? bd->cs->places[dm->place].country
               : NULL;
}

static bool in_market(const builder *bd, const char *country, const char *market, int good)
{
    for (int32_t d = 0; d < bd->cs->demand_count; d++) {
        const char *c = market_country(bd, d, market, good);
        if (c && strcmp(c, country) == 0) return true;
    }
    return false;
}

/* Country a link arc comes straight from when it enters the market; NULL where it does not. */
static const char *enters_from(const builder *bd, const model_ref *ref, const char *market,
                               int good)
{
    const case_data *cs = bd->cs;
    const case_link *l = &cs->links[ref->object];
    const char *from = cs->places[ref->dir ? l->to : l->from].country;
    const char *to = cs->places[ref->dir ? l->from : l->to].country;
    if (strcmp(from, to) == 0 || !in_market(bd, to, market, good)) return NULL;
    return in_market(bd, from, market, good) ? NULL : from;
}

/* Flow from `country` into the market, less value x what the market takes, is not positive. Delivered is the base, less what
 * is short, plus what is taken above it. */
static bool add_neighbour(const rule *ru, const char *market, int good, const char *country,
                          int from, int end)
{
    builder *bd = ru->bd;
    const model *md = bd->md;
    int places = 0;
    build_widen(&places, ru->k->value);
    const int64_t scale = (int64_t)wide_pow10(places), share = weight_of(ru->k->value, scale);
    text label = {0};
    text_addf(&label, "%s:%s:%s", bd->cs->commodities[good].id, market, country);
    const int32_t name = label.data && !label.failed ? build_add_label(bd, label.data) : -1;
    text_free(&label);
    if (name < 0) return false;
    const model_ref ref = {
        ROW_POLICY, 0, -1, (int32_t)ru->p, name, -1, end - from == 1 ? from : -1};
    const int64_t row = build_add_row(bd, ref, NO_LOW, 0, scale);
    if (row < 0) return false;
    const int64_t start = bd->entries;
    wide base = 0;
    for (int64_t a = 0; a < md->m; a++) {
        const model_ref *r = &md->arc[a];
        wide value_days;
        if (r->period < from || r->period >= end ||
            time_policy(bd, ru->p, r->period, &value_days) == 0)
            continue;
        int64_t w = 0;
        if (r->kind == ARC_LINK && md->layer[r->layer].good == good) {
            const char *c = enters_from(bd, r, market, good);
            if (c && strcmp(c, country) == 0) w = scale;
        } else if (r->kind == ARC_SHORTAGE || r->kind == ARC_MIN_SHORTAGE ||
                   r->kind == ARC_EXTRA_DEMAND) {
            if (market_country(bd, r->object, market, good))
                w = r->kind == ARC_EXTRA_DEMAND ? -share : share;
        }
        if (w != 0 && !build_add_entry(bd, row, a, w)) return false;
    }
    for (int t = from; t < end; t++) {
        wide value_days;
        if (time_policy(bd, ru->p, t, &value_days) == 0) continue;
        for (int32_t d = 0; d < bd->cs->demand_count; d++)
            if (market_country(bd, d, market, good)) base += time_demand(bd, d, t, 0);
    }
    bd->md->row_up[row] = (int64_t)(base * share / scale) + (scale > 1 ? SHARE_UNITS : 0);
    return build_merge_entries(bd, start);
}

/* Every (market, good, neighbour country) once. */
static bool add_diversification(const rule *ru, int from, int end)
{
    builder *bd = ru->bd;
    const case_data *cs = bd->cs;
    const model *md = bd->md;
    for (int32_t d = 0; d < cs->demand_count; d++) {
        const char *market = cs->demands[d].market;
        const int good = cs->demands[d].commodity;
        if (!matches(ru->k->market, market) || !policy_takes_good(bd, ru->p, good)) continue;
        bool first = true;
        for (int32_t e = 0; e < d && first; e++)
            first =
                cs->demands[e].commodity != good || strcmp(cs->demands[e].market, market) != 0;
        if (!first) continue;
        const char **seen = MEM_NEW(const char *, cs->place_count);
        int64_t count = 0;
        bool ok = seen != NULL;
        for (int64_t a = 0; a < md->m && ok; a++) {
            const model_ref *r = &md->arc[a];
            if (r->kind != ARC_LINK || md->layer[r->layer].good != good) continue;
            const char *c = enters_from(bd, r, market, good);
            if (!c) continue;
            int64_t i = 0;
            while (i < count && strcmp(seen[i], c) != 0) i++;
            if (i < count) continue;
            seen[count++] = c;
            ok = add_neighbour(ru, market, good, c, from, end);
        }
        mem_free(seen);
        if (!ok) return false;
    }
    return true;
}

steppe_status policy_add_rows(builder *bd, const int64_t *link_first, const int64_t *link_arc)
{
    const int T = bd->hz->T;
    bool ok = true;
    for (int64_t p = 0; p < bd->cs->policy_count && ok; p++) {
        const policy *k = &bd->cs->policies[p];
        const rule ru = {bd, p, k, link_first, link_arc, T};
        if (k->kind == POLICY_EMISSION_PRICE) continue;
        /* an embargo has no sum to keep over the horizon: it holds day by day */
        const bool each = k->by_period || k->kind == POLICY_EMBARGO;
        for (int t = 0; t < (each ? T : 1) && ok; t++) {
            const int from = each ? t : 0, end = each ? t + 1 : T;
            ok = k->kind == POLICY_DIVERSIFICATION ? add_diversification(&ru, from, end)
                                                   : add_rule(&ru, from, end);
        }
    }
    return ok ? STEPPE_OK : steppe_no_memory(bd->ctx);
}
