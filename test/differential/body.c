/* body.c: values on the operand stack of a function body under construction. */
#include <stdlib.h>
#include <string.h>

#include "generator.h"

gen_label *gen_innermost(gen_body *body) {
    return &body->labels[body->depth - 1];
}

uint32_t gen_own_height(gen_body *body) {
    return body->height - gen_innermost(body)->base;
}

/* An instruction's code as the table of opcodes has it: a prefix, then a number. */
void gen_opcode(gen_bytes *to, unsigned code) {
    if (code >> 8) gen_byte(to, code >> 8);
    if (code >> 8) {
        gen_u32(to, code & 0xFF);
    } else {
        gen_byte(to, code);
    }
}

void gen_emit(gen_body *body, unsigned code) {
    gen_opcode(&body->code, code);
}

void gen_memarg(gen_bytes *to, const gen_module *module, unsigned align, uint32_t offset) {
    gen_u32(to, module->memory ? align | 0x40 : align);
    if (module->memory) gen_u32(to, module->memory);
    gen_u32(to, offset);
}

void gen_push_kind(gen_body *body, gen_kind kind) {
    if (body->height == GEN_MAX_STACK) abort();
    body->stack[body->height++] = (uint8_t)kind;
}

gen_kind gen_pop_kind(gen_body *body) {
    return (gen_kind)body->stack[--body->height];
}

void gen_pop_kinds(gen_body *body, size_t count) {
    body->height -= (uint32_t)count;
}

void gen_constant(gen_bytes *to, gen_random *random, gen_kind kind) {
    uint32_t bits32;
    uint64_t bits[2];
    switch (kind) {
    case GEN_I32:
        gen_opcode(to, GEN_OP_i32_const);
        gen_s64(to, (int32_t)gen_i32(random));
        break;
    case GEN_I64:
        gen_opcode(to, GEN_OP_i64_const);
        gen_s64(to, (int64_t)gen_i64(random));
        break;
    case GEN_F32:
    case GEN_X32:
        gen_opcode(to, GEN_OP_f32_const);
        bits32 = gen_f32(random);
        gen_raw(to, &bits32, sizeof bits32);
        break;
    case GEN_F64:
    case GEN_X64:
        gen_opcode(to, GEN_OP_f64_const);
        bits[0] = gen_f64(random);
        gen_raw(to, bits, sizeof *bits);
        break;
    case GEN_V128:
        gen_opcode(to, GEN_OP_v128_const);
        bits[0] = gen_i64(random);
        bits[1] = gen_chance(random, 50) ? gen_f64(random) : gen_bits(random);
        gen_raw(to, bits, sizeof bits);
        break;
    default:
        gen_opcode(to, GEN_OP_ref_null);
        gen_byte(to, HD_FUNCREF);
        break;
    }
}

static void push_constant(gen_body *body, gen_kind kind) {
    gen_constant(&body->code, body->random, kind);
    /* What it was asked for may be less settled than what it is. */
    if (kind == GEN_F32) kind = GEN_X32;
    if (kind == GEN_F64) kind = GEN_X64;
    gen_push_kind(body, kind);
}

void gen_i32_const(gen_body *body, int32_t value) {
    gen_emit(body, GEN_OP_i32_const);
    gen_s64(&body->code, value);
    gen_push_kind(body, GEN_I32);
}

bool gen_trap_now(gen_body *body) {
    return gen_below(body->random, 1000) < body->module->traps;
}

/* --- locals */

/* Low numbers are likelier: what is used often has its old values on the stack when it changes. */
static uint32_t likely_index(gen_random *random, uint32_t count) {
    uint32_t i = gen_below(random, count);
    for (int tries = 0; tries < 2 && i > 4; tries++)
        i = gen_below(random, i);
    return i;
}

int64_t gen_local_for_write(gen_body *body, gen_kind value) {
    uint32_t count = body->local_count, start = count ? likely_index(body->random, count) : 0;
    for (uint32_t n = 0; n < count; n++) {
        uint32_t i = (start + n) % count;
        if (!body->locals[i].reserved && gen_fits(value, body->locals[i].kind)) return i;
    }
    return -1;
}

int64_t gen_local_for_read(gen_body *body, gen_kind want) {
    uint32_t count = body->local_count, start = count ? likely_index(body->random, count) : 0;
    for (uint32_t n = 0; n < count; n++) {
        uint32_t i = (start + n) % count;
        if (gen_fits(body->locals[i].kind, want)) return i;
    }
    return -1;
}

