/* test_race_oracle.c: the race detector against a reference: happens-before as a matrix over all
 * events of an execution, and every pair of them looked at, straight from the definition. */
#include <string.h>

#include "test_race.h"

/* The reference. A wait is two events, its read and its place in the queue; so is a notify that
 * wakes: itself and the wake. */

enum { NODES = 2 * RACE_OPS };

typedef struct node {
    const race_op *op;
    uint32_t agent;
    bool access;  /* of memory; of the bytes of the operation */
    bool bounded; /* its bounds are checked */
} node;

typedef struct history {
    node nodes[NODES];
    bool before[NODES][NODES];
    size_t count;
} history;

static bool is_atomic(const race_op *op) {
    return strchr("lsrxXwW", (char)op->kind);
}

static bool is_write(const race_op *op) {
    return strchr("SFsrx", (char)op->kind);
}

static bool reads_atomically(const race_op *op) {
    return is_atomic(op) && op->kind != OP_ATOMIC_STORE;
}

static void order(history *h, size_t first, size_t second) {
    h->before[first][second] = true;
    for (size_t i = 0; i < h->count; i++)
        if (h->before[i][first]) h->before[i][second] = true;
}

enum { NOBODY = NODES };

/* Adds an event that comes after its agent's latest one. */
static size_t add(history *h, const race_op *op, uint32_t agent, size_t latest[]) {
    size_t n = h->count++;
    h->nodes[n] = (node){.op = op, .agent = agent};
    if (latest[agent] != NOBODY) order(h, latest[agent], n);
    return latest[agent] = n;
}

static void add_to_queue(history *h, size_t n, size_t queues[], uint64_t address) {
    if (queues[address] != NOBODY) order(h, queues[address], n);
    queues[address] = n;
}

static bool overlap(const race_op *a, const race_op *b) {
    return a->width > 0 && b->width > 0 && a->address < b->address + b->width &&
           b->address < a->address + a->width;
}

static bool same_range(const race_op *a, const race_op *b) {
    return a->address == b->address && a->width == b->width;
}

static race_pairs races_of(const history *h) {
    race_pairs pairs = {0};
    for (size_t j = 0; j < h->count; j++)
        for (size_t i = 0; i < j; i++) {
            const node *a = &h->nodes[i], *b = &h->nodes[j];
            if (h->before[i][j] || a->agent == b->agent) continue;
            uint64_t end = b->op->address + b->op->width;
            if (a->op->kind == OP_GROW && b->bounded && end > a->op->address &&
                end <= a->op->address + a->op->width)
                race_pairs_add(&pairs, a->op->location, b->op->location, HD_RACE_GROWTH);
            if (!a->access || !b->access || !overlap(a->op, b->op)) continue;
            if (!is_write(a->op) && !is_write(b->op)) continue;
            bool both = is_atomic(a->op) && is_atomic(b->op);
            if (both && same_range(a->op, b->op)) continue;
            race_pairs_add(&pairs, a->op->location, b->op->location,
                           both ? HD_RACE_MIXED : HD_RACE_DATA);
        }
    return pairs;
}

