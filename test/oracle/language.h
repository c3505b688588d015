/* language.h: the tiny language whose programs the oracle explores. README.md has its grammar.
 *
 * A program is a number of agents over one memory of at most ORA_BYTES bytes, all zero unless the
 * program says otherwise. An agent has registers of 64 bits, structured control, and the events of
 * doc/events.md. */
#ifndef HD_TEST_ORACLE_LANGUAGE_H
#define HD_TEST_ORACLE_LANGUAGE_H

#include "oracle.h"

enum {
    ORA_AGENTS = 12,
    ORA_BYTES = 64, /* so that a set of bytes is one word */
    ORA_OPS = 64,   /* of an agent */
    ORA_REGISTERS = 8,
    ORA_LOOPS = 3, /* nested in each other */
    ORA_OUTS = 8,  /* results of an agent */
};

typedef enum ora_opcode {
    /* Events. */
    ORA_STORE,
    ORA_LOAD,
    ORA_RMW,
    ORA_CAS,
    ORA_WAIT,
    ORA_NOTIFY,
    ORA_FENCE,
    /* What an agent does between its events. */
    ORA_SET,
    ORA_OUT,
    ORA_LOOP,
    ORA_IF,
    ORA_ELSE,
    ORA_END,
    ORA_LEAVE,
    ORA_AGAIN,
    ORA_RETURN,
    ORA_STUCK,
} ora_opcode;

typedef enum ora_arithmetic {
    ORA_ADD,
    ORA_SUB,
    ORA_MUL,
    ORA_REM, /* by zero: zero */
    ORA_AND,
    ORA_OR,
    ORA_XOR,
    ORA_XCHG, /* the second operand */
} ora_arithmetic;

typedef enum ora_relation {
    ORA_ALWAYS,
    ORA_EQ,
    ORA_NE,
    ORA_LT,
    ORA_LE,
    ORA_GT,
    ORA_GE
} ora_relation;

/* A register, the number of the agent, or a constant. */
typedef struct ora_operand {
    enum { ORA_CONSTANT, ORA_REGISTER, ORA_ME } kind;
    uint64_t value; /* the constant, or the index of the register */
} ora_operand;

/* `base + register * scale`; without a register if `index` is below zero. */
typedef struct ora_address {
    uint32_t base;
    int index;
    uint32_t scale;
} ora_address;

typedef struct ora_op {
    ora_opcode code;
    int dest; /* register for the result, or -1 */
    ora_address address;
    unsigned width; /* bytes */
    bool atomic;
    bool timed;                /* wait: with a limit */
    ora_arithmetic arithmetic; /* RMW, SET */
    /* STORE, RMW: the value in a. CAS: expected in a, replacement in b. WAIT: expected in a.
     * NOTIFY: how many in a. SET: both. OUT: a. Conditions: both. */
    ora_operand a, b;
    ora_relation relation; /* IF, LEAVE, AGAIN, RETURN, STUCK */
    int partner;   /* LOOP: its END. IF: its ELSE or END. ELSE: its END. END: its LOOP, IF or ELSE.
                    * LEAVE and AGAIN: the LOOP. */
    int depth;     /* LOOP, LEAVE, AGAIN, END of a loop: how many loops are around that loop */
    unsigned live; /* registers whose values matter before this op, as bits */
} ora_op;

typedef struct ora_agent {
    ora_op ops[ORA_OPS];
    int count;
} ora_agent;

/* What a table says about a program; each is text as it stood there, or NULL. */
typedef struct ora_expectations {
    char *statics, *refined, *preemptions, *outcomes, *weak, *races;
} ora_expectations;

typedef struct ora_program {
    char name[48];
    uint8_t memory[ORA_BYTES]; /* at the start */
    uint32_t bytes;            /* how many of them the program has */
    ora_agent *agents;
    int agent_count;
    ora_expectations expect;
} ora_program;

static inline bool ora_is_event(ora_opcode code) {
    return code <= ORA_FENCE;
}

uint64_t ora_arithmetic_do(ora_arithmetic arithmetic, uint64_t a, uint64_t b);
bool ora_relation_holds(ora_relation relation, uint64_t a, uint64_t b);

/* Sets `partner`, `depth` and `live` of an agent's ops. Returns NULL, or what is wrong. */
const char *ora_agent_link(ora_agent *agent);

/* Adds an agent without ops. The pointer is valid until the next one is added. */
ora_agent *ora_program_add_agent(ora_program *program);
void ora_program_free(ora_program *program);

/* --- parse.c */

/* Reads the next program of a text and moves `*text` behind it; false at the end of the text. Ends
 * the program with a message that names `path` and the line, which is counted in `*line`, when the
 * text is wrong. */
bool ora_parse(const char *path, const char **text, int *line, ora_program *program);

/* --- print.c */

/* Writes a program so that ora_parse reads it, without what is expected of it. */
void ora_print(const ora_program *program, FILE *to);

/* Writes a program as a module in text format; emit.c. */
void ora_print_module(const ora_program *program, FILE *to);

/* --- generate.c */

/* A random program; the seed decides all of it. */
void ora_generate(uint64_t seed, ora_program *program);

#endif
