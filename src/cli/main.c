/* main.c: the table of subcommands, and what happens before and after them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/message.h"

static const hd_subcommand *const subcommands[] = {
    &hd_wast_subcommand,    &hd_run_subcommand,      &hd_replay_subcommand,
    &hd_shrink_subcommand, &hd_debug_subcommand,  &hd_step_subcommand,     &hd_trace_subcommand,
    &hd_explore_subcommand, &hd_validate_subcommand, &hd_version_subcommand,
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

static const hd_subcommand *find(const char *name) {
    for (size_t i = 0; i < SUBCOMMANDS; i++)
        if (strcmp(subcommands[i]->name, name) == 0) return subcommands[i];
    return NULL;
}

static int help(void) {
    fputs("Usage: heddle COMMAND [OPTION]... [OPERAND]...\n\n"
          "Simulates the WebAssembly threads proposal.\n\nCommands:\n",
          stdout);
    for (size_t i = 0; i < SUBCOMMANDS; i++)
        printf("  %-10s %s\n", subcommands[i]->name, subcommands[i]->summary);
    fputs(
        "\n'heddle COMMAND --help' explains a command, with examples.\n\n"
        "Exit status: 0 success; 1 a check failed; 2 wrong command line; 3 an input could not be\n"
        "read, parsed, validated or linked; 124 time limit; 134 trap.\n",
        stdout);
    return HD_EXIT_OK;
}

/* Levenshtein distance of two words; large for words too long to be a command. */
static size_t distance(const char *a, const char *b) {
    enum { LONGEST = 16 };
    size_t row[LONGEST + 1], width = strlen(b);
    if (width > LONGEST || strlen(a) > LONGEST) return LONGEST;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t best = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (diagonal + 1 < best) best = diagonal + 1;
            row[j + 1] = best;
        }
    }
    return row[width];
}

static int unknown(const char *name) {
    const hd_subcommand *nearest = NULL;
    size_t least = 3; /* words further apart are no misspelling */
    fputs("heddle: unknown command '", stderr);
    hd_print_string(stderr, name);
    fputs("'\n", stderr);
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        size_t d = distance(name, subcommands[i]->name);
        if (d >= least) continue;
        least = d;
        nearest = subcommands[i];
    }
    if (nearest) fprintf(stderr, "Did you mean '%s'?\n", nearest->name);
    fputs("Try 'heddle --help'.\n", stderr);
    return HD_EXIT_USAGE;
}

static int dispatch(int argc, char **argv) {
    if (argc < 2) {
        fputs("heddle: a command is needed\nTry 'heddle --help'.\n", stderr);
        return HD_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return help();
    if (strcmp(name, "help") == 0) {
        if (argc < 3) return help();
        const hd_subcommand *topic = find(argv[2]);
        if (!topic) return unknown(argv[2]);
        hd_subcommand_help(topic);
        return HD_EXIT_OK;
    }
    if (strcmp(name, "--version") == 0) name = "version";
    const hd_subcommand *chosen = find(name);
    return chosen ? chosen->run(chosen, argc - 1, argv + 1) : unknown(name);
}

/* What was printed is part of the result: a full disk must not look like success. */
static int close_stdout(int status) {
    bool failed = ferror(stdout);
    errno = 0;
    if (fclose(stdout) == 0 && !failed) return status;
    /* Whoever has closed the pipe knows. */
    if (errno != EPIPE)
        fprintf(stderr, "heddle: cannot write standard output: %s\n",
                errno ? strerror(errno) : "write error");
    return status == HD_EXIT_OK ? HD_EXIT_INPUT : status;
}

/* Standard streams that are closed would be given to the first files that are opened, and what is
 * printed would go there. /dev/null takes their places, opened so that using them fails still.
 * False when that is not possible. */
static bool occupy_streams(void) {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
        /* The least free descriptor is this one, since those before it are taken. */
        if (open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) != stream) return false;
    }
    return true;
}

/* Whatever was left out when memory was out, and wherever: it is no success. */
static int check_memory(int status) {
    if (status != HD_EXIT_OK || hd_alloc_failures() == 0) return status;
    fputs("heddle: out of memory: something may be missing from the result\n", stderr);
    return HD_EXIT_INPUT;
}

int main(int argc, char **argv) {
    static char lines[4096];
    if (!occupy_streams()) return HD_EXIT_INPUT;
    setvbuf(stderr, lines, _IOLBF, sizeof lines); /* whole lines, each in one piece */
    signal(SIGXFSZ, SIG_IGN);                     /* a file too large is an error like others */
    signal(SIGPIPE, SIG_IGN); /* traces are kept although nobody reads the report */
    hd_json_init();
    return close_stdout(check_memory(dispatch(argc, argv)));
}
