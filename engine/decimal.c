/* Exact decimals. Tables hold decimals, so the model is built from decimals and never from the
 * nearest double: 0.1 Mt is 0.1 Mt in every balance and in the certificate. */
#include "engine.h"

#include <ctype.h>
#include <string.h>

static const int64_t small_power[19] = {1,
                                        10,
                                        100,
                                        1000,
                                        10000,
                                        100000,
                                        1000000,
                                        10000000,
                                        100000000,
                                        1000000000,
                                        10000000000,
                                        100000000000,
                                        1000000000000,
                                        10000000000000,
                                        100000000000000,
                                        1000000000000000,
                                        10000000000000000,
                                        100000000000000000,
                                        1000000000000000000};

wide wide_pow10(int e)
{
    wide p = 1;
    for (; e > 18; e -= 18) p *= small_power[18];
    return e < 0 ? 1 : p * small_power[e];
}

/* Digits up to 10^33 fit a wide with room to spare; more digits than that only matter for rounding. */
#define MANTISSA_LIMIT ((wide)1000000000000000000 * 1000000000000000)

/* Plain decimals of up to 18 digits and 12 places, which is nearly every number: no wide loops. */
static bool parse_plain(const char *s, wide *out)
{
    const bool negative = *s == '-';
    int64_t m = 0;
    int digits = 0, behind = -1;
    if (negative) s++;
    for (; *s; s++) {
        const unsigned d = (unsigned)(*s - '0');
        if (d <= 9) {
            if (++digits > 18) return false;
            m = 10 * m + (int64_t)d;
            if (behind >= 0) behind++;
        } else if (*s == '.' && behind < 0) {
            behind = 0;
        } else {
            return false;
        }
    }
    if (behind < 0) behind = 0;
    if (digits == 0 || behind > FIX_PLACES || digits - behind > 15) return false;
    const wide v = (wide)m * small_power[FIX_PLACES - behind];
    *out = negative ? -v : v;
    return true;
}

static bool is_word(const char *s, const char *word)
{
    while (*word && tolower((unsigned char)*s) == *word) s++, word++;
    return *word == '\0' && *s == '\0';
}

fix_result fix_parse(const char *source, wide *out)
{
    if (parse_plain(source, out)) return FIX_OK;
    const char *s = source;
    bool negative = false, digits = false, sticky = false;
    wide m = 0;
    int e = 0; /* value = m * 10^e */
    *out = 0;
    if (*s == '+' || *s == '-') negative = *s++ == '-';
    if (is_word(s, "inf") || is_word(s, "infinity") || is_word(s, "nan")) return FIX_NOT_FINITE;
    int64_t small = 0; /* the first 18 digits without wide arithmetic: nearly every number */
    int places = 0;
    for (; isdigit((unsigned char)*s) && places < 18; s++, places++) {
        small = 10 * small + (*s - '0');
        digits = true;
    }
    m = small;
    for (; isdigit((unsigned char)*s); s++) {
        if (m < MANTISSA_LIMIT)
            m = 10 * m + (*s - '0');
        else
            e++, sticky |= *s != '0';
    }
    if (*s == '.') {
        for (s++; isdigit((unsigned char)*s); s++) {
            digits = true;
            if (m < MANTISSA_LIMIT)
                m = 10 * m + (*s - '0'), e--;
            else
                sticky |= *s != '0';
        }
    }
    if (!digits) return FIX_NOT_A_NUMBER;
    if (*s == 'e' || *s == 'E') {
        s++;
        bool down = false;
        int x = 0;
        if (*s == '+' || *s == '-') down = *s++ == '-';
        if (!isdigit((unsigned char)*s)) return FIX_NOT_A_NUMBER;
        for (; isdigit((unsigned char)*s); s++)
            if (x < 10000) x = 10 * x + (*s - '0');
        e += down ? -x : x;
    }
    if (*s != '\0') return FIX_NOT_A_NUMBER;
    e += FIX_PLACES;
    for (; e > 0 && m != 0; e--) {
        if (m >= MANTISSA_LIMIT) return FIX_TOO_LARGE;
        m *= 10;
    }
    fix_result result = FIX_OK;
    if (e < 0) {
        int last = 0;
        for (; e < 0 && (m != 0 || last != 0); e++) {
            sticky |= last != 0;
            last = (int)(m % 10);
            m /= 10;
        }
        if (last != 0 || sticky) result = FIX_ROUNDED;
        if (last > 5 || (last == 5 && (sticky || m % 2 == 1))) m++;
    }
    if (m > FIX_ONE * wide_pow10(15)) return FIX_TOO_LARGE;
    *out = negative ? -m : m;
    return result;
}

double fix_double(wide v)
{
    /* 10^12 is exact in double, so this rounds once for |v| < 2^53 and twice beyond. */
    return (double)v / 1e12;
}

char *wide_text(char *buffer, wide v, int places)
{
    char digits[64];
    int n = 0;
    const bool negative = v < 0;
    __extension__ unsigned __int128 u = negative ? -(unsigned __int128)v : (unsigned __int128)v;
    while (u > UINT64_MAX) { /* 18 digits at a time: division by hardware */
        uint64_t part = (uint64_t)(u % 1000000000000000000u);
        u /= 1000000000000000000u;
        for (int i = 0; i < 18; i++, part /= 10) digits[n++] = (char)('0' + (int)(part % 10));
    }
    for (uint64_t part = (uint64_t)u; part != 0; part /= 10)
        digits[n++] = (char)('0' + (int)(part % 10));
    while (n <= places) digits[n++] = '0';
    int low = 0; /* trailing zeros behind the point go */
    while (low < places && digits[low] == '0') low++;
    char *p = buffer;
    if (negative) *p++ = '-';
    for (int i = n - 1; i >= low; i--) {
        if (i == places - 1) *p++ = '.';
        *p++ = digits[i];
    }
    *p = '\0';
    return buffer;
}

char *fix_text(char *buffer, wide v)
{
    return wide_text(buffer, v, FIX_PLACES);
}

bool wide_parse(const char *source, int places, wide *out)
{
    const char *s = source;
    const bool negative = *s == '-';
    if (negative) s++;
    wide v = 0;
    int behind = -1, digits = 0;
    for (; *s; s++) {
        if (*s == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (!isdigit((unsigned char)*s) || ++digits > 38 || (behind >= 0 && ++behind > places))
            return false;
        if (__builtin_mul_overflow(v, (wide)10, &v) ||
            __builtin_add_overflow(v, (wide)(*s - '0'), &v))
            return false;
    }
    if (digits == 0) return false;
    for (int i = behind < 0 ? 0 : behind; i < places; i++)
        if (__builtin_mul_overflow(v, (wide)10, &v)) return false;
    *out = negative ? -v : v;
    return true;
}
