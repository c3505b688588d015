/* drive.c: the loop that strategies need. */
#include "sched/drive.h"

#include "sched/livelock.h"
#include "sched/repeats.h"
#ifdef HD_CHECKING
#include "sched/selfcheck.h"
#endif

/* How many events pass between two looks at the outside while agents that are blocked for it could
 * perhaps go on: often enough for a person, seldom enough to cost nothing. */
enum { LOOK_OUTSIDE = 1 << 16 };

struct hd_driver {
    hd_world *world;
    hd_drive_options options;
    hd_livelock livelock;
    hd_repeats repeats;
    bool rested;     /* agents run free, which the search for repetitions knows */
    bool effects;    /* since they do not */
    bool repeating;  /* all agents that can move repeat themselves */
    uint64_t looked; /* at the outside, at this step */
    uint32_t last;   /* the agent that was picked last */
    uint32_t due;    /* the only one that may be picked, if a choice says so */
    uint64_t preemptions;
    hd_outcome outcome;
};

typedef hd_driver driver;

static bool end_with(driver *d, hd_outcome outcome) {
    d->outcome = outcome;
    return false;
}

/* Lets an agent go on that the outside was awaited for; false when there is none. */
static bool look_outside(driver *d, bool patient) {
    d->looked = hd_world_steps(d->world);
    if (!hd_world_look_outside(d->world, patient)) return false;
    d->repeating = false;
    hd_livelock_start(&d->livelock);
    return true;
}

static bool outside_is_due(const driver *d) {
    uint64_t steps = hd_world_steps(d->world);
    return hd_world_awaits(d->world) && steps % LOOK_OUTSIDE == 0 && d->looked != steps;
}

/* What an agent is about to do. */
static hd_next next_of(const void *context, uint32_t agent) {
    const hd_task_view view = hd_world_view(context, agent);
    return (hd_next){.event = view.next,
                     .agent = view.member ? hd_member_agent(view.member) : NULL,
                     .timeout = view.timeout};
}

/* Who may be picked. */
static hd_choice choice_of(driver *d) {
    hd_choice choice = {.step = hd_world_steps(d->world), .last = d->last};
    choice.enabled = hd_world_enabled(d->world, &choice.count);
    choice.timed = hd_world_timed(d->world, &choice.timed_count);
    choice.last_enabled = hd_world_can_move(d->world, d->last);
    choice.yielded = choice.last_enabled && hd_world_was_idle(d->world);
    choice.outlook = (hd_outlook){next_of, d->world};
    return choice;
}

/* How many events a move may have. */
static uint64_t credit_for(driver *d, uint32_t agent, uint64_t wanted) {
    uint64_t steps = hd_world_steps(d->world), limit = d->options.step_limit;
    if (limit && limit - steps < wanted) wanted = limit - steps;
    /* To the next look at the outside, wherever moves are cut. */
    uint64_t look = LOOK_OUTSIDE - steps % LOOK_OUTSIDE;
    if (hd_world_awaits(d->world) && look < wanted) wanted = look;
    wanted = hd_world_credit(d->world, agent, wanted);
    return hd_livelock_credit(&d->livelock, d->world, agent, wanted);
}

/* True if the whole state has come again, with effects in between: what has none is a livelock, and
 * that is found in the same way, only that it holds for all schedules. */
static bool repeats(driver *d) {
    bool seen, effects;
    if (!hd_livelock_looked(&d->livelock, &seen, &effects)) {
        if (!d->rested) hd_repeats_rest(&d->repeats, d->livelock.work.window);
        d->rested = true;
        d->effects = false;
        return false;
    }
    d->rested = false;
    d->effects |= effects;
    return hd_repeats_look(&d->repeats, d->world, d->options.strategy, seen) && d->effects;
}

/* Moves an agent, and looks whether all repeat themselves. */
uint64_t hd_driver_move(driver *d, const hd_choice *choice, hd_pick *pick) {
    bool timeout = hd_world_is_timed(d->world, pick->agent);
    pick->events = timeout ? 1 : credit_for(d, pick->agent, pick->events);
    d->preemptions += choice->last_enabled && pick->agent != d->last;
    hd_world_attend(d->world, hd_livelock_free_events(&d->livelock) == 0);
    d->last = pick->agent;
    uint64_t used = hd_world_step(d->world, pick->agent, pick->events);
    if (timeout) {
        hd_livelock_start(&d->livelock);
        d->repeating = false;
    } else {
        d->repeating = hd_livelock_moved(&d->livelock, d->world, used);
    }
    return used;
}

/* Asks the strategy and does as it says; false when it gives up. */
static bool move(driver *d, const hd_choice *choice) {
    hd_strategy *strategy = d->options.strategy;
    hd_pick pick;
    if (!strategy->pick(strategy, choice, &pick))
        return end_with(d, strategy->given_up ? strategy->given_up : HD_OUTCOME_GIVEN_UP);
    uint64_t used = hd_driver_move(d, choice, &pick);
    if (strategy->moved) strategy->moved(strategy, &pick, used);
    if (strategy->add_state && repeats(d)) return end_with(d, HD_OUTCOME_REPEATS);
    return true;
}

/* How many events may happen before something else is to be looked at than who can move. */
static uint64_t events_alike(const driver *d, const hd_choice *choice) {
    uint64_t events = hd_livelock_free_events(&d->livelock), limit = d->options.step_limit;
    if (limit && limit - choice->step < events) events = limit - choice->step;
    uint64_t look = LOOK_OUTSIDE - choice->step % LOOK_OUTSIDE;
    return hd_world_awaits(d->world) && look < events ? look : events;
}

