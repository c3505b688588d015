/* selfcheck.c: see selfcheck.h. */
#include "sched/selfcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* How far it goes; and how often, in long executions: at each of the first points, then at some. */
enum { EVENTS = 200, DENSE = 1000, SPARSE = 61 };

static void fail(const hd_world *world, const char *what) {
    fprintf(stderr, "self-check failed at step %llu: %s\n",
            (unsigned long long)hd_world_steps(world), what);
    abort();
}

/* Calls of the host may do what cannot be taken back. */
static bool may_move(const hd_world *world, uint32_t agent) {
    hd_task_view view = hd_world_view(world, agent);
    return view.next && view.next->kind != HD_EVENT_HOST;
}

/* Moves agents in turn, by one event each, as far as that goes. */
static void go_on(hd_world *world) {
    uint32_t turn = 0;
    for (unsigned i = 0; i < EVENTS && !hd_world_exited(world); i++) {
        size_t count;
        const uint32_t *enabled = hd_world_enabled(world, &count);
        size_t tried = 0;
        while (tried < count && !may_move(world, enabled[(turn + tried) % count]))
            tried++;
        if (tried == count) return;
        turn += (uint32_t)tried;
        hd_world_step(world, enabled[turn++ % count], 1);
    }
}

void hd_world_check_undo(hd_world *world) {
    hd_bytes before = {0}, after = {0}, end = {0}, again = {0};
    uint64_t steps = hd_world_steps(world);
    if (!hd_world_get_log(world) || (steps > DENSE && steps % SPARSE != 0)) return;
    size_t mark = hd_world_mark(world);
    hd_world_mute(world, true);
    bool good = hd_world_add_state(world, &before);
    go_on(world);
    good = good && hd_world_add_state(world, &end);
    if (hd_world_undo(world, mark)) {
        good = good && hd_world_add_state(world, &after);
        if (good && (before.len != after.len || memcmp(before.items, after.items, after.len) != 0))
            fail(world, "the state that was gone back to differs");
        go_on(world);
        good = good && hd_world_add_state(world, &again);
        if (good && (end.len != again.len || memcmp(end.items, again.items, end.len) != 0))
            fail(world, "going on from it ends otherwise");
        hd_world_undo(world, mark);
    } else {
        fail(world, "the log is over its budget");
    }
    hd_world_mute(world, false);
    hd_undo_forget(hd_world_get_log(world));
    hd_vec_free(&before);
    hd_vec_free(&after);
    hd_vec_free(&end);
    hd_vec_free(&again);
}
