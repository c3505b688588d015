/* A barrier of a counter and a condition, used twice. Bug: it is set back by the last to leave,
 * which those who come to the next round overtake. */
#include "more.h"

enum { SEATS = 3 };
static mutex guard = MUTEX;
static pthread_cond_t open = PTHREAD_COND_INITIALIZER;
static int arrived, left;
static volatile int phase[SEATS];

static void barrier(void) {
    lock(&guard);
    arrived++;
    if (arrived == SEATS) pthread_cond_broadcast(&open);
    while (arrived < SEATS)
        pthread_cond_wait(&open, &guard);
    if (++left == SEATS) arrived = left = 0;
    unlock(&guard);
}

static void *run(void *number) {
    size_t seat = (size_t)number;
    for (int i = 1; i <= 2; i++) {
        phase[seat] = i;
        barrier();
        for (int k = 0; k < SEATS; k++)
            CHECK(phase[k] >= i);
    }
    return NULL;
}

int main(void) {
    run_all(run, SEATS);
    return 0;
}
