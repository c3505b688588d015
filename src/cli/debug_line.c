/* debug_line.c: reads orders: from a file, from standard input, or from a terminal with what
 * libedit brings: editing, history, completion. */
#include <config.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/debug.h"
#include "cli/message.h"

#ifdef HAVE_LIBEDIT
#include <editline/readline.h>

/* Completes the first word of a line. */
static char *complete_order(const char *text, int state) {
    static size_t next;
    size_t length = strlen(text);
    if (state == 0) next = 0;
    for (; hd_orders[next].name; next++)
        if (strncmp(hd_orders[next].name, text, length) == 0) return strdup(hd_orders[next++].name);
    return NULL;
}

static char **complete(const char *text, int start, int end) {
    (void)end;
    if (start > 0) return NULL; /* names of files */
    return rl_completion_matches(text, complete_order);
}

static bool edit_line(char *line, size_t size) {
    static bool prepared;
    if (!prepared) {
        rl_readline_name = (char *)"heddle";
        using_history();
        rl_attempted_completion_function = complete;
        prepared = true;
    }
    char *read = readline("> ");
    if (!read) return false;
    snprintf(line, size, "%s", read);
    if (*line) add_history(line);
    free(read);
    return true;
}
#else
static bool edit_line(char *line, size_t size) {
    (void)line, (void)size;
    return false;
}
#endif

/* Passes what is left of a line. */
static void skip_line(FILE *input) {
    int c;
    do
        c = getc(input);
    while (c != EOF && c != '\n');
}

bool hd_debugger_read(hd_debugger *d, char *line, size_t size) {
    if (d->edits) return edit_line(line, size);
    for (;;) {
        fputs("> ", stdout);
        fflush(stdout);
        if (!fgets(line, (int)size, d->input)) return false;
        size_t length = strcspn(line, "\n");
        bool whole = line[length] == '\n' || feof(d->input);
        line[length] = '\0';
        if (!isatty(fileno(d->input))) {
            hd_print_string(stdout, line);
            fputc('\n', stdout);
        }
        if (whole) return true;
        skip_line(d->input);
        hd_debugger_refuse("the line is too long");
    }
}
