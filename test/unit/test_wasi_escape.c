/* test_wasi_escape.c: paths that try to leave the preopened directory, found both by the host's
 * openat2 and by a walk; and symbolic links that stay inside.
 *
 * Each test gets the same tree. Of "outside" nothing may be read or changed:
 *
 *     outside/secret  outside/dir/      in/file  in/dir/inner  in/dir/deep/  in/...links...
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/path.h"
#include "test_wasi.h"

enum { DIR_FD = 3, PATH = 0, PATH2 = 8192, OUT = 16384 };

static const struct {
    const char *name, *target; /* "@" at the front stands for the tree's absolute path */
} links[] = {
    {"in/up", ".."},
    {"in/up_secret", "../outside/secret"},
    {"in/up_slash", "../outside/"},
    {"in/abs", "@/outside/secret"},
    {"in/abs_dir", "@/outside"},
    {"in/abs_in", "@/in/file"},
    {"in/root", "/"},
    {"in/dir/back", "../../outside"},
    {"in/chain", "dir/chain"},
    {"in/dir/chain", "../up/outside/secret"},
    {"in/dots", "./dir/../../outside"},
    {"in/self", "."},
    {"in/dangling", "../outside/made"},
    {"in/return", "../in/file"},
    {"in/loop", "loop"},
    {"in/ping", "pong"},
    {"in/pong", "ping"},
    {"in/proc", "/proc/self/root"},
    {"in/good", "dir/inner"},
    {"in/good_dir", "dir"},
    {"in/dir/good_up", "../file"},
    {"in/dir/deep/good_far", "../../dir/good_up"},
    {"in/new_target", "dir/made"},
};

/* The tree, with "in" preopened. The test's number says how paths are found. */
void wasi_start_tree(wasi_program *w, int number) {
    char tree[] = "/tmp/heddle-wasi-XXXXXX", path[256], target[256];
    hd_path_always_walk(number == 1);
    ck_assert_ptr_nonnull(mkdtemp(tree));
    static const char *const folders[] = {"outside", "outside/dir", "in", "in/dir", "in/dir/deep"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", tree, folders[i]);
        ck_assert_int_eq(mkdir(path, 0777), 0);
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        bool absolute = links[i].target[0] == '@';
        snprintf(path, sizeof path, "%s/%s", tree, links[i].name);
        snprintf(target, sizeof target, "%s%s", absolute ? tree : "", links[i].target + absolute);
        ck_assert_int_eq(symlink(target, path), 0);
    }
    snprintf(path, sizeof path, "%s/in", tree);
    hd_wasi_preopen preopen = {path, "/"};
    hd_wasi_options options = wasi_nothing;
    options.preopens = &preopen;
    options.preopen_count = 1;
    wasi_start(w, &options);
    strcpy(w->folder, tree);
    wasi_write_host(w, "outside/secret", "secret");
    wasi_write_host(w, "in/file", "file");
    wasi_write_host(w, "in/dir/inner", "inner");
}

void wasi_end_tree(wasi_program *w) {
    hd_path_always_walk(false);
    wasi_end(w);
}

/* All that can be seen of the outside, as text. */
void wasi_look_outside(const wasi_program *w, char *text, size_t size) {
    static const char *const names[] = {"outside",      "outside/dir",  "outside/secret",
                                        "outside/made", "outside/file", ".",
                                        "file",         "made"};
    size_t used = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct stat s = {0};
        int found = lstat(wasi_host(w, names[i]), &s) == 0 ? 0 : errno;
        used += (size_t)snprintf(text + used, size - used, "%s %d %o %ld %ld %ld.%ld %ld.%ld\n",
                                 names[i], found, s.st_mode, (long)s.st_nlink, (long)s.st_size,
                                 (long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec, (long)s.st_ctim.tv_sec,
                                 s.st_ctim.tv_nsec);
    }
    ck_assert_uint_lt(used, size);
}

