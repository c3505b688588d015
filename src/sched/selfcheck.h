/* selfcheck.h: does going back lead back?
 *
 * In builds with --enable-checking, at each point of a controlled execution, and at every 61st
 * later on: the state is kept, the execution goes on for a while, unseen, and is taken back; then
 * the state must be the same again, byte for byte, and going on once more must end in the same
 * state as the first time. */
#ifndef HD_SCHED_SELFCHECK_H
#define HD_SCHED_SELFCHECK_H

#include "sched/world.h"

/* Ends the process with a message if it is not so. */
void hd_world_check_undo(hd_world *world);

#endif
