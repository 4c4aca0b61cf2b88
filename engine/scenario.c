/* Scenarios: changes of cells, applied to copies of the tables before they get a type, so that
 * every check of the case holds for a scenario too and any column can be selected on. The base
 * tables are never touched. */
#include "case.h"

#include <string.h>

/* ---- selectors -------------------------------------------------------------------------- */

/* One word of a pattern, of length n, against the whole text; '*' stands for any run of
 * characters. */
static bool match_word(const char *word, size_t n, const char *s)
{
    size_t star = SIZE_MAX, i = 0;
    const char *mark = NULL;
    for (;;) {
        if (i < n && word[i] == '*') {
            star = i++;
            mark = s;
        } else if (i < n && *s && word[i] == *s) {
            i++;
            s++;
        } else if (i == n && !*s) {
            return true;
        } else if (star != SIZE_MAX && *mark) {
            i = star + 1;
            s = ++mark;
        } else {
            return false;
        }
    }
}

bool scenario_match(const char *pattern, const char *s)
{
    for (;;) {
        const size_t n = strcspn(pattern, "|");
        if (match_word(pattern, n, s)) return true;
        if (pattern[n] == '\0') return false;
        pattern += n + 1;
    }
}

typedef struct {
    int col;
    bool negated;
    char *pattern; /* into the parsed copy */
} condition;

enum { MAX_CONDITIONS = 16 };

typedef struct {
    char *copy;
    condition cond[MAX_CONDITIONS];
    int count;
} selector;

typedef struct {
    steppe_ctx *ctx;
    const char *where; /* "scenario_change.csv:12" or "update" */
} change_at;

static steppe_status bad_change(const change_at *at, const char *column, const char *found,
                                const char *expected)
{
    steppe_fault(at->ctx, "%s:%s: found '%s', expected %s", at->where, column, found, expected);
    return STEPPE_BAD_INPUT;
}

static steppe_status parse_selector(const change_at *at, const table *t, const char *source,
                                    selector *out)
{
    memset(out, 0, sizeof *out);
    if (strcmp(source, "*") == 0) return STEPPE_OK;
    out->copy = mem_copy_text(source);
    if (!out->copy) return steppe_no_memory(at->ctx);
    for (char *p = out->copy; p;) {
        char *next = strchr(p, '&');
        if (next) *next++ = '\0';
        while (*p == ' ') p++;
        char *equals = strchr(p, '=');
        if (!equals || out->count == MAX_CONDITIONS)
            return bad_change(at, "selector", source, "column=pattern, joined by &, or *");
        condition *c = &out->cond[out->count++];
        c->pattern = equals + 1;
        c->negated = equals > p && equals[-1] == '!';
        equals[c->negated ? -1 : 0] = '\0';
        size_t n = strlen(c->pattern);
        while (next && n > 0 && c->pattern[n - 1] == ' ') c->pattern[--n] = '\0';
        c->col = table_column(t, p);
        if (c->col < 0) return bad_change(at, "selector", p, "a column of the table");
        p = next;
    }
    return STEPPE_OK;
}

static bool selected(const table *t, int64_t row, const selector *sel)
{
    for (int i = 0; i < sel->count; i++)
        if (scenario_match(sel->cond[i].pattern, table_cell(t, row, sel->cond[i].col)) ==
            sel->cond[i].negated)
            return false;
    return true;
}

/* ---- operations ---------------------------------------------------------------------- */

typedef enum { OP_SET, OP_SCALE, OP_ADD, OP_REMOVE, OP_INSERT, OP_NONE } operation;

static operation parse_operation(const char *s)
{
    static const char *const word[] = {"set", "scale", "add", "remove", "insert"};
    for (int i = 0; i < 5; i++)
        if (strcmp(s, word[i]) == 0) return (operation)i;
    return OP_NONE;
}

