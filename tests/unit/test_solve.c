/* The public calls: order, arguments, getters, settings. */
#include "small_case.h"

#define MIN_FILE TEST_TMP "api.min"

static void write_min(void)
{
    check_make_folder(TEST_TMP);
    check_write(
        MIN_FILE,
        "c two ways\np min 3 3\nn 1 4\nn 3 -4\na 1 2 0 3 1\na 2 3 0 9 1\na 1 3 0 9 5\n");
}

TEST(calls_without_a_handle_or_a_path_are_refused)
{
    steppe_solver *s = NULL;
    steppe_info info;
    CHECK_EQ(steppe_open(NULL, TINY "two_path", NULL), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_open(&s, NULL, NULL), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_apply_scenario(NULL, "x"), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_update(NULL, "link", "*", "x", "set", "1"), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_setup(NULL), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_solve(NULL, &info), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_write_model(NULL, "x.mps"), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_copy(NULL, NULL, NULL), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_copy(&s, NULL, NULL), STEPPE_BAD_CALL);
    CHECK(s == NULL);
    CHECK_EQ(steppe_scenario_count(NULL), 0);
    CHECK_EQ(steppe_arc_count(NULL), 0);
    CHECK_EQ(steppe_row_count(NULL), 0);
    CHECK_EQ(steppe_node_count(NULL), 0);
    CHECK(isnan(steppe_arc_flow(NULL, 0)));
    CHECK(isnan(steppe_row_load(NULL, 0)));
    CHECK(isnan(steppe_row_price(NULL, 0)));
    CHECK(isnan(steppe_node_potential(NULL, 0)));
    steppe_free(NULL);
}

/* Scenarios solved by copies, each in a thread of its own, as by the handle itself. */
TEST(a_copy_answers_as_its_original)
{
    enum { COPIES = 4 };
    steppe_solver *s = NULL, *copy[COPIES] = {NULL};
    steppe_info base, alone, of[COPIES];
    steppe_status st[COPIES];
    steppe_settings set = steppe_default_settings();
    set.threads = 1;
    CHECK_EQ(steppe_open(&s, TINY "two_path", NULL), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, &base), STEPPE_OK);
    CHECK_EQ(steppe_hold_basis(s, 1), STEPPE_OK);
    CHECK_EQ(steppe_update(s, "link", "link_id=A_B", "capacity_per_y", "scale", "0.1"),
             STEPPE_OK); /* the original's own affair */
    for (int i = 0; i < COPIES; i++) CHECK_EQ(steppe_copy(&copy[i], s, &set), STEPPE_OK);
#pragma omp parallel for num_threads(COPIES) default(none) shared(copy, st, of)
    for (int i = 0; i < COPIES; i++) {
        st[i] = steppe_apply_scenario(copy[i], i % 2 ? "cheap_half" : NULL);
        if (st[i] == STEPPE_OK) st[i] = steppe_setup(copy[i]);
        if (st[i] == STEPPE_OK) st[i] = steppe_solve(copy[i], &of[i]);
    }
    CHECK_EQ(steppe_apply_scenario(s, "cheap_half"), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, &alone), STEPPE_OK);
    for (int i = 0; i < COPIES; i++) {
        CHECK_EQ(st[i], STEPPE_OK);
        CHECK_EQ(of[i].outcome, STEPPE_OPTIMAL);
        CHECK_NEAR(of[i].objective, i % 2 ? alone.objective : base.objective, 1e-12);
        CHECK(of[i].warm);
        steppe_free(copy[i]);
    }
    steppe_free(s);
    write_min();
    CHECK_EQ(steppe_open(&s, MIN_FILE, NULL), STEPPE_OK);
    CHECK_EQ(steppe_copy(&copy[0], s, NULL), STEPPE_BAD_CALL); /* no scenarios */
    CHECK(copy[0] == NULL);
    steppe_free(s);
}

