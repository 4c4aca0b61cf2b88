/* Result folders: written, replaced, proven from the files alone, and refuted once anything in
 * them or the case differs. */
#include "small_case.h"

#include <ctype.h>

#define RESULT TEST_TMP "result"

static check_log log_now;

static void write_result(const char *path, const char *scenario, bool update)
{
    const steppe_settings set = check_settings(&log_now, 1);
    steppe_solver *s = NULL;
    check_make_folder(TEST_TMP);
    CHECK_EQ(steppe_open(&s, path, &set), STEPPE_OK);
    CHECK_EQ(steppe_write_result(s, RESULT), STEPPE_BAD_CALL); /* nothing to write yet */
    if (scenario) CHECK_EQ(steppe_apply_scenario(s, scenario), STEPPE_OK);
    if (update)
        CHECK_EQ(steppe_update(s, "link", "*", "cost_usd_per_unit", "add", "0.5"), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_OK);
    CHECK_EQ(steppe_write_result(s, RESULT), STEPPE_OK);
    steppe_free(s);
}

static steppe_status verify(const char *path, steppe_proof *proof)
{
    const steppe_settings set = check_settings(&log_now, 1);
    return steppe_verify(path, RESULT, &set, proof);
}

TEST(each_tiny_result_is_proven_with_its_objective)
{
    static const struct {
        const char *path, *scenario;
        double objective;
    } all[] = {{TINY "two_path", NULL, 360.0},       {TINY "two_path", "cheap_half", 405.0},
               {TINY "shared_link", NULL, 458.0},    {TINY "shared_link", "busy", 505.0},
               {TINY "contract_split", NULL, 230.0}, {TINY "contract_split", "may_pay", 220.0},
               {TINY "transfer_port", NULL, 197.0},  {TINY "transfer_port", "strike", 215.0},
               {TINY "shortage", NULL, 498.0},       {TINY "shortage", "line_cut", 872.5}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        steppe_proof proof;
        write_result(all[i].path, all[i].scenario, false);
        if (!CHECK_EQ(verify(all[i].path, &proof), STEPPE_OK)) check_print_log(&log_now);
        CHECK(proof.objective == all[i].objective);
        CHECK(proof.bound == all[i].objective);
        CHECK(proof.gap_rel == 0.0);
        CHECK(proof.arcs > 0 && proof.files > 1);
    }
}

TEST(a_result_with_updates_is_proven)
{
    write_result(TINY "shared_link", "busy", true);
    steppe_proof proof;
    if (!CHECK_EQ(verify(TINY "shared_link", &proof), STEPPE_OK)) check_print_log(&log_now);
    CHECK_NEAR(proof.objective, 505.0 + 9 * 0.5, 1e-12);
}

TEST(the_same_case_gives_the_same_bytes)
{
    static char *before[64], names[64][256];
    int count = 0;
    write_result(TINY "transfer_port", NULL, false);
    DIR *d = opendir(RESULT);
    if (!CHECK(d != NULL)) return;
    for (struct dirent *e; (e = readdir(d)) && count < 64;) {
        char path[1024];
        if (e->d_name[0] == '.') continue;
        snprintf(names[count], sizeof names[0], "%s", e->d_name);
        snprintf(path, sizeof path, RESULT "/%.255s", names[count]);
        before[count++] = check_read(path);
    }
    closedir(d);
    CHECK(count > 5);
    write_result(TINY "transfer_port", NULL, false);
    for (int i = 0; i < count; i++) {
        char path[1024];
        snprintf(path, sizeof path, RESULT "/%.255s", names[i]);
        char *after = check_read(path);
        CHECK_TEXT(after, before[i]);
        free(after);
        free(before[i]);
    }
}

/* Every digit of the file, one at a time, becomes another one: no such folder is proven. */
static void change_each_digit(const char *name, size_t step)
{
    char path[1024];
    snprintf(path, sizeof path, RESULT "/%s", name);
    char *whole = check_read(path);
    if (!CHECK(whole != NULL)) return;
    int changed = 0;
    const size_t len = strlen(whole);
    for (size_t i = 0, digit = 0; i < len; i++) {
        if (!isdigit((unsigned char)whole[i]) || digit++ % step) continue;
        size_t from = i, to = i; /* the line around it */
        while (from > 0 && whole[from - 1] != '\n') from--;
        while (whole[to] && whole[to] != '\n') to++;
        /* the version and the settings are the writer's word: nothing in the case tells them */
        if (strncmp(whole + from, "  \"steppe\"", 10) == 0 ||
            strncmp(whole + from, "  \"settings\"", 12) == 0)
            continue;
        const char keep = whole[i];
        whole[i] = keep == '9' ? '1' : (char)(keep + 1);
        check_write(path, whole);
        const steppe_status st = verify(TINY "shared_link", NULL);
        if (!CHECK(st == STEPPE_UNPROVEN)) {
            fprintf(stderr, "    status %d with %s: %.*s\n", (int)st, name, (int)(to - from),
                    whole + from);
        }
        whole[i] = keep;
        changed++;
    }
    check_write(path, whole);
    CHECK(changed > 0);
    CHECK_EQ(verify(TINY "shared_link", NULL), STEPPE_OK);
    free(whole);
}