uint32_t gen_add_local(gen_body *body, gen_kind kind, bool reserved) {
    body->locals = gen_enlarge(body->locals, body->local_count, sizeof *body->locals);
    body->locals[body->local_count] = (gen_local){kind, reserved};
    return body->local_count++;
}

/* A local of just this kind that may be written. */
uint32_t gen_own_local(gen_body *body, gen_kind kind) {
    for (uint32_t i = 0; i < body->local_count; i++)
        if (body->locals[i].kind == kind && !body->locals[i].reserved) return i;
    return gen_add_local(body, kind, false);
}

/* local.get, local.set or local.tee, on the stack too. */
void gen_local_op(gen_body *body, unsigned opcode, uint32_t local) {
    gen_emit(body, opcode);
    gen_u32(&body->code, local);
    if (opcode == GEN_OP_local_get) gen_push_kind(body, body->locals[local].kind);
    if (opcode == GEN_OP_local_set) gen_pop_kind(body);
    /* The type of local.tee is the local's; what is known of the value remains. */
}

/* --- values from nothing */

static bool push_global(gen_body *body, gen_kind kind) {
    const gen_module *m = body->module;
    uint32_t start = gen_below(body->random, m->global_count);
    for (uint32_t n = 0; n < m->global_count; n++) {
        uint32_t i = (start + n) % m->global_count;
        if (i == GEN_FUEL || !gen_fits(m->globals[i].kind, kind)) continue;
        gen_emit(body, GEN_OP_global_get);
        gen_u32(&body->code, i);
        gen_push_kind(body, m->globals[i].kind);
        return true;
    }
    return false;
}

static void push_reference(gen_body *body) {
    gen_module *m = body->module;
    if (gen_chance(body->random, 70)) {
        gen_emit(body, GEN_OP_ref_func);
        gen_u32(&body->code, gen_below(body->random, m->function_count));
    } else if (gen_chance(body->random, 50)) {
        gen_i32_const(body, (int32_t)gen_below(body->random, GEN_SPARE_MIN));
        gen_pop_kind(body);
        gen_emit(body, GEN_OP_table_get);
        gen_u32(&body->code, 1);
    } else {
        push_constant(body, GEN_REF);
        return;
    }
    gen_push_kind(body, GEN_REF);
}

static void push_loaded(gen_body *body, gen_kind kind, int effort) {
    gen_choices loads = gen_operations_in(GEN_LOAD);
    uint32_t start = gen_below(body->random, (uint32_t)loads.count);
    for (size_t n = 0; n < loads.count; n++) {
        const gen_operation *o = loads.items[(start + n) % loads.count];
        if (!gen_fits(o->result, kind)) continue;
        gen_operate(body, o, effort);
        return;
    }
    push_constant(body, kind);
}

static void push_computed(gen_body *body, gen_kind kind, int effort) {
    gen_random *random = body->random;
    gen_choices choices = gen_operations_for(kind);
    unsigned way = gen_below(random, 10);
    if (kind == GEN_REF || (way == 0 && push_global(body, kind))) {
        if (kind == GEN_REF) push_reference(body);
    } else if (way <= 2 && kind != GEN_V128) {
        push_loaded(body, kind, effort - 1);
    } else if (way == 3 && (kind == GEN_X32 || kind == GEN_X64)) {
        gen_value(body, kind == GEN_X32 ? GEN_F32 : GEN_F64, effort - 1);
        gen_settle(body);
    } else if (choices.count > 0 && (kind != GEN_V128 || body->module->features.simd)) {
        gen_operate(body, choices.items[gen_below(random, (uint32_t)choices.count)], effort - 1);
    } else {
        push_constant(body, kind);
    }
}

static void push_value(gen_body *body, gen_kind kind, int effort) {
    if (effort > 0 && gen_chance(body->random, 45)) {
        push_computed(body, kind, effort);
        return;
    }
    int64_t local = gen_chance(body->random, 70) ? gen_local_for_read(body, kind) : -1;
    if (local >= 0) {
        gen_local_op(body, GEN_OP_local_get, (uint32_t)local);
    } else if (kind == GEN_REF) {
        push_reference(body);
    } else {
        push_constant(body, kind);
    }
}

void gen_value(gen_body *body, gen_kind kind, int effort) {
    uint32_t floor = body->floor;
    body->floor = body->height;
    push_value(body, kind, effort);
    body->floor = floor;
}