/* old * value or old + value, exact to 12 places. */
static steppe_status compute(const change_at *at, const char *old, const char *value,
                             operation op, char *result)
{
    wide a, b;
    const fix_result ra = fix_parse(old, &a), rb = fix_parse(value, &b);
    if (ra != FIX_OK && ra != FIX_ROUNDED)
        return bad_change(at, "field", old, "a number in the cell to be changed");
    if (rb != FIX_OK && rb != FIX_ROUNDED) return bad_change(at, "value", value, "a number");
    wide v;
    if (op == OP_ADD) {
        v = a + b;
    } else {
        const wide high = a / FIX_ONE, low = a % FIX_ONE; /* |low * b| < 10^12 * 10^27 */
        if (__builtin_mul_overflow(high, b, &v) || b > FIX_ONE * 1000000000 ||
            b < -FIX_ONE * 1000000000)
            return bad_change(at, "value", value, "a factor of at most 10^9");
        v += low * b / FIX_ONE;
    }
    fix_text(result, v);
    return STEPPE_OK;
}

/* All new texts are made before the first cell changes: a refused change leaves the table as it was. */
static steppe_status edit_cells(const change_at *at, table *t, const selector *sel,
                                const char *selector_text, const char *field, operation op,
                                const char *value)
{
    int col = table_column(t, field);
    if (col < 0 && op != OP_SET) return bad_change(at, "field", field, "a column of the table");
    int64_t hits = 0;
    for (int64_t i = 0; i < t->rows; i++) hits += selected(t, i, sel);
    if (hits == 0)
        return bad_change(at, "selector", selector_text,
                          "a selector that selects at least one row");
    const char **fresh = MEM_NEW(const char *, hits);
    if (!fresh) return steppe_no_memory(at->ctx);
    steppe_status st = STEPPE_OK;
    hits = 0;
    for (int64_t i = 0; i < t->rows && st == STEPPE_OK; i++) {
        if (!selected(t, i, sel)) continue;
        char result[FIX_TEXT];
        if (op != OP_SET) st = compute(at, table_cell(t, i, col), value, op, result);
        if (st == STEPPE_OK)
            st = table_own(at->ctx, t, op == OP_SET ? value : result, &fresh[hits]);
        hits++;
    }
    if (st == STEPPE_OK && col < 0) st = table_add_column(at->ctx, t, field, &col);
    /* a column selected on may be the one that changes: the rows are found from the last to the first hit */
    for (int64_t i = t->rows - 1; i >= 0 && st == STEPPE_OK; i--)
        if (selected(t, i, sel)) t->cell[i * t->cols + col] = fresh[--hits];
    mem_free(fresh);
    return st;
}

static steppe_status remove_rows(const change_at *at, table *t, const selector *sel,
                                 const char *selector_text)
{
    char *keep = MEM_NEW(char, t->rows);
    if (!keep) return steppe_no_memory(at->ctx);
    int64_t hits = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        keep[i] = (char)!selected(t, i, sel);
        hits += !keep[i];
    }
    table_remove_rows(t, keep);
    mem_free(keep);
    if (hits == 0)
        return bad_change(at, "selector", selector_text,
                          "a selector that selects at least one row");
    return STEPPE_OK;
}

static steppe_status insert_row(const change_at *at, table *t, int64_t change_row,
                                const char *value)
{
    char *copy = mem_copy_text(value);
    if (!copy) return steppe_no_memory(at->ctx);
    steppe_status st = table_add_row(at->ctx, t, change_row);
    const bool added = st == STEPPE_OK;
    for (char *p = copy; p && st == STEPPE_OK;) {
        char *next = strchr(p, ';');
        if (next) *next++ = '\0';
        while (*p == ' ') p++;
        char *equals = strchr(p, '=');
        int col = -1;
        if (equals) {
            *equals = '\0';
            col = table_column(t, p);
        }
        if (!equals)
            st = bad_change(at, "value", value, "column=text;column=text");
        else if (col < 0)
            st = bad_change(at, "value", p, "a column of the table");
        else
            st = table_set(at->ctx, t, t->rows - 1, col, equals + 1);
        p = next;
    }
    if (added && st != STEPPE_OK) t->rows--; /* a refused change leaves the table as it was */
    mem_free(copy);
    return st;
}

