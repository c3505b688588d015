/* validate_control.c: blocks, branches, calls, and the parametric instructions (core specification,
 * sections 3.3.4 and 3.3.8; tail calls). */
#include "module/validate.h"

void hd_validate_push_frame(hd_loader *l, const hd_control_frame *frame) {
    hd_validator *v = &l->v;
    if (!hd_vec_push(&v->frames, *frame)) hd_loader_nomem(l);
    if (v->frames.len > v->max_frames) v->max_frames = v->frames.len;
}

void hd_validate_block_type(hd_loader *l, const hd_instr *in, hd_control_frame *frame) {
    static const hd_valtype types[] = {HD_I32, HD_I64, HD_F32, HD_F64, HD_V128};
    if (in->has_type) {
        if (!hd_loader_index(l, in->position, "type", in->index, l->module->type_count)) return;
        const hd_functype *type = l->module->types[in->index];
        frame->params = hd_params_of(type);
        frame->results = hd_results_of(type);
        return;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i] == in->type)
            frame->results = (hd_typelist){&types[i], 1, hd_slots_of(types[i])};
    if (!hd_is_ref(in->type)) return;
    const hd_valtype *single = hd_loader_single(l, hd_loader_resolve(l, in->position, in->type));
    if (single) frame->results = (hd_typelist){single, 1, 1};
}

void hd_validate_block(hd_loader *l, const hd_instr *in) {
    hd_control_frame frame = {.opcode = in->opcode};
    if (hd_loader_valid(l)) {
        if (in->opcode == HD_OP_if) pop_type(l, HD_I32);
        hd_validate_block_type(l, in, &frame);
        pop_types(l, frame.params);
        frame.height = l->v.operands.len;
        frame.slots = l->v.slots;
        frame.set_locals = (uint32_t)l->v.set_locals.len;
    }
    hd_validate_push_frame(l, &frame);
    if (hd_loader_ok(l) && hd_loader_valid(l)) push_types(l, frame.params);
}

void hd_validate_results(hd_loader *l) {
    const hd_control_frame *top = hd_validate_top(&l->v);
    pop_types(l, top->results);
    if (hd_loader_valid(l) && l->v.operands.len != top->height)
        hd_validate_mismatch(l, "%zu operands too many at the end of a block",
                             l->v.operands.len - top->height);
}

void hd_validate_else(hd_loader *l, const hd_instr *in) {
    hd_control_frame *top = hd_validate_top(&l->v);
    if (top->opcode != HD_OP_if) {
        hd_reader_fail(&l->r, HD_MALFORMED, in->position, "END opcode expected, not else");
        return;
    }
    if (hd_loader_valid(l)) hd_validate_results(l);
    hd_validate_forget_locals(&l->v, top->set_locals);
    top->opcode = HD_OP_else;
    top->unreachable = false;
    if (hd_loader_valid(l)) push_types(l, top->params);
}

void hd_validate_end(hd_loader *l, const hd_instr *in) {
    hd_validator *v = &l->v;
    const hd_control_frame top = *hd_validate_top(v);
    (void)in;
    if (hd_loader_valid(l)) {
        hd_validate_results(l);
        if (top.opcode == HD_OP_if && !hd_typelist_matches(top.params, top.results))
            hd_validate_mismatch(l, "if without else must have equal parameters and results");
    }
    hd_validate_forget_locals(v, top.set_locals);
    v->frames.len--;
    /* The exception that a legacy catch holds. */
    if (top.opcode == HD_OP_catch || top.opcode == HD_OP_catch_all) v->slots--;
    if (v->frames.len > 0 && hd_loader_valid(l)) push_types(l, top.results);
}

const hd_control_frame *hd_validate_label(hd_loader *l, const hd_instr *in, uint32_t label) {
    const hd_validator *v = &l->v;
    if (label < v->frames.len) return &v->frames.items[v->frames.len - 1 - label];
    hd_loader_invalid(l, in->position, "unknown label %u: %zu are in scope", label, v->frames.len);
    return NULL;
}

