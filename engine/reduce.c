/* Nodes go while one of these holds, which leaves the optimum as it is. Node i has no supply, and no arc at it has a lower bound:
 *
 *     nothing enters (or leaves) i            what leaves (enters) carries nothing and goes
 *     one arc enters i, as wide as what       each arc that leaves becomes a piece of both, with the costs and coupling
 *     leaves it, or one leaves likewise       rows of both: the flow of the one is the sum of the others, at least zero
 *     i has a supply, and one arc             that arc carries the supply, and its other end has it instead
 *
 * Most nodes of a sparse part are of the second kind: of some 11,000 nodes of the last part of pds-20 2,500 are left. The arc through which a node
 * goes is basic in any basis of the whole that belongs to one of the small model: its reduced cost makes the potential of the node. */
#include "reduce.h"

#include <math.h>
#include <string.h>

/* Coupling rows of a piece, and those that taking out a node may add in all. */
enum { MOST_ENTRIES = 24, MOST_FILL = 12 };

enum { IN, OUT };

typedef struct {
    const model *md;
    reduction *rd;
    int32_t n;
    int32_t *node_of;  /* of the part: in the whole */
    int32_t *at;       /* of the whole: in the part, -1 */
    int64_t *b;        /* of the part */
    double *total;     /* of the part: nothing in its block carries more */
    uint8_t *pinned;   /* of the part: stays */
    int32_t *first[2]; /* lists of pieces by head, by tail; -1 */
    int32_t *count[2];
    int32_t *next[2], *prev[2]; /* pieces */
    int32_t *queue;
    uint8_t *queued;
    int32_t waiting;
    int64_t *row_at; /* rows of the whole: in the small model, -1 */
    int32_t *part;   /* as `at`, which in the end leads to the small model */
} reducer;

