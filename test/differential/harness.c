/* harness.c: what a generated module exports to be run and looked at, all without parameters:
 *
 *   run0, run1, ...   fill the fuel, call a function with constants, return its results
 *   globals           the values of the globals
 *   sum               a checksum of the memory, and its size
 *   nulls             which elements of table 1 are null
 *
 * Results are integers: floats as their bits, a v128 as two halves, a reference as whether it is
 * null. */
#include <stdio.h>
#include <stdlib.h>

#include "generator.h"

enum { STATE_EXPORTS = 3 };

static const char *const state_names[STATE_EXPORTS] = {"globals", "sum", "nulls"};

uint32_t gen_harness_functions(const gen_module *m) {
    return m->runs + STATE_EXPORTS;
}

/* --- types */

static void add_bits(gen_list *list, gen_kind kind) {
    bool wide = kind == GEN_I64 || kind == GEN_X64 || kind == GEN_V128;
    list->kinds[list->count++] = wide ? GEN_I64 : GEN_I32;
    if (kind == GEN_V128) list->kinds[list->count++] = GEN_I64;
}

/* Run n calls each function in turn. */
static uint32_t function_of_run(const gen_module *m, uint32_t run) {
    return m->imported_functions + run % (m->function_count - m->imported_functions);
}

static gen_list globals_list(const gen_module *m) {
    gen_list list = {0};
    for (uint32_t i = 0; i < m->global_count && list.count + 2 <= GEN_MAX_LIST; i++)
        add_bits(&list, m->globals[i].kind);
    return list;
}

static gen_list results_of(const gen_module *m, uint32_t harness_function) {
    gen_list list = {0};
    if (harness_function < m->runs) {
        const gen_list *results =
            &gen_signature_of(m, function_of_run(m, harness_function))->results;
        for (unsigned i = 0; i < results->count; i++)
            add_bits(&list, results->kinds[i]);
        return list;
    }
    switch (harness_function - m->runs) {
    case 0: return globals_list(m);
    case 1: return (gen_list){2, {GEN_I64, GEN_I32}};
    default: return (gen_list){1, {GEN_I32}};
    }
}

void gen_harness_types(gen_module *m, gen_bytes *functions) {
    for (uint32_t i = 0; i < gen_harness_functions(m); i++) {
        const gen_signature signature = {.results = results_of(m, i)};
        gen_u32(functions, gen_type_index(m, &signature));
    }
}

void gen_harness_exports(const gen_module *m, gen_bytes *exports, uint32_t *count) {
    for (uint32_t i = 0; i < gen_harness_functions(m); i++, ++*count) {
        char name[16];
        snprintf(name, sizeof name, "run%u", i);
        gen_name(exports, i < m->runs ? name : state_names[i - m->runs]);
        gen_byte(exports, 0);
        gen_u32(exports, m->function_count + i);
    }
}

/* --- code */

/* Turns the value on top of the stack into its bits; a v128 by way of a local. */
static void bits_of(gen_bytes *to, gen_kind kind, uint32_t local) {
    switch (kind) {
    case GEN_X32: gen_opcode(to, GEN_OP_i32_reinterpret_f32); break;
    case GEN_X64: gen_opcode(to, GEN_OP_i64_reinterpret_f64); break;
    case GEN_REF: gen_opcode(to, GEN_OP_ref_is_null); break;
    case GEN_V128:
        for (unsigned lane = 0; lane < 2; lane++) {
            gen_opcode(to, lane ? GEN_OP_local_get : GEN_OP_local_tee);
            gen_u32(to, local);
            gen_opcode(to, GEN_OP_i64x2_extract_lane);
            gen_byte(to, lane);
        }
        break;
    default: break;
    }
}

/* Locals of the types of `list`, a run each. */
static void declare(gen_bytes *to, const gen_list *list) {
    gen_u32(to, list->count);
    for (unsigned i = 0; i < list->count; i++) {
        gen_u32(to, 1);
        gen_byte(to, gen_valtype(list->kinds[i]));
    }
}

/* The results of the call go to locals, the last one first, since only the topmost can be
 * converted. */
static void run_body(gen_module *m, uint32_t run, gen_bytes *to) {
    uint32_t function = function_of_run(m, run);
    const gen_signature *signature = gen_signature_of(m, function);
    const gen_list *results = &signature->results;
    declare(to, results);
    gen_opcode(to, GEN_OP_i32_const);
    gen_s64(to, 20 + (int64_t)gen_below(&m->random, 100));
    gen_opcode(to, GEN_OP_global_set);
    gen_u32(to, GEN_FUEL);
    for (unsigned i = 0; i < signature->params.count; i++)
        gen_constant(to, &m->random, signature->params.kinds[i]);
    gen_opcode(to, GEN_OP_call);
    gen_u32(to, function);
    for (unsigned i = results->count; i-- > 0;) {
        gen_opcode(to, GEN_OP_local_set);
        gen_u32(to, i);
    }
    for (unsigned i = 0; i < results->count; i++) {
        gen_opcode(to, GEN_OP_local_get);
        gen_u32(to, i);
        bits_of(to, results->kinds[i], i);
    }
    gen_opcode(to, GEN_OP_end);
}

