/* The sparse factors against dense elimination, on bases of the shapes that networks give: trees, trees
 * with a circle, a dense kernel of coupling rows, and all of them at once with losses. */
#include "tests/check.h"

#include "lu.h"

enum { MOST = 300, ENTRIES = 40000, ETAS = 25 };

/* ---- memory and matrices ------------------------------------------------------------- */

typedef struct {
    int32_t n;
    int64_t first[MOST], end[MOST];
    int32_t index[ENTRIES];
    double value[ENTRIES];
    int64_t used;
} matrix;

static matrix now;
static double dense[MOST][MOST + 1]; /* work of the elimination */
static lu_factors lu;

static void *memory(int64_t count, size_t size)
{
    void *p = calloc((size_t)count + 1, size);
    if (!p) exit(2);
    return p;
}

/* Room for fill: the arrays whose length is fill_cap. */
static void set_fill(int64_t cap)
{
    lu_triangle *const t[] = {&lu.l, &lu.lt, &lu.u, &lu.ut};
    lu.fill_cap = cap;
    for (int i = 0; i < 4; i++) {
        free(t[i]->entry);
        t[i]->entry = memory(cap + lu.eta_cap, sizeof(lu_entry));
    }
    free(lu.row_entry);
    free(lu.col_index);
    lu.row_entry = memory(2 * cap, sizeof(lu_entry));
    lu.col_index = memory(2 * cap, sizeof(int32_t));
}

static void new_factors(int32_t n, int64_t cap)
{
    memset(&lu, 0, sizeof lu);
    lu.n = n;
    lu.eta_most = ETAS;
    lu.eta_cap = (int64_t)ETAS * n;
    lu_triangle *const t[] = {&lu.l, &lu.lt, &lu.u, &lu.ut};
    for (int i = 0; i < 4; i++) t[i]->pivot = memory(n + ETAS + 1, sizeof(lu_pivot));
    int32_t **const ints[] = {&lu.rank,     &lu.place,    &lu.row_count, &lu.col_count,
                              &lu.row_room, &lu.col_room, &lu.queue,     &lu.bad_row,
                              &lu.bad_col,  &lu.rank_now, &lu.chain,     &lu.hit_of};
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) *ints[i] = memory(n + ETAS, 4);
    lu.row_first = memory(n, sizeof(int64_t));
    lu.col_first = memory(n, sizeof(int64_t));
    for (int i = 0; i < LU_SOLVES; i++) {
        lu.scratch[i].by_rank = memory(n + ETAS, sizeof(double));
        lu.scratch[i].todo = memory((n + ETAS) / 64 + 1, sizeof(uint64_t));
        lu.scratch[i].next_todo = memory((n + ETAS) / 64 + 1, sizeof(uint64_t));
        lu.scratch[i].eta_sum = memory(ETAS, sizeof(double));
        lu.scratch[i].eta_todo = memory(ETAS / 64 + 1, sizeof(uint64_t));
    }
    lu.line = memory(n, sizeof(lu_line));
    lu.dense = memory(n, sizeof(double));
    lu.seen = memory(n, 1);
    lu.state = memory(2 * n, 1);
    lu.head = memory(2 * n + 2, sizeof(int32_t));
    lu.next = memory(2 * n, sizeof(int32_t));
    lu.prev = memory(2 * n, sizeof(int32_t));
    lu.eta = memory(ETAS + 1, sizeof(lu_eta));
    lu.term = memory(lu.eta_cap, sizeof(lu_term));
    lu.hit = memory(lu.eta_cap + ETAS, sizeof(lu_hit));
    lu.added = memory(lu.eta_cap, sizeof(lu_added));
    lu.spike = memory(n, sizeof(lu_term));
    set_fill(cap);
}

