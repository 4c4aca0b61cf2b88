/* Cost curves, policies, ramps and plans, stocks and conversions: what they say, and what is wrong
 * with them. */
#include "small_case.h"

#include "case.h"

#define CURVE "table,id,from_per_y,cost_add_usd_per_unit\n"
#define POLICY                                                                                 \
    "policy_id,kind,commodity,supply_selector,link_selector,into_country,market,value,"        \
    "value_unit,per,start_date,end_date\n"
#define GROUP "group_id,flow_unit,capacity_per_y,per\nG,Mt,,\nH,Mt,8,horizon\n"
#define STORAGE                                                                                \
    "storage_id,node_id,commodity,flow_unit,mode,capacity,min_stock,final_rule,initial,"       \
    "final,loss_pct_per_y\n"
#define CONVERSION "conversion_id,node_id,flow_unit,capacity_per_y\n"
#define FLOW "conversion_id,commodity,flow_unit,direction,quantity_per_unit\n"

static case_tables tabs;
static case_data cs;
static steppe_ctx ctx;

static int64_t read_small(void)
{
    memset(&ctx, 0, sizeof ctx);
    ctx.set = check_settings(&small_log, 1);
    if (!CHECK_EQ(case_read_tables(&ctx, SMALL, &tabs), STEPPE_OK)) return -1;
    CHECK_EQ(case_build(&ctx, &tabs, &cs), STEPPE_OK);
    if (ctx.faults > 0) check_print_log(&small_log);
    return ctx.faults;
}

static void drop_small(void)
{
    case_free(&cs);
    case_free_tables(&tabs);
    CHECK_EQ(mem_live(), 0);
}

/* Two units, countries and a market beside the small case. */
static void rich_case(void)
{
    small_case();
    small_table("node", "node_id,x_coord,y_coord,country_iso2\nA,1,2,KZ\nB,2,2,RU\nC,3,2,DE\n");
    small_table("commodity",
                "commodity,carries,flow_unit,reference_price_usd_per_unit\n"
                "oil,crude,Mt,500\ngas,natural_gas,bcm,300\nfuel,product,Mt,700\n");
    small_table("demand", "demand_id,node_id,commodity,flow_unit,base_per_y,market\n"
                          "D,C,oil,Mt,10,EU\n");
    small_table("capacity_group", GROUP);
}

static void rich_refused(const char *name, const char *content, const char *fault)
{
    rich_case();
    small_table(name, content);
    small_refused(fault);
}

TEST(costs_rise_with_the_volume)
{
    rich_refused("cost_curve", CURVE "link,AB,5,3\nlink,AB,8,2\n",
                 "cost_curve.csv:3:4: found '2', expected more than 3 as in row 2, since the "
                 "cost rises with the volume (cost_add_usd_per_unit)");
    rich_refused("cost_curve", CURVE "link,AB,5,3\nsupply,S,1,1\nlink,AB,5,4\n",
                 "cost_curve.csv:4:3: found '5', expected more than 5 as in row 2, since the "
                 "rows are in order (from_per_y)");
    rich_refused("cost_curve", CURVE "link,XY,5,3\n",
                 "cost_curve.csv:2:2: found 'XY', expected a link_id of link.csv (id)");
    rich_refused("cost_curve", CURVE "supply,AB,5,3\n",
                 "cost_curve.csv:2:2: found 'AB', expected a supply_id of supply.csv (id)");
    rich_refused("cost_curve", CURVE "demand,D,5,3\n",
                 "cost_curve.csv:2:1: found 'demand', expected link or supply (table)");
    rich_refused("cost_curve", CURVE "link,AB,5,-3\n",
                 "cost_curve.csv:2:4: found '-3', expected a number that is not negative "
                 "(cost_add_usd_per_unit)");
    rich_case();
    small_table("cost_curve", CURVE "supply,S,1,1\nlink,BC,2,3\nlink,AB,0,1\nlink,BC,4,5\n");
    CHECK_EQ(read_small(), 0);
    static const int64_t rows[] = {2, 1, 3, 0};
    for (int i = 0; i < 4; i++) CHECK_EQ(cs.curve_steps[i].row, rows[i]);
    CHECK(cs.curve_steps[3].of == CURVE_SUPPLY && cs.curve_steps[3].object == 0);
    CHECK(cs.curve_steps[2].from == 4 * FIX_ONE && cs.curve_steps[2].add == 5 * FIX_ONE);
    drop_small();
}

