/* main.c: runs the unit tests.
 *
 *     unit              all suites
 *     unit SUITE...     these
 *
 * libcheck's variables (CK_RUN_CASE, CK_FORK, CK_TIMEOUT_MULTIPLIER, …) work as usual. The last
 * line counts test functions; the exit status is 1 when one failed, 2 when a suite is unknown. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
    {"base", base_suite},       {"output", output_suite},   {"module", module_suite},
    {"source", source_suite},   {"text", text_suite},       {"code", code_suite},
    {"numeric", numeric_suite}, {"simd", simd_suite},       {"runtime", runtime_suite},
    {"exec", exec_suite},       {"agents", agents_suite},   {"sched", sched_suite},
    {"race", race_suite},       {"stuck", stuck_suite},     {"record", record_suite},
    {"session", session_suite}, {"wasi", wasi_suite},       {"program", program_suite},
    {"outside", outside_suite}, {"explore", explore_suite}, {"weak", weak_suite},
};

enum { SUITE_COUNT = sizeof suites / sizeof suites[0] };

static bool is_named(const char *name, char **names) {
    if (!*names) return true;
    for (; *names; names++)
        if (!strcmp(name, *names)) return true;
    return false;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        size_t s = 0;
        while (s < SUITE_COUNT && strcmp(argv[i], suites[s].name))
            s++;
        if (s < SUITE_COUNT) continue;
        fprintf(stderr, "unit: no suite is named %s; there are:", argv[i]);
        for (s = 0; s < SUITE_COUNT; s++)
            fprintf(stderr, " %s", suites[s].name);
        fprintf(stderr, "\n");
        return 2;
    }
    SRunner *runner = srunner_create(NULL);
    for (size_t s = 0; s < SUITE_COUNT; s++)
        if (is_named(suites[s].name, argv + 1)) srunner_add_suite(runner, suites[s].make());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
