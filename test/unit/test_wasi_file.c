/* test_wasi_file.c: what is done with an open file: positions, sizes, times, flags, rights. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "test_wasi.h"

enum { DIR_FD = 3, VECTOR = 0, COUNT = 16, STAT = 64, DATA = 1000 };

/* Opens or makes a file beneath the preopen. */
static uint32_t opened(wasi_program *w, const char *path, uint32_t oflags, uint32_t fdflags) {
    uint32_t fd;
    wasi_expect_(__FILE__, __LINE__, HD_WASI_SUCCESS,
                 wasi_open(w, DIR_FD, path, 1, oflags, fdflags, &fd), path);
    return fd;
}

static uint64_t position(wasi_program *w, uint32_t fd) {
    wasi_expect(w, SUCCESS, "fd_tell", fd, STAT);
    return wasi_u64(w, STAT);
}

START_TEST(positions) {
    wasi_program w;
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, 0);
    ck_assert_uint_eq(fd, 4);
    ck_assert_uint_eq(wasi_write(&w, fd, "0123456789"), 0);
    ck_assert_uint_eq(position(&w, fd), 10);
    wasi_expect(&w, SUCCESS, "fd_seek", fd, 2, HD_WHENCE_SET, STAT);
    ck_assert_uint_eq(wasi_u64(&w, STAT), 2);
    ck_assert_str_eq(wasi_read(&w, fd), "23456789");
    wasi_expect(&w, SUCCESS, "fd_seek", fd, (uint64_t)-3, HD_WHENCE_END, STAT);
    ck_assert_uint_eq(wasi_u64(&w, STAT), 7);
    wasi_expect(&w, SUCCESS, "fd_seek", fd, (uint64_t)-5, HD_WHENCE_CUR, STAT);
    ck_assert_uint_eq(wasi_u64(&w, STAT), 2);
    wasi_expect(&w, INVAL, "fd_seek", fd, (uint64_t)-3, HD_WHENCE_CUR, STAT);
    wasi_expect(&w, INVAL, "fd_seek", fd, 0, 3, STAT);
    wasi_expect(&w, FAULT, "fd_seek", fd, 5, HD_WHENCE_SET, WASI_MEMORY);
    wasi_expect(&w, INVAL, "fd_seek", fd, 5, HD_WHENCE_SET, STAT + 4);
    wasi_expect(&w, BADF, "fd_seek", 9, 5, HD_WHENCE_SET, STAT);
    ck_assert_uint_eq(position(&w, fd), 2); /* none of these moved it */
    wasi_expect(&w, FAULT, "fd_tell", fd, WASI_MEMORY);
    wasi_end(&w);
}
END_TEST

START_TEST(reads_and_writes_at_offsets) {
    wasi_program w;
    char text[16] = "";
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, 0);
    ck_assert_uint_eq(wasi_write(&w, fd, "0123456789"), 0);
    wasi_text(&w, DATA, "abc");
    wasi_iovec(&w, VECTOR, DATA, 3);
    wasi_expect(&w, SUCCESS, "fd_pwrite", fd, VECTOR, 1, 4, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 3);
    wasi_iovec(&w, VECTOR, DATA + 10, 2);
    wasi_iovec(&w, VECTOR + 8, DATA + 20, 9);
    wasi_expect(&w, SUCCESS, "fd_pread", fd, VECTOR, 2, 3, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 7);
    wasi_get(&w, DATA + 10, text, 2);
    wasi_get(&w, DATA + 20, text + 2, 5);
    ck_assert_str_eq(text, "3abc789");
    ck_assert_uint_eq(position(&w, fd), 10);
    wasi_expect(&w, SUCCESS, "fd_pread", fd, VECTOR, 1, 10, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 0);
    wasi_expect(&w, SUCCESS, "fd_pread", fd, VECTOR, 1, INT64_MAX - 100, COUNT);
    wasi_expect(&w, INVAL, "fd_pread", fd, VECTOR, 1, UINT64_C(1) << 63, COUNT);
    wasi_expect(&w, INVAL, "fd_pwrite", fd, VECTOR, 1, UINT64_MAX, COUNT);
    wasi_expect(&w, FAULT, "fd_pread", fd, VECTOR, 1, 0, WASI_MEMORY);
    wasi_end(&w);
}
END_TEST

