/* The network simplex against networks whose optimum is known by construction: draw flows x and
 * potentials pi, then choose cost and bounds of every arc so that x and pi obey complementary
 * slackness. */
#include "tests/check.h"

#include "engine.h"
#include "ns.h"

enum { MOST_NODES = 120, MOST_ARCS = 900 };

typedef struct {
    int32_t n;
    int64_t m;
    int32_t tail[MOST_ARCS], head[MOST_ARCS];
    int64_t low[MOST_ARCS], up[MOST_ARCS], cost[MOST_ARCS], x[MOST_ARCS];
    int64_t b[MOST_NODES], pi[MOST_NODES];
} planted;

typedef struct {
    tree_node tree[MOST_NODES + 1];
    int64_t pi[MOST_NODES + 1], x[MOST_ARCS + MOST_NODES];
    uint8_t state[MOST_ARCS + MOST_NODES], art_up[MOST_NODES];
    ns_listed list[NS_LIST];
} memory;

static planted net_now;
static memory mem_now;
static uint64_t now_seed;

static void draw_arcs(draw *d, planted *g)
{
    memset(g, 0, sizeof *g);
    g->n = (int32_t)draw_int(d, 1, draw_chance(d, 70) ? 12 : MOST_NODES);
    g->m = draw_int(d, 0, g->n < 13 ? 60 : MOST_ARCS);
    for (int64_t a = 0; a < g->m; a++) {
        g->tail[a] = (int32_t)draw_int(d, 0, g->n - 1);
        g->head[a] = (int32_t)draw_int(d, 0, g->n - 1); /* loops and parallel arcs too */
        if (draw_chance(d, 10) && a > 0)
            g->tail[a] = g->tail[a - 1], g->head[a] = g->head[a - 1];
    }
}

static void draw_numbers(draw *d, planted *g)
{
    memset(g->b, 0, sizeof g->b);
    const int64_t range = draw_chance(d, 30) ? 2 : draw_chance(d, 80) ? 1000 : 1000000000000;
    const int64_t widest = draw_chance(d, 30) ? 1 : draw_chance(d, 80) ? 100 : 1000000000000;
    for (int32_t i = 0; i < g->n; i++) g->pi[i] = draw_int(d, -range, range);
    for (int64_t a = 0; a < g->m; a++) {
        g->low[a] = draw_chance(d, 50) ? 0 : draw_int(d, -widest, widest);
        g->up[a] = g->low[a] + (draw_chance(d, 10) ? 0 : draw_int(d, 0, widest));
        const int where = (int)draw_int(d, 0, 2);
        g->x[a] = where == 0   ? g->low[a]
                  : where == 1 ? g->up[a]
                               : draw_int(d, g->low[a], g->up[a]);
        /* rc >= 0 at the lower bound, <= 0 at the upper one, 0 between */
        int64_t rc = draw_chance(d, 40) ? 0 : draw_int(d, 0, range);
        if (g->low[a] == g->up[a] && draw_chance(d, 50)) rc = -rc;
        if (g->x[a] != g->low[a]) rc = g->x[a] == g->up[a] ? -rc : 0;
        g->cost[a] = rc - g->pi[g->tail[a]] + g->pi[g->head[a]];
        g->b[g->tail[a]] += g->x[a];
        g->b[g->head[a]] -= g->x[a];
    }
}

static void draw_planted(draw *d, planted *g)
{
    draw_arcs(d, g);
    draw_numbers(d, g);
}

static ns_result solve(const planted *g, ns_work *w)
{
    const ns_net net = {g->n, g->m, g->tail, g->head, g->low, g->up, g->cost, g->b};
    *w = (ns_work){.tree = mem_now.tree,
                   .pi = mem_now.pi,
                   .x = mem_now.x,
                   .state = mem_now.state,
                   .art_up = mem_now.art_up,
                   .list = mem_now.list};
    return ns_solve(&net, w);
}

static bool feasible_flow(const planted *g, const int64_t *x)
{
    static int64_t net[MOST_NODES];
    memcpy(net, g->b, sizeof net);
    bool ok = true;
    for (int64_t a = 0; a < g->m; a++) {
        ok &= x[a] >= g->low[a] && x[a] <= g->up[a];
        net[g->tail[a]] -= x[a];
        net[g->head[a]] += x[a];
    }
    for (int32_t i = 0; i < g->n; i++) ok &= net[i] == 0;
    return ok;
}

static wide cost_of(const planted *g, const int64_t *x)
{
    wide sum = 0;
    for (int64_t a = 0; a < g->m; a++) sum += (wide)g->cost[a] * x[a];
    return sum;
}