static void reducer_free(reducer *w)
{
    void *const list[] = {w->node_of,   w->at,         w->b,         w->total,      w->pinned,
                          w->first[IN], w->first[OUT], w->count[IN], w->count[OUT], w->next[IN],
                          w->next[OUT], w->prev[IN],   w->prev[OUT], w->queue,      w->queued,
                          w->row_at,    w->part};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

/* ---- lists ----------------------------------------------------------------------------- */

static int32_t end_of(const piece *p, int side)
{
    return side == IN ? p->head : p->tail;
}

static void wake(reducer *w, int32_t i)
{
    if (w->queued[i] || w->pinned[i]) return;
    w->queued[i] = 1;
    w->queue[w->waiting++] = i;
}

static void link_piece(reducer *w, int32_t q)
{
    const piece *p = &w->rd->piece[q];
    for (int side = IN; side <= OUT; side++) {
        const int32_t i = end_of(p, side), first = w->first[side][i];
        w->next[side][q] = first;
        w->prev[side][q] = -1;
        if (first >= 0) w->prev[side][first] = q;
        w->first[side][i] = q;
        w->count[side][i]++;
    }
}

static void drop_piece(reducer *w, int32_t q, int fate)
{
    piece *p = &w->rd->piece[q];
    p->fate = (uint8_t)fate;
    for (int side = IN; side <= OUT; side++) {
        const int32_t i = end_of(p, side), before = w->prev[side][q], behind = w->next[side][q];
        if (before >= 0)
            w->next[side][before] = behind;
        else
            w->first[side][i] = behind;
        if (behind >= 0) w->prev[side][behind] = before;
        w->count[side][i]--;
        wake(w, i);
    }
}

/* ---- taking out nodes ------------------------------------------------------------------ */

/* Weights of the rows of p and q into the pool. Returns how many, at most MOST_ENTRIES (-1: more, or no room). */
static int32_t join_entries(reduction *rd, const piece *p, const piece *q)
{
    int32_t count = 0;
    const piece *const both[] = {p, q};
    if (rd->entries + p->entries + q->entries > rd->entry_room) return -1;
    piece_entry *to = rd->entry + rd->entries;
    for (int s = 0; s < 2; s++)
        for (int32_t e = 0; e < both[s]->entries; e++) {
            const piece_entry from = rd->entry[both[s]->entry + e];
            int32_t i = 0;
            while (i < count && to[i].row != from.row) i++;
            if (i < count)
                to[i].weight += from.weight;
            else
                to[count++] = from;
        }
    return count <= MOST_ENTRIES ? count : -1;
}

/* Is more load of the row never of use? */
static bool only_loads(const model *md, int32_t r, int64_t weight)
{
    return weight >= 0 && md->row_low[r] == NO_LOW;
}

/* Is a circle never worth it? */
static bool only_costs(const model *md, const reduction *rd, const piece *p)
{
    for (int32_t e = p->entry; e < p->entry + p->entries; e++)
        if (!only_loads(md, rd->entry[e].row, rd->entry[e].weight)) return false;
    return p->cost >= 0;
}

/* The pieces on the other side of node i, each joined to `one`, take their place. */
static bool join_through(reducer *w, int32_t i, int32_t one, int side)
{
    reduction *rd = w->rd;
    const int other = 1 - side;
    const int32_t far = end_of(&rd->piece[one], other); /* where `one` comes from or goes to */
    const int64_t fill = (int64_t)(w->count[other][i] - 1) * rd->piece[one].entries;
    if (fill > MOST_FILL || rd->pieces + w->count[other][i] > rd->piece_room) return false;
    const int64_t pieces = rd->pieces, entries = rd->entries;
    for (int32_t q = w->first[other][i]; q >= 0; q = w->next[other][q]) {
        const piece *a = &rd->piece[one], *b = &rd->piece[q];
        piece p = {.arc = -1, .free = one, .other = q, .cost = a->cost + b->cost, .up = b->up};
        p.made = p.next = p.on = -1;
        p.tail = side == IN ? far : b->tail;
        p.head = side == IN ? b->head : far;
        p.entry = (int32_t)rd->entries;
        p.entries = join_entries(rd, a, b);
        const bool circle = p.tail == p.head;
        if (p.entries < 0 || (circle && !only_costs(w->md, rd, &p))) { /* as it was */
            rd->pieces = pieces;
            rd->entries = entries;
            return false;
        }
        if (circle) p.fate = PIECE_EMPTY;
        rd->entries += p.entries;
        rd->piece[rd->pieces++] = p;
    }
    for (int32_t q = w->first[other][i]; q >= 0; q = w->first[other][i])
        drop_piece(w, q, PIECE_MERGED);
    drop_piece(w, one, PIECE_MERGED);
    rd->basic[rd->basics++] = one;
    for (int64_t p = pieces; p < rd->pieces; p++) {
        piece *made = &rd->piece[p];
        made->next = rd->piece[one].made;
        rd->piece[one].made = (int32_t)p;
        rd->piece[made->other].on = (int32_t)p;
        if (made->fate == PIECE_ALIVE) link_piece(w, (int32_t)p);
    }
    return true;
}

/* Is the only arc on the side wide enough for whatever the others bring? */
static bool wide_enough(const reducer *w, int32_t i, int side)
{
    const int other = 1 - side;
    const double up = (double)w->rd->piece[w->first[side][i]].up;
    double most = 0.0;
    if (up >= w->total[i]) return true;
    for (int32_t q = w->first[other][i]; q >= 0; q = w->next[other][q])
        most += (double)w->rd->piece[q].up;
    return up >= most;
}

/* A leaf with a supply or a demand. */
static void cut_leaf(reducer *w, int32_t i, int side)
{
    reduction *rd = w->rd;
    const int32_t q = w->first[side][i];
    const piece *p = &rd->piece[q];
    const int64_t flow = side == OUT ? w->b[i] : -w->b[i];
    if (flow <= 0 || p->entries > 0 || p->up < flow) return;
    const int32_t far = end_of(p, 1 - side);
    if (w->pinned[far]) return;
    w->b[far] += w->b[i];
    w->b[i] = 0;
    rd->fixed[q] = flow;
    rd->basic[rd->basics++] = q;
    drop_piece(w, q, PIECE_FIXED);
}

static void look_at(reducer *w, int32_t i)
{
    const int32_t in = w->count[IN][i], out = w->count[OUT][i];
    if (w->b[i] != 0) {
        if (in + out == 1) cut_leaf(w, i, in == 1 ? IN : OUT);
        return;
    }
    if (in == 0 || out == 0) {
        for (int side = IN; side <= OUT; side++)
            while (w->first[side][i] >= 0) drop_piece(w, w->first[side][i], PIECE_EMPTY);
        return;
    }
    for (int side = IN; side <= OUT; side++)
        if (w->count[side][i] == 1 && wide_enough(w, i, side) &&
            join_through(w, i, w->first[side][i], side))
            return;
}

/* ---- the part -------------------------------------------------------------------------- */

/* Where no cost is negative and no load is of use, no flow needs circles, and nothing carries more than all supplies. */
static double block_total(const model *md, int k)
{
    double total = 0.0;
    for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
        if (md->cost[a] < 0 || md->low[a] != 0) return INFINITY;
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++)
            if (!only_loads(md, md->arc_row[e], md->arc_weight[e])) return INFINITY;
    }
    for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
        if (md->balance[i] != BALANCE_EXACT) return INFINITY;
        if (md->b[i] > 0) total += (double)md->b[i];
    }
    return total;
}

