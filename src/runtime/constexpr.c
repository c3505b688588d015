/* constexpr.c: evaluation of constant expressions.
 *
 * Core specification, "Constant Expressions" (section 3.3.10), with the additions, subtractions and
 * multiplications of the extended-const proposal. Walks bytes that validation has accepted, and so
 * checks nothing again. */
#include <assert.h>

#include "base/reader.h"
#include "base/vec.h"
#include "module/opcodes.h"
#include "runtime/internal.h"

/* The operand stack. Its top is kept apart: almost every expression is one instruction, which then
 * needs no memory. Only integers can lie below the top, since only they have operators. */
typedef struct operands {
    hd_slot top[2];
    bool empty;
    HD_VEC(uint64_t) below;
} operands;

/* Pushes a zero for the caller to set; false when memory is out. */
static bool push(operands *stack) {
    if (!stack->empty && !hd_vec_push(&stack->below, stack->top[0].i64)) return false;
    stack->empty = false;
    stack->top[0].i64 = stack->top[1].i64 = 0;
    return true;
}

static void apply(operands *stack, hd_opcode op) {
    uint64_t a = stack->below.items[--stack->below.len], b = stack->top[0].i64;
    uint64_t result = 0;
    switch (op) {
    case HD_OP_i32_add:
    case HD_OP_i64_add: result = a + b; break;
    case HD_OP_i32_sub:
    case HD_OP_i64_sub: result = a - b; break;
    case HD_OP_i32_mul:
    case HD_OP_i64_mul: result = a * b; break;
    default: assert(0 && "an operator that validation accepts"); break;
    }
    stack->top[0].i64 = hd_opcode_info[op].result == HD_I32 ? (uint32_t)result : result;
}

static hd_opcode read_opcode(hd_reader *r) {
    unsigned code = hd_read_u8(r);
    if (code >= 0xFC) code = code << 8 | (hd_read_u32(r) & 0xFF);
    unsigned row = hd_opcode_of_code[HD_CODE_INDEX(code)];
    assert(row > 0);
    return (hd_opcode)(row - 1);
}

/* Reads the immediate of an instruction that pushes a value into the top. */
static void read_value(hd_reader *r, hd_opcode op, const hd_instance *instance, hd_slot top[2]) {
    switch (op) {
    case HD_OP_i32_const: top[0].i64 = (uint32_t)hd_read_s32(r); break;
    case HD_OP_i64_const: top[0].i64 = (uint64_t)hd_read_s64(r); break;
    case HD_OP_f32_const: top[0].i64 = hd_read_fixed32(r); break;
    case HD_OP_f64_const: top[0].i64 = hd_read_fixed64(r); break;
    case HD_OP_v128_const:
        top[0].i64 = hd_read_fixed64(r);
        top[1].i64 = hd_read_fixed64(r);
        break;
    case HD_OP_ref_null: hd_read_s33(r); break;
    case HD_OP_ref_func: top[0].ref = instance->funcs[hd_read_u32(r)]; break;
    case HD_OP_global_get: {
        const hd_global *global = instance->globals[hd_read_u32(r)];
        top[0] = global->value[0];
        top[1] = global->value[1];
        break;
    }
    default: assert(0 && "an instruction that validation accepts"); break;
    }
}

bool hd_constexpr_eval(const hd_instance *instance, hd_expr expr, hd_slot value[2]) {
    hd_diag diag = HD_DIAG_INIT;
    hd_reader r = {expr.start, expr.end, instance->module->bytes, &diag};
    operands stack = {.empty = true};
    bool done = true;
    for (hd_opcode op; (op = read_opcode(&r)) != HD_OP_end;) {
        if (hd_opcode_info[op].shape == HD_OPSHAPE_BIN) {
            apply(&stack, op);
            continue;
        }
        done = push(&stack);
        if (!done) break;
        read_value(&r, op, instance, stack.top);
    }
    assert(diag.status == HD_OK);
    value[0] = stack.top[0];
    value[1] = stack.top[1];
    hd_vec_free(&stack.below);
    return done;
}
