/* input.c: reading of files, and the choice between binary and text. */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/sources.h"
#include "text/wat.h"

const char *hd_input_name(const char *path) {
    if (!*path) return "''";
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

/* A first guess at the bytes to come; a pipe tells nothing. */
static size_t expected_size(int fd) {
    struct stat info;
    bool known = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
    if (!known) return 1 << 16;
    return (uint64_t)info.st_size < HD_MAX_INPUT ? (size_t)info.st_size + 2 : HD_MAX_INPUT + 2;
}

static hd_status read_all(int fd, hd_input *input, hd_diag *diag) {
    size_t capacity = expected_size(fd);
    input->bytes = hd_alloc(capacity);
    while (input->bytes) {
        ssize_t count = read(fd, input->bytes + input->length, capacity - input->length - 1);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return hd_diag_set(diag, HD_IO, "%s", strerror(errno));
        input->length += (size_t)count;
        if (input->length > HD_MAX_INPUT)
            return hd_diag_set(diag, HD_LIMIT, "larger than %llu bytes",
                               (unsigned long long)HD_MAX_INPUT);
        if (count == 0) {
            input->bytes[input->length] = '\0';
            return HD_OK;
        }
        if (input->length + 1 < capacity) continue;
        char *larger = hd_realloc(input->bytes, 2, capacity);
        if (!larger) break;
        input->bytes = larger;
        capacity *= 2;
    }
    return hd_diag_nomem(diag);
}

hd_status hd_input_read(const char *path, hd_input *input, hd_diag *diag) {
    bool standard = strcmp(path, "-") == 0;
    *input = (hd_input){0};
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return hd_diag_set(diag, HD_IO, "%s", strerror(errno));
    hd_status status = read_all(fd, input, diag);
    if (!standard) close(fd);
    if (status != HD_OK) {
        hd_free(input->bytes);
        *input = (hd_input){0};
    }
    return status;
}

/* Text never holds a NUL, and every binary module begins with one. */
bool hd_input_is_binary(const hd_input *input) {
    return memchr(input->bytes, '\0', input->length) != NULL;
}

static hd_status load(const char *name, const hd_input *input, hd_features features,
                      hd_module **module, hd_diag *diag) {
    if (input->length == 0) return hd_diag_set(diag, HD_MALFORMED, "empty, not a module");
    if (hd_input_is_binary(input))
        return hd_module_load_features((const uint8_t *)input->bytes, input->length, features,
                                       module, diag);
    hd_wat wat = {name, input->bytes, input->length, 1, 1};
    return hd_wat_load(&wat, features, module, diag);
}

hd_status hd_input_module(const char *path, hd_features features, hd_module **module,
                          hd_diag *diag) {
    hd_input input;
    *module = NULL;
    if (hd_input_read(path, &input, diag) != HD_OK) return diag->status;
    hd_status status = load(hd_input_name(path), &input, features, module, diag);
    hd_free(input.bytes);
    if (status == HD_OK) hd_module_set_source_paths(*module, hd_shown_sources());
    return status;
}
