/* What every stage shares: the context of a call, errors, exact numbers, growing text. */
#ifndef STEPPE_ENGINE_H
#define STEPPE_ENGINE_H

#include "mem.h"
#include "steppe/steppe.h"

#include <stdbool.h>
#include <stdio.h>

__extension__ typedef __int128 wide; /* exact products and sums of int64_t */

typedef struct {
    steppe_settings set;
    int64_t faults;       /* faults of input reported so far */
    double start;         /* clock at the start of the call, seconds */
    bool stopped;         /* the progress callback asked for it, or the time is up */
    bool bare;            /* only a basis is wanted: no bounds and answers on the way */
    double bound, answer; /* known on the way, for the progress; NAN: not yet */
    steppe_stages stages;
} steppe_ctx;

#define STEPPE_TRY(call)                                                                       \
    do {                                                                                       \
        const steppe_status try_status = (call);                                               \
        if (try_status != STEPPE_OK) return try_status;                                        \
    } while (0)

#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Logs an error and returns its status: `return steppe_fail(ctx, STEPPE_IO, ...)`. */
steppe_status steppe_fail(steppe_ctx *ctx, steppe_status status, const char *format, ...)
    PRINTF_LIKE(3, 4);
steppe_status steppe_no_memory(steppe_ctx *ctx);
/* Logs one fault of input and counts it; reading goes on so that all faults are seen. */
void steppe_fault(steppe_ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);
void steppe_note(steppe_ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);

double clock_now(void); /* monotonic, seconds */
/* Adds to a stage what has passed since *since, which becomes now. */
void clock_add(double *stage, double *since);
/* Tells the caller where we are; true when the solve has to stop (remembered in ctx). */
bool steppe_report(steppe_ctx *ctx, const char *stage, int64_t done);

/* ---- exact decimal numbers -------------------------------------------------------------- */

/* Case numbers are decimals with 12 places: the value times 10^12 as a wide integer. */
#define FIX_PLACES 12
#define FIX_ONE ((wide)1000000000000)

typedef enum {
    FIX_OK,
    FIX_ROUNDED,
    FIX_NOT_A_NUMBER,
    FIX_NOT_FINITE,
    FIX_TOO_LARGE
} fix_result;

/* Reads a decimal such as "12", "-0.5", "1.5e-05". Digits past the 12th place are rounded half
 * to even (FIX_ROUNDED). |value| up to 10^15. */
fix_result fix_parse(const char *source, wide *out);
double fix_double(wide v);
/* v * 10^-12 as the shortest exact decimal; buffer of FIX_TEXT bytes. Returns buffer. */
#define FIX_TEXT 48
char *fix_text(char *buffer, wide v);
/* The same for v * 10^-places, 0 <= places <= 30. */
char *wide_text(char *buffer, wide v, int places);
/* Reads what wide_text wrote. false: not such a number, or more than `places` places. */
bool wide_parse(const char *source, int places, wide *out);
wide wide_pow10(int e);

/* ---- names ------------------------------------------------------------------------------ */

/* Text -> index. Keys are borrowed and must outlive the map. */
typedef struct {
    const char **key;
    int64_t *value;
    size_t slots, used;
} names;

bool names_init(names *map, int64_t expected);
/* Index already there under that key, or -1 after adding value; -2: no memory. */
int64_t names_add(names *map, const char *key, int64_t value);
int64_t names_find(const names *map, const char *key); /* -1: absent */
void names_free(names *map);

/* ---- growing text ----------------------------------------------------------------------- */

typedef struct {
    char *data; /* NUL-ended when not NULL */
    size_t len, cap;
    bool failed; /* an allocation failed; later additions are ignored */
} text;

void text_add(text *t, const char *s);
void text_add_bytes(text *t, const char *s, size_t len);
void text_addf(text *t, const char *format, ...) PRINTF_LIKE(2, 3);
void text_free(text *t);

#endif
