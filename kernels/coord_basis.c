/* The partitioned basis: columns, rows and exchanges. See coord.h. */
#include "coord.h"

#include <math.h>
#include <string.h>

#define TINY 1e-11

void coord_clear(coord_sparse *v)
{
    for (int64_t i = 0; i < v->count; i++) {
        v->value[v->list[i]] = 0.0;
        v->listed[v->list[i]] = 0;
    }
    v->count = 0;
}

bool coord_inside(const coord_basis *bs, int32_t node, int32_t top)
{
    const tree_node *t = bs->tree;
    while (t[node].depth > t[top].depth) node = t[node].parent;
    return node == top;
}

static inline double *inv_row(const coord_basis *bs, int32_t p)
{
    return bs->inv + (size_t)p * (size_t)bs->q_cap;
}

static inline int32_t var_tail(const coord_lp *lp, int64_t v)
{
    return v < lp->m ? lp->tail[v] : (int32_t)(v - lp->m);
}

static inline int32_t var_head(const coord_lp *lp, int64_t v)
{
    return v < lp->m ? lp->head[v] : lp->n;
}

static inline double priced(const coord_lp *lp, int64_t a, const double *price)
{
    double sum = 0.0;
    if (a >= lp->m) return 0.0;
    for (int64_t e = lp->arc_first[a]; e < lp->arc_first[a + 1]; e++)
        sum += lp->arc_weight[e] * price[lp->arc_row[e]];
    return sum;
}

/* Sends d over the tree from the head of variable v back to its tail. */
static void add_cycle(const coord_lp *lp, coord_basis *bs, int64_t v, double d)
{
    const tree_node *t = bs->tree;
    int32_t i = var_tail(lp, v), j = var_head(lp, v);
    while (i != j) {
        if (t[i].depth >= t[j].depth) { /* flow runs parent -> i */
            coord_add(&bs->dx, t[i].arc, t[i].up ? -d : d);
            i = t[i].parent;
        } else {
            coord_add(&bs->dx, t[j].arc, t[j].up ? d : -d);
            j = t[j].parent;
        }
    }
}

void coord_column(const coord_lp *lp, coord_basis *bs)
{
    coord_sparse *dx = &bs->dx;
    const int64_t base = lp->m + lp->n; /* first logical */
    double *need = bs->scratch; /* q: change of tight rows to be made up by the working arcs */
    int32_t q = bs->q;
    for (int32_t t = 0; t < q; t++) need[t] = 0.0;
    const int64_t given = dx->count;
    for (int64_t i = 0; i < given; i++) {
        const int64_t v = dx->list[i];
        if (v < base)
            add_cycle(lp, bs, v, dx->value[v]);
        else
            need[bs->tight_at[v - base]] += dx->value[v];
    }
    /* tight rows have to stay where they are */
    for (int64_t i = 0; i < dx->count; i++) {
        const int64_t v = dx->list[i];
        if (v >= lp->m || dx->value[v] == 0.0) continue;
        for (int64_t e = lp->arc_first[v]; e < lp->arc_first[v + 1]; e++) {
            const int32_t t = bs->tight_at[lp->arc_row[e]];
            if (t >= 0) need[t] -= lp->arc_weight[e] * dx->value[v];
        }
    }
    int32_t *used = (int32_t *)(void *)(bs->scratch + 2 * (size_t)bs->q_cap);
    int32_t count = 0;
    for (int32_t t = 0; t < q; t++)
        if (fabs(need[t]) > TINY) used[count++] = t;
    for (int32_t p = 0; count > 0 && p < q; p++) {
        const double *inv = inv_row(bs, p);
        double d = 0.0;
        for (int32_t i = 0; i < count; i++) d += inv[used[i]] * need[used[i]];
        if (fabs(d) < TINY) continue;
        coord_add(dx, bs->work_arc[p], d);
        add_cycle(lp, bs, bs->work_arc[p], d);
    }
    const int64_t arcs = dx->count;
    for (int64_t i = 0; i < arcs; i++) {
        const int64_t v = dx->list[i];
        if (v >= lp->m || dx->value[v] == 0.0) continue;
        for (int64_t e = lp->arc_first[v]; e < lp->arc_first[v + 1]; e++) {
            const int32_t r = lp->arc_row[e];
            if (bs->tight_at[r] < 0) coord_add(dx, base + r, lp->arc_weight[e] * dx->value[v]);
        }
    }
}

