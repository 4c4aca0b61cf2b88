/* Two result folders side by side, from their tables alone: what gained, what lost. */
#include "compare_months.h"
#include "report.h"
#include "table.h"
#include "words.h"
#include "write.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One thing on both sides: its key as CSV cells, and its amounts. */
typedef struct {
    char *key;
    wide before, after;
} change;

typedef struct {
    const char *title, *head; /* CSV header of the key */
    change *list;
    int64_t count, cap;
    names map;
    bool memory;
} changes;

typedef struct {
    steppe_ctx *ctx;
    const char *dir[2];
    json_t *json[2];
    names link_name; /* link_id -> name, for the screen */
    table *links[2];
    changes exit, route, link, good, extra, country, shortage, shut_in, price;
} comparison;

static bool changes_init(changes *c, const char *title, const char *head)
{
    memset(c, 0, sizeof *c);
    c->title = title;
    c->head = head;
    c->memory = names_init(&c->map, 256);
    return c->memory;
}

static void changes_free(changes *c)
{
    for (int64_t i = 0; i < c->count; i++) mem_free(c->list[i].key);
    mem_free(c->list);
    names_free(&c->map);
}

static void changes_add(changes *c, const char *key, int side, wide amount)
{
    int64_t at = c->memory ? names_find(&c->map, key) : -1;
    if (at < 0) {
        if (c->memory && c->count == c->cap) {
            const int64_t cap = c->cap ? 2 * c->cap : 256;
            change *more = mem_resize(c->list, (size_t)cap, sizeof *more);
            c->memory = more != NULL;
            if (more) c->list = more, c->cap = cap;
        }
        char *copy = c->memory ? mem_copy_text(key) : NULL;
        if (!copy || names_add(&c->map, copy, c->count) == -2) {
            mem_free(copy);
            c->memory = false;
            return;
        }
        at = c->count++;
        c->list[at] = (change){copy, 0, 0};
    }
    *(side ? &c->list[at].after : &c->list[at].before) += amount;
}

/* ---- reading ------------------------------------------------------------------------- */

/* Only a table as it was written is compared: whole, and with the bytes that result.json records. */
static steppe_status open_table(comparison *cp, int side, const char *name, table **t)
{
    text path = {0};
    *t = NULL;
    text_addf(&path, "%s/%s", cp->dir[side], name);
    const int64_t faults = cp->ctx->faults;
    steppe_status st =
        path.failed ? steppe_no_memory(cp->ctx) : table_read(cp->ctx, path.data, name, t);
    const char *said =
        json_string_value(json_object_get(json_object_get(cp->json[side], "files"), name));
    if (st == STEPPE_OK &&
        (cp->ctx->faults > faults || !said || strcmp(said, (*t)->sha256) != 0))
        st = steppe_fail(
            cp->ctx, STEPPE_BAD_INPUT,
            "%s: found other bytes than result.json records, expected the table as written",
            path.data);
    if (st != STEPPE_OK) {
        table_free(*t);
        *t = NULL;
    }
    text_free(&path);
    return st;
}

enum { MAX_KEYS = 4 };

/* The amounts of one column by the cells of up to four others. */
static steppe_status collect(comparison *cp, const table *t, changes *to, int side,
                             const char *const *key, const char *amount)
{
    int col[MAX_KEYS], keys = 0;
    const int value = table_column(t, amount);
    for (; key[keys]; keys++) {
        col[keys] = table_column(t, key[keys]);
        if (col[keys] < 0 || value < 0)
            return steppe_fail(cp->ctx, STEPPE_BAD_INPUT,
                               "%s:1:1: found no columns %s and %s, expected a table of Steppe",
                               t->path, key[keys], amount);
    }
    text k = {0};
    for (int64_t i = 0; i < t->rows; i++) {
        wide v;
        const fix_result got = fix_parse(table_cell(t, i, value), &v);
        if (got != FIX_OK && got != FIX_ROUNDED) {
            if (table_cell(t, i, value)[0] == '\0') continue;
            text_free(&k);
            return steppe_fail(
                cp->ctx, STEPPE_BAD_INPUT, "%s:%lld:%d: found '%s', expected a number", t->path,
                (long long)table_row_number(t, i), value + 1, table_cell(t, i, value));
        }
        k.len = 0;
        for (int c = 0; c < keys; c++) {
            if (c) text_add(&k, ",");
            csv_add(&k, table_cell(t, i, col[c]));
        }
        if (k.data && !k.failed) changes_add(to, k.data, side, v);
    }
    const bool ok = !k.failed && to->memory;
    text_free(&k);
    return ok ? STEPPE_OK : steppe_no_memory(cp->ctx);
}

