/* filestat.h: what the host knows of a file, as a `filestat`, and times to set. */
#ifndef HD_HOST_WASI_FILESTAT_H
#define HD_HOST_WASI_FILESTAT_H

#include <sys/stat.h>
#include <time.h>

#include "host/wasi/internal.h"

/* Writes a `filestat` into the module's memory. */
hd_wasi_errno hd_filestat_put(hd_wasi_call *call, uint32_t address, const struct stat *status,
                              uint8_t filetype);

/* Turns times in nanoseconds and `fstflags` into what utimensat takes; INVAL for flags that
 * contradict each other or do not exist. */
hd_wasi_errno hd_filestat_times(struct timespec times[2], uint64_t access, uint64_t modification,
                                uint32_t flags);

#endif
