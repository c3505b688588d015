/* fuzz-script.c: libFuzzer target: text → hd_script_parse, and its modules → hd_wat_to_wasm.
 *
 * Text is the work of strangers too. */
#include <stdlib.h>

#include "base/alloc.h"
#include "text/script.h"
#include "text/wat.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void convert(const hd_command *command) {
    const hd_script_module *module = &command->module;
    if (command->kind != HD_COMMAND_MODULE || module->kind == HD_MODULE_BINARY) return;
    unsigned char *wasm = NULL;
    size_t size;
    hd_text_map map;
    hd_diag diag = HD_DIAG_INIT;
    hd_status status = hd_wat_to_wasm(module->source.bytes, module->source.length, module->line,
                                      module->column, &wasm, &size, &map, &diag);
    if (status != diag.status || (status == HD_OK) != (wasm != NULL)) abort();
    for (size_t i = 0; i < map.places.len; i++) {
        const hd_text_place *place = &map.places.items[i];
        if (place->offset >= size || !place->line || !place->column) abort();
        if (i > 0 && place->offset < place[-1].offset) abort();
    }
    hd_vec_free(&map.places);
    hd_free(wasm);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    hd_arena arena = HD_ARENA_INIT;
    hd_script script;
    hd_diag diag = HD_DIAG_INIT;
    hd_status status = hd_script_parse("fuzz", (const char *)bytes, length, &arena, &script, &diag);
    if (status != diag.status || (status != HD_OK && !diag.message[0])) abort();
    if (status == HD_OK)
        for (size_t i = 0; i < script.count; i++)
            convert(&script.commands[i]);
    hd_arena_free(&arena);
    return 0;
}
