/* needs: zlib. Instances (.mmcf or .min, also .gz) through `steppe solve`, Clp and HiGHS on the same model in one call: every run
 * is paired, the solvers one after the other, so the ratios of a run share the noise of their moment.
 *
 *     bench_mmcf [--runs N] [--threads N] [--limit S] [--no-peers] [--peers clp,highs-ds,highs-ipm]
 *                [--steppe COMMAND] [--csv FILE] FILE...
 *
 * Two Markdown tables: seconds and ratios by instance, and a line per instance and solver. Seconds are CPU seconds, user + system; with
 * more than one thread for Steppe they are those of the clock, for all solvers. They are of the whole process for Steppe (reading,
 * solving, exact answer, result files) and Clp (reading MPS, solving), for HiGHS of the solver alone: reading is Python's there. A solver is ended when a run takes S CPU seconds (times
 * the threads for Steppe) or 3 S + 10 of the clock; S is 60 unless told. A peer that did not finish is not tried again.
 * Every answer of Steppe goes through `steppe verify`; objectives have to agree to 10^-9.
 *
 * HiGHS needs a python3 with scipy: $BENCH_PYTHON, /usr/bin/python3 or python3. Exit code: 2 an answer is missing or
 * not proven, 3 objectives differ. */
#include "bench.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <zlib.h>

#ifndef BENCH_STEPPE
#define BENCH_STEPPE "steppe"
#endif
#ifndef BENCH_FOLDER
#define BENCH_FOLDER "benchmarks"
#endif

enum { STEPPE, CLP, HIGHS_DS, HIGHS_IPM, SOLVERS, MOST_RUNS = 25 };
static const char *const solver_name[SOLVERS] = {"steppe", "clp", "highs-ds", "highs-ipm"};

typedef struct {
    int runs, threads;
    double limit;
    bool on[SOLVERS];
    const char *steppe, *python;
    FILE *csv;
    char dir[3900];            /* scratch, ours to remove */
    char version[SOLVERS][80]; /* "": not at hand */
} plan;

/* One run of one solver. */
typedef struct {
    bool ok, ended; /* optimal; ended by the limit */
    int code;       /* exit code, -1: ended by a signal */
    double cpu, wall, mib, objective;
    char work[80]; /* iterations as the solver counts them */
} result;

/* What is compared: CPU seconds, or those of the clock where they may be shared among threads. */
static double spent(const plan *p, const result *r)
{
    return p->threads > 1 ? r->wall : r->cpu;
}

/* All runs of one solver on one instance. */
typedef struct {
    int n;
    double cpu[MOST_RUNS], wall[MOST_RUNS], mib, ratio[MOST_RUNS];
    bool ended, failed;
    result last;
} sample;

/* ---- processes --------------------------------------------------------------------------- */

static void in_child(char *const *argv, double limit, const char *out)
{
    const int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int nothing = open("/dev/null", O_RDWR);
    if (fd < 0 || nothing < 0 || dup2(nothing, 0) < 0 || dup2(fd, 1) < 0 ||
        dup2(nothing, 2) < 0)
        _exit(127);
    if (limit > 0.0) {
        const rlim_t s = (rlim_t)ceil(limit);
        setrlimit(RLIMIT_CPU,
                  &(struct rlimit){s, s}); /* ends it without a chance to catch it */
    }
    execvp(argv[0], argv);
    _exit(127);
}

/* Runs a command, its output into the file `out`. Returns its exit code, -1: ended by a signal, and sets CPU and
 * clock seconds, memory and whether a limit ended it. limit 0: none. */
static int run(char *const *argv, double limit, double clock_limit, const char *out, result *r)
{
    memset(r, 0, sizeof *r);
    fflush(NULL);
    const double t0 = bench_now();
    const pid_t pid = fork();
    if (pid < 0) return -1;
    if (pid == 0) in_child(argv, limit, out);
    int status = 0;
    struct rusage use = {0};
    for (double nap = 0.0005;; nap = fmin(2.0 * nap, 0.01)) {
        const pid_t done = wait4(pid, &status, WNOHANG, &use);
        if (done == pid) break;
        if (done < 0 && errno != EINTR) return -1;
        if (clock_limit > 0.0 && bench_now() - t0 > clock_limit) {
            kill(pid, SIGKILL);
            r->ended = true;
        }
        nanosleep(&(struct timespec){0, (long)(1e9 * nap)}, NULL);
    }
    r->wall = bench_now() - t0;
    r->cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
             1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
    r->mib = (double)use.ru_maxrss / 1024.0;
    if (limit > 0.0 && r->cpu >= limit - 0.5 && WIFSIGNALED(status)) r->ended = true;
    r->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return r->code;
}

