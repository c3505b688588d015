/* stuck.c: classification of agents that are stuck.
 *
 * First each agent is described by itself; then ties say who waits for whom, and the cycles among
 * them are found; what is left is classified by what happened to the word that it waits on. */
#include "check/stuck.h"

#include <string.h>

#include "check/stuck_history.h"

/* An agent spins if so many events of it changed nothing (and the driver does not know better); it
 * reads "lately" what it read within so many steps before its last. */
enum { SPIN_QUIET = 1000, LATELY = 256 };

struct hd_stuck {
    hd_arena *arena;
    hd_history history;
    hd_stuck_report *report;
    bool over; /* the execution: what follows is its end by force */
};

typedef struct diagnosis {
    const hd_world *world;
    const hd_history *history;
    hd_arena *arena;
    hd_stuck_report *report;
    uint32_t movers; /* agents that can move and are not known to spin */
} diagnosis;

/* Descriptions of single agents. */

static hd_stuck_place place_of(const diagnosis *d, const hd_memory *memory, uint64_t address,
                               uint64_t length) {
    uint32_t number = memory ? hd_history_memory(d->history, memory) : 0;
    return (hd_stuck_place){number, address, length};
}

static uint64_t masked(uint64_t value, uint64_t width) {
    return width >= 8 ? value : value & ((UINT64_C(1) << 8 * width) - 1);
}

/* As the n-th last act of a circle, with the value in a waiter's width. */
static hd_stuck_act act_at(const hd_acts *acts, uint64_t n, uint64_t width) {
    hd_stuck_act act = hd_acts_last(acts, n);
    act.value = masked(act.value, width);
    return act;
}

/* Merges the latest writes and notifies since the wait in the order of their steps. */
static bool take_acts(diagnosis *d, const hd_word *word, const hd_past *past, hd_stuck_wait *wait) {
    uint64_t width = wait->place.length;
    wait->writes = word->writes.total - past->writes_before;
    wait->notifies = word->notifies.total - past->notifies_before;
    uint64_t writes = wait->writes < HD_KEPT_ACTS ? wait->writes : HD_KEPT_ACTS;
    uint64_t notifies = wait->notifies < HD_KEPT_ACTS ? wait->notifies : HD_KEPT_ACTS;
    wait->since_acts = hd_arena_alloc(d->arena, writes + notifies, sizeof *wait->since_acts);
    if (!wait->since_acts) return false;
    while (writes + notifies > 0) {
        hd_stuck_act write = act_at(&word->writes, writes - 1, width);
        hd_stuck_act notify = act_at(&word->notifies, notifies - 1, width);
        bool write_first = notifies == 0 || (writes > 0 && write.step < notify.step);
        wait->since_acts[wait->since_count++] = write_first ? write : notify;
        if (write_first)
            writes--;
        else
            notifies--;
    }
    return true;
}

static bool describe_wait(diagnosis *d, uint32_t number, const hd_task_view *view) {
    hd_stuck_agent *agent = &d->report->agents[number];
    hd_stuck_wait *wait = &agent->wait;
    unsigned width = 4;
    uint64_t address;
    hd_agent_waiting_on(hd_member_agent(view->member), &address, &width, &wait->expected);
    wait->place = place_of(d, view->memory, view->address, width);
    wait->value = hd_memory_peek(view->memory, view->address, width, NULL);
    wait->since = view->since;
    wait->timeout = view->timeout;
    const hd_word *word = hd_history_word(d->history, view->memory, view->address);
    const hd_past *past = hd_history_past(d->history, number);
    if (!word || !past) return true;
    wait->notify_before = past->notify_before;
    wait->write_before = past->write_before;
    wait->write_before.value = masked(wait->write_before.value, width);
    if (word->writes.total > past->writes_before) wait->write = act_at(&word->writes, 0, width);
    for (uint64_t n = HD_KEPT_ACTS; n-- > 0;) {
        hd_stuck_act wake = hd_acts_last(&word->wakes, n);
        if (wake.step != HD_NO_STEP && wake.step > wait->since && wake.by != HD_NO_AGENT)
            wait->taken = wake;
    }
    return take_acts(d, word, past, wait);
}

