/* 64-bit arithmetic: primes of 62 bits by the Miller-Rabin test.
 *
 * Modular products by Montgomery's method, which needs the high half of a 64-by-64-bit product: i64
 * multiplications, shifts and comparisons, and hardly any memory. n is the number of odd candidates
 * that are tested. */
#include "bench.h"

/* The high 64 bits of a * b. */
static uint64_t multiply_high(uint64_t a, uint64_t b) {
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32);
    uint64_t other = a0 * b1 + (uint32_t)middle;
    return a1 * b1 + (middle >> 32) + (other >> 32);
}

/* The inverse of an odd number modulo 2^64. Each of Newton's steps doubles the bits that are right,
 * and x * x = 1 modulo 8, so x itself is right in three. */
static uint64_t inverse(uint64_t x) {
    uint64_t y = x;
    for (int bits = 3; bits < 64; bits *= 2)
        y *= 2 - x * y;
    return y;
}

/* a * b / 2^64 modulo m, for odd m < 2^63. */
static uint64_t multiply(uint64_t a, uint64_t b, uint64_t m, uint64_t m_inverse) {
    uint64_t high = multiply_high(a, b);
    uint64_t correction = multiply_high(a * b * m_inverse, m);
    return high >= correction ? high - correction : high - correction + m;
}

static int is_probably_prime(uint64_t m) {
    uint64_t m_inverse = inverse(m);
    uint64_t one = -m % m; /* 2^64 modulo m stands for one in Montgomery's form */
    uint64_t minus_one = m - one;
    uint64_t two = one + one >= m ? one + one - m : one + one;
    uint64_t odd = m - 1, power = one;
    int twos = 0;
    for (; !(odd & 1); odd >>= 1)
        twos++;
    for (int bit = 63; bit >= 0; bit--) {
        power = multiply(power, power, m, m_inverse);
        if (odd >> bit & 1) power = multiply(power, two, m, m_inverse);
    }
    if (power == one || power == minus_one) return 1;
    while (--twos > 0) {
        power = multiply(power, power, m, m_inverse);
        if (power == minus_one) return 1;
    }
    return 0;
}

int32_t run(int32_t n) {
    uint32_t sum = 0;
    uint64_t candidate = (UINT64_C(1) << 62) - 1;
    for (int32_t i = 0; i < n; i++, candidate -= 2)
        if (is_probably_prime(candidate)) sum = sum * 31 + (uint32_t)candidate;
    return checksum(sum);
}
