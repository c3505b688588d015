/* session_move.c: moves a session, and finds out where to halt. */
#include <stdio.h>

#include "debug/session_parts.h"

const char *hd_halt_reason_name(hd_halt_reason reason) {
    static const char *const names[HD_HALT_REASONS] = {
        [HD_HALT_MOVED] = "moved",
        [HD_HALT_BEGIN] = "beginning",
        [HD_HALT_OVER] = "end",
        [HD_HALT_BREAK] = "breakpoint",
        [HD_HALT_WATCH] = "watchpoint",
        [HD_HALT_SPAWN] = "spawn",
        [HD_HALT_END] = "end of agent",
        [HD_HALT_TRAP] = "trap",
        [HD_HALT_RACE] = "race",
        [HD_HALT_CHECK] = "failure",
        [HD_HALT_REFUSED] = "refused",
        [HD_HALT_DIVERGED] = "diverged",
        [HD_HALT_INTERRUPTED] = "interrupted",
        [HD_HALT_FAILED] = "failed",
    };
    return names[reason];
}

hd_halt hd_halt_at(const hd_session *s, hd_halt_reason reason, const char *text) {
    uint32_t agent = s->has_last ? s->last.agent : HD_NO_AGENT;
    return (hd_halt){.reason = reason, .step = s->step, .agent = agent, .text = text};
}

/* The history is left at the present: what lies behind it is forgotten. What the checks have heard
 * of it, they can forget only by hearing everything anew. */
static bool deviate(hd_session *s) {
    hd_past_cut(&s->history, s->step);
    s->deviated = true;
    if (!hd_session_set_strategy(s, s->strategy_name, &s->diag)) return false;
    if (s->heard == s->step) return true;
    uint64_t step = s->step;
    return hd_session_restart(s) && hd_session_go_to(s, step);
}

/* Makes one event, which the choice allows, and takes it down. */
static bool make(hd_session *s, const hd_choice *choice, hd_pick *pick) {
    hd_past *h = &s->history;
    pick->events = 1;
    hd_world_mute(s->world, s->step < s->heard);
    hd_session_keep_watched(s);
    hd_session_note_birth(s, pick->agent);
    hd_session_begin_event(s, pick);
    if (hd_driver_move(s->driver, choice, pick) != 1) {
        hd_diag_set(&s->diag, HD_STOPPED, "the execution was stopped");
        return false;
    }
    bool beyond = s->step == h->length;
    if (beyond && !hd_past_add_move(h, pick->agent, 1, s->last.timeout)) return hd_session_nomem(s);
    s->step++;
    if (s->step > s->heard) s->heard = s->step;
    if (!hd_session_finish_event(s)) return false;
    hd_session_compare_watched(s);
    return true;
}

/* What became of an attempt to make one event. */
typedef enum advance {
    ADVANCE_DONE,
    ADVANCE_OVER,
    ADVANCE_DIVERGED,
    ADVANCE_FAILED,
} advance;

/* At the end of the history as a trace claims it: true if the run is over here, though agents could
 * move, since it was cut short or repeats itself. */
static bool is_cut_short(const hd_session *s) {
    const hd_past *h = &s->history;
    if (!h->ends || s->step != h->length) return false;
    switch (h->outcome) {
    case HD_OUTCOME_COMPLETED:
    case HD_OUTCOME_DEADLOCK:
    case HD_OUTCOME_EXITED: return false;
    default: return true;
    }
}

static advance diverge(hd_session *s) {
    return deviate(s) ? ADVANCE_DIVERGED : ADVANCE_FAILED;
}

