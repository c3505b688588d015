/* control.c: blocks, branches and calls of random bodies. */
#include <string.h>

#include "generator.h"

enum { MAX_GUARDS = 3, MAX_TARGETS = 40, NO_RESULT = 0x40 };

static gen_kind some_kind(gen_body *body) {
    static const uint8_t kinds[] = {GEN_I32, GEN_I32, GEN_I32, GEN_I64, GEN_I64, GEN_F32,
                                    GEN_X32, GEN_F64, GEN_X64, GEN_REF, GEN_V128};
    return kinds[gen_below(body->random, sizeof kinds - !body->module->features.simd)];
}

static gen_list some_list(gen_body *body) {
    static const uint8_t counts[] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4};
    gen_list list = {.count = counts[gen_below(body->random, sizeof counts)]};
    for (unsigned i = 0; i < list.count; i++)
        list.kinds[i] = (uint8_t)some_kind(body);
    return list;
}

static void leave_dead(gen_body *body) {
    gen_label *label = gen_innermost(body);
    label->dead = true;
    body->height = label->base;
}

/* --- ends */

/* Results that are there already stay; everything else is taken off, and what is missing made. */
void gen_finish(gen_body *body) {
    gen_label *label = gen_innermost(body);
    const gen_list *results = &label->results;
    uint32_t keep = results->count;
    if (gen_own_height(body) < keep || gen_chance(body->random, 30) ||
        !gen_all_fit(body->stack + label->base, results->kinds, keep))
        keep = 0;
    while (gen_own_height(body) > keep)
        gen_consume(body);
    if (keep > 0) return;
    /* Code that nothing leads to may leave the first results to nowhere. */
    uint32_t first = label->dead ? gen_below(body->random, results->count + 1u) : 0;
    for (uint32_t i = 0; i < first; i++)
        gen_push_kind(body, results->kinds[i]);
    for (uint32_t i = first; i < results->count; i++)
        gen_value(body, results->kinds[i], 2);
}

/* Leaves the function, with constants, when the fuel is used up; takes some of it. */
void gen_fuel_check(gen_body *body) {
    gen_bytes *code = &body->code;
    bool fused = gen_chance(body->random, 50);
    static const uint8_t spend[] = {GEN_OP_global_get, GEN_FUEL,          GEN_OP_i32_const, 1,
                                    GEN_OP_i32_sub,    GEN_OP_global_set, GEN_FUEL};
    static const uint8_t below_one[] = {GEN_OP_global_get, GEN_FUEL,  GEN_OP_i32_const, 1,
                                        GEN_OP_i32_lt_s,   GEN_OP_if, NO_RESULT};
    static const uint8_t is_zero[] = {GEN_OP_global_get, GEN_FUEL, GEN_OP_i32_eqz, GEN_OP_if,
                                      NO_RESULT};
    if (fused) {
        gen_raw(code, below_one, sizeof below_one);
    } else {
        gen_raw(code, is_zero, sizeof is_zero);
    }
    const gen_list *results = &body->signature->results;
    for (unsigned i = 0; i < results->count; i++)
        gen_constant(code, body->random, results->kinds[i]);
    gen_opcode(code, GEN_OP_return);
    gen_opcode(code, GEN_OP_end);
    gen_raw(code, spend, sizeof spend);
}

/* --- blocks */

static void write_block_type(gen_body *body, const gen_label *label) {
    const gen_signature signature = {label->params, label->results};
    if (label->params.count == 0 && label->results.count <= 1 && gen_chance(body->random, 90)) {
        gen_byte(&body->code,
                 label->results.count ? gen_valtype(label->results.kinds[0]) : (unsigned)NO_RESULT);
    } else {
        gen_s64(&body->code, gen_type_index(body->module, &signature));
    }
}

/* Opens a block whose parameters are some of the topmost values. */
static void open(gen_body *body, gen_construct construct, const gen_list *results) {
    static const uint8_t opcodes[] = {
        [GEN_BLOCK] = GEN_OP_block, [GEN_LOOP] = GEN_OP_loop, [GEN_IF] = GEN_OP_if};
    gen_label label = {.construct = construct, .guard = GEN_NO_GUARD};
    uint32_t own = gen_own_height(body), most = own < 4 ? own : 4;
    label.params.count =
        gen_chance(body->random, 50) ? 0 : (uint8_t)gen_below(body->random, most + 1);
    label.base = body->height - label.params.count;
    memcpy(label.params.kinds, body->stack + label.base, label.params.count);
    label.results = results ? *results : label.params;
    gen_emit(body, opcodes[construct]);
    write_block_type(body, &label);
    body->labels[body->depth++] = label;
}

/* The steps of one block, which get a share of what is left. */
static void fill(gen_body *body) {
    int budget = body->budget > 0 ? body->budget : 0;
    int share = 1 + (int)gen_below(body->random, (uint32_t)budget / 2 + 2);
    body->budget = share;
    gen_steps(body);
    body->budget = budget - share;
}

