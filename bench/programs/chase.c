/* Memory out of order: following pointers through 8 MiB.
 *
 * The cells form one cycle in random order, so that each load waits for the one before it and
 * misses the inner caches. This measures the machine more than the engine: an engine that is slower
 * here than native code adds work to the wait. n is the number of steps. */
#include "bench.h"

#define CELLS (2u << 20)

static uint32_t next[CELLS];

/* Sattolo's shuffle: a random permutation that is a single cycle. */
static void make_cycle(void) {
    uint32_t seed = 1;
    for (uint32_t i = 0; i < CELLS; i++)
        next[i] = i;
    for (uint32_t i = CELLS - 1; i > 0; i--) {
        uint32_t j = random_below(&seed, i), other = next[j];
        next[j] = next[i];
        next[i] = other;
    }
}

int32_t run(int32_t n) {
    uint32_t cell = 0, sum = 0;
    make_cycle();
    for (int32_t i = 0; i < n; i++) {
        cell = next[cell];
        sum += cell;
    }
    return checksum(sum);
}
