/* Solves with the factors of a basis. See lu.h. */
#include "lu.h"

#include <math.h>
#include <string.h>

#define ZERO 1e-14 /* smaller results are rounding noise */

static inline void want(uint64_t *todo, int32_t rank)
{
    todo[rank >> 6] |= (uint64_t)1 << (rank & 63);
}

/* x goes to its ranks, which are to be visited. Returns the first word with one, INT32_MAX: none. */
static int32_t begin(const lu_factors *f, lu_scratch *s, lu_vector *x)
{
    int32_t first = INT32_MAX;
    for (int32_t i = 0; i < x->count; i++) {
        const int32_t k = x->list[i], rank = f->rank[k];
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

/* T^-1 by ranks where entries lead to later ranks, of which the first has its bit in word lo. The ranks of what is not zero
 * are the new todo. Returns its last word, -1: none. */
static int32_t go_up(const lu_factors *f, lu_scratch *s, const lu_triangle *t, int32_t lo)
{
    uint64_t *todo = s->todo;
    double *w = s->by_rank;
    const int32_t words = f->n >> 6;
    int32_t last = -1;
    for (int32_t i = lo; i <= words; i++) {
        uint64_t kept = 0;
        while (todo[i]) {
            const int b = __builtin_ctzll(todo[i]);
            const int32_t rank = (i << 6) + b;
            todo[i] &= todo[i] - 1;
            w[rank] = push(t, w, rank, todo);
            if (w[rank] != 0.0) kept |= (uint64_t)1 << b;
        }
        if (!kept) continue;
        s->next_todo[i] = kept;
        last = i;
    }
    s->todo = s->next_todo;
    s->next_todo = todo;
    return last;
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

/* In the order of the exchanges. */
static void apply_etas(const lu_factors *f, lu_scratch *s, lu_vector *x)
{
    int64_t work = f->etas / 4;
    for (int32_t k = 0; k < f->etas; k++) {
        const lu_eta *eta = &f->eta[k];
        if (x->value[eta->row] == 0.0) continue;
        const double v = x->value[eta->row] / eta->pivot;
        x->value[eta->row] = v;
        for (int64_t e = eta->first; e < eta[1].first; e++)
            lu_add(x, f->eta_entry[e].row, -f->eta_entry[e].value * v);
        work += eta[1].first - eta->first;
    }
    s->work += work;
    int32_t keep = 0; /* sums that cancelled */
    for (int32_t i = 0; i < x->count; i++) {
        const int32_t k = x->list[i];
        if (fabs(x->value[k]) < ZERO) {
            x->value[k] = 0.0;
            x->mark[k] = 0;
        } else {
            x->list[keep++] = k;
        }
    }
    x->count = keep;
}

/* v times a row's entries to the sums of their etas. */
static inline int64_t scatter(lu_factors *f, int32_t entries, double v)
{
    int64_t work = 0;
    for (int32_t e = entries; e >= 0; e = f->eta_entry[e].next, work++) {
        const lu_eta_entry *to = &f->eta_entry[e];
        f->eta_sum[to->eta] += to->value * v;
        want(f->eta_todo, to->eta);
    }
    return work;
}

/* Against the order of the exchanges. A row's value holds for the etas behind the last one that has it as its row,
 * which gives it another value for those before. */
static void apply_etas_transposed(lu_factors *f, lu_vector *x)
{
    int64_t work = 0;
    for (int32_t i = 0; i < x->count; i++) {
        const int32_t r = x->list[i];
        if (x->value[r] == 0.0) continue;
        work += scatter(f, f->row_entries[r], x->value[r]) + 1;
        if (f->row_eta[r] >= 0) want(f->eta_todo, f->row_eta[r]);
    }
    for (int32_t w = (f->etas - 1) >> 6; w >= 0; w--) {
        while (f->eta_todo[w]) {
            const int b = 63 - __builtin_clzll(f->eta_todo[w]);
            const int32_t k = (w << 6) + b;
            const lu_eta *eta = &f->eta[k];
            double v = (x->value[eta->row] - f->eta_sum[k]) / eta->pivot;
            f->eta_todo[w] ^= (uint64_t)1 << b;
            f->eta_sum[k] = 0.0;
            if (fabs(v) < ZERO) v = 0.0;
            if (v == 0.0 && x->value[eta->row] == 0.0) continue;
            lu_add(x, eta->row, v - x->value[eta->row]);
            x->value[eta->row] = v;
            if (v == 0.0) continue;
            work += scatter(f, eta->entries, v) + 1;
            if (eta->before >= 0) want(f->eta_todo, eta->before);
        }
    }
    f->scratch[0].work += 2 * work;
}

static void solve(const lu_factors *f, lu_scratch *s, lu_vector *x)
{
    const int32_t lo = begin(f, s, x);
    go_down(s, &f->u, x, go_up(f, s, &f->l, lo));
    if (f->etas > 0) apply_etas(f, s, x);
}

void lu_solve(lu_factors *f, lu_vector *x)
{
    solve(f, &f->scratch[0], x);
}

void lu_solve_beside(lu_factors *f, lu_vector *x)
{
    solve(f, &f->scratch[1], x);
}

void lu_solve_transposed(lu_factors *f, lu_vector *x)
{
    lu_scratch *s = &f->scratch[0];
    if (f->etas > 0) apply_etas_transposed(f, x);
    const int32_t lo = begin(f, s, x);
    go_down(s, &f->lt, x, go_up(f, s, &f->ut, lo));
}

bool lu_exchange(lu_factors *f, int32_t r, const lu_vector *x)
{
    const int32_t k = f->etas;
    lu_eta *eta = &f->eta[k];
    int64_t at = eta->first;
    if (k == f->eta_most || at + x->count > f->eta_cap) return false;
    for (int32_t i = 0; i < x->count; i++) {
        const int32_t row = x->list[i];
        if (row == r || x->value[row] == 0.0) continue;
        f->eta_entry[at] = (lu_eta_entry){x->value[row], row, k, f->row_entries[row]};
        f->row_entries[row] = (int32_t)at++;
    }
    eta->pivot = x->value[r];
    eta->row = r;
    eta->before = f->row_eta[r];
    eta->entries = f->row_entries[r];
    f->row_eta[r] = k;
    f->row_entries[r] = -1;
    f->etas++;
    f->eta[k + 1].first = at;
    return true;
}
