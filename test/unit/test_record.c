/* test_record.c: tests of the record of an execution. */
#include <string.h>

#include "base/alloc.h"
#include "debug/record.h"
#include "suites.h"
#include "test_sched.h"

enum { MOST_EVENTS = STEP_LIMIT };

/* What is kept of an event. */
typedef struct kept {
    hd_record_event e;
    hd_record_access access; /* the first one */
    uint32_t woken[MOST_AGENTS];
    hd_record_other others[MOST_AGENTS];
    char function[32];
    uint32_t offset;
} kept;

/* Keeps all events, and checks what they read against memory as the writes before have left it. */
typedef struct history {
    kept events[MOST_EVENTS];
    size_t count;
    uint8_t memory[SEEN_BYTES];
    uint64_t writers[SEEN_BYTES]; /* step plus one */
    hd_record *record;
} history;

static history h;

static void check_access(const hd_record_event *e, const hd_record_access *a) {
    if (a->address >= SEEN_BYTES || a->width != a->length) return;
    uint64_t found = 0, writer = 0;
    memcpy(&found, h.memory + a->address, a->width);
    for (uint64_t i = a->address; i < a->address + a->length; i++)
        if (h.writers[i] > writer) writer = h.writers[i];
    ck_assert(a->found_known);
    ck_assert_uint_eq(a->found, found);
    ck_assert_uint_eq(a->from_step, a->reads ? writer - 1 : HD_NO_EVENT);
    if (a->reads && writer) ck_assert_uint_eq(a->from_agent, h.events[writer - 1].e.agent);
    if (!a->writes) {
        ck_assert_uint_eq(a->left, found);
        return;
    }
    memcpy(h.memory + a->address, &a->left, a->width);
    for (uint64_t i = a->address; i < a->address + a->length; i++)
        h.writers[i] = e->step + 1;
}

static void keep(void *context, const hd_record_event *e) {
    (void)context;
    ck_assert_uint_lt(h.count, MOST_EVENTS);
    ck_assert_uint_eq(e->step, h.count);
    kept *k = &h.events[h.count++];
    *k = (kept){.e = *e};
    for (size_t i = 0; i < e->access_count; i++)
        check_access(e, &e->accesses[i]);
    if (e->access_count > 0) k->access = e->accesses[0];
    ck_assert_uint_le(e->woken_count, MOST_AGENTS);
    ck_assert_uint_le(e->other_count, MOST_AGENTS);
    if (e->woken_count > 0) memcpy(k->woken, e->woken, e->woken_count * sizeof *k->woken);
    if (e->other_count > 0) memcpy(k->others, e->others, e->other_count * sizeof *k->others);
    if (!e->place) return;
    snprintf(k->function, sizeof k->function, "%s", e->place->function);
    k->offset = e->place->offset;
}

static void attach(void *record, hd_world *world) {
    hd_record_attach(record, world);
}

/* Records an execution under a strategy, which is released; it has `agents` agents. */
static execution take(const program *p, hd_strategy *strategy, bool is_replay) {
    h.count = 0;
    memset(h.memory, 0, sizeof h.memory);
    memset(h.writers, 0, sizeof h.writers);
    h.record = hd_record_new(&(hd_record_options){.strategy = strategy, .event = keep});
    ck_assert_ptr_nonnull(h.record);
    hd_observer observer = hd_record_observer(h.record);
    run_options options = {.observer = &observer,
                           .attach = attach,
                           .context = h.record,
                           .step_limit = is_replay ? 0 : STEP_LIMIT};
    execution e = execute(p, hd_record_strategy(h.record), NULL, &options);
    ck_assert(hd_record_complete(h.record));
    ck_assert_uint_eq(h.count, e.steps);
    return e;
}

static void drop(hd_strategy *strategy) {
    hd_record_free(h.record);
    hd_strategy_free(strategy);
}

