/* Branch tables: a virtual machine inside the virtual machine.
 *
 * The usual loop of a small interpreter: fetch, switch, one case per operation, operands in an
 * array. It runs a program that adds up the lengths of the Collatz sequences of all numbers up to
 * n, which is to stay below 159487: there a sequence leaves 32 bits. */
#include "bench.h"

enum operation { SET, MOVE, ADD, MULTIPLY, HALVE, IF_ODD, IF_LESS, JUMP, STOP };

/* What a, b and c mean stands in the case of each operation. */
struct instruction {
    uint8_t operation, a, b, c;
};

enum { LIMIT, START, NUMBER, LENGTH, ONE, THREE, REGISTERS };

static const struct instruction program[] = {
    /*  0 */ {SET, LENGTH, 0, 0},
    /*  1 */ {SET, START, 0, 0},
    /*  2 */ {SET, ONE, 1, 0},
    /*  3 */ {SET, THREE, 3, 0},
    /*  4 */ {IF_LESS, START, LIMIT, 6}, /* each start: */
    /*  5 */ {STOP, LENGTH, 0, 0},
    /*  6 */ {ADD, START, START, ONE},
    /*  7 */ {MOVE, NUMBER, START, 0},
    /*  8 */ {ADD, LENGTH, LENGTH, ONE}, /* each step: */
    /*  9 */ {IF_ODD, NUMBER, 12, 0},
    /* 10 */ {HALVE, NUMBER, 0, 0},
    /* 11 */ {JUMP, 8, 0, 0},
    /* 12 */ {IF_LESS, NUMBER, THREE, 4}, /* odd and less than three is one: on to the next start */
    /* 13 */ {MULTIPLY, NUMBER, NUMBER, THREE},
    /* 14 */ {ADD, NUMBER, NUMBER, ONE},
    /* 15 */ {JUMP, 8, 0, 0},
};

static uint32_t interpret(uint32_t limit) {
    uint32_t r[REGISTERS] = {[LIMIT] = limit};
    const struct instruction *at = program;
    for (;;) {
        struct instruction i = *at++;
        switch ((enum operation)i.operation) {
        case SET: r[i.a] = i.b; break;
        case MOVE: r[i.a] = r[i.b]; break;
        case ADD: r[i.a] = r[i.b] + r[i.c]; break;
        case MULTIPLY: r[i.a] = r[i.b] * r[i.c]; break;
        case HALVE: r[i.a] >>= 1; break;
        case IF_ODD:
            if (r[i.a] & 1) at = program + i.b;
            break;
        case IF_LESS:
            if (r[i.a] < r[i.b]) at = program + i.c;
            break;
        case JUMP: at = program + i.a; break;
        case STOP: return r[i.a];
        }
    }
}

int32_t run(int32_t n) {
    return checksum(interpret((uint32_t)n));
}
