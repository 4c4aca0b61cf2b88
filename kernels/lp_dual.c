/* Dual simplex with bound flipping [K05, sec. 6.2] and steepest edge weights [FG92].
 *
 * Where every variable has two finite bounds, any basis is made dual feasible by moving nonbasic
 * variables to their other bound, and no first phase is needed. Leaving: the basic variable
 * with the largest violation^2 / weight. Entering: ratios are passed in growing order as long
 * as the leaving variable stays infeasible when the passed variables go to their other bound;
 * among ties within the tolerance the largest pivot wins, and costs of variables that step over
 * zero are shifted (the caller takes shifts back at the end).
 *
 * Infeasible: no variable can move the leaving one towards its bound; the row rho is the proof. */
#include "lp.h"

#include <math.h>
#include <string.h>

enum { LP_BAD = 1, LP_HOT = 2, FEW_HOT = 200 };
enum { AHEAD = 12 }; /* what lies scattered is fetched so many turns before it is needed */
#define LEAST_WEIGHT 1e-4

/* Nonzeros of a row of the inverse; tau has some three times as many. */
enum { WORTH_SHARING = 400 };

static inline double violation(const lp_problem *lp, const lp_standing *s)
{
    if (s->x < s->low - lp->flow_tol) return s->x - s->low;
    if (s->x > s->up + lp->flow_tol) return s->x - s->up;
    return 0.0;
}

/* ---- leaving variable -------------------------------------------------------------------- */

/* The row's merit anew, and its place in the lists. */
static inline void judge(const lp_problem *lp, lp_basis *bs, int32_t r)
{
    const double d = violation(lp, &bs->standing[r]);
    if (d == 0.0) {
        bs->merit[r] = 0.0;
        return;
    }
    const double merit = bs->merit[r] = d * d / bs->standing[r].weight;
    if (!(bs->listed[r] & LP_BAD)) {
        bs->listed[r] |= LP_BAD;
        bs->bad[bs->bad_count++] = r;
    }
    if (merit >= bs->cutoff && !(bs->listed[r] & LP_HOT)) {
        bs->listed[r] |= LP_HOT;
        bs->hot[bs->hot_count++] = r;
    }
}

static void load(const lp_problem *lp, lp_basis *bs)
{
    bs->bad_count = bs->hot_count = 0;
    bs->cutoff = INFINITY;
    for (int32_t r = 0; r < lp->n; r++) {
        const int64_t v = bs->head[r];
        bs->standing[r] = (lp_standing){bs->x[v], bs->low[v], bs->up[v], bs->weight[r]};
        bs->listed[r] = 0;
        judge(lp, bs, r);
    }
}

static void unload(const lp_problem *lp, lp_basis *bs)
{
    for (int32_t r = 0; r < lp->n; r++) {
        bs->x[bs->head[r]] = bs->standing[r].x;
        bs->weight[r] = bs->standing[r].weight;
    }
}

static inline int exponent(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return (int)(bits >> 52 & 2047);
}

/* The hot rows anew: the best few of all that are bad, by powers of two. */
static void find_hot(lp_basis *bs)
{
    int32_t keep = 0, count[2048] = {0}, sum = 0;
    int most = 0;
    for (int32_t i = 0; i < bs->bad_count; i++) {
        const int32_t r = bs->bad[i];
        if (bs->merit[r] == 0.0) {
            bs->listed[r] = 0;
            continue;
        }
        const int e = exponent(bs->merit[r]);
        count[e]++;
        if (e > most) most = e;
        bs->bad[keep++] = r;
    }
    bs->bad_count = keep;
    int least = most;
    for (sum = count[most]; least > 1 && sum + count[least - 1] <= FEW_HOT; least--)
        sum += count[least - 1];
    const uint64_t bits = (uint64_t)least << 52;
    memcpy(&bs->cutoff, &bits, sizeof bits);
    bs->hot_count = 0;
    for (int32_t i = 0; i < keep; i++) {
        const int32_t r = bs->bad[i];
        if (bs->merit[r] < bs->cutoff) continue;
        bs->listed[r] |= LP_HOT;
        bs->hot[bs->hot_count++] = r;
    }
}

