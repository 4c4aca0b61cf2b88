/* Numbers of the factorization, see chol.h. */
#include "chol.h"

#include "team.h"

#include <string.h>

typedef struct {
    int32_t nc, nr;
    int64_t rows; /* f->row_first */
} shape;

static shape shape_of(const chol *f, int32_t s)
{
    const int32_t nc = f->front_first[s + 1] - f->front_first[s];
    return (shape){nc, nc + (int32_t)(f->row_first[s + 1] - f->row_first[s]), f->row_first[s]};
}

/* ---- solves, front by front -------------------------------------------------------------- */

static void forward(const chol *f, int32_t s, double *x, double *w)
{
    const shape a = shape_of(f, s);
    const int32_t from = f->front_first[s];
    for (int32_t i = 0; i < a.nc; i++) w[i] = x[from + i];
    for (int32_t c = f->child[s]; c >= 0; c = f->next[c])
        for (int64_t e = f->row_first[c]; e < f->row_first[c + 1]; e++)
            w[f->rel[e]] += f->carry[e];
    dense_forward(f->kind, f->l + f->panel[s], a.nr, a.nc, f->inverse + from, w);
    for (int32_t i = 0; i < a.nc; i++) x[from + i] = w[i];
    for (int32_t i = a.nc; i < a.nr; i++) f->carry[a.rows + i - a.nc] = w[i];
    memset(w, 0, (size_t)(dense_strips(a.nr) * STRIP) * sizeof *w);
}

static void backward(const chol *f, int32_t s, double *x, double *w)
{
    const shape a = shape_of(f, s);
    const int32_t from = f->front_first[s];
    for (int32_t i = 0; i < a.nc; i++) w[i] = x[from + i];
    for (int32_t i = a.nc; i < a.nr; i++) w[i] = x[f->row[a.rows + i - a.nc]];
    dense_backward(f->kind, f->l + f->panel[s], a.nr, a.nc, f->inverse + from, w);
    for (int32_t i = 0; i < a.nc; i++) x[from + i] = w[i];
    memset(w, 0, (size_t)(dense_strips(a.nr) * STRIP) * sizeof *w);
}

/* ---- factors ----------------------------------------------------------------------------- */

/* Adds the update matrix u of front c to the panel and the update matrix of the front above it. */
static void extend_add(const chol *f, int32_t c, const double *u, double *panel, double *up)
{
    const shape a = shape_of(f, c), b = shape_of(f, f->parent[c]);
    const int32_t *rel = f->rel + a.rows;
    const int32_t nu = a.nr - a.nc, skip = a.nc % STRIP;
    const int64_t base = dense_update_base(b.nc);
    /* rows 0 .. inside go to columns of the panel as columns */
    int32_t inside = 0;
    while (inside < nu && rel[inside] < b.nc) inside++;
    for (int64_t s = 0; s * STRIP < nu + skip; s++) {
        const double *from = u + 64 * (s * (s + 1) / 2);
        const int32_t first = (int32_t)(s * STRIP) - skip;
        const int low = first < 0 ? -first : 0;
        const int high = nu - first < STRIP ? nu - first : STRIP;
        double *to_panel[STRIP], *to_update[STRIP];
        for (int r = low; r < high; r++) {
            const int32_t row = rel[first + r];
            to_panel[r] = panel + (int64_t)(row / STRIP) * STRIP * b.nc + row % STRIP;
            if (row < b.nc) continue;
            const int64_t t = row / STRIP - base;
            to_update[r] = up + 64 * (t * (t + 1) / 2) + row % STRIP - STRIP * STRIP * base;
        }
        const int32_t last = first + high; /* columns up to the diagonal of the strip */
        for (int32_t j = 0; j < last; j++) {
            const double *v = from + STRIP * (int64_t)(j + skip);
            const int64_t col = STRIP * (int64_t)rel[j];
            const int begin = j > first + low ? j - first : low;
            if (j < inside)
                for (int r = begin; r < high; r++) to_panel[r][col] += v[r];
            else
                for (int r = begin; r < high; r++) to_update[r][col] += v[r];
        }
    }
}

/* D, E; x: a right-hand side that is solved forwards on the way, while the panels are at hand, or NULL. */
typedef struct {
    const double *d, *e;
    double *x;
    double tiny;
} values;

static void assemble(const chol *f, int32_t s, const values *in, double *panel)
{
    for (int64_t k = f->entry_first[s]; k < f->entry_first[s + 1]; k++) {
        const chol_entry *x = &f->entry[k];
        panel[x->pos] += x->col >= 0 ? x->value * in->d[x->col] : in->e[~x->col];
    }
}

/* Update matrices lie one on the other: first those of the children, the last child on top. The new one is made above them
 * and moved down to where the first began. */