/* A route counts once for each country on its way. */
static steppe_status collect_countries(comparison *cp, const table *t, int side)
{
    const int way = table_column(t, "countries"), good = table_column(t, "commodity"),
              flow = table_column(t, "flow");
    if (way < 0 || good < 0 || flow < 0) return STEPPE_BAD_INPUT;
    for (int64_t i = 0; i < t->rows; i++) {
        wide v;
        fix_parse(table_cell(t, i, flow), &v);
        const char *list = table_cell(t, i, way);
        for (const char *s = list; *s;) {
            const size_t n = strcspn(s, ">");
            bool again = false; /* in, out and in again is one passage */
            for (const char *p = list; p < s; p += strcspn(p, ">") + 1)
                again |= strcspn(p, ">") == n && memcmp(p, s, n) == 0;
            char key[160];
            snprintf(key, sizeof key, "%.*s,%.120s", (int)(n < 30 ? n : 30), s,
                     table_cell(t, i, good));
            if (!again) changes_add(&cp->country, key, side, v);
            s += n + (s[n] == '>');
        }
    }
    return cp->country.memory ? STEPPE_OK : steppe_no_memory(cp->ctx);
}

static steppe_status read_side(comparison *cp, int side)
{
    static const char *const exit_key[] = {"commodity", "origin_country", "exit_link_id",
                                           "flow_unit", NULL};
    static const char *const route_key[] = {"commodity", "supply_id", "demand_id", "summary",
                                            NULL};
    static const char *const link_key[] = {"link_id", "commodity", "direction", NULL};
    static const char *const good_key[] = {"commodity", "flow_unit", NULL};
    static const char *const short_key[] = {"demand_id", "commodity", "name", NULL};
    static const char *const shut_key[] = {"supply_id", "commodity", "name", "country", NULL};
    static const char *const row_key[] = {"row", "name", NULL};
    table *t = NULL;
    STEPPE_TRY(open_table(cp, side, "route.csv", &t));
    steppe_status st = collect(cp, t, &cp->exit, side, exit_key, "flow");
    if (st == STEPPE_OK) st = collect(cp, t, &cp->route, side, route_key, "flow");
    if (st == STEPPE_OK) st = collect_countries(cp, t, side);
    table_free(t);
    if (st != STEPPE_OK) return st;
    STEPPE_TRY(open_table(cp, side, "link_flow.csv", &cp->links[side]));
    STEPPE_TRY(collect(cp, cp->links[side], &cp->link, side, link_key, "flow"));
    STEPPE_TRY(open_table(cp, side, "demand_use.csv", &t));
    st = collect(cp, t, &cp->good, side, good_key, "delivered");
    if (st == STEPPE_OK) st = collect(cp, t, &cp->extra, side, short_key, "extra");
    if (st == STEPPE_OK) st = collect(cp, t, &cp->shortage, side, short_key, "shortage");
    table_free(t);
    if (st != STEPPE_OK) return st;
    STEPPE_TRY(open_table(cp, side, "supply_use.csv", &t));
    st = collect(cp, t, &cp->shut_in, side, shut_key, "shut_in");
    table_free(t);
    if (st != STEPPE_OK) return st;
    STEPPE_TRY(open_table(cp, side, "capacity.csv", &t));
    st =
        collect(cp, t, &cp->price, side, row_key, "price_usd_per_unit_of_limit_negative_saves");
    table_free(t);
    return st;
}

