/* wast_list.c: from paths to scripts. See wast_files.h. */
#include <errno.h>
#include <fts.h>
#include <string.h>

#include "cli/wast_files.h"

static bool is_script(const char *name) {
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".wast") == 0;
}

/* Lists a path with the error that kept it from being looked at, or 0. */
static bool add(hd_wast_list *list, const char *path, int error) {
    hd_wast_file file = {.path = hd_arena_strndup(&list->arena, path, strlen(path)),
                         .diag = HD_DIAG_INIT};
    if (error) hd_diag_set(&file.diag, HD_IO, "%s", strerror(error));
    return file.path && hd_vec_push(&list->files, file);
}

static bool add_entry(hd_wast_list *list, const FTSENT *entry) {
    switch (entry->fts_info) {
    case FTS_F:
    case FTS_DEFAULT:
        if (entry->fts_level > 0 && !is_script(entry->fts_name)) return true;
        return add(list, entry->fts_path, 0);
    case FTS_NS:
    case FTS_SLNONE:
        /* Reading a path that was asked for tells why; in folders, a link to nowhere is no script.
         */
        return entry->fts_level > 0 || add(list, entry->fts_path, 0);
    case FTS_DNR:
    case FTS_ERR: return add(list, entry->fts_path, entry->fts_errno);
    default: return true;
    }
}

static int by_name(const FTSENT **a, const FTSENT **b) {
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool add_path(hd_wast_list *list, char *path) {
    char *const roots[] = {path, NULL};
    if (strcmp(path, "-") == 0) return add(list, path, 0);
    if (!*path) return add(list, path, ENOENT);
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (!tree) return false;
    size_t before = list->files.len;
    bool good = true;
    FTSENT *entry;
    while (good && (entry = fts_read(tree)))
        good = add_entry(list, entry);
    fts_close(tree);
    if (good && list->files.len == before) {
        good = add(list, path, 0);
        if (good)
            hd_diag_set(&list->files.items[before].diag, HD_IO, "no *.wast file in this folder");
    }
    return good;
}

bool hd_wast_list_make(hd_wast_list *list, char **paths, int count) {
    for (int i = 0; i < count; i++)
        if (!add_path(list, paths[i])) return false;
    return true;
}

void hd_wast_list_free(hd_wast_list *list) {
    hd_vec_free(&list->files);
    hd_arena_free(&list->arena);
}
