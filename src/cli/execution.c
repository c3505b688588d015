/* execution.c: one controlled execution with all that watches it. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "check/race_report.h"
#include "cli/control.h"
#include "cli/interrupt.h"
#include "runtime/memory.h"
#include "sched/replay.h"

static hd_strategy *make_strategy(const hd_control_options *o, uint64_t seed, hd_diag *diag) {
    hd_strategy_options options = {.seed = seed, .length = o->length, .profile = o->profile};
    if (!o->trace) return hd_strategy_make(o->strategy, &options, diag);
    hd_strategy *replay = hd_strategy_replay(o->trace);
    if (!replay) hd_diag_nomem(diag);
    return replay;
}

static hd_trace *make_trace(const hd_control_options *o, uint64_t seed, const hd_subject *subject) {
    hd_trace *trace = hd_trace_new();
    const hd_words *words = subject->words;
    hd_trace_origin origin = {o->strategy, seed, words->list.items, words->list.len};
    if (!trace || words->incomplete) return hd_trace_free(trace), NULL;
    hd_trace_bind(trace, subject->bytes, subject->length);
    if (hd_trace_set_origin(trace, &origin)) return trace;
    hd_trace_free(trace);
    return NULL;
}

/* A trace that was recorded is recalled; a schedule that a person wrote has no inputs. */
static bool is_recorded(const hd_trace *trace) {
    hd_outcome outcome;
    return trace && hd_trace_outcome(trace, &outcome);
}

hd_status hd_execution_begin(hd_execution *e, const hd_control_options *options, uint64_t seed,
                             const hd_subject *subject, hd_reuse *reuse, hd_diag *diag) {
    const hd_trace *from = is_recorded(options->trace) ? options->trace : NULL;
    if (from) seed = hd_trace_get_origin(from).seed;
    hd_execution_plan plan = {.trace = make_trace(options, seed, subject),
                              .seed = seed,
                              .recall = from,
                              .exact = true,
                              .explains = options->explains,
                              .reuse = reuse};
    hd_status status = HD_OK;
    if (plan.trace) plan.strategy = make_strategy(options, seed, diag);
    if (!plan.trace) {
        status = hd_diag_nomem(diag);
    } else if (!plan.strategy) {
        status = diag->status;
    } else if (options->trace && options->trace != options->schedule &&
               !hd_trace_same_subject(plan.trace, options->trace)) {
        status = hd_diag_set(diag, HD_IO,
                             "the trace was recorded of something else: the file has changed, "
                             "or --module names another one");
    } else {
        status = hd_execution_begin_with(e, options, &plan, diag);
    }
    if (status == HD_OK) {
        e->seed = seed;
        return HD_OK;
    }
    hd_strategy_free(plan.strategy);
    hd_trace_free(plan.trace);
    return status;
}

static void observe(hd_execution *e, hd_observer observer) {
    e->observers[e->observer_count++] = observer;
}

/* Makes what explains why nothing moves. Without the past, which takes an eye on each event, it
 * says only where everybody is. */
static bool make_stuck(hd_execution *e, bool past) {
    e->stuck = hd_stuck_new(&e->arena);
    if (!e->stuck) return false;
    hd_observer observer = hd_stuck_observer(e->stuck);
    if (!past) observer.event = NULL, observer.woken = NULL;
    observe(e, observer);
    return true;
}

/* Makes what looks for races and explains why nothing moves; false when memory is out. */
static bool make_checks(hd_execution *e, const hd_execution_plan *plan) {
    if (e->options->races.mode == HD_RACES_OFF) return make_stuck(e, plan->explains);
    e->races = plan->reuse ? plan->reuse->races : NULL;
    if (e->races)
        plan->reuse->races = NULL;
    else
        e->races = hd_race_choice_detector(&e->options->races);
    if (!e->races) return false;
    observe(e, *hd_race_observer(e->races));
    if (!make_stuck(e, true)) return false;
    if (!e->options->programs) return true;
    e->overflows = hd_overflows_new(&e->arena);
    if (!e->overflows) return false;
    observe(e, hd_overflows_observer(e->overflows));
    return true;
}

