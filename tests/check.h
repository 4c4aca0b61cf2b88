/* The harness of all tests: one executable per file, one function per sentence that must hold.
 *
 *     TEST(a_closed_link_carries_nothing)
 *     {
 *         CHECK(flow == 0.0);
 *     }
 *     int main(void)
 *     {
 *         RUN(a_closed_link_carries_nothing);
 *         return check_result();
 *     }
 *
 * A failed check prints its file, line and test, and the run goes on; main returns 1 when any
 * check failed. */
#ifndef STEPPE_CHECK_H
#define STEPPE_CHECK_H

#include "steppe/steppe.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef TEST_TMP
#define TEST_TMP "tmp/"
#endif
#ifndef TINY
#define TINY "datasets/tiny/"
#endif
#ifndef CASES
#define CASES "datasets/"
#endif

typedef struct {
    const char *test; /* the one that runs */
    long tests, checks, failed, skipped;
} check_counts;

static check_counts check_now;

static inline void check_fail(const char *file, int line, const char *what)
{
    check_now.failed++;
    if (check_now.failed <= 200)
        fprintf(stderr, "%s:%d: %s: does not hold: %s\n", file, line,
                check_now.test ? check_now.test : "?", what);
    fflush(stderr);
}

static inline bool check_true(const char *file, int line, const char *what, bool holds)
{
    check_now.checks++;
    if (!holds) check_fail(file, line, what);
    return holds;
}

static inline bool check_equal(const char *file, int line, const char *what, long long found,
                               long long expected)
{
    char text[400];
    check_now.checks++;
    if (found == expected) return true;
    snprintf(text, sizeof text, "%s: found %lld, expected %lld", what, found, expected);
    check_fail(file, line, text);
    return false;
}

static inline bool check_close(const char *file, int line, const char *what, double found,
                               double expected, double tolerance)
{
    char text[400];
    const double size = fabs(expected) > 1.0 ? fabs(expected) : 1.0;
    check_now.checks++;
    if (fabs(found - expected) <= tolerance * size) return true; /* false for NaN */
    snprintf(text, sizeof text, "%s: found %.17g, expected %.17g within %g", what, found,
             expected, tolerance);
    check_fail(file, line, text);
    return false;
}

static inline bool check_text(const char *file, int line, const char *what, const char *found,
                              const char *expected)
{
    check_now.checks++;
    if (found && expected && strcmp(found, expected) == 0) return true;
    check_fail(file, line, what);
    fprintf(stderr, "    found    '%s'\n    expected '%s'\n", found ? found : "(none)",
            expected ? expected : "(none)");
    return false;
}

