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

/* Parts of it: what an agent does, as a phrase without its place; a line of all that, with its
 * mark; the bytes around an event; a line for each wait queue. */
void hd_step_print_state(FILE *to, const hd_world *world, uint32_t agent);
void hd_step_print_agent(FILE *to, const hd_world *world, uint32_t agent);
void hd_step_print_queues(FILE *to, const hd_world *world);

/* Prints the latest `most` moves: AGENT*EVENTS, or AGENT! for one between two calls. */
void hd_step_print_moves(FILE *to, const hd_stepper *stepper, size_t most);

#endif
