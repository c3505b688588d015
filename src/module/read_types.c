/* read_types.c: value types and block types in the binary format (core specification 3.0, section
 * 5.3), as far as they can be read without the module. See instr.h. */
#include "module/instr.h"

enum { REF = 0x64, REF_NULL = 0x63, EMPTY = 0x40 };

/* Codes of types are signed LEB128 of 7 bits: one byte, without the bit that says that more follow.
 */
static uint8_t read_type_code(hd_reader *r) {
    uint64_t start = hd_reader_offset(r);
    uint8_t code = hd_read_u8(r);
    if (code & 0x80) {
        hd_reader_fail(r, HD_MALFORMED, start, "integer representation too long: type code");
        return 0;
    }
    return code;
}

/* True of the code of a heap type, which alone stands for the references to it with null. */
static bool is_heap_type(uint8_t code) {
    return code == HD_FUNCREF || code == HD_EXTERNREF || code == HD_EXNREF ||
           (code >= HD_NULLEXTERNREF && code <= HD_NULLEXNREF);
}

static bool is_valtype(uint8_t code) {
    return (code >= HD_V128 && code <= HD_I32) || is_heap_type(code);
}

/* True of the codes of heap types that Heddle lacks: any, eq, i31, struct, array, none. */
static bool is_other_heap_type(uint8_t code) {
    return (code >= 0x6A && code <= 0x6E) || code == 0x71;
}

/* Fails for a code that is none of a type's; `what` is expected. The codes of proposals that Heddle
 * lacks are told by their names. */
static hd_valtype no_type(hd_reader *r, uint64_t start, uint8_t code, const char *what) {
    if (is_other_heap_type(code))
        hd_reader_fail(r, HD_UNSUPPORTED, start,
                       "the garbage collection proposal is not supported");
    else if (code == 0x68 || code == 0x75)
        hd_reader_fail(r, HD_UNSUPPORTED, start, "the stack switching proposal is not supported");
    else
        hd_reader_fail(r, HD_MALFORMED, start, "malformed %s type 0x%02x", what, code);
    return 0;
}

hd_valtype hd_read_heaptype(hd_reader *r) {
    uint64_t start = hd_reader_offset(r);
    int64_t index = hd_read_s33(r);
    if (index >= 0) return hd_ref_null_to(index < HD_MAX_TYPES ? (uint32_t)index : HD_MAX_TYPES);
    uint8_t code = index < -0x40 ? 0 : (uint8_t)(index & 0x7F);
    return is_heap_type(code) ? code : no_type(r, start, code, "heap");
}

/* A reference type whose code was read. */
static hd_valtype read_reference(hd_reader *r, uint64_t start, uint8_t code, const char *what) {
    if (code == REF) return hd_read_heaptype(r) | HD_NON_NULL;
    if (code == REF_NULL) return hd_read_heaptype(r);
    return is_heap_type(code) ? code : no_type(r, start, code, what);
}

hd_valtype hd_read_valtype(hd_reader *r) {
    uint64_t start = hd_reader_offset(r);
    uint8_t code = read_type_code(r);
    return is_valtype(code) ? code : read_reference(r, start, code, "value");
}

hd_valtype hd_read_reftype(hd_reader *r) {
    uint64_t start = hd_reader_offset(r);
    return read_reference(r, start, read_type_code(r), "reference");
}

void hd_read_block_type(hd_reader *r, hd_instr *in) {
    in->has_type = false;
    in->type = 0;
    uint8_t code = hd_reader_left(r) > 0 ? *r->pos : 0;
    if (code == EMPTY) {
        r->pos++;
    } else if (is_valtype(code) || is_other_heap_type(code) || code == REF || code == REF_NULL) {
        in->type = hd_read_valtype(r);
    } else {
        uint64_t start = hd_reader_offset(r);
        int64_t index = hd_read_s33(r);
        if (index < 0) hd_reader_fail(r, HD_MALFORMED, start, "malformed block type");
        in->has_type = true;
        in->index = (uint32_t)index;
    }
}
