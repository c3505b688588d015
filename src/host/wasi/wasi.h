/* wasi.h: WASI preview 1 for programs of any number of agents.
 *
 * Implements wasi_snapshot_preview1 (docs.md and witx of the WASI repository, "preview1"). An
 * hd_wasi is the state of one program, shared by all its agents: arguments, environment, the table
 * of descriptors. Each agent binds it to its own store:
 *
 *     hd_wasi_agent *binding = hd_wasi_bind(wasi, store, agent);
 *     ...in the resolver, for imports from HD_WASI_MODULE: hd_wasi_lookup(binding, ...)
 *     ...after hd_instantiate: hd_wasi_set_memory(binding, memory)
 *
 * A file beneath a preopened directory is all that a module can reach: no path leads out, whatever
 * symbolic links there are and whoever moves directories meanwhile. Everything that depends on
 * time, chance or waiting goes through an hd_outside. */
#ifndef HD_HOST_WASI_WASI_H
#define HD_HOST_WASI_WASI_H

#include <stdio.h>

#include "host/outside.h"

#define HD_WASI_MODULE "wasi_snapshot_preview1"

typedef struct hd_wasi hd_wasi;             /* of one program */
typedef struct hd_wasi_agent hd_wasi_agent; /* of one of its agents */

/* A directory of the host that the program finds under a name of its own. */
typedef struct hd_wasi_preopen {
    const char *host, *guest;
} hd_wasi_preopen;

/* One of the standard streams: a descriptor of the host, which stays the caller's, or, for output
 * and error, a stream of the C library, which every write is put into. Without both (-1, NULL), a
 * read finds the end and what is written vanishes. */
typedef struct hd_wasi_stream {
    int descriptor;
    FILE *file;
} hd_wasi_stream;

typedef struct hd_wasi_options {
    const char *const *arguments; /* the program's name first */
    size_t argument_count;
    const char *const *environment; /* NAME=VALUE */
    size_t environment_count;
    const hd_wasi_preopen *preopens; /* descriptors 3, 4, … */
    size_t preopen_count;
    hd_wasi_stream input, output, error;
    const hd_outside *outside; /* must outlive the program */
} hd_wasi_options;

/* The streams of this process, nothing else; `outside` is still to be set. */
#define HD_WASI_OPTIONS_INIT                                                                       \
    { NULL, 0, NULL, 0, NULL, 0, {0, NULL}, {1, NULL}, {2, NULL}, NULL }

/* Makes the state of a program; all options but `outside` and the streams are copied. HD_IO when a
 * directory cannot be opened (not tried when `outside` recalls a trace: what files hold comes from
 * there), HD_LIMIT when arguments or environment are larger than a memory, HD_NOMEM: NULL. */
hd_wasi *hd_wasi_new(const hd_wasi_options *options, hd_diag *diag);

/* Releases a program none of whose agents will call it again, with its bindings; NULL is ignored.
 */
void hd_wasi_free(hd_wasi *wasi);

/* Makes the functions of WASI in an agent's store. The binding belongs to the program, may be used
 * by the agent's thread alone, and must not be called through once it or the program is released.
 * NULL when memory is out. Agents may bind at once. */
hd_wasi_agent *hd_wasi_bind(hd_wasi *wasi, hd_store *store, hd_agent *agent);

/* Releases a binding before its program is: that of an agent that has ended. NULL is ignored. */
void hd_wasi_unbind(hd_wasi_agent *binding);

/* Finds a function by its name without the module's; false when there is none. */
bool hd_wasi_lookup(const hd_wasi_agent *binding, const char *name, size_t length,
                    hd_extern *value);

/* Says in which memory the pointers are that the module gives: the one that it exports as "memory",
 * else the one that it imports. Until then, or for NULL, a function that needs it traps. The memory
 * must live as long as the agent's store. */
void hd_wasi_set_memory(hd_wasi_agent *binding, hd_memory *memory);

/* The status that the program ended itself with by proc_exit, the first call's where several agents
 * made one; false while there was none. Any thread. A call of proc_exit ends its agent with
 * HD_EXITED, whatever the status. */
bool hd_wasi_exit_status(const hd_wasi *wasi, uint32_t *status);

#endif
