/* Changes with dates -> the days between which nothing changes -> one set of tables and records for
 * each set of changes that holds at the same time -> periods as lists of those. */
#include "horizon.h"

#include <stdlib.h>
#include <string.h>

/* A change of the scenario, of one of its parents, or an update, and when it holds. */
typedef struct {
    int64_t scenario;            /* row of the scenario table; -1: an update */
    int64_t row;                 /* of scenario_change, or index of the update */
    int32_t first_day, last_day; /* both included */
    bool dated;
    int last_state; /* the last in which it holds, -1: none */
    int64_t hits;   /* rows that it selected in all states so far */
} dated_change;

typedef struct {
    steppe_ctx *ctx;
    const case_tables *base;
    const horizon_update *updates;
    int64_t scenario[SCENARIO_DEPTH]; /* rows of the scenario table, the first parent first */
    int depth;
    change_columns col; /* of scenario_change */
    dated_change *change;
    int64_t changes;
    bool dated;
    int32_t first_day, end_day; /* end_day is the first behind the horizon */
    int32_t *cut;               /* first days of the intervals */
    int *state_of;              /* by interval */
    int64_t cuts;
    char *holds; /* states x changes */
    int states;
} chain;

typedef enum { SPLIT_ROWS, SPLIT_YEAR, SPLIT_MONTH, SPLIT_WEEK, SPLIT_DAY } split_by;

/* ---- changes and their days ------------------------------------------------------------ */

/* Every change of the chain, the parents' first, then the updates. */
static steppe_status collect_changes(chain *ch, const char *id, int64_t updates)
{
    const table *list = ch->base->tab[T_SCENARIO], *t = ch->base->tab[T_SCENARIO_CHANGE];
    if (id) STEPPE_TRY(scenario_chain(ch->ctx, ch->base, id, ch->scenario, &ch->depth));
    /* a column that is missing is a fault of the table, reported where it is read */
    const int64_t rows = ch->depth > 0 && t && scenario_columns(t, &ch->col) ? t->rows : 0;
    ch->change = MEM_NEW(dated_change, rows + updates);
    if (!ch->change) return steppe_no_memory(ch->ctx);
    for (int s = 0; s < ch->depth; s++) {
        const char *of = table_cell(list, ch->scenario[s], table_column(list, "scenario_id"));
        for (int64_t i = 0; i < rows; i++)
            if (strcmp(table_cell(t, i, ch->col.scenario), of) == 0)
                ch->change[ch->changes++] =
                    (dated_change){ch->scenario[s], i, INT32_MIN, INT32_MAX, false, -1, 0};
    }
    for (int64_t u = 0; u < updates; u++)
        ch->change[ch->changes++] = (dated_change){-1, u, INT32_MIN, INT32_MAX, false, -1, 0};
    return STEPPE_OK;
}

static case_change change_text(const chain *ch, const dated_change *x, char where[CHANGE_WHERE])
{
    if (x->scenario >= 0)
        return scenario_change_at(ch->base->tab[T_SCENARIO_CHANGE], &ch->col, x->row, where);
    const horizon_update *u = &ch->updates[x->row];
    return (case_change){"update", 0, u->table, u->selector, u->field, u->operation, u->value};
}

/* The date in the cell, if there is one; whether it is a good one was checked with the table. */
static bool date_in(const table *t, int64_t row, const char *column, int32_t *day)
{
    int32_t found;
    if (!day_parse(table_cell(t, row, table_column(t, column)), &found)) return false;
    *day = found;
    return true;
}

/* Own dates first, the scenario's for those that are missing. */
static void date_changes(chain *ch)
{
    const table *list = ch->base->tab[T_SCENARIO], *t = ch->base->tab[T_SCENARIO_CHANGE];
    for (int64_t i = 0; i < ch->changes && ch->dated; i++) {
        dated_change *x = &ch->change[i];
        if (x->scenario < 0) continue;
        const bool first = date_in(t, x->row, "start_date", &x->first_day) ||
                           date_in(list, x->scenario, "start_date", &x->first_day);
        const bool last = date_in(t, x->row, "end_date", &x->last_day) ||
                          date_in(list, x->scenario, "end_date", &x->last_day);
        x->dated = first || last;
    }
}

