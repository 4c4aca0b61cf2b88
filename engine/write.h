/* Files out: everything goes to a temporary name first and is renamed when it is whole. */
#ifndef STEPPE_WRITE_H
#define STEPPE_WRITE_H

#include "model.h"

/* text -> path, gzip when the name ends in .gz. Whole or absent; IO names the file and the
 * reason. */
steppe_status write_file(steppe_ctx *ctx, const char *path, const text *content);
steppe_status write_model(steppe_ctx *ctx, const model *md, const char *path);

/* A folder that appears under its name only when write_folder_commit succeeds. */
typedef struct {
    steppe_ctx *ctx;
    char *final, *temporary;
} write_folder;
/* IO when `dir` is there and is no result folder (it has no result.json). */
steppe_status write_folder_begin(steppe_ctx *ctx, const char *dir, write_folder *out);
/* Removes an earlier result; OK where there is none. */
steppe_status write_folder_remove(steppe_ctx *ctx, const char *dir);
steppe_status write_folder_add(write_folder *f, const char *name, const text *content);
steppe_status write_folder_commit(write_folder *f);
void write_folder_abandon(write_folder *f); /* after begin, whether committed or not */

#endif
