/* Tables with dates: periods, seasons, terms of links for a time, goods under way, and scenarios,
 * whose changes hold from one day to another. */
#include "case_read.h"
#include "day.h"

#include <stdlib.h>

/* Two dates of the current row that follow each other; a pair out of order is a fault of the
 * second. */
static void day_pair(reader *r, int start, int end, bool required, int32_t *first,
                     int32_t *last)
{
    *first = cell_day(r, start, INT32_MIN, required);
    *last = cell_day(r, end, INT32_MAX, required);
    if (*last >= *first) return;
    char want[64], b[16];
    snprintf(want, sizeof want, "a date not before %s", day_text(b, *first));
    cell_fault(r, end, cell(r, end), want);
    *last = *first;
}

/* ---- periods and seasons --------------------------------------------------------------- */

enum { PERIOD_ID = 31 }; /* longest id of a period, as in horizon.h */

void read_periods(reader *r, indexes *ix)
{
    const int id = cell_column(r, "period_id", COL_SOLVE, true);
    const int name = cell_column(r, "name", COL_SHOW, false);
    const int start = cell_column(r, "start_date", COL_SOLVE, true);
    const int end = cell_column(r, "end_date", COL_SOLVE, true);
    RECORDS(r, periods, period_count, case_period);
    if (r->t->rows > 1000000) {
        steppe_fault(r->ctx, "%s:1:1: found %lld periods, expected at most 10^6", r->t->path,
                     (long long)r->t->rows);
        return;
    }
    FOR_ROWS(r)
    {
        case_period *p = &r->c->periods[r->row];
        p->id = cell_identifier(r, id);
        cell_register_id(r, &ix->period, id, p->id, r->row, 0);
        if (strlen(p->id) > PERIOD_ID)
            cell_fault(r, id, p->id, "an id of at most 31 characters");
        p->name = cell(r, name)[0] ? cell(r, name) : p->id;
        day_pair(r, start, end, true, &p->first_day, &p->last_day);
        const int32_t before = r->row > 0 ? p[-1].last_day : INT32_MAX;
        if (before != INT32_MAX && p->first_day != INT32_MIN && p->first_day != before + 1) {
            char want[80], b[16];
            snprintf(want, sizeof want, "%s, the day after the period before",
                     day_text(b, before + 1));
            cell_fault(r, start, cell(r, start), want);
        }
        r->c->period_count++;
    }
}

/* Number of the month in the cell, from 0; -1 and a fault where it is none. */
static int month_of(reader *r, int col)
{
    const char *s = cell(r, col);
    const int n = s[0] >= '1' && s[0] <= '9' ? atoi(s) : 0;
    const bool digits = s[0] && (s[1] == '\0' || (s[1] >= '0' && s[1] <= '9' && s[2] == '\0'));
    if (col < 0) return -1;
    if (digits && n >= 1 && n <= 12) return n - 1;
    cell_fault(r, col, s, "a month from 1 to 12");
    return -1;
}

/* A profile has its record where its first row stands among the first rows of all. */
void read_profiles(reader *r, indexes *ix)
{
    const int id = cell_column(r, "profile_id", COL_SOLVE, true);
    const int month = cell_column(r, "month", COL_SOLVE, true);
    const int factor = cell_column(r, "factor", COL_SOLVE, true);
    RECORDS(r, profiles, profile_count, profile);
    uint16_t *seen = MEM_ZERO(uint16_t, r->t->rows); /* months of each profile */
    if (!seen) r->memory = false;
    FOR_ROWS(r)
    {
        const char *name = cell_identifier(r, id);
        int64_t at = names_find(&ix->profile, name);
        if (at < 0) {
            at = r->c->profile_count++;
            if (names_add(&ix->profile, name, at) == -2) r->memory = false;
            r->c->profiles[at].id = name;
            for (int m = 0; m < 12; m++) r->c->profiles[at].factor[m] = FIX_ONE;
        }
        const int m = month_of(r, month);
        const wide v = cell_number(r, factor, FIX_ONE, true, NOT_NEGATIVE);
        if (v > FIX_ONE * 1000000) cell_fault(r, factor, cell(r, factor), "at most 10^6");
        if (m < 0) continue;
        if (seen[at] >> m & 1)
            cell_fault(r, month, cell(r, month), "each month once per profile");
        seen[at] = (uint16_t)(seen[at] | 1u << m);
        r->c->profiles[at].factor[m] = v;
    }
    mem_free(seen);
}

/* ---- links in time --------------------------------------------------------------------- */