/* ---- solvers ----------------------------------------------------------------------------- */

/* The number behind "key": in a line of JSON; NaN: it is not there. */
static double json_number(const char *line, const char *key)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = strstr(line, quoted);
    return at ? strtod(at + strlen(quoted), NULL) : NAN;
}

static void path_in(char *buffer, size_t size, const plan *p, const char *name)
{
    snprintf(buffer, size, "%s/%s", p->dir, name);
}

/* A file's first bytes as text. */
static void first_bytes(const char *path, char *buffer, size_t size)
{
    FILE *f = fopen(path, "r");
    const size_t n = f ? fread(buffer, 1, size - 1, f) : 0;
    buffer[n] = '\0';
    if (f) fclose(f);
}

static void remove_tree(const char *path)
{
    char *argv[] = {"rm", "-rf", "--", (char *)path, NULL};
    result r;
    run(argv, 0.0, 0.0, "/dev/null", &r);
}

/* Leaves the JSON line and result.json in json and the answer in the scratch folder. */
static void run_steppe(const plan *p, const char *instance, char *json, size_t size, result *r)
{
    char out[4000], dir[4000], threads[16];
    path_in(out, sizeof out, p, "out");
    path_in(dir, sizeof dir, p, "result");
    snprintf(threads, sizeof threads, "%d", p->threads);
    char *argv[] = {(char *)p->steppe, "solve",     (char *)instance, "--out",       dir,
                    "--json",          "--threads", threads,          "--no-verify", NULL};
    const int code = run(argv, p->limit * p->threads, 3.0 * p->limit + 10.0, out, r);
    first_bytes(out, json, size);
    const size_t n = strlen(json);
    path_in(out, sizeof out, p, "result/result.json");
    first_bytes(out, json + n, size - n); /* what the line does not say stands there */
    r->objective = json_number(json, "objective");
    r->ok = code == 0 && strstr(json, "\"outcome\":\"optimal\"") != NULL;
    const double tree = json_number(json, "tree_pivots"), pivots = json_number(json, "pivots"),
                 steps = json_number(json, "iterations");
    const int at = snprintf(r->work, sizeof r->work, "%.0f + %.0f pivots", tree, pivots);
    if (isfinite(steps) && at > 0 && (size_t)at < sizeof r->work)
        snprintf(r->work + at, sizeof r->work - (size_t)at, " + %.0f it", steps);
}

static bool verified(const plan *p, const char *instance)
{
    char out[4000], dir[4000];
    path_in(out, sizeof out, p, "out");
    path_in(dir, sizeof dir, p, "result");
    char *argv[] = {(char *)p->steppe, "verify", (char *)instance, dir, NULL};
    result r;
    return run(argv, 0.0, 0.0, out, &r) == 0;
}

static void run_clp(const plan *p, const char *mps, result *r)
{
    char out[4000], line[1024];
    path_in(out, sizeof out, p, "out");
    char *argv[] = {"clp", (char *)mps, "-dualsimplex", NULL};
    const int code = run(argv, p->limit, 3.0 * p->limit + 10.0, out, r);
    FILE *f = fopen(out, "r");
    long iterations;
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "Optimal objective %lf - %ld iterations", &r->objective,
                   &iterations) == 2) {
            r->ok = code == 0;
            snprintf(r->work, sizeof r->work, "%ld it", iterations);
        }
    }
    if (f) fclose(f);
}