/* Queues a tree node whose parent arc changes its price; each once. */
static inline void queue_node(coord_basis *bs, int32_t i, int32_t *low, int32_t *high)
{
    if (bs->shift.listed[i]) return;
    const int32_t d = bs->tree[i].depth;
    coord_add(&bs->shift, i, 0.0);
    bs->bucket_next[i] = bs->bucket[d];
    bs->bucket[d] = i;
    if (d < *low) *low = d;
    if (d > *high) *high = d;
}

/* Node potentials that keep the reduced cost of every tree arc at zero under bs->price, plus a
 * step of `step` on the subtree of `top` (top < 0: none). shift lists all nodes visited. */
static void spread_prices(const coord_lp *lp, coord_basis *bs, int32_t top, double step)
{
    tree_node *t = bs->tree;
    int32_t low = lp->n + 1, high = -1;
    coord_clear(&bs->shift);
    if (top >= 0) queue_node(bs, top, &low, &high);
    for (int64_t i = 0; i < bs->price.count; i++) {
        const int64_t r = bs->price.list[i];
        if (bs->price.value[r] == 0.0) continue;
        for (int64_t e = lp->row_first[r]; e < lp->row_first[r + 1]; e++) {
            const int64_t a = lp->row_arc[e];
            if (bs->state[a] != CV_TREE) continue;
            const int32_t u = lp->tail[a], v = lp->head[a];
            queue_node(bs, t[u].arc == a ? u : v, &low, &high);
        }
    }
    /* `done` marks nodes whose value is final: their depth bucket entry is then skipped */
    uint8_t *done = bs->shift.listed; /* 1 queued, 2 final */
    for (int32_t d = low; d <= high; d++) {
        for (int32_t s = bs->bucket[d]; s >= 0; s = bs->bucket_next[s]) {
            if (done[s] == 2) continue;
            int32_t i = s;
            while (i >= 0) {
                const double c = priced(lp, t[i].arc, bs->price.value);
                const int32_t above = t[i].parent;
                double v = done[above] == 2 ? bs->shift.value[above] : 0.0;
                v += t[i].up ? -c : c;
                if (i == top) v += step;
                if (!done[i]) coord_add(&bs->shift, i, v);
                bs->shift.value[i] = v;
                done[i] = 2;
                i = tree_next(t, i, s);
            }
        }
        bs->bucket[d] = -1;
    }
}

/* price := row prices whose value on arc j is -d x(v) / d x(j); needs the entry of v on working
 * arcs. */
static void work_prices(const coord_lp *lp, coord_basis *bs)
{
    double *sum = bs->scratch;
    const int32_t q = bs->q;
    for (int32_t t = 0; t < q; t++) sum[t] = 0.0;
    for (int32_t p = 0; p < q; p++) {
        const int64_t a = bs->work_arc[p];
        const double e = -(priced(lp, a, bs->price.value) + bs->shift.value[var_tail(lp, a)] -
                           bs->shift.value[var_head(lp, a)]);
        if (fabs(e) < TINY) continue;
        const double *inv = inv_row(bs, p);
        for (int32_t t = 0; t < q; t++) sum[t] += e * inv[t];
    }
    for (int32_t t = 0; t < q; t++)
        if (fabs(sum[t]) > TINY) coord_add(&bs->price, bs->tight_row[t], sum[t]);
}

static inline void try_arc(const coord_lp *lp, coord_basis *bs, int64_t a)
{
    if (bs->state[a] > CV_UPPER || bs->row.listed[a]) return;
    const double d = -(priced(lp, a, bs->price.value) + bs->shift.value[lp->tail[a]] -
                       bs->shift.value[lp->head[a]]);
    if (fabs(d) > TINY) coord_add(&bs->row, a, d);
}

