/* Days of the Gregorian calendar as numbers: 0 is 1970-01-01. */
#ifndef STEPPE_DAY_H
#define STEPPE_DAY_H

#include <stdbool.h>
#include <stdint.h>

/* "2025-11-29" -> days since 1970-01-01. false: not a date of the calendar. */
bool day_parse(const char *s, int32_t *day);
/* The same backwards; buffer of 16 bytes. Returns buffer. */
char *day_text(char *buffer, int32_t day);
/* Month 1 to 12; the day of a month may lie outside it and then counts on. */
int32_t day_number(int year, int month, int day_of_month);
void day_split(int32_t day, int *year, int *month, int *day_of_month);

#endif
