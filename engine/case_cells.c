#include "case_cells.h"

#include "day.h"

#include <stdlib.h>
#include <string.h>

void cell_fault_at(reader *r, int64_t row, int col, const char *found, const char *expected)
{
    const int64_t n = table_row_number(r->t, row);
    if (n < 0) {
        steppe_fault(
            r->ctx, "scenario_change.csv:%lld:value: inserts into %s.%s: found %s, expected %s",
            (long long)-n, r->t->name, r->t->head[col], found, expected);
        return;
    }
    const char *cell = table_cell(r->t, row, col);
    bool edited = false;
    for (int64_t i = 0; i < r->t->edit_count && !edited; i++) edited = cell == r->t->edits[i];
    steppe_fault(r->ctx, "%s:%lld:%d: found %s, expected %s (%s)%s", r->t->path, (long long)n,
                 col + 1, found, expected, r->t->head[col],
                 edited ? " after the changes of the scenario" : "");
}

void cell_fault(reader *r, int col, const char *found, const char *expected)
{
    char quoted[200];
    snprintf(quoted, sizeof quoted, "'%s'", found);
    cell_fault_at(r, r->row, col, found[0] ? quoted : "an empty cell", expected);
}

int cell_column(reader *r, const char *name, char use, bool required)
{
    const int col = table_column(r->t, name);
    if (col >= 0)
        r->t->used[col] = use;
    else if (required)
        steppe_fault(r->ctx, "%s:1:%d: found no column '%s', expected it in the header",
                     r->t->path, r->t->cols + 1, name);
    return col;
}

/* The number in the cell; `missing` where it is empty and not required. */
wide cell_number(reader *r, int col, wide missing, bool required, sign_rule sign)
{
    const char *s = cell(r, col);
    if (col < 0) return missing;
    if (s[0] == '\0') {
        if (required) cell_fault(r, col, s, "a number");
        return missing;
    }
    wide v;
    switch (fix_parse(s, &v)) {
    case FIX_OK:
        break;
    case FIX_ROUNDED:
        r->rounded++;
        break;
    case FIX_NOT_A_NUMBER:
        cell_fault(r, col, s, "a number");
        return missing;
    case FIX_NOT_FINITE:
        cell_fault(r, col, s, "a finite number");
        return missing;
    case FIX_TOO_LARGE:
        cell_fault(r, col, s, "a number of at most 10^15");
        return missing;
    }
    if (sign == NOT_NEGATIVE && v < 0) {
        cell_fault(r, col, s, "a number that is not negative");
        return missing;
    }
    return v;
}

wide cell_share(reader *r, int col, wide missing, bool required)
{
    const wide v = cell_number(r, col, missing, required, NOT_NEGATIVE);
    if (v <= FIX_ONE) return v;
    cell_fault(r, col, cell(r, col), "a number from 0 to 1");
    return missing;
}

int32_t cell_day(reader *r, int col, int32_t missing, bool required)
{
    const char *s = cell(r, col);
    int32_t day;
    if (col < 0 || (s[0] == '\0' && !required)) return missing;
    if (day_parse(s, &day)) return day;
    cell_fault(r, col, s, "a date of the calendar as YYYY-MM-DD");
    return missing;
}

int cell_word(reader *r, int col, const char *const *words, int missing)
{
    const char *s = cell(r, col);
    if (col < 0 || (s[0] == '\0' && missing >= 0)) return missing;
    char want[160] = "";
    size_t len = 0;
    for (int i = 0; words[i]; i++) {
        if (strcmp(s, words[i]) == 0) return i;
        const char *joint = i == 0 ? "" : words[i + 1] ? ", " : " or ";
        len += (size_t)snprintf(want + len, sizeof want - len, "%s%s", joint, words[i]);
        if (len >= sizeof want) len = sizeof want - 1;
    }
    cell_fault(r, col, s, want);
    return missing;
}

void cell_at_least(reader *r, int col, wide value, wide floor, const char *what)
{
    if (value >= floor || col < 0) return;
    char want[160], b[FIX_TEXT];
    snprintf(want, sizeof want, "at least %s, %s", fix_text(b, floor), what);
    cell_fault(r, col, cell(r, col), want);
}

void cell_at_most(reader *r, int col, wide value, wide ceiling, const char *what)
{
    if (value <= ceiling || col < 0) return;
    char want[160], b[FIX_TEXT];
    snprintf(want, sizeof want, "at most %s, %s", fix_text(b, ceiling), what);
    cell_fault(r, col, cell(r, col), want);
}

void cell_must_be_empty(reader *r, int col, const char *why)
{
    char want[160];
    if (cell(r, col)[0] == '\0') return;
    snprintf(want, sizeof want, "an empty cell: %s", why);
    cell_fault(r, col, cell(r, col), want);
}

double cell_real(reader *r, int col, double low, double high)
{
    const char *s = cell(r, col);
    char *end;
    const double v = strtod(s, &end);
    if (col >= 0 && (s[0] == '\0' || *end || !(v >= low && v <= high))) {
        char want[64];
        snprintf(want, sizeof want, "a number from %g to %g", low, high);
        cell_fault(r, col, s, want);
        return 0.0;
    }
    return v;
}

