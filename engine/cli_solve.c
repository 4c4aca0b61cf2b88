/* solve, scenarios, convert, verify, compare */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_json(const char *path, const char *scenario, const steppe_info *i)
{
    printf("{\"case\":\"");
    for (const char *s = path; *s; s++) {
        if (*s == '"' || *s == '\\') putchar('\\');
        if ((unsigned char)*s >= 0x20) putchar(*s);
    }
    printf("\",\"scenario\":");
    if (scenario)
        printf("\"%s\"", scenario);
    else
        printf("null");
    printf(",\"outcome\":\"%s\"", cli_outcome(i->outcome));
    if (i->outcome == STEPPE_OPTIMAL || i->outcome == STEPPE_FEASIBLE)
        printf(",\"objective\":%.17g,\"bound\":%.17g,\"gap_rel\":%.3g,\"unserved_musd\":%.17g",
               i->objective, i->bound, i->gap_rel, i->unserved);
    printf(",\"commodities\":%d,\"periods\":%d,\"nodes\":%d,\"arcs\":%lld,\"coupling_rows\":%"
           "lld,\"tight_"
           "rows\":%lld,"
           "\"iterations\":%d,\"tree_pivots\":%lld,\"pivots\":%lld,\"warm\":%s,\"seconds_"
           "setup\":%.6f,\"seconds_"
           "solve\":%.6f,",
           i->commodities, i->periods, i->nodes, (long long)i->arcs,
           (long long)i->coupling_rows, (long long)i->tight_rows, i->iterations,
           (long long)i->tree_pivots, (long long)i->pivots, i->warm ? "true" : "false",
           i->seconds_setup, i->seconds_solve);
    if (i->factor_nonzeros > 0)
        printf("\"factor_order\":\"%s\",\"factor_nonzeros\":%.0f,\"factor_flops\":%.0f,",
               i->factor_order, i->factor_nonzeros, i->factor_flops);
    const steppe_stages *at = &i->stages;
    printf("\"seconds\":{\"trees\":%.6f,\"order\":%.6f,\"factor\":%.6f,\"inside\":%.6f,"
           "\"columns\":%.6f,\"sifting\":%.6f,\"vertex\":%.6f,\"pivots\":%.6f,"
           "\"exact\":%.6f}}\n",
           at->trees, at->order, at->factor, at->inside, at->columns, at->sifting, at->vertex,
           at->pivots, at->exact);
    fflush(stdout);
}

static int show(cli_options *o, steppe_solver *s, const steppe_info *info)
{
    if (o->json) print_json(o->path[0], o->scenario, info);
    if (o->quiet && info->outcome == STEPPE_INFEASIBLE)
        cli_error(o, "infeasible: limits of the case contradict each other");
    if (o->json || o->quiet) return EXIT_SOLVED;
    if (info->outcome == STEPPE_INFEASIBLE) {
        printf("Infeasible: the notes above name the limits that contradict each other, and a "
               "change that mends it.\n");
        return EXIT_SOLVED;
    }
    if (info->outcome == STEPPE_UNKNOWN) {
        printf("Stopped before there was a feasible answer; nothing is written.\n");
        return EXIT_SOLVED;
    }
    char *words;
    const steppe_status st = steppe_describe(s, o->color, &words);
    if (st != STEPPE_OK) return cli_exit_of(st, false);
    fputs(words, stdout);
    steppe_free_text(words);
    return EXIT_SOLVED;
}

/* Writes the folder and checks it from the files. */
static int write_and_verify(cli_options *o, steppe_solver *s, const char *dir)
{
    steppe_status st = steppe_write_result(s, dir);
    if (st != STEPPE_OK) return cli_exit_of(st, false);
    if (o->no_verify) return EXIT_SOLVED;
    steppe_proof proof;
    o->quiet_notes = true;
    st = steppe_verify(o->path[0], dir, &o->set, &proof);
    if (st != STEPPE_OK) return cli_exit_of(st, true);
    if (!o->quiet && !o->json)
        printf("Verified from the files in %s: %d files, gap %.2g\n", dir, (int)proof.files,
               proof.gap_rel);
    return EXIT_SOLVED;
}