static void free_factors(void)
{
    void *const list[] = {
        lu.l.pivot,  lu.lt.pivot, lu.u.pivot, lu.ut.pivot, lu.l.entry,   lu.lt.entry,
        lu.u.entry,  lu.ut.entry, lu.rank,    lu.place,    lu.row_count, lu.col_count,
        lu.row_room, lu.col_room, lu.queue,   lu.line,     lu.row_first, lu.col_first,
        lu.dense,    lu.seen,     lu.state,   lu.head,     lu.next,      lu.prev,
        lu.eta,      lu.term,     lu.hit,     lu.hit_of,   lu.added,     lu.chain,
        lu.spike,    lu.rank_now, lu.bad_row, lu.bad_col,  lu.row_entry, lu.col_index};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) free(list[i]);
    for (int i = 0; i < LU_SOLVES; i++) {
        free(lu.scratch[i].by_rank);
        free(lu.scratch[i].todo);
        free(lu.scratch[i].next_todo);
        free(lu.scratch[i].eta_sum);
        free(lu.scratch[i].eta_todo);
    }
}

static lu_vector new_vector(int32_t n)
{
    const lu_vector v = {memory(n, sizeof(double)), memory(n, sizeof(int32_t)), memory(n, 1),
                         0};
    return v;
}

static void free_vector(lu_vector *v)
{
    free(v->value);
    free(v->list);
    free(v->mark);
}

static void begin(int32_t n)
{
    now.n = n;
    now.used = 0;
    for (int32_t c = 0; c < n; c++) now.first[c] = now.end[c] = 0;
}

static void begin_column(int32_t c)
{
    now.first[c] = now.end[c] = now.used;
}

static void entry(int32_t c, int32_t row, double v)
{
    for (int64_t e = now.first[c]; e < now.end[c]; e++)
        if (now.index[e] == row) return;
    if (now.used == ENTRIES) exit(2);
    now.index[now.used] = row;
    now.value[now.used++] = v;
    now.end[c] = now.used;
}

static lu_result factor(void)
{
    return lu_factor(&lu, now.first, now.end, now.index, now.value);
}

/* Columns in another order; rows too. */
static void shuffle(draw *d)
{
    int32_t to[MOST];
    for (int32_t i = 0; i < now.n; i++) to[i] = i;
    for (int32_t i = now.n - 1; i > 0; i--) {
        const int32_t j = (int32_t)draw_int(d, 0, i), k = to[i];
        to[i] = to[j];
        to[j] = k;
    }
    for (int64_t e = 0; e < now.used; e++) now.index[e] = to[now.index[e]];
    for (int32_t i = now.n - 1; i > 0; i--) {
        const int32_t j = (int32_t)draw_int(d, 0, i);
        const int64_t first = now.first[i], end = now.end[i];
        now.first[i] = now.first[j];
        now.end[i] = now.end[j];
        now.first[j] = first;
        now.end[j] = end;
    }
}

/* ---- dense elimination --------------------------------------------------------------- */

/* Solves B x = b (of_columns) or B' x = b; x by columns, or by rows. Returns the rank; x is there
 * when it is n. Entries are of the order of 1, so 1e-9 tells a pivot from rounding. */
static int32_t eliminate(bool transposed, const double *b, double *x)
{
    const int32_t n = now.n;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < n; k++) dense[i][k] = 0.0;
        dense[i][n] = b ? b[i] : 0.0;
    }
    for (int32_t c = 0; c < n; c++)
        for (int64_t e = now.first[c]; e < now.end[c]; e++)
            *(transposed ? &dense[c][now.index[e]] : &dense[now.index[e]][c]) += now.value[e];
    int32_t rank = 0;
    for (int32_t c = 0; c < n; c++) {
        int32_t best = rank;
        for (int32_t i = rank; i < n; i++)
            if (fabs(dense[i][c]) > fabs(dense[best][c])) best = i;
        if (rank == n || fabs(dense[best][c]) < 1e-9) continue;
        for (int32_t k = 0; k <= n && best != rank; k++) {
            const double v = dense[rank][k];
            dense[rank][k] = dense[best][k];
            dense[best][k] = v;
        }
        for (int32_t i = rank + 1; i < n; i++) {
            const double m = dense[i][c] / dense[rank][c];
            for (int32_t k = c; k <= n && m != 0.0; k++) dense[i][k] -= m * dense[rank][k];
        }
        rank++;
    }
    if (rank < n || !x) return rank;
    for (int32_t i = n - 1; i >= 0; i--) {
        x[i] = dense[i][n];
        for (int32_t k = i + 1; k < n; k++) x[i] -= dense[i][k] * x[k];
        x[i] /= dense[i][i];
    }
    return rank;
}