bool cell_flag(reader *r, int col, bool missing)
{
    const char *s = cell(r, col);
    if (s[0] == '\0') return missing;
    if (!strcmp(s, "1") || !strcmp(s, "true") || !strcmp(s, "TRUE") || !strcmp(s, "True"))
        return true;
    if (!strcmp(s, "0") || !strcmp(s, "false") || !strcmp(s, "FALSE") || !strcmp(s, "False"))
        return false;
    cell_fault(r, col, s, "true, false, 1 or 0");
    return missing;
}

bool cell_open_status(reader *r, int status_col, int year_col)
{
    const char *s = cell(r, status_col);
    if (s[0] == '\0' || !strcmp(s, "operating") || !strcmp(s, "limited")) return true;
    if (!strcmp(s, "idle") || !strcmp(s, "closed")) return false;
    if (!strcmp(s, "planned") || !strcmp(s, "under_construction")) {
        const wide year = cell_number(r, year_col, -1, false, NOT_NEGATIVE);
        return year >= 0 && year <= (wide)r->c->base_year * FIX_ONE;
    }
    cell_fault(r, status_col, s,
               "operating, limited, planned, under_construction, idle or closed");
    return true;
}

/* A text that can name things in every output: not empty, no blanks or separators. */
const char *cell_identifier(reader *r, int col)
{
    const char *s = cell(r, col);
    if (col < 0) return s;
    bool ok = s[0] != '\0';
    for (const char *p = s; *p && ok; p++)
        ok = (unsigned char)*p > ' ' && *p != 0x7f && !strchr(",;|<>\"/\\", *p);
    if (s[0] == '.') ok = false; /* ids become names of folders */
    if (!ok)
        cell_fault(r, col, s,
                   "an id without blanks , ; | < > / \\ or quotes, not starting with a point");
    return s;
}

/* Registers the row's id; a repetition is a fault that names the first row. */
void cell_register_id(reader *r, names *ids, int col, const char *id, int64_t index,
                      int64_t first_of_table)
{
    if (col < 0 || id[0] == '\0') return;
    const int64_t other = names_add(ids, id, index);
    if (other == -2) r->memory = false;
    if (other >= 0) {
        char found[160];
        snprintf(found, sizeof found, "'%s' again (first in row %lld)", id,
                 (long long)table_row_number(r->t, other - first_of_table));
        cell_fault_at(r, r->row, col, found, "each id once");
    }
}

int64_t cell_reference(reader *r, const names *ids, int col, const char *what, bool required)
{
    const char *s = cell(r, col);
    if (col < 0 || (s[0] == '\0' && !required)) return -1;
    const int64_t i = names_find(ids, s);
    if (i < 0) cell_fault(r, col, s, what);
    return i;
}

int cell_intern(reader *r, const char ***list, int *count, const char *name)
{
    for (int i = 0; i < *count; i++)
        if (strcmp((*list)[i], name) == 0) return i;
    const char **more = mem_resize(*list, (size_t)*count + 1, sizeof *more);
    if (!more) {
        r->memory = false;
        return 0;
    }
    *list = more;
    more[*count] = name;
    return (*count)++;
}

int cell_mode_of(reader *r, int col)
{
    const char *s = cell_identifier(r, col);
    return col < 0 || s[0] == '\0' ? 0 : cell_intern(r, &r->c->modes, &r->c->mode_count, s);
}

int cell_class_of(const case_data *c, const char *s, size_t len)
{
    for (int i = 0; i < c->class_count; i++)
        if (strlen(c->classes[i]) == len && memcmp(c->classes[i], s, len) == 0) return i;
    return -1;
}

/* "dry;crude" -> set of classes */
class_set cell_classes_of(reader *r, int col)
{
    class_set set = 0;
    const char *s = cell(r, col);
    if (col < 0) return 0;
    if (s[0] == '\0') {
        cell_fault(r, col, s, "classes of goods as in commodity.carries");
        return 0;
    }
    while (*s) {
        const size_t len = strcspn(s, ";");
        const int k = cell_class_of(r->c, s, len);
        if (k < 0) {
            char found[80];
            snprintf(found, sizeof found, "%.*s", (int)(len < 70 ? len : 70), s);
            cell_fault(r, col, found, "a class of goods as in commodity.carries");
        } else {
            set |= (class_set)1 << k;
        }
        s += len + (s[len] == ';');
    }
    return set;
}

/* The unit of a row has to be the unit of every commodity of the classes it carries. */
void cell_check_unit(reader *r, int col, class_set carries)
{
    const char *s = cell(r, col);
    if (col < 0) return;
    for (int k = 0; k < r->c->commodity_count; k++) {
        const commodity *g = &r->c->commodities[k];
        if (!(carries >> g->class & 1) || strcmp(s, g->unit) == 0) continue;
        char want[120];
        snprintf(want, sizeof want, "unit %.20s as of commodity %.60s", g->unit, g->id);
        cell_fault(r, col, s, want);
        return;
    }
}

void cell_check_unit_text(reader *r, int col, const char *unit, const char *of)
{
    if (col < 0 || strcmp(cell(r, col), unit) == 0) return;
    char want[120];
    snprintf(want, sizeof want, "unit %.20s as of %.70s", unit, of);
    cell_fault(r, col, cell(r, col), want);
}

void cell_check_commodity_unit(reader *r, int col, int k)
{
    if (k < 0) return;
    char of[80];
    snprintf(of, sizeof of, "commodity %.60s", r->c->commodities[k].id);
    cell_check_unit_text(r, col, r->c->commodities[k].unit, of);
}
