/* oracle.h: an oracle for the explorer: what the files of the oracle share.
 *
 * Programs of a tiny language (language.h) are run by a machine of the oracle's own, all their
 * interleavings are followed, and everything is derived from the definitions of doc/events.md in
 * the plainest way that ends in time. No code of Heddle is used, so that an error of Heddle's
 * cannot be the oracle's too.
 *
 * Not thread-safe. The program ends with status 3 when memory is out. */
#ifndef HD_TEST_ORACLE_ORACLE_H
#define HD_TEST_ORACLE_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined __GNUC__
#define ORA_PRINTF(at) __attribute__((format(printf, at, (at) + 1)))
#else
#define ORA_PRINTF(at)
#endif

/* --- support.c: memory, text, sets of strings */

/* As realloc, of `count` elements of `size` bytes; ends the program when memory is out. */
void *ora_resize(void *items, size_t count, size_t size);

/* Prints to standard error and ends the program with status 3. */
_Noreturn void ora_die(const char *format, ...) ORA_PRINTF(1);

/* Text that grows; `bytes` is NULL at first, and ends with a zero byte once something was added. */
typedef struct ora_text {
    char *bytes;
    size_t length, capacity;
} ora_text;

void ora_text_add(ora_text *text, const char *format, ...) ORA_PRINTF(2);
void ora_text_free(ora_text *text);

/* A file's content, to be freed by the caller. Ends the program when it cannot be read. */
char *ora_read_file(const char *path);

/* A set of byte strings, each with a number: 0 for the first that was added, and so on. Strings are
 * compared, not only hashed. */
typedef struct ora_set {
    uint8_t *bytes; /* all strings, one after the other */
    size_t used, capacity;
    size_t *starts; /* count + 1 of them */
    size_t count, room;
    uint32_t *slots; /* number + 1; 0: free */
    size_t slot_count;
} ora_set;

/* Adds a string, if it is not there already, and returns its number; `*is_new` says whether it was
 * added. */
size_t ora_set_add(ora_set *set, const void *bytes, size_t length, bool *is_new);
void ora_set_free(ora_set *set);

bool ora_set_has(const ora_set *set, const void *bytes, size_t length);

/* For sets of text: the i-th string as it was added, which is not terminated by zero. */
const char *ora_set_string(const ora_set *set, size_t i, size_t *length);

/* True if the second set holds all strings of the first. */
bool ora_set_within(const ora_set *a, const ora_set *b);

/* True if both hold the same strings. */
bool ora_set_equal(const ora_set *a, const ora_set *b);

/* Fills `order`, of `count` elements, with the numbers of all strings in lexicographic order. */
void ora_set_sort(const ora_set *set, size_t *order);

#endif
