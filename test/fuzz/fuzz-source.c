/* fuzz-source.c: libFuzzer target: no debug information of a module may crash, hang or leak. Modules
 * that were compiled with -g are the corpus; see HACKING.md. */
#include <string.h>

#include "module/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    hd_diag diag = HD_DIAG_INIT;
    hd_module *module;
    hd_source_frame frames[HD_SOURCE_FRAMES];
    size_t length = 0;
    if (hd_module_load(data, size, &module, &diag) != HD_OK) return 0;
    for (uint64_t offset = module->code_offset; offset < module->code_offset + 400; offset += 3) {
        size_t count = hd_module_locate(module, offset, frames, HD_SOURCE_FRAMES);
        for (size_t i = 0; i < count; i++) {
            if (frames[i].function) length += strlen(frames[i].function);
            if (frames[i].file) length += strlen(frames[i].file);
        }
    }
    hd_module_free(module);
    return length == SIZE_MAX;
}