/* Takes what the agent read lately more than once, the most often read first. */
static bool describe_reads(diagnosis *d, const hd_past *past, hd_stuck_agent *agent) {
    agent->reads = hd_arena_alloc(d->arena, HD_KEPT_READS, sizeof *agent->reads);
    if (!agent->reads) return false;
    for (unsigned i = 0; i < HD_KEPT_READS; i++) {
        const hd_past_read *from = &past->reads[i];
        if (!from->memory || from->times < 2 || past->last_step - from->last_step > LATELY)
            continue;
        hd_stuck_read read = {.place = place_of(d, from->memory, from->address, from->length),
                              .kind = from->kind,
                              .value =
                                  hd_memory_peek(from->memory, from->address, from->length, NULL),
                              .times = from->times,
                              .write.step = HD_NO_STEP};
        const hd_word *word = hd_history_word(d->history, from->memory, from->address);
        if (word) read.write = act_at(&word->writes, 0, from->length);
        size_t at = agent->read_count++;
        for (; at > 0 && agent->reads[at - 1].times < read.times; at--)
            agent->reads[at] = agent->reads[at - 1];
        agent->reads[at] = read;
    }
    return true;
}

static bool describe(diagnosis *d, uint32_t number) {
    hd_task_view view = hd_world_view(d->world, number);
    hd_stuck_agent *agent = &d->report->agents[number];
    const hd_past *past = hd_history_past(d->history, number);
    *agent = (hd_stuck_agent){.name = "",
                              .state = view.state,
                              .last_step = past ? past->last_step : HD_NO_STEP,
                              .quiet = past ? past->quiet : 0,
                              .holder = HD_NO_AGENT,
                              .tie_step = HD_NO_STEP};
    agent->wait.write.step = agent->wait.notify_before.step = HD_NO_STEP;
    agent->wait.write_before.step = agent->wait.taken.step = HD_NO_STEP;
    agent->name = hd_arena_strndup(d->arena, view.name, strlen(view.name));
    if (!agent->name) return false;
    if (!view.member) return true;
    const hd_agent *machine = hd_member_agent(view.member);
    agent->trapped = hd_agent_get_state(machine) == HD_AGENT_TRAPPED;
    agent->blocked_since = view.since;
    bool in_call = view.state == HD_TASK_CALLING || view.state == HD_TASK_WAITING ||
                   view.state == HD_TASK_BLOCKED ||
                   hd_agent_get_state(machine) == HD_AGENT_STOPPED || agent->trapped;
    if (in_call && !hd_backtrace_take(machine, d->arena, &agent->backtrace)) return false;
    if (view.state == HD_TASK_WAITING) return describe_wait(d, number, &view);
    agent->loops = view.loops;
    if (view.state != HD_TASK_CALLING || view.loops) return true;
    agent->next = view.next ? view.next->kind : HD_EVENT_KINDS;
    if (!view.next) return true;
    agent->next_place = place_of(d, view.next->memory, view.next->address, view.next->length);
    return !past || describe_reads(d, past, agent);
}

/* Ties. */

static bool has_ended(const diagnosis *d, uint32_t number) {
    return d->report->agents[number].state == HD_TASK_ENDED;
}

/* Ties an agent to the holder of a lock. To itself only if it tried to take what it had: it may
 * also wait for somebody to answer a change of its own. */
static void tie_to_owner(const diagnosis *d, uint32_t number, const hd_memory *memory,
                         uint64_t address, uint64_t length) {
    const hd_word *word = hd_history_word(d->history, memory, address);
    uint32_t owner = word ? hd_word_owner(word) : HD_NO_AGENT;
    if (owner == HD_NO_AGENT) return;
    if (owner == number) {
        const hd_past *past = hd_history_past(d->history, number);
        uint64_t tried = past ? hd_past_tried(past, memory, address) : HD_NO_STEP;
        if (tried == HD_NO_STEP || tried < word->taken_step) return;
    }
    hd_stuck_agent *agent = &d->report->agents[number];
    agent->tie = HD_TIE_LOCK;
    agent->holder = owner;
    agent->tie_place = place_of(d, memory, address, length);
    agent->tie_step = word->taken_step;
}