static steppe_status read_json(comparison *cp, int side)
{
    text path = {0};
    char *bytes = NULL;
    size_t len = 0;
    json_error_t error;
    text_addf(&path, "%s/result.json", cp->dir[side]);
    steppe_status st =
        path.failed ? steppe_no_memory(cp->ctx) : file_read(cp->ctx, path.data, &bytes, &len);
    if (st == STEPPE_OK) {
        cp->json[side] = json_loadb(bytes, len, 0, &error);
        if (!cp->json[side])
            st = steppe_fail(cp->ctx, STEPPE_BAD_INPUT,
                             "%s:%d:%d: found %s, expected a whole JSON file", path.data,
                             error.line, error.column, error.text);
    }
    mem_free(bytes);
    text_free(&path);
    return st;
}

/* ---- the screen ---------------------------------------------------------------------- */

static double size_of(const change *c)
{
    return fabs(fix_double(c->after - c->before));
}

static int by_size(const void *a, const void *b)
{
    const change *p = a, *q = b;
    const double x = size_of(p), y = size_of(q);
    return x != y ? (x > y ? -1 : 1) : strcmp(p->key, q->key);
}

/* Part i of a key; quoted cells are unquoted. */
static void key_part(const char *key, int i, char *out, size_t size)
{
    size_t n = 0;
    bool quoted = false;
    for (const char *s = key; *s; s++) {
        if (*s == '"') {
            if (quoted && s[1] == '"') {
                s++;
            } else {
                quoted = !quoted;
                continue;
            }
        } else if (*s == ',' && !quoted) {
            if (i-- == 0) break;
            continue;
        }
        if (i == 0 && n + 1 < size) out[n++] = *s;
    }
    out[n] = '\0';
}

static const char *link_title(const comparison *cp, const char *id)
{
    if (!id[0]) return "(used at home)";
    const int64_t at = names_find(&cp->link_name, id);
    if (at < 0) return id;
    const table *t = cp->links[at % 2];
    return table_cell(t, at / 2, table_column(t, "name"));
}

static void put_change(words *w, double before, double after)
{
    char b[64];
    words_right(w, words_quantity(b, before, false), 11);
    words_right(w, words_quantity(b, after, false), 11);
    words_right(w, words_quantity(b, after - before, true), 12);
}

static const double VISIBLE = 5e-3; /* changes below are in the tables, not on the screen */

static void put_head(words *w, const char *title)
{
    char head[200];
    snprintf(head, sizeof head, "%-60s%11s%11s%12s", title, "before", "after", "change");
    words_heading(w, head);
}

/* The rows with the largest changes; line builds the label of a key. */
static void put_list(const comparison *cp, words *w, changes *c, int most,
                     void (*line)(const comparison *, const char *, char *, size_t))
{
    int shown = 0;
    int64_t more = 0;
    qsort(c->list, (size_t)c->count, sizeof *c->list, by_size);
    for (int64_t i = 0; i < c->count; i++) {
        const change *ch = &c->list[i];
        if (ch->before == ch->after) break;
        if (size_of(ch) < VISIBLE || shown >= most) {
            more++;
            continue;
        }
        if (shown++ == 0) put_head(w, c->title);
        char label[400];
        line(cp, ch->key, label, sizeof label);
        words_left(w, label, 60);
        put_change(w, fix_double(ch->before), fix_double(ch->after));
        text_add(w->t, "\n");
    }
    if (shown > 0 && more > 0) {
        words_tone(w, 'd');
        text_addf(w->t, "  %lld smaller changes\n", (long long)more);
        words_tone(w, 0);
    }
    /* the index no longer matches the sorted list, and nothing is added from here on */
}

static void exit_line(const comparison *cp, const char *key, char *out, size_t size)
{
    char good[64], country[16], link_id[128];
    key_part(key, 0, good, sizeof good);
    key_part(key, 1, country, sizeof country);
    key_part(key, 2, link_id, sizeof link_id);
    snprintf(out, size, "  %s %s: %s", country, good, link_title(cp, link_id));
}

