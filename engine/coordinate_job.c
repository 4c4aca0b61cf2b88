/* Memory of a solve, and the canonical form as the coupled simplex wants it: one sparse matrix, doubles. */
#include "coordinate_job.h"

#include <math.h>
#include <string.h>

/* ---- memory -------------------------------------------------------------------------- */

static bool new_vector(lu_vector *v, int32_t n)
{
    v->value = MEM_ZERO(double, n);
    v->list = MEM_NEW(int32_t, n);
    v->mark = MEM_ZERO(uint8_t, n);
    v->count = 0;
    return v->value && v->list && v->mark;
}

static void free_vector(lu_vector *v)
{
    mem_free(v->value);
    mem_free(v->list);
    mem_free(v->mark);
}

static bool new_triangle(lu_triangle *t, int64_t pivots)
{
    t->pivot = MEM_NEW(lu_pivot, pivots + 1);
    t->entry = NULL;
    return t->pivot != NULL;
}

static void free_triangle(lu_triangle *t)
{
    mem_free(t->pivot);
    mem_free(t->entry);
}

static bool grow_triangle(lu_triangle *t, int64_t cap)
{
    mem_free(t->entry);
    t->entry = MEM_NEW(lu_entry, cap);
    return t->entry != NULL;
}

bool job_grow(job *j, int64_t entries)
{
    lu_factors *f = &j->bs.lu;
    if (entries > INT32_MAX / 2 || entries + f->eta_cap > INT32_MAX) return false;
    f->fill_cap = entries;
    mem_free(f->row_entry);
    mem_free(f->col_index);
    f->row_entry = MEM_NEW(lu_entry, 2 * entries);
    f->col_index = MEM_NEW(int32_t, 2 * entries);
    return grow_triangle(&f->l, entries) && grow_triangle(&f->lt, entries) &&
           grow_triangle(&f->u, entries + f->eta_cap) && grow_triangle(&f->ut, entries) &&
           f->row_entry && f->col_index;
}

enum { ETA_MOST = 1000 };

static bool new_scratch(lu_scratch *s, int64_t n)
{
    s->by_rank = MEM_ZERO(double, n);
    s->todo = MEM_ZERO(uint64_t, n / 64 + 1);
    s->next_todo = MEM_ZERO(uint64_t, n / 64 + 1);
    s->eta_sum = MEM_ZERO(double, ETA_MOST);
    s->eta_todo = MEM_ZERO(uint64_t, ETA_MOST / 64 + 1);
    return s->by_rank && s->todo && s->next_todo && s->eta_sum && s->eta_todo;
}

static void free_scratch(lu_scratch *s)
{
    mem_free(s->by_rank);
    mem_free(s->todo);
    mem_free(s->next_todo);
    mem_free(s->eta_sum);
    mem_free(s->eta_todo);
}

static bool new_factors(job *j, int32_t n, int64_t entries)
{
    lu_factors *f = &j->bs.lu;
    f->n = n;
    f->eta_most = ETA_MOST;
    /* measured: most bases of 1,000 exchanges need 40 to 60 entries for each; a refusal costs new factors only */
    f->eta_cap = n < 5000 ? 4 * (int64_t)n + 2000 : n / 2 + 20000;
    const int64_t ranks = (int64_t)n + ETA_MOST;
    f->rank = MEM_NEW(int32_t, n);
    f->place = MEM_NEW(int32_t, n);
    bool scratch = true;
    for (int i = 0; i < LU_SOLVES; i++) scratch &= new_scratch(&f->scratch[i], ranks);
    f->eta = MEM_NEW(lu_eta, ETA_MOST + 1);
    f->term = MEM_NEW(lu_term, f->eta_cap);
    f->added = MEM_NEW(lu_added, f->eta_cap);
    f->hit = MEM_NEW(lu_hit, f->eta_cap + ETA_MOST);
    f->hit_of = MEM_NEW(int32_t, ranks);
    f->chain = MEM_NEW(int32_t, ranks);
    f->spike = MEM_NEW(lu_term, n);
    f->rank_now = MEM_NEW(int32_t, n);
    f->row_first = MEM_NEW(int64_t, n);
    f->col_first = MEM_NEW(int64_t, n);
    f->row_count = MEM_NEW(int32_t, n);
    f->col_count = MEM_NEW(int32_t, n);
    f->row_room = MEM_NEW(int32_t, n);
    f->col_room = MEM_NEW(int32_t, n);
    f->head = MEM_NEW(int32_t, 2 * (int64_t)n + 2);
    f->next = MEM_NEW(int32_t, 2 * (int64_t)n);
    f->prev = MEM_NEW(int32_t, 2 * (int64_t)n);
    f->line = MEM_NEW(lu_line, n);
    f->queue = MEM_NEW(int32_t, n);
    f->state = MEM_NEW(uint8_t, 2 * (int64_t)n);
    f->dense = MEM_NEW(double, n);
    f->seen = MEM_ZERO(uint8_t, n);
    f->bad_row = MEM_NEW(int32_t, n);
    f->bad_col = MEM_NEW(int32_t, n);
    return new_triangle(&f->l, n) && new_triangle(&f->lt, n) && new_triangle(&f->u, ranks) &&
           new_triangle(&f->ut, ranks) && f->rank && f->place && scratch && f->eta && f->term &&
           f->added && f->chain && f->spike && f->rank_now && f->row_first && f->col_first &&
           f->row_count && f->col_count && f->row_room && f->col_room && f->head && f->next &&
           f->prev && f->line && f->queue && f->state && f->dense && f->seen && f->bad_row &&
           f->bad_col && job_grow(j, entries);
}

