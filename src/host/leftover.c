/* leftover.c: thread-local data of agents that have ended.
 *
 * Tool conventions, "Thread Local Storage": whoever starts a thread allocates a block for it, and
 * nobody but the runtime of the language knows whether it was released. What can be seen is
 * whether another agent got the same block later. */
#include <string.h>

#include "host/program_internal.h"

/* The block of an agent's instance; 0 if it has none. */
static uint32_t block_of(const hd_program_agent *a) {
    uint32_t base = a->program->toolchain.tls_base;
    if (!a->instance || base == HD_NO_INDEX) return 0;
    return a->instance->globals[base]->value[0].i32;
}

static void forget(hd_program *p, uint32_t address) {
    for (size_t i = 0; i < p->leftovers.len; i++)
        if (p->leftovers.items[i].address == address)
            p->leftovers.items[i] = p->leftovers.items[--p->leftovers.len];
}

void hd_program_note_tls(const hd_program_agent *a, bool ended) {
    hd_program *p = a->program;
    if (!p->options.watch_tls) return;
    uint32_t size = hd_toolchain_tls_size(&p->toolchain, p->module), address = block_of(a);
    if (size == 0 || address == 0) return;
    forget(p, address);
    if (!ended || a->main) return;
    const char *name = hd_arena_strndup(&p->arena, a->name, strlen(a->name));
    if (name) hd_vec_push(&p->leftovers, ((hd_tls_leftover){name, address, size}));
}

const hd_tls_leftover *hd_program_leftovers(const hd_program *p, size_t *count) {
    *count = p->leftovers.len;
    return p->leftovers.items;
}
