/* table.c: the table of descriptors and the open files in it. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/directory.h"
#include "host/wasi/guest.h"

/* More files than that no program has open, but a runaway one would. */
enum { TABLE_MOST = 1 << 20 };

uint8_t hd_wasi_filetype(unsigned mode) {
    switch (mode & S_IFMT) {
    case S_IFBLK: return HD_FILETYPE_BLOCK_DEVICE;
    case S_IFCHR: return HD_FILETYPE_CHARACTER_DEVICE;
    case S_IFDIR: return HD_FILETYPE_DIRECTORY;
    case S_IFREG: return HD_FILETYPE_REGULAR_FILE;
    case S_IFLNK: return HD_FILETYPE_SYMBOLIC_LINK;
    case S_IFSOCK: return HD_FILETYPE_SOCKET_STREAM;
    default: return HD_FILETYPE_UNKNOWN;
    }
}

static uint64_t rights_of(uint8_t filetype) {
    switch (filetype) {
    case HD_FILETYPE_DIRECTORY: return HD_RIGHTS_DIRECTORY;
    case HD_FILETYPE_REGULAR_FILE:
    case HD_FILETYPE_BLOCK_DEVICE: return HD_RIGHTS_FILE;
    case HD_FILETYPE_SOCKET_DGRAM:
    case HD_FILETYPE_SOCKET_STREAM: return HD_RIGHTS_SOCKET;
    default: return HD_RIGHTS_STREAM;
    }
}

