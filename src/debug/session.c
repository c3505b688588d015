/* session.c: the life of a session, and how it goes to any step. See session.h. */
#include <string.h>
#include <time.h>

#include "debug/session_parts.h"

enum {
    INTERVAL = 1024,         /* events between two marks, … */
    LOOK = 16,               /* … or fewer, if they take long: that is looked at so often … */
    LONG = 20 * 1000 * 1000, /* … and this is long, in nanoseconds */
    LENGTH = 1000,           /* of an execution, as pct takes it to be */
};

static int64_t host_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

bool hd_session_nomem(hd_session *s) {
    hd_diag_nomem(&s->diag);
    return false;
}

bool hd_session_interrupted(const hd_session *s) {
    return s->options.interrupt && atomic_load_explicit(s->options.interrupt, memory_order_relaxed);
}

/* Life. */

static void end_execution(hd_session *s) {
    hd_driver_free(s->driver);
    if (s->execution) s->options.subject.end(s->execution);
    s->driver = NULL;
    s->execution = NULL;
    s->world = NULL;
    s->marks.len = s->memories.len = 0;
    s->step = s->heard = 0;
    s->races = 0;
    s->births = 0;
    s->stale = s->failed = s->told_end = s->over = s->has_last = s->under_way = false;
}

bool hd_session_restart(hd_session *s) {
    const hd_session_subject *subject = &s->options.subject;
    end_execution(s);
    hd_diag_reset(&s->diag);
    s->execution =
        subject->start(subject->context, &s->observer, !s->deviated, &s->world, &s->diag);
    if (!s->execution) {
        s->world = NULL;
        return false;
    }
    s->driver = hd_driver_new(s->world);
    if (!s->driver) {
        end_execution(s);
        return hd_session_nomem(s);
    }
    hd_undo *log = hd_world_get_log(s->world);
    s->undoable = log && subject->can_undo && subject->can_undo(s->execution);
    if (log && s->options.budget) log->budget = s->options.budget;
    hd_world_settle(s->world);
    return true;
}

hd_session *hd_session_new(const hd_session_options *options, hd_diag *diag) {
    hd_session *s = hd_calloc(1, sizeof *s);
    if (!s) {
        hd_diag_nomem(diag);
        return NULL;
    }
    s->options = *options;
    s->options.schedule = NULL;
    if (!s->options.interval) s->options.interval = INTERVAL;
    s->observer = hd_session_observer(s);
    s->caught = 1U << HD_HALT_TRAP | 1U << HD_HALT_RACE | 1U << HD_HALT_CHECK;
    bool good = hd_session_set_strategy(s, options->strategy ? options->strategy : "rr", diag);
    if (good && options->schedule && hd_trace_moves(options->schedule) > HD_SESSION_MOST_MOVES) {
        hd_diag_set(diag, HD_LIMIT, "schedules of more than %d moves cannot be debugged",
                    HD_SESSION_MOST_MOVES);
        good = false;
    }
    if (good && options->schedule && !hd_past_take(&s->history, options->schedule))
        good = hd_session_nomem(s);
    if (good && hd_session_restart(s)) return s;
    if (diag->status == HD_OK) *diag = s->diag;
    hd_session_free(s);
    return NULL;
}

void hd_session_free(hd_session *s) {
    if (!s) return;
    end_execution(s);
    hd_strategy_free(s->strategy);
    hd_free(s->strategy_name);
    for (size_t i = 0; i < s->kept.len; i++) {
        hd_free(s->kept.items[i].name);
        hd_free(s->kept.items[i].before);
    }
    hd_vec_free(&s->kept);
    hd_vec_free(&s->points);
    hd_vec_free(&s->marks);
    hd_vec_free(&s->memories);
    hd_past_free(&s->history);
    hd_places_free(&s->places);
    hd_free(s);
}

bool hd_session_set_strategy(hd_session *s, const char *name, hd_diag *diag) {
    hd_strategy *made = hd_strategy_parse(name, s->options.seed, LENGTH, diag);
    if (!made) return false;
    char *copy = hd_strndup(name, strlen(name));
    if (!copy) {
        hd_strategy_free(made);
        hd_diag_nomem(diag);
        return false;
    }
    hd_strategy_free(s->strategy);
    hd_free(s->strategy_name);
    s->strategy = made;
    s->strategy_name = copy;
    return true;
}

/* Going to a step. */

bool hd_session_mark(hd_session *s) {
    if (!s->undoable) return true;
    hd_undo *log = hd_world_get_log(s->world);
    if (log->over_budget) {
        /* What lies before the present is reached by executing it again. */
        hd_undo_forget(log);
        s->marks.len = 0;
    }
    if (s->marks.len > 0) {
        uint64_t since = s->step - s->marks.items[s->marks.len - 1].step;
        if (since == 0) return true;
        if (since < s->options.interval && (since % LOOK != 0 || host_time() - s->marked < LONG))
            return true;
    }
    if (!hd_vec_reserve(&s->marks, 1)) return hd_session_nomem(s);
    s->marks.items[s->marks.len++] =
        (hd_checkpoint){s->step, hd_world_mark(s->world), s->memories.len, s->births};
    s->marked = host_time();
    return true;
}

