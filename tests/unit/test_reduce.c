/* A part of a model made small has the optimum of the part, and its flows come back as flows of the whole. */
#include "chains.h"

#include "coordinate_job.h"
#include "reduce.h"

static double *prices_of(const model *md)
{
    double *beyond = MEM_NEW(double, md->rows);
    for (int64_t r = 0; r < md->rows; r++) beyond[r] = 1e12;
    return beyond;
}

static steppe_status make_small(steppe_solver *s, const uint8_t *keep, reduction *rd)
{
    double *beyond = prices_of(&s->md);
    const steppe_status st = reduce_model(&s->ctx, &s->md, keep, beyond, rd);
    mem_free(beyond);
    return st;
}

/* Optimal flows of the small model, with what they cost, leaves included. */
static double *solve_small(steppe_solver *s, const reduction *rd, double *cost, double *beyond)
{
    steppe_ctx quiet = s->ctx;
    answer an;
    quiet.bare = true;
    quiet.set.method = STEPPE_SIMPLEX;
    double *x = MEM_ZERO(double, rd->md.m);
    *cost = *beyond = 0.0;
    if (!CHECK_EQ(coordinate(&quiet, &rd->md, NULL, false, NULL, &an), STEPPE_OK)) return x;
    for (int64_t a = 0; a < rd->md.m; a++) {
        x[a] = (double)an.x[a];
        *cost += (double)rd->md.cost[a] * x[a];
        if (a >= rd->arcs) *beyond += x[a];
    }
    for (int64_t q = 0; q < rd->pieces; q++)
        *cost += (double)rd->piece[q].cost * (double)rd->fixed[q];
    answer_free(&an);
    return x;
}

/* How far flows are from what nodes, bounds and rows ask, in flow units. */
static double faults_of(const model *md, const double *x)
{
    double worst = 0.0, *net = MEM_ZERO(double, md->n);
    for (int64_t a = 0; a < md->m; a++) {
        net[md->tail[a]] += x[a];
        net[md->head[a]] -= x[a];
        worst = fmax(worst, fmax((double)md->low[a] - x[a], x[a] - (double)md->up[a]));
    }
    for (int32_t i = 0; i < md->n; i++) worst = fmax(worst, fabs(net[i] - (double)md->b[i]));
    for (int64_t r = 0; r < md->rows; r++) {
        double load = 0.0;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
            load += (double)md->row_weight[e] / (double)md->row_scale[r] * x[md->row_arc[e]];
        worst = fmax(worst, load - (double)md->row_up[r]);
    }
    mem_free(net);
    return worst;
}

static double cost_of(const model *md, const double *x)
{
    double sum = 0.0;
    for (int64_t a = 0; a < md->m; a++) sum += (double)md->cost[a] * x[a];
    return sum;
}

TEST(the_small_model_costs_what_the_whole_does_and_its_flows_fit)
{
    draw d = {21};
    double nodes = 0.0, left = 0.0;
    for (int round = 0; round < 200; round++) {
        chains_write(&d);
        steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
        const steppe_info info = small_solve(s);
        const model *md = &s->md;
        uint8_t *keep = MEM_NEW(uint8_t, md->m);
        memset(keep, 1, (size_t)md->m);
        reduction rd;
        double cost, beyond;
        CHECK_EQ(make_small(s, keep, &rd), STEPPE_OK);
        double *small = solve_small(s, &rd, &cost, &beyond);
        double *x = MEM_ZERO(double, md->m), *scratch = MEM_NEW(double, rd.pieces);
        reduce_flows(&rd, small, scratch, x);
        const double unit = pow(10.0, -md->flow_places - md->cost_places);
        bool good = CHECK_NEAR(cost * unit, info.objective, 1e-6 * (1.0 + info.objective));
        good = CHECK_NEAR(cost_of(md, x), cost, 1e-9 * fabs(cost)) && good;
        good = CHECK(beyond <= 10.0) && good;          /* units, of rounding */
        good = CHECK(faults_of(md, x) <= 2.0) && good; /* rounding of a fractional vertex */
        nodes += md->n;
        left += rd.md.n;
        mem_free(x);
        mem_free(scratch);
        mem_free(small);
        mem_free(keep);
        reduce_free(&rd);
        steppe_free(s);
        if (!good) {
            fprintf(stderr, "    round %d\n", round);
            return;
        }
    }
    CHECK(left < 0.4 * nodes);
}

