/* Spawns many agents that live shortly, a few at a time, and takes no more memory than for these
 * few: a block of memory serves one agent after another. See README.md. */
#include "agents.h"

#ifndef SPAWNS
#define SPAWNS 24
#endif
#ifndef ALIVE
#define ALIVE 4
#endif

static _Atomic(uint32_t) sum;

/* A fresh one has a fresh copy, in whatever block. */
static _Thread_local uint32_t mine = 1;

static void work(void *argument) {
    mine += (uint32_t)(uintptr_t)argument;
    atomic_fetch_add(&sum, mine);
}

int main(void) {
    agent *agents[ALIVE] = {0};
    size_t pages = 0;
    for (uintptr_t i = 0; i < SPAWNS; i++) {
        agent **place = &agents[i % ALIVE];
        if (*place) agent_join(*place);
        *place = agent_spawn(work, (void *)i);
        check(*place);
        if (i == ALIVE - 1) pages = __builtin_wasm_memory_size(0);
    }
    for (int i = 0; i < ALIVE; i++)
        agent_join(agents[i]);
    check(sum == (uint32_t)((uint64_t)SPAWNS * (SPAWNS + 1) / 2));
    check(__builtin_wasm_memory_size(0) == pages);
    print("%d agents, %d at a time, in %u pages\n", SPAWNS, ALIVE, (uint32_t)pages);
    return 0;
}
