/* program.h: a module run as a program of agents.
 *
 * An agent is one instance of the module; what the agents share is the memories that the module
 * imports as shared. The program makes these to fit the imports, and begins with one or more agents
 * that call exported functions. Others come from within: a module imports a function that spawns an
 * agent, by the convention of wasi-threads (WebAssembly/wasi-threads: `wasi.thread-spawn` and
 * `wasi_thread_start`) or one like it. A trap or an exit in any agent ends the whole program; so
 * does, in a command of WASI, the return of its main agent.
 *
 *     hd_program *program = hd_program_new(module, &options, &diag);
 *     hd_program_add(program, "main", function, cells, &diag);
 *     hd_program_run(program, cluster, timeout);
 *     ...hd_program_outcome(program)...
 *     hd_cluster_free(cluster);
 *     hd_program_free(program);
 *
 * A program is used by one thread, and runs once. */
#ifndef HD_HOST_PROGRAM_H
#define HD_HOST_PROGRAM_H

#include <stdio.h>

#include "agents/report.h"
#include "code/shared.h"
#include "host/stub.h"
#include "host/toolchain.h"

typedef struct hd_program hd_program;

/* A function that spawns an agent: it is imported under a name, and the new agent calls the
 * function that is exported under another one. That gets the arguments of the import; before them
 * the new agent's number (from 1), if it has one parameter more. The import's result, if it has
 * one, is that number, or a negative errno of WASI. */
typedef struct hd_spawn_rule {
    const char *module, *field; /* of the import */
    const char *start;          /* the export */
} hd_spawn_rule;

/* That of wasi-threads. */
extern const hd_spawn_rule hd_wasi_threads;

typedef struct hd_program_options {
    const hd_spawn_rule *spawn; /* beside hd_wasi_threads; or NULL */
    uint32_t most_agents;       /* that may be alive at once; 0: HD_DEFAULT_AGENTS */
    bool main_ends;             /* the return of the first agent ends the program */
    bool no_tls;                /* agents get neither stacks nor thread-local data */
    bool share_memory;          /* agents share shared memories that the module defines, too */
    bool watch_tls;             /* for hd_program_leftovers */
    const hd_stub_rule *stubs;  /* for imports that there is nothing for: so many, borrowed */
    size_t stub_count;
    uint32_t stack;             /* bytes of shadow stack for each agent but the first; 0: 64 KiB */
    hd_shared_code *code;       /* the module's, which it owns; borrowed. NULL: there is none yet */
    hd_memory_pool *memories;   /* where the memories come from; borrowed, or NULL */
    FILE *results;              /* where printing functions of the host print */
    struct hd_wasi *wasi;       /* borrowed; NULL: no WASI */
    /* Told of each instance before its agent calls anything but the start function, on the agent's
     * thread; may be NULL. */
    void (*entered)(void *context, hd_member *member, const hd_instance *instance,
                    const hd_agent_room *room, bool spawned);
    void *entered_context;
    /* Told of what the program does with the module, a line each, and of what is wrong with that
     * but no error; may be NULL. By any agent's thread. */
    void (*explain)(void *context, const char *line);
    void (*warn)(void *context, const char *line);
    void *told_context;
} hd_program_options;

enum { HD_DEFAULT_AGENTS = 1024 };

/* How a program ended. */
typedef struct hd_program_outcome {
    hd_diag diag;           /* HD_OK, HD_EXITED, or what went wrong first */
    const char *agent;      /* in this one … */
    uint32_t first;         /* … the number of it among those that were added, or HD_NO_INDEX */
    uint32_t number;        /* … and among all agents, in the order of their start */
    hd_backtrace backtrace; /* and there; empty if it was not in a call */
    uint32_t agents;        /* how many there were in all */
} hd_program_outcome;

/* Makes a program of a module, which it takes over in any case, unless the options have its code,
 * and its shared memories.
 * HD_UNLINKABLE when an import to spawn agents has no fitting export, HD_LIMIT, HD_NOMEM: NULL. */
hd_program *hd_program_new(hd_module *module, const hd_program_options *options, hd_diag *diag);

/* Releases a program after its cluster; NULL is ignored. */
void hd_program_free(hd_program *program);

const hd_module *hd_program_module(const hd_program *program);
const hd_toolchain *hd_program_toolchain(const hd_program *program);

/* True if a module imports functions of WASI preview 1. */
bool hd_module_imports_wasi(const hd_module *module);

/* Adds an agent that the program begins with: it calls this function of the module with the
 * arguments in `cells`, which are borrowed and receive the results. `name` is copied. HD_OK or
 * HD_NOMEM. */
hd_status hd_program_add(hd_program *program, const char *name, uint32_t function, hd_slot *cells,
                         hd_diag *diag);

/* Begins the program in an empty cluster that is under control: adds its first agents. */
hd_status hd_program_begin(hd_program *program, hd_cluster *cluster, hd_diag *diag);

/* The shared memories that were made for the module, from 0; NULL beyond the last. */
hd_memory *hd_program_memory(const hd_program *program, uint32_t index);

/* Runs the program in an empty cluster, under control if that is. True when it ended by itself;
 * false when the time limit or the controller stopped it. */
bool hd_program_run(hd_program *program, hd_cluster *cluster, int64_t timeout);

/* After the run; lives as long as the program. */
const hd_program_outcome *hd_program_get_outcome(const hd_program *program);

/* Thread-local data of agents that have ended: blocks that no other agent has been given since. */
typedef struct hd_tls_leftover {
    const char *agent;
    uint32_t address, size;
} hd_tls_leftover;

/* After the run, if the options say so: the blocks, `*count` of them; as long as the program. */
const hd_tls_leftover *hd_program_leftovers(const hd_program *program, size_t *count);

/* True if the agent number `index` of those that were added has returned. */
bool hd_program_returned(const hd_program *program, size_t index);

#endif
