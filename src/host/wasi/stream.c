/* stream.c: reading and writing: fd_read, fd_write, fd_pread, fd_pwrite.
 *
 * Between the host and the module's memory, which other agents may change at any time, stands a
 * buffer on the stack. What has a position (a regular file) never blocks; its lock makes one call
 * one read or write. What has none is waited for and then read or written without blocking, so that
 * the program can be ended meanwhile; after the first bytes a call does not wait again where it
 * would have to leave, but returns what it has done, as POSIX allows. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "host/wasi/guest.h"

enum {
    PART = 64 * 1024,        /* bytes that are copied at once */
    PARTS_BETWEEN_STOPS = 16 /* how often something long asks whether the program ends */
};

#define NO_OFFSET UINT64_MAX

/* Writing to a pipe that nobody reads would end the whole process: the signal, which is this
 * thread's own, is taken away again. */
static ssize_t without_signal(ssize_t (*function)(int, const void *, size_t), int descriptor,
                              const void *bytes, size_t length) {
    sigset_t pipe_signal, pending, before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t result = function(descriptor, bytes, length);
    int error = errno;
    if (result < 0 && error == EPIPE && !was_pending) {
        const struct timespec at_once = {0};
        while (sigtimedwait(&pipe_signal, NULL, &at_once) < 0 && errno == EINTR)
            continue;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return result;
}

/* Whether the host refuses to say at once that it would block: terminals, older kernels. */
static bool not_supported(ssize_t result) {
    return result < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL);
}

static bool is_socket(const hd_wasi_file *file) {
    return file->filetype == HD_FILETYPE_SOCKET_STREAM ||
           file->filetype == HD_FILETYPE_SOCKET_DGRAM;
}

static bool is_ready(const hd_wasi_file *file, short events) {
    struct pollfd descriptor = {.fd = file->descriptor, .events = events};
    return poll(&descriptor, 1, 0) > 0;
}

/* Reads without blocking: -1 with EAGAIN when there is nothing. */
static ssize_t read_now(hd_wasi_file *file, void *bytes, size_t length) {
    if (is_socket(file)) return recv(file->descriptor, bytes, length, MSG_DONTWAIT);
    struct iovec vector = {bytes, length};
    ssize_t result = preadv2(file->descriptor, &vector, 1, -1, RWF_NOWAIT);
    if (!not_supported(result)) return result;
    /* Ready, and no other agent takes it away meanwhile. Another process could. */
    errno = EAGAIN;
    pthread_mutex_lock(&file->io_lock);
    result = is_ready(file, POLLIN) ? read(file->descriptor, bytes, length) : -1;
    pthread_mutex_unlock(&file->io_lock);
    return result;
}

static ssize_t write_nowait(int descriptor, const void *bytes, size_t length) {
    struct iovec vector = {(void *)bytes, length};
    return pwritev2(descriptor, &vector, 1, -1, RWF_NOWAIT);
}

/* Writes without blocking: -1 with EAGAIN when there is no room. */
static ssize_t write_now(hd_wasi_file *file, const void *bytes, size_t length) {
    if (is_socket(file)) return send(file->descriptor, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    ssize_t result = without_signal(write_nowait, file->descriptor, bytes, length);
    if (!not_supported(result)) return result;
    /* So much fits into what is ready. */
    if (length > PIPE_BUF) length = PIPE_BUF;
    errno = EAGAIN;
    pthread_mutex_lock(&file->io_lock);
    result = is_ready(file, POLLOUT) ? without_signal(write, file->descriptor, bytes, length) : -1;
    pthread_mutex_unlock(&file->io_lock);
    return result;
}

/* Fills bytes from a pipe under control, for as long as whoever writes into it does not tarry;
 * false with an errno when reading fails. Less than `length` bytes, and nothing tarries: it has
 * ended. */
static bool fill_from_pipe(hd_wasi_call *call, hd_wasi_file *file, uint8_t *bytes, size_t length,
                           size_t *filled) {
    *filled = 0;
    while (*filled < length && hd_wasi_await_pipe(call, file)) {
        ssize_t got = read_now(file, bytes + *filled, length - *filled);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0) return false;
        if (got == 0) break;
        *filled += (size_t)got;
    }
    return true;
}

