/* The case: typed records of all tables, in file order. Quantities are flow units per year,
 * costs USD per unit, both as exact decimals (wide, 12 places). Index -1 means "none". */
#ifndef STEPPE_CASE_H
#define STEPPE_CASE_H

#include "engine.h"
#include "table.h"

typedef uint64_t class_set; /* bit c: class c of goods (crude, natural_gas, dry, ...) */

typedef struct {
    const char *id, *name, *kind, *country;
    double lon, lat;
    bool open;
} place;

typedef struct {
    const char *id, *name, *countries, *unit;
    int32_t from, to; /* places */
    int mode;
    class_set carries;
    bool two_way, open;
    int profile;               /* of the capacity, -1 */
    wide capacity, background; /* per year, both ways together */
    wide cost;                 /* with the risk premium */
    wide length;               /* km; -1: unknown */
    wide days;                 /* -1: unknown */
    wide emission;             /* g CO2e per t-km */
    int32_t loss_ppm;          /* of what enters */
    int64_t row;               /* in the table, for permission columns and messages */
} case_link;

typedef struct {
    const char *id, *unit;
    int class;
    wide price;       /* reference price, -1: unknown */
    wide mass;        /* t per t, or t per 1000 m3 */
    int requires_col; /* link column that must be 1, or -1 */
} commodity;

typedef struct {
    int32_t place;
    int from, to; /* modes */
    class_set carries;
    wide cost, days;
    wide capacity; /* -1: no limit */
    int profile;   /* of the capacity, -1 */
    bool open;     /* false: the row does not hold at this time */
    int64_t row;
} transfer;

typedef struct {
    int32_t place;
    int class;
    wide capacity;
    int profile; /* -1 */
    bool open;   /* false: no limit at this time */
    int64_t row;
} handling;

typedef struct {
    const char *id;
    int32_t place;
    int commodity;
    int profile; /* of quantity and max, -1 */
    bool open;
    wide quantity, max, cost, shut_in_cost;
    int64_t row;
} supply;

typedef struct {
    const char *id, *market;
    int32_t place;
    int commodity;
    int profile; /* of base, min and max, -1 */
    wide base, min, max, shortage_cost, min_shortage_cost;
    bool open;
    int64_t row;
} demand;

typedef struct {
    const char *id;
    int32_t supply, demand;
    wide min, max,
        shortfall_cost; /* max -1: no limit; shortfall_cost -1: the minimum is hard */
    bool by_period;     /* the limits hold in each period, not over the horizon */
    int profile;        /* of min and max, -1; by_period only */
    bool open;
    int64_t row;
} contract;

typedef struct {
    int32_t link;
    int commodity;
    bool allowed;
    bool open;      /* false: the row does not hold at this time */
    wide use, cost; /* cost -1: the link's */
} link_rule;

typedef struct {
    const char *id, *name;
    wide capacity; /* -1: no limit, a name for others to use */
    wide min;
    bool over_horizon; /* the limits hold over the horizon, not in each period */
    bool open;
    int64_t first_member, end_member;
    int64_t row;
} group;

typedef struct {
    int32_t link;
    int commodity; /* -1: all */
    bool open;
    wide weight;
} group_member;

/* ---- time ---------------------------------------------------------------------------- */

/* Days since 1970-01-01; both ends belong to it. */
typedef struct {
    const char *id, *name;
    int32_t first_day, last_day;
} case_period;

/* Factor by calendar month (0: January), 12 places. */
typedef struct {
    const char *id;
    wide factor[12];
} profile;

typedef struct {
    int32_t link;
    int32_t first_day, last_day;
    wide availability; /* factor of the capacity, 12 places */
    wide capacity;     /* per year, -1: the link's */
    wide cost;         /* with the risk premium, -1: the link's */
    bool open;
    int64_t row;
} link_period;

/* On its way when the horizon begins. */
typedef struct {
    int32_t link;
    int dir; /* 1: against from -> to */
    int commodity;
    int32_t arrival_day;
    wide quantity;
    bool open;
    int64_t row;
} under_way;

/* ---- stocks, conversion, cost curves, rules -------------------------------------------- */

typedef enum { FINAL_CYCLIC, FINAL_FIXED, FINAL_MIN, FINAL_FREE } final_rule;

