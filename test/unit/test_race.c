/* test_race.c: tests of the race detector: each rule of the memory model by a short execution, what
 * reports hold, suppressions, lack of memory. */
#include "test_race.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "check/race_report.h"
#include "suites.h"

/* Executions as text: `AGENT:OP[WIDTH]@ADDRESS[>OTHER]`, one after the other. Locations are their
 * positions from 1. */

static race_ops parse(const char *text) {
    race_ops ops = {0};
    int used;
    for (; *text; text += used) {
        race_op op = {.width = 4, .other = HD_NO_AGENT};
        char kind;
        unsigned agent, number;
        int n = 0;
        ck_assert_int_eq(sscanf(text, " %u:%c%n", &agent, &kind, &used), 2);
        op.agent = agent;
        op.kind = (race_op_kind)kind;
        if (text[used] != ' ' && sscanf(text + used, "%u%n", &number, &n) == 1)
            op.width = number, used += n;
        if (sscanf(text + used, "@%u%n", &number, &n) == 1) op.address = number, used += n;
        if (sscanf(text + used, ">%u%n", &number, &n) == 1) op.other = number, used += n;
        ck_assert_msg(!text[used] || text[used] == ' ', "%s", text + used);
        op.location = (uint32_t)ops.count + 1;
        ck_assert_uint_lt(ops.count, RACE_OPS);
        ops.items[ops.count++] = op;
    }
    return ops;
}

const char *race_ops_text(const race_ops *ops) {
    static char text[RACE_OPS * 40];
    char *to = text;
    for (size_t i = 0; i < ops->count; i++) {
        const race_op *op = &ops->items[i];
        to += sprintf(to, "%u:%c%u@%u", op->agent, op->kind, op->width, (unsigned)op->address);
        if (op->other != HD_NO_AGENT) to += sprintf(to, ">%u", op->other);
        to += sprintf(to, " #%u ", op->location);
    }
    return text;
}

bool race_pairs_has(const race_pairs *pairs, const race_pair *pair) {
    for (size_t i = 0; i < pairs->count; i++)
        if (memcmp(&pairs->items[i], pair, sizeof *pair) == 0) return true;
    return false;
}

void race_pairs_add(race_pairs *pairs, uint32_t one, uint32_t other, hd_race_class class) {
    race_pair pair = {one < other ? one : other, one < other ? other : one, class};
    if (race_pairs_has(pairs, &pair)) return;
    ck_assert_uint_lt(pairs->count, RACE_PAIRS);
    pairs->items[pairs->count++] = pair;
}

static int compare(const void *a, const void *b) {
    const race_pair *x = a, *y = b;
    if (x->low != y->low) return x->low < y->low ? -1 : 1;
    if (x->high != y->high) return x->high < y->high ? -1 : 1;
    return (int)x->class - (int)y->class;
}

/* Verdicts as text: `LOW-HIGH`, with `m` for mixed sizes, `g` for growth and `n` for a plain read
 * against an atomic write. */
static void format(const race_pairs *pairs, char *to) {
    static const char *const marks[] = {"", "m", "g", "n"};
    race_pairs sorted = *pairs;
    qsort(sorted.items, sorted.count, sizeof *sorted.items, compare);
    *to = '\0';
    for (size_t i = 0; i < sorted.count; i++)
        to += sprintf(to, "%s%u-%u%s", i ? " " : "", sorted.items[i].low, sorted.items[i].high,
                      marks[sorted.items[i].class]);
}

static char found_text[RACE_PAIRS * 24], expected_text[RACE_PAIRS * 24];

void race_assert_same(const race_pairs *found, const race_pairs *expected, const race_ops *ops) {
    format(found, found_text);
    format(expected, expected_text);
    ck_assert_msg(strcmp(found_text, expected_text) == 0, "found '%s', expected '%s' in %s",
                  found_text, expected_text, race_ops_text(ops));
}

/* Driving a detector. */

static uint8_t bytes[RACE_BYTES];
static hd_memory memory = {.base = bytes};
static uint32_t location;

static uint32_t where(void *context, uint32_t agent) {
    (void)context;
    (void)agent;
    return location;
}

hd_race_detector *race_new(uint32_t depth, bool strict) {
    hd_race_detector *d = hd_race_detector_new(
        &(hd_race_options){.depth = depth, .limit = UINT32_MAX, .where = where, .strict = strict});
    ck_assert_ptr_nonnull(d);
    return d;
}

static hd_event event_of(const race_op *op) {
    hd_event e = {.memory = &memory, .address = op->address, .length = op->width};
    switch (op->kind) {
    case OP_LOAD: e.kind = HD_EVENT_LOAD; break;
    case OP_STORE: e.kind = HD_EVENT_STORE; break;
    case OP_FILL: e.kind = HD_EVENT_FILL; break;
    case OP_COPY: e.kind = HD_EVENT_COPY; break;
    case OP_ATOMIC_LOAD: e.kind = HD_EVENT_ATOMIC_LOAD; break;
    case OP_ATOMIC_STORE: e.kind = HD_EVENT_ATOMIC_STORE; break;
    case OP_RMW: e.kind = HD_EVENT_RMW; break;
    case OP_CMPXCHG:
    case OP_FAILED_CMPXCHG: e.kind = HD_EVENT_CMPXCHG; break;
    case OP_WAIT:
    case OP_NOT_EQUAL: e.kind = HD_EVENT_WAIT; break;
    case OP_NOTIFY:
        e.kind = HD_EVENT_NOTIFY;
        e.count = op->other != HD_NO_AGENT;
        break;
    case OP_FENCE:
        e.kind = HD_EVENT_FENCE;
        e.memory = NULL;
        break;
    case OP_SIZE: e.kind = HD_EVENT_SIZE; break;
    default: e.kind = HD_EVENT_GROW; break;
    }
    e.writes = strchr("SFsrxwg", (char)op->kind) || (op->kind == OP_NOTIFY && e.count > 0);
    return e;
}

