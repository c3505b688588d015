/* test_wasi_record.c: calls that depend on the outside are recorded, and recalled without it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec/event.h"
#include "test_wasi.h"

enum { DIR_FD = 3, VECTOR = 0, COUNT = 16, STAT = 64, DATA = 1000, LIST = 2000, PATH = 4000 };
enum { MOST_RECORDS = 32, MOST_TOUCHES = 128 };

/* A trace in memory, and the world around it. */
typedef struct trace {
    struct {
        uint32_t kind;
        uint8_t *bytes;
        size_t length;
    } records[MOST_RECORDS];
    size_t count, next; /* recorded; recalled next */
    hd_recall answer;   /* to the next recall */
    char *touches;      /* what was reported of memory, as text */
    size_t touches_length;
    FILE *touched;
} trace;

static void record(void *context, hd_agent *agent, uint32_t kind, const void *bytes,
                   size_t length) {
    trace *t = context;
    (void)agent;
    ck_assert_uint_lt(t->count, MOST_RECORDS);
    t->records[t->count].kind = kind;
    t->records[t->count].bytes = memcpy(malloc(length), bytes, length);
    t->records[t->count++].length = length;
}

static hd_recall recall(void *context, hd_agent *agent, uint32_t kind, const uint8_t **bytes,
                        size_t *length) {
    trace *t = context;
    (void)agent;
    if (t->answer != HD_RECALL_ANSWER) return t->answer;
    ck_assert_uint_lt(t->next, t->count);
    ck_assert_uint_eq(t->records[t->next].kind, kind);
    *bytes = t->records[t->next].bytes;
    *length = t->records[t->next++].length;
    return HD_RECALL_ANSWER;
}

/* Time stands still, so that what is not recorded comes out the same. */
static uint64_t no_time(void *context, hd_agent *agent, hd_clock clock) {
    (void)context, (void)agent, (void)clock;
    return 12345;
}

static void no_chance(void *context, hd_agent *agent, void *bytes, size_t length) {
    (void)context, (void)agent;
    memset(bytes, 42, length);
}

static hd_block no_waiting(void *context, hd_agent *agent, struct pollfd *descriptors, size_t count,
                           uint64_t deadline) {
    (void)context, (void)agent, (void)deadline;
    return poll(descriptors, count, 0) > 0 ? HD_BLOCK_READY : HD_BLOCK_TIMED_OUT;
}

static void touched(void *context, hd_agent *agent, const hd_event *event) {
    trace *t = context;
    (void)agent;
    fprintf(t->touched, "%s %llu %llu\n", event->kind == HD_EVENT_FILL ? "write" : "read",
            (unsigned long long)event->address, (unsigned long long)event->length);
}

static trace *trace_new(void) {
    trace *t = calloc(1, sizeof *t);
    t->touched = open_memstream(&t->touches, &t->touches_length);
    return t;
}

static void trace_free(trace *t) {
    for (size_t i = 0; i < t->count; i++)
        free(t->records[i].bytes);
    fclose(t->touched);
    free(t->touches);
    free(t);
}

/* A program with captured output, in a folder or, if it is recalled, without one. */
typedef struct run {
    wasi_program w;
    hd_hooks hooks;
    char *out, *err;
    size_t out_length, err_length;
    FILE *files[2];
} run;

static void start(run *r, trace *t, const char *folder, bool recalls) {
    hd_wasi_preopen preopen = {folder, "/"};
    hd_outside outside;
    hd_wasi_options options = wasi_nothing;
    hd_outside_on_threads(&outside, NULL);
    outside.context = t;
    outside.now = no_time;
    outside.random = no_chance;
    outside.block = no_waiting;
    if (recalls)
        outside.recall = recall;
    else
        outside.record = record;
    *r = (run){.out = NULL};
    options.outside = &outside;
    options.preopens = &preopen;
    options.preopen_count = 1;
    options.output.file = r->files[0] = open_memstream(&r->out, &r->out_length);
    options.error.file = r->files[1] = open_memstream(&r->err, &r->err_length);
    wasi_start(&r->w, &options);
    r->hooks = (hd_hooks){.context = t, .happened = touched};
    hd_agent_observe(r->w.agent, &r->hooks);
}

