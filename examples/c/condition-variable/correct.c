/* Main hands four numbers to two consumers, through a box that holds one. A mutex guards the box;
 * two condition variables say when it is full and when it is empty. See README.md. */
#include "agents.h"

enum { CONSUMERS = 2, NUMBERS = 4 };

static mutex lock;
static condition full, empty;
static int box; /* 0: empty */
static int sums[CONSUMERS];

static void put(int number) {
    mutex_lock(&lock);
    while (box != 0)
        condition_wait(&empty, &lock);
    box = number;
    condition_signal(&full);
    mutex_unlock(&lock);
}

static int take(void) {
    mutex_lock(&lock);
    while (box == 0)
        condition_wait(&full, &lock);
    int number = box;
    box = 0;
    condition_signal(&empty);
    mutex_unlock(&lock);
    return number;
}

/* Each takes its share of the numbers. */
static void consume(void *sum) {
    for (int i = 0; i < NUMBERS / CONSUMERS; i++)
        *(int *)sum += take();
}

int main(void) {
    agent *agents[CONSUMERS];
    for (int i = 0; i < CONSUMERS; i++) {
        agents[i] = agent_spawn(consume, &sums[i]);
        check(agents[i]);
    }
    for (int number = 1; number <= NUMBERS; number++)
        put(number);
    for (int i = 0; i < CONSUMERS; i++)
        agent_join(agents[i]);
    check(sums[0] + sums[1] == 1 + 2 + 3 + 4);
    print("all %d numbers arrived\n", NUMBERS);
    return 0;
}
