/* test_runtime_wait.c: tests of the wait queues.
 *
 * No test sleeps to let another thread get somewhere: it looks at the queue, under its lock, until
 * the thread stands in it. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/access.h"
#include "runtime/memory.h"
#include "suites.h"

TCase *runtime_wait_case(void);

static hd_memory *make_shared(void) {
    hd_diag diag = HD_DIAG_INIT;
    hd_limits type = {.min = 1, .max = 1, .has_max = true, .shared = true};
    hd_memory *memory = hd_memory_new(&type, &diag);
    ck_assert_msg(memory != NULL, "%s", diag.message);
    return memory;
}

/* Checks the list's links and returns how many waiters it holds. */
static unsigned queue_length(hd_memory *memory) {
    unsigned count = 0;
    pthread_mutex_lock(&memory->queue_lock);
    const hd_waiter *previous = NULL;
    for (const hd_waiter *w = memory->first; w; previous = w, w = w->next) {
        ck_assert_ptr_eq(w->previous, previous);
        count++;
    }
    ck_assert_ptr_eq(memory->last, previous);
    pthread_mutex_unlock(&memory->queue_lock);
    return count;
}

static void await_queue_length(hd_memory *memory, unsigned count) {
    while (queue_length(memory) != count)
        sched_yield();
}

static const hd_waiter *queue_head(hd_memory *memory) {
    pthread_mutex_lock(&memory->queue_lock);
    const hd_waiter *first = memory->first;
    pthread_mutex_unlock(&memory->queue_lock);
    return first;
}

/* A thread that waits once. */
typedef struct sleeper {
    pthread_t thread;
    hd_memory *memory;
    uint64_t address;
    unsigned width;
    int64_t timeout;
    hd_waiter waiter;
    hd_wait_result result;
} sleeper;

static void *sleep_once(void *context) {
    sleeper *s = context;
    s->result = hd_memory_wait(s->memory, s->address, s->width, 0, s->timeout, &s->waiter);
    return NULL;
}

/* Starts a thread that waits on a zero, and returns when it stands in the queue as the `place`-th.
 */
static void start(sleeper *s, hd_memory *memory, uint64_t address, unsigned width, unsigned place) {
    s->memory = memory;
    s->address = address;
    s->width = width;
    if (s->timeout == 0) s->timeout = -1;
    ck_assert(hd_waiter_init(&s->waiter));
    ck_assert_int_eq(pthread_create(&s->thread, NULL, sleep_once, s), 0);
    await_queue_length(memory, place);
}

static hd_wait_result finish(sleeper *s) {
    pthread_join(s->thread, NULL);
    hd_waiter_destroy(&s->waiter);
    return s->result;
}

START_TEST(unequal_value_does_not_wait) {
    hd_memory *m = make_shared();
    hd_waiter waiter;
    ck_assert(hd_waiter_init(&waiter));
    hd_store_u64(m->base + 8, UINT64_C(0x500000001));
    ck_assert_int_eq(hd_memory_wait(m, 8, 4, 0, -1, &waiter), HD_WAIT_NOT_EQUAL);
    ck_assert_int_eq(hd_memory_wait(m, 8, 8, 1, -1, &waiter), HD_WAIT_NOT_EQUAL);
    ck_assert_uint_eq(queue_length(m), 0);
    /* Only the operand's width counts. */
    ck_assert_int_eq(hd_memory_wait(m, 8, 4, 1, 0, &waiter), HD_WAIT_TIMED_OUT);
    ck_assert_int_eq(hd_memory_wait(m, 12, 4, 5, 0, &waiter), HD_WAIT_TIMED_OUT);
    ck_assert_int_eq(hd_memory_wait(m, 8, 8, UINT64_C(0x500000001), 0, &waiter), HD_WAIT_TIMED_OUT);
    hd_waiter_destroy(&waiter);
    hd_memory_release(m);
}
END_TEST

START_TEST(waiters_wake_first_in_first_out) {
    enum { COUNT = 5 };
    hd_memory *m = make_shared();
    sleeper s[COUNT] = {0};
    for (unsigned i = 0; i < COUNT; i++)
        start(&s[i], m, 16, 4, i + 1);
    for (unsigned i = 0; i < COUNT; i++) {
        ck_assert_ptr_eq(queue_head(m), &s[i].waiter);
        ck_assert_uint_eq(hd_memory_notify(m, 16, 1), 1);
        ck_assert_uint_eq(queue_length(m), COUNT - 1 - i);
        ck_assert_int_eq(finish(&s[i]), HD_WAIT_OK);
    }
    ck_assert_uint_eq(hd_memory_notify(m, 16, 1), 0);
    hd_memory_release(m);
}
END_TEST