/* Paths that lead out, and what opening one says. `link`: its last component is a symbolic link of
 * "in", with which functions that do not follow it may do what they like. */
static const struct {
    const char *path;
    hd_wasi_errno error;
    bool link;
} escapes[] = {
    {"..", HD_WASI_NOTCAPABLE, false},
    {"../", HD_WASI_NOTCAPABLE, false},
    {"../.", HD_WASI_NOTCAPABLE, false},
    {"./..", HD_WASI_NOTCAPABLE, false},
    {"../outside/secret", HD_WASI_NOTCAPABLE, false},
    {".//..//outside//secret", HD_WASI_NOTCAPABLE, false},
    {"../in/file", HD_WASI_NOTCAPABLE, false},
    {"../in", HD_WASI_NOTCAPABLE, false},
    {"dir/..//..", HD_WASI_NOTCAPABLE, false},
    {"dir/../../outside/secret", HD_WASI_NOTCAPABLE, false},
    {"dir/deep/../../../outside/secret", HD_WASI_NOTCAPABLE, false},
    {"../../../../../../../../../../etc/passwd", HD_WASI_NOTCAPABLE, false},
    {"/", HD_WASI_NOTCAPABLE, false},
    {"//", HD_WASI_NOTCAPABLE, false},
    {"/etc/passwd", HD_WASI_NOTCAPABLE, false},
    {"/file", HD_WASI_NOTCAPABLE, false},
    {"up", HD_WASI_NOTCAPABLE, true},
    {"up/", HD_WASI_NOTCAPABLE, false},
    {"up/.", HD_WASI_NOTCAPABLE, false},
    {"up/outside", HD_WASI_NOTCAPABLE, false},
    {"up/outside/secret", HD_WASI_NOTCAPABLE, false},
    {"up/in/file", HD_WASI_NOTCAPABLE, false},
    {"up_secret", HD_WASI_NOTCAPABLE, true},
    {"up_secret/", HD_WASI_NOTCAPABLE, false},
    {"up_slash", HD_WASI_NOTCAPABLE, true},
    {"up_slash/secret", HD_WASI_NOTCAPABLE, false},
    {"abs", HD_WASI_NOTCAPABLE, true},
    {"abs_dir", HD_WASI_NOTCAPABLE, true},
    {"abs_dir/secret", HD_WASI_NOTCAPABLE, false},
    {"abs_in", HD_WASI_NOTCAPABLE, true},
    {"root/etc/passwd", HD_WASI_NOTCAPABLE, false},
    {"proc/etc/passwd", HD_WASI_NOTCAPABLE, false},
    {"dir/back", HD_WASI_NOTCAPABLE, true},
    {"dir/back/secret", HD_WASI_NOTCAPABLE, false},
    {"chain", HD_WASI_NOTCAPABLE, true},
    {"dir/chain", HD_WASI_NOTCAPABLE, true},
    {"dots/secret", HD_WASI_NOTCAPABLE, false},
    {"self/..", HD_WASI_NOTCAPABLE, false},
    {"self/self/../../outside/secret", HD_WASI_NOTCAPABLE, false},
    {"good_dir/../../outside/secret", HD_WASI_NOTCAPABLE, false},
    {"return", HD_WASI_NOTCAPABLE, true},
    {"dangling", HD_WASI_NOTCAPABLE, true},
    {"loop", HD_WASI_LOOP, true},
    {"ping/../../outside/secret", HD_WASI_LOOP, false},
    {"missing/../../outside/secret", HD_WASI_NOENT, false},
    {"file/../../outside/secret", HD_WASI_NOTDIR, false},
};
enum { ESCAPES = sizeof escapes / sizeof *escapes };

/* Functions that are to be kept from it, with a path at PATH. A result of SUCCESS is an escape. */
typedef uint32_t attempt(wasi_program *w, const char *path);

