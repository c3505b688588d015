/* shared.c: see shared.h. */
#include "code/shared.h"

#include <pthread.h>

#include "base/alloc.h"

enum { FLAVOURS = 3 };

struct hd_shared_code {
    hd_module *module;
    pthread_mutex_t lock; /* protects what follows */
    struct {
        hd_handlers handlers;
        hd_codebase *base;
    } flavours[FLAVOURS];
};

hd_shared_code *hd_shared_code_new(hd_module *module) {
    hd_shared_code *code = hd_calloc(1, sizeof *code);
    if (!code || pthread_mutex_init(&code->lock, NULL) != 0) {
        hd_free(code);
        hd_module_free(module);
        return NULL;
    }
    code->module = module;
    return code;
}

void hd_shared_code_free(hd_shared_code *code) {
    if (!code) return;
    for (size_t i = 0; i < FLAVOURS; i++)
        hd_codebase_free(code->flavours[i].base);
    hd_module_free(code->module);
    pthread_mutex_destroy(&code->lock);
    hd_free(code);
}

const hd_module *hd_shared_code_module(const hd_shared_code *code) {
    return code->module;
}

hd_codebase *hd_shared_code_for(hd_shared_code *code, hd_handlers handlers) {
    pthread_mutex_lock(&code->lock);
    size_t i = 0;
    while (code->flavours[i].base && code->flavours[i].handlers != handlers)
        i++;
    if (!code->flavours[i].base) {
        code->flavours[i].base = hd_codebase_new(code->module, handlers);
        code->flavours[i].handlers = handlers;
    }
    hd_codebase *base = code->flavours[i].base;
    pthread_mutex_unlock(&code->lock);
    return base;
}
