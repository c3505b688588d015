/* validate_access.c: instructions on locals, globals, tables, memories and references (core
 * specification, sections 3.3.2 and 3.3.5 to 3.3.7; threads; multiple memories). */
#include "module/validate.h"

/* The type of addresses of a memory, which must exist. */
static hd_valtype check_memory(hd_loader *l, const hd_instr *in, uint32_t index) {
    if (!hd_loader_index(l, in->position, "memory", index, l->module->memory_count)) return HD_I32;
    return hd_address_type(&l->module->memories[index]);
}

static hd_valtype index_type(const hd_loader *l, uint32_t table) {
    return hd_address_type(&l->module->tables[table].type.limits);
}

/* Of copies: the length has the narrower type. */
static hd_valtype narrower(hd_valtype a, hd_valtype b) {
    return a == HD_I64 ? b : a;
}

hd_valtype hd_validate_memarg(hd_loader *l, const hd_instr *in, const hd_opinfo *info) {
    uint32_t natural = (uint32_t)__builtin_ctz(info->width);
    bool atomic = info->shape >= HD_OPSHAPE_ALOAD && info->shape <= HD_OPSHAPE_NOTIFY;
    hd_valtype address = check_memory(l, in, in->index);
    bool takes_order = info->shape >= HD_OPSHAPE_ALOAD && info->shape <= HD_OPSHAPE_ACMPXCHG;
    if (in->ordered && !takes_order)
        hd_loader_invalid(l, in->position, "memory ordering given for %s", info->text);
    if (in->ordered && in->acquire_release) l->module->acquire_release = true;
    if (address == HD_I32 && in->offset > UINT32_MAX)
        hd_loader_invalid(l, in->position,
                          "offset out of range: %llu in a memory of 32-bit addresses",
                          (unsigned long long)in->offset);
    if (atomic && in->align != natural)
        hd_loader_invalid(l, in->position, "atomic alignment must be natural: 2^%u in %s, not 2^%u",
                          natural, info->text, in->align);
    else if (in->align > natural)
        hd_loader_invalid(l, in->position,
                          "alignment must not be larger than natural: 2^%u in %s, not 2^%u",
                          natural, info->text, in->align);
    return address;
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

/* Of a local that exists and must be set before it is read: parameters are set from the start. */
static void check_set(hd_loader *l, const hd_instr *in) {
    hd_validator *v = &l->v;
    size_t word = in->index / 64;
    if (in->index < v->function->param_count || word >= v->is_set.len) return;
    uint64_t bit = UINT64_C(1) << in->index % 64;
    if (v->is_set.items[word] & bit) return;
    if (in->opcode == HD_OP_local_get) {
        hd_loader_invalid(l, in->position, "uninitialized local: %u", in->index);
        return;
    }
    v->is_set.items[word] |= bit;
    if (!hd_vec_push(&v->set_locals, in->index)) hd_loader_nomem(l);
}

void hd_validate_forget_locals(hd_validator *v, uint32_t count) {
    while (v->set_locals.len > count) {
        uint32_t index = v->set_locals.items[--v->set_locals.len];
        v->is_set.items[index / 64] &= ~(UINT64_C(1) << index % 64);
    }
}

void hd_validate_local(hd_loader *l, const hd_instr *in) {
    if (in->index >= l->v.local_count) {
        hd_loader_invalid(l, in->position, "unknown local %u: the function has %llu", in->index,
                          (unsigned long long)l->v.local_count);
        return;
    }
    hd_valtype type = type_of_local(&l->v, in->index);
    if (l->v.watches_locals && !hd_is_nullable(type)) check_set(l, in);
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
    if (!global.is_mutable)
        hd_loader_invalid(l, in->position, "global is immutable: %u", in->index);
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

/* The operands of bulk instructions: where to, where from or what, how many. */
static void pop_three(hd_loader *l, hd_valtype first, hd_valtype second, hd_valtype third) {
    pop_type(l, third);
    pop_type(l, second);
    pop_type(l, first);
}

static void check_table_types(hd_loader *l, hd_valtype to, hd_valtype from) {
    if (!hd_valtype_matches(from, to))
        hd_validate_mismatch(l, "%s for a table of %s", hd_valtype_name(from), hd_valtype_name(to));
}

static void check_table(hd_loader *l, const hd_instr *in) {
    const hd_module *m = l->module;
    uint32_t table = in->opcode == HD_OP_table_init ? in->index2 : in->index;
    if (!hd_loader_index(l, in->position, "table", table, m->table_count)) return;
    hd_valtype type = m->tables[table].type.element, at = index_type(l, table);
    switch (in->opcode) {
    case HD_OP_table_get:
        pop_type(l, at);
        push_type(l, type);
        break;
    case HD_OP_table_set:
        pop_type(l, type);
        pop_type(l, at);
        break;
    case HD_OP_table_size: push_type(l, at); break;
    case HD_OP_table_grow:
        pop_type(l, at);
        pop_type(l, type);
        push_type(l, at);
        break;
    case HD_OP_table_fill: pop_three(l, at, type, at); break;
    case HD_OP_table_copy: {
        if (!hd_loader_index(l, in->position, "table", in->index2, m->table_count)) return;
        hd_valtype from = index_type(l, in->index2);
        check_table_types(l, type, m->tables[in->index2].type.element);
        pop_three(l, at, from, narrower(at, from));
        break;
    }
    default: /* table.init */
        if (!has_segment(l, in)) return;
        check_table_types(l, type, m->elements[in->index].type);
        pop_three(l, at, HD_I32, HD_I32);
        break;
    }
}

static void check_memory_instruction(hd_loader *l, const hd_instr *in) {
    bool init = in->opcode == HD_OP_memory_init;
    hd_valtype at = check_memory(l, in, init ? in->index2 : in->index);
    switch (in->opcode) {
    case HD_OP_memory_size: push_type(l, at); break;
    case HD_OP_memory_grow:
        pop_type(l, at);
        push_type(l, at);
        break;
    case HD_OP_memory_fill: pop_three(l, at, HD_I32, at); break;
    case HD_OP_memory_copy: {
        hd_valtype from = check_memory(l, in, in->index2);
        pop_three(l, at, from, narrower(at, from));
        break;
    }
    default: /* memory.init */
        has_segment(l, in);
        pop_three(l, at, HD_I32, HD_I32);
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
    hd_valtype type = HD_FUNCREF;
    if (l->features & HD_FEATURE_FUNCTION_REFERENCES)
        type = hd_loader_ref_to(l, l->module->functions[in->index].type_index) | HD_NON_NULL;
    push_type(l, type);
}

hd_valtype hd_validate_pop_ref(hd_loader *l) {
    hd_valtype type = pop_any(l);
    if (hd_is_ref(type)) return type;
    if (type != HD_UNKNOWN)
        hd_validate_mismatch(l, "expected a reference, got %s", hd_valtype_name(type));
    return HD_UNKNOWN_REF;
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
    case HD_OP_memory_init: check_memory_instruction(l, in); break;
    case HD_OP_elem_drop:
    case HD_OP_data_drop: has_segment(l, in); break;
    case HD_OP_ref_null: push_type(l, hd_loader_resolve(l, in->position, in->type)); break;
    case HD_OP_ref_func: check_ref_func(l, in); break;
    case HD_OP_ref_is_null:
        hd_validate_pop_ref(l);
        push_type(l, HD_I32);
        break;
    case HD_OP_ref_as_non_null: push_type(l, hd_validate_pop_ref(l) | HD_NON_NULL); break;
    default: break; /* no other instruction has this shape */
    }
}