static int by_link(const void *a, const void *b)
{
    const link_period *p = a, *q = b;
    if (p->link != q->link) return p->link < q->link ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

/* The days for which the row speaks; false: none, since the case has no dates. */
static bool link_period_days(reader *r, const indexes *ix, int named, int start, int end,
                             link_period *x)
{
    const char *id = cell(r, named);
    const bool dates = cell(r, start)[0] || cell(r, end)[0];
    x->first_day = INT32_MIN;
    x->last_day = INT32_MAX;
    if (id[0] && dates) {
        cell_fault(r, named, id, "a period_id or dates, not both");
        return true;
    }
    if (r->c->period_count == 0) return strcmp(id, "year") == 0;
    if (!id[0]) {
        day_pair(r, start, end, true, &x->first_day, &x->last_day);
        if (start < 0 || end < 0)
            cell_fault(r, named >= 0 ? named : 0, id,
                       "a period_id, or start_date and end_date");
        return true;
    }
    const int64_t at = cell_reference(r, &ix->period, named, "a period_id of period.csv", true);
    if (at >= 0) {
        x->first_day = r->c->periods[at].first_day;
        x->last_day = r->c->periods[at].last_day;
    }
    return true;
}

void read_link_periods(reader *r, const indexes *ix)
{
    const int id = cell_column(r, "link_id", COL_SOLVE, true);
    const int named = cell_column(r, "period_id", COL_SOLVE, false);
    const int start = cell_column(r, "start_date", COL_SOLVE, false);
    const int end = cell_column(r, "end_date", COL_SOLVE, false);
    const int availability = cell_column(r, "availability", COL_SOLVE, false);
    const int capacity = cell_column(r, "capacity_per_y", COL_SOLVE, false);
    const int cost = cell_column(r, "cost_usd_per_unit", COL_SOLVE, false);
    RECORDS(r, link_periods, link_period_count, link_period);
    int64_t idle = 0;
    FOR_ROWS(r)
    {
        link_period *x = &r->c->link_periods[r->row];
        x->row = r->row;
        x->link = (int32_t)cell_reference(r, &ix->link, id, "a link_id of link.csv", true);
        const bool speaks = link_period_days(r, ix, named, start, end, x);
        x->availability = cell_share(r, availability, FIX_ONE, false);
        x->capacity = cell_number(r, capacity, -1, false, NOT_NEGATIVE);
        x->cost = cell_number(r, cost, -1, false, NOT_NEGATIVE);
        x->open = speaks && cell_row_holds(r);
        idle += !speaks;
        r->c->link_period_count++;
    }
    if (!r->memory) return;
    if (idle > 0)
        steppe_note(r->ctx, "%s: %lld rows are not used, since the case has no period table",
                    r->t->path, (long long)idle);
    qsort(r->c->link_periods, (size_t)r->c->link_period_count, sizeof *r->c->link_periods,
          by_link);
}

static void check_under_way_on_link(reader *r, const under_way *x, int direction, int good)
{
    if (x->link < 0) return;
    const case_link *l = &r->c->links[x->link];
    if (x->dir == 1 && !l->two_way)
        cell_fault(r, direction, cell(r, direction), "forward, since the link is one way");
    if (x->commodity >= 0 && !(l->carries >> r->c->commodities[x->commodity].class & 1))
        cell_fault(r, good, cell(r, good), "a commodity that the link carries");
}

void read_under_way(reader *r, const indexes *ix)
{
    static const char *const ways[] = {"forward", "backward", NULL};
    const int id = cell_column(r, "link_id", COL_SOLVE, true);
    const int direction = cell_column(r, "direction", COL_SOLVE, true);
    const int good = cell_column(r, "commodity", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int arrival = cell_column(r, "arrival_date", COL_SOLVE, true);
    const int quantity = cell_column(r, "quantity", COL_SOLVE, true);
    const case_data *c = r->c;
    const bool used = c->open_horizon && c->period_count > 0;
    RECORDS(r, under_ways, under_way_count, under_way);
    FOR_ROWS(r)
    {
        under_way *x = &r->c->under_ways[r->row];
        x->row = r->row;
        x->link = (int32_t)cell_reference(r, &ix->link, id, "a link_id of link.csv", true);
        x->dir = cell_word(r, direction, ways, -1) == 1;
        x->commodity =
            (int)cell_reference(r, &ix->commodity, good, "a commodity of commodity.csv", true);
        cell_check_commodity_unit(r, unit, x->commodity);
        check_under_way_on_link(r, x, direction, good);
        x->arrival_day = cell_day(r, arrival, INT32_MIN, true);
        if (used && x->arrival_day != INT32_MIN &&
            (x->arrival_day < c->periods[0].first_day ||
             x->arrival_day > c->periods[c->period_count - 1].last_day))
            cell_fault(r, arrival, cell(r, arrival), "a day of the horizon");
        x->quantity = cell_number(r, quantity, 0, true, NOT_NEGATIVE);
        x->open = used && cell_row_holds(r);
        r->c->under_way_count++;
    }
    if (!used && r->t->rows > 0)
        steppe_note(r->ctx, "%s: not used, since the horizon is not open", r->t->path);
}

/* ---- scenarios ------------------------------------------------------------------------- */

void read_scenarios(reader *r, indexes *ix)
{
    cell_column(r, "name", COL_SHOW, false);
    cell_column(r, "description", COL_SHOW, false);
    const int id = cell_column(r, "scenario_id", COL_SOLVE, true);
    const int parent = cell_column(r, "parent_id", COL_SOLVE, false);
    const int start = cell_column(r, "start_date", COL_SOLVE, false);
    const int end = cell_column(r, "end_date", COL_SOLVE, false);
    FOR_ROWS(r)
    {
        int32_t first, last;
        day_pair(r, start, end, false, &first, &last);
        cell_register_id(r, &ix->scenario, id, cell_identifier(r, id), r->row, 0);
        if (strcmp(cell(r, id), "base") == 0)
            cell_fault(r, id, "base", "another id: base is the case without changes");
    }
    FOR_ROWS(r)
    cell_reference(r, &ix->scenario, parent, "a scenario_id of scenario.csv", false);
    /* a walk up the parents longer than the table has a circle */
    FOR_ROWS(r)
    {
        int64_t at = r->row, steps = 0;
        while (at >= 0 && steps <= r->t->rows) {
            at = parent < 0 ? -1 : names_find(&ix->scenario, table_cell(r->t, at, parent));
            steps++;
        }
        if (at >= 0)
            cell_fault(r, parent, cell(r, parent), "a parent that is not its own descendant");
    }
}

/* A change has the dates of its scenario where it has none of its own; a pair that is out of order
 * because of that is a fault of the date it has. */
static void check_change_days(reader *r, int64_t of, int start, int end)
{
    const table *list = r->c->src->tab[T_SCENARIO];
    int32_t first, last, other;
    day_pair(r, start, end, false, &first, &last);
    if (of < 0 || !list) return;
    char want[80];
    const char *from = table_cell(list, of, table_column(list, "start_date"));
    const char *to = table_cell(list, of, table_column(list, "end_date"));
    if (!cell(r, start)[0] && last != INT32_MAX && day_parse(from, &other) && other > last) {
        snprintf(want, sizeof want, "a date not before %s, the start of the scenario", from);
        cell_fault(r, end, cell(r, end), want);
    }
    if (!cell(r, end)[0] && first != INT32_MIN && day_parse(to, &other) && other < first) {
        snprintf(want, sizeof want, "a date not after %s, the end of the scenario", to);
        cell_fault(r, start, cell(r, start), want);
    }
}

void read_changes(reader *r, const indexes *ix)
{
    const int id = cell_column(r, "scenario_id", COL_SOLVE, true);
    const int on = cell_column(r, "table", COL_SOLVE, true);
    const int op = cell_column(r, "operation", COL_SOLVE, true);
    cell_column(r, "selector", COL_SOLVE, true);
    cell_column(r, "field", COL_SOLVE, true);
    cell_column(r, "value", COL_SOLVE, true);
    cell_column(r, "reason", COL_SHOW, false);
    const int start = cell_column(r, "start_date", COL_SOLVE, false);
    const int end = cell_column(r, "end_date", COL_SOLVE, false);
    FOR_ROWS(r)
    {
        const int64_t of =
            cell_reference(r, &ix->scenario, id, "a scenario_id of scenario.csv", true);
        check_change_days(r, of, start, end);
        int known = 0;
        for (int t = 0; t < T_SCENARIO; t++) known |= strcmp(cell(r, on), table_name[t]) == 0;
        if (on >= 0 && !known)
            cell_fault(r, on, cell(r, on), "the name of a table of the case");
        const char *o = cell(r, op);
        if (op >= 0 && strcmp(o, "set") && strcmp(o, "scale") && strcmp(o, "add") &&
            strcmp(o, "remove") && strcmp(o, "insert"))
            cell_fault(r, op, o, "set, scale, add, remove or insert");
    }
}