static void close(gen_body *body) {
    gen_label label = *gen_innermost(body);
    gen_emit(body, GEN_OP_end);
    body->depth--;
    body->height = label.base;
    for (unsigned i = 0; i < label.results.count; i++)
        gen_push_kind(body, label.results.kinds[i]);
}

/* Makes a condition, mostly a comparison, from the values on the stack or only from new ones. */
static void condition(gen_body *body, bool from_new) {
    static const uint8_t i32 = GEN_I32;
    gen_choices comparisons = gen_operations_in(GEN_COMPARE);
    uint32_t floor = body->floor;
    if (from_new) body->floor = body->height;
    if (gen_chance(body->random, 40)) {
        gen_need(body, &i32, 1, 2);
    } else {
        gen_operate(body, comparisons.items[gen_below(body->random, (uint32_t)comparisons.count)],
                    2);
        for (unsigned n = gen_below(body->random, 6); n > 3; n--)
            gen_emit(body, GEN_OP_i32_eqz);
    }
    body->floor = floor;
}

static void if_step(gen_body *body) {
    bool has_else = gen_chance(body->random, 65);
    gen_list results = some_list(body);
    condition(body, false);
    gen_pop_kind(body);
    open(body, GEN_IF, has_else ? &results : NULL);
    fill(body);
    gen_finish(body);
    if (has_else) {
        gen_label *label = gen_innermost(body);
        gen_emit(body, GEN_OP_else);
        label->dead = false;
        body->height = label->base;
        for (unsigned i = 0; i < label->params.count; i++)
            gen_push_kind(body, label->params.kinds[i]);
        fill(body);
        gen_finish(body);
    }
    close(body);
}

/* Counts a guarded loop down and branches to it as long as it may go on. There may be several such
 * branches, so that the count passes zero. */
static void branch_to_guarded(gen_body *body, uint32_t depth, uint32_t guard) {
    static const uint8_t positive[] = {GEN_OP_i32_const, 0, GEN_OP_i32_gt_s};
    static const uint8_t not_below_one[] = {GEN_OP_i32_const, 1, GEN_OP_i32_lt_s, GEN_OP_i32_eqz};
    gen_local_op(body, GEN_OP_local_get, guard);
    if (gen_chance(body->random, 50)) {
        gen_i32_const(body, 1);
        gen_emit(body, GEN_OP_i32_sub);
    } else {
        gen_i32_const(body, -1);
        gen_emit(body, GEN_OP_i32_add);
    }
    gen_pop_kind(body);
    gen_local_op(body, GEN_OP_local_tee, guard);
    if (gen_chance(body->random, 50)) {
        gen_raw(&body->code, positive, sizeof positive);
    } else {
        gen_raw(&body->code, not_below_one, sizeof not_below_one);
    }
    gen_emit(body, GEN_OP_br_if);
    gen_u32(&body->code, depth);
    gen_pop_kind(body);
}

static void loop_step(gen_body *body) {
    gen_list results = some_list(body);
    bool guarded = body->guards < MAX_GUARDS && gen_chance(body->random, 50);
    uint32_t guard = GEN_NO_GUARD;
    if (guarded && body->spare_guard != GEN_NO_GUARD && gen_chance(body->random, 40)) {
        /* Nothing stands between the operation that computes a parameter and the loop. */
        guard = body->spare_guard;
    } else if (guarded) {
        guard = gen_add_local(body, GEN_I32, true);
        gen_i32_const(body, 1 + (int32_t)gen_below(body->random, 5));
        gen_local_op(body, GEN_OP_local_set, guard);
    }
    body->guards += guarded;
    open(body, GEN_LOOP, &results);
    gen_label *label = gen_innermost(body);
    label->guard = guard;
    if (!guarded) gen_fuel_check(body);
    fill(body);
    if (guarded) {
        body->guards--;
        if (!label->dead && gen_chance(body->random, 70)) {
            gen_need_list(body, &label->params, 2);
            branch_to_guarded(body, 0, guard);
        }
    }
    gen_finish(body);
    close(body);
}

void gen_construct_step(gen_body *body) {
    if (body->depth == GEN_MAX_DEPTH || (body->depth > 6 && gen_chance(body->random, 70))) return;
    unsigned way = gen_below(body->random, 10);
    if (way < 4) {
        if_step(body);
    } else if (way < 7) {
        gen_list results = some_list(body);
        open(body, GEN_BLOCK, &results);
        fill(body);
        gen_finish(body);
        close(body);
    } else {
        loop_step(body);
    }
}

/* --- branches */

static gen_label *label_at(gen_body *body, uint32_t depth) {
    return &body->labels[body->depth - 1 - depth];
}

static const gen_list *label_list(const gen_label *label) {
    return label->construct == GEN_LOOP ? &label->params : &label->results;
}

static bool same_list(const gen_list *a, const gen_list *b) {
    return a->count == b->count && memcmp(a->kinds, b->kinds, a->count) == 0;
}