/* ---- what is drawn ------------------------------------------------------------------- */

static double gain(draw *d, bool lossy)
{
    return lossy && draw_chance(d, 40) ? 1.0 - (double)draw_int(d, 1, 300) / 1000.0 : 1.0;
}

static void arc(draw *d, int32_t c, int32_t from, int32_t to, bool lossy)
{
    begin_column(c);
    entry(c, from, 1.0);
    entry(c, to, -gain(d, lossy));
}

static void unit(int32_t c, int32_t row)
{
    begin_column(c);
    entry(c, row, 1.0);
}

/* A spanning tree of nodes 0 .. n - 1 with its root. */
static void draw_tree(draw *d, int32_t n, bool lossy)
{
    begin(n);
    unit(0, 0);
    for (int32_t i = 1; i < n; i++) {
        const int32_t other =
            (int32_t)draw_int(d, i > 8 && draw_chance(d, 70) ? i - 8 : 0, i - 1);
        if (draw_chance(d, 50))
            arc(d, i, i, other, lossy);
        else
            arc(d, i, other, i, lossy);
    }
}

/* The tree hangs on a circle with losses in place of a root. */
static void draw_one_tree(draw *d, int32_t n)
{
    draw_tree(d, n, true);
    const int32_t far = n - 1;
    begin_column(0);
    entry(0, 0, 1.0);
    entry(0, far, -0.5);
}

/* Trees over nodes, coupling rows below with arcs that close circles or unit columns. */
static void draw_basis(draw *d, int32_t n, int32_t rows, int weights, bool lossy)
{
    const int32_t nodes = n - rows;
    draw_tree(d, nodes, lossy);
    now.n = n;
    for (int32_t c = nodes; c < n; c++) {
        if (draw_chance(d, 30)) {
            unit(c, c);
            continue;
        }
        const int32_t from = (int32_t)draw_int(d, 0, nodes - 1),
                      to = (from + 1 + (int32_t)draw_int(d, 0, nodes - 2)) % nodes;
        arc(d, c, from, to, lossy);
        entry(c, c, (double)draw_int(d, 1, 5));
        for (int k = 0; k < weights; k++)
            entry(c, (int32_t)draw_int(d, nodes, n - 1), (double)draw_int(d, -4, 4) + 0.5);
    }
    /* tree arcs are counted by coupling rows too */
    matrix *m = &now;
    for (int32_t c = 1; c < nodes; c++) {
        const int64_t from = m->first[c], end = m->end[c];
        if (!draw_chance(d, 40)) continue;
        begin_column(c);
        for (int64_t e = from; e < end; e++) entry(c, m->index[e], m->value[e]);
        for (int k = (int)draw_int(d, 1, 2); k > 0; k--)
            entry(c, (int32_t)draw_int(d, nodes, n - 1), 1.0);
    }
}

/* A block without a zero between trees. */
static void draw_dense(draw *d, int32_t n, int32_t size)
{
    draw_tree(d, n, false);
    for (int32_t c = n - size; c < n; c++) {
        begin_column(c);
        for (int32_t r = n - size; r < n; r++)
            entry(c, r, (double)draw_int(d, -100, 100) / 37.0 + (r == c ? 3.0 : 0.01));
    }
}

/* ---- checks -------------------------------------------------------------------------- */

static bool close_to(const double *found, const double *expected, int32_t n, const char *what)
{
    double most = 1.0, worst = 0.0;
    for (int32_t i = 0; i < n; i++) {
        most = fmax(most, fabs(expected[i]));
        worst = fmax(worst, fabs(found[i] - expected[i]));
        if (isnan(found[i])) worst = INFINITY;
    }
    if (CHECK(worst <= 1e-8 * most)) return true;
    fprintf(stderr, "    %s: %g off, of %g, n = %d\n", what, worst, most, n);
    return false;
}