#define OPEN(lookup, oflags, fdflags)                                                              \
    uint32_t fd;                                                                                   \
    return wasi_open(w, DIR_FD, path, lookup, oflags, fdflags, &fd)
static uint32_t open_file(wasi_program *w, const char *path) {
    OPEN(1, 0, 0);
}
static uint32_t open_directory(wasi_program *w, const char *path) {
    OPEN(1, HD_OFLAG_DIRECTORY, 0);
}
static uint32_t create(wasi_program *w, const char *path) {
    OPEN(1, HD_OFLAG_CREAT, 0);
}
static uint32_t truncate_file(wasi_program *w, const char *path) {
    OPEN(1, HD_OFLAG_CREAT | HD_OFLAG_TRUNC, HD_FDFLAG_APPEND);
}
static uint32_t stat_followed(wasi_program *w, const char *path) {
    return wasi_call(w, "path_filestat_get", DIR_FD, 1, WASI_TEXT(w, PATH, path), OUT);
}
static uint32_t touch_followed(wasi_program *w, const char *path) {
    return wasi_call(w, "path_filestat_set_times", DIR_FD, 1, WASI_TEXT(w, PATH, path), 1, 1,
                     HD_FSTFLAG_ATIM | HD_FSTFLAG_MTIM);
}
static uint32_t link_followed(wasi_program *w, const char *path) {
    return wasi_call(w, "path_link", DIR_FD, 1, WASI_TEXT(w, PATH, path), DIR_FD,
                     WASI_TEXT(w, PATH2, "stolen"));
}

static attempt *const followed[] = {open_file,     open_directory, create,       truncate_file,
                                    stat_followed, touch_followed, link_followed};

static uint32_t open_itself(wasi_program *w, const char *path) {
    OPEN(0, 0, 0);
}
static uint32_t create_new(wasi_program *w, const char *path) {
    OPEN(0, HD_OFLAG_CREAT | HD_OFLAG_EXCL, 0);
}
static uint32_t stat_itself(wasi_program *w, const char *path) {
    return wasi_call(w, "path_filestat_get", DIR_FD, 0, WASI_TEXT(w, PATH, path), OUT);
}
static uint32_t touch_itself(wasi_program *w, const char *path) {
    return wasi_call(w, "path_filestat_set_times", DIR_FD, 0, WASI_TEXT(w, PATH, path), 0, 0,
                     HD_FSTFLAG_ATIM_NOW | HD_FSTFLAG_MTIM_NOW);
}
static uint32_t read_link(wasi_program *w, const char *path) {
    return wasi_call(w, "path_readlink", DIR_FD, WASI_TEXT(w, PATH, path), OUT, 100, OUT + 128);
}
static uint32_t make_directory(wasi_program *w, const char *path) {
    return wasi_call(w, "path_create_directory", DIR_FD, WASI_TEXT(w, PATH, path));
}
static uint32_t remove_directory(wasi_program *w, const char *path) {
    return wasi_call(w, "path_remove_directory", DIR_FD, WASI_TEXT(w, PATH, path));
}
static uint32_t unlink_file(wasi_program *w, const char *path) {
    return wasi_call(w, "path_unlink_file", DIR_FD, WASI_TEXT(w, PATH, path));
}
static uint32_t rename_from(wasi_program *w, const char *path) {
    return wasi_call(w, "path_rename", DIR_FD, WASI_TEXT(w, PATH, path), DIR_FD,
                     WASI_TEXT(w, PATH2, "stolen"));
}
static uint32_t rename_to(wasi_program *w, const char *path) {
    return wasi_call(w, "path_rename", DIR_FD, WASI_TEXT(w, PATH2, "file"), DIR_FD,
                     WASI_TEXT(w, PATH, path));
}
static uint32_t link_from(wasi_program *w, const char *path) {
    return wasi_call(w, "path_link", DIR_FD, 0, WASI_TEXT(w, PATH, path), DIR_FD,
                     WASI_TEXT(w, PATH2, "stolen"));
}
static uint32_t link_to(wasi_program *w, const char *path) {
    return wasi_call(w, "path_link", DIR_FD, 0, WASI_TEXT(w, PATH2, "file"), DIR_FD,
                     WASI_TEXT(w, PATH, path));
}
static uint32_t symlink_at(wasi_program *w, const char *path) {
    return wasi_call(w, "path_symlink", WASI_TEXT(w, PATH2, "file"), DIR_FD,
                     WASI_TEXT(w, PATH, path));
}

