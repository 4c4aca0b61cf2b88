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
    wide capacity, background; /* per year, both ways together */
    wide cost;                 /* with the risk premium */
    wide length;               /* km; -1: unknown */
    wide days;                 /* -1: unknown */
    wide emission;             /* g CO2e per t-km */
    wide loss;                 /* percent of what enters; has its place, not used yet */
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
    int64_t row;
} transfer;

typedef struct {
    int32_t place;
    int class;
    wide capacity;
    int64_t row;
} handling;

typedef struct {
    const char *id;
    int32_t place;
    int commodity;
    bool open;
    wide quantity, max, cost, shut_in_cost;
    int64_t row;
} supply;

typedef struct {
    const char *id, *market;
    int32_t place;
    int commodity;
    wide base, min, max, shortage_cost, min_shortage_cost;
    bool open;
    int64_t row;
} demand;

typedef struct {
    const char *id;
    int32_t supply, demand;
    wide min, max,
        shortfall_cost; /* max -1: no limit; shortfall_cost -1: the minimum is hard */
    int64_t row;
} contract;

typedef struct {
    int32_t link;
    int commodity;
    bool allowed;
    wide use, cost; /* cost -1: the link's */
} link_rule;

typedef struct {
    const char *id, *name;
    wide capacity, min;
    int64_t first_member, end_member;
} group;

typedef struct {
    int32_t link;
    int commodity; /* -1: all */
    wide weight;
} group_member;

/* The tables a case may have, in the order in which they are read. */
typedef enum {
    T_CONFIG,
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
    T_PERIOD,
    T_STORAGE,
    T_COST_CURVE,
    T_POLICY,
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

/* Scenario `id` applied to base: a full set of edited copies in *out (unchanged tables are
 * shared, see scenario_free_tables). */
steppe_status scenario_apply(steppe_ctx *ctx, const case_tables *base, const char *id,
                             case_tables *out);
/* One change on an edited set; where names the change in messages. */
steppe_status scenario_edit(steppe_ctx *ctx, case_tables *tabs, const case_tables *base,
                            const char *where, int64_t change_row, const char *table_text,
                            const char *selector, const char *field, const char *operation,
                            const char *value);
void scenario_free_tables(case_tables *tabs, const case_tables *base);
/* Does text match a pattern of scenario_change: words separated by |, * for any text? */
bool scenario_match(const char *pattern, const char *text);

#endif