static void policy_row(const char *row, const char *fault)
{
    char content[600], at[700];
    snprintf(content, sizeof content, POLICY "%s\n", row);
    snprintf(at, sizeof at, "policy.csv:2:%s", fault);
    rich_refused("policy", content, at);
}

TEST(a_policy_has_the_value_of_its_kind)
{
    policy_row("p,tax,,,,,,,,,,",
               "2: found 'tax', expected embargo, quota, obligation, max_share, min_share, "
               "diversification, emission_price or emission_cap (kind)");
    policy_row("p,embargo,,,,,,1,,,,",
               "8: found '1', expected an empty cell: an embargo has no value (value)");
    policy_row("p,quota,oil,,,,,,Mt,,,", "8: found an empty cell, expected a number (value)");
    policy_row("p,quota,oil,,,,,-1,Mt,,,",
               "8: found '-1', expected a number that is not negative (value)");
    policy_row("p,quota,oil,,,,,1,bcm,,,",
               "9: found 'bcm', expected unit Mt as of its commodities (value_unit)");
    policy_row("p,quota,,,,,,1,Mt,,,",
               "3: found an empty cell, expected commodities of one flow unit (commodity)");
    policy_row("p,max_share,oil,,,,,1.5,share,,,",
               "8: found '1.5', expected a number from 0 to 1 (value)");
    policy_row("p,min_share,oil,,,,,0.5,Mt,,,",
               "9: found 'Mt', expected unit share as of this kind (value_unit)");
    policy_row("p,emission_price,,,,,,5,USD,,,",
               "9: found 'USD', expected unit USD/t as of this kind (value_unit)");
    policy_row("p,emission_cap,,,,,,5,,,,",
               "9: found an empty cell, expected unit t as of this kind (value_unit)");
    policy_row("p,diversification,oil,,link_id=AB,,EU,0.5,share,,,",
               "5: found 'link_id=AB', expected an empty cell: a diversification is about "
               "markets (link_selector)");
    policy_row("p,quota,oil,,,,EU,1,Mt,,,",
               "7: found 'EU', expected an empty cell: only a diversification is about markets "
               "(market)");
    policy_row("p,embargo,,,,,,,,month,,",
               "10: found 'month', expected horizon or period (per)");
    policy_row("p,embargo,,,,,,,,,2025-02-01,2025-01-31",
               "12: found '2025-01-31', expected a date not before 2025-02-01 (end_date)");
}

TEST(a_policy_selects_something)
{
    policy_row("p,embargo,wine,,,,,,,,,",
               "3: found 'wine', expected a pattern that matches a commodity (commodity)");
    policy_row("p,embargo,,supply_id=X,,,,,,,,",
               "4: found 'supply_id=X', expected a selector that selects at least one row "
               "(supply_selector)");
    policy_row("p,embargo,,owner=X,,,,,,,,",
               "4: found 'owner', expected a column of the table (supply_selector)");
    policy_row("p,embargo,,,AB,,,,,,,",
               "5: found 'AB', expected column=pattern, joined by &, or * (link_selector)");
    policy_row("p,embargo,,,,FR,,,,,,",
               "6: found 'FR', expected a pattern that matches a country_iso2 of node.csv "
               "(into_country)");
    policy_row(
        "p,diversification,oil,,,,US,0.5,share,,,",
        "7: found 'US', expected a pattern that matches a market of demand.csv (market)");
    rich_case();
    small_table("policy", POLICY "p,quota,oil|fuel,supply_id=S,from_node_id=B,R*,,4,Mt,period,"
                                 "2025-02-01,\nq,embargo,,,*,,,,,,,\n");
    CHECK_EQ(read_small(), 0);
    CHECK_EQ(cs.policy_count, 2);
    const policy *p = &cs.policies[0];
    CHECK(p->kind == POLICY_QUOTA && p->value == 4 * FIX_ONE && p->by_period && p->open);
    CHECK_TEXT(p->name, "p");
    CHECK(p->supply_hit && p->supply_hit[0] == 1);
    CHECK(p->link_hit && p->link_hit[0] == 0 && p->link_hit[1] == 1);
    CHECK_EQ(p->first_day, INT32_MIN); /* no period table */
    CHECK(!cs.policies[1].supply_hit);
    CHECK(cs.policies[1].link_hit && cs.policies[1].link_hit[0] && cs.policies[1].link_hit[1]);
    drop_small();
    small_table("period", "period_id,start_date,end_date\ny,2025-01-01,2025-12-31\n");
    CHECK_EQ(read_small(), 0);
    CHECK_EQ(cs.policies[0].first_day, cs.periods[0].first_day + 31);
    CHECK_EQ(cs.policies[0].last_day, INT32_MAX);
    drop_small();
}

