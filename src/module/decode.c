/* decode.c: a module's header and the order and size of its sections (core specification, section
 * 5.5), and what every section's reader leans on. */
#include <stdio.h>
#include <string.h>

#include "module/internal.h"

void hd_loader_invalid(hd_loader *l, uint64_t offset, const char *format, ...) {
    char message[sizeof l->invalid.message];
    va_list arguments;
    if (!hd_loader_valid(l)) return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    hd_diag_at_offset(&l->invalid, HD_INVALID, offset, "%s", message);
}

void *hd_loader_nomem(hd_loader *l) {
    hd_reader_fail(&l->r, HD_NOMEM, HD_NO_OFFSET, "out of memory");
    return NULL;
}

void *hd_loader_alloc(hd_loader *l, size_t count, size_t size) {
    void *block = hd_arena_alloc(&l->module->arena, count, size);
    return block ? block : hd_loader_nomem(l);
}

void *hd_loader_extend(hd_loader *l, const void *array, uint32_t count, uint32_t extra, size_t size,
                       size_t least) {
    size_t room = hd_reader_left(&l->r) / least + 1;
    void *grown = hd_loader_alloc(l, count + (extra < room ? extra : room), size);
    if (grown && count > 0) memcpy(grown, array, count * size);
    return grown;
}

void hd_loader_declare(hd_loader *l, uint32_t function) {
    /* Nothing declares before the function section, which settles the count. */
    if (!l->declared) l->declared = hd_calloc(l->module->function_count, 1);
    if (l->declared)
        l->declared[function] = 1;
    else
        hd_loader_nomem(l);
}

bool hd_loader_index(hd_loader *l, uint64_t offset, const char *what, uint32_t index,
                     uint32_t count) {
    if (index < count) return true;
    hd_loader_invalid(l, offset, "unknown %s %u: the module has %u", what, index, count);
    return false;
}

static void load_header(hd_loader *l) {
    static const uint8_t magic[] = {0, 'a', 's', 'm'}, version[] = {1, 0, 0, 0};
    const uint8_t *bytes = hd_read_bytes(&l->r, sizeof magic);
    if (bytes && memcmp(bytes, magic, sizeof magic) != 0) {
        hd_reader_fail(&l->r, HD_MALFORMED, 0, "magic header not detected");
        return;
    }
    static const uint8_t component[] = {0x0D, 0, 1, 0};
    bytes = hd_read_bytes(&l->r, sizeof version);
    if (bytes && memcmp(bytes, component, sizeof component) == 0) {
        hd_reader_fail(&l->r, HD_UNSUPPORTED, sizeof magic,
                       "this is a component: the component model is not supported");
        return;
    }
    if (bytes && memcmp(bytes, version, sizeof version) != 0)
        hd_reader_fail(&l->r, HD_MALFORMED, sizeof magic, "unknown binary version");
}

typedef HD_VEC(hd_custom) custom_list;

/* Unlike other content, that of a custom section ends where the section does: nothing in it says
 * how long it is. */
static void load_custom(hd_loader *l, const uint8_t *end, custom_list *customs) {
    hd_reader r = {l->r.pos, end, l->r.origin, &l->diag};
    hd_custom custom = {.name = hd_decode_name(&r)};
    l->r.pos = end;
    custom.content = r.pos;
    custom.length = hd_reader_left(&r);
    if (hd_loader_ok(l) && !hd_vec_push(customs, custom)) hd_loader_nomem(l);
}

typedef struct section {
    void (*load)(hd_loader *l);
    uint8_t order; /* sections come in ascending order, each at most once */
} section;

enum { SECTION_CUSTOM = 0, SECTION_CODE = 10, SECTION_TAG = 13 };

