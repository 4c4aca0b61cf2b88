/* Every public call with every one of its allocations refused once: the status says so, nothing
 * leaks, the handle stays usable, and the same call succeeds afterwards. */
#include "tests/check.h"

#include "mem.h"

typedef steppe_status (*public_call)(steppe_solver *s);

enum { AFTER_OPEN, AFTER_SETUP, AFTER_SOLVE };

static const char *case_now;

static steppe_solver *prepare(int upto)
{
    steppe_solver *s = NULL;
    if (!CHECK_EQ(steppe_open(&s, case_now, NULL), STEPPE_OK)) return NULL;
    if (upto >= AFTER_SETUP) CHECK_EQ(steppe_setup(s), STEPPE_OK);
    if (upto >= AFTER_SOLVE) CHECK_EQ(steppe_solve(s, NULL), STEPPE_OK);
    return s;
}

/* What the handle is worth in the end; NaN where a call failed. */
static double worth(steppe_solver *s)
{
    steppe_info info;
    if (!CHECK_EQ(steppe_setup(s), STEPPE_OK) || !CHECK_EQ(steppe_solve(s, &info), STEPPE_OK))
        return NAN;
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    return info.objective;
}

/* The loop of every call: k allocations succeed, the next ones fail. */
static void refuse_each(const char *what, int upto, public_call call, double objective)
{
    CHECK_EQ(mem_live(), 0);
    steppe_status st = STEPPE_NO_MEMORY;
    long k = 0;
    for (; st != STEPPE_OK && k < 100000; k++) {
        steppe_solver *s = prepare(upto);
        if (!s) return;
        mem_fail_after(k);
        st = call(s);
        mem_fail_after(-1);
        bool good = CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        if (st != STEPPE_OK) good = CHECK_EQ(call(s), STEPPE_OK) && good;
        good = CHECK_NEAR(worth(s), objective, 1e-9) && good;
        steppe_free(s);
        good = CHECK_EQ(mem_live(), 0) && good;
        if (!good) {
            fprintf(stderr, "    %s of %s, allocation %ld refused\n", what, case_now, k);
            return;
        }
    }
    CHECK(k > 1); /* there was something to refuse */
}

/* After a refused call the handle is dropped at once, without another try. */
static void refuse_and_free(int upto, public_call call)
{
    steppe_status st = STEPPE_NO_MEMORY;
    for (long k = 0; st != STEPPE_OK && k < 100000; k++) {
        steppe_solver *s = prepare(upto);
        if (!s) return;
        mem_fail_after(k);
        st = call(s);
        mem_fail_after(-1);
        steppe_free(s);
        if (!CHECK_EQ(mem_live(), 0)) return;
    }
}

static void both(const char *what, int upto, public_call call, double objective)
{
    refuse_each(what, upto, call, objective);
    refuse_and_free(upto, call);
}

static void open_loop(const char *path)
{
    steppe_status st = STEPPE_NO_MEMORY;
    long k = 0;
    for (; st != STEPPE_OK && k < 100000; k++) {
        steppe_solver *s = NULL;
        mem_fail_after(k);
        st = steppe_open(&s, path, NULL);
        mem_fail_after(-1);
        const bool good =
            CHECK(st == STEPPE_OK ? s != NULL : (s == NULL && st == STEPPE_NO_MEMORY));
        steppe_free(s);
        if (!CHECK_EQ(mem_live(), 0) || !good) {
            fprintf(stderr, "    open of %s, allocation %ld refused\n", path, k);
            return;
        }
    }
    CHECK(k > 1);
}

TEST(open_gives_no_handle_and_leaks_nothing_when_memory_ends)
{
    open_loop(TINY "two_path");
    open_loop(TINY "shared_link");
    open_loop(TINY "contract_split");
    open_loop(TINY "transfer_port");
    open_loop(TINY "shortage");
    check_make_folder(TEST_TMP);
    check_write(TEST_TMP "alloc.min",
                "p min 3 3\nn 1 4\nn 3 -4\na 1 2 0 3 1\na 2 3 0 9 1\na 1 3 0 9 5\n");
    open_loop(TEST_TMP "alloc.min");
    check_write(TEST_TMP "alloc.mmcf",
                "p mmcf 2 2 4 1\nn 0 0 1\nn 0 1 -1\nn 1 0 2\nn 1 1 -2\nj 0 1.5\n"
                "a 0 0 1 1 -1 0 1\na 1 0 1 1 -1 0 0.5\na 0 0 1 9 -1 -1 1\na 1 0 1 9 -1 -1 1\n");
    open_loop(TEST_TMP "alloc.mmcf");
}

