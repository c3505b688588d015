/* race_found.c: from races to reports: one for each pair of code locations. */
#include <string.h>

#include "check/race_internal.h"

enum { FIRST_ROOM = 64 };

/* The pairs. Locations have 21 bits. */

static uint64_t pair_key(uint32_t one, uint32_t other, hd_race_class class) {
    uint32_t low = one < other ? one : other, high = one < other ? other : one;
    return (uint64_t) class << 60 | (uint64_t)high << 30 | low;
}

static size_t slot_of(const hd_race_detector *d, uint64_t key) {
    size_t i = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (d->pair_room - 1);
    while (d->pairs[i].report && d->pairs[i].key != key)
        i = (i + 1) & (d->pair_room - 1);
    return i;
}

static bool grow_pairs(hd_race_detector *d) {
    size_t old = d->pair_room;
    __typeof__(d->pairs) pairs = d->pairs, bigger;
    bigger = hd_calloc(old ? old * 2 : FIRST_ROOM, sizeof *bigger);
    if (!bigger) return false;
    d->pairs = bigger;
    d->pair_room = old ? old * 2 : FIRST_ROOM;
    for (size_t i = 0; i < old; i++)
        if (pairs[i].report) d->pairs[slot_of(d, pairs[i].key)] = pairs[i];
    hd_free(pairs);
    return true;
}

/* The accesses. */

static hd_event_kind kind_of(hd_what what) {
    static const hd_event_kind kinds[] = {
        [HD_WHAT_LOAD] = HD_EVENT_LOAD,
        [HD_WHAT_STORE] = HD_EVENT_STORE,
        [HD_WHAT_FILL] = HD_EVENT_FILL,
        [HD_WHAT_COPY] = HD_EVENT_COPY,
        [HD_WHAT_ATOMIC_LOAD] = HD_EVENT_ATOMIC_LOAD,
        [HD_WHAT_WAIT] = HD_EVENT_WAIT,
        [HD_WHAT_FAILED_CMPXCHG] = HD_EVENT_CMPXCHG,
        [HD_WHAT_ATOMIC_STORE] = HD_EVENT_ATOMIC_STORE,
        [HD_WHAT_RMW] = HD_EVENT_RMW,
        [HD_WHAT_CMPXCHG] = HD_EVENT_CMPXCHG,
    };
    return kinds[what];
}

/* Fills in agent, step and place; with source lines if `full`. */
static bool describe(hd_race_detector *d, hd_race_access *a, uint64_t epoch, uint32_t stack,
                     uint32_t location, bool full) {
    const hd_location *l = &d->stacks.locations.items[location];
    a->agent = HD_EPOCH_AGENT(epoch);
    a->agent_name = d->agents.items[a->agent].name;
    a->step = HD_RACE_STEP(epoch);
    a->module = l->module;
    a->function = l->function;
    a->offset = l->offset;
    if (!hd_stacks_describe(&d->stacks, stack, full, &d->arena, &a->stack)) return false;
    a->label = a->stack.count > 0 ? a->stack.frames[0].function : "";
    return true;
}

static void describe_what(hd_race_access *a, hd_what what) {
    a->kind = kind_of(what);
    a->atomic = hd_what_atomic(what);
    a->writes = hd_what_writes(what);
}

/* The bytes of an earlier access, as far as a cell knows them. */
static void describe_bytes(const hd_race_detector *d, hd_race_access *a, const hd_access *access,
                           uint64_t cell, unsigned width) {
    unsigned logarithm = HD_SHAPE_WIDTH(access->shape);
    a->address = cell - HD_SHAPE_DELTA(access->shape);
    a->length = UINT64_C(1) << logarithm;
    a->value = access->value;
    a->value_address = a->address;
    a->value_width = (unsigned)a->length;
    if (logarithm <= 3) return;
    a->value_address = cell;
    a->value_width = width;
    a->value >>= 8 * (cell & 7);
    if (width < 8) a->value &= (UINT64_C(1) << 8 * width) - 1;
    if (logarithm < HD_WIDTH_BULK) return;
    a->address = cell;
    a->length = width;
    size_t known = d->bulk_count < HD_RACE_BULKS ? d->bulk_count : HD_RACE_BULKS;
    for (size_t i = 0; i < known; i++)
        if (d->bulks[i].epoch == access->epoch &&
            d->bulks[i].what == HD_SHAPE_WHAT(access->shape)) {
            a->address = d->bulks[i].address;
            a->length = d->bulks[i].length;
        }
}

