/* needs: glpk. Random linear programs with a network in them, written as MPS in many ways (rows turned, scaled and shuffled,
 * all kinds of rows and bounds, rows that repeat or contradict others), against GLPK on the same file; what is read is written and read again, and
 * the same program with rows and columns in another order is solved by another method.
 *
 *     test_mps_glpk [first seed [programs]] */
#include "glpk_answer.h"

enum { MOST_ROWS = 60, MOST_COLUMNS = 160, MOST_ENTRIES = 12 };

#define NONE INT64_MAX /* no limit, no bound */

/* Entries in millionths, bounds and flows in thousandths, limits in 10^-9. */
typedef struct {
    char type; /* of the row in the file: E, L, G */
    int64_t load, low, up;
    int64_t factor; /* thousandths, all entries of a balance are multiplied by it */
    bool node;
    int copy_of; /* row that it repeats, -1 */
} drawn_row;

typedef struct {
    int entries, row[MOST_ENTRIES];
    int64_t value[MOST_ENTRIES];
    int64_t cost, low, up, x;
} drawn_column;

typedef struct {
    int rows, columns, nodes;
    drawn_row row[MOST_ROWS];
    drawn_column column[MOST_COLUMNS];
    int64_t offset;
    bool lossy, open;
} program;

static program now;
static uint64_t now_seed;
static check_log log_now;
static long optimal, infeasible, refused, feasible_only, recovered, unproven, strange, repeated,
    contradicting;

static void add_entry(program *p, int j, int row, int64_t value)
{
    drawn_column *c = &p->column[j];
    const int64_t v = value * p->row[row].factor / 1000;
    for (int e = 0; e < c->entries; e++)
        if (c->row[e] == row) return;
    if (v == 0 || c->entries == MOST_ENTRIES) return;
    c->row[c->entries] = row;
    c->value[c->entries++] = v;
    p->row[row].load += v * c->x;
}

static void draw_bounds(draw *d, const program *p, drawn_column *c)
{
    c->low = draw_chance(d, 85) ? 0 : draw_int(d, p->lossy ? 0 : -9, 9) * 1000;
    c->up = c->low + draw_int(d, 0, 30000);
    if (p->open && draw_chance(d, 60)) c->up = NONE;
    if (p->open && !p->lossy && draw_chance(d, 4)) c->low = -NONE;
    const int64_t from = c->low == -NONE ? -5000 : c->low;
    c->x = draw_int(d, from, c->up == NONE ? from + 20000 : c->up);
}

static void draw_columns(draw *d, program *p, int commodities)
{
    const int size = p->nodes / commodities;
    for (int j = 0; j < p->columns; j++) {
        drawn_column *c = &p->column[j];
        const int k = (int)draw_int(d, 0, commodities - 1), kind = (int)draw_int(d, 0, 99);
        const int tail = k * size + (int)draw_int(d, 0, size - 1);
        const int head = k * size + (int)draw_int(d, 0, size - 1);
        draw_bounds(d, p, c);
        c->cost = draw_int(d, draw_chance(d, 15) && !p->open ? -2000 : 0, 5000);
        if (kind < 92) add_entry(p, j, tail, 1000000);
        if (kind < 80 || (kind >= 92 && kind < 98))
            if (head != tail)
                add_entry(p, j, head,
                          p->lossy && draw_chance(d, 30) ? -1000 * draw_int(d, 900, 999)
                                                         : -1000000);
        const int more = draw_chance(d, 60) ? (int)draw_int(d, 1, 3) : 0;
        for (int e = 0; e < more && p->rows > p->nodes; e++)
            add_entry(p, j, (int)draw_int(d, p->nodes, p->rows - 1),
                      draw_chance(d, 50)
                          ? 1000000
                          : draw_int(d, draw_chance(d, 20) ? -300 : 1, 300) * 10000);
    }
}

