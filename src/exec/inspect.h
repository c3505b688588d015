/* inspect.h: what a debugger sees of the frames of an agent that does not run. */
#ifndef HD_EXEC_INSPECT_H
#define HD_EXEC_INSPECT_H

#include "exec/agent.h"

/* A frame of WebAssembly. */
typedef struct hd_frame_view {
    const hd_func *func; /* not of the host */
    const hd_slot *fp;
    uint32_t local_count; /* parameters first */
} hd_frame_view;

/* Finds the frame with a number, innermost first, those of the host left out; false if there are
 * not so many, or no call is under way. The view holds until the agent moves. */
bool hd_agent_frame(const hd_agent *agent, size_t number, hd_frame_view *view);

/* The type and the value of one of its locals, which must be one; a v128 takes both cells. Locals
 * are what instructions before the present one have made of them. */
hd_valtype hd_frame_local(const hd_frame_view *view, uint32_t local, hd_slot value[2]);

#endif