static bool reducer_new(const model *md, const uint8_t *keep, reducer *w, reduction *rd)
{
    int64_t arcs = 0, entries = 0;
    w->at = MEM_NEW(int32_t, md->n);
    if (!w->at) return false;
    for (int32_t i = 0; i < md->n; i++) w->at[i] = md->b[i] != 0 ? 0 : -1;
    for (int64_t a = 0; a < md->m; a++) {
        if (!keep[a]) continue;
        w->at[md->tail[a]] = w->at[md->head[a]] = 0;
        entries += md->arc_first[a + 1] - md->arc_first[a];
        arcs++;
    }
    for (int32_t i = 0; i < md->n; i++)
        if (w->at[i] == 0) w->at[i] = w->n++;
    /* a node that goes makes at most as many pieces as arcs leave or enter it, and each has fewer than before */
    rd->piece_room = 4 * arcs + 16;
    rd->entry_room = 8 * (entries + arcs) + 16;
    rd->piece = MEM_NEW(piece, rd->piece_room);
    rd->entry = MEM_NEW(piece_entry, rd->entry_room);
    rd->fixed = MEM_ZERO(int64_t, rd->piece_room);
    rd->basic = MEM_NEW(int32_t, w->n);
    w->node_of = MEM_NEW(int32_t, w->n);
    w->b = MEM_NEW(int64_t, w->n);
    w->total = MEM_NEW(double, w->n);
    w->pinned = MEM_ZERO(uint8_t, w->n);
    w->queued = MEM_ZERO(uint8_t, w->n);
    w->queue = MEM_NEW(int32_t, w->n);
    w->row_at = MEM_NEW(int64_t, md->rows);
    bool memory = rd->piece && rd->entry && rd->fixed && rd->basic && w->node_of && w->b &&
                  w->total && w->pinned && w->queued && w->queue && w->row_at;
    for (int side = IN; side <= OUT; side++) {
        w->first[side] = MEM_NEW(int32_t, w->n);
        w->count[side] = MEM_ZERO(int32_t, w->n);
        w->next[side] = MEM_NEW(int32_t, rd->piece_room);
        w->prev[side] = MEM_NEW(int32_t, rd->piece_room);
        memory = memory && w->first[side] && w->count[side] && w->next[side] && w->prev[side];
        for (int32_t i = 0; memory && i < w->n; i++) w->first[side][i] = -1;
    }
    return memory && rd->piece_room < INT32_MAX && rd->entry_room < INT32_MAX;
}

