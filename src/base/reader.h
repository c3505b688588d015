/* reader.h: reads bytes and LEB128 integers out of a bounded buffer.
 *
 * Section 5.2 of the core specification (values of the binary format). The reader never passes its
 * end. The first failure is recorded in the diagnostics with its offset; from then on every read
 * returns 0 and the reader stands at its end, so that loops over counts terminate by themselves. */
#ifndef HD_BASE_READER_H
#define HD_BASE_READER_H

#include <stddef.h>
#include <string.h>

#include "base/diag.h"

typedef struct hd_reader {
    const uint8_t *pos, *end;
    const uint8_t *origin; /* offset 0 of messages */
    hd_diag *diag;
} hd_reader;

/* The offset of the next byte, from the origin. */
static inline uint64_t hd_reader_offset(const hd_reader *r) {
    return (uint64_t)(r->pos - r->origin);
}

/* Bytes that remain. */
static inline size_t hd_reader_left(const hd_reader *r) {
    return (size_t)(r->end - r->pos);
}

/* Records an error at `offset` and moves the reader to its end; returns the status now held. */
hd_status hd_reader_fail(hd_reader *r, hd_status status, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));

/* The slow parts of the LEB128 readers below; not for other callers. */
uint32_t hd_read_u32_slow(hd_reader *r);
int32_t hd_read_s32_slow(hd_reader *r);
uint8_t hd_read_u8_end(hd_reader *r);

static inline uint8_t hd_read_u8(hd_reader *r) {
    return r->pos < r->end ? *r->pos++ : hd_read_u8_end(r);
}

/* Unsigned LEB128 of at most 32 bits: "integer representation too long", "integer too large". */
static inline uint32_t hd_read_u32(hd_reader *r) {
    if (r->pos < r->end && *r->pos < 0x80) return *r->pos++;
    return hd_read_u32_slow(r);
}

/* Signed LEB128 of 32, 33 and 64 bits. */
static inline int32_t hd_read_s32(hd_reader *r) {
    if (r->pos < r->end && *r->pos < 0x80) return (int32_t)((uint32_t)*r->pos++ << 25) >> 25;
    return hd_read_s32_slow(r);
}
int64_t hd_read_s33(hd_reader *r);
int64_t hd_read_s64(hd_reader *r);

/* Unsigned LEB128 of at most 64 bits. */
uint64_t hd_read_u64(hd_reader *r);

/* Returns the next `count` bytes and passes them, or NULL ("unexpected end") when fewer remain. */
const uint8_t *hd_read_bytes(hd_reader *r, size_t count);

/* Little-endian integers of fixed width. */
uint32_t hd_read_fixed32(hd_reader *r);
uint64_t hd_read_fixed64(hd_reader *r);

#endif
