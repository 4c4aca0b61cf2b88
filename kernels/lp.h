/* Simplex on one linear program of many network blocks that share coupling rows.
 *
 *     min c.x   s.t.  A x + s = b,   low <= x <= up,   low <= s <= up
 *
 * Rows are the balances of all nodes (out - gain * in) and the coupling rows; every row has a
 * logical s with coefficient 1. The basis is factored as a whole (lu.h): the factorization itself
 * finds the spanning trees, the one-trees and the working basis of the partitioned methods
 * [HK95], so that losses and coupling rows of any shape need no case of their own. Measured
 * against trees with a dense inverse of the working basis on the same pivots, see
 * benchmarks/RESULTS.md.
 *
 * [HK95] J. L. Kennington, R. V. Helgason, Algorithms for Network Programming, Wiley 1980, ch. 7; A. I. Ali,
 * R. V. Helgason, J. L. Kennington, H. Lall, Computational comparison among three multicommodity
 * network flow algorithms, Oper. Res. 28 (1980). [K05] A. Koberstein: The dual simplex method,
 * techniques for a fast and stable implementation. Paderborn 2005 (bound flipping, Harris test
 * with cost shifting). [FG92] J. J. Forrest, D. Goldfarb: Steepest-edge simplex algorithms for
 * linear programming. Math. Prog. 57 (1992). [H73] P. M. J. Harris: Pivot selection methods of the Devex LP code. Math. Prog. 5
 * (1973). */
#ifndef STEPPE_LP_H
#define STEPPE_LP_H

#include "lu.h"
#include "pace.h"

/* Borrowed arrays. Columns 0 .. m-1 are arcs, m .. m+n-1 the logicals, listed too. A nonbasic
 * variable needs the bound it stands at to be finite. */
typedef struct {
    int32_t n;                /* rows */
    int64_t m;                /* arcs */
    const int64_t *col_first; /* m + n + 1 */
    const int32_t *col_row;
    const double *col_value;
    const int64_t *row_first; /* n + 1: arcs only */
    const int32_t *row_col;
    const double *row_value;
    const double *rhs; /* n */
    double flow_tol;   /* primal feasibility, flow units */
    double cost_tol;   /* dual feasibility, cost units */
} lp_problem;

enum { LP_LOWER, LP_UPPER, LP_BASIC };

/* One sparse vector over the variables: value[i] is that of list[i]. sum collects it, and is zero otherwise. */
typedef struct {
    double *sum, *value; /* V */
    int32_t *list;       /* V */
    int64_t count;
} lp_sparse;

/* Columns that may enter (nonbasic, not fixed) by rows, in front of the others of the row. A column that begins with
 * 1 and -1, an arc without loss, lists these two as a pair: most rows of the inverse have the same value at both
 * ends of most arcs, which is seen from the rows alone. */
typedef struct {
    int32_t col;
    int32_t partner; /* row of the other entry; ~row when this is the entry -1 */
} lp_pair;
typedef struct {
    int32_t col;
    double value;
} lp_term;
typedef struct {
    int32_t pair, term;   /* first of the row */
    int32_t pairs, terms; /* of columns that may enter */
} lp_row_list;
typedef struct {
    lp_row_list *row; /* n + 1 */
    lp_pair *pair;
    lp_term *term;
} lp_rows;

/* What stands at a row: its value and bounds, and the steepest edge weight. */
typedef struct {
    double x, low, up, weight;
} lp_standing;

/* A candidate of the ratio test: the size of its entry, which is number `at` of the row, and how far its reduced
 * cost is from zero. */
typedef struct {
    double a, rc;
    int32_t v, at;
} lp_candidate;

/* The primal: the Devex weight of a variable, whether it is listed, and number i of the list. */
typedef struct {
    double weight;
    int32_t listed, list;
} lp_offer;

/* Caller's memory. V = m + n and the entries of the matrix < 2^31. */
typedef struct {
    double *x, *low, *up; /* V */
    double *cost;         /* V: as solved, with perturbation and shifts; 0 for logicals */
    double *rc;           /* V: reduced costs, 0 for basic variables */
    uint8_t *state;       /* V */
    int64_t *head;        /* n: basic variable that stands at the row */
    int32_t *at;          /* V: row where it stands, -1 */
    double *dual;         /* n: rc = c - dual A */
    double *weight;       /* n: steepest edge weights of the rows */
    lu_factors lu;
    lu_vector column; /* B^-1 a of the entering variable */
    lu_vector rho;    /* row of B^-1 of the leaving variable */
    lu_vector tau;    /* B^-1 rho; scratch between pivots */
    lu_vector moved;  /* B^-1 of what flips */
    lp_sparse row;    /* row of the leaving variable over the columns that may enter */
    lp_rows rows;
    /* of the dual while it runs: */
    lp_standing *standing; /* n */
    double *merit;         /* n: violation^2 / weight, 0: within its bounds */
    uint8_t *listed;       /* n: LP_BAD, LP_HOT */
    int32_t *bad,
        *hot; /* n: rows that may be out of their bounds; those of merit >= cutoff among them */
    int32_t bad_count, hot_count;
    double cutoff;
    lp_candidate *order;       /* V: candidates of a ratio test */
    lp_offer *offer;           /* V: of the primal while it runs */
    int64_t *scratch_variable; /* n */
    int64_t *begin, *end;      /* n: columns of the basis */
    int64_t pivots, flips, factorizations;
    int64_t
        work; /* nonzeros of the vectors of all pivots, and entries visited by factorizations: a measure of time that repeats */
    bool repaired; /* the last factorization exchanged columns */
    int64_t
        refreshed; /* pivots + 1 when x, dual and rc were last made anew; 0: they were not */
    int threads;   /* 2 or more: long rows of a pivot may be shared by two */
    pace sharing;  /* way 1: they are */
} lp_basis;