static void run_highs(const plan *p, int solver, const char *mps, result *r)
{
    char out[4000], line[1024], status[32];
    path_in(out, sizeof out, p, "out");
    char *argv[] = {(char *)p->python, BENCH_FOLDER "/highs.py", (char *)solver_name[solver],
                    (char *)mps, NULL};
    /* starting and reading is not HiGHS's: some seconds more for a large file */
    const int code = run(argv, p->limit + 10.0, 3.0 * p->limit + 30.0, out, r);
    first_bytes(out, line, sizeof line);
    double cpu, wall;
    long iterations, crossover;
    if (code != 0 || sscanf(line, "%31s %lf %lf %lf %ld %ld", status, &r->objective, &cpu,
                            &wall, &iterations, &crossover) != 6)
        return;
    r->cpu = cpu;
    r->wall = wall;
    r->ok = strcmp(status, "optimal") == 0;
    r->ended = cpu > p->limit;
    if (solver == HIGHS_IPM)
        snprintf(r->work, sizeof r->work, "%ld + %ld crossover", iterations, crossover);
    else
        snprintf(r->work, sizeof r->work, "%ld it", iterations);
}

/* First line a command prints, "": it does not run. `after`: only what follows this word. */
static void ask_version(const plan *p, char *const *argv, const char *after, char *buffer,
                        size_t size)
{
    char out[4000], text[400];
    result r;
    path_in(out, sizeof out, p, "out");
    buffer[0] = '\0';
    if (run(argv, 0.0, 60.0, out, &r) != 0) return;
    first_bytes(out, text, sizeof text);
    const char *at = after ? strstr(text, after) : text;
    if (!at) return;
    at += after ? strlen(after) : 0;
    snprintf(buffer, size, "%.*s", (int)strcspn(at, ",\n"), at);
}

static void find_solvers(plan *p)
{
    char *ours[] = {(char *)p->steppe, "--version", NULL};
    ask_version(p, ours, "steppe ", p->version[STEPPE], sizeof p->version[STEPPE]);
    char *clp[] = {"clp", "-stop", NULL};
    if (p->on[CLP]) ask_version(p, clp, "version ", p->version[CLP], sizeof p->version[CLP]);
    const char *const at[] = {getenv("BENCH_PYTHON"), "/usr/bin/python3", "python3"};
    for (int i = 0; i < 3 && (p->on[HIGHS_DS] || p->on[HIGHS_IPM]); i++) {
        if (!at[i] || p->version[HIGHS_DS][0]) continue;
        p->python = at[i];
        char *highs[] = {(char *)at[i], BENCH_FOLDER "/highs.py", "version", NULL};
        ask_version(p, highs, "HiGHS ", p->version[HIGHS_DS], sizeof p->version[HIGHS_DS]);
    }
    memcpy(p->version[HIGHS_IPM], p->version[HIGHS_DS], sizeof p->version[HIGHS_IPM]);
    for (int s = CLP; s < SOLVERS; s++) {
        if (p->on[s] && !p->version[s][0]) {
            fprintf(stderr, "%s is not at hand: %s\n", solver_name[s],
                    s == CLP ? "apt-get install coinor-clp" : "apt-get install python3-scipy");
            p->on[s] = false;
        }
    }
}

/* ---- one instance ------------------------------------------------------------------------ */

static double least(const double *x, int n)
{
    double v = x[0];
    for (int i = 1; i < n; i++) v = fmin(v, x[i]);
    return v;
}

static double most(const double *x, int n)
{
    double v = x[0];
    for (int i = 1; i < n; i++) v = fmax(v, x[i]);
    return v;
}

static double median(const double *x, int n)
{
    double copy[MOST_RUNS];
    memcpy(copy, x, (size_t)n * sizeof *x);
    return bench_median(copy, n);
}

static double middle(const plan *p, const sample *a)
{
    return median(p->threads > 1 ? a->wall : a->cpu, a->n);
}

static void keep(sample *a, const result *r)
{
    a->last = *r;
    a->ended |= r->ended;
    a->failed |= !r->ok && !r->ended;
    a->mib = fmax(a->mib, r->mib);
    if (!r->ok || r->ended) return;
    a->cpu[a->n] = r->cpu;
    a->wall[a->n++] = r->wall;
}

static double relative(double a, double b)
{
    return a == b ? 0.0 : fabs(a - b) / fmax(fmax(fabs(a), fabs(b)), 1e-300);
}

