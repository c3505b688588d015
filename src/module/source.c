/* source.c: the sources of a module: debug information, read once, under one lock, and kept with
 * the module; else its text. */
#include "module/source.h"

#include <config.h>
#include <pthread.h>

#include "module/dwarf.h"

bool hd_source_available(void) {
#ifdef HAVE_LIBDWARF
    return true;
#else
    return false;
#endif
}

#ifdef HAVE_LIBDWARF

/* What is known of a module's sources. */
typedef struct hd_source {
    hd_dwarf *dwarf; /* NULL: the module has no debug information */
    bool warned;
} hd_source;

/* One for all modules, since libdwarf keeps some things of its own for all; questions are rare. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Finds or makes the part of a module that changes; NULL when there is no debug information, or no
 * memory for it. With the lock held. */
static hd_dwarf *open_dwarf(const hd_module *module) {
    hd_module *m = (hd_module *)module;
    if (m->source) return m->source->dwarf;
    hd_source *source = hd_calloc(1, sizeof *source);
    if (!source) return NULL;
    bool there = m->code_offset && hd_module_custom(m, ".debug_info");
    if (there && !(source->dwarf = hd_dwarf_open(m))) {
        hd_free(source);
        return NULL;
    }
    m->source = source;
    return source->dwarf;
}

static size_t locate_dwarf(const hd_module *module, uint64_t offset, hd_source_frame *frames,
                           size_t room) {
    size_t count = 0;
    if (offset < module->code_offset) return 0;
    pthread_mutex_lock(&lock);
    hd_dwarf *dwarf = open_dwarf(module);
    if (dwarf) count = hd_dwarf_find(dwarf, offset - module->code_offset, frames, room);
    pthread_mutex_unlock(&lock);
    return count;
}

const char *hd_module_source_warning(const hd_module *module) {
    const char *warning = NULL;
    pthread_mutex_lock(&lock);
    hd_source *source = module->source;
    if (source && source->dwarf && !source->warned) {
        warning = hd_dwarf_damage(source->dwarf);
        source->warned = warning;
    }
    pthread_mutex_unlock(&lock);
    return warning;
}

static void free_dwarf(hd_module *module) {
    if (!module->source) return;
    /* libdwarf's own state is shared by all modules. */
    pthread_mutex_lock(&lock);
    if (module->source->dwarf) hd_dwarf_close(module->source->dwarf);
    pthread_mutex_unlock(&lock);
    hd_free(module->source);
}

#else

static size_t locate_dwarf(const hd_module *module, uint64_t offset, hd_source_frame *frames,
                           size_t room) {
    (void)module, (void)offset, (void)frames, (void)room;
    return 0;
}

const char *hd_module_source_warning(const hd_module *module) {
    (void)module;
    return NULL;
}

static void free_dwarf(hd_module *module) {
    (void)module;
}

#endif

size_t hd_module_locate(const hd_module *module, uint64_t offset, hd_source_frame *frames,
                        size_t room) {
    if (room == 0) return 0;
    size_t count = locate_dwarf(module, offset, frames, room);
    if (count > 0 || !hd_text_locate(module, offset, frames)) return count;
    return 1;
}

void hd_source_free(hd_module *module) {
    free_dwarf(module);
    hd_text_source_free(module);
}
