/* Both output streams, and an exit status. */
#include <stdio.h>

int main(void) {
    printf("Hello, world\n");
    fprintf(stderr, "and goodbye\n");
    return 3;
}
