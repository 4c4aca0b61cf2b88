#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const cli_help =
    "steppe " STEPPE_VERSION
    ": least-cost routes for oil, gas and minerals over shared capacities, proven exact\n"
    "\n"
    "  steppe solve CASE [--scenario ID] [--out DIR]   solve a case folder, or an instance "
    "(.min .mcfmin .mmcf .mps, also .gz)\n"
    "  steppe scenarios CASE [--only ID,ID] --out DIR  the base, then all scenarios from its "
    "basis, one per thread at a time\n"
    "  steppe compare DIR_BEFORE DIR_AFTER [--out DIR] what gains, what loses, between two "
    "results\n"
    "  steppe verify CASE RESULT                       check a result with exact arithmetic, "
    "from the files alone\n"
    "  steppe convert CASE FILE [--scenario ID]        write the model as .mps .mps.gz .min "
    ".min.gz\n"
    "\n"
    "  --scenario ID     a scenario of the case (default: the base)\n"
    "  --out DIR         result folder; whole or absent, replaces an earlier result only\n"
    "  --only ID,ID      these scenarios and the base\n"
    "  --periods CUT     year, month, week or day: the horizon of the case cut anew (default: "
    "period.csv)\n"
    "  --reference DIR   ramps are measured against this result (default: reference_plan.csv, "
    "else the base)\n"
    "  --gap R           end when the proven relative gap is at most R (default: the optimum; "
    "1e-9 "
    "of rounding, 1e-7 where arcs lose)\n"
    "  --time-limit S    seconds for one solve; ends with the best answer and lower bound by "
    "then, as a signal does\n"
    "  --method M        auto, simplex, interior, columns or sifting: the way without an "
    "earlier basis "
    "(default: auto)\n"
    "  --memory GIB      what the interior point may take (default: what the machine has to "
    "spare); beyond it, auto goes another way\n"
    "  --threads N       default: all; the answer does not depend on it\n"
    "  --strict          exit 5 when demand stays unserved\n"
    "  --no-verify       do not check written results again\n"
    "  --json            a line of JSON on standard output instead of the summary\n"
    "  --quiet           errors only\n"
    "  --help, --version\n"
    "\n"
    "Exit codes: 0 solved and verified, 1 internal or output error, 2 usage, 3 bad input, 4 "
    "infeasible, 5 unserved (--strict),\n"
    "6 limit reached with an answer, 7 limit reached without, 8 verification failed, 9 out of "
    "memory, 75 stopped by a signal\n"
    "(the answer at hand, if any, is written).\n"
    "NO_COLOR and TERM=dumb are honoured. See man steppe.\n";

static int usage(const char *why, const char *what)
{
    fprintf(stderr, "steppe: %s%s%s; see steppe --help\n", why, what[0] ? " " : "", what);
    return EXIT_USAGE;
}

/* A number in [low, high]; false: not one. */
static bool number(const char *s, double low, double high, double *out)
{
    char *end;
    errno = 0;
    *out = strtod(s, &end);
    return s[0] && !*end && errno == 0 && isfinite(*out) && *out >= low && *out <= high;
}

static bool method_named(const char *s, steppe_method *method)
{
    static const char *const name[] = {"auto", "simplex", "interior", "columns", "sifting"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        if (strcmp(s, name[i]) != 0) continue;
        *method = (steppe_method)i;
        return true;
    }
    return false;
}

/* 0: go on; otherwise an exit code (EXIT_SOLVED + 1000 for "done, stop here"). */
enum { GO_ON = -1 };