race_pairs race_expected(const race_ops *ops) {
    static history h;
    memset(&h, 0, sizeof h);
    size_t latest[RACE_AGENTS], writers[RACE_BYTES], queues[RACE_BYTES], growth = NOBODY;
    for (size_t i = 0; i < RACE_AGENTS; i++)
        latest[i] = NOBODY;
    for (size_t i = 0; i < RACE_BYTES; i++)
        writers[i] = queues[i] = NOBODY;
    for (size_t i = 0; i < ops->count; i++) {
        const race_op *op = &ops->items[i];
        size_t n = add(&h, op, op->agent, latest);
        node *now = &h.nodes[n];
        switch (op->kind) {
        case OP_SPAWN: latest[op->other] = n; continue;
        case OP_JOIN:
            if (latest[op->other] != NOBODY) order(&h, latest[op->other], n);
            continue;
        case OP_TIME_OUT: add_to_queue(&h, n, queues, op->address); continue;
        case OP_NOTIFY:
            now->bounded = true;
            if (op->other == HD_NO_AGENT) continue;
            add_to_queue(&h, n, queues, op->address);
            n = add(&h, op, op->other, latest);
            add_to_queue(&h, n, queues, op->address);
            continue;
        case OP_FENCE: continue;
        case OP_SIZE:
        case OP_GROW:
        case OP_FAILED_GROW:
            if (growth != NOBODY) order(&h, growth, n);
            if (op->kind == OP_GROW) growth = n;
            continue;
        default: now->access = now->bounded = true;
        }
        for (uint64_t byte = op->address; byte < op->address + op->width; byte++) {
            size_t w = writers[byte];
            if (reads_atomically(op) && w != NOBODY && is_atomic(h.nodes[w].op) &&
                same_range(h.nodes[w].op, op))
                order(&h, w, n);
            if (is_write(op)) writers[byte] = n;
        }
        if (op->kind == OP_WAIT)
            add_to_queue(&h, add(&h, op, op->agent, latest), queues, op->address);
    }
    return races_of(&h);
}

/* Random executions: possible ones, in that waiters wait, and agents that have ended do nothing. */

typedef struct generator {
    uint64_t state;
    race_ops ops;
    uint32_t agents;
    bool waiting[RACE_AGENTS], ended[RACE_AGENTS], begun[RACE_AGENTS];
    uint64_t queue[RACE_AGENTS];
    uint64_t length;
    bool distinct; /* every event has a location of its own */
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
    op.kind = OP_FENCE;
    return op;
}

/* An instruction is of one kind and width. */
static uint32_t location_of(generator *g, const race_op *op) {
    return ((uint32_t)op->kind * 32 + op->width) * 4 + roll(g, 3);
}

static void generate(generator *g) {
    g->agents = 2 + roll(g, RACE_AGENTS - 1);
    g->length = 16 + 8 * roll(g, 3);
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
            race_op next = what < 5    ? plain_op(g, op)
                           : what < 12 ? atomic_op(g, op)
                           : what < 14 ? queue_op(g, op)
                                       : other_op(g, op);
            if (next.kind != OP_GROW && next.address + next.width > g->length) continue;
            op = next;
        }
        g->begun[op.agent] = true;
        op.location = g->distinct ? (uint32_t)g->ops.count + 1 : location_of(g, &op);
        g->ops.items[g->ops.count++] = op;
    }
}

START_TEST(detector_agrees_with_the_definition) {
    size_t racy = 0;
    for (uint64_t seed = 0; seed < 10000; seed++) {
        generator g = {.state = seed * 977 + 1, .distinct = seed % 2};
        generate(&g);
        race_pairs expected = race_expected(&g.ops);
        hd_race_detector *d = race_new(UINT32_MAX);
        race_drive(d, &g.ops);
        race_pairs found = race_found(d);
        race_assert_same(&found, &expected, &g.ops);
        hd_race_detector_free(d);
        racy += expected.count > 0;
    }
    /* Neither verdict is rare. */
    ck_assert_uint_gt(racy, 1000);
    ck_assert_uint_lt(racy, 9000);
}
END_TEST

/* With a short memory it may name fewer earlier accesses, but misses no later one. */
START_TEST(short_memory_misses_no_racing_event) {
    for (uint64_t seed = 0; seed < 10000; seed++) {
        generator g = {.state = seed * 1013 + 5, .distinct = true};
        bool expected_later[RACE_OPS + 1] = {false}, later[RACE_OPS + 1] = {false};
        generate(&g);
        race_pairs expected = race_expected(&g.ops);
        hd_race_detector *d = race_new(1);
        race_drive(d, &g.ops);
        race_pairs found = race_found(d);
        for (size_t i = 0; i < expected.count; i++)
            expected_later[expected.items[i].high] = true;
        for (size_t i = 0; i < found.count; i++) {
            size_t before = expected.count;
            later[found.items[i].high] = true;
            race_pairs_add(&expected, found.items[i].low, found.items[i].high,
                           found.items[i].class);
            ck_assert_uint_eq(expected.count, before);
        }
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
