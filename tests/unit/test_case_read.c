/* What the reader says about wrong tables: every fault, with its place, in one run. */
#include "small_case.h"

#define LINK_HEAD                                                                              \
    "link_id,from_node_id,to_node_id,directed,length,mode,carries,flow_unit,capacity_per_y,"   \
    "background_per_y,cost_usd_per_unit\n"
#define SUPPLY_HEAD                                                                            \
    "supply_id,node_id,commodity,flow_unit,quantity_per_y,max_per_y,supply_cost_usd_per_unit," \
    "shut_in_cost_usd_per_unit\n"
#define DEMAND_HEAD                                                                            \
    "demand_id,node_id,commodity,flow_unit,base_per_y,min_per_y,max_per_y,"                    \
    "shortage_cost_usd_per_unit\n"

static void link_row(const char *row, const char *fault)
{
    char content[1024];
    snprintf(content, sizeof content,
             LINK_HEAD
             "AB,A,B,true,100,pipe,crude,Mt,20,,5\nBC,B,C,true,100,pipe,crude,Mt,20,,7\n%s\n",
             row);
    small_refused_table("link", content, fault);
}

static void supply_row(const char *row, const char *fault)
{
    char content[1024];
    snprintf(content, sizeof content, SUPPLY_HEAD "S,A,oil,Mt,10,10,20,100\n%s\n", row);
    small_refused_table("supply", content, fault);
}

static void demand_row(const char *row, const char *fault)
{
    char content[1024];
    snprintf(content, sizeof content, DEMAND_HEAD "D,C,oil,Mt,10,0,10,400\n%s\n", row);
    small_refused_table("demand", content, fault);
}

TEST(the_small_case_itself_has_no_fault)
{
    small_case();
    CHECK_NEAR(small_cost(), (double)SMALL_COST, 1e-12);
    CHECK_EQ(small_log.faults, 0);
}

TEST(unknown_ids_name_the_table_they_should_come_from)
{
    link_row("X,A,Z,true,1,pipe,crude,Mt,1,,1",
             "link.csv:4:3: found 'Z', expected a node_id of node.csv (to_node_id)");
    supply_row("X,Z,oil,Mt,1,,,",
               "supply.csv:3:2: found 'Z', expected a node_id of node.csv (node_id)");
    supply_row(
        "X,A,gas,Mt,1,,,",
        "supply.csv:3:3: found 'gas', expected a commodity of commodity.csv (commodity)");
    demand_row("X,,oil,Mt,1,,,",
               "demand.csv:3:2: found an empty cell, expected a node_id of node.csv (node_id)");
    small_refused_table(
        "contract", "contract_id,supply_id,demand_id,flow_unit\nK,S,E,Mt\n",
        "contract.csv:2:3: found 'E', expected a demand_id of demand.csv (demand_id)");
    small_refused_table(
        "link_commodity", "link_id,commodity\nAZ,oil\n",
        "link_commodity.csv:2:1: found 'AZ', expected a link_id of link.csv (link_id)");
    small_refused_table(
        "handling", "node_id,carries,capacity_per_y,flow_unit\nZ,crude,4,Mt\n",
        "handling.csv:2:1: found 'Z', expected a node_id of node.csv (node_id)");
}

TEST(an_id_twice_names_the_first_row)
{
    link_row(
        "AB,A,C,true,1,pipe,crude,Mt,1,,1",
        "link.csv:4:1: found 'AB' again (first in row 2), expected each id once (link_id)");
    supply_row(
        "S,B,oil,Mt,1,,,",
        "supply.csv:3:1: found 'S' again (first in row 2), expected each id once (supply_id)");
    demand_row(
        "D,B,oil,Mt,1,,,",
        "demand.csv:3:1: found 'D' again (first in row 2), expected each id once (demand_id)");
    small_refused_table(
        "node", "node_id,x_coord,y_coord\nA,1,2\nB,2,2\nC,3,2\nA,3,2\n",
        "node.csv:5:1: found 'A' again (first in row 2), expected each id once (node_id)");
    small_refused_table("mode", "mode,fixed_cost_usd_per_unit\npipe,1\npipe,1\n",
                        "mode.csv:3:1: found 'pipe', expected each mode once (mode)");
}

#define AN_ID                                                                                  \
    "an id without blanks , ; | < > / \\ or quotes, not starting with a point (link_id)"

