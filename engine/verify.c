/* steppe_verify: from the tables and the written files alone. The case is read and expanded
 * again, the flows and prices are taken from the exact tables, the certificate is computed, and
 * every other table is made again and compared byte by byte. Nothing of the solver runs. */
#include "result.h"

#include <jansson.h>
#include <stdarg.h>
#include <string.h>

typedef struct {
    steppe_solver *s; /* the case at the result's scenario, without an answer */
    steppe_ctx *ctx;
    const char *dir;
    json_t *json;
    char *json_bytes;
    size_t json_len;
    double gap_allowed; /* what the caller accepts */
    int64_t reasons;
    int64_t *x;
    wide *pi, *lambda;
} verifier;

static void refute(verifier *v, const char *format, ...) PRINTF_LIKE(2, 3);
static void refute(verifier *v, const char *format, ...)
{
    char line[700];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    v->reasons++;
    steppe_fail(v->ctx, STEPPE_UNPROVEN, "%s/%s", v->dir, line);
}

static const char *json_text_at(const verifier *v, const char *object, const char *key)
{
    const json_t *from = object ? json_object_get(v->json, object) : v->json;
    return json_string_value(json_object_get(from, key));
}

static steppe_status path_in(const verifier *v, const char *name, text *out)
{
    out->len = 0;
    text_addf(out, "%s/%s", v->dir, name);
    return out->failed ? steppe_no_memory(v->ctx) : STEPPE_OK;
}

/* ---- the case behind the result ------------------------------------------------------ */

static steppe_status apply_updates(verifier *v, const char *updates)
{
    text t = {0};
    char *copy;
    horizon_update *list;
    int64_t count;
    text_add(&t, updates);
    if (t.failed) return steppe_no_memory(v->ctx);
    steppe_status st = updates_split(v->ctx, &t, &copy, &list, &count);
    text_free(&t);
    if (st != STEPPE_OK) return st;
    for (int64_t i = 0; i < count && st == STEPPE_OK; i++)
        st = steppe_update(v->s, list[i].table, list[i].selector, list[i].field,
                           list[i].operation, list[i].value);
    mem_free(copy);
    mem_free(list);
    return st;
}

/* The case, its horizon cut as the result says. */
static steppe_status open_case(verifier *v, const char *case_path, const steppe_settings *set)
{
    steppe_settings mine = set ? *set : steppe_default_settings();
    mine.periods = json_text_at(v, NULL, "cut");
    const steppe_status st = solver_open(&v->s, case_path, &mine, false);
    if (!mine.periods || (st != STEPPE_BAD_CALL && st != STEPPE_BAD_INPUT)) return st;
    const char *cut = mine.periods;
    mine.periods = NULL; /* is it the cut or the case? */
    STEPPE_TRY(solver_open(&v->s, case_path, &mine, false));
    refute(v, "result.json: found the cut '%s', which the case does not take", cut);
    return STEPPE_BAD_INPUT;
}

/* Is it not the network itself that setup refuses? */
static bool network_is_sound(verifier *v)
{
    steppe_ctx quiet = v->s->ctx;
    model probe;
    quiet.set.log = NULL;
    if (model_build(&quiet, &v->s->hz, true, NULL, &probe) != STEPPE_OK) return false;
    model_free(&probe);
    return true;
}

static steppe_status load_case(verifier *v, const char *case_path, const steppe_settings *set)
{
    STEPPE_TRY(open_case(v, case_path, set));
    steppe_status st = STEPPE_OK;
    const char *scenario = json_text_at(v, NULL, "scenario"),
               *updates = json_text_at(v, NULL, "updates");
    for (int id = 0; v->s->is_case && id < TABLE_COUNT; id++) {
        const table *t = v->s->base.tab[id];
        const char *was = json_text_at(v, "inputs", table_name[id]);
        if (!t != !was || (t && was && strcmp(t->sha256, was) != 0))
            refute(v,
                   "result.json: found the result of another version of table '%s', expected "
                   "the case as it is",
                   table_name[id]);
    }
    if (v->s->is_case) st = steppe_apply_scenario(v->s, scenario);
    if (st == STEPPE_OK && updates && updates[0]) st = apply_updates(v, updates);
    if (st == STEPPE_BAD_INPUT)
        refute(v, "result.json: found scenario '%s', which the case does not give",
               scenario ? scenario : "base");
    text plan = {0};
    if (st == STEPPE_OK) st = path_in(v, "plan.csv", &plan);
    if (st == STEPPE_OK) {
        v->s->plan_file = mem_copy_text(plan.data);
        st = v->s->plan_file ? steppe_setup(v->s) : steppe_no_memory(v->ctx);
        if (v->s->is_case && (st == STEPPE_BAD_INPUT || st == STEPPE_IO) &&
            network_is_sound(v)) {
            refute(v, "plan.csv: found no plan for scenario '%s' of the case",
                   scenario ? scenario : "base");
            st = STEPPE_BAD_INPUT;
        }
    }
    text_free(&plan);
    return st;
}

