/* Solves with the factors of a basis. See lu.h. */
#include "lu.h"

#include <math.h>
#include <string.h>

#define ZERO 1e-14 /* smaller results are rounding noise */

/* Rows reached from x's nonzeros, in topological order from topo[n - 1] down to topo[*top]. */
static int32_t reach(lu_factors *f, const lu_triangle *t, const lu_vector *x)
{
    int32_t top = f->n;
    for (int32_t s = 0; s < x->count; s++) {
        int32_t depth = 0;
        if (f->seen[x->list[s]]) continue;
        f->stack[0] = x->list[s];
        f->at[0] = t->first[x->list[s]];
        f->seen[x->list[s]] = 1;
        while (depth >= 0) {
            const int32_t k = f->stack[depth];
            int64_t e = f->at[depth];
            const int64_t end = t->first[k + 1];
            while (e < end && f->seen[t->index[e]]) e++;
            if (e == end) {
                f->topo[--top] = k;
                depth--;
                continue;
            }
            f->at[depth] = e + 1;
            f->stack[++depth] = t->index[e];
            f->at[depth] = t->first[t->index[e]];
            f->seen[t->index[e]] = 1;
        }
    }
    return top;
}

static inline void push(const lu_triangle *t, const double *diag, double *value, int32_t k)
{
    double v = value[k];
    if (fabs(v) < ZERO) {
        value[k] = 0.0;
        return;
    }
    if (diag) value[k] = v = v / diag[k];
    for (int64_t e = t->first[k]; e < t->first[k + 1]; e++)
        value[t->index[e]] -= t->value[e] * v;
}

/* x := T^-1 x. step: +1 when T's rows are eliminated in the order of the pivots, -1 against it. */
static void solve(lu_factors *f, const lu_triangle *t, const double *diag, int step,
                  lu_vector *x)
{
    const int32_t n = f->n;
    if ((int64_t)x->count * 10 > n) {
        for (int32_t i = 0; i < n; i++)
            push(t, diag, x->value, f->order[step > 0 ? i : n - 1 - i]);
        x->count = 0;
        for (int32_t i = 0; i < n; i++) {
            x->mark[i] = x->value[i] != 0.0;
            if (x->mark[i]) x->list[x->count++] = i;
        }
        return;
    }
    const int32_t top = reach(f, t, x);
    for (int32_t i = 0; i < x->count; i++) x->mark[x->list[i]] = 0;
    x->count = 0;
    for (int32_t i = top; i < n; i++) {
        const int32_t k = f->topo[i];
        f->seen[k] = 0;
        push(t, diag, x->value, k);
        if (x->value[k] == 0.0) continue;
        x->mark[k] = 1;
        x->list[x->count++] = k;
    }
}

void lu_solve(lu_factors *f, lu_vector *x)
{
    solve(f, &f->l, NULL, 1, x);
    solve(f, &f->u, f->diag, -1, x);
    for (int32_t k = 0; k < f->etas; k++) {
        const int32_t r = f->eta_row[k];
        if (x->value[r] == 0.0) continue;
        const double v = x->value[r] / f->eta_pivot[k];
        x->value[r] = v;
        for (int64_t e = f->eta_first[k]; e < f->eta_first[k + 1]; e++)
            lu_add(x, f->eta_index[e], -f->eta_value[e] * v);
    }
}

void lu_solve_transposed(lu_factors *f, lu_vector *x)
{
    for (int32_t k = f->etas - 1; k >= 0; k--) {
        const int32_t r = f->eta_row[k];
        double v = x->value[r];
        for (int64_t e = f->eta_first[k]; e < f->eta_first[k + 1]; e++)
            v -= f->eta_value[e] * x->value[f->eta_index[e]];
        if (v == 0.0 && x->value[r] == 0.0) continue;
        lu_add(x, r, v / f->eta_pivot[k] - x->value[r]);
    }
    solve(f, &f->ut, f->diag, 1, x);
    solve(f, &f->lt, NULL, -1, x);
}

bool lu_exchange(lu_factors *f, int32_t r, const lu_vector *x)
{
    int64_t at = f->eta_first[f->etas];
    if (f->etas == f->eta_most || at + x->count > f->eta_cap) return false;
    for (int32_t i = 0; i < x->count; i++) {
        const int32_t k = x->list[i];
        if (k == r || x->value[k] == 0.0) continue;
        f->eta_index[at] = k;
        f->eta_value[at++] = x->value[k];
    }
    f->eta_row[f->etas] = r;
    f->eta_pivot[f->etas++] = x->value[r];
    f->eta_first[f->etas] = at;
    return true;
}
