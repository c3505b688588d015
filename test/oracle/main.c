/* main.c: explore-oracle, the program around the oracle. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "expected.h"
#include "relaxed.h"
#include "table.h"

enum { LIMIT = 100000, AGREEMENT_LIMIT = 5000 };

static const char usage[] =
    "usage: explore-oracle check [--random FROM-TO] [TABLE]...\n"
    "                                               what the tables say, and agreement with "
    "itself\n"
    "       explore-oracle generate SEED            print a random program\n"
    "       explore-oracle explore FILE             print what exploring programs has to find\n"
    "       explore-oracle emit DIR FROM-TO         for each seed SEED.program, .wat and "
    ".expected\n"
    "       explore-oracle emit DIR FILE            the same for the programs of a file\n"
    "       explore-oracle compare EXPECTED static|refined JSON\n"
    "       explore-oracle emit-weak DIR FROM-TO    SEED.program and .wat of those that "
    "relaxed.rst\n"
    "       explore-oracle emit-weak DIR FILE       is asked about\n"
    "       explore-oracle compare-weak PROGRAM JSON\n";

static int usage_error(void) {
    fputs(usage, stderr);
    return 2;
}

static bool parse_range(const char *text, uint64_t *from, uint64_t *to) {
    char *end;
    errno = 0;
    *from = *to = strtoull(text, &end, 10);
    if (end != text && *end == '-') *to = strtoull(end + 1, &end, 10);
    return end != text && *end == 0 && errno == 0;
}

static void check_random(uint64_t from, uint64_t to, ora_tally *tally) {
    for (uint64_t seed = from; seed <= to; seed++) {
        ora_program program;
        ora_generate(seed, &program);
        if (ora_check_agreement(&program, AGREEMENT_LIMIT))
            tally->passed++;
        else
            tally->failed++;
        ora_program_free(&program);
    }
}

static int check(int count, char **words) {
    ora_tally tally = {0, 0};
    for (int i = 0; i < count; i++) {
        uint64_t from, to;
        if (strcmp(words[i], "--random") != 0) {
            ora_check_table(words[i], &tally);
            continue;
        }
        if (++i == count || !parse_range(words[i], &from, &to)) return usage_error();
        check_random(from, to, &tally);
    }
    printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
    return tally.failed > 0;
}

static int generate(const char *seed) {
    uint64_t from, to;
    ora_program program;
    if (!parse_range(seed, &from, &to) || from != to) return usage_error();
    ora_generate(from, &program);
    ora_print(&program, stdout);
    ora_program_free(&program);
    return 0;
}

static int explore(const char *path) {
    char *text = ora_read_file(path);
    const char *at = text;
    int line = 0, status = 0;
    ora_program program;
    while (ora_parse(path, &at, &line, &program)) {
        if (!ora_print_expected(&program, 0, stdout)) {
            fprintf(stderr, "explore-oracle: %s: too many events\n", program.name);
            status = 3;
        }
        ora_program_free(&program);
    }
    free(text);
    return status;
}

static FILE *create(const char *directory, const char *name, const char *suffix) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", directory, name, suffix);
    FILE *file = fopen(path, "w");
    if (!file) ora_die("%s: %s", path, strerror(errno));
    return file;
}

static void finish(FILE *file, const char *name) {
    bool failed = ferror(file);
    if (fclose(file) != 0 || failed) ora_die("%s: cannot be written", name);
}

/* A program beyond the limit leaves an .expected file without an `end`. */
static void emit_program(const char *directory, const char *name, const ora_program *program) {
    FILE *file = create(directory, name, "program");
    ora_print(program, file);
    finish(file, name);
    file = create(directory, name, "wat");
    ora_print_module(program, file);
    finish(file, name);
    file = create(directory, name, "expected");
    if (!ora_print_expected(program, LIMIT, file)) fputs("cut\n", file);
    finish(file, name);
}

static bool has_init(const ora_program *program) {
    for (uint32_t i = 0; i < ORA_BYTES; i++)
        if (program->memory[i]) return true;
    return false;
}

static int emit_file(const char *directory, const char *path) {
    char *text = ora_read_file(path);
    const char *at = text;
    int line = 0;
    ora_program program;
    while (ora_parse(path, &at, &line, &program)) {
        if (!has_init(&program)) emit_program(directory, program.name, &program);
        ora_program_free(&program);
    }
    free(text);
    return 0;
}

static int emit(const char *directory, const char *what) {
    uint64_t from, to;
    if (!parse_range(what, &from, &to)) return emit_file(directory, what);
    for (uint64_t seed = from; seed <= to; seed++) {
        char name[32];
        ora_program program;
        snprintf(name, sizeof name, "%llu", (unsigned long long)seed);
        ora_generate(seed, &program);
        emit_program(directory, name, &program);
        ora_program_free(&program);
    }
    return 0;
}

/* Most events of random programs: few take the oracle longer than a moment. */
enum { WEAK_EVENTS = 5 };

static void emit_weak_program(const char *directory, const char *name, const ora_program *program,
                              int most) {
    if (has_init(program) || !ora_is_relaxed(program, most)) return;
    FILE *file = create(directory, name, "program");
    ora_print(program, file);
    finish(file, name);
    file = create(directory, name, "wat");
    ora_print_module(program, file);
    finish(file, name);
}

static int emit_weak(const char *directory, const char *what) {
    uint64_t from, to;
    ora_program program;
    if (!parse_range(what, &from, &to)) {
        char *text = ora_read_file(what);
        const char *at = text;
        int line = 0;
        while (ora_parse(what, &at, &line, &program)) {
            emit_weak_program(directory, program.name, &program, ORA_ACCESSES);
            ora_program_free(&program);
        }
        free(text);
        return 0;
    }
    for (uint64_t seed = from; seed <= to; seed++) {
        char name[32];
        snprintf(name, sizeof name, "%llu", (unsigned long long)seed);
        ora_generate(seed, &program);
        emit_weak_program(directory, name, &program, WEAK_EVENTS);
        ora_program_free(&program);
    }
    return 0;
}

int main(int argc, char **argv) {
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "check") == 0 && argc > 2) return check(argc - 2, argv + 2);
    if (strcmp(command, "generate") == 0 && argc == 3) return generate(argv[2]);
    if (strcmp(command, "explore") == 0 && argc == 3) return explore(argv[2]);
    if (strcmp(command, "emit") == 0 && argc == 4) return emit(argv[2], argv[3]);
    if (strcmp(command, "compare") == 0 && argc == 5)
        return ora_compare(argv[2], argv[3], argv[4]) ? 0 : 1;
    if (strcmp(command, "emit-weak") == 0 && argc == 4) return emit_weak(argv[2], argv[3]);
    if (strcmp(command, "compare-weak") == 0 && argc == 4)
        return ora_compare_weak(argv[2], argv[3]);
    return usage_error();
}