int cli_solve(cli_options *o)
{
    steppe_solver *s = NULL;
    steppe_info info;
    steppe_status st = steppe_open(&s, o->path[0], &o->set);
    if (st == STEPPE_OK && o->reference) st = steppe_set_reference(s, o->reference);
    if (st == STEPPE_OK) st = steppe_apply_scenario(s, o->scenario);
    if (st == STEPPE_OK) st = steppe_setup(s);
    if (st == STEPPE_OK) st = steppe_solve(s, &info);
    if (st != STEPPE_OK) {
        if (st != STEPPE_BAD_INPUT || !o->quiet) cli_error(o, "%s", steppe_status_text(st));
        steppe_free(s);
        return cli_exit_of(st, true);
    }
    int code = show(o, s, &info);
    const bool answer = info.outcome == STEPPE_OPTIMAL || info.outcome == STEPPE_FEASIBLE;
    if (code == EXIT_SOLVED && answer && o->out) code = write_and_verify(o, s, o->out);
    steppe_free(s);
    return code == EXIT_SOLVED ? cli_exit_of_outcome(o, &info) : code;
}

/* ---- scenarios ----------------------------------------------------------------------- */

typedef struct {
    FILE *index;
    double base;
    bool has_base; /* the base has an answer to compare with */
} tour;

static bool wanted(const char *only, const char *id)
{
    const size_t n = strlen(id);
    for (const char *s = only; s && *s;) {
        const size_t len = strcspn(s, ",");
        if (len == n && memcmp(s, id, n) == 0) return true;
        s += len + (s[len] == ',');
    }
    return only == NULL;
}

static void show_row(cli_options *o, tour *t, const char *id, const steppe_info *i)
{
    const bool answer = i->outcome == STEPPE_OPTIMAL || i->outcome == STEPPE_FEASIBLE;
    fprintf(t->index, "%s,%s,", id, cli_outcome(i->outcome));
    char change[40] = "";
    if (t->has_base) snprintf(change, sizeof change, "%.6f", i->objective - t->base);
    if (answer)
        fprintf(t->index, "%.6f,%s,%.6f,%.3g,", i->objective, change, i->unserved, i->gap_rel);
    else
        fprintf(t->index, ",,,,");
    fprintf(t->index, "%lld,%lld\n", (long long)i->tight_rows, (long long)i->pivots);
    if (o->json) print_json(o->path[0], strcmp(id, "base") ? id : NULL, i);
    if (o->json || o->quiet) return;
    cli_end_line(o);
    if (t->has_base) snprintf(change, sizeof change, "%+.1f", i->objective - t->base);
    if (answer)
        printf("%-28s %14.1f %13s %13.1f %9.2g %7lld %8.3f\n", id, i->objective, change,
               i->unserved, i->gap_rel, (long long)i->pivots,
               i->seconds_setup + i->seconds_solve);
    else
        printf("%-28s %s\n", id, cli_outcome(i->outcome));
    fflush(stdout);
}

/* One stop of the tour; result folder DIR/ID. */
static int visit(cli_options *o, steppe_solver *s, tour *t, const char *id)
{
    const char *name = id ? id : "base";
    steppe_info info;
    steppe_status st = steppe_apply_scenario(s, id);
    if (st == STEPPE_OK) st = steppe_setup(s);
    if (st == STEPPE_OK) st = steppe_solve(s, &info);
    if (st != STEPPE_OK) {
        cli_error(o, "scenario %s: %s", name, steppe_status_text(st));
        return cli_exit_of(st, true);
    }
    const bool answer = info.outcome == STEPPE_OPTIMAL || info.outcome == STEPPE_FEASIBLE;
    if (!id && answer) {
        t->base = info.objective;
        t->has_base = true;
    }
    show_row(o, t, name, &info);
    char dir[4096];
    if (snprintf(dir, sizeof dir, "%s/%s", o->out, name) >= (int)sizeof dir) return EXIT_USAGE;
    if (!answer) { /* a result of an earlier tour must not stand for what has none now */
        st = steppe_remove_result(dir, &o->set);
        if (st != STEPPE_OK) return cli_exit_of(st, false);
    } else {
        const bool quiet = o->quiet;
        o->quiet = true; /* the table says it all */
        const int code = write_and_verify(o, s, dir);
        o->quiet = quiet;
        if (code != EXIT_SOLVED) return code;
        if (!id && !o->reference &&
            steppe_scenario_count(s) > 0) { /* ramps of the scenarios are measured against it */
            st = steppe_set_reference(s, dir);
            if (st != STEPPE_OK) return cli_exit_of(st, true);
        }
    }
    return cli_exit_of_outcome(o, &info);
}

