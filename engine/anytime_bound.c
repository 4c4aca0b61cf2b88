/* From prices of the coupling rows to potentials: the bound falls apart into one network per commodity, whose simplex
 * finds the best ones. They are then computed anew along its tree in the exact costs of the certificate. */
#include "anytime_part.h"

#include <string.h>

#define PPM 1000000
#define PI_MOST                                                                                \
    ((wide)1                                                                                   \
     << 96) /* any potential is allowed: those of a network without a flow stay in range */

static wide divide_up(wide a, wide b) /* b > 0 */
{
    const wide q = a / b;
    return q * b < a ? q + 1 : q;
}

static wide kept_ppm(const model *md, int64_t a)
{
    return md->loss_ppm ? PPM - md->loss_ppm[a] : PPM;
}

static wide within(wide pi)
{
    return pi > PI_MOST ? PI_MOST : pi < -PI_MOST ? -PI_MOST : pi;
}

/* The networks at the prices of the rows: no windows, every arc with its true bounds. */
static void open_part(anytime *at, int k)
{
    const model *md = at->md;
    part *p = &at->parts[k];
    const int64_t first = md->first_arc[k];
    const wide fine = wide_pow10(DUAL_EXTRA);
    for (int64_t a = 0; a < p->m; a++) {
        const int64_t g = first + a;
        wide c = md->cost[g] * fine;
        for (int64_t e = md->arc_first[g]; e < md->arc_first[g + 1]; e++)
            c -= divide_up((wide)md->arc_weight[e] * at->lambda[md->arc_row[e]],
                           md->row_scale[md->arc_row[e]]);
        p->want[a] = c;
        p->low[a] = md->low[g];
        p->up[a] = at->is_filler[g] ? md->low[g] : md->up[g];
        const int32_t other[2] = {p->over[a], p->under[a]};
        for (int i = 0; i < 2; i++) {
            if (other[i] < 0) continue;
            p->want[other[i]] = c;
            p->low[other[i]] = p->up[other[i]] = 0;
        }
    }
}

/* The potential at one end of local arc a so that it comes out at zero; of_tail: from the head's. */
static wide across(const anytime *at, int k, int64_t a, bool of_tail, wide other)
{
    const part *p = &at->parts[k];
    const wide kept = kept_ppm(at->md, at->md->first_arc[k] + p->beside[a]);
    if (kept == PPM) return of_tail ? other - p->want[a] : other + p->want[a];
    if (of_tail) return divide_up(other * kept, PPM) - p->want[a];
    return kept > 0 ? -divide_up(-(other + p->want[a]) * PPM, kept) : 0;
}

/* Potentials along the tree, exactly; zero at the free node. */
static void walk_tree(anytime *at, int k, wide *pi, uint8_t *set)
{
    const part *p = &at->parts[k];
    const tree_node *t = p->work.tree;
    const int32_t n = p->net.n, zero = p->free_node >= 0 ? p->free_node : 0;
    memset(set, 0, (size_t)n);
    if (n == 0) return;
    pi[zero] = 0;
    set[zero] = 1;
    for (int32_t i = zero; t[i].parent != n; i = t[i].parent) { /* from there up, */
        pi[t[i].parent] = within(across(at, k, t[i].arc, !t[i].up, pi[i]));
        set[t[i].parent] = 1;
    }
    for (int32_t i = tree_next(t, n, n); i >= 0; i = tree_next(t, i, n)) { /* and down */
        if (set[i]) continue;
        if (t[i].parent == n)
            pi[i] = within((wide)(p->work.pi[i] - p->work.pi[zero]) * p->grid);
        else
            pi[i] = within(across(at, k, t[i].arc, t[i].up, pi[t[i].parent]));
    }
}

