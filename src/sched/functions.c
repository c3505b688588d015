/* functions.c: see functions.h. The names are those of wasi-libc, which is musl, dlmalloc and a
 * layer of its own below; LLD's among them. */
#include "sched/functions.h"

#include <fnmatch.h>
#include <string.h>

#include "module/source.h"

/* Patterns of fnmatch(3); the first that fits counts. */
static const struct {
    const char *pattern;
    hd_function_class class;
} known[] = {
    {"pthread_mutex*", HD_FUNCTION_SYNC},
    {"__pthread_mutex*", HD_FUNCTION_SYNC},
    {"pthread_cond*", HD_FUNCTION_SYNC},
    {"__pthread_cond*", HD_FUNCTION_SYNC},
    {"__private_cond_signal", HD_FUNCTION_SYNC},
    {"pthread_rwlock*", HD_FUNCTION_SYNC},
    {"__pthread_rwlock*", HD_FUNCTION_SYNC},
    {"pthread_barrier*", HD_FUNCTION_SYNC},
    {"pthread_spin*", HD_FUNCTION_SYNC},
    {"pthread_once", HD_FUNCTION_SYNC},
    {"__pthread_once*", HD_FUNCTION_SYNC},
    {"sem_*", HD_FUNCTION_SYNC},
    {"mtx_*", HD_FUNCTION_SYNC},
    {"cnd_*", HD_FUNCTION_SYNC},
    {"call_once", HD_FUNCTION_SYNC},
    {"__wait", HD_FUNCTION_SYNC},
    {"__timedwait*", HD_FUNCTION_SYNC},
    {"__futexwait", HD_FUNCTION_SYNC},
    {"__wasilibc_futex*", HD_FUNCTION_SYNC},
    {"mem*", HD_FUNCTION_DATA},
    {"__mem*", HD_FUNCTION_DATA},
    {"str*", HD_FUNCTION_DATA},
    {"__stpcpy", HD_FUNCTION_DATA},
    {"__stpncpy", HD_FUNCTION_DATA},
    {"__strchrnul", HD_FUNCTION_DATA},
    {"pthread_*", HD_FUNCTION_LIBRARY},
    {"__pthread_*", HD_FUNCTION_LIBRARY},
    {"__tl_*", HD_FUNCTION_LIBRARY},
    {"__lock*", HD_FUNCTION_LIBRARY},
    {"__unlock*", HD_FUNCTION_LIBRARY},
    {"__wasi_*", HD_FUNCTION_LIBRARY},
    {"__wasilibc_*", HD_FUNCTION_LIBRARY},
    {"__imported_*", HD_FUNCTION_LIBRARY},
    {"wasi_thread_start", HD_FUNCTION_LIBRARY},
    {"__wasm_*", HD_FUNCTION_LIBRARY},
    {"__init_tp", HD_FUNCTION_LIBRARY},
    {"__copy_tls", HD_FUNCTION_LIBRARY},
    {"__init_ssp", HD_FUNCTION_LIBRARY},
    {"_start", HD_FUNCTION_LIBRARY},
    {"__main_void", HD_FUNCTION_LIBRARY},
    {"exit", HD_FUNCTION_LIBRARY},
    {"_Exit", HD_FUNCTION_LIBRARY},
    {"__funcs_on_exit", HD_FUNCTION_LIBRARY},
    {"malloc", HD_FUNCTION_LIBRARY},
    {"free", HD_FUNCTION_LIBRARY},
    {"calloc", HD_FUNCTION_LIBRARY},
    {"realloc", HD_FUNCTION_LIBRARY},
    {"aligned_alloc", HD_FUNCTION_LIBRARY},
    {"posix_memalign", HD_FUNCTION_LIBRARY},
    {"dl*alloc", HD_FUNCTION_LIBRARY},
    {"dlfree", HD_FUNCTION_LIBRARY},
    {"internal_*", HD_FUNCTION_LIBRARY},
    {"sys_alloc", HD_FUNCTION_LIBRARY},
    {"prepend_alloc", HD_FUNCTION_LIBRARY},
    {"dispose_chunk", HD_FUNCTION_LIBRARY},
    {"try_realloc_chunk", HD_FUNCTION_LIBRARY},
    {"sbrk", HD_FUNCTION_LIBRARY},
    {"__stdio_*", HD_FUNCTION_LIBRARY},
    {"__fwritex", HD_FUNCTION_LIBRARY},
    {"__towrite", HD_FUNCTION_LIBRARY},
    {"__overflow", HD_FUNCTION_LIBRARY},
    {"__ofl_*", HD_FUNCTION_LIBRARY},
    {"*printf", HD_FUNCTION_LIBRARY},
    {"printf_core", HD_FUNCTION_LIBRARY},
    {"puts", HD_FUNCTION_LIBRARY},
    {"fputs*", HD_FUNCTION_LIBRARY},
    {"putchar", HD_FUNCTION_LIBRARY},
    {"putc", HD_FUNCTION_LIBRARY},
    {"fputc", HD_FUNCTION_LIBRARY},
    {"fwrite*", HD_FUNCTION_LIBRARY},
    {"fread*", HD_FUNCTION_LIBRARY},
    {"fflush*", HD_FUNCTION_LIBRARY},
};

/* What the path of a library's source has in it. */
static const char *const folders[] = {"wasi-libc", "libc-top-half", "libc-bottom-half",
                                      "dlmalloc",  "/musl/",        "compiler-rt",
                                      "libcxx"};

