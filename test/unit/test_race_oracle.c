/* test_race_oracle.c: the race detector against a reference: happens-before as a matrix over all
 * events of an execution, and every pair of them looked at, straight from the definition in
 * doc/events.md. It shares nothing with the detector but the names of the classes. */
#include <string.h>

#include "test_race.h"

/* The reference. A wait is two events, its read and its place in the queue; so is a notify that
 * wakes: itself and the wake. */

enum { NODES = 2 * RACE_OPS, NOBODY = NODES };

/* Happens-before without what fences order, and with it. */
enum { STRICT, WITH_FENCES, ORDERS };

typedef struct node {
    const race_op *op;
    uint32_t agent;
    bool access;             /* of memory; of the bytes of the operation */
    bool bounded;            /* its bounds are checked */
    size_t from[RACE_BYTES]; /* of each byte that it reads: the write, or NOBODY */
} node;

typedef struct history {
    node nodes[NODES];
    bool before[ORDERS][NODES][NODES];
    size_t count;
    size_t latest[RACE_AGENTS], writers[RACE_BYTES], queues[RACE_BYTES], growth;
} history;

static bool is_atomic(const race_op *op) {
    return strchr("lsrxXwW", (char)op->kind);
}

static bool is_write(const race_op *op) {
    return strchr("SFsrx", (char)op->kind);
}

static bool is_read(const race_op *op) {
    return strchr("LClrxXwW", (char)op->kind);
}

static bool overlap(const race_op *a, const race_op *b) {
    return a->width > 0 && b->width > 0 && a->address < b->address + b->width &&
           b->address < a->address + a->width;
}

static bool same_range(const race_op *a, const race_op *b) {
    return a->address == b->address && a->width == b->width;
}

static void order_in(history *h, int which, size_t first, size_t second) {
    h->before[which][first][second] = true;
    for (size_t i = 0; i < h->count; i++)
        if (h->before[which][i][first]) h->before[which][i][second] = true;
}

static void order(history *h, size_t first, size_t second) {
    if (first == NOBODY) return;
    for (int which = 0; which < ORDERS; which++)
        order_in(h, which, first, second);
}

/* Adds an event that comes after its agent's latest one. */
static size_t add(history *h, const race_op *op, uint32_t agent) {
    size_t n = h->count++;
    h->nodes[n] = (node){.op = op, .agent = agent};
    for (size_t byte = 0; byte < RACE_BYTES; byte++)
        h->nodes[n].from[byte] = NOBODY;
    order(h, h->latest[agent], n);
    return h->latest[agent] = n;
}

static void add_to_queue(history *h, size_t n, uint64_t address) {
    order(h, h->queues[address], n);
    h->queues[address] = n;
}

/* synchronizes-with: an atomic read that reads-from an atomic write of the same range. */
static bool synchronizes(const race_op *write, const race_op *read) {
    return is_atomic(write) && is_atomic(read) && same_range(write, read);
}

/* The event whose knowledge a write releases: itself, or its agent's latest fence; or NOBODY. */
static size_t release_of(const history *h, size_t write) {
    if (is_atomic(h->nodes[write].op)) return write;
    for (size_t i = write; i-- > 0;)
        if (h->nodes[i].agent == h->nodes[write].agent && h->nodes[i].op->kind == OP_FENCE)
            return i;
    return NOBODY;
}

/* A fence comes after what was released by the writes that its agent has read from. */
static void add_fence(history *h, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const node *read = &h->nodes[i];
        if (read->agent != h->nodes[n].agent) continue;
        for (size_t byte = 0; byte < RACE_BYTES; byte++) {
            size_t w = read->from[byte];
            if (w == NOBODY || synchronizes(h->nodes[w].op, read->op)) continue;
            size_t release = release_of(h, w);
            if (release != NOBODY) order_in(h, WITH_FENCES, release, n);
        }
    }
}

static void add_access(history *h, size_t n) {
    node *now = &h->nodes[n];
    const race_op *op = now->op;
    now->access = now->bounded = true;
    for (uint64_t byte = op->address; byte < op->address + op->width; byte++) {
        size_t w = h->writers[byte];
        if (is_read(op) && w != NOBODY) {
            now->from[byte] = w;
            if (synchronizes(h->nodes[w].op, op)) order(h, w, n);
        }
        if (is_write(op)) h->writers[byte] = n;
    }
    if (op->kind == OP_WAIT) add_to_queue(h, add(h, op, op->agent), op->address);
}