static void link_line(const comparison *cp, const char *key, char *out, size_t size)
{
    char good[64], link_id[128], direction[16];
    key_part(key, 0, link_id, sizeof link_id);
    key_part(key, 1, good, sizeof good);
    key_part(key, 2, direction, sizeof direction);
    snprintf(out, size, "  %s: %s%s", good, link_title(cp, link_id),
             strcmp(direction, "backward") == 0 ? " (back)" : "");
}

static void route_line(const comparison *cp, const char *key, char *out, size_t size)
{
    (void)cp;
    char way[300], good[64];
    key_part(key, 0, good, sizeof good);
    key_part(key, 3, way, sizeof way);
    snprintf(out, size, "  %s: %s", good, way);
}

static void two_line(const comparison *cp, const char *key, char *out, size_t size)
{
    (void)cp;
    char a[128], b[64];
    key_part(key, 0, a, sizeof a);
    key_part(key, 1, b, sizeof b);
    snprintf(out, size, "  %s %s", a, b);
}

static void named_line(const comparison *cp, const char *key, char *out, size_t size)
{
    (void)cp;
    char name[200], good[64];
    key_part(key, 1, good, sizeof good);
    key_part(key, 2, name, sizeof name);
    snprintf(out, size, "  %s: %s", good, name);
}

static void row_line(const comparison *cp, const char *key, char *out, size_t size)
{
    (void)cp;
    char row[200], name[200];
    key_part(key, 0, row, sizeof row);
    key_part(key, 1, name, sizeof name);
    snprintf(out, size, "  %s", name[0] ? name : row);
}

static double json_value(const comparison *cp, int side, const char *object, const char *key)
{
    const json_t *from = object ? json_object_get(cp->json[side], object) : cp->json[side];
    const json_t *v = json_object_get(from, key);
    return json_is_string(v) ? strtod(json_string_value(v), NULL) : json_number_value(v);
}

static const char *side_name(const comparison *cp, int side)
{
    const char *s = json_string_value(json_object_get(cp->json[side], "scenario"));
    return s ? s : "base";
}

static void put_costs(const comparison *cp, words *w)
{
    static const char *const part[][2] = {{"transport", "transport"},
                                          {"transfer", "transfers"},
                                          {"supply", "supply"},
                                          {"shortage", "unserved demand"},
                                          {"minimum_shortage", "unserved obligations"},
                                          {"shut_in", "shut-in supply"},
                                          {"contract_shortfall", "contracts missed"},
                                          {"storage", "storage"},
                                          {"conversion", "conversion"},
                                          {"cost_curve", "dearer steps of cost curves"},
                                          {"off_plan", "keeping off the plan"}};
    const double a = json_value(cp, 0, NULL, "objective"),
                 b = json_value(cp, 1, NULL, "objective");
    char n[64];
    put_head(w, "Cost, million USD");
    words_left(w, "  total", 60);
    put_change(w, a, b);
    text_addf(w->t, " (%s %%)\n",
              words_number(n, a != 0.0 ? 100.0 * (b - a) / fabs(a) : 0.0, 1, true));
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        const double x = json_value(cp, 0, "cost_musd", part[i][0]);
        const double y = json_value(cp, 1, "cost_musd", part[i][0]);
        if (x == 0.0 && y == 0.0) continue;
        text_add(w->t, "    ");
        words_left(w, part[i][1], 56);
        put_change(w, x, y);
        text_add(w->t, "\n");
    }
    words_left(w, "  billion t-km", 60);
    put_change(w, json_value(cp, 0, NULL, "tonne_km_million") / 1000.0,
               json_value(cp, 1, NULL, "tonne_km_million") / 1000.0);
    text_add(w->t, "\n");
    words_left(w, "  emissions of transport, Mt CO2e", 60);
    put_change(w, json_value(cp, 0, NULL, "emission_kt_co2e") / 1000.0,
               json_value(cp, 1, NULL, "emission_kt_co2e") / 1000.0);
    text_add(w->t, "\n");
}

