/* Threads compute in rounds, each from what its neighbours left in the round before. The bug: no
 * second barrier between reading a round and writing the next. */
#include <pthread.h>

#include "check.h"

enum { threads = 3, rounds = 3 };
static pthread_barrier_t barrier;
static int value[threads], serial[threads];

static void *compute(void *argument) {
    int number = (int)(size_t)argument;
    for (int i = 0; i < rounds; i++) {
        int next = value[(number + 1) % threads] + value[number];
        if (!broken) pthread_barrier_wait(&barrier);
        value[number] = next;
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) serial[number]++;
    }
    return NULL;
}

int main(void) {
    pthread_t thread[threads];
    pthread_barrier_init(&barrier, NULL, threads);
    for (int i = 0; i < threads; i++)
        value[i] = i + 1;
    for (int i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, compute, (void *)(size_t)i);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    CHECK(value[0] + value[1] + value[2] == 6 * 8);
    CHECK(serial[0] + serial[1] + serial[2] == rounds);
    pthread_barrier_destroy(&barrier);
    return 0;
}
