/* Readers see two equal halves that writers change together. The bug: one writer takes the lock as
 * readers do. */
#include <pthread.h>

#include "check.h"

enum { rounds = 3 };
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int left, right;

static void *read_both(void *argument) {
    for (int i = 0; i < rounds; i++) {
        if (i % 2 == 0 || pthread_rwlock_tryrdlock(&lock) != 0) pthread_rwlock_rdlock(&lock);
        CHECK(left == right);
        pthread_rwlock_unlock(&lock);
    }
    return argument;
}

static void *write_both(void *argument) {
    for (int i = 0; i < rounds; i++) {
        if (broken && argument) {
            pthread_rwlock_rdlock(&lock);
        } else {
            pthread_rwlock_wrlock(&lock);
        }
        left++;
        right++;
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}

int main(void) {
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, i < 2 ? read_both : write_both, (void *)(size_t)(i == 3));
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    CHECK(left == 2 * rounds && right == left);
    pthread_rwlock_destroy(&lock);
    return 0;
}
