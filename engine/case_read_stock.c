/* Tables of what happens at a place: stocks, and conversion of goods into others. */
#include "case_read.h"

/* ---- storage ----------------------------------------------------------------------------- */

/* What a mode brings to a place or takes from it. */
typedef struct {
    int mode;
    class_set carries;
} service;

typedef struct {
    int64_t *first; /* places + 1 */
    service *list;
} services;

static void add_service(services *s, int32_t at, int mode, class_set carries)
{
    if (at < 0) return;
    if (s->list)
        s->list[s->first[at + 1]++] = (service){mode, carries};
    else
        s->first[at + 1]++;
}

static void add_all_services(services *s, const case_data *c)
{
    for (int64_t i = 0; i < c->link_count; i++) {
        add_service(s, c->links[i].from, c->links[i].mode, c->links[i].carries);
        add_service(s, c->links[i].to, c->links[i].mode, c->links[i].carries);
    }
    for (int64_t i = 0; i < c->transfer_count; i++) {
        const transfer *x = &c->transfers[i];
        add_service(s, x->place, x->from, x->carries);
        add_service(s, x->place, x->to, x->carries);
    }
}

static bool list_services(services *s, const case_data *c)
{
    s->first = MEM_ZERO(int64_t, c->place_count + 2);
    s->list = NULL;
    if (!s->first) return false;
    add_all_services(s, c);
    for (int32_t i = 0; i < c->place_count; i++) s->first[i + 1] += s->first[i];
    service *list = MEM_NEW(service, s->first[c->place_count]);
    if (!list) return false;
    /* shifted by one place, the starts become the ends while the list fills */
    for (int32_t i = c->place_count; i > 0; i--) s->first[i] = s->first[i - 1];
    s->first[0] = 0;
    s->list = list;
    add_all_services(s, c);
    return true;
}

/* The mode whose goods a stock takes: the one named, else the only one there. */
static int storage_mode(reader *r, const services *s, const storage *x, int node, int mode)
{
    if (x->place < 0 || x->commodity < 0) return 0;
    const int class = r->c->commodities[x->commodity].class;
    const char *named = cell(r, mode);
    char want[160];
    size_t len = (size_t)snprintf(want, sizeof want, "one of the modes there, ");
    int found = -1, several = 0;
    for (int64_t i = s->first[x->place]; i < s->first[x->place + 1]; i++) {
        const int m = s->list[i].mode;
        if (!(s->list[i].carries >> class & 1)) continue;
        if (named[0] && strcmp(named, r->c->modes[m]) == 0) return m;
        bool again = false;
        for (int64_t j = s->first[x->place]; j < i; j++)
            again |= s->list[j].mode == m && (s->list[j].carries >> class & 1);
        if (again) continue;
        len += (size_t)snprintf(want + len, sizeof want - len, "%s%s", several++ ? ", " : "",
                                r->c->modes[m]);
        if (len >= sizeof want) len = sizeof want - 1;
        found = m;
    }
    if (several == 0)
        cell_fault(r, node, cell(r, node), "a place with a link or transfer for the commodity");
    else if (several > 1 || named[0])
        cell_fault(r, mode >= 0 ? mode : node, mode >= 0 ? named : cell(r, node), want);
    return found < 0 ? 0 : found;
}

typedef struct {
    int capacity, min, in_rate, out_rate, in_cost, out_cost, holding, loss, rule, initial,
        final;
} storage_columns;

static void storage_numbers(reader *r, const storage_columns *col, storage *x)
{
    static const char *const rules[] = {"cyclic", "fixed", "min", "free", NULL};
    x->capacity = cell_number(r, col->capacity, 0, true, NOT_NEGATIVE);
    x->min_stock = cell_number(r, col->min, 0, false, NOT_NEGATIVE);
    cell_at_most(r, col->min, x->min_stock, x->capacity, "the capacity");
    x->in_rate = cell_number(r, col->in_rate, -1, false, NOT_NEGATIVE);
    x->out_rate = cell_number(r, col->out_rate, -1, false, NOT_NEGATIVE);
    x->in_cost = cell_number(r, col->in_cost, 0, false, NOT_NEGATIVE);
    x->out_cost = cell_number(r, col->out_cost, 0, false, NOT_NEGATIVE);
    x->holding_cost = cell_number(r, col->holding, 0, false, NOT_NEGATIVE);
    x->loss_pct = cell_number(r, col->loss, 0, false, NOT_NEGATIVE);
    if (x->loss_pct > 100 * FIX_ONE)
        cell_fault(r, col->loss, cell(r, col->loss), "percent up to 100");
    x->rule = (final_rule)cell_word(r, col->rule, rules, FINAL_CYCLIC);
    x->initial = cell_number(r, col->initial, -1, x->rule != FINAL_CYCLIC, NOT_NEGATIVE);
    if (col->initial < 0 && x->rule != FINAL_CYCLIC)
        cell_fault(r, col->rule, cell(r, col->rule), "cyclic, or a column initial");
    cell_at_most(r, col->initial, x->initial, x->capacity, "the capacity");
    if (x->rule == FINAL_CYCLIC && x->initial >= 0)
        cell_at_least(r, col->initial, x->initial, x->min_stock, "the least stock");
    const bool ends = x->rule == FINAL_FIXED || x->rule == FINAL_MIN;
    if (!ends) cell_must_be_empty(r, col->final, "final_rule does not use it");
    x->final = ends ? cell_number(r, col->final, -1, true, NOT_NEGATIVE) : -1;
    if (ends && col->final < 0)
        cell_fault(r, col->rule, cell(r, col->rule), "cyclic or free, or a column final");
    cell_at_most(r, col->final, x->final, x->capacity, "the capacity");
    if (x->rule == FINAL_FIXED && x->final >= 0)
        cell_at_least(r, col->final, x->final, x->min_stock, "the least stock");
}

