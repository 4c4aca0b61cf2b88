/* Every public call with every one of its allocations refused once: the status says so, nothing
 * leaks, the handle stays usable, and the same call succeeds afterwards. */
#include "tests/check.h"

#include "mem.h"

/* Storage, conversion, policy, ramp, cost curve, losses and transit on two periods: every list of the model. */
#define RICH TEST_TMP "rich"
#define RICH_RESULT TEST_TMP "rich_result"

static void rich_table(const char *name, const char *content)
{
    char path[1024];
    snprintf(path, sizeof path, RICH "/%s.csv", name);
    check_write(path, content);
}

static void write_rich(void)
{
    check_make_folder(RICH);
    rich_table("node", "node_id,x_coord,y_coord,country_iso2\nA,1,2,KZ\nB,2,2,RU\nC,3,2,GE\n");
    rich_table("period", "period_id,start_date,end_date\nP1,2025-01-01,2025-01-05\n"
                         "P2,2025-01-06,2025-01-10\n");
    rich_table("mode", "mode,loss_pct_per_100km\npipe,1\nship,0\n");
    rich_table("link",
               "link_id,from_node_id,to_node_id,directed,length,mode,carries,flow_unit,"
               "capacity_per_y,cost_usd_per_unit,transit_days,ef_gco2e_per_tkm\n"
               "AB,A,B,true,100,pipe,oil,Mt,1460,5,1,2\nBC,B,C,true,100,ship,oil,Mt,730,7,5,3\n"
               "AC,A,C,true,100,pipe,oil,Mt,730,30,1,1\n");
    rich_table("transfer", "node_id,from_mode,to_mode,carries,cost_usd_per_unit,flow_unit\n"
                           "B,pipe,ship,oil,1,Mt\n");
    rich_table("commodity",
               "commodity,carries,flow_unit,reference_price_usd_per_unit\ncrude,oil,Mt,500\n"
               "fuel,oil,Mt,900\n");
    rich_table("supply", "supply_id,node_id,commodity,flow_unit,quantity_per_y,max_per_y,"
                         "supply_cost_usd_per_unit\nS,A,crude,Mt,730,800,20\n"
                         "T,A,crude,Mt,73,73,25\n");
    rich_table("demand", "demand_id,node_id,commodity,flow_unit,base_per_y\nD,C,crude,Mt,365\n"
                         "E,C,fuel,Mt,219\n");
    rich_table("contract", "contract_id,supply_id,demand_id,flow_unit,min_per_y,shortfall_cost_"
                           "usd_per_unit,per\nK,T,D,Mt,36.5,4,period\n");
    rich_table("storage",
               "storage_id,node_id,commodity,flow_unit,mode,capacity,inject_per_y,holding_cost_"
               "usd_per_unit_y,loss_pct_per_y\nW,B,crude,Mt,pipe,3,365,5,1\n");
    rich_table("conversion",
               "conversion_id,node_id,flow_unit,capacity_per_y,cost_usd_per_unit\n"
               "R,A,Mt,219,4\n");
    rich_table("conversion_flow",
               "conversion_id,commodity,flow_unit,direction,quantity_per_unit\n"
               "R,crude,Mt,in,1\nR,fuel,Mt,out,0.9\n");
    rich_table("cost_curve", "table,id,from_per_y,cost_add_usd_per_unit\nlink,AB,365,2\n"
                             "supply,S,730,3\n");
    rich_table("policy",
               "policy_id,kind,commodity,supply_selector,link_selector,value,value_unit\n"
               "Q,quota,crude,supply_id=S,link_id=BC,300,Mt\n"
               "M,emission_cap,*,,,100000000,t\n");
    rich_table("capacity_group", "group_id,flow_unit,capacity_per_y\nG,Mt,\n");
    rich_table("capacity_group_member", "group_id,link_id\nG,AC\n");
    rich_table("ramp", "ramp_id,group_id,flow_unit,max_up_per_y,stability_cost_usd_per_unit\n"
                       "V,G,Mt,730,2\n");
    rich_table("scenario", "scenario_id,name,start_date,end_date\n"
                           "storm,No ship,2025-01-06,2025-01-08\n");
    rich_table("scenario_change", "scenario_id,table,selector,field,operation,value\n"
                                  "storm,link,link_id=BC,capacity_per_y,set,0\n");
}

