/* bulk.c: variables, references, tables, and bulk operations on memories and tables. */
#include "code/translator.h"

static void global_get(translator *t) {
    hd_valtype type = t->module->globals[t->instr.index].type.type;
    hd_regop op = type == HD_V128 ? HD_R_global_get_wide : HD_R_global_get;
    uint32_t unit = hd_emit_imm(t, op, hd_next_home(t), 0, (int32_t)t->instr.index);
    hd_push_copied(t, type, unit);
}

static void global_set(translator *t) {
    hd_settle_if_const(t, hd_top(t, 0));
    entry value = hd_pop(t);
    hd_regop op = value.type == HD_V128 ? HD_R_global_set_wide : HD_R_global_set;
    hd_emit_imm(t, op, 0, value.cell, (int32_t)t->instr.index);
}

/* Translates an instruction on variables; false if it is none. */
bool hd_translate_variable(translator *t) {
    switch (t->instr.opcode) {
    case HD_OP_local_get: hd_push_local(t, t->instr.index); return true;
    case HD_OP_local_set: hd_assign_local(t, t->instr.index, false); return true;
    case HD_OP_local_tee: hd_assign_local(t, t->instr.index, true); return true;
    case HD_OP_global_get: global_get(t); return true;
    case HD_OP_global_set: global_set(t); return true;
    default: return false;
    }
}

/* How an instruction becomes one operation: `operands` are popped from successive cells, and a
 * result of type `result` (0: none) is pushed. With `two` indices they lie in a second unit. */
typedef struct plan {
    hd_regop op;
    uint8_t operands;
    hd_valtype result;
    bool two;
} plan;

static bool plan_for(const translator *t, plan *p) {
    const hd_instr *in = &t->instr;
    const hd_module *m = t->module;
    switch (in->opcode) {
    case HD_OP_memory_size:
        *p = (plan){HD_R_memory_size, 0, hd_address_type(&m->memories[in->index]), false};
        break;
    case HD_OP_memory_grow:
        *p = (plan){HD_R_memory_grow, 1, hd_address_type(&m->memories[in->index]), false};
        break;
    case HD_OP_memory_fill: *p = (plan){HD_R_memory_fill, 3, 0, false}; break;
    case HD_OP_memory_copy: *p = (plan){HD_R_memory_copy, 3, 0, true}; break;
    case HD_OP_memory_init: *p = (plan){HD_R_memory_init, 3, 0, true}; break;
    case HD_OP_data_drop: *p = (plan){HD_R_data_drop, 0, 0, false}; break;
    case HD_OP_elem_drop: *p = (plan){HD_R_elem_drop, 0, 0, false}; break;
    case HD_OP_table_get:
        *p = (plan){HD_R_table_get, 1, m->tables[in->index].type.element, false};
        break;
    case HD_OP_table_set: *p = (plan){HD_R_table_set, 2, 0, false}; break;
    case HD_OP_table_size:
        *p = (plan){HD_R_table_size, 0, hd_address_type(&m->tables[in->index].type.limits), false};
        break;
    case HD_OP_table_grow:
        *p = (plan){HD_R_table_grow, 2, hd_address_type(&m->tables[in->index].type.limits), false};
        break;
    case HD_OP_table_fill: *p = (plan){HD_R_table_fill, 3, 0, false}; break;
    case HD_OP_table_copy: *p = (plan){HD_R_table_copy, 3, 0, true}; break;
    case HD_OP_table_init: *p = (plan){HD_R_table_init, 3, 0, true}; break;
    case HD_OP_ref_func: *p = (plan){HD_R_ref_func, 0, HD_FUNCREF, false}; break;
    case HD_OP_ref_is_null: *p = (plan){HD_R_ref_is_null, 1, HD_I32, false}; break;
    default: return false;
    }
    return true;
}

/* The reference stays where it is. */
static void as_non_null(translator *t) {
    hd_settle_if_const(t, hd_top(t, 0));
    hd_emit(t, HD_R_ref_as_non_null, 0, hd_top(t, 0)->cell, 0, 0);
}

/* Translates a reference, table or bulk instruction; false if it is none. */
bool hd_translate_bulk(translator *t) {
    if (t->instr.opcode == HD_OP_ref_as_non_null) {
        as_non_null(t);
        return true;
    }
    if (t->instr.opcode == HD_OP_ref_null) {
        hd_push_const(t, t->instr.type, 0);
        return true;
    }
    plan p;
    if (!plan_for(t, &p)) return false;
    hd_settle_top(t, p.operands);
    for (unsigned i = 0; i < p.operands; i++)
        hd_pop(t);
    int16_t home = hd_next_home(t);
    uint32_t unit = hd_emit_imm(t, p.op, home, home, p.two ? 0 : (int32_t)t->instr.index);
    if (p.two) hd_emit_pair(t, t->instr.index, t->instr.index2);
    if (p.result) hd_push_plain(t, p.result, unit);
    return true;
}