/* Makes the next event: the history's, or what the strategy says. */
static advance advance_one(hd_session *s) {
    hd_choice choice;
    hd_outcome outcome;
    hd_pick pick;
    const hd_past *h = &s->history;
    if (s->over) return ADVANCE_OVER;
    if (!hd_session_refresh(s) || !hd_session_mark(s)) return ADVANCE_FAILED;
    bool can = hd_driver_ask(s->driver, &choice, &outcome);
    bool cut = is_cut_short(s);
    if (!can || cut) {
        bool early = s->step < h->length;
        if (early && !deviate(s)) return ADVANCE_FAILED;
        if (!hd_session_conclude(s, cut ? h->outcome : outcome)) return ADVANCE_FAILED;
        return early ? ADVANCE_DIVERGED : ADVANCE_OVER;
    }
    if (s->step == h->length && h->ends) return diverge(s);
    if (s->step < h->length) {
        if (!hd_session_recorded_pick(s, &choice, 1, &pick)) return diverge(s);
        return make(s, &choice, &pick) ? ADVANCE_DONE : ADVANCE_FAILED;
    }
    if (!s->strategy->pick(s->strategy, &choice, &pick)) {
        if (!hd_session_conclude(s, HD_OUTCOME_GIVEN_UP)) return ADVANCE_FAILED;
        return ADVANCE_OVER;
    }
    if (!make(s, &choice, &pick)) return ADVANCE_FAILED;
    if (s->strategy->moved) s->strategy->moved(s->strategy, &pick, 1);
    return ADVANCE_DONE;
}

static hd_halt halt_of(hd_session *s, advance result) {
    switch (result) {
    case ADVANCE_OVER: return hd_halt_at(s, HD_HALT_OVER, NULL);
    case ADVANCE_DIVERGED:
        return hd_halt_at(s, HD_HALT_DIVERGED, "the execution is not what was recorded");
    default: return hd_halt_failed(s);
    }
}

/* Behind the events that were asked for: the end of the run, if it is that. */
static hd_halt halt_moved(hd_session *s) {
    hd_choice choice;
    hd_outcome outcome;
    bool ends =
        !s->over && s->step == s->history.length && !hd_driver_ask(s->driver, &choice, &outcome);
    if (ends && !hd_session_conclude(s, outcome)) return hd_halt_failed(s);
    return hd_halt_at(s, s->over ? HD_HALT_OVER : HD_HALT_MOVED, NULL);
}

/* Along what is known: the record tells where to halt. True if that is before `to`. */
static bool pass_known(hd_session *s, uint64_t to, hd_halt *halt) {
    uint64_t known = s->history.known < to ? s->history.known : to;
    uint64_t from = s->step;
    for (uint64_t step = from; step < known; step++) {
        if (!hd_session_halts(s, step, false, halt)) {
            if (s->diag.status != HD_OK) return *halt = hd_halt_failed(s), true;
            if (!hd_session_interrupted(s)) continue;
            *halt = (hd_halt){.reason = HD_HALT_INTERRUPTED, .point = 0};
        }
        if (!hd_session_go_to(s, step + 1)) return *halt = hd_halt_failed(s), true;
        halt->step = s->step;
        halt->agent = s->last.agent;
        return true;
    }
    if (known > from && !hd_session_go_to(s, known)) return *halt = hd_halt_failed(s), true;
    return false;
}

hd_halt hd_session_forward(hd_session *s, uint64_t events) {
    hd_halt halt;
    if (!s->world) return hd_halt_failed(s);
    if (s->over) return hd_halt_at(s, HD_HALT_OVER, NULL);
    uint64_t to = events < UINT64_MAX - s->step ? s->step + events : UINT64_MAX;
    if (pass_known(s, to, &halt)) return halt;
    while (s->step < to) {
        advance result = advance_one(s);
        if (result != ADVANCE_DONE) return halt_of(s, result);
        if (hd_session_halts(s, s->step - 1, true, &halt)) return halt;
        if (hd_session_interrupted(s)) return hd_halt_at(s, HD_HALT_INTERRUPTED, NULL);
    }
    return halt_moved(s);
}

hd_halt hd_session_seek(hd_session *s, uint64_t step) {
    uint64_t known = step < s->history.known ? step : s->history.known;
    if (!hd_session_go_to(s, known)) return hd_halt_failed(s);
    while (s->step < step) {
        advance result = advance_one(s);
        if (result != ADVANCE_DONE) return halt_of(s, result);
        if (hd_session_interrupted(s)) return hd_halt_at(s, HD_HALT_INTERRUPTED, NULL);
    }
    return halt_moved(s);
}