static void add_notify(history *h, size_t n, const race_op *op) {
    h->nodes[n].bounded = true;
    if (op->other == HD_NO_AGENT) return;
    add_to_queue(h, n, op->address);
    add_to_queue(h, add(h, op, op->other), op->address);
}

static void add_op(history *h, const race_op *op) {
    size_t n = add(h, op, op->agent);
    switch (op->kind) {
    case OP_SPAWN: h->latest[op->other] = n; break;
    case OP_JOIN: order(h, h->latest[op->other], n); break;
    case OP_TIME_OUT: add_to_queue(h, n, op->address); break;
    case OP_NOTIFY: add_notify(h, n, op); break;
    case OP_FENCE: add_fence(h, n); break;
    case OP_SIZE:
    case OP_GROW:
    case OP_FAILED_GROW:
        order(h, h->growth, n);
        if (op->kind == OP_GROW) h->growth = n;
        break;
    default: add_access(h, n);
    }
}

/* The class of a pair of accesses, if they are one. */
static bool class_of(const race_op *a, const race_op *b, hd_race_class *class) {
    if (!overlap(a, b) || (!is_write(a) && !is_write(b))) return false;
    bool both = is_atomic(a) && is_atomic(b);
    if (both && same_range(a, b)) return false;
    bool plain_write = (is_write(a) && !is_atomic(a)) || (is_write(b) && !is_atomic(b));
    *class = both ? HD_RACE_MIXED : plain_write ? HD_RACE_DATA : HD_RACE_PLAIN_READ;
    return true;
}

/* Adds a pair to those that are unordered, or else to those that only a fence orders. */
static void add_pair(const history *h, size_t i, size_t j, hd_race_class class, bool strict,
                     race_pairs *races, race_pairs *fenced) {
    bool ordered = h->before[strict ? STRICT : WITH_FENCES][i][j];
    race_pairs_add(ordered ? fenced : races, h->nodes[i].op->location, h->nodes[j].op->location,
                   class);
}

static void find_races(const history *h, bool strict, race_pairs *races, race_pairs *fenced) {
    for (size_t j = 0; j < h->count; j++)
        for (size_t i = 0; i < j; i++) {
            const node *a = &h->nodes[i], *b = &h->nodes[j];
            hd_race_class class;
            if (h->before[STRICT][i][j] || a->agent == b->agent) continue;
            uint64_t end = b->op->address + b->op->width;
            if (a->op->kind == OP_GROW && b->bounded && end > a->op->address &&
                end <= a->op->address + a->op->width)
                add_pair(h, i, j, HD_RACE_GROWTH, strict, races, fenced);
            if (a->access && b->access && class_of(a->op, b->op, &class))
                add_pair(h, i, j, class, strict, races, fenced);
        }
}

race_pairs race_expected(const race_ops *ops, bool strict, race_pairs *fenced) {
    static history h;
    race_pairs races = {0}, ordered = {0};
    memset(&h, 0, sizeof h);
    h.growth = NOBODY;
    for (size_t i = 0; i < RACE_AGENTS; i++)
        h.latest[i] = NOBODY;
    for (size_t i = 0; i < RACE_BYTES; i++)
        h.writers[i] = h.queues[i] = NOBODY;
    for (size_t i = 0; i < ops->count; i++)
        add_op(&h, &ops->items[i]);
    find_races(&h, strict, &races, &ordered);
    /* Of a pair of locations that races at some time nobody says that a fence orders it. */
    *fenced = (race_pairs){0};
    for (size_t i = 0; i < ordered.count; i++)
        if (!race_pairs_has(&races, &ordered.items[i]))
            race_pairs_add(fenced, ordered.items[i].low, ordered.items[i].high,
                           ordered.items[i].class);
    return races;
}

/* Random executions: possible ones, in that waiters wait, and agents that have ended do nothing. */

typedef struct generator {
    uint64_t state;
    race_ops ops;
    uint32_t agents;
    bool waiting[RACE_AGENTS], ended[RACE_AGENTS], begun[RACE_AGENTS];
    uint64_t queue[RACE_AGENTS];
    uint64_t length;
    bool distinct;   /* every event has a location of its own */
    uint32_t fences; /* of 16 events, so many */
} generator;

