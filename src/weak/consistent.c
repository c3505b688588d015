/* consistent.c: whether a candidate execution is consistent, by relaxed.rst.
 *
 * Sets of events are words, so that happens-before and the total order are a word an event: what
 * comes before it. Writers are chosen byte by byte, those of atomic reads first: they alone make
 * happens-before grow. What sc-last-visible forbids the total order is an edge that it must have,
 * or one of two; such an order exists if some choice leaves no cycle. */
#include <string.h>

#include "weak/weak.h"

enum { EVENTS = HD_WEAK_EVENTS };

/* Either `other` comes before `writer`, or `reader` before `other`. */
typedef struct choice {
    uint8_t writer, other, reader;
} choice;

typedef struct search {
    const hd_weak_execution *e;
    uint64_t *steps;
    hd_weak_witness *w;
    uint8_t readers[EVENTS]; /* atomic ones first */
    size_t count;
    choice choices[EVENTS * EVENTS * EVENTS];
    size_t choice_count;
} search;

static hd_weak_set bit(size_t event) {
    return (hd_weak_set)1 << event;
}

static bool same_range(const hd_weak_event *a, const hd_weak_event *b) {
    return a->memory == b->memory && a->address == b->address && a->length == b->length;
}

/* sync; INIT has the range of the whole memory. */
static bool sync(const search *s, int a, int b) {
    if (a == HD_WEAK_INIT || b == HD_WEAK_INIT) return false;
    const hd_weak_event *x = &s->e->events[a], *y = &s->e->events[b];
    return x->atomic && y->atomic && same_range(x, y);
}

/* Makes an order in which `a` comes before `b`; false: that would be a cycle. */
static bool add_edge(hd_weak_set *before, size_t count, size_t a, size_t b) {
    if (a == b || before[a] & bit(b)) return false;
    if (before[b] & bit(a)) return true;
    hd_weak_set all = before[a] | bit(a);
    for (size_t i = 0; i < count; i++)
        if (i == b || before[i] & bit(b)) before[i] |= all;
    return true;
}

/* The events that write a byte. */
static hd_weak_set writers_of(const hd_weak_execution *e, uint32_t memory, uint64_t address) {
    hd_weak_set set = 0;
    for (size_t i = 0; i < e->count; i++)
        if (e->events[i].writes && hd_weak_covers(&e->events[i], memory, address)) set |= bit(i);
    return set;
}

/* hb-consistent: whether the reader may read a byte from a writer. */
static bool may_read(const hd_weak_set *before, hd_weak_set writers, int writer, size_t reader) {
    hd_weak_set between = writers & before[reader];
    if (writer == HD_WEAK_INIT) return between == 0;
    if (before[writer] & bit(reader)) return false;
    for (; between; between &= between - 1)
        if (before[__builtin_ctz(between)] & bit((size_t)writer)) return false;
    return true;
}

static bool no_tear(const search *s, size_t reader) {
    const hd_weak_event *r = &s->e->events[reader];
    int source = HD_WEAK_INIT;
    for (size_t i = 0; r->tear_free && i < r->length; i++) {
        int from = s->w->from[reader][i];
        if (from == HD_WEAK_INIT || from == source) continue;
        const hd_weak_event *w = &s->e->events[from];
        if (!w->tear_free || !same_range(r, w)) continue;
        if (source != HD_WEAK_INIT) return false;
        source = from;
    }
    return true;
}

static bool all_hb_consistent(const search *s, const hd_weak_set *before) {
    for (size_t i = 0; i < s->count; i++) {
        size_t reader = s->readers[i];
        const hd_weak_event *r = &s->e->events[reader];
        for (size_t b = 0; b < r->length; b++)
            if (!may_read(before, writers_of(s->e, r->memory, r->address + b),
                          s->w->from[reader][b], reader))
                return false;
    }
    return true;
}

/* The total order. */

static bool comes_before(const hd_weak_set *before, size_t a, size_t b) {
    return (before[b] & bit(a)) != 0;
}

