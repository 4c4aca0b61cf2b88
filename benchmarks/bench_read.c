/* needs: zlib. The table reader: a table of links, 1,000,000 rows unless told otherwise, made in a
 * temporary file, plain and gzip. `table` is table_read alone; `typed` adds what a case does with
 * it: ids into a map, end points looked up, six columns of exact decimals.
 *
 *     bench_read [ROWS [RUNS]]
 */
#include "bench.h"
#include "table.h"

#include <zlib.h>

enum { COLUMNS = 12, FIRST_NUMBER = 5 };

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Both files hold the same bytes. Returns their size unpacked, 0: they could not be written. */
static size_t make_tables(const char *plain, const char *packed, long rows)
{
    FILE *f = fopen(plain, "w");
    gzFile z = gzopen(packed, "w6");
    size_t bytes = 0;
    char line[512];
    uint64_t draw = 1;
    bool ok = f && z;
    for (long i = -1; i < rows && ok; i++) {
        int n = snprintf(line, sizeof line,
                         "link_id,from_node_id,to_node_id,mode,carries,length,"
                         "capacity_per_y,background_per_y,cost_usd_per_unit,"
                         "transit_days,loss_pct,name\n");
        if (i >= 0)
            n = snprintf(
                line, sizeof line,
                "RB_KZ_%ld__KZ_%ld,KZ_%ld,KZ_%ld,rail_1520,dry;crude,%llu.%llu,%llu,"
                "%llu.5,%llu.%02llu,%llu.25,0.00%llu,\"Station %ld, west - junction\"\n",
                i, i % 5000, i % 70000, (i * 7 + 1) % 70000,
                (unsigned long long)next(&draw) % 2000, (unsigned long long)next(&draw) % 10,
                (unsigned long long)next(&draw) % 100, (unsigned long long)next(&draw) % 20,
                (unsigned long long)next(&draw) % 90, (unsigned long long)next(&draw) % 100,
                (unsigned long long)next(&draw) % 9, (unsigned long long)next(&draw) % 10, i);
        ok = fwrite(line, 1, (size_t)n, f) == (size_t)n && gzwrite(z, line, (unsigned)n) == n;
        bytes += (size_t)n;
    }
    if (f && fclose(f) != 0) ok = false;
    if (z && gzclose(z) != Z_OK) ok = false;
    return ok ? bytes : 0;
}

/* What case_read.c does with the cells of a link. */
static bool parse(const table *t, int64_t *sum)
{
    names ids = {0}, places = {0};
    bool ok = names_init(&ids, t->rows) && names_init(&places, t->rows);
    for (int64_t r = 0; ok && r < t->rows; r++) {
        ok = names_add(&ids, table_cell(t, r, 0), r) == -1 &&
             names_add(&places, table_cell(t, r, 1), r) != -2;
        for (int c = FIRST_NUMBER; ok && c < COLUMNS - 1; c++) {
            wide v;
            ok = fix_parse(table_cell(t, r, c), &v) == FIX_OK;
            *sum += (int64_t)(v / FIX_ONE);
        }
        *sum += names_find(&places, table_cell(t, r, 2));
    }
    names_free(&ids);
    names_free(&places);
    return ok;
}

typedef struct {
    const char *path;
    bool typed;
} read_job;

static void read_once(void *arg, bench_run *out)
{
    const read_job *job = arg;
    steppe_ctx ctx = {0};
    ctx.set = steppe_default_settings();
    table *t = NULL;
    int64_t sum = 0;
    const double t0 = bench_now();
    out->ok = table_read(&ctx, job->path, "link", &t) == STEPPE_OK && ctx.faults == 0;
    if (out->ok && job->typed) out->ok = parse(t, &sum);
    out->t = bench_now() - t0;
    out->iterations = t ? (long)t->rows : 0;
    table_free(t);
}

int main(int argc, char **argv)
{
    const long rows = argc > 1 ? atol(argv[1]) : 1000000;
    const int runs = argc > 2 ? atoi(argv[2]) : BENCH_RUNS;
    char path[2][4096];
    bench_temporary(path[0], sizeof path[0], ".csv");
    bench_temporary(path[1], sizeof path[1], ".csv.gz");
    const size_t bytes = make_tables(path[0], path[1], rows);
    int code = 0;
    puts("file,what,rows,mb,runs,median_s,min_s,mb_per_s,rows_per_s,peak_mib,commit,compiler");
    for (int i = 0; i < 4 && bytes > 0; i++) {
        read_job job = {path[i / 2], i % 2 == 1};
        bench_run run = {0};
        double t[64];
        int n = 0;
        for (; n < runs && n < 64; n++) {
            if (!bench_child(read_once, &job, &run) || !run.ok || run.iterations != rows) break;
            t[n] = run.t;
        }
        if (n == 0) {
            fprintf(stderr, "%s: not read\n", job.path);
            code = 2;
            continue;
        }
        const double median = bench_median(t, n), mb = (double)bytes / 1e6;
        printf("%s,%s,%ld,%.1f,%d,%.4f,%.4f,%.1f,%.0f,%.1f,%s,%s\n", i / 2 ? "csv.gz" : "csv",
               job.typed ? "typed" : "table", rows, mb, n, median, t[0], mb / median,
               (double)rows / median, run.peak, bench_commit(), BENCH_COMPILER);
    }
    unlink(path[0]);
    unlink(path[1]);
    return bytes > 0 ? code : 2;
}
