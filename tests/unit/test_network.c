/* From tables to the canonical form: what may travel where, what it pays, what it shares, and
 * which supplies stand alone. */
#include "small_case.h"

#include "solve.h"

/* A port: pipeline to B, ship and rail from B; transfers as each test wants them. */
static void port_case(const char *transfers)
{
    small_case();
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "cost_usd_per_unit\nPIPE,A,B,true,pipe,crude,Mt,20,1\nSHIP,B,C,true,ship,crude,Mt,20,"
        "2\n"
        "RAIL,A,B,true,rail,crude,Mt,20,4\nTRAM,B,C,true,rail,crude,Mt,20,8\n");
    small_table("transfer", transfers);
}

#define TRANSFER                                                                               \
    "node_id,from_mode,to_mode,carries,cost_usd_per_unit,capacity_per_y,flow_unit\n"

TEST(a_mode_is_changed_only_where_a_row_allows_it)
{
    port_case(TRANSFER);
    CHECK_NEAR(small_cost(), 200 + 10 * 12.0, 1e-12); /* rail all the way */
    port_case(TRANSFER "B,pipe,ship,crude,3,,Mt\n");
    CHECK_NEAR(small_cost(), 200 + 10 * 6.0, 1e-12);
    port_case(TRANSFER "C,pipe,ship,crude,3,,Mt\n"); /* elsewhere is no help */
    CHECK_NEAR(small_cost(), 200 + 10 * 12.0, 1e-12);
    port_case(TRANSFER "B,ship,pipe,crude,3,,Mt\n"); /* nor is the way back */
    CHECK_NEAR(small_cost(), 200 + 10 * 12.0, 1e-12);
}

TEST(no_path_changes_its_mode_twice_in_one_stop)
{
    port_case(TRANSFER "B,pipe,rail,crude,0,,Mt\nB,rail,ship,crude,0,,Mt\n");
    /* pipe, rail, ship would cost 3; allowed are pipe, rail (9) and rail, ship (6) */
    CHECK_NEAR(small_cost(), 200 + 10 * 6.0, 1e-12);
}

TEST(what_changes_its_mode_twice_pays_where_a_row_allows_the_pair)
{
    port_case(TRANSFER
              "B,pipe,rail,crude,0,,Mt\nB,rail,ship,crude,0,,Mt\nB,pipe,ship,crude,2,,Mt\n");
    CHECK_NEAR(small_cost(), 200 + 10 * 5.0, 1e-12);
}

TEST(a_border_clearance_is_paid_by_what_passes_and_by_nothing_else)
{
    port_case(TRANSFER "B,rail,rail,crude,5,,Mt\n");
    CHECK_NEAR(small_cost(), 200 + 10 * 17.0, 1e-12);
    port_case(TRANSFER
              "B,rail,rail,crude,5,,Mt\nB,rail,ship,crude,1,,Mt\n"); /* leaves the railway
                                                                        before the border */
    CHECK_NEAR(small_cost(), 200 + 10 * 7.0, 1e-12);
    port_case(TRANSFER "B,rail,rail,crude,5,4,Mt\n"); /* and has room for 4 */
    CHECK_NEAR(small_cost(), 4 * 37.0 + 6 * 500.0, 1e-12);
    port_case(TRANSFER
              "C,rail,rail,crude,5,,Mt\nA,rail,rail,crude,5,,Mt\n"); /* ends of the way are not
                                                                        passed */
    CHECK_NEAR(small_cost(), 200 + 10 * 12.0, 1e-12);
}

TEST(a_transfer_has_one_capacity_for_all_commodities)
{
    port_case(TRANSFER "B,pipe,ship,crude,3,4,Mt\n");
    small_table("commodity", "commodity,carries,flow_unit,reference_price_usd_per_unit\noil,"
                             "crude,Mt,500\ntar,crude,Mt,500\n");
    small_table(
        "supply",
        "supply_id,node_id,commodity,flow_unit,quantity_per_y\nS,A,oil,Mt,3\nT,A,tar,Mt,3\n");
    small_table(
        "demand",
        "demand_id,node_id,commodity,flow_unit,base_per_y\nD,C,oil,Mt,3\nE,C,tar,Mt,3\n");
    CHECK_NEAR(small_cost(), 4 * 6.0 + 2 * 12.0, 1e-12);
}

