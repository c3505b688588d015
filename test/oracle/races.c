/* races.c: the races of an execution, straight from the definition: happens-before over all its
 * events, and every pair of them looked at. */
#include <string.h>

#include "search.h"

static bool reads(const ora_event *event) {
    return event->kind == ORA_E_READ || event->kind == ORA_E_UPDATE || event->kind == ORA_E_ENQUEUE;
}

static bool writes(const ora_event *event) {
    return event->kind == ORA_E_WRITE || event->kind == ORA_E_UPDATE;
}

static bool same_range(const ora_event *a, const ora_event *b) {
    return a->address == b->address && a->width == b->width;
}

static bool overlap(const ora_event *a, const ora_event *b) {
    return a->address < b->address + b->width && b->address < a->address + a->width;
}

/* What happens before the events, as sets of events. */
typedef struct relation {
    uint64_t before[ORA_EVENTS];
} relation;

static uint64_t with(const relation *hb, int event) {
    return hb->before[event] | UINT64_C(1) << event;
}

/* synchronizes-with: an atomic read takes a byte from an atomic write of the same range. */
static void join_writers(const ora_state *state, relation *hb, int reader) {
    const ora_event *event = &state->events[reader];
    if (!event->atomic || !reads(event)) return;
    for (int i = 0; i < event->width; i++) {
        int writer = event->writers[i];
        if (writer >= 0 && state->events[writer].atomic &&
            same_range(event, &state->events[writer]))
            hb->before[reader] |= with(hb, writer);
    }
}

static bool is_queue_event(const ora_event *event) {
    return event->kind == ORA_E_ENQUEUE || event->kind == ORA_E_TIMEOUT ||
           (event->kind == ORA_E_NOTIFY && event->footprints[ORA_REFINED].wakes_written);
}

/* The order of the events of one queue. */
static void join_queue(const ora_state *state, relation *hb, int n) {
    const ora_event *event = &state->events[n];
    for (int i = 0; i < n; i++) {
        const ora_event *other = &state->events[i];
        bool woke = event->kind == ORA_E_WOKEN && other->kind == ORA_E_NOTIFY &&
                    (other->footprints[ORA_REFINED].wakes_written >> event->agent & 1);
        if (woke ||
            (is_queue_event(event) && is_queue_event(other) && event->address == other->address))
            hb->before[n] |= with(hb, i);
    }
}

/* What a write released: an atomic one everything before it; any one what its agent knew at its
 * latest fence. */
static uint64_t released(const ora_state *state, const relation *hb, int writer) {
    const ora_event *write = &state->events[writer];
    if (write->atomic) return with(hb, writer);
    for (int i = writer; i-- > 0;)
        if (state->events[i].agent == write->agent && state->events[i].kind == ORA_E_FENCE)
            return with(hb, i);
    return 0;
}

/* A fence learns what was released by the writes that its agent's earlier reads took a byte from.
 */
static void join_fence(const ora_state *state, relation *hb, int fence) {
    for (int i = 0; i < fence; i++) {
        const ora_event *read = &state->events[i];
        if (read->agent != state->events[fence].agent || !reads(read)) continue;
        for (int byte = 0; byte < read->width; byte++)
            if (read->writers[byte] >= 0)
                hb->before[fence] |= released(state, hb, read->writers[byte]);
    }
}

static relation happens_before(const ora_state *state) {
    relation hb;
    memset(&hb, 0, sizeof hb);
    for (int n = 0; n < state->count; n++) {
        const ora_event *event = &state->events[n];
        for (int i = 0; i < n; i++)
            if (state->events[i].agent == event->agent) hb.before[n] |= with(&hb, i);
        join_writers(state, &hb, n);
        join_queue(state, &hb, n);
        if (event->kind == ORA_E_FENCE) join_fence(state, &hb, n);
    }
    return hb;
}

static const char *class_of(const ora_event *a, const ora_event *b) {
    if (!overlap(a, b) || !(writes(a) || writes(b))) return NULL;
    if (a->atomic && b->atomic) return same_range(a, b) ? NULL : "mixed";
    return (writes(a) && !a->atomic) || (writes(b) && !b->atomic) ? "data" : "note";
}

static void print_side(const ora_state *state, const ora_event *event, ora_text *text) {
    static const char *const words[] = {"store", "load", "rmw", "cas", "wait"};
    const ora_op *op = &state->program->agents[event->agent].ops[event->site];
    ora_text_add(text, " %d %d %s.%c%d@%d", event->agent, event->site, words[op->code],
                 event->atomic ? 'a' : 'p', event->width * 8, event->address);
}

void ora_races(const ora_state *state, ora_set *races) {
    relation hb = happens_before(state);
    for (int j = 0; j < state->count; j++)
        for (int i = 0; i < j; i++) {
            const ora_event *a = &state->events[i], *b = &state->events[j];
            if (a->agent == b->agent || (hb.before[j] >> i & 1)) continue;
            if (!(reads(a) || writes(a)) || !(reads(b) || writes(b))) continue;
            const char *class = class_of(a, b);
            if (!class) continue;
            ora_text text = {0};
            ora_text_add(&text, "%s", class);
            print_side(state, a->agent < b->agent ? a : b, &text);
            print_side(state, a->agent < b->agent ? b : a, &text);
            bool is_new;
            ora_set_add(races, text.bytes, text.length, &is_new);
            ora_text_free(&text);
        }
}
