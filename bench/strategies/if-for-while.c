/* Consumers wait for items that the last agent brings, one for each. Bug: `if` for `while` around
 * the wait: one that comes late takes the item of one that was woken and has not yet got the lock.
 */
#include "runtime.h"

static lock guard;
static condition filled;
static int items, taken;

static void agent(int number) {
    acquire(&guard);
    if (number == AGENTS - 1) {
        for (int i = 0; i < AGENTS - 1; i++) {
            items++;
            signal_one(&filled);
            release(&guard);
            acquire(&guard);
        }
    } else {
        if (items == 0) await(&filled, &guard);
        CHECK(items > 0);
        items--;
        taken++;
    }
    release(&guard);
}

void program(void) {
    run_all(agent);
    CHECK(taken == AGENTS - 1 && items == 0);
}
