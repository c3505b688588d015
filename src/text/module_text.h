/* module_text.h: a text with replacements, and the way back to the positions before them. */
#ifndef HD_TEXT_MODULE_TEXT_H
#define HD_TEXT_MODULE_TEXT_H

#include "base/diag.h"
#include "base/vec.h"

/* A stretch of one line that was replaced. */
typedef struct hd_patch {
    uint32_t line, column;       /* in the file */
    uint32_t produced_column;    /* where the replacement stands in the produced text */
    uint32_t length, new_length; /* of the stretch and of its replacement */
} hd_patch;

typedef struct hd_module_text {
    const char *bytes; /* what libwabt reads: the author's text when nothing had to change */
    size_t length;
    uint32_t line, column; /* where it starts in its file */
    bool needs_trial;      /* to be parsed only if the trial form parses */
    const char *copied;    /* up to where the author's text is in the buffer */
    HD_VEC(char) buffer;
    HD_VEC(hd_patch) patches;
} hd_module_text;

/* Starts with the author's text, which stands at `line` and `column` (from 1) of its file and must
 * outlive the result. */
void hd_module_text_init(hd_module_text *module, const char *text, size_t length, uint32_t line,
                         uint32_t column);

/* Replaces `at.length` bytes at `from`, which lies after every earlier patch; `at.line` and
 * `at.column` are its position in the file. Neither the bytes nor the replacement hold a newline:
 * lines keep their numbers. */
hd_status hd_module_text_patch(hd_module_text *module, const char *from, hd_patch at,
                               const char *replacement, hd_diag *diag);

/* Makes `bytes` the text with its replacements. */
hd_status hd_module_text_finish(hd_module_text *module, hd_diag *diag);

/* Turns a position of `bytes`, from 1, into the position in the file. */
void hd_module_text_position(const hd_module_text *module, uint32_t *line, uint32_t *column);

void hd_module_text_free(hd_module_text *module);

#endif
