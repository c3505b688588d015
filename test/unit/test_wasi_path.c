/* test_wasi_path.c: the functions on paths, and listings of directories. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/path.h"
#include "test_wasi.h"

enum { DIR_FD = 3, COUNT = 16, STAT = 64, LIST = 2000, PATH = 30000, PATH2 = 40000 };

/* Each test runs with both ways to find paths. */
static void start(wasi_program *w, int number) {
    hd_path_always_walk(number == 1);
    wasi_start_folder(w);
}

static void end(wasi_program *w) {
    hd_path_always_walk(false);
    wasi_end(w);
}

#define ONE(path) DIR_FD, WASI_TEXT(&w, PATH, path)
#define OTHER(path) DIR_FD, WASI_TEXT(&w, PATH2, path)

START_TEST(directories) {
    wasi_program w;
    struct stat status;
    start(&w, _i);
    wasi_expect(&w, SUCCESS, "path_create_directory", ONE("a"));
    wasi_expect(&w, SUCCESS, "path_create_directory", ONE("a/b"));
    ck_assert_int_eq(stat(wasi_host(&w, "a/b"), &status), 0);
    ck_assert(S_ISDIR(status.st_mode));
    wasi_expect(&w, EXIST, "path_create_directory", ONE("a"));
    wasi_expect(&w, NOENT, "path_create_directory", ONE("c/d"));
    wasi_expect(&w, NOTEMPTY, "path_remove_directory", ONE("a"));
    wasi_expect(&w, ISDIR, "path_unlink_file", ONE("a/b"));
    wasi_expect(&w, SUCCESS, "path_remove_directory", ONE("a/b"));
    wasi_expect(&w, SUCCESS, "path_remove_directory", ONE("a"));
    wasi_expect(&w, NOENT, "path_remove_directory", ONE("a"));
    wasi_write_host(&w, "file", "");
    wasi_expect(&w, NOTDIR, "path_remove_directory", ONE("file"));
    wasi_expect(&w, NOTDIR, "path_create_directory", ONE("file/a"));
    wasi_expect(&w, SUCCESS, "path_unlink_file", ONE("file"));
    wasi_expect(&w, NOENT, "path_unlink_file", ONE("file"));
    end(&w);
}
END_TEST

START_TEST(bad_paths) {
    wasi_program w;
    start(&w, _i);
    wasi_expect(&w, FAULT, "path_unlink_file", DIR_FD, WASI_MEMORY - 3, 4);
    wasi_expect(&w, FAULT, "path_unlink_file", DIR_FD, 8, UINT32_MAX);
    wasi_expect(&w, NAMETOOLONG, "path_unlink_file", DIR_FD, 8, 4096);
    wasi_expect(&w, NOENT, "path_unlink_file", DIR_FD, WASI_MEMORY, 0);
    wasi_put(&w, PATH, "a\0b", 3);
    wasi_expect(&w, INVAL, "path_unlink_file", DIR_FD, PATH, 3);
    wasi_put(&w, PATH, "a\xC3(", 3); /* no UTF-8 */
    wasi_expect(&w, ILSEQ, "path_unlink_file", DIR_FD, PATH, 3);
    wasi_expect(&w, ILSEQ, "path_create_directory", DIR_FD, PATH, 3);
    wasi_expect(&w, ILSEQ, "path_symlink", PATH, 3, DIR_FD, PATH, 1);
    wasi_expect(&w, ILSEQ, "path_rename", DIR_FD, PATH, 1, DIR_FD, PATH, 3);
    wasi_put(&w, PATH, "a\0b", 3);
    wasi_expect(&w, BADF, "path_unlink_file", 9, PATH, 1);
    wasi_expect(&w, NOTDIR, "path_unlink_file", 1, PATH, 1);
    wasi_expect(&w, FAULT, "path_rename", ONE("a"), DIR_FD, WASI_MEMORY, 1);
    wasi_expect(&w, BADF, "path_rename", ONE("a"), 9, PATH, 1);
    end(&w);
}
END_TEST

