/* program_report.c: what came of a program: its results, or what went wrong. */
#include <stdlib.h>
#include <string.h>

#include "cli/program_parts.h"
#include "cli/value.h"

void hd_running_print_results(const hd_running *r, FILE *to) {
    char text[HD_VALUE_TEXT];
    for (size_t i = 0; i < r->agents.len; i++) {
        const hd_first_agent *a = &r->agents.items[i];
        const hd_slot *cells = a->cells;
        if (!hd_program_returned(r->program, i)) continue;
        const hd_functype *type = hd_program_module(r->program)->functions[a->function].type;
        for (uint32_t k = 0; k < type->result_count; k++) {
            if (r->agents.len > 1) {
                fprintf(to, "agent %zu (", i);
                hd_print_string(to, a->export);
                fputs("): ", to);
            }
            fprintf(to, "%s : %s\n", hd_value_text(type->results[k], cells, text),
                    hd_valtype_name(type->results[k]));
            cells += hd_slots_of(type->results[k]);
        }
    }
}

/* Messages. */

void hd_running_report_tls(const hd_running *r) {
    size_t count;
    const hd_tls_leftover *left = hd_program_leftovers(r->program, &count);
    for (size_t i = 0; i < count; i++)
        fprintf(r->errors.file,
                "note: agent %s ended and left %u bytes of thread-local data at 0x%x, which no "
                "other agent has been given since\n",
                left[i].agent, left[i].size, left[i].address);
}

/* What each agent was doing when the time limit came. */
static void report_time_limit(const hd_running *r) {
    char phrase[160];
    hd_arena arena = HD_ARENA_INIT;
    hd_diag diag = HD_DIAG_INIT;
    hd_member_report state;
    size_t count = hd_cluster_count(r->cluster);
    double seconds = (double)r->options->timeout / 1e9;
    if (count == 1 && hd_member_report_take(hd_cluster_member(r->cluster, 0), &arena, &state)) {
        hd_diag_set(&diag, HD_STOPPED, "time limit of %g s reached; the agent was %s", seconds,
                    hd_member_report_phrase(&state, phrase, sizeof phrase));
        hd_message(r->errors, "error", r->name, &diag);
        hd_backtrace_print(r->errors.file, &state.backtrace);
    } else {
        hd_diag_set(&diag, HD_STOPPED, "time limit of %g s reached", seconds);
        hd_message(r->errors, "error", r->name, &diag);
        for (size_t i = 0; i < count; i++) {
            if (!hd_member_report_take(hd_cluster_member(r->cluster, i), &arena, &state)) continue;
            fprintf(r->errors.file, "  agent %s: %s\n", state.name,
                    hd_member_report_phrase(&state, phrase, sizeof phrase));
            hd_backtrace_print(r->errors.file, &state.backtrace);
        }
    }
    hd_arena_free(&arena);
}

/* What went wrong with the execution itself, and where its only agent is if it has not ended. */
static void report_failure(const hd_running *r, const char *failure, bool ended) {
    hd_arena arena = HD_ARENA_INIT;
    hd_diag diag = HD_DIAG_INIT;
    hd_backtrace backtrace = {0};
    hd_diag_set(&diag, HD_FAILED, "%s", failure);
    hd_message(r->errors, "error", r->name, &diag);
    if (!ended && hd_cluster_count(r->cluster) == 1 &&
        hd_backtrace_take(hd_member_agent(hd_cluster_member(r->cluster, 0)), &arena, &backtrace))
        hd_backtrace_print(r->errors.file, &backtrace);
    hd_arena_free(&arena);
}

/* True if several of the agents that the program began with call the same function. */
static bool is_ambiguous(const hd_running *r, const char *name) {
    unsigned same = 0;
    for (size_t i = 0; i < r->agents.len; i++)
        same += strcmp(r->agents.items[i].export, name) == 0;
    return same > 1;
}