static void globals_body(const gen_module *m, gen_bytes *to) {
    static const gen_list v128 = {1, {GEN_V128}};
    static const gen_list none = {0};
    declare(to, m->features.simd ? &v128 : &none);
    gen_list list = {0};
    for (uint32_t i = 0; i < m->global_count && list.count + 2 <= GEN_MAX_LIST; i++) {
        gen_opcode(to, GEN_OP_global_get);
        gen_u32(to, i);
        bits_of(to, m->globals[i].kind, 0);
        add_bits(&list, m->globals[i].kind);
    }
    gen_opcode(to, GEN_OP_end);
}

/* What the loops below are made of: locals 0, i, and 1, the result; and how i goes on. */
enum { I, RESULT, NO_RESULT = 0x40 };

static void add_to_i(gen_bytes *to, unsigned step) {
    gen_opcode(to, GEN_OP_local_get);
    gen_u32(to, I);
    gen_opcode(to, GEN_OP_i32_const);
    gen_s64(to, step);
    gen_opcode(to, GEN_OP_i32_add);
    gen_opcode(to, GEN_OP_local_tee);
    gen_u32(to, I);
}

/* Goes on unless the two topmost values are equal; then gives the result. */
static void end_loop(gen_bytes *to) {
    static const uint8_t code[] = {GEN_OP_i32_ne, GEN_OP_br_if,     0,
                                   GEN_OP_end,    GEN_OP_local_get, RESULT};
    gen_raw(to, code, sizeof code);
}

/* for (i = 0; i != memory.size * 65536; i += 8) sum = rotl(sum ^ load(i), 13) * 95599637 */
static void sum_body(const gen_module *m, gen_bytes *to) {
    static const uint8_t head[] = {2,         1,
                                   HD_I32,    1,
                                   HD_I64,    GEN_OP_loop,
                                   NO_RESULT, GEN_OP_local_get,
                                   RESULT,    GEN_OP_local_get,
                                   I,         GEN_OP_i64_load};
    static const uint8_t mix[] = {GEN_OP_i64_xor, GEN_OP_i64_const, 13, GEN_OP_i64_rotl,
                                  GEN_OP_i64_const};
    static const uint8_t keep[] = {GEN_OP_i64_mul, GEN_OP_local_set, RESULT};
    static const uint8_t bytes[] = {GEN_OP_i32_const, 16, GEN_OP_i32_shl};
    gen_raw(to, head, sizeof head);
    gen_memarg(to, m, 3, 0);
    gen_raw(to, mix, sizeof mix);
    gen_s64(to, 95599637);
    gen_raw(to, keep, sizeof keep);
    add_to_i(to, 8);
    gen_opcode(to, GEN_OP_memory_size);
    gen_u32(to, m->memory);
    gen_raw(to, bytes, sizeof bytes);
    end_loop(to);
    gen_opcode(to, GEN_OP_memory_size);
    gen_u32(to, m->memory);
    gen_opcode(to, GEN_OP_end);
}

/* for (i = 0; i != table.size; i++) nulls = nulls << 1 | ref.is_null(table.get(i)) */
static void nulls_body(gen_bytes *to) {
    static const uint8_t code[] = {1,
                                   2,
                                   HD_I32,
                                   GEN_OP_loop,
                                   NO_RESULT,
                                   GEN_OP_local_get,
                                   RESULT,
                                   GEN_OP_i32_const,
                                   1,
                                   GEN_OP_i32_shl,
                                   GEN_OP_local_get,
                                   I,
                                   GEN_OP_table_get,
                                   1,
                                   GEN_OP_ref_is_null,
                                   GEN_OP_i32_or,
                                   GEN_OP_local_set,
                                   RESULT};
    gen_raw(to, code, sizeof code);
    add_to_i(to, 1);
    gen_opcode(to, GEN_OP_table_size);
    gen_u32(to, 1);
    end_loop(to);
    gen_opcode(to, GEN_OP_end);
}

void gen_harness_code(gen_module *m, gen_bytes *code) {
    for (uint32_t i = 0; i < gen_harness_functions(m); i++) {
        gen_bytes body = {0};
        if (i < m->runs) {
            run_body(m, i, &body);
        } else if (i == m->runs) {
            globals_body(m, &body);
        } else if (i == m->runs + 1) {
            sum_body(m, &body);
        } else {
            nulls_body(&body);
        }
        gen_u32(code, (uint32_t)body.length);
        gen_raw(code, body.items, body.length);
        gen_free(&body);
    }
}