TEST(both_ways_of_a_link_share_its_capacity)
{
    small_case();
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "background_per_y,cost_usd_per_unit\nAC,A,C,false,pipe,crude,Mt,9,1,1\n");
    small_table(
        "supply",
        "supply_id,node_id,commodity,flow_unit,quantity_per_y,shut_in_cost_usd_per_unit\n"
        "S,A,oil,Mt,6,0\nT,C,tar,Mt,6,0\n");
    small_table("commodity", "commodity,carries,flow_unit,reference_price_usd_per_unit\noil,"
                             "crude,Mt,500\ntar,crude,Mt,300\n");
    small_table(
        "demand",
        "demand_id,node_id,commodity,flow_unit,base_per_y\nD,C,oil,Mt,6\nE,A,tar,Mt,6\n");
    steppe_solver *s = small_open(STEPPE_OK);
    const steppe_info info = small_solve(s);
    CHECK_NEAR(info.objective, 6.0 + 2.0 + 4 * 300.0, 1e-12);
    CHECK_EQ(info.coupling_rows, 1);
    CHECK_NEAR(small_flow(s, "oil:link:AC:f"), 6.0, 0.0);
    CHECK_NEAR(small_flow(s, "tar:link:AC:b"), 2.0, 0.0);
    CHECK_NEAR(steppe_row_load(s, small_row(s, "link:AC")), 8.0, 0.0);
    CHECK_NEAR(small_price(s, "link:AC"), -299.0, 1e-9);
    steppe_free(s);
}

TEST(handling_counts_arrivals_and_own_supplies_and_not_departures)
{
    small_case();
    small_table("handling", "node_id,carries,capacity_per_y,flow_unit\nB,crude,4,Mt\n");
    CHECK_NEAR(small_cost(), 4 * 32.0 + 6 * 500.0, 1e-12);
    small_table(
        "handling",
        "node_id,carries,capacity_per_y,flow_unit\nA,crude,3,Mt\n"); /* where it is produced */
    CHECK_NEAR(small_cost(), 3 * 32.0 + 7 * 500.0, 1e-12);
    small_table("handling", "node_id,carries,capacity_per_y,flow_unit\nC,crude,2,Mt\n");
    CHECK_NEAR(small_cost(), 2 * 32.0 + 8 * 500.0, 1e-12);
}

TEST(goods_at_their_market_need_no_link_but_handling)
{
    small_case();
    small_table("supply", "supply_id,node_id,commodity,flow_unit,quantity_per_y,supply_cost_"
                          "usd_per_unit\nS,C,oil,Mt,10,3\n");
    CHECK_NEAR(small_cost(), 30.0, 1e-12);
    small_table("handling", "node_id,carries,capacity_per_y,flow_unit\nC,crude,4,Mt\n");
    CHECK_NEAR(small_cost(), 12.0 + 6 * 900.0, 1e-12);
}

TEST(a_permission_column_keeps_goods_off_a_link)
{
    small_case();
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "cost_usd_per_unit,class7\nNO,A,C,true,pipe,crude,Mt,20,1,\nYES,A,C,true,pipe,crude,Mt,"
        "20,9,1\n"
        "ALSO,A,C,true,pipe,crude,Mt,2,5,true\nZERO,A,C,true,pipe,crude,Mt,20,1,0\n");
    CHECK_NEAR(small_cost(), 200 + 10.0, 1e-12);
    small_table("commodity", "commodity,carries,flow_unit,reference_price_usd_per_unit,"
                             "requires\noil,crude,Mt,500,class7\n");
    CHECK_NEAR(small_cost(), 200 + 2 * 5.0 + 8 * 9.0, 1e-12);
}