TEST(an_id_that_would_break_a_file_is_refused)
{
    link_row("A B,A,C,true,1,pipe,crude,Mt,1,,1", "link.csv:4:1: found 'A B', expected " AN_ID);
    link_row("a;b,A,C,true,1,pipe,crude,Mt,1,,1", "link.csv:4:1: found 'a;b', expected " AN_ID);
    link_row("../b,A,C,true,1,pipe,crude,Mt,1,,1",
             "link.csv:4:1: found '../b', expected " AN_ID);
    link_row(",A,C,true,1,pipe,crude,Mt,1,,1",
             "link.csv:4:1: found an empty cell, expected " AN_ID);
}

TEST(the_unit_of_a_row_is_the_unit_of_its_goods)
{
    link_row("X,A,C,true,1,pipe,crude,bcm,1,,1",
             "link.csv:4:8: found 'bcm', expected unit Mt as of commodity oil (flow_unit)");
    supply_row("X,A,oil,t,1,,,",
               "supply.csv:3:4: found 't', expected unit Mt as of commodity oil (flow_unit)");
    demand_row("X,A,oil,,1,,,", "demand.csv:3:4: found an empty cell, expected unit Mt as of "
                                "commodity oil (flow_unit)");
}

TEST(quantities_are_finite_numbers_that_are_not_negative)
{
    link_row(
        "X,A,C,true,1,pipe,crude,Mt,-1,,1",
        "link.csv:4:9: found '-1', expected a number that is not negative (capacity_per_y)");
    link_row("X,A,C,true,1,pipe,crude,Mt,,,1",
             "link.csv:4:9: found an empty cell, expected a number (capacity_per_y)");
    link_row("X,A,C,true,1,pipe,crude,Mt,ten,,1",
             "link.csv:4:9: found 'ten', expected a number (capacity_per_y)");
    link_row("X,A,C,true,1,pipe,crude,Mt,inf,,1",
             "link.csv:4:9: found 'inf', expected a finite number (capacity_per_y)");
    link_row("X,A,C,true,1,pipe,crude,Mt,nan,,1",
             "link.csv:4:9: found 'nan', expected a finite number (capacity_per_y)");
    link_row("X,A,C,true,1,pipe,crude,Mt,1e99,,1",
             "link.csv:4:9: found '1e99', expected a number of at most 10^15 (capacity_per_y)");
    link_row("X,A,C,true,1,pipe,crude,Mt,\"1,5\",,1",
             "link.csv:4:9: found '1,5', expected a number (capacity_per_y)");
    supply_row("X,A,oil,Mt,-0.001,,,", "supply.csv:3:5: found '-0.001', expected a number that "
                                       "is not negative (quantity_per_y)");
}

TEST(a_link_leads_elsewhere_and_has_room_for_its_background)
{
    link_row("X,A,A,true,1,pipe,crude,Mt,1,,1",
             "link.csv:4:3: found 'A', expected another place than from_node_id (to_node_id)");
    link_row("X,A,C,true,1,pipe,crude,Mt,1,1.5,1",
             "link.csv:4:9: found '1', expected at least the background traffic of 1.5 "
             "(capacity_per_y)");
    link_row("X,A,C,maybe,1,pipe,crude,Mt,1,,1",
             "link.csv:4:4: found 'maybe', expected true, false, 1 or 0 (directed)");
    link_row("X,A,C,,1,pipe,crude,Mt,1,,1",
             "link.csv:4:4: found an empty cell, expected true or false (directed)");
    link_row(
        "X,A,C,true,1,pipe,crude,Mt,1,,-1",
        "link.csv:4:11: found '-1', expected a cost that is not negative with its risk premium "
        "(cost_usd_per_unit)");
    link_row("X,A,C,true,1,raft,crude,Mt,1,,",
             "link.csv:4:11: found an empty cell, expected a number (cost_usd_per_unit)");
}

TEST(a_class_of_goods_is_one_that_a_commodity_has)
{
    link_row("X,A,C,true,1,pipe,crude;grain,Mt,1,,1",
             "link.csv:4:7: found 'grain', expected a class of goods as in commodity.carries "
             "(carries)");
    link_row("X,A,C,true,1,pipe,,Mt,1,,1",
             "link.csv:4:7: found an empty cell, expected classes of goods as in "
             "commodity.carries (carries)");
    small_refused_table("handling", "node_id,carries,capacity_per_y,flow_unit\nA,grain,4,Mt\n",
                        "handling.csv:2:2: found 'grain', expected one class of goods as in "
                        "commodity.carries (carries)");
    small_refused_table(
        "handling", "node_id,carries,capacity_per_y,flow_unit\nA,crude,4,Mt\nA,crude,5,Mt\n",
        "handling.csv:3:1: found 'A', expected each place and class once (node_id)");
}

