/* Sifting finds the optimum that the simplex finds, whatever the threads, and leaves nothing to pivot. */
#include "chains.h"

static double solve_by(steppe_method method, steppe_info *info)
{
    steppe_solver *s = chains_open(method, 1);
    *info = small_solve(s);
    CHECK_EQ(info->outcome, STEPPE_OPTIMAL);
    steppe_free(s);
    return info->objective;
}

TEST(sifting_finds_what_the_simplex_finds)
{
    draw d = {31};
    int rounds = 0;
    for (int round = 0; round < 200; round++) {
        steppe_info by_trees, by_parts;
        chains_write(&d);
        const double want = solve_by(STEPPE_SIMPLEX, &by_trees);
        const double got = solve_by(STEPPE_SIFTING, &by_parts);
        rounds += by_parts.iterations > 1;
        if (CHECK_NEAR(got, want, 1e-9 * (1.0 + fabs(want)))) continue;
        fprintf(stderr, "    round %d\n", round);
        return;
    }
    CHECK(rounds > 100); /* the first part was not all that is needed in most of them */
}

/* Every node to every other one, most ways shared, some of them closed: factors are dense. */
static void dense_write(draw *d, double scale)
{
    enum { N = 40, K = 10 };
    text t = {0}, arcs = {0};
    int count = 0, rows = 0;
    for (int i = 0; i < N; i++)
        for (int o = 0; o < N; o++) {
            if (i == o) continue;
            const int row = draw_chance(d, 60) ? rows++ : -1;
            for (int k = 0; k < K; k++, count++)
                text_addf(&arcs, "a %d %d %d %.1f -1 %d 1\n", k, i, o,
                          scale * (double)draw_int(d, 1, 99), row);
        }
    text_addf(&t, "p mmcf %d %d %d %d\n", K, N, count, rows);
    for (int k = 0; k < K; k++)
        for (int i = 0; i < 5; i++) {
            const int b = (int)draw_int(d, 1, 9);
            text_addf(&t, "n %d %d %d\nn %d %d -%d\n", k, 8 * i + k % 8, b, k,
                      8 * i + (k + 3) % 8, b);
        }
    for (int r = 0; r < rows; r++) text_addf(&t, "j %d %d\n", r, (int)draw_int(d, 0, 6));
    text_addf(&t, "%s", arcs.data);
    check_make_folder(TEST_TMP);
    check_write(CHAINS, t.data);
    text_free(&t);
    text_free(&arcs);
}

static int count_rounds(void *arg, const steppe_progress *now)
{
    *(int *)arg += strcmp(now->stage, "sifting") == 0;
    return 0;
}

/* Costs so much as the simplex finds. Returns how many rounds of sifting there were. */
static int compare_inside(void)
{
    steppe_info by_trees, info;
    int rounds = 0;
    const double want = solve_by(STEPPE_SIMPLEX, &by_trees);
    steppe_solver *s = chains_open(STEPPE_INTERIOR, 1);
    s->ctx.set.progress = count_rounds;
    s->ctx.set.arg = &rounds;
    info = small_solve(s);
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK_NEAR(info.objective, want, 1e-9 * (1.0 + fabs(want)));
    CHECK(s->ctx.stages.sifting > 0.0); /* it was tried */
    steppe_free(s);
    return rounds;
}

TEST(from_a_rough_point_inside_it_finds_what_the_simplex_finds)
{
    draw d = {35};
    for (int round = 0; round < 6; round++) {
        dense_write(&d, 1.0);
        CHECK(compare_inside() > 0);
    }
}

/* Commodities cannot be asked at prices that large: the point inside goes on to its end. */
TEST(where_sifting_cannot_begin_the_point_inside_ends_it)
{
    draw d = {36};
    dense_write(&d, 5e7);
    CHECK_EQ(compare_inside(), 0);
}

