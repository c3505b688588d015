/* message.h: diagnostics as lines of text.
 *
 * `FILE:LINE:COL: error: …`, or `FILE:0xOFFSET: error: …` in a binary module. Text that comes from
 * an input is printed with its control characters escaped, so that no file can drive the terminal.
 */
#ifndef HD_CLI_MESSAGE_H
#define HD_CLI_MESSAGE_H

#include <stdio.h>

#include "base/diag.h"
#include "sched/failure.h"

/* Where a message goes. */
typedef struct hd_channel {
    FILE *file;
    bool colour;
} hd_channel;

/* The channel to stderr; coloured if that is a terminal and NO_COLOR is not set. */
hd_channel hd_channel_stderr(void);

/* The same of stdout. */
hd_channel hd_channel_stdout(void);

/* Prints one message of a severity, "error", "warning" or "note", about a file, as one line that no
 * other thread's comes into. */
void hd_message(hd_channel to, const char *severity, const char *file, const hd_diag *diag);

/* As hd_message, of an error at a line and column of a file; the text may be of any length. */
void hd_message_at(hd_channel to, const char *severity, const char *file, uint32_t line,
                   uint32_t column, const char *text);

/* Print text of an input, escaped by hd_escape. */
void hd_print_text(FILE *to, const char *bytes, size_t length);
void hd_print_string(FILE *to, const char *text);

/* Prints where the accesses of a race are, in brackets, since many races have the same words;
 * nothing of other failures. */
void hd_print_race_places(FILE *to, const hd_failure *failure);

#endif
