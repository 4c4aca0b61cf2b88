/* The answer in integers: flows by rounding on a forest of the basis, prices by rounding, potentials from them. */
#include "coordinate_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- step 3: exact ------------------------------------------------------------------- */

static int64_t nearest(double x)
{
    return (int64_t)llround(x);
}

/* Scratch of the rounding: basic arcs by weight, a spanning forest of them, its nodes parents first. */
typedef struct {
    double weight;
    int64_t arc;
} weighted_arc;

typedef struct {
    wide *net;           /* n */
    weighted_arc *basic; /* n + q */
    int32_t *up;         /* n: union-find, then the other end of the arc towards the root */
    int64_t *first;      /* n + 2 */
    int64_t *list;       /* 2 n */
    int64_t *above;      /* n: forest arc towards the root, -1 */
    int32_t *order;      /* n */
} rounding;

static void rounding_free(rounding *rd)
{
    mem_free(rd->net);
    mem_free(rd->basic);
    mem_free(rd->up);
    mem_free(rd->first);
    mem_free(rd->list);
    mem_free(rd->above);
    mem_free(rd->order);
}

static bool rounding_new(const job *j, rounding *rd)
{
    const int64_t n = j->md->n;
    memset(rd, 0, sizeof *rd);
    rd->net = MEM_NEW(wide, n);
    rd->basic = MEM_NEW(weighted_arc, n + j->md->rows);
    rd->up = MEM_NEW(int32_t, n);
    rd->first = MEM_NEW(int64_t, n + 2);
    rd->list = MEM_NEW(int64_t, 2 * n);
    rd->above = MEM_NEW(int64_t, n);
    rd->order = MEM_NEW(int32_t, n);
    return rd->net && rd->basic && rd->up && rd->first && rd->list && rd->above && rd->order;
}

static int by_weight(const void *a, const void *b)
{
    const weighted_arc *p = a, *q = b;
    if (p->weight != q->weight) return p->weight > q->weight ? -1 : 1;
    return (p->arc > q->arc) - (p->arc < q->arc);
}

static int64_t round_into(const model *md, int64_t a, double x)
{
    const int64_t v = nearest(x);
    return v < md->low[a] ? md->low[a] : v > md->up[a] ? md->up[a] : v;
}

/* The forest of the basic arcs farthest from their bounds takes up what rounding the others leaves: an arc that
 * happens to be basic at a bound is never pushed over it. All other arcs get their rounded flow. */
static void choose_forest(job *j, rounding *rd)
{
    const model *md = j->md;
    const coord_basis *bs = &j->bs;
    int64_t *x = j->out->x, basics = 0;
    for (int32_t i = 0; i < md->n; i++) {
        rd->net[i] = md->b[i];
        rd->up[i] = i;
    }
    for (int64_t a = 0; a < md->m; a++) {
        const int state = bs->state[a];
        if (state == CV_TREE || state == CV_WORK)
            rd->basic[basics++] = (weighted_arc){
                fmin(bs->x[a] - (double)md->low[a], (double)md->up[a] - bs->x[a]), a};
        x[a] = state == CV_TREE ? 0
                                : round_into(md, a,
                                             state == CV_LOWER   ? bs->low[a]
                                             : state == CV_UPPER ? bs->up[a]
                                                                 : bs->x[a]);
    }
    qsort(rd->basic, (size_t)basics, sizeof *rd->basic, by_weight);
    memset(rd->first, 0, ((size_t)md->n + 2) * sizeof *rd->first);
    int64_t kept = 0;
    for (int64_t i = 0; i < basics; i++) {
        const int64_t a = rd->basic[i].arc;
        const int32_t u = find_root(rd->up, md->tail[a]), v = find_root(rd->up, md->head[a]);
        if (u == v) {
            x[a] = round_into(md, a, bs->x[a]);
            continue;
        }
        rd->up[u] = v;
        rd->basic[kept++].arc = a;
        rd->first[md->tail[a] + 2]++;
        rd->first[md->head[a] + 2]++;
        x[a] = 0;
    }
    for (int32_t i = 0; i < md->n; i++) rd->first[i + 2] += rd->first[i + 1];
    for (int64_t i = 0; i < kept; i++) {
        const int64_t a = rd->basic[i].arc;
        rd->list[rd->first[md->tail[a] + 1]++] = a;
        rd->list[rd->first[md->head[a] + 1]++] = a;
    }
    for (int64_t a = 0; a < md->m; a++) {
        rd->net[md->tail[a]] -= x[a];
        rd->net[md->head[a]] += x[a];
    }
}

