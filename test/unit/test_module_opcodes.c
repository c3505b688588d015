/* test_module_opcodes.c: cases of the suite of module/ that walk the whole table of opcodes. */
#include <string.h>

#include <check.h>

#include "module/instr.h"
#include "suites.h"

TCase *module_opcodes_case(void);

typedef struct code {
    uint8_t bytes[160];
    size_t length;
} code;

static void put(code *to, uint8_t byte) {
    to->bytes[to->length++] = byte;
}

static void put_opcode(code *to, const hd_opinfo *info) {
    uint8_t low = (uint8_t)info->code;
    bool second = info->code >> 8 == HD_SECOND_PAGE;
    if (info->code >> 8) put(to, second ? 0xFD : (uint8_t)(info->code >> 8));
    put(to, second ? low | 0x80 : low);
    if (second || (info->code >> 8 && low & 0x80)) put(to, second ? 0x02 : 0x01); /* LEB128 */
}

static bool has_memarg(hd_opshape shape) {
    return (shape >= HD_OPSHAPE_LOAD && shape <= HD_OPSHAPE_NOTIFY) || shape >= HD_OPSHAPE_VLOAD;
}

/* Bytes of the immediates of a control instruction, when each is zero. */
static size_t control_immediates(hd_opcode opcode) {
    switch (opcode) {
    case HD_OP_unreachable:
    case HD_OP_nop:
    case HD_OP_else:
    case HD_OP_end:
    case HD_OP_return:
    case HD_OP_drop:
    case HD_OP_select:
    case HD_OP_pause:
    case HD_OP_throw_ref:
    case HD_OP_catch_all:
    case HD_OP_ref_is_null:
    case HD_OP_ref_as_non_null: return 0;
    case HD_OP_try_table:
    case HD_OP_br_table:
    case HD_OP_call_indirect:
    case HD_OP_return_call_indirect:
    case HD_OP_memory_init:
    case HD_OP_memory_copy:
    case HD_OP_table_init:
    case HD_OP_table_copy: return 2;
    default: return 1;
    }
}

static size_t constant_size(hd_valtype type) {
    return type == HD_F32 ? 4 : type == HD_F64 ? 8 : type == HD_V128 ? 16 : 1;
}

/* Appends immediates: zeros, natural alignment, and a reference type where one is needed. */
static void put_immediates(code *to, hd_opcode opcode) {
    const hd_opinfo *info = &hd_opcode_info[opcode];
    hd_opshape shape = (hd_opshape)info->shape;
    size_t zeros = 0;
    if (opcode == HD_OP_ref_null) {
        put(to, HD_FUNCREF);
    } else if (shape == HD_OPSHAPE_CTRL) {
        zeros = control_immediates(opcode);
    } else if (shape == HD_OPSHAPE_CONST) {
        zeros = constant_size((hd_valtype)info->result);
    } else if (has_memarg(shape)) {
        put(to, (uint8_t)__builtin_ctz(info->width));
        zeros = shape == HD_OPSHAPE_VLOADLANE || shape == HD_OPSHAPE_VSTORELANE ? 2 : 1;
    } else if (shape == HD_OPSHAPE_VSHUFFLE) {
        zeros = 16;
    } else if (shape == HD_OPSHAPE_VEXTRACT || shape == HD_OPSHAPE_VREPLACE ||
               shape == HD_OPSHAPE_FENCE) {
        zeros = 1;
    }
    while (zeros-- > 0)
        put(to, 0);
}

static void read_opcode(hd_opcode opcode) {
    code whole = {.length = 0};
    put_opcode(&whole, &hd_opcode_info[opcode]);
    put_immediates(&whole, opcode);
    for (size_t length = 0; length <= whole.length; length++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_reader r = {whole.bytes, whole.bytes + length, whole.bytes, &diag};
        hd_instr in;
        bool read = hd_instr_read(&r, HD_FEATURES_ALL, &in);
        ck_assert_msg(read == (length == whole.length), "%s of %zu bytes",
                      hd_opcode_info[opcode].text, length);
        ck_assert_uint_eq(hd_reader_left(&r), 0);
        if (!read) continue;
        ck_assert_int_eq(in.opcode, opcode);
        ck_assert_uint_eq(in.position, 0);
    }
}

START_TEST(every_opcode_is_read_with_its_immediates) {
    for (int i = 0; i < HD_OPCODE_COUNT; i++)
        read_opcode((hd_opcode)i);
}
END_TEST

