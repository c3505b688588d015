/* internal.h: what the files of host/wasi/ share with each other.
 *
 * Locks. `hd_wasi.lock` protects the table: its slots, the references, rights and flags of open
 * files, the list of bindings. It is held for a few instructions, never while the host
 * has to wait for anything. `hd_wasi_file.io_lock` protects what belongs together of one file: the
 * position of a directory's listing, a check for readiness and the read or write that follows. It
 * is never held while an agent blocks, and the table's lock is never taken under it. A function
 * that uses a file holds a reference: a descriptor closed by another agent meanwhile leaves the
 * table at once, and the host's is closed with the last reference, so that its number cannot become
 * another file's. */
#ifndef HD_HOST_WASI_INTERNAL_H
#define HD_HOST_WASI_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/bytes.h"
#include "base/vec.h"
#include "host/wasi/abi.h"
#include "host/wasi/wasi.h"

typedef struct hd_wasi_call hd_wasi_call;

/* What a function has done to the module's memory. */
typedef enum hd_wasi_access_kind {
    HD_ACCESS_READ,
    HD_ACCESS_WRITE,
    HD_ACCESS_OUTPUT, /* a read of what went to standard output, or to standard error */
    HD_ACCESS_ERROR,
    HD_ACCESS_KINDS,
} hd_wasi_access_kind;

typedef struct hd_wasi_access {
    hd_wasi_access_kind kind;
    uint32_t address, length;
} hd_wasi_access;

/* The accesses of a call; of writes, the bytes too, one after the other, if they are recorded. */
typedef struct hd_wasi_log {
    HD_VEC(hd_wasi_access) accesses;
    hd_bytes bytes;
    bool incomplete; /* memory was out */
} hd_wasi_log;

typedef enum hd_wasi_dependence {
    HD_WASI_INSIDE,
    HD_WASI_OUTSIDE,
    HD_WASI_MAYBE
} hd_wasi_dependence;

typedef hd_wasi_errno hd_wasi_handler(hd_wasi_call *call, const hd_slot *arguments);

/* A row of functions.def. */
typedef struct hd_wasi_function {
    const char *name, *qualified_name;
    hd_functype type;
    hd_wasi_dependence outside;
    hd_wasi_handler *handler;
} hd_wasi_function;

enum {
#define FN(name, ...) HD_WASI_KIND_##name,
#include "host/wasi/functions.def"
#undef FN
    HD_WASI_FUNCTIONS
};
extern const hd_wasi_function hd_wasi_functions[HD_WASI_FUNCTIONS];

#define FN(name, ...) hd_wasi_handler hd_wasi_do_##name;
#include "host/wasi/functions.def"
#undef FN

struct hd_wasi_agent {
    hd_wasi *wasi;
    hd_wasi_agent *previous, *next; /* in the program's list */
    hd_memory *memory;              /* NULL: not known */
    struct hd_wasi_bound {
        hd_wasi_agent *binding;
        const hd_wasi_function *function;
        hd_func *func;
    } functions[HD_WASI_FUNCTIONS];
    hd_wasi_log log;
    /* Of a call that has to be made again: when it was made first. */
    bool waiting;
    uint64_t waiting_monotonic, waiting_realtime;
};

/* One call of a function. */
struct hd_wasi_call {
    hd_wasi *wasi;
    hd_wasi_agent *binding;
    hd_agent *agent;
    hd_memory *memory;
    const hd_outside *outside;
    const hd_wasi_function *function;
    hd_diag *diag;
    bool depends;           /* on the outside */
    hd_wasi_errno recalled; /* what the trace says, for HD_WASI_RECALLED */
};

/* An open file. */
typedef struct hd_wasi_file {
    int descriptor; /* of the host; -1: none */
    bool owned;     /* to be closed */
    FILE *stream;   /* written to instead */
    uint8_t filetype;
    bool has_position;         /* regular file or block device: never blocks */
    bool is_pipe;              /* or FIFO */
    bool tarries;              /* a pipe, under control: whoever writes into it was slow */
    hd_wasi_access_kind reads; /* what a read of memory for it is */
    char *name;                /* a preopen's; else NULL */
    uint32_t name_length;
    pthread_mutex_t io_lock;
    struct hd_wasi_listing *listing; /* of a directory once it was read; under io_lock */

    /* Under the table's lock. */
    uint32_t references;
    uint64_t base, inheriting;
    uint16_t flags;
} hd_wasi_file;

/* Strings, one after the other with their NULs. */
typedef struct hd_wasi_strings {
    char *bytes;
    uint32_t length, count;
} hd_wasi_strings;

