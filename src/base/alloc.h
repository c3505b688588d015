/* alloc.h: the one allocator behind everything.
 *
 * Every block Heddle owns comes from here, so that a test can make the n-th request fail and see
 * that the failure is answered with an error, not a crash. Thread-safe, like malloc. */
#ifndef HD_BASE_ALLOC_H
#define HD_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns `size` uninitialised bytes, or NULL when memory is out. Free with hd_free. */
void *hd_alloc(size_t size);

/* Returns an array of `count` zeroed elements of `size` bytes, or NULL when memory is out or the
 * product overflows. Free with hd_free. */
void *hd_calloc(size_t count, size_t size);

/* Resizes a block to `count` elements of `size` bytes as realloc does; on failure returns NULL and
 * leaves `block` as it was. */
void *hd_realloc(void *block, size_t count, size_t size);

/* Returns a copy of the first `length` bytes of `text`, NUL-terminated, or NULL. */
char *hd_strndup(const char *text, size_t length);

/* Releases a block of this allocator; NULL is ignored. */
void hd_free(void *block);

/* How often memory was out: requests that were refused, and calls of hd_alloc_note_failure, which
 * is for other allocators. While the number stays the same, nothing is missing for lack of memory.
 */
uint64_t hd_alloc_failures(void);
void hd_alloc_note_failure(void);

/* Makes the n-th following request fail (1 is the next one), and every one after it; 0 turns the
 * failures off. For tests; not thread-safe against running agents. */
void hd_alloc_fail_after(uint64_t n);

#endif