steppe_status scenario_edit(steppe_ctx *ctx, case_tables *tabs, const case_tables *base,
                            const char *where, int64_t change_row, const char *table_text,
                            const char *selector_text, const char *field,
                            const char *operation_text, const char *value)
{
    const change_at at = {ctx, where};
    int id = 0;
    while (id < T_SCENARIO && strcmp(table_name[id], table_text) != 0) id++;
    if (id == T_SCENARIO || !tabs->tab[id])
        return bad_change(&at, "table", table_text, "the name of a table of the case");
    const operation op = parse_operation(operation_text);
    if (op == OP_NONE)
        return bad_change(&at, "operation", operation_text,
                          "set, scale, add, remove or insert");
    if (tabs->tab[id] == base->tab[id]) { /* first change of this table: copy it */
        table *copy;
        STEPPE_TRY(table_copy(ctx, base->tab[id], &copy));
        tabs->tab[id] = copy;
    }
    table *t = tabs->tab[id];
    if (op == OP_INSERT) return insert_row(&at, t, change_row, value);
    selector sel;
    steppe_status st = parse_selector(&at, t, selector_text, &sel);
    if (st == STEPPE_OK)
        st = op == OP_REMOVE ? remove_rows(&at, t, &sel, selector_text)
                             : edit_cells(&at, t, &sel, selector_text, field, op, value);
    mem_free(sel.copy);
    return st;
}

/* ---- scenarios ----------------------------------------------------------------------- */

static int64_t find_scenario(const table *t, const char *id)
{
    const int col = table_column(t, "scenario_id");
    for (int64_t i = 0; t && col >= 0 && i < t->rows; i++)
        if (strcmp(table_cell(t, i, col), id) == 0) return i;
    return -1;
}

/* Parents first. Circles were refused when the table was read; depth is a second guard. */
static steppe_status apply_chain(steppe_ctx *ctx, const case_tables *base, const char *id,
                                 case_tables *out, int depth)
{
    const table *list = base->tab[T_SCENARIO], *changes = base->tab[T_SCENARIO_CHANGE];
    const int64_t row = find_scenario(list, id);
    if (row < 0 || depth > 64)
        return steppe_fail(ctx, STEPPE_BAD_INPUT,
                           "found scenario '%s', expected an id of scenario.csv", id);
    const char *parent = table_cell(list, row, table_column(list, "parent_id"));
    if (parent[0]) STEPPE_TRY(apply_chain(ctx, base, parent, out, depth + 1));
    if (!changes) return STEPPE_OK;
    static const char *const head[] = {"scenario_id", "table",     "selector",
                                       "field",       "operation", "value"};
    int col[6];
    for (int i = 0; i < 6; i++) {
        col[i] = table_column(changes, head[i]);
        if (col[i] < 0) return STEPPE_BAD_INPUT; /* reported when the table was read */
    }
    steppe_status st = STEPPE_OK;
    for (int64_t i = 0; i < changes->rows; i++) {
        if (strcmp(table_cell(changes, i, col[0]), id) != 0) continue;
        char where[512];
        snprintf(where, sizeof where, "%s:%lld", changes->path,
                 (long long)table_row_number(changes, i));
        const steppe_status one = scenario_edit(
            ctx, out, base, where, table_row_number(changes, i), table_cell(changes, i, col[1]),
            table_cell(changes, i, col[2]), table_cell(changes, i, col[3]),
            table_cell(changes, i, col[4]), table_cell(changes, i, col[5]));
        if (one != STEPPE_OK) st = one;
        if (one != STEPPE_OK && one != STEPPE_BAD_INPUT) return one;
    }
    return st;
}

steppe_status scenario_apply(steppe_ctx *ctx, const case_tables *base, const char *id,
                             case_tables *out)
{
    *out = *base;
    const steppe_status st = id ? apply_chain(ctx, base, id, out, 0) : STEPPE_OK;
    if (st != STEPPE_OK) scenario_free_tables(out, base);
    return st;
}

void scenario_free_tables(case_tables *tabs, const case_tables *base)
{
    for (int id = 0; id < TABLE_COUNT; id++)
        if (tabs->tab[id] != base->tab[id]) table_free(tabs->tab[id]);
    memset(tabs, 0, sizeof *tabs);
}
