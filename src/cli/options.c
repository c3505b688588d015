/* options.c: parsing of options and `--help`, both driven by a subcommand's table. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/output.h"
#include "cli/command.h"
#include "cli/message.h"

enum { MOST_OPTIONS = 64, HELP = 'h' };

static const hd_option help_option = {HELP, "help", NULL, "print this help and exit"};

/* The options in the form of getopt_long. */
typedef struct getopt_table {
    struct option longs[MOST_OPTIONS + 2];
    char shorts[2 * MOST_OPTIONS + 6];
} getopt_table;

static void fill_row(getopt_table *table, size_t index, const hd_option *option) {
    table->longs[index] = (struct option){
        option->name, option->argument ? required_argument : no_argument, NULL, option->key};
    if (option->key > 255) return;
    size_t length = strlen(table->shorts);
    table->shorts[length++] = (char)option->key;
    if (option->argument) table->shorts[length] = ':';
}

/* "+" stops getopt at the first operand, ":" tells a missing argument from an unknown option. */
static void fill_table(getopt_table *table, const hd_subcommand *self) {
    *table = (getopt_table){.shorts = "+:"};
    size_t count = 0;
    for (const hd_option *o = self->options; o && o->name && count < MOST_OPTIONS; o++)
        fill_row(table, count++, o);
    fill_row(table, count, &help_option);
}

static bool is_number_operand(const hd_subcommand *self, const char *word) {
    return self->number_operands && word[0] == '-' &&
           (isdigit((unsigned char)word[1]) || strncmp(word + 1, "inf", 3) == 0 ||
            strncmp(word + 1, "nan", 3) == 0);
}

/* `found` is what getopt_long returned. */
static int option_error(const hd_subcommand *self, int found, char **argv, int before) {
    if (found == ':') return hd_usage_error(self, "option '%s' needs an argument", argv[before]);
    if (argv[before][1] != '-') return hd_usage_error(self, "unknown option '-%c'", optopt);
    /* Of a long option that exists, getopt_long leaves the key: it was given a value. */
    if (optopt) return hd_usage_error(self, "option '%s' takes no argument", argv[before]);
    return hd_usage_error(self, "unknown option '%s'", argv[before]);
}

int hd_options_read(const hd_subcommand *self, int argc, char **argv, hd_option_handler *handler,
                    void *context, int *count) {
    getopt_table table;
    fill_table(&table, self);
    opterr = 0;
    optind = 1;
    *count = 0;
    while (optind < argc) {
        int before = optind;
        int found = is_number_operand(self, argv[optind])
                        ? -1
                        : getopt_long(argc, argv, table.shorts, table.longs, NULL);
        if (found == HELP) {
            hd_subcommand_help(self);
            return HD_EXIT_OK;
        }
        if (found == ':' || found == '?') return option_error(self, found, argv, before);
        if (found != -1) {
            if (!handler(self, context, found, optarg)) return HD_EXIT_USAGE;
            continue;
        }
        /* An operand, or `--`, after which there are only operands. */
        bool rest = optind > before;
        do {
            if (optind < argc) argv[(*count)++] = argv[optind++];
        } while (rest && optind < argc);
    }
    return HD_OPTIONS_READ;
}

/* Prints lines, each after the first indented to `column`. */
static void print_indented(const char *lines, int column) {
    for (;;) {
        size_t length = strcspn(lines, "\n");
        printf("%.*s\n", (int)length, lines);
        if (!lines[length]) return;
        lines += length + 1;
        if (*lines != '\n') printf("%*s", column, "");
    }
}

static void print_option(const hd_option *option) {
    enum { COLUMN = 26 };
    char head[64];
    bool letter = option->key <= 255;
    snprintf(head, sizeof head, "  %c%c%c --%s%s%s", letter ? '-' : ' ', letter ? option->key : ' ',
             letter ? ',' : ' ', option->name, option->argument ? "=" : "",
             option->argument ? option->argument : "");
    printf("%-*s", COLUMN, head);
    if (strlen(head) >= COLUMN) printf("\n%*s", COLUMN, "");
    print_indented(option->help, COLUMN);
}

void hd_subcommand_help(const hd_subcommand *self) {
    printf("Usage: heddle %s%s%s\n\n%s\n\nOptions:\n", self->name, *self->usage ? " " : "",
           self->usage, self->details);
    for (const hd_option *o = self->options; o && o->name; o++)
        print_option(o);
    print_option(&help_option);
    fputs("\nExamples:\n  ", stdout);
    print_indented(self->examples, 2);
}

int hd_usage_error(const hd_subcommand *self, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = hd_format_list(format, arguments);
    va_end(arguments);
    fprintf(stderr, "heddle %s: ", self->name);
    if (text)
        hd_print_string(stderr, text);
    else
        fputs("wrong command line, and out of memory", stderr);
    fprintf(stderr, "\nTry 'heddle %s --help'.\n", self->name);
    hd_free(text);
    return HD_EXIT_USAGE;
}

bool hd_option_count(const hd_subcommand *self, const char *name, const char *value, uint64_t least,
                     uint64_t most, uint64_t *count) {
    char *end;
    errno = 0;
    *count = strtoull(value, &end, 10);
    if (isdigit((unsigned char)*value) && !*end && !errno && *count >= least && *count <= most)
        return true;
    hd_usage_error(self, "--%s needs a whole number from %llu to %llu, not '%s'", name,
                   (unsigned long long)least, (unsigned long long)most, value);
    return false;
}

bool hd_option_stack(const hd_subcommand *self, const char *value, uint64_t *cells) {
    return hd_option_count(self, "stack", value, 1 << 8, 1 << 28, cells);
}

bool hd_option_seconds(const hd_subcommand *self, const char *name, const char *value,
                       int64_t *nanoseconds) {
    const double most = 1e9; /* 31 years, and far from overflow */
    char *end;
    double seconds = strtod(value, &end);
    if (end != value && !*end && seconds >= 0 && seconds <= most) {
        *nanoseconds = seconds == 0 ? -1 : (int64_t)(seconds * 1e9);
        return true;
    }
    hd_usage_error(self, "--%s needs a number of seconds, not '%s'", name, value);
    return false;
}

int hd_exit_status(hd_status status) {
    switch (status) {
    case HD_OK: return HD_EXIT_OK;
    case HD_TRAP:
    case HD_EXHAUSTION:
    case HD_EXCEPTION: return HD_EXIT_TRAP;
    case HD_STOPPED: return HD_EXIT_TIME;
    case HD_EXITED: return HD_EXIT_OK; /* unless the program says otherwise */
    case HD_FAILED: return HD_EXIT_FAILED;
    case HD_MALFORMED:
    case HD_UNSUPPORTED:
    case HD_INVALID:
    case HD_UNLINKABLE:
    case HD_LIMIT:
    case HD_NOMEM:
    case HD_IO: break;
    }
    return HD_EXIT_INPUT;
}

uint64_t hd_default_jobs(void) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 ? (uint64_t)processors : 1;
}