hd_typelist hd_validate_label_types(const hd_control_frame *frame) {
    return frame->opcode == HD_OP_loop ? frame->params : frame->results;
}

static void check_branch(hd_loader *l, const hd_instr *in) {
    const hd_control_frame *target = hd_validate_label(l, in, in->index);
    if (!target) return;
    if (in->opcode == HD_OP_br) {
        pop_types(l, hd_validate_label_types(target));
        hd_validate_unreachable(l);
    } else {
        pop_type(l, HD_I32);
        pop_types(l, hd_validate_label_types(target));
        push_types(l, hd_validate_label_types(target));
    }
}

/* Checks that the operands fit a list of types without popping them: in unreachable code they may
 * fit several different ones. */
static void check_operands(hd_loader *l, hd_typelist list) {
    const hd_validator *v = &l->v;
    const hd_control_frame *top = hd_validate_top(&l->v);
    size_t have = v->operands.len - top->height;
    if (list.count == 0) return;
    if (have >= list.count && memcmp(v->operands.items + v->operands.len - list.count, list.types,
                                     list.count * sizeof *list.types) == 0)
        return;
    for (uint32_t i = 0; i < list.count; i++) {
        hd_valtype expected = list.types[list.count - 1 - i];
        if (i >= have) {
            if (!top->unreachable)
                hd_validate_mismatch(l, "expected %s, got nothing", hd_valtype_name(expected));
            return;
        }
        hd_valtype actual = v->operands.items[v->operands.len - 1 - i];
        if (actual == HD_UNKNOWN || hd_valtype_matches(actual, expected)) continue;
        hd_validate_mismatch(l, "expected %s, got %s", hd_valtype_name(expected),
                             hd_valtype_name(actual));
        return;
    }
}

/* br_on_null carries what lies below the reference, which is no null behind it. */
static void check_branch_on_null(hd_loader *l, const hd_instr *in) {
    hd_valtype type = hd_validate_pop_ref(l);
    const hd_control_frame *target = hd_validate_label(l, in, in->index);
    if (!target) return;
    pop_types(l, hd_validate_label_types(target));
    push_types(l, hd_validate_label_types(target));
    push_type(l, type | HD_NON_NULL);
}

/* br_on_non_null carries the reference, too. */
static void check_branch_on_non_null(hd_loader *l, const hd_instr *in) {
    hd_valtype type = hd_validate_pop_ref(l) | HD_NON_NULL;
    const hd_control_frame *target = hd_validate_label(l, in, in->index);
    if (!target) return;
    hd_typelist types = hd_validate_label_types(target);
    if (types.count == 0 || !hd_valtype_matches(type, types.types[types.count - 1])) {
        hd_validate_mismatch(l, "label %u takes no %s", in->index, hd_valtype_name(type));
        return;
    }
    types.count--;
    types.slots--;
    pop_types(l, types);
    push_types(l, types);
}

static void check_branch_table(hd_loader *l, const hd_instr *in) {
    hd_reader labels = {in->items, l->r.pos, l->r.origin, &l->diag};
    pop_type(l, HD_I32);
    const hd_control_frame *first = NULL, *last = NULL;
    for (uint64_t i = 0; i <= in->count && hd_loader_valid(l); i++) {
        const hd_control_frame *target = hd_validate_label(l, in, hd_read_u32(&labels));
        if (!target || target == last) continue;
        last = target;
        if (!first) first = target;
        if (hd_validate_label_types(target).count != hd_validate_label_types(first).count)
            hd_validate_mismatch(l, "labels that carry %u and %u operands",
                                 hd_validate_label_types(first).count,
                                 hd_validate_label_types(target).count);
        check_operands(l, hd_validate_label_types(target));
    }
    hd_validate_unreachable(l);
}