/* The bad row of largest merit, which is among the hot ones as long as there are any. */
static int32_t choose_leaving(lp_basis *bs)
{
    for (int pass = 0; pass < 2; pass++) {
        int32_t best = -1, keep = 0;
        double most = 0.0;
        for (int32_t i = 0; i < bs->hot_count; i++) {
            const int32_t r = bs->hot[i];
            const double merit = bs->merit[r];
            if (merit < bs->cutoff) {
                bs->listed[r] &= (uint8_t)~LP_HOT;
                continue;
            }
            bs->hot[keep++] = r;
            if (merit > most || (merit == most && bs->head[r] < bs->head[best]))
                most = merit, best = r;
        }
        bs->hot_count = keep;
        if (best >= 0) return best;
        if (pass == 0) find_hot(bs);
    }
    return -1;
}

/* ---- entering variable ------------------------------------------------------------------- */

/* The best of the passed variables enters where the pivots behind them are all poor; *passed is cut to those
 * with smaller ratios. */
static lp_candidate step_back(lp_candidate *order, int64_t done, int64_t *passed)
{
    int64_t best = 0, keep = 0;
    for (int64_t i = 1; i < done; i++)
        if (order[i].a > order[best].a) best = i;
    const lp_candidate q = order[best];
    for (int64_t i = 0; i < done; i++)
        if (i != best && order[i].rc / order[i].a < q.rc / q.a) order[keep++] = order[i];
    *passed = keep;
    return q;
}

/* Those that can move the leaving variable against the sign of its gap: d x(leaving) / d x(v) = -row(v). How far rc[v]
 * may be on the wrong side is not its sign but cost_tol; ratios are taken at zero. */
static int64_t candidates(lp_basis *bs, double gap)
{
    const lp_sparse *row = &bs->row;
    lp_candidate *order = bs->order;
    int64_t count = 0;
    for (int64_t i = 0; i < row->count; i++) {
        if (i + AHEAD < row->count) {
            __builtin_prefetch(&bs->rc[row->list[i + AHEAD]], 1);
            __builtin_prefetch(&bs->state[row->list[i + AHEAD]]);
        }
        const int32_t v = row->list[i];
        const double value = row->value[i], a = fabs(value);
        const bool lower = bs->state[v] == LP_LOWER;
        const double rc = lower ? bs->rc[v] : -bs->rc[v];
        order[count] = (lp_candidate){a, rc > 0.0 ? rc : 0.0, v, (int32_t)i};
        count += a >= 1e-9 && ((value < 0.0) == (gap < 0.0)) == lower;
    }
    return count;
}

static double least_reach(const lp_candidate *order, int64_t from, int64_t to, double tol)
{
    double reach = INFINITY;
    for (int64_t i = from; i < to; i++) {
        const double r = (order[i].rc + tol) / order[i].a;
        if (r < reach) reach = r;
    }
    return reach;
}

/* Candidates from `from` on whose ratio is at most `limit` go to the front. By division, as in least_reach: the one that
 * has it is always among them. Returns their end. */
static int64_t bring_forward(lp_candidate *order, int64_t from, int64_t to, double limit)
{
    int64_t end = from;
    for (int64_t i = from; i < to; i++) {
        const lp_candidate c = order[i];
        if (c.rc / c.a > limit) continue;
        order[i] = order[end];
        order[end++] = c;
    }
    return end;
}

/* Entering variable for a leaving one that is off its bound by `gap` (its sign says where); the
 * passed variables, which flip, stand in order[0 .. *passed). false: none.
 * Groups of ratios that are equal within the tolerance are passed one after the other. They are looked for among the
 * few candidates up to a limit on the ratio, in front[done .. near), which is raised when they are used up. */
static bool ratio_test(const lp_problem *lp, lp_basis *bs, double gap, int64_t *passed,
                       lp_candidate *q)
{
    lp_candidate *order = bs->order;
    const int64_t count = candidates(bs, gap);
    int64_t done = 0, near = 0;
    double slope = fabs(gap), limit = -1.0;
    while (done < count) {
        double reach = least_reach(order, done, near, lp->cost_tol);
        if (reach > limit) {
            reach = least_reach(order, done, count, lp->cost_tol);
            limit = 4.0 * reach;
            near = bring_forward(order, done, count, limit);
        }
        const int64_t group = bring_forward(order, done, near, reach);
        int64_t best = done;
        double drop = 0.0;
        for (int64_t i = done; i < group; i++) {
            drop += order[i].a * (bs->up[order[i].v] - bs->low[order[i].v]);
            if (order[i].a > order[best].a * (1.0 + 1e-9)) best = i;
        }
        /* go on while all of them may flip and the leaving variable is still off, and others
         * remain */
        if (slope - drop > 0.0 && group < count) {
            slope -= drop;
            done = group;
            continue;
        }
        if (order[best].a < 1e-7 && done > 0) {
            *q = step_back(order, done, passed);
            return true;
        }
        *passed = done;
        *q = order[best];
        return true;
    }
    return false;
}

