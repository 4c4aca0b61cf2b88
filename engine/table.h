/* Tables: the only place that reads files, plain or gzip (zlib). Cells are text until
 * case_read.c gives them a type, so that columns Steppe does not know survive and scenarios can
 * select on them. */
#ifndef STEPPE_TABLE_H
#define STEPPE_TABLE_H

#include "hash.h"

typedef struct {
    char *name;             /* "link" */
    char *path;             /* as opened, for messages */
    char *bytes;            /* the file, cells unquoted and NUL-ended in place */
    char sha256[HASH_TEXT]; /* of the bytes as read, gzip unpacked */
    const char **cell;      /* rows * cols, row by row; into bytes, or into edits */
    const char **head;      /* cols */
    int64_t *file_row;      /* rows: record number in the file, the header is 1; -(row of
                             * scenario_change) where a scenario inserted it */
    char *used;   /* cols: 1 = read by the solver, 2 = known but for people or a later use */
    char *absent; /* rows: 1 = kept for its index, does not hold at this time; NULL: none is */
    int cols;
    int64_t rows;
    char **edits; /* texts owned by scenario edits */
    int64_t edit_count;
} table;

/* Reads path. Faults of form (ragged rows, a quote never closed, a column twice) are counted in
 * ctx and the table is returned all the same, so that its other faults are seen too; a file
 * that is empty or not UTF-8 gives BAD_INPUT; unreadable files and damaged gzip give IO. */
steppe_status table_read(steppe_ctx *ctx, const char *path, const char *name, table **out);
/* The table `name` of a case folder, `.csv` before `.csv.gz`; *out NULL where neither is there.
 */
steppe_status table_read_optional(steppe_ctx *ctx, const char *folder, const char *name,
                                  table **out);
/* A copy whose cells can be edited without touching the original's; shares its bytes. */
steppe_status table_copy(steppe_ctx *ctx, const table *from, table **out);
int table_column(const table *t, const char *name); /* -1: absent */
int64_t table_row_number(const table *t, int64_t row);
static inline const char *table_cell(const table *t, int64_t row, int col)
{
    return col < 0 ? "" : t->cell[row * t->cols + col];
}
/* A copy of value that lives as long as the table. */
steppe_status table_own(steppe_ctx *ctx, table *t, const char *value, const char **out);
/* Replaces a cell; the text is copied. */
steppe_status table_set(steppe_ctx *ctx, table *t, int64_t row, int col, const char *value);
steppe_status table_add_column(steppe_ctx *ctx, table *t, const char *name, int *col);
/* Adds an empty row that says it came from that row of scenario_change. */
steppe_status table_add_row(steppe_ctx *ctx, table *t, int64_t change_row);
void table_remove_rows(table *t, const char *keep); /* keep: rows flags */
static inline bool table_absent(const table *t, int64_t row)
{
    return t->absent && t->absent[row];
}
/* Marks a row that stays in the table and does not hold. */
steppe_status table_set_absent(steppe_ctx *ctx, table *t, int64_t row);
void table_free(table *t);

/* Whole file into memory, gzip or plain, NUL-ended. IO errors name the file. */
steppe_status file_read(steppe_ctx *ctx, const char *path, char **bytes, size_t *len);
/* Byte offset of the first byte that is not UTF-8 (or is NUL), or len. */
size_t table_utf8_length(const unsigned char *s, size_t len);

#endif
