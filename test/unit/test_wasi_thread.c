/* test_wasi_thread.c: several agents in one program at once, and the end of the program while they
 * wait. What is asserted holds under every interleaving. */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_wasi.h"

enum { DIR_FD = 3, AGENTS = 3, ROUNDS = 300 };

/* An agent's own part of the memory. */
enum { PART = 4096 };
static uint32_t part(unsigned agent) {
    return (agent + 1) * PART;
}

typedef struct worker {
    pthread_t thread;
    wasi_program w;
    unsigned number;
    void (*work)(struct worker *worker);
} worker;

static void *work(void *argument) {
    worker *me = argument;
    me->work(me);
    return NULL;
}

/* Lets agents work on one program at once. */
static void work_together(const wasi_program *w, void (*function)(worker *)) {
    worker workers[AGENTS];
    for (unsigned i = 0; i < AGENTS; i++) {
        workers[i].number = i;
        workers[i].work = function;
        wasi_join(&workers[i].w, w);
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < AGENTS; i++) {
        pthread_join(workers[i].thread, NULL);
        wasi_part(&workers[i].w);
    }
}

/* Opens, writes, reads, renumbers and closes descriptors that nobody else has. */
static void use_table(worker *me) {
    wasi_program *w = &me->w;
    uint32_t at = part(me->number);
    char name[16];
    snprintf(name, sizeof name, "file-%u", me->number);
    for (int n = 0; n < ROUNDS; n++) {
        uint32_t fds[2];
        for (int i = 0; i < 2; i++) {
            wasi_expect(w, SUCCESS, "path_open", DIR_FD, 0, WASI_TEXT(w, at, name), HD_OFLAG_CREAT,
                        HD_RIGHTS_FILE, 0, 0, at + 64);
            fds[i] = wasi_u32(w, at + 64);
        }
        ck_assert_uint_ne(fds[0], fds[1]);
        wasi_put(w, at + 128, &n, sizeof n);
        wasi_iovec(w, at + 80, at + 128, sizeof n);
        wasi_expect(w, SUCCESS, "fd_pwrite", fds[0], at + 80, 1, 0, at + 96);
        wasi_expect(w, SUCCESS, "fd_fdstat_set_flags", fds[1], HD_FDFLAG_NONBLOCK);
        wasi_expect(w, SUCCESS, "fd_renumber", fds[0], fds[1]);
        wasi_put_u32(w, at + 128, 0xFFFFFFFF);
        wasi_expect(w, SUCCESS, "fd_read", fds[1], at + 80, 1, at + 96);
        ck_assert_uint_eq(wasi_u32(w, at + 128), (uint32_t)n);
        wasi_expect(w, SUCCESS, "fd_fdstat_get", fds[1], at + 128);
        wasi_expect(w, SUCCESS, "fd_close", fds[1]);
    }
}

START_TEST(one_table) {
    wasi_program w;
    wasi_start_folder(&w);
    work_together(&w, use_table);
    /* All that was opened is closed. */
    for (uint32_t fd = 4; fd < 4 + 2 * AGENTS; fd++)
        wasi_expect(&w, BADF, "fd_close", fd);
    wasi_end(&w);
}
END_TEST

/* Everybody uses, closes, opens and changes the same descriptors, the same directory, and the same
 * bytes of memory. */
static void fight(worker *me) {
    wasi_program *w = &me->w;
    uint32_t fd;
    for (int n = 0; n < ROUNDS; n++) {
        wasi_call(w, "random_get", 0, 64);
        wasi_iovec(w, part(me->number), 0, 64);
        wasi_expect(w, SUCCESS, "fd_write", 1, part(me->number), 1, part(me->number) + 16);
        wasi_call(w, "fd_write", 4, part(me->number), 1, part(me->number) + 16);
        wasi_call(w, "fd_read", 4, part(me->number), 1, part(me->number) + 16);
        wasi_call(w, "fd_readdir", DIR_FD, 0, 64, 0, 32);
        wasi_call(w, "fd_seek", 4, 0, HD_WHENCE_SET, 0);
        wasi_call(w, "fd_fdstat_set_rights", 4, HD_RIGHT_FD_READ, 0);
        wasi_call(w, "path_open", DIR_FD, 0, 64, 4, HD_OFLAG_CREAT, HD_RIGHTS_FILE, 0, 0, 96);
        wasi_call(w, "fd_renumber", 4, 5);
        wasi_call(w, "fd_close", (n + me->number) % 2 ? 4 : 5);
        fd = (uint32_t)n % 8 + 3;
        if (fd != DIR_FD) wasi_call(w, "fd_filestat_get", fd, 0);
    }
}

