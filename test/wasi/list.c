/* Lists a directory and all below it, in the order of names, with types and sizes. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path, int depth) {
    DIR *dir = opendir(path);
    char *names[1000];
    size_t count = 0;
    if (!dir) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) && count < 1000;)
        if (entry->d_name[0] != '.') names[count++] = strdup(entry->d_name);
    closedir(dir);
    qsort(names, count, sizeof *names, compare);
    for (size_t i = 0; i < count; i++) {
        char name[1000], target[100] = "";
        struct stat status;
        snprintf(name, sizeof name, "%s/%s", path, names[i]);
        if (lstat(name, &status) != 0) {
            printf("%s: %s\n", name, strerror(errno));
        } else if (S_ISDIR(status.st_mode)) {
            printf("%*s%s/\n", 2 * depth, "", names[i]);
            list(name, depth + 1);
        } else if (S_ISLNK(status.st_mode)) {
            ssize_t length = readlink(name, target, sizeof target - 1);
            printf("%*s%s -> %.*s\n", 2 * depth, "", names[i], (int)length, target);
        } else {
            printf("%*s%s %lld\n", 2 * depth, "", names[i], (long long)status.st_size);
        }
        free(names[i]);
    }
}

int main(int argc, char **argv) {
    list(argc > 1 ? argv[1] : ".", 0);
    return 0;
}
