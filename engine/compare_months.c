/* Two results by period: where a lost volume goes, and when all is as before. See compare_months.h. */
#include "compare_months.h"

#include "report.h"

#include <math.h>
#include <string.h>

enum { BY_LINK, BY_OTHERS, SHUT_IN, STOCK, SUMS };

typedef struct {
    char id[32];
    wide sum[SUMS][2]; /* before, after */
} month;

typedef struct {
    steppe_ctx *ctx;
    const loss *what;
    month *list;
    int count;
} months;

static month *find_month(months *ms, const char *id, bool add)
{
    for (int i = 0; i < ms->count; i++)
        if (strcmp(ms->list[i].id, id) == 0) return &ms->list[i];
    if (!add) return NULL;
    month *more = mem_resize(ms->list, (size_t)ms->count + 1, sizeof *more);
    if (!more) return NULL;
    ms->list = more;
    month *m = &more[ms->count++];
    memset(m, 0, sizeof *m);
    snprintf(m->id, sizeof m->id, "%s", id);
    return m;
}

static wide number(const table *t, int64_t row, int col)
{
    wide v = 0;
    const fix_result got = fix_parse(table_cell(t, row, col), &v);
    return got == FIX_OK || got == FIX_ROUNDED ? v : 0;
}

static steppe_status open_table(months *ms, const char *dir, const char *name, table **t)
{
    text path = {0};
    text_addf(&path, "%s/%s", dir, name);
    *t = NULL;
    const steppe_status st =
        path.failed ? steppe_no_memory(ms->ctx) : table_read(ms->ctx, path.data, name, t);
    text_free(&path);
    return st;
}

/* Periods in the order of the horizon, since supply_use.csv has all of them for its first supply. */
static steppe_status list_periods(months *ms, const char *dir)
{
    table *t;
    STEPPE_TRY(open_table(ms, dir, "supply_use.csv", &t));
    const int id = table_column(t, "supply_id"), at = table_column(t, "period");
    bool ok = true;
    for (int64_t i = 0;
         i < t->rows && ok && strcmp(table_cell(t, i, id), table_cell(t, 0, id)) == 0; i++)
        ok = find_month(ms, table_cell(t, i, at), true) != NULL;
    table_free(t);
    return ok ? STEPPE_OK : steppe_no_memory(ms->ctx);
}

static steppe_status read_side(months *ms, const char *dir, int side)
{
    table *t;
    const loss *what = ms->what;
    STEPPE_TRY(open_table(ms, dir, "route.csv", &t));
    int good = table_column(t, "commodity"), country = table_column(t, "origin_country"),
        at = table_column(t, "period");
    const int exit_link = table_column(t, "exit_link_id"), flow = table_column(t, "flow");
    for (int64_t i = 0; i < t->rows; i++) {
        const char *link = table_cell(t, i, exit_link);
        month *m = find_month(ms, table_cell(t, i, at), false);
        if (!m || !link[0] || strcmp(table_cell(t, i, good), what->good) != 0 ||
            strcmp(table_cell(t, i, country), what->country) != 0)
            continue;
        m->sum[strcmp(link, what->link) == 0 ? BY_LINK : BY_OTHERS][side] += number(t, i, flow);
    }
    table_free(t);
    STEPPE_TRY(open_table(ms, dir, "month.csv", &t));
    good = table_column(t, "commodity");
    country = table_column(t, "country");
    at = table_column(t, "period");
    const int shut_in = table_column(t, "shut_in"), stock = table_column(t, "stock_end");
    for (int64_t i = 0; i < t->rows; i++) {
        month *m = find_month(ms, table_cell(t, i, at), false);
        if (!m || strcmp(table_cell(t, i, good), what->good) != 0) continue;
        /* oil of the country waits in tanks abroad, too */
        m->sum[STOCK][side] += number(t, i, stock);
        if (strcmp(table_cell(t, i, country), what->country) == 0)
            m->sum[SHUT_IN][side] += number(t, i, shut_in);
    }
    table_free(t);
    return STEPPE_OK;
}

static double change_of(const month *m, int what)
{
    return fix_double(m->sum[what][1] - m->sum[what][0]);
}

static void put_table(const months *ms, words *w)
{
    const loss *what = ms->what;
    char head[200], b[64];
    double most = 0.0;
    int back = 0; /* first month from which on the plan is kept again */
    snprintf(head, sizeof head, "Month by month: %s from %s, %s, after less before", what->good,
             what->country, what->unit);
    words_heading(w, head);
    words_tone(w, 'd');
    words_left(w, "  period", 14);
    words_right(w, "by that link", 16);
    words_right(w, "other ways out", 16);
    words_right(w, "shut in", 12);
    words_right(w, "all stocks, end", 17);
    text_add(w->t, "\n");
    words_tone(w, 0);
    for (int i = 0; i < ms->count; i++) {
        const month *m = &ms->list[i];
        static const int width[SUMS] = {16, 16, 12, 17};
        text_add(w->t, "  ");
        words_left(w, m->id, 12);
        for (int s = 0; s < SUMS; s++)
            words_right(w,
                        fabs(change_of(m, s)) < 5e-4 ? "-"
                                                     : words_quantity(b, change_of(m, s), true),
                        width[s]);
        text_add(w->t, "\n");
        most = fmax(most, fmax(fabs(change_of(m, BY_LINK)), fabs(change_of(m, SHUT_IN))));
    }
    for (int i = 0; i < ms->count; i++)
        if (fabs(change_of(&ms->list[i], BY_LINK)) > 0.1 * most ||
            fabs(change_of(&ms->list[i], SHUT_IN)) > 0.1 * most)
            back = i + 1;
    if (back < ms->count)
        text_addf(w->t, "From %s on it leaves as before, to a tenth of the largest loss.\n",
                  ms->list[back].id);
    else
        text_add(w->t, "It does not come back to the plan before the end of the horizon.\n");
}

static void put_csv(const months *ms, text *csv)
{
    static const char *const name[SUMS] = {"exit_link", "other_exits", "shut_in", "stock_end"};
    text_add(csv, "commodity,origin_country,exit_link_id,period,what,before,after,change\n");
    for (int i = 0; i < ms->count; i++)
        for (int s = 0; s < SUMS; s++) {
            const month *m = &ms->list[i];
            char a[FIX_TEXT], b[FIX_TEXT], d[FIX_TEXT];
            text_addf(csv, "%s,%s,%s,%s,%s,%s,%s,%s\n", ms->what->good, ms->what->country,
                      ms->what->link, m->id, name[s], fix_text(a, m->sum[s][0]),
                      fix_text(b, m->sum[s][1]), fix_text(d, m->sum[s][1] - m->sum[s][0]));
        }
}

steppe_status months_story(steppe_ctx *ctx, const char *const dir[2], const loss *what,
                           words *w, text *csv)
{
    months ms = {ctx, what, NULL, 0};
    steppe_status st = list_periods(&ms, dir[1]);
    for (int side = 0; side < 2 && st == STEPPE_OK; side++)
        st = read_side(&ms, dir[side], side);
    if (st == STEPPE_OK && w && ms.count > 1) put_table(&ms, w);
    if (st == STEPPE_OK && csv) put_csv(&ms, csv);
    mem_free(ms.list);
    return st;
}