/* More than what is copied at once, through many small buffers. */
START_TEST(large_files) {
    wasi_program w;
    static uint8_t bytes[100 * 1000];
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, 0);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 13 + i / 251);
    for (uint32_t i = 0; i < 1000; i++)
        wasi_iovec(&w, 20000 + 8 * i, 30000 + 100 * i, 100);
    wasi_put(&w, 30000, bytes, sizeof bytes);
    wasi_expect(&w, SUCCESS, "fd_write", fd, 20000, 1000, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), sizeof bytes);
    memset(bytes, 0, sizeof bytes);
    wasi_put(&w, 30000, bytes, sizeof bytes);
    wasi_expect(&w, SUCCESS, "fd_seek", fd, 0, HD_WHENCE_SET, STAT);
    wasi_iovec(&w, 20000 + 8 * 999, 30000 + 100 * 999, 200);
    wasi_expect(&w, SUCCESS, "fd_read", fd, 20000, 1000, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), sizeof bytes);
    wasi_get(&w, 30000, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        ck_assert_uint_eq(bytes[i], (uint8_t)(i * 13 + i / 251));
    wasi_end(&w);
}
END_TEST

START_TEST(sizes) {
    wasi_program w;
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, 0);
    ck_assert_uint_eq(wasi_write(&w, fd, "0123456789"), 0);
    wasi_expect(&w, SUCCESS, "fd_filestat_set_size", fd, 4);
    ck_assert_str_eq(wasi_read_host(&w, "file"), "0123");
    wasi_expect(&w, INVAL, "fd_filestat_set_size", fd, UINT64_C(1) << 63);
    wasi_expect(&w, BADF, "fd_filestat_set_size", 9, 4);
    wasi_expect(&w, NOTCAPABLE, "fd_filestat_set_size", DIR_FD, 4);
    wasi_expect(&w, SUCCESS, "fd_allocate", fd, 2, 10);
    wasi_expect(&w, SUCCESS, "fd_filestat_get", fd, STAT);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FILESTAT_LENGTH), 12);
    ck_assert_uint_eq(wasi_u8(&w, STAT + HD_FILESTAT_FILETYPE), HD_FILETYPE_REGULAR_FILE);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FILESTAT_NLINK), 1);
    wasi_expect(&w, INVAL, "fd_allocate", fd, 0, 0);
    wasi_expect(&w, INVAL, "fd_allocate", fd, UINT64_MAX, 1);
    wasi_expect(&w, INVAL, "fd_allocate", fd, 0, UINT64_MAX);
    wasi_expect(&w, NOTCAPABLE, "fd_allocate", DIR_FD, 0, 1);
    wasi_expect(&w, FAULT, "fd_filestat_get", fd, WASI_MEMORY - 32);
    wasi_expect(&w, INVAL, "fd_filestat_get", fd, STAT + 4);
    wasi_expect(&w, BADF, "fd_filestat_get", 9, STAT);
    wasi_end(&w);
}
END_TEST

START_TEST(advice_and_syncs) {
    wasi_program w;
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, 0);
    for (uint32_t advice = 0; advice < 6; advice++)
        wasi_expect(&w, SUCCESS, "fd_advise", fd, 0, 100, advice);
    wasi_expect(&w, INVAL, "fd_advise", fd, 0, 100, 6);
    wasi_expect(&w, INVAL, "fd_advise", fd, UINT64_MAX, 100, 0);
    wasi_expect(&w, BADF, "fd_advise", 9, 0, 100, 0);
    wasi_expect(&w, NOTCAPABLE, "fd_advise", DIR_FD, 0, 100, 0);
    wasi_expect(&w, SUCCESS, "fd_sync", fd);
    wasi_expect(&w, SUCCESS, "fd_datasync", fd);
    wasi_expect(&w, SUCCESS, "fd_sync", DIR_FD);
    wasi_expect(&w, BADF, "fd_sync", 9);
    wasi_expect(&w, BADF, "fd_datasync", UINT32_MAX);
    wasi_end(&w);
}
END_TEST

