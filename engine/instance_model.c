/* The canonical form of a linear program in which a network was found: parts become commodities, a
 * balance with a range gets a slack to the free hub of its commodity, columns with one end lead
 * from or to the hub, columns without any are loops that only coupling rows see. */
#include "instance_mps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST ((wide)4000000000000000) /* flow units: doubles hold them */

enum { MOST_BLOCKS = 500 }; /* more parts than that share the last commodity */

/* A balance in flow units: out - in = b, and a slack from it to the hub, or back. */
typedef struct {
    int64_t b, low, up; /* of the slack; none: up 0 */
    bool to_hub, lossy;
} balance;

typedef struct {
    steppe_ctx *ctx;
    const mps_file *f;
    const mps_network *net;
    const mps_bounds *b;
    model *md;
    int32_t *block;  /* rows: of balances */
    int blocks;      /* with the one of loops */
    bool *hubs;      /* blocks */
    balance *node;   /* rows */
    int32_t *number; /* rows: node of a balance, coupling row of another; -1 */
    int32_t *hub;    /* blocks: node, -1 */
    int64_t *arc;    /* columns */
    wide flow, cost; /* 12 places per unit */
    text bytes;
} maker;

/* ---- units --------------------------------------------------------------------------- */

typedef struct {
    int need; /* decimals */
    mps_place at;
    const char *name;
    wide value;
    double most, derived; /* largest number of the file, largest bound that follows */
} extent;

static void see(extent *x, wide v, mps_place at, const char *name)
{
    const int places = instance_decimals(v);
    if (fabs(fix_double(v)) > x->most) x->most = fabs(fix_double(v));
    if (places <= x->need) return;
    *x = (extent){places, at, name, v, x->most, x->derived};
}

static wide scaled(const maker *mk, int64_t i, wide limit)
{
    wide v;
    return mps_divide(limit, mk->net->size[i], &v) ? v
                                                   : 0; /* the detection saw that it can be */
}

static void see_rows(const maker *mk, extent *x)
{
    const mps_file *f = mk->f;
    for (int64_t i = 0; i < f->rows; i++) {
        const mps_row *row = &f->row[i];
        const bool node = mk->net->sign[i] != 0, up = mps_has_up(row->up),
                   low = mps_has_low(row->low);
        const mps_place at = row->range_at.line ? row->range_at : row->rhs_at;
        if (up) see(x, node ? scaled(mk, i, row->up) : row->up, at, row->name);
        if (low) see(x, node ? scaled(mk, i, row->low) : row->low, at, row->name);
        if (node) x->derived = fmax(x->derived, mk->b->slack[i]);
    }
}

static steppe_status choose_places(maker *mk)
{
    const mps_file *f = mk->f;
    extent x = {.most = 1.0};
    int cost = 6;
    wide high = FIX_ONE, dearest = 0;
    int64_t finest = 0;
    see_rows(mk, &x);
    for (int64_t j = 0; j < f->columns; j++) {
        const mps_column *c = &f->column[j];
        const wide size = c->cost < 0 ? -c->cost : c->cost;
        if (mps_has_low(c->low)) see(&x, c->low, c->low_at, c->name);
        if (mps_has_up(c->up)) see(&x, c->up, c->up_at, c->name);
        x.derived = fmax(x.derived, fmax(fabs(mk->b->low[j]), fabs(mk->b->up[j])));
        if (instance_decimals(c->cost) > cost) {
            cost = instance_decimals(c->cost);
            finest = j;
        }
        if (size > high) high = size;
    }
    dearest = high / FIX_ONE + 1;
    if (dearest * wide_pow10(cost) > (wide)100000000000000000)
        return steppe_fail(
            mk->ctx, STEPPE_OVERFLOW,
            "%s:%lld:%d: found a cost with %d decimals beside one of %.6g, expected "
            "ranges that fit 17 digits",
            f->path, (long long)f->column[finest].cost_at.line, f->column[finest].cost_at.field,
            cost, fix_double(high));
    int places = FIX_PLACES;
    while (places > 0 && ceil(x.most) * pow(10.0, places) > (double)LARGEST) places--;
    /* no flow needs to come near a bound that only follows: it may be larger, but not drive decimals out */
    while (places > x.need && ceil(x.derived) * pow(10.0, places) > (double)LARGEST) places--;
    if (places < x.need || ceil(x.most) > (double)LARGEST ||
        x.derived * pow(10.0, places) > 1e17) {
        if (places >= x.need) x.most = fmax(x.most, x.derived);
        char b[FIX_TEXT];
        return steppe_fail(
            mk->ctx, STEPPE_OVERFLOW,
            "%s:%lld:%d: found %s of '%s' beside quantities or bounds of %.6g, expected "
            "ranges that fit 15 digits",
            f->path, (long long)x.at.line, x.at.field, fix_text(b, x.value),
            x.name ? x.name : "", x.most);
    }
    mk->md->flow_places = places;
    mk->md->cost_places = cost;
    return STEPPE_OK;
}

