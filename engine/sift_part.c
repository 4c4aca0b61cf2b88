/* The part of a sifting at work: made small, solved inside or at a vertex, each time from what the last one left. */
#include "sift_part.h"

#include <math.h>
#include <string.h>

/* From flows x and prices y (cost units times `unit`, of rows, as lp_basis.dual) of the small model. */
static void take_solution(sift *s, const double *x, const double *y, double unit)
{
    const model *md = s->md, *small = &s->rd.md;
    double over = 0.0;
    s->value = 0.0;
    for (int64_t a = 0; a < small->m; a++) {
        const double cost = (double)small->cost[a] * x[a];
        s->value += cost;
        if (a >= s->rd.arcs) over += cost;
        s->small_x[a] = x[a];
    }
    /* leaves that went paid for what they carry */
    for (int64_t q = 0; q < s->rd.pieces; q++)
        s->value += (double)s->rd.piece[q].cost * (double)s->rd.fixed[q];
    s->excess = over / fmax(fabs(s->value), 1.0);
    memset(s->price, 0, (size_t)md->rows * sizeof *s->price);
    for (int64_t r = 0; r < small->rows; r++) s->price[s->rd.of_row[r]] = y[r] / unit;
}

static job small_job(sift *s, answer *out)
{
    job j = {.ctx = &s->quiet, .md = &s->rd.md, .out = out};
    j.base = j.md->m + j.md->n;
    j.all = j.base + j.md->rows;
    j.start = j.keep = &s->store;
    j.hint = &s->hint;
    return j;
}

steppe_status sift_part_inside(sift *s, double tol, bool *ok)
{
    answer out = {0};
    interior_point ip = {0};
    job j = small_job(s, &out);
    steppe_status st = job_new(&j) ? interior_solve(&j, tol, tol, INSIDE_IF_IT_FITS, &ip)
                                   : steppe_no_memory(&s->quiet);
    *ok = st == STEPPE_OK && !ip.declined && !ip.failed && !ip.stopped;
    if (*ok) take_solution(s, ip.x, ip.price + j.md->n, pow(10.0, -s->md->cost_places));
    interior_free(&ip);
    job_free(&j);
    return st;
}

static uint64_t key_of_arc(const sift *s, int64_t a)
{
    model_ref ref = {.kind = ARC_PLAIN, .object = (int32_t)a};
    const model one = {.arc = &ref};
    return model_arc_key(&one, 0, model_arc_block(s->md, a), NULL);
}

/* With the arcs that became basic with nodes that went: in the next part such a node may be there again. */
static steppe_status save_basis(sift *s, job *j)
{
    STEPPE_TRY(start_save(j, s->rd.basics));
    memset(s->basic, 0, (size_t)s->md->m);
    for (int64_t a = 0; a < s->rd.arcs; a++)
        s->basic[reduce_arc(&s->rd, a)] = j->bs.state[a] == LP_BASIC;
    for (int64_t i = 0; i < s->rd.basics; i++) {
        const int64_t a = reduce_basic_arc(&s->rd, i);
        start_save_as(&s->store, key_of_arc(s, a), LP_BASIC);
        s->basic[a] = 1;
    }
    return STEPPE_OK;
}

/* A node that was there and goes from this part may have hung on another arc than that through which it goes, which carried nothing then. */
static void settle_basis(sift *s)
{
    if (s->store.slots == 0) return;
    for (int64_t i = 0; i < s->rd.basics; i++) {
        if (s->basic[reduce_basic_arc(&s->rd, i)]) continue;
        const int64_t a = reduce_spare_arc(&s->rd, i, s->basic);
        if (a < 0) continue;
        start_save_as(&s->store, key_of_arc(s, a), LP_LOWER);
        s->basic[a] = 0;
    }
}

steppe_status sift_part_vertex(sift *s, steppe_method first, double most, bool *ok)
{
    answer out = {0};
    job j = small_job(s, &out);
    j.work_most = (int64_t)most;
    s->quiet.set.method = first;
    steppe_status st = job_new(&j) ? job_optimize(&j) : steppe_no_memory(&s->quiet);
    *ok = st == STEPPE_OK && !out.stopped && !out.infeasible;
    s->j->out->pivots += j.bs.pivots;
    s->j->out->tree_pivots += out.tree_pivots;
    if (*ok) st = save_basis(s, &j);
    if (*ok && st == STEPPE_OK) {
        take_solution(s, j.bs.x, j.bs.dual + j.md->n, pow(10.0, -s->md->cost_places));
        memcpy(s->small_state, j.bs.state, (size_t)j.all * sizeof *s->small_state);
        s->at_vertex = true;
    }
    job_free(&j);
    return st;
}

/* Flows of the last part, and potentials that suit its prices in all arcs, new ones, too. */
static void fill_hint(sift *s)
{
    const model *md = s->md, *small = &s->rd.md;
    const double unit = pow(10.0, -md->cost_places);
    double *price = s->hint.price;
    reduce_point(&s->rd, md, s->x, s->hint.x);
    for (int k = 0; k < md->K; k++) {
        const int64_t *pi = s->pricer[k].bl.work.pi;
        for (int32_t i = small->first_node[k]; i < small->first_node[k + 1]; i++)
            price[i] =
                -(double)pi[s->rd.of_node[i] - md->first_node[k]] / (double)s->fine * unit;
    }
    price[small->n - 1] = 0.0;
    for (int64_t r = 0; r < small->rows; r++)
        price[small->n + r] = s->price[s->rd.of_row[r]] * unit;
    s->hint.gap = s->gap;
}

void sift_part_free(sift *s)
{
    reduce_free(&s->rd);
    void *const list[] = {s->small_x, s->small_state, s->hint.x, s->hint.price};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
    s->small_x = s->hint.x = s->hint.price = NULL;
    s->small_state = NULL;
}

steppe_status sift_part_new(sift *s)
{
    sift_part_free(s);
    s->at_vertex = false;
    STEPPE_TRY(reduce_model(&s->quiet, s->md, s->keep, s->beyond, &s->rd));
    settle_basis(s);
    const model *small = &s->rd.md;
    s->small_x = MEM_ZERO(double, small->m);
    s->small_state = MEM_ZERO(uint8_t, small->m + small->n + small->rows);
    s->hint.x = MEM_NEW(double, small->m);
    s->hint.price = MEM_NEW(double, small->n + small->rows);
    if (!s->small_x || !s->small_state || !s->hint.x || !s->hint.price)
        return steppe_no_memory(&s->quiet);
    fill_hint(s);
    return STEPPE_OK;
}
