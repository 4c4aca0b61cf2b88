/* The canonical form as files of other codes: free MPS, DIMACS .min. Numbers are exact
 * decimals. */
#include "write.h"

#include <string.h>

static bool has_ending(const char *path, const char *ending)
{
    size_t n = strlen(path);
    if (n > 3 && strcmp(path + n - 3, ".gz") == 0) n -= 3;
    const size_t e = strlen(ending);
    return n > e && strncmp(path + n - e, ending, e) == 0;
}

static const char *flow(const model *md, char *buffer, wide v)
{
    return wide_text(buffer, v, md->flow_places);
}

/* An exact quotient is a decimal because scales are powers of ten. */
static const char *weight(char *buffer, int64_t w, int64_t scale)
{
    int places = 0;
    while (scale > 1) {
        scale /= 10;
        places++;
    }
    return wide_text(buffer, w, places);
}

static const char *objective_name(const model *md)
{
    return md->given.bytes ? md->given.bytes + md->given.objective : "cost";
}

/* An equation whose range is for rounding is written as what it asks for. */
static bool is_equation(const model *md, int64_t r)
{
    return md->row[r].kind == ROW_EQUATION ||
           (md->row_low[r] != NO_LOW && md->row_low[r] == md->row_up[r]);
}

static int64_t right_side(const model *md, int64_t r)
{
    if (md->row[r].kind == ROW_EQUATION)
        return md->row_low[r] + (md->row_up[r] - md->row_low[r]) / 2;
    return md->row_up[r] != NO_UP ? md->row_up[r] : md->row_low[r];
}

static void mps_rows(const model *md, text *t)
{
    text_addf(t, "ROWS\n N  %s\n", objective_name(md));
    for (int32_t i = 0; i < md->n; i++) {
        if (md->balance[i] == BALANCE_FREE) continue;
        text_add(t, md->balance[i] == BALANCE_LOSSY ? " L  " : " E  ");
        model_node_name(md, i, t);
        text_add(t, "\n");
    }
    for (int64_t r = 0; r < md->rows; r++) {
        text_add(t, is_equation(md, r) ? " E  " : md->row_up[r] != NO_UP ? " L  " : " G  ");
        model_row_name(md, r, t);
        text_add(t, "\n");
    }
}

static void balance_entry(const model *md, const char *column, int32_t i, const char *value,
                          text *t)
{
    if (md->balance[i] == BALANCE_FREE) return;
    text_addf(t, " %s ", column);
    model_node_name(md, i, t);
    text_addf(t, " %s\n", value);
}

static void mps_columns(const model *md, text *t)
{
    char number[64];
    text name = {0};
    text_add(t, "COLUMNS\n");
    for (int64_t a = 0; a < md->m && !name.failed; a++) {
        name.len = 0;
        model_arc_name(md, a, &name);
        if (name.failed) break;
        text_addf(t, " %s %s %s\n", name.data, objective_name(md),
                  wide_text(number, md->cost[a], md->cost_places));
        if (md->tail[a] != md->head[a]) {
            const int64_t kept = md->loss_ppm ? 1000000 - md->loss_ppm[a] : 1000000;
            balance_entry(md, name.data, md->tail[a], "1", t);
            balance_entry(md, name.data, md->head[a], wide_text(number, -kept, 6), t);
        }
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
            text_addf(t, " %s ", name.data);
            model_row_name(md, md->arc_row[e], t);
            text_addf(t, " %s\n",
                      weight(number, md->arc_weight[e], md->row_scale[md->arc_row[e]]));
        }
    }
    t->failed |= name.failed;
    text_free(&name);
}

