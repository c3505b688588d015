/* heddle.h: the public interface of libheddle, an interpreter of WebAssembly with threads.
 *
 * A module is loaded once and may be run by any number of agents. Agents live in a cluster: each
 * has a store of its own and runs on a host thread of its own; what they share is shared memories.
 *
 *     hd_diag diag = HD_DIAG_INIT;
 *     hd_module *module;
 *     if (hd_module_load(bytes, length, &module, &diag) != HD_OK) ...diag.message, diag.offset...
 *     hd_cluster *cluster = hd_cluster_new(0);
 *     hd_cluster_spawn(cluster, "main", body, context, &diag);
 *     hd_cluster_run(cluster, 10 * HD_SECOND);
 *     hd_cluster_free(cluster);
 *
 * where `body` runs on the agent's thread: it makes code of the module with hd_member_adopt (the
 * cluster then owns the module), instantiates it in the member's store with hd_instantiate, finds a
 * function with hd_instance_export and calls it with hd_member_call.
 *
 * Errors are values: whoever may fail takes an hd_diag and returns its status. A function may be
 * called from any thread unless it says otherwise; two threads must not use one object at once
 * unless it is said to allow that. Names, types and rules are those of the WebAssembly core
 * specification and of the threads proposal, whose sections are named where a rule comes from. */
#ifndef HEDDLE_H
#define HEDDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Errors. */

typedef enum hd_status {
    HD_OK,
    HD_MALFORMED,   /* the bytes or the text are not a module */
    HD_INVALID,     /* the module does not validate */
    HD_UNLINKABLE,  /* an import is missing or does not match */
    HD_TRAP,        /* execution trapped */
    HD_EXHAUSTION,  /* execution ran out of call stack */
    HD_STOPPED,     /* execution was stopped from outside: time limit, end of the program */
    HD_LIMIT,       /* an implementation limit of Heddle, documented where it is checked */
    HD_NOMEM,       /* the host is out of memory */
    HD_IO,          /* a file could not be read or written */
    HD_FAILED,      /* a check of the caller's failed: an assertion, a bad argument */
    HD_EXITED,      /* the program has ended itself, as by proc_exit of WASI */
    HD_EXCEPTION,   /* execution threw an exception that nothing caught */
    HD_UNSUPPORTED, /* the module needs a proposal that Heddle does not have */
} hd_status;

#define HD_NO_OFFSET UINT64_MAX

typedef struct hd_diag {
    hd_status status;
    uint64_t offset;       /* byte offset in the module, or HD_NO_OFFSET */
    uint32_t line, column; /* position in a text, from 1; line 0: none */
    char message[480];     /* specification's wording first, detail after it */
} hd_diag;

#define HD_DIAG_INIT                                                                               \
    { HD_OK, HD_NO_OFFSET, 0, 0, "" }

