/* Solves with the factors of a basis. See lu.h. */
#include "lu.h"

#include <math.h>
#include <string.h>

#define ZERO 1e-14 /* smaller results are rounding noise */

static inline void want(uint64_t *todo, int32_t rank)
{
    todo[rank >> 6] |= (uint64_t)1 << (rank & 63);
}

static inline void forget(uint64_t *todo, int32_t rank)
{
    todo[rank >> 6] &= ~((uint64_t)1 << (rank & 63));
}

/* x goes to its ranks, which are to be visited. Returns the first word with one, INT32_MAX: none. */
static int32_t begin(const int32_t *rank_of, lu_scratch *s, lu_vector *x)
{
    int32_t first = INT32_MAX;
    for (int32_t i = 0; i < x->count; i++) {
        const int32_t k = x->list[i], rank = rank_of[k];
        s->by_rank[rank] = x->value[k];
        x->value[k] = 0.0;
        x->mark[k] = 0;
        want(s->todo, rank);
        if (rank < first) first = rank;
    }
    x->count = 0;
    return first == INT32_MAX ? first : first >> 6;
}

/* One pivot; its value, 0 when there is nothing to pass on. */
static inline double push(const lu_triangle *t, double *w, int32_t rank, uint64_t *todo)
{
    const lu_pivot *p = &t->pivot[rank];
    double v = w[rank];
    if (fabs(v) < ZERO) return 0.0;
    v *= p->inverse;
    for (int32_t e = p->first; e < p[1].first; e++) {
        const lu_entry *to = &t->entry[e];
        w[to->rank] -= to->value * v;
        want(todo, to->rank);
    }
    return v;
}

/* What exchanges added to the row of U. Returns how many. */
static inline int64_t push_added(const lu_factors *f, double *w, int32_t rank, double v,
                                 uint64_t *todo)
{
    int64_t count = 0;
    for (int32_t e = f->chain[rank]; e >= 0; e = f->added[e].next, count++) {
        w[f->added[e].rank] -= f->added[e].value * v;
        want(todo, f->added[e].rank);
    }
    return count;
}

/* v of the rank to the exchanges whose transforms it takes part in. Returns how many. */
static inline int64_t scatter(const lu_factors *f, lu_scratch *s, int32_t rank, double v)
{
    int64_t count = 0;
    for (int32_t e = f->hit_of[rank]; e >= 0; e = f->hit[e].next, count++) {
        s->eta_sum[f->hit[e].eta] += f->hit[e].value * v;
        want(s->eta_todo, f->hit[e].eta);
    }
    return count;
}

/* T^-1 by ranks where entries lead to later ranks, of which the first has its bit in word lo. The ranks of what is not zero
 * are the new todo. Returns its last word, -1: none. rows: T is U by rows, with what exchanges added; else L, whose results go to the
 * transforms. */
static inline int32_t up(const lu_factors *f, lu_scratch *s, const lu_triangle *t, bool rows,
                         int32_t lo, int32_t words)
{
    uint64_t *todo = s->todo;
    double *w = s->by_rank;
    int32_t last = -1;
    for (int32_t i = lo; i <= words; i++) {
        uint64_t kept = 0;
        while (todo[i]) {
            const int b = __builtin_ctzll(todo[i]);
            const int32_t rank = (i << 6) + b;
            todo[i] &= todo[i] - 1;
            const double v = push(t, w, rank, todo);
            if (v != 0.0)
                s->work += rows ? push_added(f, w, rank, v, todo) : scatter(f, s, rank, v);
            w[rank] = v;
            if (v != 0.0) kept |= (uint64_t)1 << b;
        }
        if (!kept) continue;
        s->next_todo[i] = kept;
        last = i;
    }
    s->todo = s->next_todo;
    s->next_todo = todo;
    return last;
}

static int32_t up_l(const lu_factors *f, lu_scratch *s, int32_t lo)
{
    return up(f, s, &f->l, false, lo, f->n >> 6);
}

static int32_t up_ut(const lu_factors *f, lu_scratch *s, int32_t lo)
{
    return up(f, s, &f->ut, true, lo, (f->n + f->etas) >> 6);
}

/* The same where entries lead to earlier ranks; the result goes to x. */
static void go_down(lu_scratch *s, const lu_triangle *t, lu_vector *x, int32_t hi)
{
    uint64_t *todo = s->todo;
    double *w = s->by_rank;
    int32_t count = 0;
    for (int32_t i = hi; i >= 0; i--) {
        while (todo[i]) {
            const int b = 63 - __builtin_clzll(todo[i]);
            const int32_t rank = (i << 6) + b, row = t->pivot[rank].row;
            todo[i] ^= (uint64_t)1 << b;
            const double v = push(t, w, rank, todo);
            w[rank] = 0.0;
            if (v == 0.0) continue;
            x->value[row] = v;
            x->mark[row] = 1;
            x->list[count++] = row;
        }
    }
    x->count = count;
}