START_TEST(a_free_for_all) {
    wasi_program w;
    wasi_start_folder(&w);
    wasi_text(&w, 64, "file");
    work_together(&w, fight);
    wasi_expect(&w, SUCCESS, "fd_prestat_get", DIR_FD, 0);
    wasi_end(&w);
}
END_TEST

static void bind_and_part(worker *me) {
    for (int n = 0; n < 20; n++) {
        wasi_program other;
        wasi_join(&other, &me->w);
        wasi_expect(&other, SUCCESS, "args_sizes_get", part(me->number), part(me->number) + 4);
        wasi_part(&other);
    }
    uint32_t error;
    wasi_trap(&me->w, "proc_exit", &error, me->number + 10);
}

START_TEST(agents_come_and_go) {
    wasi_program w;
    uint32_t status;
    wasi_start(&w, NULL);
    work_together(&w, bind_and_part);
    ck_assert(hd_wasi_exit_status(w.wasi, &status));
    ck_assert_uint_ge(status, 10);
    ck_assert_uint_lt(status, 10 + AGENTS);
    wasi_end(&w);
}
END_TEST

/* An outside that tells when an agent is about to block. */
static sem_t blocking;
static hd_outside on_threads;

static hd_block tell_block(void *context, hd_agent *agent, struct pollfd *descriptors, size_t count,
                           uint64_t deadline) {
    sem_post(&blocking);
    return on_threads.block(context, agent, descriptors, count, deadline);
}

static void read_text(worker *me) {
    ck_assert_str_eq(wasi_read(&me->w, 0), "text");
}

/* Closes the descriptor that somebody reads from, and gives its number to another file. */
static void close_and_open(wasi_program *w) {
    sem_wait(&blocking);
    wasi_expect(w, SUCCESS, "fd_close", 0);
    wasi_expect(w, SUCCESS, "path_open", DIR_FD, 0, WASI_TEXT(w, 64, "file"), HD_OFLAG_CREAT,
                HD_RIGHTS_FILE, 0, 0, 96);
    ck_assert_uint_eq(wasi_u32(w, 96), 0);
    wasi_expect(w, SUCCESS, "fd_write", 0, 128, 0, 96);
}

START_TEST(closed_while_somebody_reads) {
    wasi_program w;
    int ends[2];
    char folder[] = "/tmp/heddle-wasi-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(sem_init(&blocking, 0, 0), 0);
    hd_wasi_preopen preopen = {folder, "/"};
    hd_outside_on_threads(&on_threads, NULL);
    hd_outside outside = on_threads;
    outside.block = tell_block;
    hd_wasi_options options = wasi_nothing;
    options.outside = &outside;
    options.preopens = &preopen;
    options.preopen_count = 1;
    options.input.descriptor = ends[0];
    wasi_start(&w, &options);
    strcpy(w.folder, folder);

    worker reader = {.work = read_text};
    wasi_join(&reader.w, &w);
    ck_assert_int_eq(pthread_create(&reader.thread, NULL, work, &reader), 0);
    close_and_open(&w);
    ck_assert_int_eq(write(ends[1], "text", 4), 4); /* only now there is something to read */
    pthread_join(reader.thread, NULL);
    wasi_part(&reader.w);
    wasi_end(&w);
    close(ends[0]);
    close(ends[1]);
    sem_destroy(&blocking);
}
END_TEST

/* Members of a cluster that wait for ever, each with a part of the memory that nobody else uses. */
typedef struct waiting {
    hd_wasi *wasi;
    hd_memory *memory;
    const char *function;
    hd_trapcode trap;
} waiting;

