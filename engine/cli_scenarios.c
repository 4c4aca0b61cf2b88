/* scenarios: the base, then all others from its basis, as many at a time as there are threads. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef _OPENMP
#include <omp.h>
#endif

/* One scenario of the tour. */
typedef struct {
    const char *id; /* NULL: the base */
    steppe_info info;
    bool solved; /* info is there */
    bool taken, done;
    int code;
    char *said; /* what a member of a team has to say about it */
    size_t said_len;
} stop;

typedef struct {
    FILE *index;
    double base;
    bool has_base; /* the base has an answer to compare with */
    stop *list;    /* count */
    int count;
} tour;

static bool wanted(const char *only, const char *id)
{
    const size_t n = strlen(id);
    for (const char *s = only; s && *s;) {
        const size_t len = strcspn(s, ",");
        if (len == n && memcmp(s, id, n) == 0) return true;
        s += len + (s[len] == ',');
    }
    return only == NULL;
}

static bool ends_tour(int code)
{
    return code == EXIT_NO_MEMORY || code == EXIT_INTERNAL || code == EXIT_STOPPED;
}

static void show_row(cli_options *o, const tour *t, const stop *p)
{
    const char *id = p->id ? p->id : "base";
    const steppe_info *i = &p->info;
    const bool answer = i->outcome == STEPPE_OPTIMAL || i->outcome == STEPPE_FEASIBLE;
    fprintf(t->index, "%s,%s,", id, cli_outcome(i->outcome));
    char change[40] = "";
    if (t->has_base) snprintf(change, sizeof change, "%.6f", i->objective - t->base);
    if (answer)
        fprintf(t->index, "%.6f,%s,%.6f,%.3g,", i->objective, change, i->unserved, i->gap_rel);
    else
        fprintf(t->index, ",,,,");
    fprintf(t->index, "%lld,%lld\n", (long long)i->tight_rows, (long long)i->pivots);
    if (o->json) cli_print_json(o->path[0], p->id, i);
    if (o->json || o->quiet) return;
    cli_end_line(o);
    if (t->has_base) snprintf(change, sizeof change, "%+.1f", i->objective - t->base);
    if (answer)
        printf("%-28s %14.1f %13s %13.1f %9.2g %7lld %8.3f\n", id, i->objective, change,
               i->unserved, i->gap_rel, (long long)i->pivots,
               i->seconds_setup + i->seconds_solve);
    else
        printf("%-28s %s\n", id, cli_outcome(i->outcome));
    fflush(stdout);
}

/* Solves one scenario; p->info where p->solved. */
static int solve_stop(cli_options *o, steppe_solver *s, stop *p)
{
    steppe_status st = steppe_apply_scenario(s, p->id);
    if (st == STEPPE_OK) st = steppe_setup(s);
    if (st == STEPPE_OK) st = steppe_solve(s, &p->info);
    p->solved = st == STEPPE_OK;
    if (p->solved) return EXIT_SOLVED;
    cli_error(o, "scenario %s: %s", p->id ? p->id : "base", steppe_status_text(st));
    return cli_exit_of(st, true);
}

/* Into the folder DIR/ID. */
static int write_stop(cli_options *o, steppe_solver *s, const stop *p)
{
    const bool answer = p->info.outcome == STEPPE_OPTIMAL || p->info.outcome == STEPPE_FEASIBLE;
    char dir[4096];
    if (snprintf(dir, sizeof dir, "%s/%s", o->out, p->id ? p->id : "base") >= (int)sizeof dir)
        return EXIT_USAGE;
    if (!answer) { /* a result of an earlier tour must not stand for what has none now */
        const steppe_status st = steppe_remove_result(dir, &o->set);
        return st == STEPPE_OK ? cli_exit_of_outcome(o, &p->info) : cli_exit_of(st, false);
    }
    const bool quiet = o->quiet;
    o->quiet = true; /* the table says it all */
    const int code = cli_write_and_verify(o, s, dir);
    o->quiet = quiet;
    if (code != EXIT_SOLVED) return code;
    if (!p->id && !o->reference &&
        steppe_scenario_count(s) > 0) { /* ramps of the scenarios are measured against it */
        const steppe_status st = steppe_set_reference(s, dir);
        if (st != STEPPE_OK) return cli_exit_of(st, true);
    }
    return cli_exit_of_outcome(o, &p->info);
}

