/* The model while it grows. */
#include "network_build.h"

#define GROW(array, cap)                                                                       \
    (more = mem_resize(array, (size_t)(cap), sizeof *(array))) ? ((array) = more, true) : false

bool build_reserve_arcs(builder *bd, int64_t want)
{
    model *md = bd->md;
    void *more;
    if (want <= bd->arc_cap) return true;
    const int64_t cap = want > 2 * bd->arc_cap ? want : 2 * bd->arc_cap;
    const bool ok = (GROW(md->tail, cap)) && (GROW(md->head, cap)) && (GROW(md->low, cap)) &&
                    (GROW(md->up, cap)) && (GROW(md->cost, cap)) && (GROW(md->arc, cap)) &&
                    (!md->loss_ppm || (GROW(md->loss_ppm, cap)));
    if (ok) bd->arc_cap = cap;
    return ok;
}

bool build_reserve_nodes(builder *bd, int64_t want)
{
    model *md = bd->md;
    void *more;
    if (want <= bd->node_cap) return true;
    if (want > INT32_MAX / 2) return false;
    const int64_t cap = want > 2 * (int64_t)bd->node_cap ? want : 2 * (int64_t)bd->node_cap;
    const bool ok = (GROW(md->b, cap)) && (GROW(md->balance, cap)) && (GROW(md->node, cap));
    if (ok) bd->node_cap = (int32_t)cap;
    return ok;
}

bool build_reserve_rows(builder *bd, int64_t want)
{
    model *md = bd->md;
    void *more;
    if (want <= bd->row_cap) return true;
    const int64_t cap = want > 2 * bd->row_cap ? want : 2 * bd->row_cap;
    const bool ok = (GROW(md->row_low, cap)) && (GROW(md->row_up, cap)) &&
                    (GROW(md->row_scale, cap)) && (GROW(md->row, cap));
    if (ok) bd->row_cap = cap;
    return ok;
}

bool build_add_entry(builder *bd, int64_t row, int64_t arc, int64_t weight)
{
    void *more;
    if (bd->entries == bd->entry_cap) {
        const int64_t cap = bd->entry_cap ? 2 * bd->entry_cap : 1024;
        if (!((GROW(bd->entry_row, cap)) && (GROW(bd->entry_arc, cap)) &&
              (GROW(bd->entry_weight, cap))))
            return false;
        bd->entry_cap = cap;
    }
    bd->entry_row[bd->entries] = row;
    bd->entry_arc[bd->entries] = arc;
    bd->entry_weight[bd->entries++] = weight;
    return true;
}

/* The caller has reserved. */
int32_t build_add_node(builder *bd, model_ref ref, int64_t b)
{
    model *md = bd->md;
    md->node[md->n] = ref;
    md->b[md->n] = b;
    md->balance[md->n] = BALANCE_EXACT;
    return md->n++;
}

int64_t build_add_arc(builder *bd, int32_t tail, int32_t head, int64_t up, int64_t cost,
                      model_ref ref)
{
    model *md = bd->md;
    if (!build_reserve_arcs(bd, md->m + 1)) return -1;
    const int64_t a = md->m++;
    md->tail[a] = tail;
    md->head[a] = head;
    md->low[a] = 0;
    md->up[a] = up;
    md->cost[a] = cost;
    md->arc[a] = ref;
    if (md->loss_ppm) md->loss_ppm[a] = 0;
    return a;
}

int64_t build_add_row(builder *bd, model_ref ref, int64_t low, int64_t up, int64_t scale)
{
    model *md = bd->md;
    if (!build_reserve_rows(bd, md->rows + 1)) return -1;
    md->row_low[md->rows] = low;
    md->row_up[md->rows] = up;
    md->row_scale[md->rows] = scale;
    md->row[md->rows] = ref;
    return md->rows++;
}

bool build_set_loss(builder *bd, int64_t arc, int32_t ppm)
{
    model *md = bd->md;
    if (!md->loss_ppm) {
        md->loss_ppm = MEM_ZERO(int32_t, bd->arc_cap);
        if (!md->loss_ppm) return false;
    }
    md->loss_ppm[arc] = ppm;
    if (md->balance[md->head[arc]] == BALANCE_EXACT) md->balance[md->head[arc]] = BALANCE_LOSSY;
    return true;
}

int32_t build_add_label(builder *bd, const char *label)
{
    model *md = bd->md;
    char *copy = mem_copy_text(label);
    char **more = copy ? mem_resize(md->label, (size_t)md->labels + 1, sizeof *more) : NULL;
    if (!more) {
        mem_free(copy);
        return -1;
    }
    md->label = more;
    more[md->labels] = copy;
    return md->labels++;
}