/* ---- the exchange ------------------------------------------------------------------------ */

/* The passed variables go to their other bound; basic variables follow. */
static void flip(const lp_problem *lp, lp_basis *bs, int64_t passed)
{
    lu_vector *t = &bs->moved;
    if (passed == 0) return;
    for (int64_t i = 0; i < passed; i++) {
        const int64_t v = bs->order[i].v;
        const bool up = bs->state[v] == LP_LOWER;
        const double d = up ? bs->up[v] - bs->low[v] : bs->low[v] - bs->up[v];
        bs->state[v] = up ? LP_UPPER : LP_LOWER;
        bs->x[v] = up ? bs->up[v] : bs->low[v];
        lp_add_column(lp, v, -d, t);
    }
    lu_solve(&bs->lu, t);
    for (int32_t i = 0; i < t->count; i++) {
        const int32_t r = t->list[i];
        bs->standing[r].x += t->value[r];
        judge(lp, bs, r);
    }
    lu_clear(t);
    bs->flips += passed;
}

/* Reduced costs after the exchange; a cost is shifted where one would come out on the wrong
 * side. */
static void update_costs(lp_basis *bs, int64_t arcs, int64_t out, lp_candidate enters,
                         bool to_lower)
{
    const lp_sparse *row = &bs->row;
    const int32_t q = enters.v;
    double step = bs->rc[q] / row->value[enters.at]; /* rc(out) becomes -step */
    if (to_lower ? step > 0.0 : step < 0.0) { /* within the tolerance: shift rc(q) to zero */
        if (q < arcs) bs->cost[q] -= bs->rc[q];
        step = 0.0;
    }
    for (int64_t i = 0; i < row->count && step != 0.0; i++) {
        if (i + AHEAD < row->count) {
            __builtin_prefetch(&bs->rc[row->list[i + AHEAD]], 1);
            __builtin_prefetch(&bs->state[row->list[i + AHEAD]]);
        }
        const int32_t v = row->list[i];
        double rc = bs->rc[v] - step * row->value[i];
        if (v < arcs && (bs->state[v] == LP_LOWER ? rc < 0.0 : rc > 0.0) && v != q) {
            bs->cost[v] -= rc; /* a logical keeps its small error: its cost is always zero */
            rc = 0.0;
        }
        bs->rc[v] = rc;
    }
    bs->rc[q] = 0.0;
    bs->rc[out] = -step;
}

/* What stands at the rows, when the entering variable moves by `step`: values, and weights ||row of B^-1||^2, for which
 * tau = B^-1 rho and the square of rho are known. */
static void update_standing(const lp_problem *lp, lp_basis *bs, int32_t r, double step,
                            double square)
{
    const lu_vector *tau = &bs->tau;
    const double pivot = bs->column.value[r];
    for (int32_t i = 0; i < bs->column.count; i++) {
        const int32_t k = bs->column.list[i];
        if (i + AHEAD < bs->column.count)
            __builtin_prefetch(&bs->standing[bs->column.list[i + AHEAD]], 1);
        const double d = bs->column.value[k], f = d / pivot;
        if (k == r) continue;
        lp_standing *s = &bs->standing[k];
        const double now = s->weight + f * (f * square - 2.0 * tau->value[k]);
        const double least =
            LEAST_WEIGHT + f * f; /* the row has this much of row r at the least */
        s->weight = now > least ? now : least;
        s->x -= step * d;
        judge(lp, bs, k);
    }
    const double w = square / (pivot * pivot);
    bs->standing[r].weight = w > LEAST_WEIGHT ? w : LEAST_WEIGHT;
}

/* ---- one pivot --------------------------------------------------------------------------- */

/* The row over the columns, who enters, and its column. */
typedef struct {
    lp_candidate enters;
    int64_t passed;
    double square; /* of rho */
    bool found;
} choice;

