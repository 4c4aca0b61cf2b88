/* What every stage shares: names, growing text, errors, progress. */
#include "small_case.h"

#include "engine.h"

TEST(a_map_finds_what_was_added_and_nothing_else)
{
    enum { COUNT = 5000 };
    static char key[COUNT][16];
    names map;
    CHECK(names_init(&map, 4)); /* far too small: it has to grow */
    for (int i = 0; i < COUNT; i++) {
        snprintf(key[i], sizeof key[i], "id_%d", i);
        CHECK_EQ(names_add(&map, key[i], 3 * i), -1);
    }
    for (int i = 0; i < COUNT; i++) CHECK_EQ(names_find(&map, key[i]), 3 * i);
    CHECK_EQ(names_find(&map, "id_5000"), -1);
    CHECK_EQ(names_find(&map, ""), -1);
    CHECK_EQ(names_add(&map, "id_7", 99), 21); /* the first stays */
    CHECK_EQ(names_find(&map, "id_7"), 21);
    CHECK_EQ(names_add(&map, "", 5), -1);
    CHECK_EQ(names_find(&map, ""), 5);
    names_free(&map);
    CHECK_EQ(names_find(&map, "id_7"), -1);
    CHECK_EQ(mem_live(), 0);
}

TEST(a_map_without_memory_says_so_and_keeps_what_it_had)
{
    names map;
    char key[40][16];
    mem_fail_after(1);
    CHECK(!names_init(&map, 4));
    mem_fail_after(-1);
    CHECK_EQ(mem_live(), 0);
    CHECK(names_init(&map, 4));
    int64_t last = -1;
    int added = 0;
    mem_fail_after(0);
    for (; added < 40 && last == -1; added++) {
        snprintf(key[added], sizeof key[added], "%d", added);
        last = names_add(&map, key[added], added);
    }
    mem_fail_after(-1);
    CHECK_EQ(last, -2);
    for (int i = 0; i + 1 < added; i++) CHECK_EQ(names_find(&map, key[i]), i);
    CHECK_EQ(names_add(&map, key[added - 1], added - 1), -1);
    names_free(&map);
}

TEST(text_grows_to_whatever_is_added)
{
    text t = {0};
    text_add(&t, "");
    CHECK_TEXT(t.data, "");
    for (int i = 0; i < 10000; i++) text_addf(&t, "%04d", i);
    CHECK_EQ(t.len, 40000);
    CHECK_EQ(strlen(t.data), 40000);
    CHECK(memcmp(t.data + 4 * 1234, "1234", 4) == 0);
    text_add_bytes(&t, "a\0b", 3);
    CHECK_EQ(t.len, 40003);
    CHECK(t.data[40003] == '\0');
    text_free(&t);
    CHECK(t.data == NULL && t.len == 0);
    char longer[3000];
    memset(longer, 'y', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    text_addf(&t, "%s%s", longer, longer);
    CHECK_EQ(t.len, 2 * (sizeof longer - 1));
    text_free(&t);
    CHECK_EQ(mem_live(), 0);
}

TEST(text_that_failed_once_stays_as_it_was)
{
    text t = {0};
    text_add(&t, "good");
    char longer[600];
    memset(longer, 'z', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    mem_fail_after(0);
    text_add(&t, longer);
    mem_fail_after(-1);
    CHECK(t.failed);
    text_add(&t, "later");
    text_addf(&t, "%d", 5);
    CHECK_TEXT(t.data, "good");
    text_free(&t);
    CHECK(!t.failed);
}

TEST(messages_longer_than_a_line_are_cut_and_not_lost)
{
    steppe_ctx ctx = {0};
    ctx.set = check_settings(&small_log, 1);
    char longer[3000];
    memset(longer, 'w', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    steppe_fault(&ctx, "%s", longer);
    steppe_note(&ctx, "note %d", 1);
    CHECK_EQ(steppe_fail(&ctx, STEPPE_IO, "gone"), STEPPE_IO);
    CHECK_EQ(steppe_no_memory(&ctx), STEPPE_NO_MEMORY);
    CHECK_EQ(ctx.faults, 1);
    CHECK_EQ(small_log.faults, 1);
    CHECK_EQ(small_log.errors, 2);
    CHECK_EQ(strlen(small_log.line[0]), 1023);
    ctx.set.log = NULL; /* without a listener nothing happens, and it counts all the same */
    steppe_fault(&ctx, "unheard");
    CHECK_EQ(ctx.faults, 2);
}

static int stop_at_three(void *arg, const steppe_progress *now)
{
    (void)arg;
    return now->done >= 3;
}

TEST(a_stop_is_remembered)
{
    steppe_ctx ctx = {0};
    ctx.set = steppe_default_settings();
    ctx.start = clock_now();
    CHECK(!steppe_report(&ctx, "x", 5));
    ctx.set.progress = stop_at_three;
    CHECK(!steppe_report(&ctx, "x", 2));
    CHECK(steppe_report(&ctx, "x", 3));
    CHECK(steppe_report(&ctx, "x", 0));
    ctx.stopped = false;
    ctx.set.progress = NULL;
    ctx.set.time_limit = 1.0;
    ctx.start = clock_now() - 100.0; /* as if the call were long under way */
    CHECK(steppe_report(&ctx, "x", 0));
}

int main(void)
{
    RUN(a_map_finds_what_was_added_and_nothing_else);
    RUN(a_map_without_memory_says_so_and_keeps_what_it_had);
    RUN(text_grows_to_whatever_is_added);
    RUN(text_that_failed_once_stays_as_it_was);
    RUN(messages_longer_than_a_line_are_cut_and_not_lost);
    RUN(a_stop_is_remembered);
    return check_result();
}
