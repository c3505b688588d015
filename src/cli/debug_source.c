/* debug_source.c: lines of source files, as far as they can be read. */
#include <string.h>

#include "base/alloc.h"
#include "cli/debug.h"
#include "cli/input.h"
#include "cli/trace_text.h"

/* Takes a text apart into lines. */
static bool split(hd_source_text *text) {
    for (char *line = text->bytes; line && *line;) {
        if (!hd_vec_push(&text->lines, line)) return false;
        line = strchr(line, '\n');
        if (line) *line++ = '\0';
    }
    return true;
}

const hd_source_text *hd_debugger_source(hd_debugger *d, const char *path) {
    hd_diag diag = HD_DIAG_INIT;
    hd_input input = {0};
    for (size_t i = 0; i < d->texts.len; i++)
        if (strcmp(d->texts.items[i].path, path) == 0) return &d->texts.items[i];
    hd_source_text text = {.path = hd_strndup(path, strlen(path))};
    if (!text.path) return NULL;
    if (hd_input_read(path, &input, &diag) == HD_OK && !hd_input_is_binary(&input))
        text.bytes = input.bytes;
    else
        hd_free(input.bytes);
    if (split(&text) && hd_vec_push(&d->texts, text)) return &d->texts.items[d->texts.len - 1];
    hd_free(text.path);
    hd_free(text.bytes);
    hd_vec_free(&text.lines);
    return NULL;
}

const char *hd_debugger_source_line(hd_debugger *d, const hd_place_info *place, char *buffer,
                                    size_t size) {
    if (!place) return NULL;
    const hd_source_frame *frame = hd_trace_source(&place->frame);
    if (!frame->file || frame->line == 0) return NULL;
    const hd_source_text *text = hd_debugger_source(d, frame->file);
    if (!text || frame->line > text->lines.len) return NULL;
    const char *line = text->lines.items[frame->line - 1];
    line += strspn(line, " \t");
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r", line[length - 1]))
        length--;
    if (length == 0) return NULL;
    if (length >= size) length = size - 1;
    memcpy(buffer, line, length);
    buffer[length] = '\0';
    for (char *at = buffer; (at = strchr(at, '\t')) != NULL;)
        *at = ' ';
    return buffer;
}