/* The bytes of the event that happens now. */
static void describe_now(hd_race_access *a, const hd_race_event *e, uint64_t cell, unsigned width) {
    const uint8_t *base = e->memory->memory->base;
    a->address = e->address;
    a->length = e->length;
    a->value_address = e->length <= 8 ? e->address : cell;
    a->value_width = e->length <= 8 ? (unsigned)e->length : width;
    if (base)
        memcpy(&a->value, base + a->value_address, a->value_width);
    else
        a->value_width = 0;
}

static void describe_sync(const hd_race_detector *d, hd_race_report *report) {
    uint32_t one = report->earlier.agent, other = report->later.agent;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t to = i ? one : other, from = i ? other : one;
        const hd_race_sync *syncs = d->agents.items[to].syncs;
        const hd_race_sync *sync = syncs ? &syncs[from % HD_RACE_SYNCS] : NULL;
        if (!sync || !sync->kind || sync->from != from) continue;
        if (!report->sync.kind || sync->to_step + 1 > report->sync.to_step + 1)
            report->sync = *sync;
    }
}

/* What is known of a race before its report is written. */
typedef struct race {
    hd_race_class class;
    const hd_race_event *event;
    uint64_t epoch; /* of the earlier access */
    uint32_t stack, location;
    uint64_t address, length;
    bool bulk; /* one of them is a bulk access */
} race;

/* Describes both accesses, but for their bytes; in full if reports of the grade are shown. */
static bool fill_report(hd_race_detector *d, hd_race_report *report, const race *r,
                        hd_race_grade grade) {
    uint64_t count = report->count;
    bool full = hd_race_shows(&d->options, grade);
    *report = (hd_race_report){.class = r->class,
                               .grade = grade,
                               .memory = r->event->memory->number,
                               .address = r->address,
                               .length = r->length,
                               .count = count + 1};
    if (!describe(d, &report->earlier, r->epoch, r->stack, r->location, full) ||
        !describe(d, &report->later, r->event->agent->epoch, r->event->place.stack,
                  r->event->place.location, full)) {
        hd_race_give_up(d, HD_RACE_NO_MEMORY);
        return false;
    }
    describe_sync(d, report);
    return true;
}

static const hd_location *location_of(const hd_race_detector *d, uint32_t location) {
    return &d->stacks.locations.items[location];
}

/* True if the user suppresses accesses at both places of a race. */
static bool is_suppressed(const hd_race_detector *d, const race *r) {
    const hd_suppressions *list = d->options.suppressions;
    return list && hd_suppressions_have_place(list, location_of(d, r->location)) &&
           hd_suppressions_have_place(list, location_of(d, r->event->place.location));
}

/* True if both accesses lie in the library. Bulk accesses of its functions are to their callers'
 * data. */
static bool is_in_library(hd_race_detector *d, const race *r) {
    if (r->bulk) return false;
    unsigned one = hd_race_library_kinds(d, r->location);
    return one && hd_suppressions_pair(one, hd_race_library_kinds(d, r->event->place.location),
                                       r->class == HD_RACE_PLAIN_READ);
}

/* What a pair counts as by its class and by where its accesses stand. */
static hd_race_grade grade_of_pair(hd_race_detector *d, const race *r) {
    if (d->options.strict) return HD_RACE_ERROR;
    if (is_suppressed(d, r)) return HD_RACE_SUPPRESSED;
    if (is_in_library(d, r)) return HD_RACE_LIBRARY;
    return r->class == HD_RACE_PLAIN_READ ? HD_RACE_NOTE : HD_RACE_ERROR;
}

