/* step_screen.h: what `heddle step` shows at a scheduling point. */
#ifndef HD_CLI_STEP_SCREEN_H
#define HD_CLI_STEP_SCREEN_H

#include <stdio.h>

#include "debug/stepper.h"

/* Writes an event as a phrase, such as `atomic load of 4 bytes at 0x10`, and returns `buffer`. */
const char *hd_event_phrase(const hd_event *event, char *buffer, size_t size);

/* Prints the last event and the memory it touched, every agent (`*`: it can move), the wait queues
 * in order, and the schedule so far. */
void hd_step_screen(FILE *to, const hd_stepper *stepper);

/* Prints the latest `most` moves: AGENT*EVENTS, or AGENT! for one between two calls. */
void hd_step_print_moves(FILE *to, const hd_stepper *stepper, size_t most);

#endif