typedef steppe_status (*public_call)(steppe_solver *s);

enum { AFTER_OPEN, AFTER_SETUP, AFTER_SOLVE };

static const char *case_now, *scenario_now; /* NULL: the base */
static steppe_method method_now;
static double limit_now; /* seconds; with one, bounds and answers are sought on the way */

static steppe_solver *prepare(int upto)
{
    steppe_solver *s = NULL;
    steppe_settings set = check_settings(NULL, 1);
    set.time_limit = limit_now;
    set.method = method_now;
    if (!CHECK_EQ(steppe_open(&s, case_now, &set), STEPPE_OK)) return NULL;
    if (scenario_now) CHECK_EQ(steppe_apply_scenario(s, scenario_now), STEPPE_OK);
    if (upto >= AFTER_SETUP) CHECK_EQ(steppe_setup(s), STEPPE_OK);
    if (upto >= AFTER_SOLVE) CHECK_EQ(steppe_solve(s, NULL), STEPPE_OK);
    return s;
}

/* What the handle is worth in the end; NaN where a call failed. */
static double worth(steppe_solver *s)
{
    steppe_info info;
    if (!CHECK_EQ(steppe_setup(s), STEPPE_OK) || !CHECK_EQ(steppe_solve(s, &info), STEPPE_OK))
        return NAN;
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    return info.objective;
}

/* The loop of every call: k allocations succeed, the next ones fail. */
static void refuse_each(const char *what, int upto, public_call call, double objective)
{
    CHECK_EQ(mem_live(), 0);
    steppe_status st = STEPPE_NO_MEMORY;
    long k = 0;
    for (; st != STEPPE_OK && k < 100000; k++) {
        steppe_solver *s = prepare(upto);
        if (!s) return;
        mem_fail_after(k);
        st = call(s);
        mem_fail_after(-1);
        bool good = CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        if (st != STEPPE_OK) good = CHECK_EQ(call(s), STEPPE_OK) && good;
        good = CHECK_NEAR(worth(s), objective, 1e-9) && good;
        steppe_free(s);
        good = CHECK_EQ(mem_live(), 0) && good;
        if (!good) {
            fprintf(stderr, "    %s of %s, allocation %ld refused\n", what, case_now, k);
            return;
        }
    }
    CHECK(k > 1); /* there was something to refuse */
}

/* After a refused call the handle is dropped at once, without another try. */
static void refuse_and_free(int upto, public_call call)
{
    steppe_status st = STEPPE_NO_MEMORY;
    for (long k = 0; st != STEPPE_OK && k < 100000; k++) {
        steppe_solver *s = prepare(upto);
        if (!s) return;
        mem_fail_after(k);
        st = call(s);
        mem_fail_after(-1);
        steppe_free(s);
        if (!CHECK_EQ(mem_live(), 0)) return;
    }
}

static void both(const char *what, int upto, public_call call, double objective)
{
    refuse_each(what, upto, call, objective);
    refuse_and_free(upto, call);
}