/* Reads from a pipe under control as from a file, in parts of the same size: until the buffers are
 * full or it ends. False if nothing has come, and the agent is to block. */
static bool read_pipe(hd_wasi_call *call, hd_wasi_file *file, hd_guest_buffers *buffers,
                      hd_wasi_errno *error) {
    uint8_t part[PART];
    uint64_t wanted = buffers->left;
    *error = HD_WASI_SUCCESS;
    if (!file->is_pipe || !call->outside->patience) return false;
    for (size_t length, filled; buffers->left > 0;) {
        length = buffers->left < PART ? (size_t)buffers->left : PART;
        if (!fill_from_pipe(call, file, part, length, &filled)) *error = hd_wasi_errno_of(errno);
        if (filled > 0) hd_guest_put(call, buffers, part, filled);
        if (filled < length) break;
    }
    return *error || buffers->left < wanted || !file->tarries;
}

/* Reads what is there, once: from a pipe, a terminal, a socket. */
static hd_wasi_errno read_stream(hd_wasi_call *call, hd_wasi_file *file,
                                 hd_guest_buffers *buffers) {
    uint8_t part[PART];
    size_t length = buffers->left < PART ? (size_t)buffers->left : PART;
    ssize_t got;
    if (file->descriptor < 0 || length == 0) return HD_WASI_SUCCESS;
    hd_wasi_errno error;
    if (read_pipe(call, file, buffers, &error)) return error;
    do {
        error = hd_wasi_await(call, file, POLLIN);
        if (error) return error;
        got = read_now(file, part, length);
    } while (got < 0 && hd_wasi_again(call, file));
    if (got < 0) return hd_wasi_errno_of(errno);
    hd_guest_put(call, buffers, part, (size_t)got);
    return HD_WASI_SUCCESS;
}

