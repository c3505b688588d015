/* inspect.c: see inspect.h. code.h draws the frame. */
#include "exec/inspect.h"

#include <string.h>

#include "exec/machine.h"

static const hd_funcdef *definition_of(const hd_func *func) {
    return &func->instance->module->functions[func->index];
}

bool hd_agent_frame(const hd_agent *agent, size_t number, hd_frame_view *view) {
    for (hd_slot *fp = agent->fp; fp; fp = hd_frame_at(fp)->caller) {
        const hd_func *func = hd_frame_at(fp)->func;
        if (!func->instance || number-- > 0) continue;
        const hd_funcdef *f = definition_of(func);
        *view = (hd_frame_view){func, fp, f->type->param_count};
        for (uint32_t i = 0; i < f->local_run_count; i++)
            view->local_count += f->locals[i].count;
        return true;
    }
    return false;
}

static hd_valtype take(hd_valtype type, const hd_slot *cell, hd_slot value[2]) {
    value[1] = (hd_slot){0};
    memcpy(value, cell, hd_slots_of(type) * sizeof *cell);
    return type;
}

hd_valtype hd_frame_local(const hd_frame_view *view, uint32_t local, hd_slot value[2]) {
    const hd_funcdef *f = definition_of(view->func);
    const hd_slot *cell = view->fp - hd_call_area(f->type);
    for (uint32_t i = 0; i < f->type->param_count; i++) {
        hd_valtype type = f->type->params[i];
        if (i == local) return take(type, cell, value);
        cell += hd_slots_of(type);
    }
    cell = view->fp + HD_FRAME_SLOTS;
    local -= f->type->param_count;
    for (uint32_t i = 0; i < f->local_run_count; i++) {
        const hd_local_run *run = &f->locals[i];
        if (local < run->count)
            return take(run->type, cell + (size_t)local * hd_slots_of(run->type), value);
        local -= run->count;
        cell += (size_t)run->count * hd_slots_of(run->type);
    }
    return take(HD_I32, view->fp, value); /* there is no such local */
}
