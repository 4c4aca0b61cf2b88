/* Instance files: what is read, and what is said about lines that are wrong. */
#include "small_case.h"

#include <zlib.h>

#define MIN_FILE TEST_TMP "instance.min"
#define MMCF_FILE TEST_TMP "instance.mmcf"

static steppe_solver *open_text(const char *path, const char *content, steppe_status expected)
{
    const steppe_settings set = check_settings(&small_log, 1);
    steppe_solver *s = NULL;
    check_make_folder(TEST_TMP);
    check_write(path, content);
    if (!CHECK_EQ(steppe_open(&s, path, &set), expected)) {
        fprintf(stderr, "    text: %s\n", content);
        check_print_log(&small_log);
    }
    return s;
}

static steppe_info solve_text(const char *path, const char *content)
{
    steppe_solver *s = open_text(path, content, STEPPE_OK);
    const steppe_info info = small_solve(s);
    steppe_free(s);
    return info;
}

/* Exactly one fault: path:rest. */
static void refused(const char *path, const char *content, const char *rest)
{
    char want[1200];
    snprintf(want, sizeof want, "%s:%s", path, rest);
    steppe_free(open_text(path, content, STEPPE_BAD_INPUT));
    if (CHECK_EQ(small_log.faults, 1) && CHECK_TEXT(small_log.line[0], want)) return;
    check_print_log(&small_log);
}

TEST(a_dimacs_file_is_read_with_its_bounds_and_signs)
{
    steppe_info info = solve_text(MIN_FILE, "p min 2 1\nn 1 4\nn 2 -4\na 1 2 0 5 3\n");
    CHECK(info.objective == 12.0);
    info = solve_text(
        MIN_FILE, "c x\np min 3 3\n\nn 1 4\nn 3 -4\na 1 2 2 3 9\na 2 3 0 9 1\na 1 3 0 9 5\n");
    CHECK(info.objective == 2 * 10 + 2 * 5.0); /* the lower bound of the dear arc */
    info = solve_text(MIN_FILE, "p min 2 2\na 1 2 0 5 -3\na 2 1 0 4 1\n");
    CHECK(info.objective == -8.0); /* a circle that pays */
    info = solve_text(MIN_FILE, "p min 2 2\na 1 2 -5 5 3\na 2 1 -2 9 1\n");
    CHECK(info.objective == -8.0);
    info = solve_text(MIN_FILE, "p min 2 2\na 1 1 1 5 -3\na 1 2 0 0 1\n");
    CHECK(info.objective == -15.0); /* a loop */
    info = solve_text(MIN_FILE, "p min 2 1\r\nn 1 4\r\nn 2 -4\r\na 1 2 0 3 3\r\n");
    CHECK_EQ(info.outcome, STEPPE_INFEASIBLE);
    info = solve_text(MIN_FILE, "p min 4 0"); /* nothing at all, no newline */
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK(info.objective == 0.0);
}

TEST(a_joint_row_is_shared_by_weight)
{
    const steppe_info info = solve_text(
        MMCF_FILE,
        "p mmcf 2 2 4 1\nn 0 0 1\nn 0 1 -1\nn 1 0 2\nn 1 1 -2\nj 0 1.5\na 0 0 1 1 -1 0 1\n"
        "a 1 0 1 1 -1 0 0.5\na 0 0 1 9 -1 -1 1\na 1 0 1 5 -1 -1 1\n");
    /* a unit of row saves 8 with the first commodity and 8 with the second: 1 + 1 of the cheap
     * arcs, at 0.5 the second */
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK_EQ(info.commodities, 2);
    CHECK_NEAR(info.objective, 1 + 1 + 5.0, 1e-9);
}

TEST(arcs_of_mixed_order_belong_to_their_commodities)
{
    const steppe_info info = solve_text(
        MMCF_FILE, "p mmcf 3 2 3 0\na 2 0 1 7 -1 -1 1\na 0 0 1 2 -1 -1 1\na 1 0 1 3 -1 -1 1\n"
                   "n 0 0 1\nn 0 1 -1\nn 1 0 10\nn 1 1 -10\nn 2 0 0.25\nn 2 1 -0.25\n");
    CHECK_NEAR(info.objective, 2 + 30 + 1.75, 1e-12);
}

TEST(a_commodity_without_arcs_and_supplies_changes_nothing)
{
    steppe_info info =
        solve_text(MMCF_FILE, "p mmcf 2 2 1 0\nn 0 0 1\nn 0 1 -1\na 0 0 1 3 -1 -1 1\n");
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK(info.objective == 3.0);
    info = solve_text(MMCF_FILE, "p mmcf 2 2 1 0\nn 1 0 1\nn 1 1 -1\na 1 0 1 3 -1 -1 1\n");
    CHECK(info.objective == 3.0);
    info = solve_text(MMCF_FILE, "p mmcf 3 2 0 0\n");
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
}