/* Some coupling rows once more, whole or turned or doubled, with limits of their own. */
static void repeat_rows(draw *d, program *p)
{
    static const int64_t factors[] = {1, 1, 1, 2, -1};
    const int rows = p->rows;
    for (int i = p->nodes; i < rows; i++) {
        if (!draw_chance(d, 20)) continue;
        const int64_t factor = factors[draw_int(d, 0, 4)];
        const int copy = p->rows++;
        p->row[copy] = (drawn_row){.factor = 1000, .copy_of = factor == 1 ? i : -1};
        for (int j = 0; j < p->columns; j++)
            for (int e = 0; e < p->column[j].entries; e++)
                if (p->column[j].row[e] == i)
                    add_entry(p, j, copy, factor * p->column[j].value[e]);
    }
}

/* What repeats a row as it is may have its limits, too, or none that go together with them. */
static void draw_limits_of_copies(draw *d, program *p)
{
    for (int i = p->nodes; i < p->rows; i++) {
        drawn_row *r = &p->row[i];
        if (r->copy_of < 0) continue;
        const drawn_row *first = &p->row[r->copy_of];
        if (draw_chance(d, 30)) {
            r->type = first->type;
            r->low = first->low;
            r->up = first->up;
            repeated++;
        } else if (draw_chance(d, 8) && first->up != NONE) {
            r->type = 'G';
            r->low = first->up + 20000 * (int64_t)1000000;
            r->up = NONE;
            contradicting++;
        }
    }
}

static void draw_limits(draw *d, program *p)
{
    const bool tight = draw_chance(d, 40);
    for (int i = 0; i < p->rows; i++) {
        drawn_row *r = &p->row[i];
        const int64_t load = r->load, room = draw_int(d, 0, tight ? 3000 : 40000) * 1000000;
        const int kind = (int)draw_int(d, 0, 99);
        const bool wrong = draw_chance(d, 1);
        r->low = r->up = load;
        if (r->node ? kind < 65 : kind < 4) {
            r->type = 'E';
        } else if (kind < (r->node ? 82 : 75)) {
            r->type = 'L';
            r->up = load + room;
            r->low = draw_chance(d, 25) ? load - room / 1000000 / 2 * 1000000 : -NONE;
        } else {
            r->type = 'G';
            r->low = load - room;
            r->up = draw_chance(d, 25) ? load + room / 1000000 / 2 * 1000000 : NONE;
        }
        if (wrong && r->type == 'L' && r->low == -NONE) r->up = load - 20000 * (int64_t)1000000;
    }
}

static void draw_program(draw *d, program *p)
{
    static const int64_t factors[] = {1000, 1000, 1000, -1000, 2000, -500, 4000, -1250};
    memset(p, 0, sizeof *p);
    const int commodities = (int)draw_int(d, 1, 4), size = (int)draw_int(d, 2, 8);
    const bool scaled = draw_chance(d, 50);
    p->lossy = draw_chance(d, 20);
    p->open = draw_chance(d, 40);
    p->nodes = commodities * size;
    p->rows = p->nodes + (int)draw_int(d, 0, 12);
    p->columns = (int)draw_int(d, 2 * p->nodes, 4 * p->nodes);
    p->offset = draw_chance(d, 30) ? draw_int(d, -90000, 90000) : 0;
    for (int i = 0; i < p->rows; i++) {
        p->row[i].node = i < p->nodes;
        p->row[i].copy_of = -1;
        p->row[i].factor =
            scaled && i < p->nodes && !p->lossy ? factors[draw_int(d, 0, 7)] : 1000;
    }
    draw_columns(d, p, commodities);
    repeat_rows(d, p);
    draw_limits(d, p);
    draw_limits_of_copies(d, p);
}

