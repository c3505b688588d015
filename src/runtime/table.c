/* table.c: growth of tables and the bulk instructions on them.
 *
 * Core specification, "Growing tables" (section 4.5.3) and "Table Instructions" (section 4.4.6). A
 * table belongs to one store and so to one thread: nothing here is atomic. */
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "runtime/store.h"

/* Elements that are taken back at once. */
typedef struct overwritten {
    uint64_t at, count;
    const void *elements[32];
} overwritten;

static void restore(void *context, const void *data) {
    hd_table *table = context;
    const overwritten *o = data;
    memcpy(table->elements + o->at, o->elements, o->count * sizeof *o->elements);
}

void hd_table_save(hd_table *table, uint64_t at, uint64_t count) {
    enum { MOST = sizeof(((overwritten *)0)->elements) / sizeof(void *) };
    while (table->undo && count > 0) {
        overwritten o = {.at = at, .count = count < MOST ? count : MOST};
        memcpy(o.elements, table->elements + at, o.count * sizeof *o.elements);
        hd_undo_leave(table->undo, restore, table, &o,
                      offsetof(overwritten, elements) + o.count * sizeof *o.elements);
        at += o.count;
        count -= o.count;
    }
}

/* Makes room for `size` elements; the capacity at least doubles, so that growing one by one costs
 * O(n). */
static bool reserve(hd_table *table, uint64_t size) {
    if (size <= table->capacity) return true;
    uint64_t capacity = table->capacity * 2;
    if (capacity < size) capacity = size;
    const void **elements = hd_calloc(capacity, sizeof *elements);
    if (!elements) return false;
    if (table->size > 0) memcpy(elements, table->elements, table->size * sizeof *elements);
    hd_free(table->elements);
    table->elements = elements;
    table->capacity = capacity;
    return true;
}

uint64_t hd_table_grow(hd_table *table, uint64_t delta, const void *init) {
    const hd_limits *limits = &table->type.limits;
    uint64_t old = table->size;
    if (delta > HD_MAX_TABLE_SIZE - old) return UINT64_MAX;
    uint64_t size = old + delta;
    if ((limits->has_max && size > limits->max) || !reserve(table, size)) return UINT64_MAX;
    HD_UNDO_SAVE(table->undo, table->size);
    table->size = size;
    hd_table_fill(table, old, init, delta);
    return old;
}

static bool in_bounds(uint64_t size, uint64_t at, uint64_t count) {
    return at <= size && count <= size - at;
}

hd_trapcode hd_table_init(hd_table *table, const hd_elem *elem, uint64_t to, uint32_t from,
                          uint32_t count) {
    if (!in_bounds(elem->count, from, count) || !in_bounds(table->size, to, count))
        return HD_TRAP_TABLE_OOB;
    hd_table_save(table, to, count);
    if (count > 0) memcpy(table->elements + to, elem->refs + from, count * sizeof *elem->refs);
    return HD_TRAP_NONE;
}

hd_trapcode hd_table_copy(hd_table *to_table, const hd_table *from_table, uint64_t to,
                          uint64_t from, uint64_t count) {
    if (!in_bounds(from_table->size, from, count) || !in_bounds(to_table->size, to, count))
        return HD_TRAP_TABLE_OOB;
    hd_table_save(to_table, to, count);
    if (count > 0)
        memmove(to_table->elements + to, from_table->elements + from,
                count * sizeof *to_table->elements);
    return HD_TRAP_NONE;
}

hd_trapcode hd_table_fill(hd_table *table, uint64_t to, const void *value, uint64_t count) {
    if (!in_bounds(table->size, to, count)) return HD_TRAP_TABLE_OOB;
    hd_table_save(table, to, count);
    for (uint64_t i = 0; i < count; i++)
        table->elements[to + i] = value;
    return HD_TRAP_NONE;
}
