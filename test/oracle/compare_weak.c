/* compare_weak.c: compares the JSON of `heddle explore --weak` with what relaxed.rst allows. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "relaxed.h"
#include "search.h"

/* `agent 0 (t0): 5 : i64; agent 1 (t1): -1 : i64` as `5 18446744073709551615`. */
static bool add_outcome(const char *text, ora_set *to) {
    ora_text results = {0};
    bool is_new;
    for (const char *at = text; (at = strstr(at, "): ")); at += 3)
        ora_text_add(&results, "%s%llu", results.length ? " " : "",
                     (unsigned long long)strtoll(at + 3, NULL, 10));
    bool good = results.bytes != NULL;
    if (good) ora_set_add(to, results.bytes, results.length, &is_new);
    ora_text_free(&results);
    return good;
}

static bool take_outcomes(const cJSON *json, const char *member, ora_set *to) {
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(json, member), *row;
    if (!cJSON_IsArray(array)) return false;
    cJSON_ArrayForEach(row, array) {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, "outcome"));
        if (!text || !add_outcome(text, to)) return false;
    }
    return true;
}

/* Results of complete executions: texts like `BYTES RESULT...`. */
static void take_results(const ora_set *finals, ora_set *to) {
    for (size_t i = 0; i < finals->count; i++) {
        size_t length;
        bool is_new;
        const char *text = ora_set_string(finals, i, &length);
        const char *space = memchr(text, ' ', length);
        if (!space) ora_die("a final state has no results");
        ora_set_add(to, space + 1, length - (size_t)(space + 1 - text), &is_new);
    }
}

static void print_missing(const char *what, const ora_set *in, const ora_set *from) {
    for (size_t i = 0; i < in->count; i++) {
        size_t length;
        const char *text = ora_set_string(in, i, &length);
        if (!ora_set_has(from, text, length)) printf("  %s: %.*s\n", what, (int)length, text);
    }
}

static bool same(const char *what, const ora_set *expected, const ora_set *found) {
    if (ora_set_equal(expected, found)) return true;
    printf("  %s outcomes differ\n", what);
    print_missing("missing", expected, found);
    print_missing("too many", found, expected);
    return false;
}

static bool compare(const ora_program *program, const ora_relaxed_result *relaxed,
                    const cJSON *json) {
    ora_options options = {.footprints = ORA_REFINED};
    ora_result search = ora_search(program, &options);
    ora_set consistent = {0}, sequential = {0}, all = {0};
    take_results(&search.finals, &consistent);
    bool good = take_outcomes(json, "sequential", &sequential) &&
                take_outcomes(json, "sequential", &all) && take_outcomes(json, "weak", &all);
    if (!good) puts("  there are no outcomes");
    bool both = good && same("sequentially consistent", &consistent, &sequential);
    good = good && same("allowed", &relaxed->results, &all) && both;
    ora_set_free(&consistent);
    ora_set_free(&sequential);
    ora_set_free(&all);
    ora_result_free(&search);
    return good;
}

int ora_compare_weak(const char *program_path, const char *json_path) {
    char *text = ora_read_file(program_path);
    const char *at = text;
    int line = 0;
    ora_program program;
    if (!ora_parse(program_path, &at, &line, &program)) ora_die("%s: no program", program_path);
    free(text);
    ora_relaxed_result relaxed = ora_relaxed(&program);
    int status = 77;
    if (!relaxed.refused) {
        char *found = ora_read_file(json_path);
        cJSON *json = cJSON_Parse(found);
        status = compare(&program, &relaxed, json) ? 0 : 1;
        cJSON_Delete(json);
        free(found);
    }
    ora_relaxed_free(&relaxed);
    ora_program_free(&program);
    return status;
}
