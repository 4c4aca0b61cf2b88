/* Tables with rules: terms of one commodity on one link, limits over several links, costs that
 * rise with the volume, policies, and the plan from which a flow may stray only so far. */
#include "case_read.h"
#include "day.h"

#include <stdlib.h>

/* ---- links together -------------------------------------------------------------------- */

static int by_link_commodity(const void *a, const void *b)
{
    const link_rule *p = a, *q = b;
    if (p->link != q->link) return p->link < q->link ? -1 : 1;
    return (p->commodity > q->commodity) - (p->commodity < q->commodity);
}

void read_link_rules(reader *r, const indexes *ix)
{
    const int id = cell_column(r, "link_id", COL_SOLVE, true);
    const int good = cell_column(r, "commodity", COL_SOLVE, true);
    const int allowed = cell_column(r, "allowed", COL_SOLVE, false);
    const int use = cell_column(r, "capacity_use", COL_SOLVE, false);
    const int cost = cell_column(r, "cost_usd_per_unit", COL_SOLVE, false);
    RECORDS(r, rules, rule_count, link_rule);
    FOR_ROWS(r)
    {
        link_rule *x = &r->c->rules[r->row];
        x->link = (int32_t)cell_reference(r, &ix->link, id, "a link_id of link.csv", true);
        x->commodity =
            (int)cell_reference(r, &ix->commodity, good, "a commodity of commodity.csv", true);
        x->allowed = cell_flag(r, allowed, true);
        x->use = cell_number(r, use, FIX_ONE, false, NOT_NEGATIVE);
        /* 10^6 keeps weight x flow within exact arithmetic */
        if (x->use > FIX_ONE * 1000000) cell_fault(r, use, cell(r, use), "at most 10^6");
        x->cost = cell_number(r, cost, -1, false, NOT_NEGATIVE);
        x->open = cell_row_holds(r);
        r->c->rule_count++;
    }
    if (!r->memory) return;
    qsort(r->c->rules, (size_t)r->c->rule_count, sizeof *r->c->rules, by_link_commodity);
    for (int64_t i = 1; i < r->c->rule_count; i++)
        if (by_link_commodity(&r->c->rules[i - 1], &r->c->rules[i]) == 0 &&
            r->c->rules[i].link >= 0 && r->c->rules[i].commodity >= 0)
            steppe_fault(r->ctx,
                         "%s:1:1: found link %s and commodity %s twice, expected them once",
                         r->t->path, r->c->links[r->c->rules[i].link].id,
                         r->c->commodities[r->c->rules[i].commodity].id);
}

const link_rule *read_link_rule(const case_data *c, int32_t on, int k)
{
    const link_rule key = {.link = on, .commodity = k};
    const link_rule *found =
        bsearch(&key, c->rules, (size_t)c->rule_count, sizeof key, by_link_commodity);
    return found && found->open ? found : NULL;
}

void read_groups(reader *r, indexes *ix)
{
    const int id = cell_column(r, "group_id", COL_SOLVE, true);
    const int name = cell_column(r, "name", COL_SHOW, false);
    cell_column(r, "flow_unit", COL_SHOW, true);
    const int capacity = cell_column(r, "capacity_per_y", COL_SOLVE, true);
    const int min = cell_column(r, "min_per_y", COL_SOLVE, false);
    const int per = cell_column(r, "per", COL_SOLVE, false);
    static const char *const spans[] = {"period", "horizon", NULL};
    RECORDS(r, groups, group_count, group);
    FOR_ROWS(r)
    {
        group *g = &r->c->groups[r->row];
        g->row = r->row;
        g->id = cell_identifier(r, id);
        cell_register_id(r, &ix->group, id, g->id, r->row, 0);
        g->name = cell(r, name);
        g->capacity = cell_number(r, capacity, -1, false, NOT_NEGATIVE);
        g->min = cell_number(r, min, 0, false, NOT_NEGATIVE);
        if (g->capacity >= 0) cell_at_least(r, capacity, g->capacity, g->min, "the minimum");
        g->over_horizon = cell_word(r, per, spans, 0) == 1;
        g->open = cell_row_holds(r);
        r->c->group_count++;
    }
}