/* The kept arcs as pieces, with their nodes. */
static void take_part(reducer *w, const uint8_t *keep)
{
    const model *md = w->md;
    reduction *rd = w->rd;
    for (int k = 0; k < md->K; k++) {
        const double total = block_total(md, k);
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
            const int32_t j = w->at[i];
            if (j < 0) continue;
            w->node_of[j] = i;
            w->b[j] = md->b[i];
            w->total[j] = total;
            w->pinned[j] = md->balance[i] != BALANCE_EXACT;
        }
    }
    for (int64_t a = 0; a < md->m; a++) {
        if (!keep[a]) continue;
        piece p = {.arc = a,
                   .free = -1,
                   .other = -1,
                   .made = -1,
                   .next = -1,
                   .on = -1,
                   .tail = w->at[md->tail[a]],
                   .head = w->at[md->head[a]],
                   .entry = (int32_t)rd->entries,
                   .cost = md->cost[a],
                   .up = md->up[a]};
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++)
            rd->entry[rd->entries++] = (piece_entry){md->arc_row[e], md->arc_weight[e]};
        p.entries = (int32_t)rd->entries - p.entry;
        if (md->low[a] != 0 || p.tail == p.head) w->pinned[p.tail] = w->pinned[p.head] = 1;
        rd->piece[rd->pieces++] = p;
        link_piece(w, (int32_t)rd->pieces - 1);
    }
}

/* ---- the small model -------------------------------------------------------------------- */

static double weight_of(const model *md, const piece_entry *e)
{
    return (double)e->weight / (double)md->row_scale[e->row];
}

/* Rows that the pieces can overrun: least and most load in low and up, which are scratch. Returns how many. */
static int64_t choose_rows(reducer *w, double *low, double *up)
{
    const model *md = w->md;
    const reduction *rd = w->rd;
    int64_t rows = 0;
    for (int64_t r = 0; r < md->rows; r++) low[r] = up[r] = 0.0, w->row_at[r] = -1;
    for (int64_t q = 0; q < rd->pieces; q++) {
        const piece *p = &rd->piece[q];
        if (p->fate != PIECE_ALIVE) continue;
        const double most = fmin((double)p->up, w->total[p->tail]);
        const double least = p->arc >= 0 ? (double)md->low[p->arc] : 0.0;
        for (int32_t e = 0; e < p->entries; e++) {
            const piece_entry *at = &rd->entry[p->entry + e];
            const double v = weight_of(md, at);
            low[at->row] += v > 0.0 ? v * least : v * most;
            up[at->row] += v > 0.0 ? v * most : v * least;
        }
    }
    for (int64_t r = 0; r < md->rows; r++)
        if ((md->row_up[r] != NO_UP && up[r] > (double)md->row_up[r]) ||
            (md->row_low[r] != NO_LOW && low[r] < (double)md->row_low[r]))
            w->row_at[r] = rows++;
    return rows;
}

static bool small_new(model *s, int64_t entries)
{
    s->commodity = MEM_ZERO(model_commodity, s->K);
    s->first_node = MEM_ZERO(int32_t, (int64_t)s->K + 1);
    s->first_arc = MEM_ZERO(int64_t, (int64_t)s->K + 1);
    s->b = MEM_ZERO(int64_t, s->n);
    s->balance = MEM_ZERO(uint8_t, s->n);
    s->node = MEM_ZERO(model_ref, s->n);
    s->tail = MEM_ZERO(int32_t, s->m);
    s->head = MEM_ZERO(int32_t, s->m);
    s->low = MEM_ZERO(int64_t, s->m);
    s->up = MEM_ZERO(int64_t, s->m);
    s->cost = MEM_ZERO(int64_t, s->m);
    s->arc = MEM_ZERO(model_ref, s->m);
    s->arc_first = MEM_NEW(int64_t, s->m + 1);
    s->arc_row = MEM_NEW(int32_t, entries);
    s->arc_weight = MEM_NEW(int64_t, entries);
    s->row_low = MEM_ZERO(int64_t, s->rows);
    s->row_up = MEM_ZERO(int64_t, s->rows);
    s->row_scale = MEM_ZERO(int64_t, s->rows);
    s->row = MEM_ZERO(model_ref, s->rows);
    s->row_first = MEM_ZERO(int64_t, s->rows + 2);
    s->row_arc = MEM_NEW(int64_t, entries);
    s->row_weight = MEM_NEW(int64_t, entries);
    return s->commodity && s->first_node && s->first_arc && s->b && s->balance && s->node &&
           s->tail && s->head && s->low && s->up && s->cost && s->arc && s->arc_first &&
           s->arc_row && s->arc_weight && s->row_low && s->row_up && s->row_scale && s->row &&
           s->row_first && s->row_arc && s->row_weight;
}