static steppe_status set_offset(maker *mk)
{
    const mps_file *f = mk->f;
    model *md = mk->md;
    wide v = f->offset;
    int places = v == 0 ? 0 : f->offset_places;
    for (; places > 0 && v % 10 == 0; places--) v /= 10;
    const int more = places - md->flow_places - md->cost_places;
    if (more > 0 && md->cost_places + more <= FIX_PLACES) md->cost_places += more;
    const int at = md->flow_places + md->cost_places - places;
    if (at < 0 || __builtin_mul_overflow(v, wide_pow10(at), &md->offset))
        return steppe_fail(
            mk->ctx, STEPPE_OVERFLOW,
            "%s:%lld:%d: found an offset of the objective with %d decimals, expected at "
            "most %d here",
            f->path, (long long)f->offset_at.line, f->offset_at.field, places,
            md->flow_places + md->cost_places);
    mk->flow = FIX_ONE / wide_pow10(md->flow_places);
    mk->cost = FIX_ONE / wide_pow10(md->cost_places);
    return STEPPE_OK;
}

static int64_t outwards(const maker *mk, double v)
{
    const double u = v * pow(10.0, mk->md->flow_places);
    return (int64_t)(v < 0.0 ? floor(u) : ceil(u));
}

/* ---- commodities --------------------------------------------------------------------- */

typedef struct {
    int64_t size, part;
} part_size;

static int by_size(const void *a, const void *b)
{
    const part_size *p = a, *q = b;
    if (p->size != q->size) return p->size > q->size ? -1 : 1;
    return (p->part > q->part) - (p->part < q->part);
}

/* Parts in the order of their first rows; where there are too many, the small ones together. */
static bool number_blocks(maker *mk)
{
    const mps_network *net = mk->net;
    const int64_t rows = mk->f->rows;
    part_size *list = MEM_NEW(part_size, net->parts);
    int64_t *size = MEM_ZERO(int64_t, rows), parts = 0;
    int32_t *block_of = MEM_NEW(int32_t, rows);
    const bool ok = list && size && block_of;
    for (int64_t i = 0; i < rows && ok; i++)
        if (net->sign[i]) size[net->part[i]]++;
    for (int64_t i = 0; i < rows && ok; i++)
        if (net->sign[i] && net->part[i] == i) list[parts++] = (part_size){size[i], i};
    if (ok) {
        const int64_t own = parts <= MOST_BLOCKS ? parts : MOST_BLOCKS - 1;
        if (own < parts) qsort(list, (size_t)parts, sizeof *list, by_size);
        for (int64_t q = 0; q < parts; q++) block_of[list[q].part] = q < own ? 0 : -1;
        for (int64_t i = 0; i < rows; i++)
            if (net->sign[i] && net->part[i] == i && block_of[i] == 0)
                block_of[i] = mk->blocks++;
        for (int64_t i = 0; i < rows; i++) {
            if (!net->sign[i]) continue;
            const int32_t k = block_of[net->part[i]];
            mk->block[i] = k < 0 ? mk->blocks : k;
        }
        mk->blocks += own < parts;
    }
    mem_free(list);
    mem_free(size);
    mem_free(block_of);
    return ok;
}

static int column_block(const maker *mk, int64_t j)
{
    const int32_t i = mk->net->tail[j] >= 0 ? mk->net->tail[j] : mk->net->head[j];
    return i < 0 ? mk->blocks - 1 : mk->block[i];
}

