/* opcodes.c: the tables that expand from opcodes.def. */
#include "module/opcodes.h"

enum {
    TYPE_none = 0,
    TYPE_i32 = HD_I32,
    TYPE_i64 = HD_I64,
    TYPE_f32 = HD_F32,
    TYPE_f64 = HD_F64,
    TYPE_v128 = HD_V128,
};

const hd_opinfo hd_opcode_info[HD_OPCODE_COUNT] = {
#define HD_OP(code, id, text, shape, A, R, width)                                                  \
    [HD_OP_##id] = {text, code, HD_OPSHAPE_##shape, TYPE_##A, TYPE_##R, width},
#include "module/opcodes.def"
#undef HD_OP
};

const uint16_t hd_opcode_of_code[5 * 256] = {
#define HD_OP(code, id, text, shape, A, R, width) [HD_CODE_INDEX(code)] = HD_OP_##id + 1,
#include "module/opcodes.def"
#undef HD_OP
};
