/* access.h: how an access of a module to its memory becomes one of the host.
 *
 * Threads proposal, relaxed.rst: a non-atomic access of a module may race. A race between agents
 * must never be undefined behaviour of this program, and an aligned access must not tear. So every
 * plain access is one volatile access of its width, the form in which both supported compilers
 * promise a single load or store and no more; under ThreadSanitizer, which would report it, it is a
 * relaxed atomic where aligned and bytes where not. Atomic accesses are sequentially consistent.
 *
 * Memory is little endian. Addresses are host addresses, in bounds; atomic ones are aligned. */
#ifndef HD_RUNTIME_ACCESS_H
#define HD_RUNTIME_ACCESS_H

#include <stdint.h>
#include <string.h>

#include "module/types.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Heddle needs a little-endian host"
#endif

#if defined(__SANITIZE_THREAD__)
#define HD_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HD_TSAN 1
#endif
#endif

/* hd_load_T, hd_store_T: plain accesses; hd_atomic_load_T, …: sequentially consistent ones. */
#ifdef HD_TSAN
#define HD_PLAIN_ACCESS(T, name)                                                                   \
    static inline T hd_load_##name(const uint8_t *p) {                                             \
        if ((uintptr_t)p % sizeof(T) == 0) return __atomic_load_n((const T *)p, __ATOMIC_RELAXED); \
        T value = 0;                                                                               \
        for (unsigned i = 0; i < sizeof(T); i++)                                                   \
            value |= (T)((T)__atomic_load_n(p + i, __ATOMIC_RELAXED) << 8 * i);                    \
        return value;                                                                              \
    }                                                                                              \
    static inline void hd_store_##name(uint8_t *p, T value) {                                      \
        if ((uintptr_t)p % sizeof(T) == 0) {                                                       \
            __atomic_store_n((T *)p, value, __ATOMIC_RELAXED);                                     \
            return;                                                                                \
        }                                                                                          \
        for (unsigned i = 0; i < sizeof(T); i++)                                                   \
            __atomic_store_n(p + i, (uint8_t)(value >> 8 * i), __ATOMIC_RELAXED);                  \
    }
#else
#define HD_PLAIN_ACCESS(T, name)                                                                   \
    typedef T hd_unaligned_##name __attribute__((aligned(1), may_alias));                          \
    static inline T hd_load_##name(const uint8_t *p) {                                             \
        return *(const volatile hd_unaligned_##name *)p;                                           \
    }                                                                                              \
    static inline void hd_store_##name(uint8_t *p, T value) {                                      \
        *(volatile hd_unaligned_##name *)p = value;                                                \
    }
#endif

#define HD_ATOMIC_ACCESS(T, name)                                                                  \
    static inline T hd_atomic_load_##name(const uint8_t *p) {                                      \
        return __atomic_load_n((const T *)p, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    static inline void hd_atomic_store_##name(uint8_t *p, T value) {                               \
        __atomic_store_n((T *)p, value, __ATOMIC_SEQ_CST);                                         \
    }                                                                                              \
    static inline T hd_atomic_add_##name(uint8_t *p, T value) {                                    \
        return __atomic_fetch_add((T *)p, value, __ATOMIC_SEQ_CST);                                \
    }                                                                                              \
    static inline T hd_atomic_sub_##name(uint8_t *p, T value) {                                    \
        return __atomic_fetch_sub((T *)p, value, __ATOMIC_SEQ_CST);                                \
    }                                                                                              \
    static inline T hd_atomic_and_##name(uint8_t *p, T value) {                                    \
        return __atomic_fetch_and((T *)p, value, __ATOMIC_SEQ_CST);                                \
    }                                                                                              \
    static inline T hd_atomic_or_##name(uint8_t *p, T value) {                                     \
        return __atomic_fetch_or((T *)p, value, __ATOMIC_SEQ_CST);                                 \
    }                                                                                              \
    static inline T hd_atomic_xor_##name(uint8_t *p, T value) {                                    \
        return __atomic_fetch_xor((T *)p, value, __ATOMIC_SEQ_CST);                                \
    }                                                                                              \
    static inline T hd_atomic_xchg_##name(uint8_t *p, T value) {                                   \
        return __atomic_exchange_n((T *)p, value, __ATOMIC_SEQ_CST);                               \
    }                                                                                              \
    /* Returns the value found, which equals `expected` if and only if it was replaced. */         \
    static inline T hd_atomic_cmpxchg_##name(uint8_t *p, T expected, T value) {                    \
        __atomic_compare_exchange_n((T *)p, &expected, value, 0, __ATOMIC_SEQ_CST,                 \
                                    __ATOMIC_SEQ_CST);                                             \
        return expected;                                                                           \
    }

/* atomic.fence. ThreadSanitizer knows no fences; what it models instead orders as much. */
static inline void hd_atomic_fence(void) {
#ifdef HD_TSAN
    static uint32_t total_order;
    __atomic_fetch_add(&total_order, 1, __ATOMIC_SEQ_CST);
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

HD_PLAIN_ACCESS(uint8_t, u8)
HD_PLAIN_ACCESS(uint16_t, u16)
HD_PLAIN_ACCESS(uint32_t, u32)
HD_PLAIN_ACCESS(uint64_t, u64)
HD_ATOMIC_ACCESS(uint8_t, u8)
HD_ATOMIC_ACCESS(uint16_t, u16)
HD_ATOMIC_ACCESS(uint32_t, u32)
HD_ATOMIC_ACCESS(uint64_t, u64)

/* Floats move as they are: no conversion may quiet a NaN. */
#ifdef HD_TSAN
#define HD_PLAIN_FLOAT(T, name, bits)                                                              \
    static inline T hd_load_##name(const uint8_t *p) {                                             \
        uint##bits##_t raw = hd_load_u##bits(p);                                                   \
        T value;                                                                                   \
        memcpy(&value, &raw, sizeof value);                                                        \
        return value;                                                                              \
    }                                                                                              \
    static inline void hd_store_##name(uint8_t *p, T value) {                                      \
        uint##bits##_t raw;                                                                        \
        memcpy(&raw, &value, sizeof raw);                                                          \
        hd_store_u##bits(p, raw);                                                                  \
    }
HD_PLAIN_FLOAT(float, f32, 32)
HD_PLAIN_FLOAT(double, f64, 64)
#undef HD_PLAIN_FLOAT
#else
HD_PLAIN_ACCESS(float, f32)
HD_PLAIN_ACCESS(double, f64)
#endif

#undef HD_PLAIN_ACCESS
#undef HD_ATOMIC_ACCESS

#endif
