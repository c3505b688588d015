/* A cache that is filled by whoever needs it first, with a look before the lock is taken. Bug: the
 * flag is set before the entries are. */
#include "runtime.h"

static lock guard;
static atomic_int ready;
static volatile int entries[4];

static int cached(int index) {
    if (!ready) {
        acquire(&guard);
        if (!ready) {
            ready = 1;
            for (int i = 0; i < 4; i++)
                entries[i] = 10 + i;
        }
        release(&guard);
    }
    return entries[index];
}

static void worker(int number) {
    CHECK(cached(number % 4) == 10 + number % 4);
}

void program(void) {
    run_all(worker);
}
