/* Changes with dates, cut into states; periods as lists of days in states. */
#include "small_case.h"

#include "horizon.h"

#define SCENARIO "scenario_id,parent_id,start_date,end_date\n"
#define CHANGE "scenario_id,table,selector,field,operation,value,start_date,end_date\n"
#define SUMMER                                                                                 \
    "period_id,name,start_date,end_date\njun,June,2025-06-01,2025-06-30\n"                     \
    "jul,,2025-07-01,2025-07-31\naug,,2025-08-01,2025-08-31\n"

static case_tables base;
static steppe_ctx ctx;
static horizon hz;

static void summer(const char *scenarios, const char *changes)
{
    small_case();
    small_table("period", SUMMER);
    small_table("scenario", scenarios);
    small_table("scenario_change", changes);
}

static steppe_status build_with(const char *id, const horizon_update *updates, int64_t count,
                                const char *split)
{
    memset(&ctx, 0, sizeof ctx);
    ctx.set = check_settings(&small_log, 1);
    if (!CHECK_EQ(case_read_tables(&ctx, SMALL, &base), STEPPE_OK)) return STEPPE_IO;
    return horizon_build(&ctx, &base, id, updates, count, split, &hz);
}

static bool built(const char *id, const char *split)
{
    if (CHECK_EQ(build_with(id, NULL, 0, split), STEPPE_OK)) return true;
    check_print_log(&small_log);
    case_free_tables(&base);
    return false;
}

static void drop(void)
{
    horizon_free(&hz, &base);
    case_free_tables(&base);
    CHECK_EQ(mem_live(), 0);
}

/* Refused with this fault and no other. */
static void refuses(const char *id, const char *split, const char *fault)
{
    CHECK_EQ(build_with(id, NULL, 0, split), STEPPE_BAD_INPUT);
    CHECK(hz.tabs == NULL && hz.cs == NULL);
    if (!CHECK_EQ(small_log.faults, 1) || !CHECK(check_logged(&small_log, fault)))
        check_print_log(&small_log);
    case_free_tables(&base);
    CHECK_EQ(mem_live(), 0);
}

/* "0:2025-06-01+9 1:2025-06-10+21" */
static void parts_are(int t, const char *want)
{
    char found[400] = "", b[16];
    size_t len = 0;
    for (int64_t q = hz.first_part[t]; q < hz.first_part[t + 1]; q++)
        len += (size_t)snprintf(found + len, sizeof found - len, "%s%d:%s+%d", len ? " " : "",
                                hz.part[q].state, day_text(b, hz.part[q].first_day),
                                hz.part[q].days);
    CHECK_TEXT(found, want);
}

static wide capacity(int state, int link)
{
    return hz.cs[state].links[link].capacity / FIX_ONE;
}

TEST(a_case_without_periods_is_one_year)
{
    small_case();
    small_table("scenario", SCENARIO "a,,2023-01-01,2023-01-31\n");
    small_table("scenario_change", CHANGE "a,link,link_id=AB,capacity_per_y,set,4,,\n"
                                          "a,link,link_id=BC,,remove,,,\n");
    if (!built(NULL, NULL)) return;
    CHECK(!hz.dated && !hz.open);
    CHECK_EQ(hz.T, 1);
    CHECK_EQ(hz.states, 1);
    CHECK_EQ(hz.days, 365);
    CHECK_TEXT(hz.periods[0].id, "year");
    CHECK_EQ(hz.periods[0].days, 365);
    CHECK(hz.tabs[0].tab[T_LINK] == base.tab[T_LINK]);
    CHECK_EQ(hz.first_part[1], 1);
    CHECK_EQ(hz.part[0].days, 365);
    drop();
    if (!built("a", "year")) return; /* dates are not looked at */
    CHECK_EQ(capacity(0, 0), 4);
    CHECK_EQ(hz.cs[0].link_count, 1);
    CHECK_EQ(small_log.faults + small_log.errors, 0);
    drop();
    refuses(NULL, "month",
            "period.csv:1:1: found no such table, expected it for periods by month");
    refuses(NULL, "hour", "found periods by 'hour', expected year, month, week or day");
    CHECK_EQ(build_with("b", NULL, 0, NULL), STEPPE_BAD_INPUT);
    CHECK(check_logged(&small_log, "found scenario 'b', expected an id of scenario.csv"));
    case_free_tables(&base);
}

