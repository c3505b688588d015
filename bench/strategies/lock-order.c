/* A log and a table, each with its lock: everybody writes entries of the table into the log. Bug:
 * the last agent, which turns the log over, takes the two locks the other way round. */
#include "runtime.h"

static lock log_lock, table_lock;
static int lines, entries, turned;

static void agent(int number) {
    if (number == AGENTS - 1) {
        acquire(&log_lock);
        if (lines > 0) {
            acquire(&table_lock);
            entries = 0;
            release(&table_lock);
        }
        lines = 0;
        turned++;
        release(&log_lock);
        return;
    }
    for (int i = 0; i < 2; i++) {
        acquire(&table_lock);
        entries++;
        acquire(&log_lock);
        lines++;
        release(&log_lock);
        release(&table_lock);
    }
}

void program(void) {
    run_all(agent);
    CHECK(turned == 1);
}