static bool known_scenario(const steppe_solver *s, const char *id, size_t n)
{
    if (n == 4 && memcmp(id, "base", 4) == 0) return true;
    for (int64_t i = 0; i < steppe_scenario_count(s); i++) {
        const char *k = steppe_scenario_id(s, i);
        if (strlen(k) == n && memcmp(k, id, n) == 0) return true;
    }
    return false;
}

static int check_only(cli_options *o, const steppe_solver *s)
{
    for (const char *p = o->only; p && *p;) {
        const size_t n = strcspn(p, ",");
        if (!known_scenario(s, p, n)) {
            cli_error(o, "--only: found '%.*s', expected ids of scenario.csv", (int)n, p);
            return EXIT_USAGE;
        }
        p += n + (p[n] == ',');
    }
    return EXIT_SOLVED;
}

static int open_index(cli_options *o, tour *t, char *part, size_t size)
{
    struct stat info;
    char final[4096];
    if (snprintf(final, sizeof final, "%s/scenarios.csv", o->out) >= (int)sizeof final ||
        snprintf(part, size, "%s.part", final) >= (int)size) {
        cli_error(o, "--out: found a path that is too long");
        return EXIT_USAGE;
    }
    if (stat(o->out, &info) != 0 && mkdir(o->out, 0777) != 0) {
        cli_error(o, "%s: cannot create: %s", o->out, strerror(errno));
        return EXIT_INTERNAL;
    }
    unlink(final); /* it comes back when all scenarios are there */
    t->index = fopen(part, "w");
    if (!t->index) {
        cli_error(o, "%s: cannot create: %s", part, strerror(errno));
        return EXIT_INTERNAL;
    }
    fputs("scenario_id,outcome,cost_musd,change_musd,unserved_musd,gap_rel,"
          "tight_rows,pivots\n",
          t->index);
    return EXIT_SOLVED;
}

static int close_index(cli_options *o, tour *t, const char *part, bool keep)
{
    char final[4096];
    const bool failed = ferror(t->index) != 0;
    const bool bad = (fclose(t->index) != 0) || failed;
    snprintf(final, sizeof final, "%s/scenarios.csv", o->out);
    if (!keep || bad || rename(part, final) != 0) {
        if (keep) cli_error(o, "%s: cannot write: %s", final, strerror(errno));
        unlink(part);
        return keep ? EXIT_INTERNAL : EXIT_SOLVED;
    }
    return EXIT_SOLVED;
}

static int run_tour(cli_options *o, steppe_solver *s, tour *t)
{
    if (!o->quiet && !o->json)
        printf("%-28s %14s %13s %13s %9s %7s %8s\n", "scenario", "cost MUSD", "change",
               "unserved", "gap", "pivots", "seconds");
    int worst = visit(o, s, t, NULL);
    if (worst == EXIT_NO_MEMORY || worst == EXIT_INTERNAL || worst == EXIT_STOPPED ||
        worst == EXIT_BAD_INPUT)
        return worst;
    steppe_hold_basis(s, t->has_base);
    for (int64_t i = 0; i < steppe_scenario_count(s) && !cli_signalled(); i++) {
        const char *id = steppe_scenario_id(s, i);
        if (!wanted(o->only, id)) continue;
        const int code = visit(o, s, t, id);
        if (code == EXIT_NO_MEMORY || code == EXIT_INTERNAL || code == EXIT_STOPPED)
            return code;
        if (code > worst) worst = code;
    }
    return cli_signalled() ? EXIT_STOPPED : worst;
}

