/* A linear program as its MPS file says it, and the network that is found in it.
 *
 * MPS, fixed or free, with names that have no blanks: NAME, OBJSENSE, ROWS, COLUMNS, RHS, RANGES,
 * BOUNDS, ENDATA. Numbers are decimals of at most 12 places, held exactly. */
#ifndef STEPPE_INSTANCE_MPS_H
#define STEPPE_INSTANCE_MPS_H

#include "instance.h"

/* A limit that is not there is beyond these. */
#define MPS_NO_UP ((wide)1 << 120)
#define MPS_NO_LOW (-MPS_NO_UP)
static inline bool mps_has_up(wide v)
{
    return v < MPS_NO_UP;
}
static inline bool mps_has_low(wide v)
{
    return v > MPS_NO_LOW;
}

/* Where a number stands; line 0: nowhere, it is the default. */
typedef struct {
    int64_t line;
    int field; /* from 1 */
} mps_place;

typedef struct {
    const char *name;
    int64_t line; /* in ROWS */
    char type;    /* N, E, L, G */
    wide low, up; /* 12 places */
    wide rhs, range;
    mps_place rhs_at, range_at;
} mps_row;

typedef struct {
    const char *name;
    int64_t line;  /* of its first entry */
    int64_t first; /* its entries end where those of the next column begin */
    wide cost;
    mps_place cost_at;
    wide low, up;
    mps_place low_at, up_at;
} mps_column;

typedef struct {
    int32_t row;
    int32_t field;
    int64_t line;
    wide value; /* not 0 */
} mps_entry;

typedef struct {
    const char *path;
    char *bytes; /* the file; names lie in it */
    mps_row *row;
    int64_t rows, row_room;
    mps_column *column; /* one more than there are: where the last ends */
    int64_t columns, column_room;
    mps_entry *entry;
    int64_t entries, entry_room;
    int64_t objective; /* its row, -1 */
    bool maximise;     /* costs and offset are negated already */
    wide offset;       /* in 10^-offset_places */
    int offset_places;
    mps_place offset_at;
} mps_file;

/* BAD_INPUT after faults that name line and field. Ends with mps_free, whatever the outcome. */
steppe_status mps_read(steppe_ctx *ctx, const char *path, mps_file *out);
void mps_free(mps_file *f);

/* The balances among the rows. A row of a network, divided by size and turned by sign, has 1 where
 * a column leaves it and -(1 - loss) where one enters. */
typedef struct {
    int8_t *sign;         /* rows: 1, -1; 0: not a balance */
    wide *size;           /* rows */
    int32_t *tail, *head; /* columns: rows; -1: none */
    int32_t *part;        /* rows: the connected part of a balance, by its first row; -1 */
    int64_t balances, parts;
} mps_network;

/* Chooses the balances. BAD_INPUT, with the first row that is none, when hardly anything is a
 * network. Ends with mps_network_free, whatever the outcome. */
steppe_status mps_find_network(steppe_ctx *ctx, const mps_file *f, mps_network *out);
void mps_network_free(mps_network *net);
/* Loss of column j on its way into its head, in parts per million. */
int32_t mps_loss(const mps_file *f, const mps_network *net, int64_t j);
/* a / b where that is a decimal of 12 places: false where it is not. b > 0. */
bool mps_divide(wide a, wide b, wide *out);

/* Bounds of columns and of the slack of balances that are inequalities, in the file's unit: as given, or such that
 * some optimal answer keeps to them. */
typedef struct {
    double *low, *up; /* columns */
    double *slack;    /* rows: balances with one limit only, after division by size */
} mps_bounds;

/* BAD_INPUT names the columns for which no finite bound follows. Ends with mps_bounds_free, whatever the outcome. */
steppe_status mps_find_bounds(steppe_ctx *ctx, const mps_file *f, const mps_network *net,
                              mps_bounds *out);
void mps_bounds_free(mps_bounds *b);

steppe_status mps_to_model(steppe_ctx *ctx, const mps_file *f, const mps_network *net,
                           const mps_bounds *b, model *md);

#endif