/* --- operands */

/* In code that nothing leads to, operands below the block's own values come from nowhere. */
static bool take_from_nowhere(gen_body *body, const uint8_t *kinds, size_t count, size_t own) {
    gen_label *label = gen_innermost(body);
    if (!label->dead || own >= count || !gen_chance(body->random, 50)) return false;
    const uint8_t *have = body->stack + label->base;
    if (!gen_all_fit(have, kinds + (count - own), own)) return false;
    body->height = label->base;
    for (size_t i = 0; i < count; i++)
        gen_push_kind(body, kinds[i]);
    return true;
}

void gen_need(gen_body *body, const uint8_t *kinds, size_t count, int effort) {
    uint32_t base = gen_innermost(body)->base, floor = body->floor > base ? body->floor : base;
    size_t own = body->height - floor, have = own < count ? own : count;
    if (floor == base && take_from_nowhere(body, kinds, count, own)) return;
    if (gen_chance(body->random, 25)) have = 0;
    while (have > 0 && !gen_all_fit(body->stack + body->height - have, kinds, have))
        have--;
    if (have == 0 && count == 1 && own > 0 && (*kinds == GEN_X32 || *kinds == GEN_X64)) {
        gen_kind loose = *kinds == GEN_X32 ? GEN_F32 : GEN_F64;
        if (body->stack[body->height - 1] == loose) {
            gen_settle(body);
            return;
        }
    }
    for (size_t i = have; i < count; i++)
        gen_value(body, kinds[i], effort);
}

void gen_need_list(gen_body *body, const gen_list *list, int effort) {
    gen_need(body, list->kinds, list->count, effort);
}

/* value == value ? value : constant, in one of two ways. */
void gen_settle(gen_body *body) {
    gen_kind kind = (gen_kind)body->stack[body->height - 1];
    if (kind != GEN_F32 && kind != GEN_F64) return;
    bool narrow = kind == GEN_F32;
    gen_kind settled = narrow ? GEN_X32 : GEN_X64;
    unsigned eq = narrow ? GEN_OP_f32_eq : GEN_OP_f64_eq;
    uint32_t local = gen_own_local(body, kind);
    if (gen_chance(body->random, 70)) {
        gen_local_op(body, GEN_OP_local_tee, local);
        push_constant(body, settled);
        gen_local_op(body, GEN_OP_local_get, local);
        gen_local_op(body, GEN_OP_local_get, local);
        gen_emit(body, eq);
        gen_emit(body, GEN_OP_select);
    } else {
        push_constant(body, settled);
        gen_pop_kind(body);
        gen_emit(body, GEN_OP_local_set);
        gen_u32(&body->code, gen_own_local(body, settled));
        gen_local_op(body, GEN_OP_local_tee, local);
        gen_local_op(body, GEN_OP_local_get, gen_own_local(body, settled));
        gen_local_op(body, GEN_OP_local_get, local);
        gen_local_op(body, GEN_OP_local_get, local);
        gen_emit(body, eq);
        gen_emit(body, GEN_OP_select_t);
        gen_u32(&body->code, 1);
        gen_byte(&body->code, gen_valtype(kind));
    }
    gen_pop_kinds(body, 4);
    gen_push_kind(body, settled);
}

/* --- taking values off the stack */

static bool consume_into_global(gen_body *body, gen_kind kind) {
    const gen_module *m = body->module;
    uint32_t start = gen_below(body->random, m->global_count);
    for (uint32_t n = 0; n < m->global_count; n++) {
        uint32_t i = (start + n) % m->global_count;
        if (i == GEN_FUEL || !m->globals[i].mutable || !gen_fits(kind, m->globals[i].kind))
            continue;
        gen_emit(body, GEN_OP_global_set);
        gen_u32(&body->code, i);
        gen_pop_kind(body);
        return true;
    }
    return false;
}

static void consume_into_memory(gen_body *body, gen_kind kind) {
    gen_choices stores = gen_operations_in(GEN_STORE);
    uint32_t local = gen_own_local(body, kind);
    gen_local_op(body, GEN_OP_local_set, local);
    for (size_t i = 0; i < stores.count; i++) {
        const gen_operation *o = stores.items[i];
        if (o->operands[1] != kind || (o->width < 4 && gen_chance(body->random, 50))) continue;
        uint32_t offset = gen_address(body, o->width, false, 1);
        gen_local_op(body, GEN_OP_local_get, local);
        gen_emit(body, o->code);
        gen_memarg(&body->code, body->module, 0, offset);
        gen_pop_kinds(body, 2);
        return;
    }
}

