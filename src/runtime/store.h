/* store.h: the store of an agent: instances and what they are made of.
 *
 * Core specification, section 4.2. Each agent has a store of its own, used by its thread alone;
 * what agents share is shared memories, which are counted references (memory.h). Everything else
 * that a store allocates lives until hd_store_free. Addresses of the specification are pointers
 * here. */
#ifndef HD_RUNTIME_STORE_H
#define HD_RUNTIME_STORE_H

#include "base/bytes.h"
#include "base/diag.h"
#include "code/code.h"
#include "module/module.h"
#include "runtime/memory.h"

struct hd_func {
    hd_code *code; /* never NULL: a host function's code calls `host` */
    const hd_functype *type;
    hd_instance *instance; /* NULL for a host function */
    uint32_t index;        /* in its module, or 0 */
    hd_host_function *host;
    void *host_data;
    const char *host_name; /* for backtraces: "spectest.print_i32" */
};

struct hd_table {
    hd_tabletype type;     /* limits.min is the present size when types are matched */
    const void **elements; /* const hd_func * or an extern reference; NULL is null */
    uint64_t size;
    uint64_t capacity; /* elements allocated, at least `size` */
    hd_undo *undo;     /* what is overwritten is saved here; NULL: nowhere */
};

/* Most elements of a table, a limit of this implementation and of most others. */
#define HD_MAX_TABLE_SIZE UINT64_C(10000000)

struct hd_global {
    hd_slot value[2]; /* v128 takes both */
    hd_globaltype type;
    uint64_t epoch; /* of the log in which the value was saved last (base/undo.h) */
};

/* Saves a global's value before it is overwritten. */
static inline void hd_global_save(hd_undo *log, hd_global *global) {
    if (!log || global->epoch == log->epoch) return;
    global->epoch = log->epoch;
    hd_undo_save_bytes(log, global->value, sizeof global->value);
}

/* An element segment of an instance: evaluated references; count 0 once dropped. */
typedef struct hd_elem {
    const void **refs;
    uint32_t count;
} hd_elem;

struct hd_instance {
    hd_store *store;
    const hd_module *module;
    hd_codebase *codebase;
    hd_func **funcs; /* index spaces of the module: imports first */
    hd_table **tables;
    hd_memory **memories;
    hd_global **globals;
    hd_tag **tags;
    hd_elem *elements;
    uint32_t *data_lengths; /* of each data segment; 0 once dropped */
};

/* Makes an empty store whose functions run with these handlers. NULL when memory is out. */
hd_store *hd_store_new(hd_handlers handlers);

/* Has all changes of a store, and of what it allocates from now on, saved in a log, which must
 * outlive it. */
void hd_store_log(hd_store *store, hd_undo *log);
hd_undo *hd_store_get_log(const hd_store *store);

/* Has a function told of each shared memory that an instance in this store imports, whose length
 * its instantiation reads (`length` 0), and of each data segment that it writes into one. */
typedef void hd_store_watcher(void *context, hd_memory *memory, uint64_t address, uint64_t length);
void hd_store_watch(hd_store *store, hd_store_watcher *watcher, void *context);

/* Memories for the instances made in this store from now on, by their index in the module, instead
 * of those that the module defines; NULL among them: the module's own. Borrowed, and longer alive
 * than the store. No part of the specification: what others do for threads
 * (hd_program_options.share_memory). */
void hd_store_give_memories(hd_store *store, hd_memory *const *memories, uint32_t count);
hd_memory *hd_store_given_memory(const hd_store *store, uint32_t index);

/* Has the store take its memories from a pool, which must outlive it; NULL: from nowhere. */
void hd_store_take_from(hd_store *store, hd_memory_pool *pool);

/* Makes a memory that the store refers to, and nobody else; NULL with a diagnosis as
 * hd_memory_new. */
hd_memory *hd_store_own_memory(hd_store *store, const hd_limits *type, hd_diag *diag);

/* Tells it. */
void hd_store_imported(const hd_store *store, hd_memory *memory);
void hd_store_wrote(const hd_store *store, hd_memory *memory, uint64_t address, uint64_t length);

/* Releases a store, its instances, and its references to shared memories; NULL is ignored. The
 * agent that runs on it must have ended, and no other store may still import from it. */
void hd_store_free(hd_store *store);

/* Makes a store empty again, as if it were new; it keeps some memory. */
void hd_store_reset(hd_store *store);

/* Returns `count` zeroed elements of `size` bytes that live as long as the store, or NULL. */
void *hd_store_alloc(hd_store *store, size_t count, size_t size);

/* Makes a tag; NULL when memory is out. `module` NULL: a tag of the host. `type` must outlive the
 * store. */
hd_tag *hd_store_tag(hd_store *store, const hd_functype *type, const hd_module *module,
                     uint32_t index);
/* Notes that a segment which was not empty was dropped. */
void hd_store_count_drop(hd_store *store);

/* A hash of what the store's own functions can change beside shared memories: globals, tables,
 * unshared memories, segments. A hint, no more: two states may have one hash. */
uint64_t hd_store_fingerprint(const hd_store *store);

/* How many bytes that hash takes in: whole memories may be too many to look at often. */
uint64_t hd_store_weight(const hd_store *store);

/* Appends all of that, to be compared with another state of the same store byte for byte; false
 * when memory is out. */
bool hd_store_add_state(const hd_store *store, hd_bytes *to);

/* Saves elements before they are overwritten. */
void hd_table_save(hd_table *table, uint64_t at, uint64_t count);

/* The number of a memory among those that the store refers to, the latest first. */
uint64_t hd_store_memory_number(const hd_store *store, const hd_memory *memory);

/* The same of the shared memories that the store holds, which all agents can change: how many bytes
 * they have, a hash, and all of it appended. */
uint64_t hd_store_shared_weight(const hd_store *store);
uint64_t hd_store_shared_fingerprint(const hd_store *store);
bool hd_store_add_shared(const hd_store *store, hd_bytes *to);

/* The shared memories that the store holds, each once, in the order in which it came to hold them;
 * NULL: there are not so many. */
hd_memory *hd_store_shared_memory(const hd_store *store, uint32_t index);

/* Grows a table by `delta` elements set to `init`; returns the old size, or UINT64_MAX when it
 * cannot. */
uint64_t hd_table_grow(hd_table *table, uint64_t delta, const void *init);

/* The bulk instructions on tables and segments (section 4.4.6 and 4.4.7): bounds are checked before
 * anything is written. */
hd_trapcode hd_table_init(hd_table *table, const hd_elem *elem, uint64_t to, uint32_t from,
                          uint32_t count);
hd_trapcode hd_table_copy(hd_table *to_table, const hd_table *from_table, uint64_t to,
                          uint64_t from, uint64_t count);
hd_trapcode hd_table_fill(hd_table *table, uint64_t to, const void *value, uint64_t count);
hd_trapcode hd_memory_init(hd_memory *memory, const hd_instance *instance, uint32_t segment,
                           uint64_t to, uint32_t from, uint32_t count);

#endif