START_TEST(opening) {
    wasi_program w;
    uint32_t fd;
    start(&w, _i);
#define OPENS(error, path, oflags)                                                                 \
    wasi_expect_(__FILE__, __LINE__, HD_WASI_##error,                                              \
                 wasi_open(&w, DIR_FD, path, 1, oflags, 0, &fd), path)
    OPENS(NOENT, "file", 0);
    OPENS(NOENT, "file", HD_OFLAG_EXCL);
    OPENS(SUCCESS, "file", HD_OFLAG_CREAT | HD_OFLAG_EXCL);
    ck_assert_uint_eq(wasi_write(&w, fd, "text"), 0);
    OPENS(EXIST, "file", HD_OFLAG_CREAT | HD_OFLAG_EXCL);
    OPENS(SUCCESS, "file", HD_OFLAG_CREAT);
    ck_assert_str_eq(wasi_read(&w, fd), "text");
    OPENS(NOTDIR, "file", HD_OFLAG_DIRECTORY);
    OPENS(NOTDIR, "file/more", 0);
    OPENS(NOTDIR, "file/more", HD_OFLAG_CREAT);
    OPENS(SUCCESS, "file", HD_OFLAG_TRUNC);
    ck_assert_str_eq(wasi_read_host(&w, "file"), "");
    OPENS(SUCCESS, ".", HD_OFLAG_DIRECTORY);
    OPENS(ISDIR, ".", 0); /* it asks for the right to write */
    OPENS(INVAL, "new", HD_OFLAG_CREAT | HD_OFLAG_DIRECTORY);
    OPENS(INVAL, "file", 16);
    wasi_text(&w, PATH, "file");
    wasi_expect(&w, INVAL, "path_open", DIR_FD, 2, PATH, 4, 0, 0, 0, 0, COUNT);
    wasi_expect(&w, INVAL, "path_open", DIR_FD, 0, PATH, 4, 0, 0, 0, 32, COUNT);
    wasi_expect(&w, NOTCAPABLE, "path_open", DIR_FD, 0, PATH, 4, 0, UINT64_MAX, 0, 0, COUNT);
    wasi_expect(&w, BADF, "path_open", 99, 0, PATH, 4, 0, 0, 0, 0, COUNT);
    wasi_expect(&w, NOTDIR, "path_open", 1, 0, PATH, 4, 0, 0, 0, 0, COUNT);
    wasi_text(&w, PATH, "never");
    wasi_expect(&w, FAULT, "path_open", DIR_FD, 0, PATH, 5, HD_OFLAG_CREAT, 0, 0, 0, WASI_MEMORY);
    wasi_expect(&w, INVAL, "path_open", DIR_FD, 0, PATH, 5, HD_OFLAG_CREAT, 0, 0, 0, COUNT + 1);
    ck_assert_ptr_null(wasi_read_host(&w, "never"));
    wasi_text(&w, PATH, ".");
    wasi_expect(&w, ISDIR, "path_open", DIR_FD, 0, PATH, 1, HD_OFLAG_DIRECTORY, HD_RIGHT_FD_WRITE,
                0, 0, COUNT);
    /* A directory can be opened without saying so, to be read. */
    wasi_text(&w, PATH, ".");
    wasi_expect(&w, SUCCESS, "path_open", DIR_FD, 0, PATH, 1, 0, HD_RIGHT_FD_READDIR, 0, 0, COUNT);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", wasi_u32(&w, COUNT), STAT);
    ck_assert_uint_eq(wasi_u8(&w, STAT), HD_FILETYPE_DIRECTORY);
    end(&w);
}
END_TEST