static void fill_vector(draw *d, lu_vector *v, int32_t n, int count)
{
    lu_clear(v);
    for (int k = 0; k < count; k++)
        lu_add(v, (int32_t)draw_int(d, 0, n - 1), (double)draw_int(d, -9, 9));
}

/* Values are where the list says, and nowhere else. */
static bool is_sound(const lu_vector *v, int32_t n)
{
    int32_t marked = 0;
    for (int32_t i = 0; i < n; i++) {
        marked += v->mark[i];
        if (v->value[i] != 0.0 && !v->mark[i]) return false;
    }
    for (int32_t i = 0; i < v->count; i++)
        if (!v->mark[v->list[i]]) return false;
    return marked == v->count;
}

/* All solves, two of them at the same time, on vectors of one, of a few, and of many entries. place: of the columns of now. */
static bool check_solves(draw *d, const int32_t *place)
{
    static double b[MOST], x[MOST], found[MOST];
    const int32_t n = now.n;
    const int count[] = {1, 3, n};
    bool good = true;
    lu_vector v = new_vector(n), same = new_vector(n);
    for (int k = 0; k < 3 && good; k++) {
        fill_vector(d, &v, n, count[k]);
        memcpy(b, v.value, (size_t)n * sizeof *b);
        if (!CHECK_EQ(eliminate(false, b, x), n)) break;
        lu_clear(&same);
        for (int32_t i = 0; i < v.count; i++) lu_add(&same, v.list[i], v.value[v.list[i]]);
#pragma omp parallel sections num_threads(2) default(none) shared(lu, v, same)
        {
#pragma omp section
            lu_solve(&lu, &v);
#pragma omp section
            lu_solve_beside(&lu, &same);
        }
        CHECK(is_sound(&same, n));
        CHECK_EQ(memcmp(v.value, same.value, (size_t)n * sizeof *v.value), 0);
        for (int32_t c = 0; c < n; c++) found[c] = v.value[place[c]];
        good = close_to(found, x, n, "solve") && CHECK(is_sound(&v, n));
        fill_vector(d, &v, n, count[k]); /* a cost for each column, where it stands */
        for (int32_t c = 0; c < n; c++) b[c] = v.value[place[c]];
        eliminate(true, b, x);
        lu_solve_transposed(&lu, &v);
        good = close_to(v.value, x, n, "transposed solve") && CHECK(is_sound(&v, n)) && good;
    }
    free_vector(&v);
    free_vector(&same);
    return good;
}

/* Factors `now`, with more room as long as it asks for it. */
static lu_result factor_growing(void)
{
    lu_result res;
    while ((res = factor()) == LU_GROW && lu.fill_cap < 10 * ENTRIES)
        set_fill(lu.fill_cap + lu.fill_cap / 8 + 1);
    return res;
}

static bool check_places(void)
{
    int32_t seen[MOST] = {0};
    bool good = true;
    for (int32_t c = 0; c < now.n; c++) {
        good = good && lu.place[c] >= 0 && lu.place[c] < now.n;
        if (good) seen[lu.place[c]]++;
    }
    for (int32_t r = 0; r < now.n; r++) good = good && seen[r] == 1;
    return CHECK(good);
}

/* New columns for old ones until there is no room; then factors anew. */
static void check_exchanges(draw *d)
{
    static int32_t place[MOST];
    const int32_t n = now.n;
    memcpy(place, lu.place, (size_t)n * sizeof *place);
    lu_vector x = new_vector(n);
    const int most = draw_chance(d, 30) ? ETAS : 8;
    for (int i = 0, done = 0; i < 300 && done < most; i++) {
        const int32_t c = (int32_t)draw_int(d, 0, n - 1);
        const int64_t was_first = now.first[c], was_end = now.end[c];
        begin_column(c);
        for (int k = (int)draw_int(d, 1, 3); k > 0; k--)
            entry(c, (int32_t)draw_int(d, 0, n - 1), draw_chance(d, 50) ? 1.0 : -0.75);
        lu_clear(&x);
        for (int64_t e = now.first[c]; e < now.end[c]; e++)
            lu_add(&x, now.index[e], now.value[e]);
        lu_solve_entering(&lu, &x);
        if (fabs(x.value[place[c]]) < 0.05) { /* near singular: not this one */
            now.first[c] = was_first;
            now.end[c] = was_end;
            continue;
        }
        if (!CHECK(lu_exchange(&lu, place[c], &x))) break;
        done++;
        CHECK_EQ(lu.etas, done);
        if (!check_solves(d, place)) break;
    }
    free_vector(&x);
    if (CHECK_EQ(factor_growing(), LU_OK)) check_solves(d, lu.place);
}

