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
    f->rank[r] = g->pivots;
    f->l.pivot[g->pivots] = (lu_pivot){r, (int32_t)g->l_count, 1.0};
    f->ut.pivot[g->pivots++] = (lu_pivot){r, (int32_t)g->u_count, 1.0 / pivot};
}

/* Row lists of columns, in row_entry, and the columns as lines. */
static void list_rows(factoring *g)
{
    lu_factors *f = g->f;
    memset(f->row_count, 0, (size_t)f->n * sizeof *f->row_count);
    for (int32_t c = 0; c < f->n; c++) {
        lu_line line = {(int32_t)(g->end[c] - g->first[c]), 0};
        for (int64_t e = g->first[c]; e < g->end[c]; e++) {
            f->row_count[g->index[e]]++;
            line.rows ^= g->index[e];
        }
        f->line[c] = line;
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
            f->row_entry[f->row_first[r] + f->row_room[r]++] = (lu_entry){c, 0, g->value[e]};
        }
}

static double value_at(const factoring *g, int32_t c, int32_t r)
{
    for (int64_t e = g->first[c]; e < g->end[c]; e++)
        if (g->index[e] == r) return g->value[e];
    return 0.0;
}

/* Columns with one active row, from the roots of the trees down. The U row of a pivot are its entries in the columns
 * still active, which are those that still count a row; they keep the number of the column until all columns have
 * their places. */
static bool column_singletons(factoring *g)
{
    lu_factors *f = g->f;
    int32_t count = 0;
    for (int32_t c = 0; c < f->n; c++)
        if (f->line[c].count == 1) f->queue[count++] = c;
    for (int32_t i = 0; i < count; i++) {
        const int32_t c = f->queue[i];
        if (f->line[c].count != 1) continue; /* its row went to another one */
        const int32_t r = f->line[c].rows;
        const double pivot = value_at(g, c, r);
        if (fabs(pivot) < PIVOT_TINY) continue;
        take_pivot(g, r, c, pivot);
        f->line[c].count = 0;
        if (g->u_count + f->row_room[r] > f->fill_cap) return false;
        for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_room[r]; e++) {
            const int32_t other = f->row_entry[e].row;
            lu_line *line = &f->line[other];
            if (line->count == 0) continue;
            f->ut.entry[g->u_count++] = f->row_entry[e];
            line->rows ^= r;
            if (--line->count == 1) f->queue[count++] = other;
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
            f->row_count[r] += active_col(g, f->row_entry[e].row);
        if (f->row_count[r] == 1) f->queue[count++] = r;
    }
    for (int32_t i = 0; i < count; i++) {
        const int32_t r = f->queue[i];
        int32_t c = -1;
        double pivot = 0.0;
        if (f->row_count[r] != 1) continue;
        for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_room[r]; e++)
            if (active_col(g, f->row_entry[e].row))
                c = f->row_entry[e].row, pivot = f->row_entry[e].value;
        if (fabs(pivot) < PIVOT_TINY) continue;
        take_pivot(g, r, c, pivot);
        for (int64_t e = g->first[c]; e < g->end[c]; e++) {
            const int32_t o = g->index[e];
            if (!active_row(g, o)) continue;
            if (g->l_count >= f->fill_cap) return false;
            f->l.entry[g->l_count++] = (lu_entry){o, 0, g->value[e] / pivot};
            if (--f->row_count[o] == 1) f->queue[count++] = o;
        }
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
            if (active_col(g, f->row_entry[e].row)) f->row_entry[to++] = f->row_entry[e];
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
        if (fabs(f->row_entry[e].value) > most) most = fabs(f->row_entry[e].value);
    return most;
}

