/* interrupt.c: see interrupt.h. A thread of its own waits for the signals, which all others block:
 * so nothing is done within a handler. */
#include "cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static struct {
    pthread_mutex_t lock; /* protects the list */
    hd_interruptible *first;
    atomic_int signal;
    sigset_t set;
    bool watching;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void stop_all(int number) {
    pthread_mutex_lock(&state.lock);
    atomic_store(&state.signal, number);
    for (hd_interruptible *i = state.first; i; i = i->next)
        hd_world_stop(i->world);
    pthread_mutex_unlock(&state.lock);
}

static void *watch(void *unused) {
    int number;
    if (sigwait(&state.set, &number) != 0) return unused;
    stop_all(number);
    if (sigwait(&state.set, &number) != 0) return unused;
    /* The second one has its default effect, on this thread first. */
    signal(number, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &state.set, NULL);
    raise(number);
    return unused;
}

static bool is_ignored(int number) {
    struct sigaction now;
    return sigaction(number, NULL, &now) != 0 || now.sa_handler == SIG_IGN;
}

void hd_interrupt_watch(void) {
    static const int signals[] = {SIGINT, SIGTERM};
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t before;
    bool any = false;
    if (state.watching) return;
    sigemptyset(&state.set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (is_ignored(signals[i])) continue;
        sigaddset(&state.set, signals[i]);
        any = true;
    }
    if (!any || pthread_sigmask(SIG_BLOCK, &state.set, &before) != 0) return;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    state.watching = pthread_create(&thread, &attributes, watch, NULL) == 0;
    pthread_attr_destroy(&attributes);
    if (!state.watching) pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void hd_interrupt_add(hd_interruptible *one, hd_world *world) {
    pthread_mutex_lock(&state.lock);
    *one = (hd_interruptible){.world = world, .next = state.first};
    if (state.first) state.first->previous = one;
    state.first = one;
    if (atomic_load(&state.signal)) hd_world_stop(world);
    pthread_mutex_unlock(&state.lock);
}

void hd_interrupt_remove(hd_interruptible *one) {
    pthread_mutex_lock(&state.lock);
    if (one->previous)
        one->previous->next = one->next;
    else
        state.first = one->next;
    if (one->next) one->next->previous = one->previous;
    pthread_mutex_unlock(&state.lock);
}

int hd_interrupt_signal(void) {
    return atomic_load(&state.signal);
}
