/* The coupled solve: whatever basis it starts from, and however often, the answer is the proven
 * optimum. */
#include "small_case.h"

#include "lp.h"
#include "solve.h"

#define FILE_NOW TEST_TMP "coordinate.mmcf"

/* Three commodities over a ladder of shared arcs, most of them tight, with weights that make
 * fractions. */
static void write_ladder(draw *d)
{
    enum { STEPS = 6, K = 3 };
    text t = {0};
    check_make_folder(TEST_TMP);
    text_addf(&t, "p mmcf %d %d %d %d\n", K, STEPS + 1, K * STEPS * 2, STEPS);
    for (int k = 0; k < K; k++)
        text_addf(&t, "n %d 0 %d\nn %d %d -%d\n", k, k + 2, k, STEPS, k + 2);
    for (int i = 0; i < STEPS; i++) text_addf(&t, "j %d %d.5\n", i, (int)draw_int(d, 1, 6));
    for (int k = 0; k < K; k++)
        for (int i = 0; i < STEPS; i++)
            text_addf(&t, "a %d %d %d %d -1 %d 1.%d\na %d %d %d %d -1 -1 1\n", k, i, i + 1,
                      (int)draw_int(d, 1, 5), i, (int)draw_int(d, 0, 9), k, i, i + 1,
                      (int)draw_int(d, 6, 30));
    CHECK(!t.failed);
    check_write(FILE_NOW, t.data);
    text_free(&t);
}

static steppe_solver *open_path(const char *path)
{
    const steppe_settings set = check_settings(&small_log, 2);
    steppe_solver *s = NULL;
    CHECK_EQ(steppe_open(&s, path, &set), STEPPE_OK);
    return s;
}

TEST(any_stored_basis_leads_to_the_same_optimum)
{
    draw d = {3};
    for (int round = 0; round < 60; round++) {
        write_ladder(&d);
        steppe_solver *s = open_path(FILE_NOW);
        const steppe_info first = small_solve(s);
        CHECK_EQ(first.outcome, STEPPE_OPTIMAL);
        for (int i = 0; i < 10; i++) { /* the memory of the last basis is scrambled */
            for (int64_t k = 0; k < s->store.count; k++)
                if (draw_chance(&d, 60))
                    s->store.list[k].state = (uint8_t)draw_int(&d, LP_LOWER, LP_BASIC);
            const steppe_info again = small_solve(s);
            CHECK_EQ(again.warm, 1);
            CHECK_EQ(again.outcome, STEPPE_OPTIMAL);
            if (!CHECK_NEAR(again.objective, first.objective, 1e-9)) {
                fprintf(stderr, "    round %d, basis %d\n", round, i);
                steppe_free(s);
                return;
            }
        }
        steppe_free(s);
    }
}

/* A handle that holds the basis of the first limits and costs, against one that begins from nothing; also where there is no answer. */
TEST(from_moved_limits_and_costs_the_way_leads_to_the_optimum)
{
    draw d = {11};
    int infeasible = 0, pivoted = 0;
    for (int round = 0; round < 400; round++) {
        write_ladder(&d);
        steppe_solver *s = open_path(FILE_NOW);
        CHECK_EQ(small_solve(s).outcome, STEPPE_OPTIMAL);
        CHECK_EQ(steppe_hold_basis(s, 1), STEPPE_OK);
        model *md = &s->md;
        for (int64_t r = 0; r < md->rows; r++) {
            if (draw_chance(&d, 50)) md->row_up[r] = md->row_up[r] * draw_int(&d, 2, 12) / 10;
            if (draw_chance(&d, 5)) md->row_up[r] = 0;
        }
        const int64_t unit = (int64_t)llround(pow(10.0, md->flow_places));
        for (int64_t a = 0; a < md->m; a++) {
            if (draw_chance(&d, round % 3 ? 0 : 30))
                md->cost[a] = md->cost[a] * draw_int(&d, 5, 20) / 10;
            if (draw_chance(&d, 4)) md->up[a] = unit * draw_int(&d, 0, 4);
        }
        const steppe_info warm = small_solve(s);
        s->ctx.set.cold = 1;
        const steppe_info cold = small_solve(s);
        CHECK_EQ(cold.warm, 0);
        infeasible += cold.outcome == STEPPE_INFEASIBLE;
        pivoted += warm.pivots > 0;
        if (!CHECK_EQ(warm.outcome, cold.outcome) ||
            (cold.outcome == STEPPE_OPTIMAL &&
             !CHECK_NEAR(warm.objective, cold.objective, 1e-9)))
            fprintf(stderr, "    round %d\n", round);
        steppe_free(s);
    }
    CHECK(infeasible > 20 && infeasible < 300);
    CHECK(pivoted > 200);
}

