/* Factorization of a basis. See lu.h; the solves are in lu_solve.c. */
#include "lu.h"

#include <math.h>
#include <string.h>

#define PIVOT_TINY 1e-10 /* smaller pivots are taken for zero */
#define THRESHOLD 0.1    /* a pivot is at least this part of the largest entry of its row */
#define DROP 1e-14

enum { ACTIVE, DONE, FAILED }; /* state of rows [0, n) and columns [n, 2 n) */

/* ---- singletons ---------------------------------------------------------------------- */

typedef struct {
    lu_factors *f;
    const int64_t *first, *end;
    const int32_t *index;
    const double *value;
    int32_t pivots;
    int64_t l_count, u_count; /* entries of L by columns, of U by rows, so far */
} factoring;

static inline bool active_row(const factoring *g, int32_t r)
{
    return g->f->state[r] == ACTIVE;
}

static inline bool active_col(const factoring *g, int32_t c)
{
    return g->f->state[g->f->n + c] == ACTIVE;
}

static void take_pivot(factoring *g, int32_t r, int32_t c, double pivot)
{
    lu_factors *f = g->f;
    f->state[r] = f->state[f->n + c] = DONE;
    f->place[c] = r;
    f->diag[r] = pivot;
    f->order[g->pivots++] = r;
}

/* Row lists of columns: col numbers by row, in row_index (values are looked up in the columns). */
static void list_rows(factoring *g)
{
    lu_factors *f = g->f;
    memset(f->row_count, 0, (size_t)f->n * sizeof *f->row_count);
    for (int32_t c = 0; c < f->n; c++) {
        f->col_count[c] = (int32_t)(g->end[c] - g->first[c]);
        for (int64_t e = g->first[c]; e < g->end[c]; e++) f->row_count[g->index[e]]++;
    }
    int64_t at = 0;
    for (int32_t r = 0; r < f->n; r++) {
        f->row_first[r] = at;
        at += f->row_count[r];
        f->row_room[r] = 0;
    }
    for (int32_t c = 0; c < f->n; c++)
        for (int64_t e = g->first[c]; e < g->end[c]; e++) {
            const int32_t r = g->index[e];
            f->row_index[f->row_first[r] + f->row_room[r]] = c;
            f->row_value[f->row_first[r] + f->row_room[r]++] = g->value[e];
        }
}

/* U row of a pivot: entries of the columns still active. They are kept as (row, column) of U until
 * all columns have their places. */
static bool keep_u(factoring *g, int32_t r)
{
    lu_factors *f = g->f;
    f->ut.first[r] = g->u_count;
    for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_room[r]; e++) {
        const int32_t c = f->row_index[e];
        if (!active_col(g, c)) continue;
        if (g->u_count >= f->fill_cap) return false;
        f->ut.index[g->u_count] = c;
        f->ut.value[g->u_count++] = f->row_value[e];
    }
    return true;
}

/* Columns with one active row, from the roots of the trees down. at[r] is the end of U row r. */
static bool column_singletons(factoring *g)
{
    lu_factors *f = g->f;
    int32_t count = 0;
    for (int32_t c = 0; c < f->n; c++)
        if (f->col_count[c] == 1) f->queue[count++] = c;
    for (int32_t i = 0; i < count; i++) {
        const int32_t c = f->queue[i];
        int32_t r = -1;
        double pivot = 0.0;
        if (f->col_count[c] != 1) continue; /* its row went to another one */
        for (int64_t e = g->first[c]; e < g->end[c]; e++)
            if (active_row(g, g->index[e])) r = g->index[e], pivot = g->value[e];
        if (fabs(pivot) < PIVOT_TINY) continue;
        take_pivot(g, r, c, pivot);
        if (!keep_u(g, r)) return false;
        f->at[r] = g->u_count;
        for (int64_t e = f->ut.first[r]; e < g->u_count; e++) {
            const int32_t other = f->ut.index[e];
            if (--f->col_count[other] == 1) f->queue[count++] = other;
        }
    }
    return true;
}

