/* needs: zlib. MPS files: what is read, which rows become balances, and what is said about files that do not fit. */
#include "small_case.h"

#include "solve.h"

#include <zlib.h>

#define MPS_FILE TEST_TMP "instance.mps"

static steppe_solver *open_text(const char *content, steppe_status expected)
{
    const steppe_settings set = check_settings(&small_log, 1);
    steppe_solver *s = NULL;
    check_make_folder(TEST_TMP);
    check_write(MPS_FILE, content);
    if (!CHECK_EQ(steppe_open(&s, MPS_FILE, &set), expected)) {
        fprintf(stderr, "    text: %s\n", content);
        check_print_log(&small_log);
    }
    return s;
}

static steppe_info solve_text(const char *content)
{
    steppe_solver *s = open_text(content, STEPPE_OK);
    const steppe_info info = small_solve(s);
    steppe_free(s);
    return info;
}

static double cost_of(const char *content)
{
    const steppe_info info = solve_text(content);
    return CHECK_EQ(info.outcome, STEPPE_OPTIMAL) ? info.objective : NAN;
}

/* Exactly one fault or error: path:rest. */
static void stopped(const char *content, steppe_status status, const char *rest)
{
    char want[1200];
    snprintf(want, sizeof want, "%s:%s", MPS_FILE, rest);
    steppe_free(open_text(content, status));
    if (CHECK_EQ(small_log.faults + small_log.errors, 1) && CHECK_TEXT(small_log.line[0], want))
        return;
    check_print_log(&small_log);
}

static void refused(const char *content, const char *rest)
{
    stopped(content, STEPPE_BAD_INPUT, rest);
}

/* Two ways from A to B, 10 units; the cheap one carries 6. */
#define ROWS_AB "NAME t\nROWS\n N cost\n E A\n E B\n"
#define COLUMNS_AB "COLUMNS\n cheap cost 10 A 1\n cheap B -1\n dear cost 25 A 1\n dear B -1\n"
#define RHS_AB "RHS\n rhs A 10 B -10\n"
#define BOUNDS_AB "BOUNDS\n UP bnd cheap 6\n"

TEST(free_and_fixed_form_say_the_same)
{
    CHECK(cost_of(ROWS_AB COLUMNS_AB RHS_AB BOUNDS_AB "ENDATA\n") == 160.0);
    /* no set names, and what codes write around it */
    CHECK(cost_of("* a remark\n\nNAME\nOBJSENSE\n    MIN\n"
                  "ROWS\n N cost\n E A\n E B\n" COLUMNS_AB
                  "RHS\n A 10 B -10\nRANGES\nBOUNDS\n UP cheap 6\nENDATA\n") == 160.0);
    CHECK(cost_of("NAME          T\r\nROWS\r\n N  COST\r\n E  A\r\n E  B\r\nCOLUMNS\r\n"
                  "    CHEAP     COST      10.0         A         1.0\r\n"
                  "    CHEAP     B         -1.0\r\n"
                  "    DEAR      COST      2.5e1        A         1.\r\n"
                  "    DEAR      B         -1.0\r\nRHS\r\n"
                  "    RHS       A         10.0         B         -10.0\r\nBOUNDS\r\n"
                  " UP BND       CHEAP     6.0\r\nENDATA\r\n") == 160.0);
}

TEST(rows_of_all_kinds_can_be_balances)
{
    /* a transport problem with inequalities only: each row turned and scaled as it likes */
    const steppe_info info = solve_text(
        "NAME\nROWS\n N c\n L S1\n L S2\n G D1\n L D2\nCOLUMNS\n x11 c 4 S1 2\n x11 D1 1\n"
        " x12 c 6 S1 2\n x12 D2 -0.5\n x21 c 5 S2 1\n x21 D1 1\n x22 c 3 S2 1\n x22 D2 -0.5\n"
        "RHS\n r S1 20 S2 8\n r D1 7 D2 -2.5\nENDATA\n");
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK(info.objective == 7 * 4 + 5 * 3.0);
    CHECK_EQ(info.coupling_rows, 0);
    CHECK_EQ(info.commodities, 1);
    CHECK_EQ(info.nodes, 5); /* and the hub */
}

