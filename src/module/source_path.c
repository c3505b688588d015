/* source_path.c: how paths of source files are shown. See source.h. */
#include <string.h>

#include "module/source.h"

/* What follows a folder in a path below it, or in the folder itself; NULL: it is elsewhere. */
static const char *below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    if (length == 0 || strncmp(path, folder, length) != 0) return NULL;
    const char *rest = path + length;
    return *rest == '\0' || *rest == '/' || folder[length - 1] == '/' ? rest : NULL;
}

static const char *remap(const hd_source_paths *paths, const char *path, hd_arena *arena) {
    for (size_t i = 0; i < paths->maps.len; i++) {
        const hd_source_map *map = &paths->maps.items[i];
        const char *rest = below(path, map->from);
        if (!rest) continue;
        size_t head = strlen(map->to), tail = strlen(rest);
        char *text = hd_arena_alloc(arena, head + tail + 1, 1);
        if (!text) return NULL;
        memcpy(text, map->to, head);
        memcpy(text + head, rest, tail);
        return text;
    }
    return path;
}

const char *hd_source_path_show(const hd_source_paths *paths, const char *path, hd_arena *arena) {
    if (!paths || !(path = remap(paths, path, arena))) return path;
    const char *rest = paths->directory ? below(path, paths->directory) : NULL;
    if (!rest) return path;
    while (*rest == '/')
        rest++;
    return *rest ? rest : path;
}

void hd_module_set_source_paths(hd_module *module, const hd_source_paths *paths) {
    module->source_paths = paths;
}