START_TEST(notify_counts_the_waiters_of_its_address) {
    hd_memory *m = make_shared();
    sleeper a[5] = {0}, b[2] = {0};
    for (unsigned i = 0; i < 5; i++) {
        start(&a[i], m, 0, 4, queue_length(m) + 1);
        if (i < 2) start(&b[i], m, 4, 4, queue_length(m) + 1);
    }
    ck_assert_uint_eq(hd_memory_notify(m, 0, 0), 0);
    ck_assert_uint_eq(hd_memory_notify(m, 8, UINT32_MAX), 0);
    ck_assert_uint_eq(hd_memory_notify(m, 0, 3), 3);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(finish(&a[i]), HD_WAIT_OK);
    ck_assert_uint_eq(queue_length(m), 4);
    ck_assert_uint_eq(hd_memory_notify(m, 0, UINT32_MAX), 2);
    ck_assert_uint_eq(hd_memory_notify(m, 0, UINT32_MAX), 0);
    for (unsigned i = 3; i < 5; i++)
        ck_assert_int_eq(finish(&a[i]), HD_WAIT_OK);
    ck_assert_uint_eq(hd_memory_notify(m, 4, 10), 2);
    for (unsigned i = 0; i < 2; i++)
        ck_assert_int_eq(finish(&b[i]), HD_WAIT_OK);
    hd_memory_release(m);
}
END_TEST

START_TEST(both_widths_share_the_queue_of_an_address) {
    hd_memory *m = make_shared();
    sleeper s[3] = {0};
    start(&s[0], m, 24, 8, 1);
    start(&s[1], m, 24, 4, 2);
    start(&s[2], m, 28, 4, 3);
    ck_assert_uint_eq(hd_memory_notify(m, 24, 1), 1);
    ck_assert_int_eq(finish(&s[0]), HD_WAIT_OK);
    ck_assert_uint_eq(hd_memory_notify(m, 24, UINT32_MAX), 1);
    ck_assert_int_eq(finish(&s[1]), HD_WAIT_OK);
    ck_assert_uint_eq(hd_memory_notify(m, 28, UINT32_MAX), 1);
    ck_assert_int_eq(finish(&s[2]), HD_WAIT_OK);
    hd_memory_release(m);
}
END_TEST

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

START_TEST(wait_times_out) {
    static const int64_t timeouts[] = {0, 1, 999, 1000000, 5000000};
    hd_memory *m = make_shared();
    hd_waiter waiter;
    ck_assert(hd_waiter_init(&waiter));
    for (size_t i = 0; i < sizeof timeouts / sizeof *timeouts; i++) {
        int64_t before = now();
        ck_assert_int_eq(hd_memory_wait(m, 0, 4, 0, timeouts[i], &waiter), HD_WAIT_TIMED_OUT);
        ck_assert_int_ge(now() - before, timeouts[i]);
        ck_assert_uint_eq(queue_length(m), 0);
        ck_assert_uint_eq(hd_memory_notify(m, 0, 1), 0);
    }
    hd_waiter_destroy(&waiter);
    hd_memory_release(m);
}
END_TEST

START_TEST(timeouts_may_be_huge) {
    static const int64_t timeouts[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2, -1, INT64_MIN};
    enum { COUNT = sizeof timeouts / sizeof *timeouts };
    hd_memory *m = make_shared();
    sleeper s[COUNT] = {0};
    for (unsigned i = 0; i < COUNT; i++) {
        s[i].timeout = timeouts[i];
        start(&s[i], m, 0, 4, i + 1);
    }
    ck_assert_uint_eq(hd_memory_notify(m, 0, COUNT), COUNT);
    for (unsigned i = 0; i < COUNT; i++)
        ck_assert_int_eq(finish(&s[i]), HD_WAIT_OK);
    hd_memory_release(m);
}
END_TEST

START_TEST(interruption_before_a_wait_ends_one) {
    hd_memory *m = make_shared();
    hd_waiter waiter;
    ck_assert(hd_waiter_init(&waiter));
    hd_waiter_interrupt(&waiter);
    hd_waiter_interrupt(&waiter);
    ck_assert_int_eq(hd_memory_wait(m, 0, 4, 1, -1, &waiter), HD_WAIT_INTERRUPTED);
    ck_assert_int_eq(hd_memory_wait(m, 0, 4, 1, -1, &waiter), HD_WAIT_NOT_EQUAL);
    ck_assert_int_eq(hd_memory_wait(m, 0, 4, 0, 0, &waiter), HD_WAIT_TIMED_OUT);
    ck_assert_uint_eq(queue_length(m), 0);
    hd_waiter_destroy(&waiter);
    hd_memory_release(m);
}
END_TEST

