/* Memory in order: the sieve of Eratosthenes over 4 MiB of bytes.
 *
 * Stores at a constant stride through more memory than the inner caches hold, in loops of three or
 * four instructions. n is the number of rounds; the checksum is n times the number of primes. */
#include "bench.h"

#define LIMIT (4u << 20)

static uint8_t composite[LIMIT];

static uint32_t count_primes(void) {
    uint32_t primes = 0;
    for (uint32_t i = 0; i < LIMIT; i++)
        composite[i] = i < 2;
    for (uint32_t i = 2; i * i < LIMIT; i++)
        if (!composite[i])
            for (uint32_t j = i * i; j < LIMIT; j += i)
                composite[j] = 1;
    for (uint32_t i = 0; i < LIMIT; i++)
        primes += !composite[i];
    return primes;
}

int32_t run(int32_t n) {
    uint32_t sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += count_primes();
    return checksum(sum);
}
