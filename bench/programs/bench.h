/* What every benchmark program shares: its one entry point, and a source of repeatable numbers.
 *
 * A program is freestanding C11: no library, no import, no I/O. It does n units of work and returns
 * a checksum of the results, so that an engine which computes nonsense quickly is found out. */
#ifndef HEDDLE_BENCH_H
#define HEDDLE_BENCH_H

#include <stdint.h>

/* Does n units of work; returns a checksum that is never negative. The table `list` says which n.
 */
int32_t run(int32_t n);

/* Checksums stay below 2^31, because engines disagree on whether to print an i32 signed. */
static inline int32_t checksum(uint32_t sum) {
    return (int32_t)(sum & 0x7fffffff);
}

/* The next number of Marsaglia's 32-bit xorshift sequence; *state must not be zero. */
static inline uint32_t next_random(uint32_t *state) {
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

/* A pseudo-random number below limit, without a division. */
static inline uint32_t random_below(uint32_t *state, uint32_t limit) {
    return (uint32_t)(((uint64_t)next_random(state) * limit) >> 32);
}

#endif
