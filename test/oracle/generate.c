/* generate.c: random programs of two or three agents with up to four events each (a wait is two), a
 * loop counted once.
 *
 * Everything follows from the seed, so no expression draws two random numbers. */
#include <string.h>

#include "language.h"

enum { EVENTS = 4, PLACES = 3 };

typedef struct place {
    uint32_t address;
    unsigned width;
} place;

typedef struct generator {
    uint64_t state;
    ora_agent *agent;
    place places[PLACES];
    unsigned place_count;
    unsigned atomics, waits, awaits; /* how likely, of a hundred */
    int events;                      /* left to the agent */
    int next;                        /* register for the next read */
    int last;                        /* register that was read last, or -1 */
} generator;

static uint64_t bits(generator *g) { /* splitmix64 */
    uint64_t z = g->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static unsigned below(generator *g, unsigned bound) {
    return (unsigned)(bits(g) >> 33) % bound;
}

static bool chance(generator *g, unsigned percent) {
    return below(g, 100) < percent;
}

static ora_operand constant(uint64_t value) {
    return (ora_operand){ORA_CONSTANT, value};
}

static ora_operand reg(int index) {
    return (ora_operand){ORA_REGISTER, (uint64_t)index};
}

static ora_op *add(generator *g, ora_opcode code) {
    if (g->agent->count == ORA_OPS) ora_die("a random program is too long");
    ora_op *op = &g->agent->ops[g->agent->count++];
    *op = (ora_op){.code = code, .dest = -1, .address = {0, -1, 1}};
    return op;
}

static ora_op *add_condition(generator *g, ora_opcode code, ora_operand a, ora_relation relation,
                             uint64_t b) {
    ora_op *op = add(g, code);
    op->a = a;
    op->relation = relation;
    op->b = constant(b);
    return op;
}

/* Values that differ in each of their bytes now and then, else small ones, so that conditions on
 * them often hold. */
static uint64_t value(generator *g, unsigned width) {
    uint64_t small = below(g, 3);
    if (width == 1 || chance(g, 70)) return small;
    return small | UINT64_C(1) << 8 * below(g, width);
}

static int new_register(generator *g) {
    int index = g->next;
    g->next = (g->next + 1) % ORA_REGISTERS;
    return index;
}

static void out_last(generator *g) {
    add(g, ORA_OUT)->a = reg(g->last);
}

/* An access of one of the places. */
static ora_op *access_place(generator *g, ora_opcode code, bool atomic) {
    place at = g->places[below(g, g->place_count)];
    ora_op *op = add(g, code);
    op->atomic = atomic;
    op->width = at.width;
    op->address.base = at.address;
    if (!atomic && at.width > 1 && chance(g, 20)) op->address.base++;
    return op;
}

static void reading_op(generator *g, ora_opcode code, bool atomic) {
    ora_op *op = access_place(g, code, atomic);
    op->dest = g->last = new_register(g);
    if (code == ORA_LOAD) return;
    op->a = constant(value(g, op->width));
    if (code == ORA_CAS) op->b = constant(value(g, op->width));
    static const ora_arithmetic kinds[] = {ORA_ADD, ORA_SUB, ORA_AND, ORA_OR, ORA_XOR, ORA_XCHG};
    if (code == ORA_RMW) op->arithmetic = kinds[below(g, 6)];
}

static void plain_step(generator *g) {
    bool atomic = chance(g, g->atomics);
    unsigned which = below(g, 100);
    g->events--;
    if (which < 38) {
        ora_op *op = access_place(g, ORA_STORE, atomic);
        bool known = g->last >= 0 && chance(g, 20);
        op->a = known ? reg(g->last) : constant(value(g, op->width));
        return;
    }
    if (which < 43) {
        add(g, ORA_FENCE);
        return;
    }
    ora_opcode code = which < 70 ? ORA_LOAD : which < 84 ? ORA_RMW : ORA_CAS;
    reading_op(g, code, code != ORA_LOAD || atomic);
    out_last(g);
}

static ora_relation relation(generator *g) {
    static const ora_relation kinds[] = {ORA_EQ, ORA_EQ, ORA_NE, ORA_GE};
    return kinds[below(g, 4)];
}

/* Spins on one read, on a cmpxchg, or on two reads. */
static void await_step(generator *g) {
    unsigned which = below(g, 100);
    add(g, ORA_LOOP);
    if (which < 55 || g->events < 2) {
        g->events--;
        reading_op(g, ORA_LOAD, chance(g, g->atomics));
        ora_relation until = relation(g);
        add_condition(g, ORA_LEAVE, reg(g->last), until, below(g, 3));
    } else if (which < 80) {
        g->events--;
        reading_op(g, ORA_CAS, true);
        uint64_t expected = g->agent->ops[g->agent->count - 1].a.value;
        add_condition(g, ORA_LEAVE, reg(g->last), ORA_EQ, expected);
    } else {
        g->events -= 2;
        reading_op(g, ORA_LOAD, chance(g, g->atomics));
        int first = g->last;
        reading_op(g, ORA_LOAD, chance(g, g->atomics));
        ora_relation until = relation(g);
        add_condition(g, ORA_IF, reg(first), until, below(g, 3));
        add_condition(g, ORA_LEAVE, reg(g->last), ORA_NE, below(g, 2));
        add(g, ORA_END);
    }
    add(g, ORA_END);
    out_last(g);
}

static void add_wait(generator *g, bool timed) {
    ora_op *op = add(g, ORA_WAIT);
    op->atomic = true;
    op->width = chance(g, 90) ? 4 : 8;
    op->a = constant(chance(g, 80) ? 0 : 1);
    op->timed = timed;
}

/* A notify, a wait by itself, or one in a loop until the value is there. */
static void wait_step(generator *g) {
    unsigned which = below(g, 100);
    if (which < 50) {
        g->events--;
        ora_op *op = add(g, ORA_NOTIFY);
        op->a = constant(chance(g, 60) ? 1 : chance(g, 70) ? UINT32_MAX : 2);
        op->dest = g->last = new_register(g);
        out_last(g);
        return;
    }
    bool timed = chance(g, 35);
    g->events -= 2;
    if (which < 75 || g->events < 1) {
        add_wait(g, timed);
        g->agent->ops[g->agent->count - 1].dest = g->last = new_register(g);
        out_last(g);
        return;
    }
    g->events--;
    add(g, ORA_LOOP);
    add_wait(g, timed);
    reading_op(g, ORA_LOAD, true);
    ora_relation until = chance(g, 60) ? ORA_NE : ORA_EQ;
    add_condition(g, ORA_LEAVE, reg(g->last), until, until == ORA_NE ? 0 : 1);
    add(g, ORA_END);
    out_last(g);
}

/* What follows depends on what was read. */
static void condition_step(generator *g) {
    ora_relation when = relation(g);
    uint64_t against = below(g, 3);
    if (chance(g, 25)) {
        add_condition(g, ORA_RETURN, reg(g->last), when, against);
        return;
    }
    add_condition(g, ORA_IF, reg(g->last), when, against);
    plain_step(g);
    if (g->events > 0 && chance(g, 40)) {
        add(g, ORA_ELSE);
        plain_step(g);
    }
    add(g, ORA_END);
}

static void generate_agent(generator *g) {
    g->events = EVENTS - (int)below(g, 3);
    g->next = 0;
    g->last = -1;
    bool waited = false;
    while (g->events > 0) {
        if (g->last >= 0 && chance(g, 20))
            condition_step(g);
        else if (g->events >= 2 && !waited && chance(g, g->waits))
            wait_step(g);
        else if (chance(g, g->awaits))
            await_step(g);
        else
            plain_step(g);
    }
}

static void choose_places(generator *g) {
    static const unsigned widths[] = {4, 4, 2, 1};
    g->place_count = 1 + below(g, PLACES);
    for (unsigned i = 0; i < g->place_count; i++) {
        unsigned width = widths[below(g, 4)];
        uint32_t span = chance(g, 80) ? 4 : 8; /* mostly where they overlap, and where waits are */
        g->places[i].width = width;
        g->places[i].address = below(g, span / width) * width;
    }
}

void ora_generate(uint64_t seed, ora_program *program) {
    static const unsigned shares[] = {100, 100, 70, 30};
    generator g = {.state = seed * 0x2545f4914f6cdd1du};
    *program = (ora_program){.bytes = 9};
    snprintf(program->name, sizeof program->name, "random-%llu", (unsigned long long)seed);
    unsigned agents = chance(&g, 60) ? 2 : 3;
    choose_places(&g);
    g.atomics = shares[below(&g, 4)];
    g.waits = chance(&g, 45) ? 35 : 0;
    g.awaits = chance(&g, 45) ? 25 : 0;
    for (unsigned i = 0; i < agents; i++) {
        g.agent = ora_program_add_agent(program);
        generate_agent(&g);
        const char *wrong = ora_agent_link(g.agent);
        if (wrong) ora_die("random program %llu: %s", (unsigned long long)seed, wrong);
    }
}