/* A copy of a solved handle with a plan of reference, its allocations refused one by one. */
TEST(a_copy_leaks_nothing_when_memory_ends)
{
    write_rich();
    steppe_solver *s = NULL, *c;
    steppe_info first, second;
    if (!CHECK_EQ(steppe_open(&s, RICH, NULL), STEPPE_OK)) return;
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    CHECK_EQ(steppe_solve(s, &first), STEPPE_OK);
    CHECK_EQ(steppe_write_result(s, RICH_RESULT), STEPPE_OK);
    CHECK_EQ(steppe_set_reference(s, RICH_RESULT), STEPPE_OK);
    const long live = mem_live();
    steppe_status st = STEPPE_NO_MEMORY;
    long k = 0;
    for (; st != STEPPE_OK && k < 100000; k++) {
        mem_fail_after(k);
        st = steppe_copy(&c, s, NULL);
        mem_fail_after(-1);
        const bool good =
            CHECK(st == STEPPE_OK ? c != NULL : (c == NULL && st == STEPPE_NO_MEMORY));
        if (st != STEPPE_OK && (!CHECK_EQ(mem_live(), live) || !good)) break;
    }
    CHECK(k > 20);
    if (c) {
        CHECK_EQ(steppe_setup(c), STEPPE_OK);
        CHECK_EQ(steppe_solve(c, &second), STEPPE_OK);
        CHECK_NEAR(second.objective, first.objective, 1e-12);
        CHECK(second.warm);
    }
    steppe_free(c);
    CHECK_EQ(mem_live(), live);
    steppe_free(s);
}

static void open_loop(const char *path)
{
    steppe_status st = STEPPE_NO_MEMORY;
    long k = 0;
    for (; st != STEPPE_OK && k < 100000; k++) {
        steppe_solver *s = NULL;
        mem_fail_after(k);
        st = steppe_open(&s, path, NULL);
        mem_fail_after(-1);
        const bool good =
            CHECK(st == STEPPE_OK ? s != NULL : (s == NULL && st == STEPPE_NO_MEMORY));
        steppe_free(s);
        if (!CHECK_EQ(mem_live(), 0) || !good) {
            fprintf(stderr, "    open of %s, allocation %ld refused\n", path, k);
            return;
        }
    }
    CHECK(k > 1);
}

TEST(open_gives_no_handle_and_leaks_nothing_when_memory_ends)
{
    open_loop(TINY "two_path");
    open_loop(TINY "shared_link");
    open_loop(TINY "contract_split");
    open_loop(TINY "transfer_port");
    open_loop(TINY "shortage");
    check_make_folder(TEST_TMP);
    check_write(TEST_TMP "alloc.min",
                "p min 3 3\nn 1 4\nn 3 -4\na 1 2 0 3 1\na 2 3 0 9 1\na 1 3 0 9 5\n");
    open_loop(TEST_TMP "alloc.min");
    check_write(TEST_TMP "alloc.mmcf",
                "p mmcf 2 2 4 1\nn 0 0 1\nn 0 1 -1\nn 1 0 2\nn 1 1 -2\nj 0 1.5\n"
                "a 0 0 1 1 -1 0 1\na 1 0 1 1 -1 0 0.5\na 0 0 1 9 -1 -1 1\na 1 0 1 9 -1 -1 1\n");
    open_loop(TEST_TMP "alloc.mmcf");
    check_write(
        TEST_TMP "alloc.mps",
        "NAME\nROWS\n N c\n L A\n E B\n E R\nCOLUMNS\n x c 1 A 1\n x B -1 R 0.3\n y c 2 A 1\n"
        " y B -0.9 R -0.7\n z c 1 R 1\nRHS\n r A 4 B -2\n r R 1\nENDATA\n");
    open_loop(TEST_TMP "alloc.mps");
}

static steppe_status setup_call(steppe_solver *s)
{
    return steppe_setup(s);
}

TEST(setup_can_be_repeated_when_memory_ended)
{
    case_now = TINY "contract_split";
    both("setup", AFTER_OPEN, setup_call, 230.0);
    case_now = TINY "transfer_port";
    both("setup", AFTER_SOLVE, setup_call, 197.0);
    case_now = TINY "shared_link";
    both("setup", AFTER_OPEN, setup_call, 458.0);
    case_now = TINY "shortage";
    both("setup", AFTER_OPEN, setup_call, 498.0);
}

