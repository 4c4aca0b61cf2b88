/* The public calls, and the way of the data: tables -> case -> network -> answer ->
 * certificate. */
#include "solve.h"

#include "write.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#ifdef _OPENMP
#include <omp.h>
#endif

const char *steppe_version(void)
{
    return STEPPE_VERSION;
}

const char *steppe_status_text(steppe_status status)
{
    switch (status) {
    case STEPPE_OK:
        return "ok";
    case STEPPE_BAD_INPUT:
        return "bad input";
    case STEPPE_NO_MEMORY:
        return "out of memory";
    case STEPPE_IO:
        return "a file could not be read or written";
    case STEPPE_OVERFLOW:
        return "numbers too large for exact arithmetic";
    case STEPPE_BAD_CALL:
        return "call out of order";
    case STEPPE_INTERNAL:
        return "internal fault";
    case STEPPE_UNPROVEN:
        return "verification failed";
    }
    return "unknown status";
}

steppe_settings steppe_default_settings(void)
{
    const steppe_settings set = {0, 1e-9, 0.0, 0, NULL, NULL, NULL};
    return set;
}

static void init_context(steppe_ctx *ctx, const steppe_settings *set)
{
    memset(ctx, 0, sizeof *ctx);
    ctx->set = set ? *set : steppe_default_settings();
#ifdef _OPENMP
    if (ctx->set.threads <= 0) ctx->set.threads = omp_get_max_threads();
#else
    ctx->set.threads = 1;
#endif
    if (!(ctx->set.gap_rel >= 0.0)) ctx->set.gap_rel = 1e-9;
    ctx->start = clock_now();
}

/* ---- reading ------------------------------------------------------------------------- */

static void drop_answer(steppe_solver *s)
{
    if (s->has_answer) answer_free(&s->an);
    s->has_answer = false;
}

static void drop_model(steppe_solver *s)
{
    drop_answer(s);
    if (s->has_model) model_free(&s->md);
    s->has_model = false;
    if (s->has_case) case_free(&s->cs);
    s->has_case = false;
}

/* Records of the tables at hand; BAD_INPUT when there were faults, all of them logged. */
static steppe_status read_case(steppe_solver *s)
{
    const int64_t faults = s->ctx.faults;
    STEPPE_TRY(case_build(&s->ctx, &s->now, &s->cs));
    s->has_case = true;
    return s->ctx.faults > faults ? STEPPE_BAD_INPUT : STEPPE_OK;
}

/* The base is checked whole, network included, before any scenario touches it. */
static steppe_status check_base(steppe_solver *s)
{
    const int64_t faults = s->ctx.faults;
    STEPPE_TRY(case_read_tables(&s->ctx, s->path, &s->base));
    s->now = s->base;
    steppe_status st = read_case(s);
    /* a missing or malformed table was reported before the records were read */
    if (st == STEPPE_OK && s->ctx.faults > faults) st = STEPPE_BAD_INPUT;
    if (st != STEPPE_OK) return st;
    model probe;
    STEPPE_TRY(model_build(&s->ctx, &s->cs, true, &probe));
    model_free(&probe);
    case_note_unused(&s->ctx, &s->now);
    return STEPPE_OK;
}

steppe_status steppe_open(steppe_solver **out, const char *path, const steppe_settings *set)
{
    if (!out) return STEPPE_BAD_CALL;
    *out = NULL;
    if (!path) return STEPPE_BAD_CALL;
    steppe_solver *s = MEM_ZERO(steppe_solver, 1);
    if (!s) return STEPPE_NO_MEMORY;
    init_context(&s->ctx, set);
    steppe_status st;
    struct stat info;
    s->path = mem_copy_text(path);
    if (!s->path)
        st = steppe_no_memory(&s->ctx);
    else if (stat(path, &info) != 0)
        st = steppe_fail(&s->ctx, STEPPE_IO,
                         "%s: found nothing there, expected a case folder or an instance file",
                         path);
    else if (S_ISDIR(info.st_mode)) {
        s->is_case = true;
        st = check_base(s);
    } else if (instance_path(path)) {
        st = instance_read(&s->ctx, path, &s->md);
        s->has_model = st == STEPPE_OK;
    } else {
        st = steppe_fail(&s->ctx, STEPPE_BAD_INPUT,
                         "%s: found a file of another kind, expected a case folder, .min or "
                         ".mmcf (also .gz)",
                         path);
    }
    if (st != STEPPE_OK) {
        steppe_free(s);
        s = NULL;
    }
    *out = s;
    return st;
}

/* ---- scenarios and updates ----------------------------------------------------------- */

static void to_base(steppe_solver *s)
{
    drop_model(s);
    scenario_free_tables(&s->now, &s->base);
    s->now = s->base;
    mem_free(s->scenario);
    s->scenario = NULL;
    text_free(&s->updates);
}

