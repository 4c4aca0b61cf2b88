/* needs: glpk; slow. Random multicommodity instances (.mmcf) against GLPK on the MPS file that
 * Steppe writes and on a linear program built from the drawn numbers.
 *
 *     test_mmcf_glpk [first seed [instances]] */
#include "glpk_answer.h"

#define TOLERANCE 1e-9

enum { MOST_K = 12, MOST_N = 40, MOST_A = 900, MOST_J = 120 };

typedef struct {
    int k, tail, head, row;   /* row -1: none */
    int64_t cost, up, weight; /* thousandths; up -1000: none */
} instance_arc;

typedef struct {
    int K, N, J, A;
    int64_t supply[MOST_K][MOST_N], cap[MOST_J]; /* thousandths */
    instance_arc arc[MOST_A];
} instance;

typedef enum { LOOSE, TIGHT, MIXED } tightness;

/* Seeds that found a fault: vertices with fractions that were hard to put on whole units. */
static const uint64_t once_wrong[] = {5018, 5233, 5891, 7087};

static instance now;
static uint64_t now_seed;
static check_log log_now;
static long optimal, infeasible, priced, unpriced, stops, answers;

static int64_t total_supply(const instance *g, int k)
{
    int64_t sum = 0;
    for (int i = 0; i < g->N; i++) sum += g->supply[k][i] > 0 ? g->supply[k][i] : 0;
    return sum;
}

/* Physical arcs shared by all commodities, each with a joint row as a rule, as in the
 * literature's instances; and a dear private way from every source to every sink in most of
 * them, so that most are feasible. */
static void draw_instance(draw *d, instance *g)
{
    memset(g, 0, sizeof *g);
    const bool large = draw_chance(d, 8);
    const tightness kind = (tightness)draw_int(d, 0, 2);
    const bool whole = draw_chance(d, 40), unit_weights = draw_chance(d, 50),
               own_bounds = draw_chance(d, 40);
    const bool rescue = draw_chance(d, 85);
    const bool wide = draw_chance(d, 15); /* costs from thousandths to tens of millions */
    const int64_t step = whole ? 1000 : 1;
    g->K = (int)draw_int(d, 1, large ? MOST_K : 4);
    g->N = (int)draw_int(d, 2, large ? 20 : 8);
    const int physical = (int)draw_int(d, 1, large ? 50 : 14);
    g->J = physical < MOST_J ? physical : MOST_J;
    for (int k = 0; k < g->K; k++) {
        const int pairs = (int)draw_int(d, 0, 3);
        for (int p = 0; p < pairs; p++) {
            const int64_t v = draw_int(d, 0, 20000 / step) * step;
            const int from = (int)draw_int(d, 0, g->N - 1), to = (int)draw_int(d, 0, g->N - 1);
            g->supply[k][from] += v;
            g->supply[k][to] -= v;
        }
    }
    for (int r = 0; r < g->J; r++) {
        const bool tight = kind == TIGHT || (kind == MIXED && draw_chance(d, 50));
        g->cap[r] = tight ? draw_int(d, 0, 8000 / step) * step : 100000000;
    }
    for (int e = 0; e < physical; e++) {
        const int tail = (int)draw_int(d, 0, g->N - 1);
        const int head = (tail + (int)draw_int(d, 1, g->N - 1)) % g->N;
        const int row = draw_chance(d, 85) ? e % g->J : -1;
        for (int k = 0; k < g->K; k++) {
            if (draw_chance(d, 15)) continue;
            int64_t scale = 1;
            for (int64_t power = wide ? draw_int(d, 0, 6) : 0; power > 0; power--) scale *= 10;
            g->arc[g->A++] = (instance_arc){
                k,
                tail,
                head,
                row,
                scale * draw_int(d, 0, draw_chance(d, 30) ? 2 : 50) * (wide ? 1 : 1000) +
                    (whole ? 0 : draw_int(d, 0, 999)),
                own_bounds && draw_chance(d, 50) ? draw_int(d, 0, 9000 / step) * step : -1000,
                unit_weights ? 1000 : draw_int(d, 0, 4000)};
        }
    }
    for (int k = 0; k < g->K && rescue; k++)
        for (int i = 0; i < g->N; i++)
            for (int j = 0; j < g->N && g->A < MOST_A; j++)
                if (g->supply[k][i] > 0 && g->supply[k][j] < 0)
                    g->arc[g->A++] = (instance_arc){k, i, j, -1, 500000, -1000, 1000};
}

static const char *number(int64_t v)
{
    static char ring[8][32];
    static int next;
    char *out = ring[next++ & 7];
    const int64_t size = v < 0 ? -v : v;
    snprintf(out, sizeof ring[0], "%s%" PRId64 ".%03d", v < 0 ? "-" : "", size / 1000,
             (int)(size % 1000));
    return out;
}