/* "2023-02-06 to 2023-02-12", "from 2030-01-01"; buffer of 48 bytes. Returns buffer. */
static const char *span_text(char *buffer, int32_t first, int32_t last)
{
    char a[16], b[16];
    if (first == INT32_MIN)
        snprintf(buffer, 48, "up to %s", day_text(b, last));
    else if (last == INT32_MAX)
        snprintf(buffer, 48, "from %s", day_text(a, first));
    else
        snprintf(buffer, 48, "%s to %s", day_text(a, first), day_text(b, last));
    return buffer;
}

static bool note_outside(const chain *ch, const char *what, int32_t first, int32_t last)
{
    char dates[48], span[48];
    if (first < ch->end_day && last >= ch->first_day) return false;
    steppe_note(ch->ctx, "%s: its dates %s do not meet the horizon %s", what,
                span_text(dates, first, last), span_text(span, ch->first_day, ch->end_day - 1));
    return true;
}

/* A scenario that cannot have an effect says so, once; a change of its own dates for itself. */
static void note_changes_outside(const chain *ch)
{
    const table *list = ch->base->tab[T_SCENARIO], *t = ch->base->tab[T_SCENARIO_CHANGE];
    for (int s = 0; s < ch->depth && ch->dated; s++) {
        const int64_t row = ch->scenario[s];
        int32_t first = INT32_MIN, last = INT32_MAX, own;
        date_in(list, row, "start_date", &first);
        date_in(list, row, "end_date", &last);
        char what[CHANGE_WHERE];
        snprintf(what, sizeof what, "scenario %s",
                 table_cell(list, row, table_column(list, "scenario_id")));
        const bool outside = note_outside(ch, what, first, last);
        for (int64_t i = 0; i < ch->changes; i++) {
            const dated_change *x = &ch->change[i];
            if (x->scenario != row) continue;
            const bool has_own =
                date_in(t, x->row, "start_date", &own) || date_in(t, x->row, "end_date", &own);
            if (!has_own || (outside && x->first_day == first && x->last_day == last)) continue;
            scenario_change_at(t, &ch->col, x->row, what);
            note_outside(ch, what, x->first_day, x->last_day);
        }
    }
}

/* First and last day of the period table, as changes that hold at all times leave it. */
static steppe_status find_span(chain *ch)
{
    case_tables now = *ch->base;
    steppe_ctx quiet = *ch->ctx; /* faults are reported when the states are made */
    quiet.set.log = NULL;
    steppe_status st = STEPPE_OK;
    for (int64_t i = 0; i < ch->changes && st != STEPPE_NO_MEMORY; i++) {
        char where[CHANGE_WHERE];
        int64_t hits;
        const case_change edit = change_text(ch, &ch->change[i], where);
        if (strcmp(edit.table, "period") == 0)
            st = scenario_edit_state(&quiet, &now, ch->base, &edit,
                                     (change_mode){false, true, true}, &hits);
    }
    const table *t = now.tab[T_PERIOD];
    for (int64_t i = 0; t && i < t->rows; i++) {
        int32_t first, last;
        if (!date_in(t, i, "start_date", &first) || !date_in(t, i, "end_date", &last)) continue;
        if (!ch->dated || first < ch->first_day) ch->first_day = first;
        if (!ch->dated || last >= ch->end_day) ch->end_day = last + 1;
        ch->dated = true;
    }
    scenario_free_tables(&now, ch->base);
    return st == STEPPE_NO_MEMORY ? steppe_no_memory(ch->ctx) : STEPPE_OK;
}

