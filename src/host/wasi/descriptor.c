/* descriptor.c: what is asked of and done to an open descriptor beside reading and writing. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/filestat.h"
#include "host/wasi/guest.h"

static hd_wasi_errno errno_if(int failed) {
    return failed ? hd_wasi_errno_of(errno) : HD_WASI_SUCCESS;
}

/* Calls a function of the host on an open file, again after a signal. What has no descriptor of the
 * host supports none of them. */
#define ON_FILE(call, fd, rights, file, expression)                                                \
    do {                                                                                           \
        hd_wasi_file *file;                                                                        \
        hd_wasi_errno error_ = hd_wasi_get(call, fd, rights, &file);                               \
        if (error_) return error_;                                                                 \
        if (file->descriptor < 0) {                                                                \
            error_ = HD_WASI_NOTSUP;                                                               \
        } else {                                                                                   \
            int failed_;                                                                           \
            do                                                                                     \
                failed_ = (expression);                                                            \
            while (failed_ && errno == EINTR);                                                     \
            error_ = errno_if(failed_);                                                            \
        }                                                                                          \
        hd_wasi_release((call)->wasi, file);                                                       \
        return error_;                                                                             \
    } while (0)

hd_wasi_errno hd_wasi_do_fd_advise(hd_wasi_call *call, const hd_slot *arguments) {
    static const int advices[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                  POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
    uint64_t offset = arguments[1].i64, length = arguments[2].i64;
    uint32_t advice = arguments[3].i32;
    if (advice >= sizeof advices / sizeof *advices || offset > INT64_MAX || length > INT64_MAX)
        return HD_WASI_INVAL;
    ON_FILE(call, arguments[0].i32, HD_RIGHT_FD_ADVISE, file,
            (errno = posix_fadvise(file->descriptor, (off_t)offset, (off_t)length,
                                   advices[advice])) != 0);
}

hd_wasi_errno hd_wasi_do_fd_allocate(hd_wasi_call *call, const hd_slot *arguments) {
    uint64_t offset = arguments[1].i64, length = arguments[2].i64;
    if (offset > INT64_MAX || length > INT64_MAX) return HD_WASI_INVAL;
    /* Not posix_fallocate, which writes where the file system cannot. */
    ON_FILE(call, arguments[0].i32, HD_RIGHT_FD_ALLOCATE, file,
            fallocate(file->descriptor, 0, (off_t)offset, (off_t)length));
}

hd_wasi_errno hd_wasi_do_fd_datasync(hd_wasi_call *call, const hd_slot *arguments) {
    ON_FILE(call, arguments[0].i32, HD_RIGHT_FD_DATASYNC, file, fdatasync(file->descriptor));
}

hd_wasi_errno hd_wasi_do_fd_sync(hd_wasi_call *call, const hd_slot *arguments) {
    ON_FILE(call, arguments[0].i32, HD_RIGHT_FD_SYNC, file, fsync(file->descriptor));
}

hd_wasi_errno hd_wasi_do_fd_filestat_set_size(hd_wasi_call *call, const hd_slot *arguments) {
    uint64_t size = arguments[1].i64;
    if (size > INT64_MAX) return HD_WASI_INVAL;
    ON_FILE(call, arguments[0].i32, HD_RIGHT_FD_FILESTAT_SET_SIZE, file,
            ftruncate(file->descriptor, (off_t)size));
}

hd_wasi_errno hd_wasi_do_fd_filestat_set_times(hd_wasi_call *call, const hd_slot *arguments) {
    struct timespec times[2];
    hd_wasi_errno error =
        hd_filestat_times(times, arguments[1].i64, arguments[2].i64, arguments[3].i32);
    if (error) return error;
    ON_FILE(call, arguments[0].i32, HD_RIGHT_FD_FILESTAT_SET_TIMES, file,
            futimens(file->descriptor, times));
}

/* Rights and flags as they are now. */
hd_wasi_errno hd_wasi_do_fd_fdstat_get(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_file *file;
    hd_wasi_errno error = hd_wasi_get(call, arguments[0].i32, 0, &file);
    if (error) return error;
    uint8_t bytes[HD_FDSTAT_SIZE] = {0};
    bytes[HD_FDSTAT_FILETYPE] = file->filetype;
    pthread_mutex_lock(&call->wasi->lock);
    memcpy(bytes + HD_FDSTAT_FLAGS, &file->flags, sizeof file->flags);
    memcpy(bytes + HD_FDSTAT_RIGHTS_BASE, &file->base, sizeof file->base);
    memcpy(bytes + HD_FDSTAT_RIGHTS_INHERITING, &file->inheriting, sizeof file->inheriting);
    pthread_mutex_unlock(&call->wasi->lock);
    hd_wasi_release(call->wasi, file);
    return hd_guest_write(call, arguments[1].i32, bytes, sizeof bytes, 8);
}

/* NONBLOCK is ours alone: the host's descriptor may belong to other processes too. APPEND is the
 * host's to keep, and only for a file of our own; the others cannot be changed while it is open. */
static hd_wasi_errno set_flags(hd_wasi_call *call, hd_wasi_file *file, uint16_t flags) {
    pthread_mutex_t *lock = &call->wasi->lock;
    pthread_mutex_lock(lock);
    uint16_t changed = flags ^ file->flags;
    hd_wasi_errno error = HD_WASI_SUCCESS;
    if (changed & ~(HD_FDFLAG_NONBLOCK | HD_FDFLAG_APPEND)) error = HD_WASI_NOTSUP;
    if (changed & HD_FDFLAG_APPEND && !file->owned) error = HD_WASI_NOTSUP;
    if (!error && changed & HD_FDFLAG_APPEND) {
        int host = fcntl(file->descriptor, F_GETFL);
        host = flags & HD_FDFLAG_APPEND ? host | O_APPEND : host & ~O_APPEND;
        error = errno_if(fcntl(file->descriptor, F_SETFL, host));
    }
    if (!error) file->flags = flags;
    pthread_mutex_unlock(lock);
    return error;
}

hd_wasi_errno hd_wasi_do_fd_fdstat_set_flags(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_file *file;
    uint32_t flags = arguments[1].i32;
    if (flags & ~(uint32_t)HD_FDFLAGS_ALL) return HD_WASI_INVAL;
    hd_wasi_errno error = hd_wasi_get(call, arguments[0].i32, HD_RIGHT_FD_FDSTAT_SET_FLAGS, &file);
    if (error) return error;
    error = set_flags(call, file, (uint16_t)flags);
    hd_wasi_release(call->wasi, file);
    return error;
}

hd_wasi_errno hd_wasi_do_fd_filestat_get(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_file *file;
    struct stat status = {0};
    hd_wasi_errno error = hd_wasi_get(call, arguments[0].i32, HD_RIGHT_FD_FILESTAT_GET, &file);
    if (error) return error;
    if (file->descriptor >= 0) error = errno_if(fstat(file->descriptor, &status));
    if (!error) error = hd_filestat_put(call, arguments[1].i32, &status, file->filetype);
    hd_wasi_release(call->wasi, file);
    return error;
}

/* A preopen's name, which lives as long as the file. */
static hd_wasi_errno get_preopen(hd_wasi_call *call, uint32_t fd, hd_wasi_file **file) {
    hd_wasi_errno error = hd_wasi_get(call, fd, 0, file);
    if (error || (*file)->name) return error;
    hd_wasi_release(call->wasi, *file);
    return HD_WASI_BADF;
}

hd_wasi_errno hd_wasi_do_fd_prestat_get(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_file *file;
    hd_wasi_errno error = get_preopen(call, arguments[0].i32, &file);
    if (error) return error;
    uint8_t bytes[HD_PRESTAT_SIZE] = {0}; /* the tag of a directory is 0 */
    memcpy(bytes + HD_PRESTAT_NAME_LENGTH, &file->name_length, sizeof file->name_length);
    hd_wasi_release(call->wasi, file);
    return hd_guest_write(call, arguments[1].i32, bytes, sizeof bytes, 4);
}

hd_wasi_errno hd_wasi_do_fd_prestat_dir_name(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_file *file;
    hd_wasi_errno error = get_preopen(call, arguments[0].i32, &file);
    if (error) return error;
    if (file->name_length > arguments[2].i32)
        error = HD_WASI_NAMETOOLONG;
    else
        error = hd_guest_write(call, arguments[1].i32, file->name, file->name_length, 1);
    hd_wasi_release(call->wasi, file);
    return error;
}

static hd_wasi_errno seek(hd_wasi_call *call, uint32_t fd, int64_t offset, uint32_t whence,
                          uint32_t result) {
    static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    if (whence > HD_WHENCE_END) return HD_WASI_INVAL;
    hd_wasi_file *file;
    /* FD_SEEK implies FD_TELL, which is enough where the position stays. */
    bool tells = whence == HD_WHENCE_CUR && offset == 0;
    hd_wasi_errno error = hd_wasi_get(call, fd, tells ? HD_RIGHT_FD_TELL : HD_RIGHT_FD_SEEK, &file);
    if (error == HD_WASI_NOTCAPABLE && tells)
        error = hd_wasi_get(call, fd, HD_RIGHT_FD_SEEK, &file);
    if (error) return error;
    error = hd_guest_check(call, result, sizeof(uint64_t), sizeof(uint64_t));
    if (!error) {
        pthread_mutex_lock(&file->io_lock); /* no read or write under way is torn apart */
        off_t position = lseek(file->descriptor, offset, whences[whence]);
        error = errno_if(position < 0);
        pthread_mutex_unlock(&file->io_lock);
        if (!error) error = hd_guest_put_u64(call, result, (uint64_t)position);
    }
    hd_wasi_release(call->wasi, file);
    return error;
}

hd_wasi_errno hd_wasi_do_fd_seek(hd_wasi_call *call, const hd_slot *arguments) {
    return seek(call, arguments[0].i32, (int64_t)arguments[1].i64, arguments[2].i32,
                arguments[3].i32);
}

hd_wasi_errno hd_wasi_do_fd_tell(hd_wasi_call *call, const hd_slot *arguments) {
    return seek(call, arguments[0].i32, 0, HD_WHENCE_CUR, arguments[1].i32);
}