void race_drive(hd_race_detector *d, const race_ops *ops) {
    const hd_observer *o = hd_race_observer(d);
    uint64_t step = 0;
    for (size_t i = 0; i < ops->count; i++) {
        const race_op *op = &ops->items[i];
        hd_event e = event_of(op);
        location = op->location;
        switch (op->kind) {
        case OP_SPAWN: o->spawned(o->context, op->agent, op->other); continue;
        case OP_JOIN:
            o->ended(o->context, op->other);
            o->joined(o->context, op->agent, op->other);
            continue;
        case OP_TIME_OUT:
            o->woken(o->context, op->agent, HD_NO_AGENT, step, &memory, op->address);
            continue;
        case OP_NOTIFY:
            if (op->other != HD_NO_AGENT)
                o->woken(o->context, op->other, op->agent, step, &memory, op->address);
            break;
        default: break;
        }
        if (e.writes && strchr("SFsrx", (char)op->kind))
            memset(bytes + op->address, (int)op->location, op->width);
        o->event(o->context, op->agent, step++, &e);
    }
}

/* The pairs of all grades from one to another. */
static race_pairs graded(const hd_race_detector *d, hd_race_grade first, hd_race_grade last) {
    race_pairs pairs = {0};
    ck_assert_int_eq(hd_race_detector_status(d), HD_RACE_WATCHING);
    for (size_t i = 0; i < hd_race_count(d); i++) {
        const hd_race_report *r = hd_race_get(d, i);
        size_t before = pairs.count;
        if (r->grade < first || r->grade > last) continue;
        race_pairs_add(&pairs, r->earlier.offset, r->later.offset, r->class);
        ck_assert_uint_eq(pairs.count, before + 1);
    }
    return pairs;
}

race_pairs race_found(const hd_race_detector *d) {
    return graded(d, HD_RACE_ERROR, HD_RACE_NOTE);
}

race_pairs race_found_fenced(const hd_race_detector *d) {
    return graded(d, HD_RACE_FENCED, HD_RACE_FENCED);
}

/* Rules. */