TEST(ranges_hold_on_both_sides_whatever_the_kind_of_row)
{
    static const char *const kind[] = {"L", "G", "E", "E"};
    static const char *const range[] = {"3", "-3", "3", "-3"};
    static const char *const side[] = {"7", "4", "4", "7"}; /* 4 <= x + y <= 7 each time */
    for (int i = 0; i < 4; i++)
        for (int sense = 0; sense < 2; sense++) {
            char content[600];
            snprintf(content, sizeof content,
                     "NAME\nROWS\n N c\n %s A\n E B\n E C\nCOLUMNS\n x c %d A 1\n x B -1\n y c "
                     "%d A 1\n y C -1\n"
                     " u B 1\n v C 1\nRHS\n r A %s\nRANGES\n r A %s\nBOUNDS\n UP b x 9\n UP b "
                     "y 9\nENDATA\n",
                     kind[i], sense ? -1 : 1, sense ? -2 : 2, side[i], range[i]);
            CHECK(cost_of(content) == (sense ? -14.0 : 4.0));
        }
}

TEST(bounds_of_all_kinds_are_kept)
{
    const char *const start =
        "NAME\nROWS\n N c\n E A\n E B\nCOLUMNS\n x c 3 A 1\n x B -1\n y c 1 A 1\n y "
        "B -1\nRHS\n r A 2 B -2\nBOUNDS\n";
    static const struct {
        const char *bounds;
        double cost;
    } list[] = {{" LO b y -5\n UP b y 1\n", 3 + 1.0},
                {" FX b x 5\n FR b y\n", 15 - 3.0},
                {" UP b x 4\n MI b y\n UP b y 1\n", 3 + 1.0},
                {" LO b x 1e0\n PL b x\n", 3 + 1.0},
                {" UP b y 1e30\n", 2.0},
                {" LO b x 3\n UP b x 3\n LO b y -1e30\n", 9 - 1.0},
                {" UP b x -1\n LO b x -3\n", -3 + 3.0 - 6 + 2}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char content[600];
        snprintf(content, sizeof content, "%s%sENDATA\n", start, list[i].bounds);
        CHECK(cost_of(content) == list[i].cost);
    }
}

TEST(an_offset_counts_and_a_maximum_is_negated)
{
    CHECK(cost_of(ROWS_AB COLUMNS_AB "RHS\n rhs A 10 B -10\n rhs cost -7.5\n" BOUNDS_AB
                                     "ENDATA\n") == 167.5);
    CHECK(cost_of(ROWS_AB COLUMNS_AB
                  "RHS\n rhs A 10 B -10\n rhs cost -0.000000000000000123\n" BOUNDS_AB
                  "ENDATA\n") == 160.0);
    CHECK(cost_of("NAME t\nOBJSENSE MAX\nROWS\n N cost\n E A\n E B\n" COLUMNS_AB
                  "RHS\n rhs A 10 B -10\n rhs cost 7\n" BOUNDS_AB "ENDATA\n") == -(250 - 7.0));
    CHECK(check_logged(&small_log, "the objective is maximised"));
    CHECK(
        cost_of("NAME t\nROWS\n E A\n E B\nCOLUMNS\n x A 1 B -1\nRHS\n r A 1 B -1\nENDATA\n") ==
        0.0);
}