/* Quantity and slack of a balance. A losing arc leaves less than a unit at its head, which the slack leaves out. */
static void set_balance(maker *mk, int64_t i, int64_t *inexact)
{
    const mps_row *row = &mk->f->row[i];
    balance *nd = &mk->node[i];
    const bool as_is = mk->net->sign[i] > 0, has_low = mps_has_low(as_is ? row->low : -row->up),
               has_up = mps_has_up(as_is ? row->up : -row->low);
    int64_t low = 0, up = 0;
    const int64_t far = outwards(mk, mk->b->slack[i]);
    if (has_low) low = (int64_t)(scaled(mk, i, as_is ? row->low : -row->up) / mk->flow);
    if (has_up) up = (int64_t)(scaled(mk, i, as_is ? row->up : -row->low) / mk->flow);
    nd->b = has_up ? up : low;
    nd->to_hub = has_up;
    nd->low = 0;
    nd->up = has_up && has_low ? up - low : far;
    if (nd->lossy && has_up && has_low && up == low)
        (*inexact)++;
    else if (nd->lossy && has_up)
        nd->up -= nd->up > 0;
    else if (nd->lossy)
        nd->low = 1, nd->up += 1;
    if (nd->up > 0) mk->hubs[mk->block[i]] = true;
}

static bool new_maker(maker *mk)
{
    const mps_file *f = mk->f;
    mk->block = MEM_NEW(int32_t, f->rows);
    mk->node = MEM_ZERO(balance, f->rows);
    mk->number = MEM_NEW(int32_t, f->rows);
    mk->arc = MEM_NEW(int64_t, f->columns);
    if (!mk->block || !mk->node || !mk->number || !mk->arc || !number_blocks(mk)) return false;
    bool loops = false;
    for (int64_t j = 0; j < f->columns; j++)
        loops |= mk->net->tail[j] < 0 && mk->net->head[j] < 0;
    mk->blocks += loops;
    mk->hubs = MEM_ZERO(bool, mk->blocks);
    mk->hub = MEM_NEW(int32_t, mk->blocks);
    if (!mk->hubs || !mk->hub) return false;
    for (int64_t j = 0; j < f->columns; j++) {
        const int32_t u = mk->net->tail[j], v = mk->net->head[j];
        if (u < 0 || v < 0) mk->hubs[column_block(mk, j)] = true;
        if (v >= 0 && mps_loss(f, mk->net, j) > 0) mk->node[v].lossy = true;
    }
    return true;
}

static void free_maker(maker *mk)
{
    mem_free(mk->block);
    mem_free(mk->node);
    mem_free(mk->number);
    mem_free(mk->arc);
    mem_free(mk->hubs);
    mem_free(mk->hub);
    text_free(&mk->bytes);
}

/* ---- nodes, arcs, rows --------------------------------------------------------------- */

/* Without a hub potentials are relative, but not where arcs lose: such nodes come first in their block. */
static int64_t place_of_node(const maker *mk, int64_t i)
{
    return 2 * (int64_t)mk->block[i] + !mk->node[i].lossy;
}

static bool make_nodes(maker *mk)
{
    const mps_file *f = mk->f;
    model *md = mk->md;
    const int64_t n = mk->net->balances + mk->blocks;
    int64_t *at = MEM_ZERO(int64_t, 2 * (int64_t)mk->blocks + 1);
    md->K = mk->blocks;
    md->commodity = MEM_NEW(model_commodity, mk->blocks);
    md->first_node = MEM_NEW(int32_t, mk->blocks + 1);
    md->b = MEM_ZERO(int64_t, n);
    md->balance = MEM_ZERO(uint8_t, n); /* BALANCE_EXACT */
    md->node = MEM_NEW(model_ref, n);
    md->given.node = MEM_ZERO(int64_t, n);
    const bool ok = at && md->commodity && md->first_node && md->b && md->balance && md->node &&
                    md->given.node;
    for (int64_t i = 0; i < f->rows && ok; i++)
        if (mk->net->sign[i]) at[place_of_node(mk, i)]++;
    for (int k = 0; k < mk->blocks && ok; k++) {
        md->commodity[k].good = k;
        md->first_node[k] = md->n;
        mk->hub[k] = mk->hubs[k] ? md->n : -1;
        if (mk->hubs[k]) md->balance[md->n++] = BALANCE_FREE;
        for (int half = 0; half < 2; half++) {
            const int64_t count = at[2 * k + half];
            at[2 * k + half] = md->n;
            md->n += (int32_t)count;
        }
    }
    if (ok) md->first_node[mk->blocks] = md->n;
    for (int64_t i = 0; i < f->rows && ok; i++) {
        if (!mk->net->sign[i]) continue;
        const int32_t v = (int32_t)at[place_of_node(mk, i)]++;
        mk->number[i] = v;
        md->b[v] = mk->node[i].b;
        if (mk->node[i].lossy) md->balance[v] = BALANCE_LOSSY;
    }
    for (int32_t v = 0; v < md->n && ok; v++)
        md->node[v] = (model_ref){NODE_PLAIN, 0, -1, v, -1, -1, -1};
    mem_free(at);
    return ok;
}

