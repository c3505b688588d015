/* Thread-specific data by a key with a destructor, and a thread-local variable. The bug: the
 * destructor adds up without the mutex. */
#include <pthread.h>

#include "check.h"

enum { threads = 3, rounds = 3 };
static pthread_key_t key;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int total;
static _Thread_local int local;

static void collect(void *value) {
    if (!broken) pthread_mutex_lock(&mutex);
    total += *(int *)value;
    if (!broken) pthread_mutex_unlock(&mutex);
    free(value);
}

static void *count(void *argument) {
    for (int i = 0; i < rounds; i++) {
        int *mine = pthread_getspecific(key);
        if (!mine) {
            mine = calloc(1, sizeof *mine);
            pthread_setspecific(key, mine);
        }
        ++*mine;
        local++;
        CHECK(*mine == local);
    }
    return argument;
}

int main(void) {
    pthread_t thread[threads];
    pthread_key_create(&key, collect);
    for (int i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, count, NULL);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    CHECK(total == threads * rounds);
    CHECK(local == 0 && pthread_getspecific(key) == NULL);
    pthread_key_delete(key);
    return 0;
}