static void report_outcome(const hd_running *r, const hd_program_outcome *outcome) {
    hd_diag diag = outcome->diag;
    hd_status status = diag.status;
    uint64_t offset = diag.offset;
    if (outcome->agent && outcome->agents > 1) {
        hd_diag_reset(&diag);
        if (outcome->first != HD_NO_INDEX && is_ambiguous(r, outcome->agent))
            hd_diag_at_offset(&diag, status, offset, "agent %u (%.100s): %.380s", outcome->first,
                              outcome->agent, outcome->diag.message);
        else
            hd_diag_at_offset(&diag, status, offset, "agent %s: %.400s", outcome->agent,
                              outcome->diag.message);
        diag.line = outcome->diag.line;
        diag.column = outcome->diag.column;
    }
    hd_message(r->errors, "error", r->name, &diag);
    hd_backtrace_print(r->errors.file, &outcome->backtrace);
}

static bool is_trap(hd_status status) {
    return status == HD_TRAP || status == HD_EXHAUSTION || status == HD_EXCEPTION;
}

/* The exit status of a program that ended by its return or by proc_exit; else HD_NO_INDEX. The
 * system passes on 8 bits. */
static uint32_t exit_status(const hd_running *r, const hd_program_outcome *outcome) {
    uint32_t status;
    if (outcome->diag.status == HD_EXITED && r->wasi && hd_wasi_exit_status(r->wasi, &status))
        return status & 0xFF;
    return outcome->diag.status == HD_OK ? 0 : HD_NO_INDEX;
}

/* Tells the execution what the program failed in, if it did: a trap, an exit, or that it could not
 * be run. */
static void keep_failure(const hd_running *r, const hd_program_outcome *outcome) {
    hd_execution *e = r->execution;
    uint32_t status = exit_status(r, outcome);
    hd_status end = outcome->diag.status;
    hd_own_failure own = {.agent = outcome->number,
                          .name = outcome->agent ? outcome->agent : "main",
                          .step = hd_world_steps(e->world)};
    if (status != HD_NO_INDEX) {
        own.kind = status != r->options->expected_status ? HD_FAILURE_EXIT : HD_FAILURE_NONE;
        own.detail = status;
    } else if (is_trap(end)) {
        own.kind = HD_FAILURE_TRAP;
        own.detail = end;
        own.told = true;
    } else if (end != HD_OK && end != HD_EXITED) {
        own.kind = HD_FAILURE_NOT_RUN;
    }
    if (own.kind == HD_FAILURE_NONE) return;
    own.backtrace = outcome->backtrace;
    hd_execution_keep_failure(e, &own);
}

static int compare_status(const hd_running *r, uint32_t status) {
    hd_diag diag = HD_DIAG_INIT;
    if (status == r->options->expected_status) return HD_EXIT_OK;
    hd_diag_set(&diag, HD_FAILED, "the program ended with status %u: expected %u", status,
                (uint32_t)r->options->expected_status);
    hd_message(r->errors, "error", r->name, &diag);
    return HD_EXIT_FAILED;
}

int hd_running_finish(const hd_running *r, bool ended) {
    const hd_program_outcome *outcome = hd_program_get_outcome(r->program);
    if (r->execution) keep_failure(r, outcome);
    const char *failure = r->execution ? hd_execution_failure(r->execution) : NULL;
    uint32_t status = ended ? exit_status(r, outcome) : HD_NO_INDEX;
    if (status == 0 && !failure && !r->options->expects_status) return HD_EXIT_OK;
    if (r->io->results == stdout) fflush(stdout); /* results come first on a terminal */
    if (status != HD_NO_INDEX && !failure)
        return r->options->expects_status ? compare_status(r, status) : (int)status;
    if (outcome->diag.status == HD_EXITED && failure)
        return report_failure(r, failure, true), HD_EXIT_FAILED;
    if (outcome->diag.status != HD_OK) {
        report_outcome(r, outcome);
        if (outcome->diag.status == HD_NOMEM) return HD_EXIT_INPUT;
        if (r->execution && hd_execution_divergence(r->execution))
            report_failure(r, failure, false);
        return failure ? HD_EXIT_FAILED : hd_exit_status(outcome->diag.status);
    }
    if (failure) {
        report_failure(r, failure, ended);
        return hd_execution_was_stopped(r->execution) ? HD_EXIT_TIME : HD_EXIT_FAILED;
    }
    report_time_limit(r);
    return HD_EXIT_TIME;
}
