/* reader.c: LEB128 with the specification's limits on length and unused bits. */
#include "base/reader.h"

#include <stdio.h>

hd_status hd_reader_fail(hd_reader *r, hd_status status, uint64_t offset, const char *format, ...) {
    va_list arguments;
    char message[sizeof r->diag->message];
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    r->pos = r->end;
    return hd_diag_at_offset(r->diag, status, offset, "%s", message);
}

static hd_status unexpected_end(hd_reader *r) {
    return hd_reader_fail(r, HD_MALFORMED, (uint64_t)(r->end - r->origin), "unexpected end");
}

uint8_t hd_read_u8_end(hd_reader *r) {
    unexpected_end(r);
    return 0;
}

/* Reads an unsigned LEB128 of `bits` bits: ceil(bits/7) bytes at most, and the bits of the last
 * byte beyond `bits` must be zero. */
static uint64_t read_unsigned(hd_reader *r, unsigned bits) {
    uint64_t start = hd_reader_offset(r), value = 0;
    for (unsigned shift = 0; r->pos < r->end; shift += 7) {
        uint8_t byte = *r->pos++;
        unsigned room = bits - shift;
        if (room < 7 && (byte & 0x7F) >> room) {
            const char *why = byte & 0x80 ? "integer representation too long" : "integer too large";
            hd_reader_fail(r, HD_MALFORMED, start, "%s", why);
            return 0;
        }
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) return value;
        if (room <= 7) {
            hd_reader_fail(r, HD_MALFORMED, start, "integer representation too long");
            return 0;
        }
    }
    unexpected_end(r);
    return 0;
}

/* Reads a signed LEB128 of `bits` bits: the unused bits of the last byte must repeat the sign. */
static int64_t read_signed(hd_reader *r, unsigned bits) {
    uint64_t start = hd_reader_offset(r), value = 0;
    for (unsigned shift = 0; r->pos < r->end; shift += 7) {
        uint8_t byte = *r->pos++;
        unsigned room = bits - shift;
        if (room < 7) {
            /* Sign bit and everything above it: all zero or all one. */
            uint8_t mask = (uint8_t)(0x7F & ~((1u << (room - 1)) - 1)), top = byte & mask;
            if (!(byte & 0x80) && top != 0 && top != mask) {
                hd_reader_fail(r, HD_MALFORMED, start, "integer too large");
                return 0;
            }
        }
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            unsigned used = shift + 7;
            return used < 64 ? (int64_t)(value << (64 - used)) >> (64 - used) : (int64_t)value;
        }
        if (room <= 7) {
            hd_reader_fail(r, HD_MALFORMED, start, "integer representation too long");
            return 0;
        }
    }
    unexpected_end(r);
    return 0;
}

uint32_t hd_read_u32_slow(hd_reader *r) {
    return (uint32_t)read_unsigned(r, 32);
}

int32_t hd_read_s32_slow(hd_reader *r) {
    return (int32_t)read_signed(r, 32);
}

int64_t hd_read_s33(hd_reader *r) {
    return read_signed(r, 33);
}

int64_t hd_read_s64(hd_reader *r) {
    return read_signed(r, 64);
}

uint64_t hd_read_u64(hd_reader *r) {
    return read_unsigned(r, 64);
}

const uint8_t *hd_read_bytes(hd_reader *r, size_t count) {
    if (hd_reader_left(r) < count) {
        unexpected_end(r);
        return NULL;
    }
    const uint8_t *bytes = r->pos;
    r->pos += count;
    return bytes;
}

uint32_t hd_read_fixed32(hd_reader *r) {
    uint8_t b[4] = {0};
    const uint8_t *bytes = hd_read_bytes(r, sizeof b);
    if (bytes) memcpy(b, bytes, sizeof b);
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

uint64_t hd_read_fixed64(hd_reader *r) {
    uint64_t low = hd_read_fixed32(r);
    return low | (uint64_t)hd_read_fixed32(r) << 32;
}
