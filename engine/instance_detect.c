/* The network in a linear program: which rows are balances.
 *
 * A set of rows is a network when, each row divided by one number and some of them turned, every
 * column has at most one 1 (its tail) and at most one -(1 - loss) (its head) among them. To find the
 * largest such set is NP-hard; as in [BF88] rows are taken greedily, each where it fits to those taken so far. Whether turns
 * fit is decided by union-find with parity, so that whole parts can still turn [GGMM04 does the same
 * on the signed graph]. Several orders are tried and the one that leaves the fewest entries to the
 * coupling rows is kept, the first of equals. All is deterministic, O(entries) per order.
 *
 * [BF88] R. E. Bixby, R. Fourer: Finding embedded network rows in linear programs I. Extraction
 * heuristics. Manag. Sci. 34 (1988). [GGMM04] N. Gulpinar, G. Gutin, G. Mitra, A. Zverovitch: Extracting pure
 * network submatrices in linear programs using signed graphs. Discrete Appl. Math. 137 (2004). */
#include "instance_mps.h"

#include <stdlib.h>
#include <string.h>

#define PPM ((wide)1000000)

/* What a row could be as a balance. */
typedef struct {
    wide size;     /* to divide by */
    uint8_t turns; /* 1: as it is, 2: turned, 3: both; 0: no balance */
    bool lossy;    /* some entry is not +-size */
    bool mixed;    /* entries of both signs */
    int64_t count;
} shape;

typedef struct {
    int64_t key, row;
} ranked;

typedef struct {
    steppe_ctx *ctx;
    const mps_file *f;
    int64_t *first;  /* rows + 1 */
    int64_t *list;   /* entries by row */
    int32_t *column; /* entries: their column */
    shape *shape;
    ranked *order;
    /* one pass */
    int64_t *parent; /* rows + 1; the last is the ground of rows that cannot be turned */
    int8_t *parity;  /* rows + 1: against the parent */
    int8_t *taken;   /* rows */
    int64_t *seen;   /* columns: entry of the first balance + 1, 0: none */
    int8_t *used;    /* columns: balances they are in */
    int8_t *wanted;  /* rows + 1, at roots */
    int64_t *stamp;  /* rows + 1: row that set wanted */
    int8_t *best;    /* rows: taken in the best pass */
} finder;

bool mps_divide(wide a, wide b, wide *out)
{
    const wide whole = a / b, rest = a % b;
    wide high, low;
    if (__builtin_mul_overflow(whole, FIX_ONE, &high) ||
        __builtin_mul_overflow(rest, FIX_ONE, &low) || low % b != 0)
        return false;
    *out = high + low / b;
    return *out <= FIX_ONE * wide_pow10(15) && *out >= -FIX_ONE * wide_pow10(15);
}

static wide size_of(wide v)
{
    return v < 0 ? -v : v;
}

/* ---- rows by themselves -------------------------------------------------------------- */

static bool limits_divide(const mps_row *row, wide size)
{
    wide v;
    if (size == FIX_ONE) return true;
    return (!mps_has_up(row->up) || mps_divide(row->up, size, &v)) &&
           (!mps_has_low(row->low) || mps_divide(row->low, size, &v));
}

/* Are all entries of one sign +-1, and those of the other at most that, in whole ppm of it? */
static bool fits(const finder *fd, int64_t i, int sign, wide size)
{
    const mps_entry *entry = fd->f->entry;
    for (int64_t p = fd->first[i]; p < fd->first[i + 1]; p++) {
        const wide v = entry[fd->list[p]].value * sign;
        if (v > 0 ? v != size : -v > size || -v * PPM % size != 0) return false;
    }
    return true;
}

