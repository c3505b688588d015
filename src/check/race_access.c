/* race_access.c: accesses against what the shadow remembers of earlier ones.
 *
 * FastTrack (Flanagan, Freund; PLDI 2009) keeps the epoch of the last write alone, for writes to
 * one variable are ordered unless they race. Here they are not: two SeqCst stores to one cell
 * neither race nor happen before each other, and an atomic write may race with accesses of another
 * size or kind that it came after. So a cell keeps accesses by agent, location and kind, and
 * forgets one only when a later one stands for it: whatever races with the one that is forgotten
 * races with that one as well. */
#include <string.h>

#include "check/race_internal.h"

/* How an access conflicts with others. */
enum {
    PLAIN_READ,
    PLAIN_WRITE,
    ATOMIC_READ, /* + logarithm of the width */
    ATOMIC_WRITE = ATOMIC_READ + 4,
    CLASSES = ATOMIC_WRITE + 4,
};

#define BIT(class) (1u << (class))
#define ATOMIC_READS (15u << ATOMIC_READ)
#define ATOMIC_WRITES (15u << ATOMIC_WRITE)
#define OTHER_SIZES(width) ((ATOMIC_READS | ATOMIC_WRITES) & ~BOTH(width))
#define BOTH(width) (BIT(ATOMIC_READ + (width)) | BIT(ATOMIC_WRITE + (width)))

/* The classes that a class races with. Atomic accesses are aligned: those that overlap and are of
 * the same width have the same range. */
static const uint16_t conflicts[CLASSES] = {
    [PLAIN_READ] = BIT(PLAIN_WRITE) | ATOMIC_WRITES,
    [PLAIN_WRITE] = BIT(CLASSES) - 1,
#define ROWS(w)                                                                                    \
    [ATOMIC_READ + (w)] = BIT(PLAIN_WRITE) | (OTHER_SIZES(w) & ATOMIC_WRITES),                     \
                   [ATOMIC_WRITE + (w)] = BIT(PLAIN_READ) | BIT(PLAIN_WRITE) | OTHER_SIZES(w)
    ROWS(0),
    ROWS(1),
    ROWS(2),
    ROWS(3),
};

/* The classes that a class stands for: those whose conflicts are among its own, none of them less
 * grave: a plain read against an atomic write is less than an atomic read of another size. */
static const uint16_t stands_for[CLASSES] = {
    [PLAIN_READ] = BIT(PLAIN_READ),
    [PLAIN_WRITE] = BIT(CLASSES) - 1,
#define ROWS_(w) [ATOMIC_READ + (w)] = BIT(ATOMIC_READ + (w)), [ATOMIC_WRITE + (w)] = BOTH(w)
    ROWS_(0),
    ROWS_(1),
    ROWS_(2),
    ROWS_(3),
};

bool hd_what_atomic(hd_what what) {
    return what >= HD_WHAT_ATOMIC_LOAD;
}

bool hd_what_writes(hd_what what) {
    return what == HD_WHAT_STORE || what == HD_WHAT_FILL || what >= HD_WHAT_ATOMIC_STORE;
}

bool hd_what_reads(hd_what what) {
    return what != HD_WHAT_STORE && what != HD_WHAT_FILL && what != HD_WHAT_ATOMIC_STORE;
}

static unsigned class_of(uint32_t shape) {
    hd_what what = HD_SHAPE_WHAT(shape);
    if (what < HD_WHAT_ATOMIC_LOAD)
        return what == HD_WHAT_STORE || what == HD_WHAT_FILL ? PLAIN_WRITE : PLAIN_READ;
    return (what < HD_WHAT_ATOMIC_STORE ? ATOMIC_READ : ATOMIC_WRITE) + HD_SHAPE_WIDTH(shape);
}