steppe_status steppe_apply_scenario(steppe_solver *s, const char *id)
{
    if (!s) return STEPPE_BAD_CALL;
    if (!s->is_case)
        return id ? steppe_fail(&s->ctx, STEPPE_BAD_CALL, "an instance file has no scenarios")
                  : STEPPE_OK;
    s->ctx.start = clock_now();
    to_base(s);
    if (!id) return STEPPE_OK;
    case_tables edited;
    STEPPE_TRY(scenario_apply(&s->ctx, &s->base, id, &edited));
    s->now = edited;
    s->scenario = mem_copy_text(id);
    steppe_status st = s->scenario ? read_case(s) : steppe_no_memory(&s->ctx);
    if (st != STEPPE_OK) to_base(s);
    return st;
}

steppe_status steppe_update(steppe_solver *s, const char *table_text, const char *selector,
                            const char *field, const char *operation, const char *value)
{
    if (!s || !table_text || !selector || !field || !operation || !value)
        return STEPPE_BAD_CALL;
    if (!s->is_case)
        return steppe_fail(&s->ctx, STEPPE_BAD_CALL, "an instance file cannot be updated");
    const size_t before = s->updates.len;
    const char *part[5] = {table_text, selector, field, operation, value};
    for (int i = 0; i < 5; i++)
        text_addf(&s->updates, "%s%c", part[i], i < 4 ? UPDATE_FIELD_END : '\n');
    steppe_status st = s->updates.failed
                           ? steppe_no_memory(&s->ctx)
                           : scenario_edit(&s->ctx, &s->now, &s->base, "update", 0, table_text,
                                           selector, field, operation, value);
    if (st == STEPPE_OK) {
        drop_model(s);
        return st;
    }
    s->updates.failed = false; /* a refused update leaves the handle as it was */
    s->updates.len = before;
    if (s->updates.data) s->updates.data[before] = '\0';
    return st;
}

steppe_status steppe_hold_basis(steppe_solver *s, int hold)
{
    if (!s) return STEPPE_BAD_CALL;
    s->hold_basis = hold != 0;
    return STEPPE_OK;
}

steppe_status steppe_setup(steppe_solver *s)
{
    if (!s) return STEPPE_BAD_CALL;
    const double start = clock_now();
    s->ctx.start = start;
    if (s->is_case) {
        drop_model(s);
        STEPPE_TRY(read_case(s));
        STEPPE_TRY(model_build(&s->ctx, &s->cs, false, &s->md));
        s->has_model = true;
    }
    drop_answer(s);
    s->is_set_up = true;
    memset(&s->info, 0, sizeof s->info);
    s->info.commodities = s->md.K;
    s->info.nodes = s->md.n;
    s->info.arcs = s->md.m;
    s->info.coupling_rows = s->md.rows;
    s->info.seconds_setup = clock_now() - start;
    return STEPPE_OK;
}

/* ---- solving ------------------------------------------------------------------------- */

/* Shortage, shut-in and shortfall in cost: what the plan leaves undone. */
static wide penalties(const steppe_solver *s)
{
    wide sum = 0;
    for (int64_t a = 0; a < s->md.m; a++) {
        const int kind = s->md.arc[a].kind;
        if (kind == ARC_SHORTAGE || kind == ARC_MIN_SHORTAGE || kind == ARC_SHUT_IN ||
            kind == ARC_SHORTFALL)
            sum += (wide)s->an.x[a] * s->md.cost[a];
    }
    return sum;
}

static steppe_status prove(steppe_solver *s)
{
    steppe_info *info = &s->info;
    /* a stopped solve has prices and perhaps no feasible flow: its violations are no news */
    steppe_ctx quiet = s->ctx;
    if (s->an.stopped) quiet.set.log = NULL;
    STEPPE_TRY(certify(&quiet, &s->md, s->an.x, s->an.pi, s->an.lambda, DUAL_EXTRA, &s->cert));
    info->objective = certificate_value(&s->md, s->cert.objective);
    info->bound = certificate_value(&s->md, s->cert.bound);
    info->gap_rel = s->cert.gap_rel;
    info->unserved = certificate_value(&s->md, penalties(s));
    if (s->cert.feasible)
        info->outcome =
            s->cert.gap_rel <= s->ctx.set.gap_rel ? STEPPE_OPTIMAL : STEPPE_FEASIBLE;
    return STEPPE_OK;
}

steppe_status steppe_solve(steppe_solver *s, steppe_info *out)
{
    if (out) memset(out, 0, sizeof *out);
    if (!s) return STEPPE_BAD_CALL;
    if (!s->has_model || !s->is_set_up)
        return steppe_fail(&s->ctx, STEPPE_BAD_CALL, "steppe_solve without steppe_setup");
    drop_answer(s);
    const double start = clock_now();
    s->ctx.start = start;
    s->ctx.stopped = false;
    steppe_info *info = &s->info;
    info->outcome = STEPPE_UNKNOWN;
    STEPPE_TRY(coordinate(&s->ctx, &s->md, &s->store, !s->hold_basis, &s->an));
    info->tree_pivots = s->an.tree_pivots;
    info->pivots = s->an.pivots;
    info->tight_rows = s->an.tight_rows;
    info->warm = s->an.warm;
    if (s->an.infeasible) {
        info->outcome = STEPPE_INFEASIBLE;
        answer_free(&s->an);
    } else {
        s->has_answer = true;
        const steppe_status st = prove(s);
        if (st != STEPPE_OK) {
            drop_answer(s);
            return st;
        }
        if (!s->cert.feasible) drop_answer(s);
    }
    info->seconds_solve = clock_now() - start;
    if (out) *out = *info;
    return STEPPE_OK;
}