/* Flows of the basis in integers that balance at every node. */
static void exact_flows(job *j, rounding *rd)
{
    const model *md = j->md;
    choose_forest(j, rd);
    int32_t count = 0;
    for (int32_t i = 0; i < md->n; i++) rd->above[i] = -2; /* not seen */
    for (int32_t root = 0; root < md->n; root++) {
        if (rd->above[root] != -2) continue;
        rd->above[root] = -1;
        rd->order[count++] = root;
        for (int32_t q = count - 1; q < count; q++) {
            const int32_t i = rd->order[q];
            for (int64_t e = rd->first[i]; e < rd->first[i + 1]; e++) {
                const int64_t a = rd->list[e];
                const int32_t other = md->tail[a] == i ? md->head[a] : md->tail[a];
                if (rd->above[other] != -2) continue;
                rd->above[other] = a;
                rd->up[other] = i;
                rd->order[count++] = other;
            }
        }
    }
    while (count-- > 0) { /* leaves first */
        const int32_t i = rd->order[count];
        const int64_t a = rd->above[i];
        if (a < 0) continue;
        j->out->x[a] = (int64_t)(md->tail[a] == i ? rd->net[i] : -rd->net[i]);
        rd->net[rd->up[i]] += rd->net[i];
    }
}

static wide row_load(const model *md, int64_t r, const int64_t *x)
{
    wide load = 0;
    for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
        load += (wide)md->row_weight[e] * x[md->row_arc[e]];
    return load;
}

/* Loop arcs of a row: only the row sees them, so they can make up for what rounding leaves. */
static bool fills(const model *md, int64_t a, int64_t w)
{
    return md->tail[a] == md->head[a] && w > 0 && md->arc_first[a + 1] - md->arc_first[a] == 1;
}

/* Lower limits of rows are met by loop arcs (shortages): the only variables that no balance
 * holds. */
static void fill_rows(const job *j)
{
    const model *md = j->md;
    int64_t *x = j->out->x;
    for (int64_t r = 0; r < md->rows; r++) {
        if (md->row_low[r] == NO_LOW) continue;
        wide missing = md->row_low[r] * (wide)md->row_scale[r] - row_load(md, r, x);
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1] && missing != 0; e++) {
            const int64_t a = md->row_arc[e], w = md->row_weight[e];
            if (!fills(md, a, w)) continue;
            /* missing < 0: a shortage counted too high may shrink */
            wide d = missing > 0 ? (missing + w - 1) / w : -(-missing / w);
            if (x[a] + d > md->up[a]) d = md->up[a] - x[a];
            if (x[a] + d < md->low[a]) d = md->low[a] - x[a];
            x[a] += (int64_t)d;
            missing -= d * w;
        }
    }
}

/* Moves the limit of a row inwards by twice what it was overrun and what the pivots tolerate. A
 * row with loop arcs is shifted down whole: the loops top it up again after rounding. */
static void tighten_row(job *j, int64_t r, double over)
{
    const model *md = j->md;
    coord_basis *bs = &j->bs;
    const int64_t y = j->base + r;
    const double step = 2.0 * (fabs(over) + j->lp.flow_tol);
    bool loops = false;
    for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
        loops |= fills(md, md->row_arc[e], md->row_weight[e]);
    if (over > 0.0) {
        bs->up[y] -= step;
        if (loops && bs->low[y] > bs->up[y]) bs->low[y] = bs->up[y];
    } else {
        bs->low[y] += step;
    }
    if (bs->low[y] > bs->up[y]) bs->low[y] = bs->up[y] = 0.5 * (bs->low[y] + bs->up[y]);
}

/* Rows and arcs that the rounded flows overrun; their limits are tightened for the next try.
 * Returns how many. */
