/* Exact certificate. With rc(a) = c(a) + pi(i) - g(a) pi(j) - sum_r w(r,a) lambda(r), weak duality
 * says for every pi that is zero at free nodes, and every lambda,
 *
 *     c.x >= -b.pi + sum_a min(rc(a) low(a), rc(a) up(a)) + sum_r min(lambda(r) row_low(r),
 * lambda(r) row_up(r)) + sum over lossy nodes of min(pi(i), 0)
 *
 * [AMO93, sec. 9.4, 15.2 and 17.4], so equality proves a feasible x optimal, whatever produced x, pi
 * and lambda. The last sum is the price of the rounding that a node with losses is allowed, at most one
 * flow unit. Weights and gains are fractions: g(a) pi(j) and the sum over r are rounded so that rc only falls, which only
 * lowers the bound where flows are not negative; where they may be, rc counts as it would be rounded up. No tolerance is used anywhere. All arithmetic is in 128 bits and every overflow is
 * caught. */
#include "certificate.h"

#include <math.h>

typedef struct {
    steppe_ctx *ctx;
    const model *md;
    certificate *out;
    bool overflow;
} checker;

static wide times(checker *ck, wide a, wide b)
{
    wide v;
    ck->overflow |= __builtin_mul_overflow(a, b, &v);
    return v;
}

static wide plus(checker *ck, wide a, wide b)
{
    wide v;
    ck->overflow |= __builtin_add_overflow(a, b, &v);
    return v;
}

#define PPM 1000000

static wide kept_ppm(const model *md, int64_t a)
{
    return md->loss_ppm ? PPM - md->loss_ppm[a] : PPM;
}

static wide divide_up(wide a, wide b) /* b > 0 */
{
    const wide q = a / b;
    return q * b < a ? q + 1 : q;
}

typedef enum { NAME_ARC, NAME_NODE, NAME_ROW } named;

/* A load counts in flow units / 10^places. */
static int load_places(const model *md, int64_t r)
{
    int places = md->flow_places;
    for (int64_t s = md->row_scale[r]; s > 1; s /= 10) places++;
    return places;
}

static void violated(checker *ck, named what, int64_t i, wide found, const char *rule,
                     wide limit)
{
    ck->out->violations++;
    ck->out->feasible = false;
    if (ck->out->violations > 20) return;
    text name = {0};
    char f[64], l[64];
    if (what == NAME_ARC) model_arc_name(ck->md, i, &name);
    if (what == NAME_NODE) model_node_name(ck->md, (int32_t)i, &name);
    if (what == NAME_ROW) model_row_name(ck->md, i, &name);
    steppe_fail(
        ck->ctx, STEPPE_UNPROVEN, "%s: found %s, expected %s %s", name.data ? name.data : "?",
        wide_text(f, found, what == NAME_ROW ? load_places(ck->md, i) : ck->md->flow_places),
        rule, wide_text(l, limit, ck->md->flow_places));
    text_free(&name);
}

static steppe_status check_primal(checker *ck, const int64_t *x)
{
    const model *md = ck->md;
    wide *net = MEM_NEW(wide, md->n); /* times 10^6 */
    if (!net) return steppe_no_memory(ck->ctx);
    ck->out->objective = md->offset;
    for (int32_t i = 0; i < md->n; i++) net[i] = (wide)md->b[i] * PPM;
    for (int64_t a = 0; a < md->m; a++) {
        net[md->tail[a]] -= (wide)x[a] * PPM;
        net[md->head[a]] += (wide)x[a] * kept_ppm(md, a);
        if (x[a] < md->low[a])
            violated(ck, NAME_ARC, a, x[a], "a flow of at least", md->low[a]);
        if (x[a] > md->up[a]) violated(ck, NAME_ARC, a, x[a], "a flow of at most", md->up[a]);
        ck->out->objective = plus(ck, ck->out->objective, times(ck, x[a], md->cost[a]));
    }
    for (int32_t i = 0; i < md->n; i++) {
        if (md->balance[i] == BALANCE_FREE) continue;
        const wide most = md->balance[i] == BALANCE_LOSSY ? PPM : 0;
        if (net[i] < 0 || net[i] > most)
            violated(ck, NAME_NODE, i, net[i] / PPM, "a balance of", most / PPM);
    }
    mem_free(net);
    for (int64_t r = 0; r < md->rows; r++) {
        wide load = 0;
        for (int64_t e = md->row_first[r]; e < md->row_first[r + 1]; e++)
            load = plus(ck, load, times(ck, md->row_weight[e], x[md->row_arc[e]]));
        const wide scale = md->row_scale[r];
        if (md->row_low[r] != NO_LOW && load < times(ck, md->row_low[r], scale))
            violated(ck, NAME_ROW, r, load, "a load of at least", md->row_low[r]);
        if (md->row_up[r] != NO_UP && load > times(ck, md->row_up[r], scale))
            violated(ck, NAME_ROW, r, load, "a load of at most", md->row_up[r]);
    }
    return STEPPE_OK;
}