typedef enum {
    LP_OPTIMAL,
    LP_INFEASIBLE, /* bs->rho proves it: the variable that stands at row *leaving cannot reach its bound */
    LP_STOPPED, /* never by the kernels: the caller's own word for a limit between two calls */
    LP_GROW,    /* lu.fill_cap is too small: enlarge and call again */
    LP_UNBOUNDED, /* primal only */
    LP_LIMIT      /* the pivots granted for this call are used up */
} lp_result;

/* Factors the basis named by head, in any order, -1 for a column yet to be found; columns without a pivot are
 * exchanged for logicals (and go to a bound). LP_OPTIMAL or LP_GROW. */
lp_result lp_factor(const lp_problem *lp, lp_basis *bs);
/* x from the basis and its factors: enough where bounds have moved; lp_sort_rows where one has met the other. */
void lp_values(const lp_problem *lp, lp_basis *bs);
/* x, dual and rc are as lp_refresh left them, by factors without updates. Who changes costs or bounds meanwhile has to know. */
bool lp_is_fresh(const lp_basis *bs);
/* x, dual and rc from the basis and its factors. */
void lp_refresh(const lp_problem *lp, lp_basis *bs);
/* Nonbasic variables with a reduced cost of the wrong sign go to their other bound, where it is
 * finite. Returns how many moved; x is then stale. */
int64_t lp_flip_to_dual(const lp_problem *lp, lp_basis *bs);
bool lp_primal_feasible(const lp_problem *lp, const lp_basis *bs);

/* Run at most `limit` pivots. Both need a factored and refreshed basis; the dual a dual feasible
 * one, the primal a primal feasible one. */
lp_result lp_dual(const lp_problem *lp, lp_basis *bs, int64_t limit, int32_t *leaving);
lp_result lp_primal(const lp_problem *lp, lp_basis *bs, int64_t limit);
/* Row that leaves when q moves in direction sign; -1: q reaches its other bound (or nothing holds it: *step infinite). */
int32_t lp_primal_leaving(const lp_problem *lp, const lp_basis *bs, int64_t q, double sign,
                          double *step);
/* q moves by step in direction sign, and basic variables with it, as bs->column says; flips: to its other bound, where it stays. */
void lp_primal_move(lp_basis *bs, int64_t q, double sign, double step, bool flips);

/* A basic variable beyond a bound, and its bounds as they are. */
typedef struct {
    int64_t v;
    double low, up;
    bool below;
} lp_moved;

/* Prices of lambda a unit for being beyond a bound, which grow. */
typedef struct {
    lp_moved *moved; /* n: caller's; count */
    double *slope;   /* V: caller's: of the reduced costs, by lambda */
    int64_t count, listed;
    double lambda, least; /* a smaller slope is rounding */
    double horizon, reach;
} lp_growth;

/* Basic variables beyond their bounds get wider ones in bs, in which they may come back to them. The basis is factored and refreshed, and dual
 * feasible. Returns how many there are. */
int64_t lp_growth_begin(const lp_problem *lp, lp_basis *bs, lp_growth *g);
/* At most `limit` pivots towards the optimum. OPTIMAL: all are within their bounds. INFEASIBLE: no price brings them there; UNBOUNDED: rounding
 * ended the way. */
lp_result lp_parametric(const lp_problem *lp, lp_basis *bs, lp_growth *g, int64_t limit);
/* All bounds as they were, whatever came of it; x, prices and reduced costs are then stale. */
void lp_growth_end(lp_basis *bs, lp_growth *g);

/* Takes the cost of a basic variable to zero in one step (lp_push.c): either it stays basic, or a nonbasic one whose
 * reduced cost vanishes before comes in for it. Needs a dual feasible basis. LP_LIMIT: the pivot is not to be trusted, factor anew. */
lp_result lp_push_dual(const lp_problem *lp, lp_basis *bs, int64_t v);

/* ---- shared by the two, in lp_basis.c --------------------------------------------------- */

/* x += factor * column of variable v. */
void lp_add_column(const lp_problem *lp, int64_t v, double factor, lu_vector *x);
/* Column v begins with 1 and -1. */
bool lp_is_pair(const lp_problem *lp, int64_t v);
/* bs->rows from the columns; then, whenever states or bounds have changed by other hands, which columns may enter. */
void lp_list_rows(const lp_problem *lp, lp_basis *bs);
void lp_sort_rows(const lp_problem *lp, lp_basis *bs);
/* Column v may enter from now on, or may not. */
void lp_may_enter(const lp_problem *lp, lp_basis *bs, int64_t v, bool may);
/* bs->rho := row r of B^-1. */
void lp_invert_row(lp_basis *bs, int32_t r);
/* bs->row := rho over the columns that may enter. */
void lp_multiply_row(lp_basis *bs);
/* Both. */
void lp_row(lp_basis *bs, int32_t r);
/* The same over all nonbasic columns. */
void lp_full_row(const lp_problem *lp, lp_basis *bs, int32_t r);
/* bs->column := B^-1 a(q). */
void lp_column(const lp_problem *lp, lp_basis *bs, int64_t q);
/* q takes the place of the variable at row r, which goes to bound `to`. Needs bs->column of q. false: the basis has to be
 * factored anew, as the updates have become long. */
bool lp_exchange(const lp_problem *lp, lp_basis *bs, int32_t r, int64_t q, int to);
/* Factors and x anew, between pivots: reduced costs are kept as the updates left them. LP_OPTIMAL or LP_GROW. */
lp_result lp_renew(const lp_problem *lp, lp_basis *bs);

#endif
