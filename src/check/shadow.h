/* shadow.h: what is remembered of the accesses to each byte of a memory.
 *
 * Bytes with one and the same history share a cell. A granule, eight aligned bytes, has one cell of
 * eight bytes, two of four, four of two or eight of one: as wide as the accesses so far allow, and
 * split once an access covers only part of a cell. Granules stand in small pages, found by hashing:
 * the size of all this goes with the bytes touched, not with the memory's. */
#ifndef HD_CHECK_SHADOW_H
#define HD_CHECK_SHADOW_H

#include "check/clock.h"

/* An access, seen from a cell: the latest one of its agent, at its code location, of its shape. */
typedef struct hd_access {
    uint64_t epoch; /* 0: none */
    uint64_t value; /* up to 8 bytes: the whole value. More: what the granule held */
    uint32_t stack; /* see race_stack.h */
    uint32_t shape; /* what, width, where the cell lies in it, code location: see HD_SHAPE_ */
} hd_access;

/* What an access does: two per event kind where its `writes` matters. */
typedef enum hd_what {
    HD_WHAT_LOAD,
    HD_WHAT_STORE,
    HD_WHAT_FILL,
    HD_WHAT_COPY,
    HD_WHAT_ATOMIC_LOAD,
    HD_WHAT_WAIT,
    HD_WHAT_FAILED_CMPXCHG,
    HD_WHAT_ATOMIC_STORE,
    HD_WHAT_RMW,
    HD_WHAT_CMPXCHG,
} hd_what;

/* The fields of a shape. The width is its logarithm, HD_WIDTH_BULK stands for any other one; such
 * an access has no delta. */
#define HD_SHAPE(what, width, location) ((uint32_t)(what) | (width) << 4 | (location) << 11)
#define HD_SHAPE_WHAT(shape) ((hd_what)((shape)&15))
#define HD_SHAPE_WIDTH(shape) ((shape) >> 4 & 7)
#define HD_SHAPE_FORM(shape) ((shape)&127)        /* what and width */
#define HD_SHAPE_DELTA(shape) ((shape) >> 7 & 15) /* bytes from its start to the cell's */
#define HD_SHAPE_WITH_DELTA(shape, delta) ((shape) | (uint32_t)(delta) << 7)
#define HD_SHAPE_KEY(shape) ((shape) & ~(UINT32_C(15) << 7)) /* all but the delta */
#define HD_SHAPE_LOCATION(shape) ((shape) >> 11)
enum { HD_WIDTH_BULK = 5, HD_WIDTH_PLAIN = 8, HD_MAX_LOCATIONS = 1 << 21 };

/* What an agent knew when it published it. */
typedef struct hd_release {
    hd_clock *clock;  /* counted */
    hd_clock *fenced; /* counted; the same and what fences order, or NULL: no more than `clock` */
    uint64_t epoch;   /* its own event; 0: nobody published anything */
} hd_release;

/* A write that a cell has its value from, and that releases something: an atomic one, or the plain
 * ones of an agent since a fence. */
typedef struct hd_writer {
    hd_release release;
    uint32_t references; /* cells, and the agent if these are its plain writes */
    uint32_t width;      /* of an atomic write, or HD_WIDTH_PLAIN */
} hd_writer;

/* More accesses than stand in the cell itself. */
typedef struct hd_accesses {
    uint32_t count, room;
    hd_access items[];
} hd_accesses;

enum { HD_CELL_ACCESSES = 2 };

typedef struct hd_cell {
    hd_writer *writer; /* NULL: a write that releases nothing, or nobody */
    hd_accesses *more;
    hd_access first[HD_CELL_ACCESSES];
} hd_cell;

/* The shadow of one memory. */
typedef struct hd_shadow {
    hd_clocks *clocks; /* where those of writers come from */
    size_t *budget;    /* bytes that may still be allocated */
    struct hd_shadow_page **pages;
    size_t count, room; /* room: 0 or a power of two */
    struct hd_shadow_page *last;
} hd_shadow;

/* Finds the cells of the bytes [address, address + length), which lie in one granule; they cover
 * these bytes and no others. Sets their number and width; NULL when memory, or the budget, is out.
 */
hd_cell *hd_shadow_cells(hd_shadow *shadow, uint64_t address, unsigned length, unsigned *count,
                         unsigned *width);

/* Adds an access, to be filled in, to a cell that has no room in itself. NULL when memory is out.
 */
hd_access *hd_cell_add(hd_shadow *shadow, hd_cell *cell);

/* Drops a reference; NULL is ignored. */
void hd_writer_release(hd_clocks *clocks, hd_writer *writer);

/* Releases all; the shadow is empty again. */
void hd_shadow_free(hd_shadow *shadow);

#endif
