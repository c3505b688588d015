/* record.c: what calls do to the module's memory, told to who looks for races, and recorded in and
 * recalled from traces.
 *
 * The record of a call is its errno, 2 bytes, and its accesses in their order, each a byte for the
 * kind and LEB128 numbers for address and length; a write has its bytes behind it. Reads are there
 * so that a replay sees the races that the recorded execution had; those of what went to standard
 * output and error so that it prints the same, without knowing which descriptors those were. A
 * record may come from a hostile file: it is checked as the module's own pointers are. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "exec/event.h"
#include "host/wasi/guest.h"
#include "runtime/memory.h"

static bool is_write(hd_wasi_access_kind kind) {
    return kind == HD_ACCESS_WRITE;
}

void hd_wasi_log_access(hd_wasi_call *call, hd_wasi_access_kind kind, uint32_t address,
                        size_t length, const void *bytes) {
    if (length == 0) return;
    hd_wasi_log *log = &call->binding->log;
    hd_wasi_access access = {kind, address, (uint32_t)length};
    hd_wasi_access *last = log->accesses.len ? &log->accesses.items[log->accesses.len - 1] : NULL;
    bool goes_on = last && is_write(kind) && !call->depends && last->kind == kind &&
                   last->address + last->length == address;
    if (goes_on && last->length <= UINT32_MAX - length) {
        last->length += (uint32_t)length;
    } else if (!hd_vec_push(&log->accesses, access)) {
        log->incomplete = true;
        return;
    }
    /* What follows from the seed is no input. */
    if (!is_write(kind) || !call->outside->record || !call->depends) return;
    if (!hd_bytes_add(&log->bytes, bytes, length)) log->incomplete = true;
}

void hd_wasi_log_drop(hd_wasi_call *call) {
    hd_wasi_log *log = &call->binding->log;
    log->accesses.len = log->bytes.len = 0;
    log->incomplete = false;
}

/* Makes the record of a call. */
static bool encode(const hd_wasi_log *log, hd_wasi_errno result, hd_bytes *out) {
    const uint8_t *written = log->bytes.items;
    const uint8_t code[2] = {(uint8_t)result, (uint8_t)(result >> 8)};
    if (!hd_bytes_add(out, code, sizeof code)) return false;
    for (size_t i = 0; i < log->accesses.len; i++) {
        const hd_wasi_access *access = &log->accesses.items[i];
        uint8_t kind = (uint8_t)access->kind;
        if (!hd_bytes_add(out, &kind, 1) || !hd_bytes_add_varint(out, access->address) ||
            !hd_bytes_add_varint(out, access->length))
            return false;
        if (!is_write(access->kind)) continue;
        if (!hd_bytes_add(out, written, access->length)) return false;
        written += access->length;
    }
    return true;
}

static hd_wasi_errno record(hd_wasi_call *call, hd_wasi_errno result) {
    hd_bytes out = {0};
    hd_wasi_log *log = &call->binding->log;
    if (!encode(log, result, &out)) {
        hd_diag_nomem(call->diag);
        result = HD_WASI_TRAPPED;
    } else {
        uint32_t kind = (uint32_t)(call->function - hd_wasi_functions);
        call->outside->record(call->outside->context, call->agent, kind, out.items, out.len);
    }
    hd_vec_free(&out);
    return result;
}

hd_wasi_errno hd_wasi_log_end(hd_wasi_call *call, hd_wasi_errno result) {
    hd_wasi_log *log = &call->binding->log;
    if (log->incomplete) {
        hd_diag_nomem(call->diag);
        return HD_WASI_TRAPPED;
    }
    for (size_t i = 0; i < log->accesses.len; i++) {
        const hd_wasi_access *access = &log->accesses.items[i];
        hd_agent_touch(call->agent, call->memory, access->address, access->length,
                       is_write(access->kind));
    }
    if (call->depends && call->outside->record) result = record(call, result);
    hd_wasi_log_drop(call);
    return result;
}