TEST(quantities_of_a_row_are_in_order)
{
    demand_row("X,C,oil,Mt,5,6,,",
               "demand.csv:3:5: found '5', expected at least 6, the minimum (base_per_y)");
    demand_row("X,C,oil,Mt,5,,4,",
               "demand.csv:3:7: found '4', expected at least 5, the base demand (max_per_y)");
    supply_row("X,A,oil,Mt,5,4.5,,",
               "supply.csv:3:6: found '4.5', expected at least 5, the quantity (max_per_y)");
    small_refused_table(
        "contract",
        "contract_id,supply_id,demand_id,flow_unit,min_per_y,max_per_y\nK,S,D,Mt,3,2\n",
        "contract.csv:2:6: found '2', expected at least 3, the minimum (max_per_y)");
    small_refused_table(
        "capacity_group", "group_id,flow_unit,capacity_per_y,min_per_y\nG,Mt,3,4\n",
        "capacity_group.csv:2:3: found '3', expected at least 4, the minimum (capacity_per_y)");
    small_refused_table(
        "capacity_group", "group_id,flow_unit,capacity_per_y,per\nG,Mt,,day\n",
        "capacity_group.csv:2:4: found 'day', expected period or horizon (per)");
    small_refused_table("contract",
                        "contract_id,supply_id,demand_id,flow_unit,per\nK,S,D,Mt,day\n",
                        "contract.csv:2:5: found 'day', expected horizon or period (per)");
    small_refused_table(
        "demand",
        "demand_id,node_id,commodity,flow_unit,base_per_y,shortage_cost_usd_per_unit,"
        "min_shortage_cost_usd_per_unit\nD,C,oil,Mt,10,400,300\n",
        "demand.csv:2:7: found '300', expected at least 400, the shortage cost "
        "(min_shortage_cost_usd_per_unit)");
}

TEST(a_status_is_one_of_the_known_words)
{
    small_refused_table("node", "node_id,x_coord,y_coord,status\nA,1,2,\nB,2,2,open\nC,3,2,\n",
                        "node.csv:3:4: found 'open', expected operating, limited, planned, "
                        "under_construction, idle or "
                        "closed (status)");
}

TEST(coordinates_are_numbers)
{
    small_refused_table(
        "node", "node_id,x_coord,y_coord\nA,1,2\nB,,2\nC,3,2\n",
        "node.csv:3:2: found an empty cell, expected a number from -1e+09 to 1e+09 (x_coord)");
}

TEST(a_contract_joins_supply_and_demand_of_one_commodity_once)
{
    small_case();
    small_table("commodity", "commodity,carries,flow_unit,reference_price_usd_per_unit\n"
                             "oil,crude,Mt,500\ntar,crude,Mt,500\n");
    small_table("demand", DEMAND_HEAD "D,C,oil,Mt,10,0,10,400\nE,C,tar,Mt,1,0,1,400\n");
    small_table("contract", "contract_id,supply_id,demand_id,flow_unit\nK,S,E,Mt\n");
    small_refused(
        "contract.csv:2:3: found 'E', expected a demand for the commodity of the supply "
        "(demand_id)");
    small_refused_table(
        "contract", "contract_id,supply_id,demand_id,flow_unit\nK,S,D,Mt\nL,S,D,Mt\n",
        "contract.csv:3:1: found 'L', expected one contract per supply and demand "
        "(contract_id)");
}

TEST(a_transfer_or_an_exception_twice_is_a_fault)
{
    small_refused_table(
        "transfer",
        "node_id,from_mode,to_mode,carries,cost_usd_per_unit,flow_unit\n"
        "B,pipe,rail,crude,1,Mt\nB,pipe,rail,crude,2,Mt\n",
        "transfer.csv:3:1: found the same transfer as in row 2, expected each place, "
        "from_mode, to_mode "
        "and set of classes once (node_id)");
    small_refused_table(
        "link_commodity", "link_id,commodity\nAB,oil\nAB,oil\n",
        "link_commodity.csv:1:1: found link AB and commodity oil twice, expected them once");
}

