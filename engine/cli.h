/* The command. It uses the public interface alone. */
#ifndef STEPPE_CLI_H
#define STEPPE_CLI_H

#include "steppe/steppe.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

enum {
    EXIT_SOLVED = 0,
    EXIT_INTERNAL = 1, /* also: an output could not be written */
    EXIT_USAGE = 2,
    EXIT_BAD_INPUT = 3,
    EXIT_INFEASIBLE = 4,
    EXIT_UNSERVED = 5, /* only with --strict */
    EXIT_LIMIT_FEASIBLE = 6,
    EXIT_LIMIT_NOTHING = 7,
    EXIT_UNPROVEN = 8,
    EXIT_NO_MEMORY = 9,
    EXIT_STOPPED = 75
};

typedef struct {
    const char *path[3]; /* arguments that are no options */
    int paths;
    const char *scenario, *out, *only, *reference;
    bool quiet, json, strict, no_verify;
    bool method_given;
    steppe_settings set;
    /* the terminal */
    bool color, progress;
    bool line_open; /* a progress line stands on stderr */
    bool quiet_notes;
    bool mute; /* not even errors */
    double shown;
    FILE *said;              /* where notes and errors go; NULL: stderr */
    const atomic_bool *over; /* of a team: set when the others have to stop; NULL: no team */
} cli_options;

extern const char *const cli_help;

/* Fills set.log, set.progress and the terminal's properties. */
void cli_terminal(cli_options *o);
void cli_end_line(cli_options *o); /* clears the progress line */
void cli_error(cli_options *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool cli_signalled(void);
/* From now on signals that stop the command are masked, in this thread and those it starts, and a thread of their own takes them: METIS
 * changes their handlers, and a jump out of one in a thread that does not run METIS is the end. false: no such thread, nothing is masked. */
bool cli_watch_signals(void);
void cli_unwatch_signals(void);
int cli_exit_of(steppe_status st, bool reading);
int cli_exit_of_outcome(const cli_options *o, const steppe_info *info);
const char *cli_outcome(steppe_outcome outcome);

void cli_print_json(const char *path, const char *scenario, const steppe_info *i);
/* Writes the folder and checks it from the files; an exit code. */
int cli_write_and_verify(cli_options *o, steppe_solver *s, const char *dir);

int cli_solve(cli_options *o);
int cli_scenarios(cli_options *o);
int cli_compare(cli_options *o);
int cli_verify(cli_options *o);
int cli_convert(cli_options *o);

#endif
