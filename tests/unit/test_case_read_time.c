/* Tables with dates: what they say, and what is wrong with them. */
#include "small_case.h"

#include "case.h"
#include "day.h"

#define PERIOD_HEAD "period_id,start_date,end_date\n"
#define YEAR_2025                                                                              \
    PERIOD_HEAD "h1,2025-01-01,2025-06-30\n"                                                   \
                "h2,2025-07-01,2025-12-31\n"
#define ON_LINK "link_id,period_id,start_date,end_date,availability,capacity_per_y\n"
#define ON_WAY "link_id,direction,commodity,flow_unit,arrival_date,quantity\n"
#define A_DATE "expected a date of the calendar as YYYY-MM-DD"

static case_tables tabs;
static case_data cs;
static steppe_ctx ctx;

/* Reads the small case into cs; the number of faults. */
static int64_t read_small(void)
{
    memset(&ctx, 0, sizeof ctx);
    ctx.set = check_settings(&small_log, 1);
    if (!CHECK_EQ(case_read_tables(&ctx, SMALL, &tabs), STEPPE_OK)) return -1;
    CHECK_EQ(case_build(&ctx, &tabs, &cs), STEPPE_OK);
    return ctx.faults;
}

static void drop_small(void)
{
    case_free(&cs);
    case_free_tables(&tabs);
    CHECK_EQ(mem_live(), 0);
}

static void with_periods(const char *name, const char *content, const char *fault)
{
    small_case();
    small_table("config", "base_year,horizon\n2025,open\n");
    small_table("period", YEAR_2025);
    small_table(name, content);
    small_refused(fault);
}

TEST(days_are_those_of_the_calendar)
{
    int32_t day;
    char b[16];
    CHECK(day_parse("1970-01-01", &day) && day == 0);
    CHECK(day_parse("1969-12-31", &day) && day == -1);
    CHECK(day_parse("2000-03-01", &day) && day == 11017);
    CHECK(day_parse("2024-02-29", &day));
    static const char *const wrong[] = {
        "2025-02-29", "1900-02-29", "2025-13-01",  "2025-00-10", "2025-04-31", "2025-4-01",
        "2025-04-1",  "20250401",   "2025-04-01x", "",           "0000-01-01", "2025-01-00"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) CHECK(!day_parse(wrong[i], &day));
    for (int32_t d = -200000; d <= 200000; d++) {
        int y, m, k;
        day_split(d, &y, &m, &k);
        if (day_number(y, m, k) != d || !day_parse(day_text(b, d), &day) || day != d) {
            CHECK_EQ(d, day);
            break;
        }
    }
}

TEST(periods_follow_each_other_without_gaps)
{
    small_refused_table(
        "period", PERIOD_HEAD "a,2025-01-01,2025-01-31\nb,2025-02-02,2025-02-28\n",
        "period.csv:3:2: found '2025-02-02', expected 2025-02-01, the day after "
        "the period before (start_date)");
    small_refused_table(
        "period", PERIOD_HEAD "a,2025-01-01,2025-01-31\nb,2025-01-31,2025-02-28\n",
        "period.csv:3:2: found '2025-01-31', expected 2025-02-01, the day after "
        "the period before (start_date)");
    small_refused_table("period", PERIOD_HEAD "a,2025-01-31,2025-01-01\n",
                        "period.csv:2:3: found '2025-01-01', expected a date not before "
                        "2025-01-31 (end_date)");
    small_refused_table("period", PERIOD_HEAD "a,2025-01-01,2025-02-30\n",
                        "period.csv:2:3: found '2025-02-30', " A_DATE " (end_date)");
    small_refused_table("period", PERIOD_HEAD "a,,2025-02-28\n",
                        "period.csv:2:2: found an empty cell, " A_DATE " (start_date)");
    small_refused_table(
        "period", PERIOD_HEAD "a,2025-01-01,2025-01-01\na,2025-01-02,2025-01-02\n",
        "period.csv:3:1: found 'a' again (first in row 2), expected each id once "
        "(period_id)");
    small_refused_table("period",
                        PERIOD_HEAD "abcdefghijklmnopqrstuvwxyz012345,2025-01-01,2025-01-01\n",
                        "period.csv:2:1: found 'abcdefghijklmnopqrstuvwxyz012345', expected an "
                        "id of at most 31 characters (period_id)");
    small_refused_table("config", "base_year,horizon\n2025,closed\n",
                        "config.csv:2:2: found 'closed', expected cyclic or open (horizon)");
}

