/* arena.c: chunked bump allocation over the one allocator. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20, ALIGNMENT = 16 };

typedef struct hd_arena_chunk {
    struct hd_arena_chunk *next;
    size_t used, capacity;
    _Alignas(ALIGNMENT) unsigned char data[];
} hd_arena_chunk;

static hd_arena_chunk *add_chunk(hd_arena *arena, size_t needed) {
    hd_arena_chunk *spare = arena->spare;
    if (spare && spare->capacity >= needed) {
        arena->spare = spare->next;
        spare->next = arena->chunks;
        arena->chunks = spare;
        return spare;
    }
    size_t capacity = arena->chunks ? arena->chunks->capacity * 2 : FIRST_CHUNK;
    if (capacity > LARGEST_CHUNK) capacity = LARGEST_CHUNK;
    if (capacity < needed) capacity = needed;
    if (capacity > SIZE_MAX - sizeof(hd_arena_chunk)) return NULL;
    /* Zeroed by the allocator: large chunks then cost nothing until they are touched. */
    hd_arena_chunk *chunk = hd_calloc(1, sizeof(hd_arena_chunk) + capacity);
    if (!chunk) return NULL;
    chunk->capacity = capacity;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk;
}

void *hd_arena_alloc(hd_arena *arena, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT) return NULL;
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    hd_arena_chunk *chunk = arena->chunks;
    if (!chunk || chunk->capacity - chunk->used < bytes) {
        chunk = add_chunk(arena, bytes);
        if (!chunk) return NULL;
    }
    void *block = chunk->data + chunk->used;
    chunk->used += bytes;
    return block;
}

char *hd_arena_strndup(hd_arena *arena, const char *text, size_t length) {
    char *copy = length < SIZE_MAX ? hd_arena_alloc(arena, length + 1, 1) : NULL;
    if (copy && length) memcpy(copy, text, length);
    return copy;
}

void hd_arena_move(hd_arena *arena, hd_arena *from) {
    hd_arena_chunk **last = &arena->chunks;
    while (*last)
        last = &(*last)->next;
    *last = from->chunks;
    from->chunks = NULL;
}

hd_arena_place hd_arena_mark(const hd_arena *arena) {
    hd_arena_chunk *chunk = arena->chunks;
    return (hd_arena_place){chunk, chunk ? chunk->used : 0};
}

static void clear(hd_arena_chunk *chunk, size_t from) {
    memset(chunk->data + from, 0, chunk->used - from);
    chunk->used = from;
}

void hd_arena_release(hd_arena *arena, hd_arena_place place) {
    while (arena->chunks != place.chunk) {
        hd_arena_chunk *chunk = arena->chunks;
        arena->chunks = chunk->next;
        clear(chunk, 0);
        chunk->next = arena->spare;
        arena->spare = chunk;
    }
    if (place.chunk) clear(place.chunk, place.used);
}

static void free_chunks(hd_arena_chunk *chunk) {
    while (chunk) {
        hd_arena_chunk *next = chunk->next;
        hd_free(chunk);
        chunk = next;
    }
}

void hd_arena_free(hd_arena *arena) {
    free_chunks(arena->chunks);
    free_chunks(arena->spare);
    arena->chunks = arena->spare = NULL;
}