static void check_basis(draw *d, const char *what)
{
    const long failed = check_now.failed;
    new_factors(now.n, now.used + now.n);
    if (CHECK_EQ(factor_growing(), LU_OK) && check_places()) {
        CHECK_EQ(lu.bad, 0);
        CHECK(lu.nonzeros >= now.n);
        if (check_solves(d, lu.place)) check_exchanges(d);
    }
    free_factors();
    if (check_now.failed > failed) fprintf(stderr, "    %s, n = %d\n", what, now.n);
}

static int32_t draw_size(draw *d, int round)
{
    return round % 10 == 0 ? (int32_t)draw_int(d, 150, MOST) : (int32_t)draw_int(d, 4, 60);
}

TEST(a_tree_needs_no_nucleus)
{
    draw d = {1};
    for (int round = 0; round < 40; round++) {
        draw_tree(&d, draw_size(&d, round), round % 2);
        shuffle(&d);
        check_basis(&d, "a tree");
        new_factors(now.n, now.used + now.n); /* the exchanges made another basis of it */
        draw_tree(&d, now.n, round % 2);
        shuffle(&d);
        CHECK_EQ(factor(), LU_OK);
        CHECK_EQ(lu.nucleus, 0);
        CHECK_EQ(lu.nonzeros, now.used); /* and no fill */
        free_factors();
    }
}

TEST(a_tree_on_a_circle_is_solved)
{
    draw d = {2};
    for (int round = 0; round < 40; round++) {
        draw_one_tree(&d, draw_size(&d, round));
        shuffle(&d);
        check_basis(&d, "a one-tree");
    }
}

TEST(trees_under_coupling_rows_are_solved)
{
    draw d = {3};
    int solved = 0;
    for (int round = 0; round < 120; round++) {
        const int32_t n = draw_size(&d, round) + 6;
        draw_basis(&d, n < MOST ? n : MOST, (int32_t)draw_int(&d, 1, n / 3 - 1),
                   (int)draw_int(&d, 0, 4), round % 2);
        shuffle(&d);
        if (eliminate(false, NULL, NULL) < now.n)
            continue; /* circles without a row of their own */
        check_basis(&d, "trees under rows");
        solved++;
    }
    CHECK(solved > 60);
}

TEST(a_dense_kernel_is_solved)
{
    draw d = {4};
    for (int round = 0; round < 30; round++) {
        const int32_t n = draw_size(&d, round);
        draw_dense(&d, n, (int32_t)draw_int(&d, 2, n < 60 ? n - 1 : 60));
        shuffle(&d);
        if (eliminate(false, NULL, NULL) == now.n) check_basis(&d, "a dense kernel");
    }
}

/* The rows and columns named as bad are exchanged for units, as many as the rank is short of n. */
static void check_singular(const char *what)
{
    const long failed = check_now.failed;
    const int32_t rank = eliminate(false, NULL, NULL), n = now.n;
    new_factors(n, now.used + n);
    const lu_result res = factor_growing();
    CHECK_EQ(res, rank < n ? LU_SINGULAR : LU_OK);
    if (res == LU_SINGULAR) {
        CHECK_EQ(lu.bad, n - rank);
        for (int32_t i = 0; i < lu.bad; i++) unit(lu.bad_col[i], lu.bad_row[i]);
        CHECK_EQ(eliminate(false, NULL, NULL), n);
        CHECK_EQ(factor_growing(), LU_OK);
        check_places();
        draw d = {5};
        check_solves(&d, lu.place);
    }
    free_factors();
    if (check_now.failed > failed) fprintf(stderr, "    %s, n = %d, rank %d\n", what, n, rank);
}