static attempt *const unfollowed[] = {open_itself, create_new,     stat_itself,      touch_itself,
                                      read_link,   make_directory, remove_directory, unlink_file,
                                      rename_from, rename_to,      link_from,        link_to,
                                      symlink_at};

#define EACH(array, i) for (size_t i = 0; i < sizeof(array) / sizeof *(array); i++)

START_TEST(nothing_leads_out) {
    wasi_program w;
    char before[2048], after[2048];
    wasi_start_tree(&w, _i);
    wasi_look_outside(&w, before, sizeof before);
    EACH(escapes, e) {
        const char *path = escapes[e].path;
        EACH(followed, f) ck_assert_msg(followed[f](&w, path) != 0, "%s: followed %zu", path, f);
        if (!escapes[e].link) {
            EACH(unfollowed, f)
            ck_assert_msg(unfollowed[f](&w, path) != 0, "%s: unfollowed %zu", path, f);
        }
        wasi_look_outside(&w, after, sizeof after);
        ck_assert_msg(!strcmp(before, after), "%s: before\n%safter\n%s", path, before, after);
    }
    ck_assert_str_eq(wasi_read_host(&w, "outside/secret"), "secret");
    ck_assert_str_eq(wasi_read_host(&w, "in/file"), "file");
    ck_assert_ptr_null(wasi_read_host(&w, "in/stolen"));
    wasi_end_tree(&w);
}
END_TEST

START_TEST(why_nothing_leads_out) {
    wasi_program w;
    wasi_start_tree(&w, _i);
    EACH(escapes, e) {
        const char *path = escapes[e].path;
        wasi_expect_(__FILE__, __LINE__, escapes[e].error, open_file(&w, path), path);
        wasi_expect_(__FILE__, __LINE__, escapes[e].error, stat_followed(&w, path), path);
        if (escapes[e].link) continue;
        wasi_expect_(__FILE__, __LINE__, escapes[e].error, stat_itself(&w, path), path);
        /* Of "link/" that says what is wrong with the slash. */
        if (path[strlen(path) - 1] == '/') continue;
        wasi_expect_(__FILE__, __LINE__, escapes[e].error, unlink_file(&w, path), path);
        wasi_expect_(__FILE__, __LINE__, escapes[e].error, make_directory(&w, path), path);
        wasi_expect_(__FILE__, __LINE__, escapes[e].error, rename_to(&w, path), path);
    }
    wasi_end_tree(&w);
}
END_TEST

