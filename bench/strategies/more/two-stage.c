/* A value is set under one lock and what depends on it under another. Bug: a reader may come
 * between. */
#include "more.h"

static mutex first = MUTEX, second = MUTEX;
static int value, dependent;

static void *run(void *number) {
    if ((size_t)number < THREADS - 1) {
        lock(&first);
        value = 1;
        unlock(&first);
        lock(&second);
        dependent = value + 1;
        unlock(&second);
        return NULL;
    }
    lock(&first);
    int seen = value;
    unlock(&first);
    if (seen == 0) return NULL;
    lock(&second);
    int other = dependent;
    unlock(&second);
    CHECK(other == seen + 1);
    return NULL;
}

int main(void) {
    run_all(run, THREADS);
    return 0;
}
