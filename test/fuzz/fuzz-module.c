/* fuzz-module.c: libFuzzer target: bytes → hd_module_load.
 *
 * Any input is answered with a module or with an error that has a status, a message and an offset
 * within the input. */
#include <stdlib.h>

#include "module/module.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    hd_module *module = NULL;
    hd_diag diag = HD_DIAG_INIT;
    hd_status status = hd_module_load(bytes, length, &module, &diag);
    if (status == HD_OK) {
        if (!module || diag.status != HD_OK) abort();
    } else {
        if (module || diag.status != status || !diag.message[0]) abort();
        if (diag.offset != HD_NO_OFFSET && diag.offset > length) abort();
    }
    hd_module_free(module);
    return 0;
}
