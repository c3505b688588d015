/* body.h: what an agent does, as data.
 *
 * Running WebAssembly is only a part of an agent's life: modules are instantiated, functions called
 * one after the other, other agents spawned and joined. A body is asked for these steps one at a
 * time, and keeps its place in its context, so that whoever moves the agent can stop between any
 * two of them: a host thread that loops over them (threads.c), or a controlled execution without
 * any thread (sched/world.h).
 *
 * Each function is called on the thread that moves the agent. */
#ifndef HD_AGENTS_BODY_H
#define HD_AGENTS_BODY_H

#include "heddle.h"

typedef enum hd_body_step_kind {
    HD_BODY_CALL,        /* call a function; no event by itself */
    HD_BODY_INSTANTIATE, /* these are events (doc/events.md), and carried out by `perform` … */
    HD_BODY_SPAWN,
    HD_BODY_JOIN, /* … but for this one: wait until another member has ended */
    HD_BODY_END,  /* the member ends */
    HD_BODY_EXIT, /* and the whole program with it */
} hd_body_step_kind;

typedef struct hd_body_step {
    hd_body_step_kind kind;
    const hd_func *func; /* HD_BODY_CALL: of the member's store … */
    hd_slot *cells;      /* … with these arguments, and room for the results; borrowed */
    hd_member *other;    /* HD_BODY_JOIN */
} hd_body_step;

typedef struct hd_body {
    /* Says what the member does next. Private to the agent: it changes nothing that others can see.
     * `last` says how the step before ended; HD_OK at first. HD_STOPPED never comes: a member that
     * is stopped is not asked again. */
    void (*next)(hd_member *member, void *context, const hd_diag *last, hd_body_step *step);
    /* Carries out a step of any kind but call and join; what `diag` is set to is given to `next`.
     */
    void (*perform)(hd_member *member, void *context, hd_body_step_kind kind, hd_diag *diag);
    /* Releases the context when the member will not be moved any more, ended or not, while its
     * agent and store still live. May be NULL. */
    void (*release)(hd_member *member, void *context);
} hd_body;

#endif
