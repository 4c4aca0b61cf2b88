/* Analysis of the normal equations, see chol.h. */
#include "chol.h"

#include <stdlib.h>
#include <string.h>

/* ---- graph, elimination tree, counts --------------------------------------------------- */

void chol_graph(const chol_matrix *a, int64_t *first, int32_t *index, int32_t *mark)
{
    int64_t at = 0;
    for (int32_t i = 0; i < a->n; i++) mark[i] = -1;
    for (int32_t i = 0; i < a->n; i++) {
        first[i] = at;
        mark[i] = i;
        for (int64_t e = a->row_first[i]; e < a->row_first[i + 1]; e++) {
            const int64_t c = a->row_col[e];
            for (int64_t q = a->col_first[c]; q < a->col_first[c + 1]; q++) {
                const int32_t k = a->col_row[q];
                if (mark[k] == i) continue;
                mark[k] = i;
                if (index) index[at] = k;
                at++;
            }
        }
    }
    first[a->n] = at;
}

static void etree(int32_t n, const int64_t *first, const int32_t *index, const int32_t *perm,
                  const int32_t *inv, int32_t *parent, int32_t *ancestor)
{
    for (int32_t j = 0; j < n; j++) {
        parent[j] = ancestor[j] = -1;
        const int32_t old = perm[j];
        for (int64_t e = first[old]; e < first[old + 1]; e++) {
            int32_t i = inv[index[e]];
            while (i >= 0 && i < j) {
                const int32_t up = ancestor[i];
                ancestor[i] = j;
                if (up < 0) parent[i] = j;
                i = up == j ? -1 : up;
            }
        }
    }
}

/* Postorder of the tree into post; head, next, stack: n each. */
static void postorder(int32_t n, const int32_t *parent, int32_t *post, int32_t *head,
                      int32_t *next, int32_t *stack)
{
    int32_t count = 0;
    for (int32_t j = 0; j < n; j++) head[j] = -1;
    for (int32_t j = n; j-- > 0;) {
        if (parent[j] < 0) continue;
        next[j] = head[parent[j]];
        head[parent[j]] = j;
    }
    for (int32_t root = 0; root < n; root++) {
        if (parent[root] >= 0) continue;
        int32_t top = 0;
        stack[0] = root;
        while (top >= 0) {
            const int32_t i = stack[top], c = head[i];
            if (c < 0) {
                post[count++] = i;
                top--;
            } else {
                head[i] = next[c];
                stack[++top] = c;
            }
        }
    }
}

/* Counts of a postordered tree [GNP94]: delta in count. */
static void column_counts(int32_t n, const int64_t *first, const int32_t *index,
                          const int32_t *perm, const int32_t *inv, const int32_t *parent,
                          int32_t *count, int32_t *work)
{
    int32_t *begin = work, *most = work + n, *prev = work + 2 * (int64_t)n,
            *ancestor = work + 3 * (int64_t)n;
    for (int32_t j = 0; j < n; j++) {
        begin[j] = -1;
        most[j] = prev[j] = -1;
        ancestor[j] = j;
    }
    for (int32_t j = 0; j < n; j++) {
        count[j] = begin[j] < 0;
        for (int32_t i = j; i >= 0 && begin[i] < 0; i = parent[i]) begin[i] = j;
    }
    for (int32_t j = 0; j < n; j++) {
        if (parent[j] >= 0) count[parent[j]]--;
        const int32_t old = perm[j];
        for (int64_t e = first[old]; e < first[old + 1]; e++) {
            const int32_t i = inv[index[e]];
            if (i <= j || begin[j] <= most[i]) continue;
            most[i] = begin[j];
            const int32_t last = prev[i];
            prev[i] = j;
            count[j]++;
            if (last < 0) continue;
            int32_t q = last;
            while (ancestor[q] != q) q = ancestor[q];
            for (int32_t s = last; s != q;) {
                const int32_t up = ancestor[s];
                ancestor[s] = q;
                s = up;
            }
            count[q]--;
        }
        if (parent[j] >= 0) ancestor[j] = parent[j];
    }
    for (int32_t j = 0; j < n; j++)
        if (parent[j] >= 0) count[parent[j]] += count[j];
}