/* Forgets accesses that the new one stands for. */
static void forget(hd_race_detector *d, const hd_race_agent *agent, hd_cell *cell, unsigned class) {
    hd_accesses *more = cell->more;
    for (size_t i = HD_CELL_ACCESSES + more->count; i-- > 0;) {
        hd_access *a = i < HD_CELL_ACCESSES ? &cell->first[i] : &more->items[i - HD_CELL_ACCESSES];
        if (!(stands_for[class] & BIT(class_of(a->shape))) || !hd_race_ordered(d, agent, a->epoch))
            continue;
        if (more->count > 0)
            *a = more->items[--more->count];
        else if (i == 0 && cell->first[1].epoch)
            *a = cell->first[1], cell->first[1].epoch = 0;
        else
            a->epoch = 0;
    }
}

/* Makes room for an access that is new in a cell; NULL when memory is out. */
static hd_access *add_access(hd_race_detector *d, const hd_race_event *e, hd_cell *cell,
                             unsigned class) {
    hd_accesses *more = cell->more;
    if (more && more->count == more->room && HD_CELL_ACCESSES + more->count >= d->options.depth)
        forget(d, e->agent, cell, class);
    for (unsigned i = 0; i < HD_CELL_ACCESSES; i++)
        if (!cell->first[i].epoch) return &cell->first[i];
    return hd_cell_add(&e->memory->shadow, cell);
}

/* An access to a cell, seen against one that is remembered; true if it takes that one's place. */
static inline bool meet(hd_race_detector *d, const hd_race_event *e, uint64_t cell, unsigned width,
                        uint32_t shape, unsigned against, const hd_access *earlier) {
    if (HD_EPOCH_AGENT(earlier->epoch) == HD_EPOCH_AGENT(e->agent->epoch))
        return HD_SHAPE_KEY(earlier->shape) == HD_SHAPE_KEY(shape);
    if ((against & BIT(class_of(earlier->shape))) &&
        !hd_clock_covers(e->agent->clock, earlier->epoch))
        hd_race_found(d, e, earlier, cell, width);
    return false;
}

static void access_cell(hd_race_detector *d, const hd_race_event *e, hd_cell *c, uint64_t cell,
                        unsigned width, uint32_t shape, uint64_t value) {
    hd_access *place = NULL;
    unsigned against = conflicts[class_of(shape)];
    if (e->width != HD_WIDTH_BULK)
        shape = HD_SHAPE_WITH_DELTA(shape, (unsigned)(cell - e->address));
    for (unsigned i = 0; i < HD_CELL_ACCESSES && c->first[i].epoch; i++)
        if (meet(d, e, cell, width, shape, against, &c->first[i])) place = &c->first[i];
    for (uint32_t i = 0; c->more && i < c->more->count; i++)
        if (meet(d, e, cell, width, shape, against, &c->more->items[i])) place = &c->more->items[i];
    if (!place) place = add_access(d, e, c, class_of(shape));
    if (!place) return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    place->epoch = e->agent->epoch;
    place->value = value;
    place->stack = e->place.stack;
    place->shape = shape;
}

static void set_writer(hd_race_detector *d, hd_cell *cells, unsigned count, hd_writer *writer) {
    if (writer) writer->references += count;
    for (unsigned i = 0; i < count; i++) {
        if (cells[i].writer) hd_writer_release(&d->clocks, cells[i].writer);
        cells[i].writer = writer;
    }
}

/* Makes the event the writer of the cells. */
static void write_cells(hd_race_detector *d, const hd_race_event *e, hd_cell *cells,
                        unsigned count) {
    if (!hd_what_atomic(e->what)) return set_writer(d, cells, count, e->agent->fence);
    hd_writer *writer = cells[0].writer;
    if (!writer || count > 1 || writer->references > 1) {
        writer = hd_calloc(1, sizeof *writer);
        if (!writer) return hd_race_give_up(d, HD_RACE_NO_MEMORY);
        set_writer(d, cells, count, writer);
    }
    writer->width = e->width;
    hd_race_publish(d, e->agent, &writer->release);
}