static void write_instance(const instance *g, const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f) exit(2);
    fprintf(f, "c drawn\np mmcf %d %d %d %d\n", g->K, g->N, g->A, g->J);
    for (int k = 0; k < g->K; k++)
        for (int i = 0; i < g->N; i++)
            if (g->supply[k][i] != 0) fprintf(f, "n %d %d %s\n", k, i, number(g->supply[k][i]));
    for (int r = 0; r < g->J; r++) fprintf(f, "j %d %s\n", r, number(g->cap[r]));
    for (int a = 0; a < g->A; a++) {
        const instance_arc *e = &g->arc[a];
        fprintf(f, "a %d %d %d %s %s %d %s\n", e->k, e->tail, e->head, number(e->cost),
                e->up < 0 ? "-1" : number(e->up), e->row, number(e->weight));
    }
    fclose(f);
}

static glp_prob *build(const instance *g)
{
    glp_prob *lp = glp_create_prob();
    const int balance = 1;
    glp_add_rows(lp, g->K * g->N + g->J);
    for (int k = 0; k < g->K; k++)
        for (int i = 0; i < g->N; i++) {
            const double b = (double)g->supply[k][i] / 1000.0;
            glp_set_row_bnds(lp, balance + k * g->N + i, GLP_FX, b, b);
        }
    for (int r = 0; r < g->J; r++)
        glp_set_row_bnds(lp, balance + g->K * g->N + r, GLP_UP, 0.0,
                         (double)g->cap[r] / 1000.0);
    if (g->A > 0) glp_add_cols(lp, g->A);
    for (int a = 0; a < g->A; a++) {
        const instance_arc *e = &g->arc[a];
        const double up = (double)(e->up < 0 ? total_supply(g, e->k) : e->up) / 1000.0;
        const int row[4] = {0, balance + e->k * g->N + e->tail, balance + e->k * g->N + e->head,
                            balance + g->K * g->N + e->row};
        const double value[4] = {0.0, 1.0, -1.0, (double)e->weight / 1000.0};
        glp_set_obj_coef(lp, a + 1, (double)e->cost / 1000.0);
        glp_set_col_bnds(lp, a + 1, up > 0.0 ? GLP_DB : GLP_FX, 0.0, up);
        glp_set_mat_col(lp, a + 1, e->row >= 0 && e->weight != 0 ? 3 : 2, row, value);
    }
    return lp;
}

static void compare(steppe_solver *s, const steppe_info *info)
{
    char mps[1024];
    const bool feasible = info->outcome == STEPPE_OPTIMAL;
    snprintf(mps, sizeof mps, TEST_TMP "mmcf_%" PRIu64 ".mps", now_seed);
    if (CHECK_EQ(steppe_write_model(s, mps), STEPPE_OK)) {
        const glpk_answer a = glpk_solve_mps(mps, feasible, info->objective, TOLERANCE);
        CHECK(a.solved);
        if (CHECK_EQ(a.feasible, feasible) && feasible)
            CHECK_NEAR(info->objective, a.objective, TOLERANCE);
    }
    unlink(mps);
    const glpk_answer a = glpk_solve(build(&now), feasible, info->objective, TOLERANCE);
    CHECK(a.solved);
    if (CHECK_EQ(a.feasible, feasible) && feasible)
        CHECK_NEAR(info->objective, a.objective, TOLERANCE);
}

static int calls_left;

static int stop_soon(void *arg, const steppe_progress *at)
{
    (void)arg;
    (void)at;
    return calls_left-- <= 0;
}

/* A solve that is stopped proves a bound below the optimum and has flows that cost no less, or none. */
static void stop_at(const char *path, double optimum, int calls)
{
    char folder[1024];
    steppe_settings set = check_settings(&log_now, 2);
    set.method = check_method(now_seed / 3);
    steppe_solver *s = NULL;
    steppe_info info;
    steppe_proof proof;
    const double size = TOLERANCE * fmax(1.0, fabs(optimum));
    snprintf(folder, sizeof folder, TEST_TMP "stopped_%" PRIu64, now_seed);
    set.progress = stop_soon;
    set.time_limit = 1e9;
    calls_left = calls;
    if (CHECK_EQ(steppe_open(&s, path, &set), STEPPE_OK) &&
        CHECK_EQ(steppe_setup(s), STEPPE_OK) && CHECK_EQ(steppe_solve(s, &info), STEPPE_OK) &&
        CHECK(info.outcome != STEPPE_INFEASIBLE)) {
        stops++;
        if (info.outcome != STEPPE_UNKNOWN) {
            answers++;
            CHECK(info.bound <= optimum + size);
            CHECK(info.objective >= optimum - size);
            CHECK_EQ(steppe_write_result(s, folder), STEPPE_OK);
            set.gap_rel = 1.0;
            CHECK_EQ(steppe_verify(path, folder, &set, &proof), STEPPE_OK);
            CHECK(proof.objective == info.objective && proof.bound == info.bound);
            check_remove(folder);
        }
    }
    steppe_free(s);
}

