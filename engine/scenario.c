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

static steppe_status cannot_read(row_selector *sel, const char *found, const char *expected)
{
    sel->found = found;
    sel->expected = expected;
    return STEPPE_BAD_INPUT;
}

steppe_status selector_parse(steppe_ctx *ctx, const table *t, const char *source,
                             row_selector *out)
{
    memset(out, 0, sizeof *out);
    if (strcmp(source, "*") == 0) return STEPPE_OK;
    out->copy = mem_copy_text(source);
    if (!out->copy) return steppe_no_memory(ctx);
    for (char *p = out->copy; p;) {
        char *next = strchr(p, '&');
        if (next) *next++ = '\0';
        while (*p == ' ') p++;
        char *equals = strchr(p, '=');
        if (!equals || out->count == SELECTOR_CONDITIONS)
            return cannot_read(out, source, "column=pattern, joined by &, or *");
        condition *c = &out->cond[out->count++];
        char *pattern = equals + 1;
        c->pattern = pattern;
        c->negated = equals > p && equals[-1] == '!';
        equals[c->negated ? -1 : 0] = '\0';
        size_t n = strlen(pattern);
        while (next && n > 0 && pattern[n - 1] == ' ') pattern[--n] = '\0';
        c->col = table_column(t, p);
        if (c->col < 0) return cannot_read(out, p, "a column of the table");
        p = next;
    }
    return STEPPE_OK;
}

bool selector_match(const row_selector *sel, const table *t, int64_t row)
{
    for (int i = 0; i < sel->count; i++)
        if (scenario_match(sel->cond[i].pattern, table_cell(t, row, sel->cond[i].col)) ==
            sel->cond[i].negated)
            return false;
    return true;
}

void selector_free(row_selector *sel)
{
    mem_free(sel->copy);
    sel->copy = NULL;
}

/* ---- operations ---------------------------------------------------------------------- */

typedef struct {
    steppe_ctx *ctx;
    const case_change *ch;
    change_mode mode;
} change_at;

static steppe_status bad_change(const change_at *at, const char *column, const char *found,
                                const char *expected)
{
    steppe_fault(at->ctx, "%s:%s: found '%s', expected %s", at->ch->where, column, found,
                 expected);
    return STEPPE_BAD_INPUT;
}

static steppe_status selects_nothing(const change_at *at)
{
    return bad_change(at, "selector", at->ch->selector,
                      "a selector that selects at least one row");
}

static bool selected(const table *t, int64_t row, const row_selector *sel)
{
    return !table_absent(t, row) && selector_match(sel, t, row);
}

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
static steppe_status edit_cells(const change_at *at, table *t, const row_selector *sel,
                                operation op, int64_t *hits)
{
    const char *field = at->ch->field, *value = at->ch->value;
    int col = table_column(t, field);
    if (col < 0 && op != OP_SET) return bad_change(at, "field", field, "a column of the table");
    for (int64_t i = 0; i < t->rows; i++) *hits += selected(t, i, sel);
    if (*hits == 0 && !at->mode.may_miss) return selects_nothing(at);
    const char **fresh = MEM_NEW(const char *, *hits);
    if (!fresh) return steppe_no_memory(at->ctx);
    steppe_status st = STEPPE_OK;
    int64_t made = 0;
    for (int64_t i = 0; i < t->rows && st == STEPPE_OK; i++) {
        if (!selected(t, i, sel)) continue;
        char result[FIX_TEXT];
        if (op != OP_SET) st = compute(at, table_cell(t, i, col), value, op, result);
        if (st == STEPPE_OK)
            st = table_own(at->ctx, t, op == OP_SET ? value : result, &fresh[made]);
        made++;
    }
    if (st == STEPPE_OK && col < 0) st = table_add_column(at->ctx, t, field, &col);
    /* a column selected on may be the one that changes: the rows are found from the last to the first hit */
    for (int64_t i = t->rows - 1; i >= 0 && st == STEPPE_OK; i--)
        if (selected(t, i, sel)) t->cell[i * t->cols + col] = fresh[--made];
    mem_free(fresh);
    return st;
}