static void choose_entering(const lp_problem *lp, lp_basis *bs, double gap, choice *c)
{
    c->passed = 0;
    lp_multiply_row(bs);
    c->found = ratio_test(lp, bs, gap, &c->passed, &c->enters);
    if (c->found) lp_column(lp, bs, c->enters.v);
}

/* tau := B^-1 rho */
static void square_row(lp_basis *bs, choice *c)
{
    double sum = 0.0;
    for (int32_t i = 0; i < bs->rho.count; i++) {
        const int32_t k = bs->rho.list[i];
        const double d = bs->rho.value[k];
        sum += d * d;
        lu_add(&bs->tau, k, d);
    }
    lu_solve_beside(&bs->lu, &bs->tau);
    c->square = sum;
}

/* What follows from the row of the leaving variable; the weights' part on a second thread where it is long, as long as
 * that is quicker. */
static void look_along_row(const lp_problem *lp, lp_basis *bs, int32_t r, double gap, choice *c)
{
    lp_invert_row(bs, r);
    if (bs->threads < 2 || bs->rho.count < WORTH_SHARING) {
        choose_entering(lp, bs, gap, c);
        square_row(bs, c);
        return;
    }
    if (pace_begin(&bs->sharing) == 0) {
        choose_entering(lp, bs, gap, c);
        square_row(bs, c);
    } else {
#pragma omp parallel sections num_threads(2) default(none) shared(lp, bs, gap, c)
        {
#pragma omp section
            choose_entering(lp, bs, gap, c);
#pragma omp section
            square_row(bs, c);
        }
    }
    pace_end(&bs->sharing,
             (double)bs->rho.count + (double)bs->row.count + bs->column.count + bs->tau.count);
}

/* The basis from new factors; `all`: reduced costs too. */
static lp_result begin_anew(const lp_problem *lp, lp_basis *bs, bool all)
{
    unload(lp, bs);
    const lp_result res = lp_renew(lp, bs);
    if (all && res == LP_OPTIMAL) lp_refresh(lp, bs);
    load(lp, bs);
    return res;
}

lp_result lp_dual(const lp_problem *lp, lp_basis *bs, int64_t limit, int32_t *leaving)
{
    lp_result res = LP_LIMIT;
    load(lp, bs);
    for (int64_t done = 0; done < limit; done++) {
        const int32_t r = choose_leaving(bs);
        if (r < 0) {
            res = LP_OPTIMAL;
            break;
        }
        const int64_t out = bs->head[r];
        const double gap = violation(lp, &bs->standing[r]);
        choice c;
        look_along_row(lp, bs, r, gap, &c);
        *leaving = r;
        if (!c.found) {
            lu_clear(&bs->tau);
            lp_full_row(lp, bs, r);
            res = LP_INFEASIBLE;
            break;
        }
        const int64_t q = c.enters.v;
        const double pivot = bs->column.value[r];
        if (fabs(pivot - bs->row.value[c.enters.at]) > 1e-7 * (1.0 + fabs(pivot))) {
            lu_clear(&bs->tau);
            if (bs->lu.etas == 0) break;
            res = begin_anew(lp, bs, true);
            if (res != LP_OPTIMAL) return res;
            res = LP_LIMIT;
            continue;
        }
        flip(lp, bs, c.passed);
        const bool to_lower = gap < 0.0;
        const double target = to_lower ? bs->low[out] : bs->up[out];
        const double step = (bs->standing[r].x - target) / pivot;
        update_costs(bs, lp->m, out, c.enters, to_lower);
        update_standing(lp, bs, r, step, c.square);
        bs->work += bs->rho.count + bs->row.count + bs->column.count + bs->tau.count;
        lu_clear(&bs->tau);
        const double weight = bs->standing[r].weight;
        bs->standing[r] = (lp_standing){bs->x[q] + step, bs->low[q], bs->up[q], weight};
        bs->x[out] = target;
        if (lp_exchange(lp, bs, r, q, to_lower ? LP_LOWER : LP_UPPER)) {
            judge(lp, bs, r);
            continue;
        }
        res = begin_anew(lp, bs, false);
        if (res != LP_OPTIMAL) return res;
        res = LP_LIMIT;
    }
    unload(lp, bs);
    return res;
}
