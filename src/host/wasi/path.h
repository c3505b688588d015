/* path.h: paths that cannot leave a directory.
 *
 * What a path names is found beneath a directory, as path_open and its kin need it: no component
 * leads out, not "..", not a symbolic link, not a directory that is moved meanwhile, and an
 * absolute path never does. Where the host has openat2 (Linux 5.6), it sees to that itself
 * (RESOLVE_BENEATH); elsewhere a walk opens one component after the other and follows symbolic
 * links by itself. On success functions return 0 or more, else an errno of the host, negative, or
 * HD_PATH_ESCAPES. */
#ifndef HD_HOST_WASI_PATH_H
#define HD_HOST_WASI_PATH_H

#include <stdbool.h>
#include <sys/types.h>

enum {
    HD_PATH_ESCAPES = -0x10000, /* the path leads out of the directory */
    HD_PATH_ROOM = 4096,        /* bytes of a path and its NUL, of symbolic links too */
    HD_PATH_LINKS = 40,         /* symbolic links on a path, as on Linux */
    HD_PATH_DEPTH = 128,        /* of directories that a walk is below its start; ENAMETOOLONG */
};

/* Opens a path with flags of open(2), to which O_CLOEXEC and O_NOCTTY are added; `follow` says
 * whether its last component may be a symbolic link. The descriptor is the caller's. */
int hd_path_open(int directory, const char *path, int flags, mode_t mode, bool follow);

/* The directory of a path's last component, and that component, for functions of the host that make
 * or take away a name and never follow it. */
typedef struct hd_path_place {
    int directory;
    bool owned;
    bool slash; /* the path ends with one: it names a directory */
    char name[HD_PATH_ROOM];
} hd_path_place;

/* Finds the place of a path; on success hd_path_leave releases it. */
int hd_path_find(int directory, const char *path, hd_path_place *place);
void hd_path_leave(hd_path_place *place);

/* For tests: makes every path be walked, whatever the host has; not while other threads are here.
 */
void hd_path_always_walk(bool walk);

#endif