static steppe_status solve_call(steppe_solver *s)
{
    steppe_info info;
    const steppe_status st = steppe_solve(s, &info);
    if (st != STEPPE_OK) { /* no half an answer */
        CHECK(isnan(steppe_arc_flow(s, 0)));
        CHECK_EQ(info.outcome, STEPPE_UNKNOWN);
    }
    return st;
}

TEST(solve_can_be_repeated_when_memory_ended)
{
    case_now = TINY "contract_split";
    both("cold solve", AFTER_SETUP, solve_call, 230.0);
    both("warm solve", AFTER_SOLVE, solve_call, 230.0);
    case_now = TINY "shared_link";
    both("cold solve", AFTER_SETUP, solve_call, 458.0);
    case_now = TINY "transfer_port";
    both("cold solve", AFTER_SETUP, solve_call, 197.0);
}

TEST(so_can_a_solve_by_any_method)
{
    static const steppe_method methods[] = {STEPPE_INTERIOR, STEPPE_COLUMNS, STEPPE_SIFTING};
    for (int i = 0; i < 3; i++) {
        method_now = methods[i];
        case_now = TINY "contract_split";
        both("cold solve", AFTER_SETUP, solve_call, 230.0);
        case_now = TINY "shared_link";
        both("cold solve", AFTER_SETUP, solve_call, 458.0);
    }
    method_now = STEPPE_AUTO;
}

static steppe_status strike_call(steppe_solver *s)
{
    return steppe_apply_scenario(s, "strike");
}

static steppe_status base_call(steppe_solver *s)
{
    return steppe_apply_scenario(s, NULL);
}

TEST(a_scenario_can_be_applied_again_when_memory_ended)
{
    case_now = TINY "transfer_port";
    both("scenario", AFTER_SOLVE, strike_call, 215.0);
    steppe_solver *s = prepare(AFTER_SOLVE); /* going back needs no memory at all */
    CHECK_EQ(strike_call(s), STEPPE_OK);
    mem_fail_after(0);
    CHECK_EQ(base_call(s), STEPPE_OK);
    mem_fail_after(-1);
    CHECK_NEAR(worth(s), 197.0, 1e-9);
    steppe_free(s);
    CHECK_EQ(mem_live(), 0);
}

static steppe_status set_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=A_B", "capacity_per_y", "set", "3");
}

static steppe_status scale_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=A_*", "capacity_per_y", "scale", "0.75");
}

static steppe_status add_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=A_B|C_B", "capacity_per_y", "add", "-1");
}

static steppe_status remove_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=C_B", "", "remove", "");
}

static steppe_status insert_call(steppe_solver *s)
{
    return steppe_update(
        s, "link", "*", "", "insert",
        "link_id=NEW;from_node_id=A;to_node_id=B;directed=true;length=1;mode=pipeline;"
        "carries=crude;flow_unit=Mt;capacity_per_y=2;cost_usd_per_unit=1");
}

static steppe_status column_call(steppe_solver *s)
{
    return steppe_update(s, "link", "link_id=A_B", "risk_premium_usd_per_unit", "set", "2");
}

TEST(a_refused_update_changes_nothing_and_can_be_repeated)
{
    case_now = TINY "two_path";
    both("set", AFTER_SOLVE, set_call, 405.0);
    both("scale", AFTER_SOLVE, scale_call, 200.0 + 45.0 + 137.5);
    both("add", AFTER_SOLVE, add_call, 200.0 + 50.0 + 125.0);
    both("remove", AFTER_SOLVE, remove_call, 6 * 30.0 + 4 * 1000.0);
    both("insert", AFTER_SOLVE, insert_call, 200.0 + 2.0 + 60.0 + 50.0);
    both("new column", AFTER_SOLVE, column_call, 372.0);
}

static steppe_status mps_call(steppe_solver *s)
{
    return steppe_write_model(s, TEST_TMP "alloc.mps");
}

static steppe_status packed_call(steppe_solver *s)
{
    return steppe_write_model(s, TEST_TMP "alloc.mps.gz");
}

