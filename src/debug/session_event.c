/* session_event.c: takes down what happens. */

#include "check/race_report.h"
#include "debug/session_parts.h"

/* Every memory is numbered when it is first accessed, whether that is taken down or not. */
static uint32_t number_of(hd_session *s, hd_memory *memory) {
    for (size_t i = 0; i < s->memories.len; i++)
        if (s->memories.items[i] == memory) return (uint32_t)i;
    if (!hd_vec_push(&s->memories, memory)) return HD_NO_MEMORY;
    s->births++;
    return (uint32_t)s->memories.len - 1;
}

static bool is_new(const hd_session *s) {
    return s->last.step == s->history.known;
}

static void add_access(hd_session *s, uint32_t memory, const hd_event *event) {
    hd_kept_event *now = &s->now;
    bool reads = !hd_event_only_writes(event->kind);
    bool writes = event->writes && event->kind != HD_EVENT_WAIT;
    if (now->marks & (HD_MARK_READS | HD_MARK_WRITES)) {
        hd_kept_access more = {s->last.step, event->address, event->length, memory, reads, writes};
        now->marks |= HD_MARK_MORE;
        if (is_new(s) && !hd_vec_push(&s->history.more, more)) hd_session_nomem(s);
        return;
    }
    now->marks |= (reads ? HD_MARK_READS : 0) | (writes ? HD_MARK_WRITES : 0);
    now->address = event->address;
    now->length = event->length < UINT32_MAX ? (uint32_t)event->length : UINT32_MAX;
    now->memory = (uint16_t)(memory + 1);
}

static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *event) {
    hd_session *s = context;
    (void)step;
    bool access = event->memory && hd_event_is_access(event->kind) && event->length > 0;
    uint32_t memory = access ? number_of(s, event->memory) : HD_NO_MEMORY;
    if (!s->under_way || agent != s->last.agent) return;
    if (event->kind == s->last.event.kind) {
        s->last.event.count = event->count;
        s->last.event.writes = event->writes;
    }
    if (access) add_access(s, memory, event);
}

static void on_spawned(void *context, uint32_t parent, uint32_t child) {
    hd_session *s = context;
    (void)child;
    s->births++;
    if (s->under_way && parent == s->last.agent) s->now.marks |= HD_MARK_SPAWN;
}

static void on_trapped(void *context, uint32_t agent) {
    hd_session *s = context;
    if (s->under_way && agent == s->last.agent) s->now.marks |= HD_MARK_TRAP;
}

static void on_ended(void *context, uint32_t agent) {
    hd_session *s = context;
    if (s->under_way && agent == s->last.agent) s->now.marks |= HD_MARK_END;
}

hd_observer hd_session_observer(hd_session *s) {
    return (hd_observer){.context = s,
                         .always = true,
                         .event = on_event,
                         .spawned = on_spawned,
                         .trapped = on_trapped,
                         .ended = on_ended};
}

void hd_session_begin_event(hd_session *s, const hd_pick *pick) {
    hd_task_view view = hd_world_view(s->world, pick->agent);
    hd_last_event *last = &s->last;
    *last = (hd_last_event){.step = s->step,
                            .agent = pick->agent,
                            .timeout = hd_world_is_timed(s->world, pick->agent),
                            .place = hd_places_of_agent(&s->places, s->world, pick->agent)};
    if (view.next)
        last->event = *view.next;
    else if (view.state == HD_TASK_BLOCKED)
        last->event.kind = HD_EVENT_HOST;
    else
        last->event =
            (hd_event){.kind = HD_EVENT_RESUME, .memory = view.memory, .address = view.address};
    const hd_event *e = &last->event;
    if (e->memory && hd_event_is_access(e->kind))
        last->found = hd_memory_peek(e->memory, e->address, e->length, &last->width);
    s->now = (hd_kept_event){.agent = pick->agent,

                             .address = e->kind == HD_EVENT_JOIN ? e->count : e->address,
                             .length = (uint32_t)e->length,
                             .kind = (uint8_t)e->kind,
                             .marks = last->timeout ? HD_MARK_TIMEOUT : 0,
                             .place = last->place ? last->place->id : 0};
    s->under_way = true;
}

/* Whether the checks have found something in the event. */
static bool take_findings(hd_session *s, hd_kept_event *now) {
    const hd_session_subject *subject = &s->options.subject;
    const hd_race_detector *races = subject->races ? subject->races(s->execution) : NULL;
    char text[200];
    for (; races && s->races < hd_race_count(races); s->races++) {
        const hd_race_report *r = hd_race_get(races, s->races);
        if (r->grade != HD_RACE_ERROR || now->marks & HD_MARK_RACE) continue;
        now->marks |= HD_MARK_RACE;
        snprintf(text, sizeof text, "%s of %s (step %llu) and %s on %llu byte%s at 0x%llx",
                 hd_race_class_name(r->class), r->earlier.agent_name,
                 (unsigned long long)r->earlier.step, r->later.agent_name,
                 (unsigned long long)r->length, r->length == 1 ? "" : "s",
                 (unsigned long long)r->address);
        if (is_new(s) && !hd_past_add_incident(&s->history, s->last.step, HD_MARK_RACE, text))
            return hd_session_nomem(s);
    }
    const char *failure = !s->failed && subject->failure ? subject->failure(s->execution) : NULL;
    if (!failure) return true;
    s->failed = true;
    now->marks |= HD_MARK_CHECK;
    if (is_new(s) && !hd_past_add_incident(&s->history, s->last.step, HD_MARK_CHECK, failure))
        return hd_session_nomem(s);
    return true;
}

bool hd_session_finish_event(hd_session *s) {
    hd_last_event *last = &s->last;
    unsigned width = last->width;
    s->under_way = false;
    s->has_last = true;
    if (width > 0)
        last->left = hd_memory_peek(last->event.memory, last->event.address, width, &width);
    if (s->diag.status != HD_OK) return false;
    if (!is_new(s)) return true;
    const hd_place_info *arrival = hd_places_of_agent(&s->places, s->world, last->agent);
    s->now.arrival = arrival ? arrival->id : 0;
    if (!take_findings(s, &s->now)) return false;
    return hd_past_add_event(&s->history, &s->now) || hd_session_nomem(s);
}