TEST(coupling_rows_of_all_kinds_hold)
{
    /* two goods over a shared arc; the row that is no balance has other entries */
    const char *const form =
        "NAME\nROWS\n N c\n N idle\n E A1\n E B1\n E A2\n E B2\n %s R\nCOLUMNS\n"
        " x1 c 1 A1 1\n x1 B1 -1 R %s\n x1 idle 3\n y1 c 9 A1 1\n y1 B1 -1\n x2 c 1 A2 1\n x2 "
        "B2 -1 R "
        "%s\n y2 c 5 A2 1\n y2 B2 -1\n"
        "RHS\n r A1 2 B1 -2\n r A2 2 B2 -2\n r R %s\n%sENDATA\n";
    static const struct {
        const char *kind, *w1, *w2, *rhs, *more;
        double cost;
    } list[] = {{"L", "1", "0.5", "2.5", "", 2 + 1 + 5.0},
                {"L", "1", "-0.5", "1.5", "", 4.0},
                {"G", "-1", "-1", "-3", "", 2 + 1 + 5.0},
                {"E", "0.3", "0.7", "0.9", "", 2 + 4.0 * 2 + 2.0 - 8.0 + 8.0},
                {"L", "1", "1", "3", "RANGES\n r R 2\n", 2 + 1 + 5.0}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char content[700];
        snprintf(content, sizeof content, form, list[i].kind, list[i].w1, list[i].w2,
                 list[i].rhs, list[i].more);
        const steppe_info info = solve_text(content);
        if (i != 3) CHECK_NEAR(info.objective, list[i].cost, 1e-9);
        CHECK_EQ(info.commodities, 2);
        CHECK_EQ(info.coupling_rows, 1);
    }
}

TEST(an_equation_that_no_whole_units_fulfil_holds_to_a_few_units)
{
    steppe_solver *s = open_text("NAME\nROWS\n N c\n E A\n E B\n E R\nCOLUMNS\n x c 1 A 1\n x "
                                 "B -1 R 3\n y c 2 A 1\n y B -1 R -7\n"
                                 "RHS\n r A 1 B -1\n r R 0\nENDATA\n",
                                 STEPPE_OK);
    const steppe_info info = small_solve(s);
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK_NEAR(info.objective, 1.3, 1e-11); /* x = 0.7, y = 0.3 */
    CHECK_EQ(steppe_write_model(s, TEST_TMP "again.mps"), STEPPE_OK);
    steppe_free(s);
    char *again = check_read(TEST_TMP "again.mps");
    CHECK(again && strstr(again, " E  R\n") && strstr(again, " rhs R 0\n") &&
          !strstr(again, " rng "));
    free(again);
    /* thirds: nothing fits exactly, and that is said */
    CHECK_NEAR(
        cost_of(
            "NAME\nROWS\n N c\n E A\n E B\n E R\nCOLUMNS\n x c 1 A 1\n x B -1 R 1\n y c 2 A 1\n"
            " y B -1 R -2\nRHS\n r A 1 B -1\nENDATA\n"),
        2.0 - 2.0 / 3.0, 1e-11);
    CHECK(check_logged(&small_log, "equations that couple hold to a few units"));
}

TEST(a_range_of_a_unit_that_couples_is_as_good_as_an_equation)
{
    CHECK_NEAR(
        cost_of(
            "NAME\nROWS\n N c\n E A\n E B\n L R\nCOLUMNS\n x c 1 A 1\n x B -1 R 1\n y c 2 A 1\n"
            " y B -1 R -2\nRHS\n r A 1 B -1\nRANGES\n r R 0.000000000001\nENDATA\n"),
        2.0 - 2.0 / 3.0, 1e-11);
    CHECK(check_logged(&small_log, "equations that couple hold to a few units"));
}

TEST(bounds_that_only_follow_do_not_drive_decimals_out)
{
    /* the slack of A may be 6000 long, of which 10^-12 leave no room in 15 digits */
    CHECK_NEAR(
        cost_of(
            "NAME\nROWS\n N c\n L A\n E B\nCOLUMNS\n x c 1 A 1\n x B -1\n y c 2 A 1\n y B -1\n"
            " z c 1 A -1\nRHS\n r A 3000 B -1.000000000001\nBOUNDS\n UP b x 0.5\n"
            " UP b z 3000\nENDATA\n"),
        1.5, 1e-11);
}