/* Records an error that has no position unless one is there already. */
hd_status hd_diag_set(hd_diag *diag, hd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Records that the host is out of memory; returns HD_NOMEM or the earlier status. */
hd_status hd_diag_nomem(hd_diag *diag);

/* Forgets what was recorded. */
void hd_diag_reset(hd_diag *diag);

/* Returns the status's name in lower case ("malformed", "trap", …); static storage. */
const char *hd_status_name(hd_status status);

/* Types and values. */

/* A value type. Types without a parameter are numbered by their binary codes; those below include
 * null. Other reference types, such as `(ref func)` and `(ref null $t)`, have numbers above 0xFF,
 * whose meaning may differ from run to run: ask hd_valtype_matches and hd_valtype_name. */
typedef uint32_t hd_valtype;
enum {
    HD_I32 = 0x7F,
    HD_I64 = 0x7E,
    HD_F32 = 0x7D,
    HD_F64 = 0x7C,
    HD_V128 = 0x7B,
    HD_FUNCREF = 0x70,
    HD_EXTERNREF = 0x6F,
    HD_EXNREF = 0x69,
    HD_NULLFUNCREF = 0x73, /* null and nothing else */
    HD_NULLEXTERNREF = 0x72,
    HD_NULLEXNREF = 0x74,
};

/* A v128 value; lanes are little endian. */
typedef union hd_v128 {
    uint8_t u8[16];
    int8_t s8[16];
    uint16_t u16[8];
    int16_t s16[8];
    uint32_t u32[4];
    int32_t s32[4];
    uint64_t u64[2];
    int64_t s64[2];
    float f32[4];
    double f64[2];
} hd_v128;

/* One cell of a frame, and a value of any type but v128, which takes two cells. A reference is a
 * pointer, NULL for the null reference; an exnref is a number of the store's, 0 for null, and good
 * until the agent's next call. */
typedef union hd_slot {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
    const void *ref;
} hd_slot;

typedef struct hd_functype {
    uint32_t param_count, result_count;
    uint32_t param_slots, result_slots; /* cells that they take in a frame */
    const hd_valtype *params, *results;
    uint32_t number; /* 0: equal to every type with the same parameters and results; else Heddle's
                        own, of a type that refers to others, or stands in a recursive group */
} hd_functype;

typedef struct hd_limits {
    uint64_t min, max; /* in pages or elements; max holds only if has_max */
    bool has_max, shared;
    bool is64; /* addresses and indices are i64 */
} hd_limits;

typedef struct hd_tabletype {
    hd_valtype element;
    hd_limits limits;
} hd_tabletype;

typedef struct hd_globaltype {
    hd_valtype type;
    bool is_mutable;
} hd_globaltype;

typedef enum hd_externkind {
    HD_EXTERN_FUNC,
    HD_EXTERN_TABLE,
    HD_EXTERN_MEMORY,
    HD_EXTERN_GLOBAL,
    HD_EXTERN_TAG
} hd_externkind;

/* The type of an external value (section 2.3.16, "External Types"). */
typedef struct hd_externtype {
    hd_externkind kind;
    union {
        const hd_functype *func;
        hd_tabletype table;
        hd_limits memory;
        hd_globaltype global;
        const hd_functype *tag;
    };
} hd_externtype;

/* The type's name in the text format; of a reference to functions of a type, that type's parameters
 * and results in its place. Lives as long as a module that has the type. */
const char *hd_valtype_name(hd_valtype type);

/* True if every value of the first type is one of the second (core specification 3.0, section
 * 3.3.3). Thread-safe. */
bool hd_valtype_matches(hd_valtype type, hd_valtype super);

/* Writes a function type as `(i32 i64) -> (f32)`, cut to `size` bytes, and returns `buffer`. */
const char *hd_functype_format(const hd_functype *type, char *buffer, size_t size);

/* Modules. */

typedef struct hd_module hd_module;

/* A name of the module: UTF-8, checked, not NUL-terminated. */
typedef struct hd_name {
    const char *bytes;
    uint32_t length;
} hd_name;

typedef struct hd_import {
    hd_name module, field;
    hd_externkind kind;
    uint32_t index; /* in the index space of its kind */
} hd_import;

/* What comes after WebAssembly 2.0 with threads, and may be switched off: a set of these. */
typedef unsigned hd_features;
enum {
    HD_FEATURE_MULTI_MEMORY = 1 << 0,    /* more than one memory; memory indices in instructions */
    HD_FEATURE_TAIL_CALL = 1 << 1,       /* return_call, return_call_indirect */
    HD_FEATURE_EXTENDED_CONST = 1 << 2,  /* add, sub, mul and earlier globals in
                                          * constant expressions */
    HD_FEATURE_EXCEPTIONS = 1 << 3,      /* tags, try_table and throw_ref, and the legacy try */
    HD_FEATURE_MEMORY64 = 1 << 4,        /* memories and tables with addresses of 64 bits */
    HD_FEATURE_RELAXED_SIMD = 1 << 5,    /* vector instructions that hosts may differ in */
    HD_FEATURE_ACQUIRE_RELEASE = 1 << 6, /* ordering of atomic accesses; pause */
    /* Typed references to functions: (ref $t), call_ref, types in recursive groups. */
    HD_FEATURE_FUNCTION_REFERENCES = 1 << 7,
    HD_FEATURES_NONE = 0,
    HD_FEATURES_ALL = (1 << 8) - 1,
};

/* Decodes and validates a module, every feature on; `bytes` is copied. On success stores it in
 * `*module`, to be released with hd_module_free, and returns HD_OK. Otherwise HD_MALFORMED,
 * HD_INVALID (both with the byte offset), HD_LIMIT or HD_NOMEM, and `*module` is NULL. A module
 * that is both malformed and invalid is malformed. Linear in `length`; thread-safe. */
hd_status hd_module_load(const uint8_t *bytes, size_t length, hd_module **module, hd_diag *diag);

/* As hd_module_load, with a chosen set of features. */
hd_status hd_module_load_features(const uint8_t *bytes, size_t length, hd_features features,
                                  hd_module **module, hd_diag *diag);

/* Releases a module and all it describes; NULL is ignored. */
void hd_module_free(hd_module *module);

/* An export of a module. */
typedef struct hd_export {
    hd_name name;
    hd_externkind kind;
    uint32_t index; /* in the index space of its kind */
} hd_export;

/* What a module imports and exports, in its order; `*count` of them. They live as long as the
 * module. */
const hd_import *hd_module_imports(const hd_module *module, size_t *count);
const hd_export *hd_module_exports(const hd_module *module, size_t *count);

/* The type of what a module has at an index of a kind's index space, which must be one that an
 * import or an export names. Function types in it live as long as the module. */
hd_externtype hd_module_type(const hd_module *module, hd_externkind kind, uint32_t index);

/* Traps. */

/* HD_TRAP_ROW(id, message) */
#define HD_TRAPS(HD_TRAP_ROW)                                                                      \
    HD_TRAP_ROW(UNREACHABLE, "unreachable")                                                        \
    HD_TRAP_ROW(DIV_BY_ZERO, "integer divide by zero")                                             \
    HD_TRAP_ROW(INT_OVERFLOW, "integer overflow")                                                  \
    HD_TRAP_ROW(BAD_CONVERSION, "invalid conversion to integer")                                   \
    HD_TRAP_ROW(MEMORY_OOB, "out of bounds memory access")                                         \
    HD_TRAP_ROW(TABLE_OOB, "out of bounds table access")                                           \
    HD_TRAP_ROW(UNDEFINED_ELEMENT, "undefined element")                                            \
    HD_TRAP_ROW(UNINIT_ELEMENT, "uninitialized element")                                           \
    HD_TRAP_ROW(INDIRECT_TYPE, "indirect call type mismatch")                                      \
    HD_TRAP_ROW(UNALIGNED_ATOMIC, "unaligned atomic")                                              \
    HD_TRAP_ROW(EXPECTED_SHARED, "expected shared memory")                                         \
    HD_TRAP_ROW(STACK, "call stack exhausted")                                                     \
    HD_TRAP_ROW(CANNOT_BLOCK, "the main agent may not block")                                      \
    HD_TRAP_ROW(NULL_EXCEPTION, "null exception reference")                                        \
    HD_TRAP_ROW(NULL_FUNCTION, "null function reference")                                          \
    HD_TRAP_ROW(NULL_REFERENCE, "null reference")                                                  \
    HD_TRAP_ROW(UNCAUGHT, "uncaught exception")                                                    \
    /* Not traps: why the machine was left in the middle of a call. */                             \
    HD_TRAP_ROW(STOPPED, "stopped")                                                                \
    HD_TRAP_ROW(AT_EVENT, "before an event")                                                       \
    HD_TRAP_ROW(BLOCKED, "blocked")                                                                \
    HD_TRAP_ROW(HOST, "host function failed")

typedef enum hd_trapcode {
    HD_TRAP_NONE,
#define HD_TRAP_ROW(id, message) HD_TRAP_##id,
    HD_TRAPS(HD_TRAP_ROW)
#undef HD_TRAP_ROW
} hd_trapcode;

/* The specification's message for a trap; static storage. */
const char *hd_trap_message(hd_trapcode trap);

/* Stores, instances, and what they import. */

typedef struct hd_store hd_store;
typedef struct hd_instance hd_instance;
typedef struct hd_codebase hd_codebase; /* the code of a module, made as its functions are called */
typedef struct hd_agent hd_agent;
typedef struct hd_func hd_func;
typedef struct hd_table hd_table;
typedef struct hd_memory hd_memory;
typedef struct hd_global hd_global;
typedef struct hd_tag hd_tag;

/* An external value. */
typedef struct hd_extern {
    hd_externkind kind;
    union {
        hd_func *func;
        hd_table *table;
        hd_memory *memory;
        hd_global *global;
        hd_tag *tag;
    };
} hd_extern;

/* A function that the host provides. `cells` holds the arguments in order (v128 takes two cells)
 * and receives the results. Returns HD_TRAP_NONE, or a trap, to which it may add a message of its
 * own in `diag`. Runs on the calling agent's thread. */
typedef hd_trapcode hd_host_function(hd_agent *agent, void *data, hd_slot *cells, hd_diag *diag);

/* Allocators of a store's objects; NULL or false when memory is out. `name` is copied; `type` must
 * outlive the store. hd_store_memory adds a reference to `memory` that the store releases at its
 * end. */
hd_func *hd_store_host_function(hd_store *store, const char *name, const hd_functype *type,
                                hd_host_function *host, void *data);
bool hd_store_memory(hd_store *store, hd_memory *memory);

/* The same for a table, all of whose elements are `init`, and a global with a first value (v128
 * takes both cells). NULL when memory is out, or for a table of more than 10,000,000 elements. */
hd_table *hd_store_table(hd_store *store, const hd_tabletype *type, const void *init);
hd_global *hd_store_global(hd_store *store, hd_globaltype type, const hd_slot value[2]);

/* Reading and writing tables and globals (appendix "Embedding"), for the thread of their store.
 * False beyond the end of a table. Who writes sees to it that the value has the right type, and
 * that what is immutable stays as it is. */
uint64_t hd_table_size(const hd_table *table);
bool hd_table_read(const hd_table *table, uint64_t index, const void **reference);
bool hd_table_write(hd_table *table, uint64_t index, const void *reference);
void hd_global_read(const hd_global *global, hd_slot value[2]);
void hd_global_write(hd_global *global, const hd_slot value[2]);

/* Makes a memory with one reference, zeroed, of `type.min` pages. It reserves the address space of
 * its maximum, or without one 4 GiB; of 64-bit addresses 16 GiB at most, beyond which it cannot
 * grow, and HD_LIMIT if its minimum is larger. NULL with a diagnosis when address space or memory
 * is out. */
hd_memory *hd_memory_new(const hd_limits *type, hd_diag *diag);

/* Adds or drops a reference; the last drop unmaps it. Thread-safe. */
hd_memory *hd_memory_retain(hd_memory *memory);
void hd_memory_release(hd_memory *memory);

/* The first byte of a memory, which never moves, and its present length in bytes. */
uint8_t *hd_memory_data(hd_memory *memory, uint64_t *length);

/* Finds the external value for an import, or returns false when there is none. */
typedef bool hd_resolver(void *context, const hd_import *import, hd_extern *value);

/* Instantiates a module (section 4.5.4) up to, not including, the call of its start function:
 * matches imports, allocates, evaluates initialisers, writes active segments. `codebase` and its
 * module must outlive the store. On success stores the instance, which belongs to the store.
 * HD_UNLINKABLE ("unknown import", "incompatible import type", both with the names), HD_TRAP (a
 * segment out of bounds), HD_LIMIT (a table too large) or HD_NOMEM; what was written before a trap
 * stays, as the specification says. */
hd_status hd_instantiate(hd_store *store, hd_codebase *codebase, hd_resolver *resolve,
                         void *context, hd_instance **instance, hd_diag *diag);

/* The external value that an instance exports under a name; false when there is none. */
bool hd_instance_export(const hd_instance *instance, const char *name, size_t length,
                        hd_extern *value);

/* The start function of an instance's module, or NULL: hd_instantiate leaves its call to the
 * caller. */
const hd_func *hd_instance_start(const hd_instance *instance);

/* The module of an instance; its memory of this index, or NULL when it has fewer. */
const hd_module *hd_instance_module(const hd_instance *instance);
hd_memory *hd_instance_memory(const hd_instance *instance, uint32_t index);

/* In a host function: the instance whose code called it. */
hd_instance *hd_agent_caller(const hd_agent *agent);

/* A frame of an agent's stack. */
typedef struct hd_backtrace_frame {
    const hd_func *func;
    uint32_t offset; /* byte offset in the module of the instruction (of the call, in callers) */
} hd_backtrace_frame;

/* Writes up to `room` frames, innermost first, of an agent that does not run: those of a call that
 * ended with an error stay until the next. Returns how many there are in all. */
size_t hd_agent_backtrace(const hd_agent *agent, hd_backtrace_frame *frames, size_t room);

/* Prints them, one line a frame, with the names of functions, and with source files, lines and
 * inlined functions where the module's debug information tells. False when memory is out. */
bool hd_agent_backtrace_print(const hd_agent *agent, FILE *to);

/* The type of a function; lives as long as the function. */
const hd_functype *hd_func_type(const hd_func *func);

/* The type that an external value has now: the minimum of a table or memory is its present size,
 * that of a shared memory read in sequentially consistent order. */
hd_externtype hd_extern_type(const hd_extern *value);

/* Agents and their cluster. */

typedef struct hd_cluster hd_cluster;
typedef struct hd_member hd_member; /* an agent of a cluster, with its store and its thread */

/* What a member does. Runs on the member's thread; the member ends when it returns. It must return
 * soon once a call of its agent is HD_STOPPED or hd_member_stopping is true. */
typedef void hd_member_body(hd_member *member, void *context);

#define HD_SECOND INT64_C(1000000000) /* in nanoseconds */

/* Makes a cluster without members, whose agents get a stack of `cells` cells each (0: the default).
 * NULL when memory is out. */
hd_cluster *hd_cluster_new(size_t cells);

/* Starts a member at once. `name` is copied. Before hd_cluster_run by its caller, later only by
 * members. NULL with a diagnosis: HD_STOPPED when the cluster is being stopped, HD_NOMEM, or
 * HD_LIMIT when the host refuses another thread. */
hd_member *hd_cluster_spawn(hd_cluster *cluster, const char *name, hd_member_body *body,
                            void *context, hd_diag *diag);

/* The same for a member that nobody joins: it is released, with its store and what it has adopted,
 * as soon as it has ended, so that any number of them can come and go. Under control, where reports
 * name its code later, it runs what the cluster has adopted. HD_OK, or as above. */
hd_status hd_cluster_spawn_detached(hd_cluster *cluster, const char *name, hd_member_body *body,
                                    void *context, hd_diag *diag);

/* Makes a member that has no thread: whoever holds it acts as it, on one thread at a time, with the
 * functions of members below; that is how to call functions of WebAssembly from the program's own
 * threads. hd_cluster_run does not wait for it, nobody may join it, and it lives until
 * hd_cluster_free; stopping the cluster ends a call of its with HD_STOPPED. As hd_cluster_spawn
 * otherwise; HD_FAILED under control. */
hd_member *hd_cluster_attach(hd_cluster *cluster, const char *name, hd_diag *diag);

/* Waits until every member has ended, or `timeout` nanoseconds have passed (negative: no limit):
 * then stops all agents and waits for the members to end. All threads are joined when it returns.
 * True when nothing had to be stopped. */
bool hd_cluster_run(hd_cluster *cluster, int64_t timeout);

/* Stops every agent, as the time limit does; any thread. */
void hd_cluster_stop(hd_cluster *cluster);

/* Ends the program: stops every agent, and hd_cluster_run returns true all the same. After a stop
 * it does nothing. Any thread; what a member calls it for should be left behind before. */
void hd_cluster_exit(hd_cluster *cluster);

/* True once hd_cluster_exit has ended the program; any thread. */
bool hd_cluster_exited(hd_cluster *cluster);

/* Releases a cluster none of whose members runs, and all that it owns; NULL is ignored. */
void hd_cluster_free(hd_cluster *cluster);

hd_cluster *hd_member_cluster(const hd_member *member);
hd_agent *hd_member_agent(const hd_member *member);
hd_store *hd_member_store(const hd_member *member);
void *hd_member_context(const hd_member *member);

/* Calls a function of the member's store with its agent, as hd_agent_call does; on its own thread.
 */
hd_status hd_member_call(hd_member *member, const hd_func *func, hd_slot *cells, hd_diag *diag);

/* Makes code for a module, both owned by the cluster from now on. NULL when memory is out; the
 * module is released then. For the member's own thread. */
hd_codebase *hd_member_adopt(hd_member *member, hd_module *module);

/* The same for a module that several members run, before hd_cluster_run: it lives as long as the
 * cluster, which is under control by then if it ever will be. */
hd_codebase *hd_cluster_adopt(hd_cluster *cluster, hd_module *module);

/* Waits on the member's own thread until another one has ended; what that one did happens before
 * the return. False when the cluster was stopped first. */
bool hd_member_join(hd_member *member, hd_member *other);

/* True once the cluster is being stopped, or ended; any thread. */
bool hd_member_stopping(hd_member *member);

/* The version of the library, "MAJOR.MINOR.PATCH"; static storage. */
const char *hd_version(void);

#ifdef __cplusplus
}
#endif

#endif
