/* toolchain.h: the conventions of LLD's output, by which threads get stacks and thread-local data.
 *
 * Tool conventions, "Linking", "Thread Local Storage" (WebAssembly/tool-conventions, Linking.md).
 * Each instance has a global `__stack_pointer`, where the shadow stack of its agent begins, and
 * `__tls_base`; who makes a further instance for a thread gives it a stack of its own, and calls
 * `__wasm_init_tls` with a block of `__tls_size` bytes, aligned to `__tls_align`. The memory itself
 * is initialised once for all: by the start function `__wasm_init_memory`, under a flag. The names
 * are those of exports, or else of the name section. */
#ifndef HD_HOST_TOOLCHAIN_H
#define HD_HOST_TOOLCHAIN_H

#include "agents/cluster.h"

#define HD_NO_INDEX UINT32_MAX

/* Indices in a module, or HD_NO_INDEX where there is no such thing, or one of another type. */
typedef struct hd_toolchain {
    uint32_t stack_pointer;                 /* (global (mut i32)) */
    uint32_t tls_base, tls_size, tls_align; /* globals, i32 */
    uint32_t init_tls;                      /* (func (param i32)) */
    uint32_t initialize;                    /* exported function () -> (): `_initialize`, or else
                                             * `__wasm_call_ctors`; to be called once, at first */
    bool active_data;                       /* a data segment is written to a shared memory by each
                                             * instantiation anew */
} hd_toolchain;

/* Finds what a module has of these conventions. */
void hd_toolchain_find(const hd_module *module, hd_toolchain *toolchain);

/* Finds static data of memory 0: what active segments and the start function, as LLD makes it,
 * write to constant addresses. `found` is called for each piece. */
void hd_toolchain_data(const hd_module *module,
                       void (*found)(void *context, uint64_t from, uint64_t to), void *context);

/* Bytes of an agent's thread-local data; 0 if the module has none. */
uint32_t hd_toolchain_tls_size(const hd_toolchain *toolchain, const hd_module *module);

/* What an agent gets in a shared memory. */
typedef struct hd_agent_room {
    uint32_t stack_low, stack_high; /* its shadow stack; both 0: that of the module's own */
    uint32_t tls;                   /* a block for thread-local data */
} hd_agent_room;

/* How many bytes of an instance's memory the room of an agent takes, with a stack of so many bytes
 * (0: no stack); 0 if the module knows no such things. The bytes are to be aligned to
 * HD_ROOM_ALIGN. */
enum { HD_ROOM_ALIGN = 65536 };
uint64_t hd_toolchain_room_size(const hd_toolchain *toolchain, const hd_module *module,
                                uint32_t stack);

/* Lays an agent's room out in the bytes at `at`. */
hd_agent_room hd_toolchain_room(const hd_toolchain *toolchain, const hd_module *module, uint32_t at,
                                uint32_t stack);

/* True if an instance that has run its start function has set `__tls_base`. */
bool hd_toolchain_has_tls(const hd_toolchain *toolchain, const hd_instance *instance);

/* Prepares an instance that has run its start function for its agent: sets `__stack_pointer` if the
 * room has a stack. Returns `__wasm_init_tls`, to be called with the argument in `cells`, or NULL
 * if there is nothing to call. */
const hd_func *hd_toolchain_enter(const hd_toolchain *toolchain, hd_instance *instance,
                                  const hd_agent_room *room, hd_slot cells[1]);

#endif
