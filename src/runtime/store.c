/* store.c: the store: what instances are made of, allocated and released together.
 *
 * Core specification, "Store" (section 4.2.3) and "Allocation" (section 4.5.3). All that never
 * grows lies in one arena; tables' elements and memories are of their own and listed here. */
#include "runtime/store.h"

#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "code/regops.h"
#include "runtime/exception.h"

typedef struct owned_table {
    hd_table table;
    struct owned_table *next;
} owned_table;

typedef struct owned_global {
    hd_global global;
    struct owned_global *next;
} owned_global;

typedef struct held_memory {
    hd_memory *memory;
    struct held_memory *next;
} held_memory;

struct hd_store {
    hd_arena arena;
    owned_table *tables;
    owned_global *globals;
    held_memory *memories;
    hd_store_watcher *watcher; /* or NULL */
    void *watcher_context;
    hd_memory *const *given; /* hd_store_give_memories */
    uint32_t given_count;
    hd_memory_pool *pool; /* or NULL */
    uint64_t dropped;     /* segments, so many */
    hd_exceptions exceptions;
    hd_undo *undo;  /* or NULL */
    uint64_t epoch; /* of the log in which the lists were saved last */
    /* Every host function has the same code: the one instruction that calls hd_func's `host`. */
    hd_insn host_insn;
    hd_code host_code;
};

hd_store *hd_store_new(hd_handlers handlers) {
    static const uint32_t no_offset = 0;
    hd_store *store = hd_calloc(1, sizeof *store);
    if (!store) return NULL;
    store->host_insn.handler = handlers[HD_R_host];
    hd_code *code = &store->host_code;
    atomic_init(&code->entry, &store->host_insn);
    code->begin = &store->host_insn;
    code->end = code->begin + 1;
    code->offsets = &no_offset;
    code->frame_slots = HD_FRAME_SLOTS;
    return store;
}

void hd_store_watch(hd_store *store, hd_store_watcher *watcher, void *context) {
    store->watcher = watcher;
    store->watcher_context = context;
}

void hd_store_give_memories(hd_store *store, hd_memory *const *memories, uint32_t count) {
    store->given = memories;
    store->given_count = count;
}

hd_memory *hd_store_given_memory(const hd_store *store, uint32_t index) {
    return index < store->given_count ? store->given[index] : NULL;
}

void hd_store_take_from(hd_store *store, hd_memory_pool *pool) {
    store->pool = pool;
}

hd_memory *hd_store_own_memory(hd_store *store, const hd_limits *type, hd_diag *diag) {
    hd_memory *memory = hd_memory_new_in(store->pool, type, diag);
    if (!memory) return NULL;
    bool held = hd_store_memory(store, memory);
    hd_memory_release(memory); /* the store's reference remains, if there is one */
    if (held) return memory;
    hd_diag_nomem(diag);
    return NULL;
}

void hd_store_imported(const hd_store *store, hd_memory *memory) {
    if (store->watcher && memory->type.shared) store->watcher(store->watcher_context, memory, 0, 0);
}

void hd_store_wrote(const hd_store *store, hd_memory *memory, uint64_t address, uint64_t length) {
    if (store->watcher && memory->type.shared && length > 0)
        store->watcher(store->watcher_context, memory, address, length);
}

/* What a store has allocated, as lists that begin with the latest. */
typedef struct contents {
    owned_table *tables;
    owned_global *globals;
    held_memory *memories;
    hd_arena_place place;
} contents;

/* Releases what was allocated since. */
static void go_back(void *context, const void *data) {
    hd_store *store = context;
    const contents *c = data;
    for (; store->tables != c->tables; store->tables = store->tables->next)
        hd_free(store->tables->table.elements);
    for (; store->memories != c->memories; store->memories = store->memories->next)
        hd_memory_release(store->memories->memory);
    store->globals = c->globals;
    hd_arena_release(&store->arena, c->place);
}

/* Before something is allocated. */
static void save(hd_store *store) {
    if (!store->undo || store->epoch == store->undo->epoch) return;
    store->epoch = store->undo->epoch;
    contents c = {store->tables, store->globals, store->memories, hd_arena_mark(&store->arena)};
    hd_undo_leave(store->undo, go_back, store, &c, sizeof c);
}