TEST(an_optimal_basis_needs_no_pivot)
{
    static const char *const name[] = {TINY "two_path", TINY "shared_link",
                                       TINY "contract_split", TINY "transfer_port",
                                       TINY "shortage"};
    for (int i = 0; i < 5; i++) {
        steppe_solver *s = open_path(name[i]);
        const steppe_info cold = small_solve(s);
        kept_free(&s->kept); /* the basis alone has to do */
        const steppe_info warm = small_solve(s);
        CHECK_EQ(cold.warm, 0);
        CHECK_EQ(warm.warm, 1);
        CHECK_EQ(warm.pivots, 0);
        CHECK_EQ(warm.tree_pivots, 0);
        CHECK(warm.objective == cold.objective);
        steppe_free(s);
    }
}

TEST(rows_without_prices_need_no_coupled_pivot)
{
    check_make_folder(TEST_TMP);
    check_write(FILE_NOW, "p mmcf 2 2 2 1\nn 0 0 1\nn 0 1 -1\nn 1 0 2\nn 1 1 -2\nj 0 3\na 0 0 "
                          "1 1 -1 0 1\na 1 0 1 2 -1 0 1\n");
    steppe_solver *s = open_path(FILE_NOW);
    const steppe_info info = small_solve(s);
    CHECK(info.objective == 5.0); /* the row is full to the brim and nobody wants more */
    CHECK_EQ(info.pivots, 0);
    CHECK_EQ(info.tight_rows, 0);
    CHECK(steppe_row_price(s, 0) == 0.0);
    CHECK(steppe_row_load(s, 0) == 3.0);
    steppe_free(s);
}

TEST(an_infeasible_row_is_named)
{
    check_make_folder(TEST_TMP);
    check_write(FILE_NOW, "p mmcf 2 2 2 1\nn 0 0 1\nn 0 1 -1\nn 1 0 2\nn 1 1 -2\nj 0 2.9\na 0 "
                          "0 1 1 -1 0 1\na 1 0 1 2 -1 0 1\n");
    steppe_solver *s = open_path(FILE_NOW);
    CHECK_EQ(small_solve(s).outcome, STEPPE_INFEASIBLE);
    CHECK(check_logged(&small_log, "infeasible"));
    CHECK(check_logged(&small_log, "row:1"));
    CHECK_EQ(small_solve(s).outcome, STEPPE_INFEASIBLE); /* and again */
    steppe_free(s);
}

TEST(prices_are_not_positive_at_upper_limits)
{
    draw d = {5};
    for (int round = 0; round < 100; round++) {
        write_ladder(&d);
        steppe_solver *s = open_path(FILE_NOW);
        const steppe_info info = small_solve(s);
        int64_t priced = 0;
        for (int64_t r = 0; r < steppe_row_count(s); r++) {
            const double y = steppe_row_price(s, r);
            CHECK(y <= 0.0);
            priced += y != 0.0;
            if (y != 0.0) /* full, but for what one smallest unit of flow cannot fill */
                CHECK(fabs((double)s->md.row_up[r] / pow(10.0, s->md.flow_places) -
                           steppe_row_load(s, r)) < 1e-9);
        }
        CHECK_EQ(priced, info.tight_rows);
        steppe_free(s);
    }
}

int main(void)
{
    RUN(any_stored_basis_leads_to_the_same_optimum);
    RUN(from_moved_limits_and_costs_the_way_leads_to_the_optimum);
    RUN(an_optimal_basis_needs_no_pivot);
    RUN(rows_without_prices_need_no_coupled_pivot);
    RUN(an_infeasible_row_is_named);
    RUN(prices_are_not_positive_at_upper_limits);
    return check_result();
}