int cli_scenarios(cli_options *o)
{
    steppe_solver *s = NULL;
    char part[4200];
    tour t = {NULL, 0.0, false};
    if (!o->out) {
        cli_error(o, "scenarios needs --out DIR");
        return EXIT_USAGE;
    }
    const steppe_status st = steppe_open(&s, o->path[0], &o->set);
    if (st != STEPPE_OK) {
        cli_error(o, "%s", steppe_status_text(st));
        return cli_exit_of(st, true);
    }
    int code = check_only(o, s);
    if (code == EXIT_SOLVED && o->reference) {
        const steppe_status got = steppe_set_reference(s, o->reference);
        code = got == STEPPE_OK ? EXIT_SOLVED : cli_exit_of(got, true);
    }
    if (code == EXIT_SOLVED) code = open_index(o, &t, part, sizeof part);
    if (code == EXIT_SOLVED) {
        code = run_tour(o, s, &t);
        const bool whole =
            code != EXIT_NO_MEMORY && code != EXIT_INTERNAL && code != EXIT_STOPPED;
        const int closed = close_index(o, &t, part, whole);
        if (closed != EXIT_SOLVED) code = closed;
    }
    steppe_free(s);
    return code;
}

/* ---- the short ones ------------------------------------------------------------------ */

int cli_convert(cli_options *o)
{
    steppe_solver *s = NULL;
    steppe_status st = steppe_open(&s, o->path[0], &o->set);
    if (st == STEPPE_OK && o->reference) st = steppe_set_reference(s, o->reference);
    if (st == STEPPE_OK) st = steppe_apply_scenario(s, o->scenario);
    if (st == STEPPE_OK) st = steppe_setup(s);
    bool reading = st != STEPPE_OK;
    if (st == STEPPE_OK) st = steppe_write_model(s, o->path[1]);
    if (st != STEPPE_OK) cli_error(o, "%s", steppe_status_text(st));
    const long long arcs = steppe_arc_count(s), balances = steppe_node_count(s);
    const long long rows = steppe_row_count(s);
    if (st == STEPPE_OK && o->json)
        printf("{\"arcs\":%lld,\"balances\":%lld,\"coupling_rows\":%lld}\n", arcs, balances,
               rows);
    else if (st == STEPPE_OK && !o->quiet)
        printf("%s: %lld arcs, %lld balances, %lld coupling rows\n", o->path[1], arcs, balances,
               rows);
    steppe_free(s);
    return cli_exit_of(st, reading);
}

int cli_verify(cli_options *o)
{
    steppe_proof proof;
    o->quiet_notes = true;
    const steppe_status st = steppe_verify(o->path[0], o->path[1], &o->set, &proof);
    if (o->json)
        printf("{\"verified\":%s,\"objective\":%.17g,\"bound\":%.17g,\"gap_rel\":%.3g}\n",
               st == STEPPE_OK ? "true" : "false", proof.objective, proof.bound,
               isfinite(proof.gap_rel) ? proof.gap_rel : -1.0);
    else if (st == STEPPE_OK && !o->quiet)
        printf("Verified: %lld arcs, %lld coupling rows, %lld files; cost %.6f, lower bound "
               "%.6f, gap %.2g\n",
               (long long)proof.arcs, (long long)proof.rows, (long long)proof.files,
               proof.objective, proof.bound, proof.gap_rel);
    if (st == STEPPE_UNPROVEN && !o->json)
        cli_error(o, "not verified: %s is not a proven result of %s", o->path[1], o->path[0]);
    else if (st != STEPPE_OK)
        cli_error(o, "%s", steppe_status_text(st));
    return cli_exit_of(st, true);
}

int cli_compare(cli_options *o)
{
    char *words;
    const steppe_style style = o->json ? STEPPE_JSON : o->color ? STEPPE_COLOR : STEPPE_PLAIN;
    bool reading = true;
    steppe_status st = steppe_compare(o->path[0], o->path[1], NULL, style, &o->set, &words);
    if (st == STEPPE_OK && o->out) { /* what could be read: a failure now is one of writing */
        steppe_free_text(words);
        reading = false;
        st = steppe_compare(o->path[0], o->path[1], o->out, style, &o->set, &words);
    }
    if (st != STEPPE_OK) {
        cli_error(o, "%s", steppe_status_text(st));
        return cli_exit_of(st, reading);
    }
    if (!o->quiet || o->json) fputs(words, stdout);
    steppe_free_text(words);
    return EXIT_SOLVED;
}
