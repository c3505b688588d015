/* exception.h: tags and exceptions of a store.
 *
 * Core specification 3.0, sections 4.2.9 ("Tag Instances") and 4.2.14 ("Exception Instances"). A
 * reference to an exception is a number, so that it is plain data: a frame, a global or a table
 * that holds one can be copied and brought back. Numbers are given out in one order, whatever the
 * host does. Exceptions that nothing refers to are reclaimed when new ones are made: whoever makes
 * one marks what the agent's frames may refer to. */
#ifndef HD_RUNTIME_EXCEPTION_H
#define HD_RUNTIME_EXCEPTION_H

#include "base/vec.h"
#include "runtime/store.h"

struct hd_tag {
    const hd_functype *type;
    const hd_module *module; /* that defines it, and its index there; NULL: the host */
    uint32_t index;
};

typedef struct hd_exception {
    const hd_tag *tag;   /* NULL: the place is free */
    hd_slot *values;     /* of the tag's parameters, in cells; owned */
    const hd_func *func; /* that threw it first, and the byte offset there; NULL: the host */
    uint32_t offset;
    bool marked;
} hd_exception;

/* The exceptions of a store. */
typedef struct hd_exceptions {
    HD_VEC(hd_exception) items;
    size_t live, first_free; /* no free place is before it */
    size_t threshold;        /* number of live ones from which a search for dead ones pays */
    bool kept;               /* nothing is reclaimed */
} hd_exceptions;

/* A cell that refers to exception `number` of its store, and back; a cell that refers to none gives
 * SIZE_MAX. */
uint64_t hd_exception_cell(size_t number);
size_t hd_exception_number(uint64_t cell);

/* The exception that a cell of type exnref refers to; NULL for the null reference. */
const hd_exception *hd_store_exception(const hd_store *store, uint64_t cell);

/* Makes an exception with the cells at `values`; returns its cell, or 0 when memory is out. */
uint64_t hd_store_new_exception(hd_store *store, const hd_tag *tag, const hd_slot *values,
                                const hd_func *func, uint32_t offset);

/* Writes the values of an exception as ` (i32 5, f64 0.5)`, or nothing if it has none,
 * cut to `size` bytes. References and vectors are only named. */
void hd_exception_values_text(const hd_exception *exception, char *buffer, size_t size);

/* True when exceptions that nothing refers to should be reclaimed before the next is made. */
bool hd_store_has_garbage(const hd_store *store);

/* Marks the exceptions that these cells may refer to, and what those refer to: cells of any type,
 * some of which may look like references and are none. */
void hd_store_mark(hd_store *store, const hd_slot *cells, size_t count);

/* Reclaims all exceptions that were not marked and that no global or table of the store refers
 * to. */
void hd_store_sweep(hd_store *store);

/* From now on nothing is reclaimed (`kept`), since cells that refer to exceptions may come back
 * which nobody marks: those of states that are saved. */
void hd_store_keep_exceptions(hd_store *store, bool kept);

/* Appends the exceptions to a state of the store that is to be compared with another one; false
 * when memory is out. */
bool hd_exceptions_add_state(const hd_exceptions *exceptions, hd_bytes *to);

/* Adds the exceptions to a hash of the store. */
uint64_t hd_exceptions_fingerprint(const hd_exceptions *exceptions, uint64_t hash);
void hd_exceptions_free(hd_exceptions *exceptions);

/* Of store.c: where a store keeps them, and marks what its globals and tables refer to. */
hd_exceptions *hd_store_exceptions(hd_store *store);
void hd_store_mark_own(hd_store *store);

#endif