/* ---- states ---------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b)
{
    const int32_t p = *(const int32_t *)a, q = *(const int32_t *)b;
    return (p > q) - (p < q);
}

static void add_cut(chain *ch, int32_t day)
{
    if (ch->dated && day > ch->first_day && day < ch->end_day) ch->cut[ch->cuts++] = day;
}

/* Days on which a change begins to hold or holds no longer, and the first of all. */
static steppe_status cut_horizon(chain *ch)
{
    ch->cut = MEM_NEW(int32_t, 2 * ch->changes + 1);
    ch->state_of = MEM_NEW(int, 2 * ch->changes + 1);
    if (!ch->cut || !ch->state_of) return steppe_no_memory(ch->ctx);
    ch->cut[ch->cuts++] = ch->first_day;
    for (int64_t i = 0; i < ch->changes; i++) {
        add_cut(ch, ch->change[i].first_day);
        if (ch->change[i].last_day < INT32_MAX) add_cut(ch, ch->change[i].last_day + 1);
    }
    qsort(ch->cut, (size_t)ch->cuts, sizeof *ch->cut, by_day);
    int64_t kept = 1;
    for (int64_t i = 1; i < ch->cuts; i++)
        if (ch->cut[i] != ch->cut[kept - 1]) ch->cut[kept++] = ch->cut[i];
    ch->cuts = kept;
    return STEPPE_OK;
}

/* Intervals in which the same changes hold share a state. */
static steppe_status find_states(chain *ch)
{
    const size_t width = (size_t)ch->changes;
    ch->holds = MEM_ZERO(char, ch->cuts * ch->changes);
    if (!ch->holds) return steppe_no_memory(ch->ctx);
    for (int64_t v = 0; v < ch->cuts; v++) {
        char *now = ch->holds + (size_t)ch->states * width;
        for (int64_t i = 0; i < ch->changes; i++)
            now[i] = !ch->dated || (ch->change[i].first_day <= ch->cut[v] &&
                                    ch->cut[v] <= ch->change[i].last_day);
        int s = 0;
        while (s < ch->states && memcmp(ch->holds + (size_t)s * width, now, width) != 0) s++;
        ch->state_of[v] = s;
        if (s < ch->states) continue;
        ch->states++;
        for (int64_t i = 0; i < ch->changes; i++)
            if (now[i]) ch->change[i].last_state = s;
    }
    return STEPPE_OK;
}

/* The tables of a state. A selector has to mean a row in one of the states in which its change
 * holds: where it has not, the last of them says so. */
static steppe_status edit_state(chain *ch, int s, case_tables *tabs)
{
    steppe_status st = STEPPE_OK;
    for (int64_t i = 0; i < ch->changes; i++) {
        dated_change *x = &ch->change[i];
        char where[CHANGE_WHERE];
        int64_t hits;
        const case_change edit = change_text(ch, x, where);
        const change_mode mode = {x->dated, ch->holds[s * ch->changes + i] != 0,
                                  x->hits > 0 || s < x->last_state};
        const steppe_status one =
            scenario_edit_state(ch->ctx, tabs, ch->base, &edit, mode, &hits);
        x->hits += hits;
        if (one != STEPPE_OK) st = one;
        if (one != STEPPE_OK && one != STEPPE_BAD_INPUT) return one;
    }
    return st;
}

/* A change without dates may remove rows by a cell that another changes for a time. */
static steppe_status check_same_rows(steppe_ctx *ctx, const case_tables *a,
                                     const case_tables *b)
{
    steppe_status st = STEPPE_OK;
    for (int id = 0; id < TABLE_COUNT; id++) {
        const table *p = a->tab[id], *q = b->tab[id];
        if (p == q) continue;
        if (p->rows == q->rows &&
            memcmp(p->file_row, q->file_row, (size_t)p->rows * sizeof *p->file_row) == 0)
            continue;
        steppe_fault(ctx,
                     "%s:1:1: found other rows on some days than on others after a removal "
                     "without dates, expected one that does not select by what a dated change "
                     "sets",
                     p->path);
        st = STEPPE_BAD_INPUT;
    }
    return st;
}

