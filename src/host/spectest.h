/* spectest.h: the `spectest` module, which scripts of the specification's test suite import.
 *
 * As the reference interpreter defines it (interpreter/host/spectest.ml): functions that print
 * their arguments, and a few globals, a table and memories to import. */
#ifndef HD_HOST_SPECTEST_H
#define HD_HOST_SPECTEST_H

#include <stdio.h>

#include "runtime/store.h"

typedef struct hd_spectest hd_spectest;

/* Makes the module's objects in a store, which they belong to. Its functions write a line for each
 * call to `out`, like `print_i32 42 : i32`, whole even if agents share the stream; NULL: nowhere.
 * NULL when memory is out. */
hd_spectest *hd_spectest_new(hd_store *store, FILE *out);

/* The external value that the module exports under a name; false when there is none. */
bool hd_spectest_lookup(const hd_spectest *spectest, const char *name, size_t length,
                        hd_extern *value);

#endif
