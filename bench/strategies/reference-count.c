/* Workers share an object and give it back. Bug: the count is read again after the decrement, so
 * that two may take themselves for the last. */
#include "runtime.h"

static lock guard;
static atomic_int references;
static int freed, used;

static void worker(int number) {
    acquire(&guard);
    used += number;
    release(&guard);
    atomic_fetch_sub(&references, 1);
    if (references == 0) {
        acquire(&guard);
        freed++;
        CHECK(freed == 1);
        release(&guard);
    }
}

void program(void) {
    references = AGENTS;
    run_all(worker);
    CHECK(freed == 1);
}
