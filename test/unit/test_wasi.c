/* test_wasi.c: the suite of WASI, and calls of its functions by hand. */
#include "test_wasi.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/store.h"
#include "suites.h"

const hd_wasi_options wasi_nothing = {
    .input = {-1, NULL}, .output = {-1, NULL}, .error = {-1, NULL}};

static void bind_to(wasi_program *w, hd_wasi *wasi, hd_memory *memory) {
    w->wasi = wasi;
    w->store = hd_store_new(hd_plain_handlers);
    w->agent = hd_agent_new("tester", 1 << 10);
    ck_assert(w->store && w->agent);
    w->memory = memory;
    w->binding = hd_wasi_bind(wasi, w->store, w->agent);
    ck_assert_ptr_nonnull(w->binding);
    hd_wasi_set_memory(w->binding, memory);
}

void wasi_start(wasi_program *w, const hd_wasi_options *options) {
    hd_diag diag = HD_DIAG_INIT;
    hd_wasi_options all = options ? *options : wasi_nothing;
    hd_limits pages = {.min = 2, .max = 80, .has_max = true, .shared = true};
    *w = (wasi_program){.diag = HD_DIAG_INIT};
    hd_outside_on_threads(&w->outside, NULL);
    if (all.outside) w->outside = *all.outside;
    all.outside = &w->outside;
    hd_wasi *wasi = hd_wasi_new(&all, &diag);
    ck_assert_msg(wasi != NULL, "%s", diag.message);
    bind_to(w, wasi, hd_memory_new(&pages, &diag));
}