static const section sections[] = {
    [1] = {hd_decode_types, 1},        [2] = {hd_decode_imports, 2},
    [3] = {hd_decode_functions, 3},    [4] = {hd_decode_tables, 4},
    [5] = {hd_decode_memories, 5},     [SECTION_TAG] = {hd_decode_tags, 6},
    [6] = {hd_decode_globals, 7},      [7] = {hd_decode_exports, 8},
    [8] = {hd_decode_start, 9},        [9] = {hd_decode_elements, 10},
    [12] = {hd_decode_data_count, 11}, [SECTION_CODE] = {hd_decode_code, 12},
    [11] = {hd_decode_data, 13},
};

static void load_section(hd_loader *l, uint8_t *order, custom_list *customs) {
    uint64_t start = hd_reader_offset(&l->r);
    uint8_t id = hd_read_u8(&l->r);
    bool off = id == SECTION_TAG && !(l->features & HD_FEATURE_EXCEPTIONS);
    if (id >= sizeof sections / sizeof *sections || off) {
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed section id %u", id);
        return;
    }
    if (id != SECTION_CUSTOM && sections[id].order <= *order) {
        hd_reader_fail(&l->r, HD_MALFORMED, start,
                       "unexpected content after last section: section %u is out of order", id);
        return;
    }
    uint32_t size = hd_read_count(&l->r);
    const uint8_t *content = l->r.pos;
    if (hd_reader_left(&l->r) < size) hd_read_bytes(&l->r, size); /* "unexpected end" */
    if (!hd_loader_ok(l)) return;
    if (id == SECTION_CUSTOM) {
        load_custom(l, content + size, customs);
        return;
    }
    *order = sections[id].order;
    if (id == SECTION_CODE) l->module->code_offset = hd_reader_offset(&l->r);
    sections[id].load(l);
    size_t read = (size_t)(l->r.pos - content);
    if (hd_loader_ok(l) && read != size)
        hd_reader_fail(&l->r, HD_MALFORMED, (uint64_t)(content - l->r.origin),
                       "section size mismatch: %u bytes declared, %zu read", size, read);
}

/* Rules across sections, when all of them were seen. */
static void check_whole(hd_loader *l) {
    const hd_module *m = l->module;
    uint64_t end = hd_reader_offset(&l->r);
    uint32_t defined = m->function_count - m->imported_functions;
    if (defined > 0 && m->code_offset == 0)
        hd_reader_fail(&l->r, HD_MALFORMED, end,
                       "function and code section have inconsistent lengths: %u and none", defined);
    if (l->has_data_count && l->data_count != m->data_count)
        hd_reader_fail(&l->r, HD_MALFORMED, end,
                       "data count and data section have inconsistent lengths: %u and %u",
                       l->data_count, m->data_count);
    if (l->data_use == HD_NO_OFFSET) return;
    /* Without any segment the index is wrong too, which is what the text format can express. */
    if (m->data_count > 0)
        hd_reader_fail(&l->r, HD_MALFORMED, l->data_use, "data count section required");
    else
        hd_loader_index(l, l->data_use, "data segment", l->data_used, 0);
}

static void load_customs(hd_loader *l, const custom_list *customs) {
    static const char name[] = "name";
    hd_module *m = l->module;
    m->customs =
        hd_loader_extend(l, customs->items, (uint32_t)customs->len, 0, sizeof *m->customs, 1);
    if (!m->customs) return;
    m->custom_count = (uint32_t)customs->len;
    for (uint32_t i = 0; i < m->custom_count; i++) {
        const hd_name *n = &m->customs[i].name;
        if (n->length == sizeof name - 1 && memcmp(n->bytes, name, n->length) == 0)
            hd_decode_name_section(m, &m->customs[i]);
    }
}

void hd_decode_module(hd_loader *l) {
    custom_list customs = {0};
    uint8_t order = 0;
    load_header(l);
    while (hd_loader_ok(l) && hd_reader_left(&l->r) > 0)
        load_section(l, &order, &customs);
    if (hd_loader_ok(l)) check_whole(l);
    if (hd_loader_ok(l) && hd_loader_valid(l)) load_customs(l, &customs);
    hd_vec_free(&customs);
}
