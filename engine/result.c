/* The result folder: the exact answer, the tables made from it, and result.json with where it
 * all came from. No times, no absolute paths, no host: the same case and settings give the same
 * bytes. */
#include "result.h"
#include "write.h"

#include <math.h>
#include <string.h>

/* The last part of a path: a folder's name tells more than where it lay. */
void result_case_name(const char *path, text *t)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/') start--;
    text_add_bytes(t, path + start, end - start);
}

static const char *outcome_text(steppe_outcome outcome)
{
    static const char *const name[] = {"unknown", "optimal", "infeasible", "feasible"};
    return name[outcome];
}

static void add_inputs(const steppe_solver *s, text *t)
{
    bool first = true;
    text_add(t, "  \"inputs\": {");
    for (int id = 0; s->is_case && id < TABLE_COUNT; id++) {
        const table *tab = s->base.tab[id];
        if (!tab) continue;
        text_addf(t, "%s\n    \"%s\": \"%s\"", first ? "" : ",", tab->name, tab->sha256);
        first = false;
    }
    text_add(t, "\n  },\n");
}

static void add_totals(const report *rp, text *t)
{
    report_totals sum;
    report_total(rp, &sum);
    text_addf(
        t,
        "  \"cost_musd\": {\n    \"transport\": %.6f,\n    \"transfer\": %.6f,\n"
        "    \"supply\": %.6f,\n    \"shortage\": %.6f,\n    \"minimum_shortage\": %.6f,\n"
        "    \"shut_in\": %.6f,\n    \"contract_shortfall\": %.6f,\n"
        "    \"storage\": %.6f,\n    \"conversion\": %.6f,\n    \"cost_curve\": %.6f,\n"
        "    \"off_plan\": %.6f\n  },\n"
        "  \"tonne_km_million\": %.6f,\n  \"emission_kt_co2e\": %.6f,\n",
        sum.transport, sum.transfer, sum.supply, sum.shortage, sum.min_shortage, sum.shut_in,
        sum.shortfall, sum.storage, sum.conversion, sum.curve, sum.off_plan, sum.tonne_km,
        sum.emission);
}

static void add_horizon(const horizon *hz, text *t)
{
    char first[16], last[16];
    text_addf(t, "  \"periods\": %d,\n  \"horizon_days\": %d,\n", hz->T, (int)hz->days);
    if (hz->dated)
        text_addf(t, "  \"first_day\": \"%s\",\n  \"last_day\": \"%s\",\n",
                  day_text(first, hz->periods[0].first_day),
                  day_text(last, hz->periods[0].first_day + hz->days - 1));
}

void result_json(const steppe_solver *s, const report *rp, const char *case_name,
                 const result_file *file, text *t)
{
    const model *md = &s->md;
    char b[64], unit[64];
    text_add(t, "{\n  \"steppe\": \"" STEPPE_VERSION "\",\n  \"case\": ");
    json_add(t, case_name);
    text_add(t, ",\n  \"scenario\": ");
    if (s->scenario)
        json_add(t, s->scenario);
    else
        text_add(t, "null");
    text_add(t, ",\n  \"updates\": ");
    json_add(t, s->updates.data ? s->updates.data : "");
    text_add(t, ",\n  \"cut\": ");
    if (s->ctx.set.periods)
        json_add(t, s->ctx.set.periods);
    else
        text_add(t, "null");
    text_addf(t, ",\n  \"outcome\": \"%s\",\n", outcome_text(s->info.outcome));
    const int places = md->flow_places + md->cost_places;
    int64_t tight = 0;
    for (int64_t r = 0; r < md->rows; r++) tight += rp->lambda[r] != 0;
    text_addf(t, "  \"objective\": \"%s\",\n", wide_text(b, s->cert.objective, places));
    text_addf(t, "  \"bound\": \"%s\",\n", wide_text(b, s->cert.bound, places));
    text_addf(t, "  \"gap_rel\": %.17g,\n", s->cert.gap_rel);
    text_addf(t, "  \"objective_unit\": \"%s\",\n",
              s->is_case ? "million USD over the horizon" : "as in the file");
    text_addf(t, "  \"flow_unit_smallest\": \"%s\",\n", wide_text(unit, 1, md->flow_places));
    if (s->is_case) add_horizon(md->hz, t);
    text_addf(t,
              "  \"commodities\": %d,\n  \"nodes\": %d,\n  \"arcs\": %lld,\n  "
              "\"coupling_rows\": %lld,\n  \"tight_rows\": %lld,\n",
              md->K, md->n, (long long)md->m, (long long)md->rows, (long long)tight);
    add_totals(rp, t);
    text_addf(t, "  \"settings\": {\"gap_rel\": %.17g},\n", gap_allowed(&s->ctx.set, md));
    add_inputs(s, t);
    text_add(t, "  \"files\": {");
    for (int i = 0; i < report_table_count; i++)
        text_addf(t, "%s\n    \"%s\": \"%s\"", i ? "," : "", file[i].name, file[i].sha256);
    text_add(t, "\n  }\n}\n");
}

static steppe_status write_tables(steppe_solver *s, const report *rp, write_folder *folder)
{
    steppe_status st = STEPPE_OK;
    result_file *file = MEM_ZERO(result_file, report_table_count);
    text t = {0};
    if (!file) return steppe_no_memory(&s->ctx);
    for (int i = 0; i < report_table_count && st == STEPPE_OK; i++) {
        t.len = 0;
        st = report_tables[i].make(&s->ctx, rp, &t);
        file[i].name = report_tables[i].name;
        if (st == STEPPE_OK && !hash_bytes(t.data ? t.data : "", t.len, file[i].sha256))
            st = steppe_no_memory(&s->ctx);
        if (st == STEPPE_OK) st = write_folder_add(folder, file[i].name, &t);
    }
    t.len = 0;
    if (st == STEPPE_OK) {
        text name = {0};
        result_case_name(s->path, &name);
        result_json(s, rp, name.data ? name.data : "", file, &t);
        t.failed |= name.failed;
        text_free(&name);
        st = write_folder_add(folder, "result.json", &t);
    }
    text_free(&t);
    mem_free(file);
    return st;
}

steppe_status steppe_write_result(steppe_solver *s, const char *dir)
{
    if (!s || !dir) return STEPPE_BAD_CALL;
    if (!s->has_answer)
        return steppe_fail(&s->ctx, STEPPE_BAD_CALL, "steppe_write_result without an answer");
    report rp;
    write_folder folder;
    STEPPE_TRY(report_begin(&s->ctx, &s->md, s->an.x, s->an.pi, s->an.lambda, &rp));
    steppe_status st = write_folder_begin(&s->ctx, dir, &folder);
    if (st == STEPPE_OK) {
        st = write_tables(s, &rp, &folder);
        if (st == STEPPE_OK) st = write_folder_commit(&folder);
        write_folder_abandon(&folder);
    }
    report_end(&rp);
    return st;
}

steppe_status steppe_remove_result(const char *dir, const steppe_settings *set)
{
    if (!dir) return STEPPE_BAD_CALL;
    steppe_ctx ctx = {0};
    ctx.set = set ? *set : steppe_default_settings();
    return write_folder_remove(&ctx, dir);
}