static bool make_outside(hd_execution *e, const hd_execution_plan *plan) {
    hd_outside_controlled_options options = {.seed = plan->seed,
                                             .record = plan->trace ? plan->trace : plan->inputs,
                                             .recall = plan->recall,
                                             .exact = plan->exact};
    e->outside = hd_outside_controlled_new(&options);
    return e->outside != NULL;
}

/* True of a trace that was cut behind its failure (hd_trace_cut). */
static bool ends_with_failure(const hd_trace *trace) {
    hd_outcome outcome;
    const hd_failure *failure = hd_trace_failure(trace);
    return hd_trace_outcome(trace, &outcome) && outcome == HD_OUTCOME_GIVEN_UP && failure &&
           failure->kind != HD_FAILURE_NONE && failure->kind != HD_FAILURE_GIVEN_UP;
}

hd_status hd_execution_begin_with(hd_execution *e, const hd_control_options *options,
                                  const hd_execution_plan *plan, hd_diag *diag) {
    *e = (hd_execution){.options = options};
    if (plan->trace) observe(e, hd_trace_observer(plan->trace));
    if (plan->observer) observe(e, *plan->observer);
    if (plan->profile) observe(e, hd_profile_observer(plan->profile));
    e->learning = plan->learning;
    e->reuse = plan->reuse;
    e->recorded = plan->trace ? plan->trace : plan->inputs;
    e->most_time = plan->most_time;
    e->cut = plan->exact && plan->recall && ends_with_failure(plan->recall);
    e->final = plan->final;
    bool made = make_checks(e, plan) && make_outside(e, plan);
    hd_world_options world = {.observers = e->observers,
                              .observer_count = e->observer_count,
                              .await = hd_outside_await,
                              .await_context = e->outside};
    if (made) e->world = hd_world_new(&world);
    if (!e->world) {
        hd_execution_end(e);
        return hd_diag_nomem(diag);
    }
    hd_outside_controlled_attach(e->outside, e->world);
    if (plan->profile) hd_profile_attach(plan->profile, e->world);
    if (e->races) hd_race_attach(e->races, e->world);
    if (e->overflows) hd_overflows_attach(e->overflows, e->world);
    e->strategy = plan->strategy;
    e->trace = plan->trace;
    return HD_OK;
}

void hd_reuse_init(hd_reuse *reuse) {
    *reuse = (hd_reuse){.spares = hd_spares_new()};
}

void hd_reuse_free(hd_reuse *reuse) {
    hd_spares_free(reuse->spares);
    hd_race_detector_free(reuse->races);
    *reuse = (hd_reuse){0};
}

hd_memory_pool *hd_execution_memories(const hd_execution *e) {
    return e && e->reuse ? hd_spares_memories(e->reuse->spares) : NULL;
}

void hd_execution_end(hd_execution *e) {
    if (e->tap) fclose(e->tap);
    hd_world_free(e->world);
    hd_outside_controlled_free(e->outside);
    hd_strategy_free(e->strategy);
    hd_trace_free(e->trace);
    if (e->reuse && e->races) {
        hd_race_detector_reset(e->races);
        e->reuse->races = e->races;
    } else {
        hd_race_detector_free(e->races);
    }
    hd_stuck_free(e->stuck);
    hd_overflows_free(e->overflows);
    hd_arena_free(&e->arena);
}

void hd_execution_observe(hd_execution *e, FILE *to) {
    hd_memory *memory;
    if (e->options->observed.items.len > 0 && !e->learning)
        hd_observe_print(to, &e->options->observed, e->world);
    for (uint32_t i = 0; e->final && (memory = hd_observe_memory(e->world, i)); i++) {
        uint64_t length = atomic_load(&memory->length);
        if (!hd_bytes_add_varint(e->final, length) || !hd_bytes_add(e->final, memory->base, length))
            hd_alloc_note_failure();
    }
}