/* Why there is no answer. */
static const char *reason(char *buffer, size_t size, const sample *a)
{
    if (a->ended) return "not in limit";
    if (a->last.wall <= 0.0) return "not run";
    snprintf(buffer, size, "no answer, exit %d", a->last.code);
    return buffer;
}

/* "1.23" and no more digits than mean something. */
static const char *seconds(char *buffer, size_t size, double s)
{
    snprintf(buffer, size, s < 0.1 ? "%.3f" : s < 10.0 ? "%.2f" : "%.1f", s);
    return buffer;
}

typedef struct {
    char name[200], json[8192];
    long long commodities, arcs, rows; /* as the file says, for a run that says nothing */
    sample of[SOLVERS];
    bool proven;
} measured;

/* The sizes in the line 'p' of an instance. */
static void read_sizes(const char *instance, measured *m)
{
    char line[400];
    gzFile f = gzopen(instance, "r"); /* plain files too */
    m->commodities = 1;
    while (f && gzgets(f, line, sizeof line)) {
        if (sscanf(line, "p mmcf %lld %*d %lld %lld", &m->commodities, &m->arcs, &m->rows) ==
                3 ||
            sscanf(line, "p min %*d %lld", &m->arcs) == 1)
            break;
    }
    if (f) gzclose(f);
}

static int measure(const plan *p, const char *instance, measured *m)
{
    const char *slash = strrchr(instance, '/');
    char mps[4000], out[4000], dir[4000];
    memset(m, 0, sizeof *m);
    snprintf(m->name, sizeof m->name, "%s", slash && slash[1] ? slash + 1 : instance);
    m->name[strcspn(m->name, ".")] = '\0';
    read_sizes(instance, m);
    path_in(mps, sizeof mps, p, "model.mps");
    path_in(out, sizeof out, p, "out");
    path_in(dir, sizeof dir, p, "result");
    char *convert[] = {(char *)p->steppe, "convert", (char *)instance, mps, "--quiet", NULL};
    result r;
    bool peers = false;
    for (int s = CLP; s < SOLVERS; s++) peers |= p->on[s];
    if (peers && run(convert, 0.0, 0.0, out, &r) != 0) {
        fprintf(stderr, "%s: steppe cannot write it as MPS\n", instance);
        return 2;
    }
    m->proven = true;
    for (int i = 0; i < p->runs; i++) {
        double ours = NAN;
        for (int s = 0; s < SOLVERS; s++) {
            sample *a = &m->of[s];
            if ((s != STEPPE && !p->on[s]) || a->ended || a->failed) continue;
            if (s == STEPPE)
                run_steppe(p, instance, m->json, sizeof m->json, &r);
            else if (s == CLP)
                run_clp(p, mps, &r);
            else
                run_highs(p, s, mps, &r);
            keep(a, &r);
            if (s == STEPPE && r.ok) {
                ours = spent(p, &r);
                m->proven &= verified(p, instance);
            } else if (r.ok && !r.ended) {
                a->ratio[a->n - 1] = spent(p, &r) / ours;
            }
            if (s == STEPPE) remove_tree(dir);
        }
    }
    unlink(mps);
    const sample *o = &m->of[STEPPE];
    int worst = o->n == p->runs && m->proven ? 0 : 2;
    for (int s = CLP; s < SOLVERS; s++)
        if (o->n > 0 && m->of[s].n > 0 &&
            relative(m->of[s].last.objective, o->last.objective) > 1e-9)
            worst = 3;
    return worst;
}

/* ---- tables ------------------------------------------------------------------------------ */

static void first_head(const plan *p)
{
    printf("Steppe %s", p->version[STEPPE]);
    if (p->on[CLP]) printf(", Clp %s", p->version[CLP]);
    if (p->on[HIGHS_DS] || p->on[HIGHS_IPM]) printf(", HiGHS %s", p->version[HIGHS_DS]);
    printf(". Commit %s, %s. %d run%s, %d thread%s for Steppe, limit %.0f CPU s. %s: "
           "median; "
           "(x median ratio to Steppe, from - to over the paired runs).\n\n",
           bench_commit(), BENCH_COMPILER, p->runs, p->runs == 1 ? "" : "s", p->threads,
           p->threads == 1 ? "" : "s", p->limit,
           p->threads == 1 ? "CPU seconds" : "Seconds of the clock");
    printf("| instance | K | arcs | rows | tight | Steppe s | MiB |");
    for (int s = CLP; s < SOLVERS; s++)
        if (p->on[s]) printf(" %s s (x Steppe) |", solver_name[s]);
    printf(" objective |\n|---|--:|--:|--:|--:|--:|--:|");
    for (int s = CLP; s < SOLVERS; s++)
        if (p->on[s]) printf("--:|");
    printf("--:|\n");
}

