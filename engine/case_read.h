/* The tables of a case, each by a function that fills its records: what case_read.c, which calls
 * them in their order, shares with the files that hold some of them. */
#ifndef STEPPE_CASE_READ_H
#define STEPPE_CASE_READ_H

#include "case_cells.h"

#include <string.h>

/* What later tables refer to. */
typedef struct {
    names place, link, commodity, supply, demand, contract, group, scenario;
    names period, profile, storage, conversion, policy, ramp;
    wide *mode_fixed, *mode_var, *mode_speed, *mode_emission,
        *mode_loss; /* by mode; -1 unknown */
    int mode_rows;
} indexes;

#define RECORDS(r, array, count, type)                                                         \
    do {                                                                                       \
        (r)->c->count = 0;                                                                     \
        (r)->c->array = MEM_ZERO(type, (r)->t->rows);                                          \
        if (!(r)->c->array) {                                                                  \
            (r)->memory = false;                                                               \
            return;                                                                            \
        }                                                                                      \
    } while (0)

#define FOR_ROWS(r) for ((r)->row = 0; (r)->row < (r)->t->rows && (r)->memory; (r)->row++)

/* Column `profile` of the current row: -1 where it names none. */
static inline int read_profile_of(reader *r, const indexes *ix, int col)
{
    return (int)cell_reference(r, &ix->profile, col, "a profile_id of profile.csv", false);
}

/* case_read_time.c */
void read_periods(reader *r, indexes *ix);
void read_profiles(reader *r, indexes *ix);
void read_link_periods(reader *r, const indexes *ix);
void read_under_way(reader *r, const indexes *ix);
void read_scenarios(reader *r, indexes *ix);
void read_changes(reader *r, const indexes *ix);

/* case_read_stock.c */
void read_storages(reader *r, indexes *ix);
void read_conversions(reader *r, indexes *ix);
void read_conversion_flows(reader *r, const indexes *ix);
/* Also for conversions without any row of conversion_flow. */
void read_check_conversions(reader *r);

/* case_read_rules.c */
void read_link_rules(reader *r, const indexes *ix);
void read_groups(reader *r, indexes *ix);
void read_members(reader *r, const indexes *ix);
void read_cost_curves(reader *r, const indexes *ix);
void read_policies(reader *r, indexes *ix);
void read_ramps(reader *r, indexes *ix);
void read_reference_plan(reader *r, const indexes *ix);
/* The terms of a commodity on a link, or NULL. */
const link_rule *read_link_rule(const case_data *c, int32_t on, int k);

#endif
