/* race_stack.h: where an access stands: code locations and call stacks, as small numbers.
 *
 * A call stack is its caller's stack and a code location; equal ones are one and the same node of a
 * tree. So an access can be remembered with its stack in four bytes. */
#ifndef HD_CHECK_RACE_STACK_H
#define HD_CHECK_RACE_STACK_H

#include "agents/report.h"
#include "base/vec.h"
#include "check/suppress.h"
#include "exec/agent.h"

typedef struct hd_stack_node {
    uint32_t caller; /* the caller's node; 0: none, or beyond what is kept */
    uint32_t location;
} hd_stack_node;

/* An index by hash of one of the two vectors below: positions + 1, open addressing. */
typedef struct hd_stack_index {
    uint32_t *slots;
    size_t room;
} hd_stack_index;

typedef struct hd_stacks {
    HD_VEC(hd_location) locations;
    HD_VEC(hd_stack_node) nodes; /* the first one is no stack */
    hd_stack_index by_location, by_node;
    struct hd_stack_recent *recent; /* instructions seen lately */
    HD_VEC(char *) hosts;           /* names of host functions; one of many agents' stores */
} hd_stacks;

/* The innermost calls that an agent was in when it was last looked at; all zero at first. */
enum { HD_STACK_FRAMES = 16 };
typedef struct hd_callers {
    struct {
        const void *frame, *ret;
    } frames[HD_STACK_FRAMES];
    uint32_t count;
    uint32_t node; /* of the stack of callers */
} hd_callers;

/* A place in the code, with the calls that led there. */
typedef struct hd_place {
    uint32_t stack, location;
} hd_place;

/* Finds the place of the event that an agent is reporting. False when memory is out. */
bool hd_stacks_here(hd_stacks *stacks, const hd_agent *agent, hd_callers *callers, hd_place *place);

/* Finds the place that a number stands for (see hd_race_options.where). */
bool hd_stacks_numbered(hd_stacks *stacks, uint32_t number, hd_place *place);

/* Writes a stack as labels into an arena, and with places in the source if `full`. False when
 * memory is out. */
bool hd_stacks_describe(const hd_stacks *stacks, uint32_t stack, bool full, hd_arena *arena,
                        hd_backtrace *backtrace);

/* If the agent's call trapped at an access that a shared memory was too short for: the memory and
 * the bytes. */
bool hd_stacks_out_of_bounds(const hd_agent *agent, const hd_memory **memory, uint64_t *address,
                             uint32_t *width);

/* Says that another execution of the same code begins, whose places are these again. False when
 * there were so many that all are forgotten. */
bool hd_stacks_keep(hd_stacks *stacks);

void hd_stacks_free(hd_stacks *stacks);

#endif
