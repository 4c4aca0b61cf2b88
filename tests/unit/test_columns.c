/* Column generation: bound <= optimum <= value, up to the gap asked for, on small random cases; threads. */
#include "small_case.h"

#include "columns.h"
#include "solve.h"

#define FILE_NOW TEST_TMP "columns.mmcf"

enum { NODES = 12, K = 6, ARCS = 40, ROWS = 30 };

/* Random commodities on one random graph whose arcs are shared, some with bounds of their own; a dear arc from each source to
 * its sink lets all flow. */
static void write_random(draw *d)
{
    text t = {0};
    int tail[ARCS], head[ARCS];
    check_make_folder(TEST_TMP);
    text_addf(&t, "p mmcf %d %d %d %d\n", K, NODES, K * (ARCS + 1), ROWS);
    for (int a = 0; a < ARCS; a++) {
        tail[a] = (int)draw_int(d, 0, NODES - 1);
        head[a] = (int)draw_int(d, 0, NODES - 1);
    }
    for (int r = 0; r < ROWS; r++) text_addf(&t, "j %d %d\n", r, (int)draw_int(d, 1, 12));
    for (int k = 0; k < K; k++) {
        const int from = (int)draw_int(d, 0, NODES / 2 - 1),
                  to = (int)draw_int(d, NODES / 2, NODES - 1), b = (int)draw_int(d, 1, 9);
        text_addf(&t, "n %d %d %d\nn %d %d -%d\n", k, from, b, k, to, b);
        text_addf(&t, "a %d %d %d 400 -1 -1 1\n", k, from, to);
        for (int a = 0; a < ARCS; a++)
            text_addf(&t, "a %d %d %d %d.%d %d %d %d\n", k, tail[a], head[a],
                      (int)draw_int(d, 0, 30), (int)draw_int(d, 0, 99),
                      draw_chance(d, 30) ? (int)draw_int(d, 1, 9) : -1, a < ROWS ? a : -1,
                      (int)draw_int(d, 1, 3));
    }
    CHECK(!t.failed);
    check_write(FILE_NOW, t.data);
    text_free(&t);
}

typedef struct {
    steppe_solver *s;
    double *x, *y;
    columns_info info;
    double unit; /* of objectives */
} solved;

static solved open_now(int threads)
{
    const steppe_settings set = check_settings(NULL, threads);
    solved v = {0};
    CHECK_EQ(steppe_open(&v.s, FILE_NOW, &set), STEPPE_OK);
    v.x = MEM_ZERO(double, v.s->md.m);
    v.y = MEM_ZERO(double, v.s->md.rows);
    v.unit = pow(10.0, -v.s->md.flow_places - v.s->md.cost_places);
    return v;
}

static void close_now(solved *v)
{
    mem_free(v->x);
    mem_free(v->y);
    steppe_free(v->s);
}

static steppe_status run(solved *v, double gap)
{
    return columns_solve(&v->s->ctx, &v->s->md, gap, INFINITY, v->x, v->y, NULL, &v->info);
}

/* How far the flows are from what rows, nodes and bounds ask. */
static double faults_of(const solved *v)
{
    const model *md = &v->s->md;
    double worst = 0.0;
    double *net = MEM_ZERO(double, md->n);
    for (int64_t a = 0; a < md->m; a++) {
        net[md->tail[a]] += v->x[a];
        net[md->head[a]] -= v->x[a];
        worst = fmax(worst, fmax((double)md->low[a] - v->x[a], v->x[a] - (double)md->up[a]));
    }
    for (int32_t i = 0; i < md->n; i++) worst = fmax(worst, fabs(net[i] - (double)md->b[i]));
    mem_free(net);
    return worst * pow(10.0, -md->flow_places);
}