TEST(an_exception_of_a_commodity_overrides_its_link)
{
    small_case();
    small_table("link_commodity",
                "link_id,commodity,allowed,capacity_use,cost_usd_per_unit\nAB,oil,,4,6\n");
    CHECK_NEAR(small_cost(), 5 * (20 + 6 + 7) + 5 * 500.0, 1e-12);
    small_table("link_commodity",
                "link_id,commodity,allowed,capacity_use,cost_usd_per_unit\nAB,oil,1,0,\n");
    CHECK_NEAR(small_cost(), (double)SMALL_COST, 1e-12);
    small_table("link_commodity", "link_id,commodity,allowed\nAB,oil,0\n");
    CHECK_NEAR(small_cost(), 5000.0, 1e-12);
}

TEST(a_group_limits_the_weighted_sum_of_its_members)
{
    small_case();
    small_table("capacity_group", "group_id,flow_unit,capacity_per_y\nG,Mt,9\n");
    small_table("capacity_group_member",
                "group_id,link_id,commodity,weight\nG,AB,,2\nG,BC,oil,\n");
    CHECK_NEAR(small_cost(), 3 * 32.0 + 7 * 500.0, 1e-12);
    small_table("capacity_group_member",
                "group_id,link_id,commodity,weight\nG,AB,,1\nG,AB,,1\nG,AB,oil,1\n");
    CHECK_NEAR(small_cost(), 3 * 32.0 + 7 * 500.0, 1e-12); /* named twice, counts twice */
}

TEST(a_group_minimum_forces_flow_onto_the_dear_way)
{
    small_case();
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "cost_usd_per_unit\nLOW,A,C,true,pipe,crude,Mt,20,1\nHIGH,A,C,true,pipe,crude,Mt,20,"
        "9\n");
    small_table("capacity_group", "group_id,flow_unit,capacity_per_y,min_per_y\nG,Mt,30,3\n");
    small_table("capacity_group_member", "group_id,link_id\nG,HIGH\n");
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_NEAR(small_solve(s).objective, 200 + 3 * 9 + 7.0, 1e-12);
    CHECK_NEAR(small_price(s, "group:G"), 8.0, 1e-9);
    steppe_free(s);
}

/* One third of a Mt each way is no whole number of any unit: the optimum is a fraction, and has
 * to be proven still. */
TEST(a_group_minimum_with_odd_weights_is_met)
{
    small_case();
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "cost_usd_per_unit\nLOW,A,C,true,pipe,crude,Mt,20,1\nHIGH,A,C,true,pipe,crude,Mt,20,"
        "9\n");
    small_table("capacity_group", "group_id,flow_unit,capacity_per_y,min_per_y\nG,Mt,30,1\n");
    small_table("capacity_group_member", "group_id,link_id,commodity,weight\nG,HIGH,,3\n");
    steppe_solver *s = small_open(STEPPE_OK);
    const steppe_info info = small_solve(s);
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK_NEAR(info.objective, 200 + 10 + 8.0 / 3.0, 1e-9);
    steppe_free(s);
}

TEST(a_link_with_odd_uses_is_never_overfull)
{
    small_case();
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,mode,carries,flow_unit,capacity_per_y,"
        "cost_usd_per_unit\nLOW,A,C,true,pipe,crude,Mt,10,1\nHIGH,A,C,true,pipe,crude,Mt,20,"
        "9\n");
    small_table("link_commodity", "link_id,commodity,capacity_use\nLOW,oil,3\n");
    steppe_solver *s = small_open(STEPPE_OK);
    const steppe_info info = small_solve(s);
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK_NEAR(info.objective, 200 + 10 / 3.0 + (10 - 10 / 3.0) * 9, 1e-9);
    steppe_free(s);
}

/* ---- contracts ----------------------------------------------------------------------- */

/* Fields S at A and T at B, markets D at B and E at C; both fields reach E, only S comes to D
 * from afar. */
