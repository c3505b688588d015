/* abi.c: errors of the host as errors of WASI. */
#include "host/wasi/abi.h"

#include <errno.h>
#include <stddef.h>

static const char *const names[] = {
#define NAME(name) #name,
    HD_WASI_ERRNOS(NAME, NAME)
#undef NAME
};

hd_wasi_errno hd_wasi_errno_of(int host) {
    switch (host) {
    case 0: return HD_WASI_SUCCESS;
#define OWN(name)
#define ROW(name)                                                                                  \
    case E##name: return HD_WASI_##name;
        HD_WASI_ERRNOS(ROW, OWN)
#undef ROW
#undef OWN
    default: return HD_WASI_IO;
    }
}

const char *hd_wasi_errno_name(unsigned code) {
    return code < HD_WASI_ERRNO_COUNT ? names[code] : "?";
}
