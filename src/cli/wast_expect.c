/* wast_expect.c: failures of scripts that are known. See wast_expect.h. */
#include "cli/wast_expect.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/output.h"
#include "cli/input.h"

typedef struct entry {
    const char *script;
    uint32_t line; /* 0: the script as a whole */
} entry;

struct hd_expected {
    hd_arena arena;
    HD_VEC(entry) entries;
};

/* Adds a line of the file without its comment and the blanks around it. */
static bool add_line(hd_expected *expected, const char *text, size_t length) {
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    while (length > 0 && strchr(" \t", *text))
        text++, length--;
    if (length == 0) return true;
    char *script = hd_arena_strndup(&expected->arena, text, length);
    if (!script) return false;
    entry e = {script, 0};
    char *colon = strrchr(script, ':'), *end = colon;
    unsigned long line = colon ? strtoul(colon + 1, &end, 10) : 0;
    if (colon && end > colon + 1 && !*end && line <= UINT32_MAX) {
        e.line = (uint32_t)line;
        *colon = '\0';
    }
    return hd_vec_push(&expected->entries, e);
}

hd_expected *hd_expected_read(const char *path, hd_diag *diag) {
    hd_input input;
    hd_expected *expected = hd_calloc(1, sizeof *expected);
    if (!expected) return hd_diag_nomem(diag), NULL;
    if (hd_input_read(path, &input, diag) != HD_OK) return hd_expected_free(expected), NULL;
    bool good = true;
    for (size_t at = 0; good && at < input.length;) {
        const char *line = input.bytes + at;
        const char *feed = memchr(line, '\n', input.length - at);
        size_t length = feed ? (size_t)(feed - line) : input.length - at;
        const char *comment = memchr(line, '#', length);
        at += length + 1;
        good = add_line(expected, line, comment ? (size_t)(comment - line) : length);
    }
    hd_free(input.bytes);
    if (good) return expected;
    hd_diag_nomem(diag);
    hd_expected_free(expected);
    return NULL;
}

void hd_expected_free(hd_expected *expected) {
    if (!expected) return;
    hd_vec_free(&expected->entries);
    hd_arena_free(&expected->arena);
    hd_free(expected);
}

static bool names(const entry *e, const char *path) {
    size_t length = strlen(e->script), whole = strlen(path);
    if (length > whole || strcmp(path + whole - length, e->script) != 0) return false;
    return length == whole || path[whole - length - 1] == '/';
}

/* Drops the findings of a line, which are known. */
static void drop_findings(hd_wast_result *result, uint32_t line) {
    size_t kept = 0;
    for (size_t i = 0; i < result->findings.len; i++)
        if (result->findings.items[i].note || result->findings.items[i].line != line)
            result->findings.items[kept++] = result->findings.items[i];
    result->findings.len = kept;
}

static void add_failure(hd_wast_result *result, uint32_t line, uint32_t column,
                        const char *message) {
    hd_finding finding = {.line = line, .column = column, .message = message};
    result->failed++;
    (void)hd_vec_push(&result->findings, finding);
}

static void apply_line(hd_wast_result *result, uint32_t line) {
    static const char message[] = "passes, but is listed as a failure";
    bool failed = false;
    hd_command_row *first = NULL;
    for (size_t i = 0; i < result->rows.len; i++) {
        hd_command_row *row = &result->rows.items[i];
        if (row->line != line) continue;
        if (!first) first = row;
        if (row->verdict == HD_VERDICT_FAILED) {
            row->verdict = HD_VERDICT_KNOWN;
            result->failed--;
            result->known++;
        }
        failed = failed || row->verdict == HD_VERDICT_KNOWN;
    }
    if (failed) {
        drop_findings(result, line);
        return;
    }
    if (first) {
        if (first->verdict == HD_VERDICT_PASSED) result->passed--;
        first->verdict = HD_VERDICT_FAILED;
        first->message = message;
    }
    add_failure(result, line, first ? first->column : 1,
                first ? message : "no command begins here, but a failure is listed");
}

/* A script that cannot be read, or runs into the time limit. */
static void apply_script(hd_wast_file *file) {
    hd_wast_result *result = &file->result;
    if (file->diag.status != HD_OK && file->diag.status != HD_NOMEM) {
        hd_diag_reset(&file->diag);
        result->known++;
    } else if (result->timed_out) {
        result->timed_out = false;
        result->agents.len = 0;
        result->failed--;
        result->known++;
    } else if (file->diag.status == HD_OK) {
        add_failure(result, 1, 1, "is read and ends, but is listed as a failure");
    }
}

void hd_expected_apply(const hd_expected *expected, hd_wast_file *file) {
    bool whole = false;
    for (size_t i = 0; i < expected->entries.len; i++) {
        const entry *e = &expected->entries.items[i];
        if (e->line == 0 && !whole && names(e, file->path)) {
            whole = true;
            apply_script(file);
        }
    }
    if (whole) return;
    for (size_t i = 0; i < expected->entries.len; i++)
        if (expected->entries.items[i].line && names(&expected->entries.items[i], file->path))
            apply_line(&file->result, expected->entries.items[i].line);
}
