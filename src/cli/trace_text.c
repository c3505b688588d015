/* trace_text.c: see trace_text.h. */
#include "cli/trace_text.h"

#include <inttypes.h>

#include "cli/message.h"
#include "cli/step_screen.h"
#include "report/event_words.h"

enum { TEXT = 160 };

void hd_trace_print_place(FILE *to, const hd_report_frame *place) {
    if (!place) return;
    hd_report_frame shown = *place;
    shown.source = *hd_place_source(place);
    fputs(" in ", to);
    if (place->inlined_count > 0 && shown.source.function)
        fprintf(to, "%s, inlined in ", shown.source.function);
    fputs(place->function, to);
    hd_report_frame_print_place(to, &shown);
}

const char *hd_trace_phrase(const hd_record_event *e, char *buffer, size_t size) {
    if (e->event.kind == HD_EVENT_KINDS)
        snprintf(buffer, size, "event");
    else if (e->timeout)
        snprintf(buffer, size, "time-out of a %s",
                 e->event.kind == HD_EVENT_HOST ? "sleep" : "wait");
    else
        hd_event_phrase(&e->event, buffer, size);
    return buffer;
}

static void print_value(FILE *to, uint64_t value, unsigned width) {
    fprintf(to, "0x%0*" PRIx64, (int)(2 * width), value);
}

/* What an access read or left. */
static void print_access(FILE *to, const hd_record_access *a) {
    bool whole = a->width > 0 && a->width == a->length;
    const char *separator = ": ";
    if (whole && a->writes && a->found_known) {
        fputs(": ", to);
        print_value(to, a->found, a->width);
        fputs(" -> ", to);
        print_value(to, a->left, a->width);
        separator = ", ";
    } else if (whole) {
        fputs(a->writes ? ": left " : ": read ", to);
        print_value(to, a->left, a->width);
        separator = ", ";
    }
    if (a->reads && a->from_step != HD_NO_EVENT)
        fprintf(to, "%swritten at step %" PRIu64 " by agent %" PRIu32, separator, a->from_step,
                a->from_agent);
}

/* The accesses of an event that is more than one, such as a call of the host. */
static void print_accesses(FILE *to, const hd_record_event *e) {
    for (size_t i = 0; i < e->access_count; i++) {
        const hd_record_access *a = &e->accesses[i];
        fprintf(to, "            %s %" PRIu64 " byte%s at 0x%" PRIx64,
                a->writes ? "writes" : "reads", a->length, a->length == 1 ? "" : "s", a->address);
        print_access(to, a);
        fputc('\n', to);
    }
}

static bool is_single(const hd_record_event *e) {
    return e->access_count == 1 && e->accesses[0].address == e->event.address &&
           e->event.memory != NULL;
}

static void print_agents(FILE *to, const char *what, const uint32_t *agents, size_t count) {
    for (size_t i = 0; i < count; i++)
        fprintf(to, "%s %" PRIu32, i == 0 ? what : " and", agents[i]);
}

/* What led to the event. */
static void print_cause(FILE *to, const hd_record_event *e) {
    if (e->cause == HD_NO_EVENT) return;
    const char *what = e->event.kind == HD_EVENT_RESUME ? "woken"
                       : e->event.kind == HD_EVENT_JOIN ? "ended"
                                                        : "spawned";
    fprintf(to, ", %s at step %" PRIu64 " by agent %" PRIu32, what, e->cause, e->cause_agent);
}

static void print_other(FILE *to, const hd_record_other *other, const char *what) {
    char text[TEXT];
    fprintf(to, "        agent %" PRIu32 " %s", other->agent, what);
    if (other->next.kind != HD_EVENT_KINDS)
        fprintf(to, ": next %s", hd_event_phrase(&other->next, text, sizeof text));
    hd_trace_print_place(to, other->place);
    fputc('\n', to);
}

static void print_switch(FILE *to, const hd_record_event *e) {
    if (!e->switched || e->before == HD_NO_AGENT) return;
    if (!e->preempts) fprintf(to, "        agent %" PRIu32 " cannot go on\n", e->before);
    for (size_t i = 0; i < e->other_count; i++)
        if (e->others[i].agent == e->before) print_other(to, &e->others[i], "is preempted");
    for (size_t i = 0; i < e->other_count; i++)
        if (e->others[i].agent != e->before) print_other(to, &e->others[i], "could move as well");
}

void hd_trace_print(FILE *to, const hd_record_event *e) {
    char text[TEXT];
    print_switch(to, e);
    fprintf(to, "%6" PRIu64 "  %" PRIu32 " %s: %s", e->step, e->agent, e->name,
            hd_trace_phrase(e, text, sizeof text));
    bool spawn = e->event.kind == HD_EVENT_SPAWN;
    if (spawn) print_agents(to, " of agent", e->spawned, e->spawned_count);
    hd_trace_print_place(to, e->place);
    if (is_single(e)) print_access(to, &e->accesses[0]);
    if (e->event.kind == HD_EVENT_CMPXCHG && !e->event.writes) fputs(", failed", to);
    if (e->event.kind == HD_EVENT_NOTIFY && e->woken_count == 0) fputs(", woke nobody", to);
    print_agents(to, ", woke agent", e->woken, e->woken_count);
    if (!spawn) print_agents(to, ", spawned agent", e->spawned, e->spawned_count);
    print_cause(to, e);
    if (e->trapped) fputs(", and traps", to);
    fputc('\n', to);
    if (!is_single(e)) print_accesses(to, e);
}
