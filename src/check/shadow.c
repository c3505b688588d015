/* shadow.c: pages, granules and cells. */
#include "check/shadow.h"

#include <string.h>

#include "base/alloc.h"

enum { GRANULES = 32, PAGE_SHIFT = 8, FIRST_ROOM = 64 };

/* 32 granules. The cells of each, 8 >> shift of them of 1 << shift bytes, or NULL. */
typedef struct hd_shadow_page {
    uint64_t number; /* address >> PAGE_SHIFT */
    uint8_t shifts[GRANULES];
    hd_cell *cells[GRANULES];
} page;

/* Blocks within the budget. */

static bool spend(hd_shadow *shadow, size_t bytes) {
    if (*shadow->budget < bytes) return false;
    *shadow->budget -= bytes;
    return true;
}

static void *allocate(hd_shadow *shadow, size_t count, size_t size) {
    if (!spend(shadow, count * size)) return NULL;
    void *block = hd_calloc(count, size);
    if (!block) *shadow->budget += count * size;
    return block;
}

static void release(hd_shadow *shadow, void *block, size_t count, size_t size) {
    if (block) *shadow->budget += count * size;
    hd_free(block);
}

static size_t more_bytes(uint32_t room) {
    return sizeof(hd_accesses) + room * sizeof(hd_access);
}

static page **find_slot(page **pages, size_t room, uint64_t number) {
    size_t i = (size_t)(number * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (room - 1);
    while (pages[i] && pages[i]->number != number)
        i = (i + 1) & (room - 1);
    return &pages[i];
}

static bool grow_table(hd_shadow *shadow) {
    size_t room = shadow->room ? shadow->room * 2 : FIRST_ROOM;
    page **pages = allocate(shadow, room, sizeof(page *));
    if (!pages) return false;
    for (size_t i = 0; i < shadow->room; i++)
        if (shadow->pages[i]) *find_slot(pages, room, shadow->pages[i]->number) = shadow->pages[i];
    release(shadow, shadow->pages, shadow->room, sizeof(page *));
    shadow->pages = pages;
    shadow->room = room;
    return true;
}

static page *find_page(hd_shadow *shadow, uint64_t number) {
    if (shadow->last && shadow->last->number == number) return shadow->last;
    if (shadow->count * 2 >= shadow->room && !grow_table(shadow)) return NULL;
    page **slot = find_slot(shadow->pages, shadow->room, number);
    if (!*slot) {
        *slot = allocate(shadow, 1, sizeof(page));
        if (!*slot) return NULL;
        (*slot)->number = number;
        shadow->count++;
    }
    return shadow->last = *slot;
}

static bool copy_more(hd_shadow *shadow, const hd_cell *from, hd_cell *to) {
    if (!from->more) return true;
    to->more = allocate(shadow, 1, more_bytes(from->more->room));
    if (!to->more) return false;
    memcpy(to->more, from->more, more_bytes(from->more->count));
    return true;
}

/* The accesses of a part of a cell that begins `bytes` behind it. */
static void move_accesses(hd_cell *cell, unsigned bytes) {
    for (size_t i = 0; i < HD_CELL_ACCESSES + (cell->more ? cell->more->count : 0); i++) {
        hd_access *a =
            i < HD_CELL_ACCESSES ? &cell->first[i] : &cell->more->items[i - HD_CELL_ACCESSES];
        if (HD_SHAPE_WIDTH(a->shape) != HD_WIDTH_BULK) a->shape += bytes << 7;
    }
}

static void free_cells(hd_shadow *shadow, hd_cell *cells, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        hd_writer_release(shadow->clocks, cells[i].writer);
        if (cells[i].more) release(shadow, cells[i].more, 1, more_bytes(cells[i].more->room));
    }
    release(shadow, cells, count, sizeof(hd_cell));
}

/* Splits the cells of a granule into such of 1 << shift bytes. */
static bool split(hd_shadow *shadow, page *p, unsigned index, unsigned shift) {
    unsigned old = p->shifts[index], parts = 1u << (old - shift);
    hd_cell *cells = allocate(shadow, 8u >> shift, sizeof(hd_cell));
    if (!cells) return false;
    for (unsigned i = 0; i < 8u >> shift; i++) {
        const hd_cell *from = &p->cells[index][i / parts];
        memcpy(cells[i].first, from->first, sizeof from->first);
        cells[i].writer = from->writer;
        if (from->writer) from->writer->references++;
        if (!copy_more(shadow, from, &cells[i])) {
            free_cells(shadow, cells, 8u >> shift);
            return false;
        }
        move_accesses(&cells[i], i % parts << shift);
    }
    free_cells(shadow, p->cells[index], 8u >> old);
    p->cells[index] = cells;
    p->shifts[index] = (uint8_t)shift;
    return true;
}

hd_cell *hd_shadow_cells(hd_shadow *shadow, uint64_t address, unsigned length, unsigned *count,
                         unsigned *width) {
    page *p = find_page(shadow, address >> PAGE_SHIFT);
    if (!p) return NULL;
    unsigned index = (unsigned)(address >> 3) % GRANULES, from = (unsigned)address & 7;
    unsigned shift = (unsigned)__builtin_ctz(from | length | 8);
    if (!p->cells[index]) {
        p->cells[index] = allocate(shadow, 8u >> shift, sizeof(hd_cell));
        if (!p->cells[index]) return NULL;
        p->shifts[index] = (uint8_t)shift;
    } else if (p->shifts[index] > shift && !split(shadow, p, index, shift)) {
        return NULL;
    }
    shift = p->shifts[index];
    *count = length >> shift;
    *width = 1u << shift;
    return &p->cells[index][from >> shift];
}

hd_access *hd_cell_add(hd_shadow *shadow, hd_cell *cell) {
    hd_accesses *more = cell->more;
    if (!more || more->count == more->room) {
        uint32_t room = more ? more->room * 2 : 2;
        size_t extra = more_bytes(room) - (more ? more_bytes(more->room) : 0);
        if (!spend(shadow, extra)) return NULL;
        more = hd_realloc(more, 1, more_bytes(room));
        if (!more) {
            *shadow->budget += extra;
            return NULL;
        }
        if (!cell->more) more->count = 0;
        more->room = room;
        cell->more = more;
    }
    return &more->items[more->count++];
}

void hd_writer_release(hd_clocks *clocks, hd_writer *writer) {
    if (!writer || --writer->references > 0) return;
    hd_clock_release(clocks, writer->release.clock);
    hd_clock_release(clocks, writer->release.fenced);
    hd_free(writer);
}

void hd_shadow_free(hd_shadow *shadow) {
    for (size_t i = 0; i < shadow->room; i++) {
        page *p = shadow->pages[i];
        if (!p) continue;
        for (unsigned g = 0; g < GRANULES; g++)
            if (p->cells[g]) free_cells(shadow, p->cells[g], 8u >> p->shifts[g]);
        release(shadow, p, 1, sizeof(page));
    }
    release(shadow, shadow->pages, shadow->room, sizeof(page *));
    *shadow = (hd_shadow){.clocks = shadow->clocks, .budget = shadow->budget};
}
