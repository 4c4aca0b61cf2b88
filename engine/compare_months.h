/* The story of a loss month by month. */
#ifndef STEPPE_COMPARE_MONTHS_H
#define STEPPE_COMPARE_MONTHS_H

#include "table.h"
#include "words.h"

/* A good of a country that leaves less by a link than before. */
typedef struct {
    char good[64], country[16], link[160], unit[16];
    const char *link_name;
} loss;

/* From route.csv and month.csv of both folders: per period what leaves by the link, by other ways, what is shut in
 * and what lies in stock, before and after. Words for a person where there is more than one period, and the table
 * as CSV. */
steppe_status months_story(steppe_ctx *ctx, const char *const dir[2], const loss *what,
                           words *w, text *csv);

#endif
