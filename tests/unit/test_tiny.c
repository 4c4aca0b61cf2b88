/* The hand-computed cases in datasets/tiny: objectives and prices of base and scenario. */
#include "small_case.h"

typedef struct {
    const char *name, *scenario;
    double base, changed;
} tiny;

static const tiny all[] = {{"two_path", "cheap_half", 360.0, 405.0},
                           {"shared_link", "busy", 458.0, 505.0},
                           {"contract_split", "may_pay", 230.0, 220.0},
                           {"transfer_port", "strike", 197.0, 215.0},
                           {"shortage", "line_cut", 498.0, 872.5}};

static steppe_solver *open_tiny(const char *name)
{
    char path[1024];
    const steppe_settings set = check_settings(&small_log, 1);
    steppe_solver *s = NULL;
    snprintf(path, sizeof path, TINY "%s", name);
    if (!CHECK_EQ(steppe_open(&s, path, &set), STEPPE_OK)) check_print_log(&small_log);
    return s;
}

static steppe_info solve_scenario(steppe_solver *s, const char *id)
{
    CHECK_EQ(steppe_apply_scenario(s, id), STEPPE_OK);
    return small_solve(s);
}

TEST(each_tiny_case_costs_what_its_readme_says)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        steppe_solver *s = open_tiny(all[i].name);
        const char *const order[] = {NULL, all[i].scenario, NULL, all[i].scenario};
        for (int k = 0; k < 4; k++) { /* back and forth, warm from the second on */
            const steppe_info info = solve_scenario(s, order[k]);
            CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
            if (!CHECK(info.objective == (order[k] ? all[i].changed : all[i].base)))
                fprintf(stderr, "    %s %s: %.17g\n", all[i].name, order[k] ? order[k] : "base",
                        info.objective);
            CHECK(info.gap_rel == 0.0);
            CHECK(info.bound == info.objective);
            CHECK_EQ(info.warm, k > 0);
        }
        CHECK_EQ(steppe_scenario_count(s), 1);
        CHECK_TEXT(steppe_scenario_id(s, 0), all[i].scenario);
        steppe_free(s);
    }
}

TEST(a_full_line_has_the_price_of_the_way_around_it)
{
    steppe_solver *s = open_tiny("two_path");
    for (int k = 0; k < 2; k++) {
        const steppe_info info = solve_scenario(s, k ? "cheap_half" : NULL);
        CHECK_NEAR(small_price(s, "link:A_B"), -15.0, 1e-9);
        CHECK_NEAR(small_flow(s, "crude:link:A_B:f"), k ? 3.0 : 6.0, 0.0);
        CHECK_NEAR(small_flow(s, "crude:link:A_C:f"), k ? 7.0 : 4.0, 0.0);
        CHECK_EQ(info.tight_rows, 1);
        CHECK(info.unserved == 0.0);
    }
    steppe_free(s);
}

TEST(a_shared_railway_has_the_price_of_its_least_user)
{
    steppe_solver *s = open_tiny("shared_link");
    solve_scenario(s, NULL);
    CHECK_NEAR(small_price(s, "link:P_Q"), -11.0, 1e-9);
    CHECK_NEAR(steppe_row_load(s, small_row(s, "link:P_Q")), 8.0, 0.0);
    CHECK_NEAR(small_flow(s, "ore:link:P_Q:f"), 6.0, 0.0);
    CHECK_NEAR(small_flow(s, "metal:link:P_Q:b"), 1.0, 0.0);
    CHECK_NEAR(small_flow(s, "ore:link:P_Q:b"), 0.0, 0.0);
    solve_scenario(s, "busy");
    CHECK_NEAR(small_price(s, "link:P_Q"), -25.0, 1e-9);
    CHECK_NEAR(small_flow(s, "metal:link:P_Q:b"), 0.0, 0.0);
    steppe_free(s);
}

