/* wast_rows.c: outcomes of scripts, a row a command. See wast_rows.h. */
#include "cli/wast_rows.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/message.h"
#include "cli/report_json.h"

const char *hd_verdict_name(hd_verdict verdict) {
    static const char *const names[] = {
        [HD_VERDICT_DONE] = "done",       [HD_VERDICT_PASSED] = "passed",
        [HD_VERDICT_FAILED] = "failed",   [HD_VERDICT_UNREADABLE] = "unreadable",
        [HD_VERDICT_SKIPPED] = "skipped", [HD_VERDICT_KNOWN] = "known",
    };
    return names[verdict];
}

/* What ended a script as a whole, or NULL. */
static const char *file_failure(const hd_wast_file *file) {
    if (file->diag.status != HD_OK) return file->diag.message;
    return file->result.timed_out ? "time limit reached" : NULL;
}

/* Prints text in which TAP would see a directive or an end of line. */
static void print_tap_text(FILE *to, const char *text) {
    for (; *text; text++) {
        if (*text == '#' || *text == '\\') fputc('\\', to);
        fputc(*text == '\n' ? ' ' : *text, to);
    }
}

static void print_yaml(FILE *to, const char *key, const char *text) {
    if (!text) return;
    fprintf(to, "  %s: \"", key);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(to, "\\%c", *text);
        else if ((unsigned char)*text < ' ' || *text == 0x7F)
            fprintf(to, "\\x%02x", (unsigned char)*text);
        else
            fputc(*text, to);
    }
    fputs("\"\n", to);
}

static void print_tap_row(FILE *to, const char *file, const hd_command_row *row, uint64_t number) {
    bool good = row->verdict != HD_VERDICT_FAILED && row->verdict != HD_VERDICT_KNOWN;
    fprintf(to, "%sok %" PRIu64 " - ", good ? "" : "not ", number);
    print_tap_text(to, file);
    fprintf(to, ":%" PRIu32 ":%" PRIu32 " ", row->line, row->column);
    print_tap_text(to, row->keyword);
    if (row->verdict == HD_VERDICT_KNOWN) fputs(" # TODO known failure", to);
    if (row->verdict == HD_VERDICT_UNREADABLE) fputs(" # SKIP unreadable", to);
    if (row->verdict == HD_VERDICT_SKIPPED) fputs(" # SKIP unknown command", to);
    fputc('\n', to);
    if (good) return;
    fputs("  ---\n", to);
    print_yaml(to, "agent", row->agent);
    print_yaml(to, "message", row->message);
    print_yaml(to, "expected", row->expected);
    print_yaml(to, "got", row->got);
    fputs("  ...\n", to);
}

void hd_wast_print_tap(FILE *to, const hd_wast_file *file, uint64_t *count) {
    const char *name = hd_input_name(file->path);
    for (size_t i = 0; i < file->result.rows.len; i++) {
        const hd_command_row *row = &file->result.rows.items[i];
        if (row->verdict != HD_VERDICT_DONE) print_tap_row(to, name, row, ++*count);
    }
    const char *failure = file_failure(file);
    if (!failure) return;
    fprintf(to, "not ok %" PRIu64 " - ", ++*count);
    print_tap_text(to, name);
    fputs("\n  ---\n", to);
    print_yaml(to, "message", failure);
    fputs("  ...\n", to);
}

/* Prints text of any bytes as XML: what XML cannot hold is escaped as in messages. */
static void print_xml(FILE *to, const char *text) {
    for (size_t left = strlen(text); left > 0;) {
        char shown[HD_ESCAPE_ROOM];
        size_t length, size = hd_escape_next(shown, text, left, &length);
        const char *entity = *shown == '<'   ? "&lt;"
                             : *shown == '>' ? "&gt;"
                             : *shown == '&' ? "&amp;"
                             : *shown == '"' ? "&quot;"
                                             : NULL;
        if (entity)
            fputs(entity, to);
        else
            fwrite(shown, 1, size, to);
        text += length;
        left -= length;
    }
}

static void print_attribute(FILE *to, const char *name, const char *value) {
    fprintf(to, " %s=\"", name);
    print_xml(to, value);
    fputc('"', to);
}

static void print_junit_row(FILE *to, const char *file, const hd_command_row *row) {
    fprintf(to, "    <testcase name=\"%" PRIu32 ":%" PRIu32 " ", row->line, row->column);
    print_xml(to, row->keyword);
    fputc('"', to);
    print_attribute(to, "classname", file);
    if (row->verdict == HD_VERDICT_PASSED) {
        fputs("/>\n", to);
        return;
    }
    bool failed = row->verdict == HD_VERDICT_FAILED;
    fputs(failed ? ">\n      <failure" : ">\n      <skipped", to);
    print_attribute(to, "message", row->message ? row->message : hd_verdict_name(row->verdict));
    if (failed && (row->expected || row->got)) {
        fputc('>', to);
        if (row->expected) fputs("expected ", to), print_xml(to, row->expected);
        if (row->got) fputs(row->expected ? ", got " : "got ", to), print_xml(to, row->got);
        fputs("</failure>\n    </testcase>\n", to);
    } else {
        fputs("/>\n    </testcase>\n", to);
    }
}

void hd_wast_print_junit(FILE *to, const hd_wast_file *file) {
    const char *name = hd_input_name(file->path), *failure = file_failure(file);
    uint64_t tests = failure != NULL, failures = 0, skipped = 0;
    for (size_t i = 0; i < file->result.rows.len; i++) {
        hd_verdict verdict = file->result.rows.items[i].verdict;
        tests += verdict != HD_VERDICT_DONE;
        failures += verdict == HD_VERDICT_FAILED;
        skipped += verdict == HD_VERDICT_SKIPPED || verdict == HD_VERDICT_UNREADABLE ||
                   verdict == HD_VERDICT_KNOWN;
    }
    fputs("  <testsuite", to);
    print_attribute(to, "name", name);
    fprintf(to,
            " tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%d\" skipped=\"%" PRIu64
            "\" time=\"%.3f\">\n",
            tests, failures, failure != NULL, skipped, file->seconds);
    for (size_t i = 0; i < file->result.rows.len; i++)
        if (file->result.rows.items[i].verdict != HD_VERDICT_DONE)
            print_junit_row(to, name, &file->result.rows.items[i]);
    if (failure) {
        fputs("    <testcase name=\"script\"", to);
        print_attribute(to, "classname", name);
        fputs(">\n      <error", to);
        print_attribute(to, "message", failure);
        fputs("/>\n    </testcase>\n", to);
    }
    fputs("  </testsuite>\n", to);
}

cJSON *hd_wast_rows_to_json(const hd_wast_file *file) {
    cJSON *rows = cJSON_CreateArray();
    for (size_t i = 0; i < file->result.rows.len; i++) {
        const hd_command_row *row = &file->result.rows.items[i];
        cJSON *object = cJSON_CreateObject();
        hd_json_text(object, "command", row->keyword, strlen(row->keyword));
        cJSON_AddNumberToObject(object, "line", row->line);
        cJSON_AddNumberToObject(object, "column", row->column);
        hd_json_string(object, "agent", row->agent ? row->agent : "main");
        hd_json_string(object, "verdict", hd_verdict_name(row->verdict));
        hd_json_string(object, "message", row->message);
        hd_json_string(object, "expected", row->expected);
        hd_json_string(object, "got", row->got);
        cJSON_AddItemToArray(rows, object);
    }
    return rows;
}
