/* generate.c: writes random valid modules for the differential test. See generator.h. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator.h"

static const char usage[] = "usage: generate [--without=FEATURE]... DIR FROM TO\n"
                            "Writes a random module for each seed to DIR/SEED.wasm. Some import "
                            "from another one, which is then\n"
                            "DIR/SEED-library.wasm. Of some there is DIR/SEED-moved.wasm too, "
                            "which does the same with another\n"
                            "memory than the first. FEATURE is simd, atomics or tail-calls.\n";

static bool write_file(const char *directory, uint64_t seed, const char *suffix, gen_bytes *bytes) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%llu%s.wasm", directory, (unsigned long long)seed, suffix);
    FILE *file = fopen(path, "wb");
    bool done = file && fwrite(bytes->items, 1, bytes->length, file) == bytes->length;
    if (file && fclose(file) != 0) done = false;
    if (!done) fprintf(stderr, "generate: %s: %s\n", path, strerror(errno));
    gen_free(bytes);
    return done;
}

/* With `library`, two modules that are linked; else one, and at times the same with its memory
 * moved. */
static bool generate(const char *directory, uint64_t seed, gen_features features) {
    gen_random random = {seed};
    gen_module module, library;
    gen_bytes bytes = {0}, more = {0};
    bool linked = gen_chance(&random, 25), moved = !linked && gen_chance(&random, 25);
    uint64_t library_seed = gen_bits(&random), module_seed = gen_bits(&random);
    if (linked) gen_module_make(&library, library_seed, features, 0, NULL, &more);
    gen_module_make(&module, module_seed, features, 0, linked ? &library : NULL, &bytes);
    gen_module_free(&module);
    if (linked) gen_module_free(&library);
    if (moved) {
        gen_module_make(&module, module_seed, features, 1, NULL, &more);
        gen_module_free(&module);
    }
    return write_file(directory, seed, "", &bytes) &&
           (!linked || write_file(directory, seed, "-library", &more)) &&
           (!moved || write_file(directory, seed, "-moved", &more));
}

static bool remove_feature(gen_features *features, const char *name) {
    if (strcmp(name, "simd") == 0)
        features->simd = false;
    else if (strcmp(name, "atomics") == 0)
        features->atomics = false;
    else if (strcmp(name, "tail-calls") == 0)
        features->tail_calls = false;
    else
        return false;
    return true;
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"without", required_argument, NULL, 'w'}, {0}};
    gen_features features = {true, true, true};
    for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (key != 'w' || !remove_feature(&features, optarg)) {
            fputs(usage, stderr);
            return 2;
        }
    }
    if (argc - optind != 3) {
        fputs(usage, stderr);
        return 2;
    }
    gen_operations_init();
    uint64_t to = strtoull(argv[optind + 2], NULL, 10);
    for (uint64_t seed = strtoull(argv[optind + 1], NULL, 10); seed <= to; seed++)
        if (!generate(argv[optind], seed, features)) return 3;
    return 0;
}
