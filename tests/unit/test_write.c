/* Files out: whole or absent, and never over something that is not ours. */
#include "small_case.h"

#include "write.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define BOX TEST_TMP "box"

static steppe_ctx ctx_now;

static void empty_box(void)
{
    check_remove(BOX);
    check_make_folder(BOX);
    memset(&ctx_now, 0, sizeof ctx_now);
    ctx_now.set = check_settings(&small_log, 1);
}

/* Everything that a failed write must not leave behind. */
static void no_leftovers(void)
{
    CHECK_EQ(check_count_files(BOX, ".part"), 0);
    CHECK_EQ(check_count_files(BOX, ".old"), 0);
    CHECK_EQ(mem_live(), 0);
}

static text text_of(const char *s)
{
    text t = {0};
    text_add(&t, s);
    return t;
}

static void file_is(const char *path, const char *expected)
{
    char *found = check_read(path);
    CHECK_TEXT(found, expected);
    free(found);
}

TEST(a_file_appears_whole_and_replaces_its_predecessor)
{
    empty_box();
    text t = text_of("first\n"), u = text_of("second\n"), none = {0};
    CHECK_EQ(write_file(&ctx_now, BOX "/a.txt", &t), STEPPE_OK);
    file_is(BOX "/a.txt", "first\n");
    CHECK_EQ(write_file(&ctx_now, BOX "/a.txt", &u), STEPPE_OK);
    file_is(BOX "/a.txt", "second\n");
    CHECK_EQ(write_file(&ctx_now, BOX "/empty.txt", &none), STEPPE_OK);
    file_is(BOX "/empty.txt", "");
    text_free(&t);
    text_free(&u);
    no_leftovers();
}

TEST(the_same_text_packs_to_the_same_bytes)
{
    empty_box();
    text t = {0};
    for (int i = 0; i < 20000; i++) text_addf(&t, "line %d\n", i * i);
    CHECK_EQ(write_file(&ctx_now, BOX "/a.gz", &t), STEPPE_OK);
    CHECK_EQ(write_file(&ctx_now, BOX "/b.gz", &t), STEPPE_OK);
    struct stat a, b;
    CHECK(stat(BOX "/a.gz", &a) == 0 && stat(BOX "/b.gz", &b) == 0);
    CHECK_EQ(a.st_size, b.st_size);
    CHECK((size_t)a.st_size < t.len / 2);
    char *p = check_read(BOX "/a.gz"), *q = check_read(BOX "/b.gz");
    CHECK(p && q && memcmp(p, q, (size_t)a.st_size) == 0);
    CHECK(p && memcmp(p + 4, "\0\0\0\0", 4) == 0); /* no time in it */
    free(p);
    free(q);
    char *bytes = NULL;
    size_t len = 0;
    CHECK_EQ(file_read(&ctx_now, BOX "/a.gz", &bytes, &len), STEPPE_OK);
    CHECK(len == t.len && memcmp(bytes, t.data, len) == 0);
    mem_free(bytes);
    text_free(&t);
    no_leftovers();
}

TEST(a_place_that_cannot_be_written_is_named_with_the_reason)
{
    empty_box();
    text t = text_of("x");
    CHECK_EQ(write_file(&ctx_now, BOX "/no/such/a.txt", &t), STEPPE_IO);
    CHECK(check_logged(&small_log, BOX "/no/such/a.txt.part-"));
    CHECK(check_logged(&small_log, "cannot create: No such file or directory"));
    check_make_folder(BOX "/folder");
    CHECK_EQ(write_file(&ctx_now, BOX "/folder", &t), STEPPE_IO);
    CHECK(check_logged(&small_log, BOX "/folder: cannot rename to: Is a directory"));
    check_write(BOX "/plain", "");
    CHECK_EQ(write_file(&ctx_now, BOX "/plain/a.txt", &t), STEPPE_IO);
    CHECK(check_logged(&small_log, "Not a directory"));
    text_free(&t);
    no_leftovers();
}

/* Runs what in a child, so that its user, its limits and its mounts end with it. True when all
 * its checks held. */