/* A point of the whole, made small, comes back as it was where nothing overruns, and loops carry what does. */
TEST(a_point_goes_into_the_small_model_and_comes_back)
{
    draw d = {24};
    double most_over = 0.0;
    for (int round = 0; round < 50; round++) {
        chains_write(&d);
        steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
        small_solve(s);
        const model *md = &s->md;
        uint8_t *keep = MEM_NEW(uint8_t, md->m);
        memset(keep, 1, (size_t)md->m);
        reduction rd;
        CHECK_EQ(make_small(s, keep, &rd), STEPPE_OK);
        const double times = round % 2 == 0 ? 1.0 : 3.0; /* so many times the optimal flows */
        double *x = MEM_NEW(double, md->m), *back = MEM_ZERO(double, md->m);
        double *small = MEM_NEW(double, rd.md.m), *scratch = MEM_NEW(double, rd.pieces);
        for (int64_t a = 0; a < md->m; a++) x[a] = times * (double)s->an.x[a];
        reduce_point(&rd, md, x, small);
        for (int64_t r = 0; r < rd.md.rows; r++) {
            double load = 0.0, loop = 0.0;
            for (int64_t e = rd.md.row_first[r]; e < rd.md.row_first[r + 1]; e++) {
                const int64_t a = rd.md.row_arc[e];
                if (a >= rd.arcs) loop += small[a];
                load += (double)rd.md.row_weight[e] / (double)rd.md.row_scale[r] * small[a];
            }
            CHECK(loop >= 0.0);
            most_over = fmax(most_over, loop);
            /* merged arcs of one row bring the load of the whole; loops take what is over */
            CHECK(load <= (double)rd.md.row_up[r] * (1.0 + 1e-12) + 1.0);
        }
        reduce_flows(&rd, small, scratch, back);
        for (int64_t a = 0; a < md->m && times == 1.0; a++) CHECK(back[a] == x[a]);
        mem_free(x);
        mem_free(back);
        mem_free(small);
        mem_free(scratch);
        mem_free(keep);
        reduce_free(&rd);
        steppe_free(s);
    }
    CHECK(most_over > 1.0);
}

TEST(every_node_that_goes_leaves_a_basic_arc_of_its_own)
{
    draw d = {22};
    for (int round = 0; round < 50; round++) {
        chains_write(&d);
        steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
        CHECK_EQ(steppe_setup(s), STEPPE_OK);
        const model *md = &s->md;
        uint8_t *keep = MEM_NEW(uint8_t, md->m), *seen = MEM_ZERO(uint8_t, md->m);
        for (int64_t a = 0; a < md->m; a++) keep[a] = draw_chance(&d, 80);
        reduction rd;
        CHECK_EQ(make_small(s, keep, &rd), STEPPE_OK);
        for (int64_t i = 0; i < rd.basics; i++) {
            const int64_t a = reduce_basic_arc(&rd, i);
            CHECK(keep[a] && !seen[a]);
            seen[a] = 1;
        }
        for (int64_t a = 0; a < rd.arcs;
             a++) { /* an arc of the small model stands for one more */
            const int64_t of = reduce_arc(&rd, a);
            CHECK(keep[of] && !seen[of]);
            seen[of] = 1;
        }
        reduce_free(&rd);
        mem_free(keep);
        mem_free(seen);
        steppe_free(s);
    }
}

/* How many arcs close a circle with those before them in `order`; the others are a tree. */
static int circles(const int32_t *tail, const int32_t *head, int64_t m, int32_t n,
                   const int64_t *order, uint8_t *tree)
{
    int32_t *up = MEM_NEW(int32_t, n);
    int closed = 0;
    for (int32_t i = 0; i < n; i++) up[i] = i;
    for (int64_t e = 0; e < m; e++) {
        const int64_t a = order[e];
        const int32_t u = find_root(up, tail[a]), v = find_root(up, head[a]);
        tree[a] = u != v;
        closed += u == v;
        up[u] = v;
    }
    mem_free(up);
    return closed;
}

