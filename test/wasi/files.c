/* Everything that a C program does with files, each step checked. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed;

static void check(int good, const char *what) {
    if (good) return;
    printf("%s: %s\n", what, strerror(errno));
    failed = 1;
}
#define CHECK(condition) check(condition, #condition)
#define FAILS(error, call) check((errno = 0, (call) < 0) && errno == error, #call)

int main(void) {
    char text[20] = "";
    struct stat status;
    CHECK(mkdir("made", 0777) == 0);
    FAILS(EEXIST, mkdir("made", 0777));
    int fd = open("made/file", O_RDWR | O_CREAT | O_EXCL, 0666);
    CHECK(fd >= 0);
    CHECK(write(fd, "0123456789", 10) == 10);
    CHECK(lseek(fd, -4, SEEK_END) == 6);
    CHECK(read(fd, text, 10) == 4 && !strcmp(text, "6789"));
    CHECK(pwrite(fd, "ab", 2, 1) == 2);
    CHECK(pread(fd, text, 4, 0) == 4 && !strncmp(text, "0ab3", 4));
    CHECK(ftruncate(fd, 5) == 0);
    CHECK(fstat(fd, &status) == 0 && status.st_size == 5 && S_ISREG(status.st_mode));
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
    CHECK(posix_fallocate(fd, 0, 100) == 0);
    CHECK(stat("made/file", &status) == 0 && status.st_size == 100);
    struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 2000, .tv_nsec = 5}};
    CHECK(futimens(fd, times) == 0);
    CHECK(fstat(fd, &status) == 0 && status.st_atim.tv_sec == 1000 && status.st_mtim.tv_nsec == 5);
    CHECK(close(fd) == 0);
    FAILS(EBADF, read(fd, text, 1));
    FAILS(ENOENT, open("made/missing", O_RDONLY));
    FAILS(ENOTDIR, open("made/file/more", O_RDONLY));
    CHECK(symlink("file", "made/link") == 0);
    CHECK(readlink("made/link", text, sizeof text) == 4 && !strncmp(text, "file", 4));
    FAILS(ELOOP, open("made/link", O_RDONLY | O_NOFOLLOW));
    CHECK(link("made/file", "made/same") == 0);
    CHECK(stat("made/link", &status) == 0 && status.st_nlink == 2);
    CHECK(rename("made/same", "made/other") == 0);
    FAILS(ENOENT, unlink("made/same"));
    CHECK((fd = open("made/other", O_WRONLY | O_APPEND)) >= 0);
    CHECK(write(fd, "!", 1) == 1 && lseek(fd, 0, SEEK_CUR) == 101);
    FAILS(EBADF, read(fd, text, 1));
    CHECK(close(fd) == 0);
    FAILS(ENOTEMPTY, rmdir("made"));
    /* Away with it, while it is being listed. */
    DIR *dir = opendir("made");
    CHECK(dir != NULL);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.') continue;
        count++;
        CHECK(unlinkat(dirfd(dir), entry->d_name, 0) == 0);
    }
    CHECK(count == 3);
    CHECK(dir && closedir(dir) == 0);
    CHECK(rmdir("made") == 0);
    puts(failed ? "failed" : "good");
    return failed;
}
