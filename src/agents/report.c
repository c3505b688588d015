/* report.c: backtraces and member states as data and as text. */
#include "agents/report.h"

#include <inttypes.h>
#include <string.h>

/* More frames tell nothing new: a stack so deep is a recursion, and its innermost frames show it.
 */
enum { FRAMES = 16, LABEL = 128 };

static bool take_frame(const hd_backtrace_frame *from, hd_arena *arena, hd_report_frame *to) {
    const hd_func *func = from->func;
    char label[LABEL];
    to->host = !func->instance;
    if (to->host) {
        snprintf(label, sizeof label, "%s", func->host_name ? func->host_name : "host function");
    } else {
        hd_module_function_label(func->instance->module, func->index, label, sizeof label);
        to->offset = from->offset;
    }
    to->function = hd_arena_strndup(arena, label, strlen(label));
    return to->function;
}

bool hd_backtrace_take(const hd_agent *agent, hd_arena *arena, hd_backtrace *backtrace) {
    hd_backtrace_frame frames[FRAMES];
    *backtrace = (hd_backtrace){0};
    size_t depth = hd_agent_backtrace(agent, frames, FRAMES);
    size_t count = depth < FRAMES ? depth : FRAMES;
    backtrace->frames = hd_arena_alloc(arena, count, sizeof *backtrace->frames);
    if (!backtrace->frames) return false;
    for (size_t i = 0; i < count; i++)
        if (!take_frame(&frames[i], arena, &backtrace->frames[i])) return false;
    backtrace->count = count;
    backtrace->depth = depth;
    return true;
}

void hd_backtrace_print(FILE *to, const hd_backtrace *backtrace) {
    for (size_t i = 0; i < backtrace->count; i++) {
        const hd_report_frame *frame = &backtrace->frames[i];
        if (frame->host)
            fprintf(to, "    #%zu %s (host)\n", i, frame->function);
        else
            fprintf(to, "    #%zu %s at 0x%" PRIx32 "\n", i, frame->function, frame->offset);
    }
    if (backtrace->depth > backtrace->count)
        fprintf(to, "    ... and %zu more frames\n", backtrace->depth - backtrace->count);
}

/* The state of a member that was stopped while it did not join. */
static hd_member_state stopped_state(const hd_agent *agent, hd_member_report *report) {
    switch (hd_agent_get_state(agent)) {
    case HD_AGENT_IDLE: return HD_MEMBER_IDLE;
    case HD_AGENT_TRAPPED: return HD_MEMBER_TRAPPED;
    default: break;
    }
    if (hd_agent_waiting_on(agent, &report->address, &report->width, &report->expected))
        return HD_MEMBER_WAITING;
    return HD_MEMBER_RUNNING;
}

bool hd_member_report_take(const hd_member *member, hd_arena *arena, hd_member_report *report) {
    const hd_agent *agent = hd_member_agent(member);
    const hd_member *joining;
    bool stopped = hd_member_was_stopped(member, &joining);
    *report = (hd_member_report){
        .name = hd_arena_strndup(arena, hd_agent_name(agent), strlen(hd_agent_name(agent)))};
    if (!report->name) return false;
    if (!stopped) {
        report->state = HD_MEMBER_FINISHED;
        return true;
    }
    if (joining) {
        const char *name = hd_agent_name(hd_member_agent(joining));
        report->state = HD_MEMBER_JOINING;
        report->joining = hd_arena_strndup(arena, name, strlen(name));
        return report->joining;
    }
    report->state = stopped_state(agent, report);
    return report->state == HD_MEMBER_IDLE || hd_backtrace_take(agent, arena, &report->backtrace);
}

const char *hd_member_state_name(hd_member_state state) {
    static const char *const names[] = {
        [HD_MEMBER_FINISHED] = "finished", [HD_MEMBER_IDLE] = "idle",
        [HD_MEMBER_RUNNING] = "running",   [HD_MEMBER_WAITING] = "waiting",
        [HD_MEMBER_JOINING] = "joining",   [HD_MEMBER_TRAPPED] = "trapped",
    };
    return names[state];
}

const char *hd_member_report_phrase(const hd_member_report *report, char *buffer, size_t size) {
    if (report->state == HD_MEMBER_WAITING)
        snprintf(buffer, size, "waiting on address 0x%" PRIx64 " (%s expected %" PRIu64 ")",
                 report->address, report->width == 8 ? "i64" : "i32", report->expected);
    else if (report->state == HD_MEMBER_JOINING)
        snprintf(buffer, size, "waiting for %s to end", report->joining);
    else
        snprintf(buffer, size, "%s", hd_member_state_name(report->state));
    return buffer;
}