/* Ties a waiter to the other agent that notified there last, or else wrote there last: one that has
 * not ended, where there is a choice. */
static void tie_to_notifier(const diagnosis *d, uint32_t number, const hd_word *word) {
    hd_stuck_agent *agent = &d->report->agents[number];
    const hd_acts *const kinds[] = {&word->notifies, &word->writes};
    for (unsigned i = 0; i < 2 * HD_KEPT_ACTS; i++) {
        hd_stuck_act act = hd_acts_last(kinds[i / HD_KEPT_ACTS], i % HD_KEPT_ACTS);
        if (act.step == HD_NO_STEP || act.agent == number) continue;
        bool better =
            agent->tie == HD_TIE_NONE || (has_ended(d, agent->holder) && !has_ended(d, act.agent));
        if (!better) continue;
        agent->tie = act.notify ? HD_TIE_NOTIFIER : HD_TIE_WRITER;
        agent->holder = act.agent;
        agent->tie_place = agent->wait.place;
        agent->tie_step = act.step;
    }
}

static void tie_spinner(const diagnosis *d, uint32_t number) {
    hd_stuck_agent *agent = &d->report->agents[number];
    for (size_t i = 0; i < agent->read_count && agent->tie == HD_TIE_NONE; i++) {
        hd_stuck_place place = agent->reads[i].place;
        if (place.memory < d->history->memories.len)
            tie_to_owner(d, number, d->history->memories.items[place.memory], place.address,
                         place.length);
    }
}

static void tie(diagnosis *d, uint32_t number) {
    hd_task_view view = hd_world_view(d->world, number);
    hd_stuck_agent *agent = &d->report->agents[number];
    if (view.state == HD_TASK_WAITING) {
        tie_to_owner(d, number, view.memory, view.address, agent->wait.place.length);
        const hd_word *word = hd_history_word(d->history, view.memory, view.address);
        if (agent->tie == HD_TIE_NONE && word) tie_to_notifier(d, number, word);
    } else if (view.state == HD_TASK_JOINING) {
        agent->tie = HD_TIE_JOIN;
        agent->holder = view.joining;
    } else if (agent->class == HD_STUCK_SPINNING) {
        tie_spinner(d, number);
    }
}

/* Cycles. */

/* The agent that must move before this one can, or HD_NO_AGENT. */
static uint32_t next_of(const diagnosis *d, uint32_t number) {
    const hd_stuck_agent *agent = &d->report->agents[number];
    bool times_out = agent->state == HD_TASK_WAITING && agent->wait.timeout >= 0;
    bool firm = !times_out && (agent->tie == HD_TIE_LOCK || agent->tie == HD_TIE_JOIN);
    return firm && !has_ended(d, agent->holder) ? agent->holder : HD_NO_AGENT;
}

static bool take_cycle(diagnosis *d, uint32_t first) {
    hd_stuck_cycle *cycle = &d->report->cycles[d->report->cycle_count];
    size_t count = 0;
    uint32_t i = first;
    do {
        count++;
        i = next_of(d, i);
    } while (i != first);
    cycle->agents = hd_arena_alloc(d->arena, count, sizeof *cycle->agents);
    if (!cycle->agents) return false;
    for (; cycle->count < count; i = next_of(d, i)) {
        cycle->agents[cycle->count++] = i;
        d->report->agents[i].class = HD_STUCK_CYCLE;
    }
    d->report->cycle_count++;
    return true;
}