/* A symbolic link that leads out is a file like others, as long as nobody follows it. */
START_TEST(links_themselves) {
    wasi_program w;
    char text[8];
    wasi_start_tree(&w, _i);
    wasi_expect_(__FILE__, __LINE__, 0, stat_itself(&w, "up"), "up");
    ck_assert_uint_eq(wasi_u8(&w, OUT + HD_FILESTAT_FILETYPE), HD_FILETYPE_SYMBOLIC_LINK);
    wasi_expect_(__FILE__, __LINE__, 0, read_link(&w, "up"), "up");
    ck_assert_uint_eq(wasi_u32(&w, OUT + 128), 2);
    wasi_get(&w, OUT, text, 2);
    ck_assert_mem_eq(text, "..", 2);
    wasi_expect_(__FILE__, __LINE__, 0, touch_itself(&w, "up_secret"), "up_secret");
    wasi_expect_(__FILE__, __LINE__, HD_WASI_LOOP, open_itself(&w, "up"), "up");
    wasi_expect_(__FILE__, __LINE__, HD_WASI_LOOP, open_itself(&w, "good"), "good");
    wasi_expect_(__FILE__, __LINE__, HD_WASI_EXIST, create_new(&w, "dangling"), "dangling");
    wasi_expect_(__FILE__, __LINE__, HD_WASI_EXIST, make_directory(&w, "dangling"), "dangling");
    wasi_expect_(__FILE__, __LINE__, HD_WASI_NOTDIR, remove_directory(&w, "up"), "up");
    wasi_expect_(__FILE__, __LINE__, 0, link_from(&w, "up_secret"), "up_secret");
    wasi_expect_(__FILE__, __LINE__, 0, unlink_file(&w, "up_secret"), "up_secret");
    wasi_expect_(__FILE__, __LINE__, HD_WASI_NOTCAPABLE, open_file(&w, "stolen"), "stolen");
    wasi_expect_(__FILE__, __LINE__, 0, unlink_file(&w, "abs"), "abs");
    ck_assert_str_eq(wasi_read_host(&w, "outside/secret"), "secret");
    wasi_end_tree(&w);
}
END_TEST

static void expect_text(wasi_program *w, uint32_t directory, const char *path, const char *text) {
    uint32_t fd;
    wasi_expect_(__FILE__, __LINE__, 0, wasi_open(w, directory, path, 1, 0, 0, &fd), path);
    ck_assert_str_eq(wasi_read(w, fd), text);
    wasi_expect(w, SUCCESS, "fd_close", fd);
}

START_TEST(what_stays_inside) {
    wasi_program w;
    wasi_start_tree(&w, _i);
    static const char *const to_file[] = {"file",
                                          "./file",
                                          ".//.///file",
                                          "dir/../file",
                                          "dir/deep/../../file",
                                          "self/file",
                                          "self/self/self/file",
                                          "dir/good_up",
                                          "dir/deep/good_far",
                                          "good_dir/good_up",
                                          "good_dir/../file",
                                          "dir/deep/.././../self/dir/deep/good_far"};
    EACH(to_file, i) expect_text(&w, DIR_FD, to_file[i], "file");
    static const char *const to_inner[] = {"good",       "good_dir/inner",
                                           "dir/inner",  "dir/./inner",
                                           "dir//inner", "good_dir/deep/../inner"};
    EACH(to_inner, i) expect_text(&w, DIR_FD, to_inner[i], "inner");
    static const char *const folders[] = {".",         "./",     "dir",     "dir/",
                                          "dir/.",     "dir/..", "dir/../", "good_dir",
                                          "good_dir/", "self",   "self/.",  "self/dir/.."};
    EACH(folders, i)
    wasi_expect_(__FILE__, __LINE__, 0, open_directory(&w, folders[i]), folders[i]);
    wasi_end_tree(&w);
}
END_TEST

START_TEST(creation_through_links) {
    wasi_program w;
    uint32_t fd;
    wasi_start_tree(&w, _i);
    wasi_expect_(__FILE__, __LINE__, 0, wasi_open(&w, DIR_FD, "new_target", 1, 1, 0, &fd), "new");
    wasi_expect_(__FILE__, __LINE__, 0, wasi_write(&w, fd, "made"), "fd_write");
    ck_assert_str_eq(wasi_read_host(&w, "in/dir/made"), "made");
    wasi_expect_(__FILE__, __LINE__, 0, create(&w, "self/dir/../other"), "other");
    ck_assert_str_eq(wasi_read_host(&w, "in/other"), "");
    wasi_expect_(__FILE__, __LINE__, 0, make_directory(&w, "good_dir/deep/made/"), "made");
    ck_assert_int_eq(access(wasi_host(&w, "in/dir/deep/made"), F_OK), 0);
    wasi_end_tree(&w);
}
END_TEST

