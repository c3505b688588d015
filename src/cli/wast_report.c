/* wast_report.c: the outcome of scripts as text. */
#include "cli/wast_report.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/output.h"
#include "cli/command.h"
#include "cli/input.h"

uint64_t hd_wast_failures(const hd_wast_file *file) {
    return file->result.failed + (file->diag.status != HD_OK);
}

int hd_wast_exit_status(const hd_wast_file *file) {
    if (file->result.timed_out) return HD_EXIT_TIME;
    if (file->diag.status == HD_FAILED) return HD_EXIT_FAILED;
    if (file->diag.status != HD_OK) return HD_EXIT_INPUT;
    return file->result.failed ? HD_EXIT_FAILED : HD_EXIT_OK;
}

static void print_finding(hd_channel to, const char *name, const hd_finding *finding) {
    const char *quote = finding->words ? "\"" : "";
    hd_output output;
    FILE *line = hd_output_open(&output);
    if (line) {
        if (finding->agent) fprintf(line, "agent %s: ", finding->agent);
        fputs(finding->message, line);
        if (finding->expected) fprintf(line, ": expected %s%s%s", quote, finding->expected, quote);
        if (finding->got) fprintf(line, "%s got %s", finding->expected ? "," : ":", finding->got);
    }
    char *text = hd_output_take(&output, NULL);
    hd_message_at(to, finding->note ? "note" : "error", name, finding->line, finding->column,
                  text ? text : "out of memory");
    hd_backtrace_print(to.file, &finding->backtrace);
    hd_free(text);
}

static void print_agent(FILE *to, const char *name, const hd_wast_agent *agent) {
    char phrase[160];
    fprintf(to, "  agent %s: %s", agent->report.name,
            hd_member_report_phrase(&agent->report, phrase, sizeof phrase));
    if (agent->line && agent->report.state != HD_MEMBER_FINISHED) {
        fputs(", at ", to);
        hd_print_string(to, name);
        fprintf(to, ":%" PRIu32 ":%" PRIu32, agent->line, agent->column);
    }
    fputc('\n', to);
    hd_backtrace_print(to, &agent->report.backtrace);
}

static void print_agents(FILE *to, const char *name, const hd_wast_result *result) {
    for (size_t i = 0; i < result->agents.len; i++)
        print_agent(to, name, &result->agents.items[i]);
}

static void print_time_limit(hd_channel to, const char *name, const hd_wast_result *result,
                             int64_t timeout) {
    char text[80];
    hd_wast_agent none = {0};
    const hd_wast_agent *main_agent = result->agents.len ? &result->agents.items[0] : &none;
    snprintf(text, sizeof text, "time limit of %g s reached", (double)timeout / 1e9);
    hd_message_at(to, "error", name, main_agent->line, main_agent->column, text);
    print_agents(to.file, name, result);
}

void hd_wast_print_findings(hd_channel to, const hd_wast_file *file, int64_t timeout) {
    const char *name = hd_input_name(file->path);
    for (size_t i = 0; i < file->result.findings.len; i++)
        print_finding(to, name, &file->result.findings.items[i]);
    if (file->result.timed_out)
        print_time_limit(to, name, &file->result, timeout);
    else
        print_agents(to.file, name, &file->result);
    if (file->diag.status != HD_OK) hd_message(to, "error", name, &file->diag);
}

void hd_wast_print_verdict(FILE *to, const hd_wast_file *file, bool seconds) {
    uint64_t failures = hd_wast_failures(file);
    hd_print_string(to, hd_input_name(file->path));
    fprintf(to, ": %" PRIu64 " passed", file->result.passed);
    if (failures) fprintf(to, ", %" PRIu64 " failed", failures);
    if (file->result.unreadable) fprintf(to, ", %" PRIu64 " unreadable", file->result.unreadable);
    if (file->result.known) fprintf(to, ", %" PRIu64 " known", file->result.known);
    if (file->result.skipped) fprintf(to, ", %" PRIu64 " skipped", file->result.skipped);
    if (file->runs > 1) fprintf(to, " in %" PRIu64 " runs", file->runs);
    if (seconds) fprintf(to, " (%.3f s)", file->seconds);
    fputc('\n', to);
    const char *observed = file->runs <= 1 && file->result.observed ? file->result.observed : "";
    for (; *observed; observed += strcspn(observed, "\n") + 1)
        fprintf(to, "  %.*s\n", (int)strcspn(observed, "\n"), observed);
    if (file->runs > 1 && file->campaign.runs > 0) {
        hd_campaign_print(to, &file->campaign);
        hd_campaign_print_coverage(to, &file->campaign);
    }
}
