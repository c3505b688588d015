/* test_wasi.h: WASI's functions called directly, for the files test_wasi*.c. */
#ifndef HD_TEST_WASI_H
#define HD_TEST_WASI_H

#include <check.h>

#include "host/outside_threads.h"
#include "host/wasi/abi.h"
#include "host/wasi/wasi.h"

TCase *wasi_process_case(void);
TCase *wasi_stream_case(void);
TCase *wasi_file_case(void);
TCase *wasi_path_case(void);
TCase *wasi_escape_case(void);
TCase *wasi_random_case(void);
TCase *wasi_poll_case(void);
TCase *wasi_socket_case(void);
TCase *wasi_record_case(void);
TCase *wasi_thread_case(void);

/* A program of one agent, and the memory that its pointers point into. */
typedef struct wasi_program {
    hd_outside outside;
    hd_wasi *wasi;
    hd_store *store;
    hd_agent *agent;
    hd_memory *memory; /* shared, of 2 pages and at most 80 */
    hd_wasi_agent *binding;
    hd_diag diag;    /* of the last call */
    char folder[64]; /* a directory of the host made for the test, or "" */
} wasi_program;

enum { WASI_MEMORY = 2 * 65536 };

/* Options without streams. */
extern const hd_wasi_options wasi_nothing;

/* Makes a program with options (NULL: none), whose outside is filled in, and releases it with its
 * folder. */
void wasi_start(wasi_program *w, const hd_wasi_options *options);
void wasi_end(wasi_program *w);

/* The same with a new empty folder, preopened as "/" under descriptor 3. */
void wasi_start_folder(wasi_program *w);

/* The same with a tree of files of which only the folder "in" is preopened, and symbolic links that
 * try to lead out of it (test_wasi_escape.c). Paths are found by the host (number 0) or walked (1).
 */
void wasi_start_tree(wasi_program *w, int number);
void wasi_end_tree(wasi_program *w);

/* All that can be seen of what lies outside of "in", as text. */
void wasi_look_outside(const wasi_program *w, char *text, size_t size);

/* Binds another agent to a program, in a store of its own, with the same memory. */
void wasi_join(wasi_program *joined, const wasi_program *w);
void wasi_part(wasi_program *joined);

/* Calls a function with up to 9 arguments: how it left, and its errno if it returned. */
hd_trapcode wasi_leave(wasi_program *w, const char *name, uint32_t *error,
                       const uint64_t *arguments, size_t count);

/* Calls one that returns, and gives its errno. */
uint32_t wasi_call_(wasi_program *w, const char *name, const uint64_t *arguments, size_t count);

#define WASI_ARGUMENTS(...)                                                                        \
    (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t)
#define wasi_call(w, name, ...) wasi_call_(w, name, WASI_ARGUMENTS(__VA_ARGS__))
#define wasi_trap(w, name, error, ...) wasi_leave(w, name, error, WASI_ARGUMENTS(__VA_ARGS__))

/* Fails the test unless a call ends with an errno, by its name in abi.h. */
#define wasi_expect(w, expected, name, ...)                                                        \
    wasi_expect_(__FILE__, __LINE__, HD_WASI_##expected, wasi_call(w, name, __VA_ARGS__), name)
void wasi_expect_(const char *file, int line, uint32_t expected, uint32_t found, const char *name);

/* The program's memory. */
void wasi_put(wasi_program *w, uint32_t address, const void *bytes, size_t length);
void wasi_get(wasi_program *w, uint32_t address, void *bytes, size_t length);
void wasi_put_u32(wasi_program *w, uint32_t address, uint32_t value);
uint32_t wasi_u8(wasi_program *w, uint32_t address);
uint32_t wasi_u16(wasi_program *w, uint32_t address);
uint32_t wasi_u32(wasi_program *w, uint32_t address);
uint64_t wasi_u64(wasi_program *w, uint32_t address);

/* Puts a string into memory and gives what a function takes: address and length. */
#define WASI_TEXT(w, address, text) wasi_text(w, address, text), strlen(text)
uint64_t wasi_text(wasi_program *w, uint32_t address, const char *text);

/* Puts one iovec for a buffer. */
void wasi_iovec(wasi_program *w, uint32_t address, uint32_t buffer, uint32_t length);

/* Files of the host in the program's folder. A path, in a buffer that the next call but three
 * reuses; making and reading small files. */
const char *wasi_host(const wasi_program *w, const char *path);
void wasi_write_host(const wasi_program *w, const char *path, const char *text);
const char *wasi_read_host(const wasi_program *w, const char *path);

/* Opens a path beneath a descriptor with all rights that it inherits; the errno, and the number. */
uint32_t wasi_open(wasi_program *w, uint32_t directory, const char *path, uint32_t lookup,
                   uint32_t oflags, uint32_t fdflags, uint32_t *fd);

/* Writes a text to a descriptor, reads up to 4096 bytes as text. */
uint32_t wasi_write(wasi_program *w, uint32_t fd, const char *text);
const char *wasi_read(wasi_program *w, uint32_t fd);

#endif
