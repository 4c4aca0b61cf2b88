/* needs: glpk; slow. Solves that are stopped at any moment: what was proven by then holds, and what was found is feasible.
 *
 *     test_stopped [first seed [cases [features]]]
 *
 * The moment is a number of progress calls, so that a seed plays the same everywhere. */
#include "draw_rules.h"
#include "random_check.h"

static uint64_t now_seed;
static int now_features;
static int calls_left;
static long stops, answers, reached;

static int stop_soon(void *arg, const steppe_progress *now)
{
    (void)arg;
    if (!isnan(now->bound) && !isnan(now->answer))
        CHECK(now->bound <= now->answer * (1.0 + 1e-12) + 1e-9);
    return calls_left-- <= 0;
}

static steppe_solver *open_stopped(double gap, double limit, int threads)
{
    steppe_settings set = check_settings(&log_now, threads);
    steppe_solver *s = NULL;
    set.gap_rel = gap;
    set.method = method_now;
    set.time_limit = limit;
    set.progress = stop_soon;
    if (!CHECK_EQ(steppe_open(&s, folder, &set), STEPPE_OK)) check_print_log(&log_now);
    return s;
}

/* The written answer as verify sees it, with the gap it was stopped at. */
static void verify_stopped(steppe_solver *s, const steppe_info *info)
{
    char result[1100];
    steppe_proof proof;
    snprintf(result, sizeof result, "%s/result", folder);
    if (!CHECK_EQ(steppe_write_result(s, result), STEPPE_OK)) return;
    steppe_settings set = check_settings(&log_now, 1);
    set.gap_rel = 1.0;
    if (!CHECK_EQ(steppe_verify(folder, result, &set, &proof), STEPPE_OK))
        check_print_log(&log_now);
    CHECK(proof.objective == info->objective);
    CHECK(proof.bound == info->bound);
}

/* Between the bound and the answer lies the optimum. */
static void compare_stopped(const steppe_info *info, double optimum)
{
    const double size = fmax(1.0, fabs(optimum)) * fmax(tolerance, 1e-7);
    CHECK(info->bound <= optimum + size);
    CHECK(info->objective >= optimum - size);
    CHECK(info->bound <= info->objective);
}

static void play_stop(double optimum, int calls, double gap, double limit)
{
    steppe_info one, two;
    steppe_solver *s = open_stopped(gap, limit, 1), *t = open_stopped(gap, limit, 3);
    calls_left = calls;
    if (s && t && CHECK_EQ(steppe_setup(s), STEPPE_OK) &&
        CHECK_EQ(steppe_solve(s, &one), STEPPE_OK) && CHECK(one.outcome != STEPPE_INFEASIBLE)) {
        const bool answer = one.outcome != STEPPE_UNKNOWN;
        stops++;
        answers += answer;
        reached += answer && one.gap_rel <= 0.05;
        if (answer) compare_stopped(&one, optimum);
        if (answer) verify_stopped(s, &one);
        if (gap > 0.0 && calls == INT32_MAX) CHECK(answer && one.gap_rel <= gap);
        calls_left = calls;
        if (CHECK_EQ(steppe_setup(t), STEPPE_OK) &&
            CHECK_EQ(steppe_solve(t, &two), STEPPE_OK)) {
            CHECK_EQ(two.outcome, one.outcome);
            if (answer) CHECK(two.objective == one.objective && two.bound == one.bound);
        }
    }
    steppe_free(s);
    steppe_free(t);
}

static void one_case(void)
{
    static const double gaps[] = {-1.0, 0.001, 0.02, 0.2};
    draw d = {now_seed};
    steppe_info info;
    draw_whole_case(&d, &now_case, 0);
    draw_rules_of(&d, &now_case, now_features);
    draw_write_case(&now_case, NULL, folder);
    join_the_cut_off(&d);
    tolerance = now_features & WITH_FRACTIONS ? 1e-7 : 1e-9;
    steppe_solver *s = open_case(folder, 1);
    if (!s) return;
    if (solve(s, &info) && info.outcome == STEPPE_OPTIMAL) {
        compare_with_mps(s, &info);
        for (int i = 0; i < 3; i++)
            play_stop(info.objective, (int)draw_int(&d, 0, draw_chance(&d, 50) ? 3 : 60), -1.0,
                      draw_chance(&d, 70) ? 1e9 : 0.0);
        play_stop(info.objective, INT32_MAX, gaps[draw_int(&d, 1, 3)], 0.0);
    }
    steppe_free(s);
}

static void play(uint64_t seed, int features)
{
    const long failed = check_now.failed;
    now_seed = seed;
    method_now = check_method(seed / 5);
    now_features = features;
    snprintf(folder, sizeof folder, TEST_TMP "stopped_%" PRIu64, seed);
    check_remove(folder);
    check_run("what a stopped solve says holds", one_case);
    if (check_now.failed > failed) {
        printf("seed %" PRIu64 " failed: test_stopped %" PRIu64 " 1 %d, folder %s\n", seed,
               seed, features, folder);
        fflush(stdout);
        return;
    }
    check_remove(folder);
}

static int features_of(uint64_t seed)
{
    draw d = {seed ^ 0x5eed};
    if (seed % 3 == 0) return 0;
    if (seed % 3 == 1) return 1 << seed / 3 % FEATURES;
    int features = 0;
    const int count = (int)draw_int(&d, 2, 5);
    for (int i = 0; i < count; i++) features |= 1 << draw_int(&d, 0, FEATURES - 1);
    return features;
}

int main(int argc, char **argv)
{
    const uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const int count = argc > 2 ? atoi(argv[2]) : 500;
    glp_term_out(GLP_OFF);
    for (uint64_t seed = from; seed < from + (uint64_t)count; seed++)
        play(seed, argc > 3 ? atoi(argv[3]) : features_of(seed));
    glp_free_env();
    printf("%ld stops, %ld with an answer, %ld of them within 5 %% of the bound\n", stops,
           answers, reached);
    if (count >= 300) CHECK(10 * answers > 8 * stops);
    return check_result();
}
