/* needs: lemon. Single-commodity networks in DIMACS files against LEMON's network simplex.
 *
 *     test_ns_lemon [first seed [networks]] */
#include "tests/check.h"

#include <lemon/list_graph.h>
#include <lemon/network_simplex.h>

#include <string>
#include <vector>

namespace
{

struct arc {
    int tail, head;
    int64_t low, up, cost;
};

struct network {
    int n;
    std::vector<int64_t> supply;
    std::vector<arc> arcs;
};

uint64_t now_seed;
check_log log_now;
long optimal, infeasible;

network draw_network(draw *d)
{
    network g;
    const bool large = draw_chance(d, 5);
    g.n = static_cast<int>(draw_int(d, 1, large ? 400 : 15));
    g.supply.assign(static_cast<size_t>(g.n), 0);
    const int64_t m = draw_int(d, 0, large ? 3000 : 50);
    const int64_t dear = draw_chance(d, 30) ? 3 : draw_chance(d, 80) ? 1000 : 1000000000;
    const int64_t wide_arc = draw_chance(d, 30) ? 2 : 200;
    const bool negative_costs = draw_chance(d, 50), lower_bounds = draw_chance(d, 50);
    for (int64_t a = 0; a < m; a++) {
        arc e;
        e.tail = static_cast<int>(draw_int(d, 0, g.n - 1));
        e.head = static_cast<int>(draw_int(d, 0, g.n - 1));
        if (a > 0 && draw_chance(d, 10))
            e.tail = g.arcs.back().tail, e.head = g.arcs.back().head;
        e.low = lower_bounds && draw_chance(d, 30) ? draw_int(d, -wide_arc, wide_arc) : 0;
        e.up = e.low + draw_int(d, 0, wide_arc);
        e.cost = draw_int(d, negative_costs ? -dear : 0, dear);
        if (e.tail == e.head && e.cost < 0)
            e.cost = -e.cost; /* the .min writer refuses such loops */
        g.arcs.push_back(e);
    }
    /* half of them feasible by construction: the supplies of a drawn flow */
    if (draw_chance(d, 65)) {
        for (const arc &e : g.arcs) {
            const int64_t x = draw_int(d, e.low, e.up);
            g.supply[static_cast<size_t>(e.tail)] += x;
            g.supply[static_cast<size_t>(e.head)] -= x;
        }
    } else {
        const int64_t pairs = draw_int(d, 0, 6);
        for (int64_t i = 0; i < pairs; i++) {
            const int64_t v = draw_int(d, 1, 20);
            g.supply[static_cast<size_t>(draw_int(d, 0, g.n - 1))] += v;
            g.supply[static_cast<size_t>(draw_int(d, 0, g.n - 1))] -= v;
        }
    }
    return g;
}

void write_min(const network &g, const std::string &path)
{
    std::string t =
        "c drawn\np min " + std::to_string(g.n) + " " + std::to_string(g.arcs.size()) + "\n";
    for (int i = 0; i < g.n; i++)
        if (g.supply[static_cast<size_t>(i)] != 0)
            t += "n " + std::to_string(i + 1) + " " +
                 std::to_string(g.supply[static_cast<size_t>(i)]) + "\n";
    for (const arc &e : g.arcs)
        t += "a " + std::to_string(e.tail + 1) + " " + std::to_string(e.head + 1) + " " +
             std::to_string(e.low) + " " + std::to_string(e.up) + " " + std::to_string(e.cost) +
             "\n";
    check_write(path.c_str(), t.c_str());
}

/* false: infeasible. */
bool solve_lemon(const network &g, int64_t *objective)
{
    lemon::ListDigraph graph;
    std::vector<lemon::ListDigraph::Node> node;
    for (int i = 0; i < g.n; i++) node.push_back(graph.addNode());
    lemon::ListDigraph::ArcMap<int64_t> low(graph), up(graph), cost(graph);
    lemon::ListDigraph::NodeMap<int64_t> supply(graph);
    for (int i = 0; i < g.n; i++)
        supply[node[static_cast<size_t>(i)]] = g.supply[static_cast<size_t>(i)];
    for (const arc &e : g.arcs) {
        const auto a =
            graph.addArc(node[static_cast<size_t>(e.tail)], node[static_cast<size_t>(e.head)]);
        low[a] = e.low;
        up[a] = e.up;
        cost[a] = e.cost;
    }
    lemon::NetworkSimplex<lemon::ListDigraph, int64_t, int64_t> ns(graph);
    ns.lowerMap(low).upperMap(up).costMap(cost).supplyMap(supply);
    if (ns.run() != lemon::NetworkSimplex<lemon::ListDigraph, int64_t, int64_t>::OPTIMAL)
        return false;
    *objective = ns.totalCost<int64_t>();
    return true;
}

/* Reads, solves, and optionally writes the model again. */
bool solve_steppe(const std::string &path, steppe_info *info, const char *again)
{
    const steppe_settings set = check_settings(&log_now, 1);
    steppe_solver *s = nullptr;
    const bool ok = CHECK_EQ(steppe_open(&s, path.c_str(), &set), STEPPE_OK) &&
                    CHECK_EQ(steppe_setup(s), STEPPE_OK) &&
                    CHECK_EQ(steppe_solve(s, info), STEPPE_OK) &&
                    (!again || CHECK_EQ(steppe_write_model(s, again), STEPPE_OK));
    if (!ok) check_print_log(&log_now);
    steppe_free(s);
    return ok;
}

void a_network_costs_what_lemon_finds()
{
    draw d = {now_seed};
    const network g = draw_network(&d);
    const std::string path = TEST_TMP "lemon_" + std::to_string(now_seed) + ".min";
    const std::string again = TEST_TMP "lemon_" + std::to_string(now_seed) +
                              (now_seed % 2 ? "_again.min" : "_again.min.gz");
    const long failed = check_now.failed;
    write_min(g, path);
    int64_t objective = 0;
    const bool feasible = solve_lemon(g, &objective);
    steppe_info info;
    (feasible ? optimal : infeasible)++;
    if (solve_steppe(path, &info, again.c_str())) {
        CHECK_EQ(info.outcome, feasible ? STEPPE_OPTIMAL : STEPPE_INFEASIBLE);
        if (feasible) {
            CHECK_NEAR(info.objective, static_cast<double>(objective), 1e-12);
            CHECK(info.gap_rel == 0.0);
        }
        steppe_info second;
        if (solve_steppe(again, &second, nullptr)) {
            CHECK_EQ(second.outcome, info.outcome);
            if (feasible) CHECK_NEAR(second.objective, info.objective, 1e-12);
        }
    }
    if (check_now.failed > failed) {
        printf("seed %" PRIu64 " failed: test_ns_lemon %" PRIu64 " 1, file %s\n", now_seed,
               now_seed, path.c_str());
        return;
    }
    unlink(path.c_str());
    unlink(again.c_str());
}

} // namespace

int main(int argc, char **argv)
{
    const uint64_t from = argc > 1 ? strtoull(argv[1], nullptr, 10) : 1;
    const uint64_t count = argc > 2 ? strtoull(argv[2], nullptr, 10) : 800;
    check_make_folder(TEST_TMP);
    for (now_seed = from; now_seed < from + count; now_seed++)
        RUN(a_network_costs_what_lemon_finds);
    printf("%ld optimal, %ld infeasible\n", optimal, infeasible);
    if (count >= 300) {
        CHECK(optimal > 100);
        CHECK(infeasible > 50);
    }
    return check_result();
}