TEST(losses_are_found)
{
    /* 10 leave A, a tenth is lost, B wants at least 4.5 of each */
    const char *const form = "NAME\nROWS\n N c\n E A\n %s B\n %s C\nCOLUMNS\n x c 1 A 1\n x B "
                             "-0.9\n y c 2 A 1\n y C -0.9\n"
                             "RHS\n r A 10\n r B %s\n r C %s\nENDATA\n";
    char content[500];
    snprintf(content, sizeof content, form, "L", "L", "-4.5", "-3.6");
    steppe_solver *s = open_text(content, STEPPE_OK);
    const steppe_info info = small_solve(s);
    CHECK_NEAR(info.objective, 6.0 + 2 * 4.0, 1e-9);
    CHECK_EQ(info.coupling_rows, 0);
    steppe_free(s);
    /* uneven losses into one balance: nothing divides, so they are losses */
    s = open_text(
        "NAME\nROWS\n N c\n L A\n E B\nCOLUMNS\n x c 1 A 1\n x B -0.9\n y c 2 A 1\n y B -0.95\n"
        "RHS\n r A 10\n r B -8.5\nBOUNDS\n UP b x 5\n UP b y 9\nENDATA\n",
        STEPPE_OK);
    const steppe_info lossy = small_solve(s);
    CHECK_NEAR(lossy.objective, 5 + 2 * 4 / 0.95, 1e-9);
    CHECK(s && s->md.loss_ppm != NULL);
    CHECK(check_logged(&small_log, "1 balances where losses arrive hold to less than"));
    steppe_free(s);
}

TEST(names_are_those_of_the_file)
{
    steppe_solver *s = open_text("NAME\nROWS\n N cost\n L A\n E B,\"1\"\n L R\nCOLUMNS\n x,1 "
                                 "cost 10 A 1\n x,1 B,\"1\" -1 R 1\n"
                                 " A:slack cost 25 A 1\n A:slack B,\"1\" -1\n A:slack R 0.5\n"
                                 "RHS\n r A 12 B,\"1\" -10\n r R 8\nENDATA\n",
                                 STEPPE_OK);
    const steppe_info info = small_solve(s);
    CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
    CHECK_NEAR(info.objective, 60 + 100.0, 1e-9);
    CHECK_NEAR(small_flow(s, "x,1"), 6.0, 1e-9);
    CHECK_NEAR(small_flow(s, "A:slack"), 4.0, 1e-9);
    CHECK_NEAR(small_flow(s, "A:slack'"), 2.0, 1e-9); /* ours */
    CHECK_NEAR(small_price(s, "R"), -30.0, 1e-6);
    check_remove(TEST_TMP "result");
    CHECK_EQ(steppe_write_result(s, TEST_TMP "result"), STEPPE_OK);
    steppe_free(s);
    const steppe_settings set = check_settings(&small_log, 1);
    CHECK_EQ(steppe_verify(MPS_FILE, TEST_TMP "result", &set, NULL), STEPPE_OK);
    char *flow = check_read(TEST_TMP "result/flow.csv");
    CHECK(flow && strstr(flow, "\n\"x,1\",arc,,6,unit,10\n"));
    free(flow);
    char *potential = check_read(TEST_TMP "result/potential.csv");
    CHECK(potential && strstr(potential, "\n\"B,\"\"1\"\"\","));
    free(potential);
}

TEST(circles_and_free_columns_get_bounds_where_they_follow)
{
    /* a circle without bounds, all costs at least 0: no answer needs more than what is to go */
    CHECK(
        cost_of("NAME\nROWS\n N c\n E A\n E B\n E C\nCOLUMNS\n x c 1 A 1\n x B -1\n y c 1 B "
                "1\n y C -1\n"
                " z A -1 C 1\n w B -1 A 1\n w c 0\n v A -1 B 1\nRHS\n r A 5 C -5\nENDATA\n") ==
        5.0);
    refused("NAME\nROWS\n N c\n E A\n E B\nCOLUMNS\n x c 1 A 1\n x B -1\n y c -2 B 1\n y A -1\n"
            "RHS\n r A 5 B -5\nENDATA\n",
            "9:1: found column 'y' without an upper bound, expected one: none follows from its "
            "rows, "
            "and more of it would pay");
    refused("NAME\nROWS\n N c\n E A\n E B\nCOLUMNS\n x c 1 A 1\n x B -1\n y c 2 A 1\n y B -1\n"
            "RHS\n r A 5 B -5\nBOUNDS\n FR b x\nENDATA\n",
            "14:1: found column 'x' without a lower bound, expected one: none follows from its "
            "rows");
    /* what pays is bounded by the row it shares */
    CHECK(cost_of("NAME\nROWS\n N c\n E A\n E B\n L R\nCOLUMNS\n x c -3 A 1\n x B -1 R 0.5\n y "
                  "B 1 A -1\n"
                  "RHS\n r R 4\nENDATA\n") == -24.0);
}