/* In the order of the exchanges. hi: the last word to be visited, before and in the result. */
static int32_t transform(const lu_factors *f, lu_scratch *s, int32_t hi)
{
    double *w = s->by_rank;
    for (int32_t i = 0; i < (f->etas + 63) >> 6; i++)
        while (s->eta_todo[i]) {
            const int32_t k = (i << 6) + __builtin_ctzll(s->eta_todo[i]);
            const lu_eta *eta = &f->eta[k];
            const double v = -s->eta_sum[k];
            s->eta_todo[i] &= s->eta_todo[i] - 1;
            s->eta_sum[k] = 0.0;
            w[eta->from] = 0.0;
            forget(s->todo, eta->from);
            if (fabs(v) < ZERO) continue;
            w[eta->to] = v;
            want(s->todo, eta->to);
            if (eta->to >> 6 > hi) hi = eta->to >> 6;
            s->work += scatter(f, s, eta->to, v) + 1;
        }
    return hi;
}

/* Against it: what is at ranks that exchanges made, which come last. */
static int32_t transform_back(const lu_factors *f, lu_scratch *s, int32_t hi)
{
    double *w = s->by_rank;
    const int32_t n = f->n, first = n >> 6;
    for (int32_t i = hi; i >= first; i--)
        while (s->todo[i]) {
            const int32_t to = (i << 6) + 63 - __builtin_clzll(s->todo[i]);
            if (to < n) break;
            const lu_eta *eta = &f->eta[to - n];
            const double v = w[to];
            w[to] = 0.0;
            forget(s->todo, to);
            if (v == 0.0) continue;
            w[eta->from] = v;
            want(s->todo, eta->from);
            for (int64_t e = eta->first; e < eta[1].first; e++) {
                w[f->term[e].rank] -= f->term[e].value * v;
                want(s->todo, f->term[e].rank);
            }
            s->work += eta[1].first - eta->first + 1;
        }
    /* now all are ranks of L; those that came are anywhere */
    return f->etas > 0 ? (n - 1) >> 6 : hi;
}

/* What stands between L and U, from word lo on. */
static void keep_spike(lu_factors *f, const lu_scratch *s, int32_t lo, int32_t hi)
{
    f->spikes = 0;
    for (int32_t i = lo; i <= hi; i++)
        for (uint64_t bits = s->todo[i]; bits; bits &= bits - 1) {
            const int32_t rank = (i << 6) + __builtin_ctzll(bits);
            if (s->by_rank[rank] != 0.0)
                f->spike[f->spikes++] = (lu_term){s->by_rank[rank], rank};
        }
}

static void solve(lu_factors *f, lu_scratch *s, bool entering, lu_vector *x)
{
    const int32_t lo = begin(f->rank, s, x), hi = transform(f, s, up_l(f, s, lo));
    if (entering) keep_spike(f, s, lo, hi);
    go_down(s, &f->u, x, hi);
}

void lu_solve(lu_factors *f, lu_vector *x)
{
    solve(f, &f->scratch[0], false, x);
}

void lu_solve_entering(lu_factors *f, lu_vector *x)
{
    solve(f, &f->scratch[0], true, x);
}

void lu_solve_beside(lu_factors *f, lu_vector *x)
{
    solve(f, &f->scratch[1], false, x);
}

void lu_solve_transposed(lu_factors *f, lu_vector *x)
{
    lu_scratch *s = &f->scratch[0];
    const int32_t lo = begin(f->rank_now, s, x);
    go_down(s, &f->lt, x, transform_back(f, s, up_ut(f, s, lo)));
}

/* ---- exchanges ----------------------------------------------------------------------- */

static inline void put(lu_scratch *s, int32_t rank, double value, int32_t *lo)
{
    if (value == 0.0) return;
    s->by_rank[rank] = value;
    want(s->todo, rank);
    if (rank >> 6 < *lo) *lo = rank >> 6;
}

/* The row of rank k without its pivot, into s; the first word that it is in. */
static int32_t scatter_row(const lu_factors *f, lu_scratch *s, int32_t k)
{
    const lu_pivot *p = &f->ut.pivot[k];
    int32_t lo = INT32_MAX;
    for (int32_t e = p->first; e < p[1].first; e++)
        put(s, f->ut.entry[e].rank, f->ut.entry[e].value, &lo);
    for (int32_t e = f->chain[k]; e >= 0; e = f->added[e].next)
        put(s, f->added[e].rank, f->added[e].value, &lo);
    return lo;
}

/* The transform that takes the row of rank k out of those of later ranks: its terms behind those of the last one. Returns their end, -1: no
 * room. */
