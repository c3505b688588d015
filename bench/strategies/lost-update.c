/* Workers count what they did, all but the total under a lock. Bug: the total is read and written
 * back without it. */
#include "runtime.h"

static lock guard;
static volatile int done[AGENTS], total;

static void worker(int number) {
    for (int i = 0; i < 4; i++) {
        acquire(&guard);
        done[number]++;
        release(&guard);
    }
    int before = total;
    total = before + done[number];
}

void program(void) {
    run_all(worker);
    CHECK(total == 4 * AGENTS);
}