START_TEST(codes_of_no_instruction_are_illegal) {
    static const uint8_t prefixes[] = {0, 0xFC, 0xFD, 0xFE};
    for (unsigned low = 0; low < 256; low++) {
        unsigned high = prefixes[_i];
        if (hd_opcode_of_code[HD_CODE_INDEX(high << 8 | low)]) continue;
        if (high == 0 && low >= 0xFC && low <= 0xFE) continue;
        uint8_t bytes[24] = {(uint8_t)low};
        if (high) {
            bytes[0] = (uint8_t)high;
            bytes[1] = (uint8_t)low;
            bytes[2] = low & 0x80 ? 1 : 0;
        }
        hd_diag diag = HD_DIAG_INIT;
        hd_reader r = {bytes, bytes + sizeof bytes, bytes, &diag};
        hd_instr in;
        ck_assert(!hd_instr_read(&r, HD_FEATURES_ALL, &in));
        ck_assert(diag.status == HD_UNSUPPORTED || strncmp(diag.message, "illegal opcode", 14) == 0);
    }
}
END_TEST

START_TEST(immediates_are_told) {
    static const uint8_t bytes[] = {
        0x41, 0x7F,                   /* i32.const -1 */
        0x43, 0x00, 0x00, 0x80, 0x3F, /* f32.const 1 */
        0x29, 0x43, 0x05, 0x90, 0x03, /* i64.load of memory 5, offset 400 */
        0x0E, 0x02, 0x07, 0x08, 0x09, /* br_table 7 8 9 */
        0x11, 0x03, 0x04,             /* call_indirect (type 3) of table 4 */
        0x02, 0x7E, 0x02, 0x85, 0x01, /* block of i64, of type 133 */
        0xFD, 0x57, 0x03, 0x01, 0x02, /* v128.load64_lane */
    };
    hd_diag diag = HD_DIAG_INIT;
    hd_reader r = {bytes, bytes + sizeof bytes, bytes, &diag};
    hd_instr in;
    ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
    ck_assert_uint_eq(in.bits, UINT32_MAX);
    ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
    ck_assert_uint_eq(in.bits, 0x3F800000);
    ck_assert_uint_eq(in.position, 2);
    ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
    ck_assert_uint_eq(in.index, 5);
    ck_assert_uint_eq(in.align * 1000 + in.offset, 3400);
    ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
    ck_assert_uint_eq(in.count, 2);
    ck_assert_uint_eq(in.items[2], 9);
    ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
    ck_assert_uint_eq(in.index * 10 + in.index2, 34);
    ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
    ck_assert(!in.has_type && in.type == HD_I64);
    ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
    ck_assert(in.has_type);
    ck_assert_uint_eq(in.index, 133);
    ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
    ck_assert_uint_eq(in.align * 100 + in.offset * 10 + in.lane, 312);
    ck_assert_uint_eq(hd_reader_left(&r), 0);
}
END_TEST

/* Operand types of an instruction that is not CTRL, the first one first, and their number. */
static size_t operands_of(const hd_opinfo *info, hd_valtype *types) {
    hd_valtype a = (hd_valtype)info->operand;
    switch ((hd_opshape)info->shape) {
    case HD_OPSHAPE_CTRL:
    case HD_OPSHAPE_CONST:
    case HD_OPSHAPE_FENCE: return 0;
    case HD_OPSHAPE_UN:
    case HD_OPSHAPE_UNTRAP:
    case HD_OPSHAPE_TEST:
    case HD_OPSHAPE_VSPLAT: types[0] = a; return 1;
    case HD_OPSHAPE_BIN:
    case HD_OPSHAPE_BINTRAP:
    case HD_OPSHAPE_CMP: types[0] = types[1] = a; return 2;
    case HD_OPSHAPE_LOAD:
    case HD_OPSHAPE_ALOAD:
    case HD_OPSHAPE_VLOAD: types[0] = HD_I32; return 1;
    case HD_OPSHAPE_STORE:
    case HD_OPSHAPE_ASTORE:
    case HD_OPSHAPE_VSTORE:
    case HD_OPSHAPE_ARMW:
    case HD_OPSHAPE_NOTIFY:
        types[0] = HD_I32;
        types[1] = a;
        return 2;
    case HD_OPSHAPE_ACMPXCHG:
        types[0] = HD_I32;
        types[1] = types[2] = a;
        return 3;
    case HD_OPSHAPE_WAIT:
        types[0] = HD_I32;
        types[1] = a;
        types[2] = HD_I64;
        return 3;
    case HD_OPSHAPE_VTERN: types[0] = types[1] = types[2] = HD_V128; return 3;
    case HD_OPSHAPE_VSHIFT:
        types[0] = HD_V128;
        types[1] = HD_I32;
        return 2;
    case HD_OPSHAPE_VEXTRACT: types[0] = HD_V128; return 1;
    case HD_OPSHAPE_VREPLACE:
        types[0] = HD_V128;
        types[1] = a;
        return 2;
    case HD_OPSHAPE_VSHUFFLE: types[0] = types[1] = HD_V128; return 2;
    case HD_OPSHAPE_VLOADLANE:
    case HD_OPSHAPE_VSTORELANE:
        types[0] = HD_I32;
        types[1] = HD_V128;
        return 2;
    }
    return 0;
}

