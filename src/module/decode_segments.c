/* decode_segments.c: element and data segments (core specification, sections 5.5.12, 5.5.14 and
 * 5.5.16). */
#include "module/internal.h"

/* The bits of an element segment's flags; those of a data segment are the first and the second. */
enum {
    FLAG_NOT_ACTIVE = 1,
    FLAG_INDEX = 2, /* active: names its table or memory; else, of elements: declarative */
    FLAG_EXPRESSIONS = 4,
};

static uint32_t load_function_index(hd_loader *l) {
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t index = hd_read_u32(&l->r);
    if (hd_loader_ok(l) && hd_loader_index(l, start, "function", index, l->module->function_count))
        hd_loader_declare(l, index);
    return index;
}

static void load_element_functions(hd_loader *l, hd_elemdef *element) {
    element->count = hd_read_count(&l->r);
    uint32_t *functions = hd_loader_extend(l, NULL, 0, element->count, sizeof *functions, 1);
    for (uint32_t i = 0; i < element->count && hd_loader_ok(l); i++)
        functions[i] = load_function_index(l);
    element->functions = functions;
}

static void load_element_expressions(hd_loader *l, hd_elemdef *element) {
    element->count = hd_read_count(&l->r);
    hd_expr *expressions = hd_loader_extend(l, NULL, 0, element->count, sizeof *expressions, 1);
    for (uint32_t i = 0; i < element->count && hd_loader_ok(l); i++)
        expressions[i] = hd_decode_constexpr(l, element->type);
    element->expressions = expressions;
}

/* Reads what the segment holds: by default functions, of which indices give no null; a kind or type
 * is given if the flags name a table or say that there is none. */
static hd_valtype load_element_type(hd_loader *l, uint32_t flags) {
    hd_valtype functions = HD_FUNCREF;
    if (!(flags & FLAG_EXPRESSIONS) && l->features & HD_FEATURE_FUNCTION_REFERENCES)
        functions |= HD_NON_NULL;
    if (!(flags & (FLAG_NOT_ACTIVE | FLAG_INDEX))) return functions;
    if (flags & FLAG_EXPRESSIONS) return hd_decode_reftype(l);
    uint64_t start = hd_reader_offset(&l->r);
    uint8_t kind = hd_read_u8(&l->r);
    if (kind != 0)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed element kind 0x%02x", kind);
    return functions;
}

static void check_element_type(hd_loader *l, uint64_t start, const hd_elemdef *element) {
    hd_valtype table = l->module->tables[element->table].type.element;
    if (!hd_valtype_matches(element->type, table))
        hd_loader_invalid(l, start, "type mismatch: elements of type %s for a table of %s",
                          hd_valtype_name(element->type), hd_valtype_name(table));
}

static void load_element(hd_loader *l, hd_elemdef *element) {
    static const hd_segment_mode inactive[] = {HD_SEGMENT_PASSIVE, HD_SEGMENT_DECLARATIVE};
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t flags = hd_read_u32(&l->r);
    if (flags > (FLAG_NOT_ACTIVE | FLAG_INDEX | FLAG_EXPRESSIONS))
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed elements segment kind %u", flags);
    bool active = !(flags & FLAG_NOT_ACTIVE), known = false;
    element->mode = active ? HD_SEGMENT_ACTIVE : inactive[flags & FLAG_INDEX ? 1 : 0];
    if (active) {
        if (flags & FLAG_INDEX) element->table = hd_read_u32(&l->r);
        known = hd_loader_index(l, start, "table", element->table, l->module->table_count);
        element->offset = hd_decode_constexpr(
            l, known ? hd_address_type(&l->module->tables[element->table].type.limits) : HD_I32);
    }
    element->type = load_element_type(l, flags);
    if (known) check_element_type(l, start, element);
    if (flags & FLAG_EXPRESSIONS)
        load_element_expressions(l, element);
    else
        load_element_functions(l, element);
}

void hd_decode_elements(hd_loader *l) {
    hd_module *m = l->module;
    uint32_t count = hd_read_count(&l->r);
    hd_elemdef *elements = hd_loader_extend(l, NULL, 0, count, sizeof *elements, 3);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++)
        load_element(l, &elements[i]);
    m->elements = elements;
    m->element_count = count;
}

void hd_decode_data_count(hd_loader *l) {
    l->data_count = hd_read_u32(&l->r);
    l->has_data_count = true;
}

static void load_data_segment(hd_loader *l, hd_datadef *data) {
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t flags = hd_read_u32(&l->r);
    if (flags > FLAG_INDEX)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed data segment kind %u", flags);
    data->mode = flags & FLAG_NOT_ACTIVE ? HD_SEGMENT_PASSIVE : HD_SEGMENT_ACTIVE;
    if (data->mode == HD_SEGMENT_ACTIVE) {
        if (flags & FLAG_INDEX) data->memory = hd_read_u32(&l->r);
        bool known = hd_loader_index(l, start, "memory", data->memory, l->module->memory_count);
        data->offset = hd_decode_constexpr(
            l, known ? hd_address_type(&l->module->memories[data->memory]) : HD_I32);
    }
    data->length = hd_read_count(&l->r);
    data->bytes = hd_read_bytes(&l->r, data->length);
}

void hd_decode_data(hd_loader *l) {
    hd_module *m = l->module;
    uint32_t count = hd_read_count(&l->r);
    hd_datadef *data = hd_loader_extend(l, NULL, 0, count, sizeof *data, 2);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++)
        load_data_segment(l, &data[i]);
    m->data = data;
    m->data_count = count;
}
