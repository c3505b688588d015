/* The owner takes from the tail of a queue, thieves from its head. Bug: the owner, when it meets a
 * thief at the last element, takes it without having asked for the lock. */
#include "more.h"

enum { ITEMS = 4 };
static mutex guard = MUTEX;
static atomic_int head, tail;
static atomic_int taken[ITEMS];

static void take(int index) {
    CHECK(atomic_fetch_add(&taken[index], 1) == 0);
}

static void *run(void *number) {
    if ((size_t)number == 0) {
        for (int i = 0; i < ITEMS; i++)
            atomic_fetch_add(&tail, 1);
        for (int i = 0; i < ITEMS; i++) {
            int last = tail - 1;
            if (last < head) break;
            tail = last;
            take(last);
        }
    } else {
        lock(&guard);
        int first = head;
        if (first < tail) {
            head = first + 1;
            take(first);
        }
        unlock(&guard);
    }
    return NULL;
}

int main(void) {
    run_all(run, 3);
    return 0;
}
