/* names.c: see names.h. */
#include "cli/script/names.h"

#include <string.h>

bool hd_names_bind(hd_names *names, const char *name, size_t length, void *value) {
    return hd_vec_push(names, ((hd_binding){name, length, value, false}));
}

const hd_binding *hd_names_find(const hd_names *names, const char *name, size_t length) {
    for (size_t i = names->len; i-- > 0;) {
        const hd_binding *b = &names->items[i];
        if (b->length == length && memcmp(b->name, name, length) == 0) return b;
    }
    return NULL;
}
