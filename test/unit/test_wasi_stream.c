/* test_wasi_stream.c: reading and writing the standard streams: pipes, captured output, nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_wasi.h"

enum { VECTORS = 0, COUNT = 64, DATA = 1000 };

START_TEST(captured_output) {
    wasi_program w;
    hd_wasi_options options = wasi_nothing;
    char *out = NULL, *err = NULL;
    size_t out_length, err_length;
    options.output.file = open_memstream(&out, &out_length);
    options.error.file = open_memstream(&err, &err_length);
    wasi_start(&w, &options);
    /* Three pieces, one of them empty and with a pointer to the very end. */
    wasi_text(&w, DATA, "Hello, world\n");
    wasi_iovec(&w, VECTORS, DATA + 7, 6);
    wasi_iovec(&w, VECTORS + 8, WASI_MEMORY, 0);
    wasi_iovec(&w, VECTORS + 16, DATA, 5);
    wasi_expect(&w, SUCCESS, "fd_write", 1, VECTORS, 3, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 11);
    wasi_expect_(__FILE__, __LINE__, HD_WASI_SUCCESS, wasi_write(&w, 2, "oops"), "fd_write");
    wasi_expect(&w, SUCCESS, "fd_write", 1, VECTORS, 0, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 0);
    fclose(options.output.file);
    fclose(options.error.file);
    ck_assert_str_eq(out, "world\nHello");
    ck_assert_str_eq(err, "oops");
    free(out);
    free(err);
    wasi_end(&w);
}
END_TEST

START_TEST(large_output) {
    wasi_program w;
    hd_wasi_options options = wasi_nothing;
    char *out = NULL;
    size_t length;
    options.output.file = open_memstream(&out, &length);
    wasi_start(&w, &options);
    static uint8_t bytes[100000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    wasi_put(&w, DATA, bytes, sizeof bytes);
    wasi_iovec(&w, VECTORS, DATA, 70001);
    wasi_iovec(&w, VECTORS + 8, DATA + 70001, sizeof bytes - 70001);
    wasi_expect(&w, SUCCESS, "fd_write", 1, VECTORS, 2, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), sizeof bytes);
    fclose(options.output.file);
    ck_assert_uint_eq(length, sizeof bytes);
    ck_assert_mem_eq(out, bytes, sizeof bytes);
    free(out);
    wasi_end(&w);
}
END_TEST

START_TEST(nothing_there) {
    wasi_program w;
    wasi_start(&w, NULL);
    ck_assert_str_eq(wasi_read(&w, 0), "");
    ck_assert_uint_eq(wasi_write(&w, 1, "vanishes"), 0);
    wasi_expect(&w, NOTCAPABLE, "fd_write", 0, VECTORS, 0, COUNT);
    wasi_expect(&w, NOTCAPABLE, "fd_read", 1, VECTORS, 0, COUNT);
    wasi_expect(&w, BADF, "fd_read", 3, VECTORS, 0, COUNT);
    wasi_expect(&w, BADF, "fd_write", UINT32_MAX, VECTORS, 0, COUNT);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", 0, 8);
    ck_assert_uint_eq(wasi_u8(&w, 8), HD_FILETYPE_UNKNOWN);
    wasi_expect(&w, SUCCESS, "fd_filestat_get", 0, 8);
    ck_assert_uint_eq(wasi_u64(&w, 8 + HD_FILESTAT_LENGTH), 0);
    wasi_expect(&w, NOTCAPABLE, "fd_seek", 0, 0, 0, 8);
    wasi_expect(&w, NOTCAPABLE, "fd_sync", 1);
    wasi_end(&w);
}
END_TEST

/* A program whose input and output are pipes; [0] the test's end, [1] the program's. */
typedef struct pipes {
    int input, output;
    int theirs[2];
} pipes;

static pipes start_with_pipes(wasi_program *w) {
    int in[2], out[2];
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    hd_wasi_options options = wasi_nothing;
    options.input.descriptor = in[0];
    options.output.descriptor = out[1];
    wasi_start(w, &options);
    return (pipes){in[1], out[0], {in[0], out[1]}};
}

static void end_pipes(wasi_program *w, const pipes *p) {
    close(p->input);
    close(p->output);
    wasi_end(w);
    /* They were never the program's to close. */
    ck_assert_int_eq(close(p->theirs[0]), 0);
    ck_assert_int_eq(close(p->theirs[1]), 0);
}

START_TEST(pipes_give_what_they_have) {
    wasi_program w;
    char text[16] = "";
    pipes p = start_with_pipes(&w);
    ck_assert_int_eq(write(p.input, "abc", 3), 3);
    ck_assert_str_eq(wasi_read(&w, 0), "abc");
    ck_assert_int_eq(write(p.input, "defgh", 5), 5);
    wasi_iovec(&w, VECTORS, DATA, 2);
    wasi_iovec(&w, VECTORS + 8, DATA + 10, 100);
    wasi_expect(&w, SUCCESS, "fd_read", 0, VECTORS, 2, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 5);
    wasi_get(&w, DATA, text, 2);
    wasi_get(&w, DATA + 10, text + 2, 3);
    ck_assert_str_eq(text, "defgh");
    ck_assert_uint_eq(wasi_write(&w, 1, "out"), 0);
    ck_assert_int_eq(read(p.output, text, sizeof text), 3);
    ck_assert_mem_eq(text, "out", 3);
    close(p.input);
    ck_assert_str_eq(wasi_read(&w, 0), "");
    p.input = -1;
    end_pipes(&w, &p);
}
END_TEST

