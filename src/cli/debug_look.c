/* debug_look.c: orders that look at the present, and at what has happened. */
#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "cli/debug.h"
#include "cli/message.h"
#include "cli/step_screen.h"
#include "cli/trace_text.h"

/* True if there is a present; else a message. */
static bool is_present(hd_debugger *d) {
    if (hd_session_world(d->session)) return true;
    hd_debugger_refuse("there is no present: %s", hd_session_diag(d->session)->message);
    return false;
}

void hd_order_agents(hd_debugger *d, char *arguments) {
    const hd_world *world = hd_session_world(d->session);
    (void)arguments;
    for (uint32_t i = 0; is_present(d) && i < hd_world_count(world); i++)
        hd_step_print_agent(stdout, world, i);
}

void hd_order_where(hd_debugger *d, char *arguments) {
    uint32_t agent;
    if (!is_present(d) || !hd_read_agent(d, hd_next_word(&arguments), &agent)) return;
    const hd_world *world = hd_session_world(d->session);
    hd_task_view view = hd_world_view(world, agent);
    hd_arena arena = HD_ARENA_INIT;
    hd_backtrace trace = {0};
    hd_step_print_agent(stdout, world, agent);
    if (view.member && view.state != HD_TASK_ENDED &&
        hd_backtrace_take(hd_member_agent(view.member), &arena, &trace))
        hd_backtrace_print(stdout, &trace);
    hd_arena_free(&arena);
}

void hd_order_list(hd_debugger *d, char *arguments) {
    enum { AROUND = 5 };
    uint32_t agent;
    if (!is_present(d) || !hd_read_agent(d, hd_next_word(&arguments), &agent)) return;
    const hd_place_info *place = hd_session_place(d->session, agent);
    const hd_source_frame *frame = place ? hd_trace_source(&place->frame) : NULL;
    const hd_source_text *text = frame && frame->file ? hd_debugger_source(d, frame->file) : NULL;
    if (!text || frame->line > text->lines.len) {
        hd_debugger_refuse("there is no source of where agent %" PRIu32 " stands", agent);
        return;
    }
    uint32_t from = frame->line > AROUND ? frame->line - AROUND : 1;
    for (uint32_t line = from; line <= frame->line + AROUND && line <= text->lines.len; line++) {
        printf("%c %5" PRIu32 " ", line == frame->line ? '>' : ' ', line);
        for (const char *c = text->lines.items[line - 1]; *c; c++)
            if (*c == '\t')
                fputs("    ", stdout);
            else
                hd_print_text(stdout, c, 1);
        putchar('\n');
    }
}

void hd_order_memory(hd_debugger *d, char *arguments) {
    enum { ROW = 16, MOST = 4096 };
    uint32_t number;
    uint64_t address, count, size;
    if (!is_present(d) || !hd_read_range(hd_next_word(&arguments), 64, &number, &address, &count))
        return;
    hd_memory *memory = hd_session_memory(d->session, number);
    if (!memory) {
        hd_debugger_refuse("no memory has the number %" PRIu32
                           ": nobody has accessed so many shared ones yet",
                           number);
        return;
    }
    const uint8_t *bytes = hd_memory_data(memory, &size);
    if (count > MOST) count = MOST;
    for (uint64_t row = address - address % ROW; row < address + count && row < size; row += ROW) {
        printf("  0x%08" PRIx64 ":", row);
        for (uint64_t i = row; i < row + ROW && i < size; i++) {
            if (i >= address && i - address < count)
                printf(" %02x", bytes[i]);
            else
                fputs("   ", stdout);
        }
        putchar('\n');
    }
    if (address >= size) hd_debugger_refuse("the memory ends at 0x%" PRIx64, size);
}

void hd_order_who(hd_debugger *d, char *arguments) {
    uint32_t memory;
    uint64_t address, count, step;
    if (!hd_read_range(hd_next_word(&arguments), 4, &memory, &address, &count)) return;
    if (!hd_session_writer(d->session, hd_session_step(d->session), memory, address, count,
                           &step)) {
        hd_debugger_refuse("nobody has written there: it is as it was at first");
        return;
    }
    fputs("  written at ", stdout);
    hd_debugger_print_event(d, stdout, step);
    putchar('\n');
}

