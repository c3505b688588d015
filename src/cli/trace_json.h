/* trace_json.h: the record of an execution as JSON, and for viewers of timelines. */
#ifndef HD_CLI_TRACE_JSON_H
#define HD_CLI_TRACE_JSON_H

#include <cjson/cJSON.h>

#include "debug/record.h"

/* Returns an event as an object (doc/json-reports.md). */
cJSON *hd_trace_event_to_json(const hd_record_event *event);

/* What a timeline needs of the past: which agents it has named, and where waits began. */
typedef struct hd_timeline {
    HD_VEC(uint64_t)
    waits; /* of each agent: the step of its latest wait, plus one; 0: it has none */
    uint64_t arrows;
    bool incomplete;
} hd_timeline;

/* Appends what an event is in the format of Chrome's trace events, which ui.perfetto.dev and
 * chrome://tracing show: a track for each agent, a slice for each event and each wait, an arrow
 * from a notify, spawn or end to what follows it, and from a write to another agent's read. A step
 * is a microsecond. */
void hd_timeline_add(hd_timeline *timeline, cJSON *rows, const hd_record_event *event);
void hd_timeline_free(hd_timeline *timeline);

#endif
