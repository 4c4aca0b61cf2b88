#include "words.h"

#include <math.h>
#include <string.h>

void words_tone(words *w, char tone)
{
    if (!w->color) return;
    const char *code = tone == 'b'   ? "\x1b[1m"
                       : tone == 'r' ? "\x1b[31m"
                       : tone == 'g' ? "\x1b[32m"
                       : tone == 'd' ? "\x1b[2m"
                                     : "\x1b[0m";
    text_add(w->t, code);
}

void words_heading(words *w, const char *s)
{
    text_add(w->t, "\n");
    words_tone(w, 'b');
    text_add(w->t, s);
    words_tone(w, 0);
    text_add(w->t, "\n");
}

static int characters(const char *s)
{
    int n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static void pad(words *w, int n)
{
    while (n-- > 0) text_add(w->t, " ");
}

void words_left(words *w, const char *s, int columns)
{
    const int n = characters(s);
    if (n <= columns) {
        text_add(w->t, s);
        pad(w, columns - n);
        return;
    }
    const char *end = s;
    for (int i = 0; i < columns - 1; i++) {
        end++;
        while (((unsigned char)*end & 0xC0) == 0x80) end++;
    }
    text_add_bytes(w->t, s, (size_t)(end - s));
    text_add(w->t, "…");
}

void words_right(words *w, const char *s, int columns)
{
    pad(w, columns - characters(s));
    text_add(w->t, s);
}

char *words_number(char *buffer, double v, int places, bool with_sign)
{
    char plain[48];
    snprintf(plain, sizeof plain, "%.*f", places, fabs(v));
    bool zero = true;
    for (const char *p = plain; *p; p++) zero &= *p == '0' || *p == '.';
    char *to = buffer;
    if (!zero && v < 0.0) *to++ = '-';
    if (!zero && v > 0.0 && with_sign) *to++ = '+';
    const size_t whole = strcspn(plain, ".");
    for (size_t i = 0; plain[i] && to - buffer < 60; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) *to++ = ' ';
        *to++ = plain[i];
    }
    *to = '\0';
    return buffer;
}

char *words_quantity(char *buffer, double v, bool with_sign)
{
    const double a = fabs(v);
    int places = 2;
    if (a > 0.0 && a < 1.0) {
        places = 2 - (int)floor(log10(a));
        if (places > 9) places = 9;
    }
    words_number(buffer, v, places, with_sign);
    char *dot = strchr(buffer, '.');
    if (dot && places > 2) { /* 0.000100 -> 0.0001 */
        char *end = buffer + strlen(buffer) - 1;
        while (end > dot + 2 && *end == '0') *end-- = '\0';
    }
    return buffer;
}
