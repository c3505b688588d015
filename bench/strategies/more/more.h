/* What the programs of this folder share: threads of POSIX, and a check that ends the program with
 * a trap. */
#ifndef HEDDLE_BENCH_MORE_H
#define HEDDLE_BENCH_MORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) abort();                                                                 \
    } while (0)

typedef pthread_mutex_t mutex;
#define MUTEX PTHREAD_MUTEX_INITIALIZER
static inline void lock(mutex *m) {
    pthread_mutex_lock(m);
}
static inline void unlock(mutex *m) {
    pthread_mutex_unlock(m);
}

enum { MOST = 128 };

/* Makes `count` threads that get their numbers, and joins them. */
static inline void run_all(void *(*function)(void *), int count) {
    pthread_t threads[MOST];
    for (int i = 0; i < count; i++)
        pthread_create(&threads[i], NULL, function, (void *)(size_t)i);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

#endif