/* The same of a race as it has occurred. */
static hd_race_grade grade_of(const hd_race_detector *d, const race *r, hd_race_grade pair) {
    if (hd_race_fenced(r->event->agent, r->epoch)) return HD_RACE_FENCED;
    if (!d->options.strict && d->options.suppressions && pair <= HD_RACE_NOTE &&
        hd_suppressions_have_address(d->options.suppressions, r->address, r->length))
        return HD_RACE_SUPPRESSED;
    return pair;
}

/* Makes the report of a pair that is new; NULL when that is not possible. */
static hd_race_report *add_report(hd_race_detector *d, const race *r, hd_race_grade grade) {
    hd_race_report *report = hd_arena_alloc(&d->arena, 1, sizeof *report);
    if (!report) return hd_race_give_up(d, HD_RACE_NO_MEMORY), NULL;
    *report = (hd_race_report){0};
    if (!fill_report(d, report, r, grade)) return NULL;
    if (!hd_vec_push(&d->reports, report)) return hd_race_give_up(d, HD_RACE_NO_MEMORY), NULL;
    d->counts.graded[grade]++;
    return report;
}

unsigned hd_race_library_kinds(hd_race_detector *d, uint32_t location) {
    enum { KNOWN = 1 << 15 }; /* beyond the bits of the kinds */
    const hd_module *module = location_of(d, location)->module;
    if (!d->options.library || d->options.strict) return 0;
    while (d->kinds.len <= location)
        if (!hd_vec_push(&d->kinds, 0)) return 0;
    uint16_t *kinds = &d->kinds.items[location];
    if (!*kinds && module && module != d->grouped) {
        d->grouped = module;
        d->groups = hd_suppressions_groups(d->options.library, module);
    }
    if (!*kinds)
        *kinds = (uint16_t)(KNOWN | hd_suppressions_innermost(d->options.library, d->groups,
                                                              location_of(d, location)));
    return *kinds & ~(unsigned)KNOWN;
}

static void note_nameless(hd_race_detector *d, const race *r) {
    if (!d->options.library || d->options.strict) return;
    d->counts.nameless = d->counts.nameless ||
                         hd_location_is_nameless(location_of(d, r->location)) ||
                         hd_location_is_nameless(location_of(d, r->event->place.location));
}

/* Counts a race of a pair that is known. What it counts as may become graver. */
static hd_race_report *count_again(hd_race_detector *d, const race *r, size_t slot) {
    hd_race_report *report = d->reports.items[d->pairs[slot].report - 1];
    hd_race_grade grade = grade_of(d, r, d->pairs[slot].grade);
    if (grade < report->grade) {
        d->counts.graded[report->grade]--;
        d->counts.graded[grade]++;
        report->count = 0;
        d->pairs[slot].latest = r->event->agent->epoch;
        return fill_report(d, report, r, grade) ? report : NULL;
    }
    /* The same two accesses may meet in several cells. */
    if (grade > report->grade || d->pairs[slot].latest == r->event->agent->epoch) return NULL;
    d->pairs[slot].latest = r->event->agent->epoch;
    report->count++;
    return NULL;
}

/* Counts a race; returns a report, still to be filled in, if it is the first of its pair. */
static hd_race_report *count_race(hd_race_detector *d, const race *r) {
    if (d->pair_count * 2 >= d->pair_room && !grow_pairs(d))
        return hd_race_give_up(d, HD_RACE_NO_MEMORY), NULL;
    uint64_t key = pair_key(r->location, r->event->place.location, r->class);
    size_t slot = slot_of(d, key);
    if (d->pairs[slot].report) return count_again(d, r, slot);
    hd_race_grade pair = grade_of_pair(d, r), grade = grade_of(d, r, pair);
    if (d->counts.graded[grade] >= d->options.limit) return d->counts.beyond++, NULL;
    hd_race_report *report = add_report(d, r, grade);
    if (!report) return NULL;
    note_nameless(d, r);
    d->pairs[slot].key = key;
    d->pairs[slot].latest = r->event->agent->epoch;
    d->pairs[slot].report = d->reports.len;
    d->pairs[slot].grade = pair;
    d->pair_count++;
    return report;
}