/* Is the node of the part left? */
static bool stays(const reducer *w, int32_t j)
{
    return w->b[j] != 0 || w->first[IN][j] >= 0 || w->first[OUT][j] >= 0;
}

/* How large the small model is, and how many entries its rows have. */
static int64_t count_small(const reducer *w, int64_t rows, model *s)
{
    const model *md = w->md;
    const reduction *rd = w->rd;
    int64_t entries = 0;
    s->K = md->K + 1;
    s->T = md->T;
    s->flow_places = md->flow_places;
    s->cost_places = md->cost_places;
    s->rows = rows;
    s->n = 1;
    for (int32_t j = 0; j < w->n; j++) s->n += stays(w, j);
    for (int64_t q = 0; q < rd->pieces; q++) {
        if (rd->piece[q].fate != PIECE_ALIVE) continue;
        s->m++;
        entries += rd->piece[q].entries;
    }
    for (int64_t r = 0; r < md->rows; r++)
        if (w->row_at[r] >= 0) s->m += (md->row_up[r] != NO_UP) + (md->row_low[r] != NO_LOW);
    return entries + s->m;
}

static void fill_rows(const reducer *w, model *s)
{
    const model *md = w->md;
    for (int64_t r = 0; r < md->rows; r++) {
        const int64_t to = w->row_at[r];
        if (to < 0) continue;
        w->rd->of_row[to] = r;
        s->row_low[to] = md->row_low[r];
        s->row_up[to] = md->row_up[r];
        s->row_scale[to] = md->row_scale[r];
        s->row[to] = md->row[r];
        s->row[to].object = (int32_t)r;
    }
}

/* Nodes that are left, in their order; w->at leads to them from the whole. */
static void fill_nodes(reducer *w, model *s)
{
    const model *md = w->md;
    int32_t count = 0;
    for (int k = 0; k < md->K; k++) {
        s->commodity[k] = md->commodity[k];
        s->first_node[k] = count;
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
            const int32_t j = w->at[i];
            if (j < 0 || !stays(w, j)) continue;
            s->b[count] = w->b[j];
            s->balance[count] = md->balance[i];
            s->node[count] = md->node[i];
            w->rd->of_node[count] = i;
            w->at[i] = count++;
        }
    }
    w->rd->of_node[count] = -1;
    s->first_node[md->K] = count;
    s->first_node[md->K + 1] = count + 1;
    s->commodity[md->K].good = -1;
    s->balance[count] = BALANCE_EXACT;
    s->node[count] = (model_ref){.kind = NODE_PLAIN, .mode = -1, .object = -1};
}

/* Returns the number of arcs; *entry: of entries. */
static int64_t fill_arcs(reducer *w, model *s, int64_t *entry)
{
    const model *md = w->md;
    reduction *rd = w->rd;
    int64_t c = 0;
    for (int k = 0; k < md->K; k++) {
        s->first_arc[k] = c;
        for (int32_t i = md->first_node[k]; i < md->first_node[k + 1]; i++) {
            const int32_t j = w->part[i];
            for (int32_t q = j >= 0 ? w->first[OUT][j] : -1; q >= 0; q = w->next[OUT][q]) {
                const piece *p = &rd->piece[q];
                s->tail[c] = w->at[i];
                s->head[c] = w->at[w->node_of[p->head]];
                s->low[c] = p->arc >= 0 ? md->low[p->arc] : 0;
                s->up[c] = p->up;
                s->cost[c] = p->cost;
                s->arc_first[c] = *entry;
                for (int32_t e = 0; e < p->entries; e++) {
                    const piece_entry *at = &rd->entry[p->entry + e];
                    if (w->row_at[at->row] < 0 || at->weight == 0) continue;
                    s->arc_row[*entry] = (int32_t)w->row_at[at->row];
                    s->arc_weight[(*entry)++] = at->weight;
                }
                rd->of_arc[c] = q;
                s->arc[c] = (model_ref){.kind = ARC_PLAIN, .mode = -1};
                s->arc[c].object = (int32_t)reduce_arc(rd, c);
                c++;
            }
        }
    }
    rd->arcs = c;
    return c;
}

#define BEYOND_MOST 1e15 /* flow units, cost units: far from the end of 64 bits */