static void free_factors(lu_factors *f)
{
    void *const list[] = {f->rank,      f->place,     f->eta,       f->term,      f->hit,
                          f->hit_of,    f->added,     f->chain,     f->spike,     f->rank_now,
                          f->row_first, f->col_first, f->row_count, f->col_count, f->row_room,
                          f->col_room,  f->row_entry, f->col_index, f->head,      f->next,
                          f->prev,      f->line,      f->queue,     f->state,     f->dense,
                          f->seen,      f->bad_row,   f->bad_col};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
    for (int i = 0; i < LU_SOLVES; i++) free_scratch(&f->scratch[i]);
    free_triangle(&f->l);
    free_triangle(&f->lt);
    free_triangle(&f->u);
    free_triangle(&f->ut);
}

void job_drop_columns(job *j)
{
    lp_problem *lp = &j->lp;
    mem_free((void *)(uintptr_t)lp->col_first);
    mem_free((void *)(uintptr_t)lp->col_row);
    mem_free((void *)(uintptr_t)lp->col_value);
    lp->col_first = NULL;
    lp->col_row = NULL;
    lp->col_value = NULL;
}

void job_free(job *j)
{
    lp_problem *lp = &j->lp;
    lp_basis *bs = &j->bs;
    job_drop_columns(j);
    mem_free((void *)(uintptr_t)lp->row_first);
    mem_free((void *)(uintptr_t)lp->row_col);
    mem_free((void *)(uintptr_t)lp->row_value);
    mem_free((void *)(uintptr_t)lp->rhs);
    void *const list[] = {bs->x,         bs->low,       bs->up,
                          bs->cost,      bs->rc,        bs->state,
                          bs->head,      bs->at,        bs->dual,
                          bs->weight,    bs->bad,       bs->hot,
                          bs->standing,  bs->merit,     bs->listed,
                          bs->rows.row,  bs->rows.pair, bs->rows.term,
                          bs->order,     bs->offer,     bs->scratch_variable,
                          bs->begin,     bs->end,       bs->row.sum,
                          bs->row.value, bs->row.list,  j->true_cost};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
    free_vector(&bs->column);
    free_vector(&bs->rho);
    free_vector(&bs->tau);
    free_vector(&bs->moved);
    free_factors(&bs->lu);
}

/* ---- the linear program in floating point -------------------------------------------- */

static double gain(const model *md, int64_t a)
{
    return md->loss_ppm ? 1.0 - 1e-6 * md->loss_ppm[a] : 1.0;
}