TEST(no_changed_number_in_a_result_is_proven)
{
    write_result(TINY "shared_link", NULL, false);
    change_each_digit("flow.csv", 1);
    change_each_digit("capacity.csv", 2);
    change_each_digit("potential.csv", 2);
    change_each_digit("link_flow.csv", 7);
    change_each_digit("flow.geojson", 17);
}

TEST(no_changed_number_in_the_summary_is_proven)
{
    write_result(TINY "shared_link", NULL, false);
    change_each_digit("result.json", 3);
}

TEST(a_missing_file_or_row_is_no_proof)
{
    static const char *const name[] = {"flow.csv", "capacity.csv", "potential.csv",
                                       "route.csv"};
    for (int i = 0; i < 4; i++) {
        char path[1024];
        write_result(TINY "shared_link", NULL, false);
        snprintf(path, sizeof path, RESULT "/%s", name[i]);
        char *whole = check_read(path);
        if (!CHECK(whole != NULL)) return;
        char *last = strrchr(whole, '\n');
        *last = '\0';
        last = strrchr(whole, '\n');
        if (last) {
            last[1] = '\0';
            check_write(path, whole); /* the last row is gone */
            CHECK_EQ(verify(TINY "shared_link", NULL), STEPPE_UNPROVEN);
        }
        free(whole);
        unlink(path);
        CHECK_EQ(verify(TINY "shared_link", NULL), STEPPE_UNPROVEN);
        CHECK(log_now.errors > 0);
        check_remove(RESULT);
    }
}

TEST(the_result_of_another_case_is_no_proof)
{
    write_result(TINY "shared_link", NULL, false);
    CHECK_EQ(verify(TINY "two_path", NULL), STEPPE_UNPROVEN);
    small_case();
    write_result(SMALL, NULL, false);
    CHECK_EQ(verify(SMALL, NULL), STEPPE_OK);
    small_table("mode", "mode,fixed_cost_usd_per_unit,var_cost_usd_per_unit_km\npipe,1,0.02\n");
    CHECK_EQ(verify(SMALL, NULL), STEPPE_UNPROVEN); /* even where the change costs nothing */
}

TEST(what_is_no_result_is_an_io_error_or_no_proof)
{
    const steppe_settings set = check_settings(&log_now, 1);
    CHECK_EQ(steppe_verify(TINY "two_path", TEST_TMP "nowhere", &set, NULL), STEPPE_IO);
    CHECK_EQ(steppe_verify(NULL, RESULT, &set, NULL), STEPPE_BAD_CALL);
    CHECK_EQ(steppe_verify(TINY "two_path", NULL, &set, NULL), STEPPE_BAD_CALL);
    write_result(TINY "two_path", NULL, false);
    CHECK_EQ(steppe_verify(TEST_TMP "nowhere", RESULT, &set, NULL), STEPPE_IO);
    check_write(RESULT "/result.json", "{\"objective\": ");
    CHECK_EQ(verify(TINY "two_path", NULL), STEPPE_UNPROVEN);
    check_write(RESULT "/result.json", "[]");
    CHECK_EQ(verify(TINY "two_path", NULL), STEPPE_UNPROVEN);
    check_remove(RESULT);
}

int main(void)
{
    RUN(each_tiny_result_is_proven_with_its_objective);
    RUN(a_result_with_updates_is_proven);
    RUN(the_same_case_gives_the_same_bytes);
    RUN(no_changed_number_in_a_result_is_proven);
    RUN(no_changed_number_in_the_summary_is_proven);
    RUN(a_missing_file_or_row_is_no_proof);
    RUN(the_result_of_another_case_is_no_proof);
    RUN(what_is_no_result_is_an_io_error_or_no_proof);
    return check_result();
}
