/* report.c: backtraces and member states as data and as text. */
#include "agents/report.h"

#include <inttypes.h>
#include <string.h>

/* More frames tell nothing new: a stack so deep is a recursion, and its innermost frames show it.
 */
enum { FRAMES = 16, LABEL = 128, PATH = 4096 };

/* Copies a text of debug information, which may be anything, to be printed; NULL stays NULL. */
static bool copy_text(const char **text, size_t most, hd_arena *arena) {
    char buffer[PATH];
    if (!*text) return true;
    hd_name name = {*text, (uint32_t)strnlen(*text, PATH)};
    hd_name_format(name, buffer, most);
    *text = hd_arena_strndup(arena, buffer, strlen(buffer));
    return *text;
}

static bool copy_source(hd_source_frame *to, hd_arena *arena) {
    return copy_text(&to->function, LABEL, arena) && copy_text(&to->file, PATH, arena);
}

/* The source of a frame, if debug information tells it. */
static bool take_source(const hd_module *module, hd_arena *arena, hd_report_frame *to) {
    hd_source_frame frames[HD_SOURCE_FRAMES];
    size_t count = hd_module_locate(module, to->offset, frames, HD_SOURCE_FRAMES);
    to->warning = hd_module_source_warning(module);
    if (!copy_text(&to->warning, PATH, arena)) return false;
    if (count == 0) return true;
    to->inlined_count = count - 1;
    to->inlined = hd_arena_alloc(arena, count - 1, sizeof *to->inlined);
    if (!to->inlined) return false;
    for (size_t i = 0; i < count - 1; i++) {
        to->inlined[i] = frames[i];
        if (!copy_source(&to->inlined[i], arena)) return false;
    }
    to->source = frames[count - 1];
    to->source.function = NULL;
    return copy_source(&to->source, arena);
}

bool hd_report_frame_take(const hd_module *module, uint32_t function, uint32_t offset, bool source,
                          hd_arena *arena, hd_report_frame *to) {
    char label[LABEL];
    hd_module_function_label(module, function, label, sizeof label);
    to->function = hd_arena_strndup(arena, label, strlen(label));
    to->offset = offset;
    return to->function && (!source || take_source(module, arena, to));
}

static bool take_frame(const hd_backtrace_frame *from, hd_arena *arena, hd_report_frame *to) {
    const hd_func *func = from->func;
    if (func->instance)
        return hd_report_frame_take(func->instance->module, func->index, from->offset, true, arena,
                                    to);
    const char *name = func->host_name ? func->host_name : "host function";
    to->host = true;
    to->function = hd_arena_strndup(arena, name, strnlen(name, LABEL - 1));
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

static bool copy_frame(hd_report_frame *to, hd_arena *arena) {
    const hd_source_frame *inlined = to->inlined;
    if (!copy_text(&to->function, LABEL, arena) || !copy_text(&to->warning, PATH, arena) ||
        !copy_source(&to->source, arena))
        return false;
    to->inlined = hd_arena_alloc(arena, to->inlined_count, sizeof *to->inlined);
    if (!to->inlined) return false;
    for (size_t i = 0; i < to->inlined_count; i++) {
        to->inlined[i] = inlined[i];
        if (!copy_source(&to->inlined[i], arena)) return false;
    }
    return true;
}

bool hd_backtrace_copy(const hd_backtrace *from, hd_arena *arena, hd_backtrace *to) {
    hd_backtrace copy = *from;
    *to = (hd_backtrace){0};
    copy.frames = hd_arena_alloc(arena, from->count, sizeof *copy.frames);
    if (!copy.frames) return false;
    for (size_t i = 0; i < from->count; i++) {
        copy.frames[i] = from->frames[i];
        if (!copy_frame(&copy.frames[i], arena)) return false;
    }
    *to = copy;
    return true;
}

static void print_source(FILE *to, const hd_source_frame *source) {
    fprintf(to, " at %s:%" PRIu32, source->file, source->line);
    if (source->column) fprintf(to, ":%" PRIu32, source->column);
}

void hd_report_frame_print_place(FILE *to, const hd_report_frame *frame) {
    if (!frame->source.file) {
        fprintf(to, " at 0x%" PRIx32, frame->offset);
        return;
    }
    print_source(to, &frame->source);
    /* Of a text nobody has the bytes. */
    if (!frame->source.text) fprintf(to, " (0x%" PRIx32 ")", frame->offset);
}

static void print_frame(FILE *to, size_t number, const hd_report_frame *frame) {
    if (frame->host) {
        fprintf(to, "    #%zu %s (host)\n", number, frame->function);
        return;
    }
    for (size_t i = 0; i < frame->inlined_count; i++) {
        const hd_source_frame *inlined = &frame->inlined[i];
        fprintf(to, "    #%zu %s (inlined)", number,
                inlined->function ? inlined->function : "a function");
        if (inlined->file) print_source(to, inlined);
        fputc('\n', to);
    }
    fprintf(to, "    #%zu %s", number, frame->function);
    hd_report_frame_print_place(to, frame);
    fputc('\n', to);
}

void hd_backtrace_print(FILE *to, const hd_backtrace *backtrace) {
    for (size_t i = 0; i < backtrace->count; i++)
        print_frame(to, i, &backtrace->frames[i]);
    for (size_t i = 0; i < backtrace->count; i++)
        if (backtrace->frames[i].warning)
            fprintf(
                to,
                "    note: debug information is damaged or not whole, lines may be missing: %s\n",
                backtrace->frames[i].warning);
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

bool hd_agent_backtrace_print(const hd_agent *agent, FILE *to) {
    hd_arena arena = {0};
    hd_backtrace backtrace;
    bool taken = hd_backtrace_take(agent, &arena, &backtrace);
    if (taken) hd_backtrace_print(to, &backtrace);
    hd_arena_free(&arena);
    return taken;
}