/* Neither waits for somebody at the other end. */
START_TEST(fifos_and_devices) {
    wasi_program w;
    uint32_t fd;
    start(&w, _i);
    ck_assert_int_eq(mkfifo(wasi_host(&w, "fifo"), 0666), 0);
    wasi_text(&w, PATH, "fifo");
    wasi_expect(&w, NXIO, "path_open", DIR_FD, 0, PATH, 4, 0, HD_RIGHT_FD_WRITE, 0, 0, COUNT);
    wasi_expect(&w, SUCCESS, "path_open", DIR_FD, 0, PATH, 4, 0, HD_RIGHT_FD_READ, 0, 0, COUNT);
    fd = wasi_u32(&w, COUNT);
    wasi_expect(&w, SUCCESS, "fd_fdstat_get", fd, STAT);
    ck_assert_uint_eq(wasi_u8(&w, STAT), HD_FILETYPE_UNKNOWN);
    ck_assert_uint_eq(wasi_u16(&w, STAT + HD_FDSTAT_FLAGS), 0);
    wasi_expect(&w, SUCCESS, "path_open", DIR_FD, 0, PATH, 4, 0, HD_RIGHT_FD_WRITE, 0, 0, COUNT);
    uint32_t writer = wasi_u32(&w, COUNT);
    ck_assert_uint_eq(wasi_write(&w, writer, "through"), 0);
    ck_assert_str_eq(wasi_read(&w, fd), "through");
    wasi_expect(&w, SUCCESS, "fd_close", writer);
    ck_assert_str_eq(wasi_read(&w, fd), "");
    wasi_expect(&w, SUCCESS, "path_filestat_get", DIR_FD, 0, PATH, 4, STAT);
    end(&w);
}
END_TEST

START_TEST(symbolic_links) {
    wasi_program w;
    char text[32] = "";
    start(&w, _i);
    wasi_expect(&w, SUCCESS, "path_symlink", WASI_TEXT(&w, PATH, "some/target"), OTHER("link"));
    wasi_expect(&w, SUCCESS, "path_readlink", ONE("link"), LIST, 100, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 11);
    wasi_get(&w, LIST, text, 11);
    ck_assert_str_eq(text, "some/target");
    wasi_put_u32(&w, LIST + 4, 0x21212121);
    wasi_expect(&w, SUCCESS, "path_readlink", ONE("link"), LIST, 4, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 4);
    ck_assert_uint_eq(wasi_u32(&w, LIST + 4), 0x21212121);
    wasi_expect(&w, EXIST, "path_symlink", WASI_TEXT(&w, PATH, "x"), OTHER("link"));
    wasi_expect(&w, NOTCAPABLE, "path_symlink", WASI_TEXT(&w, PATH, "/x"), OTHER("absolute"));
    wasi_expect(&w, NOENT, "path_symlink", WASI_TEXT(&w, PATH, ""), OTHER("empty"));
    wasi_expect(&w, FAULT, "path_symlink", WASI_MEMORY, 1, OTHER("fault"));
    wasi_write_host(&w, "file", "");
    wasi_expect(&w, INVAL, "path_readlink", ONE("file"), LIST, 100, COUNT);
    wasi_expect(&w, NOENT, "path_readlink", ONE("missing"), LIST, 100, COUNT);
    wasi_expect(&w, FAULT, "path_readlink", ONE("link"), WASI_MEMORY - 4, 100, COUNT);
    wasi_expect(&w, FAULT, "path_readlink", ONE("link"), LIST, 100, WASI_MEMORY);
    wasi_expect(&w, SUCCESS, "path_filestat_get", DIR_FD, 0, WASI_TEXT(&w, PATH, "link"), STAT);
    ck_assert_uint_eq(wasi_u8(&w, STAT + HD_FILESTAT_FILETYPE), HD_FILETYPE_SYMBOLIC_LINK);
    ck_assert_uint_eq(wasi_u64(&w, STAT + HD_FILESTAT_LENGTH), 11);
    wasi_expect(&w, NOENT, "path_filestat_get", DIR_FD, 1, WASI_TEXT(&w, PATH, "link"), STAT);
    wasi_expect(&w, INVAL, "path_filestat_get", DIR_FD, 2, WASI_TEXT(&w, PATH, "link"), STAT);
    end(&w);
}
END_TEST

static uint64_t link_count(const wasi_program *w, const char *path) {
    struct stat status;
    ck_assert_int_eq(stat(wasi_host(w, path), &status), 0);
    return status.st_nlink;
}