void read_storages(reader *r, indexes *ix)
{
    const int id = cell_column(r, "storage_id", COL_SOLVE, true);
    const int node = cell_column(r, "node_id", COL_SOLVE, true);
    const int good = cell_column(r, "commodity", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int mode = cell_column(r, "mode", COL_SOLVE, false);
    const storage_columns col = {
        .capacity = cell_column(r, "capacity", COL_SOLVE, true),
        .min = cell_column(r, "min_stock", COL_SOLVE, false),
        .in_rate = cell_column(r, "inject_per_y", COL_SOLVE, false),
        .out_rate = cell_column(r, "withdraw_per_y", COL_SOLVE, false),
        .in_cost = cell_column(r, "inject_cost_usd_per_unit", COL_SOLVE, false),
        .out_cost = cell_column(r, "withdraw_cost_usd_per_unit", COL_SOLVE, false),
        .holding = cell_column(r, "holding_cost_usd_per_unit_y", COL_SOLVE, false),
        .loss = cell_column(r, "loss_pct_per_y", COL_SOLVE, false),
        .rule = cell_column(r, "final_rule", COL_SOLVE, false),
        .initial = cell_column(r, "initial", COL_SOLVE, false),
        .final = cell_column(r, "final", COL_SOLVE, false)};
    const int status = cell_column(r, "status", COL_SOLVE, false);
    const int year = cell_column(r, "available_from_year", COL_SOLVE, false);
    services modes = {NULL, NULL};
    RECORDS(r, storages, storage_count, storage);
    if (!list_services(&modes, r->c)) r->memory = false;
    FOR_ROWS(r)
    {
        storage *x = &r->c->storages[r->row];
        x->row = r->row;
        x->id = cell_identifier(r, id);
        cell_register_id(r, &ix->storage, id, x->id, r->row, 0);
        x->place = (int32_t)cell_reference(r, &ix->place, node, "a node_id of node.csv", true);
        x->commodity =
            (int)cell_reference(r, &ix->commodity, good, "a commodity of commodity.csv", true);
        cell_check_commodity_unit(r, unit, x->commodity);
        x->mode = storage_mode(r, &modes, x, node, mode);
        storage_numbers(r, &col, x);
        x->open = cell_open_status(r, status, year) && x->place >= 0 &&
                  r->c->places[x->place].open && x->commodity >= 0 && cell_row_holds(r);
        r->c->storage_count++;
    }
    mem_free(modes.first);
    mem_free(modes.list);
}

/* ---- conversion --------------------------------------------------------------------------- */

void read_conversions(reader *r, indexes *ix)
{
    const int id = cell_column(r, "conversion_id", COL_SOLVE, true);
    const int node = cell_column(r, "node_id", COL_SOLVE, true);
    cell_column(r, "flow_unit", COL_SOLVE, true); /* compared when the flows are known */
    const int capacity = cell_column(r, "capacity_per_y", COL_SOLVE, true);
    const int cost = cell_column(r, "cost_usd_per_unit", COL_SOLVE, false);
    const int season = cell_column(r, "profile", COL_SOLVE, false);
    const int status = cell_column(r, "status", COL_SOLVE, false);
    const int year = cell_column(r, "available_from_year", COL_SOLVE, false);
    RECORDS(r, conversions, conversion_count, conversion);
    FOR_ROWS(r)
    {
        conversion *x = &r->c->conversions[r->row];
        x->row = r->row;
        x->id = cell_identifier(r, id);
        cell_register_id(r, &ix->conversion, id, x->id, r->row, 0);
        x->place = (int32_t)cell_reference(r, &ix->place, node, "a node_id of node.csv", true);
        x->capacity = cell_number(r, capacity, 0, true, NOT_NEGATIVE);
        x->cost = cell_number(r, cost, 0, false, NOT_NEGATIVE);
        x->profile = read_profile_of(r, ix, season);
        x->open = cell_open_status(r, status, year) && x->place >= 0 &&
                  r->c->places[x->place].open && cell_row_holds(r);
        r->c->conversion_count++;
    }
}

/* Flows are put in the order of their conversions, those of one in the order of the file. Its
 * first row is the input that capacity and cost count. */
static void sort_flows(reader *r, const int64_t *of, const conversion_flow *read)
{
    case_data *c = r->c;
    int64_t at = 0;
    for (int64_t i = 0; i < c->conversion_count; i++) {
        const int64_t size = c->conversions[i].end_flow;
        c->conversions[i].first_flow = c->conversions[i].end_flow = at;
        at += size;
    }
    for (int64_t i = 0; i < r->t->rows; i++)
        if (of[i] >= 0) c->conversion_flows[c->conversions[of[i]].end_flow++] = read[i];
    c->conversion_flow_count = at;
}

static void check_flow(reader *r, const conversion *x, const conversion_flow *f,
                       const conversion_flow *read, const int64_t *of, int direction,
                       int quantity, int good)
{
    if (f->quantity == 0) cell_fault(r, quantity, cell(r, quantity), "a number above 0");
    if (x->end_flow == 1 && f->output)
        cell_fault(r, direction, cell(r, direction),
                   "in, since the first row is the input "
                   "that counts");
    else if (x->end_flow == 1 && f->quantity != FIX_ONE && f->quantity != 0)
        cell_fault(r, quantity, cell(r, quantity), "1 in the first row of a conversion");
    for (int64_t i = 0; i < r->row && x->end_flow > 1; i++)
        if (of[i] == of[r->row] && read[i].commodity == f->commodity && f->commodity >= 0) {
            cell_fault(r, good, cell(r, good), "each commodity once per conversion");
            return;
        }
}

void read_conversion_flows(reader *r, const indexes *ix)
{
    static const char *const words[] = {"in", "out", NULL};
    const int id = cell_column(r, "conversion_id", COL_SOLVE, true);
    const int good = cell_column(r, "commodity", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int direction = cell_column(r, "direction", COL_SOLVE, true);
    const int quantity = cell_column(r, "quantity_per_unit", COL_SOLVE, true);
    RECORDS(r, conversion_flows, conversion_flow_count, conversion_flow);
    int64_t *of = MEM_NEW(int64_t, r->t->rows);
    conversion_flow *read = MEM_ZERO(conversion_flow, r->t->rows);
    if (!of || !read) r->memory = false;
    FOR_ROWS(r)
    {
        conversion_flow *f = &read[r->row];
        of[r->row] =
            cell_reference(r, &ix->conversion, id, "a conversion_id of conversion.csv", true);
        f->commodity =
            (int)cell_reference(r, &ix->commodity, good, "a commodity of commodity.csv", true);
        cell_check_commodity_unit(r, unit, f->commodity);
        const int word = cell_word(r, direction, words, -1);
        f->quantity = cell_number(r, quantity, FIX_ONE, true, NOT_NEGATIVE);
        if (f->quantity > FIX_ONE * 1000000)
            cell_fault(r, quantity, cell(r, quantity), "at most 10^6");
        if (of[r->row] < 0) continue;
        conversion *x = &r->c->conversions[of[r->row]];
        x->end_flow++;
        /* an unknown word is taken for what makes no further fault */
        f->output = word == 1 || (word < 0 && x->end_flow > 1);
        check_flow(r, x, f, read, of, direction, quantity, good);
    }
    if (r->memory) sort_flows(r, of, read);
    mem_free(of);
    mem_free(read);
}

void read_check_conversions(reader *r)
{
    r->t = r->c->src->tab[T_CONVERSION];
    if (!r->t) return;
    const int id = table_column(r->t, "conversion_id"), unit = table_column(r->t, "flow_unit");
    for (int64_t i = 0; i < r->c->conversion_count; i++) {
        const conversion *x = &r->c->conversions[i];
        bool out = false;
        r->row = x->row;
        for (int64_t f = x->first_flow; f < x->end_flow; f++)
            out |= r->c->conversion_flows[f].output;
        if (x->end_flow == x->first_flow)
            cell_fault(r, id, x->id, "rows in conversion_flow.csv");
        else if (!out)
            cell_fault(r, id, x->id, "a row with direction out in conversion_flow.csv");
        if (x->end_flow > x->first_flow)
            cell_check_commodity_unit(r, unit, r->c->conversion_flows[x->first_flow].commodity);
    }
}