START_TEST(times) {
    wasi_program w;
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, 0);
    const uint64_t then = UINT64_C(1234567890) * HD_SECOND + 987654321;
    wasi_expect(&w, SUCCESS, "fd_filestat_set_times", fd, then, then + 1,
                HD_FSTFLAG_ATIM | HD_FSTFLAG_MTIM);
    wasi_expect(&w, SUCCESS, "fd_filestat_get", fd, STAT);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FILESTAT_ATIM), then);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FILESTAT_MTIM), then + 1);
    wasi_expect(&w, SUCCESS, "path_filestat_set_times", DIR_FD, 0, WASI_TEXT(&w, DATA, "file"), 5,
                7, HD_FSTFLAG_MTIM);
    wasi_expect(&w, SUCCESS, "path_filestat_get", DIR_FD, 0, WASI_TEXT(&w, DATA, "file"), STAT);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FILESTAT_ATIM), then); /* left as it was */
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FILESTAT_MTIM), 7);
    wasi_expect(&w, SUCCESS, "fd_filestat_set_times", fd, 0, 0, HD_FSTFLAG_ATIM_NOW);
    wasi_expect(&w, SUCCESS, "fd_filestat_get", fd, STAT);
    ck_assert_uint_gt(wasi_u64(&w, STAT + HD_FILESTAT_ATIM), then);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FILESTAT_MTIM), 7);
    wasi_expect(&w, INVAL, "fd_filestat_set_times", fd, 0, 0,
                HD_FSTFLAG_ATIM | HD_FSTFLAG_ATIM_NOW);
    wasi_expect(&w, INVAL, "fd_filestat_set_times", fd, 0, 0,
                HD_FSTFLAG_MTIM | HD_FSTFLAG_MTIM_NOW);
    wasi_expect(&w, INVAL, "fd_filestat_set_times", fd, 0, 0, 16);
    wasi_expect(&w, INVAL, "path_filestat_set_times", DIR_FD, 0, WASI_TEXT(&w, DATA, "file"), 0, 0,
                16);
    wasi_expect(&w, INVAL, "path_filestat_set_times", DIR_FD, 2, WASI_TEXT(&w, DATA, "file"), 0, 0,
                0);
    wasi_expect(&w, BADF, "fd_filestat_set_times", 9, 0, 0, 0);
    wasi_end(&w);
}
END_TEST

START_TEST(flags) {
    wasi_program w;
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, HD_FDFLAG_APPEND);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", fd, STAT);
    ck_assert_uint_eq(wasi_u16(&w, STAT + HD_FDSTAT_FLAGS), HD_FDFLAG_APPEND);
    ck_assert_uint_eq(wasi_u8(&w, STAT + HD_FDSTAT_FILETYPE), HD_FILETYPE_REGULAR_FILE);
    ck_assert_uint_eq(wasi_write(&w, fd, "one"), 0);
    wasi_expect(&w, SUCCESS, "fd_seek", fd, 0, HD_WHENCE_SET, STAT);
    ck_assert_uint_eq(wasi_write(&w, fd, "two"), 0);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", fd, 0);
    wasi_expect(&w, SUCCESS, "fd_seek", fd, 0, HD_WHENCE_SET, STAT);
    ck_assert_uint_eq(wasi_write(&w, fd, "TH"), 0);
    ck_assert_str_eq(wasi_read_host(&w, "file"), "THetwo");
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_flags", fd, HD_FDFLAG_APPEND | HD_FDFLAG_NONBLOCK);
    ck_assert_uint_eq(wasi_write(&w, fd, "!"), 0);
    ck_assert_str_eq(wasi_read_host(&w, "file"), "THetwo!");
    wasi_expect(&w, NOTSUP, "fd_fdstat_set_flags", fd, HD_FDFLAG_SYNC);
    wasi_expect(&w, INVAL, "fd_fdstat_set_flags", fd, 32);
    wasi_expect(&w, BADF, "fd_fdstat_set_flags", 9, 0);
    wasi_expect(&w, FAULT, "fd_fdstat_get", fd, WASI_MEMORY - 16);
    wasi_expect(&w, INVAL, "fd_fdstat_get", fd, STAT + 1);
    fd = opened(&w, "file", 0, HD_FDFLAG_SYNC | HD_FDFLAG_RSYNC | HD_FDFLAG_DSYNC);
    ck_assert_uint_eq(wasi_write(&w, fd, "S"), 0);
    wasi_end(&w);
}
END_TEST