static void check_optimum(const planted *g, const ns_work *wp)
{
    const ns_work w = *wp;
    CHECK_EQ(w.missing, 0);
    CHECK(feasible_flow(g, w.x));
    CHECK(cost_of(g, w.x) == cost_of(g, g->x));
    bool signs = true, basic = true;
    for (int64_t a = 0; a < g->m; a++) {
        const int64_t rc = g->cost[a] + w.pi[g->tail[a]] - w.pi[g->head[a]];
        if (w.x[a] > g->low[a]) signs &= rc <= 0;
        if (w.x[a] < g->up[a]) signs &= rc >= 0;
        if (w.state[a] == NS_LOWER) basic &= w.x[a] == g->low[a];
        if (w.state[a] == NS_UPPER) basic &= w.x[a] == g->up[a];
        if (w.state[a] == NS_TREE) basic &= rc == 0;
    }
    CHECK(signs);
    CHECK(basic);
    int64_t tree = 0;
    for (int64_t a = 0; a < g->m + g->n; a++) tree += w.state[a] == NS_TREE;
    CHECK_EQ(tree, g->n); /* a spanning tree of the nodes and the root */
}

static void planted_optimum_is_reached(void)
{
    draw d = {now_seed};
    ns_work w;
    draw_planted(&d, &net_now);
    if (CHECK_EQ(solve(&net_now, &w), NS_OPTIMAL)) check_optimum(&net_now, &w);
}

/* From the tree of other numbers, of nearly the same ones, and of a run that was not at its end. */
static void planted_optimum_is_reached_from_another_tree(void)
{
    draw d = {now_seed ^ 0xaaaa};
    ns_work w;
    planted *g = &net_now;
    draw_planted(&d, g);
    const ns_net net = {g->n, g->m, g->tail, g->head, g->low, g->up, g->cost, g->b};
    if (!CHECK_EQ(solve(g, &w), NS_OPTIMAL)) return;
    for (int round = 0; round < 4; round++) {
        if (round != 1) draw_numbers(&d, g);
        if (round ==
            1) /* one arc is closed in part: what it carried goes elsewhere, or nowhere */
            for (int64_t a = 0; a < g->m; a++)
                if (draw_chance(&d, 5)) g->up[a] = g->low[a];
        if (!CHECK_EQ(ns_restart(&net, &w), NS_LIMIT)) return;
        const ns_result r = ns_run(&net, &w, round == 2 ? draw_int(&d, 0, 20) : INT64_MAX);
        if (round == 2) continue;
        if (round == 1) {
            CHECK_EQ(r == NS_INFEASIBLE, w.missing > 0);
            if (r == NS_OPTIMAL) CHECK(feasible_flow(g, w.x));
        } else if (CHECK_EQ(r, NS_OPTIMAL)) {
            check_optimum(g, &w);
        }
    }
}

/* Other costs first, then those of the planted optimum: flows stay, and pivots lead from one to the other. */
static void planted_optimum_is_reached_from_other_costs(void)
{
    static int64_t planted_cost[sizeof net_now.cost / sizeof *net_now.cost];
    draw d = {now_seed ^ 0x3333};
    ns_work w;
    planted *g = &net_now;
    draw_planted(&d, g);
    const ns_net net = {g->n, g->m, g->tail, g->head, g->low, g->up, g->cost, g->b};
    memcpy(planted_cost, g->cost, sizeof planted_cost);
    for (int64_t a = 0; a < g->m; a++) g->cost[a] = draw_int(&d, -1000, 1000);
    if (!CHECK_EQ(solve(g, &w), NS_OPTIMAL)) return;
    memcpy(g->cost, planted_cost, sizeof planted_cost);
    if (!CHECK_EQ(ns_reprice(&net, &w), NS_LIMIT)) return;
    if (CHECK_EQ(ns_run(&net, &w, INT64_MAX), NS_OPTIMAL)) check_optimum(g, &w);
}

/* A cut that asks for more than its arcs can carry has no flow, and it is reported as such. */
static void overfull_cut_is_infeasible(void)
{
    draw d = {now_seed ^ 0x5555};
    ns_work w;
    draw_planted(&d, &net_now);
    planted *g = &net_now;
    if (g->n < 2) return;
    const int32_t cut =
        (int32_t)draw_int(&d, 1, g->n - 1); /* nodes before it against the rest */
    wide room = 0, supply = 0;
    for (int64_t a = 0; a < g->m; a++) {
        if (g->tail[a] < cut && g->head[a] >= cut) room += g->up[a];
        if (g->tail[a] >= cut && g->head[a] < cut) room -= g->low[a];
    }
    for (int32_t i = 0; i < cut; i++) supply += g->b[i];
    const int64_t more = (int64_t)(room - supply) + draw_int(&d, 1, 1000);
    CHECK(more > 0);
    g->b[draw_int(&d, 0, cut - 1)] += more;
    g->b[draw_int(&d, cut, g->n - 1)] -= more;
    CHECK_EQ(solve(g, &w), NS_INFEASIBLE);
    CHECK(w.missing > 0);
}

int main(int argc, char **argv)
{
    const uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 4000;
    for (now_seed = from; now_seed < from + count; now_seed++) {
        const long failed = check_now.failed;
        RUN(planted_optimum_is_reached);
        RUN(planted_optimum_is_reached_from_another_tree);
        RUN(planted_optimum_is_reached_from_other_costs);
        RUN(overfull_cut_is_infeasible);
        if (check_now.failed > failed)
            printf("seed %" PRIu64 " failed: test_ns_random %" PRIu64 " 1\n", now_seed,
                   now_seed);
    }
    return check_result();
}
