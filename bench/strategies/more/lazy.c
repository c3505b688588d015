/* Three steps that must come in the order of the threads, for which nobody cares: the last one
 * fails when the first two are through before it. */
#include "more.h"

static mutex guard = MUTEX;
static int data;

static void *run(void *number) {
    lock(&guard);
    if ((size_t)number == 2) {
        CHECK(data < 3);
    } else {
        data += (int)(size_t)number + 1;
    }
    unlock(&guard);
    return NULL;
}

int main(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, run, (void *)(size_t)(2 - i));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
