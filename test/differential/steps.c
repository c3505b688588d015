/* steps.c: the straight-line steps of random bodies: operations, variables, memory, tables. */
#include "generator.h"

/* --- operations */

static void mask(gen_body *body, int32_t bits) {
    gen_i32_const(body, bits);
    gen_emit(body, GEN_OP_i32_and);
    gen_pop_kind(body);
}

static void computed_address(gen_body *body, unsigned width, bool aligned, int effort) {
    static const uint8_t i32 = GEN_I32;
    static const int32_t masks[] = {0xF8, 0xFF8, 0x7FF8, 0x3F, 0xFF, 0x7FFF};
    gen_need(body, &i32, 1, effort);
    mask(body, masks[gen_below(body->random, aligned && width > 1 ? 3 : 6)]);
}

/* Values that are small without being masked: bits counted, locals that count. */
static void small_address(gen_body *body, int effort) {
    static const uint16_t codes[] = {GEN_OP_i32_clz, GEN_OP_i32_ctz, GEN_OP_i32_popcnt,
                                     GEN_OP_i32_eqz};
    if (gen_chance(body->random, 50)) {
        for (uint32_t i = 0; i < body->local_count; i++) {
            if (!body->locals[i].reserved || gen_chance(body->random, 30)) continue;
            gen_local_op(body, GEN_OP_local_get, i);
            return;
        }
    }
    static const uint8_t i32 = GEN_I32;
    gen_need(body, &i32, 1, effort);
    gen_emit(body, codes[gen_below(body->random, 4)]);
}

/* Any address; one that is not aligned is in bounds, for engines may look at either first. */
static uint32_t wild_address(gen_body *body, unsigned width, bool aligned) {
    if (aligned && gen_chance(body->random, 50)) {
        gen_i32_const(body, (int32_t)gen_below(body->random, 1000));
        return gen_below(body->random, 1000);
    }
    if (gen_chance(body->random, 50)) {
        gen_i32_const(body, (int32_t)(gen_i32(body->random) & (aligned ? -width : ~0u)));
    } else {
        gen_value(body, GEN_I32, 1);
        if (aligned) mask(body, -(int32_t)width);
    }
    return gen_i32(body->random) & (aligned ? -width : ~0u);
}

uint32_t gen_address(gen_body *body, unsigned width, bool aligned, int effort) {
    gen_random *random = body->random;
    if (gen_trap_now(body)) return wild_address(body, width, aligned);
    unsigned way = gen_below(random, 10);
    uint32_t offset = gen_below(random, gen_chance(random, 50) ? 16 : 0x7000);
    if (aligned) offset &= -width;
    if (way < 4) {
        uint32_t address = gen_below(random, 256);
        /* The last bytes of the first page are in bounds. */
        if (gen_chance(random, 10)) {
            address = gen_below(random, GEN_FIRST_PAGE - width + 1);
            offset = GEN_FIRST_PAGE - width - address;
        }
        gen_i32_const(body, (int32_t)(aligned ? address & -width : address));
        return aligned ? offset & -width : offset;
    }
    if (way < 6 && !aligned) {
        small_address(body, effort);
    } else {
        computed_address(body, width, aligned, effort);
    }
    return offset;
}

static unsigned exponent(unsigned width) {
    unsigned result = 0;
    while (1u << result < width)
        result++;
    return result;
}

static bool is_atomic(const gen_operation *o) {
    return o->group == GEN_ATOMIC;
}

static void access_memory(gen_body *body, const gen_operation *o, int effort) {
    bool wait = o->shape == HD_OPSHAPE_WAIT;
    uint32_t offset = gen_address(body, o->width, is_atomic(o), effort);
    for (unsigned i = 1; i < o->count; i++) {
        /* Nobody notifies: a wait ends by time, at once. */
        if (wait && i == 2) {
            gen_emit(body, GEN_OP_i64_const);
            gen_s64(&body->code, gen_below(body->random, 1000));
            gen_push_kind(body, GEN_I64);
        } else {
            gen_value(body, (gen_kind)o->operands[i], effort);
        }
    }
    gen_emit(body, o->code);
    unsigned natural = exponent(o->width);
    unsigned align = is_atomic(o) ? natural : gen_below(body->random, natural + 1);
    gen_memarg(&body->code, body->module, align, offset);
    if (o->lanes) gen_byte(&body->code, gen_below(body->random, o->lanes));
}

