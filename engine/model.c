#include "model.h"

#include <string.h>

steppe_status model_index_rows(steppe_ctx *ctx, model *md)
{
    const int64_t entries = md->row_first[md->rows];
    md->arc_first = MEM_ZERO(int64_t, md->m + 1);
    md->arc_row = MEM_NEW(int32_t, entries);
    md->arc_weight = MEM_NEW(int64_t, entries);
    if (!md->arc_first || !md->arc_row || !md->arc_weight) return steppe_no_memory(ctx);
    for (int64_t e = 0; e < entries; e++) md->arc_first[md->row_arc[e] + 1]++;
    for (int64_t a = 0; a < md->m; a++) md->arc_first[a + 1] += md->arc_first[a];
    for (int64_t r = 0; r < md->rows; r++) {
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            const int64_t at = md->arc_first[md->row_arc[e]]++;
            md->arc_row[at] = (int32_t)r;
            md->arc_weight[at] = md->row_weight[e];
        }
    }
    for (int64_t a = md->m; a > 0; a--) md->arc_first[a] = md->arc_first[a - 1];
    md->arc_first[0] = 0;
    return STEPPE_OK;
}

void model_free(model *md)
{
    for (int l = 0; md->layer && l < md->layers; l++) mem_free(md->layer[l].name);
    for (int l = 0; md->label && l < md->labels; l++) mem_free(md->label[l]);
    mem_free(md->layer);
    mem_free(md->plan);
    mem_free(md->label);
    mem_free(md->commodity);
    mem_free(md->first_node);
    mem_free(md->first_arc);
    mem_free(md->b);
    mem_free(md->balance);
    mem_free(md->node);
    mem_free(md->tail);
    mem_free(md->head);
    mem_free(md->low);
    mem_free(md->up);
    mem_free(md->cost);
    mem_free(md->loss_ppm);
    mem_free(md->arc);
    mem_free(md->row_low);
    mem_free(md->row_up);
    mem_free(md->row_scale);
    mem_free(md->row);
    mem_free(md->row_first);
    mem_free(md->row_arc);
    mem_free(md->row_weight);
    mem_free(md->arc_first);
    mem_free(md->arc_row);
    mem_free(md->arc_weight);
    mem_free(md->given.bytes);
    mem_free(md->given.arc);
    mem_free(md->given.node);
    mem_free(md->given.row);
    mem_free(md->key);
    memset(md, 0, sizeof *md);
}

/* ---- names --------------------------------------------------------------------------- */

const char *model_arc_kind(int kind)
{
    static const char *const name[] = {
        "link",       "transfer",    "pass",     "load",         "unload",       "local",
        "inject",     "withdraw",    "stock",    "feed",         "yield",        "extra_supply",
        "shut_in",    "deliver",     "shortage", "min_shortage", "extra_demand", "shortfall",
        "convert_in", "convert_out", "curve",    "above_plan",   "below_plan",   "arc"};
    return name[kind];
}

const char *model_row_kind(int kind)
{
    static const char *const name[] = {"link",  "transfer",   "handling", "group",   "contract",
                                       "stock", "inject",     "withdraw", "curve",   "policy",
                                       "ramp",  "conversion", "row",      "equation"};
    return name[kind];
}

const char *model_node_kind(int kind)
{
    static const char *const name[] = {"hub",    "supply", "demand", "count", "place",
                                       "arrive", "stock",  "feed",   "yield", "node"};
    return name[kind];
}

void model_commodity_name(const model *md, int k, text *t)
{
    const int good = md->commodity[k].good;
    if (!md->cs)
        text_addf(t, "k%d", good);
    else
        text_add(t, good < 0 ? "plan" : md->cs->commodities[good].id);
}

