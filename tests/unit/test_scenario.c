/* Scenarios and updates: what they select, what they change, what they refuse, and that the
 * base stays as it was. */
#include "small_case.h"

#include "case.h"

TEST(a_pattern_is_a_list_of_words_with_stars)
{
    CHECK(scenario_match("abc", "abc"));
    CHECK(!scenario_match("abc", "abcd"));
    CHECK(!scenario_match("abc", "ab"));
    CHECK(scenario_match("*", ""));
    CHECK(scenario_match("", ""));
    CHECK(!scenario_match("", "a"));
    CHECK(scenario_match("a*c", "ac"));
    CHECK(scenario_match("a*c", "abbbc"));
    CHECK(!scenario_match("a*c", "abbb"));
    CHECK(scenario_match("*b*", "abc"));
    CHECK(scenario_match("a*b*c", "aXbYbZc"));
    CHECK(!scenario_match("a*b*c", "aXcYb"));
    CHECK(scenario_match("x|abc|y", "abc"));
    CHECK(scenario_match("x|a*|y", "abc"));
    CHECK(!scenario_match("x|y", "x|y"));
    CHECK(scenario_match("x|", "")); /* an empty word is the empty cell */
    CHECK(!scenario_match("ABC", "abc"));
    CHECK(scenario_match("**a**", "bab"));
}

static steppe_status update(steppe_solver *s, const char *in, const char *selector,
                            const char *field, const char *operation, const char *value)
{
    return steppe_update(s, in, selector, field, operation, value);
}

/* Objective after one update of a fresh handle. */
static double after(const char *in, const char *selector, const char *field,
                    const char *operation, const char *value)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(update(s, in, selector, field, operation, value), STEPPE_OK);
    const double cost = small_solve(s).objective;
    steppe_free(s);
    return cost;
}

TEST(selectors_choose_by_words_stars_alternatives_and_negation)
{
    CHECK_NEAR(after("link", "*", "cost_usd_per_unit", "add", "1"), SMALL_COST + 20.0, 1e-12);
    CHECK_NEAR(after("link", "link_id=AB", "cost_usd_per_unit", "add", "1"), SMALL_COST + 10.0,
               1e-12);
    CHECK_NEAR(after("link", "link_id=A*", "cost_usd_per_unit", "add", "1"), SMALL_COST + 10.0,
               1e-12);
    CHECK_NEAR(after("link", "link_id=AB|BC", "cost_usd_per_unit", "add", "1"),
               SMALL_COST + 20.0, 1e-12);
    CHECK_NEAR(after("link", "link_id!=AB", "cost_usd_per_unit", "add", "2"), SMALL_COST + 20.0,
               1e-12);
    CHECK_NEAR(after("link", "from_node_id=A&to_node_id=B", "cost_usd_per_unit", "add", "3"),
               SMALL_COST + 30.0, 1e-12);
    CHECK_NEAR(after("link", "mode=pipe & to_node_id!=B", "cost_usd_per_unit", "add", "3"),
               SMALL_COST + 30.0, 1e-12);
    CHECK_NEAR(after("link", "background_per_y=", "cost_usd_per_unit", "add", "1"),
               SMALL_COST + 20.0, 1e-12);
}

