/* undo.c: see undo.h. */
#include "base/undo.h"

#include <string.h>

#include "base/alloc.h"

enum { ALIGNMENT = 16 };
#define DEFAULT_BUDGET ((size_t)1 << 30)

/* What stands behind the data of an entry. */
typedef struct header {
    void *place; /* or the context of a function */
    hd_undo_function *function;
    size_t size;   /* of the data */
    size_t padded; /* the same, rounded up */
} header;

_Static_assert(sizeof(header) % ALIGNMENT == 0, "entries stay aligned");

void hd_undo_init(hd_undo *log, size_t budget) {
    *log = (hd_undo){.budget = budget ? budget : DEFAULT_BUDGET, .epoch = 1};
}

void hd_undo_free(hd_undo *log) {
    hd_free(log->bytes);
    log->bytes = NULL;
    log->length = log->room = 0;
}

size_t hd_undo_mark(hd_undo *log) {
    log->epoch++;
    return log->length;
}

static bool grow(hd_undo *log, size_t needed) {
    size_t room = log->room ? log->room : 4096;
    while (room - log->length < needed) {
        if (room > log->budget / 2) return false;
        room *= 2;
    }
    uint8_t *bytes = hd_realloc(log->bytes, room, 1);
    if (!bytes) return false;
    log->bytes = bytes;
    log->room = room;
    return true;
}

/* Adds an entry; returns where its data go, or NULL. What cannot be saved spoils all marks so far.
 */
static inline uint8_t *add(hd_undo *log, void *place, hd_undo_function *function, size_t size) {
    size_t padded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    size_t needed = padded + sizeof(header);
    if (log->restoring) return NULL;
    if (__builtin_expect(log->room - log->length < needed, 0) && !grow(log, needed)) {
        log->over_budget = true;
        return NULL;
    }
    uint8_t *data = log->bytes + log->length;
    *(header *)(data + padded) = (header){place, function, size, padded};
    log->length += needed;
    return data;
}

void hd_undo_save_bytes(hd_undo *log, void *place, size_t size) {
    uint8_t *data = add(log, place, NULL, size);
    if (data) memcpy(data, place, size);
}

void hd_undo_leave(hd_undo *log, hd_undo_function *function, void *context, const void *data,
                   size_t size) {
    if (!log) return;
    uint8_t *to = add(log, context, function, size);
    if (to && size > 0) memcpy(to, data, size);
}

bool hd_undo_back(hd_undo *log, size_t mark) {
    if (log->over_budget) return false;
    log->restoring = true;
    while (log->length > mark) {
        header entry = *(const header *)(log->bytes + log->length - sizeof(header));
        log->length -= sizeof(header) + entry.padded;
        const uint8_t *data = log->bytes + log->length;
        log->restored += entry.size;
        if (entry.function)
            entry.function(entry.place, data);
        else
            memcpy(entry.place, data, entry.size);
    }
    log->restoring = false;
    log->epoch++;
    return true;
}

void hd_undo_forget(hd_undo *log) {
    log->length = 0;
    log->over_budget = false;
    log->epoch++;
}
