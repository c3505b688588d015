/* program_options.h: what the command line says of a program: which agents it begins with, and what
 * it finds outside. For `heddle run` and `heddle step`. */
#ifndef HD_CLI_PROGRAM_OPTIONS_H
#define HD_CLI_PROGRAM_OPTIONS_H

#include "base/vec.h"
#include "cli/command.h"
#include "cli/words.h"
#include "host/program.h"
#include "host/wasi/wasi.h"

typedef struct hd_program_options_cli {
    const char *path;
    const char *invoke;          /* exported function, or NULL: `_start`, or agents */
    HD_VEC(const char *) agents; /* `EXPORT ARG…` */
    uint64_t instances;          /* of each agent */
    char **arguments;            /* of the invoked function, or of a WASI command */
    size_t argument_count;
    HD_VEC(const char *) environment;
    HD_VEC(hd_wasi_preopen) preopens;
    const char *input;      /* a file for standard input; NULL: that of heddle */
    bool main_cannot_block; /* of agents on host threads */
    bool no_tls, report_tls, verbose, share_memory;
    uint64_t agent_stack, most_agents;
    bool expects_status;      /* the program must end with `expected_status`, */
    uint64_t expected_status; /* of 8 bits; else with 0, where failures are looked for */
    hd_spawn_rule spawn;
    HD_VEC(hd_stub_rule) stubs;
    int64_t timeout; /* nanoseconds; negative: no limit */
    size_t stack;    /* cells; 0: the default */
    hd_features features;
    hd_shared_code *code; /* of the module, for all runs; NULL: each of them loads it. Owned */
    hd_arena arena;       /* of what was taken apart */
} hd_program_options_cli;

#define HD_PROGRAM_OPTIONS_INIT                                                                    \
    { .instances = 1, .timeout = -1, .features = HD_FEATURES_ALL }

enum {
    HD_INVOKE_KEY = 400,
    HD_AGENT_KEY,
    HD_INSTANCES_KEY,
    HD_DIR_KEY,
    HD_ENV_KEY,
    HD_STDIN_KEY,
    HD_SPAWN_IMPORT_KEY,
    HD_SPAWN_EXPORT_KEY,
    HD_AGENTS_KEY,
    HD_AGENT_STACK_KEY,
    HD_NO_TLS_KEY,
    HD_REPORT_TLS_KEY,
    HD_STACK_KEY,
    HD_SHARE_MEMORY_KEY,
    HD_STUB_IMPORTS_KEY,
    HD_EXPECT_STATUS_KEY,
};

/* Their rows for tables of options. */
#define HD_PROGRAM_OPTIONS                                                                         \
    {HD_INVOKE_KEY, "invoke", "NAME", "call this exported function with the ARGs"},                \
        {HD_AGENT_KEY, "agent", "'NAME ARG...'",                                                   \
         "begin with an agent that calls this exported function;\n"                                \
         "once for each agent (`@` as an ARG: its number, from 0)"},                               \
        {HD_INSTANCES_KEY, "instances", "N", "begin with N agents that call the same"},            \
        {HD_DIR_KEY, "dir", "HOST[::GUEST]", "let the program use this directory, as GUEST"},      \
        {HD_ENV_KEY, "env", "NAME=VALUE", "set a variable of the program's environment"},          \
        {HD_STDIN_KEY, "stdin", "FILE", "the program's standard input"},                           \
        {HD_SPAWN_IMPORT_KEY, "spawn-import", "MODULE.NAME",                                       \
         "this imported function spawns an agent, beside\n"                                        \
         "wasi.thread-spawn"},                                                                     \
        {HD_SPAWN_EXPORT_KEY, "spawn-export", "NAME", "which calls this exported function"},       \
        {HD_AGENTS_KEY, "max-agents", "N", "no more than N agents at once (default 1024)"},        \
        {HD_AGENT_STACK_KEY, "agent-stack", "BYTES",                                               \
         "shadow stack of each --agent but the first (default 65536)"},                            \
        {HD_SHARE_MEMORY_KEY, "share-memory", NULL,                                                \
         "let agents share shared memories that the module\n"                                      \
         "defines, as WAMR does; by the specification, each\n"                                     \
         "agent has its own"},                                                                     \
        {HD_STUB_IMPORTS_KEY, "stub-imports", "HOW[:MODULE[.NAME]]",                               \
         "stand-ins for imports that are not there: functions\n"                                   \
         "that trap (HOW is trap) or return zeros (zero); of\n"                                    \
         "several rules, the last that fits holds"},                                               \
        {HD_EXPECT_STATUS_KEY, "expect-status", "N",                                               \
         "the program must end with this exit status: then\n"                                      \
         "that of heddle is 0, and any other end a failure"},                                      \
        {HD_NO_TLS_KEY, "no-tls", NULL, "give --agents neither stacks nor thread-local data"},     \
        {HD_REPORT_TLS_KEY, "report-tls", NULL,                                                    \
         "tell of thread-local data that ended agents have left"},                                 \
        HD_STACK_OPTION(HD_STACK_KEY)

/* Takes one of these options; false after an hd_usage_error. `*taken` is false if it is none of
 * them. */
bool hd_program_option(const hd_subcommand *self, hd_program_options_cli *options, int key,
                       const char *value, bool *taken);

/* Takes the operands, FILE and what follows, and checks that the options agree; returns 0, or the
 * exit status after a message. */
int hd_program_options_check(const hd_subcommand *self, hd_program_options_cli *options,
                             char **operands, int count);

/* Appends the words that say the same, operands and all. */
void hd_program_options_words(const hd_program_options_cli *options, hd_words *words);
void hd_program_options_free(hd_program_options_cli *options);

#endif