static double entry_of(const lu_factors *f, int32_t r, int32_t c)
{
    for (int64_t e = f->row_first[r]; e < f->row_first[r] + f->row_count[r]; e++)
        if (f->row_entry[e].row == c) return f->row_entry[e].value;
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
                const int32_t c = f->row_entry[e].row;
                const int64_t merit = (int64_t)(count - 1) * (f->col_count[c] - 1);
                const double v = fabs(f->row_entry[e].value);
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
    memcpy(f->row_entry + *end, f->row_entry + f->row_first[r],
           (size_t)count * sizeof *f->row_entry);
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
    f->l.entry[g->l_count++] = (lu_entry){i, 0, mult};
    if (!reserve_row(f, i, (int32_t)(g->u_count - u_from), row_end)) return false;
    int32_t keep = 0;
    const int64_t base = f->row_first[i];
    for (int32_t k = 0; k < f->row_count[i]; k++) {
        const int32_t c = f->row_entry[base + k].row;
        double v = f->row_entry[base + k].value;
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
        f->row_entry[base + keep++] = (lu_entry){c, 0, v};
    }
    f->row_count[i] = keep;
    for (int64_t e = u_from; e < g->u_count; e++) {
        const int32_t c = f->ut.entry[e].row;
        if (!f->seen[c]) { /* fill */
            const double v = -mult * f->dense[c];
            if (fabs(v) >= DROP) {
                f->row_entry[base + f->row_count[i]++] = (lu_entry){c, 0, v};
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
        for (int64_t e = f->row_first[pr]; e < f->row_first[pr] + f->row_count[pr]; e++) {
            const int32_t c = f->row_entry[e].row;
            if (c == pc) continue;
            if (g->u_count >= f->fill_cap) return false;
            f->ut.entry[g->u_count++] = f->row_entry[e];
            f->dense[c] = f->row_entry[e].value;
            unlink_line(f, f->n + c);
            drop_from_column(f, c, pr);
            link_line(f, f->n + c, f->col_count[c]);
        }
        bool ok = true;
        for (int64_t e = f->col_first[pc]; ok && e < f->col_first[pc] + f->col_count[pc]; e++)
            if (f->col_index[e] != pr)
                ok = eliminate(g, f->col_index[e], pc, pivot, u_from, &row_end, &col_end);
        for (int64_t e = u_from; e < g->u_count; e++) f->dense[f->ut.entry[e].row] = 0.0;
        if (!ok) return false;
    }
    return true;
}

/* ---- assembly ------------------------------------------------------------------------ */

/* The entries of `from` learn the ranks of their rows, and are listed by them in `to`. The inverses of the pivots belong to
 * both. */
static void transpose(const lu_factors *f, lu_triangle *from, lu_triangle *to)
{
    const int32_t n = f->n, entries = from->pivot[n].first;
    lu_pivot *p = to->pivot;
    memset(p, 0, ((size_t)n + 1) * sizeof *p);
    for (int32_t e = 0; e < entries; e++) {
        from->entry[e].rank = f->rank[from->entry[e].row];
        p[from->entry[e].rank].first++;
    }
    for (int32_t i = 0, at = 0; i < n;
         i++) { /* the ends for now: they are filled from behind */
        at += p[i].first;
        p[i] = (lu_pivot){from->pivot[i].row, at, from->pivot[i].inverse};
    }
    p[n].first = entries;
    for (int32_t i = n - 1; i >= 0; i--)
        for (int32_t e = from->pivot[i + 1].first - 1; e >= from->pivot[i].first; e--)
            to->entry[--p[from->entry[e].rank].first] =
                (lu_entry){from->pivot[i].row, i, from->entry[e].value};
}

static void drop_etas(lu_factors *f)
{
    f->etas = f->spikes = 0;
    f->adds = f->hits = 0;
    f->eta[0].first = 0;
    for (int i = 0; i < LU_SOLVES; i++) f->scratch[i].work = 0;
    for (int32_t k = 0; k < f->n; k++) f->chain[k] = f->hit_of[k] = -1;
}

lu_result lu_factor(lu_factors *f, const int64_t *first, const int64_t *end,
                    const int32_t *index, const double *value)
{
    factoring g = {f, first, end, index, value, 0, 0, 0};
    const int32_t n = f->n;
    int64_t entries = 0;
    drop_etas(f);
    f->bad = 0;
    for (int32_t c = 0; c < n; c++) entries += end[c] - first[c];
    if (entries > f->fill_cap) return LU_GROW;
    memset(f->state, ACTIVE, 2 * (size_t)n);
    memset(f->dense, 0, (size_t)n * sizeof *f->dense);
    for (int32_t r = 0; r < n; r++) {
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
    f->factor_work = 10 * f->nonzeros;
    f->l.pivot[n] = (lu_pivot){-1, (int32_t)g.l_count, 1.0};
    f->ut.pivot[n] = (lu_pivot){-1, (int32_t)g.u_count, 1.0};
    for (int64_t e = 0; e < g.u_count; e++) f->ut.entry[e].row = f->place[f->ut.entry[e].row];
    transpose(f, &f->l, &f->lt);
    transpose(f, &f->ut, &f->u);
    memcpy(f->rank_now, f->rank, (size_t)n * sizeof *f->rank);
    return LU_OK;
}