static hd_function_class class_by_name(const char *name) {
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (fnmatch(known[i].pattern, name, 0) == 0) return known[i].class;
    return HD_FUNCTION_UNKNOWN;
}

/* A function's name in `text`, without marks. */
static const char *name_of(const hd_module *module, uint32_t index, char *text, size_t size) {
    hd_name name = module->functions[index].name;
    size_t length = name.length < size ? name.length : size - 1;
    if (length > 0) memcpy(text, name.bytes, length);
    text[length] = '\0';
    return text;
}

/* The path of a function's source; NULL when it has none that is known. Code that compilers made,
 * and so some places of a function, have none. */
static const char *find_path(const hd_module *module, uint32_t index) {
    enum { LOOKS = 8 };
    hd_source_frame frames[HD_SOURCE_FRAMES];
    const hd_expr *body = &module->functions[index].body;
    if (!body->start) return NULL;
    uint64_t start = (uint64_t)(body->start - module->bytes),
             length = (uint64_t)(body->end - body->start);
    for (uint64_t i = 0; i < LOOKS; i++) {
        size_t count =
            hd_module_locate(module, start + length * i / LOOKS, frames, HD_SOURCE_FRAMES);
        if (count && frames[count - 1].file) return frames[count - 1].file;
    }
    return NULL;
}

/* Where the source of a function is: of the library or not; false: it has none that is known. */
static bool find_source(const hd_module *module, uint32_t index, bool *library) {
    const char *path = find_path(module, index);
    *library = false;
    for (size_t i = 0; path && i < sizeof folders / sizeof folders[0]; i++)
        *library |= strstr(path, folders[i]) != NULL;
    return path != NULL;
}

static hd_function_class classify(const hd_functions *f, const hd_module *module, uint32_t index) {
    char text[128];
    bool library;
    hd_function_class class = class_by_name(name_of(module, index, text, sizeof text));
    if (index < module->imported_functions) return HD_FUNCTION_LIBRARY;
    if (find_source(module, index, &library))
        return !library                       ? HD_FUNCTION_OWN
               : class == HD_FUNCTION_UNKNOWN ? HD_FUNCTION_LIBRARY
                                              : class;
    if (class != HD_FUNCTION_UNKNOWN) return class;
    return f->own_source ? HD_FUNCTION_LIBRARY : HD_FUNCTION_OWN;
}

/* Where main has a source of its own, what has none is a library's. */
static bool has_own_source(const hd_module *module) {
    static const char *const names[] = {"main", "__original_main", "__main_argc_argv",
                                        "__main_void"};
    char text[32];
    bool library;
    for (uint32_t i = module->imported_functions; i < module->function_count; i++) {
        const char *name = name_of(module, i, text, sizeof text);
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            if (strcmp(name, names[k]) == 0 && find_source(module, i, &library) && !library)
                return true;
    }
    return false;
}

/* Takes a module; false when memory is out. */
static bool take(hd_functions *f, const hd_module *module) {
    if (f->classes) return true;
    f->classes = hd_calloc(module->function_count, sizeof *f->classes);
    if (!f->classes) return false;
    f->count = module->function_count;
    f->own_source = has_own_source(module);
    return true;
}

/* Modules are made anew for each execution: one of as many functions is taken for the same. */
static bool knows(const hd_functions *f, const hd_func *func) {
    return func->instance && f->count == func->instance->module->function_count;
}

hd_function_class hd_functions_learn(hd_functions *f, const hd_func *func) {
    if (!func->instance) return HD_FUNCTION_LIBRARY;
    const hd_module *module = func->instance->module;
    if (!take(f, module) || !knows(f, func)) return HD_FUNCTION_OWN;
    uint8_t *class = &f->classes[func->index];
    if (*class == HD_FUNCTION_UNKNOWN) *class = (uint8_t)classify(f, module, func->index);
    return *class;
}

hd_function_class hd_functions_class(const hd_functions *f, const hd_func *func) {
    char text[128];
    if (!func->instance) return HD_FUNCTION_LIBRARY;
    if (!knows(f, func)) return HD_FUNCTION_OWN;
    if (f->classes[func->index] != HD_FUNCTION_UNKNOWN) return f->classes[func->index];
    hd_function_class class =
        class_by_name(name_of(func->instance->module, func->index, text, sizeof text));
    return class == HD_FUNCTION_UNKNOWN ? HD_FUNCTION_OWN : class;
}

enum { DEEPEST = 16 }; /* frames that are looked at */

void hd_functions_learn_stack(hd_functions *f, const hd_agent *agent) {
    const hd_func *stack[DEEPEST];
    size_t count = hd_agent_functions(agent, stack, DEEPEST);
    for (size_t i = 0; i < count; i++)
        if (hd_functions_learn(f, stack[i]) == HD_FUNCTION_OWN) return;
}

/* What the program has called decides: printf copies for itself, memcpy for its caller. */
bool hd_functions_is_own(const hd_functions *f, const hd_agent *agent) {
    const hd_func *stack[DEEPEST];
    size_t count = hd_agent_functions(agent, stack, DEEPEST);
    hd_function_class called = HD_FUNCTION_OWN;
    for (size_t i = 0; i < count; i++) {
        hd_function_class class = hd_functions_class(f, stack[i]);
        if (class == HD_FUNCTION_OWN) return called != HD_FUNCTION_LIBRARY;
        called = class;
    }
    return count == 0;
}

void hd_functions_free(hd_functions *f) {
    hd_free(f->classes);
    *f = (hd_functions){0};
}
