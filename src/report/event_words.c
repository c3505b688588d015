/* event_words.c: see event_words.h. */
#include "report/event_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const names[HD_EVENT_KINDS] = {
    [HD_EVENT_LOAD] = "load",
    [HD_EVENT_STORE] = "store",
    [HD_EVENT_ATOMIC_LOAD] = "atomic load",
    [HD_EVENT_ATOMIC_STORE] = "atomic store",
    [HD_EVENT_RMW] = "atomic rmw",
    [HD_EVENT_CMPXCHG] = "atomic cmpxchg",
    [HD_EVENT_WAIT] = "wait",
    [HD_EVENT_NOTIFY] = "notify",
    [HD_EVENT_FENCE] = "fence",
    [HD_EVENT_SIZE] = "memory.size",
    [HD_EVENT_GROW] = "memory.grow",
    [HD_EVENT_FILL] = "bulk write",
    [HD_EVENT_COPY] = "bulk read",
    [HD_EVENT_HOST] = "host call",
    [HD_EVENT_RESUME] = "resume",
    [HD_EVENT_INSTANTIATE] = "instantiate",
    [HD_EVENT_SPAWN] = "spawn",
    [HD_EVENT_JOIN] = "join",
    [HD_EVENT_END] = "end",
    [HD_EVENT_EXIT] = "end of the program",
};

/* A text under way; what does not fit is cut. */
typedef struct words {
    char *at;
    size_t length;
} words;

static void add(words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(words *w, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int more = vsnprintf(w->at + w->length, HD_EVENT_WORDS - w->length, format, arguments);
    va_end(arguments);
    if (more > 0) w->length += (size_t)more;
    if (w->length >= HD_EVENT_WORDS) w->length = HD_EVENT_WORDS - 1;
}

/* Small numbers are counts, as a rule, and large ones addresses or bits. */
static void add_value(words *w, uint64_t value) {
    add(w, value < 100000 ? "%" PRIu64 : "0x%" PRIx64, value);
}

static void add_access(words *w, const hd_record_access *a) {
    if (a->width == 0 || a->width != a->length) return;
    add(w, "=");
    if (a->reads && a->writes && a->found_known) {
        add_value(w, a->found);
        add(w, "->");
    }
    add_value(w, a->left);
}

static void add_agents(words *w, const char *what, const uint32_t *agents, size_t count) {
    enum { SHOWN = 8 };
    for (size_t i = 0; i < count && i < SHOWN; i++)
        add(w, "%s %" PRIu32, i == 0 ? what : "", agents[i]);
    if (count > SHOWN) add(w, " ...");
}

static void add_place_in_memory(words *w, const hd_event *e) {
    if (hd_event_is_access(e->kind) || e->kind == HD_EVENT_NOTIFY)
        add(w, " 0x%" PRIx64, e->address);
    if (e->kind == HD_EVENT_FILL || e->kind == HD_EVENT_COPY) add(w, "+%" PRIu64, e->length);
}

const char *hd_event_words(const hd_record_event *e, char buffer[HD_EVENT_WORDS]) {
    words w = {buffer, 0};
    hd_event_kind kind = e->event.kind;
    if (e->timeout)
        add(&w, kind == HD_EVENT_HOST ? "sleep is over" : "time-out");
    else if (kind == HD_EVENT_RESUME && e->cause != HD_NO_EVENT)
        add(&w, "woken by %" PRIu32, e->cause_agent);
    else
        add(&w, "%s", kind == HD_EVENT_KINDS ? "event" : names[kind]);
    if (!e->timeout) add_place_in_memory(&w, &e->event);
    if (kind == HD_EVENT_JOIN) add(&w, " %" PRIu32, e->event.count);
    if (e->access_count == 1 && e->event.memory && e->accesses[0].address == e->event.address)
        add_access(&w, &e->accesses[0]);
    if (kind == HD_EVENT_CMPXCHG && !e->event.writes) add(&w, ", failed");
    if (kind == HD_EVENT_NOTIFY && e->woken_count == 0) add(&w, ", woke none");
    add_agents(&w, ", woke", e->woken, e->woken_count);
    add_agents(&w, kind == HD_EVENT_SPAWN ? "" : ", spawned", e->spawned, e->spawned_count);
    if (e->trapped) add(&w, ", traps");
    return buffer;
}

const char *hd_next_event_words(const hd_event *event, char buffer[HD_EVENT_WORDS]) {
    words w = {buffer, 0};
    add(&w, "%s", event->kind == HD_EVENT_KINDS ? "event" : names[event->kind]);
    add_place_in_memory(&w, event);
    if (event->kind == HD_EVENT_JOIN) add(&w, " %" PRIu32, event->count);
    return buffer;
}

const hd_source_frame *hd_place_source(const hd_report_frame *place) {
    return place->inlined_count > 0 ? &place->inlined[0] : &place->source;
}

const char *hd_place_words(const hd_report_frame *place, char buffer[HD_EVENT_WORDS]) {
    words w = {buffer, 0};
    *buffer = 0;
    if (!place) return buffer;
    const hd_source_frame *source = hd_place_source(place);
    if (source->file)
        add(&w, " :%" PRIu32, source->line);
    else
        add(&w, " @0x%" PRIx32, place->offset);
    return buffer;
}