START_TEST(links) {
    wasi_program w;
    start(&w, _i);
    wasi_write_host(&w, "file", "text");
    ck_assert_int_eq(mkdir(wasi_host(&w, "dir"), 0777), 0);
    ck_assert_int_eq(symlink("file", wasi_host(&w, "link")), 0);
#define LINK(error, follow, old, new)                                                              \
    wasi_expect(&w, error, "path_link", DIR_FD, follow, WASI_TEXT(&w, PATH, old), OTHER(new))
    LINK(SUCCESS, 0, "file", "dir/same");
    ck_assert_uint_eq(link_count(&w, "file"), 2);
    ck_assert_str_eq(wasi_read_host(&w, "dir/same"), "text");
    LINK(SUCCESS, 1, "link", "followed");
    ck_assert_uint_eq(link_count(&w, "file"), 3);
    LINK(SUCCESS, 0, "link", "itself");
    ck_assert_uint_eq(link_count(&w, "file"), 3);
    LINK(EXIST, 0, "file", "dir/same");
    LINK(NOENT, 0, "missing", "new");
    LINK(NOENT, 0, "file", "missing/new");
    LINK(PERM, 0, "dir", "new");
    LINK(INVAL, 2, "file", "new");
    wasi_expect(&w, BADF, "path_link", 9, 0, WASI_TEXT(&w, PATH, "file"), OTHER("new"));
    wasi_expect(&w, BADF, "path_link", DIR_FD, 0, WASI_TEXT(&w, PATH, "file"), 9, PATH2, 3);
    wasi_expect(&w, NOTDIR, "path_link", 1, 0, WASI_TEXT(&w, PATH, "file"), OTHER("new"));
    end(&w);
}
END_TEST

START_TEST(renaming) {
    wasi_program w;
    start(&w, _i);
    wasi_write_host(&w, "file", "text");
    wasi_write_host(&w, "other", "other");
    ck_assert_int_eq(mkdir(wasi_host(&w, "dir"), 0777), 0);
    ck_assert_int_eq(mkdir(wasi_host(&w, "full"), 0777), 0);
    wasi_write_host(&w, "full/file", "");
#define RENAME(error, old, new) wasi_expect(&w, error, "path_rename", ONE(old), OTHER(new))
    RENAME(SUCCESS, "file", "other");
    ck_assert_str_eq(wasi_read_host(&w, "other"), "text");
    ck_assert_ptr_null(wasi_read_host(&w, "file"));
    RENAME(SUCCESS, "other", "dir/../full/new");
    ck_assert_str_eq(wasi_read_host(&w, "full/new"), "text");
    RENAME(NOENT, "other", "any");
    RENAME(NOENT, "full/new", "missing/any");
    RENAME(ISDIR, "full/new", "dir");
    RENAME(NOTDIR, "dir", "full/new");
    RENAME(NOTEMPTY, "dir", "full");
    RENAME(INVAL, "full", "full/inside");
    RENAME(SUCCESS, "full", "dir");
    ck_assert_str_eq(wasi_read_host(&w, "dir/new"), "text");
    end(&w);
}
END_TEST

/* One entry of a listing as the module sees it. */
typedef struct entry {
    uint64_t next, ino;
    uint32_t type;
    char name[64];
} entry;

/* Reads the entries of a buffer, those that are whole. */
static size_t entries(wasi_program *w, uint32_t used, entry *list, size_t room) {
    size_t count = 0;
    for (uint32_t at = LIST; at + HD_DIRENT_SIZE <= LIST + used && count < room; count++) {
        uint32_t length = wasi_u32(w, at + HD_DIRENT_NAME_LENGTH);
        if (at + HD_DIRENT_SIZE + length > LIST + used) break;
        ck_assert_uint_lt(length, sizeof list->name);
        list[count] = (entry){.next = wasi_u64(w, at),
                              .ino = wasi_u64(w, at + HD_DIRENT_INO),
                              .type = wasi_u8(w, at + HD_DIRENT_TYPE)};
        wasi_get(w, at + HD_DIRENT_SIZE, list[count].name, length);
        at += HD_DIRENT_SIZE + length;
    }
    return count;
}