static const struct {
    const char *ops, *races;
} rules[] = {
    /* Plain accesses race when one writes, whatever the value. */
    {"0:S@0 1:S@0", "1-2"},
    {"0:S@0 1:L@0", "1-2"},
    {"0:L@0 1:S@0", "1-2"},
    {"0:L@0 1:L@0", ""},
    {"0:S@0 0:L@0 0:S@0", ""},
    /* Each pair of locations. */
    {"0:L@0 0:S@0 1:L@0 1:S@0", "1-4 2-3 2-4"},
    {"0:S@0 1:L@0 2:L@0 3:S@0", "1-2 1-3 1-4 2-4 3-4"},
    /* Bytes. */
    {"0:S@0 1:S@4", ""},
    {"0:S4@0 1:S4@3", "1-2"},
    {"0:S8@4 1:L1@11", "1-2"},
    {"0:S8@4 1:L1@12 1:L1@3", ""},
    {"0:S1@3 1:L1@2 1:L8@0 1:L1@3", "1-3 1-4"},
    {"0:S16@8 1:L1@23 1:L1@24", "1-2"},
    {"0:L16@3 1:S1@2 1:S1@18 1:S1@19", "1-3"},
    {"0:S2@6 0:S8@0 1:L1@6 1:L1@5", "1-3 2-3 2-4"},
    {"0:F40@5 1:L1@44 1:L1@45 1:L1@4", "1-2"},
    {"0:C40@5 1:S1@44 1:S1@45 1:S1@4", "1-2"},
    {"0:F0@5 1:S1@5", ""},
    /* SeqCst accesses of one range never race, but do with plain ones and with other ranges. */
    {"0:s@0 1:s@0 2:l@0 3:r@0", ""},
    {"0:s@0 1:L@0", "1-2n"},
    {"0:s@0 1:S@0", "1-2"},
    {"0:l@0 1:S@0", "1-2"},
    {"0:l@0 1:L@0", ""},
    {"0:S@0 1:s@0", "1-2"},
    {"0:S@0 1:l@0", "1-2"},
    {"0:L@0 1:r@0", "1-2n"},
    {"0:C4@0 1:x@0", "1-2n"},
    {"0:s@0 1:C2@3", "1-2n"},
    {"0:F4@0 1:l@0", "1-2"},
    {"0:L@0 1:s@0 1:S@0", "1-2n 1-3"},
    {"0:s4@0 1:s2@2", "1-2m"},
    {"0:l4@0 1:l2@2", ""},
    {"0:l4@0 1:s1@3", "1-2m"},
    {"0:s1@3 1:l8@0", "1-2m"},
    {"0:r2@2 1:s2@0", ""},
    /* synchronizes-with: a read from a write of the same range. */
    {"0:S@8 0:s@0 1:l@0 1:L@8", ""},
    {"0:S@8 0:s@0 1:r@0 1:L@8", ""},
    {"0:S@8 0:r@0 1:X@0 1:L@8", ""},
    {"0:S@8 0:x@0 1:W@0 1:L@8", ""},
    {"0:S@8 0:s@0 1:w@0 1:L@8", ""},
    {"0:L@8 0:s@0 1:l@0 1:S@8", ""},
    /* … not from anything else: a write of another size, a failed cmpxchg, a plain write. */
    {"0:S@8 0:s8@0 1:l@0 1:L@8", "1-4 2-3m"},
    {"0:S@8 0:s4@0 1:l8@0 1:L@8", "1-4 2-3m"},
    {"0:S@8 0:X@0 1:l@0 1:L@8", "1-4"},
    {"0:S@8 0:S@0 1:l@0 1:L@8", "1-4 2-3"},
    {"0:S@8 0:s@0 1:L@0 1:L@8", "1-4 2-3n"},
    {"0:S@8 0:l@0 1:s@0 1:L@8", "1-4"},
    /* … not when the read comes first. */
    {"1:l@0 0:S@8 0:s@0 1:L@8", "2-4"},
    /* No edge from store to store, and none past an overwritten one: no release sequence. */
    {"0:S@8 0:s@0 1:s@0 1:L@8", "1-4"},
    {"0:S@8 0:s@0 1:s@0 2:l@0 2:L@8", "1-5"},
    {"0:S@8 0:s@0 0:s@0 1:l@0 1:L@8", ""},
    {"0:S@8 0:s@0 0:S@0 1:l@0 1:L@8", "1-5 3-4"},
    /* An RMW reads and writes. */
    {"0:S@8 0:s@0 1:r@0 2:l@0 2:L@8", ""},
    {"0:S@8 0:s@0 1:x@0 2:x@0 3:l@0 3:L@8", ""},
    {"0:S@8 0:s@0 1:X@0 1:s@0 2:l@0 2:L@8", ""},
    /* A read that takes some of its bytes from the write synchronizes with it. */
    {"0:S@16 0:s8@0 2:S1@7 1:l8@0 1:L@16", "2-3 3-4"},
    {"0:S@16 0:s8@0 2:S8@0 1:l8@0 1:L@16", "1-5 2-3 3-4"},
    /* What is acquired is acquired before the access itself is checked. */
    {"0:S@0 0:s@0 1:l@0", ""},
    {"0:S@0 0:s@0 1:r@0 1:S@0", ""},
    {"0:S8@0 0:s@0 1:l@0 1:S@4", ""},
    /* An atomic write hides neither plain writes nor plain reads before it. */
    {"0:S@0 0:s@0 1:s@0", "1-3"},
    {"0:L@0 0:s@0 1:s@0", "1-3n"},
    {"0:S@0 0:s@0 1:s@0 2:l@0", "1-3 1-4"},
    {"0:S@0 0:s@0 1:l@0 2:s@0 1:L@0", "1-4 4-5n"},
    /* Wait queues: enqueue, wake, time-out and a notify that wakes. */
    {"1:w@0 0:S@8 0:n@0>1 1:L@8", ""},
    {"1:w@0 0:S@8 0:n@4 1:t@0 1:L@8", "2-5"},
    {"1:w@0 0:S@8 0:n@0 1:t@0 1:L@8", "2-5"},
    {"0:S@8 0:w@0 1:n@0>0 1:L@8", ""},
    {"0:S@8 0:w@0 0:t@0 1:w@0 1:L@8", ""},
    {"0:S@8 0:w@0 0:t@0 1:W@0 1:L@8", "1-5"},
    {"0:S@8 0:w@0 1:n@0 1:L@8", "1-4"},
    {"0:S@8 0:w@0 1:w@4 1:L@8", "1-4"},
    {"0:S@8 0:w@0 1:w8@0 1:L@8", ""},
    {"0:w@0 1:w@0 2:S@8 2:n@0>0 0:S@12 1:t@0 1:L@8 1:L@12", "5-8"},
    {"0:w@0 1:S@8 2:n@0>0 1:w@0 0:L@8", "2-5"},
    {"0:w@0 1:S@8 1:w@0 2:n@0>0 0:L@8", ""},
    {"0:w@0 1:w@0 2:S@8 2:w@0 2:t@0 0:t@0 1:t@0 1:L@8", ""},
    /* The read of a wait comes before its place in the queue. */
    {"0:S@0 0:w@0 1:w@0", "1-3"},
    {"0:S@0 1:w@0", "1-2"},
    {"0:S@0 1:W@0", "1-2"},
    /* A notify reads nothing. */
    {"0:S@0 1:n@0", ""},
    /* Spawn and join. */
    {"0:S@0 0:p>1 1:L@0 1:S@4 0:j>1 0:L@4 0:S@0", ""},
    {"0:p>1 0:S@0 1:L@0", "2-3"},
    {"0:p>1 1:S@0 0:L@0 0:j>1 0:L@0", "2-3"},
    {"0:S@0 0:p>1 1:p>2 2:L@0 2:S@4 1:j>2 1:n@0 0:j>1 0:L@4", ""},
    {"0:p>1 0:p>2 1:S@0 2:S@0", "3-4"},
    {"0:p>1 1:S@0 0:j>1 0:p>2 2:S@0", ""},
    /* The length is read in order by size and grow, out of order by accesses. */
    {"0:g16@16 1:L@16", "1-2g"},
    {"0:g16@16 1:L@12", ""},
    {"0:g16@16 1:L4@13", "1-2g"},
    {"0:g16@16 0:s@0 1:l@0 1:L@16", ""},
    {"0:g16@16 1:z 1:L@16", ""},
    {"0:g16@16 1:G 1:L@16", ""},
    {"0:g16@16 1:g16@32 1:S@16 1:S@32", ""},
    {"0:g16@16 0:g16@32 1:L@20 1:L@40", "1-3g 2-4g"},
    {"0:S@0 0:g16@16 1:z 1:L@0", ""},
    {"0:S@0 0:z 1:z 1:L@0", "1-4"},
    {"0:g16@16 1:l@16", "1-2g"},
    {"0:g16@16 1:n@16", "1-2g"},
    {"0:g16@16 1:w@16", "1-2g"},
    {"0:g16@16 1:F8@12 1:F8@8 1:C0@17", "1-2g 1-4g"},
    /* Transitively, through a third agent. */
    {"0:S@8 0:s@0 1:l@0 1:s@4 2:l@4 2:S@8", ""},
    {"0:S@8 0:s@0 1:s@4 1:l@0 2:l@4 2:S@8", "1-6"},
    {"0:S@8 0:s@0 1:L@0 1:s@4 2:l@4 2:S@8", "1-6 2-3n"},
};