START_TEST(interruption_ends_a_wait) {
    hd_memory *m = make_shared();
    sleeper s[3] = {0};
    for (unsigned i = 0; i < 3; i++)
        start(&s[i], m, 0, 4, i + 1);
    hd_waiter_interrupt(&s[1].waiter);
    ck_assert_int_eq(finish(&s[1]), HD_WAIT_INTERRUPTED);
    ck_assert_uint_eq(queue_length(m), 2);
    ck_assert_uint_eq(hd_memory_notify(m, 0, UINT32_MAX), 2);
    ck_assert_int_eq(finish(&s[0]), HD_WAIT_OK);
    ck_assert_int_eq(finish(&s[2]), HD_WAIT_OK);
    hd_memory_release(m);
}
END_TEST

/* A notify that has counted the waiter wins; the interruption is for the next wait. */
START_TEST(interruption_after_a_notify_stays) {
    hd_memory *m = make_shared();
    sleeper s = {0};
    start(&s, m, 0, 4, 1);
    ck_assert_uint_eq(hd_memory_notify(m, 0, 1), 1);
    hd_waiter_interrupt(&s.waiter);
    pthread_join(s.thread, NULL);
    ck_assert_int_eq(s.result, HD_WAIT_OK);
    ck_assert_int_eq(hd_memory_wait(m, 0, 4, 0, -1, &s.waiter), HD_WAIT_INTERRUPTED);
    hd_waiter_destroy(&s.waiter);
    hd_memory_release(m);
}
END_TEST

/* An assertion on a thread that is not the test's own, where libcheck's would not work. */
static void require(bool condition) {
    if (!condition) abort();
}

/* The comparison belongs to the same critical section as the entry: a change of the value that is
 * made while the test holds the queue is seen, however far the waiting thread has got. */
START_TEST(comparison_is_made_under_the_queue_lock) {
    hd_memory *m = make_shared();
    for (unsigned i = 0; i < 50; i++) {
        sleeper s = {.memory = m, .width = 4, .timeout = 1000000};
        ck_assert(hd_waiter_init(&s.waiter));
        hd_atomic_store_u32(m->base, 0);
        pthread_mutex_lock(&m->queue_lock);
        ck_assert_int_eq(pthread_create(&s.thread, NULL, sleep_once, &s), 0);
        for (unsigned k = 0; k < i; k++)
            sched_yield();
        hd_atomic_store_u32(m->base, 1);
        pthread_mutex_unlock(&m->queue_lock);
        ck_assert_int_eq(finish(&s), HD_WAIT_NOT_EQUAL);
    }
    hd_memory_release(m);
}
END_TEST

/* A mutex of two states and one of contention, as programs make it of wait and notify. A wake-up
 * that is lost leaves threads asleep for ever. */
enum { LOCKERS = 4, LOCKINGS = 2000 };

typedef struct locker {
    hd_memory *memory;
    uint64_t counter; /* guarded by the mutex at address 0 */
} locker;

static void *lock_and_count(void *context) {
    locker *l = context;
    uint8_t *state = l->memory->base;
    hd_waiter waiter;
    require(hd_waiter_init(&waiter));
    for (int i = 0; i < LOCKINGS; i++) {
        uint32_t found = hd_atomic_cmpxchg_u32(state, 0, 1);
        while (found != 0) {
            if (found == 2 || hd_atomic_cmpxchg_u32(state, 1, 2) != 0)
                hd_memory_wait(l->memory, 0, 4, 2, -1, &waiter);
            found = hd_atomic_cmpxchg_u32(state, 0, 2);
        }
        l->counter++;
        if (i % 16 == 0) sched_yield();
        if (hd_atomic_xchg_u32(state, 0) == 2) hd_memory_notify(l->memory, 0, 1);
    }
    hd_waiter_destroy(&waiter);
    return NULL;
}

START_TEST(no_wake_up_is_lost) {
    locker l = {make_shared(), 0};
    pthread_t threads[LOCKERS];
    for (int i = 0; i < LOCKERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, lock_and_count, &l), 0);
    for (int i = 0; i < LOCKERS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(l.counter, LOCKERS * LOCKINGS);
    ck_assert_uint_eq(queue_length(l.memory), 0);
    hd_memory_release(l.memory);
}
END_TEST

/* Many threads wait for ever, for a moment and not at all, on few addresses, while others notify
 * and interrupt them. Each notified waiter must be counted once, by the waiter and by the notify.
 */
enum { WAITERS = 6, NOTIFIERS = 2, WAITS = 400, ADDRESSES = 3 };

typedef struct storm {
    hd_memory *memory;
    _Atomic uint32_t running; /* waiting threads that have not ended */
    _Atomic uint64_t woken, notified, interrupted, interruptions;
    hd_waiter waiters[WAITERS]; /* of the threads that may be interrupted */
} storm;