/* Rows with one active column, from the leaves up: the rest of the column goes to L. */
static bool row_singletons(factoring *g)
{
    lu_factors *f = g->f;
    int32_t count = 0;
    for (int32_t r = 0; r < f->n; r++) {
        if (!active_row(g, r)) continue;
        f->row_count[r] = 0;
        for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_room[r]; e++)
            f->row_count[r] += active_col(g, f->row_index[e]);
        if (f->row_count[r] == 1) f->queue[count++] = r;
    }
    for (int32_t i = 0; i < count; i++) {
        const int32_t r = f->queue[i];
        int32_t c = -1;
        double pivot = 0.0;
        if (f->row_count[r] != 1) continue;
        for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_room[r]; e++)
            if (active_col(g, f->row_index[e])) c = f->row_index[e], pivot = f->row_value[e];
        if (fabs(pivot) < PIVOT_TINY) continue;
        take_pivot(g, r, c, pivot);
        f->ut.first[r] = f->at[r] = g->u_count;
        f->l.first[r] = g->l_count;
        for (int64_t e = g->first[c]; e < g->end[c]; e++) {
            const int32_t o = g->index[e];
            if (!active_row(g, o)) continue;
            if (g->l_count >= f->fill_cap) return false;
            f->l.index[g->l_count] = o;
            f->l.value[g->l_count++] = g->value[e] / pivot;
            if (--f->row_count[o] == 1) f->queue[count++] = o;
        }
        f->col_of[r] = (int32_t)(g->l_count - f->l.first[r]);
    }
    return true;
}

/* ---- nucleus ------------------------------------------------------------------------- */

/* Lines (rows [0, n), columns [n, 2 n)) by their number of active entries. */
static void unlink_line(lu_factors *f, int32_t line)
{
    if (f->prev[line] >= 0)
        f->next[f->prev[line]] = f->next[line];
    else
        f->head[-f->prev[line] - 1] = f->next[line];
    if (f->next[line] >= 0) f->prev[f->next[line]] = f->prev[line];
}

static void link_line(lu_factors *f, int32_t line, int32_t count)
{
    const int32_t h = line < f->n ? count : f->n + 1 + count;
    f->next[line] = f->head[h];
    f->prev[line] = -h - 1;
    if (f->head[h] >= 0) f->prev[f->head[h]] = line;
    f->head[h] = line;
}

/* Active submatrix: rows with values, columns with row numbers, each with room to grow. false: no
 * room. *row_end, *col_end: first free place of each arena. */
static bool start_nucleus(factoring *g, int64_t *row_end, int64_t *col_end)
{
    lu_factors *f = g->f;
    int64_t to = 0, rows_at = 0;
    /* the row lists are packed in place: what is kept never moves up */
    for (int32_t h = 0; h < 2 * f->n + 2; h++) f->head[h] = -1;
    f->nucleus = 0;
    for (int32_t r = 0; r < f->n; r++) {
        const int64_t from = f->row_first[r], end = from + f->row_room[r];
        if (!active_row(g, r)) continue;
        f->row_first[r] = to;
        for (int64_t e = from; e < end; e++) {
            if (!active_col(g, f->row_index[e])) continue;
            f->row_index[to] = f->row_index[e];
            f->row_value[to++] = f->row_value[e];
        }
        f->row_count[r] = f->row_room[r] = (int32_t)(to - f->row_first[r]);
        f->nucleus++;
        link_line(f, r, f->row_count[r]);
    }
    for (int32_t c = 0; c < f->n; c++) {
        if (!active_col(g, c)) continue;
        f->col_first[c] = rows_at;
        for (int64_t e = g->first[c]; e < g->end[c]; e++)
            if (active_row(g, g->index[e])) f->col_index[rows_at++] = g->index[e];
        f->col_count[c] = f->col_room[c] = (int32_t)(rows_at - f->col_first[c]);
        link_line(f, f->n + c, f->col_count[c]);
    }
    *row_end = to;
    *col_end = rows_at;
    return to <= 2 * f->fill_cap && rows_at <= 2 * f->fill_cap;
}

