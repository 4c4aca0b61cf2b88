/* The optimum of a linear program by GLPK: floating point first, rational numbers when the two
 * codes disagree. */
#ifndef STEPPE_GLPK_ANSWER_H
#define STEPPE_GLPK_ANSWER_H

#include "tests/check.h"

#include <glpk.h>

typedef struct {
    bool solved, feasible;
    double objective;
} glpk_answer;

static inline glpk_answer glpk_state(glp_prob *lp)
{
    const int status = glp_get_status(lp);
    return (glpk_answer){status == GLP_OPT || status == GLP_NOFEAS, status == GLP_OPT,
                         glp_get_obj_val(lp)};
}

static inline bool glpk_agrees(const glpk_answer *a, bool feasible, double objective,
                               double tolerance)
{
    const double size = fabs(objective) > 1.0 ? fabs(objective) : 1.0;
    return a->solved && a->feasible == feasible &&
           (!feasible || fabs(a->objective - objective) <= tolerance * size);
}

/* Solves lp and deletes it. Steppe's own answer says only when to look again, more exactly. */
static inline glpk_answer glpk_solve(glp_prob *lp, bool feasible, double objective,
                                     double tolerance)
{
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.tm_lim = 60000;
    glpk_answer a = {false, false, 0.0};
    if (glp_get_num_cols(lp) == 0) { /* GLPK calls an empty program unsolvable */
        a.solved = a.feasible = true;
        for (int i = 1; i <= glp_get_num_rows(lp); i++) {
            const int type = glp_get_row_type(lp, i);
            if ((type == GLP_LO || type == GLP_DB || type == GLP_FX) &&
                glp_get_row_lb(lp, i) > 0.0)
                a.feasible = false;
            if ((type == GLP_UP || type == GLP_DB || type == GLP_FX) &&
                glp_get_row_ub(lp, i) < 0.0)
                a.feasible = false;
        }
        a.objective = glp_get_obj_coef(lp, 0);
        glp_delete_prob(lp);
        return a;
    }
    glp_std_basis(lp);
    glp_scale_prob(lp, GLP_SF_EQ | GLP_SF_2N);
    if (glp_simplex(lp, &how) == 0) a = glpk_state(lp);
    if (!glpk_agrees(&a, feasible, objective, tolerance)) {
        how.tol_bnd = how.tol_dj = 1e-10;
        if (!a.solved) glp_adv_basis(lp, 0);
        if (glp_exact(lp, &how) == 0) a = glpk_state(lp);
    }
    glp_delete_prob(lp);
    return a;
}

static inline glpk_answer glpk_solve_mps(const char *path, bool feasible, double objective,
                                         double tolerance)
{
    glp_prob *lp = glp_create_prob();
    if (glp_read_mps(lp, GLP_MPS_FILE, NULL, path) != 0) {
        fprintf(stderr, "GLPK cannot read %s\n", path);
        glp_delete_prob(lp);
        return (glpk_answer){false, false, 0.0};
    }
    return glpk_solve(lp, feasible, objective, tolerance);
}

#endif