START_TEST(rights_only_become_less) {
    wasi_program w;
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, 0);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", fd, STAT);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FDSTAT_RIGHTS_BASE), HD_RIGHTS_FILE);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FDSTAT_RIGHTS_INHERITING), 0);
    wasi_expect(&w, NOTCAPABLE, "fd_fdstat_set_rights", fd, HD_RIGHTS_FILE | HD_RIGHT_PATH_OPEN, 0);
    wasi_expect(&w, NOTCAPABLE, "fd_fdstat_set_rights", fd, HD_RIGHTS_FILE, HD_RIGHT_FD_READ);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_rights", fd, HD_RIGHT_FD_TELL | HD_RIGHT_FD_WRITE, 0);
    wasi_expect(&w, NOTCAPABLE, "fd_fdstat_set_rights", fd, HD_RIGHT_FD_READ, 0);
    wasi_iovec(&w, VECTOR, DATA, 3);
    wasi_expect(&w, NOTCAPABLE, "fd_read", fd, VECTOR, 1, COUNT);
    wasi_expect(&w, NOTCAPABLE, "fd_pread", fd, VECTOR, 1, 0, COUNT);
    wasi_expect(&w, NOTCAPABLE, "fd_pwrite", fd, VECTOR, 1, 0, COUNT); /* that takes FD_SEEK */
    wasi_expect(&w, SUCCESS, "fd_write", fd, VECTOR, 1, COUNT);
    wasi_expect(&w, SUCCESS, "fd_tell", fd, STAT);
    wasi_expect(&w, SUCCESS, "fd_seek", fd, 0, HD_WHENCE_CUR, STAT);
    wasi_expect(&w, NOTCAPABLE, "fd_seek", fd, 0, HD_WHENCE_SET, STAT);
    wasi_expect(&w, NOTCAPABLE, "fd_seek", fd, 1, HD_WHENCE_CUR, STAT);
    wasi_expect(&w, NOTCAPABLE, "fd_sync", fd);
    wasi_expect(&w, NOTCAPABLE, "fd_datasync", fd);
    wasi_expect(&w, NOTCAPABLE, "fd_advise", fd, 0, 0, 0);
    wasi_expect(&w, NOTCAPABLE, "fd_allocate", fd, 0, 1);
    wasi_expect(&w, NOTCAPABLE, "fd_fdstat_set_flags", fd, 0);
    wasi_expect(&w, NOTCAPABLE, "fd_filestat_get", fd, STAT);
    wasi_expect(&w, NOTCAPABLE, "fd_filestat_set_size", fd, 0);
    wasi_expect(&w, NOTCAPABLE, "fd_filestat_set_times", fd, 0, 0, 0);
    wasi_expect(&w, SUCCESS, "fd_close", fd);
    wasi_expect(&w, BADF, "fd_fdstat_set_rights", fd, 0, 0);
    wasi_end(&w);
}
END_TEST

START_TEST(seek_implies_tell) {
    wasi_program w;
    wasi_start_folder(&w);
    uint32_t fd = opened(&w, "file", HD_OFLAG_CREAT, 0);
    wasi_expect(&w, SUCCESS, "fd_fdstat_set_rights", fd, HD_RIGHT_FD_SEEK, 0);
    wasi_expect(&w, SUCCESS, "fd_tell", fd, STAT);
    wasi_expect(&w, SUCCESS, "fd_seek", fd, 3, HD_WHENCE_SET, STAT);
    wasi_end(&w);
}
END_TEST