static void look_at_row(finder *fd, int64_t i)
{
    const mps_row *row = &fd->f->row[i];
    shape *s = &fd->shape[i];
    wide least = 0, most = 0, high = 0, low = 0; /* by size; largest of each sign */
    *s = (shape){.count = fd->first[i + 1] - fd->first[i]};
    if (s->count == 0 || (!mps_has_low(row->low) && !mps_has_up(row->up))) return;
    for (int64_t p = fd->first[i]; p < fd->first[i + 1]; p++) {
        const wide v = fd->f->entry[fd->list[p]].value, size = size_of(v);
        if (p == fd->first[i] || size < least) least = size;
        if (size > most) most = size;
        if (v > high) high = v;
        if (-v > low) low = -v;
    }
    s->mixed = high > 0 && low > 0;
    if (most > FIX_ONE * PPM) return; /* keeps products inside a wide */
    if (least == most && limits_divide(row, most)) {
        s->size = most;
        s->turns = 3;
        return;
    }
    s->lossy = true;
    /* what enters with losses and nothing that leaves: entries are shares of 1 */
    const wide as_is = high > 0 ? high : FIX_ONE, turned = low > 0 ? low : FIX_ONE;
    if (limits_divide(row, as_is) && fits(fd, i, 1, as_is)) {
        s->size = as_is;
        s->turns = 1;
    } else if (limits_divide(row, turned) && fits(fd, i, -1, turned)) {
        s->size = turned;
        s->turns = 2;
    }
}

static bool look_at_rows(finder *fd)
{
    const mps_file *f = fd->f;
    fd->first = MEM_ZERO(int64_t, f->rows + 2);
    fd->list = MEM_NEW(int64_t, f->entries);
    fd->column = MEM_NEW(int32_t, f->entries);
    fd->shape = MEM_NEW(shape, f->rows);
    fd->order = MEM_NEW(ranked, f->rows);
    fd->parent = MEM_NEW(int64_t, f->rows + 1);
    fd->parity = MEM_NEW(int8_t, f->rows + 1);
    fd->taken = MEM_NEW(int8_t, f->rows);
    fd->seen = MEM_NEW(int64_t, f->columns);
    fd->used = MEM_NEW(int8_t, f->columns);
    fd->wanted = MEM_NEW(int8_t, f->rows + 1);
    fd->stamp = MEM_NEW(int64_t, f->rows + 1);
    fd->best = MEM_ZERO(int8_t, f->rows);
    if (!fd->first || !fd->list || !fd->column || !fd->shape || !fd->order || !fd->parent ||
        !fd->parity || !fd->taken || !fd->seen || !fd->used || !fd->wanted || !fd->stamp ||
        !fd->best)
        return false;
    for (int64_t e = 0; e < f->entries; e++) fd->first[f->entry[e].row + 2]++;
    for (int64_t i = 0; i < f->rows; i++) fd->first[i + 2] += fd->first[i + 1];
    for (int64_t j = 0; j < f->columns; j++)
        for (int64_t e = f->column[j].first; e < f->column[j + 1].first; e++) {
            fd->list[fd->first[f->entry[e].row + 1]++] = e;
            fd->column[e] = (int32_t)j;
        }
    for (int64_t i = 0; i < f->rows; i++) look_at_row(fd, i);
    return true;
}