TEST(a_contract_moves_goods_against_their_cost)
{
    steppe_solver *s = open_tiny("contract_split");
    const steppe_info base = solve_scenario(s, NULL);
    CHECK_EQ(base.commodities, 2);
    CHECK_NEAR(small_flow(s, "crude@S_A:link:A_D:f"), 2.0, 0.0);
    CHECK_NEAR(small_flow(s, "crude@S_A:link:A_C:f"), 3.0, 0.0);
    CHECK_NEAR(small_flow(s, "crude:link:B_C:f"), 2.0, 0.0);
    CHECK(base.unserved == 0.0);
    const steppe_info paid = solve_scenario(s, "may_pay");
    CHECK_NEAR(paid.unserved, 40.0, 0.0);
    CHECK_NEAR(small_flow(s, "crude@S_A:shortfall:C_AD"), 2.0, 0.0);
    steppe_free(s);
}

TEST(a_port_and_its_quay_have_prices_of_their_own)
{
    steppe_solver *s = open_tiny("transfer_port");
    solve_scenario(s, NULL);
    CHECK_NEAR(small_price(s, "handling:P:crude"), -1.0, 1e-9); /* way 2 instead of way 3 */
    CHECK_NEAR(small_price(s, "transfer:P:pipeline:ship:crude"), -6.0,
               1e-9); /* way 1 instead of way 2 */
    solve_scenario(s, "strike");
    CHECK_NEAR(small_price(s, "handling:P:crude"), -8.0, 1e-9);
    CHECK(small_row(s, "transfer:P:pipeline:ship:crude") < 0 ||
          small_price(s, "transfer:P:pipeline:ship:crude") == 0.0);
    steppe_free(s);
}

TEST(shortages_are_spread_by_their_cost)
{
    steppe_solver *s = open_tiny("shortage");
    const steppe_info base = solve_scenario(s, NULL);
    CHECK_NEAR(base.unserved, 170 + 60 + 30.0, 0.0);
    CHECK_NEAR(small_flow(s, "crude:shortage:D_HOME"), 1.0, 0.0);
    CHECK_NEAR(small_flow(s, "crude:min_shortage:D_HOME"), 0.0, 0.0);
    CHECK_NEAR(small_flow(s, "crude:extra_supply:S_OIL"), 1.0, 0.0);
    CHECK_NEAR(small_flow(s, "fuel:link:H_E:f"), 1.0, 0.0);
    const steppe_info cut = solve_scenario(s, "line_cut");
    CHECK_NEAR(cut.unserved, 470 + 20 + 120 + 60.0, 0.0);
    CHECK_NEAR(small_price(s, "link:A_H"), -225.0, 1e-9);
    CHECK_NEAR(small_flow(s, "crude:min_shortage:D_HOME"), 1.5, 0.0);
    steppe_free(s);
}

TEST(potentials_are_the_marginal_values_of_supply)
{
    steppe_solver *s = open_tiny("two_path");
    solve_scenario(s, NULL);
    double at_a = NAN, at_b = NAN;
    for (int64_t i = 0; i < steppe_node_count(s); i++) {
        char name[128];
        steppe_node_name(s, i, name, sizeof name);
        if (!strcmp(name, "crude:place:A:pipeline")) at_a = steppe_node_potential(s, i);
        if (!strcmp(name, "crude:place:B:pipeline")) at_b = steppe_node_potential(s, i);
    }
    CHECK_NEAR(fabs(at_b - at_a), 25.0, 1e-9); /* the dear way is the one at the margin */
    steppe_free(s);
}

int main(void)
{
    RUN(each_tiny_case_costs_what_its_readme_says);
    RUN(a_full_line_has_the_price_of_the_way_around_it);
    RUN(a_shared_railway_has_the_price_of_its_least_user);
    RUN(a_contract_moves_goods_against_their_cost);
    RUN(a_port_and_its_quay_have_prices_of_their_own);
    RUN(shortages_are_spread_by_their_cost);
    RUN(potentials_are_the_marginal_values_of_supply);
    return check_result();
}
