/* Which of two ways to do the same work is quicker, found out while it is done: both are timed in turn for a few pieces,
 * then the better one goes on for many. A second thread may gain a third, or lose tenfold where other processes
 * hold its core; what is computed does not depend on the way. */
#ifndef STEPPE_PACE_H
#define STEPPE_PACE_H

#include <time.h>

enum { PACE_TRIAL = 16, PACE_FIRST_RUN = 256, PACE_LAST_RUN = 8192 };

/* Zero at the start: way 0 is tried first, then way 1. */
typedef struct {
    double rate[2]; /* seconds per unit of work in the last trial */
    double seconds, work;
    double begun;
    int way, better;
    int trial; /* 0 and 1: the way on trial; 2: none */
    int done;  /* pieces since the trial or the run began */
    int run;   /* pieces until the next trial */
} pace;

static inline double pace_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The way of the next piece, which begins now. */
static inline int pace_begin(pace *p)
{
    if (p->trial < 2) p->begun = pace_clock();
    return p->way;
}

/* A piece of so much work, in any unit, took so long; the seconds of a run are not looked at. */
static inline void pace_count(pace *p, double seconds, double work)
{
    p->done++;
    if (p->trial == 2) {
        if (p->done < p->run) return;
        p->trial = p->way = 0;
    } else {
        p->seconds += seconds;
        p->work += work;
        p->rate[p->trial] = p->seconds / (p->work + 1.0);
        /* hopeless ones are not tried to the end */
        const int hopeless = p->trial == 1 && p->done >= 4 && p->rate[1] > 3.0 * p->rate[0];
        if (p->done < PACE_TRIAL && !hopeless) return;
        p->way = ++p->trial;
        if (p->trial == 2) {
            p->way = p->rate[1] < p->rate[0];
            p->run = p->run == 0 || p->way != p->better ? PACE_FIRST_RUN
                     : p->run < PACE_LAST_RUN           ? 2 * p->run
                                                        : PACE_LAST_RUN;
            p->better = p->way;
        }
    }
    p->seconds = p->work = 0.0;
    p->done = 0;
}

/* The piece that began has ended. */
static inline void pace_end(pace *p, double work)
{
    pace_count(p, p->trial < 2 ? pace_clock() - p->begun : 0.0, work);
}

#endif
