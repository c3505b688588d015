/* program_internal.h: what the files of a program share: program.c has its life and its agents,
 * link.c what they import, spawn.c how further agents come to be. */
#ifndef HD_HOST_PROGRAM_INTERNAL_H
#define HD_HOST_PROGRAM_INTERNAL_H

#include <pthread.h>

#include "base/arena.h"
#include "base/vec.h"
#include "host/program.h"
#include "runtime/store.h"

/* A rule that the module has an import for. */
typedef struct hd_spawner {
    hd_program *program;
    const hd_spawn_rule *rule;
    uint32_t function; /* that the new agent calls */
} hd_spawner;

/* What an agent of a program does next. */
typedef enum hd_program_phase {
    HD_PHASE_INSTANTIATE,
    HD_PHASE_START,      /* to call the start function, if there is one */
    HD_PHASE_TLS,        /* to set up its stack and thread-local data */
    HD_PHASE_INITIALIZE, /* the first agent: to call _initialize or __wasm_call_ctors */
    HD_PHASE_SPAWN,      /* the first agent: to spawn the others, one by one */
    HD_PHASE_CALL,       /* to call its function */
    HD_PHASE_END,        /* that has returned */
} hd_program_phase;

/* An agent from its spawn to its end. */
typedef struct hd_program_agent {
    hd_program *program;
    char *name;
    uint32_t function;
    hd_slot *cells;  /* arguments, later results */
    uint32_t first;  /* its number among those that were added, or HD_NO_INDEX */
    uint32_t number; /* among all, in the order of their start */
    bool main;       /* the first one */
    bool spawned;    /* by another agent: owns itself and its cells */
    bool returned, ended;
    hd_agent_room room;
    uint64_t lacks; /* pages for that room, of the first agent: it may need none */
    struct hd_wasi_agent *wasi;
    hd_instance *instance; /* once it is made */
    hd_program_phase phase;
    size_t next_spawned; /* HD_PHASE_SPAWN: the next agent of those that the program begins with */
    hd_slot cell[1];     /* arguments of __wasm_init_tls */
    hd_diag diag;        /* how it ended */
} hd_program_agent;

struct hd_program {
    hd_program_options options;
    hd_module *module; /* the cluster's, once it runs */
    hd_codebase *code;
    hd_cluster *cluster;
    hd_toolchain toolchain;
    bool refused;         /* a spawn was; under `lock` */
    hd_memory **memories; /* of the imports, or with share_memory of all: a shared one, or NULL */
    uint32_t memory_count;
    HD_VEC(hd_program_agent *) agents; /* that it begins with */
    HD_VEC(hd_spawner) spawners;

    uint64_t epoch;       /* of the cluster's log in which it was saved last */
    pthread_mutex_t lock; /* protects what follows while agents run */
    uint32_t live, next_number;
    uint32_t instances; /* that were made */
    HD_VEC(hd_tls_leftover) leftovers;
    hd_program_outcome outcome;
    hd_arena arena; /* of the outcome; it grows when runs are taken back, by little */
};

/* Saves a program of a cluster that has a log before it is changed. */
void hd_program_save(hd_program *program);

/* Finds the imports that spawn agents, and what these call. HD_UNLINKABLE where that is missing. */
hd_status hd_link_spawners(hd_program *program, hd_diag *diag);

/* Makes an agent's instance. On the member's thread. HD_UNLINKABLE naming all imports that there is
 * nothing for, or as hd_instantiate. */
hd_status hd_link_instantiate(hd_program_agent *agent, hd_member *member, hd_instance **instance,
                              hd_diag *diag);

/* Releases what the instance's imports needed, when its agent will not run any more. */
void hd_link_release(hd_program_agent *agent);

/* True if a function that is imported to spawn agents fits the one that they call. */
bool hd_spawn_types_fit(const hd_functype *spawn, const hd_functype *start);

/* A function for a store that spawns agents, of the import's type, or NULL when memory is out. */
hd_func *hd_spawner_function(hd_spawner *spawner, hd_store *store, const hd_functype *type);

/* Starts an agent of the program. */
hd_status hd_program_start(hd_program *program, hd_program_agent *agent, hd_diag *diag);
void hd_program_agent_free(hd_program_agent *agent);

/* True if the first agent initialises the program before there are others. */
bool hd_program_main_initializes(const hd_program *program);

/* Says that an agent cannot get its room: HD_LIMIT. */
hd_status hd_program_no_room(const hd_program *program, size_t agent, uint64_t pages,
                             hd_diag *diag);

/* What the agents do; its context is a hd_program_agent. */
extern const hd_body hd_program_body;

/* Notes the thread-local data of an agent that has ended, or was stopped. Under the lock. */
void hd_program_note_tls(const hd_program_agent *agent, bool ended);

/* Tells what is done with the module. */
void hd_program_explain(const hd_program *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
