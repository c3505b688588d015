/* A driver that is stopped while a request comes in. Bug: a request looks whether the driver is
 * stopping before it counts itself. */
#include "more.h"

static atomic_int pending = 1, stopping;
static volatile int stopped;

static void leave(void) {
    if (atomic_fetch_sub(&pending, 1) == 1) stopped = 1;
}

static void *run(void *number) {
    if ((size_t)number == 0) {
        stopping = 1;
        leave();
    } else if (!stopping) {
        pending++;
        CHECK(!stopped);
        leave();
    }
    return NULL;
}

int main(void) {
    run_all(run, 2);
    return 0;
}