/* The columns: balance of the tail, of the head, coupling rows; then a unit for every row. */
static bool build_columns(job *j)
{
    const model *md = j->md;
    const int64_t most = 2 * md->m + md->row_first[md->rows] + j->lp.n;
    int64_t *first = MEM_NEW(int64_t, j->all + 1), at = 0;
    int32_t *row = MEM_NEW(int32_t, most);
    double *value = MEM_NEW(double, most);
    j->lp.col_first = first;
    j->lp.col_row = row;
    j->lp.col_value = value;
    if (!first || !row || !value) return false;
    for (int64_t a = 0; a < md->m; a++) {
        const int32_t u = md->tail[a], v = md->head[a];
        first[a] = at;
        if (u != v && md->balance[u] != BALANCE_FREE) {
            row[at] = u;
            value[at++] = 1.0;
        }
        if (u != v && md->balance[v] != BALANCE_FREE) {
            row[at] = v;
            value[at++] = -gain(md, a);
        }
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
            const int32_t r = md->arc_row[e];
            row[at] = md->n + r;
            value[at++] = -(double)md->arc_weight[e] / (double)md->row_scale[r];
        }
    }
    for (int32_t r = 0; r < j->lp.n; r++) {
        first[md->m + r] = at;
        row[at] = r;
        value[at++] = 1.0;
    }
    first[j->all] = at;
    return true;
}

bool job_make_columns(job *j)
{
    if (j->lp.col_first || build_columns(j)) return true;
    job_drop_columns(j);
    return false;
}

/* The same by rows, arcs only. */
static bool build_rows(job *j)
{
    const lp_problem *lp = &j->lp;
    const int64_t entries = lp->col_first[lp->m];
    int64_t *first = MEM_ZERO(int64_t, (int64_t)lp->n + 2);
    int32_t *col = MEM_NEW(int32_t, entries);
    double *value = MEM_NEW(double, entries);
    j->lp.row_first = first;
    j->lp.row_col = col;
    j->lp.row_value = value;
    if (!first || !col || !value) return false;
    for (int64_t e = 0; e < entries; e++) first[lp->col_row[e] + 2]++;
    for (int32_t r = 0; r < lp->n; r++) first[r + 2] += first[r + 1];
    for (int64_t a = 0; a < lp->m; a++)
        for (int64_t e = lp->col_first[a]; e < lp->col_first[a + 1]; e++) {
            const int64_t p = first[lp->col_row[e] + 1]++;
            col[p] = (int32_t)a;
            value[p] = lp->col_value[e];
        }
    return true;
}

/* The same once more, for the pivots to reorder. */
static bool new_rows(job *j)
{
    lp_rows *rows = &j->bs.rows;
    const int64_t n = j->lp.n, entries = j->lp.col_first[j->all];
    int64_t pairs = 0;
    if (entries > INT32_MAX) return false;
    rows->row = MEM_NEW(lp_row_list, n + 1);
    for (int64_t v = 0; v < j->md->m; v++) pairs += lp_is_pair(&j->lp, v);
    rows->pair = MEM_NEW(lp_pair, 2 * pairs);
    rows->term = MEM_NEW(lp_term, entries - 2 * pairs);
    if (!rows->row || !rows->pair || !rows->term) return false;
    lp_list_rows(&j->lp, &j->bs);
    return true;
}

static bool new_basis(job *j)
{
    lp_basis *bs = &j->bs;
    const int64_t all = j->all, n = j->lp.n;
    bs->x = MEM_ZERO(double, all);
    bs->cost = MEM_ZERO(double, all);
    bs->rc = MEM_ZERO(double, all);
    bs->state = MEM_ZERO(uint8_t, all);
    bs->head = MEM_NEW(int64_t, n);
    bs->at = MEM_NEW(int32_t, all);
    bs->dual = MEM_ZERO(double, n);
    bs->weight = MEM_NEW(double, n);
    bs->standing = MEM_NEW(lp_standing, n);
    bs->merit = MEM_NEW(double, n);
    bs->listed = MEM_NEW(uint8_t, n);
    bs->bad = MEM_NEW(int32_t, n);
    bs->hot = MEM_NEW(int32_t, n);
    bs->order = MEM_NEW(lp_candidate, all);
    bs->offer = MEM_NEW(lp_offer, all);
    bs->scratch_variable = MEM_NEW(int64_t, n);
    bs->begin = MEM_NEW(int64_t, n);
    bs->end = MEM_NEW(int64_t, n);
    bs->row.sum = MEM_ZERO(double, all);
    bs->row.value = MEM_NEW(double, all);
    bs->row.list = MEM_NEW(int32_t, all);
    return bs->x && bs->cost && bs->rc && bs->state && bs->head && bs->at && bs->dual &&
           bs->weight && bs->standing && bs->merit && bs->listed && bs->bad && bs->hot &&
           bs->order && bs->offer && bs->scratch_variable && bs->begin && bs->end &&
           bs->row.sum && bs->row.value && bs->row.list && new_rows(j) &&
           new_vector(&bs->column, j->lp.n) && new_vector(&bs->rho, j->lp.n) &&
           new_vector(&bs->tau, j->lp.n) && new_vector(&bs->moved, j->lp.n);
}