static size_t count_of(const char *text, char character) {
    size_t count = 0;
    for (; *text; text++)
        count += *text == character;
    return count;
}

static void assert_reference(const race_pairs *expected, const char *text, const char *ops) {
    format(expected, expected_text);
    ck_assert_msg(strcmp(expected_text, text) == 0, "the reference: '%s' in %s", expected_text,
                  ops);
}

/* Checks the reference and the detector. */
static void assert_races(const char *text, bool strict, const char *races, const char *fenced) {
    race_ops ops = parse(text);
    race_pairs expected_fenced, expected = race_expected(&ops, strict, &expected_fenced);
    assert_reference(&expected, races, text);
    assert_reference(&expected_fenced, fenced, text);
    hd_race_detector *d = race_new(0, strict);
    race_drive(d, &ops);
    race_pairs found = race_found(d);
    race_assert_same(&found, &expected, &ops);
    ck_assert_uint_eq(hd_race_get_counts(d).graded[HD_RACE_NOTE],
                      strict ? 0 : count_of(races, 'n'));
    found = race_found_fenced(d);
    race_assert_same(&found, &expected_fenced, &ops);
    hd_race_detector_free(d);
}

START_TEST(rule) {
    assert_races(rules[_i].ops, false, rules[_i].races, "");
    assert_races(rules[_i].ops, true, rules[_i].races, "");
}
END_TEST

/* Fences: what races in the default model, what only a fence orders there, and what races in the
 * strict one. */
