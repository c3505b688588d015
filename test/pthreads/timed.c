/* Waits with limits: a condition that comes, one that never does, a mutex and a semaphore in time.
 * The bug: the first waiter takes it that the limit was not reached. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "check.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t come = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static int here;

static struct timespec after(long nanoseconds) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += nanoseconds;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static void *wait_for_it(void *argument) {
    struct timespec limit = after(2000);
    pthread_mutex_lock(&mutex);
    if (broken) {
        if (!here) pthread_cond_timedwait(&come, &mutex, &limit);
        CHECK(here);
    } else {
        while (!here) {
            if (pthread_cond_timedwait(&come, &mutex, &limit) == ETIMEDOUT) limit = after(1000000);
        }
    }
    pthread_mutex_unlock(&mutex);
    limit = after(1000000000);
    CHECK(sem_timedwait(&semaphore, &limit) == 0);
    return argument;
}

static void *bring_it(void *argument) {
    pthread_mutex_lock(&mutex);
    here = 1;
    pthread_cond_signal(&come);
    pthread_mutex_unlock(&mutex);
    sem_post(&semaphore);
    return argument;
}

int main(void) {
    pthread_t one, two;
    struct timespec limit = after(1000);
    sem_init(&semaphore, 0, 0);
    CHECK(sem_timedwait(&semaphore, &limit) == -1 && errno == ETIMEDOUT);
    pthread_create(&one, NULL, wait_for_it, NULL);
    pthread_create(&two, NULL, bring_it, NULL);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    return 0;
}