/* Members are put in the order of their groups. */
void read_members(reader *r, const indexes *ix)
{
    const int id = cell_column(r, "group_id", COL_SOLVE, true);
    const int on = cell_column(r, "link_id", COL_SOLVE, true);
    const int good = cell_column(r, "commodity", COL_SOLVE, false);
    const int weight = cell_column(r, "weight", COL_SOLVE, false);
    RECORDS(r, members, member_count, group_member);
    int64_t *group_of = MEM_NEW(int64_t, r->t->rows);
    group_member *read = MEM_NEW(group_member, r->t->rows);
    if (!group_of || !read) r->memory = false;
    FOR_ROWS(r)
    {
        group_member *m = &read[r->row];
        group_of[r->row] =
            cell_reference(r, &ix->group, id, "a group_id of capacity_group.csv", true);
        m->link = (int32_t)cell_reference(r, &ix->link, on, "a link_id of link.csv", true);
        m->commodity =
            (int)cell_reference(r, &ix->commodity, good, "a commodity of commodity.csv", false);
        m->weight = cell_number(r, weight, FIX_ONE, false, NOT_NEGATIVE);
        if (m->weight > FIX_ONE * 1000000)
            cell_fault(r, weight, cell(r, weight), "at most 10^6");
        m->open = cell_row_holds(r);
        if (group_of[r->row] >= 0) r->c->groups[group_of[r->row]].end_member++;
        r->c->member_count++;
    }
    if (r->memory) {
        int64_t at = 0;
        for (int64_t g = 0; g < r->c->group_count; g++) {
            const int64_t size = r->c->groups[g].end_member;
            r->c->groups[g].first_member = r->c->groups[g].end_member = at;
            at += size;
        }
        for (int64_t i = 0; i < r->c->member_count; i++)
            if (group_of[i] >= 0)
                r->c->members[r->c->groups[group_of[i]].end_member++] = read[i];
        r->c->member_count = at;
    }
    mem_free(group_of);
    mem_free(read);
}

/* ---- cost curves ------------------------------------------------------------------------ */