static int64_t fill_loops(const reducer *w, const double *beyond, int64_t c, model *s,
                          int64_t *entry)
{
    const model *md = w->md;
    s->first_arc[md->K] = c;
    for (int64_t r = 0; r < md->rows; r++) {
        if (w->row_at[r] < 0) continue;
        for (int side = 0; side < 2; side++) {
            if (side == 0 ? md->row_up[r] == NO_UP : md->row_low[r] == NO_LOW) continue;
            s->tail[c] = s->head[c] = s->n - 1;
            s->up[c] = (int64_t)BEYOND_MOST;
            s->cost[c] = (int64_t)ceil(fmax(1.0, fmin(beyond[r], BEYOND_MOST)));
            s->arc[c] = (model_ref){.kind = ARC_PLAIN, .dir = (uint8_t)side, .mode = -1};
            s->arc[c].object = (int32_t)(side == 0 ? md->m + r : -1 - r);
            s->arc_first[c++] = *entry;
            s->arc_row[*entry] = (int32_t)w->row_at[r];
            s->arc_weight[(*entry)++] = side == 0 ? -md->row_scale[r] : md->row_scale[r];
        }
    }
    s->first_arc[md->K + 1] = s->m = c;
    s->arc_first[c] = *entry;
    return c;
}

static void list_by_row(model *s)
{
    int64_t *first =
        s->row_first; /* one behind, until all have been moved on by their lengths */
    for (int64_t e = 0; e < s->arc_first[s->m]; e++) first[s->arc_row[e] + 2]++;
    for (int64_t r = 0; r < s->rows; r++) first[r + 2] += first[r + 1];
    for (int64_t a = 0; a < s->m; a++)
        for (int64_t e = s->arc_first[a]; e < s->arc_first[a + 1]; e++) {
            const int64_t to = first[s->arc_row[e] + 1]++;
            s->row_arc[to] = a;
            s->row_weight[to] = s->arc_weight[e];
        }
}

static bool make_small(reducer *w, const double *beyond)
{
    reduction *rd = w->rd;
    model *s = &rd->md;
    const int64_t rows = w->md->rows;
    double *load = MEM_NEW(double, 2 * rows);
    if (!load) return false;
    const int64_t entries = count_small(w, choose_rows(w, load, load + rows), s);
    mem_free(load);
    rd->of_row = MEM_NEW(int64_t, s->rows);
    rd->of_node = MEM_NEW(int32_t, s->n);
    rd->of_arc = MEM_NEW(int32_t, s->m);
    w->part = MEM_NEW(int32_t, w->md->n);
    if (!rd->of_row || !rd->of_node || !rd->of_arc || !w->part || !small_new(s, entries))
        return false;
    memcpy(w->part, w->at, (size_t)w->md->n * sizeof *w->part);
    fill_rows(w, s);
    fill_nodes(w, s);
    int64_t entry = 0;
    fill_loops(w, beyond, fill_arcs(w, s, &entry), s, &entry);
    list_by_row(s);
    return true;
}

/* ---- the calls -------------------------------------------------------------------------- */

steppe_status reduce_model(steppe_ctx *ctx, const model *md, const uint8_t *keep,
                           const double *beyond, reduction *out)
{
    memset(out, 0, sizeof *out);
    reducer w = {.md = md, .rd = out};
    bool memory = reducer_new(md, keep, &w, out);
    if (memory) {
        take_part(&w, keep);
        for (int32_t i = 0; i < w.n; i++) wake(&w, i);
        while (w.waiting > 0) {
            const int32_t i = w.queue[--w.waiting];
            w.queued[i] = 0;
            look_at(&w, i);
        }
        memory = make_small(&w, beyond);
    }
    reducer_free(&w);
    if (memory) return STEPPE_OK;
    reduce_free(out);
    return steppe_no_memory(ctx);
}

void reduce_free(reduction *rd)
{
    mem_free(rd->piece);
    mem_free(rd->entry);
    mem_free(rd->of_arc);
    mem_free(rd->of_row);
    mem_free(rd->of_node);
    mem_free(rd->basic);
    mem_free(rd->fixed);
    model_free(&rd->md);
    memset(rd, 0, sizeof *rd);
}
