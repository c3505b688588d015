/* waitqueue.c: the wait queues of shared memories, for agents on host threads.
 *
 * Threads proposal, memory.atomic.wait and memory.atomic.notify, and the suspensions of
 * relaxed.rst: the operations on the queue of one location are totally ordered, waiters leave it
 * first in, first out. One list for each memory holds the waiters of all its addresses.
 *
 * Two locks, always taken in this order:
 *
 * - The memory's queue_lock protects the list and the membership of waiters in it. A waiter
 * compares and enters, a notify dequeues and marks, each in one critical section: so no notify
 * falls between comparison and entry, and none is lost.
 * - A waiter's lock protects `woken` and `interrupted`. It alone is held while sleeping.
 *
 * `woken` is set only together with dequeuing, under both locks: a waiter that finds it set stands
 * in no queue any more and was counted by the notify, even if its time is up as well. One that
 * finds it clear looks again under the queue lock before it leaves by itself. The notify touches a
 * waiter last when it releases the waiter's lock, without which the waiter cannot see that it was
 * woken; so the waiter may be destroyed as soon as its wait has returned. */
#include <assert.h>
#include <errno.h>
#include <time.h>

#include "runtime/access.h"
#include "runtime/memory.h"

/* Under the queue lock. */
static void enqueue(hd_memory *memory, hd_waiter *waiter) {
    waiter->previous = memory->last;
    waiter->next = NULL;
    *(memory->last ? &memory->last->next : &memory->first) = waiter;
    memory->last = waiter;
}

/* Under the queue lock. */
static void dequeue(hd_memory *memory, hd_waiter *waiter) {
    *(waiter->previous ? &waiter->previous->next : &memory->first) = waiter->next;
    *(waiter->next ? &waiter->next->previous : &memory->last) = waiter->previous;
    waiter->previous = waiter->next = NULL;
}

bool hd_waiter_init(hd_waiter *waiter) {
    *waiter = (hd_waiter){0};
    pthread_condattr_t monotonic;
    if (pthread_condattr_init(&monotonic) != 0) return false;
    bool made = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(&waiter->wake, &monotonic) == 0;
    pthread_condattr_destroy(&monotonic);
    if (!made) return false;
    if (pthread_mutex_init(&waiter->lock, NULL) == 0) return true;
    pthread_cond_destroy(&waiter->wake);
    return false;
}

void hd_waiter_destroy(hd_waiter *waiter) {
    pthread_cond_destroy(&waiter->wake);
    pthread_mutex_destroy(&waiter->lock);
}

/* The time on the monotonic clock `timeout` nanoseconds from now, or its end (in 292 years) if that
 * is later. */
static struct timespec deadline_after(int64_t timeout) {
    const int64_t second = 1000000000;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t deadline;
    if (__builtin_add_overflow(now.tv_sec * second + now.tv_nsec, timeout, &deadline))
        deadline = INT64_MAX;
    return (struct timespec){.tv_sec = deadline / second, .tv_nsec = deadline % second};
}

/* Starts a wait: forgets the last one's end. True if the waiter was interrupted before. */
static bool take_interruption(hd_waiter *waiter) {
    pthread_mutex_lock(&waiter->lock);
    bool interrupted = waiter->interrupted;
    waiter->woken = waiter->interrupted = false;
    pthread_mutex_unlock(&waiter->lock);
    return interrupted;
}

/* Enters the queue if the memory holds the expected value. The value is read under the lock, so
 * that a notify after a change of the value finds the waiter or comes before the comparison. */
static bool enter_if_equal(hd_memory *memory, uint64_t address, unsigned width, uint64_t expected,
                           hd_waiter *waiter) {
    const uint8_t *p = memory->base + address;
    pthread_mutex_lock(&memory->queue_lock);
    bool equal = width == 4 ? hd_atomic_load_u32(p) == (uint32_t)expected
                            : hd_atomic_load_u64(p) == expected;
    if (equal) {
        waiter->address = address;
        enqueue(memory, waiter);
    }
    pthread_mutex_unlock(&memory->queue_lock);
    return equal;
}

/* Sleeps until woken, interrupted, or past the deadline (NULL: none). True if woken. */
static bool sleep_until(hd_waiter *waiter, const struct timespec *deadline) {
    int error = 0;
    pthread_mutex_lock(&waiter->lock);
    while (!waiter->woken && !waiter->interrupted && error != ETIMEDOUT)
        error = deadline ? pthread_cond_timedwait(&waiter->wake, &waiter->lock, deadline)
                         : pthread_cond_wait(&waiter->wake, &waiter->lock);
    bool woken = waiter->woken;
    pthread_mutex_unlock(&waiter->lock);
    return woken;
}

/* Ends a sleep that no notify had ended: leaves the queue, unless one has come in between. */
static hd_wait_result leave(hd_memory *memory, hd_waiter *waiter) {
    hd_wait_result result = HD_WAIT_OK;
    pthread_mutex_lock(&memory->queue_lock);
    pthread_mutex_lock(&waiter->lock);
    if (!waiter->woken) {
        dequeue(memory, waiter);
        result = waiter->interrupted ? HD_WAIT_INTERRUPTED : HD_WAIT_TIMED_OUT;
        waiter->interrupted = false;
    }
    pthread_mutex_unlock(&waiter->lock);
    pthread_mutex_unlock(&memory->queue_lock);
    return result;
}

hd_wait_result hd_memory_wait(hd_memory *memory, uint64_t address, unsigned width,
                              uint64_t expected, int64_t timeout, hd_waiter *waiter) {
    assert(memory->type.shared && (width == 4 || width == 8) && address % width == 0);
    struct timespec deadline = {0};
    if (timeout >= 0) deadline = deadline_after(timeout);
    if (take_interruption(waiter)) return HD_WAIT_INTERRUPTED;
    if (!enter_if_equal(memory, address, width, expected, waiter)) return HD_WAIT_NOT_EQUAL;
    if (sleep_until(waiter, timeout >= 0 ? &deadline : NULL)) return HD_WAIT_OK;
    return leave(memory, waiter);
}

/* Marks a waiter that was dequeued in the same critical section; it may be gone on return. */
static void wake(hd_waiter *waiter) {
    pthread_mutex_lock(&waiter->lock);
    waiter->woken = true;
    pthread_cond_signal(&waiter->wake);
    pthread_mutex_unlock(&waiter->lock);
}

uint32_t hd_memory_notify(hd_memory *memory, uint64_t address, uint32_t count) {
    uint32_t woken = 0;
    pthread_mutex_lock(&memory->queue_lock);
    for (hd_waiter *waiter = memory->first, *next; waiter && woken < count; waiter = next) {
        next = waiter->next;
        if (waiter->address != address) continue;
        dequeue(memory, waiter);
        wake(waiter);
        woken++;
    }
    pthread_mutex_unlock(&memory->queue_lock);
    return woken;
}

void hd_waiter_interrupt(hd_waiter *waiter) {
    pthread_mutex_lock(&waiter->lock);
    waiter->interrupted = true;
    pthread_cond_signal(&waiter->wake);
    pthread_mutex_unlock(&waiter->lock);
}
