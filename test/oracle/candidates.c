/* candidates.c: whether a candidate execution is consistent, by relaxed.rst: every reads-from, by
 * bytes, and every total order that extends happens-before. */
#include <string.h>

#include "relaxed.h"

enum { INIT = ORA_ACCESSES }; /* stands for the event that wrote the initial bytes */

typedef struct checker {
    const ora_candidate *candidate;
    uint64_t *steps;
    int8_t from[ORA_ACCESSES][8]; /* reads-from: by access and byte, an access or INIT */
    bool hb[ORA_ACCESSES + 1][ORA_ACCESSES + 1];
    /* In the total order, the first may not come before the second; of three, they may not come in
     * this order. */
    struct {
        uint8_t first, second;
    } pairs[ORA_ACCESSES * ORA_ACCESSES * ORA_ACCESSES];
    struct {
        uint8_t first, second, third;
    } triples[ORA_ACCESSES * ORA_ACCESSES * ORA_ACCESSES];
    int pair_count, triple_count;
    int position[ORA_ACCESSES + 1]; /* in the total order; -1: not placed */
} checker;

static const ora_access *access_of(const checker *c, int n) {
    return &c->candidate->accesses[n];
}

/* same_r: INIT has the range of the memory, which no access has. */
static bool same(const checker *c, int a, int b) {
    if (a == INIT || b == INIT) return false;
    return access_of(c, a)->address == access_of(c, b)->address &&
           access_of(c, a)->width == access_of(c, b)->width;
}

/* sync_r */
static bool sync(const checker *c, int a, int b) {
    return same(c, a, b) && access_of(c, a)->atomic && access_of(c, b)->atomic;
}

static bool in_range(const checker *c, int n, unsigned byte) {
    if (n == INIT) return true;
    return byte >= access_of(c, n)->address &&
           byte < (unsigned)access_of(c, n)->address + access_of(c, n)->width;
}

/* tearfree_r */
static bool tear_free(const checker *c, int n) {
    if (n == INIT) return false;
    const ora_access *access = access_of(c, n);
    return access->atomic || (access->width <= 4 && access->address % access->width == 0);
}

/* no-tear */
static bool no_tear(const checker *c, int reader) {
    int source = -1;
    if (!tear_free(c, reader)) return true;
    for (int i = 0; i < access_of(c, reader)->width; i++) {
        int writer = c->from[reader][i];
        if (!same(c, reader, writer) || !tear_free(c, writer)) continue;
        if (source >= 0 && source != writer) return false;
        source = writer;
    }
    return true;
}

/* The least happens-before: program order, synchronizes-with, INIT before everything; false if it
 * has a cycle. */
static bool happens_before(checker *c) {
    int count = c->candidate->count;
    memset(c->hb, 0, sizeof c->hb);
    for (int b = 0; b < count; b++) {
        c->hb[INIT][b] = true;
        for (int a = 0; a < b; a++)
            c->hb[a][b] = access_of(c, a)->agent == access_of(c, b)->agent;
        if (!access_of(c, b)->reads) continue;
        for (int i = 0; i < access_of(c, b)->width; i++)
            if (sync(c, c->from[b][i], b)) c->hb[c->from[b][i]][b] = true;
    }
    for (int via = 0; via < count; via++)
        for (int a = 0; a < count; a++)
            for (int b = 0; b < count; b++)
                c->hb[a][b] |= c->hb[a][via] && c->hb[via][b];
    for (int a = 0; a < count; a++)
        if (c->hb[a][a]) return false;
    return true;
}

/* hb-consistent, of one byte. */
static bool hb_consistent(const checker *c, int reader, int writer, unsigned byte) {
    if (writer != INIT && c->hb[reader][writer]) return false;
    if (sync(c, writer, reader) && !c->hb[writer][reader]) return false;
    for (int other = 0; other < c->candidate->count; other++)
        if (access_of(c, other)->writes && c->hb[writer][other] && c->hb[other][reader] &&
            in_range(c, other, byte))
            return false;
    return true;
}

static bool all_hb_consistent(const checker *c) {
    for (int r = 0; r < c->candidate->count; r++) {
        const ora_access *read = access_of(c, r);
        for (int i = 0; read->reads && i < read->width; i++)
            if (!hb_consistent(c, r, c->from[r][i], (unsigned)(read->address + i))) return false;
    }
    return true;
}

