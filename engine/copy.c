/* Another handle on the same case, so that scenarios can be solved beside each other. */
#include "solve.h"

#include <string.h>

static steppe_status copy_store(steppe_ctx *ctx, const basis_store *from, basis_store *to)
{
    if (from->slots == 0) return STEPPE_OK;
    to->list = MEM_NEW(stored_variable, from->count);
    to->slot = MEM_NEW(uint32_t, from->slots);
    if (!to->list || !to->slot) return steppe_no_memory(ctx);
    memcpy(to->list, from->list, (size_t)from->count * sizeof *to->list);
    memcpy(to->slot, from->slot, from->slots * sizeof *to->slot);
    memcpy(to->nodes, from->nodes, sizeof to->nodes);
    to->count = from->count;
    to->slots = from->slots;
    return STEPPE_OK;
}

static steppe_status copy_tables(steppe_ctx *ctx, const case_tables *from, case_tables *to)
{
    to->folder = mem_copy_text(from->folder);
    if (!to->folder) return steppe_no_memory(ctx);
    for (int id = 0; id < TABLE_COUNT; id++)
        if (from->tab[id]) STEPPE_TRY(table_copy(ctx, from->tab[id], &to->tab[id]));
    return STEPPE_OK;
}

static steppe_status copy_parts(const steppe_solver *from, steppe_solver *s)
{
    s->path = mem_copy_text(from->path);
    if (!s->path) return steppe_no_memory(&s->ctx);
    STEPPE_TRY(copy_tables(&s->ctx, &from->base, &s->base));
    STEPPE_TRY(copy_store(&s->ctx, &from->store, &s->store));
    STEPPE_TRY(kept_copy(&s->ctx, &from->kept, &s->kept));
    if (from->reference) {
        s->reference = mem_copy_text(from->reference);
        if (!s->reference) return steppe_no_memory(&s->ctx);
    }
    if (from->has_volumes) STEPPE_TRY(volumes_copy(&s->ctx, &from->volumes, &s->volumes));
    s->has_volumes = from->has_volumes;
    return STEPPE_OK;
}

steppe_status steppe_copy(steppe_solver **out, const steppe_solver *from,
                          const steppe_settings *set)
{
    if (!out) return STEPPE_BAD_CALL;
    *out = NULL;
    if (!from || !from->is_case) return STEPPE_BAD_CALL;
    steppe_solver *s = MEM_ZERO(steppe_solver, 1);
    if (!s) return STEPPE_NO_MEMORY;
    context_init(&s->ctx, set ? set : &from->ctx.set);
    s->ctx.set.periods = from->ctx.set.periods; /* what the stored basis is of */
    s->is_case = true;
    s->hold_basis = from->hold_basis;
    const steppe_status st = copy_parts(from, s);
    if (st == STEPPE_OK)
        *out = s;
    else
        steppe_free(s);
    return st;
}
