/* code.c: see code.h. */
#include "cli/script/code.h"

#include <pthread.h>

#include "base/vec.h"
#include "cli/sources.h"
#include "code/shared.h"
#include "text/wat.h"

/* A module, and its code. */
typedef struct loaded {
    const hd_script_module *source;
    hd_diag diag; /* why it could not be loaded, or HD_OK */
    hd_shared_code *code;
} loaded;

struct hd_script_code {
    const hd_script *script;
    hd_features features;
    pthread_mutex_t lock; /* protects what follows */
    HD_VEC(loaded *) modules;
};

hd_script_code *hd_script_code_new(const hd_script *script, hd_features features) {
    hd_script_code *code = hd_calloc(1, sizeof *code);
    if (!code) return NULL;
    code->script = script;
    code->features = features;
    pthread_mutex_init(&code->lock, NULL);
    return code;
}

static void release(loaded *l) {
    hd_shared_code_free(l->code);
    hd_free(l);
}

void hd_script_code_free(hd_script_code *code) {
    if (!code) return;
    for (size_t i = 0; i < code->modules.len; i++)
        release(code->modules.items[i]);
    hd_vec_free(&code->modules);
    pthread_mutex_destroy(&code->lock);
    hd_free(code);
}

static void read_module(const hd_script_code *code, loaded *l) {
    const hd_text *text = &l->source->source;
    hd_module *module = NULL;
    if (l->source->kind == HD_MODULE_BINARY) {
        hd_module_load_features((const uint8_t *)text->bytes, text->length, code->features, &module,
                                &l->diag);
    } else {
        hd_wat wat = {code->script->file, text->bytes, text->length, l->source->line,
                      l->source->column};
        hd_wat_load(&wat, code->features, &module, &l->diag);
    }
    if (!module) return;
    hd_module_set_source_paths(module, hd_shown_sources());
    l->code = hd_shared_code_new(module);
    if (!l->code) hd_diag_nomem(&l->diag);
}

/* The module, read if that was not done before; NULL when memory is out. Under the lock. */
static loaded *find(hd_script_code *code, const hd_script_module *source) {
    for (size_t i = 0; i < code->modules.len; i++)
        if (code->modules.items[i]->source == source) return code->modules.items[i];
    loaded *l = hd_calloc(1, sizeof *l);
    if (!l) return NULL;
    l->source = source;
    l->diag = (hd_diag)HD_DIAG_INIT;
    read_module(code, l);
    if (l->diag.status != HD_NOMEM && hd_vec_push(&code->modules, l)) return l;
    release(l);
    return NULL;
}

hd_status hd_script_code_load(hd_script_code *code, const hd_script_module *module,
                              const hd_cluster *cluster, hd_codebase **base, hd_diag *diag) {
    pthread_mutex_lock(&code->lock);
    loaded *l = find(code, module);
    *base = NULL;
    if (l && l->diag.status != HD_OK)
        *diag = l->diag;
    else if (l)
        *base = hd_shared_code_for(l->code,
                                   hd_cluster_handlers(cluster, hd_shared_code_module(l->code)));
    pthread_mutex_unlock(&code->lock);
    if (!*base && diag->status == HD_OK) hd_diag_nomem(diag);
    return diag->status;
}
