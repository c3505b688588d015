/* memory.c: reservation, growth and release of linear memories.
 *
 * Core specification, "Memory Instances" (section 4.2.8), "Growing memories" (section 4.5.3);
 * threads proposal, the length of a shared memory as a location of its own. Knows nothing of
 * instances and agents; bulk instructions are in bulk.c, the wait queue in waitqueue.c. */
#include "runtime/memory.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"

_Static_assert(SIZE_MAX > UINT32_MAX, "a memory of 4 GiB needs a 64-bit address space");

/* The most pages that a memory of this type can ever have. */
static uint64_t maximum_pages(const hd_limits *type) {
    uint64_t most = type->is64 ? HD_MAX_RESERVED_PAGES : HD_MAX_PAGES;
    return type->has_max && type->max < most ? type->max : most;
}

/* Makes `bytes` bytes from `start` readable and writable; they are zero until written. Two threads
 * may do so at once for the same pages. */
static bool make_accessible(uint8_t *start, uint64_t bytes) {
    return bytes == 0 || mprotect(start, bytes, PROT_READ | PROT_WRITE) == 0;
}

/* Reserves the address space of the maximum, so that the memory never moves, without claiming any
 * of it, and makes the minimum accessible. */
static bool map_pages(hd_memory *memory, hd_diag *diag) {
    uint64_t length = atomic_load_explicit(&memory->length, memory_order_relaxed);
    void *base =
        mmap(NULL, memory->reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        hd_diag_set(diag, HD_NOMEM, "out of memory: cannot reserve %llu bytes of address space: %s",
                    (unsigned long long)memory->reserved, strerror(errno));
        return false;
    }
    if (!make_accessible(base, length)) {
        hd_diag_set(diag, HD_NOMEM, "out of memory: cannot allocate %llu bytes: %s",
                    (unsigned long long)length, strerror(errno));
        munmap(base, memory->reserved);
        return false;
    }
    memory->base = base;
    return true;
}

hd_memory *hd_memory_new(const hd_limits *type, hd_diag *diag) {
    uint64_t maximum = maximum_pages(type);
    if (type->min > maximum) {
        hd_diag_set(diag, HD_LIMIT, "memory of %llu pages > maximum of %llu pages",
                    (unsigned long long)type->min, (unsigned long long)maximum);
        return NULL;
    }
    hd_memory *memory = hd_calloc(1, sizeof *memory);
    if (!memory) {
        hd_diag_nomem(diag);
        return NULL;
    }
    memory->type = *type;
    /* Never nothing: a memory without pages has a base of its own, too. */
    memory->reserved = (maximum > 0 ? maximum : 1) * HD_PAGE_SIZE;
    atomic_init(&memory->length, type->min * HD_PAGE_SIZE);
    atomic_init(&memory->references, 1);
    if (pthread_mutex_init(&memory->queue_lock, NULL) != 0) {
        hd_diag_nomem(diag);
        goto fail;
    }
    if (!map_pages(memory, diag)) goto fail_lock;
    return memory;

fail_lock:
    pthread_mutex_destroy(&memory->queue_lock);
fail:
    hd_free(memory);
    return NULL;
}

hd_memory *hd_memory_retain(hd_memory *memory) {
    /* Relaxed: whoever adds a reference has one, so the count cannot reach zero meanwhile. */
    atomic_fetch_add_explicit(&memory->references, 1, memory_order_relaxed);
    return memory;
}

static size_t stamps_size(const hd_memory *memory) {
    return (size_t)(memory->reserved / HD_UNDO_BLOCK) * sizeof *memory->stamps;
}

static void unmap(hd_memory *memory) {
    if (memory->stamps) munmap(memory->stamps, stamps_size(memory));
    munmap(memory->base, memory->reserved);
    pthread_mutex_destroy(&memory->queue_lock);
    hd_free(memory);
}

/* Zeroes a memory: small ones at once, of large ones the pages that were touched. */
static bool clear(hd_memory *memory) {
    enum { MOST_AT_ONCE = 1 << 17 };
    uint64_t length = atomic_load_explicit(&memory->length, memory_order_relaxed);
    if (length > MOST_AT_ONCE) return madvise(memory->base, length, MADV_DONTNEED) == 0;
    memset(memory->base, 0, length);
    return true;
}

/* Keeps a memory for the next one of its type; false if it cannot be kept. */
static bool keep(hd_memory *memory) {
    enum { MOST_KEPT = 16 }; /* of one round */
    hd_memory_pool *pool = memory->pool;
    if (!pool || memory->undo || pool->released.len >= MOST_KEPT) return false;
    return hd_vec_reserve(&pool->released, 1) && clear(memory) &&
           hd_vec_push(&pool->released, memory);
}