TEST(ramps_and_plans_are_about_groups)
{
    rich_refused(
        "ramp", "ramp_id,group_id,flow_unit\nr,X,Mt\n",
        "ramp.csv:2:2: found 'X', expected a group_id of capacity_group.csv (group_id)");
    rich_refused("ramp", "ramp_id,group_id,flow_unit\nr,G,bcm\n",
                 "ramp.csv:2:3: found 'bcm', expected unit Mt as of group G (flow_unit)");
    rich_refused("ramp", "ramp_id,group_id,flow_unit,max_up_per_y\nr,G,Mt,-1\n",
                 "ramp.csv:2:4: found '-1', expected a number that is not negative "
                 "(max_up_per_y)");
    rich_refused("reference_plan", "group_id,period_id,flow_unit,quantity\nG,h1,Mt,1\n",
                 "reference_plan.csv:2:2: found 'h1', expected year, since the case has no "
                 "period table (period_id)");
    rich_refused(
        "reference_plan",
        "group_id,period_id,flow_unit,quantity\nG,year,Mt,1\nH,year,Mt,1\nG,year,Mt,2\n",
        "reference_plan.csv:4:1: found 'G', expected each group and period once "
        "(group_id)");
    rich_case();
    small_table("period", "period_id,start_date,end_date\na,2025-01-01,2025-12-31\n");
    small_table("reference_plan", "group_id,period_id,flow_unit,quantity\nG,b,Mt,1\n");
    small_refused("reference_plan.csv:2:2: found 'b', expected a period_id of period.csv "
                  "(period_id)");
    small_table("reference_plan", "group_id,period_id,flow_unit,quantity\nH,a,Mt,1.5\n");
    small_table("ramp", "ramp_id,group_id,flow_unit,max_up_per_y,stability_cost_usd_per_unit\n"
                        "r,G,Mt,1,2\n");
    CHECK_EQ(read_small(), 0);
    CHECK(cs.groups[0].capacity == -1 && !cs.groups[0].over_horizon && cs.groups[0].open);
    CHECK(cs.groups[1].capacity == 8 * FIX_ONE && cs.groups[1].over_horizon);
    CHECK(cs.ramps[0].up == FIX_ONE && cs.ramps[0].down == -1 &&
          cs.ramps[0].cost == 2 * FIX_ONE);
    CHECK(cs.plan_volumes[0].group == 1 && cs.plan_volumes[0].period == 0);
    drop_small();
}

static void storage_row(const char *row, const char *fault)
{
    char content[600], at[700];
    snprintf(content, sizeof content, STORAGE "%s\n", row);
    snprintf(at, sizeof at, "storage.csv:2:%s", fault);
    rich_case();
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "cost_usd_per_unit\nAB,A,B,true,pipe,crude,Mt,20,5\nBC,B,C,true,rail,crude,Mt,20,"
        "7\nAC,A,C,true,sea,natural_gas,bcm,20,7\n");
    small_table("transfer", "node_id,from_mode,to_mode,carries,cost_usd_per_unit,flow_unit\n"
                            "B,pipe,rail,crude,1,Mt\n");
    small_table("storage", content);
    if (fault[0])
        small_refused(at);
    else
        CHECK_EQ(read_small(), 0);
}

