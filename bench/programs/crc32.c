/* Integer hashing: CRC-32 (IEEE 802.3) of a megabyte, one byte at a time.
 *
 * Each step is a byte load, a table look-up that depends on it, a shift and an exclusive or: a
 * chain with nothing to overlap. n is the number of passes. */
#include <stddef.h>

#include "bench.h"

#define SIZE (1 << 20)
#define POLYNOMIAL 0xedb88320 /* bits reversed */

static uint32_t table[256];
static uint8_t buffer[SIZE];

static void make_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
        table[byte] = crc;
    }
}

static uint32_t crc32(uint32_t crc, const uint8_t *bytes, size_t size) {
    crc = ~crc;
    for (size_t i = 0; i < size; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
    return ~crc;
}

int32_t run(int32_t n) {
    uint32_t seed = 1, crc = 0;
    make_table();
    for (size_t i = 0; i < SIZE; i++)
        buffer[i] = (uint8_t)next_random(&seed);
    for (int32_t i = 0; i < n; i++)
        crc = crc32(crc, buffer, SIZE);
    return checksum(crc);
}