TEST(set_scale_add_remove_and_insert_do_what_they_say)
{
    CHECK_NEAR(after("supply", "supply_id=S", "supply_cost_usd_per_unit", "set", "25"),
               SMALL_COST + 50.0, 1e-12);
    CHECK_NEAR(after("supply", "supply_id=S", "supply_cost_usd_per_unit", "set", ""),
               SMALL_COST - 200.0, 1e-12);
    CHECK_NEAR(after("link", "*", "cost_usd_per_unit", "scale", "0.5"), SMALL_COST - 60.0,
               1e-12);
    CHECK_NEAR(after("link", "*", "cost_usd_per_unit", "scale", "1.5e0"), SMALL_COST + 60.0,
               1e-12);
    CHECK_NEAR(after("demand", "demand_id=D", "max_per_y", "add", "5"), (double)SMALL_COST,
               1e-12);
    CHECK_NEAR(after("link", "link_id=BC", "", "remove", ""), 10 * 100.0 + 10 * 400.0, 1e-12);
    CHECK_NEAR(after("link", "*", "", "insert",
                     "link_id=AC;from_node_id=A;to_node_id=C;directed=true;mode=pipe;carries="
                     "crude;flow_unit=Mt;"
                     "capacity_per_y=4;cost_usd_per_unit=1"),
               SMALL_COST - 4 * 11.0, 1e-12);
    /* a column that is not there yet may be set */
    CHECK_NEAR(after("link", "link_id=AB", "risk_premium_usd_per_unit", "set", "2"),
               SMALL_COST + 20.0, 1e-12);
}

TEST(scaled_cells_are_exact_to_twelve_places)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(update(s, "link", "link_id=AB", "capacity_per_y", "set", "0.3"), STEPPE_OK);
    CHECK_EQ(update(s, "link", "link_id=AB", "capacity_per_y", "scale", "0.1"), STEPPE_OK);
    CHECK_EQ(update(s, "link", "link_id=AB", "capacity_per_y", "add", "0.07"), STEPPE_OK);
    const steppe_info info = small_solve(s); /* 0.1 Mt, and nothing near it */
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK(small_flow(s, "oil:link:AB:f") == 0.1);
    steppe_free(s);
}

static void refused(const char *in, const char *selector, const char *field,
                    const char *operation, const char *value, const char *line)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(update(s, in, selector, field, operation, value), STEPPE_BAD_INPUT);
    CHECK_EQ(small_log.faults, 1);
    CHECK_TEXT(small_log.lines > 0 ? small_log.line[small_log.lines - 1] : "", line);
    CHECK_NEAR(small_solve(s).objective, (double)SMALL_COST,
               1e-12); /* and nothing was changed */
    steppe_free(s);
}

TEST(what_cannot_be_changed_is_a_fault_that_names_it)
{
    refused("link", "link_id=XX", "cost_usd_per_unit", "set", "1",
            "update:selector: found 'link_id=XX', expected a selector that selects at least "
            "one row");
    refused("link", "link_id=XX", "", "remove", "",
            "update:selector: found 'link_id=XX', expected a selector that selects at least "
            "one row");
    refused("link", "link_id", "cost_usd_per_unit", "set", "1",
            "update:selector: found 'link_id', expected column=pattern, joined by &, or *");
    refused("link", "colour=red", "cost_usd_per_unit", "set", "1",
            "update:selector: found 'colour', expected a column of the table");
    refused("link", "*", "colour", "scale", "1",
            "update:field: found 'colour', expected a column of the table");
    refused("link", "*", "background_per_y", "scale", "0.5",
            "update:field: found '', expected a number in the cell to be changed");
    refused("link", "*", "background_per_y", "add", "1",
            "update:field: found '', expected a number in the cell to be changed");
    refused("link", "*", "cost_usd_per_unit", "scale", "half",
            "update:value: found 'half', expected a number");
    refused("link", "*", "cost_usd_per_unit", "scale", "1e12",
            "update:value: found '1e12', expected a factor of at most 10^9");
    refused("links", "*", "cost_usd_per_unit", "set", "1",
            "update:table: found 'links', expected the name of a table of the case");
    refused("contract", "*", "min_per_y", "set", "1",
            "update:table: found 'contract', expected the name of a table of the case");
    refused("scenario", "*", "name", "set", "1",
            "update:table: found 'scenario', expected the name of a table of the case");
    refused("link", "*", "cost_usd_per_unit", "double", "1",
            "update:operation: found 'double', expected set, scale, add, remove or insert");
    refused("link", "*", "", "insert", "link_id=AC;colour=red",
            "update:value: found 'colour', expected a column of the table");
    refused("link", "*", "", "insert", "link_id",
            "update:value: found 'link_id', expected column=text;column=text");
}

