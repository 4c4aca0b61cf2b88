/* MPS files. Both forms are read as words: a set name that is left out shows in the number of words. */
#include "instance_mps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum {
    IN_NOTHING,
    IN_OBJSENSE,
    IN_ROWS,
    IN_COLUMNS,
    IN_RHS,
    IN_RANGES,
    IN_BOUNDS
} section;

typedef struct {
    instance_lines in;
    mps_file *f;
    names rows, columns;
    const char *set[IN_BOUNDS + 1]; /* the first set name of RHS, RANGES, BOUNDS */
    int64_t *last_column;           /* rows: the last column with an entry */
    bool is_told;                   /* of integers: once is enough */
    bool no_memory;
} reader;

enum { MOST_FAULTS = 200 }; /* a file of another kind is wrong in every line */

void mps_free(mps_file *f)
{
    mem_free(f->bytes);
    mem_free(f->row);
    mem_free(f->column);
    mem_free(f->entry);
    memset(f, 0, sizeof *f);
}

/* Room for one more; false: no memory. */
static bool grow(void **list, int64_t count, int64_t *room, size_t size)
{
    if (count < *room) return true;
    const int64_t wanted = *room ? 2 * *room : 64;
    void *bigger = mem_resize(*list, (size_t)wanted, size);
    if (!bigger) return false;
    *list = bigger;
    *room = wanted;
    return true;
}

/* ---- numbers ------------------------------------------------------------------------- */

/* By convention 10^20 and beyond is no limit. */
static bool is_infinite(const char *s, bool *negative)
{
    char *end;
    const double v = strtod(s, &end);
    *negative = v < 0.0;
    return end != s && !*end && !isnan(v) && fabs(v) >= 1e20;
}

/* false: said what is wrong. */
static bool number(reader *r, int field, const char *what, bool limit, wide *out)
{
    instance_lines *in = &r->in;
    bool negative;
    *out = 0;
    if (field >= in->fields) {
        instance_bad_field(in, field, what);
        return false;
    }
    const fix_result got = fix_parse(in->field[field], out);
    if (got == FIX_OK) return true;
    if (limit && (got == FIX_NOT_FINITE || got == FIX_TOO_LARGE) &&
        is_infinite(in->field[field], &negative)) {
        *out = negative ? MPS_NO_LOW : MPS_NO_UP;
        return true;
    }
    instance_bad_field(in, field,
                       got == FIX_ROUNDED ? "a decimal of at most 12 places, which is exact"
                       : got == FIX_NOT_FINITE ? "a finite number"
                       : got == FIX_TOO_LARGE  ? "a number of at most 10^15"
                                               : what);
    return false;
}

static mps_place here(const reader *r, int field)
{
    return (mps_place){r->in.line, field + 1};
}

/* ---- sections ------------------------------------------------------------------------ */

static void read_row(reader *r)
{
    instance_lines *in = &r->in;
    mps_file *f = r->f;
    const char *type = in->field[0];
    if (strlen(type) != 1 || !strchr("NELGnelg", type[0])) {
        instance_bad_field(in, 0, "a row of type N, E, L or G");
        return;
    }
    if (in->fields != 2) {
        instance_bad_field(in, in->fields < 2 ? 1 : 2,
                           in->fields < 2 ? "the name of a row" : "one name without blanks");
        return;
    }
    if (!grow((void **)&f->row, f->rows, &f->row_room, sizeof *f->row)) {
        r->no_memory = true;
        return;
    }
    const char letter = (char)(type[0] & ~0x20); /* upper case */
    const int64_t was = names_add(&r->rows, in->field[1], f->rows);
    if (was == -2) r->no_memory = true;
    if (was >= 0) instance_bad_field(in, 1, "each row once");
    if (was != -1) return;
    if (letter == 'N' && f->objective < 0) f->objective = f->rows;
    f->row[f->rows++] = (mps_row){.name = in->field[1], .line = in->line, .type = letter};
}

/* The row that a word names, or -1 after a fault. */
static int64_t row_at(reader *r, int field)
{
    if (field >= r->in.fields) {
        instance_bad_field(&r->in, field, "the name of a row");
        return -1;
    }
    const int64_t i = names_find(&r->rows, r->in.field[field]);
    if (i < 0) instance_bad_field(&r->in, field, "the name of a row of section ROWS");
    return i;
}