TEST(a_case_is_solved_only_after_setup)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    steppe_info info = {.objective = 7.0};
    CHECK_EQ(steppe_solve(s, &info), STEPPE_BAD_CALL);
    CHECK(info.objective == 0.0); /* outputs are cleared first */
    CHECK_EQ(steppe_write_model(s, TEST_TMP "x.mps"), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_arc_count(s), 0);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK(steppe_arc_count(s) > 0);
    CHECK(isnan(steppe_arc_flow(s, 0))); /* no answer yet */
    CHECK(isnan(steppe_node_potential(s, 0)));
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_OK);
    CHECK(!isnan(steppe_arc_flow(s, 0)));
    CHECK_EQ(steppe_update(s, "link", "*", "cost_usd_per_unit", "add", "1"), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_BAD_CALL); /* the update dropped the model */
    CHECK_EQ(steppe_arc_count(s), 0);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_apply_scenario(s, NULL), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_BAD_CALL);
    steppe_free(s);
}

TEST(an_instance_is_solved_only_after_setup)
{
    write_min();
    steppe_solver *s = NULL;
    steppe_info info;
    CHECK_EQ(steppe_open(&s, MIN_FILE, NULL), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, &info), STEPPE_OK);
    CHECK(info.objective == 11.0);
    CHECK_EQ(info.arcs, 3);
    CHECK_EQ(info.nodes, 3);
    steppe_free(s);
}

TEST(an_instance_has_no_scenarios_and_no_updates)
{
    write_min();
    steppe_solver *s = NULL;
    CHECK_EQ(steppe_open(&s, MIN_FILE, NULL), STEPPE_OK);
    CHECK_EQ(steppe_apply_scenario(s, "x"), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_apply_scenario(s, NULL), STEPPE_OK);
    CHECK_EQ(steppe_update(s, "link", "*", "x", "set", "1"), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_scenario_count(s), 0);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_OK);
    steppe_free(s);
}

TEST(indexes_out_of_range_give_nothing)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    small_solve(s);
    char b[8] = "before";
    CHECK(isnan(steppe_arc_flow(s, -1)));
    CHECK(isnan(steppe_arc_flow(s, steppe_arc_count(s))));
    CHECK(isnan(steppe_row_load(s, steppe_row_count(s))));
    CHECK(isnan(steppe_row_price(s, -1)));
    CHECK(isnan(steppe_node_potential(s, INT64_MAX)));
    CHECK_EQ(steppe_arc_name(s, -1, b, sizeof b), 0);
    CHECK_TEXT(b, "");
    CHECK_EQ(steppe_node_name(s, steppe_node_count(s), NULL, 0), 0);
    steppe_free(s);
}

TEST(a_name_is_cut_to_the_buffer_and_its_whole_length_returned)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    small_solve(s);
    const int64_t a = small_arc(s, "oil:link:AB:f");
    char b[9];
    memset(b, 'x', sizeof b);
    CHECK(a >= 0);
    CHECK_EQ(steppe_arc_name(s, a, b, sizeof b), strlen("oil:link:AB:f"));
    CHECK_TEXT(b, "oil:link");
    CHECK_EQ(steppe_arc_name(s, a, b, 1), strlen("oil:link:AB:f"));
    CHECK_TEXT(b, "");
    CHECK_EQ(steppe_arc_name(s, a, NULL, 0), strlen("oil:link:AB:f"));
    CHECK_EQ(steppe_arc_name(s, a, NULL, 100), strlen("oil:link:AB:f"));
    steppe_free(s);
}