/* ---- the exact tables ---------------------------------------------------------------- */

typedef enum { OF_ARC, OF_ROW, OF_NODE } of_what;

/* Finds arcs, rows or nodes by name. Tables list them in the order of the model, so the name that is looked for mostly comes soon
 * behind the last one; where it does not, all names are indexed. */
typedef struct {
    const model *md;
    of_what what;
    int64_t count, next;
    text name, block; /* block: all names, borrowed by the map */
    names map;
    bool indexed;
} finder;

static void add_name(const finder *f, int64_t i, text *t)
{
    if (f->what == OF_ARC) model_arc_name(f->md, i, t);
    if (f->what == OF_ROW) model_row_name(f->md, i, t);
    if (f->what == OF_NODE) model_node_name(f->md, (int32_t)i, t);
}

static void finder_begin(const model *md, of_what what, finder *f)
{
    memset(f, 0, sizeof *f);
    f->md = md;
    f->what = what;
    f->count = what == OF_ARC ? md->m : what == OF_ROW ? md->rows : md->n;
}

static void finder_end(finder *f)
{
    text_free(&f->name);
    text_free(&f->block);
    names_free(&f->map);
}

static bool index_names(finder *f)
{
    int64_t *at = MEM_NEW(int64_t, f->count);
    bool ok = at && names_init(&f->map, f->count);
    for (int64_t i = 0; i < f->count && ok; i++) {
        at[i] = (int64_t)f->block.len;
        add_name(f, i, &f->block);
        text_add_bytes(&f->block, "", 1);
        ok = !f->block.failed;
    }
    for (int64_t i = 0; i < f->count && ok; i++)
        ok = names_add(&f->map, f->block.data + at[i], i) != -2;
    mem_free(at);
    f->indexed = ok;
    return ok;
}

/* *at: -1 where there is none of that name. false: no memory. */
static bool find(finder *f, const char *name, int64_t *at)
{
    for (; f->next < f->count; f->next++) {
        f->name.len = 0;
        add_name(f, f->next, &f->name);
        if (f->name.failed || !f->name.data) return false;
        if (strcmp(f->name.data, name) != 0) continue;
        *at = f->next++;
        return true;
    }
    if (!f->indexed && !index_names(f)) return false;
    *at = names_find(&f->map, name);
    return true;
}

/* One table of name -> number. */
static steppe_status read_exact(verifier *v, const char *file, of_what what,
                                const char *name_head, const char *number_head, int places)
{
    text path = {0};
    finder f;
    table *t = NULL;
    finder_begin(&v->s->md, what, &f);
    steppe_status st = path_in(v, file, &path);
    if (st == STEPPE_OK) {
        st = table_read(v->ctx, path.data, file, &t);
        if (st == STEPPE_IO || st == STEPPE_BAD_INPUT) {
            v->reasons++;
            st = STEPPE_OK;
        }
    }
    const int name_col = table_column(t, name_head), number_col = table_column(t, number_head);
    if (t && (name_col < 0 || number_col < 0))
        refute(v, "%s:1: found no columns %s and %s", file, name_head, number_head);
    char *seen = MEM_ZERO(char, f.count);
    if (!seen && st == STEPPE_OK) st = steppe_no_memory(v->ctx);
    for (int64_t i = 0; st == STEPPE_OK && t && name_col >= 0 && number_col >= 0 && i < t->rows;
         i++) {
        const char *name = table_cell(t, i, name_col), *cell = table_cell(t, i, number_col);
        int64_t at;
        wide value = 0;
        if (!find(&f, name, &at)) {
            st = steppe_no_memory(v->ctx);
            break;
        }
        if (at < 0) {
            refute(v, "%s:%lld: found '%s', which the case does not have", file,
                   (long long)table_row_number(t, i), name);
            continue;
        }
        if (seen[at])
            refute(v, "%s:%lld: found '%s' a second time", file,
                   (long long)table_row_number(t, i), name);
        seen[at] = 1;
        if (!wide_parse(cell, places, &value) ||
            (what == OF_ARC && (value > INT64_MAX || value < INT64_MIN)))
            refute(v, "%s:%lld: found '%s', expected a decimal of at most %d places", file,
                   (long long)table_row_number(t, i), cell, places);
        if (what == OF_ARC) v->x[at] = (int64_t)value;
        if (what == OF_ROW) v->lambda[at] = value;
        if (what == OF_NODE) v->pi[at] = value;
    }
    mem_free(seen);
    table_free(t);
    finder_end(&f);
    text_free(&path);
    return st;
}