static void add_entry(reader *r, int field)
{
    mps_file *f = r->f;
    const int64_t i = row_at(r, field);
    wide v;
    if (i < 0 || !number(r, field + 1, "a coefficient", false, &v)) return;
    if (r->last_column[i] == f->columns) {
        instance_bad_field(&r->in, field, "each row once in a column");
        return;
    }
    r->last_column[i] = f->columns;
    if (i == f->objective) {
        f->column[f->columns - 1].cost = v;
        f->column[f->columns - 1].cost_at = here(r, field + 1);
        return;
    }
    if (f->row[i].type == 'N' || v == 0) return;
    if (!grow((void **)&f->entry, f->entries, &f->entry_room, sizeof *f->entry)) {
        r->no_memory = true;
        return;
    }
    f->entry[f->entries++] = (mps_entry){(int32_t)i, field + 2, r->in.line, v};
}

static void read_column(reader *r)
{
    instance_lines *in = &r->in;
    mps_file *f = r->f;
    if (in->fields > 1 && strcmp(in->field[1], "'MARKER'") == 0) {
        if (!r->is_told && (in->fields < 3 || strcmp(in->field[2], "'INTEND'") != 0))
            instance_bad_field(in, 1, "no integer columns: Steppe solves linear programs");
        r->is_told = true;
        return;
    }
    if (in->fields != 3 && in->fields != 5) {
        instance_bad_field(in,
                           in->fields < 3   ? in->fields
                           : in->fields < 5 ? 4
                                            : 5,
                           "a column, then one or two pairs of row and coefficient, names "
                           "without blanks");
        return;
    }
    if (f->columns == 0 || strcmp(f->column[f->columns - 1].name, in->field[0]) != 0) {
        const int64_t was = names_add(&r->columns, in->field[0], f->columns);
        if (was >= 0) instance_bad_field(in, 0, "all entries of a column together");
        if (was == -2 ||
            !grow((void **)&f->column, f->columns, &f->column_room, sizeof *f->column))
            r->no_memory = true;
        if (was >= 0 || r->no_memory) return;
        f->column[f->columns++] = (mps_column){
            .name = in->field[0], .line = in->line, .first = f->entries, .up = MPS_NO_UP};
    }
    for (int at = 1; at + 1 < in->fields && !r->no_memory; at += 2) add_entry(r, at);
}

/* The set name of a line that has one; a second set would be another problem. */
static bool same_set(reader *r, section s, int field)
{
    if (!r->set[s]) r->set[s] = r->in.field[field];
    if (strcmp(r->set[s], r->in.field[field]) == 0) return true;
    instance_bad_field(&r->in, field, "the set of the lines above: one per file");
    return false;
}

/* Decimals of an offset may be finer than those of a number: it is a sum of products. */
static void read_offset(reader *r, int field)
{
    mps_file *f = r->f;
    enum { FINE = 24 };
    if (f->offset_at.line > 0) {
        instance_bad_field(&r->in, field - 1, "each row once");
        return;
    }
    f->offset_at = here(r, field);
    f->offset_places = FIX_PLACES;
    if (field < r->in.fields && fix_parse(r->in.field[field], &f->offset) == FIX_ROUNDED &&
        wide_parse(r->in.field[field], FINE, &f->offset))
        f->offset_places = FINE;
    else
        number(r, field, "a right-hand side", false, &f->offset);
    f->offset = -f->offset;
}

static void read_right_side(reader *r, section s)
{
    instance_lines *in = &r->in;
    mps_file *f = r->f;
    const int skip = in->fields % 2;
    if (in->fields < 2 || in->fields > 5) {
        instance_bad_field(in, in->fields < 2 ? 1 : 5,
                           "a set, then one or two pairs of row and number");
        return;
    }
    if (skip && !same_set(r, s, 0)) return;
    for (int at = skip; at + 1 < in->fields; at += 2) {
        const int64_t i = row_at(r, at);
        wide v;
        if (i < 0) continue;
        if (i == f->objective && s == IN_RHS) {
            read_offset(r, at + 1);
            continue;
        }
        mps_row *row = &f->row[i];
        mps_place *at_now = s == IN_RHS ? &row->rhs_at : &row->range_at;
        if (at_now->line > 0)
            instance_bad_field(in, at, "each row once");
        else if (row->type == 'N' && s == IN_RANGES)
            instance_bad_field(in, at, "a row of type E, L or G");
        else if (number(r, at + 1, s == IN_RHS ? "a right-hand side" : "a range", true, &v)) {
            *(s == IN_RHS ? &row->rhs : &row->range) = v;
            *at_now = here(r, at + 1);
        }
    }
}