static void consume(gen_body *body) {
    gen_kind kind = (gen_kind)body->stack[body->height - 1];
    unsigned way = gen_below(body->random, 10);
    int64_t local = way < 6 ? gen_local_for_write(body, kind) : -1;
    if (local >= 0) {
        gen_local_op(body, GEN_OP_local_set, (uint32_t)local);
        return;
    }
    if (way < 9 && kind != GEN_REF) {
        gen_settle(body);
        kind = (gen_kind)body->stack[body->height - 1];
        if (way < 8 && consume_into_global(body, kind)) return;
        if (kind != GEN_V128) {
            consume_into_memory(body, kind);
            return;
        }
    }
    gen_emit(body, GEN_OP_drop);
    gen_pop_kind(body);
}

void gen_consume(gen_body *body) {
    uint32_t floor = body->floor;
    body->floor = body->height - 1;
    consume(body);
    body->floor = floor;
}

/* --- whole bodies */

/* Runs of locals of one type, at times cut, at times empty. */
static void write_locals(const gen_body *body, uint32_t params, gen_bytes *to) {
    gen_bytes runs = {0};
    uint32_t count = 0;
    for (uint32_t i = params, n; i < body->local_count; i += n, count++) {
        hd_valtype type = gen_valtype(body->locals[i].kind);
        bool cut = gen_chance(body->random, 20);
        for (n = gen_chance(body->random, 5) ? 0 : 1; n > 0 && i + n < body->local_count && !cut;
             n++)
            if (gen_valtype(body->locals[i + n].kind) != type) break;
        gen_u32(&runs, n);
        gen_byte(&runs, type);
    }
    gen_u32(to, count);
    gen_raw(to, runs.items, runs.length);
    gen_free(&runs);
}

static void add_locals(gen_body *body) {
    gen_random *random = body->random;
    static const uint8_t kinds[] = {GEN_I32, GEN_I32, GEN_I32, GEN_I64, GEN_I64, GEN_F32,
                                    GEN_X32, GEN_F64, GEN_X64, GEN_REF, GEN_V128};
    uint32_t few = gen_below(random, 9);
    uint32_t count = gen_chance(random, 3) ? 40 + gen_below(random, 1500) : few;
    uint32_t among = sizeof kinds - !body->module->features.simd;
    for (uint32_t i = 0; i < count; i++)
        gen_add_local(body, kinds[gen_below(random, among)], false);
}

/* Locals that are set at the start and seldom or never after. */
static void prepare(gen_body *body) {
    if (gen_chance(body->random, 50)) {
        /* Always a good address. */
        gen_i32_const(body, (int32_t)gen_below(body->random, 4096));
        gen_local_op(body, GEN_OP_local_set, gen_add_local(body, GEN_I32, true));
    }
    body->spare_guard = GEN_NO_GUARD;
    if (gen_chance(body->random, 50)) {
        body->spare_guard = gen_add_local(body, GEN_I32, true);
        gen_i32_const(body, 3 + (int32_t)gen_below(body->random, 6));
        gen_local_op(body, GEN_OP_local_set, body->spare_guard);
    }
}

void gen_function_body(gen_module *module, uint32_t function, gen_bytes *to) {
    gen_random *random = &module->random;
    const gen_signature signature = *gen_signature_of(module, function);
    gen_body body = {.module = module,
                     .random = random,
                     .signature = &signature,
                     .leaf = module->functions[function].leaf};
    body.budget = 4 + (int)gen_below(random, gen_chance(random, 20) ? 150 : 50);
    body.room = gen_chance(random, 10) ? 60 : 4 + gen_below(random, 12);
    for (uint32_t i = 0; i < signature.params.count; i++)
        gen_add_local(&body, signature.params.kinds[i], false);
    add_locals(&body);
    body.labels[body.depth++] =
        (gen_label){.construct = GEN_BODY, .results = signature.results, .guard = GEN_NO_GUARD};
    if (!body.leaf) gen_fuel_check(&body);
    prepare(&body);
    gen_steps(&body);
    gen_finish(&body);
    gen_emit(&body, GEN_OP_end);
    write_locals(&body, signature.params.count, to);
    gen_raw(to, body.code.items, body.code.length);
    gen_free(&body.code);
    free(body.locals);
}
