/* names.c: names of the binary format (core specification, section 5.2.4) and the name section
 * (appendix, "Name Section", and its extensions to globals, which LLD emits, and to tags). */
#include <string.h>

#include "base/utf8.h"
#include "module/internal.h"

hd_name hd_decode_name(hd_reader *r) {
    uint32_t length = hd_read_count(r);
    uint64_t start = hd_reader_offset(r);
    const uint8_t *bytes = hd_read_bytes(r, length);
    if (!bytes) return (hd_name){"", 0};
    for (const uint8_t *p = bytes, *end = bytes + length; p < end;) {
        size_t step = hd_utf8_decode((const char *)p, (size_t)(end - p), NULL);
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

const char *hd_name_format(hd_name name, char *buffer, size_t size) {
    hd_escape(buffer, size, name.bytes, name.length);
    return buffer;
}

/* Where the name of a thing of an index space goes, or NULL if there is no such thing. */
typedef hd_name *name_place(hd_module *module, uint32_t index);

static hd_name *function_name(hd_module *m, uint32_t index) {
    return index < m->function_count ? &m->functions[index].name : NULL;
}

static hd_name *global_name(hd_module *m, uint32_t index) {
    return index < m->global_count ? &m->globals[index].name : NULL;
}

static hd_name *tag_name(hd_module *m, uint32_t index) {
    return index < m->tag_count ? &m->tags[index].name : NULL;
}

static void load_names(hd_module *module, hd_reader *r, name_place *place) {
    uint32_t count = hd_read_count(r);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = hd_read_u32(r);
        hd_name name = hd_decode_name(r);
        if (r->diag->status != HD_OK) return;
        hd_name *to = place(module, index);
        if (to) *to = name;
    }
}

void hd_decode_name_section(hd_module *module, const hd_custom *custom) {
    enum { MODULE_NAME = 0, FUNCTION_NAMES = 1, GLOBAL_NAMES = 7, TAG_NAMES = 11 };
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
            load_names(module, &sub, function_name);
        } else if (id == GLOBAL_NAMES) {
            load_names(module, &sub, global_name);
        } else if (id == TAG_NAMES) {
            load_names(module, &sub, tag_name);
        }
        if (ignored.status != HD_OK) return;
    }
}