void coord_row(const coord_lp *lp, coord_basis *bs, int64_t v)
{
    const int64_t base = lp->m + lp->n;
    coord_clear(&bs->row);
    coord_clear(&bs->price);
    coord_clear(&bs->shift);
    int32_t top = -1;
    double step = 0.0;
    if (bs->state[v] == CV_WORK) {
        const double *inv = inv_row(bs, bs->work_at[v]);
        for (int32_t t = 0; t < bs->q; t++)
            if (fabs(inv[t]) > TINY) coord_add(&bs->price, bs->tight_row[t], inv[t]);
    } else if (bs->state[v] == CV_TREE) {
        top = bs->tree[var_tail(lp, v)].arc == v ? var_tail(lp, v) : var_head(lp, v);
        step = bs->tree[top].up ? 1.0 : -1.0;
        spread_prices(lp, bs, top, step);
        work_prices(lp, bs);
    } else { /* logical of a loose row */
        coord_add(&bs->price, v - base, -1.0);
        spread_prices(lp, bs, -1, 0.0);
        work_prices(lp, bs);
    }
    spread_prices(lp, bs, top, step);
    for (int64_t i = 0; i < bs->price.count; i++) {
        const int64_t r = bs->price.list[i];
        if (bs->tight_at[r] >= 0) coord_add(&bs->row, base + r, bs->price.value[r]);
    }
    if (bs->shift.count * 4 > lp->n) {
        for (int64_t a = 0; a < lp->m; a++) try_arc(lp, bs, a);
        return;
    }
    for (int64_t i = 0; i < bs->price.count; i++) {
        const int64_t r = bs->price.list[i];
        for (int64_t e = lp->row_first[r]; e < lp->row_first[r + 1]; e++)
            try_arc(lp, bs, lp->row_arc[e]);
    }
    for (int64_t i = 0; i < bs->shift.count; i++) {
        const int64_t node = bs->shift.list[i];
        if (bs->shift.value[node] == 0.0) continue;
        for (int64_t e = lp->node_first[node]; e < lp->node_first[node + 1]; e++)
            try_arc(lp, bs, lp->node_arc[e]);
    }
}

/* ---- exchanges ----------------------------------------------------------------------- */

void coord_drop(coord_basis *bs, int32_t p, int32_t t)
{
    const int32_t last = bs->q - 1;
    if (t != last) {
        for (int32_t i = 0; i < bs->q; i++) inv_row(bs, i)[t] = inv_row(bs, i)[last];
        bs->tight_row[t] = bs->tight_row[last];
        bs->tight_at[bs->tight_row[t]] = t;
    }
    if (p != last) {
        memcpy(inv_row(bs, p), inv_row(bs, last), (size_t)bs->q * sizeof *bs->inv);
        bs->work_arc[p] = bs->work_arc[last];
        bs->work_at[bs->work_arc[p]] = p;
    }
    bs->q = last;
}

/* The working arc with the largest entry in the cut above `top`; its position, or -1. */
static int32_t crossing_work(const coord_lp *lp, const coord_basis *bs, int32_t top)
{
    int32_t best = -1;
    double most = 0.0;
    for (int32_t p = 0; p < bs->q; p++) {
        const int64_t a = bs->work_arc[p];
        if (coord_inside(bs, var_tail(lp, a), top) == coord_inside(bs, var_head(lp, a), top))
            continue;
        const double d = fabs(bs->dx.value[a]);
        if (best < 0 || d > most) best = p, most = d;
    }
    return best;
}

static void swap_tree(const coord_lp *lp, coord_basis *bs, int32_t top, int64_t a)
{
    const bool in_tail = coord_inside(bs, var_tail(lp, a), top);
    const int32_t in = in_tail ? var_tail(lp, a) : var_head(lp, a);
    const int32_t under = in_tail ? var_head(lp, a) : var_tail(lp, a);
    tree_move(bs->tree, top, in, under, a, in_tail);
    bs->state[a] = CV_TREE;
}

