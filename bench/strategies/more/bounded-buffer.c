/* A bounded buffer with one condition for both sides. Bug: signal where broadcast is needed, so
 * that the wrong side may be woken. */
#include "more.h"

enum { ROOM = 1, ITEMS = 2 };
static mutex guard = MUTEX;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int length;

static void *run(void *number) {
    for (int i = 0; i < ITEMS; i++) {
        lock(&guard);
        if ((size_t)number % 2 == 0) {
            while (length == ROOM)
                pthread_cond_wait(&changed, &guard);
            length++;
        } else {
            while (length == 0)
                pthread_cond_wait(&changed, &guard);
            length--;
        }
        pthread_cond_signal(&changed);
        unlock(&guard);
    }
    return NULL;
}

int main(void) {
    run_all(run, 4);
    return 0;
}