/* Each gives whether it held. */
#define CHECK(cond) check_true(__FILE__, __LINE__, #cond, (cond))
#define CHECK_EQ(found, expected)                                                              \
    check_equal(__FILE__, __LINE__, #found, (long long)(found), (long long)(expected))
#define CHECK_NEAR(found, expected, tol)                                                       \
    check_close(__FILE__, __LINE__, #found, (found), (expected), (tol))
#define CHECK_TEXT(found, expected) check_text(__FILE__, __LINE__, #found, (found), (expected))

#define TEST(name) static void name(void)
#define RUN(name) check_run(#name, name)
static inline void check_run(const char *name, void (*test)(void))
{
    const long failed = check_now.failed;
    check_now.test = name;
    check_now.tests++;
    test();
    if (check_now.failed > failed) fprintf(stderr, "FAILED %s\n", name);
}

/* The machine cannot show what the test is about: says so, and why. */
static inline void check_skip(const char *reason)
{
    check_now.skipped++;
    printf("skipped %s: %s\n", check_now.test ? check_now.test : "?", reason);
}

static inline int check_result(void)
{
    printf("%ld tests, %ld checks, %ld failed, %ld skipped\n", check_now.tests,
           check_now.checks, check_now.failed, check_now.skipped);
    return check_now.failed > 0;
}

/* ---- drawing ------------------------------------------------------------------------------
 */

typedef struct {
    uint64_t state;
} draw; /* splitmix64: the same numbers everywhere for the same seed */

static inline uint64_t draw_bits(draw *d)
{
    uint64_t z = (d->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* A number from low to high, both included. */
static inline int64_t draw_int(draw *d, int64_t low, int64_t high)
{
    return low + (int64_t)(draw_bits(d) % ((uint64_t)(high - low) + 1));
}

static inline bool draw_chance(draw *d, int percent)
{
    return draw_int(d, 0, 99) < percent;
}

/* ---- files --------------------------------------------------------------------------------
 */

static inline void check_make_folder(const char *path)
{
    char part[1024];
    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + 1; *p; p++) {
        if (*p != '/') continue;
        *p = '\0';
        mkdir(part, 0777);
        *p = '/';
    }
    mkdir(part, 0777);
}

static inline void check_remove(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0) return;
    if (S_ISDIR(info.st_mode)) {
        DIR *folder = opendir(path);
        for (struct dirent *e; folder && (e = readdir(folder));) {
            if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
            const size_t size = strlen(path) + strlen(e->d_name) + 2;
            char *inner = (char *)malloc(size);
            if (!inner) break;
            snprintf(inner, size, "%s/%s", path, e->d_name);
            check_remove(inner);
            free(inner);
        }
        if (folder) closedir(folder);
        rmdir(path);
    } else {
        unlink(path);
    }
}

static inline void check_write_bytes(const char *path, const char *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, len, f) != len) fprintf(stderr, "cannot write %s\n", path);
    if (f) fclose(f);
}

static inline void check_write(const char *path, const char *content)
{
    check_write_bytes(path, content, strlen(content));
}

/* The whole file, NUL-ended, for free(); NULL where there is none. */
static inline char *check_read(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    size_t len = 0, cap = 4096;
    char *bytes = (char *)malloc(cap);
    while (bytes) {
        len += fread(bytes + len, 1, cap - 1 - len, f);
        if (len + 1 < cap) break;
        cap *= 2;
        char *more = (char *)realloc(bytes, cap);
        if (!more) free(bytes);
        bytes = more;
    }
    fclose(f);
    if (bytes) bytes[len] = '\0';
    return bytes;
}

static inline bool check_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* How many entries of a folder have `part` in their name; -1: no such folder. */
static inline int check_count_files(const char *folder, const char *part)
{
    DIR *d = opendir(folder);
    if (!d) return -1;
    int count = 0;
    for (struct dirent *e; (e = readdir(d));)
        count += strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && strstr(e->d_name, part);
    closedir(d);
    return count;
}

/* ---- the log ------------------------------------------------------------------------------
 */

typedef struct {
    char line[200][1024];
    steppe_log_level level[200];
    int lines, faults, errors;
} check_log;

static inline void check_log_line(void *arg, steppe_log_level level, const char *line)
{
    check_log *log = (check_log *)arg;
    log->faults += level == STEPPE_LOG_FAULT;
    log->errors += level == STEPPE_LOG_ERROR;
    if (log->lines == 200) return;
    log->level[log->lines] = level;
    snprintf(log->line[log->lines++], sizeof log->line[0], "%s", line);
}

static inline bool check_logged(const check_log *log, const char *part)
{
    for (int i = 0; i < log->lines; i++)
        if (strstr(log->line[i], part)) return true;
    return false;
}

static inline void check_print_log(const check_log *log)
{
    for (int i = 0; i < log->lines; i++) fprintf(stderr, "    log: %s\n", log->line[i]);
}

static inline steppe_settings check_settings(check_log *log, int threads)
{
    steppe_settings set = steppe_default_settings();
    set.threads = threads;
    if (log) {
        log->lines = log->faults = log->errors = 0;
        set.log = check_log_line;
        set.arg = log;
    }
    return set;
}

/* Every method by turns: small cases would never take most of them by themselves. */
static inline steppe_method check_method(uint64_t seed)
{
    static const steppe_method list[] = {STEPPE_AUTO, STEPPE_INTERIOR, STEPPE_COLUMNS,
                                         STEPPE_SIFTING};
    return list[seed % 4];
}

#endif