static void contract_case(const char *contracts)
{
    small_case();
    small_table(
        "supply",
        "supply_id,node_id,commodity,flow_unit,quantity_per_y\nS,A,oil,Mt,5\nT,B,oil,Mt,5\n");
    small_table(
        "demand",
        "demand_id,node_id,commodity,flow_unit,base_per_y\nD,B,oil,Mt,5\nE,C,oil,Mt,5\n");
    if (contracts) {
        char content[512];
        snprintf(content, sizeof content,
                 "contract_id,supply_id,demand_id,flow_unit,min_per_y,max_per_y,shortfall_cost_"
                 "usd_per_unit\n%s",
                 contracts);
        small_table("contract", content);
    }
}

/* Layers that goods move in. All of one good share a block. */
static int layers(double cost)
{
    steppe_solver *s = small_open(STEPPE_OK);
    const steppe_info info = small_solve(s);
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK_NEAR(info.objective, cost, 1e-12);
    CHECK_EQ(info.commodities, 1);
    int used = 0;
    for (int l = 0; l < s->md.layers; l++) {
        bool loads = false;
        for (int64_t a = 0; a < s->md.m; a++)
            loads |= s->md.arc[a].layer == l &&
                     (s->md.arc[a].kind == ARC_LOAD || s->md.arc[a].kind == ARC_LOCAL);
        used += loads;
    }
    steppe_free(s);
    return used;
}

TEST(without_contracts_all_supplies_of_a_good_are_one_layer)
{
    contract_case(NULL);
    CHECK_EQ(layers(5 * 5 + 5 * 7.0), 1);
}

TEST(a_supply_stands_alone_where_another_reaches_its_contract_demand)
{
    contract_case(
        "K,S,E,Mt,2,,\n"); /* S reaches E, T does too: the goods change places at no cost */
    CHECK_EQ(layers(60.0), 2);
    contract_case("K,S,E,Mt,2,,\nL,T,D,Mt,1,,\n");
    CHECK_EQ(layers(60.0), 2); /* each for itself, and nobody is left over */
    small_table("supply", "supply_id,node_id,commodity,flow_unit,quantity_per_y\n"
                          "S,A,oil,Mt,5\nT,B,oil,Mt,5\nU,A,oil,Mt,0\n");
    CHECK_EQ(layers(60.0), 3);
}

TEST(a_contract_of_the_only_supply_that_reaches_a_demand_splits_nothing)
{
    contract_case("K,S,E,Mt,2,,\n");
    small_table("supply",
                "supply_id,node_id,commodity,flow_unit,quantity_per_y\nS,A,oil,Mt,10\n");
    CHECK_EQ(layers(10 * 5 + 5 * 7.0), 1);
}

TEST(a_maximum_holds_a_supply_back)
{
    contract_case("K,S,D,Mt,0,1,\nL,S,E,Mt,0,2,\n"); /* 2 Mt of S stay, 2 Mt are missing; T
                                                        serves the rest */
    CHECK_EQ(layers(1 * 5 + 2 * 12 + 4 * 0 + 1 * 7 + 2 * 500 + 2 * 500.0), 2);
}

TEST(a_hard_minimum_that_nothing_can_serve_is_infeasible)
{
    contract_case("K,T,D,Mt,6,,\n"); /* T produces 5 */
    steppe_solver *s = small_open(STEPPE_OK);
    steppe_info info = small_solve(s);
    CHECK_EQ(info.outcome, STEPPE_INFEASIBLE);
    CHECK(isnan(steppe_arc_flow(s, 0)));
    CHECK(check_logged(&small_log, "infeasible"));
    CHECK_EQ(steppe_update(s, "contract", "*", "shortfall_cost_usd_per_unit", "set", "1"),
             STEPPE_OK);
    info = small_solve(s); /* and feasible once it may be missed */
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK_NEAR(info.objective, 5 * 12 + 1.0, 1e-12);
    steppe_free(s);
}

