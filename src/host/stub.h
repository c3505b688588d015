/* stub.h: stand-ins for imports that there is nothing for.
 *
 * A module that was made for a host which is not there (N-API, Emscripten's JavaScript) can so be
 * instantiated and partly run: its missing functions trap when they are called, or return zeros;
 * missing globals, tables and tags are new ones of the type that the import names. */
#ifndef HD_HOST_STUB_H
#define HD_HOST_STUB_H

#include "runtime/store.h"

/* Which imports are stubbed, and how. */
typedef struct hd_stub_rule {
    bool zero;          /* functions return zeros and null references; else they trap */
    const char *module; /* of this module only; NULL: of all */
    const char *field;  /* with this name only; NULL: all of the module */
} hd_stub_rule;

/* The last of the rules that speak of an import, or NULL. */
const hd_stub_rule *hd_stub_rule_for(const hd_stub_rule *rules, size_t count,
                                     const hd_import *import);

/* Makes a stand-in for an import of `module`, no memory, in the store, which owns it. False when
 * memory is out, or the import wants a table larger than there may be. */
bool hd_stub_make(hd_store *store, const hd_module *module, const hd_import *import,
                  const hd_stub_rule *rule, hd_extern *value);

#endif
