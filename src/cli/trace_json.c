/* trace_json.c: see trace_json.h. */
#include "cli/trace_json.h"

#include <inttypes.h>

#include "check/race_report.h"
#include "cli/report_json.h"
#include "cli/trace_text.h"
#include "report/event_words.h"

enum { TEXT = 160 };

static void add_number(cJSON *object, const char *member, uint64_t value) {
    cJSON_AddNumberToObject(object, member, (double)value);
}

static void add_place(cJSON *object, const hd_report_frame *place) {
    if (!place) return;
    const hd_source_frame *source = hd_place_source(place);
    hd_json_string(object, "function", place->function);
    add_number(object, "offset", place->offset);
    if (place->inlined_count > 0) hd_json_string(object, "inlined", source->function);
    if (!source->file) return;
    hd_json_string(object, "file", source->file);
    add_number(object, "line", source->line);
    add_number(object, "column", source->column);
}

static cJSON *access_to_json(const hd_record_access *a) {
    cJSON *row = cJSON_CreateObject();
    add_number(row, "memory", a->memory);
    add_number(row, "address", a->address);
    add_number(row, "length", a->length);
    cJSON_AddBoolToObject(row, "reads", a->reads);
    cJSON_AddBoolToObject(row, "writes", a->writes);
    if (a->width > 0 && a->width == a->length) {
        if (a->found_known) hd_json_u64(row, "found", a->found);
        hd_json_u64(row, "left", a->left);
    }
    if (a->from_step != HD_NO_EVENT) {
        add_number(row, "from_step", a->from_step);
        add_number(row, "from_agent", a->from_agent);
    }
    return row;
}

static void add_agents(cJSON *object, const char *member, const uint32_t *agents, size_t count) {
    if (count == 0) return;
    cJSON *rows = cJSON_AddArrayToObject(object, member);
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(rows, cJSON_CreateNumber(agents[i]));
}

static void add_switch(cJSON *object, const hd_record_event *e) {
    if (!e->switched || e->before == HD_NO_AGENT) return;
    cJSON *row = cJSON_AddObjectToObject(object, "switch");
    add_number(row, "from", e->before);
    cJSON_AddBoolToObject(row, "preemption", e->preempts);
    cJSON *others = cJSON_AddArrayToObject(row, "others");
    for (size_t i = 0; i < e->other_count; i++) {
        cJSON *other = cJSON_CreateObject();
        add_number(other, "agent", e->others[i].agent);
        add_place(other, e->others[i].place);
        cJSON_AddItemToArray(others, other);
    }
}

cJSON *hd_trace_event_to_json(const hd_record_event *e) {
    char text[TEXT];
    cJSON *row = cJSON_CreateObject();
    add_number(row, "step", e->step);
    add_number(row, "agent", e->agent);
    hd_json_string(row, "name", e->name);
    hd_json_string(row, "event", hd_trace_phrase(e, text, sizeof text));
    add_switch(row, e);
    if (e->access_count > 0) {
        cJSON *accesses = cJSON_AddArrayToObject(row, "accesses");
        for (size_t i = 0; i < e->access_count; i++)
            cJSON_AddItemToArray(accesses, access_to_json(&e->accesses[i]));
    }
    add_agents(row, "woken", e->woken, e->woken_count);
    add_agents(row, "spawned", e->spawned, e->spawned_count);
    if (e->cause != HD_NO_EVENT) {
        add_number(row, "cause_step", e->cause);
        add_number(row, "cause_agent", e->cause_agent);
    }
    if (e->timeout) cJSON_AddBoolToObject(row, "timeout", true);
    if (e->trapped) cJSON_AddBoolToObject(row, "trapped", true);
    add_place(row, e->place);
    return row;
}

/* Timelines. */

/* A row of a kind, on the track of an agent. */
static cJSON *add_row(cJSON *rows, const char *name, const char *phase, uint32_t agent,
                      uint64_t step) {
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "name", name);
    cJSON_AddStringToObject(row, "ph", phase);
    add_number(row, "ts", step);
    add_number(row, "pid", 1);
    add_number(row, "tid", agent);
    cJSON_AddItemToArray(rows, row);
    return row;
}

static void add_arrow(hd_timeline *t, cJSON *rows, const char *name, uint32_t from,
                      uint64_t from_step, const hd_record_event *to) {
    cJSON *start = add_row(rows, name, "s", from, from_step);
    cJSON *end = add_row(rows, name, "f", to->agent, to->step);
    cJSON_AddStringToObject(end, "bp", "e");
    for (cJSON *row = start; row; row = row == start ? end : NULL) {
        cJSON_AddStringToObject(row, "cat", name);
        add_number(row, "id", t->arrows);
    }
    t->arrows++;
}

/* Names the track of an agent that is seen for the first time; false when memory is out. */
static bool know(hd_timeline *t, cJSON *rows, const hd_record_event *e) {
    char text[TEXT];
    while (t->waits.len <= e->agent)
        if (!hd_vec_push(&t->waits, UINT64_MAX)) {
            t->incomplete = true;
            return false;
        }
    if (t->waits.items[e->agent] != UINT64_MAX) return true;
    t->waits.items[e->agent] = 0;
    cJSON *row = add_row(rows, "thread_name", "M", e->agent, 0);
    snprintf(text, sizeof text, "agent %" PRIu32 " %s", e->agent, e->name);
    hd_json_string(cJSON_AddObjectToObject(row, "args"), "name", text);
    return true;
}

/* The slice of a wait that ends now. */
static void add_wait(hd_timeline *t, cJSON *rows, const hd_record_event *e) {
    uint64_t *since = &t->waits.items[e->agent];
    char text[TEXT];
    if (e->event.kind == HD_EVENT_RESUME && *since > 0 && e->step > *since) {
        snprintf(text, sizeof text, "waits on 0x%" PRIx64, e->event.address);
        add_number(add_row(rows, text, "X", e->agent, *since), "dur", e->step - *since);
    }
    *since = e->event.kind == HD_EVENT_WAIT ? e->step + 1 : 0;
}

void hd_timeline_add(hd_timeline *t, cJSON *rows, const hd_record_event *e) {
    static const char *const causes[] = {"spawn", "wake", "join"};
    char text[TEXT];
    if (!know(t, rows, e)) return;
    add_wait(t, rows, e);
    cJSON *row = add_row(rows, hd_trace_phrase(e, text, sizeof text), "X", e->agent, e->step);
    add_number(row, "dur", 1);
    cJSON_AddItemToObject(row, "args", hd_trace_event_to_json(e));
    if (e->cause != HD_NO_EVENT)
        add_arrow(t, rows,
                  causes[e->event.kind == HD_EVENT_RESUME ? 1
                         : e->event.kind == HD_EVENT_JOIN ? 2
                                                          : 0],
                  e->cause_agent, e->cause, e);
    for (size_t i = 0; i < e->access_count; i++)
        if (e->accesses[i].from_step != HD_NO_EVENT && e->accesses[i].from_agent != e->agent)
            add_arrow(t, rows, "reads from", e->accesses[i].from_agent, e->accesses[i].from_step,
                      e);
}

void hd_timeline_free(hd_timeline *t) {
    hd_vec_free(&t->waits);
}