double chol_tree(int32_t n, const int64_t *first, const int32_t *index, int32_t *perm,
                 int32_t *parent, int32_t *count, int32_t *work)
{
    int32_t *inv = work, *post = work + n, *a = work + 2 * (int64_t)n,
            *b = work + 3 * (int64_t)n, *c = work + 4 * (int64_t)n, *d = work + 5 * (int64_t)n;
    for (int32_t j = 0; j < n; j++) inv[perm[j]] = j;
    etree(n, first, index, perm, inv, parent, a);
    postorder(n, parent, post, a, b, c);
    for (int32_t j = 0; j < n; j++) a[post[j]] = j; /* tree number -> postorder */
    for (int32_t j = 0; j < n; j++) {
        b[j] = perm[post[j]];
        d[j] = parent[post[j]] < 0 ? -1 : a[parent[post[j]]];
    }
    memcpy(perm, b, (size_t)n * sizeof *perm);
    memcpy(parent, d, (size_t)n * sizeof *parent);
    for (int32_t j = 0; j < n; j++) inv[perm[j]] = j;
    column_counts(n, first, index, perm, inv, parent, count, work + n);
    double flops = 0.0;
    for (int32_t j = 0; j < n; j++) flops += (double)count[j] * count[j];
    return flops;
}

/* Below so many flops (a millisecond or two) a factorization is over before a second thread is of use. */
#define WORTH_SHARING 1e7

/* ---- fronts ---------------------------------------------------------------------------- */

/* Row i is in the fronts on the way from each neighbour before it up to its own front: rows come out sorted. */
void chol_rows(chol *f, const int64_t *first, const int32_t *index, const int32_t *perm,
               const int32_t *inverse_perm, int32_t *mark)
{
    if (!f->row) memset(f->row_first, 0, ((size_t)f->fronts + 1) * sizeof *f->row_first);
    for (int32_t s = 0; s < f->fronts; s++) mark[s] = -1;
    for (int32_t i = 0; i < f->n; i++) {
        const int32_t own = f->front_of[i], old = perm[i];
        for (int64_t e = first[old]; e < first[old + 1]; e++) {
            const int32_t k = inverse_perm[index[e]];
            if (k >= i) continue;
            for (int32_t s = f->front_of[k]; s != own && mark[s] != i; s = f->parent[s]) {
                mark[s] = i;
                if (f->row) f->row[f->row_first[s]] = i;
                f->row_first[s]++;
            }
        }
    }
    int64_t sum = 0;
    if (f->row) { /* ends have become the begins of the next */
        for (int32_t s = f->fronts; s > 0; s--) f->row_first[s] = f->row_first[s - 1];
        f->row_first[0] = 0;
        return;
    }
    for (int32_t s = 0; s <= f->fronts; s++) {
        const int64_t here = s < f->fronts ? f->row_first[s] : 0;
        f->row_first[s] = sum;
        sum += here;
    }
}

static int32_t cols_of(const chol *f, int32_t s)
{
    return f->front_first[s + 1] - f->front_first[s];
}

static int32_t rows_of(const chol *f, int32_t s)
{
    return cols_of(f, s) + (int32_t)(f->row_first[s + 1] - f->row_first[s]);
}

static int64_t update_of(const chol *f, int32_t s)
{
    return dense_update_size(rows_of(f, s), cols_of(f, s));
}

static void places_above(chol *f, int32_t s)
{
    const int32_t p = f->parent[s];
    if (p < 0) return;
    const int32_t begin = f->front_first[p], end = f->front_first[p + 1];
    int64_t q = f->row_first[p];
    for (int64_t e = f->row_first[s]; e < f->row_first[s + 1]; e++) {
        if (f->row[e] < end) {
            f->rel[e] = f->row[e] - begin;
            continue;
        }
        while (f->row[q] != f->row[e]) q++;
        f->rel[e] = end - begin + (int32_t)(q - f->row_first[p]);
    }
}

/* Update matrices on a stack, children above their front: most that fronts from .. last need at once. Roots of
 * other pieces lie elsewhere. */
static int64_t stack_need(const chol *f, int32_t from, int32_t last, const bool *skip)
{
    int64_t now = 0, most = 0;
    for (int32_t s = from; s <= last; s++) {
        if (skip && skip[s]) continue;
        const int64_t own = update_of(f, s);
        if (now + own > most) most = now + own;
        now += own;
        for (int32_t c = f->child[s]; c >= 0; c = f->next[c])
            if (!skip || !skip[c]) now -= update_of(f, c);
    }
    return most;
}

static int by_work(const void *a, const void *b)
{
    const chol_piece *p = a, *q = b;
    if (p->work != q->work) return p->work > q->work ? -1 : 1;
    return (p->first > q->first) - (p->first < q->first);
}