typedef struct {
    const char *id;
    int32_t place;
    int commodity;
    int mode;                             /* whose goods it takes and gives */
    wide capacity, min_stock;             /* flow units, not per year */
    wide in_rate, out_rate;               /* per year, -1: no limit */
    wide in_cost, out_cost, holding_cost; /* USD per unit; holding per unit and year */
    wide loss_pct;                        /* of the stock per year */
    wide initial, final;                  /* initial -1: free (cyclic); final -1: not given */
    final_rule rule;
    bool open;
    int64_t row;
} storage;

typedef struct {
    const char *id;
    int32_t place;
    wide capacity; /* of its first input per year */
    wide cost;     /* USD per unit of its first input */
    int profile;   /* of the capacity, -1 */
    bool open;
    int64_t first_flow, end_flow; /* the first is an input with quantity 1 */
    int64_t row;
} conversion;

typedef struct {
    int commodity;
    bool output;
    wide quantity; /* per unit of the first input */
} conversion_flow;

typedef enum { CURVE_LINK, CURVE_SUPPLY } curve_of;

/* What flows beyond `from` costs `add` more per unit than the first units; rows of one object
 * stand together in rising order. */
typedef struct {
    curve_of of;
    int32_t object;
    wide from, add;
    bool open;
    int64_t row;
} curve_step;

typedef enum {
    POLICY_EMBARGO,
    POLICY_QUOTA,
    POLICY_OBLIGATION,
    POLICY_MAX_SHARE,
    POLICY_MIN_SHARE,
    POLICY_DIVERSIFICATION,
    POLICY_EMISSION_PRICE,
    POLICY_EMISSION_CAP
} policy_kind;

typedef struct {
    const char *id, *name;
    policy_kind kind;
    const char *commodity, *into_country, *market; /* patterns, "" = all */
    const char *supply_selector, *link_selector;   /* "" = all */
    char *supply_hit; /* supplies: selected; NULL: no selector. Owned */
    char *link_hit;   /* links: selected; NULL: no selector. Owned */
    wide value;
    int32_t first_day, last_day; /* INT32_MIN, INT32_MAX where not given */
    bool by_period;
    bool open;
    int64_t row;
} policy;

typedef struct {
    const char *id;
    int32_t group;
    wide up, down; /* per year, -1: no limit */
    wide cost;     /* USD per unit off the plan */
    bool open;
    int64_t row;
} ramp;

typedef struct {
    int32_t group;
    int32_t period; /* of period.csv */
    wide quantity;  /* in that period */
    bool open;
    int64_t row;
} plan_volume;

/* The tables a case may have, in the order in which they are read. */
typedef enum {
    T_CONFIG,
    T_PERIOD,
    T_PROFILE,
    T_MODE,
    T_COMMODITY,
    T_NODE,
    T_LINK,
    T_TRANSFER,
    T_HANDLING,
    T_SUPPLY,
    T_DEMAND,
    T_CONTRACT,
    T_LINK_COMMODITY,
    T_CAPACITY_GROUP,
    T_CAPACITY_GROUP_MEMBER,
    T_LINK_PERIOD,
    T_UNDER_WAY,
    T_STORAGE,
    T_COST_CURVE,
    T_POLICY,
    T_CONVERSION,
    T_CONVERSION_FLOW,
    T_RAMP,
    T_REFERENCE_PLAN,
    T_INVESTMENT,
    T_SCENARIO,
    T_SCENARIO_CHANGE,
    TABLE_COUNT
} table_id;

extern const char *const table_name[TABLE_COUNT];

typedef struct {
    char *folder;
    table *tab[TABLE_COUNT]; /* NULL: absent */
} case_tables;