TEST(threads_change_nothing)
{
    draw d = {32};
    for (int round = 0; round < 20; round++) {
        chains_write(&d);
        steppe_solver *one = chains_open(STEPPE_SIFTING, 1),
                      *three = chains_open(STEPPE_SIFTING, 3);
        const steppe_info a = small_solve(one), b = small_solve(three);
        CHECK_EQ(a.pivots, b.pivots);
        CHECK_EQ(a.iterations, b.iterations);
        for (int64_t i = 0; i < steppe_arc_count(one); i++)
            CHECK(steppe_arc_flow(one, i) == steppe_arc_flow(three, i));
        for (int64_t r = 0; r < steppe_row_count(one); r++)
            CHECK(steppe_row_price(one, r) == steppe_row_price(three, r));
        steppe_free(one);
        steppe_free(three);
    }
}

static int stop_in_rounds(void *arg, const steppe_progress *now)
{
    return strcmp(now->stage, "sifting") == 0 && now->done >= *(int *)arg;
}

TEST(a_stopped_solve_leaves_a_bound_and_flows)
{
    draw d = {33};
    int stopped = 0;
    for (int round = 0; round < 30; round++) {
        steppe_info whole, info;
        int most = (int)draw_int(&d, 0, 2);
        chains_write(&d);
        const double best = solve_by(STEPPE_SIMPLEX, &whole);
        steppe_solver *s = chains_open(STEPPE_SIFTING, 1);
        s->ctx.set.progress = stop_in_rounds;
        s->ctx.set.arg = &most;
        CHECK_EQ(steppe_setup(s), STEPPE_OK);
        CHECK_EQ(steppe_solve(s, &info), STEPPE_OK);
        CHECK(info.bound <= best + 1e-9 * (1.0 + fabs(best)));
        if (info.outcome == STEPPE_OPTIMAL || info.outcome == STEPPE_FEASIBLE)
            CHECK(info.objective >= best - 1e-9 * (1.0 + fabs(best)));
        stopped += s->ctx.stopped;
        steppe_free(s);
    }
    CHECK(stopped > 20);
}

/* Alone it can flow, through the row it cannot; and not even alone. */
TEST(what_cannot_flow_is_infeasible)
{
    static const char *const file[] = {
        "p mmcf 1 2 1 1\nn 0 0 2\nn 0 1 -2\nj 0 1\na 0 0 1 1 -1 0 1\n",
        "p mmcf 1 2 1 1\nn 0 0 2\nn 0 1 -2\nj 0 9\na 0 0 1 1 1 0 1\n"};
    check_make_folder(TEST_TMP);
    for (int i = 0; i < 2; i++) {
        steppe_info info;
        check_write(CHAINS, file[i]);
        steppe_solver *s = chains_open(STEPPE_SIFTING, 1);
        CHECK_EQ(steppe_setup(s), STEPPE_OK);
        CHECK_EQ(steppe_solve(s, &info), STEPPE_OK);
        CHECK_EQ(info.outcome, STEPPE_INFEASIBLE);
        steppe_free(s);
    }
}

TEST(nothing_leaks_when_memory_ends)
{
    draw d = {34};
    chains_write(&d);
    steppe_solver *s = chains_open(STEPPE_SIFTING, 2);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    const long before = mem_live();
    steppe_status st = STEPPE_NO_MEMORY;
    for (long k = 0; st != STEPPE_OK; k += 1 + k / 20) {
        steppe_info info;
        mem_fail_after(k);
        st = steppe_solve(s, &info);
        mem_fail_after(-1);
        CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        if (st != STEPPE_OK) CHECK(mem_live() <= before + 2); /* a basis may be stored */
    }
    steppe_free(s);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(sifting_finds_what_the_simplex_finds);
    RUN(from_a_rough_point_inside_it_finds_what_the_simplex_finds);
    RUN(where_sifting_cannot_begin_the_point_inside_ends_it);
    RUN(threads_change_nothing);
    RUN(a_stopped_solve_leaves_a_bound_and_flows);
    RUN(what_cannot_flow_is_infeasible);
    RUN(nothing_leaks_when_memory_ends);
    return check_result();
}
