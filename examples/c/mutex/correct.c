/* Three agents add 1 to a plain counter inside a mutex, twice each. No increment is lost. See
 * README.md. */
#include "agents.h"

enum { AGENTS = 3, TIMES = 2 };

static mutex lock;
static int counter;

static void work(void *unused) {
    (void)unused;
    for (int i = 0; i < TIMES; i++) {
        mutex_lock(&lock);
        counter++;
        mutex_unlock(&lock);
    }
}

int main(void) {
    agent *agents[AGENTS];
    for (int i = 0; i < AGENTS; i++) {
        agents[i] = agent_spawn(work, NULL);
        check(agents[i]);
    }
    for (int i = 0; i < AGENTS; i++)
        agent_join(agents[i]);
    check(counter == AGENTS * TIMES);
    print("counted to %d\n", counter);
    return 0;
}
