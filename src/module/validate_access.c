/* validate_access.c: instructions on locals, globals, tables, memories and references (core
 * specification, sections 3.3.2 and 3.3.5 to 3.3.7; threads; multiple memories). */
#include "module/validate.h"

static bool has_memory(hd_loader *l, const hd_instr *in, uint32_t index) {
    return hd_loader_index(l, in->position, "memory", index, l->module->memory_count);
}

void hd_validate_memarg(hd_loader *l, const hd_instr *in, const hd_opinfo *info) {
    uint32_t natural = (uint32_t)__builtin_ctz(info->width);
    bool atomic = info->shape >= HD_OPSHAPE_ALOAD && info->shape <= HD_OPSHAPE_NOTIFY;
    has_memory(l, in, in->index);
    if (atomic && in->align != natural)
        hd_loader_invalid(l, in->position, "atomic alignment must be natural: 2^%u in %s, not 2^%u",
                          natural, info->text, in->align);
    else if (in->align > natural)
        hd_loader_invalid(l, in->position,
                          "alignment must not be larger than natural: 2^%u in %s, not 2^%u",
                          natural, info->text, in->align);
}

/* The type of a local that exists. */
static hd_valtype type_of_local(const hd_validator *v, uint32_t index) {
    if (index < HD_NEAR_LOCALS) return v->near_locals[index];
    if (index < v->function->param_count) return v->function->params[index];
    size_t low = 0, high = v->spans.len - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index < v->spans.items[middle].end)
            high = middle;
        else
            low = middle + 1;
    }
    return v->spans.items[low].type;
}

void hd_validate_local(hd_loader *l, const hd_instr *in) {
    if (in->index >= l->v.local_count) {
        hd_loader_invalid(l, in->position, "unknown local %u: the function has %llu", in->index,
                          (unsigned long long)l->v.local_count);
        return;
    }
    hd_valtype type = type_of_local(&l->v, in->index);
    if (in->opcode != HD_OP_local_get) pop_type(l, type);
    if (in->opcode != HD_OP_local_set) push_type(l, type);
}

static void check_global(hd_loader *l, const hd_instr *in) {
    const hd_module *m = l->module;
    if (!hd_loader_index(l, in->position, "global", in->index, m->global_count)) return;
    hd_globaltype global = m->globals[in->index].type;
    if (in->opcode == HD_OP_global_get) {
        push_type(l, global.type);
        return;
    }
    if (!global.mutable) hd_loader_invalid(l, in->position, "global is immutable: %u", in->index);
    pop_type(l, global.type);
}

static bool has_segment(hd_loader *l, const hd_instr *in) {
    const hd_module *m = l->module;
    if (in->opcode == HD_OP_table_init || in->opcode == HD_OP_elem_drop)
        return hd_loader_index(l, in->position, "elem segment", in->index, m->element_count);
    /* Without a count the module is refused in the end, whatever the index. */
    return !l->has_data_count ||
           hd_loader_index(l, in->position, "data segment", in->index, l->data_count);
}

static void pop_three(hd_loader *l) {
    for (int i = 0; i < 3; i++)
        pop_type(l, HD_I32);
}

static void check_table_types(hd_loader *l, hd_valtype to, hd_valtype from) {
    if (to != from)
        hd_validate_mismatch(l, "%s for a table of %s", hd_valtype_name(from), hd_valtype_name(to));
}

static void check_table(hd_loader *l, const hd_instr *in) {
    const hd_module *m = l->module;
    uint32_t table = in->opcode == HD_OP_table_init ? in->index2 : in->index;
    if (!hd_loader_index(l, in->position, "table", table, m->table_count)) return;
    hd_valtype type = m->tables[table].element;
    switch (in->opcode) {
    case HD_OP_table_get:
        pop_type(l, HD_I32);
        push_type(l, type);
        break;
    case HD_OP_table_set:
        pop_type(l, type);
        pop_type(l, HD_I32);
        break;
    case HD_OP_table_size: push_type(l, HD_I32); break;
    case HD_OP_table_grow:
        pop_type(l, HD_I32);
        pop_type(l, type);
        push_type(l, HD_I32);
        break;
    case HD_OP_table_fill:
        pop_type(l, HD_I32);
        pop_type(l, type);
        pop_type(l, HD_I32);
        break;
    case HD_OP_table_copy:
        if (!hd_loader_index(l, in->position, "table", in->index2, m->table_count)) return;
        check_table_types(l, type, m->tables[in->index2].element);
        pop_three(l);
        break;
    default: /* table.init */
        if (!has_segment(l, in)) return;
        check_table_types(l, type, m->elements[in->index].type);
        pop_three(l);
        break;
    }
}

static void check_memory(hd_loader *l, const hd_instr *in) {
    switch (in->opcode) {
    case HD_OP_memory_size:
        has_memory(l, in, in->index);
        push_type(l, HD_I32);
        break;
    case HD_OP_memory_grow:
        has_memory(l, in, in->index);
        pop_type(l, HD_I32);
        push_type(l, HD_I32);
        break;
    case HD_OP_memory_fill:
        has_memory(l, in, in->index);
        pop_three(l);
        break;
    case HD_OP_memory_copy:
        has_memory(l, in, in->index);
        has_memory(l, in, in->index2);
        pop_three(l);
        break;
    default: /* memory.init */
        has_memory(l, in, in->index2);
        has_segment(l, in);
        pop_three(l);
        break;
    }
}

/* In a body, ref.func may only name what the module declares elsewhere; a constant expression
 * declares what it names. */
static void check_ref_func(hd_loader *l, const hd_instr *in) {
    if (!hd_loader_index(l, in->position, "function", in->index, l->module->function_count)) return;
    if (!l->v.function)
        hd_loader_declare(l, in->index);
    else if (!l->declared || !l->declared[in->index])
        hd_loader_invalid(l, in->position, "undeclared function reference %u", in->index);
    push_type(l, HD_FUNCREF);
}

static void check_is_null(hd_loader *l) {
    hd_valtype type = pop_any(l);
    if (type != HD_UNKNOWN && !hd_is_ref(type))
        hd_validate_mismatch(l, "expected a reference, got %s", hd_valtype_name(type));
    push_type(l, HD_I32);
}

void hd_validate_access(hd_loader *l, const hd_instr *in) {
    switch (in->opcode) {
    case HD_OP_global_get:
    case HD_OP_global_set: check_global(l, in); break;
    case HD_OP_table_get:
    case HD_OP_table_set:
    case HD_OP_table_size:
    case HD_OP_table_grow:
    case HD_OP_table_fill:
    case HD_OP_table_copy:
    case HD_OP_table_init: check_table(l, in); break;
    case HD_OP_memory_size:
    case HD_OP_memory_grow:
    case HD_OP_memory_fill:
    case HD_OP_memory_copy:
    case HD_OP_memory_init: check_memory(l, in); break;
    case HD_OP_elem_drop:
    case HD_OP_data_drop: has_segment(l, in); break;
    case HD_OP_ref_null: push_type(l, in->type); break;
    case HD_OP_ref_func: check_ref_func(l, in); break;
    case HD_OP_ref_is_null: check_is_null(l); break;
    default: break; /* no other instruction has this shape */
    }
}
