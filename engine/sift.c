/* Decomposition-based pricing [MM00]. The coupled problem is solved on a part of the arcs: those that some commodity, alone, has
 * once used at the prices of that time. The prices of its rows go to all commodities, each with all its arcs; what they answer
 * bounds the optimum from below, and the arcs of their flows join the part. Unlike columns of whole flows, arcs combine to flows
 * that no commodity has answered, so that few rounds are enough: 6 on PDS, with a seventh of the arcs.
 *
 * The part is mostly chains and dead ends: reduce.c leaves a quarter of its nodes. The coupled simplex goes from the vertex of one part
 * to that of the next. Where parts are so large that this is dear, an interior point solves them instead, each only as well as it
 * is worth, until the end is near. The last vertex becomes a basis of the whole (vertex.c). The first part can as well be the arcs that a rough
 * point inside of the whole holds likely (sift_from).
 *
 * [MM00] J. W. Mamer, R. D. McBride: A decomposition-based pricing procedure for large-scale linear programs: an application to
 * the linear multicommodity flow problem. Management Sci. 46 (2000). */
#include "sift.h"

#include "sift_part.h"

#include <math.h>
#include <string.h>

enum { ROUNDS_MOST = 200, RAISES_MOST = 4 };

/* Shares of arcs in coupling rows, and of loaded rows that are overrun, below which it suits: PDS 0.2 and 0.4, large cases of several
 * modes 0.6 to 0.8 and 0.01 to 0.17, corridors of one period 0.8 and 0.2 to 0.6. */
#define FEW_COUPLED 0.5
#define FEW_OVERRUN 0.2

/* Rounds take time with the square of the number of overrun rows, the less the farther these are overrun; a point inside with the arcs, somewhat more
 * for each of many, the less the fewer commodities. So many overrun rows, squared, over excess by limit and arcs it suits as well, and for
 * each commodity (corridors of 500 to 10,000 sites: sifting is up to twice as quick below it, the point inside up to 2.5 times above;
 * benchmarks/RESULTS.md). */
#define OVERRUN_SQUARED 0.75
#define OVERRUN_SQUARED_EACH 0.175
#define USUAL_ARCS 2e5
#define MORE_FOR_MANY 0.15

/* So many arcs that factors take more time and memory than they are worth (10,000 sites: 0.87 million arcs, 6 to 7.5 s instead of 9 to 10). */
#define MANY_ARCS 700000

/* What overrunning a row by a unit of load costs: so many dearest arcs at the usual weight. */
#define BEYOND 10.0
#define BEYOND_GROWTH 8.0

/* Gaps to which inner points of parts go: the first, of the last gap, at the least; and from where on vertices are worth it, which where one
 * took too many pivots comes nearer by NEARER, down to LEAST_GAP. */
#define FIRST_GAP 1e-2
#define SHARE_OF_GAP 0.01
#define LEAST_GAP 1e-5
#define NEAR_GAP 5e-2
#define NEARER 0.02
#define END_GAP 1e-10

/* Weight of an arc of a point inside, for each unit of its gap, from which it belongs to the first part. */
#define LIKELY_ARC 4.0

/* Work of pivots (lp_basis.work) for each row of a part, and in all, in which a point inside is found as well, as near as early rounds need it (measured: pivots
 * take more than their work in large parts); and for each row in which the vertex is, at the end. */
#define WORK_MOST 1000.0
#define WORK_MOST_IN_ALL 1.2e7
#define WORK_MOST_AT_END 2500.0

/* Weights for vertex.h: of what is basic in the part and inside its bounds; of what is so at a bound; of an arc of the trees that answered
 * last. A reduced cost below so much of the usual cost is rounding. */
#define CERTAIN 1e6
#define LIKELY 1e3
#define OF_A_TREE 0.5
#define NO_COST 1e-9

/* ---- prices ----------------------------------------------------------------------------- */

static void set_beyond(sift *s)
{
    const model *md = s->md;
    double dear = 1.0;
    for (int64_t a = 0; a < md->m; a++) dear = fmax(dear, fabs((double)md->cost[a]));
    for (int64_t r = 0; r < md->rows; r++) {
        double weight = 0.0, count = 0.0;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++, count += 1.0)
            weight += fabs((double)md->row_weight[e] / (double)md->row_scale[r]);
        s->beyond[r] = BEYOND * dear * (weight > 0.0 ? count / weight : 1.0);
    }
}

/* What the commodities use or must use joins the part. Returns how many arcs are new. */
static int64_t take_arcs(sift *s)
{
    const model *md = s->md;
    int64_t fresh = 0;
    for (int k = 0; k < md->K; k++) {
        const int64_t *x = s->pricer[k].bl.work.x;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const bool used = x[a - md->first_arc[k]] != 0 || md->low[a] != 0;
            fresh += used && !s->keep[a];
            s->keep[a] |= used;
        }
    }
    return fresh;
}