START_TEST(rights_over_a_directory) {
    static const struct {
        uint64_t right;
        const char *name;
        size_t count;
        uint64_t arguments[9];
    } rows[] = {
        {HD_RIGHT_PATH_CREATE_DIRECTORY, "path_create_directory", 3, {DIR_FD, DATA, 1}},
        {HD_RIGHT_PATH_REMOVE_DIRECTORY, "path_remove_directory", 3, {DIR_FD, DATA, 1}},
        {HD_RIGHT_PATH_UNLINK_FILE, "path_unlink_file", 3, {DIR_FD, DATA, 1}},
        {HD_RIGHT_PATH_FILESTAT_GET, "path_filestat_get", 5, {DIR_FD, 0, DATA, 1, STAT}},
        {HD_RIGHT_PATH_FILESTAT_SET_TIMES,
         "path_filestat_set_times",
         7,
         {DIR_FD, 0, DATA, 1, 0, 0, 0}},
        {HD_RIGHT_PATH_LINK_SOURCE, "path_link", 7, {DIR_FD, 0, DATA, 1, DIR_FD, DATA, 1}},
        {HD_RIGHT_PATH_LINK_TARGET, "path_link", 7, {DIR_FD, 0, DATA, 1, DIR_FD, DATA, 1}},
        {HD_RIGHT_PATH_RENAME_SOURCE, "path_rename", 6, {DIR_FD, DATA, 1, DIR_FD, DATA, 1}},
        {HD_RIGHT_PATH_RENAME_TARGET, "path_rename", 6, {DIR_FD, DATA, 1, DIR_FD, DATA, 1}},
        {HD_RIGHT_PATH_SYMLINK, "path_symlink", 5, {DATA, 1, DIR_FD, DATA, 1}},
        {HD_RIGHT_PATH_READLINK, "path_readlink", 6, {DIR_FD, DATA, 1, STAT, 8, COUNT}},
        {HD_RIGHT_PATH_OPEN, "path_open", 9, {DIR_FD, 0, DATA, 1, 0, 0, 0, 0, COUNT}},
        {HD_RIGHT_PATH_CREATE_FILE,
         "path_open",
         9,
         {DIR_FD, 0, DATA, 1, HD_OFLAG_CREAT, 0, 0, 0, COUNT}},
        {HD_RIGHT_PATH_FILESTAT_SET_SIZE,
         "path_open",
         9,
         {DIR_FD, 0, DATA, 1, HD_OFLAG_TRUNC, 0, 0, 0, COUNT}},
        {HD_RIGHT_FD_READDIR, "fd_readdir", 5, {DIR_FD, STAT, 8, 0, COUNT}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wasi_program w;
        wasi_start_folder(&w);
        wasi_text(&w, DATA, "x");
        uint32_t error = wasi_call_(&w, rows[i].name, rows[i].arguments, rows[i].count);
        ck_assert_msg(error != HD_WASI_NOTCAPABLE, "%s with all rights", rows[i].name);
        wasi_expect(&w, SUCCESS, "fd_fdstat_set_rights", DIR_FD,
                    HD_RIGHTS_DIRECTORY & ~rows[i].right, 0);
        error = wasi_call_(&w, rows[i].name, rows[i].arguments, rows[i].count);
        wasi_expect_(__FILE__, __LINE__, HD_WASI_NOTCAPABLE, error, rows[i].name);
        wasi_end(&w);
    }
}
END_TEST

START_TEST(rights_are_inherited) {
    wasi_program w;
    uint32_t dir, fd;
    wasi_start_folder(&w);
    ck_assert_int_eq(mkdir(wasi_host(&w, "dir"), 0777), 0);
    wasi_write_host(&w, "dir/file", "text");
    const uint64_t reading = HD_RIGHT_FD_READ | HD_RIGHT_FD_SEEK;
    wasi_text(&w, DATA, "dir");
    wasi_expect(&w, SUCCESS, "path_open", DIR_FD, 0, DATA, 3, HD_OFLAG_DIRECTORY,
                HD_RIGHT_PATH_OPEN, reading, 0, COUNT);
    dir = wasi_u32(&w, COUNT);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", dir, STAT);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FDSTAT_RIGHTS_BASE), HD_RIGHT_PATH_OPEN);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FDSTAT_RIGHTS_INHERITING), reading);
    wasi_text(&w, DATA, "file");
    wasi_expect(&w, NOTCAPABLE, "path_open", dir, 0, DATA, 4, 0, reading | HD_RIGHT_FD_WRITE, 0, 0,
                COUNT);
    wasi_expect(&w, NOTCAPABLE, "path_open", dir, 0, DATA, 4, 0, reading, HD_RIGHT_FD_WRITE, 0,
                COUNT);
    wasi_expect(&w, NOTCAPABLE, "path_open", dir, 0, DATA, 4, HD_OFLAG_CREAT, reading, 0, 0, COUNT);
    wasi_expect(&w, NOTCAPABLE, "path_open", dir, 0, DATA, 4, HD_OFLAG_TRUNC, reading, 0, 0, COUNT);
    ck_assert_str_eq(wasi_read_host(&w, "dir/file"), "text");
    wasi_expect(&w, SUCCESS, "path_open", dir, 0, DATA, 4, 0, reading, 0, 0, COUNT);
    fd = wasi_u32(&w, COUNT);
    ck_assert_str_eq(wasi_read(&w, fd), "text");
    wasi_iovec(&w, VECTOR, DATA, 1);
    wasi_expect(&w, NOTCAPABLE, "fd_write", fd, VECTOR, 1, COUNT);
    wasi_end(&w);
}
END_TEST

START_TEST(numbers) {
    wasi_program w;
    wasi_start_folder(&w);
    uint32_t a = opened(&w, "a", HD_OFLAG_CREAT, 0), b = opened(&w, "b", HD_OFLAG_CREAT, 0);
    ck_assert_uint_eq(a, 4);
    ck_assert_uint_eq(b, 5);
    ck_assert_uint_eq(wasi_write(&w, b, "to b"), 0);
    wasi_expect(&w, SUCCESS, "fd_renumber", b, a);
    wasi_expect(&w, BADF, "fd_tell", b, STAT);
    ck_assert_uint_eq(position(&w, a), 4);
    ck_assert_uint_eq(wasi_write(&w, a, " too"), 0);
    ck_assert_str_eq(wasi_read_host(&w, "b"), "to b too");
    wasi_expect(&w, SUCCESS, "fd_renumber", a, a);
    ck_assert_uint_eq(position(&w, a), 8);
    wasi_expect(&w, BADF, "fd_renumber", a, 100);
    wasi_expect(&w, BADF, "fd_renumber", 100, a);
    wasi_expect(&w, BADF, "fd_renumber", UINT32_MAX, UINT32_MAX);
    ck_assert_uint_eq(opened(&w, "c", HD_OFLAG_CREAT, 0), 5); /* the lowest that is free */
    wasi_expect(&w, SUCCESS, "fd_close", a);
    wasi_expect(&w, BADF, "fd_close", a);
    ck_assert_uint_eq(opened(&w, "c", 0, 0), 4);
    /* A preopen keeps its name under another number. */
    wasi_expect(&w, SUCCESS, "fd_renumber", DIR_FD, 5);
    wasi_expect(&w, BADF, "fd_prestat_get", DIR_FD, STAT);
    wasi_expect(&w, SUCCESS, "fd_prestat_get", 5, STAT);
    wasi_end(&w);
}
END_TEST

START_TEST(preopens) {
    wasi_program w;
    wasi_start_folder(&w);
    wasi_expect(&w, SUCCESS, "fd_prestat_get", DIR_FD, STAT);
    ck_assert_uint_eq(wasi_u8(&w, STAT), 0);
    ck_assert_uint_eq(wasi_u32(&w, STAT + HD_PRESTAT_NAME_LENGTH), 1);
    wasi_expect(&w, SUCCESS, "fd_prestat_dir_name", DIR_FD, DATA, 1);
    ck_assert_uint_eq(wasi_u8(&w, DATA), '/');
    wasi_expect(&w, NAMETOOLONG, "fd_prestat_dir_name", DIR_FD, DATA, 0);
    wasi_expect(&w, FAULT, "fd_prestat_dir_name", DIR_FD, WASI_MEMORY, 1);
    wasi_expect(&w, FAULT, "fd_prestat_get", DIR_FD, WASI_MEMORY - 4);
    wasi_expect(&w, INVAL, "fd_prestat_get", DIR_FD, STAT + 2);
    wasi_expect(&w, BADF, "fd_prestat_get", 0, STAT);
    wasi_expect(&w, BADF, "fd_prestat_get", 4, STAT);
    wasi_expect(&w, BADF, "fd_prestat_dir_name", 4, DATA, 1);
    uint32_t fd = opened(&w, ".", HD_OFLAG_DIRECTORY, 0);
    wasi_expect(&w, BADF, "fd_prestat_get", fd, STAT);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", DIR_FD, STAT);
    ck_assert_uint_eq(wasi_u8(&w, STAT), HD_FILETYPE_DIRECTORY);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FDSTAT_RIGHTS_BASE), HD_RIGHTS_DIRECTORY);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FDSTAT_RIGHTS_INHERITING),
                      HD_RIGHTS_DIRECTORY | HD_RIGHTS_FILE);
    wasi_end(&w);
}
END_TEST

