/* body.c: agents for tests. */
#include "body.h"

#include <stddef.h>
#include <string.h>

#include <check.h>

#include "wat.h"

static bool resolve_memory(void *context, const hd_import *import, hd_extern *value) {
    (void)import;
    value->kind = HD_EXTERN_MEMORY;
    value->memory = context;
    return true;
}

static void instantiate(hd_member *member, test_body *b) {
    hd_diag diag = HD_DIAG_INIT;
    if (!b->code) b->code = hd_member_adopt(member, load_wat(b->text));
    ck_assert_ptr_nonnull(b->code);
    hd_instantiate(hd_member_store(member), b->code, resolve_memory, b->memory, &b->instance,
                   &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
}

static void call(test_body *b, hd_body_step *step) {
    hd_extern value;
    ck_assert(hd_instance_export(b->instance, b->function, strlen(b->function), &value));
    b->calling = b->called = true;
    hd_diag_reset(&b->diag);
    hd_diag_set(&b->diag, HD_STOPPED, "stopped");
    *step = (hd_body_step){.kind = HD_BODY_CALL, .func = value.func, .cells = b->cells};
}

static void save(test_body *b, const hd_member *member) {
    hd_undo_save(hd_cluster_get_log(hd_member_cluster(member)), b, offsetof(test_body, code));
}

static void next(hd_member *member, void *context, const hd_diag *last, hd_body_step *step) {
    test_body *b = context;
    ck_assert_ptr_eq(b->member, member);
    save(b, member);
    if (b->calling) b->diag = *last;
    b->calling = false;
    switch (*b->life) {
    case 'i': step->kind = HD_BODY_INSTANTIATE; break;
    case 'c': call(b, step); break;
    case 's': step->kind = HD_BODY_SPAWN; break;
    case 'j':
        *step = (hd_body_step){.kind = HD_BODY_JOIN, .other = b->others[b->joined++]->member};
        break;
    case 'x': step->kind = HD_BODY_EXIT; return;
    default: step->kind = HD_BODY_END; return;
    }
    b->life++;
}

static const hd_body body;

static void add(hd_cluster *cluster, test_body *b, hd_memory *memory) {
    hd_diag diag = HD_DIAG_INIT;
    if (!b->memory) b->memory = memory;
    b->member = hd_cluster_add(cluster, b->name ? b->name : "agent", &body, b, b->detached, &diag);
    ck_assert_msg(b->member != NULL, "%s", diag.message);
}

static void perform(hd_member *member, void *context, hd_body_step_kind kind, hd_diag *diag) {
    test_body *b = context;
    (void)diag;
    save(b, member);
    if (kind == HD_BODY_INSTANTIATE) instantiate(member, b);
    if (kind == HD_BODY_SPAWN) add(hd_member_cluster(member), b->others[b->spawned++], b->memory);
}

static void release(hd_member *member, void *context) {
    test_body *b = context;
    (void)member;
    ck_assert(!b->released);
    b->released = true;
}

static const hd_body body = {next, perform, release};

static void drive(void *context, int64_t timeout) {
    const controlled *c = context;
    hd_drive(c->world, &c->drive, timeout);
}

static void start(controlled *c, const hd_world_options *options, uint32_t most, bool logged) {
    hd_diag diag = HD_DIAG_INIT;
    hd_limits limits = {.min = 1, .max = most, .has_max = true, .shared = true};
    *c = (controlled){.world = hd_world_new(options),
                      .cluster = hd_cluster_new(1 << 10),
                      .memory = hd_memory_new(&limits, &diag)};
    ck_assert_msg(c->world && c->cluster && c->memory, "%s", diag.message);
    if (logged) hd_world_log(c->world, 0);
    hd_world_control(c->world, c->cluster, drive, c);
}

void controlled_start(controlled *c, const hd_world_options *options, uint32_t most) {
    start(c, options, most, false);
}

void controlled_start_logged(controlled *c, const hd_world_options *options, uint32_t most) {
    start(c, options, most, true);
}

void controlled_add(controlled *c, test_body *b) {
    add(c->cluster, b, c->memory);
}

hd_outcome controlled_run(controlled *c, hd_strategy *strategy, uint64_t step_limit) {
    c->drive = (hd_drive_options){.strategy = strategy, .step_limit = step_limit};
    hd_cluster_run(c->cluster, -1);
    return hd_world_outcome(c->world);
}

void controlled_free(controlled *c) {
    hd_cluster_free(c->cluster);
    hd_world_free(c->world);
    hd_memory_release(c->memory);
}