TEST(a_refused_update_leaves_no_cell_changed)
{
    small_case(); /* AB has a background, BC has none: the change of BC fails after that of AB
                   */
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "background_per_y,cost_usd_per_unit\nAB,A,B,true,pipe,crude,Mt,20,12,5\n"
        "BC,B,C,true,pipe,crude,Mt,20,,7\n");
    steppe_solver *s = small_open(STEPPE_OK);
    const double before = small_solve(s).objective;
    CHECK_EQ(update(s, "link", "*", "background_per_y", "scale", "1.5"), STEPPE_BAD_INPUT);
    CHECK_NEAR(small_solve(s).objective, before, 1e-12);
    steppe_free(s);
}

TEST(an_update_that_makes_a_table_wrong_is_seen_at_setup)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(update(s, "link", "link_id=BC", "capacity_per_y", "set", "-4"), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_BAD_INPUT);
    CHECK(check_logged(&small_log,
                       "link.csv:3:9: found '-4', expected a number that is not negative "
                       "(capacity_per_y) after the changes of the scenario"));
    CHECK_EQ(steppe_solve(s, NULL), STEPPE_BAD_CALL); /* there is no model */
    CHECK_EQ(update(s, "link", "link_id=BC", "capacity_per_y", "set", "4"), STEPPE_OK);
    CHECK_NEAR(small_solve(s).objective, 4 * 32.0 + 6 * 500.0, 1e-12);
    CHECK_EQ(steppe_apply_scenario(s, NULL), STEPPE_OK); /* drops the updates */
    CHECK_NEAR(small_solve(s).objective, (double)SMALL_COST, 1e-12);
    steppe_free(s);
}

TEST(a_refused_update_keeps_the_answer_and_the_updates_before_it)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(update(s, "link", "link_id=BC", "cost_usd_per_unit", "add", "1"), STEPPE_OK);
    small_solve(s);
    CHECK_EQ(update(s, "link", "link_id=ZZ", "cost_usd_per_unit", "add", "1"),
             STEPPE_BAD_INPUT);
    CHECK_NEAR(small_flow(s, "oil:link:BC:f"), 10.0, 0.0);
    CHECK_NEAR(small_solve(s).objective, SMALL_COST + 10.0, 1e-12);
    CHECK_EQ(update(s, "link", "link_id=BC", "capacity_per_y", "set", "-4"), STEPPE_OK);
    CHECK_EQ(update(s, "link", "link_id=ZZ", "cost_usd_per_unit", "add", "1"),
             STEPPE_BAD_INPUT);
    CHECK_EQ(update(s, "link", "link_id=BC", "capacity_per_y", "set", "20"), STEPPE_OK);
    CHECK_NEAR(small_solve(s).objective, SMALL_COST + 10.0, 1e-12);
    steppe_free(s);
}

