/* A program that ends: it copies the decimal digits of pseudo-random numbers into a buffer, byte by
 * byte. Its states resemble each other so closely that a careless fingerprint takes one for
 * another: "repeats itself for ever". */
#include "bench.h"

static char arena[1 << 20];
static char digits[16];

/* The digits of x, before the end of `digits`; where they begin. */
__attribute__((noinline)) static char *put(uint32_t x) {
    char *p = digits + 15;
    *p = 0;
    do
        *--p = (char)('0' + x % 10);
    while (x /= 10);
    *--p = 'k';
    return p;
}

/* Up to an aligned address first, as C libraries do. */
__attribute__((noinline)) static void copy(char *to, const char *from, uint32_t n) {
    for (; (uintptr_t)from % 4 && n; n--)
        *to++ = *from++;
    while (n--)
        *to++ = *from++;
}

int32_t run(int32_t n) {
    uint32_t seed = 12345, at = 0;
    for (int32_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        char *s = put(seed >> 14);
        uint32_t length = (uint32_t)(digits + 16 - s);
        if (at + length > sizeof arena) at = 0;
        copy(arena + at, s, length);
        at += length;
    }
    return checksum(at);
}
