/* source_text.c: the text that a module was assembled from as its source. See source.h. */
#include <string.h>

#include "module/source.h"

typedef struct hd_text_source {
    const char *file; /* in the module's arena */
    hd_text_map map;
} hd_text_source;

const hd_text_place *hd_text_map_find(const hd_text_map *map, uint64_t offset) {
    size_t low = 0, high = map->places.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map->places.items[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? &map->places.items[low - 1] : NULL;
}

void hd_text_map_place(const hd_text_map *map, hd_diag *diag) {
    if (diag->line || diag->offset == HD_NO_OFFSET) return;
    const hd_text_place *place = hd_text_map_find(map, diag->offset);
    if (!place) return;
    diag->line = place->line;
    diag->column = place->column;
}

bool hd_module_set_text(hd_module *module, const char *file, hd_text_map *map) {
    hd_text_source *text = hd_arena_alloc(&module->arena, 1, sizeof *text);
    if (!text || !(text->file = hd_arena_strndup(&module->arena, file, strlen(file)))) return false;
    text->map = *map;
    *map = (hd_text_map){0};
    module->text = text;
    return true;
}

void hd_module_place(const hd_module *module, hd_diag *diag) {
    if (module->text) hd_text_map_place(&module->text->map, diag);
}

bool hd_text_locate(const hd_module *module, uint64_t offset, hd_source_frame *frame) {
    const hd_text_place *place = module->text ? hd_text_map_find(&module->text->map, offset) : NULL;
    if (!place) return false;
    *frame = (hd_source_frame){
        .file = module->text->file, .line = place->line, .column = place->column, .text = true};
    return true;
}

void hd_text_source_free(hd_module *module) {
    if (module->text) hd_vec_free(&module->text->map.places);
}
