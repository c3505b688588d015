/* logged.c: the logged flavour of the machine: the observed one, and what it overwrites is saved so
 * that it can be gone back to (base/undo.h). */
#include "exec/hooks.h"

#define SAVE_BYTES(memory, address, width) hd_memory_save((memory), (address), (width))
#define SAVE_GLOBAL(global) hd_global_save(AG->undo, (global))
#define SAVE_CALLER(caller_)                                                                       \
    do {                                                                                           \
        hd_slot *to_ = (caller_);                                                                  \
        if (HD_UNLIKELY(to_ < AG->low && to_)) hd_agent_save_frames(AG, to_);                      \
    } while (0)
/* All of it: what is left of earlier frames must not tell equal states apart. */
#define CLEARED_CELLS (PC->imm - HD_FRAME_SLOTS)
#define CLEAR_RESUME(frame) ((frame)->resume = NULL)
#define HD_FLAVOUR_HANDLERS hd_logged_handlers

#include "exec/flavour.h"