TEST(a_transfer_twice_is_seen_whatever_the_order_of_its_classes)
{
    small_case();
    small_table("commodity", "commodity,carries,flow_unit,reference_price_usd_per_unit\n"
                             "oil,crude,Mt,500\nfuel,product,Mt,500\n");
    small_table("transfer", "node_id,from_mode,to_mode,carries,cost_usd_per_unit,flow_unit\n"
                            "B,pipe,rail,crude;product,1,Mt\nB,pipe,rail,product;crude,2,Mt\n");
    steppe_free(small_open(STEPPE_BAD_INPUT));
    CHECK_EQ(small_log.faults, 1);
}

TEST(weights_and_uses_stay_below_a_million)
{
    small_refused_table(
        "link_commodity", "link_id,commodity,capacity_use\nAB,oil,1000000.5\n",
        "link_commodity.csv:2:3: found '1000000.5', expected at most 10^6 (capacity_use)");
}

TEST(a_permission_column_exists)
{
    small_refused_table(
        "commodity",
        "commodity,carries,flow_unit,reference_price_usd_per_unit,requires\noil,crude,Mt,500,"
        "class7\n",
        "commodity.csv:2:5: found 'class7', expected a column of the link table (requires)");
}

TEST(a_supply_cut_off_from_every_demand_is_a_fault)
{
    small_case();
    small_table("node", "node_id,x_coord,y_coord\nA,1,2\nB,2,2\nC,3,2\nE,4,4\n");
    small_table("supply", SUPPLY_HEAD "S,A,oil,Mt,10,10,20,100\nX,E,oil,Mt,1,1,0,100\n");
    small_refused(
        "supply.csv:3:1: found supply X, which no demand for oil can reach, expected a way "
        "to one over "
        "links and transfers");
    small_case(); /* a link exists but the path would change its mode without a transfer */
    small_table("link", LINK_HEAD
                "AB,A,B,true,100,rail,crude,Mt,20,,5\nBC,B,C,true,100,pipe,crude,Mt,20,,7\n");
    small_refused(
        "supply.csv:2:1: found supply S, which no demand for oil can reach, expected a way "
        "to one over "
        "links and transfers");
    small_table("transfer", "node_id,from_mode,to_mode,carries,cost_usd_per_unit,flow_unit\n"
                            "B,rail,pipe,crude,1,Mt\n");
    CHECK_NEAR(small_cost(), SMALL_COST + 10.0, 1e-12);
}

TEST(a_shut_link_makes_no_fault_of_its_supply)
{
    small_case();
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "cost_usd_per_unit,status\nAB,A,B,true,pipe,crude,Mt,20,5,closed\n"
        "BC,B,C,true,pipe,crude,Mt,20,7,\n");
    CHECK_NEAR(small_cost(), 10 * 100.0 + 10 * 400.0, 1e-12);
}

TEST(missing_tables_and_columns_are_faults)
{
    small_case();
    small_table("supply", NULL);
    small_refused("supply.csv:1:1: found no such file, expected the table");
    small_case();
    small_table("commodity", "commodity,flow_unit,reference_price_usd_per_unit\noil,Mt,500\n");
    steppe_free(small_open(STEPPE_BAD_INPUT));
    CHECK(check_logged(
        &small_log, "commodity.csv:1:4: found no column 'carries', expected it in the header"));
}

TEST(scenarios_form_no_circle_and_name_known_things)
{
    small_refused_table(
        "scenario", "scenario_id,parent_id\na,none\n",
        "scenario.csv:2:2: found 'none', expected a scenario_id of scenario.csv (parent_id)");
    small_refused_table(
        "scenario", "scenario_id,parent_id\nx,\nx,\n",
        "scenario.csv:3:1: found 'x' again (first in row 2), expected each id once "
        "(scenario_id)");
    small_refused_table(
        "scenario", "scenario_id\nbase\n",
        "scenario.csv:2:1: found 'base', expected another id: base is the case without changes "
        "(scenario_id)");
    small_refused_table("scenario", "scenario_id,parent_id\na,a\n",
                        "scenario.csv:2:2: found 'a', expected a parent that is not its own "
                        "descendant (parent_id)");
    small_case();
    small_table("scenario", "scenario_id,parent_id\na,c\nb,a\nc,b\nd,\n");
    steppe_free(small_open(STEPPE_BAD_INPUT));
    CHECK_EQ(small_log.faults, 3); /* each of the circle, not d */
    small_case();
    small_table("scenario", "scenario_id\na\n");
    small_table("scenario_change",
                "scenario_id,table,selector,field,operation,value\nb,link,*,x,set,1\n"
                "a,lynx,*,x,set,1\na,link,*,x,put,1\n");
    steppe_free(small_open(STEPPE_BAD_INPUT));
    CHECK_EQ(small_log.faults, 3);
    CHECK(check_logged(
        &small_log,
        "scenario_change.csv:2:1: found 'b', expected a scenario_id of scenario.csv"));
    CHECK(check_logged(
        &small_log,
        "scenario_change.csv:3:2: found 'lynx', expected the name of a table of the case"));
    CHECK(check_logged(
        &small_log,
        "scenario_change.csv:4:5: found 'put', expected set, scale, add, remove or insert"));
}

