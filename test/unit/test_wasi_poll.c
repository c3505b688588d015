/* test_wasi_poll.c: poll_oneoff: clocks and descriptors, waiting that is interrupted. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_wasi.h"

enum { IN = 0, OUT = 60000, COUNT = 120000, TEXT = 100000 };

/* Puts a subscription at a place of the array. */
static void put_clock(wasi_program *w, uint32_t n, uint32_t clock, uint64_t timeout,
                      uint32_t flags) {
    uint8_t bytes[HD_SUBSCRIPTION_SIZE] = {0};
    uint64_t userdata = UINT64_C(0xABCD00000000) + n;
    memcpy(bytes, &userdata, sizeof userdata);
    bytes[HD_SUBSCRIPTION_TAG] = HD_EVENTTYPE_CLOCK;
    memcpy(bytes + HD_SUBSCRIPTION_CLOCK, &clock, sizeof clock);
    memcpy(bytes + HD_SUBSCRIPTION_TIMEOUT, &timeout, sizeof timeout);
    bytes[HD_SUBSCRIPTION_CLOCK_FLAGS] = (uint8_t)flags;
    wasi_put(w, IN + n * HD_SUBSCRIPTION_SIZE, bytes, sizeof bytes);
}

static void put_file(wasi_program *w, uint32_t n, uint8_t type, uint32_t fd) {
    uint8_t bytes[HD_SUBSCRIPTION_SIZE] = {0};
    uint64_t userdata = UINT64_C(0xABCD00000000) + n;
    memcpy(bytes, &userdata, sizeof userdata);
    bytes[HD_SUBSCRIPTION_TAG] = type;
    memcpy(bytes + HD_SUBSCRIPTION_FD, &fd, sizeof fd);
    wasi_put(w, IN + n * HD_SUBSCRIPTION_SIZE, bytes, sizeof bytes);
}

/* Polls and gives the number of events. */
static uint32_t events(wasi_program *w, uint32_t count) {
    wasi_expect(w, SUCCESS, "poll_oneoff", IN, OUT, count, COUNT);
    return wasi_u32(w, COUNT);
}

/* Expects an event at a place: of which subscription it is, and with what. */
static void check_event(wasi_program *w, uint32_t at, uint32_t n, hd_wasi_errno error, uint8_t type,
                        uint64_t nbytes, uint32_t flags) {
    uint32_t event = OUT + at * HD_WASI_EVENT_SIZE;
    ck_assert_uint_eq(wasi_u64(w, event), UINT64_C(0xABCD00000000) + n);
    wasi_expect_(__FILE__, __LINE__, error, wasi_u16(w, event + HD_WASI_EVENT_ERROR), "event");
    ck_assert_uint_eq(wasi_u8(w, event + HD_WASI_EVENT_TYPE), type);
    ck_assert_uint_eq(wasi_u64(w, event + HD_WASI_EVENT_NBYTES), nbytes);
    ck_assert_uint_eq(wasi_u16(w, event + HD_WASI_EVENT_FLAGS), flags);
}

/* An outside with a clock of its own, which blocks as the test says. */
typedef struct made_up {
    uint64_t monotonic, realtime;
    unsigned later;    /* how often blocking is put off; each time 100 ns pass */
    bool ready;        /* then the first descriptor is */
    unsigned blocked;  /* how often it was asked to block */
    uint64_t deadline; /* when last asked */
    size_t count;
} made_up;

static uint64_t made_up_now(void *context, hd_agent *agent, hd_clock clock) {
    const made_up *m = context;
    (void)agent;
    return clock == HD_CLOCK_REALTIME ? m->realtime : m->monotonic;
}

static hd_block made_up_block(void *context, hd_agent *agent, struct pollfd *descriptors,
                              size_t count, uint64_t deadline) {
    made_up *m = context;
    (void)agent;
    m->blocked++;
    m->deadline = deadline;
    m->count = count;
    if (m->later > 0) {
        m->later--;
        m->monotonic += 100;
        m->realtime += 100;
        return HD_BLOCK_LATER;
    }
    if (m->ready) {
        descriptors[0].revents = descriptors[0].events;
        return HD_BLOCK_READY;
    }
    if (deadline == HD_NO_DEADLINE) return HD_BLOCK_STOPPED;
    if (deadline > m->monotonic) m->monotonic = deadline;
    return HD_BLOCK_TIMED_OUT;
}

static void start_made_up(wasi_program *w, made_up *m) {
    hd_outside outside;
    hd_wasi_options options = wasi_nothing;
    hd_outside_on_threads(&outside, NULL);
    outside.context = m;
    outside.now = made_up_now;
    outside.block = made_up_block;
    options.outside = &outside;
    *m = (made_up){.monotonic = 1000, .realtime = 5000};
    wasi_start(w, &options);
}

