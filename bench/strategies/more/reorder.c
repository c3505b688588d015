/* All threads but the last write two words in one order; the last must not see the second without
 * the first. Bug: it may see the first without the second. */
#include "more.h"

static volatile int a, b;

static void *run(void *number) {
    if ((size_t)number == THREADS - 1) {
        int x = a, y = b;
        CHECK((x == 0 && y == 0) || (x == 1 && y == -1));
    } else {
        a = 1;
        b = -1;
    }
    return NULL;
}

int main(void) {
    run_all(run, THREADS);
    return 0;
}
