/* All but the first agent report, and the first waits for the last report. Bug: it looks at the
 * count before it takes the lock, so that the signal may come between the look and the wait. */
#include "runtime.h"

static lock guard;
static condition complete;
static volatile int reports;

static void agent(int number) {
    if (number == 0) {
        if (reports < AGENTS - 1) {
            acquire(&guard);
            await(&complete, &guard);
            release(&guard);
        }
        CHECK(reports == AGENTS - 1);
    } else {
        acquire(&guard);
        reports++;
        if (reports == AGENTS - 1) signal_all(&complete);
        release(&guard);
    }
}

void program(void) {
    run_all(agent);
}