START_TEST(nonblocking_pipes) {
    wasi_program w;
    pipes p = start_with_pipes(&w);
    wasi_iovec(&w, VECTORS, DATA, 50000);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", 0, HD_FDFLAG_NONBLOCK);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", 1, HD_FDFLAG_NONBLOCK);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", 0, 8);
    ck_assert_uint_eq(wasi_u16(&w, 8 + HD_FDSTAT_FLAGS), HD_FDFLAG_NONBLOCK);
    /* The description is shared with others: it stays as it was. */
    ck_assert_int_eq(fcntl(p.theirs[0], F_GETFL) & O_NONBLOCK, 0);
    wasi_expect(&w, AGAIN, "fd_read", 0, VECTORS, 1, COUNT);
    uint64_t total = 0;
    uint32_t error;
    while (!(error = wasi_call(&w, "fd_write", 1, VECTORS, 1, COUNT))) {
        ck_assert_uint_gt(wasi_u32(&w, COUNT), 0);
        total += wasi_u32(&w, COUNT);
        ck_assert_uint_le(total, 2 << 20);
    }
    wasi_expect_(__FILE__, __LINE__, HD_WASI_AGAIN, error, "fd_write");
    /* As much is there. */
    static char bytes[2 << 20];
    ck_assert_int_eq(fcntl(p.output, F_SETFL, O_NONBLOCK), 0);
    uint64_t there = 0;
    for (ssize_t got; (got = read(p.output, bytes, sizeof bytes)) > 0;)
        there += (uint64_t)got;
    ck_assert_uint_eq(there, total);
    end_pipes(&w, &p);
}
END_TEST

START_TEST(nobody_reads) {
    wasi_program w;
    pipes p = start_with_pipes(&w);
    close(p.output);
    wasi_iovec(&w, VECTORS, DATA, 5);
    wasi_expect(&w, PIPE, "fd_write", 1, VECTORS, 1, COUNT); /* and this process lives on */
    p.output = -1;
    end_pipes(&w, &p);
}
END_TEST

START_TEST(bad_buffers) {
    wasi_program w;
    pipes p = start_with_pipes(&w);
    ck_assert_int_eq(write(p.input, "kept", 4), 4);
    wasi_iovec(&w, VECTORS, DATA, 4);
    wasi_iovec(&w, VECTORS + 8, WASI_MEMORY - 1, 2);
    wasi_iovec(&w, VECTORS + 16, UINT32_MAX, UINT32_MAX);
    wasi_expect(&w, FAULT, "fd_read", 0, VECTORS, 2, COUNT);
    wasi_expect(&w, FAULT, "fd_read", 0, VECTORS + 16, 1, COUNT);
    wasi_expect(&w, FAULT, "fd_read", 0, WASI_MEMORY - 4, 1, COUNT);
    wasi_expect(&w, FAULT, "fd_read", 0, VECTORS, 1, WASI_MEMORY);
    wasi_expect(&w, INVAL, "fd_read", 0, VECTORS + 2, 1, COUNT);
    wasi_expect(&w, INVAL, "fd_read", 0, VECTORS, 1, COUNT + 2);
    wasi_expect(&w, INVAL, "fd_read", 0, VECTORS, 1025, COUNT);
    wasi_expect(&w, INVAL, "fd_read", 0, VECTORS, UINT32_MAX, COUNT);
    wasi_expect(&w, FAULT, "fd_write", 1, VECTORS, 2, COUNT);
    /* None of them took anything. */
    ck_assert_str_eq(wasi_read(&w, 0), "kept");
    end_pipes(&w, &p);
}
END_TEST

/* Buffers of together more than what a count of bytes can say. */
START_TEST(too_much_in_all) {
    wasi_program w;
    wasi_start(&w, NULL);
    for (uint32_t i = 0; i < 1024; i++)
        wasi_iovec(&w, 8 * i, 0, WASI_MEMORY);
    wasi_expect(&w, SUCCESS, "fd_write", 1, 0, 1024, 8192);
    ck_assert_uint_eq(wasi_u32(&w, 8192), WASI_MEMORY * 1024);
    ck_assert_uint_ne(hd_memory_grow(w.memory, 70), UINT64_MAX);
    for (uint32_t i = 0; i < 1024; i++)
        wasi_iovec(&w, 8 * i, 0, 4 << 20);
    wasi_expect(&w, INVAL, "fd_write", 1, 0, 1024, 8192);
    wasi_end(&w);
}
END_TEST