static int64_t tighten_overrun(job *j)
{
    const model *md = j->md;
    coord_basis *bs = &j->bs;
    const int64_t *x = j->out->x;
    int64_t count = 0;
    for (int64_t a = 0; a < md->m; a++) {
        if (x[a] >= md->low[a] && x[a] <= md->up[a]) continue;
        count++;
        if (x[a] < md->low[a])
            bs->low[a] = fmin(bs->low[a] + 2.0 * ((double)(md->low[a] - x[a]) + j->lp.flow_tol),
                              bs->up[a]);
        if (x[a] > md->up[a])
            bs->up[a] = fmax(bs->up[a] - 2.0 * ((double)(x[a] - md->up[a]) + j->lp.flow_tol),
                             bs->low[a]);
    }
    for (int64_t r = 0; r < md->rows; r++) {
        const wide load = row_load(md, r, x), scale = md->row_scale[r];
        double over = 0.0;
        if (md->row_up[r] != NO_UP && load > md->row_up[r] * scale)
            over = (double)(load - md->row_up[r] * scale) / (double)scale;
        if (md->row_low[r] != NO_LOW && load < md->row_low[r] * scale)
            over = (double)(load - md->row_low[r] * scale) / (double)scale;
        if (over == 0.0) continue;
        count++;
        tighten_row(j, r, over);
    }
    return count;
}

/* A vertex may have fractional flows. Rounding them overruns limits by a few units; those
 * limits are moved inwards by that much and the dual simplex, whose basis this leaves dual
 * feasible, finds the vertex of the tightened problem, until the rounded flows obey the true
 * limits. The cost of the units given away shows in the certificate. */
steppe_status exact_primal(job *j)
{
    rounding rd;
    steppe_status st = rounding_new(j, &rd) ? STEPPE_OK : steppe_no_memory(j->ctx);
    for (int tries = 0; st == STEPPE_OK; tries++) {
        coord_result res = COORD_OPTIMAL;
        int64_t leaving;
        exact_flows(j, &rd);
        fill_rows(j);
        if (tighten_overrun(j) == 0 || tries == 30) break;
        job_refresh(j);
        st = job_run(j, true, &res, &leaving);
        if (st != STEPPE_OK) break;
        job_use_true_costs(j);
        job_refresh(j);
        /* the certificate will say what does not hold, by how much */
        if (res == COORD_INFEASIBLE || res == COORD_STOPPED) break;
    }
    rounding_free(&rd);
    return st;
}

static wide divide_up(wide a, wide b)
{
    const wide q = a / b;
    return q * b < a ? q + 1 : q;
}

/* Most prices are sums of costs, so whole cost units: one that is as near to that as pivots can tell is taken as such. */
static wide exact_price(const job *j, double lambda, double unit)
{
    const wide fine = wide_pow10(DUAL_EXTRA);
    const double whole = rint(lambda * unit / (double)fine);
    if (fabs(lambda - whole * (double)fine / unit) < j->lp.cost_tol) return (wide)whole * fine;
    return (wide)rint(lambda * unit);
}

/* Prices rounded to 10^-DUAL_EXTRA cost units; potentials from them so that tree arcs come out
 * at zero. */
void exact_dual(job *j)
{
    const model *md = j->md;
    const coord_basis *bs = &j->bs;
    const wide fine = wide_pow10(DUAL_EXTRA);
    const double unit = pow(10.0, md->cost_places + DUAL_EXTRA);
    j->out->tight_rows = 0;
    for (int64_t r = 0; r < md->rows; r++) {
        wide y = exact_price(j, bs->lambda[r], unit);
        if ((y > 0 && md->row_low[r] == NO_LOW) || (y < 0 && md->row_up[r] == NO_UP)) y = 0;
        if (bs->tight_at[r] < 0) y = 0;
        /* less than 10^-9 USD is rounding noise, not a price */
        if (fabs(bs->lambda[r]) < j->lp.cost_tol) y = 0;
        j->out->lambda[r] = y;
        j->out->tight_rows += y != 0;
    }
    wide *pi = j->out->pi;
    for (int32_t i = tree_next(bs->tree, md->n, md->n); i >= 0;
         i = tree_next(bs->tree, i, md->n)) {
        const tree_node *t = &bs->tree[i];
        wide c = 0;
        if (t->arc < md->m) {
            c = md->cost[t->arc] * fine;
            for (int64_t e = md->arc_first[t->arc]; e < md->arc_first[t->arc + 1]; e++)
                c -= divide_up((wide)md->arc_weight[e] * j->out->lambda[md->arc_row[e]],
                               md->row_scale[md->arc_row[e]]);
        }
        const wide above = t->parent == md->n ? 0 : pi[t->parent];
        pi[i] = above + (t->up ? -c : c);
    }
    for (int k = 0; k < md->K; k++) { /* potentials are relative: the hub is zero */
        if (md->first_node[k] == md->first_node[k + 1]) continue;
        const wide hub = pi[md->first_node[k]];
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) pi[i] -= hub;
    }
}
