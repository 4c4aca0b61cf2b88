/* Prices of coupling rows by column generation. */
#ifndef STEPPE_COLUMNS_H
#define STEPPE_COLUMNS_H

#include "coordinate.h"

typedef struct {
    double
        bound; /* no answer costs less; cost units x flow units, without the offset of the model */
    double value;  /* what x costs, with what overruns rows at more than their price */
    double excess; /* most that x overruns a row, of its limit */
    bool flows;    /* x and y are set */
    bool reached;  /* the gap asked for, with no row overrun */
    bool stopped;
    bool declined; /* too many rows are overrun by commodities apart */
    int64_t rounds, columns, rows, tree_pivots,
        steps; /* columns, rows: of the last master; steps of its interior point */
} columns_info;

/* No arc loses, and there is something to share. */
bool columns_can(const model *md);
/* Flows x (m), averages of exact flows of each commodity, prices y (rows; cost units per flow unit, <= 0 at an upper limit,
 * >= 0 at a lower one) and reduced costs rc (m, cost units; NULL: not wanted) at these, with a relative gap of at most `gap`,
 * or as small as it got. most: rows that commodities apart may overrun, each; with more it is declined. Where a commodity cannot flow even alone, or numbers are too large, flows stays false. */
steppe_status columns_solve(steppe_ctx *ctx, const model *md, double gap, double most,
                            double *x, double *y, double *rc, columns_info *info);

#endif