/* The latest event that a move back halts behind, above a step; the step behind it, or `above`. */
static uint64_t find_back(hd_session *s, uint64_t above, hd_halt *halt) {
    for (uint64_t step = s->step - 1; step-- > above;) {
        if (hd_session_halts(s, step, false, halt) || s->diag.status != HD_OK) return step + 1;
        if (!hd_session_interrupted(s)) continue;
        *halt = (hd_halt){.reason = HD_HALT_INTERRUPTED};
        return step + 1;
    }
    return above;
}

hd_halt hd_session_back(hd_session *s, uint64_t events) {
    hd_halt halt = {.reason = HD_HALT_MOVED};
    if (!s->world) return hd_halt_failed(s);
    if (s->step == 0) return hd_halt_at(s, HD_HALT_BEGIN, NULL);
    bool beyond = events > s->step;
    uint64_t above = beyond ? 0 : s->step - events;
    uint64_t to = find_back(s, above, &halt);
    if (s->diag.status != HD_OK || !hd_session_go_to(s, to)) return hd_halt_failed(s);
    if (to == above) return hd_halt_at(s, beyond ? HD_HALT_BEGIN : HD_HALT_MOVED, NULL);
    halt.step = s->step;
    halt.agent = s->has_last ? s->last.agent : HD_NO_AGENT;
    return halt;
}

/* Moving by hand. */

static bool is_among(const uint32_t *agents, size_t count, uint32_t agent) {
    for (size_t i = 0; i < count; i++)
        if (agents[i] == agent) return true;
    return false;
}

static bool allows(const hd_choice *choice, uint32_t agent, bool timeout) {
    if (timeout && is_among(choice->timed, choice->timed_count, agent)) return true;
    return choice->due == timeout && is_among(choice->enabled, choice->count, agent);
}

/* Asks who can move; false: the run is over. */
static bool ask(hd_session *s, hd_choice *choice) {
    hd_outcome outcome;
    return s->world && !s->over && hd_driver_ask(s->driver, choice, &outcome);
}

bool hd_session_can_move(hd_session *s, uint32_t agent) {
    hd_choice choice;
    return ask(s, &choice) && allows(&choice, agent, false);
}

bool hd_session_can_time_out(hd_session *s, uint32_t agent) {
    hd_choice choice;
    return ask(s, &choice) && allows(&choice, agent, true);
}

static const char *refusal(hd_session *s, uint32_t agent, bool timeout) {
    if (agent >= hd_world_count(s->world)) return "there is no such agent";
    if (s->over) return "the run has ended: go back first";
    return timeout ? "its wait cannot time out now" : "it cannot move now";
}

/* Makes one event of an agent; false if that cannot be, or after a failure. */
static bool move_one(hd_session *s, uint32_t agent, bool timeout) {
    hd_choice choice;
    const hd_past *h = &s->history;
    hd_pick pick, recorded;
    if (!hd_session_refresh(s) || !hd_session_mark(s) || !ask(s, &choice) ||
        !allows(&choice, agent, timeout))
        return false;
    bool same = s->step < h->length && hd_session_recorded_pick(s, &choice, 1, &recorded) &&
                recorded.agent == agent;
    if (!same) {
        if (!deviate(s)) return false;
        /* It may be another world now. */
        if (!hd_session_mark(s) || !ask(s, &choice)) return false;
    }
    pick = (hd_pick){agent, 1};
    return make(s, &choice, &pick);
}

hd_halt hd_session_move(hd_session *s, uint32_t agent, uint64_t events, bool timeout) {
    hd_halt halt;
    if (!s->world) return hd_halt_failed(s);
    for (uint64_t i = 0; i < events; i++) {
        if (!move_one(s, agent, timeout)) {
            if (s->diag.status != HD_OK) return hd_halt_failed(s);
            if (i == 0) return hd_halt_at(s, HD_HALT_REFUSED, refusal(s, agent, timeout));
            break;
        }
        if (hd_session_halts(s, s->step - 1, true, &halt)) return halt;
        if (hd_session_interrupted(s)) return hd_halt_at(s, HD_HALT_INTERRUPTED, NULL);
    }
    return halt_moved(s);
}
