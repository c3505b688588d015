/* guest.h: the only way of WASI's functions to a module's memory.
 *
 * Every pointer and length comes from the module. An access is checked against the present length
 * of the memory (FAULT), and for the alignment of what the interface says lies there (INVAL).
 * Memory may be shared: other agents change it meanwhile, so each value is read once, into memory
 * of the host, and nothing of the host's is done on guest memory directly. Each access is noted in
 * the call's log, for race detection and traces; an access that is not reported there did not
 * happen.
 *
 * A memory never shrinks: what was checked stays in bounds. */
#ifndef HD_HOST_WASI_GUEST_H
#define HD_HOST_WASI_GUEST_H

#include <stddef.h>

#include "host/wasi/internal.h"

enum {
    HD_GUEST_BUFFERS = 1024,  /* most elements of an array of iovecs, as IOV_MAX of Linux */
    HD_GUEST_PATH_ROOM = 4096 /* bytes of a path, with the NUL, as PATH_MAX of Linux */
};

/* Checks that `length` bytes are in bounds and the address is a multiple of `alignment`. */
hd_wasi_errno hd_guest_check(hd_wasi_call *call, uint32_t address, uint64_t length,
                             uint32_t alignment);

/* Checked copies out of and into the memory. */
hd_wasi_errno hd_guest_read(hd_wasi_call *call, uint32_t address, void *to, size_t length,
                            uint32_t alignment);
hd_wasi_errno hd_guest_write(hd_wasi_call *call, uint32_t address, const void *from, size_t length,
                             uint32_t alignment);
hd_wasi_errno hd_guest_put_u32(hd_wasi_call *call, uint32_t address, uint32_t value);
hd_wasi_errno hd_guest_put_u64(hd_wasi_call *call, uint32_t address, uint64_t value);

/* A path: NUL-terminated in the host. NAMETOOLONG; ILSEQ if it is not UTF-8, as the interface's strings
 * are; INVAL if it has a NUL in it. */
typedef struct hd_guest_path {
    char bytes[HD_GUEST_PATH_ROOM];
} hd_guest_path;
hd_wasi_errno hd_guest_get_path(hd_wasi_call *call, uint32_t address, uint32_t length,
                                hd_guest_path *path);

/* An array of iovecs, and how far it has been used. */
typedef struct hd_guest_buffers {
    uint32_t count;
    uint32_t index, offset; /* of the next byte */
    uint64_t left;          /* bytes from there; at first at most UINT32_MAX */
    struct {
        uint32_t address, length;
    } items[HD_GUEST_BUFFERS];
} hd_guest_buffers;

/* Reads and checks an array of iovecs; INVAL when it is too long, or its buffers are together. */
hd_wasi_errno hd_guest_get_buffers(hd_wasi_call *call, uint32_t address, uint32_t count,
                                   hd_guest_buffers *buffers);

/* Copies the next bytes of the buffers to the host, at most `room`, and returns how many. They stay
 * the next ones, and count as not read yet: hd_guest_take says how many of them were used. */
size_t hd_guest_peek(hd_wasi_call *call, const hd_guest_buffers *buffers, void *to, size_t room);
void hd_guest_take(hd_wasi_call *call, hd_guest_buffers *buffers, size_t length,
                   hd_wasi_access_kind kind);

/* Copies bytes of the host into the buffers, which must have room for them. */
void hd_guest_put(hd_wasi_call *call, hd_guest_buffers *buffers, const void *from, size_t length);

#endif
