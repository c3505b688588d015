/* test_explore.c: exploration: the harness, and the suite. */
#include "test_explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/store.h"
#include "suites.h"
#include "wat.h"

/* One execution. */
typedef struct run {
    hd_world *world;
    hd_cluster *cluster;
    hd_memory *memory;
    struct life {
        struct run *run;
        hd_codebase *code;
        const hd_func *func;
        unsigned index;
        bool called;
        hd_slot cells[2];
    } lives[HD_EXPLORE_MOST_AGENTS];
} run;

typedef struct shelf {
    const explored *program;
    bool no_undo;
} shelf;

static bool resolve(void *context, const hd_import *import, hd_extern *value) {
    (void)import;
    value->kind = HD_EXTERN_MEMORY;
    value->memory = context;
    return true;
}

/* Instantiates, calls, ends. */
static void next(hd_member *member, void *context, const hd_diag *last, hd_body_step *step) {
    struct life *l = context;
    (void)last;
    HD_UNDO_SAVE(hd_cluster_get_log(hd_member_cluster(member)), *l);
    *step = (hd_body_step){.kind = !l->func ? HD_BODY_INSTANTIATE : HD_BODY_END};
    if (!l->func || l->called) return;
    l->called = true;
    *step = (hd_body_step){.kind = HD_BODY_CALL, .func = l->func, .cells = l->cells};
}

static void perform(hd_member *member, void *context, hd_body_step_kind kind, hd_diag *diag) {
    struct life *l = context;
    hd_instance *instance;
    hd_extern value;
    char name[16];
    if (kind != HD_BODY_INSTANTIATE) return;
    HD_UNDO_SAVE(hd_cluster_get_log(hd_member_cluster(member)), *l);
    hd_instantiate(hd_member_store(member), l->code, resolve, l->run->memory, &instance, diag);
    ck_assert_int_eq(diag->status, HD_OK);
    snprintf(name, sizeof name, "t%u", l->index);
    ck_assert_msg(hd_instance_export(instance, name, strlen(name), &value) ||
                      hd_instance_export(instance, "t", 1, &value),
                  "no %s", name);
    l->func = value.func;
}

static const hd_body body = {next, perform, NULL};

static void drive_nothing(void *context, int64_t timeout) {
    (void)context;
    (void)timeout;
}

static void end(void *execution) {
    run *r = execution;
    hd_world_free(r->world);
    hd_cluster_free(r->cluster);
    hd_memory_release(r->memory);
    free(r);
}

static void *start(void *context, const hd_observer *observers, size_t count, hd_world **world,
                   hd_diag *diag) {
    const shelf *s = context;
    hd_limits limits = {.min = 1, .max = 1, .has_max = true, .shared = true};
    hd_world_options options = {.observers = observers, .observer_count = count};
    run *r = calloc(1, sizeof *r);
    r->memory = hd_memory_new(&limits, diag);
    memcpy(r->memory->base, s->program->words, sizeof s->program->words);
    r->world = hd_world_new(&options);
    r->cluster = hd_cluster_new(1 << 10);
    if (!s->no_undo) hd_world_log(r->world, 0);
    hd_world_control(r->world, r->cluster, drive_nothing, NULL);
    hd_codebase *code = hd_cluster_adopt(r->cluster, load_wat(s->program->text));
    for (unsigned i = 0; i < s->program->agents; i++) {
        struct life *l = &r->lives[i];
        *l = (struct life){
            .run = r, .code = code, .index = i, .cells = {{.i64 = i}, {.i64 = s->program->agents}}};
        ck_assert(hd_cluster_add(r->cluster, "agent", &body, l, false, diag));
    }
    *world = r->world;
    return r;
}

static uint32_t number(void *execution, const hd_memory *memory) {
    (void)execution;
    (void)memory;
    return 0;
}

static hd_memory *memory(void *execution, uint32_t index) {
    const run *r = execution;
    return index == 0 ? r->memory : NULL;
}

static bool can_undo(void *execution) {
    (void)execution;
    return true;
}

static hd_explore_result explore_once(const explored *program, const hd_explore_options *options) {
    shelf s = {.program = program, .no_undo = options->no_undo};
    hd_explore_subject subject = {.context = &s,
                                  .start = start,
                                  .can_undo = can_undo,
                                  .end = end,
                                  .number = number,
                                  .memory = memory};
    hd_explore_result result;
    hd_diag diag = HD_DIAG_INIT;
    hd_explore(&subject, options, &result, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    ck_assert_uint_eq(result.redundant, 0);
    return result;
}

/* Explores twice: going back must not change what is found. */
hd_explore_result explore(const explored *program, const hd_explore_options *options) {
    hd_explore_options again = *options;
    hd_explore_result result = explore_once(program, options);
    again.no_undo = true;
    hd_explore_result other = explore_once(program, &again);
    ck_assert_uint_eq(result.restarts, 0);
    ck_assert_mem_eq(result.ends, other.ends, sizeof result.ends);
    ck_assert_uint_eq(result.final_states, other.final_states);
    ck_assert_uint_eq(result.moot, other.moot);
    ck_assert_uint_eq(result.depth, other.depth);
    return result;
}

static void expect(const explored *program, bool static_footprints, uint64_t complete,
                   uint64_t stuck) {
    hd_explore_options options = {.static_footprints = static_footprints};
    hd_explore_result r = explore(program, &options);
    uint64_t found = r.ends[HD_EXPLORE_DEADLOCKED] + r.ends[HD_EXPLORE_LIVELOCKED];
    ck_assert_msg(r.ends[HD_EXPLORE_COMPLETE] == complete && found == stuck,
                  "%s footprints: %ju + %ju, not %ju + %ju",
                  static_footprints ? "static" : "refined", (uintmax_t)r.ends[HD_EXPLORE_COMPLETE],
                  (uintmax_t)found, (uintmax_t)complete, (uintmax_t)stuck);
}

void expect_classes(const explored *program, uint64_t static_complete, uint64_t static_stuck,
                    uint64_t complete, uint64_t stuck) {
    expect(program, true, static_complete, static_stuck);
    expect(program, false, complete, stuck);
}

Suite *explore_suite(void) {
    Suite *suite = suite_create("explore");
    suite_add_tcase(suite, explore_classes_case());
    suite_add_tcase(suite, explore_waits_case());
    suite_add_tcase(suite, explore_bounds_case());
    return suite;
}
