/* explore_find.c: see explore_find.h. */
#include "cli/explore_find.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/evidence.h"
#include "cli/message.h"
#include "cli/report_json.h"
#include "sched/schedule_text.h"

/* More of a schedule than that is left out. */
enum { MOST_SCHEDULE = 400 };

static bool same_kind(const hd_failure *a, const hd_failure *b) {
    return a->kind == b->kind && a->detail == b->detail;
}

bool hd_finds_add(hd_finds *finds, hd_checked *failed) {
    hd_find made = {.count = 1, .leading = true};
    for (size_t i = 0; i < finds->items.len; i++) {
        hd_find *f = &finds->items.items[i];
        if (same_kind(&f->shown.failure, &failed->failure)) made.leading = false;
        if (!hd_failure_equal(&f->shown.failure, &failed->failure)) continue;
        f->count++;
        return true;
    }
    if (!hd_vec_push(&finds->items, made)) return false;
    finds->items.items[finds->items.len - 1].shown = *failed;
    *failed = (hd_checked){0};
    return true;
}

bool hd_find_is_wanted(const hd_find *f, const hd_finds_options *options) {
    return f->leading || options->all;
}

void hd_finds_free(hd_finds *finds) {
    for (size_t i = 0; i < finds->items.len; i++) {
        hd_checked_free(&finds->items.items[i].shown);
        hd_free(finds->items.items[i].path);
    }
    hd_vec_free(&finds->items);
}

/* Puts a simpler execution in the place of the one that was found, if there is one. */
static hd_status shrink(hd_find *f, hd_step_subject *subject, hd_diag *diag) {
    hd_trace *shrunk = NULL;
    hd_checked simpler;
    hd_status status = hd_explored_shrink(subject, f->shown.trace, &shrunk, &f->shrunk, diag);
    if (status == HD_FAILED) {
        hd_diag_reset(diag); /* it does not repeat itself: nothing can be left out */
        return HD_OK;
    }
    if (status != HD_OK) return status;
    hd_check_trace(subject, shrunk, &simpler, diag);
    hd_trace_free(shrunk);
    if (diag->status == HD_OK && hd_failure_equal(&simpler.failure, &f->shown.failure)) {
        hd_checked older = f->shown;
        f->shown = simpler;
        simpler = older;
        f->is_shrunk = true;
    }
    hd_checked_free(&simpler);
    return diag->status;
}

static hd_status save(hd_find *f, const hd_control_options *o, const char *record,
                      const char *subject, hd_diag *diag) {
    if (!record)
        return hd_evidence_save(f->shown.trace, o->trace_dir, subject, f->shown.failure.kind,
                                &f->path, diag);
    if (hd_trace_save(f->shown.trace, record, diag) != HD_OK) return diag->status;
    f->path = hd_strndup(record, strlen(record));
    return f->path ? HD_OK : hd_diag_nomem(diag);
}

hd_status hd_finds_finish(hd_finds *finds, const hd_finds_options *options,
                          hd_step_subject *subject, hd_diag *diag) {
    const char *record = subject->control.record;
    for (size_t i = 0; i < finds->items.len && diag->status == HD_OK; i++) {
        hd_find *f = &finds->items.items[i];
        if (!hd_find_is_wanted(f, options) || !f->shown.trace) continue;
        if (!options->no_shrink && shrink(f, subject, diag) != HD_OK) break;
        if (f->shown.failure.kind == HD_FAILURE_RACE &&
            hd_explored_orders(subject, &f->shown, &f->orders, diag) != HD_OK)
            break;
        save(f, &subject->control, record, subject->program.path, diag);
        record = NULL;
    }
    return diag->status;
}

/* Words. */

static const char *orders_in_words(hd_orders orders) {
    switch (orders) {
    case HD_ORDERS_ONE: return "the later access cannot come first: it depends on the earlier one";
    case HD_ORDERS_ALIKE: return "both orders of the accesses lead to the same final state";
    case HD_ORDERS_DIFFER: return "the two orders of the accesses lead to different final states";
    default: return NULL;
    }
}

static void print_reproduce(FILE *to, const hd_find *f) {
    char schedule[MOST_SCHEDULE];
    if (!f->path) return;
    fputs("reproduce: heddle replay ", to);
    hd_print_string(to, f->path);
    fprintf(to, " # %s", hd_failure_kind_name(f->shown.failure.kind));
    if (f->is_shrunk)
        fprintf(to, ", %" PRIu64 " preemption%s", f->shrunk.after.preemptions,
                f->shrunk.after.preemptions == 1 ? "" : "s");
    fputc('\n', to);
    if (hd_schedule_format(f->shown.trace, schedule, sizeof schedule))
        fprintf(to, "schedule: %s\n", schedule);
}

void hd_finds_print(FILE *to, const hd_finds *finds, const hd_finds_options *options) {
    for (size_t i = 0; i < finds->items.len; i++) {
        const hd_find *f = &finds->items.items[i];
        if (!hd_find_is_wanted(f, options)) continue;
        fputs(f->shown.text ? f->shown.text : "", to);
        fputs(f->shown.report ? f->shown.report : "", to);
        if (orders_in_words(f->orders))
            fprintf(to, "at 0x%" PRIx64 " %s\n", f->shown.later.address,
                    orders_in_words(f->orders));
        print_reproduce(to, f);
    }
}

void hd_finds_print_counts(FILE *to, const hd_finds *finds, uint64_t executions) {
    for (size_t i = 0; i < finds->items.len; i++) {
        const hd_find *f = &finds->items.items[i];
        fprintf(to, "  %" PRIu64 " of %" PRIu64 " executions failed: ", f->count, executions);
        hd_print_string(to, f->shown.line);
        hd_print_race_places(to, &f->shown.failure);
        fputc('\n', to);
    }
}

/* JSON. */

static cJSON *size_to_json(const hd_shrink_size *size) {
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "preemptions", (double)size->preemptions);
    cJSON_AddNumberToObject(row, "events", (double)size->events);
    cJSON_AddNumberToObject(row, "switches", (double)size->switches);
    return row;
}

static cJSON *find_to_json(const hd_find *f) {
    static const char *const orders[] = {
        [HD_ORDERS_ONE] = "one", [HD_ORDERS_ALIKE] = "same", [HD_ORDERS_DIFFER] = "different"};
    char schedule[MOST_SCHEDULE];
    cJSON *row = hd_failure_to_json(&f->shown.failure);
    hd_json_text(row, "failure", f->shown.line, strlen(f->shown.line));
    cJSON_AddNumberToObject(row, "executions", (double)f->count);
    hd_json_string(row, "trace", f->path);
    if (f->path && hd_schedule_format(f->shown.trace, schedule, sizeof schedule))
        cJSON_AddStringToObject(row, "schedule", schedule);
    if (f->is_shrunk) {
        cJSON_AddItemToObject(row, "found", size_to_json(&f->shrunk.before));
        cJSON_AddItemToObject(row, "shrunk", size_to_json(&f->shrunk.after));
    }
    if (f->orders != HD_ORDERS_UNKNOWN)
        cJSON_AddStringToObject(row, "final_states_of_both_orders", orders[f->orders]);
    return row;
}

cJSON *hd_finds_to_json(const hd_finds *finds) {
    cJSON *rows = cJSON_CreateArray();
    for (size_t i = 0; i < finds->items.len; i++)
        cJSON_AddItemToArray(rows, find_to_json(&finds->items.items[i]));
    return rows;
}