static int block_of(int64_t i, int K, const model *md, bool node)
{
    int lo = 0, hi = K;
    while (hi - lo > 1) {
        const int mid = (lo + hi) / 2;
        if ((node ? md->first_node[mid] : md->first_arc[mid]) <= i)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

int model_arc_block(const model *md, int64_t a)
{
    return block_of(a, md->K, md, false);
}

int model_node_block(const model *md, int32_t i)
{
    return block_of(i, md->K, md, true);
}

/* Layer, or the good where the thing belongs to none. */
static void add_owner(const model *md, const model_ref *r, int k, text *t)
{
    if (md->cs && r->layer >= 0)
        text_add(t, md->layer[r->layer].name);
    else
        model_commodity_name(md, k, t);
}

static void add_period(const model *md, const model_ref *r, text *t)
{
    if (md->cs && md->hz->dated && r->period >= 0)
        text_addf(t, ":%s", md->hz->periods[r->period].id);
}

static void add_transfer_name(const model *md, int32_t i, text *t)
{
    const transfer *x = &md->cs->transfers[i];
    text_addf(t, "%s:%s:%s", md->cs->places[x->place].id, md->cs->modes[x->from],
              md->cs->modes[x->to]);
    /* two rows of one place and mode change may carry different classes */
    for (int c = 0; c < md->cs->class_count; c++)
        if (x->carries >> c & 1) text_addf(t, ":%s", md->cs->classes[c]);
}

const conversion *model_conversion(const case_data *cs, int32_t flow)
{
    const conversion *c = cs->conversions;
    while (c->end_flow <= flow) c++;
    return c;
}

static const char *conversion_id(const case_data *cs, int32_t flow)
{
    return model_conversion(cs, flow)->id;
}

static const char *curve_id(const case_data *cs, int32_t step)
{
    const curve_step *s = &cs->curve_steps[step];
    return s->of == CURVE_LINK ? cs->links[s->object].id : cs->supplies[s->object].id;
}

static const char *flow_good(const case_data *cs, int32_t flow)
{
    return cs->commodities[cs->conversion_flows[flow].commodity].id;
}

/* The part of an arc's name behind its commodity. */
static void add_arc_object(const model *md, int64_t a, text *t)
{
    const model_ref *r = &md->arc[a];
    const case_data *cs = md->cs;
    text_addf(t, "%s:", model_arc_kind(r->kind));
    switch ((arc_kind)r->kind) {
    case ARC_LINK:
        text_addf(t, "%s:%s", cs->links[r->object].id, r->dir ? "b" : "f");
        break;
    case ARC_TRANSFER:
        add_transfer_name(md, r->object, t);
        break;
    case ARC_PASS:
        text_addf(t, "%s:%s", cs->places[r->object].id, cs->modes[r->mode]);
        break;
    case ARC_LOAD:
        text_addf(t, "%s:%s", cs->supplies[r->object].id, cs->modes[r->mode]);
        break;
    case ARC_UNLOAD:
        text_addf(t, "%s:%s", cs->demands[r->object].id, cs->modes[r->mode]);
        break;
    case ARC_LOCAL:
        text_addf(t, "%s:%s", cs->supplies[r->other].id, cs->demands[r->object].id);
        break;
    case ARC_INJECT:
    case ARC_STOCK:
        text_addf(t, "%s%s", cs->storages[r->object].id, r->dir ? ":own" : "");
        break;
    case ARC_WITHDRAW:
        text_add(t, cs->storages[r->object].id);
        if (r->other >= 0) text_addf(t, ":%s", cs->demands[r->other].id);
        if (r->other < -1) text_addf(t, ":%s", conversion_id(cs, -2 - r->other));
        break;
    case ARC_FEED:
    case ARC_YIELD:
    case ARC_CONVERT_IN:
    case ARC_CONVERT_OUT:
        text_addf(t, "%s:%s", conversion_id(cs, r->object), flow_good(cs, r->object));
        if (r->mode >= 0) text_addf(t, ":%s", cs->modes[r->mode]);
        if (r->other >= 0)
            text_addf(t, ":%s",
                      r->kind == ARC_FEED ? cs->supplies[r->other].id
                                          : cs->demands[r->other].id);
        if (r->other < -1) text_addf(t, ":%s", conversion_id(cs, -2 - r->other));
        break;
    case ARC_EXTRA_SUPPLY:
    case ARC_SHUT_IN:
        text_add(t, cs->supplies[r->object].id);
        break;
    case ARC_DELIVER:
    case ARC_SHORTAGE:
    case ARC_MIN_SHORTAGE:
    case ARC_EXTRA_DEMAND:
        text_add(t, cs->demands[r->object].id);
        break;
    case ARC_SHORTFALL:
        text_add(t, cs->contracts[r->object].id);
        break;
    case ARC_CURVE:
        text_addf(t, "%s:%lld", curve_id(cs, r->object),
                  (long long)table_row_number(cs->src->tab[T_COST_CURVE],
                                              cs->curve_steps[r->object].row));
        break;
    case ARC_ABOVE_PLAN:
    case ARC_BELOW_PLAN:
        text_add(t, cs->ramps[r->object].id);
        break;
    case ARC_PLAIN:
        text_addf(t, "%lld", (long long)r->object + 1);
        break;
    }
}

void model_arc_name(const model *md, int64_t a, text *t)
{
    if (md->given.bytes) {
        text_add(t, md->given.bytes + md->given.arc[a]);
        return;
    }
    add_owner(md, &md->arc[a], model_arc_block(md, a), t);
    text_add(t, ":");
    add_arc_object(md, a, t);
    add_period(md, &md->arc[a], t);
}

void model_node_name(const model *md, int32_t i, text *t)
{
    if (md->given.bytes) {
        text_add(t, md->given.bytes + md->given.node[i]);
        return;
    }
    const model_ref *r = &md->node[i];
    const case_data *cs = md->cs;
    add_owner(md, r, model_node_block(md, i), t);
    text_addf(t, ":%s", model_node_kind(r->kind));
    switch ((node_kind)r->kind) {
    case NODE_HUB:
        break;
    case NODE_SUPPLY:
        text_addf(t, ":%s", cs->supplies[r->object].id);
        break;
    case NODE_DEMAND:
    case NODE_COUNT:
        text_addf(t, ":%s", cs->demands[r->object].id);
        break;
    case NODE_PLACE:
    case NODE_ARRIVE:
        text_addf(t, ":%s:%s", cs->places[r->object].id, cs->modes[r->mode]);
        break;
    case NODE_STOCK:
        text_addf(t, ":%s", cs->storages[r->object].id);
        break;
    case NODE_FEED:
    case NODE_YIELD:
        text_addf(t, ":%s:%s", conversion_id(cs, r->object), flow_good(cs, r->object));
        break;
    case NODE_PLAIN:
        text_addf(t, ":%lld", (long long)r->object + 1);
        break;
    }
    add_period(md, r, t);
}

void model_row_name(const model *md, int64_t i, text *t)
{
    if (md->given.bytes) {
        text_add(t, md->given.bytes + md->given.row[i]);
        return;
    }
    const model_ref *r = &md->row[i];
    const case_data *cs = md->cs;
    text_addf(t, "%s:", model_row_kind(r->kind));
    switch ((row_kind)r->kind) {
    case ROW_LINK:
        text_add(t, cs->links[r->object].id);
        break;
    case ROW_TRANSFER:
        add_transfer_name(md, r->object, t);
        break;
    case ROW_HANDLING:
        text_addf(t, "%s:%s", cs->places[cs->handlings[r->object].place].id,
                  cs->classes[cs->handlings[r->object].class]);
        break;
    case ROW_GROUP:
        text_add(t, cs->groups[r->object].id);
        break;
    case ROW_CONTRACT:
        text_add(t, cs->contracts[r->object].id);
        break;
    case ROW_STOCK:
    case ROW_INJECT:
    case ROW_WITHDRAW:
        text_add(t, cs->storages[r->object].id);
        break;
    case ROW_CURVE:
        text_add(t, curve_id(cs, r->object));
        break;
    case ROW_POLICY:
        text_add(t, cs->policies[r->object].id);
        if (r->other >= 0) text_addf(t, ":%s", md->label[r->other]);
        break;
    case ROW_RAMP:
        text_add(t, cs->ramps[r->object].id);
        break;
    case ROW_CONVERSION:
        text_addf(t, "%s:%s", conversion_id(cs, r->object), flow_good(cs, r->object));
        break;
    case ROW_PLAIN:
    case ROW_EQUATION:
        text_addf(t, "%lld", (long long)r->object + 1);
        break;
    }
    add_period(md, r, t);
}

/* ---- keys ---------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, const char *s)
{
    for (; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
    return (h ^ 0xff) * 1099511628211u;
}

static uint64_t mix_number(uint64_t h, int64_t v)
{
    h ^= (uint64_t)v + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
    return h * 1099511628211u;
}

/* What every key begins with: kind, layer or good, mode, period. */
static uint64_t key_start(const model *md, uint64_t seed, const model_ref *r, int good,
                          const key_view *view)
{
    uint64_t h = mix_number(seed, r->kind * 2 + r->dir);
    if (r->layer >= 0 && !(view && view->plain))
        h = mix(h, md->layer[r->layer].name);
    else if (r->layer >= 0 || good >= 0)
        h = mix(h, md->cs->commodities[r->layer >= 0 ? md->layer[r->layer].good : good].id);
    if (r->mode >= 0) h = mix(h, md->cs->modes[r->mode]);
    if (r->period < 0) return h;
    return mix(h, view && view->as ? view->as[r->period] : md->hz->periods[r->period].id);
}

static uint64_t mix_transfer(const model *md, uint64_t h, int32_t i)
{
    const case_data *cs = md->cs;
    const transfer *x = &cs->transfers[i];
    h = mix(mix(mix(h, cs->places[x->place].id), cs->modes[x->from]), cs->modes[x->to]);
    return mix_number(h, (int64_t)x->carries);
}

static uint64_t mix_flow(const case_data *cs, uint64_t h, int32_t flow)
{
    return mix(mix(h, conversion_id(cs, flow)), flow_good(cs, flow));
}

static bool is_plain(const key_view *view)
{
    return !view || (!view->as && !view->plain);
}

uint64_t model_arc_key(const model *md, int64_t a, int k, const key_view *view)
{
    if (md->key && is_plain(view)) return md->key[a];
    const model_ref *r = &md->arc[a];
    const case_data *cs = md->cs;
    if (!cs)
        return mix_number(mix_number(mix_number(14695981039346656037u, r->kind), k), r->object);
    uint64_t h = key_start(md, 14695981039346656037u, r, md->commodity[k].good, view);
    switch ((arc_kind)r->kind) {
    case ARC_LINK:
        return mix(h, cs->links[r->object].id);
    case ARC_TRANSFER:
        return mix_transfer(md, h, r->object);
    case ARC_PASS:
        return mix(h, cs->places[r->object].id);
    case ARC_LOAD:
    case ARC_EXTRA_SUPPLY:
    case ARC_SHUT_IN:
        return mix(h, cs->supplies[r->object].id);
    case ARC_LOCAL:
        return mix(mix(h, cs->supplies[r->other].id), cs->demands[r->object].id);
    case ARC_UNLOAD:
    case ARC_DELIVER:
    case ARC_SHORTAGE:
    case ARC_MIN_SHORTAGE:
    case ARC_EXTRA_DEMAND:
        return mix(h, cs->demands[r->object].id);
    case ARC_INJECT:
    case ARC_STOCK:
        return mix(h, cs->storages[r->object].id);
    case ARC_WITHDRAW:
        h = mix(h, cs->storages[r->object].id);
        if (r->other >= 0) return mix(h, cs->demands[r->other].id);
        return r->other < -1 ? mix_flow(cs, h, -2 - r->other) : h;
    case ARC_FEED:
    case ARC_YIELD:
    case ARC_CONVERT_IN:
    case ARC_CONVERT_OUT:
        h = mix_flow(cs, h, r->object);
        if (r->other < -1) return mix_flow(cs, h, -2 - r->other);
        if (r->other < 0) return h;
        return mix(h,
                   r->kind == ARC_FEED ? cs->supplies[r->other].id : cs->demands[r->other].id);
    case ARC_SHORTFALL:
        return mix(h, cs->contracts[r->object].id);
    case ARC_CURVE:
        return mix_number(mix(h, curve_id(cs, r->object)),
                          (int64_t)(cs->curve_steps[r->object].from));
    case ARC_ABOVE_PLAN:
    case ARC_BELOW_PLAN:
        return mix(h, cs->ramps[r->object].id);
    case ARC_PLAIN:
        break;
    }
    return h;
}

uint64_t model_row_key(const model *md, int64_t i, const key_view *view)
{
    if (md->key && is_plain(view)) return md->key[md->m + md->n + i];
    const model_ref *r = &md->row[i];
    const case_data *cs = md->cs;
    if (!cs) return mix_number(mix_number(1469598103934665603u, r->kind), r->object);
    const uint64_t h = key_start(md, 1469598103934665603u, r, -1, view);
    switch ((row_kind)r->kind) {
    case ROW_LINK:
        return mix(h, cs->links[r->object].id);
    case ROW_TRANSFER:
        return mix_transfer(md, h, r->object);
    case ROW_HANDLING:
        return mix(mix(h, cs->places[cs->handlings[r->object].place].id),
                   cs->classes[cs->handlings[r->object].class]);
    case ROW_GROUP:
        return mix(h, cs->groups[r->object].id);
    case ROW_CONTRACT:
        return mix(h, cs->contracts[r->object].id);
    case ROW_STOCK:
    case ROW_INJECT:
    case ROW_WITHDRAW:
        return mix(h, cs->storages[r->object].id);
    case ROW_CURVE:
        return mix(h, curve_id(cs, r->object));
    case ROW_POLICY:
        return r->other >= 0 ? mix(mix(h, cs->policies[r->object].id), md->label[r->other])
                             : mix(h, cs->policies[r->object].id);
    case ROW_RAMP:
        return mix(h, cs->ramps[r->object].id);
    case ROW_CONVERSION:
        return mix_flow(cs, h, r->object);
    case ROW_PLAIN:
    case ROW_EQUATION:
        break;
    }
    return h;
}

uint64_t model_node_key(const model *md, int32_t i, int k, const key_view *view)
{
    if (md->key && is_plain(view)) return md->key[md->m + i];
    const model_ref *r = &md->node[i];
    const case_data *cs = md->cs;
    if (!cs)
        return mix_number(mix_number(mix_number(7809847782465536322u, r->kind), k), r->object);
    const uint64_t h = key_start(md, 7809847782465536322u, r, md->commodity[k].good, view);
    switch ((node_kind)r->kind) {
    case NODE_SUPPLY:
        return mix(h, cs->supplies[r->object].id);
    case NODE_DEMAND:
    case NODE_COUNT:
        return mix(h, cs->demands[r->object].id);
    case NODE_PLACE:
    case NODE_ARRIVE:
        return mix(h, cs->places[r->object].id);
    case NODE_STOCK:
        return mix(h, cs->storages[r->object].id);
    case NODE_FEED:
    case NODE_YIELD:
        return mix_flow(cs, h, r->object);
    case NODE_HUB:
    case NODE_PLAIN:
        break;
    }
    return h;
}

steppe_status model_make_keys(steppe_ctx *ctx, model *md)
{
    uint64_t *key = MEM_NEW(uint64_t, md->m + md->n + md->rows);
    if (!key) return steppe_no_memory(ctx);
    mem_free(md->key);
    md->key = NULL;
    const int K = md->K, threads = ctx->set.threads;
    (void)threads; /* without OpenMP */
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(md, key, K)                 \
    num_threads(threads)
    for (int k = 0; k < K; k++) {
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            key[a] = model_arc_key(md, a, k, NULL);
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++)
            key[md->m + i] = model_node_key(md, i, k, NULL);
    }
    for (int64_t r = 0; r < md->rows; r++) key[md->m + md->n + r] = model_row_key(md, r, NULL);
    md->key = key;
    return STEPPE_OK;
}
