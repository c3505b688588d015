/* load.c: module text to modules. See wat.h. */
#include "base/alloc.h"
#include "text/wat.h"

hd_status hd_wat_load(const hd_wat *wat, hd_features features, hd_module **module, hd_diag *diag) {
    unsigned char *wasm;
    size_t length;
    hd_text_map map;
    *module = NULL;
    if (hd_wat_to_wasm(wat->text, wat->length, wat->line, wat->column, &wasm, &length, &map,
                       diag) != HD_OK)
        return diag->status;
    if (hd_module_load_features(wasm, length, features, module, diag) != HD_OK) {
        hd_text_map_place(&map, diag);
    } else if (!hd_module_set_text(*module, wat->file, &map)) {
        hd_module_free(*module);
        *module = NULL;
        hd_diag_nomem(diag);
    }
    hd_vec_free(&map.places);
    hd_free(wasm);
    return diag->status;
}
