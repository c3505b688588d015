/* validate.h: the operand stack of the validator (core specification, appendix "Validation
 * Algorithm"), shared by the files that check instructions; internal to module/. */
#ifndef HD_MODULE_VALIDATE_H
#define HD_MODULE_VALIDATE_H

#include <string.h>

#include "module/internal.h"

/* The type of an operand that unreachable code conjures up: matches any; and of a reference that is
 * known to be one, and no null. */
#define HD_UNKNOWN ((hd_valtype)0)
#define HD_UNKNOWN_REF ((hd_valtype)HD_HEAP_BOTTOM | HD_NON_NULL)

/* Records "type mismatch: DETAIL in INSTRUCTION" at the instruction being checked. */
void hd_validate_mismatch(hd_loader *l, const char *format, ...)
    __attribute__((format(printf, 2, 3), cold));

/* The slow parts of the stack operations below. */
hd_valtype hd_validate_pop_none(hd_loader *l, hd_valtype expected);
void hd_validate_pop_other(hd_loader *l, hd_valtype expected);
void hd_validate_pop_each(hd_loader *l, hd_typelist list);
bool hd_validate_grow(hd_loader *l, size_t extra);

static inline hd_control_frame *hd_validate_top(hd_validator *v) {
    return &v->frames.items[v->frames.len - 1];
}

/* An unknown operand may stand for a v128. */
static inline uint32_t hd_operand_slots(hd_valtype type) {
    return type == HD_V128 || type == HD_UNKNOWN ? 2 : 1;
}

static inline void push_type(hd_loader *l, hd_valtype type) {
    hd_validator *v = &l->v;
    if (v->operands.len == v->operands.cap && !hd_validate_grow(l, 1)) return;
    v->operands.items[v->operands.len++] = type;
    v->slots += hd_operand_slots(type);
    if (v->slots > v->max_slots) v->max_slots = v->slots;
}

/* Pops an operand of any type. */
static inline hd_valtype pop_any(hd_loader *l) {
    hd_validator *v = &l->v;
    if (v->operands.len == hd_validate_top(v)->height) return hd_validate_pop_none(l, HD_UNKNOWN);
    hd_valtype type = v->operands.items[--v->operands.len];
    v->slots -= hd_operand_slots(type);
    return type;
}

/* Pops an operand that must be of a type. */
static inline void pop_type(hd_loader *l, hd_valtype expected) {
    hd_validator *v = &l->v;
    size_t len = v->operands.len;
    if (len > hd_validate_top(v)->height && v->operands.items[len - 1] == expected) {
        v->operands.len = len - 1;
        v->slots -= hd_operand_slots(expected);
    } else {
        hd_validate_pop_other(l, expected);
    }
}

/* Pops operands that must be of the types of a list, the last one first. */
static inline void pop_types(hd_loader *l, hd_typelist list) {
    hd_validator *v = &l->v;
    if (list.count == 0) return;
    size_t have = v->operands.len - hd_validate_top(v)->height;
    if (have >= list.count && memcmp(v->operands.items + v->operands.len - list.count, list.types,
                                     list.count * sizeof *list.types) == 0) {
        v->operands.len -= list.count;
        v->slots -= list.slots;
    } else {
        hd_validate_pop_each(l, list);
    }
}

static inline void push_types(hd_loader *l, hd_typelist list) {
    hd_validator *v = &l->v;
    if (list.count == 0) return;
    if (v->operands.cap - v->operands.len < list.count && !hd_validate_grow(l, list.count)) return;
    memcpy(v->operands.items + v->operands.len, list.types, list.count * sizeof *list.types);
    v->operands.len += list.count;
    v->slots += list.slots;
    if (v->slots > v->max_slots) v->max_slots = v->slots;
}

static inline hd_typelist hd_params_of(const hd_functype *type) {
    return (hd_typelist){type->params, type->param_count, type->param_slots};
}

static inline hd_typelist hd_results_of(const hd_functype *type) {
    return (hd_typelist){type->results, type->result_count, type->result_slots};
}

/* True if operands of the first types may stand where those of the second are expected. */
bool hd_typelist_matches(hd_typelist types, hd_typelist supers);

/* Pops a reference of any type; in unreachable code it may be one that matches all. */
hd_valtype hd_validate_pop_ref(hd_loader *l);

/* What follows is not reached: forgets the frame's operands. */
void hd_validate_unreachable(hd_loader *l);

/* validate_control.c: instructions that open, close or leave blocks, or call. */
void hd_validate_push_frame(hd_loader *l, const hd_control_frame *frame);
/* Sets the parameters and results that a block type gives. */
void hd_validate_block_type(hd_loader *l, const hd_instr *in, hd_control_frame *frame);
/* Checks that the top frame's operands are its results, and pops them. */
void hd_validate_results(hd_loader *l);
/* Returns the frame of a label, counted from the innermost, or NULL ("unknown label"). */
const hd_control_frame *hd_validate_label(hd_loader *l, const hd_instr *in, uint32_t label);
/* What a branch to a frame carries. */
hd_typelist hd_validate_label_types(const hd_control_frame *frame);
void hd_validate_block(hd_loader *l, const hd_instr *in);
void hd_validate_else(hd_loader *l, const hd_instr *in);
void hd_validate_end(hd_loader *l, const hd_instr *in);
/* Checks an instruction of shape CTRL, but for block, loop, if, else and end. */
void hd_validate_control(hd_loader *l, const hd_instr *in);

/* validate_exceptions.c: exceptions, in the form of 3.0 and in the legacy one. */
void hd_validate_try_table(hd_loader *l, const hd_instr *in);
/* catch and catch_all, which close one part of a legacy try and open the next; delegate, which
 * closes it. */
void hd_validate_catch(hd_loader *l, const hd_instr *in);
void hd_validate_delegate(hd_loader *l, const hd_instr *in);
/* throw, throw_ref and rethrow. */
void hd_validate_throw(hd_loader *l, const hd_instr *in);

/* validate_access.c: variables, tables, memories, references. The first checks an instruction of
 * shape CTRL that hd_validate_control does not know; those on locals have a function of their own.
 */
void hd_validate_access(hd_loader *l, const hd_instr *in);
void hd_validate_local(hd_loader *l, const hd_instr *in);
/* Locals that were set are so up to the end of the innermost block only: forgets those set since
 * `count` were. */
void hd_validate_forget_locals(hd_validator *v, uint32_t count);
/* Checks the memory, alignment and offset of an access; returns the type of its address. */
hd_valtype hd_validate_memarg(hd_loader *l, const hd_instr *in, const hd_opinfo *info);

#endif