TEST(a_profile_has_each_month_at_most_once)
{
    small_refused_table(
        "profile", "profile_id,month,factor\np,1,2\nq,1,2\np,1,1\n",
        "profile.csv:4:2: found '1', expected each month once per profile (month)");
    static const char *const wrong[] = {"0", "13", "x", "1.5", "012", "-1"};
    for (int i = 0; i < 6; i++) {
        char content[100], fault[200];
        snprintf(content, sizeof content, "profile_id,month,factor\np,%s,2\n", wrong[i]);
        snprintf(fault, sizeof fault,
                 "profile.csv:2:2: found '%s', expected a month from 1 to 12 (month)",
                 wrong[i]);
        small_refused_table("profile", content, fault);
    }
    small_refused_table("profile", "profile_id,month,factor\np,1,-2\n",
                        "profile.csv:2:3: found '-2', expected a number that is not negative "
                        "(factor)");
    small_refused_table("profile", "profile_id,month,factor\np,1,\n",
                        "profile.csv:2:3: found an empty cell, expected a number (factor)");
    small_case();
    small_table("profile", "profile_id,month,factor\nq,12,0.5\np,1,2\nq,2,1.5\n");
    small_table("supply", "supply_id,node_id,commodity,flow_unit,quantity_per_y,profile\n"
                          "S,A,oil,Mt,10,p\n");
    CHECK_EQ(read_small(), 0);
    CHECK_EQ(cs.profile_count, 2);
    CHECK_TEXT(cs.profiles[0].id, "q");
    CHECK(cs.profiles[0].factor[11] == FIX_ONE / 2);
    CHECK(cs.profiles[0].factor[1] == FIX_ONE * 3 / 2);
    CHECK(cs.profiles[0].factor[0] == FIX_ONE);
    CHECK_EQ(cs.supplies[0].profile, 1);
    CHECK_EQ(cs.demands[0].profile, -1);
    CHECK_EQ(cs.links[0].profile, -1);
    drop_small();
}

TEST(a_row_names_a_profile_that_is_there)
{
    small_refused_table(
        "supply",
        "supply_id,node_id,commodity,flow_unit,quantity_per_y,profile\n"
        "S,A,oil,Mt,10,p\n",
        "supply.csv:2:6: found 'p', expected a profile_id of profile.csv (profile)");
    small_refused_table(
        "handling", "node_id,carries,capacity_per_y,flow_unit,profile\nA,crude,4,Mt,p\n",
        "handling.csv:2:5: found 'p', expected a profile_id of profile.csv (profile)");
    small_case();
    small_table("profile", "profile_id,month,factor\np,1,2\n");
    small_table("contract",
                "contract_id,supply_id,demand_id,flow_unit,per,profile\nK,S,D,Mt,,p\n");
    small_refused("contract.csv:2:6: found 'p', expected an empty cell: the limits are not per "
                  "period (profile)");
    small_table("contract",
                "contract_id,supply_id,demand_id,flow_unit,per,profile\nK,S,D,Mt,period,p\n");
    CHECK_EQ(read_small(), 0);
    CHECK(cs.contracts[0].by_period && cs.contracts[0].profile == 0 && cs.contracts[0].open);
    drop_small();
}