static const char *number(int64_t v, int places)
{
    static char ring[8][48];
    static int next;
    char *out = ring[next++ & 7];
    int64_t unit = 1;
    for (int i = 0; i < places; i++) unit *= 10;
    const int64_t size = v < 0 ? -v : v;
    snprintf(out, sizeof ring[0], "%s%" PRId64 ".%0*" PRId64, v < 0 ? "-" : "", size / unit,
             places, size % unit);
    return out;
}

static const char *row_name(int i)
{
    static char ring[4][16];
    static int next;
    char *out = ring[next++ & 3];
    snprintf(out, sizeof ring[0], "R%d", i);
    return out;
}

static void write_limits(const program *p, FILE *f, const int *order, const char *set)
{
    fprintf(f, "RHS\n");
    if (p->offset) fprintf(f, "    %-8s  %-8s  %s\n", set, "COST", number(-p->offset, 2));
    for (int q = 0; q < p->rows; q++) {
        const drawn_row *r = &p->row[order[q]];
        const int64_t v = r->type == 'G' ? r->low : r->up;
        if (v != 0) fprintf(f, "    %-8s  %-8s  %s\n", set, row_name(order[q]), number(v, 9));
    }
    fprintf(f, "RANGES\n");
    for (int i = 0; i < p->rows; i++) {
        const drawn_row *r = &p->row[i];
        if (r->type == 'E' || r->low == -NONE || r->up == NONE) continue;
        fprintf(f, "    %-8s  %-8s  %s\n", set, row_name(i), number(r->up - r->low, 9));
    }
}

static void write_bounds(draw *d, const program *p, FILE *f, const char *set)
{
    fprintf(f, "BOUNDS\n");
    for (int j = 0; j < p->columns; j++) {
        const drawn_column *c = &p->column[j];
        char name[16];
        snprintf(name, sizeof name, "X%d", j);
        if (c->low == -NONE && c->up == NONE) {
            fprintf(f, " FR %-8s  %-8s\n", set, name);
        } else if (c->low == c->up) {
            fprintf(f, " FX %-8s  %-8s  %s\n", set, name, number(c->up, 3));
        } else {
            if (c->low == -NONE)
                fprintf(f, " MI %-8s  %-8s\n", set, name);
            else if (c->low != 0)
                fprintf(f, " LO %-8s  %-8s  %s\n", set, name, number(c->low, 3));
            if (c->up != NONE)
                fprintf(f, " UP %-8s  %-8s  %s\n", set, name, number(c->up, 3));
            else if (draw_chance(d, 20))
                fprintf(f, " PL %-8s  %-8s\n", set, name);
        }
    }
}

