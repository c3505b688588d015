/* test_wasi_socket.c: sockets that a program is given as its streams. */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "test_wasi.h"

enum { VECTOR = 0, COUNT = 16, FLAGS = 24, STAT = 64, DATA = 1000 };

/* Makes a program whose input is one end of a pair; the other one is returned. */
static int start_with_pair(wasi_program *w, int type, int *theirs) {
    int pair[2];
    ck_assert_int_eq(socketpair(AF_UNIX, type, 0, pair), 0);
    hd_wasi_options options = wasi_nothing;
    options.input.descriptor = *theirs = pair[0];
    wasi_start(w, &options);
    return pair[1];
}

static const char *received(wasi_program *w, uint32_t length) {
    static char text[64];
    ck_assert_uint_eq(wasi_u32(w, COUNT), length);
    wasi_get(w, DATA, text, length);
    text[length] = '\0';
    return text;
}

START_TEST(stream) {
    wasi_program w;
    char text[8];
    int theirs, ours = start_with_pair(&w, SOCK_STREAM, &theirs);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", 0, STAT);
    ck_assert_uint_eq(wasi_u8(&w, STAT), HD_FILETYPE_SOCKET_STREAM);
    ck_assert_int_eq(write(ours, "0123456789", 10), 10);
    wasi_iovec(&w, VECTOR, DATA, 4);
    wasi_expect(&w, SUCCESS, "sock_recv", 0, VECTOR, 1, HD_RIFLAG_RECV_PEEK, COUNT, FLAGS);
    ck_assert_str_eq(received(&w, 4), "0123");
    ck_assert_uint_eq(wasi_u16(&w, FLAGS), 0);
    wasi_expect(&w, SUCCESS, "sock_recv", 0, VECTOR, 1, 0, COUNT, FLAGS);
    ck_assert_str_eq(received(&w, 4), "0123");
    wasi_iovec(&w, VECTOR, DATA, 3);
    wasi_expect(&w, SUCCESS, "fd_read", 0, VECTOR, 1, COUNT);
    ck_assert_str_eq(received(&w, 3), "456");
    ck_assert_int_eq(shutdown(ours, SHUT_WR), 0);
    wasi_iovec(&w, VECTOR, DATA, 9);
    wasi_expect(&w, SUCCESS, "sock_recv", 0, VECTOR, 1, HD_RIFLAG_RECV_WAITALL, COUNT, FLAGS);
    ck_assert_str_eq(received(&w, 3), "789"); /* there will never be more */
    wasi_text(&w, DATA, "out");
    wasi_iovec(&w, VECTOR, DATA, 3);
    wasi_expect(&w, SUCCESS, "sock_send", 0, VECTOR, 1, 0, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 3);
    wasi_expect(&w, SUCCESS, "fd_write", 0, VECTOR, 1, COUNT);
    ck_assert_int_eq(read(ours, text, sizeof text), 6);
    ck_assert_mem_eq(text, "outout", 6);
    wasi_expect(&w, SUCCESS, "sock_shutdown", 0, HD_SDFLAG_WR);
    ck_assert_int_eq(read(ours, text, sizeof text), 0);
    wasi_expect(&w, PIPE, "sock_send", 0, VECTOR, 1, 0, COUNT);
    close(ours);
    close(theirs);
    wasi_end(&w);
}
END_TEST

START_TEST(datagrams) {
    wasi_program w;
    char text[8];
    int theirs, ours = start_with_pair(&w, SOCK_DGRAM, &theirs);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", 0, STAT);
    ck_assert_uint_eq(wasi_u8(&w, STAT), HD_FILETYPE_SOCKET_DGRAM);
    ck_assert_int_eq(write(ours, "0123456789", 10), 10);
    ck_assert_int_eq(write(ours, "next", 4), 4);
    wasi_iovec(&w, VECTOR, DATA, 4);
    wasi_expect(&w, SUCCESS, "sock_recv", 0, VECTOR, 1, 0, COUNT, FLAGS);
    ck_assert_str_eq(received(&w, 4), "0123");
    ck_assert_uint_eq(wasi_u16(&w, FLAGS), HD_ROFLAG_RECV_DATA_TRUNCATED);
    wasi_expect(&w, SUCCESS, "sock_recv", 0, VECTOR, 1, 0, COUNT, FLAGS);
    ck_assert_str_eq(received(&w, 4), "next");
    ck_assert_uint_eq(wasi_u16(&w, FLAGS), 0);
    wasi_text(&w, DATA, "out");
    wasi_iovec(&w, VECTOR, DATA, 2);
    wasi_iovec(&w, VECTOR + 8, DATA + 2, 1);
    wasi_expect(&w, SUCCESS, "sock_send", 0, VECTOR, 2, 0, COUNT);
    ck_assert_int_eq(read(ours, text, sizeof text), 3);
    wasi_iovec(&w, VECTOR, 0, 100000);
    wasi_expect(&w, MSGSIZE, "sock_send", 0, VECTOR, 1, 0, COUNT);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", 0, HD_FDFLAG_NONBLOCK);
    wasi_expect(&w, AGAIN, "sock_recv", 0, VECTOR, 1, 0, COUNT, FLAGS);
    close(ours);
    close(theirs);
    wasi_end(&w);
}
END_TEST

