/* step_screen.c: what `heddle step` shows at a scheduling point. */
#include "cli/step_screen.h"

#include <inttypes.h>
#include <string.h>

#include "agents/report.h"

enum { SHOWN_MOVES = 40, TEXT = 160 };

const char *hd_event_phrase(const hd_event *e, char *buffer, size_t size) {
    static const char *const names[HD_EVENT_KINDS] = {
        [HD_EVENT_LOAD] = "load",
        [HD_EVENT_STORE] = "store",
        [HD_EVENT_ATOMIC_LOAD] = "atomic load",
        [HD_EVENT_ATOMIC_STORE] = "atomic store",
        [HD_EVENT_RMW] = "atomic read-modify-write",
        [HD_EVENT_CMPXCHG] = "atomic compare-exchange",
        [HD_EVENT_WAIT] = "wait",
        [HD_EVENT_NOTIFY] = "notify",
        [HD_EVENT_FENCE] = "fence",
        [HD_EVENT_SIZE] = "memory.size",
        [HD_EVENT_GROW] = "memory.grow",
        [HD_EVENT_FILL] = "bulk write",
        [HD_EVENT_COPY] = "bulk read",
        [HD_EVENT_HOST] = "call of the host",
        [HD_EVENT_RESUME] = "resumption of a wait",
        [HD_EVENT_INSTANTIATE] = "instantiation",
        [HD_EVENT_SPAWN] = "spawn",
        [HD_EVENT_JOIN] = "join",
        [HD_EVENT_END] = "end",
        [HD_EVENT_EXIT] = "end of the program",
    };
    switch (e->kind) {
    case HD_EVENT_JOIN:
        snprintf(buffer, size, "%s of agent %" PRIu32, names[e->kind], e->count);
        break;
    case HD_EVENT_FENCE:
    case HD_EVENT_SIZE:
    case HD_EVENT_GROW:
    case HD_EVENT_HOST:
    case HD_EVENT_RESUME:
    case HD_EVENT_INSTANTIATE:
    case HD_EVENT_SPAWN:
    case HD_EVENT_END:
    case HD_EVENT_EXIT: snprintf(buffer, size, "%s", names[e->kind]); break;
    default:
        snprintf(buffer, size, "%s of %" PRIu64 " byte%s at 0x%" PRIx64, names[e->kind], e->length,
                 e->length == 1 ? "" : "s", e->address);
    }
    return buffer;
}

/* Where the agent stands, as ` in $f at 0x2f`; where functions were inlined, in the innermost. */
static void print_place(FILE *to, const hd_member *member) {
    hd_arena arena = HD_ARENA_INIT;
    hd_backtrace trace = {0};
    if (hd_backtrace_take(hd_member_agent(member), &arena, &trace) && trace.count > 0) {
        hd_report_frame frame = trace.frames[0];
        if (frame.inlined_count > 0) {
            if (frame.inlined[0].function)
                fprintf(to, " in %s, inlined", frame.inlined[0].function);
            frame.source = frame.inlined[0];
        }
        fprintf(to, " in %s", frame.function);
        if (!frame.host) hd_report_frame_print_place(to, &frame);
        if (frame.warning) fprintf(to, " (debug information is damaged: %s)", frame.warning);
    }
    hd_arena_free(&arena);
}

void hd_step_print_state(FILE *to, const hd_world *world, uint32_t number) {
    hd_task_view v = hd_world_view(world, number);
    char text[TEXT];
    switch (v.state) {
    case HD_TASK_ENDED: fputs("ended", to); break;
    case HD_TASK_JOINING: fprintf(to, "waiting for agent %" PRIu32 " to end", v.joining); break;
    case HD_TASK_WAITING:
        fprintf(to, "waiting on 0x%" PRIx64 " since step %" PRIu64, v.address, v.since);
        if (v.timeout >= 0) fprintf(to, ", for %" PRId64 " ns", v.timeout);
        break;
    case HD_TASK_BLOCKED:
        fprintf(to, "blocked in the host since step %" PRIu64, v.since);
        if (v.timeout >= 0) fprintf(to, ", for %" PRId64 " ns", v.timeout);
        break;
    case HD_TASK_READY:
    case HD_TASK_CALLING:
        if (v.loops)
            fputs("loops for ever without touching shared memory", to);
        else if (v.next)
            fprintf(to, "next %s", hd_event_phrase(v.next, text, sizeof text));
        break;
    }
}

