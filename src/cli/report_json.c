/* report_json.c: races and stuck executions as JSON. */
#include "cli/report_json.h"

#include <inttypes.h>
#include <string.h>

#include "check/race_report.h"

void hd_json_string(cJSON *object, const char *member, const char *text) {
    if (text) hd_json_text(object, member, text, strlen(text));
}

void hd_json_u64(cJSON *object, const char *member, uint64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    cJSON_AddStringToObject(object, member, text);
}

static void add_number(cJSON *object, const char *member, uint64_t value) {
    cJSON_AddNumberToObject(object, member, (double)value);
}

/* A step, unless there is none. */
static void add_step(cJSON *object, const char *member, uint64_t step) {
    if (step != HD_NO_STEP) add_number(object, member, step);
}

/* Backtraces. */

static void add_source(cJSON *object, const hd_source_frame *source) {
    if (!source->file) return;
    hd_json_string(object, "file", source->file);
    if (!source->line) return;
    add_number(object, "line", source->line);
    add_number(object, "column", source->column);
}

/* The functions that were inlined where a frame stands, innermost first. */
static void add_inlined(cJSON *object, const hd_report_frame *frame) {
    if (frame->inlined_count == 0) return;
    cJSON *rows = cJSON_AddArrayToObject(object, "inlined");
    for (size_t i = 0; i < frame->inlined_count; i++) {
        cJSON *row = cJSON_CreateObject();
        hd_json_string(row, "function", frame->inlined[i].function);
        add_source(row, &frame->inlined[i]);
        cJSON_AddItemToArray(rows, row);
    }
}

void hd_json_backtrace(cJSON *object, const hd_backtrace *backtrace) {
    cJSON *rows = cJSON_AddArrayToObject(object, "backtrace");
    for (size_t i = 0; i < backtrace->count; i++) {
        const hd_report_frame *frame = &backtrace->frames[i];
        cJSON *row = cJSON_CreateObject();
        hd_json_string(row, "function", frame->function);
        if (!frame->host) add_number(row, "offset", frame->offset);
        add_source(row, &frame->source);
        add_inlined(row, frame);
        cJSON_AddItemToArray(rows, row);
    }
    add_number(object, "depth", backtrace->depth);
}

/* Races. */

static cJSON *access_to_json(const hd_race_access *a) {
    cJSON *row = cJSON_CreateObject();
    add_number(row, "agent", a->agent);
    hd_json_string(row, "name", a->agent_name);
    add_number(row, "step", a->step);
    hd_json_string(row, "event", hd_race_kind_name(a->kind));
    cJSON_AddBoolToObject(row, "atomic", a->atomic);
    cJSON_AddBoolToObject(row, "writes", a->writes);
    if (a->trapped) cJSON_AddBoolToObject(row, "trapped", true);
    add_number(row, "address", a->address);
    add_number(row, "length", a->length);
    if (a->value_width > 0) {
        hd_json_u64(row, "value", a->value);
        add_number(row, "value_address", a->value_address);
        add_number(row, "value_width", a->value_width);
    }
    hd_json_backtrace(row, &a->stack);
    return row;
}

static cJSON *sync_to_json(const hd_race_sync *sync) {
    if (sync->kind == HD_RACE_SYNC_NONE) return cJSON_CreateNull();
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "kind", hd_race_sync_name(sync->kind));
    add_number(row, "from", sync->from);
    add_number(row, "to", sync->to);
    add_step(row, "from_step", sync->from_step);
    add_step(row, "to_step", sync->to_step);
    if (sync->kind == HD_RACE_SYNC_ATOMIC || sync->kind == HD_RACE_SYNC_QUEUE)
        add_number(row, "address", sync->address);
    return row;
}