/* Solves, shows, writes. */
static int visit(cli_options *o, steppe_solver *s, tour *t, stop *p)
{
    const int code = solve_stop(o, s, p);
    if (code != EXIT_SOLVED) return code;
    if (!p->id && (p->info.outcome == STEPPE_OPTIMAL || p->info.outcome == STEPPE_FEASIBLE)) {
        t->base = p->info.objective;
        t->has_base = true;
    }
    show_row(o, t, p);
    return write_stop(o, s, p);
}

/* ---- several at a time --------------------------------------------------------------- */

typedef struct {
    cli_options *o;
    tour *t;
    pthread_mutex_t lock; /* of all below, and of what is shown */
    pthread_cond_t left;  /* a member has left */
    int shown;            /* stops of the list that need no more words */
    int finished;
    int present;      /* members */
    int working;      /* of these, that look for more to do */
    atomic_bool over; /* something ended the tour */
} team;

typedef struct {
    team *tm;
    steppe_solver *s;
    cli_options o;
    pthread_t thread;
} member;

static stop *next_stop(team *tm)
{
    if (atomic_load(&tm->over) || cli_signalled()) return NULL;
    for (int i = tm->shown; i < tm->t->count; i++)
        if (!tm->t->list[i].taken) return &tm->t->list[i];
    return NULL;
}

static void forget_words(stop *p)
{
    free(p->said);
    p->said = NULL;
    p->said_len = 0;
}

/* In the order of the case; all: also behind those that never came to an end. */
static void show_ready(team *tm, bool all)
{
    tour *t = tm->t;
    for (; tm->shown < t->count && (t->list[tm->shown].done || all); tm->shown++) {
        stop *p = &t->list[tm->shown];
        if (!p->done) continue;
        if (p->said_len > 0) {
            cli_end_line(tm->o);
            fputs(p->said, stderr);
        }
        forget_words(p);
        if (p->solved) show_row(tm->o, t, p);
    }
}

enum { CUT_SHORT = -1 }; /* by what another one met, which is that one's to tell */

static int visit_in_team(member *m, stop *p)
{
    m->o.said = open_memstream(&p->said, &p->said_len);
    if (!m->o.said) return EXIT_NO_MEMORY;
    int code = solve_stop(&m->o, m->s, p);
    const bool cut_short = atomic_load(&m->tm->over) && p->info.outcome != STEPPE_OPTIMAL;
    if (code == EXIT_SOLVED) code = cut_short ? CUT_SHORT : write_stop(&m->o, m->s, p);
    fclose(m->o.said);
    m->o.said = NULL;
    return code;
}

static void *work(void *arg)
{
    member *m = arg;
    team *tm = m->tm;
    pthread_mutex_lock(&tm->lock);
    for (stop *p; (p = next_stop(tm)) != NULL;) {
        const bool alone = tm->present == 1;
        p->taken = true;
        pthread_mutex_unlock(&tm->lock);
        p->code = visit_in_team(m, p);
        pthread_mutex_lock(&tm->lock);
        if (p->code == EXIT_NO_MEMORY && !alone) { /* there is more where fewer work */
            p->taken = p->solved = false;
            forget_words(p);
            if (tm->working > 1) break;
            continue;
        }
        p->done = p->code != CUT_SHORT;
        tm->finished++;
        if (ends_tour(p->code)) atomic_store(&tm->over, true);
        show_ready(tm, false);
    }
    tm->working--;
    pthread_mutex_unlock(&tm->lock);
    steppe_free(m->s);
    pthread_mutex_lock(&tm->lock);
    tm->present--;
    pthread_cond_signal(&tm->left);
    pthread_mutex_unlock(&tm->lock);
    return NULL;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Until all have left. */
static void wait_for_team(team *tm)
{
    const double start = seconds();
    pthread_mutex_lock(&tm->lock);
    while (tm->present > 0) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += 100000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&tm->left, &tm->lock, &until);
        if (!tm->o->progress) continue;
        tm->o->line_open = true;
        fprintf(stderr, "\r\x1b[K%d of %d scenarios, %.0f s", tm->finished, tm->t->count,
                seconds() - start);
        fflush(stderr);
    }
    pthread_mutex_unlock(&tm->lock);
    cli_end_line(tm->o);
}