enum { MOST = 64 };

/* Lists a directory in pieces of so many bytes. */
static size_t list_all(wasi_program *w, uint32_t fd, uint32_t piece, uint64_t cookie, entry *list) {
    size_t count = 0;
    for (;;) {
        wasi_expect(w, SUCCESS, "fd_readdir", fd, LIST, piece, cookie, COUNT);
        uint32_t used = wasi_u32(w, COUNT);
        ck_assert_uint_le(used, piece);
        size_t more = entries(w, used, list + count, MOST - count);
        if (more == 0) ck_assert_uint_lt(used, piece);
        count += more;
        if (more > 0) cookie = list[count - 1].next;
        if (used < piece) return count;
    }
}

static const entry *find(const entry *list, size_t count, const char *name) {
    const entry *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) != 0) continue;
        ck_assert_msg(!found, "%s comes twice", name);
        found = &list[i];
    }
    return found;
}

static void make_files(wasi_program *w, int count) {
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "file-%d", i);
        wasi_write_host(w, name, "");
    }
}

static void check_listing(const entry *list, size_t count, int files) {
    ck_assert_uint_eq(count, (size_t)files + 2);
    for (int i = 0; i < files; i++) {
        char name[16];
        snprintf(name, sizeof name, "file-%d", i);
        ck_assert_msg(find(list, count, name) != NULL, "%s is missing", name);
    }
}

START_TEST(listings) {
    wasi_program w;
    entry list[MOST];
    struct stat status;
    wasi_start_folder(&w);
    make_files(&w, 30);
    static const uint32_t pieces[] = {20000, 4096, 200, 40, HD_DIRENT_SIZE + 8};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        check_listing(list, list_all(&w, DIR_FD, pieces[i], 0, list), 30);
    ck_assert_int_eq(stat(wasi_host(&w, "file-7"), &status), 0);
    size_t count = list_all(&w, DIR_FD, 4096, 0, list);
    ck_assert_uint_eq(find(list, count, "file-7")->ino, status.st_ino);
    ck_assert_uint_eq(find(list, count, "file-7")->type, HD_FILETYPE_REGULAR_FILE);
    ck_assert_int_eq(stat(w.folder, &status), 0);
    ck_assert_uint_eq(find(list, count, ".")->ino, status.st_ino);
    ck_assert_uint_eq(find(list, count, ".")->type, HD_FILETYPE_DIRECTORY);
    /* What lies above is nobody's business. */
    ck_assert_uint_eq(find(list, count, "..")->ino, status.st_ino);
    wasi_end(&w);
}
END_TEST

