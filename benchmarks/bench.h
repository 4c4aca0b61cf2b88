/* What the benchmarks share: a clock, medians, a child process per measurement, peers on the same
 * model.
 *
 * Every measurement runs in a child of its own: peak memory is that of one run, and nothing of
 * one run warms the next. An answer without a certificate has no time. */
#ifndef STEPPE_BENCH_H
#define STEPPE_BENCH_H

#include "steppe/steppe.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef BENCH_WITH_GLPK
#include <glpk.h>
#endif

#ifndef BENCH_COMPILER
#define BENCH_COMPILER "unknown"
#endif

enum { BENCH_RUNS = 7 };

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int bench_order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts t[0 .. n). */
static inline double bench_median(double *t, int n)
{
    qsort(t, (size_t)n, sizeof *t, bench_order);
    return n % 2 ? t[n / 2] : 0.5 * (t[n / 2 - 1] + t[n / 2]);
}

static inline const char *bench_commit(void)
{
    const char *commit = getenv("BENCH_COMMIT");
    return commit && *commit ? commit : "unknown";
}

/* ---- a run in a child ------------------------------------------------------------------- */

typedef struct {
    bool ok;             /* proven optimal */
    double read, peak;   /* seconds to open; MiB, of the child */
    steppe_info info;    /* of the last solve */
    double objective, t; /* a peer's */
    long iterations;     /* a peer's */
} bench_run;

/* Calls fn in a child and hands back what it filled in; false: the child died. */
static bool bench_child(void (*fn)(void *arg, bench_run *out), void *arg, bench_run *out)
{
    int fd[2];
    memset(out, 0, sizeof *out);
    fflush(NULL);
    if (pipe(fd) != 0) return false;
    const pid_t pid = fork();
    if (pid == 0) {
        close(fd[0]);
        fn(arg, out);
        _exit(write(fd[1], out, sizeof *out) == (ssize_t)sizeof *out ? 0 : 1);
    }
    close(fd[1]);
    size_t got = 0;
    for (ssize_t n; pid > 0 && got < sizeof *out; got += (size_t)n) {
        n = read(fd[0], (char *)out + got, sizeof *out - got);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n <= 0)
            break;
    }
    close(fd[0]);
    int status = 0;
    struct rusage use;
    if (pid <= 0 || wait4(pid, &status, 0, &use) != pid || status != 0 || got != sizeof *out) {
        memset(out, 0, sizeof *out);
        return false;
    }
    out->peak = (double)use.ru_maxrss / 1024.0;
    return true;
}

/* ---- Steppe ----------------------------------------------------------------------------- */

typedef struct {
    const char *path, *scenario; /* scenario NULL: the base */
    const char *mps;             /* not NULL: only write the model there */
    bool warm;                   /* from the basis of the base */
    int threads;
    double limit; /* seconds, 0: none */
} bench_job;

static void bench_log(void *arg, steppe_log_level level, const char *line)
{
    (void)arg;
    if (level != STEPPE_LOG_NOTE) fprintf(stderr, "%s\n", line);
}

static inline void bench_steppe(void *arg, bench_run *out)
{
    const bench_job *job = arg;
    steppe_settings set = steppe_default_settings();
    set.threads = job->threads;
    set.time_limit = job->limit;
    set.log = bench_log;
    steppe_solver *s = NULL;
    const double t0 = bench_now();
    steppe_status st = steppe_open(&s, job->path, &set);
    out->read = bench_now() - t0;
    if (st == STEPPE_OK && job->warm) {
        st = steppe_setup(s);
        if (st == STEPPE_OK) st = steppe_solve(s, &out->info);
        if (st == STEPPE_OK) st = steppe_hold_basis(s, 1);
    }
    if (st == STEPPE_OK && job->scenario) st = steppe_apply_scenario(s, job->scenario);
    if (st == STEPPE_OK) st = steppe_setup(s);
    if (st == STEPPE_OK && job->mps) {
        out->ok = steppe_write_model(s, job->mps) == STEPPE_OK;
    } else if (st == STEPPE_OK) {
        st = steppe_solve(s, &out->info);
        out->ok = st == STEPPE_OK && out->info.outcome == STEPPE_OPTIMAL &&
                  out->info.warm == (job->warm ? 1 : 0);
    }
    steppe_free(s);
}

/* Up to `runs` runs, fewer when they take more than a minute. Returns how many; the last one
 * stands in *last, 0: no certified answer. */
