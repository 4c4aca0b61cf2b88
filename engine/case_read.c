/* Tables -> records. Every fault of every cell is reported, then the caller stops: a wrong
 * table costs one run, not one run per fault. */
#include "case_read.h"

/* ---- tables -------------------------------------------------------------------------- */

static void show_columns(reader *r, const char *const *list)
{
    for (; *list; list++) cell_column(r, *list, COL_SHOW, false);
}

static void read_config(reader *r)
{
    static const char *const show[] = {"dataset_name", "speed",          "crs", "currency",
                                       "id_type",      "version_number", NULL};
    show_columns(r, show);
    const int year = cell_column(r, "base_year", COL_SOLVE, false);
    const int length = cell_column(r, "long_length", COL_SOLVE, false);
    const int ends = cell_column(r, "horizon", COL_SOLVE, false);
    if (r->t->rows != 1) {
        char found[40];
        snprintf(found, sizeof found, "%lld rows", (long long)r->t->rows);
        steppe_fault(r->ctx, "%s:2:1: found %s, expected one row", r->t->path, found);
        return;
    }
    r->row = 0;
    const wide y = cell_number(r, year, 2025 * FIX_ONE, false, NOT_NEGATIVE);
    if (y % FIX_ONE != 0 || y > 9999 * FIX_ONE)
        cell_fault(r, year, cell(r, year), "a year");
    else
        r->c->base_year = (int)(y / FIX_ONE);
    if (cell(r, length)[0] && strcmp(cell(r, length), "km") != 0)
        cell_fault(r, length, cell(r, length), "km");
    static const char *const words[] = {"cyclic", "open", NULL};
    r->c->open_horizon = cell_word(r, ends, words, 0) == 1;
}

static void read_modes(reader *r, indexes *ix)
{
    const int id = cell_column(r, "mode", COL_SOLVE, true);
    cell_column(r, "carries", COL_SHOW, false);
    const int cols[5] = {cell_column(r, "fixed_cost_usd_per_unit", COL_SOLVE, false),
                         cell_column(r, "var_cost_usd_per_unit_km", COL_SOLVE, false),
                         cell_column(r, "speed_km_per_day", COL_SOLVE, false),
                         cell_column(r, "ef_gco2e_per_tkm", COL_SOLVE, false),
                         cell_column(r, "loss_pct_per_100km", COL_SOLVE, false)};
    wide **to[5] = {&ix->mode_fixed, &ix->mode_var, &ix->mode_speed, &ix->mode_emission,
                    &ix->mode_loss};
    for (int i = 0; i < 5; i++) {
        *to[i] = MEM_NEW(wide, r->t->rows);
        if (!*to[i]) {
            r->memory = false;
            return;
        }
    }
    FOR_ROWS(r)
    {
        const int before = r->c->mode_count;
        const int mode = cell_mode_of(r, id);
        if (r->memory && id >= 0 && r->c->mode_count == before && cell(r, id)[0])
            cell_fault(r, id, cell(r, id), "each mode once");
        for (int i = 0; i < 5; i++) {
            wide v = cell_number(r, cols[i], -1, false, NOT_NEGATIVE);
            if (i == 4 && v > 100 * FIX_ONE) {
                cell_fault(r, cols[i], cell(r, cols[i]), "percent up to 100");
                v = -1;
            }
            if (mode < r->t->rows) (*to[i])[mode] = v;
        }
    }
    ix->mode_rows = r->c->mode_count;
}