/* Asks the commodities at s->price. *fresh: arcs that are new. */
static bool ask(sift *s, bool first, int64_t *fresh)
{
    const model *md = s->md;
    wide value;
    for (int64_t r = 0; r < md->rows; r++) /* rounding of an interior point */
        if (s->price[r] > 0.0 ? md->row_up[r] == NO_UP : md->row_low[r] == NO_LOW)
            s->price[r] = 0.0;
    s->fine = pricers_fineness(md, s->price, s->node);
    if (s->fine == 0) return false;
    pricers_set(&s->quiet, md, s->pricer, s->price, s->fine);
    if (!pricers_answer(&s->quiet, md, s->pricer, first, &value)) return false;
    double bound = (double)value / (double)s->fine;
    for (int64_t r = 0; r < md->rows; r++) {
        const double y = s->price[r];
        if (y != 0.0) bound -= y * (double)(y > 0.0 ? md->row_up[r] : md->row_low[r]);
    }
    if (first || bound > s->bound) s->bound = bound;
    *fresh = take_arcs(s);
    return true;
}

/* ---- is it worth it? ---------------------------------------------------------------------- */

/* Do the first answers overrun so few rows that rounds take less than a point inside does, or is that too large? s->price is scratch, and zero again. */
static bool rounds_pay(sift *s)
{
    const model *md = s->md;
    double loaded = 0.0, overrun = 0.0, excess = 0.0, limits = 0.0, *load = s->price;
    for (int k = 0; k < md->K; k++) {
        const int64_t *x = s->pricer[k].bl.work.x;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++)
                load[md->arc_row[e]] += (double)md->arc_weight[e] /
                                        (double)md->row_scale[md->arc_row[e]] *
                                        (double)x[a - md->first_arc[k]];
    }
    for (int64_t r = 0; r < md->rows; r++) {
        const double up = (double)md->row_up[r], low = (double)md->row_low[r];
        const bool high = md->row_up[r] != NO_UP && load[r] > up;
        loaded += load[r] != 0.0;
        if (!high && (md->row_low[r] == NO_LOW || load[r] >= low)) continue;
        overrun += 1.0;
        limits += fabs(high ? up : low);
        excess += high ? load[r] - up : low - load[r];
    }
    memset(s->price, 0, (size_t)md->rows * sizeof *s->price);
    const double arcs = (double)md->m, each = OVERRUN_SQUARED + OVERRUN_SQUARED_EACH * md->K;
    return md->m >= MANY_ARCS || overrun <= FEW_OVERRUN * loaded ||
           overrun * overrun * limits <=
               each * arcs * pow(arcs / USUAL_ARCS, MORE_FOR_MANY) * excess;
}

static void raise_beyond(sift *s)
{
    for (int64_t r = 0; r < s->md->rows; r++) s->beyond[r] *= BEYOND_GROWTH;
}

/* ---- rounds ----------------------------------------------------------------------------- */

/* The part at hand. *ok: there are new prices; else, unless stopped, there will not be any in this phase. */
static steppe_status solve_part(sift *s, bool *ok)
{
    const model *small = &s->rd.md;
    const bool pivoting = s->phase == PIVOTING;
    const double size = (double)(small->n + small->rows);
    const double most =
        pivoting ? fmin(WORK_MOST * size, WORK_MOST_IN_ALL) : WORK_MOST_AT_END * size;
    *ok = false;
    if (pivoting || (s->phase == ENDING && s->near > LEAST_GAP)) {
        STEPPE_TRY(sift_part_vertex(s, pivoting ? STEPPE_SIMPLEX : STEPPE_INTERIOR, most, ok));
        if (*ok || s->quiet.stopped) return STEPPE_OK;
        if (!pivoting) s->near = fmax(s->near * NEARER, LEAST_GAP);
        s->phase = INSIDE;
        basis_store_free(&s->store);
    }
    if (s->phase == INSIDE) {
        const double tol = fmin(fmax(SHARE_OF_GAP * s->gap, LEAST_GAP), FIRST_GAP);
        STEPPE_TRY(sift_part_inside(s, tol, ok));
        if (*ok || s->quiet.stopped) return STEPPE_OK;
        s->phase = ENDING;
    }
    return sift_part_vertex(s, STEPPE_INTERIOR, 0.0, ok);
}

/* Flows of the part as flows of the whole, for the end and for a stop in the middle of a round. */
static steppe_status keep_flows(const sift *s)
{
    double *scratch = MEM_NEW(double, s->rd.pieces);
    if (!scratch) return steppe_no_memory(s->j->ctx);
    memset(s->x, 0, (size_t)s->md->m * sizeof *s->x);
    reduce_flows(&s->rd, s->small_x, scratch, s->x);
    mem_free(scratch);
    return STEPPE_OK;
}