static uint32_t roll(generator *g, uint32_t sides) {
    g->state = g->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(g->state >> 33) % sides;
}

static const uint64_t places[] = {0, 4, 8, 16};

static uint32_t first_waiter(const generator *g, uint64_t address) {
    for (uint32_t a = 0; a < g->agents; a++)
        if (g->waiting[a] && g->queue[a] == address) return a;
    return HD_NO_AGENT;
}

static race_op plain_op(generator *g, race_op op) {
    static const race_op_kind kinds[] = {OP_LOAD, OP_LOAD, OP_STORE, OP_STORE, OP_FILL, OP_COPY};
    op.kind = kinds[roll(g, 6)];
    op.width = op.kind == OP_FILL || op.kind == OP_COPY ? roll(g, 20) : 1u << roll(g, 5);
    op.address = roll(g, 3) ? places[roll(g, 4)] : roll(g, 20);
    return op;
}

static race_op atomic_op(generator *g, race_op op) {
    static const race_op_kind kinds[] = {OP_ATOMIC_LOAD,   OP_ATOMIC_LOAD, OP_ATOMIC_STORE,
                                         OP_ATOMIC_STORE,  OP_RMW,         OP_CMPXCHG,
                                         OP_FAILED_CMPXCHG};
    op.kind = kinds[roll(g, 7)];
    op.width = roll(g, 3) ? 4 : 1u << roll(g, 4);
    op.address = places[roll(g, 4)];
    if (op.width < 4 && roll(g, 2)) op.address += op.width;
    op.address &= ~(uint64_t)(op.width - 1);
    return op;
}

static race_op queue_op(generator *g, race_op op) {
    static const race_op_kind kinds[] = {OP_WAIT, OP_WAIT, OP_NOT_EQUAL, OP_NOTIFY, OP_NOTIFY};
    op.kind = kinds[roll(g, 5)];
    op.width = op.kind == OP_NOTIFY || roll(g, 2) ? 4 : 8;
    op.address = places[2 * roll(g, 2)]; /* aligned for both widths */
    if (op.kind == OP_WAIT) {
        g->waiting[op.agent] = true;
        g->queue[op.agent] = op.address;
    }
    if (op.kind == OP_NOTIFY) {
        op.other = first_waiter(g, op.address);
        if (op.other != HD_NO_AGENT) g->waiting[op.other] = false;
    }
    return op;
}

static race_op fence_op(race_op op) {
    op.kind = OP_FENCE;
    return op;
}

static race_op other_op(generator *g, race_op op) {
    uint32_t other = roll(g, g->agents);
    switch (roll(g, 6)) {
    case 0:
        if (other != op.agent && !g->begun[other]) {
            op.kind = OP_SPAWN;
            op.other = other;
            g->begun[other] = true;
            return op;
        }
        break;
    case 1:
        if (other != op.agent && !g->waiting[other] && roll(g, 3) == 0) {
            op.kind = OP_JOIN;
            op.other = other;
            g->ended[other] = true;
            return op;
        }
        break;
    case 2: op.kind = OP_SIZE; return op;
    case 3:
        if (g->length + 8 > 40) break;
        op.kind = OP_GROW;
        op.address = g->length;
        op.width = 8;
        g->length += 8;
        return op;
    case 4: op.kind = OP_FAILED_GROW; return op;
    default: break;
    }
    return fence_op(op);
}

/* An instruction is of one kind and width. */
static uint32_t location_of(generator *g, const race_op *op) {
    return ((uint32_t)op->kind * 32 + op->width) * 4 + roll(g, 3);
}

static void generate(generator *g) {
    g->agents = 2 + roll(g, RACE_AGENTS - 1);
    g->length = 16 + 8 * roll(g, 3);
    g->fences = roll(g, 2) ? 0 : 1 + roll(g, 4);
    size_t count = 4 + roll(g, roll(g, 2) ? 12 : RACE_OPS - 4);
    for (size_t tries = 0; g->ops.count < count && tries < 4 * RACE_OPS; tries++) {
        race_op op = {.agent = roll(g, g->agents), .other = HD_NO_AGENT};
        if (g->ended[op.agent]) continue;
        if (g->waiting[op.agent]) {
            if (roll(g, 4)) continue;
            op.kind = OP_TIME_OUT;
            op.address = g->queue[op.agent];
            g->waiting[op.agent] = false;
        } else {
            uint32_t what = roll(g, 16);
            race_op next = roll(g, 16) < g->fences ? fence_op(op)
                           : what < 5              ? plain_op(g, op)
                           : what < 12             ? atomic_op(g, op)
                           : what < 14             ? queue_op(g, op)
                                                   : other_op(g, op);
            if (next.kind != OP_GROW && next.address + next.width > g->length) continue;
            op = next;
        }
        g->begun[op.agent] = true;
        op.location = g->distinct ? (uint32_t)g->ops.count + 1 : location_of(g, &op);
        g->ops.items[g->ops.count++] = op;
    }
}