/* A lost update: both agents load before either stores. */
START_TEST(values_and_their_writers_are_told) {
    hd_trace *schedule = trace_of("0*2,1*2,0,1,0");
    hd_strategy *strategy = hd_strategy_guided(schedule, NULL);
    take(&racy_counter, strategy, false);
    const kept *k = h.events;
    ck_assert_int_eq(k[0].e.event.kind, HD_EVENT_INSTANTIATE);
    ck_assert_ptr_null(k[0].e.place);
    ck_assert_int_eq(k[1].e.event.kind, HD_EVENT_LOAD);
    ck_assert_str_eq(k[1].function, "\"count\"");
    ck_assert_uint_eq(k[1].access.from_step, HD_NO_EVENT);
    ck_assert(!k[1].e.switched);

    ck_assert(k[2].e.switched && k[2].e.preempts);
    ck_assert_uint_eq(k[2].e.before, 0);
    ck_assert_uint_eq(k[2].e.other_count, 1);
    ck_assert_uint_eq(k[2].others[0].agent, 0);
    ck_assert_int_eq(k[2].others[0].next.kind, HD_EVENT_STORE);
    ck_assert_ptr_nonnull(k[2].others[0].place);

    ck_assert_int_eq(k[4].e.event.kind, HD_EVENT_STORE);
    ck_assert(k[4].access.writes && !k[4].access.reads);
    ck_assert_uint_eq(k[4].access.found, 0);
    ck_assert_uint_eq(k[4].access.left, 1);
    ck_assert_uint_eq(k[5].access.found, 1);
    ck_assert_uint_eq(k[5].access.left, 1);
    ck_assert_uint_eq(k[6].access.from_step, 5);
    ck_assert_uint_eq(k[6].access.from_agent, 1);
    ck_assert_uint_ne(k[4].offset, k[6].offset);
    drop(strategy);
    hd_trace_free(schedule);
}
END_TEST

static const program *const programs[] = {&racy_counter, &lock_order, &three_workers, &sleepers,
                                          &trapper};

/* Recording changes nothing: the same execution, whatever the strategy. */
START_TEST(recorded_executions_are_the_same) {
    const program *p = programs[_i];
    for (uint64_t seed = 0; seed < 4; seed++) {
        hd_trace *trace = hd_trace_new();
        execution first = record(p, "random", seed, trace);
        hd_strategy *strategy = hd_strategy_replay(trace);
        execution second = take(p, strategy, true);
        hd_divergence divergence;
        ck_assert(!hd_replay_divergence(strategy, &divergence));
        assert_same_execution(&first, &second);
        ck_assert_mem_eq(h.memory, first.memory, SEEN_BYTES);
        drop(strategy);
        hd_trace_free(trace);
    }
}
END_TEST

/* True if a resumption follows from the notify that its cause names. */
static bool follows(const hd_record_event *e) {
    const kept *notify = &h.events[e->cause];
    if (e->cause >= e->step || notify->e.event.kind != HD_EVENT_NOTIFY ||
        notify->e.agent != e->cause_agent)
        return false;
    for (size_t i = 0; i < notify->e.woken_count; i++)
        if (notify->woken[i] == e->agent) return true;
    return false;
}

START_TEST(resumptions_know_who_woke_them) {
    size_t resumed = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_strategy *strategy = hd_strategy_parse("random", seed, 60, &diag);
        take(&three_workers, strategy, false);
        for (size_t i = 0; i < h.count; i++) {
            const hd_record_event *e = &h.events[i].e;
            ck_assert(!e->timeout);
            if (e->event.kind != HD_EVENT_RESUME) continue;
            ck_assert(follows(e));
            resumed++;
        }
        drop(strategy);
    }
    ck_assert_uint_gt(resumed, 0);
}
END_TEST

START_TEST(time_outs_and_traps_are_told) {
    hd_diag diag = HD_DIAG_INIT;
    hd_strategy *strategy = hd_strategy_parse("rr", 0, 60, &diag);
    size_t timeouts = 0, traps = 0;
    take(&sleepers, strategy, false);
    for (size_t i = 0; i < h.count; i++)
        if (h.events[i].e.timeout) {
            ck_assert_int_eq(h.events[i].e.event.kind, HD_EVENT_RESUME);
            ck_assert_uint_eq(h.events[i].e.cause, HD_NO_EVENT);
            timeouts++;
        }
    ck_assert_uint_eq(timeouts, 3);
    drop(strategy);
    strategy = hd_strategy_parse("rr", 0, 60, &diag);
    take(&trapper, strategy, false);
    for (size_t i = 0; i < h.count; i++)
        traps += h.events[i].e.trapped;
    ck_assert_uint_eq(traps, 1);
    drop(strategy);
}
END_TEST

Suite *record_suite(void) {
    Suite *suite = suite_create("record");
    TCase *events = tcase_create("events");
    tcase_add_test(events, values_and_their_writers_are_told);
    tcase_add_loop_test(events, recorded_executions_are_the_same, 0,
                        (int)(sizeof programs / sizeof *programs));
    tcase_add_test(events, resumptions_know_who_woke_them);
    tcase_add_test(events, time_outs_and_traps_are_told);
    suite_add_tcase(suite, events);
    return suite;
}