/* Records of a later state: silent unless it has faults, since its notes are those of the first. */
static steppe_status build_later(steppe_ctx *ctx, const case_tables *tabs, case_data *out)
{
    steppe_ctx quiet = *ctx;
    quiet.set.log = NULL;
    quiet.faults = 0;
    if (case_build(&quiet, tabs, out) != STEPPE_OK) return steppe_no_memory(ctx);
    if (quiet.faults == 0) return STEPPE_OK;
    case_free(out);
    return case_build(ctx, tabs, out);
}

static steppe_status build_states(chain *ch, horizon *out)
{
    out->tabs = MEM_ZERO(case_tables, ch->states);
    out->cs = MEM_ZERO(case_data, ch->states);
    if (!out->tabs || !out->cs) return steppe_no_memory(ch->ctx);
    out->states = ch->states;
    for (int s = 0; s < ch->states; s++) out->tabs[s] = *ch->base;
    for (int s = 0; s < ch->states; s++) STEPPE_TRY(edit_state(ch, s, &out->tabs[s]));
    for (int s = 1; s < ch->states; s++)
        STEPPE_TRY(check_same_rows(ch->ctx, &out->tabs[0], &out->tabs[s]));
    for (int s = 0; s < ch->states; s++) {
        const int64_t faults = ch->ctx->faults;
        STEPPE_TRY(s == 0 ? case_build(ch->ctx, &out->tabs[s], &out->cs[s])
                          : build_later(ch->ctx, &out->tabs[s], &out->cs[s]));
        if (ch->ctx->faults > faults) return STEPPE_BAD_INPUT;
    }
    return STEPPE_OK;
}

/* ---- periods --------------------------------------------------------------------------- */

static steppe_status parse_split(steppe_ctx *ctx, const char *word, split_by *out)
{
    static const char *const words[] = {"year", "month", "week", "day"};
    *out = SPLIT_ROWS;
    if (!word) return STEPPE_OK;
    for (int i = 0; i < 4; i++)
        if (strcmp(word, words[i]) == 0) *out = (split_by)(i + 1);
    if (*out != SPLIT_ROWS) return STEPPE_OK;
    steppe_fault(ctx, "found periods by '%s', expected year, month, week or day", word);
    return STEPPE_BAD_INPUT;
}

/* As many whole characters as there is room for. */
static void copy_name(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);
    if (n >= size) {
        n = size - 1;
        while (n > 0 && ((unsigned char)from[n] & 0xC0) == 0x80) n--;
    }
    memcpy(to, from, n);
    to[n] = '\0';
}

/* First day behind the piece that begins on that day. */
static int32_t piece_end(split_by split, int32_t first, int32_t end)
{
    int year, month, day;
    int32_t next = end;
    if (split == SPLIT_MONTH) {
        day_split(first, &year, &month, &day);
        next = month == 12 ? day_number(year + 1, 1, 1) : day_number(year, month + 1, 1);
    } else if (split == SPLIT_WEEK) {
        next = first + 7;
    } else if (split == SPLIT_DAY) {
        next = first + 1;
    }
    return next < end ? next : end;
}

/* "2025-11", "2025-W01" for the first week that begins in 2025, "2025-11-29", "year". */
static void name_piece(split_by split, period *p, int32_t horizon_start)
{
    int year, month, day;
    day_split(p->first_day, &year, &month, &day);
    if (split == SPLIT_MONTH) {
        snprintf(p->id, sizeof p->id, "%04d-%02d", year, month);
    } else if (split == SPLIT_WEEK) {
        const int32_t new_year = day_number(year, 1, 1);
        const int32_t since = horizon_start > new_year ? horizon_start : new_year;
        snprintf(p->id, sizeof p->id, "%04d-W%02d", year, (p->first_day - since) / 7 + 1);
    } else if (split == SPLIT_DAY) {
        day_text(p->id, p->first_day);
    } else {
        snprintf(p->id, sizeof p->id, "year");
    }
    copy_name(p->name, sizeof p->name, p->id);
}

