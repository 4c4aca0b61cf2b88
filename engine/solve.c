/* The public calls, and the way of the data: tables -> case -> network -> answer ->
 * certificate. */
#include "result.h"

#include "spare.h"
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
    const steppe_settings set = {.gap_rel = -1.0};
    return set;
}

void context_init(steppe_ctx *ctx, const steppe_settings *set)
{
    memset(ctx, 0, sizeof *ctx);
    ctx->set = set ? *set : steppe_default_settings();
#ifdef _OPENMP
    if (ctx->set.threads <= 0) ctx->set.threads = omp_get_max_threads();
#else
    ctx->set.threads = 1;
#endif
    ctx->start = clock_now();
    ctx->bound = ctx->answer = NAN;
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
}

static void drop_horizon(steppe_solver *s)
{
    drop_model(s);
    if (s->has_horizon) horizon_free(&s->hz, &s->base);
    s->has_horizon = s->is_stale = s->is_recut = false;
}

steppe_status updates_split(steppe_ctx *ctx, const text *updates, char **copy,
                            horizon_update **list, int64_t *count)
{
    int64_t lines = 0;
    *count = 0;
    *list = NULL;
    *copy = mem_copy_text(updates->data ? updates->data : "");
    for (const char *p = *copy; p && *p; p++) lines += *p == '\n';
    if (*copy) *list = MEM_NEW(horizon_update, lines);
    if (!*list) {
        mem_free(*copy);
        *copy = NULL;
        return steppe_no_memory(ctx);
    }
    for (char *line = *copy; *line;) {
        char *part[5] = {line, NULL, NULL, NULL, NULL}, *next = strchr(line, '\n');
        if (next) *next++ = '\0';
        for (int i = 1; i < 5 && part[i - 1]; i++) {
            part[i] = strchr(part[i - 1], UPDATE_FIELD_END);
            if (part[i]) *part[i]++ = '\0';
        }
        if (part[4])
            (*list)[(*count)++] = (horizon_update){part[0], part[1], part[2], part[3], part[4]};
        line = next ? next : line + strlen(line);
    }
    return STEPPE_OK;
}

/* The case at the scenario and updates at hand. On failure the handle keeps what it had. */
static steppe_status build_horizon(steppe_solver *s)
{
    char *copy;
    horizon_update *list;
    int64_t count;
    horizon fresh;
    STEPPE_TRY(updates_split(&s->ctx, &s->updates, &copy, &list, &count));
    const steppe_status st =
        horizon_build(&s->ctx, &s->base, s->scenario, list, count, s->ctx.set.periods, &fresh);
    mem_free(copy);
    mem_free(list);
    if (st != STEPPE_OK) return st;
    drop_horizon(s);
    s->hz = fresh;
    s->has_horizon = true;
    return STEPPE_OK;
}

/* Do periods depend on the table? */
static bool cuts_periods(const char *name)
{
    return strcmp(name, "period") == 0 || strcmp(name, "config") == 0;
}

/* probe: the base is checked whole, network included, before any scenario touches it. */
static steppe_status check_base(steppe_solver *s, bool probe)
{
    const int64_t faults = s->ctx.faults;
    STEPPE_TRY(case_read_tables(&s->ctx, s->path, &s->base));
    steppe_status st = build_horizon(s);
    /* a missing or malformed table was reported before the records were read */
    if (st == STEPPE_OK && s->ctx.faults > faults) st = STEPPE_BAD_INPUT;
    if (st != STEPPE_OK || !probe) return st;
    model base;
    STEPPE_TRY(model_build(&s->ctx, &s->hz, true, NULL, &base));
    model_free(&base);
    case_note_unused(&s->ctx, &s->base);
    return STEPPE_OK;
}

/* Settings hold a text for the time of the call; the handle needs it for its life. */
static bool known_periods(const char **word)
{
    static const char *const list[] = {"year", "month", "week", "day"};
    if (!*word) return true;
    for (int i = 0; i < 4; i++)
        if (strcmp(*word, list[i]) == 0) {
            *word = list[i];
            return true;
        }
    return false;
}

steppe_status steppe_open(steppe_solver **out, const char *path, const steppe_settings *set)
{
    return solver_open(out, path, set, true);
}