static void finder_free(finder *fd)
{
    void *const list[] = {fd->first,  fd->list,   fd->column, fd->shape, fd->order,
                          fd->parent, fd->parity, fd->taken,  fd->seen,  fd->used,
                          fd->wanted, fd->stamp,  fd->best};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

/* ---- one pass ------------------------------------------------------------------------ */

/* The root of a part; *parity of i against it. */
static int64_t root_of(finder *fd, int64_t i, int *parity)
{
    int64_t root = i;
    int sum = 1;
    while (fd->parent[root] != root) {
        sum *= fd->parity[root];
        root = fd->parent[root];
    }
    *parity = sum;
    for (int64_t at = i; at != root;) { /* everything on the way hangs on the root */
        const int64_t next = fd->parent[at];
        const int own = sum;
        sum *= fd->parity[at];
        fd->parent[at] = root;
        fd->parity[at] = (int8_t)own;
        at = next;
    }
    return root;
}

/* Row i has to stand as `turn` to row other. false: it already has to stand otherwise. */
static bool want(finder *fd, int64_t i, int64_t other, int turn)
{
    int parity;
    const int64_t root = root_of(fd, other, &parity);
    if (fd->stamp[root] == i) return fd->wanted[root] == turn * parity;
    fd->stamp[root] = i;
    fd->wanted[root] = (int8_t)(turn * parity);
    return true;
}

static int sign_of(wide v)
{
    return v > 0 ? 1 : -1;
}

/* Why a row is no balance. */
typedef enum { TAKEN, NO_SHAPE, THIRD, TURNED } verdict;

static verdict try_row(finder *fd, int64_t i, int64_t *at_entry)
{
    const mps_entry *entry = fd->f->entry;
    const shape *s = &fd->shape[i];
    if (s->turns == 0) return NO_SHAPE;
    if (s->turns != 3) want(fd, i, fd->f->rows, s->turns == 1 ? 1 : -1);
    for (int64_t p = fd->first[i]; p < fd->first[i + 1]; p++) {
        const int64_t e = fd->list[p];
        const int32_t j = fd->column[e];
        *at_entry = e;
        if (fd->used[j] == 2) return THIRD;
        if (fd->used[j] == 0) continue;
        const mps_entry *other = &entry[fd->seen[j] - 1];
        if (!want(fd, i, other->row, -sign_of(other->value) * sign_of(entry[e].value)))
            return TURNED;
    }
    return TAKEN;
}

static void hang(finder *fd, int64_t i, int64_t other)
{
    int parity;
    const int64_t root = root_of(fd, other, &parity);
    if (root == i || fd->stamp[root] != i) return;
    fd->parent[root] = i;
    fd->parity[root] = fd->wanted[root];
}

static void take_row(finder *fd, int64_t i)
{
    if (fd->shape[i].turns != 3) hang(fd, i, fd->f->rows);
    for (int64_t p = fd->first[i]; p < fd->first[i + 1]; p++) {
        const int64_t e = fd->list[p];
        const int32_t j = fd->column[e];
        if (fd->used[j]++ == 0)
            fd->seen[j] = e + 1;
        else
            hang(fd, i, fd->f->entry[fd->seen[j] - 1].row);
    }
    fd->taken[i] = 1;
}

static void begin_pass(finder *fd)
{
    const mps_file *f = fd->f;
    for (int64_t i = 0; i <= f->rows; i++) {
        fd->parent[i] = i;
        fd->parity[i] = 1;
        fd->stamp[i] = -1;
    }
    memset(fd->taken, 0, (size_t)f->rows);
    memset(fd->used, 0, (size_t)f->columns);
}

/* Takes rows in the order at hand; entries of the rows taken. */
static int64_t pass(finder *fd)
{
    int64_t covered = 0, at;
    begin_pass(fd);
    for (int64_t q = 0; q < fd->f->rows; q++) {
        const int64_t i = fd->order[q].row;
        if (try_row(fd, i, &at) != TAKEN) continue;
        take_row(fd, i);
        covered += fd->shape[i].count;
    }
    return covered;
}

/* ---- orders -------------------------------------------------------------------------- */

enum { IN_FILE, EQUATIONS, BY_KIND, BY_LENGTH, BY_CROWD, ORDERS };

static bool is_equation(const mps_row *row)
{
    return mps_has_up(row->up) && row->low == row->up;
}

/* Of equal keys the row that comes first in the file goes first. */
static int by_key(const void *a, const void *b)
{
    const ranked *p = a, *q = b;
    if (p->key != q->key) return p->key < q->key ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

/* Equations before inequalities, what goes in and out before what only adds up: a capacity has entries of one sign, a
 * balance hardly ever. */
static int64_t kind_of(const finder *fd, int64_t i)
{
    const shape *s = &fd->shape[i];
    if (is_equation(&fd->f->row[i])) return s->lossy;
    return s->mixed ? 2 : s->lossy ? 3 : 4;
}

/* Thousandths of a row's entries in columns that more rows want than can have them. */
static int64_t crowd_of(const finder *fd, const int32_t *wishes, int64_t i)
{
    int64_t crowded = 0;
    for (int64_t p = fd->first[i]; p < fd->first[i + 1]; p++)
        crowded += wishes[fd->column[fd->list[p]]] > 2;
    return fd->shape[i].count > 0 ? 1000 * crowded / fd->shape[i].count : 0;
}

static void set_order(finder *fd, int order, const int32_t *wishes)
{
    for (int64_t i = 0; i < fd->f->rows; i++) {
        int64_t key = 0;
        const bool equation = is_equation(&fd->f->row[i]);
        if (order == EQUATIONS) key = !equation;
        if (order == BY_KIND) key = kind_of(fd, i);
        if (order == BY_LENGTH) key = fd->shape[i].count + (equation ? 0 : fd->f->columns + 1);
        if (order == BY_CROWD) key = crowd_of(fd, wishes, i) + (equation ? 0 : 2000);
        /* an inequality of one column is a bound: a balance only where nothing better wants the column */
        if (fd->shape[i].count == 1 && !equation) key += (int64_t)1 << 40;
        fd->order[i] = (ranked){key, i};
    }
    qsort(fd->order, (size_t)fd->f->rows, sizeof *fd->order, by_key);
}

static steppe_status choose(finder *fd)
{
    const mps_file *f = fd->f;
    int32_t *wishes = MEM_ZERO(int32_t, f->columns);
    if (!wishes) return steppe_no_memory(fd->ctx);
    for (int64_t e = 0; e < f->entries; e++)
        wishes[fd->column[e]] += fd->shape[f->entry[e].row].turns != 0;
    int64_t most = -1, best = 0;
    for (int order = 0; order < ORDERS; order++) {
        set_order(fd, order, wishes);
        const int64_t covered = pass(fd);
        if (covered <= most) continue;
        most = covered;
        best = order;
        memcpy(fd->best, fd->taken, (size_t)f->rows);
    }
    set_order(fd, (int)best, wishes);
    pass(fd); /* with its parities */
    mem_free(wishes);
    return STEPPE_OK;
}

/* ---- the outcome --------------------------------------------------------------------- */

/* Turns of rows: a part is turned so that most of its rows are as in the file. */
static void set_turns(finder *fd, mps_network *net)
{
    const int64_t rows = fd->f->rows;
    int64_t *votes = fd->stamp; /* no longer needed */
    int parity;
    memset(votes, 0, (size_t)(rows + 1) * sizeof *votes);
    for (int64_t i = 0; i < rows; i++) {
        if (!fd->taken[i]) continue;
        const int64_t root = root_of(fd, i, &parity);
        /* of a draw the first row of the part decides */
        votes[root] += votes[root] == 0 ? 3 * parity : 2 * parity;
    }
    const int64_t ground = root_of(fd, rows, &parity);
    votes[ground] = parity; /* these cannot be turned: the ground stands as it is */
    for (int64_t i = 0; i < rows; i++) {
        net->sign[i] = 0;
        if (!fd->taken[i]) continue;
        const int64_t root = root_of(fd, i, &parity);
        net->sign[i] = (int8_t)(votes[root] < 0 ? -parity : parity);
        net->size[i] = fd->shape[i].size;
        net->balances++;
    }
}

static int32_t part_root(int32_t *part, int32_t i)
{
    while (part[i] != i) {
        part[i] = part[part[i]];
        i = part[i];
    }
    return i;
}

static void set_ends(finder *fd, mps_network *net)
{
    const mps_file *f = fd->f;
    for (int64_t i = 0; i < f->rows; i++) net->part[i] = net->sign[i] ? (int32_t)i : -1;
    for (int64_t j = 0; j < f->columns; j++) {
        net->tail[j] = net->head[j] = -1;
        for (int64_t e = f->column[j].first; e < f->column[j + 1].first; e++) {
            const int32_t i = f->entry[e].row;
            if (net->sign[i] == 0) continue;
            *(net->sign[i] * sign_of(f->entry[e].value) > 0 ? &net->tail[j] : &net->head[j]) =
                i;
        }
        if (net->tail[j] < 0 || net->head[j] < 0) continue;
        const int32_t u = part_root(net->part, net->tail[j]),
                      v = part_root(net->part, net->head[j]);
        net->part[u > v ? u : v] = u > v ? v : u; /* the first row is the root */
    }
    for (int64_t i = 0; i < f->rows; i++) {
        if (net->sign[i] == 0) continue;
        net->part[i] = part_root(net->part, (int32_t)i);
        net->parts += net->part[i] == i;
    }
}

int32_t mps_loss(const mps_file *f, const mps_network *net, int64_t j)
{
    const int32_t i = net->head[j];
    for (int64_t e = f->column[j].first; i >= 0 && e < f->column[j + 1].first; e++)
        if (f->entry[e].row == i)
            return (int32_t)(PPM - size_of(f->entry[e].value) * PPM / net->size[i]);
    return 0;
}

/* The first row that is none of the balances, and why. */
static void refuse(finder *fd)
{
    const mps_file *f = fd->f;
    int64_t i = 0, at = 0;
    while (i < f->rows && (fd->taken[i] || f->row[i].type == 'N' || fd->shape[i].count == 0))
        i++;
    char a[FIX_TEXT], b[FIX_TEXT];
    if (i == f->rows) {
        steppe_fault(fd->ctx,
                     "%s:1:1: found no columns that lead from one row to another, expected a "
                     "network with coupling rows",
                     f->path);
        return;
    }
    const mps_row *row = &f->row[i];
    for (int64_t r = 0; r <= f->rows; r++) fd->stamp[r] = -1;
    const verdict why = try_row(fd, i, &at);
    const char *column = f->column[fd->column[at]].name;
    if (why == THIRD)
        steppe_fault(fd->ctx,
                     "%s:%lld:%d: found a third row with column '%s' in row '%s' (line %lld), "
                     "expected a "
                     "network: a column leaves one balance and enters one",
                     f->path, (long long)f->entry[at].line, f->entry[at].field - 1, column,
                     row->name, (long long)row->line);
    else if (why == TURNED)
        steppe_fault(
            fd->ctx,
            "%s:%lld:%d: found column '%s' in row '%s' (line %lld) with a sign that does not "
            "fit to "
            "the other rows, expected a network: a column leaves one balance and enters one",
            f->path, (long long)f->entry[at].line, f->entry[at].field, column, row->name,
            (long long)row->line);
    else {
        int64_t e = fd->list[fd->first[i]], other = e;
        for (int64_t p = fd->first[i]; p < fd->first[i + 1] && other == e; p++)
            if (size_of(f->entry[fd->list[p]].value) != size_of(f->entry[e].value))
                other = fd->list[p];
        steppe_fault(fd->ctx,
                     "%s:%lld:%d: found entries %s and %s in row '%s' (line %lld), expected a "
                     "network: entries of "
                     "one size in a balance",
                     f->path, (long long)f->entry[other].line, f->entry[other].field,
                     fix_text(a, f->entry[e].value), fix_text(b, f->entry[other].value),
                     row->name, (long long)row->line);
    }
}

/* Hardly anything is a network when fewer than half of the columns are in a balance with others or lead from one to another, or none leads
 * from one balance to another. */
static bool is_worth(const finder *fd, const mps_network *net)
{
    const mps_file *f = fd->f;
    int64_t joined = 0, ways = 0, in_rows = 0;
    for (int64_t j = 0; j < f->columns; j++) {
        const int32_t u = net->tail[j], v = net->head[j];
        in_rows += f->column[j + 1].first > f->column[j].first;
        ways += u >= 0 && v >= 0;
        joined += (u >= 0 && v >= 0) || (u >= 0 && fd->shape[u].count > 1) ||
                  (v >= 0 && fd->shape[v].count > 1);
    }
    return ways > 0 && 2 * joined >= in_rows;
}

steppe_status mps_find_network(steppe_ctx *ctx, const mps_file *f, mps_network *out)
{
    finder fd = {.ctx = ctx, .f = f};
    *out = (mps_network){0};
    out->sign = MEM_NEW(int8_t, f->rows);
    out->size = MEM_ZERO(wide, f->rows);
    out->tail = MEM_NEW(int32_t, f->columns);
    out->head = MEM_NEW(int32_t, f->columns);
    out->part = MEM_NEW(int32_t, f->rows);
    steppe_status st = STEPPE_OK;
    if (!out->sign || !out->size || !out->tail || !out->head || !out->part ||
        !look_at_rows(&fd))
        st = steppe_no_memory(ctx);
    if (st == STEPPE_OK) st = choose(&fd);
    if (st == STEPPE_OK) {
        set_turns(&fd, out);
        set_ends(&fd, out);
        if (!is_worth(&fd, out)) {
            refuse(&fd);
            st = STEPPE_BAD_INPUT;
        }
    }
    finder_free(&fd);
    return st;
}

void mps_network_free(mps_network *net)
{
    mem_free(net->sign);
    mem_free(net->size);
    mem_free(net->tail);
    mem_free(net->head);
    mem_free(net->part);
    memset(net, 0, sizeof *net);
}