TEST(each_contract_counts_where_no_supply_reaches_the_demand)
{
    contract_case("K,S,D,Mt,2,,10\nL,T,D,Mt,3,,10\n");
    /* D moves to a place that nothing leads to, by name of a link that is shut */
    small_table("node", "node_id,x_coord,y_coord\nA,1,2\nB,2,2\nC,3,2\nF,4,4\n");
    small_table(
        "demand",
        "demand_id,node_id,commodity,flow_unit,base_per_y\nD,F,oil,Mt,5\nE,C,oil,Mt,5\n");
    steppe_solver *s = small_open(STEPPE_OK);
    const steppe_info info = small_solve(s);
    CHECK_NEAR(info.objective, 5 * 7 + 5 * 500 + 5 * 500 + 2 * 10 + 3 * 10.0, 1e-12);
    steppe_free(s);
    small_table("contract", "contract_id,supply_id,demand_id,flow_unit,min_per_y,max_per_y,"
                            "shortfall_cost_usd_per_unit\nK,S,D,Mt,2,,10\nL,T,D,Mt,3,,\n");
    s = small_open(STEPPE_OK);
    CHECK_EQ(small_solve(s).outcome, STEPPE_INFEASIBLE);
    steppe_free(s);
}

TEST(a_closed_supply_owes_nothing)
{
    contract_case("K,T,E,Mt,2,,\n");
    small_table("supply", "supply_id,node_id,commodity,flow_unit,quantity_per_y,status\nS,A,"
                          "oil,Mt,5,\nT,B,oil,Mt,5,closed\n");
    CHECK_EQ(layers(5 * 5 + 5 * 500.0), 1);
}

TEST(a_closed_place_closes_links_supplies_and_demands)
{
    contract_case(NULL);
    small_table("node", "node_id,x_coord,y_coord,status\nA,1,2,\nB,2,2,closed\nC,3,2,\n");
    /* S has no way, so nothing is loaded; E gets nothing; T and D are gone */
    CHECK_EQ(layers(5 * 500 + 5 * 500.0), 0);
}

/* ---- the canonical form -------------------------------------------------------------- */

TEST(commodities_own_contiguous_nodes_and_arcs)
{
    contract_case("K,S,E,Mt,2,,\nL,T,D,Mt,1,,\n");
    steppe_solver *s = small_open(STEPPE_OK);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    const model *md = &s->md;
    CHECK_EQ(md->first_node[md->K], md->n);
    CHECK_EQ(md->first_arc[md->K], md->m);
    for (int k = 0; k < md->K; k++) {
        wide sum = 0;
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) sum += md->b[i];
        CHECK(sum == 0);
        CHECK_EQ(md->node[md->first_node[k]].kind, NODE_HUB);
        bool inside = true;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            inside &= md->tail[a] >= md->first_node[k] && md->tail[a] < md->first_node[k + 1] &&
                      md->head[a] >= md->first_node[k] && md->head[a] < md->first_node[k + 1] &&
                      md->low[a] <= md->up[a];
        CHECK(inside);
    }
    for (int64_t r = 0; r < md->rows; r++) /* the same entries by row and by arc */
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            bool found = false;
            const int64_t a = md->row_arc[e];
            for (int64_t f = md->arc_first[a]; f < md->arc_first[a + 1]; f++)
                found |= md->arc_row[f] == r && md->arc_weight[f] == md->row_weight[e];
            CHECK(found);
        }
    steppe_free(s);
}