/* Sum of the changes of supplies shut in, of a good and country. */
static double shut_in_change(const comparison *cp, const char *good, const char *country)
{
    double sum = 0.0;
    char g[64], c[16];
    for (int64_t i = 0; i < cp->shut_in.count; i++) {
        const change *ch = &cp->shut_in.list[i];
        key_part(ch->key, 1, g, sizeof g);
        key_part(ch->key, 3, c, sizeof c);
        if (!strcmp(g, good) && !strcmp(c, country)) sum += fix_double(ch->after - ch->before);
    }
    return sum;
}

/* The exit that lost most. false: none lost anything that shows. */
static bool find_loss(const comparison *cp, loss *out, double *size)
{
    const changes *x = &cp->exit;
    int64_t lost = -1;
    for (int64_t i = 0; i < x->count; i++) {
        key_part(x->list[i].key, 2, out->link, sizeof out->link);
        const wide d = x->list[i].after - x->list[i].before;
        if (out->link[0] && d < 0 &&
            (lost < 0 || d < x->list[lost].after - x->list[lost].before))
            lost = i;
    }
    if (lost < 0 || size_of(&x->list[lost]) < VISIBLE) return false;
    key_part(x->list[lost].key, 0, out->good, sizeof out->good);
    key_part(x->list[lost].key, 1, out->country, sizeof out->country);
    key_part(x->list[lost].key, 2, out->link, sizeof out->link);
    key_part(x->list[lost].key, 3, out->unit, sizeof out->unit);
    out->link_name = link_title(cp, out->link);
    *size = size_of(&x->list[lost]);
    return true;
}

static bool of_loss(const loss *what, const char *exit_key)
{
    char good[64], country[16];
    key_part(exit_key, 0, good, sizeof good);
    key_part(exit_key, 1, country, sizeof country);
    return strcmp(good, what->good) == 0 && strcmp(country, what->country) == 0;
}

/* The story in words: the exit that lost most, where its goods go instead, what stays in the
 * ground, the price; month by month where there are months. */
static steppe_status put_story(const comparison *cp, words *w)
{
    const changes *x = &cp->exit;
    loss what;
    double size;
    char link_id[160], b[64];
    if (!find_loss(cp, &what, &size)) return STEPPE_OK;
    STEPPE_TRY(months_story(cp->ctx, cp->dir, &what, w, NULL));
    words_heading(w, "In short");
    text_addf(w->t, "%s from %s: %s %s less leaves by %s.\n", what.good, what.country,
              words_quantity(b, size, false), what.unit, what.link_name);
    double abroad = 0.0;
    int shown = 0;
    text_add(w->t, "Instead:");
    for (int64_t i = 0; i < x->count; i++) { /* sorted by size */
        const change *ch = &x->list[i];
        if (!of_loss(&what, ch->key)) continue;
        key_part(ch->key, 2, link_id, sizeof link_id);
        const double d = fix_double(ch->after - ch->before);
        if (link_id[0]) abroad += d;
        if (d < VISIBLE || shown == 8) continue;
        text_addf(w->t, "%s %s %s", shown++ ? ";" : "", words_quantity(b, d, true),
                  link_title(cp, link_id));
    }
    if (shown == 0) text_add(w->t, " no other way gains");
    text_addf(w->t, ".\nExports change by %s %s", words_quantity(b, abroad, true), what.unit);
    text_addf(w->t, ", supply shut in by %s",
              words_quantity(b, shut_in_change(cp, what.good, what.country), true));
    text_addf(w->t, ", all costs by %s million USD.\n",
              words_number(b,
                           json_value(cp, 1, NULL, "objective") -
                               json_value(cp, 0, NULL, "objective"),
                           0, true));
    return STEPPE_OK;
}

