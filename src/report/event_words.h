/* event_words.h: events in few words, for pictures. */
#ifndef HD_REPORT_EVENT_WORDS_H
#define HD_REPORT_EVENT_WORDS_H

#include "debug/record.h"

/* Room that any of these texts fits in. */
enum { HD_EVENT_WORDS = 128 };

/* Writes what an event was, as `atomic store 0x10 = 1`, and returns `buffer`: behind `=` what was
 * read or left, `0 -> 1` for both. */
const char *hd_event_words(const hd_record_event *event, char buffer[HD_EVENT_WORDS]);

/* The same of an event that has not happened: `store 0x10`. */
const char *hd_next_event_words(const hd_event *event, char buffer[HD_EVENT_WORDS]);

/* Writes where a frame (NULL: none) stands as `:LINE` or, in a module without lines, ` @0xOFFSET`;
 * "": nowhere. Returns `buffer`. */
const char *hd_place_words(const hd_report_frame *place, char buffer[HD_EVENT_WORDS]);

/* The place in the source that a frame is told by: of what was inlined there the innermost. */
const hd_source_frame *hd_place_source(const hd_report_frame *place);

#endif
