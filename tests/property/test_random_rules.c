/* needs: glpk; slow. Random cases with periods, stocks, losses, curves, conversions and policies.
 *
 *     test_random_rules [first seed [cases [features]]]
 *
 * features: a sum of WITH_* in draw_rules.h; without it each feature by itself and mixtures. A failing seed is
 * printed, its folder stays, and `test_random_rules SEED 1 FEATURES` plays it again. */
#include "draw_rules.h"
#include "random_check.h"

static const char *const feature_name[FEATURES] = {
    "periods", "profiles",  "link periods", "dates",    "transit",     "storage", "losses",
    "curves",  "contracts", "groups",       "policies", "conversions", "ramps"};

static uint64_t now_seed;
static int now_features;
static long played[FEATURES + 1], solved[FEATURES + 1], refuted[FEATURES + 1];

/* Where flows can run in circles, how often they may is not said. */
static bool reference_tells(void)
{
    if (!draw_has_minimum(&now_case)) return true;
    for (int i = 0; i < now_case.links; i++)
        if (now_case.link[i].from > now_case.link[i].to) return false;
    return true;
}

static void compare_with_reference(const steppe_info *info, bool changed)
{
    const bool feasible = info->outcome != STEPPE_INFEASIBLE;
    if (!reference_tells()) return;
    const glpk_answer a =
        glpk_solve(draw_reference(&now_case, changed), feasible, info->objective, 1e-7);
    CHECK(a.solved);
    if (CHECK_EQ(a.feasible, feasible) && feasible)
        CHECK_NEAR(info->objective, a.objective, 1e-7);
}

/* After changes by hand the warm handle finds what a cold one finds. */
static void compare_after_updates(draw *d, steppe_solver *warm, const char *scenario)
{
    static const char *const list[][5] = {
        {"link", "", "cost_usd_per_unit", "set", "7.5"},
        {"link", "", "capacity_per_y", "add", "2.25"},
        {"supply", "", "shut_in_cost_usd_per_unit", "add", "3"},
        {"supply", "", "max_per_y", "add", "1.5"},
        {"demand", "", "max_per_y", "add", "2"},
        {"demand", "", "min_shortage_cost_usd_per_unit", "add", "11"}};
    steppe_info hot, cold;
    steppe_solver *fresh = open_case(folder, 1);
    if (!fresh) return;
    if (scenario) CHECK_EQ(steppe_apply_scenario(fresh, scenario), STEPPE_OK);
    for (int i = 0; i < 3; i++) {
        const char *const *u = list[draw_int(d, 0, 5)];
        char selector[32];
        const int rows = u[0][0] == 'l'   ? now_case.links
                         : u[0][0] == 's' ? now_case.supplies
                                          : now_case.demands;
        snprintf(selector, sizeof selector, "%s_id=%c%d", u[0], u[0][0] - 32,
                 (int)draw_int(d, 0, rows - 1));
        const steppe_status a = steppe_update(warm, u[0], selector, u[2], u[3], u[4]);
        CHECK_EQ(steppe_update(fresh, u[0], selector, u[2], u[3], u[4]), a);
    }
    if (solve(warm, &hot) && solve(fresh, &cold)) {
        CHECK_EQ(hot.outcome, cold.outcome);
        if (cold.outcome == STEPPE_OPTIMAL)
            CHECK_NEAR(hot.objective, cold.objective, tolerance);
    }
    steppe_free(fresh);
}