TEST(defaults_are_what_the_header_says)
{
    const steppe_settings set = steppe_default_settings();
    CHECK_EQ(set.threads, 0);
    CHECK(set.gap_rel < 0.0);
    CHECK(set.time_limit == 0.0);
    CHECK_EQ(set.cold, 0);
    CHECK(!set.log && !set.progress && !set.arg);
    CHECK_TEXT(steppe_version(), STEPPE_VERSION);
    for (int st = STEPPE_OK; st <= STEPPE_UNPROVEN; st++)
        for (int other = STEPPE_OK; other < st; other++)
            CHECK(strcmp(steppe_status_text((steppe_status)st),
                         steppe_status_text((steppe_status)other)) != 0);
    CHECK_TEXT(steppe_status_text((steppe_status)99), "unknown status");
}

static int stop_at_once(void *arg, const steppe_progress *now)
{
    int *calls = arg;
    ++*calls;
    return now->stage != NULL;
}

TEST(a_progress_call_may_stop_the_solve_which_stays_usable)
{
    int calls = 0;
    steppe_settings set = steppe_default_settings();
    steppe_solver *s = NULL;
    steppe_info info;
    set.progress = stop_at_once;
    set.arg = &calls;
    CHECK_EQ(steppe_open(&s, TINY "shared_link", &set), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, &info), STEPPE_OK);
    CHECK(calls > 0);
    CHECK(info.outcome == STEPPE_OPTIMAL || info.outcome == STEPPE_FEASIBLE ||
          info.outcome == STEPPE_UNKNOWN);
    CHECK(info.outcome != STEPPE_OPTIMAL || info.objective == 458.0);
    CHECK(info.bound <= 458.0);
    steppe_free(s);
}

TEST(a_cold_handle_forgets_its_basis)
{
    steppe_settings set = steppe_default_settings();
    steppe_solver *s = NULL;
    steppe_info info;
    set.cold = 1;
    CHECK_EQ(steppe_open(&s, TINY "transfer_port", &set), STEPPE_OK);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(steppe_setup(s), STEPPE_OK);
        CHECK_EQ(steppe_solve(s, &info), STEPPE_OK);
        CHECK_EQ(info.warm, 0);
        CHECK(info.tree_pivots > 0);
    }
    steppe_free(s);
}

TEST(two_handles_do_not_see_each_other)
{
    steppe_solver *s = NULL, *t = NULL;
    steppe_info a, b;
    CHECK_EQ(steppe_open(&s, TINY "two_path", NULL), STEPPE_OK);
    CHECK_EQ(steppe_open(&t, TINY "two_path", NULL), STEPPE_OK);
    CHECK_EQ(steppe_apply_scenario(t, "cheap_half"), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_setup(t), STEPPE_OK);
    CHECK_EQ(steppe_solve(t, &b), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, &a), STEPPE_OK);
    CHECK(a.objective == 360.0);
    CHECK(b.objective == 405.0);
    steppe_free(t);
    CHECK(steppe_arc_flow(s, 0) >= 0.0);
    steppe_free(s);
}

TEST(a_wrong_gap_setting_is_replaced_by_the_default)
{
    steppe_settings set = steppe_default_settings();
    steppe_solver *s = NULL;
    steppe_info info;
    set.gap_rel = NAN;
    CHECK_EQ(steppe_open(&s, TINY "two_path", &set), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, &info), STEPPE_OK);
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    steppe_free(s);
}

int main(void)
{
    RUN(calls_without_a_handle_or_a_path_are_refused);
    RUN(a_copy_answers_as_its_original);
    RUN(a_case_is_solved_only_after_setup);
    RUN(an_instance_is_solved_only_after_setup);
    RUN(an_instance_has_no_scenarios_and_no_updates);
    RUN(indexes_out_of_range_give_nothing);
    RUN(a_name_is_cut_to_the_buffer_and_its_whole_length_returned);
    RUN(defaults_are_what_the_header_says);
    RUN(a_progress_call_may_stop_the_solve_which_stays_usable);
    RUN(a_cold_handle_forgets_its_basis);
    RUN(two_handles_do_not_see_each_other);
    RUN(a_wrong_gap_setting_is_replaced_by_the_default);
    return check_result();
}