TEST(wrong_lines_of_a_dimacs_file_are_named)
{
    refused(MIN_FILE, "", "1:1: found the end of the file, expected a line 'p'");
    refused(MIN_FILE, "n 1 4\np min 2 1\n",
            "1:1: found 'n', expected a line 'p' before all others");
    refused(MIN_FILE, "p max 2 1\n", "1:2: found 'max', expected min or mmcf");
    refused(MIN_FILE, "p min 2\n",
            "1:4: found 'the end of the line', expected a number of arcs");
    refused(MIN_FILE, "p min two 1\n",
            "1:3: found 'two', expected a number of nodes from 0 to 536870911");
    refused(MIN_FILE, "c\n\np min 2 1\nx 1 2\na 1 2 0 1 1\n",
            "4:1: found 'x', expected a line n or a");
    refused(MIN_FILE, "p min 2 1\na 1 3 0 1 1\n",
            "2:3: found '3', expected a node from 1 to 2");
    refused(MIN_FILE, "p min 2 1\na 1 2 0 1\n",
            "2:6: found 'the end of the line', expected a cost");
    refused(MIN_FILE, "p min 2 1\na 1 2 0 x 1\n",
            "2:5: found 'x', expected a capacity from -4000000000000000 to 4000000000000000");
    refused(MIN_FILE, "p min 2 1\na 1 2 3 2 1\n",
            "2:5: found '2', expected a capacity of at least the lower bound");
    refused(MIN_FILE, "p min 2 1\na 1 2 0 1 1.5\n",
            "2:6: found '1.5', expected a cost from -4000000000000000 to 4000000000000000");
    refused(MIN_FILE, "p min 2 1\na 1 2 0 99999999999999999999 1\n",
            "2:5: found '99999999999999999999', expected a capacity from -4000000000000000 to "
            "4000000000000000");
    refused(MIN_FILE, "p min 2 1\na 1 2 0 1 1\na 1 2 0 1 1\n",
            "3:1: found 'a', expected no more arcs than the line 'p' says");
    refused(MIN_FILE, "p min 2 2\na 1 2 0 1 1\n",
            "2:1: found the end after 1 arcs, expected 2 as the line 'p' says");
    refused(MIN_FILE, "p min 2 1\nn 1 4\nn 2 -3\na 1 2 0 9 1\n",
            "1:1: found supplies of commodity 0 that sum to 1, expected 0");
    refused(MIN_FILE, "p min 2 1\nn 1 inf\na 1 2 0 9 1\n",
            "2:3: found 'inf', expected a supply from -4000000000000000 to 4000000000000000");
    refused(MIN_FILE, "p min 2 1000000000\na 1 2 0 9 1\n",
            "1:1: found 1000000000 arcs in the line 'p', expected as many as the file has");
}

TEST(wrong_lines_of_an_mmcf_file_are_named)
{
    refused(MMCF_FILE, "p mmcf 1 2 1 1\na 0 0 1 1 -1 0 1\n",
            "1:1: found no capacity of joint row 0, expected a line 'j'");
    refused(MMCF_FILE, "p mmcf 1 2 1 1\nj 0 -4\na 0 0 1 1 -1 0 1\n",
            "2:3: found '-4', expected a capacity that is not negative");
    refused(MMCF_FILE, "p mmcf 1 2 1 1\nj 1 4\nj 0 1\na 0 0 1 1 -1 0 1\n",
            "2:2: found '1', expected a joint row from 0 to 0");
    refused(MMCF_FILE, "p mmcf 1 2 1 0\na 1 0 1 1 -1 -1 1\n",
            "2:2: found '1', expected a commodity from 0 to 0");
    refused(MMCF_FILE, "p mmcf 1 2 1 0\na 0 0 2 1 -1 -1 1\n",
            "2:4: found '2', expected a node from 0 to 1");
    refused(MMCF_FILE, "p mmcf 1 2 1 0\na 0 0 1 1 -1 -1\n",
            "2:8: found 'the end of the line', expected a weight");
    refused(MMCF_FILE, "p mmcf 1 2 1 0\na 0 0 1 nan -1 -1 1\n",
            "2:5: found 'nan', expected a finite number");
    refused(MMCF_FILE, "p mmcf 0 2 1 0\n",
            "1:3: found '0', expected a number of commodities from 1 to 1000000");
}