/* ---- getting ------------------------------------------------------------------------- */

int64_t steppe_scenario_count(const steppe_solver *s)
{
    return s && s->is_case && s->base.tab[T_SCENARIO] ? s->base.tab[T_SCENARIO]->rows : 0;
}

static const char *scenario_cell(const steppe_solver *s, int64_t i, const char *name)
{
    if (i < 0 || i >= steppe_scenario_count(s)) return NULL;
    const table *t = s->base.tab[T_SCENARIO];
    return table_cell(t, i, table_column(t, name));
}

const char *steppe_scenario_id(const steppe_solver *s, int64_t i)
{
    return scenario_cell(s, i, "scenario_id");
}

const char *steppe_scenario_name(const steppe_solver *s, int64_t i)
{
    return scenario_cell(s, i, "name");
}

static size_t hand_out(text *name, char *buffer, size_t size)
{
    const size_t len = name->data ? name->len : 0;
    if (buffer && size > 0) {
        const size_t n = len < size ? len : size - 1;
        if (n > 0) memcpy(buffer, name->data, n);
        buffer[n] = '\0';
    }
    text_free(name);
    return len;
}

int64_t steppe_arc_count(const steppe_solver *s)
{
    return s && s->has_model ? s->md.m : 0;
}

double steppe_arc_flow(const steppe_solver *s, int64_t arc)
{
    if (!s || !s->has_answer || arc < 0 || arc >= s->md.m) return NAN;
    return (double)s->an.x[arc] / pow(10.0, s->md.flow_places);
}

size_t steppe_arc_name(const steppe_solver *s, int64_t arc, char *buffer, size_t size)
{
    text name = {0};
    if (arc >= 0 && arc < steppe_arc_count(s)) model_arc_name(&s->md, arc, &name);
    return hand_out(&name, buffer, size);
}

int64_t steppe_row_count(const steppe_solver *s)
{
    return s && s->has_model ? s->md.rows : 0;
}

double steppe_row_load(const steppe_solver *s, int64_t row)
{
    if (!s || !s->has_answer || row < 0 || row >= s->md.rows) return NAN;
    wide load = 0;
    for (int64_t e = s->md.row_first[row]; e < s->md.row_first[row + 1]; e++)
        load += (wide)s->md.row_weight[e] * s->an.x[s->md.row_arc[e]];
    return (double)load / (double)s->md.row_scale[row] / pow(10.0, s->md.flow_places);
}

double steppe_row_price(const steppe_solver *s, int64_t row)
{
    if (!s || !s->has_answer || row < 0 || row >= s->md.rows) return NAN;
    return (double)s->an.lambda[row] / pow(10.0, s->md.cost_places + DUAL_EXTRA);
}

size_t steppe_row_name(const steppe_solver *s, int64_t row, char *buffer, size_t size)
{
    text name = {0};
    if (row >= 0 && row < steppe_row_count(s)) model_row_name(&s->md, row, &name);
    return hand_out(&name, buffer, size);
}

int64_t steppe_node_count(const steppe_solver *s)
{
    return s && s->has_model ? s->md.n : 0;
}

double steppe_node_potential(const steppe_solver *s, int64_t node)
{
    if (!s || !s->has_answer || node < 0 || node >= s->md.n) return NAN;
    return (double)s->an.pi[node] / pow(10.0, s->md.cost_places + DUAL_EXTRA);
}

size_t steppe_node_name(const steppe_solver *s, int64_t node, char *buffer, size_t size)
{
    text name = {0};
    if (node >= 0 && node < steppe_node_count(s)) model_node_name(&s->md, (int32_t)node, &name);
    return hand_out(&name, buffer, size);
}

steppe_status steppe_write_model(steppe_solver *s, const char *path)
{
    if (!s || !path) return STEPPE_BAD_CALL;
    if (!s->has_model)
        return steppe_fail(&s->ctx, STEPPE_BAD_CALL, "steppe_write_model without steppe_setup");
    return write_model(&s->ctx, &s->md, path);
}

void steppe_free(steppe_solver *s)
{
    if (!s) return;
    drop_model(s);
    if (s->is_case) {
        scenario_free_tables(&s->now, &s->base);
        case_free_tables(&s->base);
    }
    basis_store_free(&s->store);
    text_free(&s->updates);
    mem_free(s->scenario);
    mem_free(s->path);
    mem_free(s);
}