/* ---- everything else ----------------------------------------------------------------- */

/* Line number of the first difference. */
static long long first_difference(const char *a, const char *b)
{
    long long line = 1;
    for (; *a && *a == *b; a++, b++) line += *a == '\n';
    return line;
}

static steppe_status check_files(verifier *v)
{
    report rp;
    STEPPE_TRY(report_begin(v->ctx, &v->s->md, v->x, v->pi, v->lambda, &rp));
    steppe_status st = STEPPE_OK;
    text path = {0}, made = {0};
    result_file *made_file = MEM_ZERO(result_file, report_table_count);
    if (!made_file) st = steppe_no_memory(v->ctx);
    for (int i = 0; i < report_table_count && st == STEPPE_OK; i++) {
        const char *name = report_tables[i].name, *said = json_text_at(v, "files", name);
        char sum[HASH_TEXT], *bytes = NULL;
        size_t len = 0;
        made_file[i].name = name;
        st = path_in(v, name, &path);
        if (st != STEPPE_OK) break;
        const steppe_status got = file_read(v->ctx, path.data, &bytes, &len);
        if (got != STEPPE_OK) {
            st = got == STEPPE_NO_MEMORY ? got : STEPPE_OK;
            v->reasons++;
            continue;
        }
        if (!hash_bytes(bytes, len, sum)) st = steppe_no_memory(v->ctx);
        if (st == STEPPE_OK && (!said || strcmp(sum, said) != 0))
            refute(v,
                   "%s: found other bytes than result.json records, expected the file as "
                   "written (%zu bytes there)",
                   name, len);
        made.len = 0;
        if (st == STEPPE_OK) st = report_tables[i].make(v->ctx, &rp, &made);
        if (st == STEPPE_OK &&
            !hash_bytes(made.data ? made.data : "", made.len, made_file[i].sha256))
            st = steppe_no_memory(v->ctx);
        if (st == STEPPE_OK && (made.len != len || memcmp(made.data, bytes, len) != 0))
            refute(v,
                   "%s:%lld: found a row that does not follow from the exact flows and prices",
                   name, first_difference(bytes, made.data));
        mem_free(bytes);
    }
    if (st == STEPPE_OK) {
        const char *name = json_text_at(v, NULL, "case");
        made.len = 0;
        result_json(v->s, &rp, name ? name : "", made_file, &made);
        if (made.failed) st = steppe_no_memory(v->ctx);
        /* where a table differs, so does its hash here, and that has been said */
        else if (v->reasons == 0 &&
                 (made.len != v->json_len || memcmp(made.data, v->json_bytes, made.len) != 0))
            refute(v,
                   "result.json:%lld: found a line that does not follow from the case and the "
                   "exact tables",
                   first_difference(v->json_bytes, made.data));
    }
    mem_free(made_file);
    text_free(&path);
    text_free(&made);
    report_end(&rp);
    return st;
}