static void first_line(const plan *p, const measured *m)
{
    char b[32];
    const sample *o = &m->of[STEPPE];
    printf("| %s | %lld | %lld | %lld | ", m->name, m->commodities, m->arcs, m->rows);
    if (o->n > 0) printf("%.0f", json_number(m->json, "tight_rows"));
    printf(" |");
    if (o->n > 0)
        printf(" %s | %.0f |", seconds(b, sizeof b, middle(p, o)), o->mib);
    else
        printf(" %s | %.0f |", reason(b, sizeof b, o), o->mib);
    for (int s = CLP; s < SOLVERS; s++) {
        const sample *a = &m->of[s];
        if (!p->on[s]) continue;
        if (a->n == 0) {
            printf(" %s |", reason(b, sizeof b, a));
            continue;
        }
        printf(" %s", seconds(b, sizeof b, middle(p, a)));
        if (o->n > 0 && a->n == 1)
            printf(" (x%.2f)", a->ratio[0]);
        else if (o->n > 0)
            printf(" (x%.2f, %.2f - %.2f)", median(a->ratio, a->n), least(a->ratio, a->n),
                   most(a->ratio, a->n));
        if (o->n > 0 && relative(a->last.objective, o->last.objective) > 1e-9)
            printf(" **differs**");
        printf(" |");
    }
    if (o->n > 0)
        printf(" %.12g%s |\n", o->last.objective, m->proven ? "" : " **unproven**");
    else
        printf(" |\n");
    fflush(stdout);
}

