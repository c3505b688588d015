/* A ring between one producer and one consumer. Bug: the index is advanced before the element is
 * written. */
#include "more.h"

enum { ROOM = 4, ITEMS = 3 };
static volatile int ring[ROOM];
static atomic_int in;
static int out;

static void *run(void *number) {
    for (int i = 0; i < ITEMS; i++) {
        if ((size_t)number == 0) {
            int at = atomic_fetch_add(&in, 1);
            ring[at % ROOM] = at + 1;
        } else if (out < in) {
            CHECK(ring[out % ROOM] == out + 1);
            out++;
        }
    }
    return NULL;
}

int main(void) {
    run_all(run, 2);
    return 0;
}