TEST(names_of_arcs_rows_and_nodes_are_unique)
{
    static const char *const cases[] = {
        "contract_split",  "shared_link",     "transfer_port", "shortage",
        "two_path",        "periods_storage", "transit_lag",   "transit_open",
        "losses",          "cost_curve",      "conversion",    "policy_quota",
        "policy_emission", "diversification", "take_or_pay",   "ramp",
        "infeasible"};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char path[1024];
        snprintf(path, sizeof path, TINY "%s", cases[c]);
        steppe_solver *s = NULL;
        CHECK_EQ(steppe_open(&s, path, NULL), STEPPE_OK);
        CHECK_EQ(steppe_setup(s), STEPPE_OK);
        char a[256], b[256];
        for (int64_t i = 0; i < steppe_arc_count(s); i++)
            for (int64_t j = 0; j < i; j++) {
                steppe_arc_name(s, i, a, sizeof a);
                steppe_arc_name(s, j, b, sizeof b);
                CHECK(strcmp(a, b) != 0);
                if (!CHECK(model_arc_key(&s->md, i, model_arc_block(&s->md, i), NULL) !=
                           model_arc_key(&s->md, j, model_arc_block(&s->md, j), NULL)))
                    fprintf(stderr, "    %s: %s and %s\n", cases[c], a, b);
            }
        for (int64_t i = 0; i < steppe_node_count(s); i++)
            for (int64_t j = 0; j < i; j++) {
                steppe_node_name(s, i, a, sizeof a);
                steppe_node_name(s, j, b, sizeof b);
                CHECK(strcmp(a, b) != 0);
                if (!CHECK(model_node_key(&s->md, (int32_t)i,
                                          model_node_block(&s->md, (int32_t)i), NULL) !=
                           model_node_key(&s->md, (int32_t)j,
                                          model_node_block(&s->md, (int32_t)j), NULL)))
                    fprintf(stderr, "    %s: %s and %s\n", cases[c], a, b);
            }
        for (int64_t i = 0; i < steppe_row_count(s); i++)
            for (int64_t j = 0; j < i; j++) {
                steppe_row_name(s, i, a, sizeof a);
                steppe_row_name(s, j, b, sizeof b);
                if (!CHECK(strcmp(a, b) != 0)) fprintf(stderr, "    %s: %s\n", cases[c], a);
                CHECK(model_row_key(&s->md, i, NULL) != model_row_key(&s->md, j, NULL));
            }
        steppe_free(s);
    }
}

TEST(numbers_too_far_apart_are_an_overflow)
{
    small_case();
    small_table("supply", "supply_id,node_id,commodity,flow_unit,quantity_per_y\nS,A,oil,Mt,"
                          "100000000.000000000001\n");
    steppe_free(small_open(STEPPE_OVERFLOW));
    CHECK(check_logged(&small_log, "choose a larger flow unit"));
    small_case();
    small_table(
        "supply",
        "supply_id,node_id,commodity,flow_unit,quantity_per_y,supply_cost_usd_per_unit\n"
        "S,A,oil,Mt,10,0.0000000001\n");
    steppe_free(small_open(STEPPE_OVERFLOW));
}

int main(void)
{
    RUN(a_mode_is_changed_only_where_a_row_allows_it);
    RUN(no_path_changes_its_mode_twice_in_one_stop);
    RUN(what_changes_its_mode_twice_pays_where_a_row_allows_the_pair);
    RUN(a_border_clearance_is_paid_by_what_passes_and_by_nothing_else);
    RUN(a_transfer_has_one_capacity_for_all_commodities);
    RUN(both_ways_of_a_link_share_its_capacity);
    RUN(handling_counts_arrivals_and_own_supplies_and_not_departures);
    RUN(goods_at_their_market_need_no_link_but_handling);
    RUN(a_permission_column_keeps_goods_off_a_link);
    RUN(an_exception_of_a_commodity_overrides_its_link);
    RUN(a_group_limits_the_weighted_sum_of_its_members);
    RUN(a_group_minimum_forces_flow_onto_the_dear_way);
    RUN(a_group_minimum_with_odd_weights_is_met);
    RUN(a_link_with_odd_uses_is_never_overfull);
    RUN(without_contracts_all_supplies_of_a_good_are_one_layer);
    RUN(a_supply_stands_alone_where_another_reaches_its_contract_demand);
    RUN(a_contract_of_the_only_supply_that_reaches_a_demand_splits_nothing);
    RUN(a_maximum_holds_a_supply_back);
    RUN(a_hard_minimum_that_nothing_can_serve_is_infeasible);
    RUN(each_contract_counts_where_no_supply_reaches_the_demand);
    RUN(a_closed_supply_owes_nothing);
    RUN(a_closed_place_closes_links_supplies_and_demands);
    RUN(commodities_own_contiguous_nodes_and_arcs);
    RUN(names_of_arcs_rows_and_nodes_are_unique);
    RUN(numbers_too_far_apart_are_an_overflow);
    return check_result();
}
