/* Deep recursion: Ackermann's function.
 *
 * Where fib stays some 30 calls deep, this climbs to a depth of about a thousand and back again and
 * again, which exercises an engine's stack: how it grows, and what a frame costs when it is not in
 * the cache. n is the number of rounds. */
#include "bench.h"

static uint32_t ackermann(uint32_t m, uint32_t n) {
    if (m == 0) return n + 1;
    if (n == 0) return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

int32_t run(int32_t n) {
    uint32_t sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum = sum * 31 + ackermann(3, 6 + (uint32_t)(i & 1));
    return checksum(sum);
}
