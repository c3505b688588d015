/* observed.c: the observed flavour of the machine, for controlled executions. */
#include "exec/hooks.h"

#define SAVE_BYTES(memory, address, width) ((void)0)
#define SAVE_GLOBAL(global) ((void)0)
#define SAVE_CALLER(caller) ((void)0)
#define CLEARED_CELLS PC->d
#define CLEAR_RESUME(frame) ((void)0)
#define HD_FLAVOUR_HANDLERS hd_observed_handlers

#include "exec/flavour.h"
