/* debug_screen.c: what `heddle debug` shows of the present. */
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/debug.h"
#include "cli/message.h"
#include "cli/step_screen.h"
#include "cli/trace_text.h"

enum { TEXT = 160, SHOWN_MOVES = 30 };

/* The last part of a path. */
static const char *base_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ` in $f file.c:1:2`, in short. */
static void print_place(FILE *to, const hd_place_info *place) {
    if (!place) return;
    const hd_source_frame *frame = hd_trace_source(&place->frame);
    bool inlined = place->frame.inlined_count > 0 && frame->function;
    fprintf(to, " in %s", inlined ? frame->function : place->frame.function);
    if (!frame->file)
        fprintf(to, " 0x%" PRIx32, place->frame.offset);
    else
        fprintf(to, " %s:%" PRIu32 ":%" PRIu32, base_of(frame->file), frame->line, frame->column);
}

static const char *name_of(const hd_debugger *d, uint32_t agent) {
    const hd_world *world = hd_session_world(d->session);
    return world && agent < hd_world_count(world) ? hd_world_view(world, agent).name : "";
}

/* The phrase of an event. */
static void print_phrase(FILE *to, hd_event_kind kind, bool timeout, const hd_event *event) {
    char text[TEXT];
    if (timeout)
        fprintf(to, "time-out of a %s", kind == HD_EVENT_HOST ? "sleep" : "wait");
    else
        fputs(hd_event_phrase(event, text, sizeof text), to);
}

void hd_debugger_print_event(hd_debugger *d, FILE *to, uint64_t step) {
    hd_past_event e;
    if (!hd_session_event(d->session, step, &e)) return;
    hd_event event = {.kind = e.kind, .address = e.address, .length = e.length};
    if (e.kind == HD_EVENT_JOIN) event.count = e.count;
    fprintf(to, "step %" PRIu64 ": agent %" PRIu32 " %s: ", step, e.agent, name_of(d, e.agent));
    print_phrase(to, e.kind, e.marks & HD_MARK_TIMEOUT, &event);
    if (!e.place) return;
    hd_report_frame shown = e.place->frame;
    shown.source = *hd_trace_source(&e.place->frame);
    fprintf(to, " in %s", shown.function);
    hd_report_frame_print_place(to, &shown);
}

/* Why the latest move has come to its end. */
void hd_debugger_show_halt(hd_debugger *d, FILE *to) {
    const hd_halt *h = &d->halt;
    uint64_t step = hd_session_step(d->session), length = hd_session_length(d->session);
    hd_outcome outcome;
    const char *text;
    fprintf(to, "-- step %" PRIu64, step);
    if (length > step) fprintf(to, " of %" PRIu64, length);
    if (hd_session_end(d->session, &outcome, &text)) {
        fprintf(to, ": the run has ended: %s", hd_outcome_name(outcome));
    } else if (h->reason != HD_HALT_MOVED) {
        fprintf(to, ": %s", hd_halt_reason_name(h->reason));
        if (h->point) fprintf(to, " %" PRIu32, h->point);
    }
    fputc('\n', to);
    if (h->text) fputs("   ", to), hd_print_string(to, h->text), fputc('\n', to);
}

/* The bytes around an event. */
static void print_bytes(FILE *to, const hd_event *e) {
    enum { ROW = 16 };
    uint64_t length, row = e->address - e->address % ROW;
    const uint8_t *bytes = hd_memory_data(e->memory, &length);
    bool inside = false;
    fprintf(to, "  0x%08" PRIx64 ":", row);
    for (uint64_t i = row; i < row + ROW && i < length; i++) {
        bool touched = i >= e->address && i - e->address < e->length;
        fprintf(to, "%c%02x", touched && !inside ? '[' : inside && !touched ? ']' : ' ', bytes[i]);
        inside = touched;
    }
    fputs(inside ? "]\n" : "\n", to);
}