void wasi_start_folder(wasi_program *w) {
    char folder[] = "/tmp/heddle-wasi-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    hd_wasi_preopen preopen = {folder, "/"};
    hd_wasi_options options = wasi_nothing;
    options.preopens = &preopen;
    options.preopen_count = 1;
    wasi_start(w, &options);
    strcpy(w->folder, folder);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw) {
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

void wasi_end(wasi_program *w) {
    hd_memory_release(w->memory);
    hd_agent_free(w->agent);
    hd_store_free(w->store);
    hd_wasi_free(w->wasi);
    if (w->folder[0]) ck_assert_int_eq(nftw(w->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void wasi_join(wasi_program *joined, const wasi_program *w) {
    *joined = (wasi_program){.diag = HD_DIAG_INIT};
    bind_to(joined, w->wasi, hd_memory_retain(w->memory));
}

void wasi_part(wasi_program *joined) {
    hd_wasi_unbind(joined->binding);
    hd_memory_release(joined->memory);
    hd_agent_free(joined->agent);
    hd_store_free(joined->store);
}

hd_trapcode wasi_leave(wasi_program *w, const char *name, uint32_t *error,
                       const uint64_t *arguments, size_t count) {
    hd_extern value;
    hd_slot cells[9];
    ck_assert_msg(hd_wasi_lookup(w->binding, name, strlen(name), &value), "no %s", name);
    ck_assert_msg(value.func->type->param_count == count, "%s takes %u arguments", name,
                  value.func->type->param_count);
    for (size_t i = 0; i < count; i++)
        cells[i].i64 = arguments[i];
    hd_diag_reset(&w->diag);
    hd_trapcode trap = value.func->host(w->agent, value.func->host_data, cells, &w->diag);
    *error = cells[0].i32;
    return trap;
}

uint32_t wasi_call_(wasi_program *w, const char *name, const uint64_t *arguments, size_t count) {
    uint32_t error;
    hd_trapcode trap = wasi_leave(w, name, &error, arguments, count);
    ck_assert_msg(trap == HD_TRAP_NONE, "%s: %s: %s", name, hd_trap_message(trap), w->diag.message);
    return error;
}

void wasi_expect_(const char *file, int line, uint32_t expected, uint32_t found, const char *name) {
    ck_assert_msg(expected == found, "%s:%d: %s: expected %s, got %s", file, line, name,
                  hd_wasi_errno_name(expected), hd_wasi_errno_name(found));
}

static uint8_t *at(wasi_program *w, uint32_t address, size_t size) {
    uint64_t length;
    uint8_t *data = hd_memory_data(w->memory, &length);
    ck_assert_uint_le(address + size, length);
    return data + address;
}

void wasi_put(wasi_program *w, uint32_t address, const void *bytes, size_t length) {
    if (length > 0) memcpy(at(w, address, length), bytes, length);
}

void wasi_get(wasi_program *w, uint32_t address, void *bytes, size_t length) {
    memcpy(bytes, at(w, address, length), length);
}

void wasi_put_u32(wasi_program *w, uint32_t address, uint32_t value) {
    wasi_put(w, address, &value, sizeof value);
}

uint32_t wasi_u8(wasi_program *w, uint32_t address) {
    return *at(w, address, 1);
}

uint32_t wasi_u16(wasi_program *w, uint32_t address) {
    uint16_t value;
    wasi_get(w, address, &value, sizeof value);
    return value;
}

uint32_t wasi_u32(wasi_program *w, uint32_t address) {
    uint32_t value;
    wasi_get(w, address, &value, sizeof value);
    return value;
}

uint64_t wasi_u64(wasi_program *w, uint32_t address) {
    uint64_t value;
    wasi_get(w, address, &value, sizeof value);
    return value;
}

uint64_t wasi_text(wasi_program *w, uint32_t address, const char *text) {
    wasi_put(w, address, text, strlen(text));
    return address;
}

void wasi_iovec(wasi_program *w, uint32_t address, uint32_t buffer, uint32_t length) {
    wasi_put_u32(w, address, buffer);
    wasi_put_u32(w, address + 4, length);
}

const char *wasi_host(const wasi_program *w, const char *path) {
    static char buffers[4][512];
    static unsigned next;
    char *buffer = buffers[next++ % 4];
    snprintf(buffer, sizeof buffers[0], "%s/%s", w->folder, path);
    return buffer;
}

void wasi_write_host(const wasi_program *w, const char *path, const char *text) {
    FILE *file = fopen(wasi_host(w, path), "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

const char *wasi_read_host(const wasi_program *w, const char *path) {
    static char text[4096];
    FILE *file = fopen(wasi_host(w, path), "r");
    if (!file) return NULL;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* Where the helpers keep what they give to the functions: at the end of the memory. */
enum { TEXT = WASI_MEMORY - 16384, VECTOR = WASI_MEMORY - 64, RESULT = WASI_MEMORY - 16 };

uint32_t wasi_open(wasi_program *w, uint32_t directory, const char *path, uint32_t lookup,
                   uint32_t oflags, uint32_t fdflags, uint32_t *fd) {
    uint64_t base = HD_RIGHTS_FILE | HD_RIGHTS_DIRECTORY;
    if (oflags & HD_OFLAG_DIRECTORY) base = HD_RIGHTS_DIRECTORY;
    uint32_t error = wasi_call(w, "path_open", directory, lookup, WASI_TEXT(w, TEXT, path), oflags,
                               base, HD_RIGHTS_FILE | HD_RIGHTS_DIRECTORY, fdflags, RESULT);
    *fd = error ? UINT32_MAX : wasi_u32(w, RESULT);
    return error;
}

uint32_t wasi_write(wasi_program *w, uint32_t fd, const char *text) {
    wasi_text(w, TEXT, text);
    wasi_iovec(w, VECTOR, TEXT, (uint32_t)strlen(text));
    uint32_t error = wasi_call(w, "fd_write", fd, VECTOR, 1, RESULT);
    if (!error) ck_assert_uint_eq(wasi_u32(w, RESULT), strlen(text));
    return error;
}

const char *wasi_read(wasi_program *w, uint32_t fd) {
    static char text[4097];
    wasi_iovec(w, VECTOR, TEXT, 4096);
    uint32_t error = wasi_call(w, "fd_read", fd, VECTOR, 1, RESULT);
    ck_assert_msg(error == 0, "fd_read: %s", hd_wasi_errno_name(error));
    uint32_t length = wasi_u32(w, RESULT);
    ck_assert_uint_le(length, 4096);
    wasi_get(w, TEXT, text, length);
    text[length] = '\0';
    return text;
}

Suite *wasi_suite(void) {
    Suite *suite = suite_create("wasi");
    suite_add_tcase(suite, wasi_process_case());
    suite_add_tcase(suite, wasi_stream_case());
    suite_add_tcase(suite, wasi_file_case());
    suite_add_tcase(suite, wasi_path_case());
    suite_add_tcase(suite, wasi_poll_case());
    suite_add_tcase(suite, wasi_socket_case());
    suite_add_tcase(suite, wasi_record_case());
    suite_add_tcase(suite, wasi_thread_case());
    suite_add_tcase(suite, wasi_escape_case());
    suite_add_tcase(suite, wasi_random_case());
    return suite;
}
