/* utf8.c: see utf8.h. */
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

size_t hd_utf8_decode(const char *bytes, size_t left, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *p = (const uint8_t *)bytes;
    uint32_t value = p[0];
    size_t length = value < 0x80 ? 1 : value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
    if (length > 1) {
        if (p[0] < 0xC0 || p[0] > 0xF7 || left < length) return 0;
        value = p[0] & (0x7Fu >> length);
        for (size_t i = 1; i < length; i++) {
            if ((p[i] & 0xC0) != 0x80) return 0;
            value = value << 6 | (p[i] & 0x3F);
        }
        bool surrogate = value >= 0xD800 && value <= 0xDFFF;
        if (value < least[length] || value > 0x10FFFF || surrogate) return 0;
    }
    if (code) *code = value;
    return length;
}

bool hd_utf8_is_valid(const char *bytes, size_t length) {
    for (size_t i = 0, step; i < length; i += step)
        if ((step = hd_utf8_decode(bytes + i, length - i, NULL)) == 0) return false;
    return true;
}

bool hd_is_control(uint32_t code) {
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     /* C0, DEL, C1 */
        {0x61C, 0x61C},   {0x200E, 0x200F}, /* marks of direction */
        {0x2028, 0x202E},                   /* separators; embeddings and overrides */
        {0x2066, 0x2069},                   /* isolates */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

size_t hd_escape_next(char to[HD_ESCAPE_ROOM], const char *bytes, size_t left, size_t *length) {
    uint32_t code;
    *length = hd_utf8_decode(bytes, left, &code);
    if (*length == 0) {
        *length = 1;
        return (size_t)snprintf(to, HD_ESCAPE_ROOM, "\\%02x", (unsigned char)bytes[0]);
    }
    if (hd_is_control(code))
        return (size_t)snprintf(to, HD_ESCAPE_ROOM, code < 0x80 ? "\\%02x" : "\\u{%x}", code);
    memcpy(to, bytes, *length);
    return *length;
}

size_t hd_escape(char *to, size_t size, const char *bytes, size_t length) {
    size_t used = 0;
    for (size_t i = 0, step; i < length; i += step) {
        char text[HD_ESCAPE_ROOM];
        size_t room = hd_escape_next(text, bytes + i, length - i, &step);
        if (used + room >= size) break;
        memcpy(to + used, text, room);
        used += room;
    }
    to[used] = '\0';
    return used;
}