/* The base, or the scenario of the case, on a handle that may have solved before. */
static void play_one(draw *d, steppe_solver *s, const char *scenario)
{
    steppe_info info, cold;
    picture first;
    if (scenario && !CHECK_EQ(steppe_apply_scenario(s, scenario), STEPPE_OK)) {
        check_print_log(&log_now);
        return;
    }
    if (!solve(s, &info)) return;
    compare_with_mps(s, &info);
    compare_with_reference(&info, scenario != NULL);
    if (info.outcome == STEPPE_OPTIMAL) verify_result(s, &info);
    if (now_seed % 8 == 0 || scenario) {
        steppe_solver *fresh = open_case(folder, 1);
        if (fresh && scenario) CHECK_EQ(steppe_apply_scenario(fresh, scenario), STEPPE_OK);
        if (fresh && solve(fresh, &cold)) {
            CHECK_EQ(info.outcome, cold.outcome);
            if (cold.outcome == STEPPE_OPTIMAL)
                CHECK_NEAR(info.objective, cold.objective, tolerance);
            picture_take(fresh, &cold, &first);
            if (now_seed % 8 == 0) compare_threads(&first, scenario);
            picture_free(&first);
        }
        steppe_free(fresh);
    }
    for (int f = 0; f <= FEATURES; f++) {
        const bool of =
            f == FEATURES ? (now_features & (now_features - 1)) != 0 : now_features == 1 << f;
        played[f] += of;
        solved[f] += of && info.outcome == STEPPE_OPTIMAL;
        refuted[f] += of && info.outcome == STEPPE_INFEASIBLE;
    }
    if (now_seed % 2 == 0) compare_after_updates(d, s, scenario);
}

static void one_case(void)
{
    draw d = {now_seed};
    draw_whole_case(&d, &now_case, 0);
    draw_rules_of(&d, &now_case, now_features);
    draw_write_case(&now_case, NULL, folder);
    join_the_cut_off(&d);
    tolerance = now_features & WITH_FRACTIONS ? 1e-7 : 1e-9;
    steppe_solver *s = open_case(folder, 1);
    if (!s) return;
    play_one(&d, s, NULL);
    if (now_case.changes > 0) play_one(&d, s, "changed");
    steppe_free(s);
}

static void play(uint64_t seed, int features)
{
    const long failed = check_now.failed;
    now_seed = seed;
    method_now = check_method(seed / 5);
    now_features = features;
    snprintf(folder, sizeof folder, TEST_TMP "random_rules_%" PRIu64, seed);
    check_remove(folder);
    check_run("the optimum of a case with rules and time is the one of its linear program",
              one_case);
    if (check_now.failed > failed) {
        printf("seed %" PRIu64 " failed: test_random_rules %" PRIu64 " 1 %d, folder %s\n", seed,
               seed, features, folder);
        fflush(stdout);
        return;
    }
    check_remove(folder);
}

/* Half of the cases have one feature, in turn; the others a mixture of two to six. */
static int features_of(uint64_t seed)
{
    draw d = {seed ^ 0x5eed};
    if (seed % 2) return 1 << seed / 2 % FEATURES;
    int features = 0;
    const int count = (int)draw_int(&d, 2, 6);
    for (int i = 0; i < count; i++) features |= 1 << draw_int(&d, 0, FEATURES - 1);
    return features;
}

/* Vertices of fractions whose limits, moved inwards for whole units, once left no answer at all. */
static const uint64_t hard_seed[] = {300662, 300818, 301440, 910153, 910758, 910786, 911074};

int main(int argc, char **argv)
{
    const uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const int count = argc > 2 ? atoi(argv[2]) : 1500;
    glp_term_out(GLP_OFF);
    for (size_t i = 0; argc == 1 && i < sizeof hard_seed / sizeof *hard_seed; i++)
        play(hard_seed[i], features_of(hard_seed[i]));
    for (uint64_t seed = from; seed < from + (uint64_t)count; seed++)
        play(seed, argc > 3 ? atoi(argv[3]) : features_of(seed));
    glp_free_env();
    for (int f = 0; f <= FEATURES; f++) {
        printf("%-12s %5ld cases, %5ld optimal, %4ld infeasible\n",
               f < FEATURES ? feature_name[f] : "mixtures", played[f], solved[f], refuted[f]);
        if (count >= 1500) { /* the generator still draws what the test is about */
            CHECK(solved[f] > 10);
        }
    }
    return check_result();
}
