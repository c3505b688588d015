/* page.h: a run as a page of HTML, for a bug report: one file that needs no other, nor a server.
 *
 * It shows lanes, and of the event that is chosen its text, the bytes of memory behind it and its
 * source; below these the event graph. Every text of the run is escaped for the data that the
 * script of the page reads, which shows it as text. Nothing is loaded from anywhere: the page
 * forbids it. */
#ifndef HD_REPORT_PAGE_H
#define HD_REPORT_PAGE_H

#include <stdio.h>

#include "report/recorded_run.h"

typedef struct hd_page_line {
    uint32_t number;
    const char *text; /* `length` bytes, without the end of the line */
    size_t length;
} hd_page_line;

/* What of a source file is shown: lines around those of the events; none of a file that is not
 * there, or not to be shown. */
typedef struct hd_page_source {
    const char *file;    /* as places name it */
    const char *missing; /* why there are none; or NULL */
    const hd_page_line *lines;
    size_t count;
} hd_page_source;

typedef struct hd_page_options {
    const hd_page_source *sources;
    size_t source_count;
    const char *version; /* of the program that makes it */
} hd_page_options;

/* Prints a finished run, whose events have their texts. */
void hd_page_print(FILE *to, const hd_recorded_run *run, const hd_page_options *options);

#endif
