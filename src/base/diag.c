/* diag.c: recording of the first error. */
#include "base/diag.h"

#include <stdio.h>

#include "base/alloc.h"

static hd_status record(hd_diag *diag, hd_status status, uint64_t offset, uint32_t line,
                        uint32_t column, const char *format, va_list arguments) {
    if (diag->status != HD_OK) return diag->status;
    diag->status = status;
    diag->offset = offset;
    diag->line = line;
    diag->column = column;
    vsnprintf(diag->message, sizeof diag->message, format, arguments);
    return status;
}

hd_status hd_diag_at_offset(hd_diag *diag, hd_status status, uint64_t offset, const char *format,
                            ...) {
    va_list arguments;
    va_start(arguments, format);
    status = record(diag, status, offset, 0, 0, format, arguments);
    va_end(arguments);
    return status;
}

hd_status hd_diag_at_line(hd_diag *diag, hd_status status, uint32_t line, uint32_t column,
                          const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    status = record(diag, status, HD_NO_OFFSET, line, column, format, arguments);
    va_end(arguments);
    return status;
}

hd_status hd_diag_set(hd_diag *diag, hd_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    status = record(diag, status, HD_NO_OFFSET, 0, 0, format, arguments);
    va_end(arguments);
    return status;
}

hd_status hd_diag_nomem(hd_diag *diag) {
    hd_alloc_note_failure();
    return hd_diag_set(diag, HD_NOMEM, "out of memory");
}

void hd_diag_reset(hd_diag *diag) {
    *diag = (hd_diag)HD_DIAG_INIT;
}

const char *hd_status_name(hd_status status) {
    static const char *const names[] = {
        [HD_OK] = "ok",
        [HD_MALFORMED] = "malformed",
        [HD_INVALID] = "invalid",
        [HD_UNLINKABLE] = "unlinkable",
        [HD_TRAP] = "trap",
        [HD_EXHAUSTION] = "exhaustion",
        [HD_EXCEPTION] = "exception",
        [HD_UNSUPPORTED] = "unsupported",
        [HD_STOPPED] = "stopped",
        [HD_LIMIT] = "limit",
        [HD_NOMEM] = "out of memory",
        [HD_IO] = "input/output",
        [HD_FAILED] = "failed",
        [HD_EXITED] = "exited",
    };
    return names[status];
}