/* Subtrees of at most 1 / (8 threads) of the work, as large as they come. */
static void choose_pieces(chol *f, double *work)
{
    double all = 0.0;
    for (int32_t s = 0; s < f->fronts; s++) work[s] = 0.0;
    for (int32_t s = 0; s < f->fronts; s++) {
        const double own = chol_front_work(cols_of(f, s), rows_of(f, s) - cols_of(f, s));
        work[s] += own;
        all += own;
        if (f->parent[s] >= 0) work[f->parent[s]] += work[s];
    }
    const double limit = f->threads > 1 ? all / (8.0 * f->threads) : all;
    f->pieces = f->tops = 0;
    int32_t next = 0; /* first front of the piece to come */
    for (int32_t s = 0; s < f->fronts; s++) {
        const bool small = work[s] <= limit;
        const bool above = f->parent[s] >= 0 && work[f->parent[s]] <= limit;
        if (!small) {
            f->top[f->tops++] = s;
            next = s + 1;
        } else if (!above) {
            f->piece[f->pieces++] = (chol_piece){.work = work[s], .first = next, .last = s};
            next = s + 1;
        }
    }
    qsort(f->piece, (size_t)f->pieces, sizeof *f->piece, by_work);
}

void chol_plan(chol *f, int threads, double *work)
{
    f->kind = dense_best();
    f->flops = 0.0;
    f->nonzeros = 0;
    f->largest = 0;
    for (int32_t s = 0; s < f->fronts; s++) f->child[s] = -1;
    int64_t at = 0;
    for (int32_t s = 0; s < f->fronts; s++) {
        const int32_t nc = cols_of(f, s), nr = rows_of(f, s);
        const int32_t p = f->parent[s];
        if (p >= 0) {
            f->next[s] = f->child[p];
            f->child[p] = s;
        } else {
            f->next[s] = -1;
        }
        places_above(f, s);
        f->panel[s] = at;
        at += dense_panel_size(nr, nc);
        if (nr > f->largest) f->largest = nr;
        f->nonzeros += (int64_t)nc * (nc + 1) / 2 + (int64_t)nc * (nr - nc);
        for (int32_t k = 0; k < nc; k++) f->flops += (double)(nr - k) * (nr - k);
    }
    f->panel[f->fronts] = at;
    f->threads = f->flops < WORTH_SHARING ? 1 : threads;
    choose_pieces(f, work);
    bool *inside = (bool *)(void *)work;
    memset(inside, 0, (size_t)f->fronts);
    for (int32_t s = 0; s < f->fronts; s++) f->piece_of[s] = -1;
    f->arena = f->hand_size = 0;
    for (int32_t k = 0; k < f->pieces; k++) {
        chol_piece *q = &f->piece[k];
        memset(inside + q->first, 1, (size_t)(q->last - q->first + 1));
        const int64_t need = stack_need(f, q->first, q->last, NULL);
        if (need > f->arena) f->arena = need;
        f->piece_of[q->last] = k;
        q->hand = f->hand_size;
        f->hand_size += update_of(f, q->last);
    }
    f->top_arena = f->fronts > 0 ? stack_need(f, 0, f->fronts - 1, inside) : 0;
}

void chol_entries(chol *f, const chol_matrix *a, int32_t *map)
{
    int64_t at = 0;
    for (int32_t s = 0; s < f->fronts; s++) {
        const int32_t from = f->front_first[s], end = f->front_first[s + 1], nc = end - from;
        for (int32_t i = from; i < end; i++) map[i] = i - from;
        for (int64_t e = f->row_first[s]; e < f->row_first[s + 1]; e++)
            map[f->row[e]] = nc + (int32_t)(e - f->row_first[s]);
        f->entry_first[s] = at;
        for (int32_t j = from; j < end; j++) {
            if (f->entry)
                f->entry[at] = (chol_entry){(int32_t)((j - from) / STRIP * STRIP * nc +
                                                      (j - from) * STRIP + (j - from) % STRIP),
                                            ~j, 1.0};
            at++;
            for (int64_t e = a->row_first[j]; e < a->row_first[j + 1]; e++) {
                const int64_t c = a->row_col[e];
                double own = 0.0;
                if (f->entry)
                    for (int64_t q = a->col_first[c]; q < a->col_first[c + 1]; q++)
                        if (a->col_row[q] == j) own = a->col_value[q];
                for (int64_t q = a->col_first[c]; q < a->col_first[c + 1]; q++) {
                    const int32_t i = a->col_row[q];
                    if (i < j) continue;
                    if (f->entry) {
                        const int32_t r = map[i];
                        f->entry[at] = (chol_entry){r / STRIP * STRIP * nc +
                                                        (j - from) * STRIP + r % STRIP,
                                                    (int32_t)c, own * a->col_value[q]};
                    }
                    at++;
                }
            }
        }
    }
    f->entry_first[f->fronts] = at;
}
