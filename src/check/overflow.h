/* overflow.h: agents that write beyond their shadow stacks.
 *
 * Compilers keep what has an address on a shadow stack in linear memory, which grows down from
 * where `__stack_pointer` of the instance begins. Nothing guards its end: an agent whose stack is
 * too small writes over static data, or over another agent's stack, and so does one that was never
 * given a stack of its own. This observer of controlled runs knows these regions as far as they are
 * told or can be seen, and finds the first such write of each agent into each. */
#ifndef HD_CHECK_OVERFLOW_H
#define HD_CHECK_OVERFLOW_H

#include <stdio.h>

#include "agents/report.h"
#include "sched/world.h"

typedef struct hd_overflows hd_overflows;

/* Bytes of a memory, `to` excluded. */
typedef struct hd_region {
    uint64_t from, to;
} hd_region;

typedef enum hd_overflow_kind {
    HD_OVERFLOW_DATA,     /* into static data */
    HD_OVERFLOW_STACK,    /* into the stack of another agent */
    HD_OVERFLOW_BORROWED, /* likewise, for the agent has none of its own */
    HD_OVERFLOW_END,      /* beyond the end of its own, into what nobody is known to use */
} hd_overflow_kind;

/* The first write of an agent into a region. Strings live as long as the arena. */
typedef struct hd_overflow {
    hd_overflow_kind kind;
    uint32_t agent, other; /* other: whose stack */
    const char *agent_name, *other_name;
    uint64_t step, stack_pointer, address, length;
    hd_region stack;  /* the agent's, as far as it is known; from 0 if its end is not */
    hd_region region; /* that it writes into */
    hd_backtrace backtrace;
} hd_overflow;

/* Makes an observer for one execution, whose findings go into `arena`, which must outlive it. NULL
 * when memory is out. */
hd_overflows *hd_overflows_new(hd_arena *arena);
void hd_overflows_free(hd_overflows *overflows);
hd_observer hd_overflows_observer(hd_overflows *overflows);

/* Tells it of the world, before the execution. */
void hd_overflows_attach(hd_overflows *overflows, hd_world *world);

/* Tells it where an agent's instance keeps its stack pointer, a word that lives as long as the
 * agent; where its stack lies, all zero if it has the module's (then it begins where the pointer
 * stands now); and whether it was spawned by the module, which sets the pointer itself. On the
 * member's thread, before its calls. */
void hd_overflows_enter(hd_overflows *overflows, const hd_memory *memory, const uint32_t *pointer,
                        hd_region stack, bool spawned);

/* Tells it of static data. */
void hd_overflows_add_data(hd_overflows *overflows, hd_region data);

/* The findings, in order. */
size_t hd_overflows_count(const hd_overflows *overflows);
const hd_overflow *hd_overflows_get(const hd_overflows *overflows, size_t index);

/* Prints a finding as text: what, where, and the agent's backtrace. */
void hd_overflow_print(FILE *to, const hd_overflow *overflow);

#endif
