#include "write.h"

#include "table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static bool ends_with(const char *s, const char *tail)
{
    const size_t n = strlen(s), t = strlen(tail);
    return n >= t && strcmp(s + n - t, tail) == 0;
}

static steppe_status io_error(steppe_ctx *ctx, const char *path, const char *what)
{
    return steppe_fail(ctx, STEPPE_IO, "%s: cannot %s: %s", path, what,
                       errno ? strerror(errno) : "the file is damaged");
}

/* Writes all bytes or says why not: a full disk shows at write, at fsync or at close. */
static steppe_status put_plain(steppe_ctx *ctx, const char *path, const char *data, size_t len)
{
    errno = 0;
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return io_error(ctx, path, "create");
    while (len > 0) {
        const ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            const steppe_status st = io_error(ctx, path, "write");
            close(fd);
            return st;
        }
        data += n;
        len -= (size_t)n;
    }
    if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS) {
        const steppe_status st = io_error(ctx, path, "write");
        close(fd);
        return st;
    }
    return close(fd) == 0 ? STEPPE_OK : io_error(ctx, path, "write");
}

/* gzip in memory, with no time stamp in it: same content, same bytes */
static steppe_status compress_text(steppe_ctx *ctx, const text *content, text *out)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return steppe_no_memory(ctx);
    unsigned char buffer[1 << 16];
    const char *from = content->data ? content->data : "";
    size_t left = content->len;
    int code = Z_OK;
    while (code != Z_STREAM_END) {
        if (z.avail_in == 0 && left > 0) {
            z.next_in = (unsigned char *)(uintptr_t)from;
            z.avail_in = left > (1u << 30) ? 1u << 30 : (unsigned)left;
            from += z.avail_in;
            left -= z.avail_in;
        }
        z.next_out = buffer;
        z.avail_out = sizeof buffer;
        code = deflate(&z, left > 0 ? Z_NO_FLUSH : Z_FINISH);
        text_add_bytes(out, (const char *)buffer, sizeof buffer - z.avail_out);
    }
    deflateEnd(&z);
    return out->failed ? steppe_no_memory(ctx) : STEPPE_OK;
}

steppe_status write_file(steppe_ctx *ctx, const char *path, const text *content)
{
    if (content->failed) return steppe_no_memory(ctx);
    text temporary = {0}, packed = {0};
    steppe_status st = STEPPE_OK;
    text_addf(&temporary, "%s.part-%ld", path, (long)getpid());
    if (temporary.failed) {
        text_free(&temporary);
        return steppe_no_memory(ctx);
    }
    const text *put = content;
    if (ends_with(path, ".gz")) {
        st = compress_text(ctx, content, &packed);
        put = &packed;
    }
    if (st == STEPPE_OK)
        st = put_plain(ctx, temporary.data, put->data ? put->data : "", put->len);
    if (st == STEPPE_OK && rename(temporary.data, path) != 0)
        st = io_error(ctx, path, "rename to");
    if (st != STEPPE_OK) unlink(temporary.data);
    text_free(&temporary);
    text_free(&packed);
    return st;
}

/* ---- folders ------------------------------------------------------------------------- */