bool coord_pivot(const coord_lp *lp, coord_basis *bs, int64_t r, int64_t q, int to)
{
    const int64_t base = lp->m + lp->n;
    const size_t cap = (size_t)bs->q_cap;
    const double pivot = bs->dx.value[r];
    const int r_state = bs->state[r];
    const int32_t dim = bs->q;
    double *row = bs->scratch; /* d x(r) / d y(t) */
    for (int32_t t = 0; t < dim; t++) {
        const int32_t i = bs->tight_row[t];
        row[t] = bs->price.listed[i] ? bs->price.value[i] : 0.0;
    }
    int32_t *used = (int32_t *)(void *)(bs->scratch + 2 * cap);
    int32_t count = 0;
    for (int32_t t = 0; t < dim; t++)
        if (row[t] != 0.0) used[count++] = t;
    /* where the row of the leaving variable stands, or will stand once a tree arc has changed
     * places with a working arc */
    int32_t p_out = r_state == CV_WORK ? bs->work_at[r] : -1;
    bool q_in_tree = false;
    if (r_state == CV_TREE) {
        const int32_t top =
            bs->tree[var_tail(lp, r)].arc == r ? var_tail(lp, r) : var_head(lp, r);
        q_in_tree = q < base && coord_inside(bs, var_tail(lp, q), top) !=
                                    coord_inside(bs, var_head(lp, q), top);
        if (q_in_tree) {
            swap_tree(lp, bs, top, q);
        } else {
            p_out = crossing_work(lp, bs, top);
            if (p_out < 0) return false;
            const int64_t g = bs->work_arc[p_out];
            swap_tree(lp, bs, top, g);
            bs->work_at[g] = -1;
        }
    }
    /* the other working arcs */
    for (int32_t p = 0; p < dim; p++) {
        if (p == p_out) continue;
        const int64_t a = bs->work_arc[p];
        const double f = bs->dx.listed[a] ? bs->dx.value[a] / pivot : 0.0;
        double *inv = inv_row(bs, p);
        if (r_state == CV_LOOSE) inv[dim] = f; /* column of the row that becomes tight */
        if (f == 0.0) continue;
        for (int32_t i = 0; i < count; i++) inv[used[i]] -= f * row[used[i]];
    }
    const bool q_arc = q < base;
    if (q_arc && !q_in_tree) { /* the entering arc's own row */
        const int32_t p = p_out >= 0 ? p_out : dim;
        double *inv = inv_row(bs, p);
        for (int32_t t = 0; t < dim; t++) inv[t] = -row[t] / pivot;
        if (r_state == CV_LOOSE) inv[dim] = 1.0 / pivot;
        bs->work_arc[p] = q;
        bs->work_at[q] = p;
        bs->state[q] = CV_WORK;
    }
    if (r_state == CV_WORK) bs->work_at[r] = -1;
    bs->state[r] = (uint8_t)to;
    if (r_state == CV_LOOSE) {
        const int32_t i = (int32_t)(r - base);
        bs->tight_row[dim] = i;
        bs->tight_at[i] = dim;
    }
    if (q_arc) {
        if (r_state == CV_LOOSE) bs->q = dim + 1;
        return true;
    }
    /* a tight row becomes loose: its column goes, and with it a working arc or the new row's
     * place */
    const int32_t i = (int32_t)(q - base), t = bs->tight_at[i];
    bs->state[q] = CV_LOOSE;
    bs->tight_at[i] = -1;
    if (r_state == CV_LOOSE) {
        for (int32_t p = 0; p < dim; p++) inv_row(bs, p)[t] = inv_row(bs, p)[dim];
        bs->tight_row[t] = bs->tight_row[dim];
        bs->tight_at[bs->tight_row[t]] = t;
    } else {
        coord_drop(bs, p_out, t);
    }
    return true;
}

/* ---- from scratch -------------------------------------------------------------------- */

static void swap_rows(coord_basis *bs, int32_t i, int32_t j, double *line)
{
    const size_t bytes = (size_t)bs->q * sizeof *line;
    memcpy(line, inv_row(bs, i), bytes);
    memcpy(inv_row(bs, i), inv_row(bs, j), bytes);
    memcpy(inv_row(bs, j), line, bytes);
}

/* inv := inverse of the working matrix S[t][p], by Gauss-Jordan with full row pivoting inside a
 * column. */
