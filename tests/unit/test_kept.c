/* An earlier answer is taken again where it is proven for the new model, and only there. */
#include "small_case.h"

#include "solve.h"

static const char *const cases[] = {TINY "two_path", TINY "shared_link", TINY "transfer_port",
                                    TINY "shortage", TINY "contract_split"};

enum { COUNT = 5 };

static steppe_solver *solved(const char *path)
{
    const steppe_settings set = check_settings(&small_log, 2);
    steppe_solver *s = NULL;
    CHECK_EQ(steppe_open(&s, path, &set), STEPPE_OK);
    CHECK_EQ(small_solve(s).outcome, STEPPE_OPTIMAL);
    CHECK_EQ(s->kept.m, s->md.m);
    return s;
}

static bool holds(steppe_solver *s)
{
    answer an;
    certificate cert;
    bool yes;
    CHECK_EQ(kept_try(&s->ctx, &s->md, &s->kept, 1e-12, &an, &cert, &yes), STEPPE_OK);
    if (yes) {
        CHECK(cert.feasible && cert.gap_rel <= 1e-12);
        answer_free(&an);
    }
    return yes;
}

TEST(the_same_model_has_the_same_answer)
{
    for (int i = 0; i < COUNT; i++) {
        steppe_solver *s = solved(cases[i]);
        int64_t *x = MEM_NEW(int64_t, s->md.m);
        const int64_t m = s->md.m;
        memcpy(x, s->an.x, (size_t)m * sizeof *x);
        const steppe_info again = small_solve(s);
        CHECK_EQ(again.pivots, 0);
        CHECK_EQ(again.warm, 1);
        CHECK_EQ(again.outcome, STEPPE_OPTIMAL);
        CHECK(memcmp(x, s->an.x, (size_t)m * sizeof *x) == 0);
        mem_free(x);
        steppe_free(s);
    }
}

/* Limits and costs moved at random: what is taken again costs what a solve from nothing does. */
TEST(what_holds_is_the_optimum)
{
    draw d = {17};
    int held = 0, refused = 0;
    for (int round = 0; round < 600; round++) {
        steppe_solver *s = solved(cases[round % COUNT]);
        model *md = &s->md;
        for (int times = (int)draw_int(&d, 1, 3); times > 0; times--) {
            const int64_t a = draw_int(&d, 0, md->m - 1), room = md->up[a] - md->low[a];
            if (draw_chance(&d, 50))
                md->cost[a] += md->cost[a] * draw_int(&d, -4, 9) / 10;
            else
                md->up[a] = md->low[a] + room / 10 * draw_int(&d, 3, 12);
        }
        const bool yes = holds(s);
        const double was = s->info.objective;
        held += yes;
        refused += !yes;
        steppe_info warm, cold;
        CHECK_EQ(steppe_solve(s, &warm), STEPPE_OK);
        CHECK(!yes || warm.pivots == 0);
        s->ctx.set.cold = 1;
        CHECK_EQ(steppe_solve(s, &cold), STEPPE_OK);
        CHECK_EQ(warm.outcome, cold.outcome);
        if (cold.outcome == STEPPE_OPTIMAL)
            CHECK_NEAR(warm.objective, cold.objective, 1e-9 * (1.0 + fabs(was)));
        steppe_free(s);
    }
    CHECK(held > 100 && refused > 100);
}

/* Things that the earlier model did not have: without flow they change nothing, one with flow does. */
TEST(what_is_new_has_no_flow)
{
    for (int i = 0; i < COUNT; i++) {
        steppe_solver *s = solved(cases[i]);
        int64_t used = -1, idle = -1;
        for (int64_t a = 0; a < s->md.m; a++) {
            if (s->an.x[a] > 0) used = a;
            if (s->an.x[a] == 0 && s->md.low[a] == 0) idle = a;
        }
        CHECK(used >= 0);
        if (idle >= 0) {
            s->kept.key[idle] ^= 1;
            CHECK(holds(s));
        }
        s->kept.key[used] ^= 1;
        CHECK(!holds(s));
        steppe_free(s);
    }
}

TEST(a_copy_holds_as_well)
{
    steppe_solver *s = solved(cases[0]), *twin = NULL;
    CHECK_EQ(steppe_copy(&twin, s, NULL), STEPPE_OK);
    CHECK_EQ(steppe_setup(twin), STEPPE_OK);
    CHECK(holds(twin));
    kept_free(&twin->kept);
    CHECK(!holds(twin)); /* nothing is kept */
    steppe_free(twin);
    steppe_free(s);
}

int main(void)
{
    RUN(the_same_model_has_the_same_answer);
    RUN(what_holds_is_the_optimum);
    RUN(what_is_new_has_no_flow);
    RUN(a_copy_holds_as_well);
    return check_result();
}
