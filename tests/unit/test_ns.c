/* The network simplex on nets small enough to solve by hand, and on a large sparse one that flows and potentials prove. */
#include "tests/check.h"

#include "mem.h"
#include "ns.h"

enum { NODES = 8, ARCS = 16 };

typedef struct {
    int32_t tail[ARCS], head[ARCS];
    int64_t low[ARCS], up[ARCS], cost[ARCS], b[NODES];
    int32_t n;
    int64_t m;
} small_net;

static tree_node tree_now[NODES + 1];
static ns_listed list_now[NS_LIST];
static int64_t pi_now[NODES + 1], x_now[ARCS + NODES];
static uint8_t state_now[ARCS + NODES], art_now[NODES];

static void arc(small_net *g, int32_t tail, int32_t head, int64_t low, int64_t up, int64_t cost)
{
    const int64_t a = g->m++;
    g->tail[a] = tail;
    g->head[a] = head;
    g->low[a] = low;
    g->up[a] = up;
    g->cost[a] = cost;
}

static ns_result solve(const small_net *g)
{
    const ns_net net = {g->n, g->m, g->tail, g->head, g->low, g->up, g->cost, g->b};
    ns_work w;
    memset(&w, 0, sizeof w);
    w.tree = tree_now;
    w.pi = pi_now;
    w.list = list_now;
    w.x = x_now;
    w.state = state_now;
    w.art_up = art_now;
    return ns_solve(&net, &w);
}

static int64_t cost_of(const small_net *g)
{
    int64_t sum = 0;
    for (int64_t a = 0; a < g->m; a++) sum += g->cost[a] * x_now[a];
    return sum;
}

TEST(flow_takes_the_cheap_way_first)
{
    small_net g = {.n = 3, .b = {4, 0, -4}};
    arc(&g, 0, 1, 0, 3, 1);
    arc(&g, 1, 2, 0, 9, 1);
    arc(&g, 0, 2, 0, 9, 5);
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    CHECK_EQ(cost_of(&g), 11);
    CHECK_EQ(x_now[0], 3);
    CHECK_EQ(x_now[2], 1);
    CHECK_EQ(pi_now[2] - pi_now[0], 5); /* the dear way is at the margin */
}

TEST(lower_bounds_are_paid_even_where_they_are_dear)
{
    small_net g = {.n = 2, .b = {5, -5}};
    arc(&g, 0, 1, 2, 9, 100);
    arc(&g, 0, 1, 0, 9, 1);
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    CHECK_EQ(cost_of(&g), 203);
    g.low[0] = -3; /* and may be negative: three more the other way */
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    CHECK_EQ(cost_of(&g), -300 + 8);
}

TEST(circles_that_pay_are_filled)
{
    small_net g = {.n = 3, .b = {0, 0, 0}};
    arc(&g, 0, 1, 0, 5, -4);
    arc(&g, 1, 2, 0, 4, 1);
    arc(&g, 2, 0, 0, 7, 1);
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    CHECK_EQ(cost_of(&g), -8);
    g.cost[0] = -2; /* a circle worth nothing may run or not */
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    CHECK_EQ(cost_of(&g), 0);
}

TEST(loops_are_at_the_bound_their_cost_prefers)
{
    small_net g = {.n = 1, .b = {0}};
    arc(&g, 0, 0, 1, 6, -3);
    arc(&g, 0, 0, 2, 6, 3);
    arc(&g, 0, 0, -2, 6, 0);
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    CHECK_EQ(cost_of(&g), -18 + 6);
}

TEST(what_cannot_flow_is_infeasible)
{
    small_net g = {.n = 3, .b = {4, 0, -4}};
    arc(&g, 0, 1, 0, 3, 1);
    arc(&g, 1, 2, 0, 9, 1);
    CHECK_EQ(solve(&g), NS_INFEASIBLE);
    g.m = 0; /* no arcs at all */
    CHECK_EQ(solve(&g), NS_INFEASIBLE);
    memset(g.b, 0, sizeof g.b);
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    g.b[0] = 1; /* supplies that do not sum to zero */
    CHECK_EQ(solve(&g), NS_INFEASIBLE);
}

