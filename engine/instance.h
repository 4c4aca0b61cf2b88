/* What the readers of instance files share. */
#ifndef STEPPE_INSTANCE_H
#define STEPPE_INSTANCE_H

#include "solve.h"

enum { INSTANCE_FIELDS = 12 };

typedef struct {
    steppe_ctx *ctx;
    const char *path;
    char *at; /* next byte */
    int64_t line;
    char comment;  /* 'c': lines whose first word it is; '*': lines that begin with it */
    bool indented; /* the line begins with a blank */
    char *field[INSTANCE_FIELDS];
    int fields; /* words of the line, at most INSTANCE_FIELDS */
} instance_lines;

/* Next line that is neither empty nor a comment, split at blanks in place; false at the end. */
bool instance_next_line(instance_lines *in);
/* One fault: "path:line:field: found ..., expected ...". Fields count from 0. */
void instance_bad_field(instance_lines *in, int field, const char *expected);
/* Places behind the point that a number of 12 places needs. */
int instance_decimals(wide v);
/* `known`, or more where v needs more. */
int instance_more_decimals(int known, wide v);

#endif
