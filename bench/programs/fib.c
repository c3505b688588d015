/* Recursion: Fibonacci numbers, the slow way.
 *
 * Nothing but calls, compares and additions, so the time is that of call and return. (clang turns
 * the second of the two calls into a loop; the first remains.) n is the index of the number. */
#include "bench.h"

static uint32_t fib(uint32_t n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int32_t run(int32_t n) {
    return checksum(fib((uint32_t)n));
}
