/* module_text.c: a text with replacements. See module_text.h. */
#include "text/module_text.h"

#include <string.h>

void hd_module_text_init(hd_module_text *module, const char *text, size_t length, uint32_t line,
                         uint32_t column) {
    *module = (hd_module_text){
        .bytes = text, .length = length, .line = line, .column = column, .copied = text};
}

static bool append(hd_module_text *module, const char *bytes, size_t length) {
    if (!hd_vec_reserve(&module->buffer, length)) return false;
    memcpy(module->buffer.items + module->buffer.len, bytes, length);
    module->buffer.len += length;
    return true;
}

hd_status hd_module_text_patch(hd_module_text *module, const char *from, hd_patch at,
                               const char *replacement, hd_diag *diag) {
    at.new_length = (uint32_t)strlen(replacement);
    at.produced_column = at.column;
    if (module->patches.len > 0) {
        const hd_patch *last = &module->patches.items[module->patches.len - 1];
        if (last->line == at.line)
            at.produced_column +=
                last->produced_column + last->new_length - (last->column + last->length);
    }
    if (!append(module, module->copied, (size_t)(from - module->copied)) ||
        !append(module, replacement, at.new_length) || !hd_vec_push(&module->patches, at))
        return hd_diag_nomem(diag);
    module->copied = from + at.length;
    return HD_OK;
}

hd_status hd_module_text_finish(hd_module_text *module, hd_diag *diag) {
    if (module->patches.len == 0) return HD_OK;
    if (!append(module, module->copied, (size_t)(module->bytes + module->length - module->copied)))
        return hd_diag_nomem(diag);
    module->bytes = module->buffer.items;
    module->length = module->buffer.len;
    return HD_OK;
}

void hd_module_text_position(const hd_module_text *module, uint32_t *line, uint32_t *column) {
    if (*line == 1) *column += module->column - 1;
    *line += module->line - 1;
    uint32_t produced = *column;
    for (size_t i = 0; i < module->patches.len; i++) {
        const hd_patch *p = &module->patches.items[i];
        if (p->line != *line || p->produced_column > produced) continue;
        uint32_t into = produced - p->produced_column;
        *column = into < p->new_length ? p->column : p->column + p->length + into - p->new_length;
    }
}

void hd_module_text_free(hd_module_text *module) {
    hd_vec_free(&module->buffer);
    hd_vec_free(&module->patches);
}
