/* The interior point finds the optimum that the simplex finds, from scratch, from a hint near it in fewer steps, and from one that misleads. */
#include "chains.h"

#include "interior.h"

#define TOL 1e-8

typedef struct {
    answer out;
    job j;
} one_job;

static void open_job(steppe_solver *s, one_job *o)
{
    memset(o, 0, sizeof *o);
    o->j.ctx = &s->ctx;
    o->j.md = &s->md;
    o->j.out = &o->out;
    o->j.base = s->md.m + s->md.n;
    o->j.all = o->j.base + s->md.rows;
    CHECK(job_new(&o->j));
}

static double cost_of(const job *j, const double *x)
{
    double sum = 0.0;
    for (int64_t a = 0; a < j->md->m; a++) sum += j->true_cost[a] * x[a];
    return sum;
}

/* Solves from the hint, or NULL, and compares costs with `want` where it finds a point. */
static bool run(steppe_solver *s, const interior_hint *hint, double want, double gap,
                interior_point *ip)
{
    one_job o;
    open_job(s, &o);
    o.j.hint = hint;
    CHECK_EQ(interior_solve(&o.j, gap, gap, INSIDE_ON_REQUEST, ip), STEPPE_OK);
    CHECK(!ip->declined && !ip->stopped);
    if (!ip->failed) {
        CHECK(ip->gap <= gap);
        CHECK_NEAR(cost_of(&o.j, ip->x), want, 2.0 * gap * (1.0 + fabs(want)));
    }
    job_free(&o.j);
    return !ip->failed;
}

/* The optimum in the units of cost_of. */
static double solve_by_trees(steppe_solver *s)
{
    const steppe_info info = small_solve(s);
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    return info.objective * pow(10.0, s->md.flow_places);
}

TEST(a_hint_near_the_optimum_saves_steps)
{
    draw d = {41};
    int cold = 0, warm = 0, found = 0;
    for (int round = 0; round < 60; round++) {
        chains_write(&d);
        steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
        const double want = solve_by_trees(s);
        interior_point rough, first, second;
        bool good = run(s, NULL, want, 1e-2, &rough);
        const interior_hint hint = {rough.x, rough.price, rough.gap};
        good &= run(s, NULL, want, TOL, &first);
        good &= run(s, &hint, want, TOL, &second);
        if (good) { /* prices that drift may end in rounding */
            cold += first.iterations;
            warm += second.iterations;
            found++;
        }
        interior_free(&rough);
        interior_free(&first);
        interior_free(&second);
        steppe_free(s);
    }
    CHECK(found > 50);
    CHECK(4 * warm < 3 * cold);
}

/* Flows that nothing balances, prices of any size and sign, or nothing at all. */
TEST(a_hint_that_misleads_does_no_harm)
{
    draw d = {42};
    for (int round = 0; round < 60; round++) {
        chains_write(&d);
        steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
        const double want = solve_by_trees(s);
        const int64_t n = s->md.n + s->md.rows;
        interior_hint hint = {MEM_ZERO(double, s->md.m), MEM_ZERO(double, n), 0.0};
        const double size = round % 3 == 0 ? 0.0 : pow(10.0, (double)draw_int(&d, -3, 9));
        for (int64_t a = 0; a < s->md.m; a++) hint.x[a] = size * (double)draw_int(&d, -5, 99);
        for (int64_t i = 0; i < n; i++) hint.price[i] = size * (double)draw_int(&d, -99, 99);
        interior_point ip;
        CHECK(run(s, &hint, want, TOL, &ip)); /* as from nothing: steps that fail begin anew */
        interior_free(&ip);
        mem_free(hint.x);
        mem_free(hint.price);
        steppe_free(s);
    }
}

TEST(nothing_leaks_when_memory_ends)
{
    draw d = {43};
    chains_write(&d);
    steppe_solver *s = chains_open(STEPPE_SIMPLEX, 1);
    CHECK_EQ(steppe_setup(s), STEPPE_OK);
    const long before = mem_live();
    steppe_status st = STEPPE_NO_MEMORY;
    for (long k = 0; st != STEPPE_OK; k++) {
        interior_point ip;
        one_job o;
        open_job(s, &o);
        mem_fail_after(k);
        st = interior_solve(&o.j, TOL, TOL, INSIDE_ON_REQUEST, &ip);
        mem_fail_after(-1);
        CHECK(st == STEPPE_OK || st == STEPPE_NO_MEMORY);
        interior_free(&ip);
        job_free(&o.j);
        CHECK_EQ(mem_live(), before);
    }
    steppe_free(s);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(a_hint_near_the_optimum_saves_steps);
    RUN(a_hint_that_misleads_does_no_harm);
    RUN(nothing_leaks_when_memory_ends);
    return check_result();
}
