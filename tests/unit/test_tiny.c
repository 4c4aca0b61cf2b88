/* The hand-computed cases in datasets/tiny: objectives and prices of base and scenario. */
#include "small_case.h"

#include "solve.h"

typedef struct {
    const char *name, *scenario;
    double base, changed; /* NaN: infeasible */
} tiny;

static const tiny all[] = {{"two_path", "cheap_half", 360.0, 405.0},
                           {"shared_link", "busy", 458.0, 505.0},
                           {"contract_split", "may_pay", 230.0, 220.0},
                           {"transfer_port", "strike", 197.0, 215.0},
                           {"shortage", "line_cut", 498.0, 872.5},
                           {"periods_storage", "outage", 243.0, 324.4},
                           {"transit_lag", "storm", 150.0, 268.0},
                           {"transit_open", "late", 90.0, 160.0},
                           {"losses", "worn", 600.0, 700.0},
                           {"cost_curve", "rail_short", 434.0, 440.0},
                           {"conversion", "repair", 181.6, 351.5},
                           {"policy_quota", "embargo", 260.0, 420.0},
                           {"policy_emission", "cap", 214.0, 250.5},
                           {"diversification", "tighter", 178.0, 196.0},
                           {"take_or_pay", "nominations", 270.0, 308.0},
                           {"ramp", "main_out", 125.7, 183.3},
                           {"infeasible", "priced", NAN, 347.0}};

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

static double expected(const tiny *c, const char *scenario)
{
    return scenario ? c->changed : c->base;
}

/* Where a rule multiplies flows, by a loss or a ratio, one smallest unit of flow may be lost to rounding. */
static bool rounds(const model *md)
{
    for (int32_t i = 0; i < md->n; i++)
        if (md->balance[i] == BALANCE_LOSSY) return true;
    for (int64_t r = 0; r < md->rows; r++)
        if (md->row_scale[r] != 1) return true;
    return false;
}

static void check_answer(const steppe_solver *s, const tiny *c, const char *scenario,
                         const steppe_info *info)
{
    const double cost = expected(c, scenario);
    bool good = true;
    if (isnan(cost)) {
        good = CHECK_EQ(info->outcome, STEPPE_INFEASIBLE);
    } else {
        good = CHECK_EQ(info->outcome, STEPPE_OPTIMAL) && good;
        good = CHECK(info->gap_rel >= 0.0 && info->gap_rel <= 1e-9) && good;
        good = CHECK_NEAR(info->objective, cost, 1e-9) && good;
        good = CHECK(info->bound <= info->objective) && good;
        if (!rounds(&s->md)) {
            good = CHECK(info->objective == cost) && good;
            good = CHECK(info->gap_rel == 0.0) && CHECK(info->bound == cost) && good;
        }
    }
    if (!good)
        fprintf(stderr, "    %s %s: %.17g, bound %.17g\n", c->name,
                scenario ? scenario : "base", info->objective, info->bound);
}

TEST(each_tiny_case_costs_what_its_readme_says)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        steppe_solver *s = open_tiny(all[i].name);
        const char *const order[] = {NULL, all[i].scenario, NULL, all[i].scenario};
        bool solved = false;
        for (int k = 0; k < 4; k++) { /* back and forth, warm from the second on */
            const steppe_info info = solve_scenario(s, order[k]);
            check_answer(s, &all[i], order[k], &info);
            /* the embargo names the goods it selects anew: no earlier basis fits them */
            if (info.outcome == STEPPE_OPTIMAL && strcmp(all[i].name, "policy_quota") != 0)
                CHECK_EQ(info.warm, solved);
            solved |= info.outcome == STEPPE_OPTIMAL;
        }
        CHECK_EQ(steppe_scenario_count(s), 1);
        CHECK_TEXT(steppe_scenario_id(s, 0), all[i].scenario);
        steppe_free(s);
    }
}

TEST(each_tiny_result_is_proven_from_its_files)
{
    check_make_folder(TEST_TMP);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char path[1024];
        snprintf(path, sizeof path, TINY "%s", all[i].name);
        for (int k = 0; k < 2; k++) { /* each on a handle of its own, cold */
            const char *id = k ? all[i].scenario : NULL;
            if (isnan(expected(&all[i], id))) continue;
            steppe_solver *s = open_tiny(all[i].name);
            steppe_proof proof;
            const steppe_info info = solve_scenario(s, id);
            check_answer(s, &all[i], id, &info);
            CHECK_EQ(steppe_write_result(s, TEST_TMP "result"), STEPPE_OK);
            steppe_free(s);
            const steppe_settings set = check_settings(&small_log, 1);
            if (!CHECK_EQ(steppe_verify(path, TEST_TMP "result", &set, &proof), STEPPE_OK))
                check_print_log(&small_log);
            CHECK(proof.objective == info.objective);
            CHECK(proof.bound == info.bound);
            CHECK(proof.gap_rel == info.gap_rel);
        }
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
    CHECK_EQ(base.commodities, 1);
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
    RUN(each_tiny_result_is_proven_from_its_files);
    RUN(a_full_line_has_the_price_of_the_way_around_it);
    RUN(a_shared_railway_has_the_price_of_its_least_user);
    RUN(a_contract_moves_goods_against_their_cost);
    RUN(a_port_and_its_quay_have_prices_of_their_own);
    RUN(shortages_are_spread_by_their_cost);
    RUN(potentials_are_the_marginal_values_of_supply);
    return check_result();
}
