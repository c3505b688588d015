/* files.c: the functions whose names begin with path_. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/filestat.h"
#include "host/wasi/guest.h"
#include "host/wasi/path.h"

/* A path of the module, and the directory that it starts from. */
typedef struct place {
    hd_wasi_file *file;
    hd_guest_path path;
} place;

_Static_assert((int)HD_GUEST_PATH_ROOM <= (int)HD_PATH_ROOM, "every path fits");

/* Where the arguments of a function say that a path is, and the rights that it needs. */
typedef struct given {
    uint32_t fd, address, length;
    uint64_t rights;
} given;

static given given_by(const hd_slot *fd, const hd_slot *path, uint64_t rights) {
    return (given){fd->i32, path[0].i32, path[1].i32, rights};
}

static hd_wasi_errno get(hd_wasi_call *call, given g, place *p) {
    hd_wasi_errno error = hd_wasi_get_directory(call, g.fd, g.rights, &p->file);
    if (error) return error;
    error = hd_guest_get_path(call, g.address, g.length, &p->path);
    if (error) hd_wasi_release(call->wasi, p->file);
    return error;
}

static void leave(hd_wasi_call *call, place *p) {
    hd_wasi_release(call->wasi, p->file);
}

/* An error of path.h. */
static hd_wasi_errno errno_of(int result) {
    if (result >= 0) return HD_WASI_SUCCESS;
    return result == HD_PATH_ESCAPES ? HD_WASI_NOTCAPABLE : hd_wasi_errno_of(-result);
}

/* The result of a function of the host. */
static int negative(int result) {
    return result < 0 ? -errno : result;
}

static int open_path(const place *p, int flags, bool follow) {
    return hd_path_open(p->file->descriptor, p->path.bytes, flags, 0, follow);
}

static int find(const place *p, hd_path_place *found) {
    return hd_path_find(p->file->descriptor, p->path.bytes, found);
}

static bool good_lookup(uint32_t flags) {
    return (flags & ~(uint32_t)HD_LOOKUP_SYMLINK_FOLLOW) == 0;
}

/* Names that are made and taken away. */

static int make_directory(const hd_path_place *at) {
    return negative(mkdirat(at->directory, at->name, 0777));
}

static int remove_directory(const hd_path_place *at) {
    return negative(unlinkat(at->directory, at->name, AT_REMOVEDIR));
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
    return negative(unlinkat(at->directory, at->name, 0));
}