static void read_bound(reader *r)
{
    static const char *const kinds = "UP LO FX FR MI PL ";
    instance_lines *in = &r->in;
    char kind[4] = "";
    if (strlen(in->field[0]) == 2) snprintf(kind, sizeof kind, "%s ", in->field[0]);
    const char *found = kind[0] ? strstr(kinds, kind) : NULL;
    if (!found) {
        instance_bad_field(in, 0,
                           "a bound of type UP, LO, FX, FR, MI or PL, none of integer columns");
        return;
    }
    const bool valued = found - kinds < 9;
    const int at = in->fields - 1 - (valued || in->fields > 3); /* of the column */
    if (at < 1 || at > 2) {
        instance_bad_field(in, at < 1 ? in->fields : 4,
                           valued ? "a type, a set, a column and a number"
                                  : "a type, a set and a column");
        return;
    }
    if (at == 2 && !same_set(r, IN_BOUNDS, 1)) return;
    const int64_t j = names_find(&r->columns, in->field[at]);
    wide v = 0;
    if (j < 0) {
        instance_bad_field(in, at, "the name of a column of section COLUMNS");
        return;
    }
    if (valued && !number(r, at + 1, "a bound", true, &v)) return;
    mps_column *c = &r->f->column[j];
    const bool both = kind[0] == 'F';
    if (both || kind[0] == 'L' || kind[0] == 'M') {
        c->low = valued ? v : MPS_NO_LOW;
        c->low_at = here(r, valued ? at + 1 : 0);
    }
    if (both || kind[0] == 'U' || kind[0] == 'P') {
        c->up = valued ? v : MPS_NO_UP;
        c->up_at = here(r, valued ? at + 1 : 0);
    }
}

static void read_sense(reader *r, int field)
{
    const char *word = r->in.field[field];
    if (strcmp(word, "MAX") == 0 || strcmp(word, "MAXIMIZE") == 0)
        r->f->maximise = true;
    else if (strcmp(word, "MIN") != 0 && strcmp(word, "MINIMIZE") != 0)
        instance_bad_field(&r->in, field, "MIN or MAX");
}

/* A line that begins without a blank. false: the file ends here. */
static bool read_header(reader *r, section *now)
{
    static const char *const word[] = {"NAME", "OBJSENSE", "ROWS",  "COLUMNS",
                                       "RHS",  "RANGES",   "BOUNDS"};
    instance_lines *in = &r->in;
    if (strcmp(in->field[0], "ENDATA") == 0) return false;
    for (int s = 0; s <= IN_BOUNDS; s++) {
        if (strcmp(in->field[0], word[s]) != 0) continue;
        const bool early = s >= IN_COLUMNS && !r->last_column && r->f->rows == 0;
        if (early || (s == IN_ROWS && r->last_column) || (s == IN_COLUMNS && r->f->columns) ||
            (s == IN_BOUNDS && r->f->columns == 0)) {
            instance_bad_field(in, 0,
                               early
                                   ? "section ROWS with at least one row before it"
                                   : "ROWS, COLUMNS, RHS, RANGES, BOUNDS in this order, once");
            return false;
        }
        *now = (section)s;
        if (s == IN_OBJSENSE && in->fields > 1) read_sense(r, 1);
        if (s >= IN_COLUMNS && !r->last_column) {
            r->last_column = MEM_ZERO(int64_t, r->f->rows);
            r->no_memory |= !r->last_column;
        }
        return true;
    }
    instance_bad_field(in, 0,
                       "a section of a linear program: NAME, OBJSENSE, ROWS, COLUMNS, RHS, "
                       "RANGES, BOUNDS or ENDATA");
    return false;
}

static void read_sections(reader *r)
{
    instance_lines *in = &r->in;
    section now = IN_NOTHING;
    const int64_t faults = in->ctx->faults;
    while (instance_next_line(in)) {
        if (r->no_memory || in->ctx->faults > faults + MOST_FAULTS) return;
        if (!in->indented) {
            if (!read_header(r, &now)) return;
            continue;
        }
        switch (now) {
        case IN_NOTHING:
            instance_bad_field(in, 0, "a section before its lines");
            return;
        case IN_OBJSENSE:
            read_sense(r, 0);
            break;
        case IN_ROWS:
            read_row(r);
            break;
        case IN_COLUMNS:
            read_column(r);
            break;
        case IN_RHS:
        case IN_RANGES:
            read_right_side(r, now);
            break;
        case IN_BOUNDS:
            read_bound(r);
            break;
        }
    }
    if (!r->no_memory)
        steppe_fault(in->ctx, "%s:%lld:1: found the end of the file, expected ENDATA", in->path,
                     (long long)in->line + 1);
}

/* ---- what the sections say together -------------------------------------------------- */

