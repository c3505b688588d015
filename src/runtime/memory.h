/* memory.h: linear memories, shared and unshared, and their wait queues.
 *
 * Core specification, section 4.2.8; threads proposal, "memory instances" and "wait queues". A
 * memory reserves the address space of its maximum at once and never moves, so that a base address
 * read once stays right. Its length only grows. A shared memory may be used by any number of
 * threads at once; an unshared one by the thread of its store alone. */
#ifndef HD_RUNTIME_MEMORY_H
#define HD_RUNTIME_MEMORY_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/diag.h"
#include "base/undo.h"
#include "base/vec.h"
#include "module/types.h"

struct hd_memory {
    uint8_t *base;
    /* In bytes. Growth is a sequentially consistent read-modify-write of it; a relaxed read may lag
     * behind, which a bounds check that fails makes good by reading it again in order. */
    _Atomic uint64_t length;
    hd_limits type;    /* as declared */
    uint64_t reserved; /* bytes of address space */
    _Atomic uint32_t references;
    hd_undo *undo;               /* what is overwritten is saved here; NULL: nowhere */
    uint64_t *stamps;            /* if so, of each block: in which epoch of the log it was saved */
    struct hd_memory_pool *pool; /* that it goes back to, or NULL */

    pthread_mutex_t queue_lock; /* protects the queue; also makes compare-and-enqueue atomic against
                                 * notify; taken before the lock of a waiter */
    struct hd_waiter *first, *last; /* of all addresses, in the order of their arrival */
};

/* A thread's place to sleep; one per agent, reused by each of its waits. Its lock protects `woken`
 * and `interrupted`; the rest belongs to the queue that it stands in, under that queue's lock. */
typedef struct hd_waiter {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* on the monotonic clock */
    bool woken, interrupted;
    uint64_t address;
    struct hd_waiter *previous, *next;
} hd_waiter;

typedef enum hd_wait_result {
    HD_WAIT_OK = 0,
    HD_WAIT_NOT_EQUAL = 1,
    HD_WAIT_TIMED_OUT = 2,
    HD_WAIT_INTERRUPTED = 3, /* by hd_waiter_interrupt: the agent is to stop */
} hd_wait_result;

/* Has what is overwritten in a memory saved in a log, by blocks of so many bytes, as long as the
 * memory lives; for one that a single thread uses. False when memory is out. */
enum { HD_UNDO_BLOCK = 64 };
bool hd_memory_log(hd_memory *memory, hd_undo *log);

/* Saves bytes that are in bounds, before they are overwritten. */
void hd_memory_save_blocks(hd_memory *memory, uint64_t address, uint64_t width);

static inline void hd_memory_save(hd_memory *memory, uint64_t address, uint64_t width) {
    uint64_t first = address / HD_UNDO_BLOCK, last = (address + width - 1) / HD_UNDO_BLOCK;
    uint64_t epoch = memory->undo->epoch;
    if (__builtin_expect(memory->stamps[first] != epoch || memory->stamps[last] != epoch, 0))
        hd_memory_save_blocks(memory, address, width);
}

/* Memories that were released, kept for the next ones of their types: that saves calls of the
 * system. A memory that was released in one round, from a turn to the next, is used again in later
 * rounds only, so that within a round no two memories have one address. For one thread, and
 * memories that it alone uses. Begins all zero. */
typedef struct hd_memory_pool {
    HD_VEC(struct hd_memory *) ready, released;
} hd_memory_pool;

/* Makes a memory like hd_memory_new, from what a pool has if it can; it goes back there when it is
 * released. NULL: there is no pool. */
hd_memory *hd_memory_new_in(hd_memory_pool *pool, const hd_limits *type, hd_diag *diag);

/* Begins another round. */
void hd_memory_pool_turn(hd_memory_pool *pool);

/* Unmaps what the pool has, when no memory of it is in use. */
void hd_memory_pool_free(hd_memory_pool *pool);

/* The first 8 bytes of a range, or fewer where it or the memory ends, little endian; `*width`,
 * unless NULL, receives how many. While no agent runs. */
uint64_t hd_memory_peek(const hd_memory *memory, uint64_t address, uint64_t length,
                        unsigned *width);

/* Grows by `delta` pages; returns the old size in pages, or UINT64_MAX when the maximum or the host
 * forbids it. Thread-safe on a shared memory: concurrent growths see distinct old sizes. */
uint64_t hd_memory_grow(hd_memory *memory, uint64_t delta);

/* Whether the maximum allows a growth by `delta` pages now. */
bool hd_memory_may_grow(const hd_memory *memory, uint64_t delta);

/* Whether so many bytes from an address are in bounds: HD_TRAP_NONE or HD_TRAP_MEMORY_OOB. */
hd_trapcode hd_memory_check(const hd_memory *memory, uint64_t at, uint64_t count);

/* memory.fill and memory.copy: bounds are checked before anything is written. Overlaps behave as
 * memmove. On a shared memory races with other agents are races of single bytes or words, never
 * undefined behaviour of the host. */
hd_trapcode hd_memory_fill(hd_memory *memory, uint64_t to, uint8_t value, uint64_t count);
hd_trapcode hd_memory_copy(hd_memory *to_memory, hd_memory *from_memory, uint64_t to, uint64_t from,
                           uint64_t count);

/* Copies host bytes into a memory at an offset that is in bounds, or out of it, under the same rule
 * for races. */
void hd_memory_write(hd_memory *memory, uint64_t to, const void *bytes, size_t count);
void hd_memory_read(hd_memory *memory, uint64_t from, void *bytes, size_t count);

/* Prepares and dismantles a place to sleep; false when the host refuses. */
bool hd_waiter_init(hd_waiter *waiter);
void hd_waiter_destroy(hd_waiter *waiter);

/* memory.atomic.wait: if the `width` bytes (4 or 8) at the aligned address, in bounds of a shared
 * memory, equal `expected`, sleeps until notified, interrupted, or `timeout` nanoseconds have
 * passed (negative: for ever). Compare and enqueue are atomic against notify; waiters are woken
 * first in, first out. */
hd_wait_result hd_memory_wait(hd_memory *memory, uint64_t address, unsigned width,
                              uint64_t expected, int64_t timeout, hd_waiter *waiter);

/* memory.atomic.notify: wakes at most `count` waiters of the address; returns how many. */
uint32_t hd_memory_notify(hd_memory *memory, uint64_t address, uint32_t count);

/* Makes the waiter's present or next wait return HD_WAIT_INTERRUPTED; any thread may call it. That
 * wait uses the interruption up; one that a notify has woken returns HD_WAIT_OK and leaves it for
 * the next. */
void hd_waiter_interrupt(hd_waiter *waiter);

#endif