START_TEST(time_passes) {
    wasi_program w;
    wasi_start(&w, NULL);
    wasi_expect(&w, SUCCESS, "clock_time_get", HD_CLOCK_MONOTONIC, 0, TEXT);
    put_clock(&w, 0, HD_CLOCK_MONOTONIC, 2000000, 0);
    ck_assert_uint_eq(events(&w, 1), 1);
    check_event(&w, 0, 0, HD_WASI_SUCCESS, HD_EVENTTYPE_CLOCK, 0, 0);
    wasi_expect(&w, SUCCESS, "clock_time_get", HD_CLOCK_MONOTONIC, 0, TEXT + 8);
    ck_assert_uint_ge(wasi_u64(&w, TEXT + 8) - wasi_u64(&w, TEXT), 2000000);
    put_clock(&w, 0, HD_CLOCK_REALTIME, 0, HD_SUBCLOCKFLAG_ABSTIME);
    ck_assert_uint_eq(events(&w, 1), 1);
    put_clock(&w, 0, HD_CLOCK_MONOTONIC, wasi_u64(&w, TEXT), HD_SUBCLOCKFLAG_ABSTIME);
    ck_assert_uint_eq(events(&w, 1), 1);
    wasi_end(&w);
}
END_TEST

START_TEST(deadlines) {
    static const struct {
        uint32_t clock, flags;
        uint64_t timeout, deadline;
    } rows[] = {
        {HD_CLOCK_MONOTONIC, 0, 50, 1050},
        {HD_CLOCK_REALTIME, 0, 50, 1050},
        {HD_CLOCK_MONOTONIC, HD_SUBCLOCKFLAG_ABSTIME, 1234, 1234},
        {HD_CLOCK_REALTIME, HD_SUBCLOCKFLAG_ABSTIME, 5234, 1234},
        {HD_CLOCK_REALTIME, HD_SUBCLOCKFLAG_ABSTIME, 4000, 0},
        {HD_CLOCK_MONOTONIC, HD_SUBCLOCKFLAG_ABSTIME, 0, 0},
        {HD_CLOCK_MONOTONIC, 0, UINT64_MAX - 1001, UINT64_MAX - 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wasi_program w;
        made_up m;
        start_made_up(&w, &m);
        put_clock(&w, 0, rows[i].clock, rows[i].timeout, rows[i].flags);
        ck_assert_uint_eq(events(&w, 1), 1);
        ck_assert_uint_eq(m.deadline, rows[i].deadline);
        wasi_end(&w);
    }
}
END_TEST

START_TEST(for_ever) {
    wasi_program w;
    made_up m;
    uint32_t error;
    start_made_up(&w, &m);
    put_clock(&w, 0, HD_CLOCK_MONOTONIC, UINT64_MAX, 0);
    ck_assert_int_eq(wasi_trap(&w, "poll_oneoff", &error, IN, OUT, 1, COUNT), HD_TRAP_STOPPED);
    ck_assert_uint_eq(m.deadline, HD_NO_DEADLINE);
    wasi_end(&w);
}
END_TEST

START_TEST(earliest_clock) {
    wasi_program w;
    made_up m;
    start_made_up(&w, &m);
    put_clock(&w, 0, HD_CLOCK_MONOTONIC, 500, 0);
    put_clock(&w, 1, HD_CLOCK_REALTIME, 200, 0);
    put_clock(&w, 2, HD_CLOCK_MONOTONIC, 1200, HD_SUBCLOCKFLAG_ABSTIME);
    ck_assert_uint_eq(events(&w, 3), 2);
    ck_assert_uint_eq(m.deadline, 1200);
    check_event(&w, 0, 1, HD_WASI_SUCCESS, HD_EVENTTYPE_CLOCK, 0, 0);
    check_event(&w, 1, 2, HD_WASI_SUCCESS, HD_EVENTTYPE_CLOCK, 0, 0);
    wasi_end(&w);
}
END_TEST

/* A call that is made again waits for what it waited for first, not longer. */
START_TEST(put_off) {
    wasi_program w;
    made_up m;
    uint32_t error;
    start_made_up(&w, &m);
    put_clock(&w, 0, HD_CLOCK_REALTIME, 1000, 0);
    m.later = 3;
    for (unsigned n = 1; n <= 3; n++) {
        wasi_put_u32(&w, COUNT, 77);
        ck_assert_int_eq(wasi_trap(&w, "poll_oneoff", &error, IN, OUT, 1, COUNT), HD_TRAP_BLOCKED);
        ck_assert_uint_eq(m.blocked, n);
        ck_assert_uint_eq(m.deadline, 2000);
        ck_assert_uint_eq(wasi_u32(&w, COUNT), 77);
    }
    ck_assert_uint_eq(m.monotonic, 1300);
    ck_assert_uint_eq(events(&w, 1), 1);
    ck_assert_uint_eq(m.deadline, 2000);
    /* The next call is another one. */
    ck_assert_uint_eq(events(&w, 1), 1);
    ck_assert_uint_eq(m.deadline, 3000);
    wasi_end(&w);
}
END_TEST

START_TEST(reading_put_off) {
    wasi_program w;
    made_up m;
    int ends[2];
    uint32_t error;
    ck_assert_int_eq(pipe(ends), 0);
    hd_outside outside;
    hd_wasi_options options = wasi_nothing;
    hd_outside_on_threads(&outside, NULL);
    outside.context = &m;
    outside.block = made_up_block;
    options.outside = &outside;
    options.input.descriptor = ends[0];
    m = (made_up){.later = 2};
    wasi_start(&w, &options);
    wasi_put_u32(&w, IN, TEXT);
    wasi_put_u32(&w, IN + 4, 10);
    for (int n = 0; n < 2; n++)
        ck_assert_int_eq(wasi_trap(&w, "fd_read", &error, 0, IN, 1, COUNT), HD_TRAP_BLOCKED);
    ck_assert_int_eq(write(ends[1], "text", 4), 4);
    m.ready = true;
    wasi_expect(&w, SUCCESS, "fd_read", 0, IN, 1, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 4);
    ck_assert_uint_eq(m.blocked, 3);
    ck_assert_uint_eq(m.deadline, HD_NO_DEADLINE);
    close(ends[0]);
    close(ends[1]);
    wasi_end(&w);
}
END_TEST

START_TEST(clocks_that_cannot_be_waited_for) {
    wasi_program w;
    made_up m;
    start_made_up(&w, &m);
    put_clock(&w, 0, HD_CLOCK_PROCESS, 1, 0);
    put_clock(&w, 1, HD_CLOCK_THREAD, 1, 0);
    put_clock(&w, 2, 4, 1, 0);
    put_clock(&w, 3, HD_CLOCK_MONOTONIC, 1, 2);
    put_clock(&w, 4, HD_CLOCK_MONOTONIC, 1, 0);
    ck_assert_uint_eq(events(&w, 5), 4);
    ck_assert_uint_eq(m.deadline, 0); /* what is known at once waits for nothing else */
    check_event(&w, 0, 0, HD_WASI_NOTSUP, HD_EVENTTYPE_CLOCK, 0, 0);
    check_event(&w, 1, 1, HD_WASI_NOTSUP, HD_EVENTTYPE_CLOCK, 0, 0);
    check_event(&w, 2, 2, HD_WASI_INVAL, HD_EVENTTYPE_CLOCK, 0, 0);
    check_event(&w, 3, 3, HD_WASI_INVAL, HD_EVENTTYPE_CLOCK, 0, 0);
    wasi_end(&w);
}
END_TEST

START_TEST(pipes) {
    wasi_program w;
    int in[2], out[2];
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    hd_wasi_options options = wasi_nothing;
    options.input.descriptor = in[0];
    options.output.descriptor = out[1];
    wasi_start(&w, &options);
    put_file(&w, 0, HD_EVENTTYPE_FD_READ, 0);
    put_file(&w, 1, HD_EVENTTYPE_FD_WRITE, 1);
    put_clock(&w, 2, HD_CLOCK_MONOTONIC, 60 * HD_SECOND, 0);
    ck_assert_uint_eq(events(&w, 3), 1);
    check_event(&w, 0, 1, HD_WASI_SUCCESS, HD_EVENTTYPE_FD_WRITE, 4096, 0);
    ck_assert_int_eq(write(in[1], "12345", 5), 5);
    ck_assert_uint_eq(events(&w, 3), 2);
    check_event(&w, 0, 0, HD_WASI_SUCCESS, HD_EVENTTYPE_FD_READ, 5, 0);
    check_event(&w, 1, 1, HD_WASI_SUCCESS, HD_EVENTTYPE_FD_WRITE, 4096, 0);
    close(in[1]);
    ck_assert_str_eq(wasi_read(&w, 0), "12345");
    ck_assert_uint_eq(events(&w, 1), 1);
    check_event(&w, 0, 0, HD_WASI_SUCCESS, HD_EVENTTYPE_FD_READ, 0, HD_EVENTRWFLAG_HANGUP);
    close(out[0]);
    put_file(&w, 0, HD_EVENTTYPE_FD_WRITE, 1);
    ck_assert_uint_eq(events(&w, 1), 1);
    ck_assert_uint_eq(wasi_u16(&w, OUT + HD_WASI_EVENT_FLAGS), HD_EVENTRWFLAG_HANGUP);
    close(in[0]);
    close(out[1]);
    wasi_end(&w);
}
END_TEST

START_TEST(files_and_errors) {
    wasi_program w;
    uint32_t fd;
    wasi_start_folder(&w);
    wasi_write_host(&w, "file", "0123456789");
    wasi_expect_(__FILE__, __LINE__, 0, wasi_open(&w, 3, "file", 0, 0, 0, &fd), "path_open");
    wasi_expect(&w, SUCCESS, "fd_seek", fd, 3, HD_WHENCE_SET, TEXT);
    put_file(&w, 0, HD_EVENTTYPE_FD_READ, fd);
    put_file(&w, 1, HD_EVENTTYPE_FD_WRITE, fd);
    put_file(&w, 2, HD_EVENTTYPE_FD_READ, 99);
    put_file(&w, 3, HD_EVENTTYPE_FD_WRITE, 0);
    put_file(&w, 4, HD_EVENTTYPE_FD_READ, 0);
    ck_assert_uint_eq(events(&w, 5), 5);
    check_event(&w, 0, 0, HD_WASI_SUCCESS, HD_EVENTTYPE_FD_READ, 7, 0);
    check_event(&w, 1, 1, HD_WASI_SUCCESS, HD_EVENTTYPE_FD_WRITE, 1, 0);
    check_event(&w, 2, 2, HD_WASI_BADF, HD_EVENTTYPE_FD_READ, 0, 0);
    check_event(&w, 3, 3, HD_WASI_NOTCAPABLE, HD_EVENTTYPE_FD_WRITE, 0, 0);
    check_event(&w, 4, 4, HD_WASI_SUCCESS, HD_EVENTTYPE_FD_READ, 0, 0);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_rights", fd, HD_RIGHT_FD_READ, 0);
    ck_assert_uint_eq(events(&w, 1), 1);
    check_event(&w, 0, 0, HD_WASI_NOTCAPABLE, HD_EVENTTYPE_FD_READ, 0, 0);
    wasi_end(&w);
}
END_TEST

START_TEST(bad_arguments) {
    wasi_program w;
    wasi_start(&w, NULL);
    put_clock(&w, 0, HD_CLOCK_MONOTONIC, 0, 0);
    wasi_expect(&w, INVAL, "poll_oneoff", IN, OUT, 0, COUNT);
    wasi_expect(&w, INVAL, "poll_oneoff", IN, OUT, HD_BLOCK_MOST + 1, COUNT);
    wasi_expect(&w, INVAL, "poll_oneoff", IN, OUT, UINT32_MAX, COUNT);
    wasi_expect(&w, FAULT, "poll_oneoff", WASI_MEMORY - 40, OUT, 1, COUNT);
    wasi_expect(&w, FAULT, "poll_oneoff", IN, WASI_MEMORY - 24, 1, COUNT);
    wasi_expect(&w, FAULT, "poll_oneoff", IN, OUT, 1, WASI_MEMORY);
    wasi_expect(&w, INVAL, "poll_oneoff", IN + 4, OUT, 1, COUNT);
    wasi_expect(&w, INVAL, "poll_oneoff", IN, OUT + 4, 1, COUNT);
    wasi_expect(&w, INVAL, "poll_oneoff", IN, OUT, 1, COUNT + 2);
    put_file(&w, 0, 3, 0);
    wasi_expect(&w, INVAL, "poll_oneoff", IN, OUT, 1, COUNT);
    for (uint32_t i = 0; i < HD_BLOCK_MOST; i++)
        put_clock(&w, i, HD_CLOCK_MONOTONIC, 0, 0);
    wasi_expect(&w, SUCCESS, "poll_oneoff", IN, OUT, HD_BLOCK_MOST, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), HD_BLOCK_MOST);
    wasi_end(&w);
}
END_TEST

TCase *wasi_poll_case(void) {
    TCase *tests = tcase_create("poll");
    tcase_add_test(tests, time_passes);
    tcase_add_test(tests, deadlines);
    tcase_add_test(tests, for_ever);
    tcase_add_test(tests, earliest_clock);
    tcase_add_test(tests, put_off);
    tcase_add_test(tests, reading_put_off);
    tcase_add_test(tests, clocks_that_cannot_be_waited_for);
    tcase_add_test(tests, pipes);
    tcase_add_test(tests, files_and_errors);
    tcase_add_test(tests, bad_arguments);
    return tests;
}