/* An open directory is as tight as a preopened one. */
START_TEST(out_of_an_opened_directory) {
    wasi_program w;
    uint32_t dir, fd;
    wasi_start_tree(&w, _i);
    wasi_expect_(__FILE__, __LINE__, 0,
                 wasi_open(&w, DIR_FD, "dir", 1, HD_OFLAG_DIRECTORY, 0, &dir), "dir");
    expect_text(&w, dir, "inner", "inner");
    expect_text(&w, dir, "deep/../inner", "inner");
    static const char *const paths[] = {"..", "../file", "good_up", "deep/../../file",
                                        "deep/good_far"};
    EACH(paths, i)
    wasi_expect_(__FILE__, __LINE__, HD_WASI_NOTCAPABLE, wasi_open(&w, dir, paths[i], 1, 0, 0, &fd),
                 paths[i]);
    wasi_end_tree(&w);
}
END_TEST

START_TEST(many_links) {
    wasi_program w;
    char name[32], target[32];
    wasi_start_tree(&w, _i);
    ck_assert_int_eq(symlink("file", wasi_host(&w, "in/link1")), 0);
    for (int i = 2; i <= 41; i++) {
        snprintf(name, sizeof name, "in/link%d", i);
        snprintf(target, sizeof target, "link%d", i - 1);
        ck_assert_int_eq(symlink(target, wasi_host(&w, name)), 0);
    }
    expect_text(&w, DIR_FD, "link40", "file");
    wasi_expect_(__FILE__, __LINE__, HD_WASI_LOOP, open_file(&w, "link41"), "link41");
    wasi_end_tree(&w);
}
END_TEST

START_TEST(long_paths) {
    wasi_program w;
    static char path[4200];
    wasi_start_tree(&w, _i);
    /* 4095 bytes in all. */
    for (size_t i = 0; i < 4090; i += 2)
        memcpy(path + i, "./", 2);
    strcpy(path + 4090, "/file");
    expect_text(&w, DIR_FD, path, "file");
    strcpy(path + 4090, "//file");
    wasi_expect_(__FILE__, __LINE__, HD_WASI_NAMETOOLONG, open_file(&w, path), "long path");
    memset(path, 'a', 256);
    path[256] = '\0';
    wasi_expect_(__FILE__, __LINE__, HD_WASI_NAMETOOLONG, open_file(&w, path), "long name");
    wasi_end_tree(&w);
}
END_TEST

/* Deeper than a walk goes: found by the host, refused by the walk, and every descriptor that it
 * held on the way is closed. */
START_TEST(deep_directories) {
    wasi_program w;
    char path[1024];
    wasi_start_tree(&w, _i);
    size_t length = 0;
    for (int depth = 0; depth < HD_PATH_DEPTH + 2; depth++) {
        length += (size_t)snprintf(path + length, sizeof path - length, "d/");
        char host[1100];
        snprintf(host, sizeof host, "%s/in/%s", w.folder, path);
        ck_assert_int_eq(mkdir(host, 0777), 0);
    }
    int next = dup(0);
    close(next);
    wasi_expect_(__FILE__, __LINE__, _i == 1 ? HD_WASI_NAMETOOLONG : 0, stat_followed(&w, path),
                 "deep");
    path[2 * HD_PATH_DEPTH] = '\0';
    wasi_expect_(__FILE__, __LINE__, 0, stat_followed(&w, path), "less deep");
    int now = dup(0);
    close(now);
    ck_assert_int_eq(now, next);
    wasi_end_tree(&w);
}
END_TEST