/* What the commodities answered by themselves, for a stop before the first part is solved, unless there is a point inside. */
static void keep_answers(const sift *s)
{
    const model *md = s->md;
    for (int k = 0; k < md->K; k++)
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            s->x[a] = (double)s->pricer[k].bl.work.x[a - md->first_arc[k]];
}

/* The first part and prices from a point inside: how far an arc is inside its bounds against its reduced cost goes down with the gap
 * where it ends without flow, and up where not. */
static void take_point(sift *s)
{
    const model *md = s->md;
    const interior_point *from = s->from;
    const double unit = pow(10.0, -md->cost_places);
    const double least = LIKELY_ARC * fmax(from->gap, LEAST_GAP);
    for (int64_t a = 0; a < md->m; a++)
        s->keep[a] = from->weight[a] > least ||
                     from->x[a] - (double)md->low[a] > (double)md->up[a] - from->x[a];
    /* where a limit leaves no room its price may be anything; beyond what overrunning costs it says nothing */
    for (int64_t r = 0; r < md->rows; r++)
        s->price[r] = fmax(-s->beyond[r], fmin(from->price[md->n + r] / unit, s->beyond[r]));
    s->phase = ENDING;
}

static steppe_status run_rounds(sift *s, bool whatever, interior_point *out)
{
    bool ok = true;
    int64_t fresh = 0;
    int raises = 0;
    s->gap = s->from ? s->from->gap : 1.0;
    s->near = NEAR_GAP;
    out->failed = true; /* until it is found */
    if (s->from) take_point(s);
    if (!ask(s, true, &fresh)) return STEPPE_OK;
    if (s->from)
        memcpy(s->x, s->from->x, (size_t)s->md->m * sizeof *s->x);
    else
        keep_answers(s);
    if (!whatever && !rounds_pay(s)) {
        out->declined = true;
        out->failed = false;
        out->used = (double)fresh / (double)s->md->m;
        return STEPPE_OK;
    }
    for (int round = 0; round < ROUNDS_MOST; round++) {
        if (steppe_report(&s->quiet, "sifting", round)) break;
        out->iterations++;
        STEPPE_TRY(sift_part_new(s));
        STEPPE_TRY(solve_part(s, &ok));
        if (s->quiet.stopped || !ok) break;
        STEPPE_TRY(keep_flows(s));
        if (!ask(s, false, &fresh)) return STEPPE_OK;
        s->gap = fabs(s->value - s->bound) / fmax(fabs(s->value), 1.0);
        if (s->at_vertex && (fresh == 0 || s->gap <= END_GAP)) {
            if (s->excess <= END_GAP) {
                out->failed = false;
                return STEPPE_OK;
            }
            if (raises++ == RAISES_MOST) return STEPPE_OK;
            raise_beyond(s);
        }
        if (s->phase == INSIDE && (s->gap <= s->near || fresh == 0)) s->phase = ENDING;
    }
    out->stopped = s->quiet.stopped;
    out->failed = !out->stopped;
    return STEPPE_OK;
}

/* ---- the point -------------------------------------------------------------------------- */

static double mean_cost(const model *md)
{
    double sum = 0.0;
    for (int64_t a = 0; a < md->m; a++) sum += fmin(fabs((double)md->cost[a]), 1e12);
    return md->m > 0 && sum > 0.0 ? sum / (double)md->m : 1.0;
}

static bool inside(const model *md, int64_t a, double x)
{
    return x > (double)md->low[a] + 0.5 && x < (double)md->up[a] - 0.5;
}

/* What the part's basis says of arc a: certain where it carries flow; where not, and potentials that suit all arcs of the whole do not
 * suit it, nothing. */
static void weigh_basic(interior_point *out, const model *md, int64_t a)
{
    if (inside(md, a, out->x[a]))
        out->weight[a] = CERTAIN;
    else if (out->rc[a] == 0.0)
        out->weight[a] = LIKELY;
}

/* Reduced costs at the last answers, and weights by which the basis of the part, and around it the trees of the commodities, make one
 * of the whole. */