/* What atomic reads from these cells order. */
static void synchronize(hd_race_detector *d, const hd_race_event *e, const hd_cell *cells,
                        unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (cells[i].writer && cells[i].writer->width == e->width) /* reads-from, same-range */
            hd_race_acquire(d, e->agent, &cells[i].writer->release, HD_RACE_SYNC_ATOMIC,
                            e->address);
}

/* What other reads from these cells order, later than themselves. */
static void read_cells(hd_race_detector *d, const hd_race_event *e, const hd_cell *cells,
                       unsigned count) {
    bool atomic = hd_what_atomic(e->what);
    for (unsigned i = 0; i < count; i++)
        if (cells[i].writer && !(atomic && cells[i].writer->width == e->width))
            hd_race_read_from(d, e, &cells[i].writer->release);
}

/* The part of an access that lies in one granule. */
static void access_granule(hd_race_detector *d, const hd_race_event *e, uint64_t from,
                           unsigned length, uint64_t value) {
    uint32_t shape = HD_SHAPE(e->what, e->width, e->place.location);
    unsigned count, width;
    hd_cell *cells = hd_shadow_cells(&e->memory->shadow, from, length, &count, &width);
    if (!cells) return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    /* What orders the event comes before the event. */
    bool reads = hd_what_reads(e->what);
    if (reads && hd_what_atomic(e->what)) synchronize(d, e, cells, count);
    for (unsigned i = 0; i < count; i++)
        access_cell(d, e, &cells[i], from + (uint64_t)i * width, width, shape, value);
    if (reads && !d->options.strict) read_cells(d, e, cells, count);
    if (hd_what_writes(e->what)) write_cells(d, e, cells, count);
}

/* Of 1 << width bytes. Each size by itself, so that none is a call of memcpy. */
static inline uint64_t read_value(const hd_race_event *e, uint64_t address, unsigned width) {
    const uint8_t *from = e->memory->memory->base;
    uint64_t value = 0;
    if (!from) return 0;
    from += address;
    switch (width) {
    case 0: value = *from; break;
    case 1: memcpy(&value, from, 2); break;
    case 2: memcpy(&value, from, 4); break;
    default: memcpy(&value, from, 8);
    }
    return value;
}

static void remember_bulk(hd_race_detector *d, const hd_race_event *e) {
    if (!d->bulks) d->bulks = hd_calloc(HD_RACE_BULKS, sizeof *d->bulks);
    if (!d->bulks) return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    d->bulks[d->bulk_count++ % HD_RACE_BULKS] =
        (hd_race_bulk){e->agent->epoch, e->address, e->length, e->what};
}

/* So many bytes of a long access lie between two looks at whether the execution is stopped. */
enum { LOOK = 1 << 16 };

void hd_race_access_memory(hd_race_detector *d, const hd_race_event *e) {
    if (e->width <= 3) {
        uint64_t value = read_value(e, e->address, e->width);
        unsigned room = 8 - ((unsigned)e->address & 7), length = (unsigned)e->length;
        access_granule(d, e, e->address, length <= room ? length : room, value);
        if (length > room && d->status == HD_RACE_WATCHING)
            access_granule(d, e, e->address + room, length - room, value);
        return;
    }
    if (e->width == HD_WIDTH_BULK) remember_bulk(d, e);
    uint64_t next;
    for (uint64_t at = e->address, end = at + e->length; at < end; at = next) {
        next = (at & ~UINT64_C(7)) + 8 < end ? (at & ~UINT64_C(7)) + 8 : end;
        if (d->status != HD_RACE_WATCHING) return;
        /* Of what a stopped execution has done, nobody asks. */
        if ((at & (LOOK - 1)) < 8 && d->world && hd_world_stopped(d->world)) return;
        access_granule(d, e, at, (unsigned)(next - at), read_value(e, at & ~UINT64_C(7), 3));
    }
}