bool coord_invert(const coord_lp *lp, coord_basis *bs, int32_t *p_bad, int32_t *t_bad)
{
    const size_t cap = (size_t)bs->q_cap;
    const int32_t q = bs->q;
    /* column p of S, written as row p of inv: inv := S^T, then inverted in place gives (S^T)^-1
     * = (S^-1)^T */
    for (int32_t p = 0; p < q; p++) {
        double *s = inv_row(bs, p);
        memset(s, 0, (size_t)q * sizeof *s);
        coord_clear(&bs->dx);
        coord_add(&bs->dx, bs->work_arc[p], 1.0);
        add_cycle(lp, bs, bs->work_arc[p], 1.0);
        for (int64_t i = 0; i < bs->dx.count; i++) {
            const int64_t v = bs->dx.list[i];
            if (v >= lp->m) continue;
            for (int64_t e = lp->arc_first[v]; e < lp->arc_first[v + 1]; e++) {
                const int32_t t = bs->tight_at[lp->arc_row[e]];
                if (t >= 0) s[t] += lp->arc_weight[e] * bs->dx.value[v];
            }
        }
    }
    coord_clear(&bs->dx);
    bs->rebuilds++;
    /* In-place Gauss-Jordan on A = S^T (rows p, columns t). perm[k]: row of A used for column
     * k. */
    int32_t *perm = (int32_t *)(void *)bs->scratch;
    uint8_t *taken = (uint8_t *)(void *)(bs->scratch + cap);
    if (q > 0) memset(taken, 0, (size_t)q);
    for (int32_t k = 0; k < q; k++) {
        int32_t best = -1;
        double most = 1e-9;
        for (int32_t p = 0; p < q; p++)
            if (!taken[p] && fabs(inv_row(bs, p)[k]) > most)
                best = p, most = fabs(inv_row(bs, p)[k]);
        if (best < 0) {
            *t_bad = k;
            *p_bad = 0;
            while (taken[*p_bad]) (*p_bad)++;
            return false;
        }
        taken[best] = 1;
        perm[k] = best;
        double *pr = inv_row(bs, best);
        const double piv = 1.0 / pr[k];
        pr[k] = 1.0;
        for (int32_t t = 0; t < q; t++) pr[t] *= piv;
        for (int32_t p = 0; p < q; p++) {
            double *ar = inv_row(bs, p);
            const double f = ar[k];
            if (p == best || f == 0.0) continue;
            ar[k] = 0.0;
            for (int32_t t = 0; t < q; t++) ar[t] -= f * pr[t];
        }
    }
    /* Row perm[k] now holds row k of A^-1 with its columns permuted: A^-1[k][perm[t]] =
     * inv[perm[k]][t]. Wanted: inv[p][t] = S^-1[p][t] = A^-1[t][p]. So want[perm[t']][t] =
     * inv[perm[t]][t'] for all t, t'. Permute the rows so that row k holds A^-1 row k,
     * transpose, then permute again. */
    double *line = bs->scratch + 2 * cap;
    for (int32_t k = 0; k < q; k++) { /* cycles of the row permutation, one swap at a time */
        int32_t from = perm[k];
        while (from < k) from = perm[from];
        if (from != k) {
            swap_rows(bs, k, from, line);
        }
    }
    for (int32_t i = 0; i < q; i++) {
        for (int32_t j = 0; j < i; j++) {
            const double v = inv_row(bs, i)[j];
            inv_row(bs, i)[j] = inv_row(bs, j)[i];
            inv_row(bs, j)[i] = v;
        }
    }
    /* now inv[t'][t] with row t' belonging to working arc perm[t'] */
    for (int32_t k = q - 1; k >= 0; k--) {
        int32_t with = perm[k];
        while (with < k) with = perm[with];
        if (with != k) {
            swap_rows(bs, k, with, line);
        }
    }
    return true;
}

/* Flows of the tree arcs from those of all others; rows' activities into the loose logicals
 * and, for tight rows, what is missing to their bound into need[t]. */
static void flows_from_others(const coord_lp *lp, coord_basis *bs, double *need)
{
    const tree_node *t = bs->tree;
    const int64_t base = lp->m + lp->n;
    double *net =
        bs->pi; /* borrowed: supply left at a node; potentials are computed afterwards */
    for (int32_t i = 0; i < lp->n; i++) net[i] = lp->b[i];
    net[lp->n] = 0.0;
    for (int64_t a = 0; a < lp->m; a++) {
        if (bs->state[a] == CV_TREE || bs->x[a] == 0.0) continue;
        net[lp->tail[a]] -= bs->x[a];
        net[lp->head[a]] += bs->x[a];
    }
    for (int64_t v = lp->m; v < base; v++)
        if (bs->state[v] == CV_WORK) net[v - lp->m] -= bs->x[v];
    /* children before parents: the walk that lists parents first, backwards */
    int64_t count = 0;
    for (int32_t i = t[lp->n].child >= 0 ? lp->n : -1; i >= 0; i = tree_next(t, i, lp->n))
        bs->order[count++] = i;
    while (--count > 0) {
        const int32_t i = (int32_t)bs->order[count];
        bs->x[t[i].arc] = t[i].up ? net[i] : -net[i];
        net[t[i].parent] += net[i];
    }
    for (int64_t r = 0; r < lp->rows; r++) {
        double y = 0.0;
        for (int64_t e = lp->row_first[r]; e < lp->row_first[r + 1]; e++)
            y += lp->row_weight[e] * bs->x[lp->row_arc[e]];
        if (bs->tight_at[r] >= 0)
            need[bs->tight_at[r]] = bs->x[base + r] - y;
        else
            bs->x[base + r] = y;
    }
}