TEST(the_optimum_lies_between_bound_and_value)
{
    draw d = {11};
    int shared = 0;
    for (int round = 0; round < 150; round++) {
        write_random(&d);
        solved v = open_now(1);
        CHECK_EQ(run(&v, 1e-6), STEPPE_OK);
        const steppe_info info = small_solve(v.s);
        const double bound = v.info.bound * v.unit, value = v.info.value * v.unit,
                     best = info.objective, slack = 1e-9 * (1.0 + fabs(best));
        bool good = CHECK(v.info.flows && v.info.reached);
        good = CHECK(bound <= best + slack) && good;
        good = CHECK(value >= best - 1e-6 * (1.0 + fabs(best))) && good;
        good = CHECK(value - bound <= 3e-6 * (1.0 + fabs(best))) && good;
        good = CHECK(v.info.excess < 1e-6) && good;
        good = CHECK(faults_of(&v) < 1e-6) && good;
        for (int64_t r = 0; r < v.s->md.rows; r++) good = CHECK(v.y[r] <= 0.0) && good;
        shared += v.info.rounds > 0;
        close_now(&v);
        if (!good) {
            fprintf(stderr, "    round %d: %.12g <= %.12g <= %.12g, excess %g\n", round, bound,
                    best, value, v.info.excess);
            return;
        }
    }
    CHECK(shared > 100); /* rows were tight in most of them */
}

TEST(threads_change_nothing)
{
    draw d = {12};
    for (int round = 0; round < 20; round++) {
        write_random(&d);
        solved one = open_now(1), three = open_now(3);
        CHECK_EQ(run(&one, 1e-6), STEPPE_OK);
        CHECK_EQ(run(&three, 1e-6), STEPPE_OK);
        const model *md = &one.s->md;
        CHECK(memcmp(one.x, three.x, (size_t)md->m * sizeof(double)) == 0);
        CHECK(memcmp(one.y, three.y, (size_t)md->rows * sizeof(double)) == 0);
        CHECK_EQ(one.info.steps, three.info.steps);
        close_now(&one);
        close_now(&three);
    }
}

static int stop_later(void *arg, const steppe_progress *now)
{
    return now->done >= *(int *)arg;
}

TEST(a_stopped_solve_leaves_a_bound_and_flows)
{
    draw d = {11};
    write_random(&d);
    solved v = open_now(1);
    int most = 1;
    v.s->ctx.set.progress = stop_later;
    v.s->ctx.set.arg = &most;
    CHECK_EQ(run(&v, 1e-6), STEPPE_OK);
    CHECK(v.info.stopped && v.info.flows && !v.info.reached);
    v.s->ctx.set.progress = NULL;
    v.s->ctx.stopped = false;
    const steppe_info info = small_solve(v.s);
    CHECK(v.info.bound * v.unit <= info.objective * (1.0 + 1e-9));
    CHECK(faults_of(&v) < 1e-6);
    close_now(&v);
}

TEST(what_cannot_flow_has_no_flows)
{
    check_make_folder(TEST_TMP);
    check_write(FILE_NOW, "p mmcf 1 2 1 1\nn 0 0 2\nn 0 1 -2\nj 0 9\na 0 0 1 1 1 0 1\n");
    solved v = open_now(1);
    CHECK_EQ(run(&v, 1e-6), STEPPE_OK);
    CHECK(!v.info.flows && !v.info.reached);
    close_now(&v);
    /* alone it can, through the row it cannot */
    check_write(FILE_NOW, "p mmcf 1 2 1 1\nn 0 0 2\nn 0 1 -2\nj 0 1\na 0 0 1 1 -1 0 1\n");
    v = open_now(1);
    CHECK_EQ(run(&v, 1e-6), STEPPE_OK);
    CHECK(v.info.flows && !v.info.reached);
    CHECK(v.info.excess > 0.4);
    close_now(&v);
}

TEST(nothing_leaks_when_memory_ends)
{
    draw d = {13};
    write_random(&d);
    solved v = open_now(2);
    const long before = mem_live();
    steppe_status st = STEPPE_NO_MEMORY;
    for (long k = 0; st != STEPPE_OK; k += 1 + k / 20) {
        mem_fail_after(k);
        st = run(&v, 1e-6);
        mem_fail_after(-1);
        CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        CHECK_EQ(mem_live(), before);
    }
    close_now(&v);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(the_optimum_lies_between_bound_and_value);
    RUN(threads_change_nothing);
    RUN(a_stopped_solve_leaves_a_bound_and_flows);
    RUN(what_cannot_flow_has_no_flows);
    RUN(nothing_leaks_when_memory_ends);
    return check_result();
}
