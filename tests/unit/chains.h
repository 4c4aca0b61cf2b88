/* Random commodities on one graph whose edges are chains of arcs, with dead ends and supplies on leaves: what reduce.h takes out. */
#ifndef STEPPE_CHAINS_H
#define STEPPE_CHAINS_H

#include "small_case.h"

#include "solve.h"

#define CHAINS TEST_TMP "chains.mmcf"

enum { CHAIN_HUBS = 8, CHAIN_EDGES = 22, CHAIN_K = 5 };

typedef struct {
    text arcs;
    int nodes, count, rows;
} chain_file;

/* One arc for each commodity; row < 0: shared by none. */
static inline void chain_arc(draw *d, chain_file *f, int tail, int head, int row)
{
    for (int k = 0; k < CHAIN_K; k++, f->count++)
        text_addf(&f->arcs, "a %d %d %d %d.%d %d %d %d\n", k, tail, head,
                  (int)draw_int(d, 0, 30), (int)draw_int(d, 0, 99),
                  draw_chance(d, 15) ? (int)draw_int(d, 1, 9) : -1, row,
                  (int)draw_int(d, 1, 3));
}

/* From hub to hub over up to four nodes of its own, each arc perhaps in a row. */
static inline void chain_edge(draw *d, chain_file *f)
{
    int at = (int)draw_int(d, 0, CHAIN_HUBS - 1);
    const int to = (int)draw_int(d, 0, CHAIN_HUBS - 1), inner = (int)draw_int(d, 0, 4);
    for (int i = 0; i <= inner; i++) {
        const int next = i < inner ? f->nodes++ : to;
        chain_arc(d, f, at, next, draw_chance(d, 40) ? f->rows++ : -1);
        at = next;
    }
    if (draw_chance(d, 30)) chain_arc(d, f, at, f->nodes++, -1); /* leads nowhere */
}

static inline void chains_write(draw *d)
{
    chain_file f = {.nodes = CHAIN_HUBS};
    text t = {0}, wants = {0};
    check_make_folder(TEST_TMP);
    for (int e = 0; e < CHAIN_EDGES; e++) chain_edge(d, &f);
    for (int k = 0; k < CHAIN_K; k++) {
        const int from = f.nodes++, to = f.nodes++, b = (int)draw_int(d, 1, 9);
        text_addf(&wants, "n %d %d %d\nn %d %d -%d\n", k, from, b, k, to, b);
        text_addf(&f.arcs, "a %d %d %d 1 -1 -1 1\na %d %d %d 1 -1 -1 1\n", k, from,
                  (int)draw_int(d, 0, CHAIN_HUBS / 2 - 1), k,
                  (int)draw_int(d, CHAIN_HUBS / 2, CHAIN_HUBS - 1), to);
        text_addf(&f.arcs, "a %d %d %d 400 -1 -1 1\n", k, from, to);
        f.count += 3;
    }
    text_addf(&t, "p mmcf %d %d %d %d\n%s", CHAIN_K, f.nodes, f.count, f.rows, wants.data);
    for (int r = 0; r < f.rows; r++) text_addf(&t, "j %d %d\n", r, (int)draw_int(d, 1, 12));
    text_addf(&t, "%s", f.arcs.data);
    CHECK(!t.failed && !f.arcs.failed && !wants.failed);
    check_write(CHAINS, t.data);
    text_free(&t);
    text_free(&wants);
    text_free(&f.arcs);
}

static inline steppe_solver *chains_open(steppe_method method, int threads)
{
    steppe_settings set = check_settings(NULL, threads);
    steppe_solver *s = NULL;
    set.method = method;
    CHECK_EQ(steppe_open(&s, CHAINS, &set), STEPPE_OK);
    return s;
}

#endif