/* Makes a divisor that is not 0. */
static void guard_divisor(gen_body *body, gen_kind kind) {
    gen_emit(body, kind == GEN_I32 ? GEN_OP_i32_const : GEN_OP_i64_const);
    gen_s64(&body->code, 1 + (int64_t)gen_below(body->random, 100));
    gen_emit(body, kind == GEN_I32 ? GEN_OP_i32_or : GEN_OP_i64_or);
}

/* Makes a float that every integer type can hold. */
static void guard_truncation(gen_body *body) {
    gen_settle(body);
    bool narrow = body->stack[body->height - 1] == GEN_X32;
    static const uint8_t codes[2][2] = {{GEN_OP_f64_max, GEN_OP_f64_min},
                                        {GEN_OP_f32_max, GEN_OP_f32_min}};
    float limits32[] = {0, (float)gen_below(body->random, 1000)};
    double limits64[] = {0, gen_below(body->random, 1000) / 3.0};
    for (unsigned i = 0; i < 2; i++) {
        gen_emit(body, narrow ? GEN_OP_f32_const : GEN_OP_f64_const);
        if (narrow) {
            gen_raw(&body->code, &limits32[i], sizeof *limits32);
        } else {
            gen_raw(&body->code, &limits64[i], sizeof *limits64);
        }
        gen_emit(body, codes[narrow][i]);
    }
}

static void emit_immediates(gen_body *body, const gen_operation *o) {
    if (o->shape == HD_OPSHAPE_VSHUFFLE)
        for (int i = 0; i < 16; i++)
            gen_byte(&body->code, gen_below(body->random, 32));
    if (o->shape == HD_OPSHAPE_FENCE) gen_byte(&body->code, 0);
    if (o->lanes) gen_byte(&body->code, gen_below(body->random, o->lanes));
}

/* In lanes that are no number, zero: value & (value == value). */
static void settle_lanes(gen_body *body, unsigned eq) {
    uint32_t local = gen_own_local(body, GEN_W128);
    gen_local_op(body, GEN_OP_local_tee, local);
    gen_local_op(body, GEN_OP_local_get, local);
    gen_local_op(body, GEN_OP_local_get, local);
    gen_emit(body, eq);
    gen_emit(body, GEN_OP_v128_and);
    gen_pop_kinds(body, 2);
}

void gen_operate(gen_body *body, const gen_operation *o, int effort) {
    if (o->width > 0) {
        access_memory(body, o, effort);
    } else {
        gen_need(body, o->operands, o->count, effort);
        if (!gen_trap_now(body)) {
            if (o->shape == HD_OPSHAPE_BINTRAP) guard_divisor(body, (gen_kind)o->result);
            if (o->shape == HD_OPSHAPE_UNTRAP) guard_truncation(body);
        }
        gen_emit(body, o->code);
        emit_immediates(body, o);
    }
    gen_pop_kinds(body, o->count);
    if (o->result != GEN_NONE) gen_push_kind(body, (gen_kind)o->result);
    if (o->settle) settle_lanes(body, o->settle);
}

static void operation_step(gen_body *body) {
    static const uint8_t groups[] = {GEN_ALU,   GEN_ALU,   GEN_ALU,  GEN_ALU,   GEN_COMPARE,
                                     GEN_FLOAT, GEN_FLOAT, GEN_LOAD, GEN_STORE, GEN_STORE};
    const gen_features *features = &body->module->features;
    gen_group group = (gen_group)groups[gen_below(body->random, sizeof groups)];
    if (features->simd && gen_chance(body->random, 35)) group = GEN_SIMD;
    if (features->atomics && gen_chance(body->random, 20)) group = GEN_ATOMIC;
    gen_choices among = gen_operations_in(group);
    const gen_operation *o = among.items[gen_below(body->random, (uint32_t)among.count)];
    /* To wait on a memory that is not shared is a trap. */
    if (o->shape == HD_OPSHAPE_WAIT && !body->module->shared && !gen_trap_now(body)) return;
    gen_operate(body, o, 2);
}

/* --- variables */

static gen_kind some_kind(gen_body *body) {
    return (gen_kind)gen_below(body->random, body->module->features.simd ? GEN_REF : GEN_V128);
}