TEST(all_faults_of_all_tables_come_in_one_run)
{
    small_case();
    small_table("node",
                "node_id,x_coord,y_coord,status\nA,1,2,\nB,2,two,\nC,3,2,shut\nA,1,1,\n");
    small_table("link", LINK_HEAD
                "AB,A,B,true,100,pipe,crude,Mt,-20,,5\nBC,B,Z,true,100,pipe,crude,Mt,x,,7\n");
    small_table("supply", SUPPLY_HEAD "S,A,oil,bcm,inf,10,20,100\n");
    small_table("demand", DEMAND_HEAD "D,C,wine,Mt,10,0,10,400\n");
    steppe_free(small_open(STEPPE_BAD_INPUT));
    static const char *const all[] = {
        "node.csv:3:3: found 'two', expected a number from -1e+09 to 1e+09 (y_coord)",
        "node.csv:4:4: found 'shut', expected operating",
        "node.csv:5:1: found 'A' again (first in row 2), expected each id once (node_id)",
        "link.csv:2:9: found '-20', expected a number that is not negative (capacity_per_y)",
        "link.csv:3:3: found 'Z', expected a node_id of node.csv (to_node_id)",
        "link.csv:3:9: found 'x', expected a number (capacity_per_y)",
        "supply.csv:2:4: found 'bcm', expected unit Mt as of commodity oil (flow_unit)",
        "supply.csv:2:5: found 'inf', expected a finite number (quantity_per_y)",
        "demand.csv:2:3: found 'wine', expected a commodity of commodity.csv (commodity)"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!CHECK(check_logged(&small_log, all[i])))
            fprintf(stderr, "    not found: %s\n", all[i]);
    CHECK_EQ(small_log.faults, sizeof all / sizeof *all);
    if (small_log.faults != sizeof all / sizeof *all) check_print_log(&small_log);
}

TEST(faults_of_form_do_not_hide_the_others)
{
    small_case();
    small_table("node", "node_id,x_coord,y_coord\nA,1,2\nB,2\nC,3,2\n");
    small_table("link", LINK_HEAD
                "AB,A,B,true,100,pipe,crude,Mt,20,,5,9\nBC,B,C,true,100,pipe,crude,Mt,-1,,7\n");
    steppe_free(small_open(STEPPE_BAD_INPUT));
    CHECK(check_logged(&small_log, "node.csv:3:2: found 2 cells, expected 3 as in the header"));
    CHECK(check_logged(&small_log,
                       "link.csv:2:12: found 12 cells, expected 11 as in the header"));
    CHECK(check_logged(&small_log,
                       "link.csv:3:9: found '-1', expected a number that is not negative"));
}

TEST(columns_that_are_not_known_are_listed)
{
    small_case();
    small_table("supply", "supply_id,node_id,commodity,flow_unit,quantity_per_y,owner,grade\n"
                          "S,A,oil,Mt,10,x,y\n");
    small_table("investment", "investment_id,kind\np,line\n");
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK(check_logged(&small_log,
                       "columns kept, not known to Steppe: supply.owner, supply.grade"));
    CHECK(check_logged(&small_log, "columns read and not used by this version's solver: "
                                   "investment.investment_id, investment.kind"));
    steppe_free(s);
}

TEST(defaults_stand_for_empty_cells)
{
    small_case(); /* shut-in and shortage at the reference price of 500, costs of the links from
                     the mode: 1 + 0.01 km */
    small_table("link", LINK_HEAD
                "AB,A,B,true,100,pipe,crude,Mt,4,1,\nBC,B,C,true,250,pipe,crude,Mt,20,,\n");
    small_table("supply",
                "supply_id,node_id,commodity,flow_unit,quantity_per_y\nS,A,oil,Mt,10\n");
    small_table(
        "demand",
        "demand_id,node_id,commodity,flow_unit,base_per_y,min_per_y\nD,C,oil,Mt,10,9\n");
    /* 3 Mt get through at 2 + 3.5; 7 are shut in; 1 is missing at 500 and 6 of the minimum at
     * 1000 */
    CHECK_NEAR(small_cost(), 3 * 5.5 + 7 * 500.0 + 500.0 + 6 * 1000.0, 1e-12);
}

