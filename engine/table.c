#include "table.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* ---- files ------------------------------------------------------------------------------ */

steppe_status file_read(steppe_ctx *ctx, const char *path, char **bytes, size_t *len)
{
    *bytes = NULL;
    *len = 0;
    steppe_status st = STEPPE_OK;
    struct stat info;
    if (stat(path, &info) != 0)
        return steppe_fail(ctx, STEPPE_IO, "%s: cannot read: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return steppe_fail(ctx, STEPPE_IO, "%s: cannot read: it is a folder", path);
    gzFile f = gzopen(path, "rb");
    if (!f) {
        if (errno == ENOMEM) return steppe_no_memory(ctx);
        return steppe_fail(ctx, STEPPE_IO, "%s: cannot read: %s", path, strerror(errno));
    }
    const unsigned most = 1u << 18, least = 1u << 13; /* a small file needs no large buffers */
    gzbuffer(f, info.st_size > most    ? most
                : info.st_size < least ? least
                                       : (unsigned)info.st_size);
    size_t cap = (size_t)info.st_size + 4096, used = 0;
    char *data = mem_alloc(cap, 1);
    while (data) {
        if (used + 1 >= cap) {
            char *bigger = mem_resize(data, 2 * cap, 1);
            if (!bigger) {
                mem_free(data);
                data = NULL;
                break;
            }
            data = bigger;
            cap *= 2;
        }
        const size_t room = cap - 1 - used;
        const int got = gzread(f, data + used, room > (1u << 30) ? 1u << 30 : (unsigned)room);
        if (got <= 0) break;
        used += (size_t)got;
    }
    int code = Z_OK;
    const char *why = gzerror(f, &code);
    if (!data || code == Z_MEM_ERROR)
        st = steppe_no_memory(ctx);
    else if (code == Z_ERRNO)
        st = steppe_fail(ctx, STEPPE_IO, "%s: cannot read: %s", path, strerror(errno));
    else if (code != Z_OK && code != Z_STREAM_END)
        st = steppe_fail(ctx, STEPPE_IO, "%s: damaged or cut-short gzip file: %s", path, why);
    const int closed = gzclose_r(f);
    if (st == STEPPE_OK && closed != Z_OK)
        st = steppe_fail(ctx, STEPPE_IO, "%s: damaged or cut-short gzip file", path);
    if (st != STEPPE_OK) {
        mem_free(data);
        return st;
    }
    data[used] = '\0';
    *bytes = data;
    *len = used;
    return STEPPE_OK;
}

/* ---- RFC 4180 --------------------------------------------------------------------------- */

typedef struct {
    const char **cell;
    size_t used, cap;
} cell_list;

static bool push_cell(cell_list *list, const char *start)
{
    if (list->used == list->cap) {
        const size_t cap = list->cap ? list->cap * 2 : 1024;
        const char **more = mem_resize(list->cell, cap, sizeof *more);
        if (!more) return false;
        list->cell = more;
        list->cap = cap;
    }
    list->cell[list->used++] = start;
    return true;
}

/* Unquotes the cell whose opening quote is at s, in place. Returns the byte behind its closing
 * quote, or NULL when the quote is never closed. *clean: nothing but a separator follows the
 * quote. */
static char *unquote(char *s, const char *end, char **cell_end)
{
    char *to = s;
    for (char *from = s + 1; from < end; from++) {
        if (*from != '"') {
            *to++ = *from;
        } else if (from + 1 < end && from[1] == '"') {
            *to++ = '"';
            from++;
        } else {
            *cell_end = to;
            return from + 1;
        }
    }
    return NULL;
}

size_t table_utf8_length(const unsigned char *s, size_t len)
{
    size_t i = 0;
    while (i < len) {
        /* eight ASCII bytes at a time: tables are nearly all ASCII */
        uint64_t block;
        while (i + 8 <= len) {
            memcpy(&block, s + i, 8);
            if ((block & 0x8080808080808080u) ||
                ((block - 0x0101010101010101u) & ~block & 0x8080808080808080u))
                break;
            i += 8;
        }
        if (i >= len) break;
        const unsigned c = s[i];
        size_t more;
        if (c != 0 && c < 0x80)
            more = 0;
        else if (c >= 0xC2 && c < 0xE0)
            more = 1;
        else if (c >= 0xE0 && c < 0xF0)
            more = 2;
        else if (c >= 0xF0 && c < 0xF5)
            more = 3;
        else
            return i;
        if (i + more >= len) return i;
        for (size_t j = 1; j <= more; j++)
            if ((s[i + j] & 0xC0) != 0x80) return i;
        if ((c == 0xE0 && s[i + 1] < 0xA0) || (c == 0xED && s[i + 1] >= 0xA0) ||
            (c == 0xF0 && s[i + 1] < 0x90) || (c == 0xF4 && s[i + 1] >= 0x90))
            return i;
        i += more + 1;
    }
    return len;
}

typedef struct {
    int64_t *at;
    size_t used, cap;
} number_list;

static bool push_number(number_list *list, int64_t v)
{
    if (list->used == list->cap) {
        const size_t cap = list->cap ? list->cap * 2 : 256;
        int64_t *more = mem_resize(list->at, cap, sizeof *more);
        if (!more) return false;
        list->at = more;
        list->cap = cap;
    }
    list->at[list->used++] = v;
    return true;
}

/* One cell from *s on: ends it by NUL in place, sets *s behind its separator. Returns the cell;
 * *more says whether another follows in the record. Faults name the record and the cell's
 * column. */
static char *next_cell(steppe_ctx *ctx, const table *t, char **s, char *end, int64_t record,
                       int64_t column, bool *more)
{
    char *cell = *s, *cell_end;
    if (*s < end && **s == '"') {
        char *after = unquote(*s, end, &cell_end);
        if (!after) {
            steppe_fault(
                ctx, "%s:%lld:%lld: found a quote that is never closed, expected a closing \"",
                t->path, (long long)record, (long long)column);
            cell_end = *s = end;
        } else {
            *s = after;
            if (*s < end && **s != ',' && **s != '\n' && **s != '\r')
                steppe_fault(
                    ctx,
                    "%s:%lld:%lld: found text behind a closing quote, expected a comma "
                    "or the end of the row",
                    t->path, (long long)record, (long long)column);
            while (*s < end && **s != ',' && **s != '\n' && **s != '\r') (*s)++;
        }
    } else {
        char *p = *s;
        while (p < end && *p != ',' && *p != '\n' && *p != '\r') p++;
        cell_end = *s = p;
    }
    *more = *s < end && **s == ',';
    if (!*more && *s + 1 < end && **s == '\r' && (*s)[1] == '\n') (*s)++;
    *cell_end = '\0';
    if (*s < end) *(*s)++ = '\0';
    return cell;
}

/* Splits t->bytes[0 .. len) into head and cell. A record with another number of cells than the
 * header is reported and cut or filled with empty cells, so that the faults of its other cells
 * are still seen. */
static steppe_status split_records(steppe_ctx *ctx, table *t, size_t len)
{
    cell_list list = {0};
    number_list rows = {0};
    char *s = t->bytes, *end = t->bytes + len;
    if (len >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) s += 3;
    size_t first = 0; /* index in list of the record's first cell */
    bool memory = true;
    for (int64_t record = 1; s < end && memory; record++) {
        bool more = true;
        while (more && memory) {
            const int64_t column = (int64_t)(list.used - first) + 1;
            memory = push_cell(&list, next_cell(ctx, t, &s, end, record, column, &more));
        }
        size_t width = list.used - first;
        if (width == 1 && list.cell[first][0] == '\0') { /* an empty line is no record */
            list.used = first;
            continue;
        }
        if (t->cols == 0) t->cols = (int)width;
        if (width != (size_t)t->cols) {
            const size_t column = width < (size_t)t->cols ? width : (size_t)t->cols + 1;
            steppe_fault(ctx, "%s:%lld:%zu: found %zu cells, expected %d as in the header",
                         t->path, (long long)record, column, width, t->cols);
            for (; width < (size_t)t->cols && memory; width++) memory = push_cell(&list, "");
            list.used = first + (size_t)t->cols;
        }
        first = list.used;
        memory = memory && push_number(&rows, record);
    }
    t->cell = list.cell;
    t->file_row = rows.at;
    if (!memory) return steppe_no_memory(ctx);
    if (t->cols == 0) {
        steppe_fault(ctx, "%s:1:1: found an empty file, expected a header line", t->path);
        return STEPPE_BAD_INPUT;
    }
    t->rows = (int64_t)rows.used - 1;
    t->head = MEM_NEW(const char *, t->cols);
    t->used = MEM_ZERO(char, t->cols);
    if (!t->head || !t->used) return steppe_no_memory(ctx);
    memcpy(t->head, t->cell, (size_t)t->cols * sizeof *t->head);
    memmove(t->cell, t->cell + t->cols, (size_t)(t->rows * t->cols) * sizeof *t->cell);
    memmove(t->file_row, t->file_row + 1, (size_t)t->rows * sizeof *t->file_row);
    return STEPPE_OK;
}

static void check_header(steppe_ctx *ctx, const table *t)
{
    for (int c = 0; c < t->cols; c++) {
        if (t->head[c][0] == '\0')
            steppe_fault(ctx, "%s:1:%d: found a column without a name, expected a name",
                         t->path, c + 1);
        for (int d = 0; d < c; d++)
            if (strcmp(t->head[c], t->head[d]) == 0)
                steppe_fault(ctx, "%s:1:%d: found column '%s' a second time, expected it once",
                             t->path, c + 1, t->head[c]);
    }
}

steppe_status table_read(steppe_ctx *ctx, const char *path, const char *name, table **out)
{
    *out = NULL;
    table *t = MEM_ZERO(table, 1);
    if (!t) return steppe_no_memory(ctx);
    size_t len = 0;
    steppe_status st = STEPPE_OK;
    t->name = mem_copy_text(name);
    t->path = mem_copy_text(path);
    if (!t->name || !t->path) {
        st = steppe_no_memory(ctx);
        goto done;
    }
    st = file_read(ctx, path, &t->bytes, &len);
    if (st != STEPPE_OK) goto done;
    if (!hash_bytes(t->bytes, len, t->sha256)) {
        st = steppe_no_memory(ctx);
        goto done;
    }
    const size_t good = table_utf8_length((const unsigned char *)t->bytes, len);
    if (good < len) {
        int64_t line = 1;
        for (size_t i = 0; i < good; i++) line += t->bytes[i] == '\n';
        steppe_fault(ctx, "%s:%lld:1: found byte 0x%02x, expected UTF-8 text", path,
                     (long long)line, (unsigned)(unsigned char)t->bytes[good]);
        st = STEPPE_BAD_INPUT;
        goto done;
    }
    st = split_records(ctx, t, len);
    if (st != STEPPE_OK) goto done;
    check_header(ctx, t);
done:
    if (st != STEPPE_OK) {
        table_free(t);
        t = NULL;
    }
    *out = t;
    return st;
}

steppe_status table_read_optional(steppe_ctx *ctx, const char *folder, const char *name,
                                  table **out)
{
    *out = NULL;
    text path = {0};
    steppe_status st = STEPPE_OK;
    text_addf(&path, "%s/%s.csv", folder, name);
    if (!path.failed && access(path.data, F_OK) != 0) text_add(&path, ".gz");
    if (path.failed)
        st = steppe_no_memory(ctx);
    else if (access(path.data, F_OK) == 0)
        st = table_read(ctx, path.data, name, out);
    text_free(&path);
    return st;
}

/* ---- editing ---------------------------------------------------------------------------- */

steppe_status table_copy(steppe_ctx *ctx, const table *from, table **out)
{
    *out = NULL;
    table *t = MEM_ZERO(table, 1);
    if (!t) return steppe_no_memory(ctx);
    const size_t cells = (size_t)(from->rows * from->cols);
    t->cols = from->cols;
    t->rows = from->rows;
    memcpy(t->sha256, from->sha256, sizeof t->sha256);
    t->name = mem_copy_text(from->name);
    t->path = mem_copy_text(from->path);
    t->cell = MEM_NEW(const char *, cells);
    t->head = MEM_NEW(const char *, from->cols);
    t->used = MEM_ZERO(char, from->cols);
    t->file_row = MEM_NEW(int64_t, from->rows);
    if (from->absent) t->absent = MEM_NEW(char, from->rows);
    if (!t->name || !t->path || !t->cell || !t->head || !t->used || !t->file_row ||
        (from->absent && !t->absent)) {
        table_free(t);
        return steppe_no_memory(ctx);
    }
    memcpy(t->cell, from->cell, cells * sizeof *t->cell);
    memcpy(t->head, from->head, (size_t)from->cols * sizeof *t->head);
    for (int64_t i = 0; i < t->rows; i++) t->file_row[i] = table_row_number(from, i);
    if (t->absent) memcpy(t->absent, from->absent, (size_t)t->rows);
    *out = t;
    return STEPPE_OK;
}

int table_column(const table *t, const char *name)
{
    for (int c = 0; t && c < t->cols; c++)
        if (strcmp(t->head[c], name) == 0) return c;
    return -1;
}

int64_t table_row_number(const table *t, int64_t row)
{
    return t->file_row[row];
}

static const char *own_text(table *t, const char *value)
{
    char **edits = mem_resize(t->edits, (size_t)t->edit_count + 1, sizeof *edits);
    if (!edits) return NULL;
    t->edits = edits;
    char *copy = mem_copy_text(value);
    if (copy) t->edits[t->edit_count++] = copy;
    return copy;
}

steppe_status table_own(steppe_ctx *ctx, table *t, const char *value, const char **out)
{
    *out = own_text(t, value);
    return *out ? STEPPE_OK : steppe_no_memory(ctx);
}

steppe_status table_set(steppe_ctx *ctx, table *t, int64_t row, int col, const char *value)
{
    const char *copy = own_text(t, value);
    if (!copy) return steppe_no_memory(ctx);
    t->cell[row * t->cols + col] = copy;
    return STEPPE_OK;
}

steppe_status table_add_column(steppe_ctx *ctx, table *t, const char *name, int *col)
{
    const char *copy = own_text(t, name);
    const int cols = t->cols + 1;
    const char **cell = MEM_NEW(const char *, t->rows *cols);
    const char **head = mem_resize(t->head, (size_t)cols, sizeof *head);
    if (head) t->head = head;
    char *used = mem_resize(t->used, (size_t)cols, 1);
    if (used) t->used = used;
    if (!copy || !cell || !head || !used) {
        mem_free(cell);
        return steppe_no_memory(ctx);
    }
    for (int64_t i = 0; i < t->rows; i++) {
        memcpy(cell + i * cols, t->cell + i * t->cols, (size_t)t->cols * sizeof *cell);
        cell[i * cols + t->cols] = "";
    }
    mem_free(t->cell);
    t->cell = cell;
    t->head[t->cols] = copy;
    t->used[t->cols] = 0;
    *col = t->cols;
    t->cols = cols;
    return STEPPE_OK;
}

steppe_status table_add_row(steppe_ctx *ctx, table *t, int64_t change_row)
{
    const char **cell = mem_resize(t->cell, (size_t)((t->rows + 1) * t->cols), sizeof *cell);
    if (cell) t->cell = cell;
    int64_t *file_row = mem_resize(t->file_row, (size_t)t->rows + 1, sizeof *file_row);
    if (file_row) t->file_row = file_row;
    char *absent = t->absent ? mem_resize(t->absent, (size_t)t->rows + 1, 1) : NULL;
    if (absent) t->absent = absent;
    if (!cell || !file_row || (t->absent && !absent)) return steppe_no_memory(ctx);
    if (absent) absent[t->rows] = 0;
    for (int c = 0; c < t->cols; c++) t->cell[t->rows * t->cols + c] = "";
    t->file_row[t->rows++] = -change_row;
    return STEPPE_OK;
}

void table_remove_rows(table *t, const char *keep)
{
    int64_t to = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        if (!keep[i]) continue;
        memmove(t->cell + to * t->cols, t->cell + i * t->cols,
                (size_t)t->cols * sizeof *t->cell);
        t->file_row[to] = t->file_row[i];
        if (t->absent) t->absent[to] = t->absent[i];
        to++;
    }
    t->rows = to;
}

steppe_status table_set_absent(steppe_ctx *ctx, table *t, int64_t row)
{
    if (!t->absent) t->absent = MEM_ZERO(char, t->rows);
    if (!t->absent) return steppe_no_memory(ctx);
    t->absent[row] = 1;
    return STEPPE_OK;
}

void table_free(table *t)
{
    if (!t) return;
    for (int64_t i = 0; i < t->edit_count; i++) mem_free(t->edits[i]);
    mem_free(t->edits);
    mem_free(t->name);
    mem_free(t->path);
    mem_free(t->bytes);
    mem_free(t->cell);
    mem_free(t->head);
    mem_free(t->file_row);
    mem_free(t->used);
    mem_free(t->absent);
    mem_free(t);
}