static int threads_of(const cli_options *o)
{
#ifdef _OPENMP
    return o->set.threads > 0 ? o->set.threads : omp_get_max_threads();
#else
    return o->set.threads > 0 ? o->set.threads : 1;
#endif
}

/* As many as there are threads, scenarios and room for: each will take about what the base took. */
static int team_size(const cli_options *o, const tour *t)
{
    int size = threads_of(o);
    struct rusage used;
    if (size > t->count) size = t->count;
    if (getrusage(RUSAGE_SELF, &used) == 0) {
        const double each = (double)used.ru_maxrss / 1048576.0, spare = steppe_spare_memory();
        if (spare < each * size) size = (int)(spare / each);
    }
    return size;
}

/* Fewer where no more can be had; *made have started. */
static void start_team(team *tm, steppe_solver *s, member *list, int size, int *made)
{
    const int threads = threads_of(tm->o) / size;
    const double given = tm->o->set.memory,
                 memory = given > 0.0 ? given : steppe_spare_memory();
    pthread_mutex_lock(&tm->lock);
    for (*made = 0; *made < size; ++*made) {
        member *m = &list[*made];
        m->tm = tm;
        m->o = *tm->o;
        m->o.progress = false;
        m->o.over = &tm->over;
        m->o.set.arg = &m->o;
        m->o.set.threads = threads > 1 ? threads : 1;
        if (isfinite(memory)) m->o.set.memory = memory / size;
        m->o.mute = true; /* fewer will do */
        if (steppe_copy(&m->s, s, &m->o.set) != STEPPE_OK) break;
        m->o.mute = false;
        if (pthread_create(&m->thread, NULL, work, m) != 0) {
            steppe_free(m->s);
            break;
        }
        tm->present = ++tm->working;
    }
    steppe_apply_scenario(s, NULL); /* what the base took is theirs now */
    pthread_mutex_unlock(&tm->lock);
}

/* false: no team could be had, nothing was visited. */
static bool tour_in_team(cli_options *o, steppe_solver *s, tour *t, int size)
{
    team tm = {.o = o, .t = t};
    member *list = calloc((size_t)size, sizeof *list);
    int made = 0;
    if (!list) return false;
    pthread_mutex_init(&tm.lock, NULL);
    pthread_condattr_t by_clock;
    pthread_condattr_init(&by_clock);
    pthread_condattr_setclock(&by_clock, CLOCK_MONOTONIC);
    pthread_cond_init(&tm.left, &by_clock);
    pthread_condattr_destroy(&by_clock);
    start_team(&tm, s, list, size, &made);
    wait_for_team(&tm);
    for (int i = 0; i < made; i++) pthread_join(list[i].thread, NULL);
    show_ready(&tm, true);
    pthread_cond_destroy(&tm.left);
    pthread_mutex_destroy(&tm.lock);
    free(list);
    return made > 0;
}

/* ---- the tour ------------------------------------------------------------------------ */

static bool known_scenario(const steppe_solver *s, const char *id, size_t n)
{
    if (n == 4 && memcmp(id, "base", 4) == 0) return true;
    for (int64_t i = 0; i < steppe_scenario_count(s); i++) {
        const char *k = steppe_scenario_id(s, i);
        if (strlen(k) == n && memcmp(k, id, n) == 0) return true;
    }
    return false;
}

static int check_only(cli_options *o, const steppe_solver *s)
{
    for (const char *p = o->only; p && *p;) {
        const size_t n = strcspn(p, ",");
        if (!known_scenario(s, p, n)) {
            cli_error(o, "--only: found '%.*s', expected ids of scenario.csv", (int)n, p);
            return EXIT_USAGE;
        }
        p += n + (p[n] == ',');
    }
    return EXIT_SOLVED;
}

