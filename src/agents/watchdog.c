/* watchdog.c: see watchdog.h. */
#include "agents/watchdog.h"

#include <pthread.h>
#include <stddef.h>
#include <time.h>

/* The thread sleeps for a tick at a time while there is anything to watch, and until it is woken
 * otherwise: so adding and removing one thing after another costs no call of the system. */
static struct {
    pthread_mutex_t lock; /* protects all that follows; held during ticks */
    pthread_cond_t added; /* there is something to watch, and the thread may be asleep */
    hd_watched *first;
    bool running, asleep;
} dog = {.lock = PTHREAD_MUTEX_INITIALIZER, .added = PTHREAD_COND_INITIALIZER};

/* How many ticks without anything to watch before the thread sleeps for good. */
enum { IDLE_TICKS = 10 };

static void sleep_a_tick(void) {
    struct timespec time = {.tv_nsec = HD_TICK};
    pthread_mutex_unlock(&dog.lock);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
    pthread_mutex_lock(&dog.lock);
}

static void *watch(void *unused) {
    unsigned idle = 0;
    pthread_mutex_lock(&dog.lock);
    for (;;) {
        if (!dog.first && idle >= IDLE_TICKS) {
            dog.asleep = true;
            while (!dog.first)
                pthread_cond_wait(&dog.added, &dog.lock);
            dog.asleep = false;
        }
        sleep_a_tick();
        idle = dog.first ? 0 : idle + 1;
        for (hd_watched *w = dog.first; w; w = w->next)
            w->tick(w->context);
    }
    return unused;
}

/* Under the lock. */
static bool start(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    dog.running = pthread_create(&thread, &attributes, watch, NULL) == 0;
    pthread_attr_destroy(&attributes);
    return dog.running;
}

bool hd_watchdog_add(hd_watched *watched) {
    pthread_mutex_lock(&dog.lock);
    bool good = dog.running || start();
    if (good) {
        watched->previous = NULL;
        watched->next = dog.first;
        if (dog.first) dog.first->previous = watched;
        dog.first = watched;
        if (dog.asleep) pthread_cond_signal(&dog.added);
    }
    pthread_mutex_unlock(&dog.lock);
    return good;
}

void hd_watchdog_remove(hd_watched *watched) {
    pthread_mutex_lock(&dog.lock);
    if (watched->previous)
        watched->previous->next = watched->next;
    else
        dog.first = watched->next;
    if (watched->next) watched->next->previous = watched->previous;
    pthread_mutex_unlock(&dog.lock);
}