void job_set_bounds(job *j)
{
    const model *md = j->md;
    lp_basis *bs = &j->bs;
    for (int64_t a = 0; a < md->m; a++) {
        bs->low[a] = (double)md->low[a];
        bs->up[a] = (double)md->up[a];
    }
    for (int32_t i = 0; i < md->n; i++) {
        bs->low[md->m + i] = md->balance[i] == BALANCE_FREE ? -INFINITY : 0.0;
        bs->up[md->m + i] = md->balance[i] == BALANCE_FREE    ? INFINITY
                            : md->balance[i] == BALANCE_LOSSY ? 1.0
                                                              : 0.0;
    }
    for (int64_t r = 0; r < md->rows; r++) {
        double low = 0.0, up = 0.0;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++) {
            const double w = (double)md->row_weight[e] / (double)md->row_scale[r],
                         l = bs->low[md->row_arc[e]], u = bs->up[md->row_arc[e]];
            low += w > 0.0 ? w * l : w * u;
            up += w > 0.0 ? w * u : w * l;
        }
        const double beyond = 1.0 + 0.01 * (up - low);
        bs->low[j->base + r] = md->row_low[r] == NO_LOW ? low - beyond : (double)md->row_low[r];
        bs->up[j->base + r] = md->row_up[r] == NO_UP ? up + beyond : (double)md->row_up[r];
        /* the unit that rounding may take from a ratio is not for the pivots to use */
        if (md->row[r].kind == ROW_CONVERSION) bs->up[j->base + r] = bs->low[j->base + r];
        if (md->row[r].kind == ROW_EQUATION)
            bs->low[j->base + r] = bs->up[j->base + r] =
                0.5 * (bs->low[j->base + r] + bs->up[j->base + r]);
    }
}

bool job_new(job *j)
{
    const model *md = j->md;
    lp_problem *lp = &j->lp;
    lp_basis *bs = &j->bs;
    if (md->rows > INT32_MAX - md->n || j->all > INT32_MAX) return false;
    bs->threads = j->ctx->set.threads;
    lp->n = md->n + (int32_t)md->rows;
    lp->m = md->m;
    double *rhs = MEM_ZERO(double, lp->n);
    lp->rhs = rhs;
    bs->low = MEM_ZERO(double, j->all);
    bs->up = MEM_ZERO(double, j->all);
    j->true_cost = MEM_NEW(double, md->m);
    if (!rhs || !bs->low || !bs->up || !j->true_cost || !job_make_columns(j)) return false;
    double most = 1.0, dear = 0.0;
    const double unit = pow(10.0, -md->cost_places);
    for (int32_t i = 0; i < md->n; i++) {
        if (md->balance[i] != BALANCE_FREE) rhs[i] = (double)md->b[i];
        if (fabs(rhs[i]) > most) most = fabs(rhs[i]);
    }
    job_set_bounds(j);
    for (int64_t a = 0; a < md->m; a++) {
        j->true_cost[a] = (double)md->cost[a] * unit;
        if (fabs(j->true_cost[a]) > dear) dear = fabs(j->true_cost[a]);
    }
    /* flows of 10^14 units carry 0.02 units of rounding noise; costs of 10^8 USD carry 10^-8 */
    lp->flow_tol = fmax(0.25, 1e-14 * most);
    lp->cost_tol = fmax(1e-9, 1e-15 * dear);
    return true;
}

steppe_status job_open(job *j)
{
    if (!job_make_columns(j)) return steppe_no_memory(j->ctx);
    if (j->opened) return STEPPE_OK;
    if (!build_rows(j) || !new_basis(j) ||
        !new_factors(j, j->lp.n, 3 * (int64_t)j->lp.n + 1000))
        return steppe_no_memory(j->ctx);
    job_use_true_costs(j);
    for (int64_t v = 0; v < j->all; v++) j->bs.at[v] = -1;
    j->opened = true;
    return STEPPE_OK;
}
