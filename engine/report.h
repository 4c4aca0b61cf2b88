/* From an answer to tables, map and words. Pure functions of model and answer, so that `verify`
 * can make every table again from the exact flows and compare it with the file. */
#ifndef STEPPE_REPORT_H
#define STEPPE_REPORT_H

#include "certificate.h"
#include "routes.h"

/* Prices are in cost units * 10^DUAL_EXTRA, see coordinate.h. */
typedef struct {
    const model *md;
    const int64_t *x;
    const wide *pi, *lambda;
    route_list routes;
} report;

steppe_status report_begin(steppe_ctx *ctx, const model *md, const int64_t *x, const wide *pi,
                           const wide *lambda, report *out);
void report_end(report *rp);

/* Million USD over the horizon by cause, tonne-km and emissions of the links. */
typedef struct {
    double transport, transfer, supply, shortage, min_shortage, shut_in, shortfall;
    double storage, conversion, curve, off_plan;
    double tonne_km; /* million t-km */
    double emission; /* kt CO2e */
} report_totals;

void report_total(const report *rp, report_totals *out);

/* Quantities of one good over the horizon in flow units. lost: on links and in stock. */
typedef struct {
    wide base, delivered, extra, shortage, quantity, produced, shut_in;
    wide injected, withdrawn, converted_in, converted_out, lost;
} good_balance;

void report_good(const report *rp, int good, good_balance *out);

/* One good over all countries, by period. */
typedef struct {
    wide produced, shut_in, stock, base, shortage;
} month_sum;
void report_months_of(const report *rp, int good, month_sum *list); /* T */

/* The result tables; the first four are the exact answer and the plan it was measured against, the others follow from them. */
enum { REPORT_EXACT = 4 };
typedef struct {
    const char *name;
    steppe_status (*make)(steppe_ctx *ctx, const report *rp, text *t);
} report_table;
extern const report_table report_tables[];
extern const int report_table_count;

/* Amounts and prices as exact decimals; report_units in the table's unit. */
void report_flow(const report *rp, text *t, wide v);
void report_price(const report *rp, text *t, wide v);
double report_units(const report *rp, wide v);
/* "" for t < 0. */
const char *report_period(const model *md, int t);

/* report_ends.c: supplies, demands, places; report_time.c: stocks, conversions, the months; report_map.c. */
steppe_status report_supply_use(steppe_ctx *ctx, const report *rp, text *t);
steppe_status report_demand_use(steppe_ctx *ctx, const report *rp, text *t);
steppe_status report_place_balance(steppe_ctx *ctx, const report *rp, text *t);
steppe_status report_shortage(steppe_ctx *ctx, const report *rp, text *t);
steppe_status report_storage_use(steppe_ctx *ctx, const report *rp, text *t);
steppe_status report_conversion_use(steppe_ctx *ctx, const report *rp, text *t);
steppe_status report_plan(steppe_ctx *ctx, const report *rp, text *t);
steppe_status report_month(steppe_ctx *ctx, const report *rp, text *t);
steppe_status report_map(steppe_ctx *ctx, const report *rp, text *t);

/* CSV cell with quotes where RFC 4180 wants them. */
void csv_add(text *t, const char *cell);
/* JSON string with its quotes. */
void json_add(text *t, const char *s);

/* report_reason.c: why a demand is not served or a supply not wanted: the cheapest way it would take, and the full
 * capacities on it. One search per good and side, kept in `rs`. */
typedef struct reasons reasons;
reasons *reasons_new(const report *rp); /* NULL: no memory */
void reasons_free(reasons *rs);
/* For the model node of a supply or demand. Appended to t. */
steppe_status reasons_add(steppe_ctx *ctx, reasons *rs, int32_t node, text *t);

#endif