void hd_store_log(hd_store *store, hd_undo *log) {
    store->undo = log;
    hd_store_keep_exceptions(store, log != NULL);
}

hd_undo *hd_store_get_log(const hd_store *store) {
    return store->undo;
}

void hd_store_reset(hd_store *store) {
    contents nothing = {0};
    go_back(store, &nothing);
    hd_exceptions_free(&store->exceptions);
    store->exceptions = (hd_exceptions){.kept = store->exceptions.kept};
    store->dropped = 0;
    store->given = NULL;
    store->given_count = 0;
}

void hd_store_free(hd_store *store) {
    if (!store) return;
    hd_store_reset(store);
    hd_arena_free(&store->arena);
    hd_free(store);
}

void *hd_store_alloc(hd_store *store, size_t count, size_t size) {
    save(store);
    return hd_arena_alloc(&store->arena, count, size);
}

hd_func *hd_store_host_function(hd_store *store, const char *name, const hd_functype *type,
                                hd_host_function *host, void *data) {
    save(store);
    hd_func *func = hd_arena_alloc(&store->arena, 1, sizeof *func);
    char *copy = hd_arena_strndup(&store->arena, name, strlen(name));
    if (!func || !copy) return NULL;
    *func = (hd_func){.code = &store->host_code,
                      .type = type,
                      .host = host,
                      .host_data = data,
                      .host_name = copy};
    return func;
}

hd_table *hd_store_table(hd_store *store, const hd_tabletype *type, const void *init) {
    uint64_t size = type->limits.min;
    if (size > HD_MAX_TABLE_SIZE) return NULL;
    save(store);
    owned_table *owned = hd_arena_alloc(&store->arena, 1, sizeof *owned);
    const void **elements = hd_calloc(size, sizeof *elements);
    if (!owned || !elements) {
        hd_free(elements);
        return NULL;
    }
    owned->table = (hd_table){.type = *type, .elements = elements, .size = size, .capacity = size};
    owned->next = store->tables;
    store->tables = owned;
    if (init) hd_table_fill(&owned->table, 0, init, (uint32_t)size);
    owned->table.undo = store->undo;
    return &owned->table;
}

hd_global *hd_store_global(hd_store *store, hd_globaltype type, const hd_slot value[2]) {
    save(store);
    owned_global *owned = hd_arena_alloc(&store->arena, 1, sizeof *owned);
    if (!owned) return NULL;
    owned->global = (hd_global){.value = {value[0], value[1]}, .type = type};
    owned->next = store->globals;
    store->globals = owned;
    return &owned->global;
}

hd_tag *hd_store_tag(hd_store *store, const hd_functype *type, const hd_module *module,
                     uint32_t index) {
    save(store);
    hd_tag *tag = hd_arena_alloc(&store->arena, 1, sizeof *tag);
    if (tag) *tag = (hd_tag){type, module, index};
    return tag;
}

hd_exceptions *hd_store_exceptions(hd_store *store) {
    return &store->exceptions;
}

void hd_store_mark_own(hd_store *store) {
    for (const owned_global *owned = store->globals; owned; owned = owned->next)
        hd_store_mark(store, owned->global.value, 1);
    for (const owned_table *owned = store->tables; owned; owned = owned->next)
        if (hd_ref_top(owned->table.type.element) == HD_EXNREF)
            for (uint64_t i = 0; i < owned->table.size; i++)
                hd_store_mark(store, &(hd_slot){.ref = owned->table.elements[i]}, 1);
}

bool hd_store_memory(hd_store *store, hd_memory *memory) {
    save(store);
    held_memory *held = hd_arena_alloc(&store->arena, 1, sizeof *held);
    if (!held || (store->undo && !hd_memory_log(memory, store->undo))) return false;
    *held = (held_memory){hd_memory_retain(memory), store->memories};
    store->memories = held;
    return true;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0xD6E8FEB86659FD93;
    return hash ^ hash >> 32;
}

void hd_store_count_drop(hd_store *store) {
    HD_UNDO_SAVE(store->undo, store->dropped);
    store->dropped++;
}

/* The bytes of a memory that is the store's alone. */
static uint64_t private_length(const hd_memory *memory) {
    return memory->type.shared ? 0 : atomic_load(&memory->length);
}