static steppe_status cut_periods(steppe_ctx *ctx, split_by split, horizon *out)
{
    const case_data *cs = &out->cs[0];
    const int32_t start = cs->periods[0].first_day;
    const int32_t end = cs->periods[cs->period_count - 1].last_day + 1;
    int64_t room = split == SPLIT_ROWS ? cs->period_count : 0;
    for (int32_t day = start; split != SPLIT_ROWS && day < end; room++)
        day = piece_end(split, day, end);
    out->periods = MEM_ZERO(period, room);
    if (!out->periods) return steppe_no_memory(ctx);
    out->days = end - start;
    if (split == SPLIT_ROWS) {
        for (; out->T < room; out->T++) {
            const case_period *from = &cs->periods[out->T];
            period *p = &out->periods[out->T];
            copy_name(p->id, sizeof p->id, from->id);
            copy_name(p->name, sizeof p->name, from->name);
            p->first_day = from->first_day;
            p->days = from->last_day - from->first_day + 1;
        }
        return STEPPE_OK;
    }
    for (int32_t day = start; day < end; out->T++) {
        period *p = &out->periods[out->T];
        p->first_day = day;
        day = piece_end(split, day, end);
        p->days = day - p->first_day;
        name_piece(split, p, start);
    }
    return STEPPE_OK;
}

static steppe_status undated_year(steppe_ctx *ctx, split_by split, horizon *out)
{
    static const char *const words[] = {"", "year", "month", "week", "day"};
    if (split != SPLIT_ROWS && split != SPLIT_YEAR) {
        steppe_fault(ctx,
                     "%s/period.csv:1:1: found no such table, expected it for periods by %s",
                     out->tabs[0].folder, words[split]);
        return STEPPE_BAD_INPUT;
    }
    out->periods = MEM_ZERO(period, 1);
    if (!out->periods) return steppe_no_memory(ctx);
    copy_name(out->periods[0].id, sizeof out->periods[0].id, "year");
    copy_name(out->periods[0].name, sizeof out->periods[0].name, "year");
    out->T = 1;
    out->days = out->periods[0].days = 365;
    return STEPPE_OK;
}

/* Periods and intervals both cover the horizon: a walk along both gives the parts. */
static steppe_status cut_parts(const chain *ch, horizon *out)
{
    out->first_part = MEM_ZERO(int64_t, out->T + 1);
    out->part = MEM_NEW(period_part, out->T + ch->cuts);
    if (!out->first_part || !out->part) return steppe_no_memory(ch->ctx);
    int64_t parts = 0, v = 0;
    for (int t = 0; t < out->T; t++) {
        const period *p = &out->periods[t];
        int32_t day = p->first_day;
        const int32_t end = day + p->days;
        out->first_part[t] = parts;
        while (day < end) {
            while (v + 1 < ch->cuts && ch->cut[v + 1] <= day) v++;
            const int32_t next =
                v + 1 < ch->cuts && ch->cut[v + 1] < end ? ch->cut[v + 1] : end;
            const int s = ch->state_of[v];
            if (parts > out->first_part[t] && out->part[parts - 1].state == s)
                out->part[parts - 1].days += next - day;
            else
                out->part[parts++] = (period_part){s, day, next - day};
            day = next;
        }
    }
    out->first_part[out->T] = parts;
    return STEPPE_OK;
}

/* Sum of a profile over days that begin on `day`. A factor is below 10^18 (12 places) and there are
 * less than 10^7 days. */
static wide sum_over_days(const profile *p, int32_t day, int32_t days)
{
    const int32_t end = day + days;
    wide sum = 0;
    while (day < end) {
        int year, month, at;
        day_split(day, &year, &month, &at);
        const int32_t next = piece_end(SPLIT_MONTH, day, end);
        sum += p->factor[month - 1] * (next - day);
        day = next;
    }
    return sum;
}

