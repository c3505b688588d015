/* Arguments and environment. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        printf("%d: %s\n", i, argv[i]);
    printf("COLOUR=%s\n", getenv("COLOUR") ? getenv("COLOUR") : "(none)");
    printf("HOME=%s\n", getenv("HOME") ? getenv("HOME") : "(none)");
    return 0;
}