static void write_local(gen_body *body) {
    if (gen_own_height(body) == 0 || gen_chance(body->random, 40))
        gen_value(body, some_kind(body), 2);
    int64_t local = gen_local_for_write(body, (gen_kind)body->stack[body->height - 1]);
    if (local >= 0)
        gen_local_op(body, gen_chance(body->random, 50) ? GEN_OP_local_set : GEN_OP_local_tee,
                     (uint32_t)local);
}

/* local = local + something, in which an operation may write the local itself. */
static void update_local(gen_body *body) {
    gen_kind kind = some_kind(body);
    int64_t local = gen_local_for_write(body, kind);
    gen_choices among = gen_operations_for(kind);
    if (local < 0 || among.count == 0) return;
    unsigned stale = gen_below(body->random, 3); /* entries that stand for the old value */
    while (stale-- > 0)
        gen_local_op(body, GEN_OP_local_get, (uint32_t)local);
    gen_local_op(body, GEN_OP_local_get, (uint32_t)local);
    gen_operate(body, among.items[gen_below(body->random, (uint32_t)among.count)], 1);
    if (gen_fits((gen_kind)body->stack[body->height - 1], body->locals[local].kind))
        gen_local_op(body, gen_chance(body->random, 50) ? GEN_OP_local_set : GEN_OP_local_tee,
                     (uint32_t)local);
}

/* a, b = b, a, which must not lose either. */
static void swap_locals(gen_body *body) {
    gen_kind kind = some_kind(body);
    int64_t a = gen_local_for_write(body, kind);
    if (a < 0) return;
    kind = body->locals[a].kind;
    int64_t b = gen_local_for_write(body, kind);
    if (b < 0 || body->locals[b].kind != kind) return;
    gen_local_op(body, GEN_OP_local_get, (uint32_t)a);
    gen_local_op(body, GEN_OP_local_get, (uint32_t)b);
    gen_local_op(body, GEN_OP_local_set, (uint32_t)a);
    gen_local_op(body, gen_chance(body->random, 50) ? GEN_OP_local_set : GEN_OP_local_tee,
                 (uint32_t)b);
}

static void select_step(gen_body *body) {
    bool typed = gen_chance(body->random, 40);
    gen_kind kind = typed && gen_chance(body->random, 20) ? GEN_REF : some_kind(body);
    const uint8_t kinds[] = {(uint8_t)kind, (uint8_t)kind, GEN_I32};
    gen_need(body, kinds, 3, 2);
    gen_emit(body, typed ? GEN_OP_select_t : GEN_OP_select);
    if (typed) {
        gen_u32(&body->code, 1);
        gen_byte(&body->code, gen_valtype(kind));
    }
    gen_pop_kinds(body, 3);
    gen_push_kind(body, kind);
}

/* Many values at once, of which few are computed. */
static void pile_up(gen_body *body) {
    uint32_t count = 5 + gen_below(body->random, body->room);
    if (body->height + count > GEN_MAX_STACK / 2) return;
    while (count-- > 0) {
        gen_kind kind = some_kind(body);
        gen_value(body, kind, gen_chance(body->random, 20) ? 1 : 0);
    }
}

/* --- memory and tables */

/* Three operands of a bulk operation: two places or a place and a value, and a length. */
static void bulk_operands(gen_body *body, int32_t place, int32_t second, int32_t length) {
    const int32_t masks[] = {place, second, length};
    for (int i = 0; i < 3; i++) {
        gen_value(body, GEN_I32, 1);
        if (!gen_trap_now(body)) mask(body, masks[i]);
    }
    gen_pop_kinds(body, 3);
}

/* The immediate that names the memory. */
static void emit_memory(gen_body *body) {
    gen_u32(&body->code, body->module->memory);
}

static void memory_grow(gen_body *body) {
    gen_value(body, GEN_I32, 1);
    if (gen_chance(body->random, 95)) mask(body, 1);
    gen_emit(body, GEN_OP_memory_grow);
    emit_memory(body);
}

static void memory_step(gen_body *body) {
    switch (gen_below(body->random, 6)) {
    case 0:
        gen_emit(body, GEN_OP_memory_size);
        emit_memory(body);
        gen_push_kind(body, GEN_I32);
        break;
    case 1: memory_grow(body); break;
    case 2:
        bulk_operands(body, 0x7FFF, -1, 0xFF);
        gen_emit(body, GEN_OP_memory_fill);
        emit_memory(body);
        break;
    case 3:
        bulk_operands(body, 0x7FFF, 0xFFF, 0xFF);
        gen_emit(body, GEN_OP_memory_copy);
        emit_memory(body);
        emit_memory(body);
        break;
    case 4:
        bulk_operands(body, 0x7FF, GEN_PASSIVE_BYTES / 2 - 1, GEN_PASSIVE_BYTES / 2 - 1);
        gen_emit(body, GEN_OP_memory_init);
        gen_byte(&body->code, 1);
        emit_memory(body);
        break;
    default:
        if (!gen_trap_now(body)) break;
        gen_emit(body, GEN_OP_data_drop);
        gen_byte(&body->code, 1);
    }
}

