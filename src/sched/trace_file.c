/* trace_file.c: traces in files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sched/trace_parts.h"

static hd_status fail(hd_diag *diag, const char *what, const char *path) {
    return hd_diag_set(diag, HD_IO, "cannot %s %s: %s", what, path, strerror(errno));
}

/* Writes everything and closes the file; false with errno. */
static bool write_and_close(int file, const uint8_t *bytes, size_t length, bool synchronize) {
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) break;
        bytes += written;
        length -= (size_t)written;
    }
    bool good = length == 0 && (!synchronize || fsync(file) == 0);
    int error = errno;
    if (close(file) != 0 && good) return false;
    errno = error;
    return good;
}

/* Opens a new file beside `path`, whose name it writes into `temporary`. */
static int open_beside(const char *path, char *temporary, size_t room) {
    for (unsigned i = 0;; i++) {
        snprintf(temporary, room, "%s.%ld-%u", path, (long)getpid(), i);
        int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST) return file;
    }
}

/* Writes a file beside `path`, then gives it that name. */
static hd_status replace_file(const char *path, const uint8_t *bytes, size_t length,
                              hd_diag *diag) {
    size_t room = strlen(path) + 48;
    char *temporary = hd_alloc(room);
    if (!temporary) return hd_diag_nomem(diag);
    int file = open_beside(path, temporary, room);
    if (file < 0) {
        fail(diag, "create", temporary);
    } else if (!write_and_close(file, bytes, length, true) || rename(temporary, path) != 0) {
        fail(diag, "write", path);
        unlink(temporary);
    }
    hd_free(temporary);
    return diag->status;
}

hd_status hd_trace_save(const hd_trace *trace, const char *path, hd_diag *diag) {
    uint8_t *bytes;
    size_t length;
    struct stat status;
    if (hd_trace_encode(trace, &bytes, &length, diag) != HD_OK) return diag->status;
    if (stat(path, &status) != 0 || S_ISREG(status.st_mode)) {
        replace_file(path, bytes, length, diag);
    } else {
        /* A device or a pipe is written to, not replaced. */
        int file = open(path, O_WRONLY | O_CLOEXEC);
        if (file < 0 || !write_and_close(file, bytes, length, false)) fail(diag, "write", path);
    }
    hd_free(bytes);
    return diag->status;
}

hd_status hd_trace_save_new(const hd_trace *trace, const char *path, bool *exists, hd_diag *diag) {
    uint8_t *bytes;
    size_t length;
    *exists = false;
    if (hd_trace_encode(trace, &bytes, &length, diag) != HD_OK) return diag->status;
    /* The name is taken first, by an empty file, which the whole one replaces. */
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0) {
        close(file);
        if (replace_file(path, bytes, length, diag) != HD_OK) unlink(path);
    } else if (errno == EEXIST) {
        *exists = true;
    } else {
        fail(diag, "create", path);
    }
    hd_free(bytes);
    return diag->status;
}

/* Reads to the end of the file, or a little beyond the limit. */
static hd_status read_all(int file, const char *path, hd_bytes *bytes, hd_diag *diag) {
    enum { PIECE = 1 << 16 };
    while (bytes->len <= HD_TRACE_MOST_BYTES) {
        if (!hd_vec_reserve(bytes, PIECE)) return hd_diag_nomem(diag);
        ssize_t got = read(file, bytes->items + bytes->len, PIECE);
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(diag, "read", path);
        bytes->len += (size_t)got;
    }
    return HD_OK;
}

hd_status hd_trace_load(const char *path, hd_trace **trace, hd_diag *diag) {
    hd_bytes bytes = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return fail(diag, "open", path);
    hd_status status = read_all(file, path, &bytes, diag);
    close(file);
    if (status == HD_OK) status = hd_trace_decode(bytes.items, bytes.len, trace, diag);
    hd_vec_free(&bytes);
    return status;
}