static void drive(void *context, int64_t timeout) {
    hd_execution *e = context;
    hd_drive_options options = {
        .strategy = e->strategy, .step_limit = e->options->steps, .preemptions = &e->preemptions};
    hd_interruptible interruptible;
    if (e->most_time > 0 && (timeout < 0 || e->most_time < timeout)) timeout = e->most_time;
    hd_interrupt_add(&interruptible, e->world);
    hd_drive(e->world, &options, timeout);
    hd_interrupt_remove(&interruptible);
}

void hd_execution_control(hd_execution *e, hd_cluster *cluster) {
#ifdef HD_CHECKING
    hd_world_log(e->world, 0);
#endif
    hd_world_control(e->world, cluster, drive, e);
    if (e->reuse) hd_cluster_use_spares(cluster, e->reuse->spares);
    if (e->options->main_cannot_block) hd_cluster_forbid_blocking(cluster);
}

bool hd_execution_was_cut(const hd_execution *e) {
    return e->cut && hd_world_outcome(e->world) == HD_OUTCOME_GIVEN_UP;
}

static const char *limit_failure(hd_execution *e) {
    snprintf(e->failure, sizeof e->failure,
             "given up: the limit of %" PRIu64 " events was reached (--steps)", e->options->steps);
    return e->failure;
}

static const char *outcome_failure(hd_execution *e) {
    const hd_world *world = e->world;
    switch (hd_world_outcome(world)) {
    case HD_OUTCOME_DEADLOCK: return "deadlock: no agent can move";
    case HD_OUTCOME_LIVELOCK:
        if (hd_world_loops(world))
            return "livelock: an agent loops for ever, and no other can move";
        return "livelock: all agents that can move repeat themselves for ever";
    case HD_OUTCOME_REPEATS:
        return "the schedule repeats itself for ever, although there are effects";
    case HD_OUTCOME_STEP_LIMIT: return limit_failure(e);
    case HD_OUTCOME_GIVEN_UP: return "given up: the schedule does not fit";
    default: return NULL;
    }
}

static const char *overflow_failure(hd_execution *e) {
    static const char *const into[] = {[HD_OVERFLOW_DATA] = " into static data",
                                       [HD_OVERFLOW_STACK] = " into the stack of ",
                                       [HD_OVERFLOW_BORROWED] = " on the stack of ",
                                       [HD_OVERFLOW_END] = " beyond its end"};
    const hd_overflow *found = hd_overflows_get(e->overflows, 0);
    snprintf(e->failure, sizeof e->failure, "%s: %s%s%s",
             found->kind == HD_OVERFLOW_BORROWED ? "no shadow stack" : "shadow stack overflow",
             found->agent_name, into[found->kind], found->other_name);
    return e->failure;
}

/* In the order of the agents, whichever came first: runs that differ in that alone are alike. */
const char *hd_execution_race(hd_execution *e) {
    if (!e->races || e->options->races.mode != HD_RACES_ERROR) return NULL;
    const hd_race_report *race = hd_race_choice_failure(&e->options->races, e->races);
    if (!race) return NULL;
    bool swap = race->earlier.agent > race->later.agent;
    const hd_race_access *first = swap ? &race->later : &race->earlier;
    const hd_race_access *second = swap ? &race->earlier : &race->later;
    snprintf(e->failure, sizeof e->failure, "%s of %s and %s at address 0x%" PRIx64,
             hd_race_class_name(race->class), first->agent_name, second->agent_name, race->address);
    return e->failure;
}

/* Of an exact replay, the recorded outcome. */
static bool replays(const hd_execution *e, hd_outcome *recorded) {
    return e->options->trace && hd_trace_outcome(e->options->trace, recorded);
}

