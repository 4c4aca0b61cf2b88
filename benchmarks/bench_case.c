/* needs: glpk, clp. Base and all scenarios of a case: cold, warm from the base, and the same
 * models through Clp and GLPK in the same run.
 *
 *     bench_case [--runs N] [--threads N] [--limit S] [--no-peers] [CASE [SCENARIO...]]
 */
#define BENCH_WITH_GLPK
#include "bench.h"

#ifndef CASES
#define CASES "datasets/"
#endif

int main(int argc, char **argv)
{
    bench_plan plan = bench_default_plan();
    const int first = bench_options(&plan, argc, argv);
    const char *path = first < argc ? argv[first] : CASES "eurasia";
    char mps[4096];
    bench_temporary(mps, sizeof mps, ".mps");
    bench_head();
    int worst = 0;
    if (first + 1 < argc) {
        for (int a = first + 1; a < argc; a++) {
            const bool base = strcmp(argv[a], "base") == 0;
            const int code = bench_line(&plan, path, base ? NULL : argv[a], mps);
            worst = code > worst ? code : worst;
        }
        return worst;
    }
    steppe_solver *s = NULL; /* for the names only; the measurements have their own */
    if (steppe_open(&s, path, NULL) != STEPPE_OK) {
        fprintf(stderr, "%s: not a readable case\n", path);
        return 2;
    }
    worst = bench_line(&plan, path, NULL, mps);
    for (int64_t i = 0; i < steppe_scenario_count(s); i++) {
        const int code = bench_line(&plan, path, steppe_scenario_id(s, i), mps);
        worst = code > worst ? code : worst;
    }
    steppe_free(s);
    return worst;
}