static void remove_folder(const char *path)
{
    DIR *d = opendir(path);
    if (!d) return;
    for (struct dirent *e; (e = readdir(d));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    rmdir(path);
}

static bool is_result_file(const char *name)
{
    return ends_with(name, ".csv") || ends_with(name, ".json") || ends_with(name, ".geojson");
}

/* Only a real folder that holds result.json of ours and nothing but such files may be replaced. */
static steppe_status check_replaceable(steppe_ctx *ctx, const char *dir)
{
    struct stat info;
    text path = {0};
    char *bytes = NULL, found[300] = "no result.json of Steppe";
    size_t len = 0;
    static const char mark[] = "{\n  \"steppe\": ";
    bool ours = lstat(dir, &info) == 0 && S_ISDIR(info.st_mode);
    if (!ours) snprintf(found, sizeof found, "something that is no folder");
    steppe_ctx quiet = *ctx;
    quiet.set.log = NULL;
    text_addf(&path, "%s/result.json", dir);
    if (path.failed) {
        text_free(&path);
        return steppe_no_memory(ctx);
    }
    const steppe_status got = ours ? file_read(&quiet, path.data, &bytes, &len) : STEPPE_OK;
    ours = ours && got == STEPPE_OK && len >= sizeof mark - 1 &&
           memcmp(bytes, mark, sizeof mark - 1) == 0;
    mem_free(bytes);
    text_free(&path);
    if (got == STEPPE_NO_MEMORY) return steppe_no_memory(ctx);
    DIR *d = ours ? opendir(dir) : NULL;
    for (struct dirent *e; d && ours && (e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        ours = fstatat(dirfd(d), e->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
               S_ISREG(info.st_mode) && is_result_file(e->d_name);
        if (!ours) snprintf(found, sizeof found, "'%.200s' in it", e->d_name);
    }
    if (d) closedir(d);
    return ours
               ? STEPPE_OK
               : steppe_fail(ctx, STEPPE_IO,
                             "%s: found %s, expected a new name, or a result folder to replace",
                             dir, found);
}

steppe_status write_folder_remove(steppe_ctx *ctx, const char *dir)
{
    struct stat info;
    if (lstat(dir, &info) != 0) return STEPPE_OK;
    STEPPE_TRY(check_replaceable(ctx, dir));
    remove_folder(dir);
    return STEPPE_OK;
}

steppe_status write_folder_begin(steppe_ctx *ctx, const char *dir, write_folder *out)
{
    *out = (write_folder){ctx, mem_copy_text(dir), NULL};
    if (!out->final) return steppe_no_memory(ctx);
    size_t n = strlen(out->final);
    while (n > 1 && out->final[n - 1] == '/') out->final[--n] = '\0';
    struct stat info;
    text name = {0};
    steppe_status st = STEPPE_OK;
    if (lstat(out->final, &info) == 0) st = check_replaceable(ctx, out->final);
    text_addf(&name, "%s.part-%ld", out->final, (long)getpid());
    if (name.failed && st == STEPPE_OK) st = steppe_no_memory(ctx);
    if (st == STEPPE_OK) {
        remove_folder(name.data);
        errno = 0;
        if (mkdir(name.data, 0777) != 0) st = io_error(ctx, name.data, "create");
    }
    if (st == STEPPE_OK) {
        out->temporary = name.data;
        return STEPPE_OK;
    }
    text_free(&name);
    mem_free(out->final);
    out->final = NULL;
    return st;
}

steppe_status write_folder_add(write_folder *f, const char *name, const text *content)
{
    text path = {0};
    text_addf(&path, "%s/%s", f->temporary, name);
    steppe_status st = path.failed || content->failed ? steppe_no_memory(f->ctx) : STEPPE_OK;
    if (st == STEPPE_OK)
        st = put_plain(f->ctx, path.data, content->data ? content->data : "", content->len);
    text_free(&path);
    return st;
}

steppe_status write_folder_commit(write_folder *f)
{
    text old = {0};
    struct stat info;
    steppe_status st = STEPPE_OK;
    text_addf(&old, "%s.old-%ld", f->final, (long)getpid());
    if (old.failed) {
        text_free(&old);
        return steppe_no_memory(f->ctx);
    }
    const bool replace = lstat(f->final, &info) == 0;
    errno = 0;
    if (replace && rename(f->final, old.data) != 0) {
        st = io_error(f->ctx, f->final, "replace");
    } else if (rename(f->temporary, f->final) != 0) {
        st = io_error(f->ctx, f->final, "rename to");
        if (replace && rename(old.data, f->final) != 0)
            st = io_error(f->ctx, old.data, "restore from");
    } else {
        mem_free(f->temporary);
        f->temporary = NULL;
        if (replace) remove_folder(old.data);
    }
    text_free(&old);
    return st;
}

void write_folder_abandon(write_folder *f)
{
    if (f->temporary) remove_folder(f->temporary);
    mem_free(f->temporary);
    mem_free(f->final);
    f->temporary = f->final = NULL;
}
