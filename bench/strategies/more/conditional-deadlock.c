/* Two locks in two orders, the second order only when a flag is set in time. */
#include "more.h"

static mutex one = MUTEX, two = MUTEX, guard = MUTEX;
static int flags;

static void *run(void *number) {
    if ((size_t)number == 0) {
        lock(&guard);
        flags |= 1;
        unlock(&guard);
        lock(&one);
        lock(&two);
        unlock(&two);
        unlock(&one);
        lock(&guard);
        flags &= ~1;
        unlock(&guard);
    } else {
        lock(&guard);
        int busy = flags & 1;
        unlock(&guard);
        mutex *first = busy ? &two : &one, *second = busy ? &one : &two;
        lock(first);
        lock(second);
        unlock(second);
        unlock(first);
    }
    return NULL;
}

int main(void) {
    run_all(run, 3);
    return 0;
}