steppe_status solver_open(steppe_solver **out, const char *path, const steppe_settings *set,
                          bool probe)
{
    if (!out) return STEPPE_BAD_CALL;
    *out = NULL;
    if (!path) return STEPPE_BAD_CALL;
    steppe_solver *s = MEM_ZERO(steppe_solver, 1);
    if (!s) return STEPPE_NO_MEMORY;
    context_init(&s->ctx, set);
    steppe_status st;
    struct stat info;
    s->path = mem_copy_text(path);
    if (!s->path)
        st = steppe_no_memory(&s->ctx);
    else if (!known_periods(&s->ctx.set.periods))
        st = steppe_fail(&s->ctx, STEPPE_BAD_CALL,
                         "found periods '%s', expected year, month, week or day",
                         s->ctx.set.periods);
    else if (stat(path, &info) != 0)
        st = steppe_fail(&s->ctx, STEPPE_IO,
                         "%s: found nothing there, expected a case folder or an instance file",
                         path);
    else if (S_ISDIR(info.st_mode)) {
        s->is_case = true;
        st = check_base(s, probe);
    } else if (instance_path(path) && s->ctx.set.periods) {
        st = steppe_fail(&s->ctx, STEPPE_BAD_CALL, "an instance file has no periods");
    } else if (instance_path(path)) {
        st = instance_read(&s->ctx, path, &s->md);
        s->has_model = st == STEPPE_OK;
    } else {
        st = steppe_fail(&s->ctx, STEPPE_BAD_INPUT,
                         "%s: found a file of another kind, expected a case folder, .min, "
                         ".mcfmin, .mmcf or .mps (also .gz)",
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
    drop_horizon(s);
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
    s->scenario = mem_copy_text(id);
    const steppe_status st = s->scenario ? build_horizon(s) : steppe_no_memory(&s->ctx);
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
    if (!s->has_horizon) STEPPE_TRY(build_horizon(s));
    const size_t before = s->updates.len;
    const horizon_update u = {table_text, selector, field, operation, value};
    const char *part[5] = {table_text, selector, field, operation, value};
    for (int i = 0; i < 5; i++)
        text_addf(&s->updates, "%s%c", part[i], i < 4 ? UPDATE_FIELD_END : '\n');
    const steppe_status st = s->updates.failed ? steppe_no_memory(&s->ctx)
                                               : horizon_edit(&s->ctx, &s->base, &u, &s->hz);
    if (st == STEPPE_OK) {
        drop_model(s);
        s->is_stale = true;
        s->is_recut |= cuts_periods(table_text);
        return st;
    }
    s->updates.failed = false; /* a refused update leaves the handle as it was */
    s->updates.len = before;
    if (s->updates.data) s->updates.data[before] = '\0';
    if (s->hz.states > 1) drop_horizon(s); /* it may be half edited */
    return st;
}

steppe_status steppe_set_reference(steppe_solver *s, const char *dir)
{
    if (!s) return STEPPE_BAD_CALL;
    if (!s->is_case)
        return steppe_fail(&s->ctx, STEPPE_BAD_CALL, "an instance file has no plan to keep to");
    if (s->has_volumes) volumes_free(&s->volumes);
    mem_free(s->reference);
    s->reference = NULL;
    s->has_volumes = false;
    if (!dir) return STEPPE_OK;
    if (!s->has_horizon) STEPPE_TRY(build_horizon(s));
    text name = {0};
    result_case_name(s->path, &name);
    const steppe_status st =
        name.failed || !name.data
            ? steppe_no_memory(&s->ctx)
            : volumes_of_result(&s->ctx, dir, name.data, &s->hz, &s->volumes);
    text_free(&name);
    if (st != STEPPE_OK) return st;
    s->has_volumes = true;
    s->reference = mem_copy_text(dir);
    return s->reference ? STEPPE_OK : steppe_no_memory(&s->ctx);
}

steppe_status steppe_hold_basis(steppe_solver *s, int hold)
{
    if (!s) return STEPPE_BAD_CALL;
    s->hold_basis = hold != 0;
    return STEPPE_OK;
}

/* What the base case plans, solved here and now: the reference of ramps where nothing else is given. */
static steppe_status solve_base(steppe_solver *s)
{
    horizon hz;
    model md;
    answer an;
    STEPPE_TRY(horizon_build(&s->ctx, &s->base, NULL, NULL, 0, s->ctx.set.periods, &hz));
    steppe_status st = model_build(&s->ctx, &hz, false, NULL, &md);
    if (st == STEPPE_OK) {
        basis_store coarse = {0};
        const bool warm = s->store.slots > 0 && !s->ctx.set.cold;
        if (!warm) st = coarse_start(s, &md, true, &coarse);
        if (st == STEPPE_OK)
            st = coordinate(&s->ctx, &md, warm ? &s->store : &coarse, false,
                            s->hold_basis ? NULL : &s->store, &an);
        basis_store_free(&coarse);
        if (st == STEPPE_OK) {
            if (!an.infeasible && !an.stopped) {
                st = volumes_of_answer(&s->ctx, &md, an.x, &s->volumes);
                s->has_volumes = st == STEPPE_OK;
            }
            answer_free(&an);
        }
        model_free(&md);
    }
    horizon_free(&hz, &s->base);
    return st;
}

/* The plan for the model to be built; NULL where no ramp asks for one. */
static steppe_status find_plan(steppe_solver *s, wide **volume)
{
    *volume = NULL;
    if (!plan_needed(&s->hz)) return STEPPE_OK;
    if (s->plan_file) return plan_read(&s->ctx, s->plan_file, &s->hz, volume);
    const bool is_base = !s->scenario && s->updates.len == 0;
    if (!s->has_volumes && !is_base) STEPPE_TRY(solve_base(s));
    return plan_make(&s->ctx, &s->hz, s->has_volumes ? &s->volumes : NULL, volume);
}

steppe_status steppe_setup(steppe_solver *s)
{
    if (!s) return STEPPE_BAD_CALL;
    const double start = clock_now();
    s->ctx.start = start;
    if (s->is_case) {
        wide *volume;
        drop_model(s);
        if (!s->has_horizon) STEPPE_TRY(build_horizon(s));
        if (s->is_recut) STEPPE_TRY(build_horizon(s));
        if (s->is_stale) STEPPE_TRY(horizon_refresh(&s->ctx, &s->hz)); /* or it stays stale */
        s->is_stale = false;
        STEPPE_TRY(find_plan(s, &volume));
        STEPPE_TRY(model_build(&s->ctx, &s->hz, false, volume, &s->md));
        s->has_model = true;
    }
    drop_answer(s);
    s->is_set_up = true;
    memset(&s->info, 0, sizeof s->info);
    s->info.commodities = s->md.K;
    s->info.periods = s->md.T;
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

double gap_allowed(const steppe_settings *set, const model *md)
{
    if (set->gap_rel >= 0.0) return set->gap_rel;
    return md->loss_ppm ? 1e-7 : 1e-9;
}

/* What the certificate says of the answer. */
static void tell_proof(steppe_solver *s)
{
    steppe_info *info = &s->info;
    info->objective = certificate_value(&s->md, s->cert.objective);
    info->bound = certificate_value(&s->md, s->cert.bound);
    info->gap_rel = s->cert.gap_rel;
    info->unserved = certificate_value(&s->md, penalties(s));
    if (s->cert.feasible)
        info->outcome = s->cert.gap_rel <= gap_allowed(&s->ctx.set, &s->md) ? STEPPE_OPTIMAL
                                                                            : STEPPE_FEASIBLE;
}

static steppe_status prove(steppe_solver *s)
{
    /* a stopped solve has prices and perhaps no feasible flow: its violations are no news */
    steppe_ctx quiet = s->ctx;
    if (s->an.stopped) quiet.set.log = NULL;
    STEPPE_TRY(certify(&quiet, &s->md, s->an.x, s->an.pi, s->an.lambda, DUAL_EXTRA, &s->cert));
    tell_proof(s);
    return STEPPE_OK;
}

/* From the earlier basis where that is near, or from a coarser cut, or from nothing; into s->an. */
static steppe_status find_answer(steppe_solver *s, basis_store *keep)
{
    bool warm = s->store.slots > 0 && !s->ctx.set.cold;
    if (warm) { /* where a coarser cut could do better, an earlier basis has to be near */
        mem_keep_blocks();
        STEPPE_TRY(coordinate(&s->ctx, &s->md, &s->store, coarse_worth(&s->md), keep, &s->an));
        if (s->an.far) {
            answer_free(&s->an);
            warm = false;
        }
    }
    if (!warm) {
        basis_store coarse = {0};
        steppe_status st = coarse_start(s, &s->md, false, &coarse);
        if (st == STEPPE_OK) st = coordinate(&s->ctx, &s->md, &coarse, false, keep, &s->an);
        basis_store_free(&coarse);
        STEPPE_TRY(st);
        s->an.warm = false;
    }
    return STEPPE_OK;
}

static void tell_work(steppe_solver *s)
{
    steppe_info *info = &s->info;
    info->iterations += s->an.iterations;
    info->factor_order = s->an.order ? s->an.order : "";
    info->factor_nonzeros = s->an.factor_nonzeros;
    info->factor_flops = s->an.factor_flops;
    info->stages = s->ctx.stages;
    info->tree_pivots += s->an.tree_pivots;
    info->pivots += s->an.pivots;
    info->tight_rows = s->an.tight_rows;
    info->warm = s->an.warm;
}

#define SAME_GAP 1e-12 /* as good as none */

/* A change that moves no flow and no price: the earlier answer, proven anew. It has to be as good as it was. */
static steppe_status try_kept(steppe_solver *s, bool *holds)
{
    double allowed = gap_allowed(&s->ctx.set, &s->md), now = clock_now();
    *holds = false;
    if (s->ctx.set.cold) return STEPPE_OK;
    if (s->ctx.set.gap_rel < 0.0) allowed = fmin(allowed, fmax(SAME_GAP, 2.0 * s->kept.gap));
    STEPPE_TRY(kept_try(&s->ctx, &s->md, &s->kept, allowed, &s->an, &s->cert, holds));
    clock_add(&s->ctx.stages.exact, &now);
    return STEPPE_OK;
}

static steppe_status solve_and_prove(steppe_solver *s)
{
    basis_store *const keep = s->hold_basis ? NULL : &s->store;
    bool holds;
    if (s->is_case && !s->md.key) STEPPE_TRY(model_make_keys(&s->ctx, &s->md));
    STEPPE_TRY(try_kept(s, &holds));
    if (!holds) STEPPE_TRY(find_answer(s, keep));
    tell_work(s);
    if (s->an.infeasible) {
        s->info.outcome = STEPPE_INFEASIBLE;
        answer_free(&s->an);
        return STEPPE_OK;
    }
    s->has_answer = true;
    if (holds) {
        tell_proof(s);
        return STEPPE_OK;
    }
    STEPPE_TRY(prove(s));
    if (!s->cert.feasible)
        drop_answer(s);
    else if (keep && s->is_case && s->info.outcome == STEPPE_OPTIMAL)
        return kept_save(&s->ctx, &s->md, &s->an, s->cert.gap_rel, &s->kept);
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
    s->ctx.bound = s->ctx.answer = NAN;
    steppe_info *info = &s->info;
    info->outcome = STEPPE_UNKNOWN;
    info->tree_pivots = info->pivots = 0;
    info->iterations = 0;
    memset(&s->ctx.stages, 0, sizeof s->ctx.stages);
    const steppe_status st = solve_and_prove(s);
    if (st != STEPPE_OK) {
        drop_answer(s);
        return st;
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

void steppe_huge_pages(void)
{
    mem_huge_pages();
}

double steppe_spare_memory(void)
{
    return spare_memory() / 1073741824.0;
}

void steppe_free(steppe_solver *s)
{
    if (!s) return;
    drop_horizon(s);
    if (s->has_volumes) volumes_free(&s->volumes);
    if (s->is_case) case_free_tables(&s->base);
    mem_free(s->reference);
    mem_free(s->plan_file);
    basis_store_free(&s->store);
    kept_free(&s->kept);
    text_free(&s->updates);
    mem_free(s->scenario);
    mem_free(s->path);
    mem_free(s);
}
