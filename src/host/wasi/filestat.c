/* filestat.c: filestat and times. */
#include "host/wasi/filestat.h"

#include <string.h>

#include "host/wasi/guest.h"

static void put_time(uint8_t *bytes, const struct timespec *time) {
    /* Before 1970 there are no times. */
    uint64_t nanoseconds =
        time->tv_sec < 0 ? 0 : (uint64_t)time->tv_sec * HD_SECOND + (uint64_t)time->tv_nsec;
    memcpy(bytes, &nanoseconds, sizeof nanoseconds);
}

hd_wasi_errno hd_filestat_put(hd_wasi_call *call, uint32_t address, const struct stat *status,
                              uint8_t filetype) {
    uint8_t bytes[HD_FILESTAT_SIZE] = {0};
    const struct {
        unsigned offset;
        uint64_t value;
    } numbers[] = {
        {HD_FILESTAT_DEV, status->st_dev},
        {HD_FILESTAT_INO, status->st_ino},
        {HD_FILESTAT_NLINK, status->st_nlink},
        {HD_FILESTAT_LENGTH, (uint64_t)status->st_size},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        memcpy(bytes + numbers[i].offset, &numbers[i].value, sizeof numbers[i].value);
    bytes[HD_FILESTAT_FILETYPE] = filetype;
    put_time(bytes + HD_FILESTAT_ATIM, &status->st_atim);
    put_time(bytes + HD_FILESTAT_MTIM, &status->st_mtim);
    put_time(bytes + HD_FILESTAT_CTIM, &status->st_ctim);
    return hd_guest_write(call, address, bytes, sizeof bytes, 8);
}

static struct timespec time_of(uint64_t nanoseconds, bool given, bool now) {
    if (now) return (struct timespec){.tv_nsec = UTIME_NOW};
    if (!given) return (struct timespec){.tv_nsec = UTIME_OMIT};
    return (struct timespec){.tv_sec = (time_t)(nanoseconds / HD_SECOND),
                             .tv_nsec = (long)(nanoseconds % HD_SECOND)};
}

hd_wasi_errno hd_filestat_times(struct timespec times[2], uint64_t access, uint64_t modification,
                                uint32_t flags) {
    const uint32_t atim = HD_FSTFLAG_ATIM | HD_FSTFLAG_ATIM_NOW;
    const uint32_t mtim = HD_FSTFLAG_MTIM | HD_FSTFLAG_MTIM_NOW;
    if (flags & ~(uint32_t)HD_FSTFLAGS_ALL || (flags & atim) == atim || (flags & mtim) == mtim)
        return HD_WASI_INVAL;
    times[0] = time_of(access, flags & HD_FSTFLAG_ATIM, flags & HD_FSTFLAG_ATIM_NOW);
    times[1] = time_of(modification, flags & HD_FSTFLAG_MTIM, flags & HD_FSTFLAG_MTIM_NOW);
    return HD_WASI_SUCCESS;
}