static void end(run *r) {
    fclose(r->files[0]);
    fclose(r->files[1]);
    free(r->out);
    free(r->err);
    wasi_end(&r->w);
}

/* The errnos of a program, one after the other. */
typedef struct results {
    uint32_t errors[64];
    size_t count;
} results;

/* A program that uses files and streams, and errs. */
static results use_everything(wasi_program *w) {
    results r = {.count = 0};
#define DO(name, ...) r.errors[r.count++] = wasi_call(w, name, __VA_ARGS__)
    const uint64_t all = HD_RIGHTS_FILE;
    DO("path_create_directory", DIR_FD, WASI_TEXT(w, PATH, "dir"));
    DO("path_open", DIR_FD, 1, WASI_TEXT(w, PATH, "dir/file"), HD_OFLAG_CREAT, all, 0, 0, COUNT);
    uint32_t fd = wasi_u32(w, COUNT);
    wasi_text(w, DATA, "Hello, world\n");
    wasi_iovec(w, VECTOR, DATA, 6);
    wasi_iovec(w, VECTOR + 8, DATA + 6, 7);
    DO("fd_write", fd, VECTOR, 2, COUNT);
    DO("fd_seek", fd, 2, HD_WHENCE_SET, STAT);
    wasi_iovec(w, VECTOR, DATA + 100, 100);
    DO("fd_read", fd, VECTOR, 1, COUNT);
    DO("fd_filestat_get", fd, STAT);
    DO("fd_fdstat_get", fd, STAT + 64);
    DO("fd_readdir", DIR_FD, LIST, 500, 0, COUNT);
    DO("clock_time_get", 0, 0, STAT);
    DO("random_get", LIST + 800, 100);
    wasi_iovec(w, VECTOR, DATA, 6);
    DO("fd_write", 1, VECTOR, 2, COUNT);
    wasi_iovec(w, VECTOR, DATA + 100, wasi_u32(w, COUNT) > 0 ? 5 : 0);
    DO("fd_write", 2, VECTOR, 1, COUNT);
    /* Standard output under another number. */
    DO("fd_renumber", 1, fd);
    DO("fd_write", fd, VECTOR, 1, COUNT);
    DO("fd_close", fd);
    DO("fd_write", fd, VECTOR, 1, COUNT);
    DO("path_unlink_file", DIR_FD, WASI_TEXT(w, PATH, "../file"));
    DO("fd_read", 0, WASI_MEMORY, 1, COUNT);
    return r;
}

static void same_results(const results *a, const results *b) {
    ck_assert_uint_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        ck_assert_msg(a->errors[i] == b->errors[i], "call %zu: %s, %s", i,
                      hd_wasi_errno_name(a->errors[i]), hd_wasi_errno_name(b->errors[i]));
}

/* Records the program in a folder that is gone afterwards. */
static results record_program(run *r, trace *t) {
    char folder[] = "/tmp/heddle-wasi-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    start(r, t, folder, false);
    strcpy(r->w.folder, folder);
    return use_everything(&r->w);
}