/* Moves as the strategy says for as long as the same agents can move, none of them timed: nothing
 * but the strategy has to be asked before each move. False when it gives up. */
static bool move_alike(driver *d, hd_choice *choice) {
    hd_strategy *strategy = d->options.strategy;
    hd_world *world = d->world;
    uint64_t changes = hd_world_changes(world), start = choice->step, used;
    uint64_t end = start + events_alike(d, choice);
    hd_world_attend(world, false);
    bool goes_on;
    hd_pick pick;
    do {
        goes_on = strategy->pick(strategy, choice, &pick);
        if (!goes_on) break;
        if (pick.events > end - choice->step) pick.events = end - choice->step;
        d->preemptions += choice->last_enabled && pick.agent != choice->last;
        used = hd_world_step(world, pick.agent, pick.events);
        if (strategy->moved) strategy->moved(strategy, &pick, used);
        choice->step += used;
        choice->last = pick.agent;
        choice->last_enabled = true; /* or else the agents have changed */
        choice->yielded = hd_world_was_idle(world);
    } while (used > 0 && choice->step < end && hd_world_changes(world) == changes);
    d->last = choice->last;
    hd_livelock_passed(&d->livelock, choice->step - start);
    return goes_on || end_with(d, HD_OUTCOME_GIVEN_UP);
}

/* Nobody can move, or only such as repeat themselves: what is there already comes first, then time,
 * then the outside, for however long. */
static bool pass_time(driver *d, hd_choice *choice, uint32_t *due) {
    if (look_outside(d, false)) return true;
    *due = hd_world_due(d->world, true);
    if (*due != HD_NO_AGENT || look_outside(d, true)) return true;
    if (hd_world_stopped(d->world)) return true;
    bool loops = choice->count > 0 || hd_world_loops(d->world);
    return end_with(d, loops ? HD_OUTCOME_LIVELOCK : HD_OUTCOME_DEADLOCK);
}

/* Finds who may move at a scheduling point, with no agent if it is to be asked again: time has
 * passed. False when the execution is over, with the outcome set. */
static bool find_choice(driver *d, hd_choice *choice) {
    *choice = (hd_choice){0};
    if (hd_world_stopped(d->world)) return end_with(d, HD_OUTCOME_STOPPED);
    if (hd_world_exited(d->world)) return end_with(d, HD_OUTCOME_EXITED);
    if (hd_world_living(d->world) == 0) return end_with(d, HD_OUTCOME_COMPLETED);
    if (outside_is_due(d) && look_outside(d, false)) return true;
    hd_choice found = choice_of(d);
    uint32_t due = hd_world_due(d->world, false);
    if (found.count == 0 || d->repeating) {
        if (!pass_time(d, &found, &due)) return false;
        if (due == HD_NO_AGENT) return true;
    }
    if (d->options.step_limit && found.step >= d->options.step_limit)
        return end_with(d, HD_OUTCOME_STEP_LIMIT);
    if (due != HD_NO_AGENT) {
        d->due = due;
        found.enabled = &d->due;
        found.count = 1;
        found.timed_count = 0;
        found.due = true;
        found.last_enabled = found.last_enabled && d->last == due;
    }
    *choice = found;
    return true;
}

/* One scheduling point; false when the execution is over, with the outcome set. */
static bool go_on(driver *d) {
    hd_choice choice;
#ifdef HD_CHECKING
    if (!hd_world_stopped(d->world) && !hd_world_exited(d->world) &&
        hd_world_living(d->world) > 0)
        hd_world_check_undo(d->world);
#endif
    if (!find_choice(d, &choice)) return false;
    if (choice.count == 0) return true;
    if (choice.timed_count == 0 && !choice.due && !d->repeating &&
        hd_livelock_free_events(&d->livelock) > 0)
        return move_alike(d, &choice);
    return move(d, &choice);
}

static void start(driver *d, hd_world *world, const hd_drive_options *options) {
    *d = (driver){.world = world, .options = *options, .looked = UINT64_MAX, .last = HD_NO_AGENT};
    hd_livelock_start(&d->livelock);
}

static void finish(driver *d) {
    hd_livelock_free(&d->livelock);
    hd_repeats_free(&d->repeats);
}

void hd_drive(hd_world *world, const hd_drive_options *options, int64_t timeout) {
    driver d;
    start(&d, world, options);
    hd_world_limit_time(world, timeout);
    hd_world_settle(world);
    while (go_on(&d))
        continue;
    hd_world_limit_time(world, -1);
    finish(&d);
    if (options->preemptions) *options->preemptions = d.preemptions;
    hd_world_conclude(world, d.outcome);
}

hd_driver *hd_driver_new(hd_world *world) {
    driver *d = hd_calloc(1, sizeof *d);
    if (d) start(d, world, &(hd_drive_options){0});
    return d;
}

void hd_driver_free(driver *d) {
    if (!d) return;
    finish(d);
    hd_free(d);
}

bool hd_driver_ask(driver *d, hd_choice *choice, hd_outcome *outcome) {
    bool over;
    do
        over = !find_choice(d, choice);
    while (!over && choice->count == 0);
    if (over) *outcome = d->outcome;
    return !over;
}

void hd_driver_gone_back(driver *d, uint32_t last) {
    hd_livelock_start(&d->livelock);
    d->repeating = false;
    d->looked = UINT64_MAX;
    d->last = last;
}