static inline int bench_repeat(bench_job *job, int runs, double *median, double *least,
                               bench_run *last)
{
    double t[64];
    int n = 0;
    const double start = bench_now();
    for (; n < runs && n < 64 && (n == 0 || bench_now() - start < 60.0); n++) {
        if (!bench_child(bench_steppe, job, last) || !last->ok) return 0;
        t[n] = last->info.seconds_solve;
    }
    *median = bench_median(t, n);
    *least = t[0];
    return n;
}

/* ---- peers ------------------------------------------------------------------------------- */

typedef struct {
    const char *mps;
    double limit;
} bench_peer_job;

/* The time that Clp itself prints: presolve and dual simplex, without reading. */
static inline void bench_clp(void *arg, bench_run *out)
{
    const bench_peer_job *job = arg;
    char command[4400], line[1024];
    if (strchr(job->mps, '\'')) return;
    snprintf(command, sizeof command, "clp '%s' -seconds %.0f -dualsimplex 2>&1", job->mps,
             job->limit);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) {
        const char *at = strstr(line, "Optimal objective");
        if (at && sscanf(at, "Optimal objective %lf - %ld iterations time %lf", &out->objective,
                         &out->iterations, &out->t) == 3)
            out->ok = true;
    }
    if (f) pclose(f);
}

/* GLPK's dual simplex after its presolver, without reading. */
static inline void bench_glpk(void *arg, bench_run *out)
{
#ifdef BENCH_WITH_GLPK
    const bench_peer_job *job = arg;
    glp_term_out(GLP_OFF);
    glp_prob *p = glp_create_prob();
    glp_smcp how;
    glp_init_smcp(&how);
    how.presolve = GLP_ON;
    how.meth = GLP_DUALP;
    how.tm_lim = (int)(1000.0 * job->limit);
    if (glp_read_mps(p, GLP_MPS_FILE, NULL, job->mps) == 0) {
        const double t0 = bench_now();
        const int failed = glp_simplex(p, &how);
        out->t = bench_now() - t0;
        out->ok = !failed && glp_get_status(p) == GLP_OPT;
        out->objective = glp_get_obj_val(p);
        out->iterations = glp_get_it_cnt(p);
    }
    glp_delete_prob(p);
#else
    (void)arg;
    (void)out;
#endif
}

/* ---- one line ---------------------------------------------------------------------------- */

typedef struct {
    int runs, peer_runs, threads;
    double limit; /* seconds for one run of Steppe or a peer */
    bool clp, glpk, warm;
    bool glpk_all; /* not only for bases: it takes a hundred times as long */
} bench_plan;

static inline bench_plan bench_default_plan(void)
{
    return (bench_plan){BENCH_RUNS, 3, 1, 300.0, true, true, true, false};
}

static inline void bench_head(void)
{
    puts("instance,scenario,commodities,nodes,arcs,rows,tight,tree_pivots,pivots,runs,read_s,"
         "setup_s,cold_median_s,cold_min_s,warm_pivots,warm_median_s,warm_min_s,peak_mib,"
         "objective,gap_rel,clp_s,clp_iterations,clp_ratio,clp_agrees,glpk_s,glpk_iterations,"
         "glpk_ratio,glpk_agrees,threads,commit,compiler");
}

/* Three columns: median seconds, iterations, how many times the peer's time of ours, and whether
 * the objectives agree to 10^-9 (Clp prints ten digits). False: they do not agree. */
static inline bool bench_peer(void (*fn)(void *arg, bench_run *out), bench_peer_job *job,
                              int runs, double ours, double objective)
{
    double t[16];
    bench_run r = {0};
    int n = 0;
    for (; n < runs && n < 16; n++) {
        if (!bench_child(fn, job, &r) || !r.ok) break;
        t[n] = r.t;
        if (r.t > 5.0) { /* slow enough to be clear of the noise */
            n++;
            break;
        }
    }
    if (n == 0) {
        printf(",,,");
        return true;
    }
    const double median = bench_median(t, n);
    const double off = fabs(r.objective - objective) / fmax(fabs(objective), 1e-300);
    const bool agrees = off <= 1e-9 || fabs(r.objective - objective) <= 1e-9;
    printf("%.4f,%ld,%.2f,%s", median, r.iterations, median / ours, agrees ? "yes" : "NO");
    return agrees;
}

/* Measures one instance or scenario and prints its line. Returns 0, or 2: uncertified, no time;
 * 3: a peer says another optimum. */