static void wait_for_ever(hd_member *member, void *context) {
    waiting *me = context;
    wasi_program w = {.wasi = me->wasi, .memory = me->memory, .agent = hd_member_agent(member)};
    w.binding = hd_wasi_bind(me->wasi, hd_member_store(member), w.agent);
    ck_assert_ptr_nonnull(w.binding);
    hd_wasi_set_memory(w.binding, me->memory);
    uint32_t error;
    uint8_t subscription[HD_SUBSCRIPTION_SIZE] = {
        [HD_SUBSCRIPTION_TAG] = HD_EVENTTYPE_CLOCK, [HD_SUBSCRIPTION_CLOCK] = HD_CLOCK_MONOTONIC};
    memset(subscription + HD_SUBSCRIPTION_TIMEOUT, 0xFF, 8);
    if (!strcmp(me->function, "fd_read")) {
        wasi_iovec(&w, 0, 1000, 10);
        me->trap = wasi_trap(&w, "fd_read", &error, 0, 0, 1, 16);
    } else if (!strcmp(me->function, "fd_write")) {
        for (uint32_t i = 0; i < 4; i++) /* more than a pipe holds */
            wasi_iovec(&w, 20000 + 8 * i, 65536, 60000);
        me->trap = wasi_trap(&w, "fd_write", &error, 1, 20000, 4, 20100);
    } else if (!strcmp(me->function, "poll_oneoff on a clock")) {
        wasi_put(&w, 4096, subscription, sizeof subscription);
        me->trap = wasi_trap(&w, "poll_oneoff", &error, 4096, 8192, 1, 64);
    } else {
        subscription[HD_SUBSCRIPTION_TAG] = HD_EVENTTYPE_FD_READ;
        memset(subscription + HD_SUBSCRIPTION_FD, 0, 4);
        wasi_put(&w, 12288, subscription, sizeof subscription);
        me->trap = wasi_trap(&w, "poll_oneoff", &error, 12288, 16384, 1, 72);
    }
}

/* Stops the cluster once all others are about to block; some of them more than once. */
static void stop_them(hd_member *member, void *context) {
    const unsigned *count = context;
    for (unsigned i = 0; i < *count; i++)
        sem_wait(&blocking);
    hd_cluster_stop(hd_member_cluster(member));
}

START_TEST(a_stop_ends_what_blocks) {
    static const char *const functions[] = {"fd_read", "fd_write", "poll_oneoff on a clock",
                                            "poll_oneoff on a descriptor"};
    enum { WAITING = sizeof functions / sizeof *functions };
    wasi_program w;
    int in[2], out[2];
    hd_diag diag = HD_DIAG_INIT;
    unsigned count = WAITING;
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    ck_assert_int_eq(sem_init(&blocking, 0, 0), 0);
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    hd_outside_on_threads(&on_threads, cluster);
    hd_outside outside = on_threads;
    outside.block = tell_block;
    hd_wasi_options options = wasi_nothing;
    options.outside = &outside;
    options.input.descriptor = in[0];
    options.output.descriptor = out[1];
    wasi_start(&w, &options);
    waiting members[WAITING];
    for (unsigned i = 0; i < WAITING; i++) {
        members[i] = (waiting){w.wasi, w.memory, functions[i], HD_TRAP_NONE};
        ck_assert_ptr_nonnull(
            hd_cluster_spawn(cluster, functions[i], wait_for_ever, &members[i], &diag));
    }
    ck_assert_ptr_nonnull(hd_cluster_spawn(cluster, "stopper", stop_them, &count, &diag));
    ck_assert(!hd_cluster_run(cluster, -1));
    for (unsigned i = 0; i < WAITING; i++)
        ck_assert_msg(members[i].trap == HD_TRAP_STOPPED, "%s: %s", functions[i],
                      hd_trap_message(members[i].trap));
    hd_cluster_free(cluster);
    wasi_end(&w);
    close(in[0]);
    close(in[1]);
    close(out[0]);
    close(out[1]);
    sem_destroy(&blocking);
}
END_TEST

TCase *wasi_thread_case(void) {
    TCase *tests = tcase_create("thread");
    tcase_add_test(tests, one_table);
    tcase_add_test(tests, a_free_for_all);
    tcase_add_test(tests, agents_come_and_go);
    tcase_add_test(tests, closed_while_somebody_reads);
    tcase_add_test(tests, a_stop_ends_what_blocks);
    return tests;
}