/* From each cookie on come the same entries that came first. */
START_TEST(cookies) {
    wasi_program w;
    entry list[MOST], again[MOST];
    wasi_start_folder(&w);
    make_files(&w, 20);
    size_t count = list_all(&w, DIR_FD, 20000, 0, list);
    /* They fit the `long` of a module, and are the same when the directory is listed again. */
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_le(list[i].next, INT32_MAX);
    ck_assert_uint_eq(list_all(&w, DIR_FD, 100, 0, again), count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(again[i].next, list[i].next);
    for (size_t i = count; i-- > 0;) {
        size_t more = list_all(&w, DIR_FD, i % 2 ? 100 : 20000, list[i].next, again);
        ck_assert_uint_eq(more, count - i - 1);
        for (size_t j = 0; j < more; j++)
            ck_assert_str_eq(again[j].name, list[i + 1 + j].name);
    }
    wasi_expect(&w, INVAL, "fd_readdir", DIR_FD, LIST, 100, UINT64_MAX, COUNT);
    wasi_expect(&w, INVAL, "fd_readdir", DIR_FD, LIST, 100, count + 1, COUNT);
    check_listing(list, list_all(&w, DIR_FD, 100, 0, list), 20);
    wasi_end(&w);
}
END_TEST

/* Files come and go while a directory is listed in small pieces: those that stay come once. */
START_TEST(listings_of_what_changes) {
    wasi_program w;
    entry list[MOST];
    wasi_start_folder(&w);
    make_files(&w, 20);
    uint64_t cookie = 0;
    size_t count = 0;
    for (int n = 0;; n++) {
        wasi_expect(&w, SUCCESS, "fd_readdir", DIR_FD, LIST, 70, cookie, COUNT);
        size_t more = entries(&w, wasi_u32(&w, COUNT), list + count, 1);
        if (more == 0) break;
        cookie = list[count++].next;
        /* What has come already is taken away, as rm -r does. */
        if (strncmp(list[count - 1].name, "file-", 5) == 0)
            ck_assert_int_eq(unlink(wasi_host(&w, list[count - 1].name)), 0);
    }
    check_listing(list, count, 20);
    ck_assert_uint_eq(list_all(&w, DIR_FD, 4096, 0, list), 2);
    wasi_end(&w);
}
END_TEST

/* A listing that begins again shows what has come meanwhile, even if nothing of it was fetched. */
START_TEST(listings_that_begin_again) {
    wasi_program w;
    entry list[MOST];
    wasi_start_folder(&w);
    make_files(&w, 3);
    wasi_expect(&w, SUCCESS, "fd_readdir", DIR_FD, LIST, 10, 0, COUNT);
    make_files(&w, 6);
    check_listing(list, list_all(&w, DIR_FD, 100, 0, list), 6);
    wasi_end(&w);
}
END_TEST

START_TEST(bad_listings) {
    wasi_program w;
    uint32_t fd;
    wasi_start_folder(&w);
    wasi_expect_(__FILE__, __LINE__, 0, wasi_open(&w, DIR_FD, "file", 0, HD_OFLAG_CREAT, 0, &fd),
                 "path_open");
    wasi_expect(&w, NOTDIR, "fd_readdir", fd, LIST, 100, 0, COUNT);
    wasi_expect(&w, BADF, "fd_readdir", 9, LIST, 100, 0, COUNT);
    wasi_expect(&w, FAULT, "fd_readdir", DIR_FD, WASI_MEMORY - 99, 100, 0, COUNT);
    wasi_expect(&w, FAULT, "fd_readdir", DIR_FD, 16, UINT32_MAX, 0, COUNT);
    wasi_expect(&w, FAULT, "fd_readdir", DIR_FD, LIST, 100, 0, WASI_MEMORY);
    wasi_expect(&w, INVAL, "fd_readdir", DIR_FD, LIST, 100, 0, COUNT + 1);
    wasi_expect(&w, SUCCESS, "fd_readdir", DIR_FD, LIST, 0, 0, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 0);
    wasi_expect(&w, SUCCESS, "fd_readdir", DIR_FD, LIST, 10, 0, COUNT);
    ck_assert_uint_eq(wasi_u32(&w, COUNT), 10);
    wasi_expect(&w, NOTCAPABLE, "fd_read", DIR_FD, LIST, 0, COUNT);
    wasi_expect(&w, NOTCAPABLE, "fd_seek", DIR_FD, 0, 0, COUNT);
    wasi_end(&w);
}
END_TEST

TCase *wasi_path_case(void) {
    TCase *tests = tcase_create("path");
    tcase_add_loop_test(tests, directories, 0, 2);
    tcase_add_loop_test(tests, bad_paths, 0, 2);
    tcase_add_loop_test(tests, opening, 0, 2);
    tcase_add_loop_test(tests, fifos_and_devices, 0, 2);
    tcase_add_loop_test(tests, symbolic_links, 0, 2);
    tcase_add_loop_test(tests, links, 0, 2);
    tcase_add_loop_test(tests, renaming, 0, 2);
    tcase_add_test(tests, listings);
    tcase_add_test(tests, cookies);
    tcase_add_test(tests, listings_of_what_changes);
    tcase_add_test(tests, listings_that_begin_again);
    tcase_add_test(tests, bad_listings);
    return tests;
}