bool hd_execution_was_stopped(const hd_execution *e) {
    hd_outcome recorded, found = hd_world_outcome(e->world);
    hd_diag diag = HD_DIAG_INIT;
    return replays(e, &recorded) && recorded == HD_OUTCOME_STOPPED &&
           (found == HD_OUTCOME_STOPPED || found == HD_OUTCOME_GIVEN_UP) &&
           hd_replay_check(e->strategy, e->world, &diag) == HD_OK;
}

/* How the replay of a recorded execution ended otherwise than that. */
static const char *other_end(hd_execution *e) {
    hd_outcome recorded;
    hd_diag diag = HD_DIAG_INIT;
    /* The replay has a time limit of its own. */
    if (!replays(e, &recorded) || hd_world_outcome(e->world) == HD_OUTCOME_STOPPED) return NULL;
    if (hd_replay_check(e->strategy, e->world, &diag) == HD_OK) return NULL;
    snprintf(e->failure, sizeof e->failure, "diverged from the trace: %.280s", diag.message);
    return e->failure;
}

const char *hd_execution_divergence(hd_execution *e) {
    hd_divergence d;
    const char *what;
    uint64_t step;
    uint32_t agent;
    if (hd_outside_controlled_lost(e->outside, &step, &agent, &what)) {
        snprintf(e->failure, sizeof e->failure,
                 "%s at step %" PRIu64 ": agent %" PRIu32 " called the host and %s",
                 e->options->trace ? "diverged from the trace" : "given up", step, agent, what);
        return e->failure;
    }
    if (e->options->trace && hd_replay_divergence(e->strategy, &d)) {
        snprintf(e->failure, sizeof e->failure,
                 "diverged from the trace at step %" PRIu64 " (move %" PRIu64
                 "): expected %s, found %s",
                 d.step, d.move, d.expected, d.found);
        return e->failure;
    }
    const char *other = other_end(e);
    if (other || !e->printed || !e->trace || !e->options->trace) return other;
    if (hd_trace_same_output(e->trace, e->options->trace)) return NULL;
    return "diverged from the trace: it ended as recorded, but printed something else";
}

const char *hd_execution_failure(hd_execution *e) {
    const char *failure = hd_execution_divergence(e);
    if (failure) return failure;
    if (hd_execution_was_stopped(e))
        return hd_trace_failure(e->options->trace)->kind == HD_FAILURE_INTERRUPTED
                   ? "the recorded run was stopped here, by a signal"
                   : "the recorded run was stopped here, by its time limit";
    failure = hd_execution_was_cut(e) ? NULL : outcome_failure(e);
    if (hd_world_outcome(e->world) == HD_OUTCOME_STOPPED && hd_interrupt_signal())
        return "interrupted";
    if (failure || !e->races || e->options->races.mode != HD_RACES_ERROR) return failure;
    if (e->overflows && hd_overflows_count(e->overflows) > 0) return overflow_failure(e);
    return hd_execution_race(e);
}

void hd_execution_report(const hd_execution *e, bool races, FILE *to) {
    const hd_stuck_report *stuck = e->stuck ? hd_stuck_get_report(e->stuck) : NULL;
    hd_execution_print_own(e, to);
    if (stuck && !hd_execution_was_cut(e)) hd_stuck_print(to, stuck);
    for (size_t i = 0; e->overflows && i < hd_overflows_count(e->overflows); i++)
        hd_overflow_print(to, hd_overflows_get(e->overflows, i));
    if (!e->races) return;
    for (size_t i = 0; races && i < hd_race_count(e->races); i++)
        if (hd_race_is_shown(e->races, hd_race_get(e->races, i)))
            hd_race_print(to, hd_race_get(e->races, i));
    hd_race_counts counts = hd_race_get_counts(e->races);
    if (races) hd_race_counts_print(to, &counts);
    if (hd_race_detector_status(e->races) != HD_RACE_WATCHING)
        fprintf(to, "%s\n", hd_race_status_message(hd_race_detector_status(e->races)));
}
