/* The number of the calling thread in its team; 0 without OpenMP. */
#ifndef STEPPE_TEAM_H
#define STEPPE_TEAM_H

#ifdef _OPENMP
#include <omp.h>
#endif

static inline int thread_number(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

#endif