static void set_arc(maker *mk, int64_t a, int32_t tail, int32_t head, int64_t low, int64_t up)
{
    model *md = mk->md;
    md->tail[a] = tail;
    md->head[a] = head;
    md->low[a] = low;
    md->up[a] =
        up < low ? low : up; /* a slack shorter than it has to be: the rest says why not */
    md->cost[a] = 0;
    md->arc[a] = (model_ref){ARC_PLAIN, 0, -1, (int32_t)a, -1, -1, -1};
}

static void set_column(maker *mk, int64_t j, int64_t a)
{
    const mps_column *c = &mk->f->column[j];
    const int32_t u = mk->net->tail[j], v = mk->net->head[j],
                  hub = mk->hub[column_block(mk, j)];
    const int64_t low = mps_has_low(c->low) ? (int64_t)(c->low / mk->flow)
                                            : outwards(mk, mk->b->low[j]),
                  up = mps_has_up(c->up) ? (int64_t)(c->up / mk->flow)
                                         : outwards(mk, mk->b->up[j]);
    set_arc(mk, a, u < 0 ? hub : mk->number[u], v < 0 ? hub : mk->number[v], low, up);
    mk->md->cost[a] = (int64_t)(c->cost / mk->cost);
    mk->arc[j] = a;
    const int32_t loss = mps_loss(mk->f, mk->net, j);
    if (mk->md->loss_ppm) mk->md->loss_ppm[a] = loss;
}

/* Columns in the order of the file inside their block, then the slacks in that of their rows. */
static bool make_arcs(maker *mk)
{
    const mps_file *f = mk->f;
    model *md = mk->md;
    bool lossy = false;
    int64_t slacks = 0;
    for (int64_t i = 0; i < f->rows; i++) {
        lossy |= mk->node[i].lossy;
        slacks += mk->node[i].up > 0;
    }
    const int64_t m = f->columns + slacks;
    int64_t *at = MEM_ZERO(int64_t, mk->blocks + 1);
    md->m = m;
    md->first_arc = MEM_ZERO(int64_t, mk->blocks + 1);
    md->tail = MEM_NEW(int32_t, m);
    md->head = MEM_NEW(int32_t, m);
    md->low = MEM_NEW(int64_t, m);
    md->up = MEM_NEW(int64_t, m);
    md->cost = MEM_NEW(int64_t, m);
    md->arc = MEM_NEW(model_ref, m);
    if (lossy) md->loss_ppm = MEM_ZERO(int32_t, m);
    md->given.arc = MEM_ZERO(int64_t, m);
    const bool ok = at && md->first_arc && md->tail && md->head && md->low && md->up &&
                    md->cost && md->arc && (!lossy || md->loss_ppm) && md->given.arc;
    if (ok) {
        for (int64_t j = 0; j < f->columns; j++) md->first_arc[column_block(mk, j) + 1]++;
        for (int64_t i = 0; i < f->rows; i++)
            if (mk->node[i].up > 0) md->first_arc[mk->block[i] + 1]++;
        for (int k = 0; k < mk->blocks; k++) md->first_arc[k + 1] += md->first_arc[k];
        memcpy(at, md->first_arc, (size_t)mk->blocks * sizeof *at);
        for (int64_t j = 0; j < f->columns; j++) set_column(mk, j, at[column_block(mk, j)]++);
        for (int64_t i = 0; i < f->rows; i++) {
            const balance *nd = &mk->node[i];
            if (nd->up == 0) continue;
            const int32_t v = mk->number[i], hub = mk->hub[mk->block[i]];
            const int64_t a = at[mk->block[i]]++;
            set_arc(mk, a, nd->to_hub ? v : hub, nd->to_hub ? hub : v, nd->low, nd->up);
            mk->node[i].b = a; /* b is in the model: the slack's arc, for its name */
        }
    }
    mem_free(at);
    return ok;
}

/* Does a row that is no balance say anything? */
static bool couples(const mps_row *row, int64_t entries)
{
    if (row->type == 'N' || (!mps_has_up(row->up) && !mps_has_low(row->low))) return false;
    return entries > 0 || row->up < 0 || row->low > 0;
}

