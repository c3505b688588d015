/* files.c: the functions on paths that look at files, and the one that opens them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/filestat.h"
#include "host/wasi/operand.h"
#include "host/wasi/path.h"

/* Reads the text of a link; its length, or an error. */
static int read_link(const hd_wasi_path *p, char *text, size_t room) {
    struct stat status;
    int descriptor = hd_wasi_open_path(p, O_PATH, false);
    if (descriptor < 0) return descriptor;
    int result = hd_wasi_host_result(fstat(descriptor, &status));
    if (result == 0 && !S_ISLNK(status.st_mode)) result = -EINVAL;
    if (result == 0) result = hd_wasi_host_result((int)readlinkat(descriptor, "", text, room));
    close(descriptor);
    return result;
}

hd_wasi_errno hd_wasi_do_path_readlink(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_path p;
    char text[HD_PATH_ROOM];
    uint32_t buffer = arguments[3].i32, room = arguments[4].i32, used = arguments[5].i32;
    hd_wasi_errno error = hd_wasi_get_path(
        call, hd_wasi_given(&arguments[0], &arguments[1], HD_RIGHT_PATH_READLINK), &p);
    if (error) return error;
    int length = read_link(&p, text, sizeof text);
    hd_wasi_leave_path(call, &p);
    if (length < 0) return hd_wasi_path_errno(length);
    if ((uint32_t)length > room) length = (int)room; /* cut, as POSIX does */
    error = hd_guest_check(call, used, sizeof(uint32_t), sizeof(uint32_t));
    if (!error) error = hd_guest_write(call, buffer, text, (size_t)length, 1);
    return error ? error : hd_guest_put_u32(call, used, (uint32_t)length);
}

/* What is known of a file. */

hd_wasi_errno hd_wasi_do_path_filestat_get(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_path p;
    struct stat status;
    if (!hd_wasi_good_lookup(arguments[1].i32)) return HD_WASI_INVAL;
    hd_wasi_errno error = hd_wasi_get_path(
        call, hd_wasi_given(&arguments[0], &arguments[2], HD_RIGHT_PATH_FILESTAT_GET), &p);
    if (error) return error;
    int descriptor = hd_wasi_open_path(&p, O_PATH, arguments[1].i32 & HD_LOOKUP_SYMLINK_FOLLOW);
    hd_wasi_leave_path(call, &p);
    if (descriptor < 0) return hd_wasi_path_errno(descriptor);
    error = hd_wasi_path_errno(hd_wasi_host_result(fstat(descriptor, &status)));
    close(descriptor);
    return error
               ? error
               : hd_filestat_put(call, arguments[4].i32, &status, hd_wasi_filetype(status.st_mode));
}

/* Of what was opened with O_PATH, a symbolic link itself if it is one. */
static int set_times(int descriptor, const struct timespec times[2]) {
    int result = hd_wasi_host_result(utimensat(descriptor, "", times, AT_EMPTY_PATH));
    if (result != -EINVAL) return result;
    /* Linux before 5.8. */
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    return hd_wasi_host_result(utimensat(AT_FDCWD, name, times, 0));
}

hd_wasi_errno hd_wasi_do_path_filestat_set_times(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_path p;
    struct timespec times[2];
    if (!hd_wasi_good_lookup(arguments[1].i32)) return HD_WASI_INVAL;
    hd_wasi_errno error =
        hd_filestat_times(times, arguments[4].i64, arguments[5].i64, arguments[6].i32);
    if (error) return error;
    error = hd_wasi_get_path(
        call, hd_wasi_given(&arguments[0], &arguments[2], HD_RIGHT_PATH_FILESTAT_SET_TIMES), &p);
    if (error) return error;
    int descriptor = hd_wasi_open_path(&p, O_PATH, arguments[1].i32 & HD_LOOKUP_SYMLINK_FOLLOW);
    hd_wasi_leave_path(call, &p);
    if (descriptor < 0) return hd_wasi_path_errno(descriptor);
    error = hd_wasi_path_errno(set_times(descriptor, times));
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
    if (!hd_wasi_good_lookup(arguments[1].i32) || oflags & ~(uint32_t)HD_OFLAGS_ALL ||
        fdflags & ~(uint32_t)HD_FDFLAGS_ALL)
        return HD_WASI_INVAL;
    if (oflags & HD_OFLAG_CREAT && oflags & HD_OFLAG_DIRECTORY) return HD_WASI_INVAL;
    return hd_guest_check(call, arguments[8].i32, sizeof(uint32_t), sizeof(uint32_t));
}

hd_wasi_errno hd_wasi_do_path_open(hd_wasi_call *call, const hd_slot *arguments) {
    uint32_t oflags = arguments[4].i32;
    uint64_t base = arguments[5].i64, inheriting = arguments[6].i64;
    hd_wasi_path p;
    hd_wasi_errno error = check_open(call, arguments);
    if (error) return error;
    error = hd_wasi_get_path(
        call, hd_wasi_given(&arguments[0], &arguments[2], rights_to_open(oflags)), &p);
    if (error) return error;
    pthread_mutex_lock(&call->wasi->lock);
    bool allowed = !((base | inheriting) & ~p.file->inheriting);
    pthread_mutex_unlock(&call->wasi->lock);
    int descriptor = -EPERM;
    if (allowed)
        descriptor = hd_path_open(p.file->descriptor, p.path.bytes,
                                  open_flags(base, oflags, (uint16_t)arguments[7].i32), 0666,
                                  arguments[1].i32 & HD_LOOKUP_SYMLINK_FOLLOW);
    hd_wasi_leave_path(call, &p);
    if (!allowed) return HD_WASI_NOTCAPABLE;
    if (descriptor < 0) return hd_wasi_path_errno(descriptor);
    return hd_wasi_install(call, descriptor, base, inheriting, (uint16_t)arguments[7].i32,
                           arguments[8].i32);
}