static const struct {
    const char *ops, *races, *fenced, *strict;
} fence_rules[] = {
    /* A fence behind the plain read of an atomic write orders what the write knew. */
    {"0:S@8 0:s@0 1:L@0 1:f 1:L@8", "2-3n", "1-5", "1-5 2-3n"},
    {"0:S@8 0:r@0 1:L@0 1:f 1:L@8", "2-3n", "1-5", "1-5 2-3n"},
    {"0:S@8 0:s@0 1:C1@3 1:f 1:L@8", "2-3n", "1-5", "1-5 2-3n"},
    /* … and later ones, and what the fence's agent hands on. */
    {"0:S@8 0:s@0 1:L@0 1:f 1:f 1:L@8 1:S@8", "2-3n", "1-6 1-7", "1-6 1-7 2-3n"},
    {"0:S@8 0:s@0 1:L@0 1:f 1:s@4 2:l@4 2:S@8", "2-3n", "1-7", "1-7 2-3n"},
    {"0:S@8 0:s@0 1:L@0 1:f 1:p>2 2:L@8", "2-3n", "1-6", "1-6 2-3n"},
    {"0:S@8 0:s@0 1:L@0 1:f 2:j>1 2:L@8", "2-3n", "1-6", "1-6 2-3n"},
    {"0:S@8 0:s@0 1:L@0 1:f 1:w@4 2:n@4>1 2:S@8", "2-3n", "1-7", "1-7 2-3n"},
    {"0:S@8 0:s@0 1:L@0 1:f 1:g8@16 2:z 2:S@8", "2-3n", "1-7", "1-7 2-3n"},
    {"0:S@8 0:s@0 1:L@0 1:f 1:s@4 2:L@4 2:f 2:S@8", "2-3n 5-6n", "1-8", "1-8 2-3n 5-6n"},
    /* … not without a fence behind the read, nor by a fence before it. */
    {"0:S@8 0:s@0 1:L@0 1:L@8", "1-4 2-3n", "", "1-4 2-3n"},
    {"0:S@8 0:s@0 1:f 1:L@0 1:L@8", "1-5 2-4n", "", "1-5 2-4n"},
    {"0:S@8 0:s@0 1:L@0 2:f 1:L@8", "1-5 2-3n", "", "1-5 2-3n"},
    /* … nor by a read that came before the write, or of other bytes, or of a later write. */
    {"1:L@0 0:S@8 0:s@0 1:f 1:L@8", "1-3n 2-5", "", "1-3n 2-5"},
    {"0:S@8 0:s@0 1:L@4 1:f 1:L@8", "1-5", "", "1-5"},
    {"0:S@8 0:s@0 2:s@0 1:L@0 1:f 1:L@8", "1-6 2-4n 3-4n", "", "1-6 2-4n 3-4n"},
    {"0:S@8 0:s@0 0:S@0 1:L@0 1:f 1:L@8", "1-6 2-4n 3-4", "", "1-6 2-4n 3-4"},
    /* What the write did not know stays unordered. */
    {"0:s@0 0:S@8 1:L@0 1:f 1:L@8", "1-3n 2-5", "", "1-3n 2-5"},
    /* The pair on the flag keeps its class, in both orders. */
    {"0:s@0 1:L@0 1:f 1:L@0", "1-2n", "1-4n", "1-2n 1-4n"},
    {"0:s@0 1:L@0 1:f 1:S@0", "1-2n", "1-4", "1-2n 1-4"},
    /* Every read before the fence counts, and every byte. */
    {"0:S@8 0:s@0 2:S@12 2:s@4 1:L8@0 1:f 1:L@8 1:L@12", "2-5n 4-5n", "1-7 3-8",
     "1-7 2-5n 3-8 4-5n"},
    {"0:S@8 0:s@0 2:S@12 2:s1@3 1:L@0 1:f 1:L@8 1:L@12", "2-4m 2-5n 4-5n", "1-7 3-8",
     "1-7 2-4m 2-5n 3-8 4-5n"},
    {"0:S@8 0:s@0 2:s@4 1:L@0 1:L@4 1:f 1:L@8", "2-4n 3-5n", "1-7", "1-7 2-4n 3-5n"},
    /* An atomic read of another size. */
    {"0:S@8 0:s@0 1:l8@0 1:f 1:L@8", "2-3m", "1-5", "1-5 2-3m"},
    {"0:S@8 0:s@0 1:X1@0 1:f 1:L@8", "2-3m", "1-5", "1-5 2-3m"},
    /* A write behind a fence releases what its agent knew at that fence. */
    {"0:S@8 0:f 0:S@0 1:L@0 1:f 1:L@8", "3-4", "1-6", "1-6 3-4"},
    {"0:S@8 0:f 0:F9@0 1:C1@4 1:f 1:L@12", "3-4", "", "3-4"},
    {"0:S@16 0:f 0:F9@0 1:C1@4 1:f 1:L@16", "3-4", "1-6", "1-6 3-4"},
    {"0:S@8 0:f 0:S@12 0:S@0 1:L@0 1:f 1:L@8 1:L@12", "3-8 4-5", "1-7", "1-7 3-8 4-5"},
    {"0:S@8 0:f 0:f 0:S@0 1:L@0 1:f 1:L@8", "4-5", "1-7", "1-7 4-5"},
    {"0:f 0:S@8 0:S@0 1:L@0 1:f 1:L@8", "2-6 3-4", "", "2-6 3-4"},
    {"0:S@8 2:f 0:S@0 1:L@0 1:f 1:L@8", "1-6 3-4", "", "1-6 3-4"},
    /* … and an atomic one all that it knew itself. */
    {"0:f 0:S@8 0:s@0 1:L@0 1:f 1:L@8", "3-4n", "2-6", "2-6 3-4n"},
    /* A synchronizing read needs no fence, and is no order of a fence. */
    {"0:S@8 0:s@0 1:l@0 1:f 1:L@8", "", "", ""},
    {"0:S@8 0:s@0 1:L@0 1:f 1:l@0 1:L@8", "2-3n", "", "2-3n"},
    /* No order from fence to fence. */
    {"0:S@0 0:f 1:f 1:L@0", "1-4", "", "1-4"},
    {"0:f 0:s@0 1:f 1:L@8 0:S@8", "4-5", "", "4-5"},
    /* Growth. */
    {"0:g16@16 0:s@0 1:L@0 1:f 1:L@16", "2-3n", "1-5g", "1-5g 2-3n"},
    /* A pair that races as well is no pair that a fence orders. */
    {"0:S@0 1:S8@0 1:s@8 2:L@8 2:f 2:L@0", "1-2 1-6 3-4n", "2-6", "1-2 1-6 2-6 3-4n"},
};

START_TEST(fence_rule) {
    assert_races(fence_rules[_i].ops, false, fence_rules[_i].races, fence_rules[_i].fenced);
    assert_races(fence_rules[_i].ops, true, fence_rules[_i].strict, "");
}
END_TEST

/* Reports. */

static hd_race_detector *driven(const char *text) {
    race_ops ops = parse(text);
    hd_race_detector *d = race_new(0, false);
    memset(bytes, 0, sizeof bytes);
    race_drive(d, &ops);
    return d;
}

START_TEST(report_holds_both_accesses) {
    hd_race_detector *d = driven("0:S4@8 1:l@0 1:L2@10");
    ck_assert_uint_eq(hd_race_count(d), 1);
    const hd_race_report *r = hd_race_get(d, 0);
    ck_assert_int_eq(r->class, HD_RACE_DATA);
    ck_assert_uint_eq(r->address, 10);
    ck_assert_uint_eq(r->length, 2);
    ck_assert_uint_eq(r->count, 1);
    ck_assert_int_eq(r->sync.kind, HD_RACE_SYNC_NONE);
    ck_assert_uint_eq(r->earlier.agent, 0);
    ck_assert_int_eq(r->earlier.kind, HD_EVENT_STORE);
    ck_assert(r->earlier.writes && !r->earlier.atomic);
    ck_assert_uint_eq(r->earlier.step, 0);
    ck_assert_uint_eq(r->earlier.address, 8);
    ck_assert_uint_eq(r->earlier.length, 4);
    ck_assert_uint_eq(r->earlier.value, 0x01010101);
    ck_assert_uint_eq(r->earlier.value_width, 4);
    ck_assert_uint_eq(r->later.agent, 1);
    ck_assert_int_eq(r->later.kind, HD_EVENT_LOAD);
    ck_assert_uint_eq(r->later.step, 2);
    ck_assert_uint_eq(r->later.address, 10);
    ck_assert_uint_eq(r->later.length, 2);
    ck_assert_uint_eq(r->later.value, 0x0101);
    hd_race_detector_free(d);
}
END_TEST