static void bad_place(reader *r, const mps_place *at, const char *name, const char *found,
                      const char *expected)
{
    steppe_fault(r->in.ctx, "%s:%lld:%d: found %s of '%s', expected %s", r->in.path,
                 (long long)at->line, at->field, found, name, expected);
}

static void set_limits(reader *r, mps_row *row)
{
    const wide size = row->range < 0 ? -row->range : row->range;
    const bool open = size >= MPS_NO_UP; /* a range that is no limit */
    row->low = MPS_NO_LOW;
    row->up = MPS_NO_UP;
    if (row->type == 'N') return;
    if ((!mps_has_up(row->rhs) && row->type != 'L') ||
        (!mps_has_low(row->rhs) && row->type != 'G')) {
        bad_place(r, &row->rhs_at, row->name, "an infinite right-hand side",
                  "a number of at most 10^15");
        return;
    }
    const bool none = !mps_has_up(row->rhs) || !mps_has_low(row->rhs);
    if (none) return;
    const bool ranged = row->range_at.line > 0 && !open;
    if (row->type != 'L') row->low = row->rhs;
    if (row->type != 'G') row->up = row->rhs;
    if (row->type == 'L' && ranged) row->low = row->rhs - size;
    if (row->type == 'G' && ranged) row->up = row->rhs + size;
    if (row->type != 'E' || row->range_at.line == 0) return;
    if (row->range < 0)
        row->low = open ? MPS_NO_LOW : row->rhs - size;
    else
        row->up = open ? MPS_NO_UP : row->rhs + size;
}

static void check_bounds(reader *r, mps_column *c)
{
    if (!mps_has_up(c->low))
        bad_place(r, &c->low_at, c->name, "the lower bound", "a finite one, or none");
    else if (!mps_has_low(c->up))
        bad_place(r, &c->up_at, c->name, "the upper bound", "a finite one, or none");
    else if (c->up < c->low && c->low_at.line == 0) /* codes differ in what they make of it */
        bad_place(r, &c->up_at, c->name, "a negative upper bound",
                  "a lower bound (LO or MI) too");
    else if (c->up < c->low)
        bad_place(r, &c->up_at, c->name, "the upper bound", "at least its lower bound");
}

static void finish(reader *r)
{
    mps_file *f = r->f;
    if (!r->last_column || f->columns == 0) {
        steppe_fault(r->in.ctx, "%s:%lld:1: found no columns, expected a linear program",
                     r->in.path, (long long)r->in.line);
        return;
    }
    for (int64_t i = 0; i < f->rows; i++) set_limits(r, &f->row[i]);
    for (int64_t j = 0; j < f->columns; j++) {
        check_bounds(r, &f->column[j]);
        if (f->maximise) f->column[j].cost = -f->column[j].cost;
    }
    if (f->maximise) f->offset = -f->offset;
    if (!grow((void **)&f->column, f->columns, &f->column_room, sizeof *f->column))
        r->no_memory = true;
    else
        f->column[f->columns] = (mps_column){.first = f->entries};
}

static int64_t line_of(const char *bytes, size_t at)
{
    int64_t line = 1;
    for (size_t i = 0; i < at; i++) line += bytes[i] == '\n';
    return line;
}

steppe_status mps_read(steppe_ctx *ctx, const char *path, mps_file *out)
{
    size_t len;
    *out = (mps_file){.path = path, .objective = -1};
    STEPPE_TRY(file_read(ctx, path, &out->bytes, &len));
    const size_t good = table_utf8_length((const unsigned char *)out->bytes, len);
    if (good < len) {
        steppe_fault(ctx, "%s:%lld:1: found byte 0x%02x, expected UTF-8 text", path,
                     (long long)line_of(out->bytes, good), (unsigned char)out->bytes[good]);
        return STEPPE_BAD_INPUT;
    }
    const int64_t faults = ctx->faults;
    reader r = {.in = {.ctx = ctx, .path = path, .at = out->bytes, .comment = '*'}, .f = out};
    r.no_memory = !names_init(&r.rows, 1000) || !names_init(&r.columns, 1000);
    if (!r.no_memory) read_sections(&r);
    if (!r.no_memory && ctx->faults == faults) finish(&r);
    names_free(&r.rows);
    names_free(&r.columns);
    mem_free(r.last_column);
    if (r.no_memory) return steppe_no_memory(ctx);
    if (out->rows > INT32_MAX / 4 || out->columns > INT32_MAX / 4)
        return steppe_fail(ctx, STEPPE_OVERFLOW, "%s: found more than 2^29 rows or columns",
                           path);
    return ctx->faults > faults ? STEPPE_BAD_INPUT : STEPPE_OK;
}
