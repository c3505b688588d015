/* Like work-stealing, without locks. Bug: the thief reads the element's index again after it has
 * won. */
#include "more.h"

enum { ITEMS = 3 };
static atomic_int head, tail = ITEMS;
static atomic_int taken[ITEMS + 1];

static void *run(void *number) {
    (void)number;
    int first = head;
    if (first < tail && atomic_compare_exchange_strong(&head, &first, first + 1)) {
        int index = head - 1;
        CHECK(atomic_fetch_add(&taken[index], 1) == 0);
    }
    return NULL;
}

int main(void) {
    run_all(run, 3);
    return 0;
}