static void weigh(const sift *s, interior_point *out)
{
    const job *j = s->j;
    const model *md = s->md, *small = &s->rd.md;
    const double usual = mean_cost(md);
    double *weight = out->weight;
    pricers_costs(md, s->pricer, s->fine, out->rc);
    for (int k = 0; k < md->K; k++) {
        const uint8_t *state = s->pricer[k].bl.work.state;
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++) {
            const double rc = fabs(out->rc[a]);
            if (rc <= NO_COST * usual) out->rc[a] = 0.0;
            weight[a] = state[a - md->first_arc[k]] == NS_TREE
                            ? OF_A_TREE
                            : 0.5 * OF_A_TREE / (1.0 + rc / usual);
        }
    }
    for (int64_t i = 0; i < s->rd.basics; i++)
        weigh_basic(out, md, reduce_basic_arc(&s->rd, i));
    for (int64_t a = 0; a < s->rd.arcs; a++)
        if (s->small_state[a] == LP_BASIC) weigh_basic(out, md, reduce_arc(&s->rd, a));
    for (int32_t i = 0; i < md->n; i++) weight[md->m + i] = 0.0;
    for (int64_t r = 0; r < md->rows; r++) weight[j->base + r] = CERTAIN;
    for (int64_t r = 0; r < small->rows; r++) {
        const bool basic = s->small_state[small->m + small->n + r] == LP_BASIC;
        weight[j->base + s->rd.of_row[r]] =
            basic && s->price[s->rd.of_row[r]] == 0.0 ? LIKELY : 0.0;
    }
}

static steppe_status fill_point(sift *s, interior_point *out)
{
    const job *j = s->j;
    const model *md = s->md;
    const double unit = pow(10.0, -md->cost_places);
    if (s->at_vertex && !out->stopped) {
        out->rc = MEM_NEW(double, md->m);
        if (!out->rc) return steppe_no_memory(&s->quiet);
        weigh(s, out);
        for (int64_t a = 0; a < md->m; a++) out->rc[a] *= unit;
    }
    memset(out->price, 0, (size_t)j->lp.n * sizeof *out->price);
    for (int64_t r = 0; r < md->rows; r++) {
        out->price[md->n + r] = s->price[r] * unit;
        out->x[j->base + r] = model_load(md, r, out->x);
    }
    return STEPPE_OK;
}

bool sift_suits(const model *md)
{
    int64_t coupled = 0;
    for (int64_t a = 0; a < md->m; a++) coupled += md->arc_first[a + 1] > md->arc_first[a];
    return (double)coupled < FEW_COUPLED * (double)md->m;
}

static void sift_free(sift *s)
{
    pricers_free(s->md, s->pricer);
    basis_store_free(&s->store);
    sift_part_free(s);
    void *const list[] = {s->keep, s->price, s->beyond, s->node, s->basic};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) mem_free(list[i]);
}

/* Seconds of the stages that solve parts. */
static double work_of(const steppe_stages *at)
{
    return at->trees + at->order + at->factor + at->inside + at->vertex + at->pivots;
}

bool sift_can(const model *md)
{
    return !md->loss_ppm && md->K > 0 && md->rows > 0 && md->rows < INT32_MAX / 2;
}

static steppe_status find_optimum(job *j, bool whatever, const interior_point *from,
                                  interior_point *out)
{
    const model *md = j->md;
    sift s = {.j = j, .md = md, .from = from, .quiet = *j->ctx};
    const double start = clock_now();
    memset(out, 0, sizeof *out);
    out->failed = true;
    if (!sift_can(md)) return STEPPE_OK;
    s.quiet.bare = true;
    s.quiet.set.log = NULL;
    s.pricer = pricers_new(md);
    s.keep = MEM_ZERO(uint8_t, md->m);
    s.basic = MEM_ZERO(uint8_t, md->m);
    s.price = MEM_ZERO(double, md->rows);
    s.beyond = MEM_NEW(double, md->rows);
    s.node = MEM_NEW(double, md->n);
    s.x = out->x = MEM_ZERO(double, j->all);
    out->weight = MEM_ZERO(double, j->all);
    out->price = MEM_ZERO(double, j->lp.n);
    steppe_status st = STEPPE_OK;
    if (!s.pricer || !s.keep || !s.basic || !s.price || !s.beyond || !s.node || !out->x ||
        !out->weight || !out->price) {
        st = steppe_no_memory(j->ctx);
    } else {
        set_beyond(&s);
        st = run_rounds(&s, whatever, out);
        if (st == STEPPE_INTERNAL || st == STEPPE_OVERFLOW) { /* a part is not the whole */
            out->failed = true;
            out->stopped = out->declined = false;
            st = STEPPE_OK;
        }
    }
    if (st == STEPPE_OK && !out->failed && !out->declined) st = fill_point(&s, out);
    j->ctx->stopped = s.quiet.stopped;
    const double others = work_of(&s.quiet.stages) - work_of(&j->ctx->stages);
    j->ctx->stages = s.quiet.stages;
    j->ctx->stages.sifting += clock_now() - start - others;
    sift_free(&s);
    if (st != STEPPE_OK) interior_free(out);
    return st;
}

steppe_status sift_point(job *j, bool whatever, interior_point *out)
{
    return find_optimum(j, whatever, NULL, out);
}

steppe_status sift_from(job *j, const interior_point *from, interior_point *out)
{
    return find_optimum(j, true, from, out);
}
