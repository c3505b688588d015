/* socket.c: the functions whose names begin with sock_, for sockets that the program was given. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/wasi/guest.h"

enum { PART = 64 * 1024 }; /* bytes of one message, and most that are copied at once */

/* An open socket that has all these rights. */
static hd_wasi_errno get(hd_wasi_call *call, uint32_t fd, uint64_t rights, hd_wasi_file **file) {
    hd_wasi_errno error = hd_wasi_get(call, fd, 0, file);
    if (error) return error;
    uint8_t type = (*file)->filetype;
    hd_wasi_release(call->wasi, *file);
    if (type != HD_FILETYPE_SOCKET_STREAM && type != HD_FILETYPE_SOCKET_DGRAM)
        return HD_WASI_NOTSOCK;
    return hd_wasi_get(call, fd, rights, file);
}

static uint64_t rights_now(hd_wasi_call *call, const hd_wasi_file *file) {
    pthread_mutex_lock(&call->wasi->lock);
    uint64_t rights = file->base;
    pthread_mutex_unlock(&call->wasi->lock);
    return rights;
}

/* Accepts without blocking, for which the host has no flag: no other agent comes between the look
 * and the call. Another process could. */
static int accept_now(hd_wasi_file *file) {
    struct pollfd ready = {.fd = file->descriptor, .events = POLLIN};
    int descriptor = -1;
    pthread_mutex_lock(&file->io_lock);
    int found = poll(&ready, 1, 0);
    if (found > 0) descriptor = accept4(file->descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (found == 0) errno = EAGAIN;
    pthread_mutex_unlock(&file->io_lock);
    return descriptor;
}

hd_wasi_errno hd_wasi_do_sock_accept(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi_file *file;
    uint32_t flags = arguments[1].i32;
    if (flags & ~(uint32_t)HD_FDFLAG_NONBLOCK) return HD_WASI_INVAL;
    hd_wasi_errno error = get(call, arguments[0].i32, HD_RIGHT_SOCK_ACCEPT, &file);
    if (error) return error;
    int descriptor = -1;
    error = hd_guest_check(call, arguments[2].i32, sizeof(uint32_t), sizeof(uint32_t));
    while (!error && descriptor < 0) {
        error = hd_wasi_await(call, file, POLLIN);
        if (error) break;
        descriptor = accept_now(file);
        if (descriptor < 0 && !hd_wasi_again(call, file)) error = hd_wasi_errno_of(errno);
    }
    /* The connection has the rights that the listening socket has. */
    if (!error)
        error = hd_wasi_install(call, descriptor, rights_now(call, file), 0, (uint16_t)flags,
                                arguments[2].i32);
    hd_wasi_release(call->wasi, file);
    return error;
}

/* Receives once; with WAITALL until the buffers are full, as far as that goes without leaving. */
static hd_wasi_errno receive(hd_wasi_call *call, hd_wasi_file *file, hd_guest_buffers *buffers,
                             uint32_t flags, uint16_t *outcome) {
    uint8_t part[PART];
    bool peeks = flags & HD_RIFLAG_RECV_PEEK, more = flags & HD_RIFLAG_RECV_WAITALL && !peeks;
    bool begun = false;
    *outcome = 0;
    do {
        hd_wasi_errno error = hd_wasi_await(call, file, POLLIN);
        if (error) return begun && error == HD_WASI_BLOCKED ? HD_WASI_SUCCESS : error;
        struct iovec vector = {part, buffers->left < PART ? (size_t)buffers->left : PART};
        struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
        ssize_t got = recvmsg(file->descriptor, &message, MSG_DONTWAIT | (peeks ? MSG_PEEK : 0));
        if (got < 0 && hd_wasi_again(call, file)) continue;
        if (got < 0) return begun ? HD_WASI_SUCCESS : hd_wasi_errno_of(errno);
        if (message.msg_flags & MSG_TRUNC) *outcome = HD_ROFLAG_RECV_DATA_TRUNCATED;
        hd_guest_put(call, buffers, part, (size_t)got);
        begun = true;
        if (got == 0) break;
    } while (!begun || (more && buffers->left > 0));
    return HD_WASI_SUCCESS;
}

hd_wasi_errno hd_wasi_do_sock_recv(hd_wasi_call *call, const hd_slot *arguments) {
    const uint32_t known = HD_RIFLAG_RECV_PEEK | HD_RIFLAG_RECV_WAITALL;
    uint32_t flags = arguments[3].i32, count = arguments[4].i32, outcome_address = arguments[5].i32;
    uint16_t outcome = 0;
    hd_wasi_file *file;
    hd_guest_buffers buffers;
    if (flags & ~known) return HD_WASI_INVAL;
    hd_wasi_errno error = get(call, arguments[0].i32, HD_RIGHT_FD_READ, &file);
    if (error) return error;
    error = hd_guest_check(call, count, sizeof count, sizeof count);
    if (!error) error = hd_guest_check(call, outcome_address, sizeof outcome, sizeof outcome);
    if (!error) error = hd_guest_get_buffers(call, arguments[1].i32, arguments[2].i32, &buffers);
    if (!error) {
        uint64_t all = buffers.left;
        error = receive(call, file, &buffers, flags, &outcome);
        if (!error) error = hd_guest_put_u32(call, count, (uint32_t)(all - buffers.left));
        if (!error)
            error = hd_guest_write(call, outcome_address, &outcome, sizeof outcome, sizeof outcome);
    }
    hd_wasi_release(call->wasi, file);
    return error;
}

/* Sends one message of at most PART bytes; of a stream, that is a part of what there is. */
static hd_wasi_errno send_once(hd_wasi_call *call, hd_wasi_file *file, hd_guest_buffers *buffers) {
    uint8_t part[PART];
    if (file->filetype == HD_FILETYPE_SOCKET_DGRAM && buffers->left > PART) return HD_WASI_MSGSIZE;
    size_t length = hd_guest_peek(call, buffers, part, PART);
    ssize_t sent;
    do {
        hd_wasi_errno error = hd_wasi_await(call, file, POLLOUT);
        if (error) return error;
        sent = send(file->descriptor, part, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && hd_wasi_again(call, file));
    if (sent < 0) return hd_wasi_errno_of(errno);
    hd_guest_take(call, buffers, (size_t)sent, file->reads);
    return HD_WASI_SUCCESS;
}

hd_wasi_errno hd_wasi_do_sock_send(hd_wasi_call *call, const hd_slot *arguments) {
    uint32_t count = arguments[4].i32;
    hd_wasi_file *file;
    hd_guest_buffers buffers;
    if (arguments[3].i32 != 0) return HD_WASI_INVAL; /* there are no flags */
    hd_wasi_errno error = get(call, arguments[0].i32, HD_RIGHT_FD_WRITE, &file);
    if (error) return error;
    error = hd_guest_check(call, count, sizeof count, sizeof count);
    if (!error) error = hd_guest_get_buffers(call, arguments[1].i32, arguments[2].i32, &buffers);
    if (!error) {
        uint64_t all = buffers.left;
        error = send_once(call, file, &buffers);
        if (!error) error = hd_guest_put_u32(call, count, (uint32_t)(all - buffers.left));
    }
    hd_wasi_release(call->wasi, file);
    return error;
}

hd_wasi_errno hd_wasi_do_sock_shutdown(hd_wasi_call *call, const hd_slot *arguments) {
    static const int ways[] = {-1, SHUT_RD, SHUT_WR, SHUT_RDWR};
    uint32_t how = arguments[1].i32;
    hd_wasi_file *file;
    hd_wasi_errno error = get(call, arguments[0].i32, HD_RIGHT_SOCK_SHUTDOWN, &file);
    if (error) return error;
    if (how == 0 || how > (HD_SDFLAG_RD | HD_SDFLAG_WR))
        error = HD_WASI_INVAL;
    else if (shutdown(file->descriptor, ways[how]) != 0)
        error = hd_wasi_errno_of(errno);
    hd_wasi_release(call->wasi, file);
    return error;
}