static int64_t find_transform(lu_factors *f, int32_t k)
{
    lu_scratch *s = &f->scratch[0];
    const int64_t work = s->work;
    int64_t at = f->eta[f->etas].first;
    bool room = true;
    const int32_t lo = scatter_row(f, s, k), hi = up_ut(f, s, lo);
    for (int32_t i = lo; i <= hi; i++) {
        for (uint64_t bits = s->todo[i]; bits; bits &= bits - 1) {
            const int32_t rank = (i << 6) + __builtin_ctzll(bits);
            room &= at < f->eta_cap;
            if (room) f->term[at++] = (lu_term){s->by_rank[rank], rank};
            s->by_rank[rank] = 0.0;
        }
        s->todo[i] = 0;
    }
    s->work = work;
    return room ? at : -1;
}

/* The entry of column `col` in the row of rank `row` of U becomes nothing. */
static void drop_from_row(lu_factors *f, int32_t row, int32_t col)
{
    const lu_pivot *p = &f->ut.pivot[row];
    for (int32_t e = p->first; e < p[1].first; e++)
        if (f->ut.entry[e].rank == col) {
            f->ut.entry[e].value = 0.0;
            return;
        }
    for (int32_t e = f->chain[row]; e >= 0; e = f->added[e].next)
        if (f->added[e].rank == col) {
            f->added[e].value = 0.0;
            return;
        }
}

static void drop_from_column(lu_factors *f, int32_t col, int32_t row)
{
    const lu_pivot *p = &f->u.pivot[col];
    for (int32_t e = p->first; e < p[1].first; e++)
        if (f->u.entry[e].rank == row) {
            f->u.entry[e].value = 0.0;
            return;
        }
}

/* Row and column of rank k leave U. */
static void drop_rank(lu_factors *f, int32_t k)
{
    const lu_pivot *row = &f->ut.pivot[k], *col = &f->u.pivot[k];
    for (int32_t e = row->first; e < row[1].first; e++)
        if (f->ut.entry[e].value != 0.0) drop_from_column(f, f->ut.entry[e].rank, k);
    for (int32_t e = f->chain[k]; e >= 0; e = f->added[e].next)
        if (f->added[e].value != 0.0) drop_from_column(f, f->added[e].rank, k);
    for (int32_t e = col->first; e < col[1].first; e++)
        if (f->u.entry[e].value != 0.0) drop_from_row(f, f->u.entry[e].rank, k);
}

/* The spike becomes the column of rank `to`, the last one, but for what it has at rank k. */
static void add_column(lu_factors *f, int32_t r, int32_t k, int32_t to, double pivot)
{
    lu_pivot *col = &f->u.pivot[to], *row = &f->ut.pivot[to];
    int32_t at = col->first;
    for (int32_t i = 0; i < f->spikes; i++) {
        const lu_term x = f->spike[i];
        if (x.rank == k) continue;
        f->u.entry[at++] = (lu_entry){f->u.pivot[x.rank].row, x.rank, x.value};
        f->added[f->adds] = (lu_added){x.value, to, f->chain[x.rank]};
        f->chain[x.rank] = (int32_t)f->adds++;
    }
    f->chain[to] = f->hit_of[to] = -1;
    *col = (lu_pivot){r, col->first, 1.0 / pivot};
    col[1] = (lu_pivot){-1, at, 1.0};
    *row = (lu_pivot){r, row->first, 1.0 / pivot};
    row[1] = (lu_pivot){-1, row->first, 1.0};
}

/* The rank takes part in the transform of the exchange that is being made. */
static void add_hit(lu_factors *f, int32_t rank, double value)
{
    f->hit[f->hits] = (lu_hit){value, f->etas, f->hit_of[rank]};
    f->hit_of[rank] = (int32_t)f->hits++;
}

/* How far the new pivot may be from what the column says, relative; where both are right, rounding stays far below. */
#define AGREES 1e-7

bool lu_exchange(lu_factors *f, int32_t r, const lu_vector *x)
{
    const int32_t k = f->rank_now[r], to = f->n + f->etas;
    if (f->etas == f->eta_most || f->adds + f->spikes > f->eta_cap) return false;
    const int64_t end = find_transform(f, k);
    if (end < 0) return false;
    double *w = f->scratch[0].by_rank, pivot = 0.0;
    for (int32_t i = 0; i < f->spikes; i++) w[f->spike[i].rank] = f->spike[i].value;
    pivot = w[k];
    for (int64_t e = f->eta[f->etas].first; e < end; e++)
        pivot -= f->term[e].value * w[f->term[e].rank];
    for (int32_t i = 0; i < f->spikes; i++) w[f->spike[i].rank] = 0.0;
    const double expected = x->value[r] / f->u.pivot[k].inverse;
    if (!(fabs(pivot - expected) <= AGREES * fabs(expected)) || pivot == 0.0) return false;
    drop_rank(f, k);
    add_column(f, r, k, to, pivot);
    add_hit(f, k, -1.0);
    for (int64_t e = f->eta[f->etas].first; e < end; e++)
        add_hit(f, f->term[e].rank, f->term[e].value);
    f->eta[f->etas] = (lu_eta){k, to, f->eta[f->etas].first};
    f->eta[++f->etas].first = end;
    f->rank_now[r] = to;
    return true;
}