static hd_wasi_errno change_name(hd_wasi_call *call, const hd_slot *arguments, uint64_t rights,
                                 int (*function)(const hd_path_place *)) {
    place p;
    hd_path_place at;
    hd_wasi_errno error = get(call, given_by(&arguments[0], &arguments[1], rights), &p);
    if (error) return error;
    int result = find(&p, &at);
    if (result == 0) {
        result = function(&at);
        hd_path_leave(&at);
    }
    leave(call, &p);
    return errno_of(result);
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

/* Two places. */

typedef int two_places(const place *old, const place *new, uint32_t flags);

static hd_wasi_errno with_two(hd_wasi_call *call, given old_given, given new_given, uint32_t flags,
                              two_places *function) {
    place old, new;
    hd_wasi_errno error = get(call, old_given, &old);
    if (error) return error;
    error = get(call, new_given, &new);
    if (!error) {
        error = errno_of(function(&old, &new, flags));
        leave(call, &new);
    }
    leave(call, &old);
    return error;
}

/* A link to what an open file is, found by its descriptor. */
static int link_descriptor(int descriptor, const hd_path_place *new) {
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    return negative(linkat(AT_FDCWD, name, new->directory, new->name, AT_SYMLINK_FOLLOW));
}

static int link_old(const place *old, const hd_path_place *new, bool follow) {
    hd_path_place from;
    int result = find(old, &from);
    if (result < 0) return result;
    bool slash = from.slash;
    if (!follow && !slash)
        result = negative(linkat(from.directory, from.name, new->directory, new->name, 0));
    hd_path_leave(&from);
    if (!follow && !slash) return result;
    int descriptor = open_path(old, O_PATH, follow);
    if (descriptor < 0) return descriptor;
    result = link_descriptor(descriptor, new);
    close(descriptor);
    return result;
}

/* A name that ends with a slash is a directory's, and to those there are no links. */
static int link_places(const place *old, const place *new, uint32_t flags) {
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
    if (!good_lookup(arguments[1].i32)) return HD_WASI_INVAL;
    return with_two(call, given_by(&arguments[0], &arguments[2], HD_RIGHT_PATH_LINK_SOURCE),
                    given_by(&arguments[4], &arguments[5], HD_RIGHT_PATH_LINK_TARGET),
                    arguments[1].i32, link_places);
}

/* Only a directory can be renamed by, or to, a name that ends with a slash. */
static int rename_found(const hd_path_place *from, const hd_path_place *to) {
    if (from->slash || to->slash) {
        int directory = is_directory(from);
        if (directory < 0) return directory;
        if (!directory) return -ENOTDIR;
    }
    return negative(renameat(from->directory, from->name, to->directory, to->name));
}

static int rename_places(const place *old, const place *new, uint32_t flags) {
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
    return with_two(call, given_by(&arguments[0], &arguments[1], HD_RIGHT_PATH_RENAME_SOURCE),
                    given_by(&arguments[3], &arguments[4], HD_RIGHT_PATH_RENAME_TARGET), 0,
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
    return negative(symlinkat(text->bytes, at->directory, at->name));
}

hd_wasi_errno hd_wasi_do_path_symlink(hd_wasi_call *call, const hd_slot *arguments) {
    place p;
    hd_path_place at;
    hd_guest_path text;
    hd_wasi_errno error =
        get(call, given_by(&arguments[2], &arguments[3], HD_RIGHT_PATH_SYMLINK), &p);
    if (error) return error;
    error = hd_guest_get_path(call, arguments[0].i32, arguments[1].i32, &text);
    if (!error) {
        int result = find(&p, &at);
        if (result == 0) {
            result = make_link(&text, &at);
            hd_path_leave(&at);
        }
        error = errno_of(result);
    }
    leave(call, &p);
    return error;
}

/* Reads the text of a link; its length, or an error. */
static int read_link(const place *p, char *text, size_t room) {
    struct stat status;
    int descriptor = open_path(p, O_PATH, false);
    if (descriptor < 0) return descriptor;
    int result = negative(fstat(descriptor, &status));
    if (result == 0 && !S_ISLNK(status.st_mode)) result = -EINVAL;
    if (result == 0) result = negative((int)readlinkat(descriptor, "", text, room));
    close(descriptor);
    return result;
}

hd_wasi_errno hd_wasi_do_path_readlink(hd_wasi_call *call, const hd_slot *arguments) {
    place p;
    char text[HD_PATH_ROOM];
    uint32_t buffer = arguments[3].i32, room = arguments[4].i32, used = arguments[5].i32;
    hd_wasi_errno error =
        get(call, given_by(&arguments[0], &arguments[1], HD_RIGHT_PATH_READLINK), &p);
    if (error) return error;
    int length = read_link(&p, text, sizeof text);
    leave(call, &p);
    if (length < 0) return errno_of(length);
    if ((uint32_t)length > room) length = (int)room; /* cut, as POSIX does */
    error = hd_guest_check(call, used, sizeof(uint32_t), sizeof(uint32_t));
    if (!error) error = hd_guest_write(call, buffer, text, (size_t)length, 1);
    return error ? error : hd_guest_put_u32(call, used, (uint32_t)length);
}

/* What is known of a file. */

hd_wasi_errno hd_wasi_do_path_filestat_get(hd_wasi_call *call, const hd_slot *arguments) {
    place p;
    struct stat status;
    if (!good_lookup(arguments[1].i32)) return HD_WASI_INVAL;
    hd_wasi_errno error =
        get(call, given_by(&arguments[0], &arguments[2], HD_RIGHT_PATH_FILESTAT_GET), &p);
    if (error) return error;
    int descriptor = open_path(&p, O_PATH, arguments[1].i32 & HD_LOOKUP_SYMLINK_FOLLOW);
    leave(call, &p);
    if (descriptor < 0) return errno_of(descriptor);
    error = errno_of(negative(fstat(descriptor, &status)));
    close(descriptor);
    return error
               ? error
               : hd_filestat_put(call, arguments[4].i32, &status, hd_wasi_filetype(status.st_mode));
}

/* Of what was opened with O_PATH, a symbolic link itself if it is one. */
static int set_times(int descriptor, const struct timespec times[2]) {
    int result = negative(utimensat(descriptor, "", times, AT_EMPTY_PATH));
    if (result != -EINVAL) return result;
    /* Linux before 5.8. */
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    return negative(utimensat(AT_FDCWD, name, times, 0));
}

hd_wasi_errno hd_wasi_do_path_filestat_set_times(hd_wasi_call *call, const hd_slot *arguments) {
    place p;
    struct timespec times[2];
    if (!good_lookup(arguments[1].i32)) return HD_WASI_INVAL;
    hd_wasi_errno error =
        hd_filestat_times(times, arguments[4].i64, arguments[5].i64, arguments[6].i32);
    if (error) return error;
    error = get(call, given_by(&arguments[0], &arguments[2], HD_RIGHT_PATH_FILESTAT_SET_TIMES), &p);
    if (error) return error;
    int descriptor = open_path(&p, O_PATH, arguments[1].i32 & HD_LOOKUP_SYMLINK_FOLLOW);
    leave(call, &p);
    if (descriptor < 0) return errno_of(descriptor);
    error = errno_of(set_times(descriptor, times));
    close(descriptor);
    return error;
}

/* Opening. */

/* The access mode that rights need. A directory cannot be opened for writing: ISDIR. */
static int access_mode(uint64_t base) {
    const uint64_t reading = HD_RIGHT_FD_READ | HD_RIGHT_FD_READDIR;
    const uint64_t writing =
        HD_RIGHT_FD_WRITE | HD_RIGHT_FD_ALLOCATE | HD_RIGHT_FD_FILESTAT_SET_SIZE;
    if (!(base & writing)) return O_RDONLY;
    return base & reading ? O_RDWR : O_WRONLY;
}

/* Flags of open(2). Always O_NONBLOCK: a FIFO or a device opens at once, and what is read or
 * written later is waited for elsewhere. */
static int open_flags(uint64_t base, uint32_t oflags, uint16_t fdflags) {
    static const struct {
        uint32_t wasi;
        int host;
    } files[] = {{HD_OFLAG_CREAT, O_CREAT},
                 {HD_OFLAG_DIRECTORY, O_DIRECTORY},
                 {HD_OFLAG_EXCL, O_EXCL},
                 {HD_OFLAG_TRUNC, O_TRUNC}},
      descriptors[] = {{HD_FDFLAG_APPEND, O_APPEND},
                       {HD_FDFLAG_DSYNC, O_DSYNC},
                       {HD_FDFLAG_RSYNC, O_RSYNC},
                       {HD_FDFLAG_SYNC, O_SYNC}};
    int flags = O_NONBLOCK | access_mode(base);
    for (size_t i = 0; i < 4; i++) {
        if (oflags & files[i].wasi) flags |= files[i].host;
        if (fdflags & descriptors[i].wasi) flags |= descriptors[i].host;
    }
    return flags;
}

/* The rights over the directory that flags need. */
static uint64_t rights_to_open(uint32_t oflags) {
    return HD_RIGHT_PATH_OPEN | (oflags & HD_OFLAG_CREAT ? HD_RIGHT_PATH_CREATE_FILE : 0) |
           (oflags & HD_OFLAG_TRUNC ? HD_RIGHT_PATH_FILESTAT_SET_SIZE : 0);
}

static hd_wasi_errno check_open(hd_wasi_call *call, const hd_slot *arguments) {
    uint32_t oflags = arguments[4].i32, fdflags = arguments[7].i32;
    if (!good_lookup(arguments[1].i32) || oflags & ~(uint32_t)HD_OFLAGS_ALL ||
        fdflags & ~(uint32_t)HD_FDFLAGS_ALL)
        return HD_WASI_INVAL;
    if (oflags & HD_OFLAG_CREAT && oflags & HD_OFLAG_DIRECTORY) return HD_WASI_INVAL;
    return hd_guest_check(call, arguments[8].i32, sizeof(uint32_t), sizeof(uint32_t));
}

/* Puts an opened descriptor into the table and tells the module its number. */
static hd_wasi_errno install(hd_wasi_call *call, int descriptor, const hd_slot *arguments) {
    hd_wasi_file *file = hd_wasi_file_new(descriptor, arguments[5].i64, arguments[6].i64,
                                          (uint16_t)arguments[7].i32);
    uint32_t fd;
    if (!file) {
        close(descriptor);
        return HD_WASI_NOMEM;
    }
    hd_wasi_errno error = hd_wasi_insert(call->wasi, file, &fd);
    if (error) {
        hd_wasi_release(call->wasi, file);
        return error;
    }
    return hd_guest_put_u32(call, arguments[8].i32, fd);
}

hd_wasi_errno hd_wasi_do_path_open(hd_wasi_call *call, const hd_slot *arguments) {
    uint32_t oflags = arguments[4].i32;
    uint64_t base = arguments[5].i64, inheriting = arguments[6].i64;
    place p;
    hd_wasi_errno error = check_open(call, arguments);
    if (error) return error;
    error = get(call, given_by(&arguments[0], &arguments[2], rights_to_open(oflags)), &p);
    if (error) return error;
    pthread_mutex_lock(&call->wasi->lock);
    bool allowed = !((base | inheriting) & ~p.file->inheriting);
    pthread_mutex_unlock(&call->wasi->lock);
    int descriptor = -EPERM;
    if (allowed)
        descriptor = hd_path_open(p.file->descriptor, p.path.bytes,
                                  open_flags(base, oflags, (uint16_t)arguments[7].i32), 0666,
                                  arguments[1].i32 & HD_LOOKUP_SYMLINK_FOLLOW);
    leave(call, &p);
    if (!allowed) return HD_WASI_NOTCAPABLE;
    return descriptor < 0 ? errno_of(descriptor) : install(call, descriptor, arguments);
}
