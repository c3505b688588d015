/* Three agents compute a number each, meet at a barrier, and then add up the numbers of all, twice.
 * See README.md. */
#include "agents.h"

enum { AGENTS = 3, ROUNDS = 2 };

static barrier all;

static uint32_t numbers[ROUNDS][AGENTS];
static uint32_t sums[AGENTS];

static void work(void *argument) {
    uint32_t me = (uint32_t)(uintptr_t)argument;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        numbers[round][me] = 10 * round + me;
        barrier_wait(&all, AGENTS);
        for (uint32_t i = 0; i < AGENTS; i++)
            sums[me] += numbers[round][i];
    }
}

int main(void) {
    agent *agents[AGENTS];
    for (uintptr_t i = 0; i < AGENTS; i++) {
        agents[i] = agent_spawn(work, (void *)i);
        check(agents[i]);
    }
    for (int i = 0; i < AGENTS; i++)
        agent_join(agents[i]);
    for (int i = 0; i < AGENTS; i++)
        check(sums[i] == 0 + 1 + 2 + 10 + 11 + 12);
    print("everybody has %u\n", sums[0]);
    return 0;
}
