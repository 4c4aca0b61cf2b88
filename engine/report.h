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

/* Million USD per year by cause, tonne-km and emissions of the links. */
typedef struct {
    double transport, transfer, supply, shortage, min_shortage, shut_in, shortfall;
    double tonne_km; /* million t-km */
    double emission; /* kt CO2e */
} report_totals;

void report_total(const report *rp, report_totals *out);

/* Quantities of one good in flow units. */
typedef struct {
    wide base, delivered, extra, shortage, quantity, produced, shut_in;
} good_balance;

void report_good(const report *rp, int good, good_balance *out);

/* The result tables; the first three are the exact answer, the others follow from them. */
enum { REPORT_EXACT = 3 };
typedef struct {
    const char *name;
    steppe_status (*make)(steppe_ctx *ctx, const report *rp, text *t);
} report_table;
extern const report_table report_tables[];
extern const int report_table_count;

/* CSV cell with quotes where RFC 4180 wants them. */
void csv_add(text *t, const char *cell);
/* JSON string with its quotes. */
void json_add(text *t, const char *s);

/* report_reason.c: why a demand is not served (at_supply false) or a supply not wanted: the
 * cheapest way it would take, and the full capacities on it. Appended to t. */
steppe_status report_reason(steppe_ctx *ctx, const report *rp, bool at_supply, int32_t index,
                            text *t);

#endif