static bool new_rows(maker *mk, int64_t *entries)
{
    const mps_file *f = mk->f;
    model *md = mk->md;
    int64_t *count = MEM_ZERO(int64_t, f->rows);
    if (!count) return false;
    for (int64_t e = 0; e < f->entries; e++) count[f->entry[e].row]++;
    *entries = 0;
    for (int64_t i = 0; i < f->rows; i++) {
        if (mk->net->sign[i]) continue;
        const bool is_row = couples(&f->row[i], count[i]);
        mk->number[i] = is_row ? (int32_t)md->rows++ : -1;
        *entries += is_row ? count[i] : 0;
    }
    mem_free(count);
    md->row_low = MEM_NEW(int64_t, md->rows);
    md->row_up = MEM_NEW(int64_t, md->rows);
    md->row_scale = MEM_NEW(int64_t, md->rows);
    md->row = MEM_NEW(model_ref, md->rows);
    md->row_first = MEM_ZERO(int64_t, md->rows + 2);
    md->row_arc = MEM_NEW(int64_t, *entries);
    md->row_weight = MEM_NEW(int64_t, *entries);
    md->given.row = MEM_ZERO(int64_t, md->rows);
    return md->row_low && md->row_up && md->row_scale && md->row && md->row_first &&
           md->row_arc && md->row_weight && md->given.row;
}

enum { ROOM = 8 };

/* A vertex may be at fractions of a unit, and no whole units need to fulfil an equation that couples, or a range of a
 * few units: they may be missed by a few units, less than 10^-13 of the largest quantity. Returns how many there are. */
static int64_t give_room(maker *mk)
{
    model *md = mk->md;
    int64_t equations = 0;
    for (int64_t r = 0; r < md->rows; r++) {
        if (md->row_low[r] == NO_LOW || md->row_up[r] == NO_UP ||
            md->row_first[r] == md->row_first[r + 1])
            continue;
        int64_t most = 0;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
            if (llabs(md->row_weight[e]) > most) most = llabs(md->row_weight[e]);
        const int64_t room =
            (int64_t)(((wide)ROOM * most + md->row_scale[r] - 1) / md->row_scale[r]);
        if (md->row_up[r] - md->row_low[r] >= 2 * room) continue;
        md->row[r].kind = ROW_EQUATION;
        md->row_low[r] -= room;
        md->row_up[r] += room;
        equations++;
    }
    return equations;
}

static steppe_status make_rows(maker *mk)
{
    const mps_file *f = mk->f;
    model *md = mk->md;
    int64_t entries;
    if (!new_rows(mk, &entries)) return steppe_no_memory(mk->ctx);
    for (int64_t i = 0; i < f->rows; i++) {
        const mps_row *row = &f->row[i];
        const int32_t r = mk->number[i];
        if (mk->net->sign[i] || r < 0) continue;
        md->row_low[r] = mps_has_low(row->low) ? (int64_t)(row->low / mk->flow) : NO_LOW;
        md->row_up[r] = mps_has_up(row->up) ? (int64_t)(row->up / mk->flow) : NO_UP;
        md->row_scale[r] = 1;
        md->row[r] = (model_ref){ROW_PLAIN, 0, -1, r, -1, -1, -1};
    }
    for (int64_t e = 0; e < f->entries; e++) {
        const int32_t i = f->entry[e].row, r = mk->number[i];
        if (mk->net->sign[i] || r < 0) continue;
        md->row_first[r + 2]++;
        const int64_t scale = (int64_t)wide_pow10(instance_decimals(f->entry[e].value));
        if (scale > md->row_scale[r]) md->row_scale[r] = scale;
    }
    for (int64_t r = 0; r < md->rows; r++) md->row_first[r + 2] += md->row_first[r + 1];
    const wide most = wide_pow10(18); /* a weight is an integer of 64 bits */
    for (int64_t j = 0; j < f->columns; j++)
        for (int64_t e = f->column[j].first; e < f->column[j + 1].first; e++) {
            const int32_t i = f->entry[e].row, r = mk->number[i];
            if (mk->net->sign[i] || r < 0) continue;
            const wide w = f->entry[e].value / (FIX_ONE / md->row_scale[r]);
            if (w > most || w < -most)
                return steppe_fail(
                    mk->ctx, STEPPE_OVERFLOW,
                    "%s:%lld:%d: found a large coefficient in row '%s' beside others "
                    "with many decimals, expected ranges that fit 18 digits",
                    f->path, (long long)f->entry[e].line, f->entry[e].field, f->row[i].name);
            const int64_t at = md->row_first[r + 1]++;
            md->row_arc[at] = mk->arc[j];
            md->row_weight[at] = (int64_t)w;
        }
    return model_index_rows(mk->ctx, md);
}

