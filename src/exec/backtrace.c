/* backtrace.c: which calls an agent is in. */
#include "exec/machine.h"

/* Callers stand behind their call: its last unit is the one before the address of return. */
static uint32_t frame_offset(const hd_frame *frame, const hd_insn *pc, bool is_caller) {
    const hd_code *code = frame->func->code;
    return code->base ? hd_code_offset(code, is_caller ? pc - 1 : pc) : 0;
}

size_t hd_agent_backtrace(const hd_agent *agent, hd_backtrace_frame *frames, size_t room) {
    if (!agent->fp) return 0; /* no call is under way */
    size_t count = 0;
    const hd_insn *pc = agent->pc;
    for (hd_slot *fp = agent->fp; fp; count++) {
        const hd_frame *frame = hd_frame_at(fp);
        if (count < room)
            frames[count] = (hd_backtrace_frame){frame->func, frame_offset(frame, pc, count > 0)};
        fp = frame->caller;
        /* A call into another instance left its way back in the caller's frame. */
        pc = fp && frame->ret == &agent->reload ? hd_frame_at(fp)->resume : frame->ret;
    }
    return count;
}

size_t hd_agent_functions(const hd_agent *agent, const hd_func **functions, size_t room) {
    size_t count = 0;
    for (hd_slot *fp = agent->fp; fp && count < room; fp = hd_frame_at(fp)->caller)
        functions[count++] = hd_frame_at(fp)->func;
    return count;
}