TEST(terms_of_a_link_hold_in_a_period_or_between_dates)
{
    with_periods("link_period", ON_LINK "AB,h1,2025-01-01,2025-01-31,,\n",
                 "link_period.csv:2:2: found 'h1', expected a period_id or dates, not both "
                 "(period_id)");
    with_periods(
        "link_period", ON_LINK "AB,h3,,,,\n",
        "link_period.csv:2:2: found 'h3', expected a period_id of period.csv (period_id)");
    with_periods("link_period", ON_LINK "AB,,2025-01-01,,,\n",
                 "link_period.csv:2:4: found an empty cell, " A_DATE " (end_date)");
    with_periods("link_period", ON_LINK "AB,,2025-02-01,2025-01-31,,\n",
                 "link_period.csv:2:4: found '2025-01-31', expected a date not before "
                 "2025-02-01 (end_date)");
    with_periods(
        "link_period", ON_LINK "AB,h1,,,1.01,\n",
        "link_period.csv:2:5: found '1.01', expected a number from 0 to 1 (availability)");
    with_periods("link_period", ON_LINK "XY,h1,,,1,\n",
                 "link_period.csv:2:1: found 'XY', expected a link_id of link.csv (link_id)");
    with_periods(
        "link_period", "link_id,availability\nAB,0.5\n",
        "link_period.csv:2:1: found an empty cell, expected a period_id, or start_date "
        "and end_date (link_id)");
    small_case();
    small_table("period", YEAR_2025);
    small_table("link_period",
                ON_LINK "BC,h2,,,0.5,\nAB,,2025-03-01,2025-03-31,,4\nBC,h1,,,,\n");
    CHECK_EQ(read_small(), 0);
    CHECK_EQ(cs.link_period_count, 3);
    CHECK_EQ(cs.link_periods[0].link, 0);
    CHECK_EQ(cs.link_periods[0].last_day - cs.link_periods[0].first_day, 30);
    CHECK(cs.link_periods[0].capacity == 4 * FIX_ONE && cs.link_periods[0].cost == -1);
    CHECK_EQ(cs.link_periods[1].row, 0);
    CHECK(cs.link_periods[1].availability == FIX_ONE / 2 && cs.link_periods[1].capacity == -1);
    CHECK_EQ(cs.link_periods[1].first_day, cs.periods[1].first_day);
    CHECK_EQ(cs.link_periods[2].row, 2);
    drop_small();
    small_table("period", NULL); /* no dates: only the one year can be meant */
    small_table("link_period", ON_LINK "BC,year,,,0.5,\nAB,,2025-03-01,2025-03-31,,4\n");
    CHECK_EQ(read_small(), 0);
    CHECK(check_logged(
        &small_log,
        "link_period.csv: 1 rows are not used, since the case has no period table"));
    CHECK(!cs.link_periods[0].open && cs.link_periods[1].open);
    drop_small();
}

TEST(goods_under_way_arrive_on_a_link_that_carries_them)
{
    with_periods("under_way", ON_WAY "AB,backward,oil,Mt,2025-01-03,1\n",
                 "under_way.csv:2:2: found 'backward', expected forward, since the link is one "
                 "way (direction)");
    with_periods("under_way", ON_WAY "AB,up,oil,Mt,2025-01-03,1\n",
                 "under_way.csv:2:2: found 'up', expected forward or backward (direction)");
    with_periods("under_way", ON_WAY "AB,forward,oil,Mt,2024-12-31,1\n",
                 "under_way.csv:2:5: found '2024-12-31', expected a day of the horizon "
                 "(arrival_date)");
    with_periods("under_way", ON_WAY "AB,forward,oil,bcm,2025-01-03,1\n",
                 "under_way.csv:2:4: found 'bcm', expected unit Mt as of commodity oil "
                 "(flow_unit)");
    with_periods("under_way", ON_WAY "AB,forward,oil,Mt,2025-01-03,\n",
                 "under_way.csv:2:6: found an empty cell, expected a number (quantity)");
    small_case();
    small_table("period", YEAR_2025);
    small_table("under_way", ON_WAY "AB,forward,oil,Mt,2025-01-03,1\n");
    CHECK_EQ(read_small(), 0); /* cyclic */
    CHECK(check_logged(&small_log, "under_way.csv: not used, since the horizon is not open"));
    CHECK(!cs.under_ways[0].open);
    drop_small();
    small_table("config", "base_year,horizon\n2025,open\n");
    CHECK_EQ(read_small(), 0);
    CHECK(cs.open_horizon && cs.under_ways[0].open && cs.under_ways[0].dir == 0);
    drop_small();
}

