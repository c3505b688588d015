/* trace_text.h: the record of an execution as text. */
#ifndef HD_CLI_TRACE_TEXT_H
#define HD_CLI_TRACE_TEXT_H

#include <stdio.h>

#include "debug/record.h"
#include "report/event_words.h"

/* The place of a frame in its innermost function, which may be inlined. */
#define hd_trace_source hd_place_source

/* What an event did, as a phrase without its place, such as `atomic load of 4 bytes at 0x10`. */
const char *hd_trace_phrase(const hd_record_event *event, char *buffer, size_t size);

/* Prints where a frame stands, as ` in $f at a.wat:3:5`; nothing for NULL. */
void hd_trace_print_place(FILE *to, const hd_report_frame *place);

/* Prints an event, on one line; before it another for a switch, and one for each agent that could
 * have moved instead. Further lines tell accesses of an event that has several. */
void hd_trace_print(FILE *to, const hd_record_event *event);

#endif
