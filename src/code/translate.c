/* translate.c: one pass over a validated body. */
#include "code/translate.h"

#include <assert.h>

#include "code/translator.h"

/* Lays out the frame (see code.h), in which operands can name every cell: HD_MAX_FRAME. */
static void lay_out(translator *t) {
    const hd_funcdef *f = t->function;
    uint64_t area = hd_call_area(f->type), locals = 0, count = f->type->param_count;
    for (uint32_t i = 0; i < f->local_run_count; i++) {
        count += f->locals[i].count;
        locals += (uint64_t)f->locals[i].count * hd_slots_of(f->locals[i].type);
    }
    uint64_t cells = HD_FRAME_SLOTS + locals + f->max_height;
    assert(area <= INT16_MAX && cells <= INT16_MAX);
    t->area = (int16_t)area;
    t->first_home = (int16_t)(HD_FRAME_SLOTS + locals);
    t->frame_slots = (uint32_t)cells;
    t->local_count = (uint32_t)count;
}

static void place_local(translator *t, uint32_t *next, int *cell, hd_valtype type) {
    t->locals[*next] = (local){.type = type, .cell = (int16_t)*cell};
    *cell += (int)hd_slots_of(type);
    ++*next;
}

static bool allocate(translator *t) {
    const hd_funcdef *f = t->function;
    t->locals = hd_calloc(t->local_count, sizeof *t->locals);
    t->stack = hd_calloc(f->max_height, sizeof *t->stack);
    t->labels = hd_calloc(f->max_labels, sizeof *t->labels);
    size_t bytes = (size_t)(f->body.end - f->body.start);
    if (!t->locals || !t->stack || !t->labels || !hd_vec_reserve(&t->code, bytes / 2 + 8) ||
        !hd_vec_reserve(&t->offsets, bytes / 2 + 8))
        return false;
    uint32_t next = 0;
    int cell = -t->area;
    for (uint32_t i = 0; i < f->type->param_count; i++)
        place_local(t, &next, &cell, f->type->params[i]);
    cell = HD_FRAME_SLOTS;
    for (uint32_t i = 0; i < f->local_run_count; i++)
        for (uint32_t n = 0; n < f->locals[i].count; n++)
            place_local(t, &next, &cell, f->locals[i].type);
    return true;
}

static void walk(translator *t) {
    uint32_t enter = hd_emit_imm(t, HD_R_enter, t->first_home - HD_FRAME_SLOTS, 0, 0);
    t->last_unit = NO_UNIT;
    t->labels[t->depth++] = (label){.opcode = HD_OP_call,
                                    .type = *t->function->type,
                                    .home = t->first_home,
                                    .fixups = NO_UNIT,
                                    .otherwise = NO_UNIT,
                                    .stub = NO_UNIT,
                                    .catches = HD_NO_CLAUSE};
    t->reachable = true;
    while (t->depth > 0 && !t->out_of_memory) {
        if (!hd_instr_read(&t->reader, HD_FEATURES_ALL, &t->instr)) return;
        t->offset = (uint32_t)t->instr.position;
        if (hd_translate_control(t) || hd_translate_exception(t) || hd_translate_variable(t) ||
            hd_translate_call(t) || hd_translate_bulk(t))
            continue;
        hd_translate_regular(t);
    }
    t->code.items[enter].imm = (int32_t)t->frame_slots;
}

hd_status hd_translate(const hd_module *module, uint32_t function, hd_handlers handlers,
                       hd_translation *result, hd_diag *diag) {
    const hd_funcdef *f = &module->functions[function];
    translator t = {.module = module,
                    .function = f,
                    .handlers = handlers,
                    .diag = diag,
                    .reader = {f->body.start, f->body.end, module->bytes, diag},
                    .last_unit = NO_UNIT,
                    .r_cell = NO_CELL,
                    .x_cell = NO_CELL};
    t.offset = (uint32_t)(f->body.start - module->bytes);
    lay_out(&t);
    if (allocate(&t))
        walk(&t);
    else
        t.out_of_memory = true;
    assert(t.frame_slots <= INT16_MAX); /* calls too reach no further */
    hd_free(t.locals);
    hd_free(t.stack);
    hd_free(t.labels);
    if (t.out_of_memory) hd_diag_nomem(diag);
    if (diag->status != HD_OK) {
        hd_vec_free(&t.code);
        hd_vec_free(&t.offsets);
        hd_vec_free(&t.tries);
        hd_vec_free(&t.clauses);
        return diag->status;
    }
    *result = (hd_translation){.code = t.code.items,
                               .offsets = t.offsets.items,
                               .tries = t.tries.items,
                               .clauses = t.clauses.items,
                               .length = (uint32_t)t.code.len,
                               .try_count = (uint32_t)t.tries.len,
                               .frame_slots = t.frame_slots};
    return HD_OK;
}