static double largest_of_row(const lu_factors *f, int32_t r)
{
    double most = 0.0;
    for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_count[r]; e++)
        if (fabs(f->row_value[e]) > most) most = fabs(f->row_value[e]);
    return most;
}

static double entry_of(const lu_factors *f, int32_t r, int32_t c)
{
    for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_count[r]; e++)
        if (f->row_index[e] == c) return f->row_value[e];
    return 0.0;
}

/* Least (rows - 1)(columns - 1) among the first few lines of small count. false: none. */
static bool choose_pivot(factoring *g, int32_t *pr, int32_t *pc)
{
    lu_factors *f = g->f;
    int64_t best = INT64_MAX;
    int looked = 0;
    for (int32_t count = 1; count <= f->n; count++) {
        if (best <= (int64_t)(count - 1) * (count - 1)) return true;
        for (int32_t line = f->head[f->n + 1 + count]; line >= 0; line = f->next[line]) {
            const int32_t c = line - f->n;
            for (int64_t e = f->col_first[c]; e < f->col_first[c] + f->col_count[c]; e++) {
                const int32_t r = f->col_index[e];
                const int64_t merit = (int64_t)(count - 1) * (f->row_count[r] - 1);
                if (merit >= best) continue;
                const double v = fabs(entry_of(f, r, c));
                if (v < PIVOT_TINY || v < THRESHOLD * largest_of_row(f, r)) continue;
                best = merit, *pr = r, *pc = c;
            }
            if (++looked >= 4 && best < INT64_MAX) return true;
        }
        for (int32_t r = f->head[count]; r >= 0; r = f->next[r]) {
            const double need = THRESHOLD * largest_of_row(f, r);
            for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_count[r]; e++) {
                const int32_t c = f->row_index[e];
                const int64_t merit = (int64_t)(count - 1) * (f->col_count[c] - 1);
                const double v = fabs(f->row_value[e]);
                if (merit >= best || v < PIVOT_TINY || v < need) continue;
                best = merit, *pr = r, *pc = c;
            }
            if (++looked >= 4 && best < INT64_MAX) return true;
        }
    }
    return best < INT64_MAX;
}

static void drop_from_column(lu_factors *f, int32_t c, int32_t r)
{
    int64_t e = f->col_first[c];
    while (f->col_index[e] != r) e++;
    f->col_index[e] = f->col_index[f->col_first[c] + --f->col_count[c]];
}

/* Room for `more` entries behind row r, moved to the end of its arena if need be. */
static bool reserve_row(lu_factors *f, int32_t r, int32_t more, int64_t *end)
{
    const int32_t count = f->row_count[r];
    if (count + more <= f->row_room[r]) return true;
    const int32_t room = count + more + count / 2 + 4;
    if (*end + room > 2 * f->fill_cap) return false;
    memcpy(f->row_index + *end, f->row_index + f->row_first[r],
           (size_t)count * sizeof *f->row_index);
    memcpy(f->row_value + *end, f->row_value + f->row_first[r],
           (size_t)count * sizeof *f->row_value);
    f->row_first[r] = *end;
    f->row_room[r] = room;
    *end += room;
    return true;
}

static bool append_to_column(lu_factors *f, int32_t c, int32_t r, int64_t *end)
{
    if (f->col_count[c] == f->col_room[c]) {
        const int32_t count = f->col_count[c], room = count + count / 2 + 4;
        if (*end + room > 2 * f->fill_cap) return false;
        memcpy(f->col_index + *end, f->col_index + f->col_first[c],
               (size_t)count * sizeof *f->col_index);
        f->col_first[c] = *end;
        f->col_room[c] = room;
        *end += room;
    }
    f->col_index[f->col_first[c] + f->col_count[c]++] = r;
    return true;
}