/* Goes back to the latest mark at or before a step; false if there is none. */
static bool undo_to(hd_session *s, uint64_t step) {
    size_t i = s->marks.len;
    while (i > 0 && s->marks.items[i - 1].step > step)
        i--;
    if (!s->undoable || i == 0 || !hd_world_undo(s->world, s->marks.items[i - 1].mark))
        return false;
    s->marks.len = i;
    s->step = s->marks.items[i - 1].step;
    s->memories.len = s->marks.items[i - 1].memories;
    s->stale |= s->births > s->marks.items[i - 1].births;
    s->births = s->marks.items[i - 1].births;
    s->over = s->has_last = false;
    uint32_t last = HD_NO_AGENT;
    if (s->step > 0) last = s->history.moves.items[hd_past_find(&s->history, s->step - 1)].agent;
    hd_driver_gone_back(s->driver, last);
    return true;
}

static bool is_among(const uint32_t *agents, size_t count, uint32_t agent) {
    for (size_t i = 0; i < count; i++)
        if (agents[i] == agent) return true;
    return false;
}

bool hd_session_recorded_pick(const hd_session *s, const hd_choice *choice, uint64_t most,
                              hd_pick *pick) {
    const hd_past *h = &s->history;
    size_t index = hd_past_find(h, s->step);
    const hd_kept_move *move = &h->moves.items[index];
    uint64_t left = hd_past_events(h, index, UINT64_MAX) - (s->step - move->start);
    *pick = (hd_pick){move->agent, left < most ? left : most};
    if (move->timeout && is_among(choice->timed, choice->timed_count, move->agent)) return true;
    return choice->due == move->timeout && is_among(choice->enabled, choice->count, move->agent);
}

/* Makes events again that are known, up to a step, as many at a time as may be. */
static bool run_known(hd_session *s, uint64_t to) {
    hd_choice choice;
    hd_outcome outcome;
    hd_pick pick;
    while (s->step < to) {
        if (!hd_session_mark(s)) return false;
        uint64_t most = to - s->step;
        if (most > LOOK && s->undoable) most = LOOK;
        if (s->step < s->heard && most > s->heard - s->step) most = s->heard - s->step;
        hd_world_mute(s->world, s->step < s->heard);
        if (!hd_driver_ask(s->driver, &choice, &outcome) ||
            !hd_session_recorded_pick(s, &choice, most, &pick)) {
            hd_diag_set(&s->diag, HD_FAILED,
                        "step %llu cannot be reached again: the execution depends on something "
                        "outside",
                        (unsigned long long)to);
            return false;
        }
        bool single = s->step + 1 == to;
        hd_session_note_birth(s, pick.agent);
        if (single) hd_session_begin_event(s, &pick);
        uint64_t used = hd_driver_move(s->driver, &choice, &pick);
        if (used == 0) {
            hd_diag_set(&s->diag, HD_STOPPED, "the execution was stopped");
            return false;
        }
        s->step += used;
        if (s->step > s->heard) s->heard = s->step;
        if (single && !hd_session_finish_event(s)) return false;
    }
    return true;
}

/* There is no present any more. */
static bool fail(hd_session *s) {
    hd_diag diag = s->diag;
    end_execution(s);
    s->diag = diag;
    return false;
}

hd_halt hd_halt_failed(hd_session *s) {
    fail(s);
    return hd_halt_at(s, HD_HALT_FAILED, s->diag.message);
}

/* What the checks have found of what is known is no news. */
static void pass_findings(hd_session *s) {
    const hd_session_subject *subject = &s->options.subject;
    const hd_race_detector *races = subject->races ? subject->races(s->execution) : NULL;
    s->races = races ? hd_race_count(races) : 0;
    s->failed = subject->failure && subject->failure(s->execution);
}

bool hd_session_go_to(hd_session *s, uint64_t to) {
    bool here = s->world && to == s->step && (to == 0 || s->has_last);
    if (!here) {
        /* The last event is made one by one, to be seen. */
        uint64_t before = to > 0 ? to - 1 : 0;
        bool ahead = s->world && s->step <= before && !s->over;
        if (!ahead) ahead = s->world && undo_to(s, before);
        if (!ahead || (s->stale && to > s->heard))
            if (!hd_session_restart(s)) return false;
        if (before > s->step && !run_known(s, before)) return fail(s);
        if (!run_known(s, to)) return fail(s);
        pass_findings(s);
    }
    bool ends = s->history.ends && !s->history.claimed && to == s->history.length;
    if (ends && !s->over && !hd_session_conclude(s, s->history.outcome)) return fail(s);
    return true;
}

bool hd_session_refresh(hd_session *s) {
    uint64_t step = s->step;
    if (!s->stale || step < s->heard) return true;
    return hd_session_restart(s) && hd_session_go_to(s, step);
}

void hd_session_note_birth(hd_session *s, uint32_t agent) {
    hd_task_view view = hd_world_view(s->world, agent);
    bool makes =
        view.next && (view.next->kind == HD_EVENT_INSTANTIATE || view.next->kind == HD_EVENT_SPAWN);
    if (makes) s->births++;
}

/* The checks are told once; a history that was here before keeps what they said. */
bool hd_session_conclude(hd_session *s, hd_outcome outcome) {
    hd_past *h = &s->history;
    hd_world_mute(s->world, s->told_end);
    hd_world_conclude(s->world, outcome);
    s->told_end = s->over = true;
    if (h->ends && !h->claimed) return true;
    h->ends = true;
    h->claimed = false;
    h->outcome = outcome;
    if (s->options.subject.explain) h->explanation = s->options.subject.explain(s->execution);
    return true;
}