static void read_commodities(reader *r, indexes *ix)
{
    const int id = cell_column(r, "commodity", COL_SOLVE, true);
    const int carries = cell_column(r, "carries", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int price = cell_column(r, "reference_price_usd_per_unit", COL_SOLVE, false);
    const int mass = cell_column(r, "mass_t_per_unit", COL_SOLVE, false);
    const int requires = cell_column(r, "requires", COL_SOLVE, false);
    RECORDS(r, commodities, commodity_count, commodity);
    FOR_ROWS(r)
    {
        commodity *g = &r->c->commodities[r->row];
        g->id = cell_identifier(r, id);
        cell_register_id(r, &ix->commodity, id, g->id, r->row, 0);
        const char *class = cell_identifier(r, carries);
        g->class = class[0] ? cell_intern(r, &r->c->classes, &r->c->class_count, class) : 0;
        if (g->class >= 64) cell_fault(r, carries, class, "at most 64 classes of goods");
        g->unit = cell_identifier(r, unit);
        g->price = cell_number(r, price, -1, false, NOT_NEGATIVE);
        g->mass = cell_number(r, mass, FIX_ONE, false, NOT_NEGATIVE);
        g->requires_col = -1;
        if (cell(r, requires)[0] && r->c->src->tab[T_LINK]) {
            g->requires_col = table_column(r->c->src->tab[T_LINK], cell(r, requires));
            if (g->requires_col < 0)
                cell_fault(r, requires, cell(r, requires), "a column of the link table");
            else
                r->c->src->tab[T_LINK]->used[g->requires_col] = COL_SOLVE;
        }
        r->c->commodity_count++;
    }
}

static void read_nodes(reader *r, indexes *ix)
{
    const int id = cell_column(r, "node_id", COL_SOLVE, true);
    const int x = cell_column(r, "x_coord", COL_SHOW, true),
              y = cell_column(r, "y_coord", COL_SHOW, true);
    const int name = cell_column(r, "name", COL_SHOW, false);
    const int kind = cell_column(r, "node_type", COL_SHOW, false);
    const int country = cell_column(r, "country_iso2", COL_SOLVE, false);
    const int status = cell_column(r, "status", COL_SOLVE, false);
    const int year = cell_column(r, "available_from_year", COL_SOLVE, false);
    RECORDS(r, places, place_count, place);
    if (r->t->rows > INT32_MAX / 64) {
        steppe_fault(r->ctx, "%s:1:1: found %lld places, expected at most %d", r->t->path,
                     (long long)r->t->rows, INT32_MAX / 64);
        return;
    }
    FOR_ROWS(r)
    {
        place *p = &r->c->places[r->row];
        p->id = cell_identifier(r, id);
        cell_register_id(r, &ix->place, id, p->id, r->row, 0);
        p->lon = cell_real(r, x, -1e9, 1e9);
        p->lat = cell_real(r, y, -1e9, 1e9);
        p->name = cell(r, name)[0] ? cell(r, name) : p->id;
        p->kind = cell(r, kind);
        p->country = cell(r, country);
        p->open = cell_open_status(r, status, year);
        r->c->place_count++;
    }
}

/* value of the mode's default, -1 where the mode table does not give one */
static wide mode_default(const indexes *ix, const wide *of, int mode)
{
    return of && mode < ix->mode_rows ? of[mode] : -1;
}

/* a * b for decimals, rounded to nearest; the operands stay below 10^15 and 10^9 or so */
static wide fix_times(wide a, wide b)
{
    const wide high = a / FIX_ONE, low = a % FIX_ONE;
    return high * b + (low * b + FIX_ONE / 2) / FIX_ONE;
}

/* Cost of a link with its risk premium; what the row does not say, the mode does. */
static wide link_cost(reader *r, const indexes *ix, const case_link *l, int cost, int risk,
                      int mode)
{
    const wide km = l->length >= 0 ? l->length : 0;
    const wide fixed = mode_default(ix, ix->mode_fixed, l->mode);
    const wide var = mode_default(ix, ix->mode_var, l->mode);
    wide missing = -1;
    if (fixed >= 0 || var >= 0)
        missing = (fixed >= 0 ? fixed : 0) + fix_times(km, var >= 0 ? var : 0);
    wide sum = cell_number(r, cost, missing, missing < 0, ANY_SIGN);
    if (cost < 0 && missing < 0)
        cell_fault(r, mode, cell(r, mode),
                   "a mode with default costs in mode.csv, or a column cost_usd_per_unit");
    sum += cell_number(r, risk, 0, false, ANY_SIGN);
    if (sum < 0 && cell(r, cost)[0]) /* two-way links would pay for running in circles */
        cell_fault(r, cost, cell(r, cost), "a cost that is not negative with its risk premium");
    return sum;
}

/* Loss in parts per million, a half rounded up. */
static int32_t link_loss(reader *r, const indexes *ix, const case_link *l, int loss, int mode)
{
    const wide most = 50 * FIX_ONE, ppm = FIX_ONE / 10000; /* in percent */
    const wide own = cell_number(r, loss, -1, false, NOT_NEGATIVE);
    if (own > most) {
        cell_fault(r, loss, cell(r, loss), "percent up to 50");
        return 0;
    }
    if (own >= 0) return (int32_t)((own + ppm / 2) / ppm);
    const wide rate = mode_default(ix, ix->mode_loss, l->mode);
    if (rate <= 0 || l->length <= 0) return 0;
    const wide far = FIX_ONE * 1000000000000; /* rate x length stays below 10^38 */
    const wide sum = l->length <= far ? rate * l->length : 0; /* x 10^-26 percent */
    if (l->length > far || sum > most * 100 * FIX_ONE) {
        cell_fault(r, mode, cell(r, mode), "a mode that loses at most 50 % over the length");
        return 0;
    }
    return (int32_t)((sum + ppm * 50 * FIX_ONE) / (ppm * 100 * FIX_ONE));
}

static void read_links(reader *r, indexes *ix)
{
    static const char *const show[] = {"name", "countries", NULL};
    show_columns(r, show);
    const int id = cell_column(r, "link_id", COL_SOLVE, true),
              name = table_column(r->t, "name");
    const int from = cell_column(r, "from_node_id", COL_SOLVE, true);
    const int to = cell_column(r, "to_node_id", COL_SOLVE, true);
    const int directed = cell_column(r, "directed", COL_SOLVE, true);
    const int length = cell_column(r, "length", COL_SOLVE, false);
    const int mode = cell_column(r, "mode", COL_SOLVE, true);
    const int carries = cell_column(r, "carries", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int capacity = cell_column(r, "capacity_per_y", COL_SOLVE, true);
    const int background = cell_column(r, "background_per_y", COL_SOLVE, false);
    const int season = cell_column(r, "profile", COL_SOLVE, false);
    const int cost = cell_column(r, "cost_usd_per_unit", COL_SOLVE, false);
    const int risk = cell_column(r, "risk_premium_usd_per_unit", COL_SOLVE, false);
    const int days = cell_column(r, "transit_days", COL_SOLVE, false);
    const int loss = cell_column(r, "loss_pct", COL_SOLVE, false);
    const int ef = cell_column(r, "ef_gco2e_per_tkm", COL_SOLVE, false);
    const int status = cell_column(r, "status", COL_SOLVE, false);
    const int year = cell_column(r, "available_from_year", COL_SOLVE, false);
    const int countries = table_column(r->t, "countries");
    RECORDS(r, links, link_count, case_link);
    FOR_ROWS(r)
    {
        case_link *l = &r->c->links[r->row];
        l->row = r->row;
        l->id = cell_identifier(r, id);
        cell_register_id(r, &ix->link, id, l->id, r->row, 0);
        l->name = cell(r, name)[0] ? cell(r, name) : l->id;
        l->countries = cell(r, countries);
        l->unit = cell(r, unit);
        l->from = (int32_t)cell_reference(r, &ix->place, from, "a node_id of node.csv", true);
        l->to = (int32_t)cell_reference(r, &ix->place, to, "a node_id of node.csv", true);
        if (l->from >= 0 && l->from == l->to)
            cell_fault(r, to, cell(r, to), "another place than from_node_id");
        l->two_way = !cell_flag(r, directed, true);
        if (directed >= 0 && cell(r, directed)[0] == '\0')
            cell_fault(r, directed, "", "true or false");
        l->mode = cell_mode_of(r, mode);
        l->carries = cell_classes_of(r, carries);
        cell_check_unit(r, unit, l->carries);
        l->capacity = cell_number(r, capacity, 0, true, NOT_NEGATIVE);
        l->background = cell_number(r, background, 0, false, NOT_NEGATIVE);
        if (l->background > l->capacity) {
            char want[80], b[FIX_TEXT];
            snprintf(want, sizeof want, "at least the background traffic of %s",
                     fix_text(b, l->background));
            cell_fault(r, capacity, cell(r, capacity), want);
        }
        l->profile = read_profile_of(r, ix, season);
        l->length = cell_number(r, length, -1, false, NOT_NEGATIVE);
        l->cost = link_cost(r, ix, l, cost, risk, mode);
        const wide km = l->length >= 0 ? l->length : 0;
        const wide speed = mode_default(ix, ix->mode_speed, l->mode);
        l->days = cell_number(r, days, speed > 0 ? km * 1000 / (speed / 1000000000) : -1, false,
                              NOT_NEGATIVE);
        const wide mode_ef = mode_default(ix, ix->mode_emission, l->mode);
        l->emission = cell_number(r, ef, mode_ef >= 0 ? mode_ef : 0, false, NOT_NEGATIVE);
        l->loss_ppm = link_loss(r, ix, l, loss, mode);
        l->open = cell_open_status(r, status, year) && cell_row_holds(r);
        r->c->link_count++;
    }
}

/* Rows for other classes are other transfers, even where classes overlap; the same row twice is a slip. */
static void check_transfer_once(reader *r, names *seen, char **key)
{
    const transfer *x = &r->c->transfers[r->row];
    text t = {0};
    text_addf(&t, "%d %d %d %llx", x->place, x->from, x->to, (unsigned long long)x->carries);
    *key = t.data; /* freed by the caller when the map is done */
    const int64_t other = t.failed ? -2 : names_add(seen, t.data, r->row);
    if (other == -2) r->memory = false;
    if (other < 0 || x->place < 0) return;
    char found[64];
    snprintf(found, sizeof found, "the same transfer as in row %lld",
             (long long)table_row_number(r->t, other));
    cell_fault_at(r, r->row, table_column(r->t, "node_id"), found,
                  "each place, from_mode, to_mode and set of classes once");
}

static void read_transfers(reader *r, const indexes *ix)
{
    const int node = cell_column(r, "node_id", COL_SOLVE, true);
    const int from = cell_column(r, "from_mode", COL_SOLVE, true);
    const int to = cell_column(r, "to_mode", COL_SOLVE, true);
    const int carries = cell_column(r, "carries", COL_SOLVE, true);
    const int cost = cell_column(r, "cost_usd_per_unit", COL_SOLVE, true);
    const int days = cell_column(r, "days", COL_SHOW, false);
    const int capacity = cell_column(r, "capacity_per_y", COL_SOLVE, false);
    const int season = cell_column(r, "profile", COL_SOLVE, false);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    names seen;
    RECORDS(r, transfers, transfer_count, transfer);
    char **keys = MEM_ZERO(char *, r->t->rows);
    if (!names_init(&seen, r->t->rows) || !keys) r->memory = false;
    FOR_ROWS(r)
    {
        transfer *x = &r->c->transfers[r->row];
        x->row = r->row;
        x->place = (int32_t)cell_reference(r, &ix->place, node, "a node_id of node.csv", true);
        x->from = cell_mode_of(r, from);
        x->to = cell_mode_of(r, to);
        x->carries = cell_classes_of(r, carries);
        cell_check_unit(r, unit, x->carries);
        x->cost = cell_number(r, cost, 0, true, NOT_NEGATIVE);
        x->days = cell_number(r, days, -1, false, NOT_NEGATIVE);
        x->capacity = cell_number(r, capacity, -1, false, NOT_NEGATIVE);
        x->profile = read_profile_of(r, ix, season);
        x->open = cell_row_holds(r);
        check_transfer_once(r, &seen, &keys[r->row]);
        r->c->transfer_count++;
    }
    for (int64_t i = 0; keys && i < r->t->rows; i++) mem_free(keys[i]);
    mem_free(keys);
    names_free(&seen);
}

static void read_handling(reader *r, const indexes *ix)
{
    const int node = cell_column(r, "node_id", COL_SOLVE, true);
    const int carries = cell_column(r, "carries", COL_SOLVE, true);
    const int capacity = cell_column(r, "capacity_per_y", COL_SOLVE, true);
    const int season = cell_column(r, "profile", COL_SOLVE, false);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    RECORDS(r, handlings, handling_count, handling);
    class_set *seen = MEM_ZERO(class_set, r->c->place_count);
    if (!seen) {
        r->memory = false;
        return;
    }
    FOR_ROWS(r)
    {
        handling *h = &r->c->handlings[r->row];
        h->row = r->row;
        h->place = (int32_t)cell_reference(r, &ix->place, node, "a node_id of node.csv", true);
        h->class = cell_class_of(r->c, cell(r, carries), strlen(cell(r, carries)));
        if (h->class < 0 && carries >= 0)
            cell_fault(r, carries, cell(r, carries),
                       "one class of goods as in commodity.carries");
        if (h->class >= 0) cell_check_unit(r, unit, (class_set)1 << h->class);
        h->capacity = cell_number(r, capacity, 0, true, NOT_NEGATIVE);
        h->profile = read_profile_of(r, ix, season);
        h->open = cell_row_holds(r);
        if (h->place >= 0 && h->class >= 0) {
            if (seen[h->place] >> h->class & 1)
                cell_fault(r, node, cell(r, node), "each place and class once");
            seen[h->place] |= (class_set)1 << h->class;
        }
        r->c->handling_count++;
    }
    mem_free(seen);
}

static void read_supplies(reader *r, indexes *ix)
{
    const int id = cell_column(r, "supply_id", COL_SOLVE, true);
    const int node = cell_column(r, "node_id", COL_SOLVE, true);
    const int good = cell_column(r, "commodity", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int quantity = cell_column(r, "quantity_per_y", COL_SOLVE, true);
    const int max = cell_column(r, "max_per_y", COL_SOLVE, false);
    const int season = cell_column(r, "profile", COL_SOLVE, false);
    const int cost = cell_column(r, "supply_cost_usd_per_unit", COL_SOLVE, false);
    const int shut_in = cell_column(r, "shut_in_cost_usd_per_unit", COL_SOLVE, false);
    const int status = cell_column(r, "status", COL_SOLVE, false);
    const int year = cell_column(r, "available_from_year", COL_SOLVE, false);
    RECORDS(r, supplies, supply_count, supply);
    FOR_ROWS(r)
    {
        supply *s = &r->c->supplies[r->row];
        s->row = r->row;
        s->id = cell_identifier(r, id);
        cell_register_id(r, &ix->supply, id, s->id, r->row, 0);
        s->place = (int32_t)cell_reference(r, &ix->place, node, "a node_id of node.csv", true);
        s->commodity =
            (int)cell_reference(r, &ix->commodity, good, "a commodity of commodity.csv", true);
        cell_check_commodity_unit(r, unit, s->commodity);
        s->quantity = cell_number(r, quantity, 0, true, NOT_NEGATIVE);
        s->max = cell_number(r, max, s->quantity, false, NOT_NEGATIVE);
        cell_at_least(r, max, s->max, s->quantity, "the quantity");
        s->profile = read_profile_of(r, ix, season);
        s->cost = cell_number(r, cost, 0, false, ANY_SIGN);
        const wide price = s->commodity >= 0 ? r->c->commodities[s->commodity].price : 0;
        s->shut_in_cost = cell_number(r, shut_in, price, price < 0, NOT_NEGATIVE);
        if (shut_in < 0 && price < 0)
            cell_fault(
                r, good, cell(r, good),
                "a commodity with a reference price, or a column shut_in_cost_usd_per_unit");
        s->open =
            cell_open_status(r, status, year) && s->place >= 0 && r->c->places[s->place].open;
        if (s->commodity < 0 || s->place < 0 || !cell_row_holds(r)) s->open = false;
        r->c->supply_count++;
    }
}

static void read_demands(reader *r, indexes *ix)
{
    const int id = cell_column(r, "demand_id", COL_SOLVE, true);
    const int node = cell_column(r, "node_id", COL_SOLVE, true);
    const int good = cell_column(r, "commodity", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int base = cell_column(r, "base_per_y", COL_SOLVE, true);
    const int min = cell_column(r, "min_per_y", COL_SOLVE, false);
    const int max = cell_column(r, "max_per_y", COL_SOLVE, false);
    const int season = cell_column(r, "profile", COL_SOLVE, false);
    const int market = cell_column(r, "market", COL_SOLVE, false);
    const int price = cell_column(r, "reference_price_usd_per_unit", COL_SOLVE, false);
    const int shortage = cell_column(r, "shortage_cost_usd_per_unit", COL_SOLVE, false);
    const int min_shortage = cell_column(r, "min_shortage_cost_usd_per_unit", COL_SOLVE, false);
    RECORDS(r, demands, demand_count, demand);
    FOR_ROWS(r)
    {
        demand *d = &r->c->demands[r->row];
        d->row = r->row;
        d->id = cell_identifier(r, id);
        cell_register_id(r, &ix->demand, id, d->id, r->row, 0);
        d->market = cell(r, market);
        d->place = (int32_t)cell_reference(r, &ix->place, node, "a node_id of node.csv", true);
        d->commodity =
            (int)cell_reference(r, &ix->commodity, good, "a commodity of commodity.csv", true);
        cell_check_commodity_unit(r, unit, d->commodity);
        d->base = cell_number(r, base, 0, true, NOT_NEGATIVE);
        d->min = cell_number(r, min, 0, false, NOT_NEGATIVE);
        if (d->min > d->base) cell_at_least(r, base, d->base, d->min, "the minimum");
        d->max = cell_number(r, max, d->base, false, NOT_NEGATIVE);
        cell_at_least(r, max, d->max, d->base, "the base demand");
        d->profile = read_profile_of(r, ix, season);
        const wide of_good = d->commodity >= 0 ? r->c->commodities[d->commodity].price : 0;
        const wide own = cell_number(r, price, of_good, false, NOT_NEGATIVE);
        d->shortage_cost = cell_number(r, shortage, own, own < 0, NOT_NEGATIVE);
        if (shortage < 0 && own < 0)
            cell_fault(
                r, good, cell(r, good),
                "a commodity with a reference price, or a column shortage_cost_usd_per_unit");
        d->min_shortage_cost =
            cell_number(r, min_shortage, 2 * d->shortage_cost, false, NOT_NEGATIVE);
        cell_at_least(r, min_shortage, d->min_shortage_cost, d->shortage_cost,
                      "the shortage cost");
        d->open = d->commodity >= 0 && d->place >= 0 && r->c->places[d->place].open &&
                  cell_row_holds(r);
        r->c->demand_count++;
    }
}

static void read_contracts(reader *r, indexes *ix)
{
    const int id = cell_column(r, "contract_id", COL_SOLVE, true);
    const int from = cell_column(r, "supply_id", COL_SOLVE, true);
    const int to = cell_column(r, "demand_id", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int min = cell_column(r, "min_per_y", COL_SOLVE, false);
    const int max = cell_column(r, "max_per_y", COL_SOLVE, false);
    const int shortfall = cell_column(r, "shortfall_cost_usd_per_unit", COL_SOLVE, false);
    const int per = cell_column(r, "per", COL_SOLVE, false);
    const int season = cell_column(r, "profile", COL_SOLVE, false);
    static const char *const spans[] = {"horizon", "period", NULL};
    RECORDS(r, contracts, contract_count, contract);
    FOR_ROWS(r)
    {
        contract *k = &r->c->contracts[r->row];
        k->row = r->row;
        k->id = cell_identifier(r, id);
        cell_register_id(r, &ix->contract, id, k->id, r->row, 0);
        k->supply =
            (int32_t)cell_reference(r, &ix->supply, from, "a supply_id of supply.csv", true);
        k->demand =
            (int32_t)cell_reference(r, &ix->demand, to, "a demand_id of demand.csv", true);
        if (k->supply >= 0 && k->demand >= 0) {
            const int good = r->c->supplies[k->supply].commodity;
            if (good != r->c->demands[k->demand].commodity)
                cell_fault(r, to, cell(r, to), "a demand for the commodity of the supply");
            cell_check_commodity_unit(r, unit, good);
            for (int64_t j = 0; j < r->row; j++)
                if (r->c->contracts[j].supply == k->supply &&
                    r->c->contracts[j].demand == k->demand)
                    cell_fault(r, id, k->id, "one contract per supply and demand");
        }
        k->min = cell_number(r, min, 0, false, NOT_NEGATIVE);
        k->max = cell_number(r, max, -1, false, NOT_NEGATIVE);
        if (k->max >= 0) cell_at_least(r, max, k->max, k->min, "the minimum");
        k->shortfall_cost = cell_number(r, shortfall, -1, false, NOT_NEGATIVE);
        k->by_period = cell_word(r, per, spans, 0) == 1;
        k->profile = read_profile_of(r, ix, season);
        if (!k->by_period) cell_must_be_empty(r, season, "the limits are not per period");
        k->open = cell_row_holds(r);
        r->c->contract_count++;
    }
}

/* Tables that have their place and are not used yet: every column is marked as read for later.
 */
static void read_later(reader *r)
{
    for (int c = 0; c < r->t->cols; c++) r->t->used[c] = COL_LATER;
}

static void read_table(reader *r, int id, indexes *ix)
{
    switch ((table_id)id) {
    case T_CONFIG:
        read_config(r);
        break;
    case T_PERIOD:
        read_periods(r, ix);
        break;
    case T_PROFILE:
        read_profiles(r, ix);
        break;
    case T_MODE:
        read_modes(r, ix);
        break;
    case T_COMMODITY:
        read_commodities(r, ix);
        break;
    case T_NODE:
        read_nodes(r, ix);
        break;
    case T_LINK:
        read_links(r, ix);
        break;
    case T_TRANSFER:
        read_transfers(r, ix);
        break;
    case T_HANDLING:
        read_handling(r, ix);
        break;
    case T_SUPPLY:
        read_supplies(r, ix);
        break;
    case T_DEMAND:
        read_demands(r, ix);
        break;
    case T_CONTRACT:
        read_contracts(r, ix);
        break;
    case T_LINK_COMMODITY:
        read_link_rules(r, ix);
        break;
    case T_CAPACITY_GROUP:
        read_groups(r, ix);
        break;
    case T_CAPACITY_GROUP_MEMBER:
        read_members(r, ix);
        break;
    case T_LINK_PERIOD:
        read_link_periods(r, ix);
        break;
    case T_UNDER_WAY:
        read_under_way(r, ix);
        break;
    case T_STORAGE:
        read_storages(r, ix);
        break;
    case T_COST_CURVE:
        read_cost_curves(r, ix);
        break;
    case T_POLICY:
        read_policies(r, ix);
        break;
    case T_CONVERSION:
        read_conversions(r, ix);
        break;
    case T_CONVERSION_FLOW:
        read_conversion_flows(r, ix);
        break;
    case T_RAMP:
        read_ramps(r, ix);
        break;
    case T_REFERENCE_PLAN:
        read_reference_plan(r, ix);
        break;
    case T_SCENARIO:
        read_scenarios(r, ix);
        break;
    case T_SCENARIO_CHANGE:
        read_changes(r, ix);
        break;
    default:
        read_later(r);
        break;
    }
}

enum { INDEX_COUNT = 14 };

static void list_indexes(indexes *ix, names *all[INDEX_COUNT])
{
    names *const list[INDEX_COUNT] = {
        &ix->place,    &ix->link,       &ix->commodity, &ix->supply, &ix->demand,
        &ix->contract, &ix->group,      &ix->scenario,  &ix->period, &ix->profile,
        &ix->storage,  &ix->conversion, &ix->policy,    &ix->ramp};
    memcpy(all, list, sizeof list);
}

static bool init_indexes(indexes *ix)
{
    names *all[INDEX_COUNT];
    memset(ix, 0, sizeof *ix);
    list_indexes(ix, all);
    for (int i = 0; i < INDEX_COUNT; i++)
        if (!names_init(all[i], 64)) return false;
    return true;
}

static void free_indexes(indexes *ix)
{
    names *all[INDEX_COUNT];
    list_indexes(ix, all);
    for (int i = 0; i < INDEX_COUNT; i++) names_free(all[i]);
    mem_free(ix->mode_fixed);
    mem_free(ix->mode_var);
    mem_free(ix->mode_speed);
    mem_free(ix->mode_emission);
    mem_free(ix->mode_loss);
}

steppe_status case_build(steppe_ctx *ctx, const case_tables *tabs, case_data *out)
{
    memset(out, 0, sizeof *out);
    out->src = tabs;
    out->base_year = 2025;
    indexes ix;
    reader r = {ctx, out, NULL, 0, true, 0};
    r.memory = init_indexes(&ix);
    for (int id = 0; id < TABLE_COUNT && r.memory; id++) {
        r.t = tabs->tab[id];
        if (!r.t) continue;
        memset(r.t->used, COL_UNKNOWN, (size_t)r.t->cols);
        r.rounded = 0;
        read_table(&r, id, &ix);
        if (r.rounded > 0)
            steppe_note(ctx, "%s: %lld numbers had more than %d decimals and were rounded",
                        r.t->path, (long long)r.rounded, FIX_PLACES);
        /* commodity.requires marks a link column before the link table is read */
        if (id == T_LINK)
            for (int k = 0; k < out->commodity_count; k++)
                if (out->commodities[k].requires_col >= 0)
                    r.t->used[out->commodities[k].requires_col] = COL_SOLVE;
    }
    if (r.memory) read_check_conversions(&r);
    free_indexes(&ix);
    if (r.memory) return STEPPE_OK;
    case_free(out);
    return steppe_no_memory(ctx);
}

bool case_link_open(const case_data *c, const case_link *l, int k, const link_rule **terms)
{
    const commodity *g = &c->commodities[k];
    *terms = NULL;
    if (!l->open || !(l->carries >> g->class & 1)) return false;
    if (!c->places[l->from].open || !c->places[l->to].open) return false;
    if (g->requires_col >= 0) {
        const char *s = table_cell(c->src->tab[T_LINK], l->row, g->requires_col);
        if (strcmp(s, "1") && strcmp(s, "true") && strcmp(s, "TRUE") && strcmp(s, "True"))
            return false;
    }
    if (c->rule_count > 0) {
        *terms = read_link_rule(c, (int32_t)(l - c->links), k);
        if (*terms && !(*terms)->allowed) return false;
    }
    return true;
}