static int parse(cli_options *o, int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        const char *a = argv[i];
        char *value = i + 1 < argc ? argv[i + 1] : NULL;
        double v;
        if (strcmp(a, "--") == 0) {
            for (i++; i < argc; i++) {
                if (o->paths == 3) return usage("too many arguments at", argv[i]);
                o->path[o->paths++] = argv[i];
            }
            break;
        }
        if (a[0] != '-' || a[1] == '\0') {
            if (o->paths == 3) return usage("too many arguments at", a);
            o->path[o->paths++] = a;
        } else if (!strcmp(a, "--help") || !strcmp(a, "-h")) {
            fputs(cli_help, stdout);
            return EXIT_SOLVED;
        } else if (!strcmp(a, "--quiet") || !strcmp(a, "-q")) {
            o->quiet = true;
        } else if (!strcmp(a, "--json")) {
            o->json = true;
        } else if (!strcmp(a, "--strict")) {
            o->strict = true;
        } else if (!strcmp(a, "--no-verify")) {
            o->no_verify = true;
        } else if (!strcmp(a, "--scenario") || !strcmp(a, "--out") || !strcmp(a, "--only") ||
                   !strcmp(a, "--gap") || !strcmp(a, "--time-limit") ||
                   !strcmp(a, "--threads") || !strcmp(a, "--periods") ||
                   !strcmp(a, "--reference") || !strcmp(a, "--method") ||
                   !strcmp(a, "--memory")) {
            if (!value) return usage("found no value after", a);
            i++;
            if (!strcmp(a, "--scenario")) {
                o->scenario = strcmp(value, "base") == 0 ? NULL : value;
            } else if (!strcmp(a, "--out")) {
                o->out = value;
            } else if (!strcmp(a, "--only")) {
                o->only = value;
            } else if (!strcmp(a, "--periods")) {
                if (strcmp(value, "year") && strcmp(value, "month") && strcmp(value, "week") &&
                    strcmp(value, "day"))
                    return usage("found no year, month, week or day after", a);
                o->set.periods = value;
            } else if (!strcmp(a, "--reference")) {
                o->reference = value;
            } else if (!strcmp(a, "--method")) {
                if (!method_named(value, &o->set.method))
                    return usage("found no auto, simplex, interior, columns or sifting after",
                                 a);
                o->method_given = true;
            } else if (!strcmp(a, "--gap")) {
                if (!number(value, 0.0, 1.0, &v))
                    return usage("found no number from 0 to 1 after", a);
                o->set.gap_rel = v;
            } else if (!strcmp(a, "--time-limit")) {
                if (!number(value, 1e-3, 1e9, &v))
                    return usage("found no number of seconds after", a);
                o->set.time_limit = v;
            } else if (!strcmp(a, "--memory")) {
                if (!number(value, 1e-6, 1e6, &v))
                    return usage("found no number of GiB after", a);
                o->set.memory = v;
            } else {
                if (!number(value, 1.0, 4096.0, &v) || v != floor(v))
                    return usage("found no number of threads after", a);
                o->set.threads = (int)v;
            }
        } else {
            return usage("unknown option", a);
        }
    }
    return GO_ON;
}

/* An option that was given and that the command would silently ignore, or NULL. */
static const char *meaningless(const cli_options *o, const char *takes)
{
    const struct {
        char letter;
        bool given;
        const char *name;
    } option[] = {{'s', o->scenario != NULL, "--scenario"},
                  {'o', o->out != NULL, "--out"},
                  {'y', o->only != NULL, "--only"},
                  {'g', o->set.gap_rel >= 0.0, "--gap"},
                  {'l', o->set.time_limit > 0.0, "--time-limit"},
                  {'t', o->strict, "--strict"},
                  {'m', o->method_given, "--method"},
                  {'i', o->set.memory > 0.0, "--memory"},
                  {'p', o->set.periods != NULL, "--periods"},
                  {'r', o->reference != NULL, "--reference"},
                  {'n', o->no_verify, "--no-verify"}};
    for (size_t i = 0; i < sizeof option / sizeof option[0]; i++)
        if (option[i].given && !strchr(takes, option[i].letter)) return option[i].name;
    return NULL;
}

static int run_command(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(cli_options *o);
        int paths;
        const char *wants;
        const char *
            takes; /* of the options s: scenario, o: out, y: only, g: gap, l: limit, t: strict, n: no-verify, p: periods, r: reference, m: method, i: memory */
    } command[] = {{"solve", cli_solve, 1, "CASE", "soglntprmi"},
                   {"scenarios", cli_scenarios, 1, "CASE", "oyglntprmi"},
                   {"compare", cli_compare, 2, "DIR_BEFORE DIR_AFTER", "o"},
                   {"verify", cli_verify, 2, "CASE RESULT", "g"},
                   {"convert", cli_convert, 2, "CASE FILE", "spr"}};
    if (argc < 2) {
        fputs(cli_help, stderr);
        return EXIT_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        fputs(cli_help, stdout);
        return EXIT_SOLVED;
    }
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
        printf("steppe %s\n", steppe_version());
        return EXIT_SOLVED;
    }
    for (size_t c = 0; c < sizeof command / sizeof command[0]; c++) {
        if (strcmp(argv[1], command[c].name) != 0) continue;
        cli_options o = {0};
        o.set = steppe_default_settings();
        const int code = parse(&o, argc, argv);
        if (code != GO_ON) return code;
        const char *idle = meaningless(&o, command[c].takes);
        if (idle) return usage("this command does not take", idle);
        if (o.paths != command[c].paths)
            return usage("expected after the command:", command[c].wants);
        cli_terminal(&o);
        const int result = command[c].run(&o);
        cli_end_line(&o);
        return result;
    }
    return usage("unknown command", argv[1]);
}

int main(int argc, char **argv)
{
    steppe_huge_pages();
    const int code = run_command(argc, argv);
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    if (errno != EPIPE) /* `steppe ... | head` is no fault worth a word */
        fprintf(stderr, "steppe: cannot write to standard output: %s\n",
                errno ? strerror(errno) : "earlier error");
    return code == EXIT_SOLVED ? EXIT_INTERNAL : code;
}
