/* The summary and the comparison with every one of their allocations refused once. What jansson and libcrypto
 * allocate for themselves is not refused. */
#include "tests/check.h"

#include "mem.h"

#define BEFORE TEST_TMP "before"
#define AFTER TEST_TMP "after"

static const char *const cases[][2] = {{TINY "two_path", "cheap_half"},
                                       {TINY "periods_storage", "outage"},
                                       {TINY "conversion", "repair"},
                                       {TINY "policy_emission", "cap"},
                                       {TINY "ramp", "main_out"}};
enum { COUNT = sizeof cases / sizeof *cases };

static steppe_solver *solved(int i, const char *scenario)
{
    const steppe_settings set = check_settings(NULL, 1);
    steppe_solver *s = NULL;
    CHECK_EQ(steppe_open(&s, cases[i][0], &set), STEPPE_OK);
    CHECK_EQ(steppe_apply_scenario(s, scenario), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_OK);
    return s;
}

static void describe_loop(int i)
{
    steppe_solver *s = solved(i, cases[i][1]);
    const long live = mem_live();
    steppe_status st = STEPPE_NO_MEMORY;
    for (long k = 0; st != STEPPE_OK && k < 100000; k++) {
        char *words = NULL;
        mem_fail_after(k);
        st = steppe_describe(s, 0, &words);
        mem_fail_after(-1);
        CHECK(st == STEPPE_OK ? words != NULL : (words == NULL && st == STEPPE_NO_MEMORY));
        steppe_free_text(words);
        CHECK_EQ(mem_live(), live);
    }
    CHECK_EQ(st, STEPPE_OK);
    steppe_free(s);
    CHECK_EQ(mem_live(), 0);
}

TEST(a_summary_is_whole_or_absent_when_memory_ends)
{
    for (int i = 0; i < COUNT; i++) describe_loop(i);
}

static void compare_loop(int i)
{
    check_remove(BEFORE);
    check_remove(AFTER);
    check_remove(TEST_TMP "change");
    steppe_solver *s = solved(i, NULL), *t = solved(i, cases[i][1]);
    CHECK_EQ(steppe_write_result(s, BEFORE), STEPPE_OK);
    CHECK_EQ(steppe_write_result(t, AFTER), STEPPE_OK);
    steppe_free(s);
    steppe_free(t);
    steppe_status st = STEPPE_NO_MEMORY;
    for (long k = 0; st != STEPPE_OK && k < 100000; k++) {
        char *words = NULL;
        mem_fail_after(k);
        st = steppe_compare(BEFORE, AFTER, TEST_TMP "change", STEPPE_PLAIN, NULL, &words);
        mem_fail_after(-1);
        CHECK(st == STEPPE_OK ? words != NULL : (words == NULL && st == STEPPE_NO_MEMORY));
        steppe_free_text(words);
        CHECK_EQ(mem_live(), 0);
    }
    CHECK_EQ(st, STEPPE_OK);
}

TEST(a_comparison_is_whole_or_absent_when_memory_ends)
{
    for (int i = 0; i < COUNT; i++) compare_loop(i);
}

int main(void)
{
    RUN(a_summary_is_whole_or_absent_when_memory_ends);
    RUN(a_comparison_is_whole_or_absent_when_memory_ends);
    return check_result();
}
