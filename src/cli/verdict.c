/* verdict.c: the failure of an execution as a value, and what it printed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/control.h"
#include "cli/interrupt.h"

static void add_stack(hd_failure *f, const hd_backtrace *stack, size_t most) {
    for (size_t i = 0; i < stack->count && i < most; i++)
        hd_failure_add_place(f, stack->frames[i].function, stack->frames[i].offset);
}

/* Where an agent is stuck. One that goes round in circles is somewhere in them when the execution
 * ends: what stays is the word that it waits for. */
static void add_stuck(hd_failure *f, const hd_stuck_agent *agent, uint32_t number, bool circles) {
    char name[32];
    hd_failure_add_agent(f, number);
    if (!circles) {
        add_stack(f, &agent->backtrace, SIZE_MAX);
    } else if (agent->tie != HD_TIE_NONE && agent->tie != HD_TIE_JOIN) {
        snprintf(name, sizeof name, "memory %u", agent->tie_place.memory);
        hd_failure_add_place(f, name, agent->tie_place.address);
    }
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The agents of the cycles; false when memory is out. */
static bool add_cycles(hd_failure *f, const hd_stuck_report *r, bool circles) {
    HD_VEC(uint32_t) agents = {0};
    bool good = true;
    for (size_t i = 0; i < r->cycle_count; i++)
        for (size_t k = 0; k < r->cycles[i].count; k++)
            good = good && hd_vec_push(&agents, r->cycles[i].agents[k]);
    if (agents.len) qsort(agents.items, agents.len, sizeof *agents.items, by_number);
    for (size_t i = 0; i < agents.len; i++)
        add_stuck(f, &r->agents[agents.items[i]], agents.items[i], circles);
    hd_vec_free(&agents);
    return good;
}

static bool take_stuck(const hd_execution *e, hd_failure_kind kind, hd_failure *f) {
    const hd_stuck_report *r = e->stuck ? hd_stuck_get_report(e->stuck) : NULL;
    bool circles = kind != HD_FAILURE_DEADLOCK;
    hd_failure_set(f, kind, 0);
    if (!r || kind == HD_FAILURE_TIME_LIMIT || kind == HD_FAILURE_INTERRUPTED) return true;
    if (r->cycle_count > 0 || kind == HD_FAILURE_STEP_LIMIT) return add_cycles(f, r, circles);
    for (uint32_t i = 0; i < r->agent_count; i++)
        if (r->agents[i].class != HD_STUCK_ENDED) add_stuck(f, &r->agents[i], i, circles);
    return true;
}

void hd_execution_take_race(const hd_execution *e, hd_failure *f) {
    const hd_race_report *race = hd_race_choice_failure(&e->options->races, e->races);
    if (!race) return;
    bool swap = race->earlier.agent > race->later.agent;
    const hd_race_access *both[] = {swap ? &race->later : &race->earlier,
                                    swap ? &race->earlier : &race->later};
    hd_failure_set(f, HD_FAILURE_RACE, race->class);
    for (size_t i = 0; i < 2; i++) {
        hd_failure_add_agent(f, both[i]->agent);
        hd_failure_add_place(f, both[i]->label, both[i]->offset);
    }
}

static hd_failure_kind kind_of_end(const hd_execution *e) {
    switch (hd_world_outcome(e->world)) {
    case HD_OUTCOME_DEADLOCK: return HD_FAILURE_DEADLOCK;
    case HD_OUTCOME_LIVELOCK: return HD_FAILURE_LIVELOCK;
    case HD_OUTCOME_REPEATS: return HD_FAILURE_REPETITION;
    case HD_OUTCOME_STEP_LIMIT: return HD_FAILURE_STEP_LIMIT;
    case HD_OUTCOME_GIVEN_UP: return HD_FAILURE_GIVEN_UP;
    case HD_OUTCOME_STOPPED:
        return hd_interrupt_signal() ? HD_FAILURE_INTERRUPTED : HD_FAILURE_TIME_LIMIT;
    default: return HD_FAILURE_NONE;
    }
}

/* What the observers of the execution found. */
static void take_found(const hd_execution *e, hd_failure_kind kind, hd_failure *f) {
    if (kind != HD_FAILURE_NONE) {
        if (!take_stuck(e, kind, f)) f->incomplete = true;
        return;
    }
    if (!e->races || e->options->races.mode != HD_RACES_ERROR) return;
    if (e->overflows && hd_overflows_count(e->overflows) > 0) {
        const hd_overflow *found = hd_overflows_get(e->overflows, 0);
        hd_failure_set(f, HD_FAILURE_OVERFLOW, found->kind);
        hd_failure_add_agent(f, found->agent);
        add_stack(f, &found->backtrace, 1);
    } else {
        hd_execution_take_race(e, f);
    }
}

void hd_execution_keep_failure(hd_execution *e, const hd_own_failure *own) {
    if (e->own.kind != HD_FAILURE_NONE) return;
    e->own = *own;
    if (!hd_backtrace_copy(&own->backtrace, &e->arena, &e->own.backtrace)) hd_alloc_note_failure();
    if (!own->name) return;
    e->own.name = hd_arena_strndup(&e->arena, own->name, strlen(own->name));
    if (!e->own.name) hd_alloc_note_failure(), e->own.name = "";
}

static void take_own(const hd_own_failure *own, hd_failure *f) {
    hd_failure_set(f, own->kind, own->detail);
    hd_failure_add_agent(f, own->agent);
    if (own->kind == HD_FAILURE_CHECK)
        hd_failure_add_place(f, "line", (uint64_t)own->line << 12 | own->column);
    add_stack(f, &own->backtrace, SIZE_MAX);
}

bool hd_execution_take_failure(hd_execution *e, hd_failure *f) {
    bool diverged = hd_execution_divergence(e) != NULL;
    hd_failure_kind kind = diverged                  ? HD_FAILURE_DIVERGED
                           : hd_execution_was_cut(e) ? HD_FAILURE_NONE
                                                     : kind_of_end(e);
    hd_failure_kind own = e->own.kind;
    hd_failure_set(f, own == HD_FAILURE_NOT_RUN ? own : kind, 0);
    if (own == HD_FAILURE_NOT_RUN || diverged) return true;
    if (hd_execution_was_stopped(e)) kind = hd_trace_failure(e->options->trace)->kind;
    if (own == HD_FAILURE_CHECK || own == HD_FAILURE_TRAP) {
        take_own(&e->own, f);
        return !f->incomplete;
    }
    take_found(e, kind, f);
    if (f->kind == HD_FAILURE_NONE && own == HD_FAILURE_EXIT) take_own(&e->own, f);
    return !f->incomplete;
}

uint64_t hd_execution_failed_after(const hd_execution *e, const hd_failure *f) {
    const hd_race_report *race;
    switch (f->kind) {
    case HD_FAILURE_CHECK: return e->own.step;
    case HD_FAILURE_OVERFLOW: return hd_overflows_get(e->overflows, 0)->step + 1;
    case HD_FAILURE_RACE:
        race = hd_race_choice_failure(&e->options->races, e->races);
        return race->later.step + 1;
    default: return hd_world_steps(e->world);
    }
}

void hd_execution_print_own(const hd_execution *e, FILE *to) {
    const hd_own_failure *own = &e->own;
    if (own->kind == HD_FAILURE_NONE || own->kind == HD_FAILURE_NOT_RUN) return;
    fprintf(to, "agent %" PRIu32 " (%s) ", own->agent, own->name);
    if (own->kind == HD_FAILURE_CHECK)
        fprintf(to, "failed at %" PRIu32 ":%" PRIu32, own->line, own->column);
    else if (own->kind == HD_FAILURE_EXIT)
        fprintf(to, "exited with status %" PRIu32, own->detail);
    else
        fputs("trapped", to);
    fprintf(to, ", after %" PRIu64 " event%s\n", own->step, own->step == 1 ? "" : "s");
    if (!own->told) hd_backtrace_print(to, &own->backtrace);
}

/* Output. */

static ssize_t pass_on(void *cookie, const char *bytes, size_t length) {
    const hd_execution *e = cookie;
    if (e->recorded) hd_trace_add_output(e->recorded, bytes, length);
    size_t written = fwrite(bytes, 1, length, e->tapped);
    return written > 0 || length == 0 ? (ssize_t)written : -1;
}

FILE *hd_execution_tap(hd_execution *e, FILE *to) {
    e->tapped = to;
    e->tap = fopencookie(e, "w", (cookie_io_functions_t){.write = pass_on});
    /* What is printed by other ways comes in order. */
    if (e->tap)
        setvbuf(e->tap, NULL, _IONBF, 0);
    else
        hd_alloc_note_failure();
    return e->tap;
}

void hd_execution_finish_output(hd_execution *e, uint64_t end) {
    if (!e->recorded) return;
    hd_trace_add_output(e->recorded, &end, sizeof end);
    e->printed = true;
}
