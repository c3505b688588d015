/* message.c: diagnostics as lines of text. */
#include "cli/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

static hd_channel channel(FILE *file, int descriptor) {
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool plain = (no_colour && *no_colour) || !terminal || strcmp(terminal, "dumb") == 0;
    return (hd_channel){file, !plain && isatty(descriptor)};
}

hd_channel hd_channel_stderr(void) {
    return channel(stderr, STDERR_FILENO);
}

hd_channel hd_channel_stdout(void) {
    return channel(stdout, STDOUT_FILENO);
}

void hd_print_text(FILE *to, const char *bytes, size_t length) {
    char text[HD_ESCAPE_ROOM];
    for (size_t i = 0, step; i < length; i += step)
        fwrite(text, 1, hd_escape_next(text, bytes + i, length - i, &step), to);
}

void hd_print_string(FILE *to, const char *text) {
    hd_print_text(to, text, strlen(text));
}

static void print_severity(hd_channel to, const char *severity) {
    const char *colour = strcmp(severity, "error") == 0 ? "\033[1;31m" : "\033[1;36m";
    fprintf(to.file, "%s%s:%s ", to.colour ? colour : "", severity, to.colour ? "\033[0m" : "");
}

/* A message with its place as text, ":1:2" or "". */
static void print_message(hd_channel to, const char *severity, const char *file, const char *place,
                          const char *text) {
    flockfile(to.file); /* a line is one thread's */
    hd_print_string(to.file, file);
    fprintf(to.file, "%s: ", place);
    print_severity(to, severity);
    hd_print_string(to.file, text);
    fputc('\n', to.file);
    funlockfile(to.file);
}

void hd_message(hd_channel to, const char *severity, const char *file, const hd_diag *diag) {
    char place[24];
    if (diag->line || diag->offset == HD_NO_OFFSET) {
        hd_message_at(to, severity, file, diag->line, diag->column, diag->message);
        return;
    }
    snprintf(place, sizeof place, ":0x%" PRIx64, diag->offset);
    print_message(to, severity, file, place, diag->message);
}

void hd_message_at(hd_channel to, const char *severity, const char *file, uint32_t line,
                   uint32_t column, const char *text) {
    char place[24] = "";
    if (line) snprintf(place, sizeof place, ":%" PRIu32 ":%" PRIu32, line, column);
    print_message(to, severity, file, place, text);
}

void hd_print_race_places(FILE *to, const hd_failure *f) {
    if (f->kind != HD_FAILURE_RACE) return;
    for (size_t i = 0; i < f->places.len; i++) {
        fputs(i == 0 ? " (" : ", ", to);
        hd_print_string(to, f->places.items[i].function);
        fprintf(to, " at 0x%" PRIx64, f->places.items[i].offset);
    }
    if (f->places.len > 0) fputc(')', to);
}