TEST(planned_links_open_in_their_year)
{
    static const char *const year[] = {"2024", "2025", "2026", ""};
    static const bool open[] = {true, true, false, false};
    for (int i = 0; i < 4; i++) {
        char content[512];
        small_case();
        small_table("config", "dataset_name,long_length,base_year\nsmall,km,2025\n");
        snprintf(
            content, sizeof content,
            "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
            "cost_usd_per_unit,"
            "status,available_from_year\nAB,A,B,true,pipe,crude,Mt,20,5,under_construction,%s\n"
            "BC,B,C,true,pipe,crude,Mt,20,7,limited,\n",
            year[i]);
        small_table("link", content);
        CHECK_NEAR(small_cost(), open[i] ? (double)SMALL_COST : 5000.0, 1e-12);
    }
    small_table("config", "dataset_name,long_length,base_year\nsmall,miles,2025\n");
    small_refused("config.csv:2:2: found 'miles', expected km (long_length)");
}

TEST(a_gzip_case_and_other_line_ends_read_the_same)
{
    small_case();
    small_table("node", "\xEF\xBB\xBFnode_id,x_coord,y_coord,name\r\nA,1,2,\"Aksu, "
                        "\"\"new\"\"\"\r\nB,2,2,\r\nC,3,2,Ц");
    CHECK_NEAR(small_cost(), (double)SMALL_COST, 1e-12);
}

TEST(what_is_no_case_is_refused_with_its_name)
{
    const steppe_settings set = check_settings(&small_log, 1);
    steppe_solver *s = NULL;
    CHECK_EQ(steppe_open(&s, TEST_TMP "nowhere", &set), STEPPE_IO);
    CHECK(check_logged(&small_log, TEST_TMP "nowhere: found nothing there"));
    check_make_folder(TEST_TMP "empty_case");
    CHECK_EQ(steppe_open(&s, TEST_TMP "empty_case", &set), STEPPE_BAD_INPUT);
    CHECK(check_logged(&small_log,
                       "empty_case/node.csv:1:1: found no such file, expected the table"));
    check_write(TEST_TMP "plain.txt", "hello");
    CHECK_EQ(steppe_open(&s, TEST_TMP "plain.txt", &set), STEPPE_BAD_INPUT);
    CHECK(s == NULL);
}

int main(void)
{
    RUN(the_small_case_itself_has_no_fault);
    RUN(unknown_ids_name_the_table_they_should_come_from);
    RUN(an_id_twice_names_the_first_row);
    RUN(an_id_that_would_break_a_file_is_refused);
    RUN(the_unit_of_a_row_is_the_unit_of_its_goods);
    RUN(quantities_are_finite_numbers_that_are_not_negative);
    RUN(a_link_leads_elsewhere_and_has_room_for_its_background);
    RUN(a_class_of_goods_is_one_that_a_commodity_has);
    RUN(quantities_of_a_row_are_in_order);
    RUN(a_status_is_one_of_the_known_words);
    RUN(coordinates_are_numbers);
    RUN(a_contract_joins_supply_and_demand_of_one_commodity_once);
    RUN(a_transfer_or_an_exception_twice_is_a_fault);
    RUN(a_transfer_twice_is_seen_whatever_the_order_of_its_classes);
    RUN(weights_and_uses_stay_below_a_million);
    RUN(a_permission_column_exists);
    RUN(a_supply_cut_off_from_every_demand_is_a_fault);
    RUN(a_shut_link_makes_no_fault_of_its_supply);
    RUN(missing_tables_and_columns_are_faults);
    RUN(scenarios_form_no_circle_and_name_known_things);
    RUN(all_faults_of_all_tables_come_in_one_run);
    RUN(faults_of_form_do_not_hide_the_others);
    RUN(columns_that_are_not_known_are_listed);
    RUN(defaults_stand_for_empty_cells);
    RUN(planned_links_open_in_their_year);
    RUN(a_gzip_case_and_other_line_ends_read_the_same);
    RUN(what_is_no_case_is_refused_with_its_name);
    return check_result();
}
