/* limits.c: what a module may not exceed once it is known to be valid. */
#include "module/internal.h"

/* Cells of a function's locals, without the parameters, and of its operand stack. */
static uint64_t frame_cells(const hd_funcdef *f) {
    uint64_t cells = f->max_height;
    for (uint32_t i = 0; i < f->local_run_count; i++)
        cells += (uint64_t)f->locals[i].count * hd_slots_of(f->locals[i].type);
    return cells;
}

void hd_check_frames(hd_loader *l) {
    const hd_module *m = l->module;
    for (uint32_t i = m->imported_functions; i < m->function_count && hd_loader_valid(l); i++) {
        const hd_funcdef *f = &m->functions[i];
        uint64_t cells = frame_cells(f);
        char name[128];
        if (cells <= HD_MAX_FRAME) continue;
        hd_diag_at_offset(&l->invalid, HD_LIMIT, (uint64_t)(f->body.start - m->bytes),
                          "function %s needs %llu cells of 8 bytes for its locals and its operand "
                          "stack; the limit is %d",
                          hd_module_function_label(m, i, name, sizeof name),
                          (unsigned long long)cells, HD_MAX_FRAME);
    }
}
