/* live.c: the part of an agent's state that it can still use. */
#include <string.h>

#include "code/liveness.h"
#include "exec/machine.h"

/* A frame and the place where it goes on. */
typedef struct part {
    const hd_frame *frame;
    const hd_slot *fp, *end; /* its cells end where those of the frame above begin */
    const hd_insn *pc;
    const hd_agent *innermost; /* of that frame: its agent, for the accumulators */
} part;

static bool add_cells(const part *p, hd_bytes *to) {
    const hd_code *code = p->frame->func->code;
    int32_t area = (int32_t)hd_call_area(p->frame->func->type);
    int32_t end = (int32_t)(p->end - p->fp);
    hd_live_cells live = hd_code_live(code, p->pc);
    for (int32_t cell = -area; cell < end; cell++) {
        if (cell == 0) cell = HD_FRAME_SLOTS; /* the frame's own */
        if (cell >= end) break;
        bool used = hd_live_cell(&live, cell);
        uint64_t value = used ? p->fp[cell].i64 : 0;
        if (used && !hd_bytes_add(to, &value, sizeof value)) return false;
    }
    if (!p->innermost) return true;
    uint64_t accumulators[2] = {0};
    if (hd_live_bit(&live, live.count - 2)) accumulators[0] = p->innermost->r0;
    if (hd_live_bit(&live, live.count - 1)) accumulators[1] = ((hd_x_u64)p->innermost->x0)[0];
    return hd_bytes_add(to, accumulators, sizeof accumulators);
}

/* Where it stands: names of functions and places, no addresses. */
static bool add_place(const part *p, hd_bytes *to) {
    const hd_func *func = p->frame->func;
    const hd_code *code = func->code;
    uint32_t words[2] = {func->index, UINT32_MAX};
    if (p->pc >= code->begin && p->pc < code->end) words[1] = (uint32_t)(p->pc - code->begin);
    return hd_bytes_add(to, words, sizeof words);
}

bool hd_agent_add_live(const hd_agent *agent, hd_bytes *to) {
    const hd_slot *fp = agent->fp;
    const hd_insn *pc = agent->pc;
    const hd_slot *limit = agent->stack + agent->cells;
    if (!fp) return true;
    const hd_frame *frame = (const hd_frame *)fp;
    const hd_slot *end = fp + frame->func->code->frame_slots;
    if (end > limit) end = limit;
    while (fp) {
        part p = {(const hd_frame *)fp, fp, end, pc, fp == agent->fp ? agent : NULL};
        if (!add_place(&p, to) || !add_cells(&p, to)) return false;
        end = fp - hd_call_area(p.frame->func->type);
        fp = p.frame->caller;
        pc = p.frame->ret;
        if (fp && pc == &agent->reload) pc = ((const hd_frame *)fp)->resume;
    }
    return true;
}

bool hd_agent_add_places(const hd_agent *agent, hd_bytes *to) {
    const hd_insn *pc = agent->pc;
    for (const hd_slot *fp = agent->fp; fp;) {
        part p = {.frame = (const hd_frame *)fp, .pc = pc};
        if (!add_place(&p, to)) return false;
        fp = p.frame->caller;
        pc = p.frame->ret;
        if (fp && pc == &agent->reload) pc = ((const hd_frame *)fp)->resume;
    }
    return true;
}

bool hd_agent_in_loop(const hd_agent *agent) {
    const hd_insn *pc = agent->pc;
    for (const hd_slot *fp = agent->fp; fp;) {
        const hd_frame *frame = (const hd_frame *)fp;
        if (frame->func->code->base && hd_code_live(frame->func->code, pc).loop) return true;
        fp = frame->caller;
        pc = frame->ret;
        if (fp && pc == &agent->reload) pc = ((const hd_frame *)fp)->resume;
        if (fp) pc--; /* the call */
    }
    return false;
}
