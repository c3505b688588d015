/* validate_exceptions.c: instructions that throw and catch exceptions (core specification 3.0,
 * section 3.4.12; for the legacy form, which compilers still emit, the exception-handling proposal
 * as it was before `exnref`).
 *
 * A part of a legacy try that follows `catch` or `catch_all` holds the exception it caught, for
 * `rethrow`: a cell of the operand stack, below the operands that it starts with, which no
 * instruction can name. */
#include "module/validate.h"

static const hd_functype *tag_type(hd_loader *l, const hd_instr *in, uint32_t tag) {
    const hd_module *m = l->module;
    return hd_loader_index(l, in->position, "tag", tag, m->tag_count) ? m->tags[tag].type : NULL;
}

/* A clause carries the tag's parameters to its label, and a reference to the exception if it says
 * so. */
static void check_clause(hd_loader *l, const hd_instr *in, const hd_catch *clause) {
    hd_validator *v = &l->v;
    hd_typelist params = {0};
    if (clause->tag != HD_CATCH_ALL) {
        const hd_functype *type = tag_type(l, in, clause->tag);
        if (!type) return;
        params = hd_params_of(type);
    }
    const hd_control_frame *target = hd_validate_label(l, in, clause->label);
    if (!target) return;
    hd_typelist expected = hd_validate_label_types(target);
    bool fits = expected.count == params.count + clause->with_ref;
    for (uint32_t i = 0; i < params.count && fits; i++)
        fits = hd_valtype_matches(params.types[i], expected.types[i]);
    if (fits && clause->with_ref)
        fits = hd_valtype_matches(HD_EXNREF | HD_NON_NULL, expected.types[params.count]);
    if (!fits)
        hd_validate_mismatch(l, "a catch clause carries other operands than its label %u takes",
                             clause->label);
    /* They may arrive where nothing else ever does. */
    uint32_t slots = target->slots + expected.slots;
    if (slots > v->max_slots) v->max_slots = slots;
}

void hd_validate_try_table(hd_loader *l, const hd_instr *in) {
    hd_reader clauses = {in->items, l->r.pos, l->r.origin, &l->diag};
    /* Labels are counted from outside of the block. */
    for (uint32_t i = 0; i < in->count && hd_loader_valid(l); i++) {
        hd_catch clause = hd_read_catch(&clauses);
        check_clause(l, in, &clause);
    }
    hd_validate_block(l, in);
}

void hd_validate_catch(hd_loader *l, const hd_instr *in) {
    hd_validator *v = &l->v;
    hd_control_frame *top = hd_validate_top(v);
    if (top->opcode != HD_OP_try && top->opcode != HD_OP_catch) {
        hd_reader_fail(&l->r, HD_MALFORMED, in->position, "END opcode expected, not %s",
                       hd_opcode_info[in->opcode].text);
        return;
    }
    if (hd_loader_valid(l)) hd_validate_results(l);
    hd_validate_forget_locals(v, top->set_locals);
    if (top->opcode == HD_OP_try) {
        top->slots++;
        v->slots++;
        if (v->slots > v->max_slots) v->max_slots = v->slots;
    }
    top->opcode = in->opcode;
    top->unreachable = false;
    if (!hd_loader_valid(l) || in->opcode == HD_OP_catch_all) return;
    const hd_functype *type = tag_type(l, in, in->index);
    if (type) push_types(l, hd_params_of(type));
}

void hd_validate_delegate(hd_loader *l, const hd_instr *in) {
    hd_validator *v = &l->v;
    const hd_control_frame top = *hd_validate_top(v);
    if (top.opcode != HD_OP_try) {
        hd_reader_fail(&l->r, HD_MALFORMED, in->position, "END opcode expected, not delegate");
        return;
    }
    if (hd_loader_valid(l)) hd_validate_results(l);
    hd_validate_forget_locals(v, top.set_locals);
    v->frames.len--;
    if (!hd_loader_valid(l)) return;
    hd_validate_label(l, in, in->index);
    push_types(l, top.results);
}

void hd_validate_throw(hd_loader *l, const hd_instr *in) {
    if (in->opcode == HD_OP_throw) {
        const hd_functype *type = tag_type(l, in, in->index);
        if (!type) return;
        pop_types(l, hd_params_of(type));
    } else if (in->opcode == HD_OP_throw_ref) {
        pop_type(l, HD_EXNREF);
    } else {
        const hd_control_frame *frame = hd_validate_label(l, in, in->index);
        if (!frame) return;
        if (frame->opcode != HD_OP_catch && frame->opcode != HD_OP_catch_all)
            hd_loader_invalid(l, in->position, "invalid rethrow label %u", in->index);
    }
    hd_validate_unreachable(l);
}