bool hd_wasi_ask_outside(hd_wasi_call *call) {
    call->depends = true;
    return call->outside->recall != NULL;
}

/* A descriptor of a standard stream may be one that does not block: nothing may be lost. */
static void echo_descriptor(int descriptor, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
            if (poll(&ready, 1, -1) < 0 && errno != EINTR) return;
        } else if (written < 0 && errno != EINTR) {
            return;
        } else if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
}

void hd_wasi_echo(hd_wasi *wasi, hd_wasi_access_kind kind, const void *bytes, size_t length) {
    unsigned stream = kind == HD_ACCESS_ERROR;
    if (wasi->streams[stream])
        fwrite(bytes, 1, length, wasi->streams[stream]);
    else if (wasi->descriptors[stream] >= 0)
        echo_descriptor(wasi->descriptors[stream], bytes, length);
}

/* Prints again what the call had printed. */
static void echo(hd_wasi_call *call, hd_wasi_access_kind kind, uint32_t address, uint32_t length) {
    uint8_t part[4096];
    while (length > 0) {
        uint32_t size = length < sizeof part ? length : (uint32_t)sizeof part;
        hd_memory_read(call->memory, address, part, size);
        hd_wasi_echo(call->wasi, kind, part, size);
        if (call->outside->wrote) call->outside->wrote(call->outside->context, part, size);
        address += size;
        length -= size;
    }
}

static hd_wasi_errno damaged(hd_wasi_call *call, const char *what) {
    hd_diag_set(call->diag, HD_MALFORMED, "the trace's record of %s cannot be: %s",
                call->function->name, what);
    return HD_WASI_TRAPPED;
}

/* Does to memory what one access of the record did. */
static hd_wasi_errno repeat(hd_wasi_call *call, hd_reader *r) {
    uint8_t kind = hd_read_u8(r);
    uint32_t address = hd_read_u32(r), length = hd_read_u32(r);
    if (r->diag->status != HD_OK) return damaged(call, "it ends too soon");
    if (kind >= HD_ACCESS_KINDS) return damaged(call, "unknown kind of access");
    hd_wasi_errno error = hd_guest_check(call, address, length, 1);
    if (error == HD_WASI_TRAPPED) return error;
    if (error) return damaged(call, "an access out of bounds");
    if (is_write(kind)) {
        if (length > hd_reader_left(r)) return damaged(call, "it ends too soon");
        return hd_guest_write(call, address, hd_read_bytes(r, length), length, 1);
    }
    hd_wasi_log_access(call, kind, address, length, NULL);
    if (kind != HD_ACCESS_READ) echo(call, kind, address, length);
    return HD_WASI_SUCCESS;
}

hd_wasi_errno hd_wasi_recall(hd_wasi_call *call) {
    const uint8_t *bytes;
    size_t length;
    uint32_t kind = (uint32_t)(call->function - hd_wasi_functions);
    hd_wasi_log_drop(call);
    call->depends = true;
    switch (call->outside->recall(call->outside->context, call->agent, kind, &bytes, &length)) {
    case HD_RECALL_ANSWER: break;
    case HD_RECALL_LATER: return HD_WASI_BLOCKED;
    default: return HD_WASI_STOPPED;
    }
    if (length < 2) return damaged(call, "it ends too soon");
    unsigned result = bytes[0] | (unsigned)bytes[1] << 8;
    if (result >= HD_WASI_ERRNO_COUNT) return damaged(call, "unknown errno");
    hd_diag diag = HD_DIAG_INIT;
    hd_reader r = {.pos = bytes + 2, .end = bytes + length, .origin = bytes, .diag = &diag};
    while (hd_reader_left(&r) > 0) {
        hd_wasi_errno error = repeat(call, &r);
        if (error) return error;
    }
    call->recalled = (hd_wasi_errno)result;
    return HD_WASI_RECALLED;
}