/* row i -= (entry / pivot) * row r, where the pivot row lies in dense[] by columns, listed in U. */
static bool eliminate(factoring *g, int32_t i, int32_t pc, double pivot, int64_t u_from,
                      int64_t *row_end, int64_t *col_end)
{
    lu_factors *f = g->f;
    const double mult = entry_of(f, i, pc) / pivot;
    unlink_line(f, i);
    if (g->l_count >= f->fill_cap) return false;
    f->l.index[g->l_count] = i;
    f->l.value[g->l_count++] = mult;
    if (!reserve_row(f, i, (int32_t)(g->u_count - u_from), row_end)) return false;
    int32_t keep = 0;
    const int64_t base = f->row_first[i];
    for (int32_t k = 0; k < f->row_count[i]; k++) {
        const int32_t c = f->row_index[base + k];
        double v = f->row_value[base + k];
        if (c == pc) continue;
        if (f->dense[c] != 0.0) {
            v -= mult * f->dense[c];
            f->seen[c] = 1;
            if (fabs(v) < DROP) {
                unlink_line(f, f->n + c);
                drop_from_column(f, c, i);
                link_line(f, f->n + c, f->col_count[c]);
                continue;
            }
        }
        f->row_index[base + keep] = c;
        f->row_value[base + keep++] = v;
    }
    f->row_count[i] = keep;
    for (int64_t e = u_from; e < g->u_count; e++) {
        const int32_t c = f->ut.index[e];
        if (!f->seen[c]) { /* fill */
            const double v = -mult * f->dense[c];
            if (fabs(v) >= DROP) {
                f->row_index[base + f->row_count[i]] = c;
                f->row_value[base + f->row_count[i]++] = v;
                unlink_line(f, f->n + c);
                if (!append_to_column(f, c, i, col_end)) return false;
                link_line(f, f->n + c, f->col_count[c]);
            }
        }
        f->seen[c] = 0;
    }
    link_line(f, i, f->row_count[i]);
    return true;
}

static bool factor_nucleus(factoring *g)
{
    lu_factors *f = g->f;
    int64_t row_end, col_end;
    int32_t pr = -1, pc = -1;
    if (!start_nucleus(g, &row_end, &col_end)) return false;
    while (choose_pivot(g, &pr, &pc)) {
        const double pivot = entry_of(f, pr, pc);
        unlink_line(f, pr);
        unlink_line(f, f->n + pc);
        take_pivot(g, pr, pc, pivot);
        const int64_t u_from = g->u_count;
        f->ut.first[pr] = u_from;
        for (int64_t e = f->row_first[pr]; e < f->row_first[pr] + f->row_count[pr]; e++) {
            const int32_t c = f->row_index[e];
            if (c == pc) continue;
            if (g->u_count >= f->fill_cap) return false;
            f->ut.index[g->u_count] = c;
            f->ut.value[g->u_count++] = f->row_value[e];
            f->dense[c] = f->row_value[e];
            unlink_line(f, f->n + c);
            drop_from_column(f, c, pr);
            link_line(f, f->n + c, f->col_count[c]);
        }
        f->at[pr] = g->u_count;
        f->l.first[pr] = g->l_count;
        bool ok = true;
        for (int64_t e = f->col_first[pc]; ok && e < f->col_first[pc] + f->col_count[pc]; e++)
            if (f->col_index[e] != pr)
                ok = eliminate(g, f->col_index[e], pc, pivot, u_from, &row_end, &col_end);
        for (int64_t e = u_from; e < g->u_count; e++) f->dense[f->ut.index[e]] = 0.0;
        if (!ok) return false;
        f->col_of[pr] = (int32_t)(g->l_count - f->l.first[pr]);
    }
    return true;
}

