/* Lazy initialisation: the pointer is published before the object is complete. */
#include "more.h"

typedef struct {
    volatile int size, mask;
} object;
static object room;
static object *volatile instance;
static mutex guard = MUTEX;

static void *run(void *number) {
    (void)number;
    if (!instance) {
        lock(&guard);
        if (!instance) {
            instance = &room;
            room.size = 8;
            room.mask = 7;
        }
        unlock(&guard);
    }
    CHECK(instance->mask == instance->size - 1 && instance->mask);
    return NULL;
}

int main(void) {
    run_all(run, 4);
    return 0;
}