static void draw_order(draw *d, int n, int *order)
{
    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = n - 1; i > 0; i--) {
        const int other = (int)draw_int(d, 0, i), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

/* Rows and columns in an order drawn anew. */
static void write_program(draw *d, const program *p, const char *path)
{
    int order[MOST_ROWS], columns[MOST_COLUMNS];
    FILE *f = fopen(path, "w");
    if (!f) exit(2);
    draw_order(d, p->rows, order);
    draw_order(d, p->columns, columns);
    fprintf(f, "* drawn\nNAME          DRAWN\nROWS\n N  COST\n");
    for (int q = 0; q < p->rows; q++)
        fprintf(f, " %c  %s\n", p->row[order[q]].type, row_name(order[q]));
    fprintf(f, "COLUMNS\n");
    for (int q = 0; q < p->columns; q++) {
        const int j = columns[q];
        const drawn_column *c = &p->column[j];
        fprintf(f, "    X%-7d  %-8s  %s", j, "COST", number(c->cost, 2));
        for (int e = 0; e < c->entries; e++) {
            if (e % 2 == 1) fprintf(f, "\n    X%-7d", j);
            fprintf(f, "  %-8s  %s", row_name(c->row[e]), number(c->value[e], 6));
        }
        fprintf(f, "\n");
    }
    write_limits(p, f, order, "SET");
    write_bounds(d, p, f, "SET");
    fprintf(f, "ENDATA\n");
    fclose(f);
}

/* A right-hand side of the objective is what it is less, as most codes have it; GLPK adds it. */
static glpk_answer ask_glpk(const char *path, const steppe_info *info, double tolerance)
{
    glp_prob *lp = glp_create_prob();
    if (glp_read_mps(lp, GLP_MPS_FILE, NULL, path) != 0) {
        glp_delete_prob(lp);
        return (glpk_answer){false, false, 0.0};
    }
    glp_set_obj_coef(lp, 0, -glp_get_obj_coef(lp, 0));
    return glpk_solve(lp, info->outcome != STEPPE_INFEASIBLE, info->objective, tolerance);
}

/* What was read and written anew is the same program. */
static void check_again(steppe_solver *s, const steppe_info *info, double tolerance)
{
    char path[1024];
    steppe_info again;
    steppe_solver *t = NULL;
    check_log quiet;
    const steppe_settings set = check_settings(&quiet, 1);
    snprintf(path, sizeof path, TEST_TMP "again_%" PRIu64 ".mps", now_seed);
    if (CHECK_EQ(steppe_write_model(s, path), STEPPE_OK) &&
        CHECK_EQ(steppe_open(&t, path, &set), STEPPE_OK) &&
        CHECK_EQ(steppe_setup(t), STEPPE_OK) && CHECK_EQ(steppe_solve(t, &again), STEPPE_OK)) {
        CHECK_EQ(again.outcome == STEPPE_INFEASIBLE, info->outcome == STEPPE_INFEASIBLE);
        if (info->outcome != STEPPE_INFEASIBLE)
            CHECK_NEAR(again.objective, info->objective, tolerance);
    }
    steppe_free(t);
    unlink(path);
}

/* In another order and by another method it costs the same. */
static void check_shuffled(draw *d, const steppe_info *info, double tolerance)
{
    char path[1024];
    const long failed = check_now.failed;
    steppe_info again;
    steppe_solver *t = NULL;
    check_log quiet;
    steppe_settings set = check_settings(&quiet, 1);
    set.method = check_method(now_seed + 1);
    snprintf(path, sizeof path, TEST_TMP "shuffled_%" PRIu64 ".mps", now_seed);
    write_program(d, &now, path);
    const steppe_status st = steppe_open(&t, path, &set);
    /* where limits contradict each other, the bounds that follow from them depend on the order */
    const bool refusable = now.open && info->outcome == STEPPE_INFEASIBLE;
    if (st == STEPPE_BAD_INPUT && refusable) {
        CHECK(check_logged(&quiet, "bound, expected one: none follows from its rows"));
    } else if (CHECK_EQ(st, STEPPE_OK) && CHECK_EQ(steppe_setup(t), STEPPE_OK) &&
               CHECK_EQ(steppe_solve(t, &again), STEPPE_OK) &&
               (CHECK(again.outcome != STEPPE_UNKNOWN || now.lossy) &&
                again.outcome != STEPPE_UNKNOWN)) {
        CHECK_EQ(again.outcome == STEPPE_INFEASIBLE, info->outcome == STEPPE_INFEASIBLE);
        if (info->outcome != STEPPE_INFEASIBLE)
            CHECK_NEAR(again.objective, info->objective,
                       fmax(tolerance, 2.0 * (info->gap_rel + again.gap_rel)));
    }
    steppe_free(t);
    if (check_now.failed > failed)
        check_print_log(&quiet);
    else
        unlink(path);
}

static void check_result_folder(steppe_solver *s, const char *path)
{
    steppe_settings set = check_settings(NULL, 1);
    set.gap_rel = 1e-6;
    if (!CHECK_EQ(steppe_write_result(s, TEST_TMP "result"), STEPPE_OK)) return;
    CHECK_EQ(steppe_verify(path, TEST_TMP "result", &set, NULL), STEPPE_OK);
}

static void check_solution(draw *d, steppe_solver *s, const char *path)
{
    const double tolerance = now.lossy ? 1e-7 : 1e-9;
    steppe_info info;
    if (!CHECK_EQ(steppe_setup(s), STEPPE_OK) || !CHECK_EQ(steppe_solve(s, &info), STEPPE_OK))
        return;
    if (info.outcome == STEPPE_FEASIBLE && info.gap_rel < 1e-6) {
        feasible_only++;
        info.outcome = STEPPE_OPTIMAL;
    }
    if (info.outcome == STEPPE_UNKNOWN &&
        now.lossy) { /* rounding left a unit too much somewhere */
        unproven++;
        return;
    }
    if (!CHECK(info.outcome == STEPPE_OPTIMAL || info.outcome == STEPPE_INFEASIBLE)) {
        fprintf(stderr, "    outcome %d, gap %g\n", (int)info.outcome, info.gap_rel);
        return;
    }
    optimal += info.outcome == STEPPE_OPTIMAL;
    infeasible += info.outcome == STEPPE_INFEASIBLE;
    recovered += info.coupling_rows <= now.rows - now.nodes;
    const glpk_answer a = ask_glpk(path, &info, tolerance);
    CHECK(a.solved);
    if (CHECK_EQ(a.feasible, info.outcome == STEPPE_OPTIMAL) && a.feasible) {
        CHECK_NEAR(info.objective, a.objective, fmax(tolerance, 2.0 * info.gap_rel));
        check_result_folder(s, path);
    }
    check_again(s, &info, fmax(tolerance, 2.0 * info.gap_rel));
    if (now_seed % 2 == 0) check_shuffled(d, &info, tolerance);
}

static void a_program_costs_what_glpk_finds(void)
{
    draw d = {now_seed};
    char path[1024];
    const long failed = check_now.failed;
    draw_program(&d, &now);
    snprintf(path, sizeof path, TEST_TMP "drawn_%" PRIu64 ".mps", now_seed);
    write_program(&d, &now, path);
    steppe_settings set = check_settings(&log_now, 2);
    set.method = check_method(now_seed);
    steppe_solver *s = NULL;
    const steppe_status st = steppe_open(&s, path, &set);
    const bool unbounded =
        check_logged(&log_now, "without an upper") || check_logged(&log_now, "without a lower");
    if (st == STEPPE_BAD_INPUT && now.open &&
        unbounded) { /* for want of bounds, and nothing else */
        CHECK(check_logged(&log_now, "bound, expected one: none follows from its rows"));
        refused++;
    } else if (st == STEPPE_BAD_INPUT && now.nodes < 5) { /* hardly any columns between nodes */
        CHECK(check_logged(&log_now, "expected a network"));
        strange++;
    } else if (CHECK_EQ(st, STEPPE_OK)) {
        check_solution(&d, s, path);
    }
    steppe_free(s);
    if (check_now.failed == failed) {
        unlink(path);
        return;
    }
    check_print_log(&log_now);
    printf("seed %" PRIu64 " failed: test_mps_glpk %" PRIu64 " 1, file %s\n", now_seed,
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
        RUN(a_program_costs_what_glpk_finds);
    glp_free_env();
    printf("%ld optimal, %ld infeasible, %ld without bounds, %ld no networks, %ld unproven "
           "with losses, %ld not to the "
           "last digit, %ld with no more coupling rows than drawn; %ld rows repeated, %ld "
           "contradicted\n",
           optimal, infeasible, refused, strange, unproven, feasible_only, recovered, repeated,
           contradicting);
    if (count >= 300) {
        CHECK(optimal > (long)count / 2);
        CHECK(infeasible > 0);
        CHECK(refused > 0);
        CHECK(repeated > 50);
        CHECK(contradicting > 3);
        CHECK(100 * unproven <= optimal);
        CHECK(100 * recovered >= 99 * (optimal + infeasible));
    }
    return check_result();
}
