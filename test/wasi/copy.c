/* Copies the first file to the second one, or standard input to standard output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

static FILE *opened(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (!file) printf("%s: %s\n", path, strerror(errno));
    return file;
}

int main(int argc, char **argv) {
    FILE *from = argc > 2 ? opened(argv[1], "rb") : stdin;
    FILE *to = argc > 2 ? opened(argv[2], "wb") : stdout;
    char bytes[3000];
    size_t length;
    if (!from || !to) return 1;
    while ((length = fread(bytes, 1, sizeof bytes, from)) > 0)
        if (fwrite(bytes, 1, length, to) < length) return 2;
    return ferror(from) || fclose(to) ? 2 : 0;
}
