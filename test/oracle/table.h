/* table.h: programs with what is known of them, as tests. */
#ifndef HD_TEST_ORACLE_TABLE_H
#define HD_TEST_ORACLE_TABLE_H

#include "language.h"

typedef struct ora_tally {
    size_t passed, failed;
} ora_tally;

/* Checks all programs of a file against their `expect` lines, and what must hold of any program;
 * says what fails. */
void ora_check_table(const char *path, ora_tally *tally);

/* Checks what must hold of any program: both footprints, and every interleaving where they are few
 * enough, give the same final states, stuck states, outcomes and races, and the same numbers of
 * classes; the relaxed memory model allows these outcomes, and no others if there is no race.
 * False, after saying what differs, if something does. */
bool ora_check_agreement(const ora_program *program, size_t limit);

#endif
