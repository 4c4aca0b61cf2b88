#include "mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef STEPPE_MEM_COUNT
/* Only the test build counts; the library itself has no mutable globals. */
#include <stdatomic.h>
static atomic_long fail_in = -1;
static atomic_long live_blocks;

void mem_fail_after(long k)
{
    atomic_store(&fail_in, k);
}

long mem_live(void)
{
    return atomic_load(&live_blocks);
}

static int refuse(void)
{
    long k = atomic_load(&fail_in);
    if (k < 0) return 0;
    if (k == 0) return 1;
    atomic_store(&fail_in, k - 1);
    return 0;
}

#define COUNT(d) atomic_fetch_add(&live_blocks, (d))
#else
#define refuse() 0
#define COUNT(d) ((void)0)
#endif

static int overflows(size_t count, size_t size)
{
    return size != 0 && count > SIZE_MAX / size;
}

void *mem_alloc(size_t count, size_t size)
{
    if (overflows(count, size) || refuse()) return NULL;
    void *block = malloc(count * size > 0 ? count * size : 1);
    if (block) COUNT(1);
    return block;
}

void *mem_zalloc(size_t count, size_t size)
{
    if (overflows(count, size) || refuse()) return NULL;
    void *block = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (block) COUNT(1);
    return block;
}

void *mem_resize(void *block, size_t count, size_t size)
{
    if (overflows(count, size) || refuse()) return NULL;
    void *moved = realloc(block, count * size > 0 ? count * size : 1);
    if (moved && !block) COUNT(1);
    return moved;
}

char *mem_copy_text(const char *text)
{
    const size_t len = strlen(text) + 1;
    char *copy = mem_alloc(len, 1);
    if (copy) memcpy(copy, text, len);
    return copy;
}

void mem_free(void *block)
{
    if (block) COUNT(-1);
    free(block);
}
