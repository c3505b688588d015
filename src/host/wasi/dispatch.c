/* dispatch.c: from a call of the module to the handler of the function, and back. */
#include <string.h>

#include "host/wasi/guest.h"
#include "runtime/store.h"

/* Types: the parameters of each row, and one result. */
static const hd_valtype results[] = {HD_I32};
#define FN(name, result, outside, ...) static const hd_valtype parameters_##name[] = {__VA_ARGS__};
#include "host/wasi/functions.def"
#undef FN

enum { RESULTS_ERRNO = 1, RESULTS_NONE = 0 };
#define COUNT(array) (sizeof(array) / sizeof(hd_valtype))

const hd_wasi_function hd_wasi_functions[HD_WASI_FUNCTIONS] = {
#define FN(name, result, outside, ...)                                                             \
    {#name,                                                                                        \
     HD_WASI_MODULE "." #name,                                                                     \
     {.param_count = COUNT(parameters_##name),                                                     \
      .result_count = RESULTS_##result,                                                            \
      .param_slots = COUNT(parameters_##name),                                                     \
      .result_slots = RESULTS_##result,                                                            \
      .params = parameters_##name,                                                                 \
      .results = results},                                                                         \
     HD_WASI_##outside,                                                                            \
     hd_wasi_do_##name},
#include "host/wasi/functions.def"
#undef FN
};

/* Ends a call: reports and records it, and gives the module its result. */
static hd_trapcode finish(hd_wasi_call *call, hd_wasi_errno result, hd_slot *cells) {
    if (result == HD_WASI_BLOCKED) {
        hd_wasi_log_drop(call);
        return HD_TRAP_BLOCKED;
    }
    call->binding->waiting = false;
    if (result == HD_WASI_RECALLED) {
        /* What is recalled may be recorded as well: a trace of the replay. */
        result = hd_wasi_log_end(call, call->recalled);
    } else if (result == HD_WASI_TRAPPED || result == HD_WASI_STOPPED) {
        hd_wasi_log_drop(call);
    } else {
        result = hd_wasi_log_end(call, result);
    }
    if (result == HD_WASI_STOPPED) return HD_TRAP_STOPPED;
    if (result == HD_WASI_TRAPPED) return HD_TRAP_HOST;
    if (call->function->type.result_count > 0) cells[0].i64 = result;
    return HD_TRAP_NONE;
}

/* The host function behind each of WASI's. */
static hd_trapcode dispatch(hd_agent *agent, void *data, hd_slot *cells, hd_diag *diag) {
    const struct hd_wasi_bound *bound = data;
    hd_wasi_agent *binding = bound->binding;
    hd_wasi_call call = {
        .wasi = binding->wasi,
        .binding = binding,
        .agent = agent,
        .memory = binding->memory,
        .outside = binding->wasi->outside,
        .function = bound->function,
        .diag = diag,
        .depends = bound->function->outside == HD_WASI_OUTSIDE,
    };
    hd_wasi_log_drop(&call);
    hd_wasi_errno result = call.depends && call.outside->recall
                               ? hd_wasi_recall(&call)
                               : bound->function->handler(&call, cells);
    return finish(&call, result, cells);
}

/* Makes the functions in a store. */
static bool make_functions(hd_wasi_agent *binding, hd_store *store) {
    for (size_t i = 0; i < HD_WASI_FUNCTIONS; i++) {
        const hd_wasi_function *function = &hd_wasi_functions[i];
        struct hd_wasi_bound *bound = &binding->functions[i];
        *bound = (struct hd_wasi_bound){.binding = binding, .function = function};
        bound->func = hd_store_host_function(store, function->qualified_name, &function->type,
                                             dispatch, bound);
        if (!bound->func) return false;
    }
    return true;
}

hd_wasi_agent *hd_wasi_bind(hd_wasi *wasi, hd_store *store, hd_agent *agent) {
    (void)agent; /* comes with each call */
    hd_wasi_agent *binding = hd_calloc(1, sizeof *binding);
    if (!binding) return NULL;
    binding->wasi = wasi;
    if (!make_functions(binding, store)) {
        /* Those that were made stay in the store, but nobody can find them. */
        hd_free(binding);
        return NULL;
    }
    pthread_mutex_lock(&wasi->lock);
    binding->next = wasi->bindings;
    if (binding->next) binding->next->previous = binding;
    wasi->bindings = binding;
    pthread_mutex_unlock(&wasi->lock);
    return binding;
}

void hd_wasi_unbind(hd_wasi_agent *binding) {
    if (!binding) return;
    hd_wasi *wasi = binding->wasi;
    pthread_mutex_lock(&wasi->lock);
    if (binding->previous)
        binding->previous->next = binding->next;
    else
        wasi->bindings = binding->next;
    if (binding->next) binding->next->previous = binding->previous;
    pthread_mutex_unlock(&wasi->lock);
    hd_vec_free(&binding->log.accesses);
    hd_vec_free(&binding->log.bytes);
    hd_free(binding);
}

bool hd_wasi_lookup(const hd_wasi_agent *binding, const char *name, size_t length,
                    hd_extern *value) {
    for (size_t i = 0; i < HD_WASI_FUNCTIONS; i++) {
        const char *candidate = hd_wasi_functions[i].name;
        if (strlen(candidate) != length || memcmp(candidate, name, length) != 0) continue;
        *value = (hd_extern){HD_EXTERN_FUNC, {.func = binding->functions[i].func}};
        return true;
    }
    return false;
}

void hd_wasi_set_memory(hd_wasi_agent *binding, hd_memory *memory) {
    binding->memory = memory;
}
