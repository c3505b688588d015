/* world_undo.c: going back. */
#include <stddef.h>

#include "sched/world_parts.h"

void hd_world_log(hd_world *w, size_t budget) {
    hd_undo_init(&w->log, budget);
    w->undo = &w->log;
    hd_times_log(&w->times, w->undo);
}

hd_undo *hd_world_get_log(hd_world *w) {
    return w->undo;
}

void hd_world_save(hd_world *w) {
    if (!w->undo || w->epoch == w->undo->epoch) return;
    hd_undo_save_bytes(w->undo, &w->epoch,
                       offsetof(hd_world, end_of_saved) - offsetof(hd_world, epoch));
    w->epoch = w->undo->epoch;
}

void hd_task_save(hd_world *w, hd_task *t) {
    if (!w->undo || t->epoch == w->undo->epoch) return;
    t->epoch = w->undo->epoch;
    hd_undo_save_bytes(w->undo, &t->stage, sizeof *t - offsetof(hd_task, stage));
    if (t->agent) hd_agent_save(t->agent);
}

/* Of most steps nothing is to be said: then the message is empty, whatever lies behind its end. */
void hd_task_save_last(hd_world *w, hd_task *t) {
    bool short_ = t->last.status == HD_OK;
    hd_undo_save(w->undo, &t->last, short_ ? offsetof(hd_diag, message) + 1 : sizeof t->last);
}

void hd_world_mute(hd_world *w, bool muted) {
    w->muted = muted;
}

/* Where an agent is between and within its calls, as numbers. */
static bool add_place(const hd_task *t, hd_bytes *to) {
    bool waits = t->stage == HD_STAGE_WAITING || t->stage == HD_STAGE_BLOCKED;
    uint64_t place[11] = {t->stage, t->step.kind, (uint64_t)t->time, [10] = t->calls};
    if (t->stage == HD_STAGE_AT_STEP) {
        place[3] = t->event.kind;
        place[4] = t->event.count;
        place[5] = t->event.writes;
    }
    if (waits) {
        place[6] = t->timeout >= 0 ? (uint64_t)t->deadline : UINT64_MAX;
        place[7] = t->cause != NULL;
    }
    if (t->stage == HD_STAGE_WAITING || t->stage == HD_STAGE_NOTIFIED) {
        place[8] = hd_store_memory_number(hd_member_store(t->member), t->memory);
        place[9] = t->address;
    }
    return hd_bytes_add(to, place, sizeof place);
}

bool hd_world_add_state(const hd_world *w, hd_bytes *to) {
    for (size_t i = 0; i < w->tasks.len; i++) {
        const hd_task *t = w->tasks.items[i];
        if (!add_place(t, to)) return false;
        if (!t->member) continue;
        const hd_store *store = hd_member_store(t->member);
        if (t->stage != HD_STAGE_ENDED && t->agent && !hd_agent_add_state(t->agent, to))
            return false;
        if (!hd_store_add_state(store, to) || !hd_store_add_shared(store, to)) return false;
    }
    for (const hd_task *t = w->first_waiter; t; t = t->next_waiter)
        if (!hd_bytes_add(to, &t->number, sizeof t->number)) return false;
    return hd_bytes_add(to, &w->steps, sizeof w->steps);
}

size_t hd_world_mark(hd_world *w) {
    return hd_undo_mark(w->undo);
}

bool hd_world_undo(hd_world *w, size_t mark) {
    if (!hd_undo_back(w->undo, mark)) return false;
    w->living.len = 0;
    for (size_t i = 0; i < w->tasks.len; i++)
        if (w->tasks.items[i]->stage != HD_STAGE_ENDED)
            w->living.items[w->living.len++] = w->tasks.items[i];
    bool changed = w->changed;
    hd_world_list(w);
    w->changed = changed;
    return true;
}
