/* test_race.h: executions without a machine, for the files test_race*.c. */
#ifndef HD_TEST_RACE_H
#define HD_TEST_RACE_H

#include <check.h>

#include "check/race.h"

TCase *race_oracle_case(void);
TCase *race_program_case(void);

enum { RACE_OPS = 48, RACE_BYTES = 64, RACE_AGENTS = 4 };

/* What an agent does, as a letter. */
typedef enum race_op_kind {
    OP_LOAD = 'L',
    OP_STORE = 'S',
    OP_FILL = 'F',
    OP_COPY = 'C',
    OP_ATOMIC_LOAD = 'l',
    OP_ATOMIC_STORE = 's',
    OP_RMW = 'r',
    OP_CMPXCHG = 'x', /* succeeds */
    OP_FAILED_CMPXCHG = 'X',
    OP_WAIT = 'w',      /* enters the queue */
    OP_NOT_EQUAL = 'W', /* does not */
    OP_NOTIFY = 'n',    /* wakes the agent `other`, or nobody */
    OP_TIME_OUT = 't',
    OP_FENCE = 'f',
    OP_SIZE = 'z',
    OP_GROW = 'g', /* from `address` by `width` bytes */
    OP_FAILED_GROW = 'G',
    OP_SPAWN = 'p', /* `other` */
    OP_JOIN = 'j',  /* `other` */
} race_op_kind;

typedef struct race_op {
    uint32_t agent;
    race_op_kind kind;
    uint32_t width;
    uint64_t address;
    uint32_t other;    /* HD_NO_AGENT: none */
    uint32_t location; /* in the code */
} race_op;

typedef struct race_ops {
    race_op items[RACE_OPS];
    size_t count;
} race_ops;

/* A verdict: two locations, the lower one first, and the class of their race. */
typedef struct race_pair {
    uint32_t low, high;
    hd_race_class class;
} race_pair;

enum { RACE_PAIRS = RACE_OPS * RACE_OPS };
typedef struct race_pairs {
    race_pair items[RACE_PAIRS];
    size_t count;
} race_pairs;

/* Adds a verdict unless it is there. */
void race_pairs_add(race_pairs *pairs, uint32_t one, uint32_t other, hd_race_class class);
bool race_pairs_has(const race_pairs *pairs, const race_pair *pair);

/* Tells a detector of an execution, as a world would. */
void race_drive(hd_race_detector *detector, const race_ops *ops);

/* A detector of the default model, or of the strict one, that finds locations where race_drive
 * says, and shall remember so many accesses. */
hd_race_detector *race_new(uint32_t depth, bool strict);

/* What a detector has found: pairs that race, and pairs that only a fence orders. */
race_pairs race_found(const hd_race_detector *detector);
race_pairs race_found_fenced(const hd_race_detector *detector);

/* What there is to be found, by the definition. */
race_pairs race_expected(const race_ops *ops, bool strict, race_pairs *fenced);

/* Fails the test unless the verdicts are the same. */
void race_assert_same(const race_pairs *found, const race_pairs *expected, const race_ops *ops);

/* Writes an execution as text. */
const char *race_ops_text(const race_ops *ops);

#endif