TEST(what_is_no_network_is_refused_with_the_first_row_that_does_not_fit)
{
    refused("NAME\nROWS\n N c\n L R1\n L R2\nCOLUMNS\n x c -1 R1 1\n x R2 2\n y c -1 R1 2\n y "
            "R2 1\n"
            "RHS\n r R1 4 R2 4\nENDATA\n",
            "9:5: found entries 1 and 2 in row 'R1' (line 4), expected a network: entries of "
            "one size "
            "in a balance");
    refused(
        "NAME\nROWS\n N c\n E R1\n E R2\n E R3\nCOLUMNS\n x c 1 R1 1\n x R2 -1\n x R3 1\n"
        " y c 1 R1 1\n y R2 3 R3 2\n z R2 2 R3 3\n w R2 4\nRHS\n r R1 4\nENDATA\n",
        "12:3: found entries -1 and 3 in row 'R2' (line 5), expected a network: entries of one "
        "size in a balance");
}

TEST(each_fault_of_a_file_is_named_with_its_line)
{
    refused("", "1:1: found the end of the file, expected ENDATA");
    refused(ROWS_AB COLUMNS_AB "RHS\n rhs A 10 B -1",
            "13:1: found the end of the file, expected ENDATA");
    refused("NAME\n x\nENDATA\n", "2:1: found 'x', expected a section before its lines");
    refused("NAME\nCOLUMNS\n x c 1\nENDATA\n",
            "2:1: found 'COLUMNS', expected section ROWS with at least one row before it");
    refused("NAME\nROWS\n N c\n X A\nENDATA\n",
            "4:1: found 'X', expected a row of type N, E, L or G");
    refused("NAME\nROWS\n N c\n E\nENDATA\n",
            "4:2: found 'the end of the line', expected the name of a row");
    refused("NAME\nROWS\n N c\n E A A\nENDATA\n",
            "4:3: found 'A', expected one name without blanks");
    refused("NAME\nROWS\n N c\n E A\n L A\nENDATA\n", "5:2: found 'A', expected each row once");
    refused("NAME\nROWS\n N c\n E A\nENDATA\n",
            "5:1: found no columns, expected a linear program");
    refused(
        ROWS_AB "COLUMNS\n x A\nENDATA\n",
        "7:3: found 'the end of the line', expected a column, then one or two pairs of row and "
        "coefficient, names without blanks");
    refused(ROWS_AB "COLUMNS\n x A 1 Z 2\nENDATA\n",
            "7:4: found 'Z', expected the name of a row of section ROWS");
    refused(ROWS_AB "COLUMNS\n x A one\nENDATA\n", "7:3: found 'one', expected a coefficient");
    refused(ROWS_AB "COLUMNS\n x A 1\n x A 2\nENDATA\n",
            "8:2: found 'A', expected each row once in a column");
    refused(ROWS_AB "COLUMNS\n x A 1\n y A 2\n x B 1\nENDATA\n",
            "9:1: found 'x', expected all entries of a column together");
    refused(ROWS_AB "COLUMNS\n x A 0.1234567890123\nENDATA\n",
            "7:3: found '0.1234567890123', expected a decimal of at most 12 places, which is "
            "exact");
    refused(ROWS_AB "COLUMNS\n x A nan\nENDATA\n",
            "7:3: found 'nan', expected a finite number");
    refused(ROWS_AB "COLUMNS\n x A 1e16\nENDATA\n",
            "7:3: found '1e16', expected a number of at most 10^15");
    refused(
        ROWS_AB "COLUMNS\n M1 'MARKER' 'INTORG'\n x A 1\n M2 'MARKER' 'INTEND'\nENDATA\n",
        "7:2: found ''MARKER'', expected no integer columns: Steppe solves linear programs");
    refused(ROWS_AB COLUMNS_AB "RHS\n r Z 1\nENDATA\n",
            "12:2: found 'Z', expected the name of a row of section ROWS");
    refused(ROWS_AB COLUMNS_AB "RHS\n r A 1\n r A 2\nENDATA\n",
            "13:2: found 'A', expected each row once");
    refused(ROWS_AB COLUMNS_AB "RHS\n r cost 1\n r cost 2\nENDATA\n",
            "13:2: found 'cost', expected each row once");
    refused(ROWS_AB COLUMNS_AB "RHS\n r A 1\n q B 2\nENDATA\n",
            "13:1: found 'q', expected the set of the lines above: one per file");
    refused(
        ROWS_AB COLUMNS_AB "RHS\n r A inf\nENDATA\n",
        "12:3: found an infinite right-hand side of 'A', expected a number of at most 10^15");
    refused(ROWS_AB COLUMNS_AB "RANGES\n r cost 1\nENDATA\n",
            "12:2: found 'cost', expected a row of type E, L or G");
    refused(
        ROWS_AB COLUMNS_AB "BOUNDS\n BV b cheap\nENDATA\n",
        "12:1: found 'BV', expected a bound of type UP, LO, FX, FR, MI or PL, none of integer "
        "columns");
    refused(ROWS_AB COLUMNS_AB "BOUNDS\n UP b none 1\nENDATA\n",
            "12:3: found 'none', expected the name of a column of section COLUMNS");
    refused(ROWS_AB COLUMNS_AB "BOUNDS\n UP b\nENDATA\n",
            "12:3: found 'the end of the line', expected a type, a set, a column and a number");
    refused(
        ROWS_AB COLUMNS_AB "BOUNDS\n UP b cheap -1\nENDATA\n",
        "12:4: found a negative upper bound of 'cheap', expected a lower bound (LO or MI) too");
    refused(ROWS_AB COLUMNS_AB "BOUNDS\n LO b cheap 5\n UP b cheap 4\nENDATA\n",
            "13:4: found the upper bound of 'cheap', expected at least its lower bound");
    refused(ROWS_AB COLUMNS_AB "BOUNDS\n LO b cheap inf\nENDATA\n",
            "12:4: found the lower bound of 'cheap', expected a finite one, or none");
    refused(
        ROWS_AB COLUMNS_AB "QUADOBJ\n cheap cheap 1\nENDATA\n",
        "11:1: found 'QUADOBJ', expected a section of a linear program: NAME, OBJSENSE, ROWS, "
        "COLUMNS, RHS, RANGES, BOUNDS or ENDATA");
    refused("NAME\nOBJSENSE\n best\nROWS\n N c\nENDATA\n",
            "3:1: found 'best', expected MIN or MAX");
    refused("NAME\nROWS\n N c\n E \xff\nENDATA\n", "4:1: found byte 0xff, expected UTF-8 text");
}

