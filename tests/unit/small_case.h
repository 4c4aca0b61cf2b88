/* A small valid case in TEST_TMP, whose tables a test replaces one by one. */
#ifndef STEPPE_SMALL_CASE_H
#define STEPPE_SMALL_CASE_H

#include "tests/check.h"

#define SMALL TEST_TMP "small"

static check_log small_log;

static inline void small_table(const char *name, const char *content)
{
    char path[1024];
    snprintf(path, sizeof path, SMALL "/%s.csv", name);
    if (content)
        check_write(path, content);
    else
        unlink(path);
}

/* Two pipelines from A over B to C, one oil field, one market: 10 Mt at 5 + 7 USD/t and 20
 * USD/t of production. */
static inline void small_case(void)
{
    check_remove(SMALL);
    check_make_folder(SMALL);
    small_table("node", "node_id,x_coord,y_coord\nA,1,2\nB,2,2\nC,3,2\n");
    small_table(
        "link",
        "link_id,from_node_id,to_node_id,directed,length,mode,carries,flow_unit,capacity_per_y,"
        "background_per_y,cost_usd_per_unit\n"
        "AB,A,B,true,100,pipe,crude,Mt,20,,5\n"
        "BC,B,C,true,100,pipe,crude,Mt,20,,7\n");
    small_table(
        "mode",
        "mode,fixed_cost_usd_per_unit,var_cost_usd_per_unit_km\npipe,1,0.01\nrail,2,0.02\n");
    small_table("commodity",
                "commodity,carries,flow_unit,reference_price_usd_per_unit\noil,crude,Mt,500\n");
    small_table(
        "supply",
        "supply_id,node_id,commodity,flow_unit,quantity_per_y,max_per_y,"
        "supply_cost_usd_per_unit,shut_in_cost_usd_per_unit\nS,A,oil,Mt,10,10,20,100\n");
    small_table("demand",
                "demand_id,node_id,commodity,flow_unit,base_per_y,min_per_y,max_per_y,"
                "shortage_cost_usd_per_unit\nD,C,oil,Mt,10,0,10,400\n");
}

enum { SMALL_COST = 320 };

static inline steppe_solver *small_open(steppe_status expected)
{
    const steppe_settings set = check_settings(&small_log, 1);
    steppe_solver *s = NULL;
    if (!CHECK_EQ(steppe_open(&s, SMALL, &set), expected)) check_print_log(&small_log);
    CHECK((s != NULL) == (expected == STEPPE_OK));
    return s;
}

/* The case is refused with exactly one fault, this one. */
static inline void small_refused(const char *fault)
{
    char want[1200];
    snprintf(want, sizeof want, SMALL "/%s", fault);
    steppe_free(small_open(STEPPE_BAD_INPUT));
    int seen = 0;
    for (int i = 0; i < small_log.lines; i++)
        seen += small_log.level[i] == STEPPE_LOG_FAULT && strcmp(small_log.line[i], want) == 0;
    if (CHECK_EQ(seen, 1) && CHECK_EQ(small_log.faults, 1)) return;
    fprintf(stderr, "    expected %s\n", want);
    check_print_log(&small_log);
}

static inline void small_refused_table(const char *name, const char *content, const char *fault)
{
    small_case();
    small_table(name, content);
    small_refused(fault);
}

/* Setup and solve; the outcome is left to the caller. */
static inline steppe_info small_solve(steppe_solver *s)
{
    steppe_info info;
    memset(&info, 0, sizeof info);
    info.objective = NAN;
    if (s && CHECK_EQ(steppe_setup(s), STEPPE_OK)) CHECK_EQ(steppe_solve(s, &info), STEPPE_OK);
    return info;
}

/* Objective of the base; NaN where there is none. */
static inline double small_cost(void)
{
    steppe_solver *s = small_open(STEPPE_OK);
    const steppe_info info = small_solve(s);
    steppe_free(s);
    return info.outcome == STEPPE_OPTIMAL ? info.objective : NAN;
}

/* Index of the arc of that name, or -1. */
static inline int64_t small_arc(const steppe_solver *s, const char *name)
{
    char b[256];
    for (int64_t a = 0; a < steppe_arc_count(s); a++)
        if (steppe_arc_name(s, a, b, sizeof b) < sizeof b && strcmp(b, name) == 0) return a;
    return -1;
}

static inline int64_t small_row(const steppe_solver *s, const char *name)
{
    char b[256];
    for (int64_t r = 0; r < steppe_row_count(s); r++)
        if (steppe_row_name(s, r, b, sizeof b) < sizeof b && strcmp(b, name) == 0) return r;
    return -1;
}

static inline double small_flow(const steppe_solver *s, const char *arc)
{
    return steppe_arc_flow(s, small_arc(s, arc));
}

static inline double small_price(const steppe_solver *s, const char *row)
{
    return steppe_row_price(s, small_row(s, row));
}

#endif
