/* directory.c: fd_readdir.
 *
 * A cookie stands for the position that the host's file system gives to what follows an entry, and
 * so stays right when other entries come and go. It is not the position itself, which may have 63
 * bits, but the number of it among those that were told: libraries for modules of 32 bits keep
 * cookies in a `long` (telldir). A module that fetches one piece after the other goes on in what
 * the host has told already; only for another cookie the host's position is moved, because not
 * every file system finds it again exactly. */
#include "host/wasi/directory.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "host/wasi/guest.h"

struct hd_wasi_listing {
    uint64_t cookie; /* of the entry at `next` */
    HD_VEC(const off_t *)
    told;           /* positions, in the arena: cookie n stands for the n-th from 1 on */
    hd_map cookies; /* position → cookie */
    hd_arena arena;
    size_t next, end;
    _Alignas(struct dirent64) char bytes[32 * 1024];
};

void hd_wasi_listing_free(hd_wasi_listing *listing) {
    if (!listing) return;
    hd_vec_free(&listing->told);
    hd_map_free(&listing->cookies);
    hd_arena_free(&listing->arena);
    hd_free(listing);
}

static uint8_t filetype_of(unsigned char type) {
    return type == DT_UNKNOWN ? HD_FILETYPE_UNKNOWN : hd_wasi_filetype(DTTOIF(type));
}

/* The cookie of a position, the same each time; 0 when memory is out. */
static uint64_t cookie_of(hd_wasi_listing *listing, off_t position) {
    const char *key = (const char *)&position;
    uint64_t cookie = (uintptr_t)hd_map_get(&listing->cookies, key, sizeof position);
    if (cookie) return cookie;
    off_t *copy = hd_arena_alloc(&listing->arena, 1, sizeof *copy);
    if (!copy) return 0;
    *copy = position;
    if (!hd_vec_push(&listing->told, copy)) return 0;
    cookie = listing->told.len;
    if (!hd_map_put(&listing->cookies, (const char *)copy, sizeof *copy, (void *)(uintptr_t)cookie,
                    NULL))
        return listing->told.len--, 0;
    return cookie;
}

/* Lets the listing begin at a cookie. */
static hd_wasi_errno go_to(hd_wasi_file *file, uint64_t cookie) {
    if (!file->listing) {
        file->listing = hd_calloc(1, sizeof *file->listing);
        if (!file->listing) return HD_WASI_NOMEM;
        file->listing->arena = (hd_arena)HD_ARENA_INIT;
        file->listing->cookie = UINT64_MAX; /* nowhere */
    }
    hd_wasi_listing *listing = file->listing;
    /* From the beginning the host is asked anew, to see what has changed. */
    if (listing->cookie == cookie && cookie != 0) return HD_WASI_SUCCESS;
    listing->next = listing->end = 0;
    listing->cookie = UINT64_MAX;
    if (cookie > listing->told.len) return HD_WASI_INVAL;
    off_t position = cookie ? *listing->told.items[cookie - 1] : 0;
    if (lseek(file->descriptor, position, SEEK_SET) < 0) return HD_WASI_INVAL;
    listing->cookie = cookie;
    return HD_WASI_SUCCESS;
}

/* The entry that comes next, or NULL at the end or after an error. */
static const struct dirent64 *peek(hd_wasi_file *file, hd_wasi_errno *error) {
    hd_wasi_listing *listing = file->listing;
    if (listing->next == listing->end) {
        ssize_t got = getdents64(file->descriptor, listing->bytes, sizeof listing->bytes);
        if (got < 0) *error = hd_wasi_errno_of(errno);
        listing->next = 0;
        listing->end = got < 0 ? 0 : (size_t)got;
        if (got <= 0) return NULL;
    }
    return (const struct dirent64 *)(listing->bytes + listing->next);
}

/* Makes a `dirent` with its name, and returns its size. */
static size_t encode(const hd_wasi_file *file, const struct dirent64 *entry, uint64_t next,
                     uint8_t *bytes) {
    uint32_t length = (uint32_t)strlen(entry->d_name);
    uint64_t ino = entry->d_ino;
    struct stat status;
    /* Nothing is said of what lies above; the root of a file system has its own number there too.
     */
    if (!strcmp(entry->d_name, "..") && fstat(file->descriptor, &status) == 0) ino = status.st_ino;
    memset(bytes, 0, HD_DIRENT_SIZE);
    memcpy(bytes + HD_DIRENT_NEXT, &next, sizeof next);
    memcpy(bytes + HD_DIRENT_INO, &ino, sizeof ino);
    memcpy(bytes + HD_DIRENT_NAME_LENGTH, &length, sizeof length);
    bytes[HD_DIRENT_TYPE] = filetype_of(entry->d_type);
    memcpy(bytes + HD_DIRENT_SIZE, entry->d_name, length);
    return HD_DIRENT_SIZE + length;
}

/* Fills the module's buffer with entries; the last one is cut where the buffer ends, and the module
 * asks for it again. */
static hd_wasi_errno list(hd_wasi_call *call, hd_wasi_file *file, uint32_t buffer, uint32_t length,
                          uint32_t *used) {
    hd_wasi_errno error = HD_WASI_SUCCESS;
    const struct dirent64 *entry;
    *used = 0;
    while (*used < length && (entry = peek(file, &error))) {
        uint8_t bytes[HD_DIRENT_SIZE + sizeof entry->d_name];
        uint64_t next = cookie_of(file->listing, entry->d_off);
        if (next == 0) return HD_WASI_NOMEM;
        size_t size = encode(file, entry, next, bytes);
        bool cut = size > length - *used;
        if (cut) size = length - *used;
        error = hd_guest_write(call, buffer + *used, bytes, size, 1);
        if (error) break;
        *used += (uint32_t)size;
        if (cut) break;
        file->listing->next += entry->d_reclen;
        file->listing->cookie = next;
    }
    return *used > 0 ? HD_WASI_SUCCESS : error;
}

hd_wasi_errno hd_wasi_do_fd_readdir(hd_wasi_call *call, const hd_slot *arguments) {
    uint32_t buffer = arguments[1].i32, length = arguments[2].i32, used;
    hd_wasi_file *file;
    hd_wasi_errno error = hd_wasi_get_directory(call, arguments[0].i32, HD_RIGHT_FD_READDIR, &file);
    if (error) return error;
    error = hd_guest_check(call, buffer, length, 1);
    if (!error) error = hd_guest_check(call, arguments[4].i32, sizeof used, sizeof used);
    if (!error) {
        pthread_mutex_lock(&file->io_lock);
        error = go_to(file, arguments[3].i64);
        if (!error) error = list(call, file, buffer, length, &used);
        pthread_mutex_unlock(&file->io_lock);
    }
    if (!error) error = hd_guest_put_u32(call, arguments[4].i32, used);
    hd_wasi_release(call->wasi, file);
    return error;
}
