/* demangle.c: see demangle.h. By libiberty, of GNU Binutils. */
#include "module/demangle.h"

#include <string.h>

#include "config.h"

#ifdef HAVE_LIBIBERTY

#include <libiberty/demangle.h>
#include <setjmp.h>

/* A name longer than this is shown as it is. */
enum { LONGEST = 2000 };

/* Where the pieces of the text go. */
typedef struct sink {
    char *buffer;
    size_t size, used;
    jmp_buf full;
} sink;

/* A few bytes can stand for a text without end, which would be written piece by piece: one that
 * does not fit ends the work. The demanglers own nothing then but, rarely, one word of Punycode. */
static void add(const char *piece, size_t length, void *context) {
    sink *s = context;
    if (length >= s->size - s->used) longjmp(s->full, 1);
    memcpy(s->buffer + s->used, piece, length);
    s->used += length;
    s->buffer[s->used] = '\0';
}

static bool demangle(const char *name, sink *s) {
    if (setjmp(s->full)) return false;
    if (rust_demangle_callback(name, DMGL_RUST, add, s)) return true;
    s->used = 0;
    return cplus_demangle_v3_callback(name, DMGL_PARAMS | DMGL_ANSI, add, s);
}

bool hd_demangle(const char *name, size_t length, char *buffer, size_t size) {
    char text[LONGEST + 1];
    buffer[0] = '\0';
    if (length < 3 || length > LONGEST || name[0] != '_' || (name[1] != 'Z' && name[1] != 'R'))
        return false;
    memcpy(text, name, length);
    text[length] = '\0';
    sink s = {.buffer = buffer, .size = size};
    if (strlen(text) == length && demangle(text, &s)) return true;
    buffer[0] = '\0';
    return false;
}

bool hd_demangle_available(void) {
    return true;
}

#else

bool hd_demangle(const char *name, size_t length, char *buffer, size_t size) {
    (void)name, (void)length, (void)size;
    buffer[0] = '\0';
    return false;
}

bool hd_demangle_available(void) {
    return false;
}

#endif
