/* exception.c: the exceptions of a store. See exception.h. */
#include "runtime/exception.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* The upper half of a cell that refers to an exception: unlikely in cells that do not. */
#define EXCEPTION UINT64_C(0xE8CE971000000000)
#define NUMBER UINT64_C(0xFFFFFFFF)

enum { FIRST_THRESHOLD = 64 };

uint64_t hd_exception_cell(size_t number) {
    return EXCEPTION | number;
}

size_t hd_exception_number(uint64_t cell) {
    return (cell & ~NUMBER) == EXCEPTION ? (size_t)(cell & NUMBER) : SIZE_MAX;
}

const hd_exception *hd_store_exception(const hd_store *store, uint64_t cell) {
    const hd_exceptions *all = hd_store_exceptions((hd_store *)store);
    size_t number = hd_exception_number(cell);
    return number < all->items.len ? &all->items.items[number] : NULL;
}

/* A free place, the first one; SIZE_MAX when memory is out. */
static size_t take_place(hd_exceptions *all) {
    while (all->first_free < all->items.len && all->items.items[all->first_free].tag)
        all->first_free++;
    if (all->first_free < all->items.len) return all->first_free;
    if (all->items.len == NUMBER || !hd_vec_push(&all->items, (hd_exception){0})) return SIZE_MAX;
    return all->items.len - 1;
}

/* The latest exception is taken back: nothing was reclaimed since it was made. */
static void take_back(void *context, const void *data) {
    hd_exceptions *all = context;
    size_t place;
    memcpy(&place, data, sizeof place);
    hd_free(all->items.items[place].values);
    all->items.items[place] = (hd_exception){0};
    all->live--;
    if (place < all->first_free) all->first_free = place;
    if (place + 1 == all->items.len) all->items.len--;
}

uint64_t hd_store_new_exception(hd_store *store, const hd_tag *tag, const hd_slot *values,
                                const hd_func *func, uint32_t offset) {
    hd_exceptions *all = hd_store_exceptions(store);
    uint32_t slots = tag->type->param_slots;
    size_t place = take_place(all);
    hd_slot *copy = hd_calloc(slots, sizeof *copy);
    if (place == SIZE_MAX || !copy) {
        hd_free(copy);
        return 0;
    }
    if (slots > 0) memcpy(copy, values, slots * sizeof *copy);
    hd_undo_leave(hd_store_get_log(store), take_back, all, &place, sizeof place);
    all->items.items[place] = (hd_exception){tag, copy, func, offset, false};
    all->live++;
    return hd_exception_cell(place);
}

void hd_exception_values_text(const hd_exception *e, char *buffer, size_t size) {
    const hd_functype *type = e->tag->type;
    const hd_slot *cell = e->values;
    size_t used = 0;
    buffer[0] = '\0';
    for (uint32_t i = 0; i < type->param_count && used < size - 1; i++) {
        hd_valtype t = type->params[i];
        const char *before = i == 0 ? " (" : ", ", *after = i + 1 == type->param_count ? ")" : "";
        int wrote;
        if (t == HD_I32)
            wrote = snprintf(buffer + used, size - used, "%si32 %d%s", before, (int32_t)cell->i32,
                             after);
        else if (t == HD_I64)
            wrote = snprintf(buffer + used, size - used, "%si64 %lld%s", before,
                             (long long)cell->i64, after);
        else if (t == HD_F32)
            wrote = snprintf(buffer + used, size - used, "%sf32 %.9g%s", before, (double)cell->f32,
                             after);
        else if (t == HD_F64)
            wrote = snprintf(buffer + used, size - used, "%sf64 %.17g%s", before, cell->f64, after);
        else
            wrote =
                snprintf(buffer + used, size - used, "%s%s%s", before, hd_valtype_name(t), after);
        used += (size_t)wrote;
        cell += hd_slots_of(t);
    }
}

bool hd_store_has_garbage(const hd_store *store) {
    const hd_exceptions *all = hd_store_exceptions((hd_store *)store);
    size_t threshold = all->threshold ? all->threshold : FIRST_THRESHOLD;
    return !all->kept && all->live >= threshold;
}

/* Marks the exception that a cell may refer to; true if it was there and not marked. */
static bool mark(hd_exceptions *all, uint64_t cell) {
    size_t number = hd_exception_number(cell);
    if (number >= all->items.len) return false;
    hd_exception *e = &all->items.items[number];
    if (!e->tag || e->marked) return false;
    return e->marked = true;
}

/* Marks what marked exceptions refer to, as long as that finds more. */
static void mark_values(hd_exceptions *all) {
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < all->items.len; i++) {
            const hd_exception *e = &all->items.items[i];
            if (!e->marked) continue;
            for (uint32_t k = 0; k < e->tag->type->param_slots; k++)
                more |= mark(all, e->values[k].i64);
        }
    }
}

void hd_store_mark(hd_store *store, const hd_slot *cells, size_t count) {
    hd_exceptions *all = hd_store_exceptions(store);
    for (size_t i = 0; i < count; i++)
        mark(all, cells[i].i64);
}

void hd_store_sweep(hd_store *store) {
    hd_exceptions *all = hd_store_exceptions(store);
    hd_store_mark_own(store);
    mark_values(all);
    for (size_t i = 0; i < all->items.len; i++) {
        hd_exception *e = &all->items.items[i];
        if (e->tag && !e->marked) {
            hd_free(e->values);
            *e = (hd_exception){0};
            all->live--;
            if (i < all->first_free) all->first_free = i;
        }
        e->marked = false;
    }
    /* So that a search costs each new exception a constant. */
    all->threshold = all->live < FIRST_THRESHOLD / 2 ? FIRST_THRESHOLD : 2 * all->live;
}

void hd_store_keep_exceptions(hd_store *store, bool kept) {
    hd_store_exceptions(store)->kept = kept;
}

uint64_t hd_exceptions_fingerprint(const hd_exceptions *all, uint64_t hash) {
    for (size_t i = 0; i < all->items.len; i++) {
        const hd_exception *e = &all->items.items[i];
        if (!e->tag) continue;
        hash = (hash ^ i ^ (uintptr_t)e->tag) * 0xD6E8FEB86659FD93;
        for (uint32_t k = 0; k < e->tag->type->param_slots; k++)
            hash = (hash ^ hash >> 32 ^ e->values[k].i64) * 0xD6E8FEB86659FD93;
    }
    return hash;
}

bool hd_exceptions_add_state(const hd_exceptions *all, hd_bytes *to) {
    for (size_t i = 0; i < all->items.len; i++) {
        const hd_exception *e = &all->items.items[i];
        if (!e->tag) continue;
        if (!hd_bytes_add(to, &i, sizeof i) || !hd_bytes_add(to, &e->tag, sizeof e->tag) ||
            !hd_bytes_add(to, e->values, e->tag->type->param_slots * sizeof *e->values))
            return false;
    }
    return hd_bytes_add(to, &all->live, sizeof all->live);
}

void hd_exceptions_free(hd_exceptions *all) {
    for (size_t i = 0; i < all->items.len; i++)
        hd_free(all->items.items[i].values);
    hd_vec_free(&all->items);
}
