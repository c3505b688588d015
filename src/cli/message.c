/* message.c: diagnostics as lines of text. */
#include "cli/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

hd_channel hd_channel_stderr(void) {
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool plain = (no_colour && *no_colour) || !terminal || strcmp(terminal, "dumb") == 0;
    return (hd_channel){stderr, !plain && isatty(STDERR_FILENO)};
}

void hd_print_text(FILE *to, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < 0x20 || c == 0x7F)
            fprintf(to, "\\%02x", c);
        else
            fputc(c, to);
    }
}

static void print_severity(hd_channel to, const char *severity) {
    const char *colour = strcmp(severity, "error") == 0 ? "\033[1;31m" : "\033[1;36m";
    fprintf(to.file, "%s%s:%s ", to.colour ? colour : "", severity, to.colour ? "\033[0m" : "");
}

void hd_message(hd_channel to, const char *severity, const char *file, const hd_diag *diag) {
    if (diag->line || diag->offset == HD_NO_OFFSET) {
        hd_message_at(to, severity, file, diag->line, diag->column, diag->message);
        return;
    }
    hd_print_text(to.file, file, strlen(file));
    fprintf(to.file, ":0x%" PRIx64 ": ", diag->offset);
    print_severity(to, severity);
    hd_print_text(to.file, diag->message, strlen(diag->message));
    fputc('\n', to.file);
}

void hd_message_at(hd_channel to, const char *severity, const char *file, uint32_t line,
                   uint32_t column, const char *text) {
    hd_print_text(to.file, file, strlen(file));
    if (line) fprintf(to.file, ":%" PRIu32 ":%" PRIu32, line, column);
    fputs(": ", to.file);
    print_severity(to, severity);
    hd_print_text(to.file, text, strlen(text));
    fputc('\n', to.file);
}
