#include "engine.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

static void send(steppe_ctx *ctx, steppe_log_level level, const char *format, va_list args)
{
    if (!ctx || !ctx->set.log) return;
    char line[4096]; /* on the stack: a message about memory must not need memory */
    vsnprintf(line, sizeof line, format, args);
    ctx->set.log(ctx->set.arg, level, line);
}

steppe_status steppe_fail(steppe_ctx *ctx, steppe_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    send(ctx, STEPPE_LOG_ERROR, format, args);
    va_end(args);
    return status;
}

steppe_status steppe_no_memory(steppe_ctx *ctx)
{
    return steppe_fail(ctx, STEPPE_NO_MEMORY, "out of memory");
}

void steppe_fault(steppe_ctx *ctx, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    send(ctx, STEPPE_LOG_FAULT, format, args);
    va_end(args);
    ctx->faults++;
}

void steppe_note(steppe_ctx *ctx, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    send(ctx, STEPPE_LOG_NOTE, format, args);
    va_end(args);
}

double clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void clock_add(double *stage, double *since)
{
    const double now = clock_now();
    *stage += now - *since;
    *since = now;
}

bool steppe_report(steppe_ctx *ctx, const char *stage, int64_t done)
{
    const double seconds = clock_now() - ctx->start;
    const steppe_progress now = {stage, done, seconds, ctx->bound, ctx->answer};
    if (ctx->set.progress && ctx->set.progress(ctx->set.arg, &now)) ctx->stopped = true;
    if (ctx->set.time_limit > 0.0 && seconds > ctx->set.time_limit) ctx->stopped = true;
    return ctx->stopped;
}

/* ---- names: open addressing, FNV-1a, at most half full ---------------------------------- */

static size_t hash_text(const char *s)
{
    uint64_t h = 14695981039346656037u;
    for (; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
    return (size_t)(h ^ (h >> 29));
}

bool names_init(names *map, int64_t expected)
{
    memset(map, 0, sizeof *map);
    size_t slots = 16;
    while (slots < 2 * (size_t)(expected + 1)) slots *= 2;
    map->key = MEM_ZERO(const char *, slots);
    map->value = MEM_NEW(int64_t, slots);
    if (!map->key || !map->value) {
        names_free(map);
        return false;
    }
    map->slots = slots;
    return true;
}

static size_t slot_of(const names *map, const char *key)
{
    size_t s = hash_text(key) & (map->slots - 1);
    while (map->key[s] && strcmp(map->key[s], key) != 0) s = (s + 1) & (map->slots - 1);
    return s;
}

static bool names_grow(names *map)
{
    names bigger;
    if (!names_init(&bigger, (int64_t)map->slots)) return false;
    for (size_t i = 0; i < map->slots; i++) {
        if (!map->key[i]) continue;
        const size_t s = slot_of(&bigger, map->key[i]);
        bigger.key[s] = map->key[i];
        bigger.value[s] = map->value[i];
    }
    bigger.used = map->used;
    names_free(map);
    *map = bigger;
    return true;
}

int64_t names_add(names *map, const char *key, int64_t value)
{
    if (2 * (map->used + 1) > map->slots && !names_grow(map)) return -2;
    const size_t s = slot_of(map, key);
    if (map->key[s]) return map->value[s];
    map->key[s] = key;
    map->value[s] = value;
    map->used++;
    return -1;
}

int64_t names_find(const names *map, const char *key)
{
    if (map->slots == 0) return -1;
    const size_t s = slot_of(map, key);
    return map->key[s] ? map->value[s] : -1;
}

void names_free(names *map)
{
    mem_free(map->key);
    mem_free(map->value);
    memset(map, 0, sizeof *map);
}

/* ---- growing text ----------------------------------------------------------------------- */

static bool text_reserve(text *t, size_t more)
{
    if (t->failed) return false;
    if (t->len + more + 1 <= t->cap) return true;
    size_t cap = t->cap ? 2 * t->cap : 256;
    while (cap < t->len + more + 1) cap *= 2;
    char *data = mem_resize(t->data, cap, 1);
    if (!data) {
        t->failed = true;
        return false;
    }
    t->data = data;
    t->cap = cap;
    return true;
}

void text_add_bytes(text *t, const char *s, size_t len)
{
    if (!text_reserve(t, len)) return;
    memcpy(t->data + t->len, s, len);
    t->len += len;
    t->data[t->len] = '\0';
}

void text_add(text *t, const char *s)
{
    text_add_bytes(t, s, strlen(s));
}

/* Literals and %s, which most formats are made of, go in directly; from anything else on vsnprintf does the rest. */
void text_addf(text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    for (;;) {
        const char *percent = strchr(format, '%');
        text_add_bytes(t, format, percent ? (size_t)(percent - format) : strlen(format));
        format = percent;
        if (!percent || percent[1] != 's') break;
        const char *word = va_arg(args, const char *);
        text_add(t, word ? word : "(null)");
        format += 2;
    }
    if (format && text_reserve(t, 62)) {
        va_copy(again, args);
        const size_t room = t->cap - t->len;
        const int len = vsnprintf(t->data + t->len, room, format, args);
        if (len >= 0 && (size_t)len < room)
            t->len += (size_t)len;
        else if (len >= 0 && text_reserve(t, (size_t)len)) {
            vsnprintf(t->data + t->len, (size_t)len + 1, format, again);
            t->len += (size_t)len;
        }
        va_end(again);
        if (t->data) t->data[t->len] = '\0';
    }
    va_end(args);
}

void text_free(text *t)
{
    mem_free(t->data);
    memset(t, 0, sizeof *t);
}