TEST(fixed_arcs_carry_what_they_must)
{
    small_net g = {.n = 3, .b = {0, 0, 0}};
    arc(&g, 0, 1, 4, 4, 10);
    arc(&g, 1, 2, 0, 9, 1);
    arc(&g, 2, 0, 0, 9, 1);
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    CHECK_EQ(cost_of(&g), 48);
    g.up[1] = 3;
    CHECK_EQ(solve(&g), NS_INFEASIBLE);
}

TEST(potentials_that_leave_64_bits_are_refused)
{
    small_net g = {.n = 2, .b = {1, -1}};
    arc(&g, 0, 1, 0, 9, INT64_MAX / 4);
    CHECK_EQ(solve(&g), NS_TOO_LARGE);
    g.cost[0] = INT64_MIN;
    CHECK_EQ(solve(&g), NS_TOO_LARGE);
    g.cost[0] = INT64_MAX / 64;
    CHECK_EQ(solve(&g), NS_OPTIMAL);
}

TEST(a_degenerate_net_ends)
{
    small_net g = {.n = 4,
                   .b = {1, 0, 0, -1}}; /* every capacity is the one unit that is there */
    for (int32_t i = 0; i < 4; i++)
        for (int32_t j = 0; j < 4; j++)
            if (i != j) arc(&g, i, j, 0, 1, i < j ? 1 : -1);
    CHECK_EQ(solve(&g), NS_OPTIMAL);
    for (int64_t a = 0; a < g.m;
         a++) { /* every arc obeys the sign of its reduced cost: an optimum */
        const int64_t rc = g.cost[a] + pi_now[g.tail[a]] - pi_now[g.head[a]];
        CHECK(x_now[a] >= 0 && x_now[a] <= 1);
        CHECK(rc == 0 || x_now[a] == (rc < 0));
    }
}

/* ---- a network large and sparse enough for lists of arcs ---------------------------------- */

enum { SIDE = 101, GRID_NODES = SIDE * SIDE, GRID_ARCS = 4 * SIDE * (SIDE - 1) };

typedef struct {
    int32_t *tail, *head;
    int64_t *low, *up, *cost, *b;
    ns_net net;
    ns_work w;
} grid;

/* Both ways between neighbours; what enters one node leaves at another one. */
static void grid_new(draw *d, grid *g)
{
    int64_t a = 0;
    g->tail = MEM_NEW(int32_t, GRID_ARCS);
    g->head = MEM_NEW(int32_t, GRID_ARCS);
    g->low = MEM_ZERO(int64_t, GRID_ARCS);
    g->up = MEM_NEW(int64_t, GRID_ARCS);
    g->cost = MEM_NEW(int64_t, GRID_ARCS);
    g->b = MEM_ZERO(int64_t, GRID_NODES);
    for (int32_t i = 0; i < GRID_NODES; i++)
        for (int side = 0; side < 2; side++) {
            const int32_t o = i + (side ? SIDE : 1);
            if (side ? o >= GRID_NODES : o % SIDE == 0) continue;
            for (int back = 0; back < 2; back++, a++) {
                g->tail[a] = back ? o : i;
                g->head[a] = back ? i : o;
                g->up[a] = draw_int(d, 0, 60);
                g->cost[a] = draw_int(d, 0, 1000);
            }
        }
    CHECK_EQ(a, GRID_ARCS);
    for (int k = 0; k < 300; k++) {
        const int64_t b = draw_int(d, 1, 5);
        g->b[draw_int(d, 0, GRID_NODES - 1)] += b;
        g->b[draw_int(d, 0, GRID_NODES - 1)] -= b;
    }
    g->net = (ns_net){GRID_NODES, GRID_ARCS, g->tail, g->head, g->low, g->up, g->cost, g->b};
    memset(&g->w, 0, sizeof g->w);
    g->w.tree = MEM_NEW(tree_node, GRID_NODES + 1);
    g->w.pi = MEM_NEW(int64_t, GRID_NODES + 1);
    g->w.x = MEM_NEW(int64_t, GRID_ARCS + GRID_NODES);
    g->w.state = MEM_NEW(uint8_t, GRID_ARCS + GRID_NODES);
    g->w.art_up = MEM_NEW(uint8_t, GRID_NODES);
    g->w.list = MEM_NEW(ns_listed, NS_LIST);
}

