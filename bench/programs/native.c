/* Runs a benchmark program as native code: link this file with one of the programs. `make
 * bench-native` does so, to check the expected checksums against a compiler that has nothing to do
 * with WebAssembly, and to show how far an interpreter is from the machine. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s N\n", argv[0]);
        return 2;
    }
    printf("%d\n", run(atoi(argv[1])));
    return 0;
}