/* ---- assembly ------------------------------------------------------------------------ */

/* Transposes `from`, whose rows are first[r] .. first[r] + length of each. */
static void transpose(lu_factors *f, const lu_triangle *from, lu_triangle *to)
{
    memset(to->first, 0, ((size_t)f->n + 1) * sizeof *to->first);
    for (int64_t e = 0; e < from->first[f->n]; e++) to->first[from->index[e] + 1]++;
    for (int32_t i = 0; i < f->n; i++) to->first[i + 1] += to->first[i];
    memcpy(f->at, to->first, (size_t)f->n * sizeof *f->at);
    for (int32_t r = 0; r < f->n; r++)
        for (int64_t e = from->first[r]; e < from->first[r + 1]; e++) {
            const int64_t p = f->at[from->index[e]]++;
            to->index[p] = r;
            to->value[p] = from->value[e];
        }
}

/* Sorts the pieces of L (or of U by rows), which lie in the order of the pivots, by row: via the
 * other triangle's arrays as scratch. */
static void sort_pieces(lu_factors *f, lu_triangle *piece, const int32_t *length,
                        lu_triangle *scratch)
{
    int64_t at = 0;
    for (int32_t r = 0; r < f->n; r++) {
        const int64_t from = piece->first[r];
        scratch->first[r] = at;
        memcpy(scratch->index + at, piece->index + from, (size_t)length[r] * sizeof(int32_t));
        memcpy(scratch->value + at, piece->value + from, (size_t)length[r] * sizeof(double));
        at += length[r];
    }
    scratch->first[f->n] = at;
    const lu_triangle keep = *piece;
    *piece = *scratch;
    *scratch = keep;
}

lu_result lu_factor(lu_factors *f, const int64_t *first, const int64_t *end,
                    const int32_t *index, const double *value)
{
    factoring g = {f, first, end, index, value, 0, 0, 0};
    const int32_t n = f->n;
    int64_t entries = 0;
    f->etas = 0;
    f->eta_first[0] = 0;
    f->bad = 0;
    for (int32_t c = 0; c < n; c++) entries += end[c] - first[c];
    if (entries > f->fill_cap) return LU_GROW;
    memset(f->state, ACTIVE, 2 * (size_t)n);
    memset(f->col_of, 0, (size_t)n * sizeof *f->col_of); /* lengths of the pieces of L */
    memset(f->dense, 0, (size_t)n * sizeof *f->dense);
    for (int32_t r = 0; r < n; r++) {
        f->l.first[r] = f->ut.first[r] = f->at[r] = 0;
        f->place[r] = -1;
        f->seen[r] = 0; /* a factorization that ran out of room leaves marks */
    }
    list_rows(&g);
    if (!column_singletons(&g) || !row_singletons(&g)) return LU_GROW;
    f->nucleus = 0;
    if (g.pivots < n && !factor_nucleus(&g)) return LU_GROW;
    if (g.pivots < n) {
        int32_t rows = 0, cols = 0;
        for (int32_t r = 0; r < n; r++)
            if (f->state[r] == ACTIVE) f->bad_row[rows++] = r;
        for (int32_t c = 0; c < n; c++)
            if (f->state[n + c] == ACTIVE) f->bad_col[cols++] = c;
        f->bad = rows;
        return LU_SINGULAR;
    }
    f->nonzeros = g.l_count + g.u_count + n;
    /* lengths of the U rows go where the queue was */
    for (int32_t r = 0; r < n; r++) f->queue[r] = (int32_t)(f->at[r] - f->ut.first[r]);
    for (int64_t e = 0; e < g.u_count; e++) f->ut.index[e] = f->place[f->ut.index[e]];
    sort_pieces(f, &f->l, f->col_of, &f->lt);
    sort_pieces(f, &f->ut, f->queue, &f->u);
    transpose(f, &f->l, &f->lt);
    transpose(f, &f->ut, &f->u);
    return LU_OK;
}
