/* The certificate on planted faults: one unit too much anywhere is seen, and wrong prices never
 * raise the bound. */
#include "small_case.h"

#include "solve.h"

#define FILE_NOW TEST_TMP "certificate.mmcf"

static steppe_solver *s;
static steppe_ctx ctx_now;
static int64_t *x;
static wide *pi, *lambda;

/* Two commodities on a shared arc with 3 units, each with a way of its own; the optimum is 1 +
 * 2 * 1 + 1 * 9 = 12. */
static bool solved(void)
{
    check_make_folder(TEST_TMP);
    check_write(FILE_NOW, "p mmcf 2 2 4 1\nn 0 0 2\nn 0 1 -2\nn 1 0 2\nn 1 1 -2\nj 0 3\na 0 0 "
                          "1 1 -1 0 1\na 0 0 1 7 -1 -1 1\n"
                          "a 1 0 1 1 -1 0 1\na 1 0 1 9 -1 -1 1\n");
    memset(&ctx_now, 0, sizeof ctx_now);
    ctx_now.set = check_settings(&small_log, 1);
    if (!CHECK_EQ(steppe_open(&s, FILE_NOW, &ctx_now.set), STEPPE_OK)) return false;
    CHECK(small_solve(s).objective == 10.0);
    x = s->an.x;
    pi = s->an.pi;
    lambda = s->an.lambda;
    return CHECK(s->has_answer);
}

static certificate check(void)
{
    certificate c;
    CHECK_EQ(certify(&ctx_now, &s->md, x, pi, lambda, DUAL_EXTRA, &c), STEPPE_OK);
    return c;
}

TEST(the_answer_itself_is_proven)
{
    if (!solved()) return;
    const certificate c = check();
    CHECK(c.feasible);
    CHECK_EQ(c.violations, 0);
    CHECK(c.objective == c.bound);
    CHECK(c.gap_rel == 0.0);
    CHECK(certificate_value(&s->md, c.objective) == 10.0);
    CHECK_EQ(small_log.errors, 0);
    steppe_free(s);
}

/* Reduced costs are rounded; on an arc that carries less than nothing they have to be rounded the other way. */
TEST(prices_in_fractions_never_raise_the_bound_where_flows_are_negative)
{
    check_make_folder(TEST_TMP);
    check_write(
        TEST_TMP "negative.mps",
        "NAME\nROWS\n N c\n E A\n E B\n L R\nCOLUMNS\n x c 1 A 1\n x B -1 R 0.3\n y c 2 A 1\n"
        " y B -1 R 0.7\nRHS\n r A -9 B 9\n r R -5.9\nBOUNDS\n LO b x -1000\n UP b x -1\n"
        " LO b y -1000\n UP b y -1\nENDATA\n");
    memset(&ctx_now, 0, sizeof ctx_now);
    ctx_now.set = check_settings(&small_log, 1);
    if (!CHECK_EQ(steppe_open(&s, TEST_TMP "negative.mps", &ctx_now.set), STEPPE_OK)) return;
    CHECK(small_solve(s).objective == -17.0); /* x = -1, y = -8 */
    x = s->an.x;
    pi = s->an.pi;
    lambda = s->an.lambda;
    const wide best = check().objective, at_head = pi[1];
    wide highest = 0;
    for (int64_t price = 1; price < 1000; price++) /* the row is tight at every optimum of y */
        for (int shift = -2; shift <= 2; shift++) {
            lambda[0] = -price;
            pi[1] = at_head + 7 * price / 10 + shift;
            const certificate c = check();
            CHECK(c.bound <= best);
            if (highest == 0 || c.bound > highest) highest = c.bound;
        }
    CHECK(highest == best);
    steppe_free(s);
}

TEST(one_unit_more_or_less_on_any_arc_is_seen)
{
    if (!solved()) return;
    for (int64_t a = 0; a < s->md.m; a++) {
        for (int d = -1; d <= 1; d += 2) {
            x[a] += d;
            const certificate c = check();
            CHECK(!c.feasible);
            CHECK(c.violations >= 2); /* both ends */
            x[a] -= d;
        }
    }
    CHECK(check_logged(&small_log, "k0:node:1: found"));
    CHECK(check_logged(&small_log, "expected a balance of 0"));
    steppe_free(s);
}

