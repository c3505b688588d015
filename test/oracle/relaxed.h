/* relaxed.h: which outcomes the relaxed memory model of the threads specification (relaxed.rst)
 * allows.
 *
 * Read with three corrections: `overlap` means that ranges intersect; tearing is excluded only for
 * naturally aligned integer accesses of at most four bytes, and for atomic ones; INIT happens
 * before everything. Fences do nothing there.
 *
 * The letter of `notear` counts only writes of the read's own range, and INIT has the range of the
 * whole memory: so a read may take some bytes from INIT and others from one write, where
 * happens-before allows both. */
#ifndef HD_TEST_ORACLE_RELAXED_H
#define HD_TEST_ORACLE_RELAXED_H

#include "language.h"

typedef struct ora_relaxed_result {
    const char *refused; /* why the program cannot be treated, or NULL */
    ora_set outcomes;    /* texts like those of ora_result */
    ora_set results;     /* texts: the result of each agent */
} ora_relaxed_result;

/* Enumerates candidate executions. Programs that wait or notify, or have more than some ten
 * accesses, are refused. */
ora_relaxed_result ora_relaxed(const ora_program *program);
void ora_relaxed_free(ora_relaxed_result *result);

/* Whether the language of relaxed.rst has all that the program does, and it has at most so many
 * events; no loop makes it longer. */
bool ora_is_relaxed(const ora_program *program, int most);

/* --- compare_weak.c */

/* Compares the JSON of `heddle explore --weak` with what relaxed.rst allows a program, and with
 * what is sequentially consistent. Returns 0 if they agree, 1 after saying what differs, 77 if the
 * program is too large for the oracle. */
int ora_compare_weak(const char *program_path, const char *json_path);

/* --- candidates.c: events of a candidate execution, and whether it is consistent */

enum { ORA_ACCESSES = 12 };

typedef struct ora_access {
    uint8_t agent, address, width;
    bool atomic, reads, writes;
    uint8_t read[8], written[8];
} ora_access;

/* The accesses of all agents, those of one agent together and in program order. */
typedef struct ora_candidate {
    ora_access accesses[ORA_ACCESSES];
    int count;
    uint8_t init[ORA_BYTES];
} ora_candidate;

/* True if some reads-from and some total order make the candidate consistent. `*steps` is counted
 * down; when it is 0, nobody knows. */
bool ora_consistent(const ora_candidate *candidate, uint64_t *steps);

#endif
