/* imports.h: what `heddle run` offers to a module: spectest, and memories made to fit. */
#ifndef HD_CLI_IMPORTS_H
#define HD_CLI_IMPORTS_H

#include "host/spectest.h"
#include "runtime/store.h"

typedef struct hd_imports {
    hd_store *store;
    const hd_module *module;
    hd_diag *diag;         /* of the instantiation: learns first why a memory cannot be made */
    hd_spectest *spectest; /* made by hd_imports_check when it is needed */
} hd_imports;

/* Checks that there is something for every import. HD_UNLINKABLE naming all that are missing, or
 * HD_NOMEM. */
hd_status hd_imports_check(hd_imports *imports);

/* Finds an import; an hd_resolver whose context is an hd_imports that was checked. */
bool hd_imports_resolve(void *context, const hd_import *import, hd_extern *value);

#endif
