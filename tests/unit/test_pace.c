/* Which of two ways goes on: by what they are said to have taken, not by a clock. */
#include "tests/check.h"

#include "pace.h"

/* Pieces whose seconds per unit of work are rate[way], until a run begins. Returns how many. */
static int until_run(pace *p, double rate0, double rate1)
{
    int pieces = 0;
    while (p->trial < 2) {
        const double work = 100.0 + 7.0 * (pieces % 5);
        pace_count(p, work * (p->way ? rate1 : rate0), work);
        pieces++;
    }
    return pieces;
}

/* Pieces of a run; returns how many there were before the next trial. */
static int through_run(pace *p)
{
    int pieces = 0;
    while (p->trial == 2) {
        pace_count(p, 0.0, 100.0);
        pieces++;
    }
    return pieces;
}

static void the_quicker_way_goes_on(void)
{
    pace p = {0};
    CHECK(p.way == 0);
    CHECK(until_run(&p, 2e-6, 1e-6) == 2 * PACE_TRIAL);
    CHECK(p.way == 1);
    CHECK(through_run(&p) == PACE_FIRST_RUN);
    CHECK(p.way == 0 && p.trial == 0);
    pace q = {0};
    CHECK(until_run(&q, 1e-6, 2e-6) == 2 * PACE_TRIAL);
    CHECK(q.way == 0);
}

static void a_hopeless_way_is_left_early(void)
{
    pace p = {0};
    CHECK(until_run(&p, 1e-6, 1e-4) == PACE_TRIAL + 4);
    CHECK(p.way == 0);
}

static void trials_grow_rare_while_the_same_way_wins(void)
{
    pace p = {0};
    int run = PACE_FIRST_RUN;
    for (int i = 0; i < 8; i++) {
        until_run(&p, 2e-6, 1e-6);
        CHECK(p.way == 1);
        CHECK(through_run(&p) == run);
        run = 2 * run < PACE_LAST_RUN ? 2 * run : PACE_LAST_RUN;
    }
    until_run(&p, 1e-6, 5e-6); /* the machine is no longer ours alone */
    CHECK(p.way == 0);
    CHECK(through_run(&p) == PACE_FIRST_RUN);
}

int main(void)
{
    RUN(the_quicker_way_goes_on);
    RUN(a_hopeless_way_is_left_early);
    RUN(trials_grow_rare_while_the_same_way_wins);
    return check_result();
}