START_TEST(trailing_slashes) {
    wasi_program w;
    wasi_start_tree(&w, _i);
#define EXPECT(error, call) wasi_expect_(__FILE__, __LINE__, HD_WASI_##error, call, #call)
    EXPECT(NOTDIR, open_file(&w, "file/"));
    EXPECT(NOTDIR, open_file(&w, "good/"));
    EXPECT(NOTDIR, stat_itself(&w, "file/"));
    EXPECT(SUCCESS, stat_itself(&w, "good_dir/"));
    ck_assert_uint_eq(wasi_u8(&w, OUT + HD_FILESTAT_FILETYPE), HD_FILETYPE_DIRECTORY);
    EXPECT(INVAL, read_link(&w, "good_dir/"));
    EXPECT(ISDIR, create(&w, "made/"));
    EXPECT(NOTDIR, unlink_file(&w, "file/"));
    EXPECT(ISDIR, unlink_file(&w, "dir/"));
    EXPECT(NOTDIR, unlink_file(&w, "good_dir/"));
    EXPECT(NOENT, unlink_file(&w, "missing/"));
    EXPECT(NOTDIR, remove_directory(&w, "good_dir/"));
    EXPECT(NOTDIR, rename_from(&w, "file/"));
    EXPECT(NOTDIR, rename_to(&w, "made/"));
    EXPECT(NOENT, link_to(&w, "made/"));
    EXPECT(EXIST, link_to(&w, "dir/"));
    EXPECT(NOTDIR, link_from(&w, "file/"));
    EXPECT(PERM, link_from(&w, "dir/"));
    EXPECT(NOENT, symlink_at(&w, "made/"));
    EXPECT(EXIST, symlink_at(&w, "dir/"));
    EXPECT(SUCCESS, make_directory(&w, "made///"));
    EXPECT(SUCCESS, rename_from(&w, "made/"));
    EXPECT(SUCCESS, remove_directory(&w, "stolen//"));
    wasi_end_tree(&w);
}
END_TEST

START_TEST(dots_at_the_end) {
    wasi_program w;
    wasi_start_tree(&w, _i);
    EXPECT(INVAL, remove_directory(&w, "dir/."));
    EXPECT(NOTEMPTY, remove_directory(&w, "dir/deep/.."));
    EXPECT(EXIST, make_directory(&w, "."));
    EXPECT(EXIST, make_directory(&w, "dir/.."));
    EXPECT(ISDIR, unlink_file(&w, "dir/.."));
    EXPECT(BUSY, rename_from(&w, "dir/."));
    EXPECT(EXIST, symlink_at(&w, "dir/.."));
    EXPECT(NOENT, make_directory(&w, ""));
    EXPECT(NOENT, open_file(&w, ""));
    EXPECT(NOENT, stat_itself(&w, ""));
    EXPECT(ISDIR, create(&w, "."));
    EXPECT(EXIST, create_new(&w, "dir/."));
    wasi_end_tree(&w);
}
END_TEST

/* The links of /proc do not lead where their text says: they are never followed. */
START_TEST(magic_links) {
    wasi_program w;
    uint32_t fd;
    char name[16];
    hd_path_always_walk(_i == 1);
    hd_wasi_preopen preopens[] = {{"/proc/self/fd", "/"}, {"/proc/self", "/self"}};
    hd_wasi_options options = wasi_nothing;
    options.preopens = preopens;
    options.preopen_count = 2;
    wasi_start(&w, &options);
    int file = open("/etc/passwd", O_RDONLY), ends[2];
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(pipe(ends), 0);
    snprintf(name, sizeof name, "%d", file);
    ck_assert_uint_ne(wasi_open(&w, DIR_FD, name, 1, 0, 0, &fd), 0);
    wasi_text(&w, PATH, name);
    ck_assert_uint_ne(wasi_call(&w, "path_filestat_get", DIR_FD, 1, PATH, strlen(name), OUT), 0);
    wasi_expect(&w, SUCCESS, "path_filestat_get", DIR_FD, 0, PATH, strlen(name), OUT);
    ck_assert_uint_eq(wasi_u8(&w, OUT + HD_FILESTAT_FILETYPE), HD_FILETYPE_SYMBOLIC_LINK);
    snprintf(name, sizeof name, "%d", ends[0]);
    ck_assert_uint_ne(wasi_open(&w, DIR_FD, name, 1, 0, 0, &fd), 0);
    ck_assert_uint_ne(wasi_open(&w, DIR_FD + 1, "root/etc", 1, HD_OFLAG_DIRECTORY, 0, &fd), 0);
    ck_assert_uint_ne(wasi_open(&w, DIR_FD + 1, "cwd/.", 1, HD_OFLAG_DIRECTORY, 0, &fd), 0);
    close(file);
    close(ends[0]);
    close(ends[1]);
    wasi_end_tree(&w);
}
END_TEST