TEST(columns_and_rows_without_a_pivot_are_named)
{
    draw d = {6};
    for (int round = 0; round < 60; round++) {
        draw_tree(&d, draw_size(&d, round), false);
        const int32_t n = now.n;
        for (int k = (int)draw_int(&d, 1, 3); k > 0; k--) {
            const int32_t c = (int32_t)draw_int(&d, 0, n - 1);
            switch (draw_int(&d, 0, 3)) {
            case 0: /* an empty column */
                begin_column(c);
                break;
            case 1: /* the column of another */
                now.first[c] = now.first[(c + 1) % n];
                now.end[c] = now.end[(c + 1) % n];
                break;
            case 2: /* a circle */
                arc(&d, c, (c + 1) % n, (c + 2) % n, false);
                break;
            default: /* nothing but noise */
                begin_column(c);
                entry(c, c, 1e-13);
            }
        }
        shuffle(&d);
        check_singular("a tree with faults");
    }
}

TEST(a_kernel_short_of_rank_is_named)
{
    draw d = {7};
    for (int round = 0; round < 40; round++) {
        const int32_t n = draw_size(&d, round), size = n < 24 ? n - 1 : 20;
        draw_dense(&d, n, size);
        for (int k = (int)draw_int(&d, 1, 2); k > 0 && size > 3; k--) { /* sums of two others */
            const int32_t c = n - k, a = n - 3, b = n - size;
            begin_column(c);
            for (int32_t r = n - size; r < n; r++) {
                double v = 0.0;
                for (int64_t e = now.first[a]; e < now.end[a]; e++)
                    if (now.index[e] == r) v += now.value[e];
                for (int64_t e = now.first[b]; e < now.end[b] && b != a; e++)
                    if (now.index[e] == r) v += k * now.value[e];
                entry(c, r, v);
            }
        }
        shuffle(&d);
        check_singular("a kernel short of rank");
    }
}

TEST(a_basis_with_no_room_asks_for_more_and_is_solved_with_it)
{
    draw d = {8};
    int asked = 0;
    for (int round = 0; round < 30; round++) {
        draw_dense(&d, 40, 25);
        for (int32_t c = 15; c < 40; c++) { /* sparse enough to fill up */
            const int64_t from = now.first[c], end = now.end[c];
            begin_column(c);
            for (int64_t e = from; e < end; e++)
                if (now.index[e] == c || draw_chance(&d, 20))
                    entry(c, now.index[e], now.value[e]);
        }
        shuffle(&d);
        if (eliminate(false, NULL, NULL) < now.n) continue;
        int64_t entries = 0;
        for (int32_t c = 0; c < now.n; c++) entries += now.end[c] - now.first[c];
        new_factors(now.n, entries - 1); /* not even the matrix fits */
        CHECK_EQ(factor(), LU_GROW);
        set_fill(entries);
        lu_result res = factor();
        for (; res == LU_GROW; res = factor()) { /* as little more as there can be */
            asked++;
            set_fill(lu.fill_cap + 1);
        }
        CHECK_EQ(res, LU_OK);
        check_solves(&d, lu.place);
        free_factors();
    }
    CHECK(asked > 30);
}

/* What a factorization left behind when it ran out of room must not be seen by the next one. */
TEST(another_basis_can_be_factored_after_one_that_had_no_room)
{
    draw d = {9};
    for (int round = 0; round < 3000; round++) {
        draw_dense(&d, 40, 25);
        for (int32_t c = 15; c < 40; c++) {
            const int64_t from = now.first[c], end = now.end[c];
            begin_column(c);
            for (int64_t e = from; e < end; e++)
                if (now.index[e] == c || draw_chance(&d, 3 + round % 30))
                    entry(c, now.index[e], now.value[e]);
        }
        int64_t entries = 0;
        for (int32_t c = 0; c < now.n; c++) entries += now.end[c] - now.first[c];
        new_factors(now.n, entries + draw_int(&d, 0, 120));
        factor();
        draw_tree(&d, now.n, true);
        shuffle(&d);
        if (CHECK_EQ(factor_growing(), LU_OK)) check_solves(&d, lu.place);
        free_factors();
    }
}