static void second_head(void)
{
    printf("\n| instance | solver | runs | CPU s (min - max) | wall s | MiB | iterations | "
           "objective | off |\n"
           "|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
}

static void second_lines(const plan *p, const measured *m)
{
    char b[32], c[32], d[32], e[32];
    const sample *o = &m->of[STEPPE];
    for (int s = 0; s < SOLVERS; s++) {
        const sample *a = &m->of[s];
        if (s != STEPPE && !p->on[s]) continue;
        printf("| %s | %s | %d |", m->name, solver_name[s], a->n);
        if (a->n == 0) {
            printf(" %s after %s | %s | %.0f | | | |\n", reason(d, sizeof d, a),
                   seconds(b, sizeof b, a->last.cpu), seconds(c, sizeof c, a->last.wall),
                   a->mib);
            continue;
        }
        printf(" %s (%s - %s) | %s | %.0f | %s | %.12g |",
               seconds(b, sizeof b, median(a->cpu, a->n)),
               seconds(c, sizeof c, least(a->cpu, a->n)),
               seconds(d, sizeof d, most(a->cpu, a->n)),
               seconds(e, sizeof e, median(a->wall, a->n)), a->mib, a->last.work,
               a->last.objective);
        if (s == STEPPE)
            printf(" gap %.2g, %s |\n", json_number(m->json, "gap_rel"),
                   m->proven ? "verified" : "NOT VERIFIED");
        else if (o->n > 0)
            printf(" %.1e |\n", relative(a->last.objective, o->last.objective));
        else
            printf(" |\n");
    }
}

static void csv_lines(const plan *p, const measured *m)
{
    for (int s = 0; s < SOLVERS && p->csv; s++) {
        const sample *a = &m->of[s];
        if (s != STEPPE && !p->on[s]) continue;
        fprintf(p->csv, "%s,%lld,%lld,%lld,", m->name, m->commodities, m->arcs, m->rows);
        if (m->of[STEPPE].n > 0) fprintf(p->csv, "%.0f", json_number(m->json, "tight_rows"));
        fprintf(p->csv, ",%s,%d,", solver_name[s], a->n);
        if (a->n > 0)
            fprintf(p->csv, "%.4f,%.4f,%.4f,%.4f,%.1f,%s,%.15g,%s\n", median(a->cpu, a->n),
                    least(a->cpu, a->n), most(a->cpu, a->n), median(a->wall, a->n), a->mib,
                    a->last.work, a->last.objective,
                    s == STEPPE && !m->proven ? "unproven" : "optimal");
        else
            fprintf(p->csv, ",,,,%.1f,,,%s\n", a->mib, a->ended ? "limit" : "failed");
        fflush(p->csv);
    }
}

/* ---- the call ---------------------------------------------------------------------------- */

static void usage(const char *found)
{
    fprintf(stderr,
            "found %s, expected --runs N, --threads N, --limit S, --no-peers, --peers LIST, "
            "--steppe COMMAND, --csv FILE or an instance\n",
            found);
    exit(2);
}

static void choose_peers(plan *p, const char *list)
{
    for (int s = CLP; s < SOLVERS; s++) p->on[s] = false;
    while (*list) {
        const size_t n = strcspn(list, ",");
        int s = CLP;
        while (s < SOLVERS && (strlen(solver_name[s]) != n || strncmp(solver_name[s], list, n)))
            s++;
        if (s == SOLVERS) usage(list);
        p->on[s] = true;
        list += n + (list[n] == ',');
    }
}

static int options(plan *p, int argc, char **argv)
{
    int a = 1;
    for (; a < argc && strncmp(argv[a], "--", 2) == 0; a++) {
        const char *what = argv[a];
        if (strcmp(what, "--no-peers") == 0) {
            choose_peers(p, "");
            continue;
        }
        if (a + 1 == argc) usage(what);
        const char *value = argv[++a];
        if (strcmp(what, "--runs") == 0)
            p->runs = atoi(value);
        else if (strcmp(what, "--threads") == 0)
            p->threads = atoi(value);
        else if (strcmp(what, "--limit") == 0)
            p->limit = atof(value);
        else if (strcmp(what, "--peers") == 0)
            choose_peers(p, value);
        else if (strcmp(what, "--steppe") == 0)
            p->steppe = value;
        else if (strcmp(what, "--csv") == 0)
            p->csv = fopen(value, "w");
        else
            usage(what);
        if (strcmp(what, "--csv") == 0 && !p->csv) usage(value);
    }
    if (p->runs < 1 || p->runs > MOST_RUNS || p->threads < 1 || !(p->limit >= 1.0))
        usage("a number out of range");
    return a;
}

int main(int argc, char **argv)
{
    plan p = {3, 1, 60.0, {true, true, true, true}, BENCH_STEPPE, NULL, NULL, "", {""}};
    const int first = options(&p, argc, argv);
    if (first == argc) {
        printf("bench_mmcf: no instance given; datasets/gen/mmcf.py makes some\n");
        return 0;
    }
    bench_temporary(p.dir, sizeof p.dir, ".dir");
    char *make[] = {"mkdir", "-m", "700", "--", p.dir, NULL};
    result r;
    if (run(make, 0.0, 0.0, "/dev/null", &r) != 0) usage(p.dir);
    find_solvers(&p);
    measured *all = calloc((size_t)(argc - first), sizeof *all);
    if (!all || !p.version[STEPPE][0]) {
        fprintf(stderr, "%s does not run\n", p.steppe);
        remove_tree(p.dir);
        return 2;
    }
    int worst = 0;
    if (p.csv)
        fputs(
            "instance,commodities,arcs,rows,tight,solver,runs,cpu_s,cpu_min_s,cpu_max_s,wall_s,"
            "peak_mib,iterations,objective,status\n",
            p.csv);
    first_head(&p);
    for (int i = 0; i < argc - first; i++) {
        const int code = measure(&p, argv[first + i], &all[i]);
        worst = code > worst ? code : worst;
        first_line(&p, &all[i]);
        csv_lines(&p, &all[i]);
    }
    second_head();
    for (int i = 0; i < argc - first; i++) second_lines(&p, &all[i]);
    remove_tree(p.dir);
    if (p.csv) fclose(p.csv);
    free(all);
    return worst;
}