void hd_memory_release(hd_memory *memory) {
    /* Every use of the memory happens-before the last drop, and that before the unmapping. */
    if (atomic_fetch_sub_explicit(&memory->references, 1, memory_order_acq_rel) != 1) return;
    assert(!memory->first && "an agent waits on a memory that it holds no reference to");
    if (!keep(memory)) unmap(memory);
}

static bool same_type(const hd_limits *a, const hd_limits *b) {
    return a->min == b->min && a->has_max == b->has_max && (!a->has_max || a->max == b->max) &&
           a->shared == b->shared && a->is64 == b->is64;
}

hd_memory *hd_memory_new_in(hd_memory_pool *pool, const hd_limits *type, hd_diag *diag) {
    for (size_t i = 0; pool && i < pool->ready.len; i++) {
        hd_memory *memory = pool->ready.items[i];
        if (!same_type(&memory->type, type)) continue;
        pool->ready.items[i] = pool->ready.items[--pool->ready.len];
        atomic_store_explicit(&memory->length, type->min * HD_PAGE_SIZE, memory_order_relaxed);
        atomic_store_explicit(&memory->references, 1, memory_order_relaxed);
        return memory;
    }
    hd_memory *memory = hd_memory_new(type, diag);
    if (memory) memory->pool = pool;
    return memory;
}

void hd_memory_pool_turn(hd_memory_pool *pool) {
    enum { MOST_READY = 32 };
    for (size_t i = 0; i < pool->released.len; i++) {
        hd_memory *memory = pool->released.items[i];
        if (pool->ready.len >= MOST_READY || !hd_vec_push(&pool->ready, memory)) unmap(memory);
    }
    pool->released.len = 0;
}

void hd_memory_pool_free(hd_memory_pool *pool) {
    for (size_t i = 0; i < pool->ready.len; i++)
        unmap(pool->ready.items[i]);
    for (size_t i = 0; i < pool->released.len; i++)
        unmap(pool->released.items[i]);
    hd_vec_free(&pool->ready);
    hd_vec_free(&pool->released);
}

/* Only the stamps of blocks that are written cost memory. */
bool hd_memory_log(hd_memory *memory, hd_undo *log) {
    if (!memory->stamps) {
        void *stamps = mmap(NULL, stamps_size(memory), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (stamps == MAP_FAILED) return false;
        memory->stamps = stamps;
    }
    memory->undo = log;
    return true;
}

void hd_memory_save_blocks(hd_memory *memory, uint64_t address, uint64_t width) {
    if (width == 0) return;
    hd_undo *log = memory->undo;
    for (uint64_t b = address / HD_UNDO_BLOCK; b <= (address + width - 1) / HD_UNDO_BLOCK; b++) {
        if (memory->stamps[b] == log->epoch) continue;
        memory->stamps[b] = log->epoch;
        hd_undo_save_bytes(log, memory->base + b * HD_UNDO_BLOCK, HD_UNDO_BLOCK);
    }
}

uint64_t hd_memory_grow(hd_memory *memory, uint64_t delta) {
    uint64_t maximum = maximum_pages(&memory->type);
    uint64_t length = atomic_load(&memory->length), grown;
    HD_UNDO_SAVE(memory->undo, memory->length);
    do {
        if (delta > maximum - length / HD_PAGE_SIZE) return UINT64_MAX;
        grown = length + delta * HD_PAGE_SIZE;
        /* Before the length is published: whoever reads it may touch the pages. If another agent's
         * growth comes first, they stay accessible beyond the length, where no access goes. */
        if (!make_accessible(memory->base + length, grown - length)) return UINT64_MAX;
    } while (!atomic_compare_exchange_weak(&memory->length, &length, grown));
    return length / HD_PAGE_SIZE;
}

bool hd_memory_may_grow(const hd_memory *memory, uint64_t delta) {
    return delta <= maximum_pages(&memory->type) - atomic_load(&memory->length) / HD_PAGE_SIZE;
}

uint64_t hd_memory_peek(const hd_memory *memory, uint64_t address, uint64_t length,
                        unsigned *width) {
    uint64_t size = atomic_load(&memory->length), value = 0;
    uint64_t left = address < size ? size - address : 0;
    if (length > left) length = left;
    if (length > sizeof value) length = sizeof value;
    if (length > 0) memcpy(&value, memory->base + address, length);
    if (width) *width = (unsigned)length;
    return value;
}

uint8_t *hd_memory_data(hd_memory *memory, uint64_t *length) {
    *length = atomic_load(&memory->length);
    return memory->base;
}