/* Each agent has one tie at most, so a walk along them ends or comes to a cycle. */
static bool find_cycles(diagnosis *d) {
    uint32_t count = d->report->agent_count;
    uint32_t *walk = hd_calloc(count, sizeof *walk); /* the walk that came by, from 1 */
    d->report->cycles = hd_arena_alloc(d->arena, count, sizeof *d->report->cycles);
    bool good = walk && d->report->cycles;
    for (uint32_t start = 0; good && start < count; start++) {
        uint32_t i = start;
        while (i != HD_NO_AGENT && walk[i] == 0) {
            walk[i] = start + 1;
            i = next_of(d, i);
        }
        if (i == HD_NO_AGENT || walk[i] != start + 1) continue;
        uint32_t first = i;
        for (uint32_t j = next_of(d, i); j != i; j = next_of(d, j))
            if (j < first) first = j;
        good = take_cycle(d, first);
    }
    hd_free(walk);
    return good;
}

/* Classes. */

/* Of agents that are not blocked; HD_STUCK_CLASSES for the others. */
static hd_stuck_class class_of_unblocked(const diagnosis *d, const hd_stuck_agent *agent,
                                         bool enabled) {
    if (agent->state == HD_TASK_ENDED) return HD_STUCK_ENDED;
    if (agent->state == HD_TASK_BLOCKED) return HD_STUCK_OUTSIDE;
    if (agent->loops) return HD_STUCK_SPINNING;
    if (!enabled) return HD_STUCK_CLASSES;
    bool spins = d->report->outcome == HD_OUTCOME_LIVELOCK || agent->quiet >= SPIN_QUIET;
    return agent->state == HD_TASK_CALLING && spins ? HD_STUCK_SPINNING : HD_STUCK_RUNNING;
}

/* True if other agents changed or notified the word, and all of them have ended. */
static bool actors_ended(const diagnosis *d, uint32_t number, const hd_word *word) {
    bool any = false;
    for (uint32_t i = 0; i < d->report->agent_count; i++) {
        bool acted = word->actors >> (i < 63 ? i : 63) & 1;
        if (i == number || !acted) continue;
        if (!has_ended(d, i)) return false;
        any = true;
    }
    return any;
}

/* Memory no longer holds what the agent waits with. */
static hd_stuck_class class_of_changed(const hd_stuck_wait *wait) {
    bool written = wait->write.step != HD_NO_STEP;
    if (wait->taken.step != HD_NO_STEP && (!written || wait->taken.step > wait->write.step))
        return HD_STUCK_TAKEN;
    /* Who changed it had notified before: in the wrong order, or too early. */
    if (written && wait->notify_before.step != HD_NO_STEP &&
        wait->notify_before.agent == wait->write.agent)
        return HD_STUCK_LOST;
    return HD_STUCK_CHANGED;
}

static hd_stuck_class class_of_waiter(const diagnosis *d, uint32_t number) {
    const hd_stuck_agent *agent = &d->report->agents[number];
    const hd_stuck_wait *wait = &agent->wait;
    if (wait->timeout >= 0 || d->movers > 0) return HD_STUCK_PENDING;
    if (wait->value != wait->expected) return class_of_changed(wait);
    if (agent->tie == HD_TIE_LOCK)
        return has_ended(d, agent->holder) ? HD_STUCK_ABANDONED : HD_STUCK_BEHIND;
    if (wait->taken.step != HD_NO_STEP) return HD_STUCK_TAKEN;
    /* A notify that woke nobody, of news that was not used up by a write since. */
    if (wait->notify_before.step != HD_NO_STEP && wait->notify_before.woken == 0 &&
        (wait->write_before.step == HD_NO_STEP ||
         wait->write_before.step < wait->notify_before.step))
        return HD_STUCK_LOST;
    hd_task_view view = hd_world_view(d->world, number);
    const hd_word *word = hd_history_word(d->history, view.memory, view.address);
    if (word && actors_ended(d, number, word)) return HD_STUCK_ABANDONED;
    if (agent->tie != HD_TIE_NONE && !has_ended(d, agent->holder)) return HD_STUCK_BEHIND;
    return HD_STUCK_UNNOTIFIED;
}

static void classify(diagnosis *d, uint32_t number) {
    hd_stuck_agent *agent = &d->report->agents[number];
    if (agent->class != HD_STUCK_CLASSES) return;
    if (agent->state == HD_TASK_WAITING)
        agent->class = class_of_waiter(d, number);
    else
        agent->class =
            d->movers > 0 || agent->holder == HD_NO_AGENT ? HD_STUCK_PENDING : HD_STUCK_BEHIND;
}

