/* Main leaves when a thread that it does not join has counted itself off. Bug: the count comes
 * before the result. */
#include "more.h"

static mutex guard = MUTEX;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static int running = 3;
static volatile int results;

static void *run(void *number) {
    (void)number;
    lock(&guard);
    if (--running == 0) pthread_cond_signal(&done);
    unlock(&guard);
    results++;
    return NULL;
}

int main(void) {
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, run, NULL);
        pthread_detach(thread);
    }
    lock(&guard);
    while (running)
        pthread_cond_wait(&done, &guard);
    unlock(&guard);
    CHECK(results == 3);
    return 0;
}
