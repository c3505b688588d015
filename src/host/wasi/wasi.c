/* wasi.c: the state of one program: its arguments, its environment, what it finds open. */
#include "host/wasi/wasi.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/internal.h"

/* Copies strings behind each other. Pointers to them, 4 bytes each, have to fit into a memory too.
 */
static hd_status copy_strings(hd_wasi_strings *copy, const char *const *strings, size_t count,
                              const char *what, hd_diag *diag) {
    uint64_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += strlen(strings[i]) + 1;
    if (count > UINT32_MAX / 4 || length > UINT32_MAX)
        return hd_diag_set(diag, HD_LIMIT, "the %s are larger than a memory", what);
    copy->bytes = hd_alloc(length > 0 ? length : 1);
    if (!copy->bytes) return hd_diag_nomem(diag);
    copy->count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(strings[i]) + 1;
        memcpy(copy->bytes + copy->length, strings[i], size);
        copy->length += (uint32_t)size;
    }
    return HD_OK;
}

/* The directions that a descriptor was opened for, as rights. */
static uint64_t directions(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    switch (flags < 0 ? O_RDWR : flags & O_ACCMODE) {
    case O_RDONLY: return ~(HD_RIGHT_FD_WRITE | HD_RIGHT_FD_ALLOCATE);
    case O_WRONLY: return ~HD_RIGHT_FD_READ;
    default: return ~UINT64_C(0);
    }
}

static uint16_t flags_of(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return 0;
    return (uint16_t)((flags & O_APPEND ? HD_FDFLAG_APPEND : 0) |
                      (flags & O_NONBLOCK ? HD_FDFLAG_NONBLOCK : 0));
}

/* A terminal cannot be read or written without blocking, save through a description that says so;
 * this one belongs to other programs, too. So it is opened once more. Returns the descriptor to be
 * used, perhaps still the same one. */
static int open_again(int descriptor) {
    char name[32];
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || !isatty(descriptor)) return descriptor;
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    int again = open(name, (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return again < 0 ? descriptor : again;
}

/* The rights over a standard stream. A terminal is open in both directions, but input is there to
 * be read and the others to be written; a socket may be both. */
static uint64_t stream_rights(int descriptor, unsigned number) {
    struct stat status;
    uint64_t rights = HD_RIGHTS_ALL;
    if (descriptor >= 0) rights &= directions(descriptor);
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode))
        return rights;
    return number == 0 ? rights & ~(HD_RIGHT_FD_WRITE | HD_RIGHT_FD_ALLOCATE |
                                    HD_RIGHT_FD_FILESTAT_SET_SIZE)
                       : rights & ~HD_RIGHT_FD_READ;
}

/* Makes the file of a standard stream. */
static hd_wasi_file *stream_file(const hd_wasi_stream *stream, unsigned number) {
    int given = stream->file ? -1 : stream->descriptor;
    int descriptor = given >= 0 ? open_again(given) : -1;
    uint16_t flags = given >= 0 ? flags_of(given) : 0;
    hd_wasi_file *file = hd_wasi_file_new(descriptor, stream_rights(given, number), 0, flags);
    if (!file) {
        if (descriptor != given) close(descriptor);
        return NULL;
    }
    file->owned = descriptor != given;
    file->stream = stream->file;
    if (number > 0) file->reads = number == 1 ? HD_ACCESS_OUTPUT : HD_ACCESS_ERROR;
    return file;
}

static hd_status open_stream(hd_wasi *wasi, const hd_wasi_stream *stream, unsigned number,
                             hd_diag *diag) {
    static const char *const names[] = {"input", "output", "error"};
    if (number > 0) {
        wasi->streams[number - 1] = stream->file;
        wasi->descriptors[number - 1] = stream->descriptor;
    }
    uint32_t fd;
    hd_wasi_stream nothing = {-1, NULL};
    hd_wasi_file *file = stream_file(stream, number);
    if (!file && !stream->file && fcntl(stream->descriptor, F_GETFD) < 0) {
        /* A descriptor that is closed in this process: the program finds nothing there. */
        if (number > 0) wasi->descriptors[number - 1] = -1;
        file = stream_file(&nothing, number);
    }
    if (!file) return hd_diag_nomem(diag);
    if (hd_wasi_insert(wasi, file, &fd) == HD_WASI_SUCCESS) return HD_OK;
    hd_wasi_release(wasi, file);
    return hd_diag_set(diag, HD_NOMEM, "out of memory: standard %s", names[number]);
}

static hd_status open_directory(hd_wasi *wasi, const hd_wasi_preopen *preopen, hd_diag *diag) {
    int descriptor = open(preopen->host, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return hd_diag_set(diag, HD_IO, "%s: cannot open the directory: %s", preopen->host,
                           strerror(errno));
    uint32_t fd;
    hd_wasi_file *file =
        hd_wasi_file_new(descriptor, HD_RIGHTS_ALL, HD_RIGHTS_DIRECTORY | HD_RIGHTS_FILE, 0);
    if (!file) {
        close(descriptor);
        return hd_diag_nomem(diag);
    }
    size_t length = strlen(preopen->guest);
    file->name = hd_strndup(preopen->guest, length);
    file->name_length = (uint32_t)length;
    if (file->name && length <= UINT32_MAX && hd_wasi_insert(wasi, file, &fd) == HD_WASI_SUCCESS)
        return HD_OK;
    hd_wasi_release(wasi, file);
    return hd_diag_nomem(diag);
}

static hd_status fill(hd_wasi *wasi, const hd_wasi_options *options, hd_diag *diag) {
    if (copy_strings(&wasi->arguments, options->arguments, options->argument_count, "arguments",
                     diag) != HD_OK ||
        copy_strings(&wasi->environment, options->environment, options->environment_count,
                     "variables of the environment", diag) != HD_OK)
        return diag->status;
    const hd_wasi_stream *streams[] = {&options->input, &options->output, &options->error};
    for (unsigned i = 0; i < 3; i++)
        if (open_stream(wasi, streams[i], i, diag) != HD_OK) return diag->status;
    if (options->outside->recall) return HD_OK;
    for (size_t i = 0; i < options->preopen_count; i++)
        if (open_directory(wasi, &options->preopens[i], diag) != HD_OK) return diag->status;
    return HD_OK;
}

hd_wasi *hd_wasi_new(const hd_wasi_options *options, hd_diag *diag) {
    hd_wasi *wasi = hd_calloc(1, sizeof *wasi);
    if (!wasi) {
        hd_diag_nomem(diag);
        return NULL;
    }
    wasi->outside = options->outside;
    atomic_init(&wasi->status, -1);
    pthread_mutex_init(&wasi->lock, NULL);
    if (fill(wasi, options, diag) == HD_OK) return wasi;
    hd_wasi_free(wasi);
    return NULL;
}

void hd_wasi_free(hd_wasi *wasi) {
    if (!wasi) return;
    hd_wasi_table_free(wasi);
    while (wasi->bindings)
        hd_wasi_unbind(wasi->bindings);
    hd_free(wasi->arguments.bytes);
    hd_free(wasi->environment.bytes);
    pthread_mutex_destroy(&wasi->lock);
    hd_free(wasi);
}

bool hd_wasi_exit_status(const hd_wasi *wasi, uint32_t *status) {
    int64_t found = atomic_load(&wasi->status);
    if (found < 0) return false;
    *status = (uint32_t)found;
    return true;
}