/* 4 periods of 5 days; the way takes 5 days, so what enters in one period arrives in the next. */
TEST(an_update_of_the_horizon_cuts_it_anew)
{
    small_case();
    small_table("config", "dataset_name,horizon\nsmall,cyclic\n");
    small_table("period", "period_id,start_date,end_date\nP1,2025-01-01,2025-01-05\n"
                          "P2,2025-01-06,2025-01-10\nP3,2025-01-11,2025-01-15\n"
                          "P4,2025-01-16,2025-01-20\n");
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "cost_usd_per_unit,transit_days\nAC,A,C,true,pipe,crude,Mt,1460,12,5\n");
    small_table("supply", "supply_id,node_id,commodity,flow_unit,quantity_per_y,supply_cost_"
                          "usd_per_unit\nS,A,oil,Mt,365,20\n");
    small_table("demand", "demand_id,node_id,commodity,flow_unit,base_per_y\nD,C,oil,Mt,365\n");
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_NEAR(small_solve(s).objective, 20 * 32.0, 1e-12);
    CHECK_EQ(update(s, "config", "*", "horizon", "set", "open"), STEPPE_OK);
    const double open = 20 * 32.0 + 5 * 500.0; /* nothing is there in the first period */
    CHECK_NEAR(small_solve(s).objective, open, 1e-12);
    CHECK_EQ(update(s, "period", "period_id=P4", "end_date", "set", "2025-01-22"), STEPPE_OK);
    const steppe_info longer = small_solve(s);
    CHECK_NEAR(longer.objective, open + 2 * 32 + 2 * 500.0, 1e-12);
    CHECK_EQ(update(s, "period", "period_id=P4", "", "remove", ""), STEPPE_OK);
    const steppe_info shorter = small_solve(s);
    CHECK_EQ(shorter.periods, 3);
    CHECK_NEAR(shorter.objective, open - 5 * 32.0, 1e-12);
    /* dates that overlap are seen at setup, and can be mended */
    CHECK_EQ(update(s, "period", "period_id=P3", "start_date", "set", "2025-01-09"), STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_BAD_INPUT);
    CHECK_EQ(update(s, "period", "period_id=P3", "start_date", "set", "2025-01-11"), STEPPE_OK);
    CHECK_NEAR(small_solve(s).objective, open - 5 * 32.0, 1e-12);
    CHECK_EQ(steppe_apply_scenario(s, NULL), STEPPE_OK);
    CHECK_NEAR(small_solve(s).objective, 20 * 32.0, 1e-12);
    steppe_free(s);
}

TEST(parents_come_first_and_rows_in_their_order)
{
    small_case();
    small_table("scenario",
                "scenario_id,parent_id,name\nchild,mid,Child\nmid,top,Mid\ntop,,Top\n");
    small_table("scenario_change", "scenario_id,table,selector,field,operation,value\n"
                                   "child,supply,*,supply_cost_usd_per_unit,scale,2\n"
                                   "top,supply,*,supply_cost_usd_per_unit,set,1\n"
                                   "mid,supply,*,supply_cost_usd_per_unit,add,4\n"
                                   "child,supply,*,supply_cost_usd_per_unit,add,0.5\n");
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(steppe_scenario_count(s), 3);
    CHECK_TEXT(steppe_scenario_id(s, 0), "child");
    CHECK_TEXT(steppe_scenario_name(s, 1), "Mid");
    CHECK(steppe_scenario_id(s, 3) == NULL);
    CHECK(steppe_scenario_id(s, -1) == NULL);
    static const char *const id[] = {"top", "mid", "child", NULL};
    static const double amount[] = {1.0, 5.0, 10.5, 20.0};
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(steppe_apply_scenario(s, id[i]), STEPPE_OK);
        CHECK_NEAR(small_solve(s).objective, 120.0 + 10 * amount[i], 1e-12);
    }
    steppe_free(s);
}

TEST(a_wrong_scenario_names_its_row_and_leaves_the_base)
{
    small_case();
    small_table("scenario", "scenario_id\nlost\nminus\ntwo\nnew\n");
    small_table("scenario_change",
                "scenario_id,table,selector,field,operation,value\n"
                "lost,link,link_id=ZZ,cost_usd_per_unit,set,1\n"
                "minus,link,link_id=AB,capacity_per_y,set,-1\n"
                "two,link,link_id=ZZ,cost_usd_per_unit,set,1\n"
                "two,link,*,background_per_y,scale,2\n"
                "new,link,*,,insert,link_id=AC;from_node_id=A;to_node_id=Q\n");
    steppe_solver *s = small_open(STEPPE_OK);
    static const char *const id[] = {"lost", "minus", "two", "new", "unknown"};
    static const char *const line[] = {
        SMALL "/scenario_change.csv:2:selector: found 'link_id=ZZ', expected a selector that "
              "selects at least one row",
        SMALL "/link.csv:2:9: found '-1', expected a number that is not negative "
              "(capacity_per_y) after the changes of "
              "the scenario",
        SMALL
        "/scenario_change.csv:5:field: found '', expected a number in the cell to be changed",
        ("scenario_change.csv:6:value: inserts into link.to_node_id: found 'Q', expected a "
         "node_id of node.csv"),
        "found scenario 'unknown', expected an id of scenario.csv"};
    for (int i = 0; i < 5; i++) {
        CHECK_EQ(steppe_apply_scenario(s, id[i]), STEPPE_BAD_INPUT);
        if (!CHECK(check_logged(&small_log, line[i]))) check_print_log(&small_log);
        CHECK_NEAR(small_solve(s).objective, (double)SMALL_COST, 1e-12);
    }
    CHECK(check_logged(&small_log,
                       SMALL "/scenario_change.csv:4:selector")); /* both faults of "two" */
    steppe_free(s);
}