static int open_index(cli_options *o, tour *t, char *part, size_t size)
{
    struct stat info;
    char final[4096];
    if (snprintf(final, sizeof final, "%s/scenarios.csv", o->out) >= (int)sizeof final ||
        snprintf(part, size, "%s.part", final) >= (int)size) {
        cli_error(o, "--out: found a path that is too long");
        return EXIT_USAGE;
    }
    if (stat(o->out, &info) != 0 && mkdir(o->out, 0777) != 0) {
        cli_error(o, "%s: cannot create: %s", o->out, strerror(errno));
        return EXIT_INTERNAL;
    }
    unlink(final); /* it comes back when all scenarios are there */
    t->index = fopen(part, "w");
    if (!t->index) {
        cli_error(o, "%s: cannot create: %s", part, strerror(errno));
        return EXIT_INTERNAL;
    }
    fputs("scenario_id,outcome,cost_musd,change_musd,unserved_musd,gap_rel,"
          "tight_rows,pivots\n",
          t->index);
    return EXIT_SOLVED;
}

static int close_index(cli_options *o, tour *t, const char *part, bool keep)
{
    char final[4096];
    const bool failed = ferror(t->index) != 0;
    const bool bad = (fclose(t->index) != 0) || failed;
    snprintf(final, sizeof final, "%s/scenarios.csv", o->out);
    if (!keep || bad || rename(part, final) != 0) {
        if (keep) cli_error(o, "%s: cannot write: %s", final, strerror(errno));
        unlink(part);
        return keep ? EXIT_INTERNAL : EXIT_SOLVED;
    }
    return EXIT_SOLVED;
}

static int run_tour(cli_options *o, steppe_solver *s, tour *t, bool watched)
{
    if (!o->quiet && !o->json)
        printf("%-28s %14s %13s %13s %9s %7s %8s\n", "scenario", "cost MUSD", "change",
               "unserved", "gap", "pivots", "seconds");
    stop base = {0};
    int worst = visit(o, s, t, &base);
    if (ends_tour(worst) || worst == EXIT_BAD_INPUT) return worst;
    steppe_hold_basis(
        s, 1); /* also where there is none: no scenario depends on which came before */
    for (int64_t i = 0; i < steppe_scenario_count(s); i++)
        if (wanted(o->only, steppe_scenario_id(s, i)))
            t->list[t->count++].id = steppe_scenario_id(s, i);
    const int size = watched ? team_size(o, t) : 1;
    const bool shared = size > 1 && tour_in_team(o, s, t, size);
    for (int i = 0; i < t->count; i++) {
        stop *p = &t->list[i];
        if (shared && !p->done) continue;
        if (!shared && cli_signalled()) break;
        if (!shared) p->code = visit(o, s, t, p);
        if (ends_tour(p->code)) return p->code;
        if (p->code > worst) worst = p->code;
    }
    return cli_signalled() ? EXIT_STOPPED : worst;
}

int cli_scenarios(cli_options *o)
{
    steppe_solver *s = NULL;
    char part[4200];
    tour t = {0};
    if (!o->out) {
        cli_error(o, "scenarios needs --out DIR");
        return EXIT_USAGE;
    }
    const steppe_status st = steppe_open(&s, o->path[0], &o->set);
    if (st != STEPPE_OK) {
        cli_error(o, "%s", steppe_status_text(st));
        return cli_exit_of(st, true);
    }
    int code = check_only(o, s);
    if (code == EXIT_SOLVED && o->reference) {
        const steppe_status got = steppe_set_reference(s, o->reference);
        code = got == STEPPE_OK ? EXIT_SOLVED : cli_exit_of(got, true);
    }
    t.list = calloc((size_t)steppe_scenario_count(s) + 1, sizeof *t.list);
    if (!t.list && code == EXIT_SOLVED) {
        cli_error(o, "%s", steppe_status_text(STEPPE_NO_MEMORY));
        code = EXIT_NO_MEMORY;
    }
    if (code == EXIT_SOLVED) code = open_index(o, &t, part, sizeof part);
    if (code == EXIT_SOLVED) {
        const bool watched = cli_watch_signals();
        code = run_tour(o, s, &t, watched);
        if (watched) cli_unwatch_signals();
        const int closed = close_index(o, &t, part, !ends_tour(code));
        if (closed != EXIT_SOLVED) code = closed;
    }
    for (int i = 0; i < t.count; i++) free(t.list[i].said);
    free(t.list);
    steppe_free(s);
    return code;
}