static void mps_limits(const model *md, text *t)
{
    char number[64];
    text_add(t, "RHS\n");
    if (md->offset != 0)
        text_addf(t, " rhs %s %s\n", objective_name(md),
                  wide_text(number, -md->offset, md->flow_places + md->cost_places));
    for (int32_t i = 0; i < md->n; i++) {
        if (md->b[i] == 0 || md->balance[i] == BALANCE_FREE) continue;
        text_add(t, " rhs ");
        model_node_name(md, i, t);
        text_addf(t, " %s\n", flow(md, number, md->b[i]));
    }
    for (int64_t r = 0; r < md->rows; r++) {
        const int64_t rhs = right_side(md, r);
        text_add(t, " rhs ");
        model_row_name(md, r, t);
        text_addf(t, " %s\n", flow(md, number, rhs));
    }
    text_add(t, "RANGES\n");
    for (int32_t i = 0; i < md->n; i++) { /* less than a unit may be lost to rounding */
        if (md->balance[i] != BALANCE_LOSSY) continue;
        text_add(t, " rng ");
        model_node_name(md, i, t);
        text_addf(t, " %s\n", flow(md, number, 1));
    }
    for (int64_t r = 0; r < md->rows; r++) {
        if (md->row_low[r] == NO_LOW || md->row_up[r] == NO_UP || is_equation(md, r)) continue;
        text_add(t, " rng ");
        model_row_name(md, r, t);
        text_addf(t, " %s\n", flow(md, number, (wide)md->row_up[r] - md->row_low[r]));
    }
    text_add(t, "BOUNDS\n");
    for (int64_t a = 0; a < md->m; a++) {
        if (md->low[a] != 0) {
            text_add(t, " LO bnd ");
            model_arc_name(md, a, t);
            text_addf(t, " %s\n", flow(md, number, md->low[a]));
        }
        text_add(t, " UP bnd ");
        model_arc_name(md, a, t);
        text_addf(t, " %s\n", flow(md, number, md->up[a]));
    }
}

static steppe_status write_dimacs(steppe_ctx *ctx, const model *md, text *t)
{
    if (md->K != 1 || md->rows != 0)
        return steppe_fail(
            ctx, STEPPE_BAD_INPUT,
            "found %d commodities and %lld coupling rows, expected one commodity and none: "
            "DIMACS .min has no room for more; write .mps.gz",
            md->K, (long long)md->rows);
    if (md->loss_ppm)
        return steppe_fail(ctx, STEPPE_BAD_INPUT,
                           "found arcs that lose, expected none: DIMACS .min has no room for "
                           "them; write .mps.gz");
    for (int64_t a = 0; a < md->m; a++)
        if (md->tail[a] == md->head[a] && md->cost[a] < 0)
            return steppe_fail(ctx, STEPPE_BAD_INPUT,
                               "found a loop with a negative cost, expected none");
    text_addf(t, "c min-cost flow in units of 10^-%d (flow) and 10^-%d (cost)\np min %d %lld\n",
              md->flow_places, md->cost_places, md->n, (long long)md->m);
    int64_t sum = 0, at_free = -1; /* the free node closes the balance */
    for (int32_t i = 0; i < md->n; i++) {
        sum += md->b[i];
        if (md->balance[i] == BALANCE_FREE) at_free = i;
        if (md->b[i] != 0) text_addf(t, "n %d %lld\n", i + 1, (long long)md->b[i]);
    }
    if (sum != 0 && at_free >= 0)
        text_addf(t, "n %lld %lld\n", (long long)at_free + 1, (long long)-sum);
    for (int64_t a = 0; a < md->m; a++)
        text_addf(t, "a %d %d %lld %lld %lld\n", md->tail[a] + 1, md->head[a] + 1,
                  (long long)md->low[a], (long long)md->up[a], (long long)md->cost[a]);
    return STEPPE_OK;
}

steppe_status write_model(steppe_ctx *ctx, const model *md, const char *path)
{
    text t = {0};
    steppe_status st = STEPPE_OK;
    if (has_ending(path, ".mps")) {
        text_add(&t, "NAME steppe\n");
        mps_rows(md, &t);
        mps_columns(md, &t);
        mps_limits(md, &t);
        text_add(&t, "ENDATA\n");
    } else if (has_ending(path, ".min")) {
        st = write_dimacs(ctx, md, &t);
    } else {
        st = steppe_fail(ctx, STEPPE_BAD_INPUT,
                         "%s: found another ending, expected .mps, .mps.gz, .min or .min.gz",
                         path);
    }
    if (st == STEPPE_OK) st = write_file(ctx, path, &t);
    text_free(&t);
    return st;
}