START_TEST(a_replay_needs_no_files) {
    trace *t = trace_new();
    run first, second;
    static uint8_t memory[2][WASI_MEMORY];
    results expected = record_program(&first, t);
    wasi_get(&first.w, 0, memory[0], WASI_MEMORY);
    fflush(t->touched);
    char *touches = strdup(t->touches);
    rewind(t->touched);
    ck_assert_uint_eq(expected.errors[2], HD_WASI_SUCCESS);
    ck_assert_str_eq(wasi_read_host(&first.w, "dir/file"), "Hello, world\n");

    start(&second, t, "/nowhere/at/all", true);
    results found = use_everything(&second.w);
    wasi_get(&second.w, 0, memory[1], WASI_MEMORY);
    same_results(&expected, &found);
    ck_assert_uint_eq(t->next, t->count);
    ck_assert_mem_eq(memory[0], memory[1], WASI_MEMORY);
    fflush(t->touched);
    ck_assert_str_eq(t->touches, touches);
    ck_assert_ptr_nonnull(strstr(touches, "read 1000 6\nread 1006 7\n"));

    fflush(first.files[0]);
    fflush(first.files[1]);
    fflush(second.files[0]);
    fflush(second.files[1]);
    ck_assert_str_eq(first.out, "Hello, world\nllo, ");
    ck_assert_str_eq(first.err, "llo, ");
    ck_assert_str_eq(second.out, first.out);
    ck_assert_str_eq(second.err, first.err);
    free(touches);
    end(&first);
    end(&second);
    trace_free(t);
}
END_TEST

START_TEST(what_is_not_recorded) {
    trace *t = trace_new();
    run r;
    uint32_t error;
    uint8_t sleep[HD_SUBSCRIPTION_SIZE] = {0};
    char folder[] = "/tmp/heddle-wasi-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    start(&r, t, folder, false);
    strcpy(r.w.folder, folder);
    wasi_expect(&r.w, SUCCESS, "args_sizes_get", 0, 4);
    wasi_expect(&r.w, SUCCESS, "args_get", 0, 4);
    wasi_expect(&r.w, SUCCESS, "environ_sizes_get", 0, 4);
    wasi_expect(&r.w, SUCCESS, "environ_get", 0, 4);
    wasi_expect(&r.w, SUCCESS, "clock_res_get", 0, 0);
    wasi_expect(&r.w, SUCCESS, "clock_time_get", 0, 0, 0);
    wasi_expect(&r.w, SUCCESS, "random_get", 0, 4);
    wasi_expect(&r.w, NOTSUP, "proc_raise", 1);
    wasi_leave(&r.w, "sched_yield", &error, NULL, 0);
    wasi_put(&r.w, LIST, sleep, sizeof sleep);
    wasi_expect(&r.w, SUCCESS, "poll_oneoff", LIST, STAT, 1, COUNT);
    ck_assert_int_eq(wasi_trap(&r.w, "proc_exit", &error, 0), HD_TRAP_HOST);
    ck_assert_uint_eq(t->count, 0);
    sleep[HD_SUBSCRIPTION_TAG] = HD_EVENTTYPE_FD_READ;
    wasi_put(&r.w, LIST, sleep, sizeof sleep);
    wasi_expect(&r.w, SUCCESS, "poll_oneoff", LIST, STAT, 1, COUNT);
    ck_assert_uint_eq(t->count, 1);
    end(&r);
    trace_free(t);
}
END_TEST

START_TEST(answers_other_than_records) {
    trace *t = trace_new();
    run r;
    uint32_t error;
    start(&r, t, "/nowhere/at/all", true);
    t->answer = HD_RECALL_LATER;
    wasi_iovec(&r.w, VECTOR, DATA, 10);
    ck_assert_int_eq(wasi_trap(&r.w, "fd_read", &error, 0, VECTOR, 1, COUNT), HD_TRAP_BLOCKED);
    t->answer = HD_RECALL_LOST;
    ck_assert_int_eq(wasi_trap(&r.w, "fd_read", &error, 0, VECTOR, 1, COUNT), HD_TRAP_STOPPED);
    uint8_t wait[HD_SUBSCRIPTION_SIZE] = {[HD_SUBSCRIPTION_TAG] = HD_EVENTTYPE_FD_READ};
    wasi_put(&r.w, LIST, wait, sizeof wait);
    ck_assert_int_eq(wasi_trap(&r.w, "poll_oneoff", &error, LIST, STAT, 1, COUNT), HD_TRAP_STOPPED);
    end(&r);
    trace_free(t);
}
END_TEST