/* Table 1; the first one serves calls. */
static void spare_index(gen_body *body) {
    gen_value(body, GEN_I32, 1);
    if (!gen_trap_now(body)) mask(body, 3);
}

static void table_access(gen_body *body, bool get) {
    spare_index(body);
    if (!get) gen_value(body, GEN_REF, 1);
    gen_pop_kinds(body, get ? 1 : 2);
    gen_emit(body, get ? GEN_OP_table_get : GEN_OP_table_set);
    gen_byte(&body->code, 1);
    if (get) gen_push_kind(body, GEN_REF);
}

static void table_grow(gen_body *body) {
    gen_value(body, GEN_REF, 1);
    gen_value(body, GEN_I32, 1);
    mask(body, 3);
    gen_pop_kinds(body, 2);
    gen_emit(body, GEN_OP_table_grow);
    gen_byte(&body->code, 1);
    gen_push_kind(body, GEN_I32);
}

static void table_fill(gen_body *body) {
    spare_index(body);
    gen_value(body, GEN_REF, 1);
    gen_value(body, GEN_I32, 1);
    mask(body, 1);
    gen_pop_kinds(body, 3);
    gen_emit(body, GEN_OP_table_fill);
    gen_byte(&body->code, 1);
}

static void table_step(gen_body *body) {
    gen_bytes *code = &body->code;
    switch (gen_below(body->random, 9)) {
    case 0: table_access(body, true); break;
    case 1: table_access(body, false); break;
    case 2: table_grow(body); break;
    case 3: table_fill(body); break;
    case 4:
        gen_emit(body, GEN_OP_table_size);
        gen_byte(code, gen_below(body->random, 2));
        gen_push_kind(body, GEN_I32);
        break;
    case 5:
        bulk_operands(body, 3, 3, 3);
        gen_emit(body, GEN_OP_table_copy); /* to table 1 */
        gen_byte(code, 1);
        gen_byte(code, gen_below(body->random, 2));
        break;
    case 6:
        bulk_operands(body, 3, 3, 3);
        gen_emit(body, GEN_OP_table_init);
        gen_byte(code, 1);
        gen_byte(code, 1);
        break;
    case 7:
        if (!gen_trap_now(body)) break;
        gen_emit(body, GEN_OP_elem_drop);
        gen_byte(code, 1);
        break;
    default:
        gen_value(body, GEN_REF, 1);
        gen_emit(body, GEN_OP_ref_is_null);
        gen_pop_kind(body);
        gen_push_kind(body, GEN_I32);
    }
}

/* --- steps */

void gen_plain_step(gen_body *body) {
    unsigned way = gen_below(body->random, 100);
    if (way < 45) {
        operation_step(body);
    } else if (way < 58) {
        write_local(body);
    } else if (way < 68) {
        update_local(body);
    } else if (way < 73) {
        swap_locals(body);
    } else if (way < 83) {
        gen_value(body, some_kind(body), 1);
    } else if (way < 88) {
        select_step(body);
    } else if (way < 93) {
        memory_step(body);
    } else if (way < 97) {
        table_step(body);
    } else if (way < 99) {
        if (gen_own_height(body) > 0) gen_consume(body);
    } else {
        pile_up(body);
    }
}

static void step(gen_body *body) {
    unsigned way = gen_below(body->random, 100);
    if (way < 72) {
        gen_plain_step(body);
    } else if (way < 84) {
        gen_construct_step(body);
    } else if (way < 93) {
        gen_branch_step(body);
    } else {
        gen_call_step(body);
    }
}

void gen_steps(gen_body *body) {
    while (body->budget-- > 0) {
        while (gen_own_height(body) > body->room && gen_chance(body->random, 85))
            gen_consume(body);
        step(body);
        /* A little more of what is never reached is enough. */
        if (gen_innermost(body)->dead && gen_chance(body->random, 50)) break;
    }
}