/* A tree over the arcs of an earlier part, of which some nodes go in this one: arcs that stand for it in the small model would close circles. Where
 * a node hung on several arcs, one of them goes, which may be another than that of the circle. */
TEST(a_basis_of_an_earlier_part_has_few_arcs_too_many)
{
    draw d = {23};
    int64_t before = 0, behind = 0;
    for (int round = 0; round < 200; round++) {
        chains_write(&d);
        steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
        CHECK_EQ(steppe_setup(s), STEPPE_OK);
        const model *md = &s->md;
        uint8_t *keep = MEM_NEW(uint8_t, md->m), *basic = MEM_ZERO(uint8_t, md->m);
        int64_t *order = MEM_NEW(int64_t, md->m), kept = 0;
        for (int64_t a = 0; a < md->m; a++) {
            keep[a] = draw_chance(&d, 90);
            if (keep[a]) order[kept++] = a;
        }
        for (int64_t e = kept - 1; e > 0; e--) {
            const int64_t o = draw_int(&d, 0, e), a = order[o];
            order[o] = order[e];
            order[e] = a;
        }
        circles(md->tail, md->head, kept, md->n, order, basic);
        reduction rd;
        CHECK_EQ(make_small(s, keep, &rd), STEPPE_OK);
        uint8_t *tree = MEM_ZERO(uint8_t, rd.md.m);
        for (int pass = 0; pass < 2; pass++) {
            for (int64_t i = 0; pass == 1 && i < rd.basics; i++) {
                if (basic[reduce_basic_arc(&rd, i)]) continue;
                const int64_t a = reduce_spare_arc(&rd, i, basic);
                if (a < 0) continue;
                CHECK(basic[a]);
                basic[a] = 0;
            }
            kept = 0;
            for (int64_t a = 0; a < rd.arcs; a++)
                if (basic[reduce_arc(&rd, a)]) order[kept++] = a;
            *(pass == 0 ? &before : &behind) +=
                circles(rd.md.tail, rd.md.head, kept, rd.md.n, order, tree);
        }
        mem_free(tree);
        mem_free(order);
        mem_free(basic);
        mem_free(keep);
        reduce_free(&rd);
        steppe_free(s);
    }
    CHECK(before > 500);
    CHECK(behind < before / 20);
}

TEST(without_capacity_the_loops_take_what_is_beyond)
{
    check_make_folder(TEST_TMP);
    check_write(CHAINS, "p mmcf 1 3 2 1\nn 0 0 5\nn 0 2 -5\nj 0 3\n"
                        "a 0 0 1 1 -1 0 1\na 0 1 2 1 -1 -1 1\n");
    steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    const uint8_t keep[2] = {1, 1};
    reduction rd;
    double cost, beyond;
    CHECK_EQ(make_small(s, keep, &rd), STEPPE_OK);
    double *small = solve_small(s, &rd, &cost, &beyond);
    CHECK_NEAR(beyond * pow(10.0, -s->md.flow_places), 2.0, 1e-6);
    mem_free(small);
    reduce_free(&rd);
    steppe_free(s);
}

TEST(nothing_leaks_when_memory_ends)
{
    draw d = {23};
    chains_write(&d);
    steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    uint8_t *keep = MEM_NEW(uint8_t, s->md.m);
    memset(keep, 1, (size_t)s->md.m);
    double *beyond = prices_of(&s->md);
    const long before = mem_live();
    steppe_status st = STEPPE_NO_MEMORY;
    for (long k = 0; st != STEPPE_OK; k++) {
        reduction rd;
        mem_fail_after(k);
        st = reduce_model(&s->ctx, &s->md, keep, beyond, &rd);
        mem_fail_after(-1);
        CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        if (st == STEPPE_OK) reduce_free(&rd);
        CHECK_EQ(mem_live(), before);
    }
    mem_free(keep);
    mem_free(beyond);
    steppe_free(s);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(the_small_model_costs_what_the_whole_does_and_its_flows_fit);
    RUN(a_point_goes_into_the_small_model_and_comes_back);
    RUN(every_node_that_goes_leaves_a_basic_arc_of_its_own);
    RUN(a_basis_of_an_earlier_part_has_few_arcs_too_many);
    RUN(without_capacity_the_loops_take_what_is_beyond);
    RUN(nothing_leaks_when_memory_ends);
    return check_result();
}