TEST(a_stock_is_of_one_mode_and_within_its_capacity)
{
    storage_row("T,B,oil,Mt,,4,,,,,",
                "5: found an empty cell, expected one of the modes there, pipe, rail (mode)");
    storage_row("T,B,oil,Mt,sea,4,,,,,",
                "5: found 'sea', expected one of the modes there, pipe, rail (mode)");
    storage_row("T,A,oil,Mt,rail,4,,,,,",
                "5: found 'rail', expected one of the modes there, pipe (mode)");
    storage_row("T,B,gas,bcm,,4,,,,,",
                "2: found 'B', expected a place with a link or transfer for the commodity "
                "(node_id)");
    storage_row("T,A,oil,Mt,,,,,,,", "6: found an empty cell, expected a number (capacity)");
    storage_row("T,A,oil,bcm,,4,,,,,",
                "4: found 'bcm', expected unit Mt as of commodity oil (flow_unit)");
    storage_row("T,A,oil,Mt,,4,5,,,,",
                "7: found '5', expected at most 4, the capacity (min_stock)");
    storage_row("T,A,oil,Mt,,4,,open,,,",
                "8: found 'open', expected cyclic, fixed, min or free (final_rule)");
    storage_row("T,A,oil,Mt,,4,,free,,,",
                "9: found an empty cell, expected a number (initial)");
    storage_row("T,A,oil,Mt,,4,,free,5,,",
                "9: found '5', expected at most 4, the capacity (initial)");
    storage_row("T,A,oil,Mt,,4,2,,1,,",
                "9: found '1', expected at least 2, the least stock (initial)");
    storage_row("T,A,oil,Mt,,4,,min,1,,", "10: found an empty cell, expected a number (final)");
    storage_row("T,A,oil,Mt,,4,,fixed,1,5,",
                "10: found '5', expected at most 4, the capacity (final)");
    storage_row("T,A,oil,Mt,,4,,,1,1,",
                "10: found '1', expected an empty cell: final_rule does not use it (final)");
    storage_row("T,A,oil,Mt,,4,,,,,101",
                "11: found '101', expected percent up to 100 (loss_pct_per_y)");
    storage_row("T,B,oil,Mt,rail,4,,min,1,2,", "");
    const storage *x = &cs.storages[0];
    CHECK_TEXT(cs.modes[x->mode], "rail");
    CHECK(x->rule == FINAL_MIN && x->initial == FIX_ONE && x->final == 2 * FIX_ONE && x->open);
    CHECK(x->in_rate == -1 && x->out_rate == -1);
    drop_small();
    storage_row("T,C,oil,Mt,,4,,,,,", "");
    CHECK_TEXT(cs.modes[cs.storages[0].mode], "rail");
    CHECK(cs.storages[0].rule == FINAL_CYCLIC && cs.storages[0].initial == -1);
    drop_small();
    storage_row("T,C,gas,bcm,,4,,,,,", "");
    CHECK_TEXT(cs.modes[cs.storages[0].mode], "sea");
    drop_small();
}

static void converted(const char *conversions, const char *flows, const char *fault)
{
    rich_case();
    small_table("conversion", conversions);
    small_table("conversion_flow", flows);
    small_refused(fault);
}