static steppe_status put_screen(comparison *cp, words *w)
{
    text_addf(w->t, "\n");
    words_tone(w, 'b');
    text_addf(w->t, "%s -> %s\n", side_name(cp, 0), side_name(cp, 1));
    words_tone(w, 0);
    qsort(cp->exit.list, (size_t)cp->exit.count, sizeof *cp->exit.list, by_size);
    put_costs(cp, w);
    put_list(cp, w, &cp->good, 10, two_line);
    put_list(cp, w, &cp->exit, 16, exit_line);
    put_list(cp, w, &cp->country, 12, two_line);
    put_list(cp, w, &cp->shortage, 10, named_line);
    put_list(cp, w, &cp->extra, 8, named_line);
    put_list(cp, w, &cp->shut_in, 10, named_line);
    put_list(cp, w, &cp->route, 8, route_line);
    put_list(cp, w, &cp->link, 10, link_line);
    put_list(cp, w, &cp->price, 12, row_line);
    /* last: what stands at the foot of a terminal is read first */
    const steppe_status st = put_story(cp, w);
    text_add(w->t, "\n");
    return st;
}

/* ---- tables -------------------------------------------------------------------------- */

static steppe_status add_table(write_folder *f, const char *name, const changes *c)
{
    text t = {0};
    char a[FIX_TEXT], b[FIX_TEXT], d[FIX_TEXT];
    text_addf(&t, "%s,before,after,change\n", c->head);
    for (int64_t i = 0; i < c->count; i++) {
        const change *ch = &c->list[i];
        if (ch->before == ch->after) continue;
        text_addf(&t, "%s,%s,%s,%s\n", ch->key, fix_text(a, ch->before), fix_text(b, ch->after),
                  fix_text(d, ch->after - ch->before));
    }
    const steppe_status st = write_folder_add(f, name, &t);
    text_free(&t);
    return st;
}

static steppe_status write_tables(comparison *cp, const char *dir)
{
    const struct {
        const char *name;
        const changes *c;
    } file[] = {{"change_exit.csv", &cp->exit},         {"change_route.csv", &cp->route},
                {"change_link.csv", &cp->link},         {"change_commodity.csv", &cp->good},
                {"change_country.csv", &cp->country},   {"change_extra.csv", &cp->extra},
                {"change_shortage.csv", &cp->shortage}, {"change_shut_in.csv", &cp->shut_in},
                {"change_price.csv", &cp->price}};
    write_folder f;
    STEPPE_TRY(write_folder_begin(cp->ctx, dir, &f));
    steppe_status st = STEPPE_OK;
    for (size_t i = 0; i < sizeof file / sizeof file[0] && st == STEPPE_OK; i++)
        st = add_table(&f, file[i].name, file[i].c);
    loss what;
    double size;
    text json = {0};
    if (st == STEPPE_OK && find_loss(cp, &what, &size)) {
        st = months_story(cp->ctx, cp->dir, &what, NULL, &json);
        if (st == STEPPE_OK) st = write_folder_add(&f, "change_month.csv", &json);
        json.len = 0;
    }
    text_addf(&json,
              "{\n  \"steppe\": \"" STEPPE_VERSION
              "\",\n  \"before\": \"%s\",\n  \"after\": \"%s\",\n"
              "  \"objective_before\": %.6f,\n  \"objective_after\": %.6f\n}\n",
              side_name(cp, 0), side_name(cp, 1), json_value(cp, 0, NULL, "objective"),
              json_value(cp, 1, NULL, "objective"));
    if (st == STEPPE_OK) st = write_folder_add(&f, "result.json", &json);
    text_free(&json);
    if (st == STEPPE_OK) st = write_folder_commit(&f);
    write_folder_abandon(&f);
    return st;
}

/* ---- the call ------------------------------------------------------------------------ */

