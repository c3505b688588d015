/* body.h: agents for tests of controlled executions: bodies (agents/body.h) whose lives are written
 * as text, and a world to move them in. */
#ifndef HD_TEST_BODY_H
#define HD_TEST_BODY_H

#include "sched/drive.h"

enum { BODY_OTHERS = 4 };

/* An agent, from before it is added to after its cluster is released; zeroed but for what is
 * wanted. */
typedef struct test_body {
    const char *name; /* NULL: "agent" */
    /* What it does, a letter each: i instantiates its module, c calls its function (of which a trap
     * does no harm), s spawns the next one of `others`, j joins the next one, x ends the program
     * instead of the agent. */
    const char *life;
    const char *text; /* of the module, which imports nothing but the memory */
    hd_memory *memory;
    const char *function; /* that it exports */
    hd_slot cells[4];     /* arguments, then results */
    struct test_body
        *others[BODY_OTHERS]; /* spawned and joined in this order, each from the first on */
    bool detached;
    /* Of its life: */
    hd_member *member;
    hd_instance *instance;
    unsigned spawned, joined; /* of the others */
    bool calling, called;
    hd_diag diag; /* of the call; HD_STOPPED as long as it has not ended */
    bool released;
    /* What is above is gone back, in a world with a log; this is kept: */
    hd_codebase *code; /* of the module, once it has been instantiated */
} test_body;

/* A cluster in a world, and a shared memory. */
typedef struct controlled {
    hd_world *world;
    hd_cluster *cluster;
    hd_memory *memory;
    hd_drive_options drive;
} controlled;

/* Makes them, with a memory of one page that can grow to `most`. Fails the test where that fails.
 */
void controlled_start(controlled *c, const hd_world_options *options, uint32_t most);

/* The same, with a log, so that the world can be gone back. */
void controlled_start_logged(controlled *c, const hd_world_options *options, uint32_t most);

/* Adds an agent, with the memory if it has none yet. */
void controlled_add(controlled *c, test_body *body);

/* Moves the agents to the end, by a strategy and for so many events at most (0: no limit). */
hd_outcome controlled_run(controlled *c, hd_strategy *strategy, uint64_t step_limit);

void controlled_free(controlled *c);

#endif
