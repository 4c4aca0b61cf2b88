/* The summary and the comparison with every one of their allocations refused once. What jansson and libcrypto
 * allocate for themselves is not refused. */
#include "tests/check.h"

#include "mem.h"

#define BEFORE TEST_TMP "before"
#define AFTER TEST_TMP "after"

static steppe_solver *solved(const char *scenario)
{
    steppe_solver *s = NULL;
    CHECK_EQ(steppe_open(&s, TINY "two_path", NULL), STEPPE_OK);
    CHECK_EQ(steppe_apply_scenario(s, scenario), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_OK);
    return s;
}

TEST(a_summary_is_whole_or_absent_when_memory_ends)
{
    steppe_solver *s = solved(NULL);
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

TEST(a_comparison_is_whole_or_absent_when_memory_ends)
{
    steppe_solver *s = solved(NULL), *t = solved("cheap_half");
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

int main(void)
{
    RUN(a_summary_is_whole_or_absent_when_memory_ends);
    RUN(a_comparison_is_whole_or_absent_when_memory_ends);
    return check_result();
}