typedef struct {
    const case_tables *src; /* texts in the records point into it */
    int base_year;
    bool open_horizon; /* false: the last period is followed by the first */
    place *places;
    int32_t place_count;
    case_link *links;
    int64_t link_count;
    commodity *commodities;
    int commodity_count;
    transfer *transfers;
    int64_t transfer_count;
    handling *handlings;
    int64_t handling_count;
    supply *supplies;
    int32_t supply_count;
    demand *demands;
    int32_t demand_count;
    contract *contracts;
    int32_t contract_count;
    link_rule *rules; /* sorted by (link, commodity) */
    int64_t rule_count;
    group *groups;
    int64_t group_count;
    group_member *members;
    int64_t member_count;
    case_period *periods;
    int64_t period_count; /* 0: one year without dates */
    profile *profiles;
    int64_t profile_count;
    link_period *link_periods; /* sorted by link, then file order */
    int64_t link_period_count;
    under_way *under_ways;
    int64_t under_way_count;
    storage *storages;
    int64_t storage_count;
    conversion *conversions;
    int64_t conversion_count;
    conversion_flow *conversion_flows;
    int64_t conversion_flow_count;
    curve_step *curve_steps;
    int64_t curve_step_count;
    policy *policies;
    int64_t policy_count;
    ramp *ramps;
    int64_t ramp_count;
    plan_volume *plan_volumes;
    int64_t plan_volume_count;
    const char **modes, **classes; /* names */
    int mode_count, class_count;
} case_data;

/* Reads every table of the folder. IO, NO_MEMORY at once; faults are counted in ctx. */
steppe_status case_read_tables(steppe_ctx *ctx, const char *folder, case_tables *out);
void case_free_tables(case_tables *tabs);
/* Tables -> records, with all checks that need no graph search. Faults are counted; the caller
 * ends with BAD_INPUT when there are any. */
steppe_status case_build(steppe_ctx *ctx, const case_tables *tabs, case_data *out);
void case_free(case_data *c);
/* Names tables and columns that were read and have no part in the solve. */
void case_note_unused(steppe_ctx *ctx, const case_tables *tabs);
/* May commodity k use link l, and at what terms? NULL terms: the link's own. */
bool case_link_open(const case_data *c, const case_link *l, int k, const link_rule **terms);

void scenario_free_tables(case_tables *tabs, const case_tables *base);

typedef struct {
    const char *where; /* names the change in messages */
    int64_t row;       /* of scenario_change; 0: an update */
    const char *table, *selector, *field, *operation, *value;
} case_change;

/* How a change meets tables that are one state of several. */
typedef struct {
    bool dated;    /* it holds for a time: rows that it removes stay, absent */
    bool holds;    /* false: not in this state; a row that it inserts comes absent */
    bool may_miss; /* selecting no row is no fault: it does so in another state */
} change_mode;

/* *hits: how many rows that are there it selected or inserted. */
steppe_status scenario_edit_state(steppe_ctx *ctx, case_tables *tabs, const case_tables *base,
                                  const case_change *ch, change_mode mode, int64_t *hits);
/* Rows of the scenario table from the first ancestor to `id`. Circles were refused when the table
 * was read; too long a chain is refused here once more. */
enum { SCENARIO_DEPTH = 64 };
steppe_status scenario_chain(steppe_ctx *ctx, const case_tables *base, const char *id,
                             int64_t rows[SCENARIO_DEPTH], int *count);
/* The text columns of scenario_change; -1 where one is not there (reported when it was read). */
typedef struct {
    int scenario, table, selector, field, operation, value;
} change_columns;
bool scenario_columns(const table *changes, change_columns *col);
/* The change in that row; where: buffer of CHANGE_WHERE bytes that it borrows. */
enum { CHANGE_WHERE = 512 };
case_change scenario_change_at(const table *changes, const change_columns *col, int64_t row,
                               char where[CHANGE_WHERE]);

enum { SELECTOR_CONDITIONS = 16 };
typedef struct {
    int col;
    bool negated;
    const char *pattern; /* into the selector's copy */
} condition;
typedef struct {
    char *copy;
    condition cond[SELECTOR_CONDITIONS]; /* all hold; none: every row */
    int count;
    const char *found, *expected; /* where it cannot be read: what and why */
} row_selector;
/* BAD_INPUT is left to the caller to report. Ends with selector_free. */
steppe_status selector_parse(steppe_ctx *ctx, const table *t, const char *source,
                             row_selector *out);
bool selector_match(const row_selector *sel, const table *t, int64_t row);
void selector_free(row_selector *sel);
/* Does text match a pattern of scenario_change: words separated by |, * for any text? */
bool scenario_match(const char *pattern, const char *text);

#endif
