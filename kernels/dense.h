/* Dense kernels of the multifrontal factorization: a front in strips of eight rows.
 *
 * A panel of nr rows and nc columns holds the element (i, k) at
 *
 *     p[(i / 8) * 8 * nc + 8 * k + i % 8],          rows filled up to a multiple of 8 with zeros,
 *
 * so that a vector register takes eight rows of one column, a strip is read from end to end in
 * the update as in the triangular solves, and nothing is packed or copied on the way. The
 * update matrix of a front keeps the lower triangle by tiles of 8 x 8: tile (s, t), t <= s, at
 * 64 * (s * (s + 1) / 2 + t), inside a tile column by column. Its first tile row and column
 * begin at the strip that holds row nc; rows and columns before nc are there and mean nothing.
 *
 * Every element is a chain of fused multiply-adds in the order of the columns, whatever the
 * vector width and however the tiles are shared among threads: the same bytes everywhere. */
#ifndef STEPPE_DENSE_H
#define STEPPE_DENSE_H

#include <stdint.h>

enum { STRIP = 8 };

static inline int64_t dense_strips(int64_t rows)
{
    return (rows + STRIP - 1) / STRIP;
}

/* Doubles of a panel. */
static inline int64_t dense_panel_size(int64_t rows, int64_t cols)
{
    return dense_strips(rows) * STRIP * cols;
}

/* First strip of the update matrix of a front, and its doubles. */
static inline int64_t dense_update_base(int64_t cols)
{
    return cols / STRIP;
}

static inline int64_t dense_update_size(int64_t rows, int64_t cols)
{
    const int64_t s = dense_strips(rows) - dense_update_base(cols);
    return rows > cols ? 64 * (s * (s + 1) / 2) : 0;
}

/* What the machine can do; found once, handed to the calls. */
typedef enum { DENSE_PLAIN, DENSE_AVX2, DENSE_AVX512 } dense_kind;
dense_kind dense_best(void);

/* L of the first nc columns in place, all rows. A pivot of at most `tiny` is skipped: its column of L becomes zero, its
 * inverse too. inverse: nc reciprocals of the diagonal of L. Returns the skipped pivots. With threads > 1 the tiles
 * are shared among so many. */
int64_t dense_factor(dense_kind kind, double *p, int32_t nr, int32_t nc, double tiny,
                     double *inverse, int threads);
/* u -= L2 L2', L2 the rows from nc on. */
void dense_update(dense_kind kind, const double *p, int32_t nr, int32_t nc, double *u,
                  int threads);

/* Eight rows more for a strip: target + 8 to[j], a column of it, gets for each j < n column j of the two strips low and high,
 * from row k of low on and up to row k - 1 of high; low and high lie in one array, low first, or are the same and k is 0. */
void dense_add_rows(dense_kind kind, const double *low, const double *high, int k, int32_t n,
                    const int32_t *to, double *target);

/* Triangular solves with one panel: w has dense_strips(nr) * 8 places. Forward: w[0 .. nc) := L1^-1 w, then
 * w[nc ..) -= L2 w. Backward: w[0 .. nc) := L1^-T (w[0 .. nc) - L2' w[nc ..)); places from nr on have to be zero. */
void dense_forward(dense_kind kind, const double *p, int32_t nr, int32_t nc,
                   const double *inverse, double *w);
void dense_backward(dense_kind kind, const double *p, int32_t nr, int32_t nc,
                    const double *inverse, double *w);

#endif