TEST(a_conversion_turns_its_first_input_into_something)
{
    const char *one = CONVERSION "R,B,Mt,4\n";
    converted(one, NULL,
              "conversion.csv:2:1: found 'R', expected rows in conversion_flow.csv "
              "(conversion_id)");
    converted(one, FLOW "R,oil,Mt,in,1\n",
              "conversion.csv:2:1: found 'R', expected a row with direction out in "
              "conversion_flow.csv (conversion_id)");
    converted(one, FLOW "R,fuel,Mt,out,1\nR,oil,Mt,in,1\n",
              "conversion_flow.csv:2:4: found 'out', expected in, since the first row is the "
              "input that counts (direction)");
    converted(one, FLOW "R,oil,Mt,in,2\nR,fuel,Mt,out,1\n",
              "conversion_flow.csv:2:5: found '2', expected 1 in the first row of a conversion "
              "(quantity_per_unit)");
    converted(one, FLOW "R,oil,Mt,in,1\nR,fuel,Mt,out,0\n",
              "conversion_flow.csv:3:5: found '0', expected a number above 0 "
              "(quantity_per_unit)");
    converted(one, FLOW "R,oil,Mt,in,1\nR,fuel,bcm,out,1\n",
              "conversion_flow.csv:3:3: found 'bcm', expected unit Mt as of commodity fuel "
              "(flow_unit)");
    converted(one, FLOW "R,oil,Mt,in,1\nR,oil,Mt,out,1\n",
              "conversion_flow.csv:3:2: found 'oil', expected each commodity once per "
              "conversion (commodity)");
    converted(one, FLOW "R,oil,Mt,in,1\nR,fuel,Mt,out,1\nQ,fuel,Mt,out,1\n",
              "conversion_flow.csv:4:1: found 'Q', expected a conversion_id of conversion.csv "
              "(conversion_id)");
    converted(one, FLOW "R,oil,Mt,in,1\nR,fuel,Mt,made,1\n",
              "conversion_flow.csv:3:4: found 'made', expected in or out (direction)");
    converted(CONVERSION "R,B,bcm,4\n", FLOW "R,oil,Mt,in,1\nR,fuel,Mt,out,1\n",
              "conversion.csv:2:3: found 'bcm', expected unit Mt as of commodity oil "
              "(flow_unit)");
    rich_case();
    small_table("conversion", CONVERSION "R,B,Mt,4\nQ,B,bcm,2\n");
    small_table("conversion_flow",
                FLOW "Q,gas,bcm,in,1\nR,oil,Mt,in,1\nQ,fuel,Mt,out,0.5\nR,gas,bcm,in,0.1\n"
                     "R,fuel,Mt,out,0.9\n");
    CHECK_EQ(read_small(), 0);
    CHECK(cs.conversions[0].first_flow == 0 && cs.conversions[0].end_flow == 3);
    CHECK(cs.conversions[1].first_flow == 3 && cs.conversions[1].end_flow == 5);
    CHECK(!cs.conversion_flows[0].output && cs.conversion_flows[0].quantity == FIX_ONE);
    CHECK(cs.conversion_flows[2].output && cs.conversion_flows[2].commodity == 2);
    CHECK(cs.conversion_flows[1].commodity == 1 && !cs.conversion_flows[1].output);
    drop_small();
}

TEST(records_of_new_tables_survive_a_lack_of_memory)
{
    rich_case();
    small_table("period", "period_id,start_date,end_date\na,2025-01-01,2025-12-31\n");
    small_table("profile", "profile_id,month,factor\np,1,2\n");
    small_table("link_period", "link_id,period_id,availability\nAB,a,0.5\n");
    small_table("under_way", "link_id,direction,commodity,flow_unit,arrival_date,quantity\n"
                             "AB,forward,oil,Mt,2025-01-05,1\n");
    small_table("cost_curve", CURVE "link,AB,5,3\n");
    small_table("policy", POLICY "p,quota,oil,supply_id=S,link_id=AB,,,4,Mt,,,\n");
    small_table("ramp", "ramp_id,group_id,flow_unit\nr,G,Mt\n");
    small_table("reference_plan", "group_id,period_id,flow_unit,quantity\nH,a,Mt,1.5\n");
    small_table("storage", STORAGE "T,A,oil,Mt,,4,,,,,\n");
    small_table("conversion", CONVERSION "R,B,Mt,4\n");
    small_table("conversion_flow", FLOW "R,oil,Mt,in,1\nR,fuel,Mt,out,1\n");
    memset(&ctx, 0, sizeof ctx);
    ctx.set = check_settings(&small_log, 1);
    if (!CHECK_EQ(case_read_tables(&ctx, SMALL, &tabs), STEPPE_OK)) return;
    const long live = mem_live();
    steppe_status st = STEPPE_NO_MEMORY;
    long k = 0;
    for (; st != STEPPE_OK && k < 10000; k++) {
        mem_fail_after(k);
        st = case_build(&ctx, &tabs, &cs);
        mem_fail_after(-1);
        CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        if (st != STEPPE_OK) CHECK_EQ(mem_live(), live);
    }
    CHECK(k > 50);
    if (!CHECK_EQ(ctx.faults, 0)) check_print_log(&small_log);
    drop_small();
}

int main(void)
{
    RUN(costs_rise_with_the_volume);
    RUN(a_policy_has_the_value_of_its_kind);
    RUN(a_policy_selects_something);
    RUN(ramps_and_plans_are_about_groups);
    RUN(a_stock_is_of_one_mode_and_within_its_capacity);
    RUN(a_conversion_turns_its_first_input_into_something);
    RUN(records_of_new_tables_survive_a_lack_of_memory);
    return check_result();
}