TEST(a_case_without_scenarios_says_so)
{
    small_case();
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(steppe_scenario_count(s), 0);
    CHECK_EQ(steppe_apply_scenario(s, "any"), STEPPE_BAD_INPUT);
    CHECK_EQ(steppe_apply_scenario(s, NULL), STEPPE_OK);
    CHECK_NEAR(small_solve(s).objective, (double)SMALL_COST, 1e-12);
    steppe_free(s);
}

static steppe_status edit(steppe_ctx *ctx, case_tables *now, const case_tables *base,
                          const char *table_text, const char *selector, const char *field,
                          const char *operation, const char *value)
{
    const case_change ch = {"update", 0, table_text, selector, field, operation, value};
    int64_t hits;
    return scenario_edit_state(ctx, now, base, &ch, (change_mode){false, true, false}, &hits);
}

TEST(the_base_tables_are_the_same_bytes_after_an_edit)
{
    small_case();
    steppe_ctx ctx = {0};
    ctx.set = check_settings(&small_log, 1);
    case_tables base, now;
    if (!CHECK_EQ(case_read_tables(&ctx, SMALL, &base), STEPPE_OK)) return;
    now = base;
    const table *link = base.tab[T_LINK];
    const int capacity = table_column(link, "capacity_per_y");
    CHECK_EQ(edit(&ctx, &now, &base, "link", "*", "capacity_per_y", "scale", "0.5"), STEPPE_OK);
    CHECK_EQ(edit(&ctx, &now, &base, "link", "link_id=AB", "", "remove", ""), STEPPE_OK);
    CHECK_EQ(edit(&ctx, &now, &base, "link", "*", "extra", "set", "x"), STEPPE_OK);
    CHECK(base.tab[T_LINK] == link);
    CHECK(now.tab[T_LINK] != link);
    CHECK(now.tab[T_NODE] == base.tab[T_NODE]); /* unchanged tables are shared */
    CHECK_EQ(link->rows, 2);
    CHECK_EQ(link->cols, 11);
    CHECK_TEXT(table_cell(link, 0, capacity), "20");
    CHECK_EQ(now.tab[T_LINK]->rows, 1);
    CHECK_TEXT(table_cell(now.tab[T_LINK], 0, capacity), "10");
    CHECK_EQ(table_row_number(now.tab[T_LINK], 0), 3);
    scenario_free_tables(&now, &base);
    case_free_tables(&base);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(a_pattern_is_a_list_of_words_with_stars);
    RUN(selectors_choose_by_words_stars_alternatives_and_negation);
    RUN(set_scale_add_remove_and_insert_do_what_they_say);
    RUN(scaled_cells_are_exact_to_twelve_places);
    RUN(what_cannot_be_changed_is_a_fault_that_names_it);
    RUN(a_refused_update_leaves_no_cell_changed);
    RUN(an_update_that_makes_a_table_wrong_is_seen_at_setup);
    RUN(a_refused_update_keeps_the_answer_and_the_updates_before_it);
    RUN(an_update_of_the_horizon_cuts_it_anew);
    RUN(parents_come_first_and_rows_in_their_order);
    RUN(a_wrong_scenario_names_its_row_and_leaves_the_base);
    RUN(a_case_without_scenarios_says_so);
    RUN(the_base_tables_are_the_same_bytes_after_an_edit);
    return check_result();
}
