/* What the command shows while it works: faults, notes, a progress line; and the signals that
 * stop it. */
#include "cli.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_bool signalled; /* by a handler, or by the thread that watches */

static void on_signal(int number)
{
    atomic_store(&signalled, true);
    signal(number, SIG_DFL); /* a second one ends the program at once */
}

bool cli_signalled(void)
{
    return atomic_load(&signalled);
}

static sigset_t stopping(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

static void mask(int how)
{
    const sigset_t set = stopping();
    pthread_sigmask(how, &set, NULL);
}

static pthread_t watcher;
static atomic_bool watch_ends;

static void *watch(void *unused)
{
    const sigset_t set = stopping();
    for (int number;;) {
        if (sigwait(&set, &number) != 0) continue;
        if (number == SIGHUP && atomic_load(&watch_ends)) return unused;
        if (atomic_exchange(&signalled, true)) { /* a second one ends the program at once */
            signal(number, SIG_DFL);
            raise(number);
            mask(SIG_UNBLOCK);
        }
    }
}

bool cli_watch_signals(void)
{
    mask(SIG_BLOCK);
    atomic_store(&watch_ends, false);
    if (pthread_create(&watcher, NULL, watch, NULL) == 0) return true;
    mask(SIG_UNBLOCK);
    return false;
}

void cli_unwatch_signals(void)
{
    atomic_store(&watch_ends, true);
    pthread_kill(watcher, SIGHUP);
    pthread_join(watcher, NULL);
    mask(SIG_UNBLOCK);
}

void cli_end_line(cli_options *o)
{
    if (o->line_open) fputs("\r\x1b[K", stderr);
    o->line_open = false;
}

static FILE *heard(const cli_options *o)
{
    return o->said ? o->said : stderr;
}

void cli_error(cli_options *o, const char *format, ...)
{
    va_list args;
    cli_end_line(o);
    fputs("steppe: ", heard(o));
    va_start(args, format);
    vfprintf(heard(o), format, args);
    va_end(args);
    fputs("\n", heard(o));
}

static void on_log(void *arg, steppe_log_level level, const char *line)
{
    cli_options *o = arg;
    if (o->mute || (level == STEPPE_LOG_NOTE && (o->quiet || o->quiet_notes))) return;
    cli_end_line(o);
    if (level == STEPPE_LOG_NOTE)
        fprintf(heard(o), "note: %s\n", line);
    else
        fprintf(heard(o), "%s%s\n", level == STEPPE_LOG_ERROR ? "error: " : "", line);
}

static int on_progress(void *arg, const steppe_progress *now)
{
    cli_options *o = arg;
    if (o->progress && now->seconds > 1.0 && now->seconds - o->shown > 0.2) {
        o->shown = now->seconds;
        o->line_open = true;
        fprintf(stderr, "\r\x1b[K%s: %lld pivots, %.0f s", now->stage, (long long)now->done,
                now->seconds);
        if (!isnan(now->bound)) fprintf(stderr, ", at least %.6g", now->bound);
        if (!isnan(now->answer)) fprintf(stderr, ", answer at hand %.6g", now->answer);
        fflush(stderr);
    }
    if (now->seconds < o->shown) o->shown = 0.0;
    return cli_signalled() || (o->over && atomic_load(o->over));
}

void cli_terminal(cli_options *o)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    const bool dumb = !term || strcmp(term, "dumb") == 0;
    o->color = isatty(STDOUT_FILENO) && !dumb && !(no_color && no_color[0]);
    o->progress = isatty(STDERR_FILENO) && !dumb && !o->quiet && !o->json;
    o->set.log = on_log;
    o->set.progress = on_progress;
    o->set.arg = o;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error with a message */
    signal(SIGXFSZ, SIG_IGN); /* so is a file size limit */
}

int cli_exit_of(steppe_status st, bool reading)
{
    switch (st) {
    case STEPPE_OK:
        return EXIT_SOLVED;
    case STEPPE_BAD_INPUT:
    case STEPPE_OVERFLOW:
        return EXIT_BAD_INPUT;
    case STEPPE_NO_MEMORY:
        return EXIT_NO_MEMORY;
    case STEPPE_IO:
        return reading ? EXIT_BAD_INPUT : EXIT_INTERNAL;
    case STEPPE_UNPROVEN:
        return EXIT_UNPROVEN;
    case STEPPE_BAD_CALL:
        return EXIT_USAGE;
    case STEPPE_INTERNAL:
        break;
    }
    return EXIT_INTERNAL;
}

int cli_exit_of_outcome(const cli_options *o, const steppe_info *info)
{
    if (cli_signalled() && info->outcome != STEPPE_OPTIMAL) return EXIT_STOPPED;
    switch (info->outcome) {
    case STEPPE_OPTIMAL:
        return o->strict && info->unserved > 0.0 ? EXIT_UNSERVED : EXIT_SOLVED;
    case STEPPE_INFEASIBLE:
        return EXIT_INFEASIBLE;
    case STEPPE_FEASIBLE:
        return EXIT_LIMIT_FEASIBLE;
    case STEPPE_UNKNOWN:
        break;
    }
    return EXIT_LIMIT_NOTHING;
}

const char *cli_outcome(steppe_outcome outcome)
{
    switch (outcome) {
    case STEPPE_OPTIMAL:
        return "optimal";
    case STEPPE_INFEASIBLE:
        return "infeasible";
    case STEPPE_FEASIBLE:
        return "feasible";
    case STEPPE_UNKNOWN:
        break;
    }
    return "unknown";
}