static bool in_child(void (*what)(void))
{
    fflush(stdout);
    fflush(stderr);
    const pid_t pid = fork();
    if (pid == 0) {
        const long failed = check_now.failed;
        what();
        fflush(stderr);
        _exit(check_now.failed > failed);
    }
    int status = 1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static void write_without_permission(void)
{
    text t = text_of("x");
    if (geteuid() == 0 && seteuid(65534) != 0) return;
    CHECK_EQ(write_file(&ctx_now, BOX "/locked/a.txt", &t), STEPPE_IO);
    CHECK(check_logged(&small_log, "cannot create: Permission denied"));
    write_folder f;
    CHECK_EQ(write_folder_begin(&ctx_now, BOX "/locked/result", &f), STEPPE_IO);
    text_free(&t);
}

TEST(a_folder_without_permission_is_named)
{
    empty_box();
    check_make_folder(BOX "/locked");
    chmod(BOX "/locked", 0555);
    CHECK(in_child(write_without_permission));
    chmod(BOX "/locked", 0755);
    CHECK_EQ(check_count_files(BOX "/locked", ""), 0);
    no_leftovers();
}

static text large_text(void)
{
    text t = {0};
    for (int i = 0; i < 40000; i++) text_addf(&t, "%d,", i * 7);
    return t;
}

static void write_past_the_limit(void)
{
    const struct rlimit limit = {10000, 10000};
    text t = large_text();
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK_EQ(write_file(&ctx_now, BOX "/a.txt", &t), STEPPE_IO);
    CHECK(check_logged(&small_log, "cannot write: File too large"));
    write_folder f;
    CHECK_EQ(write_folder_begin(&ctx_now, BOX "/result", &f), STEPPE_OK);
    CHECK_EQ(write_folder_add(&f, "flow.csv", &t), STEPPE_IO);
    write_folder_abandon(&f);
    text_free(&t);
}

TEST(a_write_that_stops_half_way_leaves_the_old_file)
{
    empty_box();
    check_write(BOX "/a.txt", "old");
    CHECK(in_child(write_past_the_limit));
    file_is(BOX "/a.txt", "old");
    CHECK(!check_exists(BOX "/result"));
    no_leftovers();
}

static void write_to_a_full_disk(void)
{
    if (mount("tmpfs", BOX "/disk", "tmpfs", 0, "size=16k") != 0) _exit(77);
    text t = large_text();
    CHECK_EQ(write_file(&ctx_now, BOX "/disk/a.txt", &t), STEPPE_IO);
    CHECK(check_logged(&small_log, "No space left on device"));
    CHECK(!check_exists(BOX "/disk/a.txt"));
    CHECK_EQ(check_count_files(BOX "/disk", ".part"), 0);
    text_free(&t);
    umount(BOX "/disk");
}

TEST(a_full_disk_is_named_and_left_as_it_was)
{
    empty_box();
    check_make_folder(BOX "/disk");
    const bool mounted =
        geteuid() == 0 && mount("tmpfs", BOX "/disk", "tmpfs", 0, "size=16k") == 0;
    if (!mounted) {
        check_skip("this user may not mount a small disk");
        return;
    }
    umount(BOX "/disk");
    CHECK(in_child(write_to_a_full_disk));
    no_leftovers();
}

/* ---- folders ------------------------------------------------------------------------- */

static steppe_status put_result(const char *dir, const char *content, bool commit)
{
    write_folder f;
    text t = text_of(content);
    steppe_status st = write_folder_begin(&ctx_now, dir, &f);
    if (st == STEPPE_OK) {
        text json = text_of("{\n  \"steppe\": \"test\"}\n"); /* the mark of a result */
        st = write_folder_add(&f, "result.json", &json);
        text_free(&json);
        if (st == STEPPE_OK) st = write_folder_add(&f, "flow.csv", &t);
        CHECK(!check_exists(dir) ||
              strcmp(content, "second") == 0); /* nothing shows before the end */
        if (st == STEPPE_OK && commit) st = write_folder_commit(&f);
        write_folder_abandon(&f);
    }
    text_free(&t);
    return st;
}

TEST(a_result_folder_appears_whole_and_replaces_an_earlier_one)
{
    empty_box();
    CHECK_EQ(put_result(BOX "/result", "first", true), STEPPE_OK);
    file_is(BOX "/result/flow.csv", "first");
    check_write(BOX "/result/left_from_before.csv", "x");
    CHECK_EQ(put_result(BOX "/result/", "second", true), STEPPE_OK); /* with a slash, too */
    file_is(BOX "/result/flow.csv", "second");
    CHECK(!check_exists(BOX "/result/left_from_before.csv"));
    CHECK_EQ(check_count_files(BOX, ""), 1);
    no_leftovers();
}

TEST(an_abandoned_result_leaves_the_earlier_one)
{
    empty_box();
    CHECK_EQ(put_result(BOX "/result", "first", true), STEPPE_OK);
    CHECK_EQ(put_result(BOX "/result", "second", false), STEPPE_OK);
    file_is(BOX "/result/flow.csv", "first");
    no_leftovers();
    CHECK_EQ(put_result(BOX "/other", "third", false), STEPPE_OK);
    CHECK(!check_exists(BOX "/other"));
    no_leftovers();
}

TEST(a_folder_that_is_no_result_is_never_replaced)
{
    empty_box();
    check_make_folder(BOX "/mine");
    check_write(BOX "/mine/thesis.tex", "years of work");
    CHECK_EQ(put_result(BOX "/mine", "x", true), STEPPE_IO);
    CHECK(check_logged(&small_log, BOX "/mine: found no result.json of Steppe"));
    file_is(BOX "/mine/thesis.tex", "years of work");
    CHECK_EQ(check_count_files(BOX "/mine", ""), 1);
    check_write(BOX "/file", "a plain file");
    CHECK_EQ(put_result(BOX "/file", "x", true), STEPPE_IO);
    file_is(BOX "/file", "a plain file");
    check_make_folder(BOX "/void"); /* an empty folder is not ours either */
    CHECK_EQ(put_result(BOX "/void", "x", true), STEPPE_IO);
    CHECK_EQ(put_result(BOX "/no/such/result", "x", true), STEPPE_IO);
    no_leftovers();
}

TEST(a_result_folder_with_a_folder_in_it_loses_nothing)
{
    empty_box();
    CHECK_EQ(put_result(BOX "/result", "first", true), STEPPE_OK);
    check_make_folder(BOX "/result/notes");
    check_write(BOX "/result/notes/mine.txt", "my notes");
    const steppe_status st = put_result(BOX "/result", "second", true);
    /* either it is replaced and gone from sight, or it is refused and untouched; a folder
     * `.old` is neither */
    if (st == STEPPE_OK) {
        file_is(BOX "/result/flow.csv", "second");
    } else {
        CHECK_EQ(st, STEPPE_IO);
        file_is(BOX "/result/flow.csv", "first");
        file_is(BOX "/result/notes/mine.txt", "my notes");
    }
    no_leftovers();
}

/* ---- models -------------------------------------------------------------------------- */

TEST(a_model_goes_only_where_it_can)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_write_model(s, TEST_TMP "no/such/folder/x.mps"), STEPPE_IO);
    CHECK(check_logged(&small_log, "No such file or directory"));
    CHECK_EQ(steppe_write_model(s, TEST_TMP "x.lp"), STEPPE_BAD_INPUT);
    CHECK(check_logged(&small_log, TEST_TMP
                       "x.lp: found another ending, expected .mps, .mps.gz, .min or .min.gz"));
    CHECK_EQ(steppe_write_model(s, TEST_TMP "x.gz"), STEPPE_BAD_INPUT);
    CHECK_EQ(steppe_write_model(s, ""), STEPPE_BAD_INPUT);
    CHECK_EQ(steppe_write_model(s, TEST_TMP "x.mps"), STEPPE_OK);
    CHECK_EQ(steppe_write_model(s, TEST_TMP "x.min.gz"),
             STEPPE_OK); /* one commodity, nothing shared: room for all */
    steppe_free(s);
    s = NULL;
    CHECK_EQ(steppe_open(&s, TINY "shared_link", NULL), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_write_model(s, TEST_TMP "x.min"),
             STEPPE_BAD_INPUT); /* coupling rows have no place there */
    steppe_free(s);
    CHECK(!check_exists(TEST_TMP "x.lp"));
    CHECK(!check_exists(TEST_TMP "x.min"));
}

