/* names.c: names of the binary format (core specification, section 5.2.4) and the name section
 * (appendix, "Name Section", and its extension to globals that LLD emits). */
#include <string.h>

#include "module/internal.h"

/* Bytes of the character at `p`, or 0 if it is not UTF-8: truncated, overlong, a surrogate or
 * beyond U+10FFFF. */
static size_t utf8_length(const uint8_t *p, const uint8_t *end) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = *p;
    if (first < 0x80) return 1;
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC0 || first > 0xF7 || (size_t)(end - p) < length) return 0;
    uint32_t value = first & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (p[i] & 0x3F);
    }
    bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    return value < least[length] || value > 0x10FFFF || surrogate ? 0 : length;
}

hd_name hd_decode_name(hd_reader *r) {
    uint32_t length = hd_read_count(r);
    uint64_t start = hd_reader_offset(r);
    const uint8_t *bytes = hd_read_bytes(r, length);
    if (!bytes) return (hd_name){"", 0};
    for (const uint8_t *p = bytes, *end = bytes + length; p < end;) {
        size_t step = utf8_length(p, end);
        if (step == 0) {
            uint64_t at = start + (uint64_t)(p - bytes);
            hd_reader_fail(r, HD_MALFORMED, at, "malformed UTF-8 encoding");
            return (hd_name){"", 0};
        }
        p += step;
    }
    return (hd_name){(const char *)bytes, length};
}

bool hd_name_is(hd_name name, const char *text) {
    return name.length == strlen(text) && memcmp(name.bytes, text, name.length) == 0;
}

/* Control characters of ASCII and of Latin-1. */
static bool is_control(const char *character) {
    unsigned char first = (unsigned char)character[0];
    if (first == 0xC2) return (unsigned char)character[1] < 0xA0;
    return first < 0x20 || first == 0x7F;
}

const char *hd_name_format(hd_name name, char *buffer, size_t size) {
    const uint8_t *bytes = (const uint8_t *)name.bytes, *end = bytes + name.length;
    size_t used = 0;
    for (size_t step; bytes < end; bytes += step) {
        step = utf8_length(bytes, end);
        bool shown = step > 0 && !is_control((const char *)bytes);
        size_t written = shown ? step : 1;
        if (step == 0) step = 1;
        if (used + written >= size) break;
        memcpy(buffer + used, shown ? (const char *)bytes : "?", written);
        used += written;
    }
    buffer[used] = '\0';
    return buffer;
}

static void load_function_names(hd_module *module, hd_reader *r) {
    uint32_t count = hd_read_count(r);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = hd_read_u32(r);
        hd_name name = hd_decode_name(r);
        if (r->diag->status != HD_OK) return;
        if (index < module->function_count) module->functions[index].name = name;
    }
}

static void load_global_names(hd_module *module, hd_reader *r) {
    uint32_t count = hd_read_count(r);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = hd_read_u32(r);
        hd_name name = hd_decode_name(r);
        if (r->diag->status != HD_OK) return;
        if (index < module->global_count) module->globals[index].name = name;
    }
}

void hd_decode_name_section(hd_module *module, const hd_custom *custom) {
    enum { MODULE_NAME = 0, FUNCTION_NAMES = 1, GLOBAL_NAMES = 7 };
    hd_diag ignored = HD_DIAG_INIT;
    hd_reader r = {custom->content, custom->content + custom->length, module->bytes, &ignored};
    while (hd_reader_left(&r) > 0) {
        uint8_t id = hd_read_u8(&r);
        uint32_t size = hd_read_count(&r);
        const uint8_t *content = hd_read_bytes(&r, size);
        if (!content) return;
        hd_reader sub = {content, content + size, module->bytes, &ignored};
        if (id == MODULE_NAME) {
            hd_name name = hd_decode_name(&sub);
            if (ignored.status == HD_OK) module->name = name;
        } else if (id == FUNCTION_NAMES) {
            load_function_names(module, &sub);
        } else if (id == GLOBAL_NAMES) {
            load_global_names(module, &sub);
        }
        if (ignored.status != HD_OK) return;
    }
}
