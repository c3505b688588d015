/* alloc.c: the one allocator, with its failure switch. */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Requests left before they fail; 0 means never. Relaxed: tests set it while one thread runs. */
static _Atomic uint64_t fail_countdown;

static _Atomic uint64_t failures;

static bool must_fail(void) {
    uint64_t left = atomic_load_explicit(&fail_countdown, memory_order_relaxed);
    if (left == 0) return false;
    if (left == 1) return true;
    atomic_store_explicit(&fail_countdown, left - 1, memory_order_relaxed);
    return false;
}

void hd_alloc_fail_after(uint64_t n) {
    atomic_store_explicit(&fail_countdown, n, memory_order_relaxed);
}

uint64_t hd_alloc_failures(void) {
    return atomic_load_explicit(&failures, memory_order_relaxed);
}

void hd_alloc_note_failure(void) {
    atomic_fetch_add_explicit(&failures, 1, memory_order_relaxed);
}

/* What a request came to. */
static void *noted(void *block) {
    if (!block) hd_alloc_note_failure();
    return block;
}

void *hd_alloc(size_t size) {
    return noted(must_fail() ? NULL : malloc(size ? size : 1));
}

void *hd_calloc(size_t count, size_t size) {
    return noted(must_fail() ? NULL : calloc(count ? count : 1, size ? size : 1));
}

void *hd_realloc(void *block, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || must_fail()) return noted(NULL);
    return noted(realloc(block, bytes ? bytes : 1));
}

char *hd_strndup(const char *text, size_t length) {
    char *copy = length < SIZE_MAX ? hd_alloc(length + 1) : NULL;
    if (!copy) return NULL;
    if (length) memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void hd_free(void *block) {
    free(block);
}