uint64_t hd_store_fingerprint(const hd_store *store) {
    uint64_t hash = hd_exceptions_fingerprint(&store->exceptions, store->dropped);
    for (const held_memory *held = store->memories; held; held = held->next) {
        uint64_t length = private_length(held->memory);
        if (length > 0) hash = mix(hash, XXH3_64bits(held->memory->base, length) ^ length);
    }
    for (const owned_global *owned = store->globals; owned; owned = owned->next)
        hash = mix(mix(hash, owned->global.value[0].i64), owned->global.value[1].i64);
    for (const owned_table *owned = store->tables; owned; owned = owned->next) {
        hash = mix(hash, owned->table.size);
        for (uint64_t i = 0; i < owned->table.size; i++)
            hash = mix(hash, (uintptr_t)owned->table.elements[i]);
    }
    return hash;
}

bool hd_store_add_state(const hd_store *store, hd_bytes *to) {
    bool added = hd_bytes_add(to, &store->dropped, sizeof store->dropped) &&
                 hd_exceptions_add_state(&store->exceptions, to);
    for (const held_memory *held = store->memories; held && added; held = held->next) {
        uint64_t length = private_length(held->memory);
        added = hd_bytes_add(to, &length, sizeof length) &&
                (length == 0 || hd_bytes_add(to, held->memory->base, length));
    }
    for (const owned_global *owned = store->globals; owned && added; owned = owned->next)
        added = hd_bytes_add(to, owned->global.value, sizeof owned->global.value);
    for (const owned_table *owned = store->tables; owned && added; owned = owned->next) {
        size_t size = owned->table.size;
        added = hd_bytes_add(to, &size, sizeof size) &&
                (size == 0 ||
                 hd_bytes_add(to, owned->table.elements, size * sizeof *owned->table.elements));
    }
    return added;
}

uint64_t hd_store_memory_number(const hd_store *store, const hd_memory *memory) {
    uint64_t number = 0;
    for (const held_memory *held = store->memories; held && held->memory != memory;
         held = held->next)
        number++;
    return number;
}

uint64_t hd_store_weight(const hd_store *store) {
    uint64_t bytes = 0;
    for (const held_memory *held = store->memories; held; held = held->next)
        bytes += private_length(held->memory);
    for (const owned_global *owned = store->globals; owned; owned = owned->next)
        bytes += sizeof owned->global.value;
    for (const owned_table *owned = store->tables; owned; owned = owned->next)
        bytes += owned->table.size * sizeof *owned->table.elements;
    return bytes;
}

static uint64_t shared_length(const hd_memory *memory) {
    return memory->type.shared ? atomic_load(&memory->length) : 0;
}

uint64_t hd_store_shared_weight(const hd_store *store) {
    uint64_t sum = 0;
    for (const held_memory *held = store->memories; held; held = held->next)
        sum += shared_length(held->memory);
    return sum;
}

uint64_t hd_store_shared_fingerprint(const hd_store *store) {
    uint64_t hash = 0;
    for (const held_memory *held = store->memories; held; held = held->next) {
        uint64_t length = shared_length(held->memory);
        if (length > 0) hash = mix(hash, XXH3_64bits(held->memory->base, length) ^ length);
    }
    return hash;
}

/* True if the entry stands for a shared memory that no older entry does. */
static bool is_first_shared(const held_memory *held) {
    const held_memory *older = held->next;
    while (older && older->memory != held->memory)
        older = older->next;
    return held->memory->type.shared && !older;
}

hd_memory *hd_store_shared_memory(const hd_store *store, uint32_t index) {
    uint32_t count = 0;
    for (const held_memory *held = store->memories; held; held = held->next)
        count += is_first_shared(held);
    for (const held_memory *held = store->memories; held && index < count; held = held->next)
        if (is_first_shared(held) && --count == index) return held->memory;
    return NULL;
}

bool hd_store_add_shared(const hd_store *store, hd_bytes *to) {
    bool added = true;
    for (const held_memory *held = store->memories; held && added; held = held->next) {
        uint64_t length = shared_length(held->memory);
        added = hd_bytes_add(to, &length, sizeof length) &&
                (length == 0 || hd_bytes_add(to, held->memory->base, length));
    }
    return added;
}