/* Rows that a change removes for a time stay and are absent. Others go, and with them those that
 * are only absent now, so that all states keep the same rows. */
static steppe_status remove_rows(const change_at *at, table *t, const row_selector *sel,
                                 int64_t *hits)
{
    char *keep = MEM_NEW(char, t->rows);
    if (!keep) return steppe_no_memory(at->ctx);
    steppe_status st = STEPPE_OK;
    for (int64_t i = 0; i < t->rows; i++) {
        keep[i] = (char)!selector_match(sel, t, i);
        *hits += selected(t, i, sel);
    }
    if (*hits == 0 && !at->mode.may_miss) st = selects_nothing(at);
    for (int64_t i = 0; i < t->rows && at->mode.dated && st == STEPPE_OK; i++)
        if (!keep[i]) st = table_set_absent(at->ctx, t, i);
    if (!at->mode.dated && st == STEPPE_OK) table_remove_rows(t, keep);
    mem_free(keep);
    return st;
}

static steppe_status insert_row(const change_at *at, table *t, int64_t *hits)
{
    char *copy = mem_copy_text(at->ch->value);
    if (!copy) return steppe_no_memory(at->ctx);
    steppe_status st = table_add_row(at->ctx, t, at->ch->row);
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
            st = bad_change(at, "value", at->ch->value, "column=text;column=text");
        else if (col < 0)
            st = bad_change(at, "value", p, "a column of the table");
        else
            st = table_set(at->ctx, t, t->rows - 1, col, equals + 1);
        p = next;
    }
    if (st == STEPPE_OK && !at->mode.holds) st = table_set_absent(at->ctx, t, t->rows - 1);
    if (added && st != STEPPE_OK) t->rows--; /* a refused change leaves the table as it was */
    if (st == STEPPE_OK && at->mode.holds) *hits = 1;
    mem_free(copy);
    return st;
}

/* What all states of a horizon have in common: the rows that others refer to by their index, and
 * how rows hang together. Only a change that holds at all times may touch it. */
static steppe_status check_dated(const change_at *at, operation op)
{
    static const char whole[] = "config|period|profile|mode|node|commodity|conversion_flow";
    static const char fixed[] =
        "node_id|link_id|supply_id|demand_id|contract_id|group_id|storage_id|conversion_id|"
        "policy_id|ramp_id|profile_id|period_id|from_node_id|to_node_id|commodity|mode|"
        "from_mode|to_mode|flow_unit|per|kind|direction|month|start_date|end_date|"
        "arrival_date|supply_selector|link_selector|into_country|market|final_rule|table|id|"
        "horizon";
    const case_change *ch = at->ch;
    if (op == OP_REMOVE || op == OP_INSERT) {
        if (!scenario_match(whole, ch->table)) return STEPPE_OK;
        steppe_fault(at->ctx,
                     "%s:operation: found a dated %s, expected set, scale or add for this "
                     "table",
                     ch->where, ch->operation);
        return STEPPE_BAD_INPUT;
    }
    const bool class_of_row =
        strcmp(ch->field, "carries") == 0 &&
        (strcmp(ch->table, "commodity") == 0 || strcmp(ch->table, "handling") == 0);
    if (!scenario_match(fixed, ch->field) && !class_of_row) return STEPPE_OK;
    return bad_change(at, "field", ch->field,
                      "a column that may change inside the horizon, or a change without dates");
}

static steppe_status edit_table(const change_at *at, table *t, operation op, int64_t *hits)
{
    if (op == OP_INSERT) return insert_row(at, t, hits);
    if (!at->mode.holds) { /* the columns are the same in all states */
        int col;
        return op == OP_SET && table_column(t, at->ch->field) < 0
                   ? table_add_column(at->ctx, t, at->ch->field, &col)
                   : STEPPE_OK;
    }
    row_selector sel;
    steppe_status st = selector_parse(at->ctx, t, at->ch->selector, &sel);
    if (st == STEPPE_BAD_INPUT) bad_change(at, "selector", sel.found, sel.expected);
    if (st == STEPPE_OK)
        st = op == OP_REMOVE ? remove_rows(at, t, &sel, hits)
                             : edit_cells(at, t, &sel, op, hits);
    selector_free(&sel);
    return st;
}

