/* test_wasi_random.c: calls with arguments by chance. Whatever a module asks for, a call returns an
 * errno or leaves in a way that there is, and nothing outside of its directory changes. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "test_wasi.h"

enum { CALLS = 1500, SEEDS = 12 };

/* What the arguments of a function are, a letter each:
 *
 *     f descriptor    d one that is no preopen    p path, 2 arguments    v buffers, 2 arguments
 *     b bytes, 2 arguments    q pointer to a result    s subscriptions    l lookup flags
 *     o open flags    g descriptor flags    r rights    n any number    e end of the file, about
 *     t flags for times */
static const struct {
    const char *name, *arguments;
} shapes[] = {
    {"args_get", "qq"},
    {"args_sizes_get", "qq"},
    {"environ_get", "qq"},
    {"environ_sizes_get", "qq"},
    {"clock_res_get", "oq"},
    {"clock_time_get", "onq"},
    {"fd_advise", "feeo"},
    {"fd_allocate", "fee"},
    {"fd_close", "d"},
    {"fd_datasync", "f"},
    {"fd_fdstat_get", "fq"},
    {"fd_fdstat_set_flags", "fg"},
    {"fd_fdstat_set_rights", "drr"},
    {"fd_filestat_get", "fq"},
    {"fd_filestat_set_size", "fe"},
    {"fd_filestat_set_times", "fnnt"},
    {"fd_pread", "fveq"},
    {"fd_prestat_get", "fq"},
    {"fd_prestat_dir_name", "fb"},
    {"fd_pwrite", "fveq"},
    {"fd_read", "fvq"},
    {"fd_readdir", "fbnq"},
    {"fd_renumber", "dd"},
    {"fd_seek", "felq"},
    {"fd_sync", "f"},
    {"fd_tell", "fq"},
    {"fd_write", "fvq"},
    {"path_create_directory", "fp"},
    {"path_filestat_get", "flpq"},
    {"path_filestat_set_times", "flpnnt"},
    {"path_link", "flpfp"},
    {"path_open", "flporrgq"},
    {"path_open", "flporrgq"},
    {"path_open", "flporrgq"},
    {"path_open", "flporrgq"},
    {"path_open", "flporrgq"},
    {"path_open", "flporrgq"},
    {"path_open", "flporrgq"},
    {"path_open", "flporrgq"},
    {"path_readlink", "fpbq"},
    {"path_remove_directory", "fp"},
    {"path_rename", "fpfp"},
    {"path_symlink", "pfp"},
    {"path_unlink_file", "fp"},
    {"poll_oneoff", "sqlq"},
    {"proc_raise", "n"},
    {"random_get", "b"},
    {"sched_yield", ""},
    {"sock_accept", "fgq"},
    {"sock_recv", "fvlqq"},
    {"sock_send", "fvlq"},
    {"sock_shutdown", "fl"},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Where things lie in the memory. */
enum { BUFFERS = 0, PATHS = 1024, SUBSCRIPTIONS = 4096, RESULTS = 8192, BYTES = 16384 };

typedef struct chance {
    uint64_t state;
} chance;

static uint64_t next(chance *c) {
    c->state = c->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return c->state >> 33;
}

static uint64_t below(chance *c, uint64_t n) {
    return next(c) % n;
}

/* Numbers where functions have their boundaries. */
static uint64_t number(chance *c) {
    static const uint64_t numbers[] = {0,
                                       1,
                                       2,
                                       7,
                                       8,
                                       64,
                                       4096,
                                       WASI_MEMORY - 64,
                                       WASI_MEMORY - 1,
                                       WASI_MEMORY,
                                       INT32_MAX,
                                       UINT32_MAX - 7,
                                       UINT32_MAX,
                                       INT64_MAX,
                                       UINT64_MAX};
    return numbers[below(c, sizeof numbers / sizeof *numbers)];
}

/* A path of pieces that are there, that lead out, and that are not there. */
static uint32_t put_path(chance *c, wasi_program *w, uint32_t address) {
    static const char *const pieces[] = {"..",   ".",    "dir",  "deep", "file", "inner",
                                         "up",   "abs",  "self", "good", "back", "new",
                                         "good", "loop", "dots", "root", "",     "other"};
    char path[64] = "";
    for (uint64_t n = 1 + (below(c, 2) ? 0 : below(c, 4)); n > 0; n--) {
        strcat(path, pieces[below(c, sizeof pieces / sizeof *pieces)]);
        if (n > 1 || below(c, 8) == 0) strcat(path, "/");
    }
    wasi_text(w, address, path);
    return (uint32_t)strlen(path);
}

static void put_buffers(chance *c, wasi_program *w) {
    for (uint32_t i = 0; i < 4; i++)
        wasi_iovec(w, BUFFERS + 8 * i,
                   below(c, 20) ? BYTES + (uint32_t)below(c, 1000) : (uint32_t)number(c),
                   (uint32_t)below(c, 300));
}

static void put_subscriptions(chance *c, wasi_program *w) {
    for (uint32_t i = 0; i < 4; i++) {
        uint8_t bytes[HD_SUBSCRIPTION_SIZE] = {0};
        bytes[HD_SUBSCRIPTION_TAG] = (uint8_t)below(c, below(c, 8) ? 3 : 5);
        bytes[HD_SUBSCRIPTION_FD] = (uint8_t)below(c, 8);
        bytes[HD_SUBSCRIPTION_TIMEOUT + below(c, 8)] = (uint8_t)next(c);
        bytes[HD_SUBSCRIPTION_CLOCK_FLAGS] = (uint8_t)below(c, below(c, 8) ? 2 : 4);
        wasi_put(w, SUBSCRIPTIONS + i * HD_SUBSCRIPTION_SIZE, bytes, sizeof bytes);
    }
}

static uint64_t some_rights(chance *c) {
    static const uint64_t rights[] = {
        0, HD_RIGHT_FD_READ, HD_RIGHTS_FILE, HD_RIGHTS_FILE, HD_RIGHTS_DIRECTORY, HD_RIGHTS_FILE};
    uint64_t chosen = rights[below(c, sizeof rights / sizeof *rights)];
    return below(c, 8) ? chosen : chosen & next(c);
}

/* Adds the arguments for a letter. */
static void add(chance *c, wasi_program *w, char letter, uint64_t *arguments, size_t *count) {
    uint64_t *to = &arguments[*count];
    bool two = strchr("pvb", letter) != NULL;
    *count += two ? 2 : 1;
    uint32_t path = PATHS + 64 * (uint32_t)*count;
    switch (letter) {
    case 'f': *to = below(c, 2) ? 3 : below(c, 8) ? 4 + below(c, 4) : below(c, 20); break;
    case 'd': *to = 4 + below(c, 4); break;
    case 'p':
        to[0] = path;
        to[1] = put_path(c, w, path);
        break;
    case 'v':
        put_buffers(c, w);
        to[0] = BUFFERS;
        to[1] = below(c, 5);
        break;
    case 'b':
        to[0] = BYTES + below(c, 100);
        to[1] = below(c, 600);
        break;
    case 'q': *to = RESULTS + 64 * *count; break;
    case 's':
        put_subscriptions(c, w);
        *to = SUBSCRIPTIONS;
        break;
    case 'l': *to = below(c, below(c, 8) ? 2 : 5); break;
    case 'o':
        *to = below(c, 8) ? (below(c, 3) > 0) | (uint64_t)(below(c, 5) == 0) << below(c, 4)
                          : below(c, 40);
        break;
    case 'g': *to = below(c, 3) ? 0 : below(c, below(c, 8) ? 6 : 40); break;
    case 'r': *to = some_rights(c); break;
    case 'e': *to = below(c, 8) ? below(c, 50) : number(c); break;
    case 't': *to = below(c, 8) ? (uint64_t)1 << below(c, 4) : below(c, 40); break;
    default: *to = below(c, 2) ? below(c, 100) : number(c); break;
    }
    if (below(c, 25) == 0) to[below(c, two ? 2 : 1)] = number(c);
}

/* Blocks for nobody: what is not ready is put off, or the program ends. */
static hd_block ready_or_not(void *context, hd_agent *agent, struct pollfd *descriptors,
                             size_t count, uint64_t deadline) {
    chance *c = context;
    (void)agent;
    if (count > 0 && poll(descriptors, count, 0) > 0) return HD_BLOCK_READY;
    if (deadline != HD_NO_DEADLINE && (count == 0 || below(c, 2))) return HD_BLOCK_TIMED_OUT;
    return below(c, 2) ? HD_BLOCK_LATER : HD_BLOCK_STOPPED;
}

static void call_by_chance(chance *c, wasi_program *w) {
    uint64_t arguments[9];
    size_t count = 0, shape = below(c, SHAPES);
    const char *name = shapes[shape].name;
    uint32_t error;
    for (const char *letter = shapes[shape].arguments; *letter; letter++)
        add(c, w, *letter, arguments, &count);
    hd_trapcode trap = wasi_leave(w, name, &error, arguments, count);
    if (trap == HD_TRAP_NONE)
        ck_assert_uint_lt(error, HD_WASI_ERRNO_COUNT);
    else
        ck_assert_msg(trap == HD_TRAP_BLOCKED || trap == HD_TRAP_STOPPED, "%s: %s", name,
                      hd_trap_message(trap));
}

START_TEST(any_call) {
    wasi_program w;
    char before[2048], after[2048];
    /* However much a module wants to allocate, a test has no such disk. */
    struct rlimit limit, small = {64 << 20, 64 << 20};
    getrlimit(RLIMIT_FSIZE, &limit);
    small.rlim_max = limit.rlim_max;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    chance c = {(uint64_t)_i + 1};
    wasi_start_tree(&w, _i % 2);
    w.outside.context = &c;
    w.outside.block = ready_or_not;
    wasi_look_outside(&w, before, sizeof before);
    for (int n = 0; n < CALLS; n++)
        call_by_chance(&c, &w);
    wasi_look_outside(&w, after, sizeof after);
    ck_assert_str_eq(before, after);
    ck_assert_str_eq(wasi_read_host(&w, "outside/secret"), "secret");
    wasi_end_tree(&w);
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, handler);
}
END_TEST

TCase *wasi_random_case(void) {
    TCase *tests = tcase_create("random");
    tcase_add_loop_test(tests, any_call, 0, SEEDS);
    return tests;
}
