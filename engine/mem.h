/* The heap of the library. Everything that Steppe allocates goes through these calls, so that a
 * test can make the k-th allocation fail and count what is still live afterwards. */
#ifndef STEPPE_MEM_H
#define STEPPE_MEM_H

#include <stddef.h>

/* NULL when there is no memory, or when count * size overflows. Zero counts give a valid block.
 */
void *mem_alloc(size_t count, size_t size);
void *mem_zalloc(size_t count, size_t size); /* the same, zeroed */
/* Like realloc: on failure the old block stays valid and NULL is returned. */
void *mem_resize(void *block, size_t count, size_t size);
char *mem_copy_text(const char *text);
void mem_free(void *block);

/* steppe_huge_pages */
void mem_huge_pages(void);
/* After it, for a solver that solves again: what is freed comes again, and is kept. Touching it anew would take a tenth of a scenario. */
void mem_keep_blocks(void);

#define MEM_NEW(type, count) ((type *)mem_alloc((size_t)(count), sizeof(type)))
#define MEM_ZERO(type, count) ((type *)mem_zalloc((size_t)(count), sizeof(type)))

#ifdef STEPPE_MEM_COUNT
void mem_fail_after(long k); /* k allocations succeed, the next one fails; < 0: never fail */
long mem_live(void);         /* blocks allocated and not yet freed */
#endif

#endif