START_TEST(report_of_an_access_across_granules_and_split_cells) {
    hd_race_detector *d = driven("0:S8@5 0:L8@0 0:L1@1 1:S1@12");
    const hd_race_report *r = hd_race_get(d, 0);
    ck_assert_uint_eq(r->earlier.address, 5);
    ck_assert_uint_eq(r->earlier.length, 8);
    ck_assert_uint_eq(r->earlier.value, UINT64_C(0x0101010101010101));
    ck_assert_uint_eq(r->address, 12);
    ck_assert_uint_eq(r->length, 1);
    hd_race_detector_free(d);
}
END_TEST

START_TEST(report_of_bulk_and_vector_accesses) {
    hd_race_detector *d = driven("0:F40@3 1:S2@20 2:S16@36 3:L1@45");
    ck_assert_uint_eq(hd_race_count(d), 3);
    const hd_race_access *bulk = &hd_race_get(d, 0)->earlier;
    ck_assert_int_eq(bulk->kind, HD_EVENT_FILL);
    ck_assert_uint_eq(bulk->address, 3);
    ck_assert_uint_eq(bulk->length, 40);
    ck_assert_uint_eq(bulk->value_address, 20);
    ck_assert_uint_eq(bulk->value_width, 2);
    ck_assert_uint_eq(bulk->value, 0x0101);
    ck_assert_uint_eq(hd_race_get(d, 1)->address, 36);
    ck_assert_uint_eq(hd_race_get(d, 1)->length, 7);
    const hd_race_access *vector = &hd_race_get(d, 2)->earlier;
    ck_assert_uint_eq(vector->address, 36);
    ck_assert_uint_eq(vector->length, 16);
    ck_assert_uint_eq(vector->value_address, 45);
    ck_assert_uint_eq(vector->value, 3);
    ck_assert_uint_eq(vector->value_width, 1);
    hd_race_detector_free(d);
}
END_TEST

START_TEST(report_tells_the_last_synchronization) {
    hd_race_detector *d = driven("0:s@0 1:l@0 0:s@4 1:l@4 0:S@8 1:L@8");
    ck_assert_uint_eq(hd_race_count(d), 1);
    const hd_race_sync *s = &hd_race_get(d, 0)->sync;
    ck_assert_int_eq(s->kind, HD_RACE_SYNC_ATOMIC);
    ck_assert_uint_eq(s->from, 0);
    ck_assert_uint_eq(s->to, 1);
    ck_assert_uint_eq(s->from_step, 2);
    ck_assert_uint_eq(s->to_step, 3);
    ck_assert_uint_eq(s->address, 4);
    hd_race_detector_free(d);
    d = driven("0:p>1 0:S@8 1:L@8");
    s = &hd_race_get(d, 0)->sync;
    ck_assert_int_eq(s->kind, HD_RACE_SYNC_SPAWN);
    ck_assert_uint_eq(s->from_step, HD_RACE_NO_STEP);
    hd_race_detector_free(d);
}
END_TEST

START_TEST(pair_of_locations_is_reported_once_and_counted) {
    race_ops ops = parse("0:S@0 1:S@0 0:S@0 1:S@0 0:S8@0 1:S8@0 0:S8@0 1:S1@20");
    for (size_t i = 0; i < ops.count; i++)
        ops.items[i].location = ops.items[i].agent + 1;
    hd_race_detector *d = race_new(0, false);
    race_drive(d, &ops);
    ck_assert_uint_eq(hd_race_count(d), 1);
    ck_assert_uint_eq(hd_race_get(d, 0)->count, 6);
    hd_race_detector_free(d);
}
END_TEST

START_TEST(pairs_beyond_the_limit_are_counted) {
    race_ops ops = parse("0:S@0 1:S@0 2:S@0");
    hd_race_detector *d = hd_race_detector_new(&(hd_race_options){.limit = 1, .where = where});
    race_drive(d, &ops);
    ck_assert_uint_eq(hd_race_count(d), 1);
    ck_assert_uint_eq(hd_race_get_counts(d).beyond, 2);
    hd_race_detector_free(d);
}
END_TEST

static void assert_printed(const char *ops, size_t index, const char *expected) {
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    hd_race_detector *d = driven(ops);
    ck_assert_uint_lt(index, hd_race_count(d));
    hd_race_print(to, hd_race_get(d, index));
    fclose(to);
    ck_assert_str_eq(text, expected);
    free(text);
    hd_race_detector_free(d);
}