static bool diagnose(diagnosis *d) {
    hd_stuck_report *r = d->report;
    r->outcome = hd_world_outcome(d->world);
    r->steps = hd_world_steps(d->world);
    r->agent_count = hd_world_count(d->world);
    r->memory_count = (uint32_t)d->history->memories.len;
    r->incomplete = d->history->incomplete;
    r->agents = hd_arena_alloc(d->arena, r->agent_count, sizeof *r->agents);
    if (!r->agents) return false;
    for (uint32_t i = 0; i < r->agent_count; i++) {
        if (!describe(d, i)) return false;
        hd_task_view view = hd_world_view(d->world, i);
        bool within = (view.state == HD_TASK_CALLING || view.state == HD_TASK_READY) &&
                      !view.loops && !view.next;
        r->agents[i].class = class_of_unblocked(d, &r->agents[i], view.enabled || within);
        if (r->agents[i].class == HD_STUCK_RUNNING || r->agents[i].class == HD_STUCK_OUTSIDE)
            d->movers++;
    }
    for (uint32_t i = 0; i < r->agent_count; i++)
        tie(d, i);
    if (!find_cycles(d)) return false;
    for (uint32_t i = 0; i < r->agent_count; i++)
        classify(d, i);
    return true;
}

/* The observer. */

static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *event) {
    hd_stuck *stuck = context;
    if (!stuck->over) hd_history_event(&stuck->history, agent, step, event);
}

static void on_woken(void *context, uint32_t agent, uint32_t by, uint64_t step,
                     const hd_memory *memory, uint64_t address) {
    hd_stuck *stuck = context;
    if (!stuck->over) hd_history_woken(&stuck->history, agent, by, step, memory, address);
}

static void on_stuck(void *context, const hd_world *world) {
    hd_stuck *stuck = context;
    stuck->over = true;
    if (hd_world_outcome(world) == HD_OUTCOME_GIVEN_UP) return;
    diagnosis d = {.world = world, .history = &stuck->history, .arena = stuck->arena};
    d.report = hd_arena_alloc(stuck->arena, 1, sizeof *d.report);
    if (d.report && diagnose(&d)) stuck->report = d.report;
}

static bool on_spare(void *context, uint32_t agent, hd_sparse *sparse) {
    (void)sparse;
    hd_history_spare(&((hd_stuck *)context)->history, agent);
    return true;
}

hd_stuck *hd_stuck_new(hd_arena *arena) {
    hd_stuck *stuck = hd_calloc(1, sizeof *stuck);
    if (stuck) stuck->arena = arena;
    return stuck;
}

void hd_stuck_free(hd_stuck *stuck) {
    if (!stuck) return;
    hd_history_free(&stuck->history);
    hd_free(stuck);
}

hd_observer hd_stuck_observer(hd_stuck *stuck) {
    return (hd_observer){.context = stuck,
                         .event = on_event,
                         .spare = on_spare,
                         .woken = on_woken,
                         .stuck = on_stuck};
}

const hd_stuck_report *hd_stuck_get_report(const hd_stuck *stuck) {
    return stuck->report;
}

const char *hd_stuck_class_name(hd_stuck_class class) {
    static const char *const names[] = {
        [HD_STUCK_ENDED] = "ended",       [HD_STUCK_RUNNING] = "running",
        [HD_STUCK_PENDING] = "pending",   [HD_STUCK_CHANGED] = "not notified",
        [HD_STUCK_LOST] = "lost wake-up", [HD_STUCK_TAKEN] = "wake-up taken",
        [HD_STUCK_CYCLE] = "cycle",       [HD_STUCK_ABANDONED] = "abandoned",
        [HD_STUCK_BEHIND] = "held up",    [HD_STUCK_UNNOTIFIED] = "nobody left to notify",
        [HD_STUCK_SPINNING] = "spinning", [HD_STUCK_OUTSIDE] = "in the host",
        [HD_STUCK_CLASSES] = "unknown",
    };
    return names[class];
}
