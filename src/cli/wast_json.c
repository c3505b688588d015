/* wast_json.c: the outcome of scripts as JSON. See wast_report.h. */
#include <inttypes.h>
#include <string.h>

#include "cli/campaign_json.h"
#include "cli/input.h"
#include "cli/report_json.h"
#include "cli/wast_report.h"
#include "cli/wast_rows.h"

static void add_position(cJSON *object, uint32_t line, uint32_t column) {
    if (!line) return;
    cJSON_AddNumberToObject(object, "line", line);
    cJSON_AddNumberToObject(object, "column", column);
}

static void add_findings(cJSON *object, const hd_wast_result *result) {
    cJSON *failures = cJSON_AddArrayToObject(object, "failures");
    cJSON *notes = cJSON_AddArrayToObject(object, "notes");
    for (size_t i = 0; i < result->findings.len; i++) {
        const hd_finding *finding = &result->findings.items[i];
        cJSON *row = cJSON_CreateObject();
        add_position(row, finding->line, finding->column);
        hd_json_string(row, "agent", finding->agent ? finding->agent : "main");
        hd_json_string(row, "message", finding->message);
        hd_json_string(row, "expected", finding->expected);
        hd_json_string(row, "got", finding->got);
        if (finding->backtrace.count > 0) hd_json_backtrace(row, &finding->backtrace);
        cJSON_AddItemToArray(finding->note ? notes : failures, row);
    }
}

static cJSON *agent_to_json(const hd_wast_agent *agent) {
    const hd_member_report *report = &agent->report;
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "name", report->name);
    hd_json_string(row, "state", hd_member_state_name(report->state));
    if (report->state != HD_MEMBER_FINISHED) add_position(row, agent->line, agent->column);
    if (report->state == HD_MEMBER_WAITING) {
        char expected[24]; /* a double cannot hold every i64 */
        snprintf(expected, sizeof expected, "%" PRIu64, report->expected);
        cJSON_AddNumberToObject(row, "address", (double)report->address);
        cJSON_AddNumberToObject(row, "width", report->width);
        hd_json_string(row, "expected", expected);
    }
    hd_json_string(row, "joining", report->joining);
    hd_json_backtrace(row, &report->backtrace);
    return row;
}

cJSON *hd_wast_to_json(const hd_wast_file *file, bool rows, bool controlled, const char *trace) {
    const hd_wast_result *result = &file->result;
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "file", hd_input_name(file->path));
    cJSON_AddNumberToObject(row, "passed", (double)result->passed);
    cJSON_AddNumberToObject(row, "unreadable", (double)result->unreadable);
    cJSON_AddNumberToObject(row, "skipped", (double)result->skipped);
    cJSON_AddNumberToObject(row, "known", (double)result->known);
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
    if (rows) cJSON_AddItemToObject(row, "commands", hd_wast_rows_to_json(file));
    if (controlled)
        cJSON_AddItemToObject(row, "campaign", hd_campaign_to_json(&file->campaign, trace));
    return row;
}