TEST(numbers_too_far_apart_are_an_overflow_that_names_the_finest)
{
    stopped(ROWS_AB COLUMNS_AB
            "RHS\n rhs A 1000000000000 B -1000000000000\nBOUNDS\n UP b cheap "
            "0.12345\nENDATA\n",
            STEPPE_OVERFLOW,
            "14:4: found 0.12345 of 'cheap' beside quantities or bounds of 1e+12, expected "
            "ranges that "
            "fit 15 digits");
    stopped(
        ROWS_AB "COLUMNS\n x cost 0.123456789012 A 1\n x B -1\n y cost 100000000 A 1\n y B -1\n"
                "RHS\n r A 1 B -1\nENDATA\n",
        STEPPE_OVERFLOW,
        "7:3: found a cost with 12 decimals beside one of 1e+08, expected ranges that fit 17 "
        "digits");
}

TEST(all_faults_come_in_one_run)
{
    steppe_free(open_text(
        ROWS_AB "COLUMNS\n x A one\n x Z 1\nRHS\n r A two\nBOUNDS\n UP b y 1\nENDATA\n",
        STEPPE_BAD_INPUT));
    CHECK_EQ(small_log.faults, 4);
    CHECK(check_logged(&small_log, "instance.mps:7:3: found 'one'"));
    CHECK(check_logged(&small_log, "instance.mps:8:2: found 'Z'"));
    CHECK(check_logged(&small_log, "instance.mps:10:3: found 'two'"));
    CHECK(check_logged(&small_log, "instance.mps:12:3: found 'y'"));
}