TEST(the_mps_file_of_a_case_is_the_one_on_record)
{
    static const char expected[] =
        "NAME steppe\nROWS\n N  cost\n E  k0:node:1\n E  k0:node:2\n E  k1:node:1\n"
        " E  k1:node:2\n L  row:1\nCOLUMNS\n k0:arc:1 cost 1\n k0:arc:1 k0:node:1 1\n"
        " k0:arc:1 k0:node:2 -1\n k0:arc:1 row:1 1\n k1:arc:2 cost 2.5\n k1:arc:2 k1:node:1 1\n"
        " k1:arc:2 k1:node:2 -1\n k1:arc:2 row:1 0.5\nRHS\n rhs k0:node:1 1\n rhs k0:node:2 "
        "-1\n"
        " rhs k1:node:1 2\n rhs k1:node:2 -2\n rhs row:1 4\nRANGES\nBOUNDS\n UP bnd k0:arc:1 "
        "3\n"
        " UP bnd k1:arc:2 2\nENDATA\n";
    steppe_solver *s = NULL;
    check_write(TEST_TMP "x.mmcf",
                "p mmcf 2 2 2 1\nn 0 0 1\nn 0 1 -1\nn 1 0 2\nn 1 1 -2\nj 0 4\na 0 0 1 1 3 0 1\n"
                "a 1 0 1 2.5 -1 0 0.5\n");
    CHECK_EQ(steppe_open(&s, TEST_TMP "x.mmcf", NULL), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_write_model(s, TEST_TMP "x.mps"), STEPPE_OK);
    steppe_free(s);
    file_is(TEST_TMP "x.mps", expected);
}

int main(void)
{
    RUN(a_file_appears_whole_and_replaces_its_predecessor);
    RUN(the_same_text_packs_to_the_same_bytes);
    RUN(a_place_that_cannot_be_written_is_named_with_the_reason);
    RUN(a_folder_without_permission_is_named);
    RUN(a_write_that_stops_half_way_leaves_the_old_file);
    RUN(a_full_disk_is_named_and_left_as_it_was);
    RUN(a_result_folder_appears_whole_and_replaces_an_earlier_one);
    RUN(an_abandoned_result_leaves_the_earlier_one);
    RUN(a_folder_that_is_no_result_is_never_replaced);
    RUN(a_result_folder_with_a_folder_in_it_loses_nothing);
    RUN(a_model_goes_only_where_it_can);
    RUN(the_mps_file_of_a_case_is_the_one_on_record);
    return check_result();
}