static void br_if(gen_body *body, uint32_t depth, const gen_list *list) {
    /* Values are where the label wants them only if nothing lies below. */
    if (depth == 0 && gen_chance(body->random, 30))
        while (gen_own_height(body) > 0)
            gen_consume(body);
    if (gen_chance(body->random, 35)) {
        uint8_t kinds[GEN_MAX_LIST + 1];
        memcpy(kinds, list->kinds, list->count);
        kinds[list->count] = GEN_I32;
        gen_need(body, kinds, list->count + 1u, 2);
    } else {
        gen_need_list(body, list, 2);
        condition(body, true);
    }
    gen_pop_kind(body);
    gen_emit(body, GEN_OP_br_if);
    gen_u32(&body->code, depth);
}

static void br_table(gen_body *body, const gen_list *list) {
    uint32_t targets[GEN_MAX_DEPTH], count = 0;
    for (uint32_t depth = 0; depth < body->depth; depth++) {
        gen_label *label = label_at(body, depth);
        if (label->guard == GEN_NO_GUARD && same_list(label_list(label), list))
            targets[count++] = depth;
    }
    gen_need_list(body, list, 2);
    uint32_t entries = gen_below(body->random, gen_chance(body->random, 10) ? MAX_TARGETS : 5);
    gen_value(body, GEN_I32, 2);
    if (gen_chance(body->random, 70)) {
        gen_i32_const(body, 7);
        gen_emit(body, GEN_OP_i32_and);
    }
    gen_emit(body, GEN_OP_br_table);
    gen_u32(&body->code, entries);
    for (uint32_t i = 0; i <= entries; i++)
        gen_u32(&body->code, targets[gen_below(body->random, count)]);
    leave_dead(body);
}

void gen_branch_step(gen_body *body) {
    uint32_t depth = gen_below(body->random, body->depth);
    gen_label *label = label_at(body, depth);
    const gen_list *list = label_list(label);
    unsigned way = gen_below(body->random, 20);
    if (label->guard != GEN_NO_GUARD) {
        gen_need_list(body, list, 2);
        branch_to_guarded(body, depth, label->guard);
    } else if (way < 13) {
        br_if(body, depth, list);
    } else if (way < 15) {
        gen_need_list(body, list, 2);
        gen_emit(body, GEN_OP_br);
        gen_u32(&body->code, depth);
        leave_dead(body);
    } else if (way < 18) {
        br_table(body, list);
    } else if (way == 18 || gen_trap_now(body)) {
        gen_need_list(body, &body->signature->results, 2);
        gen_emit(body, way == 18 ? GEN_OP_return : GEN_OP_unreachable);
        leave_dead(body);
    }
}

/* --- calls */

static void push_results(gen_body *body, const gen_signature *signature) {
    gen_pop_kinds(body, signature->params.count);
    for (unsigned i = 0; i < signature->results.count; i++)
        gen_push_kind(body, signature->results.kinds[i]);
}

static void end_call(gen_body *body, const gen_signature *signature, bool tail) {
    if (tail) {
        leave_dead(body);
    } else {
        push_results(body, signature);
    }
}

/* True if the call may take the place of this function. */
static bool may_be_tail(gen_body *body, const gen_signature *signature) {
    const gen_list *own = &body->signature->results, *its = &signature->results;
    return body->module->features.tail_calls && own->count == its->count &&
           gen_all_fit(its->kinds, own->kinds, own->count) && gen_chance(body->random, 30);
}

static void call_indirect(gen_body *body) {
    gen_module *m = body->module;
    uint32_t family = gen_below(body->random, GEN_FAMILIES), type = m->families[family];
    const gen_signature signature = m->types[type];
    int32_t slot = (int32_t)(m->first_call_slot + family * GEN_FAMILY);
    gen_need_list(body, &signature.params, 2);
    if (gen_trap_now(body)) {
        gen_value(body, GEN_I32, 1);
    } else if (gen_chance(body->random, 40)) {
        gen_i32_const(body, slot + (int32_t)gen_below(body->random, GEN_FAMILY));
    } else {
        gen_value(body, GEN_I32, 2);
        gen_i32_const(body, GEN_FAMILY - 1);
        gen_emit(body, GEN_OP_i32_and);
        gen_i32_const(body, slot);
        gen_emit(body, GEN_OP_i32_add);
        gen_pop_kinds(body, 2);
    }
    gen_pop_kind(body);
    bool tail = may_be_tail(body, &signature);
    gen_emit(body, tail ? GEN_OP_return_call_indirect : GEN_OP_call_indirect);
    gen_u32(&body->code, type);
    gen_u32(&body->code, 0);
    end_call(body, &signature, tail);
}

void gen_call_step(gen_body *body) {
    gen_module *m = body->module;
    if (body->leaf) return;
    if (gen_chance(body->random, 35)) {
        call_indirect(body);
        return;
    }
    uint32_t function = gen_below(body->random, m->function_count);
    const gen_signature signature = *gen_signature_of(m, function);
    gen_need_list(body, &signature.params, 2);
    bool tail = may_be_tail(body, &signature);
    gen_emit(body, tail ? GEN_OP_return_call : GEN_OP_call);
    gen_u32(&body->code, function);
    end_call(body, &signature, tail);
}