static inline int bench_line(const bench_plan *plan, const char *path, const char *scenario,
                             const char *mps)
{
    bench_job job = {path, scenario, NULL, false, plan->threads, plan->limit};
    bench_run cold = {0}, warm = {0}, written;
    double median = 0.0, least = 0.0, warm_median = 0.0, warm_least = 0.0;
    const char *name =
        strrchr(path, '/') && strrchr(path, '/')[1] ? strrchr(path, '/') + 1 : path;
    const int runs = bench_repeat(&job, plan->runs, &median, &least, &cold);
    const steppe_info *i = &cold.info;
    printf("%s,%s,%d,%d,%lld,%lld,", name, scenario ? scenario : "base", i->commodities,
           i->nodes, (long long)i->arcs, (long long)i->coupling_rows);
    if (runs == 0) {
        printf(",,%lld,0%s\n", (long long)i->pivots, ",,,,,,,,,,,,,,,,,,,,,");
        fprintf(stderr, "%s %s: no certified answer\n", name, scenario ? scenario : "");
        return 2;
    }
    job.warm = true;
    const int again =
        plan->warm ? bench_repeat(&job, plan->runs, &warm_median, &warm_least, &warm) : 0;
    printf("%lld,%lld,%lld,%d,%.4f,%.4f,%.4f,%.4f,", (long long)i->tight_rows,
           (long long)i->tree_pivots, (long long)i->pivots, runs, cold.read, i->seconds_setup,
           median, least);
    if (again > 0)
        printf("%lld,%.4f,%.4f,", (long long)warm.info.pivots, warm_median, warm_least);
    else
        printf(",,,");
    printf("%.1f,%.12g,%.2g,", cold.peak, i->objective, i->gap_rel);
    bool agree =
        again == 0 || fabs(warm.info.objective - i->objective) <= 1e-9 * fabs(i->objective);
    job.warm = false;
    job.mps = mps;
    bench_peer_job peer = {mps, plan->limit};
    const bool model =
        (plan->clp || plan->glpk) && bench_child(bench_steppe, &job, &written) && written.ok;
    if (model && plan->clp)
        agree &= bench_peer(bench_clp, &peer, plan->peer_runs, median, i->objective);
    else
        printf(",,,");
    printf(",");
    if (model && plan->glpk && (!scenario || plan->glpk_all))
        agree &= bench_peer(bench_glpk, &peer, plan->peer_runs, median, i->objective);
    else
        printf(",,,");
    printf(",%d,%s,%s\n", plan->threads, bench_commit(), BENCH_COMPILER);
    fflush(stdout);
    unlink(mps);
    return agree ? 0 : 3;
}

/* --runs N --peer-runs N --threads N --limit S --no-peers --no-glpk --glpk-all --no-warm; the first other
 * argument's index. */
static inline int bench_options(bench_plan *plan, int argc, char **argv)
{
    int a = 1;
    for (; a < argc && strncmp(argv[a], "--", 2) == 0; a++) {
        const char *value = a + 1 < argc ? argv[a + 1] : "";
        if (strcmp(argv[a], "--runs") == 0)
            plan->runs = atoi(value), a++;
        else if (strcmp(argv[a], "--peer-runs") == 0)
            plan->peer_runs = atoi(value), a++;
        else if (strcmp(argv[a], "--threads") == 0)
            plan->threads = atoi(value), a++;
        else if (strcmp(argv[a], "--limit") == 0)
            plan->limit = atof(value), a++;
        else if (strcmp(argv[a], "--no-peers") == 0)
            plan->clp = plan->glpk = false;
        else if (strcmp(argv[a], "--no-glpk") == 0)
            plan->glpk = false;
        else if (strcmp(argv[a], "--glpk-all") == 0)
            plan->glpk_all = true;
        else if (strcmp(argv[a], "--no-warm") == 0)
            plan->warm = false;
        else {
            fprintf(stderr,
                    "found %s, expected --runs N, --peer-runs N, --threads N, --limit S, "
                    "--no-peers, --no-glpk, --glpk-all or --no-warm\n",
                    argv[a]);
            exit(2);
        }
    }
    return a;
}

/* A name for a temporary file; buffer of `size` bytes. */
static inline void bench_temporary(char *buffer, size_t size, const char *ending)
{
    const char *dir = getenv("TMPDIR");
    snprintf(buffer, size, "%s/steppe_bench_%ld%s", dir && *dir ? dir : "/tmp", (long)getpid(),
             ending);
}

#endif