/* Reads until the buffers are full or the file ends. */
static hd_wasi_errno read_file(hd_wasi_call *call, hd_wasi_file *file, hd_guest_buffers *buffers,
                               uint64_t offset) {
    uint8_t part[PART];
    for (unsigned n = 1; buffers->left > 0; n++) {
        size_t length = buffers->left < PART ? (size_t)buffers->left : PART;
        ssize_t got = offset == NO_OFFSET ? read(file->descriptor, part, length)
                                          : pread(file->descriptor, part, length, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return hd_wasi_errno_of(errno);
        if (got == 0) break;
        hd_guest_put(call, buffers, part, (size_t)got);
        if (offset != NO_OFFSET) offset += (uint64_t)got;
        if (n % PARTS_BETWEEN_STOPS == 0) {
            hd_wasi_errno error = hd_wasi_go_on(call);
            if (error) return error;
        }
    }
    return HD_WASI_SUCCESS;
}

/* Writes all to a stream of the C library, which may be of any kind; or nowhere. */
static hd_wasi_errno write_captured(hd_wasi_call *call, hd_wasi_file *file,
                                    hd_guest_buffers *buffers) {
    uint8_t part[PART];
    while (buffers->left > 0) {
        size_t length = hd_guest_peek(call, buffers, part, PART);
        size_t written = file->stream ? fwrite(part, 1, length, file->stream) : length;
        hd_guest_take(call, buffers, written, file->reads);
        if (written < length) return HD_WASI_IO;
    }
    return HD_WASI_SUCCESS;
}

/* Writes to a pipe, a terminal, a socket. */
static hd_wasi_errno write_stream(hd_wasi_call *call, hd_wasi_file *file,
                                  hd_guest_buffers *buffers) {
    uint8_t part[PART];
    bool begun = false;
    if (file->descriptor < 0) return write_captured(call, file, buffers);
    while (buffers->left > 0) {
        hd_wasi_errno error = hd_wasi_await(call, file, POLLOUT);
        if (error) return begun && error == HD_WASI_BLOCKED ? HD_WASI_SUCCESS : error;
        size_t length = hd_guest_peek(call, buffers, part, PART);
        ssize_t written = write_now(file, part, length);
        if (written < 0 && hd_wasi_again(call, file)) continue;
        if (written < 0) return hd_wasi_errno_of(errno);
        hd_guest_take(call, buffers, (size_t)written, file->reads);
        begun = true;
    }
    return HD_WASI_SUCCESS;
}

static hd_wasi_errno write_file(hd_wasi_call *call, hd_wasi_file *file, hd_guest_buffers *buffers,
                                uint64_t offset) {
    uint8_t part[PART];
    for (unsigned n = 1; buffers->left > 0; n++) {
        size_t length = hd_guest_peek(call, buffers, part, PART);
        ssize_t written = offset == NO_OFFSET
                              ? write(file->descriptor, part, length)
                              : pwrite(file->descriptor, part, length, (off_t)offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return hd_wasi_errno_of(errno);
        if (written == 0) break;
        hd_guest_take(call, buffers, (size_t)written, file->reads);
        if (offset != NO_OFFSET) offset += (uint64_t)written;
        if (n % PARTS_BETWEEN_STOPS == 0) {
            hd_wasi_errno error = hd_wasi_go_on(call);
            if (error) return error;
        }
    }
    return HD_WASI_SUCCESS;
}

static hd_wasi_errno transfer(hd_wasi_call *call, hd_wasi_file *file, hd_guest_buffers *buffers,
                              uint64_t offset, bool reads) {
    if (!file->has_position && offset != NO_OFFSET) return HD_WASI_SPIPE;
    if (!file->has_position) return (reads ? read_stream : write_stream)(call, file, buffers);
    /* Who says where does not touch the position. */
    bool shared = offset == NO_OFFSET;
    if (shared) pthread_mutex_lock(&file->io_lock);
    hd_wasi_errno error = (reads ? read_file : write_file)(call, file, buffers, offset);
    if (shared) pthread_mutex_unlock(&file->io_lock);
    return error;
}

/* All four functions: the descriptor, the array of buffers, and where their count of bytes goes. */
static hd_wasi_errno do_transfer(hd_wasi_call *call, const hd_slot *arguments, uint64_t offset,
                                 uint32_t count_address, bool reads) {
    hd_guest_buffers buffers;
    hd_wasi_file *file;
    uint64_t rights = reads ? HD_RIGHT_FD_READ : HD_RIGHT_FD_WRITE;
    if (offset != NO_OFFSET) rights |= HD_RIGHT_FD_SEEK;
    hd_wasi_errno error = hd_wasi_get(call, arguments[0].i32, rights, &file);
    if (error) return error;
    error = hd_guest_check(call, count_address, sizeof(uint32_t), sizeof(uint32_t));
    if (!error) error = hd_guest_get_buffers(call, arguments[1].i32, arguments[2].i32, &buffers);
    if (!error) {
        uint64_t all = buffers.left;
        error = transfer(call, file, &buffers, offset, reads);
        uint32_t done = (uint32_t)(all - buffers.left);
        /* An error after the first bytes is for the next call to see. */
        if (error < HD_WASI_ERRNO_COUNT && done > 0) error = HD_WASI_SUCCESS;
        if (!error) error = hd_guest_put_u32(call, count_address, done);
    }
    hd_wasi_release(call->wasi, file);
    return error;
}

hd_wasi_errno hd_wasi_do_fd_read(hd_wasi_call *call, const hd_slot *arguments) {
    return do_transfer(call, arguments, NO_OFFSET, arguments[3].i32, true);
}

hd_wasi_errno hd_wasi_do_fd_write(hd_wasi_call *call, const hd_slot *arguments) {
    return do_transfer(call, arguments, NO_OFFSET, arguments[3].i32, false);
}

/* An offset that no file has is refused where NO_OFFSET would mean none. */
hd_wasi_errno hd_wasi_do_fd_pread(hd_wasi_call *call, const hd_slot *arguments) {
    if (arguments[3].i64 > INT64_MAX) return HD_WASI_INVAL;
    return do_transfer(call, arguments, arguments[3].i64, arguments[4].i32, true);
}

hd_wasi_errno hd_wasi_do_fd_pwrite(hd_wasi_call *call, const hd_slot *arguments) {
    if (arguments[3].i64 > INT64_MAX) return HD_WASI_INVAL;
    return do_transfer(call, arguments, arguments[3].i64, arguments[4].i32, false);
}
