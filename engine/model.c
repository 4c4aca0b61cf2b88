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
    memset(md, 0, sizeof *md);
}

/* ---- names --------------------------------------------------------------------------- */

const char *model_arc_kind(int kind)
{
    static const char *const name[] = {
        "link",         "transfer",   "pass",        "load",     "unload",       "local",
        "extra_supply", "shut_in",    "deliver",     "shortage", "min_shortage", "extra_demand",
        "shortfall",    "convert_in", "convert_out", "arc"};
    return name[kind];
}

const char *model_row_kind(int kind)
{
    static const char *const name[] = {"link",   "transfer",   "handling", "group",
                                       "demand", "conversion", "row"};
    return name[kind];
}

const char *model_node_kind(int kind)
{
    static const char *const name[] = {"hub",   "supply", "demand", "count",
                                       "place", "arrive", "node"};
    return name[kind];
}

void model_commodity_name(const model *md, int k, text *t)
{
    const model_commodity *c = &md->commodity[k];
    if (!md->cs) {
        text_addf(t, "k%d", c->good);
        return;
    }
    text_add(t, md->cs->commodities[c->good].id);
    if (c->origin >= 0) text_addf(t, "@%s", md->cs->supplies[c->origin].id);
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

static int commodity_of_arc(const model *md, int64_t a)
{
    int lo = 0, hi = md->K;
    while (hi - lo > 1) {
        const int mid = (lo + hi) / 2;
        if (md->first_arc[mid] <= a)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

static int commodity_of_node(const model *md, int32_t i)
{
    int lo = 0, hi = md->K;
    while (hi - lo > 1) {
        const int mid = (lo + hi) / 2;
        if (md->first_node[mid] <= i)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

/* The part of an arc's name behind its commodity. */
static void add_arc_object(const model *md, int64_t a, text *t)
{
    const model_ref *r = &md->arc[a];
    const case_data *cs = md->cs;
    text_addf(t, "%s:", model_arc_kind(r->kind));
    switch ((arc_kind)r->kind) {
    case ARC_LINK:
        text_addf(t, "%s:%c", cs->links[r->object].id, r->dir ? 'b' : 'f');
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
    case ARC_CONVERT_IN:
    case ARC_CONVERT_OUT:
        break;
    case ARC_PLAIN:
        text_addf(t, "%lld", (long long)r->object + 1);
        break;
    }
}

void model_arc_name(const model *md, int64_t a, text *t)
{
    model_commodity_name(md, commodity_of_arc(md, a), t);
    text_add(t, ":");
    add_arc_object(md, a, t);
}

void model_node_name(const model *md, int32_t i, text *t)
{
    const model_ref *r = &md->node[i];
    const case_data *cs = md->cs;
    model_commodity_name(md, commodity_of_node(md, i), t);
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
    case NODE_PLAIN:
        text_addf(t, ":%lld", (long long)r->object + 1);
        break;
    }
}

void model_row_name(const model *md, int64_t i, text *t)
{
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
    case ROW_DEMAND:
        text_add(t, cs->demands[r->object].id);
        break;
    case ROW_CONVERSION:
    case ROW_PLAIN:
        text_addf(t, "%lld", (long long)r->object + 1);
        break;
    }
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

static uint64_t mix_object(const model *md, uint64_t h, const model_ref *r)
{
    const case_data *cs = md->cs;
    const transfer *x;
    switch ((arc_kind)r->kind) {
    case ARC_LINK:
        return mix(h, cs->links[r->object].id);
    case ARC_TRANSFER:
        x = &cs->transfers[r->object];
        h = mix(mix(mix(h, cs->places[x->place].id), cs->modes[x->from]), cs->modes[x->to]);
        return mix_number(h, (int64_t)x->carries);
    case ARC_PASS:
        return mix(h, cs->places[r->object].id);
    case ARC_LOAD:
    case ARC_EXTRA_SUPPLY:
    case ARC_SHUT_IN:
        return mix(h, cs->supplies[r->object].id);
    case ARC_LOCAL:
        h = mix(h, cs->supplies[r->other].id);
        return mix(h, cs->demands[r->object].id);
    case ARC_UNLOAD:
    case ARC_DELIVER:
    case ARC_SHORTAGE:
    case ARC_MIN_SHORTAGE:
    case ARC_EXTRA_DEMAND:
        return mix(h, cs->demands[r->object].id);
    case ARC_SHORTFALL:
        return mix(h, cs->contracts[r->object].id);
    case ARC_CONVERT_IN:
    case ARC_CONVERT_OUT:
    case ARC_PLAIN:
        break;
    }
    return mix_number(h, r->object);
}

uint64_t model_arc_key(const model *md, int64_t a, int k)
{
    const model_ref *r = &md->arc[a];
    uint64_t h = mix_number(14695981039346656037u, r->kind * 2 + r->dir);
    if (!md->cs) return mix_number(mix_number(h, k), r->object);
    h = mix(h, md->cs->commodities[md->commodity[k].good].id);
    if (md->commodity[k].origin >= 0) h = mix(h, md->cs->supplies[md->commodity[k].origin].id);
    if (r->mode >= 0) h = mix(h, md->cs->modes[r->mode]);
    return mix_object(md, h, r);
}

uint64_t model_row_key(const model *md, int64_t i)
{
    const model_ref *r = &md->row[i];
    const case_data *cs = md->cs;
    const uint64_t h = mix_number(1469598103934665603u, r->kind);
    switch ((row_kind)r->kind) {
    case ROW_LINK:
        return mix(h, cs->links[r->object].id);
    case ROW_TRANSFER: {
        const model_ref as_arc = {ARC_TRANSFER, 0, -1, r->object, -1};
        return mix_object(md, h, &as_arc);
    }
    case ROW_HANDLING:
        return mix(mix(h, cs->places[cs->handlings[r->object].place].id),
                   cs->classes[cs->handlings[r->object].class]);
    case ROW_GROUP:
        return mix(h, cs->groups[r->object].id);
    case ROW_DEMAND:
        return mix(h, cs->demands[r->object].id);
    case ROW_CONVERSION:
    case ROW_PLAIN:
        break;
    }
    return mix_number(h, r->object);
}

uint64_t model_node_key(const model *md, int32_t i, int k)
{
    const model_ref *r = &md->node[i];
    const case_data *cs = md->cs;
    uint64_t h = mix_number(7809847782465536322u, r->kind);
    if (!cs) return mix_number(mix_number(h, k), r->object);
    h = mix(h, cs->commodities[md->commodity[k].good].id);
    if (md->commodity[k].origin >= 0) h = mix(h, cs->supplies[md->commodity[k].origin].id);
    if (r->mode >= 0) h = mix(h, cs->modes[r->mode]);
    switch ((node_kind)r->kind) {
    case NODE_SUPPLY:
        return mix(h, cs->supplies[r->object].id);
    case NODE_DEMAND:
    case NODE_COUNT:
        return mix(h, cs->demands[r->object].id);
    case NODE_PLACE:
    case NODE_ARRIVE:
        return mix(h, cs->places[r->object].id);
    case NODE_HUB:
    case NODE_PLAIN:
        break;
    }
    return h;
}
