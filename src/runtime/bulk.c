/* bulk.c: memory.fill, memory.copy and the writing of data segments.
 *
 * Core specification, section 4.4.7; threads proposal, relaxed.rst: these instructions access the
 * bytes of a shared memory one by one and without order, so they may race with other agents. There
 * they are loops of the plain accesses of access.h, in words where that is possible; an unshared
 * memory belongs to one thread and is left to the C library. */
#include <string.h>

#include "runtime/access.h"
#include "runtime/memory.h"

enum { WORD = sizeof(uint64_t) };

static bool in_bounds(const hd_memory *memory, uint64_t at, uint64_t count) {
    uint64_t end;
    return !__builtin_add_overflow(at, count, &end) && end <= atomic_load(&memory->length);
}

hd_trapcode hd_memory_check(const hd_memory *memory, uint64_t at, uint64_t count) {
    return in_bounds(memory, at, count) ? HD_TRAP_NONE : HD_TRAP_MEMORY_OOB;
}

static void fill_shared(uint8_t *to, uint8_t value, size_t count) {
    uint64_t word = value * UINT64_C(0x0101010101010101);
    for (; count > 0 && (uintptr_t)to % WORD; count--)
        hd_store_u8(to++, value);
    for (; count >= WORD; count -= WORD, to += WORD)
        hd_store_u64(to, word);
    for (; count > 0; count--)
        hd_store_u8(to++, value);
}

/* Copies from the lowest address on: right if `to` is below `from`, or they do not overlap. A word
 * is read whole before any byte of it is overwritten, so the distance may be less than a word. */
static void copy_up(uint8_t *to, const uint8_t *from, size_t count) {
    for (; count > 0 && (uintptr_t)to % WORD; count--)
        hd_store_u8(to++, hd_load_u8(from++));
    for (; count >= WORD; count -= WORD, to += WORD, from += WORD)
        hd_store_u64(to, hd_load_u64(from));
    for (; count > 0; count--)
        hd_store_u8(to++, hd_load_u8(from++));
}

/* Copies from the highest address down: right if `to` is above `from`. */
static void copy_down(uint8_t *to, const uint8_t *from, size_t count) {
    to += count;
    from += count;
    for (; count > 0 && (uintptr_t)to % WORD; count--)
        hd_store_u8(--to, hd_load_u8(--from));
    for (; count >= WORD; count -= WORD) {
        to -= WORD;
        from -= WORD;
        hd_store_u64(to, hd_load_u64(from));
    }
    for (; count > 0; count--)
        hd_store_u8(--to, hd_load_u8(--from));
}

hd_trapcode hd_memory_fill(hd_memory *memory, uint64_t to, uint8_t value, uint64_t count) {
    if (!in_bounds(memory, to, count)) return HD_TRAP_MEMORY_OOB;
    if (memory->undo) hd_memory_save_blocks(memory, to, count);
    if (memory->type.shared)
        fill_shared(memory->base + to, value, count);
    else
        memset(memory->base + to, value, count);
    return HD_TRAP_NONE;
}

hd_trapcode hd_memory_copy(hd_memory *to_memory, hd_memory *from_memory, uint64_t to, uint64_t from,
                           uint64_t count) {
    if (!in_bounds(to_memory, to, count) || !in_bounds(from_memory, from, count))
        return HD_TRAP_MEMORY_OOB;
    if (to_memory->undo) hd_memory_save_blocks(to_memory, to, count);
    uint8_t *target = to_memory->base + to;
    const uint8_t *source = from_memory->base + from;
    if (!to_memory->type.shared && !from_memory->type.shared)
        memmove(target, source, count);
    else if ((uintptr_t)target - (uintptr_t)source >= count) /* wraps if the target is below */
        copy_up(target, source, count);
    else
        copy_down(target, source, count);
    return HD_TRAP_NONE;
}

void hd_memory_write(hd_memory *memory, uint64_t to, const void *bytes, size_t count) {
    if (count == 0) return;
    if (memory->undo) hd_memory_save_blocks(memory, to, count);
    if (memory->type.shared)
        copy_up(memory->base + to, bytes, count);
    else
        memcpy(memory->base + to, bytes, count);
}

void hd_memory_read(hd_memory *memory, uint64_t from, void *bytes, size_t count) {
    if (count == 0) return;
    if (memory->type.shared)
        copy_up(bytes, memory->base + from, count);
    else
        memcpy(bytes, memory->base + from, count);
}