/* Finds out what a descriptor of the host is. */
static bool examine(hd_wasi_file *file) {
    if (file->descriptor < 0) return true;
    struct stat status;
    if (fstat(file->descriptor, &status) != 0) return false;
    file->filetype = hd_wasi_filetype(status.st_mode);
    file->is_pipe = S_ISFIFO(status.st_mode);
    file->has_position = S_ISREG(status.st_mode) || S_ISBLK(status.st_mode);
    if (S_ISSOCK(status.st_mode)) {
        int type = 0;
        socklen_t size = sizeof type;
        if (getsockopt(file->descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
            type == SOCK_DGRAM)
            file->filetype = HD_FILETYPE_SOCKET_DGRAM;
    }
    return true;
}

hd_wasi_file *hd_wasi_file_new(int descriptor, uint64_t base, uint64_t inheriting, uint16_t flags) {
    hd_wasi_file *file = hd_calloc(1, sizeof *file);
    if (!file) return NULL;
    file->descriptor = descriptor;
    file->owned = true;
    file->references = 1;
    if (!examine(file)) {
        hd_free(file);
        return NULL;
    }
    file->base = base & rights_of(file->filetype);
    /* Only through a directory other files are opened. */
    file->inheriting = file->filetype == HD_FILETYPE_DIRECTORY ? inheriting : 0;
    file->flags = flags;
    pthread_mutex_init(&file->io_lock, NULL);
    return file;
}

static void file_free(hd_wasi_file *file) {
    if (file->owned && file->descriptor >= 0) close(file->descriptor);
    hd_wasi_listing_free(file->listing);
    pthread_mutex_destroy(&file->io_lock);
    hd_free(file->name);
    hd_free(file);
}

void hd_wasi_release(hd_wasi *wasi, hd_wasi_file *file) {
    pthread_mutex_lock(&wasi->lock);
    bool last = --file->references == 0;
    pthread_mutex_unlock(&wasi->lock);
    if (last) file_free(file);
}

void hd_wasi_table_free(hd_wasi *wasi) {
    for (size_t i = 0; i < wasi->slots.len; i++)
        if (wasi->slots.items[i]) file_free(wasi->slots.items[i]);
    hd_vec_free(&wasi->slots);
}

/* The file in a slot, or NULL; under the lock. */
static hd_wasi_file *at(const hd_wasi *wasi, uint32_t fd) {
    return fd < wasi->slots.len ? wasi->slots.items[fd] : NULL;
}

static hd_wasi_errno check(const hd_wasi_file *file, uint64_t rights, bool directory) {
    if (!file) return HD_WASI_BADF;
    if (directory && file->filetype != HD_FILETYPE_DIRECTORY) return HD_WASI_NOTDIR;
    return rights & ~file->base ? HD_WASI_NOTCAPABLE : HD_WASI_SUCCESS;
}

static hd_wasi_errno get(hd_wasi *wasi, uint32_t fd, uint64_t rights, bool directory,
                         hd_wasi_file **file) {
    pthread_mutex_lock(&wasi->lock);
    *file = at(wasi, fd);
    hd_wasi_errno error = check(*file, rights, directory);
    if (!error) (*file)->references++;
    pthread_mutex_unlock(&wasi->lock);
    return error;
}

hd_wasi_errno hd_wasi_get(hd_wasi_call *call, uint32_t fd, uint64_t rights, hd_wasi_file **file) {
    return get(call->wasi, fd, rights, false, file);
}

hd_wasi_errno hd_wasi_get_directory(hd_wasi_call *call, uint32_t fd, uint64_t rights,
                                    hd_wasi_file **file) {
    return get(call->wasi, fd, rights, true, file);
}

hd_wasi_errno hd_wasi_insert(hd_wasi *wasi, hd_wasi_file *file, uint32_t *fd) {
    hd_wasi_errno error = HD_WASI_SUCCESS;
    pthread_mutex_lock(&wasi->lock);
    size_t free = 0;
    while (free < wasi->slots.len && wasi->slots.items[free])
        free++;
    if (free < wasi->slots.len)
        wasi->slots.items[free] = file;
    else if (free >= TABLE_MOST)
        error = HD_WASI_MFILE;
    else if (!hd_vec_push(&wasi->slots, file))
        error = HD_WASI_NOMEM;
    *fd = (uint32_t)free;
    pthread_mutex_unlock(&wasi->lock);
    return error;
}

hd_wasi_errno hd_wasi_install(hd_wasi_call *call, int descriptor, uint64_t base,
                              uint64_t inheriting, uint16_t flags, uint32_t address) {
    uint32_t fd;
    hd_wasi_file *file = hd_wasi_file_new(descriptor, base, inheriting, flags);
    if (!file) {
        close(descriptor);
        return HD_WASI_NOMEM;
    }
    hd_wasi_errno error = hd_wasi_insert(call->wasi, file, &fd);
    if (!error) return hd_guest_put_u32(call, address, fd);
    hd_wasi_release(call->wasi, file);
    return error;
}

hd_wasi_errno hd_wasi_do_fd_close(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi *wasi = call->wasi;
    uint32_t fd = arguments[0].i32;
    pthread_mutex_lock(&wasi->lock);
    hd_wasi_file *file = at(wasi, fd);
    if (file) wasi->slots.items[fd] = NULL;
    pthread_mutex_unlock(&wasi->lock);
    if (!file) return HD_WASI_BADF;
    hd_wasi_release(wasi, file);
    return HD_WASI_SUCCESS;
}

/* What was open under the new number is closed. */
hd_wasi_errno hd_wasi_do_fd_renumber(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi *wasi = call->wasi;
    uint32_t from = arguments[0].i32, to = arguments[1].i32;
    pthread_mutex_lock(&wasi->lock);
    hd_wasi_file *moved = at(wasi, from), *closed = at(wasi, to);
    bool open = moved && closed;
    if (open && from != to) {
        wasi->slots.items[to] = moved;
        wasi->slots.items[from] = NULL;
    }
    pthread_mutex_unlock(&wasi->lock);
    if (!open) return HD_WASI_BADF;
    if (from != to) hd_wasi_release(wasi, closed);
    return HD_WASI_SUCCESS;
}

hd_wasi_errno hd_wasi_do_fd_fdstat_set_rights(hd_wasi_call *call, const hd_slot *arguments) {
    hd_wasi *wasi = call->wasi;
    uint64_t base = arguments[1].i64, inheriting = arguments[2].i64;
    pthread_mutex_lock(&wasi->lock);
    hd_wasi_file *file = at(wasi, arguments[0].i32);
    hd_wasi_errno error = HD_WASI_SUCCESS;
    if (!file)
        error = HD_WASI_BADF;
    else if (base & ~file->base || inheriting & ~file->inheriting)
        error = HD_WASI_NOTCAPABLE; /* they can only become less */
    else {
        file->base = base;
        file->inheriting = inheriting;
    }
    pthread_mutex_unlock(&wasi->lock);
    return error;
}