/* ---- names --------------------------------------------------------------------------- */

static int64_t keep_name(maker *mk, const char *name)
{
    const int64_t at = (int64_t)mk->bytes.len;
    text_add(&mk->bytes, name);
    text_add_bytes(&mk->bytes, "", 1);
    return at;
}

/* A name of ours: with as many strokes as it takes to differ from those of the file. */
static int64_t keep_new_name(maker *mk, const names *taken, const char *name,
                             const char *ending)
{
    text t = {0};
    text_addf(&t, "%s%s", name, ending);
    while (t.data && !t.failed && names_find(taken, t.data) >= 0) text_add(&t, "'");
    const int64_t at = keep_name(mk, t.data ? t.data : "");
    mk->bytes.failed |= t.failed;
    text_free(&t);
    return at;
}

static bool make_names(maker *mk)
{
    const mps_file *f = mk->f;
    model *md = mk->md;
    names columns = {0}, rows = {0};
    bool ok = names_init(&columns, f->columns) && names_init(&rows, f->rows);
    for (int64_t j = 0; j < f->columns && ok; j++) {
        ok = names_add(&columns, f->column[j].name, j) != -2;
        md->given.arc[mk->arc[j]] = keep_name(mk, f->column[j].name);
    }
    for (int64_t i = 0; i < f->rows && ok; i++) {
        ok = names_add(&rows, f->row[i].name, i) != -2;
        if (mk->net->sign[i])
            md->given.node[mk->number[i]] = keep_name(mk, f->row[i].name);
        else if (mk->number[i] >= 0)
            md->given.row[mk->number[i]] = keep_name(mk, f->row[i].name);
    }
    for (int64_t i = 0; i < f->rows && ok; i++)
        if (mk->net->sign[i] && mk->node[i].up > 0)
            md->given.arc[mk->node[i].b] =
                keep_new_name(mk, &columns, f->row[i].name, ":slack");
    for (int k = 0; k < mk->blocks && ok; k++) {
        char name[32];
        snprintf(name, sizeof name, "k%d", k);
        if (mk->hub[k] >= 0)
            md->given.node[mk->hub[k]] = keep_new_name(mk, &rows, name, ":hub");
    }
    if (ok)
        md->given.objective = f->objective >= 0 ? keep_name(mk, f->row[f->objective].name)
                                                : keep_new_name(mk, &rows, "cost", "");
    names_free(&columns);
    names_free(&rows);
    ok = ok && !mk->bytes.failed;
    if (ok) {
        md->given.bytes = mk->bytes.data;
        mk->bytes = (text){0};
    }
    return ok;
}

steppe_status mps_to_model(steppe_ctx *ctx, const mps_file *f, const mps_network *net,
                           const mps_bounds *b, model *md)
{
    maker mk = {.ctx = ctx, .f = f, .net = net, .b = b, .md = md};
    int64_t inexact = 0;
    md->T = 1;
    steppe_status st = new_maker(&mk) ? choose_places(&mk) : steppe_no_memory(ctx);
    if (st == STEPPE_OK) st = set_offset(&mk);
    if (st == STEPPE_OK) {
        for (int64_t i = 0; i < f->rows; i++)
            if (net->sign[i]) set_balance(&mk, i, &inexact);
        if (!make_nodes(&mk) || !make_arcs(&mk)) st = steppe_no_memory(ctx);
    }
    if (st == STEPPE_OK) st = make_rows(&mk);
    const int64_t equations = st == STEPPE_OK ? give_room(&mk) : 0;
    if (st == STEPPE_OK && !make_names(&mk)) st = steppe_no_memory(ctx);
    free_maker(&mk);
    if (st != STEPPE_OK) return st;
    steppe_note(ctx, "%s: %lld of %lld rows are balances of %d commodities, %lld couple them",
                f->path, (long long)net->balances, (long long)f->rows, md->K,
                (long long)md->rows);
    if (inexact > 0)
        steppe_note(ctx,
                    "%s: %lld balances where losses arrive hold to less than %.0e: flows are "
                    "whole units",
                    f->path, (long long)inexact, pow(10.0, -md->flow_places));
    if (equations > 0)
        steppe_note(
            ctx,
            "%s: %lld equations that couple hold to a few units of %.0e: flows are whole units",
            f->path, (long long)equations, pow(10.0, -md->flow_places));
    if (f->maximise)
        steppe_note(ctx,
                    "%s: the objective is maximised: costs, objective and prices are negated",
                    f->path);
    return STEPPE_OK;
}
