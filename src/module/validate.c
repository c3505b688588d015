/* validate.c: validation of instruction sequences (core specification, section 3.3 and appendix
 * "Validation Algorithm"): the walk, the operand stack, and the instructions whose signature the
 * table of opcodes tells. */
#include "module/validate.h"

#include <stdio.h>
#include <stdlib.h>

void hd_validate_mismatch(hd_loader *l, const char *format, ...) {
    char detail[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    hd_loader_invalid(l, l->v.instr->position, "type mismatch: %s in %s", detail,
                      hd_opcode_info[l->v.instr->opcode].text);
}

hd_valtype hd_validate_pop_none(hd_loader *l, hd_valtype expected) {
    if (!hd_validate_top(&l->v)->unreachable)
        hd_validate_mismatch(l, "expected %s, got nothing",
                             expected == HD_UNKNOWN ? "an operand" : hd_valtype_name(expected));
    return HD_UNKNOWN;
}

void hd_validate_pop_other(hd_loader *l, hd_valtype expected) {
    if (l->v.operands.len == hd_validate_top(&l->v)->height) {
        hd_validate_pop_none(l, expected);
        return;
    }
    hd_valtype actual = pop_any(l);
    if (actual != HD_UNKNOWN && !hd_valtype_matches(actual, expected))
        hd_validate_mismatch(l, "expected %s, got %s", hd_valtype_name(expected),
                             hd_valtype_name(actual));
}

void hd_validate_pop_each(hd_loader *l, hd_typelist list) {
    const hd_validator *v = &l->v;
    const hd_control_frame *top = hd_validate_top(&l->v);
    size_t have = v->operands.len - top->height;
    /* Unreachable code may lack the first ones. Lists are long in hostile code only, which must not
     * be able to make this slow. */
    uint32_t lacking = top->unreachable && have < list.count ? list.count - (uint32_t)have : 0;
    if (lacking > 0 && (have == 0 || memcmp(v->operands.items + top->height, list.types + lacking,
                                            have * sizeof *list.types) == 0)) {
        hd_validate_unreachable(l);
        return;
    }
    for (uint32_t i = list.count; i > lacking && hd_loader_valid(l); i--)
        pop_type(l, list.types[i - 1]);
}

bool hd_typelist_matches(hd_typelist types, hd_typelist supers) {
    if (types.count != supers.count) return false;
    for (uint32_t i = 0; i < types.count; i++)
        if (!hd_valtype_matches(types.types[i], supers.types[i])) return false;
    return true;
}

static void too_many_operands(hd_loader *l) {
    hd_reader_fail(&l->r, HD_LIMIT, l->v.instr->position,
                   "too many operands on the stack of a function: more than %d cells",
                   HD_MAX_OPERANDS);
}

bool hd_validate_grow(hd_loader *l, size_t extra) {
    hd_validator *v = &l->v;
    if (v->operands.len + extra > HD_MAX_OPERANDS) {
        too_many_operands(l);
        return false;
    }
    if (hd_vec_reserve(&v->operands, extra)) return true;
    hd_loader_nomem(l);
    return false;
}

void hd_validate_unreachable(hd_loader *l) {
    hd_control_frame *top = hd_validate_top(&l->v);
    l->v.operands.len = top->height;
    l->v.slots = top->slots;
    top->unreachable = true;
}

/* Lanes of an instruction on lanes: its name begins with their shape, such as i16x8. */
static unsigned lane_count(const hd_opinfo *info) {
    const char *x = strchr(info->text, 'x');
    return x ? (unsigned)strtoul(x + 1, NULL, 10) : 0;
}

static void check_lane(hd_loader *l, const hd_instr *in, unsigned lane, unsigned count) {
    if (lane >= count)
        hd_loader_invalid(l, in->position, "invalid lane index %u of %u in %s", lane, count,
                          hd_opcode_info[in->opcode].text);
}

/* Checks an instruction by its row of the table. */
static void check_shape(hd_loader *l, const hd_instr *in, const hd_opinfo *info) {
    hd_valtype operand = (hd_valtype)info->operand, result = (hd_valtype)info->result;
    hd_valtype address;
    switch ((hd_opshape)info->shape) {
    case HD_OPSHAPE_CTRL: hd_validate_control(l, in); break;
    case HD_OPSHAPE_CONST: push_type(l, result); break;
    case HD_OPSHAPE_UN:
    case HD_OPSHAPE_UNTRAP:
    case HD_OPSHAPE_TEST:
        pop_type(l, operand);
        push_type(l, result);
        break;
    case HD_OPSHAPE_BIN:
    case HD_OPSHAPE_BINTRAP:
    case HD_OPSHAPE_CMP:
        pop_type(l, operand);
        pop_type(l, operand);
        push_type(l, result);
        break;
    case HD_OPSHAPE_LOAD:
    case HD_OPSHAPE_ALOAD:
    case HD_OPSHAPE_VLOAD:
        address = hd_validate_memarg(l, in, info);
        pop_type(l, address);
        push_type(l, result);
        break;
    case HD_OPSHAPE_STORE:
    case HD_OPSHAPE_ASTORE:
    case HD_OPSHAPE_VSTORE:
        address = hd_validate_memarg(l, in, info);
        pop_type(l, operand);
        pop_type(l, address);
        break;
    case HD_OPSHAPE_ACMPXCHG:
        address = hd_validate_memarg(l, in, info);
        pop_type(l, operand);
        pop_type(l, operand);
        pop_type(l, address);
        push_type(l, result);
        break;
    case HD_OPSHAPE_ARMW:
    case HD_OPSHAPE_NOTIFY:
        address = hd_validate_memarg(l, in, info);
        pop_type(l, operand);
        pop_type(l, address);
        push_type(l, result);
        break;
    case HD_OPSHAPE_WAIT:
        address = hd_validate_memarg(l, in, info);
        pop_type(l, HD_I64);
        pop_type(l, operand);
        pop_type(l, address);
        push_type(l, result);
        break;
    case HD_OPSHAPE_FENCE:
        if (in->ordered && in->acquire_release) l->module->acquire_release = true;
        break;
    case HD_OPSHAPE_VTERN:
        for (int i = 0; i < 3; i++)
            pop_type(l, HD_V128);
        push_type(l, HD_V128);
        break;
    case HD_OPSHAPE_VSHIFT:
        pop_type(l, HD_I32);
        pop_type(l, HD_V128);
        push_type(l, HD_V128);
        break;
    case HD_OPSHAPE_VSPLAT:
        pop_type(l, operand);
        push_type(l, HD_V128);
        break;
    case HD_OPSHAPE_VEXTRACT:
        check_lane(l, in, in->lane, lane_count(info));
        pop_type(l, HD_V128);
        push_type(l, result);
        break;
    case HD_OPSHAPE_VREPLACE:
        check_lane(l, in, in->lane, lane_count(info));
        pop_type(l, operand);
        pop_type(l, HD_V128);
        push_type(l, HD_V128);
        break;
    case HD_OPSHAPE_VSHUFFLE:
        for (size_t i = 0; i < sizeof(hd_v128); i++)
            check_lane(l, in, in->items[i], 32);
        pop_type(l, HD_V128);
        pop_type(l, HD_V128);
        push_type(l, HD_V128);
        break;
    case HD_OPSHAPE_VLOADLANE:
    case HD_OPSHAPE_VSTORELANE:
        address = hd_validate_memarg(l, in, info);
        check_lane(l, in, in->lane, (unsigned)sizeof(hd_v128) / info->width);
        pop_type(l, HD_V128);
        pop_type(l, address);
        if (info->shape == HD_OPSHAPE_VLOADLANE) push_type(l, HD_V128);
        break;
    }
}

/* Bodies that name data segments need the count of them, which comes earlier than the data. */
static void note_data_use(hd_loader *l, const hd_instr *in) {
    if (l->has_data_count || l->data_use != HD_NO_OFFSET) return;
    l->data_use = in->position;
    l->data_used = in->index;
}

static void check_instruction(hd_loader *l, const hd_instr *in) {
    if (in->opcode == HD_OP_memory_init || in->opcode == HD_OP_data_drop) note_data_use(l, in);
    if (hd_loader_valid(l) && !l->v.function) hd_constexpr_check(l, in);
    /* Blocks are followed in an invalid module too: else and end belong to the grammar. */
    switch (in->opcode) {
    case HD_OP_block:
    case HD_OP_loop:
    case HD_OP_if:
    case HD_OP_try: hd_validate_block(l, in); break;
    case HD_OP_try_table: hd_validate_try_table(l, in); break;
    case HD_OP_catch:
    case HD_OP_catch_all: hd_validate_catch(l, in); break;
    case HD_OP_delegate: hd_validate_delegate(l, in); break;
    case HD_OP_else: hd_validate_else(l, in); break;
    case HD_OP_end: hd_validate_end(l, in); break;
    case HD_OP_local_get: /* every third instruction, so without a detour */
    case HD_OP_local_set:
    case HD_OP_local_tee:
        if (hd_loader_valid(l)) hd_validate_local(l, in);
        break;
    default:
        if (hd_loader_valid(l)) check_shape(l, in, &hd_opcode_info[in->opcode]);
        break;
    }
}

void hd_validate_sequence(hd_loader *l, const hd_functype *function, hd_typelist results) {
    hd_validator *v = &l->v;
    hd_instr in;
    v->function = function;
    v->instr = &in;
    v->operands.len = v->frames.len = 0;
    v->slots = v->max_slots = 0;
    v->max_frames = 1;
    hd_control_frame body = {.results = results, .opcode = HD_OP_block};
    if (!hd_vec_push(&v->frames, body)) hd_loader_nomem(l);
    while (v->frames.len > 0 && hd_loader_ok(l)) {
        if (hd_instr_read(&l->r, l->features, &in)) check_instruction(l, &in);
    }
    if (v->max_slots > HD_MAX_OPERANDS && hd_loader_ok(l)) too_many_operands(l);
}

/* Spreads the types of the first locals out, and makes the rest searchable. */
static void set_locals(hd_loader *l, const hd_funcdef *function) {
    hd_validator *v = &l->v;
    const hd_functype *type = function->type;
    uint32_t near = type->param_count < HD_NEAR_LOCALS ? type->param_count : HD_NEAR_LOCALS;
    if (near) memcpy(v->near_locals, type->params, near * sizeof *type->params);
    v->local_count = type->param_count;
    v->spans.len = 0;
    v->watches_locals = false;
    for (uint32_t i = 0; i < function->local_run_count; i++) {
        const hd_local_run *run = &function->locals[i];
        uint32_t fill = HD_NEAR_LOCALS - near;
        if (fill > run->count) fill = run->count;
        for (uint32_t k = 0; k < fill; k++)
            v->near_locals[near++] = run->type;
        if (!hd_is_nullable(run->type) && run->count > 0) v->watches_locals = true;
        v->local_count += run->count;
        if (run->count == fill) continue;
        hd_local_span span = {v->local_count, run->type};
        if (!hd_vec_push(&v->spans, span)) hd_loader_nomem(l);
    }
}

/* Before a body: none of those locals are set that must be. More than a frame can have are not
 * followed, since no such function is accepted (limits.c). */
static void unset_locals(hd_loader *l) {
    enum { MOST = HD_MAX_FRAME + HD_MAX_TYPE_ARITY };
    hd_validator *v = &l->v;
    v->set_locals.len = v->is_set.len = 0;
    if (!v->watches_locals) return;
    uint64_t count = v->local_count < MOST ? v->local_count : MOST;
    size_t words = (size_t)count / 64 + 1;
    if (!hd_vec_reserve(&v->is_set, words)) {
        hd_loader_nomem(l);
        return;
    }
    memset(v->is_set.items, 0, words * sizeof *v->is_set.items);
    v->is_set.len = words;
}

void hd_validate_body(hd_loader *l, hd_funcdef *function) {
    static const hd_functype none;
    const hd_functype *type = hd_loader_valid(l) ? function->type : &none;
    if (hd_loader_valid(l)) {
        set_locals(l, function);
        unset_locals(l);
    }
    if (!hd_loader_ok(l)) return;
    hd_validate_sequence(l, type, hd_results_of(type));
    function->max_height = l->v.max_slots;
    function->max_labels = (uint32_t)l->v.max_frames;
}

void hd_validator_free(hd_validator *v) {
    hd_vec_free(&v->operands);
    hd_vec_free(&v->frames);
    hd_vec_free(&v->spans);
    hd_vec_free(&v->is_set);
    hd_vec_free(&v->set_locals);
}
