/* names.c: the functions on paths that make names and take them away. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/operand.h"
#include "host/wasi/path.h"

static int find(const hd_wasi_path *p, hd_path_place *found) {
    return hd_path_find(p->file->descriptor, p->path.bytes, found);
}

/* One name. */

static int make_directory(const hd_path_place *at) {
    return hd_wasi_host_result(mkdirat(at->directory, at->name, 0777));
}

static int remove_directory(const hd_path_place *at) {
    return hd_wasi_host_result(unlinkat(at->directory, at->name, AT_REMOVEDIR));
}

/* What a name is, itself: a directory, something else, or an error. */
static int is_directory(const hd_path_place *at) {
    struct stat status;
    if (fstatat(at->directory, at->name, &status, AT_SYMLINK_NOFOLLOW) != 0) return -errno;
    return S_ISDIR(status.st_mode);
}

/* A file's name does not end with a slash. */
static int unlink_file(const hd_path_place *at) {
    if (at->slash) {
        int directory = is_directory(at);
        return directory < 0 ? directory : directory ? -EISDIR : -ENOTDIR;
    }
    return hd_wasi_host_result(unlinkat(at->directory, at->name, 0));
}

static hd_wasi_errno change_name(hd_wasi_call *call, const hd_slot *arguments, uint64_t rights,
                                 int (*function)(const hd_path_place *)) {
    hd_wasi_path p;
    hd_path_place at;
    hd_wasi_errno error =
        hd_wasi_get_path(call, hd_wasi_given(&arguments[0], &arguments[1], rights), &p);
    if (error) return error;
    int result = find(&p, &at);
    if (result == 0) {
        result = function(&at);
        hd_path_leave(&at);
    }
    hd_wasi_leave_path(call, &p);
    return hd_wasi_path_errno(result);
}

hd_wasi_errno hd_wasi_do_path_create_directory(hd_wasi_call *call, const hd_slot *arguments) {
    return change_name(call, arguments, HD_RIGHT_PATH_CREATE_DIRECTORY, make_directory);
}

hd_wasi_errno hd_wasi_do_path_remove_directory(hd_wasi_call *call, const hd_slot *arguments) {
    return change_name(call, arguments, HD_RIGHT_PATH_REMOVE_DIRECTORY, remove_directory);
}

hd_wasi_errno hd_wasi_do_path_unlink_file(hd_wasi_call *call, const hd_slot *arguments) {
    return change_name(call, arguments, HD_RIGHT_PATH_UNLINK_FILE, unlink_file);
}

/* Two names. */

typedef int two_places(const hd_wasi_path *old, const hd_wasi_path *new, uint32_t flags);

static hd_wasi_errno with_two(hd_wasi_call *call, hd_wasi_given_path old_given,
                              hd_wasi_given_path new_given, uint32_t flags, two_places *function) {
    hd_wasi_path old, new;
    hd_wasi_errno error = hd_wasi_get_path(call, old_given, &old);
    if (error) return error;
    error = hd_wasi_get_path(call, new_given, &new);
    if (!error) {
        error = hd_wasi_path_errno(function(&old, &new, flags));
        hd_wasi_leave_path(call, &new);
    }
    hd_wasi_leave_path(call, &old);
    return error;
}

/* A link to what an open file is, found by its descriptor. */
static int link_descriptor(int descriptor, const hd_path_place *new) {
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    return hd_wasi_host_result(
        linkat(AT_FDCWD, name, new->directory, new->name, AT_SYMLINK_FOLLOW));
}

static int link_old(const hd_wasi_path *old, const hd_path_place *new, bool follow) {
    hd_path_place from;
    int result = find(old, &from);
    if (result < 0) return result;
    bool slash = from.slash;
    if (!follow && !slash)
        result =
            hd_wasi_host_result(linkat(from.directory, from.name, new->directory, new->name, 0));
    hd_path_leave(&from);
    if (!follow && !slash) return result;
    int descriptor = hd_wasi_open_path(old, O_PATH, follow);
    if (descriptor < 0) return descriptor;
    result = link_descriptor(descriptor, new);
    close(descriptor);
    return result;
}

/* A name that ends with a slash is a directory's, and to those there are no links. */
static int link_places(const hd_wasi_path *old, const hd_wasi_path *new, uint32_t flags) {
    hd_path_place to;
    int result = find(new, &to);
    if (result < 0) return result;
    if (to.slash) {
        result = is_directory(&to);
        if (result >= 0) result = -EEXIST;
    } else {
        result = link_old(old, &to, flags & HD_LOOKUP_SYMLINK_FOLLOW);
    }
    hd_path_leave(&to);
    return result;
}

hd_wasi_errno hd_wasi_do_path_link(hd_wasi_call *call, const hd_slot *arguments) {
    if (!hd_wasi_good_lookup(arguments[1].i32)) return HD_WASI_INVAL;
    return with_two(call, hd_wasi_given(&arguments[0], &arguments[2], HD_RIGHT_PATH_LINK_SOURCE),
                    hd_wasi_given(&arguments[4], &arguments[5], HD_RIGHT_PATH_LINK_TARGET),
                    arguments[1].i32, link_places);
}

/* Only a directory can be renamed by, or to, a name that ends with a slash. */
static int rename_found(const hd_path_place *from, const hd_path_place *to) {
    if (from->slash || to->slash) {
        int directory = is_directory(from);
        if (directory < 0) return directory;
        if (!directory) return -ENOTDIR;
    }
    return hd_wasi_host_result(renameat(from->directory, from->name, to->directory, to->name));
}

static int rename_places(const hd_wasi_path *old, const hd_wasi_path *new, uint32_t flags) {
    (void)flags;
    hd_path_place from, to;
    int result = find(old, &from);
    if (result < 0) return result;
    result = find(new, &to);
    if (result == 0) {
        result = rename_found(&from, &to);
        hd_path_leave(&to);
    }
    hd_path_leave(&from);
    return result;
}

hd_wasi_errno hd_wasi_do_path_rename(hd_wasi_call *call, const hd_slot *arguments) {
    return with_two(call, hd_wasi_given(&arguments[0], &arguments[1], HD_RIGHT_PATH_RENAME_SOURCE),
                    hd_wasi_given(&arguments[3], &arguments[4], HD_RIGHT_PATH_RENAME_TARGET), 0,
                    rename_places);
}

/* Symbolic links. Their text is not followed now, but an absolute one could never be followed here,
 * and would lead out for other programs. */

static int make_link(const hd_guest_path *text, const hd_path_place *at) {
    if (text->bytes[0] == '/') return HD_PATH_ESCAPES;
    if (at->slash) {
        int directory = is_directory(at);
        return directory < 0 ? directory : -EEXIST;
    }
    return hd_wasi_host_result(symlinkat(text->bytes, at->directory, at->name));
}

hd_wasi_errno hd_wasi_do_path_symlink(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_path p;
    hd_path_place at;
    hd_guest_path text;
    hd_wasi_errno error = hd_wasi_get_path(
        call, hd_wasi_given(&arguments[2], &arguments[3], HD_RIGHT_PATH_SYMLINK), &p);
    if (error) return error;
    error = hd_guest_get_path(call, arguments[0].i32, arguments[1].i32, &text);
    if (!error) {
        int result = find(&p, &at);
        if (result == 0) {
            result = make_link(&text, &at);
            hd_path_leave(&at);
        }
        error = hd_wasi_path_errno(result);
    }
    hd_wasi_leave_path(call, &p);
    return error;
}
