/* undo.c: saving the state of agents, so that it can be gone back to.
 *
 * Of an agent that moves, the registers are saved and the innermost frame: the others do not change
 * before it returns to them, and then handlers of the logged flavour save them
 * (handlers_control.h). What lies above the innermost frame is of no use to anybody. */
#include <stddef.h>

#include "exec/machine.h"

void hd_agent_log(hd_agent *agent, hd_undo *log) {
    agent->undo = log;
    agent->epoch = 0;
}

/* The lowest cell of a frame: its parameters lie below it. */
static hd_slot *bottom_of(const hd_slot *fp) {
    return (hd_slot *)fp - hd_call_area(hd_frame_at((hd_slot *)fp)->func->type);
}

void hd_agent_save_frames(hd_agent *agent, const hd_slot *fp) {
    hd_slot *bottom = bottom_of(fp);
    if (bottom >= agent->low) return;
    hd_undo_save(agent->undo, bottom, (size_t)(agent->low - bottom) * sizeof *bottom);
    agent->low = bottom;
}

void hd_agent_save_stack(hd_agent *agent) {
    if (!agent->undo || agent->low == agent->stack) return;
    hd_undo_save(agent->undo, agent->stack, (size_t)(agent->low - agent->stack) * sizeof(hd_slot));
    agent->low = agent->stack;
}

void hd_agent_save(hd_agent *agent) {
    hd_undo *log = agent->undo;
    if (!log || agent->epoch == log->epoch) return;
    agent->epoch = log->epoch;
    hd_undo_save_bytes(log, &agent->instance,
                       offsetof(hd_agent, end_of_saved) - offsetof(hd_agent, instance));
    agent->low = agent->stack;
    if (!agent->fp) return;
    const hd_slot *top = agent->fp + hd_frame_at(agent->fp)->func->code->frame_slots;
    if (top > agent->stack + agent->cells) top = agent->stack + agent->cells;
    agent->low = bottom_of(agent->fp);
    hd_undo_save_bytes(log, agent->low, (size_t)(top - agent->low) * sizeof *top);
}