static int by_object(const void *a, const void *b)
{
    const curve_step *p = a, *q = b;
    if (p->of != q->of) return p->of < q->of ? -1 : 1;
    if (p->object != q->object) return p->object < q->object ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static void check_rises(reader *r, int col, wide value, wide before, int64_t row_before,
                        const char *what)
{
    char want[160], b[FIX_TEXT];
    if (col < 0 || value > before) return;
    snprintf(want, sizeof want, "more than %s as in row %lld, since %s", fix_text(b, before),
             (long long)table_row_number(r->t, row_before), what);
    cell_fault(r, col, cell(r, col), want);
}

void read_cost_curves(reader *r, const indexes *ix)
{
    static const char *const words[] = {"link", "supply", NULL};
    const int of = cell_column(r, "table", COL_SOLVE, true);
    const int id = cell_column(r, "id", COL_SOLVE, true);
    const int from = cell_column(r, "from_per_y", COL_SOLVE, true);
    const int add = cell_column(r, "cost_add_usd_per_unit", COL_SOLVE, true);
    RECORDS(r, curve_steps, curve_step_count, curve_step);
    FOR_ROWS(r)
    {
        curve_step *x = &r->c->curve_steps[r->row];
        x->row = r->row;
        const int word = cell_word(r, of, words, -1);
        x->of = word == 1 ? CURVE_SUPPLY : CURVE_LINK;
        x->object = -1;
        if (word >= 0)
            x->object = (int32_t)cell_reference(
                r, word ? &ix->supply : &ix->link, id,
                word ? "a supply_id of supply.csv" : "a link_id of link.csv", true);
        x->from = cell_number(r, from, 0, true, NOT_NEGATIVE);
        x->add = cell_number(r, add, 0, true, NOT_NEGATIVE);
        x->open = cell_row_holds(r);
        r->c->curve_step_count++;
    }
    if (!r->memory) return;
    qsort(r->c->curve_steps, (size_t)r->c->curve_step_count, sizeof *r->c->curve_steps,
          by_object);
    const curve_step *last = NULL; /* row before of the same object that holds */
    for (int64_t i = 0; i < r->c->curve_step_count; i++) {
        const curve_step *x = &r->c->curve_steps[i];
        if (x->object < 0 || !x->open) continue;
        r->row = x->row;
        if (last && last->of == x->of && last->object == x->object) {
            check_rises(r, from, x->from, last->from, last->row, "the rows are in order");
            check_rises(r, add, x->add, last->add, last->row, "the cost rises with the volume");
        }
        last = x;
    }
}

/* ---- policies --------------------------------------------------------------------------- */

typedef struct {
    int id, name, kind, good, supply_sel, link_sel, country, market, value, unit, per, start,
        end;
} policy_columns;

static const char *const policy_words[] = {"embargo",        "quota",        "obligation",
                                           "max_share",      "min_share",    "diversification",
                                           "emission_price", "emission_cap", NULL};

/* One flag for each row of the table that the selector in the cell means, whether it holds at this
 * time or not: the flags are the same in all states of a horizon. NULL: all rows. */
static char *policy_hits(reader *r, int col, table_id of)
{
    table *t = r->c->src->tab[of];
    if (!cell(r, col)[0] || !t) return NULL;
    row_selector sel;
    const steppe_status st = selector_parse(r->ctx, t, cell(r, col), &sel);
    char *hit = NULL;
    if (st == STEPPE_BAD_INPUT) {
        cell_fault(r, col, sel.found, sel.expected);
    } else if (st == STEPPE_OK) {
        hit = MEM_NEW(char, t->rows);
        int64_t hits = 0;
        for (int64_t i = 0; hit && i < t->rows; i++)
            hits += hit[i] = (char)selector_match(&sel, t, i);
        for (int i = 0; i < sel.count; i++) t->used[sel.cond[i].col] = COL_SOLVE;
        if (hit && hits == 0)
            cell_fault(r, col, cell(r, col), "a selector that selects at least one row");
    }
    if (st == STEPPE_NO_MEMORY || (st == STEPPE_OK && !hit)) r->memory = false;
    selector_free(&sel);
    return hit;
}

/* The patterns match something; the unit of the goods, NULL where they have several. */
static const char *policy_goods(reader *r, const policy *p, const policy_columns *col)
{
    const char *unit = NULL;
    bool several = false, country = false, market = false;
    for (int k = 0; k < r->c->commodity_count; k++) {
        const commodity *g = &r->c->commodities[k];
        if (p->commodity[0] && !scenario_match(p->commodity, g->id)) continue;
        several |= unit && strcmp(unit, g->unit) != 0;
        unit = g->unit;
    }
    if (!unit && r->c->commodity_count > 0)
        cell_fault(r, col->good, p->commodity, "a pattern that matches a commodity");
    for (int32_t i = 0; i < r->c->place_count && p->into_country[0]; i++)
        country |= r->c->places[i].country[0] &&
                   scenario_match(p->into_country, r->c->places[i].country);
    if (p->into_country[0] && !country)
        cell_fault(r, col->country, p->into_country,
                   "a pattern that matches a country_iso2 of node.csv");
    for (int32_t i = 0; i < r->c->demand_count && p->market[0]; i++)
        market |=
            r->c->demands[i].market[0] && scenario_match(p->market, r->c->demands[i].market);
    if (p->market[0] && !market)
        cell_fault(r, col->market, p->market, "a pattern that matches a market of demand.csv");
    return several ? NULL : unit;
}

static void policy_value(reader *r, policy *p, const policy_columns *col, const char *unit)
{
    const char *of_goods = "its commodities";
    switch (p->kind) {
    case POLICY_EMBARGO:
        cell_must_be_empty(r, col->value, "an embargo has no value");
        return;
    case POLICY_QUOTA:
    case POLICY_OBLIGATION:
        p->value = cell_number(r, col->value, 0, true, NOT_NEGATIVE);
        break;
    case POLICY_MAX_SHARE:
    case POLICY_MIN_SHARE:
    case POLICY_DIVERSIFICATION:
        p->value = cell_share(r, col->value, 0, true);
        of_goods = "this kind";
        break;
    case POLICY_EMISSION_PRICE:
    case POLICY_EMISSION_CAP:
        p->value = cell_number(r, col->value, 0, true, NOT_NEGATIVE);
        of_goods = "this kind";
        break;
    }
    if (col->value < 0)
        steppe_fault(r->ctx, "%s:1:%d: found no column 'value', expected it in the header",
                     r->t->path, r->t->cols + 1);
    const bool sums = p->kind >= POLICY_QUOTA && p->kind <= POLICY_MIN_SHARE;
    if (sums && !unit)
        cell_fault(r, col->good >= 0 ? col->good : col->kind,
                   cell(r, col->good >= 0 ? col->good : col->kind),
                   "commodities of one flow unit");
    if (p->kind == POLICY_EMISSION_PRICE) unit = "USD/t";
    if (p->kind == POLICY_EMISSION_CAP) unit = "t";
    if (p->kind >= POLICY_MAX_SHARE && p->kind <= POLICY_DIVERSIFICATION) unit = "share";
    if (unit) cell_check_unit_text(r, col->unit, unit, of_goods);
}

static void read_policy(reader *r, const policy_columns *col, policy *p)
{
    static const char *const spans[] = {"horizon", "period", NULL};
    p->row = r->row;
    p->name = cell(r, col->name)[0] ? cell(r, col->name) : p->id;
    p->commodity = cell(r, col->good);
    p->into_country = cell(r, col->country);
    p->market = cell(r, col->market);
    p->supply_selector = cell(r, col->supply_sel);
    p->link_selector = cell(r, col->link_sel);
    const int kind = cell_word(r, col->kind, policy_words, -1);
    const char *unit = policy_goods(r, p, col);
    if (kind >= 0) {
        p->kind = (policy_kind)kind;
        policy_value(r, p, col, unit);
        if (p->kind == POLICY_DIVERSIFICATION) {
            const char *why = "a diversification is about markets";
            cell_must_be_empty(r, col->supply_sel, why);
            cell_must_be_empty(r, col->link_sel, why);
            cell_must_be_empty(r, col->country, why);
        } else {
            cell_must_be_empty(r, col->market, "only a diversification is about markets");
        }
    }
    p->supply_hit = policy_hits(r, col->supply_sel, T_SUPPLY);
    p->link_hit = policy_hits(r, col->link_sel, T_LINK);
    p->by_period = cell_word(r, col->per, spans, 0) == 1;
    p->first_day = cell_day(r, col->start, INT32_MIN, false);
    p->last_day = cell_day(r, col->end, INT32_MAX, false);
    if (p->last_day < p->first_day) {
        char want[64], b[16];
        snprintf(want, sizeof want, "a date not before %s", day_text(b, p->first_day));
        cell_fault(r, col->end, cell(r, col->end), want);
    }
    if (r->c->period_count == 0) { /* without periods dates are not looked at */
        p->first_day = INT32_MIN;
        p->last_day = INT32_MAX;
    }
    p->open = cell_row_holds(r);
}

void read_policies(reader *r, indexes *ix)
{
    const policy_columns col = {.id = cell_column(r, "policy_id", COL_SOLVE, true),
                                .name = cell_column(r, "name", COL_SHOW, false),
                                .kind = cell_column(r, "kind", COL_SOLVE, true),
                                .good = cell_column(r, "commodity", COL_SOLVE, false),
                                .supply_sel =
                                    cell_column(r, "supply_selector", COL_SOLVE, false),
                                .link_sel = cell_column(r, "link_selector", COL_SOLVE, false),
                                .country = cell_column(r, "into_country", COL_SOLVE, false),
                                .market = cell_column(r, "market", COL_SOLVE, false),
                                .value = cell_column(r, "value", COL_SOLVE, false),
                                .unit = cell_column(r, "value_unit", COL_SOLVE, false),
                                .per = cell_column(r, "per", COL_SOLVE, false),
                                .start = cell_column(r, "start_date", COL_SOLVE, false),
                                .end = cell_column(r, "end_date", COL_SOLVE, false)};
    RECORDS(r, policies, policy_count, policy);
    FOR_ROWS(r)
    {
        policy *p = &r->c->policies[r->c->policy_count++];
        p->id = cell_identifier(r, col.id);
        cell_register_id(r, &ix->policy, col.id, p->id, r->row, 0);
        read_policy(r, &col, p);
    }
}

/* ---- ramps and plans -------------------------------------------------------------------- */

static void check_group_unit(reader *r, int col, int32_t g)
{
    if (g < 0) return;
    const table *t = r->c->src->tab[T_CAPACITY_GROUP];
    char of[80];
    snprintf(of, sizeof of, "group %.60s", r->c->groups[g].id);
    cell_check_unit_text(r, col,
                         table_cell(t, r->c->groups[g].row, table_column(t, "flow_unit")), of);
}

void read_ramps(reader *r, indexes *ix)
{
    const int id = cell_column(r, "ramp_id", COL_SOLVE, true);
    const int of = cell_column(r, "group_id", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int up = cell_column(r, "max_up_per_y", COL_SOLVE, false);
    const int down = cell_column(r, "max_down_per_y", COL_SOLVE, false);
    const int cost = cell_column(r, "stability_cost_usd_per_unit", COL_SOLVE, false);
    RECORDS(r, ramps, ramp_count, ramp);
    FOR_ROWS(r)
    {
        ramp *x = &r->c->ramps[r->row];
        x->row = r->row;
        x->id = cell_identifier(r, id);
        cell_register_id(r, &ix->ramp, id, x->id, r->row, 0);
        x->group = (int32_t)cell_reference(r, &ix->group, of,
                                           "a group_id of capacity_group.csv", true);
        check_group_unit(r, unit, x->group);
        x->up = cell_number(r, up, -1, false, NOT_NEGATIVE);
        x->down = cell_number(r, down, -1, false, NOT_NEGATIVE);
        x->cost = cell_number(r, cost, 0, false, NOT_NEGATIVE);
        x->open = cell_row_holds(r);
        r->c->ramp_count++;
    }
}

/* Period of the cell; a case without a period table has one, `year`. */
static int32_t plan_period(reader *r, const indexes *ix, int col)
{
    if (r->c->period_count > 0)
        return (int32_t)cell_reference(r, &ix->period, col, "a period_id of period.csv", true);
    if (col >= 0 && strcmp(cell(r, col), "year") != 0)
        cell_fault(r, col, cell(r, col), "year, since the case has no period table");
    return 0;
}

void read_reference_plan(reader *r, const indexes *ix)
{
    const int of = cell_column(r, "group_id", COL_SOLVE, true);
    const int in = cell_column(r, "period_id", COL_SOLVE, true);
    const int unit = cell_column(r, "flow_unit", COL_SOLVE, true);
    const int quantity = cell_column(r, "quantity", COL_SOLVE, true);
    const int64_t periods = r->c->period_count > 0 ? r->c->period_count : 1;
    RECORDS(r, plan_volumes, plan_volume_count, plan_volume);
    char *seen = MEM_ZERO(char, r->c->group_count *periods);
    if (!seen) r->memory = false;
    FOR_ROWS(r)
    {
        plan_volume *x = &r->c->plan_volumes[r->row];
        x->row = r->row;
        x->group = (int32_t)cell_reference(r, &ix->group, of,
                                           "a group_id of capacity_group.csv", true);
        x->period = plan_period(r, ix, in);
        check_group_unit(r, unit, x->group);
        x->quantity = cell_number(r, quantity, 0, true, NOT_NEGATIVE);
        x->open = cell_row_holds(r);
        if (x->group >= 0 && x->period >= 0) {
            char *once = &seen[x->group * periods + x->period];
            if (*once) cell_fault(r, of, cell(r, of), "each group and period once");
            *once = 1;
        }
        r->c->plan_volume_count++;
    }
    mem_free(seen);
}
