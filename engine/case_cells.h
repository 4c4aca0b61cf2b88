/* Cells with a type: every fault is reported where it stands, and reading goes on. */
#ifndef STEPPE_CASE_CELLS_H
#define STEPPE_CASE_CELLS_H

#include "case.h"

/* What a column is for: marks in table.used. */
enum { COL_UNKNOWN, COL_SOLVE, COL_SHOW, COL_LATER };

/* One table on its way from text to records. */
typedef struct {
    steppe_ctx *ctx;
    case_data *c;
    table *t;
    int64_t row;
    bool memory; /* false: an allocation failed */
    int64_t rounded;
} reader;

static inline const char *cell(const reader *r, int col)
{
    return table_cell(r->t, r->row, col);
}

/* Does the row hold at this time? */
static inline bool cell_row_holds(const reader *r)
{
    return !table_absent(r->t, r->row);
}

typedef enum { ANY_SIGN, NOT_NEGATIVE } sign_rule;

/* A fault of a cell: of any row, or of the current one, quoting what stands there. */
void cell_fault_at(reader *r, int64_t row, int col, const char *found, const char *expected);
void cell_fault(reader *r, int col, const char *found, const char *expected);
/* Column by name, marked with its use; -1 and a fault where it is required and absent. */
int cell_column(reader *r, const char *name, char use, bool required);
/* Values of the current row; `missing` where the cell or the column is empty. */
wide cell_number(reader *r, int col, wide missing, bool required, sign_rule sign);
double cell_real(reader *r, int col, double low, double high);
bool cell_flag(reader *r, int col, bool missing);
bool cell_open_status(reader *r, int status_col, int year_col);
/* A number from 0 to 1. */
wide cell_share(reader *r, int col, wide missing, bool required);
/* Days since 1970-01-01. */
int32_t cell_day(reader *r, int col, int32_t missing, bool required);
/* Index of the cell in a NULL-ended list; missing < 0: an empty cell is a fault. What is no word of
 * the list gives `missing`. */
int cell_word(reader *r, int col, const char *const *words, int missing);
/* Faults of a value that was read from the cell in col: "at least 4, the minimum". */
void cell_at_least(reader *r, int col, wide value, wide floor, const char *what);
void cell_at_most(reader *r, int col, wide value, wide ceiling, const char *what);
void cell_must_be_empty(reader *r, int col, const char *why);
/* A text that can name things in every output. Registered ids are unique; a reference is -1 where it is unknown. */
const char *cell_identifier(reader *r, int col);
void cell_register_id(reader *r, names *ids, int col, const char *id, int64_t index,
                      int64_t first_of_table);
int64_t cell_reference(reader *r, const names *ids, int col, const char *what, bool required);
/* Modes and classes of goods by name. */
int cell_intern(reader *r, const char ***list, int *count, const char *name);
int cell_mode_of(reader *r, int col);
int cell_class_of(const case_data *c, const char *s, size_t len);
class_set cell_classes_of(reader *r, int col);
/* The unit of a row is the unit of every commodity of the classes, or of the one commodity. */
void cell_check_unit(reader *r, int col, class_set carries);
void cell_check_commodity_unit(reader *r, int col, int k);
/* The unit is that of another row, described by `of`. */
void cell_check_unit_text(reader *r, int col, const char *unit, const char *of);

#endif