/* Adds what follows from choices of which one side is impossible; false: both are. */
static bool propagate(const search *s, hd_weak_set *order) {
    bool changed = true;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < s->choice_count; i++) {
            const choice *c = &s->choices[i];
            if (comes_before(order, c->other, c->writer) ||
                comes_before(order, c->reader, c->other))
                continue;
            if (comes_before(order, c->writer, c->other)) {
                if (!add_edge(order, s->e->count, c->reader, c->other)) return false;
                changed = true;
            } else if (comes_before(order, c->other, c->reader)) {
                if (!add_edge(order, s->e->count, c->other, c->writer)) return false;
                changed = true;
            }
        }
    }
    return true;
}

static const choice *open_choice(const search *s, const hd_weak_set *order) {
    for (size_t i = 0; i < s->choice_count; i++) {
        const choice *c = &s->choices[i];
        if (!comes_before(order, c->other, c->writer) && !comes_before(order, c->reader, c->other))
            return c;
    }
    return NULL;
}

static bool solve(const search *s, hd_weak_set *order) {
    hd_weak_set other[EVENTS];
    if (*s->steps == 0 || --*s->steps == 0) return false;
    if (!propagate(s, order)) return false;
    const choice *c = open_choice(s, order);
    if (!c) return true;
    memcpy(other, order, sizeof other);
    if (add_edge(order, s->e->count, c->other, c->writer) && solve(s, order)) return true;
    memcpy(order, other, sizeof other);
    return add_edge(order, s->e->count, c->reader, c->other) && solve(s, order);
}

/* sc-last-visible, of a read and one of the writers that it reads from; false: no order will do. */
static bool forbid(search *s, const hd_weak_set *before, hd_weak_set *order, size_t reader,
                   int writer) {
    size_t count = s->e->count;
    bool init = writer == HD_WEAK_INIT;
    if (!init && !comes_before(before, (size_t)writer, reader)) return true;
    for (size_t o = 0; o < count; o++) {
        if (!s->e->events[o].writes || o == reader || (int)o == writer) continue;
        bool with_reader = sync(s, (int)o, (int)reader), with_writer = sync(s, writer, (int)o);
        if (with_reader && sync(s, writer, (int)reader))
            s->choices[s->choice_count++] = (choice){(uint8_t)writer, (uint8_t)o, (uint8_t)reader};
        if (with_reader && (init || comes_before(before, (size_t)writer, o)) &&
            !add_edge(order, count, reader, o))
            return false;
        if (with_writer && comes_before(before, o, reader) &&
            !add_edge(order, count, o, (size_t)writer))
            return false;
    }
    return true;
}

static bool forbid_all(search *s, const hd_weak_set *before, hd_weak_set *order) {
    s->choice_count = 0;
    for (size_t i = 0; i < s->count; i++) {
        size_t reader = s->readers[i];
        const int8_t *from = s->w->from[reader];
        for (size_t b = 0; b < s->e->events[reader].length; b++)
            if (!memchr(from, from[b], b) && !forbid(s, before, order, reader, from[b]))
                return false;
    }
    return true;
}

static void take_order(const search *s, const hd_weak_set *order) {
    hd_weak_set placed = 0;
    for (size_t at = 0; at < s->e->count; at++) {
        size_t next = 0;
        while (placed & bit(next) || order[next] & ~placed)
            next++;
        s->w->order[at] = (uint8_t)next;
        placed |= bit(next);
    }
}

static bool finish(search *s, const hd_weak_set *before) {
    hd_weak_set order[EVENTS];
    if (!all_hb_consistent(s, before)) return false;
    memcpy(order, before, sizeof order);
    if (!forbid_all(s, before, order) || !solve(s, order)) return false;
    memcpy(s->w->before, before, sizeof s->w->before);
    take_order(s, order);
    return true;
}

/* Reads-from. */

/* A plain read that reads a plain write, or INIT, leads to no further condition, … */
static bool is_plain(const hd_weak_event *r, const hd_weak_event *w) {
    return !r->atomic && (!w || !w->atomic);
}

/* … unless it may not tear. */
static bool is_free(const hd_weak_event *r, const hd_weak_event *w) {
    return is_plain(r, w) && !(w && r->tear_free && w->tear_free && same_range(r, w));
}

static bool choose(search *s, size_t at, size_t byte, const hd_weak_set *before);

typedef struct source {
    int writer;
    size_t matches;
} source;

static const hd_weak_event *writer_at(const search *s, int writer) {
    return writer == HD_WEAK_INIT ? NULL : &s->e->events[writer];
}

