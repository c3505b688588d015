/* bytes.h: a growable array of bytes, and what is appended to it. */
#ifndef HD_BASE_BYTES_H
#define HD_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

typedef HD_VEC(uint8_t) hd_bytes;

/* A varint: unsigned LEB128 of at most 64 bits (hd_read_u64 of reader.h). */
enum { HD_VARINT_MOST = 10 };

/* Append; false when memory is out: the array is unchanged. */
bool hd_bytes_add(hd_bytes *bytes, const void *from, size_t length);
bool hd_bytes_add_varint(hd_bytes *bytes, uint64_t value);

#endif
