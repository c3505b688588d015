/* chance.c: bytes to write to, random numbers, and numbers that are worth trying. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator.h"

static void *grow(void *items, size_t bytes) {
    void *grown = realloc(items, bytes);
    if (!grown) {
        fputs("generate: out of memory\n", stderr);
        exit(3);
    }
    return grown;
}

void gen_raw(gen_bytes *to, const void *bytes, size_t length) {
    if (length == 0) return;
    if (to->capacity - to->length < length) {
        to->capacity = 2 * to->capacity + length + 64;
        to->items = grow(to->items, to->capacity);
    }
    memcpy(to->items + to->length, bytes, length);
    to->length += length;
}

void gen_byte(gen_bytes *to, unsigned byte) {
    uint8_t one = (uint8_t)byte;
    gen_raw(to, &one, 1);
}

void gen_u32(gen_bytes *to, uint32_t value) {
    for (; value >= 0x80; value >>= 7)
        gen_byte(to, (value & 0x7F) | 0x80);
    gen_byte(to, value);
}

void gen_s64(gen_bytes *to, int64_t value) {
    for (; value < -64 || value > 63; value >>= 7)
        gen_byte(to, (unsigned)(value & 0x7F) | 0x80);
    gen_byte(to, (unsigned)(value & 0x7F));
}

void gen_name(gen_bytes *to, const char *name) {
    gen_u32(to, (uint32_t)strlen(name));
    gen_raw(to, name, strlen(name));
}

void gen_free(gen_bytes *bytes) {
    free(bytes->items);
    *bytes = (gen_bytes){0};
}

/* Capacities are powers of two, so that the count alone tells when to double. */
void *gen_enlarge(void *items, size_t count, size_t size) {
    if (count & (count - 1)) return items;
    return grow(items, (count ? 2 * count : 1) * size);
}

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). */
uint64_t gen_bits(gen_random *random) {
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

uint32_t gen_below(gen_random *random, uint32_t bound) {
    return (uint32_t)((gen_bits(random) >> 32) * bound >> 32);
}

bool gen_chance(gen_random *random, unsigned percent) {
    return gen_below(random, 100) < percent;
}

/* 2^n - 1, 2^n or 2^n + 1 of either sign: the limits of immediates are among them. */
static uint64_t near_power(gen_random *random, unsigned width) {
    uint64_t value = UINT64_C(1) << gen_below(random, width);
    value += gen_below(random, 3) - UINT64_C(1);
    return gen_chance(random, 50) ? value : -value;
}

uint64_t gen_i64(gen_random *random) {
    unsigned shift = gen_below(random, 64);
    switch (gen_below(random, 6)) {
    case 0:
    case 1: return gen_below(random, 20) - UINT64_C(4);
    case 2:
    case 3: return near_power(random, 64);
    case 4: return (uint64_t)(int64_t)(int32_t)gen_bits(random);
    default: return gen_bits(random) >> shift;
    }
}

uint32_t gen_i32(gen_random *random) {
    unsigned shift = gen_below(random, 32);
    switch (gen_below(random, 4)) {
    case 0:
    case 1: return gen_below(random, 20) - 4u;
    case 2: return (uint32_t)near_power(random, 32);
    default: return (uint32_t)gen_bits(random) >> shift;
    }
}

static const double floats[] = {
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3.0,
    0.1,
    1e10,
    -1e10,
    127.0,
    128.0,
    -129.0,
    65535.5,
    2147483647.0,
    2147483648.0,
    -2147483648.0,
    -2147483649.0,
    4294967295.0,
    4294967296.0,
    9223372036854774784.0,
    9223372036854775808.0,
    -9223372036854775808.0,
    18446744073709549568.0,
    18446744073709551616.0,
    8388607.5,
    8388608.0,
    4503599627370495.5,
    4503599627370496.0,
    1e38,
    3.5e38,
    1e-38,
    1e-45,
    1e308,
    2.3e-308,
    5e-324,
    __builtin_inf(),
    -__builtin_inf(),
    __builtin_nan(""),
};

static double some_float(gen_random *random) {
    return floats[gen_below(random, sizeof floats / sizeof *floats)];
}

/* One in four has random bits, NaNs with any payload among them. */
uint32_t gen_f32(gen_random *random) {
    uint32_t bits = (uint32_t)gen_bits(random);
    if (gen_chance(random, 10)) return bits | 0x7F800000;
    if (gen_chance(random, 15)) return bits;
    float value = gen_chance(random, 50) ? (float)some_float(random) : (float)(int16_t)bits / 16;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

uint64_t gen_f64(gen_random *random) {
    uint64_t bits = gen_bits(random);
    if (gen_chance(random, 10)) return bits | UINT64_C(0x7FF0000000000000);
    if (gen_chance(random, 15)) return bits;
    double value = gen_chance(random, 50) ? some_float(random) : (double)(int16_t)bits / 16;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