TEST(a_model_is_written_whole_or_not_at_all_when_memory_ends)
{
    check_make_folder(TEST_TMP);
    case_now = TINY "shared_link";
    both("write_model", AFTER_SETUP, mps_call, 458.0);
    both("write_model", AFTER_SETUP, packed_call, 458.0);
    steppe_solver *s = prepare(AFTER_SETUP);
    unlink(TEST_TMP "alloc.mps");
    mem_fail_after(3);
    CHECK_EQ(mps_call(s), STEPPE_NO_MEMORY);
    mem_fail_after(-1);
    CHECK(!check_exists(TEST_TMP "alloc.mps"));
    CHECK_EQ(check_count_files(TEST_TMP, "alloc.mps.part"), 0);
    steppe_free(s);
}

static steppe_status result_call(steppe_solver *s)
{
    const steppe_status st = steppe_write_result(s, TEST_TMP "alloc_result");
    CHECK_EQ(check_count_files(TEST_TMP, "alloc_result.part"), 0);
    return st;
}

TEST(a_result_is_written_whole_or_not_at_all_when_memory_ends)
{
    check_make_folder(TEST_TMP);
    check_remove(TEST_TMP "alloc_result");
    case_now = TINY "shared_link";
    both("write_result", AFTER_SOLVE, result_call, 458.0);
    check_remove(TEST_TMP "alloc_result");
    steppe_solver *s = prepare(AFTER_SOLVE);
    mem_fail_after(9);
    CHECK_EQ(result_call(s), STEPPE_NO_MEMORY);
    mem_fail_after(-1);
    CHECK(!check_exists(TEST_TMP "alloc_result"));
    steppe_free(s);
}

static void verify_loop(const char *result)
{
    const steppe_settings set = check_settings(NULL, 1);
    steppe_status st = STEPPE_NO_MEMORY;
    long k = 0;
    for (; st != STEPPE_OK && k < 100000; k++) {
        mem_fail_after(k);
        st = steppe_verify(case_now, result, &set, NULL);
        mem_fail_after(-1);
        const bool good = CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        if (!CHECK_EQ(mem_live(), 0) || !good) {
            fprintf(stderr, "    verify, allocation %ld refused\n", k);
            return;
        }
    }
    CHECK(k > 1);
}

TEST(verify_leaks_nothing_and_proves_nothing_when_memory_ends)
{
    case_now = TINY "contract_split";
    check_remove(TEST_TMP "alloc_result");
    steppe_solver *s = prepare(AFTER_SOLVE);
    CHECK_EQ(result_call(s), STEPPE_OK);
    steppe_free(s);
    verify_loop(TEST_TMP "alloc_result");
}

/* ---- all kinds of rules -------------------------------------------------------------- */

static steppe_status storm_call(steppe_solver *s)
{
    return steppe_apply_scenario(s, "storm");
}

static steppe_status reference_call(steppe_solver *s)
{
    return steppe_set_reference(s, RICH_RESULT);
}

static steppe_status periods_call(steppe_solver *s)
{
    return steppe_update(s, "period", "period_id=P2", "", "remove", "");
}

static steppe_status rich_result_call(steppe_solver *s)
{
    return steppe_write_result(s, TEST_TMP "rich_again");
}

static double rich_cost(const char *scenario, bool shorter)
{
    scenario_now = scenario;
    steppe_solver *s = prepare(AFTER_SOLVE);
    if (shorter) CHECK_EQ(periods_call(s), STEPPE_OK);
    const double cost = worth(s);
    if (!scenario && !shorter) CHECK_EQ(steppe_write_result(s, RICH_RESULT), STEPPE_OK);
    steppe_free(s);
    return cost;
}