START_TEST(positions_of_pipes) {
    wasi_program w;
    pipes p = start_with_pipes(&w);
    wasi_iovec(&w, VECTORS, DATA, 5);
    wasi_expect(&w, NOTCAPABLE, "fd_pread", 0, VECTORS, 1, 0, COUNT);
    wasi_expect(&w, NOTCAPABLE, "fd_seek", 0, 0, HD_WHENCE_CUR, 8);
    wasi_expect(&w, NOTCAPABLE, "fd_tell", 0, 8);
    wasi_expect(&w, INVAL, "fd_seek", 0, 0, 3, 8);
    end_pipes(&w, &p);
}
END_TEST

START_TEST(closed_streams_stay_open_outside) {
    wasi_program w;
    pipes p = start_with_pipes(&w);
    wasi_expect(&w, SUCCESS, "fd_close", 0);
    wasi_expect(&w, BADF, "fd_close", 0);
    wasi_expect(&w, BADF, "fd_fdstat_get", 0, 8);
    wasi_expect(&w, SUCCESS, "fd_renumber", 2, 1);
    wasi_expect(&w, BADF, "fd_fdstat_get", 2, 8);
    end_pipes(&w, &p);
}
END_TEST

START_TEST(terminals) {
    wasi_program w;
    char text[16];
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0) { /* as where no /dev/pts is mounted */
        fprintf(stderr, "terminals: skipped: no pseudo-terminal: %s\n", strerror(errno));
        return;
    }
    ck_assert_int_eq(grantpt(master), 0);
    ck_assert_int_eq(unlockpt(master), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal, 0);
    hd_wasi_options options = wasi_nothing;
    options.input.descriptor = options.output.descriptor = terminal;
    wasi_start(&w, &options);
    for (uint32_t fd = 0; fd < 2; fd++) {
        wasi_expect(&w, SUCCESS, "fd_fdstat_get", fd, DATA);
        ck_assert_uint_eq(wasi_u8(&w, DATA), HD_FILETYPE_CHARACTER_DEVICE);
        ck_assert_uint_eq(wasi_u16(&w, DATA + HD_FDSTAT_FLAGS), 0);
        /* That is how the C library of WASI knows a terminal. */
        ck_assert_uint_eq(
            wasi_u64(&w, DATA + HD_FDSTAT_RIGHTS_BASE) & (HD_RIGHT_FD_SEEK | HD_RIGHT_FD_TELL), 0);
    }
    wasi_expect(&w, NOTCAPABLE, "fd_write", 0, VECTORS, 0, COUNT);
    wasi_expect(&w, NOTCAPABLE, "fd_read", 1, VECTORS, 0, COUNT);
    ck_assert_int_eq(write(master, "line\n", 5), 5);
    ck_assert_str_eq(wasi_read(&w, 0), "line\n");
    ck_assert_int_eq(read(master, text, sizeof text), 6); /* its echo, with a carriage return */
    ck_assert_uint_eq(wasi_write(&w, 1, "out"), 0);
    ck_assert_int_eq(read(master, text, sizeof text), 3);
    wasi_iovec(&w, VECTORS, DATA, 60000);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", 0, HD_FDFLAG_NONBLOCK);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", 1, HD_FDFLAG_NONBLOCK);
    wasi_expect(&w, AGAIN, "fd_read", 0, VECTORS, 1, COUNT);
    /* Nobody takes what is written: at some time there is no room left. */
    wasi_iovec(&w, VECTORS, DATA, 3001);
    uint32_t error = 0;
    for (int n = 0; n < 1000 && !error; n++)
        error = wasi_call(&w, "fd_write", 1, VECTORS, 1, COUNT);
    wasi_expect_(__FILE__, __LINE__, HD_WASI_AGAIN, error, "fd_write");
    ck_assert_int_eq(fcntl(terminal, F_GETFL) & O_NONBLOCK, 0);
    wasi_end(&w);
    close(terminal);
    close(master);
}
END_TEST

START_TEST(a_descriptor_that_is_closed) {
    wasi_program w;
    int ends[2];
    hd_wasi_options options = wasi_nothing;
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    close(ends[1]);
    options.input.descriptor = ends[0];
    options.output.descriptor = ends[1];
    wasi_start(&w, &options);
    ck_assert_str_eq(wasi_read(&w, 0), "");
    ck_assert_uint_eq(wasi_write(&w, 1, "vanishes"), 0);
    wasi_end(&w);
}
END_TEST

TCase *wasi_stream_case(void) {
    TCase *tests = tcase_create("stream");
    tcase_add_test(tests, captured_output);
    tcase_add_test(tests, large_output);
    tcase_add_test(tests, nothing_there);
    tcase_add_test(tests, pipes_give_what_they_have);
    tcase_add_test(tests, nonblocking_pipes);
    tcase_add_test(tests, nobody_reads);
    tcase_add_test(tests, bad_buffers);
    tcase_add_test(tests, too_much_in_all);
    tcase_add_test(tests, positions_of_pipes);
    tcase_add_test(tests, closed_streams_stay_open_outside);
    tcase_add_test(tests, terminals);
    tcase_add_test(tests, a_descriptor_that_is_closed);
    return tests;
}