static void grid_free(grid *g)
{
    void *const list[] = {g->tail,   g->head, g->low, g->up,      g->cost,     g->b,
                          g->w.tree, g->w.pi, g->w.x, g->w.state, g->w.art_up, g->w.list};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

/* Flows and potentials prove each other best. */
static void check_grid(const grid *g)
{
    const ns_work *w = &g->w;
    int64_t faults = 0, *net = MEM_ZERO(int64_t, GRID_NODES);
    for (int64_t a = 0; a < GRID_ARCS; a++) {
        const int64_t rc = g->cost[a] + w->pi[g->tail[a]] - w->pi[g->head[a]];
        net[g->tail[a]] += w->x[a];
        net[g->head[a]] -= w->x[a];
        faults += w->x[a] < 0 || w->x[a] > g->up[a];
        faults += (w->x[a] > 0 && rc > 0) || (w->x[a] < g->up[a] && rc < 0);
    }
    for (int32_t i = 0; i < GRID_NODES; i++) faults += net[i] != g->b[i];
    CHECK_EQ(faults, 0);
    mem_free(net);
}

/* From scratch, in pieces of any size, and at other costs from there. */
TEST(a_large_sparse_network_is_solved_however_its_pivots_are_cut)
{
    draw d = {51};
    grid g;
    grid_new(&d, &g);
    ns_result r = ns_solve(&g.net, &g.w);
    CHECK_EQ(r, NS_OPTIMAL);
    check_grid(&g);
    int64_t *x = MEM_NEW(int64_t, GRID_ARCS), pivots = g.w.pivots;
    memcpy(x, g.w.x, GRID_ARCS * sizeof *x);
    CHECK(pivots > NS_LIST);
    for (r = ns_start(&g.net, &g.w); r == NS_LIMIT;)
        r = ns_run(&g.net, &g.w, draw_int(&d, 1, 700));
    CHECK_EQ(r, NS_OPTIMAL);
    CHECK_EQ(g.w.pivots, pivots);
    CHECK(memcmp(x, g.w.x, GRID_ARCS * sizeof *x) == 0);
    for (int64_t a = 0; a < GRID_ARCS; a++)
        if (draw_chance(&d, 20)) g.cost[a] += draw_int(&d, 0, 5000);
    CHECK_EQ(ns_reprice(&g.net, &g.w), NS_LIMIT);
    CHECK_EQ(ns_run(&g.net, &g.w, INT64_MAX), NS_OPTIMAL);
    check_grid(&g);
    for (int64_t a = 0; a < GRID_ARCS; a++) g.up[a] = draw_int(&d, 0, 60);
    CHECK_EQ(ns_restart(&g.net, &g.w), NS_LIMIT);
    CHECK_EQ(ns_run(&g.net, &g.w, INT64_MAX), NS_OPTIMAL);
    check_grid(&g);
    mem_free(x);
    grid_free(&g);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(flow_takes_the_cheap_way_first);
    RUN(lower_bounds_are_paid_even_where_they_are_dear);
    RUN(circles_that_pay_are_filled);
    RUN(loops_are_at_the_bound_their_cost_prefers);
    RUN(what_cannot_flow_is_infeasible);
    RUN(fixed_arcs_carry_what_they_must);
    RUN(potentials_that_leave_64_bits_are_refused);
    RUN(a_degenerate_net_ends);
    RUN(a_large_sparse_network_is_solved_however_its_pivots_are_cut);
    return check_result();
}
