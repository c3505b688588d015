/* codebase.c: the code of a module, made function by function as they are first called. */
#include <pthread.h>

#include "base/alloc.h"
#include "code/liveness.h"
#include "code/regops.h"
#include "code/translate.h"

struct hd_codebase {
    const hd_module *module;
    hd_handlers handlers;
    pthread_mutex_t
        lock; /* held while a function is translated; a function's entry is published with
               * release order while it is held, so that no function is translated twice */
    hd_insn untranslated; /* the entry of functions that were never called */
    hd_code functions[];  /* without the imported ones */
};

hd_codebase *hd_codebase_new(const hd_module *module, hd_handlers handlers) {
    uint32_t count = module->function_count - module->imported_functions;
    hd_codebase *base = hd_calloc(1, sizeof *base + count * sizeof(hd_code));
    if (!base) return NULL;
    if (pthread_mutex_init(&base->lock, NULL) != 0) {
        hd_free(base);
        return NULL;
    }
    base->module = module;
    base->handlers = handlers;
    base->untranslated.handler = handlers[HD_R_translate];
    for (uint32_t i = 0; i < count; i++) {
        hd_code *code = &base->functions[i];
        atomic_init(&code->entry, &base->untranslated);
        code->function = module->imported_functions + i;
        code->base = base;
    }
    return base;
}

void hd_codebase_free(hd_codebase *base) {
    if (!base) return;
    uint32_t count = base->module->function_count - base->module->imported_functions;
    for (uint32_t i = 0; i < count; i++) {
        hd_free((void *)base->functions[i].begin);
        hd_free((void *)base->functions[i].offsets);
        hd_free((void *)base->functions[i].tries);
        hd_free((void *)base->functions[i].clauses);
        hd_free(base->functions[i].live);
    }
    pthread_mutex_destroy(&base->lock);
    hd_free(base);
}

const hd_module *hd_codebase_module(const hd_codebase *base) {
    return base->module;
}

hd_code *hd_codebase_function(hd_codebase *base, uint32_t index) {
    return &base->functions[index - base->module->imported_functions];
}

hd_status hd_code_translate(hd_code *code, hd_diag *diag) {
    hd_codebase *base = code->base;
    hd_status status = HD_OK;
    pthread_mutex_lock(&base->lock);
    if (!code->begin) {
        hd_translation made;
        status = hd_translate(base->module, code->function, base->handlers, &made, diag);
        if (status == HD_OK) {
            code->begin = made.code;
            code->end = made.code + made.length;
            code->offsets = made.offsets;
            code->tries = made.tries;
            code->clauses = made.clauses;
            code->try_count = made.try_count;
            code->frame_slots = made.frame_slots;
            atomic_store_explicit(&code->entry, made.code, memory_order_release);
        }
    }
    pthread_mutex_unlock(&base->lock);
    return status;
}

uint32_t hd_code_offset(const hd_code *code, const hd_insn *insn) {
    if (!code->offsets || insn < code->begin || insn >= code->end) return 0;
    return code->offsets[insn - code->begin];
}

hd_live_cells hd_code_live(const hd_code *code, const hd_insn *at) {
    hd_codebase *base = code->base;
    if (!base || code->try_count > 0 || at < code->begin || at >= code->end) return (hd_live_cells){.loop = true};
    pthread_mutex_lock(&base->lock);
    hd_code *asked = hd_codebase_function(base, code->function);
    if (!asked->live) asked->live = hd_code_analyse(code, base->module, base->handlers);
    pthread_mutex_unlock(&base->lock);
    if (!asked->live) return (hd_live_cells){.loop = true};
    int32_t area = (int32_t)hd_call_area(base->module->functions[code->function].type);
    int32_t count = area + (int32_t)code->frame_slots + 2;
    const uint64_t *row = asked->live + (size_t)(at - code->begin) * hd_live_words(count);
    return (hd_live_cells){row, -area, count, row[count / 64] >> count % 64 & 1};
}
