/* Tables -> canonical form: places by mode, transfers, handling limits, shared links, contracts, stocks, conversions
 * and rules, in every period.
 *
 * Per class of goods there is one graph of (place, mode) nodes. A place needs separate arrival
 * and departure nodes for a mode when a path could otherwise change mode twice in one stop, or
 * when passing costs something (a transfer row with from_mode = to_mode). Each good becomes a
 * block of nodes and arcs (network_good.c): per layer and period the part of the class graph that
 * lies on a way from one of its sources to one of its goals. What several blocks, periods or
 * layers share is a coupling row. */
#include "network_build.h"

#include <string.h>

static void builder_free(builder *bd)
{
    for (int c = 0; bd->class && c < bd->cs->class_count; c++) graph_free(&bd->class[c]);
    void *const list[] = {bd->class,    bd->entry_row,    bd->entry_arc,    bd->entry_weight,
                          bd->link_row, bd->transfer_row, bd->handling_row, bd->handling_at,
                          bd->hub,      bd->convert_arc,  bd->contract_row};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

static steppe_status build(builder *bd)
{
    const case_data *cs = bd->cs;
    model *md = bd->md;
    const int64_t most = (int64_t)cs->commodity_count + 1, T = bd->hz->T;
    const int64_t cells = (int64_t)cs->place_count * cs->class_count;
    bd->class = MEM_ZERO(graph, cs->class_count);
    bd->link_row = MEM_NEW(int64_t, cs->link_count * T);
    bd->transfer_row = MEM_NEW(int64_t, cs->transfer_count * T);
    bd->handling_row = MEM_NEW(int64_t, cs->handling_count * T);
    bd->handling_at = MEM_NEW(int32_t, cells);
    bd->hub = MEM_NEW(int32_t, cs->commodity_count);
    bd->convert_arc = MEM_NEW(int64_t, cs->conversion_flow_count * T);
    bd->contract_row = MEM_NEW(int64_t, cs->contract_count);
    md->commodity = MEM_NEW(model_commodity, most);
    md->first_node = MEM_NEW(int32_t, most + 1);
    md->first_arc = MEM_NEW(int64_t, most + 1);
    if (!bd->class || !bd->link_row || !bd->transfer_row || !bd->handling_row ||
        !bd->handling_at || !bd->hub || !bd->convert_arc || !bd->contract_row ||
        !md->commodity || !md->first_node || !md->first_arc || !build_reserve_arcs(bd, 1024) ||
        !build_reserve_nodes(bd, 1024) || !build_reserve_rows(bd, 64))
        return steppe_no_memory(bd->ctx);
    for (int64_t i = 0; i < cells; i++) bd->handling_at[i] = -1;
    for (int64_t i = 0; i < cs->conversion_flow_count * T; i++) bd->convert_arc[i] = -1;
    STEPPE_TRY(build_choose_units(bd));
    for (int c = 0; c < cs->class_count; c++) STEPPE_TRY(graph_build(bd, c, &bd->class[c]));
    STEPPE_TRY(build_add_capacity_rows(bd));
    for (int good = 0; good < cs->commodity_count; good++) STEPPE_TRY(good_build(bd, good));
    STEPPE_TRY(build_add_other_rows(bd));
    md->first_node[md->K] = md->n;
    md->first_arc[md->K] = md->m;
    return build_finish_rows(bd);
}

steppe_status model_build(steppe_ctx *ctx, const horizon *hz, bool check_reach, wide *plan,
                          model *out)
{
    memset(out, 0, sizeof *out);
    out->cs = &hz->cs[0];
    out->hz = hz;
    out->T = hz->T;
    out->plan = plan;
    builder bd = {0};
    bd.ctx = ctx;
    bd.hz = hz;
    bd.cs = out->cs;
    bd.md = out;
    bd.check_reach = check_reach;
    const int64_t faults = ctx->faults;
    steppe_status st = build(&bd);
    builder_free(&bd);
    if (st == STEPPE_OK && ctx->faults > faults) st = STEPPE_BAD_INPUT;
    if (st != STEPPE_OK) model_free(out);
    return st;
}
