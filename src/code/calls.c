/* calls.c: calls. Arguments are brought home, where they are the callee's parameters. */
#include "code/translator.h"

/* Pops `count` settled arguments; returns the cell of the first one, or where it would be. */
static int16_t pop_arguments(translator *t, uint32_t count) {
    while (count-- > 0)
        hd_pop(t);
    return hd_next_home(t);
}

/* Makes sure that the frame reaches `cells` cells from fp on. */
static void reserve(translator *t, int64_t cells) {
    if (cells > (int64_t)t->frame_slots) t->frame_slots = (uint32_t)cells;
}

/* The distance from fp to the fp of a callee whose first argument is in `first`. */
static int callee_frame(translator *t, const hd_functype *type, int16_t first) {
    int64_t distance = first + (int64_t)hd_call_area(type);
    reserve(t, distance + HD_FRAME_SLOTS);
    return (int)distance;
}

static void push_results(translator *t, const hd_functype *type) {
    hd_forget_accumulators(t);
    for (uint32_t i = 0; i < type->result_count; i++)
        hd_push_home(t, type->results[i], NO_UNIT);
}

static void call(translator *t, uint32_t index) {
    const hd_functype *type = t->module->functions[index].type;
    hd_settle_top(t, type->param_count);
    int d = callee_frame(t, type, pop_arguments(t, type->param_count));
    bool imported = index < t->module->imported_functions;
    hd_emit_imm(t, imported ? HD_R_call_import : HD_R_call, d, 0, (int32_t)index);
    push_results(t, type);
}

/* Settles arguments below an index and pops it; it stays where it is until the call reads it. */
static int16_t pop_index(translator *t, const hd_functype *type) {
    for (uint32_t i = type->param_count; i > 0; i--)
        hd_settle(t, hd_top(t, i));
    hd_settle_if_const(t, hd_top(t, 0));
    return hd_pop(t).cell;
}

static void call_indirect(translator *t) {
    const hd_functype *type = t->module->types[t->instr.index];
    int16_t index = pop_index(t, type);
    int d = callee_frame(t, type, pop_arguments(t, type->param_count));
    bool wide = t->module->tables[t->instr.index2].type.limits.is64;
    hd_emit(t, wide ? HD_R_call_indirect_wide : HD_R_call_indirect, d, index, 0, 0);
    hd_emit_pair(t, t->instr.index, t->instr.index2);
    push_results(t, type);
}

/* A tail call moves its arguments down over the caller's own, and the callee's frame over its
 * frame. */
static void reserve_tail(translator *t, const hd_functype *type) {
    reserve(t, (int64_t)hd_call_area(type) - t->area + HD_FRAME_SLOTS);
}

static void return_call(translator *t, uint32_t index) {
    const hd_functype *type = t->module->functions[index].type;
    hd_settle_top(t, type->param_count);
    int16_t first = pop_arguments(t, type->param_count);
    reserve_tail(t, type);
    hd_emit_imm(t, HD_R_tail_call, -t->area, first, (int32_t)index);
    t->reachable = false;
}

static void return_call_indirect(translator *t) {
    const hd_functype *type = t->module->types[t->instr.index];
    int16_t index = pop_index(t, type), first = pop_arguments(t, type->param_count);
    reserve_tail(t, type);
    bool wide = t->module->tables[t->instr.index2].type.limits.is64;
    hd_emit(t, wide ? HD_R_tail_call_indirect_wide : HD_R_tail_call_indirect, -t->area, first,
            index, 0);
    hd_emit_pair(t, t->instr.index, t->instr.index2);
    t->reachable = false;
}

static void call_ref(translator *t) {
    const hd_functype *type = t->module->types[t->instr.index];
    int16_t function = pop_index(t, type);
    int d = callee_frame(t, type, pop_arguments(t, type->param_count));
    hd_emit(t, HD_R_call_ref, d, function, 0, 0);
    hd_emit_pair(t, t->instr.index, 0);
    push_results(t, type);
}

static void return_call_ref(translator *t) {
    const hd_functype *type = t->module->types[t->instr.index];
    int16_t function = pop_index(t, type), first = pop_arguments(t, type->param_count);
    reserve_tail(t, type);
    hd_emit(t, HD_R_tail_call_ref, -t->area, first, function, 0);
    hd_emit_pair(t, t->instr.index, 0);
    t->reachable = false;
}

/* Translates a call; false if the instruction is none. */
bool hd_translate_call(translator *t) {
    switch (t->instr.opcode) {
    case HD_OP_call: call(t, t->instr.index); return true;
    case HD_OP_call_indirect: call_indirect(t); return true;
    case HD_OP_call_ref: call_ref(t); return true;
    case HD_OP_return_call_ref: return_call_ref(t); return true;
    case HD_OP_return_call: return_call(t, t->instr.index); return true;
    case HD_OP_return_call_indirect: return_call_indirect(t); return true;
    default: return false;
    }
}
