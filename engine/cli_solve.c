/* solve, convert, verify, compare; scenarios have a file of their own */
#include "cli.h"

#include <math.h>

void cli_print_json(const char *path, const char *scenario, const steppe_info *i)
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
    if (o->json) cli_print_json(o->path[0], o->scenario, info);
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

int cli_write_and_verify(cli_options *o, steppe_solver *s, const char *dir)
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
    if (code == EXIT_SOLVED && answer && o->out) code = cli_write_and_verify(o, s, o->out);
    steppe_free(s);
    return code == EXIT_SOLVED ? cli_exit_of_outcome(o, &info) : code;
}

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