static void potentials(const coord_lp *lp, coord_basis *bs)
{
    const tree_node *t = bs->tree;
    bs->pi[lp->n] = 0.0;
    for (int32_t i = t[lp->n].child; i >= 0; i = tree_next(t, i, lp->n)) {
        const double c = bs->cost[t[i].arc] - priced(lp, t[i].arc, bs->lambda);
        bs->pi[i] = bs->pi[t[i].parent] + (t[i].up ? -c : c);
    }
}

static double reduced_cost(const coord_lp *lp, const coord_basis *bs, int64_t a)
{
    return bs->cost[a] - priced(lp, a, bs->lambda) + bs->pi[var_tail(lp, a)] -
           bs->pi[var_head(lp, a)];
}

static double worst_of(const double *v, int32_t count)
{
    double worst = 0.0;
    for (int32_t i = 0; i < count; i++)
        if (fabs(v[i]) > worst) worst = fabs(v[i]);
    return worst;
}

double coord_refresh(const coord_lp *lp, coord_basis *bs)
{
    const int64_t base = lp->m + lp->n;
    double *need = bs->scratch;
    for (int64_t v = 0; v < base + lp->rows; v++) {
        if (bs->state[v] == CV_LOWER) bs->x[v] = bs->low[v];
        if (bs->state[v] == CV_UPPER) bs->x[v] = bs->up[v];
        if (bs->state[v] == CV_WORK) bs->x[v] = 0.0;
    }
    /* first pass finds the working arcs' flows, the later ones correct them */
    double residual = 0.0;
    for (int pass = 0; pass < 4; pass++) {
        flows_from_others(lp, bs, need);
        residual = worst_of(need, bs->q);
        if (residual <= 0.01 * lp->flow_tol) break;
        if (pass == 3) break;
        for (int32_t p = 0; p < bs->q; p++) {
            const double *inv = inv_row(bs, p);
            double d = 0.0;
            for (int32_t t = 0; t < bs->q; t++) d += inv[t] * need[t];
            bs->x[bs->work_arc[p]] += d;
        }
    }
    for (int64_t r = 0; r < lp->rows; r++) bs->lambda[r] = 0.0;
    for (int pass = 0; pass < 3; pass++) {
        potentials(lp, bs);
        for (int32_t t = 0; t < bs->q; t++) need[t] = 0.0;
        double worst = 0.0;
        for (int32_t p = 0; p < bs->q; p++) {
            const double *inv = inv_row(bs, p);
            const double rc = reduced_cost(lp, bs, bs->work_arc[p]);
            if (fabs(rc) > worst) worst = fabs(rc);
            if (rc == 0.0) continue;
            for (int32_t t = 0; t < bs->q; t++) need[t] += rc * inv[t];
        }
        if (worst <= 0.01 * lp->cost_tol) break;
        for (int32_t t = 0; t < bs->q; t++) bs->lambda[bs->tight_row[t]] += need[t];
        if (pass == 2) potentials(lp, bs);
    }
    for (int64_t a = 0; a < base; a++)
        bs->rc[a] = bs->state[a] <= CV_UPPER && a < lp->m ? reduced_cost(lp, bs, a) : 0.0;
    for (int64_t r = 0; r < lp->rows; r++) bs->rc[base + r] = bs->lambda[r];
    return residual;
}

int64_t coord_flip_to_dual(const coord_lp *lp, coord_basis *bs)
{
    int64_t flips = 0;
    for (int64_t v = 0; v < lp->m + lp->n + lp->rows; v++) {
        if (bs->state[v] > CV_UPPER || bs->low[v] == bs->up[v]) continue;
        const double tol = lp->cost_tol;
        if (bs->state[v] == CV_LOWER && bs->rc[v] < -tol)
            bs->state[v] = CV_UPPER;
        else if (bs->state[v] == CV_UPPER && bs->rc[v] > tol)
            bs->state[v] = CV_LOWER;
        else
            continue;
        flips++;
    }
    return flips;
}
