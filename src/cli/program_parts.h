/* program_parts.h: what the files of a program share: program.c prepares and runs it,
 * program_report.c tells what came of it. */
#ifndef HD_CLI_PROGRAM_PARTS_H
#define HD_CLI_PROGRAM_PARTS_H

#include "cli/message.h"
#include "cli/program.h"

/* An agent that the program begins with. */
typedef struct hd_first_agent {
    const char *export; /* what it calls */
    uint32_t function;
    hd_slot *cells;
} hd_first_agent;

/* A program that runs, or has. */
typedef struct hd_running {
    const hd_program_options_cli *options;
    const hd_program_io *io;
    hd_execution *execution; /* or NULL */
    const char *name;        /* of the module, in messages */
    hd_channel errors;
    FILE *results; /* as `io` says; under control, the execution's trace learns of it */
    HD_VEC(hd_first_agent) agents;
    hd_arena arena;
    hd_cluster *cluster;
    hd_outside outside; /* on host threads */
    hd_wasi *wasi;
    int input; /* the descriptor of --stdin, or -1 */
    hd_program *program;
} hd_running;

/* Loads the module and makes the program; returns 0, or the exit status after a message. To be
 * closed in any case. */
int hd_running_open(hd_running *running, const hd_program_options_cli *options,
                    hd_execution *execution, const hd_program_io *io);
void hd_running_close(hd_running *running);

/* After the run: prints the results of the agents that have returned. */
void hd_running_print_results(const hd_running *running, FILE *to);

/* Prints what went wrong, if anything did, and returns the exit status; `ended`: by itself. */
int hd_running_finish(const hd_running *running, bool ended);

/* Tells of thread-local data that agents have left. */
void hd_running_report_tls(const hd_running *running);

#endif