static steppe_status setup_call(steppe_solver *s)
{
    return steppe_setup(s);
}

TEST(setup_can_be_repeated_when_memory_ended)
{
    case_now = TINY "contract_split";
    both("setup", AFTER_OPEN, setup_call, 230.0);
    case_now = TINY "transfer_port";
    both("setup", AFTER_SOLVE, setup_call, 197.0);
    case_now = TINY "shared_link";
    both("setup", AFTER_OPEN, setup_call, 458.0);
    case_now = TINY "shortage";
    both("setup", AFTER_OPEN, setup_call, 498.0);
}

static steppe_status solve_call(steppe_solver *s)
{
    steppe_info info;
    const steppe_status st = steppe_solve(s, &info);
    if (st != STEPPE_OK) { /* no half an answer */
        CHECK(isnan(steppe_arc_flow(s, 0)));
        CHECK_EQ(info.outcome, STEPPE_UNKNOWN);
    }
    return st;
}

TEST(solve_can_be_repeated_when_memory_ended)
{
    case_now = TINY "contract_split";
    both("cold solve", AFTER_SETUP, solve_call, 230.0);
    both("warm solve", AFTER_SOLVE, solve_call, 230.0);
    case_now = TINY "shared_link";
    both("cold solve", AFTER_SETUP, solve_call, 458.0);
    case_now = TINY "transfer_port";
    both("cold solve", AFTER_SETUP, solve_call, 197.0);
}

static steppe_status strike_call(steppe_solver *s)
{
    return steppe_apply_scenario(s, "strike");
}

static steppe_status base_call(steppe_solver *s)
{
    return steppe_apply_scenario(s, NULL);
}

TEST(a_scenario_can_be_applied_again_when_memory_ended)
{
    case_now = TINY "transfer_port";
    both("scenario", AFTER_SOLVE, strike_call, 215.0);
    steppe_solver *s = prepare(AFTER_SOLVE); /* going back needs no memory at all */
    CHECK_EQ(strike_call(s), STEPPE_OK);
    mem_fail_after(0);
    CHECK_EQ(base_call(s), STEPPE_OK);
    mem_fail_after(-1);
    CHECK_NEAR(worth(s), 197.0, 1e-9);
    steppe_free(s);
    CHECK_EQ(mem_live(), 0);
}

static steppe_status set_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=A_B", "capacity_per_y", "set", "3");
}

static steppe_status scale_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=A_*", "capacity_per_y", "scale", "0.75");
}

static steppe_status add_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=A_B|C_B", "capacity_per_y", "add", "-1");
}

static steppe_status remove_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=C_B", "", "remove", "");
}

static steppe_status insert_call(steppe_solver *s)
{
    return steppe_update(
        s, "link", "*", "", "insert",
        "link_id=NEW;from_node_id=A;to_node_id=B;directed=true;length=1;mode=pipeline;"
        "carries=crude;flow_unit=Mt;capacity_per_y=2;cost_usd_per_unit=1");
}

static steppe_status column_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=A_B", "risk_premium_usd_per_unit", "set", "2");
}

TEST(a_refused_update_changes_nothing_and_can_be_repeated)
{
    case_now = TINY "two_path";
    both("set", AFTER_SOLVE, set_call, 405.0);
    both("scale", AFTER_SOLVE, scale_call, 200.0 + 45.0 + 137.5);
    both("add", AFTER_SOLVE, add_call, 200.0 + 50.0 + 125.0);
    both("remove", AFTER_SOLVE, remove_call, 6 * 30.0 + 4 * 1000.0);
    both("insert", AFTER_SOLVE, insert_call, 200.0 + 2.0 + 60.0 + 50.0);
    both("new column", AFTER_SOLVE, column_call, 372.0);
}

static steppe_status mps_call(steppe_solver *s)
{
    return steppe_write_model(s, TEST_TMP "alloc.mps");
}

static steppe_status packed_call(steppe_solver *s)
{
    return steppe_write_model(s, TEST_TMP "alloc.mps.gz");
}

TEST(a_model_is_written_whole_or_not_at_all_when_memory_ends)
{
    check_make_folder(TEST_TMP);
    case_now = TINY "shared_link";
    both("write_model", AFTER_SETUP, mps_call, 458.0);
    both("write_model", AFTER_SETUP, packed_call, 458.0);
    steppe_solver *s = prepare(AFTER_SETUP);
    unlink(TEST_TMP "alloc.mps");
    mem_fail_after(3);
    CHECK_EQ(mps_call(s), STEPPE_NO_MEMORY);
    mem_fail_after(-1);
    CHECK(!check_exists(TEST_TMP "alloc.mps"));
    CHECK_EQ(check_count_files(TEST_TMP, "alloc.mps.part"), 0);
    steppe_free(s);
}

