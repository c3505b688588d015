/* output.c: see output.h. */
#include "base/output.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/utf8.h"

/* What stdio calls to write. */
static ssize_t append(void *cookie, const char *from, size_t length) {
    hd_output *output = cookie;
    if (hd_bytes_add(&output->bytes, from, length)) return (ssize_t)length;
    output->failed = true;
    errno = ENOMEM;
    return 0; /* of a cookie's function: an error */
}

FILE *hd_output_open(hd_output *output) {
    *output = (hd_output)HD_OUTPUT_INIT;
    output->file = fopencookie(output, "w", (cookie_io_functions_t){.write = append});
    if (!output->file) {
        output->failed = true;
        hd_alloc_note_failure();
    }
    return output->file;
}

bool hd_output_flush(hd_output *output) {
    if (output->file && (fflush(output->file) != 0 || ferror(output->file))) output->failed = true;
    return !output->failed;
}

static void close_file(hd_output *output) {
    if (!output->file) return;
    hd_output_flush(output);
    if (fclose(output->file) != 0) output->failed = true;
    output->file = NULL;
}

char *hd_output_take(hd_output *output, size_t *length) {
    close_file(output);
    if (!hd_vec_push(&output->bytes, '\0')) output->failed = true;
    char *taken = output->failed ? NULL : (char *)output->bytes.items;
    if (length) *length = output->failed ? 0 : output->bytes.len - 1;
    if (!taken) hd_vec_free(&output->bytes);
    *output = (hd_output)HD_OUTPUT_INIT;
    return taken;
}

void hd_output_free(hd_output *output) {
    close_file(output);
    hd_vec_free(&output->bytes);
    *output = (hd_output)HD_OUTPUT_INIT;
}

char *hd_format_list(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : hd_alloc((size_t)length + 1);
    if (text) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *hd_format(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = hd_format_list(format, arguments);
    va_end(arguments);
    return text;
}

char *hd_escaped(const char *bytes, size_t length) {
    size_t size;
    if (__builtin_mul_overflow(length, HD_ESCAPE_MOST, &size) || size == SIZE_MAX) return NULL;
    char *text = hd_alloc(size + 1);
    if (text) hd_escape(text, size + 1, bytes, length);
    return text;
}