TEST(scenarios_and_changes_have_dates_in_order)
{
    small_refused_table("scenario",
                        "scenario_id,start_date,end_date\na,2025-02-01,2025-01-31\n",
                        "scenario.csv:2:3: found '2025-01-31', expected a date not before "
                        "2025-02-01 (end_date)");
    small_refused_table("scenario", "scenario_id,start_date\na,soon\n",
                        "scenario.csv:2:2: found 'soon', " A_DATE " (start_date)");
    small_case();
    small_table("scenario", "scenario_id,start_date,end_date\na,2025-02-01,2025-04-30\n");
    small_table("scenario_change",
                "scenario_id,table,selector,field,operation,value,start_date,end_date\n"
                "a,link,*,capacity_per_y,set,1,,2025-01-31\n"
                "a,link,*,capacity_per_y,set,1,2025-05-01,\n"
                "a,link,*,capacity_per_y,set,1,2025-03-02,2025-03-01\n"
                "a,link,*,capacity_per_y,set,1,2025-03-02,2025-06-01\n");
    steppe_free(small_open(STEPPE_BAD_INPUT));
    CHECK_EQ(small_log.faults, 3);
    CHECK(check_logged(&small_log,
                       "scenario_change.csv:2:8: found '2025-01-31', expected a date "
                       "not before 2025-02-01, the start of the scenario"));
    CHECK(check_logged(&small_log,
                       "scenario_change.csv:3:7: found '2025-05-01', expected a date "
                       "not after 2025-04-30, the end of the scenario"));
    CHECK(check_logged(&small_log,
                       "scenario_change.csv:4:8: found '2025-03-01', expected a date "
                       "not before 2025-03-02"));
}

TEST(a_link_loses_parts_per_million)
{
    static const struct {
        const char *own, *mode, *km;
        int32_t ppm;
    } some[] = {{"1", "5", "100", 10000},    {"", "5", "50", 25000},
                {"0", "5", "50", 0},         {"0.00005", "", "1", 1},
                {"0.00004999", "", "1", 0},  {"50", "", "1", 500000},
                {"", "", "100", 0},          {"", "5", "", 0},
                {"", "50", "100", 500000},   {"", "0.0001", "50", 1},
                {"", "0.0001", "49.999", 0}, {"", "0.000001", "1e9", 100000}};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        char content[300];
        small_case();
        snprintf(content, sizeof content, "mode,loss_pct_per_100km\npipe,%s\n", some[i].mode);
        small_table("mode", content);
        snprintf(
            content, sizeof content,
            "link_id,from_node_id,to_node_id,directed,length,mode,carries,flow_unit,"
            "capacity_per_y,cost_usd_per_unit,loss_pct\nAB,A,B,true,%s,pipe,crude,Mt,20,5,%s\n",
            some[i].km, some[i].own);
        small_table("link", content);
        CHECK_EQ(read_small(), 0);
        CHECK_EQ(cs.links[0].loss_ppm, some[i].ppm);
        drop_small();
    }
    small_refused_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,length,mode,carries,flow_unit,"
        "capacity_per_y,cost_usd_per_unit,loss_pct\n"
        "AB,A,B,true,1,pipe,crude,Mt,20,5,50.1\nBC,B,C,true,1,pipe,crude,Mt,20,5,\n",
        "link.csv:2:11: found '50.1', expected percent up to 50 (loss_pct)");
    small_case();
    small_table("mode", "mode,loss_pct_per_100km\npipe,51\n");
    steppe_free(small_open(STEPPE_BAD_INPUT));
    CHECK(check_logged(&small_log, "link.csv:2:6: found 'pipe', expected a mode that loses at "
                                   "most 50 % over the length (mode)"));
    small_refused_table("mode", "mode,loss_pct_per_100km\nrail,100.5\n",
                        "mode.csv:2:2: found '100.5', expected percent up to 100 "
                        "(loss_pct_per_100km)");
}

int main(void)
{
    RUN(days_are_those_of_the_calendar);
    RUN(periods_follow_each_other_without_gaps);
    RUN(a_profile_has_each_month_at_most_once);
    RUN(a_row_names_a_profile_that_is_there);
    RUN(terms_of_a_link_hold_in_a_period_or_between_dates);
    RUN(goods_under_way_arrive_on_a_link_that_carries_them);
    RUN(scenarios_and_changes_have_dates_in_order);
    RUN(a_link_loses_parts_per_million);
    return check_result();
}
