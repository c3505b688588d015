/* program.h: one module run as a program: a cluster of one agent. */
#ifndef HD_CLI_PROGRAM_H
#define HD_CLI_PROGRAM_H

#include "cli/control.h"
#include "module/module.h"

typedef struct hd_program_options {
    const char *name;   /* of the input, for messages */
    const char *invoke; /* exported function, or NULL: `_start` */
    char **arguments;
    size_t argument_count;
    int64_t timeout; /* nanoseconds; negative: no limit */
    size_t stack;    /* cells; 0: the default */
    hd_features features;
    hd_execution *execution; /* a controlled run; NULL: on a host thread */
    FILE *results, *errors;  /* where they go */
} hd_program_options;

/* Instantiates a module, which it takes over, calls the function and prints its results. Returns
 * the exit status. */
int hd_program_run(hd_module *module, const hd_program_options *options);

#endif
