/* walk.h: paths beneath a directory, for hosts without openat2. */
#ifndef HD_HOST_WASI_WALK_H
#define HD_HOST_WASI_WALK_H

#include <sys/types.h>

/* hd_path_open, with all flags: O_NOFOLLOW says that the last component is not followed. The path
 * is neither absolute nor empty. */
int hd_walk_open(int directory, const char *path, int flags, mode_t mode);

#endif