/* The bytes that the last event has accessed, and who wrote them before. */
static void show_bytes(hd_debugger *d, FILE *to, const hd_last_event *last) {
    uint64_t step;
    hd_past_event own, e;
    const hd_event *event = &last->event;
    uint32_t memory = hd_session_memory_number(d->session, event->memory);
    if (last->width == 0) return;
    print_bytes(to, event);
    if (!hd_session_event(d->session, last->step, &own) ||
        !hd_session_writer(d->session, last->step, memory, event->address, event->length, &step) ||
        !hd_session_event(d->session, step, &e))
        return;
    fprintf(to, "  %s written at step %" PRIu64 " by agent %" PRIu32 " %s",
            own.marks & HD_MARK_WRITES ? "before that," : "which was", step, e.agent,
            name_of(d, e.agent));
    print_place(to, e.place);
    fputc('\n', to);
}

/* The last event. */
void hd_debugger_show_event(hd_debugger *d, FILE *to) {
    const hd_last_event *last = hd_session_last_event(d->session);
    if (!last) return;
    fprintf(to, "  %" PRIu32 " %s: ", last->agent, name_of(d, last->agent));
    print_phrase(to, last->event.kind, last->timeout, &last->event);
    if (last->width > 0 && last->width == last->event.length) {
        int digits = (int)(2 * last->width);
        if (last->found != last->left)
            fprintf(to, ": 0x%0*" PRIx64 " -> 0x%0*" PRIx64, digits, last->found, digits,
                    last->left);
        else
            fprintf(to, ": 0x%0*" PRIx64, digits, last->left);
    }
    print_place(to, last->place);
    fputc('\n', to);
    show_bytes(d, to, last);
}

/* Agents of which something can be told stand first where not all fit. */
void hd_debugger_show_agents(hd_debugger *d, FILE *to, bool source) {
    const hd_world *world = hd_session_world(d->session);
    char line[TEXT];
    uint32_t count = hd_world_count(world), left_out = 0;
    unsigned room = d->height > 13 ? (d->height - 13) / (source ? 2 : 1) : 4, shown = 0;
    for (uint32_t i = 0; i < count; i++) {
        hd_task_view v = hd_world_view(world, i);
        if (shown >= room || (count > room && v.state == HD_TASK_ENDED)) {
            left_out++;
            continue;
        }
        shown++;
        char mark = v.enabled ? '*' : hd_world_is_timed(world, i) ? '~' : ' ';
        fprintf(to, "%c %" PRIu32 " %s: ", mark, i, v.name);
        hd_step_print_state(to, world, i);
        const hd_place_info *place = hd_session_place(d->session, i);
        print_place(to, place);
        fputc('\n', to);
        const char *text = source ? hd_debugger_source_line(d, place, line, sizeof line) : NULL;
        if (text) fputs("      | ", to), hd_print_string(to, text), fputc('\n', to);
    }
    if (left_out > 0) fprintf(to, "  and %" PRIu32 " more: `agents` tells of all\n", left_out);
}

/* A letter for an event. */
static char letter_of(const hd_past_event *e) {
    static const char letters[HD_EVENT_KINDS] = {
        [HD_EVENT_LOAD] = 'l',         [HD_EVENT_STORE] = 's',  [HD_EVENT_ATOMIC_LOAD] = 'L',
        [HD_EVENT_ATOMIC_STORE] = 'S', [HD_EVENT_RMW] = 'M',    [HD_EVENT_CMPXCHG] = 'X',
        [HD_EVENT_WAIT] = 'W',         [HD_EVENT_NOTIFY] = 'N', [HD_EVENT_FENCE] = 'F',
        [HD_EVENT_SIZE] = 'z',         [HD_EVENT_GROW] = 'Z',   [HD_EVENT_FILL] = 'b',
        [HD_EVENT_COPY] = 'b',         [HD_EVENT_HOST] = 'h',   [HD_EVENT_RESUME] = 'R',
        [HD_EVENT_INSTANTIATE] = 'I',  [HD_EVENT_SPAWN] = '+',  [HD_EVENT_JOIN] = 'J',
        [HD_EVENT_END] = 'E',          [HD_EVENT_EXIT] = 'Q',
    };
    if (e->marks & HD_MARK_TRAP) return '!';
    if (e->marks & HD_MARK_TIMEOUT) return '~';
    return letters[e->kind];
}

