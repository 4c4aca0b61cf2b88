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

/* The update matrix of a front, and where it goes in the front above: panel and update matrix. */
typedef struct {
    const double *u;
    const int32_t *rel;
    int32_t rows, skip; /* of u, and rows before them in its first strip */
    int32_t inside;     /* rows 0 .. inside go to columns of the panel as columns */
    int32_t nc;         /* columns of the panel */
    double *panel, *up;
    dense_kind kind;
} extension;

static inline const double *source_strip(const extension *x, int32_t row)
{
    const int64_t s = (row + x->skip) / STRIP;
    return x->u + 64 * (s * (s + 1) / 2) + (ptrdiff_t)STRIP * x->skip;
}

/* Where column 0 of strip t begins, in the panel, or in the update matrix as if it had the columns of the panel, too. */
static inline double *target_strip(const extension *x, int64_t t, bool in_panel)
{
    const int64_t base = dense_update_base(x->nc), k = t - base;
    return in_panel ? x->panel + t * STRIP * x->nc : x->up + 64 * (k * (k + 1) / 2 - base);
}

/* Columns [begin, end) of `count` rows from `row` on, which go to strip t; pointers stay in registers, as count is a constant where it
 * is inlined. */
static inline __attribute__((always_inline)) void add_block(const extension *x, int64_t t,
                                                            int32_t row, int count,
                                                            int32_t begin, int32_t end,
                                                            double *target)
{
    const int32_t *rel = x->rel;
    const double *v[4];
    double *to[4];
    for (int r = 0; r < count; r++) {
        v[r] = source_strip(x, row + r) + (row + r + x->skip) % STRIP;
        to[r] = target + (rel[row + r] - STRIP * t);
    }
    for (int32_t j = begin; j < end; j++) {
        const ptrdiff_t at = (ptrdiff_t)STRIP * j, col = (ptrdiff_t)STRIP * rel[j];
        for (int r = 0; r < count; r++) to[r][col] += v[r][at];
    }
}

/* Rows [from, to), at most a strip of them, which go to strip t, of columns [begin, end), as far as these are not above the diagonal. */
static void add_few(const extension *x, int64_t t, int32_t from, int32_t to, int32_t begin,
                    int32_t end, double *target)
{
    const int32_t full = end < from ? end : from;
    int32_t i = from;
    for (; i + 4 <= to; i += 4) add_block(x, t, i, 4, begin, full, target);
    for (; i + 2 <= to; i += 2) add_block(x, t, i, 2, begin, full, target);
    for (; i < to; i++) add_block(x, t, i, 1, begin, full, target);
    for (i = from; i < to; i++) /* the triangle */
        add_block(x, t, i, 1, begin > from ? begin : from, i < end ? i + 1 : end, target);
}

/* Columns [begin, end) of the rows [from, to), which go to strip t. */
static void add_rows(const extension *x, int64_t t, int32_t from, int32_t to, int32_t begin,
                     int32_t end, double *target)
{
    int32_t full = begin;
    if (to - from == STRIP && begin < from) {
        full = end < from ? end : from;
        dense_add_rows(x->kind, source_strip(x, from) + (ptrdiff_t)STRIP * begin,
                       source_strip(x, to - 1) + (ptrdiff_t)STRIP * begin,
                       (from + x->skip) % STRIP, full - begin, x->rel + begin, target);
    }
    if (full < end) add_few(x, t, from, to, full, end, target);
}

/* The first row from i on that begins a strip of the front above. */
static int32_t strip_begin(const extension *x, int32_t i)
{
    if (i >= x->rows) return x->rows;
    while (i > 0 && i < x->rows && x->rel[i] / STRIP == x->rel[i - 1] / STRIP) i++;
    return i;
}

/* Rows [from, last), which fill whole strips of the front above. */
static void add_strips(const extension *x, int32_t from, int32_t last)
{
    while (from < last) {
        const int64_t t = x->rel[from] / STRIP;
        int32_t to = from + 1;
        while (to < last && x->rel[to] / STRIP == t) to++;
        const int32_t inside = to < x->inside ? to : x->inside;
        add_rows(x, t, from, to, 0, inside, target_strip(x, t, true));
        if (inside < to) add_rows(x, t, from, to, inside, to, target_strip(x, t, false));
        from = to;
    }
}

/* Rows of one share, and how many are worth a second thread. */
enum { ROWS = 32, ROWS_WORTH_SHARING = 200 };

/* Adds the update matrix u of front c to the panel and the update matrix of the front above it. */
static void extend_add(const chol *f, int32_t c, const double *u, double *panel, double *up,
                       int threads)
{
    const shape a = shape_of(f, c), b = shape_of(f, f->parent[c]);
    extension x = {.u = u,
                   .rel = f->rel + a.rows,
                   .rows = a.nr - a.nc,
                   .skip = a.nc % STRIP,
                   .nc = b.nc,
                   .panel = panel,
                   .up = up,
                   .kind = f->kind};
    while (x.inside < x.rows && x.rel[x.inside] < b.nc) x.inside++;
    if (threads < 2 || x.rows < ROWS_WORTH_SHARING) {
        add_strips(&x, 0, x.rows);
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) default(none) shared(x)
    for (int32_t from = 0; from < x.rows; from += ROWS)
        add_strips(&x, strip_begin(&x, from), strip_begin(&x, from + ROWS));
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
        if (child > 0) extend_add(f, c, from, panel, u, threads);
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