static bool divides(wide a, wide b)
{
    return a % b == 0;
}

/* The least of rc x over the bounds of arc a, for the true rc: between rc and rc + off. */
static wide least_of(checker *ck, int64_t a, wide rc, wide off)
{
    const int64_t low = ck->md->low[a], up = ck->md->up[a];
    if (low >= 0) return times(ck, rc, rc < 0 ? up : low);
    const wide at_low = times(ck, rc + off, low), at_up = times(ck, up < 0 ? rc + off : rc, up);
    return at_low < at_up ? at_low : at_up;
}

static void check_dual(checker *ck, const wide *pi, const wide *lambda, int extra)
{
    const model *md = ck->md;
    const wide fine = wide_pow10(extra);
    wide bound = times(ck, md->offset, fine);
    for (int32_t i = 0; i < md->n; i++) {
        if (md->balance[i] == BALANCE_FREE) {
            if (pi[i] != 0)
                violated(ck, NAME_NODE, i, 0, "no price where there is no balance, as", 0);
            continue;
        }
        bound = plus(ck, bound, -times(ck, md->b[i], pi[i]));
        if (md->balance[i] == BALANCE_LOSSY && pi[i] < 0) bound = plus(ck, bound, pi[i]);
    }
    for (int64_t a = 0; a < md->m; a++) {
        const wide kept = kept_ppm(md, a), at_head = pi[md->head[a]];
        const wide worth = kept == PPM ? at_head : divide_up(times(ck, at_head, kept), PPM);
        wide rc = plus(ck, times(ck, md->cost[a], fine), plus(ck, pi[md->tail[a]], -worth));
        wide off = kept != PPM; /* how far below the true rc rounding may have put it */
        for (int64_t e = md->arc_first[a]; e < md->arc_first[a + 1]; e++) {
            const wide scale = md->row_scale[md->arc_row[e]],
                       load = times(ck, md->arc_weight[e], lambda[md->arc_row[e]]);
            rc = plus(ck, rc, -divide_up(load, scale));
            off += !divides(load, scale);
        }
        bound = plus(ck, bound, least_of(ck, a, rc, off));
    }
    for (int64_t r = 0; r < md->rows; r++) {
        const wide y = lambda[r];
        if (y == 0) continue;
        const int64_t limit = y > 0 ? md->row_low[r] : md->row_up[r];
        if (limit == NO_LOW ||
            limit == NO_UP) { /* a price on a limit that is not there proves nothing */
            violated(ck, NAME_ROW, r, 0, "no price where there is no limit, as", 0);
            continue;
        }
        bound = plus(ck, bound, times(ck, y, limit));
    }
    ck->out->bound = -divide_up(-bound, fine);
}

static steppe_status too_wide(checker *ck)
{
    return steppe_fail(ck->ctx, STEPPE_OVERFLOW,
                       "the certificate needs numbers of more than 128 bits");
}

steppe_status certify_flows(steppe_ctx *ctx, const model *md, const int64_t *x,
                            certificate *out)
{
    *out = (certificate){true, 0, 0, 0, INFINITY};
    checker ck = {ctx, md, out, false};
    STEPPE_TRY(check_primal(&ck, x));
    return ck.overflow ? too_wide(&ck) : STEPPE_OK;
}

steppe_status certify_prices(steppe_ctx *ctx, const model *md, const wide *pi,
                             const wide *lambda, int extra, certificate *out)
{
    *out = (certificate){true, 0, 0, 0, INFINITY};
    checker ck = {ctx, md, out, false};
    check_dual(&ck, pi, lambda, extra);
    return ck.overflow ? too_wide(&ck) : STEPPE_OK;
}

double certificate_gap(wide objective, wide bound)
{
    const double value = fabs((double)objective), gap = (double)(objective - bound);
    return gap == 0.0 ? 0.0 : gap / (value > 1.0 ? value : 1.0);
}

steppe_status certify(steppe_ctx *ctx, const model *md, const int64_t *x, const wide *pi,
                      const wide *lambda, int extra, certificate *out)
{
    STEPPE_TRY(certify_flows(ctx, md, x, out));
    checker ck = {ctx, md, out, false};
    check_dual(&ck, pi, lambda, extra);
    if (ck.overflow) return too_wide(&ck);
    out->gap_rel = certificate_gap(out->objective, out->bound);
    return STEPPE_OK;
}

double certificate_value(const model *md, wide v)
{
    return (double)v / pow(10.0, md->flow_places + md->cost_places);
}