/* sc-last-visible: what it forbids the total order, of a read and one of the writes that it reads
 * from. */
static void add_forbidden(checker *c, int reader, int writer) {
    if (!c->hb[writer][reader]) return;
    for (int other = 0; other < c->candidate->count; other++) {
        if (!access_of(c, other)->writes || other == reader || other == writer) continue;
        uint8_t w = (uint8_t)writer, o = (uint8_t)other, r = (uint8_t)reader;
        if (sync(c, writer, reader) && sync(c, other, reader)) {
            c->triples[c->triple_count].first = w;
            c->triples[c->triple_count].second = o;
            c->triples[c->triple_count++].third = r;
        }
        if (c->hb[writer][other] && sync(c, other, reader)) {
            c->pairs[c->pair_count].first = o;
            c->pairs[c->pair_count++].second = r;
        }
        if (c->hb[other][reader] && sync(c, writer, other)) {
            c->pairs[c->pair_count].first = w;
            c->pairs[c->pair_count++].second = o;
        }
    }
}

static void forbid_orders(checker *c) {
    c->pair_count = c->triple_count = 0;
    for (int r = 0; r < c->candidate->count; r++) {
        const ora_access *read = access_of(c, r);
        for (int i = 0; read->reads && i < read->width; i++) {
            bool seen = false;
            for (int before = 0; before < i; before++)
                seen |= c->from[r][before] == c->from[r][i];
            if (!seen) add_forbidden(c, r, c->from[r][i]);
        }
    }
}

/* Whether an access can be the next one of the total order. */
static bool may_follow(const checker *c, int n) {
    if (c->position[n] >= 0) return false;
    for (int before = 0; before < c->candidate->count; before++)
        if (c->hb[before][n] && c->position[before] < 0) return false;
    for (int i = 0; i < c->pair_count; i++)
        if (c->pairs[i].second == n && c->position[c->pairs[i].first] >= 0) return false;
    for (int i = 0; i < c->triple_count; i++) {
        int first = c->position[c->triples[i].first], second = c->position[c->triples[i].second];
        if (c->triples[i].third == n && first >= 0 && second > first) return false;
    }
    return true;
}

static bool find_order(checker *c, int placed) {
    if (placed == c->candidate->count) return true;
    for (int n = 0; n<c->candidate->count && * c->steps> 0; n++) {
        if (!may_follow(c, n)) continue;
        --*c->steps;
        c->position[n] = placed;
        bool found = find_order(c, placed + 1);
        c->position[n] = -1;
        if (found) return true;
    }
    return false;
}

static bool total_order_exists(checker *c) {
    if (!happens_before(c) || !all_hb_consistent(c)) return false;
    forbid_orders(c);
    memset(c->position, -1, sizeof c->position);
    c->position[INIT] = 0; /* it is a first one only of pairs that no order can avoid */
    return find_order(c, 0);
}

/* value-consistent, of one byte. */
static bool wrote(const checker *c, int writer, unsigned byte, uint8_t value) {
    if (writer == INIT) return c->candidate->init[byte] == value;
    const ora_access *access = access_of(c, writer);
    return access->writes && in_range(c, writer, byte) &&
           access->written[byte - access->address] == value;
}

/* Chooses writers for the bytes of the reads from a byte of one of them on. */
static bool choose(checker *c, int reader, int byte) {
    while (reader < c->candidate->count &&
           (!access_of(c, reader)->reads || byte == access_of(c, reader)->width)) {
        if (access_of(c, reader)->reads && !no_tear(c, reader)) return false;
        reader++;
        byte = 0;
    }
    if (reader == c->candidate->count) return total_order_exists(c);
    const ora_access *read = access_of(c, reader);
    for (int writer = 0; writer <= INIT && *c->steps > 0; writer++) {
        if (writer == reader || (writer >= c->candidate->count && writer != INIT)) continue;
        if (!wrote(c, writer, (unsigned)(read->address + byte), read->read[byte])) continue;
        --*c->steps;
        c->from[reader][byte] = (int8_t)writer;
        if (choose(c, reader, byte + 1)) return true;
    }
    return false;
}

bool ora_consistent(const ora_candidate *candidate, uint64_t *steps) {
    checker c = {.candidate = candidate, .steps = steps};
    return choose(&c, 0, 0);
}
