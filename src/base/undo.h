/* undo.h: going back to an earlier state by restoring what was overwritten since.
 *
 * Whoever is about to change something that may be taken back saves its old bytes first, or leaves
 * a function that takes the change back. Going back does all of that in reverse order.
 *
 *     size_t mark = hd_undo_mark(log);
 *     ...
 *     hd_undo_save(log, &counter, sizeof counter);
 *     counter++;
 *     ...
 *     if (!hd_undo_back(log, mark)) ...the log was over its budget: nothing was restored...
 *
 * Between two marks it is enough to save a place once: `epoch` tells places that were saved since
 * the last mark. A log is used by one thread. Everything that takes a log takes NULL, too: then
 * nothing is ever taken back, and nothing is saved. */
#ifndef HD_BASE_UNDO_H
#define HD_BASE_UNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hd_undo {
    uint8_t *bytes; /* entries, each of them its data and a header behind it */
    size_t length, room, budget;
    uint64_t
        epoch; /* 1 at first; a new one with each mark, and each time that one is gone back to */
    bool restoring;    /* nothing is saved meanwhile */
    bool over_budget;  /* something could not be saved: no mark so far can be gone back to */
    uint64_t restored; /* bytes, since the beginning */
} hd_undo;

/* Makes an empty log that never holds more than `budget` bytes (0: 1 GiB). */
void hd_undo_init(hd_undo *log, size_t budget);

/* Releases what the log holds; what was saved stays as it is now. Functions that were left are not
 * called. */
void hd_undo_free(hd_undo *log);

/* Marks the present state. */
size_t hd_undo_mark(hd_undo *log);

/* Goes back to the state of a mark, which can be gone back to again. False when something that has
 * changed since could not be saved: nothing is changed then. */
bool hd_undo_back(hd_undo *log, size_t mark);

/* Forgets everything: earlier marks cannot be gone back to any more. */
void hd_undo_forget(hd_undo *log);

/* Saves the bytes at a place, which must be there when they are restored. */
void hd_undo_save_bytes(hd_undo *log, void *place, size_t size);

static inline void hd_undo_save(hd_undo *log, void *place, size_t size) {
    if (log) hd_undo_save_bytes(log, place, size);
}

/* Saves a variable. */
#define HD_UNDO_SAVE(log, variable) hd_undo_save((log), &(variable), sizeof(variable))

/* Leaves a function that takes a change back; it is called with the context and a copy of `data`.
 */
typedef void hd_undo_function(void *context, const void *data);
void hd_undo_leave(hd_undo *log, hd_undo_function *function, void *context, const void *data,
                   size_t size);

#endif
