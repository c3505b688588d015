/* What the programs of this folder share: each is right as it stands, and has the bug that its
 * first lines name when it is compiled with -DBROKEN. All end with status 0 when what they compute
 * is right, and with 1 otherwise. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>

#ifdef BROKEN
enum { broken = 1 };
#else
enum { broken = 0 };
#endif

#define CHECK(condition) check(condition, #condition, __LINE__)
static inline void check(int condition, const char *text, int line) {
    if (condition) return;
    fprintf(stderr, "line %d: not so: %s\n", line, text);
    exit(1);
}

#endif
