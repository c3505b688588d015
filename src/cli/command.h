/* command.h: what a subcommand is, and what all subcommands share of the command line.
 *
 * A subcommand is data: its table of options drives both the parsing and `--help`. */
#ifndef HD_CLI_COMMAND_H
#define HD_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

/* Exit statuses of heddle; the same for all subcommands. */
enum {
    HD_EXIT_OK = 0,
    HD_EXIT_FAILED = 1,        /* a check failed */
    HD_EXIT_USAGE = 2,         /* the command line is wrong */
    HD_EXIT_INPUT = 3,         /* an input could not be read, parsed, validated or linked */
    HD_EXIT_TIME = 124,        /* time limit */
    HD_EXIT_INTERRUPTED = 128, /* by a signal, whose number is added */
    HD_EXIT_TRAP = 134,        /* execution trapped */
};

/* The exit status of a program that ends with this status. */
int hd_exit_status(hd_status status);

typedef struct hd_option {
    int key;              /* the short option's letter, or a number above 255 */
    const char *name;     /* without dashes */
    const char *argument; /* its name in the help, or NULL: none */
    const char *help;     /* further lines after '\n' */
} hd_option;

typedef struct hd_subcommand hd_subcommand;
struct hd_subcommand {
    const char *name;
    const char *summary;      /* one line, for the list of subcommands */
    const char *usage;        /* what follows the name */
    const char *details;      /* paragraphs */
    const hd_option *options; /* ends with name NULL; --help comes by itself */
    const char *examples;     /* lines */
    /* Operands may be negative numbers: `-1` is no option. */
    bool number_operands;
    /* Runs it and returns the exit status; argv[0] is the subcommand's name. */
    int (*run)(const hd_subcommand *self, int argc, char **argv);
};

/* The row of --stack for tables of options. */
#define HD_STACK_OPTION(key)                                                                       \
    {                                                                                              \
        key, "stack", "CELLS",                                                                     \
            "size of an agent's stack in cells of 8 bytes\n"                                       \
            "(default 1048576); deeper calls exhaust it"                                           \
    }

extern const hd_subcommand hd_wast_subcommand, hd_run_subcommand, hd_validate_subcommand,
    hd_step_subcommand, hd_trace_subcommand, hd_explore_subcommand, hd_replay_subcommand,
    hd_shrink_subcommand, hd_debug_subcommand, hd_version_subcommand;

/* Receives an option; returns false after an hd_usage_error. */
typedef bool hd_option_handler(const hd_subcommand *self, void *context, int key,
                               const char *value);

enum { HD_OPTIONS_READ = -1 };

/* Reads the options, wherever they stand before `--`, and moves the operands to argv[0], argv[1],
 * …,
 * `*count` of them. Returns HD_OPTIONS_READ to go on, or the exit status after --help or an error.
 */
int hd_options_read(const hd_subcommand *self, int argc, char **argv, hd_option_handler *handler,
                    void *context, int *count);

/* Prints the help of a subcommand to stdout. */
void hd_subcommand_help(const hd_subcommand *self);

/* Prints a message about the command line to stderr, with a hint to --help; HD_EXIT_USAGE. */
int hd_usage_error(const hd_subcommand *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Readers of option values; false after an hd_usage_error. Seconds are read into nanoseconds; 0
 * seconds is no limit, -1. */
bool hd_option_count(const hd_subcommand *self, const char *name, const char *value, uint64_t least,
                     uint64_t most, uint64_t *count);
bool hd_option_stack(const hd_subcommand *self, const char *value, uint64_t *cells);
bool hd_option_seconds(const hd_subcommand *self, const char *name, const char *value,
                       int64_t *nanoseconds);

/* How much is done at a time unless --jobs says otherwise: one job a processor. */
uint64_t hd_default_jobs(void);

#endif
