/* trace_picture.h: the formats of `heddle trace` that are pictures of a whole run. */
#ifndef HD_CLI_TRACE_PICTURE_H
#define HD_CLI_TRACE_PICTURE_H

#include "cli/step_subject.h"
#include "report/recorded_run.h"

typedef enum hd_picture_kind {
    HD_PICTURE_LANES,
    HD_PICTURE_GRAPH,
    HD_PICTURE_PAGE
} hd_picture_kind;

/* What is collected for a picture. Starts zeroed, but for its kind. */
typedef struct hd_trace_picture {
    hd_picture_kind kind;
    uint64_t
        total; /* events that will be added, of which the last ones count; 0: the first ones do */
    hd_recorded_run run;
} hd_trace_picture;

/* Adds the event that a record tells right now, if there is room for it: a picture that is too
 * large serves nobody. */
void hd_trace_picture_add(hd_trace_picture *picture, const hd_record_event *event);

/* Prints the picture to stdout, with how the run ended; lanes as wide as the terminal, coloured if
 * that is one. While the record is there. False when memory is, or was, out. */
bool hd_trace_picture_draw(hd_trace_picture *picture, const hd_step_subject *subject,
                           const char *end);
void hd_trace_picture_free(hd_trace_picture *picture);

#endif
