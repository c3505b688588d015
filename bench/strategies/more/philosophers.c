/* Each takes the left fork, and then the right one. */
#include "more.h"

static mutex forks[THREADS];

static void *run(void *number) {
    size_t seat = (size_t)number;
    lock(&forks[seat]);
    lock(&forks[(seat + 1) % THREADS]);
    unlock(&forks[(seat + 1) % THREADS]);
    unlock(&forks[seat]);
    return NULL;
}

int main(void) {
    for (int i = 0; i < THREADS; i++)
        pthread_mutex_init(&forks[i], NULL);
    run_all(run, THREADS);
    return 0;
}