static bool read_from(search *s, size_t at, size_t byte, const hd_weak_set *before, int writer) {
    size_t reader = s->readers[at];
    hd_weak_set more[EVENTS];
    s->w->from[reader][byte] = (int8_t)writer;
    if (!sync(s, writer, (int)reader)) return choose(s, at, byte + 1, before);
    memcpy(more, before, sizeof more);
    return add_edge(more, s->e->count, (size_t)writer, reader) && choose(s, at, byte + 1, more);
}

/* How many bytes of a read somebody may have written, as far as their values go. */
static size_t matches(const search *s, const hd_weak_event *r, int writer) {
    const hd_weak_event *w = writer_at(s, writer);
    size_t count = 0;
    for (size_t b = 0; b < r->length; b++) {
        uint64_t address = r->address + b;
        count += !w ? r->initial[b] == r->read[b]
                    : hd_weak_covers(w, r->memory, address) &&
                          w->written[address - w->address] == r->read[b];
    }
    return count;
}

/* Those that write most of what was read come first: a read that need not tear does not. */
static void insert(source *list, size_t count, source new) {
    while (count > 0 && list[count - 1].matches < new.matches) {
        list[count] = list[count - 1];
        count--;
    }
    list[count] = new;
}

/* Lists the writers that a byte may be read from, by what happens before what so far. */
static size_t sources(const search *s, size_t reader, size_t byte, const hd_weak_set *before,
                      source *list) {
    const hd_weak_event *r = &s->e->events[reader];
    uint64_t address = r->address + byte;
    hd_weak_set writers = writers_of(s->e, r->memory, address);
    size_t count = 0;
    if (r->initial[byte] == r->read[byte] && may_read(before, writers, HD_WEAK_INIT, reader))
        list[count++] = (source){HD_WEAK_INIT, matches(s, r, HD_WEAK_INIT)};
    for (hd_weak_set left = writers & ~bit(reader); left; left &= left - 1) {
        int i = __builtin_ctz(left);
        const hd_weak_event *w = &s->e->events[i];
        if (w->written[address - w->address] != r->read[byte] ||
            !may_read(before, writers, i, reader))
            continue;
        insert(list, count, (source){i, matches(s, r, i)});
        count++;
    }
    return count;
}

/* Chooses writers for the bytes of the reads from a byte of one of them on. */
static bool choose(search *s, size_t at, size_t byte, const hd_weak_set *before) {
    if (*s->steps == 0 || --*s->steps == 0) return false;
    while (at < s->count && byte == s->e->events[s->readers[at]].length) {
        if (!no_tear(s, s->readers[at])) return false;
        at++;
        byte = 0;
    }
    if (at == s->count) return finish(s, before);
    size_t reader = s->readers[at];
    const hd_weak_event *r = &s->e->events[reader];
    source list[EVENTS + 1];
    size_t count = sources(s, reader, byte, before, list);
    int before_it = byte > 0 ? s->w->from[reader][byte - 1] : HD_WEAK_INIT;
    for (size_t i = 0; i < count && byte > 0; i++)
        if (list[i].writer == before_it && is_plain(r, writer_at(s, before_it)))
            return read_from(s, at, byte, before, before_it);
    /* A picture of a read that need not tear is simpler. */
    if (byte == 0 && count > 0 && list[0].matches == r->length &&
        is_plain(r, writer_at(s, list[0].writer)) && read_from(s, at, byte, before, list[0].writer))
        return true;
    for (size_t i = 0; i < count; i++)
        if (is_free(r, writer_at(s, list[i].writer)))
            return read_from(s, at, byte, before, list[i].writer);
    for (size_t i = 0; i < count; i++)
        if (read_from(s, at, byte, before, list[i].writer)) return true;
    return false;
}

bool hd_weak_consistent(const hd_weak_execution *e, hd_weak_witness *w, uint64_t *steps) {
    search s = {.e = e, .steps = steps, .w = w};
    hd_weak_set before[EVENTS] = {0};
    memset(w->from, HD_WEAK_INIT, sizeof w->from);
    memcpy(before, e->before, e->count * sizeof *before);
    for (int atomic = 1; atomic >= 0; atomic--)
        for (size_t i = 0; i < e->count; i++)
            if (e->events[i].reads && e->events[i].atomic == atomic)
                s.readers[s.count++] = (uint8_t)i;
    return choose(&s, 0, 0, before);
}
