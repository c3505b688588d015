/* wast_list.c: from paths to scripts. See wast_files.h. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/output.h"
#include "cli/wast_files.h"

/* A folder that is being listed, and those around it: links may lead back to one of them. */
typedef struct folder {
    dev_t device;
    ino_t inode;
    const struct folder *outer;
} folder;

/* The names in a folder. */
typedef struct names {
    HD_VEC(const char *) list;
    hd_arena arena;
} names;

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

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Reads the names in a folder, sorted. Returns 0, or the error. */
static int read_names(const char *path, names *n) {
    const struct dirent *entry;
    DIR *directory = opendir(path);
    if (!directory) return errno;
    errno = 0;
    while ((entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            name = hd_arena_strndup(&n->arena, name, strlen(name));
            if (!name || !hd_vec_push(&n->list, name)) {
                errno = ENOMEM;
                break;
            }
        }
        errno = 0;
    }
    int error = errno;
    closedir(directory);
    if (n->list.len > 0) qsort(n->list.items, n->list.len, sizeof *n->list.items, compare_names);
    return error;
}

static bool is_inside(const folder *f, const struct stat *info) {
    for (; f; f = f->outer)
        if (f->device == info->st_dev && f->inode == info->st_ino) return true;
    return false;
}

static bool add_folder(hd_wast_list *list, const char *path, const struct stat *info,
                       const folder *outer);

/* What lies in a folder: scripts, and folders. A link to nowhere is no script. The length that the
 * host allows a path bounds the depth. */
static bool add_entry(hd_wast_list *list, const char *path, const char *name, const folder *in) {
    struct stat info;
    size_t length = strlen(path);
    bool slash = length > 0 && path[length - 1] == '/', good = true;
    char *below = hd_format("%s%s%s", path, slash ? "" : "/", name);
    if (!below) return false;
    if (stat(below, &info) == 0) {
        if (!S_ISDIR(info.st_mode))
            good = !is_script(name) || add(list, below, 0);
        else if (!is_inside(in, &info))
            good = add_folder(list, below, &info, in);
    }
    hd_free(below);
    return good;
}

static bool add_folder(hd_wast_list *list, const char *path, const struct stat *info,
                       const folder *outer) {
    folder self = {info->st_dev, info->st_ino, outer};
    names n = {.arena = HD_ARENA_INIT};
    int error = read_names(path, &n);
    bool good = !error || add(list, path, error);
    for (size_t i = 0; good && !error && i < n.list.len; i++)
        good = add_entry(list, path, n.list.items[i], &self);
    hd_vec_free(&n.list);
    hd_arena_free(&n.arena);
    return good;
}

static bool add_path(hd_wast_list *list, const char *path) {
    struct stat info;
    /* What is no folder is read, which tells what is wrong with it. */
    if (strcmp(path, "-") == 0) return add(list, path, 0);
    if (!*path) return add(list, path, ENOENT);
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) return add(list, path, 0);
    size_t before = list->files.len;
    if (!add_folder(list, path, &info, NULL)) return false;
    if (list->files.len > before) return true;
    if (!add(list, path, 0)) return false;
    hd_diag_set(&list->files.items[before].diag, HD_IO, "no *.wast file in this folder");
    return true;
}

bool hd_wast_list_make(hd_wast_list *list, char **paths, int count) {
    for (int i = 0; i < count; i++)
        if (!add_path(list, paths[i])) return false;
    return true;
}

void hd_wast_list_filter(hd_wast_list *list, const char *pattern) {
    size_t kept = 0;
    for (size_t i = 0; i < list->files.len; i++) {
        const char *path = list->files.items[i].path;
        if (strstr(path, pattern) || fnmatch(pattern, path, 0) == 0)
            list->files.items[kept++] = list->files.items[i];
    }
    list->files.len = kept;
}

void hd_wast_list_free(hd_wast_list *list) {
    hd_vec_free(&list->files);
    hd_arena_free(&list->arena);
}
