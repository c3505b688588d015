/* arena.h: many small blocks that are released together.
 *
 * A module, a script or a function's code lives in one arena: built once, read-only afterwards,
 * freed whole. Not thread-safe while it grows. */
#ifndef HD_BASE_ARENA_H
#define HD_BASE_ARENA_H

#include <stddef.h>

typedef struct hd_arena {
    struct hd_arena_chunk *chunks; /* newest first */
    struct hd_arena_chunk *spare;  /* released and zeroed, the next one to be used first */
} hd_arena;

#define HD_ARENA_INIT                                                                              \
    { 0 }

/* Returns `count` zeroed elements of `size` bytes, aligned for any type up to 16 bytes, or NULL
 * when memory is out or the product overflows. Lives until hd_arena_free. */
void *hd_arena_alloc(hd_arena *arena, size_t count, size_t size);

/* Returns a NUL-terminated copy of `length` bytes of `text`, or NULL when memory is out. */
char *hd_arena_strndup(hd_arena *arena, const char *text, size_t length);

/* Moves every block of another arena into this one, and leaves that empty. */
void hd_arena_move(hd_arena *arena, hd_arena *from);

/* A place in the sequence of an arena's blocks, and the release of all blocks behind it. Their
 * memory is kept: whoever allocates the same again gets the same addresses. */
typedef struct hd_arena_place {
    struct hd_arena_chunk *chunk;
    size_t used;
} hd_arena_place;
hd_arena_place hd_arena_mark(const hd_arena *arena);
void hd_arena_release(hd_arena *arena, hd_arena_place place);

/* Releases every block of the arena and leaves it empty. */
void hd_arena_free(hd_arena *arena);

#endif
