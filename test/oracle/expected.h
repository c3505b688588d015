/* expected.h: what an exploration of a program has to find, as text that programs can read.
 * README.md has the format. */
#ifndef HD_TEST_ORACLE_EXPECTED_H
#define HD_TEST_ORACLE_EXPECTED_H

#include "language.h"

/* Explores a program and writes what was found; false, after writing nothing, if it is larger than
 * the limit. */
bool ora_print_expected(const ora_program *program, size_t limit, FILE *to);

/* Compares an exploration's JSON with what was expected of it, and says what differs. `static` or
 * `refined` is which numbers are meant. True if nothing differs. */
bool ora_compare(const char *expected_path, const char *footprints, const char *json_path);

#endif