static void put_constant(code *to, hd_valtype type) {
    switch (type) {
    case HD_I32: put(to, 0x41); break;
    case HD_I64: put(to, 0x42); break;
    case HD_F32: put(to, 0x43); break;
    case HD_F64: put(to, 0x44); break;
    default:
        put(to, 0xFD);
        put(to, 0x0C);
        break;
    }
    for (size_t zeros = constant_size(type); zeros > 0; zeros--)
        put(to, 0);
}

static void put_bytes(code *to, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        put(to, bytes[i]);
}

/* Loads a module of a shared memory and one function: constants of the types given, the
 * instruction, and what it leaves as the function's result. */
static hd_status load_use(hd_opcode opcode, const hd_valtype *operands, size_t count,
                          hd_diag *diag) {
    static const uint8_t header[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    static const uint8_t between[] = {3, 2, 1, 0, 5, 4, 1, 3, 1, 1}; /* function, memory */
    const hd_opinfo *info = &hd_opcode_info[opcode];
    const uint8_t type_of_none[] = {1, 4, 1, 0x60, 0, 0};
    const uint8_t type_of_one[] = {1, 5, 1, 0x60, 0, 1, info->result};
    code body = {.length = 0}, whole = {.length = 0};
    put(&body, 0); /* no locals */
    for (size_t i = 0; i < count; i++)
        put_constant(&body, operands[i]);
    put_opcode(&body, info);
    put_immediates(&body, opcode);
    put(&body, 0x0B);
    put_bytes(&whole, header, sizeof header);
    if (info->result)
        put_bytes(&whole, type_of_one, sizeof type_of_one);
    else
        put_bytes(&whole, type_of_none, sizeof type_of_none);
    put_bytes(&whole, between, sizeof between);
    put(&whole, 10);
    put(&whole, (uint8_t)(body.length + 2));
    put(&whole, 1);
    put(&whole, (uint8_t)body.length);
    put_bytes(&whole, body.bytes, body.length);
    hd_module *module;
    hd_diag_reset(diag);
    hd_status status = hd_module_load(whole.bytes, whole.length, &module, diag);
    hd_module_free(module);
    return status;
}

static void demand_signature(hd_opcode opcode) {
    hd_valtype operands[3] = {HD_I32, HD_I32, HD_I32};
    hd_diag diag;
    const hd_opinfo *info = &hd_opcode_info[opcode];
    if (info->shape == HD_OPSHAPE_CTRL) return;
    size_t count = operands_of(info, operands);
    hd_status status = load_use(opcode, operands, count, &diag);
    ck_assert_msg(status == HD_OK, "%s: %s", info->text, diag.message);
    for (size_t i = 0; i < count; i++) {
        hd_valtype right = operands[i];
        operands[i] = right == HD_F64 ? HD_F32 : HD_F64;
        status = load_use(opcode, operands, count, &diag);
        ck_assert_msg(status == HD_INVALID, "%s with a wrong operand %zu", info->text, i);
        ck_assert_int_eq(strncmp(diag.message, "type mismatch", 13), 0);
        operands[i] = right;
    }
    if (count == 0) return;
    status = load_use(opcode, operands + 1, count - 1, &diag);
    ck_assert_msg(status == HD_INVALID, "%s with an operand too few", info->text);
}

START_TEST(every_signature_is_demanded) {
    for (int i = 0; i < HD_OPCODE_COUNT; i++)
        demand_signature((hd_opcode)i);
}
END_TEST

TCase *module_opcodes_case(void) {
    TCase *opcodes = tcase_create("opcodes");
    tcase_set_timeout(opcodes, 60); /* seconds; sanitizers are slow */
    tcase_add_test(opcodes, every_opcode_is_read_with_its_immediates);
    tcase_add_loop_test(opcodes, codes_of_no_instruction_are_illegal, 0, 4);
    tcase_add_test(opcodes, immediates_are_told);
    tcase_add_test(opcodes, every_signature_is_demanded);
    return opcodes;
}