void hd_debugger_show_lanes(hd_debugger *d, FILE *to, unsigned width) {
    const hd_world *world = hd_session_world(d->session);
    uint64_t step = hd_session_step(d->session), from = step > width ? step - width : 0;
    unsigned shown = 0;
    if (from == step) return;
    fprintf(to, "  events %" PRIu64 " to %" PRIu64 ":\n", from, step - 1);
    for (uint32_t i = 0; i < hd_world_count(world) && shown < 8; i++) {
        char lane[256];
        unsigned at = 0;
        bool any = false;
        hd_past_event e;
        for (uint64_t k = from; k < step && at < sizeof lane - 1; k++, at++) {
            bool own = hd_session_event(d->session, k, &e) && e.agent == i;
            lane[at] = own ? letter_of(&e) : '.';
            any |= own;
        }
        lane[at] = '\0';
        if (!any) continue;
        fprintf(to, "  %3" PRIu32 " %s\n", i, lane);
        shown++;
    }
}

void hd_debugger_show_queues(hd_debugger *d, FILE *to) {
    hd_step_print_queues(to, hd_session_world(d->session));
}

void hd_debugger_show_moves(hd_debugger *d, FILE *to, size_t most) {
    size_t count = hd_session_moves(d->session), from = count > most ? count - most : 0;
    fputs("  schedule:", to);
    if (from > 0) fputs(" …", to);
    for (size_t i = from; i < count; i++) {
        hd_move move = hd_session_get_move(d->session, i);
        fprintf(to, "%s%" PRIu32, i > from ? "," : " ", move.agent);
        if (move.events == HD_TIMEOUT)
            fputc('~', to);
        else if (move.events > 1)
            fprintf(to, "*%" PRIu64, move.events);
    }
    fputs(count == 0 ? " (nothing yet)\n" : "\n", to);
}

/* What the program has printed since the last time; less, once it was gone back. */
static void show_output(hd_debugger *d) {
    hd_begun *begun = hd_session_execution(d->session);
    if (!begun || !hd_output_flush(&begun->printed)) return;
    size_t length = begun->printed.bytes.len;
    if (d->shown > length) d->shown = length;
    if (d->shown < length)
        fwrite(begun->printed.bytes.items + d->shown, 1, length - d->shown, stdout);
    d->shown = length;
}

/* Where the schedule does not fit, its end does. */
static void show_last_moves(hd_debugger *d, FILE *to) {
    size_t most = SHOWN_MOVES;
    for (; most > 1; most--) {
        hd_output output;
        FILE *text = hd_output_open(&output);
        size_t length = 0;
        if (text) hd_debugger_show_moves(d, text, most);
        char *line = hd_output_take(&output, &length);
        hd_free(line);
        if (length <= d->width) break;
    }
    hd_debugger_show_moves(d, to, most);
}

void hd_debugger_print_cut(const hd_debugger *d, const char *text) {
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n"), at = 0;
        unsigned columns = 0;
        bool bold = d->terminal && strncmp(line, "--", 2) == 0;
        bool green = d->terminal && *line == '*';
        if (bold) fputs("\33[1m", stdout);
        if (green) fputs("\33[32m", stdout);
        while (at < length && columns < d->width) {
            size_t taken = hd_utf8_decode(line + at, length - at, NULL);
            at += taken ? taken : 1;
            columns++;
        }
        fwrite(line, 1, at, stdout);
        if (bold || green) fputs("\33[0m", stdout);
        putchar('\n');
        line += length + (line[length] == '\n');
    }
}

void hd_debugger_show(hd_debugger *d) {
    hd_output output;
    show_output(d);
    FILE *to = hd_output_open(&output);
    if (to) {
        hd_debugger_show_halt(d, to);
        if (hd_session_world(d->session)) {
            hd_debugger_show_event(d, to);
            hd_debugger_show_agents(d, to, true);
            hd_debugger_show_queues(d, to);
            hd_debugger_show_lanes(d, to, d->width - 8);
            show_last_moves(d, to);
        }
    }
    char *text = hd_output_take(&output, NULL);
    if (text) hd_debugger_print_cut(d, text);
    hd_free(text);
}