void hd_order_became(hd_debugger *d, char *arguments) {
    uint32_t memory;
    uint64_t address, count, step;
    if (!hd_read_range(hd_next_word(&arguments), 4, &memory, &address, &count)) return;
    hd_halt halt = hd_session_became(d->session, memory, address, count, &step);
    switch (halt.reason) {
    case HD_HALT_MOVED:
        fputs("  so since ", stdout);
        hd_debugger_print_event(d, stdout, step);
        putchar('\n');
        break;
    case HD_HALT_BEGIN: hd_debugger_refuse("it is as it was at first"); break;
    default: hd_debugger_refuse("%s", halt.text ? halt.text : hd_halt_reason_name(halt.reason));
    }
}

/* Who could end what an agent waits for. */
static void explain_agent(hd_debugger *d, uint32_t agent) {
    const hd_world *world = hd_session_world(d->session);
    hd_task_view view = hd_world_view(world, agent);
    uint64_t step;
    hd_step_print_agent(stdout, world, agent);
    if (view.state == HD_TASK_JOINING) {
        explain_agent(d, view.joining);
    } else if (view.state == HD_TASK_WAITING) {
        uint32_t memory = hd_session_memory_number(d->session, view.memory);
        if (!hd_session_writer(d->session, hd_session_step(d->session), memory, view.address, 4,
                               &step))
            return;
        fputs("  the word was written at ", stdout);
        hd_debugger_print_event(d, stdout, step);
        putchar('\n');
    } else if (view.enabled) {
        puts("  it can move");
    }
}

void hd_order_why(hd_debugger *d, char *arguments) {
    uint32_t agent;
    hd_outcome outcome;
    const char *text, *word = hd_next_word(&arguments);
    if (!is_present(d)) return;
    if (!word && hd_session_end(d->session, &outcome, &text)) {
        printf("  the run has ended: %s\n", hd_outcome_name(outcome));
        if (text) fputs(text, stdout);
    } else if (hd_read_agent(d, word, &agent)) {
        explain_agent(d, agent);
    }
}

void hd_order_queues(hd_debugger *d, char *arguments) {
    (void)arguments;
    if (is_present(d)) hd_debugger_show_queues(d, stdout);
}

void hd_order_event(hd_debugger *d, char *arguments) {
    const char *word = hd_next_word(&arguments);
    uint64_t step = hd_session_step(d->session) - 1;
    hd_past_event e;
    if ((word && !hd_read_whole(word, &step)) || !hd_session_event(d->session, step, &e)) {
        hd_debugger_refuse("no event of that step is known");
        return;
    }
    fputs("  ", stdout);
    hd_debugger_print_event(d, stdout, step);
    putchar('\n');
}

void hd_order_lanes(hd_debugger *d, char *arguments) {
    const char *word = hd_next_word(&arguments);
    uint64_t width = d->width - 8;
    if (word && (!hd_read_whole(word, &width) || width == 0 || width > 240))
        hd_debugger_refuse("lanes are of 1 to 240 events");
    else if (is_present(d))
        hd_debugger_show_lanes(d, stdout, (unsigned)width);
}

void hd_order_moves(hd_debugger *d, char *arguments) {
    (void)arguments;
    hd_debugger_show_moves(d, stdout, SIZE_MAX);
}

void hd_order_output(hd_debugger *d, char *arguments) {
    hd_begun *begun = hd_session_execution(d->session);
    (void)arguments;
    if (begun && hd_output_flush(&begun->printed) && begun->printed.bytes.len > 0)
        fwrite(begun->printed.bytes.items, 1, begun->printed.bytes.len, stdout);
}

/* A digest, to be compared with that of another run, or of the same step. */
void hd_order_state(hd_debugger *d, char *arguments) {
    hd_bytes bytes = {0};
    (void)arguments;
    if (!is_present(d)) return;
    if (hd_session_add_state(d->session, &bytes))
        printf("  state of step %" PRIu64 ": %016" PRIx64 "\n", hd_session_step(d->session),
               (uint64_t)XXH3_64bits(bytes.items, bytes.len));
    else
        hd_debugger_refuse("out of memory");
    hd_vec_free(&bytes);
}
