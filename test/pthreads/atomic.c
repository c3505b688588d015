/* A message is published by C11's atomics: release and acquire, fences around relaxed ones, a spin
 * lock made of them. The bug: the flag is set before the message is written. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "check.h"

static int message, fenced, counted;
static atomic_int flag, fence_flag;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static void count(void) {
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
        sched_yield();
    counted++;
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

static void *publish(void *argument) {
    if (broken) atomic_store_explicit(&flag, 1, memory_order_release);
    message = 42;
    if (!broken) atomic_store_explicit(&flag, 1, memory_order_release);
    fenced = 43;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&fence_flag, 1, memory_order_relaxed);
    count();
    return argument;
}

static void *receive(void *argument) {
    while (!atomic_load_explicit(&flag, memory_order_acquire))
        sched_yield();
    CHECK(message == 42);
    while (!atomic_load_explicit(&fence_flag, memory_order_relaxed))
        sched_yield();
    atomic_thread_fence(memory_order_acquire);
    CHECK(fenced == 43);
    count();
    return argument;
}

int main(void) {
    pthread_t one, two;
    pthread_create(&one, NULL, receive, NULL);
    pthread_create(&two, NULL, publish, NULL);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    CHECK(counted == 2);
    return 0;
}