struct hd_wasi {
    const hd_outside *outside;
    hd_wasi_strings arguments, environment;
    FILE *streams[2];       /* standard output and error, for what a trace says was written */
    int descriptors[2];     /* or -1 */
    _Atomic int64_t status; /* of proc_exit; -1: none */
    pthread_mutex_t lock;
    HD_VEC(hd_wasi_file *) slots; /* NULL: closed */
    hd_wasi_agent *bindings;
};

/* Logs (record.c). */

/* Notes an access that was made; `bytes` of a write. */
void hd_wasi_log_access(hd_wasi_call *call, hd_wasi_access_kind kind, uint32_t address,
                        size_t length, const void *bytes);

/* Forgets the accesses of a call that is to be made again. */
void hd_wasi_log_drop(hd_wasi_call *call);

/* Ends a call that has happened: reports its accesses, and records it if it depends on the outside
 * and that is recorded. HD_WASI_TRAPPED when memory is out. */
hd_wasi_errno hd_wasi_log_end(hd_wasi_call *call, hd_wasi_errno result);

/* Answers a call from the trace: HD_WASI_RECALLED, HD_WASI_BLOCKED, HD_WASI_STOPPED, or
 * HD_WASI_TRAPPED when what is there cannot be. */
hd_wasi_errno hd_wasi_recall(hd_wasi_call *call);

/* For functions that MAYBE depend on the outside, once they see that they do: true when they have
 * to return hd_wasi_recall. */
bool hd_wasi_ask_outside(hd_wasi_call *call);

/* Writes to a standard stream what a trace says was written; errors are ignored. */
void hd_wasi_echo(hd_wasi *wasi, hd_wasi_access_kind kind, const void *bytes, size_t length);

/* Blocking (block.c). */

/* Blocks as hd_outside does. SUCCESS, with `*timed_out` (may be NULL) if nothing is ready, or
 * HD_WASI_BLOCKED or HD_WASI_STOPPED to return at once. */
hd_wasi_errno hd_wasi_block(hd_wasi_call *call, struct pollfd *descriptors, size_t count,
                            uint64_t deadline, bool *timed_out);

/* Before each part of something long: HD_WASI_STOPPED when the program ends. */
hd_wasi_errno hd_wasi_go_on(hd_wasi_call *call);

/* Waits until a file without position is ready, unless it shall not block. */
hd_wasi_errno hd_wasi_await(hd_wasi_call *call, const hd_wasi_file *file, short events);

/* Under control, gives whoever writes into a pipe some time in which no agent moves, but not again
 * before something has come; true if it can be read, or has ended, now. False for other files, and
 * on host threads. */
bool hd_wasi_await_pipe(hd_wasi_call *call, hd_wasi_file *file);

/* Whether a function of the host that has failed (errno) is to be awaited and called again. */
bool hd_wasi_again(hd_wasi_call *call, const hd_wasi_file *file);

/* The table (table.c). */

/* Finds an open file that has all these rights; the caller releases it. BADF or NOTCAPABLE. */
hd_wasi_errno hd_wasi_get(hd_wasi_call *call, uint32_t fd, uint64_t rights, hd_wasi_file **file);

/* The same for a directory: NOTDIR, before rights, when it is none. */
hd_wasi_errno hd_wasi_get_directory(hd_wasi_call *call, uint32_t fd, uint64_t rights,
                                    hd_wasi_file **file);

/* Drops a reference; the last one closes the file. */
void hd_wasi_release(hd_wasi *wasi, hd_wasi_file *file);

/* Makes a file of a descriptor of the host, which it owns, with one reference. It has those of the
 * rights that apply to its type. NULL when memory is out or the descriptor is not good (errno);
 * the descriptor stays the caller's then. */
hd_wasi_file *hd_wasi_file_new(int descriptor, uint64_t base, uint64_t inheriting, uint16_t flags);

/* Gives a file the lowest free number; the table takes over the reference. MFILE or NOMEM: the file
 * stays the caller's. */
hd_wasi_errno hd_wasi_insert(hd_wasi *wasi, hd_wasi_file *file, uint32_t *fd);

/* Makes a file of a descriptor of the host, gives it a number, and tells the module that at an
 * address that was checked. Closes the descriptor when that fails. */
hd_wasi_errno hd_wasi_install(hd_wasi_call *call, int descriptor, uint64_t base,
                              uint64_t inheriting, uint16_t flags, uint32_t address);

/* Releases all files. */
void hd_wasi_table_free(hd_wasi *wasi);

/* The `filetype` of a mode of the host, without telling sockets apart. */
uint8_t hd_wasi_filetype(unsigned mode);

#endif