void hd_step_print_agent(FILE *to, const hd_world *world, uint32_t number) {
    hd_task_view v = hd_world_view(world, number);
    bool timed = hd_world_is_timed(world, number);
    fprintf(to, "%c %" PRIu32 " %s: ", v.enabled ? '*' : timed ? '~' : ' ', number, v.name);
    hd_step_print_state(to, world, number);
    if (v.state == HD_TASK_WAITING || v.state == HD_TASK_BLOCKED || v.state == HD_TASK_CALLING)
        print_place(to, v.member);
    fputc('\n', to);
}

/* The bytes of memory around the last event's. */
static void print_memory(FILE *to, const hd_event *e) {
    enum { ROW = 16 };
    uint64_t length;
    if (!e->memory || e->length == 0 || e->kind == HD_EVENT_SIZE || e->kind == HD_EVENT_GROW)
        return;
    const uint8_t *bytes = hd_memory_data(e->memory, &length);
    uint64_t row = e->address & ~(uint64_t)(ROW - 1);
    if (row + ROW > length) return;
    fprintf(to, "  0x%08" PRIx64 ":", row);
    for (uint64_t i = 0; i < ROW; i++) {
        bool touched = row + i >= e->address && row + i - e->address < e->length;
        fprintf(to, touched ? " [%02x]" : "  %02x ", bytes[row + i]);
    }
    fputc('\n', to);
}

/* The waiters of each address in the order in which a notify would wake them. */
void hd_step_print_queues(FILE *to, const hd_world *world) {
    uint32_t count = hd_world_count(world);
    for (uint32_t i = 0; i < count; i++) {
        hd_task_view v = hd_world_view(world, i);
        bool first = v.state == HD_TASK_WAITING;
        uint64_t after = 0;
        uint32_t listed = 0;
        for (uint32_t j = 0; first && j < i; j++) {
            hd_task_view other = hd_world_view(world, j);
            first = other.state != HD_TASK_WAITING || other.memory != v.memory ||
                    other.address != v.address;
        }
        /* One pass for each waiter, earliest first: queues are short. */
        while (first) {
            uint32_t next = count;
            for (uint32_t j = 0; j < count; j++) {
                hd_task_view w = hd_world_view(world, j);
                if (w.state != HD_TASK_WAITING || w.memory != v.memory || w.address != v.address)
                    continue;
                if (listed > 0 && w.since <= after) continue;
                if (next == count || w.since < hd_world_view(world, next).since) next = j;
            }
            if (next == count) break;
            if (listed++ == 0) fprintf(to, "  queue of 0x%" PRIx64 ":", v.address);
            fprintf(to, " %" PRIu32, next);
            after = hd_world_view(world, next).since;
        }
        if (listed > 0) fputc('\n', to);
    }
}

void hd_step_print_moves(FILE *to, const hd_stepper *stepper, size_t most) {
    size_t count;
    const hd_move *moves = hd_stepper_moves(stepper, &count);
    size_t from = count > most ? count - most : 0;
    if (from > 0) fputs(" …", to);
    for (size_t i = from; i < count; i++) {
        fprintf(to, "%s%" PRIu32, i > from ? "," : " ", moves[i].agent);
        if (moves[i].events == HD_TIMEOUT)
            fputc('~', to);
        else if (moves[i].events > 1)
            fprintf(to, "*%" PRIu64, moves[i].events);
    }
    if (count == 0) fputs(" (nothing yet)", to);
    fputc('\n', to);
}

void hd_step_screen(FILE *to, const hd_stepper *stepper) {
    const hd_world *world = hd_stepper_world(stepper);
    char text[TEXT];
    uint32_t agent;
    uint64_t step;
    const hd_event *last = hd_stepper_last_event(stepper, &agent, &step);
    fprintf(to, "\n-- step %" PRIu64 "\n", hd_world_steps(world));
    if (last) {
        fprintf(to, "  agent %" PRIu32 ": %s\n", agent, hd_event_phrase(last, text, sizeof text));
        print_memory(to, last);
    }
    for (uint32_t i = 0; i < hd_world_count(world); i++)
        hd_step_print_agent(to, world, i);
    hd_step_print_queues(to, world);
    fputs("  schedule:", to);
    hd_step_print_moves(to, stepper, SHOWN_MOVES);
}