static int64_t front(const chol *f, int32_t s, const values *in, double *stack, int64_t *top,
                     double *keep, const int32_t *piece_of, int threads, double *vector)
{
    const shape a = shape_of(f, s);
    double *panel = f->l + f->panel[s], *inverse = f->inverse + f->front_first[s];
    const int64_t size = dense_update_size(a.nr, a.nc);
    double *u = keep ? keep : stack + *top;
    memset(panel, 0, (size_t)dense_panel_size(a.nr, a.nc) * sizeof *panel);
    memset(u, 0, (size_t)size * sizeof *u);
    assemble(f, s, in, panel);
    int64_t below = *top;
    for (int32_t c = f->child[s]; c >= 0; c = f->next[c]) {
        const shape b = shape_of(f, c);
        const int64_t child = dense_update_size(b.nr, b.nc);
        const double *from;
        if (piece_of && piece_of[c] >= 0) {
            from = f->handed + f->piece[piece_of[c]].hand;
        } else {
            below -= child;
            from = stack + below;
        }
        if (child > 0) extend_add(f, c, from, panel, u);
    }
    const int64_t skipped =
        dense_factor(f->kind, panel, a.nr, a.nc, in->tiny, inverse, threads);
    if (size > 0) dense_update(f->kind, panel, a.nr, a.nc, u, threads);
    if (in->x) forward(f, s, in->x, vector);
    if (!keep && below < *top) memmove(stack + below, u, (size_t)size * sizeof *u);
    *top = keep ? below : below + size;
    return skipped;
}

static int64_t piece(const chol *f, int32_t k, const values *in, double *stack, double *vector)
{
    int64_t top = 0, skipped = 0;
    const chol_piece *q = &f->piece[k];
    for (int32_t s = q->first; s <= q->last; s++)
        skipped += front(f, s, in, stack, &top, s == q->last ? f->handed + q->hand : NULL, NULL,
                         1, vector);
    return skipped;
}

/* The largest diagonal entry of the matrix, for the size of what counts as no pivot. */
static double largest_diagonal(const chol *f, const values *in)
{
    double most = 0.0;
    for (int32_t s = 0; s < f->fronts; s++) {
        int32_t now = -1;
        double sum = 0.0;
        for (int64_t k = f->entry_first[s]; k < f->entry_first[s + 1]; k++) {
            const chol_entry *x = &f->entry[k];
            if (x->col < 0) { /* begins a column; its entries follow */
                if (sum > most) most = sum;
                sum = in->e[~x->col];
                now = x->pos;
            } else if (x->pos == now) {
                sum += x->value * in->d[x->col];
            }
        }
        if (sum > most) most = sum;
    }
    return most;
}

static int64_t vector_room(const chol *f)
{
    return f->largest + 2 * STRIP;
}

void chol_factor(chol *f, const double *d, const double *e, double *x)
{
    values in = {d, e, x, 0.0};
    const int64_t room = vector_room(f);
    in.tiny = 1e-28 * largest_diagonal(f, &in);
    const int32_t pieces = f->pieces;
    const int threads = f->threads;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) default(none)               \
    shared(f, in, pieces, threads, room)
    for (int32_t k = 0; k < pieces; k++) {
        const int t = thread_number();
        f->piece[k].skipped =
            piece(f, k, &in, f->stack + t * f->arena, f->front_vector + t * room);
    }
    int64_t top = 0, skipped = 0;
    for (int32_t k = 0; k < pieces; k++) skipped += f->piece[k].skipped;
    double *stack = f->stack + threads * f->arena;
    for (int32_t t = 0; t < f->tops; t++)
        skipped +=
            front(f, f->top[t], &in, stack, &top, NULL, f->piece_of, threads, f->front_vector);
    f->skipped = skipped;
}

void chol_back(chol *f, double *x)
{
    const int32_t pieces = f->pieces;
    const int threads = f->threads;
    const int64_t room = vector_room(f);
    for (int32_t t = f->tops; t-- > 0;) backward(f, f->top[t], x, f->front_vector);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) default(none)               \
    shared(f, x, pieces, room, threads)
    for (int32_t k = 0; k < pieces; k++) {
        const chol_piece *q = &f->piece[k];
        double *w = f->front_vector + thread_number() * room;
        for (int32_t s = q->last; s >= q->first; s--) backward(f, s, x, w);
    }
}

void chol_solve(chol *f, double *x)
{
    const int32_t pieces = f->pieces;
    const int threads = f->threads;
    const int64_t room = vector_room(f);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) default(none)               \
    shared(f, x, pieces, room, threads)
    for (int32_t k = 0; k < pieces; k++) {
        const chol_piece *q = &f->piece[k];
        double *w = f->front_vector + thread_number() * room;
        for (int32_t s = q->first; s <= q->last; s++) forward(f, s, x, w);
    }
    for (int32_t t = 0; t < f->tops; t++) forward(f, f->top[t], x, f->front_vector);
    chol_back(f, x);
}
