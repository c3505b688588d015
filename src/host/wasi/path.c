/* path.c: finds paths beneath a directory, by the host's help or by walking. */
#include "host/wasi/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/wasi/walk.h"

enum { ATTEMPTS = 16 }; /* while directories are being moved */

static bool always_walk, has_openat2;
static pthread_once_t probed = PTHREAD_ONCE_INIT;

void hd_path_always_walk(bool walk) {
    always_walk = walk;
}

static int open_beneath(int directory, const char *path, int flags, mode_t mode) {
    struct open_how how = {.flags = (uint64_t)flags,
                           .mode = flags & O_CREAT ? mode : 0,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long descriptor = syscall(SYS_openat2, directory, path, &how, sizeof how);
    return descriptor < 0 ? -errno : (int)descriptor;
}

/* Older kernels do not have it, and some sandboxes forbid it. */
static void probe(void) {
    int descriptor = open_beneath(AT_FDCWD, ".", O_PATH | O_CLOEXEC, 0);
    has_openat2 = descriptor != -ENOSYS && descriptor != -EPERM && descriptor != -EINVAL &&
                  descriptor != -E2BIG;
    if (descriptor >= 0) close(descriptor);
}

int hd_path_open(int directory, const char *path, int flags, mode_t mode, bool follow) {
    if (path[0] == '/') return HD_PATH_ESCAPES;
    if (!path[0]) return -ENOENT;
    flags |= O_CLOEXEC | (flags & O_PATH ? 0 : O_NOCTTY) | (follow ? 0 : O_NOFOLLOW);
    pthread_once(&probed, probe);
    if (!has_openat2 || always_walk) return hd_walk_open(directory, path, flags, mode);
    int descriptor, attempt = 0;
    do
        descriptor = open_beneath(directory, path, flags, mode);
    while (descriptor == -EINTR || (descriptor == -EAGAIN && ++attempt < ATTEMPTS));
    if (descriptor == -EAGAIN) return hd_walk_open(directory, path, flags, mode);
    return descriptor == -EXDEV ? HD_PATH_ESCAPES : descriptor;
}

/* The last component, "." or "..", is no name of anything: the host refuses what is to be done with
 * it, but must not be asked about what lies above the directory. */
static int check_dots(int directory, const char *path) {
    int descriptor = hd_path_open(directory, path, O_PATH | O_DIRECTORY, 0, true);
    if (descriptor < 0) return descriptor;
    close(descriptor);
    return 0;
}

int hd_path_find(int directory, const char *path, hd_path_place *place) {
    size_t length = strlen(path);
    if (length == 0) return -ENOENT;
    if (path[0] == '/') return HD_PATH_ESCAPES;
    if (length >= sizeof place->name) return -ENAMETOOLONG;
    char parent[HD_PATH_ROOM];
    memcpy(parent, path, length + 1);
    while (length > 0 && parent[length - 1] == '/')
        length--;
    place->slash = parent[length] == '/';
    parent[length] = '\0';
    char *slash = strrchr(parent, '/');
    const char *name = slash ? slash + 1 : parent;
    memcpy(place->name, name, strlen(name) + 1);
    if (!strcmp(name, ".") || !strcmp(name, "..")) {
        int error = check_dots(directory, path);
        if (error < 0) return error;
    }
    place->owned = slash != NULL;
    place->directory = directory;
    if (!slash) return 0;
    slash[1] = '\0'; /* with it, so that it has to be a directory */
    place->directory = hd_path_open(directory, parent, O_PATH | O_DIRECTORY, 0, true);
    return place->directory < 0 ? place->directory : 0;
}

void hd_path_leave(hd_path_place *place) {
    if (place->owned) close(place->directory);
}
