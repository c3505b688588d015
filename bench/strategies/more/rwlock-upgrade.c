/* A reader gives its lock back and takes it for writing, and trusts what it read before. */
#include "more.h"

static pthread_rwlock_t guard = PTHREAD_RWLOCK_INITIALIZER;
static int initialised;

static void *run(void *number) {
    (void)number;
    pthread_rwlock_rdlock(&guard);
    int there = initialised;
    pthread_rwlock_unlock(&guard);
    if (!there) {
        pthread_rwlock_wrlock(&guard);
        initialised++;
        pthread_rwlock_unlock(&guard);
    }
    return NULL;
}

int main(void) {
    run_all(run, 3);
    CHECK(initialised == 1);
    return 0;
}