/* Every request for memory fails once: a call says so or traps, and nothing leaks. */
START_TEST(out_of_memory) {
    static const struct {
        const char *name;
        size_t count;
        uint64_t arguments[9];
    } rows[] = {
        {"path_open", 9, {DIR_FD, 0, DATA, 4, HD_OFLAG_CREAT, HD_RIGHTS_FILE, 0, 0, COUNT}},
        {"fd_readdir", 5, {DIR_FD, STAT, 100, 0, COUNT}},
        {"poll_oneoff", 4, {4096, 8192, 1, COUNT}},
        {"fd_write", 4, {1, VECTOR, 1, COUNT}},
        {"args_sizes_get", 2, {STAT, STAT + 4}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool done = false;
        for (uint64_t n = 1; !done; n++) {
            wasi_program w;
            uint32_t error;
            wasi_start_folder(&w);
            wasi_text(&w, DATA, "file");
            wasi_iovec(&w, VECTOR, DATA, 4);
            hd_alloc_fail_after(n);
            hd_trapcode trap =
                wasi_leave(&w, rows[i].name, &error, rows[i].arguments, rows[i].count);
            hd_alloc_fail_after(0);
            done = trap == HD_TRAP_NONE && error == 0;
            if (trap == HD_TRAP_NONE && !done)
                wasi_expect_(__FILE__, __LINE__, HD_WASI_NOMEM, error, rows[i].name);
            if (trap != HD_TRAP_NONE) ck_assert_int_eq(w.diag.status, HD_NOMEM);
            /* A call that failed has left nothing open. */
            if (error) wasi_expect(&w, BADF, "fd_close", 4);
            wasi_end(&w);
            ck_assert_uint_lt(n, 100);
        }
    }
}
END_TEST

TCase *wasi_file_case(void) {
    TCase *tests = tcase_create("file");
    tcase_add_test(tests, positions);
    tcase_add_test(tests, reads_and_writes_at_offsets);
    tcase_add_test(tests, large_files);
    tcase_add_test(tests, sizes);
    tcase_add_test(tests, advice_and_syncs);
    tcase_add_test(tests, times);
    tcase_add_test(tests, flags);
    tcase_add_test(tests, rights_only_become_less);
    tcase_add_test(tests, seek_implies_tell);
    tcase_add_test(tests, rights_over_a_directory);
    tcase_add_test(tests, rights_are_inherited);
    tcase_add_test(tests, numbers);
    tcase_add_test(tests, preopens);
    tcase_add_test(tests, out_of_memory);
    return tests;
}
