/* Tries to reach what lies outside of its directory. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    static const char *const paths[] = {"../secret",         "/secret",       "up",
                                        "up/secret",         "./../secret",   "dir/../../secret",
                                        "absolute",          "dir/up/secret", "/../../secret",
                                        "dir/./../up/secret"};
    int reached = 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int fd = open(paths[i], O_RDONLY);
        if (fd < 0) continue;
        printf("reached %s\n", paths[i]);
        reached = 1;
        close(fd);
    }
    puts(reached ? "out" : "in");
    return reached;
}
