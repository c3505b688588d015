/* constexpr.c: constant expressions (core specification, section 3.3.13; extended constant
 * expressions). */
#include "module/internal.h"

/* Imported globals come before every constant expression; extended ones may read those of the
 * module too that are defined before. */
static bool check_global(hd_loader *l, const hd_instr *in) {
    const hd_module *m = l->module;
    bool extended = l->features & HD_FEATURE_EXTENDED_CONST;
    uint32_t count = extended ? m->global_count : m->imported_globals;
    if (!hd_loader_index(l, in->position, "global", in->index, count)) return false;
    if (!m->globals[in->index].type.is_mutable) return true;
    hd_loader_invalid(l, in->position, "constant expression required: global %u is mutable",
                      in->index);
    return false;
}

bool hd_constexpr_check(hd_loader *l, const hd_instr *in) {
    const hd_opinfo *info = &hd_opcode_info[in->opcode];
    if (info->shape == HD_OPSHAPE_CONST) return true;
    switch (in->opcode) {
    case HD_OP_end:
    case HD_OP_ref_null:
    case HD_OP_ref_func: return true;
    case HD_OP_global_get: return check_global(l, in);
    case HD_OP_i32_add:
    case HD_OP_i32_sub:
    case HD_OP_i32_mul:
    case HD_OP_i64_add:
    case HD_OP_i64_sub:
    case HD_OP_i64_mul:
        if (l->features & HD_FEATURE_EXTENDED_CONST) return true;
        break;
    default: break;
    }
    hd_loader_invalid(l, in->position, "constant expression required, not %s", info->text);
    return false;
}

hd_expr hd_decode_constexpr(hd_loader *l, hd_valtype result) {
    hd_expr expression = {.start = l->r.pos};
    hd_validate_sequence(l, NULL, (hd_typelist){&result, 1, hd_slots_of(result)});
    expression.end = l->r.pos;
    return expression;
}