static void draw_order(draw *d, int n, int *order)
{
    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = n; i > 1; i--) {
        const int j = (int)draw_int(d, 0, i - 1), t = order[i - 1];
        order[i - 1] = order[j];
        order[j] = t;
    }
}

/* The same instance with commodities, places, rows and arcs in another order, by another method, costs the same. */
static void shuffle_and_compare(draw *d, double objective)
{
    static instance other;
    static int block[MOST_K], place[MOST_N], row[MOST_J], arc[MOST_A];
    char path[1024];
    memset(&other, 0, sizeof other);
    draw_order(d, now.K, block);
    draw_order(d, now.N, place);
    draw_order(d, now.J, row);
    draw_order(d, now.A, arc);
    other.K = now.K, other.N = now.N, other.J = now.J, other.A = now.A;
    for (int k = 0; k < now.K; k++)
        for (int i = 0; i < now.N; i++) other.supply[block[k]][place[i]] = now.supply[k][i];
    for (int r = 0; r < now.J; r++) other.cap[row[r]] = now.cap[r];
    for (int a = 0; a < now.A; a++) {
        instance_arc e = now.arc[a];
        e.k = block[e.k];
        e.tail = place[e.tail];
        e.head = place[e.head];
        e.row = e.row >= 0 ? row[e.row] : -1;
        other.arc[arc[a]] = e;
    }
    snprintf(path, sizeof path, TEST_TMP "shuffled_%" PRIu64 ".mmcf", now_seed);
    write_instance(&other, path);
    steppe_settings set = check_settings(&log_now, 1);
    set.method = check_method(now_seed + 1);
    steppe_solver *s = NULL;
    steppe_info info;
    if (CHECK_EQ(steppe_open(&s, path, &set), STEPPE_OK) &&
        CHECK_EQ(steppe_setup(s), STEPPE_OK) && CHECK_EQ(steppe_solve(s, &info), STEPPE_OK) &&
        CHECK_EQ(info.outcome, STEPPE_OPTIMAL))
        CHECK_NEAR(info.objective, objective, TOLERANCE);
    steppe_free(s);
    unlink(path);
}

static void an_instance_costs_what_glpk_finds(void)
{
    draw d = {now_seed};
    char path[1024];
    const long failed = check_now.failed;
    draw_instance(&d, &now);
    snprintf(path, sizeof path, TEST_TMP "mmcf_%" PRIu64 ".mmcf", now_seed);
    write_instance(&now, path);
    steppe_settings set = check_settings(&log_now, 2);
    set.method = check_method(now_seed);
    steppe_solver *s = NULL;
    steppe_info info;
    if (CHECK_EQ(steppe_open(&s, path, &set), STEPPE_OK) &&
        CHECK_EQ(steppe_setup(s), STEPPE_OK) && CHECK_EQ(steppe_solve(s, &info), STEPPE_OK)) {
        if (CHECK(info.outcome == STEPPE_OPTIMAL || info.outcome == STEPPE_INFEASIBLE)) {
            CHECK(info.outcome == STEPPE_INFEASIBLE || info.gap_rel <= TOLERANCE);
            optimal += info.outcome == STEPPE_OPTIMAL;
            infeasible += info.outcome == STEPPE_INFEASIBLE;
            priced += info.tight_rows > 0;
            unpriced += info.outcome == STEPPE_OPTIMAL && info.tight_rows == 0;
            compare(s, &info);
            if (info.outcome == STEPPE_OPTIMAL && now_seed % 2 == 0)
                shuffle_and_compare(&d, info.objective);
            for (int i = 0; i < 3 && info.outcome == STEPPE_OPTIMAL && now_seed % 3 == 0; i++)
                stop_at(path, info.objective, (int)draw_int(&d, 0, i == 0 ? 2 : 40));
        } else {
            fprintf(stderr, "    outcome %d, gap %g\n", (int)info.outcome, info.gap_rel);
        }
    }
    steppe_free(s);
    if (check_now.failed == failed) {
        unlink(path);
        return;
    }
    check_print_log(&log_now);
    printf("seed %" PRIu64 " failed: test_mmcf_glpk %" PRIu64 " 1, file %s\n", now_seed,
           now_seed, path);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 400;
    glp_term_out(GLP_OFF);
    check_make_folder(TEST_TMP);
    for (now_seed = from; now_seed < from + count; now_seed++)
        RUN(an_instance_costs_what_glpk_finds);
    for (size_t i = 0; argc < 2 && i < sizeof once_wrong / sizeof *once_wrong; i++) {
        now_seed = once_wrong[i];
        RUN(an_instance_costs_what_glpk_finds);
    }
    glp_free_env();
    printf("%ld optimal, %ld infeasible, %ld with prices, %ld without; %ld stops, %ld with an "
           "answer\n",
           optimal, infeasible, priced, unpriced, stops, answers);
    if (count >= 300) {
        CHECK(optimal > 100);
        CHECK(infeasible > 5);
        CHECK(priced > 50);
        CHECK(unpriced > 50);
        CHECK(10 * answers > 8 * stops);
    }
    return check_result();
}
