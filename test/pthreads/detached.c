/* Detached threads, by attribute and by themselves, count themselves off; main waits for the count.
 * The bug: a thread counts itself off before it has left its result. */
#include <pthread.h>

#include "check.h"

enum { threads = 3 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static int left = threads, result[threads];

static void count_off(void) {
    pthread_mutex_lock(&mutex);
    if (--left == 0) pthread_cond_signal(&done);
    pthread_mutex_unlock(&mutex);
}

static void *work(void *argument) {
    int *mine = argument;
    if (mine == &result[0]) pthread_detach(pthread_self());
    if (broken) count_off();
    *mine = 7;
    if (!broken) count_off();
    return NULL;
}

int main(void) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, i ? &attributes : NULL, work, &result[i]) == 0);
    }
    pthread_attr_destroy(&attributes);
    pthread_mutex_lock(&mutex);
    while (left)
        pthread_cond_wait(&done, &mutex);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < threads; i++)
        CHECK(result[i] == 7);
    return 0;
}