/* What the verdicts of a test have said. */
typedef struct tally {
    size_t racy, pairs, fenced, classes[HD_RACE_CLASSES];
} tally;

static void compare(const race_ops *ops, bool strict, tally *t) {
    race_pairs fenced, expected = race_expected(ops, strict, &fenced);
    hd_race_detector *d = race_new(UINT32_MAX, strict);
    race_drive(d, ops);
    race_pairs found = race_found(d);
    race_assert_same(&found, &expected, ops);
    found = race_found_fenced(d);
    race_assert_same(&found, &fenced, ops);
    hd_race_detector_free(d);
    t->racy += expected.count > 0;
    t->pairs += expected.count;
    t->fenced += fenced.count > 0;
    for (size_t i = 0; i < expected.count; i++)
        t->classes[expected.items[i].class]++;
}

START_TEST(detector_agrees_with_the_definition) {
    tally with_fences = {0}, strict = {0};
    enum { EXECUTIONS = 10000 };
    for (uint64_t seed = 0; seed < EXECUTIONS; seed++) {
        generator g = {.state = seed * 977 + 1, .distinct = seed % 2};
        generate(&g);
        compare(&g.ops, false, &with_fences);
        compare(&g.ops, true, &strict);
    }
    /* No verdict is rare. */
    ck_assert_uint_gt(with_fences.racy, EXECUTIONS / 10);
    ck_assert_uint_lt(with_fences.racy, EXECUTIONS * 9 / 10);
    ck_assert_uint_gt(with_fences.fenced, EXECUTIONS / 100);
    for (size_t i = 0; i < HD_RACE_CLASSES; i++)
        ck_assert_uint_gt(with_fences.classes[i], EXECUTIONS / 100);
    ck_assert_uint_gt(strict.pairs, with_fences.pairs);
    ck_assert_uint_eq(strict.fenced, 0);
}
END_TEST

/* Which events race with an earlier one: 1 as a note, 2 as an error. */
static void mark_later(const race_pairs *pairs, uint8_t later[]) {
    for (size_t i = 0; i < pairs->count; i++) {
        uint8_t grave = pairs->items[i].class == HD_RACE_PLAIN_READ ? 1 : 2;
        uint32_t event = pairs->items[i].high;
        if (later[event] < grave) later[event] = grave;
    }
}

/* With a short memory it may name fewer earlier accesses, but misses no later one, and takes none
 * for less than it is. */
START_TEST(short_memory_misses_no_racing_event) {
    for (uint64_t seed = 0; seed < 10000; seed++) {
        generator g = {.state = seed * 1013 + 5, .distinct = true};
        uint8_t expected_later[RACE_OPS + 1] = {0}, later[RACE_OPS + 1] = {0};
        generate(&g);
        race_pairs fenced, expected = race_expected(&g.ops, false, &fenced);
        hd_race_detector *d = race_new(1, false);
        race_drive(d, &g.ops);
        race_pairs found = race_found(d);
        mark_later(&expected, expected_later);
        mark_later(&found, later);
        for (size_t i = 0; i < found.count; i++)
            ck_assert_msg(race_pairs_has(&expected, &found.items[i]), "%s", race_ops_text(&g.ops));
        ck_assert_msg(memcmp(later, expected_later, sizeof later) == 0, "%s",
                      race_ops_text(&g.ops));
        hd_race_detector_free(d);
    }
}
END_TEST

TCase *race_oracle_case(void) {
    TCase *tcase = tcase_create("oracle");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, detector_agrees_with_the_definition);
    tcase_add_test(tcase, short_memory_misses_no_racing_event);
    return tcase;
}