/* While somebody exchanges a directory of ours for a symbolic link that leads out, a file beneath
 * is found inside or not at all. */
typedef struct exchange {
    char one[128], other[128];
    _Atomic bool enough;
} exchange;

static void *exchange_often(void *argument) {
    exchange *e = argument;
    while (!e->enough)
        renameat2(AT_FDCWD, e->one, AT_FDCWD, e->other, RENAME_EXCHANGE);
    return NULL;
}

START_TEST(links_that_come_meanwhile) {
    wasi_program w;
    exchange e = {.enough = false};
    pthread_t thread;
    wasi_start_tree(&w, _i);
    snprintf(e.one, sizeof e.one, "%s", wasi_host(&w, "in/dir/deep"));
    snprintf(e.other, sizeof e.other, "%s", wasi_host(&w, "in/dir/back"));
    wasi_write_host(&w, "in/dir/deep/secret", "inside");
    wasi_write_host(&w, "in/dir/deep/dir", "inside");
    ck_assert_int_eq(pthread_create(&thread, NULL, exchange_often, &e), 0);
    for (int n = 0; n < 2000; n++) {
        uint32_t fd;
        uint32_t error = wasi_open(
            &w, DIR_FD, n % 2 ? "dir/deep/secret" : "dir/deep/../deep/secret", 1, 0, 0, &fd);
        if (!error) {
            ck_assert_str_eq(wasi_read(&w, fd), "inside");
            wasi_expect(&w, SUCCESS, "fd_close", fd);
        }
        EXPECT(NOTCAPABLE, open_file(&w, "dir/deep/../../../outside/secret"));
        remove_directory(&w, "dir/deep/dir");
        rename_to(&w, "dir/deep/made");
        rename_from(&w, "dir/deep/made");
        rename(wasi_host(&w, "in/stolen"), wasi_host(&w, "in/file"));
    }
    e.enough = true;
    pthread_join(thread, NULL);
    ck_assert_str_eq(wasi_read_host(&w, "outside/secret"), "secret");
    ck_assert_int_eq(access(wasi_host(&w, "outside/dir"), F_OK), 0);
    ck_assert_ptr_null(wasi_read_host(&w, "outside/made"));
    wasi_end_tree(&w);
}
END_TEST

TCase *wasi_escape_case(void) {
    TCase *tests = tcase_create("escape");
    tcase_add_loop_test(tests, nothing_leads_out, 0, 2);
    tcase_add_loop_test(tests, why_nothing_leads_out, 0, 2);
    tcase_add_loop_test(tests, links_themselves, 0, 2);
    tcase_add_loop_test(tests, what_stays_inside, 0, 2);
    tcase_add_loop_test(tests, creation_through_links, 0, 2);
    tcase_add_loop_test(tests, out_of_an_opened_directory, 0, 2);
    tcase_add_loop_test(tests, many_links, 0, 2);
    tcase_add_loop_test(tests, long_paths, 0, 2);
    tcase_add_loop_test(tests, deep_directories, 0, 2);
    tcase_add_loop_test(tests, trailing_slashes, 0, 2);
    tcase_add_loop_test(tests, dots_at_the_end, 0, 2);
    tcase_add_loop_test(tests, magic_links, 0, 2);
    tcase_add_loop_test(tests, links_that_come_meanwhile, 0, 2);
    return tests;
}