TEST(a_change_inside_a_month_cuts_it)
{
    summer(SCENARIO "a,,,\n",
           CHANGE "a,link,link_id=AB,capacity_per_y,set,4,2025-06-10,2025-07-15\n");
    if (!built(NULL, NULL)) return;
    CHECK(hz.dated);
    CHECK_EQ(hz.T, 3);
    CHECK_EQ(hz.days, 92);
    CHECK_TEXT(hz.periods[0].name, "June");
    CHECK_TEXT(hz.periods[1].name, "jul");
    CHECK_EQ(hz.states, 1);
    drop();
    if (!built("a", NULL)) return;
    CHECK_EQ(hz.states, 2);
    CHECK_EQ(capacity(0, 0), 20);
    CHECK_EQ(capacity(1, 0), 4);
    parts_are(0, "0:2025-06-01+9 1:2025-06-10+21");
    parts_are(1, "1:2025-07-01+15 0:2025-07-16+16"); /* equal sets share a state */
    parts_are(2, "0:2025-08-01+31");
    drop();
    if (!built("a", "year")) return;
    CHECK_EQ(hz.T, 1);
    CHECK_TEXT(hz.periods[0].id, "year");
    parts_are(0, "0:2025-06-01+9 1:2025-06-10+36 0:2025-07-16+47");
    drop();
}

TEST(a_row_that_does_not_hold_stays_and_is_not_open)
{
    summer(SCENARIO "a,,2025-07-01,2025-07-31\n",
           CHANGE "a,link,link_id=AB,,remove,,,\n"
                  "a,link,*,,insert,link_id=AC;from_node_id=A;to_node_id=C;directed=true;"
                  "mode=sea;carries=crude;flow_unit=Mt;capacity_per_y=4;cost_usd_per_unit=1,,\n"
                  "a,link,link_id=BC|AC,capacity_per_y,scale,0.5,2025-07-01,\n"
                  "a,supply,*,,remove,,2025-08-01,2025-08-31\n");
    if (!built("a", NULL)) return;
    CHECK_EQ(hz.states, 3);
    parts_are(0, "0:2025-06-01+30");
    parts_are(1, "1:2025-07-01+31");
    parts_are(2, "2:2025-08-01+31");
    for (int s = 0; s < 3; s++) {
        const case_data *cs = &hz.cs[s];
        CHECK_EQ(cs->link_count, 3);
        CHECK_EQ(cs->mode_count, 3);
        CHECK_EQ(cs->supply_count, 1);
        CHECK_TEXT(cs->links[2].id, "AC");
        CHECK_EQ(cs->links[0].open, s != 1);
        CHECK_EQ(cs->links[1].open, true);
        CHECK_EQ(cs->links[2].open, s == 1);
        CHECK_EQ(capacity(s, 2), s == 1 ? 2 : 4);
        CHECK_EQ(capacity(s, 1), s == 1 ? 10 : 20);
        CHECK_EQ(cs->supplies[0].open, s != 2);
    }
    drop();
}

TEST(parents_have_their_own_dates_and_open_ends_stay_open)
{
    summer(SCENARIO "child,top,,2025-07-15\ntop,,2025-06-16,\n",
           CHANGE "child,link,link_id=AB,capacity_per_y,add,1,,\n"
                  "top,link,link_id=AB,capacity_per_y,set,4,,\n"
                  "top,link,link_id=BC,capacity_per_y,set,4,,2025-06-30\n");
    if (!built("child", NULL)) return;
    CHECK_EQ(hz.states, 4);
    parts_are(0, "0:2025-06-01+15 1:2025-06-16+15");
    parts_are(1, "2:2025-07-01+15 3:2025-07-16+16");
    static const int ab[] = {21, 5, 5, 4}, bc[] = {20, 4, 20, 20};
    for (int s = 0; s < 4; s++) {
        CHECK_EQ(capacity(s, 0), ab[s]);
        CHECK_EQ(capacity(s, 1), bc[s]);
    }
    drop();
}