/* Recalls one record for fd_read. */
static hd_trapcode recall_bytes(const void *bytes, size_t length, char *message, uint32_t *error) {
    trace *t = trace_new();
    run r;
    record(t, NULL, 20, bytes, length); /* the row of fd_read */
    start(&r, t, "/nowhere/at/all", true);
    hd_trapcode trap = wasi_trap(&r.w, "fd_read", error, 0, VECTOR, 1, COUNT);
    snprintf(message, 480, "%s", r.w.diag.message);
    end(&r);
    trace_free(t);
    return trap;
}

START_TEST(damaged_records) {
    static const struct {
        const char *bytes;
        size_t length;
        const char *what;
    } rows[] = {
        {"", 0, "ends too soon"},
        {"\0", 1, "ends too soon"},
        {"\x4d\0", 2, "errno"}, /* 77 */
        {"\0\1", 2, "errno"},
        {"\0\0\4\0\1", 5, "kind of access"},
        {"\0\0\xff\0\1", 5, "kind of access"},
        {"\0\0\0\0", 4, "ends too soon"},
        {"\0\0\0\x80", 4, "ends too soon"},
        {"\0\0\1\0\5abcd", 9, "ends too soon"},
        {"\0\0\0\x80\x80\x08\x01", 7, "out of bounds"}, /* 131072 + 1 */
        {"\0\0\0\xff\xff\xff\xff\x0f\xff\xff\xff\xff\x0f", 13, "out of bounds"},
        {"\0\0\2\xff\xff\x07\x02", 7, "out of bounds"},                  /* 131071 + 2 */
        {"\0\0\0\xff\xff\xff\xff\xff\xff\x01\x01", 11, "ends too soon"}, /* no number of 32 bits */
    };
    char message[480];
    uint32_t error;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hd_trapcode trap = recall_bytes(rows[i].bytes, rows[i].length, message, &error);
        ck_assert_msg(trap == HD_TRAP_HOST, "row %zu: %s", i, hd_trap_message(trap));
        ck_assert_msg(strstr(message, "record of fd_read") && strstr(message, rows[i].what),
                      "row %zu: %s", i, message);
    }
    ck_assert_int_eq(recall_bytes("\x4c\0", 2, message, &error), HD_TRAP_NONE);
    ck_assert_uint_eq(error, HD_WASI_NOTCAPABLE);
    ck_assert_int_eq(recall_bytes("\0\0\1\xff\xff\x07\x01!", 8, message, &error), HD_TRAP_NONE);
}
END_TEST

/* Whatever a byte of a trace is changed to, each call returns or traps. */
START_TEST(every_damage) {
    trace *t = trace_new();
    run first;
    record_program(&first, t);
    end(&first);
    for (size_t i = 0; i < t->count; i++) {
        for (size_t at = 0; at < t->records[i].length && at < 64; at++) {
            static const uint8_t changes[] = {0x01, 0x02, 0x40, 0x80, 0xff};
            for (size_t c = 0; c < sizeof changes; c++) {
                run r;
                uint32_t error;
                trace *one = trace_new();
                record(one, NULL, 20, t->records[i].bytes, t->records[i].length);
                one->records[0].bytes[at] ^= changes[c];
                start(&r, one, "/nowhere/at/all", true);
                hd_trapcode trap = wasi_trap(&r.w, "fd_read", &error, 0, VECTOR, 1, COUNT);
                ck_assert(trap == HD_TRAP_NONE || trap == HD_TRAP_HOST);
                if (trap == HD_TRAP_NONE) ck_assert_uint_lt(error, HD_WASI_ERRNO_COUNT);
                end(&r);
                trace_free(one);
            }
        }
    }
    trace_free(t);
}
END_TEST

TCase *wasi_record_case(void) {
    TCase *tests = tcase_create("record");
    tcase_add_test(tests, a_replay_needs_no_files);
    tcase_add_test(tests, what_is_not_recorded);
    tcase_add_test(tests, answers_other_than_records);
    tcase_add_test(tests, damaged_records);
    tcase_add_test(tests, every_damage);
    return tests;
}
