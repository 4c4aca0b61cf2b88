/* The handle, as the stages behind the solve see it. */
#ifndef STEPPE_SOLVE_H
#define STEPPE_SOLVE_H

#include "certificate.h"
#include "coordinate.h"

#define UPDATE_FIELD_END                                                                       \
    '\x1f' /* between the five words of an update, which may hold anything else */

struct steppe_solver {
    steppe_ctx ctx;
    char *path;
    bool is_case;     /* a folder of tables; else an instance file */
    case_tables base; /* as read */
    case_tables now;  /* with scenario and updates; shares unchanged tables with base */
    char *scenario;   /* NULL: base */
    text updates;     /* updates since, one per line, for provenance */
    case_data cs;
    model md;
    bool has_case, has_model, has_answer;
    bool is_set_up; /* an instance has its model from the start, its figures from setup */
    answer an;
    certificate cert;
    basis_store store;
    bool hold_basis; /* solves start from store and leave it as it is */
    steppe_info info;
};

steppe_status instance_read(steppe_ctx *ctx, const char *path, model *out);
bool instance_path(const char *path); /* .min .mmcf, also .gz */

#endif