static void check_call(hd_loader *l, const hd_functype *type, bool tail) {
    pop_types(l, hd_params_of(type));
    if (!tail) {
        push_types(l, hd_results_of(type));
        return;
    }
    if (!hd_typelist_matches(hd_results_of(type), hd_results_of(l->v.function)))
        hd_validate_mismatch(l, "results differ from those of the caller");
    hd_validate_unreachable(l);
}

static void check_direct_call(hd_loader *l, const hd_instr *in) {
    const hd_module *m = l->module;
    if (hd_loader_index(l, in->position, "function", in->index, m->function_count))
        check_call(l, m->functions[in->index].type, in->opcode == HD_OP_return_call);
}

static void check_indirect_call(hd_loader *l, const hd_instr *in) {
    const hd_module *m = l->module;
    if (!hd_loader_index(l, in->position, "table", in->index2, m->table_count)) return;
    if (!hd_valtype_matches(m->tables[in->index2].type.element, HD_FUNCREF))
        hd_validate_mismatch(l, "table %u is not of funcref", in->index2);
    if (!hd_loader_index(l, in->position, "type", in->index, m->type_count)) return;
    pop_type(l, hd_address_type(&m->tables[in->index2].type.limits));
    check_call(l, m->types[in->index], in->opcode == HD_OP_return_call_indirect);
}

static void check_reference_call(hd_loader *l, const hd_instr *in) {
    const hd_module *m = l->module;
    if (!hd_loader_index(l, in->position, "type", in->index, m->type_count)) return;
    pop_type(l, hd_loader_ref_to(l, in->index));
    check_call(l, m->types[in->index], in->opcode == HD_OP_return_call_ref);
}

static void check_select(hd_loader *l) {
    pop_type(l, HD_I32);
    hd_valtype second = pop_any(l), first = pop_any(l);
    if (hd_is_ref(first) || hd_is_ref(second))
        hd_validate_mismatch(l, "a reference, which needs the form with a type,");
    else if (first != second && first != HD_UNKNOWN && second != HD_UNKNOWN)
        hd_validate_mismatch(l, "operands of types %s and %s", hd_valtype_name(first),
                             hd_valtype_name(second));
    push_type(l, first == HD_UNKNOWN ? second : first);
}

static void check_typed_select(hd_loader *l, const hd_instr *in) {
    if (in->count != 1) {
        hd_loader_invalid(l, in->position, "invalid result arity %u in select", in->count);
        return;
    }
    hd_reader types = {in->items, l->r.pos, l->r.origin, &l->diag};
    hd_valtype type = hd_loader_resolve(l, in->position, hd_read_valtype(&types));
    pop_type(l, HD_I32);
    pop_type(l, type);
    pop_type(l, type);
    push_type(l, type);
}

void hd_validate_control(hd_loader *l, const hd_instr *in) {
    switch (in->opcode) {
    case HD_OP_unreachable: hd_validate_unreachable(l); break;
    case HD_OP_nop:
    case HD_OP_pause: break;
    case HD_OP_br:
    case HD_OP_br_if: check_branch(l, in); break;
    case HD_OP_br_on_null: check_branch_on_null(l, in); break;
    case HD_OP_br_on_non_null: check_branch_on_non_null(l, in); break;
    case HD_OP_br_table: check_branch_table(l, in); break;
    case HD_OP_return:
        pop_types(l, hd_results_of(l->v.function));
        hd_validate_unreachable(l);
        break;
    case HD_OP_call:
    case HD_OP_return_call: check_direct_call(l, in); break;
    case HD_OP_call_indirect:
    case HD_OP_return_call_indirect: check_indirect_call(l, in); break;
    case HD_OP_call_ref:
    case HD_OP_return_call_ref: check_reference_call(l, in); break;
    case HD_OP_throw:
    case HD_OP_throw_ref:
    case HD_OP_rethrow: hd_validate_throw(l, in); break;
    case HD_OP_drop: pop_any(l); break;
    case HD_OP_select: check_select(l); break;
    case HD_OP_select_t: check_typed_select(l, in); break;
    default: hd_validate_access(l, in); break;
    }
}
