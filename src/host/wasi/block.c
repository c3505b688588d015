/* block.c: waiting, which is the outside's business alone. */
#include <errno.h>

#include "host/wasi/internal.h"

hd_wasi_errno hd_wasi_block(hd_wasi_call *call, struct pollfd *descriptors, size_t count,
                            uint64_t deadline, bool *timed_out) {
    const hd_outside *outside = call->outside;
    hd_block block = outside->block(outside->context, call->agent, descriptors, count, deadline);
    if (timed_out) *timed_out = block == HD_BLOCK_TIMED_OUT;
    switch (block) {
    case HD_BLOCK_LATER: return HD_WASI_BLOCKED;
    case HD_BLOCK_STOPPED: return HD_WASI_STOPPED;
    default: return HD_WASI_SUCCESS;
    }
}

hd_wasi_errno hd_wasi_go_on(hd_wasi_call *call) {
    /* A deadline that has come long ago never blocks. */
    return hd_wasi_block(call, NULL, 0, 0, NULL);
}

static bool is_nonblocking(hd_wasi_call *call, const hd_wasi_file *file) {
    pthread_mutex_lock(&call->wasi->lock);
    bool nonblocking = file->flags & HD_FDFLAG_NONBLOCK;
    pthread_mutex_unlock(&call->wasi->lock);
    return nonblocking;
}

hd_wasi_errno hd_wasi_await(hd_wasi_call *call, const hd_wasi_file *file, short events) {
    if (is_nonblocking(call, file)) return HD_WASI_SUCCESS;
    struct pollfd descriptor = {.fd = file->descriptor, .events = events};
    return hd_wasi_block(call, &descriptor, 1, HD_NO_DEADLINE, NULL);
}

bool hd_wasi_again(hd_wasi_call *call, const hd_wasi_file *file) {
    return errno == EINTR || (errno == EAGAIN && !is_nonblocking(call, file));
}

bool hd_wasi_await_pipe(hd_wasi_call *call, hd_wasi_file *file) {
    const hd_outside *outside = call->outside;
    struct pollfd descriptor = {.fd = file->descriptor, .events = POLLIN};
    if (!file->is_pipe || !outside->patience) return false;
    file->tarries = !outside->patience(outside->context, call->agent, &descriptor, !file->tarries);
    return !file->tarries;
}