steppe_status scenario_edit_state(steppe_ctx *ctx, case_tables *tabs, const case_tables *base,
                                  const case_change *ch, change_mode mode, int64_t *hits)
{
    const change_at at = {ctx, ch, mode};
    *hits = 0;
    int id = 0;
    while (id < T_SCENARIO && strcmp(table_name[id], ch->table) != 0) id++;
    if (id == T_SCENARIO || !tabs->tab[id])
        return bad_change(&at, "table", ch->table, "the name of a table of the case");
    const operation op = parse_operation(ch->operation);
    if (op == OP_NONE)
        return bad_change(&at, "operation", ch->operation, "set, scale, add, remove or insert");
    if (mode.dated) STEPPE_TRY(check_dated(&at, op));
    if (tabs->tab[id] == base->tab[id]) { /* first change of this table: copy it */
        table *copy;
        STEPPE_TRY(table_copy(ctx, base->tab[id], &copy));
        tabs->tab[id] = copy;
    }
    return edit_table(&at, tabs->tab[id], op, hits);
}

/* ---- scenarios ----------------------------------------------------------------------- */

static int64_t find_scenario(const table *t, const char *id)
{
    const int col = table_column(t, "scenario_id");
    for (int64_t i = 0; t && col >= 0 && i < t->rows; i++)
        if (strcmp(table_cell(t, i, col), id) == 0) return i;
    return -1;
}

steppe_status scenario_chain(steppe_ctx *ctx, const case_tables *base, const char *id,
                             int64_t rows[SCENARIO_DEPTH], int *count)
{
    const table *list = base->tab[T_SCENARIO];
    const int parent = table_column(list, "parent_id");
    *count = 0;
    do {
        const int64_t row = find_scenario(list, id);
        if (row < 0 || *count == SCENARIO_DEPTH) {
            *count = 0;
            return steppe_fail(ctx, STEPPE_BAD_INPUT,
                               "found scenario '%s', expected an id of scenario.csv", id);
        }
        rows[(*count)++] = row;
        id = table_cell(list, row, parent);
    } while (id[0]);
    for (int i = 0, j = *count - 1; i < j; i++, j--) {
        const int64_t row = rows[i];
        rows[i] = rows[j];
        rows[j] = row;
    }
    return STEPPE_OK;
}

bool scenario_columns(const table *changes, change_columns *col)
{
    col->scenario = table_column(changes, "scenario_id");
    col->table = table_column(changes, "table");
    col->selector = table_column(changes, "selector");
    col->field = table_column(changes, "field");
    col->operation = table_column(changes, "operation");
    col->value = table_column(changes, "value");
    return col->scenario >= 0 && col->table >= 0 && col->selector >= 0 && col->field >= 0 &&
           col->operation >= 0 && col->value >= 0;
}

case_change scenario_change_at(const table *changes, const change_columns *col, int64_t row,
                               char where[CHANGE_WHERE])
{
    const int64_t number = table_row_number(changes, row);
    snprintf(where, CHANGE_WHERE, "%s:%lld", changes->path, (long long)number);
    return (case_change){where,
                         number,
                         table_cell(changes, row, col->table),
                         table_cell(changes, row, col->selector),
                         table_cell(changes, row, col->field),
                         table_cell(changes, row, col->operation),
                         table_cell(changes, row, col->value)};
}

void scenario_free_tables(case_tables *tabs, const case_tables *base)
{
    for (int id = 0; id < TABLE_COUNT; id++)
        if (tabs->tab[id] != base->tab[id]) table_free(tabs->tab[id]);
    memset(tabs, 0, sizeof *tabs);
}