/* The class of two accesses that conflict. */
static hd_race_class class_of(hd_what one, hd_what other) {
    bool atomic = hd_what_atomic(one), other_atomic = hd_what_atomic(other);
    if (atomic && other_atomic) return HD_RACE_MIXED;
    bool plain_write = (!atomic && hd_what_writes(one)) || (!other_atomic && hd_what_writes(other));
    return plain_write ? HD_RACE_DATA : HD_RACE_PLAIN_READ;
}

static bool is_bulk(hd_what what) {
    return what == HD_WHAT_FILL || what == HD_WHAT_COPY;
}

void hd_race_found(hd_race_detector *d, const hd_race_event *e, const hd_access *earlier,
                   uint64_t cell, unsigned width) {
    hd_what what = HD_SHAPE_WHAT(earlier->shape);
    race r = {.class = class_of(what, e->what),
              .event = e,
              .epoch = earlier->epoch,
              .stack = earlier->stack,
              .location = HD_SHAPE_LOCATION(earlier->shape),
              .address = cell,
              .length = width,
              .bulk = is_bulk(what) || is_bulk(e->what)};
    hd_race_report *report = count_race(d, &r);
    if (!report) return;
    describe_what(&report->earlier, what);
    describe_bytes(d, &report->earlier, earlier, cell, width);
    describe_what(&report->later, e->what);
    describe_now(&report->later, e, cell, width);
    /* Both may overlap in more than the cell. */
    const hd_race_access *a = &report->earlier, *b = &report->later;
    uint64_t from = a->address > b->address ? a->address : b->address;
    uint64_t a_end = a->address + a->length, b_end = b->address + b->length;
    report->address = from;
    report->length = (a_end < b_end ? a_end : b_end) - from;
}

static void describe_growth(hd_race_access *a, uint64_t from, uint64_t length) {
    a->kind = HD_EVENT_GROW;
    a->atomic = a->writes = true;
    a->address = from;
    a->length = length;
}

void hd_race_found_growth(hd_race_detector *d, const hd_race_event *e,
                          const hd_race_verdict *growth) {
    race r = {.class = HD_RACE_GROWTH,
              .event = e,
              .epoch = growth->epoch,
              .stack = growth->stack,
              .location = growth->location,
              .address = e->address,
              .length = e->length,
              .bulk = e->kind == HD_EVENT_FILL || e->kind == HD_EVENT_COPY};
    hd_race_report *report = count_race(d, &r);
    if (!report) return;
    describe_growth(&report->earlier, growth->from, growth->to - growth->from);
    describe_what(&report->later, e->what);
    report->later.kind = e->kind;
    if (e->kind != HD_EVENT_NOTIFY)
        describe_now(&report->later, e, e->address, e->length < 8 ? (unsigned)e->length : 8);
    report->later.address = e->address;
    report->later.length = e->length;
}

void hd_race_found_trap(hd_race_detector *d, const hd_race_event *growth,
                        const hd_race_verdict *trap) {
    race r = {.class = HD_RACE_GROWTH,
              .event = growth,
              .epoch = trap->epoch,
              .stack = trap->stack,
              .location = trap->location,
              .address = trap->from,
              .length = trap->to - trap->from};
    hd_race_report *report = count_race(d, &r);
    if (!report) return;
    report->earlier.trapped = true;
    report->earlier.address = trap->from;
    report->earlier.length = trap->to - trap->from;
    describe_growth(&report->later, growth->address, growth->length);
}