TEST(a_gzip_file_is_read_and_a_cut_one_is_not)
{
    const steppe_settings set = check_settings(&small_log, 1);
    steppe_solver *s = NULL;
    gzFile f = gzopen(MPS_FILE ".gz", "wb");
    if (!CHECK(f != NULL)) return;
    gzputs(f, ROWS_AB COLUMNS_AB RHS_AB BOUNDS_AB "ENDATA\n");
    gzclose(f);
    CHECK_EQ(steppe_open(&s, MPS_FILE ".gz", &set), STEPPE_OK);
    CHECK(small_solve(s).objective == 160.0);
    steppe_free(s);
    CHECK(truncate(MPS_FILE ".gz", 60) == 0);
    CHECK_EQ(steppe_open(&s, MPS_FILE ".gz", &set), STEPPE_IO);
}

/* Balances of the cases that Steppe writes are found again. */
TEST(the_network_of_a_written_case_is_found_again)
{
    static const char *const name[] = {"two_path",       "shared_link",    "transfer_port",
                                       "shortage",       "contract_split", "conversion",
                                       "periods_storage"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        char path[600];
        const steppe_settings set = check_settings(&small_log, 1);
        steppe_solver *s = NULL, *t = NULL;
        snprintf(path, sizeof path, TINY "%s", name[i]);
        if (!CHECK_EQ(steppe_open(&s, path, &set), STEPPE_OK)) continue;
        const steppe_info direct = small_solve(s);
        CHECK_EQ(steppe_write_model(s, TEST_TMP "case.mps"), STEPPE_OK);
        if (CHECK_EQ(steppe_open(&t, TEST_TMP "case.mps", &set), STEPPE_OK)) {
            const steppe_info info = small_solve(t);
            CHECK_EQ(info.outcome, STEPPE_OPTIMAL);
            CHECK_NEAR(info.objective, direct.objective, 1e-9);
            CHECK(info.coupling_rows <= direct.coupling_rows);
        } else {
            check_print_log(&small_log);
        }
        steppe_free(s);
        steppe_free(t);
    }
}

int main(void)
{
    RUN(free_and_fixed_form_say_the_same);
    RUN(rows_of_all_kinds_can_be_balances);
    RUN(ranges_hold_on_both_sides_whatever_the_kind_of_row);
    RUN(bounds_of_all_kinds_are_kept);
    RUN(an_offset_counts_and_a_maximum_is_negated);
    RUN(coupling_rows_of_all_kinds_hold);
    RUN(an_equation_that_no_whole_units_fulfil_holds_to_a_few_units);
    RUN(a_range_of_a_unit_that_couples_is_as_good_as_an_equation);
    RUN(bounds_that_only_follow_do_not_drive_decimals_out);
    RUN(losses_are_found);
    RUN(names_are_those_of_the_file);
    RUN(circles_and_free_columns_get_bounds_where_they_follow);
    RUN(what_is_no_network_is_refused_with_the_first_row_that_does_not_fit);
    RUN(each_fault_of_a_file_is_named_with_its_line);
    RUN(numbers_too_far_apart_are_an_overflow_that_names_the_finest);
    RUN(all_faults_come_in_one_run);
    RUN(a_gzip_file_is_read_and_a_cut_one_is_not);
    RUN(the_network_of_a_written_case_is_found_again);
    return check_result();
}
