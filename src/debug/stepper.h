/* stepper.h: the stepping core: a person is the strategy.
 *
 * Runs an execution under control and asks its front at each scheduling point what to do: move an
 * agent, take the last move back, go on under a strategy, end. A move is taken back by running the
 * whole execution again without it, so that going backwards needs nothing that going forwards does
 * not. Knows no terminal. */
#ifndef HD_DEBUG_STEPPER_H
#define HD_DEBUG_STEPPER_H

#include "sched/strategy.h"
#include "sched/trace.h"

typedef struct hd_stepper hd_stepper;

typedef enum hd_order {
    HD_ORDER_MOVE,     /* `agent`, which can move, by at most `events` events */
    HD_ORDER_UNDO,     /* takes the last move back, if there is one */
    HD_ORDER_CONTINUE, /* asks no more: `strategy`, which the stepper takes over, decides */
    HD_ORDER_QUIT,     /* gives the execution up */
} hd_order;

typedef struct hd_answer {
    hd_order order;
    uint32_t agent;
    uint64_t events;
    hd_strategy *strategy;
} hd_answer;

/* Answers what to do at a scheduling point. */
typedef void hd_front(void *context, const hd_stepper *stepper, const hd_choice *choice,
                      hd_answer *answer);

/* Makes a stepper; NULL when memory is out. */
hd_stepper *hd_stepper_new(hd_front *front, void *context);
void hd_stepper_free(hd_stepper *stepper);

/* The strategy and the observer of each execution; borrowed. */
hd_strategy *hd_stepper_strategy(hd_stepper *stepper);
hd_observer hd_stepper_observer(hd_stepper *stepper);

/* Before an execution: its world, at which the front may look. */
void hd_stepper_attach(hd_stepper *stepper, const hd_world *world);
const hd_world *hd_stepper_world(const hd_stepper *stepper);

/* After an execution: true if it is to be run again, since a move was taken back. */
bool hd_stepper_again(hd_stepper *stepper);

/* After an execution: true if it was given up. */
bool hd_stepper_quit(const hd_stepper *stepper);

/* The moves so far. */
const hd_move *hd_stepper_moves(const hd_stepper *stepper, size_t *count);

/* The event that happened last, and its agent and step; NULL if none has. */
const hd_event *hd_stepper_last_event(const hd_stepper *stepper, uint32_t *agent, uint64_t *step);

#endif