START_TEST(reports_are_printed) {
    assert_printed(
        "0:S@8 0:s@0 1:l@0 0:S@12 1:L8@8", 0,
        "data race on 4 bytes at 0xc\n"
        "  agent 0, step 3: store of 4 bytes at 0xc: left 0x04040404\n"
        "    #0  at 0x4\n"
        "  agent 1, step 4: load of 8 bytes at 0x8: read 0x0404040401010101\n"
        "    #0  at 0x5\n"
        "  last synchronization: agent 1 at step 2 read atomically from 0x0 what agent 0 "
        "wrote there at step 1\n");
    assert_printed(
        "0:r4@0 1:X2@2", 0,
        "mixed-size race on 2 bytes at 0x2: atomic accesses of different ranges\n"
        "  agent 0, step 0: atomic read-modify-write of 4 bytes at 0x0: left 0x01010101\n"
        "    #0  at 0x1\n"
        "  agent 1, step 1: failed atomic compare-exchange of 2 bytes at 0x2: read "
        "0x0101\n"
        "    #0  at 0x2\n"
        "  the two agents have not synchronized before\n");
    assert_printed("0:p>1 0:g16@16 1:S1@16", 0,
                   "growth race on 1 byte at 0x10: in bounds or not depends on a memory.grow\n"
                   "  agent 0, step 0: memory.grow of 16 bytes at 0x10\n"
                   "    #0  at 0x2\n"
                   "  agent 1, step 1: store of 1 byte at 0x10: left 0x03\n"
                   "    #0  at 0x3\n"
                   "  last synchronization: agent 1 before its first step was started by agent 0, "
                   "which stood before its first step\n");
}
END_TEST

/* Suppressions. */

static void suppress(hd_suppressions *s, const char *text) {
    hd_diag diag = HD_DIAG_INIT;
    ck_assert_msg(hd_suppressions_add(s, text, &diag) == HD_OK, "%s", diag.message);
}

START_TEST(suppressions_are_parsed) {
    static const char *const bad[] = {"",
                                      "fn:",
                                      "fn",
                                      "file:",
                                      "helper:",
                                      "addr:",
                                      "addr:1-",
                                      "addr:2-1",
                                      "addr:x",
                                      "addr:-1",
                                      "addr:1-2-3",
                                      "addr: 1",
                                      "function:f",
                                      "addr:1 ",
                                      "addr:0x10-0x20x",
                                      "addr:99999999999999999999"};
    hd_suppressions s = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        hd_diag diag = HD_DIAG_INIT;
        ck_assert_msg(hd_suppressions_add(&s, bad[i], &diag) == HD_FAILED, "%s", bad[i]);
        ck_assert_ptr_nonnull(strstr(diag.message, "fn:PATTERN"));
    }
    suppress(&s, "addr:0x10-0x1f");
    suppress(&s, "addr:64");
    ck_assert(hd_suppressions_have_address(&s, 0x10, 1));
    ck_assert(hd_suppressions_have_address(&s, 0x1F, 8));
    ck_assert(hd_suppressions_have_address(&s, 0xC, 8));
    ck_assert(!hd_suppressions_have_address(&s, 0xC, 4));
    ck_assert(!hd_suppressions_have_address(&s, 0x20, 4));
    ck_assert(hd_suppressions_have_address(&s, 60, 5));
    hd_suppressions_free(&s);
}
END_TEST

START_TEST(suppressed_bytes_are_not_reported) {
    hd_suppressions s = {0};
    suppress(&s, "addr:8-11");
    race_ops ops = parse("0:S@8 1:S@8 1:L1@11 0:S@12 1:S@12");
    hd_race_detector *d =
        hd_race_detector_new(&(hd_race_options){.suppressions = &s, .where = where});
    race_drive(d, &ops);
    race_pairs found = race_found(d), expected = {0};
    race_pairs_add(&expected, 4, 5, HD_RACE_DATA);
    race_assert_same(&found, &expected, &ops);
    ck_assert_uint_eq(hd_race_get_counts(d).graded[HD_RACE_SUPPRESSED], 2);
    hd_race_detector_free(d);
    hd_suppressions_free(&s);
}
END_TEST

/* What was suppressed at one address is reported when it races at another one as well. */
START_TEST(suppression_of_bytes_is_no_suppression_of_code) {
    hd_suppressions s = {0};
    suppress(&s, "addr:8-11");
    race_ops ops = parse("0:S@8 1:S@8 0:S@16 1:S@16 0:S@8 1:S@8");
    for (size_t i = 0; i < ops.count; i++)
        ops.items[i].location = ops.items[i].agent + 1;
    hd_race_detector *d =
        hd_race_detector_new(&(hd_race_options){.suppressions = &s, .where = where});
    race_drive(d, &ops);
    ck_assert_uint_eq(hd_race_count(d), 1);
    ck_assert_uint_eq(hd_race_get_counts(d).graded[HD_RACE_ERROR], 1);
    ck_assert_uint_eq(hd_race_get_counts(d).graded[HD_RACE_SUPPRESSED], 0);
    ck_assert_uint_eq(hd_race_get(d, 0)->address, 16);
    hd_race_detector_free(d);
    /* The strict model suppresses nothing. */
    d = hd_race_detector_new(
        &(hd_race_options){.suppressions = &s, .where = where, .strict = true});
    race_drive(d, &ops);
    ck_assert_uint_eq(hd_race_get_counts(d).graded[HD_RACE_ERROR], 1);
    ck_assert_uint_eq(hd_race_get(d, 0)->address, 8);
    hd_race_detector_free(d);
    hd_suppressions_free(&s);
}
END_TEST

START_TEST(suppressions_are_read_by_lines) {
    static const char text[] = "# comment\n\n  addr:8 \t\r\naddr:16-17\naddr:1";
    hd_suppressions s = {0};
    hd_diag diag = HD_DIAG_INIT;
    ck_assert_int_eq(hd_suppressions_read(&s, text, sizeof text - 1, &diag), HD_OK);
    ck_assert_uint_eq(s.list.len, 3);
    ck_assert_str_eq(s.list.items[0].text, "addr:8");
    ck_assert(hd_suppressions_have_address(&s, 17, 1));
    ck_assert(hd_suppressions_have_address(&s, 1, 1));
    ck_assert_int_eq(hd_suppressions_read(&s, "addr:1\n\nfn", 10, &diag), HD_FAILED);
    ck_assert_ptr_nonnull(strstr(diag.message, "line 3: bad suppression 'fn'"));
    hd_suppressions_free(&s);
    hd_diag_reset(&diag);
    ck_assert_int_eq(hd_suppressions_add_wasi_libc(&s, &diag), HD_OK);
    ck_assert_uint_gt(s.list.len, 0);
    hd_suppressions_free(&s);
}
END_TEST