/* x := B^-1 of the column at row i, half as much again. */
static void solve_grown(lu_vector *x, int32_t i)
{
    lu_clear(x);
    for (int32_t c = 0; c < now.n; c++)
        if (lu.place[c] == i)
            for (int64_t e = now.first[c]; e < now.end[c]; e++)
                lu_add(x, now.index[e], 1.5 * now.value[e]);
    lu_solve_entering(&lu, x);
}

TEST(an_exchange_without_room_is_refused)
{
    draw d = {10};
    draw_tree(&d, 30, false);
    new_factors(now.n, now.used + now.n);
    CHECK_EQ(factor(), LU_OK);
    lu_vector x = new_vector(now.n);
    for (int i = 0; i <= ETAS; i++) {
        solve_grown(&x, i);
        if (i < ETAS)
            CHECK(lu_exchange(&lu, i, &x));
        else
            CHECK(!lu_exchange(&lu, i, &x));
    }
    CHECK_EQ(lu.etas, ETAS);
    CHECK_EQ(factor(), LU_OK); /* drops them */
    CHECK_EQ(lu.etas, 0);
    lu.eta_cap = 0;
    int refused = 0;
    for (int32_t i = 0; i < now.n && refused == 0;
         i++) { /* a row that others have to eliminate */
        solve_grown(&x, i);
        if (lu.spikes > 1 ||
            lu.ut.pivot[lu.rank[i] + 1].first > lu.ut.pivot[lu.rank[i]].first) {
            CHECK(!lu_exchange(&lu, i, &x));
            refused++;
        }
    }
    CHECK_EQ(refused, 1);
    CHECK_EQ(lu.etas, 0);
    check_solves(&d, lu.place); /* nothing happened */
    free_vector(&x);
    free_factors();
}

/* A value that the column does not have at the row cannot be its pivot. */
TEST(a_pivot_that_factors_do_not_find_is_refused)
{
    draw d = {12};
    draw_tree(&d, 30, false);
    new_factors(now.n, now.used + now.n);
    CHECK_EQ(factor(), LU_OK);
    lu_vector x = new_vector(now.n);
    solve_grown(&x, 3);
    x.value[3] *= 1.001;
    CHECK(!lu_exchange(&lu, 3, &x));
    CHECK_EQ(lu.etas, 0);
    check_solves(&d, lu.place);
    x.value[3] /= 1.001;
    CHECK(lu_exchange(&lu, 3, &x));
    free_vector(&x);
    free_factors();
}

TEST(one_row_is_a_basis_too)
{
    draw d = {11};
    begin(1);
    begin_column(0);
    entry(0, 0, -4.0);
    new_factors(1, 4);
    CHECK_EQ(factor(), LU_OK);
    check_solves(&d, lu.place);
    begin_column(0); /* nothing in it */
    CHECK_EQ(factor(), LU_SINGULAR);
    CHECK_EQ(lu.bad, 1);
    CHECK_EQ(lu.bad_row[0], 0);
    CHECK_EQ(lu.bad_col[0], 0);
    free_factors();
}

int main(void)
{
    RUN(a_tree_needs_no_nucleus);
    RUN(a_tree_on_a_circle_is_solved);
    RUN(trees_under_coupling_rows_are_solved);
    RUN(a_dense_kernel_is_solved);
    RUN(columns_and_rows_without_a_pivot_are_named);
    RUN(a_kernel_short_of_rank_is_named);
    RUN(a_basis_with_no_room_asks_for_more_and_is_solved_with_it);
    RUN(another_basis_can_be_factored_after_one_that_had_no_room);
    RUN(an_exchange_without_room_is_refused);
    RUN(a_pivot_that_factors_do_not_find_is_refused);
    RUN(one_row_is_a_basis_too);
    return check_result();
}
