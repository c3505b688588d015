/* Counters under mutexes of three kinds. The bug: one thread takes none. */
#include <errno.h>
#include <pthread.h>

#include "check.h"

enum { threads = 3, rounds = 4 };
static pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER, recursive, checking;
static long by_normal, by_recursive, by_checking;

static void *count(void *argument) {
    int careless = broken && argument == NULL;
    for (int i = 0; i < rounds; i++) {
        if (!careless) pthread_mutex_lock(&normal);
        by_normal++;
        if (!careless) pthread_mutex_unlock(&normal);

        pthread_mutex_lock(&recursive);
        pthread_mutex_lock(&recursive);
        by_recursive++;
        pthread_mutex_unlock(&recursive);
        pthread_mutex_unlock(&recursive);

        while (pthread_mutex_trylock(&checking) != 0)
            pthread_mutex_lock(&checking), pthread_mutex_unlock(&checking);
        CHECK(pthread_mutex_lock(&checking) == EDEADLK);
        by_checking++;
        pthread_mutex_unlock(&checking);
    }
    return NULL;
}

static void make(pthread_mutex_t *mutex, int type) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

int main(void) {
    pthread_t thread[threads];
    make(&recursive, PTHREAD_MUTEX_RECURSIVE);
    make(&checking, PTHREAD_MUTEX_ERRORCHECK);
    for (int i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, count, (void *)(size_t)i);
    for (int i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    CHECK(by_normal == threads * rounds);
    CHECK(by_recursive == threads * rounds && by_checking == threads * rounds);
    return 0;
}