TEST(a_shift_between_parallel_arcs_breaks_the_shared_row)
{
    if (!solved()) return;
    x[0] += 1; /* balances hold: only the row is overfull, or an arc below zero */
    x[1] -= 1;
    certificate c = check();
    CHECK(!c.feasible);
    CHECK(check_logged(&small_log, "row:1: found"));
    CHECK(check_logged(&small_log, "expected a load of at most 3"));
    x[0] -= 2; /* the other way is allowed, and costs more */
    x[1] += 2;
    c = check();
    CHECK(c.feasible);
    CHECK(c.objective > c.bound);
    CHECK(c.gap_rel > 0.0);
    steppe_free(s);
}

TEST(a_flow_below_its_lower_or_above_its_upper_bound_is_seen)
{
    if (!solved()) return;
    const int64_t keep = s->md.up[2];
    s->md.up[2] = x[2] - 1;
    CHECK_EQ(check().violations, 1);
    CHECK(check_logged(&small_log, "k1:arc:3: found"));
    s->md.up[2] = keep;
    s->md.low[2] = x[2] + 1;
    CHECK_EQ(check().violations, 1);
    s->md.low[2] = 0;
    s->md.row_low[0] = s->md.row_up[0] + 1; /* a lower limit that the load misses */
    CHECK_EQ(check().violations, 1);
    s->md.row_low[0] = NO_LOW;
    CHECK(check().feasible);
    steppe_free(s);
}

TEST(no_prices_whatever_prove_more_than_the_optimum)
{
    if (!solved()) return;
    draw d = {11};
    const wide best = check().bound;
    int below = 0;
    for (int i = 0; i < 5000; i++) {
        wide keep_pi[8], keep_lambda = lambda[0];
        memcpy(keep_pi, pi, (size_t)s->md.n * sizeof *pi);
        const int64_t size = draw_chance(&d, 50) ? 5 : 20000000000000;
        for (int32_t k = 0; k < s->md.n; k++) pi[k] += draw_int(&d, -size, size);
        lambda[0] = draw_chance(&d, 50) ? lambda[0] : -(wide)draw_int(&d, 0, size);
        const certificate c = check();
        if (!CHECK(c.feasible) || !CHECK(c.bound <= best)) break;
        below += c.bound < best;
        memcpy(pi, keep_pi, (size_t)s->md.n * sizeof *pi);
        lambda[0] = keep_lambda;
    }
    CHECK(below > 1000);
    CHECK(check().bound == best);
    steppe_free(s);
}

TEST(a_price_on_a_limit_that_is_not_there_proves_nothing)
{
    if (!solved()) return;
    lambda[0] = 1; /* there is no lower limit */
    const certificate c = check();
    CHECK(!c.feasible);
    CHECK(check_logged(&small_log, "no price where there is no limit"));
    steppe_free(s);
}

TEST(numbers_that_leave_128_bits_are_an_overflow_and_no_proof)
{
    if (!solved()) return;
    certificate c;
    pi[0] = wide_pow10(38);
    CHECK_EQ(certify(&ctx_now, &s->md, x, pi, lambda, DUAL_EXTRA, &c), STEPPE_OVERFLOW);
    steppe_free(s);
}

TEST(at_most_twenty_violations_are_named_and_all_are_counted)
{
    if (!solved()) return;
    steppe_free(s);
    text t = {0};
    text_add(&t, "p min 100 99\n");
    for (int i = 1; i < 100; i++) text_addf(&t, "a %d %d 0 5 1\n", i, i + 1);
    check_write(TEST_TMP "long.min", t.data);
    text_free(&t);
    CHECK_EQ(steppe_open(&s, TEST_TMP "long.min", &ctx_now.set), STEPPE_OK);
    CHECK(small_solve(s).objective == 0.0);
    x = s->an.x;
    pi = s->an.pi;
    lambda = s->an.lambda;
    for (int64_t a = 0; a < 99; a += 2) x[a] = 1;
    small_log.errors = 0;
    CHECK_EQ(check().violations, 100);
    CHECK_EQ(small_log.errors, 20);
    steppe_free(s);
}

int main(void)
{
    RUN(the_answer_itself_is_proven);
    RUN(prices_in_fractions_never_raise_the_bound_where_flows_are_negative);
    RUN(one_unit_more_or_less_on_any_arc_is_seen);
    RUN(a_shift_between_parallel_arcs_breaks_the_shared_row);
    RUN(a_flow_below_its_lower_or_above_its_upper_bound_is_seen);
    RUN(no_prices_whatever_prove_more_than_the_optimum);
    RUN(a_price_on_a_limit_that_is_not_there_proves_nothing);
    RUN(numbers_that_leave_128_bits_are_an_overflow_and_no_proof);
    RUN(at_most_twenty_violations_are_named_and_all_are_counted);
    return check_result();
}
