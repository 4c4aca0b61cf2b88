/* The tables of a case as files, and what becomes of columns that nothing reads. */
#include "case_cells.h"

#include <string.h>

const char *const table_name[TABLE_COUNT] = {"config",
                                             "period",
                                             "profile",
                                             "mode",
                                             "commodity",
                                             "node",
                                             "link",
                                             "transfer",
                                             "handling",
                                             "supply",
                                             "demand",
                                             "contract",
                                             "link_commodity",
                                             "capacity_group",
                                             "capacity_group_member",
                                             "link_period",
                                             "under_way",
                                             "storage",
                                             "cost_curve",
                                             "policy",
                                             "conversion",
                                             "conversion_flow",
                                             "ramp",
                                             "reference_plan",
                                             "investment",
                                             "scenario",
                                             "scenario_change"};

static bool table_required(int id)
{
    return id == T_NODE || id == T_LINK || id == T_COMMODITY || id == T_SUPPLY ||
           id == T_DEMAND;
}

steppe_status case_read_tables(steppe_ctx *ctx, const char *folder, case_tables *out)
{
    memset(out, 0, sizeof *out);
    out->folder = mem_copy_text(folder);
    if (!out->folder) return steppe_no_memory(ctx);
    for (int id = 0; id < TABLE_COUNT; id++) {
        const steppe_status st =
            table_read_optional(ctx, folder, table_name[id], &out->tab[id]);
        if (st != STEPPE_OK && st != STEPPE_BAD_INPUT) {
            case_free_tables(out);
            return st;
        }
        if (st == STEPPE_OK && !out->tab[id] && table_required(id))
            steppe_fault(ctx, "%s/%s.csv:1:1: found no such file, expected the table", folder,
                         table_name[id]);
    }
    return STEPPE_OK;
}

void case_free_tables(case_tables *tabs)
{
    for (int id = 0; id < TABLE_COUNT; id++) table_free(tabs->tab[id]);
    mem_free(tabs->folder);
    memset(tabs, 0, sizeof *tabs);
}

void case_free(case_data *c)
{
    mem_free(c->places);
    mem_free(c->links);
    mem_free(c->commodities);
    mem_free(c->transfers);
    mem_free(c->handlings);
    mem_free(c->supplies);
    mem_free(c->demands);
    mem_free(c->contracts);
    mem_free(c->rules);
    mem_free(c->groups);
    mem_free(c->members);
    mem_free(c->periods);
    mem_free(c->profiles);
    mem_free(c->link_periods);
    mem_free(c->under_ways);
    mem_free(c->storages);
    mem_free(c->conversions);
    mem_free(c->conversion_flows);
    mem_free(c->curve_steps);
    for (int64_t i = 0; i < c->policy_count; i++) {
        mem_free(c->policies[i].supply_hit);
        mem_free(c->policies[i].link_hit);
    }
    mem_free(c->policies);
    mem_free(c->ramps);
    mem_free(c->plan_volumes);
    mem_free(c->modes);
    mem_free(c->classes);
    memset(c, 0, sizeof *c);
}

static void list_columns(steppe_ctx *ctx, const case_tables *tabs, char use, const char *what)
{
    text line = {0};
    for (int id = 0; id < TABLE_COUNT; id++) {
        const table *t = tabs->tab[id];
        for (int c = 0; t && c < t->cols; c++)
            if (t->used[c] == use)
                text_addf(&line, "%s%s.%s", line.len ? ", " : "", t->name, t->head[c]);
    }
    if (line.len && !line.failed) steppe_note(ctx, "%s: %s", what, line.data);
    text_free(&line);
}

void case_note_unused(steppe_ctx *ctx, const case_tables *tabs)
{
    list_columns(ctx, tabs, COL_LATER, "columns read and not used by this version's solver");
    list_columns(ctx, tabs, COL_UNKNOWN, "columns kept, not known to Steppe");
}
