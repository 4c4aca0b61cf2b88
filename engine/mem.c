#include "mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#ifdef STEPPE_MEM_COUNT
/* Only the test build counts. */
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

#ifdef __GLIBC__
/* The heap up to here is of huge pages where the kernel has them; 0: nobody asked. The only mutable
 * global of the library, as the heap is one as well. */
static atomic_uintptr_t huge_below;

/* Larger blocks are mapped by themselves, so that the system has them back at once; from mem_keep_blocks on those of LARGEST_KEPT, the most
 * that mallopt takes. */
enum {
    HUGE_PAGE = 2 << 20,
    HEAP_STEP = 32 << 20,
    LARGEST_ON_HEAP = 4 << 20,
    LARGEST_KEPT = 32 << 20,
    KEPT = 1 << 30
};

void mem_huge_pages(void)
{
    if (mallopt(M_ARENA_MAX, 1) && mallopt(M_MMAP_THRESHOLD, LARGEST_ON_HEAP) &&
        mallopt(M_TRIM_THRESHOLD, KEPT) && mallopt(M_TOP_PAD, HEAP_STEP))
        atomic_store(&huge_below, (uintptr_t)sbrk(0));
}

void mem_keep_blocks(void)
{
    if (atomic_load(&huge_below) != 0) mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT);
}

static void mark(uintptr_t from, uintptr_t to)
{
    from = (from + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    to = to / HUGE_PAGE * HUGE_PAGE;
    if (to > from) madvise((void *)from, to - from, MADV_HUGEPAGE);
}

/* A block of its own, or what the heap has grown by, which is by large steps: marked before it is used, but for what malloc itself
 * wrote. */
static void mark_new(void *block, size_t bytes)
{
    uintptr_t known = atomic_load_explicit(&huge_below, memory_order_relaxed);
    if (known == 0) return;
    if (bytes >= LARGEST_ON_HEAP) mark((uintptr_t)block, (uintptr_t)block + bytes);
    const uintptr_t end = (uintptr_t)sbrk(0);
    if (end > known && atomic_compare_exchange_strong(&huge_below, &known, end))
        mark(known, end);
}

/* Under a limit on addresses a step may be too large where the block itself is not. */
static int smaller_steps(void)
{
    return atomic_load(&huge_below) != 0 && mallopt(M_TOP_PAD, 0);
}
#else
void mem_huge_pages(void)
{
}
void mem_keep_blocks(void)
{
}
#define mark_new(block, bytes) ((void)0)
#define smaller_steps() 0
#endif

static void *marked(void *block, size_t bytes)
{
    if (block) mark_new(block, bytes);
    (void)bytes; /* without glibc */
    return block;
}

static int overflows(size_t count, size_t size)
{
    return size != 0 && count > SIZE_MAX / size;
}

void *mem_alloc(size_t count, size_t size)
{
    if (overflows(count, size) || refuse()) return NULL;
    const size_t bytes = count * size > 0 ? count * size : 1;
    void *block = marked(malloc(bytes), bytes);
    if (!block && smaller_steps()) block = malloc(bytes);
    if (block) COUNT(1);
    return block;
}

void *mem_zalloc(size_t count, size_t size)
{
    if (overflows(count, size) || refuse()) return NULL;
    if (count == 0 || size == 0) count = size = 1;
    void *block = marked(calloc(count, size), count * size);
    if (!block && smaller_steps()) block = calloc(count, size);
    if (block) COUNT(1);
    return block;
}

void *mem_resize(void *block, size_t count, size_t size)
{
    if (overflows(count, size) || refuse()) return NULL;
    const size_t bytes = count * size > 0 ? count * size : 1;
    void *moved = marked(realloc(block, bytes), bytes);
    if (!moved && smaller_steps()) moved = realloc(block, bytes);
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
