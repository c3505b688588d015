/* names.h: what names stand for in a scope: the binding that was made last counts.
 *
 * Names are borrowed. There are few in a script, and a list is taken back by its length alone. */
#ifndef HD_CLI_SCRIPT_NAMES_H
#define HD_CLI_SCRIPT_NAMES_H

#include "base/vec.h"

typedef struct hd_binding {
    const char *name;
    size_t length;
    void *value; /* may be NULL */
    bool shared; /* an instance, with a thread */
} hd_binding;

typedef HD_VEC(hd_binding) hd_names;

/* Binds a name; false when memory is out. */
bool hd_names_bind(hd_names *names, const char *name, size_t length, void *value);

/* The latest binding of a name, or NULL. */
const hd_binding *hd_names_find(const hd_names *names, const char *name, size_t length);

#endif
