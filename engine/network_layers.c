/* Layers: goods of one kind that a contract or a policy tells apart by the supply they come from.
 *
 * A supply gets a layer of its own where a contract names it and goods of another origin could
 * serve the same demand. Supplies that the same policies select share one. All layers of a good share its
 * hub, its demands and its capacities; only the ways are theirs. */
#include "network_build.h"

#include <stdlib.h>
#include <string.h>

static int32_t position(const int32_t *list, int32_t count, int32_t what)
{
    int32_t i = 0;
    while (i < count && list[i] != what) i++;
    return i;
}

/* Does some of the good come from no supply: from a stock, a conversion, or under way? A stock also joins ways. */
static bool comes_from_elsewhere(const case_data *cs, int good)
{
    bool any = false;
    for (int64_t s = 0; s < cs->storage_count; s++) any |= cs->storages[s].commodity == good;
    for (int64_t u = 0; u < cs->under_way_count; u++)
        any |= cs->under_ways[u].commodity == good;
    for (int64_t f = 0; f < cs->conversion_flow_count; f++)
        any |= cs->conversion_flows[f].output && cs->conversion_flows[f].commodity == good;
    return any;
}

/* own[s]: a contract needs supply s apart, since something else could reach the same sink, or has a contract with it too. */
static void mark_contracts(const builder *bd, int good, const int32_t *sources,
                           int32_t supplies, const int32_t *sinks, int32_t demands,
                           const char *reaches, char *own)
{
    const case_data *cs = bd->cs;
    const bool elsewhere = comes_from_elsewhere(cs, good);
    for (int32_t c = 0; c < cs->contract_count; c++) {
        const int32_t s = position(sources, supplies, cs->contracts[c].supply);
        const int32_t d = position(sinks, demands, cs->contracts[c].demand);
        if (s == supplies || d == demands) continue;
        own[s] = own[s] || elsewhere;
        for (int32_t o = 0; o < supplies && !own[s]; o++)
            own[s] = (char)(o != s && reaches[(int64_t)o * demands + d]);
        for (int32_t e = 0; e < cs->contract_count && !own[s]; e++)
            own[s] = (char)(e != c && cs->contracts[e].demand == cs->contracts[c].demand &&
                            position(sources, supplies, cs->contracts[e].supply) < supplies);
    }
}

static bool selects(const builder *bd, int64_t p, int good, int32_t id)
{
    const policy *k = &bd->cs->policies[p];
    return k->supply_hit && k->supply_hit[id] && policy_takes_good(bd, p, good);
}

static bool same_policies(const builder *bd, int good, int32_t a, int32_t b)
{
    for (int64_t p = 0; p < bd->cs->policy_count; p++)
        if (selects(bd, p, good, a) != selects(bd, p, good, b)) return false;
    return true;
}

static bool any_policy(const builder *bd, int good, int32_t a)
{
    for (int64_t p = 0; p < bd->cs->policy_count; p++)
        if (selects(bd, p, good, a)) return true;
    return false;
}

/* -1: no memory. */
static int32_t new_layer(builder *bd, int good, int32_t origin, bool alone)
{
    model *md = bd->md;
    text name = {0};
    text_add(&name, bd->cs->commodities[good].id);
    if (alone) text_addf(&name, "@%s", bd->cs->supplies[origin].id);
    for (int64_t p = 0; p < bd->cs->policy_count && origin >= 0 && !alone; p++)
        if (selects(bd, p, good, origin)) text_addf(&name, "@%s", bd->cs->policies[p].id);
    model_layer *more = mem_resize(md->layer, (size_t)md->layers + 1, sizeof *more);
    if (more) md->layer = more;
    if (!more || name.failed) {
        text_free(&name);
        return -1;
    }
    md->layer[md->layers] = (model_layer){good, origin, name.data};
    return md->layers++;
}

steppe_status layers_choose(builder *bd, int good, const int32_t *sources, int32_t supplies,
                            const int32_t *sinks, int32_t demands, const char *reaches,
                            int32_t *layer_of)
{
    const int32_t rest = new_layer(bd, good, -1, false);
    char *own = MEM_ZERO(char, supplies);
    bool ok = rest >= 0 && own;
    if (ok) mark_contracts(bd, good, sources, supplies, sinks, demands, reaches, own);
    for (int32_t s = 0; s < supplies && ok; s++) {
        layer_of[s] = -1;
        if (own[s]) {
            layer_of[s] = new_layer(bd, good, sources[s], true);
        } else if (!any_policy(bd, good, sources[s])) {
            layer_of[s] = rest;
        } else {
            for (int32_t o = 0; o < s && layer_of[s] < 0; o++)
                if (!own[o] && layer_of[o] != rest &&
                    same_policies(bd, good, sources[o], sources[s]))
                    layer_of[s] = layer_of[o];
            if (layer_of[s] < 0) layer_of[s] = new_layer(bd, good, sources[s], false);
        }
        ok = layer_of[s] >= 0;
    }
    mem_free(own);
    return ok ? STEPPE_OK : steppe_no_memory(bd->ctx);
}

int32_t layers_contract(const builder *bd, const int32_t *sources, const int32_t *layer_of,
                        int32_t supplies, int32_t layer, int32_t sink)
{
    for (int32_t c = 0; c < bd->cs->contract_count; c++) {
        const contract *k = &bd->cs->contracts[c];
        if (k->demand != sink) continue;
        const int32_t s = position(sources, supplies, k->supply);
        if (s < supplies && layer_of[s] == layer) return c;
    }
    return -1;
}
