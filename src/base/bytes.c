/* bytes.c: see bytes.h. */
#include "base/bytes.h"

#include <string.h>

#include "base/alloc.h"

bool hd_bytes_add(hd_bytes *bytes, const void *from, size_t length) {
    if (length == 0) return true;
    if (!hd_vec_reserve(bytes, length)) return false;
    memcpy(bytes->items + bytes->len, from, length);
    bytes->len += length;
    return true;
}

bool hd_bytes_add_varint(hd_bytes *bytes, uint64_t value) {
    if (!hd_vec_reserve(bytes, HD_VARINT_MOST)) return false;
    for (; value >= 0x80; value >>= 7)
        bytes->items[bytes->len++] = (uint8_t)(value | 0x80);
    bytes->items[bytes->len++] = (uint8_t)value;
    return true;
}
