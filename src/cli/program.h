/* program.h: a module run as a program, as the command line says. */
#ifndef HD_CLI_PROGRAM_H
#define HD_CLI_PROGRAM_H

#include <stdio.h>

#include "cli/control.h"
#include "cli/program_options.h"

/* Where a run's outcome goes. */
typedef struct hd_program_io {
    FILE *results, *errors;
    bool captured; /* what the program itself prints goes there, too, and it has no input but that
                    * of --stdin */
} hd_program_io;

/* Loads the module and runs it: on host threads, or, with an execution, under control. Prints the
 * results, or what went wrong. Returns the exit status. Thread-safe. */
int hd_program_execute(const hd_program_options_cli *options, hd_execution *execution,
                       const hd_program_io *io);

#endif