typedef struct storm_thread {
    pthread_t thread;
    storm *storm;
    unsigned index;
    uint32_t random;
} storm_thread;

static uint32_t draw(storm_thread *t) {
    t->random ^= t->random << 13;
    t->random ^= t->random >> 17;
    t->random ^= t->random << 5;
    return t->random;
}

static void *storm_wait(void *context) {
    storm_thread *t = context;
    storm *s = t->storm;
    for (int i = 0; i < WAITS; i++) {
        /* Every other thread has a waiter for each wait, gone at once: a notify that still touched
         * it would show under a sanitizer. */
        bool fleeting = t->index % 2;
        hd_waiter *waiter = fleeting ? malloc(sizeof *waiter) : &s->waiters[t->index];
        if (fleeting) require(hd_waiter_init(waiter));
        static const int64_t timeouts[] = {0, 1000, 20000, 100000, -1};
        int64_t timeout = timeouts[draw(t) % 5];
        uint64_t address = draw(t) % ADDRESSES * 8;
        unsigned width = draw(t) % 2 ? 4 : 8;
        switch (hd_memory_wait(s->memory, address, width, 0, timeout, waiter)) {
        case HD_WAIT_OK: atomic_fetch_add(&s->woken, 1); break;
        case HD_WAIT_INTERRUPTED:
            require(!fleeting);
            atomic_fetch_add(&s->interrupted, 1);
            break;
        case HD_WAIT_TIMED_OUT: require(timeout >= 0); break;
        case HD_WAIT_NOT_EQUAL: require(false); break;
        }
        if (fleeting) {
            hd_waiter_destroy(waiter);
            free(waiter);
        }
    }
    atomic_fetch_sub(&s->running, 1);
    return NULL;
}

static void *storm_notify(void *context) {
    storm_thread *t = context;
    storm *s = t->storm;
    while (atomic_load(&s->running) > 0) {
        uint32_t count = draw(t) % 4;
        uint32_t woken = hd_memory_notify(s->memory, draw(t) % ADDRESSES * 8, count);
        require(woken <= count);
        atomic_fetch_add(&s->notified, woken);
        if (draw(t) % 8 == 0) {
            atomic_fetch_add(&s->interruptions, 1);
            hd_waiter_interrupt(&s->waiters[draw(t) % WAITERS]);
        }
        if (woken == 0) sched_yield();
    }
    return NULL;
}

START_TEST(waits_and_notifies_are_conserved) {
    storm s = {.memory = make_shared(), .running = WAITERS};
    storm_thread threads[WAITERS + NOTIFIERS];
    for (unsigned i = 0; i < WAITERS; i++)
        ck_assert(hd_waiter_init(&s.waiters[i]));
    for (unsigned i = 0; i < WAITERS + NOTIFIERS; i++) {
        threads[i] = (storm_thread){.storm = &s, .index = i, .random = 0x9E3779B9 * (i + 1)};
        void *(*body)(void *) = i < WAITERS ? storm_wait : storm_notify;
        ck_assert_int_eq(pthread_create(&threads[i].thread, NULL, body, &threads[i]), 0);
    }
    for (unsigned i = 0; i < WAITERS + NOTIFIERS; i++)
        pthread_join(threads[i].thread, NULL);
    ck_assert_uint_eq(atomic_load(&s.woken), atomic_load(&s.notified));
    ck_assert_uint_le(atomic_load(&s.interrupted), atomic_load(&s.interruptions));
    ck_assert_uint_eq(queue_length(s.memory), 0);
    for (unsigned i = 0; i < WAITERS; i++)
        hd_waiter_destroy(&s.waiters[i]);
    hd_memory_release(s.memory);
}
END_TEST

TCase *runtime_wait_case(void) {
    TCase *wait = tcase_create("wait");
    tcase_set_timeout(wait, 60);
    tcase_add_test(wait, unequal_value_does_not_wait);
    tcase_add_test(wait, waiters_wake_first_in_first_out);
    tcase_add_test(wait, notify_counts_the_waiters_of_its_address);
    tcase_add_test(wait, both_widths_share_the_queue_of_an_address);
    tcase_add_test(wait, wait_times_out);
    tcase_add_test(wait, timeouts_may_be_huge);
    tcase_add_test(wait, interruption_before_a_wait_ends_one);
    tcase_add_test(wait, interruption_ends_a_wait);
    tcase_add_test(wait, interruption_after_a_notify_stays);
    tcase_add_test(wait, comparison_is_made_under_the_queue_lock);
    tcase_add_test(wait, no_wake_up_is_lost);
    tcase_add_test(wait, waits_and_notifies_are_conserved);
    return wait;
}
