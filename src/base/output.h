/* output.h: text that is printed into memory, by the functions that write to a FILE.
 *
 *     hd_output output;
 *     FILE *to = hd_output_open(&output);
 *     if (to) fprintf(to, "%d", 7);
 *     char *line = hd_output_take(&output, NULL);
 *     if (!line) ...out of memory, then or now...
 *
 * It stands in for open_memstream, whose failures show in places that are easily overlooked: here
 * all of them come together in the end. Memory comes from alloc.h. */
#ifndef HD_BASE_OUTPUT_H
#define HD_BASE_OUTPUT_H

#include <stdarg.h>
#include <stdio.h>

#include "base/bytes.h"

typedef struct hd_output {
    FILE *file; /* while it is open */
    hd_bytes bytes;
    bool failed; /* memory was out: something is missing */
} hd_output;

#define HD_OUTPUT_INIT                                                                             \
    { 0 }

/* Opens an empty text to be written to. The object must stay where it is until it is closed.
 * Returns its file, or NULL when memory is out, which hd_output_take tells again. */
FILE *hd_output_open(hd_output *output);

/* True if everything written so far stands in `bytes`, without a NUL at its end. */
bool hd_output_flush(hd_output *output);

/* Closes it, if it is open, and hands its characters over, NUL-terminated, to be released with
 * hd_free; `*length` (may be NULL) receives how many. NULL when memory was out at any time. */
char *hd_output_take(hd_output *output, size_t *length);

/* Closes and releases it. */
void hd_output_free(hd_output *output);

/* Returns one formatted text, to be released with hd_free, or NULL when memory is out. */
char *hd_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *hd_format_list(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

/* Returns a text escaped by hd_escape, to be released with hd_free, or NULL when memory is out. */
char *hd_escaped(const char *bytes, size_t length);

#endif
