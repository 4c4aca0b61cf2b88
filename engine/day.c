#include "day.h"

#include <stdio.h>

/* Years are counted from March, so that the leap day is the last of its year; 400 years have
 * 146097 days and 719468 days lie between 0000-03-01 and 1970-01-01. */
int32_t day_number(int year, int month, int day_of_month)
{
    const int y = month <= 2 ? year - 1 : year;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int of_era = y - era * 400;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void day_split(int32_t day, int *year, int *month, int *day_of_month)
{
    const int z = day + 719468;
    const int era = (z >= 0 ? z : z - 146096) / 146097;
    const int of_era = z - era * 146097;
    const int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int of_year = of_era - (365 * y + y / 4 - y / 100);
    const int m = (5 * of_year + 2) / 153;
    *day_of_month = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

bool day_parse(const char *s, int32_t *day)
{
    int part[3] = {0, 0, 0}, at = 0;
    *day = 0;
    for (int i = 0; i < 10; i++) {
        if (i == 4 || i == 7) {
            if (s[i] != '-') return false;
            at++;
        } else {
            if (s[i] < '0' || s[i] > '9') return false;
            part[at] = 10 * part[at] + (s[i] - '0');
        }
    }
    if (s[10] != '\0' || part[0] < 1) return false;
    if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31) return false;
    const int32_t n = day_number(part[0], part[1], part[2]);
    int year, month, day_of_month;
    day_split(n, &year, &month, &day_of_month);
    if (day_of_month != part[2]) return false; /* the 30th of February is the 2nd of March */
    *day = n;
    return true;
}

char *day_text(char *buffer, int32_t day)
{
    int year, month, day_of_month;
    day_split(day, &year, &month, &day_of_month);
    snprintf(buffer, 16, "%04d-%02d-%02d", year % 10000, (month % 100 + 100) % 100,
             (day_of_month % 100 + 100) % 100);
    return buffer;
}