TEST(dates_outside_the_horizon_are_said_to_be_so)
{
    summer(SCENARIO "early,,2023-02-06,2023-02-12\nlate,early,2030-01-01,\nold,,,2025-05-31\n",
           CHANGE "early,link,link_id=AB,capacity_per_y,set,4,,\n"
                  "late,link,link_id=AB,capacity_per_y,set,4,,\n"
                  "late,link,link_id=AB,capacity_per_y,set,3,2025-08-31,2025-08-31\n"
                  "old,link,link_id=AB,capacity_per_y,set,4,,\n"
                  "old,link,link_id=AB,capacity_per_y,set,4,2024-01-01,2024-12-31\n");
    if (!built("late", NULL)) return;
    CHECK_EQ(hz.states, 2);
    parts_are(2, "0:2025-08-01+30 1:2025-08-31+1");
    CHECK(check_logged(&small_log, "scenario early: its dates 2023-02-06 to 2023-02-12 do not "
                                   "meet the horizon 2025-06-01 to 2025-08-31"));
    CHECK(check_logged(&small_log, "scenario late: its dates from 2030-01-01 do not meet"));
    CHECK_EQ(small_log.lines, 2);
    drop();
    if (!built("old", NULL)) return;
    CHECK_EQ(hz.states, 1);
    CHECK_EQ(capacity(0, 0), 20);
    CHECK(check_logged(&small_log, "scenario old: its dates up to 2025-05-31 do not meet"));
    CHECK(check_logged(&small_log,
                       "scenario_change.csv:6: its dates 2024-01-01 to 2024-12-31 do "
                       "not meet the horizon"));
    drop();
}

TEST(a_span_is_cut_into_months_weeks_and_days)
{
    small_case();
    small_table("period", "period_id,start_date,end_date\na,2025-12-15,2025-12-31\n"
                          "b,2026-01-01,2026-03-09\n");
    if (!built(NULL, "month")) return;
    static const char *const month[] = {"2025-12", "2026-01", "2026-02", "2026-03"};
    static const int month_days[] = {17, 31, 28, 9};
    CHECK_EQ(hz.T, 4);
    for (int t = 0; t < 4; t++) {
        CHECK_TEXT(hz.periods[t].id, month[t]);
        CHECK_EQ(hz.periods[t].days, month_days[t]);
    }
    parts_are(1, "0:2026-01-01+31");
    CHECK_EQ(hz.days, 85);
    drop();
    if (!built(NULL, "week")) return;
    CHECK_EQ(hz.T, 13);
    CHECK_TEXT(hz.periods[0].id, "2025-W01");
    CHECK_TEXT(hz.periods[2].id, "2025-W03");
    CHECK_TEXT(hz.periods[3].id, "2026-W01");
    CHECK_TEXT(hz.periods[12].id, "2026-W10");
    CHECK_EQ(hz.periods[11].days, 7);
    CHECK_EQ(hz.periods[12].days, 1);
    drop();
    if (!built(NULL, "day")) return;
    CHECK_EQ(hz.T, 85);
    CHECK_TEXT(hz.periods[0].id, "2025-12-15");
    CHECK_TEXT(hz.periods[84].id, "2026-03-09");
    CHECK_TEXT(hz.periods[84].name, "2026-03-09");
    parts_are(84, "0:2026-03-09+1");
    drop();
    if (!built(NULL, NULL)) return;
    CHECK_EQ(hz.T, 2);
    CHECK_EQ(hz.periods[1].days, 68);
    drop();
}

TEST(a_period_has_the_mean_of_a_profile_over_its_days)
{
    summer(SCENARIO "a,,2025-07-11,2025-07-20\n",
           CHANGE "a,profile,profile_id=p&month=7,factor,set,2,,\n");
    small_table("profile", "profile_id,month,factor\np,6,0.5\np,7,1\np,8,1.5\nq,1,3\n");
    if (!built(NULL, NULL)) return;
    static const int twice[] = {1, 2, 3};
    for (int t = 0; t < 3; t++) {
        CHECK(hz.factor[t] == twice[t] * FIX_ONE / 2);
        CHECK(hz.factor[3 + t] == FIX_ONE);
    }
    drop();
    if (!built(NULL, "year")) return;
    CHECK(hz.factor[0] == (30 * FIX_ONE / 2 + 31 * FIX_ONE + 31 * FIX_ONE * 3 / 2) / 92);
    drop();
    if (!built("a", NULL)) return; /* ten days of July at 2 */
    CHECK(hz.factor[1] == 41 * FIX_ONE / 31);
    drop();
    small_table("period", NULL);
    if (!built(NULL, NULL)) return;
    CHECK(hz.factor[1] == (334 * FIX_ONE + 31 * 3 * FIX_ONE) / 365);
    drop();
}