/* The commodity's share of the bound, about: to choose between potentials. */
static double share_of_bound(const anytime *at, int k, const wide *pi)
{
    const model *md = at->md;
    const part *p = &at->parts[k];
    const int32_t from = md->first_node[k];
    double sum = 0.0;
    for (int32_t i = 0; i < p->net.n; i++) {
        if (md->balance[from + i] == BALANCE_FREE) continue;
        sum -= (double)md->b[from + i] * (double)pi[i];
        if (md->balance[from + i] == BALANCE_LOSSY && pi[i] < 0) sum += (double)pi[i];
    }
    for (int64_t a = 0; a < p->m; a++) {
        const int64_t g = md->first_arc[k] + a;
        const wide kept = kept_ppm(md, g), at_head = pi[p->head[a]];
        const wide worth = kept == PPM ? at_head : divide_up(at_head * kept, PPM);
        const wide rc = p->want[a] + pi[p->tail[a]] - worth;
        sum += (double)rc * (double)(rc < 0 ? md->up[g] : md->low[g]);
    }
    return sum;
}

/* at->pi of the block becomes the better of what is there (given) and what the tree says. */
static void choose_potentials(anytime *at, int k, bool given, wide *pi, uint8_t *set)
{
    const model *md = at->md;
    const part *p = &at->parts[k];
    wide *out = at->pi + md->first_node[k];
    pi += md->first_node[k];
    set += md->first_node[k];
    walk_tree(at, k, pi, set);
    if (given && share_of_bound(at, k, out) >= share_of_bound(at, k, pi)) return;
    memcpy(out, pi, (size_t)p->net.n * sizeof *out);
}

steppe_status bound_given(anytime *at)
{
    const model *md = at->md;
    certificate cert;
    for (int32_t i = 0; i < md->n; i++)
        if (md->balance[i] == BALANCE_FREE) at->pi[i] = 0;
    const steppe_status st =
        certify_prices(&at->quiet, md, at->pi, at->lambda, DUAL_EXTRA, &cert);
    if (st == STEPPE_OVERFLOW) return STEPPE_OK; /* prices too wild to prove anything */
    STEPPE_TRY(st);
    if (!cert.feasible || (at->has_bound && cert.bound <= at->bound)) return STEPPE_OK;
    memcpy(at->best_pi, at->pi, (size_t)md->n * sizeof *at->pi);
    memcpy(at->best_lambda, at->lambda, (size_t)md->rows * sizeof *at->lambda);
    at->bound = cert.bound;
    at->has_bound = true;
    return STEPPE_OK;
}

void bound_plant(anytime *at, const double *x)
{
    const int K = at->md->K, threads = at->ctx->set.threads;
    (void)threads; /* without OpenMP */
    at->planted = x != NULL;
    if (!x) return;
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(at, K, x)                   \
    num_threads(threads)
    for (int k = 0; k < K; k++) {
        open_part(at, k);
        plant_choose(at, k, x);
        plant_tree(at, k);
    }
}

steppe_status bound_find(anytime *at, bool given)
{
    const model *md = at->md;
    const int K = md->K, threads = at->ctx->set.threads;
    (void)threads;                          /* without OpenMP */
    if (given) STEPPE_TRY(bound_given(at)); /* at once, should time be short */
    wide *pi = MEM_NEW(wide, md->n);
    uint8_t *set = MEM_NEW(uint8_t, md->n);
    if (!pi || !set) {
        mem_free(pi);
        mem_free(set);
        return steppe_no_memory(at->ctx);
    }
    if (!given) memset(at->pi, 0, (size_t)md->n * sizeof *at->pi);
#pragma omp parallel for schedule(dynamic, 1) default(none) shared(at, K, pi, set, given)      \
    num_threads(threads)
    for (int k = 0; k < K; k++) {
        if (part_late(at, false)) continue;
        open_part(at, k);
        const ns_result r = part_solve(at, &at->parts[k], false);
        if (r != NS_TOO_LARGE && at->parts[k].started)
            choose_potentials(at, k, (given && at->parts[k].lost) || r == NS_LIMIT, pi, set);
    }
    mem_free(pi);
    mem_free(set);
    return bound_given(at);
}