static steppe_status prepare(comparison *cp)
{
    const struct {
        changes *c;
        const char *title, *head;
    } init[] = {
        {&cp->good, "Delivered, units", "commodity,flow_unit"},
        {&cp->exit, "Leaves its country by", "commodity,origin_country,exit_link_id,flow_unit"},
        {&cp->country, "Passes through or ends in", "country,commodity"},
        {&cp->shortage, "Demand not served", "demand_id,commodity,name"},
        {&cp->extra, "Taken beyond base demand", "demand_id,commodity,name"},
        {&cp->shut_in, "Supply shut in", "supply_id,commodity,name,country"},
        {&cp->route, "Routes", "commodity,supply_id,demand_id,summary"},
        {&cp->link, "Links", "link_id,commodity,direction"},
        {&cp->price, "Bottlenecks: price of one more unit, USD", "row,name"}};
    for (size_t i = 0; i < sizeof init / sizeof init[0]; i++)
        if (!changes_init(init[i].c, init[i].title, init[i].head))
            return steppe_no_memory(cp->ctx);
    for (int side = 0; side < 2; side++) {
        STEPPE_TRY(read_json(cp, side));
        STEPPE_TRY(read_side(cp, side));
    }
    if (!names_init(&cp->link_name, cp->links[0]->rows + cp->links[1]->rows))
        return steppe_no_memory(cp->ctx);
    for (int side = 0; side < 2; side++) {
        const table *t = cp->links[side];
        for (int64_t i = 0; i < t->rows; i++)
            if (names_add(&cp->link_name, table_cell(t, i, table_column(t, "link_id")),
                          2 * i + side) == -2)
                return steppe_no_memory(cp->ctx);
    }
    const char *a = json_string_value(json_object_get(cp->json[0], "case"));
    const char *b = json_string_value(json_object_get(cp->json[1], "case"));
    if (!a || !b || strcmp(a, b) != 0)
        steppe_note(cp->ctx, "the results are of different cases: %s and %s", a ? a : "?",
                    b ? b : "?");
    return STEPPE_OK;
}

static bool same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void put_json(const comparison *cp, text *t)
{
    const double a = json_value(cp, 0, NULL, "objective"),
                 b = json_value(cp, 1, NULL, "objective");
    text_addf(t,
              "{\"before\":\"%s\",\"after\":\"%s\",\"objective_before\":%.17g,"
              "\"objective_after\":%.17g,\"change\":%.17g,\"exits_changed\":%lld}\n",
              side_name(cp, 0), side_name(cp, 1), a, b, b - a, (long long)cp->exit.count);
}

steppe_status steppe_compare(const char *before_dir, const char *after_dir, const char *out_dir,
                             steppe_style style, const steppe_settings *set, char **out)
{
    if (!before_dir || !after_dir || !out) return STEPPE_BAD_CALL;
    *out = NULL;
    steppe_ctx ctx = {0};
    ctx.set = set ? *set : steppe_default_settings();
    comparison *cp = MEM_ZERO(comparison, 1);
    if (!cp) return steppe_no_memory(&ctx);
    cp->ctx = &ctx;
    cp->dir[0] = before_dir;
    cp->dir[1] = after_dir;
    text t = {0};
    steppe_status st = prepare(cp);
    if (st == STEPPE_OK && out_dir &&
        (same_folder(out_dir, before_dir) || same_folder(out_dir, after_dir)))
        st = steppe_fail(&ctx, STEPPE_BAD_CALL,
                         "%s: found one of the two results, expected another folder", out_dir);
    if (st == STEPPE_OK && out_dir) st = write_tables(cp, out_dir);
    if (st == STEPPE_OK) {
        words w = {&t, style == STEPPE_COLOR};
        if (style == STEPPE_JSON)
            put_json(cp, &t);
        else
            st = put_screen(cp, &w);
        if (st == STEPPE_OK && t.failed) st = steppe_no_memory(&ctx);
    }
    if (st == STEPPE_OK)
        *out = t.data;
    else
        text_free(&t);
    changes *all[] = {&cp->exit,    &cp->route,    &cp->link,    &cp->good, &cp->extra,
                      &cp->country, &cp->shortage, &cp->shut_in, &cp->price};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) changes_free(all[i]);
    names_free(&cp->link_name);
    for (int side = 0; side < 2; side++) {
        table_free(cp->links[side]);
        json_decref(cp->json[side]);
    }
    mem_free(cp);
    return st;
}
