/* shared.h: a module with its code in every flavour that was asked for, for any number of stores:
 * made once, used by many executions. */
#ifndef HD_CODE_SHARED_H
#define HD_CODE_SHARED_H

#include "code/code.h"

typedef struct hd_shared_code hd_shared_code;

/* Takes over a module, in any case. NULL when memory is out. */
hd_shared_code *hd_shared_code_new(hd_module *module);

/* Releases the module and all its code, when nothing refers to it any more; NULL is ignored. */
void hd_shared_code_free(hd_shared_code *code);

const hd_module *hd_shared_code_module(const hd_shared_code *code);

/* The module's code for these handlers, made if nobody has asked for it yet; NULL when memory is
 * out. Thread-safe. */
hd_codebase *hd_shared_code_for(hd_shared_code *code, hd_handlers handlers);

#endif
