/* guest.c: checked accesses to a module's memory. */
#include "host/wasi/guest.h"

#include <string.h>

#include "base/utf8.h"
#include "runtime/memory.h"

hd_wasi_errno hd_guest_check(hd_wasi_call *call, uint32_t address, uint64_t length,
                             uint32_t alignment) {
    if (!call->memory) {
        hd_diag_set(call->diag, HD_TRAP,
                    "host function failed: WASI needs the program's memory, and the program "
                    "exports none named \"memory\" and imports none, or runs before it has it");
        return HD_WASI_TRAPPED;
    }
    if (address % alignment != 0) return HD_WASI_INVAL;
    return address + length > atomic_load(&call->memory->length) ? HD_WASI_FAULT : HD_WASI_SUCCESS;
}

hd_wasi_errno hd_guest_read(hd_wasi_call *call, uint32_t address, void *to, size_t length,
                            uint32_t alignment) {
    hd_wasi_errno error = hd_guest_check(call, address, length, alignment);
    if (error) return error;
    hd_memory_read(call->memory, address, to, length);
    hd_wasi_log_access(call, HD_ACCESS_READ, address, length, NULL);
    return HD_WASI_SUCCESS;
}

hd_wasi_errno hd_guest_write(hd_wasi_call *call, uint32_t address, const void *from, size_t length,
                             uint32_t alignment) {
    hd_wasi_errno error = hd_guest_check(call, address, length, alignment);
    if (error) return error;
    hd_memory_write(call->memory, address, from, length);
    hd_wasi_log_access(call, HD_ACCESS_WRITE, address, length, from);
    return HD_WASI_SUCCESS;
}

hd_wasi_errno hd_guest_put_u32(hd_wasi_call *call, uint32_t address, uint32_t value) {
    return hd_guest_write(call, address, &value, sizeof value, sizeof value);
}

hd_wasi_errno hd_guest_put_u64(hd_wasi_call *call, uint32_t address, uint64_t value) {
    return hd_guest_write(call, address, &value, sizeof value, sizeof value);
}

hd_wasi_errno hd_guest_get_path(hd_wasi_call *call, uint32_t address, uint32_t length,
                                hd_guest_path *path) {
    hd_wasi_errno error = hd_guest_check(call, address, length, 1);
    if (error) return error;
    if (length >= sizeof path->bytes) return HD_WASI_NAMETOOLONG;
    error = hd_guest_read(call, address, path->bytes, length, 1);
    if (error) return error;
    path->bytes[length] = '\0';
    if (!hd_utf8_is_valid(path->bytes, length)) return HD_WASI_ILSEQ;
    return memchr(path->bytes, '\0', length) ? HD_WASI_INVAL : HD_WASI_SUCCESS;
}

hd_wasi_errno hd_guest_get_buffers(hd_wasi_call *call, uint32_t address, uint32_t count,
                                   hd_guest_buffers *buffers) {
    _Static_assert(sizeof buffers->items[0] == HD_IOVEC_SIZE, "read as it lies in the memory");
    buffers->count = 0;
    buffers->index = buffers->offset = 0;
    buffers->left = 0;
    if (count > HD_GUEST_BUFFERS) return HD_WASI_INVAL;
    hd_wasi_errno error = hd_guest_read(call, address, buffers->items,
                                        (size_t)count * HD_IOVEC_SIZE, _Alignof(uint32_t));
    if (error) return error;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = buffers->items[i].length;
        error = hd_guest_check(call, buffers->items[i].address, length, 1);
        if (error) return error;
        buffers->left += length;
        if (buffers->left > UINT32_MAX) return HD_WASI_INVAL;
    }
    buffers->count = count;
    return HD_WASI_SUCCESS;
}

size_t hd_guest_peek(hd_wasi_call *call, const hd_guest_buffers *buffers, void *to, size_t room) {
    size_t done = 0;
    uint32_t offset = buffers->offset;
    for (uint32_t i = buffers->index; i < buffers->count && done < room; i++, offset = 0) {
        size_t part = buffers->items[i].length - offset;
        if (part > room - done) part = room - done;
        hd_memory_read(call->memory, (uint64_t)buffers->items[i].address + offset,
                       (uint8_t *)to + done, part);
        done += part;
    }
    return done;
}

/* Tells of what was printed. */
static void tell_written(hd_wasi_call *call, uint32_t address, size_t length) {
    uint8_t part[4096];
    while (length > 0) {
        size_t size = length < sizeof part ? length : sizeof part;
        hd_memory_read(call->memory, address, part, size);
        call->outside->wrote(call->outside->context, part, size);
        address += (uint32_t)size;
        length -= size;
    }
}

static bool is_printed(hd_wasi_access_kind kind) {
    return kind == HD_ACCESS_OUTPUT || kind == HD_ACCESS_ERROR;
}

/* Uses the next bytes: notes them, and copies to them if there is something to copy. */
static void advance(hd_wasi_call *call, hd_guest_buffers *buffers, const uint8_t *from,
                    size_t length, hd_wasi_access_kind kind) {
    while (length > 0) {
        size_t part = buffers->items[buffers->index].length - buffers->offset;
        uint32_t address = buffers->items[buffers->index].address + buffers->offset;
        if (part > length) part = length;
        if (from) hd_memory_write(call->memory, address, from, part);
        if (is_printed(kind) && call->outside->wrote) tell_written(call, address, part);
        hd_wasi_log_access(call, kind, address, part, from);
        if (from) from += part;
        buffers->offset += (uint32_t)part;
        buffers->left -= part;
        length -= part;
        if (buffers->offset == buffers->items[buffers->index].length) {
            buffers->index++;
            buffers->offset = 0;
        }
    }
}

void hd_guest_take(hd_wasi_call *call, hd_guest_buffers *buffers, size_t length,
                   hd_wasi_access_kind kind) {
    advance(call, buffers, NULL, length, kind);
}

void hd_guest_put(hd_wasi_call *call, hd_guest_buffers *buffers, const void *from, size_t length) {
    advance(call, buffers, from, length, HD_ACCESS_WRITE);
}
