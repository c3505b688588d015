/* markup.h: text of any origin in XML and JSON, so that it is shown and never obeyed. */
#ifndef HD_REPORT_MARKUP_H
#define HD_REPORT_MARKUP_H

#include <stddef.h>
#include <stdio.h>

/* Prints a text as content of an element, or value of an attribute between quotes, of XML or HTML:
 * control characters escaped as for a terminal, and cut to `most` characters, with `..` at its end.
 */
void hd_markup_text(FILE *to, const char *text, size_t most);

/* The same of so many bytes, all of them. */
void hd_markup_bytes(FILE *to, const char *text, size_t length);

/* Prints a text as a string of JSON, in its quotes, that may stand in a script element: likewise
 * escaped, without `<`, `>` and `&`. `length` bytes of it; SIZE_MAX: all. */
void hd_markup_json(FILE *to, const char *text, size_t length);

#endif
