/* What the tests over random cases share: solving with proof, and what an answer looks like. */
#ifndef STEPPE_RANDOM_CHECK_H
#define STEPPE_RANDOM_CHECK_H

#include "glpk_answer.h"
#include "reference_lp.h"

static char folder[900];
static check_log log_now;
static draw_case now_case;
static double tolerance = 1e-9; /* of gaps and objectives, relative */
static steppe_method method_now;

typedef struct {
    steppe_info info;
    int64_t arcs, rows, nodes;
    double *flow, *price, *potential;
} picture;

static void picture_take(const steppe_solver *s, const steppe_info *info, picture *p)
{
    p->info = *info;
    p->arcs = steppe_arc_count(s);
    p->rows = steppe_row_count(s);
    p->nodes = steppe_node_count(s);
    p->flow = calloc((size_t)p->arcs + 1, sizeof(double));
    p->price = calloc((size_t)p->rows + 1, sizeof(double));
    p->potential = calloc((size_t)p->nodes + 1, sizeof(double));
    if (!p->flow || !p->price || !p->potential) exit(2);
    for (int64_t a = 0; a < p->arcs; a++) p->flow[a] = steppe_arc_flow(s, a);
    for (int64_t r = 0; r < p->rows; r++) p->price[r] = steppe_row_price(s, r);
    for (int64_t i = 0; i < p->nodes; i++) p->potential[i] = steppe_node_potential(s, i);
}

static void picture_free(picture *p)
{
    free(p->flow);
    free(p->price);
    free(p->potential);
}

static bool same_picture(const picture *p, const picture *q)
{
    return p->info.outcome == q->info.outcome && p->arcs == q->arcs && p->rows == q->rows &&
           p->nodes == q->nodes &&
           memcmp(&p->info.objective, &q->info.objective, sizeof(double)) == 0 &&
           memcmp(p->flow, q->flow, (size_t)p->arcs * sizeof(double)) == 0 &&
           memcmp(p->price, q->price, (size_t)p->rows * sizeof(double)) == 0 &&
           memcmp(p->potential, q->potential, (size_t)p->nodes * sizeof(double)) == 0;
}

static steppe_solver *open_case(const char *path, int threads)
{
    steppe_settings set = check_settings(&log_now, threads);
    steppe_solver *s = NULL;
    set.gap_rel = tolerance;
    set.method = method_now;
    const steppe_status st = steppe_open(&s, path, &set);
    if (!CHECK_EQ(st, STEPPE_OK)) check_print_log(&log_now);
    return s;
}

/* A few flow units at the dearest price: what rounding may cost where there are losses or fractions. */
static bool within_rounding(const steppe_info *info)
{
    return tolerance > 1e-9 && info->outcome == STEPPE_FEASIBLE &&
           info->gap_rel * fabs(info->objective) <= tolerance;
}

/* Setup and solve; the outcome has to be a proven one. */
static bool solve(steppe_solver *s, steppe_info *info)
{
    const steppe_status setup = steppe_setup(s);
    if (!CHECK_EQ(setup, STEPPE_OK)) {
        check_print_log(&log_now);
        return false;
    }
    const steppe_status st = steppe_solve(s, info);
    if (!CHECK_EQ(st, STEPPE_OK)) return false;
    if (within_rounding(info)) {
        info->outcome = STEPPE_OPTIMAL;
        return true;
    }
    if (!CHECK(info->outcome == STEPPE_OPTIMAL || info->outcome == STEPPE_INFEASIBLE)) {
        fprintf(stderr,
                "    outcome %d, objective %.10g, gap %g, commodities %d, rows %" PRId64
                ", warm %d\n",
                (int)info->outcome, info->objective, info->gap_rel, info->commodities,
                info->coupling_rows, info->warm);
        check_print_log(&log_now);
        return false;
    }
    return info->outcome == STEPPE_INFEASIBLE ||
           (CHECK(info->gap_rel <= tolerance) &&
            CHECK(info->bound <= info->objective + tolerance * fabs(info->objective)));
}

/* A supply that no demand can reach is a fault of input: each one named in the log gets a link.
 */
static void join_the_cut_off(draw *d)
{
    for (int pass = 0; pass < 3; pass++) {
        steppe_settings set = check_settings(&log_now, 1);
        steppe_solver *s = NULL;
        const steppe_status st = steppe_open(&s, folder, &set);
        steppe_free(s);
        if (st != STEPPE_BAD_INPUT) return;
        for (int i = 0; i < log_now.lines; i++) {
            const char *at = strstr(log_now.line[i], "found supply S");
            if (!at || now_case.links == MOST_LINKS) continue;
            const draw_supply *sp = &now_case.supply[atoi(at + 14)];
            const draw_demand *dm = now_case.demand;
            while (dm->good != sp->good) dm++;
            if (dm->place == sp->place) continue;
            now_case.link[now_case.links++] =
                (draw_link){.from = sp->place,
                            .to = dm->place,
                            .mode = (int)draw_int(d, 0, now_case.modes - 1),
                            .carries = 1 << now_case.class_of[sp->good],
                            .status = OPEN,
                            .length = 10,
                            .permit = true,
                            .capacity = draw_amount(d, 20),
                            .cost = draw_cost(d, 2)};
        }
        draw_write_case(&now_case, NULL, folder);
    }
}

/* What was written is proven from the files alone. */
static inline void verify_result(steppe_solver *s, const steppe_info *info)
{
    char result[1100];
    steppe_proof proof;
    snprintf(result, sizeof result, "%s/result", folder);
    if (!CHECK_EQ(steppe_write_result(s, result), STEPPE_OK)) return;
    steppe_settings set = check_settings(&log_now, 1);
    set.gap_rel = tolerance;
    if (!CHECK_EQ(steppe_verify(folder, result, &set, &proof), STEPPE_OK))
        check_print_log(&log_now);
    CHECK(proof.objective == info->objective);
    CHECK(proof.bound == info->bound);
}

/* The same optimum by GLPK from the file that the library writes. */
static void compare_with_mps(steppe_solver *s, const steppe_info *info)
{
    char mps[1100];
    const bool feasible = info->outcome == STEPPE_OPTIMAL;
    snprintf(mps, sizeof mps, "%s/model.mps", folder);
    if (!CHECK_EQ(steppe_write_model(s, mps), STEPPE_OK)) return;
    const glpk_answer a = glpk_solve_mps(mps, feasible, info->objective, tolerance);
    CHECK(a.solved);
    if (CHECK_EQ(a.feasible, feasible) && feasible)
        CHECK_NEAR(info->objective, a.objective, tolerance);
}

static inline void compare_threads(const picture *one, const char *scenario)
{
    static const int threads[] = {2, 8};
    for (int i = 0; i < 2; i++) {
        steppe_info info;
        picture many;
        steppe_solver *s = open_case(folder, threads[i]);
        if (s && scenario) CHECK_EQ(steppe_apply_scenario(s, scenario), STEPPE_OK);
        if (s && solve(s, &info)) {
            picture_take(s, &info, &many);
            CHECK(same_picture(one, &many));
            picture_free(&many);
        }
        steppe_free(s);
    }
}

#endif