/* Lack of memory, and of numbers. */

START_TEST(detector_without_memory_turns_itself_off) {
    race_ops ops =
        parse("0:p>1 0:S@0 1:L1@0 0:s@8 1:l@8 2:r@8 3:l2@8 1:w@8 0:n@8>1 0:S16@20 1:F9@19 "
              "0:g16@48 2:L@50 0:L@0 2:L@0 3:L@0 1:S1@1 2:S1@1 3:S1@1 0:j>1 0:L@20");
    bool complete = false;
    for (uint64_t n = 1; !complete; n++) {
        hd_alloc_fail_after(n);
        hd_race_detector *d = hd_race_detector_new(&(hd_race_options){.where = where});
        if (d) {
            race_drive(d, &ops);
            complete = hd_race_detector_status(d) == HD_RACE_WATCHING;
            hd_alloc_fail_after(0);
            ck_assert_uint_le(hd_race_count(d), RACE_PAIRS);
            for (size_t i = 0; i < hd_race_count(d); i++)
                ck_assert_ptr_nonnull(hd_race_get(d, i)->later.label);
            if (!complete)
                ck_assert_ptr_nonnull(
                    strstr(hd_race_status_message(hd_race_detector_status(d)), "memory"));
        }
        hd_race_detector_free(d);
        ck_assert_uint_lt(n, 1000);
    }
    hd_alloc_fail_after(0);
}
END_TEST

START_TEST(detector_keeps_to_its_budget) {
    race_ops ops = parse("0:S@0 1:S@0 0:S@8 0:S1@9 2:S@0 3:S@0 0:L@0 1:L@0 1:F40@3");
    bool complete = false;
    for (size_t budget = 64; !complete; budget += 64) {
        hd_race_detector *d =
            hd_race_detector_new(&(hd_race_options){.memory = budget, .where = where});
        race_drive(d, &ops);
        complete = hd_race_detector_status(d) == HD_RACE_WATCHING;
        ck_assert_uint_eq(complete, hd_race_detector_status(d) != HD_RACE_NO_MEMORY);
        ck_assert(!complete || budget > 1000);
        hd_race_detector_free(d);
        ck_assert_uint_lt(budget, 10000);
    }
}
END_TEST

START_TEST(detector_knows_many_agents_but_not_all) {
    hd_race_detector *d = race_new(0, false);
    const hd_observer *o = hd_race_observer(d);
    hd_event e = {HD_EVENT_LOAD, false, &memory, 0, 4, 0};
    hd_event store = {HD_EVENT_STORE, true, &memory, 0, 4, 0};
    hd_event rmw = {HD_EVENT_RMW, true, &memory, 8, 4, 0};
    location = 1;
    for (uint32_t i = 0; i < 3000; i++) {
        o->event(o->context, i, 2 * i, &e);
        o->event(o->context, i, 2 * i + 1, &rmw);
    }
    o->event(o->context, 3000, 6000, &rmw);
    o->event(o->context, 3000, 6001, &store);
    ck_assert_uint_eq(hd_race_count(d), 0);
    o->event(o->context, 3001, 6002, &store);
    ck_assert_uint_eq(hd_race_count(d), 1);
    o->event(o->context, 70000, 6003, &e);
    ck_assert_int_eq(hd_race_detector_status(d), HD_RACE_TOO_MANY_AGENTS);
    o->event(o->context, 0, 6004, &store);
    ck_assert_uint_eq(hd_race_count(d), 1);
    hd_race_detector_free(d);
}
END_TEST

Suite *race_suite(void) {
    Suite *suite = suite_create("race");
    TCase *tcase = tcase_create("rules");
    tcase_add_loop_test(tcase, rule, 0, sizeof rules / sizeof *rules);
    tcase_add_loop_test(tcase, fence_rule, 0, sizeof fence_rules / sizeof *fence_rules);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("reports");
    tcase_add_test(tcase, report_holds_both_accesses);
    tcase_add_test(tcase, report_of_an_access_across_granules_and_split_cells);
    tcase_add_test(tcase, report_of_bulk_and_vector_accesses);
    tcase_add_test(tcase, report_tells_the_last_synchronization);
    tcase_add_test(tcase, pair_of_locations_is_reported_once_and_counted);
    tcase_add_test(tcase, pairs_beyond_the_limit_are_counted);
    tcase_add_test(tcase, reports_are_printed);
    tcase_add_test(tcase, suppressions_are_parsed);
    tcase_add_test(tcase, suppressed_bytes_are_not_reported);
    tcase_add_test(tcase, suppression_of_bytes_is_no_suppression_of_code);
    tcase_add_test(tcase, suppressions_are_read_by_lines);
    tcase_add_test(tcase, detector_without_memory_turns_itself_off);
    tcase_add_test(tcase, detector_keeps_to_its_budget);
    tcase_add_test(tcase, detector_knows_many_agents_but_not_all);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, race_oracle_case());
    suite_add_tcase(suite, race_program_case());
    return suite;
}
