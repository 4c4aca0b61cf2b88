/* The map: links with their flows over the horizon, points for what is not served or not produced. */
#include "report.h"

#include <math.h>
#include <string.h>

void json_add(text *t, const char *s)
{
    text_add(t, "\"");
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_addf(t, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            text_addf(t, "\\u%04x", (unsigned)*s);
        else
            text_add_bytes(t, s, 1);
    }
    text_add(t, "\"");
}

/* A straight line; across longitude 180 two lines, as RFC 7946 wants it. */
static void add_line(text *t, const place *a, const place *b)
{
    const double jump = b->lon - a->lon;
    if (fabs(jump) <= 180.0) {
        text_addf(t, "{\"type\":\"LineString\",\"coordinates\":[[%.5f,%.5f],[%.5f,%.5f]]}",
                  a->lon, a->lat, b->lon, b->lat);
        return;
    }
    const double edge = jump < 0.0 ? 180.0 : -180.0,
                 to = b->lon + (jump < 0.0 ? 360.0 : -360.0);
    const double lat = a->lat + (b->lat - a->lat) * (edge - a->lon) / (to - a->lon);
    text_addf(t,
              "{\"type\":\"MultiLineString\",\"coordinates\":[[[%.5f,%.5f],[%.5f,%.5f]],"
              "[[%.5f,%.5f],[%.5f,%.5f]]]}",
              a->lon, a->lat, edge, lat, -edge, lat, b->lon, b->lat);
}

steppe_status report_map(steppe_ctx *ctx, const report *rp, text *t)
{
    const model *md = rp->md;
    const case_data *cs = md->cs;
    if (!cs) {
        text_add(t, "{\"type\":\"FeatureCollection\",\"features\":[]}\n");
        return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
    }
    int64_t goods = cs->commodity_count;
    wide *flow = MEM_ZERO(wide, cs->link_count * goods);
    wide *price = MEM_ZERO(wide, cs->link_count);
    if (!flow || !price) {
        mem_free(flow);
        mem_free(price);
        return steppe_no_memory(ctx);
    }
    for (int k = 0; k < md->K; k++)
        for (int64_t a = md->first_arc[k]; a < md->first_arc[k + 1]; a++)
            if (md->arc[a].kind == ARC_LINK)
                flow[md->arc[a].object * goods + md->commodity[k].good] += rp->x[a];
    for (int64_t r = 0; r < md->rows; r++)
        if (md->row[r].kind == ROW_LINK && rp->lambda[r] < price[md->row[r].object])
            price[md->row[r].object] = rp->lambda[r];
    text_add(t, "{\"type\":\"FeatureCollection\",\"features\":[");
    bool first = true;
    for (int64_t i = 0; i < cs->link_count; i++) {
        const case_link *l = &cs->links[i];
        wide total = 0;
        for (int64_t g = 0; g < goods; g++) total += flow[i * goods + g];
        if (total == 0) continue;
        wide room = 0;
        for (int p = 0; p < md->T; p++) room += model_link_capacity(md, i, p);
        const double free_capacity = report_units(rp, room);
        text_add(t, first ? "\n" : ",\n");
        first = false;
        text_add(t, "{\"type\":\"Feature\",\"properties\":{\"link_id\":");
        json_add(t, l->id);
        text_add(t, ",\"name\":");
        json_add(t, l->name);
        text_addf(t, ",\"mode\":\"%s\",\"flow_unit\":\"%s\",\"flow\":", cs->modes[l->mode],
                  l->unit);
        report_flow(rp, t, total);
        text_addf(t,
                  ",\"free_capacity\":%.6g,\"use_percent\":%.2f,\"lowest_price_usd_per_unit\":",
                  free_capacity,
                  free_capacity > 0.0 ? 100.0 * report_units(rp, total) / free_capacity : 0.0);
        report_price(rp, t, price[i]);
        for (int64_t g = 0; g < goods; g++) {
            if (flow[i * goods + g] == 0) continue;
            text_add(t, ",");
            json_add(t, cs->commodities[g].id);
            text_add(t, ":");
            report_flow(rp, t, flow[i * goods + g]);
        }
        text_add(t, "},\"geometry\":");
        add_line(t, &cs->places[l->from], &cs->places[l->to]);
        text_add(t, "}");
    }
    for (int64_t a = 0; a < md->m; a++) {
        const model_ref *r = &md->arc[a];
        if (rp->x[a] == 0 ||
            (r->kind != ARC_SHORTAGE && r->kind != ARC_MIN_SHORTAGE && r->kind != ARC_SHUT_IN))
            continue;
        const bool in = r->kind == ARC_SHUT_IN;
        const place *p =
            &cs->places[in ? cs->supplies[r->object].place : cs->demands[r->object].place];
        text_add(t, first ? "\n" : ",\n");
        first = false;
        text_addf(t, "{\"type\":\"Feature\",\"properties\":{\"kind\":\"%s\",\"id\":",
                  model_arc_kind(r->kind));
        json_add(t, in ? cs->supplies[r->object].id : cs->demands[r->object].id);
        text_add(t, ",\"name\":");
        json_add(t, p->name);
        text_addf(t, ",\"period\":\"%s\",\"quantity\":", report_period(md, r->period));
        report_flow(rp, t, rp->x[a]);
        text_addf(t, "},\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.5f,%.5f]}}", p->lon,
                  p->lat);
    }
    text_add(t, "\n]}\n");
    mem_free(flow);
    mem_free(price);
    return t->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}
