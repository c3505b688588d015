/* wast_json.c: the outcome of scripts as JSON. See wast_report.h. */
#include <inttypes.h>
#include <string.h>

#include "cli/input.h"
#include "cli/json.h"
#include "cli/wast_report.h"

static void add_text(cJSON *object, const char *member, const char *text) {
    if (text) hd_json_text(object, member, text, strlen(text));
}

static void add_position(cJSON *object, uint32_t line, uint32_t column) {
    if (!line) return;
    cJSON_AddNumberToObject(object, "line", line);
    cJSON_AddNumberToObject(object, "column", column);
}

static void add_source(cJSON *object, const hd_source_frame *source) {
    add_text(object, "file", source->file);
    if (source->file) add_position(object, source->line, source->column);
}

/* The functions that were inlined where a frame stands, innermost first. */
static void add_inlined(cJSON *object, const hd_report_frame *frame) {
    if (frame->inlined_count == 0) return;
    cJSON *rows = cJSON_AddArrayToObject(object, "inlined");
    for (size_t i = 0; i < frame->inlined_count; i++) {
        cJSON *row = cJSON_CreateObject();
        add_text(row, "function", frame->inlined[i].function);
        add_source(row, &frame->inlined[i]);
        cJSON_AddItemToArray(rows, row);
    }
}

static void add_backtrace(cJSON *object, const hd_backtrace *backtrace) {
    cJSON *rows = cJSON_AddArrayToObject(object, "backtrace");
    for (size_t i = 0; i < backtrace->count; i++) {
        const hd_report_frame *frame = &backtrace->frames[i];
        cJSON *row = cJSON_CreateObject();
        add_text(row, "function", frame->function);
        if (!frame->host) cJSON_AddNumberToObject(row, "offset", frame->offset);
        add_source(row, &frame->source);
        add_inlined(row, frame);
        cJSON_AddItemToArray(rows, row);
    }
    cJSON_AddNumberToObject(object, "depth", (double)backtrace->depth);
}

static void add_findings(cJSON *object, const hd_wast_result *result) {
    cJSON *failures = cJSON_AddArrayToObject(object, "failures");
    cJSON *notes = cJSON_AddArrayToObject(object, "notes");
    for (size_t i = 0; i < result->findings.len; i++) {
        const hd_finding *finding = &result->findings.items[i];
        cJSON *row = cJSON_CreateObject();
        add_position(row, finding->line, finding->column);
        add_text(row, "agent", finding->agent ? finding->agent : "main");
        add_text(row, "message", finding->message);
        add_text(row, "expected", finding->expected);
        add_text(row, "got", finding->got);
        if (finding->backtrace.count > 0) add_backtrace(row, &finding->backtrace);
        cJSON_AddItemToArray(finding->note ? notes : failures, row);
    }
}

static cJSON *agent_to_json(const hd_wast_agent *agent) {
    const hd_member_report *report = &agent->report;
    cJSON *row = cJSON_CreateObject();
    add_text(row, "name", report->name);
    add_text(row, "state", hd_member_state_name(report->state));
    if (report->state != HD_MEMBER_FINISHED) add_position(row, agent->line, agent->column);
    if (report->state == HD_MEMBER_WAITING) {
        char expected[24]; /* a double cannot hold every i64 */
        snprintf(expected, sizeof expected, "%" PRIu64, report->expected);
        cJSON_AddNumberToObject(row, "address", (double)report->address);
        cJSON_AddNumberToObject(row, "width", report->width);
        add_text(row, "expected", expected);
    }
    add_text(row, "joining", report->joining);
    add_backtrace(row, &report->backtrace);
    return row;
}

cJSON *hd_wast_to_json(const hd_wast_file *file) {
    const hd_wast_result *result = &file->result;
    cJSON *row = cJSON_CreateObject();
    add_text(row, "file", hd_input_name(file->path));
    cJSON_AddNumberToObject(row, "passed", (double)result->passed);
    cJSON_AddNumberToObject(row, "failed", (double)hd_wast_failures(file));
    cJSON_AddNumberToObject(row, "runs", (double)file->runs);
    cJSON_AddNumberToObject(row, "seconds", file->seconds);
    cJSON_AddBoolToObject(row, "timed_out", result->timed_out);
    cJSON_AddNumberToObject(row, "messages", (double)result->messages);
    cJSON_AddNumberToObject(row, "wording_differences", (double)result->differences);
    if (file->diag.status != HD_OK) hd_json_diag(row, &file->diag);
    add_findings(row, result);
    cJSON *agents = cJSON_AddArrayToObject(row, "agents");
    for (size_t i = 0; i < result->agents.len; i++)
        cJSON_AddItemToArray(agents, agent_to_json(&result->agents.items[i]));
    return row;
}
