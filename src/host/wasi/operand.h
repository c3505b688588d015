/* operand.h: paths as operands of functions. */
#ifndef HD_HOST_WASI_OPERAND_H
#define HD_HOST_WASI_OPERAND_H

#include "host/wasi/guest.h"

/* A path of the module, and the directory that it starts from. */
typedef struct hd_wasi_path {
    hd_wasi_file *file;
    hd_guest_path path;
} hd_wasi_path;

/* Where the arguments of a function say that a path is, and the rights that it needs. */
typedef struct hd_wasi_given_path {
    uint32_t fd, address, length;
    uint64_t rights;
} hd_wasi_given_path;

/* From the argument that is the descriptor, and the two that are the path. */
static inline hd_wasi_given_path hd_wasi_given(const hd_slot *fd, const hd_slot *path,
                                               uint64_t rights) {
    return (hd_wasi_given_path){fd->i32, path[0].i32, path[1].i32, rights};
}

/* Fetches a path; hd_wasi_leave_path releases its directory. */
hd_wasi_errno hd_wasi_get_path(hd_wasi_call *call, hd_wasi_given_path given, hd_wasi_path *p);
void hd_wasi_leave_path(hd_wasi_call *call, hd_wasi_path *p);

/* Opens what a path names, without making it: hd_path_open. */
int hd_wasi_open_path(const hd_wasi_path *p, int flags, bool follow);

/* The result of a function of the host (-1: errno) as one of path.h, and one of those as an errno.
 */
int hd_wasi_host_result(int result);
hd_wasi_errno hd_wasi_path_errno(int result);

/* Whether there are such `lookupflags`. */
bool hd_wasi_good_lookup(uint32_t flags);

#endif