START_TEST(bad_arguments) {
    wasi_program w;
    int theirs, ours = start_with_pair(&w, SOCK_STREAM, &theirs);
    ck_assert_int_eq(write(ours, "kept", 4), 4);
    wasi_iovec(&w, VECTOR, DATA, 4);
    wasi_expect(&w, INVAL, "sock_recv", 0, VECTOR, 1, 4, COUNT, FLAGS);
    wasi_expect(&w, FAULT, "sock_recv", 0, VECTOR, 1, 0, WASI_MEMORY, FLAGS);
    wasi_expect(&w, FAULT, "sock_recv", 0, VECTOR, 1, 0, COUNT, WASI_MEMORY);
    wasi_expect(&w, INVAL, "sock_recv", 0, VECTOR, 1, 0, COUNT, FLAGS + 1);
    wasi_expect(&w, FAULT, "sock_recv", 0, WASI_MEMORY, 1, 0, COUNT, FLAGS);
    wasi_expect(&w, INVAL, "sock_send", 0, VECTOR, 1, 1, COUNT);
    wasi_expect(&w, FAULT, "sock_send", 0, VECTOR, 1, 0, WASI_MEMORY);
    wasi_expect(&w, INVAL, "sock_shutdown", 0, 0);
    wasi_expect(&w, INVAL, "sock_shutdown", 0, 4);
    wasi_expect(&w, INVAL, "sock_accept", 0, HD_FDFLAG_APPEND, COUNT);
    wasi_expect(&w, FAULT, "sock_accept", 0, 0, WASI_MEMORY);
    wasi_expect(&w, BADF, "sock_recv", 9, VECTOR, 1, 0, COUNT, FLAGS);
    wasi_expect(&w, NOTSOCK, "sock_recv", 1, VECTOR, 1, 0, COUNT, FLAGS);
    wasi_expect(&w, NOTSOCK, "sock_send", 1, VECTOR, 1, 0, COUNT);
    wasi_expect(&w, NOTSOCK, "sock_accept", 1, 0, COUNT);
    wasi_expect(&w, NOTSOCK, "sock_shutdown", 1, 1);
    wasi_expect(&w, SUCCESS, "sock_recv", 0, VECTOR, 1, 0, COUNT, FLAGS);
    ck_assert_str_eq(received(&w, 4), "kept");
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_rights", 0, 0, 0);
    wasi_expect(&w, NOTCAPABLE, "sock_recv", 0, VECTOR, 1, 0, COUNT, FLAGS);
    wasi_expect(&w, NOTCAPABLE, "sock_send", 0, VECTOR, 1, 0, COUNT);
    wasi_expect(&w, NOTCAPABLE, "sock_shutdown", 0, 1);
    wasi_expect(&w, NOTCAPABLE, "sock_accept", 0, 0, COUNT);
    close(ours);
    close(theirs);
    wasi_end(&w);
}
END_TEST

START_TEST(connections) {
    wasi_program w;
    /* An address that the kernel chooses, in no file system. */
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t size = sizeof address;
    int listening = socket(AF_UNIX, SOCK_STREAM, 0), ours = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listening, (struct sockaddr *)&address, sizeof(sa_family_t)), 0);
    ck_assert_int_eq(getsockname(listening, (struct sockaddr *)&address, &size), 0);
    ck_assert_int_eq(listen(listening, 5), 0);
    hd_wasi_options options = wasi_nothing;
    options.input.descriptor = listening;
    wasi_start(&w, &options);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", 0, HD_FDFLAG_NONBLOCK);
    wasi_expect(&w, AGAIN, "sock_accept", 0, 0, COUNT);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", 0, 0);
    ck_assert_int_eq(connect(ours, (struct sockaddr *)&address, size), 0);
    wasi_expect(&w, SUCCESS, "sock_accept", 0, HD_FDFLAG_NONBLOCK, COUNT);
    uint32_t fd = wasi_u32(&w, COUNT);
    ck_assert_uint_eq(fd, 3);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", fd, STAT);
    ck_assert_uint_eq(wasi_u8(&w, STAT), HD_FILETYPE_SOCKET_STREAM);
    ck_assert_uint_eq(wasi_u16(&w, STAT + HD_FDSTAT_FLAGS), HD_FDFLAG_NONBLOCK);
    wasi_iovec(&w, VECTOR, DATA, 4);
    wasi_expect(&w, AGAIN, "fd_read", fd, VECTOR, 1, COUNT);
    ck_assert_int_eq(write(ours, "ping", 4), 4);
    ck_assert_str_eq(wasi_read(&w, fd), "ping");
    wasi_expect(&w, SUCCESS, "fd_close", fd);
    char byte;
    ck_assert_int_eq(read(ours, &byte, 1), 0);
    close(ours);
    close(listening);
    wasi_end(&w);
}
END_TEST

TCase *wasi_socket_case(void) {
    TCase *tests = tcase_create("socket");
    tcase_add_test(tests, stream);
    tcase_add_test(tests, datagrams);
    tcase_add_test(tests, bad_arguments);
    tcase_add_test(tests, connections);
    return tests;
}