TEST(a_case_with_every_rule_can_be_gone_on_with_when_memory_ended)
{
    write_rich();
    check_remove(RICH_RESULT);
    case_now = RICH;
    const double storm = rich_cost("storm", false), shorter = rich_cost(NULL, true),
                 base = rich_cost(NULL, false);
    if (!CHECK(storm > base && shorter < base))
        fprintf(stderr, "    base %.10g, storm %.10g, shorter %.10g\n", base, storm, shorter);
    open_loop(RICH);
    refuse_each("setup", AFTER_OPEN, setup_call, base);
    refuse_each("solve", AFTER_SETUP, solve_call, base);
    limit_now = 1e6;
    refuse_each("solve with a limit", AFTER_SETUP, solve_call, base);
    limit_now = 0.0;
    refuse_each("scenario with dates", AFTER_SOLVE, storm_call, storm);
    refuse_each("fewer periods", AFTER_SOLVE, periods_call, shorter);
    refuse_each("reference", AFTER_SOLVE, reference_call, base);
    scenario_now = "storm";
    refuse_each("setup that solves the base", AFTER_OPEN, setup_call, storm);
    refuse_each("reference", AFTER_OPEN, reference_call, storm);
    refuse_each("write_result", AFTER_SOLVE, rich_result_call, storm);
    verify_loop(TEST_TMP "rich_again");
    scenario_now = NULL;
}

static void name_loop(steppe_solver *s,
                      size_t (*name)(const steppe_solver *, int64_t, char *, size_t))
{
    char whole[256], part[256];
    const size_t len = name(s, 0, whole, sizeof whole);
    CHECK(len > 0 && len == strlen(whole));
    long k = 0;
    for (bool same = false; !same && k < 100; k++) {
        mem_fail_after(k);
        const size_t got = name(s, 0, part, sizeof part);
        mem_fail_after(-1);
        same = got == len && strcmp(part, whole) == 0;
        CHECK(same || got < len);
        CHECK_EQ(got, strlen(part));
    }
    CHECK(k > 1);
}

TEST(names_are_short_and_never_wild_when_memory_ends)
{
    case_now = TINY "shared_link";
    steppe_solver *s = prepare(AFTER_SOLVE);
    const long live = mem_live();
    name_loop(s, steppe_arc_name);
    name_loop(s, steppe_row_name);
    name_loop(s, steppe_node_name);
    CHECK_EQ(mem_live(), live);
    steppe_free(s);
    CHECK_EQ(mem_live(), 0);
}

TEST(a_block_of_more_bytes_than_there_are_is_refused)
{
    CHECK(mem_alloc(SIZE_MAX / 2, 4) == NULL);
    CHECK(mem_zalloc(SIZE_MAX, 2) == NULL);
    CHECK_EQ(mem_live(), 0);
    void *nothing = mem_alloc(0, 8);
    CHECK(nothing != NULL);
    CHECK_EQ(mem_live(), 1);
    CHECK(mem_resize(nothing, SIZE_MAX, 16) == NULL); /* the old block is still there */
    void *moved = mem_resize(nothing, 100, 8);
    CHECK(moved != NULL);
    CHECK_EQ(mem_live(), 1);
    mem_free(moved);
    mem_free(NULL);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(a_block_of_more_bytes_than_there_are_is_refused);
    RUN(open_gives_no_handle_and_leaks_nothing_when_memory_ends);
    RUN(a_copy_leaks_nothing_when_memory_ends);
    RUN(setup_can_be_repeated_when_memory_ended);
    RUN(solve_can_be_repeated_when_memory_ended);
    RUN(so_can_a_solve_by_any_method);
    RUN(a_scenario_can_be_applied_again_when_memory_ended);
    RUN(a_refused_update_changes_nothing_and_can_be_repeated);
    RUN(a_model_is_written_whole_or_not_at_all_when_memory_ends);
    RUN(a_result_is_written_whole_or_not_at_all_when_memory_ends);
    RUN(verify_leaks_nothing_and_proves_nothing_when_memory_ends);
    RUN(a_case_with_every_rule_can_be_gone_on_with_when_memory_ended);
    RUN(names_are_short_and_never_wild_when_memory_ends);
    return check_result();
}