TEST(faults_are_said_once)
{
    summer(SCENARIO "a,,2025-07-01,2025-07-31\nb,,2025-07-01,\nc,,2025-07-01,\nd,,2025-07-01,\n"
                    "e,,2025-07-01,\nf,,,\ng,,2025-07-01,\n",
           CHANGE "a,link,link_id=AB,capacity_per_y,set,-4,,\n"
                  "b,node,node_id=A,,remove,,,\n"
                  "c,link,link_id=ZZ,capacity_per_y,set,4,,\n"
                  "d,link,link_id=AB,to_node_id,set,C,,\n"
                  "e,link,link_id=AB,background_per_y,scale,2,,\n"
                  "f,link,link_id=AB,capacity_per_y,set,-4,,\n"
                  "g,handling,*,carries,set,crude,,\n"
                  "g,conversion_flow,*,,insert,commodity=oil,,\n");
    refuses("a", NULL,
            "link.csv:2:9: found '-4', expected a number that is not negative "
            "(capacity_per_y) after the changes of the scenario");
    refuses("b", NULL,
            "scenario_change.csv:3:operation: found a dated remove, expected set, "
            "scale or add for this table");
    refuses("c", NULL,
            "scenario_change.csv:4:selector: found 'link_id=ZZ', expected a selector "
            "that selects at least one row");
    refuses("d", NULL,
            "scenario_change.csv:5:field: found 'to_node_id', expected a column that "
            "may change inside the horizon, or a change without dates");
    refuses("e", NULL, "scenario_change.csv:6:field: found '', expected a number in the cell");
    refuses("f", NULL, "link.csv:2:9: found '-4', expected a number that is not negative");
    small_table("handling", "node_id,carries,capacity_per_y,flow_unit\nA,crude,4,Mt\n");
    small_table("conversion_flow",
                "conversion_id,commodity,flow_unit,direction,quantity_per_unit\n");
    CHECK_EQ(build_with("g", NULL, 0, NULL), STEPPE_BAD_INPUT);
    CHECK_EQ(small_log.faults, 2);
    case_free_tables(&base);
    summer(SCENARIO "a,,2025-07-01,\n", CHANGE "a,link,*,,insert,link_id=AB,,\n");
    CHECK_EQ(build_with("a", NULL, 0, NULL), STEPPE_BAD_INPUT);
    CHECK(check_logged(&small_log,
                       "inserts into link.link_id: found 'AB' again (first in row 2)"));
    case_free_tables(&base);
    CHECK_EQ(mem_live(), 0);
}

TEST(a_selector_needs_a_row_on_some_day_on_which_its_change_holds)
{
    summer(SCENARIO "a,,,\n",
           CHANGE "a,link,link_id=AB,,remove,,2025-07-01,2025-07-31\n"
                  "a,link,link_id=AB,capacity_per_y,set,4,2025-07-15,2025-08-15\n");
    if (!built("a", NULL)) return; /* in July there is nothing to change, in August there is */
    parts_are(1, "1:2025-07-01+14 2:2025-07-15+17");
    parts_are(2, "3:2025-08-01+15 0:2025-08-16+16");
    CHECK(!hz.cs[1].links[0].open && !hz.cs[2].links[0].open && hz.cs[3].links[0].open);
    CHECK_EQ(capacity(3, 0), 4);
    drop();
    small_table("scenario_change",
                CHANGE "a,link,link_id=AB,,remove,,2025-07-01,2025-07-31\n"
                       "a,link,link_id=AB,capacity_per_y,set,4,2025-07-10,2025-07-15\n");
    refuses("a", NULL,
            "scenario_change.csv:3:selector: found 'link_id=AB', expected a selector "
            "that selects at least one row");
}

