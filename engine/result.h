/* result.json, made by the writer and made again by the verifier. */
#ifndef STEPPE_RESULT_H
#define STEPPE_RESULT_H

#include "report.h"
#include "solve.h"

typedef struct {
    const char *name;
    char sha256[HASH_TEXT];
} result_file;

/* Needs model, answer, certificate, outcome and settings of s; file: one per table of report_tables. */
void result_json(const steppe_solver *s, const report *rp, const char *case_name,
                 const result_file *file, text *t);

/* What a case is called in its results: the last part of its path. Appended to t. */
void result_case_name(const char *path, text *t);

#endif
