/* needs: glpk, clp. Instance files, .mmcf or .min (also .gz), in the columns of bench_case.
 *
 *     bench_mmcf [--runs N] [--threads N] [--limit S] [--no-peers] FILE...
 */
#define BENCH_WITH_GLPK
#include "bench.h"

int main(int argc, char **argv)
{
    bench_plan plan = bench_default_plan();
    const int first = bench_options(&plan, argc, argv);
    char mps[4096];
    bench_temporary(mps, sizeof mps, ".mps");
    bench_head();
    int worst = 0;
    for (int a = first; a < argc; a++) {
        const int code = bench_line(&plan, argv[a], NULL, mps);
        worst = code > worst ? code : worst;
    }
    return worst;
}