TEST(updates_hold_at_all_times)
{
    summer(SCENARIO "a,,2025-07-01,2025-07-31\n",
           CHANGE "a,link,link_id=AB,capacity_per_y,set,4,,\n");
    const horizon_update some[] = {{"link", "*", "capacity_per_y", "scale", "0.5"},
                                   {"demand", "demand_id=D", "", "remove", ""},
                                   {"period", "period_id=aug", "", "remove", ""},
                                   {"config", "*", "horizon", "set", "open"}};
    small_table("config", "base_year,horizon\n2025,\n");
    if (!CHECK_EQ(build_with("a", some, 4, NULL), STEPPE_OK)) {
        check_print_log(&small_log);
        return;
    }
    CHECK_EQ(hz.states, 2);
    CHECK_EQ(capacity(0, 0), 10);
    CHECK_EQ(capacity(1, 0), 2);
    CHECK_EQ(hz.cs[0].demand_count, 0); /* gone, as from a case without dates */
    CHECK_EQ(hz.cs[1].demand_count, 0);
    CHECK_EQ(hz.T, 2);
    CHECK_EQ(hz.days, 61);
    CHECK(hz.open);
    drop();
    const horizon_update lost = {"link", "link_id=ZZ", "capacity_per_y", "set", "1"};
    CHECK_EQ(build_with("a", &lost, 1, NULL), STEPPE_BAD_INPUT);
    CHECK_EQ(small_log.faults, 1);
    CHECK(check_logged(&small_log, "update:selector: found 'link_id=ZZ'"));
    case_free_tables(&base);
    /* an update may not remove other rows on some days than on others */
    const horizon_update torn = {"link", "capacity_per_y=4", "", "remove", ""};
    CHECK_EQ(build_with("a", &torn, 1, NULL), STEPPE_BAD_INPUT);
    CHECK_EQ(small_log.faults, 1);
    CHECK(
        check_logged(&small_log, "link.csv:1:1: found other rows on some days than on others"));
    case_free_tables(&base);
    CHECK_EQ(mem_live(), 0);
}

TEST(a_removal_without_dates_takes_rows_that_are_only_absent_now)
{
    summer(SCENARIO "a,,,\n",
           CHANGE "a,link,*,,insert,link_id=AC;from_node_id=A;to_node_id=C;directed=true;"
                  "mode=pipe;carries=crude;flow_unit=Mt;capacity_per_y=4;cost_usd_per_unit=1,"
                  "2025-07-01,2025-07-31\n"
                  "a,link,link_id=AC,,remove,,,\n");
    if (!built("a", NULL)) return;
    CHECK_EQ(hz.states, 2);
    CHECK_EQ(hz.cs[0].link_count, 2);
    CHECK_EQ(hz.cs[1].link_count, 2);
    drop();
}

TEST(a_horizon_survives_a_lack_of_memory)
{
    summer(SCENARIO "a,b,2025-07-01,2025-07-31\nb,,2025-06-15,\n",
           CHANGE "a,link,link_id=AB,,remove,,,\n"
                  "a,link,*,,insert,link_id=AC;from_node_id=A;to_node_id=C;directed=true;"
                  "mode=sea;carries=crude;flow_unit=Mt;capacity_per_y=4;cost_usd_per_unit=1,,\n"
                  "b,supply,*,note,set,x,,\n"
                  "b,demand,*,base_per_y,scale,0.5,,\n");
    small_table("profile", "profile_id,month,factor\np,6,0.5\n");
    const horizon_update some[] = {{"link", "link_id=BC", "capacity_per_y", "scale", "0.5"},
                                   {"period", "period_id=jun", "name", "set", "first"}};
    memset(&ctx, 0, sizeof ctx);
    ctx.set = check_settings(&small_log, 1);
    if (!CHECK_EQ(case_read_tables(&ctx, SMALL, &base), STEPPE_OK)) return;
    const long live = mem_live();
    static const char *const split[] = {NULL, "week"};
    for (int i = 0; i < 2; i++) {
        steppe_status st = STEPPE_NO_MEMORY;
        long k = 0;
        for (; st != STEPPE_OK && k < 100000; k++) {
            mem_fail_after(k);
            st = horizon_build(&ctx, &base, "a", some, 2, split[i], &hz);
            mem_fail_after(-1);
            if (!CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY)) break;
            if (st != STEPPE_OK && !CHECK_EQ(mem_live(), live)) break;
        }
        CHECK(k > 100);
        CHECK_EQ(ctx.faults, 0);
        CHECK_EQ(hz.states, 3);
        horizon_free(&hz, &base);
        CHECK_EQ(mem_live(), live);
    }
    case_free_tables(&base);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(a_case_without_periods_is_one_year);
    RUN(a_change_inside_a_month_cuts_it);
    RUN(a_row_that_does_not_hold_stays_and_is_not_open);
    RUN(parents_have_their_own_dates_and_open_ends_stay_open);
    RUN(dates_outside_the_horizon_are_said_to_be_so);
    RUN(a_span_is_cut_into_months_weeks_and_days);
    RUN(a_period_has_the_mean_of_a_profile_over_its_days);
    RUN(faults_are_said_once);
    RUN(a_selector_needs_a_row_on_some_day_on_which_its_change_holds);
    RUN(updates_hold_at_all_times);
    RUN(a_removal_without_dates_takes_rows_that_are_only_absent_now);
    RUN(a_horizon_survives_a_lack_of_memory);
    return check_result();
}
