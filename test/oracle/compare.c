/* compare.c: compares the JSON of `heddle explore` with what the oracle expects. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "expected.h"

/* What an expectation says that the JSON has to say too. */
typedef struct expectation {
    double complete, deadlocked, finals, races;
} expectation;

static double number_after(const char *line, const char *key) {
    return strtod(line + strlen(key), NULL);
}

static bool begins(const char *line, const char *key) {
    return strncmp(line, key, strlen(key)) == 0;
}

static expectation read_expectation(const char *path, const char *footprints) {
    expectation e = {-1, -1, 0, 0};
    char complete[40], deadlocked[40];
    snprintf(complete, sizeof complete, "%s.complete ", footprints);
    snprintf(deadlocked, sizeof deadlocked, "%s.deadlocked ", footprints);
    char *text = ora_read_file(path), *state;
    for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        if (begins(line, complete)) e.complete = number_after(line, complete);
        if (begins(line, deadlocked)) e.deadlocked = number_after(line, deadlocked);
        /* The end of an execution belongs to its final state, a stuck end too. */
        e.finals += begins(line, "final ") || begins(line, "stuck ");
        e.races += begins(line, "race ");
    }
    free(text);
    if (e.complete < 0 || e.deadlocked < 0) ora_die("%s: nothing is expected there", path);
    return e;
}

/* A number, or how many elements an array has; -1 if it is neither. */
static double count_of(const cJSON *json, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    if (cJSON_IsArray(item)) return cJSON_GetArraySize(item);
    return cJSON_IsNumber(item) ? item->valuedouble : -1;
}

static bool same_count(const cJSON *json, const char *key, double expected) {
    double found = count_of(json, key);
    if (found == expected) return true;
    if (found < 0)
        printf("  %s: %.0f expected, and the JSON has no such number\n", key, expected);
    else
        printf("  %s: %.0f expected, %.0f found\n", key, expected, found);
    return false;
}

static bool same_word(const cJSON *json, const char *key, const char *expected) {
    const char *found = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));
    if (found && strcmp(found, expected) == 0) return true;
    printf("  %s: `%s` expected, `%s` found\n", key, expected, found ? found : "");
    return false;
}

static bool compare(const expectation *e, const char *footprints, const cJSON *json) {
    bool same = same_word(json, "footprints", footprints);
    same &= same_word(json, "granularity", "memory");
    same &= same_count(json, "complete", e->complete);
    same &= same_count(json, "deadlocked", e->deadlocked);
    same &= same_count(json, "redundant", 0);
    same &= same_count(json, "final_states", e->finals);
    same &= same_count(json, "races", e->races);
    return same;
}

bool ora_compare(const char *expected_path, const char *footprints, const char *json_path) {
    expectation e = read_expectation(expected_path, footprints);
    char *text = ora_read_file(json_path);
    cJSON *json = cJSON_Parse(text);
    bool same = json && compare(&e, footprints, json);
    if (!json) printf("  what was found is no JSON: %.60s\n", text);
    cJSON_Delete(json);
    free(text);
    return same;
}
