/* operand.c: fetches paths, and turns what became of them into errnos. */
#include "host/wasi/operand.h"

#include <errno.h>

#include "host/wasi/path.h"

_Static_assert((int)HD_GUEST_PATH_ROOM <= (int)HD_PATH_ROOM, "every path fits");

hd_wasi_errno hd_wasi_get_path(hd_wasi_call *call, hd_wasi_given_path given, hd_wasi_path *p) {
    hd_wasi_errno error = hd_wasi_get_directory(call, given.fd, given.rights, &p->file);
    if (error) return error;
    error = hd_guest_get_path(call, given.address, given.length, &p->path);
    if (error) hd_wasi_release(call->wasi, p->file);
    return error;
}

void hd_wasi_leave_path(hd_wasi_call *call, hd_wasi_path *p) {
    hd_wasi_release(call->wasi, p->file);
}

int hd_wasi_open_path(const hd_wasi_path *p, int flags, bool follow) {
    return hd_path_open(p->file->descriptor, p->path.bytes, flags, 0, follow);
}

int hd_wasi_host_result(int result) {
    return result < 0 ? -errno : result;
}

hd_wasi_errno hd_wasi_path_errno(int result) {
    if (result >= 0) return HD_WASI_SUCCESS;
    return result == HD_PATH_ESCAPES ? HD_WASI_NOTCAPABLE : hd_wasi_errno_of(-result);
}

bool hd_wasi_good_lookup(uint32_t flags) {
    return (flags & ~(uint32_t)HD_LOOKUP_SYMLINK_FOLLOW) == 0;
}