TEST(all_faults_of_an_instance_come_in_one_run)
{
    steppe_free(open_text(MIN_FILE, "p min 2 3\nn 9 1\na 1 2 0 x 1\nq\na 1 2 5 4 y\n",
                          STEPPE_BAD_INPUT));
    CHECK(check_logged(&small_log, "instance.min:2:2: found '9'"));
    CHECK(check_logged(&small_log, "instance.min:3:5: found 'x'"));
    CHECK(check_logged(&small_log, "instance.min:4:1: found 'q'"));
    CHECK(check_logged(&small_log, "instance.min:5:6: found 'y'"));
    CHECK(check_logged(&small_log, "found the end after 2 arcs, expected 3"));
}

TEST(decimals_that_do_not_fit_are_an_overflow)
{
    steppe_free(open_text(MMCF_FILE,
                          "p mmcf 1 2 1 0\nn 0 0 1000000000000.0001\nn 0 1 "
                          "-1000000000000.0001\na 0 0 1 1 -1 -1 1\n",
                          STEPPE_OVERFLOW));
}

TEST(a_gzip_instance_is_read_and_a_cut_one_is_not)
{
    const steppe_settings set = check_settings(&small_log, 1);
    steppe_solver *s = NULL;
    gzFile f = gzopen(TEST_TMP "instance.min.gz", "wb");
    if (!CHECK(f != NULL)) return;
    gzputs(f, "p min 2 1\nn 1 4\nn 2 -4\na 1 2 0 5 3\n");
    gzclose(f);
    CHECK_EQ(steppe_open(&s, TEST_TMP "instance.min.gz", &set), STEPPE_OK);
    CHECK(small_solve(s).objective == 12.0);
    steppe_free(s);
    CHECK(truncate(TEST_TMP "instance.min.gz", 30) == 0);
    CHECK_EQ(steppe_open(&s, TEST_TMP "instance.min.gz", &set), STEPPE_IO);
    CHECK(s == NULL);
}

TEST(a_written_instance_is_read_back_with_the_same_optimum)
{
    static const char *const file[] = {TEST_TMP "again.min", TEST_TMP "again.min.gz"};
    for (int i = 0; i < 2; i++) {
        steppe_solver *s =
            open_text(MIN_FILE,
                      "p min 4 5\nn 1 4\nn 4 -4\na 1 2 1 3 9\na 2 4 0 9 1\na 1 3 -2 9 5\n"
                      "a 3 4 0 9 -2\na 3 3 0 2 1\n",
                      STEPPE_OK);
        const double cost = small_solve(s).objective;
        CHECK_EQ(steppe_write_model(s, file[i]), STEPPE_OK);
        steppe_free(s);
        s = NULL;
        CHECK_EQ(steppe_open(&s, file[i], NULL), STEPPE_OK);
        CHECK(small_solve(s).objective == cost);
        steppe_free(s);
    }
}

TEST(an_instance_without_arcs_is_read_back_too)
{
    steppe_solver *s = open_text(MIN_FILE, "p min 3 0\n", STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_write_model(s, TEST_TMP "again.min"), STEPPE_OK);
    steppe_free(s);
    s = NULL;
    CHECK_EQ(steppe_open(&s, TEST_TMP "again.min", NULL), STEPPE_OK);
    steppe_free(s);
}

TEST(a_cost_below_zero_without_a_bound_is_refused)
{
    /* without a bound the circle would earn without end; a bound of Steppe's own would be no
     * answer to the file */
    steppe_free(open_text(
        MMCF_FILE, "p mmcf 1 2 2 0\nn 0 0 1\nn 0 1 -1\na 0 0 1 -3 -1 -1 1\na 0 1 0 1 -1 -1 1\n",
        STEPPE_BAD_INPUT));
}

int main(void)
{
    RUN(a_dimacs_file_is_read_with_its_bounds_and_signs);
    RUN(a_joint_row_is_shared_by_weight);
    RUN(arcs_of_mixed_order_belong_to_their_commodities);
    RUN(a_commodity_without_arcs_and_supplies_changes_nothing);
    RUN(wrong_lines_of_a_dimacs_file_are_named);
    RUN(wrong_lines_of_an_mmcf_file_are_named);
    RUN(all_faults_of_an_instance_come_in_one_run);
    RUN(decimals_that_do_not_fit_are_an_overflow);
    RUN(a_gzip_instance_is_read_and_a_cut_one_is_not);
    RUN(a_written_instance_is_read_back_with_the_same_optimum);
    RUN(an_instance_without_arcs_is_read_back_too);
    RUN(a_cost_below_zero_without_a_bound_is_refused);
    return check_result();
}