static steppe_status check_claims(verifier *v, steppe_proof *proof)
{
    const model *md = &v->s->md;
    certificate cert;
    v->gap_allowed = gap_allowed(&v->ctx->set, md);
    STEPPE_TRY(certify(v->ctx, md, v->x, v->pi, v->lambda, DUAL_EXTRA, &cert));
    v->reasons += cert.violations;
    proof->objective = certificate_value(md, cert.objective);
    proof->bound = certificate_value(md, cert.bound);
    proof->gap_rel = cert.gap_rel;
    proof->arcs = md->m;
    proof->rows = md->rows;
    proof->files = report_table_count + 1;
    const int places = md->flow_places + md->cost_places;
    const struct {
        const char *key;
        wide value;
    } claim[2] = {{"objective", cert.objective}, {"bound", cert.bound}};
    for (int i = 0; i < 2; i++) {
        char b[64];
        const char *said = json_text_at(v, NULL, claim[i].key);
        if (!said || strcmp(said, wide_text(b, claim[i].value, places)) != 0)
            refute(v, "result.json: found %s %s, expected %s from the files", claim[i].key,
                   said ? said : "missing", b);
    }
    const char *outcome = json_text_at(v, NULL, "outcome");
    const double allowed =
        json_number_value(json_object_get(json_object_get(v->json, "settings"), "gap_rel"));
    const bool optimal = cert.feasible && cert.gap_rel <= allowed;
    if (cert.feasible && (!outcome || strcmp(outcome, optimal ? "optimal" : "feasible") != 0))
        refute(v, "result.json: found outcome %s, expected %s: the gap is %.3g of at most %.3g",
               outcome ? outcome : "missing", optimal ? "optimal" : "feasible", cert.gap_rel,
               allowed);
    else if (optimal && cert.gap_rel > v->gap_allowed)
        refute(v, "result.json: found a gap of %.3g called optimal, expected at most %.3g",
               cert.gap_rel, v->gap_allowed);
    v->s->cert = cert; /* what result.json is made from */
    v->s->info.outcome = optimal ? STEPPE_OPTIMAL : STEPPE_FEASIBLE;
    v->s->ctx.set.gap_rel = allowed;
    return STEPPE_OK;
}

static steppe_status load_json(verifier *v)
{
    text path = {0};
    char *bytes = NULL;
    size_t len = 0;
    json_error_t error;
    steppe_status st = path_in(v, "result.json", &path);
    if (st == STEPPE_OK) st = file_read(v->ctx, path.data, &bytes, &len);
    text_free(&path);
    if (st != STEPPE_OK) return st;
    v->json = json_loadb(bytes, len, 0, &error);
    v->json_bytes = bytes;
    v->json_len = len;
    if (!v->json)
        refute(v, "result.json:%d:%d: %s, expected a whole JSON file", error.line, error.column,
               error.text);
    return v->json ? STEPPE_OK : STEPPE_UNPROVEN;
}

static steppe_status run(verifier *v, const char *case_path, const steppe_settings *set,
                         steppe_proof *proof)
{
    STEPPE_TRY(load_json(v));
    steppe_status st = load_case(v, case_path, set);
    if (st == STEPPE_BAD_INPUT && v->reasons > 0) return STEPPE_UNPROVEN;
    if (st != STEPPE_OK) return st;
    const model *md = &v->s->md;
    v->x = MEM_ZERO(int64_t, md->m);
    v->pi = MEM_ZERO(wide, md->n);
    v->lambda = MEM_ZERO(wide, md->rows);
    if (!v->x || !v->pi || !v->lambda) return steppe_no_memory(v->ctx);
    const int price = md->cost_places + DUAL_EXTRA;
    STEPPE_TRY(read_exact(v, "flow.csv", OF_ARC, "variable", "flow", md->flow_places));
    STEPPE_TRY(read_exact(v, "capacity.csv", OF_ROW, "row",
                          "price_usd_per_unit_of_limit_negative_saves", price));
    STEPPE_TRY(read_exact(v, "potential.csv", OF_NODE, "balance", "price_usd_per_unit", price));
    STEPPE_TRY(check_claims(v, proof));
    STEPPE_TRY(check_files(v));
    return v->reasons > 0 ? STEPPE_UNPROVEN : STEPPE_OK;
}

steppe_status steppe_verify(const char *case_path, const char *result_dir,
                            const steppe_settings *set, steppe_proof *proof)
{
    steppe_proof unused;
    if (!proof) proof = &unused;
    memset(proof, 0, sizeof *proof);
    if (!case_path || !result_dir) return STEPPE_BAD_CALL;
    steppe_ctx ctx = {0};
    ctx.set = set ? *set : steppe_default_settings();
    ctx.start = clock_now();
    verifier v = {0};
    v.ctx = &ctx;
    v.dir = result_dir;
    const steppe_status st = run(&v, case_path, set, proof);
    steppe_free(v.s);
    json_decref(v.json);
    mem_free(v.json_bytes);
    mem_free(v.x);
    mem_free(v.pi);
    mem_free(v.lambda);
    return st;
}