static steppe_status result_call(steppe_solver *s)
{
    const steppe_status st = steppe_write_result(s, TEST_TMP "alloc_result");
    CHECK_EQ(check_count_files(TEST_TMP, "alloc_result.part"), 0);
    return st;
}

TEST(a_result_is_written_whole_or_not_at_all_when_memory_ends)
{
    check_make_folder(TEST_TMP);
    check_remove(TEST_TMP "alloc_result");
    case_now = TINY "shared_link";
    both("write_result", AFTER_SOLVE, result_call, 458.0);
    check_remove(TEST_TMP "alloc_result");
    steppe_solver *s = prepare(AFTER_SOLVE);
    mem_fail_after(9);
    CHECK_EQ(result_call(s), STEPPE_NO_MEMORY);
    mem_fail_after(-1);
    CHECK(!check_exists(TEST_TMP "alloc_result"));
    steppe_free(s);
}

TEST(verify_leaks_nothing_and_proves_nothing_when_memory_ends)
{
    case_now = TINY "contract_split";
    check_remove(TEST_TMP "alloc_result");
    steppe_solver *s = prepare(AFTER_SOLVE);
    CHECK_EQ(result_call(s), STEPPE_OK);
    steppe_free(s);
    steppe_status st = STEPPE_NO_MEMORY;
    long k = 0;
    for (; st != STEPPE_OK && k < 100000; k++) {
        mem_fail_after(k);
        st = steppe_verify(case_now, TEST_TMP "alloc_result", NULL, NULL);
        mem_fail_after(-1);
        const bool good = CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        if (!CHECK_EQ(mem_live(), 0) || !good) {
            fprintf(stderr, "    verify, allocation %ld refused\n", k);
            return;
        }
    }
    CHECK(k > 1);
}

static void name_loop(steppe_solver *s,
                      size_t (*name)(const steppe_solver *, int64_t, char *, size_t))
{
    char whole[256], part[256];
    const size_t len = name(s, 0, whole, sizeof whole);
    CHECK(len > 0 && len == strlen(whole));
    long k = 0;
    for (bool same = false; !same && k < 100; k++) {
        mem_fail_after(k);
        const size_t got = name(s, 0, part, sizeof part);
        mem_fail_after(-1);
        same = got == len && strcmp(part, whole) == 0;
        CHECK(same || got < len);
        CHECK_EQ(got, strlen(part));
    }
    CHECK(k > 1);
}

TEST(names_are_short_and_never_wild_when_memory_ends)
{
    case_now = TINY "shared_link";
    steppe_solver *s = prepare(AFTER_SOLVE);
    const long live = mem_live();
    name_loop(s, steppe_arc_name);
    name_loop(s, steppe_row_name);
    name_loop(s, steppe_node_name);
    CHECK_EQ(mem_live(), live);
    steppe_free(s);
    CHECK_EQ(mem_live(), 0);
}

TEST(a_block_of_more_bytes_than_there_are_is_refused)
{
    CHECK(mem_alloc(SIZE_MAX / 2, 4) == NULL);
    CHECK(mem_zalloc(SIZE_MAX, 2) == NULL);
    CHECK_EQ(mem_live(), 0);
    void *nothing = mem_alloc(0, 8);
    CHECK(nothing != NULL);
    CHECK_EQ(mem_live(), 1);
    CHECK(mem_resize(nothing, SIZE_MAX, 16) == NULL); /* the old block is still there */
    void *moved = mem_resize(nothing, 100, 8);
    CHECK(moved != NULL);
    CHECK_EQ(mem_live(), 1);
    mem_free(moved);
    mem_free(NULL);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(a_block_of_more_bytes_than_there_are_is_refused);
    RUN(open_gives_no_handle_and_leaks_nothing_when_memory_ends);
    RUN(setup_can_be_repeated_when_memory_ended);
    RUN(solve_can_be_repeated_when_memory_ended);
    RUN(a_scenario_can_be_applied_again_when_memory_ended);
    RUN(a_refused_update_changes_nothing_and_can_be_repeated);
    RUN(a_model_is_written_whole_or_not_at_all_when_memory_ends);
    RUN(a_result_is_written_whole_or_not_at_all_when_memory_ends);
    RUN(verify_leaks_nothing_and_proves_nothing_when_memory_ends);
    RUN(names_are_short_and_never_wild_when_memory_ends);
    return check_result();
}
