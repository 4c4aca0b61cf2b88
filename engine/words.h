/* Lines for a terminal: columns, thousands, colors, names cut to fit. */
#ifndef STEPPE_WORDS_H
#define STEPPE_WORDS_H

#include "engine.h"

typedef struct {
    text *t;
    bool color;
} words;

void words_heading(words *w, const char *s);
/* Left-aligned in `columns`, cut with an ellipsis; counts UTF-8 characters, not bytes. */
void words_left(words *w, const char *s, int columns);
void words_right(words *w, const char *s, int columns);
/* "12 345.6": thin groups, `places` decimals; with_sign: "+" in front of gains. Returns buffer
 * of 64 bytes. */
char *words_number(char *buffer, double v, int places, bool with_sign);
/* Three or more significant figures for quantities from grams to gigatonnes. */
char *words_quantity(char *buffer, double v, bool with_sign);
void words_tone(words *w, char tone); /* 'b' bold, 'r' red, 'g' green, 'd' dim, 0 plain */

#endif
