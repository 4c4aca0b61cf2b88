/* Instance files: DIMACS .min (one commodity, also called .mcfmin), .mmcf (many commodities with
 * joint rows) and .mps (instance_mps.c), each also gzip.
 *
 * .min   p min NODES ARCS / n NODE SUPPLY / a TAIL HEAD LOW CAP COST, nodes from 1, integers
 * .mmcf  p mmcf K NODES ARCS ROWS / n K NODE SUPPLY / j ROW CAP / a K TAIL HEAD COST UP ROW
 * WEIGHT, from 0, decimals; UP < 0: no bound of its own, ROW < 0: in no row
 *
 * An arc without a bound of its own gets the total supply of its commodity: with costs that are
 * not negative some optimal flow has no circles and stays below it. */
#include "instance_mps.h"

#include <stdlib.h>
#include <string.h>

static bool has_ending(const char *path, const char *ending)
{
    size_t n = strlen(path);
    if (n > 3 && strcmp(path + n - 3, ".gz") == 0) n -= 3;
    const size_t e = strlen(ending);
    return n > e && strncmp(path + n - e, ending, e) == 0;
}

bool instance_path(const char *path)
{
    static const char *const endings[] = {".min", ".mcfmin", ".mmcf", ".mps"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (has_ending(path, endings[i])) return true;
    return false;
}

static int64_t integer(instance_lines *in, int field, int64_t low, int64_t high,
                       const char *what)
{
    char *end;
    if (field >= in->fields) {
        instance_bad_field(in, field, what);
        return low <= 0 && high >= 0 ? 0 : low;
    }
    const long long v = strtoll(in->field[field], &end, 10);
    if (*end || v < low || v > high) {
        char want[120];
        snprintf(want, sizeof want, "%s from %lld to %lld", what, (long long)low,
                 (long long)high);
        instance_bad_field(in, field, want);
        return low <= 0 && high >= 0 ? 0 : low;
    }
    return v;
}

static wide decimal(instance_lines *in, int field, const char *what)
{
    wide v = 0;
    if (field >= in->fields) {
        instance_bad_field(in, field, what);
        return 0;
    }
    switch (fix_parse(in->field[field], &v)) {
    case FIX_OK:
    case FIX_ROUNDED:
        break;
    case FIX_NOT_FINITE:
        instance_bad_field(in, field, "a finite number");
        break;
    case FIX_TOO_LARGE:
        instance_bad_field(in, field, "a number of at most 10^15");
        break;
    default:
        instance_bad_field(in, field, what);
        break;
    }
    return v;
}

typedef struct {
    int32_t k, tail, head;
    int64_t row;
    wide low, up, cost, weight; /* up < 0: none */
} raw_arc;

/* Flows and costs of a .min file: what the exact arithmetic takes, and what `convert` writes. */
#define WEIGHT_LIMIT (FIX_ONE * 1000000)
#define NO_SUPPLY ((wide)1 << 120) /* no line 'n' yet */
#define LARGEST ((int64_t)4000000000000000)

typedef struct {
    bool mmcf;
    int64_t K, N, A, J;
    raw_arc *arc;
    int64_t arcs;
    wide *supply; /* K * N */
    wide *cap;    /* J; -1 until given */
    int flow_places, cost_places;
} raw;

static bool read_problem_line(instance_lines *in, raw *in_raw)
{
    if (!instance_next_line(in)) {
        steppe_fault(in->ctx, "%s:%lld:1: found the end of the file, expected a line 'p'",
                     in->path, (long long)in->line + 1);
        return false;
    }
    if (strcmp(in->field[0], "p") != 0) {
        instance_bad_field(in, 0, "a line 'p' before all others");
        return false;
    }
    in_raw->mmcf = in->fields > 1 && strcmp(in->field[1], "mmcf") == 0;
    if (!in_raw->mmcf && (in->fields < 2 || strcmp(in->field[1], "min") != 0)) {
        instance_bad_field(in, 1, "min or mmcf");
        return false;
    }
    const int64_t faults = in->ctx->faults;
    const int f = in_raw->mmcf ? 3 : 2;
    in_raw->K = in_raw->mmcf ? integer(in, 2, 1, 1000000, "a number of commodities") : 1;
    in_raw->N = integer(in, f, 0, INT32_MAX / 4, "a number of nodes");
    in_raw->A = integer(in, f + 1, 0, (int64_t)1 << 40, "a number of arcs");
    in_raw->J = in_raw->mmcf ? integer(in, 5, 0, INT32_MAX / 4, "a number of joint rows") : 0;
    return in->ctx->faults == faults;
}

static void read_arc(instance_lines *in, raw *r)
{
    raw_arc a = {0, 0, 0, -1, 0, -1, 0, FIX_ONE};
    const int64_t faults = in->ctx->faults;
    if (r->mmcf) {
        a.k = (int32_t)integer(in, 1, 0, r->K - 1, "a commodity");
        a.tail = (int32_t)integer(in, 2, 0, r->N - 1, "a node");
        a.head = (int32_t)integer(in, 3, 0, r->N - 1, "a node");
        a.cost = decimal(in, 4, "a cost");
        a.up = decimal(in, 5, "a bound, or -1 for none");
        a.row = integer(in, 6, INT64_MIN, r->J - 1, "a joint row, or -1 for none");
        a.weight = decimal(in, 7, "a weight");
        if (a.weight > WEIGHT_LIMIT ||
            a.weight < -WEIGHT_LIMIT) /* weight x 10^12 is an integer of 64 bits */
            instance_bad_field(in, 7, "a weight of at most 10^6");
        if (a.cost < 0 && a.up < 0) /* nothing would bound a circle that pays */
            instance_bad_field(in, 5, "a bound on an arc with a negative cost");
    } else {
        a.tail = (int32_t)integer(in, 1, 1, r->N, "a node") - 1;
        a.head = (int32_t)integer(in, 2, 1, r->N, "a node") - 1;
        a.low = FIX_ONE * integer(in, 3, -LARGEST, LARGEST, "a lower bound");
        a.up = FIX_ONE * integer(in, 4, -LARGEST, LARGEST, "a capacity");
        a.cost = FIX_ONE * integer(in, 5, -LARGEST, LARGEST, "a cost");
        if (a.up < a.low && in->ctx->faults == faults)
            instance_bad_field(in, 4, "a capacity of at least the lower bound");
    }
    if (r->arcs == r->A)
        instance_bad_field(in, 0, "no more arcs than the line 'p' says");
    else
        r->arc[r->arcs++] = a;
}

static void read_lines(instance_lines *in, raw *r)
{
    while (instance_next_line(in)) {
        const char *kind = in->field[0];
        const int64_t faults = in->ctx->faults; /* a line for nowhere sets nothing */
        if (strcmp(kind, "a") == 0) {
            read_arc(in, r);
        } else if (strcmp(kind, "n") == 0) {
            const int64_t k = r->mmcf ? integer(in, 1, 0, r->K - 1, "a commodity") : 0;
            const int64_t i = r->mmcf ? integer(in, 2, 0, r->N - 1, "a node")
                                      : integer(in, 1, 1, r->N, "a node") - 1;
            if (in->ctx->faults > faults) continue;
            wide *b = &r->supply[k * r->N + i];
            if (*b != NO_SUPPLY) instance_bad_field(in, r->mmcf ? 2 : 1, "each node once");
            *b = r->mmcf ? decimal(in, 3, "a supply")
                         : FIX_ONE * integer(in, 2, -LARGEST, LARGEST, "a supply");
        } else if (r->mmcf && strcmp(kind, "j") == 0) {
            const int64_t j = integer(in, 1, 0, r->J - 1, "a joint row");
            if (in->ctx->faults > faults) continue;
            if (r->cap[j] >= 0) instance_bad_field(in, 1, "each joint row once");
            r->cap[j] = decimal(in, 2, "a capacity");
            if (r->cap[j] < 0) instance_bad_field(in, 2, "a capacity that is not negative");
        } else {
            instance_bad_field(in, 0, r->mmcf ? "a line n, j or a" : "a line n or a");
        }
    }
    if (r->arcs < r->A)
        steppe_fault(
            in->ctx,
            "%s:%lld:1: found the end after %lld arcs, expected %lld as the line 'p' says",
            in->path, (long long)in->line, (long long)r->arcs, (long long)r->A);
    for (int64_t i = 0; i < r->K * r->N; i++)
        if (r->supply[i] == NO_SUPPLY) r->supply[i] = 0;
    for (int64_t k = 0; k < r->K; k++) {
        wide sum = 0;
        char b[FIX_TEXT];
        for (int64_t i = 0; i < r->N; i++) sum += r->supply[k * r->N + i];
        if (sum != 0)
            steppe_fault(in->ctx,
                         "%s:1:1: found supplies of commodity %lld that sum to %s, expected 0",
                         in->path, (long long)k, fix_text(b, sum));
    }
}

/* The most that rows can carry, whatever flows. false: no memory. */
static bool most_loads(const raw *r, wide *load)
{
    wide *total = MEM_ZERO(wide, r->K);
    if (!total) return false;
    for (int64_t i = 0; i < r->K * r->N; i++)
        if (r->supply[i] > 0) total[i / r->N] += r->supply[i];
    for (int64_t a = 0; a < r->arcs; a++) {
        const raw_arc *e = &r->arc[a];
        const wide up = e->up >= 0 ? e->up : total[e->k];
        if (e->row >= 0 && e->weight > 0) load[e->row] += (up / FIX_ONE + 1) * e->weight;
    }
    mem_free(total);
    return true;
}

/* As in network.c: a unit so fine that rounding to it costs nothing, with totals far below 2^52. Limits that nothing can reach
 * may be larger. DIMACS files are integers as they are. */
static steppe_status choose_places(steppe_ctx *ctx, raw *r)
{
    int need = 0, cost = r->mmcf ? 6 : 0;
    wide most = FIX_ONE, idle = FIX_ONE, high = FIX_ONE;
    wide *load = MEM_ZERO(wide, r->J);
    if (!load || !most_loads(r, load)) {
        mem_free(load);
        return steppe_no_memory(ctx);
    }
    for (int64_t i = 0; i < r->K * r->N; i++) need = instance_more_decimals(need, r->supply[i]);
    for (int64_t k = 0; k < r->K; k++) {
        wide total = 0;
        for (int64_t i = 0; i < r->N; i++)
            if (r->supply[k * r->N + i] > 0) total += r->supply[k * r->N + i];
        if (total > most) most = total;
    }
    for (int64_t j = 0; j < r->J; j++) {
        wide *size = r->cap[j] > load[j] ? &idle : &most;
        need = instance_more_decimals(need, r->cap[j]);
        if (r->cap[j] > *size) *size = r->cap[j];
    }
    mem_free(load);
    for (int64_t a = 0; a < r->arcs; a++) {
        const wide c = r->arc[a].cost < 0 ? -r->arc[a].cost : r->arc[a].cost;
        need = instance_more_decimals(need, r->arc[a].up);
        cost = instance_more_decimals(cost, r->arc[a].cost);
        if (c > high) high = c;
        if (r->arc[a].up > most) most = r->arc[a].up;
    }
    int places = r->mmcf ? FIX_PLACES : 0;
    /* finer units than a double holds with three digits to spare make rounding harder, not better */
    while (places > need && (most / FIX_ONE * wide_pow10(places) > (wide)400000000000000 ||
                             idle / FIX_ONE * wide_pow10(places) > (wide)400000000000000000))
        places--;
    if (idle > most) most = most > idle / 100 ? most : idle / 100;
    while (places > 0 && most / FIX_ONE * wide_pow10(places) > (wide)4000000000000000) places--;
    if (places < need || high / FIX_ONE * wide_pow10(cost) > (wide)100000000000000000)
        return steppe_fail(
            ctx, STEPPE_OVERFLOW,
            "found %d decimals beside totals of %.6g, expected ranges that fit 15 digits", need,
            fix_double(most));
    r->flow_places = places;
    r->cost_places = cost;
    return STEPPE_OK;
}

static int by_commodity(const void *a, const void *b)
{
    const raw_arc *p = a, *q = b;
    return (p->k > q->k) - (p->k < q->k);
}

static steppe_status to_model(steppe_ctx *ctx, raw *r, model *md)
{
    steppe_status st = STEPPE_OK;
    const int64_t cells = r->K * r->N, J = r->J, A = r->arcs;
    int32_t *local = MEM_NEW(int32_t, cells);
    int64_t *total = MEM_ZERO(int64_t, r->K);
    md->commodity = MEM_NEW(model_commodity, r->K);
    md->first_node = MEM_NEW(int32_t, r->K + 1);
    md->first_arc = MEM_ZERO(int64_t, r->K + 1);
    md->b = MEM_NEW(int64_t, cells);
    md->balance = MEM_ZERO(uint8_t, cells); /* BALANCE_EXACT */
    md->node = MEM_NEW(model_ref, cells);
    md->tail = MEM_NEW(int32_t, A);
    md->head = MEM_NEW(int32_t, A);
    md->low = MEM_NEW(int64_t, A);
    md->up = MEM_NEW(int64_t, A);
    md->cost = MEM_NEW(int64_t, A);
    md->arc = MEM_NEW(model_ref, A);
    md->row_low = MEM_NEW(int64_t, J);
    md->row_up = MEM_NEW(int64_t, J);
    md->row_scale = MEM_NEW(int64_t, J);
    md->row = MEM_NEW(model_ref, J);
    md->row_first = MEM_ZERO(int64_t, J + 2);
    md->row_arc = MEM_NEW(int64_t, A);
    md->row_weight = MEM_NEW(int64_t, A);
    if (!local || !total || !md->commodity || !md->first_node || !md->first_arc || !md->b ||
        !md->balance || !md->node || !md->tail || !md->head || !md->low || !md->up ||
        !md->cost || !md->arc || !md->row_low || !md->row_up || !md->row_scale || !md->row ||
        !md->row_first || !md->row_arc || !md->row_weight) {
        st = steppe_no_memory(ctx);
        goto done;
    }
    const wide flow = FIX_ONE / wide_pow10(r->flow_places),
               cost = FIX_ONE / wide_pow10(r->cost_places);
    if (r->mmcf) {
        /* arcs keep their order inside a commodity: numbers were given in reading order */
        for (int64_t a = 0; a < A; a++)
            r->arc[a].low = (wide)a; /* lower bounds are zero: borrow the field */
        bool sorted = true;
        for (int64_t a = 1; a < A; a++) sorted &= r->arc[a - 1].k <= r->arc[a].k;
        if (!sorted) qsort(r->arc, (size_t)A, sizeof *r->arc, by_commodity);
    }
    md->T = 1;
    md->K = (int)r->K;
    md->m = A;
    md->rows = J;
    md->flow_places = r->flow_places;
    md->cost_places = r->cost_places;
    for (int64_t i = 0; i < cells; i++) local[i] = r->supply[i] != 0 ? 0 : -1;
    for (int64_t a = 0; a < A; a++) {
        local[r->arc[a].k * r->N + r->arc[a].tail] = 0;
        local[r->arc[a].k * r->N + r->arc[a].head] = 0;
    }
    for (int64_t k = 0; k < r->K; k++) {
        md->commodity[k] = (model_commodity){(int)k};
        md->first_node[k] = md->n;
        for (int64_t i = k * r->N; i < (k + 1) * r->N; i++) {
            if (local[i] < 0) continue;
            local[i] = md->n;
            md->b[md->n] = (int64_t)(r->supply[i] / flow);
            if (md->b[md->n] > 0) total[k] += md->b[md->n];
            md->node[md->n++] =
                (model_ref){NODE_PLAIN, 0, -1, (int32_t)(i - k * r->N), -1, -1, -1};
        }
    }
    md->first_node[r->K] = md->n;
    for (int64_t j = 0; j < J; j++) {
        md->row_low[j] = NO_LOW;
        md->row_up[j] = (int64_t)(r->cap[j] / flow);
        md->row_scale[j] = 1;
        md->row[j] = (model_ref){ROW_PLAIN, 0, -1, (int32_t)j, -1, -1, -1};
    }
    for (int64_t a = 0; a < A; a++) {
        const raw_arc *e = &r->arc[a];
        md->first_arc[e->k + 1]++;
        md->tail[a] = local[e->k * r->N + e->tail];
        md->head[a] = local[e->k * r->N + e->head];
        md->low[a] = r->mmcf ? 0 : (int64_t)(e->low / flow);
        md->up[a] = r->mmcf && e->up < 0 ? total[e->k] : (int64_t)(e->up / flow);
        md->cost[a] = (int64_t)(e->cost / cost);
        md->arc[a] = (model_ref){ARC_PLAIN, 0, -1, (int32_t)(r->mmcf ? e->low : a), -1, -1, -1};
        if (e->row < 0) continue;
        md->row_first[e->row + 2]++;
        while (e->weight % (FIX_ONE / md->row_scale[e->row]) != 0) md->row_scale[e->row] *= 10;
    }
    for (int64_t k = 0; k < r->K; k++) md->first_arc[k + 1] += md->first_arc[k];
    for (int64_t j = 0; j < J; j++) md->row_first[j + 2] += md->row_first[j + 1];
    for (int64_t a = 0; a < A; a++) {
        const raw_arc *e = &r->arc[a];
        if (e->row < 0) continue;
        const int64_t at = md->row_first[e->row + 1]++;
        md->row_arc[at] = a;
        md->row_weight[at] = (int64_t)(e->weight / (FIX_ONE / md->row_scale[e->row]));
    }
    st = model_index_rows(ctx, md);
done:
    mem_free(local);
    mem_free(total);
    return st;
}

/* A linear program: the network in it, finite bounds, the canonical form. */
static steppe_status read_mps(steppe_ctx *ctx, const char *path, model *out)
{
    mps_file f;
    mps_network net = {0};
    mps_bounds b = {0};
    steppe_status st = mps_read(ctx, path, &f);
    if (st == STEPPE_OK) st = mps_find_network(ctx, &f, &net);
    if (st == STEPPE_OK) st = mps_find_bounds(ctx, &f, &net, &b);
    if (st == STEPPE_OK) st = mps_to_model(ctx, &f, &net, &b, out);
    mps_bounds_free(&b);
    mps_network_free(&net);
    mps_free(&f);
    if (st != STEPPE_OK) model_free(out);
    return st;
}

steppe_status instance_read(steppe_ctx *ctx, const char *path, model *out)
{
    memset(out, 0, sizeof *out);
    if (has_ending(path, ".mps")) return read_mps(ctx, path, out);
    char *bytes;
    size_t len;
    STEPPE_TRY(file_read(ctx, path, &bytes, &len));
    instance_lines in = {.ctx = ctx, .path = path, .at = bytes, .comment = 'c'};
    if (strlen(bytes) != len) {
        steppe_fault(ctx, "%s:1:1: found a NUL byte, expected text", path);
        mem_free(bytes);
        return STEPPE_BAD_INPUT;
    }
    raw r = {0};
    const int64_t faults = ctx->faults;
    steppe_status st = STEPPE_BAD_INPUT;
    if (!read_problem_line(&in, &r)) goto done;
    if (r.N > 0 && r.K > ((int64_t)1 << 31) / r.N) {
        st = steppe_fail(
            ctx, STEPPE_OVERFLOW,
            "%s: found %lld commodities on %lld nodes, expected fewer than 2^31 pairs", path,
            (long long)r.K, (long long)r.N);
        goto done;
    }
    /* a wrong count in the line 'p' must not ask for all memory: no arc line has fewer than 8
     * bytes */
    if (r.A > (int64_t)(len / 8) + 1) {
        steppe_fault(
            ctx, "%s:1:1: found %lld arcs in the line 'p', expected as many as the file has",
            path, (long long)r.A);
        goto done;
    }
    r.arc = MEM_NEW(raw_arc, r.A);
    r.supply = MEM_ZERO(wide, r.K * r.N);
    r.cap = MEM_ZERO(wide, r.J);
    if (!r.arc || !r.supply || !r.cap) {
        st = steppe_no_memory(ctx);
        goto done;
    }
    for (int64_t j = 0; j < r.J; j++) r.cap[j] = -1;
    for (int64_t i = 0; i < r.K * r.N; i++) r.supply[i] = NO_SUPPLY;
    read_lines(&in, &r);
    for (int64_t j = 0; j < r.J; j++)
        if (r.cap[j] < 0 && ctx->faults == faults)
            steppe_fault(ctx,
                         "%s:1:1: found no capacity of joint row %lld, expected a line 'j'",
                         path, (long long)j);
    if (ctx->faults > faults) goto done;
    st = choose_places(ctx, &r);
    if (st == STEPPE_OK) st = to_model(ctx, &r, out);
done:
    mem_free(bytes);
    mem_free(r.arc);
    mem_free(r.supply);
    mem_free(r.cap);
    if (st != STEPPE_OK) model_free(out);
    return st;
}