cJSON *hd_race_to_json(const hd_race_report *report) {
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "class", hd_race_class_name(report->class));
    hd_json_string(row, "grade", hd_race_grade_name(report->grade));
    add_number(row, "memory", report->memory);
    add_number(row, "address", report->address);
    add_number(row, "length", report->length);
    add_number(row, "count", report->count);
    cJSON_AddItemToObject(row, "earlier", access_to_json(&report->earlier));
    cJSON_AddItemToObject(row, "later", access_to_json(&report->later));
    cJSON_AddItemToObject(row, "last_synchronization", sync_to_json(&report->sync));
    return row;
}

cJSON *hd_race_counts_to_json(const hd_race_counts *counts) {
    static const char *const names[] = {[HD_RACE_ERROR] = "errors",
                                        [HD_RACE_NOTE] = "notes",
                                        [HD_RACE_SUPPRESSED] = "suppressed",
                                        [HD_RACE_LIBRARY] = "suppressed_in_wasi_libc",
                                        [HD_RACE_FENCED] = "fenced"};
    cJSON *row = cJSON_CreateObject();
    for (size_t i = 0; i < HD_RACE_GRADES; i++)
        add_number(row, names[i], counts->graded[i]);
    add_number(row, "beyond_limit", counts->beyond);
    cJSON_AddBoolToObject(row, "nameless", counts->nameless);
    return row;
}

/* Stuck executions. */

static void add_place(cJSON *object, const hd_stuck_place *place) {
    add_number(object, "memory", place->memory);
    add_number(object, "address", place->address);
    add_number(object, "length", place->length);
}

static cJSON *wait_to_json(const hd_stuck_wait *wait) {
    cJSON *row = cJSON_CreateObject();
    add_place(row, &wait->place);
    hd_json_u64(row, "expected", wait->expected);
    hd_json_u64(row, "value", wait->value);
    add_number(row, "since", wait->since);
    if (wait->timeout >= 0) add_number(row, "timeout", (uint64_t)wait->timeout);
    add_number(row, "writes_since", wait->writes);
    add_number(row, "notifies_since", wait->notifies);
    return row;
}

static cJSON *tie_to_json(const hd_stuck_agent *agent) {
    static const char *const names[] = {
        [HD_TIE_LOCK] = "lock",
        [HD_TIE_JOIN] = "join",
        [HD_TIE_NOTIFIER] = "notifier",
        [HD_TIE_WRITER] = "writer",
    };
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "kind", names[agent->tie]);
    add_number(row, "agent", agent->holder);
    if (agent->tie != HD_TIE_JOIN) add_place(row, &agent->tie_place);
    add_step(row, "step", agent->tie_step);
    return row;
}

static cJSON *agent_to_json(const hd_stuck_agent *agent) {
    static const char *const states[] = {
        [HD_TASK_READY] = "ready",     [HD_TASK_CALLING] = "calling", [HD_TASK_WAITING] = "waiting",
        [HD_TASK_JOINING] = "joining", [HD_TASK_BLOCKED] = "blocked", [HD_TASK_ENDED] = "ended",
    };
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "name", agent->name);
    hd_json_string(row, "state", states[agent->state]);
    hd_json_string(row, "class", hd_stuck_class_name(agent->class));
    cJSON_AddBoolToObject(row, "trapped", agent->trapped);
    cJSON_AddBoolToObject(row, "loops", agent->loops);
    add_step(row, "last_step", agent->last_step);
    if (agent->state == HD_TASK_WAITING)
        cJSON_AddItemToObject(row, "wait", wait_to_json(&agent->wait));
    if (agent->tie != HD_TIE_NONE) cJSON_AddItemToObject(row, "waits_for", tie_to_json(agent));
    hd_json_backtrace(row, &agent->backtrace);
    return row;
}

cJSON *hd_stuck_to_json(const hd_stuck_report *report) {
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "outcome", hd_outcome_name(report->outcome));
    add_number(row, "steps", report->steps);
    cJSON *agents = cJSON_AddArrayToObject(row, "agents");
    for (uint32_t i = 0; i < report->agent_count; i++)
        cJSON_AddItemToArray(agents, agent_to_json(&report->agents[i]));
    cJSON *cycles = cJSON_AddArrayToObject(row, "cycles");
    for (size_t i = 0; i < report->cycle_count; i++) {
        cJSON *cycle = cJSON_CreateArray();
        for (size_t j = 0; j < report->cycles[i].count; j++)
            cJSON_AddItemToArray(cycle, cJSON_CreateNumber(report->cycles[i].agents[j]));
        cJSON_AddItemToArray(cycles, cycle);
    }
    return row;
}

