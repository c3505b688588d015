/* One thread guards a counter by its lock, the others by another one. */
#include "more.h"

static mutex right = MUTEX, wrong = MUTEX;
static volatile int value;

static void *run(void *number) {
    mutex *mine = (size_t)number == 0 ? &right : &wrong;
    lock(mine);
    int before = value;
    value = before + 1;
    CHECK(value == before + 1);
    unlock(mine);
    return NULL;
}

int main(void) {
    run_all(run, THREADS);
    return 0;
}