static steppe_status find_factors(steppe_ctx *ctx, horizon *out)
{
    const int64_t count = out->cs[0].profile_count;
    out->factor = MEM_NEW(wide, count * out->T);
    if (!out->factor) return steppe_no_memory(ctx);
    for (int64_t i = 0; i < count; i++)
        for (int t = 0; t < out->T; t++) {
            wide sum = 0;
            for (int64_t q = out->first_part[t]; q < out->first_part[t + 1]; q++) {
                const period_part *part = &out->part[q];
                /* the undated year has the months of any year without a leap day */
                const int32_t day = out->dated ? part->first_day : 0;
                sum += sum_over_days(&out->cs[part->state].profiles[i], day, part->days);
            }
            out->factor[i * out->T + t] = sum / out->periods[t].days;
        }
    return STEPPE_OK;
}

/* ---- the whole ------------------------------------------------------------------------- */

static steppe_status build(chain *ch, const char *id, int64_t update_count, const char *split,
                           horizon *out)
{
    split_by pieces;
    STEPPE_TRY(parse_split(ch->ctx, split, &pieces));
    STEPPE_TRY(collect_changes(ch, id, update_count));
    STEPPE_TRY(find_span(ch));
    date_changes(ch);
    note_changes_outside(ch);
    STEPPE_TRY(cut_horizon(ch));
    STEPPE_TRY(find_states(ch));
    STEPPE_TRY(build_states(ch, out));
    out->dated = out->cs[0].period_count > 0;
    out->open = out->cs[0].open_horizon;
    STEPPE_TRY(out->dated ? cut_periods(ch->ctx, pieces, out)
                          : undated_year(ch->ctx, pieces, out));
    STEPPE_TRY(cut_parts(ch, out));
    return find_factors(ch->ctx, out);
}

steppe_status horizon_build(steppe_ctx *ctx, const case_tables *base, const char *id,
                            const horizon_update *updates, int64_t update_count,
                            const char *split, horizon *out)
{
    memset(out, 0, sizeof *out);
    chain ch;
    memset(&ch, 0, sizeof ch);
    ch.ctx = ctx;
    ch.base = base;
    ch.updates = updates;
    const steppe_status st = build(&ch, id, update_count, split, out);
    mem_free(ch.change);
    mem_free(ch.cut);
    mem_free(ch.state_of);
    mem_free(ch.holds);
    if (st != STEPPE_OK) horizon_free(out, base);
    return st;
}

steppe_status horizon_edit(steppe_ctx *ctx, const case_tables *base, const horizon_update *u,
                           horizon *hz)
{
    const case_change edit = {"update",     0,       u->table, u->selector, u->field,
                              u->operation, u->value};
    int64_t all = 0;
    for (int s = 0; s < hz->states; s++) {
        const change_mode mode = {false, true, s + 1 < hz->states || all > 0};
        int64_t hits;
        STEPPE_TRY(scenario_edit_state(ctx, &hz->tabs[s], base, &edit, mode, &hits));
        all += hits;
    }
    for (int s = 1; s < hz->states; s++)
        STEPPE_TRY(check_same_rows(ctx, &hz->tabs[0], &hz->tabs[s]));
    return STEPPE_OK;
}

steppe_status horizon_refresh(steppe_ctx *ctx, horizon *hz)
{
    for (int s = 0; s < hz->states; s++) {
        const int64_t faults = ctx->faults;
        case_free(&hz->cs[s]);
        STEPPE_TRY(s == 0 ? case_build(ctx, &hz->tabs[s], &hz->cs[s])
                          : build_later(ctx, &hz->tabs[s], &hz->cs[s]));
        if (ctx->faults > faults) return STEPPE_BAD_INPUT;
    }
    mem_free(hz->factor);
    hz->factor = NULL;
    return find_factors(ctx, hz);
}

void horizon_free(horizon *hz, const case_tables *base)
{
    for (int s = 0; s < hz->states; s++) {
        case_free(&hz->cs[s]);
        scenario_free_tables(&hz->tabs[s], base);
    }
    mem_free(hz->tabs);
    mem_free(hz->cs);
    mem_free(hz->periods);
    mem_free(hz->first_part);
    mem_free(hz->part);
    mem_free(hz->factor);
    memset(hz, 0, sizeof *hz);
}