/* Shadow stacks. */

static void add_region(cJSON *object, const char *member, hd_region region) {
    cJSON *row = cJSON_AddObjectToObject(object, member);
    add_number(row, "from", region.from);
    add_number(row, "to", region.to);
}

static cJSON *overflow_to_json(const hd_overflow *found) {
    static const char *const kinds[] = {[HD_OVERFLOW_DATA] = "static data",
                                        [HD_OVERFLOW_STACK] = "stack of another agent",
                                        [HD_OVERFLOW_BORROWED] = "no stack",
                                        [HD_OVERFLOW_END] = "end of the stack"};
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "kind", kinds[found->kind]);
    add_number(row, "agent", found->agent);
    hd_json_string(row, "name", found->agent_name);
    if (found->other != HD_NO_AGENT) add_number(row, "other", found->other);
    add_number(row, "step", found->step);
    add_number(row, "stack_pointer", found->stack_pointer);
    add_number(row, "address", found->address);
    add_number(row, "length", found->length);
    add_region(row, "stack", found->stack);
    add_region(row, "written", found->region);
    hd_json_backtrace(row, &found->backtrace);
    return row;
}

cJSON *hd_overflows_to_json(const hd_overflows *overflows) {
    cJSON *rows = cJSON_CreateArray();
    for (size_t i = 0; i < hd_overflows_count(overflows); i++)
        cJSON_AddItemToArray(rows, overflow_to_json(hd_overflows_get(overflows, i)));
    return rows;
}

/* Failures. */

static cJSON *places_to_json(const hd_failure *f, const hd_failure_part *part) {
    cJSON *rows = cJSON_CreateArray();
    for (size_t i = 0; i < part->count; i++) {
        const hd_failure_place *place = &f->places.items[part->first + i];
        cJSON *row = cJSON_CreateObject();
        if (f->kind == HD_FAILURE_CHECK && i == 0) {
            add_number(row, "line", place->offset >> 12);
            add_number(row, "column", place->offset & 0xFFF);
        } else {
            hd_json_string(row, "function", place->function);
            add_number(row, "offset", place->offset);
        }
        cJSON_AddItemToArray(rows, row);
    }
    return rows;
}

cJSON *hd_failure_to_json(const hd_failure *f) {
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "kind", hd_failure_kind_name(f->kind));
    if (f->kind == HD_FAILURE_EXIT) add_number(row, "status", f->detail);
    cJSON *agents = cJSON_AddArrayToObject(row, "agents");
    for (size_t i = 0; i < f->parts.len; i++) {
        const hd_failure_part *part = &f->parts.items[i];
        cJSON *agent = cJSON_CreateObject();
        if (part->agent != HD_NO_AGENT) add_number(agent, "agent", part->agent);
        cJSON_AddItemToObject(agent, "places", places_to_json(f, part));
        cJSON_AddItemToArray(agents, agent);
    }
    return row;
}

cJSON *hd_own_failure_to_json(const hd_own_failure *own) {
    if (own->kind == HD_FAILURE_NONE || own->kind == HD_FAILURE_NOT_RUN) return NULL;
    cJSON *row = cJSON_CreateObject();
    hd_json_string(row, "kind", hd_failure_kind_name(own->kind));
    add_number(row, "agent", own->agent);
    hd_json_string(row, "name", own->name);
    add_number(row, "steps", own->step);
    if (own->kind == HD_FAILURE_EXIT) add_number(row, "status", own->detail);
    if (own->kind == HD_FAILURE_CHECK) {
        add_number(row, "line", own->line);
        add_number(row, "column", own->column);
    }
    hd_json_backtrace(row, &own->backtrace);
    return row;
}
