/* random.h: a small seeded generator (SplitMix64: Steele, Lea, Flood; OOPSLA 2014), the same on
 * every machine. For schedules, not for secrets. */
#ifndef HD_SCHED_RANDOM_H
#define HD_SCHED_RANDOM_H

#include <stdint.h>

typedef struct hd_random {
    uint64_t state;
} hd_random;

static inline uint64_t hd_random_next(hd_random *r) {
    uint64_t z = r->state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

/* A number below `bound`, which is not 0. The bias of taking the upper bits of a product is below
 * 2^-32 for bounds of 32 bits. */
static inline uint64_t hd_random_below(hd_random *r, uint64_t bound) {
    return (uint64_t)((unsigned __int128)hd_random_next(r) * bound >> 64);
}

#endif
